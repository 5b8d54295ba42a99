/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Three levels in one process: a branch PC, its county's hub, the city's hub. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "sync_receipt.h"
#include "test_env.h"

struct world {
	struct county city, county;
	struct test_node pc;
};

static void
world_new(struct world *w)
{
	county_new(&w->city, 11);
	county_new(&w->county, 12);
	test_node_new(&w->pc, 13);
	county_join(&w->county, &w->pc, "青石镇工会");
	county_synced(&w->county, &w->pc);
}

static void
world_free(struct world *w)
{
	test_node_free(&w->pc);
	county_free(&w->county);
	county_free(&w->city);
}

/* Up and down until nothing moves: the county's word first, then what it is about. */
static void
flow(struct world *w)
{
	for (int i = 0; i < 3; i++) {
		county_synced(&w->county, &w->pc);
		county_synced(&w->city, &w->county.hub);
	}
	county_synced(&w->county, &w->pc);
}

static int
level(struct test_node *t, const char *id)
{
	struct jc_record_key key;
	struct jc_receipt r;
	struct jc_err err = {0};

	test_ok(jc_record_find(t->node, 0, id, &key, &err), &err);
	test_ok(jc_receipt_get(t->node, key.rec, &r, &err), &err);
	return r.level;
}

static int
here(struct test_node *t, const char *id)
{
	struct jc_record_key key;

	return jc_record_find(t->node, 0, id, &key, NULL) == 0;
}

/* Commits of a tier in the branch's scope at a node. */
static int64_t
commits(struct test_node *t, const struct test_node *pc, int tier)
{
	struct jc_err err = {0};
	struct jc_stmt *st;
	struct jc_scope s;
	int64_t n;

	test_ok(jc_scope_get(&s, pc->node->log, 1, &err), &err);
	test_ok(jc_db_prep(&st, t->node->db,
	    "SELECT count(*) FROM log_commit c JOIN scope s ON s.no = c.scope WHERE s.id = :id AND c.tier = :tier", &err), &err);
	jc_bind_str(st, ":id", s.id);
	jc_bind_int(st, ":tier", tier);
	assert_int_equal(jc_stmt_step(st, &err), 1);
	n = jc_col_int(st, 0);
	jc_stmt_reset(st);
	return n;
}

/* The heads of a tier of the branch's scope, as one text: two nodes with the same have the same set of commits. */
static void
heads(struct test_node *t, const struct test_node *pc, int tier, char out[2048])
{
	struct jc_err err = {0};
	struct jc_stmt *st;
	struct jc_scope s;
	size_t n = 0;

	test_ok(jc_scope_get(&s, pc->node->log, 1, &err), &err);
	test_ok(jc_db_prep(&st, t->node->db,
	    "SELECT hex(hash) FROM log_commit c JOIN scope s ON s.no = c.scope WHERE s.id = :id AND c.tier = :tier ORDER BY hash",
	    &err), &err);
	jc_bind_str(st, ":id", s.id);
	jc_bind_int(st, ":tier", tier);
	out[0] = '\0';
	while (jc_stmt_step(st, &err) == 1 && n < 2000)
		n += (size_t)snprintf(out + n, 2048 - n, "%.16s ", jc_col_text(st, 0, &(size_t){0}));
}

static void
the_city_gets_its_tier_and_nothing_else(void **state)
{
	jc_id org = "", member = "", guest = "";
	char a[2048], b[2048];
	struct world w;

	(void)state;
	world_new(&w);
	county_joins_city(&w.city, &w.county, "青石县");
	test_set(&w.pc, "org", org, 0, "name=青石厂工会", "org_kind=union", NULL);
	test_set(&w.pc, "member", member, 0, "name=王小青", "mobile=13000000001", NULL);
	test_set(&w.pc, "participant", guest, 0, "name=李大山", NULL);
	flow(&w);
	assert_true(here(&w.county.hub, org) && here(&w.county.hub, member) && !here(&w.county.hub, guest));
	assert_true(here(&w.city.hub, org));
	assert_false(here(&w.city.hub, member) || here(&w.city.hub, guest));
	assert_true(commits(&w.city.hub, &w.pc, JC_TIER_CITY) > 0);
	assert_int_equal(commits(&w.city.hub, &w.pc, JC_TIER_COUNTY), 0);
	assert_int_equal(commits(&w.city.hub, &w.pc, JC_TIER_BRANCH), 0);
	heads(&w.city.hub, &w.pc, JC_TIER_CITY, a);
	heads(&w.pc, &w.pc, JC_TIER_CITY, b);
	assert_string_equal(a, b);
	heads(&w.county.hub, &w.pc, JC_TIER_CITY, b);
	assert_string_equal(a, b);
	heads(&w.county.hub, &w.pc, JC_TIER_COUNTY, a);
	heads(&w.pc, &w.pc, JC_TIER_COUNTY, b);
	assert_string_equal(a, b);
	assert_string_equal(test_get(&w.city.hub, org, "name"), "青石厂工会");
	world_free(&w);
}

static void
at_the_city_is_true_at_the_branch_only_when_the_city_said_so(void **state)
{
	jc_id org = "", member = "";
	struct world w;

	(void)state;
	world_new(&w);
	test_set(&w.pc, "org", org, 0, "name=青石厂工会", NULL);
	test_set(&w.pc, "member", member, 0, "name=王小青", NULL);
	assert_int_equal(level(&w.pc, org), 0);
	county_synced(&w.county, &w.pc);
	assert_int_equal(level(&w.pc, org), 1);
	county_joins_city(&w.city, &w.county, "青石县");
	county_synced(&w.county, &w.pc);
	assert_int_equal(level(&w.pc, org), 1);
	flow(&w);
	assert_int_equal(level(&w.pc, org), 2);
	assert_int_equal(level(&w.county.hub, org), 2);
	assert_int_equal(level(&w.pc, member), 1); /* members do not go to the city */
	test_set(&w.pc, "org", org, 0, "name=青石机械厂工会", NULL);
	assert_int_equal(level(&w.pc, org), 0);
	county_synced(&w.county, &w.pc);
	assert_int_equal(level(&w.pc, org), 1);
	flow(&w);
	assert_int_equal(level(&w.pc, org), 2);
	assert_string_equal(test_get(&w.city.hub, org, "name"), "青石机械厂工会");
	world_free(&w);
}

static int64_t
common_no(struct test_node *t)
{
	struct jc_err err = {0};
	struct jc_scope s;

	for (int64_t no = 1;; no++) {
		test_ok(jc_scope_get(&s, t->node->log, no, &err), &err);
		if (s.mine && strcmp(s.role, "common") == 0)
			return no;
	}
}

static void
what_the_city_issues_comes_down_through_the_county(void **state)
{
	jc_id tmpl = "", def = "", org = "";
	struct world w;

	(void)state;
	world_new(&w);
	county_joins_city(&w.city, &w.county, "青石县");
	w.city.hub.scope = common_no(&w.city.hub);
	test_set(&w.city.hub, "tmpl", tmpl, 0, "code=C-1", "version=1", "title_zh=市里的检查表", "scene=other", NULL);
	test_set(&w.city.hub, "xfield", def, 0, "key=x_city", "kind=org", "zh=市里的项目", "type=int", "pi=N", NULL);
	flow(&w);
	flow(&w);
	assert_true(here(&w.county.hub, tmpl));
	assert_true(here(&w.pc, tmpl)); /* though it joined before the county had a hub above */
	test_set(&w.pc, "org", org, 0, "name=青石厂工会", "x_city=7", NULL);
	flow(&w);
	assert_string_equal(test_get(&w.city.hub, org, "x_city"), "7");
	world_free(&w);
}

static void
a_hub_gets_nothing_that_another_brought(void **state)
{
	struct jc_scope branch, mine;
	struct county other;
	struct world w;
	struct jc_err err = {0};
	jc_id org = "";
	int write;

	(void)state;
	world_new(&w);
	county_new(&other, 14);
	county_joins_city(&w.city, &w.county, "青石县");
	county_joins_city(&w.city, &other, "白水县");
	test_set(&w.pc, "org", org, 0, "name=青石厂工会", NULL);
	flow(&w);
	county_synced(&w.city, &other.hub);
	county_scope(&w.city.hub, &w.pc, &branch);
	assert_int_equal(jc_exchange_may(w.city.hub.node, w.county.hub.key.id, &branch, &write, &err), 1);
	assert_int_equal(jc_exchange_may(w.city.hub.node, other.hub.key.id, &branch, &write, &err), 0);
	/* It says that the scope is its own, and is given nothing all the same. */
	for (int64_t no = 1;; no++) {
		test_ok(jc_scope_get(&mine, other.hub.node->log, no, &err), &err);
		if (strcmp(mine.role, "hub") == 0)
			break;
	}
	branch.no = 0;
	test_ok(jc_device_add(other.hub.node->log, w.county.hub.key.pk, NULL, &(int64_t){0}, &err), &err);
	test_ok(jc_scope_put(&branch, other.hub.node->log, &err), &err);
	county_synced(&w.city, &other.hub);
	county_sync(&w.city, &other.hub, NULL, NULL);
	assert_int_equal(jc_exchange_may(w.city.hub.node, other.hub.key.id, &branch, &write, &err), 0);
	assert_false(here(&other.hub, org));
	flow(&w);
	county_free(&other);
	world_free(&w);
}

static void
a_county_that_joins_late_brings_everything_and_new_branches_follow(void **state)
{
	jc_id ids[20], late = "";
	struct test_node pc;
	struct world w;

	(void)state;
	world_new(&w);
	for (int i = 0; i < 20; i++) {
		char name[40];

		ids[i][0] = '\0';
		snprintf(name, sizeof(name), "name=单位%d", i);
		test_set(&w.pc, "org", ids[i], 0, name, NULL);
		if (i % 5 == 0)
			county_synced(&w.county, &w.pc);
	}
	county_synced(&w.county, &w.pc);
	county_joins_city(&w.city, &w.county, "青石县");
	flow(&w);
	for (int i = 0; i < 20; i++)
		assert_true(here(&w.city.hub, ids[i]));
	test_node_new(&pc, 15);
	county_join(&w.county, &pc, "白水镇工会");
	test_set(&pc, "org", late, 0, "name=白水厂工会", NULL);
	county_synced(&w.county, &pc);
	flow(&w);
	county_synced(&w.county, &pc);
	assert_true(here(&w.city.hub, late));
	assert_int_equal(level(&pc, late), 2);
	test_node_free(&pc);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_city_gets_its_tier_and_nothing_else),
	    cmocka_unit_test(at_the_city_is_true_at_the_branch_only_when_the_city_said_so),
	    cmocka_unit_test(what_the_city_issues_comes_down_through_the_county),
	    cmocka_unit_test(a_hub_gets_nothing_that_another_brought),
	    cmocka_unit_test(a_county_that_joins_late_brings_everything_and_new_branches_follow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
