/* SPDX-License-Identifier: MulanPSL-2.0 */
/* add: a new record. Prints its id when it is on the disk, and nothing else. */
#include <stdio.h>
#include <string.h>

#include "newid.h"
#include "out.h"
#include "record_io.h"

static int
add_typed(struct jc_record_io *io, struct jc_err *err)
{
	struct jc_typed *t = &io->typed;
	struct jc_save *sv;
	int rc, end;
	jc_id id;

	if ((rc = jc_typed_finish(t, NULL, err)) < 0 ||
	    (rc = jc_save_begin(&sv, io->run->node, io->scope.no, "add", err)) < 0)
		return rc;
	if ((rc = jc_newid(id, sv, io->run->node, io->scope.no, t, jc_cmd_opt(io->run, "key"), err)) == 0)
		rc = jc_save_set(sv, t->kind, id, t->change, t->nchanges, 0, NULL, err);
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	printf("%s\n", id);
	fflush(stdout);
	jc_record_io_remarks(io);
	return 0;
}

static int
add(struct jc_cmd_run *run, struct jc_err *err)
{
	const struct jc_kind *kind;
	struct jc_record_io io;
	struct jc_scope scope;
	int rc;

	if ((rc = jc_cmd_kind(&kind, run->args[0], err)) < 0 || (rc = jc_cmd_scope(run, kind, &scope, err)) < 0)
		return rc;
	if ((rc = jc_record_io_open(&io, run, &scope, err)) == 0 &&
	    (rc = jc_record_io_pairs(&io, kind, run->nargs - 1, run->args + 1, err)) == 0)
		rc = add_typed(&io, err);
	jc_record_io_close(&io);
	return rc;
}

/* ---- help: kinds, or the fields of one ---- */

static void
choices_print(const struct jc_field *f)
{
	size_t n = 0;

	for (const struct jc_choice *c = f->choices; c != NULL && c->code != NULL; c++, n++) {
		if (n == 8) {
			printf("%s", JC_T(" …", " ..."));
			break;
		}
		printf("%s%s %s", n > 0 ? JC_T("，", ", ") : "", c->code, jc_choice_label(c));
	}
}

static const char *
type_word(const struct jc_field *f)
{
	static const char *const zh[] = {"文字", "长文字", "整数", "金额（元）", "数字", "日期", "日期或年月", "日期时间", "是/否", "选项",
	    "记录", "区划", "信用代码", "证件号", "电话"};
	static const char *const en[] = {"text", "long text", "number", "money (yuan)", "decimal", "date", "date or month", "date and time",
	    "yes/no", "choice", "record", "region", "credit code", "identity number", "phone"};

	return JC_T(zh[f->type], en[f->type]);
}

static void
fields_print(const struct jc_kind *kind)
{
	printf("\n%s%s\n", jc_kind_label(kind), JC_T("的项目（写名称或中文都可以）：", ": fields"));
	for (const struct jc_field *f = kind->fields; f->id != 0; f++) {
		if (f->derived)
			continue;
		printf("  ");
		jc_out_pad(f->name, 22);
		printf(" ");
		jc_out_pad(jc_field_label(f), 22);
		printf(" %s%s%s", type_word(f), f->set ? JC_T("，可多个", ", several") : "",
		    f->need == JC_MUST ? JC_T("，必填", ", required") : "");
		if (f->ref != NULL && jc_catalogue_kind(f->ref, strlen(f->ref)) != NULL)
			printf(JC_T("：%s的名称或编号", ": name or id (%s)"), jc_kind_label(jc_catalogue_kind(f->ref, strlen(f->ref))));
		if (f->choices != NULL)
			printf("%s", JC_T("：", ": "));
		choices_print(f);
		printf("\n");
	}
}

static void
help(size_t nargs, char *const *args)
{
	const struct jc_kind *kind = nargs > 0 ? jc_catalogue_kind_typed(args[0]) : NULL;

	if (kind != NULL) {
		fields_print(kind);
		return;
	}
	printf("%s\n", JC_T("\n种类（jiceng add 种类 --help 列出它的项目）：", "\nKinds (jiceng add KIND --help lists its fields):"));
	for (const struct jc_kind *const *k = jc_catalogue_kinds(); *k != NULL; k++) {
		printf("  ");
		jc_out_pad((*k)->name, 14);
		printf(" %s\n", jc_kind_label(*k));
	}
}

static const struct jc_cmd_opt opts[] = {
	{"branch", "名称", "NAME", "（县里）加到哪个基层", "(a hub) the branch to which it belongs", 0},
	{"key", "外部编号", "KEY", "别的系统里的编号；同一编号总是同一条记录", "its key in another system; one key is always one record", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_add = {
	.name = "add",
	.args_zh = "种类 项目=内容...", .args_en = "KIND FIELD=VALUE...",
	.least = 2, .most = 500,
	.zh = "新增一条记录，印出它的编号\n印出编号时已经存进磁盘。一个人有证件号码时，同一个人只会有一条。",
	.en = "add a record, print its id\nWhen the id is printed, the record is on the disk.",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_ENTRY,
	.run = add,
	.help = help
};
