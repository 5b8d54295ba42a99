/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The cut table: a session of about 200 KB whose line breaks once, at one byte, in one direction. For
 * every byte it must come to the same end, with at most one unit sent again and nothing taken twice.
 * The default run takes bytes some distance apart; JC_CUT_STRIDE=1 takes all of them, JC_CUT_STRIDE=n with
 * JC_CUT_FIRST=1..n one n-th of them, so that the whole table can be spread over processors and nights.
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
#include "test_env.h"

#define RECORDS 340
#define NOISE 700           /* bytes of text that does not deflate, per record */
#define UNIT 32768
#define SLACK 2048          /* questions after the break, heads of requests */
#define STRIDE 23981         /* of the default run: a prime, so that no boundary is always missed */

struct table {
	struct county c, c0;    /* the county of one run, and as it was before */
	struct test_node a, a0, b, b0;
	char digest[65];
	int64_t commits;
};

static int64_t
number_of(const char *name, int64_t otherwise)
{
	const char *s = getenv(name);

	return s != NULL && atoll(s) > 0 ? atoll(s) : otherwise;
}

static int64_t
stride(void)
{
	return number_of("JC_CUT_STRIDE", STRIDE);
}

/* The byte at which the table begins. */
static int64_t
first(void)
{
	return number_of("JC_CUT_FIRST", 1);
}

static void
fill(struct test_node *pc)
{
	static const char ALPHABET[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	uint64_t seed = 5;

	for (int i = 0; i < RECORDS; i++) {
		char name[40], note[NOISE + 16] = "goods=";
		jc_id id = "";

		snprintf(name, sizeof(name), "title=活动%d", i);
		for (size_t k = 6; k < 6 + NOISE; k++)
			note[k] = ALPHABET[test_rand(&seed) >> 58];
		note[6 + NOISE] = '\0';
		test_set(pc, "activity", id, 0, name, note, NULL);
	}
}

static void
copies(struct table *t, struct test_node *copy, uint64_t seed, struct test_node *from)
{
	(void)t;
	test_node_new(copy, seed);
	test_node_restore(copy, from);
}

static int
setup(void **state)
{
	struct table *t = calloc(1, sizeof(*t));

	county_new(&t->c, 1);
	test_node_new(&t->a, 2);
	test_node_new(&t->b, 3);
	county_join(&t->c, &t->a, "青石镇工会");
	county_join(&t->c, &t->b, "青石镇工会");
	county_synced(&t->c, &t->a);
	county_synced(&t->c, &t->b);
	fill(&t->a);
	copies(t, &t->a0, 12, &t->a);
	copies(t, &t->b0, 13, &t->b);
	copies(t, &t->c0.hub, 11, &t->c.hub);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct table *t = *state;

	county_free(&t->c);
	county_free(&t->c0);
	test_node_free(&t->a);
	test_node_free(&t->a0);
	test_node_free(&t->b);
	test_node_free(&t->b0);
	free(t);
	return 0;
}

static void
as_before(struct table *t)
{
	test_node_restore(&t->c.hub, &t->c0.hub);
	test_node_restore(&t->a, &t->a0);
	test_node_restore(&t->b, &t->b0);
}

/* One run over a wire; what it must come to is what the first one came to. */
static void
run(struct table *t, struct test_node *pc, struct wire *w)
{
	int64_t up_at = w->up_at, down_at = w->down_at;
	struct jc_session_report r;
	char digest[65];

	if (county_sync(&t->c, pc, w, &r) != JC_WANT_DONE)
		fail_msg("cut before byte %lld up, %lld down: %s (%s)", (long long)up_at, (long long)down_at, r.err.msg,
		    r.err.cause);
	assert_int_equal(r.waiting, 0);
	assert_true(county_agree(&t->c, pc, NULL) >= RECORDS);
	test_typed_digest(pc, digest); /* ids of operations differ from run to run, what they say does not */
	if (t->digest[0] == '\0') {
		memcpy(t->digest, digest, sizeof(digest));
		t->commits = county_commits(&t->c.hub, &t->a);
	}
	assert_string_equal(digest, t->digest);
	assert_int_equal(county_commits(&t->c.hub, &t->a), t->commits);
	assert_int_equal(county_commits(pc, &t->a), t->commits);
}

static void
check_again(const struct wire *w, const struct wire *clean, int64_t at, const char *which)
{
	int64_t again = w->up + w->down - clean->up - clean->down;

	if (again > UNIT + SLACK)
		fail_msg("cut before byte %lld %s: %lld bytes again", (long long)at, which, (long long)again);
}

static void
a_cut_at_any_byte_on_the_way_up_costs_at_most_one_unit(void **state)
{
	struct table *t = *state;
	struct wire clean = {0};
	int64_t worst = 0, runs = 0;

	as_before(t);
	run(t, &t->a, &clean);
	for (int64_t at = first(); at <= clean.up; at += stride(), runs++) {
		struct wire w = {.up_at = at};

		as_before(t);
		run(t, &t->a, &w);
		check_again(&w, &clean, at, "up");
		worst = w.up - clean.up > worst ? w.up - clean.up : worst;
	}
	for (int64_t at = 1; at <= clean.down; at += clean.down / 7 + 1, runs++) {
		struct wire w = {.down_at = at};

		as_before(t);
		run(t, &t->a, &w);
		check_again(&w, &clean, at, "down");
	}
	assert_true(clean.up > 100000);
	print_message("%lld bytes up, cut at %lld places: at most %lld sent again\n", (long long)clean.up, (long long)runs,
	    (long long)worst);
}

static void
a_cut_at_any_byte_on_the_way_down_costs_at_most_one_unit(void **state)
{
	struct table *t = *state;
	struct wire clean = {0};
	struct test_node full;
	int64_t worst = 0, runs = 0;

	as_before(t);
	t->digest[0] = '\0';
	county_synced(&t->c, &t->a);
	copies(t, &full, 14, &t->c.hub);
	run(t, &t->b, &clean);
	for (int64_t at = first(); at <= clean.down; at += stride(), runs++) {
		struct wire w = {.down_at = at};

		test_node_restore(&t->c.hub, &full);
		test_node_restore(&t->b, &t->b0);
		run(t, &t->b, &w);
		check_again(&w, &clean, at, "down");
		worst = w.down - clean.down > worst ? w.down - clean.down : worst;
	}
	assert_true(clean.down > 100000);
	print_message("%lld bytes down, cut at %lld places: at most %lld sent again\n", (long long)clean.down, (long long)runs,
	    (long long)worst);
	test_node_free(&full);
}

static void
a_session_dropped_with_commits_under_way_is_followed_by_a_question(void **state)
{
	struct table *t = *state;
	struct jc_session_report r;
	struct jc_session *s;
	struct jc_err err = {0}, line = {0};
	struct jc_slice req;
	struct jc_buf answer;
	struct wire w = {0};
	int64_t clean;

	as_before(t);
	county_sync(&t->c, &t->a, &w, &r);
	clean = w.up + w.down;
	as_before(t);
	jc_buf_init(&answer, 8u << 20);
	test_ok(jc_session_open(&s, t->a.node, 0, &err), &err);
	test_ok(jc_session_request(s, &req, &err), &err);
	assert_int_equal(county_serve(&t->c, t->a.key.id, req, &answer), 200);
	(void)jc_err_code(&line, JC_ENETWORK, "line");
	jc_session_failed(s, &line, 0); /* and the program ends */
	assert_int_equal(jc_session_want(s), JC_WANT_FAILED);
	clean -= (int64_t)req.n;
	jc_session_close(s);
	jc_buf_free(&answer);
	w = (struct wire){0};
	assert_int_equal(county_sync(&t->c, &t->a, &w, &r), JC_WANT_DONE);
	assert_true(w.up + w.down < clean + SLACK); /* nothing of the first request went again, up or down */
	county_agree(&t->c, &t->a, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_at_any_byte_on_the_way_up_costs_at_most_one_unit),
		cmocka_unit_test(a_cut_at_any_byte_on_the_way_down_costs_at_most_one_unit),
		cmocka_unit_test(a_session_dropped_with_commits_under_way_is_followed_by_a_question),
	};

	return cmocka_run_group_tests_name("line", tests, setup, teardown);
}
