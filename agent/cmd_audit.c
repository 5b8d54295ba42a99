/* SPDX-License-Identifier: MulanPSL-2.0 */
/* audit: who printed or exported full numbers on this PC. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "cmd.h"
#include "out.h"

struct listing {
	json_t *rows; /* NULL: a table */
	int64_t now, n;
};

static const char *
act_word(const char *act)
{
	static const char *const words[][3] = {{"print", "打印", "print"}, {"export", "导出", "export"},
	    {"show", "显示", "show"}, {"report", "报表", "report"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(act, words[i][0]) == 0)
			return JC_T(words[i][1], words[i][2]);
	return act;
}

static int
row(void *arg, const struct jc_audit *a)
{
	struct listing *l = arg;
	char time[JC_TIME_ROOM];

	l->n++;
	if (l->rows != NULL)
		return json_array_append_new(l->rows, json_pack("{s:I,s:s,s:s,s:s,s:I}", "time", (json_int_t)a->time, "who", a->who,
		                                          "act", a->act, "what", a->what, "count", (json_int_t)a->count)) == 0
		    ? 0 : JC_ENOMEM;
	jc_out_time(time, a->time, l->now);
	printf("%s  ", time);
	jc_out_pad(a->who, 16);
	printf("  ");
	jc_out_pad(act_word(a->act), 6);
	printf("  ");
	jc_out_pad(a->what, 20);
	printf(JC_T("  %lld人\n", "  %lld people\n"), (long long)a->count);
	return 0;
}

static int
audit(struct jc_cmd_run *run, struct jc_err *err)
{
	struct listing l = {.rows = run->json ? json_array() : NULL, .now = run->env->wall_ms(run->env->ctx) / 1000};
	int64_t limit = 0;
	const char *typed = jc_cmd_opt(run, "limit");
	int rc;

	if (typed != NULL && (rc = jc_cmd_number(&limit, "limit", typed, err)) < 0)
		return rc;
	rc = jc_audit_each(run->node->db, limit, row, &l, err);
	if (rc == 0 && run->json)
		return jc_out_json(l.rows, err);
	json_decref(l.rows);
	if (rc == 0 && l.n == 0)
		printf("%s\n", JC_T("还没有人在这台电脑上打印或导出过完整号码", "Nobody has printed or exported full numbers on this PC yet"));
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"limit", "条数", "N", "只列最近多少次", "only the last so many", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_audit = {
	.name = "audit",
	.args_zh = "", .args_en = "",
	.zh = "谁在这台电脑上打印、导出过完整号码\n只记时间、登录名、表格和人数，不记号码和姓名。",
	.en = "who printed or exported full numbers on this PC\nTime, login name, form and how many people; no numbers, no names.",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = audit
};
