/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Records in memory: a write-back cache between the merge rule and the tables. A record is read once
 * and written once per transaction however many operations touch it; a rebuild is the same code with
 * a large cache over empty tables.
 *
 * `ver` holds the cells without the values: per field number*2 + is-set; registers: count, then
 * op*2 + voided per cell, shown first; sets: count of elements, each with its bytes, count and
 * op*2 + voided. The shown value of a known register is in its column; all other register values
 * (siblings, and every value of fields this program does not know) are rows of `sibling`. So are all
 * register values of a record that was merged with another, because the columns then show the class,
 * and references that a column shows under another id.
 */
#include <string.h>

#include "../schema/schema_canon.h"
#include "../schema/schema_mem.h"
#include "derive.h"
#include "search.h"

#define BUCKETS 256u

static void
rec_free(struct jc_rec *r)
{
	jc_cells_free(&r->cells);
	jc_cells_free(&r->cross);
	jc_cells_free(&r->view);
	jc_free(r->hist);
	jc_free(r);
}

void
jc_rec_drop_all(struct jc_project *p)
{
	for (size_t i = 0; p->nrecs != 0 && i < p->nbuckets; i++) {
		struct jc_rec *r = p->bucket[i];

		while (r != NULL) {
			struct jc_rec *next = r->next;

			rec_free(r);
			p->nrecs--;
			r = next;
		}
		p->bucket[i] = NULL;
	}
	p->dirty = p->dirty_last = NULL;
	p->next_rec = 0;
	if (p->nbuckets > BUCKETS) { /* a save must not pay for the last rebuild */
		struct jc_rec **small = jc_calloc(BUCKETS, sizeof(struct jc_rec *));

		if (small == NULL)
			return;
		jc_free(p->bucket);
		p->bucket = small;
		p->nbuckets = BUCKETS;
	}
}

static size_t
bucket_of(const struct jc_project *p, int64_t scope, uint64_t id)
{
	uint64_t h = (id ^ (uint64_t)scope * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;

	return (size_t)(h >> 32) & (p->nbuckets - 1);
}

static int
rehash(struct jc_project *p)
{
	size_t old = p->nbuckets;
	struct jc_rec **was = p->bucket, **now = jc_calloc(old * 2, sizeof(*now));

	if (now == NULL)
		return JC_ENOMEM;
	p->bucket = now;
	p->nbuckets = old * 2;
	for (size_t i = 0; i < old; i++)
		for (struct jc_rec *r = was[i], *next; r != NULL; r = next) {
			size_t b = bucket_of(p, r->scope, r->id);

			next = r->next;
			r->next = now[b];
			now[b] = r;
		}
	jc_free(was);
	return 0;
}

static int
rec_insert(struct jc_project *p, struct jc_rec *r)
{
	size_t b;

	if (p->nrecs >= p->nbuckets && rehash(p) < 0)
		return JC_ENOMEM;
	b = bucket_of(p, r->scope, r->id);
	r->next = p->bucket[b];
	p->bucket[b] = r;
	p->nrecs++;
	return 0;
}

static struct jc_rec *
rec_cached(struct jc_project *p, int64_t scope, uint64_t id, const struct jc_kindmap *k)
{
	struct jc_rec *r = p->bucket[bucket_of(p, scope, id)];

	while (r != NULL && !(r->id == id && r->scope == scope && r->k == k))
		r = r->next;
	return r;
}

/* ---- reading ---- */

static int
cell_push(struct jc_cells *cells, struct jc_cell cell)
{
	if (cells->n == cells->cap) {
		size_t cap = cells->cap != 0 ? cells->cap * 2 : 16;
		struct jc_cell *v = jc_realloc(cells->v, cap * sizeof(*v));

		if (v == NULL)
			return JC_ENOMEM;
		cells->v = v;
		cells->cap = cap;
	}
	cells->v[cells->n++] = cell;
	return 0;
}

static int
ver_ops(struct jc_rd *rd, struct jc_cells *cells, struct jc_cell cell, const uint8_t *elem)
{
	uint64_t n = jc_rd_varint(rd);

	while (!rd->bad && n-- > 0) {
		uint64_t v = jc_rd_varint(rd);

		cell.op = (int64_t)(v >> 1);
		cell.voided = v & 1;
		cell.val = elem != NULL ? jc_memdup(elem, cell.len) : NULL;
		if ((elem != NULL && cell.val == NULL) || cell_push(cells, cell) < 0) {
			jc_free(cell.val);
			return JC_ENOMEM;
		}
	}
	return 0;
}

int
jc_rec_cells(struct jc_cells *cells, const void *ver, size_t n, struct jc_err *err)
{
	struct jc_rd rd;

	jc_rd_init(&rd, ver, n);
	while (jc_rd_left(&rd) > 0) {
		struct jc_cell cell = {0};
		uint64_t head = jc_rd_varint(&rd);
		uint64_t elems = head & 1 ? jc_rd_varint(&rd) : 0;

		cell.field = (uint32_t)(head >> 1);
		cell.set = head & 1;
		if (!cell.set && ver_ops(&rd, cells, cell, NULL) < 0)
			return JC_NOMEM(err, "jc_rec_cells");
		while (!rd.bad && elems-- > 0) {
			const uint8_t *elem;

			cell.len = (uint32_t)jc_rd_varint(&rd);
			elem = jc_rd_bytes(&rd, cell.len);
			if (elem != NULL && ver_ops(&rd, cells, cell, elem) < 0)
				return JC_NOMEM(err, "jc_rec_cells");
		}
	}
	return rd.bad ? jc_err_code(err, JC_ECORRUPT, "jc_rec_cells") : 0;
}

static int
cell_value(struct jc_cell *c, const char *s, size_t n)
{
	if (s == NULL)
		return 0;
	c->val = jc_memdup(s, n);
	c->len = (uint32_t)n;
	return c->val != NULL ? 0 : JC_ENOMEM;
}

static struct jc_cell *
cell_find(struct jc_cells *cells, uint32_t field, int64_t op)
{
	for (size_t i = 0; i < cells->n; i++)
		if (cells->v[i].field == field && (op == 0 || cells->v[i].op == op))
			return &cells->v[i];
	return NULL;
}

static int
load_siblings(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db, "SELECT field, op, value FROM sibling WHERE rec = :rec", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":rec", r->rec);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		struct jc_cell *c = cell_find(&r->cells, (uint32_t)jc_col_int(st, 0), jc_col_int(st, 1));
		size_t n;
		const char *s = jc_col_text(st, 2, &n);

		r->had_siblings = 1;
		if (c != NULL && !c->known && cell_value(c, s, n) < 0) {
			jc_stmt_reset(st);
			return JC_NOMEM(err, "load_siblings");
		}
		if (c != NULL)
			c->known = 1;
	}
	return rc;
}

static int
sql_make(struct jc_stmt **st, struct jc_project *p, struct jc_buf *sql, struct jc_err *err)
{
	int rc = jc_buf_check(sql, "sql_make", err);

	if (rc == 0)
		rc = jc_db_prep_text(st, p->db, sql->data, err);
	jc_buf_free(sql);
	return rc;
}

static int
sel_make(struct jc_project *p, struct jc_kindmap *k, struct jc_err *err)
{
	struct jc_buf sql;

	if (k->sel != NULL)
		return 0;
	jc_buf_init(&sql, 1 << 16);
	jc_buf_puts(&sql, "SELECT rec");
	for (size_t i = 0; i < k->nfields; i++)
		jc_buf_putf(&sql, ", \"%s\"", k->field[i]->name);
	jc_buf_putf(&sql, " FROM \"k_%s\" WHERE rec = ?1", k->name);
	return sql_make(&k->sel, p, &sql, err);
}

int
jc_rec_columns(struct jc_project *p, struct jc_kindmap *k, int64_t rec, int *there, struct jc_err *err)
{
	int rc = sel_make(p, k, err);

	if (rc < 0)
		return rc;
	jc_bind_int_at(k->sel, 1, rec);
	if ((rc = jc_stmt_step(k->sel, err)) < 0)
		return rc;
	*there = rc == 1;
	return 0;
}

static int
load_columns(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	struct jc_kindmap *k = r->k;
	int rc;

	if (k->kind == NULL || (rc = sel_make(p, k, err)) < 0)
		return k->kind == NULL ? 0 : rc;
	jc_bind_int_at(k->sel, 1, r->rec);
	if ((rc = jc_stmt_step(k->sel, err)) < 0)
		return rc;
	for (size_t i = 0; rc == 1 && i < r->cells.n; i++) {
		struct jc_cell *c = &r->cells.v[i];
		const struct jc_field *f = jc_kindmap_field_no(k, c->field);
		const char *s;
		size_t n;

		if (f == NULL || f->set || f->derived || c->set || c->known || (i > 0 && c[-1].field == c->field))
			continue;
		s = jc_col_text(k->sel, (int)k->by_id[f->id], &n);
		if (cell_value(c, s, n) < 0)
			rc = JC_NOMEM(err, "load_columns");
	}
	jc_stmt_reset(k->sel);
	return rc < 0 ? rc : 0;
}

int
jc_rec_hist_add(struct jc_rec *r, int64_t op)
{
	uint64_t v = (uint64_t)op;

	if (r->hist_cap - r->hist_len < 10) {
		size_t cap = r->hist_cap != 0 ? r->hist_cap * 2 : 24;
		uint8_t *q = jc_realloc(r->hist, cap);

		if (q == NULL)
			return JC_ENOMEM;
		r->hist = q;
		r->hist_cap = cap;
	}
	while (v >= 0x80) {
		r->hist[r->hist_len++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	r->hist[r->hist_len++] = (uint8_t)v;
	if (op > r->last_op)
		r->last_op = op;
	return 0;
}

static void
hist_last(struct jc_rec *r)
{
	struct jc_rd rd;

	jc_rd_init(&rd, r->hist, r->hist_len);
	while (jc_rd_left(&rd) > 0) {
		int64_t op = (int64_t)jc_rd_varint(&rd);

		if (op > r->last_op)
			r->last_op = op;
	}
}

static int
load_cross(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_alias_none(p, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if ((rc = jc_db_prep(&st, p->db, "SELECT ver FROM cross_name WHERE rec = :rec", err)) < 0)
		return rc;
	jc_bind_int(st, ":rec", r->rec);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n;
		const void *ver = jc_col_blob(st, 0, &n);

		rc = jc_rec_cells(&r->cross, ver, n, err);
		jc_stmt_reset(st);
	}
	return rc;
}

/* Fills a record from a row: rec, scope, kind, id, void, conflicts, ver, hist. */
static int
rec_from_row(struct jc_rec **out, struct jc_project *p, struct jc_stmt *st, struct jc_err *err)
{
	struct jc_rec *r = jc_calloc(1, sizeof(*r));
	const void *ver, *hist;
	const char *id;
	size_t nid, nver, nhist;
	int rc;

	if (r == NULL)
		return JC_NOMEM(err, "rec_from_row");
	r->rec = jc_col_int(st, 0);
	r->scope = jc_col_int(st, 1);
	id = jc_col_text(st, 3, &nid);
	r->was_void = (uint8_t)jc_col_int(st, 4);
	r->was_conflicts = (int)jc_col_int(st, 5);
	ver = jc_col_blob(st, 6, &nver);
	hist = jc_col_blob(st, 7, &nhist);
	if (jc_id_to_u64(&r->id, id, nid) < 0)
		rc = jc_err_code(err, JC_ECORRUPT, "rec_from_row");
	else if ((rc = jc_rec_cells(&r->cells, ver, nver, err)) == 0 && (r->hist = jc_alloc(nhist + 16)) == NULL)
		rc = JC_NOMEM(err, "rec_from_row");
	if (rc == 0) {
		memcpy(r->hist, hist, nhist);
		r->hist_len = nhist;
		r->hist_cap = nhist + 16;
		hist_last(r);
		rc = jc_kindmap_no(&r->k, p, (uint32_t)jc_col_int(st, 2), err);
	}
	if (rc == 0 && (rc = load_siblings(p, r, err)) == 0 && (rc = load_columns(p, r, err)) == 0)
		rc = load_cross(p, r, err);
	if (rc < 0)
		rec_free(r);
	else
		*out = r;
	return rc;
}

/* Runs a prepared select; a row that is in memory already wins over the stored one. */
static int
rec_select(struct jc_rec **out, struct jc_project *p, struct jc_stmt *st, struct jc_err *err)
{
	struct jc_rec *r = NULL, *have;
	int rc = jc_stmt_step(st, err);

	*out = NULL;
	if (rc <= 0)
		return rc;
	rc = rec_from_row(&r, p, st, err);
	jc_stmt_reset(st);
	if (rc < 0)
		return rc;
	if ((have = rec_cached(p, r->scope, r->id, r->k)) != NULL) {
		rec_free(r);
		r = have;
	} else if (rec_insert(p, r) < 0) {
		rec_free(r);
		return JC_NOMEM(err, "rec_select");
	}
	*out = r;
	return 0;
}

int
jc_rec_load(struct jc_rec **out, struct jc_project *p, int64_t rec, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, p->db,
	         "SELECT rec, scope, kind, id, void, conflicts, ver, hist"
	         "  FROM record WHERE rec = :rec", err)) < 0)
		return rc;
	jc_bind_int(st, ":rec", rec);
	if ((rc = rec_select(out, p, st, err)) < 0)
		return rc;
	return *out != NULL ? 0 : jc_err_code(err, JC_ENOTFOUND, "jc_rec_load");
}

static int
next_rec(struct jc_project *p, int64_t *rec, struct jc_err *err)
{
	int rc;

	if (p->next_rec == 0 &&
	    (rc = jc_db_int(p->db, &p->next_rec, "SELECT coalesce(max(rec), 0) + 1 FROM record", err)) < 0)
		return rc;
	*rec = p->next_rec++;
	return 0;
}

static int
rec_make(struct jc_rec **out, struct jc_project *p, int64_t scope, struct jc_kindmap *k, uint64_t id, struct jc_err *err)
{
	struct jc_rec *r = jc_calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return JC_NOMEM(err, "rec_make");
	r->scope = scope;
	r->id = id;
	r->k = k;
	r->is_new = 1;
	if ((rc = next_rec(p, &r->rec, err)) == 0 && rec_insert(p, r) < 0)
		rc = JC_NOMEM(err, "rec_make");
	if (rc < 0)
		jc_free(r);
	else
		*out = r;
	return rc;
}

int
jc_rec_get(struct jc_rec **out, struct jc_project *p, int64_t scope, struct jc_kindmap *k, const jc_id id, int make,
    struct jc_err *err)
{
	struct jc_stmt *st;
	uint64_t v;
	int rc;

	if (jc_id_to_u64(&v, id, strlen(id)) < 0)
		return jc_err_set(err, JC_EINVAL, "jc_rec_get", JC_T("编号 %s 写得不对", "%s is not an id"), id);
	if ((*out = rec_cached(p, scope, v, k)) != NULL)
		return 0;
	if (!p->pristine) {
		if ((rc = jc_db_prep(&st, p->db,
		         "SELECT rec, scope, kind, id, void, conflicts, ver, hist FROM record"
		         " WHERE scope = :scope AND id = :id AND kind = :kind", err)) < 0)
			return rc;
		jc_bind_int(st, ":scope", scope);
		jc_bind_text(st, ":id", id, JC_ID_LEN);
		jc_bind_int(st, ":kind", k->no);
		if ((rc = rec_select(out, p, st, err)) < 0 || *out != NULL)
			return rc;
	}
	return make ? rec_make(out, p, scope, k, v, err) : 0;
}

/* ---- writing ---- */

static size_t
elem_end(const struct jc_cells *cells, size_t at, size_t end)
{
	size_t e = at + 1;

	while (e < end && jc_cell_same_value(&cells->v[at], &cells->v[e]))
		e++;
	return e;
}

static void
ver_put_ops(struct jc_buf *b, const struct jc_cells *cells, size_t at, size_t end)
{
	jc_buf_varint(b, end - at);
	for (; at < end; at++)
		jc_buf_varint(b, (uint64_t)cells->v[at].op << 1 | cells->v[at].voided);
}

static void
ver_encode(struct jc_buf *b, const struct jc_cells *cells)
{
	jc_buf_reset(b);
	for (size_t i = 0, end; i < cells->n; i = end) {
		size_t elems = 0;

		end = jc_cells_run(cells, i);
		jc_buf_varint(b, (uint64_t)cells->v[i].field << 1 | cells->v[i].set);
		if (!cells->v[i].set) {
			ver_put_ops(b, cells, i, end);
			continue;
		}
		for (size_t e = i; e < end; e = elem_end(cells, e, end))
			elems++;
		jc_buf_varint(b, elems);
		for (size_t e = i, next; e < end; e = next) {
			next = elem_end(cells, e, end);
			jc_buf_varint(b, cells->v[e].len);
			jc_buf_put(b, cells->v[e].val, cells->v[e].len);
			ver_put_ops(b, cells, e, next);
		}
	}
}

int
jc_rec_keyed(const struct jc_kindmap *k, const struct jc_field *f)
{
	return !f->set && (f->type == JC_REF || f->type == JC_IDNO || f->type == JC_USCC || strcmp(f->name, k->kind->title) == 0);
}

/* INSERT of all columns, or UPDATE of the plain (0) or the indexed (1) ones; ?N is column N. */
static int
write_make(struct jc_stmt **st, struct jc_project *p, struct jc_kindmap *k, int update, int keyed, struct jc_err *err)
{
	struct jc_buf sql;
	int any = 0;

	if (*st != NULL)
		return 0;
	jc_buf_init(&sql, 1 << 16);
	jc_buf_putf(&sql, update ? "UPDATE \"k_%s\" SET " : "INSERT INTO \"k_%s\"(rec", k->name);
	for (size_t i = 0; !update && i < k->nfields; i++)
		jc_buf_putf(&sql, ", \"%s\"", k->field[i]->name);
	jc_buf_puts(&sql, update ? "" : ") VALUES(?1");
	for (size_t i = 0; i < k->nfields; i++) {
		if (!update)
			jc_buf_putf(&sql, ", ?%zu", i + 2);
		else if (!k->field[i]->derived && jc_rec_keyed(k, k->field[i]) == keyed)
			jc_buf_putf(&sql, "%s\"%s\" = ?%zu", any++ ? ", " : "", k->field[i]->name, i + 2);
	}
	jc_buf_puts(&sql, update ? " WHERE rec = ?1" : ")");
	return sql_make(st, p, &sql, err);
}

/* Appends the elements of one set as a JSON array. */
static void
set_text(struct jc_buf *b, const struct jc_cells *cells, size_t from, size_t end)
{
	jc_buf_putc(b, '[');
	for (size_t e = from; e < end; e = elem_end(cells, e, end)) {
		if (e != from)
			jc_buf_putc(b, ',');
		jc_canon_str(b, cells->v[e].val, cells->v[e].len);
	}
	jc_buf_putc(b, ']');
}

static int
integer_text(const struct jc_cell *c, int64_t *v)
{
	int64_t n = 0;
	uint32_t i = c->val[0] == '-';

	if (c->len == 0 || c->len > 17 || i == c->len || (c->val[i] == '0' && c->len > 1))
		return 0; /* what an integer column would not give back byte for byte stays text */
	for (; i < c->len; i++) {
		if (c->val[i] < '0' || c->val[i] > '9')
			return 0;
		n = n * 10 + (c->val[i] - '0');
	}
	*v = c->val[0] == '-' ? -n : n;
	return 1;
}

static int
number_field(const struct jc_field *f)
{
	return f->type == JC_INT || f->type == JC_MONEY || f->type == JC_DECIMAL;
}

static void
bind_register(struct jc_stmt *st, int at, const struct jc_field *f, const struct jc_cell *c)
{
	int64_t v;

	if (c->val == NULL)
		jc_bind_null_at(st, at);
	else if (number_field(f) && integer_text(c, &v))
		jc_bind_int_at(st, at, v);
	else
		jc_bind_text_at(st, at, c->val, c->len);
}

/* Columns whose text is made (sets, references to a merged record): one buffer first, bound when it no
 * longer moves. */
#define MADE_COLUMNS 64
struct made_column {
	int at;
	size_t from, len;
};

/* What the columns show: the class, or the record alone. */
static const struct jc_cells *
shown_cells(const struct jc_rec *r)
{
	return r->part == JC_SHOWN ? &r->view : &r->cells;
}

/* The id under which the target of a reference is shown, when that is another one. 1, 0, or negative. */
static int
ref_mapped(jc_id out, struct jc_project *p, const struct jc_rec *r, const struct jc_field *f, const struct jc_cell *c,
    struct jc_err *err)
{
	const struct jc_kind *kind;
	int rc, found = 0;

	if (p->bulk || f->type != JC_REF || f->set || f->ref == NULL || c->val == NULL || c->len != JC_ID_LEN)
		return 0;
	if ((rc = jc_alias_none(p, err)) != 0)
		return rc < 0 ? rc : 0;
	if ((kind = jc_catalogue_kind(f->ref, strlen(f->ref))) == NULL)
		return 0;
	rc = jc_alias_shown(out, &found, p, r->scope, kind->id, (struct jc_slice){c->val, c->len}, err);
	return rc < 0 ? rc : found;
}

/* Binds the columns that `which` asks for: 0 plain, 1 indexed, 2 all. Unset ones stay NULL. */
static int
columns_bind(struct jc_project *p, struct jc_stmt *st, const struct jc_rec *r, int which, struct jc_err *err)
{
	const struct jc_cells *cells = shown_cells(r);
	struct made_column made[MADE_COLUMNS];
	size_t nmade = 0;

	jc_buf_reset(&p->text);
	jc_bind_int_at(st, 1, r->rec);
	for (size_t i = 0, end; i < cells->n; i = end) {
		const struct jc_field *f = jc_kindmap_field_no(r->k, cells->v[i].field);
		int at = f != NULL ? r->k->by_id[f->id] + 1 : 0;

		end = jc_cells_run(cells, i);
		if (f == NULL || f->derived || f->set != cells->v[i].set || (which != 2 && jc_rec_keyed(r->k, f) != which))
			continue;
		jc_id id;
		int mapped = ref_mapped(id, p, r, f, &cells->v[i], err);

		if (mapped < 0)
			return mapped;
		if (!f->set && !mapped) {
			bind_register(st, at, f, &cells->v[i]);
		} else if (nmade < MADE_COLUMNS) {
			made[nmade] = (struct made_column){at, p->text.len, 0};
			if (mapped)
				jc_buf_put(&p->text, id, JC_ID_LEN);
			else
				set_text(&p->text, cells, i, end);
			made[nmade].len = p->text.len - made[nmade].from;
			nmade++;
		}
	}
	for (size_t i = 0; i < nmade && !p->text.failed; i++)
		jc_bind_text_at(st, made[i].at, p->text.data + made[i].from, made[i].len);
	return jc_buf_check(&p->text, "columns_bind", err);
}

static int
columns_write(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	struct jc_kindmap *k = r->k;
	int rc = 0;

	if (k->kind == NULL)
		return 0;
	if (r->is_new) {
		if ((rc = write_make(&k->ins, p, k, 0, 0, err)) < 0 || (rc = columns_bind(p, k->ins, r, 2, err)) < 0)
			return rc;
		jc_derive_bind(p, k->ins, r);
		return jc_stmt_run(k->ins, err);
	}
	if (r->dirty_plain && (rc = write_make(&k->upd_plain, p, k, 1, 0, err)) == 0 &&
	    (rc = columns_bind(p, k->upd_plain, r, 0, err)) == 0)
		rc = jc_stmt_run(k->upd_plain, err);
	if (rc == 0 && r->dirty_keyed && (rc = write_make(&k->upd_keyed, p, k, 1, 1, err)) == 0 &&
	    (rc = columns_bind(p, k->upd_keyed, r, 1, err)) == 0)
		rc = jc_stmt_run(k->upd_keyed, err);
	return rc;
}

static int
sibling_put(struct jc_project *p, const struct jc_rec *r, const struct jc_cell *c, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db,
	    "INSERT INTO sibling(rec, field, op, value)"
	    " VALUES(:rec, :field, :op, :value)", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":rec", r->rec);
	jc_bind_int(st, ":field", c->field);
	jc_bind_int(st, ":op", c->op);
	if (c->val == NULL)
		jc_bind_null(st, ":value");
	else
		jc_bind_text(st, ":value", c->val, c->len);
	return jc_stmt_run(st, err);
}

/* 1 when the cell's value can be read back from its column. */
static int
in_column(struct jc_project *p, const struct jc_rec *r, size_t at, struct jc_err *err)
{
	const struct jc_cell *c = &r->cells.v[at];
	const struct jc_field *f = jc_kindmap_field_no(r->k, c->field);
	jc_id id;
	int rc;

	if (r->part != JC_ALONE || (at != 0 && c[-1].field == c->field) || f == NULL || f->set ||
	    f->derived)
		return 0;
	rc = ref_mapped(id, p, r, f, c, err);
	return rc < 0 ? rc : !rc;
}

/* Every register cell whose value is not in a column. */
static int
siblings_write(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = 0, any = 0;

	if (r->had_siblings) {
		if ((rc = jc_db_prep(&st, p->db, "DELETE FROM sibling WHERE rec = :rec", err)) < 0)
			return rc;
		jc_bind_int(st, ":rec", r->rec);
		rc = jc_stmt_run(st, err);
	}
	for (size_t i = 0; rc >= 0 && i < r->cells.n; i++) {
		const struct jc_cell *c = &r->cells.v[i];

		if (c->set || c->field == JC_FIELD_ALIVE || (rc = in_column(p, r, i, err)) > 0)
			continue;
		any = 1;
		if (rc == 0)
			rc = sibling_put(p, r, c, err);
	}
	r->had_siblings = (uint8_t)any;
	return rc < 0 ? rc : 0;
}

static int
cross_write(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if (!r->dirty_cross)
		return 0;
	if ((rc = jc_db_prep(&st, p->db,
	         "INSERT INTO cross_name(rec, ver) VALUES(:rec, :ver)"
	         " ON CONFLICT(rec) DO UPDATE SET ver = excluded.ver", err)) < 0)
		return rc;
	ver_encode(&p->ver, &r->cross);
	if ((rc = jc_buf_check(&p->ver, "cross_write", err)) < 0)
		return rc;
	jc_bind_int(st, ":rec", r->rec);
	jc_bind_blob(st, ":ver", p->ver.len != 0 ? p->ver.data : "", p->ver.len);
	r->dirty_cross = 0;
	return jc_stmt_run(st, err);
}

/* What the column `void` says of a record (schema/ddl.c). */
static int
void_of(const struct jc_rec *r)
{
	if (r->part == JC_HIDDEN)
		return 2;
	if (r->part == JC_SHOWN)
		return r->class_void;
	return jc_cells_void(&r->cells) || !jc_cells_any(&r->cells);
}

static int
record_write(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	int is_void = void_of(r), conflicts = r->part == JC_HIDDEN ? 0 : jc_cells_conflicts(shown_cells(r));
	struct jc_stmt *st;
	jc_id id;
	int rc;

	if (r->is_new)
		rc = jc_db_prep(&st, p->db,
		    "INSERT INTO record(rec, void, conflicts, ver, hist, scope, kind, id)"
		    " VALUES(:rec, :void, :conflicts, :ver, :hist, :scope, :kind, :id)", err);
	else if (is_void != r->was_void || conflicts != r->was_conflicts)
		rc = jc_db_prep(&st, p->db,
		    "UPDATE record SET void = :void, conflicts = :conflicts, ver = :ver, hist = :hist"
		    " WHERE rec = :rec", err);
	else
		rc = jc_db_prep(&st, p->db, "UPDATE record SET ver = :ver, hist = :hist WHERE rec = :rec", err);
	if (rc < 0)
		return rc;
	ver_encode(&p->ver, &r->cells);
	if ((rc = jc_buf_check(&p->ver, "record_write", err)) < 0)
		return rc;
	jc_bind_int(st, ":rec", r->rec);
	jc_bind_blob(st, ":ver", p->ver.len != 0 ? p->ver.data : "", p->ver.len);
	jc_bind_blob(st, ":hist", r->hist, r->hist_len);
	if (r->is_new || is_void != r->was_void || conflicts != r->was_conflicts) {
		jc_bind_int(st, ":void", is_void);
		jc_bind_int(st, ":conflicts", conflicts);
	}
	if (r->is_new) {
		jc_id_from_u64(id, r->id);
		jc_bind_int(st, ":scope", r->scope);
		jc_bind_int(st, ":kind", r->k->no);
		jc_bind_text(st, ":id", id, JC_ID_LEN);
	}
	r->was_void = (uint8_t)is_void;
	r->was_conflicts = conflicts;
	return jc_stmt_run(st, err);
}

static int
rec_write(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	int rc = jc_derive_note(p, r, err);

	p->defs_dirty |= r->k->no == JC_XFIELD_KIND || r->k->no == JC_XFORM_KIND;
	if (rc == 0)
		rc = record_write(p, r, err);
	if (rc == 0)
		rc = columns_write(p, r, err);
	if (rc == 0)
		rc = siblings_write(p, r, err);
	if (rc == 0)
		rc = cross_write(p, r, err);
	if (rc == 0 && r->dirty_words)
		rc = jc_search_due(p, r, err);
	r->is_new = r->dirty = r->dirty_plain = r->dirty_keyed = r->dirty_input = 0;
	jc_cells_free(&r->view);
	return rc;
}

void
jc_rec_dirty(struct jc_project *p, struct jc_rec *r)
{
	r->dirty = 1;
	if (r->listed)
		return;
	r->listed = 1;
	r->next_dirty = NULL;
	if (p->dirty == NULL)
		p->dirty = r;
	else
		p->dirty_last->next_dirty = r;
	p->dirty_last = r;
}

void
jc_rec_touch(struct jc_project *p, struct jc_rec *r)
{
	jc_rec_dirty(p, r);
	r->dirty_plain = r->dirty_keyed = r->dirty_input = r->dirty_words = 1;
}

/*
 * A reader in the middle of a large import flushes before every look, so what a flush costs must depend on what
 * changed since the last one and not on what is in memory. Records that nothing was written of yet stay listed.
 */
static int
dirty_write(struct jc_project *p, struct jc_err *err)
{
	struct jc_rec *r = p->dirty, *next;
	int rc = 0;

	p->dirty = p->dirty_last = NULL;
	for (; r != NULL; r = next) {
		next = r->next_dirty;
		r->listed = 0;
		if (rc < 0 || !r->dirty)
			continue;
		if (r->hist_len != 0)
			rc = rec_write(p, r, err);
		else
			jc_rec_dirty(p, r);
	}
	return rc;
}

int
jc_rec_flush(struct jc_project *p, struct jc_err *err)
{
	int rc;

	if (p->poisoned)
		return jc_err_code(err, JC_EINTERNAL, "jc_rec_flush");
	rc = jc_alias_settle(p, err);
	if (rc == 0)
		rc = dirty_write(p, err);
	if (rc == 0)
		rc = jc_search_flush(p, err);
	if (rc == 0 && !p->bulk)
		rc = jc_derive_run(p, err);
	if (rc < 0)
		p->poisoned = 1;
	p->pristine = 0;
	return rc;
}
