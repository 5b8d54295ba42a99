/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The systems M01 to M32 that a union of social organizations needs (DOMAIN 1), as far as a report or a
 * printed form shows that they work: one test each, named after its row. A small made-up county, written
 * through the node as a person writes; every figure was counted by hand. 2026-03-02 is today.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "print.h"
#include "report_kit.h"
#include "test_env.h"

/* ---- a county ---- */

static int
setup(void **state)
{
	struct test_node *t = malloc(sizeof(*t));
	struct jc_err err = {0};

	test_node_new(t, 32);
	test_ok(jc_node_init_hub(t->node, "青石县总工会", &err), &err);
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

/* Everything between stands or falls together, and costs one write to the disk. */
static void
begin(struct test_node *t)
{
	struct jc_err err = {0};

	test_ok(jc_db_begin(t->node->db, &err), &err);
}

static void
end(struct test_node *t)
{
	struct jc_err err = {0};

	test_ok(jc_db_end(t->node->db, 1, &err), &err);
}

/* "field=id" of a reference, for the next call that takes it. */
static const char *
ref(const char *field, const char *id)
{
	static char text[8][64];
	static int at;
	int n;

	at = (at + 1) % 8;
	n = snprintf(text[at], sizeof(text[at]), "%s=%s", field, id);
	assert_true(n > 0 && (size_t)n < sizeof(text[at]));
	return text[at];
}

static const char *
num(const char *field, int n)
{
	char v[16];

	snprintf(v, sizeof(v), "%d", n);
	return ref(field, v);
}

/* An event of a record whose machine has no kind of events of its own. */
static void
moved(struct test_node *t, const char *kind, const char *subject, const char *move, const char *day)
{
	jc_id id = "";

	test_set(t, "event", id, 0, ref("subject_kind", kind), ref("subject_id", subject),
	    ref("move", move), ref("event_date", day), NULL);
}

static void
built(struct test_node *t, const char *c, const char *step, const char *day, const char *more)
{
	jc_id id = "";

	test_set(t, "build_event", id, 0, ref("case_id", c), ref("step", step),
	    ref("event_date", day), more != NULL ? more : "result=-", NULL);
}

static void
social(struct test_node *t, jc_id id, const char *name, const char *cls)
{
	test_set(t, "org", id, 0, ref("name", name), "org_kind=social", ref("function_class", cls),
	    "region_code=990121100201", NULL);
}

static void
unionorg(struct test_node *t, jc_id id, const char *name, const char *type)
{
	test_set(t, "org", id, 0, ref("name", name), "org_kind=union", ref("union_type", type),
	    "region_code=990121100", NULL);
}

static char *
page(struct test_node *t, const char *form, const char *id)
{
	struct jc_print_ask ask = {.form = jc_print_form(form), .ids = &id, .nids = id != NULL,
	    .linked = 1};
	struct jc_err err = {0};
	struct jc_buf b;
	char *text;

	assert_non_null(ask.form);
	jc_buf_init(&b, 64u << 20);
	test_ok(jc_print_make(&b, t->node, &ask, &err), &err);
	text = strdup(b.data);
	jc_buf_free(&b);
	return text;
}

static void
has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("\"%s\" is not on the page: %.2000s", what, text);
}

static int
times(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

/* ---- M01 to M10: organizations and building ---- */

static void
m01_three_hundred_organizations_show_six_facts_and_their_blanks(void **state)
{
	struct test_node *t = *state;
	struct rep r;

	begin(t);
	for (int i = 0; i < 300; i++) {
		jc_id id = "";

		test_set(t, "org", id, 0, num("name", i), "org_kind=social",
		    num("staff_full", i % 120),
		    i % 3 == 0 ? "activity_field=02" : "activity_field=", NULL);
		if (i % 5 == 0) {
			test_set(t, "org", id, 0, "fund_sources+=donation", NULL);
			test_set(t, "org", id, 0, "fund_sources+=dues", NULL);
		}
		if (i % 10 == 0)
			test_set(t, "org", id, 0, "activity_contents+=culture_sports", NULL);
		if (i % 4 == 0)
			test_set(t, "org", id, 0, "work_modes+=volunteer", NULL);
	}
	end(t);
	rep_run(&r, t, "R03", "2026", NULL);
	assert_int_equal(rep_n(&r, "R03", "all|all", "orgs"), 300);
	assert_int_equal(rep_n(&r, "R03", "scale|xs", "orgs"), 30);      /* 0-9: ten in each of 0-119, 120-239, 240-299 */
	assert_int_equal(rep_n(&r, "R03", "scale|xl", "orgs"), 40);      /* 100-119, twice */
	assert_int_equal(rep_n(&r, "R03", "field|02", "orgs"), 100);
	assert_int_equal(rep_n(&r, "R03", "field|-", "orgs"), 200);      /* the blanks */
	assert_int_equal(rep_n(&r, "R03", "field|02", "share"), 3333);
	assert_int_equal(rep_n(&r, "R03", "fund|donation", "orgs"), 60); /* an organization with two sources counts in both */
	assert_int_equal(rep_n(&r, "R03", "fund|dues", "orgs"), 60);
	assert_int_equal(rep_n(&r, "R03", "fund|-", "orgs"), 240);
	assert_int_equal(rep_n(&r, "R03", "content|culture_sports", "orgs"), 30);
	assert_int_equal(rep_n(&r, "R03", "content|-", "orgs"), 270);
	assert_int_equal(rep_n(&r, "R03", "mode|volunteer", "orgs"), 75);
	assert_int_equal(rep_n(&r, "R03", "mode|-", "orgs"), 225);
	assert_int_equal(rep_n(&r, "R03", "visit|-", "orgs"), 300);
	assert_int_equal(jc_report_rows(r.r, "R03b"), 300);
	rep_free(&r);
	assert_int_equal(rep_behind(t, "R03", "2026", "R03/field|02/orgs"), 100);
}

static void
m02_a_branchs_demand_stands_on_the_second_sheet_of_r11_with_its_match(void **state)
{
	struct county c;
	struct test_node pc;
	jc_id u = "", notice = "", act = "";
	struct rep r;

	(void)state;
	county_new(&c, 2);
	test_node_new(&pc, 3);
	county_join(&c, &pc, "青石镇工会");
	unionorg(&pc, u, "青石镇工会", "township");
	test_set(&pc, "notice", notice, 0, "notice_type=demand", "title=需要消防讲座一场", ref("from_org_id", u), NULL); /* offline */
	county_synced(&c, &pc);
	rep_run(&r, &c.hub, "R11", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R11b"), 1);
	rep_is(&r, "R11b", notice, "title", "需要消防讲座一场");
	rep_is(&r, "R11b", notice, "org_name", "青石镇工会");
	rep_is(&r, "R11b", notice, "matched", "");
	rep_free(&r);
	test_set(&pc, "activity", act, 0, "title=消防讲座", ref("host_org_id", u), NULL);
	test_set(&pc, "notice", notice, 0, ref("matched_to", act), NULL);
	county_synced(&c, &pc);
	rep_run(&r, &c.hub, "R11", "2026", NULL);
	rep_is(&r, "R11b", notice, "matched", "消防讲座");
	rep_free(&r);
	test_node_free(&pc);
	county_free(&c);
}

static void
m03_r01_lists_exactly_those_with_a_party_organization_and_no_union(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask party = {.basis = "party"};
	jc_id u = "", a = "", b = "", covered = "", none = "", big = "", advisor = "", gone = "",
	    c = "";
	struct rep r;

	unionorg(t, u, "联合工会", "basic_joint");
	social(t, a, "甲志愿队", "2");
	social(t, b, "乙协会", "1");
	social(t, covered, "丙协会", "1");
	social(t, none, "丁协会", "1");
	social(t, big, "戊合作社", "1");
	social(t, advisor, "己协会", "1");
	social(t, gone, "庚协会", "1");
	test_set(t, "org", a, 0, "party_org_status=own", "party_org_name=甲支部", NULL);
	test_set(t, "org", b, 0, "party_org_status=dual", NULL);
	test_set(t, "org", covered, 0, "party_org_status=joint", ref("union_id", u), NULL);
	test_set(t, "org", none, 0, "party_org_status=none", NULL);
	test_set(t, "org", big, 0, "staff_full=20", "staff_part=5", NULL);
	test_set(t, "org", advisor, 0, "party_org_status=advisor", NULL); /* an adviser is no Party organization */
	test_set(t, "org", gone, 0, "party_org_status=own", "org_status=deregistered", NULL);
	rep_run(&r, t, "R01", "2026", &party);
	assert_int_equal(jc_report_rows(r.r, "R01"), 2);
	rep_is(&r, "R01", a, "name", "甲志愿队");
	rep_is(&r, "R01", a, "party_name", "甲支部");
	rep_is(&r, "R01", b, "basis", "有党组织");
	rep_is(&r, "R01", a, "state", "");
	rep_free(&r);
	rep_run(&r, t, "R01", "2026", NULL); /* with 25 staff as well */
	assert_int_equal(jc_report_rows(r.r, "R01"), 3);
	rep_free(&r);
	/* the row's key is the organization: a case is opened from it, and the list shows where it stands */
	test_set(t, "build_case", c, 0, ref("org_id", a), "reason+=party", NULL);
	built(t, c, "survey", "2026-02-20", NULL);
	rep_run(&r, t, "R01", "2026", &party);
	rep_is(&r, "R01", a, "state", "摸底");
	assert_int_equal(rep_n(&r, "R01", a, "days"), 10);
	rep_free(&r);
	/* a covering union that is dissolved covers nobody */
	test_set(t, "org", u, 0, "org_status=deregistered", NULL);
	rep_run(&r, t, "R01", "2026", &party);
	assert_int_equal(jc_report_rows(r.r, "R01"), 3);
	rep_free(&r);
}

static void
m06_a_federation_prints_its_own_r04(void **state)
{
	struct test_node *t = *state;
	jc_id fed = "", mine = "", other = "", c1 = "", c2 = "";
	struct jc_report_ask ask = {.federation = fed};
	struct jc_err err = {0};
	struct jc_buf b;
	struct rep r;

	unionorg(t, fed, "社会组织工会联合会", "fed_social");
	social(t, mine, "甲协会", "1");
	social(t, other, "乙协会", "1");
	test_set(t, "org", mine, 0, ref("federation_id", fed), NULL);
	test_set(t, "build_case", c1, 0, ref("org_id", mine), "reason+=party", NULL);
	test_set(t, "build_case", c2, 0, ref("org_id", other), "reason+=party", NULL);
	built(t, c1, "survey", "2026-01-05", NULL);
	built(t, c1, "mobilise", "2026-01-20", NULL);
	rep_run(&r, t, "R04", "2026", &ask);
	assert_int_equal(jc_report_rows(r.r, "R04"), 1);
	rep_is(&r, "R04", c1, "org_name", "甲协会");
	rep_is(&r, "R04", c1, "survey", "2026-01-05");
	rep_is(&r, "R04", c1, "mobilise", "2026-01-20");
	assert_int_equal(rep_n(&r, "R04", c1, "days"), 15);
	assert_int_equal(rep_n(&r, "R04b", "mobilise", "cases"), 1);
	assert_int_equal(rep_n(&r, "R04b", "survey", "cases"), 0);
	jc_buf_init(&b, 1 << 20);
	test_ok(jc_report_page(&b, r.r, 1, &err), &err);
	has(b.data, "甲协会");
	assert_null(strstr(b.data, "乙协会"));
	jc_buf_free(&b);
	rep_free(&r);
}

static void
m07_r01_is_split_into_one_sheet_per_authority(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask split = {.split = "authority"}, only = {0};
	jc_id edu = "", civil = "", a = "", b = "", c = "", none = "";
	json_t *doc, *table, *tables;
	size_t i, sheets = 0;
	struct rep r;

	test_set(t, "org", edu, 0, "name=教育局", "org_kind=authority", NULL);
	test_set(t, "org", civil, 0, "name=民政局", "org_kind=authority", NULL);
	social(t, a, "甲", "1");
	social(t, b, "乙", "1");
	social(t, c, "丙", "1");
	social(t, none, "丁", "1");
	test_set(t, "org", a, 0, "party_org_status=own", ref("industry_authority_id", edu), NULL);
	test_set(t, "org", b, 0, "party_org_status=own", ref("industry_authority_id", civil), NULL);
	test_set(t, "org", c, 0, "party_org_status=own", ref("industry_authority_id", civil), NULL);
	test_set(t, "org", none, 0, "party_org_status=own", NULL);
	rep_run(&r, t, "R01", "2026", &split);
	doc = jc_report_json(r.r);
	tables = json_object_get(doc, "tables");
	json_array_foreach(tables, i, table) {
		const char *key = json_string_value(json_object_get(table, "split"));
		size_t rows = json_array_size(json_object_get(table, "rows"));

		sheets++;
		assert_non_null(key);
		if (strcmp(key, civil) == 0) {
			assert_int_equal(rows, 3); /* two and the total */
			has(json_string_value(json_object_get(table, "title")), "民政局");
		} else {
			assert_int_equal(rows, 1);
		}
	}
	assert_int_equal(sheets, 3); /* and one for who has none */
	json_decref(doc);
	rep_free(&r);
	only.authority = edu;
	rep_run(&r, t, "R01", "2026", &only);
	assert_int_equal(jc_report_rows(r.r, "R01"), 1);
	rep_free(&r);
}

static void
m08_a_collective_joining_of_sixty_has_its_sign_in_sheet(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", act = "", m[60] = {""};
	struct rep r;
	char *text;

	memset(m, 0, sizeof(m));
	unionorg(t, u, "青石镇工会", "township");
	test_set(t, "activity", act, 0, "title=货车司机集中入会", "activity_type=collective_join",
	    "start_at=2026-02-28 09:00", "place=镇文化站",
	    ref("host_org_id", u), NULL);
	begin(t);
	for (int i = 0; i < 60; i++) {
		jc_id e = "", p = "";
		char name[32];

		snprintf(name, sizeof(name), "name=司机%02d", i + 1);
		test_set(t, "member", m[i], 0, name, ref("union_id", u), "join_method=collective",
		    "consent_at=2026-02-28", NULL);
		test_set(t, "member_event", e, 0, ref("member_id", m[i]), "change_type=11",
		    "change_date=2026-02-28", NULL);
		test_set(t, "participant", p, 0, ref("activity_id", act), ref("member_id", m[i]),
		    "role=attendee", NULL);
	}
	end(t);
	assert_string_equal(test_get(t, m[0], "membership_status"), "applied");
	text = page(t, "signin", act);
	assert_int_equal(times(text, "<section"), 3);
	assert_int_equal(times(text, "<tr>"), 3 + 75);
	assert_int_equal(times(text, ">司机"), 60);
	has(text, "货车司机集中入会");
	has(text, "司机60");
	free(text);
	rep_run(&r, t, "R06", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R06"), 0); /* who applied is no member yet */
	rep_free(&r);
	begin(t);
	for (int i = 0; i < 60; i++) {
		jc_id e = "", f = "";

		test_set(t, "member_event", e, 0, ref("member_id", m[i]), "change_type=12",
		    "change_date=2026-03-01", NULL);
		test_set(t, "member_event", f, 0, ref("member_id", m[i]), "change_type=1",
		    "change_date=2026-03-02", "approved_by=委员会", NULL);
	}
	end(t);
	rep_run(&r, t, "R06", "2026", NULL);
	assert_int_equal(rep_n(&r, "R06", "join|collective", "active"), 60);
	rep_free(&r);
	rep_run(&r, t, "R05", "2026", NULL);
	assert_int_equal(rep_n(&r, "R05", u, "joined"), 60);
	assert_int_equal(rep_n(&r, "R05", "*", "balance"), 0);
	rep_free(&r);
}

static void
m09_a_case_prints_its_three_letters_filled_in(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", c = "";
	char *text;

	unionorg(t, u, "青石镇总工会", "township");
	social(t, a, "柳湾合作社", "1");
	test_set(t, "build_case", c, 0, ref("org_id", a), "reason+=law25", "form=single",
	    ref("target_union_id", u), "staff_count=32", "intend_count=30",
	    "guide=王大山", NULL);
	built(t, c, "survey", "2026-01-05", NULL);
	built(t, c, "mobilise", "2026-01-10", NULL);
	built(t, c, "prepare", "2026-01-15", "group_members=王一、李二、赵三");
	built(t, c, "approved", "2026-01-25", "doc_no=青总工字〔2026〕3号");
	{
		jc_id e = "";

		test_set(t, "build_event", e, 0, ref("case_id", c), "step=congress",
		    "event_date=2026-02-10", "attend_due=30", "attend=28",
		    "votes=王一 28票", "committee=主席：王一", NULL);
	}
	built(t, c, "filing", "2026-02-12", NULL);
	text = page(t, "letters", c);
	assert_int_equal(times(text, "<section"), 3);
	has(text, "关于成立柳湾合作社工会委员会的请示");
	has(text, "现有职工32人，其中30人");
	has(text, "王一、李二、赵三");
	has(text, "青总工字〔2026〕3号");
	has(text, "2026年2月10日召开会员（代表）大会，应到30人，实到28人");
	has(text, "主席：王一");
	has(text, "王一 28票");
	has(text, "批复登记卡");
	assert_null(strstr(text, "________人")); /* nothing left to fill in by hand where it is known */
	free(text);
}

static void
m10_key_targets_have_their_own_coverage(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", b = "", c = "";
	struct rep r;

	unionorg(t, u, "甲工会", "basic_single");
	social(t, a, "甲", "1");
	social(t, b, "乙", "1");
	social(t, c, "丙", "1");
	test_set(t, "org", a, 0, "key_target=1", "key_reasons+=large", ref("union_id", u), NULL);
	test_set(t, "org", b, 0, "key_target=1", NULL);
	rep_run(&r, t, "R02", "2026", NULL);
	assert_int_equal(rep_n(&r, "R02", "*", "key_orgs"), 2);
	assert_int_equal(rep_n(&r, "R02", "*", "key_rate"), 5000);
	assert_int_equal(rep_n(&r, "R02", "*", "rate"), 3333);
	assert_int_equal(rep_n(&r, "R02", "1", "own"), 1);
	rep_free(&r);
}

static void
m13_four_classes_and_the_rest_nobody_twice(void **state)
{
	static const char *const cls[] = {"1", "1", "2", "3", "4"};
	struct test_node *t = *state;
	jc_id fed = "", id[5], un = "";
	struct rep r;

	memset(id, 0, sizeof(id));
	unionorg(t, fed, "联合会", "fed_social");
	for (int i = 0; i < 5; i++)
		social(t, id[i], "组织", cls[i]);
	test_set(t, "org", un, 0, "name=未分的", "org_kind=social", NULL);
	test_set(t, "org", id[0], 0, ref("union_id", fed), "party_org_status=own", NULL);
	rep_run(&r, t, "R02", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R02"), 5); /* 1-4 and 9, whether or not there is one */
	assert_int_equal(rep_n(&r, "R02", "1", "orgs"), 2);
	assert_int_equal(rep_n(&r, "R02", "2", "orgs"), 1);
	assert_int_equal(rep_n(&r, "R02", "3", "orgs"), 1);
	assert_int_equal(rep_n(&r, "R02", "4", "orgs"), 1);
	assert_int_equal(rep_n(&r, "R02", "9", "orgs"), 1);
	assert_int_equal(rep_n(&r, "R02", "*", "orgs"), 6);
	assert_int_equal(rep_n(&r, "R02", "1", "fed"), 1);
	assert_int_equal(rep_n(&r, "R02", "1", "party_rate"), 10000);
	assert_true(rep_blank(&r, "R02", "2", "party_rate")); /* nobody there has a Party organization: blank, not 0% */
	rep_free(&r);
	assert_int_equal(rep_behind(t, "R02", "2026", "R02/1/orgs"), 2);
}

/* ---- M11 to M17 ---- */

static void
m11_grants_sum_money_days_and_hours_with_receipts(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", g1 = "", g2 = "", g3 = "";
	struct rep r;
	char *text;

	unionorg(t, u, "县总工会", "general");
	social(t, a, "甲孵化点", "3");
	test_set(t, "grant", g1, 0, ref("giver_org_id", u), ref("receiver_org_id", a),
	    "grant_type=money", "amount_fen=5000", "granted_on=2026-01-10",
	    "receipt=1", "follow_up=办了三期培训", NULL);
	test_set(t, "grant", g2, 0, ref("giver_org_id", u), ref("receiver_org_id", a),
	    "grant_type=people", "people=2", "person_days=14",
	    "granted_on=2026-02-01", "receipt=1", NULL);
	test_set(t, "grant", g3, 0, ref("giver_org_id", u), ref("receiver_org_id", a),
	    "grant_type=venue", "venue_hours=12.5", "granted_on=2026-02-05", NULL);
	rep_run(&r, t, "R12", "2026Q1", NULL);
	assert_int_equal(rep_n(&r, "R12b", a, "money"), 500000);
	assert_int_equal(rep_n(&r, "R12b", a, "person_days"), 14);
	assert_int_equal(rep_n(&r, "R12b", a, "hours"), 125); /* 12.5 */
	assert_int_equal(rep_n(&r, "R12b", a, "grants"), 3);
	assert_int_equal(rep_n(&r, "R12b", a, "receipts"), 2);
	assert_int_equal(rep_n(&r, "R12b", a, "follows"), 1);
	rep_is(&r, "R12", g1, "follow", "办了三期培训");
	rep_is(&r, "R12", "*", "hours", "12.5");
	rep_free(&r);
	text = page(t, "grant", g1);
	has(text, "甲孵化点");
	has(text, "5000.00");
	free(text);
}

static void
m12_opening_and_changes_make_the_closing_of_every_branch(void **state)
{
	struct test_node *t = *state;
	jc_id u[2] = {"", ""}, m = "";
	struct rep r;

	memset(u, 0, sizeof(u));
	begin(t);
	for (int b = 0; b < 2; b++) {
		unionorg(t, u[b], b == 0 ? "一工会" : "二工会", "village");
		for (int i = 0; i < 10; i++) {
			jc_id id = "", e = "";

			test_set(t, "member", id, 0, num("name", i), ref("union_id", u[b]),
			    i < 7 ? "joined_on=2020" : "joined_on=2026-02-03", NULL);
			if (i == 0)
				test_set(t, "member_event", e, 0, ref("member_id", id),
				    "change_type=6", "change_date=2026-02-10", NULL);
		}
	}
	end(t);
	(void)m;
	rep_run(&r, t, "R05", "2026-02", NULL);
	for (int b = 0; b < 2; b++) {
		assert_int_equal(rep_n(&r, "R05", u[b], "opening_reg"), 7);
		assert_int_equal(rep_n(&r, "R05", u[b], "joined"), 3);
		assert_int_equal(rep_n(&r, "R05", u[b], "left"), 1);
		assert_int_equal(rep_n(&r, "R05", u[b], "closing"), 9);
		assert_int_equal(rep_n(&r, "R05", u[b], "balance"), 0);
	}
	assert_int_equal(rep_n(&r, "R05", "*", "closing"), 18);
	rep_free(&r);
}

static void
m15_organizations_not_visited_for_180_days_are_listed(void **state)
{
	struct test_node *t = *state;
	jc_id a = "", b = "", c = "", l1 = "", l2 = "";
	struct rep r;

	social(t, a, "常去的", "1");
	social(t, b, "好久没去的", "1");
	social(t, c, "没去过的", "1");
	test_set(t, "contact_log", l1, 0, ref("org_id", a), "contact_date=2026-02-01", "kind=visit",
	    NULL);
	test_set(t, "contact_log", l2, 0, ref("org_id", b), "contact_date=2025-09-02", "kind=visit", NULL); /* 181 days */
	rep_run(&r, t, "R03", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R03c"), 2);
	rep_is(&r, "R03c", b, "days", "181");
	rep_is(&r, "R03c", c, "visited", "");
	rep_is(&r, "R03b", a, "visited", "2026-02-01");
	assert_int_equal(rep_n(&r, "R03", "visit|new", "orgs"), 1);
	rep_free(&r);
}

static void
m16_exchange_counts_directions_and_who_is_serving(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", x1 = "", x2 = "", x3 = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	social(t, a, "甲协会", "1");
	test_set(t, "exchange", x1, 0, "person_text=王一", "direction=union_to_so",
	    ref("from_org_id", u), ref("to_org_id", a), "post=指导员",
	    "from=2026-01-01", "to=2026-12-31", NULL);
	test_set(t, "exchange", x2, 0, "person_text=李二", "direction=so_to_union",
	    ref("from_org_id", a), ref("to_org_id", u), "from=2025-01-01",
	    "to=2026-01-31", NULL);
	test_set(t, "exchange", x3, 0, "person_text=赵三", "direction=union_to_so",
	    ref("from_org_id", u), ref("to_org_id", a), "from=2026-02-01", NULL);
	for (int i = 0; i < 3; i++) {
		const char *x = i == 0 ? x1 : i == 1 ? x2 : x3;

		moved(t, "exchange", x, "agree", "2025-01-01");
		moved(t, "exchange", x, "begin",
		    i == 0 ? "2026-01-01" : i == 1 ? "2025-01-01" : "2026-02-01");
	}
	moved(t, "exchange", x2, "end", "2026-01-31");
	rep_run(&r, t, "R12", "2026Q1", NULL);
	assert_int_equal(jc_report_rows(r.r, "R12c"), 3);
	rep_is(&r, "R12c", x1, "person", "王一");
	assert_int_equal(rep_n(&r, "R12d", "union_to_so", "people"), 2);
	assert_int_equal(rep_n(&r, "R12d", "union_to_so", "serving"), 2);
	assert_int_equal(rep_n(&r, "R12d", "so_to_union", "people"), 1);
	assert_int_equal(rep_n(&r, "R12d", "so_to_union", "serving"), 0); /* ended in January */
	rep_free(&r);
}

static void
cover(struct test_node *t, const char *plan, const char *org, const char *who, const char *to,
    const char *gift)
{
	jc_id id = "";

	test_set(t, "aid_cover", id, 0, ref("plan_id", plan), ref("org_id", org), who,
	    "from=2025-04-01", ref("to", to), ref("is_gift", gift),
	    "units=1", "cert_no=甲字1号", NULL);
}

static void
m17_mutual_aid_shows_rescue_people_gifts_and_what_expires(void **state)
{
	struct test_node *t = *state;
	jc_id plan = "", u = "", rescue = "", m1 = "", m2 = "";
	struct rep r;

	test_set(t, "aid_plan", plan, 0, "name=意外伤害互助", NULL);
	unionorg(t, u, "青石镇工会", "township");
	social(t, rescue, "蓝天救援队", "2");
	test_set(t, "org", rescue, 0, "is_rescue=1", NULL);
	test_set(t, "member", m1, 0, "name=王一", ref("union_id", u), "joined_on=2020", NULL);
	test_set(t, "member", m2, 0, "name=王二", ref("union_id", u), "joined_on=2020", NULL);
	cover(t, plan, u, ref("member_id", m1), "2026-03-31", "0");     /* within 30 days */
	cover(t, plan, rescue, "name=志愿者甲", "2026-12-31", "1");
	cover(t, plan, rescue, "name=志愿者乙", "2026-12-31", "1");
	cover(t, plan, rescue, "name=志愿者丙", "2026-01-31", "1");      /* over */
	rep_run(&r, t, "R13", "2026Q1", NULL); /* in force on the last day: 31 March */
	assert_int_equal(rep_n(&r, "R13", plan, "due"), 5); /* two members and three listed volunteers */
	assert_int_equal(rep_n(&r, "R13", plan, "covered"), 3);
	assert_int_equal(rep_n(&r, "R13", plan, "rate"), 6000);
	assert_int_equal(rep_n(&r, "R13", plan, "gift"), 2);
	assert_int_equal(rep_n(&r, "R13", plan, "rescued"), 2);
	assert_int_equal(rep_n(&r, "R13", plan, "expiring"), 1);
	rep_free(&r);
	assert_int_equal(rep_behind(t, "R13", "2026Q1", "R13/*/rescued"), 2);
}

/* ---- M19 to M25: services and training ---- */

static void
act(struct test_node *t, jc_id id, const char *host, const char *type, const char *day,
    const char *more1, const char *more2)
{
	test_set(t, "activity", id, 0, "title=活动", ref("host_org_id", host),
	    ref("activity_type", type), ref("start_at", day), "place=村部",
	    more1 != NULL ? more1 : "result=-", more2 != NULL ? more2 : "satisfaction=", NULL);
	if ((more1 == NULL || strstr(more1, "attend") == NULL) &&
	    (more2 == NULL || strstr(more2, "attend") == NULL))
		test_set(t, "activity", id, 0, "attend_count=1", NULL); /* it was held */
}

static void
m19_one_filter_shows_all_done_for_one_special_work(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask by = {.by = "special"};
	jc_id u = "", a = "", b = "", c = "", p = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	act(t, a, u, "law_lecture", "2026-01-10", "special_work=法治宣传", "attend_count=40");
	act(t, b, u, "fire_training", "2026-01-11", "special_work=安康杯", "attend_count=30");
	act(t, c, u, "law_lecture", "2025-01-11", "special_work=法治宣传", "attend_count=99"); /* another year */
	test_set(t, "project", p, 0, "name=法治体验", "code=2026-01", ref("buyer_org_id", u),
	    "special_work=法治宣传", "contract_fen=10000",
	    "signed_on=2026-01-05", NULL);
	rep_run(&r, t, "R07", "2026", &by);
	assert_int_equal(rep_n(&r, "R07", "法治宣传", "attend"), 40);
	assert_int_equal(rep_n(&r, "R07e", "法治宣传", "activities"), 1);
	assert_int_equal(rep_n(&r, "R07e", "法治宣传", "projects"), 1);
	assert_int_equal(rep_n(&r, "R07e", "法治宣传", "contract"), 1000000);
	assert_int_equal(rep_n(&r, "R07e", "安康杯", "projects"), 0);
	rep_free(&r);
}

static void
m20_the_designated_legal_aid_partner_has_its_date(void **state)
{
	struct test_node *t = *state;
	jc_id firm = "", u = "", p = "", old = "", a = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	test_set(t, "org", firm, 0, "name=正平律师事务所", "org_kind=social", "legal_form=31",
	    NULL);
	test_set(t, "project", p, 0, "name=法律援助", "code=1", ref("provider_org_id", firm),
	    ref("buyer_org_id", u), "service_category=legal_aid",
	    "is_designated=1", "designated_to=2027-06-30", NULL);
	test_set(t, "project", old, 0, "name=旧的", "code=2", ref("provider_org_id", firm),
	    "service_category=legal_aid", "is_designated=1",
	    "designated_to=2025-06-30", NULL);
	act(t, a, u, "moot_court", "2026-02-01", ref("provider_org_id", firm), "attend_count=50");
	rep_run(&r, t, "R11", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R11d"), 1);
	rep_is(&r, "R11d", p, "provider", "正平律师事务所");
	rep_is(&r, "R11d", p, "valid", "2027-06-30");
	rep_free(&r);
	rep_run(&r, t, "R07", "2026", NULL);
	assert_int_equal(rep_n(&r, "R07", "moot_court", "by_social"), 1);
	rep_free(&r);
}

static void
m21_a_counselling_day_is_a_head_count_without_names(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	act(t, a, u, "psych_counsel", "2026-02-14", "attend_count=12", "benefit_count=12");
	assert_int_equal(test_count(t, "participant"), 0);
	rep_run(&r, t, "R07", "2026", NULL);
	assert_int_equal(rep_n(&r, "R07", "psych_counsel", "attend"), 12);
	assert_int_equal(rep_n(&r, "R07", "psych_counsel", "people"), 0); /* no list, no distinct people */
	rep_free(&r);
}

static void
m22_training_shows_hours_and_certificates_per_subject(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", b = "", c = "", s = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	act(t, a, u, "vocational_training", "2026-01-10", "trade=家政", "hours=8");
	act(t, b, u, "vocational_training", "2026-02-10", "trade=家政", "hours=4.5");
	act(t, c, u, "vocational_training", "2026-02-11", "trade=电工", "hours=16");
	test_set(t, "activity", a, 0, "certs=18", "attend_count=20", NULL);
	test_set(t, "activity", b, 0, "certs=9", "attend_count=10", NULL);
	test_set(t, "assist", s, 0, ref("activity_id", a), "sends=job", "person_text=王某",
	    "assist_date=2026-02-20", "result=已就业", NULL);
	rep_run(&r, t, "R07", "2026Q1", NULL);
	rep_is(&r, "R07c", "家政", "hours", "12.5");
	assert_int_equal(rep_n(&r, "R07c", "家政", "certs"), 27);
	assert_int_equal(rep_n(&r, "R07c", "家政", "employed"), 1);
	rep_is(&r, "R07c", "电工", "hours", "16.0");
	rep_free(&r);
}

static void
m23_providers_are_sorted_by_cost_each_and_satisfaction(void **state)
{
	static const char *const name[] = {"贵的", "便宜的", "一样便宜但更满意的"};
	static const char *const fen[] = {"contract_fen=10000", "contract_fen=4000",
	    "contract_fen=4000"};
	static const char *const sat[] = {"satisfaction=99", "satisfaction=90", "satisfaction=95"};
	struct test_node *t = *state;
	jc_id u = "", org[3], p[3];
	json_t *doc, *tables, *table;
	struct rep r;
	size_t i;

	memset(org, 0, sizeof(org));
	memset(p, 0, sizeof(p));
	unionorg(t, u, "县总工会", "general");
	for (int k = 0; k < 3; k++) {
		jc_id a = "";

		social(t, org[k], name[k], "3");
		test_set(t, "project", p[k], 0, num("code", k), ref("name", name[k]),
		    ref("buyer_org_id", u), ref("provider_org_id", org[k]),
		    "entrust_type=purchase", "target_count=100", fen[k], sat[k], "survey_n=50", "signed_on=2026-01-02", NULL);
		act(t, a, u, "health_lecture", "2026-02-01", ref("project_id", p[k]),
		    "benefit_count=80");
	}
	rep_run(&r, t, "R11", "2026", NULL);
	rep_is(&r, "R11", p[0], "each_fen", "125.00");
	rep_is(&r, "R11", p[1], "each_fen", "50.00");
	assert_int_equal(rep_n(&r, "R11", p[1], "people"), 80);
	assert_int_equal(rep_n(&r, "R11", p[1], "done"), 8000);
	doc = jc_report_json(r.r);
	tables = json_object_get(doc, "tables");
	json_array_foreach(tables, i, table)
		if (strcmp(json_string_value(json_object_get(table, "id")), "R11c") == 0) {
			static const int order[] = {2, 1, 0};

			for (int k = 0; k < 3; k++)
				assert_string_equal(json_string_value(json_object_get(json_object_get(json_array_get(json_object_get(table, "rows"),
				                        (size_t)k), "text"), "provider")),
				    name[order[k]]);
		}
	json_decref(doc);
	rep_free(&r);
}

static void
m24_winners_print_and_stand_with_the_member(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", m = "", p1 = "", p2 = "", p3 = "";
	struct jc_err err = {0};
	struct jc_buf b;
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	test_set(t, "member", m, 0, "name=王小青", ref("union_id", u), "group_name=一组", NULL);
	act(t, a, u, "skill_contest", "2026-02-08", "trade=电工", "level=county");
	test_set(t, "participant", p1, 0, ref("activity_id", a), ref("member_id", m),
	    "role=competitor", "result_rank=1", "award=一等奖", "score=98.5", NULL);
	test_set(t, "participant", p2, 0, ref("activity_id", a), "name=李二", "role=competitor",
	    "result_rank=2", "award=二等奖", NULL);
	test_set(t, "participant", p3, 0, ref("activity_id", a), "name=赵三", "role=competitor",
	    NULL);
	rep_run(&r, t, "R07", "2026", NULL);
	assert_int_equal(rep_n(&r, "R07b", a, "people"), 3);
	assert_int_equal(rep_n(&r, "R07b", a, "winners"), 2);
	rep_is(&r, "R07w", p1, "name", "王小青");
	rep_is(&r, "R07w", p1, "award", "一等奖");
	rep_is(&r, "R07w", p1, "score", "98.50");
	rep_is(&r, "R07w", p2, "rank", "2");
	jc_buf_init(&b, 1 << 20);
	test_ok(jc_report_page(&b, r.r, 1, &err), &err);
	has(b.data, "获奖名单");
	has(b.data, "王小青");
	jc_buf_free(&b);
	rep_free(&r);
	/* the award hangs on the member's record: who refers to it finds it */
	assert_string_equal(test_get(t, p1, "member_id"), m);
}

static void
m25_trainings_count_per_type_and_head(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", b = "", c = "", planned = "", gone = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	act(t, a, u, "safety_training", "2026-01-10", "attend_count=30", "member_count=25");
	act(t, b, u, "fire_training", "2026-01-11", "attend_count=40", "sessions=2");
	act(t, c, u, "fire_training", "2026-02-11", "attend_count=10", NULL);
	act(t, planned, u, "law_training", "2026-02-12", "attend_count=", NULL);
	moved(t, "activity", planned, "plan", "2026-01-01");
	act(t, gone, u, "law_training", "2026-02-13", "attend_count=5", "cancel_reason=下雪");
	moved(t, "activity", gone, "plan", "2026-01-01");
	moved(t, "activity", gone, "cancel", "2026-02-13");
	rep_run(&r, t, "R07", "2026Q1", NULL);
	assert_int_equal(rep_n(&r, "R07", "safety_training", "sessions"), 1);
	assert_int_equal(rep_n(&r, "R07", "safety_training", "members"), 25);
	assert_int_equal(rep_n(&r, "R07", "fire_training", "sessions"), 3);
	assert_int_equal(rep_n(&r, "R07", "fire_training", "attend"), 50);
	assert_int_equal(rep_n(&r, "R07", "*", "attend"), 80); /* what was only planned or was cancelled is not done */
	rep_free(&r);
}

/* ---- M26 to M32 ---- */

static void
check_make(struct test_node *t, jc_id id, const char *target, const char *day)
{
	test_set(t, "check", id, 0, ref("target_org_id", target), ref("inspector_org_id", target),
	    ref("checked_on", day), "check_mode=upper",
	    "inspectors+=王大山", NULL);
}

static void
finding(struct test_node *t, jc_id id, const char *check, const char *what, const char *severity,
    const char *due, const char *category)
{
	test_set(t, "check_item", id, 0, ref("check_id", check), "result=found",
	    ref("finding", what), ref("severity", severity), ref("due_on", due),
	    ref("category", category), "resp_person=刘建国", NULL);
	moved(t, "check_item", id, "find", "2026-01-05");
}

static void
m26_an_overdue_finding_stands_on_r10_at_branch_and_county(void **state)
{
	struct county c;
	struct test_node pc;
	jc_id u = "", e = "", ck = "", late = "", soon = "", done = "";
	char *text;

	(void)state;
	county_new(&c, 4);
	test_node_new(&pc, 5);
	county_join(&c, &pc, "青石镇工会");
	unionorg(&pc, u, "青石镇工会", "township");
	test_set(&pc, "org", e, 0, "name=柳湾砖厂", "org_kind=employer", NULL);
	check_make(&pc, ck, e, "2026-01-05");
	finding(&pc, late, ck, "消防通道堵塞", "3", "2026-02-20", "SAFE");
	finding(&pc, soon, ck, "台账不全", "1", "2026-04-01", "FILE");
	finding(&pc, done, ck, "灯不亮", "1", "2026-02-01", "SAFE");
	test_set(&pc, "check_item", done, 0, "rectify_desc=换了", "rectified_on=2026-01-20", NULL);
	moved(&pc, "check_item", done, "submit", "2026-01-20");
	moved(&pc, "check_item", done, "close", "2026-01-22");
	text = page(&pc, "notice", ck);
	has(text, "柳湾砖厂");
	has(text, "立即停止使用");
	assert_int_equal(times(text, "<section"), 3);
	free(text);
	county_synced(&c, &pc);
	for (int i = 0; i < 2; i++) {
		struct rep r;

		rep_run(&r, i == 0 ? &pc : &c.hub, "R10", "2026", NULL);
		assert_int_equal(jc_report_rows(r.r, "R10"), 1);
		rep_is(&r, "R10", late, "finding", "消防通道堵塞");
		rep_is(&r, "R10", late, "org_name", "柳湾砖厂");
		rep_is(&r, "R10", late, "days", "10");
		rep_is(&r, "R10", late, "person", "刘建国");
		rep_free(&r);
		rep_run(&r, i == 0 ? &pc : &c.hub, "R09", "2026", NULL);
		assert_int_equal(rep_n(&r, "R09", "*", "found"), 3);
		assert_int_equal(rep_n(&r, "R09", "*", "closed"), 1);
		assert_int_equal(rep_n(&r, "R09", "*", "late"), 1);
		assert_int_equal(rep_n(&r, "R09", "*", "rate"), 3333);
		assert_int_equal(rep_n(&r, "R09", "*", "c_SAFE"), 2);
		assert_int_equal(rep_n(&r, "R09", "*", "checks"), 1);
		rep_is(&r, "R09", "*", "days", "15.0");
		rep_free(&r);
	}
	test_node_free(&pc);
	county_free(&c);
}

static void
m27_research_shows_what_was_adopted_and_by_whom(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", b = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	test_set(t, "research", a, 0, "title=货车司机权益", "year=2026", ref("lead_org_id", u),
	    "topic=new_forms", "submitted_to+=县委", "submitted_on=2026-02-01",
	    "adoption=adopted", "adopted_by=县政府办", "adopted_on=2026-02-20", NULL);
	test_set(t, "research", b, 0, "title=乡村职工", "year=2026", ref("lead_org_id", u),
	    "topic=rural", NULL);
	rep_run(&r, t, "R07", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R07d"), 2);
	rep_is(&r, "R07d", a, "adopted_by", "县政府办");
	rep_is(&r, "R07d", a, "sent_to", "县委");
	rep_is(&r, "R07d", b, "adopted_by", "");
	rep_free(&r);
}

static void
m28_a_village_counts_once_a_year(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", b = "", c = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	act(t, a, u, "culture_countryside", "2026-01-10", "villages+=柳湾村", NULL);
	test_set(t, "activity", a, 0, "villages+=上坪村", NULL);
	act(t, b, u, "culture_countryside", "2026-02-10", "villages+=柳湾村", NULL);
	act(t, c, u, "culture_countryside", "2025-02-10", "villages+=柳湾村", NULL);
	rep_run(&r, t, "R07", "2026", NULL);
	assert_int_equal(rep_n(&r, "R07", "culture_countryside", "villages"), 2);
	rep_free(&r);
	{
		struct jc_report_ask ask = {.report = jc_report_find("R07")};
		struct jc_err err = {0};
		int64_t v;
		int has_it;

		test_ok(jc_period_days(&ask.period, "2025-01-01", "2026-12-31", "2026-03-02", &err),
		    &err);
		test_ok(jc_report_make(&r.r, t->node, &ask, &err), &err);
		test_ok(jc_report_value(r.r, "R07", "*", "villages", &v, &has_it), &err);
		assert_int_equal(v, 3); /* once in each of two years */
		rep_free(&r);
	}
}

static void
m29_the_four_deliveries_count_sessions_people_households_and_money(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", cool = "", visit = "", s1 = "", s2 = "", s3 = "", j = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	act(t, cool, u, "cool_send", "2026-01-15", "four_sends=cool", "cost_fen=3200");
	test_set(t, "activity", cool, 0, "benefit_count=120", "volunteer_count=6",
	    "volunteer_hours=18", NULL);
	act(t, visit, u, "home_visit", "2026-02-10", "four_sends=visit", "benefit_count=3");
	test_set(t, "assist", s1, 0, ref("activity_id", visit), "sends=visit", "person_text=甲家",
	    "assist_date=2026-02-10", "amount_fen=500", NULL);
	test_set(t, "assist", s2, 0, ref("activity_id", visit), "sends=visit", "person_text=乙家",
	    "assist_date=2026-02-10", "amount_fen=500", NULL);
	test_set(t, "assist", s3, 0, "sends=visit", "person_text=甲家", "assist_date=2026-02-20",
	    "amount_fen=300", NULL);
	test_set(t, "assist", j, 0, "sends=job", "person_text=丙", "assist_date=2026-02-21",
	    "result=已就业", NULL);
	rep_run(&r, t, "R08", "2026Q1", NULL);
	assert_int_equal(jc_report_rows(r.r, "R08"), 4);
	assert_int_equal(rep_n(&r, "R08", "cool", "sessions"), 1);
	assert_int_equal(rep_n(&r, "R08", "cool", "people"), 120);
	assert_int_equal(rep_n(&r, "R08", "cool", "goods"), 320000);
	rep_is(&r, "R08", "cool", "hours", "18.0");
	assert_int_equal(rep_n(&r, "R08", "visit", "households"), 2); /* 甲 was visited twice */
	assert_int_equal(rep_n(&r, "R08", "visit", "times"), 3);
	assert_int_equal(rep_n(&r, "R08", "visit", "given"), 130000);
	assert_int_equal(rep_n(&r, "R08", "job", "employed"), 1);
	assert_int_equal(rep_n(&r, "R08", "study", "sessions"), 0);
	assert_int_equal(rep_n(&r, "R08", "*", "money"), 450000);
	rep_free(&r);
	{
		char *text = page(t, "receipt", visit);

		has(text, "甲家");
		has(text, "500.00");
		free(text);
	}
}

static void
m30_volunteer_hours_sum_per_person_and_organization(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", m = "", a = "", b = "", p1 = "", p2 = "", p3 = "";
	struct rep r;

	unionorg(t, u, "县总工会", "general");
	test_set(t, "member", m, 0, "name=王小青", ref("union_id", u), NULL);
	act(t, a, u, "volunteer", "2026-01-10", "attend_count=2", NULL);
	act(t, b, u, "volunteer", "2026-02-10", "attend_count=1", NULL);
	test_set(t, "participant", p1, 0, ref("activity_id", a), ref("member_id", m),
	    "role=volunteer", "hours=2.5", NULL);
	test_set(t, "participant", p2, 0, ref("activity_id", b), ref("member_id", m),
	    "role=volunteer", "hours=3", NULL);
	test_set(t, "participant", p3, 0, ref("activity_id", a), "name=李热心", "role=volunteer",
	    "hours=1.5", NULL);
	rep_run(&r, t, "R08", "2026Q1", NULL);
	rep_is(&r, "R08v", m, "hours", "5.5");
	assert_int_equal(rep_n(&r, "R08v", m, "times"), 2);
	rep_is(&r, "R08v", "李热心", "hours", "1.5");
	rep_is(&r, "R08o", u, "hours", "7.0");
	rep_free(&r);
}

static void
m31_three_weaknesses_are_found_put_right_and_closed(void **state)
{
	static const char *const what[] = {"管理松散", "活动随性", "场所欠缺"};
	static const char *const category[] = {"ORG", "ACT", "VENUE"};
	struct test_node *t = *state;
	jc_id a = "", ck = "", item[3];
	struct rep r;
	char *text;

	memset(item, 0, sizeof(item));
	social(t, a, "柳湾文艺队", "3");
	test_set(t, "org", a, 0, "mgmt_issues+=loose", NULL);
	test_set(t, "org", a, 0, "mgmt_issues+=random", NULL);
	test_set(t, "org", a, 0, "mgmt_issues+=no_venue", NULL);
	check_make(t, ck, a, "2026-01-05");
	for (int i = 0; i < 3; i++)
		finding(t, item[i], ck, what[i], "1", "2026-02-04", category[i]);
	text = page(t, "notice", ck);
	for (int i = 0; i < 3; i++)
		assert_int_equal(times(text, what[i]), 3);
	free(text);
	rep_run(&r, t, "R10", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R10"), 3);
	rep_free(&r);
	for (int i = 0; i < 3; i++) {
		test_set(t, "check_item", item[i], 0, "rectify_desc=已整改",
		    i == 2 ? "rectified_on=2026-02-20" : "rectified_on=2026-01-25",
		    "reviewer=王大山",
		    "review_opinion=通过", "reviewed_on=2026-02-25", NULL);
		moved(t, "check_item", item[i], "submit", i == 2 ? "2026-02-20" : "2026-01-25");
		moved(t, "check_item", item[i], "close", "2026-02-25");
	}
	text = page(t, "recheck", ck);
	assert_int_equal(times(text, "已整改"), 3);
	assert_int_equal(times(text, ">通过<"), 3);
	free(text);
	rep_run(&r, t, "R10", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R10"), 0);
	rep_free(&r);
	rep_run(&r, t, "R09", "2026", NULL);
	assert_int_equal(rep_n(&r, "R09", "*", "rate"), 10000);
	assert_int_equal(rep_n(&r, "R09", "*", "on_time"), 6667); /* the third was put right after its date */
	assert_int_equal(rep_n(&r, "R09", "*", "c_VENUE"), 1);
	rep_free(&r);
}

static void
m32_satisfaction_before_and_after_is_visible(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", e1 = "", e2 = "", e0 = "";
	struct rep r;

	unionorg(t, u, "青石镇工会", "township");
	test_set(t, "evaluation", e0, 0, ref("org_id", u), "held_on=2024-03-01",
	    "eval_kind=member_home", "answered=10", "satisfied=1", "basic=1", NULL);
	test_set(t, "evaluation", e1, 0, ref("org_id", u), "held_on=2025-03-01",
	    "eval_kind=member_home", "invited=60", "answered=50", "satisfied=20",
	    "basic=15", "unsatisfied=15", NULL);
	test_set(t, "evaluation", e2, 0, ref("org_id", u), "held_on=2026-02-01",
	    "eval_kind=satisfaction", "answered=40", "satisfied=30", "basic=6",
	    "unsatisfied=4", NULL);
	rep_run(&r, t, "R09", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "R09b"), 1);
	rep_is(&r, "R09b", e2, "rate", "90.00%");
	rep_is(&r, "R09b", e2, "very", "75.00%");
	rep_is(&r, "R09b", e2, "rate_before", "70.00%");
	rep_is(&r, "R09b", e2, "change", "20.00%");
	rep_free(&r);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(m01_three_hundred_organizations_show_six_facts_and_their_blanks),
		cmocka_unit_test(m02_a_branchs_demand_stands_on_the_second_sheet_of_r11_with_its_match),
		T(m03_r01_lists_exactly_those_with_a_party_organization_and_no_union),
		T(m06_a_federation_prints_its_own_r04),
		T(m07_r01_is_split_into_one_sheet_per_authority),
		T(m08_a_collective_joining_of_sixty_has_its_sign_in_sheet),
		T(m09_a_case_prints_its_three_letters_filled_in),
		T(m10_key_targets_have_their_own_coverage),
		T(m11_grants_sum_money_days_and_hours_with_receipts),
		T(m12_opening_and_changes_make_the_closing_of_every_branch),
		T(m13_four_classes_and_the_rest_nobody_twice),
		T(m15_organizations_not_visited_for_180_days_are_listed),
		T(m16_exchange_counts_directions_and_who_is_serving),
		T(m17_mutual_aid_shows_rescue_people_gifts_and_what_expires),
		T(m19_one_filter_shows_all_done_for_one_special_work),
		T(m20_the_designated_legal_aid_partner_has_its_date),
		T(m21_a_counselling_day_is_a_head_count_without_names),
		T(m22_training_shows_hours_and_certificates_per_subject),
		T(m23_providers_are_sorted_by_cost_each_and_satisfaction),
		T(m24_winners_print_and_stand_with_the_member),
		T(m25_trainings_count_per_type_and_head),
		cmocka_unit_test(m26_an_overdue_finding_stands_on_r10_at_branch_and_county),
		T(m27_research_shows_what_was_adopted_and_by_whom),
		T(m28_a_village_counts_once_a_year),
		T(m29_the_four_deliveries_count_sessions_people_households_and_money),
		T(m30_volunteer_hours_sum_per_person_and_organization),
		T(m31_three_weaknesses_are_found_put_right_and_closed),
		T(m32_satisfaction_before_and_after_is_visible),
	};

	return cmocka_run_group_tests_name("systems", tests, NULL, NULL);
}
