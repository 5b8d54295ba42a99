/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to the log's files: log.c, append.c, oplog.c, device.c, scope.c, cut.c, tips.c, verify.c. */
#ifndef JC_LOG_H
#define JC_LOG_H

#include "sync_log.h"

/* Slots of the direct-mapped caches, powers of two. A miss costs one indexed read. What is never
 * touched is never resident: a quiet node pays for the few pages that it uses. */
#define JC_LOG_COMMITS 16384u
#define JC_LOG_PLACES 16384u

/* What is asked of a commit most often. Never changes once stored. */
struct jc_cinfo {
	int64_t no; /* 0: empty slot */
	int64_t scope, device, seq, lamport, first_op, nops;
	uint64_t device_id, run;
	enum jc_tier tier;
	uint8_t hash[JC_HASH_LEN];
};

struct jc_hslot {
	int64_t no;
	uint8_t h[JC_H16];
};

/* Where an operation stands. Only commits are kept here: a draft moves when it is cut. */
struct jc_place {
	int64_t op; /* 0: empty slot */
	int64_t commit_no, idx;
};

/* A run of consecutive places of one batch under consecutive numbers: a row of table batch. */
struct jc_run {
	int64_t scope, op, n, place;
	jc_id id;
};

struct jc_log {
	struct jc_db *db;
	struct jc_key *key;                /* NULL: this node cannot cut */
	jc_id run;
	char label[JC_LABEL_MAX + 1];
	int64_t next_op;                   /* 0: not read in this transaction */
	int copies;                        /* are there rows in op_same? -1: not read in this transaction */
	int rekeyed;                       /* there are rows in succession; 0: ask */
	int behind, ahead;                 /* the key file lacks a key that is in use; has one that is not yet (keyring.c) */
	int put_back;                      /* it was ahead when the log was opened: the database may be of before */
	struct jc_cinfo *info;             /* by number */
	struct jc_hslot *hash;             /* by header hash */
	struct jc_place *place;            /* by operation */
	int filled;                        /* something is in them */
	struct jc_ops_reader *reader;      /* payloads of commits */
	struct jc_ops_reader *draft_reader;
	struct jc_run last;                /* run of the last draft stored, n 0: none */
	int64_t *fresh;                    /* commits appended in this transaction, read back before it ends */
	size_t nfresh, fresh_cap;
	int (*recount)(void *arg, int64_t op, struct jc_err *err);
	void *recount_arg;
};

/* The commit, borrowed until the next call. JC_ENOTFOUND. */
int jc_log_info(const struct jc_cinfo **out, struct jc_log *log, int64_t no, struct jc_err *err);
/* Its number by the first 16 bytes of its header hash. JC_ENOTFOUND. */
int jc_log_info_h16(const struct jc_cinfo **out, struct jc_log *log, int64_t scope, const uint8_t h16[JC_H16],
    struct jc_err *err);
/* Local number of operation idx of a commit. JC_ENOTFOUND. */
int jc_log_number(struct jc_log *log, const struct jc_cinfo *c, int64_t idx, int64_t *no, struct jc_err *err);
/* Where an operation stands; JC_ENOTFOUND also for a draft. */
int jc_log_place(struct jc_log *log, int64_t no, struct jc_place *out, struct jc_err *err);

/* Numbers of the operations of one commit -> oprange rows; the drafts' rows go. */
int jc_log_ranges(struct jc_log *log, int64_t commit_no, const int64_t *ops, int64_t n, int drafts, struct jc_err *err);
/* Operations of one payload by the day of their author's clock (Beijing). The rest goes to the last day. */
#define JC_DAYS_MAX 32u
struct jc_days {
	size_t n;
	struct {
		int64_t day, ops;
	} v[JC_DAYS_MAX];
};
/* Registers the batches of a payload's operations and finds copies; counts their days. ops: their numbers. */
int jc_log_copies(struct jc_log *log, int64_t scope, const int64_t *ops, struct jc_slice payload, struct jc_days *days,
    struct jc_err *err);
/* The days alone, for what was cut here; up to a line that cannot be read. */
void jc_log_days(struct jc_log *log, struct jc_slice payload, struct jc_days *days);

/* Where the copy stands whose id counts; JC_ENOTFOUND: that one is a draft. */
int jc_log_where(struct jc_log *log, int64_t no, struct jc_place *out, struct jc_err *err);
/* Number `op` issues copy `old` again: they are one operation, and the id of `old` does not count any more. */
int jc_log_reissued(struct jc_log *log, int64_t op, int64_t old, struct jc_err *err);
/* 1 if a copy names this one as its origin. */
int jc_log_is_origin(struct jc_log *log, int64_t op, struct jc_err *err);
/* 1 if the hub above refused this commit of ours. */
int jc_log_refused(struct jc_log *log, int64_t commit_no, struct jc_err *err);

/* Tells the projection of drafts just cut that have copies: their rank has changed. */
int jc_log_recounted(struct jc_log *log, const int64_t *ops, int64_t n, struct jc_err *err);

/* jc_log_append with the payload's zlib stream when the caller has it (p NULL: deflated here). */
int jc_log_append_z(struct jc_log *log, int64_t scope, const struct jc_commit *c, struct jc_slice object,
    struct jc_slice payload, struct jc_slice payload_z, const int64_t *draft_ops, int64_t *no, int *fresh,
    struct jc_err *err);

/* A part of the drafts: `only` those (ascending numbers, all that they name among them; nonly 0: all), and no more
 * once the commits made come to `most` bytes (0: no end). */
struct jc_cut_part {
	const int64_t *only;
	size_t nonly, most;
};
int jc_cut_part(struct jc_log *log, int64_t scope, size_t max_z, const struct jc_cut_part *part, int64_t *made,
    struct jc_err *err);

/* Inflated body of an object row. JC_ENOTFOUND, JC_ECORRUPT. */
int jc_log_object(struct jc_log *log, int64_t scope, const struct jc_oid *oid, int *type, struct jc_buf *body,
    struct jc_err *err);

/* Heads for a commit of `tier`: tips of chains of that tier and above that no stored commit of such a
 * tier has as a parent. Sorted by number; *out freed by the caller. */
int jc_log_heads(struct jc_log *log, int64_t scope, enum jc_tier tier, struct jc_tip **out, size_t *n,
    struct jc_err *err);
/* This device's own tip in a tier, the one that was cut here if its chain has forked. commit_no 0: none. */
int jc_log_own_tip(struct jc_log *log, int64_t scope, enum jc_tier tier, struct jc_tip *out, struct jc_err *err);

/* Drafts a `device` operation that carries statement `no` of this node's line of keys; *op its number. */
int jc_scope_succession(struct jc_log *log, const struct jc_scope *s, int64_t no, const uint8_t next[JC_PK_LEN],
    const uint8_t sig[JC_SIG_LEN], int64_t *op, struct jc_err *err);

/* Reads varints of commit numbers; JC_ECORRUPT when malformed. */
int jc_log_parents(int64_t parent[JC_PARENTS_MAX], size_t *n, const void *p, size_t len, struct jc_err *err);

int jc_log_missing(struct jc_err *err, const char *where);

#endif
