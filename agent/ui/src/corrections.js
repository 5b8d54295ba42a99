// SPDX-License-Identifier: MulanPSL-2.0
// 县里改了N处: collected in one card, before and after, each with a way to say that it is not right.
import { get, post } from './api.js';
import { tellChanged } from './changes.js';
import { html, useState } from './html.js';
import { colon, language, t } from './lang.js';
import { useLoad } from './load.js';
import { Dialog, Problem } from './parts.js';
import { link } from './router.js';
import { showTime } from './show.js';
import { say } from './toast.js';
import { undoAction } from './undo.js';

function ObjectDialog({ item, onClose }) {
	const [reason, setReason] = useState('');
	const [error, setError] = useState(null);
	const submit = async (e) => {
		e.preventDefault();
		try {
			await post(`/record/${item.id}/object`, { field: item.field, reason: reason.trim() });
			say(t('已记下，下次上报时送给县里', 'Noted; it goes to the county with the next exchange'), undoAction());
			tellChanged();
			onClose();
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<${Dialog} title=${t('我有异议', 'I do not agree')} onClose=${onClose}><form onSubmit=${submit} autocomplete="off">
		<p>${item.title} · ${item.label}${colon()}<del>${item.before}</del> → <ins>${item.after}</ins></p>
		<div class="field"><label for="object-reason">${t('为什么不对', 'Why it is not right')}</label>
			<textarea id="object-reason" rows="3" required value=${reason} onInput=${(e) => setReason(e.target.value)}></textarea></div>
		<${Problem} error=${error} />
		<button class="main" disabled=${!reason.trim()}>${t('告诉县里', 'Tell the county')}</button></form><//>`;
}

function Line({ item, onObject }) {
	const empty = t('（空）', '(empty)');
	return html`<li class="line"><span><a href=${link('record', [item.id])}>${item.title}</a> · ${item.label}${colon()}<del>${item.before || empty}</del> → <ins>${item.after || empty}</ins>
			<span class="dim"> ${showTime(item.time)}</span></span>
		${item.objected ? html`<span class="dim">${t('已提异议', 'objected')}</span>`
			: html`<button type="button" onClick=${onObject} aria-label=${t(`我有异议：${item.title} ${item.label}`, `I do not agree: ${item.title} ${item.label}`)}>${t('我有异议', 'I do not agree')}</button>`}</li>`;
}

export function Corrections() {
	const load = useLoad(() => get('/corrections'), [language.get()]);
	const [open, setOpen] = useState(null);
	const list = load.data?.corrections || [];
	if (list.length === 0)
		return null;
	return html`<details class="card"><summary><strong>${t(`县里改了 ${list.length} 处`, `The county changed ${list.length}`)}</strong> <span class="dim">${t('点开看改前改后', 'open to see before and after')}</span></summary>
		<ul class="lines">${[...list].reverse().map((item) => html`<${Line} key=${item.id + item.field + item.time} item=${item} onObject=${() => setOpen(item)} />`)}</ul>
		${open && html`<${ObjectDialog} item=${open} onClose=${() => setOpen(null)} />`}</details>`;
}
