// SPDX-License-Identifier: MulanPSL-2.0
// A record's life: written in a form, found, changed, looked back on, voided, brought back, undone.
import { check, same, test, until } from './kit.mjs';

test(async (w) => {
	const node = await w.branch();
	const page = await w.browse();
	await w.open(node, '#/list/member');
	await page.getByText('还没有记录').waitFor();
	await page.getByRole('button', { name: '新增' }).click();
	await page.getByLabel('姓名').fill('王小青');
	await page.getByLabel('移动电话').fill('1300000');
	await page.locator('#f-mobile-note').getByText('没有区号').waitFor();
	await page.getByLabel('出生日期', { exact: false }).first().fill('1990年3月5日');
	await page.locator('#f-birth_date-read').getByText('1990年3月5日').waitFor();
	await w.clean('a form with a warning');
	await page.getByRole('button', { name: '日历：入会日期' }).click();
	await w.clean('the calendar');
	await page.locator('dialog table button').first().click();
	await until(async () => /^\d{4}-\d\d-01$/.test(await page.inputValue('#f-joined_on')), 'the calendar gives a date');
	await page.fill('#f-joined_on', '20260305');
	await page.keyboard.press('Tab');
	for (const key of ['Enter', 'ArrowDown', 'ArrowLeft', 'Enter'])
		await page.keyboard.press(key);
	await until(async () => await page.inputValue('#f-joined_on') === '2026-03-11', 'by keys from the day that was typed');
	await page.getByRole('button', { name: '保存', exact: true }).click();
	await page.getByText('还没有填“所属工会”').waitFor();
	same(await page.evaluate(() => document.activeElement.id), 'f-union_id', 'the field that lacks has the focus');
	await w.clean('a form that lacks something');
	await page.getByRole('button', { name: '保存', exact: true }).click();
	await page.getByRole('heading', { name: '王小青' }).waitFor();
	await page.getByText('只在本机').first().waitFor();
	await w.clean('a record');

	// changed, with what stood there before
	await page.getByRole('link', { name: '修改' }).click();
	await page.getByLabel('移动电话').fill('13000000001');
	await page.getByRole('button', { name: '保存', exact: true }).click();
	await page.locator('.history del', { hasText: '1300000' }).waitFor();
	await page.locator('.history ins', { hasText: '130 0000 0001' }).waitFor();

	// a form that was left comes back, also in a new window
	await page.getByRole('link', { name: '修改' }).click();
	await page.getByLabel('移动电话').fill('13000000002');
	await until(async () => (await node.api('/drafts')).drafts.length === 1, 'the draft is kept');
	await page.getByRole('link', { name: '今天', exact: true }).click();
	await page.getByRole('heading', { name: '没写完的表' }).waitFor();
	await page.locator('section', { hasText: '没写完的表' }).getByRole('link').click();
	await page.getByText('上次没写完的内容已经放回来了').waitFor();
	same(await page.inputValue('#f-mobile'), '13000000002', 'the draft');
	await page.getByRole('button', { name: '不要了，重新写' }).click();
	same(await page.inputValue('#f-mobile'), '13000000001', 'what was there');
	await until(async () => (await node.api('/drafts')).drafts.length === 0, 'the draft is dropped');

	// void, bin, back, undo
	await page.getByRole('link', { name: '先不保存，回去' }).click();
	await page.getByRole('button', { name: '作废' }).click();
	await page.getByLabel('为什么作废').fill('写重了');
	await w.clean('the question before voiding');
	await page.locator('dialog').getByRole('button', { name: '作废' }).click();
	await page.getByText('还没有记录').waitFor();
	await page.getByRole('link', { name: '回收站' }).click();
	await page.getByRole('button', { name: '恢复 王小青' }).click();
	await page.getByText('回收站是空的').waitFor();
	await page.locator('.toast').getByRole('button', { name: '撤销' }).click();
	await page.getByRole('button', { name: '恢复 王小青' }).waitFor();
	await w.clean('the bin');
});
