// SPDX-License-Identifier: MulanPSL-2.0
// What a form holds: values as on the screen, what was there when it opened, and what the program says to them.
import { get, post } from './api.js';
import { useEffect, useRef, useState } from './html.js';
import { isDate, typedFields } from './catalogue.js';
import { showDate } from './show.js';

const CHECK_MS = 350;
const DRAFT_MS = 1200;

// A stored value as a form shows it (api.json says which of value and shown).
export function toForm(field, now) {
	if (!now || now.value === null)
		return field.set && (field.choices || field.type === 'ref') ? [] : '';
	if (Array.isArray(now.value))
		return field.choices || field.type === 'ref' ? now.value : now.value.join('、');
	const raw = now.value.startsWith('?') && field.type !== 'text' && field.type !== 'long';
	const shown = field.type === 'money' || field.type === 'decimal' || (raw && field.type !== 'ref');
	return shown ? now.shown : now.value;
}

export function initialValues(kind, record, preset = {}) {
	return Object.fromEntries(typedFields(kind).map((f) => [f.name, toForm(f, record?.fields[f.name] || presetValue(f, preset))]));
}

function presetValue(field, preset) {
	const value = preset[field.name];
	return value === undefined ? null : { value: field.set ? [value] : value, shown: value };
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// Only what a person changed.
export function difference(first, now) {
	return Object.fromEntries(Object.entries(now).filter(([name, value]) => !same(value, first[name])));
}

// How a date was read is always said; of other values their own words are enough.
function reading(field, note) {
	if (!isDate(field) || !note.value || note.value.startsWith('?'))
		return '';
	return showDate(note.value);
}

function notesOf(kind, answer) {
	return Object.fromEntries(Object.entries(answer.fields).map(([name, note]) => [name, {
		error: note.error,
		remarks: (note.remarks || []).map((r) => r.text),
		reading: reading(kind.byName[name], note),
	}]));
}

// Asks the program how it reads what was typed, a moment after the last key.
export function useNotes(kind, set, id) {
	const [notes, setNotes] = useState({});
	const key = JSON.stringify(set);
	useEffect(() => {
		if (key === '{}') {
			setNotes({});
			return undefined;
		}
		let live = true;
		const timer = setTimeout(() => {
			post(`/check/${kind.name}`, { set, id }).then((answer) => live && setNotes(notesOf(kind, answer)), () => {});
		}, CHECK_MS);
		return () => {
			live = false;
			clearTimeout(timer);
		};
	}, [key]);
	return notes;
}

// Records that are there already under the name that is being typed.
export function useSimilar(kind, title, asked) {
	const [similar, setSimilar] = useState([]);
	useEffect(() => {
		setSimilar([]);
		if (!asked || typeof title !== 'string' || title.trim().length < 2)
			return undefined;
		let live = true;
		const timer = setTimeout(() => {
			get('/search', { q: title, kind: kind.name, limit: 5 }).then(({ hits }) => live && setSimilar(hits), () => {});
		}, CHECK_MS);
		return () => {
			live = false;
			clearTimeout(timer);
		};
	}, [title, asked]);
	return similar;
}

export const draftKey = (kind, id) => (id ? `edit.${id}` : `new.${kind.name}`);

let line = Promise.resolve();

// One after the other: what is kept last is what was said last, however slow the one before it was.
function keepDraft(key, form) {
	line = line.then(() => post(`/draft/${key}`, { form })).catch(() => {});
	return line;
}

// What was typed and not saved is kept by the program itself, and comes back when the form is opened again.
export function useDraft(key, values, changed, ready) {
	const timer = useRef(0);
	const last = useRef('');
	const text = changed ? JSON.stringify(values) : '';
	useEffect(() => {
		if (!ready || text === last.current)
			return undefined;
		timer.current = setTimeout(() => {
			last.current = text;
			keepDraft(key, text ? values : null);
		}, DRAFT_MS);
		return () => clearTimeout(timer.current);
	}, [text, ready]);
	return async () => {
		clearTimeout(timer.current);
		last.current = '';
		await keepDraft(key, null);
	};
}

export async function readDraft(key) {
	return (await get(`/draft/${key}`)).form;
}
