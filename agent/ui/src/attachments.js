// SPDX-License-Identifier: MulanPSL-2.0
// Pictures and papers that belong to a record. Photographs are shrunk by the program before they are stored. A picture
// is drawn onto a canvas from bytes that the page fetched itself: no address of a picture is ever given to the browser.
import { call, get, post } from './api.js';
import { tellChanged } from './changes.js';
import { DropZone, saveFile } from './files.js';
import { html, useEffect, useRef, useState } from './html.js';
import { t } from './lang.js';
import { useLoad } from './load.js';
import { Problem } from './parts.js';
import { say, sayError } from './toast.js';
import { undoAction } from './undo.js';

const ACCEPT = '.jpg,.jpeg,.png,.pdf,.docx,.xlsx,.txt';
const SIDE = 280; // of a picture on the page
const BLOCK = 0x8000;

function base64url(bytes) {
	let text = '';
	for (let i = 0; i < bytes.length; i += BLOCK)
		text += String.fromCharCode(...bytes.subarray(i, i + BLOCK));
	return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

async function bytesOf(id) {
	return (await call(`/attachment/${id}`)).blob();
}

async function draw(canvas, blob) {
	const picture = await createImageBitmap(blob);
	const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
	canvas.width = Math.max(1, Math.round(picture.width * scale));
	canvas.height = Math.max(1, Math.round(picture.height * scale));
	canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
	picture.close();
}

function Picture({ item }) {
	const canvas = useRef(null);
	const [failed, setFailed] = useState(false);
	useEffect(() => {
		bytesOf(item.id).then((blob) => canvas.current && draw(canvas.current, blob)).catch(() => setFailed(true));
	}, [item.id]);
	return failed ? html`<span class="dim">${t('图片还没有取到', 'the picture is not here yet')}</span>`
		: html`<canvas ref=${canvas} role="img" aria-label=${item.file_name} width="140" height="100"></canvas>`;
}

function size(bytes) {
	return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

// Where its bytes are; the record of it may have gone ahead.
function whereIs(item) {
	if (item.at_hub)
		return t('县里已收到', 'at the county');
	return item.have >= item.size ? t('在本机', 'on this PC') : t('内容还在县里，打开时去取', 'its content is at the county, fetched when opened');
}

async function save(item) {
	try {
		saveFile(await bytesOf(item.id), item.file_name, item.mime);
	} catch (e) {
		sayError(e);
	}
}

function Item({ item }) {
	return html`<li class="attachment">${item.mime.startsWith('image/') && html`<${Picture} item=${item} />`}
		<p>${item.file_name} <span class="dim">${size(item.size)} · ${whereIs(item)}</span></p>
		<button type="button" aria-label=${t(`存下 ${item.file_name}`, `Save ${item.file_name}`)} onClick=${() => save(item)}>${t('存下', 'Save')}</button></li>`;
}

export function Attachments({ record }) {
	const load = useLoad(() => get(`/record/${record.id}/attachments`), [record.id]);
	const [error, setError] = useState(null);
	const list = load.data?.attachments || [];
	const add = async (file) => {
		setError(null);
		try {
			const done = await post(`/record/${record.id}/attachments`, { file_name: file.name, data: base64url(file.bytes) });
			say(done.size < done.was ? t(`已附上，照片缩到 ${size(done.size)}`, `Attached; the picture is now ${size(done.size)}`) : t('已附上', 'Attached'), undoAction());
			tellChanged();
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<section aria-labelledby="attachments"><h2 id="attachments">${t('照片和附件', 'Pictures and papers')} <span class="dim">${list.length || ''}</span></h2>
		<ul class="attachments">${list.map((item) => html`<${Item} key=${item.id} item=${item} />`)}</ul>
		<${DropZone} id="attach-file" accept=${ACCEPT} many=${true} label=${t('把照片或文件拖到这里，或选（可以选多个）', 'Drop pictures or files here, or choose (several at once)')} onFile=${add} />
		<${Problem} error=${error} /></section>`;
}
