/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * At the desk: durable saves one by one (p50, p99) and a rebuild of the projection, each beside its
 * floor in the same run: one row of the same size inserted and committed with the same pragmas, and
 * the same number of rows inserted in one transaction.
 *
 *   bench_desk [SAVES]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "test_node.h"

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
line(const char *what, double *ms, int n, double *p50, double *p99)
{
	qsort(ms, (size_t)n, sizeof(*ms), cmp);
	*p50 = ms[n / 2];
	*p99 = ms[n * 99 / 100];
	printf("%-28s n=%d  p50 %.3f ms  p99 %.3f ms  max %.3f ms\n", what, n, *p50, *p99, ms[n - 1]);
}

static void
must(int rc, sqlite3 *db)
{
	if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(db));
		exit(1);
	}
}

/* One row of `bytes` in a transaction of its own. */
static void
floor_saves(const char *dir, double *ms, int n, int bytes)
{
	char path[400], *blob = calloc(1, (size_t)bytes);
	sqlite3_stmt *st;
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/floor.db", dir);
	must(sqlite3_open(path, &db), NULL);
	must(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(no INTEGER PRIMARY KEY, b BLOB)",
	         NULL, NULL, NULL), db);
	must(sqlite3_prepare_v2(db, "INSERT INTO t(b) VALUES(?1)", -1, &st, NULL), db);
	for (int i = 0; i < n; i++) {
		double t = now_ms();

		sqlite3_bind_blob(st, 1, blob, bytes, SQLITE_STATIC);
		must(sqlite3_step(st), db);
		must(sqlite3_reset(st), db);
		ms[i] = now_ms() - t;
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
	free(blob);
}

static double
floor_bulk(const char *dir, int n)
{
	char path[400];
	sqlite3_stmt *st;
	sqlite3 *db;
	double t;

	snprintf(path, sizeof(path), "%s/bulk.db", dir);
	must(sqlite3_open(path, &db), NULL);
	must(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(no INTEGER PRIMARY KEY,"
	                      " a TEXT, b TEXT, c TEXT, d TEXT, v BLOB) STRICT", NULL, NULL, NULL), db);
	t = now_ms();
	must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), db);
	must(sqlite3_prepare_v2(db, "INSERT INTO t(a, b, c, d, v) VALUES('王小青', '13000000001', '1', '主席', x'0102030405060708')",
	         -1, &st, NULL), db);
	for (int i = 0; i < n; i++) {
		must(sqlite3_step(st), db);
		must(sqlite3_reset(st), db);
	}
	sqlite3_finalize(st);
	must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), db);
	t = now_ms() - t;
	sqlite3_close(db);
	return t;
}

static void
saves(struct test_node *t, double *ms, int n)
{
	for (int i = 0; i < n; i++) {
		char phone[32];
		jc_id id = "";
		double at;

		snprintf(phone, sizeof(phone), "mobile=130000%05d", i % 100000);
		at = now_ms();
		test_set(t, "member", id, 0, "name=王小青", phone, "gender=女", "title=主席", NULL);
		ms[i] = now_ms() - at;
	}
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 10000;
	double *ms = calloc((size_t)n, sizeof(*ms)), p50, p99, f50, f99, t, bulk;
	struct test_node node;
	struct jc_err err = {0};

	test_node_new(&node, 1);
	test_ok(jc_node_init_branch(node.node, "青石镇工会", &err), &err);
	saves(&node, ms, n);
	line("save, durable", ms, n, &p50, &p99);
	floor_saves(node.dir, ms, n, 300);
	line("floor: one row, durable", ms, n, &f50, &f99);
	printf("ratio p50 %.2f  p99 %.2f\n", p50 / f50, p99 / f99);
	t = now_ms();
	test_ok(jc_project_rebuild(node.node->project, NULL, NULL, &err), &err);
	t = now_ms() - t;
	bulk = floor_bulk(node.dir, n);
	printf("rebuild %d drafts: %.1f ms (%.0f values/s)  floor bulk insert %.1f ms  ratio %.2f\n", n, t, 4000.0 * n / t, bulk,
	    t / bulk);
	test_node_free(&node);
	free(ms);
	return 0;
}
