/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Fields that counties added, as further columns of lists whose rows are records of that kind. They do not leave the
 * county: what such a field tells is not known here.
 */
#include "report_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

#define WHERE "report_own"

static size_t
columns_count(const struct jc_report_table *t)
{
	size_t n = 0;

	while (t->columns[n].key != NULL)
		n++;
	return n;
}

static struct jc_report_column
column_of(const struct jc_kind *kind, const struct jc_field *f)
{
	return (struct jc_report_column){.key = f->name, .zh = f->zh, .en = f->en, .type = JC_R_TEXT, .how = JC_R_SHOW,
	    .flags = f->type == JC_PHONE || f->type == JC_IDNO ? JC_R_NUMBER : 0, .kind = kind->name, .field = f->name};
}

int
r_own_columns(struct jc_report_run *run, struct jc_err *err)
{
	const struct jc_report_table *was = run->table;
	const struct jc_kind *kind = was->record != NULL ? jc_catalogue_kind(was->record, strlen(was->record)) : NULL;
	struct jc_report_column *columns;
	struct jc_report_table *t;
	size_t n = columns_count(was);

	run->nown = 0;
	if (kind == NULL || run->ask->outward)
		return 0;
	t = r_room(&run->r->texts, sizeof(*t));
	columns = r_room(&run->r->texts, R_COLUMNS_MAX * sizeof(*columns));
	if (t == NULL || columns == NULL)
		return JC_NOMEM(err, WHERE);
	memcpy(columns, was->columns, n * sizeof(*columns));
	for (const struct jc_field *f = kind->fields; f->id != 0 && n + run->nown < R_COLUMNS_MAX - 1; f++)
		if (f->defined && f->type != JC_REF) /* a reference would need the name of what it leads to */
			columns[n + run->nown++] = column_of(kind, f);
	if (run->nown == 0)
		return 0;
	columns[n + run->nown].key = NULL;
	*t = *was;
	t->columns = columns;
	t->landscape = t->wide = 1; /* room on paper */
	run->table = t;
	return 0;
}

/* ---- values ---- */

static int
by_key(const void *x, const void *y)
{
	const struct r_row *const *a = x, *const *b = y;

	return strcmp((*a)->key, (*b)->key);
}

/* Puts one record's values into every row that is about it (a list may name a record twice). */
static void
values_put(struct jc_report_run *run, struct r_row **rows, size_t n, struct jc_stmt *st)
{
	struct r_row at = {.key = jc_col_text(st, 0, NULL)}, *key = &at;
	struct r_row **found = bsearch(&key, rows, n, sizeof(*rows), by_key);
	size_t first = columns_count(run->table) - run->nown;

	if (found == NULL)
		return;
	while (found > rows && strcmp(found[-1]->key, at.key) == 0)
		found--;
	for (; found < rows + n && strcmp((*found)->key, at.key) == 0; found++)
		for (size_t i = 0; i < run->nown; i++)
			r_cell_take(run, *found, (int)(first + i), st, (int)i + 1);
}

static int
values_read(struct jc_report_run *run, struct r_row **rows, size_t n, struct jc_err *err)
{
	size_t first = columns_count(run->table) - run->nown;
	struct jc_stmt *st = NULL;
	struct jc_buf sql;
	int rc;

	jc_buf_init(&sql, 1 << 16);
	jc_buf_puts(&sql, "SELECT r.id");
	for (size_t i = 0; i < run->nown; i++)
		jc_buf_putf(&sql, ", k.\"%s\"", run->table->columns[first + i].key);
	jc_buf_putf(&sql, " FROM \"k_%s\" k CROSS JOIN record r ON r.rec = k.rec WHERE r.void = 0", run->table->record);
	if ((rc = jc_buf_check(&sql, WHERE, err)) == 0 && (rc = jc_db_prep_text(&st, run->node->db, sql.data, err)) == 0)
		while ((rc = jc_stmt_step(st, err)) == 1)
			values_put(run, rows, n, st);
	jc_stmt_free(st);
	jc_buf_free(&sql);
	return rc;
}

int
r_own_values(struct jc_report_run *run, struct jc_err *err)
{
	struct r_row **rows;
	int rc = 0;

	for (struct r_sheet *s = run->r->sheets; run->nown > 0 && rc == 0 && s != NULL; s = s->next) {
		if (s->table != run->table || s->nrows == 0)
			continue;
		if ((rows = jc_calloc(s->nrows, sizeof(*rows))) == NULL)
			return JC_NOMEM(err, WHERE);
		memcpy(rows, s->row, s->nrows * sizeof(*rows));
		qsort(rows, s->nrows, sizeof(*rows), by_key);
		rc = values_read(run, rows, s->nrows, err);
		jc_free(rows);
	}
	return rc;
}
