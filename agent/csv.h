/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * CSV: a reader that survives what people save, and a writer that is safe to open in a spreadsheet. Pure.
 *
 * A cell that a spreadsheet would run as a formula (it begins with = + - @, tab or return, and is not a
 * plain number) is written with an apostrophe before it, and so is one that begins with apostrophes and
 * then such a character; the reader takes one apostrophe away from exactly these. What was written comes
 * back as it was.
 */
#ifndef JC_AGENT_CSV_H
#define JC_AGENT_CSV_H

#include "../schema/schema_buf.h"

struct jc_csv {
	const char *p;      /* the file, borrowed */
	size_t n, at;
	int64_t line;       /* physical line on which the current row begins, from 1 */
	int64_t next_line;
	char sep;           /* , ; or tab */
	struct jc_buf text; /* cells of the row, one after the other */
	size_t *end;        /* end of each cell in text */
	size_t cells, cap;
};

/* Begins; guesses the separator from the first lines. */
void jc_csv_init(struct jc_csv *c, const char *p, size_t n);
void jc_csv_free(struct jc_csv *c);
/* Back to the first row. */
void jc_csv_rewind(struct jc_csv *c);

/*
 * The next row: 1, 0 at the end. JC_EFORMAT: a quote that is never closed, or a row over 1 MiB; the row is
 * given as it stands up to the end of its line, and the next call goes on behind it. JC_ENOMEM.
 */
int jc_csv_next(struct jc_csv *c, struct jc_err *err);

/* Cell i of the row, with an apostrophe against formulas taken away; empty behind the last. */
struct jc_slice jc_csv_cell(const struct jc_csv *c, size_t i);

/* Appends a cell, quoted when it must be, with a comma before it unless it is the row's first. */
void jc_csv_put(struct jc_buf *b, const char *s, size_t n, int first);
/* Ends a row with CR LF, as spreadsheets do. */
void jc_csv_end(struct jc_buf *b);

#endif
