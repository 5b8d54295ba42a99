// SPDX-License-Identifier: MulanPSL-2.0
// Calls of API v1. Every failure is an ApiError with a sentence for people.
import { language, t } from './lang.js';
import { connection, getToken } from './session.js';

const BASE = '/api/v1';

export class ApiError extends Error {
	constructor(status, error) {
		super(error.message);
		this.status = status;
		this.code = error.code;
		this.field = error.field;
		this.id = error.id;
		this.detail = error;
	}
}

function away() {
	connection.set('away');
	return new ApiError(0, {
		code: 'away',
		message: t('程序没有回答，可能关掉了。写的内容还在这个页面上。', 'The program does not answer; it may have been closed. What you typed is still on this page.'),
	});
}

async function failure(response, asked) {
	let error = null;
	try {
		error = (await response.json()).error;
	} catch {
		// no JSON: the sentence below must do
	}
	if (response.status === 403 && error?.code === 'denied' && !(await tokenWorks()) && asked === getToken())
		connection.set('lost');
	return new ApiError(response.status, error || { code: 'internal', message: t('程序出错了，请再试一次', 'The program failed; please try again') });
}

// A refusal may be about the token or about what was asked for; and another tab may have given a new one meanwhile.
async function tokenWorks() {
	try {
		const r = await fetch(BASE, { headers: headers() });
		await r.text();
		return r.ok;
	} catch {
		return false;
	}
}

function headers(extra) {
	return { Authorization: `Bearer ${getToken()}`, 'Accept-Language': language.get(), ...extra };
}

function address(path, query) {
	const q = new URLSearchParams();
	Object.entries(query || {}).forEach(([name, value]) => {
		[].concat(value ?? []).forEach((one) => q.append(name, one));
	});
	const text = q.toString();
	return BASE + path + (text ? `?${text}` : '');
}

// The raw answer: for files. `init` as of fetch().
export async function call(path, query, init = {}) {
	let response;
	const asked = getToken();
	try {
		response = await fetch(address(path, query), { ...init, headers: headers(init.headers) });
	} catch (e) {
		if (e.name === 'AbortError')
			throw e;
		throw away();
	}
	if (!response.ok)
		throw await failure(response, asked);
	if (connection.get() === 'away')
		connection.set('ok');
	return response;
}

export async function get(path, query, signal) {
	return (await call(path, query, { signal })).json();
}

const underWay = new Map();

// A double click asks once: the same words to the same address, while the first are under way, get the same answer.
export function post(path, body, query) {
	const text = JSON.stringify(body || {});
	const key = `${address(path, query)} ${text}`;
	if (!underWay.has(key))
		underWay.set(key, send(path, text, query).finally(() => underWay.delete(key)));
	return underWay.get(key);
}

async function send(path, text, query) {
	const response = await call(path, query, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: text });
	return response.json();
}

// Sends bytes as they are.
export async function postBytes(path, bytes, query) {
	const response = await call(path, query, { method: 'POST', headers: { 'Content-Type': 'application/octet-stream' }, body: bytes });
	return response.json();
}
