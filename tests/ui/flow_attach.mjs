// SPDX-License-Identifier: MulanPSL-2.0
// Pictures on a record: attached, shrunk by the program, drawn without giving the browser any address, saved again;
// a file that is not what it says is refused. A check begun from a template, with its points.
import fs from 'node:fs';
import path from 'node:path';
import { check, test, until } from './kit.mjs';

const EVIL = '<b>粗</b>'.replace('/', '');

async function photo(page, file) {
	const base64 = await page.evaluate(() => {
		const canvas = document.createElement('canvas');
		canvas.width = 2600;
		canvas.height = 1900;
		const c = canvas.getContext('2d');
		c.fillStyle = '#336699';
		c.fillRect(0, 0, 2600, 1900);
		for (let i = 0; i < 4000; i++) {
			c.fillStyle = `hsl(${i % 360} 80% 50%)`;
			c.fillRect((i * 37) % 2600, (i * 91) % 1900, 40, 30);
		}
		return canvas.toDataURL('image/jpeg', 0.95).split(',')[1];
	});
	fs.writeFileSync(file, Buffer.from(base64, 'base64'));
}

test(async (w) => {
	const node = await w.branch();
	const { id: union } = await node.api('/records/org', { set: { name: '青石镇工会', org_kind: 'union' } });
	const { id } = await node.api('/records/activity', { set: { title: '读书会', start_at: '2026-11-20' } });
	const page = await w.browse();
	await w.open(node, `#/record/${id}`);
	const file = path.join(w.folder, `照片${EVIL}.jpg`);
	await photo(page, file);
	await page.getByLabel('把照片或文件拖到这里').setInputFiles(file);
	await page.getByText(/照片缩到|已附上/).first().waitFor();
	await page.getByText(`照片${EVIL}.jpg`).first().waitFor();
	const canvas = page.locator('.attachment canvas');
	await until(() => canvas.evaluate((c) => c.width > 200 && c.getContext('2d').getImageData(5, 5, 1, 1).data[3] === 255), 'the picture is drawn');
	check(await page.locator('.attachment img, .attachment b').count() === 0, 'a picture by address, or markup');
	await w.clean('a record with a picture');
	const saved = page.waitForEvent('download');
	await page.getByRole('button', { name: `存下 照片${EVIL}.jpg` }).click();
	const bytes = fs.readFileSync(await (await saved).path());
	check(bytes.length > 1000 && bytes.length < fs.statSync(file).size, `it is not smaller: ${bytes.length}`);
	const wrong = path.join(w.folder, 'wrong.jpg');
	fs.writeFileSync(wrong, 'this is no picture');
	await page.getByLabel('把照片或文件拖到这里').setInputFiles(wrong);
	await page.locator('.note.bad').waitFor();
	await w.clean('a file that is refused');

	await w.open(node, '#/begin');
	await w.clean('beginning a check');
	await page.getByLabel('用哪张检查表').selectOption({ index: 1 });
	await page.getByLabel('检查哪个单位').fill('青石');
	await page.getByRole('option', { name: '青石镇工会' }).click();
	await page.getByRole('button', { name: '开始', exact: true }).click();
	const items = page.getByRole('region', { name: /检查项/ });
	await items.getByRole('button', { name: '合格' }).first().click();
	await items.getByText(/已填/).waitFor();
	await items.getByRole('link', { name: /^A-01 工会委员会依法选举产生/ }).waitFor();
	check(await items.getByText('（没有名称）').count() === 0, 'a point without its words');
	check(await page.getByText('没看懂').count() === 0, 'the template is not understood');
	await w.clean('a check begun from a template');
	check(union.length > 0, 'a union');
});
