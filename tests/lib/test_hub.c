/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "test_hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void
stop_cb(uv_async_t *a)
{
	struct test_hub *h = a->data;

	jc_hub_close(h->hub);
	uv_close((uv_handle_t *)&h->stop, NULL);
}

static void
thread(void *arg)
{
	struct test_hub *h = arg;

	uv_run(&h->loop, UV_RUN_DEFAULT);
	uv_loop_close(&h->loop);
}

void
test_hub_start(struct test_hub *h, struct test_node *node, int plain)
{
	test_hub_start_at(h, node, plain, NULL);
}

void
test_hub_start_at(struct test_hub *h, struct test_node *node, int plain, const char *announced)
{
	struct jc_hub_options o = {.env = node->env, .dir = node->dir, .db = node->path, .key = &node->key,
	    .listen = "127.0.0.1:0", .url = announced, .plain = plain};
	struct jc_err err = {0};

	memset(h, 0, sizeof(*h));
	h->node = node;
	assert_int_equal(uv_loop_init(&h->loop), 0);
	assert_int_equal(uv_async_init(&h->loop, &h->stop, stop_cb), 0);
	h->stop.data = h;
	test_ok(jc_hub_open(&h->hub, &h->loop, &o, &err), &err);
	snprintf(h->url, sizeof(h->url), "%s://127.0.0.1:%d", plain ? "http" : "https", jc_hub_port(h->hub));
	assert_int_equal(uv_thread_create(&h->thread, thread, h), 0);
}

void
test_hub_stop(struct test_hub *h)
{
	uv_async_send(&h->stop);
	uv_thread_join(&h->thread);
}
