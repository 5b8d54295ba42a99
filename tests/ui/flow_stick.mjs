// SPDX-License-Identifier: MulanPSL-2.0
// Without a line: onto a stick, read at the county's own page, the receipt back; only then the light is green.
import fs from 'node:fs';
import path from 'node:path';
import { check, test, until } from './kit.mjs';

test(async (w) => {
	const hub = w.node('xian');
	hub.jc('hub', 'init', '--name', '清水县总工会', '--listen', '127.0.0.1:0');
	await hub.serve();
	const code = hub.invite();
	const node = w.node('zhibu');
	node.jc('join', `https://127.0.0.1:${hub.hub}`, code);
	await node.serve();
	await hub.stop();
	await node.api('/records/member', { set: { name: '李大山' } });
	const stick = path.join(w.folder, 'stick');
	fs.mkdirSync(stick);

	const page = await w.browse();
	await w.open(node, '#/stick');
	check(await page.locator('.pictures img').count() === 6, 'six pictures');
	await until(() => page.evaluate(() => [...document.images].every((i) => i.complete && i.naturalWidth > 0)), 'the pictures are there');
	await page.getByLabel('U盘在哪里').fill(path.join(w.folder, 'nowhere'));
	await page.getByRole('button', { name: '拷到U盘' }).click();
	await page.locator('.note.bad').waitFor();
	await page.getByLabel('U盘在哪里').fill(stick);
	await page.getByRole('button', { name: '拷到U盘' }).click();
	await page.getByRole('heading', { name: '交接单' }).waitFor();
	await page.getByText('已写好').first().waitFor();
	check(!(await page.locator('.light a').innerText()).includes('全部收到'), 'green before the receipt');
	await w.clean('a handover slip');

	await hub.serve();
	const county = await w.tab();
	await w.open(hub, '#/stick', county);
	await county.getByLabel('U盘在哪里').fill(stick);
	await county.getByRole('button', { name: '读U盘' }).click();
	await county.getByText('已读入').first().waitFor();
	await hub.stop();

	await page.getByRole('button', { name: '读U盘' }).click();
	await page.getByText('已读入').first().waitFor();
	await until(async () => (await page.locator('.light a').innerText()).includes('县里已全部收到'), 'green after the receipt');
});
