// SPDX-License-Identifier: MulanPSL-2.0
// Where a record stands in its workflow, how it came there, and what can be done next. The steps and what they
// need are declared by the program.
import { get, post } from './api.js';
import { kindOf } from './catalogue.js';
import { tellChanged } from './changes.js';
import { Field } from './field.js';
import { html, useState } from './html.js';
import { colon, t } from './lang.js';
import { useLoad } from './load.js';
import { Dialog, Problem } from './parts.js';
import { showDate, today } from './show.js';
import { say } from './toast.js';
import { undoAction } from './undo.js';

// A record that has no workflow answers 400: then there is nothing to show.
async function read(id) {
	try {
		return await get(`/record/${id}/flow`);
	} catch (e) {
		if (e.status === 400)
			return null;
		throw e;
	}
}

// The fields that a move's terms name, of the event and of the record: [{field, of}].
function fieldsOf(move, flow) {
	const event = kindOf(flow.event);
	const record = kindOf(flow.kind);
	const names = [...move.terms.matchAll(/\b([es])\.([a-z0-9_]+)/g)];
	const list = names.map(([, where, name]) => (where === 'e' ? event : record)?.byName[name]).filter((f) => f && !f.derived);
	return list.filter((f, i) => list.findIndex((g) => g.name === f.name) === i);
}

const blank = (field) => (field.set && (field.choices || field.type === 'ref') ? [] : '');

function hatChoice(move, hat, setHat) {
	if (move.who.length < 2)
		return null;
	return html`<div class="field"><label for="step-hat">${t('以什么身份', 'Acting as')}</label>
		<select id="step-hat" value=${hat} onChange=${(e) => setHat(e.target.value)}><option value="">${t('按本机的身份', 'as this PC may')}</option>
		${move.who.map((w) => html`<option key=${w.code} value=${w.code}>${w.label}</option>`)}</select></div>`;
}

function useStep(id, move, onDone) {
	const [values, setValues] = useState({});
	const [date, setDate] = useState(today());
	const [behalf, setBehalf] = useState('');
	const [hat, setHat] = useState('');
	const [error, setError] = useState(null);
	const submit = async (e) => {
		e.preventDefault();
		const set = Object.fromEntries(Object.entries(values).filter(([, v]) => v !== '' && v.length !== 0));
		try {
			const done = await post(`/record/${id}/step`, { move: move.move, date, behalf: behalf || undefined, hat: hat || undefined, set });
			say(t(`已办：${move.label}`, `Done: ${move.label}`), undoAction());
			if (done.hints)
				say(done.hints, undoAction());
			tellChanged();
			onDone();
		} catch (problem) {
			setError(problem);
		}
	};
	return { values, setValues, date, setDate, behalf, setBehalf, hat, setHat, error, submit };
}

function StepDialog({ id, flow, move, onClose }) {
	const step = useStep(id, move, onClose);
	return html`<${Dialog} title=${move.label} onClose=${onClose}><form onSubmit=${step.submit} autocomplete="off">
		${move.needs && html`<p class="dim">${t('这一步要有：', 'This step needs: ')}${move.needs}</p>`}
		<div class="field"><label for="step-date">${t('哪一天', 'On which day')}</label><input id="step-date" value=${step.date} onInput=${(e) => step.setDate(e.target.value)} /></div>
		${fieldsOf(move, flow).map((f) => html`<${Field} key=${f.name} field=${{ ...f, need: 'optional' }} value=${step.values[f.name] ?? blank(f)}
			onInput=${(v) => step.setValues({ ...step.values, [f.name]: v })} />`)}
		${hatChoice(move, step.hat, step.setHat)}
		${move.behalf && html`<div class="field"><label for="step-behalf">${t('代上级登记：上级文件的文号（没有就不填）', 'Recorded for the level above: its document number (if there is one)')}</label>
			<input id="step-behalf" value=${step.behalf} onInput=${(e) => step.setBehalf(e.target.value)} /></div>`}
		<${Problem} error=${step.error} />
		<button class="main">${t('办理', 'Do it')}</button></form><//>`;
}

function Steps({ steps }) {
	if (steps.length === 0)
		return null;
	return html`<ol class="steps">${steps.map((s) => html`<li key=${s.event}><strong>${showDate(s.day)}</strong> ${s.label}
		${!s.ok && html` <span class="warn-text">${t('（当时走不到这一步）', '(could not follow there)')}</span>`}</li>`)}</ol>`;
}

export function Flow({ record }) {
	const load = useLoad(() => read(record.id), [record.id]);
	const [open, setOpen] = useState(null);
	const flow = load.data;
	if (!flow)
		return null;
	return html`<section aria-labelledby="flow" class="card"><h2 id="flow">${t('办到哪一步', 'Where it stands')}${colon()}${flow.state_label || t('还没开始', 'not begun')}
			${flow.since && html` <span class="dim">${t('自', 'since')} ${showDate(flow.since)}</span>`}</h2>
		<${Steps} steps=${flow.steps} />
		<p class="links">${flow.moves.map((m, i) => html`<button type="button" key=${i} onClick=${() => setOpen(m)}>${m.label}</button>`)}</p>
		${open && html`<${StepDialog} id=${record.id} flow=${flow} move=${open} onClose=${() => setOpen(null)} />`}</section>`;
}
