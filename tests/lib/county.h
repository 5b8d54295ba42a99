/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A county in one process: a hub and its branch PCs, each on its own database file, joined by a wire
 * that loses what it is told to lose. No socket: requests and answers are buffers.
 */
#ifndef JC_TESTS_LIB_COUNTY_H
#define JC_TESTS_LIB_COUNTY_H

#include "sync_session.h"
#include "test_node.h"

struct county {
	struct test_node hub;
};

/* What happens on the way. Zeroed: nothing does. */
struct wire {
	int lose_request, lose_answer;  /* the n-th of the session (from 1), 0: none */
	size_t cut;                     /* bytes after which every connection breaks, 0: never */
	int garble_answer;              /* the n-th answer arrives cut to `garble_at` bytes */
	size_t garble_at;
	int deaf;                       /* the hub keeps nothing of a request that broke off (an older one) */
	/* Counted: */
	int requests;
	size_t largest, sent_twice;     /* longest request; bytes of requests that were lost */
	int64_t up, down;               /* bytes that crossed */
};

void county_new(struct county *c, uint64_t seed);
void county_free(struct county *c);
/* A fresh PC, a node already made by test_node_new, joins the branch of that name by a one-time code. */
void county_join(struct county *c, struct test_node *pc, const char *branch);

/* A new county and two new PCs of one branch, joined and synced, with seeds from `seed` on; and their end. */
void county_branch(struct county *c, struct test_node *a, struct test_node *b, uint64_t seed);
void county_branch_free(struct county *c, struct test_node *a, struct test_node *b);

/* The county's hub joins the city's, which is a county like any other: sync it with county_sync(city, &c->hub). */
void county_joins_city(struct county *city, struct county *c, const char *name);

/* The hub's part of one request: its status as HTTP would say, the answer appended to out. */
int county_serve(struct county *c, const char *device, struct jc_slice req, struct jc_buf *out);
/* The hub's part of a request that broke off after n bytes. */
void county_serve_cut(struct county *c, const char *device, struct jc_slice req, size_t n);
/* A whole session; wire and report may be NULL. */
enum jc_session_want county_sync(struct county *c, struct test_node *pc, struct wire *w, struct jc_session_report *report);
/* The rest of a session that is open, to its end; it stays open. */
enum jc_session_want county_go_on(struct county *c, struct test_node *pc, struct wire *w, struct jc_session *s);
/* A session that must end well. */
void county_synced(struct county *c, struct test_node *pc);

/* The register digest of the branch's scope (the PC's own) at a node, after cutting nothing. */
void county_digest(struct test_node *at, const struct test_node *pc, char hex[65]);
/* Fails unless hub and all PCs (NULL-terminated) agree on the scope of the first; returns records. */
int64_t county_agree(struct county *c, struct test_node *first, ...) __attribute__((sentinel));
/* Number of commits at a node in the PC's scope, and the scope itself as it stands there. */
int64_t county_commits(struct test_node *at, struct test_node *pc);
void county_scope(struct test_node *at, struct test_node *pc, struct jc_scope *out);

#endif
