// SPDX-License-Identifier: MulanPSL-2.0
// Papers: looked at before they are printed, numbers masked unless asked for, and then logged.
import { check, test, until } from './kit.mjs';

const EVIL = '<b>粗</b>';

test(async (w) => {
	const node = await w.branch();
	await node.api('/records/member', { set: { name: `王小青${EVIL}`, mobile: '13000000001' } });
	const { id } = await node.api('/records/activity', { set: { title: `读书会${EVIL}`, start_at: '2026-11-20' } });
	const page = await w.browse();
	await w.open(node, '#/print');
	await w.clean('the forms');
	await page.getByRole('link', { name: '会员花名册' }).click();
	const paper = page.frameLocator('iframe.paper');
	await paper.getByText(`王小青${EVIL}`).first().waitFor();
	check(await paper.getByText('13000000001').count() === 0, 'a number in full');
	await until(() => page.evaluate(() => getComputedStyle(document.querySelector('iframe').contentDocument.querySelector('h1')).textAlign === 'center'),
		'the style sheet of the paper is used');
	await w.clean('a preview');
	await page.getByLabel('显示全号').check();
	await until(async () => await paper.getByText(/130 ?0000 ?0001/).count() > 0, 'the number in full');
	check((await node.api('/audit')).entries.length === 1, 'it is logged');

	// the print dialog is asked for the paper alone
	await page.evaluate(() => { document.querySelector('iframe').contentWindow.print = () => { window.printed = true; }; });
	await page.getByRole('button', { name: '打印', exact: true }).click();
	check(await page.evaluate(() => window.printed), 'the paper is printed');

	await w.open(node, `#/record/${id}`);
	await page.getByRole('link', { name: '签到表' }).click();
	await paper.getByText(`读书会${EVIL}`).first().waitFor();
	check(await paper.locator('h1 b').count() === 0, 'markup became elements');
});
