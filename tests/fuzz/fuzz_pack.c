/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Packs from strangers. First byte: 0 a pack as it comes; 1 the same, its checksum made right; else a
 * small program that builds one, so that mutations reach the deltas: each instruction is a byte (what)
 * and a byte (how long), then that many bytes. What must hold: ids are true, nothing comes out of a
 * refused pack, no more than the budget comes out of any, and what came out survives being written.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pack_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what) do { if (!(what)) abort(); } while (0)

static const struct jc_pack_budget budget = {.pack = 1u << 20, .objects = 200, .object = 20000, .total = 100000,
    .ratio = 100, .least = 30000, .depth = 6};

struct seen {
	struct jc_oid oid[200];
	size_t n, bytes;
	struct jc_pack_writer w;
	struct jc_buf out;       /* written again, without head and checksum */
	int again;               /* the second reading: compares with oid[] */
};

static int
see(void *arg, struct jc_pack_object *o, struct jc_err *err)
{
	struct seen *s = arg;
	struct jc_oid oid;

	REQUIRE(s->n < 200 && o->body.len <= budget.object);
	REQUIRE(o->type >= JC_OBJ_COMMIT && o->type <= JC_OBJ_BLOB);
	REQUIRE(jc_oid_of(&oid, o->type, o->body.data, o->body.len) == 0 && jc_oid_cmp(&oid, &o->oid) == 0);
	for (size_t i = 0; i < s->n; i++)
		REQUIRE(jc_oid_cmp(&s->oid[i], &oid) != 0);
	s->bytes += o->body.len;
	if (s->again)
		REQUIRE(jc_oid_cmp(&s->oid[s->n], &oid) == 0);
	else
		REQUIRE(jc_pack_write_body(&s->w, &s->out, o->type, o->body.data, o->body.len, err) == 0);
	s->oid[s->n++] = oid;
	return 0;
}

static int
lend(void *arg, struct jc_buf *body, enum jc_objtype *type, const struct jc_oid *oid, struct jc_err *err)
{
	(void)arg;
	(void)err;
	if (oid->b[0] != 'B')
		return 0;
	jc_buf_puts(body, "a base that is not in the pack");
	*type = JC_OBJ_BLOB;
	return 1;
}

static void
again(struct seen *s)
{
	struct jc_pack_budget b = budget;
	struct jc_pack_sink sink = {.object = see, .arg = s};
	size_t n = s->n;

	b.pack = 4u << 20;
	b.ratio = 0;
	s->n = 0;
	s->again = 1;
	REQUIRE(jc_pack_read(s->out.data, s->out.len, &b, &sink, NULL) == 0 && s->n == n);
}

static void
read_pack(const void *pack, size_t n, int thin)
{
	struct seen *s = calloc(1, sizeof(*s));
	struct jc_pack_sink sink = {.object = see, .base = thin ? lend : NULL, .arg = s};
	struct jc_err err = {0};
	const uint8_t *p = pack;
	uint32_t count = n < 12 ? 0 : (uint32_t)p[10] << 8 | p[11];

	REQUIRE(s != NULL);
	jc_buf_init(&s->out, 4u << 20);
	REQUIRE(jc_pack_write_begin(&s->w, &s->out, count, NULL) == 0);
	if (jc_pack_read(pack, n, &budget, &sink, &err) < 0) {
		REQUIRE(err.code < 0 && err.msg[0] != '\0' && s->n == 0);
	} else {
		REQUIRE(s->bytes <= budget.total && s->n == count);
		REQUIRE(jc_pack_write_end(&s->w, &s->out, NULL) == 0);
		again(s);
	}
	jc_buf_free(&s->out);
	free(s);
}

static void
as_bytes(const uint8_t *p, size_t n, int mend)
{
	uint8_t *copy = malloc(n + 1);
	struct jc_sha1 s;

	REQUIRE(copy != NULL);
	memcpy(copy, p, n);
	if (mend && n >= 32) {
		jc_sha1_init(&s);
		jc_sha1_add(&s, copy, n - JC_OID_LEN);
		jc_sha1_end(&s, copy + n - JC_OID_LEN);
	}
	read_pack(copy, n, mend);
	free(copy);
}

struct built {
	size_t at[64];           /* where entries begin */
	struct jc_oid oid[64];   /* ids of the whole ones; else zero */
	size_t n;
};

static void
instruction(struct pack_kit *k, struct built *b, uint8_t what, const uint8_t *p, size_t n)
{
	struct jc_oid id = {{'B'}};
	struct jc_buf d;

	jc_buf_init(&d, 1000);
	jc_buf_put(&d, n > 1 ? p + 1 : p, n > 1 ? n - 1 : 0);
	if (what < 64) {
		pack_kit_object(k, 1 + what % 3, p, n, 1);
		REQUIRE(jc_oid_of(&id, (enum jc_objtype)(1 + what % 3), p, n) == 0);
	} else if (what < 128 && n != 0) {
		pack_kit_ofs(k, b->n != 0 ? b->at[p[0] % b->n] : 5, &d);
	} else if (what < 192 && n != 0) {
		pack_kit_ref(k, p[0] < 64 && b->n != 0 ? &b->oid[p[0] % b->n] : &id, &d);
	} else {
		pack_kit_raw(k, what & 7, n, p, n);
	}
	jc_buf_free(&d);
	b->at[b->n] = k->last;
	b->oid[b->n++] = id;
}

static void
as_program(const uint8_t *p, size_t n)
{
	struct built b = {.n = 0};
	struct pack_kit k;

	pack_kit_begin(&k);
	while (n >= 2 && b.n < 64) {
		size_t len = p[1] < n - 2 ? p[1] : n - 2;

		instruction(&k, &b, p[0], p + 2, len);
		p += 2 + len;
		n -= 2 + len;
	}
	pack_kit_end(&k);
	read_pack(k.b.data, k.b.len, 1);
	pack_kit_free(&k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > 65536)
		return 0;
	if (data[0] < 2)
		as_bytes(data + 1, size - 1, data[0]);
	else
		as_program(data + 1, size - 1);
	return 0;
}
