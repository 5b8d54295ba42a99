// SPDX-License-Identifier: MulanPSL-2.0
// Papers on A4: the program makes the page, here it is looked at and printed. Numbers of people are masked unless
// asked for; a print with full numbers is written into the list of such prints.
import { call, get } from './api.js';
import { kindOf } from './catalogue.js';
import { html, useEffect, useRef, useState } from './html.js';
import { label, language, t } from './lang.js';
import { useLoad } from './load.js';
import { fillFrame } from './paper.js';
import { Empty, Loaded, Problem, Title } from './parts.js';
import { go, link } from './router.js';

// The forms that can be made of records of a kind (null: those that need no record).
export async function formsFor(kindName) {
	const { forms } = await get('/print');
	return forms.filter((f) => f.kind === kindName);
}

async function read(query) {
	const { form, ...rest } = query;
	const { id, ...options } = rest;
	const ids = id ? id.split(',') : [];
	const response = await call(`/print/${form}`, { ...options, id: ids });
	return response.text();
}

function Options({ query }) {
	const turn = (name) => (e) => go('print', [], { ...query, [name]: e.target.checked ? '1' : '0' });
	return html`<div class="bar no-print"><label><input type="checkbox" checked=${query.full === '1'} onChange=${turn('full')} />
		${t('显示全号（会记下是谁印的）', 'Numbers in full (it is logged who printed them)')}</label></div>`;
}

function Paper({ text, title, frame }) {
	useEffect(() => {
		fillFrame(frame.current, text);
	}, [text]);
	return html`<iframe class="paper" ref=${frame} title=${title}></iframe>`;
}

function Preview({ query }) {
	const load = useLoad(() => read(query), [JSON.stringify(query)], true);
	const forms = useLoad(() => get('/print'), []);
	const frame = useRef(null);
	const form = forms.data?.forms.find((f) => f.id === query.form);
	const title = form ? label(form) : t('打印', 'Print');
	return html`<${Title} text=${title}>
			<button type="button" class="main" disabled=${!load.data} onClick=${() => frame.current.contentWindow.print()}>${t('打印', 'Print')}</button><//>
		<${Options} query=${query} />
		<${Problem} error=${load.error} again=${load.again} />
		${load.data && html`<${Paper} text=${load.data} title=${t(`${title}：预览`, `${title}: preview`)} frame=${frame} />`}`;
}

// A form that is made of records begins at the list of them; what is made of no record (the slip of a stick) is printed
// where it comes about.
function Forms({ forms }) {
	const href = (f) => (f.kind && f.least > 0 ? link('list', [f.kind]) : link('print', [], { form: f.id }));
	return html`<ul class="tiles">${forms.filter((f) => f.kind).map((f) => html`<li key=${f.id} class="tile"><a href=${href(f)}>${label(f)}</a>
		<span class="dim">${f.kind && f.least > 0 ? t(`先选${kindOf(f.kind)?.zh || ''}`, `choose first: ${kindOf(f.kind)?.en || ''}`) : ''}</span></li>`)}</ul>`;
}

export function PrintView({ query }) {
	const load = useLoad(() => get('/print'), [query.form, language.get()]);
	if (query.form)
		return html`<${Preview} query=${query} />`;
	return html`<${Title} text=${t('打印', 'Print')} />
		<${Loaded} load=${load}>${({ forms }) => (forms.length ? html`<${Forms} forms=${forms} />` : html`<${Empty}>${t('没有可以打印的表。', 'Nothing to print.')}<//>`)}<//>`;
}

// On a record: the papers that can be made of it.
export function PrintLinks({ kind, id }) {
	const load = useLoad(() => formsFor(kind.name), [kind.name]);
	const one = (load.data || []).filter((f) => f.least <= 1);
	if (one.length === 0)
		return null;
	return html`<section aria-labelledby="papers"><h2 id="papers">${t('打印', 'Print')}</h2>
		<p class="links">${one.map((f) => html`<a class="button" key=${f.id} href=${link('print', [], { form: f.id, id })}>${label(f)}</a>`)}</p></section>`;
}
