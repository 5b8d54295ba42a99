/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a county corrected in a branch's records (DOMAIN 6.4): writes of the scope's authority that replaced
 * a write of somebody else. Nothing is kept of its own: the log says it.
 */
#ifndef JC_SYNC_CORRECTION_H
#define JC_SYNC_CORRECTION_H

#include "sync_node.h"

struct jc_correction {
	int64_t op, time, scope;      /* author's clock, seconds */
	jc_id rec;
	const struct jc_kind *kind;
	const struct jc_field *field;
	const char *before, *after;   /* stored texts, NULL: no value */
};

/* Corrections in the scopes of branches (scope 0: all) written at or after `since`, oldest first; a non-zero
 * answer stops. What is given is borrowed until the callback returns. */
int jc_corrections_each(struct jc_node *node, int64_t scope, int64_t since,
    int (*each)(void *arg, const struct jc_correction *c), void *arg, struct jc_err *err);

/*
 * May this node write the field of a record that is there? A hub in a branch's scope may correct codes, links and
 * classifications (jc_field.fix), not what the branch saw or a person said. JC_EDENIED with a sentence.
 */
int jc_correction_may(struct jc_log *log, const struct jc_scope *s, const struct jc_field *f, struct jc_err *err);

#endif
