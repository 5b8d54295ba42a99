// SPDX-License-Identifier: MulanPSL-2.0
// When no name has the typed letters in it: what the program finds by pinyin, initials, former names and last digits.
import { get } from './api.js';
import { html } from './html.js';
import { t } from './lang.js';
import { useLoad } from './load.js';
import { link } from './router.js';

const MOST = 50;

export function SoundHits({ kind, text }) {
	const load = useLoad(() => get('/search', { q: text, kind: kind.name, limit: MOST }), [kind.name, text]);
	const hits = load.data?.hits || [];
	if (hits.length === 0)
		return null;
	return html`<section aria-label=${t('按拼音、曾用名、号码找到的', 'Found by pinyin, former name or number')}><p class="dim">${t('按拼音、曾用名、号码找到的：', 'Found by pinyin, former name or number:')}</p>
		<ul class="lines">${hits.map((h) => html`<li class="line" key=${h.id}><a href=${link('record', [h.id])}>${h.title || h.id}</a></li>`)}</ul></section>`;
}
