// SPDX-License-Identifier: MulanPSL-2.0
// One field of a form, by its type. Native controls; what is wrong or odd is said in words beneath.
import { DateInput } from './field_date.js';
import { RefInput } from './field_ref.js';
import { html } from './html.js';
import { label, language, t } from './lang.js';
import { grouped } from './show.js';

const MODES = { int: 'numeric', money: 'decimal', decimal: 'decimal', phone: 'tel', region: 'numeric' };
const FEW = 4; // so many choices are shown as buttons, more as a list

export const fieldId = (name) => `f-${name}`;

function hintOf(field) {
	return language.get() === 'en' ? field.help_en || '' : field.help_zh || '';
}

function Choices({ field, value, onInput, described }) {
	const list = field.type === 'bool3' ? [{ code: '1', zh: '是', en: 'yes' }, { code: '0', zh: '否', en: 'no' }] : field.choices;
	const id = fieldId(field.name);
	if (list.length > FEW) {
		return html`<select id=${id} value=${value} onChange=${(e) => onInput(e.target.value)} ...${described}>
			<option value="">${t('未填', 'not filled in')}</option>
			${list.map((c) => html`<option key=${c.code} value=${c.code}>${label(c)}</option>`)}</select>`;
	}
	return html`<div class="radios">${[...list, { code: '', zh: '未填', en: 'not filled in' }].map((c, i) => html`<label key=${c.code}>
		<input type="radio" name=${id} id=${i === 0 ? id : undefined} value=${c.code} checked=${value === c.code} onChange=${() => onInput(c.code)} /> ${label(c)}</label>`)}</div>`;
}

function ManyChoices({ field, value, onInput }) {
	const chosen = Array.isArray(value) ? value : [];
	const turn = (code) => onInput(chosen.includes(code) ? chosen.filter((c) => c !== code) : [...chosen, code]);
	return html`<div class="radios">${field.choices.map((c, i) => html`<label key=${c.code}>
		<input type="checkbox" id=${i === 0 ? fieldId(field.name) : undefined} checked=${chosen.includes(c.code)} onChange=${() => turn(c.code)} /> ${label(c)}</label>`)}</div>`;
}

// A set of free texts is one line with separators, as people write it.
function textOf(value) {
	return Array.isArray(value) ? value.join('、') : value;
}

function Control({ field, value, onInput, titles, described }) {
	const id = fieldId(field.name);
	const take = (e) => onInput(e.target.value);
	if (field.type === 'ref')
		return html`<${RefInput} field=${field} value=${value} onInput=${onInput} titles=${titles} described=${described} />`;
	if (field.type === 'bool3' || field.type === 'enum')
		return field.set ? html`<${ManyChoices} field=${field} value=${value} onInput=${onInput} />`
			: html`<${Choices} field=${field} value=${value} onInput=${onInput} described=${described} />`;
	if (field.type === 'long')
		return html`<textarea id=${id} rows="4" value=${textOf(value)} onInput=${take} ...${described}></textarea>`;
	if (!field.set && (field.type === 'date' || field.type === 'pdate' || field.type === 'datetime'))
		return html`<${DateInput} field=${field} value=${value} onInput=${onInput} described=${described} />`;
	return html`<input id=${id} value=${textOf(value)} onInput=${take} inputmode=${MODES[field.type]} autocomplete="off" ...${described} />`;
}

const isGroup = (field) => (field.type === 'enum' && field.set) || ((field.type === 'bool3' || field.type === 'enum') && !field.set
	&& (field.choices || [1, 2]).length <= FEW);

function Legend({ field }) {
	const words = { must: t('必填', 'required'), required: t('应填', 'needed') }[field.need];
	return html`${label(field)}${words && html` <span class="need">${words}</span>`}`;
}

/*
 * value: text; of a set also a list. notes: {error, remarks: [text], reading: how the program reads it}.
 */
export function Field({ field, value, onInput, titles, notes = {} }) {
	const id = fieldId(field.name);
	const hint = hintOf(field);
	const reading = notes.reading || grouping(field, value);
	const described = {
		'aria-describedby': [hint && `${id}-hint`, (notes.error || notes.remarks?.length) && `${id}-note`, reading && `${id}-read`].filter(Boolean).join(' ') || undefined,
		'aria-invalid': notes.error ? 'true' : undefined,
	};
	const body = html`<${Control} field=${field} value=${value} onInput=${onInput} titles=${titles} described=${described} />
		${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
		${reading && html`<p class="reading" id=${`${id}-read`}>${reading}</p>`}
		${(notes.error || notes.remarks?.length > 0) && html`<div id=${`${id}-note`}>
			${notes.error && html`<p class="bad-text">${notes.error}</p>`}
			${(notes.remarks || []).map((text) => html`<p class="warn-text" key=${text}>${text}</p>`)}</div>`}`;
	if (isGroup(field))
		return html`<fieldset class="field"><legend><${Legend} field=${field} /></legend>${body}</fieldset>`;
	return html`<div class="field"><label for=${id}><${Legend} field=${field} /></label>${body}</div>`;
}

function grouping(field, value) {
	if (typeof value !== 'string')
		return '';
	const parted = grouped(field, value.replace(/\s/g, ''));
	return parted !== value && parted.includes(' ') ? parted : '';
}
