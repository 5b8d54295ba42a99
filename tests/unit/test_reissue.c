/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A chain that the hub refuses is issued again: whatever is wrong in the middle of it, what can be sent arrives,
 * one operation at most waits in the tray, and nothing behind it waits at all.
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
#include "log.h"
#include "reissue.h"
#include "schema_mem.h"
#include "sync_receipt.h"
#include "sync_tray.h"
#include "sync_verify.h"
#include "test_env.h"

struct world {
	struct county c;
	struct test_node a, b;
	jc_id id[40];
	int n;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_branch(&w->c, &w->a, &w->b, 171);
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

/* ---- what a person does ---- */

static void
members(struct world *w, int n)
{
	for (int i = 0; i < n; i++) {
		char name[60];

		snprintf(name, sizeof(name), "name=王小青%d", w->n);
		w->id[w->n][0] = '\0';
		test_set(&w->a, "member", w->id[w->n], 0, name, "title=委员", NULL);
		w->n++;
	}
}

static int64_t
cut(struct test_node *t)
{
	struct jc_err err = {0};
	struct jc_scope s;
	int64_t made;

	test_ok(jc_node_scope(t->node, &s, &err), &err);
	test_ok(jc_cut(t->node->log, s.no, 0, &made, &err), &err);
	return made;
}

/* ---- what can be wrong with a commit ---- */

/* Cut with another key than the one that stands in it. */
static void
cut_signed_wrongly(struct test_node *t)
{
	struct jc_key *key = t->node->log->key, own = *key, other;
	struct jc_err err = {0};

	test_ok(jc_key_make(&other, t->env, &err), &err);
	memcpy(key->sk, other.sk, sizeof(key->sk));
	assert_int_equal(cut(t), 1);
	*key = own;
}

/* The drafts that are there, all in one commit, however large. Drafts that name nothing. */
static void
cut_in_one(struct test_node *t)
{
	struct jc_log *log = t->node->log;
	struct jc_ops_reader *reader;
	struct jc_commit m = {0};
	struct jc_opctx ctx = {0};
	struct jc_buf payload, object;
	struct jc_err err = {0};
	struct jc_scope s;
	struct jc_stmt *st;
	struct jc_tip tip;
	int64_t ops[JC_OPS_MAX], n = 0, no;
	int fresh;

	test_ok(jc_node_scope(t->node, &s, &err), &err);
	test_ok(jc_ops_reader_new(&reader, 1, &err), &err);
	jc_buf_init(&payload, JC_PAYLOAD_MAX);
	jc_buf_init(&object, JC_PAYLOAD_MAX);
	test_ok(jc_db_prep(&st, t->node->db, "SELECT op, line FROM draft ORDER BY op", &err), &err);
	while (jc_stmt_step(st, &err) == 1) {
		struct jc_op op;
		size_t len;
		const char *line = jc_col_blob(st, 1, &len);

		jc_ops_begin(reader, line, len);
		assert_int_equal(jc_ops_next(reader, &op, &err), 1);
		assert_int_equal(op.nnames, 0);
		test_ok(jc_op_write(&payload, &op, &ctx, &err), &err);
		ops[n++] = jc_col_int(st, 0);
	}
	test_ok(jc_db_begin(t->node->db, &err), &err);
	test_ok(jc_log_own_tip(log, s.no, JC_TIER_COUNTY, &tip, &err), &err);
	memcpy(m.network, s.network, sizeof(jc_id));
	memcpy(m.scope, s.id, sizeof(jc_id));
	memcpy(m.device, log->key->id, sizeof(jc_id));
	memcpy(m.run, log->run, sizeof(jc_id));
	m.tier = JC_TIER_COUNTY;
	m.seq = tip.seq + 1;
	m.lamport = tip.lamport + 1;
	m.schema = JC_SCHEMA_VERSION;
	m.label = JC_SLICE("jiceng");
	m.summary = JC_SLICE("新增很多");
	m.nparents = 1;
	memcpy(m.parent_hash[0], tip.hash, JC_HASH_LEN);
	{
		struct jc_commit_row row;

		test_ok(jc_log_commit(log, tip.commit_no, &row, &err), &err);
		m.parent[0] = row.oid;
	}
	test_ok(jc_commit_build(&object, &m, payload.data, payload.len, log->key, &err), &err);
	test_ok(jc_log_append(log, s.no, &m, (struct jc_slice){object.data, object.len},
	            (struct jc_slice){payload.data, payload.len}, ops, &no, &fresh, &err), &err);
	test_ok(jc_db_end(t->node->db, 1, &err), &err);
	jc_ops_reader_free(reader);
	jc_buf_free(&payload);
	jc_buf_free(&object);
}

/* A draft of this version that writes a field which no program of this version knows. */
static void
save_unknown_field(struct test_node *t, const char *rec)
{
	const struct jc_opfield field = {.name = JC_SLICE("shoe_size"), .kind = JC_VAL_TEXT, .text = JC_SLICE("43")};
	struct jc_op op = {.verb = JC_V_SET, .kind = JC_SLICE("member"), .fields = &field, .nfields = 1, .count = 1, .time = 1772409600};
	struct jc_opctx ctx = {0};
	struct jc_err err = {0};
	struct jc_buf line;
	struct jc_scope s;
	int64_t no;

	memcpy(op.rec, rec, sizeof(op.rec));
	test_ok(jc_id_random(op.batch, t->env, &err), &err);
	test_ok(jc_node_scope(t->node, &s, &err), &err);
	jc_buf_init(&line, 4096);
	test_ok(jc_op_write(&line, &op, &ctx, &err), &err);
	test_ok(jc_db_begin(t->node->db, &err), &err);
	test_ok(jc_log_reserve(t->node->log, 1, &no, &err), &err);
	test_ok(jc_log_draft(t->node->log, s.no, JC_TIER_COUNTY, no, line.data, line.len - 1, &err), &err);
	test_ok(jc_project_draft(t->node->project, s.no, no, line.data, line.len, &err), &err);
	test_ok(jc_db_end(t->node->db, 1, &err), &err);
	jc_buf_free(&line);
}

/* As if the hub had said so. Returns how many operations went to the tray. */
static int
refused(struct test_node *t, int64_t commit)
{
	struct jc_err err = {0};
	struct jc_scope s;
	int trayed;

	test_ok(jc_node_scope(t->node, &s, &err), &err);
	test_ok(jc_db_begin(t->node->db, &err), &err);
	test_ok(jc_reissue(t->node, s.no, commit, JC_SLICE("读不懂"), &trayed, &err), &err);
	test_ok(jc_db_end(t->node->db, 1, &err), &err);
	return trayed;
}

/* ---- what must hold afterwards ---- */

static int64_t
number(struct test_node *t, const char *sql)
{
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_db_int(t->node->db, &n, sql, &err), &err);
	return n;
}

static int64_t
tray(struct test_node *t)
{
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_tray_count(t->node, &n, &err), &err);
	return n;
}

static void
found(void *arg, const struct jc_finding *f)
{
	(void)arg;
	print_message("%d %s: %s\n", f->number, f->title, f->what);
}

static void
sound(struct test_node *t)
{
	struct jc_verify_report report;
	struct jc_verify_options o = {.found = found};
	struct jc_err err = {0};

	test_ok(jc_verify(t->node->log, &o, &report, &err), &err);
	assert_int_equal(report.findings, 0);
}

/* All three agree, before and after a rebuild; nothing waits at the PC. */
static void
settled(struct world *w)
{
	struct jc_err err = {0};
	char before[65], after[65];

	assert_int_equal(number(&w->a, "SELECT count(*) FROM draft"), 0);
	county_synced(&w->c, &w->b);
	county_agree(&w->c, &w->a, &w->b, NULL);
	test_typed_digest(&w->a, before);
	test_ok(jc_project_rebuild(w->a.node->project, NULL, NULL, &err), &err);
	test_typed_digest(&w->a, after);
	assert_string_equal(before, after);
	county_agree(&w->c, &w->a, &w->b, NULL);
	sound(&w->a);
	sound(&w->c.hub);
}

static void
synced_in(struct world *w, int most)
{
	struct wire wire = {0};
	struct jc_session_report report;

	assert_int_equal(county_sync(&w->c, &w->a, &wire, &report), JC_WANT_DONE);
	assert_int_equal(report.waiting, 0);
	assert_int_equal(report.forked, 0);
	assert_true(wire.requests <= most);
}

static void
a_wrong_signature_in_the_middle_is_mended_by_itself(void **state)
{
	struct world *w = *state;

	members(w, 10);
	cut(&w->a);
	members(w, 10);
	test_set(&w->a, "member", w->id[3], 0, "title=主席", NULL);
	cut_signed_wrongly(&w->a);
	test_set(&w->a, "member", w->id[3], 0, "title=副主席", NULL);
	test_set(&w->a, "member", w->id[12], 0, "title=组长", NULL);
	cut(&w->a);
	members(w, 5);
	test_set(&w->a, "member", w->id[12], 0, "title=副组长", NULL);
	synced_in(w, 5);
	assert_int_equal(tray(&w->a), 0);
	assert_int_equal(number(&w->a, "SELECT count(*) FROM refused"), 3);
	settled(w);
	assert_string_equal(test_get(&w->c.hub, w->id[3], "title"), "副主席");
	assert_string_equal(test_get(&w->c.hub, w->id[12], "title"), "副组长");
	assert_int_equal(test_siblings(&w->b, w->id[3], "title", (int64_t[8]){0}), 0);
	/* Life goes on upon the new continuation. */
	test_set(&w->a, "member", w->id[3], 0, "title=主席", NULL);
	test_set(&w->b, "member", w->id[12], 0, "title=委员", NULL);
	synced_in(w, 2);
	county_synced(&w->c, &w->b);
	synced_in(w, 2);
	settled(w);
}

static void
a_commit_over_the_bound_is_divided(void **state)
{
	struct world *w = *state;
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint32_t x = 7;

	members(w, 3);
	cut(&w->a);
	for (int i = 0; i < 160; i++) {
		char note[420] = "note=";
		jc_id id = "";

		for (int k = 5; k < 400; k++) {
			x = x * 1664525u + 1013904223u;
			note[k] = digits[x >> 27];
		}
		test_set(&w->a, "member", id, 0, "name=李小红", note, NULL);
	}
	cut_in_one(&w->a);
	members(w, 20);
	synced_in(w, 6);
	assert_int_equal(tray(&w->a), 0);
	settled(w);
	assert_int_equal(test_count(&w->c.hub, "member"), 183);
}

static int
look(void *arg, const struct jc_tray_item *item)
{
	*(int64_t *)arg = item->no;
	assert_true(item->refused);
	assert_true(item->reason[0] != '\0');
	return 0;
}

static void
one_operation_that_stays_refused_waits_alone(void **state)
{
	struct world *w = *state;
	struct jc_session_report report;
	struct jc_record_key key;
	struct jc_receipt at;
	struct jc_err err = {0};
	int64_t no = 0;
	int many = getenv("JC_SLOW") != NULL ? 20000 : 2000;

	members(w, 10);
	save_unknown_field(&w->a, w->id[4]);
	test_set(&w->a, "member", w->id[4], 0, "title=主席", NULL);
	members(w, 20);
	cut(&w->a);
	test_ok(jc_db_begin(w->a.node->db, &err), &err); /* one write to the disk for all of them */
	for (int i = 0; i < many; i++) {
		jc_id id = "";

		test_set(&w->a, "member", id, 0, "name=李小红", NULL);
		if (i == many / 2)
			cut(&w->a);
	}
	test_ok(jc_db_end(w->a.node->db, 1, &err), &err);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &report), JC_WANT_DONE);
	assert_int_equal(report.err.code, JC_EPARTIAL);
	assert_true(report.requests <= 12);
	assert_int_equal(tray(&w->a), 1);
	settled(w);
	assert_int_equal(test_count(&w->c.hub, "member"), 30 + many);
	assert_string_equal(test_get(&w->c.hub, w->id[4], "title"), "主席");
	test_ok(jc_record_find(w->a.node, 0, w->id[4], &key, &err), &err);
	test_ok(jc_receipt_get(w->a.node, key.rec, &at, &err), &err);
	assert_int_equal(at.returned, 1);
	assert_int_equal(at.level, 1);
	/* A person lets it go. */
	test_ok(jc_tray_each(w->a.node, look, &no, &err), &err);
	assert_int_equal(jc_tray_resend(w->a.node, no, NULL, 0, &err), JC_EINVAL);
	test_ok(jc_tray_close(w->a.node, no, "withdrawn", &err), &err);
	assert_int_equal(tray(&w->a), 0);
	test_ok(jc_receipt_get(w->a.node, key.rec, &at, &err), &err);
	assert_int_equal(at.returned, 0);
	synced_in(w, 1);
	settled(w);
}

/* The first save of a record is what the hub does not take, and later ones stand upon it. */
static void
what_names_a_refused_one_names_what_that_one_had_named(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	struct jc_change change = {.field = jc_catalogue_field(jc_catalogue_kind("member", 6), "title", 5), .text = JC_SLICE("主席")};
	struct jc_stmt *st;
	int64_t no = 0;

	members(w, 2);
	synced_in(w, 2);
	/* 委员 -> 主席 (refused for good) -> 副主席 */
	test_set(&w->a, "member", w->id[0], 0, "title=主席", NULL);
	cut_signed_wrongly(&w->a);
	test_set(&w->a, "member", w->id[0], 0, "title=副主席", NULL);
	assert_int_equal(refused(&w->a, number(&w->a, "SELECT max(no) FROM log_commit")), 0);
	assert_int_equal(cut(&w->a), 2);
	assert_int_equal(refused(&w->a, number(&w->a, "SELECT max(no) - 1 FROM log_commit")), 1);
	assert_string_equal(test_get(&w->a, w->id[0], "title"), "副主席");
	assert_int_equal(test_siblings(&w->a, w->id[0], "title", (int64_t[8]){0}), 0);
	synced_in(w, 3);
	settled(w);
	assert_string_equal(test_get(&w->c.hub, w->id[0], "title"), "副主席");
	assert_int_equal(test_siblings(&w->c.hub, w->id[0], "title", (int64_t[8]){0}), 0);
	/* Mended and sent again: it names the refused one as its origin, which nobody else has. */
	test_ok(jc_tray_each(w->a.node, look, &no, &err), &err);
	test_ok(jc_tray_resend(w->a.node, no, &change, 1, &err), &err);
	test_ok(jc_db_prep(&st, w->a.node->db, "SELECT 1 FROM draft WHERE instr(line, '\"o\":') > 0", &err), &err);
	assert_int_equal(jc_stmt_step(st, &err), 1);
	jc_stmt_reset(st);
	synced_in(w, 1);
	settled(w);
	assert_string_equal(test_get(&w->b, w->id[0], "title"), "主席");
	assert_int_equal(tray(&w->a), 0);
}

/* The program ends after every request, and at every answer that is lost. */
static void
ended_anywhere_it_goes_on(void **state)
{
	struct world *w = *state;

	for (int lose = 1; lose <= 6; lose++) {
		struct wire wire = {.lose_answer = lose};

		w->n = 0;
		members(w, 6);
		cut_signed_wrongly(&w->a);
		save_unknown_field(&w->a, w->id[2]);
		members(w, 6);
		cut(&w->a);
		members(w, 3);
		(void)county_sync(&w->c, &w->a, &wire, NULL);
		test_node_reopen(&w->a);
		sound(&w->a);
		wire = (struct wire){.lose_request = 2};
		(void)county_sync(&w->c, &w->a, &wire, NULL);
		test_node_reopen(&w->a);
		county_sync(&w->c, &w->a, NULL, NULL);
		synced_in(w, 2);
		assert_int_equal(tray(&w->a), lose);
		settled(w);
	}
}

/* An image from before comes back: what was refused is sent once more, and nothing happens twice. */
static void
image_sends_again(struct world *w, int well_formed)
{
	struct test_node image;
	int64_t bad;

	members(w, 10);
	test_set(&w->a, "member", w->id[0], 0, "title=主席", NULL);
	if (well_formed)
		cut(&w->a);
	else
		cut_signed_wrongly(&w->a);
	bad = number(&w->a, "SELECT max(no) FROM log_commit");
	members(w, 10);
	test_node_new(&image, 174);
	test_node_restore(&image, &w->a);
	if (well_formed) /* a hub of an older program did not take it */
		assert_int_equal(refused(&w->a, bad), 0);
	synced_in(w, 5);
	settled(w);
	test_node_restore(&w->a, &image);
	test_node_free(&image);
	members(w, 1);
	test_set(&w->a, "member", w->id[0], 0, "title=副主席", NULL);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, NULL), JC_WANT_DONE);
	county_synced(&w->c, &w->b);
	county_synced(&w->c, &w->a);
	settled(w);
	assert_int_equal(test_count(&w->c.hub, "member"), 21);
	assert_string_equal(test_get(&w->b, w->id[0], "title"), "副主席");
	assert_true(number(&w->a, "SELECT count(*) FROM op_origin") >= 11);
	if (well_formed) /* and the hub, now of a newer one, did: both copies are there */
		assert_int_equal(number(&w->c.hub, "SELECT count(*) FROM op_origin"), 11);
}

static void
an_image_from_before_sends_them_again(void **state)
{
	image_sends_again(*state, 0);
}

static void
a_hub_that_takes_them_later_has_them_once(void **state)
{
	image_sends_again(*state, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_wrong_signature_in_the_middle_is_mended_by_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(a_commit_over_the_bound_is_divided, setup, teardown),
		cmocka_unit_test_setup_teardown(one_operation_that_stays_refused_waits_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(what_names_a_refused_one_names_what_that_one_had_named, setup, teardown),
		cmocka_unit_test_setup_teardown(ended_anywhere_it_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(an_image_from_before_sends_them_again, setup, teardown),
		cmocka_unit_test_setup_teardown(a_hub_that_takes_them_later_has_them_once, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
