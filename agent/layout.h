/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the columns of a sheet mean (DOMAIN 2.8). Looks for the header among the top rows, joins headers of
 * two rows, decides which kind of records these are, and names a field for each column: by its exact
 * word, by a word in it that the values bear out, by the values alone where a word means two things, or
 * by what a person once said about this very header. Columns with what nobody should keep are named and
 * left out. Nothing is written but what a person says (jc_layout_say).
 */
#ifndef JC_AGENT_LAYOUT_H
#define JC_AGENT_LAYOUT_H

#include <jansson.h>

#include "../schema/schema_catalogue.h"
#include "../schema/schema_db.h"
#include "sheet.h"

#define JC_LAYOUT_PRINT 32
#define JC_LAYOUT_HEADER 200
#define JC_LAYOUT_OTHERS 4

enum jc_layout_what {
	JC_LAYOUT_IGNORED,
	JC_LAYOUT_FIELD,
	JC_LAYOUT_ID,        /* 记录编号 */
	JC_LAYOUT_KEY,       /* 外部编号 */
	JC_LAYOUT_SERIAL,    /* 序号: never stored */
	JC_LAYOUT_FORBIDDEN  /* religion, blood type, family ...: never read */
};

enum jc_layout_how { JC_LAYOUT_EXACT, JC_LAYOUT_PART, JC_LAYOUT_VALUES, JC_LAYOUT_SAID };

struct jc_layout_column {
	enum jc_layout_what what;
	enum jc_layout_how how;
	const struct jc_field *field;
	char header[JC_LAYOUT_HEADER];
	const struct jc_field *other[JC_LAYOUT_OTHERS]; /* what else the word may mean */
	size_t nothers;
	const char *system;  /* a code in the system of this name: one of several columns of external_codes; or NULL */
	uint8_t also;        /* its field has another column already: the last one that says something counts */
	uint8_t ask;         /* a person should look at it */
	uint8_t fill_down;   /* a unit, union, township: empty cells of a merged range take its value */
};

struct jc_layout {
	const struct jc_book *book;
	const struct jc_sheet *sheet;
	const struct jc_kind *kind;
	size_t head;         /* index of the header's first row */
	size_t first;        /* index of the first row behind it */
	struct jc_layout_column *col;
	size_t ncols;
	char print[JC_LAYOUT_PRINT + 1]; /* fingerprint of the header */
	const char *org_kind; /* code that every organization of the sheet has where no column says so; or NULL */
};

/*
 * Finds the header of a sheet and what it means. kind NULL: by the header; `hint` (a file's name, or "")
 * breaks ties. db NULL: nothing was said. 1 found, 0 none; JC_EINVAL: two kinds fit alike. Freed with
 * jc_layout_free in any case.
 */
int jc_layout_find(struct jc_layout *out, const struct jc_book *book, const struct jc_sheet *sheet, const struct jc_kind *kind,
    const char *hint, struct jc_db *db, struct jc_err *err);
void jc_layout_free(struct jc_layout *l);

/* What a row behind the header is. */
enum jc_layout_row { JC_LAYOUT_DATA, JC_LAYOUT_EMPTY, JC_LAYOUT_TOTAL, JC_LAYOUT_NOTE, JC_LAYOUT_AGAIN };
enum jc_layout_row jc_layout_row(const struct jc_layout *l, const struct jc_sheet_row *row);

/* The text that stands in a cell of a row, merged ranges of fill_down columns filled. *from_above (may be
 * NULL) is 1 when it was. */
struct jc_slice jc_layout_cell(const struct jc_layout *l, size_t row, size_t column, int *from_above);

/* The column with this header, or of this number from 1; -1 when there is none. */
int jc_layout_column(const struct jc_layout *l, const char *name);

/* Changes what columns mean: {"header or number from 1": "field, label or - to leave it out"}. JC_EINVAL
 * names what is not understood. */
int jc_layout_choose(struct jc_layout *l, const json_t *choices, struct jc_err *err);

/* Remembers what was chosen (how == JC_LAYOUT_SAID) for the next file with this header. */
int jc_layout_say(const struct jc_layout *l, struct jc_db *db, struct jc_err *err);

/* The mapping for people: {sheet, kind, header_line, layout, columns: [...]}. New reference. */
json_t *jc_layout_json(const struct jc_layout *l);

/* For forms as well: 1 if a header word is one of those that are never read. */
int jc_layout_forbidden(struct jc_slice header);

#endif
