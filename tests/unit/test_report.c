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

static int
setup(void **state)
{
	struct test_node *t = malloc(sizeof(*t));
	struct jc_err err = {0};

	test_node_new(t, 8);
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

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(periods_are_read_as_people_write_them),
		T(what_leaves_the_county_shows_no_group_of_fewer_than_five),
		T(places_and_groupings_and_what_is_wrong_with_them),
		T(every_report_has_every_shape),
		T(phones_are_masked_unless_asked_for_and_then_counted),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
