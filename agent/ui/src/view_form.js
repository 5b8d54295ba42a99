// SPDX-License-Identifier: MulanPSL-2.0
// A new record, or the change of one. Odd values are remarked upon and saved all the same; what cannot be saved at
// all is named, with its field.
import { get, post } from './api.js';
import { kindOf, typedFields } from './catalogue.js';
import { tellChanged } from './changes.js';
import { Field, fieldId } from './field.js';
import { difference, draftKey, initialValues, readDraft, useDraft, useNotes, useSimilar } from './form_state.js';
import { html, useLayoutEffect, useState } from './html.js';
import { label, t } from './lang.js';
import { useLoad } from './load.js';
import { Empty, Loaded, Problem, Title } from './parts.js';
import { go, link } from './router.js';
import { say } from './toast.js';
import { undoAction } from './undo.js';

export function FormView({ args, query }) {
	const asNew = !!kindOf(args[0]);
	const load = useOnce(() => open(asNew, args[0], query), [args[0]]);
	return html`<${Loaded} load=${load}>${(start) => (start.kind
		? html`<${Form} start=${start} />`
		: html`<${Title} text=${t('现在不能改', 'Cannot be changed now')} /><${Empty}>${t('这条记录要用更新的程序才能改。', 'This record needs a newer program.')}<//>`)}<//>`;
}

// A reference that must be given, to a kind of which there is one record only, is that record: a branch's own union.
async function onlyOnes(kind) {
	const found = {};
	await Promise.all(typedFields(kind).filter((x) => x.type === 'ref' && x.need === 'must' && kindOf(x.ref)).map(async (f) => {
		const answer = await get(`/records/${f.ref}`, { limit: 2 });
		if (answer.total === 1)
			found[f.name] = answer.records[0];
	}));
	return found;
}

// Names of the records that the form begins with: {id: title}.
async function namesOf(kind, preset) {
	const titles = {};
	await Promise.all(typedFields(kind).filter((x) => x.type === 'ref' && preset[x.name]).map(async (f) => {
		const record = await get(`/record/${preset[f.name]}`).catch(() => null);
		if (record)
			titles[record.id] = record.fields[kindOf(record.kind)?.title]?.shown || record.id;
	}));
	return titles;
}

async function beginning(kind, preset) {
	const [ones, titles] = await Promise.all([onlyOnes(kind), namesOf(kind, preset)]);
	const ids = {};
	Object.entries(ones).forEach(([name, r]) => {
		ids[name] = r.id;
		titles[r.id] = r.fields[kindOf(kind.byName[name].ref).title] || r.id;
	});
	return { preset: { ...ids, ...preset }, titles };
}

// A form is read once: what changes meanwhile must not move under the hands.
function useOnce(read, deps) {
	const [state, setState] = useState({ data: null, error: null });
	const run = () => read().then((data) => setState({ data, error: null }), (error) => setState({ data: null, error }));
	useLayoutEffect(() => { run(); }, deps);
	return { ...state, again: run };
}

async function open(asNew, arg, preset) {
	const record = asNew ? null : await get(`/record/${arg}`);
	const kind = kindOf(asNew ? arg : record.kind);
	const key = kind && draftKey(kind, record?.id);
	const [draft, given] = await Promise.all([key ? readDraft(key) : null, kind && !record ? beginning(kind, preset) : { preset, titles: {} }]);
	return { kind, record, key, draft, ...given };
}

// Names of the records that references in the form lead to.
function titlesOf(record) {
	const titles = {};
	Object.values(record?.fields || {}).forEach((f) => {
		if (typeof f.value === 'string')
			titles[f.value] = f.shown;
		else if (Array.isArray(f.value) && f.refs)
			Object.assign(titles, f.refs);
	});
	return titles;
}

function split(kind) {
	const fields = typedFields(kind);
	const first = fields.filter((f) => f.need !== 'optional' || f.name === kind.title);
	return [first, fields.filter((f) => !first.includes(f))];
}

function focusField(name) {
	document.getElementById(fieldId(name))?.focus();
}

// Missing fields are asked for once, by name; the program accepts a record without them.
function missing(kind, values) {
	return typedFields(kind).filter((f) => f.need === 'must' && (values[f.name] === '' || values[f.name].length === 0));
}

function Fields({ list, values, setValue, notes, error, titles }) {
	return list.map((f) => html`<${Field} key=${f.name} field=${f} value=${values[f.name]} titles=${titles}
		onInput=${(v) => setValue(f.name, v)} notes=${noteOf(notes[f.name], error, f)} />`);
}

function noteOf(note, error, field) {
	const mine = error?.field === field.name ? error.message : '';
	return { reading: note?.reading, remarks: note?.remarks, error: mine || note?.error };
}

// Saving: what changed since the form was opened, and what was on the screen then.
async function save({ kind, record }, set) {
	if (record)
		return post(`/record/${record.id}`, { set, seen: record.seen });
	return post(`/records/${kind.name}`, { set });
}

function useForm(start) {
	const { kind, record } = start;
	const [first] = useState(() => initialValues(kind, record));
	const [values, setValues] = useState(() => ({ ...initialValues(kind, record, start.preset), ...start.draft }));
	const [error, setError] = useState(null);
	const set = difference(first, values);
	const changed = Object.keys(set).length > 0;
	const notes = useNotes(kind, set, record?.id);
	const forget = useDraft(start.key, values, changed, true);
	const setValue = (name, v) => {
		setValues((old) => ({ ...old, [name]: v }));
		setError((e) => (e?.field === name ? null : e));
	};
	const reset = () => {
		setValues(first);
		forget();
	};
	return { first, values, set, changed, notes, forget, setValue, error, setError, reset };
}

function DraftNote({ draft, onDrop }) {
	const [gone, setGone] = useState(false);
	if (!draft || gone)
		return null;
	const drop = () => {
		setGone(true);
		onDrop();
	};
	return html`<div class="note"><p>${t('上次没写完的内容已经放回来了。', 'What was not finished last time is back.')}</p>
		<button type="button" onClick=${drop}>${t('不要了，重新写', 'Start over')}</button></div>`;
}

function Similar({ list }) {
	if (!list || list.length === 0)
		return null;
	return html`<div class="note warn" role="status"><p>${t('可能已经有了：', 'Perhaps it is there already:')}</p>
		<ul>${list.map((s) => html`<li key=${s.id}><a href=${link('record', [s.id])} target="_blank" rel="noopener">${s.title}</a></li>`)}</ul></div>`;
}

function Exists({ error }) {
	if (error?.code !== 'exists' || !error.id)
		return null;
	return html`<p><a href=${link('record', [error.id])}>${t('打开已有的那一条', 'Open the one that is there')}</a></p>`;
}

// Ctrl+S saves the form and not, as the browser would, the page.
function saveByKeys(e) {
	if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 's') {
		e.preventDefault();
		e.currentTarget.querySelector('.savebar button:not(:disabled)')?.click();
	}
}

function Form({ start }) {
	const { kind, record } = start;
	const form = useForm(start);
	const [busy, setBusy] = useState(false);
	const [all, setAll] = useState(() => record !== null);
	const [first, rest] = split(kind);
	const [asked, setAsked] = useState(false);
	const lacking = record || asked ? [] : missing(kind, form.values);
	const similar = useSimilar(kind, form.values[kind.title], !record);
	const titles = { ...start.titles, ...titlesOf(record) };
	const submit = async (e) => {
		e.preventDefault();
		if (lacking.length > 0) {
			setAsked(true);
			form.setError({ field: lacking[0].name, message: t(`还没有填“${lacking[0].zh}”。可以再点一次保存，以后补。`, `“${lacking[0].en}” is missing. Save once more to fill it in later.`) });
			focusField(lacking[0].name);
			return;
		}
		setBusy(true);
		try {
			const done = await save(start, form.set);
			await form.forget();
			say(done.conflicts > 0 ? t('已保存。有一项别人也改了，两个值都在。', 'Saved. Somebody else changed a field too; both values are kept.')
				: t('已保存在本机', 'Saved on this PC'), undoAction());
			tellChanged();
			go('record', [done.id]);
		} catch (problem) {
			form.setError(problem);
			setBusy(false);
			if (problem.field) {
				setAll(true);
				setTimeout(() => focusField(problem.field), 0);
			}
		}
	};
	const parts = { values: form.values, setValue: form.setValue, notes: form.notes, error: form.error, titles };
	return html`<${Title} text=${record ? t(`修改${kind.zh}`, `Change: ${kind.en}`) : t(`新增${kind.zh}`, `New: ${kind.en}`)} />
		<${DraftNote} draft=${start.draft} onDrop=${form.reset} />
		<form class="form" onSubmit=${submit} onKeyDown=${saveByKeys} noValidate autocomplete="off">
			<${Similar} list=${similar} />
			<div class="fields"><${Fields} ...${parts} list=${first} /></div>
			${rest.length > 0 && (all ? html`<h2>${t('其他项目', 'Further fields')}</h2><div class="fields"><${Fields} ...${parts} list=${rest} /></div>`
				: html`<p><button type="button" onClick=${() => setAll(true)}>${t(`还有 ${rest.length} 项可填`, `${rest.length} further fields`)}</button></p>`)}
			<${Problem} error=${form.error?.field ? null : form.error} /><${Exists} error=${form.error} />
			<div class="savebar"><button class="main" disabled=${busy || !form.changed}>${t('保存', 'Save')}</button>
				<a class="button" href=${record ? link('record', [record.id]) : link('list', [kind.name])}>${t('先不保存，回去', 'Back without saving')}</a>
				${form.changed && html`<span class="dim">${t('写的内容会留在这台电脑上，关掉窗口也在。', 'What you typed stays on this PC, also when the window is closed.')}</span>`}</div>
		</form>`;
}
