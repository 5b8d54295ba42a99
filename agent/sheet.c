/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

static int
too_large(struct jc_err *err)
{
	return jc_err_set(err, JC_ELIMIT, "sheet",
	    JC_T("这个表格太大了，请分成几个文件",
		"The spreadsheet is too large; split it into several files"));
}

/* ---- building ---- */

static struct jc_sheet *
newest(struct jc_book *b)
{
	return &b->sheet[b->nsheets - 1];
}

/* Room for one more element; the array at least doubles. */
static int
grow(void *array, size_t *cap, size_t need, size_t size, size_t first, struct jc_err *err)
{
	size_t to = *cap != 0 ? *cap : first;
	void *v;

	if (need <= *cap)
		return 0;
	while (to < need)
		to *= 2;
	memcpy(&v, array, sizeof(v));
	if ((v = jc_realloc(v, to * size)) == NULL)
		return JC_NOMEM(err, "sheet");
	memcpy(array, &v, sizeof(v));
	*cap = to;
	return 0;
}

int
jc_book_sheet_add(struct jc_book *b, const char *name, struct jc_err *err)
{
	struct jc_sheet *v;

	if (b->nsheets == JC_BOOK_SHEETS_MAX)
		return too_large(err);
	if ((v = jc_realloc(b->sheet, (b->nsheets + 1) * sizeof(*v))) == NULL)
		return JC_NOMEM(err, "sheet");
	b->sheet = v;
	memset(&v[b->nsheets], 0, sizeof(*v));
	snprintf(v[b->nsheets].name, sizeof(v->name), "%s", name);
	b->nsheets++;
	return 0;
}

int
jc_book_row_add(struct jc_book *b, int64_t line, struct jc_err *err)
{
	struct jc_sheet *s = newest(b);
	int rc;

	if ((rc = grow(&s->row, &s->cap, s->nrows + 1, sizeof(*s->row), 256, err)) < 0)
		return rc;
	s->row[s->nrows++] = (struct jc_sheet_row){.line = line, .cell = b->ncells};
	return 0;
}

int
jc_book_cell_put(struct jc_book *b, size_t column, enum jc_cell_kind kind, uint32_t at, uint32_t n,
    struct jc_err *err)
{
	struct jc_sheet *s = newest(b);
	struct jc_sheet_row *row = &s->row[s->nrows - 1];
	int rc;

	if (column >= JC_SHEET_COLUMNS_MAX) {
		s->beyond++;
		return 0;
	}
	if (column >= row->ncells) {
		size_t need = row->cell + column + 1;

		if (need > JC_BOOK_CELLS_MAX)
			return too_large(err);
		if ((rc = grow(&b->cell, &b->cap, need, sizeof(*b->cell), 4096, err)) < 0)
			return rc;
		memset(&b->cell[row->cell + row->ncells], 0,
		    (column + 1 - row->ncells) * sizeof(*b->cell));
		row->ncells = (uint32_t)column + 1;
		b->ncells = need;
	}
	b->cell[row->cell + column] = (struct jc_cell){at, n, (uint8_t)kind};
	return 0;
}

int
jc_book_cell_add(struct jc_book *b, size_t column, enum jc_cell_kind kind, const char *p, size_t n,
    struct jc_err *err)
{
	size_t at = b->text.len;

	if (n == 0)
		return jc_book_cell_put(b, column, kind, 0, 0, err);
	jc_buf_put(&b->text, p, n);
	if (b->text.failed == JC_ELIMIT)
		return too_large(err);
	if (b->text.failed)
		return JC_NOMEM(err, "sheet");
	return jc_book_cell_put(b, column, kind, (uint32_t)at, (uint32_t)n, err);
}

int
jc_book_merge_add(struct jc_book *b, size_t sheet, const struct jc_merge *merge, struct jc_err *err)
{
	struct jc_sheet *s = &b->sheet[sheet];
	int rc;

	if (s->nmerges == JC_BOOK_MERGES_MAX)
		return too_large(err);
	if ((rc = grow(&s->merge, &s->merge_cap, s->nmerges + 1, sizeof(*s->merge), 32, err)) < 0)
		return rc;
	s->merge[s->nmerges++] = *merge;
	return 0;
}

static int
by_line(const void *a, const void *b)
{
	const struct jc_sheet_row *x = a, *y = b;

	return x->line < y->line ? -1
	    : x->line > y->line	 ? 1
	    : x->cell < y->cell	 ? -1
				 : x->cell > y->cell;
}

static int
by_top(const void *a, const void *b)
{
	const struct jc_merge *x = a, *y = b;

	return x->top < y->top	? -1
	    : x->top > y->top	? 1
	    : x->left < y->left ? -1
				: x->left > y->left;
}

static int
is_empty(const struct jc_book *b, const struct jc_sheet_row *row)
{
	if (row->bad_n != 0)
		return 0;
	for (uint32_t i = 0; i < row->ncells; i++)
		if (b->cell[row->cell + i].n != 0 || b->cell[row->cell + i].kind >= JC_CELL_ERROR)
			return 0;
	return 1;
}

int
jc_book_done(struct jc_book *b, struct jc_err *err)
{
	(void)err;
	for (size_t k = 0; k < b->nsheets; k++) {
		struct jc_sheet *s = &b->sheet[k];
		size_t n = 0;

		for (size_t i = 0; i < s->nrows; i++)
			if (!is_empty(b, &s->row[i]))
				s->row[n++] = s->row[i];
		s->nrows = n;
		for (size_t i = 0; i < n; i++)
			s->hidden_rows += s->row[i].hidden;
		if (n > 1)
			qsort(s->row, n, sizeof(*s->row), by_line);
		if (s->nmerges > 1)
			qsort(s->merge, s->nmerges, sizeof(*s->merge), by_top);
	}
	return 0;
}

void
jc_book_free(struct jc_book *b)
{
	for (size_t i = 0; i < b->nsheets; i++) {
		jc_free(b->sheet[i].row);
		jc_free(b->sheet[i].merge);
	}
	jc_free(b->sheet);
	jc_free(b->cell);
	jc_buf_free(&b->text);
	memset(b, 0, sizeof(*b));
}

/* ---- asking ---- */

static const struct jc_cell *
cell_of(const struct jc_book *b, const struct jc_sheet_row *row, size_t column)
{
	return column < row->ncells ? &b->cell[row->cell + column] : NULL;
}

struct jc_slice
jc_book_cell(const struct jc_book *b, const struct jc_sheet_row *row, size_t column)
{
	const struct jc_cell *c = cell_of(b, row, column);

	return c != NULL && c->n != 0 ? (struct jc_slice){b->text.data + c->at, c->n}
				      : (struct jc_slice){"", 0};
}

enum jc_cell_kind
jc_book_cell_kind(const struct jc_book *b, const struct jc_sheet_row *row, size_t column)
{
	const struct jc_cell *c = cell_of(b, row, column);

	return c != NULL ? (enum jc_cell_kind)c->kind : JC_CELL_EMPTY;
}

const struct jc_merge *
jc_sheet_merge(const struct jc_sheet *s, int64_t line, size_t column)
{
	for (size_t i = 0; i < s->nmerges && s->merge[i].top <= line; i++)
		if (s->merge[i].bottom >= line && s->merge[i].left <= column &&
		    s->merge[i].right >= column)
			return &s->merge[i];
	return NULL;
}

const struct jc_sheet_row *
jc_sheet_row_at(const struct jc_sheet *s, int64_t line)
{
	size_t low = 0, high = s->nrows;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->row[mid].line < line)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->nrows && s->row[low].line == line ? &s->row[low] : NULL;
}

/* ---- what it is ---- */

static int
begins(const char *p, size_t n, const char *with, size_t k)
{
	return n >= k && memcmp(p, with, k) == 0;
}

/* The first bytes hold this word, in whatever case. */
static int
holds(const char *p, size_t n, const char *word)
{
	size_t k = strlen(word), top = n < 2048 ? n : 2048;

	for (size_t i = 0; i + k <= top; i++) {
		size_t j = 0;

		while (j < k && (p[i + j] | 0x20) == (word[j] | 0x20))
			j++;
		if (j == k)
			return 1;
	}
	return 0;
}

static int
refuse(const char *p, size_t n, struct jc_err *err)
{
	if (begins(p, n, "%PDF", 4))
		return jc_err_set(err, JC_EFORMAT, "sheet", "%s",
		    JC_T("这是 PDF 文件，不是表格；请向发来的人要一份 .xlsx",
			"This is a PDF, no spreadsheet; ask its sender for an .xlsx"));
	if (begins(p, n, "\377\330\377", 3) || begins(p, n, "\211PNG", 4) ||
	    begins(p, n, "GIF8", 4))
		return jc_err_set(err, JC_EFORMAT, "sheet", "%s",
		    JC_T("这是一张图片，不是表格；请向发来的人要一份 .xlsx",
			"This is a picture, no spreadsheet; ask its sender for an .xlsx"));
	if (begins(p, n, "Rar!", 4) || begins(p, n, "7z\274\257", 4))
		return jc_err_set(err, JC_EFORMAT, "sheet", "%s",
		    JC_T("这是压缩包，请先解压，再选里面的表格",
			"This is an archive; unpack it first and choose the spreadsheet in it"));
	if (holds(p, n, "<html") || holds(p, n, "<table") || holds(p, n, "<!doctype html"))
		return jc_err_set(err, JC_EFORMAT, "sheet", "%s",
		    JC_T("这个文件其实是网页，请用 WPS 或 Excel 打开，另存为 .xlsx 再用",
			"This file is a web page; open it in WPS or Excel and save it as .xlsx"));
	if (begins(p, n, "<?xml", 5) || begins(p, n, "\357\273\277<?xml", 8))
		return jc_err_set(err, JC_EFORMAT, "sheet", "%s",
		    JC_T("这是旧的 XML 表格，请用 WPS 或 Excel 打开，另存为 .xlsx 再用",
			"This is an old XML table; open it in WPS or Excel and save it as .xlsx"));
	return 0;
}

static int
read_by_content(struct jc_book *b, const char *p, size_t n, struct jc_err *err)
{
	int rc;

	if (begins(p, n, "PK\003\004", 4) || begins(p, n, "PK\005\006", 4))
		return jc_sheet_xlsx_read(b, p, n, err);
	if (begins(p, n, "\320\317\021\340", 4))
		return jc_sheet_xls_read(b, p, n, err);
	if ((rc = refuse(p, n, err)) < 0)
		return rc;
	return jc_sheet_text_read(b, p, n, err);
}

int
jc_book_open(struct jc_book *out, const char *p, size_t n, struct jc_err *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	jc_buf_init(&out->text, JC_BOOK_TEXT_MAX);
	out->encoding = "";
	if (n == 0)
		return jc_err_set(
		    err, JC_EINVAL, "sheet", "%s", JC_T("文件是空的", "The file is empty"));
	if ((rc = read_by_content(out, p, n, err)) < 0)
		return rc;
	return jc_book_done(out, err);
}
