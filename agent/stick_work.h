/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Writing to and reading from a stick for the page: sticks are slow, so a worker does it while the loop
 * goes on. One at a time; called on the loop's thread.
 */
#ifndef JC_AGENT_STICK_WORK_H
#define JC_AGENT_STICK_WORK_H

#include <jansson.h>
#include <uv.h>

#include "../sync/sync_sign.h"

struct jc_stick_work;

/* db and key are copied. JC_ENOMEM. */
int jc_stick_work_open(struct jc_stick_work **out, uv_loop_t *loop, const struct jc_env *env, const char *db,
    const struct jc_key *key, struct jc_err *err);
/* Begins to write to (`write` 1) or to read from a folder. JC_EBUSY: one is under way. */
int jc_stick_work_start(struct jc_stick_work *w, int write, const char *dir, struct jc_err *err);
/* {busy, done, total: bytes, error: text, result: what jc_handover_json gives, or null}; new reference, NULL without memory. */
json_t *jc_stick_work_json(const struct jc_stick_work *w);
/* Cancels what is under way; the memory goes when the worker has ended. */
void jc_stick_work_close(struct jc_stick_work *w);

#endif
