/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Two fingerprints of a scope (FORMAT 9). The register digest is made of what counts in merging, the
 * identities of unreplaced writes, so that programs of different age agree on it. The typed digest is
 * made of what people see, and is compared between equal programs only; it finds faults in the
 * projection that the first cannot.
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "project.h"

/* The text `H.i` of one operation, remembered: neighbouring cells mostly share it. */
struct idtext {
	int64_t op;
	struct jc_op_id id;
};

/* A run of cells (one field in one shape, or one element) with the name it is sorted by. */
struct run {
	struct jc_buf name;
	size_t from, end;
};

struct digest {
	struct jc_project *p;
	struct jc_hasher h;
	struct jc_buf line;     /* of one record */
	struct jc_buf *held;    /* lines of records with one id, sorted before they count */
	size_t nheld, held_cap;
	jc_id held_id;
	struct idtext *id;
	size_t id_cap;
	struct idtext last;
	int64_t records;
	struct jc_err *err;
};

static int
line_cmp(const void *a, const void *b)
{
	const struct jc_buf *x = a, *y = b;

	return jc_slice_cmp((struct jc_slice){x->data, x->len}, (struct jc_slice){y->data, y->len});
}

static void
held_flush(struct digest *d)
{
	if (d->nheld > 1)
		qsort(d->held, d->nheld, sizeof(*d->held), line_cmp);
	for (size_t i = 0; i < d->nheld; i++) {
		jc_hasher_add(&d->h, d->held[i].data, d->held[i].len);
		jc_buf_reset(&d->held[i]);
	}
	d->nheld = 0;
}

/* The next free line; those of another id are hashed first. NULL when out of memory. */
static struct jc_buf *
line_begin(struct digest *d, const char *id)
{
	if (strcmp(d->held_id, id) != 0)
		held_flush(d);
	memcpy(d->held_id, id, sizeof(d->held_id));
	if (d->nheld == d->held_cap) {
		struct jc_buf *v = jc_realloc(d->held, (d->held_cap + 1) * sizeof(*v));

		if (v == NULL)
			return NULL;
		d->held = v;
		jc_buf_init(&v[d->held_cap++], 64u << 20);
	}
	return &d->held[d->nheld++];
}

static int
idtext_cmp(const void *a, const void *b)
{
	const struct idtext *x = a, *y = b;
	int c = memcmp(x->id.h, y->id.h, JC_H16);

	return c != 0 ? c : x->id.idx < y->id.idx ? -1 : x->id.idx > y->id.idx;
}

static int
id_of(struct digest *d, int64_t op, struct idtext *out)
{
	int rc;

	if (d->last.op != op) {
		if ((rc = jc_log_op_id(d->p->log, op, &d->last.id, d->err)) < 0)
			return rc;
		d->last.op = op;
	}
	*out = d->last;
	return 0;
}

/* Appends the ids of cells [from, end) in order, separated by spaces. */
static int
ids_put(struct digest *d, struct jc_buf *b, const struct jc_cells *cells, size_t from, size_t end)
{
	size_t n = end - from;
	int rc;

	if (n > d->id_cap) {
		struct idtext *v = jc_realloc(d->id, n * 2 * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(d->err, "ids_put");
		d->id = v;
		d->id_cap = n * 2;
	}
	for (size_t i = 0; i < n; i++)
		if ((rc = id_of(d, cells->v[from + i].op, &d->id[i])) < 0)
			return rc;
	if (n > 1)
		qsort(d->id, n, sizeof(*d->id), idtext_cmp);
	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			jc_buf_putc(b, ' ');
		jc_buf_b64(b, d->id[i].id.h, JC_H16);
		jc_buf_putf(b, ".%lld", (long long)d->id[i].id.idx);
	}
	return 0;
}

static int
run_cmp(const void *a, const void *b)
{
	const struct run *x = a, *y = b;
	int c = line_cmp(&x->name, &y->name);

	return c != 0 ? c : x->from < y->from ? -1 : 1; /* registers before sets */
}

static int
runs_find(struct run **out, size_t *n, struct digest *d, struct jc_kindmap *k, const struct jc_cells *cells)
{
	struct run *v = jc_calloc(cells->n, sizeof(*v));
	int rc = 0;

	*n = 0;
	if ((*out = v) == NULL)
		return JC_NOMEM(d->err, "runs_find");
	for (size_t i = 0, end; rc == 0 && i < cells->n; i = end) {
		end = jc_cells_run(cells, i);
		jc_buf_init(&v[*n].name, 256);
		v[*n].from = i;
		v[*n].end = end;
		rc = jc_kindmap_field_name(&v[(*n)++].name, d->p, k, cells->v[i].field, d->err);
	}
	if (rc == 0)
		qsort(v, *n, sizeof(*v), run_cmp);
	return rc;
}

static int
run_put(struct digest *d, struct jc_buf *b, const struct jc_cells *cells, const struct run *run, const char *mark)
{
	int rc = 0;

	for (size_t at = run->from, next; rc == 0 && at < run->end; at = next) {
		const struct jc_cell *c = &cells->v[at];

		for (next = at + 1; next < run->end && (!c->set || jc_cell_same_value(c, &cells->v[next])); next++)
			continue;
		jc_buf_putc(b, '\0');
		jc_buf_puts(b, mark);
		jc_buf_put(b, run->name.data, run->name.len);
		jc_buf_putc(b, '\0');
		if (c->set) {
			jc_buf_put(b, c->val, c->len);
			jc_buf_putc(b, '\0');
		}
		rc = ids_put(d, b, cells, at, next);
	}
	return rc;
}

/* All fields of a list, `mark` before each name. */
static int
fields_put(struct digest *d, struct jc_buf *b, struct jc_kindmap *k, const struct jc_cells *cells, const char *mark)
{
	struct run *run = NULL;
	size_t n = 0;
	int rc;

	if (cells->n == 0)
		return 0;
	rc = runs_find(&run, &n, d, k, cells);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = run_put(d, b, cells, &run[i], mark);
	for (size_t i = 0; i < n; i++)
		jc_buf_free(&run[i].name);
	jc_free(run);
	return rc;
}

static int
record_put(struct digest *d, struct jc_kindmap *k, const char *id, const struct jc_cells *cells,
    const struct jc_cells *cross)
{
	struct jc_buf *b = line_begin(d, id);
	int rc;

	if (b == NULL)
		return JC_NOMEM(d->err, "record_put");
	jc_buf_puts(b, id);
	jc_buf_putc(b, '\0');
	jc_buf_puts(b, k->name);
	jc_buf_putc(b, '\0');
	jc_buf_putc(b, jc_cells_void(cells) ? '1' : '0');
	if ((rc = fields_put(d, b, k, cells, "")) == 0)
		rc = fields_put(d, b, k, cross, "^");
	jc_buf_putc(b, '\n');
	d->records++;
	return rc < 0 ? rc : jc_buf_check(b, "record_put", d->err);
}

static int
row_put(struct digest *d, struct jc_stmt *st)
{
	struct jc_cells cells = {0}, cross = {0};
	struct jc_kindmap *k;
	const void *ver;
	size_t n, nid;
	const char *id = jc_col_text(st, 0, &nid);
	int rc;

	ver = jc_col_blob(st, 2, &n);
	if (id == NULL || nid != JC_ID_LEN)
		return jc_err_code(d->err, JC_ECORRUPT, "row_put");
	if ((rc = jc_kindmap_no(&k, d->p, (uint32_t)jc_col_int(st, 1), d->err)) == 0 &&
	    (rc = jc_rec_cells(&cells, ver, n, d->err)) == 0 && cells.n != 0 && !jc_col_null(st, 3)) {
		ver = jc_col_blob(st, 3, &n);
		rc = jc_rec_cells(&cross, ver, n, d->err);
	}
	if (rc == 0 && cells.n != 0)
		rc = record_put(d, k, id, &cells, &cross);
	jc_cells_free(&cells);
	jc_cells_free(&cross);
	return rc;
}

static int
rows_put(struct digest *d, int64_t scope)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, d->p->db,
	    "SELECT r.id, r.kind, r.ver, c.ver FROM record r LEFT JOIN cross_name c USING(rec)"
	    " WHERE r.scope = :scope ORDER BY r.id", d->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	while ((rc = jc_stmt_step(st, d->err)) == 1)
		if ((rc = row_put(d, st)) < 0) {
			jc_stmt_reset(st);
			break;
		}
	held_flush(d);
	return rc;
}

int
jc_digest(struct jc_project *p, int64_t scope, uint8_t out[JC_HASH_LEN], int64_t *records, struct jc_err *err)
{
	struct digest d = {.p = p, .err = err};
	int64_t drafts;
	int rc, end;

	if ((rc = jc_db_begin_read(p->db, err)) < 0)
		return rc;
	jc_hasher_init(&d.h);
	if ((rc = jc_log_drafts(p->log, scope, &drafts, err)) == 0 && drafts != 0)
		rc = jc_err_set(err, JC_ESTATE, "jc_digest",
		    JC_T("还有%lld处修改没有归档，请先运行 jiceng sync",
		        "%lld changes are not yet in the log; run jiceng sync first"), (long long)drafts);
	if (rc == 0 && (jc_db_depth(p->db) == 1 || (rc = jc_rec_flush(p, err)) == 0))
		rc = rows_put(&d, scope);
	jc_hasher_end(&d.h, out);
	if (records != NULL)
		*records = d.records;
	for (size_t i = 0; i < d.held_cap; i++)
		jc_buf_free(&d.held[i]);
	jc_free(d.held);
	jc_free(d.id);
	end = jc_db_end(p->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- what people see ---- */

static void
column_add(struct jc_hasher *h, struct jc_stmt *st, int i)
{
	char head[24];
	size_t n = 0;
	const char *s = jc_col_text(st, i, &n);
	struct jc_buf b;

	if (s == NULL) {
		jc_hasher_add(h, "-;", 2);
		return;
	}
	jc_buf_init(&b, sizeof(head));
	jc_buf_putf(&b, "%zu:", n);
	jc_hasher_add(h, b.data, b.len);
	jc_hasher_add(h, s, n);
	jc_buf_free(&b);
}

static int
kind_add(struct jc_project *p, struct jc_hasher *h, const struct jc_kind *kind, int64_t scope, struct jc_err *err)
{
	struct jc_stmt *st = NULL;
	struct jc_buf sql;
	int rc;

	jc_buf_init(&sql, 1 << 16);
	jc_buf_puts(&sql, "SELECT record.id, record.void, record.conflicts");
	for (const struct jc_field *f = kind->fields; f->id != 0; f++)
		jc_buf_putf(&sql, ", k.\"%s\"", f->name);
	for (const struct jc_field *f = kind->hidden; f != NULL && f->id != 0; f++)
		jc_buf_putf(&sql, ", k.\"%s\"", f->name);
	jc_buf_putf(&sql,
	    " FROM record JOIN \"k_%s\" k USING(rec)"
	    " WHERE record.scope = ?1 AND record.kind = %u ORDER BY record.id", kind->name, (unsigned)kind->id);
	if ((rc = jc_buf_check(&sql, "kind_add", err)) == 0 && (rc = jc_db_prep_text(&st, p->db, sql.data, err)) == 0) {
		jc_bind_int_at(st, 1, scope);
		jc_hasher_add(h, kind->name, strlen(kind->name) + 1);
		while ((rc = jc_stmt_step(st, err)) == 1) {
			for (int i = 0; i < jc_col_count(st); i++)
				column_add(h, st, i);
			jc_hasher_add(h, "\n", 1);
		}
	}
	jc_stmt_free(st);
	jc_buf_free(&sql);
	return rc;
}

int
jc_digest_typed(struct jc_project *p, int64_t scope, uint8_t out[JC_HASH_LEN], struct jc_err *err)
{
	struct jc_hasher h;
	int rc, end;

	if ((rc = jc_db_begin_read(p->db, err)) < 0)
		return rc;
	jc_hasher_init(&h);
	if ((rc = jc_defs_ready(p, err)) == 0 && jc_db_depth(p->db) > 1)
		rc = jc_rec_flush(p, err);
	for (size_t i = 0, ends = 0; rc >= 0 && ends < 2; i++)
		if (p->kinds[i] == NULL)
			ends++;
		else
			rc = kind_add(p, &h, p->kinds[i], scope, err);
	jc_hasher_end(&h, out);
	end = jc_db_end(p->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
