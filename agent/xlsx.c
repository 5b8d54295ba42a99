/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "xlsx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>
#include <xlsxwriter.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_value.h"
#include "files.h"
#include "outfile.h"

#define CELL_MAX 32767          /* characters, as spreadsheets count them (UTF-16) */
#define NAME_MAX_CHARS 31
#define BYTES_MAX ((size_t)512 << 20)

enum look {
	LOOK_TITLE,
	LOOK_LINE,
	LOOK_HEAD,
	LOOK_TEXT,
	LOOK_CENTRED,
	LOOK_INT,
	LOOK_MONEY,
	LOOK_PERCENT,
	LOOK_DECIMAL, /* + digits behind the point, at most 9 */
	LOOKS = LOOK_DECIMAL + 10
};

struct jc_xlsx {
	char path[4096], part[4112];
	int keep; /* it has a path; else it is a temporary file whose bytes are asked for */
	int stream;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	int plain, nsheets;
	lxw_format *look[LOOKS][2][2]; /* [plain][bold], made when first used */
	const struct jc_xlsx_column *column;
	size_t ncolumns;
	lxw_row_t row;
	int64_t cut;
	struct jc_buf text;
};

/* ---- errors ---- */

static int
failed(struct jc_err *err, lxw_error code)
{
	if (code == LXW_ERROR_MEMORY_MALLOC_FAILED)
		return JC_NOMEM(err, "xlsx");
	jc_err_set(err, JC_EIO, "xlsx",
	    JC_T("表格文件没有写成，请检查磁盘是否已满",
		"The spreadsheet could not be written; check whether the disk is full"));
	return jc_err_cause(err, "%s", lxw_strerror(code));
}

static int
check(struct jc_err *err, lxw_error code)
{
	return code == LXW_NO_ERROR ? 0 : failed(err, code);
}

/* ---- files ---- */

static int
uv_result(uv_fs_t *req)
{
	int rc = (int)req->result;

	uv_fs_req_cleanup(req);
	return rc;
}

/* An empty file for its owner only; the library then writes into it. */
static int
part_make(struct jc_xlsx *x, const char *path, struct jc_err *err)
{
	char dir[3900];
	size_t n = sizeof(dir);
	uv_fs_t req;
	int fd;

	if (path != NULL) {
		if (strlen(path) >= sizeof(x->path))
			return jc_err_set(err, JC_ELIMIT, "xlsx",
			    JC_T("文件名太长", "The file's name is too long"));
		snprintf(x->path, sizeof(x->path), "%s", path);
		snprintf(x->part, sizeof(x->part), "%s.part", path);
		uv_fs_open(NULL, &req, x->part, UV_FS_O_WRONLY | UV_FS_O_CREAT | UV_FS_O_TRUNC,
		    0600, NULL);
		fd = uv_result(&req);
	} else {
		if (uv_os_tmpdir(dir, &n) != 0)
			return jc_err_set(err, JC_EIO, "xlsx",
			    JC_T("没有临时文件夹", "There is no folder for temporary files"));
		snprintf(x->part, sizeof(x->part), "%s/jiceng-XXXXXX", dir);
		uv_fs_mkstemp(NULL, &req, x->part, NULL);
		if ((fd = (int)req.result) >= 0)
			snprintf(x->part, sizeof(x->part), "%s", req.path);
		uv_fs_req_cleanup(&req);
	}
	if (fd < 0) {
		jc_err_set(err, JC_EIO, "xlsx",
		    JC_T("不能写 %s，请换一个位置", "%s cannot be written; choose another place"),
		    path != NULL ? path : x->part);
		return jc_err_cause(err, "%s: %s", x->part, uv_strerror(fd));
	}
	x->keep = path != NULL;
	uv_fs_close(NULL, &req, fd, NULL);
	return uv_result(&req) < 0 ? jc_err_code(err, JC_EIO, "xlsx") : 0;
}

static void
part_remove(struct jc_xlsx *x)
{
	uv_fs_t req;

	uv_fs_unlink(NULL, &req, x->part, NULL);
	uv_result(&req);
}

/* ---- looks ---- */

static void
look_number(lxw_format *f, enum look look)
{
	char form[24] = "0.";

	format_set_align(f, LXW_ALIGN_RIGHT);
	if (look == LOOK_INT)
		format_set_num_format(f, "0");
	else if (look == LOOK_MONEY)
		format_set_num_format(f, "#,##0.00");
	else if (look == LOOK_PERCENT)
		format_set_num_format(f, "0.00%");
	else {
		for (int i = 0; i < (int)look - LOOK_DECIMAL; i++)
			form[2 + i] = '0';
		format_set_num_format(f, look == LOOK_DECIMAL ? "0" : form);
	}
}

static void
look_body(const struct jc_xlsx *x, lxw_format *f, enum look look)
{
	if (!x->plain) {
		format_set_border(f, LXW_BORDER_THIN);
		format_set_text_wrap(f);
	}
	format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	if (look == LOOK_HEAD || look == LOOK_CENTRED)
		format_set_align(f, LXW_ALIGN_CENTER);
	if (look == LOOK_HEAD) {
		format_set_bold(f);
		format_set_bg_color(f, 0xEDEDED);
	}
	if (look <= LOOK_CENTRED)
		format_set_num_format(f, "@");
	else
		look_number(f, look);
}

static lxw_format *
look_get(struct jc_xlsx *x, enum look look, int bold)
{
	lxw_format **slot = &x->look[look][x->plain != 0][bold != 0];
	lxw_format *f;

	if (*slot != NULL)
		return *slot;
	if ((f = workbook_add_format(x->book)) == NULL)
		return NULL;
	format_set_font_name(f, look == LOOK_TITLE ? "黑体" : "宋体");
	format_set_font_size(f, look == LOOK_TITLE ? 16 : 11);
	if (bold)
		format_set_bold(f);
	if (look == LOOK_TITLE) {
		format_set_align(f, LXW_ALIGN_CENTER);
		format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
	} else if (look != LOOK_LINE) {
		look_body(x, f, look);
	} else {
		format_set_text_wrap(f);
		format_set_num_format(f, "@");
	}
	return *slot = f;
}

/* ---- texts ---- */

/* Cut to what a cell holds. */
static size_t
text_fit(struct jc_xlsx *x, const char *p, size_t n)
{
	size_t units = 0, i = 0;

	if (n <= CELL_MAX / 2)
		return n;
	while (i < n) {
		unsigned char c = (unsigned char)p[i];
		size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

		units += len == 4 ? 2 : 1;
		if (units > CELL_MAX) {
			x->cut++;
			return i;
		}
		i += len;
	}
	return n;
}

/* What spreadsheets would read as the escape of a character: _x0041_. */
static int
looks_escaped(const char *p, size_t n)
{
	if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
		return 0;
	for (int i = 2; i < 6; i++)
		if (strchr("0123456789abcdefABCDEF", p[i]) == NULL)
			return 0;
	return 1;
}

/* Characters that XML cannot hold are left out. */
static const char *
text_of(struct jc_xlsx *x, const char *p, size_t n)
{
	size_t fit = text_fit(x, p, n);

	jc_buf_reset(&x->text);
	for (size_t i = 0; i < fit; i++) {
		if (looks_escaped(p + i, fit - i))
			jc_buf_puts(&x->text, "_x005F");
		if ((unsigned char)p[i] >= 0x20 || p[i] == '\n' || p[i] == '\t')
			jc_buf_putc(&x->text, p[i]);
	}
	return x->text.data != NULL && !x->text.failed ? x->text.data : "";
}

static int
put_text(
    struct jc_xlsx *x, lxw_col_t col, const char *p, size_t n, lxw_format *f, struct jc_err *err)
{
	const char *s = text_of(x, p, n);
	int rc = jc_buf_check(&x->text, "xlsx", err);

	if (rc < 0)
		return rc;
	if (s[0] == '\0')
		return check(err, worksheet_write_blank(x->sheet, x->row, col, f));
	return check(err, worksheet_write_string(x->sheet, x->row, col, s, f));
}

/* ---- book and sheets ---- */

int
jc_xlsx_open(struct jc_xlsx **out, const char *path, int stream, struct jc_err *err)
{
	struct jc_xlsx *x = jc_calloc(1, sizeof(*x));
	lxw_workbook_options options = {.constant_memory = stream != 0};
	lxw_doc_properties properties = {
		.author = (char *)(size_t)"jiceng",
		.created = 946684800 /* a date of its own would change the bytes */
	};
	int rc;

	*out = NULL;
	if (x == NULL)
		return JC_NOMEM(err, "xlsx");
	jc_buf_init(&x->text, 4u << 20);
	x->stream = stream;
	if ((rc = part_make(x, path, err)) < 0) {
		jc_free(x);
		return rc;
	}
	x->book = workbook_new_opt(x->part, &options);
	if (x->book == NULL || workbook_set_properties(x->book, &properties) != LXW_NO_ERROR) {
		*out = x;
		jc_xlsx_end(x, 0, NULL, NULL);
		*out = NULL;
		return JC_NOMEM(err, "xlsx");
	}
	*out = x;
	return 0;
}

/* At most `room` characters of a name, without what spreadsheets refuse in one; `tail` behind it. */
static void
name_clean(char out[160], const char *name, size_t room, const char *tail)
{
	size_t n = 0, chars = 0;

	for (const char *p = name; *p != '\0' && n < 130; p++) {
		size_t len = ((unsigned char)*p & 0xC0) == 0x80 ? 0
		    : (unsigned char)*p >= 0xF0			? 2
								: 1;

		if (chars + len > room)
			break;
		chars += len;
		out[n++] = strchr("[]:*?/\\'", *p) != NULL ? ' ' : *p;
	}
	snprintf(out + n, 160 - n, "%s", tail);
}

/* A name that spreadsheets take: without []:*?/\, not over 31 characters, none twice. */
static void
sheet_name(const struct jc_xlsx *x, char out[160], const char *name)
{
	char tail[16];

	name_clean(out, name[0] != '\0' ? name : "Sheet", NAME_MAX_CHARS, "");
	for (int i = x->nsheets + 1;
	     workbook_get_worksheet_by_name(x->book, out) != NULL && i < 100000; i++) {
		snprintf(tail, sizeof(tail), "(%d)", i);
		name_clean(out, name, NAME_MAX_CHARS - strlen(tail), tail);
	}
}

static double
column_width(const struct jc_xlsx_column *c)
{
	size_t w = 0;

	if (c->width > 0)
		return c->width < 100 ? c->width : 100;
	for (const char *p = c->label; *p != '\0'; p++)
		if (((unsigned char)*p & 0xC0) != 0x80)
			w += (unsigned char)*p < 0x80 ? 1 : 2;
	return w < 6 ? 8 : w > 40 ? 42 : (double)w + 2;
}

static void
sheet_page(struct jc_xlsx *x, unsigned flags)
{
	worksheet_set_paper(x->sheet, 9); /* A4 */
	worksheet_set_margins(x->sheet, 2.0 / 2.54, 2.0 / 2.54, 2.5 / 2.54, 2.5 / 2.54);
	worksheet_fit_to_pages(x->sheet, 1, 0);
	worksheet_center_horizontally(x->sheet);
	worksheet_set_footer(x->sheet, JC_T("&C第&P页 共&N页", "&CPage &P of &N"));
	if (flags & JC_XLSX_LANDSCAPE)
		worksheet_set_landscape(x->sheet);
}

int
jc_xlsx_sheet(struct jc_xlsx *x, const char *name, const struct jc_xlsx_column *columns, size_t n,
    unsigned flags, struct jc_err *err)
{
	char clean[160];
	int rc = 0;

	if (n == 0 || n > JC_XLSX_COLUMNS_MAX)
		return jc_err_set(err, JC_ELIMIT, "xlsx",
		    JC_T("一张表最多%d列", "A sheet has at most %d columns"), JC_XLSX_COLUMNS_MAX);
	sheet_name(x, clean, name);
	if ((x->sheet = workbook_add_worksheet(x->book, clean)) == NULL)
		return JC_NOMEM(err, "xlsx");
	x->nsheets++;
	x->plain = (flags & JC_XLSX_PLAIN) != 0;
	x->column = columns;
	x->ncolumns = n;
	x->row = 0;
	sheet_page(x, flags);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = check(err,
		    worksheet_set_column(
			x->sheet, (lxw_col_t)i, (lxw_col_t)i, column_width(&columns[i]), NULL));
	return rc;
}

/* ---- rows ---- */

static int
row_full(const struct jc_xlsx *x, struct jc_err *err)
{
	if (x->row + 2 < JC_XLSX_ROWS_MAX)
		return 0;
	return jc_err_set(err, JC_ELIMIT, "xlsx",
	    JC_T("一张表放不下这么多行，请分开导出",
		"A sheet cannot hold that many rows; split the export"));
}

static int
line_put(struct jc_xlsx *x, const char *text, enum look look, struct jc_err *err)
{
	lxw_format *f = look_get(x, look, 0);
	int rc;

	if (f == NULL)
		return JC_NOMEM(err, "xlsx");
	if ((rc = row_full(x, err)) < 0)
		return rc;
	if (look == LOOK_TITLE)
		worksheet_set_row(x->sheet, x->row, 30, NULL);
	if (text[0] != '\0' && x->ncolumns > 1)
		rc = check(err,
		    worksheet_merge_range(x->sheet, x->row, 0, x->row, (lxw_col_t)(x->ncolumns - 1),
			text_of(x, text, strlen(text)), f));
	else if (text[0] != '\0')
		rc = put_text(x, 0, text, strlen(text), f, err);
	x->row++;
	return rc;
}

int
jc_xlsx_title(struct jc_xlsx *x, const char *text, struct jc_err *err)
{
	return line_put(x, text, LOOK_TITLE, err);
}

int
jc_xlsx_line(struct jc_xlsx *x, const char *text, struct jc_err *err)
{
	return line_put(x, text, LOOK_LINE, err);
}

/* Columns from `i` on that stand under one group. */
static size_t
group_width(const struct jc_xlsx *x, size_t i)
{
	size_t n = 1;

	while (i + n < x->ncolumns && x->column[i + n].group != NULL &&
	    strcmp(x->column[i + n].group, x->column[i].group) == 0)
		n++;
	return n;
}

static int
head_groups(struct jc_xlsx *x, lxw_format *f, struct jc_err *err)
{
	int rc = 0;

	for (size_t i = 0, n; rc == 0 && i < x->ncolumns; i += n) {
		const struct jc_xlsx_column *c = &x->column[i];
		lxw_col_t at = (lxw_col_t)i;

		n = c->group != NULL ? group_width(x, i) : 1;
		if (c->group == NULL)
			rc = check(err, worksheet_merge_range(x->sheet, x->row, at, x->row + 1, at,
			    text_of(x, c->label, strlen(c->label)), f));
		else if (n == 1)
			rc = put_text(x, at, c->group, strlen(c->group), f, err);
		else
			rc = check(err,
			    worksheet_merge_range(x->sheet, x->row, at, x->row,
				(lxw_col_t)(i + n - 1), text_of(x, c->group, strlen(c->group)), f));
	}
	x->row++;
	return rc;
}

int
jc_xlsx_head(struct jc_xlsx *x, struct jc_err *err)
{
	lxw_format *f = look_get(x, LOOK_HEAD, 0);
	lxw_row_t first = x->row;
	int groups = 0, rc = 0;

	if (f == NULL)
		return JC_NOMEM(err, "xlsx");
	for (size_t i = 0; i < x->ncolumns; i++)
		groups |= x->column[i].group != NULL;
	if (groups && x->stream)
		return jc_err_code(err, JC_EINTERNAL, "xlsx");
	if (groups)
		rc = head_groups(x, f, err);
	for (size_t i = 0; rc == 0 && i < x->ncolumns; i++)
		if (!groups || x->column[i].group != NULL)
			rc = put_text(x, (lxw_col_t)i, x->column[i].label,
			    strlen(x->column[i].label), f, err);
	worksheet_repeat_rows(x->sheet, first, x->row);
	worksheet_freeze_panes(x->sheet, x->row + 1, 0);
	x->row++;
	return rc;
}

static double
power(unsigned scale)
{
	double p = 1;

	while (scale-- > 0)
		p *= 10;
	return p;
}

static int
cell_put(struct jc_xlsx *x, size_t i, const struct jc_xlsx_cell *c, struct jc_err *err)
{
	static const enum look looks[] = {
	    LOOK_TEXT, LOOK_INT, LOOK_DECIMAL, LOOK_MONEY, LOOK_PERCENT};
	static const uint8_t scales[] = {0, 0, 0, 2, 4};
	unsigned scale =
	    c->type == JC_XLSX_DECIMAL ? (c->scale < 9 ? c->scale : 9) : scales[c->type];
	enum look look = looks[c->type];
	lxw_format *f;

	if (look == LOOK_DECIMAL)
		look = (enum look)(LOOK_DECIMAL + scale);
	if (look == LOOK_TEXT && x->column[i].centred)
		look = LOOK_CENTRED;
	if ((f = look_get(x, look, c->bold)) == NULL)
		return JC_NOMEM(err, "xlsx");
	if (c->blank || c->type == JC_XLSX_TEXT)
		return put_text(x, (lxw_col_t)i, c->text.p, c->blank ? 0 : c->text.n, f, err);
	return check(err,
	    worksheet_write_number(
		x->sheet, x->row, (lxw_col_t)i, (double)c->number / power(scale), f));
}

int
jc_xlsx_row(struct jc_xlsx *x, const struct jc_xlsx_cell *cells, size_t n, struct jc_err *err)
{
	static const struct jc_xlsx_cell none = {.blank = 1, .text = {"", 0}};
	int rc = row_full(x, err);

	for (size_t i = 0; rc == 0 && i < x->ncolumns; i++)
		if (i < n || !x->plain)
			rc = cell_put(x, i, i < n ? &cells[i] : &none, err);
	x->row++;
	return rc;
}

int64_t
jc_xlsx_cut(const struct jc_xlsx *x)
{
	return x->cut;
}

/* ---- the end ---- */

static int
bytes_take(const struct jc_xlsx *x, struct jc_buf *bytes, struct jc_err *err)
{
	uv_fs_t req;
	size_t n;
	char *p;
	int rc;

	uv_fs_stat(NULL, &req, x->part, NULL);
	n = req.result == 0 ? (size_t)req.statbuf.st_size : 0;
	uv_fs_req_cleanup(&req);
	if (n > BYTES_MAX)
		return jc_err_code(err, JC_ELIMIT, "xlsx");
	if ((rc = jc_files_read(&p, &n, x->part, n, err)) < 0)
		return rc;
	jc_buf_put(bytes, p, n);
	free(p);
	return jc_buf_check(bytes, "xlsx", err);
}

int
jc_xlsx_end(struct jc_xlsx *x, int ok, struct jc_buf *bytes, struct jc_err *err)
{
	int rc = 0;

	if (x->book != NULL && ok)
		rc = check(err, workbook_close(x->book));
	else if (x->book != NULL)
		lxw_workbook_free(x->book);
	if (ok && rc == 0)
		rc = x->keep	    ? jc_outfile_place(x->part, x->path, err)
		    : bytes != NULL ? bytes_take(x, bytes, err)
				    : 0;
	if (!ok || rc < 0 || !x->keep)
		part_remove(x);
	jc_buf_free(&x->text);
	jc_free(x);
	return rc;
}
