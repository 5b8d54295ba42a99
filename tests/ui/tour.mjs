// SPDX-License-Identifier: MulanPSL-2.0
// Pictures of the page on made-up data, in both languages: node tests/ui/tour.mjs FOLDER (packaging/tour calls it).
import fs from 'node:fs';
import path from 'node:path';
import { World, until } from './kit.mjs';

const out = path.resolve(process.argv[2]);

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
	node.jc('join', `https://127.0.0.1:${hub.hub}`, hub.jc('hub', 'invite', '--branch', '青石镇工会').trim().split(/\s+/).pop());
	await node.serve();
	const { id: union } = await node.api('/records/org', { set: { name: '青石镇工会', org_kind: 'union' } });
	await roster(node, union);
	await inspection(node, union);
	return { hub, node, union };
}

async function everyday(node) {
	const first = (await node.api('/records/member?limit=1')).records[0].id;
	const { seen } = await node.api(`/record/${first}`);
	await node.api(`/record/${first}`, { seen, set: { mobile: '13000000011' } });
	await node.api(`/record/${first}`, { seen, set: { mobile: '13000000012' } });
	await node.api('/draft/new.activity', { form: { title: '读书会' } });
	return first;
}

async function picture(w, name) {
	await w.page.waitForTimeout(500);
	await w.page.screenshot({ path: path.join(out, `${name}.png`) });
	console.log(`${name}.png`);
}

async function views(w, node, first, lang) {
	const page = w.page;
	const shot = (name) => picture(w, `${lang}-${name}`);
	for (const [name, place] of [['home', 'home'], ['tasks', 'tasks'], ['calendar', 'calendar'], ['board', 'board/check_item'], ['reports', 'reports'], ['report', 'report/R05'], ['records', 'records'], ['roster', 'list/member'], ['record', `record/${first}`],
		['conflicts', 'conflicts'], ['sync', 'sync'], ['stick', 'stick'], ['print', 'print?form=roster'], ['help', 'help']]) {
		await w.open(node, `#/${place}`);
		await shot(name);
	}
	await w.open(node, '#/new/member');
	await page.fill('#f-name', '孙海燕');
	await page.fill('#f-mobile', '1300000');
	await page.fill('#f-birth_date', '1990年3月5日');
	await until(async () => await page.locator('.warn-text').count() > 0, 'a warning');
	await shot('form');
	await node.api('/draft/new.member', { form: null });
	await w.open(node, '#/import');
	const file = path.join(w.folder, '花名册.csv');
	fs.writeFileSync(file, '姓名,性别,移动电话,入会日期,身份证号\n钱小明,男,13000000021,2024-03-05,\n冯桂花,女,1300000,2024年5月,\n李大山,男,13000000002,2020-07-01,\n,女,13000000023,2024-01-01,\n');
	await page.locator('#import-kind').selectOption('member');
	await page.locator('#import-file').setInputFiles(file);
	await page.getByText('哪一列导入到哪一项').or(page.getByText('Which column goes where')).waitFor();
	await shot('import');
}

async function main() {
	fs.mkdirSync(out, { recursive: true });
	const w = new World();
	try {
		const empty = w.node('kong');
		await empty.serve();
		const { node } = await village(w);
		const first = await everyday(node);
		await w.browse({ viewport: { width: 1280, height: 860 } });
		for (const lang of ['zh', 'en']) {
			await w.open(empty);
			await w.page.evaluate((l) => localStorage.setItem('jiceng.lang', l), lang);
			await w.page.reload();
			await w.page.waitForSelector('h1');
			await picture(w, `${lang}-first-run`);
			await w.open(node);
			await w.page.evaluate((l) => localStorage.setItem('jiceng.lang', l), lang);
			await w.page.reload();
			await views(w, node, first, lang);
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
