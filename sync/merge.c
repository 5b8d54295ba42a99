/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Why this is so small: every write names the writes it replaces, so merging needs no version
 * vectors, no clocks and no ancestry. Applying an operation takes the named cells out and puts its
 * own in; two operations that did not know of each other leave two cells. Because what is named
 * always arrives first (intake sees to it), the set of cells that remain after any order of arrival
 * is the same: the writes that nobody named. Rank only chooses which of them is shown.
 *
 * Voiding names cells too, but marks instead of removing: the values stay readable in the recycle
 * bin, and a cell that the voiding did not see keeps the record alive.
 *
 * Merged duplicates keep their lists apart for ever. What one record's operation names in another is
 * not taken out there but remembered in a second list of the naming record; only when the lists of a
 * class are put together does it count. So an edge between records can come and go in any order
 * without anything having to be undone: the class is a function of its members' lists.
 */
#include "sync_merge.h"

#include <string.h>

#include "../schema/schema_err.h"
#include "../schema/schema_mem.h"

void
jc_cells_free(struct jc_cells *cells)
{
	for (size_t i = 0; i < cells->n; i++)
		jc_free(cells->v[i].val);
	jc_free(cells->v);
	memset(cells, 0, sizeof(*cells));
}

/* First position whose field is not below. */
static size_t
field_begin(const struct jc_cells *cells, uint32_t field)
{
	size_t lo = 0, hi = cells->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (cells->v[mid].field < field)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t
shape_end(const struct jc_cells *cells, size_t at, uint32_t field, int set)
{
	while (at < cells->n && cells->v[at].field == field && cells->v[at].set == set)
		at++;
	return at;
}

size_t
jc_cells_run(const struct jc_cells *cells, size_t at)
{
	return shape_end(cells, at, cells->v[at].field, cells->v[at].set);
}

static void
cell_remove(struct jc_cells *cells, size_t at)
{
	jc_free(cells->v[at].val);
	cells->n--;
	memmove(&cells->v[at], &cells->v[at + 1], (cells->n - at) * sizeof(cells->v[0]));
}

static int
cell_insert(struct jc_cells *cells, size_t at, struct jc_cell cell)
{
	if (cells->n == cells->cap) {
		size_t cap = cells->cap != 0 ? cells->cap * 2 : 8;
		struct jc_cell *v = jc_realloc(cells->v, cap * sizeof(*v));

		if (v == NULL) {
			jc_free(cell.val);
			return JC_ENOMEM;
		}
		cells->v = v;
		cells->cap = cap;
	}
	memmove(&cells->v[at + 1], &cells->v[at], (cells->n - at) * sizeof(cells->v[0]));
	cells->v[at] = cell;
	cells->n++;
	return 0;
}

static int
val_cmp(const char *a, size_t an, const char *b, size_t bn)
{
	size_t n = an < bn ? an : bn;
	int c = n != 0 ? memcmp(a, b, n) : 0;

	return c != 0 ? c : an < bn ? -1 : an > bn;
}

int
jc_cell_same_value(const struct jc_cell *a, const struct jc_cell *b)
{
	if ((a->val == NULL) != (b->val == NULL))
		return 0;
	return a->val == NULL || (a->len == b->len && memcmp(a->val, b->val, a->len) == 0);
}

static int
named(const struct jc_mop *op, uint32_t field, int64_t no)
{
	for (size_t i = 0; i < op->nnames; i++)
		if (op->name[i].field == field && op->name[i].op == no)
			return 1;
	return 0;
}

/* Takes out the cells of a register that the operation names. */
static void
register_replace(struct jc_cells *cells, const struct jc_mop *op, uint32_t field)
{
	size_t at = field_begin(cells, field);

	while (at < cells->n && cells->v[at].field == field) {
		if (!cells->v[at].set && named(op, field, cells->v[at].op))
			cell_remove(cells, at);
		else
			at++;
	}
}

static void
element_remove(struct jc_cells *cells, const struct jc_mop *op, const struct jc_mwrite *w)
{
	size_t at = field_begin(cells, w->field);

	while (at < cells->n && cells->v[at].field == w->field) {
		const struct jc_cell *c = &cells->v[at];

		if (c->set && val_cmp(c->val, c->len, w->val, w->len) == 0 && named(op, w->field, c->op))
			cell_remove(cells, at);
		else
			at++;
	}
}

static int
cell_make(struct jc_cell *out, const struct jc_mop *op, const struct jc_mwrite *w)
{
	memset(out, 0, sizeof(*out));
	out->op = op->op;
	out->field = w->field;
	out->set = w->set;
	out->len = w->len;
	if (w->val != NULL && (out->val = jc_memdup(w->val, w->len)) == NULL)
		return JC_ENOMEM;
	return 0;
}

static int
register_write(struct jc_cells *cells, const struct jc_mop *op, const struct jc_mwrite *w, jc_rank_fn rank, void *arg)
{
	size_t begin = field_begin(cells, w->field), end = shape_end(cells, begin, w->field, 0), at;
	struct jc_cell cell;
	int rc;

	for (at = begin; at < end; at++)
		if (cells->v[at].op == op->op)
			return 0; /* applied before */
	for (at = begin; at < end; at++)
		if (rank(arg, op->op, cells->v[at].op) > 0)
			break;
	if ((rc = cell_make(&cell, op, w)) < 0)
		return rc;
	return cell_insert(cells, at, cell);
}

static int
element_add(struct jc_cells *cells, const struct jc_mop *op, const struct jc_mwrite *w)
{
	size_t at = field_begin(cells, w->field);
	struct jc_cell cell;
	int rc;

	for (; at < cells->n && cells->v[at].field == w->field; at++) {
		const struct jc_cell *c = &cells->v[at];
		int cmp = c->set ? val_cmp(c->val, c->len, w->val, w->len) : -1;

		if (cmp == 0 && c->op == op->op)
			return 0;
		if (cmp > 0 || (cmp == 0 && c->op > op->op))
			break;
	}
	if ((rc = cell_make(&cell, op, w)) < 0)
		return rc;
	return cell_insert(cells, at, cell);
}

static void
void_mark(struct jc_cells *cells, const struct jc_mop *op)
{
	for (size_t i = 0; i < op->nnames; i++) {
		size_t at = field_begin(cells, op->name[i].field);

		for (; at < cells->n && cells->v[at].field == op->name[i].field; at++)
			if (cells->v[at].op == op->name[i].op)
				cells->v[at].voided = 1;
	}
}

static int
is_element_name(const struct jc_mop *op, uint32_t field)
{
	for (size_t i = 0; i < op->nwrites; i++)
		if (op->write[i].field == field)
			return op->write[i].set;
	return 0;
}

int
jc_merge_apply(struct jc_cells *cells, const struct jc_mop *op, jc_rank_fn rank, void *arg)
{
	int rc = 0;

	if (op->verb == JC_M_VOID) {
		void_mark(cells, op);
		return 0;
	}
	for (size_t i = 0; i < op->nnames; i++)
		if ((i == 0 || op->name[i].field != op->name[i - 1].field) &&
		    !is_element_name(op, op->name[i].field))
			register_replace(cells, op, op->name[i].field);
	for (size_t i = 0; rc == 0 && i < op->nwrites; i++) {
		const struct jc_mwrite *w = &op->write[i];

		if (w->set && w->del)
			element_remove(cells, op, w);
		else if (op->names_only)
			continue;
		else if (w->set)
			rc = element_add(cells, op, w);
		else
			rc = register_write(cells, op, w, rank, arg);
	}
	return rc;
}

const struct jc_cell *
jc_cells_field(const struct jc_cells *cells, uint32_t field, int set, size_t *n)
{
	size_t at = field_begin(cells, field), end;

	if (set)
		at = shape_end(cells, at, field, 0);
	end = shape_end(cells, at, field, set);

	if (n != NULL)
		*n = end - at;
	return end > at ? &cells->v[at] : NULL;
}

int
jc_cells_void(const struct jc_cells *cells)
{
	size_t n = 0;

	for (size_t i = 0; i < cells->n; i++) {
		if (cells->v[i].field == JC_FIELD_ALIAS)
			continue;
		if (!cells->v[i].voided)
			return 0;
		n++;
	}
	return n != 0;
}

int
jc_cells_any(const struct jc_cells *cells)
{
	for (size_t i = 0; i < cells->n; i++)
		if (cells->v[i].field != JC_FIELD_ALIVE && cells->v[i].field != JC_FIELD_ALIAS)
			return 1;
	return 0;
}

/* ---- classes ---- */

int
jc_merge_cross(struct jc_cells *cross, uint32_t field, int64_t op, int set, const char *elem, uint32_t len)
{
	const struct jc_mwrite w = {field, (uint8_t)set, 0, elem, len};
	const struct jc_mop m = {.op = op};
	size_t at = field_begin(cross, field), end = shape_end(cross, at, field, 0);
	struct jc_cell cell;
	int rc;

	if (set)
		return element_add(cross, &m, &w);
	while (at < end && cross->v[at].op < op)
		at++;
	if (at < end && cross->v[at].op == op)
		return 0;
	if ((rc = cell_make(&cell, &m, &w)) < 0)
		return rc;
	return cell_insert(cross, at, cell);
}

static int
crossed(const struct jc_cells *cross, const struct jc_cell *c)
{
	size_t n = 0;
	const struct jc_cell *x = cross->n != 0 ? jc_cells_field(cross, c->field, c->set, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		if (x[i].op == c->op && (!c->set || jc_cell_same_value(&x[i], c)))
			return 1;
	return 0;
}

static int
class_add(struct jc_cells *out, const struct jc_cell *c, jc_rank_fn rank, void *arg)
{
	const struct jc_mwrite w = {c->field, c->set, 0, c->val, c->len};
	const struct jc_mop m = {.op = c->op};
	int rc = c->set ? element_add(out, &m, &w) : register_write(out, &m, &w, rank, arg);

	for (size_t at = field_begin(out, c->field); rc == 0 && c->voided && at < out->n; at++)
		if (out->v[at].op == c->op && out->v[at].field == c->field && out->v[at].set == c->set &&
		    (!c->set || jc_cell_same_value(&out->v[at], c)))
			out->v[at].voided = 1;
	return rc;
}

int
jc_merge_class(struct jc_cells *out, struct jc_cells *gone, const struct jc_member *member, size_t n,
    jc_rank_fn rank, void *arg)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < member[i].cells->n; k++) {
			const struct jc_cell *c = &member[i].cells->v[k];
			int named = 0;

			for (size_t m = 0; m < n && !named; m++)
				named = m != i && crossed(member[m].cross, c);
			if (c->field == JC_FIELD_ALIAS || (named && gone == NULL))
				continue;
			if (class_add(named ? gone : out, c, rank, arg) < 0)
				return JC_ENOMEM;
		}
	return 0;
}

int
jc_cells_conflicts(const struct jc_cells *cells)
{
	int n = 0;

	for (size_t i = 0; i < cells->n;) {
		size_t end = jc_cells_run(cells, i);
		int differ = 0;

		for (size_t k = i + 1; k < end && !cells->v[i].set; k++)
			differ |= !jc_cell_same_value(&cells->v[i], &cells->v[k]);
		n += differ && cells->v[i].field != JC_FIELD_ALIVE;
		i = end;
	}
	return n;
}
