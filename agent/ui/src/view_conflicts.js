// SPDX-License-Identifier: MulanPSL-2.0
// Fields with more than one value: all of them, who wrote each and when. One is picked, or another typed.
import { get, post } from './api.js';
import { kindOf } from './catalogue.js';
import { tellChanged } from './changes.js';
import { html, useState } from './html.js';
import { label, t } from './lang.js';
import { useLoad } from './load.js';
import { Empty, Loaded, Title } from './parts.js';
import { link } from './router.js';
import { grouped, showTime } from './show.js';
import { say, sayError } from './toast.js';
import { undoAction } from './undo.js';

// A value that came since the page was read is not settled with the others: nobody has looked at it.
async function settle(record, field, how) {
	try {
		const done = await post(`/record/${record.id}/resolve`, { field, seen: record.seen, ...how });
		say(done.conflicts > 0 ? t('已定下来。还有不同的值，请再看一眼。', 'Settled. There are other values still; please look once more.') : t('已定下来', 'Settled'), undoAction());
		tellChanged();
	} catch (e) {
		sayError(e);
	}
}

// Who wrote it: what has not been sent yet is of this PC.
function whose(sibling) {
	if (sibling.draft)
		return t('这台电脑', 'this PC');
	return sibling.label || t('另一台电脑', 'another PC');
}

function One({ field, sibling, onPick }) {
	const text = sibling.value === null ? t('（清空）', '(cleared)') : grouped(field, sibling.text);
	return html`<li class="sibling"><p class="value">${text}</p>
		<p class="dim">${whose(sibling)} · ${showTime(sibling.time)} ${sibling.shown && html`· ${t('现在显示的', 'shown now')}`}</p>
		<button type="button" onClick=${onPick} aria-label=${t(`用这个：${text}`, `Use this one: ${text}`)}>${t('用这个', 'Use this one')}</button></li>`;
}

// Two versions of a long text put together: to be read, corrected, taken.
function Together({ record, field, suggestion }) {
	const [typed, setValue] = useState(null);
	const value = typed ?? suggestion.text;
	const id = `together-${record.id}-${field.name}`;
	const submit = (e) => {
		e.preventDefault();
		settle(record, field.name, { value });
	};
	return html`<form class="other" onSubmit=${submit}><label for=${id}>${suggestion.clean ? t('两边的改动合在一起（请读一遍，可以改）', 'Both changes together (please read it; it can be corrected)')
			: t('两边改了同一句，先都放在一起，请把重复的删掉', 'Both changed the same sentence; both are here, please strike out what is double')}</label>
		<textarea id=${id} rows="6" value=${value} onInput=${(e) => setValue(e.target.value)}></textarea>
		<button disabled=${!value.trim()}>${t('用合好的', 'Use the text put together')}</button></form>`;
}

function Another({ record, field }) {
	const [value, setValue] = useState('');
	const id = `other-${record.id}-${field.name}`;
	const submit = (e) => {
		e.preventDefault();
		settle(record, field.name, { value });
	};
	return html`<form class="other" onSubmit=${submit}><label for=${id}>${t('都不对，另写一个', 'None is right; write another')}</label>
		<div class="with-button">${field.type === 'long' ? html`<textarea id=${id} rows="4" value=${value} onInput=${(e) => setValue(e.target.value)}></textarea>`
			: html`<input id=${id} value=${value} onInput=${(e) => setValue(e.target.value)} autocomplete="off" />`}
		<button disabled=${!value.trim()}>${t('用写的', 'Use what I wrote')}</button></div></form>`;
}

function Record({ record }) {
	const kind = kindOf(record.kind);
	return html`<section class="card"><h2><a href=${link('record', [record.id])}>${record.title}</a></h2>
		${Object.entries(record.fields).map(([name, siblings]) => {
			const field = kind?.byName[name] || { name, zh: name, en: name, type: 'text' };
			return html`<div key=${name}><h3>${label(field)}</h3>
				<ul class="siblings">${siblings.map((s) => html`<${One} key=${s.op} field=${field} sibling=${s} onPick=${() => settle(record, name, { pick: s.op })} />`)}</ul>
				${record.suggest?.[name] && html`<${Together} record=${record} field=${field} suggestion=${record.suggest[name]} />`}
				<${Another} record=${record} field=${field} /></div>`;
		})}</section>`;
}

export function Conflicts() {
	const load = useLoad(() => get('/conflicts'), []);
	return html`<${Title} text=${t('待定的值', 'Values to settle')} />
		<p class="dim">${t('两台电脑写了不同的内容，都留着，谁也没有丢。请选一个，随时可以撤销。', 'Two PCs wrote different things. Both are kept, nothing is lost. Please pick one; it can be undone at any time.')}</p>
		<${Loaded} load=${load}>${(data) => (data.records.length === 0
			? html`<${Empty}>${t('没有待定的值。', 'Nothing to settle.')}<//>`
			: data.records.map((r) => html`<${Record} key=${r.id} record=${r} />`))}<//>`;
}
