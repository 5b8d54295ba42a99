/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Arbitrary requests against a hub and arbitrary answers against a client, both with real databases
 * that are rolled back after every try. The first byte chooses: even, the hub; odd, the client; bit 1:
 * the rest are bytes, or edits (place, place, byte) of a genuine message, which reach deeper.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct county county;
static struct test_node pc, other;
static struct jc_buf request, answer, message;

static void
must(int rc)
{
	if (rc < 0)
		abort();
}

static void
prepare(void)
{
	struct jc_session *s;
	struct jc_slice req;

	county_new(&county, 1);
	test_node_new(&pc, 2);
	test_node_new(&other, 3);
	county_join(&county, &pc, "青石镇工会");
	county_join(&county, &other, "青石镇工会");
	for (int i = 0; i < 6; i++) {
		jc_id id = "";

		test_set(i % 2 ? &pc : &other, "member", id, 0, "name=王小青", "mobile=13000000001", NULL);
		if (i == 2)
			county_synced(&county, &pc);
		if (i == 3)
			county_synced(&county, &other);
	}
	county_synced(&county, &other);
	jc_buf_init(&request, JC_EXCHANGE_MAX);
	jc_buf_init(&answer, JC_EXCHANGE_MAX);
	jc_buf_init(&message, JC_EXCHANGE_MAX);
	/* The genuine pair; what it did is taken back. */
	must(jc_db_begin(pc.node->db, NULL));
	must(jc_session_open(&s, pc.node, 0, NULL));
	must(jc_session_request(s, &req, NULL));
	jc_buf_put(&request, req.p, req.n);
	must(jc_db_begin(county.hub.node->db, NULL));
	if (county_serve(&county, pc.key.id, req, &answer) != 200)
		abort();
	must(jc_db_end(county.hub.node->db, 0, NULL));
	jc_session_close(s);
	/* The request must stay true: what was cut for it is kept. */
	must(jc_db_end(pc.node->db, 1, NULL));
}

static void
message_make(const struct jc_buf *genuine, int edits, const uint8_t *p, size_t n)
{
	jc_buf_reset(&message);
	if (!edits) {
		jc_buf_put(&message, p, n);
		return;
	}
	jc_buf_put(&message, genuine->data, genuine->len);
	for (; n >= 3; p += 3, n -= 3) {
		size_t at = ((size_t)p[0] << 8 | p[1]) % (message.len + 1);

		if (at == message.len)
			jc_buf_putc(&message, (char)p[2]);
		else if (p[2] == 0xa5)
			message.len = at;
		else
			message.data[at] ^= (char)p[2];
		if (message.len == 0)
			return;
	}
}

static void
at_hub(void)
{
	struct jc_exchange *x;
	struct jc_buf out;

	/* An exact copy: a read past its end is seen by the sanitizer. */
	char *exact = malloc(message.len + 1);

	if (exact == NULL)
		abort();
	if (message.len != 0)
		memcpy(exact, message.data, message.len);
	jc_buf_init(&out, 8u << 20);
	must(jc_db_begin(county.hub.node->db, NULL));
	if (jc_exchange_decode(&x, county.hub.node, pc.key.id, exact, message.len, NULL) == 0) {
		must(jc_exchange_apply(x, county.hub.node, NULL));
		must(jc_exchange_answer(&out, x, county.hub.node, NULL));
		jc_exchange_free(x);
	}
	must(jc_db_end(county.hub.node->db, 0, NULL));
	jc_buf_free(&out);
	free(exact);
}

static void
at_client(void)
{
	struct jc_session *s;
	struct jc_slice req;

	must(jc_db_begin(pc.node->db, NULL));
	must(jc_session_open(&s, pc.node, 0, NULL));
	for (int i = 0; i < 3 && jc_session_want(s) == JC_WANT_SEND; i++) {
		if (jc_session_request(s, &req, NULL) < 0)
			break;
		jc_session_answer(s, 200, message.data != NULL ? message.data : "", message.len);
	}
	jc_session_close(s);
	must(jc_db_end(pc.node->db, 0, NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready;

	if (!ready) {
		prepare();
		ready = 1;
	}
	if (size == 0 || size > 65536)
		return 0;
	message_make(data[0] & 1 ? &answer : &request, data[0] & 2, data + 1, size - 1);
	if (data[0] & 1)
		at_client();
	else
		at_hub();
	return 0;
}
