/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a holder of a valid key could send. First byte: 0 a pack as it comes; 1 a commit object and its
 * payload as they come; else the payload is signed properly, with header fields taken from the next
 * bytes, and offered to a hub whose database is rolled back afterwards.
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
#include "schema_mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct county county;
static struct test_node pc;
static struct jc_scope scope;
static struct jc_commit_row tip;

static void
must(int rc)
{
	if (rc < 0)
		abort();
}

static int
tip_newest(void *arg, const struct jc_tip *t)
{
	int64_t *no = arg;

	if (t->commit_no > *no)
		*no = t->commit_no;
	return 0;
}

static void
prepare(void)
{
	uint8_t pk[JC_PK_LEN];
	int64_t device, no = 0;
	jc_id id = "000000000001";

	county_new(&county, 1);
	test_node_new(&pc, 2);
	county_join(&county, &pc, "青石镇工会");
	county_synced(&county, &pc);
	test_set(&pc, "member", id, 0, "name=王小青", "mobile=13000000001", NULL);
	county_synced(&county, &pc);
	county_scope(&county.hub, &pc, &scope);
	must(jc_device_find(county.hub.node->log, pc.key.id, &device, pk, NULL));
	must(jc_log_tips(county.hub.node->log, scope.no, JC_TIER_COUNTY, device, tip_newest, &no, NULL));
	must(jc_log_commit(county.hub.node->log, no, &tip, NULL));
}

static void
as_pack(const uint8_t *p, size_t n)
{
	struct jc_intake_item *items = NULL;
	size_t count = 0;

	if (jc_intake_pack(&items, &count, p, n, NULL) < 0)
		return;
	for (size_t i = 0; i < count; i++)
		jc_intake_item_free(&items[i]);
	jc_free(items);
}

static void
as_bytes(const uint8_t *p, size_t n)
{
	struct jc_intake_item it;
	size_t split = n != 0 ? p[0] * (n - 1) / 255 : 0;

	if (n == 0)
		return;
	memset(&it, 0, sizeof(it));
	jc_buf_init(&it.object, 1u << 20);
	jc_buf_init(&it.payload, JC_PAYLOAD_MAX);
	jc_buf_put(&it.object, p + 1, split);
	jc_buf_put(&it.payload, p + 1 + split, n - 1 - split);
	(void)jc_intake_check(&it, NULL);
	jc_intake_item_free(&it);
}

static void
commit_make(struct jc_commit *c, const uint8_t *h)
{
	memset(c, 0, sizeof(*c));
	memcpy(c->network, scope.network, sizeof(c->network));
	memcpy(c->scope, scope.id, sizeof(c->scope));
	memcpy(c->device, pc.key.id, sizeof(c->device));
	memcpy(c->run, "00000000000z", sizeof(c->run));
	c->tier = (enum jc_tier)(h[0] % JC_TIERS);
	c->seq = tip.seq + 1 + (h[1] == 7);
	c->lamport = tip.lamport + 1 + (h[2] == 7);
	c->schema = 1 + (h[3] & 1);
	c->time = h[4];
	c->label = JC_SLICE("jiceng");
	c->summary = JC_SLICE("x");
	c->nparents = h[5] == 7 ? 0 : 1 + (h[5] == 8);
	for (size_t i = 0; i < c->nparents; i++) {
		c->parent[i] = tip.oid;
		memcpy(c->parent_hash[i], tip.hash, JC_HASH_LEN);
	}
	if (h[6] == 7) {
		c->seq = 1;
		c->has_founding = 1;
		memcpy(c->founding, scope.founding, JC_HASH_LEN);
	}
}

static void
as_signed(const uint8_t *p, size_t n)
{
	struct jc_intake_item it;
	struct jc_commit c;
	int64_t no;
	int fresh;

	if (n < 8)
		return;
	commit_make(&c, p);
	memset(&it, 0, sizeof(it));
	jc_buf_init(&it.object, 1u << 20);
	jc_buf_init(&it.payload, JC_PAYLOAD_MAX);
	jc_buf_put(&it.payload, p + 8, n - 8);
	if (jc_commit_build(&it.object, &c, it.payload.len != 0 ? it.payload.data : "", it.payload.len, &pc.key, NULL) >= 0 &&
	    jc_intake_check(&it, NULL) == 0) {
		int rc;

		must(jc_db_begin(county.hub.node->db, NULL));
		rc = jc_intake_admit(county.hub.node, &scope, &it, pc.key.id, &no, &fresh, NULL);
		if (rc < 0 && !jc_intake_refused(rc))
			abort(); /* what passes the door must be storable */
		must(jc_db_end(county.hub.node->db, 0, NULL));
	}
	jc_intake_item_free(&it);
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
	if (data[0] == 0)
		as_pack(data + 1, size - 1);
	else if (data[0] == 1)
		as_bytes(data + 1, size - 1);
	else
		as_signed(data + 1, size - 1);
	return 0;
}
