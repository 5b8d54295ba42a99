/* SPDX-License-Identifier: MulanPSL-2.0 */
/* CSV as people save it, and as we write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../agent/csv.h"
#include "test_env.h"

static void
open_csv(struct jc_csv *c, const char *text)
{
	jc_csv_init(c, text, strlen(text));
}

static void
cell_is(const struct jc_csv *c, size_t i, const char *want)
{
	struct jc_slice s = jc_csv_cell(c, i);

	if (s.n != strlen(want) || memcmp(s.p, want, s.n) != 0)
		fail_msg("cell %zu is \"%.*s\", not \"%s\"", i, (int)s.n, s.p, want);
}

static void
quotes_commas_and_line_breaks_inside_cells_are_read(void **state)
{
	struct jc_csv c;

	(void)state;
	open_csv(&c, "a,\"b,c\",\"say \"\"hi\"\"\"\r\n\"two\nlines\", \"x\" ,\r\nlast");
	assert_int_equal(jc_csv_next(&c, NULL), 1);
	assert_int_equal(c.cells, 3);
	cell_is(&c, 0, "a");
	cell_is(&c, 1, "b,c");
	cell_is(&c, 2, "say \"hi\"");
	assert_int_equal(c.line, 1);
	assert_int_equal(jc_csv_next(&c, NULL), 1);
	assert_int_equal(c.cells, 3);
	cell_is(&c, 0, "two\nlines");
	cell_is(&c, 1, "x ");
	cell_is(&c, 2, "");
	cell_is(&c, 9, "");
	assert_int_equal(c.line, 2);
	assert_int_equal(jc_csv_next(&c, NULL), 1);
	cell_is(&c, 0, "last");
	assert_int_equal(c.line, 4);
	assert_int_equal(jc_csv_next(&c, NULL), 0);
	jc_csv_free(&c);
}

static void
a_quote_that_is_never_closed_costs_one_line(void **state)
{
	struct jc_err err = {0};
	struct jc_csv c;

	(void)state;
	open_csv(&c, "a,b\n\"never closed,x\nc,d\n");
	assert_int_equal(jc_csv_next(&c, &err), 1);
	assert_int_equal(jc_csv_next(&c, &err), JC_EFORMAT);
	assert_non_null(strstr(err.msg, "引号"));
	assert_int_equal(c.line, 2);
	assert_int_equal(jc_csv_next(&c, &err), 1);
	cell_is(&c, 0, "c");
	cell_is(&c, 1, "d");
	assert_int_equal(c.line, 3);
	assert_int_equal(jc_csv_next(&c, &err), 0);
	jc_csv_free(&c);
}

static void
tabs_and_semicolons_are_seen_as_separators(void **state)
{
	struct jc_csv c;

	(void)state;
	open_csv(&c, "姓名\t性别\t单位\n王小青\t女\t甲,乙\n");
	assert_int_equal(c.sep, '\t');
	assert_int_equal(jc_csv_next(&c, NULL), 1);
	assert_int_equal(jc_csv_next(&c, NULL), 1);
	cell_is(&c, 2, "甲,乙");
	jc_csv_free(&c);
	open_csv(&c, "a;b;c\r1;2;3\r");
	assert_int_equal(jc_csv_next(&c, NULL), 1);
	assert_int_equal(c.cells, 3);
	assert_int_equal(jc_csv_next(&c, NULL), 1);
	cell_is(&c, 2, "3");
	assert_int_equal(jc_csv_next(&c, NULL), 0);
	jc_csv_free(&c);
}

static void
a_formula_is_written_so_that_no_spreadsheet_runs_it(void **state)
{
	static const char *const dangerous[] = {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", "'=1", "''@x"};
	static const char *const harmless[] = {"-12.50", "+8", "甲=乙", "'name", "", "a@b"};
	struct jc_buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(dangerous) / sizeof(dangerous[0]); i++) {
		jc_buf_init(&b, 1000);
		jc_csv_put(&b, dangerous[i], strlen(dangerous[i]), 1);
		assert_memory_equal(b.data, "\"'", 2);
		jc_buf_free(&b);
	}
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		jc_buf_init(&b, 1000);
		jc_csv_put(&b, harmless[i], strlen(harmless[i]), 1);
		assert_string_equal(b.data != NULL ? b.data : "", harmless[i]);
		jc_buf_free(&b);
	}
}

/* What comes out of a small alphabet of awkward characters comes back, cell by cell. */
static void
whatever_is_written_is_read_back_the_same(void **state)
{
	static const char *const bit[] = {"=", "+", "-", "@", "'", "\"", ",", ";", "\t", "\n", "\r\n", "1", "甲", " ", "𠮷"};
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char cell[4][64];
		struct jc_buf b;
		struct jc_csv c;
		size_t cells = 1 + test_rand(&seed) % 4;

		jc_buf_init(&b, 10000);
		for (size_t i = 0; i < cells; i++) {
			size_t n = test_rand(&seed) % 8;

			cell[i][0] = '\0';
			for (size_t k = 0; k < n; k++)
				strcat(cell[i], bit[test_rand(&seed) % (sizeof(bit) / sizeof(bit[0]))]);
			jc_csv_put(&b, cell[i], strlen(cell[i]), i == 0);
		}
		jc_csv_end(&b);
		jc_csv_init(&c, b.data, b.len);
		c.sep = ',';
		assert_int_equal(jc_csv_next(&c, NULL), 1);
		assert_int_equal(c.cells, cells);
		for (size_t i = 0; i < cells; i++)
			cell_is(&c, i, cell[i]);
		assert_int_equal(jc_csv_next(&c, NULL), 0);
		jc_csv_free(&c);
		jc_buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_commas_and_line_breaks_inside_cells_are_read),
		cmocka_unit_test(a_quote_that_is_never_closed_costs_one_line),
		cmocka_unit_test(tabs_and_semicolons_are_seen_as_separators),
		cmocka_unit_test(a_formula_is_written_so_that_no_spreadsheet_runs_it),
		cmocka_unit_test(whatever_is_written_is_read_back_the_same),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
