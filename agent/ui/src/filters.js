// SPDX-License-Identifier: MulanPSL-2.0
// Conditions of a list: one field and what it must be, as many as wanted. Those of choices are chosen.
import { html, useState } from './html.js';
import { colon, label, t } from './lang.js';
import { showValue } from './show.js';

function Value({ field, value, onInput }) {
	if (field.type === 'bool3' || field.choices) {
		const list = field.choices ? field.choices.map((c) => [c.code, label(c)]) : [['1', t('是', 'yes')], ['0', t('否', 'no')]];
		return html`<select aria-label=${t('等于', 'is')} value=${value} onChange=${(e) => onInput(e.target.value)}>
			<option value="">${t('（空）', '(empty)')}</option>
			${list.map(([code, text]) => html`<option key=${code} value=${code}>${text}</option>`)}</select>`;
	}
	return html`<input aria-label=${t('等于', 'is')} value=${value} onInput=${(e) => onInput(e.target.value)} autocomplete="off" />`;
}

function NewFilter({ kind, onAdd }) {
	const [name, setName] = useState('');
	const [value, setValue] = useState('');
	const field = kind.byName[name];
	const add = (e) => {
		e.preventDefault();
		onAdd(name, value);
		setName('');
		setValue('');
	};
	return html`<form class="filter" onSubmit=${add}>
		<select aria-label=${t('条件：哪一项', 'Condition: which field')} value=${name} onChange=${(e) => { setName(e.target.value); setValue(''); }}>
			<option value="">${t('加一个条件……', 'Add a condition…')}</option>
			${kind.fields.map((f) => html`<option key=${f.name} value=${f.name}>${label(f)}</option>`)}</select>
		${field && html`<${Value} field=${field} value=${value} onInput=${setValue} /><button>${t('加上', 'Add')}</button>`}
	</form>`;
}

export function Filters({ kind, where, onChange }) {
	const without = (name) => Object.fromEntries(Object.entries(where).filter(([n]) => n !== name));
	return html`<div class="filters">
		${Object.entries(where).filter(([n]) => kind.byName[n]).map(([name, value]) => html`<span class="chip" key=${name}>
			${label(kind.byName[name])}${colon()}${value === '' ? t('（空）', '(empty)') : showValue(kind.byName[name], value)}
			<button type="button" class="quiet" aria-label=${t(`去掉条件：${kind.byName[name].zh}`, `Remove condition: ${kind.byName[name].en}`)} onClick=${() => onChange(without(name))}>×</button></span>`)}
		<${NewFilter} kind=${kind} onAdd=${(name, value) => onChange({ ...where, [name]: value })} />
	</div>`;
}
