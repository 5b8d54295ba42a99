/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * When all facts of a table are in: rows for choices that nobody has, sums, order, subtotals, formulas, and
 * small numbers of people put together in what leaves the county.
 */
#include "report_private.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

#define WHERE "report"
#define SMALL 5 /* fewer people than this are not shown alone in what leaves the county */

static int64_t
sum_of(const struct r_sheet *s, const struct r_row *row, const char *keys, int *has)
{
	int64_t sum = 0;

	*has = 0;
	for (size_t i = 0; i < s->ncolumns; i++)
		if (r_among(keys, s->table->columns[i].key)) {
			sum += row->cell[i].v;
			*has |= row->cell[i].has;
		}
	return sum;
}

/* a / b in the unit of the column, rounded half away from zero; a and b are not negative in practice. */
static int64_t
ratio(int64_t a, int64_t b, enum jc_report_type type)
{
	__extension__ typedef __int128 wide;
	wide scaled = (wide)a * (type == JC_R_PERCENT ? 10000 : type == JC_R_DECIMAL ? 10 : 1);

	return (int64_t)((scaled * 2 + (scaled < 0 ? -b : b)) / ((wide)b * 2));
}

static void
formulas(const struct r_sheet *s, struct r_row *row)
{
	for (size_t i = 0; i < s->ncolumns; i++) {
		const struct jc_report_column *c = &s->table->columns[i];
		int has_a, has_b;
		int64_t a, b;

		if (c->how != JC_R_RATIO && c->how != JC_R_MINUS)
			continue;
		a = sum_of(s, row, c->of, &has_a);
		b = sum_of(s, row, c->per, &has_b);
		row->cell[i].has = c->how == JC_R_RATIO ? b != 0 : has_a || has_b;
		if (row->cell[i].has)
			row->cell[i].v = c->how == JC_R_RATIO ? ratio(a, b, c->type) : a - b;
	}
}

static int
is_number(const struct jc_report_column *c)
{
	return c->type != JC_R_TEXT && c->type != JC_R_DATE;
}

static void
row_sum(const struct r_sheet *s, struct r_row *into, const struct r_row *from)
{
	for (size_t i = 0; i < s->ncolumns; i++)
		if (s->table->columns[i].how == JC_R_SUM && is_number(&s->table->columns[i]) &&
		    from->cell[i].has) {
			into->cell[i].v += from->cell[i].v;
			into->cell[i].has = 1;
		}
}

static int
by_order(const void *a, const void *b)
{
	const struct r_row *x = *(struct r_row *const *)a, *y = *(struct r_row *const *)b;

	for (size_t i = 0; i < R_DIMS_MAX && x->part[i] != NULL; i++) {
		int c = x->order[i] != y->order[i] ? (x->order[i] < y->order[i] ? -1 : 1) : strcmp(x->label[i], y->label[i]);

		if (c == 0)
			c = strcmp(x->part[i], y->part[i]);
		if (c != 0)
			return c;
	}
	return 0;
}

/* Rows for choices that no fact has. */
static int
choices_fill(struct jc_report_run *run, struct r_sheet *s)
{
	const struct jc_report_dim *d = s->ndims == 1 ? s->dim[0] : NULL;
	const struct jc_kind *k = d != NULL && d->all ? jc_catalogue_kind(d->kind,
	    strlen(d->kind)) : NULL;
	const struct jc_field *f = k != NULL ? jc_catalogue_field(k, d->field,
	    strlen(d->field)) : NULL;
	struct r_fact none = {0};
	int rc = 0;

	for (const struct jc_choice *c = f != NULL ? f->choices : NULL; rc == 0 && c != NULL &&
	    c->code != NULL; c++) {
		struct r_row *row;
		const char *part[1] = {c->code};

		if ((rc = r_row_find(&row, run, s, &none, part, c->code)) == 0)
			for (size_t i = 0; i < s->ncolumns; i++)
				row->cell[i].has |= s->table->columns[i].how == JC_R_SUM ||
				    s->table->columns[i].how == JC_R_DISTINCT;
	}
	return rc;
}

/* Counts that no fact of a row touched are 0 there, not unknown. */
static void
zeros_fill(const struct r_sheet *s, struct r_row *row)
{
	for (size_t i = 0; i < s->ncolumns; i++)
		if ((s->table->columns[i].how == JC_R_SUM ||
		    s->table->columns[i].how == JC_R_DISTINCT) && !s->table->list)
			row->cell[i].has = 1;
}

static int
subtotals(struct jc_report_run *run, struct r_sheet *s)
{
	struct r_row **old = s->row, *sub = NULL;
	size_t n = s->nrows;
	int rc = 0;

	s->row = NULL;
	s->nrows = s->cap = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (sub == NULL || strcmp(sub->part[0], old[i]->part[0]) != 0) {
			if (sub != NULL && (rc = r_row_append(s, sub)) < 0)
				break;
			if ((sub = r_row_new(run, s, old[i]->part[0])) == NULL) {
				rc = JC_ENOMEM;
				break;
			}
			sub->part[0] = old[i]->part[0];
			sub->label[0] = old[i]->label[0];
			sub->label[1] = JC_T("小计", "subtotal");
			sub->level = 1;
		}
		row_sum(s, sub, old[i]);
		rc = r_row_append(s, old[i]);
	}
	if (rc == 0 && sub != NULL)
		rc = r_row_append(s, sub);
	jc_free(old);
	return rc;
}

/* ---- small numbers ---- */

static int64_t
people_of(const struct r_sheet *s, const struct r_row *row)
{
	int64_t most = 0;

	for (size_t i = 0; i < s->ncolumns; i++)
		if ((s->table->columns[i].flags & JC_R_PEOPLE) != 0 && row->cell[i].v > most)
			most = row->cell[i].v;
	return most;
}

static int
has_people(const struct jc_report_table *t)
{
	for (const struct jc_report_column *c = t->columns; c->key != NULL; c++)
		if ((c->flags & JC_R_PEOPLE) != 0)
			return 1;
	return 0;
}

/* Puts a row into the one that small ones go to. */
static int
merge_into(struct jc_report_run *run, struct r_sheet *s, struct r_row **other, struct r_row *row)
{
	if (*other == NULL) {
		if ((*other = r_row_new(run, s, "~")) == NULL)
			return JC_ENOMEM;
		for (size_t i = 0; i < s->ndims; i++) {
			(*other)->part[i] = i + 1 < s->ndims ? row->part[i] : "~";
			(*other)->label[i] = i + 1 < s->ndims ? row->label[i] : JC_T("其他（不足5人的合并）", "other (fewer than 5 each)");
			(*other)->order[i] = i + 1 < s->ndims ? row->order[i] : INT64_MAX;
		}
		(*other)->key = s->ndims < 2 ? "~" : r_keep_str(&run->r->texts, (*other)->part[0]);
		(*other)->merged = 1;
	}
	row_sum(s, *other, row); /* different texts of several rows cannot be added: left blank */
	row->merged = 1;
	return 0;
}

/*
 * Rows [from, to) have one first part. All rows with fewer than five people go into one; while that one itself
 * has fewer than five, the smallest row left goes there too, or the total would give it away.
 */
static int
small_merge(struct jc_report_run *run, struct r_sheet *s, struct r_row **all, size_t from,
    size_t to, struct r_row **other)
{
	int rc = 0;

	*other = NULL;
	for (size_t i = from; rc == 0 && i < to; i++)
		if (people_of(s, all[i]) < SMALL && people_of(s, all[i]) > 0)
			rc = merge_into(run, s, other, all[i]);
	while (rc == 0 && *other != NULL && people_of(s, *other) < SMALL) {
		struct r_row *least = NULL;

		for (size_t i = from; i < to; i++)
			if (!all[i]->merged && people_of(s, all[i]) > 0 &&
			    (least == NULL || people_of(s, all[i]) < people_of(s, least)))
				least = all[i];
		if (least == NULL)
			break;
		rc = merge_into(run, s, other, least);
	}
	return rc;
}

static int
small_rows(struct jc_report_run *run, struct r_sheet *s)
{
	struct r_row **old, *other;
	size_t n = s->nrows, from = 0, to;
	int rc = 0;

	if (!run->ask->outward || s->table->list || !has_people(s->table))
		return 0;
	if ((old = jc_memdup(s->row, n * sizeof(*old))) == NULL)
		return JC_ENOMEM;
	s->nrows = 0;
	for (; rc == 0 && from < n; from = to) {
		for (to = from + 1; to < n && s->ndims == 2 &&
		    strcmp(old[to]->part[0], old[from]->part[0]) == 0;)
			to++;
		to = s->ndims < 2 ? n : to;
		rc = small_merge(run, s, old, from, to, &other);
		for (size_t i = from; rc == 0 && i < to; i++)
			if (!old[i]->merged)
				rc = r_row_append(s, old[i]);
		if (rc == 0 && other != NULL)
			rc = r_row_append(s, other);
	}
	jc_free(old);
	return rc;
}

/* A single number that is too small to leave the county; an amount goes with the number of those it was paid to. */
static int
is_few(const struct r_sheet *s, const struct r_row *row, size_t col)
{
	const struct jc_report_column *c = &s->table->columns[col];
	int64_t n = row->cell[c->of != NULL ? r_column(s->table, c->of) : col].v;

	return n > 0 && n < SMALL;
}

/* Such cells are left blank, and so is the total when it would give the only one away. */
static void
few_hide(const struct jc_report_run *run, struct r_sheet *s)
{
	for (size_t k = 0; run->ask->outward && k < s->ncolumns; k++) {
		int hidden = 0;

		if ((s->table->columns[k].flags & JC_R_FEW) == 0)
			continue;
		for (size_t i = 0; i < s->nrows; i++)
			if (is_few(s, s->row[i], k)) {
				s->row[i]->cell[k].has = 0;
				hidden++;
			}
		if (hidden == 1 || is_few(s, s->total, k))
			s->total->cell[k].has = 0;
	}
}

static int
sheet_finish(struct jc_report_run *run, struct r_sheet *s)
{
	int rc;

	if ((rc = choices_fill(run, s)) < 0)
		return rc;
	for (size_t i = 0; i < s->nrows; i++)
		row_sum(s, s->total, s->row[i]);
	row_sum(s, s->total, s->common);
	for (size_t i = 0; !s->table->list && i < s->nrows; i++) {
		row_sum(s, s->row[i], s->common);
		zeros_fill(s, s->row[i]);
	}
	if (!s->table->list && s->nrows > 1)
		qsort(s->row, s->nrows, sizeof(*s->row), by_order);
	if ((rc = small_rows(run, s)) < 0 ||
	    (s->ndims == 2 && !s->table->plain && (rc = subtotals(run, s)) < 0))
		return rc;
	zeros_fill(s, s->total);
	s->total->level = 2;
	for (size_t i = 0; i < s->nrows; i++)
		formulas(s, s->row[i]);
	formulas(s, s->total);
	few_hide(run, s);
	return 0;
}

int
r_finish(struct jc_report_run *run, struct jc_err *err)
{
	int rc = r_sheet_of(run, run->split != NULL ? "" : NULL) == NULL ? JC_ENOMEM : 0;

	for (struct r_sheet *s = run->r->sheets; rc == 0 && s != NULL; s = s->next)
		if (s->table == run->table)
			rc = sheet_finish(run, s);
	return rc < 0 || run->r->texts.failed ? JC_NOMEM(err, WHERE) : 0;
}
