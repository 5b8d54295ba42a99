/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "devices.h"

#include <string.h>

#include "../sync/sync_beyond.h"

#define WHERE "jc_devices"
#define RECORDS_TOLD 100

struct beyond {
	json_t *records;
	int64_t n;
};

static int
beyond_add(void *arg, const struct jc_beyond *b)
{
	struct beyond *t = arg;

	t->n++;
	if (t->records == NULL || json_array_size(t->records) >= RECORDS_TOLD)
		return 0;
	return json_array_append_new(t->records, json_pack("{s:s,s:s%,s:I,s:I}", "id", b->rec, "kind", b->kind.p != NULL ? b->kind.p : "",
	           b->kind.n, "time", (json_int_t)b->time, "fields", (json_int_t)b->nfields)) == 0 ? 0 : JC_ENOMEM;
}

/* What a revoked one wrote after, into its row. */
static int
row_fill(struct jc_node *node, json_t *row, struct jc_err *err)
{
	const char *state = json_string_value(json_object_get(row, "state"));
	struct beyond t = {.records = json_array()};
	int rc = 0;

	if (strcmp(state, "revoked") == 0)
		rc = jc_beyond_each(node, json_string_value(json_object_get(row, "id")), beyond_add, &t, err);
	if (json_object_set_new(row, "beyond", json_integer((json_int_t)t.n)) != 0 || json_object_set_new(row, "records", t.records) != 0)
		return rc < 0 ? rc : JC_NOMEM(err, WHERE);
	return rc;
}

json_t *
jc_devices_json(struct jc_node *node, struct jc_err *err)
{
	json_t *list = json_array();
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT device.id, coalesce(device.label, ''), scope.name, standing.state FROM standing"
	    " JOIN device ON device.no = standing.device JOIN scope ON scope.no = standing.scope"
	    " WHERE scope.role = 'branch' AND device.id <> scope.authority ORDER BY scope.name, device.no", err);

	while (rc >= 0 && (rc = jc_stmt_step(st, err)) == 1) {
		size_t n;

		if (json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s}", "id", jc_col_text(st, 0, &n), "label", jc_col_text(st, 1, &n),
		        "branch", jc_col_text(st, 2, &n), "state", jc_col_text(st, 3, &n))) != 0) {
			rc = JC_NOMEM(err, WHERE);
			jc_stmt_reset(st);
		}
	}
	for (size_t i = 0; rc >= 0 && i < json_array_size(list); i++)
		rc = row_fill(node, json_array_get(list, i), err);
	if (rc >= 0)
		return list;
	json_decref(list);
	return NULL;
}

/* ---- revoking, and accepting what came after ---- */

struct doing {
	struct jc_node *node;
	jc_id id;
	int accept, done;
	struct jc_err *err;
};

static int
scope_do(void *arg, const struct jc_scope *s)
{
	struct doing *d = arg;
	const struct jc_key *key = jc_log_key(d->node->log);
	int rc;

	if (strcmp(s->role, "branch") != 0 || key == NULL || strcmp(s->authority, key->id) != 0)
		return 0;
	rc = d->accept ? jc_beyond_accept(d->node, s, d->id, d->err) : jc_scope_revoke(d->node->log, s, d->id, d->err);
	d->done += rc == 0;
	return rc == JC_ESTATE || rc == JC_ENOTFOUND ? 0 : rc;
}

static int
all_do(struct doing *d, const char *typed)
{
	struct jc_err *err = d->err;
	int rc, end;

	if (jc_id_parse(d->id, typed) < 0)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("“%s”不是设备号；用 jiceng hub devices 看", "\"%s\" is no device id; see jiceng hub devices"), typed);
	if ((rc = jc_db_begin(d->node->db, err)) < 0)
		return rc;
	rc = jc_scope_each(d->node->log, scope_do, d, err);
	end = jc_db_end(d->node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_devices_revoke(struct jc_node *node, const char *typed, struct jc_err *err)
{
	struct doing d = {.node = node, .err = err};
	int rc = all_do(&d, typed);

	if (rc < 0 || d.done != 0)
		return rc;
	return jc_err_set(err, JC_ESTATE, WHERE, "%s", JC_T("这台电脑没有在用，不用停用", "This computer is not in use"));
}

int
jc_devices_accept(struct jc_node *node, const char *typed, int64_t *n, struct jc_err *err)
{
	struct doing d = {.node = node, .accept = 1, .err = err};
	struct beyond t = {0};
	int rc;

	*n = 0;
	if (jc_id_parse(d.id, typed) == 0 && (rc = jc_beyond_each(node, d.id, beyond_add, &t, err)) < 0)
		return rc;
	if ((rc = all_do(&d, typed)) < 0)
		return rc;
	*n = t.n;
	if (d.done == 0)
		return jc_err_set(err, JC_ESTATE, WHERE, "%s", JC_T("这台电脑没有停用过，它写的都算数", "This computer was not revoked; all it wrote stands"));
	return 0;
}
