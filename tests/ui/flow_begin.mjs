// SPDX-License-Identifier: MulanPSL-2.0
// Two further ways to begin: practising with made-up data, which says so all the time and goes away whole; and a backup,
// looked through before it is put in place, with the device key that it does not hold.
import fs from 'node:fs';
import path from 'node:path';
import { check, same, test, until } from './kit.mjs';

async function practise(w, node, page) {
	await w.open(node);
	await page.getByRole('button', { name: '先练习一下' }).click();
	await w.clean('before practising');
	await page.getByRole('button', { name: '开始练习' }).click();
	const mark = page.getByRole('complementary', { name: '练习数据' });
	await mark.waitFor();
	check((await node.api('/status')).practice === true, 'the program says so');
	await w.open(node, '#/list/member');
	await page.getByText('共 36 条').waitFor();
	check(await mark.isVisible(), 'the mark stands on a list');
	await w.open(node, '#/sync');
	await page.getByText('练习数据，不会上报').first().waitFor();
	await w.clean('practising');
	await mark.getByRole('button', { name: '结束练习' }).click();
	await w.clean('ending the practice');
	await page.getByRole('button', { name: '清空，正式开始' }).click();
	await page.getByRole('heading', { name: '开始使用' }).waitFor();
	check((await node.api('/setup')).ready === false, 'the folder is as new');
	check(await mark.count() === 0, 'the mark is gone');
}

test(async (w) => {
	const hub = w.node('xian');
	hub.jc('hub', 'init', '--name', '清水县总工会', '--listen', '127.0.0.1:0');
	await hub.serve();
	const old = w.node('jiu');
	old.join(hub);
	await old.serve();
	const { id } = await old.api('/records/member', { set: { name: '王小青' } });
	const backup = path.join(w.folder, 'beifen.db');
	old.jc('backup', backup);
	await old.stop();
	const broken = path.join(w.folder, 'huai.db');
	fs.writeFileSync(broken, fs.readFileSync(backup).fill(7, 4096, 20480));

	const node = w.node('xin');
	await node.serve();
	const page = await w.browse();
	await practise(w, node, page);

	await page.getByRole('button', { name: '从备份恢复' }).click();
	await w.clean('restoring');
	for (const file of [broken, path.join(w.folder, 'xin.log')]) {
		await page.getByLabel('备份文件').setInputFiles(file);
		await page.getByRole('button', { name: '恢复', exact: true }).click();
		await until(async () => (await page.locator('[role=alert]').allInnerTexts()).join().includes('不是完好的备份'), `refused: ${file}`);
		same((await node.api('/setup')).ready, false, 'nothing of it is left');
	}
	await w.clean('a damaged backup');
	await page.getByLabel('备份文件').setInputFiles(backup);
	await page.getByRole('button', { name: '恢复', exact: true }).click();
	await page.getByRole('heading', { name: '今天要做什么' }).waitFor();
	same((await node.api(`/record/${id}`)).fields.name.value, '王小青', 'the record is back');
	same(fs.readdirSync(node.data).filter((f) => f.includes('restoring')), [], 'files left behind');
	const again = await node.api('/setup/practice', {});
	check(again.error?.code === 'exists', `data is not replaced: ${JSON.stringify(again)}`);

	await w.clean('the key is missing');
	await page.getByLabel('选 device.key 文件').setInputFiles(path.join(hub.data, 'device.key'));
	await page.getByText('这把密钥不是这份备份的').waitFor();
	await page.getByLabel('选 device.key 文件').setInputFiles(path.join(old.data, 'device.key'));
	await page.getByText('密钥已放好').waitFor();
	await node.stop();
	await node.serve();
	same((await node.api('/setup')).key_missing, false, 'the key is in use');
	await node.api('/records/member', { set: { name: '李大山' } });
	await node.api('/sync', {});
	await until(async () => (await node.api('/status')).waiting === 0, 'it sends as before');
});
