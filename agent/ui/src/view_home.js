// SPDX-License-Identifier: MulanPSL-2.0
// 今天要做什么: what waits for a person, each line leading to the place where it is done.
import { get } from './api.js';
import { catalogue, kindOf } from './catalogue.js';
import { Corrections } from './corrections.js';
import { html, useStore } from './html.js';
import { label, language, t } from './lang.js';
import { useLoad } from './load.js';
import { Empty, Loaded, Title } from './parts.js';
import { link } from './router.js';
import { showTime } from './show.js';
import { status, syncState } from './status.js';
import { TaskLines } from './tasks.js';

// Lines that follow from the program's own state.
function ownLines(now) {
	const lines = [];
	if (!now.joined && now.role === 'branch' && !now.practice)
		lines.push({ key: 'join', href: link('sync'), text: t('还没有加入县里。加入后，记下的内容会自己送上去。', 'Not joined to the county yet. After joining, everything is sent by itself.') });
	if (syncState(now) === 'waiting' && now.hub?.last_error)
		lines.push({ key: 'line', href: link('sync'), text: t(`上次没有送成：${now.hub.last_error}。内容都在本机，可以拷到U盘。`, `The last try failed: ${now.hub.last_error}. Everything is on this PC and can go by USB stick.`) });
	if (now.reach?.returned > 0)
		lines.push({ key: 'tray', href: link('tray'), text: t('县里退回了一些内容，请看原因，改好再送。', 'The county returned something. Please see why, mend it and send it again.') });
	return lines;
}

function Lines({ lines }) {
	return html`<ul class="todo">${lines.map((l) => html`<li key=${l.key}><a href=${l.href}>${l.text}</a></li>`)}</ul>`;
}

const FIRST = 8; // tasks in full; the others are counted by what they are about

function More({ groups, shown }) {
	const left = groups.reduce((sum, g) => sum + g.count, 0) - shown;
	if (left <= 0)
		return null;
	return html`<p><a href=${link('tasks')}>${t(`还有 ${left} 件`, `${left} more`)}</a> <span class="dim">${groups.map((g) => `${g.label} ${g.count}`).join(t('、', ', '))}</span></p>`;
}

function TaskList({ load, own }) {
	return html`<${Loaded} load=${load}>${({ groups, tasks }) => html`
		${own.length > 0 && html`<${Lines} lines=${own} />`}
		${tasks.length > 0 && html`<${TaskLines} tasks=${tasks.slice(0, FIRST)} />`}
		${own.length + tasks.length === 0 && html`<${Empty}>${t('没有等着办的事。', 'Nothing is waiting.')}<//>`}
		<${More} groups=${groups} shown=${Math.min(tasks.length, FIRST)} />`}<//>`;
}

function Drafts() {
	const load = useLoad(() => get('/drafts'), []);
	const list = load.data?.drafts || [];
	if (list.length === 0)
		return null;
	return html`<section aria-labelledby="drafts"><h2 id="drafts">${t('没写完的表', 'Forms not finished')}</h2>
		<ul class="todo">${list.map((d) => html`<li key=${d.key}>
			<a href=${d.record ? link('edit', [d.record]) : link('new', [d.kind])}>${label(kindOf(d.kind))} · ${showTime(d.time)}</a></li>`)}</ul>
	</section>`;
}

function Shortcuts() {
	const most = (catalogue.get()?.kinds || []).filter((k) => !k.down).slice(0, 6);
	return html`<section aria-labelledby="shortcuts"><h2 id="shortcuts">${t('常用', 'Often used')}</h2>
		<p class="links"><a class="button" href=${link('import')}>${t('导入名册、填表', 'Import, fill in a form')}</a>
			<a class="button" href=${link('begin')}>${t('开始一次检查', 'Begin a check')}</a>
			<a class="button" href=${link('stick')}>${t('拷U盘', 'By USB stick')}</a></p>
		<ul class="tiles">${most.map((k) => html`<li key=${k.name} class="tile">
			<a href=${link('list', [k.name])}>${label(k)}</a>
			<a class="button" href=${link('new', [k.name])} aria-label=${t(`新增${k.zh}`, `New: ${k.en}`)}>${t('新增', 'New')}</a></li>`)}</ul>
	</section>`;
}

export function Home() {
	const now = useStore(status);
	const load = useLoad(() => get('/tasks', { limit: 20 }), [language.get()]);
	useStore(catalogue);
	return html`<${Title} text=${t('今天要做什么', 'To do today')} />
		${now ? html`<${TaskList} load=${load} own=${ownLines(now)} />` : html`<p class="dim" role="status">${t('正在读取……', 'Reading…')}</p>`}
		<${Corrections} />
		<${Drafts} />
		<${Shortcuts} />`;
}
