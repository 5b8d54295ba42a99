// SPDX-License-Identifier: MulanPSL-2.0
// A table of any length. Only the rows in sight (and a few around) exist; they are read in windows from the
// program. Header and rows share one column template, so that they cannot drift apart.
import { html, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from './html.js';
import { t } from './lang.js';

export const WINDOW = 200;
const OVERSCAN = 8;

/*
 * Windows of rows by number; asks for those that are missing. What was asked for belongs to one asking (the set `asked` of
 * that time): when order, search or the data change, a new one begins, and the rows of the old one stand until the first
 * of the new have come, so that the list does not blink.
 */
export function useWindows(read, deps) {
	const [pages, setPages] = useState({ rows: new Map(), of: null, total: null, error: null, seen: 0, refs: {} });
	const asked = useMemo(() => new Set(), deps);
	const now = useRef(asked);
	now.current = asked;
	const want = useCallback(async (no) => {
		if (asked.has(no))
			return;
		asked.add(no);
		try {
			const answer = await read(no * WINDOW, WINDOW);
			if (asked === now.current)
				setPages((p) => merged(p, asked, no, answer));
		} catch (error) {
			asked.delete(no);
			if (asked === now.current)
				setPages((p) => ({ ...p, error }));
		}
	}, [asked]);

	useEffect(() => {
		want(0);
	}, [want]);
	return { ...pages, want };
}

function merged(p, asked, no, answer) {
	const rows = p.of === asked ? new Map(p.rows) : new Map();
	rows.set(no, answer.records);
	return { rows, of: asked, total: answer.total, error: null, seen: answer.seen, refs: { ...p.refs, ...answer.refs } };
}

function rowAt(rows, i) {
	return rows.get(Math.floor(i / WINDOW))?.[i % WINDOW];
}

// What is in sight of a scrolled box: first row and how many.
function useSight(box, rowHeight) {
	const [sight, setSight] = useState({ first: 0, count: 20 });
	const look = useCallback(() => {
		const el = box.current;
		if (!el)
			return;
		const first = Math.max(0, Math.floor(el.scrollTop / rowHeight) - OVERSCAN);
		const count = Math.ceil(el.clientHeight / rowHeight) + 2 * OVERSCAN;
		setSight((s) => (s.first === first && s.count === count ? s : { first, count }));
	}, [rowHeight]);
	useLayoutEffect(() => {
		look();
		window.addEventListener('resize', look);
		return () => window.removeEventListener('resize', look);
	}, [look]);
	return [sight, look];
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

// Arrow keys move the current row, Enter opens it, space marks it.
function useKeys({ box, total, rowHeight, onOpen, onMark, begin }) {
	const [at, setAt] = useState(begin.at || 0);
	const onKeyDown = (e) => {
		if (e.target !== box.current)
			return;
		if (e.key in STEPS) {
			const next = Math.min(Math.max(at + STEPS[e.key], 0), Math.max(total - 1, 0));
			const el = box.current;
			setAt(next);
			if (next * rowHeight < el.scrollTop)
				el.scrollTop = next * rowHeight;
			else if ((next + 2) * rowHeight > el.scrollTop + el.clientHeight)
				el.scrollTop = (next + 2) * rowHeight - el.clientHeight;
		} else if (e.key === 'Enter') {
			onOpen(at);
		} else if (e.key === ' ' && onMark) {
			onMark(at);
		} else {
			return;
		}
		e.preventDefault();
	};
	return { at, setAt, onKeyDown };
}

const KEEP_MS = 150;

// Whoever comes back to a list finds it where it was, with the keys on it.
function useKept({ box, total, at, begin, onKeep, look }) {
	const timer = useRef(0);
	const back = useRef(begin.top !== undefined || begin.at !== undefined);
	const keep = () => {
		clearTimeout(timer.current);
		timer.current = setTimeout(() => box.current && onKeep?.({ top: box.current.scrollTop, at }), KEEP_MS); // the rows may be gone by then
	};
	useLayoutEffect(() => {
		if (!back.current || total === 0 || !box.current)
			return;
		back.current = false;
		box.current.scrollTop = begin.top || 0;
		box.current.focus({ preventScroll: true });
		look();
	}, [total]);
	const known = useRef(at);
	useEffect(() => {
		if (at !== known.current)
			keep();
		known.current = at;
	}, [at]);
	useEffect(() => () => clearTimeout(timer.current), []); // another place has its own
	return keep;
}

function HeadCell({ column, order, onOrder }) {
	const by = column.order || column.name;
	const mine = order === by ? 'ascending' : order === `-${by}` ? 'descending' : 'none';
	const mark = { ascending: ' ▲', descending: ' ▼', none: '' }[mine];
	if (!onOrder || column.fixed)
		return html`<div role="columnheader" class="cell">${column.text}</div>`;
	const turn = () => onOrder(mine === 'ascending' ? `-${by}` : by);
	return html`<div role="columnheader" class="cell" aria-sort=${mine}><button type="button" class="head" onClick=${turn}>${column.text}${mark}</button></div>`;
}

function Row({ index, top, row, columns, current, marked, onMark, onOpen }) {
	const cells = row ? columns.map((c, i) => html`<div role="gridcell" class="cell" key=${c.name}>
		${i === 0 && onOpen ? html`<a tabindex="-1" href=${onOpen(row)}>${c.show(row) || c.instead?.(row) || t('（没有名称）', '(no name)')}</a>` : c.show(row)}</div>`)
		: columns.map((c) => html`<div role="gridcell" class="cell dim" key=${c.name}>…</div>`);
	const mark = onMark && html`<div role="gridcell" class="cell pick"><input type="checkbox" tabindex="-1" checked=${marked} disabled=${!row}
		aria-label=${t('选中这一行', 'Mark this row')} onChange=${() => onMark(index)} /></div>`;
	return html`<div role="row" id=${`row-${index}`} aria-rowindex=${index + 2} aria-selected=${onMark ? (marked ? 'true' : 'false') : undefined}
		class=${current ? 'row current' : 'row'} style=${{ transform: `translateY(${top}px)` }}>${mark}${cells}</div>`;
}

/*
 * columns: [{name, text, width, show(row), fixed, order: what to ask for, if not the name}]; pages: of useWindows; href(row): where a row leads.
 * marks/onMark: rows that are chosen, by id. begin: {top, at} where it opens; onKeep hears where it is.
 */
export function Table({ title, columns, pages, rowHeight, order, onOrder, href, marks, onMark, begin = {}, onKeep }) {
	const box = useRef(null);
	const total = pages.total || 0;
	const [sight, look] = useSight(box, rowHeight);
	const end = Math.min(sight.first + sight.count, total);
	const mark = onMark && ((i) => rowAt(pages.rows, i) && onMark(rowAt(pages.rows, i).id));
	const open = (i) => {
		const row = rowAt(pages.rows, i);
		if (row && href)
			location.hash = href(row);
	};
	const keys = useKeys({ box, total, rowHeight, onOpen: open, onMark: mark, begin });
	const keep = useKept({ box, total, at: keys.at, begin, onKeep, look });
	const scrolled = () => {
		look();
		keep();
	};

	useEffect(() => {
		for (let no = Math.floor(sight.first / WINDOW); no * WINDOW < Math.max(end, 1); no++)
			pages.want(no);
	}, [sight, end, pages.want]);
	useLayoutEffect(() => {
		const widths = columns.map((c) => `minmax(${c.width || 8}em, ${c.grow || 1}fr)`);
		const least = columns.reduce((sum, c) => sum + (c.width || 8), onMark ? 3 : 0);
		box.current.style.setProperty('--columns', (onMark ? '3em ' : '') + widths.join(' '));
		box.current.style.setProperty('--least', `${least}em`);
		box.current.style.setProperty('--row', `${rowHeight}px`);
	}, [columns, rowHeight, !onMark]);

	const rows = [];
	for (let i = sight.first; i < end; i++) {
		const row = rowAt(pages.rows, i);
		rows.push(html`<${Row} key=${i} index=${i} top=${i * rowHeight} row=${row} columns=${columns} current=${i === keys.at}
			marked=${!!row && !!marks?.has(row.id)} onMark=${mark} onOpen=${href} />`);
	}
	const current = keys.at >= sight.first && keys.at < end ? `row-${keys.at}` : undefined;
	return html`<div class="table" role="grid" aria-label=${title} aria-rowcount=${total + 1} aria-colcount=${columns.length + (onMark ? 1 : 0)}
		aria-multiselectable=${onMark ? 'true' : undefined} tabindex="0" ref=${box} aria-activedescendant=${current}
		onScroll=${scrolled} onKeyDown=${keys.onKeyDown}>
		<div role="rowgroup" class="thead"><div role="row" class="row" aria-rowindex="1">
			${onMark && html`<div role="columnheader" class="cell pick">${t('选', 'Pick')}</div>`}
			${columns.map((c) => html`<${HeadCell} key=${c.name} column=${c} order=${order} onOrder=${onOrder} />`)}</div></div>
		<div role="rowgroup" class="tbody" style=${{ height: `${total * rowHeight}px` }}>${rows}</div>
	</div>`;
}
