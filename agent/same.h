/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Merging two records with a person's choices for what they say differently; for the command and the API. */
#ifndef JC_AGENT_SAME_H
#define JC_AGENT_SAME_H

#include "../sync/sync_node.h"

/* Of two different values: the first record's, the other's, the one written later, the longer one. */
enum jc_keep { JC_KEEP_A, JC_KEEP_B, JC_KEEP_NEWER, JC_KEEP_FULLER };

#define JC_CHOICES_MAX 200
struct jc_choices {
	size_t n;
	struct {
		const struct jc_field *field; /* NULL: every field that is not named */
		enum jc_keep keep;
	} v[JC_CHOICES_MAX];
};

/* "field=A", "field=newer,job=B", "all=fuller"; A B newer fuller, or 甲 乙 新 全. Adds to out. JC_EINVAL says what is wrong. */
int jc_choices_parse(struct jc_choices *out, const struct jc_kind *kind, const char *text, struct jc_err *err);
/* One choice. JC_EINVAL. */
int jc_choices_add(struct jc_choices *out, const struct jc_kind *kind, const char *field, const char *keep, struct jc_err *err);

/*
 * Merges in one save (one undo): `other` stands under `keep` from then on. A value that is kept is written at the
 * record that had it. Gives the id that is shown, fields settled, and fields where both values still stand. Errors of
 * jc_save_merge; nothing is saved then.
 */
int jc_same_merge(struct jc_node *node, int64_t scope, const char *keep, const char *other, const struct jc_choices *choices,
    jc_id shown, int *settled, int *open, struct jc_err *err);

#endif
