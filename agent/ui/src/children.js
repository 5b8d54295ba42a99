// SPDX-License-Identifier: MulanPSL-2.0
// What belongs to a record, item by item: the points of a check, the people at an activity. Short answers are given
// here, each saved at once; everything else is one click away.
import { get, post } from './api.js';
import { isDate, referrers } from './catalogue.js';
import { tellChanged } from './changes.js';
import { html } from './html.js';
import { bracketed, colon, label, t } from './lang.js';
import { useLoad } from './load.js';
import { PickMany, pickable } from './pick_many.js';
import { link } from './router.js';
import { showValue } from './show.js';
import { say, sayError } from './toast.js';
import { undoAction } from './undo.js';

const MOST = 200;  // items shown here; longer lists have their own page
const FEW = 5;     // so many choices fit into a row

// Fields that are answered in one press: yes or no, or one of a few.
export function quickFields(kind) {
	const short = kind.fields.filter((f) => !f.derived && !f.set && (f.type === 'bool3' || (f.type === 'enum' && f.choices.length <= FEW)));
	const needed = short.filter((f) => f.need !== 'optional');
	return [...needed, ...short.filter((f) => !needed.includes(f) && f.type === 'bool3')].slice(0, 2);
}

function refTitle(kind, row, refs, except, fits) {
	const ref = kind.fields.filter((f) => f.type === 'ref' && !f.set && f.name !== except && fits(f) && typeof row.fields[f.name] === 'string').pop();
	return ref ? refs[row.fields[ref.name]] : '';
}

// What says what a row is before its title does, as the catalogue tells: number and words of a point of a checklist.
function leadOf(kind, row, refs) {
	return leadNames(kind).filter((name) => row.fields[name] !== undefined).map((name) => showValue(kind.byName[name], row.fields[name], refs)).join(' ');
}

export const leadNames = (kind) => (kind.lead ? kind.lead.split(' ').filter((name) => kind.byName[name]) : []);

// What a row is called: what leads, or what it must refer to besides its parent; its own name; else whatever it refers to.
export function rowTitle(kind, row, refs, except) {
	const must = leadOf(kind, row, refs) || (except ? refTitle(kind, row, refs, except, (f) => f.need === 'must') : '');
	const own = row.fields[kind.title] === undefined ? '' : showValue(kind.byName[kind.title] || { type: 'text' }, row.fields[kind.title], refs);
	return [must, own].filter(Boolean).join(' · ') || refTitle(kind, row, refs, except, (f) => f.need === 'must')
		|| refTitle(kind, row, refs, except, () => true) || t('（没有名称）', '(no name)');
}

async function answer(row, field, value, seen) {
	try {
		await post(`/record/${row.id}`, { seen, set: { [field.name]: value } });
		say(t('已保存在本机', 'Saved on this PC'), undoAction());
		tellChanged();
	} catch (e) {
		sayError(e);
	}
}

function Quick({ field, row, title, seen }) {
	const list = field.type === 'bool3' ? [{ code: '1', zh: '是', en: 'yes' }, { code: '0', zh: '否', en: 'no' }] : field.choices;
	const now = row.fields[field.name];
	return html`<span class="quick" role="group" aria-label=${`${title}${colon()}${label(field)}`}><span class="dim">${label(field)}</span>
		${list.map((c) => html`<button type="button" key=${c.code} aria-pressed=${now === c.code ? 'true' : 'false'}
			onClick=${() => answer(row, field, now === c.code ? null : c.code, seen)}>${label(c)}</button>`)}</span>`;
}

// What is said beside a row: where it stands, sums of money, days.
function facts(kind, row) {
	const fields = kind.fields.filter((f) => !f.set && row.fields[f.name] !== undefined && ((f.derived && f.type === 'enum') || f.type === 'money' || isDate(f)) && !(f.derived && isDate(f)));
	return fields.slice(0, 4).map((f) => (f.type === 'enum' ? showValue(f, row.fields[f.name]) : `${label(f)} ${showValue(f, row.fields[f.name])}`)).join(t('，', ', '));
}

function Item({ kind, row, refs, except, quick, seen }) {
	const title = rowTitle(kind, row, refs, except);
	return html`<li class="line"><span><a href=${link('record', [row.id])}>${title}</a> <span class="dim">${facts(kind, row)}</span></span>
		<span class="quicks">${quick.map((f) => html`<${Quick} key=${f.name} field=${f} row=${row} title=${title} seen=${seen} />`)}</span></li>`;
}

// How many have an answer, for the first quick field.
function progress(field, rows) {
	const done = rows.filter((r) => r.fields[field.name] !== undefined).length;
	return t(`${label(field)}：已填 ${done} / ${rows.length}`, `${label(field)}: ${done} of ${rows.length}`);
}

function Group({ to, record, which }) {
	const where = { [to.field.name]: record.id };
	const load = useLoad(() => get(`/records/${to.kind.name}`, { ...where, limit: MOST }), [record.id]);
	const quick = quickFields(to.kind);
	const data = load.data;
	const id = `of-${to.kind.name}-${to.field.name}`;
	return html`<section aria-labelledby=${id}><h2 id=${id}>${label(to.kind)}${which && bracketed(label(to.field))} <span class="dim">${data ? data.total : ''}</span></h2>
		<p class="links"><a class="button" href=${link('new', [to.kind.name], where)}>${t(`新增${to.kind.zh}`, `New: ${to.kind.en}`)}</a>
			${data?.total > 0 && html`<a class="button" href=${link('list', [to.kind.name], where)}>${t(`全部${to.kind.zh}`, `All: ${to.kind.en}`)}</a>`}
			${pickable(to).map((f) => html`<${PickMany} key=${f.name} kind=${to.kind} field=${f} parent=${to.field} record=${record} rows=${data?.records || []} />`)}</p>
		${data?.total > 0 && quick.length > 0 && html`<p class="dim">${progress(quick[0], data.records)}</p>`}
		${data?.total > 0 && html`<ul class="lines">${data.records.map((row) => html`<${Item} key=${row.id} kind=${to.kind} row=${row} refs=${data.refs}
			except=${to.field.name} quick=${quick} seen=${data.seen} />`)}</ul>`}</section>`;
}

/*
 * Kinds whose every record belongs to one of this kind stand open on its page; kinds that merely mention it
 * (a member's union among fifty other fields) are links.
 */
export function isPart(to) {
	return to.field.need === 'must' && to.kind.fields.filter((f) => !f.derived).length <= 30;
}

export function Children({ kind, record }) {
	const parts = referrers(kind).filter((to) => !to.kind.down && isPart(to));
	// a kind that names it twice (who is inspected, who inspects) says which
	const twice = (to) => parts.filter((x) => x.kind === to.kind).length > 1;
	return parts.map((to) => html`<${Group} key=${to.kind.name + to.field.name} to=${to} record=${record} which=${twice(to)} />`);
}
