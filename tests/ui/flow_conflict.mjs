// SPDX-License-Identifier: MulanPSL-2.0
// Two values of one field: both are shown with who and when; one is picked, taken back, another is typed. Two tabs that
// edit one record lose nothing either.
import { check, test, until } from './kit.mjs';

async function typeInto(page, value) {
	await page.getByLabel('移动电话').fill(value);
	await page.getByRole('button', { name: '保存', exact: true }).click();
	await page.locator('.history').waitFor();
}

// A long text that two people continued: both changes put together, taken, and taken back.
async function suggested(node, w, page) {
	const { id } = await node.api('/records/activity', { set: { title: '走访', summary: '三月走访五户，发了慰问品。四月开了会。' } });
	const { seen } = await node.api(`/record/${id}`);
	await node.api(`/record/${id}`, { seen, set: { summary: '三月走访六户，发了慰问品。四月开了会。' } });
	await node.api(`/record/${id}`, { seen, set: { summary: '三月走访五户，发了慰问品。四月开了两次会。' } });
	const both = page.getByLabel('两边的改动合在一起');
	await until(async () => await both.count() === 1 && await both.inputValue() === '三月走访六户，发了慰问品。四月开了两次会。', 'both changes');
	await w.clean('a suggested text', page);
	await page.getByRole('button', { name: '用合好的' }).click();
	await page.getByText('没有待定的值').waitFor();
	check((await node.api(`/record/${id}`)).fields.summary.value === '三月走访六户，发了慰问品。四月开了两次会。', 'the suggestion is taken');
	await page.locator('.toast').getByRole('button', { name: '撤销' }).click();
	await until(async () => (await node.api(`/record/${id}`)).fields.summary.value === '三月走访五户，发了慰问品。四月开了两次会。', 'what was shown before stands again');
}

test(async (w) => {
	const node = await w.branch();
	const { id } = await node.api('/records/member', { set: { name: '王小青', mobile: '13000000001' } });
	const page = await w.browse();
	await w.open(node, `#/edit/${id}`);
	const other = await w.tab();
	await w.open(node, `#/edit/${id}`, other);
	await page.getByLabel('移动电话').waitFor();
	await other.getByLabel('移动电话').waitFor();
	await typeInto(page, '13000000002');
	await typeInto(other, '13000000003');
	await other.getByText('有不同的值，去定下来').click();
	await other.getByRole('heading', { name: '待定的值' }).waitFor();
	await other.getByText('130 0000 0002').waitFor();
	await other.getByText('130 0000 0003').waitFor();
	await w.clean('the conflicts', other);
	await until(async () => (await page.locator('nav .count').count()) === 1, 'the other tab hears of it');

	await other.getByRole('button', { name: '用这个：130 0000 0002' }).click();
	await other.getByText('没有待定的值').waitFor();
	await other.locator('.toast').getByRole('button', { name: '撤销' }).click();
	await until(async () => (await node.api(`/record/${id}`)).fields.mobile.value === '13000000003', 'what was shown before stands again');

	const { seen } = await node.api(`/record/${id}`);
	await node.api(`/record/${id}`, { seen, set: { mobile: '13000000005' } });
	await node.api(`/record/${id}`, { seen, set: { mobile: '13000000006' } });
	await other.getByRole('button', { name: '用这个：130 0000 0006' }).waitFor();
	await other.getByLabel('都不对，另写一个').fill('13000000004');
	await other.getByRole('button', { name: '用写的' }).click();
	await other.getByText('没有待定的值').waitFor();
	const record = await node.api(`/record/${id}`);
	check(record.fields.mobile.value === '13000000004' && record.conflicts === 0, 'what was typed holds');
	await suggested(node, w, other);
});
