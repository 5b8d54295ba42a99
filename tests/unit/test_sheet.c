/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Spreadsheets as they come: cells of every sort, dates of both systems, merged ranges, damage and bombs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../agent/sheet.h"
#include "../../agent/sheet_number.h"
#include "../../agent/xlsx.h"
#include "test_env.h"
#include "test_node.h"
#include "zip_kit.h"

static struct jc_book book;
static struct zip_kit kit;
static struct jc_err err;

static int
begin(void **state)
{
	(void)state;
	memset(&err, 0, sizeof(err));
	zip_kit_new(&kit);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	jc_book_free(&book);
	zip_kit_free(&kit);
	return 0;
}

static void
open_book(const char *sheet, const char *shared, const char *styles, int date1904)
{
	zip_kit_book(&kit, sheet, shared, styles, date1904);
	test_ok(jc_book_open(&book, kit.out.data, kit.out.len, &err), &err);
}

static void
cell_is(int64_t line, size_t column, enum jc_cell_kind kind, const char *want)
{
	const struct jc_sheet_row *row = jc_sheet_row_at(&book.sheet[0], line);
	struct jc_slice s;

	if (row == NULL)
		fail_msg("there is no row %lld", (long long)line);
	s = jc_book_cell(&book, row, column);
	if (!jc_slice_is(s, want) || jc_book_cell_kind(&book, row, column) != kind)
		fail_msg("cell %lld,%zu is %d \"%.*s\", not %d \"%s\"", (long long)line, column,
		    (int)jc_book_cell_kind(&book, row, column), (int)s.n, s.p, (int)kind, want);
}

static void
cells_of_every_sort_are_read(void **state)
{
	(void)state;
	open_book(
	    "<cols><col min=\"3\" max=\"4\" hidden=\"1\"/></cols><sheetData>"
	    "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c><c t=\"inlineStr\"><is><t>直接_x0041_写</t></is></c>"
	    "<c r=\"F2\" t=\"str\"><f>A2</f><v>算出的</v></c><c r=\"G2\" t=\"b\"><v>1</v></c><c r=\"H2\" t=\"e\"><v>#N/A</v></c>"
	    "<c r=\"I2\"><f>SUM(A1:A9)</f></c><c r=\"J2\"><v>0.30000000000000004</v></c></row>"
	    "<row r=\"5\" hidden=\"1\"><c r=\"B5\"><v>3.9999919690715E+17</v></c><c r=\"A5\"><v>13800000001</v></c></row>"
	    "<row><c r=\"A6\" s=\"1\"/></row></sheetData><mergeCells><mergeCell ref=\"A2:B2\"/></mergeCells>",
	    "<si><t>姓名</t></si><si><r><t>张</t></r><r><t xml:space=\"preserve\"> 三</t></r><rPh><t>zhang</t></rPh></si>",
	    NULL, 0);
	assert_string_equal(book.format, "xlsx");
	assert_string_equal(book.sheet[0].name, "名册");
	assert_int_equal(book.sheet[0].nrows, 2);
	cell_is(2, 0, JC_CELL_TEXT, "姓名");
	cell_is(2, 1, JC_CELL_EMPTY, "");
	cell_is(2, 2, JC_CELL_TEXT, "张 三");
	cell_is(2, 3, JC_CELL_TEXT, "直接A写");
	cell_is(2, 5, JC_CELL_TEXT, "算出的");
	cell_is(2, 6, JC_CELL_BOOL, "1");
	cell_is(2, 7, JC_CELL_ERROR, "#N/A");
	cell_is(2, 8, JC_CELL_LOST, "");
	cell_is(2, 9, JC_CELL_NUMBER, "0.3");
	cell_is(5, 0, JC_CELL_NUMBER, "13800000001");
	cell_is(5, 1, JC_CELL_NUMBER, "3.99999196907150E+17");
	assert_int_equal(book.sheet[0].hidden_rows, 1);
	assert_true(book.sheet[0].hidden_column[2] && book.sheet[0].hidden_column[3] &&
	    !book.sheet[0].hidden_column[4]);
	assert_non_null(jc_sheet_merge(&book.sheet[0], 2, 1));
	assert_null(jc_sheet_merge(&book.sheet[0], 2, 2));
}

static const char date_styles[] =
    "<numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"[$-804]yyyy\\-mm\\-dd hh:mm\"/><numFmt numFmtId=\"166\" formatCode=\"#,##0.00\"/></numFmts>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/>"
    "<xf numFmtId=\"20\"/></cellXfs>";
static const char date_sheet[] =
    "<sheetData><row r=\"1\"><c r=\"A1\" s=\"1\"><v>42434</v></c><c r=\"B1\" s=\"2\"><v>42434</v></c>"
    "<c r=\"C1\" s=\"3\"><v>42434.354166666664</v></c><c r=\"D1\" s=\"4\"><v>42434</v></c><c r=\"E1\" s=\"5\"><v>0.5</v></c>"
    "<c r=\"F1\" s=\"1\"><v>59</v></c><c r=\"G1\" s=\"1\"><v>61</v></c><c r=\"H1\" s=\"1\"><v>-3</v></c></row></sheetData>";

static void
dates_show_what_their_format_shows(void **state)
{
	(void)state;
	open_book(date_sheet, NULL, date_styles, 0);
	cell_is(1, 0, JC_CELL_DATE, "2016-03-05");
	cell_is(1, 1, JC_CELL_DATE, "2016-03");
	cell_is(1, 2, JC_CELL_DATE, "2016-03-05 08:30");
	cell_is(1, 3, JC_CELL_NUMBER, "42434");
	cell_is(1, 4, JC_CELL_DATE, "12:00");
	cell_is(1, 5, JC_CELL_DATE, "1900-02-28");
	cell_is(1, 6, JC_CELL_DATE, "1900-03-01");
	cell_is(1, 7, JC_CELL_NUMBER, "-3");
}

static void
dates_of_1904_are_four_years_later(void **state)
{
	(void)state;
	open_book(date_sheet, NULL, date_styles, 1);
	cell_is(1, 0, JC_CELL_DATE, "2020-03-06");
	cell_is(1, 1, JC_CELL_DATE, "2020-03");
}

static void
number_is(const char *typed, const char *want)
{
	struct jc_buf b;

	jc_buf_init(&b, 1000);
	if (!jc_sheet_number(&b, typed, strlen(typed)))
		jc_buf_puts(&b, "none");
	assert_string_equal(b.data, want);
	jc_buf_free(&b);
}

static void
numbers_keep_fifteen_figures(void **state)
{
	(void)state;
	number_is("0", "0");
	number_is("-0.0", "0");
	number_is("007", "7");
	number_is("1.50", "1.5");
	number_is("1.38E+10", "13800000000");
	number_is("1.2E-2", "0.012");
	number_is("-.5", "-0.5");
	number_is("99999999999999996", "1.00000000000000E+17");
	number_is("123456789012345", "123456789012345");
	number_is("399999196907150016", "3.99999196907150E+17");
	number_is("1E+17", "1.00000000000000E+17");
	number_is("2.9999999999999996", "3");
	number_is("12a", "none");
	number_is("", "none");
	number_is("1E", "none");
	number_is("1e999999999999", "none");
	assert_int_equal(jc_sheet_format_parts("General"), 0);
	assert_int_equal(jc_sheet_format_parts("h:mm AM/PM"), JC_DATE_TIME);
	assert_int_equal(jc_sheet_format_parts("[h]:mm:ss"), JC_DATE_TIME);
	assert_int_equal(jc_sheet_format_parts("\"month\"0"), 0);
	assert_int_equal(jc_sheet_format_parts("m\"月\"d\"日\""), JC_DATE_M | JC_DATE_D);
}

static void
what_we_write_we_read(void **state)
{
	static const char *const text[] = {
	    "=1+1", "张三 ", "'引号", "两\n行", "a_x0041_b", "<&>\"", "𠮷野", "00012"};
	struct jc_xlsx_column columns[8] = {{"甲", NULL, 0, 0}, {"乙", NULL, 0, 0},
	    {"丙", NULL, 0, 0}, {"丁", NULL, 0, 0}, {"戊", NULL, 0, 0}, {"己", NULL, 0, 0},
	    {"庚", NULL, 0, 0}, {"辛", NULL, 0, 0}};
	struct jc_xlsx_cell cells[8];
	struct jc_xlsx *x;
	struct jc_buf bytes;

	(void)state;
	for (int stream = 0; stream < 2; stream++) {
		jc_buf_init(&bytes, 1 << 20);
		for (size_t i = 0; i < 8; i++)
			cells[i] = jc_xlsx_text(text[i], strlen(text[i]));
		test_ok(jc_xlsx_open(&x, NULL, stream, &err), &err);
		test_ok(jc_xlsx_sheet(x, "表", columns, 8, JC_XLSX_PLAIN, &err), &err);
		test_ok(jc_xlsx_head(x, &err), &err);
		test_ok(jc_xlsx_row(x, cells, 8, &err), &err);
		cells[0] = (struct jc_xlsx_cell){.type = JC_XLSX_MONEY, .number = 120050};
		cells[1] = jc_xlsx_int(-7);
		cells[2] = (struct jc_xlsx_cell){.type = JC_XLSX_PERCENT, .number = 1234};
		test_ok(jc_xlsx_row(x, cells, 3, &err), &err);
		test_ok(jc_xlsx_end(x, 1, &bytes, &err), &err);
		test_ok(jc_book_open(&book, bytes.data, bytes.len, &err), &err);
		for (size_t i = 0; i < 8; i++)
			cell_is(2, i, JC_CELL_TEXT, text[i]);
		cell_is(3, 0, JC_CELL_NUMBER, "1200.5");
		cell_is(3, 1, JC_CELL_NUMBER, "-7");
		cell_is(3, 2, JC_CELL_NUMBER, "0.1234");
		jc_book_free(&book);
		jc_buf_free(&bytes);
	}
}

/* ---- what is refused ---- */

static void
refused(const char *p, size_t n, int code, const char *word)
{
	int rc = jc_book_open(&book, p, n, &err);

	if (rc != code || strstr(err.msg, word) == NULL)
		fail_msg("%d \"%s\", not %d \"%s\"", rc, err.msg, code, word);
	jc_book_free(&book);
}

static void
what_is_no_spreadsheet_is_named(void **state)
{
	static const char ole[1536] = "\320\317\021\340\241\261\032\341";

	(void)state;
	refused("%PDF-1.4 x", 10, JC_EFORMAT, "PDF");
	refused("\377\330\377\340abc", 7, JC_EFORMAT, "图片");
	refused("<html><table><tr>", 17, JC_EFORMAT, "网页");
	refused("<?xml version=\"1.0\"?><Workbook>", 31, JC_EFORMAT, "XML");
	refused("PK\003\004abcdefgh", 12, JC_EFORMAT, "损坏");
	refused(ole, sizeof(ole), JC_EFORMAT, ".xls");
	refused("a\0b\0\1\2", 6, JC_EFORMAT, "不是表格");
	refused("", 0, JC_EINVAL, "空的");
	zip_kit_puts(&kit, "word/document.xml", "<w/>");
	zip_kit_end(&kit);
	refused(kit.out.data, kit.out.len, JC_EFORMAT, "Word");
}

static void
bomb(const char *sheet, const char *shared, int code)
{
	int rc;

	zip_kit_free(&kit);
	zip_kit_new(&kit);
	zip_kit_book(&kit, sheet, shared, NULL, 0);
	rc = jc_book_open(&book, kit.out.data, kit.out.len, &err);
	if (rc != code)
		fail_msg("%d, not %d: %s", rc, code, err.msg);
	jc_book_free(&book);
}

static char *
many(const char *piece, size_t n, const char *before, const char *behind)
{
	size_t k = strlen(piece), b = strlen(before);
	char *s = malloc(b + n * k + strlen(behind) + 1);

	memcpy(s, before, b);
	for (size_t i = 0; i < n; i++)
		memcpy(s + b + i * k, piece, k);
	memcpy(s + b + n * k, behind, strlen(behind) + 1);
	return s;
}

static void
bombs_do_not_go_off(void **state)
{
	char *s;

	(void)state;
	s = many(" ", 40000000, "<sheetData>", "</sheetData>"); /* swells a thousandfold */
	bomb(s, NULL, JC_ELIMIT);
	free(s);
	s = many("<a>", 100, "", "");
	bomb(s, NULL, JC_ELIMIT);
	free(s);
	s = many("x", 5000000, "<a b=\"", "\"/>");
	bomb(s, NULL, JC_ELIMIT);
	free(s);
	bomb(
	    "<sheetData><row><c t=\"s\"><v>999999999999</v></c><c t=\"s\"><v>5</v></c></row></sheetData>",
	    "<si><t>a</t></si>", 0);
	bomb(
	    "<sheetData><row r=\"99999999\"><c r=\"ZZZZ1\"><v>1</v></c><c r=\"XFD1\"><v>2</v></c></row></sheetData>",
	    NULL, 0);
	bomb("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></row></sheetData>", NULL, JC_EFORMAT);
	zip_kit_free(&kit);
	zip_kit_new(&kit);
	zip_kit_puts(&kit, "xl/workbook.xml",
	    "<!DOCTYPE a [<!ENTITY b \"cccccccccc\">]><workbook>&b;</workbook>");
	zip_kit_end(&kit);
	refused(kit.out.data, kit.out.len, JC_EFORMAT, "损坏");
}

static void
damage_anywhere_is_an_error_or_harmless(void **state)
{
	uint64_t r = 7;

	(void)state;
	zip_kit_book(&kit, date_sheet, "<si><t>姓名</t></si>", date_styles, 0);
	for (int i = 0; i < 3000; i++) {
		size_t at = (size_t)(test_rand(&r) % kit.out.len);
		char was = kit.out.data[at];
		int rc;

		kit.out.data[at] = (char)test_rand(&r);
		rc = jc_book_open(&book, kit.out.data, kit.out.len, &err);
		if (rc != 0 && rc != JC_EFORMAT && rc != JC_ELIMIT && rc != JC_EINVAL)
			fail_msg("byte %zu: %d %s", at, rc, err.msg);
		jc_book_free(&book);
		kit.out.data[at] = was;
	}
	for (size_t n = 0; n < kit.out.len; n += 7) {
		assert_int_not_equal(jc_book_open(&book, kit.out.data, n, &err), 0);
		jc_book_free(&book);
	}
}

static void
text_becomes_a_sheet_with_its_lines(void **state)
{
	static const char csv[] =
	    "姓名\t电话\n\n张三\t13000000001\n\"没有关上\n李四\t13000000002\n";

	(void)state;
	test_ok(jc_book_open(&book, csv, strlen(csv), &err), &err);
	assert_string_equal(book.encoding, "UTF-8");
	cell_is(1, 1, JC_CELL_TEXT, "电话");
	cell_is(3, 0, JC_CELL_TEXT, "张三");
	assert_int_not_equal(jc_sheet_row_at(&book.sheet[0], 4)->bad_n, 0);
	cell_is(5, 0, JC_CELL_TEXT, "李四");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
	    T(cells_of_every_sort_are_read),
	    T(dates_show_what_their_format_shows),
	    T(dates_of_1904_are_four_years_later),
	    T(numbers_keep_fifteen_figures),
	    T(what_we_write_we_read),
	    T(what_is_no_spreadsheet_is_named),
	    T(bombs_do_not_go_off),
	    T(damage_anywhere_is_an_error_or_harmless),
	    T(text_becomes_a_sheet_with_its_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
