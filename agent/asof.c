/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "asof.h"

#include <stdio.h>
#include <string.h>

#include "out.h"

/* What the hub's branches sent last: the newest session of any device of a branch's scope. */
static int
branches_read(struct jc_asof *a, struct jc_db *db, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, db,
	         "SELECT count(*), count(*) - count(at), COALESCE(min(at), 0), COALESCE(max(at), 0)"
	         "  FROM (SELECT max(c.seen) AS at FROM scope s LEFT JOIN credential c ON c.scope = s.no"
	         "         WHERE s.role = 'branch' GROUP BY s.no)", err)) < 0)
		return rc;
	if ((rc = jc_stmt_step(st, err)) == 1) {
		a->branches = jc_col_int(st, 0);
		a->never = jc_col_int(st, 1);
		a->oldest = jc_col_int(st, 2);
		a->newest = jc_col_int(st, 3);
		rc = 0;
	}
	jc_stmt_reset(st);
	return rc;
}

int
jc_asof_read(struct jc_asof *a, struct jc_node *node, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	struct jc_scope own;
	int rc;

	memset(a, 0, sizeof(*a));
	a->now = env->wall_ms(env->ctx) / 1000;
	if ((rc = jc_node_scope(node, &own, err)) < 0)
		return rc;
	a->hub = strcmp(own.role, "office") == 0;
	return a->hub ? branches_read(a, node->db, err) : 0;
}

void
jc_asof_text(char *out, size_t room, const struct jc_asof *a)
{
	char now[JC_TIME_ROOM], oldest[JC_TIME_ROOM] = "";
	int n;

	jc_out_time(now, a->now, a->now);
	n = snprintf(out, room, JC_T("数据截至 %s", "data as of %s"), now);
	if (!a->hub || a->branches == 0 || n < 0 || (size_t)n >= room)
		return;
	if (a->oldest != 0)
		jc_out_time(oldest, a->oldest, a->now);
	out += n;
	room -= (size_t)n;
	if (a->oldest == 0)
		snprintf(out, room, JC_T("（%lld个支部都还没有送达过）", " (nothing has arrived from %lld branches)"), (long long)a->branches);
	else if (a->never > 0)
		snprintf(out, room, JC_T("（%lld个支部，最早的送达于 %s，%lld个还没有送达过）",
		             " (%lld branches, oldest delivery %s, nothing yet from %lld)"),
		    (long long)a->branches, oldest, (long long)a->never);
	else
		snprintf(out, room, JC_T("（%lld个支部，最早的送达于 %s）", " (%lld branches, oldest delivery %s)"),
		    (long long)a->branches, oldest);
}
