/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Commit objects and compact commits. Whatever parses is assembled again to the same bytes. The first
 * byte chooses: an object, or a compact commit on top of a fixed first one.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema_mem.h"
#include "sync_commit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct jc_compact_base base;
static struct jc_key key;
static struct jc_buf base_object, base_payload;

static void
base_make(void)
{
	static const char LINE[] = "{\"f\":{\"gender\":\"2\"},\"k\":\"member\",\"r\":\"0123456789ab\","
	                           "\"t\":[\"bbbbbbbbbbbb\",0,1772409600],\"v\":\"set\"}\n";
	uint8_t seed[32] = {1};
	struct jc_commit *c = &base.c;

	jc_sign_init(NULL);
	jc_key_from_seed(&key, seed);
	memcpy(c->network, "nnnnnnnnnnnn", 13);
	memcpy(c->scope, "ssssssssssss", 13);
	memcpy(c->device, key.id, 13);
	memcpy(c->run, "rrrrrrrrrrrr", 13);
	c->tier = JC_TIER_COUNTY;
	c->seq = c->lamport = c->schema = 1;
	c->label = JC_SLICE("pc");
	c->summary = JC_SLICE("x");
	c->has_founding = 1;
	jc_buf_init(&base_object, 1 << 16);
	jc_buf_init(&base_payload, 1 << 16);
	jc_buf_puts(&base_payload, LINE);
	if (jc_commit_build(&base_object, c, base_payload.data, base_payload.len, &key, NULL) < 0)
		abort();
	base.object = (struct jc_slice){base_object.data, base_object.len};
	base.payload = (struct jc_slice){base_payload.data, base_payload.len};
}

static int
parent(void *arg, const uint8_t h16[JC_H16], struct jc_oid *oid, uint8_t hash[JC_HASH_LEN], int64_t *lamport, struct jc_err *err)
{
	(void)arg;
	if (memcmp(h16, base.c.hash, JC_H16) != 0)
		return jc_err_code(err, JC_ENOTFOUND, "parent");
	*oid = base.c.oid;
	memcpy(hash, base.c.hash, JC_HASH_LEN);
	*lamport = base.c.lamport;
	return 0;
}

static void
object_try(const uint8_t *p, size_t n)
{
	struct jc_commit *c = jc_calloc(1, sizeof(*c));

	if (c != NULL && jc_commit_parse(c, p, n, NULL) == 0)
		(void)jc_commit_verify(c, p, n, NULL);
	jc_free(c);
}

static void
compact_try(const uint8_t *p, size_t n)
{
	struct jc_commit *c = jc_calloc(1, sizeof(*c));
	struct jc_compact_head head;
	struct jc_buf object, payload;
	struct jc_rd r;

	jc_buf_init(&object, 1 << 20);
	jc_buf_init(&payload, 2 << 20);
	jc_rd_init(&r, p, n);
	if (c != NULL && jc_compact_read_head(&head, &r, NULL) == 0 &&
	    jc_compact_read_body(c, &object, &payload, &r, &head, head.flags & 2 ? NULL : &base, base.c.network, base.c.scope,
	        base.c.founding, key.pk, parent, NULL, NULL) == 0 &&
	    jc_commit_verify(c, object.data, object.len, NULL) != 0)
		abort(); /* what was rebuilt must verify */
	jc_buf_free(&object);
	jc_buf_free(&payload);
	jc_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (base_object.len == 0)
		base_make();
	if (size < 1 || size > 65536)
		return 0;
	if (data[0] & 1)
		compact_try(data + 1, size - 1);
	else
		object_try(data + 1, size - 1);
	return 0;
}
