// SPDX-License-Identifier: MulanPSL-2.0
// The page in a stock Firefox ESR, with mouse and keys, in both languages: no error, no violation of the content policy,
// no request to another place. JC_UI_PICTURES: a folder for pictures of every view.
import fs from 'node:fs';
import path from 'node:path';
import { Firefox, haveFirefox } from './bidi.mjs';
import { check, same, test, until } from './kit.mjs';

const MEMBERS = 3000;
const CHINESE = /[\u4e00-\u9fff]/;
const TAB = '\ue004';
const CONTROL = '\ue009';
const END = '\ue010';

if (!haveFirefox()) {
	console.log('SKIPPED: firefox-esr is not installed');
	process.exit(77);
}

async function synced(node, words) {
	await node.api('/sync', {});
	await until(async () => (await node.api('/status')).waiting === 0, words);
}

// A branch of a county: members, an activity with two versions of its text, a number that the county returned.
async function county(w) {
	const hub = w.node('xian');
	hub.jc('hub', 'init', '--name', '清水县总工会', '--listen', '127.0.0.1:0');
	await hub.serve();
	const node = w.node('zhibu');
	node.join(hub);
	await node.serve();
	const { id: union } = await node.api('/records/org', { set: { name: '青石镇工会', org_kind: 'union' } });
	const file = path.join(w.folder, 'r.csv');
	fs.writeFileSync(file, ['姓名,性别,入会日期', ...Array.from({ length: MEMBERS }, (_, i) => `会员${i},${i % 3 ? '女' : '男'},2026-0${1 + i % 9}-05`)].join('\n'));
	node.jc('import', file, '--kind', 'member');
	const { id: member } = await node.api('/records/member', { set: { name: '王小青', mobile: '13000000001', union_id: union } });
	const { id: activity } = await node.api('/records/activity', { set: { title: '职工读书会', start_at: '2026-03-12', host_org_id: union } });
	await synced(node, 'sent');
	hub.jc('return', member, 'mobile', '--reason', '号码打不通');
	await node.api('/sync', {});
	await until(async () => (await node.api('/tray')).items.length === 1, 'the return has arrived');
	const { seen } = await node.api(`/record/${activity}`);
	for (const place of ['文化站', '县城东街'])
		await node.api(`/record/${activity}`, { seen, set: { place } });
	return { node, member, activity };
}

const FIELDS = { name: '#f-name', mobile: '#f-mobile', birth: '#f-birth_date' };

// A form by keys: typed, a date read aloud, saved; it stands in the list of the program.
async function form(f, node) {
	await f.place('new/member');
	await f.wait(() => !!document.querySelector('.savebar'));
	await f.type(FIELDS.name, '孙海燕');
	await f.keys(TAB);
	check(await f.run(() => document.activeElement.matches('input, select, button, textarea') && document.activeElement.id !== 'f-name'), 'Tab goes on to the next field');
	await f.click('form button:not(.main)', '项可填');
	await f.type(FIELDS.birth, '1990年3月5日');
	await f.wait(() => document.querySelector('#f-birth_date-read')?.innerText === '1990年3月5日');
	await f.type(FIELDS.mobile, '1300000');
	await f.wait(() => !!document.querySelector('.warn-text'));
	await f.picture('zh-typed');
	await f.type(FIELDS.mobile, `${END}0022`);
	await f.chord(CONTROL, 's');
	await f.wait(() => location.hash.startsWith('#/record/'));
	await f.wait(() => document.querySelector('h1')?.innerText.includes('孙海燕'));
	const { hits } = await node.api(`/search?kind=member&q=${encodeURIComponent('孙海燕')}`);
	same(hits.length, 1, 'one is saved');
	same((await node.api(`/record/${hits[0].id}`)).fields.mobile.value, '13000000022', 'what was typed is saved');
}

// A long list: its last row is reached.
async function list(f) {
	await f.place('list/member');
	await f.wait((n) => document.querySelector('main').innerText.includes(`共 ${n} 条`), MEMBERS + 2);
	await f.run(() => { const t = document.querySelector('.table'); t.scrollTop = t.scrollHeight; });
	await f.wait((n) => [...document.querySelectorAll('.table .row')].some((r) => r.getAttribute('aria-rowindex') === String(n) && !r.innerText.includes('…')), MEMBERS + 3);
	await f.picture('zh-end-of-list');
}

async function roster(f, w, node) {
	const file = path.join(w.folder, '花名册.csv');
	fs.writeFileSync(file, '姓名,性别,移动电话\n钱小明,男,13000000021\n冯桂花,女,1300000\n');
	await f.place('import');
	await f.run(() => { const s = document.querySelector('#import-kind'); s.value = 'member'; s.dispatchEvent(new Event('change', { bubbles: true })); });
	await f.file('#import-file', file);
	await f.wait(() => [...document.querySelectorAll('h1, h2')].some((h) => h.innerText.includes('预览：还没有写进去')));
	await f.picture('zh-preview');
	await f.click('button.main', '导入');
	await f.wait(() => [...document.querySelectorAll('h1, h2')].some((h) => h.innerText.includes('已导入')));
	same((await node.api('/records/member?limit=1')).total, MEMBERS + 4, 'imported');
}

// The first report of which there is something to draw.
async function drawn(node) {
	for (const r of (await node.api('/reports')).reports.filter((x) => !x.list)) {
		const { tables } = await node.api(`/report/${r.id}`);
		const [{ columns, rows }] = tables;
		const column = columns.find((c) => c.type === 'int' || c.type === 'money');
		const values = rows.filter((row) => row.level === 'row').map((row) => row.cells[column?.key]);
		if (values.length > 1 && values.some((v) => v > 0))
			return `report/${r.id}`;
	}
	throw new Error('no report has anything to draw');
}

async function chart(f) {
	await f.wait(() => !!document.querySelector('figure canvas'));
	await f.wait(() => {
		const c = document.querySelector('figure canvas');
		const [a, b] = [c.closest('figure').getBoundingClientRect(), c.getBoundingClientRect()];
		return b.top >= a.top && b.bottom <= a.bottom + 1 && c.width > 0 && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0);
	});
}

async function paper(f) {
	await f.wait(() => {
		const d = document.querySelector('iframe.paper')?.contentDocument;
		return !!d?.querySelector('h1') && getComputedStyle(d.querySelector('h1')).textAlign === 'center';
	});
}

async function settle(f, node, activity) {
	await f.place('conflicts');
	await f.click('button', '用这个：文化站');
	await f.wait(() => document.querySelector('main').innerText.includes('没有待定的值'));
	same((await node.api(`/record/${activity}`)).fields.place.value, '文化站', 'what was chosen holds');
}

async function look(f, lang, places) {
	for (const place of places) {
		await f.place(place);
		if (place.startsWith('report/'))
			await chart(f);
		if (place.startsWith('print?'))
			await paper(f);
		const h1 = await f.run(() => document.querySelector('h1').innerText);
		check(lang === 'zh' ? CHINESE.test(h1) : !CHINESE.test(h1) || place.startsWith('record/'), `${lang}, ${place}: ${h1}`);
		await f.picture(`${lang}-${place.replace(/[/?=].*/, '')}`);
	}
}

test(async (w) => {
	const { node, member, activity } = await county(w);
	const f = new Firefox(w);
	try {
		await f.launch();
		await f.goto(node.url);
		await f.wait(() => !!document.querySelector('[data-place] h1'));
		check(!(await f.run(() => location.href)).includes('#t='), 'the token stays in the address');
		const places = ['home', 'list/member', `record/${member}`, 'new/member', 'import', 'conflicts', 'tray', await drawn(node), 'print?form=roster', 'settings', 'tasks', 'calendar',
			'records', 'board/build_case', 'bin', 'sync', 'stick', 'more', 'help'];
		await look(f, 'zh', places);
		await form(f, node);
		await list(f);
		await roster(f, w, node);
		await settle(f, node, activity);
		await f.click('button', 'English');
		await f.wait(() => document.documentElement.lang === 'en');
		await look(f, 'en', places.filter((p) => !/^record/.test(p)));
		await f.policy('at the end');
	} finally {
		await f.close();
	}
});
