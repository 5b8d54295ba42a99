/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Logs to play with: a node with a database in a folder of its own, drafts written by hand, commits
 * carried from one log to another as an exchange would. Everything that fails ends the test with the
 * error's own sentence.
 */
#ifndef JC_TESTS_LIB_LOG_KIT_H
#define JC_TESTS_LIB_LOG_KIT_H

#include "../../sync/sync_log.h"

struct kit {
	struct jc_env *env;
	char dir[64], path[96];
	struct jc_key key;
	struct jc_db *db;
	struct jc_log *log;
	struct jc_scope scope; /* the one that kit_draft writes to */
	int64_t place;         /* next place of `batch` */
	jc_id batch;
};

/* Ends the test unless rc is not negative. Returns rc. */
#define kit_ok(rc, err) kit_ok_at((rc), (err), __FILE__, __LINE__)
int kit_ok_at(int rc, const struct jc_err *err, const char *file, int line);

/* A node with an empty log; its key and randomness come from the seed. kit_free removes the folder. */
void kit_new(struct kit *k, uint64_t seed);
void kit_free(struct kit *k);
/* Closes and opens the file again, with a new run. */
void kit_reopen(struct kit *k);
/* A second folder with the same key and the same bytes in it: a restored image. */
void kit_image(struct kit *copy, struct kit *of, uint64_t seed);

/* A scope of its own, founded by this node. */
void kit_found(struct kit *k);
/* Makes `k` a device of the hub's scope: enrolled there, everything fetched. */
void kit_join(struct kit *k, struct kit *hub);
/* Carries every commit that `to` lacks; returns how many were new. Standing is folded. */
int kit_carry(struct kit *to, struct kit *from);

/* Begins a batch; the drafts that follow belong to it. */
void kit_batch(struct kit *k);
/* One draft that sets field `name` of a record (kind `member`), naming operations of the list (0 ends it;
 * NULL: none). Returns its number. A batch is begun if none is open. */
int64_t kit_draft(struct kit *k, enum jc_tier tier, const char *rec, const char *field, const char *value,
    const int64_t *names);
/* The same, and it ends the batch: it carries the count. */
int64_t kit_last(struct kit *k, enum jc_tier tier, const char *rec, const char *field, const char *value,
    const int64_t *names);
/* Cuts everything; returns the number of commits. */
int kit_cut(struct kit *k);
int kit_cut_z(struct kit *k, size_t max_z);

int64_t kit_count(struct kit *k, const char *sql); /* one number */
void kit_sql(struct kit *k, const char *sql);      /* within the window of the log tables */
/* Value of the first text field of operation `no`, borrowed until the next call. */
const char *kit_value(struct kit *k, int64_t no);
/* The newest commit. */
void kit_newest(struct kit *k, struct jc_commit_row *row);
/* Bytes of a commit; freed by the caller. Either may be NULL. */
void kit_bytes(struct kit *k, const struct jc_commit_row *row, struct jc_buf *object, struct jc_buf *payload);

#endif
