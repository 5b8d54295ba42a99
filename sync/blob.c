/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Attachment bytes in SQLite: a row per attachment and a row per piece that came. Pieces are appended only,
 * so "how much is here" is one number, and a transfer in either direction is: ask for the number, go on
 * there. The hash is checked when the last byte has come; whoever sent wrong bytes has sent nothing.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "sync_blob.h"
#include "sync_exchange.h"

#define SCOPE_SHARE (INT64_C(4) << 30) /* bytes that a hub keeps of one scope; meta blob_scope_bytes overrides */

int
jc_blob_hash_parse(uint8_t hash[JC_HASH_LEN], const char *hex, size_t n)
{
	if (n != 2 * JC_HASH_LEN)
		return JC_EINVAL;
	for (size_t i = 0; i < n; i++) {
		int d = hex[i] >= '0' && hex[i] <= '9' ? hex[i] - '0' : hex[i] >= 'a' && hex[i] <= 'f' ? hex[i] - 'a' + 10 : -1;

		if (d < 0)
			return JC_EINVAL;
		hash[i / 2] = (uint8_t)(i % 2 == 0 ? d << 4 : hash[i / 2] | d);
	}
	return 0;
}

void
jc_blob_hash_text(char hex[2 * JC_HASH_LEN + 1], const uint8_t hash[JC_HASH_LEN])
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < JC_HASH_LEN; i++) {
		hex[2 * i] = digit[hash[i] >> 4];
		hex[2 * i + 1] = digit[hash[i] & 15];
	}
	hex[2 * JC_HASH_LEN] = '\0';
}

/* ---- rows ---- */

/* One row of "no, scope, hash, size, have, there, want, time"; 1, or 0 when there is none. */
static int
row_take(struct jc_blob *out, struct jc_stmt *st, struct jc_err *err)
{
	const void *hash;
	size_t n;
	int rc = jc_stmt_step(st, err);

	if (rc != 1)
		return rc;
	memset(out, 0, sizeof(*out));
	out->no = jc_col_int(st, 0);
	out->scope = jc_col_int(st, 1);
	hash = jc_col_blob(st, 2, &n);
	if (n == JC_HASH_LEN)
		memcpy(out->hash, hash, n);
	out->size = jc_col_int(st, 3);
	out->have = jc_col_int(st, 4);
	out->there = jc_col_int(st, 5);
	out->want = jc_col_int(st, 6) != 0;
	out->time = jc_col_int(st, 7);
	jc_stmt_reset(st);
	return n == JC_HASH_LEN ? 1 : jc_err_code(err, JC_ECORRUPT, "jc_blob");
}

int
jc_blob_find(struct jc_blob *out, struct jc_node *node, int64_t scope, const uint8_t hash[JC_HASH_LEN], struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT no, scope, hash, size, have, there, want, time FROM blob WHERE scope = :scope AND hash = :hash", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_blob(st, ":hash", hash, JC_HASH_LEN);
	rc = row_take(out, st, err);
	if (rc == 0)
		return jc_err_set(err, JC_ENOTFOUND, "jc_blob_find", "%s",
		    JC_T("附件的内容不在这里", "The attachment's bytes are not here"));
	return rc < 0 ? rc : 0;
}

static int
run(struct jc_node *node, struct jc_stmt *st, struct jc_err *err)
{
	int rc;

	jc_db_log_window(node->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(node->db, -1);
	return rc;
}

static int64_t
now(struct jc_node *node)
{
	const struct jc_env *env = jc_db_env(node->db);

	return env->wall_ms(env->ctx) / 1000;
}

static int
row_put(const struct jc_blob *b, struct jc_node *node, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "UPDATE blob SET have = :have, there = :there, want = :want, time = :time WHERE no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":have", b->have);
	jc_bind_int(st, ":there", b->there);
	jc_bind_int(st, ":want", b->want);
	jc_bind_int(st, ":time", b->time);
	jc_bind_int(st, ":no", b->no);
	return run(node, st, err);
}

int
jc_blob_open(struct jc_blob *out, struct jc_node *node, int64_t scope, const uint8_t hash[JC_HASH_LEN], int64_t size,
    struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if (size <= 0 || size > JC_BLOB_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_blob_open", JC_T("附件最大%u MB", "An attachment has at most %u MB"), JC_BLOB_MAX >> 20);
	if ((rc = jc_blob_find(out, node, scope, hash, err)) == 0)
		return out->size == size ? 0 : jc_err_code(err, JC_ESTATE, "jc_blob_open");
	if (rc != JC_ENOTFOUND)
		return rc;
	if ((rc = jc_db_prep(&st, node->db,
	         "INSERT INTO blob(scope, hash, size, have, time) VALUES(:scope, :hash, :size, 0, :time)", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_blob(st, ":hash", hash, JC_HASH_LEN);
	jc_bind_int(st, ":size", size);
	jc_bind_int(st, ":time", now(node));
	if ((rc = run(node, st, err)) < 0)
		return rc;
	return jc_blob_find(out, node, scope, hash, err);
}

/* ---- bytes ---- */

static int
pieces_drop(struct jc_blob *b, struct jc_node *node, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, "DELETE FROM blob_piece WHERE blob = :blob", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":blob", b->no);
	if ((rc = run(node, st, err)) < 0)
		return rc;
	b->have = 0;
	return row_put(b, node, err);
}

static int
piece_put(const struct jc_blob *b, struct jc_node *node, const void *p, size_t n, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, "INSERT INTO blob_piece(blob, at, bytes) VALUES(:blob, :at, :bytes)", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":blob", b->no);
	jc_bind_int(st, ":at", b->have);
	jc_bind_blob(st, ":bytes", p, n);
	return run(node, st, err);
}

/* 1 when the bytes are those that the hash names. */
static int
hash_check(const struct jc_blob *b, struct jc_node *node, struct jc_err *err)
{
	uint8_t hash[JC_HASH_LEN];
	struct jc_hasher h;
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, "SELECT bytes FROM blob_piece WHERE blob = :blob ORDER BY at", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":blob", b->no);
	jc_hasher_init(&h);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n;
		const void *p = jc_col_blob(st, 0, &n);

		jc_hasher_add(&h, p, n);
	}
	jc_hasher_end(&h, hash);
	return rc < 0 ? rc : memcmp(hash, b->hash, sizeof(hash)) == 0;
}

static int
append(struct jc_blob *b, struct jc_node *node, const void *p, size_t n, struct jc_err *err)
{
	int rc;

	if ((rc = piece_put(b, node, p, n, err)) < 0)
		return rc;
	b->have += (int64_t)n;
	b->time = now(node);
	if (b->have < b->size)
		return row_put(b, node, err);
	if ((rc = hash_check(b, node, err)) < 0)
		return rc;
	b->want = 0;
	return rc == 1 ? row_put(b, node, err) : (rc = pieces_drop(b, node, err)) < 0 ? rc : 1;
}

int
jc_blob_append(struct jc_blob *b, struct jc_node *node, int64_t at, const void *p, size_t n, struct jc_err *err)
{
	int rc, end;

	if (at != b->have)
		return jc_err_code(err, JC_ESTALE, "jc_blob_append");
	if (n == 0)
		return 0;
	if ((int64_t)n > b->size - b->have)
		return jc_err_code(err, JC_ELIMIT, "jc_blob_append");
	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = append(b, node, p, n, err);
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	if (rc == 1 && end == 0)
		return jc_err_set(err, JC_EFORMAT, "jc_blob_append", "%s",
		    JC_T("附件的内容和登记的不一样，没有采用", "The attachment's bytes are not those of the record and were not taken"));
	return rc < 0 ? rc : end;
}

int
jc_blob_put(struct jc_blob *out, struct jc_node *node, int64_t scope, const void *p, size_t n, struct jc_err *err)
{
	uint8_t hash[JC_HASH_LEN];
	int rc, end;

	jc_hash(hash, p, n);
	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = jc_blob_open(out, node, scope, hash, (int64_t)n, err);
	while (rc == 0 && out->have < out->size) {
		size_t step = (size_t)(out->size - out->have);

		step = step < JC_BLOB_PIECE ? step : JC_BLOB_PIECE;
		rc = jc_blob_append(out, node, out->have, (const char *)p + out->have, step, err);
	}
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_blob_read(struct jc_buf *out, struct jc_node *node, const struct jc_blob *b, int64_t at, size_t max, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT at, bytes FROM blob_piece WHERE blob = :blob"
	    " AND at >= coalesce((SELECT max(at) FROM blob_piece WHERE blob = :blob AND at <= :at), 0) ORDER BY at", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":blob", b->no);
	jc_bind_int(st, ":at", at);
	while (max != 0 && (rc = jc_stmt_step(st, err)) == 1) {
		size_t n, skip;
		const char *p = jc_col_blob(st, 1, &n);

		if (at < jc_col_int(st, 0) || (skip = (size_t)(at - jc_col_int(st, 0))) >= n)
			break;
		n = n - skip < max ? n - skip : max;
		jc_buf_put(out, p + skip, n);
		max -= n;
		at += (int64_t)n;
	}
	jc_stmt_reset(st);
	return rc < 0 ? rc : jc_buf_check(out, "jc_blob_read", err);
}

static int
update(struct jc_blob *b, struct jc_node *node, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = row_put(b, node, err);
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_blob_there(struct jc_blob *b, struct jc_node *node, int64_t there, struct jc_err *err)
{
	b->there = there < 0 ? 0 : there > b->size ? b->size : there;
	return update(b, node, err);
}

int
jc_blob_forget(struct jc_node *node, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, "UPDATE blob SET there = 0 WHERE there > 0", err);

	return rc < 0 ? rc : run(node, st, err);
}

int
jc_blob_want(struct jc_blob *b, struct jc_node *node, int want, struct jc_err *err)
{
	b->want = want != 0;
	return update(b, node, err);
}

int
jc_blob_drop(struct jc_blob *b, struct jc_node *node, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = pieces_drop(b, node, err);
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- which ---- */

int
jc_blob_declared(struct jc_node *node, int64_t scope, const uint8_t hash[JC_HASH_LEN], int64_t *size, struct jc_err *err)
{
	char hex[2 * JC_HASH_LEN + 1];
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT a.size FROM k_attachment AS a JOIN record AS r ON r.rec = a.rec"
	    " WHERE a.sha256 = :hash AND r.scope = :scope AND NOT r.void LIMIT 1", err);

	if (rc < 0)
		return rc;
	jc_blob_hash_text(hex, hash);
	jc_bind_str(st, ":hash", hex);
	jc_bind_int(st, ":scope", scope);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc < 0 ? rc : jc_err_set(err, JC_ENOTFOUND, "jc_blob_declared", "%s",
		    JC_T("没有登记这个附件的记录", "No record declares this attachment"));
	*size = jc_col_int(st, 0);
	jc_stmt_reset(st);
	return 0;
}

int
jc_blob_next_up(struct jc_blob *out, struct jc_node *node, int64_t after, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT no, scope, hash, size, have, there, want, time FROM blob"
	    " WHERE no > :after AND have = size AND there < size"
	    " AND scope IN (SELECT scope FROM peer_scope WHERE push) ORDER BY no LIMIT 1", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":after", after);
	return row_take(out, st, err);
}

int
jc_blob_next_down(struct jc_blob *out, struct jc_node *node, int64_t after, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT no, scope, hash, size, have, there, want, time FROM blob"
	    " WHERE no > :after AND want AND have < size ORDER BY no LIMIT 1", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":after", after);
	return row_take(out, st, err);
}

int
jc_blob_total(struct jc_node *node, int64_t scope, int64_t *bytes, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, "SELECT coalesce(sum(have), 0) FROM blob WHERE scope = :scope", err);

	*bytes = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		*bytes = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

/* One that may go, 1; 0 when there is none. */
static int
clean_next(struct jc_blob *out, struct jc_node *node, int64_t before, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT no, scope, hash, size, have, there, want, time FROM blob"
	    " WHERE have > 0 AND time < :before AND ((there = size AND have = size) OR NOT EXISTS("
	    "   SELECT 1 FROM k_attachment AS a JOIN record AS r ON r.rec = a.rec"
	    "   WHERE a.sha256 = lower(hex(blob.hash)) AND r.scope = blob.scope AND NOT r.void)) LIMIT 1", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":before", before);
	return row_take(out, st, err);
}

int
jc_blob_clean(struct jc_node *node, int64_t before, int64_t *dropped, int64_t *bytes, struct jc_err *err)
{
	struct jc_blob b;
	int rc, end;

	*dropped = *bytes = 0;
	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	while ((rc = clean_next(&b, node, before, err)) == 1) {
		*bytes += b.have;
		++*dropped;
		if ((rc = pieces_drop(&b, node, err)) < 0)
			break;
	}
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- the hub's routes ---- */

static int
not_yours(struct jc_err *err)
{
	return jc_err_set(err, JC_EDENIED, "jc_blob", "%s",
	    JC_T("这台设备不能存取这个单位的附件", "This device may not exchange attachments of that scope"));
}

static int
may(struct jc_scope *s, struct jc_node *hub, const char *device, const char *scope, int writing, struct jc_err *err)
{
	int write, rc = jc_scope_find(s, hub->log, scope, err);

	if (rc == JC_ENOTFOUND)
		return not_yours(err);
	if (rc < 0 || (rc = jc_exchange_may(hub, device, s, &write, err)) < 0)
		return rc;
	return rc == 1 && (write || !writing) ? 0 : not_yours(err);
}

static int
share_check(struct jc_node *hub, const struct jc_scope *s, int64_t more, struct jc_err *err)
{
	int64_t used, limit;
	int rc;

	if ((rc = jc_meta_int(hub->db, "blob_scope_bytes", &limit, SCOPE_SHARE, err)) < 0 ||
	    (rc = jc_blob_total(hub, s->no, &used, err)) < 0)
		return rc;
	return used + more <= limit ? 0 : jc_err_set(err, JC_EBUSY, "jc_blob_take", "%s",
	    JC_T("县里存附件的地方满了，请与县里联系", "The hub's room for attachments is used up; ask the hub"));
}

int
jc_blob_take(struct jc_node *hub, const char *device, const char *scope, const uint8_t hash[JC_HASH_LEN], int64_t size,
    int64_t at, const void *p, size_t n, int64_t *have, struct jc_err *err)
{
	int64_t declared;
	struct jc_scope s;
	struct jc_blob b;
	int rc;

	*have = 0;
	if ((rc = may(&s, hub, device, scope, 1, err)) < 0 ||
	    (rc = jc_blob_declared(hub, s.no, hash, &declared, err)) < 0)
		return rc;
	if (declared != size)
		return jc_err_set(err, JC_EINVAL, "jc_blob_take", "%s",
		    JC_T("附件的大小和登记的不一样", "The attachment's size is not that of its record"));
	if (n == 0 && (rc = jc_blob_find(&b, hub, s.no, hash, err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	if (n != 0 && ((rc = share_check(hub, &s, (int64_t)n, err)) < 0 ||
	        (rc = jc_blob_open(&b, hub, s.no, hash, size, err)) < 0))
		return rc;
	*have = b.have;
	if (n == 0)
		return 0;
	rc = jc_blob_append(&b, hub, at, p, n, err);
	*have = b.have;
	return rc;
}

int
jc_blob_give(struct jc_buf *out, struct jc_node *hub, const char *device, const char *scope,
    const uint8_t hash[JC_HASH_LEN], int64_t at, size_t max, struct jc_err *err)
{
	struct jc_scope s;
	struct jc_blob b;
	int rc;

	if ((rc = may(&s, hub, device, scope, 0, err)) < 0 || (rc = jc_blob_find(&b, hub, s.no, hash, err)) < 0)
		return rc;
	if (b.have < b.size)
		return jc_err_set(err, JC_ENOTFOUND, "jc_blob_give", "%s",
		    JC_T("附件的内容还没有送到县里", "The attachment's bytes have not arrived at the hub yet"));
	return jc_blob_read(out, hub, &b, at < 0 ? b.size : at, max < JC_BLOB_PIECE ? max : JC_BLOB_PIECE, err);
}
