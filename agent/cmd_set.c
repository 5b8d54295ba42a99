/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * set: changes fields of a record. What the author had seen decides what is replaced: with --seen the
 * state at which a form was opened, without it the state now. What came in between stays beside the new
 * value as a conflict, and is said.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../schema/schema_overlay.h"
#include "out.h"
#include "record_io.h"

static int
seen_parse(int64_t *seen, const struct jc_cmd_run *run, struct jc_err *err)
{
	const char *typed = jc_cmd_opt(run, "seen");

	*seen = 0;
	return typed != NULL ? jc_cmd_number(seen, "seen", typed, err) : 0;
}

static int
hint(void *arg, const struct jc_field *f)
{
	const struct jc_typed *t = arg;

	for (size_t i = 0; i < t->nchanges; i++)
		if (t->change[i].field->id == f->id)
			printf(JC_T("请核对 %s：%s\n", "Please check %s: %s\n"), jc_field_label(f), jc_out_check(f));
	return 0;
}

/* Fields that stand in conflict among those just written, or that the county's rule doubts. */
static int
conflicts_tell(struct jc_record_io *io, const struct jc_record_key *key, struct jc_err *err)
{
	struct jc_record r;
	int rc;

	if ((rc = jc_record_read(io->run->node, key->rec, &r, err)) < 0)
		return rc;
	for (size_t i = 0; i < r.nfields; i++)
		for (size_t k = 0; r.field[i].nsiblings > 1 && k < io->typed.nchanges; k++)
			if (io->typed.change[k].field->id == r.field[i].field->id)
				printf(JC_T("“%s”另有不同的值，两个都保留了，请用 jiceng conflicts 查看\n",
				           "\"%s\" has another value as well; both are kept, see jiceng conflicts\n"),
				    jc_field_label(r.field[i].field));
	if (r.key.kind != NULL)
		(void)jc_overlay_checks(r.key.kind, jc_out_text_of, &r, hint, &io->typed);
	jc_record_free(&r);
	return 0;
}

static int
set_typed(struct jc_record_io *io, const struct jc_record_key *key, int64_t seen, struct jc_err *err)
{
	struct jc_typed *t = &io->typed;
	struct jc_record now = {0};
	struct jc_save *sv = NULL;
	int rc, end, written = 0;
	jc_id id;

	for (size_t i = 0; i < sizeof(id); i++)
		id[i] = key->id[i];
	if ((rc = jc_save_begin(&sv, io->run->node, key->scope, "set", err)) < 0)
		return rc;
	if ((rc = jc_record_read(io->run->node, key->rec, &now, err)) == 0 && (rc = jc_typed_finish(t, &now, err)) == 0)
		rc = jc_save_set(sv, key->kind, id, t->change, t->nchanges, seen, &written, err);
	end = jc_save_end(sv, rc == 0 && written > 0, NULL, rc == 0 ? err : NULL);
	jc_record_free(&now);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	if (written == 0)
		printf("%s\n", JC_T("内容没有变化", "Nothing has changed"));
	else
		printf(JC_T("已保存，改了%d项\n", "Saved; %d changed\n"), written);
	fflush(stdout);
	jc_record_io_remarks(io);
	return conflicts_tell(io, key, err);
}

static int
set(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_record_io io;
	struct jc_scope scope;
	int64_t seen;
	int rc;

	if ((rc = seen_parse(&seen, run, err)) < 0 || (rc = jc_record_io_find(run, run->args[0], &key, &scope, err)) < 0)
		return rc;
	if (key.is_void && seen == 0)
		return jc_err_set(err, JC_ESTATE, "jc_cmd_set",
		    JC_T("这条记录已作废，先用 jiceng unvoid %s 恢复再修改", "This record is void; bring it back with jiceng unvoid %s first"),
		    key.id);
	if ((rc = jc_record_io_open(&io, run, &scope, err)) == 0 &&
	    (rc = jc_record_io_pairs(&io, key.kind, run->nargs - 1, run->args + 1, err)) == 0)
		rc = set_typed(&io, &key, seen, err);
	jc_record_io_close(&io);
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"seen", "标记", "TOKEN", "表单打开时的标记（show --json 里的 seen）：之后别人改过的值也会保留", "what show --json gave as \"seen\" when the form was opened: values written since stay as well", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_set = {
	.name = "set",
	.args_zh = "编号 项目=内容...", .args_en = "ID FIELD=VALUE...",
	.least = 2, .most = 500,
	.zh = "修改一条记录\n“项目=”清空；可多个的项目：=整个换掉，+=加上，-=去掉，用顿号分开。",
	.en = "change a record\n\"FIELD=\" clears; of sets: = all of it, += adds, -= takes out; separated by commas.",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_ENTRY,
	.run = set
};
