/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A roster of 5,000 rows and 20 columns as .xlsx: preview and import, each beside its floor in the same
 * run: inflating and parsing the file's parts, and the same texts inserted as rows of one SQLite table in
 * one transaction. Both are made up.
 *
 *   bench_import [ROWS]
 *
 * Then a roster with a set column, of ROWS and of four times as many, imported, again, and changed all over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "../../agent/export.h"
#include "../../agent/import.h"
#include "../../agent/xlsx.h"
#include "../../agent/xml.h"
#include "../../agent/zip_read.h"
#include "test_node.h"

#define COLUMNS 20

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The text of a cell; the national layout in its order. */
static void
cell_text(char out[64], int row, int column)
{
	static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	static const char *const fixed[] = {"", "", "", "", "汉", "在岗", "居民身份证", "", "大专",
	    "无", "", "农业", "试验县石桥镇", "入会", "", "", "群众", "柳湾村合作社", "试验县",
	    "是"};
	int year = 1960 + row % 45, sum = 0;

	snprintf(out, 64, "%s", fixed[column]);
	if (column == 0)
		snprintf(out, 64, "%d", row + 1);
	else if (column == 1)
		snprintf(out, 64, "会员%05d号", row);
	else if (column == 2)
		snprintf(out, 64, "%s", row % 2 ? "男" : "女");
	else if (column == 3)
		snprintf(out, 64, "%04d-%02d-%02d", year, 1 + row % 12, 1 + row % 28);
	else if (column == 10)
		snprintf(out, 64, "130%08d", row);
	else if (column == 14)
		snprintf(out, 64, "2020-01-%02d", 1 + row % 28);
	if (column != 7)
		return;
	snprintf(out, 64, "399999%04d%02d%02d%03d", year, 1 + row % 12, 1 + row % 28,
	    (row / 45 * 2 + row % 2) % 1000);
	for (int i = 0; i < 17; i++)
		sum += (out[i] - '0') * weight[i];
	out[17] = "10X98765432"[sum % 11];
	out[18] = '\0';
}

static void
roster_make(struct jc_buf *bytes, int rows)
{
	const char *const *header = jc_export_layout("national")->header;
	struct jc_xlsx_column columns[COLUMNS] = {{0}};
	struct jc_xlsx_cell cells[COLUMNS];
	char text[COLUMNS][64];
	struct jc_err err = {0};
	struct jc_xlsx *x;

	for (int i = 0; i < COLUMNS; i++)
		columns[i].label = header[i];
	test_ok(jc_xlsx_open(&x, NULL, 1, &err), &err);
	test_ok(jc_xlsx_sheet(x, "名册", columns, COLUMNS, JC_XLSX_PLAIN, &err), &err);
	test_ok(jc_xlsx_head(x, &err), &err);
	for (int r = 0; r < rows; r++) {
		for (int i = 0; i < COLUMNS; i++) {
			cell_text(text[i], r, i);
			cells[i] = jc_xlsx_text(text[i], strlen(text[i]));
		}
		test_ok(jc_xlsx_row(x, cells, COLUMNS, &err), &err);
	}
	test_ok(jc_xlsx_end(x, 1, bytes, &err), &err);
}

static int
count_text(void *arg, const char *p, size_t n)
{
	(void)p;
	*(size_t *)arg += n;
	return 0;
}

static int
feed(void *arg, const char *p, size_t n)
{
	return jc_xml_feed(arg, p, n, 0, NULL);
}

/* Inflating and parsing the sheet, nothing kept. */
static double
floor_read(const struct jc_buf *bytes)
{
	static const struct jc_xml_on on = {.text = count_text};
	struct jc_zip_read *z;
	struct jc_err err = {0};
	struct jc_xml *x;
	size_t n = 0;
	double t = now_ms();

	test_ok(jc_zip_read_open(&z, bytes->data, bytes->len, &err), &err);
	test_ok(jc_xml_open(&x, &on, &n, &err), &err);
	test_ok(jc_zip_read_each(z, "xl/worksheets/sheet1.xml", feed, x, &err), &err);
	jc_xml_close(x);
	jc_zip_read_close(z);
	return now_ms() - t;
}

static double
floor_insert(const char *dir, int rows)
{
	char path[400], text[64];
	sqlite3_stmt *st;
	sqlite3 *db;
	double t;

	snprintf(path, sizeof(path), "%s/floor.db", dir);
	sqlite3_open(path, &db);
	sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
	    "CREATE TABLE t(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,u)", NULL, NULL, NULL);
	t = now_ms();
	sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	sqlite3_prepare_v2(
	    db, "INSERT INTO t VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &st, NULL);
	for (int r = 0; r < rows; r++) {
		for (int i = 0; i < COLUMNS; i++) {
			cell_text(text, r, i);
			sqlite3_bind_text(st, i + 1, text, -1, SQLITE_TRANSIENT);
		}
		sqlite3_step(st);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	t = now_ms() - t;
	sqlite3_close(db);
	remove(path);
	return t;
}

static int
quiet(void *arg, const char *word, int64_t done, int64_t total)
{
	(void)word;
	(void)done;
	(void)total;
	++*(int64_t *)arg;
	return 0;
}

static double
import_once(struct test_node *t, const struct jc_buf *bytes, int dry_run, int64_t *steps)
{
	struct jc_cmd_run run = {.node = t->node, .env = t->env};
	struct jc_import_options o = {.run = &run,
	    .name = bytes->len > 2 && bytes->data[0] == 'P' ? "roster.xlsx" : "roster.csv",
	    .dry_run = dry_run,
	    .progress = quiet,
	    .arg = steps};
	struct jc_import_report r;
	struct jc_err err = {0};
	double at = now_ms();

	test_ok(jc_import_bytes(&r, &o, bytes->data, bytes->len, &err), &err);
	at = now_ms() - at;
	printf("  %lld rows: %lld new, %lld changed, %lld same, %zu left out\n", (long long)r.rows,
	    (long long)r.added, (long long)r.changed, (long long)r.same, json_array_size(r.bad));
	jc_import_report_free(&r);
	return at;
}

/* A short roster with a column of several posts; in another round everybody has other posts and another job. */
static void
posts_make(struct jc_buf *out, int rows, int round)
{
	static const char *const posts[][3] = {{"委员", "组长", "委员、组长"}, {"组长、代表", "代表", "委员、代表"}};
	char number[64];

	jc_buf_reset(out);
	jc_buf_puts(out, "\xef\xbb\xbf姓名,证件号码,移动电话,职务,工种\n");
	for (int r = 0; r < rows; r++) {
		cell_text(number, r, 7);
		jc_buf_putf(out, "会员%05d号,%s,130%08d,%s,%s\n", r, number, r, posts[round][r % 3], round ? "焊工" : "电工");
	}
}

/* What a corrected file costs: every row is read, compared and changed inside one transaction. */
static void
posts_bench(int rows)
{
	struct jc_buf bytes;
	struct test_node t;
	struct jc_err err = {0};
	double first, same, other;
	int64_t steps = 0;

	test_node_new(&t, 4);
	test_ok(jc_node_init_branch(t.node, "青石镇工会", &err), &err);
	jc_buf_init(&bytes, (size_t)1 << 30);
	posts_make(&bytes, rows, 0);
	first = import_once(&t, &bytes, 0, &steps);
	same = import_once(&t, &bytes, 0, &steps);
	posts_make(&bytes, rows, 1);
	other = import_once(&t, &bytes, 0, &steps);
	printf("with a set column, %d rows: first %.0f ms, the same again %.0f ms, all changed %.0f ms (%.1f x the first)\n", rows, first,
	    same, other, other / first);
	jc_buf_free(&bytes);
	test_node_free(&t);
}

int
main(int argc, char **argv)
{
	int rows = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 5000;
	struct jc_buf bytes;
	struct test_node t;
	struct jc_err err = {0};
	double read, insert, preview, write, again;
	int64_t steps = 0;

	test_node_new(&t, 3);
	test_ok(jc_node_init_branch(t.node, "青石镇工会", &err), &err);
	jc_buf_init(&bytes, (size_t)1 << 30);
	roster_make(&bytes, rows);
	read = floor_read(&bytes);
	insert = floor_insert(t.dir, rows);
	preview = import_once(&t, &bytes, 1, &steps);
	write = import_once(&t, &bytes, 0, &steps);
	again = import_once(&t, &bytes, 0, &steps);
	printf("roster of %d rows, %zu bytes of .xlsx, progress told %lld times\n", rows, bytes.len,
	    (long long)steps);
	printf("floor: read %.0f ms, insert %.0f ms\n", read, insert);
	printf("preview %.0f ms (%.1f x the floor of both; goal 2,000 ms for 5,000)\n", preview,
	    preview / (read + insert));
	printf("import  %.0f ms (%.1f x the floor of both; goal 3,000 ms for 5,000)\n", write,
	    write / (read + insert));
	printf("again   %.0f ms, all the same\n", again);
	jc_buf_free(&bytes);
	test_node_free(&t);
	posts_bench(rows);
	posts_bench(rows * 4);
	return 0;
}
