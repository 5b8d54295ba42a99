/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Merged records: on one PC, on two that do not know of each other, at the hub, after a rebuild. People are made up. */
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
	struct test_node a, b; /* two PCs of one branch */
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_branch(&w->c, &w->a, &w->b, 1);
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

typedef int (*pair_fn)(struct jc_save *sv, const jc_id a, const jc_id b, struct jc_err *err);

static int
not_one(struct jc_save *sv, const jc_id a, const jc_id b, struct jc_err *err)
{
	return jc_save_distinct(sv, a, b, 1, err);
}

/* Negative: refused, nothing saved. */
static int
pair_try(struct test_node *t, pair_fn fn, const char *a, const char *b)
{
	struct jc_err err = {0};
	struct jc_save *sv;
	int rc;

	test_ok(jc_save_begin(&sv, t->node, 1, "merge", &err), &err);
	rc = fn(sv, a, b, &err);
	test_ok(jc_save_end(sv, rc == 0, NULL, NULL), &err);
	return rc;
}

static void
pair(struct test_node *t, pair_fn fn, const char *a, const char *b)
{
	assert_int_equal(pair_try(t, fn, a, b), 0);
}

static void
shown_as(struct test_node *t, const char *id, const char *want)
{
	struct jc_record_key key;
	struct jc_err err = {0};

	test_ok(jc_record_find(t->node, 1, id, &key, &err), &err);
	assert_string_equal(key.id, want);
}

static void
rebuilt_is_the_same(struct test_node *t)
{
	char before[65], after[65];
	struct jc_err err = {0};

	test_typed_digest(t, before);
	test_ok(jc_project_rebuild(t->node->project, NULL, NULL, &err), &err);
	test_typed_digest(t, after);
	assert_string_equal(before, after);
}

static void
all_synced(struct world *w)
{
	char a[65], b[65];

	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	county_synced(&w->c, &w->a);
	county_agree(&w->c, &w->a, &w->b, NULL);
	test_typed_digest(&w->a, a);
	test_typed_digest(&w->b, b);
	assert_string_equal(a, b);
}

static void
two_become_one_and_are_two_again(void **state)
{
	struct world *w = *state;
	jc_id x = "", y = "", org = "", other = "";
	int64_t ops[8];

	test_set(&w->a, "member", x, 0, "name=王小青", "mobile=13000000001", NULL);
	test_set(&w->a, "member", y, 0, "name=王小清", "mobile=13000000001", "education=20", "talents+=书法", NULL);
	pair(&w->a, jc_save_merge, x, y);
	assert_int_equal(test_count(&w->a, "member"), 1);
	shown_as(&w->a, y, x);
	assert_string_equal(test_get(&w->a, x, "education"), "20");
	assert_string_equal(test_get(&w->a, x, "talents"), "[\"书法\"]");
	assert_int_equal(test_siblings(&w->a, x, "name", ops), 2);
	assert_int_equal(test_siblings(&w->a, x, "mobile", ops), 0);
	rebuilt_is_the_same(&w->a);

	/* An edit of the class names what it saw of both, wherever that was written. */
	memcpy(other, y, sizeof(other));
	assert_int_equal(test_set(&w->a, "member", other, 0, "mobile=13000000002", "education=30", NULL), 2);
	assert_string_equal(other, x); /* that is where it was written */
	assert_int_equal(test_siblings(&w->a, x, "mobile", ops), 0);
	assert_string_equal(test_get(&w->a, y, "education"), "30");
	test_set(&w->a, "member", x, 0, "talents-=书法", NULL);
	assert_string_equal(test_get(&w->a, x, "talents"), "");
	rebuilt_is_the_same(&w->a);
	test_node_reopen(&w->a);
	assert_string_equal(test_get(&w->a, x, "mobile"), "13000000002");
	all_synced(w);
	assert_int_equal(test_count(&w->b, "member"), 1);

	pair(&w->a, jc_save_unmerge, x, y);
	assert_int_equal(test_count(&w->a, "member"), 2);
	shown_as(&w->a, y, y);
	assert_string_equal(test_get(&w->a, y, "name"), "王小清");
	assert_string_equal(test_get(&w->a, y, "education"), "20");
	assert_string_equal(test_get(&w->a, y, "talents"), "[\"书法\"]");
	assert_string_equal(test_get(&w->a, y, "mobile"), "13000000001");
	assert_string_equal(test_get(&w->a, x, "mobile"), "13000000002");
	assert_string_equal(test_get(&w->a, x, "education"), "30");
	rebuilt_is_the_same(&w->a);
	all_synced(w);

	test_set(&w->a, "org", org, 0, "name=柳湾村合作社", NULL);
	assert_int_equal(pair_try(&w->a, jc_save_merge, x, org), JC_EINVAL);
	assert_int_equal(pair_try(&w->a, jc_save_merge, x, x), JC_EINVAL);
	assert_int_equal(pair_try(&w->a, jc_save_unmerge, x, y), JC_ESTATE);
	assert_int_equal(pair_try(&w->a, jc_save_merge, x, "0000"), JC_ENOTFOUND);
}

static void
a_picked_value_stays_with_its_record(void **state)
{
	struct world *w = *state;
	jc_id x = "", y = "";
	int64_t ops[8];

	test_set(&w->a, "member", x, 0, "name=王小青", "job=瓦工", NULL);
	test_set(&w->a, "member", y, 0, "name=王小清", "job=木工", NULL);
	pair(&w->a, jc_save_merge, x, y);
	assert_int_equal(test_siblings(&w->a, x, "name", ops), 2);
	for (int i = 0; i < 2; i++) { /* the one of y */
		struct jc_err err = {0};
		struct jc_opread read;

		jc_opread_init(&read);
		test_ok(jc_log_op_read(w->a.node->log, ops[i], &read, &err), &err);
		if (strcmp(read.op.rec, y) == 0) {
			jc_opread_free(&read);
			test_resolve(&w->a, x, "name", ops[i], NULL);
			break;
		}
		jc_opread_free(&read);
	}
	assert_string_equal(test_get(&w->a, x, "name"), "王小清");
	assert_int_equal(test_siblings(&w->a, x, "name", ops), 0);
	test_resolve(&w->a, x, "job", 0, "油漆工");
	all_synced(w);
	pair(&w->b, jc_save_unmerge, x, y);
	assert_string_equal(test_get(&w->b, x, "name"), "王小青");
	assert_string_equal(test_get(&w->b, y, "name"), "王小清");
	assert_string_equal(test_get(&w->b, y, "job"), "木工");
	assert_string_equal(test_get(&w->b, x, "job"), "油漆工");
	rebuilt_is_the_same(&w->b);
	all_synced(w);
}

static void
references_lead_to_the_shown_record(void **state)
{
	struct world *w = *state;
	const struct jc_kind *member = jc_catalogue_kind("member", 6);
	struct jc_query q = {.kind = member};
	struct jc_filter f = {.field = jc_catalogue_field(member, "union_id", 8)};
	struct jc_err err = {0};
	jc_id x = "", y = "", m = "";
	char to[40];
	int64_t n;

	test_set(&w->a, "org", x, 0, "name=青石镇总工会", NULL);
	test_set(&w->a, "org", y, 0, "name=青石镇工会", NULL);
	snprintf(to, sizeof(to), "union_id=%s", y);
	test_set(&w->a, "member", m, 0, "name=王小青", to, NULL);
	pair(&w->a, jc_save_merge, x, y);
	q.filter = &f;
	q.nfilters = 1;
	f.text = (struct jc_slice){x, JC_ID_LEN};
	test_ok(jc_records_count(w->a.node, &q, &n, &err), &err);
	assert_int_equal(n, 1); /* tables show the organization that is shown ... */
	assert_string_equal(test_get(&w->a, m, "union_id"), y); /* ... what was written stays */
	rebuilt_is_the_same(&w->a);
	test_set(&w->a, "member", m, 0, "job=瓦工", NULL);
	assert_string_equal(test_get(&w->a, m, "union_id"), y);
	all_synced(w);
	pair(&w->b, jc_save_unmerge, y, x);
	f.text = (struct jc_slice){y, JC_ID_LEN};
	test_ok(jc_records_count(w->b.node, &q, &n, &err), &err);
	assert_int_equal(n, 1);
	rebuilt_is_the_same(&w->b);
	all_synced(w);
}

static void
void_when_all_are(void **state)
{
	struct world *w = *state;
	jc_id x = "", y = "";

	test_set(&w->a, "member", x, 0, "name=王小青", NULL);
	test_set(&w->a, "member", y, 0, "name=王小清", NULL);
	pair(&w->a, jc_save_merge, x, y);
	test_void(&w->a, y, "录错了");
	assert_int_equal(test_count(&w->a, "member"), 0);
	test_unvoid(&w->a, x);
	assert_int_equal(test_count(&w->a, "member"), 1);
	test_void(&w->a, x, "录错了");
	pair(&w->a, jc_save_unmerge, x, y);
	assert_int_equal(test_count(&w->a, "member"), 0);
	rebuilt_is_the_same(&w->a);
	test_unvoid(&w->a, x);
	assert_int_equal(test_count(&w->a, "member"), 1);
	all_synced(w);
}

static void
undo_takes_a_merge_back(void **state)
{
	struct world *w = *state;
	struct jc_undone u;
	struct jc_err err = {0};
	jc_id x = "", y = "";

	test_set(&w->a, "member", x, 0, "name=王小青", "job=瓦工", NULL);
	test_set(&w->a, "member", y, 0, "name=王小清", NULL);
	pair(&w->a, jc_save_merge, x, y);
	test_set(&w->a, "member", x, 0, "job=木工", NULL);
	test_ok(jc_undo(w->a.node, &u, &err), &err);
	assert_string_equal(test_get(&w->a, y, "job"), "瓦工");
	test_ok(jc_undo(w->a.node, &u, &err), &err);
	assert_int_equal(test_count(&w->a, "member"), 2);
	assert_string_equal(test_get(&w->a, y, "name"), "王小清");
	pair(&w->a, not_one, x, y);
	assert_int_equal(pair_try(&w->a, not_one, x, y), 0); /* saying it again changes nothing */
	pair(&w->a, jc_save_merge, x, y);                     /* and they may be one after all */
	assert_int_equal(test_count(&w->a, "member"), 1);
	assert_int_equal(pair_try(&w->a, not_one, x, y), JC_ESTATE);
	all_synced(w);
	rebuilt_is_the_same(&w->a);
}

static void
the_form_that_was_open_during_a_merge_keeps_what_it_did_not_show(void **state)
{
	struct world *w = *state;
	jc_id x = "", y = "";
	int64_t seen, ops[8];

	test_set(&w->a, "member", x, 0, "name=王小青", NULL);
	test_set(&w->a, "member", y, 0, "name=王小清", NULL);
	seen = test_seen(&w->a);
	pair(&w->a, jc_save_merge, x, y);
	test_set(&w->a, "member", x, seen, "name=王晓青", NULL); /* its form showed x alone */
	assert_int_equal(test_siblings(&w->a, x, "name", ops), 2);
	assert_string_equal(test_get(&w->a, x, "name"), "王晓青");
	all_synced(w);
}

static void
both_merge_the_other_way_round_and_one_takes_it_back(void **state)
{
	struct world *w = *state;
	jc_id x = "", y = "";
	const char *small;

	test_set(&w->a, "member", x, 0, "name=王小青", NULL);
	test_set(&w->a, "member", y, 0, "name=王小清", NULL);
	all_synced(w);
	small = strcmp(x, y) < 0 ? x : y;
	pair(&w->a, jc_save_merge, x, y);
	pair(&w->b, jc_save_merge, y, x);
	all_synced(w);
	shown_as(&w->a, x, small);
	shown_as(&w->b, y, small);
	pair(&w->a, jc_save_unmerge, x, y); /* takes both edges */
	test_set(&w->b, "member", x, 0, "job=瓦工", NULL);
	all_synced(w);
	assert_int_equal(test_count(&w->b, "member"), 2);
	rebuilt_is_the_same(&w->b);
}

/* Anything, anywhere, in any order: all agree, and a rebuild changes nothing. */
static void
random_days_end_equal(void **state)
{
	struct world *w = *state;
	const char *env = getenv("ALIAS_DAYS");
	long days = env != NULL ? strtol(env, NULL, 10) : 12;
	uint64_t seed = 7;
	jc_id id[5] = {"", "", "", "", ""};
	long merged = 0;

	for (int i = 0; i < 5; i++)
		test_set(&w->a, "member", id[i], 0, "name=王小青", "job=瓦工", "talents+=书法", NULL);
	all_synced(w);
	for (long day = 0; day < days; day++) {
		for (int act = 0; act < 10; act++) {
			struct test_node *t = test_rand(&seed) % 2 ? &w->a : &w->b;
			const char *x = id[test_rand(&seed) % 5], *y = id[test_rand(&seed) % 5];
			char job[32], talent[32];
			int64_t ops[8];
			jc_id at;

			memcpy(at, x, sizeof(at));
			snprintf(job, sizeof(job), "job=工%d", (int)(test_rand(&seed) % 9));
			snprintf(talent, sizeof(talent), "talents%c=长%d", test_rand(&seed) % 2 ? '+' : '-', (int)(test_rand(&seed) % 3));
			switch (test_rand(&seed) % 8) {
			case 0:
			case 1:
				merged += x != y && pair_try(t, jc_save_merge, x, y) == 0;
				break;
			case 2:
				if (x != y)
					pair_try(t, jc_save_unmerge, x, y);
				break;
			case 3:
				if (test_siblings(t, x, "job", ops) > 1)
					test_resolve(t, x, "job", ops[1], NULL);
				break;
			default:
				test_set(t, "member", at, 0, job, talent, NULL);
			}
			if (test_rand(&seed) % 12 == 0)
				county_synced(&w->c, t);
		}
		all_synced(w);
		rebuilt_is_the_same(&w->a);
		rebuilt_is_the_same(&w->c.hub);
	}
	assert_true(merged > days / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_become_one_and_are_two_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_picked_value_stays_with_its_record, setup, teardown),
		cmocka_unit_test_setup_teardown(references_lead_to_the_shown_record, setup, teardown),
		cmocka_unit_test_setup_teardown(void_when_all_are, setup, teardown),
		cmocka_unit_test_setup_teardown(undo_takes_a_merge_back, setup, teardown),
		cmocka_unit_test_setup_teardown(the_form_that_was_open_during_a_merge_keeps_what_it_did_not_show, setup, teardown),
		cmocka_unit_test_setup_teardown(both_merge_the_other_way_round_and_one_takes_it_back, setup, teardown),
		cmocka_unit_test_setup_teardown(random_days_end_equal, setup, teardown),
	};

	return cmocka_run_group_tests_name("alias", tests, NULL, NULL);
}
