// SPDX-License-Identifier: MulanPSL-2.0
// A check begins from a template: every point of it is there at once, to be answered one by one.
import { get, post } from './api.js';
import { tellChanged } from './changes.js';
import { html, useState } from './html.js';
import { bracketed, counted, t } from './lang.js';
import { useLoad } from './load.js';
import { Loaded, Problem, Title } from './parts.js';
import { RefInput } from './field_ref.js';
import { go } from './router.js';
import { today } from './show.js';
import { say } from './toast.js';
import { undoAction } from './undo.js';

const ORG = { name: 'begin-org', ref: 'org', set: false, zh: '被检查的单位', en: 'inspected organization' };

export function CheckBegin() {
	const load = useLoad(() => get('/templates'), []);
	const [template, setTemplate] = useState('');
	const [org, setOrg] = useState('');
	const [date, setDate] = useState(today());
	const [people, setPeople] = useState('');
	const [error, setError] = useState(null);
	const submit = async (e) => {
		e.preventDefault();
		try {
			const done = await post('/checks', { template, org, date, people: people.trim() || undefined });
			say(t(`已开始，共 ${done.items} 项`, `Begun, ${counted(done.items, 'point')}`), undoAction());
			tellChanged();
			go('record', [done.id]);
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<${Title} text=${t('开始一次检查', 'Begin a check')} />
		<${Loaded} load=${load}>${({ templates }) => html`<form class="card" onSubmit=${submit} autocomplete="off">
			<div class="field"><label for="begin-template">${t('用哪张检查表', 'Which checklist')}</label>
				<select id="begin-template" required value=${template} onChange=${(e) => setTemplate(e.target.value)}><option value="">${t('请选择', 'Choose')}</option>
				${templates.map((x) => html`<option key=${x.code + x.version} value=${x.id || x.code}>${x.title}${bracketed(t(`${x.items} 项`, counted(x.items, 'point')))}</option>`)}</select></div>
			<div class="field"><label for="f-begin-org">${t('检查哪个单位', 'Which organization')}</label><${RefInput} field=${ORG} value=${org} onInput=${setOrg} described=${{}} /></div>
			<div class="field"><label for="begin-date">${t('哪一天', 'On which day')}</label><input id="begin-date" value=${date} onInput=${(e) => setDate(e.target.value)} /></div>
			<div class="field"><label for="begin-people">${t('检查人员（几个人用顿号隔开）', 'Inspectors (separated by commas)')}</label><input id="begin-people" value=${people} onInput=${(e) => setPeople(e.target.value)} /></div>
			<${Problem} error=${error} /><button class="main" disabled=${!template || !org}>${t('开始', 'Begin')}</button></form>`}<//>`;
}
