// SPDX-License-Identifier: MulanPSL-2.0
// Small pieces that many views use.
import { html, useLayoutEffect, useRef } from './html.js';
import { t } from './lang.js';

// The first view of all leaves the focus where the browser has it: before the link that skips to the content.
let opened = false;

/*
 * The heading of a view. It takes the focus when the view opens, so that a keyboard and a reader begin there: in the same
 * moment, not after a frame, when somebody may be in a field already.
 */
export function Title({ text, children }) {
	const ref = useRef(null);
	useLayoutEffect(() => {
		document.title = `${text} · ${t('基层', 'jiceng')}`;
		if (opened)
			ref.current?.focus();
		opened = true;
	}, [text]);
	return html`<div class="title"><h1 tabindex="-1" ref=${ref}>${text}</h1><div class="actions">${children}</div></div>`;
}

export function Problem({ error, again }) {
	if (!error)
		return null;
	return html`<div class="note bad" role="alert"><p>${error.message}</p>
		${again && html`<button type="button" onClick=${again}>${t('再试一次', 'Try again')}</button>`}</div>`;
}

// While something loads for the first time; then what it gave, or why not.
export function Loaded({ load, children }) {
	if (load.error && !load.data)
		return html`<${Title} text=${t('没有打开', 'Could not be opened')} /><${Problem} error=${load.error} again=${load.again} />`;
	if (!load.data)
		return html`<p class="dim" role="status">${t('正在读取……', 'Reading…')}</p>`;
	return children(load.data);
}

export function Empty({ children }) {
	return html`<p class="note">${children}</p>`;
}

// How far a record got, in words and a shape; colour only repeats it. What need not go further is whole.
export function levelWords(level, ceiling) {
	if (ceiling === 0)
		return t('只留在本机', 'stays on this PC');
	return [t('只在本机', 'on this PC only'), t('县里已收到', 'at the county'), t('市里已收到', 'at the city')][level];
}

export function levelShape(level, ceiling) {
	return level >= ceiling ? '●' : ['○', '◐', '●'][level];
}

export function Level({ level, ceiling = 2 }) {
	return html`<span class=${`level level${level}`}><span aria-hidden="true">${levelShape(level, ceiling)}</span> ${levelWords(level, ceiling)}</span>`;
}

// A dialog of the browser's own: it keeps the focus inside and closes on Esc.
export function Dialog({ title, onClose, children }) {
	const ref = useRef(null);
	useLayoutEffect(() => {
		const dialog = ref.current;
		const before = document.activeElement;
		dialog.showModal();
		return () => {
			dialog.close();
			before?.focus?.();
		};
	}, []);
	const cancel = (e) => {
		e.preventDefault();
		onClose();
	};
	return html`<dialog ref=${ref} aria-labelledby="dialog-title" onCancel=${cancel}>
		<div class="dialog-head"><h2 id="dialog-title">${title}</h2>
			<button type="button" class="quiet" onClick=${onClose}>${t('关闭', 'Close')}</button></div>
		${children}
	</dialog>`;
}
