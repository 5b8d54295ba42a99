// SPDX-License-Identifier: MulanPSL-2.0
// Which view stands at which address.
import { Boundary } from './boundary.js';
import { Board } from './view_board.js';
import { Bin } from './view_bin.js';
import { CheckBegin } from './check_begin.js';
import { Conflicts } from './view_conflicts.js';
import { FormView } from './view_form.js';
import { Help } from './view_help.js';
import { Home } from './view_home.js';
import { Import } from './view_import.js';
import { List } from './view_list.js';
import { RecordView } from './view_record.js';
import { Records } from './view_records.js';
import { More } from './view_more.js';
import { PrintView } from './view_print.js';
import { Report, Reports } from './view_reports.js';
import { Same } from './view_same.js';
import { Settings } from './view_settings.js';
import { Stick } from './view_stick.js';
import { Calendar, Tasks } from './view_tasks.js';
import { Tray } from './view_tray.js';
import { WaitingRows } from './view_waiting.js';
import { Sync } from './view_sync.js';
import { html, useStore } from './html.js';
import { t } from './lang.js';
import { Title } from './parts.js';
import { link, place } from './router.js';

const VIEWS = {
	home: Home,
	tasks: Tasks,
	calendar: Calendar,
	import: Import,
	waiting: WaitingRows,
	records: Records,
	list: List,
	record: RecordView,
	edit: FormView,
	new: FormView,
	conflicts: Conflicts,
	board: Board,
	begin: CheckBegin,
	bin: Bin,
	print: PrintView,
	report: Report,
	reports: Reports,
	more: More,
	same: Same,
	settings: Settings,
	tray: Tray,
	sync: Sync,
	stick: Stick,
	help: Help,
};

function Nowhere() {
	return html`<${Title} text=${t('没有这一页', 'There is no such page')} /><p><a href=${link('home')}>${t('回到今天', 'Back to today')}</a></p>`;
}

// Views that take what follows '?' as a beginning and then go their own way: another beginning is another view.
const BEGIN_WITH_QUERY = ['list', 'new', 'import'];

export function View() {
	const here = useStore(place);
	const Found = VIEWS[here.name] || Nowhere;
	const where = [here.name, ...here.args].join('/');
	const key = BEGIN_WITH_QUERY.includes(here.name) ? where + JSON.stringify(here.query) : where;
	return html`<div data-place=${where}><${Boundary} place=${key}><${Found} key=${key} args=${here.args} query=${here.query} /><//></div>`;
}
