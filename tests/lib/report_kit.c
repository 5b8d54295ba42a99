/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "report_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "out.h"

void
rep_run(struct rep *rep, struct test_node *t, const char *report, const char *period, const struct jc_report_ask *more)
{
	struct jc_report_ask ask = {0};
	struct jc_err err = {0};
	char today[11];

	if (more != NULL)
		ask = *more;
	ask.report = jc_report_find(report);
	assert_non_null(ask.report);
	jc_out_today(today, t->env);
	test_ok(jc_period_parse(&ask.period, period, today, &err), &err);
	test_ok(jc_report_make(&rep->r, t->node, &ask, &err), &err);
}

void
rep_free(struct rep *rep)
{
	jc_report_free(rep->r);
	rep->r = NULL;
}

int64_t
rep_n(const struct rep *rep, const char *table, const char *row, const char *column)
{
	int64_t v = 0;
	int has = 0;

	if (jc_report_value(rep->r, table, row, column, &v, &has) < 0)
		fail_msg("no cell %s/%s/%s", table, row, column);
	if (!has)
		fail_msg("%s/%s/%s is blank", table, row, column);
	return v;
}

int
rep_blank(const struct rep *rep, const char *table, const char *row, const char *column)
{
	const char *text = jc_report_text(rep->r, table, row, column);

	if (text == NULL)
		fail_msg("no cell %s/%s/%s", table, row, column);
	return text[0] == '\0';
}

void
rep_is(const struct rep *rep, const char *table, const char *row, const char *column, const char *text)
{
	const char *is = jc_report_text(rep->r, table, row, column);

	if (is == NULL)
		fail_msg("no cell %s/%s/%s", table, row, column);
	if (strcmp(is, text) != 0)
		fail_msg("%s/%s/%s is \"%s\", not \"%s\"", table, row, column, is, text);
}

size_t
rep_behind(struct test_node *t, const char *report, const char *period, const char *cell)
{
	struct jc_report_ask ask = {.cell = cell};
	const char *const *ids;
	struct rep rep;
	size_t n;

	rep_run(&rep, t, report, period, &ask);
	n = jc_report_ids(rep.r, &ids);
	for (size_t i = 0; i < n; i++) { /* each of them is a record */
		struct jc_record_key key;
		struct jc_err err = {0};

		test_ok(jc_record_find(t->node, 0, ids[i], &key, &err), &err);
	}
	rep_free(&rep);
	return n;
}
