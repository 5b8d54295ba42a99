/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A proposal for two versions of a long text: what both authors changed, put together. Nobody's values are settled by it; a
 * person reads it, corrects it and takes it, or does not.
 */
#ifndef JC_SYNC_SUGGEST_H
#define JC_SYNC_SUGGEST_H

#include "sync_node.h"

/*
 * Three-way merge by sentences and clauses, as libgit2 merges lines. Where both changed the same place both versions
 * stand, one after the other, and *clean is 0. Appends. JC_ENOMEM.
 */
int jc_merge_text(struct jc_buf *out, int *clean, struct jc_slice base, struct jc_slice ours, struct jc_slice theirs,
    struct jc_err *err);

struct jc_suggestion {
	struct jc_buf text;
	int clean;         /* 0: read it with care, some of it stands there twice */
};
/*
 * For a field with exactly two values that are texts: 1 with a proposal, whose base is the newest value that both had
 * before them (nothing when they had none in common); 0 when there is nothing to propose. Freed with jc_buf_free(&out->text).
 */
int jc_suggest(struct jc_suggestion *out, struct jc_node *node, const struct jc_shown *shown, struct jc_err *err);

#endif
