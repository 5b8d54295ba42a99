/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to project.c and verdict.c: what the authority said of writes (FORMAT 4). */
#ifndef JC_VERDICT_H
#define JC_VERDICT_H

#include "project.h"

/* Folds a verdict: its statements, what they replace, and the record anew. */
int jc_verdict_op(struct jc_project *p, const struct jc_apply_at *at, int64_t no, const struct jc_op *op, struct jc_err *err);

/* After a `device` operation was folded: when it revoked a device (or took that back), the records are folded anew that
 * the device wrote beyond what was accepted of it. Not while rebuilding: there the standing is known from the start. */
int jc_verdict_standing(struct jc_project *p, int64_t scope, const struct jc_op *op, struct jc_err *err);

/* An operation without its returned fields. */
struct jc_verdict_kept {
	struct jc_op op;
	struct jc_opfield *field;
	struct jc_opnames *name;
};
/* 0: nothing of it is returned; 1: k->op is what is left of it (may be nothing: no fields, no names). Freed with
 * jc_verdict_kept_free in any case. */
int jc_verdict_keep(struct jc_verdict_kept *k, struct jc_project *p, int64_t no, const struct jc_op *op, struct jc_err *err);
void jc_verdict_kept_free(struct jc_verdict_kept *k);

#endif
