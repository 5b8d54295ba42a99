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

export function go(name, args, query) {
	location.hash = link(name, args, query);
}

export function startRouter() {
	const follow = () => {
		if (!location.hash.startsWith('#t='))
			place.set(parse(location.hash));
	};
	window.addEventListener('hashchange', follow);
	follow();
}
