/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A real hub on a loopback port, on a thread of its own, over the folder of a test node. */
#ifndef JC_TESTS_LIB_TEST_HUB_H
#define JC_TESTS_LIB_TEST_HUB_H

#include <uv.h>

#include "hub.h"
#include "test_node.h"

struct test_hub {
	struct test_node *node;  /* its folder; init'ed as a hub by the caller */
	uv_thread_t thread;
	uv_loop_t loop;
	uv_async_t stop;
	struct jc_hub *hub;
	char url[64];
	int plain;
};

/* Starts on 127.0.0.1 with a free port; `plain` without TLS. Fails the test when it cannot. */
void test_hub_start(struct test_hub *h, struct test_node *node, int plain);
/* The same for a hub that announces an address. */
void test_hub_start_at(struct test_hub *h, struct test_node *node, int plain, const char *announced);
void test_hub_stop(struct test_hub *h);

#endif
