// SPDX-License-Identifier: MulanPSL-2.0
// A page that the program made for paper, put into a frame of its own. It is text that is parsed; nothing in it is
// run. Printing the frame prints the paper alone.
export function fillFrame(frame, text) {
	const page = new DOMParser().parseFromString(text, 'text/html');
	const inside = frame.contentDocument;
	inside.replaceChild(inside.adoptNode(page.documentElement), inside.documentElement);
	const sheets = [...inside.querySelectorAll('link[rel=stylesheet]')];
	return Promise.all(sheets.map((sheet) => new Promise((done) => {
		sheet.addEventListener('load', done);
		sheet.addEventListener('error', done);
		setTimeout(done, 3000);
	})));
}
