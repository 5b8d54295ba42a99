// SPDX-License-Identifier: MulanPSL-2.0
// Stored values as people read them.
import { label, t } from './lang.js';

const GROUPS = { idno: [6, 4, 4, 4], uscc: [4, 4, 4, 4, 2], phone: [3, 4, 4], region: [2, 2, 2, 3, 3] };

// Long numbers in groups, as they are read out: 399999 1990 0101 002X.
export function grouped(field, text) {
	const sizes = GROUPS[field.type];
	const whole = sizes?.reduce((a, b) => a + b, 0);
	if (!sizes || typeof text !== 'string' || text.length > whole || text.length < 8 || !/^[0-9A-Z*]+$/i.test(text))
		return text;
	const parts = [];
	let at = 0;
	for (const size of sizes) {
		parts.push(text.slice(at, at + size));
		at += size;
	}
	return parts.filter(Boolean).join(' ');
}

function scaled(stored, digits) {
	const m = /^(-?)(\d+)$/.exec(stored);
	if (!m || !digits)
		return stored;
	const padded = m[2].padStart(digits + 1, '0');
	const whole = padded.slice(0, -digits).replace(/\B(?=(\d{3})+$)/g, ',');
	return `${m[1]}${whole}.${padded.slice(-digits)}`;
}

function choice(field, code) {
	const found = field.choices?.find((c) => c.code === code);
	return found ? label(found) : code;
}

export function showDate(iso) {
	const m = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?: (\d\d:\d\d))?$/.exec(iso);
	if (!m)
		return iso;
	const zh = `${m[1]}年${m[2] ? `${+m[2]}月` : ''}${m[3] ? `${+m[3]}日` : ''}${m[4] ? ` ${m[4]}` : ''}`;
	return t(zh, iso);
}

function one(field, stored, refs) {
	if (stored.startsWith('?') && field.type !== 'text' && field.type !== 'long')
		return stored.slice(1);
	switch (field.type) {
	case 'enum':
		return choice(field, stored);
	case 'bool3':
		return stored === '1' ? t('是', 'yes') : t('否', 'no');
	case 'money':
		return scaled(stored, 2);
	case 'decimal':
		return scaled(stored, field.scale);
	case 'date':
	case 'pdate':
	case 'datetime':
		return showDate(stored);
	case 'ref':
		return refs?.[stored] || stored;
	default:
		return grouped(field, stored);
	}
}

// `refs` names the records that references lead to: {id: title}.
export function showValue(field, stored, refs) {
	if (stored === null || stored === undefined)
		return '';
	if (Array.isArray(stored))
		return stored.map((s) => one(field, s, refs)).join(t('、', ', '));
	return one(field, String(stored), refs);
}

// Seconds since 1970 as people say it: 今天 14:05, 昨天, 3月5日 14:05.
export function showTime(seconds) {
	if (!seconds)
		return t('还没有', 'never');
	const d = new Date(seconds * 1000);
	const clock = `${String(d.getHours()).padStart(2, '0')}:${String(d.getMinutes()).padStart(2, '0')}`;
	const days = Math.floor((new Date().setHours(0, 0, 0, 0) - new Date(d).setHours(0, 0, 0, 0)) / 86400000);
	if (days === 0)
		return t(`今天 ${clock}`, `today ${clock}`);
	if (days === 1)
		return t(`昨天 ${clock}`, `yesterday ${clock}`);
	return t(`${d.getFullYear()}年${d.getMonth() + 1}月${d.getDate()}日 ${clock}`, `${d.getFullYear()}-${d.getMonth() + 1}-${d.getDate()} ${clock}`);
}

export function today() {
	const d = new Date();
	return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`;
}
