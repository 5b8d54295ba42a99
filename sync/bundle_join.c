/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Joining by stick, with a code that was read out over the telephone (FORMAT 14):
 *
 *   branch   JCE file: key, nonce, tag and proof of the code        -> county
 *   county   `enrolled` file: its key, the answer of section 13,
 *            and at once the first answer of section 10             -> branch
 *
 * The branch does not have the county's key when it writes, only the id that stands in the code: the
 * proof is made over the id. The answer's proof is made over the key itself.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "bundle.h"

/* What a branch remembers between the two: the code as typed and the nonce. */
#define META_CODE "stick_join"
#define META_NONCE "stick_join_nonce"

static int
joined_already(struct jc_node *node, struct jc_err *err)
{
	struct jc_peer peer;
	int rc = jc_peer_get(&peer, node, NULL);

	if (rc == JC_ENOTFOUND)
		return 0;
	return rc < 0 ? jc_err_code(err, rc, "jc_bundle_join") : jc_err_set(err, JC_EEXISTS, "jc_bundle_join", "%s",
	    JC_T("这台电脑已经加入县里了，不用再加入", "This PC has joined already"));
}

static int
remember(struct jc_node *node, const char *typed, const uint8_t nonce[16], struct jc_err *err)
{
	struct jc_buf text;
	int rc, end;

	jc_buf_init(&text, 64);
	jc_buf_b64(&text, nonce, 16);
	if ((rc = jc_buf_check(&text, "jc_bundle_join", err)) == 0 && (rc = jc_db_begin(node->db, err)) == 0) {
		if ((rc = jc_meta_set(node->db, META_CODE, typed, err)) == 0)
			rc = jc_meta_set(node->db, META_NONCE, text.data, err);
		end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	jc_buf_free(&text);
	return rc;
}

int
jc_bundle_join(struct jc_buf *file, struct jc_node *node, const char *typed, struct jc_slip *slip, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	const struct jc_key *key = jc_log_key(node->log);
	struct jc_join_code code;
	struct jc_scope own;
	uint8_t nonce[16];
	int rc;

	memset(slip, 0, sizeof(*slip));
	if (key == NULL)
		return jc_err_code(err, JC_ESTATE, "jc_bundle_join");
	if ((rc = jc_enrol_practice(node, err)) < 0)
		return rc;
	if ((rc = joined_already(node, err)) < 0 || (rc = jc_code_parse(&code, typed, err)) < 0)
		return rc;
	jc_buf_reset(file);
	jc_buf_put(file, JC_BUNDLE_JOIN_MAGIC "\0", 4);
	if ((rc = jc_enrol_request(file, nonce, &code, env, key, NULL, err)) < 0 ||
	    (rc = remember(node, typed, nonce, err)) < 0)
		return rc;
	slip->kind = JC_BUNDLE_JOIN;
	memcpy(slip->sender, key->id, sizeof(slip->sender));
	memcpy(slip->receiver, code.hub, sizeof(slip->receiver));
	if (jc_node_scope(node, &own, NULL) == 0)
		jc_label_make(slip->name, own.name, "");
	slip->part = slip->last = 1;
	slip->time = env->wall_ms(env->ctx) / 1000;
	jc_bundle_mark(slip, file->data, file->len);
	return 0;
}

/* ---- the county ---- */

/* The scopes that a device of `own` may read, from the beginning. */
struct wish {
	struct jc_bundle_ask ask[JC_CARRY_SECTIONS];
	size_t n;
	int64_t own;
};

static int
wish_add(void *arg, const struct jc_scope *s)
{
	struct wish *w = arg;

	if (w->n < JC_CARRY_SECTIONS && s->joined && (s->no == w->own || strcmp(s->role, "common") == 0))
		memcpy(w->ask[w->n++].scope, s->id, sizeof(jc_id));
	return 0;
}

static int
wish_store(struct jc_node *hub, int64_t device, int64_t scope, const struct jc_buf *answer, struct jc_err *err)
{
	struct wish *w = jc_calloc(1, sizeof(*w));
	struct jc_buf ask;
	int rc;

	if (w == NULL)
		return JC_NOMEM(err, "wish_store");
	w->own = scope;
	jc_buf_init(&ask, 65536);
	if ((rc = jc_scope_each(hub->log, wish_add, w, err)) >= 0) {
		jc_bundle_ask_put(&ask, "", w->ask, w->n);
		if ((rc = jc_buf_check(&ask, "wish_store", err)) == 0)
			rc = jc_bundle_ask_store(hub, device, 0, (struct jc_slice){ask.data, ask.len}, answer, err);
	}
	jc_buf_free(&ask);
	jc_free(w);
	return rc;
}

static int
join_take(struct jc_node *hub, const char *body, size_t n, struct jc_slip *slip, struct jc_err *err)
{
	struct jc_buf answer;
	struct jc_stmt *st;
	struct jc_scope s;
	int64_t device, scope = 0;
	int rc;

	jc_buf_init(&answer, JC_ENROL_MAX);
	if ((rc = jc_enrol_take_file(&answer, slip->sender, slip->receiver, hub, body, n, err)) < 0 ||
	    (rc = jc_device_find(hub->log, slip->sender, &device, NULL, err)) < 0 ||
	    (rc = jc_db_prep(&st, hub->db, "SELECT scope FROM credential WHERE device = :device", err)) < 0)
		goto out;
	jc_bind_int(st, ":device", device);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		scope = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	if (rc >= 0 && (rc = jc_scope_get(&s, hub->log, scope, err)) == 0) {
		jc_label_make(slip->name, s.name, "");
		rc = wish_store(hub, device, scope, &answer, err);
	}
out:
	jc_buf_free(&answer);
	return rc;
}

int
jc_bundle_join_take(struct jc_node *hub, const void *file, size_t n, struct jc_slip *slip, struct jc_err *err)
{
	const char *p = file;
	int rc, end;

	slip->kind = JC_BUNDLE_JOIN;
	slip->part = slip->last = 1;
	if (n < 4 || n > JC_ENROL_MAX)
		return jc_err_set(err, JC_EFORMAT, "jc_bundle_read", "%s",
		    JC_T("这个加入文件不完整，请重新写一份", "The file that asks to join is incomplete; write it again"));
	if (p[3] != '\0')
		return jc_err_code(err, JC_ENEWER, "jc_bundle_read");
	if ((rc = jc_db_begin(hub->db, err)) < 0)
		return rc;
	rc = join_take(hub, p + 4, n - 4, slip, err);
	/* A wrong try is counted: that must be stored. */
	end = jc_db_end(hub->db, rc >= 0 || rc == JC_EDENIED, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- the device ---- */

static int
pending_get(struct jc_node *node, struct jc_join_code *code, uint8_t nonce[16], struct jc_err *err)
{
	char *typed = NULL, *text = NULL;
	int rc;

	rc = jc_meta_get(node->db, META_CODE, &typed, err);
	if (rc == 0 && (rc = jc_meta_get(node->db, META_NONCE, &text, err)) == 0 &&
	    ((rc = jc_code_parse(code, typed, err)) < 0 || jc_b64_decode(nonce, 16, text, strlen(text)) != 16))
		rc = rc < 0 ? rc : jc_err_code(err, JC_ECORRUPT, "jc_bundle_read");
	jc_free(typed);
	jc_free(text);
	if (rc != JC_ENOTFOUND)
		return rc;
	return jc_err_set(err, JC_ESTATE, "jc_bundle_read", "%s",
	    JC_T("这台电脑没有申请过加入，请先运行 jiceng join --stick 文件夹 加入码",
	        "This PC has not asked to join; run jiceng join --stick DIR CODE first"));
}

static int
join_accept(struct jc_node *node, const struct jc_keys *hub, const uint8_t *answer, size_t n,
    const struct jc_bundle_head *h, struct jc_err *err)
{
	struct jc_join_code code;
	struct jc_scope own;
	uint8_t nonce[16];
	int rc;

	if ((rc = pending_get(node, &code, nonce, err)) < 0)
		return rc;
	if (strcmp(code.hub, h->sender) != 0)
		return jc_err_set(err, JC_ESIGNATURE, "jc_bundle_read", "%s",
		    JC_T("这个文件不是给出加入码的那个县写的", "The file is not from the hub that issued the code"));
	if ((rc = jc_enrol_accept(node, &code, jc_log_key(node->log), hub, nonce, "", "", answer, n, err)) < 0 ||
	    (rc = jc_node_scope(node, &own, err)) < 0)
		return rc;
	if (strcmp(own.network, h->network) != 0)
		return jc_err_code(err, JC_EFORMAT, "jc_bundle_read");
	if ((rc = jc_meta_set(node->db, META_CODE, NULL, err)) < 0)
		return rc;
	return jc_meta_set(node->db, META_NONCE, NULL, err);
}

int
jc_bundle_join_done(struct jc_node *node, struct jc_rd *r, const struct jc_bundle_head *h, const void *file,
    struct jc_err *err)
{
	const uint8_t *pk = jc_rd_bytes(r, JC_PK_LEN), *answer;
	uint64_t n = jc_rd_varint(r);
	struct jc_keys keys = h->keys;
	struct jc_peer peer;
	int rc, end;

	if (pk == NULL || r->bad || n > JC_ENROL_MAX || (answer = jc_rd_bytes(r, (size_t)n)) == NULL)
		return jc_err_code(err, JC_EFORMAT, "jc_bundle_read");
	if (keys.n == 0)
		(void)jc_succession_read(&keys, pk, JC_PK_LEN); /* the first key alone, which the code names */
	if (memcmp(pk, keys.key[0], JC_PK_LEN) != 0 || strcmp(keys.id, h->sender) != 0 ||
	    !jc_bundle_signed_by(h, file, keys.key[keys.n - 1]))
		return jc_err_set(err, JC_ESIGNATURE, "jc_bundle_read", "%s",
		    JC_T("这个文件不完整或者被改动过，请重新拷一份；什么都没有改",
		        "The file is incomplete or was changed; copy it again. Nothing was changed here"));
	if (jc_peer_get(&peer, node, NULL) == 0)
		return strcmp(peer.hub, h->sender) == 0 ? 0 : jc_err_code(err, JC_EDENIED, "jc_bundle_read");
	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = join_accept(node, &keys, answer, (size_t)n, h, err);
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end < 0 ? end : 1;
}

/* ---- who has asked ---- */

int
jc_bundle_askers(struct jc_node *hub, int (*each)(void *arg, const char *device, const char *branch, int64_t time),
    void *arg, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, hub->db,
	    "SELECT device.id, scope.name, stick.time FROM stick JOIN device ON device.no = stick.device"
	    " JOIN credential ON credential.device = stick.device JOIN scope ON scope.no = credential.scope"
	    " ORDER BY stick.device", err);

	while (rc >= 0 && (rc = jc_stmt_step(st, err)) == 1) {
		size_t n;
		const char *device = jc_col_text(st, 0, &n), *branch = jc_col_text(st, 1, &n);

		if ((rc = each(arg, device, branch, jc_col_int(st, 2))) != 0) {
			jc_stmt_reset(st);
			break;
		}
	}
	return rc;
}
