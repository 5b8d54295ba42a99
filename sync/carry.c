/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Compact commits on the wire. A slot is a chain within one section; the commit last seen in it is the
 * next one's predecessor, from which most of the next one is derived. The reader first walks over a
 * commit's outline, so that a commit it cannot use (a stranger's base, a false signature, a bomb) costs
 * that commit and not the sections behind it. What it inflates is counted before it is looked at.
 */
#include "carry.h"

#include <string.h>

#include "../schema/schema_mem.h"
#include "sync_note.h"
#include "sync_succession.h"

enum { F_NEW = 1, F_FIRST = 2, F_LABEL = 4, F_RUN = 8, F_SCHEMA = 16, F_EMPTY = 32, F_PLAIN = 64, F_ALL = 127 };

#define SLOTS_MAX 4096u
#define HEAD_MOST 192u         /* of a commit without its text and without many parents */
#define ONE_MOST (2u << 20)    /* a commit, plain */
#define SQUEEZE_LEAST 1024u   /* a model that has seen less has learnt nothing */
#define INDEX_SIZE 16384u /* more than twice JC_CARRY_COMMITS, a power of two */

struct jc_carry_slot {
	int64_t tip;                 /* number of its last commit here, 0: it came in this section */
	size_t item;                 /* reader: index of its last commit + 1, 0: none */
	int dead;                    /* reader: a commit of it could not be read */
	struct jc_commit c;          /* last commit when it is not an item */
	struct jc_buf object, payload;
};

void
jc_carry_put_id(struct jc_buf *b, const char *id)
{
	uint64_t v = 0;
	char out[8];

	if (id[0] != '\0')
		(void)jc_id_to_u64(&v, id, JC_ID_LEN);
	for (int i = 0; i < 8; i++)
		out[i] = (char)(v >> (56 - 8 * i));
	jc_buf_put(b, out, sizeof(out));
}

int
jc_carry_get_id(jc_id out, struct jc_rd *r)
{
	const uint8_t *p = jc_rd_bytes(r, 8);
	uint64_t v = 0;

	if (p == NULL || p[0] > 0x0f)
		return JC_EFORMAT;
	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	jc_id_from_u64(out, v);
	return 0;
}

void
jc_carry_put_note(struct jc_buf *b, const struct jc_note *n)
{
	jc_buf_varint(b, n->tier);
	jc_buf_varint(b, (uint64_t)n->counter);
	jc_buf_varint(b, n->nheads);
	jc_buf_put(b, n->head, n->nheads * JC_H16);
	jc_buf_put(b, n->sig, JC_SIG_LEN);
}

int
jc_carry_get_note(struct jc_note *n, struct jc_rd *r)
{
	uint64_t tier = jc_rd_varint(r), counter = jc_rd_varint(r), heads = jc_rd_varint(r);
	const uint8_t *p, *sig;

	memset(n, 0, sizeof(*n));
	if (r->bad || tier >= JC_TIERS || counter > INT64_MAX || heads == 0 || heads > JC_NOTE_HEADS)
		return JC_EFORMAT;
	p = jc_rd_bytes(r, (size_t)heads * JC_H16);
	sig = jc_rd_bytes(r, JC_SIG_LEN);
	if (p == NULL || sig == NULL)
		return JC_EFORMAT;
	n->tier = (enum jc_tier)tier;
	n->counter = (int64_t)counter;
	n->nheads = (size_t)heads;
	memcpy(n->head, p, n->nheads * JC_H16);
	memcpy(n->sig, sig, JC_SIG_LEN);
	return 0;
}

/* ---- slots ---- */

static void
slot_clear(struct jc_carry_slot *sl)
{
	jc_buf_free(&sl->object);
	jc_buf_free(&sl->payload);
}

static void
slots_free(struct jc_carry_slot *slot, size_t n)
{
	for (size_t i = 0; i < n; i++)
		slot_clear(&slot[i]);
	jc_free(slot);
}

static int
slot_new(struct jc_carry_slot **slot, size_t *n, size_t *cap, struct jc_err *err)
{
	if (*n == *cap) {
		size_t want = *cap != 0 ? *cap * 2 : 4;
		struct jc_carry_slot *p = jc_realloc(*slot, want * sizeof(*p));

		if (p == NULL)
			return JC_NOMEM(err, "slot_new");
		*slot = p;
		*cap = want;
	}
	memset(&(*slot)[*n], 0, sizeof(**slot));
	jc_buf_init(&(*slot)[*n].object, 1u << 20);
	jc_buf_init(&(*slot)[*n].payload, JC_PAYLOAD_MAX);
	(*n)++;
	return 0;
}

/* Fills a slot with a stored commit: object, payload and its fields. */
static int
slot_load(struct jc_carry_slot *sl, struct jc_log *log, const struct jc_commit_row *row, struct jc_err *err)
{
	int rc;

	jc_buf_reset(&sl->object);
	jc_buf_reset(&sl->payload);
	if ((rc = jc_log_commit_bytes(log, row, &sl->object, &sl->payload, err)) < 0 ||
	    (rc = jc_commit_parse(&sl->c, sl->object.data, sl->object.len, err)) < 0)
		return rc == JC_EFORMAT ? jc_err_code(err, JC_ECORRUPT, "slot_load") : rc;
	sl->tip = row->no;
	return 0;
}

static struct jc_slice
bytes(const struct jc_buf *b)
{
	return (struct jc_slice){b->len != 0 ? b->data : "", b->len};
}

/* ---- writing ---- */

void
jc_carry_out_free(struct jc_carry_out *out)
{
	slots_free(out->slot, out->nslots);
	jc_free(out->no);
	out->slot = NULL;
	out->no = NULL;
	out->nslots = out->slots_cap = out->no_cap = 0;
}

static int
no_add(struct jc_carry_out *out, int64_t no, struct jc_err *err)
{
	if (out->count == out->no_cap) {
		size_t want = out->no_cap != 0 ? out->no_cap * 2 : 16;
		int64_t *p = jc_realloc(out->no, want * sizeof(*p));

		if (p == NULL)
			return JC_NOMEM(err, "no_add");
		out->no = p;
		out->no_cap = want;
	}
	out->no[out->count++] = no;
	return 0;
}

static int
slot_for(struct jc_carry_out *out, const struct jc_commit_row *row, size_t *at, int *fresh, struct jc_err *err)
{
	struct jc_commit_row base;
	int rc;

	*fresh = 0;
	for (*at = 0; row->seq > 1 && *at < out->nslots; (*at)++)
		if (out->slot[*at].tip == row->parent[0])
			return 0;
	*at = out->nslots;
	*fresh = 1;
	if ((rc = slot_new(&out->slot, &out->nslots, &out->slots_cap, err)) < 0 || row->seq == 1)
		return rc;
	if ((rc = jc_log_commit(out->node->log, row->parent[0], &base, err)) < 0)
		return rc == JC_ENOTFOUND ? jc_err_code(err, JC_ECORRUPT, "slot_for") : rc;
	return slot_load(&out->slot[*at], out->node->log, &base, err);
}

/* To deflate all of a large section only to learn its size would cost more than squeezing it: the file has
 * its payloads deflated, one by one, which is never less than squeezed together. */
static int
deflated_add(struct jc_carry_out *out, const struct jc_commit_row *row, struct jc_err *err)
{
	int64_t stored;
	int rc = jc_log_commit_stored(out->node->log, row, &stored, err);

	if (rc == 0)
		out->deflated += (size_t)stored + HEAD_MOST;
	return rc;
}

size_t
jc_carry_size(const struct jc_carry_out *out)
{
	if (!out->bulk)
		return out->b->len;
	return out->b->len + ONE_MOST > JC_CARRY_PLAIN_MAX ? SIZE_MAX : out->deflated;
}

int
jc_carry_fit(struct jc_carry_out *out, const struct jc_commit_row *row, size_t room, struct jc_err *err)
{
	size_t before = out->b->len;
	int rc;

	if (jc_carry_size(out) >= room)
		return 0;
	if ((rc = jc_carry_write(out, row, err)) < 0)
		return rc;
	if (out->bulk ? out->deflated <= room : out->b->len <= room)
		return 1;
	out->b->len = before;
	out->count--;
	return 0;
}

int
jc_carry_write(struct jc_carry_out *out, const struct jc_commit_row *row, struct jc_err *err)
{
	struct jc_carry_slot next = {0}, *sl;
	struct jc_compact_base *base = NULL;
	size_t at;
	int rc, fresh;

	if ((rc = slot_for(out, row, &at, &fresh, err)) < 0)
		return rc;
	sl = &out->slot[at];
	jc_buf_init(&next.object, 1u << 20);
	jc_buf_init(&next.payload, JC_PAYLOAD_MAX);
	if ((rc = slot_load(&next, out->node->log, row, err)) < 0)
		goto out;
	if (row->seq > 1) {
		if ((base = jc_alloc(sizeof(*base))) == NULL) {
			rc = JC_NOMEM(err, "jc_carry_write");
			goto out;
		}
		base->c = sl->c;
		base->object = bytes(&sl->object);
		base->payload = bytes(&sl->payload);
	}
	if (out->steps)
		jc_buf_varint(out->b, (uint64_t)(row->no - out->last));
	if ((rc = jc_compact_write(out->b, &next.c, bytes(&next.payload), base, (unsigned)at,
	         (out->bulk ? JC_COMPACT_PLAIN : out->how) | (fresh ? JC_COMPACT_FRESH : 0u), err)) < 0 ||
	    (rc = jc_buf_check(out->b, "jc_carry_write", err)) < 0 || (rc = no_add(out, row->no, err)) < 0 ||
	    (out->bulk && (rc = deflated_add(out, row, err)) < 0))
		goto out;
	out->last = row->no;
	slot_clear(sl);
	*sl = next;
	memset(&next, 0, sizeof(next));
out:
	slot_clear(&next);
	jc_free(base);
	return rc;
}

/* The same commits with their texts plain, as one piece for squeezing. */
static int
write_plain(const struct jc_carry_out *out, struct jc_buf *plain, struct jc_err *err)
{
	struct jc_carry_out again = {.node = out->node, .scope = out->scope, .b = plain, .how = JC_COMPACT_PLAIN,
	    .steps = out->steps};
	struct jc_commit_row row;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < out->count; i++)
		if ((rc = jc_log_commit(out->node->log, out->no[i], &row, err)) >= 0)
			rc = jc_carry_write(&again, &row, err);
	jc_carry_out_free(&again);
	return rc;
}

/* Fills `z` with `size, length, stream` when that is shorter than what stands in b; else leaves it empty. */
static int
squeeze(const struct jc_carry_out *out, struct jc_buf *z, struct jc_err *err)
{
	struct jc_buf made, stream;
	const struct jc_buf *plain = out->bulk ? out->b : &made;
	int rc = 0;

	jc_buf_init(&made, JC_CARRY_PLAIN_MAX);
	jc_buf_init(&stream, 2 * JC_CARRY_PLAIN_MAX);
	if (!out->bulk && (rc = write_plain(out, &made, err)) == JC_ELIMIT)
		rc = 0; /* too much for one stream: it stays as it is */
	else if (rc >= 0 && (rc = jc_squeeze(&stream, plain->data, plain->len, err)) >= 0 && stream.len + 8 < out->b->len) {
		jc_buf_varint(z, plain->len);
		jc_buf_varint(z, stream.len);
		jc_buf_put(z, stream.data, stream.len);
		rc = jc_buf_check(z, "squeeze", err);
	}
	jc_buf_free(&made);
	jc_buf_free(&stream);
	return rc;
}

int
jc_carry_end(struct jc_carry_out *out, struct jc_buf *dst, struct jc_err *err)
{
	struct jc_buf z;
	int rc = 0;

	jc_buf_init(&z, 2 * JC_CARRY_PLAIN_MAX);
	if ((rc = jc_buf_check(out->b, "jc_carry_end", err)) < 0)
		return rc;
	if (out->b->len >= SQUEEZE_LEAST)
		rc = squeeze(out, &z, err);
	jc_buf_varint(dst, out->count);
	if (z.len != 0) {
		jc_buf_put(dst, z.data, z.len);
	} else if (out->count != 0) {
		jc_buf_varint(dst, 0);
		jc_buf_put(dst, out->b->data, out->b->len);
	}
	jc_buf_free(&z);
	return rc < 0 ? rc : jc_buf_check(dst, "jc_carry_end", err);
}

/* ---- reading ---- */

void
jc_carry_in_free(struct jc_carry_in *in)
{
	for (size_t i = 0; i < in->n; i++)
		jc_intake_item_free(&in->item[i].it);
	jc_free(in->item);
	slots_free(in->slot, in->nslots);
	jc_free(in->key);
	jc_free(in->index);
	in->item = NULL;
	in->slot = NULL;
	in->key = NULL;
	in->index = NULL;
	in->n = in->cap = in->nslots = in->slots_cap = in->nkeys = 0;
}

static int
key_put(struct jc_carry_in *in, const char *id, const uint8_t pk[JC_PK_LEN], int looked, struct jc_err *err)
{
	struct jc_carry_key *p;

	for (size_t i = 0; i < in->nkeys; i++)
		if (strcmp(in->key[i].id, id) == 0 && memcmp(in->key[i].pk, pk, JC_PK_LEN) == 0) {
			in->key[i].looked |= looked;
			return 0;
		}
	if ((p = jc_realloc(in->key, (in->nkeys + 1) * sizeof(*p))) == NULL)
		return JC_NOMEM(err, "jc_carry_know");
	in->key = p;
	memcpy(p[in->nkeys].id, id, JC_ID_LEN + 1);
	memcpy(p[in->nkeys].pk, pk, JC_PK_LEN);
	p[in->nkeys++].looked = looked;
	return 0;
}

int
jc_carry_know(struct jc_carry_in *in, const char *id, const uint8_t pk[JC_PK_LEN], struct jc_err *err)
{
	return key_put(in, id, pk, 0, err);
}

/* The next key of a device at or behind place *at. 1, or 0 when there is none. */
static int
key_next(const struct jc_carry_in *in, const char *device, size_t *at)
{
	while (*at < in->nkeys && strcmp(in->key[*at].id, device) != 0)
		++*at;
	return *at < in->nkeys;
}

/* Makes the keyring's keys of a device known, once. JC_ENOTFOUND: none is known at all. */
static int
keys_look(struct jc_carry_in *in, const char *device, struct jc_err *err)
{
	struct jc_keys keys;
	size_t at = 0;
	int rc, any = 0;

	for (; key_next(in, device, &at); at++) {
		if (in->key[at].looked)
			return 0;
		any = in->key[at].looked = 1;
	}
	if ((rc = jc_keyring_get(&keys, in->node->log, device, any ? NULL : err)) < 0)
		return rc == JC_ENOTFOUND && any ? 0 : rc;
	for (size_t i = 0; rc == 0 && i < keys.n; i++)
		rc = key_put(in, device, keys.key[i], 1, err);
	return rc;
}

/* A succession that a commit just read carries: its new key counts when one that is known says so. */
static int
succession_learn(struct jc_carry_in *in, const struct jc_op *op, struct jc_err *err)
{
	uint8_t pk[JC_PK_LEN], sig[JC_SIG_LEN];
	int64_t no;

	if (!jc_succession_said(&no, pk, sig, op))
		return 0;
	for (size_t at = 0; key_next(in, op->rec, &at); at++)
		if (jc_succession_ok(op->rec, no, in->key[at].pk, pk, sig))
			return jc_carry_know(in, op->rec, pk, err);
	return 0;
}

/* Keys of devices that a commit just read enrols, or by which its author goes on: their commits may stand behind
 * it in this section. */
static int
keys_learn(struct jc_carry_in *in, const struct jc_carry_item *item, struct jc_err *err)
{
	struct jc_ops_reader *reader;
	struct jc_op op;
	int rc;

	if (item->it.c.tier != JC_TIER_CITY || item->it.payload.len == 0)
		return 0;
	if ((rc = jc_ops_reader_new(&reader, 0, err)) < 0)
		return rc;
	jc_ops_begin(reader, item->it.payload.data, item->it.payload.len);
	while ((rc = jc_ops_next(reader, &op, err)) == 1) {
		struct jc_slice key = jc_op_text(&op, "key");
		uint8_t pk[JC_PK_LEN];
		jc_id id;

		if (op.verb != JC_V_DEVICE)
			continue;
		if (strcmp(op.rec, item->it.c.device) == 0 && (rc = succession_learn(in, &op, err)) < 0)
			break;
		if (jc_b64_decode(pk, sizeof(pk), key.p, key.n) != JC_PK_LEN)
			continue;
		jc_device_id(id, pk);
		if (strcmp(id, op.rec) == 0 && (rc = jc_carry_know(in, id, pk, err)) < 0)
			break;
	}
	jc_ops_reader_free(reader);
	return rc;
}

static size_t
index_at(const struct jc_carry_in *in, const uint8_t *h)
{
	size_t i = ((size_t)h[0] | (size_t)h[1] << 8 | (size_t)h[2] << 16) & (INDEX_SIZE - 1);

	while (in->index[i] != 0 && memcmp(in->item[in->index[i] - 1].it.c.hash, h, JC_H16) != 0)
		i = (i + 1) & (INDEX_SIZE - 1);
	return i;
}

/* Parents may stand in front of it in the same section, or be stored. */
static int
parent_find(void *arg, const uint8_t h16[JC_H16], struct jc_oid *oid, uint8_t hash[JC_HASH_LEN], int64_t *lamport,
    struct jc_err *err)
{
	struct jc_carry_in *in = arg;
	struct jc_commit_row row;
	size_t at = index_at(in, h16);
	int rc;

	if (in->index[at] != 0) {
		const struct jc_commit *c = &in->item[in->index[at] - 1].it.c;

		*oid = c->oid;
		memcpy(hash, c->hash, JC_HASH_LEN);
		*lamport = c->lamport;
		return 0;
	}
	if ((rc = jc_log_commit_h16(in->node->log, in->s->no, h16, &row, err)) < 0)
		return rc;
	*oid = row.oid;
	memcpy(hash, row.hash, JC_HASH_LEN);
	*lamport = row.lamport;
	return 0;
}

/* Walks over what follows the head; `r` ends behind the commit. */
static int
outline(struct jc_rd *r, const struct jc_compact_head *h)
{
	uint64_t n;

	if ((h->flags & ~(unsigned)F_ALL) != 0)
		return JC_EFORMAT;
	if (h->flags & F_LABEL) {
		n = jc_rd_varint(r);
		if (n > JC_LABEL_MAX || jc_rd_bytes(r, (size_t)n) == NULL)
			return JC_EFORMAT;
	}
	if (h->flags & F_RUN)
		(void)jc_rd_bytes(r, 8);
	if (h->flags & F_SCHEMA)
		(void)jc_rd_varint(r);
	(void)jc_rd_zigzag(r);
	n = jc_rd_varint(r);
	if (n > JC_PARENTS_MAX)
		return JC_EFORMAT;
	(void)jc_rd_bytes(r, (size_t)n * JC_H16);
	(void)jc_rd_bytes(r, JC_SIG_LEN);
	n = jc_rd_varint(r);
	if (r->bad || n > jc_rd_left(r))
		return JC_EFORMAT;
	(void)jc_rd_bytes(r, (size_t)n);
	return r->bad ? JC_EFORMAT : 0;
}

static int
malformed(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "jc_carry_read", "%s",
	    JC_T("收到的内容不完整或格式不对", "What arrived is incomplete or malformed"));
}

/* What stands before the commits: *size 0, they follow in r; else the stream in *z becomes that many bytes. */
static int
shape_read(uint64_t *size, struct jc_slice *z, struct jc_rd *r, uint64_t count, struct jc_err *err)
{
	uint64_t n;

	*size = count != 0 ? jc_rd_varint(r) : 0;
	*z = (struct jc_slice){NULL, 0};
	if (*size == 0)
		return r->bad ? malformed(err) : 0;
	n = jc_rd_varint(r);
	if (r->bad || n > jc_rd_left(r) || *size > JC_CARRY_PLAIN_MAX)
		return malformed(err);
	z->n = (size_t)n;
	z->p = (const char *)jc_rd_bytes(r, z->n);
	return 0;
}

/* Walks over one commit, its step before it. */
static int
walk_over(struct jc_rd *r, int steps, uint64_t *step)
{
	struct jc_compact_head head = {0};

	*step = steps ? jc_rd_varint(r) : 0;
	return r->bad || jc_compact_read_head(&head, r, NULL) < 0 || outline(r, &head) < 0 ? JC_EFORMAT : 0;
}

int
jc_carry_skip(struct jc_rd *r, uint64_t count, int steps, struct jc_err *err)
{
	struct jc_slice z;
	uint64_t size, step;

	if (shape_read(&size, &z, r, count, err) < 0)
		return JC_EFORMAT;
	for (uint64_t i = 0; size == 0 && i < count; i++)
		if (walk_over(r, steps, &step) < 0)
			return malformed(err);
	return 0;
}

/* Counts the commits that are whole in w->bytes and cuts off what stands behind them. */
static void
whole_count(struct jc_carry_whole *w, uint64_t count, int steps)
{
	struct jc_rd r, next;
	uint64_t step;

	jc_rd_init(&r, w->bytes.len != 0 ? w->bytes.data : "", w->bytes.len);
	for (; w->count < count; w->count++, r = next) {
		next = r;
		if (walk_over(&next, steps, &step) < 0 || step > (uint64_t)(INT64_MAX - w->position))
			break;
		w->position += (int64_t)step;
	}
	w->bytes.len -= jc_rd_left(&r);
}

int
jc_carry_whole(struct jc_carry_whole *w, struct jc_rd *r, uint64_t count, int steps, int64_t room, struct jc_err *err)
{
	uint64_t size = count != 0 ? jc_rd_varint(r) : 0, n = size != 0 ? jc_rd_varint(r) : 0;
	int rc = 0;

	jc_buf_init(&w->bytes, JC_CARRY_PLAIN_MAX);
	if (r->bad || size > JC_CARRY_PLAIN_MAX || (int64_t)size > room)
		return 0; /* it broke off before, or promises too much: nothing is whole */
	if (size != 0)
		rc = jc_unsqueeze(&w->bytes, r->p, n < jc_rd_left(r) ? (size_t)n : jc_rd_left(r), (size_t)size, err);
	else
		jc_buf_put(&w->bytes, r->p, jc_rd_left(r));
	(void)jc_rd_bytes(r, jc_rd_left(r));
	if (rc < 0 && rc != JC_EFORMAT)
		return rc;
	whole_count(w, count, steps);
	return jc_buf_check(&w->bytes, "jc_carry_whole", err);
}

static int
same_chain(const struct jc_compact_base *base, const struct jc_compact_head *h, struct jc_err *err)
{
	return strcmp(base->c.device, h->device) == 0 && base->c.tier == h->tier ? 0
	    : jc_err_set(err, JC_EFORMAT, "same_chain", "%s",
	        JC_T("它前面的提交是别的设备写的", "Its predecessor belongs to another chain"));
}

/* The predecessor that the body is relative to; NULL for the first of a chain. JC_ESTALE: not here. */
static int
base_find(struct jc_carry_in *in, const struct jc_compact_head *h, struct jc_carry_slot *sl,
    struct jc_compact_base *base, struct jc_err *err)
{
	struct jc_commit_row row;
	size_t at = sl->item;
	int rc;

	if (at == 0) /* a fork may begin below the tip of another slot of this section */
		at = in->index[index_at(in, h->base)];
	if (at != 0) {
		struct jc_carry_item *last = &in->item[at - 1];

		base->c = last->it.c;
		base->object = bytes(&last->it.object);
		base->payload = bytes(&last->it.payload);
		return sl->item != 0 ? 0 : same_chain(base, h, err);
	}
	rc = jc_log_commit_h16(in->node->log, in->s->no, h->base, &row, err);
	if (rc == JC_ENOTFOUND)
		return jc_err_set(err, JC_ESTALE, "base_find", "%s",
		    JC_T("它前面的提交还没有收到", "A commit before it has not arrived yet"));
	if (rc < 0 || (rc = slot_load(sl, in->node->log, &row, err)) < 0)
		return rc;
	base->c = sl->c;
	base->object = bytes(&sl->object);
	base->payload = bytes(&sl->payload);
	return same_chain(base, h, err);
}

static int
item_room(struct jc_carry_in *in, struct jc_err *err)
{
	if (in->index == NULL && (in->index = jc_calloc(INDEX_SIZE, sizeof(*in->index))) == NULL)
		return JC_NOMEM(err, "item_room");
	if (in->n == in->cap) {
		size_t want = in->cap != 0 ? in->cap * 2 : 8;
		struct jc_carry_item *p = jc_realloc(in->item, want * sizeof(*p));

		if (p == NULL)
			return JC_NOMEM(err, "item_room");
		in->item = p;
		in->cap = want;
	}
	memset(&in->item[in->n], 0, sizeof(*in->item));
	jc_buf_init(&in->item[in->n].it.object, 1u << 20);
	jc_buf_init(&in->item[in->n].it.payload, JC_PAYLOAD_MAX);
	return 0;
}

static int
budget_take(struct jc_carry_in *in, const struct jc_intake_item *it, struct jc_err *err)
{
	*in->budget -= (int64_t)(it->payload.len + it->object.len);
	return *in->budget >= 0 ? 0
	    : jc_err_set(err, JC_ELIMIT, "jc_carry_read", "%s",
	        JC_T("一次送来的内容展开后太大", "What arrived at once is too large when inflated"));
}

/* Which of the device's keys signed it nothing says: the predecessor's is tried first, nearly always there is but one. */
static int
body_read(struct jc_carry_in *in, struct jc_intake_item *it, struct jc_rd *r, const struct jc_compact_head *h,
    const struct jc_compact_base *base, const char *device, struct jc_err *err)
{
	struct jc_rd begin = *r;
	int rc = JC_ESIGNATURE, tried = -1;

	for (size_t at = 0; base != NULL && tried < 0 && key_next(in, device, &at); at++)
		if (memcmp(in->key[at].pk, base->c.pk, JC_PK_LEN) == 0)
			tried = (int)at;
	if (tried >= 0)
		rc = jc_compact_read_body(&it->c, &it->object, &it->payload, r, h, base, in->s->network, in->s->id,
		    in->s->founding, in->key[tried].pk, parent_find, in, err);
	for (size_t at = 0; rc == JC_ESIGNATURE && key_next(in, device, &at); at++) {
		if ((int)at == tried)
			continue;
		*r = begin;
		rc = jc_compact_read_body(&it->c, &it->object, &it->payload, r, h, base, in->s->network, in->s->id,
		    in->s->founding, in->key[at].pk, parent_find, in, err);
	}
	return rc;
}

/* Rebuilds one commit behind its head and keeps it as an item. Codes as in jc_carry_in.stop. */
static int
item_read(struct jc_carry_in *in, struct jc_rd *r, const struct jc_compact_head *h, struct jc_carry_slot *sl,
    struct jc_err *err)
{
	struct jc_compact_base *base = NULL;
	const char *device = h->device;
	struct jc_intake_item *it;
	int rc;

	if (*in->budget <= 0)
		return jc_err_set(err, JC_ELIMIT, "jc_carry_read", "%s",
		    JC_T("一次送来的内容展开后太大", "What arrived at once is too large when inflated"));
	if ((rc = item_room(in, err)) < 0)
		return rc;
	it = &in->item[in->n].it;
	if (!(h->flags & F_FIRST)) {
		if ((base = jc_alloc(sizeof(*base))) == NULL)
			return JC_NOMEM(err, "item_read");
		if ((rc = base_find(in, h, sl, base, err)) < 0)
			goto out;
		device = base->c.device;
	}
	rc = keys_look(in, device, err);
	if (rc == JC_ENOTFOUND)
		rc = jc_err_set(err, JC_EDENIED, "item_read", "%s",
		    JC_T("写这次提交的设备没有登记", "The device that wrote this commit is not enrolled"));
	if (rc < 0)
		goto out;
	rc = body_read(in, it, r, h, base, device, err);
	if (rc == JC_ENOTFOUND)
		rc = jc_err_set(err, JC_ESTALE, "item_read", "%s",
		    JC_T("它前面的提交还没有收到", "A commit before it has not arrived yet"));
	if (rc < 0 && it->payload.len == 0)
		*in->budget -= 1 << 18; /* it may have inflated much before it failed */
	if (budget_take(in, it, rc < 0 ? NULL : err) < 0 && rc >= 0)
		rc = JC_ELIMIT;
	if (rc >= 0)
		rc = jc_intake_ops(it, err);
out:
	jc_free(base);
	if (rc < 0)
		jc_intake_item_free(it);
	return rc;
}

static int
item_done(struct jc_carry_in *in, struct jc_carry_slot *sl, struct jc_err *err)
{
	struct jc_carry_item *item = &in->item[in->n];
	size_t at = index_at(in, item->it.c.hash);

	in->n++; /* owned by the list from here on */
	if (in->index[at] == 0)
		in->index[at] = (uint16_t)in->n;
	sl->item = in->n;
	jc_buf_free(&sl->object);
	jc_buf_free(&sl->payload);
	return keys_learn(in, item, err);
}

/* The slot that a head speaks of. A slot is defined once, in order. */
static int
slot_of(struct jc_carry_in *in, const struct jc_compact_head *h, struct jc_carry_slot **sl, struct jc_err *err)
{
	int rc;

	if (h->flags & F_NEW) {
		if (h->slot != in->nslots || in->nslots == SLOTS_MAX)
			return malformed(err);
		if ((rc = slot_new(&in->slot, &in->nslots, &in->slots_cap, err)) < 0)
			return rc;
	} else if (h->slot >= in->nslots || (h->flags & F_FIRST)) {
		return malformed(err);
	}
	*sl = &in->slot[h->slot];
	return 0;
}

static int
one_read(struct jc_carry_in *in, struct jc_rd *r, struct jc_err *err)
{
	struct jc_compact_head head = {0};
	struct jc_carry_slot *sl;
	struct jc_err why = {0};
	struct jc_rd body;
	int rc;

	if (in->steps)
		(void)jc_rd_varint(r);
	if (jc_compact_read_head(&head, r, NULL) < 0)
		return malformed(err);
	body = *r;
	if (outline(r, &head) < 0)
		return malformed(err);
	if ((rc = slot_of(in, &head, &sl, err)) < 0)
		return rc;
	body.end = r->p;
	if (sl->dead || (in->stop != 0 && !in->go_on)) {
		in->dropped++;
		return 0;
	}
	if ((rc = item_read(in, &body, &head, sl, &why)) >= 0)
		return item_done(in, sl, err);
	if (!jc_intake_refused(rc)) {
		if (err != NULL)
			*err = why;
		return rc;
	}
	sl->dead = 1;
	in->dropped++;
	if (in->stop == 0) {
		in->stop = rc;
		in->why = why;
	}
	return 0;
}

static int
all_read(struct jc_carry_in *in, struct jc_rd *r, uint64_t count, struct jc_err *err)
{
	int rc = 0;

	for (uint64_t i = 0; rc >= 0 && i < count; i++)
		rc = one_read(in, r, err);
	return rc < 0 ? rc : 0;
}

/* What is damaged in a squeezed section ends the section, as a commit that is not signed does, and not the
 * request: where the section ends is known. */
static int
spoilt(struct jc_carry_in *in, size_t read, uint64_t count)
{
	in->dropped += (size_t)count - read;
	if (in->stop == 0)
		in->stop = malformed(&in->why);
	return 0;
}

/* Commits of a squeezed section. They must fill it: what would stand behind them is nobody's. */
static int
squeezed_read(struct jc_carry_in *in, uint64_t size, struct jc_slice z, uint64_t count, struct jc_err *err)
{
	size_t before = in->n + in->dropped;
	struct jc_buf plain;
	struct jc_rd r;
	int rc;

	if ((int64_t)size > *in->budget)
		return jc_err_set(err, JC_ELIMIT, "jc_carry_read", "%s",
		    JC_T("一次送来的内容展开后太大", "What arrived at once is too large when inflated"));
	jc_buf_init(&plain, JC_CARRY_PLAIN_MAX);
	rc = jc_unsqueeze(&plain, z.p, z.n, (size_t)size, err);
	if (rc == 0 || rc == JC_EFORMAT) {
		jc_rd_init(&r, plain.len != 0 ? plain.data : "", plain.len);
		rc = all_read(in, &r, count, err);
		if (rc == JC_EFORMAT || (rc == 0 && jc_rd_left(&r) != 0))
			rc = spoilt(in, in->n + in->dropped - before, count);
	}
	jc_buf_free(&plain);
	return rc;
}

int
jc_carry_read(struct jc_carry_in *in, struct jc_rd *r, uint64_t count, struct jc_err *err)
{
	struct jc_slice z;
	uint64_t size;
	int rc;

	if (count > JC_CARRY_COMMITS)
		return jc_err_set(err, JC_ELIMIT, "jc_carry_read", "%s", JC_T("一次送来的提交太多", "Too many commits at once"));
	if ((rc = shape_read(&size, &z, r, count, err)) < 0)
		return rc;
	return size != 0 ? squeezed_read(in, size, z, count, err) : all_read(in, r, count, err);
}

int
jc_carry_read_whole(struct jc_carry_in *in, const struct jc_carry_whole *w, struct jc_err *err)
{
	struct jc_rd r;

	if (w->count > JC_CARRY_COMMITS)
		return jc_err_set(err, JC_ELIMIT, "jc_carry_read_whole", "%s",
		    JC_T("一次送来的提交太多", "Too many commits at once"));
	jc_rd_init(&r, w->bytes.len != 0 ? w->bytes.data : "", w->bytes.len);
	return all_read(in, &r, w->count, err);
}
