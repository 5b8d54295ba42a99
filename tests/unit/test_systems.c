/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The systems of DOMAIN 1, one test a row, named after it, each proving its "works when": kinds, workflows, to-dos,
 * checklists, and what a row prints or adds up in a report. Further rows are in test_systems_two.c.
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
#include "system_kit.h"

/* ---- the rows ---- */

static void
M03_party_building_leads(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask party = {.basis = "party"};
	jc_id with, without, covered, u, c = "";
	struct rep r;

	sys_org(t, with, "青石志愿者协会", "social", "party_org_status=own");
	sys_org(t, without, "青石棋社", "social", "staff_full=25");
	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	sys_org(t, covered, "青石商会", "social", "party_org_status=joint");
	test_set(t, "org", covered, 0, sys_ref("union_id", u), NULL);
	assert_int_equal(sys_tasks(t, "should_build", SYS_TODAY).n, 2);
	test_set(t, "build_case", c, 0, sys_ref("org_id", with), "reason+=party", NULL);
	assert_int_equal(sys_tasks(t, "should_build", SYS_TODAY).n, 1);
	assert_non_null(strstr(sys_tasks(t, "should_build", SYS_TODAY).sentence, "青石棋社"));
	assert_string_equal(test_get(t, with, "union_state"), "building");
	/* R01 by the Party alone: that one, and its row leads to its case */
	rep_run(&r, t, "R01", "2026", &party);
	assert_int_equal(jc_report_rows(r.r, "R01"), 1);
	rep_is(&r, "R01", with, "name", "青石志愿者协会");
	rep_is(&r, "R01", with, "case_id", c);
	rep_is(&r, "R01", with, "state", "摸底");
	rep_free(&r);
	rep_run(&r, t, "R01", "2026", NULL); /* the others count by size, and say so */
	assert_int_equal(jc_report_rows(r.r, "R01"), 2);
	rep_is(&r, "R01", without, "basis", "会员(职工)25人以上");
	rep_free(&r);
}

static void
M04_union_building_inside_party_norms(void **state)
{
	struct test_node *t = *state;
	struct jc_check_new n = {.tmpl = "党建工建联查表", .mode = "joint", .day = SYS_TODAY};
	struct jc_err err = {0};
	struct jc_scope own;
	jc_id o, tmpl = "", a = "", b = "", check;
	struct rep r;
	char *page;
	int items;

	sys_org(t, o, "青石志愿者协会", "social", "party_org_status=own");
	test_set(t, "tmpl", tmpl, 0, "code=PARTY-UNION", "version=1", "title_zh=党建工建联查表",
	    "scene=party_union", NULL);
	test_set(t, "tmpl_item", a, 0, sys_ref("tmpl_id", tmpl), "item_no=P-01", "category=ORG",
	    "text_zh=党组织按期换届", "severity=2", NULL);
	test_set(t, "tmpl_item", b, 0, sys_ref("tmpl_id", tmpl), "item_no=U-01", "category=ORG",
	    "text_zh=有党组织的已建工会", "severity=2", NULL);
	n.org = o;
	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_check_start(check, &items, t->node, own.no, &n, &err), &err);
	test_set(t, "check", check, 0, "joint_party=1", NULL);
	assert_int_equal(items, 2);
	assert_int_equal(sys_one(t, "SELECT count(DISTINCT item_text) FROM k_check_item"),
	    2); /* one form, both sides' items */
	assert_string_equal(test_get(t, check, "check_mode"), "joint");
	assert_string_equal(test_get(t, check, "tmpl_ref"), tmpl);
	page = sys_page(t, "checklist", check);
	sys_has(page, "党建工建联查表");
	sys_has(page, "与党建部门一同检查");
	sys_has(page, "党组织按期换届");
	sys_has(page, "有党组织的已建工会");
	sys_has(page, "□合格");
	free(page);
	rep_run(&r, t, "R09", "2026", NULL);
	assert_int_equal(rep_n(&r, "R09", "party_union", "checks"), 1);
	assert_int_equal(rep_n(&r, "R09", "party_union", "items"), 2);
	rep_free(&r);
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
	int64_t joined;
	struct rep r;
	char *page;
	int some;

	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	test_set(t, "activity", a, 0, "title=集中入会", "activity_type=collective_join",
	    sys_ref("host_org_id", u), "start_at=2026-01-20", NULL);
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
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM k_member WHERE membership_status = 'applied' AND join_method = 'collective'"
	                        " AND mobile LIKE '130%' AND consent_at = '2026-01-20'"), 60);
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM k_participant p JOIN record r ON r.id = p.member_id AND r.kind = 2"),
	    60);
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM k_member_event WHERE basis_doc = '集中入会'"), 60);
	page = sys_page(t, "signin", a);
	sys_has(page, "集中入会");
	sys_has(page, "王小青60");
	sys_has(page, ">75<"); /* three whole sheets */
	sys_has_not(page, "13000000060"); /* the last four digits are enough */
	free(page);
	rep_run(&r, t, "R06", "2026", NULL);
	assert_int_equal(jc_report_value(r.r, "R06", "join|collective", "active", &joined, &some), JC_ENOTFOUND); /* not yet approved */
	rep_free(&r);
	assert_int_equal(jc_collective_join(&c, t->node, t->env, &key, "12 345\n", 7, NULL, &err),
	    JC_EINVAL);
	test_ok(jc_undo(t->node, &undone, &err), &err); /* the whole list is one undo */
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM k_member k JOIN record r USING(rec) WHERE r.void = 0"), 0);
	jc_buf_free(&list);
}

static void
M09_simpler_building_procedure(void **state)
{
	struct test_node *t = *state;
	jc_id o, u, c = "";
	struct rep r;
	char *page;

	sys_org(t, o, "青石志愿者协会", "social", "party_org_status=own");
	sys_org(t, u, "青石镇总工会", "union", "union_type=township");
	test_set(t, "build_case", c, 0, sys_ref("org_id", o), "reason+=party", "form=single", sys_ref("target_union_id", u), NULL);
	sys_step(t, c, "mobilise", "--date=2026-01-05", "staff_count=40", "intend_count=38", "guide=李四", NULL);
	sys_step(t, c, "prepare", "--date=2026-01-15", "group_members=甲、乙、丙", NULL);
	sys_refused(t, c, "approved", "县总工会审批人", "doc_no=1号", NULL);
	sys_step_behalf(t, c, "approved", "×总工〔2026〕3号", "--date=2026-01-20",
	    "doc_no=×总工〔2026〕3号", NULL);
	sys_refused(t, c, "congress", "应到人数", NULL);
	sys_step(t, c, "congress", "--date=2026-02-01", "attend_due=40", "attend=36", "votes=甲 35票",
	    "committee=主席：甲", NULL);
	sys_step(t, c, "filing", "--date=2026-02-03", NULL);
	sys_step_behalf(t, c, "built", "×总工〔2026〕9号", "--date=2026-02-10",
	    "doc_no=×总工〔2026〕9号", NULL);
	assert_string_equal(test_get(t, c, "state"), "built");
	assert_string_equal(test_get(t, o, "union_state"), "covered_own");
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM k_org WHERE name = '青石志愿者协会工会委员会' AND approval_no LIKE '%9号'"),
	    1);
	/* days per step are measured, and the whole way: 2026-01-05 to 2026-02-10 */
	assert_int_equal(sys_one(t, "SELECT julianday(max(day)) - julianday(min(day)) FROM flow_step"),
	    36);
	assert_int_equal(sys_one(t, "SELECT count(*) FROM flow_step WHERE ok = 1"), 6);
	rep_run(&r, t, "R04", "2026", NULL);
	assert_int_equal(rep_n(&r, "R04", c, "days"), 36);
	rep_is(&r, "R04", c, "approved", "2026-01-20");
	rep_is(&r, "R04", c, "doc", "×总工〔2026〕3号");
	rep_free(&r);
	page = sys_page(t, "letters", c); /* 请示, 选举结果报告, 批复登记卡 */
	sys_has(page, "关于成立青石志愿者协会工会委员会的请示");
	sys_has(page, "现有职工40人，其中38人自愿");
	sys_has(page, "“单独”的建会形式");
	sys_has(page, "甲、乙、丙");
	sys_has(page, "选举结果的报告");
	sys_has(page, "应到40人，实到36人");
	sys_has(page, "主席：甲");
	sys_has(page, "甲 35票");
	sys_has(page, "批复登记卡");
	sys_has(page, "×总工〔2026〕9号");
	sys_has_not(page, "____");
	free(page);
}

static void
M10_demonstration(void **state)
{
	struct test_node *t = *state;
	jc_id o, u, led, third;
	struct rep r;

	sys_org(t, o, "青石棋社", "social", "party_org_status=none");
	test_set(t, "org", o, 0, "key_target=1", "key_reasons+=large、influential", NULL);
	assert_non_null(strstr(sys_tasks(t, "should_build", SYS_TODAY).sentence, "重点对象"));
	/* R02: coverage of key targets apart from that of all */
	sys_org(t, u, "青石商会工会", "union", "union_type=basic_single");
	sys_org(t, led, "青石商会", "social", "key_target=1");
	test_set(t, "org", led, 0, sys_ref("union_id", u), NULL);
	sys_org(t, third, "青石书画社", "social", "party_org_status=none");
	rep_run(&r, t, "R02", "2026", NULL);
	assert_int_equal(rep_n(&r, "R02", "*", "key_orgs"), 2);
	rep_is(&r, "R02", "*", "key_rate", "50.00%");
	rep_is(&r, "R02", "*", "rate", "33.33%");
	assert_true(rep_blank(&r, "R02", "1", "key_rate")); /* nothing to lead there: neither 0 nor 100 */
	rep_free(&r);
}

/* What R05 adds up: each step starts where the one before ended, so openings and changes make closings. */
static void
M12_bringing_workers_in(void **state)
{
	static const char *const codes[] = {"1", "2", "3", "4", "5", "6", "7", "8", "11", "12",
	    "14", "15"};
	struct test_node *t = *state;
	uint32_t seed = 7;
	struct rep r;

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
			test_set(t, "member_event", e, 0, sys_ref("member_id", m), date, type, NULL);
		}
	}
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM flow_step a JOIN flow_step b ON b.subject = a.subject AND b.n = a.n + 1"
	                        " WHERE a.to_state <> b.from_state OR a.day > b.day"), 0);
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM flow_step WHERE ok = 0 AND from_state <> to_state"), 0);
	/* closing = opening + in - out, of the year and of its last quarter */
	assert_int_equal(sys_one(t,
	    "WITH f AS (SELECT subject, min(n) AS n FROM flow_step GROUP BY subject),"
	    " o AS (SELECT count(*) AS c FROM f JOIN flow_step s USING(subject, n) WHERE s.from_state = 'active')"
	    " SELECT (SELECT c FROM o) + (SELECT count(*) FROM flow_step WHERE to_state = 'active' AND from_state <> 'active')"
	    " - (SELECT count(*) FROM flow_step WHERE from_state = 'active' AND to_state <> 'active')"
	    " - (SELECT count(*) FROM k_member WHERE membership_status = 'active' AND rec IN (SELECT subject FROM flow_step))"),
	    0);
	assert_true(sys_one(t, "SELECT count(*) FROM flow_step WHERE ok = 1") > 50);
	rep_run(&r, t, "R05", "2025", NULL);
	assert_int_equal(rep_n(&r, "R05", "*", "balance"), 0);
	rep_free(&r);
	rep_run(&r, t, "R05", "2025Q4", NULL);
	assert_int_equal(rep_n(&r, "R05", "*", "balance"), 0);
	rep_free(&r);
}

static void
M14_joint_building_and_sharing(void **state)
{
	struct test_node *t = *state;
	jc_id u, p, c = "";

	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	sys_org(t, p, "青石书画社", "social", "party_org_status=none");
	test_set(t, "coop", c, 0, sys_ref("union_org_id", u), sys_ref("partner_org_id", p),
	    "resources+=venue", "signed_on=2025-04-01",
	    "valid_to=2026-03-31", NULL);
	assert_non_null(strstr(sys_tasks(t, "coop_to", SYS_TODAY).sentence, "青石书画社"));
	assert_int_equal(sys_tasks(t, "coop_to", "2025-12-01").n, 0);
}

static void
M15_liaison(void **state)
{
	struct test_node *t = *state;
	jc_id a, b, l = "";
	struct rep r;

	sys_org(t, a, "青石棋社", "social", "party_org_status=none");
	sys_org(t, b, "青石书画社", "social", "party_org_status=none");
	test_set(t, "contact_log", l, 0, sys_ref("org_id", a), "contact_date=2026-02-01", "kind=visit",
	    NULL);
	assert_int_equal(sys_tasks(t, "visit", SYS_TODAY).n, 1);
	assert_non_null(strstr(sys_tasks(t, "visit", SYS_TODAY).sentence, "青石书画社"));
	assert_int_equal(sys_tasks(t, "visit", "2026-08-01").n, 2);
	rep_run(&r, t, "R03", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R03c"), 1); /* not visited for 180 days */
	rep_is(&r, "R03c", b, "name", "青石书画社");
	rep_is(&r, "R03b", a, "visited", "2026-02-01");
	assert_int_equal(rep_n(&r, "R03b", a, "days"), 29);
	rep_free(&r);
}

static void
M16_people_exchange(void **state)
{
	struct test_node *t = *state;
	jc_id u, s, x = "", y = "";
	struct rep r;

	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	sys_org(t, s, "青石救援队", "social", "party_org_status=none");
	test_set(t, "exchange", x, 0, "person_text=李四", "direction=union_to_so",
	    sys_ref("from_org_id", u), sys_ref("to_org_id", s), "post=指导员",
	    "doc_no=1号", "to=2026-12-31", NULL);
	test_set(t, "exchange", y, 0, "person_text=王五", "direction=so_to_union",
	    sys_ref("from_org_id", s), sys_ref("to_org_id", u), "post=委员",
	    "doc_no=2号", NULL);
	sys_step(t, x, "agree", "--date=2026-01-10", NULL);
	sys_step(t, x, "begin", "--date=2026-02-01", NULL);
	assert_string_equal(test_get(t, x, "state"), "active");
	assert_string_equal(test_get(t, x, "from"), "2026-02-01");
	assert_string_equal(test_get(t, y, "state"), "proposed");
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM k_exchange WHERE state = 'active' AND direction = 'union_to_so'"),
	    1);
	rep_run(&r, t, "R12", "2026", NULL);
	assert_int_equal(rep_n(&r, "R12d", "union_to_so", "people"), 1);
	assert_int_equal(rep_n(&r, "R12d", "union_to_so", "serving"), 1);
	assert_int_equal(rep_n(&r, "R12d", "so_to_union", "serving"), 0); /* proposed, not yet there */
	rep_is(&r, "R12c", x, "person", "李四");
	rep_is(&r, "R12c", x, "state", "任职中");
	rep_free(&r);
	sys_step(t, x, "end", NULL);
	assert_string_equal(test_get(t, x, "state"), "ended"); /* the record stays */
	rep_run(&r, t, "R12", "2026", NULL);
	assert_int_equal(rep_n(&r, "R12d", "union_to_so", "people"), 1);
	assert_int_equal(rep_n(&r, "R12d", "union_to_so", "serving"), 0);
	rep_free(&r);
}

static void
M17_mutual_aid_as_a_gift(void **state)
{
	struct test_node *t = *state;
	jc_id u, s, p = "", c = "", k = "";
	struct rep r;

	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	sys_org(t, s, "青石救援队", "social", "is_rescue=1");
	test_set(t, "aid_plan", p, 0, "name=意外伤害互助", "aid_type=accident", NULL);
	test_set(t, "aid_cover", c, 0, sys_ref("plan_id", p), sys_ref("org_id", s), "name=赵六", "units=1",
	    "is_gift=1", NULL);
	sys_step(t, c, "enrol", "--date=2025-03-20", NULL);
	sys_refused(t, c, "activate", "出资单位", "from=2025-04-01", "to=2026-03-31", NULL);
	sys_step(t, c, "activate", "--date=2025-04-01", "from=2025-04-01", "to=2026-03-31",
	    sys_ref("payer_org_id", u), NULL);
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM k_aid_cover c JOIN record r ON r.id = c.org_id JOIN k_org o ON o.rec = r.rec"
	                        " WHERE c.state = 'active' AND c.is_gift = '1' AND o.is_rescue = '1'"),
	                        1);
	assert_non_null(strstr(sys_tasks(t, "cover_to", SYS_TODAY).sentence, "赵六"));
	rep_run(&r, t, "R13", "2026", NULL);
	assert_int_equal(rep_n(&r, "R13", p, "covered"), 1);
	assert_int_equal(rep_n(&r, "R13", p, "gift"), 1);
	assert_int_equal(rep_n(&r, "R13", p, "rescued"), 1);
	assert_int_equal(rep_n(&r, "R13", p, "expiring"), 1); /* until 31 March */
	rep_is(&r, "R13b", c, "person", "赵六");
	rep_free(&r);
	test_set(t, "aid_claim", k, 0, sys_ref("cover_id", c), "claim_type=accident",
	    "event_date=2026-01-01", "asked_on=2026-01-05", NULL);
	sys_step(t, k, "submit", "--date=2026-01-06", NULL);
	sys_step(t, k, "pay", "--date=2026-02-01", "paid_fen=500元", NULL);
	sys_step(t, k, "close", NULL);
	assert_string_equal(test_get(t, k, "state"), "closed");
	assert_string_equal(test_get(t, k, "paid_fen"), "50000");
}

static void
M18_buying_services(void **state)
{
	struct test_node *t = *state;
	jc_id u, s, p = "", a = "", pay = "";
	struct rep r;
	char *page;

	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	sys_org(t, s, "青石律师事务所", "social", "is_provider=1");
	test_set(t, "project", p, 0, "code=2026-青石-1", "name=法律援助", "entrust_type=purchase",
	    "service_category=legal_aid", "demand=普法",
	    sys_ref("buyer_org_id", u), "target_count=200", NULL);
	sys_step(t, p, "approve", "--date=2026-01-05", "doc_no=会议纪要1号", NULL);
	sys_refused(t, p, "contract", "承接方", NULL);
	sys_step(t, p, "select", "--date=2026-01-06", "select_method=询价", NULL);
	sys_step(t, p, "contract", "--date=2026-01-10", sys_ref("provider_org_id", s), "contract_no=HT-1",
	    "contract_fen=8000元", "from=2026-01-15",
	    "to=2026-02-28", NULL);
	sys_step(t, p, "begin", "--date=2026-01-15", NULL);
	test_set(t, "activity", a, 0, "title=法律讲座", sys_ref("project_id", p),
	    "start_at=2026-02-01", "attend_count=160", "place=礼堂", NULL);
	sys_step(t, p, "deliver", "--date=2026-02-20", NULL);
	sys_refused(t, p, "accept", "验收人员", "accept_result=通过", "accept_team+=甲", NULL);
	sys_step(t, p, "accept", "--date=2026-02-22", "accept_result=通过", "accept_team+=甲、乙",
	    NULL);
	sys_step(t, p, "evaluate", "--date=2026-02-25", "eval_grade=优", "satisfaction=96",
	    "survey_n=40", "eval_text=好", NULL);
	sys_refused(t, p, "archive", "尾款", NULL);
	test_set(t, "payment", pay, 0, sys_ref("project_id", p), "node=final", "amount_fen=8000元",
	    "paid_on=2026-02-26", NULL);
	sys_step(t, p, "archive", NULL);
	assert_string_equal(test_get(t, p, "state"), "archived");
	assert_string_equal(test_get(t, p, "accepted_on"), "2026-02-22");
	rep_run(&r, t, "R11", "2026", NULL); /* 8,000 yuan over 160 person-times */
	rep_is(&r, "R11", p, "each_fen", "50.00");
	rep_is(&r, "R11", p, "paid", "8000.00");
	rep_is(&r, "R11", p, "done", "80.00%");
	rep_is(&r, "R11", p, "grade", "优");
	rep_free(&r);
	page = sys_page(t, "acceptance", p);
	sys_has(page, "HT-1");
	sys_has(page, "青石律师事务所");
	sys_has(page, "160 人次"); /* as counted from its activities */
	sys_has(page, "乙、甲"); /* a set: in its own order */
	sys_has(page, "通过");
	free(page);
}

static void
M25_safety_training(void **state)
{
	static const char *const types[] = {"safety_training", "fire_training", "law_training"};
	struct test_node *t = *state;
	struct rep r;

	for (int i = 0; i < 3; i++) {
		jc_id a = "";

		test_set(t, "activity", a, 0, "title=培训", sys_ref("activity_type", types[i]),
		    "start_at=2026-01-10", "attend_count=30", "place=礼堂", NULL);
		assert_string_equal(test_get(t, a, "state"), "done");
	}
	assert_int_equal(sys_one(t,
	    "SELECT count(DISTINCT activity_type) * 1000 + sum(attend_count) FROM k_activity WHERE state = 'done'"),
	    3090);
	rep_run(&r, t, "R07", "2026", NULL);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(rep_n(&r, "R07", types[i], "sessions"), 1);
		assert_int_equal(rep_n(&r, "R07", types[i], "attend"), 30);
	}
	assert_int_equal(rep_n(&r, "R07", "*", "attend"), 90);
	rep_free(&r);
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

	sys_org(t, o, "青石石灰厂", "employer", "employee_count=30");
	n.org = o;
	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_check_start(check, &items, t->node, own.no, &n, &err), &err);
	assert_int_equal(items, 19);
	test_ok(jc_record_find(t->node, 0, check, &key, &err), &err);
	test_ok(jc_check_item_find(&item, t->node, &key, "C-05", &err), &err);
	sys_step(t, item.id, "find", "--date=2026-02-01", "finding=电线裸露", "resp_person=王五", NULL);
	assert_string_equal(test_get(t, item.id, "due_on"), "2026-02-04"); /* three days: serious */
	assert_non_null(strstr(sys_tasks(t, "item_overdue", "2026-02-05").sentence, "电线裸露"));
	sys_step(t, item.id, "receive", "--date=2026-02-02", NULL);
	sys_refused(t, item.id, "extend", "县总工会经办", "new_date=2026-02-10", "reason=缺配件", NULL);
	sys_step_behalf(t, item.id, "extend", "口头同意", "--date=2026-02-03", "new_date=2026-02-10",
	    "reason=缺配件", NULL);
	assert_int_equal(sys_tasks(t, "item_overdue", "2026-02-05").n, 0);
	assert_int_equal(sys_tasks(t, "item_overdue", "2026-02-11").n, 1);
	sys_step_behalf(t, item.id, "extend", "口头同意", "--date=2026-02-09", "new_date=2026-02-20",
	    "reason=缺配件", NULL);
	sys_refused(t, item.id, "extend", "县总工会经办", "new_date=2026-03-10", "reason=缺配件", NULL);
	assert_string_equal(test_get(t, item.id, "extended"), "2");
	assert_string_equal(test_get(t, item.id, "first_due_on"), "2026-02-04");
	sys_step(t, item.id, "escalate", "--date=2026-02-20", sys_ref("escalated_to", o),
	    "reason=没有经费", NULL);
	assert_string_equal(test_get(t, item.id, "state"), "rectifying");
}

static void
M27_research_and_advice(void **state)
{
	struct test_node *t = *state;
	jc_id o, r = "";
	struct rep rep;

	sys_org(t, o, "青石镇工会", "union", "union_type=township");
	test_set(t, "research", r, 0, "title=快递员劳动保护", "year=2026", sys_ref("lead_org_id", o),
	    "topic=new_forms", NULL);
	sys_step(t, r, "fieldwork", "--date=2026-01-05", NULL);
	sys_refused(t, r, "draft", "主要发现", NULL);
	sys_step(t, r, "draft", "--date=2026-01-20", "finding=缺少保险", "advice=统一参保", NULL);
	sys_step(t, r, "submit", "--date=2026-01-25", "submitted_to+=县委", NULL);
	sys_step(t, r, "adopt", "--date=2026-02-20", "adopted_by=县委办公室", NULL);
	assert_string_equal(test_get(t, r, "state"), "adopted");
	assert_string_equal(test_get(t, r, "adoption"), "adopted");
	assert_string_equal(test_get(t, r, "adopted_on"), "2026-02-20");
	rep_run(&rep, t, "R07", "2026", NULL);
	rep_is(&rep, "R07d", r, "adoption", "采纳");
	rep_is(&rep, "R07d", r, "adopted_by", "县委办公室");
	rep_is(&rep, "R07d", r, "sent_to", "县委");
	rep_is(&rep, "R07d", r, "sent_on", "2026-01-25");
	rep_free(&rep);
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
	struct rep r;
	char *page;
	int items;

	sys_org(t, o, "青石志愿者协会", "social", "mgmt_issues+=loose、random、no_venue");
	n.org = o;
	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_check_start(check, &items, t->node, own.no, &n, &err), &err);
	test_ok(jc_record_find(t->node, 0, check, &key, &err), &err);
	test_set(t, "attachment", photo, 0, "file_name=after.jpg", "purpose=after", NULL);
	for (int i = 0; i < 3; i++) {
		test_ok(jc_check_item_find(&item, t->node, &key, weak[i], &err), &err);
		sys_step(t, item.id, "find", "--date=2026-02-01", "finding=没有", "resp_person=王五", NULL);
	}
	page = sys_page(t, "notice", check); /* the rectification list */
	sys_has(page, "下列3个问题");
	free(page);
	for (int i = 0; i < 3; i++) {
		test_ok(jc_check_item_find(&item, t->node, &key, weak[i], &err), &err);
		sys_refused(t, item.id, "submit", "佐证", "rectify_desc=已补", NULL);
		sys_step(t, item.id, "submit", "--date=2026-02-05", "rectify_desc=已补",
		    sys_ref("evidence_after", photo), NULL);
		sys_step(t, item.id, "close", "--date=2026-02-08", "reason=通过", "by_person=赵六",
		    NULL);
		assert_string_equal(test_get(t, item.id, "state"), "closed");
	}
	assert_int_equal(sys_one(t,
	    "SELECT count(*) FROM k_check_item WHERE state = 'closed' AND evidence_after IS NOT NULL"),
	    3);
	rep_run(&r, t, "R09", "2026", NULL);
	assert_int_equal(rep_n(&r, "R09", "*", "closed"), 3);
	rep_is(&r, "R09", "*", "rate", "100.00%");
	rep_is(&r, "R09", "*", "on_time", "100.00%");
	assert_int_equal(rep_n(&r, "R09", "*", "c_RULE"), 1);
	rep_free(&r);
	for (const struct jc_starter *s = jc_starters(); s->code != NULL; s++) { /* every starter has its line */
		jc_id other;

		n.tmpl = s->code;
		test_ok(jc_check_start(other, &items, t->node, own.no, &n, &err), &err);
		rep_run(&r, t, "R09", "2026", NULL);
		assert_true(rep_n(&r, "R09", s->scene, "items") >= items);
		rep_free(&r);
	}
	page = sys_page(t, "recheck", check);
	sys_has(page, "已补");
	sys_has(page, "通过");
	sys_has(page, "赵六");
	sys_has(page, "after.jpg"); /* the evidence stands on the paper */
	free(page);
	page = sys_page(t, "checklist", check);
	sys_has(page, "☑有问题");
	sys_has(page, "岗位表"); /* what proves an item, from the template */
	free(page);
}

static void
M32_cohesion_measured(void **state)
{
	struct test_node *t = *state;
	jc_id o, before = "", after = "";
	struct rep r;

	sys_org(t, o, "青石志愿者协会", "social", "party_org_status=none");
	test_set(t, "evaluation", before, 0, sys_ref("org_id", o), "held_on=2025-03-01",
	    "eval_kind=satisfaction", "invited=50", "answered=40",
	    "satisfied=20", "basic=8", "unsatisfied=12", NULL);
	test_set(t, "evaluation", after, 0, sys_ref("org_id", o), "held_on=2026-03-01",
	    "eval_kind=satisfaction", "invited=50", "answered=40",
	    "satisfied=30", "basic=6", "unsatisfied=4", NULL);
	rep_run(&r, t, "R09", "2026", NULL);
	rep_is(&r, "R09b", after, "org_name", "青石志愿者协会");
	rep_is(&r, "R09b", after, "rate_before", "70.00%");
	rep_is(&r, "R09b", after, "rate", "90.00%");
	rep_is(&r, "R09b", after, "change", "20.00%");
	rep_free(&r);
}

#define T(test) cmocka_unit_test_setup_teardown(test, sys_setup, sys_teardown)

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
		T(M25_safety_training),
		T(M26_special_inspections),
		T(M27_research_and_advice),
		T(M31_standardised_management),
		T(M32_cohesion_measured),
	};

	return cmocka_run_group_tests_name("systems", tests, NULL, NULL);
}
