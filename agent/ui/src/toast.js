// SPDX-License-Identifier: MulanPSL-2.0
// One short line about what was just done, read out by screen readers; it goes by itself, an error stays.
import { html, useStore } from './html.js';
import { language, t } from './lang.js';
import { createStore } from './store.js';

const SHOWN_MS = 7000;
const OFFER_MS = 20000; // with something to press: long enough to read it and to decide
const current = createStore(null);
let timer = 0;
// words of the other language would stay
language.listen(() => current.set(null));

export function say(text, action) {
	clearTimeout(timer);
	current.set({ text, action });
	leave();
}

function leave() {
	clearTimeout(timer);
	if (!current.get()?.bad)
		timer = setTimeout(() => current.set(null), current.get()?.action ? OFFER_MS : SHOWN_MS);
}

// It does not go while somebody is at it.
const held = { onMouseEnter: () => clearTimeout(timer), onMouseLeave: leave, onFocusIn: () => clearTimeout(timer), onFocusOut: leave };

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
		${now && html`<div class=${now.bad ? 'toast bad' : 'toast'} ...${held}>
			<span>${now.text}</span>
			${now.action && html`<button type="button" onClick=${act}>${now.action.label}</button>`}
			<button type="button" class="quiet" onClick=${close}>${t('知道了', 'OK')}</button>
		</div>`}
	</div>`;
}
