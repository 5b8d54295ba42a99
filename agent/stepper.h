/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One move of a workflow, from what was typed to the save: command and API go the same way. Typed fields
 * go to the event where it has such a field, else to the record; what the table says is filled in, the
 * needs are checked, and event, record and what follows from the move are one save and one undo.
 */
#ifndef JC_AGENT_STEPPER_H
#define JC_AGENT_STEPPER_H

#include "../schema/schema_flow.h"
#include "typed.h"

struct jc_stepper {
	struct jc_node *node;
	const struct jc_env *env;
	const struct jc_flow *flow;
	struct jc_record_key key;
	struct jc_scope scope;      /* of the record */
	struct jc_scope own;        /* where the event goes: the record's, or, for what came from above, this node's */
	int hub;                    /* this node is the hub of the scope it writes to, not the branch itself */
	struct jc_match *match;
	struct jc_typed event, record;
	struct jc_record now, parent;
	char state[40], left[40], since[12]; /* "" none */
	char today[11];
	/* What the person says of the act: */
	const char *date;           /* business date as typed, NULL: today */
	const char *behalf;         /* number of the upper level's document, NULL: none */
	unsigned hats;              /* those to choose from; 0: the ones that this node wears by itself */
	/* Results: */
	jc_id id;                   /* of the event */
	enum jc_hat hat;
	char day[11];
	struct jc_buf hints;        /* what would be good to have, for people */
	struct jc_buf scratch;
};

/* Reads the record and where it stands. JC_EINVAL: its kind has no states. Closed in any case. */
int jc_stepper_open(struct jc_stepper *s, struct jc_node *node, const struct jc_env *env, const struct jc_record_key *key,
    struct jc_err *err);
void jc_stepper_close(struct jc_stepper *s);

/* Remarks about typed values go there. */
void jc_stepper_remarks(struct jc_stepper *s, void (*remark)(void *arg, const struct jc_field *f, const struct jc_remark *r),
    void *arg);

/* The field that a typed name means, and in *to where it goes. JC_EINVAL. */
int jc_stepper_field(const struct jc_field **out, struct jc_typed **to, struct jc_stepper *s, const char *name, size_t n,
    struct jc_err *err);
/* "field=value" as on a command line. */
int jc_stepper_pair(struct jc_stepper *s, const char *pair, struct jc_err *err);

/* Checks and saves. JC_ESTATE: the move cannot follow; JC_EINVAL, JC_EDENIED: what is missing, who does it. */
int jc_stepper_save(struct jc_stepper *s, const char *move, struct jc_err *err);

/* The hats that this node wears by itself there, and those that it may be told to wear. */
unsigned jc_stepper_hats(const struct jc_stepper *s, int all);

#endif
