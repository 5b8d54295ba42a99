/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The summary line of a commit: counts by kind, no names, for `git log` to read like a diary. */
#include <string.h>

#include "../schema/schema_catalogue.h"
#include "../schema/schema_mem.h"
#include "sync_op.h"

#define KINDS 24
#define JC_SUMMARY_TEXT 200
enum act { ACT_NEW, ACT_EDIT, ACT_VOID, ACT_BACK, ACT_ALIAS, ACTS };

struct tally {
	struct {
		struct jc_slice name;
		int64_t n[ACTS];
	} kind[KINDS];
	size_t nkinds;
	int64_t found, devices, other;
	uint64_t *seen; /* ids of records met, open addressing */
	size_t mask;
};

/* 1 the first time an id comes. */
static int
first_time(struct tally *t, uint64_t id)
{
	size_t at = (size_t)(id * 0x9e3779b97f4a7c15u >> 20) & t->mask;

	for (id++; t->seen[at] != 0; at = (at + 1) & t->mask)
		if (t->seen[at] == id)
			return 0;
	t->seen[at] = id;
	return 1;
}

static int64_t *
counter(struct tally *t, struct jc_slice kind, enum act act)
{
	size_t i = 0;

	while (i < t->nkinds && !jc_slice_eq(t->kind[i].name, kind))
		i++;
	if (i == KINDS)
		return &t->other;
	if (i == t->nkinds)
		t->kind[t->nkinds++].name = kind;
	return &t->kind[i].n[act];
}

/* A new record replaces nothing and says what it is called; a field that is filled later replaces nothing
 * either. */
static int
is_new(const struct jc_op *op)
{
	const struct jc_kind *k = jc_catalogue_kind_any(op->kind.p, op->kind.n);

	for (size_t i = 0; i < op->nfields && op->nnames == 0; i++)
		if (k == NULL || jc_slice_is(op->fields[i].name, k->title))
			return 1;
	return 0;
}

static void
op_count(struct tally *t, const struct jc_op *op)
{
	uint64_t id = 0;
	int fresh;

	switch (op->verb) {
	case JC_V_FOUND:
		t->found++;
		return;
	case JC_V_DEVICE:
		t->devices++;
		return;
	case JC_V_SET:
		jc_id_to_u64(&id, op->rec, JC_ID_LEN);
		fresh = first_time(t, id);
		if (fresh) /* several operations on one record in one commit are one act to people */
			(*counter(t, op->kind, is_new(op) ? ACT_NEW : ACT_EDIT))++;
		return;
	case JC_V_VOID:
		(*counter(t, op->kind, ACT_VOID))++;
		return;
	case JC_V_UNVOID:
		(*counter(t, op->kind, ACT_BACK))++;
		return;
	case JC_V_ALIAS:
		(*counter(t, op->kind, ACT_ALIAS))++;
		return;
	default:
		t->other++;
	}
}

static void
word_put(struct jc_buf *b, size_t start, const char *verb, const char *what, size_t n, int64_t count)
{
	if (count == 0 || b->len - start > JC_SUMMARY_TEXT - 60)
		return;
	if (b->len != start)
		jc_buf_putc(b, ' ');
	jc_buf_puts(b, verb);
	jc_buf_put(b, what, n);
	jc_buf_putf(b, "%lld", (long long)count);
}

static void
tally_put(struct jc_buf *b, const struct tally *t)
{
	static const char *const VERB[ACTS] = {"新增", "修改", "作废", "恢复", "查重"};
	size_t start = b->len;

	word_put(b, start, "建立账本", "", 0, t->found);
	word_put(b, start, "登记设备", "", 0, t->devices);
	for (int act = 0; act < ACTS; act++)
		for (size_t i = 0; i < t->nkinds; i++) {
			const struct jc_kind *k = jc_catalogue_kind_any(t->kind[i].name.p, t->kind[i].name.n);
			struct jc_slice label = k != NULL ? (struct jc_slice){k->zh, strlen(k->zh)} : t->kind[i].name;

			word_put(b, start, VERB[act], label.p, label.n, t->kind[i].n[act]);
		}
	word_put(b, start, "其他", "", 0, t->other);
	if (b->len == start)
		jc_buf_puts(b, "合并");
}

int
jc_ops_summary(struct jc_buf *b, const char *payload, size_t n, struct jc_err *err)
{
	struct jc_ops_reader *r = NULL;
	struct tally *t = jc_calloc(1, sizeof(*t));
	struct jc_op op;
	int rc;

	if (t == NULL || (t->seen = jc_calloc(2 * JC_OPS_MAX, sizeof(*t->seen))) == NULL) {
		jc_free(t);
		return JC_NOMEM(err, "jc_ops_summary");
	}
	t->mask = 2 * JC_OPS_MAX - 1;
	if ((rc = jc_ops_reader_new(&r, 0, err)) == 0) {
		jc_ops_begin(r, payload, n);
		while ((rc = jc_ops_next(r, &op, err)) == 1)
			op_count(t, &op);
	}
	if (rc == 0) {
		tally_put(b, t);
		rc = jc_buf_check(b, "jc_ops_summary", err);
	}
	jc_ops_reader_free(r);
	jc_free(t->seen);
	jc_free(t);
	return rc;
}
