/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Receipts: what they say, who may say it, which one counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "test_env.h"

struct world {
	struct county c;
	struct test_node a;
	struct jc_scope s, mine;   /* the branch's scope at the hub and at the PC */
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	jc_id id = "";

	county_new(&w->c, 31);
	test_node_new(&w->a, 32);
	county_join(&w->c, &w->a, "青石镇工会");
	county_synced(&w->c, &w->a);
	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	county_synced(&w->c, &w->a);
	county_scope(&w->c.hub, &w->a, &w->s);
	county_scope(&w->a, &w->a, &w->mine);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	county_free(&w->c);
	test_node_free(&w->a);
	free(w);
	return 0;
}

static void
issue(struct world *w, struct jc_note *n)
{
	struct jc_err err = {0};

	test_ok(jc_db_begin(w->c.hub.node->db, &err), &err);
	test_ok(jc_note_issue(n, w->c.hub.node->log, &w->s, JC_TIER_COUNTY, &err), &err);
	test_ok(jc_db_end(w->c.hub.node->db, 1, &err), &err);
}

static int
take(struct world *w, const struct jc_note *n, const uint8_t *pk)
{
	struct jc_err err = {0};
	int rc;

	test_ok(jc_db_begin(w->a.node->db, &err), &err);
	rc = jc_note_take(w->a.node->log, &w->mine, n, pk, &err);
	test_ok(jc_db_end(w->a.node->db, 1, &err), &err);
	return rc;
}

static void
the_same_heads_are_receipted_with_the_same_note(void **state)
{
	struct world *w = *state;
	struct jc_note one, two;
	jc_id id = "";

	issue(w, &one);
	issue(w, &two);
	assert_int_equal(one.counter, two.counter);
	assert_memory_equal(one.sig, two.sig, JC_SIG_LEN);
	test_set(&w->a, "member", id, 0, "name=李四", NULL);
	county_synced(&w->c, &w->a);
	issue(w, &two);
	assert_int_equal(two.counter, one.counter + 1);
	assert_true(jc_note_ok(&two, w->c.hub.key.pk));
}

static void
a_note_is_worth_nothing_with_any_member_changed(void **state)
{
	struct world *w = *state;
	struct jc_note n, m;

	issue(w, &n);
	assert_true(jc_note_ok(&n, w->c.hub.key.pk));
	assert_false(jc_note_ok(&n, w->a.key.pk));
#define CHANGED(stmt) m = n; stmt; assert_false(jc_note_ok(&m, w->c.hub.key.pk))
	CHANGED(m.counter++);
	CHANGED(m.tier = JC_TIER_CITY);
	CHANGED(m.network[0] ^= 1);
	CHANGED(m.scope[0] ^= 1);
	CHANGED(m.hub[0] ^= 1);
	CHANGED(m.epoch[0] ^= 1);
	CHANGED(m.head[0][3] ^= 1);
	CHANGED(m.nheads = 0);
	CHANGED(m.sig[5] ^= 1);
}

static void
heads_out_of_order_or_twice_are_no_note(void **state)
{
	struct world *w = *state;
	struct jc_note n;
	struct jc_buf b;

	issue(w, &n);
	n.nheads = 2;
	memcpy(n.head[1], n.head[0], JC_H16);
	jc_buf_init(&b, 4096);
	jc_note_text(&b, &n);
	jc_sign(n.sig, &w->c.hub.key, "jiceng-note", b.data, b.len);
	jc_buf_free(&b);
	assert_false(jc_note_ok(&n, w->c.hub.key.pk));
}

static void
an_older_note_never_replaces_a_newer_one(void **state)
{
	struct world *w = *state;
	struct jc_note old, now, have;
	struct jc_err err = {0};
	jc_id id = "";

	issue(w, &old);
	test_set(&w->a, "member", id, 0, "name=李四", NULL);
	county_synced(&w->c, &w->a);
	issue(w, &now);
	assert_int_equal(take(w, &old, w->c.hub.key.pk), 0);
	assert_int_equal(take(w, &now, w->c.hub.key.pk), 0); /* known already */
	test_ok(jc_note_get(&have, w->a.node->log, w->mine.no, JC_TIER_COUNTY, w->c.hub.key.id, &err), &err);
	assert_int_equal(have.counter, now.counter);
	old.counter = now.counter + 5;
	assert_int_equal(take(w, &old, w->c.hub.key.pk), JC_ESIGNATURE);
}

static void
a_commit_is_covered_when_it_is_in_or_before_a_head(void **state)
{
	struct world *w = *state;
	struct jc_log *log = w->a.node->log;
	struct jc_err err = {0};
	int64_t last, made;
	jc_id id = "";

	test_ok(jc_db_int(w->a.node->db, &last, "SELECT max(no) FROM log_commit WHERE tier = 1", &err), &err);
	assert_int_equal(jc_note_covers(log, w->mine.no, JC_TIER_COUNTY, w->c.hub.key.id, last, &err), 1);
	test_set(&w->a, "member", id, 0, "name=李四", NULL);
	test_ok(jc_db_begin(w->a.node->db, &err), &err);
	test_ok(jc_cut(log, w->mine.no, 0, &made, &err), &err);
	test_ok(jc_db_end(w->a.node->db, 1, &err), &err);
	assert_int_equal(made, 1);
	test_ok(jc_db_int(w->a.node->db, &last, "SELECT max(no) FROM log_commit WHERE tier = 1", &err), &err);
	assert_int_equal(jc_note_covers(log, w->mine.no, JC_TIER_COUNTY, w->c.hub.key.id, last, &err), 0);
	county_synced(&w->c, &w->a);
	assert_int_equal(jc_note_covers(log, w->mine.no, JC_TIER_COUNTY, w->c.hub.key.id, last, &err), 1);
	assert_int_equal(jc_note_covers(log, w->mine.no, JC_TIER_COUNTY, "000000000000", last, &err), 0);
}

static void
epochs_remember_how_much_is_shared(void **state)
{
	struct world *w = *state;
	struct jc_log *log = w->c.hub.node->log;
	jc_id first, second, third;
	struct jc_err err = {0};
	int64_t shared;

	test_ok(jc_db_begin(w->c.hub.node->db, &err), &err);
	test_ok(jc_note_epoch(log, first, &err), &err);
	test_ok(jc_note_epoch_renew(log, 50, &err), &err);
	test_ok(jc_note_epoch(log, second, &err), &err);
	test_ok(jc_note_epoch_renew(log, 30, &err), &err);
	test_ok(jc_note_epoch(log, third, &err), &err);
	test_ok(jc_note_epoch_renew(log, 70, &err), &err);
	assert_string_not_equal(first, second);
	test_ok(jc_note_epoch_shared(log, third, &shared, &err), &err);
	assert_int_equal(shared, 70);
	test_ok(jc_note_epoch_shared(log, second, &shared, &err), &err);
	assert_int_equal(shared, 30);
	test_ok(jc_note_epoch_shared(log, first, &shared, &err), &err);
	assert_int_equal(shared, 30);
	test_ok(jc_note_epoch_shared(log, "zzzzzzzzzzzz", &shared, &err), &err);
	assert_int_equal(shared, 0);
	test_ok(jc_note_epoch(log, first, &err), &err);
	test_ok(jc_note_epoch_shared(log, first, &shared, &err), &err);
	assert_true(shared == INT64_MAX);
	test_ok(jc_db_end(w->c.hub.node->db, 0, &err), &err);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_same_heads_are_receipted_with_the_same_note),
		T(a_note_is_worth_nothing_with_any_member_changed),
		T(heads_out_of_order_or_twice_are_no_note),
		T(an_older_note_never_replaces_a_newer_one),
		T(a_commit_is_covered_when_it_is_in_or_before_a_head),
		T(epochs_remember_how_much_is_shared),
	};

	return cmocka_run_group_tests_name("note", tests, NULL, NULL);
}
