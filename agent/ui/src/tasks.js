// SPDX-License-Identifier: MulanPSL-2.0
// What the program says is to be done: one line, one thing, one place to go.
import { html } from './html.js';
import { t } from './lang.js';
import { link } from './router.js';
import { showDate, today } from './show.js';

export function taskHref(task) {
	if (task.rule === 'conflict')
		return link('conflicts');
	if (task.record)
		return link('record', [task.record]);
	return task.kind ? link('list', [task.kind]) : link('sync');
}

export function Due({ task }) {
	if (!task.due)
		return null;
	const words = task.overdue ? t(`已过期：${showDate(task.due)}`, `overdue since ${task.due}`)
		: task.due === today() ? t('今天到期', 'due today') : t(`${showDate(task.due)}前`, `by ${task.due}`);
	return html`<span class=${task.overdue ? 'bad-text' : 'dim'}>${words}</span>`;
}

export function TaskLines({ tasks }) {
	return html`<ul class="todo">${tasks.map((task) => html`<li key=${task.id}><a class=${task.overdue ? 'late' : ''} href=${taskHref(task)}>
		<span class="sentence">${task.sentence}</span> <${Due} task=${task} /></a></li>`)}</ul>`;
}
