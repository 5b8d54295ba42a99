/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Writing .xlsx: sheets with title lines, a header (with groups above it where asked), typed rows and
 * notes below, ready to be printed on A4. The only user of libxlsxwriter. Whatever is text stays text:
 * identity numbers keep their digits, and what looks like a formula is none. The same content gives the same
 * bytes. Not for several threads.
 *
 *	struct jc_xlsx *x;
 *	jc_xlsx_open(&x, "名册.xlsx", 0, err);
 *	jc_xlsx_sheet(x, "会员", columns, n, JC_XLSX_LANDSCAPE, err);
 *	jc_xlsx_title(x, "会员花名册", err);   jc_xlsx_line(x, "截至2026-03-01", err);
 *	jc_xlsx_head(x, err);                  jc_xlsx_row(x, cells, n, err);  ...
 *	jc_xlsx_line(x, "填表人：", err);
 *	jc_xlsx_end(x, rc == 0, NULL, err);
 */
#ifndef JC_AGENT_XLSX_H
#define JC_AGENT_XLSX_H

#include "../schema/schema_buf.h"

#define JC_XLSX_ROWS_MAX 1048576
#define JC_XLSX_COLUMNS_MAX 256

struct jc_xlsx;

enum jc_xlsx_type {
	JC_XLSX_TEXT,
	JC_XLSX_INT,
	JC_XLSX_DECIMAL, /* `number` / 10^scale, shown with `scale` digits */
	JC_XLSX_MONEY,   /* `number` in fen, shown in yuan with two digits */
	JC_XLSX_PERCENT  /* `number` in hundredths of a percent: 1234 is 12.34% */
};

struct jc_xlsx_cell {
	enum jc_xlsx_type type;
	uint8_t scale;
	uint8_t bold;
	uint8_t blank;         /* 1: an empty cell with its border; so is an empty text */
	struct jc_slice text;  /* UTF-8; line breaks are kept */
	int64_t number;
};

struct jc_xlsx_column {
	const char *label;     /* UTF-8 */
	const char *group;     /* columns side by side with one group are merged under it; NULL: none */
	int width;             /* in half-width characters; 0: by the label */
	uint8_t centred;       /* texts in the middle instead of at the left */
};

/* Of a sheet. */
enum jc_xlsx_flags {
	JC_XLSX_PORTRAIT = 0,
	JC_XLSX_LANDSCAPE = 1,
	JC_XLSX_PLAIN = 2      /* no borders, no wrapping: a list for programs */
};

/*
 * Begins a file. It appears under `path` at the end only, for its owner's eyes (0600). path NULL: the bytes
 * are given at the end. stream: rows go out as they come, so that memory does not grow with them; then no
 * column may have a group. JC_EIO, JC_ENOMEM. Ended with jc_xlsx_end in any case but an error here.
 */
int jc_xlsx_open(struct jc_xlsx **out, const char *path, int stream, struct jc_err *err);

/* A new sheet; rows that follow go into it. The name is cut and cleaned as spreadsheets want it and made
 * unique. The columns are borrowed until the next sheet. JC_ELIMIT: more than JC_XLSX_COLUMNS_MAX. */
int jc_xlsx_sheet(struct jc_xlsx *x, const char *name, const struct jc_xlsx_column *columns, size_t n, unsigned flags,
    struct jc_err *err);

/* A title line over all columns: large, in the middle. */
int jc_xlsx_title(struct jc_xlsx *x, const char *text, struct jc_err *err);

/* A line over all columns: notes, "数据截至", signatures. "" leaves a row empty. Above the header or below. */
int jc_xlsx_line(struct jc_xlsx *x, const char *text, struct jc_err *err);

/* The header row (two rows when a column has a group): repeated on every printed page, kept in view. */
int jc_xlsx_head(struct jc_xlsx *x, struct jc_err *err);

/* A row. Cells beyond n are empty. JC_ELIMIT: the sheet is full. */
int jc_xlsx_row(struct jc_xlsx *x, const struct jc_xlsx_cell *cells, size_t n, struct jc_err *err);

/* Texts longer than a cell may hold (32,767 characters) are cut; this many were, in the whole file. */
int64_t jc_xlsx_cut(const struct jc_xlsx *x);

/* ok: writes the file, syncs it and gives it its name; `bytes` gets it when there was no path. Else nothing
 * is left behind. Frees. JC_EIO, JC_EFULL. */
int jc_xlsx_end(struct jc_xlsx *x, int ok, struct jc_buf *bytes, struct jc_err *err);

/* Cells for short. */
static inline struct jc_xlsx_cell
jc_xlsx_text(const char *p, size_t n)
{
	return (struct jc_xlsx_cell){.type = JC_XLSX_TEXT, .text = {p, n}};
}

static inline struct jc_xlsx_cell
jc_xlsx_int(int64_t number)
{
	return (struct jc_xlsx_cell){.type = JC_XLSX_INT, .number = number};
}

#endif
