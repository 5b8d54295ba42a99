// SPDX-License-Identifier: MulanPSL-2.0
// Every kind of record there is, with how many.
import { get } from './api.js';
import { kinds } from './catalogue.js';
import { html } from './html.js';
import { label, t } from './lang.js';
import { useLoad } from './load.js';
import { Problem, Title } from './parts.js';
import { link } from './router.js';

async function counts() {
	const pairs = await Promise.all(kinds().map(async (k) => [k.name, (await get(`/records/${k.name}`, { limit: 1 })).total]));
	return Object.fromEntries(pairs);
}

function Group({ title, list, numbers }) {
	if (list.length === 0)
		return null;
	return html`<h2>${title}</h2><ul class="tiles">${list.map((k) => html`<li key=${k.name} class="tile">
		<a href=${link('list', [k.name])}>${label(k)}</a>
		<span class="dim">${numbers ? numbers[k.name] : ''}</span>
		<a class="button" href=${link('new', [k.name])} aria-label=${t(`新增${k.zh}`, `New: ${k.en}`)}>${t('新增', 'New')}</a></li>`)}</ul>`;
}

export function Records() {
	const load = useLoad(counts, []);
	const own = kinds().filter((k) => !k.down);
	const used = (k) => !load.data || load.data[k.name] > 0;
	return html`<${Title} text=${t('记录', 'Records')} />
		<${Problem} error=${load.error} again=${load.again} />
		<${Group} title=${t('已经在用的', 'In use')} list=${own.filter(used)} numbers=${load.data} />
		<${Group} title=${t('还没有用到的', 'Not used yet')} list=${own.filter((k) => !used(k))} numbers=${null} />
		<${Group} title=${t('上级下发的', 'Issued from above')} list=${kinds().filter((k) => k.down)} numbers=${load.data} />`;
}
