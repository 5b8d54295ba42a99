/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Writing .xlsx: whole or not there, the same bytes for the same content, long texts cut and counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../agent/xlsx.h"

static const struct jc_xlsx_column columns[] = {
	{"序号", NULL, 0, 1},
	{"姓名", NULL, 12, 0},
	{"场次", "送岗位", 0, 0},
	{"人次", "送岗位", 0, 0},
	{"金额", NULL, 0, 0},
};

static void
sheet_fill(struct jc_xlsx *x)
{
	struct jc_err err = {0};
	struct jc_xlsx_cell cells[5] = {
	    jc_xlsx_int(1),
	    jc_xlsx_text("=1+1", 4),
	    jc_xlsx_int(3),
	    {.type = JC_XLSX_DECIMAL, .scale = 1, .number = 25},
	    {.type = JC_XLSX_MONEY, .number = 120050},
	};

	assert_int_equal(jc_xlsx_sheet(x, "四送/统计*", columns, 5, JC_XLSX_LANDSCAPE, &err), 0);
	assert_int_equal(jc_xlsx_title(x, "四送服务统计表", &err), 0);
	assert_int_equal(jc_xlsx_line(x, "数据截至2026-03-01", &err), 0);
	assert_int_equal(jc_xlsx_head(x, &err), 0);
	assert_int_equal(jc_xlsx_row(x, cells, 5, &err), 0);
	assert_int_equal(jc_xlsx_row(x, cells, 2, &err), 0);
	assert_int_equal(jc_xlsx_line(x, "", &err), 0);
	assert_int_equal(jc_xlsx_line(x, "填报人：", &err), 0);
}

static void
the_same_content_gives_the_same_bytes(void **state)
{
	struct jc_buf a, b;
	struct jc_err err = {0};
	struct jc_xlsx *x;

	(void)state;
	jc_buf_init(&a, 1 << 20);
	jc_buf_init(&b, 1 << 20);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(jc_xlsx_open(&x, NULL, 0, &err), 0);
		sheet_fill(x);
		sheet_fill(x); /* a second sheet of the same name gets one of its own */
		assert_int_equal(jc_xlsx_end(x, 1, i == 0 ? &a : &b, &err), 0);
		if (i == 0)
			sleep(1);
	}
	assert_true(a.len > 4000);
	assert_memory_equal(a.data, "PK\003\004", 4);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	jc_buf_free(&a);
	jc_buf_free(&b);
}

static void
a_file_is_whole_or_not_there(void **state)
{
	char path[256], part[270];
	struct jc_err err = {0};
	struct jc_xlsx *x;
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/jiceng-xlsx-%ld.xlsx", (long)getpid());
	snprintf(part, sizeof(part), "%s.part", path);
	for (int ok = 0; ok < 2; ok++) {
		assert_int_equal(jc_xlsx_open(&x, path, 0, &err), 0);
		sheet_fill(x);
		assert_int_not_equal(stat(path, &st), 0);
		assert_int_equal(jc_xlsx_end(x, ok, NULL, &err), 0);
		assert_int_equal(stat(path, &st), ok ? 0 : -1);
		assert_int_not_equal(access(part, F_OK), 0);
	}
	assert_int_equal(st.st_mode & 0777, 0600);
	unlink(path);
	assert_int_equal(jc_xlsx_open(&x, "/no/such/folder/x.xlsx", 0, &err), JC_EIO);
}

static void
long_texts_are_cut_and_counted(void **state)
{
	static char text[100000];
	struct jc_xlsx_column one = {"备注", NULL, 20, 0};
	struct jc_xlsx_cell cell;
	struct jc_err err = {0};
	struct jc_xlsx *x;

	(void)state;
	for (size_t i = 0; i + 3 <= sizeof(text); i += 3)
		memcpy(text + i, "会", 3);
	assert_int_equal(jc_xlsx_open(&x, NULL, 1, &err), 0);
	assert_int_equal(jc_xlsx_sheet(x, "", &one, 1, JC_XLSX_PLAIN, &err), 0);
	assert_int_equal(jc_xlsx_head(x, &err), 0);
	cell = jc_xlsx_text(text, 3 * 32767);
	assert_int_equal(jc_xlsx_row(x, &cell, 1, &err), 0);
	assert_int_equal(jc_xlsx_cut(x), 0);
	cell = jc_xlsx_text(text, 3 * 32768);
	assert_int_equal(jc_xlsx_row(x, &cell, 1, &err), 0);
	assert_int_equal(jc_xlsx_cut(x), 1);
	assert_int_equal(jc_xlsx_end(x, 1, NULL, &err), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_content_gives_the_same_bytes),
		cmocka_unit_test(a_file_is_whole_or_not_there),
		cmocka_unit_test(long_texts_are_cut_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
