// SPDX-License-Identifier: MulanPSL-2.0
// Dates are typed the way people write them (20260305, 2026-3-5, 2026年3月, 去年的花名册上的样子), or picked
// from a calendar. A browser's own date field would show them in the browser's language, not in ours.
import { iso, moved, openAt, weeks } from './dates.js';
import { fieldId } from './field.js';
import { html, useState } from './html.js';
import { t } from './lang.js';
import { Dialog } from './parts.js';

const DAYS = () => t('一二三四五六日', 'MTWTFSS').split('');

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

// Arrow keys go from day to day.
function step(e) {
	const days = [...e.currentTarget.querySelectorAll('button')];
	const to = days[days.indexOf(document.activeElement) + STEPS[e.key]];
	if (!to)
		return;
	to.focus();
	e.preventDefault();
}

function Month({ at, onPick }) {
	return html`<table class="month" onKeyDown=${step}><thead><tr>${DAYS().map((d, i) => html`<th key=${i} scope="col">${d}</th>`)}</tr></thead>
		<tbody>${weeks(at).map((week, i) => html`<tr key=${i}>${week.map((day, k) => html`<td key=${k}>
			${day > 0 && html`<button type="button" autofocus=${day === at.day} aria-label=${t(`${at.month}月${day}日`, `${at.month}-${day}`)} onClick=${() => onPick(iso(at.year, at.month, day))}>${day}</button>`}</td>`)}</tr>`)}</tbody></table>`;
}

function Calendar({ title, start, onPick, onClose }) {
	const [at, setAt] = useState(openAt(start));
	const by = (n) => () => setAt(moved(at, n));
	return html`<${Dialog} title=${title} onClose=${onClose}>
		<div class="calendar-head">
			<button type="button" onClick=${by(-12)}>${t('上一年', 'Year back')}</button>
			<button type="button" onClick=${by(-1)}>${t('上月', 'Month back')}</button>
			<strong aria-live="polite">${t(`${at.year}年${at.month}月`, `${at.year}-${at.month}`)}</strong>
			<button type="button" onClick=${by(1)}>${t('下月', 'Month on')}</button>
			<button type="button" onClick=${by(12)}>${t('下一年', 'Year on')}</button>
		</div>
		<${Month} at=${at} onPick=${onPick} />
	<//>`;
}

export function DateInput({ field, value, onInput, described }) {
	const [open, setOpen] = useState(false);
	const pick = (date) => {
		setOpen(false);
		onInput(date);
	};
	const title = t(`日历：${field.zh}`, `Calendar: ${field.en}`);
	return html`<div class="with-button"><input id=${fieldId(field.name)} value=${value} onInput=${(e) => onInput(e.target.value)} autocomplete="off" ...${described} />
		<button type="button" onClick=${() => setOpen(true)} aria-label=${title}>${t('日历', 'Calendar')}</button></div>
		${open && html`<${Calendar} title=${title} start=${value} onPick=${pick} onClose=${() => setOpen(false)} />`}`;
}
