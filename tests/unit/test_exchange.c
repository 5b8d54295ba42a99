/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The hub's half against damaged, foreign and greedy requests. */
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
	struct test_node a, b;     /* of two branches */
	struct jc_buf req, out;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_new(&w->c, 51);
	test_node_new(&w->a, 52);
	test_node_new(&w->b, 53);
	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "白水镇工会");
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	jc_buf_init(&w->req, JC_EXCHANGE_MAX);
	jc_buf_init(&w->out, 8u << 20);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	county_branch_free(&w->c, &w->a, &w->b);
	jc_buf_free(&w->req);
	jc_buf_free(&w->out);
	free(w);
	return 0;
}

static void
members(struct test_node *pc, int n)
{
	for (int i = 0; i < n; i++) {
		char name[40];
		jc_id id = "";

		snprintf(name, sizeof(name), "name=赵%d", i);
		test_set(pc, "member", id, 0, name, NULL);
	}
}

/* The first request of a PC's next session. */
static void
request_of(struct world *w, struct test_node *pc)
{
	struct jc_session *s;
	struct jc_err err = {0};
	struct jc_slice req;

	test_ok(jc_session_open(&s, pc->node, 0, &err), &err);
	test_ok(jc_session_request(s, &req, &err), &err);
	jc_buf_reset(&w->req);
	jc_buf_put(&w->req, req.p, req.n);
	jc_session_close(s);
}

static int
serve(struct world *w, struct test_node *as, const char *p, size_t n)
{
	jc_buf_reset(&w->out);
	return county_serve(&w->c, as->key.id, (struct jc_slice){p, n}, &w->out);
}

static void
a_request_cut_at_any_byte_is_refused_and_leaves_nothing(void **state)
{
	struct world *w = *state;
	int64_t before;

	members(&w->a, 12);
	request_of(w, &w->a);
	before = county_commits(&w->c.hub, &w->a);
	for (size_t n = 0; n < w->req.len; n++) {
		char *exact = malloc(n + 1); /* so that a sanitizer sees a read past the end */

		memcpy(exact, w->req.data, n);
		assert_int_equal(serve(w, &w->a, exact, n), 400);
		free(exact);
	}
	assert_int_equal(county_commits(&w->c.hub, &w->a), before);
	assert_int_equal(serve(w, &w->a, w->req.data, w->req.len), 200);
	assert_true(county_commits(&w->c.hub, &w->a) > before);
}

static void
a_request_with_any_bit_flipped_never_stores_a_changed_commit(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	int64_t before, after;

	members(&w->a, 2);
	request_of(w, &w->a);
	before = county_commits(&w->c.hub, &w->a);
	for (size_t i = 0; i < w->req.len; i++)
		for (int bit = 0; bit < 8; bit += 3) {
			w->req.data[i] ^= (char)(1 << bit);
			(void)serve(w, &w->a, w->req.data, w->req.len);
			w->req.data[i] ^= (char)(1 << bit);
		}
	after = county_commits(&w->c.hub, &w->a);
	assert_int_equal(serve(w, &w->a, w->req.data, w->req.len), 200);
	/* A flip in the cursor or the room leaves the commits whole: they may have been taken. */
	assert_true(after == before || after == county_commits(&w->c.hub, &w->a));
	county_synced(&w->c, &w->a);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 2);
	test_ok(jc_db_check(w->c.hub.node->db, &err), &err);
}

static void
anothers_scope_is_neither_read_nor_written(void **state)
{
	struct world *w = *state;
	int64_t before;

	members(&w->a, 3);
	request_of(w, &w->a);
	before = county_commits(&w->c.hub, &w->a);
	assert_int_equal(serve(w, &w->b, w->req.data, w->req.len), 200);
	assert_int_equal(county_commits(&w->c.hub, &w->a), before);
	/* Neither a name nor an id of a record of A may stand in what B was given. */
	for (size_t i = 0; i + 3 <= w->out.len; i++)
		assert_true(memcmp(w->out.data + i, "赵", 3) != 0);
	assert_true(w->out.len < 900);
}

static void
the_same_scope_twice_in_a_request_is_malformed(void **state)
{
	struct world *w = *state;
	struct jc_scope s;
	struct jc_buf b;

	county_scope(&w->a, &w->a, &s);
	jc_buf_init(&b, 4096);
	jc_buf_put(&b, "JX\0\0\0\0\0\0\0\0\0", 11);
	jc_buf_varint(&b, 100);
	jc_buf_varint(&b, 2);
	for (int i = 0; i < 2; i++) {
		uint64_t v;

		assert_int_equal(jc_id_to_u64(&v, s.id, JC_ID_LEN), 0);
		for (int k = 7; k >= 0; k--)
			jc_buf_putc(&b, (char)(v >> (8 * k)));
		for (int k = 0; k < 3; k++)
			jc_buf_varint(&b, 0);
	}
	assert_int_equal(serve(w, &w->a, b.data, b.len), 400);
	jc_buf_free(&b);
}

static void
counts_that_promise_more_than_there_is_cost_nothing(void **state)
{
	static const uint64_t many[] = {1000, 4096, 1u << 20, UINT64_C(1) << 40, UINT64_MAX};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		struct jc_buf b;

		jc_buf_init(&b, 4096);
		jc_buf_put(&b, "JX\0\0\0\0\0\0\0\0\0", 11);
		jc_buf_varint(&b, many[i]);
		jc_buf_varint(&b, many[i]);
		assert_int_equal(serve(w, &w->a, b.data, b.len), 400);
		jc_buf_free(&b);
	}
}

/* A device sends, as county chain 1, a commit with a false signature, then an honest section of another kind. */
static void
a_bad_commit_is_named_and_those_before_it_stay(void **state)
{
	struct world *w = *state;
	struct jc_session *s;
	struct jc_err err = {0};
	struct jc_slice req;
	int64_t before, after;
	size_t last = 0;

	members(&w->a, 400); /* several commits */
	before = county_commits(&w->c.hub, &w->a);
	test_ok(jc_session_open(&s, w->a.node, 0, &err), &err);
	test_ok(jc_session_request(s, &req, &err), &err);
	jc_buf_put(&w->req, req.p, req.n);
	last = w->req.len - 60; /* in the deflated text of the last section's last commit, or its cursor */
	w->req.data[last] ^= 0x10;
	(void)serve(w, &w->a, w->req.data, w->req.len);
	after = county_commits(&w->c.hub, &w->a);
	jc_session_answer(s, 200, w->out.data, w->out.len);
	jc_session_close(s);
	assert_true(after > before);
	county_synced(&w->c, &w->a);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 400);
}

static void
news_stays_within_the_room_and_says_that_there_is_more(void **state)
{
	struct world *w = *state;
	struct test_node second;
	struct jc_session_report r;
	struct wire wire = {0};

	members(&w->a, 900);
	county_synced(&w->c, &w->a);
	test_node_new(&second, 77);
	county_join(&w->c, &second, "青石镇工会");
	assert_int_equal(county_sync(&w->c, &second, &wire, &r), JC_WANT_DONE);
	assert_true(wire.requests > 1);
	assert_true(r.bytes_down / wire.requests < JC_NEWS_DEFAULT + 4096);
	assert_int_equal(county_agree(&w->c, &w->a, &second, NULL), 900);
	test_node_free(&second);
}

static void
nobody_without_a_credential_may_read(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	struct jc_scope s;
	int write;

	county_scope(&w->c.hub, &w->a, &s);
	assert_int_equal(jc_exchange_may(w->c.hub.node, w->a.key.id, &s, &write, &err), 1);
	assert_int_equal(write, 1);
	assert_int_equal(jc_exchange_may(w->c.hub.node, w->b.key.id, &s, &write, &err), 0);
	assert_int_equal(jc_exchange_may(w->c.hub.node, "000000000000", &s, &write, &err), 0);
	test_ok(jc_scope_named(&s, w->c.hub.node->log, "common", "青石县总工会", &err), &err);
	assert_int_equal(jc_exchange_may(w->c.hub.node, w->b.key.id, &s, &write, &err), 1);
	assert_int_equal(write, 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_request_cut_at_any_byte_is_refused_and_leaves_nothing),
		T(a_request_with_any_bit_flipped_never_stores_a_changed_commit),
		T(anothers_scope_is_neither_read_nor_written),
		T(the_same_scope_twice_in_a_request_is_malformed),
		T(counts_that_promise_more_than_there_is_cost_nothing),
		T(a_bad_commit_is_named_and_those_before_it_stay),
		T(news_stays_within_the_room_and_says_that_there_is_more),
		T(nobody_without_a_credential_may_read),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
