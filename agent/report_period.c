/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Periods as people say them: a year, a quarter, a month, half a year, a day, or two days. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

#define WHERE "period"

static int
month_days(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 29 : days[m - 1];
}

static int
refused(const char *typed, struct jc_err *err)
{
	return jc_err_set(err, JC_EINVAL, WHERE,
	    JC_T("“%.40s”不是时段；写 2026、2026-03、2026Q1、2026H1，或用 --from、--to 写两个日期",
	        "\"%.40s\" is no period; write 2026, 2026-03, 2026Q1, 2026H1, or two days with --from and --to"),
	    typed);
}

static void
day_put(char out[11], int y, int m, int d)
{
	char text[40];

	snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
	memcpy(out, text, 10);
	out[10] = '\0';
}

static void
months_set(struct jc_period *p, int y, int first, int last)
{
	day_put(p->from, y, first, 1);
	day_put(p->to, y, last, month_days(y, last));
}

/* YYYY-MM-DD of a day that exists. */
static int
day_ok(const char *s)
{
	int y, m, d, end = 0;

	return strlen(s) == 10 && sscanf(s, "%4d-%2d-%2d%n", &y, &m, &d, &end) == 3 && end == 10 && y >= 1900 && y <= 2199 && m >= 1 &&
	    m <= 12 && d >= 1 && d <= month_days(y, m) && strspn(s, "0123456789-") == 10;
}

static void
label_set(struct jc_period *p, const char *typed, int y, char part, int n)
{
	static const char *const halves[] = {"上半年", "下半年"};

	if (jc_lang_get() == JC_LANG_EN)
		snprintf(p->label, sizeof(p->label), "%.40s", typed);
	else if (part == 'Q')
		snprintf(p->label, sizeof(p->label), "%d年第%d季度", y, n);
	else if (part == 'H')
		snprintf(p->label, sizeof(p->label), "%d年%s", y, halves[n - 1]);
	else if (part == 'M')
		snprintf(p->label, sizeof(p->label), "%d年%d月", y, n);
	else
		snprintf(p->label, sizeof(p->label), "%d年", y);
}

int
jc_period_parse(struct jc_period *out, const char *typed, const char *today, struct jc_err *err)
{
	int y, n = 0, end = 0;
	char part = 'Y';

	memset(out, 0, sizeof(*out));
	if (typed == NULL)
		return jc_period_days(out, NULL, NULL, today, err);
	if (day_ok(typed))
		return jc_period_days(out, typed, typed, today, err);
	if (strspn(typed, "0123456789") < 4 || sscanf(typed, "%4d%n", &y, &end) != 1 || end != 4 || y < 1900 || y > 2199)
		return refused(typed, err);
	typed += 4;
	if (typed[0] == '-' && strlen(typed) == 3 && strspn(typed + 1, "0123456789") == 2) {
		part = 'M';
		n = (typed[1] - '0') * 10 + typed[2] - '0';
	} else if ((typed[0] == 'Q' || typed[0] == 'q' || typed[0] == 'H' || typed[0] == 'h') && typed[1] >= '1' && typed[2] == '\0') {
		part = (char)(typed[0] & ~0x20);
		n = typed[1] - '0';
	} else if (typed[0] != '\0') {
		return refused(typed - 4, err);
	}
	if ((part == 'M' && (n < 1 || n > 12)) || (part == 'Q' && n > 4) || (part == 'H' && n > 2))
		return refused(typed - 4, err);
	months_set(out, y, part == 'M' ? n : part == 'Q' ? n * 3 - 2 : part == 'H' ? n * 6 - 5 : 1,
	    part == 'M' ? n : part == 'Q' ? n * 3 : part == 'H' ? n * 6 : 12);
	label_set(out, typed - 4, y, part, n);
	return 0;
}

int
jc_period_days(struct jc_period *out, const char *from, const char *to, const char *today, struct jc_err *err)
{
	memset(out, 0, sizeof(*out));
	if (to == NULL)
		to = today;
	if (!day_ok(to))
		return refused(to, err);
	if (from != NULL && !day_ok(from))
		return refused(from, err);
	snprintf(out->to, sizeof(out->to), "%s", to);
	if (from != NULL)
		snprintf(out->from, sizeof(out->from), "%s", from);
	else
		snprintf(out->from, sizeof(out->from), "%.4s-01-01", to);
	if (strcmp(out->from, out->to) > 0)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("开始的日期在结束之后", "The first day is after the last"));
	snprintf(out->label, sizeof(out->label), JC_T("%s 至 %s", "%s to %s"), out->from, out->to);
	return 0;
}
