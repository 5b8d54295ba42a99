/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * From operations to records. Every path (a commit just taken in, a draft just saved, a rebuild, the
 * refold of one record) goes through the same three steps: resolve what the operation names to local
 * numbers, let the merge rule change the cells of the record in memory, note the operation in the
 * record's history. Writing to the tables happens once per transaction, before its commit.
 */
#include "derive.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "search.h"
#include "witness.h"
#include "verdict.h"

/* Records kept in memory while rebuilding: some 250 MB of full member records. */
#define BULK_RECORDS 200000u

static int
flush_hook(void *arg, struct jc_db *db, struct jc_err *err)
{
	struct jc_project *p = arg;
	int rc = jc_rec_flush(p, err);

	(void)db;
	return rc == 0 && p->defs_dirty ? jc_defs_refresh(p, err) : rc;
}

static void
ended_hook(void *arg, int committed)
{
	struct jc_project *p = arg;

	jc_derive_forget(p);
	jc_rec_drop_all(p);
	p->revoked = p->refused = -1;
	p->poisoned = 0;
	p->pristine = 0;
	p->ready = 0;
	if (!committed && p->defs_dirty)
		p->defs_rev = -1;
	p->defs_dirty = 0;
	jc_search_forget(p);
	p->aliases = -1; /* another process may merge two before the next transaction */
}

static int recount(void *arg, int64_t op, struct jc_err *err);

int
jc_project_open(struct jc_project **out, struct jc_log *log, struct jc_err *err)
{
	struct jc_project *p = jc_calloc(1, sizeof(*p));
	int64_t verdicts = 0;
	int rc;

	*out = NULL;
	if (p == NULL)
		return JC_NOMEM(err, "jc_project_open");
	p->log = log;
	p->db = jc_log_db(log);
	p->nbuckets = 256;
	p->kinds = jc_catalogue_base();
	p->defs_rev = -1;
	jc_buf_init(&p->ver, 64u << 20);
	jc_buf_init(&p->text, 64u << 20);
	p->bucket = jc_calloc(p->nbuckets, sizeof(*p->bucket));
	rc = p->bucket == NULL || jc_derive_new(p) < 0 ? JC_NOMEM(err, "jc_project_open") : jc_ops_reader_new(&p->reader, 1, err);
	if (rc == 0)
		rc = jc_db_int(p->db, &verdicts, "SELECT EXISTS(SELECT 1 FROM verdict)", err);
	p->verdicts = verdicts != 0;
	p->aliases = -1;
	jc_opread_init(&p->foreign);
	p->revoked = p->refused = -1;
	if (rc == 0)
		rc = jc_db_on_commit(p->db, flush_hook, p);
	if (rc == 0)
		rc = jc_db_on_end(p->db, ended_hook, p);
	if (rc < 0) {
		jc_project_close(p);
		return rc;
	}
	jc_log_on_recount(log, recount, p);
	*out = p;
	return 0;
}

void
jc_project_close(struct jc_project *p)
{
	if (p == NULL)
		return;
	if (p->bucket != NULL)
		jc_rec_drop_all(p);
	jc_kindmap_forget(p);
	jc_derive_free(p);
	jc_free(p->kind);
	jc_free(p->bucket);
	jc_ops_reader_free(p->reader);
	jc_buf_free(&p->ver);
	jc_buf_free(&p->text);
	jc_free(p->words);
	jc_opread_free(&p->foreign);
	jc_free(p->write);
	jc_free(p->name);
	jc_free(p);
}

/* A failing lookup poisons the transaction: a wrong order must never be stored. */
int
jc_project_rank(void *project, int64_t a, int64_t b)
{
	struct jc_project *p = project;
	struct jc_rank ra, rb;

	if (jc_log_op_rank(p->log, a, &ra, NULL) < 0 || jc_log_op_rank(p->log, b, &rb, NULL) < 0) {
		p->poisoned = 1;
		return a > b ? 1 : -1;
	}
	return jc_rank_cmp(&ra, &rb);
}

/* ---- one operation ---- */

int
jc_project_ref(struct jc_project *p, const struct jc_apply_at *at, const struct jc_opref *ref, int64_t *no, struct jc_err *err)
{
	int rc = 0;

	if (at->read != NULL)
		rc = jc_log_ref_resolve(p->log, at->read, ref, no, err);
	else if (ref->kind == JC_REF_SAME)
		*no = at->ops != NULL ? at->ops[ref->n] : at->first_op + ref->n;
	else if (ref->kind == JC_REF_LOCAL)
		*no = ref->n;
	else
		return jc_log_op_find(p->log, at->scope, ref->h, ref->n, no, err);
	return rc < 0 ? rc : jc_log_op_same(p->log, *no, no, err);
}

static int
room(void **v, size_t *cap, size_t need, size_t size)
{
	void *q;

	if (need <= *cap)
		return 0;
	if ((q = jc_realloc(*v, (need + 16) * 2 * size)) == NULL)
		return JC_ENOMEM;
	*v = q;
	*cap = (need + 16) * 2;
	return 0;
}

static void
touch(struct jc_project *p, struct jc_rec *r, const struct jc_field *f)
{
	jc_rec_dirty(p, r);
	r->dirty_words |= f != NULL && r->k->found[f->id] != 0;
	if (f != NULL && jc_derive_input(r->k, f))
		r->dirty_input = 1;
	if (f != NULL && jc_rec_keyed(r->k, f))
		r->dirty_keyed = 1;
	else if (f != NULL)
		r->dirty_plain = 1;
}

static int
names_resolve(struct jc_project *p, struct jc_rec *r, const struct jc_apply_at *at, const struct jc_op *op,
    struct jc_mop *m, struct jc_err *err)
{
	size_t n = 0, total = 0;

	for (size_t i = 0; i < op->nnames; i++)
		total += op->names[i].nrefs;
	if (room((void **)&p->name, &p->name_cap, total, sizeof(*p->name)) < 0)
		return JC_NOMEM(err, "names_resolve");
	for (size_t i = 0; i < op->nnames; i++) {
		const struct jc_field *f;
		uint32_t field;
		int rc = jc_kindmap_field(&field, &f, p, r->k, op->names[i].field, err);

		if (rc < 0)
			return rc;
		touch(p, r, f);
		r->dirty_edges |= field == JC_FIELD_ALIAS;
		for (size_t k = 0; k < op->names[i].nrefs; k++, n++) {
			p->name[n].field = field;
			if ((rc = jc_project_ref(p, at, &op->names[i].refs[k], &p->name[n].op, err)) < 0)
				return rc;
		}
	}
	m->name = p->name;
	m->nnames = n;
	return 0;
}

static int
raw_text(struct jc_project *p, const struct jc_opfield *f, struct jc_mwrite *w)
{
	size_t at = p->text.len;

	jc_buf_putc(&p->text, '?');
	jc_buf_slice(&p->text, f->text);
	w->val = (const char *)at; /* an offset until all raw texts are made */
	w->len = (uint32_t)(p->text.len - at);
	return p->text.failed;
}

static int
writes_make(struct jc_project *p, struct jc_rec *r, const struct jc_op *op, struct jc_mop *m, struct jc_err *err)
{
	size_t n = 0, total = 1;

	for (size_t i = 0; i < op->nfields; i++)
		total += 1 + op->fields[i].nadd + op->fields[i].ndel;
	if (room((void **)&p->write, &p->write_cap, total, sizeof(*p->write)) < 0)
		return JC_NOMEM(err, "writes_make");
	jc_buf_reset(&p->text);
	if (jc_buf_room(&p->text, 1) == NULL) /* offset 0 stays free: it would look like NULL */
		return JC_NOMEM(err, "writes_make");
	for (size_t i = 0; i < op->nfields; i++) {
		const struct jc_opfield *f = &op->fields[i];
		struct jc_mwrite w = {0};
		const struct jc_field *field;
		int rc = jc_kindmap_field(&w.field, &field, p, r->k, f->name, err);

		if (rc < 0)
			return rc;
		touch(p, r, field);
		r->dirty_edges |= w.field == JC_FIELD_ALIAS;
		w.set = f->kind == JC_VAL_SET;
		if (f->kind == JC_VAL_TEXT) {
			w.val = f->text.p;
			w.len = (uint32_t)f->text.n;
		} else if (f->kind == JC_VAL_RAW && raw_text(p, f, &w)) {
			return JC_NOMEM(err, "writes_make");
		}
		if (!w.set)
			p->write[n++] = w;
		for (size_t k = 0; k < f->ndel; k++)
			p->write[n++] = (struct jc_mwrite){w.field, 1, 1, f->del[k].p, (uint32_t)f->del[k].n};
		for (size_t k = 0; k < f->nadd; k++)
			p->write[n++] = (struct jc_mwrite){w.field, 1, 0, f->add[k].p, (uint32_t)f->add[k].n};
		if (f->kind == JC_VAL_RAW)
			p->write[n - 1].del = 2; /* mark: val is an offset */
	}
	if (op->verb == JC_V_UNVOID)
		p->write[n++] = (struct jc_mwrite){JC_FIELD_ALIVE, 0, 0, NULL, 0};
	for (size_t i = 0; i < n; i++)
		if (p->write[i].del == 2) {
			p->write[i].del = 0;
			p->write[i].val = p->text.data + (size_t)p->write[i].val;
		}
	m->write = p->write;
	m->nwrites = n;
	return 0;
}

/* 1 when an operation wrote another record than this one. */
static int
is_foreign(struct jc_project *p, const struct jc_op *op, int64_t named, struct jc_err *err)
{
	int rc = jc_log_op_read(p->log, named, &p->foreign, err);

	return rc < 0 ? rc : strcmp(p->foreign.op.rec, op->rec) != 0;
}

/* Keeps what is named in another record: the register's write, or the removed elements. */
static int
cross_add(struct jc_cells *cross, const struct jc_mop *m, const struct jc_mname *name)
{
	int set = 0;

	for (size_t i = 0; i < m->nwrites; i++) {
		const struct jc_mwrite *w = &m->write[i];

		if (w->field != name->field || !w->set)
			continue;
		set = 1;
		if (w->del && jc_merge_cross(cross, w->field, name->op, 1, w->val, w->len) < 0)
			return JC_ENOMEM;
	}
	return set ? 0 : jc_merge_cross(cross, name->field, name->op, 0, NULL, 0);
}

/* Takes witnesses and names of other records out of the operation's names; the latter go to `cross`. */
static int
names_split(struct jc_project *p, struct jc_cells *cross, const struct jc_op *op, struct jc_mop *m, struct jc_err *err)
{
	size_t own = 0;

	for (size_t i = 0; i < m->nnames; i++) {
		int rc;

		if (p->name[i].field == JC_FIELD_ALIAS)
			continue;
		if ((rc = is_foreign(p, op, p->name[i].op, err)) < 0)
			return rc;
		if (!rc)
			p->name[own++] = p->name[i];
		else if (cross != NULL && cross_add(cross, m, &p->name[i]) < 0)
			return JC_NOMEM(err, "names_split");
	}
	m->nnames = own;
	return 0;
}

/* Applies to `cells` and `cross` (may be NULL); r gives kind and takes the marks of what was touched. */
static int
op_apply(struct jc_project *p, struct jc_rec *r, struct jc_cells *cells, struct jc_cells *cross,
    const struct jc_apply_at *at, int64_t no, const struct jc_op *op, struct jc_err *err)
{
	struct jc_verdict_kept kept;
	struct jc_mop m = {0};
	int64_t same;
	int rc;

	if ((rc = jc_log_op_same(p->log, no, &same, err)) < 0)
		return rc;
	if ((rc = jc_verdict_keep(&kept, p, same, op, err)) < 0)
		goto out;
	if (rc == 1)
		op = &kept.op;
	m.op = same;
	m.names_only = same != no;
	m.verb = op->verb == JC_V_VOID ? JC_M_VOID : JC_M_WRITE;
	if ((rc = names_resolve(p, r, at, op, &m, err)) < 0 ||
	    (m.verb == JC_M_WRITE && (rc = writes_make(p, r, op, &m, err)) < 0))
		goto out;
	if (jc_witness_has(op)) {
		if ((rc = names_split(p, cross, op, &m, err)) < 0)
			goto out;
		r->dirty_cross = 1;
		p->aliases = 1;
	}
	jc_rec_dirty(p, r);
	rc = jc_merge_apply(cells, &m, jc_project_rank, p) < 0 ? JC_NOMEM(err, "op_apply") : 0;
out:
	jc_verdict_kept_free(&kept);
	return rc;
}

static int
number_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int
hist_sorted(const struct jc_rec *r, int64_t **out, size_t *n, struct jc_err *err)
{
	struct jc_rd rd;

	*n = 0;
	if ((*out = jc_alloc((r->hist_len + 1) * sizeof(**out))) == NULL)
		return JC_NOMEM(err, "hist_sorted");
	jc_rd_init(&rd, r->hist, r->hist_len);
	while (jc_rd_left(&rd) > 0)
		(*out)[(*n)++] = (int64_t)jc_rd_varint(&rd);
	qsort(*out, *n, sizeof(**out), number_cmp);
	return 0;
}

int
jc_project_fold(struct jc_project *p, const struct jc_rec *r, int64_t upto, struct jc_cells *cells,
    struct jc_cells *cross, struct jc_err *err)
{
	struct jc_rec marks = {.k = r->k, .listed = 1}; /* stands in for r; never written itself */
	struct jc_opread read;
	int64_t *ops = NULL;
	size_t n;
	int rc;

	jc_opread_init(&read);
	rc = hist_sorted(r, &ops, &n, err);
	for (size_t i = 0; rc == 0 && i < n && (upto == 0 || ops[i] <= upto); i++) {
		struct jc_apply_at at = {.scope = r->scope, .read = &read};

		if (i > 0 && ops[i] == ops[i - 1])
			continue;
		if ((rc = jc_log_op_read(p->log, ops[i], &read, err)) == 0)
			rc = op_apply(p, &marks, cells, cross, &at, ops[i], &read.op, err);
	}
	jc_opread_free(&read);
	jc_free(ops);
	if (rc < 0) {
		jc_cells_free(cells);
		if (cross != NULL)
			jc_cells_free(cross);
	}
	return rc;
}

int
jc_project_refold_rec(struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	struct jc_cells cells = {0}, cross = {0};
	int rc = jc_project_fold(p, r, 0, &cells, &cross, err);

	if (rc < 0)
		return rc;
	jc_cells_free(&r->cells);
	r->cells = cells;
	r->dirty_cross |= r->cross.n != 0 || cross.n != 0;
	jc_cells_free(&r->cross);
	r->cross = cross;
	r->dirty_edges = 1;
	jc_rec_touch(p, r);
	return 0;
}

int
jc_project_refold(struct jc_project *p, int64_t rec, struct jc_err *err)
{
	struct jc_rec *r;
	int rc = jc_rec_load(&r, p, rec, err);

	return rc < 0 ? rc : jc_project_refold_rec(p, r, err);
}

/* What an operation is sent again for: the tray asks whether one was. It may name what is not here. */
static int
origin_keep(struct jc_project *p, const struct jc_apply_at *at, int64_t no, const struct jc_op *op, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t origin, same;
	int rc;

	if (!op->has_origin)
		return 0;
	if ((rc = jc_project_ref(p, at, &op->origin, &origin, err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	if ((rc = jc_log_op_same(p->log, no, &same, err)) < 0 || same == origin)
		return rc; /* issued again as it was: the same operation */
	for (size_t i = 0; rc == 0 && i < op->nfields; i++) {
		if ((rc = jc_db_prep(&st, p->db,
		         "INSERT INTO origin(op, field, by_op) VALUES(:op, :field, :by) ON CONFLICT DO NOTHING", err)) < 0)
			return rc;
		jc_bind_int(st, ":op", origin);
		jc_bind_text(st, ":field", op->fields[i].name.p, op->fields[i].name.n);
		jc_bind_int(st, ":by", no);
		rc = jc_stmt_run(st, err);
	}
	return rc;
}

static int
record_op(struct jc_project *p, const struct jc_apply_at *at, int64_t no, const struct jc_op *op, struct jc_err *err)
{
	struct jc_kindmap *k;
	struct jc_rec *r;
	int64_t same;
	int rc;

	if ((rc = jc_kindmap_get(&k, p, op->kind, err)) < 0 ||
	    (rc = jc_rec_get(&r, p, at->scope, k, op->rec, 1, err)) < 0 ||
	    (rc = op_apply(p, r, &r->cells, &r->cross, at, no, op, err)) < 0 || (rc = origin_keep(p, at, no, op, err)) < 0)
		return rc;
	if (jc_rec_hist_add(r, no) < 0)
		return JC_NOMEM(err, "record_op");
	jc_rec_dirty(p, r);
	if (op->verb == JC_V_ALIAS)
		p->aliases = 1;
	if ((rc = jc_log_op_same(p->log, no, &same, err)) < 0)
		return rc;
	/* A further copy may have a smaller identity than the one that counted so far, so ranks can change. */
	return same != no && !p->bulk ? jc_project_refold_rec(p, r, err) : 0;
}

int
jc_project_op(struct jc_project *p, const struct jc_apply_at *at, int64_t no, const struct jc_op *op, struct jc_err *err)
{
	int rc = 0;

	switch (op->verb) {
	case JC_V_SET:
	case JC_V_VOID:
	case JC_V_UNVOID:
	case JC_V_ALIAS:
		rc = record_op(p, at, no, op, err);
		break;
	case JC_V_VERDICT:
		rc = jc_verdict_op(p, at, no, op, err);
		break;
	default: /* founding and standing are folded by the log; the others are kept for later programs */
		break;
	}
	if (rc < 0 || p->poisoned) {
		p->poisoned = 1;
		if (rc == 0)
			rc = jc_err_code(err, JC_ECORRUPT, "jc_project_op");
		else if (rc == JC_ENOTFOUND)
			rc = jc_err_set(err, JC_ECORRUPT, "jc_project_op",
			    JC_T("有一处修改所依据的原内容不在本机，请运行 jiceng verify",
			        "An operation names one that is not here; run jiceng verify"));
	}
	return rc;
}

/* ---- commits, drafts, rebuild ---- */

static int
payload_apply(struct jc_project *p, const struct jc_apply_at *at, struct jc_slice payload, int standing, struct jc_err *err)
{
	struct jc_op op;
	int64_t i = 0;
	int rc;

	jc_ops_begin(p->reader, payload.p, payload.n);
	while ((rc = jc_ops_next(p->reader, &op, err)) == 1) {
		int64_t no = at->ops != NULL ? at->ops[i] : at->first_op + i;

		if (standing && (op.verb == JC_V_FOUND || op.verb == JC_V_DEVICE))
			rc = jc_log_fold_standing(p->log, at->scope, &op, no, err);
		if (rc >= 0 && standing && op.verb == JC_V_DEVICE)
			rc = jc_verdict_standing(p, at->scope, &op, err);
		if (rc >= 0)
			rc = jc_project_op(p, at, no, &op, err);
		if (rc < 0)
			return rc;
		i++;
	}
	return rc;
}

int
jc_project_commit(struct jc_project *p, int64_t commit_no, const struct jc_commit *c, struct jc_slice payload,
    struct jc_err *err)
{
	struct jc_commit_row row;
	struct jc_apply_at at = {0};
	int rc = jc_log_commit(p->log, commit_no, &row, err);

	(void)c;
	if (rc < 0 || row.nops == 0 || row.first_op == 0)
		return rc;
	at.scope = row.scope;
	at.first_op = row.first_op;
	return payload_apply(p, &at, payload, 1, err);
}

int
jc_project_draft(struct jc_project *p, int64_t scope, int64_t no, const char *line, size_t n, struct jc_err *err)
{
	struct jc_apply_at at = {.scope = scope};
	struct jc_op op;
	int rc;

	jc_ops_begin(p->reader, line, n);
	if ((rc = jc_ops_next(p->reader, &op, err)) < 0)
		return rc;
	return rc == 0 ? 0 : jc_project_op(p, &at, no, &op, err);
}

struct rebuild {
	struct jc_project *p;
	struct jc_err *err;
	int64_t done, total;
	int (*progress)(void *, int64_t, int64_t);
	void *arg;
	struct jc_buf payload;
	int64_t *ops; /* numbers of the operations of a commit that was cut here */
};

static int
scattered_numbers(struct rebuild *rb, const struct jc_commit_row *row)
{
	struct jc_stmt *st;
	int rc;

	if (rb->ops == NULL && (rb->ops = jc_calloc(JC_OPS_MAX, sizeof(*rb->ops))) == NULL)
		return JC_NOMEM(rb->err, "scattered_numbers");
	if ((rc = jc_db_prep(&st, rb->p->db,
	         "SELECT first, n, idx FROM oprange WHERE commit_no = :no ORDER BY idx", rb->err)) < 0)
		return rc;
	jc_bind_int(st, ":no", row->no);
	while ((rc = jc_stmt_step(st, rb->err)) == 1)
		for (int64_t i = 0; i < jc_col_int(st, 1); i++)
			if (jc_col_int(st, 2) + i < JC_OPS_MAX)
				rb->ops[jc_col_int(st, 2) + i] = jc_col_int(st, 0) + i;
	return rc;
}

static int
rebuild_commit(void *arg, const struct jc_commit_row *row)
{
	struct rebuild *rb = arg;
	struct jc_apply_at at = {.scope = row->scope, .first_op = row->first_op};
	int rc;

	if (rb->progress != NULL && rb->done % 64 == 0 && rb->progress(rb->arg, rb->done, rb->total) != 0)
		return jc_err_code(rb->err, JC_ECANCELLED, "jc_project_rebuild");
	rb->done++;
	if (row->nops == 0)
		return 0;
	if (row->first_op == 0) {
		if ((rc = scattered_numbers(rb, row)) < 0)
			return rc;
		at.ops = rb->ops;
	}
	jc_buf_reset(&rb->payload);
	if ((rc = jc_log_commit_bytes(rb->p->log, row, NULL, &rb->payload, rb->err)) < 0 ||
	    (rc = payload_apply(rb->p, &at, (struct jc_slice){rb->payload.data, rb->payload.len}, 0, rb->err)) < 0)
		return rc;
	if (rb->p->nrecs > BULK_RECORDS) {
		if ((rc = jc_rec_flush(rb->p, rb->err)) < 0)
			return rc;
		jc_rec_drop_all(rb->p);
	}
	return 0;
}

static int
rebuild_scope(void *arg, const struct jc_scope *s)
{
	struct rebuild *rb = arg;

	return jc_log_walk(rb->p->log, s->no, 0, rebuild_commit, rb, rb->err);
}

static int
rebuild_drafts(struct rebuild *rb)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, rb->p->db, "SELECT op, scope, line FROM draft ORDER BY op", rb->err);

	while (rc >= 0 && (rc = jc_stmt_step(st, rb->err)) == 1) {
		size_t n;
		const char *line = jc_col_blob(st, 2, &n);

		if ((rc = jc_project_draft(rb->p, jc_col_int(st, 1), jc_col_int(st, 0), line, n, rb->err)) < 0)
			jc_stmt_reset(st);
	}
	return rc;
}

/* An operation's identity became smaller (a copy was known before it was cut): its rank may have changed. */
static int
recount(void *arg, int64_t op, struct jc_err *err)
{
	struct jc_project *p = arg;
	struct jc_opread read;
	struct jc_kindmap *k;
	struct jc_rec *r = NULL;
	int rc;

	jc_opread_init(&read);
	if ((rc = jc_log_op_read(p->log, op, &read, err)) == 0 && read.op.kind.n != 0 && read.op.rec[0] != '\0' &&
	    (rc = jc_kindmap_get(&k, p, read.op.kind, err)) == 0 &&
	    (rc = jc_rec_get(&r, p, read.scope, k, read.op.rec, 0, err)) == 0 && r != NULL)
		rc = jc_project_refold_rec(p, r, err);
	jc_opread_free(&read);
	return rc;
}

/* Copies met during a bulk fold were applied in one pass; fold their records once more, in order. */
static int
rebuild_copies(struct rebuild *rb)
{
	struct jc_project *p = rb->p;
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db, "SELECT op FROM op_same", rb->err);

	while (rc >= 0 && (rc = jc_stmt_step(st, rb->err)) == 1)
		if ((rc = recount(p, jc_col_int(st, 0), rb->err)) < 0)
			jc_stmt_reset(st);
	return rc;
}

static int
rebuild_all(struct rebuild *rb)
{
	struct jc_project *p = rb->p;
	int64_t rev;
	int rc;

	if ((rc = jc_rec_flush(p, rb->err)) < 0 || (jc_rec_drop_all(p), 0) ||
	    (rc = jc_meta_int(p->db, JC_DEFS_META, &rev, 0, rb->err)) < 0 ||
	    (rc = jc_meta_set_int(p->db, JC_DEFS_META, rev + 1, rb->err)) < 0 || /* other connections' numbers are gone */
	    (rc = jc_ddl_projection_tables(p->db, rb->err)) < 0 ||
	    (rc = jc_db_int(p->db, &rb->total, "SELECT count(*) FROM log_commit", rb->err)) < 0)
		return rc;
	p->pristine = p->bulk = 1;
	p->verdicts = p->aliases = 0;
	if ((rc = jc_scope_each(p->log, rebuild_scope, rb, rb->err)) < 0 || (rc = rebuild_drafts(rb)) < 0 ||
	    (rc = rebuild_copies(rb)) < 0 || (rc = jc_rec_flush(p, rb->err)) < 0)
		return rc;
	jc_rec_drop_all(p);
	p->bulk = p->pristine = 0;
	if ((rc = jc_ddl_projection_indexes(p->db, rb->err)) < 0 || (rc = jc_defs_refresh(p, rb->err)) < 0 ||
	    (rc = jc_alias_rebuild(p, rb->err)) < 0)
		return rc;
	return jc_derive_all(p, rb->err);
}

static int
rebuild_run(struct rebuild *rb)
{
	struct jc_project *p = rb->p;
	int rc;

	jc_buf_init(&rb->payload, JC_PAYLOAD_MAX);
	jc_rec_drop_all(p);
	jc_kindmap_forget(p); /* their statements would hold the tables that are dropped */
	p->kinds = jc_catalogue_base(); /* what is defined is laid over when everything is there */
	p->ready = p->defs_dirty = 1;
	rc = rebuild_all(rb);
	p->bulk = p->pristine = 0;
	jc_buf_free(&rb->payload);
	jc_free(rb->ops);
	return rc;
}

int
jc_project_rebuild_in(struct jc_project *p, struct jc_err *err)
{
	struct rebuild rb = {.p = p, .err = err};

	return rebuild_run(&rb);
}

int
jc_project_rebuild(struct jc_project *p, int (*progress)(void *arg, int64_t done, int64_t total), void *arg,
    struct jc_err *err)
{
	struct rebuild rb = {.p = p, .err = err, .progress = progress, .arg = arg};
	int rc, end;

	if ((rc = jc_db_begin(p->db, err)) < 0)
		return rc;
	rc = rebuild_run(&rb);
	end = jc_db_end(p->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
