// SPDX-License-Identifier: MulanPSL-2.0
// Pages of now and then: duplicates decided by a person; finding by pinyin, and
// the hint that somebody is there already while a name is typed; settings; a backup.
import path from 'node:path';
import { same, test } from './kit.mjs';

test(async (w) => {
	const node = await w.branch();
	await node.api('/records/member', { set: { name: '王小青', mobile: '13000000001', birth_date: '1990-03-05' } });
	await node.api('/records/member', { set: { name: '王小青', mobile: '13000000001', birth_date: '1990-03-05' } });
	const page = await w.browse();
	await w.open(node, '#/more');
	await w.clean('more');

	await w.open(node, '#/same');
	await page.getByRole('button', { name: '不是同一个' }).first().waitFor();
	await w.clean('possible duplicates');
	await page.getByRole('button', { name: '是同一个，以这条为准：王小青' }).first().click();
	await page.getByText('已并成一条').waitFor();
	await page.getByText('没有看起来重复的').waitFor();

	await w.open(node, '#/list/member');
	await page.getByLabel('查找').fill('wxq');
	await page.getByText('共 1 条').waitFor();
	await page.getByRole('grid').getByRole('link', { name: '王小青' }).waitFor();
	await w.clean('found by initials');
	await w.open(node, '#/new/member');
	await page.getByLabel('姓名').fill('王小青');
	await page.getByText('可能已经有了').waitFor();
	await w.clean('somebody is there already');

	await w.open(node, '#/settings');
	await w.clean('settings');
	await page.locator('.fields select').first().selectOption({ index: 1 });
	await page.getByRole('button', { name: '保存设置' }).click();
	await page.getByText('设置已改').waitFor();

	// a backup from the page is what the command restores
	const saved = page.waitForEvent('download');
	await page.getByRole('button', { name: '存一份备份' }).click();
	const file = path.join(w.folder, 'page.jc');
	await (await saved).saveAs(file);
	await page.getByText('备份文件已存好').waitFor();
	const again = w.node('again');
	again.jc('restore', file);
	same(JSON.parse(again.jc('list', 'member', '--json')).length, JSON.parse(node.jc('list', 'member', '--json')).length, 'everybody is in the backup');
});
