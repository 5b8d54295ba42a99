/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A record's workflow as JSON: where it stands, how it came there, what can follow. */
#ifndef JC_AGENT_FLOW_JSON_H
#define JC_AGENT_FLOW_JSON_H

#include <jansson.h>

#include "stepper.h"

/* {flow, version, kind, id, state, state_label, since, moves: [...], steps: [...]}. New reference; NULL: no memory. */
json_t *jc_flow_json(struct jc_stepper *s);

#endif
