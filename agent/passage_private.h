/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What both halves of passage.h need: passage.c (a branch's own moves), passage_carry.c (what the hub carries). */
#ifndef JC_AGENT_PASSAGE_PRIVATE_H
#define JC_AGENT_PASSAGE_PRIVATE_H

#include <jansson.h>

#include "passage.h"

#define JC_PASSAGE_FIRST 20 /* ids of kind transfer's fields that are the person's */
#define JC_PASSAGE_LAST 199
#define JC_PASSAGE_FIELDS 128 /* more than a member can have, those that hubs define among them */
#define JC_PASSAGE_SETS 16

/* Changes of one record under way; texts are borrowed. Begun by jc_passage_begin, written and emptied by jc_passage_save. */
struct jc_passage_pairs {
	const struct jc_kind *kind;
	struct jc_change change[JC_PASSAGE_FIELDS];
	size_t n;
	json_t *set[JC_PASSAGE_SETS]; /* owned: elements that `change` adds are in them */
	struct jc_slice *elem[JC_PASSAGE_SETS];
	size_t nsets;
	int failed;                   /* out of memory: jc_passage_save says so */
};

/* A field's text, NULL when it has none; whether it is `want`; whether a text is an id. */
const char *jc_passage_get(const struct jc_record *r, const char *field);
int jc_passage_is(const struct jc_record *r, const char *field, const char *want);
int jc_passage_is_id(const char *s);
/* Was the move made for good? */
int jc_passage_gone(const struct jc_record *t);
/* The id by which both sides know the transfer; borrowed from t. */
const char *jc_passage_origin(const struct jc_record *t);

void jc_passage_begin(struct jc_passage_pairs *p, const char *kind);
/* A register's new text, or elements to add to a set (its stored text). No text, no such field: nothing. */
void jc_passage_put(struct jc_passage_pairs *p, const char *field, const char *text);
/* The register cleared, or the elements of the set's stored text removed. */
void jc_passage_drop(struct jc_passage_pairs *p, const struct jc_field *f, const char *text);
/* What the transfer may carry of the person, from a member or a transfer; what that lacks, from another one (NULL: none). */
void jc_passage_person(struct jc_passage_pairs *p, const struct jc_record *from, const struct jc_record *or_from);
/* The id that the external key "passage WHAT OF" gives. */
int jc_passage_key(jc_id id, struct jc_save *sv, const char *kind, const char *what, const char *of, struct jc_err *err);
/* Writes what was put and empties p; id "" draws one. Nothing put: nothing done. */
int jc_passage_save(struct jc_save *sv, jc_id id, struct jc_passage_pairs *p, struct jc_err *err);

/* The member that the transfer names, in its scope. 1: read, to be freed; 0: there is none. */
int jc_passage_member(struct jc_record *m, struct jc_node *node, const struct jc_record *t, struct jc_err *err);
/* One event of the member. `key`: what makes its id, NULL: a fresh one. */
int jc_passage_event(struct jc_save *sv, struct jc_node *node, const struct jc_record *t, const char *member, const char *type,
    const char *day, const char *key, struct jc_err *err);
/* The member of the target comes into being and is moved in. */
int jc_passage_arrive(struct jc_save *sv, struct jc_node *node, const struct jc_record *t, const struct jc_record *from,
    const char *day, struct jc_err *err);

#endif
