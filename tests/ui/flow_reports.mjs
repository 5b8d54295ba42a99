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
});
