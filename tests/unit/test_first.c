/* SPDX-License-Identifier: MulanPSL-2.0 */
/* "This one first": one record overtakes thousands of drafts, on lines that are good, bad and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "sync_project.h"
#include "test_env.h"

#define CROWD 3000

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

static void
crowd(struct test_node *pc, int from, int n)
{
	struct jc_err err = {0};
	char name[40], mobile[40];

	test_ok(jc_db_begin(pc->node->db, &err), &err); /* many saves, one wait for the disk */
	for (int i = from; i < from + n; i++) {
		jc_id id = "";

		snprintf(name, sizeof(name), "name=张%d", i);
		snprintf(mobile, sizeof(mobile), "mobile=13%09d", (int)((unsigned)i * 2654435761u % 1000000000u));
		test_set(pc, "member", id, 0, name, mobile, NULL);
	}
	test_ok(jc_db_end(pc->node->db, 1, &err), &err);
}

static int64_t
drafts(struct test_node *pc)
{
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_log_drafts(pc->node->log, 0, &n, &err), &err);
	return n;
}

static void
wish(struct test_node *pc, const char *id, int waits)
{
	struct jc_record_key key;
	struct jc_err err = {0};
	int got;

	test_ok(jc_record_find(pc->node, 0, id, &key, &err), &err);
	test_ok(jc_session_first(pc->node, key.scope, key.id, &got, &err), &err);
	assert_int_equal(got, waits);
}

static void
merge(struct test_node *pc, const char *keep, const char *other)
{
	struct jc_err err = {0};
	struct jc_save *sv;

	test_ok(jc_save_begin(&sv, pc->node, 1, "merge", &err), &err);
	test_ok(jc_save_merge(sv, keep, other, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
}

/* So many requests of a session reach the hub and are answered; then the line is gone. The bytes of the last one. */
static size_t
requests(struct world *w, struct test_node *pc, int n)
{
	struct jc_err err = {0}, line = {0};
	struct jc_session *s;
	struct jc_buf answer;
	struct jc_slice req = {NULL, 0};

	jc_buf_init(&answer, 8u << 20);
	test_ok(jc_session_open(&s, pc->node, 8192, &err), &err); /* a bad line: small pieces */
	for (int i = 0; i < n; i++) {
		test_ok(jc_session_request(s, &req, &err), &err);
		jc_buf_reset(&answer);
		assert_int_equal(county_serve(&w->c, pc->key.id, req, &answer), 200);
		if (i + 1 < n)
			jc_session_answer(s, 200, answer.data, answer.len);
	}
	(void)jc_err_code(&line, JC_ENETWORK, "line");
	jc_session_failed(s, &line, 0);
	jc_session_close(s);
	jc_buf_free(&answer);
	return req.n;
}

static void
one_record_is_in_the_first_piece_although_thousands_wait(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	jc_id id = "";
	size_t piece;

	crowd(&w->a, 0, CROWD);
	test_set(&w->a, "member", id, 0, "name=王小青", "mobile=13000000001", NULL);
	test_set(&w->a, "member", id, 0, "name=王小清", NULL); /* names the write before */
	wish(&w->a, id, 1);
	piece = requests(w, &w->a, 1);
	assert_true(piece < 12000);
	assert_true(drafts(&w->a) > CROWD / 2); /* the others may still be overtaken */
	assert_string_equal(test_get(&w->c.hub, id, "name"), "王小清");
	assert_true(test_count(&w->c.hub, "member") < CROWD / 2);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_int_equal(r.waiting, 0);
	county_synced(&w->c, &w->b);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), CROWD + 1);
	wish(&w->a, id, 0);
}

static void
after_a_session_that_failed_on_a_bad_line_it_overtakes_as_well(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	jc_id id = "";

	crowd(&w->a, 0, CROWD);
	(void)requests(w, &w->a, 3);
	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	wish(&w->a, id, 1);
	test_node_reopen(&w->a); /* another program sends */
	(void)requests(w, &w->a, 3); /* a question, what had been cut for the lost request, then this one */
	assert_string_equal(test_get(&w->c.hub, id, "name"), "王小青");
	assert_true(test_count(&w->c.hub, "member") < CROWD / 2);
	county_synced(&w->c, &w->a);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), CROWD + 1);
	test_ok(jc_project_rebuild(w->a.node->project, NULL, NULL, &err), &err);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), CROWD + 1);
}

static void
what_it_names_and_who_is_one_with_it_goes_along_in_order(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	jc_id one = "", two = "", three = "";
	char before[65], after[65];

	test_set(&w->a, "member", one, 0, "name=王小青", "mobile=13000000001", NULL);
	test_set(&w->a, "member", two, 0, "name=王小清", "mobile=13000000002", NULL);
	test_set(&w->a, "member", three, 0, "name=李四", NULL);
	test_set(&w->a, "member", one, 0, "mobile=13000000003", NULL);
	merge(&w->a, one, two);
	test_set(&w->a, "member", three, 0, "mobile=13000000004", NULL);
	test_typed_digest(&w->a, before);
	wish(&w->a, two, 1);
	(void)requests(w, &w->a, 1);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	test_typed_digest(&w->a, after);
	assert_string_equal(before, after);
	test_typed_digest(&w->b, after);
	assert_string_equal(before, after);
	test_ok(jc_project_rebuild(w->a.node->project, NULL, NULL, &err), &err);
	test_typed_digest(&w->a, after);
	assert_string_equal(before, after);
	county_agree(&w->c, &w->a, &w->b, NULL);
}

static void
of_many_wishes_the_newest_counts_first_and_none_is_lost(void **state)
{
	struct world *w = *state;
	jc_id id[20];

	crowd(&w->a, 0, 200);
	for (int i = 0; i < 20; i++) {
		char name[40];

		id[i][0] = '\0';
		snprintf(name, sizeof(name), "name=赵%d", i);
		test_set(&w->a, "member", id[i], 0, name, NULL);
		wish(&w->a, id[i], 1);
		wish(&w->a, id[i], 1); /* pressed twice */
	}
	(void)requests(w, &w->a, 1);
	assert_string_equal(test_get(&w->c.hub, id[19], "name"), "赵19");
	county_synced(&w->c, &w->a);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 220);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_record_is_in_the_first_piece_although_thousands_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(after_a_session_that_failed_on_a_bad_line_it_overtakes_as_well, setup, teardown),
		cmocka_unit_test_setup_teardown(what_it_names_and_who_is_one_with_it_goes_along_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(of_many_wishes_the_newest_counts_first_and_none_is_lost, setup, teardown),
	};

	return cmocka_run_group_tests_name("first", tests, NULL, NULL);
}
