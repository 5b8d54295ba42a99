// SPDX-License-Identifier: MulanPSL-2.0
// Taking back the last save of this PC. Nothing is lost: it is written back as an ordinary change.
import { post } from './api.js';
import { tellChanged } from './changes.js';
import { counted, t } from './lang.js';
import { say, sayError } from './toast.js';

export async function undo() {
	try {
		const done = await post('/undo');
		const left = done.skipped > 0
			? t(`；有 ${done.skipped} 处后来又改过，没有动`, `; ${done.skipped} were changed again since and left alone`) : '';
		say(t(`已撤销最近一次保存，退回 ${done.restored} 处`, `The last save was taken back: ${counted(done.restored, 'change')}`) + left);
		tellChanged();
	} catch (e) {
		sayError(e);
	}
}

export const undoAction = () => ({ label: t('撤销', 'Undo'), run: undo });
