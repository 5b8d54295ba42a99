// SPDX-License-Identifier: MulanPSL-2.0
// One record: its values, what belongs to it, its history.
import { get, post } from './api.js';
import { kindOf, referrers } from './catalogue.js';
import { tellChanged } from './changes.js';
import { Attachments } from './attachments.js';
import { Children, isPart, leadNames } from './children.js';
import { Collective, joinsHere } from './collective.js';
import { Flow } from './flow.js';
import { History } from './history.js';
import { html, useState } from './html.js';
import { bracketed, label, t } from './lang.js';
import { useLoad } from './load.js';
import { Dialog, Level, Loaded, Problem, Title } from './parts.js';
import { go, link } from './router.js';
import { PrintLinks } from './view_print.js';
import { grouped, showValue } from './show.js';
import { say, sayError } from './toast.js';
import { undoAction } from './undo.js';

function Value({ field, now }) {
	if (field.type === 'ref' && typeof now.value === 'string' && !now.value.startsWith('?'))
		return html`<a href=${link('record', [now.value])}>${now.shown}</a>`;
	if (field.type === 'ref' && typeof now.value === 'string')
		return now.shown;
	if (typeof now.value === 'string' && now.value.startsWith('?') && field.type !== 'text' && field.type !== 'long')
		return html`<span class="warn-text">${t('没看懂：', 'not understood: ')}${now.shown}</span>`;
	if (field.type === 'text' || field.type === 'long' || field.type === 'ref')
		return now.shown;
	return Array.isArray(now.value) ? showValue(field, now.value) : grouped(field, showValue(field, now.value));
}

function Values({ kind, record }) {
	const shown = kind.fields.filter((f) => record.fields[f.name]);
	return html`<dl class="values">${shown.map((f) => html`<div key=${f.name}><dt>${label(f)}</dt>
		<dd><${Value} field=${f} now=${record.fields[f.name]} />
		${record.fields[f.name].siblings && html` <a class="warn-text" href=${link('conflicts')}>${t('有不同的值，去定下来', 'has two values; settle it')}</a>`}</dd></div>`)}</dl>
		${record.unknown > 0 && html`<p class="note">${t(`还有 ${record.unknown} 项要用更新的程序才能看到。`, `${record.unknown} further fields need a newer program.`)}</p>`}`;
}

// Records that name this one: the items of a check, the people of an event.
function Related({ kind, record }) {
	const list = referrers(kind).filter((r) => !r.kind.down && !isPart(r));
	if (list.length === 0)
		return null;
	return html`<section aria-labelledby="related"><h2 id="related">${t('相关的记录', 'What belongs to it')}</h2>
		<ul class="tiles">${list.map((r) => html`<${RelatedTile} key=${r.kind.name + r.field.name} to=${r} id=${record.id} />`)}</ul></section>`;
}

function RelatedTile({ to, id }) {
	const load = useLoad(() => get(`/records/${to.kind.name}`, { [to.field.name]: id, limit: 1 }), [id]);
	const where = { [to.field.name]: id };
	return html`<li class="tile"><a href=${link('list', [to.kind.name], where)}>${label(to.kind)}${bracketed(label(to.field))}</a>
		<span class="dim">${load.data ? load.data.total : ''}</span>
		<a class="button" href=${link('new', [to.kind.name], where)} aria-label=${t(`新增${to.kind.zh}`, `New: ${to.kind.en}`)}>${t('新增', 'New')}</a></li>`;
}

// What a member won: the lists of contests say it, the record shows it.
function Awards({ awards }) {
	if (!awards?.length)
		return null;
	return html`<section aria-labelledby="awards"><h2 id="awards">${t('获奖', 'Awards')}</h2>
		<ul class="lines">${awards.map((a) => html`<li class="line" key=${a.activity + a.rank}><span><a href=${link('record', [a.activity])}>${a.title}</a>
			<span class="dim">${[a.day, a.rank && t(`第${a.rank}名`, `rank ${a.rank}`), a.award].filter(Boolean).join(t('，', ', '))}</span></span></li>`)}</ul></section>`;
}

function VoidDialog({ record, onClose }) {
	const [reason, setReason] = useState('');
	const [error, setError] = useState(null);
	const submit = async (e) => {
		e.preventDefault();
		try {
			await post(`/record/${record.id}/void`, { reason, seen: record.seen });
			say(t('已放进回收站', 'Moved to the bin'), undoAction());
			tellChanged();
			go('list', [record.kind]);
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<${Dialog} title=${t('作废这条记录', 'Void this record')} onClose=${onClose}>
		<form onSubmit=${submit}><p>${t('不会删除，随时可以从回收站恢复。', 'Nothing is deleted; it can be brought back from the bin at any time.')}</p>
			<div class="field"><label for="reason">${t('为什么作废', 'Why')}</label>
			<input id="reason" required value=${reason} onInput=${(e) => setReason(e.target.value)} /></div>
			<${Problem} error=${error} />
			<button class="main" disabled=${!reason.trim()}>${t('作废', 'Void')}</button></form>
	<//>`;
}

async function bringBack(record) {
	try {
		await post(`/record/${record.id}/unvoid`);
		say(t('已恢复', 'Brought back'), undoAction());
		tellChanged();
	} catch (e) {
		sayError(e);
	}
}

function Actions({ kind, record, onVoid }) {
	if (record.void)
		return html`<button type="button" class="main" onClick=${() => bringBack(record)}>${t('恢复', 'Bring back')}</button>`;
	return html`<a class="button main" href=${link('edit', [record.id])}>${t('修改', 'Change')}</a>
		${kind && joinsHere(kind) && html`<${Collective} record=${record} />`}
		<button type="button" onClick=${onVoid}>${t('作废', 'Void')}</button>`;
}

async function read(id) {
	const record = await get(`/record/${id}`);
	const history = await get(`/record/${id}/history`);
	return { record, history };
}

// What leads (the point of a checklist), its own name, else that of what it refers to.
function titleOf(kind, record) {
	const lead = kind ? leadNames(kind).map((name) => record.fields[name]?.shown).filter(Boolean).join(' ') : '';
	if (lead)
		return [lead, record.fields[kind.title]?.shown].filter(Boolean).join(' · ');
	const ref = kind?.fields.filter((f) => f.type === 'ref').map((f) => record.fields[f.name]).filter((now) => typeof now?.value === 'string').pop();
	return record.fields[kind?.title]?.shown || ref?.shown || (kind ? label(kind) : record.id);
}

function Shown({ data }) {
	const { record, history } = data;
	const kind = kindOf(record.kind);
	const [voiding, setVoiding] = useState(false);
	const refs = Object.fromEntries(Object.values(record.fields).filter((f) => typeof f.value === 'string').map((f) => [f.value, f.shown]));
	return html`<${Title} text=${titleOf(kind, record)}><${Actions} kind=${kind} record=${record} onVoid=${() => setVoiding(true)} /><//>
		<p class="dim">${kind && html`<a href=${link('list', [kind.name])}>${label(kind)}</a>`} · ${t('编号', 'Id')} ${record.id} · <${Level} level=${record.level} ceiling=${record.ceiling} />
			${record.returned > 0 && html` · <a class="warn-text" href=${link('tray')}>${t('县里退回过，去看原因', 'returned by the county; see why')}</a>`}</p>
		${record.void && html`<p class="note warn">${t('这条记录已作废，在回收站里。', 'This record is void; it lies in the bin.')}</p>`}
		${kind && html`<${Flow} record=${record} /><${Values} kind=${kind} record=${record} /><${Awards} awards=${record.awards} /><${Children} kind=${kind} record=${record} />
			<${Attachments} record=${record} /><${Related} kind=${kind} record=${record} /><${PrintLinks} kind=${kind} id=${record.id} />`}
		<section aria-labelledby="history"><h2 id="history">${t('来历：谁在什么时候改了什么', 'History: who changed what, and when')}</h2>
			<${History} kind=${kind} operations=${history.operations} refs=${refs} /></section>
		${voiding && html`<${VoidDialog} record=${record} onClose=${() => setVoiding(false)} />`}`;
}

export function RecordView({ args }) {
	const load = useLoad(() => read(args[0]), [args[0]]);
	return html`<${Loaded} load=${load}>${(data) => html`<${Shown} data=${data} />`}<//>`;
}
