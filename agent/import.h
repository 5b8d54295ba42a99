/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Import: rows of a file become records. Everything good is written in one batch (one undo); every other
 * row is kept in 待处理 (waiting.h) with its reason and never holds up the ones behind it. A dry run does
 * the same and rolls back, so that what it says is what would happen.
 */
#ifndef JC_AGENT_IMPORT_H
#define JC_AGENT_IMPORT_H

#include <jansson.h>

#include "cmd.h"
#include "sheet.h"
#include "typed.h"

/* One cell of a row. */
struct jc_import_cell {
	const struct jc_field *field;
	struct jc_slice text;
	const json_t *elements;  /* a set as an array; else NULL */
	uint8_t blank_stays;     /* an empty cell says nothing (tables); else it clears */
	uint8_t was;             /* enum jc_cell_kind; JC_CELL_TEXT where nobody knows */
	uint8_t event;           /* a derived field that makes a 会籍变动 */
};

enum jc_import_by { JC_IMPORT_BY_CONTENT, JC_IMPORT_BY_KEY, JC_IMPORT_BY_ID };

/* One row, borrowed until the next one is asked for. */
struct jc_import_row {
	int64_t line;
	const char *sheet;       /* "" where there is only one */
	const char *layout;      /* fingerprint of its header; "" where there is none */
	int64_t pending;         /* its number in 待处理, 0: it comes from a file */
	int as_new;              /* somebody said that it is nobody who is there */
	int draft;               /* of a list that others keep: what is new in it is to be checked (待核) */
	const struct jc_kind *kind;
	enum jc_import_by by;
	struct jc_slice key;     /* external key or id */
	struct jc_import_cell *cell;
	size_t ncells;
	struct jc_err bad;       /* code not 0: the row cannot be read */
	char bad_field[64];
};

/* A format: rows out of a file. */
struct jc_import_source {
	/* 1 a row, 0 the end. Negative: nothing more can be read. */
	int (*next)(struct jc_import_source *src, struct jc_import_row *row, struct jc_err *err);
	void (*rewind)(struct jc_import_source *src);
	void (*close)(struct jc_import_source *src);
	/* The row at work as it is kept in 待处理: [[field or "", header, text], ...]; NULL: rows are not kept. */
	json_t *(*keep)(struct jc_import_source *src);
	json_t *ignored;         /* names of columns that are not read; array, owned by the source */
	json_t *forbidden;       /* those among them that nobody should keep; may be NULL */
	json_t *sheets;          /* what the columns mean (jc_layout_json); may be NULL */
	json_t *skipped;         /* [{line, text}]: totals, notes; may be NULL */
	json_t *hints;           /* sentences about the file; may be NULL */
};

struct jc_import_options {
	struct jc_cmd_run *run;      /* node and env */
	const struct jc_kind *kind;  /* NULL: by the header, or by each line */
	const char *name;            /* of the file, without its folder */
	int dry_run;
	const json_t *columns;       /* {"header": "field or -"}; NULL */
	const json_t *set;           /* {"field": "value"} for every row that says nothing itself; NULL */
	const char *activity;        /* record id: every member that is imported took part in it; NULL */
	/* Called now and then; non-zero ends the import with JC_ECANCELLED. */
	int (*progress)(void *arg, const char *word, int64_t done, int64_t total);
	void *arg;
};

/* Open over a borrowed book or text. `kind` may be NULL: by the header, or by each line. */
int jc_import_sheet_open(struct jc_import_source **out, const struct jc_book *book, const struct jc_import_options *o,
    struct jc_err *err);
int jc_import_jsonl_open(struct jc_import_source **out, const char *p, size_t n, const struct jc_kind *kind, struct jc_err *err);

/* Marks a row as bad; `field` may be "". Returns 1, as `next` does for a row. */
int jc_import_bad(struct jc_import_row *row, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

struct jc_import_report {
	int64_t rows, added, changed, same, restored, duplicate, doubtful;
	json_t *bad;             /* [{line, sheet, field, reason}] */
	json_t *remarks;         /* [{line, field, code, text}], at most 10,000 */
	json_t *ignored;         /* columns that were not read */
	json_t *forbidden, *sheets, *skipped, *hints; /* of the source */
	json_t *first;           /* {"new": [{line, title}], "changed": [{line, title, fields}], ...}: ten of each */
	const char *encoding;
	const char *format;
};

/*
 * Imports a file. JC_EINVAL: it has no rows or no header; JC_EFORMAT, JC_ELIMIT: it is no spreadsheet;
 * JC_ECANCELLED: nothing written. Bad rows are in the report and no error. The report is to be freed in
 * any case (jc_import_report_free).
 */
int jc_import_bytes(struct jc_import_report *out, const struct jc_import_options *o, const char *p, size_t n, struct jc_err *err);
int jc_import_file(struct jc_import_report *out, struct jc_cmd_run *run, const char *path, const struct jc_kind *kind,
    int dry_run, struct jc_err *err);
/* The same for a file with all options. */
int jc_import_path(struct jc_import_report *out, const struct jc_import_options *o, const char *path, struct jc_err *err);
/* Rows of any source that is open; it is closed. */
int jc_import_source(struct jc_import_report *out, const struct jc_import_options *o, struct jc_import_source *src,
    struct jc_err *err);
/* Everything of a report as one JSON object; new reference. */
json_t *jc_import_report_json(const struct jc_import_report *r, int dry_run);
/* Prints a report and gives the command's answer: 0, JC_EPARTIAL, JC_EINVAL (cmd_import.c). */
int jc_import_tell(struct jc_cmd_run *run, const struct jc_import_report *r, int dry_run, struct jc_err *err);
void jc_import_report_init(struct jc_import_report *r);
void jc_import_report_free(struct jc_import_report *r);

#endif
