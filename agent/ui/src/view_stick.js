// SPDX-License-Identifier: MulanPSL-2.0
// 拷U盘: the exchange without a line, and how it goes in six pictures.
import one from '../pictures/stick1.svg';
import two from '../pictures/stick2.svg';
import three from '../pictures/stick3.svg';
import four from '../pictures/stick4.svg';
import five from '../pictures/stick5.svg';
import six from '../pictures/stick6.svg';
import { get, post } from './api.js';
import { tellChanged } from './changes.js';
import { html, useEffect, useState } from './html.js';
import { colon, counted, label, t } from './lang.js';
import { kindOf } from './catalogue.js';
import { useLoad } from './load.js';
import { Empty, Problem, Title } from './parts.js';

const LOOK_MS = 600;

const steps = () => [
	[one, t('1. 把U盘插到这台电脑上。', '1. Put the stick into this PC.')],
	[two, t('2. 点“拷到U盘”。', '2. Press “Copy to the stick”.')],
	[three, t('3. 等它写完，还会读回来核对一遍。别急着拔。', '3. Wait until it is written and read back. Do not pull it out yet.')],
	[four, t('4. 看到“已写好”再拔，把交接单一起带上。', '4. At “Written” take it out, and the handover slip with it.')],
	[five, t('5. 送到县里。县里读入以后，回执写回这个U盘。', '5. Bring it to the county. It reads the stick and writes a receipt onto it.')],
	[six, t('6. 拿回来插上，点“读U盘”。灯变绿，才算送到。', '6. Bring it back and press “Read the stick”. When the light is green, it has arrived.')],
];

function Pictures() {
	return html`<ol class="pictures">${steps().map(([src, text]) => html`<li key=${src}><img src=${src} alt="" width="300" height="160" /><p>${text}</p></li>`)}</ol>`;
}

// What one file held, in counts.
function Slip({ file }) {
	return html`<li class="card"><h3>${file.file.split(/[\\/]/).pop()}</h3>
		<p>${file.written ? t('已写好，读回来核对过', 'Written, and read back') : file.error ? html`<span class="bad-text">${file.message}</span>` : t('已读入', 'Read')}
			· ${t(`${file.ops} 处修改`, counted(file.ops, 'change'))}${!file.written ? t(`，新的 ${file.fresh} 处`, `, ${file.fresh} of them new`) : ''}</p>
		${file.missing && html`<p class="warn-text">${t('还差前面的文件，请把U盘上的都读入', 'It rests on an earlier file; please read all of the stick')}</p>`}
		<ul>${Object.entries(file.records).map(([kind, n]) => html`<li key=${kind}>${label(kindOf(kind)) || t('新版本的记录', 'records of a newer program')}${colon()}${n}</li>`)}</ul>
		<p class="dim">${t('核对码', 'Mark')} <strong class="code">${file.mark}</strong> ${t('（两边念出来应该一样）', '(read out, it is the same on both ends)')}</p></li>`;
}

function Result({ done }) {
	if (!done)
		return null;
	return html`<section aria-labelledby="slip" class="slip"><h2 id="slip">${t('交接单', 'Handover slip')}</h2>
		<ul class="lines">${done.files.map((f) => html`<${Slip} key=${f.file} file=${f} />`)}</ul>
		<p class="no-print"><button type="button" onClick=${() => window.print()}>${t('打印交接单', 'Print the slip')}</button></p></section>`;
}

// Starts work on a stick and looks how far it is.
function useStickWork() {
	const [state, setState] = useState({ busy: false, error: null, done: null });
	useEffect(() => {
		if (!state.busy)
			return undefined;
		const timer = setInterval(async () => {
			const now = await get('/stick').catch((error) => ({ busy: false, error: error.message }));
			if (now.busy) {
				setState((s) => ({ ...s, bytes: now.done, total: now.total }));
				return;
			}
			setState({ busy: false, error: now.error ? { message: now.error } : null, done: now.result });
			tellChanged();
		}, LOOK_MS);
		return () => clearInterval(timer);
	}, [state.busy]);
	const start = async (what, dir) => {
		try {
			await post(`/stick/${what}`, { dir });
			setState({ busy: true, error: null, done: null });
		} catch (error) {
			setState({ busy: false, error, done: null });
		}
	};
	return { ...state, start };
}

function Progress({ work }) {
	if (!work.busy)
		return null;
	return html`<p role="status">${t('正在做，请不要拔U盘……', 'Working; please do not pull the stick out…')}
		${work.total > 0 && html` <progress max=${work.total} value=${work.bytes} aria-label=${t('进度', 'Progress')}></progress>`}</p>`;
}

export function Stick() {
	const load = useLoad(() => get('/sticks'), []);
	const [typed, setTyped] = useState(null);
	const work = useStickWork();
	const found = load.data?.sticks || [];
	const dir = typed ?? found[0]?.path ?? '';
	return html`<${Title} text=${t('拷U盘', 'By USB stick')}><button type="button" onClick=${() => window.print()}>${t('打印这一页', 'Print this page')}</button><//>
		<div class="card no-print"><div class="field"><label for="stick-dir">${t('U盘在哪里', 'Where the stick is')}</label>
			<input id="stick-dir" list="sticks" value=${dir} onInput=${(e) => setTyped(e.target.value)} autocomplete="off" aria-describedby="stick-hint" />
			<datalist id="sticks">${found.map((s) => html`<option key=${s.path} value=${s.path}></option>`)}</datalist>
			<p class="hint" id="stick-hint">${found.length > 0 ? t(`找到 ${found.length} 个U盘`, `${counted(found.length, 'stick')} found`) : t('没有找到U盘。插上后点“再找找”，或写文件夹的位置。', 'No stick was found. Put it in and look again, or write the folder.')}</p></div>
			<p class="links"><button type="button" class="main" disabled=${!dir || work.busy} onClick=${() => work.start('write', dir)}>${t('拷到U盘', 'Copy to the stick')}</button>
			<button type="button" disabled=${!dir || work.busy} onClick=${() => work.start('read', dir)}>${t('读U盘', 'Read the stick')}</button>
			<button type="button" onClick=${load.again}>${t('再找找', 'Look again')}</button></p>
			<${Progress} work=${work} /><${Problem} error=${work.error} /></div>
		<${Result} done=${work.done} />
		<${Pictures} />`;
}
