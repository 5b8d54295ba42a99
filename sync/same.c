/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Decisions about who is one (DOMAIN 6): merging two records, taking them apart again, and noting that
 * two are not one. Each is an ordinary operation on the set `*` of a record, so it travels, merges
 * and is undone like everything else.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "save.h"
#include "witness.h"

/* One change of a record's set: adds the element, or removes every add of it. */
static int
element_save(struct jc_save *sv, struct jc_rec *r, uint64_t other, int same, int add, struct jc_err *err)
{
	char text[JC_ID_LEN + 2] = "!";
	struct jc_build b = {0};
	size_t n = 0;
	const struct jc_cell *c = jc_cells_field(&r->cells, JC_FIELD_ALIAS, 1, &n);
	jc_id id;
	int rc = jc_build_init(&b, 1, n, 1, err);

	if (rc < 0)
		return rc;
	jc_id_from_u64(id, other);
	memcpy(text + !same, id, sizeof(id));
	b.elem[0] = (struct jc_slice){text, strlen(text)};
	b.field[0] = (struct jc_opfield){.name = JC_SLICE("*"), .kind = JC_VAL_SET};
	b.op.nfields = 1;
	if (add) {
		b.field[0].add = b.elem;
		b.field[0].nadd = 1;
	} else {
		b.field[0].del = b.elem;
		b.field[0].ndel = 1;
		jc_build_name(&b, JC_SLICE("*"));
		for (size_t i = 0; i < n; i++)
			if (jc_slice_eq((struct jc_slice){c[i].val, c[i].len}, b.elem[0]))
				jc_build_ref(&b, c[i].op);
		jc_build_name_end(&b);
	}
	if ((rc = jc_build_save(&b, sv, r, JC_V_ALIAS, err)) == 0)
		rc = jc_rec_flush(sv->node->project, err); /* what is written next sees the class */
	jc_build_free(&b);
	return rc;
}

static int
holds(const struct jc_rec *r, uint64_t other, int same)
{
	size_t n = 0;
	const struct jc_cell *c = jc_cells_field(&r->cells, JC_FIELD_ALIAS, 1, &n);
	uint64_t id;
	int is_same;

	for (size_t i = 0; i < n; i++)
		if (jc_alias_element(&id, &is_same, (struct jc_slice){c[i].val, c[i].len}) == 0 && id == other &&
		    is_same == same)
			return 1;
	return 0;
}

/* Removes a decision about two records, whichever of them holds it. *done counts. */
static int
pair_remove(struct jc_save *sv, struct jc_rec *a, struct jc_rec *b, int same, int *done, struct jc_err *err)
{
	int rc = 0;

	if (holds(a, b->id, same) && (rc = element_save(sv, a, b->id, same, 0, err)) == 0)
		++*done;
	if (rc == 0 && holds(b, a->id, same) && (rc = element_save(sv, b, a->id, same, 0, err)) == 0)
		++*done;
	return rc;
}

/* The record itself, also when it is shown under another id. */
static int
member_find(struct jc_rec **out, struct jc_save *sv, const jc_id id, struct jc_err *err)
{
	struct jc_rec *shown;
	int rc = jc_save_record(&shown, sv, id, err);

	*out = shown;
	if (rc < 0 || !jc_id_ok(id, strlen(id))) /* the beginning of an id, or one typed in its own way */
		return rc;
	if ((rc = jc_rec_get(out, sv->node->project, sv->scope.no, shown->k, id, 0, err)) < 0)
		return rc;
	if (*out == NULL || (*out)->hist_len == 0)
		*out = shown;
	return 0;
}

static int
pair_find(struct jc_rec **a, struct jc_rec **b, struct jc_merged *m, struct jc_save *sv, const jc_id ida, const jc_id idb,
    struct jc_err *err)
{
	int rc;

	if ((rc = member_find(a, sv, ida, err)) < 0 || (rc = member_find(b, sv, idb, err)) < 0)
		return rc;
	if ((*a)->k != (*b)->k)
		return jc_err_set(err, JC_EINVAL, "jc_same",
		    JC_T("这两条不是同一类记录，不能合并", "These are records of two kinds; they cannot be one"));
	if (*a == *b)
		return jc_err_set(err, JC_EINVAL, "jc_same", JC_T("这是同一条记录，请给出两个编号",
		    "This is one and the same record; give two ids"));
	return jc_merged_get(m, sv->node->project, *a, err);
}

static int
in_class(const struct jc_merged *m, uint64_t id)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->id[i] == id)
			return 1;
	return 0;
}

int
jc_save_merge(struct jc_save *sv, const jc_id keep, const jc_id other, struct jc_err *err)
{
	struct jc_rec *a, *b;
	struct jc_merged m, o;
	int rc, removed = 0;

	if ((rc = pair_find(&a, &b, &m, sv, keep, other, err)) < 0 ||
	    (rc = jc_merged_get(&o, sv->node->project, b, err)) < 0)
		return rc;
	if (in_class(&m, b->id))
		return jc_err_set(err, JC_ESTATE, "jc_save_merge", JC_T("这两条已经合并了", "These two are merged already"));
	if (m.n + o.n > JC_MERGED_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_save_merge",
		    JC_T("合并在一起的记录太多（最多%u条），请先核对", "Too many records would stand as one (at most %u); check them first"),
		    JC_MERGED_MAX);
	if ((rc = pair_remove(sv, m.shown, o.shown, 0, &removed, err)) < 0 ||
	    (m.shown != a && (rc = pair_remove(sv, a, b, 0, &removed, err)) < 0))
		return rc;
	return element_save(sv, m.shown, o.shown->id, 1, 1, err);
}

/* Cuts every edge between b and its class. */
static int
leave(struct jc_save *sv, const struct jc_merged *m, struct jc_rec *b, int *done, struct jc_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->nrecs; i++)
		if (m->rec[i] != b)
			rc = pair_remove(sv, m->rec[i], b, 1, done, err);
	return rc;
}

int
jc_save_unmerge(struct jc_save *sv, const jc_id keep, const jc_id other, struct jc_err *err)
{
	struct jc_rec *a, *b;
	struct jc_merged m;
	int rc, done = 0;

	if ((rc = pair_find(&a, &b, &m, sv, keep, other, err)) < 0)
		return rc;
	if (!in_class(&m, b->id))
		return jc_err_set(err, JC_ESTATE, "jc_save_unmerge",
		    JC_T("这两条没有合并，不用拆开", "These two are not merged"));
	if ((rc = pair_remove(sv, a, b, 1, &done, err)) < 0 || (rc = jc_merged_get(&m, sv->node->project, a, err)) < 0)
		return rc;
	return in_class(&m, b->id) ? leave(sv, &m, b, &done, err) : 0;
}

int
jc_save_distinct(struct jc_save *sv, const jc_id one, const jc_id other, int distinct, struct jc_err *err)
{
	struct jc_rec *a, *b;
	struct jc_merged m;
	int rc, done = 0;

	if ((rc = pair_find(&a, &b, &m, sv, one, other, err)) < 0)
		return rc;
	if (distinct && in_class(&m, b->id))
		return jc_err_set(err, JC_ESTATE, "jc_save_distinct",
		    JC_T("这两条已经合并了，请先拆开（jiceng unmerge）", "These two are merged; take them apart first (jiceng unmerge)"));
	if (!distinct)
		return pair_remove(sv, a, b, 0, &done, err);
	if (holds(a, b->id, 0) || holds(b, a->id, 0))
		return 0;
	return element_save(sv, a->id < b->id ? a : b, a->id < b->id ? b->id : a->id, 0, 1, err);
}

/* ---- undo ---- */

/* Takes back what one operation did to the set: its own living adds go, what it removed comes back. */
int
jc_same_undo(struct jc_save *sv, struct jc_rec *r, const struct jc_op *op, int64_t *restored, struct jc_err *err)
{
	const struct jc_opfield *f = &op->fields[0];
	uint64_t other;
	int same, rc = 0;

	for (size_t i = 0; rc == 0 && i < f->nadd; i++)
		if (jc_alias_element(&other, &same, f->add[i]) == 0 && holds(r, other, same) &&
		    (rc = element_save(sv, r, other, same, 0, err)) == 0)
			++*restored;
	for (size_t i = 0; rc == 0 && i < f->ndel; i++)
		if (jc_alias_element(&other, &same, f->del[i]) == 0 && !holds(r, other, same) &&
		    (rc = element_save(sv, r, other, same, 1, err)) == 0)
			++*restored;
	return rc;
}
