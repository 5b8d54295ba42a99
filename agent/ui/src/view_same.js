// SPDX-License-Identifier: MulanPSL-2.0
// Records that may be one: why, both side by side, and the decision of a person. Nothing is merged by itself.
import { get, post } from './api.js';
import { kindOf } from './catalogue.js';
import { tellChanged } from './changes.js';
import { html } from './html.js';
import { colon, label, language, t } from './lang.js';
import { useLoad } from './load.js';
import { Empty, Loaded, Title } from './parts.js';
import { link } from './router.js';
import { say, sayError } from './toast.js';
import { undoAction } from './undo.js';

async function decide(path, body, words, action) {
	try {
		await post(path, body);
		say(words, action);
		tellChanged();
	} catch (e) {
		sayError(e);
	}
}

function Side({ record, onKeep }) {
	return html`<li class="sibling"><p class="value"><a href=${link('record', [record.id])}>${record.title}</a></p><p class="dim">${record.scope || ''}</p>
		${onKeep && html`<button type="button" onClick=${onKeep} aria-label=${t(`是同一个，以这条为准：${record.title}`, `They are one; this one stays: ${record.title}`)}>${t('是同一个，以这条为准', 'They are one; this one stays')}</button>`}</li>`;
}

function Pair({ pair }) {
	const { a, b } = pair;
	const merge = (stays, goes) => () => decide('/merge', { a: stays.id, b: goes.id }, t('已并成一条，随时可以拆开', 'Merged; it can be taken apart at any time'), undoAction());
	const apart = () => decide('/distinct', { a: a.id, b: b.id }, t('记下了，以后不再提示这两条', 'Noted; the pair is not offered again'),
		{ label: t('收回', 'Take back'), run: () => decide('/distinct', { a: a.id, b: b.id, back: true }, t('已收回', 'Taken back')) });
	return html`<section class="card"><h2>${label(kindOf(pair.kind))}${colon()}${pair.why}</h2>
		<ul class="siblings"><${Side} record=${a} onKeep=${!pair.link && merge(a, b)} /><${Side} record=${b} onKeep=${!pair.link && merge(b, a)} /></ul>
		<p><button type="button" onClick=${apart}>${t('不是同一个', 'They are two')}</button></p></section>`;
}

export function Same() {
	const load = useLoad(() => get('/duplicates'), [language.get()]);
	return html`<${Title} text=${t('可能重复的', 'Possible duplicates')} />
		<p class="dim">${t('程序只提示，不会自己合并。合并后可以撤销，也可以随时拆开。', 'The program only points them out. A merge can be undone, or taken apart at any time.')}</p>
		<${Loaded} load=${load}>${({ pairs }) => (pairs.length === 0 ? html`<${Empty}>${t('没有看起来重复的。', 'Nothing looks like a duplicate.')}<//>`
			: pairs.map((p) => html`<${Pair} key=${p.a.id + p.b.id} pair=${p} />`))}<//>`;
}
