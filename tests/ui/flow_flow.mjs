// SPDX-License-Identifier: MulanPSL-2.0
// An activity step by step: what can follow is offered, what a step needs is asked for and said when it is missing;
// a step can be taken back.
import { check, test, until } from './kit.mjs';

test(async (w) => {
	const node = await w.branch();
	const { id: union } = await node.api('/records/org', { set: { name: '青石镇工会' } });
	const { id } = await node.api('/records/activity', { set: { title: '读书会', start_at: '2026-11-20', host_org_id: union } });
	const page = await w.browse();
	await w.open(node, `#/record/${id}`);
	const flow = page.getByRole('region', { name: /办到哪一步/ });
	await flow.waitFor();
	await w.clean('where a record stands');
	await flow.getByRole('button', { name: '完成', exact: true }).click();
	await w.clean('a step');
	const dialog = page.locator('dialog');
	await dialog.getByRole('button', { name: '办理' }).click();
	await dialog.locator('.note.bad').waitFor();
	await w.clean('a step that lacks something');
	await dialog.locator('#f-attend_count').fill('30');
	await dialog.locator('#f-benefit_count').fill('30');
	await dialog.locator('#f-place').fill('文化站');
	await dialog.getByRole('button', { name: '办理' }).click();
	await page.getByText('已办：完成').waitFor();
	await page.getByRole('heading', { name: /办到哪一步.*已完成|办到哪一步.*完成/ }).waitFor();
	check((await node.api(`/record/${id}`)).fields.attend_count.value === '30', 'what the step brought is in the record');
	await page.locator('.toast').getByRole('button', { name: '撤销' }).click();
	await until(async () => (await node.api(`/record/${id}/flow`)).state === 'planned', 'the step is taken back');
});
