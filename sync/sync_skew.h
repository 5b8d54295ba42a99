/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Under which clock an operation was saved here. The time in an operation is its author's clock and decides
 * nothing; people who read it are told when it was off. Measured against the hub at every session.
 */
#ifndef JC_SYNC_SKEW_H
#define JC_SYNC_SKEW_H

#include "sync_node.h"

#define JC_SKEW_TOLD 300 /* seconds by which a clock may be off before people are told */

/* A measure: the hub's clock less ours, in seconds; 0 also when the clock was just set. Joins the caller's
 * write transaction. */
int jc_skew_note(struct jc_node *node, int64_t skew, struct jc_err *err);
/* By how much the clock was off when an operation was saved on this PC: *skew 0 when it was not by more than
 * JC_SKEW_TOLD, when nobody measured, or when it was written elsewhere. Between two measures the worse counts. */
int jc_skew_at(struct jc_node *node, int64_t op, int64_t *skew, struct jc_err *err);

#endif
