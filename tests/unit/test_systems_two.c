/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * More systems of DOMAIN 1, one test a row, named after it: those whose "works when" is a sentence about a report, a
 * county or a federation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "awards.h"
#include "checks.h"
#include "county.h"
#include "import.h"
#include "system_kit.h"

/* A county of 300 organizations prints R03 with all six facts and shows how many are blank for each. */
static void
M01_social_organization_database(void **state)
{
	static const char *const facts[] = {"scale", "field", "section", "fund", "content", "mode"};
	struct test_node *t = *state;
	struct jc_book book;
	struct rep r;
	char *page;

	for (int i = 0; i < 300; i++) {
		char name[64];
		jc_id id = "";

		snprintf(name, sizeof(name), "name=协会%03d", i);
		if (i % 3 == 0) /* nobody knows more than its name */
			test_set(t, "org", id, 0, name, "org_kind=social", NULL);
		else
			test_set(t, "org", id, 0, name, "org_kind=social", i % 2 == 0 ? "staff_full=4" : "staff_full=60",
			    "activity_field=08", "industry_section=R", "fund_sources+=dues", "activity_contents+=culture_sports",
			    "work_modes+=volunteer", NULL);
		if (i % 3 != 0)
			test_set(t, "org", id, 0, "fund_sources+=donation", NULL);
	}
	rep_run(&r, t, "R03", "2026", NULL);
	assert_int_equal(rep_n(&r, "R03", "all|all", "orgs"), 300);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		char row[32];

		snprintf(row, sizeof(row), "%s|-", facts[i]);
		assert_int_equal(rep_n(&r, "R03", row, "orgs"), 100);
		rep_is(&r, "R03", row, "share", "33.33%");
	}
	assert_int_equal(rep_n(&r, "R03", "scale|xs", "orgs"), 100);
	assert_int_equal(rep_n(&r, "R03", "scale|l", "orgs"), 100);
	assert_int_equal(rep_n(&r, "R03", "fund|dues", "orgs"), 200); /* one has two sources: it stands in both */
	assert_int_equal(rep_n(&r, "R03", "fund|donation", "orgs"), 200);
	assert_int_equal(jc_report_rows(r.r, "R03b"), 300);
	page = sys_report_page(&r);
	sys_has(page, "规模分布");
	sys_has(page, "行业分布");
	sys_has(page, "国民经济行业");
	sys_has(page, "资金来源");
	sys_has(page, "活动内容");
	sys_has(page, "工作方式");
	sys_has(page, "未填");
	free(page);
	sys_report_book(&book, &r);
	assert_true(sys_sheet_has(&book, 0, "未填"));
	jc_book_free(&book);
	rep_free(&r);
	assert_int_equal(rep_behind(t, "R03", "2026", "R03/mode|-/orgs"), 100);
}

/* A list received from 民政 is imported, matched to existing organizations, and the rest become drafts to be checked. */
static void
M05_contact_with_departments(void **state)
{
	static const char list[] =
	    "青石县社会组织名册,,,,\n序号,社会组织名称,统一社会信用代码,登记管理机关,法定代表人\n"
	    "1,青石县秧歌协会,51990121MJ00000176,青石县民政局,钱七\n"
	    "2,青石救援队,,青石县民政局,孙八\n"
	    "3,上坪老年协会,,青石县民政局,李九\n";
	struct test_node *t = *state;
	struct jc_cmd_run run = {.node = t->node, .env = t->env};
	struct jc_import_options o = {.run = &run, .name = "民政.csv"};
	struct jc_import_report report;
	jc_id by_code, by_name, log = "";
	struct jc_err err = {0};
	struct rep r;

	sys_org(t, by_code, "秧歌队", "social", "uscc=51990121MJ00000176");
	sys_org(t, by_name, "青石救援队", "social", "is_rescue=1");
	test_set(t, "contact_log", log, 0, "dept_text=县民政局", "contact_date=2026-02-20", "kind=data", "by_person=赵六",
	    "data_handed=社会组织名册 3条", NULL);
	test_ok(jc_import_bytes(&report, &o, list, sizeof(list) - 1, &err), &err);
	assert_int_equal(report.added, 1);
	assert_int_equal(json_array_size(report.bad), 0);
	jc_import_report_free(&report);
	assert_int_equal(test_count(t, "org"), 3);
	assert_string_equal(test_get(t, by_code, "legal_rep"), "钱七"); /* known by its code under another name */
	assert_string_equal(test_get(t, by_name, "legal_rep"), "孙八");
	assert_string_equal(test_get(t, by_name, "note"), "");
	assert_int_equal(sys_one(t, "SELECT count(*) FROM k_org WHERE name = '上坪老年协会' AND note = '待核' AND org_kind = 'social'"), 1);
	assert_string_equal(test_get(t, log, "data_handed"), "社会组织名册 3条");
	rep_run(&r, t, "R03", "2026", NULL);
	assert_int_equal(rep_n(&r, "R03", "all|all", "orgs"), 3);
	rep_free(&r);
}

/* The federation prints its own R04 without seeing unrelated branches' members. */
static void
M06_level_by_level(void **state)
{
	struct test_node *t = *state;
	jc_id fed, other, mine, hers, theirs, case_a = "", case_b = "", case_c = "", u;
	struct jc_report_ask own = {0};
	struct rep r;
	char *page;

	sys_org(t, fed, "青石县社会组织工会联合会", "union", "union_type=fed_social");
	sys_org(t, other, "石桥镇工会", "union", "union_type=township");
	sys_org(t, mine, "青石志愿者协会", "social", sys_ref("federation_id", fed));
	sys_org(t, hers, "白水商会", "social", "function_class=1"); /* its case says that it will belong to the federation */
	sys_org(t, theirs, "石桥棋社", "social", "function_class=3");
	test_set(t, "build_case", case_a, 0, sys_ref("org_id", mine), "reason+=party", "guide=李四", NULL);
	test_set(t, "build_case", case_b, 0, sys_ref("org_id", hers), "reason+=self", sys_ref("target_union_id", fed), NULL);
	test_set(t, "build_case", case_c, 0, sys_ref("org_id", theirs), "reason+=self", sys_ref("target_union_id", other),
	    "guide=王五", NULL);
	for (int i = 0; i < 2; i++) { /* unions that came of it, each with a member */
		jc_id m = "";

		sys_org(t, u, i == 0 ? "青石志愿者协会工会" : "石桥棋社工会", "union", "union_type=basic_single");
		test_set(t, "build_case", i == 0 ? case_a : case_c, 0, sys_ref("union_org_id", u), NULL);
		test_set(t, "org", i == 0 ? mine : theirs, 0, sys_ref("union_id", u), NULL);
		test_set(t, "member", m, 0, sys_ref("union_id", u), "name=王小青", "joined_on=2020", NULL);
		if (i == 1)
			test_set(t, "org", u, 0, sys_ref("parent_union_id", other), NULL);
	}
	own.federation = fed;
	rep_run(&r, t, "R04", "2026", &own);
	assert_int_equal(jc_report_rows(r.r, "R04"), 2);
	rep_is(&r, "R04", case_a, "org_name", "青石志愿者协会");
	rep_is(&r, "R04", case_b, "org_name", "白水商会");
	assert_int_equal(rep_n(&r, "R04", "*", "members"), 1); /* of two in the county */
	assert_int_equal(rep_n(&r, "R04b", "*", "cases"), 2);
	page = sys_report_page(&r);
	sys_has(page, "青石县社会组织工会联合会"); /* whose line it is stands on the paper */
	sys_has_not(page, "石桥棋社");
	sys_has_not(page, "王五");
	free(page);
	rep_free(&r);
	rep_run(&r, t, "R05", "2026", &own); /* nor in what is counted of members */
	assert_int_equal(rep_n(&r, "R05", "*", "closing"), 1);
	rep_free(&r);
}

/* R01 can be split into one sheet per authority for handing over. */
static void
M07_industry_authority(void **state)
{
	struct jc_report_ask split = {.split = "authority"}, one = {0};
	struct test_node *t = *state;
	jc_id culture, health, a, b, c, d;
	struct jc_book book;
	struct rep r;

	sys_org(t, culture, "县文旅局", "authority", "region_code=990121");
	sys_org(t, health, "县卫健局", "authority", "region_code=990121");
	sys_org(t, a, "青石书画社", "social", "party_org_status=own");
	sys_org(t, b, "青石秧歌队", "social", "party_org_status=own");
	sys_org(t, c, "青石健康协会", "social", "party_org_status=own");
	sys_org(t, d, "青石棋社", "social", "party_org_status=own");
	test_set(t, "org", a, 0, sys_ref("industry_authority_id", culture), NULL);
	test_set(t, "org", b, 0, sys_ref("industry_authority_id", culture), NULL);
	test_set(t, "org", c, 0, sys_ref("industry_authority_id", health), NULL);
	rep_run(&r, t, "R01", "2026", &split);
	sys_report_book(&book, &r);
	assert_int_equal(book.nsheets, 3); /* and one for who has none */
	for (size_t i = 0; i < book.nsheets; i++) {
		int art = strcmp(book.sheet[i].name, "县文旅局") == 0, care = strcmp(book.sheet[i].name, "县卫健局") == 0;

		assert_true(art || care || strcmp(book.sheet[i].name, "未填") == 0);
		assert_int_equal(sys_sheet_has(&book, i, "青石书画社"), art);
		assert_int_equal(sys_sheet_has(&book, i, "青石秧歌队"), art);
		assert_int_equal(sys_sheet_has(&book, i, "青石健康协会"), care);
		assert_int_equal(sys_sheet_has(&book, i, "青石棋社"), !art && !care);
	}
	jc_book_free(&book);
	rep_free(&r);
	one.authority = health;
	rep_run(&r, t, "R01", "2026", &one);
	assert_int_equal(jc_report_rows(r.r, "R01"), 1);
	rep_free(&r);
}

/* Each grant has a signed receipt and a follow-up; R12 sums money, person-days and venue hours. */
static void
M11_incubation_support(void **state)
{
	static const char *const types[] = {"money", "people", "venue"};
	static const char *const amounts[] = {"amount_fen=3000元", "person_days=12", "venue_hours=40"};
	struct test_node *t = *state;
	jc_id u, team, g[3] = {"", "", ""}, again = "";
	struct rep r;
	char *page;

	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	sys_org(t, team, "青石孵化中心", "social", "is_incubator=1");
	for (int i = 0; i < 3; i++) {
		test_set(t, "grant", g[i], 0, sys_ref("giver_org_id", u), sys_ref("receiver_org_id", team),
		    sys_ref("grant_type", types[i]), amounts[i], NULL);
		sys_step_behalf(t, g[i], "approve", "会议纪要1号", "--date=2026-01-10", NULL);
		sys_refused(t, g[i], "deliver", "签收", NULL);
		sys_step(t, g[i], "deliver", "--date=2026-01-15", "receipt=是", NULL);
		sys_refused(t, g[i], "follow", "成效", NULL);
		sys_step(t, g[i], "follow", "--date=2026-02-15", "follow_up=培育了两家社区组织", NULL);
		sys_step(t, g[i], "close", NULL);
		assert_string_equal(test_get(t, g[i], "state"), "closed");
	}
	test_set(t, "grant", again, 0, sys_ref("giver_org_id", u), sys_ref("receiver_org_id", team), "grant_type=money",
	    "amount_fen=500元", "granted_on=2026-02-01", "receipt=1", NULL);
	rep_run(&r, t, "R12", "2026", NULL);
	assert_int_equal(rep_n(&r, "R12b", team, "grants"), 4);
	rep_is(&r, "R12b", team, "money", "3500.00");
	assert_int_equal(rep_n(&r, "R12b", team, "person_days"), 12);
	rep_is(&r, "R12b", team, "hours", "40.0");
	assert_int_equal(rep_n(&r, "R12b", team, "receipts"), 4);
	assert_int_equal(rep_n(&r, "R12b", team, "follows"), 3); /* one still lacks its follow-up */
	rep_free(&r);
	page = sys_page(t, "grant", g[2]);
	sys_has(page, "青石孵化中心");
	sys_has(page, "活动场地");
	sys_has(page, "40");
	free(page);
}

/* R02 has four rows and 未分类; no organization is counted twice. */
static void
M13_four_target_classes(void **state)
{
	static const char *const codes[] = {"1", "2", "3", "4", "9"};
	struct test_node *t = *state;
	struct jc_save *sv;
	jc_id o[5], twin, unclear;
	int64_t rows = 0;
	struct jc_err err = {0};
	struct jc_scope own;
	struct rep r;

	for (int i = 0; i < 4; i++) {
		char name[40];

		snprintf(name, sizeof(name), "组织%d", i);
		sys_org(t, o[i], name, "social", sys_ref("function_class", codes[i]));
	}
	sys_org(t, o[4], "组织四又名", "social", "function_class=2"); /* the fourth under another name and class */
	sys_org(t, unclear, "组织五", "social", "region_code=990121");
	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_save_begin(&sv, t->node, own.no, "merge", &err), &err);
	test_ok(jc_save_merge(sv, o[3], o[4], &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	rep_run(&r, t, "R02", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R02"), 5);
	assert_int_equal(rep_n(&r, "R02", "*", "orgs"), 5); /* six records, five organizations */
	rep_free(&r);
	/* the county's own list has one of a branch's again, known by its credit code */
	test_set(t, "org", o[0], 0, "uscc=51990121MJ00000176", NULL);
	t->scope = 2;
	sys_org(t, twin, "组织零", "social", "uscc=51990121MJ00000176");
	t->scope = 0;
	rep_run(&r, t, "R02", "2026", NULL);
	assert_int_equal(rep_n(&r, "R02", "*", "orgs"), 5);
	for (size_t i = 0; i < 5; i++)
		rows += rep_n(&r, "R02", codes[i], "orgs");
	assert_int_equal(rows, 5);
	assert_int_equal(rep_n(&r, "R02", "9", "orgs"), 1);
	rep_free(&r);
}

/* One filter shows everything done for one special work in one year. */
static void
M19_link_to_special_work(void **state)
{
	struct jc_report_ask one = {.special = "根治欠薪"};
	struct test_node *t = *state;
	jc_id u, s, a = "", b = "", c = "", p = "", q = "";
	struct rep r;

	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	sys_org(t, s, "青石律师事务所", "social", "is_provider=1");
	test_set(t, "activity", a, 0, "title=工资政策宣讲", "activity_type=law_lecture", "special_work=根治欠薪", sys_ref("host_org_id", u),
	    "start_at=2026-01-20", "attend_count=80", "benefit_count=80", "cost_fen=600元", "place=礼堂", NULL);
	test_set(t, "activity", b, 0, "title=去年的宣讲", "special_work=根治欠薪", sys_ref("host_org_id", u), "start_at=2025-11-20",
	    "attend_count=30", "place=礼堂", NULL);
	test_set(t, "activity", c, 0, "title=文艺演出", "special_work=乡村振兴", sys_ref("host_org_id", u), "start_at=2026-01-21",
	    "attend_count=200", "place=广场", NULL);
	test_set(t, "project", p, 0, "code=2026-青石-1", "name=欠薪法律服务", "special_work=根治欠薪", sys_ref("buyer_org_id", u),
	    sys_ref("provider_org_id", s), "contract_fen=8000元", "signed_on=2026-01-05", NULL);
	test_set(t, "project", q, 0, "code=2026-青石-2", "name=广场舞培训", sys_ref("buyer_org_id", u), "contract_fen=2000元",
	    "signed_on=2026-01-05", NULL);
	rep_run(&r, t, "R07", "2026", &one);
	assert_int_equal(rep_n(&r, "R07", "*", "attend"), 80);
	assert_int_equal(rep_n(&r, "R07e", "根治欠薪", "activities"), 1);
	assert_int_equal(rep_n(&r, "R07e", "根治欠薪", "projects"), 1);
	assert_int_equal(rep_n(&r, "R07e", "*", "projects"), 1);
	rep_is(&r, "R07e", "根治欠薪", "contract", "8000.00");
	assert_int_equal(jc_report_rows(r.r, "R07f"), 2); /* both stand in one list */
	rep_is(&r, "R07f", a, "title", "工资政策宣讲");
	rep_is(&r, "R07f", p, "title", "欠薪法律服务");
	rep_free(&r);
	rep_run(&r, t, "R11", "2026", &one);
	assert_int_equal(jc_report_rows(r.r, "R11"), 1);
	rep_free(&r);
	rep_run(&r, t, "R07", "2025", &one);
	assert_int_equal(jc_report_rows(r.r, "R07f"), 1);
	rep_free(&r);
}

/* The designated partner and its valid-until date are visible in the provider catalogue. */
static void
M20_legal_aid_partner(void **state)
{
	struct test_node *t = *state;
	jc_id u, firm, p = "", past = "", told = "";
	struct rep r;

	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	sys_org(t, firm, "青石律师事务所", "social", "uscc=31990000MD0000013Y");
	assert_string_equal(test_get(t, firm, "legal_form"), "31"); /* a law firm, by its code */
	test_set(t, "project", p, 0, "code=2026-青石-1", "name=法律援助定点", "service_category=legal_aid", "is_designated=1",
	    "designated_to=2026-12-31", sys_ref("provider_org_id", firm), sys_ref("buyer_org_id", u), NULL);
	test_set(t, "project", past, 0, "code=2024-青石-1", "name=旧定点", "service_category=legal_aid", "is_designated=1",
	    "designated_to=2025-12-31", sys_ref("provider_org_id", firm), NULL);
	test_set(t, "notice", told, 0, "notice_type=provider", "title=心理协会可以上门", sys_ref("from_org_id", u), "valid_to=2026-06-30", NULL);
	sys_step(t, told, "publish", "--date=2026-02-01", NULL);
	rep_run(&r, t, "R11", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R11d"), 2);
	rep_is(&r, "R11d", p, "provider", "青石律师事务所");
	rep_is(&r, "R11d", p, "category", "法律援助");
	rep_is(&r, "R11d", p, "valid", "2026-12-31");
	rep_is(&r, "R11d", told, "name", "心理协会可以上门"); /* who was recommended to all stands beside them */
	rep_free(&r);
	assert_int_equal(sys_tasks(t, "designated_to", "2026-11-15").n, 2); /* and the past one is still to be settled */
	for (int i = 0; i < 3; i++) {
		static const char *const kinds[] = {"law_experience", "law_lecture", "moot_court"};
		jc_id a = "";

		test_set(t, "activity", a, 0, "title=法治活动", sys_ref("activity_type", kinds[i]), sys_ref("project_id", p),
		    sys_ref("provider_org_id", firm), "start_at=2026-02-01", "attend_count=40", "benefit_count=40", "place=礼堂", NULL);
	}
	rep_run(&r, t, "R07", "2026", NULL);
	assert_int_equal(rep_n(&r, "R07", "moot_court", "attend"), 40);
	assert_int_equal(rep_n(&r, "R07", "*", "by_social"), 3);
	rep_free(&r);
	rep_run(&r, t, "R11", "2026", NULL);
	assert_int_equal(rep_n(&r, "R11", p, "people"), 120);
	rep_free(&r);
}

/* A counselling day is recorded with a head count and no names. */
static void
M21_health_and_counselling(void **state)
{
	struct test_node *t = *state;
	struct jc_change change;
	struct jc_record_key key;
	struct jc_save *sv;
	jc_id a = "", lecture = "", p = "", m = "", bad = "";
	struct jc_err err = {0};
	struct jc_scope own;
	struct rep r;

	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", NULL);
	test_set(t, "activity", a, 0, "title=心理咨询日", "activity_type=psych_counsel", "start_at=2026-01-20", "attend_count=14",
	    "benefit_count=14", "place=服务站", NULL);
	assert_string_equal(test_get(t, a, "state"), "done");
	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_save_begin(&sv, t->node, own.no, "add", &err), &err);
	change = (struct jc_change){.field = jc_catalogue_field(jc_catalogue_kind("participant", 11), "activity_id", 11),
	    .text = {a, JC_ID_LEN}};
	assert_int_equal(jc_save_set(sv, jc_catalogue_kind("participant", 11), bad, &change, 1, 0, NULL, &err), JC_EINVAL);
	assert_non_null(strstr(err.msg, "不登记姓名"));
	test_ok(jc_save_end(sv, 0, NULL, &err), &err);
	/* a lecture has a list; it cannot become a counselling day as long as it has */
	test_set(t, "activity", lecture, 0, "title=健康讲座", "activity_type=health_lecture", "start_at=2026-01-21", "attend_count=30",
	    "place=礼堂", NULL);
	test_set(t, "participant", p, 0, sys_ref("activity_id", lecture), sys_ref("member_id", m), NULL);
	test_ok(jc_record_find(t->node, 0, lecture, &key, &err), &err);
	test_ok(jc_save_begin(&sv, t->node, own.no, "set", &err), &err);
	change = (struct jc_change){.field = jc_catalogue_field(key.kind, "activity_type", 13), .text = {"psych_counsel", 13}};
	assert_int_equal(jc_save_set(sv, key.kind, key.id, &change, 1, 0, NULL, &err), JC_EINVAL);
	test_ok(jc_save_end(sv, 0, NULL, &err), &err);
	test_void(t, p, "录错了");
	test_set(t, "activity", lecture, 0, "activity_type=psych_counsel", NULL);
	rep_run(&r, t, "R07", "2026", NULL);
	assert_int_equal(rep_n(&r, "R07", "psych_counsel", "attend"), 44);
	assert_int_equal(rep_n(&r, "R07", "psych_counsel", "people"), 0);
	rep_free(&r);
	assert_int_equal(sys_one(t, "SELECT count(*) FROM k_participant JOIN record USING(rec) WHERE void = 0"), 0);
}

/* Training hours and certificates appear per subject. */
static void
M22_vocational_training(void **state)
{
	struct test_node *t = *state;
	jc_id a = "", b = "", c = "", m = "", job = "";
	struct rep r;

	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", NULL);
	test_set(t, "activity", a, 0, "title=月嫂班", "activity_type=vocational_training", "trade=家政", "start_at=2026-01-10",
	    "hours=40", "certs=18", "attend_count=20", "place=职校", NULL);
	test_set(t, "activity", b, 0, "title=保洁班", "activity_type=vocational_training", "trade=家政", "start_at=2026-02-10",
	    "hours=24.5", "certs=9", "attend_count=10", "place=职校", NULL);
	test_set(t, "activity", c, 0, "title=电商", "activity_type=vocational_training", "start_at=2026-02-11", "hours=16", "certs=0",
	    "attend_count=30", "place=职校", NULL);
	test_set(t, "assist", job, 0, sys_ref("activity_id", a), sys_ref("person_member_id", m), "sends=job", "form=referral",
	    "assist_date=2026-02-20", "result=已就业", NULL);
	rep_run(&r, t, "R07", "2026", NULL);
	rep_is(&r, "R07c", "家政", "hours", "64.5");
	assert_int_equal(rep_n(&r, "R07c", "家政", "certs"), 27);
	assert_int_equal(rep_n(&r, "R07c", "家政", "employed"), 1);
	rep_is(&r, "R07c", "电商", "hours", "16.0"); /* without a subject: what it is called */
	assert_int_equal(rep_n(&r, "R07c", "电商", "certs"), 0);
	rep_is(&r, "R07c", "*", "hours", "80.5");
	rep_free(&r);
}

/* R11 sorts providers by cost per person and satisfaction. */
static void
M23_delegating_work(void **state)
{
	static const struct {
		const char *name, *contract, *people, *satisfaction;
	} v[] = {{"甲社", "contract_fen=8000元", "done_count=100", "satisfaction=90"},
	    {"乙社", "contract_fen=4000元", "done_count=100", "satisfaction=80"},
	    {"丙社", "contract_fen=2000元", "done_count=50", "satisfaction=95"},
	    {"丁社", "contract_fen=0", "done_count=30", "satisfaction=85"}};
	struct test_node *t = *state;
	char *page, *at[4];
	struct rep r;

	for (int i = 0; i < 4; i++) {
		jc_id s, p = "";
		char code[32];

		sys_org(t, s, v[i].name, "social", "is_provider=1");
		snprintf(code, sizeof(code), "code=2026-%d", i);
		test_set(t, "project", p, 0, code, "name=项目", i == 3 ? "entrust_type=entrust_free" : "entrust_type=purchase",
		    sys_ref("provider_org_id", s), v[i].contract, v[i].people, v[i].satisfaction, "survey_n=20", "signed_on=2026-01-05", NULL);
	}
	rep_run(&r, t, "R11", "2026", NULL);
	page = sys_report_page(&r);
	at[3] = strstr(page, "承接方比较"); /* the free one, then 40 yuan each by satisfaction, then 80 */
	assert_non_null(at[3]);
	for (int i = 0; i < 4; i++) {
		static const char *const order[] = {"丁社", "丙社", "乙社", "甲社"};

		at[0] = strstr(at[3], order[i]);
		assert_non_null(at[0]);
		at[3] = at[0];
	}
	sys_has(at[3], "80.00");
	free(page);
	rep_free(&r);
}

static void
contest(struct test_node *t, jc_id a, jc_id m)
{
	jc_id p = "", q = "";

	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", "group_name=焊工组", NULL);
	test_set(t, "activity", a, 0, "title=焊工比武", "activity_type=skill_contest", "trade=焊工", "level=county", "start_at=2026-01-10",
	    "attend_count=12", "place=职校", NULL);
	test_set(t, "participant", q, 0, sys_ref("activity_id", a), "name=李建国", "role=competitor", "result_rank=2", "award=二等奖",
	    "team=石桥队", NULL);
	test_set(t, "participant", p, 0, sys_ref("activity_id", a), sys_ref("member_id", m), "role=competitor", "score=95.5",
	    "result_rank=1", "award=一等奖", NULL);
}

/* The winners' list prints; a member's record shows the award. */
static void
M24_contests(void **state)
{
	struct test_node *t = *state;
	jc_id m = "", a = "", doubled = "";
	struct jc_record_key key;
	struct jc_err err = {0};
	struct jc_scope own;
	struct jc_save *sv;
	json_t *awards;
	struct rep r;
	char *page;

	contest(t, a, m);
	assert_string_equal(test_get(t, a, "state"), "done");
	rep_run(&r, t, "R07", "2026", NULL);
	page = sys_report_page(&r);
	sys_has(page, "获奖名单");
	assert_true(strstr(page, "一等奖") < strstr(page, "二等奖"));
	sys_has(page, "石桥队");
	rep_is(&r, "R07b", a, "level", "县级");
	assert_int_equal(rep_n(&r, "R07b", a, "winners"), 2);
	assert_int_equal(rep_n(&r, "R07b", a, "people"), 12);
	free(page);
	rep_free(&r);
	page = sys_page(t, "winners", a);
	sys_has(page, "焊工比武");
	assert_true(strstr(page, "王小青") < strstr(page, "李建国"));
	sys_has(page, "95.50");
	free(page);
	test_ok(jc_record_find(t->node, 0, m, &key, &err), &err);
	test_ok(jc_awards_json(&awards, t->node, &key, &err), &err);
	assert_int_equal(json_array_size(awards), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(awards, 0), "award")), "一等奖");
	assert_string_equal(json_string_value(json_object_get(json_array_get(awards, 0), "title")), "焊工比武");
	assert_string_equal(json_string_value(json_object_get(json_array_get(awards, 0), "day")), "2026-01-10");
	json_decref(awards);
	/* the award stays with the person when two records of them become one */
	test_set(t, "member", doubled, 0, "name=王晓青", NULL);
	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_save_begin(&sv, t->node, own.no, "merge", &err), &err);
	test_ok(jc_save_merge(sv, doubled, m, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	test_ok(jc_record_find(t->node, 0, doubled, &key, &err), &err);
	test_ok(jc_awards_json(&awards, t->node, &key, &err), &err);
	assert_int_equal(json_array_size(awards), 1);
	json_decref(awards);
}

/* A finding without a rectification by its due date appears on R10 at branch, county and city. */
static void
M26_special_inspections_at_three_levels(void **state)
{
	struct jc_check_new n = {.tmpl = "VENUE-SAFE", .mode = "upper", .day = "2026-02-10"};
	struct county city, county;
	struct test_node pc, *at[3] = {&pc, &county.hub, &city.hub};
	struct jc_record_key key, item;
	struct jc_err err = {0};
	struct jc_scope own;
	jc_id o, check, photo = "";
	struct rep r;
	char *page;
	int items;

	(void)state;
	county_new(&city, 41);
	county_new(&county, 42);
	test_node_new(&pc, 43);
	county_join(&county, &pc, "青石镇工会");
	county_joins_city(&city, &county, "青石县");
	sys_org(&pc, o, "青石石灰厂", "employer", "employee_count=30");
	n.org = o;
	test_ok(jc_node_scope(pc.node, &own, &err), &err);
	test_ok(jc_check_start(check, &items, pc.node, own.no, &n, &err), &err);
	test_ok(jc_record_find(pc.node, 0, check, &key, &err), &err);
	test_ok(jc_check_item_find(&item, pc.node, &key, "C-05", &err), &err);
	sys_step(&pc, item.id, "find", "--date=2026-02-10", "finding=电线裸露", "resp_person=王五", "rectify_req=穿管", NULL);
	assert_string_equal(test_get(&pc, item.id, "due_on"), "2026-02-13");
	page = sys_page(&pc, "notice", check);
	sys_has(page, "青石石灰厂");
	sys_has(page, "电线裸露");
	free(page);
	for (int round = 0; round < 3; round++) {
		county_synced(&county, &pc);
		county_synced(&city, &county.hub);
	}
	for (int i = 0; i < 3; i++) {
		rep_run(&r, at[i], "R10", "2026", NULL);
		assert_int_equal(jc_report_rows(r.r, "R10"), 1);
		rep_is(&r, "R10", item.id, "what", "超期未整改");
		rep_is(&r, "R10", item.id, "org_name", "青石石灰厂");
		rep_is(&r, "R10", item.id, "finding", "电线裸露");
		assert_int_equal(rep_n(&r, "R10", item.id, "days"), 17);
		rep_free(&r);
		rep_run(&r, at[i], "R09", "2026", NULL);
		assert_int_equal(rep_n(&r, "R09", "*", "late"), 1);
		rep_free(&r);
	}
	test_set(&pc, "attachment", photo, 0, "file_name=after.jpg", "purpose=after", NULL);
	sys_step(&pc, item.id, "submit", "--date=2026-02-28", "rectify_desc=已穿管", sys_ref("evidence_after", photo), NULL);
	for (int round = 0; round < 3; round++) {
		county_synced(&county, &pc);
		county_synced(&city, &county.hub);
	}
	for (int i = 0; i < 3; i++) {
		rep_run(&r, at[i], "R10", "2026", NULL);
		assert_int_equal(jc_report_rows(r.r, "R10"), 0);
		rep_free(&r);
	}
	test_node_free(&pc);
	county_free(&county);
	county_free(&city);
}

/* Villages reached are counted once per year. */
static void
M28_culture_to_the_countryside(void **state)
{
	static const struct {
		const char *type, *day, *one, *other;
	} v[] = {{"culture_countryside", "2025-11-01", "villages+=柳湾村", "villages+=上坪村"},
	    {"culture_countryside", "2026-01-10", "villages+=柳湾村", "villages+=上坪村"},
	    {"culture_countryside", "2026-02-10", "villages+=柳湾村", "villages+=石桥村"},
	    {"culture_sports", "2026-02-20", "villages+=柳湾村", NULL}};
	struct jc_report_ask month = {.by = "month"}, years = {0};
	struct test_node *t = *state;
	struct rep r;

	for (int i = 0; i < 4; i++) {
		jc_id a = "";

		test_set(t, "activity", a, 0, "title=演出", sys_ref("activity_type", v[i].type), sys_ref("start_at", v[i].day),
		    "attend_count=100", "benefit_count=100", "place=广场", v[i].one, NULL);
		if (v[i].other != NULL)
			test_set(t, "activity", a, 0, v[i].other, NULL);
	}
	rep_run(&r, t, "R07", "2026", NULL);
	assert_int_equal(rep_n(&r, "R07", "culture_countryside", "villages"), 3);
	assert_int_equal(rep_n(&r, "R07", "culture_sports", "villages"), 1);
	assert_int_equal(rep_n(&r, "R07", "*", "villages"), 3); /* whatever brought it there */
	rep_free(&r);
	rep_run(&r, t, "R07", "2026", &month);
	assert_int_equal(rep_n(&r, "R07", "2026-01", "villages"), 2);
	assert_int_equal(rep_n(&r, "R07", "*", "villages"), 3);
	rep_free(&r);
	{
		struct jc_err err = {0};

		years.report = jc_report_find("R07");
		test_ok(jc_period_days(&years.period, "2025-01-01", "2026-12-31", SYS_TODAY, &err), &err);
		test_ok(jc_report_make(&r.r, t->node, &years, &err), &err);
		assert_int_equal(rep_n(&r, "R07", "*", "villages"), 5); /* two of them in both years */
		rep_free(&r);
	}
}

static void
send(struct test_node *t, jc_id a, const char *sends, const char *people, const char *cost)
{
	a[0] = '\0';
	test_set(t, "activity", a, 0, "title=四送", sys_ref("four_sends", sends), "start_at=2026-02-01", sys_ref("attend_count", people),
	    sys_ref("benefit_count", people), "volunteer_count=3", "volunteer_hours=6", "place=村部", cost, NULL);
}

static void
helped(struct test_node *t, const char *activity, const char *sends, const char *who, const char *day, const char *money)
{
	jc_id s = "";

	test_set(t, "assist", s, 0, sys_ref("activity_id", activity), sys_ref("sends", sends), sys_ref("person_text", who),
	    sys_ref("assist_date", day), sys_ref("amount_fen", money), NULL);
}

/* R08 shows sessions, person-times, households, money and volunteers for each of the four. */
static void
M29_four_deliveries(void **state)
{
	static const char *const four[] = {"job", "cool", "study", "visit"};
	struct test_node *t = *state;
	jc_id job, cool, study, visit, jobbed = "", m = "";
	struct rep r;

	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", NULL);
	send(t, job, "job", "50", NULL);
	test_set(t, "assist", jobbed, 0, sys_ref("activity_id", job), "sends=job", sys_ref("person_member_id", m), "form=referral",
	    "assist_date=2026-02-01", "result=已就业", NULL);
	send(t, cool, "夏送清凉", "80", "cost_fen=1200元"); /* the classic wording is understood */
	send(t, study, "study", "2", NULL);
	helped(t, study, "study", "家长甲", "2026-02-01", "2000元");
	helped(t, study, "study", "家长乙", "2026-02-01", "1000元");
	send(t, visit, "冬送温暖", "3", NULL);
	helped(t, visit, "visit", "张大山", "2026-01-20", "500元");
	helped(t, visit, "visit", "张大山", "2026-02-01", "500元"); /* twice: two household-times, one household */
	rep_run(&r, t, "R08", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R08"), 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(rep_n(&r, "R08", four[i], "sessions"), 1);
		assert_int_equal(rep_n(&r, "R08", four[i], "volunteers"), 3);
		rep_is(&r, "R08", four[i], "hours", "6.0");
	}
	assert_int_equal(rep_n(&r, "R08", "job", "people"), 50);
	assert_int_equal(rep_n(&r, "R08", "job", "employed"), 1);
	assert_int_equal(rep_n(&r, "R08", "cool", "people"), 80);
	rep_is(&r, "R08", "cool", "money", "1200.00");
	assert_int_equal(rep_n(&r, "R08", "study", "households"), 2);
	rep_is(&r, "R08", "study", "money", "3000.00");
	assert_int_equal(rep_n(&r, "R08", "visit", "households"), 1);
	assert_int_equal(rep_n(&r, "R08", "visit", "times"), 2);
	rep_is(&r, "R08", "visit", "money", "1000.00");
	rep_is(&r, "R08", "*", "money", "5200.00");
	assert_int_equal(rep_n(&r, "R08", "*", "volunteers"), 12);
	rep_free(&r);
	assert_int_equal(rep_behind(t, "R08", "2026", "R08/visit/times"), 2);
}

/* Volunteer hours sum per person and per organization. */
static void
M30_volunteers(void **state)
{
	struct test_node *t = *state;
	jc_id u, s, m = "", a = "", b = "", c = "";
	struct rep r;

	sys_org(t, u, "青石镇工会", "union", "union_type=township");
	sys_org(t, s, "青石志愿者协会", "social", "volunteer_count=40");
	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", NULL);
	test_set(t, "activity", a, 0, "title=高温慰问", "activity_type=cool_send", "four_sends=cool", sys_ref("host_org_id", u),
	    "start_at=2026-01-10", "attend_count=30", "place=工地", NULL);
	test_set(t, "activity", b, 0, "title=义诊", "activity_type=volunteer", sys_ref("host_org_id", s), "start_at=2026-02-10",
	    "attend_count=30", "place=村部", NULL);
	for (int i = 0; i < 4; i++) {
		jc_id p = "";

		test_set(t, "participant", p, 0, sys_ref("activity_id", i < 2 ? a : b), "role=volunteer",
		    i % 2 == 0 ? sys_ref("member_id", m) : "name=李建国", i == 0 ? "hours=3.5" : "hours=2", NULL);
	}
	/* nobody was listed at the third: what the activity says counts for its organization */
	test_set(t, "activity", c, 0, "title=护学", "activity_type=volunteer", sys_ref("host_org_id", s), "start_at=2026-02-20",
	    "attend_count=5", "volunteer_count=5", "volunteer_hours=10", "place=校门", NULL);
	rep_run(&r, t, "R08", "2026", NULL);
	rep_is(&r, "R08v", m, "hours", "5.5");
	assert_int_equal(rep_n(&r, "R08v", m, "times"), 2);
	rep_is(&r, "R08v", "李建国", "hours", "4.0");
	rep_is(&r, "R08o", u, "hours", "5.5");
	rep_is(&r, "R08o", s, "hours", "14.0");
	rep_is(&r, "R08o", "*", "hours", "19.5");
	assert_int_equal(rep_n(&r, "R08", "cool", "volunteers"), 2); /* counted from the list when nobody wrote a number */
	rep_is(&r, "R08", "cool", "hours", "5.5");
	rep_free(&r);
	rep_run(&r, t, "R07", "2026", NULL);
	rep_is(&r, "R07", "*", "hours", "19.5");
	rep_free(&r);
}

#define BRANCH(test) cmocka_unit_test_setup_teardown(test, sys_setup, sys_teardown)
#define COUNTY(test) cmocka_unit_test_setup_teardown(test, sys_setup_hub, sys_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		COUNTY(M01_social_organization_database),
		COUNTY(M05_contact_with_departments),
		COUNTY(M06_level_by_level),
		COUNTY(M07_industry_authority),
		BRANCH(M11_incubation_support),
		COUNTY(M13_four_target_classes),
		BRANCH(M19_link_to_special_work),
		BRANCH(M20_legal_aid_partner),
		BRANCH(M21_health_and_counselling),
		BRANCH(M22_vocational_training),
		COUNTY(M23_delegating_work),
		BRANCH(M24_contests),
		cmocka_unit_test(M26_special_inspections_at_three_levels),
		BRANCH(M28_culture_to_the_countryside),
		BRANCH(M29_four_deliveries),
		BRANCH(M30_volunteers),
	};

	return cmocka_run_group_tests_name("systems_two", tests, NULL, NULL);
}
