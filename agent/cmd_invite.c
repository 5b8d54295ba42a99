/* SPDX-License-Identifier: MulanPSL-2.0 */
/* hub invite: prints nothing but the code, so that it can be read out or piped. */
#include <stdio.h>

#include "../sync/sync_enrol.h"
#include "cmd.h"

static int
invite(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *branch = jc_cmd_opt(run, "branch"), *hub = jc_cmd_opt(run, "hub");
	char code[JC_CODE_TEXT];
	int rc;

	if ((branch == NULL) == (hub == NULL))
		return jc_cmd_usage(err, run->cmd, "%s", JC_T("--branch 和 --hub 写一个", "Give one of --branch and --hub"));
	rc = branch != NULL ? jc_enrol_invite(code, run->node, branch, err) : jc_enrol_invite_hub(code, run->node, hub, err);
	if (rc < 0)
		return rc;
	printf("%s\n", code);
	return 0;
}

static const struct jc_cmd_opt opts[] = {
	{"branch", "名称", "NAME", "基层工会的名称；同一名称再来一次，邀请它的第二台电脑", "name of the branch; the same name again invites its second PC", 0},
	{"hub", "名称", "NAME", "下一级中心的名称（市里邀请县里）", "name of a hub below this one (a city invites a county)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_hub_invite = {
	.name = "hub invite",
	.args_zh = "", .args_en = "",
	.zh = "邀请一个基层工会加入，印出一次有效的加入码",
	.en = "invite a branch: prints a code that works once",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_GIT,
	.run = invite
};
