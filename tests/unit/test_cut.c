/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Cutting drafts into commits, and the hub's merge commits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log_kit.h"
#include "test_env.h"

#define REC "0000000000aa"

static struct jc_err err;

struct pair {
	struct kit hub, pc;
};

static int
setup(void **state)
{
	struct pair *p = malloc(sizeof(*p));

	kit_new(&p->hub, 101);
	kit_new(&p->pc, 102);
	kit_found(&p->hub);
	kit_join(&p->pc, &p->hub);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct pair *p = *state;

	kit_free(&p->hub);
	kit_free(&p->pc);
	free(p);
	return 0;
}

/* The payload of commit `no`, terminated; freed by the caller. */
static char *
payload_of(struct kit *k, int64_t no, size_t *n)
{
	struct jc_commit_row row;
	struct jc_buf b;

	kit_ok(jc_log_commit(k->log, no, &row, &err), &err);
	jc_buf_init(&b, 2 << 20);
	kit_bytes(k, &row, NULL, &b);
	jc_buf_putc(&b, '\0');
	b.len--;
	if (n != NULL)
		*n = b.len;
	return b.data;
}

static void
drafts_of_a_scope_that_has_not_joined_are_not_cut(void **state)
{
	struct kit k;
	int64_t made;

	(void)state;
	kit_new(&k, 103);
	snprintf(k.scope.role, sizeof(k.scope.role), "branch");
	snprintf(k.scope.name, sizeof(k.scope.name), "青石镇工会");
	k.scope.mine = 1;
	kit_ok(jc_scope_put(&k.scope, k.log, &err), &err);
	assert_int_equal(kit_cut(&k), 0); /* nothing to cut is no error */
	kit_last(&k, JC_TIER_COUNTY, REC, "name", "a", NULL);
	assert_int_equal(jc_cut(k.log, k.scope.no, 0, &made, &err), JC_ESTATE);
	assert_int_equal(kit_count(&k, "SELECT count(*) FROM draft"), 1);
	kit_free(&k);
}

static void
drafts_wait_until_the_enrolment_has_come(void **state)
{
	struct pair *p = *state;
	struct kit early;
	int64_t made;

	kit_new(&early, 104);
	early.scope = p->hub.scope;
	early.scope.no = 0;
	kit_ok(jc_scope_put(&early.scope, early.log, &err), &err);
	kit_last(&early, JC_TIER_COUNTY, REC, "name", "a", NULL);
	assert_int_equal(jc_cut(early.log, early.scope.no, 0, &made, &err), JC_ESTATE);
	kit_carry(&early, &p->hub); /* others are enrolled, this one is not */
	assert_int_equal(jc_cut(early.log, early.scope.no, 0, &made, &err), JC_ESTATE);
	kit_ok(jc_scope_enrol(p->hub.log, &p->hub.scope, early.key.pk, "二号机", "branch", &err), &err);
	kit_carry(&early, &p->hub);
	assert_int_equal(kit_cut(&early), 1);
	kit_free(&early);
}

static void
local_numbers_become_references_that_hold_everywhere(void **state)
{
	struct pair *p = *state;
	struct kit *pc = &p->pc;
	struct jc_op_id id;
	struct jc_buf want;
	char *text;
	int64_t a, b, found, names[3] = {0};

	a = kit_last(pc, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_cut(pc);
	names[0] = a;
	b = kit_last(pc, JC_TIER_COUNTY, REC, "name", "b", names);
	names[0] = b;
	names[1] = a;
	kit_last(pc, JC_TIER_COUNTY, REC, "name", "c", names);
	kit_cut(pc);
	kit_ok(jc_log_op_id(pc->log, a, &id, &err), &err);
	text = payload_of(pc, kit_count(pc, "SELECT max(no) FROM log_commit"), NULL);
	jc_buf_init(&want, 256);
	jc_buf_puts(&want, "\"p\":{\"name\":[\"");
	jc_buf_b64(&want, id.h, JC_H16);
	jc_buf_puts(&want, ".0\"]}");
	assert_non_null(strstr(text, want.data));
	jc_buf_reset(&want);
	jc_buf_puts(&want, "\"p\":{\"name\":[\".0\",\"");
	jc_buf_b64(&want, id.h, JC_H16);
	jc_buf_puts(&want, ".0\"]}");
	assert_non_null(strstr(text, want.data));
	assert_null(strchr(text, '#'));
	kit_carry(&p->hub, pc);
	kit_ok(jc_log_op_find(p->hub.log, p->hub.scope.no, id.h, id.idx, &found, &err), &err);
	assert_string_equal(kit_value(&p->hub, found), "a");
	jc_buf_free(&want);
	free(text);
}

static void
time_and_batch_are_written_once_per_batch(void **state)
{
	struct pair *p = *state;
	char *text, *second;

	kit_draft(&p->pc, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_draft(&p->pc, JC_TIER_COUNTY, REC, "phone", "b", NULL);
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "note", "c", NULL);
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "note", "d", NULL);
	assert_int_equal(kit_cut(&p->pc), 1);
	text = payload_of(&p->pc, kit_count(&p->pc, "SELECT max(no) FROM log_commit"), NULL);
	second = strstr(text, "\"t\":");
	assert_non_null(second);
	second = strstr(second + 1, "\"t\":");
	assert_non_null(second);
	assert_null(strstr(second + 1, "\"t\":"));
	assert_non_null(strstr(text, "\"n\":3,"));
	assert_non_null(strstr(text, "\"n\":1,"));
	free(text);
}

/* ---- bounds ---- */

static void
noise(char *out, size_t n, uint64_t *seed)
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

	for (size_t i = 0; i + 1 < n; i++)
		out[i] = alphabet[test_rand(seed) % 32];
	out[n - 1] = '\0';
}

struct check {
	struct kit *k;
	size_t max_z;
	int64_t ops, commits;
	int torn, small;
};

/* Deflates within the bound; starts and ends at the edge of a batch unless that one is too large. */
static int
bound_check(void *arg, const struct jc_commit_row *row)
{
	struct check *c = arg;
	struct jc_ops_reader *reader;
	struct jc_buf payload, z;
	struct jc_op op;
	int64_t place = 0, count = 0, ops = 0;
	int rc;

	if (row->no <= 2)
		return 0;
	jc_buf_init(&payload, 2 << 20);
	jc_buf_init(&z, 2 << 20);
	kit_bytes(c->k, row, NULL, &payload);
	kit_ok(jc_zlib_pack(&z, payload.data, payload.len, 6, &err), &err);
	assert_true(z.len <= c->max_z || row->nops == 1);
	c->small += z.len < c->max_z * 8 / 10;
	kit_ok(jc_ops_reader_new(&reader, 0, &err), &err);
	jc_ops_begin(reader, payload.data, payload.len);
	while ((rc = jc_ops_next(reader, &op, &err)) == 1) {
		if (ops == 0)
			place = op.place;
		count = op.count;
		ops++;
	}
	kit_ok(rc, &err);
	assert_int_equal(ops, row->nops);
	c->torn += place != 0 || count == 0;
	c->ops += ops;
	c->commits++;
	jc_ops_reader_free(reader);
	jc_buf_free(&payload);
	jc_buf_free(&z);
	return 0;
}

static struct check
check_all(struct kit *k, size_t max_z)
{
	struct check c = {.k = k, .max_z = max_z};

	kit_ok(jc_log_walk(k->log, k->scope.no, 0, bound_check, &c, &err), &err);
	return c;
}

static void
no_commit_deflates_to_more_than_the_bound_and_no_batch_is_torn_for_nothing(void **state)
{
	struct pair *p = *state;
	struct check c;
	uint64_t seed = 5;
	char text[600];
	int64_t n = 0;

	for (int batch = 0; batch < 120; batch++) {
		int ops = 1 + (int)(test_rand(&seed) % 6);

		for (int i = 0; i < ops; i++, n++) {
			noise(text, 20 + test_rand(&seed) % 500, &seed);
			(i == ops - 1 ? kit_last : kit_draft)(&p->pc, JC_TIER_COUNTY, REC, "note", text, NULL);
		}
	}
	assert_true(kit_cut_z(&p->pc, 4096) > 10);
	c = check_all(&p->pc, 4096);
	assert_int_equal(c.ops, n);
	assert_int_equal(c.torn, 0);
	assert_true(c.small * 4 < c.commits); /* most of them are well filled */
	assert_int_equal(kit_carry(&p->hub, &p->pc), c.commits);
}

static void
a_batch_larger_than_the_bound_is_torn_and_the_rest_rides_with_what_follows(void **state)
{
	struct pair *p = *state;
	struct check c;
	uint64_t seed = 6;
	char text[400];

	kit_last(&p->pc, JC_TIER_COUNTY, REC, "note", "before", NULL);
	for (int i = 0; i < 60; i++) {
		noise(text, sizeof(text), &seed);
		(i == 59 ? kit_last : kit_draft)(&p->pc, JC_TIER_COUNTY, REC, "note", text, NULL);
	}
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "note", "after", NULL);
	kit_cut_z(&p->pc, 4096);
	c = check_all(&p->pc, 4096);
	assert_int_equal(c.ops, 62);
	assert_true(c.commits >= 5 && c.commits <= 8);
	assert_true(c.torn >= 4);
	assert_int_equal(kit_carry(&p->hub, &p->pc), c.commits);
}

static void
a_single_operation_too_large_for_the_bound_goes_alone(void **state)
{
	struct pair *p = *state;
	struct check c;
	uint64_t seed = 7;
	char *text = malloc(30000);

	noise(text, 30000, &seed);
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "note", text, NULL);
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "name", "b", NULL);
	assert_int_equal(kit_cut_z(&p->pc, 2048), 3);
	c = check_all(&p->pc, 2048);
	assert_int_equal(c.ops, 3);
	free(text);
}

static void
no_commit_has_more_than_4096_operations(void **state)
{
	struct pair *p = *state;
	struct jc_commit_row row;

	kit_ok(jc_db_begin(p->pc.db, &err), &err);
	for (int i = 0; i < 5000; i++)
		(i % 10 == 9 ? kit_last : kit_draft)(&p->pc, JC_TIER_COUNTY, REC, "name", "x", NULL);
	kit_ok(jc_db_end(p->pc.db, 1, &err), &err);
	assert_int_equal(kit_cut(&p->pc), 2);
	kit_ok(jc_log_commit(p->pc.log, 3, &row, &err), &err);
	assert_int_equal(row.nops, 4090); /* whole batches of ten */
	kit_ok(jc_log_commit(p->pc.log, 4, &row, &err), &err);
	assert_int_equal(row.nops, 910);
}

static void
a_line_that_would_outgrow_its_limit_when_cut_is_refused_while_it_is_a_draft(void **state)
{
	struct pair *p = *state;
	struct jc_opref *ref = calloc(4000, sizeof(*ref));
	struct jc_opfield f = {.name = JC_SLICE("name"), .kind = JC_VAL_TEXT, .text = JC_SLICE("x")};
	struct jc_opnames n = {.field = JC_SLICE("name"), .refs = ref};
	struct jc_op op = {.verb = JC_V_SET, .kind = JC_SLICE("member"), .rec = REC, .batch = "0123456789ab",
	    .fields = &f, .nfields = 1, .names = &n, .nnames = 1};
	struct jc_opctx ctx = {0};
	struct jc_buf line;
	int64_t no;
	int rc;

	jc_buf_init(&line, 1 << 20);
	kit_ok(jc_db_begin(p->pc.db, &err), &err);
	kit_ok(jc_log_reserve(p->pc.log, 1, &no, &err), &err);
	for (size_t refs = 100; refs <= 4000; refs += 1300) {
		jc_buf_reset(&line);
		memset(&ctx, 0, sizeof(ctx));
		for (size_t i = 0; i < refs; i++)
			ref[i] = (struct jc_opref){.kind = JC_REF_LOCAL, .n = 100000 + (int64_t)i};
		n.nrefs = refs;
		kit_ok(jc_op_write(&line, &op, &ctx, &err), &err);
		assert_true(line.len < JC_LINE_MAX);
		rc = jc_log_draft(p->pc.log, p->pc.scope.no, JC_TIER_COUNTY, no, line.data, line.len - 1, &err);
		assert_int_equal(rc, refs * 30 > JC_LINE_MAX ? JC_ELIMIT : 0);
	}
	kit_ok(jc_db_end(p->pc.db, 0, &err), &err);
	jc_buf_free(&line);
	free(ref);
}

/* ---- tiers, parents, Lamport ---- */

static void
higher_tiers_are_cut_first_so_that_lower_ones_can_descend_from_them(void **state)
{
	struct pair *p = *state;
	struct jc_commit_row city, county, branch;

	kit_last(&p->pc, JC_TIER_BRANCH, REC, "name", "a", NULL);
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "phone", "b", NULL);
	kit_last(&p->pc, JC_TIER_CITY, REC, "note", "c", NULL);
	assert_int_equal(kit_cut(&p->pc), 3);
	kit_ok(jc_log_commit(p->pc.log, 3, &city, &err), &err);
	kit_ok(jc_log_commit(p->pc.log, 4, &county, &err), &err);
	kit_ok(jc_log_commit(p->pc.log, 5, &branch, &err), &err);
	assert_int_equal(city.tier, JC_TIER_CITY);
	assert_int_equal(county.tier, JC_TIER_COUNTY);
	assert_int_equal(branch.tier, JC_TIER_BRANCH);
	assert_int_equal(city.parent[0], 2);
	assert_int_equal(county.nparents, 1);
	assert_int_equal(county.parent[0], 3);
	assert_int_equal(branch.nparents, 1);
	assert_int_equal(branch.parent[0], 4);
	assert_int_equal(branch.lamport, 5);
	/* The next city commit does not descend from the lower chains. */
	kit_last(&p->pc, JC_TIER_CITY, REC, "note", "d", NULL);
	kit_cut(&p->pc);
	kit_newest(&p->pc, &city);
	assert_int_equal(city.nparents, 1);
	assert_int_equal(city.parent[0], 3);
	assert_int_equal(city.seq, 2);
}

static void
a_draft_that_names_what_travels_less_is_never_cut(void **state)
{
	struct pair *p = *state;
	int64_t made, names[2] = {0};

	names[0] = kit_last(&p->pc, JC_TIER_BRANCH, REC, "name", "a", NULL);
	kit_last(&p->pc, JC_TIER_CITY, REC, "name", "b", names);
	assert_int_equal(jc_cut(p->pc.log, p->pc.scope.no, 0, &made, &err), JC_EINTERNAL);
	assert_int_equal(kit_count(&p->pc, "SELECT count(*) FROM draft"), 2);
	assert_int_equal(made, 0);
}

static void
each_commit_counts_one_more_than_its_parents(void **state)
{
	struct pair *p = *state;
	struct kit other;
	struct jc_commit_row row, parent;

	kit_new(&other, 105);
	kit_join(&other, &p->hub);
	for (int i = 0; i < 12; i++) {
		struct kit *k = i % 3 != 0 ? &p->pc : &other;

		kit_last(k, JC_TIER_COUNTY, REC, "name", "x", NULL);
		kit_cut(k);
		kit_carry(&p->hub, k);
		if (i % 4 == 0) {
			kit_carry(&p->pc, &p->hub);
			kit_carry(&other, &p->hub);
		}
	}
	for (int64_t no = 1; no <= kit_count(&p->hub, "SELECT max(no) FROM log_commit"); no++) {
		int64_t most = 0;

		kit_ok(jc_log_commit(p->hub.log, no, &row, &err), &err);
		for (size_t i = 0; i < row.nparents; i++) {
			kit_ok(jc_log_commit(p->hub.log, row.parent[i], &parent, &err), &err);
			most = parent.lamport > most ? parent.lamport : most;
		}
		assert_int_equal(row.lamport, most + 1);
	}
	kit_free(&other);
}

static void
no_parent_is_an_ancestor_of_another(void **state)
{
	struct pair *p = *state;
	struct kit other;
	struct jc_commit_row row;

	kit_new(&other, 106);
	kit_join(&other, &p->hub);
	kit_carry(&p->pc, &p->hub);
	for (int i = 0; i < 9; i++) {
		struct kit *k = i % 2 != 0 ? &p->pc : &other;

		kit_last(k, i % 4 == 3 ? JC_TIER_CITY : JC_TIER_COUNTY, REC, "name", "x", NULL);
		kit_cut(k);
		kit_carry(&p->hub, k);
		if (i % 3 == 0)
			kit_carry(k == &other ? &p->pc : &other, &p->hub);
	}
	for (int64_t no = 1; no <= kit_count(&p->hub, "SELECT max(no) FROM log_commit"); no++) {
		kit_ok(jc_log_commit(p->hub.log, no, &row, &err), &err);
		for (size_t i = 0; i < row.nparents; i++)
			for (size_t k = 0; k < row.nparents; k++)
				assert_true(i == k || jc_log_reaches(p->hub.log, row.parent[i], row.parent[k], &err) == 0);
	}
	kit_free(&other);
}

static void
more_heads_than_a_commit_may_have_are_joined_beforehand(void **state)
{
	struct pair *p = *state;
	struct kit *k = calloc(70, sizeof(*k));
	struct jc_commit_row row, first;

	for (int i = 0; i < 70; i++) {
		kit_new(&k[i], 200 + (uint64_t)i);
		kit_join(&k[i], &p->hub);
		kit_last(&k[i], JC_TIER_COUNTY, REC, "name", "x", NULL);
		kit_cut(&k[i]); /* knows nothing of the others' */
	}
	for (int i = 0; i < 70; i++) {
		kit_carry(&p->hub, &k[i]);
		kit_free(&k[i]);
	}
	free(k);
	kit_carry(&p->pc, &p->hub);
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "name", "y", NULL);
	assert_int_equal(kit_cut(&p->pc), 2);
	kit_newest(&p->pc, &row);
	assert_int_equal(row.nops, 1);
	assert_int_equal(row.seq, 2);
	kit_ok(jc_log_commit(p->pc.log, row.no - 1, &first, &err), &err);
	assert_int_equal(first.nops, 0);
	assert_int_equal(first.nparents, JC_PARENTS_MAX);
	for (int64_t no = 1; no < row.no; no++)
		assert_int_equal(jc_log_reaches(p->pc.log, row.no, no, &err), 1);
	assert_int_equal(kit_carry(&p->hub, &p->pc), 2);
}

static void
a_wrong_clock_changes_only_what_is_shown(void **state)
{
	struct pair *p = *state;
	struct jc_commit_row row;

	test_env_wall(p->pc.env, INT64_C(4070908800000)); /* 2099 */
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "name", "2099", NULL);
	kit_cut(&p->pc);
	kit_newest(&p->pc, &row);
	assert_int_equal(row.time, 4070908800);
	test_env_wall(p->pc.env, INT64_C(1230768000000)); /* 2009 */
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "name", "2009", NULL);
	test_env_wall(p->pc.env, INT64_C(-5000));
	kit_cut(&p->pc);
	kit_newest(&p->pc, &row);
	assert_int_equal(row.time, 0);
	assert_int_equal(row.seq, 2);
	assert_int_equal(kit_carry(&p->hub, &p->pc), 2);
}

/* ---- the hub's merges ---- */

static int64_t
main_tip(struct kit *k)
{
	return kit_count(k, "SELECT tip FROM ref WHERE name = 'refs/heads/main'");
}

static void
a_merge_joins_what_is_open_and_main_moves_to_it(void **state)
{
	struct pair *p = *state;
	struct kit other;
	struct jc_commit_row row;
	int made;

	kit_ok(jc_cut_merge(p->hub.log, p->hub.scope.no, JC_TIER_COUNTY, &made, &err), &err);
	assert_int_equal(made, 0); /* nothing of the county tier yet */
	kit_new(&other, 107);
	kit_join(&other, &p->hub);
	kit_last(&p->pc, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_last(&other, JC_TIER_COUNTY, REC, "name", "b", NULL);
	kit_cut(&p->pc);
	kit_cut(&other);
	kit_carry(&p->hub, &p->pc);
	kit_carry(&p->hub, &other);
	kit_ok(jc_cut_merge(p->hub.log, p->hub.scope.no, JC_TIER_COUNTY, &made, &err), &err);
	assert_int_equal(made, 1);
	kit_newest(&p->hub, &row);
	assert_int_equal(row.nops, 0);
	assert_int_equal(row.seq, 1);
	assert_int_equal(row.tier, JC_TIER_COUNTY);
	assert_int_equal(main_tip(&p->hub), row.no);
	for (int64_t no = 1; no < row.no; no++)
		assert_int_equal(jc_log_reaches(p->hub.log, row.no, no, &err), 1);
	kit_ok(jc_cut_merge(p->hub.log, p->hub.scope.no, JC_TIER_COUNTY, &made, &err), &err);
	assert_int_equal(made, 0);
	/* It travels, and main with it. */
	kit_carry(&p->pc, &p->hub);
	assert_int_equal(main_tip(&p->pc), kit_count(&p->pc, "SELECT max(no) FROM log_commit"));
	/* A commit of the city tier does not pull main up again; the next merge takes it in. */
	kit_last(&p->hub, JC_TIER_CITY, REC, "note", "c", NULL);
	kit_cut(&p->hub);
	assert_int_equal(main_tip(&p->hub), row.no);
	kit_ok(jc_cut_merge(p->hub.log, p->hub.scope.no, JC_TIER_COUNTY, &made, &err), &err);
	assert_int_equal(made, 1);
	assert_int_equal(main_tip(&p->hub), row.no + 2);
	kit_newest(&p->hub, &row);
	assert_int_equal(row.seq, 2);
	assert_int_equal(row.nparents, 2);
	kit_free(&other);
}

static void
a_first_merge_over_one_chain_still_has_two_parents(void **state)
{
	struct pair *p = *state;
	struct jc_commit_row row;
	int made;

	kit_last(&p->pc, JC_TIER_COUNTY, REC, "name", "a", NULL);
	kit_cut(&p->pc);
	kit_carry(&p->hub, &p->pc);
	kit_ok(jc_cut_merge(p->hub.log, p->hub.scope.no, JC_TIER_COUNTY, &made, &err), &err);
	assert_int_equal(made, 1);
	kit_newest(&p->hub, &row);
	assert_int_equal(row.nparents, 2);
	assert_int_equal(main_tip(&p->hub), row.no);
	assert_int_equal(kit_carry(&p->pc, &p->hub), 1);
}

/* ---- at random ---- */

#define MODEL 400

static void
whatever_the_bound_every_draft_arrives_once_in_order_with_its_names(void **state)
{
	struct pair *p = *state;
	uint64_t seed = 77;
	int64_t no[MODEL], named[MODEL], found, resolved;
	struct jc_opread read;
	struct jc_op_id id;
	char text[80];
	int n = 0;

	while (n < MODEL) {
		int burst = 1 + (int)(test_rand(&seed) % 40);

		for (int i = 0; i < burst && n < MODEL; i++, n++) {
			int64_t names[2] = {0};

			named[n] = n > 0 && test_rand(&seed) % 2 ? no[test_rand(&seed) % (uint64_t)n] : 0;
			names[0] = named[n];
			snprintf(text, sizeof(text), "%d ", n);
			noise(text + strlen(text), 2 + test_rand(&seed) % 60, &seed);
			no[n] = (test_rand(&seed) % 3 ? kit_draft : kit_last)(&p->pc, JC_TIER_COUNTY, REC, "name", text,
			    named[n] != 0 ? names : NULL);
		}
		kit_batch(&p->pc);
		kit_cut_z(&p->pc, 200 + test_rand(&seed) % 3000);
		if (test_rand(&seed) % 3 == 0)
			kit_reopen(&p->pc);
	}
	kit_carry(&p->hub, &p->pc);
	jc_opread_init(&read);
	for (int i = 0; i < MODEL; i++) {
		kit_ok(jc_log_op_id(p->pc.log, no[i], &id, &err), &err);
		kit_ok(jc_log_op_find(p->hub.log, p->hub.scope.no, id.h, id.idx, &found, &err), &err);
		kit_ok(jc_log_op_read(p->hub.log, found, &read, &err), &err);
		assert_int_equal(strtol(read.op.fields[0].text.p, NULL, 10), i);
		assert_int_equal(read.op.nnames, named[i] != 0);
		if (named[i] == 0)
			continue;
		kit_ok(jc_log_ref_resolve(p->hub.log, &read, &read.op.names[0].refs[0], &resolved, &err), &err);
		kit_ok(jc_log_op_id(p->pc.log, named[i], &id, &err), &err);
		kit_ok(jc_log_op_find(p->hub.log, p->hub.scope.no, id.h, id.idx, &found, &err), &err);
		assert_int_equal(resolved, found);
	}
	jc_opread_free(&read);
}

#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drafts_of_a_scope_that_has_not_joined_are_not_cut),
		WITH_PAIR(drafts_wait_until_the_enrolment_has_come),
		WITH_PAIR(local_numbers_become_references_that_hold_everywhere),
		WITH_PAIR(time_and_batch_are_written_once_per_batch),
		WITH_PAIR(no_commit_deflates_to_more_than_the_bound_and_no_batch_is_torn_for_nothing),
		WITH_PAIR(a_batch_larger_than_the_bound_is_torn_and_the_rest_rides_with_what_follows),
		WITH_PAIR(a_single_operation_too_large_for_the_bound_goes_alone),
		WITH_PAIR(no_commit_has_more_than_4096_operations),
		WITH_PAIR(a_line_that_would_outgrow_its_limit_when_cut_is_refused_while_it_is_a_draft),
		WITH_PAIR(higher_tiers_are_cut_first_so_that_lower_ones_can_descend_from_them),
		WITH_PAIR(a_draft_that_names_what_travels_less_is_never_cut),
		WITH_PAIR(each_commit_counts_one_more_than_its_parents),
		WITH_PAIR(no_parent_is_an_ancestor_of_another),
		WITH_PAIR(more_heads_than_a_commit_may_have_are_joined_beforehand),
		WITH_PAIR(a_wrong_clock_changes_only_what_is_shown),
		WITH_PAIR(a_merge_joins_what_is_open_and_main_moves_to_it),
		WITH_PAIR(a_first_merge_over_one_chain_still_has_two_parents),
		WITH_PAIR(whatever_the_bound_every_draft_arrives_once_in_order_with_its_names),
	};

	return cmocka_run_group_tests_name("cut", tests, NULL, NULL);
}
