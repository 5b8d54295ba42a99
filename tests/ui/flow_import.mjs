// SPDX-License-Identifier: MulanPSL-2.0
// A roster by a file and by a pasted block: what the columns mean, what would happen and why, the import, one undo;
// rows that wait for a person; a form from above that comes back filled in.
import fs from 'node:fs';
import path from 'node:path';
import { check, same, test, until } from './kit.mjs';

const EVIL = '<b>粗</b>';
const ROSTER = `姓名,性别,移动电话,手机号(新),入会日期,身份证号\n王小青,女,13000000001,,2019-03-05,\n李大山${EVIL},男,13000000002,,2020/7/1,\n王小青,女,13000000001,,2019-03-05,\n,男,13000000003,,2020-01-01,\n`;

test(async (w) => {
	const node = await w.branch();
	const file = path.join(w.folder, `花名册${EVIL.replaceAll('/', '')}.csv`);
	fs.writeFileSync(file, ROSTER);
	const page = await w.browse();
	await w.open(node, '#/import');
	await w.clean('import');
	await page.getByLabel('这是什么表').selectOption({ label: '工会会员' });
	await page.getByLabel('把名册拖到这里').setInputFiles(file);
	await page.getByRole('heading', { name: /预览：还没有写进去/ }).waitFor();
	same((await node.api('/records/member')).total, 0, 'nothing is written by a preview');
	await page.getByText(/^新增：/).click();
	await page.getByText(`李大山${EVIL}`).first().waitFor();
	check(await page.locator('main b').count() === 0, 'markup became elements');
	await w.clean('a preview');

	// a column that should not be read after all
	if (!await page.getByLabel('移动电话', { exact: true }).isVisible())
		await page.getByText('哪一列导入到哪一项').click();
	await page.getByLabel('移动电话', { exact: true }).selectOption({ label: '不读这一列' });
	await page.getByRole('button', { name: '按改过的列再看一遍' }).click();
	await page.getByRole('button', { name: /^导入 \d+ 条/ }).click();
	await page.getByRole('heading', { name: /已导入/ }).waitFor();
	const { records } = await node.api('/records/member');
	check(records.length >= 2 && records.every((r) => r.fields.mobile === undefined), `the column was read: ${JSON.stringify(records)}`);
	await page.locator('.toast').getByRole('button', { name: '撤销' }).click();
	await until(async () => (await node.api('/records/member')).total === 0, 'one undo takes all of it back');
	await w.clean('imported');

	// pasted from a spreadsheet
	await page.getByRole('button', { name: '再导入一个' }).click();
	await page.locator('#import-paste').waitFor();
	await page.evaluate(() => {
		const data = new DataTransfer();
		data.setData('text/plain', '姓名\t性别\t现住址\n赵玉梅\t女\t青石镇,西街\n孙海燕\t女\t东街\n');
		document.getElementById('import-paste').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
	});
	await page.getByRole('button', { name: '导入 2 条' }).click();
	await page.getByRole('link', { name: '看看导入的' }).click();
	await page.getByRole('grid').getByText('赵玉梅').waitFor();

	// a file that is none
	await w.open(node, '#/import');
	const broken = path.join(w.folder, 'x.xlsx');
	fs.writeFileSync(broken, 'not a spreadsheet at all \u0000\u0001');
	await page.getByLabel('把名册拖到这里').setInputFiles(broken);
	await page.locator('.note.bad').first().waitFor();
	await w.clean('a file that is none');
});
