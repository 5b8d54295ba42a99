/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * 填上级发来的表: a form that somebody above sent is filled in place. Lists get a row for every member or
 * organization, or what is blank in the rows that are named already; count tables and cells with a label
 * beside them get numbers and facts of the own unit. Formats, merged ranges, widths and formulas stay;
 * what could not be filled is listed with the reason. Only .xlsx.
 */
#ifndef JC_AGENT_FILL_H
#define JC_AGENT_FILL_H

#include <jansson.h>

#include "cmd.h"

struct jc_fill_options {
	struct jc_cmd_run *run;  /* node and env */
	const char *name;        /* of the file, for hints; may be NULL */
	const char *period;      /* "2026", "2026-03", "2026-Q1", "2026-H1", "2026-01-01..2026-03-31"; NULL: this year up to today */
};

struct jc_fill_report {
	int64_t cells, rows;     /* filled */
	json_t *sheets;          /* [{sheet, as: list | counts | labels, kind}] */
	json_t *filled;          /* [{sheet, cell, label, value}] of counts and labels */
	json_t *unfilled;        /* [{sheet, cell, label, reason}] */
	json_t *hints;
	char from[11], to[11];   /* the period */
};

/*
 * Fills a form. JC_EFORMAT: no .xlsx; JC_EINVAL: nothing in it is known, or the period is none. The report is
 * to be freed in any case.
 */
int jc_fill_bytes(struct jc_buf *out, struct jc_fill_report *report, const struct jc_fill_options *o, const char *p, size_t n,
    struct jc_err *err);
void jc_fill_report_free(struct jc_fill_report *r);
json_t *jc_fill_report_json(const struct jc_fill_report *r);

/* First and last day of a period as typed; NULL: this year up to today. JC_EINVAL. */
int jc_fill_period(char from[11], char to[11], const char *period, const char *today, struct jc_err *err);

#endif
