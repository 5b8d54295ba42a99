// SPDX-License-Identifier: MulanPSL-2.0
// A roster in the order of a dictionary, from both ends; and one search that finds by characters, pinyin, initials and
// last digits alike.
import { check, same, test, until } from './kit.mjs';

const NAMES = ['王小青', '李大山', '李安', '连生', '曾国华', '阿依古丽·买买提', '赵玉梅', '张伟', '章为'];
const ORDER = ['阿依古丽·买买提', '李安', '李大山', '连生', '王小青', '曾国华', '张伟', '章为', '赵玉梅'];

test(async (w) => {
	const node = await w.branch();
	for (let i = 0; i < NAMES.length; i++)
		await node.api('/records/member', { set: { name: NAMES[i], mobile: `1300000${1000 + i}` } });
	await node.api('/records/member', { set: { mobile: '13000000999' } });
	const page = await w.browse();
	await w.open(node, '#/list/member');
	const rows = () => page.locator('.tbody .row a').allInnerTexts();
	await page.getByRole('columnheader', { name: '姓名' }).getByRole('button').click();
	await until(async () => (await rows())[0] === ORDER[0], `in order: ${await rows()}`);
	same((await rows()).slice(0, 9), ORDER, 'in the order of pinyin');
	await page.getByRole('columnheader', { name: '姓名' }).getByRole('button').click();
	await until(async () => (await rows())[0] === ORDER[8], 'from the end');
	same((await rows()).slice(0, 9), [...ORDER].reverse(), 'from the end, those without a name last');
	for (const [typed, found] of [['李', ['李大山', '李安']], ['li', ['李大山', '李安', '连生', '阿依古丽·买买提']], ['zw', ['张伟', '章为']], ['1003', ['连生']]]) {
		await page.getByLabel('查找').fill(typed);
		await until(async () => (await rows()).sort().join() === [...found].sort().join(), `${typed} finds ${found}, not ${await rows()}`);
	}
	await w.clean('sorted and searched');
	check((await node.api('/records/member?order=-pinyin&search=zw')).total === 2, 'both together');
});
