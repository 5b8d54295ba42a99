/* SPDX-License-Identifier: MulanPSL-2.0 */
/* template list, template issue, check start, check show, check pass, check item. */
#include <stdio.h>
#include <string.h>

#include "api_private.h"
#include "checks.h"
#include "out.h"
#include "record_io.h"
#include "stepper.h"

#define WHERE "check"

/* ---- templates ---- */

static int
template_list(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *list, *one;
	size_t i;
	int rc;

	if ((rc = jc_templates_json(&list, run->node, err)) < 0 || run->json)
		return rc < 0 ? rc : jc_out_json(list, err);
	json_array_foreach(list, i, one) {
		int issued = strcmp(json_string_value(json_object_get(one, "source")),
		    "issued") == 0;

		jc_out_pad(json_string_value(json_object_get(one, "code")), 14);
		printf(JC_T("第%lld版  %s（%lld项，%s）\n", "version %lld  %s (%lld items, %s)\n"),
		    (long long)json_integer_value(json_object_get(one, "version")),
		    json_string_value(json_object_get(one, "title")),
		    (long long)json_integer_value(json_object_get(one, "items")),
		    issued ? JC_T("上级下发", "issued") : JC_T("程序自带",
		    "comes with the program"));
	}
	json_decref(list);
	return 0;
}

/* The hub's own organization, when exactly one record can be it; "" otherwise. */
static void
issuer_find(jc_id out, struct jc_cmd_run *run)
{
	struct jc_scope own;
	struct jc_err none = {0};
	struct jc_stmt *st;

	out[0] = '\0';
	if (jc_node_scope(run->node, &own, &none) < 0 || jc_db_prep(&st, run->node->db,
	        "SELECT r.id FROM k_org k JOIN record r USING(rec) WHERE r.scope = :scope AND r.void = 0 AND k.name = :name LIMIT 1",
	        &none) < 0)
		return;
	jc_bind_int(st, ":scope", own.no);
	jc_bind_str(st, ":name", own.name);
	if (jc_stmt_step(st, &none) == 1) {
		snprintf(out, sizeof(jc_id), "%s", jc_col_text(st, 0, NULL));
		jc_stmt_reset(st);
	}
}

static int
template_issue(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_scope own, common;
	char today[11];
	jc_id id, issuer;
	int rc;

	if ((rc = jc_node_scope(run->node, &own, err)) < 0 ||
	    (rc = jc_cmd_scope(run, jc_catalogue_kind("tmpl", 4), &common, err)) < 0)
		return rc;
	if (strcmp(own.role, "branch") == 0)
		return jc_err_set(err, JC_EDENIED, WHERE,
		    JC_T("模板由县（市）中心下发；这里可以直接用 jiceng check start 开始检查",
		    "Templates are issued by hubs; here jiceng check start begins a check at once"));
	jc_out_today(today, run->env);
	issuer_find(issuer, run);
	if ((rc = jc_template_issue(id, run->node, common.no, run->args[0], issuer, today,
	    err)) == 0)
		printf("%s\n", id);
	return rc;
}

/* ---- beginning ---- */

static int
ref_take(jc_id out, struct jc_match *match, const char *kind, const char *typed, struct jc_err *err)
{
	const struct jc_kind *k = jc_catalogue_kind(kind, strlen(kind));
	int rc;

	out[0] = '\0';
	if (typed == NULL)
		return 0;
	rc = jc_match_ref(match, k, (struct jc_slice){typed, strlen(typed)}, out, err);
	if (rc == 1)
		return 0;
	return rc < 0 ? rc : jc_err_set(err, JC_ENOTFOUND, WHERE,
	    JC_T("没有找到%s“%.60s”，请写编号或全称",
	    "There is no %s \"%.60s\"; give its id or whole name"),
	    jc_kind_label(k), typed);
}

struct start {
	struct jc_check_new n;
	jc_id org, inspector, venue;
	char mode[40], names[200];
	const char *people[9];
	size_t npeople;
};

static int
person_add(void *arg, const char *p, size_t len)
{
	struct start *s = arg;
	size_t used = s->npeople != 0
	    ? (size_t)(s->people[s->npeople - 1] - s->names) + strlen(s->people[s->npeople - 1]) + 1 : 0;

	if (s->npeople + 1 < sizeof(s->people) / sizeof(*s->people) &&
	    used + len + 1 <= sizeof(s->names)) {
		memcpy(s->names + used, p, len);
		s->names[used + len] = '\0';
		s->people[s->npeople++] = s->names + used;
	}
	return 0;
}

static int
mode_take(struct start *s, const char *typed, struct jc_err *err)
{
	const struct jc_kind *k = jc_catalogue_kind("check", 5);
	const struct jc_choice *c;
	int rc;

	if (typed == NULL)
		return 0;
	if ((rc = jc_catalogue_choice_typed(&c, jc_catalogue_field(k, "check_mode", 10), typed,
	    strlen(typed))) < 0)
		return JC_NOMEM(err, WHERE);
	if (c == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("检查方式只能是 自查、上级督查、联合检查、委托社会组织检查",
		    "The mode is self, upper, joint or entrusted"));
	s->n.mode = c->code;
	return 0;
}

/* A date that was typed, as stored; today when none was. */
static int
day_take(char out[11], const char *typed, const char *today, struct jc_err *err)
{
	static const struct jc_field f = {.id = 1, .name = "date", .zh = "日期", .en = "date",
	    .type = JC_DATE, .form = JC_FORM_PAST};
	struct jc_remarks remarks = {0};
	struct jc_buf b;
	int rc;

	snprintf(out, 11, "%s", today);
	if (typed == NULL)
		return 0;
	jc_buf_init(&b, 256);
	rc = jc_value_parse(&b, &f, typed, strlen(typed), today, &remarks, err);
	if (rc == 0 && (b.len != 10 || b.data[0] == '?' || remarks.n != 0))
		rc = jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("检查日期“%.40s”不对，请写成 2026-03-05，不能晚于今天",
		    "The date \"%.40s\" is wrong; write it as 2026-03-05, not after today"), typed);
	if (rc == 0)
		snprintf(out, 11, "%.10s", b.data);
	jc_buf_free(&b);
	return rc;
}

struct asked {
	const char *tmpl, *org, *inspector, *venue, *mode, *date, *people;
};

/* What was asked for, resolved in the scope that the check is written to, and begun. */
static int
start(jc_id id, int *items, struct jc_node *node, const struct jc_env *env, const struct asked *a,
    struct jc_err *err)
{
	struct jc_match *match = NULL;
	struct start s = {0};
	struct jc_scope scope;
	char today[11], day[11];
	int rc;

	jc_out_today(today, env);
	if ((rc = jc_node_scope(node, &scope, err)) < 0 || (rc = day_take(day, a->date, today,
	    err)) < 0 || (rc = mode_take(&s, a->mode, err)) < 0)
		return rc;
	if ((rc = jc_match_open(&match, node, &scope, today, err)) == 0 && (rc = ref_take(s.org,
	    match, "org", a->org, err)) == 0 &&
	    (rc = ref_take(s.inspector, match, "org", a->inspector, err)) == 0 &&
	    (rc = ref_take(s.venue, match, "venue", a->venue, err)) == 0) {
		if (a->people != NULL)
			(void)jc_value_split(a->people, strlen(a->people), person_add, &s);
		s.n.tmpl = a->tmpl;
		s.n.org = s.org;
		s.n.inspector = s.inspector[0] != '\0' ? s.inspector : NULL;
		s.n.venue = s.venue[0] != '\0' ? s.venue : NULL;
		s.n.day = day;
		s.n.people = s.npeople != 0 ? s.people : NULL;
		rc = jc_check_start(id, items, node, scope.no, &s.n, err);
	}
	jc_match_close(match);
	return rc;
}

static int
check_start(struct jc_cmd_run *run, struct jc_err *err)
{
	struct asked a = {run->args[0], jc_cmd_opt(run, "org"), jc_cmd_opt(run, "inspector"),
	    jc_cmd_opt(run, "venue"), jc_cmd_opt(run, "mode"),
		jc_cmd_opt(run, "date"), jc_cmd_opt(run, "people")};
	int rc, items;
	jc_id id;

	if ((rc = start(id, &items, run->node, run->env, &a, err)) == 0)
		printf("%s\n", id);
	return rc;
}

/* ---- one check ---- */

static int
check_find(struct jc_cmd_run *run, struct jc_record_key *key, struct jc_err *err)
{
	struct jc_scope scope;
	int rc = jc_record_io_find(run, run->args[0], key, &scope, err);

	if (rc == 0 && strcmp(key->kind->name, "check") != 0)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("编号 %s 是%s，不是检查表",
		    "%s is a %s, not a checklist"), key->id, jc_kind_label(key->kind));
	return rc;
}

/* Items of the check in order of their numbers. `each` gets the open row: id, item_no, text, state, due, responsible. */
static int
items_each(struct jc_node *node, const struct jc_record_key *check, int (*each)(void *arg,
    struct jc_stmt *st), void *arg, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT r.id, k.item_no, coalesce(k.item_text, ''), coalesce(k.state, 'pending'), coalesce(k.due_on, ''),"
	    "       coalesce(k.resp_person, '')"
	    "  FROM k_check_item k JOIN record r USING(rec) WHERE k.check_id = :id AND r.scope = :scope AND r.void = 0"
	    " ORDER BY k.item_no, r.id", err);

	if (rc < 0)
		return rc;
	jc_bind_text(st, ":id", check->id, JC_ID_LEN);
	jc_bind_int(st, ":scope", check->scope);
	while ((rc = jc_stmt_step(st, err)) == 1)
		if ((rc = each(arg, st)) < 0) {
			jc_stmt_reset(st);
			break;
		}
	return rc;
}

struct show {
	char today[11];
	int overdue, open, n;
};

static int
item_print(void *arg, struct jc_stmt *st)
{
	const struct jc_flow *flow = jc_flow_of(jc_catalogue_kind("check_item", 10));
	const char *state = jc_col_text(st, 3, NULL), *due = jc_col_text(st, 4, NULL),
	    *no = jc_col_text(st, 1, NULL);
	struct show *s = arg;
	int open = strcmp(state, "found") == 0 || strcmp(state, "rectifying") == 0 || strcmp(state,
	    "returned") == 0;
	int late = open && due[0] != '\0' && strcmp(due, s->today) < 0;

	s->n++;
	s->open += open;
	s->overdue += late;
	jc_out_pad(no != NULL ? no : "", 6);
	jc_out_pad(jc_flow_state_label(flow, state), 10);
	printf("%s", jc_col_text(st, 2, NULL));
	if (open)
		printf(JC_T("，期限%s%s，责任人%s", ", due %s%s, responsible %s"), due, late
		    ? JC_T("（超期）", " (overdue)") : "", jc_col_text(st, 5, NULL));
	printf("\n");
	return 0;
}

static int
check_show(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_record_key key;
	struct show s = {.n = 0};
	int rc;

	jc_out_today(s.today, run->env);
	if ((rc = check_find(run, &key, err)) < 0 || (rc = items_each(run->node, &key, item_print,
	    &s, err)) < 0)
		return rc;
	printf(JC_T("共%d项，待整改%d项，超期%d项\n", "%d items, %d to put right, %d overdue\n"),
	    s.n, s.open, s.overdue);
	return 0;
}

/* One move of one item; `pairs` are "field=value". */
static int
item_step(struct jc_cmd_run *run, const struct jc_record_key *item, const char *move, size_t n,
    char *const *pairs, struct jc_err *err)
{
	const char *hat = jc_cmd_opt(run, "hat");
	struct jc_stepper s;
	int rc = jc_stepper_open(&s, run->node, run->env, item, err);

	if (rc == 0 && hat != NULL && (s.hats = jc_hat_parse(hat) & jc_stepper_hats(&s,
	    1)) == 0)
		rc = jc_cmd_usage(err, run->cmd, JC_T("身份“%s”在这台机器上用不了",
		    "The hat \"%s\" is not worn on this machine"), hat);
	s.date = jc_cmd_opt(run, "date");
	s.behalf = jc_cmd_opt(run, "behalf");
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = jc_stepper_pair(&s, pairs[i], err);
	if (rc == 0)
		rc = jc_stepper_save(&s, move, err);
	jc_stepper_close(&s);
	return rc;
}

static int
check_item(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_record_key key, item;
	int rc;

	if ((rc = check_find(run, &key, err)) < 0 || (rc = jc_check_item_find(&item, run->node,
	    &key, run->args[1], err)) < 0 ||
	    (rc = item_step(run, &item, run->args[2], run->nargs - 3, run->args + 3, err)) < 0)
		return rc;
	printf("%s\n", JC_T("已办理", "Done"));
	return 0;
}

struct rest {
	char id[200][16];
	size_t n;
};

static int
pending_keep(void *arg, struct jc_stmt *st)
{
	struct rest *r = arg;

	if (strcmp(jc_col_text(st, 3, NULL), "pending") == 0 &&
	    r->n < sizeof(r->id) / sizeof(*r->id))
		snprintf(r->id[r->n++], sizeof(r->id[0]), "%s", jc_col_text(st, 0, NULL));
	return 0;
}

/* Numbers that were named, or everything that has no answer yet. */
static int
check_pass(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_record_key key, item;
	struct rest rest = {.n = 0};
	int rc, n = 0;

	if ((rc = check_find(run, &key, err)) < 0 || (run->nargs == 1 &&
	    (rc = items_each(run->node, &key, pending_keep, &rest, err)) < 0))
		return rc;
	for (size_t i = 0; rc == 0 && i < rest.n; i++, n++)
		if ((rc = jc_record_find(run->node, key.scope, rest.id[i], &item, err)) == 0)
			rc = item_step(run, &item, "pass", 0, NULL, err);
	for (size_t i = 1; rc == 0 && i < run->nargs; i++, n++)
		if ((rc = jc_check_item_find(&item, run->node, &key, run->args[i], err)) == 0)
			rc = item_step(run, &item, "pass", 0, NULL, err);
	if (rc == 0)
		printf(JC_T("%d项判为合格\n", "%d items passed\n"), n);
	return rc;
}

/* ---- calls ---- */

int
api_templates(struct api_call *c, struct jc_err *err)
{
	json_t *list;
	int rc = jc_templates_json(&list, c->node, err);

	if (rc < 0)
		return rc;
	c->out = json_pack("{s:o}", "templates", list);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
text_of(const char **out, const struct api_call *c, const char *name, struct jc_err *err)
{
	const json_t *v = json_object_get(c->in, name);

	*out = json_string_value(v);
	if (v == NULL || json_is_null(v) || (*out != NULL && json_string_length(v) <= 400))
		return 0;
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s 应是文字，最多 400 字节",
	    "\"%s\" must be a text of at most 400 bytes"), name);
}

int
api_check_start(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"template", "org", "inspector", "venue", "mode",
	    "date", "people", NULL};
	struct asked a;
	int rc, items;
	jc_id id;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 || (rc = text_of(&a.tmpl, c, "template",
	    err)) < 0 || (rc = text_of(&a.org, c, "org", err)) < 0 ||
	    (rc = text_of(&a.inspector, c, "inspector", err)) < 0 || (rc = text_of(&a.venue, c,
	    "venue", err)) < 0 ||
	    (rc = text_of(&a.mode, c, "mode", err)) < 0 || (rc = text_of(&a.date, c, "date",
	    err)) < 0 || (rc = text_of(&a.people, c, "people", err)) < 0)
		return rc;
	if (a.tmpl == NULL || a.org == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请求里要有 template 和 org",
		    "The request needs \"template\" and \"org\""));
	if ((rc = start(id, &items, c->node, c->env, &a, err)) < 0)
		return rc == JC_ENOTFOUND ? (err->code = JC_EINVAL) : rc;
	c->out = json_pack("{s:s,s:i}", "id", id, "items", items);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* ---- commands ---- */

static const struct jc_cmd_opt start_opts[] = {
	{"org", "单位", "ORG", "被检查的单位（编号或名称）",
	  "the organization that is inspected (id or name)", 1},
	{"inspector", "单位", "ORG", "检查单位（默认就是被检查的单位：自查）",
	  "who inspects (by itself: the same)", 0},
	{"venue", "场地", "VENUE", "被检查的场地", "the venue that is inspected", 0},
	{"mode", "方式", "MODE", "自查、上级督查、联合检查、委托社会组织检查",
	  "self, upper, joint, entrusted", 0},
	{"date", "日期", "DATE", "检查日期（默认今天）", "day of the check (today)", 0},
	{"people", "姓名", "NAMES", "检查人员，用顿号分开", "inspectors, separated by commas", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

static const struct jc_cmd_opt step_opts[] = {
	{"date", "日期", "DATE", "哪天办的（默认今天）", "the day it was done (today)", 0},
	{"behalf", "文号", "NUMBER", "代上级记录：上级文件的文号",
	  "recorded for the upper level: the number of its document", 0},
	{"hat", "身份", "HAT", "以什么身份：SEC、CHAIR、REV、TOWN、CNT…",
	  "in which role: SEC, CHAIR, REV, TOWN, CNT...", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_template_list = {
	.name = "template list", .args_zh = "", .args_en = "",
	.zh = "有哪些检查模板", .en = "the checklist templates there are",
	.flags = JC_CMD_OPEN | JC_CMD_JSON, .run = template_list
};

const struct jc_cmd jc_cmd_template_issue = {
	.name = "template issue", .args_zh = "模板编号", .args_en = "CODE", .least = 1, .most = 1,
	.zh = "县（市）中心下发一个检查模板", .en = "a hub issues a checklist template",
	.flags = JC_CMD_OPEN, .run = template_issue
};

const struct jc_cmd jc_cmd_check_start = {
	.name = "check start", .args_zh = "模板", .args_en = "TEMPLATE", .least = 1, .most = 1,
	.zh = "按模板开始一次检查，印出检查表的编号\n每个检查项都建好，等着填。没有收到过模板也行：程序自带三个。",
	.en = "begin a check from a template; prints its id\nEvery item is there to be answered. Three templates come with the program.",
	.opts = start_opts, .flags = JC_CMD_OPEN, .run = check_start
};

const struct jc_cmd jc_cmd_check_show = {
	.name = "check show", .args_zh = "检查表", .args_en = "CHECK", .least = 1, .most = 1,
	.zh = "一张检查表的各项和状态", .en = "the items of a check and how they stand",
	.flags = JC_CMD_OPEN, .run = check_show
};

const struct jc_cmd jc_cmd_check_pass = {
	.name = "check pass", .args_zh = "检查表 [序号...]", .args_en = "CHECK [NUMBER...]",
	    .least = 1, .most = 100,
	.zh = "把这些项判为合格；不写序号：剩下没判的全部合格",
	    .en = "these items pass; without numbers: all that are not answered yet",
	.opts = step_opts, .flags = JC_CMD_OPEN, .run = check_pass
};

const struct jc_cmd jc_cmd_check_item = {
	.name = "check item", .args_zh = "检查表 序号 动作 [项目=内容...]",
	    .args_en = "CHECK NUMBER MOVE [FIELD=VALUE...]", .least = 3, .most = 100,
	.zh = "一个检查项办一步：find 记录问题、submit 提交复查、close 销号、return 退回、extend 延期…",
	.en = "one move of an item: find, submit, close, return, extend ...",
	.opts = step_opts, .flags = JC_CMD_OPEN, .run = check_item
};
