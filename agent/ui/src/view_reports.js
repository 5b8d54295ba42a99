// SPDX-License-Identifier: MulanPSL-2.0
// The reports: which there are; one of them as a table whose every number leads to its records, with a chart, on paper,
// as a spreadsheet, handed in.
import { call, get, post } from './api.js';
import { kindOf } from './catalogue.js';
import { html, useEffect, useRef, useState } from './html.js';
import { bracketed, colon, label, language, t } from './lang.js';
import { useLoad } from './load.js';
import { fillFrame } from './paper.js';
import { Dialog, Empty, Loaded, Title } from './parts.js';
import { go, link } from './router.js';
import { say, sayError } from './toast.js';

export function Reports() {
	const load = useLoad(() => get('/reports'), [language.get()]);
	return html`<${Title} text=${t('报表', 'Reports')} />
		<${Loaded} load=${load}>${({ reports }) => html`<ul class="tiles">${reports.map((r) => html`<li key=${r.id} class="tile">
			<a href=${link('report', [r.id])}>${label(r)}</a><span class="dim">${r.id}</span></li>`)}</ul>`}<//>`;
}

// ---- what is asked for ----

function periods() {
	const year = new Date().getFullYear();
	const month = new Date().getMonth() + 1;
	const two = (n) => String(n).padStart(2, '0');
	const before = month === 1 ? `${year - 1}-12` : `${year}-${two(month - 1)}`;
	return [['', t('今年到今天', 'this year until today')], [`${year}-${two(month)}`, t('本月', 'this month')], [before, t('上月', 'last month')],
		[`${year}Q${Math.ceil(month / 3)}`, t('本季度', 'this quarter')], [`${year}H${month > 6 ? 2 : 1}`, t('本半年', 'this half year')],
		[String(year - 1), t('去年', 'last year')]];
}

function Ask({ report, query, onChange }) {
	const [typed, setTyped] = useState('');
	const known = periods().some(([value]) => value === (query.period || ''));
	const submit = (e) => {
		e.preventDefault();
		onChange({ ...query, period: typed.trim() });
	};
	return html`<div class="bar no-print">
		<label for="period">${t('时间', 'Period')}</label>
		<select id="period" value=${query.period || ''} onChange=${(e) => onChange({ ...query, period: e.target.value })}>
			${periods().map(([value, text]) => html`<option key=${value} value=${value}>${text}</option>`)}
			${!known && html`<option value=${query.period}>${query.period}</option>`}</select>
		<form class="filter" onSubmit=${submit}><label for="period-typed">${t('或写', 'or type')}</label>
			<input id="period-typed" class="short" value=${typed} onInput=${(e) => setTyped(e.target.value)} placeholder="2026-03" autocomplete="off" />
			<button disabled=${!typed.trim()}>${t('看', 'Show')}</button></form>
		${report && !report.list && report.by.length > 0 && html`<label for="by">${t('分行', 'Rows by')}</label>
			<select id="by" value=${query.by || ''} onChange=${(e) => onChange({ ...query, by: e.target.value })}>
			<option value="">${t('一般的分法', 'as usual')}</option>
			${report.by.map((d) => html`<option key=${d.key} value=${d.key}>${label(d)}</option>`)}</select>`}
	</div>`;
}

// What else can be asked for, as the program tells: each is one of a few, or yes.
function Option({ option, value, onInput }) {
	const id = `option-${option.name}`;
	const english = language.get() === 'en';
	const help = english ? option.help_en : option.help_zh;
	if (!option.choices)
		return html`<label><input type="checkbox" id=${id} checked=${value === '1'} onChange=${(e) => onInput(e.target.checked ? '1' : '')} /> ${label(option)}${help && html` <span class="dim">${bracketed(help)}</span>`}</label>`;
	const known = !value || option.choices.some((c) => c.key === value);
	return html`<span class="filter"><label for=${id}>${label(option)}</label>
		<select id=${id} value=${value || ''} onChange=${(e) => onInput(e.target.value)}>
			<option value="">${english ? option.none_en : option.none_zh}</option>
			${option.choices.map((c) => html`<option key=${c.key} value=${c.key}>${label(c)}</option>`)}
			${!known && html`<option value=${value}>${value}</option>`}</select></span>`;
}

function Options({ list, query, onChange }) {
	const [open] = useState(() => list.some((o) => query[o.name]));
	if (list.length === 0)
		return null;
	return html`<details class="no-print" open=${open}><summary>${t('更多条件', 'More conditions')}</summary>
		<div class="bar options">${list.map((o) => html`<${Option} key=${o.name} option=${o} value=${query[o.name]} onInput=${(v) => onChange({ ...query, [o.name]: v })} />`)}</div></details>`;
}

// ---- the table ----

// Neighbours under one heading: [{text, span}]; null when no column has one.
function headings(columns) {
	if (!columns.some((c) => c.group))
		return null;
	const list = [];
	columns.forEach((c) => {
		const last = list[list.length - 1];
		if (last && c.group && last.text === c.group)
			last.span += 1;
		else
			list.push({ text: c.group || '', span: 1 });
	});
	return list;
}

const isText = (c) => c.type === 'text' || c.type === 'date';

function Cell({ table, row, column, onOpen }) {
	const text = row.text?.[column.key] ?? '';
	if (isText(column) || text === '' || text === '0' || table.list)
		return html`<td class=${isText(column) ? '' : 'number'}>${text}</td>`;
	const open = () => onOpen({ cell: `${table.id}${table.split === undefined ? '' : `:${table.split}`}/${row.level === 'total' ? '*' : row.key}/${column.key}`, text: `${(row.label || []).join(' ')} · ${label(column)}${colon()}${text}` });
	return html`<td class="number"><button type="button" class="cell-link" onClick=${open} aria-label=${t(`${label(column)} ${text}，看是哪些`, `${label(column)} ${text}: show which`)}>${text}</button></td>`;
}

// What goes with a row: one press leads to it, or begins it.
function GoesWith({ begin, row }) {
	if (row.level !== 'row')
		return html`<td></td>`;
	const open = row.links?.[begin.link];
	return html`<td><a class="button" href=${open ? link('record', [open]) : link('new', [begin.kind], { [begin.field]: row.key })}>${open ? t('打开', 'Open') : t('开始', 'Begin')}</a></td>`;
}

// A row of a list is one record.
function RowHead({ table, row, k }) {
	const text = row.label[k] ?? '';
	return html`<th scope="row">${table.list && row.level === 'row' && k === 0 && row.key
		? html`<a href=${link('record', [row.key])} aria-label=${t(`第${text}行，打开这条记录`, `row ${text}: open the record`)}>${text}</a>` : text}</th>`;
}

function TableOf({ table, onOpen }) {
	const begin = table.begin && kindOf(table.begin.kind) ? table.begin : null;
	const over = headings(table.columns);
	return html`<section aria-label=${table.title}><h2>${table.title}</h2>
		<div class="wide" tabindex="0" role="group" aria-label=${table.title}><table class="report">
			<thead>${over && html`<tr>${table.groups.map((g) => html`<td key=${g.key}></td>`)}${over.map((o, i) => html`<th key=${i} colspan=${o.span} scope="colgroup">${o.text}</th>`)}</tr>`}
				<tr>${table.groups.map((g) => html`<th key=${g.key} scope="col">${g.label}</th>`)}${table.columns.map((c) => html`<th key=${c.key} scope="col">${label(c)}</th>`)}
				${begin && html`<th scope="col">${label(kindOf(begin.kind))}</th>`}</tr></thead>
			<tbody>${table.rows.map((row, i) => html`<tr key=${i} class=${row.level}>
				${table.groups.map((g, k) => html`<${RowHead} key=${g.key} table=${table} row=${row} k=${k} />`)}
				${table.columns.map((c) => html`<${Cell} key=${c.key} table=${table} row=${row} column=${c} onOpen=${onOpen} />`)}
				${begin && html`<${GoesWith} begin=${begin} row=${row} />`}</tr>`)}</tbody></table></div>
		${table.rows.length === 0 && html`<${Empty}>${t('没有内容。', 'Nothing.')}<//>`}
		${table.note && html`<p class="dim">${table.note}</p>`}</section>`;
}

// The records behind a number.
function Behind({ id, query, open, onClose }) {
	const load = useLoad(async () => {
		const answer = await get(`/report/${id}`, { ...query, cell: open.cell });
		return Promise.all((answer.ids || []).slice(0, 100).map((one) => get(`/record/${one}`)));
	}, [open.cell]);
	return html`<${Dialog} title=${open.text} onClose=${onClose}>
		<${Loaded} load=${load}>${(records) => html`<ul>${records.map((r) => html`<li key=${r.id}><a href=${link('record', [r.id])}>${nameOf(r)}</a></li>`)}</ul>`}<//>
	<//>`;
}

function nameOf(record) {
	const title = record.fields[kindOf(record.kind)?.title];
	const first = Object.values(record.fields).find((f) => typeof f.value === 'string' && f.shown);
	return title?.shown || first?.shown || record.id;
}

// ---- the chart, loaded when there is something to draw ----

function drawable(table) {
	const column = table.columns.find((c) => c.type === 'int' || c.type === 'money');
	const rows = table.rows.filter((r) => r.level === 'row').slice(0, 12);
	if (table.list || !column || rows.length < 2 || !rows.some((r) => r.cells[column.key] > 0))
		return null;
	const value = (r) => (r.cells[column.key] || 0) / (column.type === 'money' ? 100 : 1);
	return { title: label(column), names: rows.map((r) => r.label[r.label.length - 1] || ''), series: [{ name: label(column), values: rows.map(value) }] };
}

function ChartOf({ table }) {
	const [Chart, setChart] = useState(null);
	const data = drawable(table);
	useEffect(() => {
		if (data)
			import('./chart.js').then((m) => setChart(() => m.default), () => {});
	}, [!!data]);
	return data && Chart ? html`<figure class="no-print"><figcaption>${data.title}</figcaption><${Chart} names=${data.names} series=${data.series} /></figure>` : null;
}

// ---- one report ----

async function download(id, query, title) {
	try {
		const response = await call(`/report/${id}`, { ...query, view: 'xlsx' });
		const address = URL.createObjectURL(await response.blob());
		const a = document.createElement('a');
		a.href = address;
		a.download = `${title}.xlsx`;
		a.click();
		setTimeout(() => URL.revokeObjectURL(address), 10000);
	} catch (e) {
		sayError(e);
	}
}

async function handIn(id, query) {
	try {
		await post(`/report/${id}`, {}, query);
		say(t('已留下报送的这一版。以后再出同一张表，会说明哪里变了。', 'This version is kept as handed in; later ones say what changed.'));
	} catch (e) {
		sayError(e);
	}
}

// The paper in a frame of its own, printed as soon as it stands.
function Paper({ id, query, onDone }) {
	const frame = useRef(null);
	useEffect(() => {
		call(`/report/${id}`, { ...query, view: 'page' }).then((r) => r.text()).then(async (text) => {
			await fillFrame(frame.current, text);
			frame.current.contentWindow.print();
		}).catch(sayError);
	}, []);
	return html`<${Dialog} title=${t('打印报表', 'Print the report')} onClose=${onDone}><iframe class="paper" ref=${frame} title=${t('预览', 'Preview')}></iframe><//>`;
}

function Actions({ id, query, title, onPrint }) {
	return html`<button type="button" class="main" onClick=${onPrint}>${t('打印', 'Print')}</button>
		<button type="button" onClick=${() => download(id, query, title)}>${t('存成表格文件', 'Save as a spreadsheet')}</button>
		<button type="button" onClick=${() => handIn(id, query)}>${t('留作报送版', 'Keep as handed in')}</button>`;
}

export function Report({ args, query }) {
	const id = args[0];
	const list = useLoad(() => get('/reports'), []);
	const load = useLoad(() => get(`/report/${id}`, query), [id, JSON.stringify(query), language.get()], query.full === '1');
	const [open, setOpen] = useState(null);
	const [printing, setPrinting] = useState(false);
	const known = list.data?.reports.find((r) => r.id === id);
	const options = list.data?.options.filter((o) => known?.options.includes(o.name));
	const ask = (next) => go('report', [id], Object.fromEntries(Object.entries(next).filter(([, value]) => value)));
	const title = load.data?.title || label(known) || id;
	return html`<${Title} text=${title}><${Actions} id=${id} query=${query} title=${title} onPrint=${() => setPrinting(true)} /><//>
		<${Ask} report=${known} query=${query} onChange=${ask} />
		${options && html`<${Options} list=${options} query=${query} onChange=${ask} />`}
		<${Loaded} load=${load}>${(data) => html`<p class="dim">${[data.period.label, data.about, data.as_of].filter(Boolean).join(' · ')}</p>
			${data.changes && html`<p class="note warn">${data.changes}</p>`}
			${data.tables.map((table) => html`<div key=${table.id + (table.split || '')}><${TableOf} table=${table} onOpen=${setOpen} /><${ChartOf} table=${table} /></div>`)}`}<//>
		${open && html`<${Behind} id=${id} query=${query} open=${open} onClose=${() => setOpen(null)} />`}
		${printing && html`<${Paper} id=${id} query=${query} onDone=${() => setPrinting(false)} />`}`;
}
