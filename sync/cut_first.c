/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * "This one first": which drafts go ahead of all others. Those of the record, and with any draft that goes
 *
 *   - what it names (writes that it replaces, witnesses, its origin): named before naming,
 *   - all drafts of its record and of the records that stand as one with it: what is ranked by Lamport numbers
 *     keeps the order in which it was typed,
 *   - the rest of its save, where the save fits into one commit.
 *
 * Everything is read once into a table; marks are passed on until none is new. A save that is larger than a
 * commit (an import) is torn anyway, so it is no reason to take ten thousand rows along.
 */
#include "log.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

#define FITS_RAW JC_PAYLOAD_MAX

struct draft {
	int64_t op;
	uint64_t rec, batch;       /* batch: its tier is in it */
	size_t ref, nrefs;         /* of first.ref */
	size_t save;               /* of first.save */
	size_t class;              /* of first.class */
	size_t line;               /* bytes */
	int in;
};

struct group {
	uint64_t id;
	size_t up;                 /* of a class: the group that it was joined to, itself at the top */
	size_t bytes;              /* of a save: its lines */
	int in, tried;
};

struct first {
	struct jc_log *log;
	int64_t scope;
	size_t max_z;
	struct draft *d;
	size_t n, cap;
	uint64_t want;             /* the record */
	uint64_t *edge;
	size_t nedge, edge_cap;
	int64_t *ref;
	size_t nref, ref_cap;
	struct group *save, *class;
	size_t nsave, nclass;
	struct jc_err *err;
};

/* ---- reading ---- */

static int
grow(void **v, size_t *cap, size_t n, size_t size, struct jc_err *err)
{
	size_t want = *cap != 0 ? *cap * 2 : 64;
	void *more;

	if (n < *cap)
		return 0;
	if ((more = jc_realloc(*v, want * size)) == NULL)
		return JC_NOMEM(err, "jc_cut_first");
	*v = more;
	*cap = want;
	return 0;
}

static int
ref_add(struct first *f, struct draft *d, const struct jc_opref *ref)
{
	int rc;

	if (ref->kind != JC_REF_LOCAL)
		return 0;
	if ((rc = grow((void **)&f->ref, &f->ref_cap, f->nref, sizeof(*f->ref), f->err)) < 0)
		return rc;
	f->ref[f->nref++] = ref->n;
	d->nrefs++;
	return 0;
}

static int
draft_add(struct first *f, int64_t no, enum jc_tier tier, const struct jc_op *op, size_t line)
{
	struct draft *d;
	uint64_t batch;
	int rc = grow((void **)&f->d, &f->cap, f->n, sizeof(*f->d), f->err);

	if (rc < 0)
		return rc;
	d = &f->d[f->n++];
	*d = (struct draft){.op = no, .ref = f->nref, .line = line};
	if (jc_id_to_u64(&batch, op->batch, strlen(op->batch)) < 0 ||
	    (op->rec[0] != '\0' && jc_id_to_u64(&d->rec, op->rec, strlen(op->rec)) < 0))
		return jc_err_code(f->err, JC_ECORRUPT, "jc_cut_first");
	d->batch = batch << 2 | (uint64_t)tier;
	for (size_t i = 0; i < op->nnames; i++)
		for (size_t k = 0; k < op->names[i].nrefs; k++)
			if ((rc = ref_add(f, d, &op->names[i].refs[k])) < 0)
				return rc;
	return op->has_origin ? ref_add(f, d, &op->origin) : 0;
}

static int
drafts_read(struct first *f, struct jc_ops_reader *reader)
{
	struct jc_stmt *st;
	struct jc_op op;
	int rc = jc_db_prep(&st, f->log->db, "SELECT op, tier, line FROM draft WHERE scope = :scope ORDER BY op", f->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", f->scope);
	while ((rc = jc_stmt_step(st, f->err)) == 1) {
		size_t n;
		const char *line = jc_col_blob(st, 2, &n);

		jc_ops_begin(reader, line, n);
		if ((rc = jc_ops_next(reader, &op, f->err)) != 1)
			rc = rc < 0 ? rc : jc_err_code(f->err, JC_ECORRUPT, "jc_cut_first");
		else
			rc = draft_add(f, jc_col_int(st, 0), (enum jc_tier)jc_col_int(st, 1), &op, n);
		if (rc < 0) {
			jc_stmt_reset(st);
			return rc;
		}
	}
	return rc;
}

/* ---- saves and classes ---- */

static int
group_cmp(const void *a, const void *b)
{
	uint64_t x = ((const struct group *)a)->id, y = ((const struct group *)b)->id;

	return x < y ? -1 : x > y;
}

static struct group *
group_find(struct group *v, size_t n, uint64_t id)
{
	return n != 0 ? bsearch(&(struct group){.id = id}, v, n, sizeof(*v), group_cmp) : NULL;
}

/* One group for each different id. */
static int
groups_make(struct group **out, size_t *count, const uint64_t *id, size_t n, struct jc_err *err)
{
	struct group *v = jc_calloc(n + 1, sizeof(*v));
	size_t kept = 0;

	if ((*out = v) == NULL)
		return JC_NOMEM(err, "jc_cut_first");
	for (size_t i = 0; i < n; i++)
		v[i].id = id[i];
	qsort(v, n, sizeof(*v), group_cmp);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || v[kept - 1].id != v[i].id) {
			v[kept] = v[i];
			v[kept].up = kept;
			kept++;
		}
	*count = kept;
	return 0;
}

static size_t
top(const struct first *f, size_t i)
{
	while (f->class[i].up != i)
		i = f->class[i].up;
	return i;
}

/* Both ends of every edge of the scope, in pairs. */
static int
edges_read(struct first *f)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, f->log->db, "SELECT a, b FROM edge WHERE scope = :scope AND same = 1", f->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", f->scope);
	while ((rc = jc_stmt_step(st, f->err)) == 1)
		for (int i = 0; i < 2; i++) {
			if ((rc = grow((void **)&f->edge, &f->edge_cap, f->nedge, sizeof(*f->edge), f->err)) < 0) {
				jc_stmt_reset(st);
				return rc;
			}
			f->edge[f->nedge++] = (uint64_t)jc_col_int(st, i);
		}
	return rc;
}

static size_t
class_of(const struct first *f, uint64_t rec)
{
	return top(f, (size_t)(group_find(f->class, f->nclass, rec) - f->class));
}

/* Records that an edge joins are one class here, also where there are too many to count as one: more than is
 * needed is safe. */
static int
groups(struct first *f)
{
	size_t n = f->n + f->nedge + 1;
	uint64_t *id = jc_alloc(n * sizeof(*id));
	int rc;

	if (id == NULL)
		return JC_NOMEM(f->err, "jc_cut_first");
	for (size_t i = 0; i < f->n; i++)
		id[i] = f->d[i].batch;
	if ((rc = groups_make(&f->save, &f->nsave, id, f->n, f->err)) >= 0) {
		for (size_t i = 0; i < f->n; i++)
			id[i] = f->d[i].rec;
		if (f->nedge != 0)
			memcpy(id + f->n, f->edge, f->nedge * sizeof(*id));
		id[n - 1] = f->want;
		rc = groups_make(&f->class, &f->nclass, id, n, f->err);
	}
	jc_free(id);
	for (size_t i = 0; rc >= 0 && i + 1 < f->nedge; i += 2)
		f->class[class_of(f, f->edge[i])].up = class_of(f, f->edge[i + 1]);
	for (size_t i = 0; rc >= 0 && i < f->n; i++) {
		struct draft *d = &f->d[i];

		d->save = (size_t)(group_find(f->save, f->nsave, d->batch) - f->save);
		d->class = class_of(f, d->rec);
		f->save[d->save].bytes += d->line + 1;
	}
	return rc;
}

/* ---- what goes along ---- */

/* The lines of a save one after the other: is that one commit? */
static int
fits(struct first *f, size_t save, int *yes)
{
	struct jc_buf raw, z;
	struct jc_stmt *st;
	int rc = 0;

	*yes = f->save[save].bytes <= f->max_z;
	if (*yes || f->save[save].bytes > FITS_RAW)
		return 0;
	jc_buf_init(&raw, FITS_RAW);
	jc_buf_init(&z, 2 * FITS_RAW);
	for (size_t i = 0; rc >= 0 && i < f->n; i++) {
		if (f->d[i].save != save || (rc = jc_db_prep(&st, f->log->db, "SELECT line FROM draft WHERE op = :op", f->err)) < 0)
			continue;
		jc_bind_int(st, ":op", f->d[i].op);
		if ((rc = jc_stmt_step(st, f->err)) == 1) {
			size_t n;
			const char *p = jc_col_blob(st, 0, &n);

			jc_buf_put(&raw, p, n);
			jc_stmt_reset(st);
		}
	}
	if (rc >= 0 && (rc = jc_buf_check(&raw, "jc_cut_first", f->err)) == 0 &&
	    (rc = jc_zlib_pack(&z, raw.data, raw.len, 6, f->err)) == 0)
		*yes = z.len <= f->max_z;
	jc_buf_free(&raw);
	jc_buf_free(&z);
	return rc;
}

static int
draft_cmp(const void *a, const void *b)
{
	int64_t x = ((const struct draft *)a)->op, y = ((const struct draft *)b)->op;

	return x < y ? -1 : x > y;
}

/* This one goes: so does what it names, its class, and its save where that fits. */
static int
mark(struct first *f, struct draft *d)
{
	struct group *save = &f->save[d->save];
	int rc = 0;

	d->in = 1;
	f->class[d->class].in = 1;
	if (!save->tried) {
		save->tried = 1;
		rc = fits(f, d->save, &save->in);
	}
	for (size_t i = 0; i < d->nrefs; i++) {
		struct draft *named = bsearch(&(struct draft){.op = f->ref[d->ref + i]}, f->d, f->n, sizeof(*f->d), draft_cmp);

		if (named != NULL && named->in == 0)
			named->in = -1; /* asked for */
	}
	return rc;
}

static int
spread(struct first *f)
{
	int rc = 0, more = 1;

	while (rc >= 0 && more) {
		more = 0;
		for (size_t i = f->n; rc >= 0 && i-- > 0;) { /* what is named stands before what names it */
			struct draft *d = &f->d[i];

			if (d->in == 1 || (d->in == 0 && !f->class[d->class].in && !f->save[d->save].in))
				continue;
			more = 1;
			rc = mark(f, d);
		}
	}
	return rc;
}

static int
cut_marked(struct first *f, int64_t *made)
{
	int64_t *only = jc_alloc((f->n + 1) * sizeof(*only));
	size_t n = 0;
	int rc = 0;

	if (only == NULL)
		return JC_NOMEM(f->err, "jc_cut_first");
	for (size_t i = 0; i < f->n; i++)
		if (f->d[i].in == 1)
			only[n++] = f->d[i].op;
	if (n != 0)
		rc = jc_cut_part(f->log, f->scope, f->max_z, &(struct jc_cut_part){.only = only, .nonly = n}, made, f->err);
	jc_free(only);
	return rc;
}

int
jc_cut_first(struct jc_log *log, int64_t scope, const char *rec, size_t max_z, int64_t *made, struct jc_err *err)
{
	struct first f = {.log = log, .scope = scope, .max_z = max_z, .err = err};
	struct jc_ops_reader *reader;
	int rc;

	*made = 0;
	if (jc_id_to_u64(&f.want, rec, strlen(rec)) < 0)
		return jc_err_code(err, JC_EINVAL, "jc_cut_first");
	if ((rc = jc_ops_reader_new(&reader, 1, err)) < 0)
		return rc;
	if ((rc = drafts_read(&f, reader)) >= 0 && (rc = edges_read(&f)) >= 0 && (rc = groups(&f)) >= 0) {
		f.class[class_of(&f, f.want)].in = 1;
		if ((rc = spread(&f)) >= 0)
			rc = cut_marked(&f, made);
	}
	jc_ops_reader_free(reader);
	jc_free(f.d);
	jc_free(f.ref);
	jc_free(f.edge);
	jc_free(f.save);
	jc_free(f.class);
	return rc < 0 ? rc : 0;
}
