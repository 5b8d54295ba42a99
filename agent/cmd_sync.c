/* SPDX-License-Identifier: MulanPSL-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "cmd.h"
#include "files.h"
#include "mailbox.h"
#include "out.h"
#include "uplink.h"

static const struct jc_cmd_opt OPTS[] = {
    {"first", "编号", "ID", "先送这条记录：它和它依据的修改赶在其他修改和附件之前送出",
        "this record first: its changes, and those they rest on, go ahead of all others and of attachments", 0},
    {"mailbox", "文件夹或网址", "FOLDER-OR-URL", "不直接联系县里，而是通过一个信箱：共享或U盘上的文件夹，或 git 服务器的网址",
        "not with the hub itself but through a mailbox: a folder on a share or stick, or the address of a git server", 0},
    {"limit", "秒", "SECONDS", "整个上报最多用多少秒", "give up after so many seconds", 0},
    {"trace", "文件", "FILE", "把经过记到文件里（只有步骤和字节数，没有内容），给 jiceng debug replay 看",
        "write down how it went (steps and sizes, nothing of the content), for jiceng debug replay", 0},
    {NULL, NULL, NULL, NULL, NULL, 0}};

static int
cancelled(void *arg)
{
	(void)arg;
	return jc_cmd_interrupted();
}

static json_t *
report_json(const struct jc_session_report *r)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:b}", "ops_up", (json_int_t)r->ops_up, "ops_down",
	    (json_int_t)r->ops_down, "commits_up", (json_int_t)r->commits_up, "commits_down", (json_int_t)r->commits_down,
	    "requests", (json_int_t)r->requests, "bytes_up", (json_int_t)r->bytes_up, "bytes_down",
	    (json_int_t)r->bytes_down, "waiting", (json_int_t)r->waiting, "skew", (json_int_t)r->skew, "hub_restored",
	    r->hub_restored, "forked", r->forked);
}

static void
report_print(const struct jc_session_report *r)
{
	char skew[JC_CLOCK_ROOM];

	if (r->waiting == 0)
		printf(JC_T("已送到县里：送出 %lld 处修改，收到 %lld 处。\n", "At the county: %lld changes sent, %lld received.\n"),
		    (long long)r->ops_up, (long long)r->ops_down);
	else
		printf(JC_T("送出 %lld 处修改，收到 %lld 处，还有 %lld 处等县里确认。\n",
		           "%lld changes sent, %lld received, %lld still wait for the county's receipt.\n"),
		    (long long)r->ops_up, (long long)r->ops_down, (long long)r->waiting);
	if (r->hub_restored)
		fputs(JC_T("县里的服务器恢复过备份，已重新核对，没有丢失内容。\n",
		          "The hub was restored from a backup; everything was compared again and nothing is lost.\n"), stdout);
	if (r->forked)
		fputs(JC_T("这个数据文件夹被复制或恢复过，两边的内容都已保留。\n",
		          "This data folder was copied or restored; what both sides wrote is kept.\n"), stdout);
	if (jc_clock_off(skew, sizeof(skew), r->skew))
		printf("%s\n", skew);
}

/* ---- a trace: words and sizes ---- */

struct trace {
	struct jc_buf lines;
	const struct jc_env *env;
	int64_t began;
};

static void
trace_step(void *arg, const struct jc_session_step *s)
{
	struct trace *t = arg;

	jc_buf_putf(&t->lines, "{\"state\":\"%s\",\"event\":\"%s\",\"next\":\"%s\",\"requests\":%lld,\"up\":%lld,\"down\":%lld,\"ms\":%lld}\n",
	    s->state, s->event, s->next, (long long)s->requests, (long long)s->up, (long long)s->down,
	    (long long)(t->env->mono_ms(t->env->ctx) - t->began));
}

/* The last line says how it ended; the trace of a failed session is the one that matters. */
static int
trace_end(struct trace *t, const char *file, int rc, struct jc_err *err)
{
	struct jc_err why = {0};

	jc_buf_putf(&t->lines, "{\"end\":\"%s\",\"program\":\"%s\"}\n", jc_err_word(rc < 0 ? err->code : 0), JC_VERSION);
	if (jc_buf_check(&t->lines, "trace_end", &why) < 0 || jc_files_write(file, t->lines.data, t->lines.len, 0600, &why) < 0) {
		if (rc >= 0)
			*err = why;
		return rc < 0 ? rc : why.code;
	}
	return rc;
}

/* "This one first". One that does not wait is no error: it may have gone a moment ago. */
static int
first(struct jc_cmd_run *run, const char *id, struct jc_err *err)
{
	struct jc_record_key key;
	int rc, waits;

	if ((rc = jc_record_find(run->node, 0, id, &key, err)) < 0 ||
	    (rc = jc_session_first(run->node, key.scope, key.id, &waits, err)) < 0)
		return rc;
	if (!waits && !run->json)
		puts(JC_T("这条记录没有等着送的修改。", "Nothing of this record waits to be sent."));
	return 0;
}

static int
mailbox(struct jc_cmd_run *run, const struct jc_uplink *u, const char *where, struct jc_err *err)
{
	struct jc_mailbox_report r;
	int rc;

	jc_cmd_catch();
	if ((rc = jc_mailbox_sync(u, where, &r, err)) < 0)
		return rc;
	if (run->json)
		rc = jc_out_json(json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "scopes", (json_int_t)r.scopes, "commits_out",
		    (json_int_t)r.commits_out, "commits_in", (json_int_t)r.commits_in, "ops_in", (json_int_t)r.ops_in, "notes_in",
		    (json_int_t)r.notes_in, "waiting", (json_int_t)r.waiting, "bytes_up", (json_int_t)r.bytes_up, "bytes_down",
		    (json_int_t)r.bytes_down), err);
	else
		printf(JC_T("信箱里：放进 %lld 份，取出 %lld 份（%lld 处修改），收到回执 %lld 份；还有 %lld 处等县里确认。\n",
		           "Mailbox: %lld parcels put there, %lld taken (%lld changes), %lld receipts; %lld changes still wait for the county's receipt.\n"),
		    (long long)r.commits_out, (long long)r.commits_in, (long long)r.ops_in, (long long)r.notes_in, (long long)r.waiting);
	if (rc >= 0 && r.refused.code != 0) {
		*err = r.refused;
		run->exit = JC_EXIT_PARTIAL;
		rc = err->code;
	}
	return rc;
}

static int
run(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_uplink u = {.node = run->node, .env = run->env, .cancelled = cancelled};
	const char *limit = jc_cmd_opt(run, "limit"), *file = jc_cmd_opt(run, "trace"), *id = jc_cmd_opt(run, "first");
	struct jc_session_report report;
	struct jc_err part = {0};
	int64_t seconds = 0;
	struct trace trace;
	int rc;

	if (limit != NULL && (rc = jc_cmd_number(&seconds, "limit", limit, err)) < 0)
		return rc;
	if (id != NULL && (rc = first(run, id, err)) < 0)
		return rc;
	u.total_seconds = (long)seconds;
	if (jc_cmd_opt(run, "mailbox") != NULL)
		return mailbox(run, &u, jc_cmd_opt(run, "mailbox"), err);
	jc_cmd_catch();
	jc_buf_init(&trace.lines, 4u << 20);
	trace.env = run->env;
	trace.began = run->env->mono_ms(run->env->ctx);
	if (file != NULL) {
		u.watch = trace_step;
		u.watch_arg = &trace;
	}
	rc = jc_uplink_sync(&u, &report, err);
	if (file != NULL)
		rc = trace_end(&trace, file, rc, err);
	jc_buf_free(&trace.lines);
	if (rc < 0)
		return rc;
	part = report.err;
	if (run->json && (rc = jc_out_json(report_json(&report), err)) < 0)
		return rc;
	if (!run->json)
		report_print(&report);
	if (part.code != 0) { /* one part was refused; the rest went through */
		*err = part;
		run->exit = JC_EXIT_PARTIAL;
		return part.code;
	}
	return 0;
}

const struct jc_cmd jc_cmd_sync = {
    .name = "sync",
    .args_zh = "",
    .args_en = "",
    .zh = "与县里交换一次：送出本机的修改，收下县里的\n没有网络时内容都留在本机，退出码 75，过一会再运行即可。",
    .en = "Exchange with the hub once: send what was changed here, receive what is new\n"
          "Without a line everything stays on this PC; exit code 75, run it again later.",
    .opts = OPTS,
    .flags = JC_CMD_OPEN | JC_CMD_JSON,
    .run = run,
};
