// SPDX-License-Identifier: MulanPSL-2.0
// Settings, as the program declares them.
import { get, post } from './api.js';
import { html, useState } from './html.js';
import { bracketed, language, t } from './lang.js';
import { useLoad } from './load.js';
import { Loaded, Problem, Title } from './parts.js';
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

export function Settings() {
	const load = useLoad(() => get('/settings'), [language.get()]);
	return html`<${Title} text=${t('设置', 'Settings')} /><${Loaded} load=${load}>${({ settings }) => html`<${Form} settings=${settings} onSaved=${load.again} />`}<//>`;
}
