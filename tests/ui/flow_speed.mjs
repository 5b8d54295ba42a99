// SPDX-License-Identifier: MulanPSL-2.0
// How soon a form can be used, at full speed and with the processor slowed down six times, and how smoothly a long
// list scrolls. Milliseconds depend on the machine: the alarm is the ratio to an empty page of the same browser,
// measured in the same rounds. JC_UI_RUNS: how often (the
// best counts: others use the machine too).
import fs from 'node:fs';
import path from 'node:path';
import { check, test } from './kit.mjs';

const RUNS = Number(process.env.JC_UI_RUNS || 5);
const ROWS = 3000;
const MOST_TIMES_FLOOR = 30; // a form against the program's smallest page
const MOST_SLOWED = 15;      // slowed six times, it may take this many times as long

// Milliseconds from the beginning of loading until `selector` stands and a frame was drawn.
async function ready(page, url, selector) {
	await page.goto('about:blank');
	await page.goto(url, { waitUntil: 'commit' });
	await page.waitForSelector(selector);
	return page.evaluate(() => new Promise((done) => {
		requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
	}));
}

async function frames(page) {
	return page.evaluate(() => new Promise((done) => {
		const table = document.querySelector('.table');
		const times = [];
		let last = 0;
		const step = (now) => {
			if (last)
				times.push(now - last);
			last = now;
			table.scrollTop += 400;
			if (times.length < 90)
				requestAnimationFrame(step);
			else
				done(times.sort((a, b) => a - b));
		};
		requestAnimationFrame(step);
	}));
}

test(async (w) => {
	const node = w.node('zhibu');
	node.jc('branch', 'init', '--name', '青石镇工会');
	const file = path.join(w.folder, 'r.csv');
	fs.writeFileSync(file, ['姓名,性别', ...Array.from({ length: ROWS }, (_, i) => `会员${i},女`)].join('\n'));
	node.jc('import', file, '--kind', 'member');
	await node.serve();
	const page = await w.browse();
	await w.open(node);
	const origin = new URL(node.url).origin;
	const slow = await page.context().newCDPSession(page);
	const speed = (rate) => slow.send('Emulation.setCPUThrottlingRate', { rate });
	const times = { floor: [], form: [], throttled: [] };
	for (let i = 0; i < RUNS; i++) {
		times.floor.push(await ready(page, `${origin}/licences.txt`, 'pre'));
		times.form.push(await ready(page, `${origin}/#/new/member`, '.savebar'));
		await speed(6);
		times.throttled.push(await ready(page, `${origin}/#/new/member`, '.savebar'));
		await speed(1);
	}
	const [floor, form, throttled] = [times.floor, times.form, times.throttled].map((list) => Math.round(Math.min(...list)));
	console.log(`form usable: ${form} ms, slowed six times ${throttled} ms; a page of text: ${floor} ms`);
	check(form <= MOST_TIMES_FLOOR * Math.max(floor, 10), `a form takes ${form} ms, a page of text ${floor} ms`);
	check(throttled <= MOST_SLOWED * form, `slowed six times a form takes ${throttled} ms instead of ${form}`);

	await w.open(node, '#/list/member');
	await page.getByText(`共 ${ROWS} 条`).waitFor();
	const runs = [await frames(page), await frames(page), await frames(page)].sort((a, b) => a[45] - b[45]);
	console.log(`scrolling: frame p50 ${runs[0][45].toFixed(1)} ms, p95 ${runs[0][85].toFixed(1)} ms`);
	check(runs[0][45] < 100, `half of the frames take longer than ${runs[0][45]} ms`);
});
