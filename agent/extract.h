/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a county's hub tells the city of records that stay in the county (DOMAIN 2.21): ordinary records
 * in the hub's own office scope, of tier city, which travel like every other (FORMAT 19, 22).
 *
 *   records of branches (tier county)  ->  reports of the county, small numbers merged  ->  kind `extract`
 *   members                            ->  no name, no number, year instead of day      ->  kind `masked`
 *
 * - A row of `extract` has numbers and nothing but the name of a union, a class, an item. Of tables
 *   whose rows may name a person only the total goes, without a label.
 * - A row has one id for good (report, table, period, row; the member), so that what did not
 *   change costs nothing, and what is gone is voided. Periods: this year, the month that has ended.
 * - `match_key` = ID(HMAC(secret, "match" NUL number)); the city gives all its counties one secret (the
 *   identity key of their hub scopes), so it sees that two counties have one person without any number.
 */
#ifndef JC_AGENT_EXTRACT_H
#define JC_AGENT_EXTRACT_H

#include <jansson.h>

#include "../sync/sync_node.h"

/* A hub that has a hub above writes what changed; elsewhere nothing. *wrote (may be NULL): rows. */
int jc_extract_make(struct jc_node *node, int64_t *wrote, struct jc_err *err);
/* The same once a day, before an exchange with the hub above. */
int jc_extract_due(struct jc_node *node, struct jc_err *err);

/* What came from the hubs below. report NULL: {"extracts": [{report, period, counties, as_of}]}; else {"report",
 * "period", "columns", "rows": [{county, key, label, level, cells}], "total": cells}; period NULL: the
 * present year; rows 0: only the counties' totals. New reference in *out. */
int jc_extract_json(json_t **out, struct jc_node *node, const char *report, const char *period, int rows, struct jc_err *err);

#endif
