/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The keyring: whose keys this node knows (FORMAT 23). The first key of a device stands in its
 * row, what followed in `succession`. In the log a statement is an operation of the hub itself,
 * signed by the key before, and comes before every commit that the new key signs: so whoever has
 * the commits has what it takes to check them, by whatever way they came. Nearly every node has
 * nothing here, which one look finds out.
 */
#include "sync_succession.h"

#include <string.h>

#include "../schema/schema_mem.h"
#include "log.h"
#include "sync_note.h"

/* 1 if any hub known here has replaced its key. */
static int
rekeyed(struct jc_log *log, struct jc_err *err)
{
	int64_t any = 1;
	int rc = log->rekeyed ? 0 : jc_db_int(log->db, &any, "SELECT EXISTS(SELECT 1 FROM succession)", err);

	return rc < 0 ? rc : (log->rekeyed = any != 0);
}

static int
rows_read(struct jc_keys *out, struct jc_log *log, int64_t device, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT no, key, sig FROM succession WHERE device = :device ORDER BY no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":device", device);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		size_t nkey, nsig;
		const void *key = jc_col_blob(st, 1, &nkey), *sig = jc_col_blob(st, 2, &nsig);

		if (jc_col_int(st, 0) != (int64_t)out->n || out->n == JC_KEYS_MAX || nkey != JC_PK_LEN || nsig != JC_SIG_LEN) {
			jc_stmt_reset(st);
			return jc_err_code(err, JC_ECORRUPT, "jc_keyring");
		}
		memcpy(out->key[out->n], key, JC_PK_LEN);
		memcpy(out->sig[out->n++], sig, JC_SIG_LEN);
	}
	return rc;
}

static int
keys_read(struct jc_keys *out, int64_t *device, struct jc_log *log, const char *id, struct jc_err *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = jc_device_find(log, id, device, out->key[0], err)) < 0)
		return rc;
	memcpy(out->id, id, JC_ID_LEN + 1);
	out->n = 1;
	return (rc = rekeyed(log, err)) == 1 ? rows_read(out, log, *device, err) : rc;
}

int
jc_keyring_get(struct jc_keys *out, struct jc_log *log, const char *id, struct jc_err *err)
{
	int64_t device;

	return keys_read(out, &device, log, id, err);
}

int
jc_keyring_newest(uint8_t pk[JC_PK_LEN], struct jc_log *log, const char *id, struct jc_err *err)
{
	struct jc_keys keys;
	int rc = jc_keyring_get(&keys, log, id, err);

	if (rc == 0)
		memcpy(pk, keys.key[keys.n - 1], JC_PK_LEN);
	return rc;
}

int
jc_keyring_has(struct jc_log *log, const char *id, const uint8_t pk[JC_PK_LEN], int *at, struct jc_err *err)
{
	struct jc_keys keys;
	int rc = jc_keyring_get(&keys, log, id, err);

	*at = rc == 0 ? jc_succession_place(&keys, pk) : -1;
	return rc < 0 ? rc : *at >= 0;
}

/* The commit of a scope that carries statement `no` of a device; 0: none does. */
static int
said_in(int64_t *commit_no, struct jc_log *log, int64_t scope, const char *id, int64_t no, struct jc_err *err)
{
	struct jc_place place;
	struct jc_stmt *st;
	int64_t op = 0;
	int rc = jc_db_prep(&st, log->db,
	    "SELECT s.op FROM succession_op AS s JOIN device AS d ON d.no = s.device"
	    " WHERE s.scope = :scope AND d.id = :id AND s.no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_str(st, ":id", id);
	jc_bind_int(st, ":no", no);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc;
	op = jc_col_int(st, 0);
	jc_stmt_reset(st);
	if ((rc = jc_log_place(log, op, &place, err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc; /* a draft */
	*commit_no = place.commit_no;
	return 1;
}

int
jc_keyring_may(struct jc_log *log, int64_t scope, const struct jc_commit *c, struct jc_err *err)
{
	const struct jc_cinfo *parent;
	struct jc_keys keys;
	int64_t replaced;
	int rc = jc_keyring_get(&keys, log, c->device, err), at;

	if (rc < 0 || (at = jc_succession_place(&keys, c->pk)) < 0)
		return rc < 0 ? rc : 0;
	if (at == (int)keys.n - 1 || (rc = said_in(&replaced, log, scope, c->device, at + 1, err)) != 1)
		return rc < 0 ? rc : 1;
	for (size_t i = 0; i < c->nparents; i++) {
		rc = jc_log_info_h16(&parent, log, scope, c->parent_hash[i], err);
		if (rc == JC_ENOTFOUND) /* that is another question */
			continue;
		if (rc < 0 || (rc = jc_log_reaches(log, parent->no, replaced, err)) != 0)
			return rc < 0 ? rc : 0;
	}
	return 1;
}

int
jc_keyring_owner(jc_id out, struct jc_log *log, const uint8_t pk[JC_PK_LEN], struct jc_err *err)
{
	uint8_t newest[JC_PK_LEN];
	struct jc_stmt *st;
	int rc;

	jc_device_id(out, pk);
	if ((rc = jc_db_prep(&st, log->db,
	         "SELECT d.id FROM succession AS s JOIN device AS d ON d.no = s.device WHERE s.key = :key", err)) < 0)
		return rc;
	jc_bind_blob(st, ":key", pk, JC_PK_LEN);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		memcpy(out, jc_col_text(st, 0, NULL), JC_ID_LEN + 1);
		jc_stmt_reset(st);
	}
	if (rc < 0 || (rc = jc_keyring_newest(newest, log, out, err)) == JC_ENOTFOUND)
		return rc < 0 && rc != JC_ENOTFOUND ? rc : 1;
	return rc < 0 ? rc : memcmp(newest, pk, JC_PK_LEN) == 0;
}

/* ---- following ---- */

static int
row_put(struct jc_log *log, int64_t device, int64_t no, const uint8_t pk[JC_PK_LEN], const uint8_t sig[JC_SIG_LEN],
    struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "INSERT INTO succession(device, no, key, sig) VALUES(:device, :no, :key, :sig)", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":device", device);
	jc_bind_int(st, ":no", no);
	jc_bind_blob(st, ":key", pk, JC_PK_LEN);
	jc_bind_blob(st, ":sig", sig, JC_SIG_LEN);
	jc_db_log_window(log->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(log->db, -1);
	return rc;
}

static int
rival_put(struct jc_log *log, int64_t device, int64_t no, const uint8_t pk[JC_PK_LEN], struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "UPDATE succession SET rival = :key WHERE device = :device AND no = :no AND rival IS NULL", err);

	if (rc < 0)
		return rc;
	jc_bind_blob(st, ":key", pk, JC_PK_LEN);
	jc_bind_int(st, ":device", device);
	jc_bind_int(st, ":no", no);
	jc_db_log_window(log->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(log->db, -1);
	return rc;
}

/* One statement: 1 stored, 0 known, a rival of what is known, or without what it rests on. */
static int
step_take(struct jc_log *log, const struct jc_keys *known, int64_t device, int64_t no, const uint8_t pk[JC_PK_LEN],
    const uint8_t sig[JC_SIG_LEN], struct jc_err *err)
{
	int rc;

	if (no < 1 || no > (int64_t)known->n || no >= JC_KEYS_MAX ||
	    !jc_succession_ok(known->id, no, known->key[no - 1], pk, sig))
		return 0;
	if (no < (int64_t)known->n)
		return memcmp(known->key[no], pk, JC_PK_LEN) == 0 ? 0 : rival_put(log, device, no, pk, err);
	if (jc_succession_place(known, pk) >= 0)
		return 0;
	if ((rc = row_put(log, device, no, pk, sig, err)) < 0)
		return rc;
	if (log->key != NULL && strcmp(known->id, log->key->id) == 0 && (rc = jc_keyring_choose(log, err)) < 0)
		return rc;
	return 1;
}

int
jc_keyring_follow(struct jc_log *log, const struct jc_keys *keys, struct jc_err *err)
{
	struct jc_keys known;
	int64_t device;
	int rc = jc_device_add(log, keys->key[0], NULL, &device, err), any = 0;

	for (size_t i = 1; rc >= 0 && i < keys->n; i++) {
		if ((rc = keys_read(&known, &device, log, keys->id, err)) < 0)
			break;
		rc = step_take(log, &known, device, (int64_t)i, keys->key[i], keys->sig[i], err);
		any |= rc == 1;
		if (rc == 0 && (i >= known.n || memcmp(known.key[i], keys->key[i], JC_PK_LEN) != 0))
			break; /* what comes behind a rival rests on it */
	}
	return rc < 0 ? rc : any;
}

static int
said_put(struct jc_log *log, int64_t scope, int64_t device, int64_t no, int64_t op, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "INSERT INTO succession_op(scope, device, no, op) VALUES(:scope, :device, :no, :op) ON CONFLICT DO NOTHING", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":device", device);
	jc_bind_int(st, ":no", no);
	jc_bind_int(st, ":op", op);
	jc_db_log_window(log->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(log->db, -1);
	return rc;
}

int
jc_keyring_fold(struct jc_log *log, int64_t scope, const struct jc_op *op, int64_t opno, struct jc_err *err)
{
	uint8_t pk[JC_PK_LEN], sig[JC_SIG_LEN];
	struct jc_keys known;
	int64_t no, device;
	int rc;

	if (!jc_succession_said(&no, pk, sig, op) || (rc = keys_read(&known, &device, log, op->rec, err)) == JC_ENOTFOUND)
		return 0;
	if (rc < 0 || (rc = step_take(log, &known, device, no, pk, sig, err)) < 0)
		return rc;
	if (rc == 1 || (no < (int64_t)known.n && memcmp(known.key[no], pk, JC_PK_LEN) == 0))
		return said_put(log, scope, device, no, opno, err);
	return 0;
}

int
jc_keyring_rivals(struct jc_log *log, int (*each)(void *arg, const char *device), void *arg, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "SELECT DISTINCT device.id FROM succession JOIN device ON device.no = succession.device"
	    " WHERE succession.rival IS NOT NULL ORDER BY device.id", err);

	while (rc >= 0 && (rc = jc_stmt_step(st, err)) == 1)
		if ((rc = each(arg, jc_col_text(st, 0, NULL))) != 0) {
			jc_stmt_reset(st);
			break;
		}
	return rc;
}

/* ---- one's own ---- */

int
jc_keyring_choose(struct jc_log *log, struct jc_err *err)
{
	struct jc_keys known;
	int rc;

	log->behind = log->ahead = 0;
	if (log->key == NULL)
		return 0;
	if ((rc = jc_keyring_get(&known, log, log->key->id, err)) == JC_ENOTFOUND)
		known.n = 1;
	else if (rc < 0)
		return rc;
	log->behind = known.n > log->key->n;
	log->ahead = known.n < log->key->n;
	for (unsigned i = 1; !log->behind && i < known.n; i++) {
		uint8_t pk[JC_PK_LEN];

		jc_key_public(pk, log->key, i);
		log->behind |= memcmp(pk, known.key[i], JC_PK_LEN) != 0;
	}
	jc_key_use(log->key, (unsigned)known.n - 1);
	return 0;
}

int
jc_keyring_load(struct jc_log *log, const struct jc_key *key, struct jc_err *err)
{
	if (log->key == NULL || strcmp(log->key->id, key->id) != 0)
		return jc_err_code(err, JC_EINVAL, "jc_keyring_load");
	*log->key = *key;
	return jc_keyring_choose(log, err);
}

int
jc_keyring_behind(const struct jc_log *log)
{
	return log->behind;
}

int
jc_keyring_ahead(const struct jc_log *log)
{
	return log->ahead;
}

int
jc_keyring_behind_err(struct jc_err *err)
{
	return jc_err_set(err, JC_ESTATE, "jc_keyring",
	    JC_T("本机的密钥文件是旧的：各台电脑已经改认新密钥。请把换密钥以后备份的 device.key 放回数据文件夹，再启动；内容都在，什么都没有丢。"
	         "如果这里从没换过密钥，就是有人拿到了密钥文件，请马上与上级联系",
	        "The key file here is an old one: the devices know a newer key already. Put the device.key that was copied after the key was replaced"
	        " back into the data folder and start again; everything is kept. If the key was never replaced here, somebody else has the key file:"
	        " call the level above at once"));
}

int
jc_keyring_signer(struct jc_key *out, struct jc_log *log, int64_t scope, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t said = 0;
	int rc = rekeyed(log, err);

	*out = *log->key;
	if (log->behind)
		return jc_keyring_behind_err(err);
	if (rc <= 0)
		return rc;
	if ((rc = jc_db_prep(&st, log->db,
	         "SELECT ifnull(max(s.no), 0) FROM succession_op AS s JOIN device AS d ON d.no = s.device"
	         " WHERE s.scope = :scope AND d.id = :id AND s.op NOT IN (SELECT op FROM draft)", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_text(st, ":id", log->key->id, JC_ID_LEN);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		said = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	if (rc >= 0 && said >= (int64_t)log->key->n) /* replaced beside us, since we were started */
		return jc_keyring_behind_err(err);
	jc_key_use(out, (unsigned)said);
	return rc < 0 ? rc : 0;
}

int
jc_keyring_say(struct jc_log *log, const struct jc_scope *s, struct jc_err *err)
{
	struct jc_keys keys;
	int64_t device, said = 0, op;
	struct jc_stmt *st;
	int rc = keys_read(&keys, &device, log, log->key->id, err);

	if (rc < 0 || keys.n == 1)
		return rc == JC_ENOTFOUND ? 0 : rc;
	if ((rc = jc_db_prep(&st, log->db,
	         "SELECT ifnull(max(no), 0) FROM succession_op WHERE scope = :scope AND device = :device", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", s->no);
	jc_bind_int(st, ":device", device);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		said = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	for (int64_t no = said + 1; rc >= 0 && no < (int64_t)keys.n; no++)
		if ((rc = jc_scope_succession(log, s, no, keys.key[no], keys.sig[no], &op, err)) == 0)
			rc = said_put(log, s->no, device, no, op, err);
	return rc < 0 ? rc : 0;
}

struct mine {
	struct jc_log *log;
	struct jc_scope *v;
	size_t n;
	struct jc_err *err;
};

static int
mine_add(void *arg, const struct jc_scope *s)
{
	struct mine *m = arg;
	struct jc_scope *v;

	if (!s->joined || (strcmp(s->authority, m->log->key->id) != 0 && !(s->mine && strcmp(s->role, "hub") == 0)))
		return 0;
	if ((v = jc_realloc(m->v, (m->n + 1) * sizeof(*v))) == NULL)
		return JC_NOMEM(m->err, "jc_keyring");
	m->v = v;
	m->v[m->n++] = *s;
	return 0;
}

/* In a scope at the hub above the enrolment may not be here yet: then the statement waits with the
 * other drafts. */
static int
said_cut(struct jc_log *log, const struct jc_scope *s, struct jc_err *err)
{
	struct jc_err why = {0};
	int64_t made;
	int rc = jc_cut(log, s->no, 0, &made, &why);

	if (rc == JC_ESTATE && strcmp(s->authority, log->key->id) != 0)
		return 0;
	if (rc < 0 && err != NULL)
		*err = why;
	return rc;
}

/* What stands here now stands at its place for everybody; who knows of more knows it from before
 * (FORMAT 10). */
static int
epoch_renew(struct jc_log *log, struct jc_err *err)
{
	int64_t last;
	int rc = jc_db_int(log->db, &last, "SELECT ifnull(max(no), 0) FROM log_commit", err);

	return rc < 0 ? rc : jc_note_epoch_renew(log, last, err);
}

static int
advance(struct jc_log *log, struct jc_err *err)
{
	struct mine m = {.log = log, .err = err};
	struct jc_key all = *log->key;
	struct jc_keys keys;
	int rc;

	jc_key_use(&all, all.n - 1);
	jc_succession_of(&keys, &all);
	jc_key_wipe(&all);
	if ((log->put_back && (rc = epoch_renew(log, err)) < 0) || (rc = jc_scope_each(log, mine_add, &m, err)) < 0 ||
	    (rc = jc_keyring_follow(log, &keys, err)) < 0)
		goto out;
	for (size_t i = 0; rc >= 0 && i < m.n; i++)
		if ((rc = jc_keyring_say(log, &m.v[i], err)) >= 0)
			rc = said_cut(log, &m.v[i], err);
out:
	jc_free(m.v);
	return rc < 0 ? rc : 0;
}

int
jc_keyring_advance(struct jc_log *log, struct jc_err *err)
{
	int rc, end;

	if (log->behind)
		return jc_keyring_behind_err(err);
	if (log->key == NULL || !log->ahead)
		return 0;
	if ((rc = jc_db_begin(log->db, err)) < 0)
		return rc;
	rc = advance(log, err);
	end = jc_db_end(log->db, rc >= 0, rc >= 0 ? err : NULL);
	if (rc < 0 || end < 0) {
		jc_log_forget(log);
		(void)jc_keyring_choose(log, NULL);
	} else {
		log->put_back = 0;
	}
	return rc < 0 ? rc : end;
}
