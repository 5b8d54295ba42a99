// SPDX-License-Identifier: MulanPSL-2.0
// How the exchange with the county stands.
import { get, post } from './api.js';
import { begun, readBegun } from './begun.js';
import { html, useState, useStore } from './html.js';
import { JoinForm, LabelField } from './join.js';
import { t } from './lang.js';
import { useLoad } from './load.js';
import { Title } from './parts.js';
import { showTime } from './show.js';
import { refreshStatus, status, syncState } from './status.js';
import { say, sayError } from './toast.js';
import { syncNow, syncWords } from './sync_light.js';

function Contact({ hub }) {
	return html`<dl class="values">
		<div><dt>${t('县里的地址', 'Address of the county')}</dt><dd>${hub.url}</dd></div>
		<div><dt>${t('上次联系成功', 'Last contact')}</dt><dd>${showTime(hub.last_ok)}</dd></div>
		<div><dt>${t('上次尝试', 'Last try')}</dt><dd>${showTime(hub.last_try)}</dd></div>
		${hub.last_error && html`<div><dt>${t('上次为什么没成', 'Why the last try failed')}</dt><dd>${hub.last_error}</dd></div>`}
	</dl>`;
}

function joined() {
	readBegun();
	refreshStatus();
	say(t('已加入县里，开始第一次上报', 'Joined; the first exchange begins'));
}

function Alone({ role, practice }) {
	if (practice)
		return html`<p class="note">${t('现在是练习数据，不会上报。要正式使用，请点上面的“结束练习”。', 'This is practice data and is never sent. For real work press “End the practice” above.')}</p>`;
	if (role === 'office')
		return html`<p class="note">${t('这是县（市）级服务器，各支部往这里送。', 'This is a hub; branches send to it.')}</p>`;
	return html`<p class="note">${t('还没有加入县里。向县里要一个加入码。记下的内容都在本机，加入后会自己送上去。',
		'Not joined to the county yet. Ask the county for a code. Everything is on this PC and is sent after joining.')}</p>
		<section class="card" aria-labelledby="join"><h2 id="join">${t('加入县里', 'Join the county')}</h2><${JoinForm} onDone=${joined} /></section>`;
}

const WAYS = { line: () => t('网络', 'line'), 'stick-out': () => t('写U盘', 'onto a stick'), 'stick-in': () => t('读U盘', 'from a stick') };

function Sessions() {
	const load = useLoad(() => get('/sessions', { limit: 10 }), []);
	const list = load.data?.sessions || [];
	if (list.length === 0)
		return null;
	return html`<section aria-labelledby="sessions"><h2 id="sessions">${t('最近的上报', 'Past exchanges')}</h2>
		<ul class="lines">${list.map((s) => html`<li class="line" key=${s.no}><span>${showTime(s.time)} · ${WAYS[s.way]?.() || s.way}</span>
			${s.outcome === 'ok' ? html`<span>${t(`送出 ${s.ops_up} 处，收到 ${s.ops_down} 处`, `${s.ops_up} sent, ${s.ops_down} received`)}</span>` : html`<span class="warn-text">${s.message}</span>`}</li>`)}</ul></section>`;
}

// What stands in the history of every change from now on.
function WhoForm() {
	const start = useStore(begun);
	const [label, setLabel] = useState(null);
	const value = label ?? start?.label ?? '';
	const submit = async (e) => {
		e.preventDefault();
		try {
			await post('/setup/label', { label: value.trim() });
			await readBegun();
			say(t('已记下', 'Noted'));
		} catch (problem) {
			sayError(problem);
		}
	};
	return html`<form class="card" onSubmit=${submit} autocomplete="off"><${LabelField} value=${value} onInput=${setLabel} />
		<button disabled=${label === null || !value.trim()}>${t('改成这样', 'Change it')}</button></form>`;
}

export function Sync() {
	const now = useStore(status);
	if (!now)
		return html`<${Title} text=${t('上报', 'Sync')} /><p class="dim" role="status">${t('正在读取……', 'Reading…')}</p>`;
	return html`<${Title} text=${t('上报', 'Sync')}>
			${now.can_sync && now.hub && html`<button type="button" class="main" onClick=${syncNow}>${t('一键上报', 'Send now')}</button>`}<//>
		<p class=${`big light-${syncState(now)}`} role="status">${syncWords(now)}</p>
		${now.hub ? html`<${Contact} hub=${now.hub} />` : html`<${Alone} role=${now.role} practice=${now.practice} />`}
		<${Sessions} /><${WhoForm} />`;
}
