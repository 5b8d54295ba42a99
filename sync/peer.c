/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The hub above this node: where it is, how we know it, and what we remember of the last sessions. */
#include <stdio.h>
#include <string.h>

#include "sync_session.h"
#include "sync_succession.h"

static void
text_copy(char *out, size_t room, struct jc_stmt *st, int col)
{
	size_t n = 0;
	const char *s = jc_col_text(st, col, &n);

	n = s == NULL ? 0 : n < room ? n : room - 1;
	if (n != 0)
		memcpy(out, s, n);
	out[n] = '\0';
}

int
jc_peer_get(struct jc_peer *out, struct jc_node *node, struct jc_err *err)
{
	struct jc_stmt *st;
	const void *key;
	size_t n;
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = jc_db_prep(&st, node->db,
	         "SELECT no, url, hub, key, pin, login, secret, epoch, last_ok, last_try, last_err"
	         " FROM peer ORDER BY no LIMIT 1", err)) < 0)
		return rc;
	if ((rc = jc_stmt_step(st, err)) <= 0)
		return rc < 0 ? rc : jc_err_set(err, JC_ENOTFOUND, "jc_peer_get", "%s",
		    JC_T("还没有加入上级", "This node has not joined a hub yet"));
	out->no = jc_col_int(st, 0);
	text_copy(out->url, sizeof(out->url), st, 1);
	text_copy(out->hub, sizeof(out->hub), st, 2);
	key = jc_col_blob(st, 3, &n);
	if (n == JC_PK_LEN)
		memcpy(out->key, key, n);
	text_copy(out->pin, sizeof(out->pin), st, 4);
	text_copy(out->login, sizeof(out->login), st, 5);
	text_copy(out->secret, sizeof(out->secret), st, 6);
	text_copy(out->epoch, sizeof(out->epoch), st, 7);
	out->last_ok = jc_col_int(st, 8);
	out->last_try = jc_col_int(st, 9);
	text_copy(out->last_err, sizeof(out->last_err), st, 10);
	jc_stmt_reset(st);
	if (n != JC_PK_LEN)
		return jc_err_code(err, JC_ECORRUPT, "jc_peer_get");
	rc = jc_keyring_newest(out->key, node->log, out->hub, err); /* it may have replaced the one that it had then */
	return rc == JC_ENOTFOUND ? 0 : rc;
}

int
jc_peer_put(struct jc_peer *p, struct jc_node *node, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "INSERT INTO peer(no, url, hub, key, pin, login, secret, epoch, last_ok, last_try, last_err)"
	    " VALUES(:no, :url, :hub, :key, :pin, :login, :secret, :epoch, :ok, :try, :err)"
	    " ON CONFLICT(no) DO UPDATE SET url = excluded.url, hub = excluded.hub, key = excluded.key,"
	    " pin = excluded.pin, login = excluded.login, secret = excluded.secret, epoch = excluded.epoch,"
	    " last_ok = excluded.last_ok, last_try = excluded.last_try, last_err = excluded.last_err", err);

	if (rc < 0)
		return rc;
	if (p->no != 0)
		jc_bind_int(st, ":no", p->no);
	else
		jc_bind_null(st, ":no");
	jc_bind_str(st, ":url", p->url);
	jc_bind_str(st, ":hub", p->hub);
	jc_bind_blob(st, ":key", p->key, JC_PK_LEN);
	jc_bind_str(st, ":pin", p->pin);
	jc_bind_str(st, ":login", p->login);
	jc_bind_str(st, ":secret", p->secret);
	jc_bind_str(st, ":epoch", p->epoch[0] != '\0' ? p->epoch : NULL);
	jc_bind_int(st, ":ok", p->last_ok);
	jc_bind_int(st, ":try", p->last_try);
	jc_bind_str(st, ":err", p->last_err);
	jc_db_log_window(node->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(node->db, -1);
	if (rc == 0 && p->no == 0)
		p->no = jc_db_last_rowid(node->db);
	return rc;
}

int
jc_peer_follow(const struct jc_peer *p, struct jc_node *node, int64_t scope, int push, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "INSERT INTO peer_scope(peer, scope, push) VALUES(:peer, :scope, :push)"
	    " ON CONFLICT(peer, scope) DO UPDATE SET push = excluded.push", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":peer", p->no);
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":push", push);
	jc_db_log_window(node->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(node->db, -1);
	return rc;
}

int
jc_peer_cursor(const struct jc_peer *p, struct jc_node *node, int64_t scope, int64_t cursor, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "UPDATE peer_scope SET cursor = :cursor WHERE peer = :peer AND (scope = :scope OR :scope = 0)", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":cursor", cursor);
	jc_bind_int(st, ":peer", p->no);
	jc_bind_int(st, ":scope", scope);
	jc_db_log_window(node->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(node->db, -1);
	return rc;
}

static const char *
hole_key(char key[40], const jc_id scope)
{
	snprintf(key, 40, "news_hole.%s", scope);
	return key;
}

int
jc_peer_hole(struct jc_node *node, const jc_id scope, int64_t *version, struct jc_err *err)
{
	char key[40];

	return jc_meta_int(node->db, hole_key(key, scope), version, 0, err);
}

int
jc_peer_hole_set(struct jc_node *node, const jc_id scope, int64_t version, struct jc_err *err)
{
	char key[40];

	if (version == 0)
		return jc_meta_set(node->db, hole_key(key, scope), NULL, err);
	return jc_meta_set_int(node->db, hole_key(key, scope), version, err);
}
