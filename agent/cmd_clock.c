/* SPDX-License-Identifier: MulanPSL-2.0 */
/* clock: this PC's clock beside the county's; --set takes the county's time where the system allows it. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "cmd.h"
#include "out.h"
#include "uplink.h"

static const struct jc_cmd_opt OPTS[] = {
    {"set", NULL, NULL, "照县里的时间校准本机（要有管理员权限）", "set this PC's clock to the county's (needs an administrator)", 0},
    {NULL, NULL, NULL, NULL, NULL, 0}};

static int
cancelled(void *arg)
{
	(void)arg;
	return jc_cmd_interrupted();
}

static int
run(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_uplink u = {.node = run->node, .env = run->env, .cancelled = cancelled};
	struct jc_session_report report;
	char text[JC_CLOCK_ROOM];
	int64_t skew;
	int rc, set = 0;

	jc_cmd_catch();
	if (jc_cmd_opt(run, "set") != NULL && (rc = jc_uplink_sync(&u, &report, err)) < 0)
		return rc; /* an old measure is no time to set a clock by */
	if ((rc = jc_meta_int(run->node->db, "link_skew", &skew, INT64_MIN, err)) < 0)
		return rc;
	if (skew == INT64_MIN)
		return jc_err_set(err, JC_ESTATE, "clock", "%s",
		    JC_T("还没有和县里比过时钟，请先运行 jiceng sync", "This clock has not been compared with the county's yet; run jiceng sync first"));
	if (jc_cmd_opt(run, "set") != NULL && (skew > 1 || skew < -1)) {
		if ((rc = jc_clock_take(run->node, run->env, skew, err)) < 0)
			return rc;
		set = 1;
		skew = 0;
	}
	if (run->json)
		return jc_out_json(json_pack("{s:I,s:b}", "skew", (json_int_t)skew, "set", set), err);
	printf("%s\n", set ? JC_T("本机时钟已照县里的时间校准", "The clock now shows the county's time")
	        : jc_clock_off(text, sizeof(text), skew) ? text : JC_T("本机时钟和县里一致", "This PC's clock agrees with the county's"));
	return 0;
}

const struct jc_cmd jc_cmd_clock = {
    .name = "clock",
    .args_zh = "",
    .args_en = "",
    .zh = "本机时钟和县里差多少；--set 照县里的时间校准",
    .en = "This PC's clock beside the county's; --set takes the county's time",
    .opts = OPTS,
    .flags = JC_CMD_OPEN | JC_CMD_JSON,
    .run = run,
};
