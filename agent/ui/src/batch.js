// SPDX-License-Identifier: MulanPSL-2.0
// One field of many records at once: one save, one undo.
import { post } from './api.js';
import { typedFields } from './catalogue.js';
import { tellChanged } from './changes.js';
import { Field } from './field.js';
import { html, useState } from './html.js';
import { counted, label, t } from './lang.js';
import { Dialog, Problem } from './parts.js';
import { say } from './toast.js';
import { undoAction } from './undo.js';

export function BatchEdit({ kind, ids, seen, onClose, onDone }) {
	const [name, setName] = useState('');
	const [value, setValue] = useState('');
	const [error, setError] = useState(null);
	const field = kind.byName[name];
	const submit = async (e) => {
		e.preventDefault();
		try {
			const done = await post(`/records/${kind.name}/batch`, { ids, seen, set: { [name]: value } });
			say(t(`已改 ${done.written} 条`, `${counted(done.written, 'record')} changed`), undoAction());
			tellChanged();
			onDone();
		} catch (problem) {
			setError(problem);
		}
	};
	return html`<${Dialog} title=${t(`改选中的 ${ids.length} 条`, `Change ${counted(ids.length, 'record')}`)} onClose=${onClose}>
		<form onSubmit=${submit}>
			<div class="field"><label for="batch-field">${t('改哪一项', 'Which field')}</label>
				<select id="batch-field" required value=${name} onChange=${(e) => { setName(e.target.value); setValue(''); }}>
					<option value="">${t('请选择', 'Choose')}</option>
					${typedFields(kind).map((f) => html`<option key=${f.name} value=${f.name}>${label(f)}</option>`)}</select></div>
			${field && html`<${Field} field=${{ ...field, need: 'optional' }} value=${value} onInput=${setValue} />`}
			<${Problem} error=${error} />
			<button class="main" disabled=${!field}>${t('全部改成这样', 'Change all to this')}</button>
		</form>
	<//>`;
}
