// SPDX-License-Identifier: MulanPSL-2.0
// Help that fits on one printed page.
import { html } from './html.js';
import { t } from './lang.js';
import { Title } from './parts.js';

const parts = () => [
	[t('每天', 'Every day'), [
		t('打开“今天”，一行一件事，点进去就能办。', 'Open “Today”: one line, one thing to do.'),
		t('写下的内容马上存在本机，没有网络也一样。', 'What you write is stored on this PC at once, with or without a network.'),
		t('写错了点“撤销”；作废的都在“回收站”，什么也不会丢。', '“Undo” takes back a slip; void records lie in the bin; nothing is lost.'),
	]],
	[t('上报', 'Sending'), [
		t('有网络时自己送到县里；着急就点“一键上报”。', 'With a network everything is sent by itself; “Send now” does it at once.'),
		t('灯：○ 只在本机，◐ 还有没送到的，● 县里已全部收到。只有县里回了执才变绿。', 'The light: ○ on this PC only, ◐ some not there yet, ● the county has it all. It is green only after the county’s receipt.'),
	]],
	[t('两个人写了不同的内容', 'Two people wrote different things'), [
		t('两个值都留着。打开“待定的值”，选一个就好，还能撤销。', 'Both are kept. Open “Conflicts” and pick one; it can be undone.'),
	]],
	[t('键盘', 'Keyboard'), [
		t('Tab 到下一项，空格勾选，Enter 打开，方向键在表格里移动，Esc 关闭小窗口。', 'Tab goes on, space ticks, Enter opens, arrows move in a table, Esc closes a small window.'),
	]],
];

export function Help() {
	return html`<${Title} text=${t('帮助：一页说明', 'Help on one page')}><button type="button" onClick=${() => window.print()}>${t('打印这一页', 'Print this page')}</button><//>
		${parts().map(([head, lines]) => html`<section key=${head}><h2>${head}</h2><ul>${lines.map((l) => html`<li key=${l}>${l}</li>`)}</ul></section>`)}
		<p class="dim no-print"><a href="/licences.txt">${t('页面用到的开放源代码软件', 'Open-source software in this page')}</a></p>`;
}
