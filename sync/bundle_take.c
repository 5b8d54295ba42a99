/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading a stick's file: who it is from and for, then what it brings.
 *
 * A hub takes a request through the three desks of the exchange, as if it had come over the line, and
 * remembers what was asked. A branch takes an answer with more care than one that came over the line,
 * since it may be old:
 *
 *   commits   always: each stands for itself
 *   notes     of the epoch that the branch knows, where a lower counter is never taken; or of a new epoch,
 *             when the hub answered to a branch that was in the branch's present one
 *   position  of the news, under the same condition, and when the branch had everything before it
 */
#include "bundle.h"
#include "sync_blob.h"

#include <string.h>

#include "../schema/schema_mem.h"

#define REQUESTS_MAX 4u
#define NEWS_INFLATE (64 << 20)

struct take {
	struct jc_node *node;
	struct jc_slip *slip;
	struct jc_err *err;
	jc_id sender;
	uint8_t key[JC_PK_LEN];
	int64_t device;            /* number of the sender, of a request */
	struct jc_tally tally;
};

static int
damaged(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "jc_bundle_read", "%s",
	    JC_T("这个文件的内容不对，没有采用；请让对方重新写一份",
	        "The file's contents are malformed and were not taken; ask for a new one"));
}

static void
refuse(struct jc_slip *slip, int code, const char *said, const char *fallback)
{
	if (slip->refused.code == 0)
		(void)jc_err_set(&slip->refused, code, "jc_bundle_read", "%.480s", said[0] != '\0' ? said : fallback);
}

/* Operations of commits that were not here before. */
static int
fresh_count(struct take *t, int64_t before)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, t->node->db, "SELECT coalesce(sum(nops), 0) FROM log_commit WHERE no > :before", t->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":before", before);
	if ((rc = jc_stmt_step(st, t->err)) == 1) {
		t->slip->fresh = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

static int
newest(struct take *t, int64_t *no)
{
	return jc_db_int(t->node->db, no, "SELECT coalesce(max(no), 0) FROM log_commit", t->err);
}

/* ---- a hub: a request ---- */

struct requests {
	struct jc_exchange *x[REQUESTS_MAX];
	size_t n;
};

static int
requests_decode(struct take *t, struct requests *q, struct jc_rd *r)
{
	uint64_t count = jc_rd_varint(r);
	int rc = 0;

	if (r->bad || count == 0 || count > REQUESTS_MAX)
		return damaged(t->err);
	for (; rc >= 0 && q->n < count; q->n++) {
		uint64_t n = jc_rd_varint(r);
		const uint8_t *p = r->bad || n > jc_rd_left(r) ? NULL : jc_rd_bytes(r, (size_t)n);

		if (p == NULL)
			return damaged(t->err);
		if ((rc = jc_exchange_decode(&q->x[q->n], t->node, t->sender, p, (size_t)n, t->err)) < 0)
			break;
	}
	if (rc < 0)
		return rc;
	return jc_rd_left(r) == 0 ? 0 : damaged(t->err);
}

static int
request_apply(struct take *t, struct jc_exchange *x)
{
	int rc = jc_exchange_apply(x, t->node, t->err);

	for (size_t i = 0; rc >= 0 && i < x->nsections; i++) {
		struct jc_x_section *sec = &x->section[i];

		if (sec->status == JC_X_STALE)
			t->slip->missing = 1;
		else if (sec->status == JC_X_NOT_YOURS)
			refuse(t->slip, JC_EDENIED, "", JC_T("这台电脑没有登记或者已经停用，它的内容没有采用",
			    "This PC is not enrolled, or was revoked; nothing of it was taken"));
		else if (sec->status != JC_X_TAKEN)
			refuse(t->slip, sec->status == JC_X_LATER ? JC_EBUSY : JC_EPARTIAL, sec->why.msg, "");
	}
	return rc;
}

static int
ask_keep(struct take *t, const struct jc_exchange *x)
{
	struct jc_bundle_ask *ask = jc_calloc(x->nsections + 1, sizeof(*ask));
	struct jc_buf b;
	size_t n = 0;
	int rc;

	if (ask == NULL)
		return JC_NOMEM(t->err, "ask_keep");
	for (size_t i = 0; i < x->nsections; i++)
		if (x->section[i].status != JC_X_NOT_YOURS && (x->section[i].flags & JC_X_NEWS)) {
			memcpy(ask[n].scope, x->section[i].id, sizeof(jc_id));
			ask[n++].cursor = x->section[i].cursor;
		}
	jc_buf_init(&b, 65536);
	jc_bundle_ask_put(&b, x->epoch, ask, n);
	if (n == 0)
		rc = 0;
	else if ((rc = jc_buf_check(&b, "ask_keep", t->err)) == 0)
		rc = jc_bundle_ask_store(t->node, t->device, t->slip->counter, (struct jc_slice){b.data, b.len}, NULL, t->err);
	jc_buf_free(&b);
	jc_free(ask);
	return rc;
}

static int
requests_apply(struct take *t, struct requests *q)
{
	int64_t before;
	int rc, end;

	memset(&t->slip->refused, 0, sizeof(t->slip->refused));
	t->slip->missing = 0;
	if ((rc = jc_db_begin(t->node->db, t->err)) < 0)
		return rc;
	rc = newest(t, &before);
	for (size_t i = 0; rc >= 0 && i < q->n; i++)
		rc = request_apply(t, q->x[i]);
	if (rc >= 0 && (rc = ask_keep(t, q->x[q->n - 1])) >= 0)
		rc = fresh_count(t, before);
	end = jc_db_end(t->node->db, rc >= 0, rc >= 0 ? t->err : NULL);
	return rc < 0 ? rc : end;
}

static int
requests_tally(struct take *t, const struct jc_exchange *x)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < x->nsections; i++) {
		const struct jc_carry_in *in = &x->section[i].in;

		t->slip->commits += (int64_t)(in->n + in->dropped);
		for (size_t k = 0; rc >= 0 && k < in->n; k++) {
			const struct jc_buf *p = &in->item[k].it.payload;

			rc = jc_tally_add(&t->tally, (struct jc_slice){p->len != 0 ? p->data : "", p->len}, t->err);
		}
	}
	return rc;
}

static int
request_take(struct take *t, struct jc_rd *r)
{
	struct requests q = {.n = 0};
	int rc = requests_decode(t, &q, r);

	for (size_t i = 0; rc >= 0 && i < q.n; i++)
		rc = requests_tally(t, q.x[i]);
	/* A commit that spoils the transaction is left out of the next try. */
	for (size_t tries = 0; rc >= 0 && tries <= JC_CARRY_COMMITS; tries++)
		if ((rc = requests_apply(t, &q)) != JC_ECORRUPT)
			break;
	for (size_t i = 0; i < q.n; i++)
		jc_exchange_free(q.x[i]);
	return rc;
}

/* ---- a hub: attachments ---- */

/* One piece. What is here already is no news; what has a gap before it, or no record yet, is missing something. */
static int
piece_take(struct take *t, struct jc_rd *r)
{
	struct jc_err why = {0};
	const uint8_t *hash, *p;
	uint64_t size, at, n;
	int64_t have;
	jc_id scope;
	int rc;

	if (jc_carry_get_id(scope, r) < 0 || (hash = jc_rd_bytes(r, JC_HASH_LEN)) == NULL)
		return damaged(t->err);
	size = jc_rd_varint(r);
	at = jc_rd_varint(r);
	n = jc_rd_varint(r);
	if (r->bad || size > JC_BLOB_MAX || at > size || n > JC_BLOB_PIECE || (p = jc_rd_bytes(r, (size_t)n)) == NULL)
		return damaged(t->err);
	rc = jc_blob_take(t->node, t->sender, scope, hash, (int64_t)size, (int64_t)at, p, (size_t)n, &have, &why);
	if (rc == 0)
		t->slip->files += (uint64_t)have == size;
	else if (rc == JC_ESTALE)
		t->slip->missing |= (uint64_t)have < at;
	else if (rc == JC_ENOTFOUND)
		t->slip->missing = 1;
	else if (rc == JC_EDENIED || rc == JC_EINVAL || rc == JC_EFORMAT || rc == JC_EBUSY || rc == JC_ESTATE || rc == JC_ELIMIT)
		refuse(t->slip, rc, why.msg, "");
	else {
		if (t->err != NULL)
			*t->err = why;
		return rc;
	}
	return 0;
}

static int
files_take(struct take *t, struct jc_rd *r)
{
	uint64_t n = jc_rd_varint(r);
	int rc, end;

	if (r->bad || n > jc_rd_left(r))
		return damaged(t->err);
	if ((rc = jc_db_begin(t->node->db, t->err)) < 0)
		return rc;
	for (uint64_t i = 0; rc >= 0 && i < n; i++)
		rc = piece_take(t, r);
	if (rc >= 0 && jc_rd_left(r) != 0)
		rc = damaged(t->err);
	end = jc_db_end(t->node->db, rc >= 0, rc >= 0 ? t->err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- a branch: an answer ---- */

struct since {
	jc_id scope;
	int64_t from;
};

/* One section with what is needed to store it. */
struct got {
	const struct jc_bundle_section *sec;
	struct jc_scope s;
	int64_t from, cursor;      /* where its news begins; where ours ends */
	struct jc_carry_in in;
};

struct answer {
	struct jc_peer peer;
	struct jc_bundle_answer a;
	jc_id asked;               /* the branch's epoch as the hub saw it */
	struct since *since;
	size_t nsince;
	const uint8_t *ack;        /* attachments that the hub has: first halves of their hashes */
	size_t nacks;
	int64_t budget;
	struct got *got;
	size_t n;
	int current, adopted;      /* its notes and positions count; its epoch is new */
};

static int
since_read(struct take *t, struct answer *w, struct jc_rd *r)
{
	uint64_t n;

	if (jc_carry_get_id(w->asked, r) < 0)
		return damaged(t->err);
	n = jc_rd_varint(r);
	if (r->bad || n > JC_CARRY_SECTIONS || n > jc_rd_left(r))
		return damaged(t->err);
	if ((w->since = jc_calloc((size_t)n + 1, sizeof(*w->since))) == NULL)
		return JC_NOMEM(t->err, "since_read");
	for (; w->nsince < n; w->nsince++) {
		uint64_t from;

		if (jc_carry_get_id(w->since[w->nsince].scope, r) < 0)
			return damaged(t->err);
		from = jc_rd_varint(r);
		if (r->bad || from > INT64_MAX)
			return damaged(t->err);
		w->since[w->nsince].from = (int64_t)from;
	}
	n = jc_rd_varint(r);
	if (r->bad || n > JC_BUNDLE_ACKS || (w->ack = jc_rd_bytes(r, (size_t)n * JC_H16)) == NULL)
		return damaged(t->err);
	w->nacks = (size_t)n;
	return jc_bundle_answer_read(&w->a, r, t->err);
}

static int64_t
since_of(const struct answer *w, const char *scope)
{
	for (size_t i = 0; i < w->nsince; i++)
		if (strcmp(w->since[i].scope, scope) == 0)
			return w->since[i].from;
	return INT64_MAX;
}

/* 1 when this node follows the scope: then g is filled but for the commits. */
static int
got_open(struct take *t, struct answer *w, const struct jc_bundle_section *sec, struct got *g)
{
	struct jc_stmt *st;
	int rc = jc_scope_find(&g->s, t->node->log, sec->scope, t->err);

	if (rc < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	if ((rc = jc_db_prep(&st, t->node->db, "SELECT cursor FROM peer_scope WHERE peer = :peer AND scope = :scope",
	         t->err)) < 0)
		return rc;
	jc_bind_int(st, ":peer", w->peer.no);
	jc_bind_int(st, ":scope", g->s.no);
	if ((rc = jc_stmt_step(st, t->err)) != 1)
		return rc;
	g->cursor = jc_col_int(st, 0);
	jc_stmt_reset(st);
	g->sec = sec;
	g->from = since_of(w, sec->scope);
	g->in = (struct jc_carry_in){.node = t->node, .s = &g->s, .budget = &w->budget, .go_on = 1, .steps = 1};
	return 1;
}

/* Rebuilds and verifies the commits of all sections; nothing is stored yet. */
static int
got_read(struct take *t, struct answer *w)
{
	int rc = 0;

	if ((w->got = jc_calloc(w->a.n + 1, sizeof(*w->got))) == NULL)
		return JC_NOMEM(t->err, "got_read");
	for (size_t i = 0; rc >= 0 && i < w->a.n; i++) {
		const struct jc_bundle_section *sec = &w->a.section[i];
		struct got *g = &w->got[w->n];
		struct jc_rd r = sec->news;

		if (sec->status == JC_X_NOT_YOURS || (rc = got_open(t, w, sec, g)) != 1)
			continue;
		w->n++;
		if ((rc = jc_carry_know(&g->in, w->peer.hub, w->peer.key, t->err)) < 0 ||
		    (rc = jc_carry_read(&g->in, &r, sec->nnews, t->err)) < 0)
			break;
		t->slip->commits += (int64_t)(g->in.n + g->in.dropped);
		for (size_t k = 0; rc >= 0 && k < g->in.n; k++) {
			struct jc_buf *p = &g->in.item[k].it.payload;

			rc = jc_tally_add(&t->tally, (struct jc_slice){p->len != 0 ? p->data : "", p->len}, t->err);
		}
	}
	return rc < 0 ? rc : 0;
}

/* Does what the answer says of the hub hold? When the hub spoke to us as we are now, its new epoch is ours. */
static int
epoch_take(struct take *t, struct answer *w)
{
	jc_id now;
	int rc;

	if (w->peer.epoch[0] == '\0')
		jc_id_from_u64(now, 0);
	else
		memcpy(now, w->peer.epoch, sizeof(now));
	w->adopted = strcmp(w->a.epoch, now) != 0 && strcmp(w->asked, now) == 0;
	w->current = w->adopted || strcmp(w->a.epoch, now) == 0;
	t->slip->old = !w->current;
	if (!w->adopted)
		return 0;
	memcpy(w->peer.epoch, w->a.epoch, sizeof(w->peer.epoch));
	if ((rc = jc_peer_put(&w->peer, t->node, t->err)) < 0 ||
	    (rc = jc_note_forget(t->node->log, w->peer.hub, w->a.epoch, t->err)) < 0 || (rc = jc_blob_forget(t->node, t->err)) < 0)
		return rc;
	return jc_peer_cursor(&w->peer, t->node, 0, 0, t->err);
}

static int
notes_take(struct take *t, const struct answer *w, const struct got *g)
{
	struct jc_note *n = jc_alloc(sizeof(*n));
	struct jc_rd r = g->sec->notes;
	int rc = 0;

	if (n == NULL)
		return JC_NOMEM(t->err, "notes_take");
	for (uint64_t i = 0; rc >= 0 && i < g->sec->nnotes; i++) {
		if (jc_carry_get_note(n, &r) < 0 || n->tier == JC_TIER_BRANCH) {
			rc = damaged(t->err);
			break;
		}
		memcpy(n->network, g->s.network, sizeof(n->network));
		memcpy(n->scope, g->s.id, sizeof(n->scope));
		memcpy(n->hub, w->peer.hub, sizeof(n->hub));
		memcpy(n->epoch, w->a.epoch, sizeof(n->epoch));
		if ((rc = jc_note_take(t->node->log, &g->s, n, w->peer.key, t->err)) == 1)
			t->slip->notes++;
	}
	jc_free(n);
	return rc < 0 ? rc : 0;
}

/* What could not be taken: missing when something before it is not here, else refused. */
static void
left_out(struct take *t, int code, const struct jc_err *why)
{
	if (code == JC_ESTALE)
		t->slip->missing = 1;
	else
		refuse(t->slip, JC_EPARTIAL, why->msg, "");
}

/* Admits all that can be admitted. *whole 0: something was left out. */
static int
news_admit(struct take *t, struct got *g, int *whole)
{
	*whole = g->in.dropped == 0;
	if (g->in.stop != 0)
		left_out(t, g->in.stop, &g->in.why);
	for (size_t i = 0; i < g->in.n; i++) {
		struct jc_carry_item *item = &g->in.item[i];
		struct jc_err why = {0};
		int64_t no;
		int rc = 0, fresh;

		if (!item->skip && (rc = jc_intake_admit(t->node, &g->s, &item->it, "", &no, &fresh, &why)) >= 0)
			continue;
		*whole = 0;
		if (item->skip)
			continue;
		if (!jc_intake_refused(rc)) {
			item->skip = rc == JC_ECORRUPT;
			if (t->err != NULL)
				*t->err = why;
			return rc;
		}
		left_out(t, rc, &why);
	}
	return 0;
}

/* In the order receipt, news, position. */
static int
got_store(struct take *t, struct answer *w, struct got *g)
{
	int rc, whole;

	if (g->sec->status == JC_X_REFUSED || g->sec->status == JC_X_LATER)
		refuse(t->slip, JC_EPARTIAL, "", JC_T("上级没有采用其中一部分", "The hub did not take a part of it"));
	if ((w->current && (rc = notes_take(t, w, g)) < 0) || (rc = news_admit(t, g, &whole)) < 0)
		return rc;
	if (!w->current || (!w->adopted && g->sec->cursor <= g->cursor))
		return 0;
	if (g->from > g->cursor || t->slip->missing) {
		t->slip->missing = 1;
		return 0;
	}
	if (!whole && (rc = jc_peer_hole_set(t->node, g->s.id, JC_SCHEMA_VERSION, t->err)) < 0)
		return rc;
	return jc_peer_cursor(&w->peer, t->node, g->s.no, g->sec->cursor, t->err);
}

static int
acks_take(struct take *t, const struct answer *w)
{
	int rc = 0;

	for (size_t i = 0; rc >= 0 && w->current && i < w->nacks; i++) {
		struct jc_stmt *st;

		if ((rc = jc_db_prep(&st, t->node->db,
		         "UPDATE blob SET there = size WHERE there < size AND substr(hash, 1, 16) = :half"
		         " AND scope IN (SELECT scope FROM peer_scope WHERE push)", t->err)) < 0)
			break;
		jc_bind_blob(st, ":half", w->ack + i * JC_H16, JC_H16);
		jc_db_log_window(t->node->db, 1);
		rc = jc_stmt_run(st, t->err);
		jc_db_log_window(t->node->db, -1);
	}
	return rc;
}

static int
answer_store(struct take *t, struct answer *w)
{
	int64_t before;
	int rc, end;

	memset(&t->slip->refused, 0, sizeof(t->slip->refused));
	t->slip->missing = 0;
	t->slip->notes = 0;
	if ((rc = jc_db_begin(t->node->db, t->err)) < 0)
		return rc;
	if ((rc = jc_peer_get(&w->peer, t->node, t->err)) >= 0 && (rc = newest(t, &before)) >= 0)
		rc = epoch_take(t, w);
	for (size_t i = 0; rc >= 0 && i < w->n; i++)
		rc = got_store(t, w, &w->got[i]);
	if (rc >= 0 && (rc = acks_take(t, w)) >= 0)
		rc = fresh_count(t, before);
	end = jc_db_end(t->node->db, rc >= 0, rc >= 0 ? t->err : NULL);
	return rc < 0 ? rc : end;
}

static int
answer_take(struct take *t, struct jc_rd *r)
{
	struct answer w = {.budget = NEWS_INFLATE};
	int rc;

	if ((rc = jc_peer_get(&w.peer, t->node, t->err)) < 0 || (rc = since_read(t, &w, r)) < 0 ||
	    (rc = got_read(t, &w)) < 0)
		goto out;
	/* A commit that spoils the transaction is left out of the next try. */
	for (size_t tries = 0; tries <= JC_CARRY_COMMITS; tries++)
		if ((rc = answer_store(t, &w)) != JC_ECORRUPT)
			break;
out:
	for (size_t i = 0; i < w.n; i++)
		jc_carry_in_free(&w.got[i].in);
	jc_free(w.got);
	jc_free(w.since);
	jc_free(w.a.section);
	return rc;
}

/* ---- who it is from, who it is for ---- */

static int
not_ours(struct take *t, const struct jc_bundle_head *h)
{
	const struct jc_key *key = jc_log_key(t->node->log);

	if (strcmp(h->sender, key->id) == 0)
		return jc_err_set(t->err, JC_EDENIED, "jc_bundle_read", "%s",
		    JC_T("这个文件是本机写出的，要交给对方读", "This PC wrote the file; it is for the other side to read"));
	return jc_err_set(t->err, JC_EDENIED, "jc_bundle_read", "%s",
	    JC_T("这个文件是给另一台电脑的，请换一个文件，或者拿到那台电脑上读",
	        "The file is for another computer; choose another file, or read it there"));
}

/* The sender's key: the hub above, or a device of a scope here. */
static int
sender_find(struct take *t, const struct jc_bundle_head *h, int *from_hub)
{
	struct jc_peer peer;
	int rc = jc_peer_get(&peer, t->node, NULL);

	*from_hub = rc == 0 && strcmp(peer.hub, h->sender) == 0;
	if (*from_hub) {
		memcpy(t->key, peer.key, sizeof(t->key));
		return 0;
	}
	if ((rc = jc_device_find(t->node->log, h->sender, &t->device, NULL, t->err)) >= 0)
		rc = jc_keyring_newest(t->key, t->node->log, h->sender, t->err);
	return rc != JC_ENOTFOUND ? rc : jc_err_set(t->err, JC_EDENIED, "jc_bundle_read", "%s",
	    JC_T("不认识写这个文件的电脑，没有采用；请先让它登记加入", "The file is from an unknown computer and was not taken; it has to join first"));
}

static int
network_check(struct take *t, const struct jc_bundle_head *h)
{
	struct jc_scope own;
	int rc = jc_node_scope(t->node, &own, t->err);

	if (rc < 0 || strcmp(own.network, h->network) == 0)
		return rc;
	return jc_err_set(t->err, JC_EDENIED, "jc_bundle_read", "%s",
	    JC_T("这个文件属于别的地方，不能在这里读", "The file belongs to another network and cannot be read here"));
}

static int
sealed_take(struct take *t, const struct jc_bundle_head *h, const void *file, int from_hub)
{
	struct jc_buf plain;
	struct jc_rd r;
	int rc;

	jc_buf_init(&plain, JC_BUNDLE_MAX);
	if ((rc = jc_bundle_unpack(&r, &plain, t->node, h, t->slip, t->err)) < 0)
		goto out;
	if (from_hub < 0 && t->slip->kind != JC_BUNDLE_ENROLLED) /* a stranger may only answer a wish to join */
		rc = sender_find(t, h, &from_hub);
	if (rc >= 0 && t->slip->kind == JC_BUNDLE_ENROLLED)
		rc = jc_bundle_join_done(t->node, &r, h, file, t->err);
	if (rc >= 0 && t->slip->kind == JC_BUNDLE_FILES)
		rc = from_hub != 0 ? damaged(t->err) : files_take(t, &r);
	else if (rc >= 0 && t->slip->kind == JC_BUNDLE_REQUEST)
		rc = from_hub != 0 ? damaged(t->err) : request_take(t, &r);
	else if (rc >= 0)
		rc = from_hub == 0 ? damaged(t->err) : answer_take(t, &r);
out:
	jc_buf_free(&plain);
	return rc;
}

/* By the newest key that we know of the sender, or one that it leads to, which counts from now on (FORMAT 23). */
static int
signature_check(struct take *t, const struct jc_bundle_head *h, const void *file)
{
	struct jc_keys keys;
	int rc, end;

	if (jc_bundle_signed_by(h, file, t->key))
		return 0;
	if (h->keys.n != 0 && jc_succession_place(&h->keys, t->key) >= 0 &&
	    jc_bundle_signed_by(h, file, h->keys.key[h->keys.n - 1])) {
		if ((rc = jc_db_begin(t->node->db, t->err)) < 0)
			return rc;
		rc = jc_keyring_follow(t->node->log, &h->keys, t->err);
		end = jc_db_end(t->node->db, rc >= 0, rc >= 0 ? t->err : NULL);
		return rc < 0 ? rc : end < 0 ? end : jc_keyring_newest(t->key, t->node->log, h->sender, t->err);
	}
	rc = jc_keyring_get(&keys, t->node->log, h->sender, NULL);
	for (size_t i = 0; rc == 0 && i < keys.n; i++)
		if (jc_bundle_signed_by(h, file, keys.key[i]))
			return jc_err_set(t->err, JC_ESIGNATURE, "jc_bundle_read", "%s",
			    JC_T("这个文件是用换下来的旧密钥写的，没有采用；请让对方重新写一份。如果新写的还是这样，对方要把换密钥以后备份的 device.key 放回去",
			        "The file was written with a key that has been replaced and was not taken; ask for a new one. If that is so again, the"
			        " other side has to put back the device.key that was copied after the key was replaced"));
	return jc_err_set(t->err, JC_ESIGNATURE, "jc_bundle_read", "%s",
	    JC_T("这个文件不完整或者被改动过，请重新拷一份；什么都没有改",
	        "The file is incomplete or was changed; copy it again. Nothing was changed here"));
}

static int
bundle_take(struct take *t, const void *file, size_t n)
{
	const struct jc_key *key = jc_log_key(t->node->log);
	struct jc_bundle_head h;
	struct jc_scope own;
	int rc, from_hub = -1, known;

	if ((rc = jc_bundle_head_read(&h, file, n, t->err)) < 0)
		return rc;
	memcpy(t->slip->sender, h.sender, sizeof(t->slip->sender));
	memcpy(t->slip->receiver, h.receiver, sizeof(t->slip->receiver));
	memcpy(t->sender, h.sender, sizeof(t->sender));
	if (strcmp(h.receiver, key->id) != 0)
		return not_ours(t, &h);
	/* Before it has joined a node knows nobody; then the file itself proves who wrote it. */
	known = jc_node_scope(t->node, &own, NULL) == 0 && own.joined;
	if (known && ((rc = network_check(t, &h)) < 0 || (rc = sender_find(t, &h, &from_hub)) < 0))
		return rc;
	if (known && (rc = signature_check(t, &h, file)) < 0)
		return rc;
	return sealed_take(t, &h, file, from_hub);
}

int
jc_bundle_read(struct jc_node *node, const void *file, size_t n, struct jc_slip *slip, struct jc_err *err)
{
	struct take t = {.node = node, .slip = slip, .err = err};
	int rc;

	memset(slip, 0, sizeof(*slip));
	jc_bundle_mark(slip, file, n);
	if (jc_log_key(node->log) == NULL)
		return jc_err_set(err, JC_ESTATE, "jc_bundle_read", "%s",
		    JC_T("本机的密钥不在，不能读交换文件", "This PC's key is missing, so no file can be read"));
	if (n >= 3 && memcmp(file, JC_BUNDLE_JOIN_MAGIC, 3) == 0)
		rc = jc_bundle_join_take(node, file, n, slip, err);
	else
		rc = bundle_take(&t, file, n);
	jc_tally_end(&t.tally, slip);
	return rc < 0 ? rc : 0;
}
