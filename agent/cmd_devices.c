/* SPDX-License-Identifier: MulanPSL-2.0 */
/* hub devices, hub revoke: which computers belong to which branch, and stopping one that is lost. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "out.h"

#define WHERE "jc_cmd_devices"

struct rows {
	json_t *list;              /* NULL: print */
	int64_t n;
};

static int
row_give(struct rows *r, const char *id, const char *label, const char *branch, const char *state)
{
	r->n++;
	if (r->list != NULL)
		return json_array_append_new(r->list, json_pack("{s:s,s:s,s:s,s:s}", "id", id, "label", label, "branch", branch,
		           "state", state)) == 0 ? 0 : JC_ENOMEM;
	printf("%s  ", id);
	jc_out_pad(label, 28);
	printf("  %s\n", strcmp(state, "enrolled") == 0 ? JC_T("在用", "in use") : JC_T("已停用", "revoked"));
	return 0;
}

static int
devices(struct jc_cmd_run *run, struct jc_err *err)
{
	struct rows r = {.list = run->json ? json_array() : NULL};
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, run->node->db,
	    "SELECT device.id, coalesce(device.label, ''), scope.name, standing.state FROM standing"
	    " JOIN device ON device.no = standing.device JOIN scope ON scope.no = standing.scope"
	    " WHERE scope.role = 'branch' AND device.id <> scope.authority ORDER BY scope.name, device.no", err);

	while (rc >= 0 && (rc = jc_stmt_step(st, err)) == 1) {
		size_t n;

		if ((rc = row_give(&r, jc_col_text(st, 0, &n), jc_col_text(st, 1, &n), jc_col_text(st, 2, &n),
		         jc_col_text(st, 3, &n))) < 0)
			jc_stmt_reset(st);
	}
	if (rc < 0) {
		json_decref(r.list);
		return rc;
	}
	if (r.list != NULL)
		return jc_out_json(r.list, err);
	printf(JC_T("共%lld台\n", "%lld computers\n"), (long long)r.n);
	return 0;
}

/* ---- revoke ---- */

struct revoking {
	struct jc_cmd_run *run;
	const char *id;
	struct jc_err *err;
	int done;
};

static int
revoke_in(void *arg, const struct jc_scope *s)
{
	struct revoking *r = arg;
	const struct jc_key *key = jc_log_key(r->run->node->log);
	int rc;

	if (strcmp(s->role, "branch") != 0 || key == NULL || strcmp(s->authority, key->id) != 0)
		return 0;
	rc = jc_scope_revoke(r->run->node->log, s, r->id, r->err);
	r->done += rc == 0;
	return rc == JC_ESTATE ? 0 : rc;
}

static int
revoke(struct jc_cmd_run *run, struct jc_err *err)
{
	struct revoking r = {.run = run, .err = err};
	int rc, end;
	jc_id id;

	if (jc_id_parse(id, run->args[0]) < 0)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("“%s”不是设备号；用 jiceng hub devices 看", "\"%s\" is no device id; see jiceng hub devices"), run->args[0]);
	r.id = id;
	if ((rc = jc_db_begin(run->node->db, err)) < 0)
		return rc;
	rc = jc_scope_each(run->node->log, revoke_in, &r, err);
	end = jc_db_end(run->node->db, rc >= 0, rc >= 0 ? err : NULL);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	if (r.done == 0)
		return jc_err_set(err, JC_ESTATE, WHERE, "%s", JC_T("这台电脑没有在用，不用停用", "This computer is not in use"));
	printf("%s\n", JC_T("已停用。它已经送到的内容都算数，以后写的在哪里都不算数。",
	    "Revoked. What it has sent stands; what it writes from now on counts nowhere."));
	return 0;
}

const struct jc_cmd jc_cmd_hub_devices = {
	.name = "hub devices",
	.args_zh = "", .args_en = "",
	.zh = "各基层工会的电脑：设备号、名称、在用还是停用",
	.en = "the computers of the branches: id, label, in use or revoked",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = devices
};

const struct jc_cmd jc_cmd_hub_revoke = {
	.name = "hub revoke",
	.args_zh = "设备号", .args_en = "DEVICE",
	.least = 1, .most = 1,
	.zh = "停用一台丢失或不再用的电脑\n它已经送到的内容都算数；以后写的，不论谁带来，在哪里都不算数。",
	.en = "stop a computer that is lost or no longer used\nWhat it has sent stands; what it writes later counts nowhere, whoever brings it.",
	.flags = JC_CMD_OPEN | JC_CMD_GIT,
	.run = revoke
};
