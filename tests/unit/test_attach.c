/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Attachments between a branch PC and a real hub on a loopback port. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "attach.h"
#include "sticks.h"
#include "sync_blob.h"
#include "test_env.h"
#include "test_hub.h"
#include "uplink.h"

#define PHOTO 300000

struct world {
	struct county c;
	struct test_node a, b, other;
	struct test_hub hub;
	struct jc_node *look;      /* a reader of the hub's database */
	/* the order proof: */
	int calls, edited_at;
	int64_t photos_then;       /* whole photos at the hub when the edit was there; -1: not yet */
	jc_id id;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct jc_err err = {0};

	county_new(&w->c, 61);
	test_node_new(&w->a, 62);
	test_node_new(&w->b, 63);
	test_node_new(&w->other, 64);
	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "青石镇工会");
	county_join(&w->c, &w->other, "白水镇工会");
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	county_synced(&w->c, &w->other);
	test_hub_start(&w->hub, &w->c.hub, 1);
	test_ok(jc_node_open(&w->look, w->c.hub.env, w->c.hub.path, JC_DB_READONLY, NULL, &err), &err);
	for (int i = 0; i < 3; i++) {
		struct test_node *pc = i == 0 ? &w->a : i == 1 ? &w->b : &w->other;
		struct jc_peer peer;

		test_ok(jc_peer_get(&peer, pc->node, &err), &err);
		snprintf(peer.url, sizeof(peer.url), "%s", w->hub.url);
		peer.pin[0] = '\0';
		test_ok(jc_peer_put(&peer, pc->node, &err), &err);
	}
	w->photos_then = -1;
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	jc_node_close(w->look);
	test_hub_stop(&w->hub);
	county_branch_free(&w->c, &w->a, &w->b);
	test_node_free(&w->other);
	free(w);
	return 0;
}

/* A document of n bytes that no compression makes smaller. */
static void
attach_some(struct test_node *pc, const char *id, uint64_t seed, size_t n, jc_id out)
{
	char *p = malloc(n), name[40];
	struct jc_attach_wish wish = {.file_name = name, .bytes = {p, n}};
	struct jc_attached done;
	struct jc_record_key key;
	struct jc_err err = {0};

	snprintf(name, sizeof(name), "文件%llu.pdf", (unsigned long long)seed);
	memcpy(p, "%PDF-1.4\n", 9);
	for (size_t i = 9; i < n; i++)
		p[i] = (char)test_rand(&seed);
	memcpy(p + n - 6, "\n%%EOF", 6);
	test_ok(jc_record_find(pc->node, 0, id, &key, &err), &err);
	test_ok(jc_attach_add(&done, pc->node, &key, &wish, &err), &err);
	if (out != NULL)
		memcpy(out, done.id, sizeof(jc_id));
	assert_int_equal(jc_attach_add(&done, pc->node, &key, &wish, &err), JC_EEXISTS);
	free(p);
}

static int
uplink(struct test_node *pc, struct world *w, int (*hook)(void *arg))
{
	struct jc_uplink u = {.node = pc->node, .env = pc->env, .cancelled = hook, .arg = w};
	struct jc_session_report r;
	struct jc_err err = {0};
	int rc = jc_uplink_sync(&u, &r, &err);

	if (rc < 0)
		print_message("%s (%s)\n", err.msg, err.cause);
	return rc;
}

static int64_t
number(struct jc_node *node, const char *sql)
{
	struct jc_stmt *st;
	int64_t n;

	test_ok(jc_db_prep_text(&st, node->db, sql, NULL), NULL);
	assert_int_equal(jc_stmt_step(st, NULL), 1);
	n = jc_col_int(st, 0);
	jc_stmt_free(st);
	return n;
}

/* Called by the client again and again while it sends: once some photographs are over, a person edits. */
static int
edit_meanwhile(void *arg)
{
	struct world *w = arg;

	w->calls++;
	if (w->edited_at == 0 && number(w->look, "SELECT count(*) FROM blob WHERE have = size") >= 2) {
		test_set(&w->a, "member", w->id, 0, "mobile=13000000009", NULL);
		w->edited_at = w->calls;
	}
	if (w->edited_at != 0 && w->photos_then < 0 && number(w->look, "SELECT count(*) FROM k_member WHERE mobile = '13000000009'") == 1)
		w->photos_then = number(w->look, "SELECT count(*) FROM blob WHERE have = size");
	return 0;
}

static void
twenty_photographs_queued_then_one_edit_and_the_edit_is_there_first(void **state)
{
	struct world *w = *state;
	int64_t before;

	test_set(&w->a, "member", w->id, 0, "name=王小青", NULL);
	for (uint64_t i = 1; i <= 20; i++)
		attach_some(&w->a, w->id, i, PHOTO, NULL);
	assert_int_equal(uplink(&w->a, w, edit_meanwhile), 0);
	before = w->photos_then;
	print_message("20 x %d bytes: the edit was made after 2 and was at the county when %lld were\n", PHOTO, (long long)before);
	assert_true(before >= 2 && before <= 3);
	assert_int_equal(number(w->look, "SELECT count(*) FROM blob WHERE have = size"), 20);
	assert_int_equal(number(w->a.node, "SELECT count(*) FROM blob WHERE there = size"), 20);
}

static int
stop_after(void *arg)
{
	struct world *w = arg;

	return number(w->look, "SELECT coalesce(max(have), 0) FROM blob") > w->photos_then;
}

static void
a_transfer_that_was_cut_goes_on_where_it_stood(void **state)
{
	struct world *w = *state;
	int64_t have, last = 0;
	int tries = 0;

	test_set(&w->a, "member", w->id, 0, "name=王小青", NULL);
	attach_some(&w->a, w->id, 5, 7000000, NULL);
	do {
		w->photos_then = last + 700000; /* then the line is cut */
		assert_true(++tries < 200);
		uplink(&w->a, w, stop_after);
		have = number(w->look, "SELECT coalesce(max(have), 0) FROM blob");
		assert_true(have >= last);
		last = have;
	} while (have < 7000000);
	print_message("7 MB in %d interrupted sessions, each going on\n", tries);
	assert_true(tries > 1);
	assert_int_equal(number(w->look, "SELECT count(*) FROM blob_piece"), number(w->look, "SELECT count(DISTINCT at) FROM blob_piece"));
	assert_int_equal(number(w->look, "SELECT sum(length(bytes)) FROM blob_piece"), 7000000);
}

static void
the_second_computer_fetches_on_demand_and_another_branch_may_not(void **state)
{
	struct world *w = *state;
	struct jc_attach_row row;
	struct jc_blob blob;
	struct jc_buf bytes, own;
	struct jc_scope s;
	struct jc_err err = {0};
	jc_id file;
	int64_t have;

	test_set(&w->a, "member", w->id, 0, "name=王小青", NULL);
	attach_some(&w->a, w->id, 9, 200000, file);
	assert_int_equal(uplink(&w->a, w, NULL), 0);
	assert_int_equal(uplink(&w->b, w, NULL), 0);
	jc_buf_init(&bytes, JC_BLOB_MAX);
	jc_buf_init(&own, JC_BLOB_MAX);
	test_ok(jc_attach_find(&row, w->b.node, file, &err), &err);
	assert_int_equal(row.size, 200000);
	assert_int_equal(jc_attach_bytes(&bytes, w->b.node, &row, &err), JC_ENOTFOUND);
	test_ok(jc_blob_open(&blob, w->b.node, row.scope, row.hash, row.size, &err), &err);
	test_ok(jc_blob_want(&blob, w->b.node, 1, &err), &err);
	assert_int_equal(uplink(&w->b, w, NULL), 0);
	test_ok(jc_attach_bytes(&bytes, w->b.node, &row, &err), &err);
	test_ok(jc_attach_find(&row, w->a.node, file, &err), &err);
	test_ok(jc_attach_bytes(&own, w->a.node, &row, &err), &err);
	assert_int_equal(bytes.len, own.len);
	assert_memory_equal(bytes.data, own.data, own.len);
	/* The other branch: neither bytes nor a place for its own. */
	county_scope(&w->c.hub, &w->a, &s);
	jc_buf_reset(&bytes);
	assert_int_equal(jc_blob_give(&bytes, w->look, w->other.key.id, s.id, row.hash, 0, 1000, &err), JC_EDENIED);
	assert_int_equal(bytes.len, 0);
	assert_int_equal(jc_blob_take(w->look, w->other.key.id, s.id, row.hash, 200000, 0, "x", 1, &have, &err), JC_EDENIED);
	assert_int_equal(jc_blob_give(&bytes, w->look, w->b.key.id, s.id, row.hash, 0, 1000, &err), 0);
	assert_int_equal(bytes.len, 1000);
	/* Bytes that no record declares are not taken from anybody. */
	row.hash[0] ^= 1;
	assert_int_equal(jc_blob_take(w->look, w->a.key.id, s.id, row.hash, 200000, 0, "x", 1, &have, &err), JC_ENOTFOUND);
	jc_buf_free(&bytes);
	jc_buf_free(&own);
}

static void
wrong_bytes_are_forgotten_as_a_whole(void **state)
{
	struct world *w = *state;
	uint8_t hash[JC_HASH_LEN];
	char right[1000], wrong[1000];
	struct jc_blob b;
	struct jc_scope s;
	struct jc_err err = {0};

	memset(right, 'r', sizeof(right));
	memset(wrong, 'w', sizeof(wrong));
	jc_hash(hash, right, sizeof(right));
	test_ok(jc_node_scope(w->a.node, &s, &err), &err);
	test_ok(jc_blob_open(&b, w->a.node, s.no, hash, 1000, &err), &err);
	test_ok(jc_blob_append(&b, w->a.node, 0, right, 600, &err), &err);
	assert_int_equal(jc_blob_append(&b, w->a.node, 0, right, 600, &err), JC_ESTALE);
	assert_int_equal(jc_blob_append(&b, w->a.node, 600, right, 401, &err), JC_ELIMIT);
	assert_int_equal(jc_blob_append(&b, w->a.node, 600, wrong, 400, &err), JC_EFORMAT);
	assert_int_equal(b.have, 0);
	test_ok(jc_blob_append(&b, w->a.node, 0, right, 1000, &err), &err);
	assert_int_equal(b.have, 1000);
	assert_int_equal(jc_blob_open(&b, w->a.node, s.no, hash, 1001, &err), JC_ESTATE);
	assert_int_equal(jc_blob_open(&b, w->a.node, s.no, hash, JC_BLOB_MAX + 1, &err), JC_ELIMIT);
}

static void
old_bytes_that_the_county_has_make_room_and_come_back(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	int64_t dropped, bytes, later = INT64_C(1) << 40;
	jc_id file, gone;

	test_set(&w->a, "member", w->id, 0, "name=王小青", NULL);
	attach_some(&w->a, w->id, 1, 50000, file);
	test_ok(jc_blob_clean(w->a.node, later, &dropped, &bytes, &err), &err);
	assert_int_equal(dropped, 0); /* nobody else has them */
	attach_some(&w->a, w->id, 2, 60000, gone);
	test_void(&w->a, gone, "重复");
	test_ok(jc_blob_clean(w->a.node, later, &dropped, &bytes, &err), &err);
	assert_int_equal(bytes, 60000);
	assert_int_equal(uplink(&w->a, w, NULL), 0);
	test_ok(jc_blob_clean(w->a.node, 5, &dropped, &bytes, &err), &err);
	assert_int_equal(dropped, 0); /* too young */
	test_ok(jc_blob_clean(w->a.node, later, &dropped, &bytes, &err), &err);
	assert_int_equal(bytes, 50000);
	assert_int_equal(number(w->a.node, "SELECT count(*) FROM blob_piece"), 0);
}

/* By stick: records in the first files, attachments behind them, and the answer says what has arrived. */
static void
without_a_line_attachments_go_onto_the_stick_behind_the_records(void **state)
{
	struct world *w = *state;
	struct stick s = {0};
	struct jc_slip slip;
	struct jc_err err = {0};
	size_t first = 0;

	test_hub_stop(&w->hub);
	jc_node_close(w->look);
	w->look = w->c.hub.node;
	test_set(&w->a, "member", w->id, 0, "name=王小青", NULL);
	for (uint64_t i = 1; i <= 20; i++)
		attach_some(&w->a, w->id, i, PHOTO, NULL);
	stick_write(&s, &w->a, NULL);
	while (s.slip[first].kind == JC_BUNDLE_REQUEST)
		first++;
	print_message("20 x %d bytes on a stick: %zu files, %zu of records first\n", PHOTO, s.n, first);
	assert_true(first >= 1 && s.n > first);
	/* Attachments alone rest on records that are not there. */
	test_ok(jc_bundle_read(w->look, s.file[first].data, s.file[first].len, &slip, &err), &err);
	assert_true(slip.missing);
	assert_int_equal(number(w->look, "SELECT count(*) FROM blob"), 0);
	stick_read(&w->c.hub, &s, NULL);
	stick_read(&w->c.hub, &s, NULL); /* twice is no harm */
	assert_int_equal(number(w->look, "SELECT count(*) FROM blob WHERE have = size"), 20);
	stick_write(&s, &w->c.hub, w->a.key.id);
	stick_read(&w->a, &s, NULL);
	assert_int_equal(number(w->a.node, "SELECT count(*) FROM blob WHERE there = size"), 20);
	stick_write(&s, &w->a, NULL);
	assert_int_equal(s.n, 1); /* nothing is left to be sent */
	stick_free(&s);
	w->look = NULL;
	test_hub_start(&w->hub, &w->c.hub, 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(twenty_photographs_queued_then_one_edit_and_the_edit_is_there_first),
	    T(a_transfer_that_was_cut_goes_on_where_it_stood),
	    T(the_second_computer_fetches_on_demand_and_another_branch_may_not),
	    T(wrong_bytes_are_forgotten_as_a_whole),
	    T(old_bytes_that_the_county_has_make_room_and_come_back),
	    T(without_a_line_attachments_go_onto_the_stick_behind_the_records),
	};
	jc_lang_set(JC_LANG_EN, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
