/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to report*.c: a run of a report and what comes out of it. */
#ifndef JC_AGENT_REPORT_PRIVATE_H
#define JC_AGENT_REPORT_PRIVATE_H

#include "asof.h"
#include "report.h"

#define R_COLUMNS_MAX 64
#define R_DIMS_MAX 2
#define R_TOTAL "*"       /* key of the total row, and of facts that belong to every row */

struct r_cell {
	int64_t v;
	const char *text;     /* SHOW and texts; NULL: none */
	uint8_t has;          /* a number is there */
};

struct r_sheet;

struct r_row {
	struct r_sheet *sheet;
	const char *key;              /* group keys joined by "|", or the record's id */
	const char *part[R_DIMS_MAX]; /* group keys */
	const char *label[R_DIMS_MAX];
	int64_t order[R_DIMS_MAX];    /* place among choices, else 0 */
	struct r_cell *cell;
	struct r_row *next;           /* in its bucket */
	uint8_t level;                /* 0 a row, 1 a subtotal, 2 the total */
	uint8_t merged;               /* small rows went into it */
};

/* A table of the result: of one value when the report is split. */
struct r_sheet {
	const struct jc_report_table *table;
	const char *split, *split_label; /* NULL: not split */
	const struct jc_report_dim *dim[R_DIMS_MAX];
	size_t ndims, ncolumns;
	struct r_row **row, **bucket;
	size_t nrows, cap, nbuckets;
	struct r_row *total, *common;  /* common: facts of every row */
	struct r_sheet *next;
};

/* An organization as filters and groupings want it. */
struct r_org {
	const char *id, *name, *region, *authority, *federation, *status, *kind, *type, *cls, *union_id, *parent;
	int64_t scope;
	int line;                     /* in the line of the federation that was asked about */
	struct r_org *next;
};

struct r_block;

struct r_texts {
	struct r_block *block;
	int failed;
};

struct r_seen {
	const void *row;
	size_t col;
	const char *text;
	uint64_t hash;
};

struct jc_report_result {
	const struct jc_report *report;
	struct jc_period period;
	char organization[160], filter[384], about[512], asof[256], made[20], today[11];
	const char *by;
	int outward, full, hub, asked; /* asked: a cell was */
	int64_t people;
	struct r_sheet *sheets;
	const char **ids;
	size_t nids, ids_cap;
	json_t *before;               /* the version that was handed in, or NULL */
	int64_t before_time;
	struct r_texts texts;
};

struct jc_report_run {
	struct jc_node *node;
	const struct jc_report_ask *ask;
	struct jc_report_result *r;
	struct jc_scope own;
	const struct jc_report_table *table;
	char place[13];               /* trimmed */
	struct r_org **orgs;          /* hash by id */
	size_t norgs, nbuckets;
	const struct jc_report_dim *dim[R_DIMS_MAX], *split;
	size_t ndims;
	size_t nown;                  /* of the table's columns, the last ones: fields that counties added */
	struct r_seen *seen;          /* texts counted as different, open addressing */
	size_t nseen, seen_cap;
	const char *cell_table, *cell_row, *cell_column; /* of ask.cell */
	char *cell_split;             /* of a split report: which of its tables; NULL: all of them */
	char cell[160];
	struct jc_err *err;
};

/* One fact on its way in. Borrowed texts. */
struct r_fact {
	const char *id;               /* its record */
	const char *org;              /* id of the organization it belongs to, NULL none */
	const char *group[R_DIMS_MAX], *label[R_DIMS_MAX]; /* label NULL: by the dim */
	int64_t order[R_DIMS_MAX];    /* 0: by the dim */
};

/* Texts that live as long as the result. */
const char *r_keep(struct r_texts *t, const char *s, size_t n);
const char *r_keep_str(struct r_texts *t, const char *s);
void *r_room(struct r_texts *t, size_t n);
void r_texts_free(struct r_texts *t);
void r_texts_reset(struct r_texts *t); /* empty, keeps memory */

/* The organization of an id; NULL: not here. */
const struct r_org *r_org(const struct jc_report_run *run, const char *id);
/* 1 if facts of this organization count: in the place, the line and the federation, and not closed. */
int r_org_in(const struct jc_report_run *run, const struct r_org *o);

/* Marks the organizations of a federation's line; and what was asked for, in words (report_line.c). */
int r_line_mark(struct jc_report_run *run, struct jc_err *err);
void r_about_make(struct jc_report_run *run);

/* What every organization gives a row or a table by; one of a list by its key (n bytes), NULL: it is not there. */
extern const struct jc_report_dim r_org_dims[];
const struct jc_report_dim *r_dim_among(const struct jc_report_dim *list, const char *key, size_t n);

/* The row that a fact belongs to: filtered (NULL), or found or made. */
int r_row_of(struct r_row **out, struct jc_report_run *run, const struct r_fact *f, struct jc_err *err);
/* Adds to a numeric column by its index; notes the id when its cell was asked for. */
int r_add(struct jc_report_run *run, struct r_row *row, size_t col, int64_t v, const char *id, struct jc_err *err);
/* A text of a column that counts different ones. */
int r_add_text(struct jc_report_run *run, struct r_row *row, size_t col, const char *text, const char *id, struct jc_err *err);
/* A new row of a list, keyed by its record; NULL when its organization is filtered out. */
int r_list_row(struct r_row **out, struct jc_report_run *run, const struct r_fact *f, struct jc_err *err);
/* Notes the record of a list's row when a cell of it was asked for. */
int r_list_asked(struct jc_report_run *run, const struct r_row *row, struct jc_err *err);
/* Index of a column by key; asserts that it is there. */
size_t r_column(const struct jc_report_table *t, const char *key);

/* What reads facts and rows from SQL. */
int r_sql_run(struct jc_report_run *run, const char *sql, struct jc_err *err);
/* Binds :from, :to, :today ... as far as the statement has them. :asof is the last day of the period, or today when
 * that is still to come: what is in force. */
void r_bind(const struct jc_report_run *run, struct jc_stmt *st, const char *sql);

/* A value of the statement into a cell of a list (report_sql.c). */
void r_cell_take(struct jc_report_run *run, struct r_row *row, int col, struct jc_stmt *st, int i);
/* A list whose rows are records gets the fields that counties added as further columns, and their values (report_own.c). */
int r_own_columns(struct jc_report_run *run, struct jc_err *err);
int r_own_values(struct jc_report_run *run, struct jc_err *err);

/* Between report.c and report_finish.c: rows by key, made when new; a row without a place; a table's sheet. */
int r_row_find(struct r_row **out, struct jc_report_run *run, struct r_sheet *s, const struct r_fact *f,
    const char *const *part, const char *key);
struct r_row *r_row_new(struct jc_report_run *run, struct r_sheet *s, const char *key);
int r_row_append(struct r_sheet *s, struct r_row *row);
struct r_sheet *r_sheet_of(struct jc_report_run *run, const char *split);
/* Is `key` among the keys of a formula ("a+b")? */
int r_among(const char *keys, const char *key);

/* Ratios, subtotals, order, small numbers: when all facts are in. */
int r_finish(struct jc_report_run *run, struct jc_err *err);

/* Text of a cell for people. `room` bytes at buf may hold it. */
const char *r_cell_text(char *buf, size_t room, const struct jc_report_column *c, const struct r_cell *cell);
/* "较上次报送变化": the value of a cell in the version handed in; 0 when there is none. */
int r_before(const struct jc_report_result *r, const struct r_sheet *s, const struct r_row *row, const struct jc_report_column *c,
    int64_t *v);

/*
 * Membership on two days: what R05 counts and R06 describes. Members come in order of their rows; the
 * statement's columns are those of R_MEMBER_SQL, further ones are the caller's.
 */
enum r_cat { R_NONE, R_REG, R_RET }; /* not a member, on the register, membership retained */
#define R_STEPS_MAX 256
struct r_step {
	char day[11], move[4];
	enum r_cat before, after;
	const char *from_union, *to_union; /* ids, or NULL; live while the member is shown */
	const char *at;                    /* the union whose register it changes */
};
struct r_member {
	const char *id, *union_id;         /* union_id: on the last day */
	const char *union_before;          /* on the day before the first */
	enum r_cat before, after;          /* on the day before the first; on the last */
	enum r_cat table;                  /* as the table of members has it, when nothing came after the last day */
	struct r_step step[R_STEPS_MAX];   /* those inside the period that changed a register */
	size_t nsteps;
};
/* `sql` is R_MEMBER_SQL of the further columns; `extra` has their texts (NULL none), alive during the callback. */
int r_members_each(struct jc_report_run *run, const char *sql,
    int (*each)(void *arg, const struct r_member *m, const char *const *extra), void *arg, size_t nextra, struct jc_err *err);

#define R_MEMBER_SQL(further)                                                                      \
	"SELECT m.rec, r.id, m.union_id, m.joined_on, m.membership_status, f.day, f.move, f.from_state, f.to_state, f.ok," \
	"       e.from_union, e.to_union, r.scope" further                                                  \
	"  FROM k_member m CROSS JOIN record r ON r.rec = m.rec"                                         \
	"  LEFT JOIN flow_step f ON f.subject = m.rec"                                             \
	"  LEFT JOIN k_member_event e ON e.rec = f.event"                                          \
	" WHERE r.void = 0 ORDER BY m.rec, f.n"
#define R_MEMBER_COLUMNS 13

/* How many of the facts that a social organization must have before it is reported (R in DOMAIN 2.1) are missing. */
#define R_SOCIAL_FACTS 16
#define R_SOCIAL_MISSING                                                                           \
	"(k.uscc_status IS NULL) + (k.reg_status IS NULL) + (k.legal_form IS NULL) + (k.org_status IS NULL) +"       \
	"(k.region_code IS NULL) + (k.function_class IS NULL) + (k.activity_field IS NULL) + (k.industry_section IS NULL) +" \
	"(k.fund_sources IS NULL) + (k.staff_full IS NULL) + (k.activity_contents IS NULL) + (k.work_modes IS NULL) +" \
	"(k.party_org_status IS NULL) + (k.venue_status IS NULL) + (k.contact_name IS NULL) + (k.contact_phone IS NULL)"

int r_movement(struct jc_report_run *run, struct jc_err *err);      /* R05 */
int r_structure(struct jc_report_run *run, struct jc_err *err);     /* R06 */
int r_social_summary(struct jc_report_run *run, struct jc_err *err); /* R03 */
int r_quality(struct jc_report_run *run, struct jc_err *err);       /* R15 */

extern const struct jc_report r_report_01, r_report_02, r_report_03, r_report_04, r_report_05, r_report_06, r_report_07,
    r_report_08, r_report_09, r_report_10, r_report_11, r_report_12, r_report_13, r_report_14, r_report_15, r_report_members,
    r_report_year, r_report_problems, r_report_fields, r_report_todo;

#endif
