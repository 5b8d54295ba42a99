// SPDX-License-Identifier: MulanPSL-2.0
// What the tests of the page share: the real program on a data folder of its own, and a real browser before it.
// A test fails on any violation of the content policy, any error of the page, any request to another host, and
// on anything that axe finds in a state that it looks at.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const build = process.env.JC_BUILD;
const require = createRequire(path.join(build, 'ui-tests', 'x.js'));
const { chromium } = require('playwright-core');
const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PROGRAM = process.env.JICENG;
const WAIT_MS = 60000; // how long something may take on a slow machine; what is there is never waited for

export function check(ok, words) {
	if (!ok)
		throw new Error(words);
}

export function same(got, want, words) {
	check(JSON.stringify(got) === JSON.stringify(want), `${words}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
}

// Waits until `ask` answers something true.
export async function until(ask, words, ms = WAIT_MS) {
	const end = Date.now() + ms;
	for (;;) {
		const answer = await ask();
		if (answer)
			return answer;
		if (Date.now() > end)
			throw new Error(`waited in vain: ${words}`);
		await new Promise((done) => setTimeout(done, 50));
	}
}

// One data folder and its program.
export class Node {
	constructor(folder, name) {
		this.data = path.join(folder, name);
		this.log = path.join(folder, `${name}.log`);
	}

	// A command; its standard output.
	jc(...args) {
		return execFileSync(PROGRAM, ['--data', this.data, ...args], { encoding: 'utf8', env: { ...process.env, LANG: 'C.UTF-8' } });
	}

	// At a hub: a code for one more PC of the branch. At a PC: it joins that hub, which is served.
	invite(branch = '青石镇工会') {
		return this.jc('hub', 'invite', '--branch', branch).match(/[0-9a-z]{5}(?:-[0-9a-z]+)+/)[0];
	}

	join(hub, branch) {
		this.jc('join', `https://127.0.0.1:${hub.hub}`, hub.invite(branch));
	}

	async serve(...args) {
		const out = fs.openSync(this.log, 'w');
		this.process = spawn(PROGRAM, ['--data', this.data, 'serve', ...args], { stdio: ['ignore', out, out], env: { ...process.env, LANG: 'C.UTF-8' } });
		fs.closeSync(out);
		this.url = await until(() => /http:\/\/127\.0\.0\.1:\d+\/#t=\S+/.exec(fs.readFileSync(this.log, 'utf8'))?.[0],
			`the program starts: ${fs.readFileSync(this.log, 'utf8')}`);
		this.hub = /端口 (\d+)/.exec(fs.readFileSync(this.log, 'utf8'))?.[1];
	}

	// One call of the API, beside the page.
	async api(call, body) {
		const url = new URL(this.url);
		const response = await fetch(`${url.origin}/api/v1${call}`, {
			method: body ? 'POST' : 'GET',
			headers: { Authorization: `Bearer ${url.hash.slice(3)}` },
			body: body && JSON.stringify(body),
		});
		const answer = await response.json();
		if (answer.error && !/^\/(record|check|stick|setup)/.test(call))
			throw new Error(`${call}: ${answer.error.message}`);
		return answer;
	}

	async stop(signal = 'SIGTERM') {
		const p = this.process;
		this.process = null;
		if (!p || p.exitCode !== null)
			return;
		const gone = new Promise((done) => p.once('exit', done));
		p.kill(signal);
		await gone;
	}
}

// Everything that one test uses, and its clearing away.
export class World {
	constructor(name) {
		this.name = name;
		this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jiceng-ui.'));
		this.nodes = [];
		this.faults = [];
	}

	node(name) {
		const node = new Node(this.folder, name);
		this.nodes.push(node);
		return node;
	}

	// A branch that is ready, and serves.
	async branch(name = 'zhibu', title = '青石镇工会') {
		const node = this.node(name);
		node.jc('branch', 'init', '--name', title);
		await node.serve();
		return node;
	}

	async browse(options = {}) {
		const executablePath = BROWSERS.find((b) => fs.existsSync(b));
		check(executablePath, 'no Chromium is installed');
		this.browser = await chromium.launch({
			executablePath,
			headless: true,
			timeout: 2 * WAIT_MS,
			args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
		});
		this.context = await this.browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 900 }, ...options });
		this.context.setDefaultTimeout(WAIT_MS);
		await this.context.addInitScript(() => {
			window.violations = [];
			document.addEventListener('securitypolicyviolation', (e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
		});
		return this.tab();
	}

	// A page whose faults are the test's.
	async tab() {
		const page = await this.context.newPage();
		page.on('pageerror', (e) => this.faults.push(`error of the page: ${String(e.stack || e).split('\n').slice(0, 3).join(' ')}`));
		page.on('request', (r) => {
			if (!/^(http:\/\/127\.0\.0\.1:\d+\/|blob:http:\/\/127\.0\.0\.1)/.test(r.url()))
				this.faults.push(`request to another place: ${r.url()}`);
		});
		page.on('console', (m) => {
			if (m.type() === 'error' && /Content Security Policy/.test(m.text()))
				this.faults.push(m.text());
		});
		page.underWay = new Set();
		page.on('request', (r) => {
			if (r.isNavigationRequest() && r.frame() === page.mainFrame())
				page.underWay.clear(); // what the page before asked for
			if (r.url().includes('/api/'))
				page.underWay.add(r);
		});
		page.on('requestfinished', (r) => page.underWay.delete(r));
		page.on('requestfailed', (r) => page.underWay.delete(r));
		this.page = this.page || page;
		return page;
	}

	// Opens a node's page at a place; it is ready when the heading of that place stands and nothing is being read.
	async open(node, place = '', page = this.page) {
		const name = place.replace(/^#\//, '').replace(/\?.*/, '') || 'home';
		await page.goto(node.url);
		await page.waitForSelector('[data-place] h1, .setup h1');
		if (await page.locator('.setup').count() === 0) {
			await page.evaluate((p) => { location.hash = p; }, place || '#/home');
			await page.waitForSelector(`[data-place="${name}"] h1`);
		}
		await this.still(page);
		return page;
	}

	// Waits until the page asks for nothing more and has drawn what it was told.
	async still(page = this.page) {
		await until(async () => {
			const quiet = page.underWay.size === 0;
			await page.evaluate(() => new Promise((done) => {
				requestAnimationFrame(() => setTimeout(done));
				setTimeout(done, 500); // a tab behind another draws no frames
			}));
			return quiet && page.underWay.size === 0;
		}, 'the page is still');
	}

	// Nothing that axe finds, in this state of the page.
	async clean(state, page = this.page) {
		await this.still(page);
		await page.evaluate(axeSource);
		const found = await page.evaluate(() => window.axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
		}));
		const words = found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 160)).slice(0, 3).join(' | ')}`);
		if (words.length > 0)
			this.faults.push(`axe, ${state}: ${words.join('; ')}`);
		await this.policy(state, page);
	}

	async policy(state, page) {
		const list = await page.evaluate(() => window.violations.splice(0));
		this.faults.push(...list.map((v) => `content policy, ${state}: ${v}`));
	}

	async close() {
		for (const page of this.context?.pages() || [])
			await this.policy('at the end', page).catch(() => {});
		await this.browser?.close();
		for (const node of this.nodes)
			await node.stop();
		fs.rmSync(this.folder, { recursive: true, force: true });
	}
}

// Runs one test and ends the process with its outcome.
export async function test(run) {
	const world = new World();
	let failure = null;
	try {
		await run(world);
	} catch (e) {
		failure = e;
		if (world.page && process.env.JC_UI_PICTURE)
			await world.page.screenshot({ path: process.env.JC_UI_PICTURE, fullPage: true }).catch(() => {});
	}
	await world.close();
	if (failure)
		console.error(`FAIL: ${failure.stack || failure}`);
	[...new Set(world.faults)].slice(0, 10).forEach((f) => console.error(`FAIL: ${f}`));
	process.exit(failure || world.faults.length > 0 ? 1 : 0);
}
