// SPDX-License-Identifier: MulanPSL-2.0
// One short line about what was just done, read out by screen readers; it goes by itself, an error stays.
import { html, useStore } from './html.js';
import { t } from './lang.js';
import { createStore } from './store.js';

const SHOWN_MS = 7000;
const current = createStore(null);
let timer = 0;

export function say(text, action) {
	clearTimeout(timer);
	current.set({ text, action });
	timer = setTimeout(() => current.set(null), SHOWN_MS);
}

export function sayError(error) {
	if (error?.name === 'AbortError')
		return;
	clearTimeout(timer);
	current.set({ text: error.message, bad: true });
}

export function Toast() {
	const now = useStore(current);
	const close = () => current.set(null);
	const act = () => {
		close();
		now.action.run();
	};
	return html`<div class="toast-place" role="status" aria-live="polite">
		${now && html`<div class=${now.bad ? 'toast bad' : 'toast'}>
			<span>${now.text}</span>
			${now.action && html`<button type="button" onClick=${act}>${now.action.label}</button>`}
			<button type="button" class="quiet" onClick=${close}>${t('知道了', 'OK')}</button>
		</div>`}
	</div>`;
}
