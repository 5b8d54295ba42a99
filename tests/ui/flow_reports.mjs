// SPDX-License-Identifier: MulanPSL-2.0
// A report: its numbers lead to the records behind them, a chart beside it, on paper, as a spreadsheet, handed in.
import { check, same, test, until } from './kit.mjs';

test(async (w) => {
	const node = await w.branch();
	const { id: union } = await node.api('/records/org', { set: { name: '青石镇工会', org_kind: 'union' } });
	for (let i = 1; i <= 4; i++)
		await node.api('/records/member', { set: { name: `会员${i}`, gender: i % 2 ? '女' : '男', joined_on: '2026-03-05', union_id: union } });
	const page = await w.browse();
	await w.open(node, '#/reports');
	await w.clean('the reports');
	const { reports } = await node.api('/reports');
	for (const r of reports) {
		await w.open(node, `#/report/${r.id}`);
		await page.locator('table.report, .note').first().waitFor();
		check(await page.locator('.note.bad').count() === 0, `report ${r.id}: ${await page.locator('main').innerText()}`);
	}
	await w.clean('a report');

	// some report counts the four: open what stands behind that number
	let found = null;
	for (const r of reports.filter((x) => !x.list)) {
		const { tables } = await node.api(`/report/${r.id}`);
		if (tables.some((t) => t.rows.some((row) => Object.values(row.cells).includes(4)))) {
			found = r;
			break;
		}
	}
	check(found, 'a report counts four members');
	await w.open(node, `#/report/${found.id}`);
	await page.locator('.cell-link', { hasText: /^4$/ }).first().click();
	await until(async () => await page.locator('dialog li a').count() === 4, 'four records behind the number');
	await w.clean('what stands behind a number');
	await page.locator('dialog').getByRole('button', { name: '关闭' }).click();
	const saved = page.waitForEvent('download');
	await page.getByRole('button', { name: '存成表格文件' }).click();
	check((await saved).suggestedFilename().endsWith('.xlsx'), 'a spreadsheet');
	await page.getByRole('button', { name: '留作报送版' }).click();
	await page.getByText('已留下报送的这一版').waitFor();
	await page.getByLabel('时间', { exact: true }).selectOption({ index: 5 });
	await until(() => page.url().includes('period='), 'another period');
	await w.still();
	await page.locator('table.report, .note').first().waitFor();
	same(await page.locator('.note.bad').count(), 0, 'last year');

	// what else can be asked for is what the program offers, by what is in the data
	const { id: bureau } = await node.api('/records/org', { set: { name: '清水县民政局' } });
	await node.api('/records/org', { set: { name: '清水养老服务中心', org_kind: 'social', industry_authority_id: bureau, region_code: '399999101201' } });
	await node.api('/records/org', { set: { name: '青石读书社', org_kind: 'social', region_code: '399999102201' } });
	const told = await node.api('/reports');
	for (const r of told.reports) {
		await w.open(node, `#/report/${r.id}`);
		await page.locator('summary', { hasText: '更多条件' }).click();
		const shown = (await page.locator('.options [id^="option-"]').evaluateAll((all) => all.map((e) => e.id.slice(7))));
		same(shown, told.options.map((o) => o.name).filter((name) => r.options.includes(name)), `options of ${r.id}`);
	}
	await w.clean('the options of a report');
	const wide = told.reports.find((r) => !r.list && r.by.some((d) => d.key === 'class'));
	await w.open(node, `#/report/${wide.id}`);
	await page.locator('summary', { hasText: '更多条件' }).click();
	await page.getByLabel('分表').selectOption('town');
	await until(() => page.url().includes('split=town'), 'split');
	await w.still();
	check(await page.locator('table.report').count() > 1, 'a table for each township');
	await page.locator('figure canvas').first().waitFor();
	check(await page.locator('figure').evaluateAll((all) => all.every((f) => {
		const [a, b] = [f.getBoundingClientRect(), f.querySelector('canvas').getBoundingClientRect()];
		return b.top >= a.top && b.bottom <= a.bottom + 1;
	})), 'a chart lies in its place');
	await page.getByLabel('主管部门').selectOption({ label: '清水县民政局' });
	await page.getByText('主管部门：清水县民政局').waitFor();
	await page.getByLabel('报到县外').check();
	await until(() => page.url().includes('outward=1'), 'leaves the county');
	await w.still();
	same(await page.locator('.note.bad').count(), 0, 'all of it together');
	await page.getByLabel('主管部门').selectOption('');
	await until(() => !page.url().includes('authority'), 'all authorities again');
	await w.still();
	const number = page.locator('section', { hasText: '399999102' }).locator('.cell-link', { hasText: /^1$/ }).first();
	await number.click();
	await page.locator('dialog li a', { hasText: '青石读书社' }).waitFor();
	same(await page.locator('dialog li a').count(), 1, 'records behind a number of one table');
	await page.locator('dialog').getByRole('button', { name: '关闭' }).click();
	await page.getByRole('button', { name: 'English' }).click();
	await page.getByLabel('one table per').waitFor();
});
