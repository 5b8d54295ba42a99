// SPDX-License-Identifier: MulanPSL-2.0
// How the program stands: asked every few seconds while somebody looks, and after every change.
import { get } from './api.js';
import { changed } from './changes.js';
import { createStore } from './store.js';

const EVERY_MS = 4000;

export const status = createStore(null);
let started = false;
let asking = false;
let again = false;

function took(next) {
	const before = status.get();
	if (JSON.stringify(before) !== JSON.stringify(next))
		status.set(next);
	// something was written elsewhere: by a sync, by another tab, by a command
	if (before && before.seen !== next.seen)
		changed.set(changed.get() + 1);
}

// What was asked for while an answer is on its way is asked for once more: that answer may be older than the wish.
export async function refreshStatus() {
	if (asking) {
		again = true;
		return;
	}
	asking = true;
	try {
		do {
			again = false;
			took(await get('/status'));
		} while (again);
	} catch {
		// the shell shows what the connection says
	} finally {
		asking = false;
	}
}

function tick() {
	if (!document.hidden)
		refreshStatus();
}

export function startStatus() {
	if (!started) {
		started = true;
		setInterval(tick, EVERY_MS);
		document.addEventListener('visibilitychange', tick);
		changed.listen(refreshStatus);
	}
}

// The three true states of what was written here. Green is only what the hub above has acknowledged.
export function syncState(s) {
	if (!s?.hub)
		return 'alone';
	return s.waiting > 0 || !s.hub.last_ok ? 'waiting' : 'acknowledged';
}
