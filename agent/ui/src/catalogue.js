// SPDX-License-Identifier: MulanPSL-2.0
// What records there are, as the program tells: kinds, fields, choices. The page itself knows no field.
import { get } from './api.js';
import { createStore } from './store.js';

export const catalogue = createStore(null);

export async function loadCatalogue() {
	const answer = await get('/catalogue');
	answer.kinds.forEach((kind) => {
		kind.byName = Object.fromEntries(kind.fields.map((f) => [f.name, f]));
	});
	catalogue.set(answer);
}

export function kinds() {
	return catalogue.get()?.kinds || [];
}

export function kindOf(name) {
	return kinds().find((k) => k.name === name);
}

// Fields that a person fills in.
export function typedFields(kind) {
	return kind.fields.filter((f) => !f.derived);
}

// Kinds whose records name one of this kind, with the field that does.
export function referrers(kind) {
	return kinds().flatMap((k) => k.fields
		.filter((f) => f.type === 'ref' && f.ref === kind.name && !f.derived)
		.map((f) => ({ kind: k, field: f })));
}

const NUMBERS = ['int', 'money', 'decimal'];
export const isNumber = (field) => NUMBERS.includes(field.type);
const DATES = ['date', 'pdate', 'datetime'];
export const isDate = (field) => DATES.includes(field.type);

// Columns that a list shows until a person chooses: what names the record, then what must be filled in.
export function defaultColumns(kind) {
	const rank = { must: 0, required: 1, conditional: 2, optional: 3 };
	const title = kind.byName[kind.title];
	const rest = kind.fields
		.filter((f) => f !== title && !f.derived && f.type !== 'long')
		.sort((a, b) => rank[a.need] - rank[b.need]);
	return [title, ...rest].filter(Boolean).slice(0, 7).map((f) => f.name);
}
