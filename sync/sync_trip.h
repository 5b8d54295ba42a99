/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The history of exchanges, for people: when, by line or stick, how much, how it ended. Local; the
 * newest JC_TRIPS_KEPT stay. Holds no content and no name of a person.
 */
#ifndef JC_SYNC_TRIP_H
#define JC_SYNC_TRIP_H

#include "sync_node.h"

#define JC_TRIPS_KEPT 500

struct jc_trip {
	int64_t no, time;          /* wall seconds of its beginning; no is filled when read */
	char way[12];              /* line, stick-out, stick-in */
	char outcome[16];          /* ok, or the word of an error (jc_err_word) */
	char said[400];            /* the sentence that was shown, "" */
	jc_id peer;                /* device of the other side, "" */
	int64_t ms, up, down;      /* time taken; bytes */
	int64_t ops_up, ops_down;
};

/* Adds one at its end; `code` and `msg` become outcome and said. Write transaction of its own or the caller's. */
int jc_trip_add(struct jc_node *node, const struct jc_trip *trip, const struct jc_err *how, struct jc_err *err);
/* The newest first, at most `limit`, those before number `before` (0: all). A non-zero answer stops. */
int jc_trips_each(struct jc_node *node, int64_t before, int64_t limit, int (*each)(void *arg, const struct jc_trip *trip),
    void *arg, struct jc_err *err);

#endif
