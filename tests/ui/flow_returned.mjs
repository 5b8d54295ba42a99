// SPDX-License-Identifier: MulanPSL-2.0
// What comes back from the county: returned writes in the tray (saved, mended, sent again, let go), and what the county
// changed, with before and after and an objection.
import { check, same, test, until } from './kit.mjs';

async function synced(node, words) {
	await node.api('/sync', {});
	await until(async () => (await node.api('/status')).waiting === 0, words);
}

test(async (w) => {
	const hub = w.node('xian');
	hub.jc('hub', 'init', '--name', '清水县总工会', '--listen', '127.0.0.1:0');
	await hub.serve();
	const node = w.node('zhibu');
	node.join(hub);
	await node.serve();
	const { id } = await node.api('/records/member', { set: { name: '王小青', mobile: '13000000001' } });
	const { id: org } = await node.api('/records/org', { set: { name: '青石镇工会', org_kind: 'union', region_code: '399999101' } });
	await synced(node, 'sent');

	hub.jc('return', id, 'mobile', '--reason', '号码打不通');
	hub.jc('return', id, 'name', '--reason', '与身份证不符');
	hub.jc('set', org, 'region_code=399999102');
	await node.api('/sync', {});
	await until(async () => (await node.api('/tray')).items.length === 2, 'the returns have arrived');

	const page = await w.browse();
	await w.open(node);
	await page.getByText('县里改了 1 处').click();
	await page.getByRole('button', { name: /我有异议/ }).click();
	await w.clean('an objection');
	await page.getByLabel('为什么不对').fill('牌子上写的是青石镇工会');
	await page.getByRole('button', { name: '告诉县里' }).click();
	await page.getByText('已提异议').waitFor();
	await w.clean('what the county changed');

	await page.getByRole('link', { name: '县里退回了一些内容' }).click();
	await page.getByRole('heading', { name: '县里退回的' }).waitFor();
	await page.getByText('号码打不通').waitFor();
	await w.clean('the tray');
	const saved = page.waitForEvent('download');
	await page.getByRole('button', { name: '存成表格文件' }).click();
	check((await saved).suggestedFilename() === '退回的内容.csv', 'the tray is saved as a file');
	const mobile = page.locator('section', { hasText: '号码打不通' });
	check(await mobile.getByLabel('移动电话').inputValue() === '13000000001', 'what was typed stands there');
	await mobile.getByLabel('移动电话').fill('12');
	await mobile.getByRole('button', { name: '改好了，再送' }).waitFor();
	await mobile.getByLabel('移动电话').fill('13000000002');
	await mobile.getByRole('button', { name: '改好了，再送' }).click();
	await until(async () => (await node.api('/tray')).items.length === 1, 'one is dealt with');
	same((await node.api(`/record/${id}`)).fields.mobile.value, '13000000002', 'what was mended holds');
	await mobile.waitFor({ state: 'detached' });
	await page.getByRole('button', { name: '听县里的，不再送' }).click();
	await page.getByText('县里没有退回什么').waitFor();
	await synced(node, 'sent again');
	await until(async () => (await hub.api(`/record/${id}`)).fields.mobile.value === '13000000002', 'the county has what was mended');
});
