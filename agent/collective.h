/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * 集中入会: a pasted list of people becomes applications of one activity: member, application (W2) and line of
 * the sign-in sheet each, all of them one save and one undo.
 */
#ifndef JC_AGENT_COLLECTIVE_H
#define JC_AGENT_COLLECTIVE_H

#include "../sync/sync_node.h"

struct jc_collective {
	int64_t added;   /* applications */
	int64_t known;   /* people who are on the register already: put on the sign-in sheet only */
	int64_t skipped; /* lines without a name */
};

/* One person a line: name, then telephone and ID number in any order, separated by tabs, commas or blanks. A
 * heading and serial numbers are passed over. JC_EINVAL names the line. */
int jc_collective_join(struct jc_collective *out, struct jc_node *node, const struct jc_env *env, const struct jc_record_key *activity,
    const char *list, size_t n, const char *date, struct jc_err *err);

#endif
