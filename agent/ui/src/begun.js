// SPDX-License-Identifier: MulanPSL-2.0
// Whether the folder behind this page is in use yet, and how joining stands.
import { get } from './api.js';
import { createStore } from './store.js';

export const begun = createStore(null);

export async function readBegun() {
	const answer = await get('/setup');
	begun.set(answer);
	return answer;
}
