/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Fields and forms that a hub defines (FORMAT 17), from what a person types to records of `common`. The
 * key names the definition: writing it again is its next version.
 */
#ifndef JC_AGENT_DEFINE_H
#define JC_AGENT_DEFINE_H

#include <jansson.h>

#include "../sync/sync_node.h"

/*
 * Saves one field: members as the fields of kind `xfield` (texts as people type them; numbers and yes/no
 * may be JSON's own; `choices` also an array). A key without x_ gets it; choices without codes get 1, 2,
 * ... or the code that the label had. *fresh: it was not there before. JC_EINVAL, JC_EEXISTS,
 * JC_EDENIED (not a hub).
 */
int jc_define_field(jc_id id, int *fresh, struct jc_node *node, const struct jc_env *env, const json_t *field,
    struct jc_err *err);
/* Saves a form and its `fields` (an array, in the order in which they are shown) as one batch. */
int jc_define_form(jc_id id, int *fresh, struct jc_node *node, const struct jc_env *env, const json_t *form,
    struct jc_err *err);
/* Hides a definition that is there, or shows it again. kind NULL: a form. JC_ENOTFOUND. */
int jc_define_hide(struct jc_node *node, const struct jc_env *env, const char *kind, const char *key, int hidden,
    struct jc_err *err);

/* All definitions that this node has: {"fields":[...],"forms":[...]}; each with "hidden", and with "unused" (a
 * sentence) when it cannot be used. New reference, NULL with err. */
json_t *jc_define_list(struct jc_node *node, struct jc_err *err);

#endif
