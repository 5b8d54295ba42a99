/* SPDX-License-Identifier: MulanPSL-2.0 */
/* R15: how timely branches send, at the county and at a branch itself, and what looks twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "report_kit.h"
#include "schema_settings.h"
#include "sync_project.h"
#include "test_env.h"

#define DAY_MS INT64_C(86400000)

struct world {
	struct county c;
	struct test_node a, b;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_new(&w->c, 71);
	test_node_new(&w->a, 72);
	test_node_new(&w->b, 73);
	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "青石镇工会");
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	county_branch_free(&w->c, &w->a, &w->b);
	free(w);
	return 0;
}

static void
days_pass(struct world *w, int days)
{
	test_env_pass(w->a.env, days * DAY_MS);
	test_env_pass(w->b.env, days * DAY_MS);
	test_env_pass(w->c.hub.env, days * DAY_MS);
}

static void
totals(struct test_node *t, const char *period, int changes, int timely, int arrived, int lag)
{
	struct rep r;

	rep_run(&r, t, "R15", period, NULL);
	assert_int_equal(rep_n(&r, "R15", "*", "changes"), changes);
	assert_int_equal(rep_n(&r, "R15", "*", "timely"), timely);
	assert_int_equal(rep_n(&r, "R15", "*", "arrived"), arrived);
	assert_int_equal(rep_n(&r, "R15", "*", "lag"), lag);
	rep_free(&r);
}

static void
change(struct test_node *t, const char *name)
{
	jc_id id = "";

	test_set(t, "member", id, 0, name, NULL);
}

static void
timely_is_what_came_within_the_days_that_are_set(void **state)
{
	struct world *w = *state;
	jc_id u = "";
	struct jc_err err = {0};
	struct rep r;

	test_set(&w->a, "org", u, 0, "name=青石镇工会", "org_kind=union", NULL); /* on 2 March, sent on the 12th: late */
	change(&w->a, "name=王小青");
	totals(&w->a, "2026", 0, 0, 0, 0); /* may still be in time */
	days_pass(w, 10);
	totals(&w->a, "2026", 2, 0, 0, 0); /* cannot any more */
	county_synced(&w->c, &w->a);
	totals(&w->a, "2026", 2, 0, 2, 20);
	totals(&w->c.hub, "2026", 2, 0, 2, 20);
	change(&w->a, "name=李二");
	days_pass(w, 3);
	county_synced(&w->c, &w->a);
	totals(&w->a, "2026", 3, 1, 3, 23);
	totals(&w->c.hub, "2026", 3, 1, 3, 23);
	rep_run(&r, &w->c.hub, "R15", "2026", NULL);
	rep_is(&r, "R15", u, "timeliness", "33.33%");
	rep_is(&r, "R15", u, "delay", "7.7");
	rep_free(&r);
	test_ok(jc_setting_put(jc_setting_find("report.timely", 13), "15", w->c.hub.node->db, &err), &err);
	totals(&w->c.hub, "2026", 3, 3, 3, 23);
	totals(&w->c.hub, "2026-03-12", 1, 1, 1, 3); /* by the day of the change */
	totals(&w->c.hub, "2025", 0, 0, 0, 0);
	rep_run(&r, &w->c.hub, "R15", "2025", NULL);
	assert_true(rep_blank(&r, "R15", u, "timeliness"));
	rep_free(&r);
}

static void
another_pc_s_changes_are_not_this_ones_and_a_rebuild_forgets_nothing(void **state)
{
	struct world *w = *state;
	jc_id u = "";
	struct jc_err err = {0};

	test_set(&w->a, "org", u, 0, "name=青石镇工会", "org_kind=union", NULL);
	county_synced(&w->c, &w->a);
	days_pass(w, 30);
	county_synced(&w->c, &w->b); /* what it takes in so late was not late at the county */
	totals(&w->b, "2026", 0, 0, 0, 0);
	change(&w->b, "name=王小青");
	county_synced(&w->c, &w->b);
	totals(&w->b, "2026", 1, 1, 1, 0);
	totals(&w->c.hub, "2026", 2, 2, 2, 0);
	test_ok(jc_project_rebuild(w->c.hub.node->project, NULL, NULL, &err), &err);
	totals(&w->c.hub, "2026", 2, 2, 2, 0);
}

/* Who was noted to be two does not look twice any more. */
static void
what_somebody_told_apart_is_not_counted_as_twice(void **state)
{
	struct world *w = *state;
	jc_id u = "", a = "", b = "", c = "";
	struct jc_err err = {0};
	struct jc_scope own;
	struct jc_save *sv;
	struct rep r;

	test_set(&w->a, "org", u, 0, "name=青石镇工会", "org_kind=union", NULL);
	test_set(&w->a, "member", a, 0, "name=王小青", "id_no=399999197001010016", NULL);
	test_set(&w->a, "member", b, 0, "name=王晓青", "id_no=399999197001010016", NULL);
	rep_run(&r, &w->a, "R15", "2026", NULL);
	assert_int_equal(rep_n(&r, "R15", "*", "twice"), 2);
	rep_free(&r);
	test_ok(jc_node_scope(w->a.node, &own, &err), &err);
	test_ok(jc_save_begin(&sv, w->a.node, own.no, "distinct", &err), &err);
	test_ok(jc_save_distinct(sv, b, a, 1, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	rep_run(&r, &w->a, "R15", "2026", NULL);
	assert_int_equal(rep_n(&r, "R15", "*", "twice"), 0);
	rep_free(&r);
	test_set(&w->a, "member", c, 0, "name=王小青", "id_no=399999197001010016", NULL); /* a third, undecided with both */
	rep_run(&r, &w->a, "R15", "2026", NULL);
	assert_int_equal(rep_n(&r, "R15", "*", "twice"), 3);
	rep_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(timely_is_what_came_within_the_days_that_are_set, setup, teardown),
		cmocka_unit_test_setup_teardown(another_pc_s_changes_are_not_this_ones_and_a_rebuild_forgets_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(what_somebody_told_apart_is_not_counted_as_twice, setup, teardown),
	};

	return cmocka_run_group_tests_name("report_quality", tests, NULL, NULL);
}
