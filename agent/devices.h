/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A hub's view of the branches' computers: CLI and API tell and do the same. */
#ifndef JC_AGENT_DEVICES_H
#define JC_AGENT_DEVICES_H

#include <jansson.h>

#include "../sync/sync_node.h"

/* [{id, label, branch, state, beyond, records}]: beyond counts what a revoked one wrote after that has no effect,
 * records names up to 100 of the records: [{id, kind, time, fields}]. NULL after an error. */
json_t *jc_devices_json(struct jc_node *node, struct jc_err *err);
/* Stops a computer, in whichever branches of this hub it is. JC_EINVAL: no device id. JC_ESTATE: it is not in use. */
int jc_devices_revoke(struct jc_node *node, const char *typed, struct jc_err *err);
/* Accepts what a stopped one wrote after; *n operations of it. JC_EINVAL, JC_ESTATE: it is not revoked here. */
int jc_devices_accept(struct jc_node *node, const char *typed, int64_t *n, struct jc_err *err);

#endif
