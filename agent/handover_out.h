/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The 交接单 for people and for programs. */
#ifndef JC_AGENT_HANDOVER_OUT_H
#define JC_AGENT_HANDOVER_OUT_H

#include <jansson.h>

#include "handover.h"

/* {"files":[...],"others":n}; new reference, NULL without memory. */
json_t *jc_handover_json(const struct jc_handover *h);
/* Prints one or the other on standard output. JC_ENOMEM. */
int jc_handover_print(const struct jc_handover *h, int json, struct jc_err *err);

#endif
