/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The vectors of sync/FORMAT.md section 16: every value on that page is computed here and looked up
 * there. JC_PRINT_VECTORS in the environment prints them instead, to be pasted into the page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema_id.h"
#include "schema_mem.h"
#include "sync_commit.h"
#include "sync_enrol.h"
#include "sync_note.h"
#include "sync_op.h"
#include "sync_succession.h"
#include "test_node.h"

static char *page;

static void
vector(const char *name, const char *value)
{
	char line[8192];

	snprintf(line, sizeof(line), "\n%s %s\n", name, value);
	if (getenv("JC_PRINT_VECTORS") != NULL)
		fputs(line + 1, stdout);
	else if (strstr(page, line) == NULL)
		fail_msg("FORMAT.md section 16 does not say: %s", line + 1);
}

static void
vector_hex(const char *name, const void *p, size_t n)
{
	struct jc_buf b;

	jc_buf_init(&b, 65536);
	jc_buf_hex(&b, p, n);
	vector(name, b.data);
	jc_buf_free(&b);
}

static void
key_of(struct jc_key *key, uint8_t first)
{
	uint8_t seed[32];

	for (int i = 0; i < 32; i++)
		seed[i] = (uint8_t)(first + i);
	jc_key_from_seed(key, seed);
}

static const char LINE[] =
    "{\"b\":{\"a\":0,\"f\":{\"name\":\"王小青\"}},\"f\":{\"gender\":\"2\",\"skills\":{\"+\":[\"书法\",\"唱歌\"]}},\"k\":\"member\","
    "\"n\":1,\"r\":\"0123456789ab\",\"t\":[\"bbbbbbbbbbbb\",0,1772409600],\"v\":\"set\"}\n";
static const char LINE2[] =
    "{\"f\":{\"gender\":null},\"k\":\"member\",\"p\":{\"gender\":[\"";

static void
ids_of_devices_records_and_persons(void **state)
{
	uint8_t idkey[32];
	struct jc_key key;
	jc_id id;

	(void)state;
	key_of(&key, 0);
	memset(idkey, 7, sizeof(idkey));
	vector_hex("key", key.pk, JC_PK_LEN);
	vector("device", key.id);
	jc_id_from_u64(id, 1);
	vector("id-of-one", id);
	jc_record_id_key(id, idkey, "org", "o-1", 3);
	vector("record-of-key", id);
	jc_record_id_person(id, idkey, "member", "399999199001010070", 18, "王小青", 9);
	vector("record-of-person", id);
}

/* A chain of two commits; the second names what the first wrote. */
struct chain {
	struct jc_key key;
	struct jc_commit c[2];
	struct jc_buf object[2], payload[2];
};

static void
commit_of(struct chain *ch, int i)
{
	struct jc_commit *c = &ch->c[i];
	struct jc_err err = {0};

	memset(c, 0, sizeof(*c));
	jc_buf_init(&ch->object[i], 1 << 20);
	memcpy(c->network, "nnnnnnnnnnnn", 13);
	memcpy(c->scope, "ssssssssssss", 13);
	memcpy(c->device, ch->key.id, 13);
	memcpy(c->run, "rrrrrrrrrrrr", 13);
	c->tier = JC_TIER_COUNTY;
	c->seq = i + 1;
	c->lamport = i + 1;
	c->schema = 1;
	c->time = 1772409600 + i;
	c->label = JC_SLICE("青石镇工会");
	if (i == 0) {
		c->summary = JC_SLICE("新增工会会员1");
		c->has_founding = 1;
		memset(c->founding, 9, JC_HASH_LEN);
	} else {
		c->summary = JC_SLICE("修改工会会员1");
		c->nparents = 1;
		c->parent[0] = ch->c[0].oid;
		memcpy(c->parent_hash[0], ch->c[0].hash, JC_HASH_LEN);
	}
	test_ok(jc_commit_build(&ch->object[i], c, ch->payload[i].data, ch->payload[i].len, &ch->key, &err), &err);
}

static void
chain_make(struct chain *ch)
{
	key_of(&ch->key, 0);
	for (int i = 0; i < 2; i++)
		jc_buf_init(&ch->payload[i], 1 << 20);
	jc_buf_puts(&ch->payload[0], LINE);
	commit_of(ch, 0);
	jc_buf_puts(&ch->payload[1], LINE2);
	jc_buf_b64(&ch->payload[1], ch->c[0].hash, JC_H16);
	jc_buf_puts(&ch->payload[1], ".0\"]},\"r\":\"0123456789ab\",\"t\":[\"cccccccccccc\",0,1772409601],\"v\":\"set\"}\n");
	commit_of(ch, 1);
}

static void
chain_free(struct chain *ch)
{
	for (int i = 0; i < 2; i++) {
		jc_buf_free(&ch->object[i]);
		jc_buf_free(&ch->payload[i]);
	}
}

static int
parent_none(void *arg, const uint8_t h16[JC_H16], struct jc_oid *oid, uint8_t hash[JC_HASH_LEN], int64_t *lamport,
    struct jc_err *err)
{
	(void)arg;
	(void)h16;
	(void)oid;
	(void)hash;
	(void)lamport;
	return jc_err_code(err, JC_ENOTFOUND, "parent_none");
}

static void
operations_and_commits(void **state)
{
	struct chain ch;
	char hex[JC_OID_HEX + 1], name[32];
	struct jc_ops_reader *r;
	struct jc_err err = {0};
	struct jc_op op;
	uint8_t content[JC_HASH_LEN];

	(void)state;
	chain_make(&ch);
	test_ok(jc_ops_reader_new(&r, 0, &err), &err);
	jc_ops_begin(r, ch.payload[0].data, ch.payload[0].len);
	assert_int_equal(test_ok(jc_ops_next(r, &op, &err), &err), 1);
	jc_op_content(content, &op);
	vector_hex("content", content, sizeof(content));
	jc_ops_reader_free(r);
	for (int i = 0; i < 2; i++) {
		const struct jc_commit *c = &ch.c[i];
		struct jc_commit again;

		snprintf(name, sizeof(name), "payload-%d", i + 1);
		ch.payload[i].data[ch.payload[i].len - 1] = '\0';
		vector(name, ch.payload[i].data);
		ch.payload[i].data[ch.payload[i].len - 1] = '\n';
		snprintf(name, sizeof(name), "payload-hash-%d", i + 1);
		vector_hex(name, c->payload_hash, JC_HASH_LEN);
		snprintf(name, sizeof(name), "header-hash-%d", i + 1);
		vector_hex(name, c->hash, JC_HASH_LEN);
		snprintf(name, sizeof(name), "signature-%d", i + 1);
		vector_hex(name, c->sig, JC_SIG_LEN);
		jc_oid_hex(hex, &c->oid);
		snprintf(name, sizeof(name), "commit-%d", i + 1);
		vector(name, hex);
		test_ok(jc_commit_parse(&again, ch.object[i].data, ch.object[i].len, &err), &err);
		test_ok(jc_commit_verify(&again, ch.object[i].data, ch.object[i].len, &err), &err);
		test_ok(jc_commit_attach(&again, ch.payload[i].data, ch.payload[i].len, &err), &err);
		assert_memory_equal(again.hash, c->hash, JC_HASH_LEN);
	}
	chain_free(&ch);
}

static void
compact_commits(void **state)
{
	struct jc_compact_base base;
	struct jc_compact_head head;
	struct jc_commit got;
	struct jc_buf b, object, payload;
	struct jc_err err = {0};
	struct chain ch;
	struct jc_rd r;
	jc_id scope = "ssssssssssss", network = "nnnnnnnnnnnn";

	(void)state;
	chain_make(&ch);
	jc_buf_init(&b, 1 << 20);
	jc_buf_init(&object, 1 << 20);
	jc_buf_init(&payload, 1 << 20);
	memset(&base, 0, sizeof(base));
	base.c = ch.c[0];
	base.object = (struct jc_slice){ch.object[0].data, ch.object[0].len};
	base.payload = (struct jc_slice){ch.payload[0].data, ch.payload[0].len};
	test_ok(jc_compact_write(&b, &ch.c[0], base.payload, NULL, 0, JC_COMPACT_FRESH, &err), &err);
	test_ok(jc_compact_write(&b, &ch.c[1], (struct jc_slice){ch.payload[1].data, ch.payload[1].len}, &base, 0, 0, &err), &err);
	/* Deflate streams differ between library versions: what is fixed is what they inflate to. */
	jc_rd_init(&r, b.data, b.len);
	for (int i = 0; i < 2; i++) {
		test_ok(jc_compact_read_head(&head, &r, &err), &err);
		test_ok(jc_compact_read_body(&got, &object, &payload, &r, &head, i == 0 ? NULL : &base, network, scope,
		            ch.c[0].founding, ch.key.pk, parent_none, NULL, &err), &err);
		assert_int_equal(object.len, ch.object[i].len);
		assert_memory_equal(object.data, ch.object[i].data, object.len);
	}
	assert_int_equal(jc_rd_left(&r), 0);
	vector_hex("compact-1-begins", b.data, 11);
	jc_buf_free(&b);
	jc_buf_free(&object);
	jc_buf_free(&payload);
	chain_free(&ch);
}

static void
notes_and_codes(void **state)
{
	struct jc_note *n = calloc(1, sizeof(*n));
	struct jc_join_code code;
	struct jc_key key;
	struct jc_buf b;
	char flat[1024];

	(void)state;
	key_of(&key, 0);
	memcpy(n->network, "nnnnnnnnnnnn", 13);
	memcpy(n->scope, "ssssssssssss", 13);
	memcpy(n->hub, key.id, 13);
	memcpy(n->epoch, "eeeeeeeeeeee", 13);
	n->tier = JC_TIER_COUNTY;
	n->counter = 3;
	n->nheads = 1;
	memset(n->head[0], 0x55, JC_H16);
	jc_buf_init(&b, 4096);
	jc_note_text(&b, n);
	snprintf(flat, sizeof(flat), "%s", b.data);
	for (char *p = flat; *p != '\0'; p++)
		if (*p == '\n')
			*p = '|';
	vector("note", flat);
	assert_int_equal(jc_note_read(n, (struct jc_slice){b.data, b.len}), 0);
	assert_int_equal(n->counter, 3);
	assert_int_equal(n->nheads, 1);
	assert_int_equal(jc_note_read(n, (struct jc_slice){b.data, b.len - 1}), JC_EFORMAT);
	assert_int_equal(jc_note_read(n, (struct jc_slice){b.data, b.len}), 0);
	jc_sign(n->sig, &key, "jiceng-note", b.data, b.len);
	vector_hex("note-signature", n->sig, JC_SIG_LEN);
	jc_buf_free(&b);
	free(n);
	{
		const char *secret = "abcdefghjkmnp";
		char text[JC_CODE_TEXT] = "";
		int found = 0;

		/* the one check character that fits */
		for (const char *d = "0123456789abcdefghjkmnpqrstvwxyz"; *d != '\0'; d++) {
			snprintf(text, sizeof(text), "%s%s%c", secret, "0123456789ab", *d);
			if (jc_code_parse(&code, text, NULL) == 0) {
				vector("code", text);
				found++;
			}
		}
		assert_int_equal(found, 1);
	}
}

static int
sixes(void *ctx, void *out, size_t n)
{
	(void)ctx;
	memset(out, 6, n);
	return 0;
}

static void
sticks(void **state)
{
	const struct jc_env env = {.random = sixes};
	struct jc_join_code code = {.secret = "abcdefghjkmnp"};
	uint8_t secret[32], nonce[16], next[JC_PK_LEN], sig[JC_SIG_LEN];
	struct jc_buf b, plain;
	struct jc_key key;

	(void)state;
	key_of(&key, 0);
	memset(secret, 5, sizeof(secret));
	jc_buf_init(&b, 4096);
	jc_buf_init(&plain, 4096);
	assert_int_equal(jc_seal(&b, key.pk, secret, "jiceng", 6, NULL), 0);
	memset(next, 1, sizeof(next));
	assert_int_equal(jc_key_add(&key, next), 0);
	jc_key_public(next, &key, 1);
	vector_hex("succession-key", next, sizeof(next));
	jc_succession_sign(sig, &key, 1, next);
	vector_hex("succession", sig, sizeof(sig));
	vector_hex("sealed", b.data, b.len);
	assert_int_equal(jc_unseal(&plain, &key, b.data, b.len, NULL), 0);
	assert_string_equal(plain.data, "jiceng");
	b.data[b.len - 1] ^= 1;
	assert_int_equal(jc_unseal(&plain, &key, b.data, b.len, NULL), JC_EFORMAT);
	jc_buf_reset(&b);
	memcpy(code.hub, "0123456789ab", 13);
	assert_int_equal(jc_enrol_request(&b, nonce, &code, &env, &key, NULL, NULL), 0);
	vector("join-file", b.data);
	jc_buf_free(&b);
	jc_buf_free(&plain);
}

static int
page_read(void **state)
{
	FILE *f = fopen(JC_SOURCE "/sync/FORMAT.md", "rb");
	struct jc_err err = {0};
	size_t n;

	(void)state;
	assert_non_null(f);
	page = malloc(1 << 20);
	n = fread(page, 1, (1 << 20) - 1, f);
	page[n] = '\0';
	fclose(f);
	return jc_sign_init(&err);
}

static int
page_drop(void **state)
{
	(void)state;
	free(page);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_of_devices_records_and_persons),
		cmocka_unit_test(operations_and_commits),
		cmocka_unit_test(compact_commits),
		cmocka_unit_test(notes_and_codes),
		cmocka_unit_test(sticks),
	};

	return cmocka_run_group_tests_name("format", tests, page_read, page_drop);
}
