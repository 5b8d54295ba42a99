/* SPDX-License-Identifier: MulanPSL-2.0 */
/* pending, pending fix, pending retry, pending discard: rows of imported files that wait for a person. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "out.h"
#include "waiting.h"

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

static int
number_of(int64_t *no, const struct jc_cmd_run *run, struct jc_err *err)
{
	return jc_cmd_number(no, JC_T("编号", "NUMBER"), run->args[0], err);
}

/* One row with its cells; numbers of people masked. */
static void
row_print(const json_t *row)
{
	const struct jc_kind *kind = jc_catalogue_kind_typed(text_of(row, "kind"));
	struct jc_buf b;
	json_t *c;
	size_t i;

	printf(JC_T("%lld号  %s %s第%lld行  %s\n      原因：%s%s%s\n",
		   "%lld  %s %s row %lld  %s\n      reason: %s%s%s\n"),
	    (long long)json_integer_value(json_object_get(row, "no")), text_of(row, "file"),
	    text_of(row, "sheet"), (long long)json_integer_value(json_object_get(row, "line")),
	    text_of(row, "title"), text_of(row, "field"),
	    text_of(row, "field")[0] != '\0' ? JC_T("，", ", ") : "", text_of(row, "reason"));
	jc_buf_init(&b, 1 << 20);
	json_array_foreach(json_object_get(row, "cells"), i, c) {
		const char *name = json_string_value(json_array_get(c, 0)),
			   *text = json_string_value(json_array_get(c, 2));
		const struct jc_field *f = kind != NULL && name != NULL
		    ? jc_catalogue_field(kind, name, strlen(name))
		    : NULL;

		if (f == NULL || text == NULL || f->set)
			continue;
		jc_buf_puts(&b, b.len > 0 ? "  " : "      ");
		jc_buf_putf(&b, "%s=", jc_field_label(f));
		if (f->type == JC_IDNO || f->type == JC_PHONE)
			jc_value_show_masked(&b, f, text, strlen(text));
		else
			jc_buf_puts(&b, text);
	}
	if (b.data != NULL)
		printf("%s\n", b.data);
	jc_buf_free(&b);
}

static int
list(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *rows = NULL, *row;
	int64_t count = 0;
	size_t i;
	int rc;

	if ((rc = jc_waiting_list(&rows, run->node->db, 0, 0, err)) < 0 ||
	    (rc = jc_waiting_count(run->node->db, &count, err)) < 0) {
		json_decref(rows);
		return rc;
	}
	if (run->json)
		return jc_out_json(
		    json_pack("{s:I,s:o}", "count", (json_int_t)count, "rows", rows), err);
	json_array_foreach(rows, i, row)
		row_print(row);
	printf(JC_T("待处理%lld行\n", "%lld rows wait\n"), (long long)count);
	json_decref(rows);
	return 0;
}

/* Imports waiting rows (no 0: all); what succeeds is taken out. */
static int
retry_rows(struct jc_cmd_run *run, int64_t no, struct jc_err *err)
{
	struct jc_import_options o = {.run = run, .name = JC_T("待处理", "waiting rows")};
	struct jc_import_report report;
	struct jc_import_source *src;
	int rc;

	if ((rc = jc_waiting_open(&src, run->node->db, no, err)) < 0)
		return rc;
	jc_import_report_init(&report);
	if ((rc = jc_import_source(&report, &o, src, err)) == 0)
		rc = jc_import_tell(run, &report, 0, err);
	jc_import_report_free(&report);
	return rc;
}

static int
retry(struct jc_cmd_run *run, struct jc_err *err)
{
	int64_t no = 0;
	int rc;

	if (run->nargs > 0 && (rc = number_of(&no, run, err)) < 0)
		return rc;
	return retry_rows(run, no, err);
}

static int
discard(struct jc_cmd_run *run, struct jc_err *err)
{
	int64_t no;
	int rc, end;

	if ((rc = number_of(&no, run, err)) < 0 || (rc = jc_db_begin(run->node->db, err)) < 0)
		return rc;
	rc = jc_waiting_drop(run->node->db, no, err);
	end = jc_db_end(run->node->db, rc == 0, rc == 0 ? err : NULL);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	if (run->json)
		return jc_out_json(json_pack("{s:I}", "discarded", (json_int_t)no), err);
	printf(JC_T("已丢掉待处理的第%lld号\n", "Row %lld was discarded\n"), (long long)no);
	return 0;
}

static int
fixes_parse(json_t *fixes, const struct jc_cmd_run *run, struct jc_err *err)
{
	const char *same = jc_cmd_opt(run, "same-as");

	for (size_t i = 1; i < run->nargs; i++) {
		const char *equals = strchr(run->args[i], '=');
		char name[200];

		if (equals == NULL || equals == run->args[i] ||
		    (size_t)(equals - run->args[i]) >= sizeof(name))
			return jc_err_set(err, JC_EUSAGE, "pending",
			    JC_T("“%.60s”要写成 项目=内容", "\"%.60s\" must be FIELD=VALUE"),
			    run->args[i]);
		memcpy(name, run->args[i], (size_t)(equals - run->args[i]));
		name[equals - run->args[i]] = '\0';
		json_object_set_new(fixes, name, json_string(equals + 1));
	}
	if (same != NULL)
		json_object_set_new(fixes, "=id", json_string(same));
	if (jc_cmd_opt(run, "as-new") != NULL)
		json_object_set_new(fixes, "=new", json_string("1"));
	if (json_object_size(fixes) == 0)
		return jc_err_set(err, JC_EUSAGE, "pending", "%s",
		    JC_T("请说明怎么改：项目=内容，或 --same-as 编号，或 --as-new",
			"Say what to change: FIELD=VALUE, --same-as ID or --as-new"));
	return 0;
}

static int
fix(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *fixes = json_object();
	int64_t no;
	int rc;

	if ((rc = number_of(&no, run, err)) == 0 && (rc = fixes_parse(fixes, run, err)) == 0)
		rc = jc_waiting_fix(run->node->db, no, fixes, err);
	json_decref(fixes);
	return rc < 0 ? rc : retry_rows(run, no, err);
}

const struct jc_cmd jc_cmd_pending = {
	.name = "pending",
	.args_zh = "", .args_en = "",
	.zh = "看待处理的行：导入时没有成功的每一行和原因",
	.en = "list the rows of imported files that wait, each with its reason",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = list
};

static const struct jc_cmd_opt fix_opts[] = {
	{"same-as", "编号", "ID", "就是这条已有的记录", "it is this record", 0},
	{"as-new", NULL, NULL, "不是已有的任何人，新增", "it is nobody who is there", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_pending_fix = {
	.name = "pending fix",
	.args_zh = "编号 [项目=内容…]", .args_en = "NUMBER [FIELD=VALUE...]",
	.least = 1, .most = 100,
	.zh = "改正待处理的一行，并马上再导入它\n例如：jiceng pending fix 3 id_no=…，内容留空表示去掉这一项。",
	.en = "correct a waiting row and import it at once\nAs in: jiceng pending fix 3 id_no=...; an empty VALUE takes the field out.",
	.opts = fix_opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = fix
};

const struct jc_cmd jc_cmd_pending_retry = {
	.name = "pending retry",
	.args_zh = "[编号]", .args_en = "[NUMBER]",
	.least = 0, .most = 1,
	.zh = "再导入待处理的行（一行或全部）",
	.en = "import waiting rows again (one, or all)",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = retry
};

const struct jc_cmd jc_cmd_pending_discard = {
	.name = "pending discard",
	.args_zh = "编号", .args_en = "NUMBER",
	.least = 1, .most = 1,
	.zh = "丢掉待处理的一行",
	.en = "discard a waiting row",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = discard
};
