/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Dates as people write them: 2026-03-05, 2026.3.5, 20260305, 2026年3月5日, 二〇二六年三月, 16.3.5, a
 * spreadsheet's serial number, with or without a time of day. What could be read in two ways (3/5/2026,
 * 16.3) is not guessed at: the caller keeps it raw and a person decides.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "value.h"

struct when {
	int y, m, d;     /* m and d are 0 when not given */
	int hh, mm;      /* of the day; meaningful when has_time */
	int has_time;
	int serial;      /* came from a spreadsheet's day number */
	int short_year;
};

struct scan {
	const char *p;
	const char *end;
};

static int
eat(struct scan *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return 0;
	s->p += n;
	return 1;
}

static int
eat_any(struct scan *s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (eat(s, *words))
			return 1;
	return 0;
}

static void
eat_spaces(struct scan *s)
{
	while (s->p < s->end && *s->p == ' ')
		s->p++;
}

/* The value of one Chinese numeral character, 10, 100, 1000 for the units; -1 for none. All are 3 bytes. */
static int
numeral_at(const char *p, size_t n)
{
	static const char *const ones[] = { "零", "一", "二", "三", "四", "五", "六", "七", "八", "九" };

	if (n < 3)
		return -1;
	for (int i = 0; i < 10; i++)
		if (memcmp(p, ones[i], 3) == 0)
			return i;
	if (memcmp(p, "〇", 3) == 0 || memcmp(p, "○", 3) == 0)
		return 0;
	if (memcmp(p, "两", 3) == 0)
		return 2;
	if (memcmp(p, "廿", 3) == 0)
		return 20;
	return memcmp(p, "十", 3) == 0 ? 10 : memcmp(p, "百", 3) == 0 ? 100 : memcmp(p, "千", 3) == 0 ? 1000 : -1;
}

int
jc_dates_numeral(const char *s, size_t n, size_t *used)
{
	int total = 0, one = -1, plain = 0, units = 0;
	size_t i = 0;

	for (; i < n; i += 3) {
		int v = numeral_at(s + i, n - i);

		if (v < 0 || i >= 27)
			break;
		if (v < 10) {
			plain = plain * 10 + v;
			if (plain > 9999)
				return -1;
			one = v;
		} else if (v == 20) {
			total += 20;
			units = 1;
			one = -1;
		} else {
			total += (one > 0 ? one : 1) * v;
			units = 1;
			one = -1;
		}
	}
	*used = i;
	if (i == 0 || total > 9999)
		return -1;
	return units ? total + (one > 0 ? one : 0) : plain;
}

/* One number of at most `most` ASCII digits, or a Chinese numeral; -1 when there is none. */
static int
number(struct scan *s, int most, int *width)
{
	int v = 0, n = 0;
	size_t used = 0;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9' && n <= most) {
		v = v * 10 + (*s->p++ - '0');
		n++;
	}
	if (n == 0) {
		v = jc_dates_numeral(s->p, (size_t)(s->end - s->p), &used);
		if (v < 0)
			return -1;
		s->p += used;
		n = v >= 1000 ? 4 : 2;
	}
	if (width != NULL)
		*width = n;
	return n <= most ? v : -1;
}

static int
clock_ok(struct when *w, int hour, int minute, int half)
{
	if (half == 2 && hour < 12)
		hour += 12;
	if (half == 1 && hour == 12)
		hour = 0;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return 0;
	w->hh = hour;
	w->mm = minute;
	w->has_time = 1;
	return 1;
}

/* A time of day up to the end of the text; 0 if it is not one. */
static int
time_of_day(struct when *w, struct scan *s)
{
	static const char *const morning[] = { "上午", "早上", "早晨", "凌晨", NULL };
	static const char *const evening[] = { "下午", "晚上", "傍晚", NULL };
	static const char *const colons[] = { ":", "点", "时", NULL };
	int half = eat_any(s, morning) ? 1 : eat_any(s, evening) ? 2 : eat(s, "中午") ? 3 : 0;
	int hour, minute = 0;

	if (half == 3)
		half = 2;
	eat_spaces(s);
	hour = number(s, 2, NULL);
	if (hour < 0 || !eat_any(s, colons))
		return 0;
	if (eat(s, "半")) {
		minute = 30;
	} else if (s->p < s->end && !eat(s, "整")) {
		minute = number(s, 2, NULL);
		(void)eat(s, "分");
		if (eat(s, ":") || (s->p < s->end && *s->p >= '0' && *s->p <= '9')) {
			if (number(s, 2, NULL) < 0)
				return 0;
			if (eat(s, "."))
				while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
					s->p++;
			(void)eat(s, "秒");
		}
	}
	eat_spaces(s);
	if (eat(s, "AM") || eat(s, "am"))
		half = 1;
	else if (eat(s, "PM") || eat(s, "pm"))
		half = 2;
	return s->p == s->end && clock_ok(w, hour, minute, half);
}

/* What may stand between the day and the end: a weekday, a time. */
static int
tail(struct when *w, struct scan *s)
{
	static const char *const week[] = { "星期", "周", NULL };
	static const char *const day[] = { "一", "二", "三", "四", "五", "六", "日", "天", NULL };
	int bracket;

	eat_spaces(s);
	bracket = eat(s, "(");
	if (eat_any(s, week) && !eat_any(s, day))
		return 0;
	if (bracket && !eat(s, ")"))
		return 0;
	eat_spaces(s);
	if (s->p == s->end)
		return 1;
	(void)eat(s, "T");
	return time_of_day(w, s);
}

/* Year, month, day with separators. */
static int
separated(struct when *w, struct scan *s)
{
	static const char *const seps[] = { "-", "/", ".", "年", "–", "—", "−", NULL };
	static const char *const seps2[] = { "-", "/", ".", "月", "–", "—", "−", NULL };
	int width = 0, worded;

	w->y = number(s, 4, &width);
	if (w->y < 0 || (width != 4 && width != 2))
		return 0;
	w->short_year = width == 2;
	if (s->p == s->end)
		return width == 4;
	eat_spaces(s);
	worded = s->end - s->p >= 3 && memcmp(s->p, "年", 3) == 0;
	if (!eat_any(s, seps))
		return 0;
	eat_spaces(s);
	if (s->p == s->end)
		return worded;
	w->m = number(s, 2, NULL);
	if (w->m < 1)
		return 0;
	eat_spaces(s);
	if (s->p == s->end)
		return worded || width == 4;
	if (eat(s, "月份"))
		return s->p == s->end;
	if (!eat_any(s, seps2))
		return 0;
	eat_spaces(s);
	if (s->p == s->end)
		return worded;
	w->d = number(s, 2, NULL);
	if (w->d < 1)
		return 0;
	eat_spaces(s);
	if (!eat(s, "日"))
		(void)eat(s, "号");
	return tail(w, s);
}

/* Day 1 of a spreadsheet is 1900-01-01, and it believes in 1900-02-29: days count from 1899-12-30. */
static void
from_serial(struct when *w, int serial)
{
	int days = serial + 693899; /* since 0000-03-01 */
	int era = days / 146097, doe = days % 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;

	w->d = doy - (153 * mp + 2) / 5 + 1;
	w->m = mp < 10 ? mp + 3 : mp - 9;
	w->y = era * 400 + yoe + (w->m <= 2);
	w->serial = 1;
}

static int
digits_at(const char *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++)
		v = v * 10 + (p[i] - '0');
	return v;
}

/* A day number of a spreadsheet, its fraction the time of day. */
static int
serial(struct when *w, const char *p, size_t n)
{
	int day = digits_at(p, 5);
	double part = 0, unit = 0.1;

	if (day < 20000 || day > 60000)
		return 0;
	from_serial(w, day);
	for (size_t i = 6; i < n; i++, unit /= 10)
		part += (p[i] - '0') * unit;
	if (n > 6 && part * 1440 >= 0.5) {
		int minutes = (int)(part * 1440 + 0.5);

		return clock_ok(w, minutes / 60 % 24, minutes % 60, 0);
	}
	return 1;
}

/* Nothing but digits: 8 are a day, 6 a month, 4 a year, 14 a moment, 5 a spreadsheet's day number. */
static int
compact(struct when *w, const char *p, size_t n)
{
	if (n != 4 && n != 6 && n != 8 && n != 14)
		return 0;
	w->y = digits_at(p, 4);
	if (n >= 6)
		w->m = digits_at(p + 4, 2);
	if (n >= 8)
		w->d = digits_at(p + 6, 2);
	if ((n >= 6 && w->m < 1) || (n >= 8 && w->d < 1))
		return 0;
	return n < 14 || clock_ok(w, digits_at(p + 8, 2), digits_at(p + 10, 2), 0);
}

static int
read_when(struct when *w, const char *p, size_t n, const char *today)
{
	struct scan s = { p, p + n };
	size_t head = 0, part;
	int this_year = today != NULL ? digits_at(today, 4) : 2049;
	int ok;

	memset(w, 0, sizeof(*w));
	while (head < n && p[head] >= '0' && p[head] <= '9')
		head++;
	for (part = head + 1; part < n && p[part] >= '0' && p[part] <= '9';)
		part++;
	if (head == 5 && (n == 5 || (p[5] == '.' && part == n && n > 6)))
		ok = serial(w, p, n);
	else if (head == n)
		ok = compact(w, p, n);
	else
		ok = separated(w, &s);
	if (ok && w->short_year)
		w->y += 2000 + w->y <= this_year + 1 ? 2000 : 1900;
	if (!ok || w->y < 1800 || w->y > 2200)
		return 0;
	return jc_numbers_date_ok(w->y, w->m != 0 ? w->m : 1, w->d != 0 ? w->d : 1);
}

static void
hints(const struct when *w, const struct jc_field *field, const char *stored, size_t n, const char *today,
    struct jc_remarks *remarks)
{
	if (w->serial)
		jc_remark_add(remarks, "W:date_serial",
		    JC_T("按电子表格的日期序号读作 %s，请核对", "Read as a spreadsheet's day number: %s; check it"), stored);
	if (w->has_time && (w->hh != 0 || w->mm != 0) && field->type != JC_DATETIME)
		jc_remark_add(remarks, "W:date_time", "%s",
		    JC_T("只记日期，时间没有保留", "Only the date is kept, not the time of day"));
	if (field->form == JC_FORM_PAST && today != NULL && strncmp(stored, today, n < 10 ? n : 10) > 0)
		jc_remark_add(remarks, "W:date_future", "%s",
		    JC_T("日期在今天之后，请核对", "The date is after today; check it"));
}

int
jc_dates_parse(struct jc_buf *out, const struct jc_field *field, const char *text, size_t n, const char *today,
    struct jc_remarks *remarks)
{
	char stored[40];
	struct when w;
	int len;

	if (!read_when(&w, text, n, today) || (field->type != JC_PDATE && w.d == 0))
		return 0;
	len = snprintf(stored, sizeof(stored), "%04d", w.y);
	if (w.m != 0)
		len += snprintf(stored + len, sizeof(stored) - (size_t)len, "-%02d", w.m);
	if (w.d != 0)
		len += snprintf(stored + len, sizeof(stored) - (size_t)len, "-%02d", w.d);
	if (field->type == JC_DATETIME && (w.hh != 0 || w.mm != 0)) /* midnight is how programs write "no time" */
		len += snprintf(stored + len, sizeof(stored) - (size_t)len, " %02d:%02d", w.hh, w.mm);
	jc_buf_put(out, stored, (size_t)len);
	hints(&w, field, stored, (size_t)len, today, remarks);
	return 1;
}
