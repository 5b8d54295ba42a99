// SPDX-License-Identifier: MulanPSL-2.0
// 今天要做什么: what is overdue stands first and leads to its record; the same by day; done, it goes away.
import { check, test, until } from './kit.mjs';

test(async (w) => {
	const node = await w.branch();
	const { id: union } = await node.api('/records/org', { set: { name: '青石镇工会', org_kind: 'union' } });
	const { id } = await node.api('/records/check', { set: { checked_on: '2026-11-01', target_org_id: union } });
	await node.api('/records/check_item', { set: { check_id: id, finding: '灭火器过期', result: 'found', due_on: '2026-11-05', resp_person: '李大山' } });
	const page = await w.browse();
	await w.open(node);
	const { tasks, groups } = await node.api('/tasks');
	check(tasks.length > 0, 'there are tasks');
	const late = tasks.find((t) => t.overdue) || tasks[0];
	await page.getByText(late.sentence).first().waitFor();
	await w.clean('home with tasks');
	await page.getByText(late.sentence).first().click();
	await page.locator('.history').waitFor();
	await w.open(node, '#/tasks');
	await page.getByRole('heading', { name: groups[0].label }).waitFor();
	await w.clean('all tasks');
	await w.open(node, '#/calendar');
	await page.locator('.month.due').waitFor();
	await w.clean('the calendar of what is due');
	const dated = tasks.find((t) => t.due);
	if (dated) {
		const day = dated.due.slice(0, 10);
		const months = (new Date().getFullYear() - +day.slice(0, 4)) * 12 + new Date().getMonth() + 1 - +day.slice(5, 7);
		for (let i = 0; i < Math.abs(months); i++)
			await page.getByRole('button', { name: months > 0 ? '上月' : '下月' }).click();
		await page.getByRole('button', { name: new RegExp(`^${+day.slice(5, 7)}月\\s*${+day.slice(8)}\\s*日\\s*，`) }).click();
		await page.getByText(dated.sentence).first().waitFor();
	}
	await until(async () => !(await page.locator('.note.bad').count()), 'no problem');
});
