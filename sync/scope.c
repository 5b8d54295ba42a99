/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Scopes: rows, founding, enrolment. A scope begins with a signed founding record whose hash stands in
 * the first commit of every chain, so that no chain can be carried into another scope. */
#include "log.h"
#include "sync_succession.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"

/* ---- rows ---- */

#define SCOPE_COLUMNS "no, id, role, name, network, authority, founding, idkey, mine"

static void
id_column(jc_id out, struct jc_stmt *st, int i)
{
	size_t n;
	const char *s = jc_col_text(st, i, &n);

	out[0] = '\0';
	if (s != NULL && n == JC_ID_LEN)
		memcpy(out, s, JC_ID_LEN + 1);
}

static void
text_column(char *out, size_t room, struct jc_stmt *st, int i)
{
	size_t n;
	const char *s = jc_col_text(st, i, &n);

	snprintf(out, room, "%s", s != NULL ? s : "");
}

static void
scope_read(struct jc_scope *s, struct jc_stmt *st)
{
	const void *blob;
	size_t n;

	memset(s, 0, sizeof(*s));
	s->no = jc_col_int(st, 0);
	id_column(s->id, st, 1);
	text_column(s->role, sizeof(s->role), st, 2);
	text_column(s->name, sizeof(s->name), st, 3);
	id_column(s->network, st, 4);
	id_column(s->authority, st, 5);
	blob = jc_col_blob(st, 6, &n);
	if (blob != NULL && n == JC_HASH_LEN) {
		memcpy(s->founding, blob, JC_HASH_LEN);
		s->joined = s->id[0] != '\0' && s->network[0] != '\0' && s->authority[0] != '\0';
	}
	blob = jc_col_blob(st, 7, &n);
	if (blob != NULL && n == sizeof(s->idkey))
		memcpy(s->idkey, blob, sizeof(s->idkey));
	s->mine = jc_col_int(st, 8) != 0;
}

/* The row of a statement already bound. */
static int
scope_one(struct jc_scope *out, struct jc_stmt *st, struct jc_err *err)
{
	int rc = jc_stmt_step(st, err);

	if (rc == 0)
		return jc_err_set(err, JC_ENOTFOUND, "jc_scope", JC_T("没有这个单位的记录", "There is no such scope"));
	if (rc < 0)
		return rc;
	scope_read(out, st);
	jc_stmt_reset(st);
	return 0;
}

int
jc_scope_get(struct jc_scope *out, struct jc_log *log, int64_t no, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT " SCOPE_COLUMNS " FROM scope WHERE no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	return scope_one(out, st, err);
}

int
jc_scope_find(struct jc_scope *out, struct jc_log *log, const char *id, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT " SCOPE_COLUMNS " FROM scope WHERE id = :id", err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":id", id);
	return scope_one(out, st, err);
}

int
jc_scope_named(struct jc_scope *out, struct jc_log *log, const char *role, const char *name, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "SELECT " SCOPE_COLUMNS " FROM scope WHERE role = :role AND name = :name ORDER BY no LIMIT 1", err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":role", role);
	jc_bind_str(st, ":name", name);
	return scope_one(out, st, err);
}

int
jc_scope_each(struct jc_log *log, int (*each)(void *arg, const struct jc_scope *s), void *arg, struct jc_err *err)
{
	struct jc_scope s;
	struct jc_stmt *st;
	int64_t after = 0;
	int rc;

	/* One query per scope, so that the callback may do what it likes. */
	for (;;) {
		if ((rc = jc_db_prep(&st, log->db,
		         "SELECT " SCOPE_COLUMNS " FROM scope WHERE no > :after ORDER BY no LIMIT 1", err)) < 0)
			return rc;
		jc_bind_int(st, ":after", after);
		if ((rc = jc_stmt_step(st, err)) != 1)
			return rc;
		scope_read(&s, st);
		jc_stmt_reset(st);
		after = s.no;
		if ((rc = each(arg, &s)) != 0)
			return rc;
	}
}

static void
bind_id(struct jc_stmt *st, const char *name, const jc_id id)
{
	if (id[0] != '\0')
		jc_bind_text(st, name, id, JC_ID_LEN);
	else
		jc_bind_null(st, name);
}

static int
scope_write(struct jc_scope *s, struct jc_log *log, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "INSERT INTO scope(no, id, role, name, network, authority, founding, idkey, mine)"
	    " VALUES(:no, :id, :role, :name, :network, :authority, :founding, :idkey, :mine)"
	    " ON CONFLICT(no) DO UPDATE SET id = excluded.id, role = excluded.role, name = excluded.name,"
	    " network = excluded.network, authority = excluded.authority, founding = excluded.founding,"
	    " idkey = excluded.idkey, mine = excluded.mine", err);

	if (rc < 0)
		return rc;
	if (s->no != 0)
		jc_bind_int(st, ":no", s->no);
	else
		jc_bind_null(st, ":no");
	bind_id(st, ":id", s->id);
	jc_bind_str(st, ":role", s->role);
	jc_bind_str(st, ":name", s->name);
	bind_id(st, ":network", s->network);
	bind_id(st, ":authority", s->authority);
	if (s->joined)
		jc_bind_blob(st, ":founding", s->founding, JC_HASH_LEN);
	else
		jc_bind_null(st, ":founding");
	jc_bind_blob(st, ":idkey", s->idkey, sizeof(s->idkey));
	jc_bind_int(st, ":mine", s->mine != 0);
	if ((rc = jc_stmt_run(st, err)) == 0 && s->no == 0)
		s->no = jc_db_last_rowid(log->db);
	return rc;
}

int
jc_scope_put(struct jc_scope *s, struct jc_log *log, struct jc_err *err)
{
	int rc;

	jc_db_log_window(log->db, 1);
	rc = scope_write(s, log, err);
	jc_db_log_window(log->db, -1);
	return rc;
}

/* ---- operations of the authority ---- */

/* One text field of an operation under construction. */
static void
field_put(struct jc_opfield *f, const char *name, const char *p, size_t n)
{
	*f = (struct jc_opfield){.name = {name, strlen(name)}, .kind = JC_VAL_TEXT, .text = {p, n}};
}

static int
op_line(struct jc_buf *line, struct jc_log *log, struct jc_op *op, const jc_id batch, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(log->db);
	struct jc_opctx ctx = {0};
	int rc;

	memcpy(op->batch, batch, sizeof(op->batch));
	op->time = env->wall_ms(env->ctx) / 1000;
	if (op->time < 0)
		op->time = 0;
	jc_buf_reset(line);
	if ((rc = jc_op_write(line, op, &ctx, err)) < 0)
		return rc;
	return jc_buf_check(line, "jc_scope", err);
}

/* `was`: number of the operation that gave the standing so far, 0: none. */
static int
device_line(struct jc_buf *line, struct jc_log *log, const uint8_t pk[JC_PK_LEN], const char *label, const char *role,
    const jc_id batch, int64_t place, int64_t was, struct jc_err *err)
{
	struct jc_opref ref = {.kind = JC_REF_LOCAL, .n = was};
	struct jc_opnames name = {JC_SLICE("state"), &ref, 1};
	struct jc_opfield f[4];
	struct jc_op op = {.verb = JC_V_DEVICE, .place = place, .count = place + 1, .fields = f, .nfields = 4};
	struct jc_buf key;
	int rc;

	jc_device_id(op.rec, pk);
	jc_buf_init(&key, 64);
	jc_buf_b64(&key, pk, JC_PK_LEN);
	if ((rc = jc_buf_check(&key, "jc_scope", err)) == 0) {
		field_put(&f[0], "key", key.data, key.len);
		field_put(&f[1], "label", label, strlen(label));
		field_put(&f[2], "role", role, strlen(role));
		field_put(&f[3], "state", "enrolled", 8);
		if (was != 0) {
			op.names = &name;
			op.nnames = 1;
		}
		rc = op_line(line, log, &op, batch, err);
	}
	jc_buf_free(&key);
	return rc;
}

static int
found_line(struct jc_buf *line, struct jc_log *log, const struct jc_scope *s, const jc_id batch, struct jc_err *err)
{
	struct jc_opfield f[6];
	struct jc_op op = {.verb = JC_V_FOUND, .fields = f, .nfields = 6};
	uint8_t pk[JC_PK_LEN];
	struct jc_buf key;
	int rc;

	jc_key_public(pk, log->key, 0);
	jc_buf_init(&key, 64);
	jc_buf_b64(&key, pk, JC_PK_LEN);
	if ((rc = jc_buf_check(&key, "jc_scope", err)) == 0) {
		field_put(&f[0], "authority", s->authority, JC_ID_LEN);
		field_put(&f[1], "key", key.data, key.len);
		field_put(&f[2], "keyver", "1", 1);
		field_put(&f[3], "name", s->name, strlen(s->name));
		field_put(&f[4], "network", s->network, JC_ID_LEN);
		field_put(&f[5], "role", s->role, strlen(s->role));
		rc = op_line(line, log, &op, batch, err);
	}
	jc_buf_free(&key);
	return rc;
}

static int
draft_put(struct jc_log *log, int64_t scope, int64_t no, const struct jc_buf *line, struct jc_err *err)
{
	return jc_log_draft(log, scope, JC_TIER_CITY, no, line->data, line->len - 1, err);
}

int
jc_scope_succession(struct jc_log *log, const struct jc_scope *s, int64_t no, const uint8_t next[JC_PK_LEN],
    const uint8_t sig[JC_SIG_LEN], int64_t *op, struct jc_err *err)
{
	struct jc_opfield f[3];
	struct jc_op o = {.verb = JC_V_DEVICE, .count = 1, .fields = f, .nfields = 3};
	struct jc_buf key, proof, line;
	char number[24];
	jc_id batch;
	int rc;

	memcpy(o.rec, log->key->id, sizeof(o.rec));
	snprintf(number, sizeof(number), "%lld", (long long)no);
	jc_buf_init(&key, 64);
	jc_buf_init(&proof, 128);
	jc_buf_init(&line, JC_LINE_MAX);
	jc_buf_b64(&key, next, JC_PK_LEN);
	jc_buf_b64(&proof, sig, JC_SIG_LEN);
	if ((rc = jc_buf_check(&key, "jc_scope", err)) == 0 && (rc = jc_buf_check(&proof, "jc_scope", err)) == 0) {
		field_put(&f[0], "next", key.data, key.len);
		field_put(&f[1], "no", number, strlen(number));
		field_put(&f[2], "proof", proof.data, proof.len);
		if ((rc = jc_id_random(batch, jc_db_env(log->db), err)) == 0 && (rc = op_line(&line, log, &o, batch, err)) == 0 &&
		    (rc = jc_log_reserve(log, 1, op, err)) == 0)
			rc = draft_put(log, s->no, *op, &line, err);
	}
	jc_buf_free(&key);
	jc_buf_free(&proof);
	jc_buf_free(&line);
	return rc;
}

/* Cuts what was just written and lets it take effect here as it will elsewhere. */
static int
cut_and_fold(struct jc_log *log, int64_t scope, int64_t first, int64_t n, struct jc_err *err)
{
	struct jc_opread read;
	int64_t made;
	int rc = jc_cut(log, scope, 0, &made, err);

	jc_opread_init(&read);
	for (int64_t no = first; rc == 0 && no < first + n; no++)
		if ((rc = jc_log_op_read(log, no, &read, err)) == 0)
			rc = jc_log_fold_standing(log, scope, &read.op, no, err);
	jc_opread_free(&read);
	return rc;
}

/* ---- founding ---- */

static int
scope_fill(struct jc_scope *s, struct jc_log *log, const char *role, const char *name, const char *network,
    struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(log->db);
	int rc;

	memset(s, 0, sizeof(*s));
	if (strlen(role) >= sizeof(s->role) || strlen(name) >= sizeof(s->name) || name[0] == '\0')
		return jc_err_set(err, JC_EINVAL, "jc_scope_found",
		    JC_T("名称要有，最多%zu个字节", "A name of 1 to %zu bytes is needed"), sizeof(s->name) - 1);
	memcpy(s->role, role, strlen(role) + 1);
	memcpy(s->name, name, strlen(name) + 1);
	memcpy(s->authority, log->key->id, sizeof(s->authority));
	s->mine = 1;
	s->joined = 1;
	if (network[0] != '\0' && !jc_id_ok(network, strlen(network)))
		return jc_err_code(err, JC_EINVAL, "jc_scope_found");
	if (network[0] != '\0')
		memcpy(s->network, network, sizeof(s->network));
	else if ((rc = jc_id_random(s->network, env, err)) < 0)
		return rc;
	if ((rc = jc_id_random(s->id, env, err)) < 0)
		return rc;
	if (env->random(env->ctx, s->idkey, sizeof(s->idkey)) != 0)
		return jc_err_code(err, JC_EIO, "jc_scope_found");
	return 0;
}

static int
found(struct jc_scope *s, struct jc_log *log, struct jc_err *err)
{
	uint8_t pk[JC_PK_LEN];
	struct jc_buf line;
	int64_t first;
	jc_id batch;
	int rc;

	jc_key_public(pk, log->key, 0);
	jc_buf_init(&line, JC_LINE_MAX);
	/* The founding operation opens the payload, so its line there is the draft's line. */
	if ((rc = jc_id_random(batch, jc_db_env(log->db), err)) == 0 &&
	    (rc = found_line(&line, log, s, batch, err)) == 0) {
		jc_hash(s->founding, line.data, line.len - 1);
		rc = jc_scope_put(s, log, err);
	}
	if (rc == 0 && (rc = jc_log_reserve(log, 2, &first, err)) == 0 &&
	    (rc = draft_put(log, s->no, first, &line, err)) == 0 &&
	    (rc = device_line(&line, log, pk, log->label, "hub", batch, 1, 0, err)) == 0 &&
	    (rc = draft_put(log, s->no, first + 1, &line, err)) == 0 && (rc = jc_keyring_say(log, s, err)) == 0)
		rc = cut_and_fold(log, s->no, first, 2, err);
	jc_buf_free(&line);
	return rc;
}

static int
authority_end(struct jc_log *log, int rc, struct jc_err *err)
{
	int end = jc_db_end(log->db, rc >= 0, rc >= 0 ? err : NULL);

	if (rc < 0 || end < 0)
		jc_log_forget(log);
	return rc < 0 ? rc : end;
}

int
jc_scope_found(struct jc_scope *s, struct jc_log *log, const char *role, const char *name,
    const char *network, struct jc_err *err)
{
	int rc;

	if (log->key == NULL)
		return jc_err_set(err, JC_ESTATE, "jc_scope_found", JC_T("本机没有签名密钥", "This node has no signing key"));
	if ((rc = scope_fill(s, log, role, name, network, err)) < 0 || (rc = jc_db_begin(log->db, err)) < 0)
		return rc;
	return authority_end(log, found(s, log, err), err);
}

/* ---- enrolment ---- */

static int
standing_op(struct jc_log *log, int64_t scope, const uint8_t pk[JC_PK_LEN], char state[12], int64_t *op,
    struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t device;
	jc_id id;
	int rc;

	state[0] = '\0';
	*op = 0;
	jc_device_id(id, pk);
	if ((rc = jc_device_find(log, id, &device, NULL, err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	if ((rc = jc_device_standing(log, scope, device, state, err)) < 0 || state[0] == '\0')
		return rc;
	if ((rc = jc_db_prep(&st, log->db, "SELECT op FROM standing WHERE scope = :scope AND device = :device", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":device", device);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc;
	*op = jc_col_int(st, 0);
	jc_stmt_reset(st);
	return 0;
}

static int
enrol(struct jc_log *log, const struct jc_scope *s, const uint8_t pk[JC_PK_LEN], const char *label, const char *role,
    struct jc_err *err)
{
	struct jc_buf line;
	char state[12];
	int64_t no, was;
	jc_id batch;
	int rc = standing_op(log, s->no, pk, state, &was, err);

	if (rc < 0 || strcmp(state, "enrolled") == 0)
		return rc;
	jc_buf_init(&line, JC_LINE_MAX);
	if ((rc = jc_id_random(batch, jc_db_env(log->db), err)) == 0 &&
	    (rc = device_line(&line, log, pk, label, role, batch, 0, was, err)) == 0 &&
	    (rc = jc_log_reserve(log, 1, &no, err)) == 0 && (rc = draft_put(log, s->no, no, &line, err)) == 0)
		rc = cut_and_fold(log, s->no, no, 1, err);
	jc_buf_free(&line);
	return rc;
}

/* ---- revoking ---- */

struct heads {
	struct jc_buf text;
	struct jc_err *err;
};

static int
head_add(void *arg, const struct jc_tip *tip)
{
	struct heads *h = arg;

	if (tip->tier == JC_TIER_BRANCH)
		return 0; /* never came here */
	if (h->text.len != 0)
		jc_buf_putc(&h->text, ' ');
	jc_buf_b64(&h->text, tip->hash, JC_H16);
	return 0;
}

static int
revoke(struct jc_log *log, const struct jc_scope *s, int64_t device, const jc_id id, int64_t was, struct jc_err *err)
{
	struct jc_opref ref = {.kind = JC_REF_LOCAL, .n = was};
	struct jc_opnames name = {JC_SLICE("state"), &ref, 1};
	struct jc_opfield f[2];
	struct jc_op op = {.verb = JC_V_DEVICE, .count = 1, .fields = f, .names = &name, .nnames = 1};
	struct heads heads = {.err = err};
	struct jc_buf line;
	int64_t no;
	jc_id batch;
	int rc;

	memcpy(op.rec, id, sizeof(op.rec));
	jc_buf_init(&heads.text, 16384);
	jc_buf_init(&line, JC_LINE_MAX);
	if ((rc = jc_log_tips(log, s->no, -1, device, head_add, &heads, err)) < 0 ||
	    (rc = jc_buf_check(&heads.text, "jc_scope_revoke", err)) < 0)
		goto out;
	if (heads.text.len != 0)
		field_put(&f[op.nfields++], "heads", heads.text.data, heads.text.len);
	field_put(&f[op.nfields++], "state", "revoked", 7);
	if ((rc = jc_id_random(batch, jc_db_env(log->db), err)) == 0 && (rc = op_line(&line, log, &op, batch, err)) == 0 &&
	    (rc = jc_log_reserve(log, 1, &no, err)) == 0 && (rc = draft_put(log, s->no, no, &line, err)) == 0)
		rc = cut_and_fold(log, s->no, no, 1, err);
out:
	jc_buf_free(&heads.text);
	jc_buf_free(&line);
	return rc;
}

/* A revocation with the heads that are there now: the first of a device, or one that accepts more of it. */
static int
revocation(struct jc_log *log, const struct jc_scope *s, const jc_id id, const char *from, struct jc_err *err)
{
	uint8_t pk[JC_PK_LEN];
	int64_t device, was;
	char state[12];
	int rc;

	if (log->key == NULL || strcmp(log->key->id, s->authority) != 0)
		return jc_err_set(err, JC_EDENIED, "jc_scope_revoke",
		    JC_T("只有“%s”的上级可以停用设备", "Only the hub of \"%s\" can revoke a device"), s->name);
	if (strcmp(id, log->key->id) == 0)
		return jc_err_set(err, JC_EDENIED, "jc_scope_revoke", "%s", JC_T("不能停用自己", "A hub cannot revoke itself"));
	if ((rc = jc_device_find(log, id, &device, pk, err)) < 0 || (rc = standing_op(log, s->no, pk, state, &was, err)) < 0)
		return rc;
	if (strcmp(state, from) != 0)
		return jc_err_set(err, JC_ESTATE, "jc_scope_revoke", "%s", from[0] == 'e'
		        ? JC_T("这台设备没有在用，不用停用", "This device is not enrolled there")
		        : JC_T("这台设备没有停用过，它写的都算数", "This device was not revoked; all it wrote stands"));
	if ((rc = jc_db_begin(log->db, err)) < 0)
		return rc;
	return authority_end(log, revoke(log, s, device, id, was, err), err);
}

int
jc_scope_revoke(struct jc_log *log, const struct jc_scope *s, const jc_id id, struct jc_err *err)
{
	return revocation(log, s, id, "enrolled", err);
}

int
jc_scope_accept(struct jc_log *log, const struct jc_scope *s, const jc_id id, struct jc_err *err)
{
	return revocation(log, s, id, "revoked", err);
}

int
jc_scope_enrol(struct jc_log *log, const struct jc_scope *s, const uint8_t pk[JC_PK_LEN], const char *label,
    const char *role, struct jc_err *err)
{
	int rc;

	if (log->key == NULL || strcmp(log->key->id, s->authority) != 0)
		return jc_err_set(err, JC_EDENIED, "jc_scope_enrol",
		    JC_T("只有“%s”的上级可以登记设备", "Only the hub of \"%s\" can enrol a device"), s->name);
	if (strlen(label) > JC_LABEL_MAX)
		return jc_err_set(err, JC_EINVAL, "jc_scope_enrol",
		    JC_T("电脑的名称最多%d个字节", "The label of a PC has at most %d bytes"), JC_LABEL_MAX);
	if ((rc = jc_db_begin(log->db, err)) < 0)
		return rc;
	return authority_end(log, enrol(log, s, pk, label, role, err), err);
}
