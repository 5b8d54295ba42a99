/* SPDX-License-Identifier: MulanPSL-2.0 */
#include <stdio.h>

#include "cmd.h"
#include "handover_out.h"
#include "uplink.h"

static int
cancelled(void *arg)
{
	(void)arg;
	return jc_cmd_interrupted();
}

/* Without a line: the wish goes onto a stick. */
static int
by_stick(struct jc_cmd_run *run, const char *dir, struct jc_err *err)
{
	struct jc_stick s = {.dir = dir};
	struct jc_handover h = {0};
	int rc;

	if (run->nargs != 1)
		return jc_cmd_usage(err, run->cmd, "%s", JC_T("用U盘加入时只写加入码，不写网址", "With --stick give the code only, no address"));
	if ((rc = jc_handover_join(&h, run->node, &s, run->args[0], err)) == 0)
		rc = jc_handover_print(&h, run->json, err);
	jc_handover_free(&h);
	return rc;
}

static int
run(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_uplink u = {.node = run->node, .env = run->env, .cancelled = cancelled};
	struct jc_session_report report;
	struct jc_scope s;
	int rc;

	jc_cmd_catch();
	if (jc_cmd_opt(run, "stick") != NULL)
		return by_stick(run, jc_cmd_opt(run, "stick"), err);
	if (run->nargs != 2)
		return jc_cmd_usage(err, run->cmd, "%s", JC_T("要写网址和加入码", "Give the address and the code"));
	if ((rc = jc_uplink_join(&u, run->args[0], run->args[1], &run->key, err)) < 0 ||
	    (rc = jc_node_scope(run->node, &s, err)) < 0)
		return rc;
	printf(JC_T("已加入“%s”。\n", "Joined \"%s\".\n"), s.name);
	if ((rc = jc_uplink_sync(&u, &report, err)) < 0)
		return jc_err_prefix(err, "%s", JC_T("已经加入，但第一次上报没有完成：", "Joined, but the first sync did not end: "));
	printf(JC_T("第一次上报完成：送出 %lld 处修改，收到 %lld 处。\n", "First sync done: %lld changes sent, %lld received.\n"),
	    (long long)report.ops_up, (long long)report.ops_down);
	return 0;
}

static const struct jc_cmd_opt opts[] = {
    {"stick", "文件夹", "DIR", "没有网络：把申请写到U盘，县里读入后带回，再运行 bundle read", "without a line: write the request onto a stick, then bundle read what the hub gives back", 0},
    {NULL, NULL, NULL, NULL, NULL, 0}};

const struct jc_cmd jc_cmd_join = {
    .name = "join",
    .args_zh = "[网址] 加入码",
    .args_en = "[URL] CODE",
    .least = 1,
    .most = 2,
    .zh = "用县里给的加入码加入县里\n"
          "加入前记下的内容都会保留，并在第一次上报时送到县里。加入码大小写、空格、横线都不用管。",
    .en = "Join the county hub with the code that it gave\n"
          "What was recorded before joining is kept and sent with the first sync. Case, spaces and hyphens of the code do not matter.",
    .opts = opts,
    .flags = JC_CMD_OPEN | JC_CMD_MAKE,
    .run = run,
};
