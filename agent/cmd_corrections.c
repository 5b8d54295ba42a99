/* SPDX-License-Identifier: MulanPSL-2.0 */
/* corrections: what the county changed in a branch's records. object: 我有异议. */
#include <stdio.h>

#include "cmd.h"
#include "corrections.h"
#include "out.h"

static const char *
word(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL && s[0] != '\0' ? s : JC_T("（空）", "(empty)");
}

static int
corrections(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *a = jc_corrections_list(run->node, run->env, jc_cmd_opt(run, "all") != NULL, jc_cmd_opt(run, "full") != NULL, err), *o;
	int64_t now = run->env->wall_ms(run->env->ctx) / 1000;
	char time[JC_TIME_ROOM];
	size_t i;

	if (a == NULL)
		return err->code;
	if (run->json)
		return jc_out_json(a, err);
	if (json_array_size(a) == 0)
		printf("%s\n", JC_T("县里没有改过", "The county has changed nothing"));
	else
		printf(JC_T("县里改了%zu处：\n", "The county changed %zu:\n"), json_array_size(a));
	json_array_foreach(a, i, o) {
		jc_out_time(time, (int64_t)json_integer_value(json_object_get(o, "time")), now);
		printf("  %s  %s  %s：%s → %s  %s%s\n", word(o, "id"), word(o, "title"), word(o, "label"), word(o, "before"),
		    word(o, "after"), time, json_is_true(json_object_get(o, "objected")) ? JC_T("  已提异议", "  objected") : "");
	}
	json_decref(a);
	return 0;
}

static int
object(struct jc_cmd_run *run, struct jc_err *err)
{
	jc_id id;
	int rc = jc_corrections_object(id, run->node, run->env, run->args[0], run->args[1], jc_cmd_opt(run, "reason"), err);

	if (rc < 0)
		return rc;
	printf("%s\n%s\n", id, JC_T("已记下，下次上报时县里会看到", "Noted; the county sees it with the next sync"));
	return 0;
}

static const struct jc_cmd_opt list_opts[] = {
	{"all", NULL, NULL, "不只最近30天", "not only of the last 30 days", 0},
	{"full", NULL, NULL, "证件号和电话不遮盖", "identity numbers and phones unmasked", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

static const struct jc_cmd_opt object_opts[] = {
	{"reason", "理由", "REASON", "为什么不同意", "why", 1},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_corrections = {
	.name = "corrections",
	.args_zh = "", .args_en = "",
	.zh = "县里改了哪几处，改前改后\n县里只改编码、归属和分类；不同意的，30天内用 jiceng object 提出。",
	.en = "what the county changed, before and after\nThe county corrects codes, links and classifications; object within 30 days with jiceng object.",
	.opts = list_opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = corrections
};

const struct jc_cmd jc_cmd_object = {
	.name = "object",
	.args_zh = "编号 项目", .args_en = "ID FIELD",
	.least = 2, .most = 2,
	.zh = "对县里改的一项提出异议（我有异议）",
	.en = "object to what the county changed",
	.opts = object_opts,
	.flags = JC_CMD_OPEN,
	.run = object
};
