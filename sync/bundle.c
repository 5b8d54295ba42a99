/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The container of a stick's file, and what its slip counts.
 *
 *   magic  network sender receiver   sealed to the receiver        signature of the sender
 *   JCB 0  id8     id8    id8        kind counter part ... body    64 bytes over all before it
 *
 * The signature is looked at before anything is opened: of a file in which one bit is wrong nothing is
 * read. Outside stand ids only, so whoever finds a stick learns which devices speak, and nothing else.
 */
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

#define MAGIC "JCB"
#define HEAD_LEN 28u /* magic and three ids */

static int
damaged(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "jc_bundle", "%s",
	    JC_T("这个文件不完整或者被改动过，请重新拷一份；什么都没有改",
	        "The file is incomplete or was changed; copy it again. Nothing was changed here"));
}

/* ---- outside ---- */

/* The line of the sender's keys: `v` length and bytes. */
static int
keys_get(struct jc_bundle_head *h, struct jc_rd *r)
{
	uint64_t n = jc_rd_varint(r);
	const uint8_t *p = n <= jc_rd_left(r) ? jc_rd_bytes(r, (size_t)n) : NULL;

	return p != NULL && jc_succession_read(&h->keys, p, (size_t)n) == 0 && h->keys.n > 1 &&
	    strcmp(h->keys.id, h->sender) == 0 ? 0 : JC_EFORMAT;
}

static void
keys_put(struct jc_buf *file, const struct jc_keys *keys)
{
	struct jc_buf b;

	jc_buf_init(&b, 4096);
	jc_succession_put(&b, keys);
	jc_buf_varint(file, b.len);
	jc_buf_put(file, b.data, b.len);
	jc_buf_free(&b);
}

int
jc_bundle_head_read(struct jc_bundle_head *h, const void *file, size_t n, struct jc_err *err)
{
	struct jc_rd r;
	const uint8_t *magic;

	memset(h, 0, sizeof(*h));
	if (n > JC_BUNDLE_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_bundle", "%s", JC_T("这个文件太大，不是交换文件", "The file is too large to be one of ours"));
	jc_rd_init(&r, file, n);
	magic = jc_rd_bytes(&r, 4);
	if (magic == NULL || memcmp(magic, MAGIC, 3) != 0)
		return jc_err_set(err, JC_EFORMAT, "jc_bundle", "%s",
		    JC_T("这不是交换文件；请选县里或支部给的 .jcb 文件", "This is no exchange file; choose a .jcb file of the hub or a branch"));
	if (magic[3] > 1)
		return jc_err_code(err, JC_ENEWER, "jc_bundle");
	if (jc_carry_get_id(h->network, &r) < 0 || jc_carry_get_id(h->sender, &r) < 0 || jc_carry_get_id(h->receiver, &r) < 0 ||
	    (magic[3] == 1 && keys_get(h, &r) < 0) || jc_rd_left(&r) < JC_SEAL_EXTRA + JC_SIG_LEN)
		return damaged(err);
	h->sealed = r.p;
	h->nsealed = jc_rd_left(&r) - JC_SIG_LEN;
	h->nsigned = n - JC_SIG_LEN;
	h->sig = (const uint8_t *)file + h->nsigned;
	return 0;
}

static void
digest(uint8_t hash[JC_HASH_LEN], const void *file, size_t n)
{
	jc_hash(hash, file, n);
}

int
jc_bundle_signed_by(const struct jc_bundle_head *h, const void *file, const uint8_t pk[JC_PK_LEN])
{
	uint8_t hash[JC_HASH_LEN];

	digest(hash, file, h->nsigned);
	return jc_sign_ok(h->sig, pk, "jiceng-bundle", hash, sizeof(hash));
}

void
jc_bundle_mark(struct jc_slip *slip, const void *file, size_t n)
{
	uint8_t hash[JC_HASH_LEN];

	digest(hash, file, n);
	jc_id_from_hash(slip->mark, hash);
	slip->bytes = n;
}

/* ---- inside ---- */

static void
slip_put(struct jc_buf *b, const struct jc_slip *slip)
{
	jc_buf_varint(b, (uint64_t)slip->kind);
	jc_buf_varint(b, (uint64_t)slip->counter);
	jc_buf_varint(b, (uint64_t)slip->part);
	jc_buf_varint(b, slip->last != 0);
	jc_buf_varint(b, slip->time > 0 ? (uint64_t)slip->time : 0);
	jc_buf_varint(b, strlen(slip->name));
	jc_buf_puts(b, slip->name);
}

static int
slip_get(struct jc_slip *slip, struct jc_rd *r)
{
	uint64_t kind = jc_rd_varint(r), counter = jc_rd_varint(r), part = jc_rd_varint(r), last = jc_rd_varint(r);
	uint64_t time = jc_rd_varint(r), n = jc_rd_varint(r);
	const uint8_t *name;

	if (r->bad || kind == 0 || kind > JC_BUNDLE_FILES || counter > INT64_MAX || part == 0 || part > 100000 || last > 1 ||
	    time > (UINT64_C(1) << 40) || n > JC_BUNDLE_NAME || (name = jc_rd_bytes(r, (size_t)n)) == NULL ||
	    !jc_utf8_ok((const char *)name, (size_t)n))
		return JC_EFORMAT;
	for (size_t i = 0; i < n; i++) /* it is shown to people */
		if (name[i] < 0x20)
			return JC_EFORMAT;
	slip->kind = (enum jc_bundle_kind)kind;
	slip->counter = (int64_t)counter;
	slip->part = (int64_t)part;
	slip->last = (int)last;
	slip->time = (int64_t)time;
	memcpy(slip->name, name, (size_t)n);
	slip->name[n] = '\0';
	return 0;
}

int
jc_bundle_pack(struct jc_buf *file, struct jc_node *node, const char *network, const uint8_t to[JC_PK_LEN],
    struct jc_slip *slip, struct jc_slice content, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	const struct jc_key *key = jc_log_key(node->log);
	uint8_t secret[32], hash[JC_HASH_LEN], sig[JC_SIG_LEN];
	struct jc_buf plain;
	struct jc_keys keys;
	int rc;

	if (env->random(env->ctx, secret, sizeof(secret)) != 0)
		return jc_err_code(err, JC_EIO, "jc_bundle_pack");
	jc_buf_init(&plain, JC_BUNDLE_MAX);
	slip_put(&plain, slip);
	jc_buf_slice(&plain, content);
	jc_buf_reset(file);
	jc_succession_of(&keys, key);
	jc_buf_put(file, keys.n > 1 ? MAGIC "\1" : MAGIC "\0", 4);
	jc_carry_put_id(file, network);
	jc_carry_put_id(file, key->id);
	jc_carry_put_id(file, slip->receiver);
	if (keys.n > 1)
		keys_put(file, &keys);
	if ((rc = jc_buf_check(&plain, "jc_bundle_pack", err)) == 0 &&
	    (rc = jc_seal(file, to, secret, plain.data, plain.len, err)) == 0) {
		digest(hash, file->data, file->len);
		jc_sign(sig, key, "jiceng-bundle", hash, sizeof(hash));
		jc_buf_put(file, sig, sizeof(sig));
		rc = jc_buf_check(file, "jc_bundle_pack", err);
	}
	jc_buf_free(&plain);
	if (rc == 0)
		jc_bundle_mark(slip, file->data, file->len);
	return rc;
}

int
jc_bundle_unpack(struct jc_rd *r, struct jc_buf *plain, struct jc_node *node, const struct jc_bundle_head *h,
    struct jc_slip *slip, struct jc_err *err)
{
	int rc;

	if ((rc = jc_unseal(plain, jc_log_key(node->log), h->sealed, h->nsealed, err)) < 0)
		return rc == JC_EFORMAT ? damaged(err) : rc;
	jc_rd_init(r, plain->data != NULL ? plain->data : "", plain->len);
	return slip_get(slip, r) < 0 ? damaged(err) : 0;
}

/* ---- counting ---- */

static int
tally_room(struct jc_tally *t)
{
	size_t want = t->cap != 0 ? t->cap * 2 : 256;
	void *p;

	if (t->n < t->cap)
		return 0;
	if ((p = jc_realloc(t->rec, want * sizeof(*t->rec))) == NULL)
		return JC_ENOMEM;
	t->rec = p;
	t->cap = want;
	return 0;
}

/* Place in the list of a slip: by number of the kind, the last one for kinds that are unknown or too many. */
static unsigned
kind_place(const struct jc_op *op)
{
	const struct jc_kind *k = jc_catalogue_kind(op->kind.p, op->kind.n);
	const struct jc_kind *const *all = jc_catalogue_kinds();
	unsigned i = 0;

	while (k != NULL && all[i] != NULL && all[i] != k)
		i++;
	return k == NULL || i >= JC_SLIP_KINDS - 1 ? JC_SLIP_KINDS - 1 : i;
}

int
jc_tally_add(struct jc_tally *t, struct jc_slice payload, struct jc_err *err)
{
	struct jc_op op;
	int rc;

	if (payload.n == 0)
		return 0;
	if (t->reader == NULL && (rc = jc_ops_reader_new(&t->reader, 0, err)) < 0)
		return rc;
	jc_ops_begin(t->reader, payload.p, payload.n);
	while ((rc = jc_ops_next(t->reader, &op, err)) == 1) {
		unsigned place = kind_place(&op);

		if (op.verb == JC_V_FOUND || op.verb == JC_V_DEVICE || op.kind.n == 0)
			continue;
		if (tally_room(t) < 0)
			return JC_NOMEM(err, "jc_tally_add");
		t->rec[t->n].kind = place;
		t->ops[place]++;
		if (jc_id_to_u64(&t->rec[t->n].id, op.rec, strlen(op.rec)) == 0)
			t->n++;
	}
	return rc;
}

static int
rec_cmp(const void *a, const void *b)
{
	const struct jc_tally_rec *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

void
jc_tally_end(struct jc_tally *t, struct jc_slip *slip)
{
	const struct jc_kind *const *all = jc_catalogue_kinds();

	if (t->n != 0)
		qsort(t->rec, t->n, sizeof(*t->rec), rec_cmp);
	slip->nkinds = 0;
	for (size_t i = 0, end; i < t->n; i = end) {
		int64_t records = 0;

		for (end = i; end < t->n && t->rec[end].kind == t->rec[i].kind; end++)
			records += end == i || t->rec[end].id != t->rec[end - 1].id;
		slip->kinds[slip->nkinds].kind = t->rec[i].kind < JC_SLIP_KINDS - 1 ? all[t->rec[i].kind]->name : "";
		slip->kinds[slip->nkinds].records = records;
		slip->kinds[slip->nkinds++].ops = t->ops[t->rec[i].kind];
		slip->ops += t->ops[t->rec[i].kind];
	}
	jc_ops_reader_free(t->reader);
	jc_free(t->rec);
	memset(t, 0, sizeof(*t));
}

/* ---- answers ---- */

static int
notes_skip(struct jc_bundle_section *s, struct jc_rd *r, struct jc_note *scratch)
{
	s->nnotes = jc_rd_varint(r);
	s->notes = *r;
	if (r->bad || s->nnotes > JC_TIERS)
		return JC_EFORMAT;
	for (uint64_t i = 0; i < s->nnotes; i++)
		if (jc_carry_get_note(scratch, r) < 0)
			return JC_EFORMAT;
	return 0;
}

static int
section_read(struct jc_bundle_section *s, struct jc_rd *r, struct jc_note *scratch)
{
	uint64_t n, tips, cursor, more;

	if (jc_carry_get_id(s->scope, r) < 0)
		return JC_EFORMAT;
	s->status = jc_rd_varint(r);
	(void)jc_rd_varint(r); /* how many of a request's commits were accepted: the notes say it better */
	n = jc_rd_varint(r);
	if (r->bad || s->status > JC_X_NOT_YOURS || n > 4096)
		return JC_EFORMAT;
	s->said.p = (const char *)jc_rd_bytes(r, (size_t)n);
	s->said.n = (size_t)n;
	if (s->said.p == NULL || !jc_utf8_ok(s->said.p, s->said.n))
		return JC_EFORMAT;
	tips = jc_rd_varint(r);
	for (uint64_t i = 0; !r->bad && i < tips; i++)
		if (jc_rd_varint(r) >= JC_TIERS || jc_rd_bytes(r, JC_H16) == NULL)
			return JC_EFORMAT;
	if (r->bad || notes_skip(s, r, scratch) < 0)
		return JC_EFORMAT;
	cursor = jc_rd_varint(r);
	more = jc_rd_varint(r);
	s->nnews = jc_rd_varint(r);
	if (r->bad || cursor > INT64_MAX || more > 1 || s->nnews > jc_rd_left(r))
		return JC_EFORMAT;
	s->cursor = (int64_t)cursor;
	s->more = (int)more;
	s->news = *r;
	if (jc_carry_skip(r, s->nnews, 1, NULL) < 0)
		return JC_EFORMAT;
	s->news.end = r->p;
	return 0;
}

int
jc_bundle_answer_read(struct jc_bundle_answer *a, struct jc_rd *r, struct jc_err *err)
{
	const uint8_t *magic = jc_rd_bytes(r, 3);
	struct jc_note *scratch;
	uint64_t clock, count;
	int rc = 0;

	memset(a, 0, sizeof(*a));
	if (magic == NULL || memcmp(magic, "JX\0", 3) != 0 || jc_carry_get_id(a->epoch, r) < 0)
		return damaged(err);
	clock = jc_rd_varint(r);
	count = jc_rd_varint(r);
	if (r->bad || clock > (UINT64_C(1) << 40) || count > JC_CARRY_SECTIONS || count > jc_rd_left(r))
		return damaged(err);
	a->clock = (int64_t)clock;
	if ((scratch = jc_alloc(sizeof(*scratch))) == NULL)
		return JC_NOMEM(err, "jc_bundle_answer_read");
	if ((a->section = jc_calloc((size_t)count + 1, sizeof(*a->section))) == NULL)
		rc = JC_NOMEM(err, "jc_bundle_answer_read");
	for (uint64_t i = 0; rc == 0 && i < count; i++)
		if (section_read(&a->section[a->n++], r, scratch) < 0)
			rc = damaged(err);
	if (rc == 0 && jc_rd_left(r) != 0)
		rc = damaged(err);
	jc_free(scratch);
	return rc;
}

/* ---- what a device asked for ---- */

void
jc_bundle_ask_put(struct jc_buf *b, const char *epoch, const struct jc_bundle_ask *ask, size_t n)
{
	jc_buf_put(b, "JX\0", 3);
	jc_carry_put_id(b, epoch);
	jc_buf_varint(b, JC_X_ROOM_MAX);
	jc_buf_varint(b, n);
	for (size_t i = 0; i < n; i++) {
		jc_carry_put_id(b, ask[i].scope);
		jc_buf_varint(b, (uint64_t)ask[i].cursor);
		jc_buf_varint(b, JC_X_NEWS | JC_X_NOTES);
		jc_buf_varint(b, 0);
	}
}

int
jc_bundle_ask_store(struct jc_node *hub, int64_t device, int64_t counter, struct jc_slice ask,
    const struct jc_buf *enrol, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(hub->db);
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, hub->db,
	    "INSERT INTO stick(device, counter, time, ask, enrol) VALUES(:device, :counter, :time, :ask, :enrol)"
	    " ON CONFLICT(device) DO UPDATE SET counter = excluded.counter, time = excluded.time, ask = excluded.ask,"
	    " enrol = excluded.enrol", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":device", device);
	jc_bind_int(st, ":counter", counter);
	jc_bind_int(st, ":time", env->wall_ms(env->ctx) / 1000);
	jc_bind_blob(st, ":ask", ask.p, ask.n);
	if (enrol != NULL)
		jc_bind_blob(st, ":enrol", enrol->data, enrol->len);
	else
		jc_bind_null(st, ":enrol");
	jc_db_log_window(hub->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(hub->db, -1);
	return rc;
}
