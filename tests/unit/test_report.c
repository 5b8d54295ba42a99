/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What all reports share: periods, places, groupings, small numbers, the records behind a number, the four shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_kit.h"
#include "test_env.h"

static void
periods_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *typed, *from, *to;
	} good[] = {{"2026", "2026-01-01", "2026-12-31"}, {"2024-02", "2024-02-01", "2024-02-29"},
	    {"2025-02", "2025-02-01", "2025-02-28"},
	    {"2026Q1", "2026-01-01", "2026-03-31"}, {"2026q4", "2026-10-01", "2026-12-31"},
	    {"2026H2", "2026-07-01", "2026-12-31"},
	    {"2026-03-05", "2026-03-05", "2026-03-05"}};
	static const char *const bad[] = {"", "26", "2026-13", "2026-00", "2026Q5", "2026Q0",
	    "2026H3", "2026-02-30", "2026-3", "2026x",
	    "二〇二六", "20266", "2026-03-05-01", "0000"};
	struct jc_err err;
	struct jc_period p;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		test_ok(jc_period_parse(&p, good[i].typed, "2026-03-02", &err), &err);
		assert_string_equal(p.from, good[i].from);
		assert_string_equal(p.to, good[i].to);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (jc_period_parse(&p, bad[i], "2026-03-02", &err) != JC_EINVAL)
			fail_msg("\"%s\" is taken for a period", bad[i]);
	test_ok(jc_period_parse(&p, NULL, "2026-03-02", &err), &err);
	assert_string_equal(p.from, "2026-01-01");
	assert_string_equal(p.to, "2026-03-02");
	assert_int_equal(jc_period_days(&p, "2026-03-02", "2026-03-01", "2026-03-02", &err),
	    JC_EINVAL);
}

/* Members of a union: `n` of a level of education. */
static void
members(struct test_node *t, const char *union_id, const char *education, int n)
{
	char u[40], e[32];

	snprintf(u, sizeof(u), "union_id=%s", union_id);
	snprintf(e, sizeof(e), "education=%s", education);
	for (int i = 0; i < n; i++) {
		jc_id id = "";

		test_set(t, "member", id, 0, "name=王某", "joined_on=2020", "gender=1", u, e, NULL);
	}
}

static void
what_leaves_the_county_shows_no_group_of_fewer_than_five(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask out = {.outward = 1};
	int64_t v;
	int some;
	jc_id u = "";
	struct rep r;

	test_set(t, "org", u, 0, "name=甲工会", "org_kind=union", NULL);
	members(t, u, "71", 9);
	members(t, u, "31", 6);
	members(t, u, "21", 2);
	rep_run(&r, t, "R06", "2026", NULL);
	assert_int_equal(rep_n(&r, "R06", "education|21", "active"), 2); /* at home everything is seen */
	rep_free(&r);
	rep_run(&r, t, "R06", "2026", &out);
	assert_int_equal(jc_report_value(r.r, "R06", "education|21", "active", &v, &some),
	    JC_ENOTFOUND);
	/* two alone would follow from the total: the next smallest goes along */
	assert_int_equal(jc_report_value(r.r, "R06", "education|31", "active", &v, &some),
	    JC_ENOTFOUND);
	assert_int_equal(rep_n(&r, "R06", "education|71", "active"), 9);
	assert_int_equal(rep_n(&r, "R06", "education", "active"), 8);
	rep_free(&r);
}

static void
places_and_groupings_and_what_is_wrong_with_them(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask ask = {.place = "990121100000"}, by = {.by = "town,class"}, bad = {.report = jc_report_find("R02")};
	struct jc_report_result *r;
	jc_id town = "", a = "", b = "";
	struct jc_err err = {0};
	struct rep rep;

	test_set(t, "org", town, 0, "name=石桥镇工会", "org_kind=union", "union_type=township",
	    "region_code=990121100", NULL);
	test_set(t, "org", a, 0, "name=甲", "org_kind=social", "function_class=1",
	    "region_code=990121100201", NULL);
	test_set(t, "org", b, 0, "name=乙", "org_kind=social", "function_class=1",
	    "region_code=990121200202", NULL);
	rep_run(&rep, t, "R02", "2026", NULL);
	assert_int_equal(rep_n(&rep, "R02", "*", "orgs"), 2);
	rep_free(&rep);
	rep_run(&rep, t, "R02", "2026", &ask);
	assert_int_equal(rep_n(&rep, "R02", "*", "orgs"), 1);
	rep_free(&rep);
	rep_run(&rep, t, "R02", "2026", &by);
	assert_int_equal(rep_n(&rep, "R02", "990121100|1", "orgs"), 1);
	assert_int_equal(rep_n(&rep, "R02", "990121100", "orgs"), 1); /* the township's subtotal */
	rep_free(&rep);
	test_ok(jc_period_parse(&bad.period, "2026", "2026-03-02", &err), &err);
	bad.place = "99";
	assert_int_equal(jc_report_make(&r, t->node, &bad, &err), JC_EINVAL);
	bad.place = NULL;
	bad.by = "nothing";
	assert_int_equal(jc_report_make(&r, t->node, &bad, &err), JC_EINVAL);
	bad.by = NULL;
	bad.split = "month";
	assert_int_equal(jc_report_make(&r, t->node, &bad, &err), JC_EINVAL);
	bad.split = NULL;
	bad.cell = "R02";
	assert_int_equal(jc_report_make(&r, t->node, &bad, &err), JC_EINVAL);
	bad.cell = NULL;
	bad.authority = "000000000000";
	assert_int_equal(jc_report_make(&r, t->node, &bad, &err), JC_ENOTFOUND);
}

static const json_t *
option_of(const json_t *options, const char *name)
{
	size_t i;
	json_t *o;

	json_array_foreach (options, i, o)
		if (strcmp(json_string_value(json_object_get(o, "name")), name) == 0)
			return o;
	return NULL;
}

static int
takes(const char *report, const char *name)
{
	json_t *names = jc_report_takes(jc_report_find(report)), *one;
	size_t i;
	int found = 0;

	json_array_foreach (names, i, one)
		found |= strcmp(json_string_value(one), name) == 0;
	json_decref(names);
	return found;
}

/* The whole of what there is to choose of an option, "key=label;" each. */
static void
choices_are(struct test_node *t, const char *name, const char *text)
{
	char got[400] = "";
	struct jc_err err = {0};
	json_t *options, *c;
	size_t i;

	test_ok(jc_report_options(&options, t->node, &err), &err);
	json_array_foreach (json_object_get(option_of(options, name), "choices"), i, c)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s=%s;", json_string_value(json_object_get(c, "key")),
		    json_string_value(json_object_get(c, "zh")));
	assert_string_equal(got, text);
	json_decref(options);
}

static void
a_report_tells_what_it_can_be_asked_about(void **state)
{
	struct test_node *t = *state;
	char ref[64], expected[128];
	jc_id town = "", bureau = "", a = "", walk = "";

	choices_are(t, "authority", "");
	choices_are(t, "special", "");
	test_set(t, "org", town, 0, "name=石桥镇工会", "org_kind=union", "union_type=township", "region_code=990121100", NULL);
	test_set(t, "org", bureau, 0, "name=民政局", NULL);
	snprintf(ref, sizeof(ref), "industry_authority_id=%s", bureau);
	test_set(t, "org", a, 0, "name=甲", "org_kind=social", ref, "region_code=990121200201", NULL);
	test_set(t, "activity", walk, 0, "title=走访", "special_work=送清凉", NULL);
	snprintf(expected, sizeof(expected), "%s=民政局;", bureau);
	choices_are(t, "authority", expected);
	choices_are(t, "place", "990121100=石桥镇工会;990121200=990121200;");
	choices_are(t, "special", "送清凉=送清凉;");
	assert_true(takes("R07", "special") && takes("R01", "basis") && takes("R01", "full") && takes("R05", "outward"));
	assert_false(takes("R05", "special") || takes("R02", "basis") || takes("R06", "full"));
}

static void
a_number_of_a_split_report_has_its_own_records(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask ask = {.split = "town"};
	const char *const *ids;
	jc_id a = "", b = "";
	struct rep r;

	test_set(t, "org", a, 0, "name=甲", "org_kind=social", "function_class=1", "region_code=990121100201", NULL);
	test_set(t, "org", b, 0, "name=乙", "org_kind=social", "function_class=1", "region_code=990121200202", NULL);
	ask.cell = "R02/*/orgs";
	rep_run(&r, t, "R02", "2026", &ask);
	assert_int_equal(jc_report_ids(r.r, &ids), 2);
	rep_free(&r);
	ask.cell = "R02:990121200/*/orgs";
	rep_run(&r, t, "R02", "2026", &ask);
	assert_int_equal(jc_report_ids(r.r, &ids), 1);
	assert_string_equal(ids[0], b);
	rep_free(&r);
}

/* Every report on an empty node and on one with something, in every shape: no SQL is wrong, no shape fails. */
static void
every_report_has_every_shape(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", s = "", c = "";
	struct jc_err err = {0};
	char ref[40];

	for (int round = 0; round < 2; round++) {
		for (const struct jc_report *const *one = jc_reports; *one != NULL; one++) {
			struct jc_buf bytes;
			struct rep r;
			json_t *doc;

			rep_run(&r, t, (*one)->id, "2026", NULL);
			doc = jc_report_json(r.r);
			assert_non_null(doc);
			json_decref(doc);
			jc_buf_init(&bytes, 64u << 20);
			test_ok(jc_report_page(&bytes, r.r, 1, &err), &err);
			assert_non_null(strstr(bytes.data, (*one)->tables->zh));
			assert_null(strstr(bytes.data, "style="));
			jc_buf_reset(&bytes);
			test_ok(jc_report_xlsx(r.r, NULL, &bytes, &err), &err);
			assert_memory_equal(bytes.data, "PK", 2);
			jc_buf_free(&bytes);
			rep_free(&r);
		}
		test_set(t, "org", u, 0, "name=甲工会", "org_kind=union", "term_end=2026-05",
		    "member_declared=30", NULL);
		test_set(t, "org", s, 0, "name=甲<b>协会", "org_kind=social",
		    "party_org_status=own", "contact_phone=13000000001", NULL);
		snprintf(ref, sizeof(ref), "org_id=%s", s);
		test_set(t, "build_case", c, 0, ref, "reason+=party", NULL);
		members(t, u, "71", 3);
	}
}

static void
phones_are_masked_unless_asked_for_and_then_counted(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask full = {.full = 1};
	jc_id s = "";
	struct rep r;

	test_set(t, "org", s, 0, "name=甲协会", "org_kind=social", "party_org_status=own",
	    "contact_phone=13000000001", NULL);
	rep_run(&r, t, "R01", "2026", NULL);
	rep_is(&r, "R01", s, "phone", "130****0001");
	assert_int_equal(jc_report_people(r.r), 0);
	rep_free(&r);
	rep_run(&r, t, "R01", "2026", &full);
	rep_is(&r, "R01", s, "phone", "13000000001");
	assert_int_equal(jc_report_people(r.r), 1);
	rep_free(&r);
}

/* This month's to-dos on paper: what is late, what is due in the month, what has no date; nothing of later months. */
static void
the_to_dos_of_a_month_stand_on_paper(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", a = "", b = "", c = "";
	struct jc_buf page;
	struct jc_err err = {0};
	struct rep r;

	test_set(t, "org", u, 0, "name=甲工会", "org_kind=union", "term_end=2026-03-20", NULL);
	test_set(t, "org", a, 0, "name=乙工会", "org_kind=union", "term_end=2026-02-20", NULL);
	test_set(t, "org", b, 0, "name=丙工会", "org_kind=union", "term_end=2026-05-20", NULL);
	test_set(t, "org", c, 0, "name=丁协会", "org_kind=social", "party_org_status=own", NULL);
	rep_run(&r, t, "todo", "2026-03", NULL);
	rep_is(&r, "todo", u, "due", "2026-03-20");
	rep_is(&r, "todo", a, "state", "已超期");
	rep_is(&r, "todo", c, "what", "应建会还没建");
	assert_null(jc_report_text(r.r, "todo", b, "due"));
	jc_buf_init(&page, 16u << 20);
	test_ok(jc_report_page(&page, r.r, 1, &err), &err);
	assert_non_null(strstr(page.data, "本月待办"));
	assert_non_null(strstr(page.data, "2026-03-20届满"));
	jc_buf_free(&page);
	rep_free(&r);
	rep_run(&r, t, "todo", "2026-05", NULL);
	rep_is(&r, "todo", b, "due", "2026-05-20");
	rep_free(&r);
}

/* Names and small numbers that stay in the county. */
static void
what_leaves_the_county_names_nobody(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask out = {.outward = 1, .full = 1};
	jc_id s = "", plan = "", other = "";
	struct rep r;

	test_set(t, "org", s, 0, "name=甲协会", "org_kind=social", "party_org_status=own", "contact_name=王小青",
	    "contact_phone=13000000001", NULL);
	test_set(t, "aid_plan", plan, 0, "name=意外互助", "aid_type=accident", NULL);
	test_set(t, "aid_plan", other, 0, "name=住院互助", "aid_type=hospital", NULL);
	for (int i = 0; i < 9; i++) { /* seven claims of one plan, two of the other */
		jc_id c = "", k = "";
		char p[40], cover[40];

		snprintf(p, sizeof(p), "plan_id=%s", i < 7 ? plan : other);
		test_set(t, "aid_cover", c, 0, p, "name=某人", "cert_no=1", "from=2026-01-01", "to=2026-12-31", NULL);
		snprintf(cover, sizeof(cover), "cover_id=%s", c);
		test_set(t, "aid_claim", k, 0, cover, "claim_type=accident", "event_date=2026-01-05", "asked_on=2026-01-06",
		    "paid_fen=100元", "paid_on=2026-02-01", NULL);
	}
	rep_run(&r, t, "R01", "2026", &out);
	rep_is(&r, "R01", s, "contact", "王某某");
	rep_is(&r, "R01", s, "phone", "130****0001"); /* in full only at home */
	assert_int_equal(jc_report_people(r.r), 0);
	rep_free(&r);
	rep_run(&r, t, "R13", "2026", NULL);
	assert_int_equal(rep_n(&r, "R13", other, "asked"), 2);
	rep_free(&r);
	rep_run(&r, t, "R13", "2026", &out);
	assert_int_equal(rep_n(&r, "R13", plan, "asked"), 7);
	rep_is(&r, "R13", plan, "paid", "700.00");
	assert_true(rep_blank(&r, "R13", other, "asked"));
	assert_true(rep_blank(&r, "R13", other, "paid"));
	assert_true(rep_blank(&r, "R13", "*", "asked")); /* it would give the two away */
	assert_int_equal(jc_report_rows(r.r, "R13b"), 0); /* the list of names stays */
	rep_free(&r);
}

static void
merge(struct test_node *t, const jc_id keep, const jc_id other, int again)
{
	struct jc_err err = {0};
	struct jc_scope own;
	struct jc_save *sv;

	test_ok(jc_node_scope(t->node, &own, &err), &err);
	test_ok(jc_save_begin(&sv, t->node, own.no, "merge", &err), &err);
	test_ok(again ? jc_save_unmerge(sv, keep, other, &err) : jc_save_merge(sv, keep, other, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
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

/* Two records that stand as one count as one everywhere, whichever of them something refers to; taken apart, as two. */
static void
merged_records_count_once(void **state)
{
	struct test_node *t = *state;
	struct jc_report_ask by_org = {.by = "org"};
	jc_id u = "", v = "", m = "", n = "", a = "", b = "", p = "", q = "", s = "";
	struct rep r;

	test_set(t, "org", u, 0, "name=甲工会", "org_kind=union", NULL);
	test_set(t, "org", v, 0, "name=甲厂工会", "org_kind=union", NULL);
	test_set(t, "member", m, 0, "name=王小青", "joined_on=2020", ref("union_id", u), "gender=2", NULL);
	test_set(t, "member", n, 0, "name=王小青", "joined_on=2021", ref("union_id", v), "gender=2", NULL);
	test_set(t, "activity", a, 0, "title=讲座", ref("host_org_id", u), "start_at=2026-01-10", "attend_count=5", "place=礼堂", NULL);
	test_set(t, "activity", b, 0, "title=讲座", ref("host_org_id", v), "start_at=2026-02-10", "attend_count=6", "place=礼堂", NULL);
	test_set(t, "participant", p, 0, ref("activity_id", a), ref("member_id", m), NULL);
	test_set(t, "participant", q, 0, ref("activity_id", b), ref("member_id", n), NULL);
	test_set(t, "assist", s, 0, ref("person_member_id", n), "sends=visit", "assist_date=2026-01-20", "amount_fen=100元", NULL);
	for (int round = 0; round < 2; round++) {
		int64_t one = round == 0 ? 1 : 2;

		merge(t, u, v, round);
		merge(t, m, n, round);
		rep_run(&r, t, "R05", "2026", NULL);
		assert_int_equal(rep_n(&r, "R05", "*", "closing"), one);
		assert_int_equal(rep_n(&r, "R05", "*", "balance"), 0);
		assert_int_equal(rep_n(&r, "R05", "*", "female"), one);
		assert_int_equal(jc_report_rows(r.r, "R05"), (size_t)one);
		rep_free(&r);
		rep_run(&r, t, "R06", "2026", NULL);
		assert_int_equal(rep_n(&r, "R06", "all|all", "active"), one);
		rep_free(&r);
		rep_run(&r, t, "R07", "2026", &by_org);
		assert_int_equal(rep_n(&r, "R07", "*", "people"), one);
		assert_int_equal(rep_n(&r, "R07", u, "attend"), round == 0 ? 11 : 5);
		rep_free(&r);
		rep_run(&r, t, "R08", "2026", NULL);
		rep_is(&r, "R08", "visit", "given", "100.00");
		rep_free(&r);
		rep_run(&r, t, "members", "2026", NULL);
		assert_int_equal(jc_report_rows(r.r, "members"), (size_t)one);
		rep_free(&r);
	}
}

/* Where a hub defines. */
static void
common_find(struct test_node *t, struct jc_scope *s)
{
	struct jc_err err = {0};
	int64_t no = 1;

	do
		test_ok(jc_scope_get(s, t->node->log, no++, &err), &err);
	while (strcmp(s->role, "common") != 0);
}

/* A field that the county added without a program is counted like one that came with it. */
static void
fields_of_the_county_stand_in_a_report(void **state)
{
	struct test_node *t = *state;
	jc_id boots = "", size = "", u = "";
	struct jc_err err = {0};
	struct jc_scope s;
	struct rep r;

	common_find(t, &s);
	t->scope = s.no;
	test_set(t, "xfield", boots, 0, "key=x_boots", "kind=member", "zh=雨靴", "type=enum", "choices=a=有;b=无", NULL);
	test_set(t, "xfield", size, 0, "key=x_size", "kind=member", "zh=鞋码", "type=decimal", "scale=1", NULL);
	t->scope = 0;
	test_ok(jc_node_use(t->node, &err), &err);
	test_set(t, "org", u, 0, "name=甲工会", "org_kind=union", NULL);
	for (int i = 0; i < 8; i++) {
		char of[40];
		jc_id m = "";

		snprintf(of, sizeof(of), "union_id=%s", u);
		test_set(t, "member", m, 0, "name=王某", of, i < 6 ? "x_boots=有" : "x_boots=无", "x_size=40.5", NULL);
	}
	rep_run(&r, t, "fields", "2026", NULL);
	assert_int_equal(rep_n(&r, "fields", "member.x_boots|a", "n"), 6);
	assert_int_equal(rep_n(&r, "fields", "member.x_boots|b", "n"), 2);
	assert_int_equal(rep_n(&r, "fields2", "member.x_size", "n"), 8);
	rep_is(&r, "fields2", "member.x_size", "sum", "324.00");
	rep_is(&r, "fields2", "member.x_size", "mean", "40.50");
	rep_free(&r);
	assert_int_equal(rep_behind(t, "fields", "2026", "fields/member.x_boots|b/n"), 2);
	t->scope = s.no;
	test_set(t, "xfield", boots, 0, "hidden=1", NULL); /* given up: it is no longer asked about, and nothing is lost */
	test_ok(jc_node_use(t->node, &err), &err);
	rep_run(&r, t, "fields", "2026", NULL);
	assert_int_equal(jc_report_rows(r.r, "fields"), 0);
	rep_free(&r);
}

#define T(f) cmocka_unit_test_setup_teardown(f, test_office_setup, test_node_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(periods_are_read_as_people_write_them),
		T(what_leaves_the_county_shows_no_group_of_fewer_than_five),
		T(places_and_groupings_and_what_is_wrong_with_them),
		T(a_report_tells_what_it_can_be_asked_about),
		T(a_number_of_a_split_report_has_its_own_records),
		T(every_report_has_every_shape),
		T(phones_are_masked_unless_asked_for_and_then_counted),
		T(the_to_dos_of_a_month_stand_on_paper),
		T(what_leaves_the_county_names_nobody),
		T(fields_of_the_county_stand_in_a_report),
		T(merged_records_count_once),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
