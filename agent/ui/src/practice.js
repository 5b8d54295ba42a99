// SPDX-License-Identifier: MulanPSL-2.0
// 练习数据: the mark that is always there while everything is made up, and the way out of it.
import { post } from './api.js';
import { readBegun } from './begun.js';
import { tellChanged } from './changes.js';
import { html, useState, useStore } from './html.js';
import { t } from './lang.js';
import { Dialog, Problem } from './parts.js';
import { go } from './router.js';
import { status } from './status.js';
import { say } from './toast.js';

function EndDialog({ onClose }) {
	const [error, setError] = useState(null);
	const end = async () => {
		try {
			await post('/setup/practice/end');
			onClose();
			status.set(null);
			go('home');
			await readBegun();
			tellChanged();
			say(t('练习数据已清空', 'The practice data is gone'));
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<${Dialog} title=${t('结束练习', 'End the practice')} onClose=${onClose}>
		<p>${t('编造的数据和练习时写的都会清空，然后可以正式开始。', 'The made-up data, and what you wrote while practising, is cleared; then the real work can begin.')}</p>
		<${Problem} error=${error} />
		<p class="links"><button type="button" class="main" onClick=${end}>${t('清空，正式开始', 'Clear it and begin')}</button>
			<button type="button" onClick=${onClose}>${t('再练一会儿', 'Go on practising')}</button></p><//>`;
}

export function PracticeMark() {
	const now = useStore(status);
	const [ending, setEnding] = useState(false);
	if (!now?.practice)
		return null;
	return html`<aside class="practice" aria-label=${t('练习数据', 'Practice data')}><strong>${t('练习数据', 'Practice data')}</strong>
		<span>${t('这里的人和事都是编造的，随便试，不会上报。', 'People and events here are made up; try anything, nothing is sent.')}</span>
		<button type="button" onClick=${() => setEnding(true)}>${t('结束练习', 'End the practice')}</button>
		${ending && html`<${EndDialog} onClose=${() => setEnding(false)} />`}</aside>`;
}
