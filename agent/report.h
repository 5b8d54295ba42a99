/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reports (DOMAIN 5). One declared table says which reports there are: their columns, what a column means,
 * how rows are grouped, and the SQL that gives the facts. A *fact* is one record with what it adds to which
 * columns; a number in a report is nothing but the sum of its facts, so the records behind every number are
 * the same query asked again for one cell. A *list* has one row per record.
 *
 * Four shapes from one result: a table on the terminal, JSON, .xlsx, a printed page. All of a report is read
 * in one transaction.
 */
#ifndef JC_AGENT_REPORT_H
#define JC_AGENT_REPORT_H

#include <jansson.h>

#include "../sync/sync_node.h"

enum jc_report_type {
	JC_R_TEXT,
	JC_R_DATE,
	JC_R_INT,
	JC_R_MONEY,   /* fen */
	JC_R_DECIMAL, /* tenths */
	JC_R_PERCENT  /* hundredths of a percent */
};

enum jc_report_how {
	JC_R_SHOW,     /* list: the value of its record */
	JC_R_SUM,      /* facts: added up; list: shown, and added up in the total */
	JC_R_DISTINCT, /* facts: how many different texts */
	JC_R_RATIO,    /* `of` / `per`; blank when `per` is 0 */
	JC_R_MINUS     /* `of` - `per` */
};

enum jc_report_flags {
	JC_R_HIDDEN = 1, /* only an ingredient of others */
	JC_R_PEOPLE = 2, /* counts people: small numbers are merged in what leaves the county */
	JC_R_NUMBER = 4, /* a phone or identity number: masked unless asked for */
	JC_R_PERSON = 32, /* a person's name: only its beginning in what leaves the county */
	JC_R_FEW = 64,   /* fewer than five are not told in what leaves the county, the number itself is left blank */
	JC_R_LINK = 16,  /* with HIDDEN: the id of a record that goes with the row, for the page to open */
	JC_R_CALC = 8    /* comes from C, not from the SQL */
};

struct jc_report_column {
	const char *key;             /* also the name of the SQL's column; NULL ends the table */
	const char *zh, *en;
	enum jc_report_type type;
	enum jc_report_how how;
	unsigned flags;
	const char *kind, *field;    /* SHOW: whose labels a code has; refs to organizations become names */
	const char *of, *per;        /* keys of columns, several joined by "+"; `of` of an amount that is FEW: its number */
	const char *ids;             /* formulas: the columns whose records stand behind it; NULL: those of `of` */
	const char *group_zh, *group_en; /* heading over neighbours with the same one */
};

/* What rows can be grouped by. `org`, `town`, `authority` and `class` come from the fact's organization. */
struct jc_report_dim {
	const char *key;             /* NULL ends the table; the SQL's column is g_KEY, its label l_KEY if there is one */
	const char *zh, *en;
	const char *kind, *field;    /* whose labels its codes have; NULL: the text itself */
	int all;                     /* every choice has a row, also without facts */
};

struct jc_report_run;

struct jc_report_table {
	const char *id;              /* R07b; NULL ends the list */
	const char *zh, *en;
	int list;                    /* 1: a row per record, in the order of the SQL; 0: facts */
	const struct jc_report_column *columns;
	const struct jc_report_dim *dims; /* facts; the first are the default grouping */
	size_t ndefault;             /* how many of them: 1 or 2 */
	const char *sql[4];          /* facts from several queries add up */
	int (*calc)(struct jc_report_run *run, struct jc_err *err); /* facts made in C, after the SQL; may be NULL */
	int landscape, wide;         /* on paper: A4 across, small type */
	int inside;                  /* names: the table does not leave the county */
	int plain;                   /* rows overlap: no subtotals and no total */
	const char *note_zh, *note_en; /* under the table; may be NULL */
	const char *record;          /* list: kind whose record a row is, so that fields added by counties stand in it too; NULL */
	/* list: a row leads to the record of this kind in the column begin_link, or to a new one whose field begin_field is
	 * the row's record; NULL: no such thing */
	const char *begin_kind, *begin_field, *begin_link;
};

struct jc_report {
	const char *id;              /* R05; NULL ends the list */
	const char *zh, *en;
	const char *who;             /* branch, county, city, fed: space separated */
	const struct jc_report_table *tables;
	int special;                 /* 1: can be asked about one special work */
};

/* All reports; and one by id (case does not matter), Chinese or English name. NULL: none. */
extern const struct jc_report *const jc_reports[];
const struct jc_report *jc_report_find(const char *typed);

/* Both days included. label is what people call it. */
struct jc_period {
	char from[11], to[11];
	char label[64];
};
/* "2026", "2026-03", "2026Q1", "2026H1", "2026-01-05" (a day); NULL: this year until today. JC_EINVAL. */
int jc_period_parse(struct jc_period *out, const char *typed, const char *today, struct jc_err *err);
/* Two days, either may be NULL: from the beginning of the year of `to`, until today. JC_EINVAL. */
int jc_period_days(struct jc_period *out, const char *from, const char *to, const char *today, struct jc_err *err);

struct jc_report_ask {
	const struct jc_report *report;
	struct jc_period period;
	const char *place;           /* region code: only what lies in it; NULL: all */
	const char *authority;       /* id of an organization: only its line; NULL: all */
	const char *federation;      /* id of a federation: only its organizations; NULL: all */
	const char *special;         /* name of a special work: only what is done for it; NULL: all */
	const char *by;              /* grouping, one or two dims joined by ","; NULL: the report's own */
	const char *split;           /* a dim: one table per value of it; NULL */
	const char *basis;           /* R01: "party", "law25", "key", joined by ","; NULL: all three */
	const char *cell;            /* "TABLE/ROW/COLUMN": collect the records behind this number; "TABLE:SPLIT/ROW/COLUMN": in
	                                one table of a split report; NULL */
	int outward;                 /* leaves the county: small numbers of people are merged */
	int full;                    /* phone numbers in full; logged by the caller */
};

/*
 * For whoever asks people: the options there are (name, labels, what there is to choose from in this data; `choices` null:
 * yes or no), which of them a report takes, and what its rows can be grouped by. New references; JC_ENOMEM.
 */
int jc_report_options(json_t **out, struct jc_node *node, struct jc_err *err);
json_t *jc_report_takes(const struct jc_report *r);
json_t *jc_report_groupings(const struct jc_report *r);

struct jc_report_result;

/* Runs a report; freed with jc_report_free. JC_EINVAL, JC_ENOTFOUND name what is wrong with the question. */
int jc_report_make(struct jc_report_result **out, struct jc_node *node, const struct jc_report_ask *ask, struct jc_err *err);
void jc_report_free(struct jc_report_result *r);

/* Shapes. json: new reference. */
json_t *jc_report_json(const struct jc_report_result *r);
void jc_report_print(const struct jc_report_result *r);
/* path NULL: the bytes go to `bytes`. */
int jc_report_xlsx(const struct jc_report_result *r, const char *path, struct jc_buf *bytes, struct jc_err *err);
int jc_report_page(struct jc_buf *out, const struct jc_report_result *r, int linked, struct jc_err *err);

/* The ids behind ask.cell, in the order of the facts; and a number of the result, for tests and callers that
 * know what they look for. *has 0: blank. JC_ENOTFOUND: no such row or column. */
size_t jc_report_ids(const struct jc_report_result *r, const char *const **ids);
int jc_report_value(const struct jc_report_result *r, const char *table, const char *row, const char *column, int64_t *value,
    int *has);
/* The text of a cell as people read it, "" when blank; NULL: no such cell. Borrowed. */
const char *jc_report_text(const struct jc_report_result *r, const char *table, const char *row, const char *column);
size_t jc_report_rows(const struct jc_report_result *r, const char *table);
/* People whose numbers stand in it in full. */
int64_t jc_report_people(const struct jc_report_result *r);

/*
 * Handing in: keeps the result as it is now. When the same report, period and filter is made again, it says
 * what changed since. jc_report_make reads the newest version by itself.
 */
int jc_report_hand_in(struct jc_node *node, const struct jc_report_result *r, struct jc_err *err);

#endif
