/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to the projection: columns that nobody writes, because they follow from events and other records. */
#ifndef JC_DERIVE_H
#define JC_DERIVE_H

#include "../schema/schema_flow.h"
#include "project.h"

#define JC_DERIVED_MAX 6

/* What the derivations of one kind know. */
struct jc_derives {
	const struct jc_kind *kind;
	const struct jc_flow *flow;       /* the records have states, or NULL */
	const struct jc_field *subject;   /* the records are events about what this field names, or NULL */
	const struct jc_field *about;     /* ... of the kind that this field names; NULL: of `of` */
	const struct jc_kind *of;
	int cross;                        /* derived from other records as well (check, venue, org) */
	uint8_t passage;            /* transfers wait for it (jc_project_transfers) */
	uint8_t *input;                   /* by field id: a change here makes a derivation due */
	uint16_t max_id;
	size_t n;                         /* derived columns ... */
	const struct jc_field *field[JC_DERIVED_MAX];
	struct jc_stmt *sel, *upd, *events; /* made on first use */
};

int jc_derives_make(struct jc_kindmap *k);            /* 0 or JC_ENOMEM */
void jc_derives_free(struct jc_derives *d);           /* NULL is fine */

/* The list of what is due in this transaction. */
int jc_derive_new(struct jc_project *p);              /* 0 or JC_ENOMEM */
void jc_derive_free(struct jc_project *p);
void jc_derive_forget(struct jc_project *p);

/* 1 if something is derived from this field of that kind. */
int jc_derive_input(const struct jc_kindmap *k, const struct jc_field *f);
/* A record is about to be written to the tables: puts down what becomes due by it. */
int jc_derive_note(struct jc_project *p, const struct jc_rec *r, struct jc_err *err);
/* Binds the derived columns of a new record that has no events. */
void jc_derive_bind(struct jc_project *p, struct jc_stmt *ins, const struct jc_rec *r);
/* Brings all that is due up to date; everything written lies in the tables. */
int jc_derive_run(struct jc_project *p, struct jc_err *err);
/* After a refill: everything that has events or is derived from other records. */
int jc_derive_all(struct jc_project *p, struct jc_err *err);

/* ---- between derive.c and derive_cross.c ---- */

/* One record under derivation. Values are stored texts, NULL none; `text` holds what is made here. */
struct jc_derived {
	struct jc_project *p;
	struct jc_derives *d;
	int64_t rec, scope;
	jc_id id;
	const char *value[JC_DERIVED_MAX];
	char text[JC_DERIVED_MAX][48];
	struct jc_err *err;
};
/* Sets the derived column of that name; NULL clears it. Too long texts are cut. */
void jc_derived_set(struct jc_derived *v, const char *field, const char *text);
const char *jc_derived_get(const struct jc_derived *v, const char *field);
/* Puts a record of the same scope on the list. */
int jc_derive_due(struct jc_project *p, int64_t scope, const struct jc_kind *kind, const char *id, struct jc_err *err);
/* What kind has besides states: fills v->value. */
int jc_derive_cross(struct jc_derived *v);
/* A record changed (its written columns or, with `state`, its derived ones): puts the records on the list that follow from it. */
int jc_derive_spread(struct jc_project *p, const struct jc_kind *kind, int64_t rec, int64_t scope, const char *id, int state,
    struct jc_err *err);
/* Puts every record with more than its own fields to follow on the list. */
int jc_derive_cross_all(struct jc_project *p, struct jc_err *err);
/* Columns of a new org that follow from its own fields. */
const char *jc_derive_scale(int64_t full, int64_t part, int known);

#endif
