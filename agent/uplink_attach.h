/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to uplink*.c: bytes of attachments after the records of a session. */
#ifndef JC_AGENT_UPLINK_ATTACH_H
#define JC_AGENT_UPLINK_ATTACH_H

#include "../sync/sync_blob.h"
#include "client.h"
#include "uplink.h"

/* Where a run over all attachments stands. Zeroed to begin. */
struct jc_uplink_blobs {
	int64_t up, down;          /* numbers of those that are done or given up in this run */
	size_t piece;              /* bytes of the next piece */
	int64_t ms;                /* that the last one took */
	int failures;              /* pieces lost one after the other */
	int64_t sent, fetched;     /* bytes */
};

/* One piece up, or, when all is up, one piece of what is wanted down. 1: something was done, ask again;
 * 0: nothing is left. JC_ENETWORK, JC_ETIMEOUT: the line; what arrived stays. */
int jc_uplink_blob_step(const struct jc_uplink *u, struct jc_client *client, struct jc_uplink_blobs *b, struct jc_err *err);

#endif
