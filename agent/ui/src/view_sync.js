// SPDX-License-Identifier: MulanPSL-2.0
// How the exchange with the county stands.
import { readBegun } from './begun.js';
import { html, useStore } from './html.js';
import { JoinForm } from './join.js';
import { t } from './lang.js';
import { Title } from './parts.js';
import { showTime } from './show.js';
import { refreshStatus, status, syncState } from './status.js';
import { say } from './toast.js';
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

function Alone({ role }) {
	if (role === 'office')
		return html`<p class="note">${t('这是县（市）级服务器，各支部往这里送。', 'This is a hub; branches send to it.')}</p>`;
	return html`<p class="note">${t('还没有加入县里。向县里要一个加入码。记下的内容都在本机，加入后会自己送上去。',
		'Not joined to the county yet. Ask the county for a code. Everything is on this PC and is sent after joining.')}</p>
		<section class="card" aria-labelledby="join"><h2 id="join">${t('加入县里', 'Join the county')}</h2><${JoinForm} onDone=${joined} /></section>`;
}

export function Sync() {
	const now = useStore(status);
	if (!now)
		return null;
	return html`<${Title} text=${t('上报', 'Sync')}>
			${now.can_sync && now.hub && html`<button type="button" class="main" onClick=${syncNow}>${t('一键上报', 'Send now')}</button>`}<//>
		<p class=${`big light-${syncState(now)}`} role="status">${syncWords(now)}</p>
		${now.hub ? html`<${Contact} hub=${now.hub} />` : html`<${Alone} role=${now.role} />`}`;
}
