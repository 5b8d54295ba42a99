/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Commits on the wire (FORMAT 11): only what the receiver cannot derive. It rebuilds the exact git bytes
 * and checks the signature over them, so a commit that was rebuilt wrongly cannot pass.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "sync_commit.h"

enum { F_NEW = 1, F_FIRST = 2, F_LABEL = 4, F_RUN = 8, F_SCHEMA = 16, F_EMPTY = 32, F_PLAIN = 64, F_ALL = 127 };
#define DICT_MAX 32768
#define TEXT_MAX ((1u << 20) + JC_SUMMARY_MAX + 1)

/* ---- ids ---- */

static void
id_put(struct jc_buf *b, const char *id)
{
	uint64_t v = 0;
	uint8_t raw[8];

	jc_id_to_u64(&v, id, JC_ID_LEN);
	for (int i = 0; i < 8; i++)
		raw[i] = (uint8_t)(v >> (56 - 8 * i));
	jc_buf_put(b, raw, 8);
}

static int
id_read(jc_id out, struct jc_rd *r)
{
	const uint8_t *p = jc_rd_bytes(r, 8);
	uint64_t v = 0;

	if (p == NULL || p[0] > 15)
		return -1;
	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	jc_id_from_u64(out, v);
	return 0;
}

/* `summary LF payload`, freed by the caller's buffer. */
static void
text_make(struct jc_buf *b, struct jc_slice summary, struct jc_slice payload)
{
	jc_buf_slice(b, summary);
	jc_buf_putc(b, '\n');
	jc_buf_slice(b, payload);
}

static struct jc_slice
tail(const struct jc_buf *b)
{
	size_t n = b->len < DICT_MAX ? b->len : DICT_MAX;

	return (struct jc_slice){n != 0 ? b->data + (b->len - n) : "", n};
}

static int
malformed(struct jc_err *err, const char *what)
{
	return jc_err_set(err, JC_EFORMAT, "compact", JC_T("送来的提交格式不对：%s", "A commit on the wire is malformed: %s"), what);
}

/* ---- writing ---- */

static unsigned
flags_of(const struct jc_commit *c, struct jc_slice payload, const struct jc_compact_base *base, unsigned how)
{
	unsigned f = (how & JC_COMPACT_FRESH ? F_NEW : 0u) | (how & JC_COMPACT_PLAIN ? F_PLAIN : 0u);

	if (payload.n == 0)
		f |= F_EMPTY;
	if (base == NULL)
		return f | F_FIRST | F_LABEL | F_RUN | F_SCHEMA;
	if (!jc_slice_eq(c->label, base->c.label))
		f |= F_LABEL;
	if (strcmp(c->run, base->c.run) != 0)
		f |= F_RUN;
	if (c->schema != base->c.schema)
		f |= F_SCHEMA;
	return f;
}

static int
text_put_plain(struct jc_buf *b, const struct jc_commit *c, struct jc_slice payload, struct jc_err *err)
{
	jc_buf_varint(b, c->summary.n + 1 + payload.n);
	text_make(b, c->summary, payload);
	return jc_buf_check(b, "text_put_plain", err);
}

static int
text_put(struct jc_buf *b, const struct jc_commit *c, struct jc_slice payload, const struct jc_compact_base *base,
    struct jc_err *err)
{
	struct jc_buf text, dict, z;
	int rc;

	jc_buf_init(&text, 4u << 20);
	jc_buf_init(&dict, 4u << 20);
	jc_buf_init(&z, 4u << 20);
	text_make(&text, c->summary, payload);
	if (base != NULL)
		text_make(&dict, base->c.summary, base->payload);
	if ((rc = jc_buf_check(&text, "text_put", err)) == 0 && (rc = jc_buf_check(&dict, "text_put", err)) == 0 &&
	    (rc = jc_deflate_dict(&z, text.data, text.len, 9, tail(&dict).p, tail(&dict).n, err)) == 0) {
		jc_buf_varint(b, z.len);
		jc_buf_put(b, z.data, z.len);
		rc = jc_buf_check(b, "text_put", err);
	}
	jc_buf_free(&text);
	jc_buf_free(&dict);
	jc_buf_free(&z);
	return rc;
}

int
jc_compact_write(struct jc_buf *b, const struct jc_commit *c, struct jc_slice payload, const struct jc_compact_base *base,
    unsigned slotno, unsigned how, struct jc_err *err)
{
	unsigned f = flags_of(c, payload, base, how);
	size_t others = base != NULL ? 1 : 0;

	jc_buf_varint(b, f);
	jc_buf_varint(b, slotno);
	if (f & F_NEW) {
		jc_buf_varint(b, c->tier);
		id_put(b, c->device);
		if (base != NULL)
			jc_buf_put(b, base->c.hash, JC_H16);
	}
	if (f & F_LABEL) {
		jc_buf_varint(b, c->label.n);
		jc_buf_slice(b, c->label);
	}
	if (f & F_RUN)
		id_put(b, c->run);
	if (f & F_SCHEMA)
		jc_buf_varint(b, (uint64_t)c->schema);
	jc_buf_zigzag(b, c->time - (base != NULL ? base->c.time : 0));
	jc_buf_varint(b, c->nparents - others);
	for (size_t i = others; i < c->nparents; i++)
		jc_buf_put(b, c->parent_hash[i], JC_H16);
	jc_buf_put(b, c->sig, JC_SIG_LEN);
	return f & F_PLAIN ? text_put_plain(b, c, payload, err) : text_put(b, c, payload, base, err);
}

/* ---- reading ---- */

int
jc_compact_read_head(struct jc_compact_head *out, struct jc_rd *r, struct jc_err *err)
{
	uint64_t flags = jc_rd_varint(r), slot = jc_rd_varint(r), tier = 0;

	memset(out, 0, sizeof(*out));
	if (r->bad || flags > F_ALL || slot > 4096)
		return malformed(err, "head");
	out->flags = (unsigned)flags;
	out->slot = (unsigned)slot;
	if (flags & F_FIRST && (flags & (F_LABEL | F_RUN | F_SCHEMA)) != (F_LABEL | F_RUN | F_SCHEMA))
		return malformed(err, "first");
	if (flags & F_NEW) {
		const uint8_t *h;

		tier = jc_rd_varint(r);
		if (tier >= JC_TIERS || id_read(out->device, r) < 0)
			return malformed(err, "slot");
		out->tier = (enum jc_tier)tier;
		if (!(flags & F_FIRST)) {
			if ((h = jc_rd_bytes(r, JC_H16)) == NULL)
				return malformed(err, "base");
			memcpy(out->base, h, JC_H16);
			out->has_base = 1;
		}
	}
	return r->bad ? malformed(err, "head") : 0;
}

struct body {
	struct jc_buf label, text;
};

static int
given_read(struct jc_commit *c, struct body *bd, struct jc_rd *r, const struct jc_compact_head *head,
    const struct jc_compact_base *base)
{
	if (head->flags & F_LABEL) {
		size_t n = (size_t)jc_rd_varint(r);
		const uint8_t *p = n <= JC_LABEL_MAX ? jc_rd_bytes(r, n) : NULL;

		if (p == NULL)
			return -1;
		jc_buf_put(&bd->label, p, n);
		c->label = (struct jc_slice){bd->label.data, bd->label.len};
	} else {
		c->label = base->c.label;
	}
	if (head->flags & F_RUN) {
		if (id_read(c->run, r) < 0)
			return -1;
	} else {
		memcpy(c->run, base->c.run, sizeof(c->run));
	}
	c->schema = head->flags & F_SCHEMA ? (int64_t)jc_rd_varint(r) : base->c.schema;
	c->time = jc_rd_zigzag(r);
	if (c->time > INT64_C(1) << 41 || c->time < -(INT64_C(1) << 41))
		return -1;
	c->time += base != NULL ? base->c.time : 0;
	return r->bad || bd->label.failed ? -1 : 0;
}

static int
parents_read(struct jc_commit *c, struct jc_rd *r, const struct jc_compact_base *base, jc_parent_fn parent, void *arg,
    struct jc_err *err)
{
	uint64_t others = jc_rd_varint(r);
	int64_t lamport;
	int rc;

	if (base != NULL) {
		c->parent[0] = base->c.oid;
		memcpy(c->parent_hash[0], base->c.hash, JC_HASH_LEN);
		c->nparents = 1;
		c->lamport = base->c.lamport;
	}
	if (r->bad || others + c->nparents > JC_PARENTS_MAX)
		return malformed(err, "parents");
	for (; others > 0; others--) {
		const uint8_t *h = jc_rd_bytes(r, JC_H16);

		if (h == NULL)
			return malformed(err, "parents");
		if ((rc = parent(arg, h, &c->parent[c->nparents], c->parent_hash[c->nparents], &lamport, err)) < 0)
			return rc;
		c->nparents++;
		if (lamport > c->lamport)
			c->lamport = lamport;
	}
	c->lamport++;
	return 0;
}

/* `summary LF payload` into `text`. */
static int
text_unpack(struct jc_buf *text, const uint8_t *p, size_t n, int plain, const struct jc_compact_base *base, struct jc_err *err)
{
	struct jc_buf dict;
	int rc;

	if (plain && n > TEXT_MAX)
		return jc_err_code(err, JC_ELIMIT, "text_unpack");
	if (plain) {
		jc_buf_put(text, p, n);
		return jc_buf_check(text, "text_unpack", err);
	}
	jc_buf_init(&dict, 4u << 20);
	if (base != NULL)
		text_make(&dict, base->c.summary, base->payload);
	if ((rc = jc_buf_check(&dict, "text_unpack", err)) == 0)
		rc = jc_inflate_dict(text, p, n, TEXT_MAX, tail(&dict).p, tail(&dict).n, err);
	jc_buf_free(&dict);
	return rc;
}

static int
text_read(struct jc_commit *c, struct body *bd, struct jc_buf *payload, struct jc_rd *r, const struct jc_compact_head *head,
    const struct jc_compact_base *base, struct jc_err *err)
{
	size_t n = (size_t)jc_rd_varint(r);
	const uint8_t *z = jc_rd_bytes(r, n), *lf;
	int rc;

	if (z == NULL)
		return malformed(err, "text");
	if ((rc = text_unpack(&bd->text, z, n, (head->flags & F_PLAIN) != 0, base, err)) < 0)
		return rc;
	lf = bd->text.data != NULL ? memchr(bd->text.data, '\n', bd->text.len) : NULL;
	if (lf == NULL)
		return malformed(err, "summary");
	c->summary = (struct jc_slice){bd->text.data, (size_t)((const char *)lf - bd->text.data)};
	jc_buf_put(payload, lf + 1, bd->text.len - c->summary.n - 1);
	if ((payload->len == 0) != ((head->flags & F_EMPTY) != 0))
		return malformed(err, "empty");
	return jc_buf_check(payload, "text_read", err);
}

/* jc_commit_attach() for an object that was made of this payload a moment ago: nothing to hash again. */
static int
attach(struct jc_commit *out, const struct jc_commit *made, size_t n, struct jc_err *err)
{
	out->blob = made->blob;
	return n != 0 || out->nparents >= 2 ? 0 : malformed(err, "payload");
}

int
jc_compact_read_body(struct jc_commit *out, struct jc_buf *object, struct jc_buf *payload, struct jc_rd *r,
    const struct jc_compact_head *head, const struct jc_compact_base *base, const jc_id network, const jc_id scope,
    const uint8_t founding[JC_HASH_LEN], const uint8_t pk[JC_PK_LEN], jc_parent_fn parent, void *arg, struct jc_err *err)
{
	struct jc_commit *c = jc_calloc(1, sizeof(*c));
	const uint8_t *sig = NULL;
	struct body bd;
	int rc;

	if (c == NULL)
		return JC_NOMEM(err, "jc_compact_read_body");
	jc_buf_init(&bd.label, JC_LABEL_MAX);
	jc_buf_init(&bd.text, (2u << 20));
	jc_buf_reset(object);
	jc_buf_reset(payload);
	memcpy(c->network, network, sizeof(c->network));
	memcpy(c->scope, scope, sizeof(c->scope));
	memcpy(c->pk, pk, JC_PK_LEN);
	memcpy(c->device, base != NULL ? base->c.device : head->device, sizeof(c->device));
	c->tier = base != NULL ? base->c.tier : head->tier;
	c->seq = base != NULL ? base->c.seq + 1 : 1;
	if (base == NULL) {
		c->has_founding = 1;
		memcpy(c->founding, founding, JC_HASH_LEN);
	}
	if ((base == NULL) != ((head->flags & F_FIRST) != 0))
		rc = malformed(err, "base");
	else if (given_read(c, &bd, r, head, base) < 0)
		rc = malformed(err, "fields");
	else if ((rc = parents_read(c, r, base, parent, arg, err)) == 0 && (sig = jc_rd_bytes(r, JC_SIG_LEN)) == NULL)
		rc = malformed(err, "signature");
	if (rc == 0) {
		memcpy(c->sig, sig, JC_SIG_LEN);
		if ((rc = text_read(c, &bd, payload, r, head, base, err)) == 0 &&
		    (rc = jc_commit_assemble(object, c, payload->data != NULL ? payload->data : "", payload->len, err)) == 0 &&
		    (rc = jc_commit_parse(out, object->data, object->len, err)) == 0 &&
		    (rc = jc_commit_verify(out, object->data, object->len, err)) == 0)
			rc = attach(out, c, payload->len, err);
	}
	jc_buf_free(&bd.label);
	jc_buf_free(&bd.text);
	jc_free(c);
	return rc;
}
