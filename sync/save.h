/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to save.c, act.c (voiding, settling) and undo.c: one batch on its way to the disk. */
#ifndef JC_SAVE_H
#define JC_SAVE_H

#include "project.h"
#include "sync_node.h"

struct jc_save {
	struct jc_node *node;
	struct jc_scope scope;
	char what[32];
	jc_id batch;
	int64_t time, place;
	int64_t origin;             /* what the next operations are sent again for; 0: nothing */
	int64_t first, last;        /* numbers of its operations, 0 before the first */
	enum jc_tier last_tier;
	struct jc_buf line;         /* the last operation as stored */
	char hat[24], date[12], behalf[64]; /* of the act, or "" */
	int began;                  /* its transaction is open */
	int undoing;                /* puts back what stood there: no correction */
	int carrying;               /* what another branch did: no correction either */
};

/* A batch of the scope's authority, wherever it writes its own records: verdicts. JC_EDENIED. */
int jc_save_begin_authority(struct jc_save **out, struct jc_node *node, int64_t scope, const char *what, struct jc_err *err);
/* The operations that follow carry this one as their origin (FORMAT 4, `o`). */
void jc_save_origin(struct jc_save *sv, int64_t op);

/* An operation under construction; the arrays are as long as the record needs. */
struct jc_build {
	struct jc_op op;
	struct jc_opfield *field;
	struct jc_opnames *name;
	struct jc_opref *ref;
	struct jc_slice *elem;
	struct jc_buf *text;        /* names of fields this program does not know */
	size_t ntext, nref, nelem;
};

/* Room for `fields` fields or named fields, `refs` references and `elems` set elements. */
int jc_build_init(struct jc_build *b, size_t fields, size_t refs, size_t elems, struct jc_err *err);
void jc_build_free(struct jc_build *b);
/* Begins a named field, adds references to it, and closes it (sorted, without duplicates; an empty one
 * is taken back). */
void jc_build_name(struct jc_build *b, struct jc_slice field);
void jc_build_ref(struct jc_build *b, int64_t op);
void jc_build_name_end(struct jc_build *b);
/* Appends the operation to the batch: numbered, stored as a draft, projected. Splits a `set` whose line
 * would be too long. */
int jc_build_save(struct jc_build *b, struct jc_save *sv, const struct jc_rec *r, enum jc_verb verb, struct jc_err *err);

/* What an author sees of a record: itself, or the class that it is part of. Zero it; freed with
 * jc_seen_free. */
struct jc_seen {
	struct jc_merged m;
	struct jc_rec *rec;            /* where an edit is written: the shown record */
	const struct jc_cells *cells;  /* as of `seen`; borrowed */
	struct jc_cells own, gone;     /* `gone`: what only another member's operation replaced */
};
int jc_seen_get(struct jc_seen *v, struct jc_save *sv, struct jc_rec *r, int64_t seen, struct jc_err *err);
void jc_seen_free(struct jc_seen *v);
/* Adds references to every write in `gone` of the field, so that an edit outlives the class. */
void jc_build_gone(struct jc_build *b, const struct jc_seen *v, uint32_t field);
/* Adds the witnesses that an operation on `r` needs to name writes of the whole class; none, when it
 * names nothing or stands alone. */
void jc_build_witness(struct jc_build *b, const struct jc_seen *v, const struct jc_rec *r);

/* The record with its own cells as of `seen` (0: now). `cells` is either the record's own or *folded, which
 * the caller frees. */
int jc_save_base(const struct jc_cells **cells, struct jc_cells *folded, struct jc_save *sv, const struct jc_rec *r,
    int64_t seen, struct jc_err *err);
/* What must not be stored at all is refused here, with its sentence (save_rules.c): JC_EINVAL. */
int jc_save_refuse(struct jc_save *sv, const struct jc_rec *r, const struct jc_cells *cells, const struct jc_change *changes, size_t n,
    struct jc_err *err);
/* One more change that follows from the others: a credit code says the legal form where nobody has. 0 or 1. */
size_t jc_save_implied(struct jc_change *more, const struct jc_rec *r, const struct jc_cells *cells, const struct jc_change *changes,
    size_t n);
/* The field as this node's own catalogue has it: what a caller holds may be of another snapshot, in which
 * a defined field has another number. JC_EINVAL: it is not defined here. */
int jc_save_field(const struct jc_field **own, struct jc_save *sv, struct jc_kindmap *k, const struct jc_field *f,
    struct jc_err *err);
/* Undo of one `alias` operation; *restored counts. */
int jc_same_undo(struct jc_save *sv, struct jc_rec *r, const struct jc_op *op, int64_t *restored, struct jc_err *err);
/* Record of a scope by its id, JC_ENOTFOUND with a sentence. */
int jc_save_record(struct jc_rec **out, struct jc_save *sv, const jc_id id, struct jc_err *err);

#endif
