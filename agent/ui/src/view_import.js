// SPDX-License-Identifier: MulanPSL-2.0
// A file becomes records: what its columns mean, what would happen to each row and why, then the import itself,
// with progress and one undo. And the forms that somebody above sent, filled in place.
import { get, post, postBytes } from './api.js';
import { kindOf, kinds, typedFields } from './catalogue.js';
import { tellChanged } from './changes.js';
import { DropZone, pastedFile } from './files.js';
import { FillForm } from './fill.js';
import { html, useEffect, useState } from './html.js';
import { colon, counted, label, t } from './lang.js';
import { useLoad } from './load.js';
import { Problem, Title } from './parts.js';
import { link } from './router.js';
import { say } from './toast.js';
import { undoAction } from './undo.js';

const LOOK_MS = 400;

const SORTS = () => [['new', t('新增', 'new')], ['changed', t('有改动', 'changed')], ['same', t('和现在一样', 'the same as now')],
	['restored', t('从回收站恢复', 'brought back from the bin')], ['duplicate', t('文件里重复', 'twice in the file')], ['doubtful', t('拿不准，先放着', 'doubtful, put aside')]];

// ---- the work in the program ----

// Starts a step and looks at it until it has ended.
function useWork() {
	const [work, setWork] = useState(null);
	const [error, setError] = useState(null);
	const [asking, setAsking] = useState(false);
	useEffect(() => {
		if (work?.state !== 'running')
			return undefined;
		const timer = setTimeout(() => get(`/import/${work.token}`).then(setWork, setError), LOOK_MS);
		return () => clearTimeout(timer);
	}, [work]);
	const start = async (ask) => {
		setError(null);
		setAsking(true);
		try {
			setWork(await ask());
		} catch (problem) {
			setError(problem);
		}
		setAsking(false);
	};
	return { work, error, asking, start, reset: () => { setWork(null); setError(null); } };
}

function Progress({ work }) {
	const cancel = () => post(`/import/${work.token}/cancel`).catch(() => {});
	return html`<p role="status">${work.word || t('正在读……', 'Reading…')} ${work.total > 0 ? `${work.done} / ${work.total}` : ''}
		${work.total > 0 && html` <progress max=${work.total} value=${work.done} aria-label=${t('进度', 'Progress')}></progress>`}
		<button type="button" onClick=${cancel}>${t('停下（什么都不会写进去）', 'Stop (nothing is written)')}</button></p>`;
}

// ---- what the columns mean ----

function asWords(column) {
	const words = { id: t('编号', 'id'), key: t('别的系统里的编号', 'key of another system'), serial: t('序号，不用读', 'row number, not read'), forbidden: t('不该留的内容，不读', 'should not be kept, not read') };
	return words[column.as];
}

function Column({ sheet, column, value, onChange }) {
	const kind = kindOf(sheet.kind);
	const id = `col-${sheet.sheet}-${column.column}`;
	if (asWords(column))
		return html`<tr><th scope="row">${column.header}</th><td>${asWords(column)}</td></tr>`;
	const now = value ?? (column.as === 'field' ? column.field : '-');
	return html`<tr class=${column.ask ? 'ask' : ''}><th scope="row"><label for=${id}>${column.header}</label></th><td>
		<select id=${id} value=${now} onChange=${(e) => onChange(column.header, e.target.value)}>
			<option value="-">${t('不读这一列', 'do not read it')}</option>
			${typedFields(kind).map((f) => html`<option key=${f.name} value=${f.name}>${label(f)}</option>`)}</select>
		${column.ask && html` <span class="warn-text">${t('请看一下对不对', 'please check')}</span>`}</td></tr>`;
}

function Sheet({ sheet, columns, onChange }) {
	return html`<section class="card"><h3>${sheet.sheet} ${t('当作', 'as')} ${sheet.kind_label}</h3>
		<table class="mapping"><thead><tr><th scope="col">${t('表里的列', 'Column of the sheet')}</th><th scope="col">${t('导入到', 'Goes to')}</th></tr></thead>
		<tbody>${sheet.columns.map((c) => html`<${Column} key=${c.column} sheet=${sheet} column=${c} value=${columns[c.header]} onChange=${onChange} />`)}</tbody></table></section>`;
}

// ---- what would happen, or has happened, to the rows ----

const lineOf = (x) => t(`${x.sheet ? `${x.sheet} ` : ''}第${x.line}行`, `${x.sheet ? `${x.sheet} ` : ''}row ${x.line}`);

function First({ sort, text, count, list }) {
	if (!count)
		return null;
	return html`<details><summary>${text}${colon()}${count}</summary><ul>${(list || []).map((r) => html`<li key=${r.line + r.sheet}>${lineOf(r)} ${r.title}
		${(r.changes || []).map((c) => html` <span class="dim" key=${c.field}>${c.field}${colon()}<del>${c.old}</del> → <ins>${c.new}</ins></span>`)}
		${r.reason && html` <span class="warn-text">${r.reason}</span>`}
		${sort === 'duplicate' && html` <span class="dim">${t(`和第${r.as}行是同一条`, `the same as row ${r.as}`)}</span>`}</li>`)}
		${count > (list || []).length && html`<li class="dim">……</li>`}</ul></details>`;
}

function Reasons({ report }) {
	const bad = report.bad || [];
	const hints = [...(report.hints || []), ...(report.skipped || []).map((s) => t(`${lineOf(s)}没有读：${s.text}`, `${lineOf(s)} was not read: ${s.text}`))];
	return html`${bad.length > 0 && html`<div class="note warn"><p>${t(`有 ${bad.length} 行要您看一下，会放在“待处理”里：`, `${counted(bad.length, 'row')} for you to look at, kept under “Waiting rows”:`)}</p>
			<ul>${bad.slice(0, 30).map((b, i) => html`<li key=${i}>${lineOf(b)} ${b.title} ${b.field}${colon()}${b.reason}</li>`)}</ul></div>`}
		${(report.remarks || []).length > 0 && html`<details><summary>${t(`提醒 ${report.remarks.length} 处（不影响导入）`, `${counted(report.remarks.length, 'remark')} (the import goes on all the same)`)}</summary>
			<ul>${report.remarks.slice(0, 50).map((r, i) => html`<li key=${i}>${lineOf(r)} ${r.field}${colon()}${r.text}</li>`)}</ul></details>`}
		${hints.length > 0 && html`<ul class="dim">${hints.map((h) => html`<li key=${h}>${h}</li>`)}</ul>`}
		${(report.forbidden || []).length > 0 && html`<p class="note">${t('这些列是不该留的内容，没有读：', 'These columns should not be kept and were not read: ')}${report.forbidden.join(t('、', ', '))}</p>`}`;
}

function Rows({ report }) {
	return html`<p>${t(`共 ${report.rows} 行`, counted(report.rows, 'row'))}</p>
		${SORTS().map(([sort, text]) => html`<${First} key=${sort} sort=${sort} text=${text} count=${report[sort]} list=${report.first?.[sort]} />`)}
		<${Reasons} report=${report} />`;
}

// ---- the steps ----

function Take({ onFile }) {
	const [text, setText] = useState('');
	const paste = (e) => {
		const block = e.clipboardData?.getData('text/plain') || '';
		if (block.includes('\t') || block.includes('\n')) {
			e.preventDefault();
			onFile(pastedFile(block));
		}
	};
	return html`<${DropZone} id="import-file" label=${t('把名册拖到这里，或选一个文件（.xlsx .xls .csv）', 'Drop a roster here, or choose a file (.xlsx .xls .csv)')} onFile=${onFile}>
		<label for="import-paste">${t('也可以从表格里复制一块，粘贴在这里（带上表头）', 'Or copy a block from a spreadsheet and paste it here (with its header)')}</label>
		<textarea id="import-paste" rows="2" value=${text} onInput=${(e) => setText(e.target.value)} onPaste=${paste}></textarea>
	<//>`;
}

function Preview({ state, asking, columns, setColumns, onAgain, onImport, onDrop }) {
	const report = state.report;
	const change = (header, field) => setColumns({ ...columns, [header]: field });
	const asked = Object.keys(columns).length > 0;
	const doubtful = report.sheets.some((s) => s.columns.some((c) => c.ask));
	const useful = report.new + report.changed + report.restored;
	return html`<section aria-label=${t('预览', 'Preview')}><h2>${t('预览：还没有写进去', 'Preview: nothing is written yet')} <span class="dim">${state.name}</span></h2>
		<${Rows} report=${report} />
		<details open=${doubtful || asked}><summary>${t('哪一列导入到哪一项（点开可以改）', 'Which column goes where (open to change)')}</summary>
			${report.sheets.map((s) => html`<${Sheet} key=${s.sheet} sheet=${s} columns=${columns} onChange=${change} />`)}
			${asked && html`<p><button type="button" disabled=${asking} onClick=${onAgain}>${t('按改过的列再看一遍', 'Look again with these columns')}</button></p>`}</details>
		<div class="savebar"><button type="button" class="main" disabled=${asking || (useful === 0 && report.bad.length === 0)} onClick=${onImport}>${t(`导入 ${useful} 条`, `Import ${useful}`)}</button>
			<button type="button" disabled=${asking} onClick=${onDrop}>${t('不导入，换一个文件', 'Do not import; another file')}</button></div></section>`;
}

function Done({ state, onNext }) {
	const report = state.report;
	const kind = report.sheets[0]?.kind;
	return html`<section aria-label=${t('结果', 'Result')}><h2>${t('已导入', 'Imported')} <span class="dim">${state.name}</span></h2>
		<${Rows} report=${report} />
		<p class="links">${kind && html`<a class="button main" href=${link('list', [kind])}>${t('看看导入的', 'Look at it')}</a>`}
			${report.bad.length > 0 && html`<a class="button" href=${link('waiting')}>${t('处理没导入的行', 'See to the rows that wait')}</a>`}
			<button type="button" onClick=${onNext}>${t('再导入一个', 'Another file')}</button></p></section>`;
}

function Ended({ state, onNext }) {
	return html`<${Problem} error=${state.error} /><p><button type="button" onClick=${onNext}>${t('换一个文件', 'Another file')}</button></p>`;
}

function Roster({ preset }) {
	const { work, error, asking, start, reset } = useWork();
	const [columns, setColumns] = useState({});
	const [kind, setKind] = useState(preset.kind || '');
	const next = () => {
		setColumns({});
		reset();
	};
	const given = { columns, activity: preset.activity };
	const file = (f) => start(() => postBytes('/import/preview', f.bytes, { name: f.name, kind: kind || undefined }));
	const again = () => start(() => post('/import', { token: work.token, dry_run: true, kind: kind || undefined, ...given }));
	const go = () => start(() => post('/import', { token: work.token, dry_run: false, kind: kind || undefined, ...given }));
	useEffect(() => {
		if (work?.state === 'done') {
			tellChanged();
			say(t('已导入，存在本机', 'Imported, on this PC'), undoAction());
		}
	}, [work?.state]);
	return html`<${Problem} error=${error} />
		${!work && html`<div class="field"><label for="import-kind">${t('这是什么表', 'What it holds')}</label>
			<select id="import-kind" value=${kind} onChange=${(e) => setKind(e.target.value)}><option value="">${t('看表头决定', 'decide by its header')}</option>
			${kinds().filter((k) => !k.down).map((k) => html`<option key=${k.name} value=${k.name}>${label(k)}</option>`)}</select></div>
			<${Take} onFile=${file} />`}
		${work?.state === 'running' && html`<${Progress} work=${work} />`}
		${work?.state === 'ready' && html`<${Preview} state=${work} asking=${asking} columns=${columns} setColumns=${setColumns} onAgain=${again} onImport=${go} onDrop=${next} />`}
		${work?.state === 'done' && html`<${Done} state=${work} onNext=${next} />`}
		${(work?.state === 'failed' || work?.state === 'cancelled') && html`<${Ended} state=${work} onNext=${next} />`}`;
}

function Waiting() {
	const load = useLoad(() => get('/pending'), []);
	if (!load.data?.count)
		return null;
	return html`<p class="note warn"><a href=${link('waiting')}>${t(`以前导入的文件里有 ${load.data.count} 行还等着处理`, `${counted(load.data.count, 'row')} of earlier files waiting for you`)}</a></p>`;
}

export function Import({ query }) {
	return html`<${Title} text=${t('导入和填表', 'Import and fill in')} />
		<${Waiting} />
		<section class="card" aria-labelledby="roster"><h2 id="roster">${t('导入名册', 'Import a roster')}</h2><${Roster} preset=${query} /></section>
		<section class="card" aria-labelledby="fill"><h2 id="fill">${t('填上级发来的表', 'Fill in a form from above')}</h2><${FillForm} /></section>`;
}
