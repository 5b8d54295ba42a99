/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Workflows (DOMAIN 7): declared tables of moves beside the kinds, and pure functions over them. Read-only
 * data of process lifetime; any thread; nothing here reads a record, a clock or a table of the database.
 *
 * A state is never typed. It is replayed from the living events of its record in the order (business date,
 * rank), checking only that a move may start where the record stands: what else a move needs is checked
 * once, when it is entered, and the table's version is recorded with it. So a table may grow stricter
 * without making the past impossible.
 */
#ifndef JC_SCHEMA_FLOW_H
#define JC_SCHEMA_FLOW_H

#include "schema_buf.h"
#include "schema_catalogue.h"

/* The hats of DOMAIN 0.4, as bits. */
enum jc_hat {
	JC_HAT_SEC = 1, JC_HAT_CHAIR = 2, JC_HAT_REV = 4, JC_HAT_TOWN = 8, JC_HAT_FED = 16,
	JC_HAT_CNT = 32, JC_HAT_CNTL = 64, JC_HAT_CITY = 128, JC_HAT_SYS = 256
};
#define JC_HATS_BRANCH (JC_HAT_SEC | JC_HAT_CHAIR | JC_HAT_REV | JC_HAT_TOWN)
#define JC_HATS_HUB (JC_HAT_CNT | JC_HAT_CNTL | JC_HAT_CITY | JC_HAT_FED | JC_HAT_TOWN)

/*
 * One row of a table. `needs` are terms separated by spaces, each of them must hold:
 *   s.field            the record has a value there        e.field   the event has
 *   p.field            the record that this one belongs to has (a check, for its items)
 *   h.field            this or an earlier event of the record has
 *   x.field=a,b        its value is one of these           x.field>=2, x.field<2: a number, or a set's size
 *   x.field!y.field    the two differ                      age>=15, age<=30: days in the present state
 *   #word              a fact that the caller knows (answered: every item of the check is)
 *   a|b                either                              a?b       b is needed only where a holds
 *   ~a                 asked for, but nothing is refused without it
 * `sets` are fields that the move fills when they were not given: field=@date (of the event) and field=@other
 * (what field `other` of the event says) where the record has no value yet, field=code and field=!other whatever
 * it had; with e. in front a field of the event (then `other` is one of the record).
 */
struct jc_move {
	const char *from;  /* states, separated by spaces; "-": none yet; "*": any but none */
	const char *move;  /* code in the event's move field */
	const char *to;    /* "=": stays */
	const char *zh, *en;
	uint16_t who;      /* hats */
	uint8_t behalf;    /* a lower level may record it with a document number */
	uint8_t back;      /* only to the state that the record left when it came here */
	const char *needs, *sets; /* NULL: nothing */
};

/* Where a record stands that has no event saying so: the first whose `needs` (over the record) hold. */
struct jc_flow_start {
	const char *state; /* NULL: what the field `field` says */
	const char *field;
	const char *needs; /* as above, s. only; NULL: `field` has a value */
};

struct jc_flow {
	const char *code;      /* W1 ... */
	uint16_t version;
	const char *kind;      /* of the records that have the states */
	const char *state;     /* their derived field */
	const char *state_on;  /* derived date of the last move, or NULL */
	const char *parent;    /* field that names the record for p., or NULL */
	const char *event;     /* kind of the events, with its fields: */
	const char *subject, *move, *date;
	const char *begin;     /* state of a record without events; "": none */
	uint8_t assume;        /* 1: an event that only fits a later beginning makes that the beginning */
	const struct jc_flow_start *starts; /* ends with state and field NULL; or NULL */
	const struct jc_move *moves;        /* ends with move NULL */
};

/* All tables, NULL-terminated. */
const struct jc_flow *const *jc_flows(void);
/* The table of a kind, NULL when its records have no states. */
const struct jc_flow *jc_flow_of(const struct jc_kind *kind);

/* Asks for a value. `where` is s, e, p or h; `field` its name (n bytes). Answers its stored text (sets: a JSON
 * array), borrowed until the next call, NULL when there is none. `where` # asks a fact, @ the days in state. */
typedef const char *(*jc_flow_value_fn)(void *arg, char where, const char *field, size_t n);

/* 1 if the record's values let it begin there; only s. is asked. */
int jc_flow_starts(const struct jc_flow_start *start, jc_flow_value_fn value, void *arg);

/* The row by which `move` starts from `state`; `left` is the state before that one ("" none). NULL when no row does. */
const struct jc_move *jc_flow_find(const struct jc_flow *flow, const char *state, const char *left, const char *move);
/* The same for one row. */
int jc_flow_fits(const struct jc_move *row, const char *state, const char *left);

/*
 * A replay in progress: begun with what the record is, then fed with the moves in order. `value` is asked
 * (s. only) during begin. All states point into tables or into `own`.
 */
struct jc_flow_run {
	const struct jc_flow *flow;
	const char *state;  /* "" none */
	const char *left;   /* the state before, "" none */
	char own[40];       /* a state that a field named */
};
/* `first` is the first move that will be fed, NULL when there are no events. */
void jc_flow_begin(struct jc_flow_run *run, const struct jc_flow *flow, const char *first, jc_flow_value_fn value,
    void *arg);
/* The row that was taken, NULL: impossible from here, the state stays. */
const struct jc_move *jc_flow_feed(struct jc_flow_run *run, const char *move);

/*
 * May this be entered? `hats`: those the person may wear; `behalf`: a document number was given. 0, or
 * JC_EINVAL / JC_EDENIED with a sentence naming what is missing (labels of both kinds), or who does it. *hat
 * (may be NULL) gets the hat that acts; hints that do not refuse are appended to `hints` (may be NULL).
 */
int jc_flow_check(enum jc_hat *hat, struct jc_buf *hints, const struct jc_flow *flow, const struct jc_move *row, unsigned hats,
    int behalf, jc_flow_value_fn value, void *arg, struct jc_err *err);

/* The same for the first row of `move` that starts here and lets it pass; *row gets it. JC_ESTATE with what can
 * follow instead when none starts here. What is missing is said before who may. */
int jc_flow_pick(const struct jc_move **row, enum jc_hat *hat, struct jc_buf *hints, const struct jc_flow *flow,
    const char *state, const char *left, const char *move, unsigned hats, int behalf, jc_flow_value_fn value, void *arg,
    struct jc_err *err);

/* Appends what a row needs as people read it, "、" between; nothing when it needs nothing. */
void jc_flow_needs_put(struct jc_buf *b, const struct jc_flow *flow, const struct jc_move *row);

/* Calls `each` for every term field=value of `sets`: target 's' or 'e', its field, and what stands behind
 * the sign (source 0: a code; '@' or '!': a field's name of the other record, or `date`). */
void jc_flow_sets_each(const struct jc_move *row,
    void (*each)(void *arg, char target, const char *field, size_t n, char source, const char *what, size_t len), void *arg);

/* A hat by its word (SEC, cnt ...) and back; 0 and "" when there is none. Labels in the thread's language. */
unsigned jc_hat_parse(const char *s);
const char *jc_hat_word(enum jc_hat hat);
const char *jc_hat_label(enum jc_hat hat);

/* Checks the tables against the catalogue: kinds, fields, states, moves, terms. JC_EINTERNAL names the first fault. */
int jc_flow_tables_check(struct jc_err *err);

/* What the field `state` calls that state, in the thread's language; the code when unknown. */
const char *jc_flow_state_label(const struct jc_flow *flow, const char *state);

#endif
