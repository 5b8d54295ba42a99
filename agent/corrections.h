/* SPDX-License-Identifier: MulanPSL-2.0 */
/* 县里改了N处: the list of corrections, and a branch's objection to one (DOMAIN 6.4). */
#ifndef JC_AGENT_CORRECTIONS_H
#define JC_AGENT_CORRECTIONS_H

#include <jansson.h>

#include "../sync/sync_node.h"

#define JC_CORRECTION_DAYS 30 /* as long may a branch object */

/* [{id, kind, title, field, label, before, after, time, objected}], oldest first; all 0: of the last 30 days. With
 * numbers of people masked unless full. New reference, NULL with err. */
json_t *jc_corrections_list(struct jc_node *node, const struct jc_env *env, int all, int full, struct jc_err *err);

/* Saves an objection to the newest correction of a field. JC_ENOTFOUND: none in the last 30 days. */
int jc_corrections_object(jc_id id, struct jc_node *node, const struct jc_env *env, const char *record, const char *field,
    const char *reason, struct jc_err *err);

#endif
