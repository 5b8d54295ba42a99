// SPDX-License-Identifier: MulanPSL-2.0
// Everything that is to be done: by what it is about, and by day.
import { get } from './api.js';
import { html, useState } from './html.js';
import { language, t } from './lang.js';
import { moved, openAt, iso, weeks } from './dates.js';
import { useLoad } from './load.js';
import { Empty, Loaded, Title } from './parts.js';
import { link } from './router.js';
import { showDate, today } from './show.js';
import { TaskLines } from './tasks.js';

const MOST = 200;

export function Tasks({ query }) {
	const load = useLoad(() => get('/tasks', { rule: query.rule, limit: MOST }), [query.rule, language.get()]);
	return html`<${Title} text=${t('全部要做的事', 'Everything to be done')}><a class="button" href=${link('calendar')}>${t('按日子看', 'By day')}</a><//>
		<${Loaded} load=${load}>${({ groups, tasks }) => (tasks.length === 0 ? html`<${Empty}>${t('没有等着办的事。', 'Nothing is waiting.')}<//>`
			: groups.map((g) => html`<section key=${g.rule} aria-label=${g.label}><h2>${g.label} <span class="dim">${g.count}</span></h2>
				<${TaskLines} tasks=${tasks.filter((x) => x.rule === g.rule)} />
				${g.capped && html`<p class="dim">${t('还有更多。', 'There are more.')}</p>`}</section>`))}<//>`;
}

function Day({ at, day, tasks, chosen, onChoose }) {
	const date = iso(at.year, at.month, day);
	const late = tasks.some((x) => x.overdue);
	return html`<button type="button" class=${`${date === today() ? 'today ' : ''}${late ? 'late' : ''}`} aria-pressed=${chosen === date ? 'true' : 'false'}
		onClick=${() => onChoose(date)}><span class="sr">${t(`${at.month}月`, `${at.month}-`)}</span>${day}<span class="sr">${t('日', '')}</span>${tasks.length > 0
		&& html`<span class="sr">${t('，', ', ')}</span><span class="count">${tasks.length}</span><span class="sr">${t('件', ' due')}</span>`}</button>`;
}

function Month({ at, byDay, chosen, onChoose }) {
	const names = t('一二三四五六日', 'MTWTFSS').split('');
	return html`<table class="month due"><thead><tr>${names.map((n, i) => html`<th key=${i} scope="col">${n}</th>`)}</tr></thead>
		<tbody>${weeks(at).map((week, i) => html`<tr key=${i}>${week.map((day, k) => html`<td key=${k}>
			${day > 0 && html`<${Day} at=${at} day=${day} tasks=${byDay[iso(at.year, at.month, day)] || []} chosen=${chosen} onChoose=${onChoose} />`}</td>`)}</tr>`)}</tbody></table>`;
}

function grouped(tasks) {
	const byDay = {};
	tasks.filter((x) => x.due).forEach((x) => {
		(byDay[x.due.slice(0, 10)] ||= []).push(x);
	});
	return byDay;
}

function Months({ tasks }) {
	const [at, setAt] = useState(openAt(''));
	const [chosen, setChosen] = useState(today());
	const byDay = grouped(tasks);
	const by = (n) => () => setAt(moved(at, n));
	return html`<div class="calendar-head"><button type="button" onClick=${by(-1)}>${t('上月', 'Month back')}</button>
			<strong aria-live="polite">${t(`${at.year}年${at.month}月`, `${at.year}-${at.month}`)}</strong>
			<button type="button" onClick=${by(1)}>${t('下月', 'Month on')}</button></div>
		<${Month} at=${at} byDay=${byDay} chosen=${chosen} onChoose=${setChosen} />
		<section aria-label=${showDate(chosen)}><h2>${showDate(chosen)}</h2>
			${byDay[chosen] ? html`<${TaskLines} tasks=${byDay[chosen]} />` : html`<${Empty}>${t('这一天没有到期的。', 'Nothing is due on this day.')}<//>`}</section>`;
}

export function Calendar() {
	const load = useLoad(() => get('/tasks', { limit: MOST }), [language.get()]);
	return html`<${Title} text=${t('到期日历', 'Due calendar')}><a class="button" href=${link('tasks')}>${t('看成列表', 'As a list')}</a><//>
		<${Loaded} load=${load}>${({ tasks }) => html`<${Months} tasks=${tasks} />`}<//>`;
}
