/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What a person wants to know of a node at a glance, counted in one read transaction. */
#ifndef JC_AGENT_GLANCE_H
#define JC_AGENT_GLANCE_H

#include "../sync/sync_receipt.h"
#include "../sync/sync_session.h"

struct jc_glance {
	struct jc_scope own;
	int64_t drafts, unsent;    /* operations not cut yet; cut, but in no note of the hub above */
	int64_t conflicts;         /* fields with values to settle */
	int64_t forks, forks_open; /* of this device's chains: all; those whose sides are not joined yet */
	struct jc_receipt_counts reach; /* records of ours by how far they got */
	int64_t seen;
	struct jc_peer peer;
	int has_peer;
	int has_skew;              /* the hub's clock was seen */
	int64_t skew;              /* by how many seconds it was ahead of ours at the last session */
	int paused;                /* automatic sync, by setting */
};

/* Plain data, nothing to free. JC_ENOTFOUND: not initialised. */
int jc_glance(struct jc_glance *out, struct jc_node *node, struct jc_err *err);

#endif
