// SPDX-License-Identifier: MulanPSL-2.0
// The first minute on an empty folder: alone, then joined by a code that was first typed wrong; and a light that
// is green only for what the county has acknowledged.
import { check, same, test, until } from './kit.mjs';

const light = (page) => page.locator('.light a').innerText();

test(async (w) => {
	const hub = w.node('xian');
	hub.jc('hub', 'init', '--name', '清水县总工会', '--listen', '127.0.0.1:0');
	await hub.serve();
	const code = hub.invite();

	const node = w.node('zhibu');
	await node.serve();
	const page = await w.browse();
	await w.open(node);
	same(await page.innerText('h1'), '开始使用', 'heading');
	await w.clean('first run');
	await page.getByRole('button', { name: '先在这台电脑上用起来' }).click();
	await page.getByLabel('基层工会的名称').fill('青石镇工会');
	await page.getByLabel('谁在用这台电脑').fill('王小青');
	await w.clean('a new branch');
	await page.getByRole('button', { name: '开始使用' }).click();
	await page.getByRole('heading', { name: '今天要做什么' }).waitFor();
	check((await light(page)).includes('还没有加入县里'), 'not joined');

	await page.getByRole('link', { name: '还没有加入县里。加入后' }).click();
	await page.getByLabel('县里的网址').fill(`https://127.0.0.1:${hub.hub}`);
	const wrong = code.replace(/.$/, (c) => (c === '7' ? '8' : '7'));
	await page.getByLabel('加入码').fill(wrong);
	await page.getByText('加入码有一位不对').waitFor();
	check(await page.getByRole('button', { name: '加入', exact: true }).isDisabled(), 'a wrong code can be sent');
	await w.clean('a wrong code');
	await page.getByLabel('加入码').fill(code.toUpperCase().replaceAll('-', ' '));
	await page.getByText('加入码没有写错').waitFor();
	await page.getByRole('button', { name: '加入', exact: true }).click();
	await until(async () => (await light(page)).includes('县里已全部收到'), 'green after joining');
	await w.clean('joined');

	// what may not leave the branch is not waited for
	const { id: activity } = await node.api('/records/activity', { set: { title: '读书会', start_at: '2026-03-05' } });
	await node.api('/records/participant', { set: { activity_id: activity, name: '李大山' } });
	await page.getByRole('button', { name: '一键上报' }).first().click();
	await until(async () => (await light(page)).includes('县里已全部收到'), 'green although the list of an activity stays here');

	// what is written is not green before its receipt
	await hub.stop();
	await node.api('/records/member', { set: { name: '李大山' } });
	await until(async () => /\d+ 处修改还没有送到县里/.test(await light(page)), 'waiting');
	await page.getByRole('button', { name: '一键上报' }).first().click();
	await page.getByText('上次为什么没成').waitFor();
	check(!(await light(page)).includes('全部收到'), 'green without a receipt');
	await w.clean('no line');
});
