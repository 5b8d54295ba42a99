// SPDX-License-Identifier: MulanPSL-2.0
// Markup in names and remarks is text, wherever it is shown.
import { check, test } from './kit.mjs';

const EVIL = '<img src=x onerror=alert(1)><b>粗</b>&lt;';

test(async (w) => {
	const node = await w.branch('zhibu', `青石${EVIL}`);
	const { id } = await node.api('/records/org', { set: { name: EVIL } });
	const member = await node.api('/records/member', { set: { name: EVIL, union_id: id, native_place: EVIL } });
	const page = await w.browse();
	page.on('dialog', () => w.faults.push('markup was run'));
	for (const place of ['home', 'records', 'list/org', 'list/member', `record/${id}`, `record/${member.id}`, `edit/${member.id}`, 'bin', 'sync']) {
		await w.open(node, `#/${place}`);
		check(await page.locator('#page img, #page b').count() === 0, `markup became elements at ${place}`);
	}
	await w.open(node, '#/list/member');
	await page.getByText(EVIL).first().waitFor();
	await node.api(`/record/${member.id}/void`, { reason: EVIL });
	await w.open(node, '#/bin');
	await page.getByText(EVIL).first().waitFor();
	await w.open(node, '#/new/member');
	await page.getByLabel('工作单位(组织)').fill('img');
	await page.getByRole('option', { name: EVIL }).click();
	await page.locator('.chip', { hasText: EVIL }).first().waitFor();
	await w.clean('a form with a picked reference');
});
