// SPDX-License-Identifier: MulanPSL-2.0
// How soon a form can be used, at full speed and with the processor slowed down six times, and how smoothly a long
// list scrolls. Milliseconds depend on the machine: the alarm is the ratio to an empty page of the same browser,
// measured in the same run. JC_UI_RUNS: how often (the median counts).
import { check, test } from './kit.mjs';

const RUNS = Number(process.env.JC_UI_RUNS || 3);
const ROWS = 3000;
const MOST_TIMES_FLOOR = 30; // a form against the program's smallest page
const MOST_SLOWED = 10;      // slowed six times, it may take this many times as long

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

// Milliseconds from the beginning of loading until `selector` stands and a frame was drawn.
async function ready(page, url, selector) {
	await page.goto('about:blank');
	await page.goto(url, { waitUntil: 'commit' });
	await page.waitForSelector(selector);
	return page.evaluate(() => new Promise((done) => {
		requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
	}));
}

async function many(page, url, selector) {
	const list = [];
	for (let i = 0; i < RUNS; i++)
		list.push(await ready(page, url, selector));
	return Math.round(median(list));
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
	const node = await w.branch();
	const page = await w.browse();
	await w.open(node);
	const origin = new URL(node.url).origin;
	const form = `${origin}/#/new/member`;
	const floor = await many(page, `${origin}/licences.txt`, 'pre');
	const fast = await many(page, form, '.savebar');
	const slow = await page.context().newCDPSession(page);
	await slow.send('Emulation.setCPUThrottlingRate', { rate: 6 });
	const throttled = await many(page, form, '.savebar');
	await slow.send('Emulation.setCPUThrottlingRate', { rate: 1 });
	console.log(`form usable: ${fast} ms, slowed six times ${throttled} ms; a page of text: ${floor} ms`);
	check(fast <= MOST_TIMES_FLOOR * Math.max(floor, 10), `a form takes ${fast} ms, a page of text ${floor} ms`);
	check(throttled <= MOST_SLOWED * fast, `slowed six times a form takes ${throttled} ms instead of ${fast}`);

	for (let i = 0; i < ROWS; i += 500)
		await Promise.all(Array.from({ length: 500 }, (_, k) => node.api('/records/venue', { set: { name: `场所${i + k}` } })));
	await w.open(node, '#/list/venue');
	await page.getByText(`共 ${ROWS} 条`).waitFor();
	const times = await frames(page);
	console.log(`scrolling: frame p50 ${times[45].toFixed(1)} ms, p95 ${times[85].toFixed(1)} ms`);
	check(times[45] < 100, `half of the frames take longer than ${times[45]} ms`);
});
