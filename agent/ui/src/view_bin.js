// SPDX-License-Identifier: MulanPSL-2.0
// 回收站: void records of every kind; each can be brought back.
import { get, post } from './api.js';
import { kinds } from './catalogue.js';
import { tellChanged } from './changes.js';
import { html } from './html.js';
import { bracketed, label, t } from './lang.js';
import { useLoad } from './load.js';
import { Empty, Loaded, Title } from './parts.js';
import { link } from './router.js';
import { say, sayError } from './toast.js';
import { undoAction } from './undo.js';

const MOST = 200;

async function read() {
	const lists = await Promise.all(kinds().map(async (kind) => ({ kind, ...(await get(`/records/${kind.name}`, { void: 1, limit: MOST })) })));
	return lists.filter((l) => l.total > 0);
}

async function bringBack(id) {
	try {
		await post(`/record/${id}/unvoid`);
		say(t('已恢复', 'Brought back'), undoAction());
		tellChanged();
	} catch (e) {
		sayError(e);
	}
}

function One({ kind, record }) {
	const title = record.fields[kind.title] || t('（没有名称）', '(no name)');
	return html`<li class="line"><a href=${link('record', [record.id])}>${title}</a>
		<button type="button" aria-label=${t(`恢复 ${title}`, `Bring back ${title}`)} onClick=${() => bringBack(record.id)}>${t('恢复', 'Bring back')}</button></li>`;
}

export function Bin() {
	const load = useLoad(read, []);
	return html`<${Title} text=${t('回收站', 'Bin')} />
		<p class="dim">${t('作废的记录都在这里，什么也没有删掉。', 'Void records lie here; nothing was deleted.')}</p>
		<${Loaded} load=${load}>${(lists) => (lists.length === 0 ? html`<${Empty}>${t('回收站是空的。', 'The bin is empty.')}<//>`
			: lists.map(({ kind, records, total }) => html`<section key=${kind.name}><h2>${label(kind)}${bracketed(total)}</h2>
				<ul class="lines">${records.map((r) => html`<${One} key=${r.id} kind=${kind} record=${r} />`)}</ul></section>`))}<//>`;
}
