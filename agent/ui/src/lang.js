// SPDX-License-Identifier: MulanPSL-2.0
// Two languages, both written where they are used: t('保存', 'Save'). Chinese comes first; English is complete.
import { createStore } from './store.js';

const KEY = 'jiceng.lang';

function remembered() {
	try {
		return localStorage.getItem(KEY) === 'en' ? 'en' : 'zh';
	} catch {
		return 'zh';
	}
}

export const language = createStore(remembered());

export function t(zh, en) {
	return language.get() === 'en' ? en : zh;
}

// Between a label and what it says, and around what is added: each language has its own marks.
export const colon = () => t('：', ': ');
export const bracketed = (text) => t(`（${text}）`, ` (${text})`);

// How many of what, in English; Chinese has one form.
export const counted = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;

// The label of something that the catalogue names in both languages.
export function label(thing) {
	if (!thing)
		return '';
	return language.get() === 'en' ? thing.en || thing.zh : thing.zh;
}

export function setLanguage(lang) {
	try {
		localStorage.setItem(KEY, lang);
	} catch {
		// a browser that keeps nothing: the choice lasts as long as the window
	}
	document.documentElement.lang = lang === 'en' ? 'en' : 'zh-Hans';
	language.set(lang);
}
