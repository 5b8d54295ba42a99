/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Syncing by itself: soon after something was saved, now and then otherwise, further and further apart
 * while there is no line, at once when a line appears (schedule.h decides). The session runs on a worker
 * thread with a connection of its own, so the loop and the person never wait for it; the line to the hub
 * stays open between sessions as long as the hub lets it.
 */
#ifndef JC_AGENT_AUTOSYNC_H
#define JC_AGENT_AUTOSYNC_H

#include <uv.h>

#include "../sync/sync_session.h"

struct jc_autosync;

struct jc_autosync_options {
	const struct jc_env *env;
	const char *db;
	const struct jc_key *key;  /* copied */
	/* Called on the loop after every session; rc is its result. May be NULL. */
	void (*ended)(void *arg, int rc, const struct jc_session_report *report, const struct jc_err *err);
	void *arg;
};

int jc_autosync_open(struct jc_autosync **out, uv_loop_t *loop, const struct jc_autosync_options *o, struct jc_err *err);
/* How it stands: the word of the schedule's state, and the seconds until the next session (-1: not known). */
struct jc_autosync_state {
	const char *word;
	int64_t seconds;
};
void jc_autosync_state(const struct jc_autosync *a, struct jc_autosync_state *out);
/* A session now; one under way is enough. */
void jc_autosync_now(struct jc_autosync *a);
/* Cancels a session under way; memory is gone when the loop has run empty. */
void jc_autosync_close(struct jc_autosync *a);

#endif
