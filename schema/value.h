/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to schema/: what value.c and numbers.c share. */
#ifndef JC_SCHEMA_VALUE_PRIVATE_H
#define JC_SCHEMA_VALUE_PRIVATE_H

#include "schema_value.h"

/* 1 if the day exists (years 1 to 9999, Gregorian). */
int jc_numbers_date_ok(int y, int m, int d);

/* "YYYY-MM-DD" into its parts; 0 when that is not what it is. */
int jc_numbers_date_read(int *y, int *m, int *d, const char *s, size_t n);

/* 1 for the first two digits of a region code that a province has. */
int jc_numbers_province_ok(int code);

/*
 * Dates as people write them. `text` is normalised. Appends ISO text as `field`'s type wants it and
 * returns 1, or appends nothing and returns 0 when it is not such a date. Remarks are hints only.
 */
int jc_dates_parse(struct jc_buf *out, const struct jc_field *field, const char *text, size_t n, const char *today,
    struct jc_remarks *remarks);

/* A Chinese numeral below 10,000 (三十五, 二〇二六, 廿五) at the start of the text: its value, and in
 * *used its bytes; -1 when there is none. */
int jc_dates_numeral(const char *s, size_t n, size_t *used);

#endif
