// SPDX-License-Identifier: MulanPSL-2.0
// Help that fits on one printed page.
import { html } from './html.js';
import { t } from './lang.js';
import { Title } from './parts.js';

const parts = () => [
	[t('第一次用', 'For the first time'), [
		t('想先试试，用“先练习一下”：人和事都是编造的，练完一键清空。', 'To try it out, choose “Practise first”: everything is made up and cleared in one press.'),
		t('手里有花名册，就到“导入填表”把表格拖进来，或复制一块粘贴：先看预览，再导入，不对就撤销。', 'With a roster at hand, drop it on “Import”, or paste a block of it: look at the preview, import, undo if it is wrong.'),
	]],
	[t('每天', 'Every day'), [
		t('打开“今天”，一行一件事，点进去就能办。过期的在最上面。', 'Open “Today”: one line, one thing to do; what is overdue stands first.'),
		t('写下的内容马上存在本机，没有网络也一样。写到一半走开，草稿还在。', 'What you write is stored on this PC at once, with or without a network; a half-written form comes back.'),
		t('黄字是提醒，不耽误保存。没有填的以后再补，“今天”会记着。', 'Yellow words are remarks and stop nothing. What is missing can follow; “Today” remembers it.'),
		t('找人：写姓名里的字、拼音、首字母、号码后几位都行。', 'To find somebody type part of the name, pinyin, initials or last digits.'),
		t('写错了点“撤销”；作废的都在“回收站”，什么也不会丢。', '“Undo” takes back a slip; void records lie in the bin; nothing is lost.'),
	]],
	[t('活动、检查、建会、项目', 'Activities, checks, founding, projects'), [
		t('活动页上“从工会会员里选”就是签到表，点“是”就签到；照片拖到页面下边，会自动缩小。', 'On an activity, “Choose from union member” makes the sign-in sheet; “yes” signs in; drop pictures below, they are shrunk.'),
		t('“开始一次检查”，一项一项点；发现问题，写上期限和责任人，到期会提醒。', '“Begin a check” and answer point by point; a problem gets a date and a person, and is called up when due.'),
		t('“办到哪一步”下面的按钮就是下一步；“看板”按进度排开，“到期日历”按日子排开。', 'The buttons under “Where it stands” are the next steps; a board shows all by state, the calendar by day.'),
	]],
	[t('上报', 'Sending'), [
		t('有网络时自己送到县里；着急就点“一键上报”。没有网络，用“拷U盘”。', 'With a network everything is sent by itself; “Send now” does it at once. Without one, go by USB stick.'),
		t('灯：○ 只在本机，◐ 还有没送到的，● 县里已全部收到。只有县里回了执才变绿。', 'The light: ○ on this PC only, ◐ some not there yet, ● the county has it all. It is green only after the county’s receipt.'),
		t('县里退回的在“县里退回的”里，写着原因；改好再送，或说明没有错。', 'What the county returned lies in “Returned by the county”, with the reason: mend it and send it again.'),
	]],
	[t('两个人写了不同的内容', 'Two people wrote different things'), [
		t('两个值都留着。打开“待定的值”选一个，或另写一个；长的文字有合好的一稿，读一遍就能用。还能撤销。', 'Both are kept. Open “Conflicts” and pick one or write another; for a long text there is a draft with both changes. It can be undone.'),
	]],
	[t('填表、报表、打印', 'Forms, reports, printing'), [
		t('上级发来的 .xlsx 表拖到“导入填表”，填好的存回来，没填的写明为什么。', 'Drop the .xlsx form from above on “Import”: it comes back filled in, with the reasons for what is not.'),
		t('报表里的数字点开，就是那些记录。打印前先看预览；证件号码和电话平常遮住，要全号就勾“显示全号”。', 'A number in a report leads to its records. Papers are looked at before printing; numbers are masked unless “Numbers in full” is ticked.'),
	]],
	[t('键盘和大字', 'Keyboard and large type'), [
		t('Tab 到下一项，空格勾选，Enter 打开，方向键在表格里移动，Esc 关闭小窗口。字小就点右上角“大字”。', 'Tab goes on, space ticks, Enter opens, arrows move in a table, Esc closes a small window. “Large type” is at the top right.'),
	]],
];

export function Help() {
	return html`<${Title} text=${t('帮助：一页说明', 'Help on one page')}><button type="button" onClick=${() => window.print()}>${t('打印这一页', 'Print this page')}</button><//>
		${parts().map(([head, lines]) => html`<section key=${head}><h2>${head}</h2><ul>${lines.map((l) => html`<li key=${l}>${l}</li>`)}</ul></section>`)}
		<p class="dim no-print"><a href="/licences.txt">${t('页面用到的开放源代码软件', 'Open-source software in this page')}</a></p>`;
}
