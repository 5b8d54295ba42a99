/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The id of a record that is about to be added: one person, one external key, one record. */
#ifndef JC_AGENT_NEWID_H
#define JC_AGENT_NEWID_H

#include "typed.h"

/*
 * Inside a save, after jc_typed_finish: the id that the external key (NULL: none) or the person's number
 * and name give, "" when neither is known: then the save draws one. JC_EEXISTS: the record is there
 * already, and id says under which id; the message names it.
 */
int jc_newid(jc_id id, struct jc_save *sv, struct jc_node *node, int64_t scope, const struct jc_typed *t, const char *key,
    struct jc_err *err);

#endif
