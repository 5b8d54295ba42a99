/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The exchange by stick: sealed and signed files that are lost, read twice, late and in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sticks.h"
#include "sync_note.h"
#include "sync_receipt.h"
#include "test_env.h"

struct world {
	struct county c;
	struct test_node a, b; /* two PCs of one branch */
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_new(&w->c, 11);
	test_node_new(&w->a, 12);
	test_node_new(&w->b, 13);
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
members(struct test_node *pc, int from, int n, const char *note)
{
	char name[40], remark[2000];

	for (int i = from; i < from + n; i++) {
		jc_id id = "";

		snprintf(name, sizeof(name), "name=张%d", i);
		snprintf(remark, sizeof(remark), "note=%s%d", note, i);
		test_set(pc, "member", id, 0, name, note[0] != '\0' ? remark : NULL, NULL);
	}
}

static int64_t
waiting(struct test_node *pc)
{
	struct jc_err err = {0};
	struct jc_scope own;
	int64_t drafts;

	test_ok(jc_node_scope(pc->node, &own, &err), &err);
	test_ok(jc_log_drafts(pc->node->log, own.no, &drafts, &err), &err);
	return drafts;
}

static int
level(struct test_node *pc, const char *id)
{
	struct jc_record_key key;
	struct jc_receipt at;
	struct jc_err err = {0};

	test_ok(jc_record_find(pc->node, 0, id, &key, &err), &err);
	test_ok(jc_receipt_get(pc->node, key.rec, &at, &err), &err);
	return at.level;
}

static void
a_branch_joins_and_reports_by_sticks_alone(void **state)
{
	struct world *w = *state;
	struct stick s = {0};
	struct jc_slip slip;
	struct jc_err err = {0};
	jc_id id = "";

	test_ok(jc_node_init_branch(w->a.node, "青石镇工会", &err), &err);
	test_set(&w->a, "member", id, 0, "name=王小青", "mobile=13000000001", NULL);
	members(&w->a, 0, 4, "");
	assert_int_equal(jc_bundle_begin(&(struct jc_bundle *){NULL}, w->a.node, NULL, &err), JC_ESTATE);
	stick_join(&w->c, &w->a, "青石镇工会");
	assert_int_equal(waiting(&w->a), 5);
	stick_write(&s, &w->a, NULL);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.slip[0].nkinds, 1);
	assert_string_equal(s.slip[0].kinds[0].kind, "member");
	assert_int_equal(s.slip[0].kinds[0].records, 5);
	assert_string_equal(s.slip[0].name, "青石镇工会");
	assert_int_equal(level(&w->a, id), 0);
	stick_read(&w->c.hub, &s, &slip);
	assert_int_equal(slip.kinds[0].records, 5);
	assert_int_equal(slip.fresh, 5);
	assert_int_equal(slip.counter, 1);
	county_agree(&w->c, &w->a, NULL);
	/* Receipts come back the same way; only then does the record show as arrived. */
	stick_write(&s, &w->c.hub, w->a.key.id);
	stick_read(&w->a, &s, &slip);
	assert_true(slip.notes > 0);
	assert_int_equal(level(&w->a, id), 1);
	/* Nothing is waiting: the next request has no commits. */
	stick_write(&s, &w->a, NULL);
	assert_int_equal(s.slip[0].commits, 0);
	stick_free(&s);
}

static void
the_county_changes_something_and_it_arrives_by_stick(void **state)
{
	struct world *w = *state;

	stick_join(&w->c, &w->a, "青石镇工会");
	stick_join(&w->c, &w->b, "青石镇工会");
	members(&w->a, 0, 20, "");
	members(&w->b, 100, 20, "");
	stick_round(&w->c, &w->a);
	stick_round(&w->c, &w->b);
	stick_round(&w->c, &w->a);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 40);
}

/* Digest of the branch's scope at a node and number of its commits there. */
static void
footprint(struct test_node *at, struct test_node *pc, char out[96])
{
	char hex[65];

	county_digest(at, pc, hex);
	snprintf(out, 96, "%s %lld", hex, (long long)county_commits(at, pc));
}

static void
flips(struct test_node *at, struct test_node *pc, const struct jc_buf *file)
{
	char before[96], after[96];
	char *copy = malloc(file->len);
	size_t step = getenv("JC_SLOW") != NULL ? 1 : 1 + file->len / 12000, flipped = 0;
	struct jc_slip slip;
	int64_t count;

	footprint(at, pc, before);
	test_ok(jc_db_int(at->node->db, &count, "SELECT count(*) FROM note", NULL), NULL);
	memcpy(copy, file->data, file->len);
	for (size_t i = 0; i < file->len * 8; i += step, flipped++) {
		struct jc_err err = {0};
		int rc;

		copy[i / 8] = (char)(copy[i / 8] ^ 1 << i % 8);
		rc = jc_bundle_read(at->node, copy, file->len, &slip, &err);
		if (rc >= 0)
			fail_msg("bit %zu flipped: taken", i);
		assert_true(rc == JC_EFORMAT || rc == JC_ESIGNATURE || rc == JC_EDENIED || rc == JC_ENEWER || rc == JC_ESTATE);
		assert_true(err.msg[0] != '\0');
		copy[i / 8] = file->data[i / 8];
	}
	print_message("%zu of the %zu bits of a file flipped, one at a time\n", flipped, file->len * 8);
	for (size_t n = 0; n < file->len; n += 1 + file->len / 500)
		assert_true(jc_bundle_read(at->node, file->data, n, &slip, NULL) < 0);
	footprint(at, pc, after);
	assert_string_equal(after, before);
	test_ok(jc_db_int(at->node->db, &count, "SELECT count(*) FROM stick WHERE counter > 1", NULL), NULL);
	assert_int_equal(count, 0);
	free(copy);
}

static void
of_a_file_with_one_wrong_bit_nothing_is_taken(void **state)
{
	struct world *w = *state;
	struct stick s = {0};

	stick_join(&w->c, &w->a, "青石镇工会");
	members(&w->a, 0, getenv("JC_SLOW") != NULL ? 400 : 2, "");
	stick_write(&s, &w->a, NULL);
	flips(&w->c.hub, &w->a, &s.file[0]);
	stick_read(&w->c.hub, &s, NULL);
	stick_write(&s, &w->c.hub, w->a.key.id);
	flips(&w->a, &w->a, &s.file[0]);
	stick_read(&w->a, &s, NULL);
	stick_free(&s);
}

static void
a_wish_to_join_with_one_wrong_bit_is_refused_or_the_same_wish(void **state)
{
	struct world *w = *state;
	char code[JC_CODE_TEXT];
	struct jc_slip slip;
	struct jc_buf ask;
	struct jc_err err = {0};
	int64_t devices;

	jc_buf_init(&ask, JC_BUNDLE_MAX);
	test_ok(jc_enrol_invite(code, w->c.hub.node, "青石镇工会", &err), &err);
	test_ok(jc_bundle_join(&ask, w->a.node, code, &slip, &err), &err);
	for (size_t i = 0; i < ask.len * 8; i++) {
		test_ok(jc_db_begin(w->c.hub.node->db, &err), &err);
		ask.data[i / 8] = (char)(ask.data[i / 8] ^ 1 << i % 8);
		assert_true(jc_bundle_read(w->c.hub.node, ask.data, ask.len, &slip, NULL) < 0);
		ask.data[i / 8] = (char)(ask.data[i / 8] ^ 1 << i % 8);
		test_ok(jc_db_end(w->c.hub.node->db, 0, &err), &err);
	}
	test_ok(jc_db_int(w->c.hub.node->db, &devices, "SELECT count(*) FROM credential", &err), &err);
	assert_int_equal(devices, 0);
	jc_buf_free(&ask);
}

static void
files_for_others_of_strangers_and_of_ones_own_are_told_apart(void **state)
{
	struct world *w = *state;
	struct county other;
	struct test_node stranger;
	struct stick s = {0}, t = {0};
	struct jc_slip slip;
	struct jc_err err = {0};

	stick_join(&w->c, &w->a, "青石镇工会");
	stick_join(&w->c, &w->b, "青石镇工会");
	stick_write(&s, &w->a, NULL);
	assert_int_equal(jc_bundle_read(w->a.node, s.file[0].data, s.file[0].len, &slip, &err), JC_EDENIED);
	assert_int_equal(jc_bundle_read(w->b.node, s.file[0].data, s.file[0].len, &slip, &err), JC_EDENIED);
	county_new(&other, 21);
	test_node_new(&stranger, 22);
	stick_join(&other, &stranger, "白水镇工会");
	stick_write(&t, &stranger, NULL);
	assert_int_equal(jc_bundle_read(w->c.hub.node, t.file[0].data, t.file[0].len, &slip, &err), JC_EDENIED);
	stick_write(&t, &other.hub, stranger.key.id);
	assert_int_equal(jc_bundle_read(w->a.node, t.file[0].data, t.file[0].len, &slip, &err), JC_EDENIED);
	test_node_free(&stranger);
	county_free(&other);
	stick_free(&s);
	stick_free(&t);
}

static void
what_does_not_fit_into_one_file_goes_on_in_the_next(void **state)
{
	struct world *w = *state;
	struct stick s = {0};
	struct jc_slip slip;
	struct jc_err err = {0};
	char text[1400];

	/* Long texts that deflate little, so that a few thousand make several files. */
	stick_join(&w->c, &w->a, "青石镇工会");
	for (int i = 0; i < 1300; i++) {
		static uint64_t r = 7;
		jc_id id = "";
		size_t n = 0;

		memcpy(text, "note=", 5);
		for (n = 5; n < 1290; n++)
			text[n] = (char)('a' + test_rand(&r) % 26);
		text[n] = '\0';
		test_set(&w->a, "member", id, 0, "name=张", text, NULL);
	}
	stick_write(&s, &w->a, NULL);
	print_message("1,300 members with long notes: %zu files, %zu bytes in the first\n", s.n, s.slip[0].bytes);
	assert_true(s.n >= 2);
	assert_true(s.slip[s.n - 1].last && !s.slip[0].last);
	/* The last part alone rests on what is not there; then all in order, then the first again. */
	test_ok(jc_bundle_read(w->c.hub.node, s.file[s.n - 1].data, s.file[s.n - 1].len, &slip, &err), &err);
	assert_true(slip.missing);
	stick_read(&w->c.hub, &s, &slip);
	assert_false(slip.missing);
	test_ok(jc_bundle_read(w->c.hub.node, s.file[0].data, s.file[0].len, &slip, &err), &err);
	assert_int_equal(slip.fresh, 0);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 1300);
	/* The second PC gets it all in several answers. */
	stick_join(&w->c, &w->b, "青石镇工会");
	stick_round(&w->c, &w->b);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 1300);
	stick_free(&s);
}

/* ---- a year ---- */

#define PILE 24

/* Sticks under way and in drawers: old ones come up again. */
struct drawer {
	struct stick s[PILE];
	size_t n;
};

static void
drawer_put(struct drawer *d, struct stick *s, uint64_t *r)
{
	size_t at = d->n < PILE ? d->n++ : test_rand(r) % PILE;

	stick_free(&d->s[at]);
	d->s[at] = *s;
	memset(s, 0, sizeof(*s));
}

static void
drawer_read(struct drawer *d, struct test_node *at, uint64_t *r)
{
	struct stick *s;
	struct jc_slip slip;
	struct jc_err err = {0};

	if (d->n == 0)
		return;
	s = &d->s[test_rand(r) % 3 == 0 ? test_rand(r) % d->n : d->n - 1];
	for (size_t i = 0; i < s->n; i++)
		test_ok(jc_bundle_read(at->node, s->file[i].data, s->file[i].len, &slip, &err), &err);
}

static void
drawer_free(struct drawer *d)
{
	for (size_t i = 0; i < d->n; i++)
		stick_free(&d->s[i]);
}

static void
a_day(struct world *w, uint64_t *r, jc_id *known, size_t *nknown)
{
	struct test_node *pcs[] = {&w->a, &w->b};

	for (int i = 0; i < 2; i++) {
		char text[60];

		if (test_rand(r) % 3 != 0)
			continue;
		snprintf(text, sizeof(text), "name=张%d", (int)(test_rand(r) % 1000));
		if (*nknown < 60 && test_rand(r) % 2) {
			jc_id id = "";

			test_set(pcs[i], "member", id, 0, text, NULL);
			memcpy(known[(*nknown)++], id, sizeof(jc_id));
		} else if (*nknown > 0) {
			struct jc_record_key key;
			size_t at = test_rand(r) % *nknown;

			if (jc_record_find(pcs[i]->node, 0, known[at], &key, NULL) == 0)
				test_set(pcs[i], "member", known[at], 0, text, NULL);
		}
	}
}

/* One PC always online, the other never: three seeds, a third of the sticks lost, old ones read again. */
static void
a_year_on_sticks_ends_like_a_year_on_the_line(void **state)
{
	struct world *w = *state;
	struct drawer up = {.n = 0}, down = {.n = 0};
	uint64_t r = getenv("JC_SEED") != NULL ? strtoull(getenv("JC_SEED"), NULL, 10) + 1 : 77;
	struct stick s = {0};
	jc_id known[64];
	size_t nknown = 0;
	int wrote = 0;

	county_join(&w->c, &w->a, "青石镇工会");
	county_synced(&w->c, &w->a);
	stick_join(&w->c, &w->b, "青石镇工会");
	for (int day = 0; day < 365; day++) {
		test_env_pass(w->a.env, 86400000);
		test_env_pass(w->b.env, 86400000);
		test_env_pass(w->c.hub.env, 86400000);
		a_day(w, &r, known, &nknown);
		if (test_rand(&r) % 2)
			county_synced(&w->c, &w->a);
		if (test_rand(&r) % 6 == 0) {
			stick_write(&s, &w->b, NULL);
			wrote++;
			if (test_rand(&r) % 3 != 0)
				drawer_put(&up, &s, &r);
		}
		if (test_rand(&r) % 6 == 0)
			drawer_read(&up, &w->c.hub, &r);
		if (up.n != 0 && test_rand(&r) % 8 == 0) {
			stick_write(&s, &w->c.hub, w->b.key.id);
			if (test_rand(&r) % 3 != 0)
				drawer_put(&down, &s, &r);
		}
		if (test_rand(&r) % 6 == 0)
			drawer_read(&down, &w->b, &r);
	}
	/* The last trips arrive, whatever was lost before. */
	county_synced(&w->c, &w->a);
	stick_round(&w->c, &w->b);
	stick_round(&w->c, &w->b);
	county_synced(&w->c, &w->a);
	print_message("a year: %d bundles written, %lld records\n", wrote, (long long)county_agree(&w->c, &w->a, &w->b, NULL));
	stick_write(&s, &w->b, NULL);
	assert_int_equal(s.slip[0].commits, 0); /* every commit has its receipt */
	stick_free(&s);
	drawer_free(&up);
	drawer_free(&down);
}

/* ---- a hub that was put back ---- */

static void
a_hub_put_back_learns_it_from_a_stick_and_loses_nothing(void **state)
{
	struct world *w = *state;
	struct test_node image;
	struct jc_err err = {0};
	struct stick old = {0};
	struct jc_slip slip;
	jc_id before, after, id = "";

	stick_join(&w->c, &w->a, "青石镇工会");
	stick_join(&w->c, &w->b, "青石镇工会");
	members(&w->a, 0, 5, "");
	stick_round(&w->c, &w->a);
	test_node_new(&image, 14);
	test_node_restore(&image, &w->c.hub);
	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	members(&w->b, 50, 5, "");
	stick_round(&w->c, &w->a);
	stick_round(&w->c, &w->b);
	stick_round(&w->c, &w->a);
	stick_write(&old, &w->c.hub, w->a.key.id); /* an answer of the former epoch, read late */
	test_ok(jc_note_epoch(w->c.hub.node->log, before, &err), &err);
	test_node_restore(&w->c.hub, &image); /* nobody tells it */
	stick_round(&w->c, &w->a);
	test_ok(jc_note_epoch(w->c.hub.node->log, after, &err), &err);
	assert_string_not_equal(after, before);
	stick_round(&w->c, &w->a);
	stick_read(&w->a, &old, &slip);
	assert_true(slip.old);
	stick_round(&w->c, &w->b);
	stick_round(&w->c, &w->b);
	stick_round(&w->c, &w->a);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 11);
	assert_int_equal(level(&w->a, id), 1);
	stick_free(&old);
	test_node_free(&image);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(a_branch_joins_and_reports_by_sticks_alone),
	    T(the_county_changes_something_and_it_arrives_by_stick),
	    T(of_a_file_with_one_wrong_bit_nothing_is_taken),
	    T(a_wish_to_join_with_one_wrong_bit_is_refused_or_the_same_wish),
	    T(files_for_others_of_strangers_and_of_ones_own_are_told_apart),
	    T(what_does_not_fit_into_one_file_goes_on_in_the_next),
	    T(a_year_on_sticks_ends_like_a_year_on_the_line),
	    T(a_hub_put_back_learns_it_from_a_stick_and_loses_nothing),
	};
	jc_lang_set(JC_LANG_EN, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
