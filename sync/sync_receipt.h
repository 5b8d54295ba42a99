/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * How far records got: on this PC, at the county, at the city; true to the signed notes, and told beside
 * how far a record of its kind may go at all. Without a note that covers every operation of a record
 * nothing has arrived, whatever a connection said.
 */
#ifndef JC_SYNC_RECEIPT_H
#define JC_SYNC_RECEIPT_H

#include "sync_node.h"

struct jc_receipt {
	int level;                 /* 0 only here, 1 at the home hub (county), 2 at a hub above it (city) */
	int ceiling;               /* the level it may reach; level never exceeds it */
	int returned;              /* operations of it that the hub returned and that wait in the tray */
	int clock;                 /* operations of it that were saved here while the clock was off (sync_skew.h) */
};

/* A look at many records within one read transaction of the caller's: what is found out about commits is
 * kept. Not to be used after that transaction has ended. */
struct jc_receipts;
int jc_receipts_open(struct jc_receipts **out, struct jc_node *node, struct jc_err *err);
/* JC_ENOTFOUND: no such record. */
int jc_receipts_get(struct jc_receipts *r, int64_t rec, struct jc_receipt *out, struct jc_err *err);
void jc_receipts_close(struct jc_receipts *r);

/* Of one record, in a read transaction of its own (or the caller's). */
int jc_receipt_get(struct jc_node *node, int64_t rec, struct jc_receipt *out, struct jc_err *err);

/* How many records (void ones too) of the scopes that this node writes got how far. Costs as much as is
 * still under way, not as much as there is. */
struct jc_receipt_counts {
	int64_t records;
	int64_t here;              /* may go further and are not at the county yet */
	int64_t county;            /* at the county, and may go on to the city */
	int64_t done;              /* as far as their kind may go, be it only this PC */
	int64_t returned;          /* returns that wait in the tray */
};
int jc_receipt_count(struct jc_node *node, struct jc_receipt_counts *out, struct jc_err *err);

#endif
