// SPDX-License-Identifier: MulanPSL-2.0
// The first minute: an empty folder becomes a branch, alone or by the county's code.
import { post } from './api.js';
import { html, useState } from './html.js';
import { JoinForm, LabelField } from './join.js';
import { t } from './lang.js';
import { Problem, Title } from './parts.js';
import { RestoreForm } from './restore.js';

const ways = () => [
	['branch', t('先在这台电脑上用起来', 'Begin on this PC'), t('没有网络也可以。以后再加入县里，记下的都会带过去。', 'Works without a network. Join the county later; everything recorded goes along.')],
	['join', t('我有县里给的加入码', 'I have a code from the county'), t('需要网络。第二台电脑也用加入码，会得到同样的内容。', 'Needs a network. A second PC joins by a code too and gets the same records.')],
	['restore', t('从备份恢复', 'Restore a backup'), t('换了电脑，或旧电脑坏了，手里有备份文件。', 'A new PC, or the old one broke, and there is a backup file.')],
	['practice', t('先练习一下', 'Practise first'), t('用编造的数据随便试，不会上报，练完一键清空。', 'Made-up data to try anything; nothing is sent, and it is cleared in one press.')],
];

function Choice({ onChoose }) {
	return html`<ul class="ways">${ways().map(([name, head, text]) => html`<li key=${name}>
		<button type="button" onClick=${() => onChoose(name)}><strong>${head}</strong><span>${text}</span></button></li>`)}</ul>`;
}

function BranchForm({ onDone }) {
	const [name, setName] = useState('');
	const [label, setLabel] = useState('');
	const [error, setError] = useState(null);
	const submit = async (e) => {
		e.preventDefault();
		try {
			await post('/setup/branch', { name: name.trim(), label: label.trim() || undefined });
			onDone();
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<form onSubmit=${submit} autocomplete="off">
		<div class="field"><label for="branch-name">${t('基层工会的名称', 'Name of the branch')}</label>
			<input id="branch-name" required maxlength="90" value=${name} onInput=${(e) => setName(e.target.value)} aria-describedby="branch-hint" />
			<p class="hint" id="branch-hint">${t('例如“青石镇工会”', 'For example “Qingshi Town Union”')}</p></div>
		<${LabelField} value=${label} onInput=${setLabel} />
		<${Problem} error=${error} />
		<button class="main" disabled=${!name.trim()}>${t('开始使用', 'Begin')}</button></form>`;
}

function PracticeForm({ onDone }) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState(null);
	const begin = async () => {
		setBusy(true);
		try {
			await post('/setup/practice');
			onDone();
		} catch (problem) {
			setError(problem);
			setBusy(false);
		}
	};
	return html`<p>${t('会放进几十名编造的会员和几次活动。页面上一直写着“练习数据”，不会和真的混在一起。', 'Some dozens of made-up members and a few activities are put in. The page says “Practice data” all the time, so that nothing is mistaken for real.')}</p>
		<${Problem} error=${error} /><button type="button" class="main" disabled=${busy} onClick=${begin}>${t('开始练习', 'Begin to practise')}</button>`;
}

export function Setup({ onDone }) {
	const [way, setWay] = useState('');
	const head = way ? ways().find(([name]) => name === way)[1] : t('开始使用', 'Welcome');
	return html`<div class="setup"><${Title} text=${head} />
		${!way && html`<p>${t('这台电脑上还没有记录。请选一个：', 'There are no records on this PC yet. Please choose:')}</p><${Choice} onChoose=${setWay} />`}
		${way === 'branch' && html`<${BranchForm} onDone=${onDone} />`}
		${way === 'join' && html`<${JoinForm} withLabel=${true} onDone=${onDone} />`}
		${way === 'restore' && html`<${RestoreForm} onDone=${onDone} />`}
		${way === 'practice' && html`<${PracticeForm} onDone=${onDone} />`}
		${way && html`<p><button type="button" onClick=${() => setWay('')}>${t('换一种', 'Another way')}</button></p>`}
	</div>`;
}
