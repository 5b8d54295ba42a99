// SPDX-License-Identifier: MulanPSL-2.0
// Only what the calendar needs: where to open it. What a typed date means is said by the program.
export function openAt(text) {
	const m = /^\s*(\d{4})\D{0,2}(\d{1,2})?\D{0,2}(\d{1,2})?/.exec(text || '');
	const now = new Date();
	const year = m ? +m[1] : now.getFullYear();
	const month = m && m[2] && +m[2] >= 1 && +m[2] <= 12 ? +m[2] : m ? 1 : now.getMonth() + 1;
	return { year, month, day: m ? +(m[3] || 1) : now.getDate() };
}

export const iso = (y, m, d) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;

// Weeks of a month, Monday first; 0 where no day of it stands.
export function weeks({ year, month }) {
	const before = (new Date(year, month - 1, 1).getDay() + 6) % 7;
	const days = new Date(year, month, 0).getDate();
	const cells = [...Array(before).fill(0), ...Array.from({ length: days }, (_, i) => i + 1)];
	while (cells.length % 7)
		cells.push(0);
	return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7));
}

export function moved({ year, month }, by) {
	const n = year * 12 + month - 1 + by;
	return { year: Math.floor(n / 12), month: (n % 12) + 1 };
}
