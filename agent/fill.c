/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "fill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_value.h"
#include "audit.h"
#include "fill_private.h"
#include "out.h"
#include "zip_read.h"
#include "zip_write.h"

#define EDITS_MAX 2000000
#define TEXT_MAX ((size_t)256 << 20)
#define SHEET_XML_MAX ((size_t)256 << 20)

/* ---- periods ---- */

static int
two(const char *s)
{
	return s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9'
	    ? (s[0] - '0') * 10 + (s[1] - '0')
	    : -1;
}

static int
month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static void
months(char from[11], char to[11], int year, int first, int last)
{
	snprintf(from, 11, "%04d-%02d-01", year % 10000, first);
	snprintf(to, 11, "%04d-%02d-%02d", year % 10000, last, month_days(year, last));
}

static int
is_day(const char *s)
{
	int month = two(s + 5), day = two(s + 8);

	return two(s) > 0 && two(s + 2) >= 0 && s[4] == '-' && s[7] == '-' && month >= 1 &&
	    month <= 12 && day >= 1 && day <= 31;
}

int
jc_fill_period(
    char from[11], char to[11], const char *period, const char *today, struct jc_err *err)
{
	size_t n = period != NULL ? strlen(period) : 0;
	int year = n >= 4 && two(period) > 0 && two(period + 2) >= 0
	    ? two(period) * 100 + two(period + 2)
	    : 0,
	    k;

	if (period == NULL) {
		snprintf(from, 11, "%.4s-01-01", today);
		snprintf(to, 11, "%.10s", today);
		return 0;
	}
	if (n == 22 && strncmp(period + 10, "..", 2) == 0 && is_day(period) &&
	    is_day(period + 12)) {
		snprintf(from, 11, "%.10s", period);
		snprintf(to, 11, "%.10s", period + 12);
		return 0;
	}
	if (year != 0 && n == 4)
		months(from, to, year, 1, 12);
	else if (year != 0 && n == 7 && period[4] == '-' && (k = two(period + 5)) >= 1 && k <= 12)
		months(from, to, year, k, k);
	else if (year != 0 && n == 7 && period[4] == '-' && (period[5] | 32) == 'q' &&
	    period[6] >= '1' && period[6] <= '4')
		months(from, to, year, 3 * (period[6] - '1') + 1, 3 * (period[6] - '1') + 3);
	else if (year != 0 && n == 7 && period[4] == '-' && (period[5] | 32) == 'h' &&
	    period[6] >= '1' && period[6] <= '2')
		months(from, to, year, 6 * (period[6] - '1') + 1, 6 * (period[6] - '1') + 6);
	else
		return jc_err_set(err, JC_EINVAL, "fill", "%s",
		    JC_T("期间要写成 2026、2026-03、2026-Q1、2026-H1 或 2026-01-01..2026-03-31",
		        "A period is 2026, 2026-03, 2026-Q1, 2026-H1 or 2026-01-01..2026-03-31"));
	return 0;
}

/* ---- telling ---- */

static void
place(char out[24], int64_t line, size_t column)
{
	char letters[8];
	size_t n = 0, k = 0;

	for (size_t c = column + 1; c > 0 && n < sizeof(letters); c = (c - 1) / 26)
		letters[n++] = (char)('A' + (c - 1) % 26);
	while (n > 0)
		out[k++] = letters[--n];
	snprintf(out + k, 24 - k, "%lld", (long long)line);
}

static void
unfilled(struct jc_fill *f, int64_t line, size_t column, const char *label, json_t *reason)
{
	char cell[24];

	place(cell, line, column);
	json_array_append_new(f->report->unfilled,
	    json_pack("{s:s,s:s,s:s,s:o}", "sheet", f->sheet->name, "cell", cell, "label", label,
		"reason", reason));
}

static void
filled(struct jc_fill *f, int64_t line, size_t column, struct jc_slice label, const char *value)
{
	char cell[24];

	place(cell, line, column);
	if (label.n >= 3 && memcmp(label.p + label.n - 3, "：", 3) == 0)
		label.n -= 3;
	json_array_append_new(f->report->filled,
	    json_pack("{s:s,s:s,s:o,s:s}", "sheet", f->sheet->name, "cell", cell, "label",
		json_stringn(label.p, label.n), "value", value));
}

/* ---- edits ---- */

static int
edit_add(struct jc_fill *f, int64_t line, size_t column, int number, const char *p, size_t n)
{
	if (f->nedits == EDITS_MAX)
		return jc_err_code(f->err, JC_ELIMIT, "fill");
	if (f->nedits == f->cap) {
		size_t cap = f->cap != 0 ? f->cap * 2 : 1024;
		struct jc_sheet_edit *v = jc_realloc(f->edit, cap * sizeof(*v));
		size_t *at;

		if (v == NULL)
			return JC_NOMEM(f->err, "fill");
		f->edit = v;
		if ((at = jc_realloc(f->text_at, cap * sizeof(*at))) == NULL)
			return JC_NOMEM(f->err, "fill");
		f->text_at = at;
		f->cap = cap;
	}
	f->text_at[f->nedits] = f->text.len;
	f->edit[f->nedits++] = (struct jc_sheet_edit){
	    .line = line, .column = column, .number = number, .text = {NULL, n}};
	jc_buf_put(&f->text, p, n);
	return jc_buf_check(&f->text, "fill", f->err);
}

static int
edit_number(struct jc_fill *f, int64_t line, size_t column, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	return edit_add(f, line, column, 1, text, strlen(text));
}

static struct jc_slice
cell_at(const struct jc_fill *f, int64_t line, size_t column)
{
	const struct jc_sheet_row *row = jc_sheet_row_at(f->sheet, line);

	return row != NULL ? jc_book_cell(&f->book, row, column) : (struct jc_slice){"", 0};
}

/* Nothing stands there, and it is no inner cell of a merged range. */
static int
is_free(const struct jc_fill *f, int64_t line, size_t column)
{
	const struct jc_sheet_row *row = jc_sheet_row_at(f->sheet, line);
	const struct jc_merge *m = jc_sheet_merge(f->sheet, line, column);

	if (m != NULL && (m->top != line || m->left != column))
		return 0;
	return row == NULL ||
	    (jc_book_cell(&f->book, row, column).n == 0 &&
		jc_book_cell_kind(&f->book, row, column) == JC_CELL_EMPTY);
}

/* ---- lists ---- */

struct list {
	const struct jc_layout *l;
	json_t *rows;
	int64_t top, bottom; /* first line behind the header; first line that is no row any more */
	int named;               /* rows that name somebody */
	int64_t *missing;        /* per column: records that say nothing */
	size_t unknown;          /* named rows that nobody is */
};

static void
list_bounds(struct jc_fill *f, struct list *g)
{
	const struct jc_layout *l = g->l;

	g->top = f->sheet->row[l->first - 1].line + 1;
	for (size_t i = 0; i < l->ncols; i++) {
		const struct jc_merge *m = jc_sheet_merge(f->sheet, f->sheet->row[l->head].line, i);

		if (m != NULL && m->bottom >= g->top)
			g->top = m->bottom + 1;
	}
	g->bottom = INT64_MAX;
	for (size_t i = l->first; i < f->sheet->nrows && g->bottom == INT64_MAX; i++) {
		enum jc_layout_row what = jc_layout_row(l, &f->sheet->row[i]);

		if (what == JC_LAYOUT_TOTAL || what == JC_LAYOUT_NOTE)
			g->bottom = f->sheet->row[i].line;
		else if (what == JC_LAYOUT_DATA)
			g->named++;
	}
}

static int
list_row(struct jc_fill *f, struct list *g, const json_t *rec, int64_t line, int64_t no)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < g->l->ncols; i++) {
		const struct jc_layout_column *c = &g->l->col[i];
		const json_t *v = json_array_get(rec, i + 3);

		if (!is_free(f, line, i))
			continue;
		if (c->what == JC_LAYOUT_SERIAL && no > 0) {
			rc = edit_number(f, line, i, no);
		} else if (c->what == JC_LAYOUT_FIELD && json_string_length(v) != 0) {
			int number = c->field->type == JC_INT;

			rc = edit_add(
			    f, line, i, number, json_string_value(v), json_string_length(v));
			f->report->cells++;
		} else if (c->what == JC_LAYOUT_FIELD) {
			g->missing[i]++;
		}
	}
	f->report->rows += rc == 0;
	return rc;
}

/* The record that a row names: by its number, else by a name that only one has. */
static const json_t *
record_named(const struct jc_fill *f, const struct list *g, const struct jc_sheet_row *row)
{
	struct jc_slice title = {"", 0}, number = {"", 0};
	const json_t *rec, *found = NULL;
	size_t i;

	for (i = 0; i < g->l->ncols; i++) {
		const struct jc_field *x =
		    g->l->col[i].what == JC_LAYOUT_FIELD ? g->l->col[i].field : NULL;

		if (x != NULL && strcmp(x->name, g->l->kind->title) == 0)
			title = jc_book_cell(&f->book, row, i);
		else if (x != NULL && (x->type == JC_IDNO || x->type == JC_USCC))
			number = jc_book_cell(&f->book, row, i);
	}
	json_array_foreach(g->rows, i, rec) {
		const json_t *t = json_array_get(rec, 1), *n = json_array_get(rec, 2);

		if (number.n != 0 && json_string_length(n) == number.n &&
		    memcmp(json_string_value(n), number.p, number.n) == 0)
			return rec;
		if (number.n == 0 && title.n != 0 && json_string_length(t) == title.n &&
		    memcmp(json_string_value(t), title.p, title.n) == 0) {
			if (found != NULL)
				return NULL;
			found = rec;
		}
	}
	return found;
}

/* Rows that name somebody: what is blank in them. */
static int
list_named(struct jc_fill *f, struct list *g)
{
	int rc = 0;

	for (size_t i = g->l->first;
	     rc == 0 && i < f->sheet->nrows && f->sheet->row[i].line < g->bottom; i++) {
		const struct jc_sheet_row *row = &f->sheet->row[i];
		const json_t *rec;

		if (jc_layout_row(g->l, row) != JC_LAYOUT_DATA)
			continue;
		if ((rec = record_named(f, g, row)) != NULL) {
			rc = list_row(f, g, rec, row->line, 0);
		} else if (g->unknown++ < 100) {
			unfilled(f, row->line, 0, "",
			    json_string(JC_T("没有找到这一行写的是谁，或有几个同名的",
				"Nobody is this, or several have that name")));
		}
	}
	return rc;
}

/* Empty rows: a record each, as far as they reach. */
static int
list_empty(struct jc_fill *f, struct list *g)
{
	int64_t line = g->top, no = 0;
	const json_t *rec;
	size_t i;
	int rc = 0;

	json_array_foreach(g->rows, i, rec) {
		if (line >= g->bottom || line > 1048576)
			break;
		if ((rc = list_row(f, g, rec, line++, ++no)) < 0)
			return rc;
	}
	if ((size_t)no < json_array_size(g->rows))
		unfilled(f, g->bottom, 0, "",
		    json_sprintf(
			JC_T("表里只有%lld行空行，还有%lld条放不下；请先在表里多插几行再填",
			    "The form has %lld empty rows; %lld records do not fit. Insert rows and fill it again"),
			(long long)no, (long long)json_array_size(g->rows) - (long long)no));
	return 0;
}

static void
list_tell(struct jc_fill *f, const struct list *g)
{
	int64_t line = f->sheet->row[g->l->first - 1].line;

	for (size_t i = 0; i < g->l->ncols; i++) {
		const struct jc_layout_column *c = &g->l->col[i];

		if (c->header[0] == '\0')
			continue;
		if (c->what == JC_LAYOUT_FORBIDDEN)
			unfilled(f, line, i, c->header,
			    json_string(
				JC_T("这种个人信息不应收集", "Nobody should collect this")));
		else if (c->what == JC_LAYOUT_IGNORED && c->nothers > 0)
			unfilled(f, line, i, c->header,
			    json_sprintf(
				JC_T("拿不准是不是“%s”", "It is not certain that this is \"%s\""),
				jc_field_label(c->other[0])));
		else if (c->what == JC_LAYOUT_IGNORED)
			unfilled(f, line, i, c->header,
			    json_string(
				JC_T("本程序没有这一项", "This program has no such field")));
		else if (c->what == JC_LAYOUT_FIELD && g->missing[i] > 0)
			unfilled(f, line, i, c->header,
			    json_sprintf(
				JC_T("有%lld条没有填过这一项", "%lld records say nothing about it"),
				(long long)g->missing[i]));
	}
}

static int
list_fill(struct jc_fill *f, const struct jc_layout *l)
{
	struct list g = {.l = l};
	int rc;

	if ((g.missing = jc_calloc(l->ncols + 1, sizeof(*g.missing))) == NULL)
		return JC_NOMEM(f->err, "fill");
	list_bounds(f, &g);
	f->style_line = g.top;
	if ((rc = jc_fill_facts_records(f, &g.rows, l)) == 0)
		rc = g.named > 0 ? list_named(f, &g) : list_empty(f, &g);
	if (rc == 0)
		list_tell(f, &g);
	f->used_top = f->sheet->row[l->head].line;
	f->used_bottom = g.bottom;
	json_decref(g.rows);
	jc_free(g.missing);
	if (rc == 0)
		json_array_append_new(f->report->sheets,
		    json_pack("{s:s,s:s,s:s}", "sheet", f->sheet->name, "as", "list", "kind",
			l->kind->name));
	return rc;
}

/* ---- count tables: words in a row, numbers below ---- */

static size_t
counts_in(const struct jc_fill *f, const struct jc_sheet_row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < row->ncells; i++)
		n += jc_fill_facts_is_count(f, jc_book_cell(&f->book, row, i)) != 0;
	return n;
}

/* The line of the own unit in the first column that names units; else the first free line. */
static int64_t
counts_line(struct jc_fill *f, int64_t top, size_t column, size_t unit, int *named)
{
	*named = 0;
	for (int64_t line = top; unit != SIZE_MAX && line < top + 5000 &&
	     line <= f->sheet->row[f->sheet->nrows - 1].line;
	     line++)
		if (jc_slice_is(cell_at(f, line, unit), f->unit)) {
			*named = 1;
			return line;
		}
	for (int64_t line = top; line < top + 5000; line++)
		if (is_free(f, line, column) && (unit == SIZE_MAX || is_free(f, line, unit)))
			return line;
	return top;
}

static int
count_put(struct jc_fill *f, struct jc_slice word, int64_t line, size_t column)
{
	int64_t value, blank;
	char text[24], label[128];
	int rc;

	if ((rc = jc_fill_facts_count(f, word, &value, &blank)) <= 0)
		return rc;
	if (!is_free(f, line, column))
		return 0;
	if ((rc = edit_number(f, line, column, value)) < 0)
		return rc;
	snprintf(text, sizeof(text), "%lld", (long long)value);
	filled(f, line, column, word, text);
	f->report->cells++;
	snprintf(label, sizeof(label), "%.*s", (int)(word.n < 120 ? word.n : 120), word.p);
	if (blank > 0)
		unfilled(f, line, column, label,
		    json_sprintf(
			JC_T("已填%lld，但有%lld条记录没有填这一项，没有算在内",
			    "%lld was filled in, but %lld records say nothing about it and were not counted"),
			(long long)value, (long long)blank));
	return 0;
}

static int
counts_fill(struct jc_fill *f, const struct jc_sheet_row *row)
{
	static const char *const units[] = {
	    "单位名称", "单位", "工会名称", "基层工会名称", "填报单位", NULL};
	size_t unit = SIZE_MAX, first = 0;
	int64_t top = row->line + 1, line;
	int rc = 0, named;

	for (size_t i = row->ncells; i-- > 0;) {
		struct jc_slice s = jc_book_cell(&f->book, row, i);
		const struct jc_merge *m = jc_sheet_merge(f->sheet, row->line, i);

		for (const char *const *u = units; *u != NULL; u++)
			if (jc_slice_is(s, *u))
				unit = i;
		if (jc_fill_facts_is_count(f, s))
			first = i;
		if (m != NULL && m->bottom + 1 > top)
			top = m->bottom + 1;
	}
	line = counts_line(f, top, first, unit, &named);
	f->style_line = line;
	if (unit != SIZE_MAX && !named &&
	    (rc = edit_add(f, line, unit, 0, f->unit, strlen(f->unit))) < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < row->ncells; i++) {
		struct jc_slice s = jc_book_cell(&f->book, row, i);
		char label[128];

		snprintf(label, sizeof(label), "%.*s", (int)(s.n < 120 ? s.n : 120), s.p);
		if (s.n == 0 || i == unit || jc_slice_is(s, "序号"))
			continue;
		if (jc_fill_facts_is_count(f, s))
			rc = count_put(f, s, line, i);
		else
			unfilled(f, row->line, i, label,
			    json_string(
				JC_T("本程序没有这一项", "This program has no such number")));
	}
	f->used_top = row->line;
	f->used_bottom = INT64_MAX;
	json_array_append_new(
	    f->report->sheets, json_pack("{s:s,s:s}", "sheet", f->sheet->name, "as", "counts"));
	return rc;
}

/* ---- labels with a free cell beside them ---- */

static int
label_put(struct jc_fill *f, int64_t line, size_t column, struct jc_slice label, int64_t to_line,
    size_t to)
{
	struct jc_buf value;
	char name[128];
	const char *reason;
	int rc;

	if (jc_fill_facts_is_count(f, label))
		return count_put(f, label, to_line, to) < 0 ? -1 : 1;
	jc_buf_init(&value, 1 << 20);
	if ((rc = jc_fill_facts_label(f, label, &value, &reason)) == 1) {
		snprintf(name, sizeof(name), "%.*s", (int)(label.n < 120 ? label.n : 120), label.p);
		if (reason != NULL) {
			unfilled(f, line, column, name, json_string(reason));
		} else if (edit_add(f, to_line, to, 0, value.data != NULL ? value.data : "",
			       value.len) < 0) {
			rc = -1;
		} else {
			filled(f, to_line, to, label, value.data != NULL ? value.data : "");
			f->report->cells++;
		}
	}
	jc_buf_free(&value);
	return rc;
}

/* "填报单位：" with nothing behind it, in a cell of its own: the answer goes into the same cell. */
static int
label_inside(struct jc_fill *f, int64_t line, size_t column, struct jc_slice s)
{
	static const char *const colons[] = {"：", ":", NULL};
	struct jc_buf value;
	const char *reason;
	size_t n = s.n, k = 0;
	int rc;

	while (n > 0 && (s.p[n - 1] == ' ' || s.p[n - 1] == '_'))
		n--;
	for (const char *const *c = colons; *c != NULL && k == 0; c++)
		if (n > strlen(*c) && memcmp(s.p + n - strlen(*c), *c, strlen(*c)) == 0)
			k = strlen(*c);
	if (k == 0)
		return 0;
	jc_buf_init(&value, 1 << 20);
	jc_buf_put(&value, s.p, n);
	if ((rc = jc_fill_facts_label(f, (struct jc_slice){s.p, n - k}, &value, &reason)) == 1 &&
	    reason == NULL) {
		rc = edit_add(f, line, column, 0, value.data, value.len) < 0 ? -1 : 1;
		filled(f, line, column, (struct jc_slice){s.p, n - k}, value.data + n);
		f->report->cells++;
	} else if (rc == 1) {
		char name[128];

		snprintf(name, sizeof(name), "%.*s", (int)(n - k < 120 ? n - k : 120), s.p);
		unfilled(f, line, column, name, json_string(reason));
	}
	jc_buf_free(&value);
	return rc;
}

static size_t
sheet_width(const struct jc_fill *f)
{
	size_t w = 0;

	for (size_t i = 0; i < f->sheet->nrows; i++)
		w = f->sheet->row[i].ncells > w ? f->sheet->row[i].ncells : w;
	for (size_t i = 0; i < f->sheet->nmerges; i++)
		w = (size_t)f->sheet->merge[i].right + 1 > w ? (size_t)f->sheet->merge[i].right + 1
							     : w;
	return w + 1; /* the free cell beside the last label need not be there */
}

static int
labels_fill(struct jc_fill *f)
{
	size_t width = sheet_width(f), known = 0;
	int rc = 0;

	for (size_t r = 0; r < f->sheet->nrows; r++) {
		const struct jc_sheet_row *row = &f->sheet->row[r];

		if (row->line >= f->used_top && row->line < f->used_bottom)
			continue;
		for (size_t i = 0; i < row->ncells; i++) {
			struct jc_slice s = jc_book_cell(&f->book, row, i);
			const struct jc_merge *m = jc_sheet_merge(f->sheet, row->line, i);
			size_t to = m != NULL ? (size_t)m->right + 1 : i + 1;

			if (s.n == 0 || s.n > 120 ||
			    jc_book_cell_kind(&f->book, row, i) != JC_CELL_TEXT)
				continue;
			if (to < width && is_free(f, row->line, to) &&
			    (m == NULL || m->right - m->left + 1 < width - 1))
				rc = label_put(f, row->line, i, s, row->line, to);
			else
				rc = label_inside(f, row->line, i, s);
			if (rc < 0)
				return f->err != NULL && f->err->code != 0
				    ? f->err->code
				    : JC_NOMEM(f->err, "fill");
			known += rc > 0;
		}
	}
	if (known > 0)
		json_array_append_new(f->report->sheets,
		    json_pack("{s:s,s:s}", "sheet", f->sheet->name, "as", "labels"));
	return 0;
}

/* ---- a sheet ---- */

static int
sheet_fill(struct jc_fill *f)
{
	struct jc_layout l;
	int rc = 0;

	f->used_top = INT64_MAX;
	f->used_bottom = 0;
	f->style_line = 0;
	for (size_t i = 0; i < f->sheet->nrows && i < 20; i++)
		if (counts_in(f, &f->sheet->row[i]) >= 2 &&
		    (i + 1 == f->sheet->nrows || counts_in(f, &f->sheet->row[i + 1]) == 0) &&
		    jc_book_cell(&f->book, &f->sheet->row[i], 1).n != 0) {
			size_t beside = 0, words = 0;

			for (size_t k = 0; k < f->sheet->row[i].ncells; k++)
				if (jc_fill_facts_is_count(
					f, jc_book_cell(&f->book, &f->sheet->row[i], k))) {
					words++;
					beside += is_free(f, f->sheet->row[i].line, k + 1) != 0;
				}
			if (beside * 2 <= words) {
				if ((rc = counts_fill(f, &f->sheet->row[i])) < 0)
					return rc;
				return labels_fill(f);
			}
		}
	rc = jc_layout_find(&l, &f->book, f->sheet, NULL, f->o->name != NULL ? f->o->name : "",
	    f->o->run->node->db, f->err);
	if (rc == 1)
		rc = list_fill(f, &l);
	else if (rc == JC_EINVAL)
		rc = 0; /* two kinds fit alike: no list that anybody knows */
	jc_layout_free(&l);
	return rc < 0 ? rc : labels_fill(f);
}

/* The part of the sheet with its edits. */
static int
sheet_write(struct jc_fill *f, struct jc_zip_read *z, struct jc_buf *out)
{
	struct jc_buf xml;
	int rc;

	jc_buf_init(&xml, SHEET_XML_MAX);
	for (size_t i = 0; i < f->nedits; i++)
		f->edit[i].text.p = f->text.data + f->text_at[i];
	if ((rc = jc_zip_read_all(z, &xml, f->sheet->part, f->err)) == 0)
		rc = jc_sheet_edit(
		    out, xml.data, xml.len, f->edit, f->nedits, f->style_line, f->err);
	for (size_t i = 0; rc == 0 && i < f->nedits; i++)
		if (f->edit[i].refused) {
			unfilled(f, f->edit[i].line, f->edit[i].column, "",
			    json_string(JC_T(
				"这一格是公式，没有动", "A formula stands there; it was left")));
			f->report->cells--;
		}
	jc_buf_free(&xml);
	return rc;
}

/* ---- the whole ---- */

static int
sheets_fill(struct jc_fill *f, struct jc_zip_read *z, struct jc_zip_part *part,
    struct jc_buf *bytes, size_t *n)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < f->book.nsheets; i++) {
		f->sheet = &f->book.sheet[i];
		f->nedits = 0;
		jc_buf_reset(&f->text);
		if (f->sheet->nrows == 0 || f->sheet->hidden || (rc = sheet_fill(f)) < 0 ||
		    f->nedits == 0)
			continue;
		jc_buf_init(&bytes[*n], SHEET_XML_MAX * 2);
		if ((rc = sheet_write(f, z, &bytes[*n])) < 0) {
			jc_buf_free(&bytes[*n]);
			break;
		}
		part[*n] = (struct jc_zip_part){f->sheet->part, {bytes[*n].data, bytes[*n].len}};
		(*n)++;
	}
	return rc;
}

static int
workbook_recalc(struct jc_fill *f, struct jc_zip_read *z, struct jc_zip_part *part,
    struct jc_buf *bytes, size_t *n)
{
	struct jc_buf xml;
	int rc;

	jc_buf_init(&xml, 16u << 20);
	jc_buf_init(&bytes[*n], 32u << 20);
	if ((rc = jc_zip_read_all(z, &xml, f->book.workbook, f->err)) == 0 &&
	    (rc = jc_sheet_edit_recalc(&bytes[*n], xml.data, xml.len, f->err)) == 0) {
		part[*n] = (struct jc_zip_part){f->book.workbook, {bytes[*n].data, bytes[*n].len}};
		(*n)++;
	} else {
		jc_buf_free(&bytes[*n]);
	}
	jc_buf_free(&xml);
	return rc;
}

static int
book_fill(struct jc_fill *f, struct jc_buf *out, const char *p, size_t n)
{
	struct jc_zip_part part[JC_BOOK_SHEETS_MAX + 1];
	struct jc_buf *bytes = jc_calloc(f->book.nsheets + 1, sizeof(*bytes));
	struct jc_zip_read *z = NULL;
	size_t count = 0;
	int rc;

	if (bytes == NULL)
		return JC_NOMEM(f->err, "fill");
	if ((rc = jc_zip_read_open(&z, p, n, f->err)) == 0 &&
	    (rc = sheets_fill(f, z, part, bytes, &count)) == 0) {
		if (count == 0)
			rc = jc_err_set(f->err, JC_EINVAL, "fill", "%s",
			    JC_T("这张表里没有认得的表头或项目，什么都没有填",
				"Nothing in this form is known; nothing was filled in"));
		else if ((rc = workbook_recalc(f, z, part, bytes, &count)) == 0)
			rc = jc_zip_write_copy(out, p, n, part, count, f->err);
	}
	jc_zip_read_close(z);
	for (size_t i = 0; i < count; i++)
		jc_buf_free(&bytes[i]);
	jc_free(bytes);
	return rc;
}

static int
fill_open(struct jc_fill *f)
{
	struct jc_scope scope;
	int rc;

	jc_out_today(f->today, f->o->run->env);
	memcpy(f->x.today, f->today, sizeof(f->x.today));
	f->x.err = f->err;
	jc_buf_init(&f->x.cell, 4u << 20);
	jc_buf_init(&f->x.back, 4u << 20);
	jc_buf_init(&f->text, TEXT_MAX);
	if ((rc = jc_fill_period(f->report->from, f->report->to, f->o->period, f->today, f->err)) <
		0 ||
	    (rc = jc_words_open(&f->words, f->err)) < 0 ||
	    (rc = jc_node_scope(f->o->run->node, &scope, f->err)) < 0 ||
	    (rc = jc_match_open(&f->x.match, f->o->run->node, &scope, f->today, f->err)) < 0)
		return rc;
	return jc_fill_facts_open(f);
}

int
jc_fill_bytes(struct jc_buf *out, struct jc_fill_report *report, const struct jc_fill_options *o,
    const char *p, size_t n, struct jc_err *err)
{
	struct jc_fill *f = jc_calloc(1, sizeof(*f));
	int rc;

	memset(report, 0, sizeof(*report));
	if (f == NULL)
		return JC_NOMEM(err, "fill");
	report->sheets = json_array();
	report->filled = json_array();
	report->unfilled = json_array();
	report->hints = json_array();
	*f = (struct jc_fill){.o = o, .report = report, .err = err};
	if ((rc = jc_book_open(&f->book, p, n, err)) == 0 && strcmp(f->book.format, "xlsx") != 0)
		rc = jc_err_set(err, JC_EFORMAT, "fill", "%s",
		    JC_T("只能填 .xlsx 表格，请在 WPS 或 Excel 里另存为 .xlsx 再填",
			"Only .xlsx forms can be filled; save it as .xlsx first"));
	if (rc == 0 && (rc = fill_open(f)) == 0 && (rc = book_fill(f, out, p, n)) == 0)
		rc = jc_audit_add(
		    o->run->node->db, "fill", o->name != NULL ? o->name : "", report->rows, err);
	if (strcmp(report->to, f->today) < 0)
		json_array_append_new(report->hints,
		    json_string(JC_T("人数按今天的名册统计，不是期末那一天的",
			"People are counted as of today, not of the period's last day")));
	jc_book_free(&f->book);
	jc_words_free(&f->words);
	jc_match_close(f->x.match);
	jc_buf_free(&f->x.cell);
	jc_buf_free(&f->x.back);
	jc_buf_free(&f->text);
	json_decref(f->own);
	jc_free(f->edit);
	jc_free(f->text_at);
	jc_free(f);
	return rc;
}

void
jc_fill_report_free(struct jc_fill_report *r)
{
	json_decref(r->sheets);
	json_decref(r->filled);
	json_decref(r->unfilled);
	json_decref(r->hints);
	memset(r, 0, sizeof(*r));
}

json_t *
jc_fill_report_json(const struct jc_fill_report *r)
{
	return json_pack("{s:I,s:I,s:s,s:s,s:O,s:O,s:O,s:O}", "cells", (json_int_t)r->cells, "rows",
	    (json_int_t)r->rows, "from", r->from, "to", r->to, "sheets", r->sheets, "filled",
	    r->filled, "unfilled", r->unfilled, "hints", r->hints);
}
