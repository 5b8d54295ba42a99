/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to import*.c: an import under way, and what is done with one row (import_row.c). */
#ifndef JC_AGENT_IMPORT_PRIVATE_H
#define JC_AGENT_IMPORT_PRIVATE_H

#include "import.h"
#include "map.h"

enum jc_import_why {
	JC_IMPORT_GOOD,
	JC_IMPORT_SEVERAL, /* several records have what identifies it */
	JC_IMPORT_SCOPE,   /* goes into another file */
	JC_IMPORT_LOST,    /* its number lost its last digits */
	JC_IMPORT_LIKE,    /* like somebody who is there, not certainly */
	JC_IMPORT_TWICE,   /* an earlier row says the same */
	JC_IMPORT_OTHER    /* an earlier row is the same record and says something else */
};

struct jc_import_plan {
	jc_id id;          /* "" for a row that is out */
	jc_id like;
	uint8_t why, hash[16];
	int64_t line;      /* of the row; with TWICE and OTHER of the earlier one */
};

struct jc_import {
	const struct jc_import_options *o;
	struct jc_import_report *out;
	struct jc_import_source *src;
	struct jc_save *sv;
	struct jc_scope scope;
	const struct jc_kind *first; /* kind of the first row: decides the scope */
	struct jc_match *match;
	struct jc_typed typed, event; /* the row; the event or participant that comes with it */
	struct jc_import_plan *plan;
	size_t nplan, cap;
	struct jc_map ids;           /* id -> first row that is it */
	json_t *kept;                /* rows for 待处理 */
	json_t *settled;             /* [{no}] or [{layout, title}]: rows of 待处理 that are done */
	int64_t waiting;             /* rows in 待处理 when it began */
	int64_t events;              /* events and participants written */
	int64_t line;                /* of the row at work, for remarks */
	char activity_on[11];        /* day of the activity that everybody took part in */
	int joining;                 /* it is one of joining together: whoever is new applied there */
	struct jc_slice change[3];   /* type, date, reason of a 会籍变动 in the row */
	struct jc_slice lost;        /* a number that lost its last digits, as the cell shows it */
	int quiet;                   /* no remarks: the first pass */
	const char *like;            /* why a row is like somebody */
	char like_who[160];          /* and whom, in words and by the id */
	char today[11];
	struct jc_err *err;
};

void jc_import_row_init(struct jc_import *im);
void jc_import_row_free(struct jc_import *im);

/* 1 for errors that concern one row and leave the rest alone. */
int jc_import_of_the_row(int rc);

/* Takes all cells into im->typed; *field names the one that an error is about. */
int jc_import_row_take(struct jc_import *im, const struct jc_import_row *row, enum jc_typed_refs refs,
    const struct jc_field **field, struct jc_err *err);
void jc_import_row_hash(const struct jc_import *im, uint8_t out[16]);

/* Which record the row that was taken is: plan->id, or plan->why. */
int jc_import_row_id(struct jc_import *im, const struct jc_import_row *row, struct jc_match_who *who,
    struct jc_import_plan *plan);
/* Sets im->like to what speaks for plan->like, and im->like_who to who that is. */
void jc_import_row_like(struct jc_import *im, const struct jc_import_row *row, const struct jc_import_plan *plan);

/* What a valid identity number says of a new person: birth date and sex where the row is silent, a remark
 * where it says something else. */
int jc_import_row_number(struct jc_import *im, int is_new, struct jc_err *err);

/* A new record of a list that others keep says so until somebody has checked it. */
int jc_import_row_draft(struct jc_import *im, struct jc_err *err);

/* Reads the activity that everybody took part in. */
int jc_import_row_activity(struct jc_import *im, struct jc_err *err);

/* A remark that the row's event could not be recorded, and why. */
void jc_import_row_remark(struct jc_import *im, const char *why);

/* Events that come with a row: 会籍变动 of its three columns, taking part, the application made there. */
int jc_import_row_events(struct jc_import *im, const struct jc_import_row *row, const jc_id id, int is_new, struct jc_err *err);

/* The row has become a record: what waited for that in 待处理 goes, in the transaction that is open. */
int jc_import_row_settled(struct jc_import *im, const struct jc_import_row *row, struct jc_slice title);
/* The same again for all rows, after a batch that wrote nothing was rolled back. */
int jc_import_settled_again(struct jc_import *im);

#endif
