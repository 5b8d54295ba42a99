// SPDX-License-Identifier: MulanPSL-2.0
// From a list into a record: the people of the roster onto the sign-in sheet of an activity. One save, one undo.
import { get, post } from './api.js';
import { isDate, kindOf } from './catalogue.js';
import { tellChanged } from './changes.js';
import { html, useEffect, useState } from './html.js';
import { label, t } from './lang.js';
import { Dialog, Problem } from './parts.js';
import { say } from './toast.js';
import { undoAction } from './undo.js';

const MOST = 300;

// The field of a part that names a third record, where there is one such field only: what can be chosen from. What has a
// day of its own is a step and not a list.
export function pickable(to) {
	if (to.kind.fields.some((f) => isDate(f) && f.need === 'must') || to.kind.lead)
		return [];
	const list = to.kind.fields.filter((f) => f.type === 'ref' && !f.set && !f.derived && f.name !== to.field.name
		&& (f.need === 'conditional' || f.need === 'must') && f.ref !== to.kind.name && kindOf(f.ref));
	return list.length === 1 ? list : [];
}

function useSearch(kind, text) {
	const [found, setFound] = useState({ records: [], total: 0 });
	useEffect(() => {
		const stop = new AbortController();
		const timer = setTimeout(() => {
			get(`/records/${kind.name}`, { search: text || undefined, limit: MOST }, stop.signal).then(setFound, () => {});
		}, 150);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [text]);
	return found;
}

function List({ source, found, there, chosen, onTurn }) {
	return html`<ul class="choices">${found.records.map((r) => {
		const has = there.has(r.id);
		return html`<li key=${r.id}><label class=${has ? 'dim' : ''}><input type="checkbox" disabled=${has} checked=${has || chosen.has(r.id)}
			onChange=${() => onTurn(r.id)} /> ${r.fields[source.title] || r.id} ${has ? t('（已在）', '(there)') : ''}</label></li>`;
	})}</ul>`;
}

function Choose({ kind, field, parent, record, rows, onClose }) {
	const source = kindOf(field.ref);
	const [text, setText] = useState('');
	const [chosen, setChosen] = useState(new Set());
	const [error, setError] = useState(null);
	const found = useSearch(source, text);
	const there = new Set(rows.map((r) => r.fields[field.name]));
	const turn = (id) => {
		const next = new Set(chosen);
		if (!next.delete(id))
			next.add(id);
		setChosen(next);
	};
	const all = () => setChosen(new Set(found.records.map((r) => r.id).filter((id) => !there.has(id))));
	const submit = async (e) => {
		e.preventDefault();
		try {
			const sets = [...chosen].map((id) => ({ [parent.name]: record.id, [field.name]: id }));
			await post(`/records/${kind.name}/many`, { sets });
			say(t(`已加入 ${sets.length} 个`, `${sets.length} added`), undoAction());
			tellChanged();
			onClose();
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<${Dialog} title=${t(`从${source.zh}里选`, `Choose from: ${source.en}`)} onClose=${onClose}>
		<form onSubmit=${submit}><div class="bar"><label for="pick-search">${t('查找', 'Search')}</label>
			<input id="pick-search" type="search" value=${text} onInput=${(e) => setText(e.target.value)} autocomplete="off" />
			<button type="button" onClick=${all}>${t('全选', 'All')}</button></div>
			<div class="scroll" tabindex="0" role="group" aria-label=${label(source)}><${List} source=${source} found=${found} there=${there} chosen=${chosen} onTurn=${turn} /></div>
			<${Problem} error=${error} />
			<button class="main" disabled=${chosen.size === 0}>${t(`加入选中的 ${chosen.size} 个`, `Add ${chosen.size}`)}</button></form>
	<//>`;
}

export function PickMany(props) {
	const [open, setOpen] = useState(false);
	const source = kindOf(props.field.ref);
	return html`<button type="button" onClick=${() => setOpen(true)}>${t(`从${source.zh}里选……`, `Choose from ${source.en}…`)}</button>
		${open && html`<${Choose} ...${props} onClose=${() => setOpen(false)} />`}`;
}
