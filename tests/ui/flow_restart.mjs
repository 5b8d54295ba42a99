// SPDX-License-Identifier: MulanPSL-2.0
// The program under the page goes away and comes back: what was typed stays, the page asks for the new address or
// hears it from another tab, and goes on. A new tab needs no address.
import { check, same, test, until } from './kit.mjs';

test(async (w) => {
	const node = await w.branch();
	const page = await w.browse();
	await w.open(node, '#/new/member');
	await page.getByLabel('姓名').fill('王小青');
	await node.stop('SIGKILL');
	await page.getByRole('button', { name: '保存', exact: true }).click();
	await page.getByRole('button', { name: '保存', exact: true }).click();
	await page.getByText('程序没有回答').first().waitFor();
	await until(async () => (await page.locator('.light a').innerText()).includes('不清楚'), 'no state is claimed that nobody knows');
	same(await page.inputValue('#f-name'), '王小青', 'what was typed');
	await w.clean('the program is away');

	const before = new URL(node.url).port;
	await node.serve();
	same(new URL(node.url).port, before, 'the port after a restart');
	await page.getByLabel('程序印出的地址').waitFor();
	await w.clean('a new token is needed');
	await page.getByLabel('程序印出的地址').fill('http://127.0.0.1:1/');
	await page.getByRole('button', { name: '接上' }).click();
	await page.getByText('这不是现在这次启动的地址').waitFor();
	await page.getByLabel('程序印出的地址').fill(node.url);
	await page.getByRole('button', { name: '接上' }).click();
	await page.getByLabel('程序印出的地址').waitFor({ state: 'detached' });
	same(await page.inputValue('#f-name'), '王小青', 'what was typed, after the restart');
	await page.getByRole('button', { name: '保存', exact: true }).click();
	await page.getByRole('heading', { name: '王小青' }).waitFor();

	// a tab without the address asks the others; a tab with a new address tells them
	const second = await w.tab();
	await second.goto(new URL('/', node.url).href);
	await second.getByRole('heading', { name: '今天要做什么' }).waitFor();
	await node.stop();
	await node.serve();
	const third = await w.tab();
	await w.open(node, '', third);
	await second.getByRole('link', { name: '记录', exact: true }).click();
	await second.getByRole('heading', { name: '记录' }).waitFor();
	await until(async () => await page.getByLabel('程序印出的地址').count() === 0, 'the first tab hears of it');
});
