/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Finding records by what people remember of them: any part of a name, pinyin or initials, the last
 * digits of a number or telephone, former and short names, card numbers. Words are separated by spaces
 * and all must fit.
 */
#ifndef JC_SYNC_SEARCH_H
#define JC_SYNC_SEARCH_H

#include "sync_node.h"

/* What fitted, best first. */
enum jc_fit { JC_FIT_WHOLE, JC_FIT_BEGIN, JC_FIT_PART, JC_FIT_SOUND, JC_FIT_SOUND_PART, JC_FIT_END, JC_FIT_DIGITS };

struct jc_hit {
	struct jc_record_key key;
	const char *title;      /* stored text of the kind's title field; borrowed, "" when it has none */
	enum jc_fit fit;        /* of the word that fits worst */
};

struct jc_search {
	int64_t scope;                /* 0: all */
	const struct jc_kind *kind;   /* NULL: all */
	const char *text;             /* as typed */
	int64_t limit;                /* most hits; 0: 20 */
};

/*
 * Living records that fit, best first, then in the order of their local number; a merged record is found by what
 * any of its members says, once. A non-zero answer of `each` stops and is returned. JC_EINVAL: nothing to look for.
 */
int jc_search(struct jc_node *node, const struct jc_search *s, int (*each)(void *arg, const struct jc_hit *hit), void *arg,
    struct jc_err *err);

/* The same without reading and ordering the records: their local numbers as a JSON array, for jc_query.found. A text in which
 * there is nothing to look for finds nothing. */
int jc_search_recs(struct jc_buf *out, struct jc_node *node, const struct jc_search *s, struct jc_err *err);

#endif
