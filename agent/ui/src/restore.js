// SPDX-License-Identifier: MulanPSL-2.0
// Beginning with a backup, and the device key of the former PC, which is no part of it.
import { call, post } from './api.js';
import { readBegun } from './begun.js';
import { loadCatalogue } from './catalogue.js';
import { html, useState } from './html.js';
import { t } from './lang.js';
import { Problem } from './parts.js';
import { say } from './toast.js';

const KEY_MOST = 2048;

async function upload(file) {
	const response = await call('/setup/restore', null, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: file });
	return response.json();
}

// The file goes as it is, without being read into the page's memory.
export function RestoreForm({ onDone }) {
	const [file, setFile] = useState(null);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState(null);
	const submit = async (e) => {
		e.preventDefault();
		setBusy(true);
		setError(null);
		try {
			const done = await upload(file);
			await loadCatalogue();
			say(t(`已恢复“${done.name}”`, `“${done.name}” is restored`));
			onDone();
		} catch (problem) {
			setError(problem);
			setBusy(false);
		}
	};
	return html`<form onSubmit=${submit}><div class="field"><label for="restore-file">${t('备份文件', 'The backup file')}</label>
			<input id="restore-file" type="file" required onChange=${(e) => setFile(e.target.files[0] || null)} aria-describedby="restore-hint" />
			<p class="hint" id="restore-hint">${t('先核对备份是否完好，好的才放进来；坏的不会留下什么。', 'The backup is looked through first; a damaged one leaves nothing behind.')}</p></div>
		<${Problem} error=${error} />
		<button class="main" disabled=${!file || busy}>${busy ? t('正在核对……', 'Looking it through…') : t('恢复', 'Restore')}</button>
		<p class="dim" role="status">${busy && t('文件大的话要等几分钟，请不要关掉。', 'A large file takes some minutes; please do not close this.')}</p></form>`;
}

// After restoring onto another PC: the county knows the branch by its former key. Or a hub has a former key file of its own.
export function KeyForm({ behind }) {
	const [placed, setPlaced] = useState(false);
	const [error, setError] = useState(null);
	const take = async (e) => {
		const file = e.target.files[0];
		e.target.value = '';
		setError(null);
		try {
			await post('/setup/key', { key: file && file.size <= KEY_MOST ? await file.text() : '' });
			setPlaced(true);
			readBegun();
		} catch (problem) {
			setError(problem);
		}
	};
	if (placed)
		return html`<p class="note">${t('密钥已放好。请关掉程序，再打开一次，就照常上报。', 'The key is in place. Please close the program and start it again; it then sends as before.')}</p>`;
	if (behind)
		return html`<div class="note warn"><p>${t('本机的密钥文件是旧的：各台电脑已经改认新密钥。内容都在，请选换密钥以后备份的 device.key。',
			'The key file here is an old one: the PCs know a newer key already. Everything is kept; choose the device.key that was copied after the key was replaced.')}</p>
			<label for="key-file">${t('选 device.key 文件', 'Choose device.key')}</label> <input id="key-file" type="file" onChange=${take} /><${Problem} error=${error} /></div>`;
	return html`<div class="note warn"><p>${t('记录都恢复了，可以照常写。要接着上报，还要原来电脑数据文件夹里的 device.key 文件（它不在备份里）。',
		'All records are back and can be worked on. To go on sending, the file device.key of the former PC’s data folder is needed; it is not in the backup.')}</p>
		<label for="key-file">${t('选 device.key 文件', 'Choose device.key')}</label> <input id="key-file" type="file" onChange=${take} />
		<p class="dim">${t('没有了的话，可以拷U盘送到县里，或请县里帮忙。', 'If it is lost, go by USB stick, or ask the county for help.')}</p><${Problem} error=${error} /></div>`;
}
