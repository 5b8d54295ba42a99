/* SPDX-License-Identifier: MulanPSL-2.0 */
/* branch init, hub init: a data folder becomes a branch PC or a hub. */
#include <stdio.h>

#include "cmd.h"
#include "listen.h"

static int
label_set(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *label = jc_cmd_opt(run, "label");

	return label != NULL ? jc_log_set_label(run->node->log, label, err) : 0;
}

static int
branch_init(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *name = jc_cmd_opt(run, "name");
	int rc;

	if ((rc = jc_node_init_branch(run->node, name, err)) < 0 || (rc = label_set(run, err)) < 0)
		return rc;
	printf(JC_T("“%s”可以开始使用了，数据在 %s\n", "\"%s\" is ready; its data lies in %s\n"), name, run->data);
	return 0;
}

static int
hub_init(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *name = jc_cmd_opt(run, "name"), *listen = jc_cmd_opt(run, "listen");
	int rc;

	if (listen != NULL && (rc = jc_listen_check(listen, err)) < 0)
		return rc;
	if ((rc = jc_node_init_hub(run->node, name, err)) < 0 || (rc = label_set(run, err)) < 0)
		return rc;
	if (listen != NULL && (rc = jc_meta_set(run->node->db, JC_LISTEN_META, listen, err)) < 0)
		return rc;
	printf(JC_T("“%s”可以开始使用了，数据在 %s\n", "\"%s\" is ready; its data lies in %s\n"), name, run->data);
	return 0;
}

#define LABEL {"label", "名称", "NAME", "这台电脑的称呼，会写进记录的来历", "what this PC is called in the history of records", 0}

static const struct jc_cmd_opt branch_opts[] = {
	{"name", "名称", "NAME", "基层工会的名称", "name of the branch", 1},
	LABEL,
	{NULL, NULL, NULL, NULL, NULL, 0}
};

static const struct jc_cmd_opt hub_opts[] = {
	{"name", "名称", "NAME", "县（市）工会的名称", "name of the county or city", 1},
	{"listen", "地址:端口", "A:P", "在哪个地址上接收（默认 " JC_LISTEN_DEFAULT "）", "address to serve on (default " JC_LISTEN_DEFAULT ")", 0},
	LABEL,
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_branch_init = {
	.name = "branch init",
	.args_zh = "", .args_en = "",
	.zh = "把这台电脑设为一个基层工会",
	.en = "make this PC a branch",
	.opts = branch_opts,
	.flags = JC_CMD_OPEN | JC_CMD_MAKE,
	.run = branch_init
};

const struct jc_cmd jc_cmd_hub_init = {
	.name = "hub init",
	.args_zh = "", .args_en = "",
	.zh = "把这台机器设为县（市）中心",
	.en = "make this machine a county or city hub",
	.opts = hub_opts,
	.flags = JC_CMD_OPEN | JC_CMD_MAKE | JC_CMD_GIT,
	.run = hub_init
};
