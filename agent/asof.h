/* SPDX-License-Identifier: MulanPSL-2.0 */
/* 数据截至: how new the data is that a paper or report was made from. */
#ifndef JC_AGENT_ASOF_H
#define JC_AGENT_ASOF_H

#include "../sync/sync_node.h"

struct jc_asof {
	int64_t now;            /* wall seconds */
	int hub;                /* 1: the branches count */
	int64_t branches;       /* enrolled */
	int64_t never;          /* of these, nothing ever arrived */
	int64_t oldest, newest; /* last arrivals of those that sent, wall seconds; 0: none */
};

/* Inside the caller's transaction or without one. */
int jc_asof_read(struct jc_asof *out, struct jc_node *node, struct jc_err *err);

/* One line for people, in the thread's language. */
void jc_asof_text(char *out, size_t room, const struct jc_asof *a);

#endif
