/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Writes cells into the XML of a sheet and leaves every other byte as it was: formats, widths, merged
 * ranges and formulas stay (their old results go, so that they are computed anew). A new cell takes the
 * look of the one that stands in its place, or of the same column in a row that is given. Pure.
 */
#ifndef JC_AGENT_SHEET_EDIT_H
#define JC_AGENT_SHEET_EDIT_H

#include "../schema/schema_buf.h"

struct jc_sheet_edit {
	int64_t line;           /* from 1 */
	size_t column;          /* from 0 */
	int number;             /* 1: `text` is a plain number; else text */
	struct jc_slice text;
	int refused;            /* out: a formula stands there, it was left */
};

/*
 * Appends the sheet with the edits, which are sorted here. style_line 0: none. JC_EFORMAT: no well-formed
 * sheet; JC_ENOMEM; JC_ELIMIT.
 */
int jc_sheet_edit(struct jc_buf *out, const char *xml, size_t n, struct jc_sheet_edit *edits, size_t nedits, int64_t style_line,
    struct jc_err *err);

/* Appends the workbook part with "compute everything when opened", so that formulas see the new cells. */
int jc_sheet_edit_recalc(struct jc_buf *out, const char *xml, size_t n, struct jc_err *err);

#endif
