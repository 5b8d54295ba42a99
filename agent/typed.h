/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What was typed (on the command line, in a row of a file) on its way to a save: text per field in,
 * jc_change out. The same for add, set and import, so that they agree on every value. Memory is kept from
 * record to record.
 */
#ifndef JC_AGENT_TYPED_H
#define JC_AGENT_TYPED_H

#include "../sync/sync_node.h"
#include "match.h"

enum jc_typed_how {
	JC_TYPED_SET, /* the value, or the whole set */
	JC_TYPED_ADD, /* elements to add to a set */
	JC_TYPED_DEL  /* elements to take out of a set */
};

enum jc_typed_refs {
	JC_TYPED_STRICT, /* a reference that names no record, or several, is an error */
	JC_TYPED_KEEP,   /* it is kept as typed (a raw value), with a remark */
	JC_TYPED_RAW,    /* references are not looked up at all */
	JC_TYPED_ID      /* they are ids already */
};

struct jc_typed_part {
	const struct jc_field *field;
	enum jc_typed_how how;
	int whole;           /* stands for "the set is given whole", without an element */
	size_t at, len;      /* stored text, in `text` */
};

struct jc_typed {
	const struct jc_kind *kind;
	struct jc_match *match;
	enum jc_typed_refs refs;
	char today[11];
	/* Called with every remark; may be NULL. code "E:..." is marked wrong but saved, "W:..." a hint. */
	void (*remark)(void *arg, const struct jc_field *f, const struct jc_remark *r);
	void *arg;
	struct jc_buf text;
	struct jc_typed_part *part;
	size_t nparts, cap;
	struct jc_change *change;
	size_t nchanges, change_cap;
	struct jc_slice *elem;
	size_t elem_cap;
};

/* `match` may be NULL with JC_TYPED_RAW. Freed with jc_typed_free. */
void jc_typed_init(struct jc_typed *t, struct jc_match *match, enum jc_typed_refs refs, const char *today);
void jc_typed_free(struct jc_typed *t);

/* Begins a record of a kind. */
void jc_typed_begin(struct jc_typed *t, const struct jc_kind *kind);

/* Takes one field's text; for a set it is split. Empty text means no value. JC_EINVAL, JC_ENOTFOUND (a
 * reference, strict) with the field's label before the message. */
int jc_typed_put(struct jc_typed *t, const struct jc_field *f, enum jc_typed_how how, const char *s, size_t n,
    struct jc_err *err);
/* One element of a set given whole, not split; begin with jc_typed_whole. */
int jc_typed_element(struct jc_typed *t, const struct jc_field *f, const char *s, size_t n, struct jc_err *err);
int jc_typed_whole(struct jc_typed *t, const struct jc_field *f, struct jc_err *err);

/* "k=v", "k+=v", "k-=v" as on a command line. JC_EUSAGE, JC_EINVAL. */
int jc_typed_pair(struct jc_typed *t, const char *pair, struct jc_err *err);

/* 1 if a set is given whole: jc_typed_finish then needs the record as it is. */
int jc_typed_needs_record(const struct jc_typed *t);
/* Makes t->change. `now` is the record as read, NULL for a new one; it must outlive the changes. */
int jc_typed_finish(struct jc_typed *t, const struct jc_record *now, struct jc_err *err);

/* What identifies the record that was typed; borrowed until the next put. */
void jc_typed_who(const struct jc_typed *t, struct jc_match_who *who);

#endif
