/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Arbitrary files of sticks, read by a hub and by a branch with real databases that are rolled back after
 * every try. The first byte chooses: bit 0 the reader; then, by the next two bits, the rest is the file
 * itself, or edits (place, place, byte) of a genuine one, or content, or edits of genuine content: both
 * properly sealed and signed, as a malicious sender would. Bit 3: of a request to join.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sticks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAD 28

static struct county county;
static struct test_node pc, newcomer;
static struct jc_buf up, down, join, enrolled, made; /* files */

static void
must(int rc)
{
	if (rc < 0)
		abort();
}

static void
keep(struct jc_buf *out, struct test_node *from, const char *device)
{
	struct stick s = {0};

	stick_write(&s, from, device);
	jc_buf_init(out, JC_BUNDLE_MAX);
	jc_buf_put(out, s.file[0].data, s.file[0].len);
	stick_free(&s);
}

static void
prepare(void)
{
	char code[JC_CODE_TEXT];
	struct jc_slip slip;

	county_new(&county, 1);
	test_node_new(&pc, 2);
	test_node_new(&newcomer, 3);
	stick_join(&county, &pc, "青石镇工会");
	for (int i = 0; i < 4; i++) {
		jc_id id = "";

		test_set(&pc, "member", id, 0, "name=王小青", "mobile=13000000001", NULL);
	}
	keep(&down, &county.hub, pc.key.id);
	keep(&up, &pc, NULL);
	jc_buf_init(&join, JC_BUNDLE_MAX);
	jc_buf_init(&made, JC_BUNDLE_MAX);
	must(jc_enrol_invite(code, county.hub.node, "白水镇工会", NULL));
	must(jc_bundle_join(&join, newcomer.node, code, &slip, NULL));
	must(jc_db_begin(county.hub.node->db, NULL));
	must(jc_bundle_read(county.hub.node, join.data, join.len, &slip, NULL));
	keep(&enrolled, &county.hub, newcomer.key.id);
	must(jc_db_end(county.hub.node->db, 0, NULL));
}

static void
edit(struct jc_buf *b, const uint8_t *p, size_t n)
{
	for (; n >= 3 && b->len != 0; p += 3, n -= 3) {
		size_t at = ((size_t)p[0] << 8 | p[1]) % (b->len + 1);

		if (at == b->len)
			jc_buf_putc(b, (char)p[2]);
		else if (p[2] == 0xa5)
			b->len = at;
		else
			b->data[at] ^= (char)p[2];
	}
}

/* The content of a genuine file, changed, in the same envelope. */
static void
resealed(const struct jc_buf *genuine, const struct test_node *from, const struct test_node *to, int edits,
    const uint8_t *p, size_t n)
{
	uint8_t secret[32], hash[JC_HASH_LEN], sig[JC_SIG_LEN];
	struct jc_buf plain;

	jc_buf_init(&plain, JC_BUNDLE_MAX);
	memset(secret, 9, sizeof(secret));
	if (edits) {
		must(jc_unseal(&plain, &to->key, genuine->data + HEAD, genuine->len - HEAD - JC_SIG_LEN, NULL));
		edit(&plain, p, n);
	} else {
		jc_buf_put(&plain, p, n);
	}
	jc_buf_put(&made, genuine->data, HEAD);
	must(jc_seal(&made, to->key.pk, secret, plain.data != NULL ? plain.data : "", plain.len, NULL));
	jc_hash(hash, made.data, made.len);
	jc_sign(sig, &from->key, "jiceng-bundle", hash, sizeof(hash));
	jc_buf_put(&made, sig, sizeof(sig));
	jc_buf_free(&plain);
}

static void
make(const struct jc_buf *genuine, const struct test_node *from, const struct test_node *to, unsigned how,
    const uint8_t *p, size_t n)
{
	jc_buf_reset(&made);
	if (how >= 2 && genuine != &join) {
		resealed(genuine, from, to, how == 3, p, n);
		return;
	}
	if (how == 0)
		jc_buf_put(&made, p, n);
	else
		jc_buf_put(&made, genuine->data, genuine->len);
	if (how != 0)
		edit(&made, p, n);
}

static void
read_at(struct test_node *at)
{
	struct jc_slip slip;
	char *exact = malloc(made.len + 1); /* a read past its end is seen by the sanitizer */

	if (exact == NULL)
		abort();
	if (made.len != 0)
		memcpy(exact, made.data, made.len);
	must(jc_db_begin(at->node->db, NULL));
	(void)jc_bundle_read(at->node, exact, made.len, &slip, NULL);
	must(jc_db_end(at->node->db, 0, NULL));
	free(exact);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready;
	unsigned how;

	if (!ready) {
		prepare();
		ready = 1;
	}
	if (size == 0 || size > 65536)
		return 0;
	how = data[0] >> 1 & 3;
	if (data[0] & 1) {
		struct test_node *at = data[0] & 8 ? &newcomer : &pc;

		make(data[0] & 8 ? &enrolled : &down, &county.hub, at, how, data + 1, size - 1);
		read_at(at);
	} else {
		make(data[0] & 8 ? &join : &up, &pc, &county.hub, how, data + 1, size - 1);
		read_at(&county.hub);
	}
	return 0;
}
