/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Numbers of spreadsheets: their figures, and the dates that some of them are. Pure. */
#ifndef JC_AGENT_SHEET_NUMBER_H
#define JC_AGENT_SHEET_NUMBER_H

#include "../schema/schema_buf.h"

/* What a number format shows of a date; 0: it is no date format. */
enum jc_date_parts { JC_DATE_Y = 1, JC_DATE_M = 2, JC_DATE_D = 4, JC_DATE_TIME = 8 };

/* Of a format's code ("yyyy\"年\"m\"月\""), and of one that every program knows by number. */
unsigned jc_sheet_format_parts(const char *code);
unsigned jc_sheet_format_known(unsigned id);

/*
 * Appends a number as people read it: plain digits, 15 figures at most (spreadsheets keep no more), and in
 * the form 3.99999196907150E+17 when 16 or more stand before the point: then its last ones are lost. 1, or
 * 0 when the text is no number (nothing is appended).
 */
int jc_sheet_number(struct jc_buf *out, const char *p, size_t n);

/* Appends the date that a number means, as much of it as `parts` names. 0 when it is out of range. */
int jc_sheet_date(struct jc_buf *out, const char *p, size_t n, unsigned parts, int date1904);

#endif
