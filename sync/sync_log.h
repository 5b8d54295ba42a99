/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The log of a node: scopes, devices, drafts, commits, operation numbers. Append-only. A draft is
 * cut into signed commits on this device's own chains and nowhere else; a ref only moves forward.
 * One struct jc_log per connection and thread. Every write joins the caller's jc_db transaction;
 * in-memory caches are dropped when it rolls back.
 *
 * Local operation numbers (int64, from 1) are how everything in the file names operations; they
 * never change, not by cutting, not by rebuild. A copy (FORMAT 4) has a number of its own that
 * jc_log_op_same() maps to the one that counts.
 */
#ifndef JC_SYNC_LOG_H
#define JC_SYNC_LOG_H

#include "../schema/schema_db.h"
#include "sync_commit.h"
#include "sync_op.h"

struct jc_log;

/* `key` may be NULL (a node that cannot cut); copied. `run` is drawn from the environment. */
int jc_log_open(struct jc_log **out, struct jc_db *db, const struct jc_key *key, struct jc_err *err);
void jc_log_close(struct jc_log *log);
struct jc_db *jc_log_db(struct jc_log *log);
const struct jc_key *jc_log_key(const struct jc_log *log);  /* NULL when none */
/* Drops what is kept in memory. To be called after rolling back an inner transaction in which commits
 * were appended or drafts stored; the end of the outermost one does it by itself. */
void jc_log_forget(struct jc_log *log);
/* `recount` is called inside jc_cut for an operation whose rank changed although it was projected: a
 * draft of which a copy was known already. Its record must be folded anew. */
void jc_log_on_recount(struct jc_log *log, int (*recount)(void *arg, int64_t op, struct jc_err *err), void *arg);

struct jc_scope {
	int64_t no;
	jc_id id, network, authority; /* "" until joined */
	char role[8];                 /* branch, office, common */
	char name[128];
	uint8_t founding[JC_HASH_LEN];
	uint8_t idkey[32];
	int joined;                   /* id, network, founding known: commits may be cut */
	int mine;                     /* this node writes here */
};

/* JC_ENOTFOUND when there is none. */
int jc_scope_get(struct jc_scope *out, struct jc_log *log, int64_t no, struct jc_err *err);
int jc_scope_find(struct jc_scope *out, struct jc_log *log, const char *id, struct jc_err *err);
int jc_scope_named(struct jc_scope *out, struct jc_log *log, const char *role, const char *name, struct jc_err *err);
/* Calls back for every scope in order of no; stops at and returns a non-zero answer. */
int jc_scope_each(struct jc_log *log, int (*each)(void *arg, const struct jc_scope *s), void *arg, struct jc_err *err);
/* Inserts (no == 0) or updates the row; fills no. */
int jc_scope_put(struct jc_scope *s, struct jc_log *log, struct jc_err *err);

/*
 * Founds a scope: draws its id and idkey, writes and signs its first commit (found, device). The
 * log's key is the authority. network "" draws one as well. Fills s.
 */
int jc_scope_found(struct jc_scope *s, struct jc_log *log, const char *role, const char *name,
    const char *network, struct jc_err *err);

/* Enrols a device by a `device` operation of the authority, cut at once. Known again: no second one. */
int jc_scope_enrol(struct jc_log *log, const struct jc_scope *s, const uint8_t pk[JC_PK_LEN], const char *label,
    const char *role, struct jc_err *err);

/* Revokes a device by a `device` operation of the authority that names the heads it accepted; what the device
 * wrote beyond them is returned everywhere. JC_EDENIED, JC_ESTATE: not enrolled. */
int jc_scope_revoke(struct jc_log *log, const struct jc_scope *s, const jc_id id, struct jc_err *err);
/* The device stays revoked, but what is here of it by now is accepted: another revocation with the present heads.
 * The projection is told by jc_beyond_accept. JC_EDENIED, JC_ESTATE: not revoked. */
int jc_scope_accept(struct jc_log *log, const struct jc_scope *s, const jc_id id, struct jc_err *err);

/* Device rows. find: JC_ENOTFOUND. add: known again is fine; label may be NULL. */
int jc_device_find(struct jc_log *log, const char *id, int64_t *no, uint8_t pk[JC_PK_LEN], struct jc_err *err);
int jc_device_add(struct jc_log *log, const uint8_t pk[JC_PK_LEN], const char *label, int64_t *no, struct jc_err *err);
int jc_device_label(struct jc_log *log, int64_t no, jc_id id, char label[JC_LABEL_MAX + 1], struct jc_err *err);
/* Folds a `found` or `device` operation just stored under number opno. Only the authority's count: others
 * are kept in the log and change nothing here. */
int jc_log_fold_standing(struct jc_log *log, int64_t scope, const struct jc_op *op, int64_t opno, struct jc_err *err);
/* "enrolled", "revoked" or "" of a device in a scope. */
int jc_device_standing(struct jc_log *log, int64_t scope, int64_t device, char state[12], struct jc_err *err);

/* Reserves n consecutive operation numbers inside the open write transaction. */
int jc_log_reserve(struct jc_log *log, int64_t n, int64_t *first, struct jc_err *err);

/* Stores a draft line (without LF; references as "#n", "t" explicit) under number op; a second call with
 * the same number replaces it. JC_ELIMIT: the line would outgrow the limit when it is cut. */
int jc_log_draft(struct jc_log *log, int64_t scope, enum jc_tier tier, int64_t op, const char *line, size_t n,
    struct jc_err *err);
/* Drafts not yet cut: of one scope, or of all (scope 0). */
int jc_log_drafts(struct jc_log *log, int64_t scope, int64_t *count, struct jc_err *err);

/* An operation read back; owned, freed by jc_opread_free (may be reused from call to call). */
struct jc_opread {
	struct jc_op op;
	int64_t no;
	int64_t scope;
	int64_t commit_no;            /* 0: a draft */
	int64_t idx;
	enum jc_tier tier;
	struct jc_ops_reader *reader; /* private from here on */
	struct jc_buf bytes;
	int64_t bytes_commit;
	int64_t next;                 /* index that the reader gives next */
};
void jc_opread_init(struct jc_opread *r);
void jc_opread_free(struct jc_opread *r);
/* JC_ENOTFOUND when there is no such number. Keeps the last commit's payload: ascending reads are cheap. */
int jc_log_op_read(struct jc_log *log, int64_t no, struct jc_opread *out, struct jc_err *err);

/* Local number of each reference of an operation that stands at (commit_no, or a draft). JC_ENOTFOUND. */
int jc_log_ref_resolve(struct jc_log *log, const struct jc_opread *at, const struct jc_opref *ref, int64_t *no,
    struct jc_err *err);
/* Number of operation idx of the commit whose header hash begins with h16, in a scope. Copies are
 * mapped to the one that counts. JC_ENOTFOUND. */
int jc_log_op_find(struct jc_log *log, int64_t scope, const uint8_t h16[JC_H16], int64_t idx, int64_t *no,
    struct jc_err *err);
/* The number that counts for a possibly copied operation (itself in nearly all cases). */
int jc_log_op_same(struct jc_log *log, int64_t no, int64_t *same, struct jc_err *err);

/* Identity of an operation: the smallest of its copies'. JC_ESTATE for a draft. */
struct jc_op_id {
	uint8_t h[JC_H16];
	int64_t idx;
};
int jc_log_op_id(struct jc_log *log, int64_t no, struct jc_op_id *out, struct jc_err *err);

/* What orders concurrent writes (FORMAT 9). A draft: lamport INT64_MAX, idx = its number. */
struct jc_rank {
	int64_t lamport;
	uint64_t device, run; /* id values */
	int64_t idx;
	struct jc_op_id id;
};
int jc_log_op_rank(struct jc_log *log, int64_t no, struct jc_rank *out, struct jc_err *err);
int jc_rank_cmp(const struct jc_rank *a, const struct jc_rank *b);

/* One stored commit. */
struct jc_commit_row {
	int64_t no, scope, device, seq, lamport, time, schema, first_op, nops, ops;
	uint8_t hash[JC_HASH_LEN];
	struct jc_oid oid;
	enum jc_tier tier;
	jc_id run;
	size_t nparents;
	int64_t parent[JC_PARENTS_MAX];
};
/* JC_ENOTFOUND. By number, or by the first 16 bytes of the header hash within a scope. */
int jc_log_commit(struct jc_log *log, int64_t no, struct jc_commit_row *out, struct jc_err *err);
int jc_log_commit_h16(struct jc_log *log, int64_t scope, const uint8_t h16[JC_H16], struct jc_commit_row *out,
    struct jc_err *err);
/* Commits of a scope after a position, in order of arrival; the callback's non-zero answer stops. */
int jc_log_walk(struct jc_log *log, int64_t scope, int64_t after,
    int (*each)(void *arg, const struct jc_commit_row *row), void *arg, struct jc_err *err);
/* Appends the inflated commit object and payload (either buffer may be NULL). */
int jc_log_commit_bytes(struct jc_log *log, const struct jc_commit_row *row, struct jc_buf *object,
    struct jc_buf *payload, struct jc_err *err);

/* How long its payload lies in the file, deflated. */
int jc_log_commit_stored(struct jc_log *log, const struct jc_commit_row *row, int64_t *n, struct jc_err *err);

/*
 * Appends a checked commit (jc_commit_parse, verify and attach done; admission rules done by the
 * caller): objects, row, chain ref, operation range, copies. Local numbers are fresh (draft_ops
 * NULL) or the given numbers of the drafts that were cut, whose rows are removed. A commit that is
 * stored already is fine: *no names it, *fresh = 0. JC_ESTALE: a parent is not stored. After an error
 * the caller rolls back. A commit of the authority also moves refs/heads/main forward.
 */
int jc_log_append(struct jc_log *log, int64_t scope, const struct jc_commit *c, struct jc_slice object,
    struct jc_slice payload, const int64_t *draft_ops, int64_t *no, int *fresh, struct jc_err *err);

/* Tips: chain refs of a scope (tier -1: all). Device 0: all. */
struct jc_tip {
	char name[64];
	enum jc_tier tier;
	int64_t device, commit_no, seq, lamport;
	uint8_t hash[JC_HASH_LEN];
};
int jc_log_tips(struct jc_log *log, int64_t scope, int tier, int64_t device,
    int (*each)(void *arg, const struct jc_tip *tip), void *arg, struct jc_err *err);

/*
 * Forks: devices whose chain of a tier has more than one tip (a copied folder, a restored image). An
 * own one is what `status` tells. `joined`: one of the tips descends from all others, so it has healed.
 */
struct jc_fork {
	enum jc_tier tier;
	int64_t device;
	jc_id device_id;
	int tips;
	int joined;
};
/* device 0: of all devices; scope 0: in all scopes. The callback's non-zero answer stops. */
int jc_log_forks(struct jc_log *log, int64_t scope, int64_t device,
    int (*each)(void *arg, int64_t scope, const struct jc_fork *fork), void *arg, struct jc_err *err);

/*
 * Cutting: drafts of the scope -> signed commits of at most max_z deflated bytes (0: 32 KiB), city first,
 * batches whole where they fit. Own tip first, then the heads of that tier and above that are not yet
 * ancestors of it. *made counts commits. JC_ESTATE when the scope has not been joined or there is no key.
 */
int jc_cut(struct jc_log *log, int64_t scope, size_t max_z, int64_t *made, struct jc_err *err);

/* The same, but no more once the commits made come to about `most` bytes: the rest stays drafts, which another
 * record may still overtake; of what the hub refused and is to be looked at in small commits, only that. */
int jc_cut_some(struct jc_log *log, int64_t scope, size_t max_z, size_t most, int64_t *made, struct jc_err *err);
/* The same for one record alone: its drafts, what they name, and what must not be torn from them (cut_first.c). */
int jc_cut_first(struct jc_log *log, int64_t scope, const char *rec, size_t max_z, int64_t *made, struct jc_err *err);

/* 1 if drafts wait that issue refused operations again (suspects 1: of which some may be at fault). */
int jc_cut_again(struct jc_log *log, int64_t scope, int suspects, struct jc_err *err);

/* Hub: the merge commit of a scope and tier, and refs/heads/main, if there is something to join. */
int jc_cut_merge(struct jc_log *log, int64_t scope, enum jc_tier tier, int *made, struct jc_err *err);

/* 1 if commit `a` is `b` or an ancestor of it (numbers of stored commits). */
int jc_log_reaches(struct jc_log *log, int64_t b, int64_t a, struct jc_err *err);

/* Label written into own commits; default "jiceng". */
int jc_log_set_label(struct jc_log *log, const char *label, struct jc_err *err);

#endif
