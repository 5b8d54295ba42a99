/* SPDX-License-Identifier: MulanPSL-2.0 */
/* How far records got, as signed notes say it: never further, and never without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "county.h"
#include "sync_note.h"
#include "sync_receipt.h"
#include "sync_trip.h"
#include "test_env.h"

struct world {
	struct county c;
	struct test_node a, b;
	struct jc_key city;
	int64_t counter;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	uint8_t seed[32] = {42};

	county_new(&w->c, 31);
	test_node_new(&w->a, 32);
	test_node_new(&w->b, 33);
	jc_key_from_seed(&w->city, seed);
	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "青石镇工会");
	county_synced(&w->c, &w->a);
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
at(struct test_node *pc, const char *id, int level, int ceiling)
{
	struct jc_record_key key;
	struct jc_receipt r;
	struct jc_err err = {0};

	test_ok(jc_record_find(pc->node, 0, id, &key, &err), &err);
	test_ok(jc_receipt_get(pc->node, key.rec, &r, &err), &err);
	assert_int_equal(r.level, level);
	assert_int_equal(r.ceiling, ceiling);
}

static void
counts(struct test_node *pc, int64_t here, int64_t county, int64_t done)
{
	struct jc_receipt_counts c;
	struct jc_err err = {0};

	test_ok(jc_receipt_count(pc->node, &c, &err), &err);
	assert_int_equal(c.here, here);
	assert_int_equal(c.county, county);
	assert_int_equal(c.done, done);
	assert_int_equal(c.records, here + county + done);
}

static int
head_add(void *arg, const struct jc_tip *tip)
{
	struct jc_note *n = arg;

	memcpy(n->head[n->nheads++], tip->hash, JC_H16);
	return 0;
}

static int
head_cmp(const void *a, const void *b)
{
	return memcmp(a, b, JC_H16);
}

/* What a city would say that it has of the PC's scope, handed down unchanged. */
static void
city_note(struct world *w, struct test_node *pc, enum jc_tier tier)
{
	struct jc_note *n = calloc(1, sizeof(*n));
	struct jc_scope s;
	struct jc_buf text;
	struct jc_err err = {0};

	test_ok(jc_node_scope(pc->node, &s, &err), &err);
	memcpy(n->network, s.network, sizeof(n->network));
	memcpy(n->scope, s.id, sizeof(n->scope));
	memcpy(n->hub, w->city.id, sizeof(n->hub));
	memcpy(n->epoch, "cccccccccccc", sizeof(n->epoch));
	n->tier = tier;
	n->counter = ++w->counter;
	test_ok(jc_log_tips(pc->node->log, s.no, (int)tier, 0, head_add, n, &err), &err);
	qsort(n->head, n->nheads, JC_H16, head_cmp);
	jc_buf_init(&text, 65536);
	jc_note_text(&text, n);
	jc_sign(n->sig, &w->city, "jiceng-note", text.data, text.len);
	assert_int_equal(test_ok(jc_note_take(pc->node->log, &s, n, w->city.pk, &err), &err), 1);
	jc_buf_free(&text);
	free(n);
}

static void
three_levels_and_no_further_than_the_kind_may_go(void **state)
{
	struct world *w = *state;
	jc_id org = "", member = "", person = "";

	test_set(&w->a, "org", org, 0, "name=青石镇工会", "org_kind=union", NULL);
	test_set(&w->a, "member", member, 0, "name=王小青", NULL);
	test_set(&w->a, "participant", person, 0, "name=李大山", NULL);
	at(&w->a, org, 0, 2);
	at(&w->a, member, 0, 1);
	at(&w->a, person, 0, 0);
	counts(&w->a, 2, 0, 1);
	county_synced(&w->c, &w->a);
	at(&w->a, org, 1, 2);
	at(&w->a, member, 1, 1);
	at(&w->a, person, 0, 0);
	counts(&w->a, 0, 1, 2);
	/* What only the branch may have did not even get to the county. */
	assert_int_equal(jc_record_find(w->c.hub.node, 0, person, &(struct jc_record_key){0}, NULL), JC_ENOTFOUND);
	at(&w->c.hub, org, 1, 2);
	city_note(w, &w->a, JC_TIER_CITY);
	at(&w->a, org, 2, 2);
	counts(&w->a, 0, 0, 3);
	/* One more field, and the record is here again; the old notes say nothing of it. */
	test_set(&w->a, "org", org, 0, "short_name=青石", NULL);
	at(&w->a, org, 0, 2);
	counts(&w->a, 1, 0, 2);
	county_synced(&w->c, &w->a);
	at(&w->a, org, 1, 2);
	city_note(w, &w->a, JC_TIER_CITY);
	at(&w->a, org, 2, 2);
}

static void
another_pcs_record_is_where_the_note_says_too(void **state)
{
	struct world *w = *state;
	jc_id id = "";

	test_set(&w->b, "member", id, 0, "name=王小青", NULL);
	county_synced(&w->c, &w->b);
	county_synced(&w->c, &w->a);
	at(&w->a, id, 1, 1);
	test_set(&w->a, "member", id, 0, "mobile=13000000001", NULL);
	at(&w->a, id, 0, 1);
	at(&w->b, id, 1, 1);
}

static void
nothing_is_green_when_the_answer_was_lost(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	struct wire wire = {.lose_answer = 1};
	struct jc_session *s;
	struct jc_slice req;
	struct jc_buf answer;
	struct jc_err err = {0};
	jc_id id = "";

	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	jc_buf_init(&answer, 8u << 20);
	test_ok(jc_session_open(&s, w->a.node, 0, &err), &err);
	test_ok(jc_session_request(s, &req, &err), &err);
	assert_int_equal(county_serve(&w->c, w->a.key.id, req, &answer), 200);
	jc_session_close(s);
	at(&w->a, id, 0, 1); /* the county has it, and nobody told us */
	assert_int_equal(county_sync(&w->c, &w->a, &wire, &r), JC_WANT_DONE);
	at(&w->a, id, 1, 1);
	jc_buf_free(&answer);
}

static void
a_hub_put_back_takes_its_receipts_with_it(void **state)
{
	struct world *w = *state;
	struct test_node image;
	struct jc_err err = {0};
	jc_id before = "", org = "", after = "";

	test_set(&w->a, "member", before, 0, "name=王小青", NULL);
	county_synced(&w->c, &w->a);
	test_node_new(&image, 34);
	test_node_restore(&image, &w->c.hub);
	test_set(&w->a, "org", org, 0, "name=青石镇工会", "org_kind=union", NULL);
	test_set(&w->a, "member", after, 0, "name=李大山", NULL);
	county_synced(&w->c, &w->a);
	at(&w->a, org, 1, 2);
	test_node_restore(&w->c.hub, &image);
	test_ok(jc_db_begin(w->c.hub.node->db, &err), &err);
	test_ok(jc_note_epoch_renew(w->c.hub.node->log, 0, &err), &err);
	test_ok(jc_db_end(w->c.hub.node->db, 1, &err), &err);
	/* Up to the answer that tells of the new epoch: what it lost is not green, however it was before. */
	{
		struct jc_session *s;
		struct jc_slice req;
		struct jc_buf answer;

		jc_buf_init(&answer, 8u << 20);
		test_ok(jc_session_open(&s, w->a.node, 0, &err), &err);
		test_ok(jc_session_request(s, &req, &err), &err);
		assert_int_equal(county_serve(&w->c, w->a.key.id, req, &answer), 200);
		jc_session_answer(s, 200, answer.data, answer.len);
		jc_session_close(s);
		jc_buf_free(&answer);
	}
	at(&w->a, org, 0, 2);
	at(&w->a, after, 0, 1);
	at(&w->a, before, 1, 1);
	/* It takes back what it lost, and says so again. */
	county_synced(&w->c, &w->a);
	at(&w->a, org, 1, 2);
	at(&w->a, after, 1, 1);
	county_agree(&w->c, &w->a, NULL);
	test_node_free(&image);
}

struct window {
	struct jc_receipts *r;
	int with;
	int64_t n;
};

static int
window_row(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct window *v = arg;
	struct jc_receipt one;

	(void)text;
	(void)n;
	if (v->with && jc_receipts_get(v->r, key->rec, &one, NULL) < 0)
		return JC_ECORRUPT;
	return ++v->n == 100;
}

static int64_t
window_time(struct test_node *pc, int with)
{
	struct jc_query q = {.kind = jc_catalogue_kind("member", 6)};
	struct jc_err err = {0};
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 50; i++) {
		struct window v = {.with = with};

		test_ok(jc_db_begin_read(pc->node->db, &err), &err);
		test_ok(jc_receipts_open(&v.r, pc->node, &err), &err);
		jc_records_each(pc->node, &q, window_row, &v, &err);
		jc_receipts_close(v.r);
		test_ok(jc_db_end(pc->node->db, 1, &err), &err);
		assert_int_equal(v.n, 100);
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	return ((to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec) / 50000;
}

static void
a_window_of_a_list_costs_little_more_with_receipts(void **state)
{
	struct world *w = *state;
	int64_t without, with;

	for (int i = 0; i < 1500; i++) {
		char name[40];
		jc_id id = "";

		snprintf(name, sizeof(name), "name=张%d", i);
		test_set(&w->a, "member", id, 0, name, NULL);
		if (i % 300 == 299)
			county_synced(&w->c, &w->a);
	}
	without = window_time(&w->a, 0);
	with = window_time(&w->a, 1);
	print_message("100 of 1,500 members: %lld us without, %lld us with receipts\n", (long long)without, (long long)with);
	assert_true(with < without + 20000);
	counts(&w->a, 0, 0, 1500);
}

static int
trip_last(void *arg, const struct jc_trip *t)
{
	*(struct jc_trip *)arg = *t;
	return 1;
}

static int
trip_count(void *arg, const struct jc_trip *t)
{
	(void)t;
	(*(int *)arg)++;
	return 0;
}

static void
the_history_keeps_the_newest(void **state)
{
	struct world *w = *state;
	struct jc_trip t = {.way = "line", .up = 100, .ms = 5}, last;
	struct jc_err how = {0}, err = {0};
	int n = 0;

	for (int i = 0; i < JC_TRIPS_KEPT + 20; i++) {
		t.time = i;
		test_ok(jc_trip_add(w->a.node, &t, NULL, &err), &err);
	}
	test_ok(jc_trips_each(w->a.node, 0, JC_TRIPS_KEPT * 2, trip_count, &n, &err), &err);
	assert_int_equal(n, JC_TRIPS_KEPT);
	jc_err_code(&how, JC_ENETWORK, "test");
	test_ok(jc_trip_add(w->a.node, &t, &how, &err), &err);
	jc_trips_each(w->a.node, 0, 1, trip_last, &last, &err);
	assert_string_equal(last.outcome, "network");
	assert_string_equal(last.said, how.msg);
	assert_int_equal(last.time, JC_TRIPS_KEPT + 19);
	jc_trips_each(w->a.node, last.no, 1, trip_last, &last, &err);
	assert_string_equal(last.outcome, "ok");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(three_levels_and_no_further_than_the_kind_may_go),
	    T(another_pcs_record_is_where_the_note_says_too),
	    T(nothing_is_green_when_the_answer_was_lost),
	    T(a_hub_put_back_takes_its_receipts_with_it),
	    T(a_window_of_a_list_costs_little_more_with_receipts),
	    T(the_history_keeps_the_newest),
	};
	jc_lang_set(JC_LANG_EN, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
