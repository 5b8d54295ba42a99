// SPDX-License-Identifier: MulanPSL-2.0
// Who changed what and when, newest first, with what stood there before.
import { html } from './html.js';
import { colon, label, t } from './lang.js';
import { showTime, showValue } from './show.js';

const VERBS = {
	void: () => t('作废', 'voided'),
	unvoid: () => t('恢复', 'brought back'),
	verdict: () => t('退回', 'returned'),
};

function written(field, value, refs) {
	if (value === null)
		return '';
	if (typeof value === 'string')
		return field ? showValue(field, value, refs) : value;
	if (value.typed !== undefined)
		return value.typed;
	const part = (sign, list) => (list.length > 0 ? `${sign} ${field ? showValue(field, list, refs) : list.join('、')}` : '');
	return [part('＋', value.add || []), part('－', value.remove || [])].filter(Boolean).join('　');
}

// Operations come in order of arrival; each is given what its fields showed before it.
function withBefore(operations) {
	const now = {};
	return operations.map((o) => {
		const before = {};
		Object.entries(o.fields).forEach(([name, value]) => {
			before[name] = now[name];
			now[name] = value;
		});
		return { ...o, before };
	});
}

function Change({ kind, name, value, before, refs }) {
	const field = kind?.byName[name];
	const old = before === undefined || typeof before === 'object' ? '' : written(field, before, refs);
	return html`<li><strong>${field ? label(field) : name}</strong>${colon()}
		${old && html`<del>${old}</del> → `}<ins>${written(field, value, refs) || t('（清空）', '(cleared)')}</ins></li>`;
}

export function History({ kind, operations, refs }) {
	const list = withBefore(operations).reverse();
	return html`<ol class="history">${list.map((o) => html`<li key=${o.op}>
		<p><strong>${showTime(o.time)}</strong> ${o.label || (o.draft ? t('这台电脑', 'this PC') : t('另一台电脑', 'another PC'))} ${VERBS[o.verb]?.() || ''}
			${o.draft && html`<span class="level level0">${t('还没有送出', 'not sent yet')}</span>`}</p>
		<ul>${Object.entries(o.fields).map(([name, value]) => html`<${Change} key=${name} kind=${kind} name=${name} value=${value} before=${o.before[name]} refs=${refs} />`)}</ul></li>`)}</ol>`;
}
