// SPDX-License-Identifier: MulanPSL-2.0
// 看板: the records of a kind in columns by their state. Only what has a state that the program derives can have a board.
import { get } from './api.js';
import { isDate, kindOf, kinds } from './catalogue.js';
import { rowTitle } from './children.js';
import { html } from './html.js';
import { label, t } from './lang.js';
import { useLoad } from './load.js';
import { Empty, Loaded, Title } from './parts.js';
import { link } from './router.js';
import { showDate } from './show.js';

const MOST = 30; // cards of a column; the rest is one click away

// The field that says where a record stands; null when the kind has none.
export function stateField(kind) {
	return kind.fields.find((f) => f.derived && f.type === 'enum' && !f.set) || null;
}

export const boards = () => kinds().filter((k) => stateField(k));

// The day by which something is due: a date that is needed and not derived, the last of them in the order of the form.
function dueField(kind) {
	return kind.fields.filter((f) => isDate(f) && !f.derived && f.need === 'required').pop() || null;
}

/*
 * Columns in the order of the choices, those with something overdue before the others; in a column what is due first.
 * What is overdue is what the program says, as in its list of tasks: a day that has passed says nothing about what is
 * done already.
 */
async function read(kind, field, due) {
	const [{ groups }, ...columns] = await Promise.all([get(`/overdue/${kind.name}`, { field: field.name }), ...field.choices.map(async (choice) => ({
		choice,
		...(await get(`/records/${kind.name}`, { [field.name]: choice.code, limit: MOST, order: due?.name })),
	}))]);
	const late = new Set(Object.values(groups).flat());
	const all = columns.map((c) => ({ ...c, overdue: (groups[c.choice.code] || []).length }));
	return { late, columns: [...all.filter((c) => c.overdue > 0), ...all.filter((c) => c.overdue === 0)] };
}

function Card({ kind, row, refs, due, late }) {
	const day = due && row.fields[due.name];
	return html`<li class=${late ? 'late' : ''}><a href=${link('record', [row.id])}>${rowTitle(kind, row, refs)}</a>
		${day && html`<span class=${late ? 'bad-text' : 'dim'}>${label(due)} ${showDate(day)}${late ? t('，已过', ', past') : ''}</span>`}</li>`;
}

function Column({ kind, field, column, due, late }) {
	const { choice, records, refs, total, overdue } = column;
	return html`<section class="column" aria-label=${label(choice)}><h2>${label(choice)} <span class="dim">${total}</span>
			${overdue > 0 && html` <span class="bad-text">${t(`超期 ${overdue}`, `${overdue} overdue`)}</span>`}</h2>
		<ul>${records.map((row) => html`<${Card} key=${row.id} kind=${kind} row=${row} refs=${refs} due=${due} late=${late.has(row.id)} />`)}</ul>
		${total > records.length && html`<a href=${link('list', [kind.name], { [field.name]: choice.code })}>${t(`全部 ${total} 条`, `all ${total}`)}</a>`}</section>`;
}

function Choose() {
	return html`<${Title} text=${t('看板', 'Boards')} /><ul class="tiles">${boards().map((k) => html`<li key=${k.name} class="tile"><a href=${link('board', [k.name])}>${label(k)}</a></li>`)}</ul>`;
}

function BoardOf({ kind, field }) {
	const due = dueField(kind);
	const load = useLoad(() => read(kind, field, due), [kind.name]);
	return html`<${Title} text=${t(`看板：${kind.zh}`, `Board: ${kind.en}`)}><a class="button" href=${link('list', [kind.name])}>${t('看成列表', 'As a list')}</a><//>
		<${Loaded} load=${load}>${({ columns, late }) => {
			const used = columns.filter((c) => c.total > 0);
			return used.length === 0 ? html`<${Empty}>${t('还没有记录。', 'No records yet.')}<//>`
				: html`<div class="board">${used.map((c) => html`<${Column} key=${c.choice.code} kind=${kind} field=${field} column=${c} due=${due} late=${late} />`)}</div>`;
		}}<//>`;
}

export function Board({ args }) {
	const kind = kindOf(args[0]);
	const field = kind && stateField(kind);
	return field ? html`<${BoardOf} kind=${kind} field=${field} />` : html`<${Choose} />`;
}
