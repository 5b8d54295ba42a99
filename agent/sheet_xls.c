/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * .xls of Excel 97 to 2003 (and .et of WPS): records of a stream in a compound file. The first run of
 * records says what sheets there are and where, the texts that cells share, and which formats are dates;
 * then comes a run for each sheet. Read here and not by FreeXL, which gives up on a workbook with an empty
 * text in it, knows no partial dates, merged ranges or hidden rows, and cannot be fuzzed in memory.
 */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "cfb.h"
#include "sheet.h"
#include "sheet_number.h"

#define LINES_MAX 65536u
#define STYLES_MAX 65536u
#define FORMATS_MAX 4096u

enum record {
	R_FORMULA = 0x06,
	R_EOF = 0x0A,
	R_DATEMODE = 0x22,
	R_FILEPASS = 0x2F,
	R_CONTINUE = 0x3C,
	R_COLINFO = 0x7D,
	R_BOUNDSHEET = 0x85,
	R_MULRK = 0xBD,
	R_RSTRING = 0xD6,
	R_XF = 0xE0,
	R_MERGED = 0xE5,
	R_SST = 0xFC,
	R_LABELSST = 0xFD,
	R_NUMBER = 0x203,
	R_LABEL = 0x204,
	R_BOOLERR = 0x205,
	R_STRING = 0x207,
	R_ROW = 0x208,
	R_RK = 0x27E,
	R_FORMAT = 0x41E,
	R_BOF = 0x809
};

struct text_at {
	uint32_t at, n;
};

struct xls {
	struct jc_book *book;
	const uint8_t *p;    /* the stream */
	size_t n;
	struct text_at *shared;
	uint32_t nshared;
	struct { unsigned id; uint8_t parts; } *format;
	uint32_t nformats;
	uint8_t *style;      /* date parts of each cell style */
	uint32_t nstyles;
	uint8_t hidden[LINES_MAX / 8];
	uint32_t line;       /* of the newest row, from 1 */
	uint32_t row, column; /* of a formula whose text comes in the next record */
	int awaits;
	struct jc_err *err;
};

static uint32_t
u16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t
u32(const uint8_t *p)
{
	return u16(p) | u16(p + 2) << 16;
}

static int
damaged(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "sheet_xls",
	    JC_T("这个 .xls 文件读不出来，请在 WPS 或 Excel 里打开，另存为 .xlsx 再用",
		"This .xls cannot be read; open it in WPS or Excel and save it as .xlsx"));
}

static int
locked(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "sheet_xls", "%s",
	    JC_T("这个表格有密码，请在 WPS 或 Excel 里去掉密码，另存后再用",
		"This spreadsheet has a password; take it off and save it anew"));
}

/* ---- texts ---- */

static void
point_put(struct jc_buf *b, uint32_t cp)
{
	if (cp < 0x20 && cp != '\n' && cp != '\t')
		return;
	if (cp < 0x80) {
		jc_buf_putc(b, (char)cp);
	} else if (cp < 0x800) {
		jc_buf_putc(b, (char)(0xC0 | cp >> 6));
		jc_buf_putc(b, (char)(0x80 | (cp & 0x3F)));
	} else if (cp < 0x10000) {
		jc_buf_putc(b, (char)(0xE0 | cp >> 12));
		jc_buf_putc(b, (char)(0x80 | (cp >> 6 & 0x3F)));
		jc_buf_putc(b, (char)(0x80 | (cp & 0x3F)));
	} else {
		jc_buf_putc(b, (char)(0xF0 | cp >> 18));
		jc_buf_putc(b, (char)(0x80 | (cp >> 12 & 0x3F)));
		jc_buf_putc(b, (char)(0x80 | (cp >> 6 & 0x3F)));
		jc_buf_putc(b, (char)(0x80 | (cp & 0x3F)));
	}
}

/* UTF-16 units into UTF-8; halves of pairs that stand alone are left out. */
struct units {
	struct jc_buf *out;
	uint32_t high;
};

static void
unit_put(struct units *u, uint32_t v)
{
	if (v >= 0xD800 && v < 0xDC00) {
		u->high = v;
		return;
	}
	if (v >= 0xDC00 && v < 0xE000) {
		if (u->high != 0)
			point_put(u->out, 0x10000 + ((u->high - 0xD800) << 10) + (v - 0xDC00));
		u->high = 0;
		return;
	}
	u->high = 0;
	point_put(u->out, v);
}

/* Bytes of a record and of those that continue it. */
struct span {
	const struct xls *x;
	size_t at, end;      /* of the piece at work */
};

/* On to the next record when it continues this one. 0 when it does not. */
static int
span_next(struct span *s)
{
	const struct xls *x = s->x;

	if (s->end + 4 > x->n || u16(x->p + s->end) != R_CONTINUE ||
	    u16(x->p + s->end + 2) > x->n - s->end - 4)
		return 0;
	s->at = s->end + 4;
	s->end = s->at + u16(x->p + s->end + 2);
	return 1;
}

static int
span_skip(struct span *s, size_t n)
{
	while (n > s->end - s->at) {
		n -= s->end - s->at;
		if (!span_next(s))
			return 0;
	}
	s->at += n;
	return 1;
}

/* Characters; where a record ends among them, the next begins with a byte that says how wide they are. */
static int
span_chars(struct span *s, struct jc_buf *out, uint32_t count, int wide)
{
	struct units u = {out, 0};

	while (count > 0) {
		size_t width = wide ? 2 : 1;

		if (s->end - s->at < width) {
			if (!span_next(s) || s->at == s->end)
				return 0;
			wide = s->x->p[s->at++] & 1;
			continue;
		}
		unit_put(&u, wide ? u16(s->x->p + s->at) : s->x->p[s->at]);
		s->at += width;
		count--;
	}
	return 1;
}

/* One text of the shared table. */
static int
shared_text(struct span *s, struct jc_buf *out)
{
	uint32_t count, runs = 0, extra = 0;
	uint8_t flags;

	if (s->end == s->at && !span_next(s))
		return 0;
	if (s->end - s->at < 3)
		return 0;
	count = u16(s->x->p + s->at);
	flags = s->x->p[s->at + 2];
	s->at += 3;
	if ((flags & 8) != 0) {
		if (s->end - s->at < 2)
			return 0;
		runs = u16(s->x->p + s->at);
		s->at += 2;
	}
	if ((flags & 4) != 0) {
		if (s->end - s->at < 4)
			return 0;
		extra = u32(s->x->p + s->at);
		s->at += 4;
	}
	return span_chars(s, out, count, flags & 1) && span_skip(s, (size_t)runs * 4) &&
	    span_skip(s, extra);
}

static int
text_failed(const struct xls *x)
{
	return jc_buf_check(&x->book->text, "sheet_xls", x->err);
}

static int
shared_read(struct xls *x, size_t at, size_t end)
{
	struct span s = {x, at + 8, end};
	uint32_t count;

	if (end - at < 8 || x->shared != NULL)
		return damaged(x->err);
	count = u32(x->p + at + 4);
	if (count > x->n / 3) /* a text takes three bytes at least */
		return damaged(x->err);
	if ((x->shared = jc_calloc((size_t)count + 1, sizeof(*x->shared))) == NULL)
		return JC_NOMEM(x->err, "sheet_xls");
	for (; x->nshared < count; x->nshared++) {
		size_t from = x->book->text.len;

		if (!shared_text(&s, &x->book->text))
			return damaged(x->err);
		if (text_failed(x))
			return x->err->code;
		x->shared[x->nshared] =
		    (struct text_at){(uint32_t)from, (uint32_t)(x->book->text.len - from)};
	}
	return 0;
}

/* A short text within a record: `count` characters behind a byte of flags. */
static int
plain_text(const struct xls *x, size_t at, size_t end, uint32_t count, struct jc_buf *out)
{
	struct span s = {x, at + 1, end};

	return at < end && span_chars(&s, out, count, x->p[at] & 1);
}

/* ---- the run that is about the whole workbook ---- */

static int
format_add(struct xls *x, size_t at, size_t end)
{
	struct jc_buf code;
	void *v;

	if (end - at < 5 || x->nformats == FORMATS_MAX)
		return 0;
	if ((v = jc_realloc(x->format, (x->nformats + 1) * sizeof(*x->format))) == NULL)
		return JC_NOMEM(x->err, "sheet_xls");
	x->format = v;
	jc_buf_init(&code, 4096);
	if (plain_text(x, at + 4, end, u16(x->p + at + 2), &code) && code.data != NULL) {
		x->format[x->nformats].id = u16(x->p + at);
		x->format[x->nformats++].parts = (uint8_t)jc_sheet_format_parts(code.data);
	}
	jc_buf_free(&code);
	return 0;
}

static int
style_add(struct xls *x, size_t at, size_t end)
{
	unsigned id = end - at >= 4 ? u16(x->p + at + 2) : 0, parts = jc_sheet_format_known(id);
	uint8_t *v;

	for (uint32_t i = 0; i < x->nformats; i++)
		if (x->format[i].id == id)
			parts = x->format[i].parts;
	if (x->nstyles == STYLES_MAX)
		return 0;
	if ((x->nstyles & 255) == 0) {
		if ((v = jc_realloc(x->style, x->nstyles + 256)) == NULL)
			return JC_NOMEM(x->err, "sheet_xls");
		x->style = v;
	}
	x->style[x->nstyles++] = (uint8_t)parts;
	return 0;
}

static int
global_record(struct xls *x, uint32_t type, size_t at, size_t end)
{
	switch (type) {
	case R_FILEPASS:
		return locked(x->err);
	case R_DATEMODE:
		x->book->date1904 = end - at >= 2 && u16(x->p + at) == 1;
		return 0;
	case R_FORMAT:
		return format_add(x, at, end);
	case R_XF:
		return style_add(x, at, end);
	case R_SST:
		return shared_read(x, at, end);
	default:
		return 0;
	}
}

/* ---- cells ---- */

static int
row_of(struct xls *x, uint32_t row)
{
	struct jc_sheet *s;
	int rc;

	if (x->line == row + 1)
		return 0;
	if ((rc = jc_book_row_add(x->book, (int64_t)row + 1, x->err)) < 0)
		return rc;
	x->line = row + 1;
	s = &x->book->sheet[x->book->nsheets - 1];
	s->row[s->nrows - 1].hidden = x->hidden[row >> 3] >> (row & 7) & 1;
	return 0;
}

static int
put(struct xls *x, uint32_t row, uint32_t column, enum jc_cell_kind kind, size_t from)
{
	int rc;

	if (text_failed(x))
		return x->err->code;
	if ((rc = row_of(x, row)) < 0)
		return rc;
	return jc_book_cell_put(
	    x->book, column, kind, (uint32_t)from, (uint32_t)(x->book->text.len - from), x->err);
}

static int
put_double(struct xls *x, uint32_t row, uint32_t column, uint32_t style, double v)
{
	unsigned parts = style < x->nstyles ? x->style[style] : 0;
	size_t from = x->book->text.len;
	char text[40];

	snprintf(text, sizeof(text), "%.17g", v);
	if (parts != 0 &&
	    jc_sheet_date(&x->book->text, text, strlen(text), parts, x->book->date1904))
		return put(x, row, column, JC_CELL_DATE, from);
	if (jc_sheet_number(&x->book->text, text, strlen(text)))
		return put(x, row, column, JC_CELL_NUMBER, from);
	return put(x, row, column, JC_CELL_ERROR, from); /* no number, or infinite */
}

static double
double_of(const uint8_t *p)
{
	uint64_t bits = (uint64_t)u32(p) | (uint64_t)u32(p + 4) << 32;
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

/* A number in 30 bits: a whole one or the upper part of a double, perhaps a hundred times too large. */
static double
rk_of(uint32_t rk)
{
	uint64_t bits = (uint64_t)(rk & ~3u) << 32;
	double v;

	if ((rk & 2) != 0) {
		int32_t whole;

		memcpy(&whole, &rk, sizeof(whole));
		v = whole >> 2;
	} else {
		memcpy(&v, &bits, sizeof(v));
	}
	return (rk & 1) != 0 ? v / 100 : v;
}

static int
put_bool_or_error(struct xls *x, uint32_t row, uint32_t column, uint8_t value, int is_error)
{
	size_t from = x->book->text.len;

	jc_buf_puts(&x->book->text,
	    is_error	     ? (value == 0x2A	       ? "#N/A"
				       : value == 0x17 ? "#REF!"
						       : "#VALUE!")
		: value != 0 ? "1"
			     : "0");
	return put(x, row, column, is_error ? JC_CELL_ERROR : JC_CELL_BOOL, from);
}

static int
put_many(struct xls *x, uint32_t row, uint32_t column, const uint8_t *p, size_t n)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && 6 * (i + 1) + 2 <= n; i++)
		rc = put_double(
		    x, row, column + (uint32_t)i, u16(p + 6 * i), rk_of(u32(p + 6 * i + 2)));
	return rc;
}

/* The result of a formula: a number, or what it is when its last two bytes say so. */
static int
put_formula(struct xls *x, uint32_t row, uint32_t column, uint32_t style, const uint8_t *p)
{
	if (u16(p + 6) != 0xFFFF)
		return put_double(x, row, column, style, double_of(p));
	x->awaits = p[0] == 0;
	x->row = row;
	x->column = column;
	return p[0] == 1 || p[0] == 2 ? put_bool_or_error(x, row, column, p[2], p[0] == 2) : 0;
}

static int
put_plain(struct xls *x, uint32_t row, uint32_t column, size_t at, size_t end)
{
	size_t from = x->book->text.len;

	if (end - at < 3 || !plain_text(x, at + 2, end, u16(x->p + at), &x->book->text))
		return damaged(x->err);
	return x->book->text.len > from ? put(x, row, column, JC_CELL_TEXT, from) : 0;
}

static int
put_shared(struct xls *x, uint32_t row, uint32_t column, uint32_t no)
{
	int rc;

	if (no >= x->nshared || x->shared[no].n == 0)
		return 0;
	if ((rc = row_of(x, row)) < 0)
		return rc;
	return jc_book_cell_put(
	    x->book, column, JC_CELL_TEXT, x->shared[no].at, x->shared[no].n, x->err);
}

static int
cell_record(struct xls *x, uint32_t type, size_t at, size_t end)
{
	const uint8_t *p = x->p + at;
	uint32_t row, column, style;
	size_t n = end - at;

	if (n < 6)
		return 0;
	row = u16(p);
	column = u16(p + 2);
	style = u16(p + 4);
	switch (type) {
	case R_LABELSST:
		return n >= 10 ? put_shared(x, row, column, u32(p + 6)) : 0;
	case R_NUMBER:
		return n >= 14 ? put_double(x, row, column, style, double_of(p + 6)) : 0;
	case R_RK:
		return n >= 10 ? put_double(x, row, column, style, rk_of(u32(p + 6))) : 0;
	case R_MULRK:
		return put_many(x, row, column, p + 4, n - 4);
	case R_FORMULA:
		return n >= 14 ? put_formula(x, row, column, style, p + 6) : 0;
	case R_LABEL:
	case R_RSTRING:
		return put_plain(x, row, column, at + 6, end);
	case R_BOOLERR:
		return n >= 8 ? put_bool_or_error(x, row, column, p[6], p[7] != 0) : 0;
	default:
		return 0;
	}
}

static int
merges_take(struct xls *x, const uint8_t *p, size_t n)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && n >= 2 && i < u16(p) && 2 + 8 * ((size_t)i + 1) <= n; i++) {
		const uint8_t *r = p + 2 + 8 * (size_t)i;
		struct jc_merge m = {
		    (int64_t)u16(r) + 1, (int64_t)u16(r + 2) + 1, u16(r + 4), u16(r + 6)};

		if (m.bottom >= m.top && m.right >= m.left)
			rc = jc_book_merge_add(x->book, x->book->nsheets - 1, &m, x->err);
	}
	return rc;
}

static int
sheet_record(struct xls *x, uint32_t type, size_t at, size_t end)
{
	const uint8_t *p = x->p + at;
	size_t n = end - at;

	if (type == R_STRING && x->awaits) {
		x->awaits = 0;
		return put_plain(x, x->row, x->column, at, end);
	}
	if (type == R_ROW && n >= 16 && (u16(p + 12) & 0x20) != 0)
		x->hidden[u16(p) >> 3] |= (uint8_t)(1 << (u16(p) & 7));
	else if (type == R_MERGED)
		return merges_take(x, p, n);
	else if (type == R_COLINFO && n >= 10 && (u16(p + 8) & 1) != 0)
		for (uint32_t i = u16(p); i <= u16(p + 2) && i < JC_SHEET_COLUMNS_MAX; i++)
			x->book->sheet[x->book->nsheets - 1].hidden_column[i] = 1;
	return cell_record(x, type, at, end);
}

/* ---- runs of records ---- */

/* From a BOF to its EOF; what is nested (charts) is stepped over. */
static int
run_read(
    struct xls *x, size_t at, int (*record)(struct xls *x, uint32_t type, size_t at, size_t end))
{
	int depth = 0, rc = 0;

	while (rc == 0 && at + 4 <= x->n) {
		uint32_t type = u16(x->p + at), n = u16(x->p + at + 2);

		at += 4;
		if (n > x->n - at)
			return damaged(x->err);
		if (type == R_BOF)
			depth++;
		else if (type == R_EOF && --depth <= 0)
			return 0;
		else if (depth == 1)
			rc = record(x, type, at, at + n);
		at += n;
	}
	return rc;
}

static int
sheet_read(struct xls *x, size_t at, size_t end)
{
	size_t from = u32(x->p + at);
	struct jc_buf name;
	int rc;

	if (end - at < 8 || x->p[at + 5] != 0 || from + 4 > x->n || u16(x->p + from) != R_BOF)
		return 0; /* a chart, a macro */
	jc_buf_init(&name, 4096);
	plain_text(x, at + 7, end, x->p[at + 6], &name);
	rc = jc_book_sheet_add(x->book, name.data != NULL ? name.data : "", x->err);
	jc_buf_free(&name);
	if (rc < 0)
		return rc;
	x->book->sheet[x->book->nsheets - 1].hidden = x->p[at + 4] != 0;
	memset(x->hidden, 0, sizeof(x->hidden));
	x->line = 0;
	x->awaits = 0;
	return run_read(x, from, sheet_record);
}

static int
bound_record(struct xls *x, uint32_t type, size_t at, size_t end)
{
	return type == R_BOUNDSHEET && end - at >= 8 ? sheet_read(x, at, end) : 0;
}

static int
stream_read(struct xls *x)
{
	int rc;

	if (x->n < 8 || u16(x->p) != R_BOF || u16(x->p + 4) != 0x0600)
		return damaged(x->err); /* of before 1997 */
	if ((rc = run_read(x, 0, global_record)) < 0 || (rc = run_read(x, 0, bound_record)) < 0)
		return rc;
	return x->book->nsheets == 0 ? damaged(x->err) : 0;
}

/* ---- the file ---- */

static int
has_stream(const char *p, size_t n, const char *name)
{
	const char *const names[] = {name, NULL};
	struct jc_buf out;
	int rc;

	jc_buf_init(&out, 2 * JC_CFB_STREAM_MAX);
	rc = jc_cfb_stream(&out, p, n, names, NULL);
	jc_buf_free(&out);
	return rc == 0;
}

static int
no_workbook(const char *p, size_t n, struct jc_err *err)
{
	if (has_stream(p, n, "EncryptedPackage"))
		return locked(err);
	if (has_stream(p, n, "WordDocument"))
		return jc_err_set(err, JC_EFORMAT, "sheet_xls", "%s",
		    JC_T("这是 Word 文档，不是表格；请把里面的表格复制到 WPS 表格里再用",
			"This is a Word document; copy its table into a spreadsheet"));
	return damaged(err);
}

int
jc_sheet_xls_read(struct jc_book *b, const char *p, size_t n, struct jc_err *err)
{
	static const char *const names[] = {"Workbook", NULL};
	struct jc_err here = {0};
	struct xls *x = jc_calloc(1, sizeof(*x));
	struct jc_buf stream;
	int rc;

	if (x == NULL)
		return JC_NOMEM(err, "sheet_xls");
	b->format = "xls";
	b->merges_known = 1;
	jc_buf_init(&stream, 2 * JC_CFB_STREAM_MAX);
	rc = jc_cfb_stream(&stream, p, n, names, &here);
	x->book = b;
	x->p = (const uint8_t *)stream.data;
	x->n = stream.len;
	x->err = err != NULL ? err : &here;
	if (rc == JC_ENOMEM)
		JC_NOMEM(err, "sheet_xls");
	else
		rc = rc < 0 || stream.len == 0 ? no_workbook(p, n, err) : stream_read(x);
	jc_free(x->shared);
	jc_free(x->format);
	jc_free(x->style);
	jc_free(x);
	jc_buf_free(&stream);
	return rc;
}
