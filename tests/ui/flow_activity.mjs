// SPDX-License-Identifier: MulanPSL-2.0
// An activity with people from the roster on its list, who sign in one by one; a check whose points are answered
// item by item.
import { check, same, test, until } from './kit.mjs';

test(async (w) => {
	const node = await w.branch();
	for (const name of ['王小青', '李大山', '赵玉梅'])
		await node.api('/records/member', { set: { name } });
	const { id } = await node.api('/records/activity', { set: { title: '读书会', start_at: '2026-11-20' } });
	const page = await w.browse();
	await w.open(node, `#/record/${id}`);
	await page.getByRole('button', { name: '从工会会员里选……' }).click();
	await page.getByLabel('查找').fill('小青');
	await page.getByRole('checkbox', { name: '王小青' }).check();
	await page.getByLabel('查找').fill('');
	await page.getByRole('checkbox', { name: '李大山' }).check();
	await w.clean('choosing from the roster');
	await page.getByRole('button', { name: '加入选中的 2 个' }).click();
	await page.getByText('已加入 2 个').waitFor();
	const list = page.getByRole('region', { name: /参加人员/ });
	await list.getByRole('link', { name: '王小青' }).waitFor();
	await list.getByRole('link', { name: '李大山' }).waitFor();
	await list.getByRole('group', { name: '王小青：已签到' }).getByRole('button', { name: '是' }).click();
	await until(async () => await list.getByRole('group', { name: '王小青：已签到' }).getByRole('button', { name: '是' }).getAttribute('aria-pressed') === 'true', 'signed in');
	await w.clean('an activity with its people');
	await page.getByRole('button', { name: '从工会会员里选……' }).click();
	check(await page.getByRole('checkbox', { name: '王小青' }).isDisabled(), 'somebody can be chosen twice');
	await page.getByRole('button', { name: '关闭' }).click();

	// people who join together
	await page.getByRole('button', { name: '集中入会……' }).click();
	await page.getByLabel('名单，一行一个人').fill('周志强 13000000006\n吴秀兰 13000000007');
	await w.clean('joining together');
	await page.getByRole('button', { name: '登记这 2 行' }).click();
	await page.getByText('入会申请').first().waitFor();
	await list.getByRole('link', { name: '吴秀兰' }).waitFor();
	same((await node.api('/records/member')).total, 5, 'two are new on the register');

	const one = await node.api('/records/check', { set: { checked_on: '2026-11-20' } });
	check(one.id, `a check: ${JSON.stringify(one)}`);
	for (const problem of ['灭火器过期', '通道堵塞'])
		await node.api('/records/check_item', { set: { check_id: one.id, finding: problem } });
	await w.open(node, `#/record/${one.id}`);
	const items = page.getByRole('region', { name: /检查项/ });
	await items.getByText('已填 0 / 2').waitFor();
	await items.getByRole('button', { name: '发现问题' }).first().click();
	await items.getByText('已填 1 / 2').waitFor();
	await w.clean('a check with its points');
	same((await node.api('/records/check_item')).total, 2, 'points');
});
