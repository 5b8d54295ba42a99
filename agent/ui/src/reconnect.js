// SPDX-License-Identifier: MulanPSL-2.0
// When the program under the page went away or was started again. The page keeps what was typed and goes on.
import { get } from './api.js';
import { html, useEffect, useState, useStore } from './html.js';
import { t } from './lang.js';
import { connection, setToken } from './session.js';

const RETRY_MS = 2000;

function Away() {
	useEffect(() => {
		const timer = setInterval(() => get('/status').catch(() => {}), RETRY_MS);
		return () => clearInterval(timer);
	}, []);
	return html`<div class="note bad" role="alert"><p>${t('程序没有回答，可能关掉了。请重新打开“基层”程序；这个页面会自己接上，写的内容还在。',
		'The program does not answer; it may have been closed. Please start it again; this page goes on by itself, and what you typed is still here.')}</p></div>`;
}

// Takes the whole address or the word alone.
function tokenIn(text) {
	const m = text.match(/#t=([A-Za-z0-9_-]+)/) || text.match(/^\s*([A-Za-z0-9_-]{20,})\s*$/);
	return m ? m[1] : '';
}

function Lost() {
	const [text, setText] = useState('');
	const [wrong, setWrong] = useState(false);
	const submit = async (e) => {
		e.preventDefault();
		const token = tokenIn(text);
		if (token)
			setToken(token);
		setWrong(!token);
		get('/status').catch(() => setWrong(true));
	};
	return html`<form class="note bad" onSubmit=${submit}>
		<p role="alert">${t('程序重新启动过，需要再确认一次是您本人。请从程序打开页面（这里会自己接上），或把程序印出的地址粘贴在下面。',
		'The program was started again and has to make sure that it is you. Open the page from the program (this one goes on by itself), or paste the address that it printed below.')}</p>
		<label for="token">${t('程序印出的地址', 'Address that the program printed')}</label>
		<input id="token" autocomplete="off" value=${text} onInput=${(e) => setText(e.target.value)}
			aria-describedby=${wrong ? 'token-wrong' : undefined} aria-invalid=${wrong ? 'true' : undefined} />
		${wrong && html`<p id="token-wrong" class="bad-text">${t('这不是现在这次启动的地址，请看程序窗口里最后印出的那一行', 'That is not the address of this start; look at the last one that the program printed')}</p>`}
		<button>${t('接上', 'Go on')}</button>
	</form>`;
}

export function Reconnect() {
	const state = useStore(connection);
	if (state === 'ok')
		return null;
	return html`<section aria-label=${t('与程序的连接', 'Connection to the program')}>${state === 'away' ? html`<${Away} />` : html`<${Lost} />`}</section>`;
}
