// SPDX-License-Identifier: MulanPSL-2.0
// Pictures of the page on made-up data, in both languages: node tests/ui/tour.mjs FOLDER (packaging/tour calls it).
import fs from 'node:fs';
import path from 'node:path';
import { World, until } from './kit.mjs';

const out = path.resolve(process.argv[2]);
const [width, height] = (process.env.JC_TOUR_SIZE || '1366x768').split('x').map(Number);
const LARGE = process.env.JC_TOUR_LARGE || '0'; // 1: in large type

const PEOPLE = [['王小青', '女', '13000000001', '2019-03-05', '会计'], ['李大山', '男', '13000000002', '2020-07-01', '驾驶员'],
	['𠮷田华', '男', '13000000003', '2021-05', '电工'], ['赵玉梅', '女', '13000000004', '2022-08-08', '教师'],
	['孙海燕', '女', '13000000005', '2023-01-09', '护士'], ['周志强', '男', '13000000006', '2018-11-20', '厨师'],
	['吴秀兰', '女', '13000000007', '2017-04-12', '保洁'], ['郑建军', '男', '13000000008', '2024-02-29', '快递员']];

async function roster(node, union) {
	for (const [name, gender, mobile, joined, job] of PEOPLE)
		await node.api('/records/member', { set: { name, gender, mobile, joined_on: joined, job_title: job, union_id: union } })
			.then((r) => r.error && node.api('/records/member', { set: { name, gender, mobile, joined_on: joined, union_id: union } }));
}

// A check with some points answered, one of them late.
async function inspection(node, union) {
	const { templates } = await node.api('/templates');
	const { id } = await node.api('/checks', { template: templates[0].code, org: union, date: '2026-11-02' });
	const { records } = await node.api(`/records/check_item?check_id=${id}`);
	const answers = ['pass', 'found', 'pass', 'na', 'found', 'pass', 'pass', 'pass'];
	for (let i = 0; i < Math.min(answers.length, records.length); i++) {
		const found = answers[i] === 'found';
		await node.api(`/record/${records[i].id}`, { set: { result: answers[i], ...(found ? { finding: '灭火器过期', due_on: '2026-11-10', resp_person: '李大山' } : {}) } });
	}
}

// A county and a branch that has joined it, with a few things of everyday.
async function village(w) {
	const hub = w.node('xian');
	hub.jc('hub', 'init', '--name', '清水县总工会', '--listen', '127.0.0.1:0');
	await hub.serve();
	const node = w.node('zhibu');
	node.join(hub);
	await node.serve();
	const { id: union } = await node.api('/records/org', { set: { name: '青石镇工会', org_kind: 'union', region_code: '399999101' } });
	await roster(node, union);
	await inspection(node, union);
	const ids = await work(node, union);
	return { hub, node, ids };
}

// What the county did to it: a number returned with the reason, a code corrected.
async function county(hub, node) {
	const sent = async (words) => {
		await node.api('/sync', {});
		await until(async () => (await node.api('/status')).waiting === 0, words);
	};
	await sent('sent');
	const { records } = await node.api('/records/member?limit=2');
	hub.jc('return', records[1].id, 'mobile', '--reason', '号码打不通，请核对');
	const { records: [union] } = await node.api('/records/org?org_kind=union&limit=1');
	hub.jc('set', union.id, 'region_code=399999102');
	await node.api('/sync', {});
	await until(async () => (await node.api('/tray')).items.length === 1, 'the return has arrived');
}

async function everyday(node) {
	const first = (await node.api('/records/member?limit=1')).records[0].id;
	const { seen } = await node.api(`/record/${first}`);
	await node.api(`/record/${first}`, { seen, set: { mobile: '13000000011' } });
	await node.api(`/record/${first}`, { seen, set: { mobile: '13000000012' } });
	await node.api('/draft/new.activity', { form: { title: '读书会' } });
	return first;
}

// A long text that two people went on writing, a bought service, a union that is being built, an activity with people.
async function work(node, union) {
	const { id: walk } = await node.api('/records/activity', { set: { title: '走访困难职工', start_at: '2026-03-12', host_org_id: union, summary: '三月走访五户，发了慰问品。四月开了会。' } });
	const { seen } = await node.api(`/record/${walk}`);
	await node.api(`/record/${walk}`, { seen, set: { summary: '三月走访六户，发了慰问品。四月开了会。' } });
	await node.api(`/record/${walk}`, { seen, set: { summary: '三月走访五户，发了慰问品。四月开了两次会。' } });
	const { id: reading } = await node.api('/records/activity', { set: { title: '职工读书会', start_at: '2026-11-20', host_org_id: union, place: '文化站' } });
	const { records } = await node.api('/records/member?limit=5');
	await node.api('/records/participant/many', { sets: records.map((r) => ({ activity_id: reading, member_id: r.id })) });
	const { id: provider } = await node.api('/records/org', { set: { name: '清水社会工作服务中心', org_kind: 'social' } });
	const { id: project } = await node.api('/records/project', { set: { name: '职工心理关爱服务', buyer_org_id: union, provider_org_id: provider, target_sessions: '12', contract_fen: '36000' } });
	const { id: build } = await node.api('/records/build_case', { set: { org_id: provider, guide: '王小青' } });
	for (const [day, place] of [['2026-10-08', '县城东街'], ['2026-10-20', '青石镇']])
		await node.api('/records/build_case', { set: { org_id: (await node.api('/records/org', { set: { name: `${place}养老服务中心`, org_kind: 'social' } })).id, plan_done_on: day } });
	return { reading, project, build };
}

async function picture(w, name) {
	await w.still();
	await w.page.screenshot({ path: path.join(out, `${name}.png`) });
	console.log(`${name}.png`);
}

const PLACES = [['home', 'home'], ['tasks', 'tasks'], ['calendar', 'calendar'], ['board', 'board/check_item'], ['building', 'board/build_case'], ['projects', 'list/project'],
	['reports', 'reports'], ['report', 'report/R06?split=org'], ['records', 'records'], ['roster', 'list/member'], ['conflicts', 'conflicts'], ['tray', 'tray'], ['sync', 'sync'], ['stick', 'stick'],
	['print', 'print?form=roster'], ['forms', 'print'], ['more', 'more'], ['settings', 'settings'], ['help', 'help']];

async function form(w, node, shot) {
	const page = w.page;
	await w.open(node, '#/new/member');
	await page.fill('#f-name', '孙海燕');
	await page.fill('#f-mobile', '1300000');
	await page.fill('#f-birth_date', '1990年3月5日');
	await until(async () => await page.locator('.warn-text').count() > 0, 'a warning');
	await shot('form');
	await page.locator('form .savebar a').click();
	await node.api('/draft/new.member', { form: null });
}

async function roll(w, node, shot) {
	const page = w.page;
	await w.open(node, '#/import');
	const file = path.join(w.folder, '花名册.csv');
	fs.writeFileSync(file, '姓名,性别,移动电话,入会日期,身份证号\n钱小明,男,13000000021,2024-03-05,\n冯桂花,女,1300000,2024年5月,\n李大山,男,13000000002,2020-07-01,\n,女,13000000023,2024-01-01,\n');
	await page.locator('#import-kind').selectOption('member');
	await page.locator('#import-file').setInputFiles(file);
	await page.getByText('哪一列导入到哪一项').or(page.getByText('Which column goes where')).waitFor();
	await shot('import');
}

// What the county corrected, before and after.
async function corrected(w, node, shot) {
	await w.open(node, '#/home');
	await w.page.locator('main details.card > summary').click();
	await shot('corrections');
}

// The other two ways to begin: with the county's code, and with a backup, which then asks for the device key.
async function begin(w, { empty, fresh, hub, code, backup }, shot) {
	const page = w.page;
	await w.open(empty);
	await page.locator('.ways button').nth(1).click();
	await page.fill('#join-url', `https://127.0.0.1:${hub.hub}`);
	await page.fill('#join-code', code.slice(0, -1) + (code.endsWith('7') ? '8' : '7'));
	await page.locator('.bad-text').waitFor();
	await shot('join-wrong');
	await page.fill('#join-code', code);
	await page.locator('.reading').waitFor();
	await shot('join');
	await w.open(fresh);
	await page.locator('.ways button').nth(2).click();
	await page.setInputFiles('#restore-file', backup);
	await shot('restore');
	await page.locator('form button.main').click();
	await page.locator('#key-file').waitFor();
	await shot('restored');
}

async function views(w, node, ids, lang) {
	const shot = (name) => picture(w, `${lang}-${name}`);
	const records = Object.entries(ids).map(([name, id]) => [name, `record/${id}`]);
	for (const [name, place] of [...PLACES, ...records]) {
		await w.open(node, `#/${place}`);
		if (name === 'print')
			await w.page.frameLocator('iframe.paper').locator('h1').waitFor();
		await shot(name);
	}
	await corrected(w, node, shot);
	await form(w, node, shot);
	await roll(w, node, shot);
}

// The choice of language and size lies in the browser, for each program's address.
async function speak(w, node, lang) {
	await w.open(node);
	await w.page.evaluate(([l, large]) => {
		localStorage.setItem('jiceng.lang', l);
		localStorage.setItem('jiceng.large', large);
	}, [lang, LARGE]);
	await w.page.reload();
	await w.page.waitForSelector('h1');
}

async function main() {
	fs.mkdirSync(out, { recursive: true });
	const w = new World();
	try {
		const empty = w.node('kong');
		await empty.serve();
		const { hub, node, ids } = await village(w);
		ids.record = await everyday(node);
		ids.check = (await node.api('/records/check?limit=1')).records[0].id;
		await county(hub, node);
		const backup = path.join(w.folder, 'beifen.db');
		node.jc('backup', backup);
		const code = hub.invite('白水村工会');
		await w.browse({ viewport: { width, height } });
		for (const lang of (process.env.JC_TOUR_LANGS || 'zh en').split(' ')) {
			const shot = (name) => picture(w, `${lang}-${name}`);
			const fresh = w.node(`xin-${lang}`);
			await fresh.serve();
			await speak(w, empty, lang);
			await shot('first-run');
			await speak(w, fresh, lang);
			await begin(w, { empty, fresh, hub, code, backup }, shot);
			await speak(w, node, lang);
			await views(w, node, ids, lang);
		}
	} finally {
		await w.close();
	}
	if (w.faults.length > 0)
		throw new Error(w.faults.slice(0, 5).join('\n'));
}

main().catch((e) => {
	console.error(e);
	process.exit(1);
});
