/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Short ways to ask a report for a number in tests; what fails fails the test with its sentence. */
#ifndef JC_TESTS_LIB_REPORT_KIT_H
#define JC_TESTS_LIB_REPORT_KIT_H

#include "report.h"
#include "test_node.h"

struct rep {
	struct jc_report_result *r;
};

/* Runs a report over a period ("2026Q1"); the question may be NULL. Freed with rep_free. */
void rep_run(struct rep *rep, struct test_node *t, const char *report, const char *period, const struct jc_report_ask *more);
void rep_free(struct rep *rep);

/* A number; fails when there is no such cell or it is blank. */
int64_t rep_n(const struct rep *rep, const char *table, const char *row, const char *column);
/* 1 when the cell is blank. */
int rep_blank(const struct rep *rep, const char *table, const char *row, const char *column);
/* Compares the text of a cell. */
void rep_is(const struct rep *rep, const char *table, const char *row, const char *column, const char *text);
/* How many records stand behind a number ("TABLE/ROW/COLUMN"), asked anew. */
size_t rep_behind(struct test_node *t, const char *report, const char *period, const char *cell);

#endif
