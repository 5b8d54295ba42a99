// SPDX-License-Identifier: MulanPSL-2.0
// The frame around every view: where to go, how the exchange stands, language and size of type.
import { begun, readBegun } from './begun.js';
import { Reconnect } from './reconnect.js';
import { html, useEffect, useStore } from './html.js';
import { language, setLanguage, t } from './lang.js';
import { PracticeMark } from './practice.js';
import { KeyForm } from './restore.js';
import { link, place } from './router.js';
import { SyncLight } from './sync_light.js';
import { status } from './status.js';
import { createStore } from './store.js';
import { Toast } from './toast.js';
import { undo } from './undo.js';
import { Setup } from './view_setup.js';
import { View } from './views.js';

const SIZE_KEY = 'jiceng.large';
const large = createStore(rememberedSize());

function rememberedSize() {
	try {
		return localStorage.getItem(SIZE_KEY) === '1';
	} catch {
		return false;
	}
}

function setLarge(on) {
	try {
		localStorage.setItem(SIZE_KEY, on ? '1' : '0');
	} catch {
		// lasts as long as the window
	}
	large.set(on);
}

const entries = () => [
	['home', t('今天', 'Today')],
	['records', t('记录', 'Records')],
	['import', t('导入填表', 'Import')],
	['calendar', t('到期日历', 'Calendar')],
	['conflicts', t('待定的值', 'Conflicts')],
	['bin', t('回收站', 'Bin')],
	['reports', t('报表', 'Reports')],
	['print', t('打印', 'Print')],
	['sync', t('上报', 'Sync')],
	['stick', t('拷U盘', 'USB stick')],
	['more', t('更多', 'More')],
	['help', t('帮助', 'Help')],
];

function Nav() {
	const here = useStore(place);
	const now = useStore(status);
	return html`<nav aria-label=${t('主要页面', 'Main pages')}><ul>
		${entries().map(([name, text]) => html`<li key=${name}>
			<a href=${link(name)} aria-current=${here.name === name ? 'page' : undefined}>${text}
			${name === 'conflicts' && now?.conflicts > 0 && html` <span class="count">${now.conflicts}</span>`}</a></li>`)}
	</ul></nav>`;
}

function Tools({ empty }) {
	const big = useStore(large);
	const lang = useStore(language);
	return html`<div class="tools">
		${!empty && html`<button type="button" onClick=${undo} title=${t('把这台电脑最近一次保存退回去', 'Take back the last save of this PC')}>${t('撤销', 'Undo')}</button>`}
		<button type="button" aria-pressed=${big ? 'true' : 'false'} onClick=${() => setLarge(!big)}>${t('大字', 'Large type')}</button>
		<button type="button" lang=${lang === 'en' ? 'zh-Hans' : 'en'} onClick=${() => setLanguage(lang === 'en' ? 'zh' : 'en')}>
			${lang === 'en' ? '中文' : 'English'}</button>
	</div>`;
}

// Alone, because the status comes every few seconds: a whole form need not be drawn anew for it.
function Brand() {
	const now = useStore(status);
	return html`<div class="brand"><strong>${t('基层', 'jiceng')}</strong><span>${now?.name || ''}</span></div>`;
}

export function Shell() {
	const big = useStore(large);
	const start = useStore(begun);
	const empty = start !== null && !start.ready;
	useStore(language);
	useEffect(() => {
		document.documentElement.classList.toggle('large', big);
	}, [big]);
	const skip = (e) => {
		e.preventDefault();
		document.getElementById('main').focus();
	};
	return html`<a class="skip" href="#main" onClick=${skip}>${t('跳到正文', 'Skip to the content')}</a>
		<header>
			<${Brand} />
			${!empty && html`<${SyncLight} />`}
			<${Tools} empty=${empty} />
		</header>
		${!empty && html`<${Nav} />`}
		<${Reconnect} />
		${!empty && html`<${PracticeMark} />`}
		${(start?.key_missing || start?.key_behind) && html`<section class="key-missing" aria-label=${t('缺设备密钥', 'The device key is missing')}><${KeyForm} behind=${start.key_behind} /></section>`}
		<main id="main" tabindex="-1">${empty ? html`<${Setup} onDone=${readBegun} />` : html`<${View} />`}</main>
		<${Toast} />`;
}
