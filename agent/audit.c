/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "audit.h"

#include <stdio.h>
#include <string.h>

#include <uv.h>

/* The person at this machine, as the system knows it; "?" where it has no names. */
static void
who_now(char out[128])
{
	uv_passwd_t p;

	snprintf(out, 128, "?");
	if (uv_os_get_passwd(&p) != 0)
		return;
	if (p.username != NULL && jc_utf8_ok(p.username, strlen(p.username)))
		snprintf(out, 128, "%.120s", p.username);
	uv_os_free_passwd(&p);
}

static int
add(struct jc_db *db, const char *act, const char *what, int64_t count, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(db);
	struct jc_stmt *st;
	char who[128];
	int rc;

	who_now(who);
	if ((rc = jc_db_prep(&st, db,
	         "INSERT INTO audit(time, who, act, what, count) VALUES(:time, :who, :act, :what, :count)", err)) < 0)
		return rc;
	jc_bind_int(st, ":time", env->wall_ms(env->ctx) / 1000);
	jc_bind_str(st, ":who", who);
	jc_bind_str(st, ":act", act);
	jc_bind_str(st, ":what", what);
	jc_bind_int(st, ":count", count);
	jc_db_log_window(db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(db, -1);
	return rc;
}

int
jc_audit_add(struct jc_db *db, const char *act, const char *what, int64_t count, struct jc_err *err)
{
	int rc = jc_db_begin(db, err), end;

	if (rc < 0)
		return rc;
	rc = add(db, act, what, count, err);
	end = jc_db_end(db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_audit_each(struct jc_db *db, int64_t limit, int (*each)(void *arg, const struct jc_audit *a), void *arg,
    struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, db,
	    "SELECT no, time, who, act, what, count FROM audit ORDER BY no DESC LIMIT :limit", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":limit", limit > 0 ? limit : -1);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		struct jc_audit a = {jc_col_int(st, 0), jc_col_int(st, 1), jc_col_text(st, 2, NULL), jc_col_text(st, 3, NULL),
		    jc_col_text(st, 4, NULL), jc_col_int(st, 5)};

		if ((rc = each(arg, &a)) != 0)
			break;
	}
	jc_stmt_reset(st);
	return rc;
}
