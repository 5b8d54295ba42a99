// SPDX-License-Identifier: MulanPSL-2.0
// Files into the page: dropped, chosen, or a block pasted from a spreadsheet. And out of it again.
import { html, useState } from './html.js';
import { t } from './lang.js';

const TABLES = '.xlsx,.xls,.csv,.txt,.tsv';

// A block as a spreadsheet puts it on the clipboard (tabs and line breaks) as a file that every reader knows.
export function pastedFile(text) {
	const rows = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n').map((line) => line.split('\t'));
	return { name: `${t('粘贴的表格', 'pasted')}.csv`, bytes: new TextEncoder().encode(rows.map(csvLine).join('\n')) };
}

const quote = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const csvLine = (row) => row.map(quote).join(',');

// Rows as a file that spreadsheet programs open with a double click. What could be taken for a formula is text.
export function tableFile(rows) {
	const safe = (cell) => (/^[=+\-@\t]/.test(cell) ? `'${cell}` : cell);
	return new TextEncoder().encode(`\ufeff${rows.map((row) => csvLine(row.map((cell) => safe(String(cell ?? ''))))).join('\r\n')}\r\n`);
}

async function taken(file) {
	return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

// onFile({name, bytes}); accept as of <input type=file>.
export function DropZone({ id, label, accept = TABLES, onFile, many, children }) {
	const [over, setOver] = useState(false);
	const take = async (list) => {
		for (const file of [...list].slice(0, many ? list.length : 1))
			await onFile(await taken(file));
	};
	const drop = (e) => {
		e.preventDefault();
		setOver(false);
		take(e.dataTransfer.files);
	};
	const drag = (e) => {
		e.preventDefault();
		setOver(true);
	};
	return html`<div class=${over ? 'drop over' : 'drop'} onDragOver=${drag} onDragLeave=${() => setOver(false)} onDrop=${drop}>
		<label for=${id}>${label}</label>
		<input id=${id} type="file" accept=${accept} multiple=${!!many} onChange=${(e) => { take(e.target.files); e.target.value = ''; }} />
		${children}</div>`;
}

export function saveFile(bytes, name, type) {
	const address = URL.createObjectURL(new Blob([bytes], { type }));
	const a = document.createElement('a');
	a.href = address;
	a.download = name;
	a.click();
	setTimeout(() => URL.revokeObjectURL(address), 10000);
}
