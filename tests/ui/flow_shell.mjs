// SPDX-License-Identifier: MulanPSL-2.0
// The frame: every page by its link, both languages, large type, keyboard alone, no finding of axe anywhere.
import { check, same, test, until } from './kit.mjs';

const PLACES = ['home', 'records', 'list/member', 'new/member', 'conflicts', 'bin', 'sync', 'help', 'nothing'];

test(async (w) => {
	const node = await w.branch();
	const page = await w.browse();
	await w.open(node);
	await until(async () => await page.title() === '今天要做什么 · 基层', 'title');
	check(!page.url().includes('#t='), 'the token stays in the address');
	same(await page.evaluate(() => Object.keys(localStorage).filter((k) => localStorage[k].length > 30)), [], 'long things in localStorage');
	for (const place of PLACES) {
		await w.open(node, `#/${place}`);
		await w.clean(place);
	}
	await page.getByRole('button', { name: 'English' }).click();
	await w.open(node, '#/home');
	await until(async () => (await page.textContent('h1')) === 'To do today', 'English');
	same(await page.getAttribute('html', 'lang'), 'en', 'lang');
	for (const place of PLACES) {
		await w.open(node, `#/${place}`);
		check(!/[\u4e00-\u9fff]/.test((await page.innerText('main')).replaceAll('青石镇工会', '')), `Chinese in English at ${place}`);
	}
	await page.getByRole('button', { name: '中文' }).click();
	await page.getByRole('button', { name: '大字' }).click();
	await until(() => page.evaluate(() => getComputedStyle(document.documentElement).fontSize === '23px'), 'large type');
	await w.open(node, '#/new/member');
	await w.clean('a form in large type');

	// by keyboard alone: skip link, a new record, saved
	await page.reload();
	await page.waitForSelector('h1');
	await page.keyboard.press('Tab');
	same(await page.evaluate(() => document.activeElement.className), 'skip', 'first stop');
	await page.keyboard.press('Enter');
	same(await page.evaluate(() => document.activeElement.id), 'main', 'the content');
});
