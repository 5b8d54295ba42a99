/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A hub that has a hub above it (FORMAT 19). What it may bring there is said by records in the scope that
 * it has at the hub above, so the hub above knows a scope before its first commit comes, and everybody
 * can read later who brought what. The same kind of record in a hub's `common` tells those below which
 * scopes flow down from farther up. Each is written once and only read afterwards.
 *
 * A scope belongs to the hub that brought it first: nobody else is given its news, and a scope whose
 * authority is itself enrolled here is taken from that hub alone.
 */
#include "relay.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "project.h"
#include "sync_receipt.h"

#define VIA "via." /* meta: which hub's scope a scope was brought through */

/* ---- what is to be said ---- */

struct word {
	struct jc_scope *v;
	size_t n;
};

static int
scope_add(struct word *w, struct jc_node *node, int64_t no, struct jc_err *err)
{
	struct jc_scope *v = jc_realloc(w->v, (w->n + 1) * sizeof(*v));

	if (v == NULL)
		return JC_NOMEM(err, "jc_relay");
	w->v = v;
	return jc_scope_get(&w->v[w->n++], node->log, no, err);
}

/* Scopes that are to be said in `target` and were not: upward those that come from here or from below,
 * downward what flows down from above. */
static int
unsaid(struct word *w, struct jc_node *node, int64_t target, int up, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = up ? jc_db_prep(&st, node->db,
	                  "SELECT s.no FROM scope s WHERE s.id IS NOT NULL AND s.role IN ('branch', 'office')"
	                  " AND NOT EXISTS(SELECT 1 FROM k_relay k JOIN record r ON r.rec = k.rec"
	                  "                 WHERE k.scope = s.id AND r.scope = :target) ORDER BY s.no", err)
	            : jc_db_prep(&st, node->db,
	                  "SELECT s.no FROM scope s JOIN peer_scope p ON p.scope = s.no AND p.push = 0"
	                  " WHERE s.role = 'common' AND s.mine = 0"
	                  " AND NOT EXISTS(SELECT 1 FROM k_relay k JOIN record r ON r.rec = k.rec"
	                  "                 WHERE k.scope = s.id AND r.scope = :target) ORDER BY s.no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":target", target);
	while ((rc = jc_stmt_step(st, err)) == 1)
		if ((rc = scope_add(w, node, jc_col_int(st, 0), err)) < 0) {
			jc_stmt_reset(st);
			return rc;
		}
	return rc;
}

static int
say_one(struct jc_save *sv, struct jc_log *log, const struct jc_scope *s, struct jc_err *err)
{
	const struct jc_kind *kind = jc_catalogue_kind_any("relay", 5);
	const char *text[7] = {s->id, s->network, s->role, s->name, s->authority, NULL, NULL};
	struct jc_change c[7];
	struct jc_buf founding, key;
	uint8_t pk[JC_PK_LEN];
	int64_t device;
	jc_id id;
	int rc;

	if ((rc = jc_device_find(log, s->authority, &device, pk, err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc; /* nothing of it has come here yet */
	jc_buf_init(&founding, 64);
	jc_buf_init(&key, 64);
	jc_buf_b64(&founding, s->founding, JC_HASH_LEN);
	jc_buf_b64(&key, pk, JC_PK_LEN);
	text[5] = founding.data;
	text[6] = key.data;
	if ((rc = jc_buf_check(&founding, "jc_relay", err)) == 0 && (rc = jc_buf_check(&key, "jc_relay", err)) == 0) {
		for (unsigned i = 0; i < 7; i++) {
			c[i] = (struct jc_change){.field = jc_catalogue_field_id(kind, i + 1)};
			c[i].text = (struct jc_slice){text[i], strlen(text[i])};
		}
		if ((rc = jc_save_id_key(sv, id, kind, (struct jc_slice){s->id, JC_ID_LEN}, err)) == 0)
			rc = jc_save_set(sv, kind, id, c, 7, 0, NULL, err);
	}
	jc_buf_free(&founding);
	jc_buf_free(&key);
	return rc;
}

static int
say(struct jc_node *node, int64_t target, int up, struct jc_err *err)
{
	struct word w = {0};
	struct jc_save *sv;
	int rc = unsaid(&w, node, target, up, err), end;

	if (rc == 0 && w.n != 0 && (rc = jc_save_begin(&sv, node, target, "relay", err)) == 0) {
		for (size_t i = 0; rc == 0 && i < w.n; i++)
			rc = say_one(sv, node->log, &w.v[i], err);
		end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	jc_free(w.v);
	return rc;
}

/* ---- what was said ---- */

/* A scope and its authority's key, as a record says them; 0: not well-formed. */
static int
word_read(struct jc_scope *s, uint8_t pk[JC_PK_LEN], struct jc_stmt *st)
{
	char *const out[] = {s->id, s->network, s->role, s->name, s->authority};
	const size_t room[] = {sizeof(s->id), sizeof(s->network), sizeof(s->role), sizeof(s->name), sizeof(s->authority)};
	const char *p;
	jc_id id;
	size_t n;

	memset(s, 0, sizeof(*s));
	for (int i = 0; i < 5; i++) {
		p = jc_col_text(st, i, &n);
		if (p == NULL || n == 0 || n >= room[i])
			return 0;
		memcpy(out[i], p, n);
	}
	p = jc_col_text(st, 6, &n);
	if (p == NULL || jc_b64_decode(pk, JC_PK_LEN, p, n) != JC_PK_LEN)
		return 0;
	jc_device_id(id, pk);
	p = jc_col_text(st, 5, &n);
	s->joined = 1;
	return p != NULL && jc_b64_decode(s->founding, JC_HASH_LEN, p, n) == JC_HASH_LEN &&
	    strcmp(id, s->authority) == 0 && jc_id_ok(s->id, strlen(s->id)) &&
	    jc_id_ok(s->network, strlen(s->network)) && jc_id_ok(s->authority, strlen(s->authority));
}

/* A scope that flows down from above and is new here. 1: *s is one. */
static int
next_below(struct jc_scope *s, uint8_t pk[JC_PK_LEN], struct jc_node *node, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT k.scope, k.network, k.role, k.name, k.authority, k.founding, k.key"
	    "  FROM k_relay k JOIN record r ON r.rec = k.rec JOIN scope c ON c.no = r.scope"
	    " WHERE c.role = 'common' AND c.mine = 0 AND r.void = 0 AND k.role = 'common'"
	    "   AND NOT EXISTS(SELECT 1 FROM scope s WHERE s.id = k.scope) ORDER BY k.rec", err);

	if (rc < 0)
		return rc;
	while ((rc = jc_stmt_step(st, err)) == 1)
		if (word_read(s, pk, st)) {
			jc_stmt_reset(st);
			return 1;
		}
	return rc;
}

/* A scope that the hub above knows by our word and that no session brings yet. 1: *no is one. */
static int
next_above(int64_t *no, struct jc_node *node, const struct jc_peer *peer, int64_t own, struct jc_err *err)
{
	int64_t rec[64];
	struct jc_stmt *st;
	size_t n = 0;
	struct jc_receipt receipt;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT k.rec, s.no FROM k_relay k JOIN record r ON r.rec = k.rec JOIN scope s ON s.id = k.scope"
	    " WHERE r.scope = :own AND s.role IN ('branch', 'office')"
	    "   AND NOT EXISTS(SELECT 1 FROM peer_scope p WHERE p.peer = :peer AND p.scope = s.no) ORDER BY k.rec LIMIT 32", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":own", own);
	jc_bind_int(st, ":peer", peer->no);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		rec[n++] = jc_col_int(st, 0);
		rec[n++] = jc_col_int(st, 1);
	}
	for (size_t i = 0; rc >= 0 && i < n; i += 2)
		if ((rc = jc_receipt_get(node, rec[i], &receipt, err)) >= 0 && receipt.level >= 1) {
			*no = rec[i + 1];
			return 1;
		}
	return rc < 0 ? rc : 0;
}

struct find {
	struct jc_scope hub, common;
};

static int
find_scope(void *arg, const struct jc_scope *s)
{
	struct find *f = arg;

	if (s->mine && s->joined && strcmp(s->role, "hub") == 0)
		f->hub = *s;
	if (s->mine && s->joined && strcmp(s->role, "common") == 0)
		f->common = *s;
	return 0;
}

static int
update_in_txn(struct jc_node *node, const struct jc_peer *peer, struct jc_err *err)
{
	struct find f = {0};
	uint8_t pk[JC_PK_LEN];
	struct jc_scope s;
	int64_t no;
	int rc;

	if ((rc = jc_scope_each(node->log, find_scope, &f, err)) < 0)
		return rc;
	while ((rc = next_below(&s, pk, node, err)) == 1)
		if ((rc = jc_device_add(node->log, pk, NULL, &no, err)) < 0 || (rc = jc_scope_put(&s, node->log, err)) < 0 ||
		    (rc = jc_peer_follow(peer, node, s.no, JC_PUSH_NONE, err)) < 0)
			return rc;
	if (rc < 0 || f.hub.no == 0)
		return rc;
	if ((rc = say(node, f.hub.no, 1, err)) < 0 || (f.common.no != 0 && (rc = say(node, f.common.no, 0, err)) < 0))
		return rc;
	while ((rc = next_above(&no, node, peer, f.hub.no, err)) == 1)
		if ((rc = jc_peer_follow(peer, node, no, JC_PUSH_FORWARD, err)) < 0)
			break;
	return rc;
}

int
jc_relay_update(struct jc_node *node, const struct jc_peer *peer, struct jc_err *err)
{
	int rc = jc_db_begin(node->db, err), end;

	if (rc < 0)
		return rc;
	rc = update_in_txn(node, peer, err);
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- at the hub above ---- */

/* The scope through which this one came first: 1 it is `own`, 0 another, -1 none yet. */
static int
brought_by(struct jc_node *node, const char *id, const char *own, int *yes, struct jc_err *err)
{
	char key[sizeof(VIA) + JC_ID_LEN], *was = NULL;
	struct jc_err why = {0};
	int rc;

	snprintf(key, sizeof(key), VIA "%s", id);
	rc = jc_meta_get(node->db, key, &was, &why);
	if (rc < 0 && rc != JC_ENOTFOUND) {
		if (err != NULL)
			*err = why;
		return rc;
	}
	*yes = was == NULL ? -1 : strcmp(was, own) == 0;
	jc_free(was);
	return 0;
}

/* Is the scope's authority a hub that is enrolled here through another scope? */
static int
is_anothers(struct jc_node *node, const char *authority, int64_t own, int *yes, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT 1 FROM credential c JOIN device d ON d.no = c.device WHERE d.id = :id AND c.scope <> :own", err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":id", authority);
	jc_bind_int(st, ":own", own);
	rc = jc_stmt_step(st, err);
	*yes = rc == 1;
	jc_stmt_reset(st);
	return rc < 0 ? rc : 0;
}

int
jc_relay_may(struct jc_scope *out, uint8_t pk[JC_PK_LEN], struct jc_node *node, int64_t own, const char *id, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(node->log);
	struct jc_scope hub;
	struct jc_stmt *st;
	int rc, yes;

	if ((rc = jc_scope_get(&hub, node->log, own, err)) < 0 || strcmp(hub.role, "hub") != 0 ||
	    (rc = jc_db_prep(&st, node->db,
	         "SELECT k.scope, k.network, k.role, k.name, k.authority, k.founding, k.key"
	         "  FROM k_relay k JOIN record r ON r.rec = k.rec"
	         " WHERE r.scope = :own AND r.void = 0 AND k.scope = :id AND k.role IN ('branch', 'office') LIMIT 1", err)) < 0)
		return rc < 0 ? rc : 0;
	jc_bind_int(st, ":own", own);
	jc_bind_str(st, ":id", id);
	if ((rc = jc_stmt_step(st, err)) <= 0)
		return rc;
	yes = word_read(out, pk, st);
	jc_stmt_reset(st);
	if (!yes || (key != NULL && strcmp(out->authority, key->id) == 0))
		return 0; /* our own scopes are brought by nobody */
	if ((rc = brought_by(node, id, hub.id, &yes, err)) < 0 || yes == 0)
		return rc;
	if (yes < 0 && ((rc = is_anothers(node, out->authority, own, &yes, err)) < 0 || yes))
		return rc;
	rc = jc_scope_find(&hub, node->log, id, err);
	if (rc == 0)
		*out = hub;
	return rc == 0 || rc == JC_ENOTFOUND ? 1 : rc;
}

int
jc_relay_take(struct jc_scope *s, struct jc_node *node, int64_t own, struct jc_err *err)
{
	char key[sizeof(VIA) + JC_ID_LEN];
	struct jc_scope there, hub;
	int rc = jc_scope_find(&there, node->log, s->id, NULL);

	s->no = rc == 0 ? there.no : 0;
	if (rc == 0)
		return 0;
	if (rc != JC_ENOTFOUND)
		return jc_scope_find(&there, node->log, s->id, err);
	snprintf(key, sizeof(key), VIA "%s", s->id);
	if ((rc = jc_scope_get(&hub, node->log, own, err)) < 0 || (rc = jc_scope_put(s, node->log, err)) < 0)
		return rc;
	return jc_meta_set(node->db, key, hub.id, err);
}

/* ---- notes of hubs farther up ---- */

int
jc_relay_upper(jc_id hubs[JC_RELAY_UPPER], size_t *n, uint64_t *mark, struct jc_node *node, const struct jc_scope *s,
    const char *serving, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(node->log);
	uint32_t h = 0;
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT hub || epoch || counter, hub FROM note WHERE scope = :scope AND tier = :tier"
	    " AND hub NOT IN (:home, :serving, :self) ORDER BY hub LIMIT 4", err);

	*n = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", s->no);
	jc_bind_int(st, ":tier", JC_TIER_CITY);
	jc_bind_str(st, ":home", s->authority);
	jc_bind_str(st, ":serving", serving);
	jc_bind_str(st, ":self", key != NULL ? key->id : "");
	while ((rc = jc_stmt_step(st, err)) == 1) {
		size_t len, id;
		const char *p = jc_col_text(st, 0, &len), *hub = jc_col_text(st, 1, &id);

		if (id != JC_ID_LEN || *n == JC_RELAY_UPPER)
			continue;
		memcpy(hubs[*n], hub, JC_ID_LEN);
		hubs[(*n)++][JC_ID_LEN] = '\0';
		h = jc_note_fnv(h == 0 ? JC_NOTE_FNV : h, p, len);
	}
	*mark = h;
	return rc;
}
