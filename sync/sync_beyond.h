/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What revoked devices wrote beyond the accepted heads: it came later, by whomever, and has no effect. The
 * officer at the scope's hub sees it and may accept it after all.
 */
#ifndef JC_SYNC_BEYOND_H
#define JC_SYNC_BEYOND_H

#include "sync_node.h"

struct jc_beyond {
	int64_t scope;
	jc_id device, rec;         /* rec: the record, "" when the operation has none */
	struct jc_slice kind;      /* borrowed */
	int64_t time;              /* author's clock */
	size_t nfields;            /* fields that it writes */
};
/* Every operation of that kind, in order of arrival; device "": of all. The callback's non-zero answer stops. */
int jc_beyond_each(struct jc_node *node, const char *device, int (*each)(void *arg, const struct jc_beyond *b), void *arg,
    struct jc_err *err);
/* Accepts all that is here of a revoked device in a scope, and shows it. JC_EDENIED: not the authority.
 * JC_ESTATE: not revoked there. */
int jc_beyond_accept(struct jc_node *node, const struct jc_scope *s, const jc_id device, struct jc_err *err);

#endif
