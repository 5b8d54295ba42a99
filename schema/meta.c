/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Settings of the node: one table of names and texts. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "schema_db.h"
#include "schema_mem.h"

/* 1 and the statement on its row, 0 when absent. */
static int
find(struct jc_stmt **st, struct jc_db *db, const char *key, struct jc_err *err)
{
	int rc = jc_db_prep(st, db, "SELECT value FROM meta WHERE key = :key", err);

	if (rc < 0)
		return rc;
	jc_bind_str(*st, ":key", key);
	return jc_stmt_step(*st, err);
}

int
jc_meta_get(struct jc_db *db, const char *key, char **out, struct jc_err *err)
{
	struct jc_stmt *st;
	const char *s;
	size_t n;
	int rc = find(&st, db, key, err);

	*out = NULL;
	if (rc <= 0)
		return rc < 0 ? rc : jc_err_code(err, JC_ENOTFOUND, "jc_meta_get");
	s = jc_col_text(st, 0, &n);
	if (s != NULL)
		*out = jc_strndup(s, n);
	jc_stmt_reset(st);
	return *out != NULL ? 0 : JC_NOMEM(err, "jc_meta_get");
}

static int
number(int64_t *out, const char *s, size_t n)
{
	size_t i = n > 0 && s[0] == '-';
	uint64_t v = 0;

	if (i == n || n > 20)
		return 0;
	for (; i < n; i++) {
		if (s[i] < '0' || s[i] > '9' || v > (uint64_t)INT64_MAX / 10)
			return 0;
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	if (v > (uint64_t)INT64_MAX + (s[0] == '-'))
		return 0;
	*out = s[0] == '-' ? (int64_t)(~v + 1) : (int64_t)v;
	return 1;
}

int
jc_meta_int(struct jc_db *db, const char *key, int64_t *out, int64_t absent, struct jc_err *err)
{
	struct jc_stmt *st;
	const char *s;
	size_t n;
	int rc = find(&st, db, key, err), ok;

	*out = absent;
	if (rc <= 0)
		return rc;
	s = jc_col_text(st, 0, &n);
	ok = s == NULL ? -1 : number(out, s, n);
	jc_stmt_reset(st);
	if (ok < 0)
		return JC_NOMEM(err, "jc_meta_int");
	return ok ? 0 : jc_err_code(err, JC_ECORRUPT, "jc_meta_int");
}

int
jc_meta_set(struct jc_db *db, const char *key, const char *value, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	jc_db_log_window(db, 1);
	if (value == NULL)
		rc = jc_db_prep(&st, db, "DELETE FROM meta WHERE key = :key", err);
	else
		rc = jc_db_prep(&st, db,
		    "INSERT INTO meta(key, value) VALUES(:key, :value)"
		    " ON CONFLICT(key) DO UPDATE SET value = excluded.value", err);
	if (rc == 0) {
		jc_bind_str(st, ":key", key);
		if (value != NULL)
			jc_bind_str(st, ":value", value);
		rc = jc_stmt_run(st, err);
	}
	jc_db_log_window(db, -1);
	return rc;
}

int
jc_meta_set_int(struct jc_db *db, const char *key, int64_t value, struct jc_err *err)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)value);
	return jc_meta_set(db, key, text, err);
}
