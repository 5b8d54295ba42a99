/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Joining a county from the page: the line is slow, so a worker does it while the loop goes on and the
 * page looks how far it is. One at a time. Everything here is called on the loop's thread.
 */
#ifndef JC_AGENT_SETUP_H
#define JC_AGENT_SETUP_H

#include <uv.h>

#include "../sync/sync_sign.h"

struct jc_setup;

/* What happened to the last wish to join. */
struct jc_setup_state {
	int busy;          /* under way */
	int joined;        /* it went well */
	char error[512];   /* one sentence; "" when there is nothing to say */
};

/* `joined` is called on the loop when a join went well. db is copied, key too. JC_ENOMEM. */
int jc_setup_open(struct jc_setup **out, uv_loop_t *loop, const struct jc_env *env, const char *db, const struct jc_key *key,
    void (*joined)(void *arg), void *arg, struct jc_err *err);

/* Begins to join. The code is looked at at once: JC_EINVAL. JC_EBUSY: one is under way. */
int jc_setup_join(struct jc_setup *s, const char *url, const char *code, struct jc_err *err);
void jc_setup_look(const struct jc_setup *s, struct jc_setup_state *out);

/* Cancels what is under way; the memory goes when the worker has ended. */
void jc_setup_close(struct jc_setup *s);

#endif
