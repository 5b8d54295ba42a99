// SPDX-License-Identifier: MulanPSL-2.0
// The page begins here.
import { begun, readBegun } from './begun.js';
import { loadCatalogue } from './catalogue.js';
import { html, render } from './html.js';
import { language, setLanguage } from './lang.js';
import { startRouter } from './router.js';
import { connection, startSession } from './session.js';
import { Shell } from './shell.js';
import { startStatus } from './status.js';

// An empty folder has nothing to read yet; the frame then shows how to begin.
async function readAll() {
	try {
		await loadCatalogue();
		if ((await readBegun()).ready)
			await startStatus();
	} catch {
		// the frame says what is wrong, and reads again when the program is back
	}
}

async function start() {
	setLanguage(language.get());
	await startSession();
	startRouter();
	connection.listen((state) => state === 'ok' && readAll());
	await readAll();
	begun.listen((now) => now?.ready && startStatus());
	render(html`<${Shell} />`, document.getElementById('page'));
	performance.mark('ready');
}

start();
