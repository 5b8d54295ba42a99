// SPDX-License-Identifier: MulanPSL-2.0
// The token of this run of the program. It comes in the address after '#', is taken out of it at once, and
// lies in this tab's own storage. Tabs of the same page give it to each other; it is never written anywhere else.
import { createStore } from './store.js';

const KEY = 'jiceng.token';
const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel('jiceng') : null;

// 'ok', 'lost' (the program was started again: a new token is needed), 'away' (it does not answer)
export const connection = createStore('ok');

let token = '';

function keep(value) {
	token = value;
	try {
		sessionStorage.setItem(KEY, value);
	} catch {
		// kept in memory only
	}
}

function fromAddress() {
	const m = location.hash.match(/^#t=([A-Za-z0-9_-]{20,100})$/);
	if (!m)
		return '';
	history.replaceState(null, '', location.pathname + '#/');
	return m[1];
}

function stored() {
	try {
		return sessionStorage.getItem(KEY) || '';
	} catch {
		return '';
	}
}

export function getToken() {
	return token;
}

export function setToken(value) {
	keep(value.trim());
	connection.set('ok');
	channel?.postMessage({ token });
}

let onHeard = () => {};

function heard(event) {
	const message = event.data || {};
	if (message.ask && token && connection.get() === 'ok')
		channel.postMessage({ token });
	if (message.token && message.token !== token) {
		keep(message.token);
		connection.set('ok');
		onHeard();
	}
}

// Asks the other tabs for the token; waits a moment for the answer. One that comes later is taken all the same.
function askOthers() {
	return new Promise((done) => {
		if (!channel) {
			done();
			return;
		}
		onHeard = done;
		channel.postMessage({ ask: true });
		setTimeout(done, 600);
	});
}

export async function startSession() {
	channel?.addEventListener('message', heard);
	const given = fromAddress();
	if (given)
		setToken(given);
	else
		token = stored();
	if (!token)
		await askOthers();
	if (!token)
		connection.set('lost');
}
// A fresh address may be opened in a tab that is already on this page: only the part after '#' changes then.
window.addEventListener('hashchange', () => {
	const given = fromAddress();
	if (given)
		setToken(given);
});
