/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to intake.c and the self-check: the edges that an operation brings along to show that it may
 * name writes of other records (FORMAT 4). Pure. */
#ifndef JC_WITNESS_H
#define JC_WITNESS_H

#include "sync_op.h"

#define JC_WITNESS_EDGES 128u
#define JC_ALIAS_ELEMENTS 64u

struct jc_edge {
	uint64_t a, b; /* records */
};
struct jc_witness {
	size_t n;
	struct jc_edge edge[JC_WITNESS_EDGES];
	uint64_t joined[JC_WITNESS_EDGES + 1]; /* what the edges connect to the record in question */
	size_t njoined;
};

/* The record on the other side of an element of `*`; `*same` 0 for "not one" (FORMAT 4, alias). JC_EFORMAT. */
int jc_alias_element(uint64_t *other, int *same, struct jc_slice element);

/* 1 when the operation has witnesses. */
int jc_witness_has(const struct jc_op *op);

/* Adds the edges that an `alias` operation adds. JC_ELIMIT when there are too many. */
int jc_witness_add(struct jc_witness *w, const struct jc_op *alias);
int jc_witness_edge(struct jc_witness *w, uint64_t a, uint64_t b);

/* Finds all that the edges connect to `rec`, when they are complete; and asks whether `other` is among it. */
void jc_witness_close(struct jc_witness *w, uint64_t rec);
int jc_witness_joins(const struct jc_witness *w, const char *other);

#endif
