/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A member's way from one branch to another (DOMAIN 6.3, W2b), between branches that do not read each other's records:
 *
 *   branch A                      hub of both                       branch B
 *   ------------------------      ----------------------------      ------------------------------
 *   transfer T: send         ->   finds B, by id or by name    ->   copy T' in the to-do list
 *   member M: moving                                                accept: member M', moved in
 *   T accepted, M: moved     <-   tells A                      <-   (or reject, with a reason)
 *
 * - T and T' are two records of two scopes; `origin_id` of T' names T. Each branch writes in its
 *   own scope alone. The hub, the authority of both, writes into each what the other did: events,
 *   one for one, of the same date, move and reason (`echo_of` names the one that each tells of).
 *   So both replay the same moves by the same table, and a move that came too late means the same
 *   to both.
 * - T' has what a transfer may carry of the person (fields of kind `transfer` that are named as
 *   those of a member). B needs nothing else to go on: with nothing but a stick it has the member
 *   when it accepts.
 * - What the form has no place for, the fields that hubs define, and what came to the person's sets
 *   meanwhile, the hub writes into M' once, when it tells A; what B wrote there itself, stays.
 * - Ids of what is carried are made of what it stands for (external keys `passage ...`), so that a
 *   hub that was put back and carries again, or B's PC and the hub doing the same, make one record
 *   and equal values.
 * - Nothing is remembered: what waits is seen in the records, at any time, after any loss.
 * - Counting: M stays on A's register until the hub knows of B's acceptance. A's going and B's
 *   coming have one date and name each other's unions, so that the county's balance has them
 *   inside (R05). M' keeps the date of joining.
 * - A target that sends the person back, or is too late, keeps the name in T' and nothing else.
 * - When the member has gone, the numbers and addresses of M (class S) are cleared: they are at B.
 * - B may begin (`direction` in): it names the person by number, the hub finds whose member that
 *   is, A answers.
 *
 * Where the hub finds no branch, or several, the county is told (task transfer_lost) and corrects
 * `to_union`.
 */
#ifndef JC_AGENT_PASSAGE_H
#define JC_AGENT_PASSAGE_H

#include "../sync/sync_node.h"

/* What a branch's own move of a transfer does to the member, in the same save. `t`: the transfer as it now is; `day`:
 * of the event that `move` made. */
int jc_passage_step(struct jc_save *sv, struct jc_node *node, const struct jc_record *t, const char *move, const char *day,
    struct jc_err *err);

/* 1 if the transfer stays in its branch: member and union moved to are of its scope. */
int jc_passage_inside(struct jc_node *node, const struct jc_record *t);

/* Hub: carries all that waits. Transactions of its own. Elsewhere nothing. *carried (may be NULL) counts transfers. */
int jc_passage_run(struct jc_node *node, int *carried, struct jc_err *err);
/* The same if anything about transfers changed by this connection; what fails is tried again the next time. */
void jc_passage_after(struct jc_node *node);

#endif
