/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The systems of DOMAIN 1 as far as kinds, workflows, tasks and checklists carry them, one test a row, named
 * after it. What a row prints or adds up in a report is tested with the reports.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks.h"
#include "collective.h"
#include "stepper.h"
#include "tasks.h"
#include "test_node.h"

#define TODAY "2026-03-02"

static int
setup(void **state)
{
	struct test_node *t = malloc(sizeof(*t));
	struct jc_err err = {0};

	test_node_new(t, 17);
	test_ok(jc_node_init_branch(t->node, "青石镇工会", &err), &err);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	test_node_free(*state);
	free(*state);
	return 0;
}

/* ---- short ways ---- */

static int
try_step(struct test_node *t, const char *id, const char *move, const char *behalf,
    struct jc_err *err, va_list ap)
{
	struct jc_record_key key;
	struct jc_stepper s;
	const char *pair;
	int rc;

	memset(err, 0, sizeof(*err));
	test_ok(jc_record_find(t->node, 0, id, &key, err), err);
	rc = jc_stepper_open(&s, t->node, t->env, &key, err);
	s.behalf = behalf;
	while (rc == 0 && (pair = va_arg(ap, const char *)) != NULL) {
		if (strncmp(pair, "--date=", 7) == 0)
			s.date = pair + 7;
		else
			rc = jc_stepper_pair(&s, pair, err);
	}
	if (rc == 0)
		rc = jc_stepper_save(&s, move, err);
	jc_stepper_close(&s);
	return rc;
}

/* Takes a step; the list is "field=value" and "--date=", ended by NULL. */
static void __attribute__((sentinel))
step(struct test_node *t, const char *id, const char *move, ...)
{
	struct jc_err err;
	va_list ap;

	va_start(ap, move);
	test_ok(try_step(t, id, move, NULL, &err, ap), &err);
	va_end(ap);
}

static void __attribute__((sentinel))
step_behalf(struct test_node *t, const char *id, const char *move, const char *doc, ...)
{
	struct jc_err err;
	va_list ap;

	va_start(ap, doc);
	test_ok(try_step(t, id, move, doc, &err, ap), &err);
	va_end(ap);
}

static void __attribute__((sentinel))
refused(struct test_node *t, const char *id, const char *move, const char *word, ...)
{
	struct jc_err err;
	va_list ap;
	int rc;

	va_start(ap, word);
	rc = try_step(t, id, move, NULL, &err, ap);
	va_end(ap);
	assert_true(rc < 0);
	if (strstr(err.msg, word) == NULL)
		fail_msg("%s: %s", move, err.msg);
}

static const char *
ref(const char *field, const char *id)
{
	static char text[4][64];
	static int at;

	at = (at + 1) % 4;
	snprintf(text[at], sizeof(text[at]), "%s=%s", field, id);
	return text[at];
}

static int64_t
one(struct test_node *t, const char *sql)
{
	struct jc_stmt *st;
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_db_prep_text(&st, t->node->db, sql, &err), &err);
	test_ok(jc_stmt_step(st, &err), &err);
	n = jc_col_int(st, 0);
	jc_stmt_free(st);
	return n;
}

struct tasks_of {
	const char *word;
	int64_t n;
	char sentence[400];
};

static int
task_see(void *arg, const struct jc_task *t)
{
	struct tasks_of *o = arg;

	o->n++;
	snprintf(o->sentence, sizeof(o->sentence), "%s", t->sentence);
	return 0;
}

static struct tasks_of
tasks(struct test_node *t, const char *rule, const char *today)
{
	struct jc_tasks_ask ask = {.today = today, .rule = rule};
	struct tasks_of o = {.word = rule};
	struct jc_err err = {0};

	test_ok(jc_tasks(t->node, &ask, NULL, task_see, &o, &err), &err);
	return o;
}

static void
org(struct test_node *t, jc_id id, const char *name, const char *kind, const char *more)
{
	id[0] = '\0';
	test_set(t, "org", id, 0, ref("name", name), ref("org_kind", kind), more, NULL);
}

/* ---- the rows ---- */

static void
M03_party_building_leads(void **state)
{
	struct test_node *t = *state;
	jc_id with, without, covered, u, c = "";

	org(t, with, "青石志愿者协会", "social", "party_org_status=own");
	org(t, without, "青石棋社", "social", "party_org_status=none");
	org(t, u, "青石镇工会", "union", "union_type=township");
	org(t, covered, "青石商会", "social", "party_org_status=joint");
	test_set(t, "org", covered, 0, ref("union_id", u), NULL);
	assert_int_equal(tasks(t, "should_build", TODAY).n, 1);
	assert_non_null(strstr(tasks(t, "should_build", TODAY).sentence, "青石志愿者协会"));
	test_set(t, "build_case", c, 0, ref("org_id", with), "reason+=party", NULL);
	assert_int_equal(tasks(t, "should_build", TODAY).n, 0);
	assert_string_equal(test_get(t, with, "union_state"), "building");
}

static void
M04_union_building_inside_party_norms(void **state)
{
	struct test_node *t = *state;
	struct jc_check_new n = {.tmpl = "党建工建联查表", .mode = "joint", .day = TODAY};
	struct jc_err err = {0};
	struct jc_scope own;
	jc_id o, tmpl = "", a = "", b = "", check;
	int items;

	org(t, o, "青石志愿者协会", "social", "party_org_status=own");
	test_set(t, "tmpl", tmpl, 0, "code=PARTY-UNION", "version=1", "title_zh=党建工建联查表",
	    "scene=party_union", NULL);
	test_set(t, "tmpl_item", a, 0, ref("tmpl_id", tmpl), "item_no=P-01", "category=ORG",
	    "text_zh=党组织按期换届", "severity=2", NULL);
	test_set(t, "tmpl_item", b, 0, ref("tmpl_id", tmpl), "item_no=U-01", "category=ORG",
	    "text_zh=有党组织的已建工会", "severity=2", NULL);
	n.org = o;
	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_check_start(check, &items, t->node, own.no, &n, &err), &err);
	test_set(t, "check", check, 0, "joint_party=1", NULL);
	assert_int_equal(items, 2);
	assert_int_equal(one(t, "SELECT count(DISTINCT item_text) FROM k_check_item"),
	    2); /* one form, both sides' items */
	assert_string_equal(test_get(t, check, "check_mode"), "joint");
	assert_string_equal(test_get(t, check, "tmpl_ref"), tmpl);
}

static void
M08_forms_of_joining(void **state)
{
	struct test_node *t = *state;
	struct jc_record_key key;
	struct jc_collective c;
	struct jc_undone undone;
	struct jc_err err = {0};
	struct jc_buf list;
	jc_id u, a = "";

	org(t, u, "青石镇工会", "union", "union_type=township");
	test_set(t, "activity", a, 0, "title=集中入会", "activity_type=collective_join",
	    ref("host_org_id", u), "start_at=2026-01-20", NULL);
	test_ok(jc_record_find(t->node, 0, a, &key, &err), &err);
	jc_buf_init(&list, 1 << 16);
	jc_buf_puts(&list, "序号\t姓名\t电话\n");
	for (int i = 1; i <= 60; i++)
		jc_buf_putf(&list, "%d\t王小青%d\t130%08d\n", i, i, i);
	jc_buf_puts(&list, "61，，13000000099\n");
	test_ok(jc_collective_join(&c, t->node, t->env, &key, list.data, list.len, NULL, &err),
	    &err);
	assert_int_equal(c.added, 60);
	assert_int_equal(c.skipped, 1);
	assert_int_equal(one(t,
	    "SELECT count(*) FROM k_member WHERE membership_status = 'applied' AND join_method = 'collective'"
	                        " AND mobile LIKE '130%' AND consent_at = '2026-01-20'"), 60);
	assert_int_equal(one(t,
	    "SELECT count(*) FROM k_participant p JOIN record r ON r.id = p.member_id AND r.kind = 2"),
	    60);
	assert_int_equal(one(t,
	    "SELECT count(*) FROM k_member_event WHERE basis_doc = '集中入会'"), 60);
	assert_int_equal(jc_collective_join(&c, t->node, t->env, &key, "12 345\n", 7, NULL, &err),
	    JC_EINVAL);
	test_ok(jc_undo(t->node, &undone, &err), &err); /* the whole list is one undo */
	assert_int_equal(one(t,
	    "SELECT count(*) FROM k_member k JOIN record r USING(rec) WHERE r.void = 0"), 0);
	jc_buf_free(&list);
}

static void
M09_simpler_building_procedure(void **state)
{
	struct test_node *t = *state;
	jc_id o, c = "";

	org(t, o, "青石志愿者协会", "social", "party_org_status=own");
	test_set(t, "build_case", c, 0, ref("org_id", o), "reason+=party", "form=single", NULL);
	step(t, c, "mobilise", "--date=2026-01-05", "staff_count=40", "guide=李四", NULL);
	step(t, c, "prepare", "--date=2026-01-15", "group_members=甲、乙、丙", NULL);
	refused(t, c, "approved", "县总工会审批人", "doc_no=1号", NULL);
	step_behalf(t, c, "approved", "×总工〔2026〕3号", "--date=2026-01-20",
	    "doc_no=×总工〔2026〕3号", NULL);
	refused(t, c, "congress", "应到人数", NULL);
	step(t, c, "congress", "--date=2026-02-01", "attend_due=40", "attend=36", "votes=甲 35票",
	    "committee=主席：甲", NULL);
	step(t, c, "filing", "--date=2026-02-03", NULL);
	step_behalf(t, c, "built", "×总工〔2026〕9号", "--date=2026-02-10",
	    "doc_no=×总工〔2026〕9号", NULL);
	assert_string_equal(test_get(t, c, "state"), "built");
	assert_string_equal(test_get(t, o, "union_state"), "covered_own");
	assert_int_equal(one(t,
	    "SELECT count(*) FROM k_org WHERE name = '青石志愿者协会工会委员会' AND approval_no LIKE '%9号'"),
	    1);
	/* days per step are measured, and the whole way: 2026-01-05 to 2026-02-10 */
	assert_int_equal(one(t, "SELECT julianday(max(day)) - julianday(min(day)) FROM flow_step"),
	    36);
	assert_int_equal(one(t, "SELECT count(*) FROM flow_step WHERE ok = 1"), 6);
}

static void
M10_demonstration(void **state)
{
	struct test_node *t = *state;
	jc_id o;

	org(t, o, "青石棋社", "social", "party_org_status=none");
	test_set(t, "org", o, 0, "key_target=1", "key_reasons+=large、influential", NULL);
	assert_non_null(strstr(tasks(t, "should_build", TODAY).sentence, "重点对象"));
}

/* What R05 adds up: each step starts where the one before ended, so openings and changes make closings. */
static void
M12_bringing_workers_in(void **state)
{
	static const char *const codes[] = {"1", "2", "3", "4", "5", "6", "7", "8", "11", "12",
	    "14", "15"};
	struct test_node *t = *state;
	uint32_t seed = 7;

	for (int i = 0; i < 30; i++) {
		jc_id m = "";

		test_set(t, "member", m, 0, "name=王小青", i % 3 != 0
		    ? "joined_on=2016" : "gender=女", NULL);
		for (int k = 0; k < 8; k++) {
			char date[32], type[24];
			jc_id e = "";

			seed = seed * 1664525u + 1013904223u;
			snprintf(date, sizeof(date), "change_date=2025-%02u-%02u",
			    1 + (seed >> 10) % 12, 1 + (seed >> 16) % 28);
			snprintf(type, sizeof(type), "change_type=%s", codes[(seed >> 20) % 12]);
			test_set(t, "member_event", e, 0, ref("member_id", m), date, type, NULL);
		}
	}
	assert_int_equal(one(t,
	    "SELECT count(*) FROM flow_step a JOIN flow_step b ON b.subject = a.subject AND b.n = a.n + 1"
	                        " WHERE a.to_state <> b.from_state OR a.day > b.day"), 0);
	assert_int_equal(one(t,
	    "SELECT count(*) FROM flow_step WHERE ok = 0 AND from_state <> to_state"), 0);
	/* closing = opening + in - out, of the year and of its last quarter */
	assert_int_equal(one(t,
	    "WITH f AS (SELECT subject, min(n) AS n FROM flow_step GROUP BY subject),"
	    " o AS (SELECT count(*) AS c FROM f JOIN flow_step s USING(subject, n) WHERE s.from_state = 'active')"
	    " SELECT (SELECT c FROM o) + (SELECT count(*) FROM flow_step WHERE to_state = 'active' AND from_state <> 'active')"
	    " - (SELECT count(*) FROM flow_step WHERE from_state = 'active' AND to_state <> 'active')"
	    " - (SELECT count(*) FROM k_member WHERE membership_status = 'active' AND rec IN (SELECT subject FROM flow_step))"),
	    0);
	assert_true(one(t, "SELECT count(*) FROM flow_step WHERE ok = 1") > 50);
}

static void
M14_joint_building_and_sharing(void **state)
{
	struct test_node *t = *state;
	jc_id u, p, c = "";

	org(t, u, "青石镇工会", "union", "union_type=township");
	org(t, p, "青石书画社", "social", "party_org_status=none");
	test_set(t, "coop", c, 0, ref("union_org_id", u), ref("partner_org_id", p),
	    "resources+=venue", "signed_on=2025-04-01",
	    "valid_to=2026-03-31", NULL);
	assert_non_null(strstr(tasks(t, "coop_to", TODAY).sentence, "青石书画社"));
	assert_int_equal(tasks(t, "coop_to", "2025-12-01").n, 0);
}

static void
M15_liaison(void **state)
{
	struct test_node *t = *state;
	jc_id a, b, l = "";

	org(t, a, "青石棋社", "social", "party_org_status=none");
	org(t, b, "青石书画社", "social", "party_org_status=none");
	test_set(t, "contact_log", l, 0, ref("org_id", a), "contact_date=2026-02-01", "kind=visit",
	    NULL);
	assert_int_equal(tasks(t, "visit", TODAY).n, 1);
	assert_non_null(strstr(tasks(t, "visit", TODAY).sentence, "青石书画社"));
	assert_int_equal(tasks(t, "visit", "2026-08-01").n, 2);
}

static void
M16_people_exchange(void **state)
{
	struct test_node *t = *state;
	jc_id u, s, x = "", y = "";

	org(t, u, "青石镇工会", "union", "union_type=township");
	org(t, s, "青石救援队", "social", "party_org_status=none");
	test_set(t, "exchange", x, 0, "person_text=李四", "direction=union_to_so",
	    ref("from_org_id", u), ref("to_org_id", s), "post=指导员",
	    "doc_no=1号", "to=2026-12-31", NULL);
	test_set(t, "exchange", y, 0, "person_text=王五", "direction=so_to_union",
	    ref("from_org_id", s), ref("to_org_id", u), "post=委员",
	    "doc_no=2号", NULL);
	step(t, x, "agree", "--date=2026-01-10", NULL);
	step(t, x, "begin", "--date=2026-02-01", NULL);
	assert_string_equal(test_get(t, x, "state"), "active");
	assert_string_equal(test_get(t, x, "from"), "2026-02-01");
	assert_string_equal(test_get(t, y, "state"), "proposed");
	assert_int_equal(one(t,
	    "SELECT count(*) FROM k_exchange WHERE state = 'active' AND direction = 'union_to_so'"),
	    1);
	step(t, x, "end", NULL);
	assert_string_equal(test_get(t, x, "state"), "ended"); /* the record stays */
}

static void
M17_mutual_aid_as_a_gift(void **state)
{
	struct test_node *t = *state;
	jc_id u, s, p = "", c = "", k = "";

	org(t, u, "青石镇工会", "union", "union_type=township");
	org(t, s, "青石救援队", "social", "is_rescue=1");
	test_set(t, "aid_plan", p, 0, "name=意外伤害互助", "aid_type=accident", NULL);
	test_set(t, "aid_cover", c, 0, ref("plan_id", p), ref("org_id", s), "name=赵六", "units=1",
	    "is_gift=1", NULL);
	step(t, c, "enrol", "--date=2025-03-20", NULL);
	refused(t, c, "activate", "出资单位", "from=2025-04-01", "to=2026-03-31", NULL);
	step(t, c, "activate", "--date=2025-04-01", "from=2025-04-01", "to=2026-03-31",
	    ref("payer_org_id", u), NULL);
	assert_int_equal(one(t,
	    "SELECT count(*) FROM k_aid_cover c JOIN record r ON r.id = c.org_id JOIN k_org o ON o.rec = r.rec"
	                        " WHERE c.state = 'active' AND c.is_gift = '1' AND o.is_rescue = '1'"),
	                        1);
	assert_non_null(strstr(tasks(t, "cover_to", TODAY).sentence, "赵六"));
	test_set(t, "aid_claim", k, 0, ref("cover_id", c), "claim_type=accident",
	    "event_date=2026-01-01", "asked_on=2026-01-05", NULL);
	step(t, k, "submit", "--date=2026-01-06", NULL);
	step(t, k, "pay", "--date=2026-02-01", "paid_fen=500元", NULL);
	step(t, k, "close", NULL);
	assert_string_equal(test_get(t, k, "state"), "closed");
	assert_string_equal(test_get(t, k, "paid_fen"), "50000");
}

static void
M18_buying_services(void **state)
{
	struct test_node *t = *state;
	jc_id u, s, p = "", a = "", pay = "";

	org(t, u, "青石镇工会", "union", "union_type=township");
	org(t, s, "青石律师事务所", "social", "is_provider=1");
	test_set(t, "project", p, 0, "code=2026-青石-1", "name=法律援助", "entrust_type=purchase",
	    "service_category=legal_aid", "demand=普法",
	    ref("buyer_org_id", u), "target_count=200", NULL);
	step(t, p, "approve", "--date=2026-01-05", "doc_no=会议纪要1号", NULL);
	refused(t, p, "contract", "承接方", NULL);
	step(t, p, "select", "--date=2026-01-06", "select_method=询价", NULL);
	step(t, p, "contract", "--date=2026-01-10", ref("provider_org_id", s), "contract_no=HT-1",
	    "contract_fen=8000元", "from=2026-01-15",
	    "to=2026-02-28", NULL);
	step(t, p, "begin", "--date=2026-01-15", NULL);
	test_set(t, "activity", a, 0, "title=法律讲座", ref("project_id", p),
	    "start_at=2026-02-01", "attend_count=160", "place=礼堂", NULL);
	step(t, p, "deliver", "--date=2026-02-20", NULL);
	refused(t, p, "accept", "验收人员", "accept_result=通过", "accept_team+=甲", NULL);
	step(t, p, "accept", "--date=2026-02-22", "accept_result=通过", "accept_team+=甲、乙",
	    NULL);
	step(t, p, "evaluate", "--date=2026-02-25", "eval_grade=优", "satisfaction=96",
	    "survey_n=40", "eval_text=好", NULL);
	refused(t, p, "archive", "尾款", NULL);
	test_set(t, "payment", pay, 0, ref("project_id", p), "node=final", "amount_fen=800000",
	    "paid_on=2026-02-26", NULL);
	step(t, p, "archive", NULL);
	assert_string_equal(test_get(t, p, "state"), "archived");
	assert_string_equal(test_get(t, p, "accepted_on"), "2026-02-22");
	/* cost per beneficiary: 8,000 yuan over 160 person-times */
	assert_int_equal(one(t,
	    "SELECT k.contract_fen / (SELECT sum(a.attend_count) FROM k_activity a) FROM k_project k"),
	    5000);
}

static void
M24_contests(void **state)
{
	struct test_node *t = *state;
	jc_id m = "", a = "", p = "";

	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", NULL);
	test_set(t, "activity", a, 0, "title=焊工比武", "activity_type=skill_contest",
	    "trade=焊工", "level=county", "start_at=2026-01-10",
	    "attend_count=12", "place=职校", NULL);
	test_set(t, "participant", p, 0, ref("activity_id", a), ref("member_id", m),
	    "role=competitor", "score=9550", "result_rank=1",
	    "award=一等奖", NULL);
	assert_int_equal(one(t,
	    "SELECT count(*) FROM k_participant p JOIN record r ON r.id = p.member_id AND r.kind = 2"
	                        " WHERE p.award = '一等奖' AND p.result_rank = 1"),
	                        1); /* the member's record leads to the award */
	assert_string_equal(test_get(t, a, "state"), "done");
}

static void
M25_safety_training(void **state)
{
	static const char *const types[] = {"safety_training", "fire_training", "law_training"};
	struct test_node *t = *state;

	for (int i = 0; i < 3; i++) {
		jc_id a = "";

		test_set(t, "activity", a, 0, "title=培训", ref("activity_type", types[i]),
		    "start_at=2026-01-10", "attend_count=30", "place=礼堂", NULL);
		assert_string_equal(test_get(t, a, "state"), "done");
	}
	assert_int_equal(one(t,
	    "SELECT count(DISTINCT activity_type) * 1000 + sum(attend_count) FROM k_activity WHERE state = 'done'"),
	    3090);
}

static void
M26_special_inspections(void **state)
{
	struct test_node *t = *state;
	struct jc_check_new n = {.tmpl = "VENUE-SAFE", .mode = "entrusted", .day = "2026-02-01"};
	struct jc_record_key key, item;
	struct jc_err err = {0};
	struct jc_scope own;
	jc_id o, check;
	int items;

	org(t, o, "青石石灰厂", "employer", "employee_count=30");
	n.org = o;
	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_check_start(check, &items, t->node, own.no, &n, &err), &err);
	assert_int_equal(items, 19);
	test_ok(jc_record_find(t->node, 0, check, &key, &err), &err);
	test_ok(jc_check_item_find(&item, t->node, &key, "C-05", &err), &err);
	step(t, item.id, "find", "--date=2026-02-01", "finding=电线裸露", "resp_person=王五", NULL);
	assert_string_equal(test_get(t, item.id, "due_on"), "2026-02-04"); /* three days: serious */
	assert_non_null(strstr(tasks(t, "item_overdue", "2026-02-05").sentence, "电线裸露"));
	step(t, item.id, "receive", "--date=2026-02-02", NULL);
	refused(t, item.id, "extend", "县总工会经办", "new_date=2026-02-10", "reason=缺配件", NULL);
	step_behalf(t, item.id, "extend", "口头同意", "--date=2026-02-03", "new_date=2026-02-10",
	    "reason=缺配件", NULL);
	assert_int_equal(tasks(t, "item_overdue", "2026-02-05").n, 0);
	assert_int_equal(tasks(t, "item_overdue", "2026-02-11").n, 1);
	step_behalf(t, item.id, "extend", "口头同意", "--date=2026-02-09", "new_date=2026-02-20",
	    "reason=缺配件", NULL);
	refused(t, item.id, "extend", "县总工会经办", "new_date=2026-03-10", "reason=缺配件", NULL);
	assert_string_equal(test_get(t, item.id, "extended"), "2");
	assert_string_equal(test_get(t, item.id, "first_due_on"), "2026-02-04");
	step(t, item.id, "escalate", "--date=2026-02-20", ref("escalated_to", o),
	    "reason=没有经费", NULL);
	assert_string_equal(test_get(t, item.id, "state"), "rectifying");
}

static void
M27_research_and_advice(void **state)
{
	struct test_node *t = *state;
	jc_id o, r = "";

	org(t, o, "青石镇工会", "union", "union_type=township");
	test_set(t, "research", r, 0, "title=快递员劳动保护", "year=2026", ref("lead_org_id", o),
	    "topic=new_forms", NULL);
	step(t, r, "fieldwork", "--date=2026-01-05", NULL);
	refused(t, r, "draft", "主要发现", NULL);
	step(t, r, "draft", "--date=2026-01-20", "finding=缺少保险", "advice=统一参保", NULL);
	step(t, r, "submit", "--date=2026-01-25", "submitted_to+=县委", NULL);
	step(t, r, "adopt", "--date=2026-02-20", "adopted_by=县委办公室", NULL);
	assert_string_equal(test_get(t, r, "state"), "adopted");
	assert_string_equal(test_get(t, r, "adoption"), "adopted");
	assert_string_equal(test_get(t, r, "adopted_on"), "2026-02-20");
}

static void
M31_standardised_management(void **state)
{
	static const char *const weak[] = {"B-05", "B-11", "B-14"}; /* loose, random, no venue */
	struct test_node *t = *state;
	struct jc_check_new n = {.tmpl = "SO-SELF", .day = "2026-02-01"};
	struct jc_record_key key, item;
	struct jc_err err = {0};
	struct jc_scope own;
	jc_id o, check, photo = "";
	int items;

	org(t, o, "青石志愿者协会", "social", "mgmt_issues+=loose、random、no_venue");
	n.org = o;
	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_check_start(check, &items, t->node, own.no, &n, &err), &err);
	test_ok(jc_record_find(t->node, 0, check, &key, &err), &err);
	test_set(t, "attachment", photo, 0, "file_name=after.jpg", "purpose=after", NULL);
	for (int i = 0; i < 3; i++) {
		test_ok(jc_check_item_find(&item, t->node, &key, weak[i], &err), &err);
		step(t, item.id, "find", "--date=2026-02-01", "finding=没有", "resp_person=王五",
		    NULL);
		refused(t, item.id, "submit", "佐证", "rectify_desc=已补", NULL);
		step(t, item.id, "submit", "--date=2026-02-05", "rectify_desc=已补",
		    ref("evidence_after", photo), NULL);
		step(t, item.id, "close", "--date=2026-02-08", "reason=通过", "by_person=赵六",
		    NULL);
		assert_string_equal(test_get(t, item.id, "state"), "closed");
	}
	assert_int_equal(one(t,
	    "SELECT count(*) FROM k_check_item WHERE state = 'closed' AND evidence_after IS NOT NULL"),
	    3);
}

static void
M32_cohesion_measured(void **state)
{
	struct test_node *t = *state;
	jc_id o, before = "", after = "";

	org(t, o, "青石志愿者协会", "social", "party_org_status=none");
	test_set(t, "evaluation", before, 0, ref("org_id", o), "held_on=2025-03-01",
	    "eval_kind=satisfaction", "invited=50", "answered=40",
	    "satisfied=20", "basic=8", "unsatisfied=12", NULL);
	test_set(t, "evaluation", after, 0, ref("org_id", o), "held_on=2026-03-01",
	    "eval_kind=satisfaction", "invited=50", "answered=40",
	    "satisfied=30", "basic=6", "unsatisfied=4", NULL);
	assert_int_equal(one(t,
	    "SELECT (SELECT 100 * (satisfied + basic) / answered FROM k_evaluation ORDER BY held_on DESC LIMIT 1) * 1000"
	                        " + (SELECT 100 * (satisfied + basic) / answered FROM k_evaluation ORDER BY held_on LIMIT 1)"),
	                        90070);
}

#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(M03_party_building_leads),
		T(M04_union_building_inside_party_norms),
		T(M08_forms_of_joining),
		T(M09_simpler_building_procedure),
		T(M10_demonstration),
		T(M12_bringing_workers_in),
		T(M14_joint_building_and_sharing),
		T(M15_liaison),
		T(M16_people_exchange),
		T(M17_mutual_aid_as_a_gift),
		T(M18_buying_services),
		T(M24_contests),
		T(M25_safety_training),
		T(M26_special_inspections),
		T(M27_research_and_advice),
		T(M31_standardised_management),
		T(M32_cohesion_measured),
	};

	return cmocka_run_group_tests_name("systems", tests, NULL, NULL);
}
