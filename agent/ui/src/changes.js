// SPDX-License-Identifier: MulanPSL-2.0
// Counts up whenever records changed: by a save of this page, or as the status tells. Other tabs hear of it.
import { createStore } from './store.js';

export const changed = createStore(0);
const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel('jiceng-changes') : null;
channel?.addEventListener('message', () => changed.set(changed.get() + 1));

export function tellChanged() {
	changed.set(changed.get() + 1);
	channel?.postMessage(1);
}
