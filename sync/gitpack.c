/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Packs on their way in, from strangers. Sixteen kilobytes can ask for two gigabytes (RELIABILITY 2.2),
 * so nothing is believed before it is counted: the number of objects against the bytes there are, every
 * declared size before its stream is touched, every delta's result before it is made, and the total
 * against a budget that grows with the pack. What is left to do is then little.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "gitwire.h"

#define OBJECTS_MAX 65536u
#define OBJECT_MAX (1u << 20)
#define TOTAL_LEAST (4u << 20)
#define TOTAL_MOST (64u << 20)
#define TOTAL_RATIO 24
#define DEPTH_MAX 50

struct entry {
	size_t offset;            /* of the entry in the pack */
	int type;                 /* 1..3 whole, 6 or 7 delta, 0 a delta that was resolved */
	size_t base_offset;       /* 6 */
	struct jc_oid base;       /* 7 */
	struct jc_buf delta;
};

struct reader {
	const uint8_t *pack;
	size_t len, body;         /* without the checksum */
	size_t budget;
	struct entry *entry;
	struct jc_gitwire_obj *obj;
	uint32_t *index;          /* open hash of oids -> object + 1 */
	uint32_t mask;
	size_t n;
	struct jc_err *err;
};

static int
bad(struct reader *r, const char *sentence)
{
	return jc_err_set(r->err, JC_EFORMAT, "jc_gitwire_pack_read", "%s", sentence);
}

static int
too_big(struct reader *r)
{
	return jc_err_set(r->err, JC_ELIMIT, "jc_gitwire_pack_read", "%s",
	    JC_T("推送的包展开后太大", "The pack is too large when inflated"));
}

static int
spend(struct reader *r, uint64_t n)
{
	if (n > OBJECT_MAX || n > r->budget)
		return too_big(r);
	r->budget -= (size_t)n;
	return 0;
}

/* ---- objects by id ---- */

static uint32_t
slot_of(const struct reader *r, const struct jc_oid *oid)
{
	uint32_t i = ((uint32_t)oid->b[0] | (uint32_t)oid->b[1] << 8 | (uint32_t)oid->b[2] << 16) & r->mask;

	while (r->index[i] != 0 && jc_oid_cmp(&r->obj[r->index[i] - 1].oid, oid) != 0)
		i = (i + 1) & r->mask;
	return i;
}

static int
object_done(struct reader *r, size_t i)
{
	struct jc_gitwire_obj *o = &r->obj[i];
	uint32_t at;
	int rc = jc_oid_of(&o->oid, o->type, o->body.len != 0 ? o->body.data : "", o->body.len);

	if (rc < 0)
		return jc_err_code(r->err, rc, "object_done");
	at = slot_of(r, &o->oid);
	if (r->index[at] != 0)
		return bad(r, JC_T("推送的包里同一个对象出现两次", "The pack holds an object twice"));
	r->index[at] = (uint32_t)i + 1;
	return 0;
}

/* ---- first pass: inflate what is there ---- */

static int
head_read(struct reader *r, size_t *at, int *type, uint64_t *size)
{
	int shift = 4;
	uint8_t c;

	if (*at >= r->body)
		return -1;
	c = r->pack[(*at)++];
	*type = (c >> 4) & 7;
	*size = c & 15u;
	while (c & 0x80) {
		if (*at >= r->body || shift > 32)
			return -1;
		c = r->pack[(*at)++];
		*size |= (uint64_t)(c & 127u) << shift;
		shift += 7;
	}
	return 0;
}

static int
offset_read(struct reader *r, size_t *at, size_t from, size_t *base)
{
	uint64_t v = 0;
	uint8_t c;
	int n = 0;

	do {
		if (*at >= r->body || ++n > 5)
			return -1;
		c = r->pack[(*at)++];
		v = n == 1 ? c & 127u : ((v + 1) << 7) | (c & 127u);
	} while (c & 0x80);
	if (v == 0 || v > from)
		return -1;
	*base = from - (size_t)v;
	return 0;
}

static int
entry_read(struct reader *r, size_t i, size_t *at)
{
	struct entry *e = &r->entry[i];
	struct jc_buf *out;
	uint64_t size;
	size_t used;
	int rc;

	e->offset = *at;
	if (head_read(r, at, &e->type, &size) < 0)
		return bad(r, JC_T("推送的包不完整", "The pack is damaged"));
	if (e->type == 6) {
		if (offset_read(r, at, e->offset, &e->base_offset) < 0)
			return bad(r, JC_T("推送的包里有指错的差异", "A delta in the pack points nowhere"));
	} else if (e->type == 7) {
		if (r->body - *at < JC_OID_LEN)
			return bad(r, JC_T("推送的包不完整", "The pack is damaged"));
		memcpy(e->base.b, r->pack + *at, JC_OID_LEN);
		*at += JC_OID_LEN;
	} else if (e->type < JC_OBJ_COMMIT || e->type > JC_OBJ_BLOB) {
		return bad(r, JC_T("推送的包里有不收的对象", "The pack holds a kind of object that is not taken"));
	}
	if ((rc = spend(r, size)) < 0)
		return rc;
	out = e->type > 3 ? &e->delta : &r->obj[i].body;
	jc_buf_init(&e->delta, OBJECT_MAX);
	jc_buf_init(&r->obj[i].body, OBJECT_MAX);
	rc = jc_zlib_unpack_some(out, r->pack + *at, r->body - *at, (size_t)size, &used, r->err);
	if (rc == JC_ENOMEM)
		return rc;
	if (rc < 0 || out->len != size)
		return bad(r, JC_T("推送的包不完整", "The pack is damaged"));
	*at += used;
	if (e->type > 3)
		return 0;
	r->obj[i].type = (enum jc_objtype)e->type;
	e->type = 0;
	return object_done(r, i);
}

/* ---- second pass: deltas ---- */

static uint64_t
delta_size(struct jc_rd *d)
{
	uint64_t v = 0;
	int shift = 0;
	uint8_t c;

	do {
		c = jc_rd_u8(d);
		if (shift > 35) {
			d->bad = 1;
			return 0;
		}
		v |= (uint64_t)(c & 127u) << shift;
		shift += 7;
	} while ((c & 0x80) && !d->bad);
	return v;
}

static int
delta_copy(struct jc_rd *d, uint8_t op, const struct jc_buf *base, struct jc_buf *out, uint64_t want)
{
	uint64_t from = 0, n = 0;

	for (int i = 0; i < 4; i++)
		if (op & (1 << i))
			from |= (uint64_t)jc_rd_u8(d) << (8 * i);
	for (int i = 0; i < 3; i++)
		if (op & (16 << i))
			n |= (uint64_t)jc_rd_u8(d) << (8 * i);
	if (n == 0)
		n = 0x10000;
	if (d->bad || from > base->len || n > base->len - from || n > want - out->len)
		return -1;
	jc_buf_put(out, base->data + from, (size_t)n);
	return 0;
}

static int
delta_apply(struct reader *r, size_t i, const struct jc_buf *base)
{
	struct jc_buf *out = &r->obj[i].body;
	uint64_t have, want;
	struct jc_rd d;
	int rc;

	jc_rd_init(&d, r->entry[i].delta.data, r->entry[i].delta.len);
	have = delta_size(&d);
	want = delta_size(&d);
	if (d.bad || have != base->len)
		return bad(r, JC_T("推送的包里有写坏的差异", "A delta in the pack is malformed"));
	if ((rc = spend(r, want)) < 0)
		return rc;
	while (jc_rd_left(&d) != 0) {
		uint8_t op = jc_rd_u8(&d);
		const uint8_t *p;

		if (op & 0x80) {
			if (delta_copy(&d, op, base, out, want) < 0)
				return bad(r, JC_T("推送的包里有写坏的差异", "A delta in the pack is malformed"));
		} else if (op == 0 || op > want - out->len || (p = jc_rd_bytes(&d, op)) == NULL) {
			return bad(r, JC_T("推送的包里有写坏的差异", "A delta in the pack is malformed"));
		} else {
			jc_buf_put(out, p, op);
		}
		if (out->failed)
			return jc_buf_check(out, "delta_apply", r->err);
	}
	jc_buf_free(&r->entry[i].delta);
	return out->len == want ? 0 : bad(r, JC_T("推送的包里有写坏的差异", "A delta in the pack is malformed"));
}

/* The object a delta is made against, if it is whole already; n when not. */
static size_t
base_find(const struct reader *r, const struct entry *e)
{
	size_t lo = 0, hi = r->n;

	if (e->type == 7) {
		uint32_t at = r->index[slot_of(r, &e->base)];

		return at != 0 ? at - 1 : r->n;
	}
	while (lo < hi) { /* entries lie in order of offset */
		size_t mid = lo + (hi - lo) / 2;

		if (r->entry[mid].offset < e->base_offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < r->n && r->entry[lo].offset == e->base_offset && r->entry[lo].type == 0 ? lo : r->n;
}

static int
deltas_resolve(struct reader *r)
{
	size_t left = 0, before;
	int rc;

	for (size_t i = 0; i < r->n; i++)
		left += r->entry[i].type != 0;
	for (int depth = 0; left != 0; depth++) {
		if (depth == DEPTH_MAX)
			return too_big(r);
		before = left;
		for (size_t i = 0; i < r->n; i++) {
			size_t base;

			if (r->entry[i].type == 0 || (base = base_find(r, &r->entry[i])) == r->n)
				continue;
			r->obj[i].type = r->obj[base].type;
			if ((rc = delta_apply(r, i, &r->obj[base].body)) < 0 || (rc = object_done(r, i)) < 0)
				return rc;
			r->entry[i].type = 0;
			left--;
		}
		if (left == before)
			return bad(r, JC_T("推送的包里的差异缺少原件，请用 --no-thin 再推", "The pack lacks a delta's base; push with --no-thin"));
	}
	return 0;
}

/* ---- the whole ---- */

static int
pack_open(struct reader *r, uint64_t *count)
{
	if (r->len < 12 + JC_OID_LEN || memcmp(r->pack, "PACK\0\0\0\2", 8) != 0)
		return bad(r, JC_T("推送的包不完整", "The pack is damaged"));
	r->body = r->len - JC_OID_LEN;
	*count = (uint64_t)r->pack[8] << 24 | (uint64_t)r->pack[9] << 16 | (uint64_t)r->pack[10] << 8 | r->pack[11];
	if (*count > OBJECTS_MAX || *count > r->len / 9)
		return too_big(r);
	r->budget = r->len < TOTAL_MOST / TOTAL_RATIO ? r->len * TOTAL_RATIO : TOTAL_MOST;
	r->budget = r->budget > TOTAL_LEAST ? r->budget : TOTAL_LEAST;
	return 0;
}

/* Last, and cheap by then: what is refused for its size must not cost a hash over all of it. */
static int
sum_check(struct reader *r)
{
	struct jc_gitwire_sha s;
	uint8_t sum[JC_OID_LEN];

	jc_gitwire_sha_init(&s);
	jc_gitwire_sha_add(&s, r->pack, r->body);
	jc_gitwire_sha_end(&s, sum);
	return memcmp(sum, r->pack + r->body, JC_OID_LEN) == 0 ? 0
	    : bad(r, JC_T("推送的包在路上损坏了", "The pack was damaged on the way"));
}

static int
pack_read(struct reader *r, uint64_t count)
{
	size_t at = 12;
	int rc = 0;

	for (r->mask = 15; r->mask < 2 * count; r->mask = r->mask * 2 + 1)
		;
	r->entry = jc_calloc((size_t)count + 1, sizeof(*r->entry));
	r->obj = jc_calloc((size_t)count + 1, sizeof(*r->obj));
	r->index = jc_calloc((size_t)r->mask + 1, sizeof(*r->index));
	if (r->entry == NULL || r->obj == NULL || r->index == NULL)
		return JC_NOMEM(r->err, "jc_gitwire_pack_read");
	while (rc == 0 && r->n < count) {
		rc = entry_read(r, r->n, &at);
		r->n++;
	}
	if (rc == 0 && at != r->body)
		rc = bad(r, JC_T("推送的包后面还有多余的内容", "There are bytes behind the pack"));
	if (rc == 0)
		rc = sum_check(r);
	return rc < 0 ? rc : deltas_resolve(r);
}

void
jc_gitwire_objs_free(struct jc_gitwire_obj *o, size_t n)
{
	for (size_t i = 0; o != NULL && i < n; i++)
		jc_buf_free(&o[i].body);
	jc_free(o);
}

int
jc_gitwire_pack_read(struct jc_gitwire_obj **out, size_t *n, const void *pack, size_t len, struct jc_err *err)
{
	struct reader r = {.pack = pack, .len = len, .err = err};
	uint64_t count = 0;
	int rc = pack_open(&r, &count);

	*out = NULL;
	*n = 0;
	if (rc == 0)
		rc = pack_read(&r, count);
	for (size_t i = 0; i < r.n; i++)
		jc_buf_free(&r.entry[i].delta);
	jc_free(r.entry);
	jc_free(r.index);
	if (rc < 0) {
		jc_gitwire_objs_free(r.obj, r.n);
		return rc;
	}
	*out = r.obj;
	*n = r.n;
	return 0;
}
