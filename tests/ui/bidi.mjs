// SPDX-License-Identifier: MulanPSL-2.0
// A stock Firefox ESR, driven by WebDriver BiDi: what a person does with mouse and keys, and what goes wrong meanwhile.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { check, until } from './kit.mjs';

const require = createRequire(path.join(process.env.JC_BUILD, 'ui-tests', 'x.js'));
const WebSocket = require('ws');

const PROGRAM = '/usr/bin/firefox-esr';
const ANSWER_MS = 60000; // how long Firefox may take over one command on a slow machine
// Nothing that the browser does by itself; a language that is ours.
const PREFS = {
	'app.update.enabled': false,
	'browser.aboutwelcome.enabled': false,
	'browser.shell.checkDefaultBrowser': false,
	'browser.startup.page': 0,
	'datareporting.policy.dataSubmissionEnabled': false,
	'extensions.getAddons.cache.enabled': false,
	'intl.accept_languages': 'zh-CN, en',
	'network.captive-portal-service.enabled': false,
	'network.connectivity-service.enabled': false,
	'toolkit.telemetry.enabled': false,
	'services.settings.server': 'data:,',
};

export const haveFirefox = () => fs.existsSync(PROGRAM);

// What a value is in BiDi's words, and back.
function given(v) {
	return Array.isArray(v) ? { type: 'array', value: v.map(given) } : v === undefined || v === null ? { type: 'null' } : { type: typeof v, value: v };
}

function taken(v) {
	if (v.type === 'array')
		return v.value.map(taken);
	return v.type === 'object' ? Object.fromEntries(v.value.map(([k, x]) => [k, taken(x)])) : v.value;
}

export class Firefox {
	constructor(world) {
		this.world = world;
		this.waiting = new Map();
		this.count = 0;
	}

	async launch() {
		const profile = path.join(this.world.folder, 'firefox');
		fs.mkdirSync(profile);
		fs.writeFileSync(path.join(profile, 'user.js'), Object.entries(PREFS).map(([k, v]) => `user_pref(${JSON.stringify(k)}, ${JSON.stringify(v)});`).join('\n'));
		const log = path.join(this.world.folder, 'firefox.log');
		const out = fs.openSync(log, 'w');
		this.process = spawn(PROGRAM, ['--headless', '--no-remote', '--profile', profile, '--window-size=1280,900', '--remote-debugging-port', '0', 'about:blank'],
			{ stdio: ['ignore', out, out], env: { ...process.env, LANG: 'C.UTF-8', HOME: this.world.folder, MOZ_CRASHREPORTER_DISABLE: '1' } });
		fs.closeSync(out);
		const address = await until(() => /BiDi listening on (ws:\S+)/.exec(fs.readFileSync(log, 'utf8'))?.[1], 'Firefox starts', 2 * ANSWER_MS);
		this.socket = new WebSocket(`${address}/session`);
		this.socket.on('message', (text) => this.heard(JSON.parse(text)));
		await new Promise((done, fail) => this.socket.once('open', done).once('error', fail));
		await this.ask('session.new', { capabilities: {} });
		await this.ask('session.subscribe', { events: ['log.entryAdded', 'network.beforeRequestSent', 'network.responseCompleted', 'network.fetchError'] });
		await this.ask('script.addPreloadScript', { functionDeclaration: `() => {
			window.violations = [];
			document.addEventListener('securitypolicyviolation', (e) => window.violations.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber));
		}` });
		this.context = (await this.ask('browsingContext.getTree', {})).contexts[0].context;
		await this.ask('browsingContext.setViewport', { context: this.context, viewport: { width: 1280, height: 900 } });
		return this;
	}

	ask(method, params) {
		const id = ++this.count;
		this.socket.send(JSON.stringify({ id, method, params }));
		return new Promise((done, fail) => {
			const timer = setTimeout(() => fail(new Error(`${method}: no answer`)), ANSWER_MS);
			this.waiting.set(id, (m) => {
				clearTimeout(timer);
				if (m.type === 'error')
					fail(new Error(`${method}: ${m.message}`));
				else
					done(m.result);
			});
		});
	}

	heard(m) {
		if (m.id !== undefined) {
			this.waiting.get(m.id)?.(m);
			this.waiting.delete(m.id);
		} else if (m.method === 'log.entryAdded') {
			this.entry(m.params);
		} else if (m.method === 'network.beforeRequestSent') {
			this.request(m.params.request.url);
		}
	}

	// What the console says: an error of the page, or something that the content policy forbade.
	entry(e) {
		if ((e.type === 'javascript' && e.level === 'error') || /Content.Security.Policy/i.test(e.text))
			this.world.faults.push(`Firefox: ${e.text} ${(e.stackTrace?.callFrames || []).slice(0, 3).map((f) => `${f.functionName} ${f.url}:${f.lineNumber}:${f.columnNumber}`).join(' ')}`);
	}

	// Firefox's own style of form controls brings a font as data:, which is a place nowhere; to the page the policy forbids it.
	request(url) {
		if (!/^(http:\/\/127\.0\.0\.1:\d+\/|blob:http:\/\/127\.0\.0\.1|about:|data:font\/)/.test(url))
			this.world.faults.push(`request to another place: ${url}`);
	}

	// The answer of a function that is run in the page.
	async run(f, ...args) {
		const answer = await this.ask('script.callFunction', { functionDeclaration: String(f), arguments: args.map(given), awaitPromise: true, target: { context: this.context } });
		check(answer.type === 'success', `Firefox: ${answer.exceptionDetails?.text}`);
		return taken(answer.result);
	}

	async wait(f, ...args) {
		return until(() => this.run(f, ...args).catch((e) => (/actor|destroyed|discarded|navigat/i.test(e.message) ? false : Promise.reject(e))), `${f} ${JSON.stringify(args)}`);
	}

	async goto(url) {
		await this.ask('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
	}

	// A place of the page; it is there when its heading stands and what it first reads has come.
	async place(name) {
		await this.run((n) => { location.hash = `#/${n}`; }, name);
		await this.wait((n) => !!document.querySelector(`[data-place="${n}"] h1`) && ![...document.querySelectorAll('[role=status]')].some((e) => /^(正在读取|Reading)/.test(e.innerText)), name.replace(/\?.*/, ''));
		check(await this.run(() => !document.querySelector('.note.bad')), `${name}: ${await this.run(() => document.querySelector('.note.bad')?.innerText)}`);
		await this.policy(name);
	}

	async policy(where) {
		const list = await this.run(() => [window, ...Array.from(window.frames)].flatMap((w) => (w.violations || []).splice(0)));
		this.world.faults.push(...list.map((v) => `content policy, ${where}: ${v}`));
	}

	// The middle of what a selector finds (and which says `text`), moved into view.
	async spot(selector, text = '') {
		return this.wait((s, t) => {
			const all = [...document.querySelectorAll(s)].filter((e) => e.innerText.includes(t) || (e.getAttribute('aria-label') || '').includes(t));
			const e = all.find((x) => x.getClientRects().length > 0);
			e?.scrollIntoView({ block: 'center' });
			const r = e?.getBoundingClientRect();
			return r && [Math.round(r.left + r.width / 2), Math.round(r.top + r.height / 2)];
		}, selector, text);
	}

	async click(selector, text) {
		const [x, y] = await this.spot(selector, text);
		await this.ask('input.performActions', { context: this.context, actions: [{ type: 'pointer', id: 'mouse', actions: [
			{ type: 'pointerMove', x, y }, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }] }] });
	}

	// Keys as somebody types them, into whatever has the focus.
	async keys(text) {
		await this.ask('input.performActions', { context: this.context, actions: [{ type: 'key', id: 'keys',
			actions: [...text].flatMap((value) => [{ type: 'keyDown', value }, { type: 'keyUp', value }]) }] });
	}

	// One key while another is held down.
	async chord(held, key) {
		await this.ask('input.performActions', { context: this.context, actions: [{ type: 'key', id: 'keys', actions: [
			{ type: 'keyDown', value: held }, { type: 'keyDown', value: key }, { type: 'keyUp', value: key }, { type: 'keyUp', value: held }] }] });
	}

	async type(selector, text) {
		await this.click(selector);
		await this.keys(text);
	}

	async file(selector, name) {
		const { nodes } = await this.ask('browsingContext.locateNodes', { context: this.context, locator: { type: 'css', value: selector } });
		await this.ask('input.setFiles', { context: this.context, element: { sharedId: nodes[0].sharedId }, files: [name] });
	}

	async picture(name) {
		const folder = process.env.JC_UI_PICTURES;
		if (!folder)
			return;
		const { data } = await this.ask('browsingContext.captureScreenshot', { context: this.context });
		fs.writeFileSync(path.join(folder, `firefox-${name}.png`), Buffer.from(data, 'base64'));
	}

	async close() {
		const p = this.process;
		if (!p || p.exitCode !== null)
			return;
		const gone = new Promise((done) => p.once('exit', done));
		await this.ask('browser.close', {}).catch(() => p.kill());
		const timer = setTimeout(() => p.kill('SIGKILL'), 20000);
		await gone;
		clearTimeout(timer);
	}
}
