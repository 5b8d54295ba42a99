/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Made-up records to try everything in. What has the practice mark joins no hub and is never sent. */
#ifndef JC_AGENT_PRACTICE_H
#define JC_AGENT_PRACTICE_H

#include "../sync/sync_node.h"

#define JC_PRACTICE_MEMBERS 36

/* Makes an empty node a practice branch: marked, with members and activities. Errors of jc_node_init_branch and of a save. */
int jc_practice_fill(struct jc_node *node, const struct jc_env *env, struct jc_err *err);

/* 1 when what is here is practice data. */
int jc_practice_is(struct jc_node *node);

#endif
