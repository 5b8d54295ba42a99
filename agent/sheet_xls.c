/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * .xls through FreeXL, which is old and reads files, not memory. So nothing goes near it whose header and
 * sector tables do not fit the file; it gets a copy in a temporary file of its own. It gives dates as
 * texts (1904 counted in), and neither merged ranges nor hidden rows.
 */
#include <stdio.h>
#include <string.h>

#include <freexl.h>
#include <uv.h>

#include "../schema/schema_value.h"
#include "sheet.h"
#include "sheet_number.h"

#define SIZE_MAX_XLS ((size_t)128 << 20)
#define HEADER 512

static uint32_t
u16(const char *p)
{
	return (uint32_t)(uint8_t)p[0] | (uint32_t)(uint8_t)p[1] << 8;
}

static uint32_t
u32(const char *p)
{
	return u16(p) | u16(p + 2) << 16;
}

int
jc_sheet_xls_ok(const char *p, size_t n)
{
	uint32_t shift, sectors, fats;

	if (n < HEADER + 512 || n > SIZE_MAX_XLS || memcmp(p, "\320\317\021\340\241\261\032\341", 8) != 0)
		return 0;
	shift = u16(p + 30);
	if (u16(p + 28) != 0xFFFE || (u16(p + 26) != 3 && u16(p + 26) != 4) || shift != (u16(p + 26) == 3 ? 9 : 12) || u16(p + 32) != 6)
		return 0;
	sectors = (uint32_t)(((n + (1u << shift) - 1) >> shift) - 1);
	fats = u32(p + 44);
	if (fats == 0 || fats > sectors || u32(p + 48) >= sectors || u32(p + 64) > sectors || u32(p + 72) > sectors)
		return 0;
	for (uint32_t i = 0; i < 109 && i < fats; i++)
		if (u32(p + 76 + 4 * i) >= sectors)
			return 0;
	return 1;
}

/* A name of a stream of the compound file, as its directory writes it. */
static int
has_stream(const char *p, size_t n, const char *name)
{
	size_t k = strlen(name);

	for (size_t i = HEADER; i + 2 * k <= n; i += 128) {
		size_t j = 0;

		while (j < k && p[i + 2 * j] == name[j] && p[i + 2 * j + 1] == 0)
			j++;
		if (j == k)
			return 1;
	}
	return 0;
}

static int
refuse(const char *p, size_t n, struct jc_err *err)
{
	if (has_stream(p, n, "EncryptedPackage"))
		return jc_err_set(err, JC_EFORMAT, "sheet_xls", "%s",
		    JC_T("这个表格有密码，请在 WPS 或 Excel 里去掉密码，另存后再用", "This spreadsheet has a password; take it off and save it anew"));
	if (has_stream(p, n, "WordDocument"))
		return jc_err_set(err, JC_EFORMAT, "sheet_xls", "%s",
		    JC_T("这是 Word 文档，不是表格；请把里面的表格复制到 WPS 表格里再用", "This is a Word document; copy its table into a spreadsheet"));
	return 0;
}

static int
damaged(int code, struct jc_err *err)
{
	if (code == FREEXL_INSUFFICIENT_MEMORY)
		return JC_NOMEM(err, "sheet_xls");
	jc_err_set(err, JC_EFORMAT, "sheet_xls",
	    JC_T("这个 .xls 文件读不出来，请在 WPS 或 Excel 里打开，另存为 .xlsx 再用", "This .xls cannot be read; open it in WPS or Excel and save it as .xlsx"));
	return jc_err_cause(err, "freexl %d", code);
}

/* ---- cells ---- */

static int
put_double(struct jc_book *b, size_t column, double v, struct jc_err *err)
{
	char text[40];
	size_t from = b->text.len;

	snprintf(text, sizeof(text), "%.17g", v);
	if (!jc_sheet_number(&b->text, text, strlen(text)))
		return jc_book_cell_put(b, column, JC_CELL_ERROR, 0, 0, err); /* not a number, or infinite */
	return jc_book_cell_put(b, column, JC_CELL_NUMBER, (uint32_t)from, (uint32_t)(b->text.len - from), err);
}

/* "2016-03-05 00:00:00" without what says nothing. */
static int
put_time(struct jc_book *b, size_t column, const char *s, struct jc_err *err)
{
	size_t n = strlen(s);

	if (n >= 9 && strcmp(s + n - 9, " 00:00:00") == 0)
		n -= 9;
	else if (n >= 8 && s[n - 3] == ':' && s[n - 6] == ':')
		n -= 3;
	return jc_book_cell_add(b, column, JC_CELL_DATE, s, n, err);
}

static int
put_cell(struct jc_book *b, size_t column, const FreeXL_CellValue *v, struct jc_err *err)
{
	const char *s = v->value.text_value;

	switch (v->type) {
	case FREEXL_CELL_INT:
		return put_double(b, column, v->value.int_value, err);
	case FREEXL_CELL_DOUBLE:
		return put_double(b, column, v->value.double_value, err);
	case FREEXL_CELL_TEXT:
	case FREEXL_CELL_SST_TEXT:
		if (s == NULL || s[0] == '\0')
			return 0;
		if (!jc_utf8_ok(s, strlen(s)))
			return jc_book_cell_put(b, column, JC_CELL_ERROR, 0, 0, err);
		return jc_book_cell_add(b, column, JC_CELL_TEXT, s, strlen(s), err);
	case FREEXL_CELL_DATE:
	case FREEXL_CELL_DATETIME:
	case FREEXL_CELL_TIME:
		return s != NULL ? put_time(b, column, s, err) : 0;
	default:
		return 0;
	}
}

static int
rows_read(struct jc_book *b, const void *xls, struct jc_err *err)
{
	FreeXL_CellValue v;
	unsigned rows;
	unsigned short columns;
	int rc = 0;

	if (freexl_worksheet_dimensions(xls, &rows, &columns) != FREEXL_OK)
		return 0;
	for (unsigned r = 0; rc == 0 && r < rows; r++) {
		rc = jc_book_row_add(b, (int64_t)r + 1, err);
		for (unsigned short c = 0; rc == 0 && c < columns && c < JC_SHEET_COLUMNS_MAX; c++)
			if (freexl_get_cell_value(xls, r, c, &v) == FREEXL_OK)
				rc = put_cell(b, c, &v, err);
	}
	return rc < 0 ? rc : jc_buf_check(&b->text, "sheet_xls", err);
}

static int
sheets_read(struct jc_book *b, const void *xls, struct jc_err *err)
{
	unsigned info = 0, count = 0;
	const char *name;
	int rc = 0;

	if (freexl_get_info(xls, FREEXL_BIFF_PASSWORD, &info) == FREEXL_OK && info == FREEXL_BIFF_OBFUSCATED)
		return jc_err_set(err, JC_EFORMAT, "sheet_xls", "%s",
		    JC_T("这个表格有密码，请在 WPS 或 Excel 里去掉密码，另存后再用", "This spreadsheet has a password; take it off and save it anew"));
	if (freexl_get_info(xls, FREEXL_BIFF_DATEMODE, &info) == FREEXL_OK)
		b->date1904 = info == FREEXL_BIFF_DATEMODE_1904;
	if (freexl_get_info(xls, FREEXL_BIFF_SHEET_COUNT, &count) != FREEXL_OK || count == 0)
		return damaged(FREEXL_BIFF_WORKBOOK_NOT_FOUND, err);
	for (unsigned i = 0; rc == 0 && i < count && i < JC_BOOK_SHEETS_MAX; i++) {
		if (freexl_get_worksheet_name(xls, (unsigned short)i, &name) != FREEXL_OK || name == NULL ||
		    !jc_utf8_ok(name, strlen(name)))
			name = "";
		if (freexl_select_active_worksheet(xls, (unsigned short)i) != FREEXL_OK)
			continue;
		if ((rc = jc_book_sheet_add(b, name, err)) == 0)
			rc = rows_read(b, xls, err);
	}
	return rc;
}

/* ---- the file for the library ---- */

static int
copy_make(char path[4096], const char *p, size_t n, struct jc_err *err)
{
	char dir[3900];
	size_t room = sizeof(dir), done = 0;
	uv_fs_t req;
	int fd, rc = 0;

	if (uv_os_tmpdir(dir, &room) != 0)
		return jc_err_set(err, JC_EIO, "sheet_xls", JC_T("没有临时文件夹", "There is no folder for temporary files"));
	snprintf(path, 4096, "%s/jiceng-XXXXXX", dir);
	uv_fs_mkstemp(NULL, &req, path, NULL);
	if ((fd = (int)req.result) >= 0)
		snprintf(path, 4096, "%s", req.path);
	uv_fs_req_cleanup(&req);
	while (fd >= 0 && rc >= 0 && done < n) {
		uv_buf_t b = uv_buf_init((char *)(size_t)p + done, (unsigned)(n - done < 1u << 20 ? n - done : 1u << 20));

		uv_fs_write(NULL, &req, fd, &b, 1, -1, NULL);
		rc = (int)req.result;
		uv_fs_req_cleanup(&req);
		done += rc > 0 ? (size_t)rc : 0;
	}
	if (fd >= 0) {
		uv_fs_close(NULL, &req, fd, NULL);
		uv_fs_req_cleanup(&req);
	}
	return fd < 0 || rc < 0 ? jc_err_set(err, JC_EIO, "sheet_xls", JC_T("临时文件没有写成", "A temporary file could not be written")) : 0;
}

int
jc_sheet_xls_read(struct jc_book *b, const char *p, size_t n, struct jc_err *err)
{
	const void *xls = NULL;
	char path[4096] = "";
	uv_fs_t req;
	int rc;

	b->format = "xls";
	if ((rc = refuse(p, n, err)) < 0)
		return rc;
	if (!jc_sheet_xls_ok(p, n))
		return damaged(FREEXL_CRAFTED_FILE, err);
	if ((rc = copy_make(path, p, n, err)) == 0) {
		if ((rc = freexl_open(path, &xls)) != FREEXL_OK)
			rc = damaged(rc, err);
		else
			rc = sheets_read(b, xls, err);
		if (xls != NULL)
			freexl_close(xls);
	}
	if (path[0] != '\0') {
		uv_fs_unlink(NULL, &req, path, NULL);
		uv_fs_req_cleanup(&req);
	}
	return rc;
}
