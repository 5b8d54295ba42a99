/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A node: database, log and projection opened together, and everything a program does with records:
 * save, undo, settle, read, list, history, digest, rebuild. One struct jc_node per thread and
 * connection. A save, its drafts and its projection are one transaction: when the call returns 0,
 * it is on the disk.
 */
#ifndef JC_SYNC_NODE_H
#define JC_SYNC_NODE_H

#include "../schema/schema_catalogue.h"
#include "../schema/schema_value.h"
#include "sync_log.h"
#include "sync_project.h"

struct jc_node {
	struct jc_db *db;
	struct jc_log *log;
	struct jc_project *project;
};

/* Opens all three; refills the projection when the program's catalogue is another. key may be NULL.
 * Closed with jc_node_close. Errors of jc_db_open. */
int jc_node_open(struct jc_node **out, const struct jc_env *env, const char *path, unsigned flags,
    const struct jc_key *key, struct jc_err *err);
void jc_node_close(struct jc_node *node);
/* Makes the fields and forms that this node's hubs have defined by now part of the calling thread's
 * catalogue. Opening does it, and so does every read and save; a server calls it before it looks up kinds. */
int jc_node_use(struct jc_node *node, struct jc_err *err);

/* Makes the node's own scope row (no 1, not joined, private idkey): `branch init`. JC_EEXISTS. */
int jc_node_init_branch(struct jc_node *node, const char *name, struct jc_err *err);
/* Founds office and common scopes: `hub init`. Needs the key. JC_EEXISTS. */
int jc_node_init_hub(struct jc_node *node, const char *name, struct jc_err *err);

/*
 * Joining: the own scope gets its network ids and the scope's idkey; ids of drafts made from keys
 * and persons are settled (old ones keep working through id_settled); projection refilled. One
 * transaction. `given` carries id, network, authority, founding, idkey, name.
 */
int jc_node_join(struct jc_node *node, const struct jc_scope *given, struct jc_err *err);

/* The scope this node writes records to. JC_ENOTFOUND: not initialised. */
int jc_node_scope(struct jc_node *node, struct jc_scope *out, struct jc_err *err);

/* Every field and form that the hubs above (or this hub) define: v[id] its stored texts (schema_overlay.h); why:
 * the sentence for which it cannot be used here, or NULL. A non-zero answer stops and is returned. */
int jc_defs_each(struct jc_node *node,
    int (*each)(void *arg, const struct jc_slice *v, int form, int hidden, const struct jc_err *why), void *arg,
    struct jc_err *err);

/* ---- Saving ---------------------------------------------------------------------------------- */

/* One field of a save. Texts are stored texts (jc_value_parse); raw ones begin with '?'. */
struct jc_change {
	const struct jc_field *field;
	struct jc_slice text;         /* register: new value, empty = cleared */
	const struct jc_slice *add;   /* set: elements to add */
	size_t nadd;
	const struct jc_slice *del;   /* set: elements to remove */
	size_t ndel;
};

struct jc_save; /* one batch: one undo */
/* Begins a batch in a scope and a write transaction. `what` is a word for the list of saves. */
int jc_save_begin(struct jc_save **out, struct jc_node *node, int64_t scope, const char *what, struct jc_err *err);
/* Who acts in what follows: the hat (a word of DOMAIN 0.4), the business date of the act, and, when it is
 * recorded for a higher level, the number of that level's document; each may be NULL. JC_EINVAL: too long. */
int jc_save_as(struct jc_save *sv, const char *hat, const char *date, const char *behalf, struct jc_err *err);
/* What follows the program carries over from elsewhere, for nobody's account: hat SYS, no correction of the
 * branch's words (sync_correction.h), nothing that jc_undo takes back. */
int jc_save_carry(struct jc_save *sv, const char *date, struct jc_err *err);
/*
 * Writes fields of a record. id "" draws a random one; an id that is not there makes a record of that
 * id, and one that is shown under another id is changed there (the id is the shown one afterwards). Every
 * change names the writes that carried the value shown at position `seen` (jc_node_seen, as
 * returned with what was on the screen; 0 = now). Changes that change nothing are left out;
 * *written (may be NULL) = number of fields written. JC_EINVAL names a field.
 */
int jc_save_set(struct jc_save *sv, const struct jc_kind *kind, jc_id id, const struct jc_change *changes, size_t n,
    int64_t seen, int *written, struct jc_err *err);
/* Record ids made from what people know (FORMAT 1): an external key, or a person's number and name. The
 * id is remembered until this node has joined, when it is settled. Give the id to jc_save_set. */
int jc_save_id_key(struct jc_save *sv, jc_id out, const struct jc_kind *kind, struct jc_slice key, struct jc_err *err);
int jc_save_id_person(struct jc_save *sv, jc_id out, const struct jc_kind *kind, struct jc_slice number,
    struct jc_slice name, struct jc_err *err);
/* Voids a record: every write known at `seen` (0 = now); a write that its author did not see keeps the
 * record alive. JC_ESTATE: it is void already. Un-voiding likewise. */
int jc_save_void(struct jc_save *sv, const jc_id id, const char *reason, int64_t seen, struct jc_err *err);
int jc_save_unvoid(struct jc_save *sv, const jc_id id, struct jc_err *err);
/* Settles a conflict: names every unreplaced write of the field and writes the value of operation
 * `pick` (> 0, local number) or the given text (pick 0; empty clears). A write that was not known at `seen` (0 = now)
 * stays: nobody has looked at it. */
int jc_save_resolve(struct jc_save *sv, const jc_id id, const struct jc_field *field, int64_t pick,
    struct jc_slice text, int64_t seen, struct jc_err *err);
/*
 * Who is one (FORMAT 9). Merging makes `other` stand under `keep` (which may be ids of merged records);
 * what both say differently becomes a conflict, settled with jc_save_resolve: a picked value is written at
 * the record that had it, so unmerging gives each its own. Unmerging takes `other` out of the class of
 * `keep`. Distinct: noted that they are two (0: no longer). JC_ESTATE: it is so already; JC_EINVAL: two kinds,
 * or one record.
 */
int jc_save_merge(struct jc_save *sv, const jc_id keep, const jc_id other, struct jc_err *err);
int jc_save_unmerge(struct jc_save *sv, const jc_id keep, const jc_id other, struct jc_err *err);
int jc_save_distinct(struct jc_save *sv, const jc_id one, const jc_id other, int distinct, struct jc_err *err);
/* ok: marks the batch complete and commits; *ops (may be NULL) its operations. Else rolls back. Frees. */
int jc_save_end(struct jc_save *sv, int ok, int64_t *ops, struct jc_err *err);

/* Takes back the newest own batch not undone yet, by ordinary writes; what was edited since is
 * skipped and counted. JC_ENOTFOUND: nothing to undo. */
struct jc_undone {
	char what[32];
	int64_t restored, skipped;
};
int jc_undo(struct jc_node *node, struct jc_undone *out, struct jc_err *err);

/* ---- Reading --------------------------------------------------------------------------------- */

/* The position of now: everything known and saved so far. */
int jc_node_seen(struct jc_node *node, int64_t *seen, struct jc_err *err);

struct jc_record_key {
	int64_t rec, scope;
	const struct jc_kind *kind;   /* NULL: of a newer program */
	jc_id id;
	int is_void;
	int conflicts;
};
/* By id as typed: whole, settled since, or an unambiguous beginning of at least 4; of a merged record the
 * one under which it is shown. JC_ENOTFOUND, JC_EINVAL (ambiguous). scope 0: any. */
int jc_record_find(struct jc_node *node, int64_t scope, const char *typed, struct jc_record_key *out,
    struct jc_err *err);

/* One value that stands beside others. */
struct jc_sibling {
	int64_t op;
	char *text;                   /* stored text, NULL = cleared; owned by the record */
	int shown;
	int draft;
	jc_id device;
	char label[JC_LABEL_MAX + 1]; /* of the device, or "" */
	int64_t time;                 /* author's clock, seconds */
	int64_t skew;                 /* by how much that clock was off, 0: not that we know (sync_skew.h) */
};
struct jc_shown {
	const struct jc_field *field;
	char *text;                   /* stored text; sets: JSON array; NULL = no value */
	struct jc_sibling *sibling;   /* more than one different value: all, highest first, at most 32 */
	size_t nsiblings;
};
struct jc_record {
	struct jc_record_key key;
	int64_t seen;                 /* give back when saving */
	struct jc_shown *field;       /* fields with a value or a conflict, in catalogue order */
	size_t nfields;
	int unknown;                  /* fields that need a newer program */
	int merged;                   /* records that stand as this one; 1: it alone */
};
/* Owned; free with jc_record_free. */
int jc_record_read(struct jc_node *node, int64_t rec, struct jc_record *out, struct jc_err *err);
void jc_record_free(struct jc_record *r);

/* Records of a kind. Filters are field = stored text (all must hold; a set holds the element). */
struct jc_filter {
	const struct jc_field *field;
	struct jc_slice text;
};
struct jc_query {
	int64_t scope;                /* 0: all */
	const struct jc_kind *kind;
	const struct jc_filter *filter;
	size_t nfilters;
	int voided;                   /* 1: only void records, else only living ones */
	int64_t after;                /* rec of the last row seen; without `order` rows come in order of rec */
	int64_t limit;                /* 0: all */
	int64_t offset;               /* rows left out at the beginning: a window of a list on a screen */
	const struct jc_field *order; /* NULL: by rec. Rows without a value come last. */
	int by_sound;                 /* `order` is put in order by pinyin */
	int descending;
	struct jc_slice search;       /* part of the title, or the last digits of a number; empty: no such condition */
	struct jc_slice found;        /* and also these, a JSON array of rec: what jc_search_recs found */
};
/* Each row: text per field of the kind in catalogue order, NULL where none. Non-zero answer stops. */
int jc_records_each(struct jc_node *node, const struct jc_query *q,
    int (*each)(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n), void *arg,
    struct jc_err *err);
int jc_records_count(struct jc_node *node, const struct jc_query *q, int64_t *count, struct jc_err *err);

/* Records with at least one conflict; read them with jc_record_read. scope 0: all. */
int jc_conflicts_each(struct jc_node *node, int64_t scope,
    int (*each)(void *arg, const struct jc_record_key *key), void *arg, struct jc_err *err);

/* Every operation on a record in order of arrival. */
struct jc_history {
	int64_t op, time, commit_no;  /* commit_no 0: draft */
	int64_t skew;                 /* as of a sibling */
	jc_id device;
	char label[JC_LABEL_MAX + 1];
	const struct jc_op *o;
};
int jc_history_each(struct jc_node *node, int64_t rec, int (*each)(void *arg, const struct jc_history *h),
    void *arg, struct jc_err *err);

#endif
