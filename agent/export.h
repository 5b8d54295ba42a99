/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Export: the records of a kind as a file that imports again without changing anything. What a cell holds
 * is tried first: the label that people read, and where reading it back would give something else, the
 * stored text.
 */
#ifndef JC_AGENT_EXPORT_H
#define JC_AGENT_EXPORT_H

#include <jansson.h>

#include "cmd.h"
#include "match.h"

/* One row on its way out: texts of the kind's fields in catalogue order, p NULL where there is none. */
struct jc_export_row {
	const struct jc_kind *kind;
	const char *id;
	const struct jc_slice *text;
	size_t n;
};

struct jc_export {
	struct jc_match *match; /* names of records */
	char today[11];
	struct jc_buf cell, back;
	struct jc_err *err;
};

struct jc_export_format {
	const char *suffix;     /* ".csv"; NULL ends the table */
	int (*head)(struct jc_buf *out, const struct jc_kind *kind);
	int (*row)(struct jc_buf *out, struct jc_export *x, const struct jc_export_row *row);
};

struct jc_export_cells;

/* A layout that somebody above prescribes: its columns in their order. */
struct jc_export_layout {
	const char *name;       /* "national" */
	const char *kind;
	const char *title;      /* of the sheet */
	const char *const *header; /* NULL-terminated */
	/* Appends the text of a column (from 0) of a row; `no` counts rows from 1. */
	int (*cell)(struct jc_buf *out, struct jc_export_cells *c, const struct jc_export_row *row, size_t column, int64_t no);
	/* Only rows for which it says 1; may be NULL: all. */
	int (*wanted)(const struct jc_export_row *row);
};

/* The table of formats, and the one of a file's name; NULL when there is none. */
extern const struct jc_export_format jc_export_formats[];
const struct jc_export_format *jc_export_format(const char *path);

/*
 * The text of one element for people (`labels`) or for programs, such that typing it gives `stored` again.
 * Appends. References are names where a name is enough, else "id:" and the id.
 */
int jc_export_value(struct jc_buf *out, struct jc_export *x, const struct jc_field *f, struct jc_slice stored, int labels);

/* What the cells of a layout are made of. */
struct jc_export_cells {
	struct jc_export *x;
	struct jc_node *node;
	json_t *codes;          /* organization id -> its own code; filled when first asked for */
};

/* The layouts there are, by name; NULL when there is none. */
const struct jc_export_layout *jc_export_layout(const char *name);
/* "national, union": for people. */
const char *jc_export_layout_names(void);

/* The text of a whole field (sets joined, or as a JSON array) in x->cell, so that it reads back the same; ""
 * for none. */
int jc_export_cell(struct jc_export *x, const struct jc_field *f, struct jc_slice stored);

/* The label of a field as a header that leads back to it. */
const char *jc_export_header(const struct jc_kind *kind, const struct jc_field *f);

/* Writes all records of a kind (.csv, .jsonl, .xlsx). *count is their number. layout NULL: every field, so
 * that importing the file changes nothing. JC_EUSAGE: the suffix names no format. */
int jc_export_file(int64_t *count, struct jc_cmd_run *run, const struct jc_kind *kind, const char *path, struct jc_err *err);
int jc_export_layout_file(int64_t *count, struct jc_cmd_run *run, const struct jc_export_layout *layout, const char *path,
    struct jc_err *err);
/* The same in memory, for the page: layout may be NULL, suffix is ".xlsx", ".csv" or ".jsonl". */
int jc_export_bytes(struct jc_buf *out, struct jc_cmd_run *run, const struct jc_kind *kind,
    const struct jc_export_layout *layout, const char *suffix, struct jc_err *err);

#endif
