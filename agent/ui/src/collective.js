// SPDX-License-Identifier: MulanPSL-2.0
// 集中入会: a list of people, typed or copied from a spreadsheet, becomes applications of one activity and lines of its
// sign-in sheet. One save, one undo.
import { post } from './api.js';
import { tellChanged } from './changes.js';
import { html, useState } from './html.js';
import { counted, t } from './lang.js';
import { Dialog, Problem } from './parts.js';
import { say } from './toast.js';
import { undoAction } from './undo.js';

// The kind at whose records people can join together, as the program's route for it says.
export const joinsHere = (kind) => kind.name === 'activity';

const countOf = (text) => text.split('\n').filter((line) => line.trim()).length;

function JoinTogether({ record, onClose }) {
	const [list, setList] = useState('');
	const [error, setError] = useState(null);
	const submit = async (e) => {
		e.preventDefault();
		setError(null);
		try {
			const done = await post(`/record/${record.id}/collective`, { list });
			say(t(`入会申请 ${done.added} 份，已在册 ${done.known} 人`, `${counted(done.added, 'application')}, ${done.known} on the register already`)
				+ (done.skipped > 0 ? t(`，没有姓名的 ${done.skipped} 行没有读`, `, ${counted(done.skipped, 'line')} without a name left out`) : ''), undoAction());
			tellChanged();
			onClose();
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<${Dialog} title=${t('集中入会', 'Joining together')} onClose=${onClose}><form onSubmit=${submit} autocomplete="off">
		<div class="field"><label for="collective-list">${t('名单，一行一个人', 'The people, one a line')}</label>
			<textarea id="collective-list" rows="8" required value=${list} onInput=${(e) => setList(e.target.value)} aria-describedby="collective-hint"></textarea>
			<p class="hint" id="collective-hint">${t('姓名、电话、证件号码，用空格或逗号分开；可以从表格里复制过来。已在册的人只上签到表。',
				'Name, telephone, ID number, separated by blanks or commas; or copied from a spreadsheet. Who is on the register already only goes onto the sign-in sheet.')}</p></div>
		<${Problem} error=${error} />
		<button class="main" disabled=${!list.trim()}>${t(`登记这 ${countOf(list)} 行`, `Enter these ${countOf(list)}`)}</button></form><//>`;
}

export function Collective({ record }) {
	const [open, setOpen] = useState(false);
	return html`<button type="button" onClick=${() => setOpen(true)}>${t('集中入会……', 'Joining together…')}</button>
		${open && html`<${JoinTogether} record=${record} onClose=${() => setOpen(false)} />`}`;
}
