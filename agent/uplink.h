/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Joining a hub and syncing with it: moves bytes between the pure machines of sync/ and the line.
 * Blocking; runs on a worker thread or in a command.
 */
#ifndef JC_AGENT_UPLINK_H
#define JC_AGENT_UPLINK_H

#include "../sync/sync_enrol.h"
#include "../sync/sync_session.h"

struct jc_client;

struct jc_uplink {
	struct jc_node *node;
	const struct jc_env *env;
	int (*cancelled)(void *arg);                    /* may be NULL */
	void (*step)(void *arg, const char *what);      /* one line for people about what is under way; may be NULL */
	void *arg;
	void (*watch)(void *arg, const struct jc_session_step *step); /* the machine's steps, for a trace; may be NULL */
	void *watch_arg;
	long connect_ms, slow_seconds; /* 0: client.h's own */
	struct jc_client **kept;       /* the line of the last session, used again while it is open; may be NULL.
	                                * Closed by the owner with jc_client_close */
	long total_seconds;            /* after which no further request is begun and one under way ends; 0: none */
};

/* Joins with a code as typed. Errors of enrolment and of the line. */
int jc_uplink_join(const struct jc_uplink *u, const char *url, const char *typed, const struct jc_key *device,
    struct jc_err *err);

/* One whole session; retries within it with smaller pieces. JC_ESTATE: not joined. The report is filled
 * also when it failed. */
int jc_uplink_sync(const struct jc_uplink *u, struct jc_session_report *report, struct jc_err *err);

#endif
