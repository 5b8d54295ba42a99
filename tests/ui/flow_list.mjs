// SPDX-License-Identifier: MulanPSL-2.0
// A long list: windows of rows, no gap while scrolling, header above its cells, search, order, conditions,
// columns, keyboard, many records changed at once. JC_UI_ROWS: how many rows.
import fs from 'node:fs';
import path from 'node:path';
import { check, same, test, until } from './kit.mjs';

const ROWS = Number(process.env.JC_UI_ROWS || 50000);
const ROW = 46;

function roster(file) {
	const lines = ['姓名,性别,现住址'];
	for (let i = 1; i <= ROWS; i++)
		lines.push(`会员${String(i).padStart(6, '0')},${i % 2 ? '女' : '男'},${i % 3 ? '青石镇' : '白石镇'}`);
	fs.writeFileSync(file, lines.join('\n'));
}

const text = (page, selector) => page.locator(selector).allInnerTexts();

test(async (w) => {
	const node = w.node('zhibu');
	node.jc('branch', 'init', '--name', '青石镇工会');
	roster(path.join(w.folder, 'r.csv'));
	node.jc('import', path.join(w.folder, 'r.csv'), '--kind', 'member');
	await node.serve();
	const page = await w.browse();
	await w.open(node, '#/list/member');
	await page.getByText(`共 ${ROWS} 条`).waitFor();
	await page.getByText('会员000001').waitFor();

	// its height is that of all rows; every cell stands below its header
	const body = await page.evaluate(() => document.querySelector('.tbody').getBoundingClientRect().height);
	same(Math.round(body), ROWS * ROW, 'height of the list');
	const lefts = (selector) => page.locator(selector).evaluateAll((all) => all.map((e) => Math.round(e.getBoundingClientRect().left)));
	same(await lefts('.tbody .row:first-child .cell'), await lefts('.thead .cell'), 'columns');
	same(await page.getAttribute('.table', 'aria-rowcount'), String(ROWS + 1), 'rows told to readers');

	// no gap: after every jump the rows in sight are there
	for (const part of [0.1, 0.5, 0.9, 0.3, 1, 0]) {
		await page.evaluate((p) => { const t = document.querySelector('.table'); t.scrollTop = p * t.scrollHeight; }, part);
		await until(() => page.evaluate(() => {
			const t = document.querySelector('.table').getBoundingClientRect();
			const rows = [...document.querySelectorAll('.tbody .row')].map((r) => [r.getBoundingClientRect(), r.innerText]);
			const seen = rows.filter(([b]) => b.bottom > t.top + 50 && b.top < t.bottom);
			const tops = seen.map(([b]) => b.top).sort((a, b) => a - b);
			const whole = tops.every((y, i) => i === 0 || Math.abs(y - tops[i - 1] - 46) < 1);
			return seen.length > 5 && whole && seen.every(([, words]) => words.includes('会员'));
		}), `rows at ${part}`);
	}

	// keyboard
	await page.focus('.table');
	await page.keyboard.press('End');
	await page.locator('.row.current', { hasText: `会员${String(ROWS).padStart(6, '0')}` }).waitFor();
	await page.keyboard.press('Home');
	await page.keyboard.press('ArrowDown');
	await page.locator('.row.current', { hasText: '会员000002' }).waitFor();
	await w.clean('a list');

	// search, order, conditions, columns
	await page.getByLabel('查找').fill('000123');
	await page.getByText('共 1 条').waitFor();
	await page.getByLabel('查找').fill('');
	await page.getByText(`共 ${ROWS} 条`).waitFor();
	await page.getByRole('button', { name: '姓名' }).click();
	await page.getByRole('button', { name: '姓名' }).click();
	await until(async () => (await text(page, '.tbody .row:first-child a'))[0] === `会员${String(ROWS).padStart(6, '0')}`, 'from the end');
	// a new order while far down: the rows in sight are asked for again
	const inSight = () => page.evaluate(() => {
		const t = document.querySelector('.table').getBoundingClientRect();
		return [...document.querySelectorAll('.tbody .row')].filter((r) => r.getBoundingClientRect().bottom > t.top + 50 && r.getBoundingClientRect().top < t.bottom).map((r) => r.innerText);
	});
	const whole = (rows) => rows.length > 5 && rows.every((x) => x.includes('会员'));
	await page.evaluate(() => { const t = document.querySelector('.table'); t.scrollTop = 0.4 * t.scrollHeight; });
	await until(async () => !(await inSight()).join().includes(`会员${String(ROWS).padStart(6, '0')}`) && whole(await inSight()), 'rows in the middle');
	const before = (await inSight()).join();
	await page.getByRole('button', { name: '姓名' }).click();
	await until(async () => (await inSight()).join() !== before && whole(await inSight()), 'rows in the middle, from the beginning');
	await page.getByLabel('条件：哪一项').selectOption({ label: '性别' });
	await page.getByLabel('等于').selectOption({ label: '女性' });
	await page.getByRole('button', { name: '加上' }).click();
	await page.getByText(`共 ${Math.ceil(ROWS / 2)} 条`).waitFor();
	await page.getByRole('button', { name: '去掉条件：性别' }).click();
	await page.getByRole('button', { name: '选择列' }).click();
	await w.clean('the choice of columns');
	await page.getByRole('checkbox', { name: '现住址' }).check();
	await page.getByRole('button', { name: '关闭' }).click();
	await page.getByRole('columnheader', { name: '现住址' }).waitFor();

	// many at once, one undo
	await page.getByLabel('查找').fill('00001');
	await page.getByText('共 11 条').waitFor();
	await page.locator('.tbody input[type=checkbox]').nth(0).check();
	await page.locator('.tbody input[type=checkbox]').nth(1).check();
	await page.getByRole('button', { name: '改选中的 2 条' }).click();
	await page.getByLabel('改哪一项').selectOption({ label: '现住址' });
	await page.getByLabel('现住址').last().fill('黑石镇');
	await w.clean('changing many');
	await page.getByRole('button', { name: '全部改成这样' }).click();
	await page.getByText('已改 2 条').waitFor();
	await until(async () => (await text(page, '.tbody .row')).filter((x) => x.includes('黑石镇')).length === 2, 'both changed');
	await page.locator('.toast').getByRole('button', { name: '撤销' }).click();
	await until(async () => (await text(page, '.tbody .row')).filter((x) => x.includes('黑石镇')).length === 0, 'both back');

	// whoever opens a record and comes back finds the list where it was; by its link it begins anew
	await page.getByLabel('查找').fill('0001');
	await until(async () => (await text(page, '[role=status]')).some((x) => /^共 \d+ 条$/.test(x) && x !== `共 ${ROWS} 条` && x !== '共 11 条'), 'found');
	await page.focus('.table');
	await page.keyboard.press('End');
	const last = page.locator('.row.current a');
	await until(async () => await last.count() === 1, 'the last row');
	const name = await last.innerText();
	await new Promise((done) => setTimeout(done, 500));
	await page.keyboard.press('Enter');
	await page.locator('h1', { hasText: name }).waitFor();
	await page.goBack();
	await page.locator('.row.current', { hasText: name }).waitFor();
	same(await page.getByLabel('查找').inputValue(), '0001', 'what was searched for');
	check((await inSight()).some((x) => x.includes(name)), 'the row is in sight');
	check(await page.evaluate(() => document.activeElement.matches('.table')), 'the keys are on the list');
	await page.getByRole('link', { name: '记录', exact: true }).click();
	await page.getByRole('main').getByRole('link', { name: '工会会员', exact: true }).click();
	await page.getByText(`共 ${ROWS} 条`).waitFor();
	same(await page.getByLabel('查找').inputValue(), '', 'a new look at the list');
});
