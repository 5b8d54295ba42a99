/* SPDX-License-Identifier: MulanPSL-2.0 */
/* add: a new record. Prints its id when it is on the disk, and nothing else. */
#include <stdio.h>
#include <string.h>

#include "out.h"
#include "record_io.h"

static int
exists(struct jc_err *err, const struct jc_kind *kind, const jc_id id)
{
	return jc_err_set(err, JC_EEXISTS, "jc_cmd_add",
	    JC_T("已经有这条%s了，编号 %s；要修改请用 jiceng set %s", "This record (%s) is there already: %s; change it with jiceng set %s"),
	    jc_kind_label(kind), id, id);
}

static int
first_row(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	(void)text;
	(void)n;
	memcpy(arg, key->id, sizeof(key->id));
	return 1;
}

/* Is somebody with this number here, under whatever id? */
static int
number_taken(struct jc_record_io *io, const struct jc_match_who *who, struct jc_err *err)
{
	const struct jc_kind *kind = io->typed.kind;
	struct jc_filter filter = {.text = who->number};
	struct jc_query q = {.scope = io->scope.no, .kind = kind, .filter = &filter, .nfilters = 1, .limit = 1};
	jc_id id = "";
	int rc;

	for (const struct jc_field *f = kind->fields; f->id != 0 && filter.field == NULL; f++)
		if (f->type == JC_IDNO)
			filter.field = f;
	if (filter.field == NULL || who->number.n == 0)
		return 0;
	if ((rc = jc_records_each(io->run->node, &q, first_row, id, err)) < 0)
		return rc;
	return rc == 1 ? exists(err, kind, id) : 0;
}

/* The record's id: of its key, of the person, or "" for a random one. JC_EEXISTS. */
static int
id_choose(struct jc_record_io *io, struct jc_save *sv, jc_id id, struct jc_err *err)
{
	const char *key = jc_cmd_opt(io->run, "key");
	const struct jc_kind *kind = io->typed.kind;
	struct jc_match_who who;
	struct jc_record_key there;
	int rc;

	id[0] = '\0';
	jc_typed_who(&io->typed, &who);
	if (key != NULL)
		rc = jc_save_id_key(sv, id, kind, (struct jc_slice){key, strlen(key)}, err);
	else if ((rc = number_taken(io, &who, err)) == 0 && who.number.n != 0 && who.title.n != 0)
		rc = jc_save_id_person(sv, id, kind, who.number, who.title, err);
	if (rc < 0 || id[0] == '\0')
		return rc;
	if ((rc = jc_record_find(io->run->node, io->scope.no, id, &there, err)) == JC_ENOTFOUND)
		return 0;
	return rc < 0 ? rc : exists(err, kind, id);
}

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
	if ((rc = id_choose(io, sv, id, err)) == 0)
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
