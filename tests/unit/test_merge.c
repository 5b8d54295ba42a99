/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The merge rule against the naive model: random small histories of three PCs, every order in which
 * their operations may arrive. NAIVE_HISTORIES in the environment gives another number of histories.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "naive.h"
#include "schema_mem.h"
#include "sync_merge.h"
#include "test_env.h"

struct history {
	struct naive_op op[NAIVE_OPS];
	int n;
	int knows[3][NAIVE_OPS]; /* per PC: 1 when it has operation i */
};

/* ---- making histories ---- */

static int
seen_by(struct naive_op *out, const struct history *h, int pc)
{
	int n = 0;

	for (int i = 0; i < h->n; i++)
		if (h->knows[pc][i])
			out[n++] = h->op[i];
	return n;
}

static void
name(struct naive_op *o, int field, int op)
{
	for (int i = 0; i < o->nnames; i++)
		if (o->name[i].field == field && o->name[i].op == op)
			return;
	if (o->nnames < NAIVE_NAMES)
		o->name[o->nnames++] = (struct naive_name){field, op};
}

/* Names what a write of this kind must: the shown value, the element's adds, all, or nothing. */
static void
write_register(struct naive_op *o, const struct naive_cell *c, int n, int field, int value, uint64_t *seed)
{
	int all = (int)(test_rand(seed) % 2);

	o->write[o->nwrites++] = (struct naive_write){field, 0, 0, value};
	for (int i = 0; i < n; i++)
		if (c[i].field == field && !c[i].set && (all || test_rand(seed) % 2))
			name(o, field, c[i].op);
}

static void
write_set(struct naive_op *o, const struct naive_cell *c, int n, int field, int value, int del)
{
	o->write[o->nwrites++] = (struct naive_write){field, 1, del, value};
	for (int i = 0; del && i < n; i++)
		if (c[i].field == field && c[i].set && c[i].value == value)
			name(o, field, c[i].op);
}

static void
act(struct history *h, int pc, uint64_t *seed)
{
	struct naive_op known[NAIVE_OPS], *o = &h->op[h->n];
	struct naive_cell c[NAIVE_OPS * NAIVE_WRITES];
	int n = naive_cells(c, known, seen_by(known, h, pc)), what = (int)(test_rand(seed) % 10);

	memset(o, 0, sizeof(*o));
	o->op = h->n + 1;
	o->rank = (int)(test_rand(seed) % 1000) * NAIVE_OPS + h->n;
	if (what == 0 && n > 0) {
		o->is_void = 1;
		for (int i = 0; i < n; i++)
			name(o, c[i].field, c[i].op);
	} else if (what == 1) {
		write_register(o, c, n, NAIVE_ALIVE, 0, seed);
	} else {
		if (what < 8)
			write_register(o, c, n, 1, test_rand(seed) % 4 ? 'a' + (int)(test_rand(seed) % 3) : 0, seed);
		if (what < 5)
			write_register(o, c, n, 2, 'a' + (int)(test_rand(seed) % 2), seed);
		if (what > 3)
			write_set(o, c, n, 3, 'a' + (int)(test_rand(seed) % 2), test_rand(seed) % 2 != 0);
	}
	h->knows[pc][h->n++] = 1;
}

static void
history_make(struct history *h, uint64_t *seed, void (*act_fn)(struct history *h, int pc, uint64_t *seed))
{
	int want = act_fn == act ? 2 + (int)(test_rand(seed) % 5) : 4 + (int)(test_rand(seed) % 3);

	memset(h, 0, sizeof(*h));
	while (h->n < want) {
		int pc = (int)(test_rand(seed) % 3), from = (int)(test_rand(seed) % 3);

		if (test_rand(seed) % 3 != 0) {
			act_fn(h, pc, seed);
			continue;
		}
		for (int i = 0; i < h->n; i++)
			h->knows[pc][i] |= h->knows[from][i];
	}
}

/* ---- histories of records that are merged and taken apart ---- */

/* Merges two records, or takes away every edge of one that the PC sees. */
static void
act_edge(struct naive_op *o, const struct naive_op *known, int nknown, uint64_t *seed)
{
	struct naive_cell c[NAIVE_OPS * NAIVE_WRITES];
	int n = naive_cells(c, known, nknown), other = (o->rec + 1 + (int)(test_rand(seed) % (NAIVE_RECS - 1))) % NAIVE_RECS;

	for (int i = 0; i < n; i++)
		if (c[i].field == NAIVE_STAR && c[i].rec == o->rec && test_rand(seed) % 2) {
			o->write[0] = (struct naive_write){NAIVE_STAR, 1, 1, c[i].value};
			o->nwrites = 1;
			for (int k = 0; k < n; k++)
				if (c[k].field == NAIVE_STAR && c[k].rec == o->rec && c[k].value == c[i].value)
					name(o, NAIVE_STAR, c[k].op);
			return;
		}
	o->write[o->nwrites++] = (struct naive_write){NAIVE_STAR, 1, 0, 'a' + other};
}

static void
act_class(struct history *h, int pc, uint64_t *seed)
{
	struct naive_op known[NAIVE_OPS], *o = &h->op[h->n];
	struct naive_cell c[NAIVE_OPS * NAIVE_WRITES];
	int nknown = seen_by(known, h, pc), what = (int)(test_rand(seed) % 12), n, own = 0;

	memset(o, 0, sizeof(*o));
	o->op = h->n + 1;
	o->rec = (int)(test_rand(seed) % NAIVE_RECS);
	o->rank = (int)(test_rand(seed) % 1000) * NAIVE_OPS + h->n;
	n = naive_class_cells(c, known, nknown, o->rec);
	for (int i = 0; i < n; i++)
		own += c[i].rec == o->rec;
	if (what < 3 || h->n == 0) {
		act_edge(o, known, nknown, seed);
	} else if (what == 4 && own > 0) {
		o->is_void = 1;
		for (int i = 0; i < n; i++)
			if (c[i].rec == o->rec)
				name(o, c[i].field, c[i].op);
	} else if (what < 10) {
		write_register(o, c, n, 1, test_rand(seed) % 4 ? 'a' + (int)(test_rand(seed) % 3) : 0, seed);
	} else {
		write_set(o, c, n, 3, 'a' + (int)(test_rand(seed) % 2), test_rand(seed) % 2 != 0);
	}
	h->knows[pc][h->n++] = 1;
}

/* ---- the rule under test ---- */

static int
rank_fn(void *arg, int64_t a, int64_t b)
{
	const struct history *h = arg;

	return h->op[a - 1].rank - h->op[b - 1].rank;
}

static const char VALUES[] = "abcd";

static void
apply(struct jc_cells *cells, const struct history *h, const struct naive_op *o)
{
	struct jc_mwrite w[NAIVE_WRITES];
	struct jc_mname m[NAIVE_NAMES];
	struct jc_mop op = {.op = o->op, .verb = o->is_void ? JC_M_VOID : JC_M_WRITE, .write = w, .name = m};

	for (int i = 0; i < o->nwrites; i++)
		w[op.nwrites++] = (struct jc_mwrite){(uint32_t)o->write[i].field, (uint8_t)o->write[i].set,
		    (uint8_t)o->write[i].del, o->write[i].value ? &VALUES[o->write[i].value - 'a'] : NULL,
		    o->write[i].value ? 1 : 0};
	for (int i = 0; i < o->nnames; i++)
		m[op.nnames++] = (struct jc_mname){(uint32_t)o->name[i].field, o->name[i].op};
	assert_int_equal(jc_merge_apply(cells, &op, rank_fn, (void *)(uintptr_t)h), 0);
}

static void
cells_text(char *out, size_t room, const struct jc_cells *cells)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < cells->n; i++) {
		const struct jc_cell *c = &cells->v[i];

		at += (size_t)snprintf(out + at, room - at, "%u%c%c%d%s ", c->field, c->set ? '+' : '=',
		    c->val != NULL ? c->val[0] : '-', (int)c->op, c->voided ? "v" : "");
	}
	snprintf(out + at, room - at, "void%d conflicts%d", jc_cells_void(cells), jc_cells_conflicts(cells));
}

struct orders {
	const struct history *h;
	char want[2048];
	int order[NAIVE_OPS];
	long count;
	int twice;
	void (*check)(const struct orders *o); /* NULL: one record against `want` */
};

static void
order_check(struct orders *o)
{
	struct jc_cells cells = {0};
	char got[2048];

	for (int i = 0; i < o->h->n; i++) {
		apply(&cells, o->h, &o->h->op[o->order[i]]);
		if (o->twice)
			apply(&cells, o->h, &o->h->op[o->order[i]]);
	}
	cells_text(got, sizeof(got), &cells);
	jc_cells_free(&cells);
	assert_string_equal(got, o->want);
	o->count++;
}

/* An operation may come when everything that it names is there. */
static int
ready(const struct orders *o, const int *used, int i)
{
	const struct naive_op *op = &o->h->op[i];

	for (int k = 0; k < op->nnames; k++)
		if (!used[op->name[k].op - 1])
			return 0;
	return 1;
}

static void
orders_all(struct orders *o, int *used, int depth)
{
	if (depth == o->h->n && o->check != NULL) {
		o->check(o);
		o->count++;
		return;
	}
	if (depth == o->h->n) {
		order_check(o);
		return;
	}
	for (int i = 0; i < o->h->n; i++) {
		if (used[i] || !ready(o, used, i))
			continue;
		used[i] = 1;
		o->order[depth] = i;
		orders_all(o, used, depth + 1);
		used[i] = 0;
	}
}

static long
histories(long n, uint64_t seed, int twice)
{
	struct orders o = {.twice = twice};
	struct history h;
	long conflicts = 0, voids = 0;

	for (long i = 0; i < n; i++) {
		int used[NAIVE_OPS] = {0};

		history_make(&h, &seed, act);
		o.h = &h;
		naive_text(o.want, sizeof(o.want), h.op, h.n);
		conflicts += strstr(o.want, "conflicts0") == NULL;
		voids += strstr(o.want, "void1") != NULL;
		orders_all(&o, used, 0);
	}
	/* The histories must be worth something. */
	assert_true(conflicts > n / 20);
	assert_true(voids > n / 200);
	return o.count;
}

static void
every_order_of_arrival_agrees_with_the_naive_model(void **state)
{
	const char *env = getenv("NAIVE_HISTORIES");
	long n = env != NULL ? strtol(env, NULL, 10) : 100000, orders;

	(void)state;
	orders = histories(n, 20261124, 0);
	print_message("%ld histories, %ld orders\n", n, orders);
	assert_true(orders > n * 2);
}

static void
applying_twice_is_applying_once(void **state)
{
	(void)state;
	histories(2000, 7, 1);
}

/* ---- classes ---- */

/* Every record's list of cells, and what it names in others. */
struct lists {
	struct jc_cells cells[NAIVE_RECS], cross[NAIVE_RECS];
};

static void
lists_free(struct lists *l)
{
	for (int r = 0; r < NAIVE_RECS; r++) {
		jc_cells_free(&l->cells[r]);
		jc_cells_free(&l->cross[r]);
	}
}

/* Splits the names as the projection does, then applies. */
static void
apply_split(struct lists *l, const struct history *h, const struct naive_op *o)
{
	struct naive_op own = *o;

	own.nnames = 0;
	for (int i = 0; i < o->nnames; i++) {
		struct naive_name m = o->name[i];
		int set = 0;

		if (h->op[m.op - 1].rec == o->rec) {
			own.name[own.nnames++] = m;
			continue;
		}
		for (int k = 0; k < o->nwrites; k++) {
			const struct naive_write *w = &o->write[k];

			set |= w->field == m.field && w->set;
			if (w->field == m.field && w->set && w->del)
				assert_int_equal(jc_merge_cross(&l->cross[o->rec], (uint32_t)m.field, m.op, 1,
				    &VALUES[w->value - 'a'], 1), 0);
		}
		if (!set)
			assert_int_equal(jc_merge_cross(&l->cross[o->rec], (uint32_t)m.field, m.op, 0, NULL, 0), 0);
	}
	apply(&l->cells[o->rec], h, &own);
}

static void
class_text(char *out, size_t room, const struct lists *l, const struct history *h, int rec)
{
	struct jc_member m[NAIVE_RECS];
	struct jc_cells cells = {0};
	size_t n = 0, at;
	int in[NAIVE_RECS], is_void = 1;

	naive_class(in, h->op, h->n, rec); /* connection itself is tested with the tables (test_alias) */
	for (int r = 0; r < NAIVE_RECS; r++)
		if (in[r]) {
			m[n++] = (struct jc_member){&l->cells[r], &l->cross[r]};
			is_void &= !jc_cells_any(&l->cells[r]) || jc_cells_void(&l->cells[r]);
		}
	assert_int_equal(jc_merge_class(&cells, NULL, m, n, rank_fn, (void *)(uintptr_t)h), 0);
	cells_text(out, room, &cells);
	at = (size_t)(strstr(out, "void") - out);
	snprintf(out + at, room - at, "void%d conflicts%d", is_void, jc_cells_conflicts(&cells));
	jc_cells_free(&cells);
}

static void
class_order_check(const struct orders *o)
{
	struct lists l = {0};
	char want[2048], got[2048];

	for (int i = 0; i < o->h->n; i++)
		apply_split(&l, o->h, &o->h->op[o->order[i]]);
	for (int r = 0; r < NAIVE_RECS; r++) {
		naive_class_text(want, sizeof(want), o->h->op, o->h->n, r);
		class_text(got, sizeof(got), &l, o->h, r);
		assert_string_equal(got, want);
	}
	lists_free(&l);
}

static void
classes_agree_with_the_naive_model_in_every_order(void **state)
{
	const char *env = getenv("NAIVE_HISTORIES");
	long n = env != NULL ? strtol(env, NULL, 10) / 2 : 10000, joined = 0, foreign = 0;
	uint64_t seed = 20261126;
	struct orders o = {.check = class_order_check};
	struct history h;

	(void)state;
	for (long i = 0; i < n; i++) {
		int used[NAIVE_OPS] = {0}, in[NAIVE_RECS];

		history_make(&h, &seed, act_class);
		o.h = &h;
		naive_class(in, h.op, h.n, 0);
		joined += in[0] + in[1] + in[2] > 1;
		for (int k = 0; k < h.n; k++)
			for (int m = 0; m < h.op[k].nnames; m++)
				foreign += h.op[h.op[k].name[m].op - 1].rec != h.op[k].rec;
		orders_all(&o, used, 0);
	}
	print_message("%ld histories, %ld orders, %ld with a class, %ld names across\n", n, o.count, joined, foreign);
	assert_true(joined > n / 10);
	assert_true(foreign > n / 20);
}

static int countdown;

static int
fail_nth(void *arg, size_t n)
{
	(void)arg;
	(void)n;
	return countdown >= 0 && countdown-- == 0;
}

static void
a_failed_allocation_is_reported_and_leaks_nothing(void **state)
{
	struct jc_mwrite w[2] = {{1, 0, 0, "a", 1}, {3, 1, 0, "b", 1}};
	struct jc_mop op = {.op = 1, .verb = JC_M_WRITE, .write = w, .nwrites = 2};
	struct history h = {0};
	int failed = 0, rc = -1;

	(void)state;
	for (int i = 0; rc != 0; i++) {
		struct jc_cells cells = {0};

		countdown = i;
		jc_mem_hook(fail_nth, NULL);
		rc = jc_merge_apply(&cells, &op, rank_fn, &h);
		jc_mem_hook(NULL, NULL);
		failed += rc < 0;
		jc_cells_free(&cells);
	}
	assert_int_equal(failed, 3); /* two values and the list */
}

static void
a_field_written_in_both_shapes_keeps_both_apart(void **state)
{
	struct jc_mwrite reg = {5, 0, 0, "x", 1}, add = {5, 1, 0, "a", 1}, del = {5, 1, 1, "a", 1};
	struct jc_mname n2 = {5, 2};
	struct jc_mop a = {.op = 1, .write = &add, .nwrites = 1}, b = {.op = 2, .write = &reg, .nwrites = 1},
	              c = {.op = 3, .write = &del, .nwrites = 1, .name = &n2, .nnames = 1};
	struct jc_cells cells = {0};
	struct history h = {0};
	size_t n;

	(void)state;
	assert_int_equal(jc_merge_apply(&cells, &a, rank_fn, &h), 0);
	assert_int_equal(jc_merge_apply(&cells, &b, rank_fn, &h), 0);
	assert_int_equal(jc_merge_apply(&cells, &c, rank_fn, &h), 0); /* names another write: takes nothing */
	assert_int_equal(jc_cells_field(&cells, 5, 0, &n)->op, 2);
	assert_int_equal(n, 1);
	assert_int_equal(jc_cells_field(&cells, 5, 1, &n)->op, 1);
	assert_int_equal(n, 1);
	assert_null(jc_cells_field(&cells, 4, 0, NULL));
	jc_cells_free(&cells);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_order_of_arrival_agrees_with_the_naive_model),
		cmocka_unit_test(applying_twice_is_applying_once),
		cmocka_unit_test(classes_agree_with_the_naive_model_in_every_order),
		cmocka_unit_test(a_failed_allocation_is_reported_and_leaks_nothing),
		cmocka_unit_test(a_field_written_in_both_shapes_keeps_both_apart),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
