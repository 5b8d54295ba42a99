// SPDX-License-Identifier: MulanPSL-2.0
// The light in the header. It is green only when the hub above has acknowledged everything written here.
import { post } from './api.js';
import { html, useStore } from './html.js';
import { counted, t } from './lang.js';
import { link } from './router.js';
import { connection } from './session.js';
import { showTime } from './show.js';
import { refreshStatus, status, syncState } from './status.js';
import { say, sayError } from './toast.js';

export function syncWords(s) {
	switch (syncState(s)) {
	case 'acknowledged':
		return t('县里已全部收到', 'The county has everything');
	case 'waiting':
		return s.waiting > 0
			? t(`${s.waiting} 处修改还没有送到县里`, `${counted(s.waiting, 'change')} not at the county yet`)
			: t('还没有和县里联系上', 'No contact with the county yet');
	default:
		if (s?.practice)
			return t('练习数据，不会上报', 'Practice data, never sent');
		return s?.role === 'office' ? t('本级服务器', 'This is a hub') : t('还没有加入县里，都记在本机', 'Not joined yet; everything is on this PC');
	}
}

export async function syncNow() {
	try {
		await post('/sync');
		say(t('开始上报。完成后这里会变绿。', 'Sending now. The light turns green when the county has acknowledged it.'));
		setTimeout(refreshStatus, 500);
	} catch (e) {
		sayError(e);
	}
}

const SHAPES = { acknowledged: '●', waiting: '◐', alone: '○' };

export function SyncLight() {
	const now = useStore(status);
	const line = useStore(connection);
	if (!now)
		return html`<div class="light"></div>`;
	const state = line === 'ok' ? syncState(now) : 'unknown';
	const words = line === 'ok' ? syncWords(now) : t('不清楚：程序没有回答', 'Not known: the program does not answer');
	return html`<div class=${`light light-${state}`}>
		<a href=${link('sync')}><span class="lamp" aria-hidden="true">${SHAPES[state] || '?'}</span> ${words}</a>
		${now.hub && html`<span class="dim">${t('上次联系', 'Last contact')} ${showTime(now.hub.last_ok)}</span>`}
		${now.can_sync && now.hub && html`<button type="button" class="main" onClick=${syncNow}>${t('一键上报', 'Send now')}</button>`}
	</div>`;
}
