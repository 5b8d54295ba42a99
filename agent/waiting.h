/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * 待处理: rows of imported files that could not become records. They stay on this PC with their cells and
 * the reason until they are corrected and imported, or discarded. The same row is kept once.
 */
#ifndef JC_AGENT_WAITING_H
#define JC_AGENT_WAITING_H

#include <jansson.h>

#include "import.h"

/* A row to keep; texts are borrowed. */
struct jc_waiting {
	const char *layout, *file, *sheet, *kind, *field, *reason;
	struct jc_slice title;
	int64_t line, time;
	json_t *cells;  /* [[field or "", header, text], ...] */
};

/* Keeps it, or renews the reason of the one that is there. In the caller's transaction. */
int jc_waiting_put(struct jc_db *db, const struct jc_waiting *p, struct jc_err *err);
/* Takes a row out; and those of a layout and title, whose record has come. In the caller's transaction. */
int jc_waiting_drop(struct jc_db *db, int64_t no, struct jc_err *err);
int jc_waiting_drop_title(struct jc_db *db, const char *layout, struct jc_slice title, struct jc_err *err);
int jc_waiting_count(struct jc_db *db, int64_t *count, struct jc_err *err);

/* Rows as JSON: [{no, file, sheet, line, kind, title, field, reason, time, cells}]; no 0: all, at most 1,000
 * from behind `after`. New reference. */
int jc_waiting_list(json_t **out, struct jc_db *db, int64_t no, int64_t after, struct jc_err *err);

/*
 * Changes cells of a row: {"field or header": "text"}; "" takes a value out. "=id" says which record it is,
 * "=new" ("1") that it is nobody who is there. JC_ENOTFOUND; JC_EINVAL: no such field.
 */
int jc_waiting_fix(struct jc_db *db, int64_t no, const json_t *cells, struct jc_err *err);

/* The rows (no 0: all) as a source of an import; those that succeed are taken out. JC_ENOTFOUND. */
int jc_waiting_open(struct jc_import_source **out, struct jc_db *db, int64_t no, struct jc_err *err);

#endif
