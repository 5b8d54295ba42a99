/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to session.c and session_take.c: what a node has and its hub has not. */
#ifndef JC_PENDING_H
#define JC_PENDING_H

#include "sync_node.h"

/* A commit the hub is known to have, with everything before it in its chain. */
struct jc_known {
	int64_t no, device, seq, parent;
	enum jc_tier tier;
};

struct jc_pending {
	struct jc_node *node;
	int64_t scope;
	enum jc_tier least;        /* lower tiers are not for this hub (at least county) */
	struct jc_known *known;
	size_t nknown, known_cap;
	int64_t *no;               /* commits to send, oldest first */
	size_t n, cap;
	int fresh;                 /* the list is made and still true */
	int64_t *refused;          /* what the hub would not take, and what descends from it */
	size_t nrefused, refused_cap;
};

void jc_pending_free(struct jc_pending *p);
/* The hub has this commit. */
int jc_pending_know(struct jc_pending *p, const struct jc_commit_row *row, struct jc_err *err);
/* The hub has it, if we have it too: 1; an unknown one is 0. */
int jc_pending_know_h16(struct jc_pending *p, const uint8_t h16[JC_H16], struct jc_err *err);
/* Forgets what the hub has (it was restored). */
void jc_pending_forget(struct jc_pending *p);
/* The hub refused this commit: neither it nor its descendants are sent in this session. */
int jc_pending_refuse(struct jc_pending *p, int64_t no, struct jc_err *err);
/* Makes the list: device 0 = commits of all devices. Nothing to do when it is fresh. */
int jc_pending_make(struct jc_pending *p, int64_t device, struct jc_err *err);
/* The first k of the list have been taken. */
void jc_pending_taken(struct jc_pending *p, size_t k);

#endif
