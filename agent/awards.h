/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What a member won: ranks and awards from the lists of contests, shown on the member's record. */
#ifndef JC_AGENT_AWARDS_H
#define JC_AGENT_AWARDS_H

#include <jansson.h>

#include "../sync/sync_node.h"

/* [{activity, title, day, trade, rank, award}] of the contests, newest first; empty for other kinds. New reference. */
int jc_awards_json(json_t **out, struct jc_node *node, const struct jc_record_key *key, struct jc_err *err);

#endif
