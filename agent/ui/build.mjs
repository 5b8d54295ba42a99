// SPDX-License-Identifier: MulanPSL-2.0
// Builds the page and writes it as one C file: node build.mjs OUT-FOLDER
// OUT-FOLDER holds node_modules (npm ci was run there). The same sources give the same bytes.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const source = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2]);
const modules = path.join(out, 'node_modules');
const dist = path.join(out, 'dist');
const esbuild = createRequire(path.join(out, 'x.js'))('esbuild');

// What a page may weigh before anything is loaded lazily; the build ends when it grows over it.
const SCRIPT_BUDGET = 80 * 1024;

const TYPES = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.svg': 'image/svg+xml',
	'.txt': 'text/plain; charset=utf-8',
};

async function bundle() {
	const result = await esbuild.build({
		entryPoints: [path.join(source, 'src/main.js'), path.join(source, 'style.css')],
		nodePaths: [modules],
		absWorkingDir: source,
		bundle: true,
		splitting: true,
		format: 'esm',
		target: ['chrome109', 'firefox115'],
		minify: true,
		charset: 'utf8',
		legalComments: 'none',
		entryNames: 'assets/[name]-[hash]',
		chunkNames: 'assets/[name]-[hash]',
		assetNames: 'assets/[name]-[hash]',
		loader: { '.svg': 'file' },
		publicPath: '/',
		outdir: dist,
		outbase: path.join(source, 'src'),
		metafile: true,
		logLevel: 'warning',
	});
	return result.metafile;
}

// The name that a source file got in the bundle.
function bundled(meta, name) {
	const found = Object.entries(meta.outputs).find(([, o]) => o.entryPoint === name);
	return '/' + path.relative(dist, path.resolve(source, found[0])).replaceAll('\\', '/');
}

// index.html with the names of this build.
function index(meta) {
	// what the first script asks for is asked for with it, not after it
	const first = firstScripts(meta).map((n) => '/' + path.relative(dist, path.resolve(source, n)).replaceAll('\\', '/'));
	const links = first.slice(1).map((n) => `<link rel="modulepreload" href="${n}">\n`).join('');
	const text = fs.readFileSync(path.join(source, 'index.html'), 'utf8')
		.replace('</head>', `${links}</head>`)
		.replace('src/main.js', bundled(meta, 'src/main.js'))
		.replace('style.css', bundled(meta, 'style.css'));
	fs.writeFileSync(path.join(dist, 'index.html'), text);
	fs.copyFileSync(path.join(source, 'icon.svg'), path.join(dist, 'icon.svg'));
}

// The notices of the packages whose code is in the page.
function licences(meta) {
	const names = new Set();
	for (const input of Object.keys(meta.inputs)) {
		const m = input.replaceAll('\\', '/').match(/node_modules\/((?:@[^/]+\/)?[^/]+)/);
		if (m)
			names.add(m[1]);
	}
	let text = '本页面使用下列开放源代码软件包。This page uses these open-source packages.\n';
	for (const name of [...names].sort()) {
		const folder = path.join(modules, name);
		const about = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
		const file = fs.readdirSync(folder).sort().find((f) => /^licen[cs]e/i.test(f));
		text += `\n==== ${name} ${about.version} (${about.license}) ====\n\n`;
		text += file ? fs.readFileSync(path.join(folder, file), 'utf8') : `${about.license}\n`;
	}
	fs.writeFileSync(path.join(dist, 'licences.txt'), text);
}

function files(folder) {
	return fs.readdirSync(folder, { withFileTypes: true })
		.flatMap((e) => (e.isDirectory() ? files(path.join(folder, e.name)) : [path.join(folder, e.name)]))
		.sort();
}

// What the browser must load before the page can be used: the entry and what it imports statically.
function firstScripts(meta) {
	const entry = Object.keys(meta.outputs).find((n) => meta.outputs[n].entryPoint === 'src/main.js');
	const seen = new Set();
	const visit = (name) => {
		if (seen.has(name))
			return;
		seen.add(name);
		meta.outputs[name].imports.filter((i) => i.kind === 'import-statement').forEach((i) => visit(i.path));
	};
	visit(entry);
	return [...seen];
}

function budget(meta) {
	let size = 0;
	for (const name of firstScripts(meta))
		size += gzipSync(fs.readFileSync(path.resolve(source, name)), { level: 9 }).length;
	console.log(`page: ${(size / 1024).toFixed(1)} KiB of script before lazy parts (gzip)`);
	if (size > SCRIPT_BUDGET)
		throw new Error(`the page's script is over its budget of ${SCRIPT_BUDGET} bytes`);
}

function cBytes(data) {
	const rows = [];
	for (let i = 0; i < data.length; i += 32)
		rows.push('\t' + [...data.subarray(i, i + 32)].map((b) => b + ',').join(''));
	return rows.join('\n');
}

// One C file: the bytes, gzipped, and a table that web_page.c walks.
function embed() {
	const parts = ['/* Made by agent/ui/build.mjs; not kept. */', '#include "web_page_table.h"', ''];
	const table = [];
	files(dist).forEach((file, i) => {
		const plain = fs.readFileSync(file);
		const name = '/' + path.relative(dist, file).replaceAll('\\', '/');
		const packed = gzipSync(plain, { level: 9 });
		packed[9] = 255; // the system it was made on does not matter
		const tag = createHash('sha256').update(plain).digest('hex').slice(0, 16);
		parts.push(`static const unsigned char bytes${i}[] = {`, cBytes(packed), '};');
		const fixed = name.startsWith('/assets/') ? 1 : 0;
		table.push(`\t{"${name === '/index.html' ? '/' : name}", "${TYPES[path.extname(name)]}", "\\"${tag}\\"",`
			+ ` bytes${i}, sizeof(bytes${i}), ${plain.length}, ${fixed}},`);
	});
	parts.push('', 'const struct jc_page_file jc_web_page_files[] = {', ...table, '\t{0, 0, 0, 0, 0, 0, 0},', '};', '');
	fs.writeFileSync(path.join(out, 'web_page_files.c'), parts.join('\n'));
}

fs.rmSync(dist, { recursive: true, force: true });
const meta = await bundle();
index(meta);
licences(meta);
budget(meta);
embed();
