/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Devices ever seen, and their standing in a scope as the authority's operations say. */
#include "log.h"
#include "sync_succession.h"

#include <string.h>

#include "../schema/schema_mem.h"

int
jc_device_find(struct jc_log *log, const char *id, int64_t *no, uint8_t pk[JC_PK_LEN], struct jc_err *err)
{
	struct jc_stmt *st;
	const void *key;
	size_t n;
	int rc = jc_db_prep(&st, log->db, "SELECT no, key FROM device WHERE id = :id", err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":id", id);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc < 0 ? rc : jc_err_set(err, JC_ENOTFOUND, "jc_device_find",
		    JC_T("不认识设备%.12s", "Device %.12s is not known"), id);
	if (no != NULL)
		*no = jc_col_int(st, 0);
	key = jc_col_blob(st, 1, &n);
	rc = key != NULL && n == JC_PK_LEN ? 0 : jc_err_code(err, JC_ECORRUPT, "jc_device_find");
	if (rc == 0 && pk != NULL)
		memcpy(pk, key, JC_PK_LEN);
	jc_stmt_reset(st);
	return rc;
}

static int
label_update(struct jc_log *log, int64_t no, const char *label, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if (label == NULL || label[0] == '\0')
		return 0;
	if ((rc = jc_db_prep(&st, log->db,
	         "UPDATE device SET label = :label WHERE no = :no AND label IS NOT :label", err)) < 0)
		return rc;
	jc_bind_str(st, ":label", label);
	jc_bind_int(st, ":no", no);
	return jc_stmt_run(st, err);
}

static int
device_put(struct jc_log *log, const jc_id id, const uint8_t pk[JC_PK_LEN], const char *label, int64_t *no,
    struct jc_err *err)
{
	struct jc_stmt *st;
	uint8_t known[JC_PK_LEN];
	int rc = jc_device_find(log, id, no, known, err);

	if (rc == 0 && memcmp(known, pk, JC_PK_LEN) != 0)
		return jc_err_set(err, JC_ESIGNATURE, "jc_device_add",
		    JC_T("设备%s的密钥与登记的不同", "Device %s has another key than the one known"), id);
	if (rc != JC_ENOTFOUND)
		return rc < 0 ? rc : label_update(log, *no, label, err);
	if ((rc = jc_db_prep(&st, log->db, "INSERT INTO device(id, key, label) VALUES(:id, :key, :label)", err)) < 0)
		return rc;
	jc_bind_text(st, ":id", id, JC_ID_LEN);
	jc_bind_blob(st, ":key", pk, JC_PK_LEN);
	jc_bind_str(st, ":label", label);
	if ((rc = jc_stmt_run(st, err)) == 0)
		*no = jc_db_last_rowid(log->db);
	return rc;
}

int
jc_device_add(struct jc_log *log, const uint8_t pk[JC_PK_LEN], const char *label, int64_t *no, struct jc_err *err)
{
	int64_t ignored;
	jc_id id;
	int rc;

	jc_device_id(id, pk);
	jc_db_log_window(log->db, 1);
	rc = device_put(log, id, pk, label, no != NULL ? no : &ignored, err);
	jc_db_log_window(log->db, -1);
	return rc;
}

int
jc_device_label(struct jc_log *log, int64_t no, jc_id id, char label[JC_LABEL_MAX + 1], struct jc_err *err)
{
	struct jc_stmt *st;
	const char *s;
	size_t n;
	int rc = jc_db_prep(&st, log->db, "SELECT id, label FROM device WHERE no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc < 0 ? rc : jc_log_missing(err, "jc_device_label");
	s = jc_col_text(st, 0, &n);
	rc = s != NULL && n == JC_ID_LEN ? 0 : jc_err_code(err, JC_ECORRUPT, "jc_device_label");
	if (rc == 0)
		memcpy(id, s, JC_ID_LEN + 1);
	s = jc_col_text(st, 1, &n);
	if (s == NULL || n > JC_LABEL_MAX)
		label[0] = '\0';
	else
		memcpy(label, s, n + 1);
	jc_stmt_reset(st);
	return rc;
}

int
jc_device_standing(struct jc_log *log, int64_t scope, int64_t device, char state[12], struct jc_err *err)
{
	struct jc_stmt *st;
	const char *s;
	size_t n;
	int rc = jc_db_prep(&st, log->db, "SELECT state FROM standing WHERE scope = :scope AND device = :device", err);

	state[0] = '\0';
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":device", device);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc;
	s = jc_col_text(st, 0, &n);
	if (s != NULL && n < 12)
		memcpy(state, s, n + 1);
	jc_stmt_reset(st);
	return 0;
}

/* ---- folding ---- */

/* Is the operation in a commit of the scope's authority? */
static int
by_authority(struct jc_log *log, int64_t scope, int64_t opno, struct jc_err *err)
{
	const struct jc_cinfo *c;
	struct jc_place place;
	struct jc_stmt *st;
	jc_id id;
	int rc = jc_log_place(log, opno, &place, err);

	if (rc == JC_ENOTFOUND && log->key != NULL) {
		memcpy(id, log->key->id, sizeof(id)); /* our own draft */
	} else {
		if (rc < 0 || (rc = jc_log_info(&c, log, place.commit_no, err)) < 0)
			return rc;
		jc_id_from_u64(id, c->device_id);
	}
	if ((rc = jc_db_prep(&st, log->db, "SELECT 1 FROM scope WHERE no = :scope AND authority = :id", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_text(st, ":id", id, JC_ID_LEN);
	if ((rc = jc_stmt_step(st, err)) == 1)
		jc_stmt_reset(st);
	return rc;
}

/* A succession is the hub's own word: the scope's authority, or the hub below in the scope that it has here. */
static int
by_itself(struct jc_log *log, int64_t scope, const struct jc_op *op, int64_t opno, struct jc_err *err)
{
	const struct jc_cinfo *c;
	struct jc_place place;
	struct jc_scope s;
	jc_id id;
	int rc = jc_log_place(log, opno, &place, err);

	if (rc == JC_ENOTFOUND)
		return 0; /* an own draft: it was told of when it was made */
	if (rc < 0 || (rc = jc_log_info(&c, log, place.commit_no, err)) < 0 || (rc = jc_scope_get(&s, log, scope, err)) < 0)
		return rc;
	jc_id_from_u64(id, c->device_id);
	return strcmp(id, op->rec) == 0 && (strcmp(id, s.authority) == 0 || strcmp(s.role, "hub") == 0);
}

/* The standing that is there came from an operation of higher rank: another order of arrival. */
static int
outranked(struct jc_log *log, int64_t scope, int64_t device, int64_t opno, struct jc_err *err)
{
	struct jc_rank mine, other;
	struct jc_stmt *st;
	int64_t op;
	int rc = jc_db_prep(&st, log->db, "SELECT op FROM standing WHERE scope = :scope AND device = :device", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":device", device);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc;
	op = jc_col_int(st, 0);
	jc_stmt_reset(st);
	if ((rc = jc_log_op_rank(log, opno, &mine, err)) < 0 || (rc = jc_log_op_rank(log, op, &other, err)) < 0)
		return rc;
	return jc_rank_cmp(&mine, &other) < 0;
}

static int
standing_put(struct jc_log *log, int64_t scope, int64_t device, struct jc_slice state, int64_t opno, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = outranked(log, scope, device, opno, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if ((rc = jc_db_prep(&st, log->db,
	         "INSERT INTO standing(scope, device, state, op) VALUES(:scope, :device, :state, :op)"
	         " ON CONFLICT(scope, device) DO UPDATE SET state = excluded.state, op = excluded.op", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":device", device);
	jc_bind_text(st, ":state", state.p, state.n);
	jc_bind_int(st, ":op", opno);
	return jc_stmt_run(st, err);
}

static int
device_fold(struct jc_log *log, int64_t scope, const struct jc_op *op, int64_t opno, struct jc_err *err)
{
	struct jc_slice key = jc_op_text(op, "key"), state = jc_op_text(op, "state"), label = jc_op_text(op, "label");
	char text[JC_LABEL_MAX + 1] = "";
	uint8_t pk[JC_PK_LEN];
	int64_t no;
	jc_id id;
	int rc;

	if (label.n <= JC_LABEL_MAX)
		memcpy(text, label.p, label.n);
	text[label.n <= JC_LABEL_MAX ? label.n : 0] = '\0';
	if (key.n != 0) {
		if (jc_b64_decode(pk, sizeof(pk), key.p, key.n) != JC_PK_LEN)
			return 0; /* not ours to judge: kept in the log, without effect */
		jc_device_id(id, pk);
		if (op->verb == JC_V_DEVICE && strcmp(id, op->rec) != 0)
			return 0;
		rc = device_put(log, id, pk, text, &no, err);
	} else {
		rc = jc_device_find(log, op->rec, &no, NULL, err);
		if (rc == JC_ENOTFOUND)
			return 0;
	}
	if (rc == 0 && (jc_slice_is(state, "enrolled") || jc_slice_is(state, "revoked")))
		rc = standing_put(log, scope, no, state, opno, err);
	return rc;
}

int
jc_log_fold_standing(struct jc_log *log, int64_t scope, const struct jc_op *op, int64_t opno, struct jc_err *err)
{
	int rc;

	if (op->verb != JC_V_FOUND && op->verb != JC_V_DEVICE)
		return 0;
	if (jc_op_text(op, "next").n != 0)
		return (rc = by_itself(log, scope, op, opno, err)) == 1 ? jc_keyring_fold(log, scope, op, opno, err) : rc;
	if ((rc = by_authority(log, scope, opno, err)) != 1)
		return rc;
	jc_db_log_window(log->db, 1);
	rc = device_fold(log, scope, op, opno, err);
	jc_db_log_window(log->db, -1);
	return rc;
}
