// SPDX-License-Identifier: MulanPSL-2.0
// Joining a county with its code. The code is looked at while it is typed: one wrong character is seen at once.
import { post } from './api.js';
import { readBegun } from './begun.js';
import { html, useEffect, useState } from './html.js';
import { t } from './lang.js';
import { Problem } from './parts.js';

const LOOK_MS = 700;
const CODE_LENGTH = 26;

// What the program says to a code: null while it is too short to say anything.
function useCodeCheck(code) {
	const [said, setSaid] = useState(null);
	useEffect(() => {
		const plain = code.replace(/[\s-]/g, '');
		setSaid(null);
		if (plain.length < CODE_LENGTH)
			return undefined;
		let live = true;
		post('/setup/code', { code }).then((answer) => live && setSaid(answer), () => {});
		return () => {
			live = false;
		};
	}, [code]);
	return said;
}

function CodeField({ code, onInput, said }) {
	const count = code.replace(/[\s-]/g, '').length;
	return html`<div class="field"><label for="join-code">${t('加入码', 'Code')}</label>
		<input id="join-code" class="code" required autocomplete="off" spellcheck="false" value=${code} onInput=${(e) => onInput(e.target.value)}
			aria-describedby="join-code-note" aria-invalid=${said && !said.good ? 'true' : undefined} />
		<div id="join-code-note">
			${!said && html`<p class="hint">${t(`县里给的 ${CODE_LENGTH} 位字母和数字，大小写、空格、横线都不用管。已写 ${count} 位。`,
				`${CODE_LENGTH} letters and digits from the county; case, spaces and hyphens do not matter. ${count} so far.`)}</p>`}
			${said?.good && html`<p class="reading">${t('加入码没有写错', 'The code is written right')}</p>`}
			${said && !said.good && html`<p class="bad-text">${said.message}</p>`}</div></div>`;
}

// Looks how joining stands until it has ended.
function useJoining(onDone) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState(null);
	useEffect(() => {
		if (!busy)
			return undefined;
		const timer = setInterval(async () => {
			try {
				const now = await readBegun();
				if (now.joining)
					return;
				setBusy(false);
				if (now.error)
					setError({ message: now.error });
				else
					onDone();
			} catch (e) {
				setError(e);
			}
		}, LOOK_MS);
		return () => clearInterval(timer);
	}, [busy]);
	const start = async (body) => {
		setError(null);
		try {
			await post('/setup/join', body);
			setBusy(true);
		} catch (e) {
			setError(e);
		}
	};
	return { busy, error, start };
}

export function JoinForm({ withLabel, onDone }) {
	const [url, setUrl] = useState('');
	const [code, setCode] = useState('');
	const [label, setLabel] = useState('');
	const said = useCodeCheck(code);
	const joining = useJoining(onDone);
	const submit = (e) => {
		e.preventDefault();
		joining.start({ url: url.trim(), code, label: label.trim() || undefined });
	};
	return html`<form onSubmit=${submit} autocomplete="off">
		<div class="field"><label for="join-url">${t('县里的网址', 'Address of the county')}</label>
			<input id="join-url" required placeholder="https://" value=${url} onInput=${(e) => setUrl(e.target.value)} /></div>
		<${CodeField} code=${code} onInput=${setCode} said=${said} />
		${withLabel && html`<${LabelField} value=${label} onInput=${setLabel} />`}
		<${Problem} error=${joining.error} />
		<button class="main" disabled=${joining.busy || !said?.good || !url.trim()}>${joining.busy ? t('正在加入……', 'Joining…') : t('加入', 'Join')}</button>
		<p class="dim" role="status">${joining.busy && t('正在和县里联系。线路慢的话要等一会儿，可以先做别的。', 'Talking to the county. On a slow line this takes a while.')}</p>
	</form>`;
}

export function LabelField({ value, onInput }) {
	return html`<div class="field"><label for="join-label">${t('谁在用这台电脑', 'Who uses this PC')}</label>
		<input id="join-label" maxlength="40" value=${value} onInput=${(e) => onInput(e.target.value)} aria-describedby="join-label-hint" />
		<p class="hint" id="join-label-hint">${t('例如“王小青”或“办公室电脑”。会写在每次修改的来历里。', 'For example a name, or “office PC”. It stands in the history of every change.')}</p></div>`;
}
