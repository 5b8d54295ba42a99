/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What goes onto a stick.
 *
 * A branch has no memory of what it put on earlier sticks, because a stick may never arrive: every
 * bundle has all commits that no receipt covers, and says up to where the branch has the hub's news. It
 * also shows the newest receipts of every tier, so that a hub that was put back learns it.
 *
 * A hub answers what a device asked for on the last stick that was read. Where the news begins stands in
 * the answer: a branch that has less than that takes the commits, but does not believe the position.
 *
 * What does not fit into one file goes on in the next part, which is a whole file of its own.
 */
#include "bundle.h"
#include "sync_blob.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

#define CUT_UNIT 8192u        /* a stick may be followed by a bad line: commits are not cut larger */
#define COMMITS_MAX 4000u     /* in one file */
#define PARTS_MAX 10000
#define FILES_PIECE (4u << 20)       /* attachment bytes in one file */
#define FILES_MOST (INT64_C(64) << 20) /* and in one hand-over */

struct section {
	struct jc_scope s;
	int64_t cursor;
	int push;
	struct jc_pending p;
	size_t sent;               /* the first of p.no that earlier parts and this one have */
	struct jc_buf body;        /* commits of the part under way, as section 11 has them */
};

struct jc_bundle {
	struct jc_node *node;
	struct jc_slip slip;       /* what is the same in all parts */
	jc_id network;
	uint8_t to[JC_PK_LEN];
	int done;
	/* a branch's */
	struct jc_peer peer;
	struct section *section;
	size_t nsections;
	struct jc_blob blob;       /* the attachment under way, no 0: none */
	int64_t blob_at, blob_after, blob_bytes;
	int files_done;            /* no attachments, or no more of them */
	/* a hub's */
	jc_id device, epoch;       /* epoch: of the asker */
	struct jc_bundle_ask *ask;
	size_t nask;
	struct jc_buf enrol;       /* answer to an enrolment, for the first part */
};

void
jc_bundle_end(struct jc_bundle *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->nsections; i++) {
		jc_pending_free(&b->section[i].p);
		jc_buf_free(&b->section[i].body);
	}
	jc_buf_free(&b->enrol);
	jc_free(b->section);
	jc_free(b->ask);
	jc_free(b);
}

/* ---- a branch: what no receipt covers ---- */

/* Tells the list what the hub has. *complete: its notes of this epoch name nothing that we have not. */
static int
notes_known(struct jc_bundle *b, struct section *sec, int *complete, struct jc_err *err)
{
	struct jc_note *n = jc_alloc(sizeof(*n));
	int rc = 0, any = 0;

	*complete = 1;
	if (n == NULL)
		return JC_NOMEM(err, "notes_known");
	for (int tier = JC_TIER_CITY; rc >= 0 && tier >= JC_TIER_COUNTY; tier--) {
		rc = jc_note_get(n, b->node->log, sec->s.no, (enum jc_tier)tier, b->peer.hub, err);
		if (rc == JC_ENOTFOUND || (rc == 0 && strcmp(n->epoch, b->peer.epoch) != 0)) {
			rc = 0;
			continue;
		}
		any = 1;
		*complete &= n->nheads < JC_NOTE_HEADS;
		for (size_t i = 0; rc >= 0 && i < n->nheads; i++)
			if ((rc = jc_pending_know_h16(&sec->p, n->head[i], err)) == 0)
				*complete = 0;
	}
	*complete &= any;
	jc_free(n);
	return rc < 0 ? rc : 0;
}

static int
cut(struct jc_bundle *b, struct section *sec, int64_t device, struct jc_err *err)
{
	char state[12];
	int64_t drafts, made;
	int rc;

	if ((rc = jc_device_standing(b->node->log, sec->s.no, device, state, err)) < 0)
		return rc;
	if (strcmp(state, "enrolled") != 0)
		return jc_err_set(err, JC_ESTATE, "jc_bundle_begin", "%s",
		    JC_T("还没有收到县里的登记，请先读入县里给的文件", "The county's enrolment has not arrived yet; read the county's file first"));
	if ((rc = jc_log_drafts(b->node->log, sec->s.no, &drafts, err)) < 0 || drafts == 0)
		return rc;
	return jc_cut(b->node->log, sec->s.no, CUT_UNIT, &made, err);
}

static int
section_fill(struct jc_bundle *b, struct section *sec, struct jc_err *err)
{
	int64_t device;
	int rc, complete;

	sec->p.node = b->node;
	sec->p.scope = sec->s.no;
	jc_buf_init(&sec->body, JC_EXCHANGE_MAX);
	if ((rc = jc_scope_get(&sec->s, b->node->log, sec->s.no, err)) < 0 || !sec->push || !sec->s.joined)
		return rc;
	rc = jc_device_find(b->node->log, jc_log_key(b->node->log)->id, &device, NULL, err);
	if (rc == JC_ENOTFOUND)
		return jc_err_set(err, JC_ESTATE, "jc_bundle_begin", "%s",
		    JC_T("还没有收到县里的登记，请先读入县里给的文件", "The county's enrolment has not arrived yet; read the county's file first"));
	if (rc < 0 || (rc = cut(b, sec, device, err)) < 0 || (rc = notes_known(b, sec, &complete, err)) < 0)
		return rc;
	/* With all news here, what the receipts lack is lost there, whoever wrote it. */
	return jc_pending_make(&sec->p, complete ? 0 : device, err);
}

static int
sections_load(struct jc_bundle *b, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t count;
	int rc;

	if ((rc = jc_db_int(b->node->db, &count, "SELECT count(*) FROM peer_scope", err)) < 0)
		return rc;
	count = count < JC_CARRY_SECTIONS ? count : JC_CARRY_SECTIONS;
	if ((b->section = jc_calloc((size_t)count + 1, sizeof(*b->section))) == NULL)
		return JC_NOMEM(err, "sections_load");
	if ((rc = jc_db_prep(&st, b->node->db,
	         "SELECT scope, cursor, push FROM peer_scope WHERE peer = :peer ORDER BY push DESC, scope LIMIT :n", err)) < 0)
		return rc;
	jc_bind_int(st, ":peer", b->peer.no);
	jc_bind_int(st, ":n", count);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		struct section *sec = &b->section[b->nsections++];

		sec->s.no = jc_col_int(st, 0);
		sec->cursor = jc_col_int(st, 1);
		sec->push = jc_col_int(st, 2) != 0;
	}
	for (size_t i = 0; rc >= 0 && i < b->nsections; i++)
		rc = section_fill(b, &b->section[i], err);
	return rc;
}

static int
request_begin(struct jc_bundle *b, struct jc_err *err)
{
	struct jc_scope own;
	int rc;

	rc = jc_peer_get(&b->peer, b->node, err);
	if (rc == JC_ENOTFOUND)
		return jc_err_set(err, JC_ESTATE, "jc_bundle_begin", "%s",
		    JC_T("还没有加入县里；没有网络时请运行 jiceng join --stick 文件夹 加入码",
		        "Not joined to a hub yet; without a line run jiceng join --stick DIR CODE"));
	if (rc < 0 || (rc = jc_node_scope(b->node, &own, err)) < 0)
		return rc;
	b->slip.kind = JC_BUNDLE_REQUEST;
	memcpy(b->slip.receiver, b->peer.hub, sizeof(b->slip.receiver));
	memcpy(b->to, b->peer.key, sizeof(b->to));
	memcpy(b->network, own.network, sizeof(b->network));
	return sections_load(b, err);
}

/* Commits of one section into its body, as many as still fit; the first of a file always does. */
static int
commits_put(struct jc_bundle *b, struct section *sec, struct jc_tally *tally, size_t *used, int64_t *inflated,
    struct jc_err *err)
{
	struct jc_carry_out out = {.node = b->node, .scope = sec->s.no};
	struct jc_buf payload, list;
	int rc = 0;

	jc_buf_init(&payload, JC_PAYLOAD_MAX);
	jc_buf_init(&list, JC_EXCHANGE_MAX);
	out.b = &list;
	jc_buf_reset(&sec->body);
	while (rc >= 0 && sec->sent < sec->p.n) {
		struct jc_commit_row row;
		size_t before = list.len;

		jc_buf_reset(&payload);
		if ((rc = jc_log_commit(b->node->log, sec->p.no[sec->sent], &row, err)) < 0 ||
		    (rc = jc_log_commit_bytes(b->node->log, &row, NULL, &payload, err)) < 0)
			break;
		*inflated += (int64_t)payload.len + 2048;
		if (*used != 0 && (*inflated > JC_BUNDLE_INFLATED || b->slip.commits == COMMITS_MAX))
			break;
		if ((rc = jc_carry_write(&out, &row, err)) < 0)
			break;
		if (*used != 0 && *used + list.len - before > JC_BUNDLE_PIECE) {
			list.len = before;
			out.count--;
			*inflated = JC_BUNDLE_INFLATED + 1;
			break;
		}
		*used += list.len - before;
		sec->sent++;
		b->slip.commits++;
		rc = jc_tally_add(tally, (struct jc_slice){payload.len != 0 ? payload.data : "", payload.len}, err);
	}
	if (rc >= 0)
		rc = jc_carry_end(&out, &sec->body, err);
	jc_carry_out_free(&out);
	jc_buf_free(&payload);
	jc_buf_free(&list);
	return rc < 0 ? rc : 0;
}

/* One request over all scopes that shows the notes of `tier`; with `all` the commits and the wish for news. */
static int
request_put(struct jc_bundle *b, struct jc_buf *out, enum jc_tier tier, int all, struct jc_err *err)
{
	struct jc_note *n = jc_alloc(sizeof(*n));
	struct jc_buf body;
	uint64_t count = 0;
	int rc = 0;

	if (n == NULL)
		return JC_NOMEM(err, "request_put");
	jc_buf_init(&body, JC_BUNDLE_MAX);
	for (size_t i = 0; rc >= 0 && i < b->nsections; i++) {
		struct section *sec = &b->section[i];
		int has;

		rc = jc_note_get(n, b->node->log, sec->s.no, tier, b->peer.hub, err);
		has = rc == 0 && strcmp(n->epoch, b->peer.epoch) == 0;
		if (rc == JC_ENOTFOUND)
			rc = 0;
		if (rc < 0 || (!all && !has))
			continue;
		count++;
		jc_carry_put_id(&body, sec->s.id);
		jc_buf_varint(&body, (uint64_t)sec->cursor);
		jc_buf_varint(&body, (all ? JC_X_NEWS | JC_X_NOTES : 0u) | (has ? JC_X_PROOF : 0u));
		if (has)
			jc_carry_put_note(&body, n);
		if (all)
			jc_buf_put(&body, sec->body.data, sec->body.len);
		else
			jc_buf_varint(&body, 0);
	}
	jc_buf_put(out, "JX\0", 3);
	jc_carry_put_id(out, b->peer.epoch);
	jc_buf_varint(out, all ? JC_X_ROOM_MAX : 0);
	jc_buf_varint(out, count);
	jc_buf_put(out, body.data, body.len);
	rc = rc < 0 ? rc : jc_buf_check(&body, "request_put", err);
	jc_buf_free(&body);
	jc_free(n);
	return rc < 0 ? rc : 0;
}

static int
request_part(struct jc_bundle *b, struct jc_buf *content, struct jc_tally *tally, struct jc_err *err)
{
	struct jc_buf one;
	size_t used = 0;
	int64_t inflated = 0;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < b->nsections; i++)
		rc = commits_put(b, &b->section[i], tally, &used, &inflated, err);
	b->done = 1;
	for (size_t i = 0; i < b->nsections; i++)
		b->done &= b->section[i].sent == b->section[i].p.n;
	jc_buf_init(&one, JC_BUNDLE_MAX);
	jc_buf_varint(content, 2);
	for (int tier = JC_TIER_CITY; rc >= 0 && tier >= JC_TIER_COUNTY; tier--) {
		jc_buf_reset(&one);
		if ((rc = request_put(b, &one, (enum jc_tier)tier, tier == JC_TIER_COUNTY, err)) >= 0) {
			jc_buf_varint(content, one.len);
			jc_buf_put(content, one.data, one.len);
		}
	}
	if (rc >= 0)
		rc = jc_buf_check(&one, "request_part", err);
	jc_buf_free(&one);
	return rc;
}

/* ---- a branch: attachments, after the records ---- */

/* Moves on to the next attachment when none is under way; files_done when there is none. */
static int
blob_turn(struct jc_bundle *b, struct jc_err *err)
{
	int rc;

	if (b->blob.no != 0 || b->files_done)
		return 0;
	if ((rc = jc_blob_next_up(&b->blob, b->node, b->blob_after, err)) <= 0 || b->blob_bytes >= FILES_MOST) {
		b->files_done = 1;
		return rc < 0 ? rc : 0;
	}
	b->blob_at = b->blob.there;
	b->slip.files++;
	return 0;
}

static int
piece_put(struct jc_bundle *b, struct jc_buf *list, struct jc_err *err)
{
	struct jc_buf piece;
	struct jc_scope s;
	int rc;

	jc_buf_init(&piece, JC_BLOB_PIECE);
	if ((rc = jc_scope_get(&s, b->node->log, b->blob.scope, err)) < 0 ||
	    (rc = jc_blob_read(&piece, b->node, &b->blob, b->blob_at, JC_BLOB_PIECE, err)) < 0)
		goto out;
	jc_carry_put_id(list, s.id);
	jc_buf_put(list, b->blob.hash, JC_HASH_LEN);
	jc_buf_varint(list, (uint64_t)b->blob.size);
	jc_buf_varint(list, (uint64_t)b->blob_at);
	jc_buf_varint(list, piece.len);
	jc_buf_put(list, piece.data, piece.len);
	b->blob_at += (int64_t)piece.len;
	b->blob_bytes += (int64_t)piece.len;
	if (b->blob_at >= b->blob.size || piece.len == 0) {
		b->blob_after = b->blob.no;
		b->blob.no = 0;
	}
	rc = jc_buf_check(list, "piece_put", err);
out:
	jc_buf_free(&piece);
	return rc;
}

static int
files_part(struct jc_bundle *b, struct jc_buf *content, struct jc_err *err)
{
	struct jc_buf list;
	uint64_t count = 0;
	int rc = 0;

	b->slip.kind = JC_BUNDLE_FILES;
	b->slip.files = b->blob.no != 0;
	jc_buf_init(&list, JC_BUNDLE_MAX);
	while (rc >= 0 && list.len < FILES_PIECE && (rc = blob_turn(b, err)) >= 0 && !b->files_done) {
		rc = piece_put(b, &list, err);
		count++;
	}
	jc_buf_varint(content, count);
	jc_buf_put(content, list.data, list.len);
	jc_buf_free(&list);
	if (rc >= 0 && b->blob.no == 0) { /* is there another one? */
		int64_t n = b->slip.files;

		rc = blob_turn(b, err);
		b->slip.files = n;
	}
	return rc;
}

/* ---- a hub: the answer ---- */

static int
ask_read(struct jc_bundle *b, struct jc_slice ask, struct jc_err *err)
{
	struct jc_rd r;
	uint64_t n;

	jc_rd_init(&r, ask.p, ask.n);
	(void)jc_rd_bytes(&r, 3);
	if (jc_carry_get_id(b->epoch, &r) < 0)
		return jc_err_code(err, JC_ECORRUPT, "ask_read");
	(void)jc_rd_varint(&r);
	n = jc_rd_varint(&r);
	if (r.bad || n > JC_CARRY_SECTIONS)
		return jc_err_code(err, JC_ECORRUPT, "ask_read");
	if ((b->ask = jc_calloc((size_t)n + 1, sizeof(*b->ask))) == NULL)
		return JC_NOMEM(err, "ask_read");
	for (; b->nask < n; b->nask++) {
		if (jc_carry_get_id(b->ask[b->nask].scope, &r) < 0)
			return jc_err_code(err, JC_ECORRUPT, "ask_read");
		b->ask[b->nask].cursor = (int64_t)jc_rd_varint(&r);
		(void)jc_rd_varint(&r);
		(void)jc_rd_varint(&r);
	}
	return r.bad ? jc_err_code(err, JC_ECORRUPT, "ask_read") : 0;
}

static int
answer_begin(struct jc_bundle *b, const char *device, struct jc_err *err)
{
	struct jc_slice ask, enrol;
	struct jc_scope own;
	struct jc_stmt *st;
	int64_t no;
	int rc;

	if ((rc = jc_node_scope(b->node, &own, err)) < 0 ||
	    (rc = jc_device_find(b->node->log, device, &no, NULL, err)) < 0 ||
	    (rc = jc_keyring_newest(b->to, b->node->log, device, err)) < 0 ||
	    (rc = jc_db_prep(&st, b->node->db, "SELECT ask, enrol FROM stick WHERE device = :device", err)) < 0)
		return rc;
	memcpy(b->network, own.network, sizeof(b->network));
	memcpy(b->device, device, JC_ID_LEN + 1);
	memcpy(b->slip.receiver, device, JC_ID_LEN + 1);
	b->files_done = 1;
	jc_bind_int(st, ":device", no);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc < 0 ? rc : jc_err_set(err, JC_ENOTFOUND, "jc_bundle_begin", "%s",
		    JC_T("这台电脑还没有用U盘交来过内容，请先读入它的文件", "This PC has not sent a stick yet; read its file first"));
	ask.p = jc_col_blob(st, 0, &ask.n);
	enrol.p = jc_col_blob(st, 1, &enrol.n);
	rc = ask_read(b, ask, err);
	if (enrol.n != 0)
		jc_buf_put(&b->enrol, enrol.p, enrol.n);
	b->slip.kind = enrol.n != 0 ? JC_BUNDLE_ENROLLED : JC_BUNDLE_ANSWER;
	jc_stmt_reset(st);
	return rc;
}

/* Attachments of the asker's scope that are here whole, the newest first. */
static int
acks_put(struct jc_bundle *b, struct jc_buf *content, struct jc_err *err)
{
	struct jc_buf list;
	struct jc_stmt *st;
	uint64_t n = 0;
	int rc = jc_db_prep(&st, b->node->db,
	    "SELECT hash FROM blob WHERE have = size AND scope IN (SELECT credential.scope FROM credential"
	    " JOIN device ON device.no = credential.device WHERE device.id = :id) ORDER BY time DESC, no DESC LIMIT :most", err);

	if (rc < 0)
		return rc;
	jc_buf_init(&list, 8192);
	jc_bind_str(st, ":id", b->device);
	jc_bind_int(st, ":most", JC_BUNDLE_ACKS);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		size_t len;
		const void *hash = jc_col_blob(st, 0, &len);

		if (len != JC_HASH_LEN)
			continue;
		jc_buf_put(&list, hash, JC_H16);
		n++;
	}
	jc_buf_varint(content, n);
	jc_buf_put(content, list.data, list.len);
	jc_buf_free(&list);
	return rc;
}

/* Where the news of each scope begins, in the numbers of the present epoch. */
static int
since_put(struct jc_bundle *b, struct jc_buf *content, struct jc_err *err)
{
	int64_t shared;
	int rc = jc_note_epoch_shared(b->node->log, b->epoch, &shared, err);

	jc_carry_put_id(content, b->epoch);
	jc_buf_varint(content, b->nask);
	for (size_t i = 0; rc >= 0 && i < b->nask; i++) {
		jc_carry_put_id(content, b->ask[i].scope);
		jc_buf_varint(content, (uint64_t)(b->ask[i].cursor < shared ? b->ask[i].cursor : shared));
	}
	return rc < 0 ? rc : acks_put(b, content, err);
}

static int
answer_count(struct jc_bundle *b, const struct jc_bundle_section *sec, struct jc_tally *tally, struct jc_err *err)
{
	int64_t budget = INT64_C(64) << 20;
	struct jc_scope s;
	struct jc_carry_in in = {.node = b->node, .s = &s, .budget = &budget, .go_on = 1, .steps = 1};
	struct jc_rd r = sec->news;
	int rc;

	if (sec->nnews == 0)
		return 0;
	if ((rc = jc_scope_find(&s, b->node->log, sec->scope, err)) < 0 || (rc = jc_carry_read(&in, &r, sec->nnews, err)) < 0)
		goto out;
	for (size_t i = 0; rc >= 0 && i < in.n; i++) {
		struct jc_buf *p = &in.item[i].it.payload;

		b->slip.commits++;
		rc = jc_tally_add(tally, (struct jc_slice){p->len != 0 ? p->data : "", p->len}, err);
	}
out:
	jc_carry_in_free(&in);
	return rc;
}

/* The next part begins where this one ends. */
static int
answer_move(struct jc_bundle *b, const struct jc_buf *answer, struct jc_tally *tally, struct jc_err *err)
{
	struct jc_bundle_answer a;
	struct jc_rd r;
	size_t kept = 0;
	int rc;

	jc_rd_init(&r, answer->data, answer->len);
	rc = jc_bundle_answer_read(&a, &r, err);
	memcpy(b->epoch, a.epoch, sizeof(b->epoch));
	for (size_t i = 0; rc >= 0 && i < a.n; i++) {
		b->slip.notes += (int64_t)a.section[i].nnotes;
		rc = answer_count(b, &a.section[i], tally, err);
		if (a.section[i].more) {
			memcpy(b->ask[kept].scope, a.section[i].scope, JC_ID_LEN + 1);
			b->ask[kept++].cursor = a.section[i].cursor;
		}
	}
	b->nask = kept;
	b->done = kept == 0;
	jc_free(a.section);
	return rc;
}

static int
answer_make(struct jc_bundle *b, struct jc_buf *out, struct jc_err *err)
{
	struct jc_exchange *x;
	struct jc_buf ask;
	int rc;

	jc_buf_init(&ask, 65536);
	jc_bundle_ask_put(&ask, b->epoch, b->ask, b->nask);
	if ((rc = jc_buf_check(&ask, "answer_make", err)) == 0 &&
	    (rc = jc_exchange_decode(&x, b->node, b->device, ask.data, ask.len, err)) == 0) {
		if ((rc = jc_exchange_apply(x, b->node, err)) >= 0)
			rc = jc_exchange_answer(out, x, b->node, err);
		jc_exchange_free(x);
	}
	jc_buf_free(&ask);
	return rc;
}

static int
answer_part(struct jc_bundle *b, struct jc_buf *content, struct jc_tally *tally, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(b->node->log);
	uint8_t first[JC_PK_LEN];
	struct jc_buf answer;
	int rc;

	if (b->slip.part == 1 && b->enrol.len != 0) {
		jc_key_public(first, key, 0);
		jc_buf_put(content, first, JC_PK_LEN);
		jc_buf_varint(content, b->enrol.len);
		jc_buf_put(content, b->enrol.data, b->enrol.len);
	} else {
		b->slip.kind = JC_BUNDLE_ANSWER;
	}
	jc_buf_init(&answer, JC_BUNDLE_MAX);
	if ((rc = since_put(b, content, err)) >= 0 && (rc = answer_make(b, &answer, err)) >= 0) {
		jc_buf_put(content, answer.data, answer.len);
		rc = answer_move(b, &answer, tally, err);
	}
	jc_buf_free(&answer);
	return rc;
}

/* ---- both ---- */

static int
count_up(struct jc_bundle *b, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(b->node->db);
	struct jc_scope own;
	int rc;

	if ((rc = jc_node_scope(b->node, &own, err)) < 0 ||
	    (rc = jc_meta_int(b->node->db, "bundle_count", &b->slip.counter, 0, err)) < 0)
		return rc;
	jc_label_make(b->slip.name, own.name, "");
	memcpy(b->slip.sender, jc_log_key(b->node->log)->id, sizeof(b->slip.sender));
	b->slip.counter++;
	b->slip.time = env->wall_ms(env->ctx) / 1000;
	return jc_meta_set_int(b->node->db, "bundle_count", b->slip.counter, err);
}

int
jc_bundle_begin(struct jc_bundle **out, struct jc_node *node, const char *device, struct jc_err *err)
{
	struct jc_bundle *b = jc_calloc(1, sizeof(*b));
	int rc, end;

	*out = NULL;
	if (b == NULL)
		return JC_NOMEM(err, "jc_bundle_begin");
	b->node = node;
	jc_buf_init(&b->enrol, JC_ENROL_MAX);
	if (jc_log_key(node->log) == NULL)
		rc = jc_err_set(err, JC_ESTATE, "jc_bundle_begin", "%s",
		    JC_T("本机的密钥不在，不能写交换文件", "This PC's key is missing, so no file can be written"));
	else if ((rc = jc_db_begin(node->db, err)) == 0) {
		if ((rc = device != NULL ? answer_begin(b, device, err) : request_begin(b, err)) >= 0)
			rc = count_up(b, err);
		end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	if (rc < 0)
		jc_bundle_end(b);
	else
		*out = b;
	return rc < 0 ? rc : 0;
}

/* The records are all written: are there attachments to follow? */
static int
files_look(struct jc_bundle *b, struct jc_err *err)
{
	int rc = blob_turn(b, err);

	b->slip.files = 0;
	return rc;
}

static int
part_make(struct jc_bundle *b, struct jc_buf *content, struct jc_tally *tally, struct jc_err *err)
{
	int rc, end;

	if (b->device[0] == '\0' && b->done)
		return files_part(b, content, err);
	if (b->device[0] == '\0')
		return (rc = request_part(b, content, tally, err)) < 0 || !b->done ? rc : files_look(b, err);
	if ((rc = jc_db_begin(b->node->db, err)) < 0) /* notes are issued */
		return rc;
	rc = answer_part(b, content, tally, err);
	end = jc_db_end(b->node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_bundle_next(struct jc_bundle *b, struct jc_buf *file, struct jc_slip *slip, struct jc_err *err)
{
	struct jc_tally tally = {0};
	struct jc_buf content;
	int rc;

	if ((b->done && b->files_done) || b->slip.part >= PARTS_MAX)
		return 0;
	b->slip.part++;
	b->slip.commits = b->slip.notes = 0;
	jc_buf_init(&content, JC_BUNDLE_MAX);
	rc = part_make(b, &content, &tally, err);
	b->slip.last = b->done && b->files_done;
	*slip = b->slip;
	jc_tally_end(&tally, slip);
	if (rc >= 0 && (rc = jc_buf_check(&content, "jc_bundle_next", err)) == 0)
		rc = jc_bundle_pack(file, b->node, b->network, b->to, slip, (struct jc_slice){content.data, content.len}, err);
	jc_buf_free(&content);
	return rc < 0 ? rc : 1;
}
