/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Voiding, un-voiding and settling: saves that name writes without being edits of a field. A voiding
 * names every write that its author could see, so a write nobody saw keeps the record alive; settling
 * names every write that stands beside another, so one step clears the conflict everywhere.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "save.h"

int
jc_save_record(struct jc_rec **out, struct jc_save *sv, const jc_id id, struct jc_err *err)
{
	struct jc_record_key key;
	int rc;

	*out = NULL;
	if ((rc = jc_rec_flush(sv->node->project, err)) < 0 ||
	    (rc = jc_record_find(sv->node, sv->scope.no, id, &key, err)) < 0)
		return rc;
	return jc_rec_load(out, sv->node->project, key.rec, err);
}

/* Name of a field number, kept in the build while the operation is made. */
static int
name_text(struct jc_slice *out, struct jc_build *b, struct jc_save *sv, struct jc_rec *r, uint32_t field,
    struct jc_err *err)
{
	struct jc_buf *v = jc_realloc(b->text, (b->ntext + 1) * sizeof(*v));
	int rc;

	if (v == NULL)
		return JC_NOMEM(err, "name_text");
	b->text = v;
	jc_buf_init(&v[b->ntext], 256);
	rc = jc_kindmap_field_name(&v[b->ntext], sv->node->project, r->k, field, err);
	b->ntext++;
	*out = (struct jc_slice){v[b->ntext - 1].data, v[b->ntext - 1].len};
	return rc;
}

/* Names every cell of `base`. */
static int
name_all(struct jc_build *b, struct jc_save *sv, struct jc_rec *r, const struct jc_cells *base, struct jc_err *err)
{
	for (size_t i = 0, end; i < base->n; i = end) {
		struct jc_slice name;
		int rc;

		for (end = i; end < base->n && base->v[end].field == base->v[i].field; end++)
			continue;
		if (base->v[i].field == JC_FIELD_ALIAS) /* who is one is no value: it stays as it is */
			continue;
		if ((rc = name_text(&name, b, sv, r, base->v[i].field, err)) < 0)
			return rc;
		jc_build_name(b, name);
		for (size_t k = i; k < end; k++)
			jc_build_ref(b, base->v[k].op);
		jc_build_name_end(b);
	}
	return 0;
}

static int
member_void(struct jc_save *sv, struct jc_rec *r, const char *reason, int64_t seen, struct jc_err *err)
{
	struct jc_cells folded = {0};
	const struct jc_cells *base;
	struct jc_build b = {0};
	int rc;

	if ((rc = jc_save_base(&base, &folded, sv, r, seen, err)) == 0 && jc_cells_any(base) &&
	    (rc = jc_build_init(&b, base->n, base->n, 0, err)) == 0 && (rc = name_all(&b, sv, r, base, err)) == 0) {
		b.field[b.op.nfields++] = (struct jc_opfield){
		    .name = JC_SLICE("reason"), .kind = JC_VAL_TEXT, .text = {reason, strlen(reason)}};
		rc = jc_build_save(&b, sv, r, JC_V_VOID, err);
	}
	jc_build_free(&b);
	jc_cells_free(&folded);
	return rc;
}

int
jc_save_void(struct jc_save *sv, const jc_id id, const char *reason, int64_t seen, struct jc_err *err)
{
	struct jc_merged m;
	struct jc_rec *r;
	int rc;

	if ((rc = jc_save_record(&r, sv, id, err)) < 0 || (rc = jc_merged_get(&m, sv->node->project, r, err)) < 0)
		return rc;
	if (jc_merged_void(&m))
		return jc_err_set(err, JC_ESTATE, "jc_save_void", JC_T("这条记录已经作废了", "This record is void already"));
	for (size_t i = 0; rc == 0 && i < m.nrecs; i++)
		if (!jc_cells_void(&m.rec[i]->cells))
			rc = member_void(sv, m.rec[i], reason, seen, err);
	return rc;
}

static int
member_unvoid(struct jc_save *sv, struct jc_rec *r, struct jc_err *err)
{
	const struct jc_cell *cell;
	struct jc_build b = {0};
	size_t n;
	int rc;

	cell = jc_cells_field(&r->cells, JC_FIELD_ALIVE, 0, &n);
	if ((rc = jc_build_init(&b, 1, n, 0, err)) == 0) {
		jc_build_name(&b, JC_SLICE("~"));
		for (size_t i = 0; i < n; i++)
			jc_build_ref(&b, cell[i].op);
		jc_build_name_end(&b);
		rc = jc_build_save(&b, sv, r, JC_V_UNVOID, err);
	}
	jc_build_free(&b);
	return rc;
}

int
jc_save_unvoid(struct jc_save *sv, const jc_id id, struct jc_err *err)
{
	struct jc_merged m;
	struct jc_rec *r;
	int rc;

	if ((rc = jc_save_record(&r, sv, id, err)) < 0 || (rc = jc_merged_get(&m, sv->node->project, r, err)) < 0)
		return rc;
	if (!jc_merged_void(&m))
		return jc_err_set(err, JC_ESTATE, "jc_save_unvoid",
		    JC_T("这条记录没有作废，不用恢复", "This record is not void"));
	for (size_t i = 0; rc == 0 && i < m.nrecs; i++)
		if (jc_cells_void(&m.rec[i]->cells))
			rc = member_unvoid(sv, m.rec[i], err);
	return rc;
}

/* The text that settles: of the picked write, or as given. */
static int
settling_text(struct jc_slice *out, const struct jc_cell *cell, size_t n, int64_t pick, struct jc_slice text,
    struct jc_err *err)
{
	*out = text;
	if (pick == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (cell[i].op == pick) {
			*out = (struct jc_slice){cell[i].val, cell[i].val != NULL ? cell[i].len : 0};
			return 0;
		}
	return jc_err_set(err, JC_ENOTFOUND, "jc_save_resolve",
	    JC_T("没有编号为 %lld 的这个值，请运行 jiceng conflicts 再看一次",
	        "No value of number %lld stands there; look again with jiceng conflicts"), (long long)pick);
}

static int
in_conflict(const struct jc_cell *cell, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!jc_cell_same_value(&cell[0], &cell[i]))
			return 1;
	return 0;
}

/* Where the settlement is written: at the member whose value it keeps, so that taking two apart again
 * gives each its own. */
static struct jc_rec *
settling_record(const struct jc_seen *v, uint32_t field, int64_t pick)
{
	for (size_t i = 0; pick != 0 && i < v->m.nrecs; i++) {
		size_t n;
		const struct jc_cell *c = jc_cells_field(&v->m.rec[i]->cells, field, 0, &n);

		for (size_t k = 0; k < n; k++)
			if (c[k].op == pick)
				return v->m.rec[i];
	}
	return v->rec;
}

static int
settle_build(struct jc_build *b, struct jc_save *sv, const struct jc_seen *v, const struct jc_field *field, int64_t pick,
    struct jc_slice value, struct jc_err *err)
{
	struct jc_rec *r = settling_record(v, field->id, pick);
	size_t n;
	const struct jc_cell *cell = jc_cells_field(v->cells, field->id, 0, &n);
	struct jc_slice name = {field->name, strlen(field->name)};
	int rc;

	if ((rc = jc_build_init(b, 1, n + v->gone.n, 0, err)) < 0)
		return rc;
	b->field[0] = (struct jc_opfield){.name = name, .kind = JC_VAL_TEXT, .text = value, .boxed = jc_field_boxed(field)};
	if (value.n == 0) {
		b->field[0].kind = JC_VAL_NULL;
	} else if (value.p[0] == '?' && field->type != JC_TEXT && field->type != JC_LONG) {
		b->field[0].kind = JC_VAL_RAW;
		b->field[0].text = (struct jc_slice){value.p + 1, value.n - 1};
	}
	b->op.nfields = 1;
	jc_build_name(b, name);
	for (size_t i = 0; i < n; i++)
		jc_build_ref(b, cell[i].op);
	jc_build_gone(b, v, field->id);
	jc_build_name_end(b);
	jc_build_witness(b, v, r);
	return jc_build_save(b, sv, r, JC_V_SET, err);
}

int
jc_save_resolve(struct jc_save *sv, const jc_id id, const struct jc_field *field, int64_t pick, struct jc_slice text,
    int64_t seen, struct jc_err *err)
{
	struct jc_slice value;
	const struct jc_cell *cell;
	struct jc_seen v = {0};
	struct jc_build b = {0};
	struct jc_rec *r;
	size_t n = 0;
	int rc;

	if ((rc = jc_save_record(&r, sv, id, err)) < 0 || (rc = jc_save_field(&field, sv, r->k, field, err)) < 0 ||
	    (rc = jc_seen_get(&v, sv, r, seen, err)) < 0)
		return rc;
	cell = jc_cells_field(v.cells, field->id, 0, &n);
	if (field->set || cell == NULL || !in_conflict(cell, n))
		rc = jc_err_set(err, JC_ESTATE, "jc_save_resolve",
		    JC_T("“%s”现在没有两个不同的值，不用再选", "\"%s\" has no two values to choose from any more"),
		    jc_field_label(field));
	else if ((rc = settling_text(&value, cell, n, pick, text, err)) == 0)
		rc = settle_build(&b, sv, &v, field, pick, value, err);
	jc_build_free(&b);
	jc_seen_free(&v);
	return rc;
}
