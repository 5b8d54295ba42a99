// SPDX-License-Identifier: MulanPSL-2.0
// 退回箱: what the county returned, with its reason; mended and sent again, sent as it was, or let go.
import { get, post } from './api.js';
import { kindOf } from './catalogue.js';
import { tellChanged } from './changes.js';
import { Field } from './field.js';
import { saveFile, tableFile } from './files.js';
import { toForm } from './form_state.js';
import { html, useState } from './html.js';
import { label, language, t } from './lang.js';
import { useLoad } from './load.js';
import { Empty, Loaded, Problem, Title } from './parts.js';
import { link } from './router.js';
import { showTime } from './show.js';
import { say } from './toast.js';

const plain = (name) => ({ name, zh: name, en: name, type: 'text' });

// What was written, by field: those that can be written again here, and those that are sent again as they were.
function parts(item) {
	const kind = kindOf(item.kind);
	const fields = Object.keys(item.fields).map((name) => kind?.byName[name] || plain(name));
	const typed = fields.filter((f) => kind?.byName[f.name] && !f.derived && !f.set && item.fields[f.name] !== null);
	return { kind, typed, rest: fields.filter((f) => !typed.includes(f)) };
}

const begin = (field, item) => toForm(field, { value: item.fields[field.name], shown: item.shown[field.name] });

// Lists of several values, and what was cleared, are mended on the record itself.
function Rest({ fields, item }) {
	return fields.length > 0 && html`<p>${t('这几项请打开记录改：', 'To be mended on the record: ')}<a href=${link('edit', [item.id])}>${fields.map(label).join(t('、', ', '))}</a></p>`;
}

function useItem(item) {
	const [set, setSet] = useState({});
	const [error, setError] = useState(null);
	const run = async (path, body, words) => {
		setError(null);
		try {
			await post(path, body);
			say(words);
			tellChanged();
		} catch (problem) {
			setError(problem);
		}
	};
	return { set, setSet, error, run, mended: Object.keys(set).length > 0 };
}

function Item({ item }) {
	const { kind, typed, rest } = parts(item);
	const { set, setSet, error, run, mended } = useItem(item);
	const all = Object.fromEntries(typed.map((f) => [f.name, begin(f, item)]));
	const resend = () => run(`/tray/${item.no}/resend`, mended ? { set: { ...all, ...set } } : {}, t('已放回去，下次上报时送出', 'Put back; it goes with the next exchange'));
	const letGo = () => run(`/tray/${item.no}/withdraw`, {}, t('好的，这一条不再送了', 'It is let go'));
	return html`<section class="card"><h2><a href=${link('record', [item.id])}>${item.title || label(kind)}</a> <span class="dim">${showTime(item.time)}</span></h2>
		<p class="note warn">${t('县里退回的原因：', 'Why the county returned it: ')}<strong>${item.reason}</strong></p>
		<div class="fields">${typed.map((f) => html`<${Field} key=${f.name} field=${{ ...f, name: `${item.no}-${f.name}`, need: 'optional' }} value=${set[f.name] ?? begin(f, item)}
			onInput=${(v) => setSet({ ...set, [f.name]: v })} titles=${{ [item.fields[f.name]]: item.shown[f.name] }} notes=${error?.field === f.name ? { error: error.message } : {}} />`)}</div>
		<${Rest} fields=${rest} item=${item} />
		<${Problem} error=${error?.field ? null : error} />
		<p class="links">${typed.length > 0 && html`<button type="button" class="main" onClick=${resend}>${mended ? t('改好了，再送', 'Mended, send again') : t('没有错，照原样再送', 'It is right, send it again as it was')}</button>`}
			<button type="button" onClick=${letGo}>${t('听县里的，不再送', 'Let it go')}</button></p></section>`;
}

function save(items) {
	const head = [t('记录', 'Record'), t('项目', 'Field'), t('写的内容', 'What was written'), t('退回原因', 'Reason'), t('退回时间', 'Returned')];
	const rows = items.flatMap((item) => Object.keys(item.fields).map((name) => [item.title, label(kindOf(item.kind)?.byName[name] || plain(name)), item.shown[name], item.reason, showTime(item.time)]));
	saveFile(tableFile([head, ...rows]), `${t('退回的内容', 'returned')}.csv`, 'text/csv');
}

export function Tray() {
	const load = useLoad(() => get('/tray'), [language.get()]);
	const items = load.data?.items || [];
	return html`<${Title} text=${t('县里退回的', 'Returned by the county')}>${items.length > 0 && html`<button type="button" onClick=${() => save(items)}>${t('存成表格文件', 'Save as a spreadsheet')}</button>`}<//>
		<p class="dim">${t('退回的内容都在这里，没有丢，也不耽误别的上报。', 'What was returned is all here; nothing is lost, and nothing else is held up.')}</p>
		<${Loaded} load=${load}>${() => (items.length === 0 ? html`<${Empty}>${t('县里没有退回什么。', 'The county has returned nothing.')}<//>`
			: items.map((item) => html`<${Item} key=${item.no} item=${item} />`))}<//>`;
}
