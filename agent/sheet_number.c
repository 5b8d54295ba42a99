/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "sheet_number.h"

#include <string.h>

#define FIGURES 15

/* ---- formats ---- */

unsigned
jc_sheet_format_known(unsigned id)
{
	static const struct {
		unsigned first, last, parts;
	} known[] = {{14, 15, JC_DATE_Y | JC_DATE_M | JC_DATE_D}, {16, 16, JC_DATE_M | JC_DATE_D},
	    {17, 17, JC_DATE_Y | JC_DATE_M}, {18, 21, JC_DATE_TIME},
	    {22, 22, JC_DATE_Y | JC_DATE_M | JC_DATE_D | JC_DATE_TIME},
	    /* as a Chinese system shows them */
	    {27, 27, JC_DATE_Y | JC_DATE_M}, {28, 29, JC_DATE_M | JC_DATE_D},
	    {30, 31, JC_DATE_Y | JC_DATE_M | JC_DATE_D}, {32, 35, JC_DATE_TIME},
	    {36, 36, JC_DATE_Y | JC_DATE_M}, {45, 47, JC_DATE_TIME},
	    {50, 50, JC_DATE_Y | JC_DATE_M}, {51, 51, JC_DATE_M | JC_DATE_D},
	    {52, 52, JC_DATE_Y | JC_DATE_M}, {53, 54, JC_DATE_M | JC_DATE_D},
	    {55, 56, JC_DATE_TIME}, {57, 57, JC_DATE_Y | JC_DATE_M},
	    {58, 58, JC_DATE_M | JC_DATE_D}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (id >= known[i].first && id <= known[i].last)
			return known[i].parts;
	return 0;
}

/* Behind a quoted text, an escaped character or a [section]; `p` when none begins here. [h] counts. */
static const char *
format_skip(const char *p, unsigned *parts)
{
	const char *end;

	if (*p == '\\' || *p == '_' || *p == '*')
		return p[1] != '\0' ? p + 2 : p + 1;
	if (*p != '"' && *p != '[')
		return p;
	if (*p == '[' && strchr("hHmMsS", p[1]) != NULL && p[1] != '\0')
		*parts |= JC_DATE_TIME;
	end = strchr(p + 1, *p == '[' ? ']' : '"');
	return end != NULL ? end + 1 : p + strlen(p);
}

unsigned
jc_sheet_format_parts(const char *code)
{
	unsigned parts = 0;
	int minutes = 0; /* the last letter was of a time: an m means minutes */

	for (const char *p = code; *p != '\0' && *p != ';'; p++) {
		const char *behind = format_skip(p, &parts);

		if (behind != p) {
			p = behind - 1;
			continue;
		}
		if (*p == 'h' || *p == 'H' || *p == 's' || *p == 'S') {
			parts |= JC_DATE_TIME;
			minutes = 1;
		} else if (*p == 'y' || *p == 'Y' || *p == 'e') {
			parts |= JC_DATE_Y;
			minutes = 0;
		} else if (*p == 'd' || *p == 'D') {
			parts |= JC_DATE_D;
			minutes = 0;
		} else if ((*p == 'm' || *p == 'M') && !minutes) {
			parts |= JC_DATE_M;
		} else if (*p == '0' || *p == '#' || *p == '?') {
			return 0; /* a number; "General" has none of these letters alone */
		}
	}
	if (parts == (JC_DATE_M | JC_DATE_TIME))
		parts = JC_DATE_TIME; /* minutes all along: mm:ss */
	return strncmp(code, "General", 7) == 0 ? 0 : parts;
}

/* ---- decimals ---- */

struct decimal {
	int negative;
	char digit[64];      /* figures without leading zeros */
	size_t n;
	int64_t point;       /* figures before the point; may be negative */
};

static int
exponent_of(int64_t *out, const char *p, size_t n)
{
	int64_t e = 0;
	size_t i = n > 0 && (*p == '+' || *p == '-');

	if (i == n)
		return 0;
	for (; i < n; i++) {
		if (p[i] < '0' || p[i] > '9' || e > 100000)
			return 0;
		e = e * 10 + (p[i] - '0');
	}
	*out = n > 0 && *p == '-' ? -e : e;
	return 1;
}

static int
decimal_read(struct decimal *d, const char *p, size_t n)
{
	size_t i = 0, seen = 0;
	int64_t e = 0;
	int point = 0;

	memset(d, 0, sizeof(*d));
	if (n > 0 && (*p == '-' || *p == '+'))
		d->negative = p[i++] == '-';
	for (; i < n && ((p[i] >= '0' && p[i] <= '9') || (p[i] == '.' && !point)); i++) {
		if (p[i] == '.') {
			point = 1;
			continue;
		}
		seen++;
		if (d->n == 0 && p[i] == '0') {
			d->point -= point;
			continue;
		}
		d->point += !point;
		if (d->n < sizeof(d->digit))
			d->digit[d->n++] = p[i];
	}
	if (seen == 0 || (i < n && p[i] != 'e' && p[i] != 'E') ||
	    (i < n && !exponent_of(&e, p + i + 1, n - i - 1)))
		return 0;
	d->point += e;
	return d->n == 0 || (d->point < 400 && d->point > -400);
}

/* To 15 figures, half up; zeros at the end go. */
static void
decimal_round(struct decimal *d)
{
	size_t i = FIGURES;

	if (d->n > FIGURES) {
		int up = d->digit[FIGURES] >= '5';

		d->n = FIGURES;
		while (up && i > 0 && d->digit[i - 1] == '9')
			d->digit[--i] = '0';
		if (up && i > 0) {
			d->digit[i - 1]++;
		} else if (up) {
			memmove(d->digit + 1, d->digit, FIGURES - 1);
			d->digit[0] = '1';
			d->point++;
		}
	}
	while (d->n > 0 && d->digit[d->n - 1] == '0')
		d->n--;
}

int
jc_sheet_number(struct jc_buf *out, const char *p, size_t n)
{
	struct decimal d;

	if (!decimal_read(&d, p, n))
		return 0;
	decimal_round(&d);
	if (d.negative && d.n > 0)
		jc_buf_putc(out, '-');
	if (d.n == 0) {
		jc_buf_putc(out, '0');
	} else if (d.point > FIGURES) {
		jc_buf_putc(out, d.digit[0]);
		jc_buf_putc(out, '.');
		for (size_t i = 1; i < FIGURES; i++)
			jc_buf_putc(out, i < d.n ? d.digit[i] : '0');
		jc_buf_putf(out, "E+%lld", (long long)d.point - 1);
	} else {
		int64_t last = d.point > (int64_t)d.n ? d.point : (int64_t)d.n;

		if (d.point <= 0)
			jc_buf_puts(out, "0.");
		for (int64_t i = d.point < 0 ? d.point : 0; i < last; i++) {
			if (i == d.point && i > 0)
				jc_buf_putc(out, '.');
			jc_buf_putc(out, i >= 0 && i < (int64_t)d.n ? d.digit[i] : '0');
		}
	}
	return 1;
}

/* ---- dates ---- */

/* Civil date of a day count from 1970-01-01. */
static void
civil(int64_t days, int *y, int *m, int *d)
{
	int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

/* Whole days and minutes of a serial number. 0 when it is none. */
static int
serial_read(int64_t *days, int64_t *minutes, const char *p, size_t n)
{
	struct decimal d;
	double fraction = 0, unit = 0.1;

	if (!decimal_read(&d, p, n) || (d.negative && d.n > 0) || d.point > 7)
		return 0;
	*days = 0;
	for (int64_t i = 0; i < d.point; i++)
		*days = *days * 10 + (i < (int64_t)d.n ? d.digit[i] - '0' : 0);
	for (int64_t i = d.point; i < 0 && i > -20; i++)
		unit /= 10;
	for (int64_t i = d.point > 0 ? d.point : 0; i < (int64_t)d.n; i++, unit /= 10)
		fraction += (d.digit[i] - '0') * unit;
	*minutes = (int64_t)(fraction * 1440 + 0.5);
	*days += *minutes / 1440;
	*minutes %= 1440;
	return *days <= 2958465;
}

int
jc_sheet_date(struct jc_buf *out, const char *p, size_t n, unsigned parts, int date1904)
{
	int64_t days, minutes;
	int y, m, d, clock = (parts & JC_DATE_TIME) != 0;

	if (!serial_read(&days, &minutes, p, n))
		return 0;
	if ((parts & ~(unsigned)JC_DATE_TIME) == 0 && days == 0) {
		jc_buf_putf(out, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
		return 1;
	}
	if (date1904)
		days -= 24107;           /* 1904-01-01 is day 0 */
	else if (days < 60)
		days -= 25568;           /* 1899-12-31 is day 0, */
	else
		days -= 25569;           /* and the 29th of February 1900 never was */
	civil(days, &y, &m, &d);
	if ((parts & (JC_DATE_M | JC_DATE_D)) == 0 && (parts & JC_DATE_Y) != 0)
		jc_buf_putf(out, "%04d", y);
	else if ((parts & JC_DATE_D) == 0 && (parts & JC_DATE_Y) != 0)
		jc_buf_putf(out, "%04d-%02d", y, m);
	else
		jc_buf_putf(out, "%04d-%02d-%02d", y, m, d);
	if (clock && minutes != 0)
		jc_buf_putf(out, " %02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
	return 1;
}
