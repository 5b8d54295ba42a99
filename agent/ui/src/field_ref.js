// SPDX-License-Identifier: MulanPSL-2.0
// A field that names another record: a few letters of its name (or of its pinyin) find it.
import { get } from './api.js';
import { kindOf } from './catalogue.js';
import { fieldId } from './field.js';
import { html, useEffect, useRef, useState } from './html.js';
import { t } from './lang.js';

const MOST = 12;

// Without a text the first ones; else by name, pinyin, initials or last digits.
async function find(kind, text, signal) {
	if (text.trim())
		return (await get('/search', { q: text, kind: kind.name, limit: MOST }, signal)).hits.map((h) => ({ id: h.id, title: h.title || h.id }));
	const answer = await get(`/records/${kind.name}`, { limit: MOST }, signal);
	return answer.records.map((r) => ({ id: r.id, title: r.fields[kind.title] || r.id }));
}

// Records of a kind that a text finds: [{id, title}].
function useFound(kind, text) {
	const [found, setFound] = useState([]);
	useEffect(() => {
		if (!kind || text === null)
			return undefined;
		const stop = new AbortController();
		const timer = setTimeout(async () => {
			try {
				setFound(await find(kind, text, stop.signal));
			} catch {
				// typed on meanwhile, or the program is away: the shell says so
			}
		}, 150);
		return () => {
			clearTimeout(timer);
			stop.abort();
		};
	}, [kind, text]);
	return found;
}

// Which option is current, and what keys do.
function useOptions(found, onPick, close) {
	const [at, setAt] = useState(-1);
	const onKeyDown = (e) => {
		if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
			setAt((n) => Math.min(Math.max(n + (e.key === 'ArrowDown' ? 1 : -1), 0), found.length - 1));
			e.preventDefault();
		} else if (e.key === 'Enter' && at >= 0 && found[at]) {
			onPick(found[at]);
			e.preventDefault();
		} else if (e.key === 'Escape') {
			close();
		}
	};
	return { at, setAt, onKeyDown };
}

function Finder({ field, onPick, described, typed }) {
	const kind = kindOf(field.ref);
	const [text, setText] = useState(null);
	const found = useFound(kind, text);
	const id = fieldId(field.name);
	const close = () => setText(null);
	const pick = (record) => {
		close();
		onPick(record);
	};
	const keys = useOptions(found, pick, close);
	const open = text !== null && found.length > 0;
	return html`<div class="finder">
		<input id=${id} role="combobox" aria-expanded=${open ? 'true' : 'false'} aria-controls=${`${id}-list`} aria-autocomplete="list" autocomplete="off"
			aria-activedescendant=${open && keys.at >= 0 ? `${id}-${keys.at}` : undefined} ...${described}
			placeholder=${t('写几个字查找', 'type a few letters to find')} value=${text === null ? typed : text}
			onInput=${(e) => { setText(e.target.value); keys.setAt(-1); }} onFocus=${() => setText(typed || '')} onBlur=${close} onKeyDown=${keys.onKeyDown} />
		<ul id=${`${id}-list`} role="listbox" aria-label=${t('找到的', 'Found')} hidden=${!open}>${open && found.map((r, i) => html`
			<li key=${r.id} id=${`${id}-${i}`} role="option" aria-selected=${i === keys.at ? 'true' : 'false'} onMouseDown=${(e) => { e.preventDefault(); pick(r); }}>${r.title}</li>`)}</ul>
	</div>`;
}

export function RefInput({ field, value, onInput, titles, described }) {
	const [names, setNames] = useState(titles || {});
	const list = Array.isArray(value) ? value : value ? [value] : [];
	const known = useRef({});
	known.current = { ...titles, ...names };
	const pick = (r) => {
		setNames({ ...names, [r.id]: r.title });
		onInput(field.set ? [...list.filter((id) => id !== r.id), r.id] : r.id);
	};
	const drop = (id) => onInput(field.set ? list.filter((x) => x !== id) : '');
	const title = (id) => known.current[id] || (id.startsWith('?') ? id.slice(1) : id);
	return html`<div class="picked">${list.map((id) => html`<span class="chip" key=${id}>${title(id)}
			<button type="button" class="quiet" aria-label=${t(`去掉 ${title(id)}`, `Remove ${title(id)}`)} onClick=${() => drop(id)}>×</button></span>`)}</div>
		<${Finder} field=${field} onPick=${pick} described=${described} typed="" />`;
}
