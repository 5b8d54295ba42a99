/* SPDX-License-Identifier: MulanPSL-2.0 */
/* tasks: what is to be done today. */
#include <stdio.h>
#include <string.h>

#include "api_private.h"
#include "cmd.h"
#include "out.h"
#include "tasks.h"

static int
group_print(void *arg, const struct jc_task_group *g)
{
	int *n = arg;

	printf("%s%s %lld%s", (*n)++ ? JC_T("，", ", ") : JC_T("今天要做的：", "To do: "),
	    g->label, (long long)g->count, g->capped ? "+" : "");
	return 0;
}

static int
task_print(void *arg, const struct jc_task *t)
{
	int *n = arg;

	if (*n >= 0)
		printf("\n");
	*n = -1;
	printf("%s ", t->overdue ? JC_T("！", "!") : " ");
	jc_out_pad(t->due, 11);
	jc_out_pad(t->record, 13);
	printf("%s\n", t->sentence);
	return 0;
}

static int
tasks(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *limit = jc_cmd_opt(run, "limit");
	struct jc_tasks_ask ask = {.rule = jc_cmd_opt(run, "rule")};
	char today[11];
	json_t *doc;
	int rc, n = 0;

	jc_out_today(today, run->env);
	ask.today = today;
	if ((limit != NULL && (rc = jc_cmd_number(&ask.limit, "limit", limit, err)) < 0) ||
	    (rc = jc_tasks_scope(&ask.scope, run->node, err)) < 0)
		return rc;
	if (run->json) {
		rc = jc_tasks_json(&doc, run->node, &ask, err);
		return rc < 0 ? rc : jc_out_json(doc, err);
	}
	if ((rc = jc_tasks(run->node, &ask, group_print, task_print, &n, err)) == 0 && n == 0)
		printf("%s\n", JC_T("今天没有要办的事", "Nothing to do today"));
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"rule", "类别", "RULE", "只看一类（--json 里的 rule）",
	  "one rule only (as --json names it)", 0},
	{"limit", "条数", "NUMBER", "每类最多列几条（默认50）", "most of one rule (50)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_tasks = {
	.name = "tasks",
	.args_zh = "", .args_en = "",
	.zh = "今天要做什么：超期的、快到期的、等人办的、对不上的、待补的",
	.en = "what is to be done: overdue, due, waiting, impossible, to complete",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = tasks
};

int
api_tasks(struct api_call *c, struct jc_err *err)
{
	struct jc_tasks_ask ask = {.rule = api_query(c, "rule")};
	const char *limit = api_query(c, "limit");
	char today[11];
	int rc;

	jc_out_today(today, c->env);
	ask.today = today;
	if ((limit != NULL && (rc = jc_cmd_number(&ask.limit, "limit", limit, err)) < 0) ||
	    (rc = jc_tasks_scope(&ask.scope, c->node, err)) < 0)
		return rc;
	return jc_tasks_json(&c->out, c->node, &ask, err);
}

static int
overdue_add(void *arg, const char *record, const char *value)
{
	json_t *groups = arg, *list = json_object_get(groups, value);

	if (list == NULL && json_object_set_new(groups, value, list = json_array()) < 0)
		return JC_ENOMEM;
	return json_array_append_new(list, json_string(record)) < 0 ? JC_ENOMEM : 0;
}

int
api_overdue(struct api_call *c, struct jc_err *err)
{
	const char *name = api_query(c, "field");
	json_t *groups = json_object();
	struct jc_tasks_ask ask = {0};
	const struct jc_field *field;
	const struct jc_kind *kind;
	char today[11];
	int rc;

	jc_out_today(today, c->env);
	ask.today = today;
	if ((rc = api_kind(&kind, c, err)) == 0 && (rc = jc_tasks_scope(&ask.scope, c->node, err)) == 0) {
		field = name != NULL ? jc_catalogue_field(kind, name, strlen(name)) : NULL;
		rc = field == NULL || field->set
		    ? jc_err_set(err, JC_EINVAL, "field", JC_T("没有“%.40s”这一项", "There is no field \"%.40s\""), name != NULL ? name : "")
		    : jc_tasks_overdue(c->node, &ask, kind, field, overdue_add, groups, err);
	}
	if (rc == 0 && (c->out = json_pack("{s:O}", "groups", groups)) == NULL)
		rc = JC_NOMEM(err, "api_overdue");
	json_decref(groups);
	return rc;
}
