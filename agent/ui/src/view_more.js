// SPDX-License-Identifier: MulanPSL-2.0
// Pages that are needed now and then.
import { boards } from './view_board.js';
import { html } from './html.js';
import { label, t } from './lang.js';
import { Title } from './parts.js';
import { link } from './router.js';

const places = () => [
	['begin', t('开始一次检查', 'Begin a check'), t('按检查表，一项一项来', 'by a checklist, point by point')],
	['tray', t('县里退回的', 'Returned by the county'), t('看原因，改好再送', 'see why, mend, send again')],
	['same', t('可能重复的', 'Possible duplicates'), t('是不是同一个，您来定', 'one or two, you decide')],
	['settings', t('设置', 'Settings'), t('上报的时间、流量等', 'when to send, how much')],
	['waiting', t('待处理的行', 'Waiting rows'), t('导入时拿不准的', 'of imported files')],
];

export function More() {
	return html`<${Title} text=${t('更多', 'More')} />
		<ul class="tiles">${places().map(([name, head, text]) => html`<li key=${name} class="tile"><a href=${link(name)}>${head}</a><span class="dim">${text}</span></li>`)}</ul>
		<h2>${t('看板', 'Boards')}</h2>
		<ul class="tiles">${boards().map((k) => html`<li key=${k.name} class="tile"><a href=${link('board', [k.name])}>${label(k)}</a></li>`)}</ul>`;
}
