/* SPDX-License-Identifier: MulanPSL-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "cmd.h"
#include "out.h"
#include "uplink.h"

static const struct jc_cmd_opt OPTS[] = {
    {"limit", "秒", "SECONDS", "整个上报最多用多少秒", "give up after so many seconds", 0},
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

static int
run(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_uplink u = {.node = run->node, .env = run->env, .cancelled = cancelled};
	const char *limit = jc_cmd_opt(run, "limit");
	struct jc_session_report report;
	struct jc_err part = {0};
	int64_t seconds = 0;
	int rc;

	if (limit != NULL && (rc = jc_cmd_number(&seconds, "limit", limit, err)) < 0)
		return rc;
	u.total_seconds = (long)seconds;
	jc_cmd_catch();
	if ((rc = jc_uplink_sync(&u, &report, err)) < 0)
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
