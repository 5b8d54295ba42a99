// SPDX-License-Identifier: MulanPSL-2.0
// Rows of imported files that wait for a person: why, what stands in them; corrected and imported, or put away.
import { get, post } from './api.js';
import { kindOf } from './catalogue.js';
import { tellChanged } from './changes.js';
import { html, useState } from './html.js';
import { label, t } from './lang.js';
import { useLoad } from './load.js';
import { Empty, Loaded, Problem, Title } from './parts.js';
import { say } from './toast.js';

function Cell({ row, cell, value, onInput }) {
	const [name, header] = cell;
	const field = kindOf(row.kind)?.byName[name];
	const id = `cell-${row.no}-${name}`;
	return html`<div class="field"><label for=${id}>${field ? label(field) : header}</label>
		<input id=${id} value=${value} onInput=${(e) => onInput(name, e.target.value)} autocomplete="off" /></div>`;
}

function One({ row, onDone }) {
	const cells = row.cells.filter(([name]) => name);
	const [set, setSet] = useState({});
	const [error, setError] = useState(null);
	const run = async (path, body, words) => {
		setError(null);
		try {
			const report = await post(path, body);
			if (report.bad?.length > 0) {
				setError({ message: `${report.bad[0].field} ${report.bad[0].reason}` });
				return;
			}
			say(words);
			tellChanged();
			onDone();
		} catch (problem) {
			setError(problem);
		}
	};
	const fix = (more) => run(`/pending/${row.no}`, { set, ...more }, t('已导入这一行', 'The row is imported'));
	return html`<section class="card"><h2>${row.title || t('（没有名称）', '(no name)')} <span class="dim">${row.file} ${t(`第${row.line}行`, `row ${row.line}`)}</span></h2>
		<p class="warn-text">${row.field} ${row.reason}</p>
		<div class="fields">${cells.map((c) => html`<${Cell} key=${c[0]} row=${row} cell=${c} value=${set[c[0]] ?? c[2] ?? ''} onInput=${(name, v) => setSet({ ...set, [name]: v })} />`)}</div>
		<${Problem} error=${error} />
		<p class="links"><button type="button" class="main" onClick=${() => fix({})}>${t('按改过的导入', 'Import as corrected')}</button>
			<button type="button" onClick=${() => fix({ as_new: true })}>${t('就当新的一条', 'It is a new one')}</button>
			<button type="button" onClick=${() => run(`/pending/${row.no}/discard`, {}, t('这一行不要了', 'The row is put away'))}>${t('不要这一行', 'Put it away')}</button></p></section>`;
}

export function WaitingRows() {
	const load = useLoad(() => get('/pending'), []);
	return html`<${Title} text=${t('待处理的行', 'Waiting rows')} />
		<${Loaded} load=${load}>${({ rows }) => (rows.length === 0 ? html`<${Empty}>${t('没有等着处理的行。', 'No rows wait.')}<//>`
			: rows.map((row) => html`<${One} key=${row.no} row=${row} onDone=${load.again} />`))}<//>`;
}
