/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A spreadsheet as it was read, whatever it came in: .xlsx (sheet_xlsx.c), .xls (sheet_xls.c), CSV or a
 * block that was pasted (sheet_text.c). What it is, is decided by its bytes, never by its name. Cells are
 * texts with a word on what they were; budgets keep a file from filling the memory. Freed with
 * jc_book_free. Not for several threads.
 */
#ifndef JC_AGENT_SHEET_H
#define JC_AGENT_SHEET_H

#include "../schema/schema_buf.h"

#define JC_SHEET_COLUMNS_MAX 512
#define JC_BOOK_SHEETS_MAX 256
#define JC_BOOK_CELLS_MAX ((size_t)8 << 20)
#define JC_BOOK_TEXT_MAX ((size_t)384 << 20)
#define JC_BOOK_MERGES_MAX 20000

enum jc_cell_kind {
	JC_CELL_EMPTY,
	JC_CELL_TEXT,
	JC_CELL_NUMBER, /* 15 figures at most; one that had 16 or more before the point is shown as 3.99...E+17 */
	JC_CELL_DATE,   /* a number that was shown as a date: 2016, 2016-03, 2016-03-05, 2016-03-05 08:30, 08:30 */
	JC_CELL_BOOL,   /* 1, 0 */
	JC_CELL_ERROR,  /* #N/A and the like */
	JC_CELL_LOST    /* a formula whose result the file does not hold */
};

struct jc_cell {
	uint32_t at, n;   /* its text in the book */
	uint8_t kind;
};

struct jc_sheet_row {
	int64_t line;     /* row of the sheet, line of the text file; from 1 */
	size_t cell;      /* its first in the book */
	uint32_t ncells;
	uint8_t hidden;
	uint32_t bad_at, bad_n; /* a sentence: the row could not be read */
};

/* A merged range: rows by their `line`, columns from 0; ends included. */
struct jc_merge {
	int64_t top, bottom;
	uint32_t left, right;
};

struct jc_sheet {
	char name[200];
	char part[512];   /* .xlsx: which part of the zip it is */
	int hidden;
	struct jc_sheet_row *row;
	size_t nrows, cap;
	struct jc_merge *merge;
	size_t nmerges, merge_cap;
	uint8_t hidden_column[JC_SHEET_COLUMNS_MAX];
	int64_t hidden_rows;
	int64_t beyond;   /* cells right of the last column that is read */
};

struct jc_book {
	const char *format;   /* "xlsx", "xls", "text" */
	const char *encoding; /* of a text; else "" */
	char workbook[512];   /* .xlsx: the part that names the sheets */
	int date1904;
	int merges_known;     /* 0: the file does not say what was merged (text; some .xls) */
	struct jc_sheet *sheet;
	size_t nsheets;
	struct jc_cell *cell;
	size_t ncells, cap;
	struct jc_buf text;
};

/*
 * Reads a file in memory. JC_EFORMAT: not a spreadsheet, damaged, or with a password (the sentence says
 * what it is and what to do); JC_ELIMIT: over a budget. *out needs jc_book_free in any case.
 */
int jc_book_open(struct jc_book *out, const char *p, size_t n, struct jc_err *err);
void jc_book_free(struct jc_book *b);

/* The text of a cell of a row, column from 0; empty when there is none. */
struct jc_slice jc_book_cell(const struct jc_book *b, const struct jc_sheet_row *row, size_t column);
enum jc_cell_kind jc_book_cell_kind(const struct jc_book *b, const struct jc_sheet_row *row, size_t column);

/* The merged range that holds a cell; NULL when none does. */
const struct jc_merge *jc_sheet_merge(const struct jc_sheet *s, int64_t line, size_t column);

/* The row with this line; NULL when the file has nothing in it. */
const struct jc_sheet_row *jc_sheet_row_at(const struct jc_sheet *s, int64_t line);

/* ---- for the readers ---- */

/* A sheet, a row of the newest sheet, a cell of the newest row (any order of columns; the last word
 * counts). The text is copied. JC_ENOMEM, JC_ELIMIT. */
int jc_book_sheet_add(struct jc_book *b, const char *name, struct jc_err *err);
int jc_book_row_add(struct jc_book *b, int64_t line, struct jc_err *err);
int jc_book_cell_add(struct jc_book *b, size_t column, enum jc_cell_kind kind, const char *p, size_t n, struct jc_err *err);
/* The same with a text that the book has already. */
int jc_book_cell_put(struct jc_book *b, size_t column, enum jc_cell_kind kind, uint32_t at, uint32_t n, struct jc_err *err);
int jc_book_merge_add(struct jc_book *b, size_t sheet, const struct jc_merge *merge, struct jc_err *err);
/* Ends reading: rows in order of their lines, empty ones left out. */
int jc_book_done(struct jc_book *b, struct jc_err *err);

int jc_sheet_xlsx_read(struct jc_book *b, const char *p, size_t n, struct jc_err *err);
int jc_sheet_xls_read(struct jc_book *b, const char *p, size_t n, struct jc_err *err);
int jc_sheet_text_read(struct jc_book *b, const char *p, size_t n, struct jc_err *err);

#endif
