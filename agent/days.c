/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "days.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Years begin in March here, so that the odd day of February is the last one of a year. */
int64_t
jc_day_number(const char *date)
{
	int64_t y, m, d;

	if (strlen(date) != 10 || date[4] != '-' || date[7] != '-')
		return 0;
	y = strtol(date, NULL, 10);
	m = strtol(date + 5, NULL, 10);
	d = strtol(date + 8, NULL, 10);
	y -= m <= 2;
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d;
}

static unsigned
month_days(unsigned y, unsigned m)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 29 : days[(m - 1) % 12];
}

void
jc_day_add(char out[11], const char *date, int n)
{
	unsigned y, m, d;
	char text[40];

	out[0] = '\0';
	if (jc_day_number(date) == 0)
		return;
	y = (unsigned)strtoul(date, NULL, 10) % 10000;
	m = (unsigned)strtoul(date + 5, NULL, 10) % 100;
	d = (unsigned)strtoul(date + 8, NULL, 10) % 100;
	for (m = m == 0 ? 1 : m; n > 0; n--) {
		if (++d <= month_days(y, m))
			continue;
		d = 1;
		if (++m > 12) {
			m = 1;
			y++;
		}
	}
	(void)snprintf(text, sizeof(text), "%04u-%02u-%02u", y, m, d);
	memcpy(out, text, 10);
	out[10] = '\0';
}
