// SPDX-License-Identifier: MulanPSL-2.0
// 看板: records in columns by the state that the program derived; a way to it from the list, and back.
import { check, same, test, until } from './kit.mjs';

const MANY = 3000;

test(async (w) => {
	const node = await w.branch();
	const { id } = await node.api('/records/check', { set: { checked_on: '2025-11-20' } });
	for (const [finding, result] of [['灭火器过期', 'found'], ['通道', 'pass'], ['电线', 'pass']])
		await node.api('/records/check_item', { set: { check_id: id, finding, result, due_on: '2025-11-21' } });
	const page = await w.browse();
	await w.open(node, '#/list/check_item');
	await page.getByRole('link', { name: '看板', exact: true }).click();
	await page.getByRole('heading', { name: '看板：检查项' }).waitFor();
	const passed = page.getByRole('region', { name: '合格', exact: true });
	await until(async () => await passed.getByRole('listitem').count() === 2, 'two passed');
	await page.getByRole('region', { name: '发现问题' }).getByRole('link', { name: /灭火器过期/ }).waitFor();
	check(await page.getByRole('region', { name: '发现问题' }).getByText('，已过').count() === 1, 'what is late is not marked');
	check(await page.getByText('，已过').count() === 1, 'what is done is marked as late');
	same(await page.locator('.column h2').first().innerText(), '发现问题 1 超期 1', 'what is late stands first');
	await w.clean('a board');

	// more than any list of tasks holds: each is counted and marked
	const sets = Array.from({ length: MANY }, (_, i) => ({ check_id: id, finding: `插座 ${i}`, result: 'found', due_on: i % 2 ? '2025-11-20' : '2030-01-01' }));
	for (let i = 0; i < MANY; i += 500)
		await node.api('/records/check_item/many', { sets: sets.slice(i, i + 500) });
	await w.open(node, '#/board/check_item');
	same(await page.locator('.column h2').first().innerText(), `发现问题 ${MANY + 1} 超期 ${MANY / 2 + 1}`, 'all that is late');
	same(await page.locator('.column').first().locator('li.late').count(), 30, 'what is late stands first in its column');
	await w.open(node, '#/board');
	await w.clean('the boards');
	await page.getByRole('link', { name: '检查项' }).click();
	await page.getByRole('link', { name: '看成列表' }).click();
	await page.getByText(`共 ${MANY + 3} 条`).waitFor();

	// what this PC is called stands in the history of what it writes
	await w.open(node, '#/sync');
	await page.getByLabel('谁在用这台电脑').fill('王小青');
	await page.getByRole('button', { name: '改成这样' }).click();
	await page.getByText('已记下').waitFor();
});
