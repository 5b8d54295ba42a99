/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Matching: what people write (a name, an external key, an identity number) with the records that are
 * there. Kinds are read once, when first asked for; rows of a file that is being imported are added, so
 * that they can name each other. Nothing is written.
 */
#ifndef JC_AGENT_MATCH_H
#define JC_AGENT_MATCH_H

#include "../sync/sync_node.h"

struct jc_match;

enum jc_match_state {
	JC_MATCH_NONE = 0,
	JC_MATCH_LIVING,
	JC_MATCH_VOID,
	JC_MATCH_FILE     /* not there yet; a row of the file makes it */
};

/* What identifies a record: parts of its fields, each empty when there is none. */
struct jc_match_who {
	struct jc_slice title;
	struct jc_slice number; /* citizen identity number */
	struct jc_slice uscc;
	struct jc_slice birth, phone;
};

/* For records of one scope; references may point into any. Freed with jc_match_close. */
int jc_match_open(struct jc_match **out, struct jc_node *node, const struct jc_scope *scope, const char *today,
    struct jc_err *err);
void jc_match_close(struct jc_match *m);

/* Adds a field's stored text to `who` if the field takes part; it is borrowed. */
void jc_match_who_add(struct jc_match_who *who, const struct jc_kind *kind, const struct jc_field *f, struct jc_slice stored);
/* Drops a number or code that is not valid: it identifies nobody. */
void jc_match_who_check(struct jc_match_who *who, const char *today);

/* State of an id in the scope. Negative: an error. */
int jc_match_state(struct jc_match *m, const struct jc_kind *kind, const jc_id id, struct jc_err *err);

/*
 * A reference as typed: "id:" and an id, an external key, an id, or the record's name. 1: out is filled;
 * 0: nothing like it; 2: several records have that name. JC_E* on errors.
 */
int jc_match_ref(struct jc_match *m, const struct jc_kind *kind, struct jc_slice typed, jc_id out, struct jc_err *err);

/* Appends the name of the record with this id, in any scope. 1, or 0 when there is none. */
int jc_match_title(struct jc_match *m, const struct jc_kind *kind, struct jc_slice id, struct jc_buf *out, struct jc_err *err);

/*
 * The record of the scope that a row without key means: the same valid number (DOMAIN 6.1 D1), else the
 * same name, birth date and mobile with no number against it (D4); for organizations the same code, else
 * the same name with no code against it. 1, 0 or 2 as above.
 */
int jc_match_who(struct jc_match *m, const struct jc_kind *kind, const struct jc_match_who *who, jc_id out, struct jc_err *err);

/* The record of the scope with this name whose identity number begins with these digits, of which the last
 * ones are lost. 1, 0 or 2 as above. */
int jc_match_lost(struct jc_match *m, const struct jc_kind *kind, struct jc_slice title, struct jc_slice digits, jc_id out,
    struct jc_err *err);

/* The record of the scope with this name. 1, 0 or 2 as above. */
int jc_match_name(struct jc_match *m, const struct jc_kind *kind, struct jc_slice title, jc_id out, struct jc_err *err);

/* A row of the file will make or change this record. */
int jc_match_note(struct jc_match *m, const struct jc_kind *kind, const jc_id id, const struct jc_match_who *who,
    struct jc_err *err);

/* The record of this id has been written: its state is `living` from now on. */
void jc_match_settle(struct jc_match *m, const struct jc_kind *kind, const jc_id id);

#endif
