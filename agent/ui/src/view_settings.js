// SPDX-License-Identifier: MulanPSL-2.0
// Settings, as the program declares them.
import { call, get, post } from './api.js';
import { saveFile } from './files.js';
import { html, useState } from './html.js';
import { bracketed, language, t } from './lang.js';
import { useLoad } from './load.js';
import { Loaded, Problem, Title } from './parts.js';
import { today } from './show.js';
import { say } from './toast.js';

function Control({ setting, value, onInput }) {
	const id = `set-${setting.key}`;
	if (setting.type === 'bool')
		return html`<select id=${id} value=${value} onChange=${(e) => onInput(e.target.value)}><option value="1">${t('是', 'yes')}</option><option value="0">${t('否', 'no')}</option></select>`;
	return html`<input id=${id} value=${value} onInput=${(e) => onInput(e.target.value)} inputmode=${setting.type === 'int' ? 'numeric' : undefined} autocomplete="off" aria-describedby=${`${id}-hint`} />`;
}

// What it is until somebody changes it.
function usual(setting) {
	if (setting.type === 'bool')
		return setting.default === '1' ? t('是', 'yes') : t('否', 'no');
	return setting.default || t('空', 'empty');
}

function Form({ settings, onSaved }) {
	const [changed, setChanged] = useState({});
	const [error, setError] = useState(null);
	const submit = async (e) => {
		e.preventDefault();
		setError(null);
		try {
			await post('/settings', changed);
			setChanged({});
			say(t('设置已改，几秒内照做', 'Changed; in force within seconds'));
			onSaved();
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<form onSubmit=${submit}><div class="fields">${settings.map((s) => html`<div class="field" key=${s.key}><label for=${`set-${s.key}`}>${s.label}</label>
			<${Control} setting=${s} value=${changed[s.key] ?? s.value} onInput=${(v) => setChanged({ ...changed, [s.key]: v })} />
			<p class="hint" id=${`set-${s.key}-hint`}>${s.help}${bracketed(t(`平常：${usual(s)}`, `usually: ${usual(s)}`))}</p></div>`)}</div>
		<${Problem} error=${error} /><button class="main" disabled=${Object.keys(changed).length === 0}>${t('保存设置', 'Save settings')}</button></form>`;
}

// The whole state as one file, for another disk or a stick.
function Backup() {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState(null);
	const make = async () => {
		setBusy(true);
		setError(null);
		try {
			const response = await call('/backup');
			saveFile(await response.arrayBuffer(), `${t('基层备份', 'jiceng-backup')}-${today()}.jc`, 'application/octet-stream');
			say(t('备份文件已存好，请再抄到U盘上', 'The backup is saved; please copy it to a stick as well'));
		} catch (problem) {
			setError(problem);
		}
		setBusy(false);
	};
	return html`<section class="card"><h2>${t('备份', 'Backup')}</h2>
		<p>${t('把全部数据存成一个文件。电脑坏了，用它在新电脑上恢复。文件里有完整的号码，请收好。', 'All data in one file, to begin again with on another PC. It holds full numbers; keep it safe.')}</p>
		<p class="dim">${t('数据文件夹里的 device.key 不在备份里，请另外抄一份：有了它，县里才认得是这台电脑。', 'device.key in the data folder is not in it; keep a copy of that too: by it the county knows this PC.')}</p>
		<${Problem} error=${error} /><p><button type="button" disabled=${busy} onClick=${make}>${busy ? t('正在备份……', 'Saving…') : t('存一份备份', 'Save a backup')}</button></p></section>`;
}

export function Settings() {
	const load = useLoad(() => get('/settings'), [language.get()]);
	return html`<${Title} text=${t('设置', 'Settings')} /><${Loaded} load=${load}>${({ settings }) => html`<${Form} settings=${settings} onSaved=${load.again} />`}<//><${Backup} />`;
}
