// SPDX-License-Identifier: MulanPSL-2.0
// English is complete: on data without one Chinese character, no view shows any, nor Chinese punctuation. The guide of
// one page is one page, in both languages.
import { check, same, test } from './kit.mjs';

const CHINESE = /[^\n]{0,30}[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e][^\n]{0,30}/;
const PLACES = ['home', 'tasks', 'calendar', 'records', 'import', 'waiting', 'conflicts', 'bin', 'board', 'board/build_case', 'list/member', 'list/org', 'new/member', 'new/activity',
	'new/project', 'begin', 'same', 'settings', 'tray', 'reports', 'print', 'sync', 'stick', 'more', 'help', 'list/nothing', 'nowhere'];

async function some(node) {
	const { id: union } = await node.api('/records/org', { set: { name: 'Qingshi Union', org_kind: 'union' } });
	const { id: member } = await node.api('/records/member', { set: { name: 'Wang Xiaoqing', mobile: '13000000001', union_id: union, joined_on: '2025-03-05', gender: '2' } });
	const { id: activity } = await node.api('/records/activity', { set: { title: 'Reading', start_at: '2025-11-20', host_org_id: union, summary: 'Five came.' } });
	const { id: project } = await node.api('/records/project', { set: { name: 'Care', buyer_org_id: union, provider_org_id: union } });
	const { id: build } = await node.api('/records/build_case', { set: { org_id: union, plan_done_on: '2025-01-05' } });
	await node.api('/records/participant', { set: { activity_id: activity, member_id: member } });
	const { seen } = await node.api(`/record/${activity}`);
	await node.api(`/record/${activity}`, { seen, set: { summary: 'Six came.' } });
	await node.api(`/record/${activity}`, { seen, set: { summary: 'Five came and stayed.' } });
	const { id: gone } = await node.api('/records/member', { set: { name: 'Li Dashan' } });
	await node.api(`/record/${gone}/void`, { reason: 'twice' });
	return [union, member, activity, project, build].flatMap((id) => [`record/${id}`, `edit/${id}`]);
}

async function pages(page) {
	const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
	return pdf.match(/\/Type\s*\/Page\b/g).length;
}

test(async (w) => {
	const node = await w.branch('zhibu', 'Qingshi Union');
	const places = [...PLACES, ...await some(node)];
	const page = await w.browse();
	await w.open(node, '#/help');
	same(await pages(page), 1, 'pages of the guide');
	await page.getByRole('button', { name: 'English' }).click();
	const reports = (await node.api('/reports')).reports.map((r) => `report/${r.id}`);
	const found = [];
	for (const place of [...places, ...reports]) {
		await w.open(node, `#/${place}`);
		await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
		const words = CHINESE.exec(await page.innerText('main'));
		const labels = (await page.locator('main [aria-label], main [placeholder], main [title]').evaluateAll((all) => all.map((e) => `${e.getAttribute('aria-label') || ''} ${e.placeholder || ''} ${e.title || ''}`))).join('\n');
		const hidden = CHINESE.exec(labels);
		if (words || hidden)
			found.push(`${place}: ${words || hidden}`);
	}
	check(found.length === 0, `Chinese in English mode:\n${found.join('\n')}`);
	await w.open(node, '#/help');
	same(await pages(page), 1, 'pages of the guide in English');
	await w.clean('the guide');
});
