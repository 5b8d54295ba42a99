// SPDX-License-Identifier: MulanPSL-2.0
// The page begins here.
import { begun, readBegun } from './begun.js';
import { loadCatalogue } from './catalogue.js';
import { html, render } from './html.js';
import { language, setLanguage } from './lang.js';
import { startRouter } from './router.js';
import { connection, startSession } from './session.js';
import { Shell } from './shell.js';
import { refreshStatus, startStatus } from './status.js';

// Both at once: on a slow PC each wait for an answer is felt. An empty folder has nothing to read yet; the frame then shows
// how to begin.
async function readAll() {
	try {
		const [, now] = await Promise.all([loadCatalogue(), readBegun()]);
		if (now.ready)
			startStatus();
	} catch {
		// the frame says what is wrong, and reads again when the program is back
	}
}

async function start() {
	setLanguage(language.get());
	await startSession();
	startRouter();
	connection.listen((state) => state === 'ok' && readAll().then(refreshStatus));
	await readAll();
	begun.listen((now) => {
		if (now?.ready) {
			startStatus();
			refreshStatus();
		}
	});
	render(html`<${Shell} />`, document.getElementById('page'));
	// after what the first view asks for: with 100,000 records to count the light in the frame may come a moment later
	refreshStatus();
	performance.mark('ready');
}

start();
