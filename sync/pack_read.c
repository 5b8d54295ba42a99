/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Packs on their way in, from strangers (gitformat-pack(5)). Sixteen kilobytes can ask for two
 * gigabytes, and both git and libgit2 give them; so nothing here is believed before it is counted:
 *
 *  1. The number of entries is compared with the bytes there are.
 *  2. The walk. An entry says its size before its stream begins: the size is counted against the
 *     budget, then the stream must yield exactly that. A delta's first bytes say how large its result
 *     will be: that is counted too, long before the result is made. After the walk the whole cost of
 *     the pack is known and paid for, and no object was hashed, no delta applied.
 *  3. The checksum.
 *  4. Objects are hashed and wake the deltas that wait for them, by place or by name; each delta is
 *     applied once, to a result of the size that was counted.
 *  5. Only a pack that came through all of it is delivered.
 *
 * So a refusal costs at most what the budget allows an honest pack to cost, and mostly far less.
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "zlibx.h"

#define HEAD_LEN 12u
#define ENTRY_LEAST 9u /* bytes: head, and the shortest zlib stream */
#define NONE UINT32_MAX

enum { OFS_DELTA = 6, REF_DELTA = 7 };

struct entry {
	size_t at;                /* place in the pack */
	size_t result;            /* bytes of the object, known from the walk */
	size_t base_size;         /* what a delta says of its base */
	struct jc_oid base;       /* REF_DELTA */
	struct jc_buf delta;
	uint32_t base_no;         /* OFS_DELTA: the entry it is made against; NONE */
	uint32_t waiting, next;   /* first OFS_DELTA upon this one; the next upon the same base */
	uint32_t depth;
	uint8_t type;             /* as in the pack */
	uint8_t whole;            /* obj[] is filled in */
};

struct reader {
	const uint8_t *pack;
	size_t body;              /* where the checksum begins */
	size_t at;
	struct jc_pack_budget budget;
	size_t left;              /* of the total */
	const struct jc_pack_sink *sink;
	struct jc_zlibx_in *in;
	struct entry *e;
	struct jc_pack_object *obj;
	uint32_t n, nwhole;
	uint32_t *index, mask;    /* open hash: id -> entry + 1 */
	uint64_t key[2];          /* of the hash: from the checksum, so that nobody can aim ids at one slot */
	struct waiter *ref;       /* REF_DELTAs by base */
	uint32_t nref;
	uint32_t *stack, nstack;  /* whole objects whose waiters were not woken yet */
	struct jc_err *err;
};

struct waiter {
	struct jc_oid base;
	uint32_t no;
};

static int
bad(struct reader *r, const char *sentence)
{
	return jc_err_set(r->err, JC_EFORMAT, "jc_pack_read", "%s", sentence);
}

static int
damaged(struct reader *r)
{
	return bad(r, JC_T("数据包有损坏，请重新传送", "The pack is damaged; send it again"));
}

static int
too_big(struct reader *r, const char *cause)
{
	jc_err_set(r->err, JC_ELIMIT, "jc_pack_read", "%s",
	    JC_T("数据包太大，请分几次传送", "The pack is too large; send it in several parts"));
	return r->err != NULL ? jc_err_cause(r->err, "%s", cause) : JC_ELIMIT;
}

/* ---- the walk ---- */

/* Counts n bytes that are about to come into being. */
static int
charge(struct reader *r, uint64_t n)
{
	if (n > r->budget.object)
		return too_big(r, "one object");
	if (n > r->left)
		return too_big(r, "all objects together");
	r->left -= (size_t)n;
	return 0;
}

static int
head_read(struct reader *r, struct entry *e, uint64_t *size)
{
	unsigned shift = 4;
	uint8_t c;

	if (r->at >= r->body)
		return damaged(r);
	c = r->pack[r->at++];
	e->type = (c >> 4) & 7;
	*size = c & 15u;
	while (c & 0x80) {
		if (r->at >= r->body || shift > 53)
			return damaged(r);
		c = r->pack[r->at++];
		*size |= (uint64_t)(c & 127u) << shift;
		shift += 7;
	}
	return 0;
}

/* The entry that begins at `at`, among those before number n. */
static uint32_t
entry_at(const struct reader *r, size_t at, uint32_t n)
{
	uint32_t lo = 0, hi = n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (r->e[mid].at < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && r->e[lo].at == at ? lo : NONE;
}

/* Distance back to the base, high digits first, each digit but the last one less than it says. */
static int
ofs_read(struct reader *r, struct entry *e, uint32_t no)
{
	uint64_t back = 0;
	uint8_t c;

	for (int i = 0;; i++) {
		if (r->at >= r->body || i > 7)
			return damaged(r);
		c = r->pack[r->at++];
		back = (i == 0 ? 0 : (back + 1) << 7) | (c & 127u);
		if (!(c & 0x80))
			break;
	}
	if (back == 0 || back > e->at || (e->base_no = entry_at(r, e->at - (size_t)back, no)) == NONE)
		return bad(r, JC_T("数据包里有指错地方的差异", "A delta in the pack points to no object"));
	if ((e->depth = r->e[e->base_no].depth + 1) > r->budget.depth)
		return too_big(r, "deltas upon deltas");
	e->next = r->e[e->base_no].waiting;
	r->e[e->base_no].waiting = no;
	return 0;
}

static int
base_read(struct reader *r, struct entry *e, uint32_t no)
{
	if (e->type == OFS_DELTA)
		return ofs_read(r, e, no);
	if (r->body - r->at < JC_OID_LEN)
		return damaged(r);
	memcpy(e->base.b, r->pack + r->at, JC_OID_LEN);
	r->at += JC_OID_LEN;
	e->depth = 1;
	r->nref++;
	return r->budget.depth == 0 ? too_big(r, "deltas upon deltas") : 0;
}

static uint64_t
delta_number(struct jc_rd *d)
{
	uint64_t v = 0;
	unsigned shift = 0;
	uint8_t c;

	do {
		c = jc_rd_u8(d);
		if (shift > 56) {
			d->bad = 1;
			return 0;
		}
		v |= (uint64_t)(c & 127u) << shift;
		shift += 7;
	} while ((c & 0x80) && !d->bad);
	return v;
}

/* Sizes of base and result, from the delta's first bytes; *d then stands at its instructions. */
static int
delta_open(struct reader *r, const struct entry *e, struct jc_rd *d, uint64_t *base, uint64_t *result)
{
	jc_rd_init(d, e->delta.data, e->delta.len);
	*base = delta_number(d);
	*result = delta_number(d);
	return d->bad ? damaged(r) : 0;
}

static int
delta_seen(struct reader *r, struct entry *e)
{
	uint64_t base, result;
	struct jc_rd d;
	int rc;

	if ((rc = delta_open(r, e, &d, &base, &result)) < 0 || (rc = charge(r, result)) < 0)
		return rc;
	if (base > r->budget.object)
		return too_big(r, "the base of a delta");
	e->base_size = (size_t)base;
	e->result = (size_t)result;
	if (e->base_no != NONE && r->e[e->base_no].result != base)
		return damaged(r);
	return 0;
}

/* A buffer of exactly n bytes to come. */
static int
exact(struct jc_buf *b, size_t n)
{
	jc_buf_init(b, n);
	if ((b->data = jc_alloc(n + 1)) == NULL)
		return JC_ENOMEM;
	b->data[n] = '\0';
	b->cap = n + 1;
	return 0;
}

static int
stream_read(struct reader *r, struct jc_buf *b, uint64_t size)
{
	size_t used;
	int rc;

	/* A stream cannot yield more than 1032 bytes for one; what promises more is not worth the memory. */
	if (size / 1032 > r->body - r->at)
		return damaged(r);
	if (exact(b, (size_t)size) < 0)
		return JC_NOMEM(r->err, "jc_pack_read");
	rc = jc_zlibx_in_exact(r->in, b->data, (size_t)size, r->pack + r->at, r->body - r->at, &used);
	if (rc < 0)
		return damaged(r);
	b->len = (size_t)size;
	r->at += used;
	return 0;
}

static int
entry_read(struct reader *r, uint32_t no)
{
	struct entry *e = &r->e[no];
	uint64_t size = 0;
	int delta, rc;

	e->at = r->at;
	e->base_no = e->waiting = e->next = NONE;
	if ((rc = head_read(r, e, &size)) < 0)
		return rc;
	delta = e->type == OFS_DELTA || e->type == REF_DELTA;
	if (!delta && (e->type < JC_OBJ_COMMIT || e->type > JC_OBJ_TAG || (e->type == JC_OBJ_TAG && !r->budget.tags)))
		return bad(r, JC_T("数据包里有不收的对象", "The pack holds a kind of object that is not taken"));
	if (delta && (rc = base_read(r, e, no)) < 0)
		return rc;
	if ((rc = charge(r, size)) < 0 || (rc = stream_read(r, delta ? &e->delta : &r->obj[no].body, size)) < 0)
		return rc;
	if (delta)
		return delta_seen(r, e);
	r->obj[no].type = (enum jc_objtype)e->type;
	e->result = (size_t)size;
	return 0;
}

/* ---- whole objects, and who waits for them ---- */

static uint32_t *
slot(const struct reader *r, const struct jc_oid *oid)
{
	uint64_t v;
	uint32_t i;

	memcpy(&v, oid->b, sizeof(v));
	i = (uint32_t)((v ^ r->key[0]) * (r->key[1] | 1) >> 32) & r->mask;
	while (r->index[i] != 0 && jc_oid_cmp(&r->obj[r->index[i] - 1].oid, oid) != 0)
		i = (i + 1) & r->mask;
	return &r->index[i];
}

/* obj[no] has type and body: it gets its id and may wake others. */
static int
settle(struct reader *r, uint32_t no)
{
	struct jc_pack_object *o = &r->obj[no];
	uint32_t *at;
	int rc = jc_oid_of(&o->oid, o->type, o->body.data, o->body.len);

	if (rc < 0)
		return jc_err_code(r->err, rc, "jc_pack_read");
	at = slot(r, &o->oid);
	if (*at != 0)
		return bad(r, JC_T("数据包里同一个对象出现两次", "The pack holds an object twice"));
	*at = no + 1;
	r->e[no].whole = 1;
	r->nwhole++;
	r->stack[r->nstack++] = no;
	return 0;
}

static int
delta_copy(struct jc_rd *d, uint8_t op, const struct jc_buf *base, struct jc_buf *out, size_t want)
{
	size_t from = 0, n = 0;

	for (unsigned i = 0; i < 4; i++)
		if (op & (1u << i))
			from |= (size_t)jc_rd_u8(d) << (8 * i);
	for (unsigned i = 0; i < 3; i++)
		if (op & (16u << i))
			n |= (size_t)jc_rd_u8(d) << (8 * i);
	if (n == 0)
		n = 0x10000;
	if (d->bad || from > base->len || n > base->len - from || n > want - out->len)
		return JC_EFORMAT;
	jc_buf_put(out, base->data + from, n);
	return 0;
}

static int
delta_run(struct jc_rd *d, const struct jc_buf *base, struct jc_buf *out, size_t want)
{
	while (jc_rd_left(d) != 0) {
		uint8_t op = jc_rd_u8(d);
		const uint8_t *p;

		if (op & 0x80) {
			if (delta_copy(d, op, base, out, want) < 0)
				return JC_EFORMAT;
		} else {
			if (op == 0 || op > want - out->len || (p = jc_rd_bytes(d, op)) == NULL)
				return JC_EFORMAT;
			jc_buf_put(out, p, op);
		}
	}
	return out->len == want ? 0 : JC_EFORMAT;
}

static int
delta_apply(struct reader *r, uint32_t no, const struct jc_buf *base, enum jc_objtype type, uint32_t depth)
{
	struct entry *e = &r->e[no];
	uint64_t base_size, result;
	struct jc_rd d;
	int rc;

	if (depth > r->budget.depth)
		return too_big(r, "deltas upon deltas");
	if ((rc = delta_open(r, e, &d, &base_size, &result)) < 0)
		return rc;
	if (base_size != base->len)
		return damaged(r);
	if (exact(&r->obj[no].body, e->result) < 0)
		return JC_NOMEM(r->err, "jc_pack_read");
	if (delta_run(&d, base, &r->obj[no].body, e->result) < 0)
		return damaged(r);
	jc_buf_free(&e->delta);
	e->depth = depth;
	r->obj[no].type = type;
	return settle(r, no);
}

static int
waiter_cmp(const void *a, const void *b)
{
	return jc_oid_cmp(&((const struct waiter *)a)->base, &((const struct waiter *)b)->base);
}

/* The first REF_DELTA upon this id. */
static uint32_t
ref_first(const struct reader *r, const struct jc_oid *oid)
{
	uint32_t lo = 0, hi = r->nref;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (jc_oid_cmp(&r->ref[mid].base, oid) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Applies every REF_DELTA upon this id that still waits. */
static int
refs_wake(struct reader *r, const struct jc_oid *oid, const struct jc_buf *body, enum jc_objtype type, uint32_t depth)
{
	int rc = 0;

	for (uint32_t i = ref_first(r, oid); rc == 0 && i < r->nref && jc_oid_cmp(&r->ref[i].base, oid) == 0; i++)
		if (!r->e[r->ref[i].no].whole)
			rc = delta_apply(r, r->ref[i].no, body, type, depth);
	return rc;
}

static int
wake_all(struct reader *r)
{
	int rc = 0;

	while (rc == 0 && r->nstack != 0) {
		uint32_t no = r->stack[--r->nstack];
		const struct jc_pack_object *o = &r->obj[no];
		uint32_t depth = r->e[no].depth + 1;

		for (uint32_t i = r->e[no].waiting; rc == 0 && i != NONE; i = r->e[i].next)
			rc = delta_apply(r, i, &o->body, o->type, depth);
		if (rc == 0 && r->nref != 0)
			rc = refs_wake(r, &o->oid, &o->body, o->type, depth);
	}
	return rc;
}

/* A thin pack: one base that lies elsewhere, paid for like everything else. */
static int
base_fetch(struct reader *r, const struct waiter *w)
{
	enum jc_objtype type = JC_OBJ_BLOB;
	struct jc_buf body;
	int rc;

	if ((rc = charge(r, r->e[w->no].base_size)) < 0)
		return rc;
	jc_buf_init(&body, r->budget.object);
	rc = r->sink->base(r->sink->arg, &body, &type, &w->base, r->err);
	if (rc > 0 && (rc = jc_buf_check(&body, "jc_pack_read", r->err)) == 0)
		rc = refs_wake(r, &w->base, &body, type, 1);
	jc_buf_free(&body);
	return rc < 0 ? rc : wake_all(r);
}

static int
refs_sort(struct reader *r)
{
	if (r->nref == 0)
		return 0;
	if ((r->ref = jc_calloc(r->nref, sizeof(*r->ref))) == NULL)
		return JC_NOMEM(r->err, "jc_pack_read");
	for (uint32_t i = 0, k = 0; i < r->n; i++)
		if (r->e[i].type == REF_DELTA) {
			r->ref[k].base = r->e[i].base;
			r->ref[k++].no = i;
		}
	qsort(r->ref, r->nref, sizeof(*r->ref), waiter_cmp);
	return 0;
}

static int
resolve(struct reader *r)
{
	int rc = refs_sort(r);

	for (uint32_t i = 0; rc == 0 && i < r->n; i++)
		if (r->e[i].type < OFS_DELTA)
			rc = settle(r, i);
	if (rc == 0)
		rc = wake_all(r);
	for (uint32_t i = 0; rc == 0 && r->sink->base != NULL && i < r->nref; i++)
		if (!r->e[r->ref[i].no].whole && (i == 0 || waiter_cmp(&r->ref[i - 1], &r->ref[i]) != 0))
			rc = base_fetch(r, &r->ref[i]);
	if (rc == 0 && r->nwhole != r->n)
		return bad(r, JC_T("数据包里的差异缺少原件，请用 git push --no-thin 再推",
		                  "The pack lacks the base of a delta; use git push --no-thin"));
	return rc;
}

/* ---- the whole ---- */

static int
pack_open(struct reader *r, size_t n)
{
	const struct jc_pack_budget *b = &r->budget;
	const uint8_t *p = r->pack;
	uint32_t count;

	if (n < HEAD_LEN + JC_OID_LEN || memcmp(p, "PACK", 4) != 0)
		return damaged(r);
	if (memcmp(p + 4, "\0\0\0\2", 4) != 0)
		return bad(r, JC_T("不认识这个版本的数据包", "The pack is of an unknown version"));
	if (n > b->pack)
		return too_big(r, "the pack itself");
	count = (uint32_t)p[8] << 24 | (uint32_t)p[9] << 16 | (uint32_t)p[10] << 8 | p[11];
	r->body = n - JC_OID_LEN;
	r->at = HEAD_LEN;
	if (count > b->objects)
		return too_big(r, "number of objects");
	if (count > (r->body - HEAD_LEN) / ENTRY_LEAST)
		return damaged(r);
	r->n = count;
	memcpy(r->key, p + r->body, sizeof(r->key));
	r->left = b->total;
	if (b->ratio != 0 && n < b->total / b->ratio)
		r->left = n * b->ratio > b->least ? n * b->ratio : b->least;
	r->left = r->left > b->total ? b->total : r->left;
	return 0;
}

static int
memory(struct reader *r)
{
	for (r->mask = 15; r->mask < 2 * r->n; r->mask = r->mask * 2 + 1)
		;
	r->e = jc_calloc((size_t)r->n + 1, sizeof(*r->e));
	r->obj = jc_calloc((size_t)r->n + 1, sizeof(*r->obj));
	r->stack = jc_calloc((size_t)r->n + 1, sizeof(*r->stack));
	r->index = jc_calloc((size_t)r->mask + 1, sizeof(*r->index));
	r->in = jc_zlibx_in_open();
	if (r->e == NULL || r->obj == NULL || r->stack == NULL || r->index == NULL || r->in == NULL)
		return JC_NOMEM(r->err, "jc_pack_read");
	return 0;
}

static int
sum_check(struct reader *r)
{
	uint8_t sum[JC_OID_LEN];
	struct jc_sha1 s;

	if (r->at != r->body)
		return bad(r, JC_T("数据包后面还有多余的内容", "There are bytes behind the pack"));
	jc_sha1_init(&s);
	jc_sha1_add(&s, r->pack, r->body);
	jc_sha1_end(&s, sum);
	return memcmp(sum, r->pack + r->body, JC_OID_LEN) == 0 ? 0 : damaged(r);
}

static int
read_all(struct reader *r)
{
	int rc = memory(r);

	for (uint32_t i = 0; rc == 0 && i < r->n; i++)
		rc = entry_read(r, i);
	if (rc == 0)
		rc = sum_check(r);
	if (rc == 0)
		rc = resolve(r);
	for (uint32_t i = 0; rc >= 0 && i < r->n; i++) {
		rc = r->sink->object(r->sink->arg, &r->obj[i], r->err);
		jc_buf_free(&r->obj[i].body);
	}
	return rc < 0 ? rc : 0;
}

int
jc_pack_read(const void *pack, size_t n, const struct jc_pack_budget *budget, const struct jc_pack_sink *sink,
    struct jc_err *err)
{
	struct reader r = {.pack = pack, .budget = *budget, .sink = sink, .err = err};
	int rc;

	if (r.budget.objects > UINT32_MAX / 4)
		r.budget.objects = UINT32_MAX / 4;
	if ((rc = pack_open(&r, n)) < 0)
		return rc;
	rc = read_all(&r);
	for (uint32_t i = 0; i < r.n; i++) {
		if (r.e != NULL)
			jc_buf_free(&r.e[i].delta);
		if (r.obj != NULL)
			jc_buf_free(&r.obj[i].body);
	}
	jc_zlibx_in_close(r.in);
	jc_free(r.e);
	jc_free(r.obj);
	jc_free(r.stack);
	jc_free(r.index);
	jc_free(r.ref);
	return rc;
}
