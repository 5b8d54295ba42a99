// SPDX-License-Identifier: MulanPSL-2.0
// 填上级发来的表: the file comes back filled in, in its own layout, with a list of what could not be filled and why.
import { postBytes } from './api.js';
import { DropZone, saveFile } from './files.js';
import { html, useState } from './html.js';
import { colon, counted, t } from './lang.js';
import { Problem } from './parts.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

function bytesOf(base64) {
	return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

function Result({ done, name }) {
	return html`<div class="note"><p>${t(`填了 ${done.cells} 格、${done.rows} 行。文件已经存下，请打开核对。`, `${counted(done.cells, 'cell')} and ${counted(done.rows, 'row')} filled. The file is saved; please open and check it.`)}</p>
		<p><button type="button" onClick=${() => saveFile(bytesOf(done.file), name, XLSX)}>${t('再存一次', 'Save it again')}</button></p>
		${done.unfilled.length > 0 && html`<p>${t('这些没有填：', 'Not filled:')}</p><ul>${done.unfilled.map((u, i) => html`<li key=${i}>${u.sheet} ${u.cell} <strong>${u.label}</strong>${colon()}${u.reason}</li>`)}</ul>`}
		${done.hints.length > 0 && html`<ul class="dim">${done.hints.map((h) => html`<li key=${h}>${h}</li>`)}</ul>`}</div>`;
}

export function FillForm() {
	const [period, setPeriod] = useState('');
	const [state, setState] = useState({});
	const file = async (f) => {
		setState({ busy: true });
		try {
			const done = await postBytes('/fill', f.bytes, { name: f.name, period: period.trim() || undefined });
			const name = f.name.replace(/(\.\w+)?$/, t('（已填）$1', ' (filled)$1'));
			saveFile(bytesOf(done.file), name, XLSX);
			setState({ done, name });
		} catch (error) {
			setState({ error });
		}
	};
	return html`<div class="field"><label for="fill-period">${t('统计时间（不写是今年到今天）', 'Period (empty: this year until today)')}</label>
			<input id="fill-period" class="short" value=${period} onInput=${(e) => setPeriod(e.target.value)} placeholder="2026-03" autocomplete="off" /></div>
		<${DropZone} id="fill-file" accept=".xlsx" label=${t('把上级发来的 .xlsx 表拖到这里，或选一个文件', 'Drop the .xlsx form here, or choose a file')} onFile=${file} />
		<p role="status">${state.busy && t('正在填……', 'Filling in…')}</p>
		<${Problem} error=${state.error} />
		${state.done && html`<${Result} done=${state.done} name=${state.name} />`}`;
}
