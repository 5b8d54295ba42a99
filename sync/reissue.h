/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to the session, the tray and the projection: what the hub above refused of ours (FORMAT 8, 10). */
#ifndef JC_REISSUE_H
#define JC_REISSUE_H

#include "project.h"
#include "sync_node.h"

/*
 * The hub refused this commit of ours, for the reason it said (may be empty). Its operations and those of all
 * that descends from it become drafts again, to be cut as a new continuation of the last commit that was not
 * refused. An operation that was refused alone although it had been issued again goes to the tray, and counts
 * no more; *trayed is how many did. Joins the caller's transaction: all of it or nothing.
 */
int jc_reissue(struct jc_node *node, int64_t scope, int64_t commit_no, struct jc_slice said, int *trayed, struct jc_err *err);

/* 1 if the operation, by the number that counts, lies refused in the tray (or was mended there): it has no effect. */
int jc_reissue_out(struct jc_project *p, int64_t op, struct jc_err *err);

#endif
