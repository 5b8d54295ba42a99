/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to layout*.c: what one column means. */
#ifndef JC_AGENT_LAYOUT_COLUMN_H
#define JC_AGENT_LAYOUT_COLUMN_H

#include "layout.h"
#include "words.h"

/* A header that was joined of two rows: group and what stands below it, `sub` bytes in. */
struct jc_layout_head {
	struct jc_slice text;
	size_t sub;
};

/* How much a header cell says for this kind: 100 names it (记录编号), 2 a field, 1 a field that the program
 * works out or a serial number, 0 nothing. */
int jc_layout_column_weight(const struct jc_words *w, const struct jc_kind *kind, struct jc_layout_head h);

/* Decides every column of a layout whose kind, headers and rows are known. JC_ENOMEM. */
int jc_layout_column_decide(struct jc_layout *l, const struct jc_words *w, const size_t *sub, struct jc_err *err);

#endif
