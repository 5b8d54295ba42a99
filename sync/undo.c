/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Undo: the newest own batch is taken back by ordinary writes, so that it travels and merges like
 * everything else. Each field goes back to what it was before the batch, whichever of the batch's
 * operations touched it, so their order does not matter. What somebody changed since is left alone and
 * counted. A record that the batch made, and nobody touched since, is voided as a whole.
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "save.h"

struct undo {
	struct jc_save *sv;
	int64_t no, batch_first, batch_last; /* of `saved`; first and last operation */
	struct jc_undone *out;
	struct jc_err *err;
};

/* 1 for operations of the batch and of this undo, and of later batches that were taken back: those and
 * their undoing cancel out. Negative: an error. */
static int
ours(const struct undo *u, int64_t op)
{
	struct jc_stmt *st;
	int rc;

	if ((op >= u->batch_first && op <= u->batch_last) || (u->sv->first != 0 && op >= u->sv->first))
		return 1;
	if ((rc = jc_db_prep(&st, u->sv->node->db,
	         "SELECT 1 FROM saved WHERE no > :no AND undone = 1 AND first <= :op AND :op < first + n", u->err)) < 0)
		return rc;
	jc_bind_int(st, ":no", u->no);
	jc_bind_int(st, ":op", op);
	if ((rc = jc_stmt_step(st, u->err)) == 1)
		jc_stmt_reset(st);
	return rc;
}

/* 1 when no operation on the record is older than the batch; *edited when somebody wrote it since. */
static int
made_by_batch(const struct undo *u, const struct jc_rec *r, int *edited)
{
	struct jc_rd rd;

	*edited = 0;
	jc_rd_init(&rd, r->hist, r->hist_len);
	while (jc_rd_left(&rd) > 0) {
		int64_t op = (int64_t)jc_rd_varint(&rd);
		int mine;

		if (op < u->batch_first)
			return 0;
		if ((mine = ours(u, op)) < 0)
			return mine;
		*edited |= !mine;
	}
	return 1;
}

/* The value that a register showed before the batch. Owned by cells. */
static struct jc_slice
text_before(const struct jc_cells *before, const struct jc_field *f)
{
	const struct jc_cell *c = jc_cells_field(before, f->id, 0, NULL);

	return c != NULL && c->val != NULL ? (struct jc_slice){c->val, c->len} : (struct jc_slice){"", 0};
}

/* Fills the change that takes back one field; 0 when somebody wrote it since. */
static int
register_back(struct undo *u, struct jc_change *c, const struct jc_cells *now, const struct jc_cells *before,
    const struct jc_field *f)
{
	const struct jc_cell *shown = jc_cells_field(now, f->id, 0, NULL);
	int rc = shown != NULL ? ours(u, shown->op) : 0;

	if (rc <= 0)
		return rc;
	*c = (struct jc_change){.field = f, .text = text_before(before, f)};
	return 1;
}

static int
held_before(const struct jc_cells *before, const struct jc_field *f, struct jc_slice elem)
{
	size_t n = 0;
	const struct jc_cell *c = jc_cells_field(before, f->id, 1, &n);

	for (size_t i = 0; i < n; i++)
		if (jc_slice_eq((struct jc_slice){c[i].val, c[i].len}, elem))
			return 1;
	return 0;
}

/* Elements of `v` that were (want == 1) or were not in the set before the batch. */
static size_t
elems_where(struct jc_slice *out, const struct jc_slice *v, size_t n, const struct jc_cells *before,
    const struct jc_field *f, int want)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (held_before(before, f, v[i]) == want)
			out[count++] = v[i];
	return count;
}

/* Added elements that were not there go, removed ones that were there come back. `room` has space for all. */
static int
set_back(struct jc_change *c, struct jc_slice *room, const struct jc_field *f, const struct jc_opfield *of,
    const struct jc_cells *before)
{
	*c = (struct jc_change){.field = f, .del = room};
	c->ndel = elems_where(room, of->add, of->nadd, before, f, 0);
	c->add = room + c->ndel;
	c->nadd = elems_where(room + c->ndel, of->del, of->ndel, before, f, 1);
	return 1;
}

static size_t
elems_in(const struct jc_op *op)
{
	size_t n = 1;

	for (size_t i = 0; i < op->nfields; i++)
		n += op->fields[i].nadd + op->fields[i].ndel;
	return n;
}

static int
fields_back(struct undo *u, struct jc_rec *r, const struct jc_opread *read)
{
	struct jc_change *changes = jc_calloc(read->op.nfields + 1, sizeof(*changes));
	struct jc_slice *elems = jc_calloc(elems_in(&read->op), sizeof(*elems)), *room = elems;
	struct jc_cells before = {0};
	struct jc_seen now = {0};
	size_t n = 0;
	jc_id id;
	int rc, written = 0;

	jc_id_from_u64(id, r->id);
	if (changes == NULL || elems == NULL)
		rc = JC_NOMEM(u->err, "fields_back");
	else if ((rc = jc_seen_get(&now, u->sv, r, 0, u->err)) == 0)
		rc = jc_merged_cells(&before, NULL, u->sv->node->project, &now.m, r, u->batch_first - 1, u->err);
	for (size_t i = 0; rc == 0 && i < read->op.nfields; i++) {
		const struct jc_opfield *of = &read->op.fields[i];
		const struct jc_field *f;
		uint32_t no;
		int back = 0;

		if ((rc = jc_kindmap_field(&no, &f, u->sv->node->project, r->k, of->name, u->err)) < 0)
			break;
		if (f != NULL)
			back = of->kind == JC_VAL_SET ? set_back(&changes[n], room, f, of, &before)
			                              : register_back(u, &changes[n], now.cells, &before, f);
		if (back < 0)
			rc = back;
		n += back > 0;
		u->out->skipped += back == 0;
		room += of->nadd + of->ndel;
	}
	if (rc == 0 && n != 0)
		rc = jc_save_set(u->sv, r->k->kind, id, changes, n, 0, &written, u->err);
	u->out->restored += written;
	jc_cells_free(&before);
	jc_seen_free(&now);
	jc_free(elems);
	jc_free(changes);
	return rc;
}

static int
set_undo(struct undo *u, struct jc_rec *r, const struct jc_opread *read)
{
	int edited, made = made_by_batch(u, r, &edited), rc;
	jc_id id;

	if (made <= 0)
		return made < 0 ? made : fields_back(u, r, read);
	if (jc_cells_void(&r->cells))
		return 0;
	if (edited || !jc_cells_any(&r->cells)) { /* the hub may have returned it as a whole */
		u->out->skipped++;
		return 0;
	}
	jc_id_from_u64(id, r->id);
	if ((rc = jc_save_void(u->sv, id, JC_T("撤销", "undo"), 0, u->err)) == 0)
		u->out->restored++;
	return rc;
}

static int
standing_undo(struct undo *u, struct jc_rec *r, enum jc_verb verb)
{
	int is_void = jc_cells_void(&r->cells), rc = 0;
	jc_id id;

	jc_id_from_u64(id, r->id);
	if (is_void != (verb == JC_V_VOID) || !jc_cells_any(&r->cells)) {
		u->out->skipped += r->part == JC_ALONE; /* of merged records the first one takes all back */
		return 0;
	}
	rc = is_void ? jc_save_unvoid(u->sv, id, u->err) : jc_save_void(u->sv, id, JC_T("撤销", "undo"), 0, u->err);
	if (rc == 0)
		u->out->restored++;
	return rc;
}

static int
op_undo(struct undo *u, const struct jc_opread *read)
{
	struct jc_project *p = u->sv->node->project;
	struct jc_kindmap *k;
	struct jc_rec *r;
	int rc;

	if (read->op.rec[0] == '\0')
		return 0;
	if ((rc = jc_kindmap_get(&k, p, read->op.kind, u->err)) < 0 ||
	    (rc = jc_rec_get(&r, p, read->scope, k, read->op.rec, 0, u->err)) < 0)
		return rc;
	if (r == NULL || k->kind == NULL)
		return jc_err_code(u->err, JC_ECORRUPT, "op_undo");
	if (read->op.verb == JC_V_SET)
		return set_undo(u, r, read);
	if (read->op.verb == JC_V_ALIAS)
		return jc_same_undo(u->sv, r, &read->op, &u->out->restored, u->err);
	return standing_undo(u, r, read->op.verb);
}

static int
batch_newest(struct jc_node *node, struct undo *u, struct jc_err *err)
{
	struct jc_stmt *st;
	const char *what;
	size_t n;
	int rc;

	if ((rc = jc_db_prep(&st, node->db,
	         "SELECT no, first, n, what FROM saved WHERE undone = 0 ORDER BY no DESC LIMIT 1", err)) < 0 ||
	    (rc = jc_stmt_step(st, err)) < 0)
		return rc;
	if (rc == 0)
		return jc_err_set(err, JC_ENOTFOUND, "jc_undo", JC_T("没有可以撤销的操作", "There is nothing to undo"));
	u->no = jc_col_int(st, 0);
	u->batch_first = jc_col_int(st, 1);
	u->batch_last = u->batch_first + jc_col_int(st, 2) - 1;
	what = jc_col_text(st, 3, &n);
	n = n < sizeof(u->out->what) ? n : sizeof(u->out->what) - 1;
	memcpy(u->out->what, what, n);
	u->out->what[n] = '\0';
	jc_stmt_reset(st);
	return 0;
}

static int
mark_undone(struct jc_node *node, int64_t no, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, "UPDATE saved SET undone = 1 WHERE no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	jc_db_log_window(node->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(node->db, -1);
	return rc;
}

int
jc_undo(struct jc_node *node, struct jc_undone *out, struct jc_err *err)
{
	struct undo u = {.out = out, .err = err};
	struct jc_opread read;
	int rc, end;

	memset(out, 0, sizeof(*out));
	jc_opread_init(&read);
	/* In the scope that was saved to: a hub also writes what flows down, and into branches. */
	if ((rc = batch_newest(node, &u, err)) == 0 && (rc = jc_log_op_read(node->log, u.batch_first, &read, err)) == 0)
		rc = jc_save_begin(&u.sv, node, read.scope, "undo", err);
	if (rc < 0) {
		jc_opread_free(&read);
		return rc;
	}
	u.sv->undoing = 1;
	for (int64_t op = u.batch_first; rc == 0 && op <= u.batch_last; op++)
		if ((rc = jc_log_op_read(node->log, op, &read, err)) == 0)
			rc = op_undo(&u, &read);
	if (rc == 0)
		rc = mark_undone(node, u.no, err);
	jc_opread_free(&read);
	end = jc_save_end(u.sv, rc == 0, NULL, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
