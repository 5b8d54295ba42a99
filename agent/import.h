/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Import: rows of a file become records. Everything good is written in one batch (one undo); every other
 * row is kept out with its line, field and reason, and never holds up the ones behind it. A dry run does
 * the same and rolls back, so that what it says is what would happen.
 */
#ifndef JC_AGENT_IMPORT_H
#define JC_AGENT_IMPORT_H

#include <jansson.h>

#include "cmd.h"
#include "typed.h"

/* One cell of a row. */
struct jc_import_cell {
	const struct jc_field *field;
	struct jc_slice text;
	const json_t *elements;  /* a set as an array; else NULL */
	int blank_stays;         /* an empty cell says nothing (CSV); else it clears */
};

enum jc_import_by { JC_IMPORT_BY_CONTENT, JC_IMPORT_BY_KEY, JC_IMPORT_BY_ID };

/* One row, borrowed until the next one is asked for. */
struct jc_import_row {
	int64_t line;
	const struct jc_kind *kind;
	enum jc_import_by by;
	struct jc_slice key;     /* external key or id */
	struct jc_import_cell *cell;
	size_t ncells;
	struct jc_err bad;       /* code not 0: the row cannot be read */
	char bad_field[64];
};

/* A format: rows out of a text in UTF-8. */
struct jc_import_source {
	/* 1 a row, 0 the end. Negative: nothing more can be read. */
	int (*next)(struct jc_import_source *src, struct jc_import_row *row, struct jc_err *err);
	void (*rewind)(struct jc_import_source *src);
	void (*close)(struct jc_import_source *src);
	json_t *ignored;         /* names of columns that are not read; array, owned by the source */
};

/* Open over a borrowed text. `kind` may be NULL: by the header, or by each line. */
int jc_import_csv_open(struct jc_import_source **out, const char *p, size_t n, const struct jc_kind *kind, struct jc_err *err);
int jc_import_jsonl_open(struct jc_import_source **out, const char *p, size_t n, const struct jc_kind *kind, struct jc_err *err);

/* Marks a row as bad; `field` may be "". Returns 1, as `next` does for a row. */
int jc_import_bad(struct jc_import_row *row, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

struct jc_import_report {
	int64_t rows, added, changed, same, restored;
	json_t *bad;             /* [{line, field, reason}]; json_decref'ed by the caller */
	json_t *remarks;         /* [{line, field, code, text}], at most 10,000 */
	json_t *ignored;         /* columns that were not read */
	const char *encoding;
};

/*
 * Imports a file. JC_EINVAL: it has no rows or no header; JC_ECANCELLED: Ctrl-C, nothing written. Bad rows
 * are in the report and no error. The report is to be freed in any case (jc_import_report_free).
 */
int jc_import_file(struct jc_import_report *out, struct jc_cmd_run *run, const char *path, const struct jc_kind *kind,
    int dry_run, struct jc_err *err);
void jc_import_report_free(struct jc_import_report *r);

#endif
