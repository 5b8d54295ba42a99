// SPDX-License-Identifier: MulanPSL-2.0
// Where we are: '#/list/KIND?order=x' is {name: 'list', args: ['KIND'], query: {order: 'x'}}.
import { createStore } from './store.js';

function parse(hash) {
	const [path, search] = hash.replace(/^#\/?/, '').split('?');
	const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
	return { name: parts[0] || 'home', args: parts.slice(1), query: Object.fromEntries(new URLSearchParams(search || '')) };
}

export const place = createStore(parse(location.hash));

// A form that holds unsaved words may ask before it is left; its answer false keeps the place.
export function link(name, args = [], query = {}) {
	const search = new URLSearchParams(query).toString();
	return '#/' + [name, ...args].map(encodeURIComponent).join('/') + (search ? `?${search}` : '');
}

let followed = null;

function follow() {
	if (location.hash === followed || location.hash.startsWith('#t='))
		return;
	followed = location.hash;
	place.set(parse(followed));
}

// At once: the browser's own event comes a moment later, when a view may have been drawn as it was before.
export function go(name, args, query) {
	location.hash = link(name, args, query);
	follow();
}

export function startRouter() {
	window.addEventListener('hashchange', follow);
	follow();
}

// What a view keeps for whoever comes back to it (back, forward, reload). It lies with this place in the history, nowhere else.
export const keptHere = (name) => history.state?.[name] || {};

export function keepHere(name, what) {
	history.replaceState({ ...history.state, [name]: { ...keptHere(name), ...what } }, '');
}
