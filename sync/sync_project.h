/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The projection: tables that show what the log says (FORMAT 9). The merge rule itself is pure
 * (sync_merge.h); this module keeps `record`, `sibling` and the typed tables equal to it. Applying
 * commits one by one in any order and refilling everything give the same digests. One per node;
 * works inside the caller's transaction.
 */
#ifndef JC_SYNC_PROJECT_H
#define JC_SYNC_PROJECT_H

#include "sync_log.h"

struct jc_project;

/* Over an open log, which outlives it; freed with close (NULL is fine). */
int jc_project_open(struct jc_project **out, struct jc_log *log, struct jc_err *err);
void jc_project_close(struct jc_project *p);

/* Applies the operations of a commit just appended by jc_log_append (fresh == 1), before any other
 * commit is appended. Folds founding and device operations too. */
int jc_project_commit(struct jc_project *p, int64_t commit_no, const struct jc_commit *c, struct jc_slice payload,
    struct jc_err *err);

/* Applies one draft just stored under number op. */
int jc_project_draft(struct jc_project *p, int64_t scope, int64_t op, const char *line, size_t n, struct jc_err *err);

/* Folds one record anew from all its operations. */
int jc_project_refold(struct jc_project *p, int64_t rec, struct jc_err *err);

/* Drops and refills every record table from log and drafts. Progress may be NULL; non-zero cancels. */
int jc_project_rebuild(struct jc_project *p, int (*progress)(void *arg, int64_t done, int64_t total), void *arg,
    struct jc_err *err);

/* What changed by this connection since it was last asked: a transfer or its state, an organization; 0 neither. */
enum { JC_CHANGED_ORG = 1, JC_CHANGED_TRANSFER = 2 };
int jc_project_transfers(struct jc_project *p);

/* Register digest of a scope (FORMAT 9). Does not cut: JC_ESTATE when drafts are waiting. */
int jc_digest(struct jc_project *p, int64_t scope, uint8_t out[JC_HASH_LEN], int64_t *records, struct jc_err *err);
/* Digest over the typed tables of a scope, for nodes of one program version. */
int jc_digest_typed(struct jc_project *p, int64_t scope, uint8_t out[JC_HASH_LEN], struct jc_err *err);

#endif
