/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading: finding records by what people type, one record with everything that stands beside it,
 * history, and how far a record got. Every read is one transaction, so that what is on a screen
 * belongs together and its position (`seen`) is true for all of it.
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "sync_skew.h"
#include "project.h"
#include "sync_node.h"

#define SIBLINGS_MAX 32

int
jc_read_begin(struct jc_node *node, struct jc_err *err)
{
	int rc = 0;

	/* Before the savepoint: a read that finds nothing rolls back to it, and must not take writes along. */
	if (jc_db_depth(node->db) > 0 && (rc = jc_defs_ready(node->project, err)) == 0)
		rc = jc_rec_flush(node->project, err);
	if (rc < 0 || (rc = jc_db_begin_read(node->db, err)) < 0)
		return rc;
	if ((rc = jc_defs_ready(node->project, err)) < 0)
		jc_db_end(node->db, 0, NULL);
	return rc;
}

int
jc_read_end(struct jc_node *node, int rc, struct jc_err *err)
{
	int end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);

	return rc < 0 ? rc : end < 0 ? end : rc;
}

int
jc_node_seen(struct jc_node *node, int64_t *seen, struct jc_err *err)
{
	return jc_db_int(node->db, seen,
	    "SELECT max(coalesce((SELECT first + n - 1 FROM oprange ORDER BY first DESC LIMIT 1), 0),"
	    "           coalesce((SELECT max(op) FROM draft), 0))", err);
}

/* ---- finding ---- */

static int
key_from_row(struct jc_record_key *out, struct jc_node *node, struct jc_stmt *st, struct jc_err *err)
{
	struct jc_kindmap *k;
	size_t n;
	const char *id = jc_col_text(st, 3, &n);
	int rc;

	memset(out, 0, sizeof(*out));
	out->rec = jc_col_int(st, 0);
	out->scope = jc_col_int(st, 1);
	if (id == NULL || n != JC_ID_LEN)
		return jc_err_code(err, JC_ECORRUPT, "key_from_row");
	memcpy(out->id, id, n);
	out->is_void = jc_col_int(st, 4) == 1;
	out->conflicts = (int)jc_col_int(st, 5);
	if ((rc = jc_kindmap_no(&k, node->project, (uint32_t)jc_col_int(st, 2), err)) == 0)
		out->kind = k->kind;
	return rc;
}

/* The id that a printed one was settled to when this node joined; itself otherwise. */
static int
settled(struct jc_node *node, jc_id id, struct jc_err *err)
{
	struct jc_stmt *st;
	const char *to;
	size_t n;
	int rc;

	if ((rc = jc_db_prep(&st, node->db, "SELECT new FROM id_settled WHERE old = :old", err)) < 0)
		return rc;
	jc_bind_text(st, ":old", id, JC_ID_LEN);
	if ((rc = jc_stmt_step(st, err)) <= 0)
		return rc;
	if ((to = jc_col_text(st, 0, &n)) != NULL && n == JC_ID_LEN)
		memcpy(id, to, JC_ID_LEN);
	jc_stmt_reset(st);
	return 0;
}

/* Id bytes as typed, the unsure letters read as what they must be; 0 when it cannot be an id. */
static size_t
prefix_of(char out[JC_ID_LEN + 1], const char *typed)
{
	jc_id whole;
	char padded[2 * JC_ID_LEN + 1];
	size_t n = 0;

	for (const char *s = typed; *s != '\0'; s++)
		if (*s != ' ' && *s != '-' && n < JC_ID_LEN + 1)
			padded[n++] = *s;
	if (n > JC_ID_LEN)
		return 0;
	memset(padded + n, '0', JC_ID_LEN - n);
	padded[JC_ID_LEN] = '\0';
	if (jc_id_parse(whole, padded) < 0)
		return 0;
	memcpy(out, whole, n);
	out[n] = '\0';
	return n;
}

static int
find_rows(struct jc_record_key *out, struct jc_node *node, int64_t scope, const char *from, size_t n, struct jc_err *err)
{
	struct jc_record_key other;
	struct jc_stmt *st;
	char to[JC_ID_LEN + 2];
	int rc, found = 0;

	memcpy(to, from, n);
	to[n] = '~'; /* above every letter of an id */
	to[n + 1] = '\0';
	if ((rc = jc_db_prep(&st, node->db,
	         "SELECT rec, scope, kind, id, void, conflicts FROM record"
	         " WHERE scope IN (SELECT no FROM scope WHERE no = :scope OR :scope = 0)"
	         " AND id >= :from AND id < :to LIMIT 2", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_text(st, ":from", from, n);
	jc_bind_text(st, ":to", to, n + 1);
	while ((rc = jc_stmt_step(st, err)) == 1 &&
	    (rc = key_from_row(found++ == 0 ? out : &other, node, st, err)) == 0)
		continue;
	if (rc < 0) {
		jc_stmt_reset(st);
		return rc;
	}
	return found;
}

/* A record that is shown under another id gives way to the shown one. */
static int
key_shown(struct jc_record_key *key, struct jc_node *node, struct jc_err *err)
{
	struct jc_merged m;
	struct jc_rec *r;
	int rc = jc_alias_none(node->project, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if ((rc = jc_rec_load(&r, node->project, key->rec, err)) < 0 ||
	    (rc = jc_merged_get(&m, node->project, r, err)) < 0 || m.shown->rec == key->rec)
		return rc;
	key->rec = m.shown->rec;
	jc_id_from_u64(key->id, m.shown->id);
	key->is_void = m.shown->was_void == 1;
	key->conflicts = m.shown->was_conflicts;
	return 0;
}

static int
find_in_txn(struct jc_node *node, int64_t scope, const char *typed, struct jc_record_key *out, struct jc_err *err)
{
	jc_id id;
	size_t n = prefix_of(id, typed);
	int rc;

	if (n < 4)
		return jc_err_set(err, JC_EINVAL, "jc_record_find",
		    JC_T("“%.40s”不是记录编号；编号是12位数字和字母，至少写前4位",
		        "\"%.40s\" is not a record id; ids have 12 digits and letters, give at least the first 4"), typed);
	if (n == JC_ID_LEN && (rc = settled(node, id, err)) < 0)
		return rc;
	if ((rc = find_rows(out, node, scope, id, n, err)) < 0)
		return rc;
	if (rc == 0)
		return jc_err_set(err, JC_ENOTFOUND, "jc_record_find",
		    JC_T("没有编号为 %s 的记录，请核对编号", "There is no record %s; please check the id"), id);
	if (rc > 1)
		return jc_err_set(err, JC_EINVAL, "jc_record_find",
		    JC_T("以 %s 开头的记录不止一条，请多写几位", "More than one record begins with %s; give more of it"), id);
	return key_shown(out, node, err);
}

int
jc_record_find(struct jc_node *node, int64_t scope, const char *typed, struct jc_record_key *out, struct jc_err *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = jc_read_begin(node, err)) < 0)
		return rc;
	return jc_read_end(node, find_in_txn(node, scope, typed, out, err), err);
}

/* ---- one record ---- */

void
jc_record_free(struct jc_record *r)
{
	for (size_t i = 0; i < r->nfields; i++) {
		for (size_t k = 0; k < r->field[i].nsiblings; k++)
			jc_free(r->field[i].sibling[k].text);
		jc_free(r->field[i].sibling);
		jc_free(r->field[i].text);
	}
	jc_free(r->field);
	memset(r, 0, sizeof(*r));
}

/* Who wrote an operation, and when by that clock. */
static int
author_of(struct jc_node *node, struct jc_opread *read, int64_t op, jc_id device, char label[JC_LABEL_MAX + 1],
    int64_t *time, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(node->log);
	struct jc_commit_row row;
	int rc;

	label[0] = device[0] = '\0';
	if ((rc = jc_log_op_read(node->log, op, read, err)) < 0)
		return rc;
	*time = read->op.time;
	if (read->commit_no != 0) {
		if ((rc = jc_log_commit(node->log, read->commit_no, &row, err)) == 0)
			rc = jc_device_label(node->log, row.device, device, label, err);
	} else if (key != NULL) {
		memcpy(device, key->id, sizeof(key->id));
	}
	return rc;
}

static int
value_known(const struct jc_cell *cell, size_t upto)
{
	for (size_t i = 0; i < upto; i++)
		if (jc_cell_same_value(&cell[i], &cell[upto]))
			return 1;
	return 0;
}

static int
siblings_read(struct jc_shown *out, struct jc_node *node, const struct jc_cell *cell, size_t n, struct jc_err *err)
{
	struct jc_opread read;
	int rc = 0;

	if ((out->sibling = jc_calloc(n < SIBLINGS_MAX ? n : SIBLINGS_MAX, sizeof(*out->sibling))) == NULL)
		return JC_NOMEM(err, "siblings_read");
	jc_opread_init(&read);
	for (size_t i = 0; rc == 0 && i < n && out->nsiblings < SIBLINGS_MAX; i++) {
		struct jc_sibling *s = &out->sibling[out->nsiblings];

		if (value_known(cell, i))
			continue;
		out->nsiblings++;
		s->op = cell[i].op;
		s->shown = i == 0;
		if (cell[i].val != NULL && (s->text = jc_strndup(cell[i].val, cell[i].len)) == NULL)
			rc = JC_NOMEM(err, "siblings_read");
		else if ((rc = author_of(node, &read, s->op, s->device, s->label, &s->time, err)) == 0)
			s->draft = read.commit_no == 0;
		if (rc == 0)
			rc = jc_skew_at(node, s->op, &s->skew, err);
	}
	jc_opread_free(&read);
	return rc;
}

static int
different(const struct jc_cell *cell, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!jc_cell_same_value(&cell[0], &cell[i]))
			return 1;
	return 0;
}

static int
register_read(struct jc_shown *out, struct jc_node *node, const struct jc_cell *cell, size_t n, struct jc_err *err)
{
	if (cell->val != NULL && (out->text = jc_strndup(cell->val, cell->len)) == NULL)
		return JC_NOMEM(err, "register_read");
	return different(cell, n) ? siblings_read(out, node, cell, n, err) : 0;
}

static int
set_read(struct jc_shown *out, const struct jc_cell *cell, size_t n, struct jc_err *err)
{
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, 16u << 20);
	jc_buf_putc(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && jc_cell_same_value(&cell[i - 1], &cell[i]))
			continue;
		if (i > 0)
			jc_buf_putc(&b, ',');
		jc_canon_str(&b, cell[i].val, cell[i].len);
	}
	jc_buf_putc(&b, ']');
	if ((rc = jc_buf_check(&b, "set_read", err)) == 0)
		out->text = jc_buf_take(&b, &(size_t){0});
	jc_buf_free(&b);
	return rc;
}

static int
unknown_fields(const struct jc_kindmap *k, const struct jc_cells *cells)
{
	int n = 0;

	for (size_t i = 0, end; i < cells->n; i = end) {
		const struct jc_field *f = jc_kindmap_field_no(k, cells->v[i].field);

		end = jc_cells_run(cells, i);
		n += cells->v[i].field != JC_FIELD_ALIVE && cells->v[i].field != JC_FIELD_ALIAS &&
		    (f == NULL || f->set != cells->v[i].set);
	}
	return n;
}

/* What nobody writes stands only in the table; the row is open. */
static int
derived_read(struct jc_record *out, const struct jc_kindmap *k, const struct jc_field *f, struct jc_err *err)
{
	struct jc_shown *s = &out->field[out->nfields];
	size_t n;
	const char *text = jc_col_text(k->sel, k->by_id[f->id], &n);

	if (text == NULL)
		return 0;
	s->field = f;
	s->text = jc_strndup(text, n);
	out->nfields++;
	return s->text != NULL ? 0 : JC_NOMEM(err, "derived_read");
}

static int
field_read(struct jc_record *out, struct jc_node *node, const struct jc_cells *cells, const struct jc_field *f,
    struct jc_err *err)
{
	struct jc_shown *s = &out->field[out->nfields];
	size_t n;
	const struct jc_cell *cell = jc_cells_field(cells, f->id, f->set, &n);

	if (cell == NULL || (!f->set && cell->val == NULL && !different(cell, n)))
		return 0;
	out->nfields++;
	s->field = f;
	return f->set ? set_read(s, cell, n, err) : register_read(s, node, cell, n, err);
}

static int
fields_read(struct jc_record *out, struct jc_node *node, const struct jc_rec *r, const struct jc_cells *cells,
    struct jc_err *err)
{
	struct jc_kindmap *k = r->k;
	int rc = 0, there = 0;

	out->unknown = unknown_fields(k, cells);
	if (k->kind == NULL)
		return 0;
	if ((out->field = jc_calloc(k->nshown + 1, sizeof(*out->field))) == NULL)
		return JC_NOMEM(err, "fields_read");
	if ((rc = jc_rec_columns(node->project, k, r->rec, &there, err)) < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < k->nshown; i++) {
		const struct jc_field *f = k->field[i];

		if (!f->derived)
			rc = field_read(out, node, cells, f, err);
		else if (there)
			rc = derived_read(out, k, f, err);
	}
	jc_stmt_reset(k->sel);
	return rc;
}

static int
record_in_txn(struct jc_node *node, int64_t rec, struct jc_record *out, struct jc_err *err)
{
	const struct jc_cells *cells;
	struct jc_cells joined = {0};
	struct jc_merged m;
	struct jc_rec *r;
	int rc;

	if ((rc = jc_rec_load(&r, node->project, rec, err)) < 0 || (rc = jc_node_seen(node, &out->seen, err)) < 0 ||
	    (rc = jc_merged_get(&m, node->project, r, err)) < 0)
		return rc;
	cells = m.n > 1 ? &joined : &r->cells;
	if (m.n > 1 && (rc = jc_merged_cells(&joined, NULL, node->project, &m, r, 0, err)) < 0)
		return rc;
	r = m.shown;
	out->key.rec = r->rec;
	out->key.scope = r->scope;
	out->key.kind = r->k->kind;
	jc_id_from_u64(out->key.id, r->id);
	out->key.is_void = jc_merged_void(&m);
	out->key.conflicts = jc_cells_conflicts(cells);
	out->merged = (int)m.nrecs;
	rc = fields_read(out, node, r, cells, err);
	jc_cells_free(&joined);
	return rc;
}

int
jc_record_read(struct jc_node *node, int64_t rec, struct jc_record *out, struct jc_err *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = jc_read_begin(node, err)) < 0)
		return rc;
	if ((rc = record_in_txn(node, rec, out, err)) < 0)
		jc_record_free(out);
	return jc_read_end(node, rc, err);
}

int
jc_conflicts_each(struct jc_node *node, int64_t scope, int (*each)(void *arg, const struct jc_record_key *key), void *arg,
    struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_read_begin(node, err)) < 0)
		return rc;
	if ((rc = jc_db_prep(&st, node->db,
	         "SELECT rec, scope, kind, id, void, conflicts FROM record"
	         " WHERE conflicts > 0 AND (scope = :scope OR :scope = 0) ORDER BY rec", err)) == 0) {
		jc_bind_int(st, ":scope", scope);
		while ((rc = jc_stmt_step(st, err)) == 1)
			if ((rc = key_from_row(&key, node, st, err)) < 0 || (rc = each(arg, &key)) != 0) {
				jc_stmt_reset(st);
				break;
			}
	}
	return jc_read_end(node, rc, err);
}

/* ---- history and reach ---- */

static int
number_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Numbers of the operations of a record and of all that it was merged with, ascending, each once; freed by
 * the caller. */
static int
history_ops(int64_t **out, size_t *n, struct jc_node *node, struct jc_rec *r, struct jc_err *err)
{
	size_t unique = 0, room = 1;
	struct jc_merged m;
	int rc = jc_merged_get(&m, node->project, r, err);

	*n = 0;
	*out = NULL;
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < m.nrecs; i++)
		room += m.rec[i]->hist_len;
	if ((*out = jc_alloc(room * sizeof(**out))) == NULL)
		return JC_NOMEM(err, "history_ops");
	for (size_t i = 0; i < m.nrecs; i++) {
		struct jc_rd rd;

		jc_rd_init(&rd, m.rec[i]->hist, m.rec[i]->hist_len);
		while (jc_rd_left(&rd) > 0)
			(*out)[(*n)++] = (int64_t)jc_rd_varint(&rd);
	}
	qsort(*out, *n, sizeof(**out), number_cmp);
	for (size_t i = 0; i < *n; i++)
		if (unique == 0 || (*out)[unique - 1] != (*out)[i])
			(*out)[unique++] = (*out)[i];
	*n = unique;
	return 0;
}

static int
history_in_txn(struct jc_node *node, int64_t rec, int (*each)(void *arg, const struct jc_history *h), void *arg,
    struct jc_err *err)
{
	struct jc_opread read;
	int64_t *ops = NULL;
	struct jc_rec *r;
	size_t n;
	int rc;

	jc_opread_init(&read);
	if ((rc = jc_rec_load(&r, node->project, rec, err)) == 0 && (rc = history_ops(&ops, &n, node, r, err)) == 0)
		for (size_t i = 0; rc == 0 && i < n; i++) {
			struct jc_history h = {.op = ops[i], .o = &read.op};
			int64_t same;

			if ((rc = jc_log_op_same(node->log, ops[i], &same, err)) < 0 || same != ops[i])
				continue; /* a further copy of one that is listed */
			if ((rc = author_of(node, &read, ops[i], h.device, h.label, &h.time, err)) == 0) {
				h.commit_no = read.commit_no;
				if ((rc = jc_skew_at(node, ops[i], &h.skew, err)) == 0)
					rc = each(arg, &h);
			}
		}
	jc_opread_free(&read);
	jc_free(ops);
	return rc;
}

int
jc_history_each(struct jc_node *node, int64_t rec, int (*each)(void *arg, const struct jc_history *h), void *arg,
    struct jc_err *err)
{
	int rc;

	if ((rc = jc_read_begin(node, err)) < 0)
		return rc;
	return jc_read_end(node, history_in_txn(node, rec, each, arg, err), err);
}
