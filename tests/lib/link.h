/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A TCP line on loopback between a client and a hub, on a thread of its own, with the ways in which lines
 * and servers fail. Bytes that crossed are counted; of a connection that is cut, nothing more arrives.
 */
#ifndef JC_TESTS_LIB_LINK_H
#define JC_TESTS_LIB_LINK_H

#include <pthread.h>
#include <stdint.h>

#include "test_node.h"

enum link_fault {
	LINK_FINE,
	LINK_SILENT,    /* accepts, reads nothing, says nothing */
	LINK_MUTE,      /* reads everything, answers nothing */
	LINK_STUCK,     /* stops reading after `at` bytes of a request */
	LINK_TRICKLE,   /* lets `at` bytes of the answer through, then one every two seconds */
	LINK_HALF,      /* lets `at` bytes of the answer through, then stands still */
	LINK_CUT_DOWN,  /* resets after `at` bytes of an answer */
	LINK_CUT,       /* resets each time `at` more bytes have crossed, both directions together */
	LINK_PORTAL     /* answers everything with a page that asks for a login */
};

struct link {
	pthread_t thread;
	int fd, wake[2];
	int to, port;              /* of the hub; of ours */
	volatile enum link_fault fault;
	volatile int64_t at;
	volatile int64_t up, down, cuts, connections;
	int64_t since;             /* bytes since the last cut */
};

/* Starts between a free loopback port and the hub's. */
void link_start(struct link *l, int to);
void link_end(struct link *l);
/* From now on the line has this fault. */
void link_set(struct link *l, enum link_fault fault, int64_t at);
/* The node's hub is from now on reached through the line; `plain` without TLS. */
void link_lead(struct link *l, struct test_node *t, int plain);

#endif
