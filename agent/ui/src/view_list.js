// SPDX-License-Identifier: MulanPSL-2.0
// The records of one kind: search, conditions, columns, order, and changing many at once.
import { get } from './api.js';
import { BatchEdit } from './batch.js';
import { changed } from './changes.js';
import { rowTitle } from './children.js';
import { defaultColumns, isDate, isNumber, kindOf } from './catalogue.js';
import { html, useCallback, useEffect, useMemo, useState, useStore } from './html.js';
import { counted, label, language, t } from './lang.js';
import { Filters } from './filters.js';
import { useLoad } from './load.js';
import { Dialog, Empty, Level, Problem, Title } from './parts.js';
import { go, keepHere, keptHere, link } from './router.js';
import { connection } from './session.js';
import { showValue } from './show.js';
import { stateField } from './view_board.js';
import { Table, useWindows } from './table.js';
import { formsFor } from './view_print.js';

const KEY = 'jiceng.columns.';

function rememberedColumns(kind) {
	try {
		const names = JSON.parse(localStorage.getItem(KEY + kind.name));
		const known = Array.isArray(names) ? names.filter((n) => kind.byName[n]) : [];
		return known.length > 0 ? known : defaultColumns(kind);
	} catch {
		return defaultColumns(kind);
	}
}

function rememberColumns(kind, names) {
	try {
		localStorage.setItem(KEY + kind.name, JSON.stringify(names));
	} catch {
		// lasts as long as the view
	}
}

function width(field) {
	if (isDate(field) || isNumber(field) || field.type === 'bool3')
		return 8;
	return field.type === 'idno' || field.type === 'uscc' ? 13 : 9;
}

function columnsOf(kind, names, refs) {
	return names.map((name) => {
		const field = kind.byName[name];
		return { name, order: name === kind.title && field.type === 'text' ? 'pinyin' : name, text: label(field), width: width(field), show: (row) => showValue(field, row.fields[name], refs), instead: (row) => rowTitle(kind, row, refs) };
	});
}

// How far each record got: the same mark as on its page.
function reachColumn() {
	return { name: '', fixed: true, text: t('送到哪里', 'How far'), width: 8, show: (row) => html`<${Level} level=${row.level} ceiling=${row.ceiling} />` };
}

function ColumnChoice({ kind, names, onChange, onClose }) {
	const turn = (name) => onChange(names.includes(name) ? names.filter((n) => n !== name) : [...names, name]);
	return html`<${Dialog} title=${t('显示哪些列', 'Columns to show')} onClose=${onClose}>
		<ul class="choices">${kind.fields.map((f) => html`<li key=${f.name}><label>
			<input type="checkbox" checked=${names.includes(f.name)} onChange=${() => turn(f.name)} /> ${label(f)}</label></li>`)}</ul>
		<button type="button" onClick=${() => onChange(defaultColumns(kind))}>${t('恢复原来的列', 'Columns as they were')}</button>
	<//>`;
}

// What is typed into the search box, a moment after the last key.
function useSettled(value, ms) {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(value), ms);
		return () => clearTimeout(timer);
	}, [value]);
	return settled;
}

function useMarks() {
	const [marks, setMarks] = useState(new Set());
	const turn = (id) => {
		const next = new Set(marks);
		if (!next.delete(id))
			next.add(id);
		setMarks(next);
	};
	return [marks, turn, () => setMarks(new Set())];
}

// Papers that are made of several records.
function PrintMarked({ kind, marks }) {
	const load = useLoad(() => formsFor(kind.name), [kind.name]);
	const fit = (load.data || []).filter((f) => marks.size >= f.least && marks.size <= f.most);
	return fit.map((f) => html`<a class="button" key=${f.id} href=${link('print', [], { form: f.id, id: [...marks].join(',') })}>${t(`打印${f.zh}`, `Print: ${f.en}`)}</a>`);
}

function Bar({ kind, search, setSearch, onColumns, marks, onBatch }) {
	return html`<div class="bar">
		<label for="search">${t('查找', 'Search')}</label>
		<input id="search" type="search" value=${search} onInput=${(e) => setSearch(e.target.value)} autocomplete="off"
			placeholder=${t('名称、拼音、号码后几位', 'name, pinyin, last digits')} />
		<button type="button" onClick=${onColumns}>${t('选择列', 'Columns')}</button>
		${marks.size > 0 && html`<${PrintMarked} kind=${kind} marks=${marks} /><button type="button" onClick=${onBatch}>${t(`改选中的 ${marks.size} 条`, `Change ${marks.size} marked`)}</button>`}
	</div>`;
}

export function List({ args, query }) {
	const kind = kindOf(args[0]);
	if (!kind)
		return html`<${Title} text=${t('没有这种记录', 'There is no such kind of record')} /><p><a href=${link('records')}>${t('看有哪些记录', 'See which there are')}</a></p>`;
	return html`<${KnownList} kind=${kind} query=${query} />`;
}

function KnownList({ kind, query }) {
	const [kept] = useState(() => keptHere('list'));
	const [names, setNames] = useState(rememberedColumns(kind));
	const [search, setSearch] = useState(kept.search || '');
	const [order, setOrder] = useState(kept.order || '');
	const [where, setWhere] = useState(kept.where || query);
	const [open, setOpen] = useState('');
	const [marks, turn, unmark] = useMarks();
	const version = useStore(changed);
	const line = useStore(connection);
	const [tries, tryAgain] = useState(0);
	const lang = useStore(language);
	const typed = useSettled(search, 200);
	const key = JSON.stringify(where);
	const pages = useWindows((offset, limit) => get(`/records/${kind.name}`, {
		offset, limit, order: order || undefined, search: typed || undefined, ...where,
	}), [kind.name, order, typed, key, version, tries, line === 'ok']);
	const columns = useMemo(() => [...columnsOf(kind, names, pages.refs), reachColumn()], [kind, names, pages.refs, lang]);
	useEffect(() => keepHere('list', { search: typed, order, where }), [typed, order, key]);
	const keepSight = useCallback((sight) => keepHere('list', sight), []);
	const choose = (next) => {
		setNames(next);
		rememberColumns(kind, next);
	};
	const rowHeight = document.documentElement.classList.contains('large') ? 60 : 46;

	return html`<${Title} text=${label(kind)}>
			${stateField(kind) && html`<a class="button" href=${link('board', [kind.name])}>${t('看板', 'Board')}</a>`}
			<a class="button" href=${link('import', [], { kind: kind.name })}>${t('导入', 'Import')}</a>
			<button type="button" class="main" onClick=${() => go('new', [kind.name])}>${t('新增', 'New')}</button><//>
		<${Bar} kind=${kind} search=${search} setSearch=${setSearch} marks=${marks} onColumns=${() => setOpen('columns')} onBatch=${() => setOpen('batch')} />
		<${Filters} kind=${kind} where=${where} onChange=${setWhere} />
		<${Problem} error=${pages.error} again=${() => tryAgain(tries + 1)} />
		<p class="dim" role="status">${pages.total === null ? t('正在读取……', 'Reading…') : t(`共 ${pages.total} 条`, counted(pages.total, 'record'))}</p>
		${pages.total === 0 ? html`<${Empty}>${search || key !== '{}' ? t('没有这样写的。', 'Nothing is written so.') : t('还没有记录。点“新增”写第一条。', 'No records yet. “New” writes the first.')}<//>`
			: html`<${Table} title=${label(kind)} columns=${columns} pages=${pages} rowHeight=${rowHeight} order=${order} onOrder=${setOrder}
				href=${(row) => link('record', [row.id])} marks=${marks} onMark=${turn} begin=${kept} onKeep=${keepSight} />`}
		${open === 'columns' && html`<${ColumnChoice} kind=${kind} names=${names} onChange=${choose} onClose=${() => setOpen('')} />`}
		${open === 'batch' && html`<${BatchEdit} kind=${kind} ids=${[...marks]} seen=${pages.seen} onClose=${() => setOpen('')}
			onDone=${() => { setOpen(''); unmark(); }} />`}`;
}
