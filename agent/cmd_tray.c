/* SPDX-License-Identifier: MulanPSL-2.0 */
/* return (at a hub), tray, tray resend, tray withdraw, tray export (at a branch). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sync/sync_tray.h"
#include "cmd.h"
#include "csv.h"
#include "out.h"
#include "outfile.h"
#include "record_io.h"

#define WHERE "jc_cmd_tray"

/* ---- the hub ---- */

static int
give_back(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *reason = jc_cmd_opt(run, "reason");
	int accept = jc_cmd_opt(run, "accept") != NULL, n = 0, rc;
	const struct jc_field *field = NULL;
	struct jc_record_key key;

	if (accept == (reason != NULL))
		return jc_cmd_usage(err, run->cmd, "%s", JC_T("写上 --reason 原因；要收回退回就写 --accept", "Give --reason; or --accept to take a return back"));
	if ((rc = jc_record_find(run->node, 0, run->args[0], &key, err)) < 0)
		return rc;
	if (key.kind == NULL)
		return jc_err_code(err, JC_ENEWER, WHERE);
	if (run->nargs > 1 && (rc = jc_cmd_field(&field, key.kind, run->args[1], strlen(run->args[1]), err)) < 0)
		return rc;
	rc = accept ? jc_tray_accept(run->node, &key, field, &n, err) : jc_tray_return(run->node, &key, field, reason, &n, err);
	if (rc == 0)
		printf(accept ? JC_T("已收回退回：%d项又算数了\n", "Taken back: %d fields count again\n")
		              : JC_T("已退回%d项；支部下次上报时收到原因\n", "%d fields returned; the branch gets the reason with its next sync\n"), n);
	return rc;
}

/* ---- the branch ---- */

struct listing {
	struct jc_cmd_run *run;
	json_t *list;
	struct jc_buf *csv;
	int64_t now, n;
};

static json_t *
fields_json(const struct jc_tray_item *item)
{
	json_t *o = json_object();

	for (size_t i = 0; o != NULL && i < item->nfields; i++)
		json_object_set_new(o, item->field[i].field->name,
		    jc_out_json_value(item->field[i].field, item->field[i].text,
		        item->field[i].text != NULL ? strlen(item->field[i].text) : 0));
	return o;
}

static int
item_print(void *arg, const struct jc_tray_item *item)
{
	struct listing *l = arg;
	char time[JC_TIME_ROOM];
	struct jc_record r;
	struct jc_buf b;

	l->n++;
	if (l->list != NULL)
		return json_array_append_new(l->list, json_pack("{s:I,s:s,s:s,s:b,s:s,s:I,s:o}", "no", (json_int_t)item->no, "id", item->key.id,
		           "kind", item->key.kind != NULL ? item->key.kind->name : "", "refused", item->refused, "reason", item->reason,
		           "time", (json_int_t)item->time, "fields", fields_json(item))) == 0 ? 0 : JC_ENOMEM;
	jc_buf_init(&b, 1 << 20);
	if (jc_record_read(l->run->node, item->key.rec, &r, NULL) == 0) {
		jc_out_record(&b, &r);
		jc_record_free(&r);
	}
	jc_out_time(time, item->time, l->now);
	printf(JC_T("第%lld号  %s  %s  %s\n  %s：%s\n", "No. %lld  %s  %s  %s\n  %s: %s\n"), (long long)item->no, item->key.id,
	    b.data != NULL ? b.data : "", time, item->refused ? JC_T("上级的程序收不下", "the hub's program could not take it")
	                                                      : JC_T("退回原因", "reason"), item->reason);
	for (size_t i = 0; i < item->nfields; i++) {
		const char *text = item->field[i].text;

		jc_buf_reset(&b);
		jc_out_value(&b, item->field[i].field, text, text != NULL ? strlen(text) : 0, 0);
		printf(JC_T("  %s：%s\n", "  %s: %s\n"), jc_field_label(item->field[i].field), b.len != 0 ? b.data : "");
	}
	jc_buf_free(&b);
	return 0;
}

static int
tray(struct jc_cmd_run *run, struct jc_err *err)
{
	struct listing l = {.run = run, .now = run->env->wall_ms(run->env->ctx) / 1000, .list = run->json ? json_array() : NULL};
	int rc = jc_tray_each(run->node, item_print, &l, err);

	if (rc < 0) {
		json_decref(l.list);
		return rc;
	}
	if (l.list != NULL)
		return jc_out_json(l.list, err);
	if (l.n == 0)
		printf("%s\n", JC_T("没有退回的内容", "Nothing is returned"));
	else
		printf("%s\n", JC_T("改好再送：jiceng tray resend 号 项目=内容；不送了：jiceng tray withdraw 号",
		    "Mend and send again: jiceng tray resend NO FIELD=VALUE; let it go: jiceng tray withdraw NO"));
	return 0;
}

static int
resend_typed(struct jc_cmd_run *run, int64_t no, const struct jc_tray_item *item, struct jc_err *err)
{
	struct jc_record now = {0};
	struct jc_record_io io;
	struct jc_scope scope;
	int rc;

	if (run->nargs == 1)
		return jc_tray_resend(run->node, no, NULL, 0, err);
	if ((rc = jc_scope_get(&scope, run->node->log, item->key.scope, err)) < 0)
		return rc;
	if ((rc = jc_record_io_open(&io, run, &scope, err)) == 0 &&
	    (rc = jc_record_io_pairs(&io, item->key.kind, run->nargs - 1, run->args + 1, err)) == 0 &&
	    (rc = jc_record_read(run->node, item->key.rec, &now, err)) == 0 && (rc = jc_typed_finish(&io.typed, &now, err)) == 0 &&
	    (rc = jc_tray_resend(run->node, no, io.typed.change, io.typed.nchanges, err)) == 0)
		jc_record_io_remarks(&io);
	jc_record_free(&now);
	jc_record_io_close(&io);
	return rc;
}

static int
tray_resend(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_tray_item *item = calloc(1, sizeof(*item));
	int64_t no;
	int rc;

	if (item == NULL)
		return JC_NOMEM(err, WHERE);
	if ((rc = jc_cmd_number(&no, "NO", run->args[0], err)) == 0 && (rc = jc_tray_get(item, run->node, no, err)) == 0) {
		rc = resend_typed(run, no, item, err);
		jc_tray_free(item);
	}
	free(item);
	if (rc == 0)
		printf("%s\n", JC_T("已改好，下次上报时送出", "Done; it is sent with the next sync"));
	return rc;
}

static int
tray_withdraw(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_tray_item *item = calloc(1, sizeof(*item));
	int64_t no;
	int rc;

	if (item == NULL)
		return JC_NOMEM(err, WHERE);
	if ((rc = jc_cmd_number(&no, "NO", run->args[0], err)) == 0 && (rc = jc_tray_get(item, run->node, no, err)) == 0) {
		rc = jc_tray_close(run->node, no, "withdrawn", err);
		jc_tray_free(item);
	}
	free(item);
	if (rc == 0)
		printf("%s\n", JC_T("好的，这一条不再送了", "It is let go"));
	return rc;
}

/* ---- export ---- */

static int
item_csv(void *arg, const struct jc_tray_item *item)
{
	struct listing *l = arg;
	struct jc_buf b;
	char no[24];

	snprintf(no, sizeof(no), "%lld", (long long)item->no);
	jc_buf_init(&b, 1 << 20);
	for (size_t i = 0; i < item->nfields; i++) {
		const char *text = item->field[i].text, *label = jc_field_label(item->field[i].field);

		jc_buf_reset(&b);
		jc_out_value(&b, item->field[i].field, text, text != NULL ? strlen(text) : 0, 0);
		jc_csv_put(l->csv, no, strlen(no), 1);
		jc_csv_put(l->csv, item->key.id, strlen(item->key.id), 0);
		jc_csv_put(l->csv, label, strlen(label), 0);
		jc_csv_put(l->csv, b.data != NULL ? b.data : "", b.len, 0);
		jc_csv_put(l->csv, item->reason, strlen(item->reason), 0);
		jc_csv_end(l->csv);
	}
	jc_buf_free(&b);
	l->n++;
	return 0;
}

static int
tray_export(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *const head[] = {JC_T("号", "no"), JC_T("编号", "id"), JC_T("项目", "field"), JC_T("写的内容", "value"), JC_T("退回原因", "reason")};
	struct listing l = {.run = run};
	struct jc_outfile f;
	int rc, end;

	if ((rc = jc_outfile_open(&f, run->args[0], 0600, err)) < 0)
		return rc;
	l.csv = &f.buf;
	jc_buf_puts(&f.buf, "\xef\xbb\xbf");
	for (size_t i = 0; i < 5; i++)
		jc_csv_put(&f.buf, head[i], strlen(head[i]), i == 0);
	jc_csv_end(&f.buf);
	rc = jc_tray_each(run->node, item_csv, &l, err);
	end = jc_outfile_end(&f, rc >= 0, rc >= 0 ? err : NULL);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	printf(JC_T("%lld条写到 %s（证件号和电话已遮盖）\n", "%lld returns written to %s (numbers of people masked)\n"), (long long)l.n, run->args[0]);
	return 0;
}

static const struct jc_cmd_opt return_opts[] = {
	{"reason", "原因", "REASON", "为什么退回：支部照着改", "why: the branch mends it by that", 0},
	{"accept", NULL, NULL, "收回以前的退回", "take a former return back", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_return = {
	.name = "return",
	.args_zh = "编号 [项目]", .args_en = "ID [FIELD]",
	.least = 1, .most = 2,
	.zh = "县里：把支部写的一项（或整条）退回更正\n退回的内容不算数，原来的值又显示出来；支部在退回箱里看到原因，改好再送。",
	.en = "hub: return a field (or a whole record) to the branch\nWhat is returned does not count and the former value shows again; the branch sees the reason and mends it.",
	.opts = return_opts,
	.flags = JC_CMD_OPEN,
	.run = give_back
};

const struct jc_cmd jc_cmd_tray = {
	.name = "tray",
	.args_zh = "", .args_en = "",
	.zh = "退回箱：上级退回的内容、原因和写过的值",
	.en = "what the hub returned, why, and what was written",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = tray
};

const struct jc_cmd jc_cmd_tray_resend = {
	.name = "tray resend",
	.args_zh = "号 [项目=内容...]", .args_en = "NO [FIELD=VALUE...]",
	.least = 1, .most = 1 + 64,
	.zh = "把退回的改好再送；不写项目就照原样再送",
	.en = "send a returned one again, mended; without fields as it was",
	.flags = JC_CMD_OPEN,
	.run = tray_resend
};

const struct jc_cmd jc_cmd_tray_withdraw = {
	.name = "tray withdraw",
	.args_zh = "号", .args_en = "NO",
	.least = 1, .most = 1,
	.zh = "退回的这一条不再送了",
	.en = "let a returned one go",
	.flags = JC_CMD_OPEN,
	.run = tray_withdraw
};

const struct jc_cmd jc_cmd_tray_export = {
	.name = "tray export",
	.args_zh = "文件.csv", .args_en = "FILE.csv",
	.least = 1, .most = 1,
	.zh = "把退回箱写成一个表格",
	.en = "write the tray to a spreadsheet",
	.flags = JC_CMD_OPEN,
	.run = tray_export
};
