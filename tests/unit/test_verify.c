/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The self-check: a sound log has no findings, and each planted fault is found under its own number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../sync/log.h"
#include "../../sync/verify.h"
#include "log_kit.h"
#include "test_env.h"

#define REC "0000000000aa"

static struct jc_err err;

struct world {
	struct kit hub, pc;
	int64_t first; /* number of an operation that is cut */
	int found[JC_VERIFY_RULES + 1];
};

/* The PC's log: founding, enrolment, cut operations, a merge of the hub, drafts, a note. */
static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	int64_t names[2] = {0};
	int made;

	kit_new(&w->hub, 401);
	kit_new(&w->pc, 402);
	kit_found(&w->hub);
	kit_join(&w->pc, &w->hub);
	w->first = names[0] = kit_draft(&w->pc, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_last(&w->pc, JC_TIER_COUNTY, REC, "phone", "b", NULL);
	kit_cut(&w->pc);
	kit_last(&w->pc, JC_TIER_COUNTY, REC, "name", "c", names);
	kit_cut(&w->pc);
	kit_carry(&w->hub, &w->pc);
	kit_ok(jc_cut_merge(w->hub.log, w->hub.scope.no, JC_TIER_COUNTY, &made, &err), &err);
	assert_int_equal(made, 1);
	kit_carry(&w->pc, &w->hub);
	kit_last(&w->pc, JC_TIER_COUNTY, REC, "name", "d", names);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	kit_free(&w->hub);
	kit_free(&w->pc);
	free(w);
	return 0;
}

static void
note_finding(void *arg, const struct jc_finding *f)
{
	struct world *w = arg;

	assert_in_range(f->number, 1, JC_VERIFY_RULES);
	assert_string_equal(f->title, jc_verify_title(f->number));
	assert_true(f->what[0] != '\0' && f->advice[0] != '\0');
	w->found[f->number]++;
}

/* Runs the check; returns the number of findings. */
static int64_t
check(struct world *w)
{
	const struct jc_verify_options o = {.found = note_finding, .arg = w};
	struct jc_verify_report report;

	err = (struct jc_err){0};
	memset(w->found, 0, sizeof(w->found));
	kit_ok(jc_verify(w->pc.log, &o, &report, &err), &err);
	if (w->found[1] == 0)
		assert_int_equal(report.commits, kit_count(&w->pc, "SELECT count(*) FROM log_commit"));
	return report.findings;
}

/* The fault that `sql` plants is found under `rule`, and `others` at most besides it (0 ends). */
static void
plant(struct world *w, const char *sql, int rule, const int *others)
{
	int64_t n, known;

	assert_int_equal(check(w), 0);
	kit_sql(&w->pc, sql);
	n = check(w);
	if (w->found[rule] == 0)
		print_error("rule %d did not see: %s\n", rule, sql);
	assert_true(w->found[rule] > 0);
	known = w->found[rule];
	for (; others != NULL && *others != 0; others++)
		known += w->found[*others];
	assert_int_equal(n, known);
}

#define OTHERS(...) ((const int[]){__VA_ARGS__, 0})

static void
a_sound_log_has_no_findings(void **state)
{
	struct world *w = *state;
	const struct jc_verify_options none = {0};
	struct jc_verify_report report;

	assert_int_equal(check(w), 0);
	kit_ok(jc_verify(w->hub.log, &none, &report, &err), &err);
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.ops, 2 + 1 + 2 + 1);
	for (int i = 1; i <= JC_VERIFY_RULES; i++)
		assert_non_null(jc_verify_title(i));
	assert_null(jc_verify_title(JC_VERIFY_RULES + 1));
}

static int
stop(void *arg, int64_t done, int64_t total)
{
	(void)arg;
	(void)done;
	(void)total;
	return 1;
}

static void
it_can_be_cancelled(void **state)
{
	struct world *w = *state;
	const struct jc_verify_options o = {.progress = stop};
	struct jc_verify_report report;

	assert_int_equal(jc_verify(w->pc.log, &o, &report, &err), JC_ECANCELLED);
	assert_int_equal(jc_db_depth(w->pc.db), 0);
}

/* Rule 1. */
static void
a_damaged_page_is_found(void **state)
{
	struct world *w = *state;
	int64_t page, size;
	FILE *f;

	page = kit_count(&w->pc, "SELECT rootpage FROM sqlite_schema WHERE name = 'log_commit_scope'");
	jc_log_close(w->pc.log);
	jc_db_close(w->pc.db);
	f = fopen(w->pc.path, "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, 16, SEEK_SET), 0); /* the header says how long a page is */
	size = fgetc(f) << 8;
	size |= fgetc(f);
	assert_int_equal(fseek(f, (long)(page * size - 1), SEEK_SET), 0);
	assert_int_equal(fputc(0x55, f), 0x55); /* the row number of the first entry */
	fclose(f);
	kit_ok(jc_db_open(&w->pc.db, w->pc.env, w->pc.path, 0, NULL, &err), &err);
	kit_ok(jc_log_open(&w->pc.log, w->pc.db, &w->pc.key, &err), &err);
	(void)check(w);
	assert_int_equal(w->found[1], 1);
}

/* Rule 2. */
static void
an_object_that_is_not_its_id_is_found(void **state)
{
	plant(*state, "UPDATE object SET z = zeroblob(20) WHERE no = (SELECT ops FROM log_commit WHERE no = 3)", 2,
	    OTHERS(4, 13, 14));
}

static void
an_object_with_the_bytes_of_another_is_found(void **state)
{
	plant(*state,
	    "UPDATE object SET (z, size) = (SELECT z, size FROM object o WHERE o.no = (SELECT ops FROM log_commit WHERE"
	    " no = 4)) WHERE no = (SELECT ops FROM log_commit WHERE no = 3)", 2, OTHERS(4, 14));
}

/* Rule 3. */
static void
a_row_that_says_other_than_its_commit_is_found(void **state)
{
	static const char *const change[] = {
		"UPDATE log_commit SET lamport = lamport + 1 WHERE no = 4",
		"UPDATE log_commit SET time = time + 1 WHERE no = 4",
		"UPDATE log_commit SET run = '0123456789ab' WHERE no = 4",
		"UPDATE log_commit SET tier = 0 WHERE no = 4",
		"UPDATE log_commit SET hash = randomblob(32) WHERE no = 4",
	};

	for (size_t i = 0; i < sizeof(change) / sizeof(change[0]); i++) {
		plant(*state, change[i], 3, OTHERS(8, 9, 11, 14, 7));
		teardown(state);
		setup(state);
	}
}

/* Rule 4. */
static void
a_payload_that_is_not_the_commits_is_found(void **state)
{
	plant(*state, "UPDATE log_commit SET ops = (SELECT ops FROM log_commit WHERE no = 4) WHERE no = 3", 4, OTHERS(14));
}

/* A commit of the PC, signed and appended, wrong in one respect only. */
static void
append_wrong(struct world *w, const char *payload, void (*spoil)(struct jc_commit *c))
{
	struct jc_commit c = {0};
	struct jc_commit_row tip;
	struct jc_tip own;
	struct jc_buf object;
	int64_t ops[1], no;
	int fresh;

	ops[0] = kit_last(&w->pc, JC_TIER_COUNTY, REC, "name", "x", NULL);
	kit_ok(jc_log_own_tip(w->pc.log, w->pc.scope.no, JC_TIER_COUNTY, &own, &err), &err);
	kit_ok(jc_log_commit(w->pc.log, own.commit_no, &tip, &err), &err);
	memcpy(c.network, w->pc.scope.network, sizeof(jc_id));
	memcpy(c.scope, w->pc.scope.id, sizeof(jc_id));
	memcpy(c.device, w->pc.key.id, sizeof(jc_id));
	memcpy(c.run, "0123456789ab", sizeof(jc_id));
	c.tier = JC_TIER_COUNTY;
	c.seq = own.seq + 1;
	c.lamport = own.lamport + 1;
	c.schema = 1;
	c.label = JC_SLICE("x");
	c.summary = JC_SLICE("x");
	c.nparents = 1;
	c.parent[0] = tip.oid;
	memcpy(c.parent_hash[0], tip.hash, JC_HASH_LEN);
	memcpy(c.founding, w->pc.scope.founding, JC_HASH_LEN);
	if (spoil != NULL)
		spoil(&c);
	jc_buf_init(&object, 1 << 16);
	kit_ok(jc_commit_build(&object, &c, payload, strlen(payload), &w->pc.key, &err), &err);
	kit_ok(jc_db_begin(w->pc.db, &err), &err);
	kit_ok(jc_log_append_z(w->pc.log, w->pc.scope.no, &c, (struct jc_slice){object.data, object.len},
	           (struct jc_slice){payload, strlen(payload)}, (struct jc_slice){NULL, 0}, ops, &no, &fresh, &err), &err);
	kit_ok(jc_db_end(w->pc.db, 1, &err), &err);
	jc_buf_free(&object);
}

#define LINE "{\"f\":{\"name\":\"x\"},\"k\":\"member\",\"n\":1,\"r\":\"0000000000aa\",\"t\":[\"0123456789ab\",0,5],\"v\":\"set\"}\n"

static void
wrong_is_found(struct world *w, const char *payload, void (*spoil)(struct jc_commit *c), int rule)
{
	append_wrong(w, LINE, NULL);
	assert_int_equal(check(w), 0);
	append_wrong(w, payload, spoil);
	assert_int_equal(check(w), 1);
	assert_int_equal(w->found[rule], 1);
}

/* Rule 5. */
static void
an_operation_that_cannot_be_read_is_found(void **state)
{
	wrong_is_found(*state, "{\"v\":\"set\",\"k\":\"member\"}\n", NULL, 5);
}

/* Rule 6: one character of the signature's text. */
static void
a_signature_that_is_not_the_devices_is_found(void **state)
{
	struct world *w = *state;
	struct jc_commit_row row;
	struct jc_buf object, z, sql;
	struct jc_oid oid;
	char *end, *c, is[JC_OID_HEX + 1], was[JC_OID_HEX + 1];

	kit_cut(&w->pc);
	assert_int_equal(check(w), 0);
	kit_newest(&w->pc, &row);
	jc_buf_init(&object, 1 << 16);
	jc_buf_init(&z, 1 << 16);
	kit_bytes(&w->pc, &row, &object, NULL);
	end = strstr(object.data, "-----END SSH SIGNATURE-----");
	assert_non_null(end);
	c = end - 12; /* within the last line of the armor */
	*c = *c == 'A' ? 'B' : 'A';
	kit_ok(jc_oid_of(&oid, JC_OBJ_COMMIT, object.data, object.len), &err);
	kit_ok(jc_zlib_pack(&z, object.data, object.len, 6, &err), &err);
	jc_oid_hex(is, &oid);
	jc_oid_hex(was, &row.oid);
	jc_buf_init(&sql, 1 << 16);
	jc_buf_puts(&sql, "UPDATE object SET z = x'");
	jc_buf_hex(&sql, z.data, z.len);
	jc_buf_putf(&sql, "', oid = x'%s' WHERE oid = x'%s';", is, was);
	jc_buf_putf(&sql, "UPDATE log_commit SET oid = x'%s' WHERE oid = x'%s';", is, was);
	jc_buf_putf(&sql, "UPDATE ref SET oid = x'%s' WHERE oid = x'%s'", is, was);
	kit_sql(&w->pc, sql.data);
	jc_buf_free(&sql);
	(void)check(w);
	assert_int_equal(w->found[2], 0);
	assert_int_equal(w->found[3], 0);
	assert_int_equal(w->found[6], 1);
	jc_buf_free(&object);
	jc_buf_free(&z);
}

static void
skip_seq(struct jc_commit *c)
{
	c->seq += 1;
}

static void
jump_lamport(struct jc_commit *c)
{
	c->lamport += 5;
}

static void
other_founding(struct jc_commit *c)
{
	c->seq = 1;
	c->has_founding = 1;
	c->founding[0] ^= 1;
}

/* Rules 7, 9, 10. */
static void
a_gap_in_a_chain_is_found(void **state)
{
	wrong_is_found(*state, LINE, skip_seq, 7);
}

static void
a_lamport_number_that_jumps_is_found(void **state)
{
	wrong_is_found(*state, LINE, jump_lamport, 9);
}

static void
a_chain_of_another_founding_is_found(void **state)
{
	wrong_is_found(*state, LINE, other_founding, 10);
}

/* Rule 8. */
static void
a_parent_that_is_another_commit_is_found(void **state)
{
	plant(*state, "UPDATE log_commit SET parents = x'01' WHERE no = 4", 8, OTHERS(7, 11));
}

/* Rule 11. */
static void
a_ref_that_does_not_stand_at_the_end_is_found(void **state)
{
	plant(*state, "UPDATE ref SET (tip, oid) = (SELECT no, oid FROM log_commit WHERE no = 3) WHERE tip = 4", 11, NULL);
}

static void
a_chain_without_a_ref_is_found(void **state)
{
	plant(*state, "DELETE FROM ref WHERE tip = 4", 11, NULL);
}

/* Rule 12. */
static void
an_operation_without_a_number_is_found(void **state)
{
	plant(*state, "DELETE FROM oprange WHERE commit_no = 3", 12, OTHERS(13, 14));
}

static void
a_number_that_two_operations_share_is_found(void **state)
{
	plant(*state,
	    "UPDATE oprange SET n = 4 WHERE commit_no = 3; INSERT INTO oprange(first, n, commit_no, idx)"
	    " SELECT first + 3, 1, commit_no, 3 FROM oprange WHERE commit_no = 3", 12, OTHERS(13, 14, 5));
}

/* Rule 13. */
static void
a_draft_that_cannot_be_read_is_found(void **state)
{
	plant(*state, "UPDATE draft SET line = x'7b7d'", 13, NULL);
}

static void
a_draft_that_names_what_is_not_there_is_found(void **state)
{
	plant(*state, "UPDATE draft SET line = CAST(replace(CAST(line AS TEXT), '[\"#', '[\"#77') AS BLOB)", 13, NULL);
}

/* Rule 14. */
static void
an_operation_that_names_another_record_is_found(void **state)
{
	struct world *w = *state;
	struct jc_op_id id;
	struct jc_buf line;

	kit_ok(jc_log_op_id(w->pc.log, w->first, &id, &err), &err);
	jc_buf_init(&line, 1024);
	jc_buf_puts(&line, "{\"f\":{\"name\":\"x\"},\"k\":\"member\",\"n\":1,\"p\":{\"name\":[\"");
	jc_buf_b64(&line, id.h, JC_H16);
	jc_buf_putf(&line, ".%lld\"]},\"r\":\"0000000000ab\",\"t\":[\"0123456789ab\",0,5],\"v\":\"set\"}\n", (long long)id.idx);
	wrong_is_found(w, line.data, NULL, 14);
	jc_buf_free(&line);
}

static void
an_operation_that_names_what_is_not_there_is_found(void **state)
{
	wrong_is_found(*state,
	    "{\"f\":{\"name\":\"x\"},\"k\":\"member\",\"n\":1,\"p\":{\"name\":[\"AAAAAAAAAAAAAAAAAAAAAA.0\"]},"
	    "\"r\":\"0000000000aa\",\"t\":[\"0123456789ab\",0,5],\"v\":\"set\"}\n", NULL, 14);
}

/* Rule 15. */
static void
a_copy_that_is_none_is_found(void **state)
{
	plant(*state, "INSERT INTO op_same(op, same) SELECT first + 1, first FROM oprange WHERE commit_no = 3", 15, NULL);
}

/* Rule 16. */
static void
a_standing_that_nobody_wrote_is_found(void **state)
{
	plant(*state, "UPDATE standing SET state = 'revoked' WHERE op > 2", 16, NULL);
}

static void
a_standing_that_is_missing_is_found(void **state)
{
	plant(*state, "DELETE FROM standing WHERE op > 2", 16, NULL);
}

/* Rule 18. */
static void
a_note_whose_signature_does_not_hold_is_found(void **state)
{
	struct world *w = *state;
	uint8_t sig[JC_SIG_LEN];
	struct jc_stmt *st;
	struct jc_buf body;

	jc_buf_init(&body, 1024);
	jc_buf_putf(&body, "jiceng-note 0\nnetwork %s\nscope %s\ntier county\nhub %s\nepoch 0123456789ab\ncounter 1\nhead ",
	    w->pc.scope.network, w->pc.scope.id, w->hub.key.id);
	jc_buf_b64(&body, "0123456789abcdef", JC_H16);
	jc_buf_puts(&body, "\n");
	jc_sign(sig, &w->hub.key, "jiceng-note", body.data, body.len);
	jc_db_log_window(w->pc.db, 1);
	kit_ok(jc_db_prep_text(&st, w->pc.db,
	           "INSERT INTO note(scope, tier, hub, epoch, counter, body, sig) VALUES(?1, 1, ?2, '0123456789ab', 1, ?3, ?4)",
	           &err), &err);
	jc_bind_int_at(st, 1, w->pc.scope.no);
	jc_bind_text_at(st, 2, w->hub.key.id, JC_ID_LEN);
	jc_bind_blob_at(st, 3, body.data, body.len);
	jc_bind_blob_at(st, 4, sig, sizeof(sig));
	kit_ok(jc_stmt_run(st, &err), &err);
	jc_stmt_free(st);
	jc_db_log_window(w->pc.db, -1);
	jc_buf_free(&body);
	plant(w, "UPDATE note SET sig = zeroblob(64)", 18, NULL);
}

static void
a_note_that_says_another_counter_than_its_row_is_found(void **state)
{
	struct world *w = *state;

	a_note_whose_signature_does_not_hold_is_found(state);
	teardown(state);
	setup(state);
	w = *state;
	assert_int_equal(check(w), 0);
	kit_sql(&w->pc, "INSERT INTO note(scope, tier, hub, epoch, counter, body, sig)"
	                " VALUES(1, 1, '0123456789ab', '0123456789ab', 7, x'00', zeroblob(64))");
	assert_int_equal(check(w), 1);
	assert_int_equal(w->found[18], 1);
}

/* Rule 17: the caller folds; what it says is reported. */
static int
record_same(void *arg, int64_t rec, int *same, struct jc_err *e)
{
	(void)e;
	assert_true(rec > 0);
	(void)arg;
	*same = 0;
	return 0;
}

static void
a_record_that_its_fold_does_not_make_is_found(void **state)
{
	struct world *w = *state;
	struct jc_verify_options o = {.record = record_same};
	struct jc_verify_report report;
	int64_t records;

	kit_sql(&w->pc,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)"
	    " INSERT INTO record(rec, scope, kind, id, void, conflicts, ver, hist)"
	    " SELECT i, 1, 2, '00000000000' || i, 0, 0, x'', x'' FROM n");
	records = kit_count(&w->pc, "SELECT count(*) FROM record");
	assert_int_equal(records, 5);
	kit_ok(jc_verify(w->pc.log, &o, &report, &err), &err);
	assert_int_equal(report.findings, 5);
	assert_int_equal(report.records, 5);
	o.every = 2;
	kit_ok(jc_verify(w->pc.log, &o, &report, &err), &err);
	assert_int_equal(report.findings, 3);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_WORLD(a_sound_log_has_no_findings),
		WITH_WORLD(it_can_be_cancelled),
		WITH_WORLD(a_damaged_page_is_found),
		WITH_WORLD(an_object_that_is_not_its_id_is_found),
		WITH_WORLD(an_object_with_the_bytes_of_another_is_found),
		WITH_WORLD(a_row_that_says_other_than_its_commit_is_found),
		WITH_WORLD(a_payload_that_is_not_the_commits_is_found),
		WITH_WORLD(an_operation_that_cannot_be_read_is_found),
		WITH_WORLD(a_signature_that_is_not_the_devices_is_found),
		WITH_WORLD(a_gap_in_a_chain_is_found),
		WITH_WORLD(a_parent_that_is_another_commit_is_found),
		WITH_WORLD(a_lamport_number_that_jumps_is_found),
		WITH_WORLD(a_chain_of_another_founding_is_found),
		WITH_WORLD(a_ref_that_does_not_stand_at_the_end_is_found),
		WITH_WORLD(a_chain_without_a_ref_is_found),
		WITH_WORLD(an_operation_without_a_number_is_found),
		WITH_WORLD(a_number_that_two_operations_share_is_found),
		WITH_WORLD(a_draft_that_cannot_be_read_is_found),
		WITH_WORLD(a_draft_that_names_what_is_not_there_is_found),
		WITH_WORLD(an_operation_that_names_another_record_is_found),
		WITH_WORLD(an_operation_that_names_what_is_not_there_is_found),
		WITH_WORLD(a_copy_that_is_none_is_found),
		WITH_WORLD(a_standing_that_nobody_wrote_is_found),
		WITH_WORLD(a_standing_that_is_missing_is_found),
		WITH_WORLD(a_record_that_its_fold_does_not_make_is_found),
		WITH_WORLD(a_note_whose_signature_does_not_hold_is_found),
		WITH_WORLD(a_note_that_says_another_counter_than_its_row_is_found),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
