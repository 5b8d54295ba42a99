/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Export: the records of a kind as a file that imports again without changing anything. What a cell holds
 * is tried first: the label that people read, and where reading it back would give something else, the
 * stored text.
 */
#ifndef JC_AGENT_EXPORT_H
#define JC_AGENT_EXPORT_H

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

/* The table of formats, and the one of a file's name; NULL when there is none. */
extern const struct jc_export_format jc_export_formats[];
const struct jc_export_format *jc_export_format(const char *path);

/*
 * The text of one element for people (`labels`) or for programs, such that typing it gives `stored` again.
 * Appends. References are names where a name is enough, else "id:" and the id.
 */
int jc_export_value(struct jc_buf *out, struct jc_export *x, const struct jc_field *f, struct jc_slice stored, int labels);

/* Writes all records of a kind. *count is their number. JC_EINVAL: the suffix names no format. */
int jc_export_file(int64_t *count, struct jc_cmd_run *run, const struct jc_kind *kind, const char *path, struct jc_err *err);

#endif
