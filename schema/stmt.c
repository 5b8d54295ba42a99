/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Statements: binding, stepping, reading columns. Compiled by db.c. */
#include <assert.h>
#include <string.h>

#include "db_private.h"
#include "schema_mem.h"

void
jc_stmt_reset(struct jc_stmt *st)
{
	(void)sqlite3_reset(st->st); /* repeats the step's error, which the step has told */
	(void)sqlite3_clear_bindings(st->st);
	st->in_use = 0;
	st->tx = 0;
	st->bad_name = 0;
	st->bind_rc = SQLITE_OK;
}

void
jc_stmt_free(struct jc_stmt *st)
{
	if (st == NULL)
		return;
	assert(st->key == NULL);
	(void)sqlite3_finalize(st->st);
	if (st->all_prev != NULL)
		st->all_prev->all_next = st->all_next;
	else
		st->db->all = st->all_next;
	if (st->all_next != NULL)
		st->all_next->all_prev = st->all_prev;
	jc_free(st);
}

/* ---- binding ---- */

static int
place(struct jc_stmt *st, const char *name)
{
	int at = sqlite3_bind_parameter_index(st->st, name);

	assert(at > 0 && "unknown parameter name");
	if (at == 0)
		st->bad_name = 1;
	return at;
}

static void
bound(struct jc_stmt *st, int rc)
{
	if (rc != SQLITE_OK && st->bind_rc == SQLITE_OK)
		st->bind_rc = rc;
}

void
jc_bind_int_at(struct jc_stmt *st, int at, int64_t v)
{
	bound(st, sqlite3_bind_int64(st->st, at, v));
}

void
jc_bind_text_at(struct jc_stmt *st, int at, const char *s, size_t n)
{
	bound(st, sqlite3_bind_text64(st->st, at, s != NULL ? s : "", n, SQLITE_STATIC, SQLITE_UTF8));
}

void
jc_bind_blob_at(struct jc_stmt *st, int at, const void *p, size_t n)
{
	bound(st, sqlite3_bind_blob64(st->st, at, p != NULL ? p : "", n, SQLITE_STATIC));
}

void
jc_bind_null_at(struct jc_stmt *st, int at)
{
	bound(st, sqlite3_bind_null(st->st, at));
}

void
jc_bind_int(struct jc_stmt *st, const char *name, int64_t v)
{
	jc_bind_int_at(st, place(st, name), v);
}

void
jc_bind_text(struct jc_stmt *st, const char *name, const char *s, size_t n)
{
	jc_bind_text_at(st, place(st, name), s, n);
}

void
jc_bind_str(struct jc_stmt *st, const char *name, const char *s)
{
	if (s == NULL)
		jc_bind_null_at(st, place(st, name));
	else
		jc_bind_text_at(st, place(st, name), s, strlen(s));
}

void
jc_bind_blob(struct jc_stmt *st, const char *name, const void *p, size_t n)
{
	jc_bind_blob_at(st, place(st, name), p, n);
}

void
jc_bind_null(struct jc_stmt *st, const char *name)
{
	jc_bind_null_at(st, place(st, name));
}

/* ---- running ---- */

static int
misused(struct jc_stmt *st, const char *why, struct jc_err *err)
{
	jc_err_code(err, JC_EINTERNAL, "jc_stmt_step");
	jc_err_cause(err, "%s; SQL: %s", why, sqlite3_sql(st->st));
	return JC_EINTERNAL;
}

/* Everything that must hold before a statement may run. */
static int
may_run(struct jc_stmt *st, struct jc_err *err)
{
	struct jc_db *db = st->db;

	if (st->bad_name)
		return misused(st, "a parameter of that name is not in the statement", err);
	if (st->bind_rc != SQLITE_OK)
		return jc_db_fail(db, st->bind_rc, "jc_bind", sqlite3_sql(st->st), err);
	if (db->depth > 0 && db->lost)
		return jc_err_code(err, db->lost, "jc_stmt_step");
	if (st->writes_log && db->window == 0)
		return misused(st, "log tables are written by the log alone", err);
	if (db->depth > 0 && !db->writing && !st->readonly)
		return misused(st, "a write inside a reading transaction", err);
	return 0;
}

/* SQLite ends a transaction by itself after some errors; the rest of it must not run on its own. */
static int
step_failed(struct jc_stmt *st, int code, struct jc_err *err)
{
	struct jc_db *db = st->db;
	int rc = jc_db_fail(db, code, "jc_stmt_step", sqlite3_sql(st->st), err);

	if (db->depth > 0 && sqlite3_get_autocommit(db->h))
		db->lost = rc;
	return rc;
}

int
jc_stmt_step(struct jc_stmt *st, struct jc_err *err)
{
	struct jc_db *db = st->db;
	struct jc_stmt *was = db->current;
	int rc = may_run(st, err);

	if (rc < 0) {
		jc_stmt_reset(st);
		return rc;
	}
	if (st->tx == 0 && db->depth > 0 && !sqlite3_stmt_busy(st->st))
		st->tx = db->tx;
	db->current = st; /* SQLite may compile it again after a change of the schema */
	rc = sqlite3_step(st->st);
	db->current = was;
	if (rc == SQLITE_ROW)
		return 1;
	rc = rc == SQLITE_DONE ? 0 : step_failed(st, rc, err);
	jc_stmt_reset(st);
	return rc;
}

int
jc_stmt_run(struct jc_stmt *st, struct jc_err *err)
{
	int rc;

	while ((rc = jc_stmt_step(st, err)) == 1)
		continue;
	return rc;
}

/* ---- columns ---- */

int64_t
jc_col_int(struct jc_stmt *st, int i)
{
	return sqlite3_column_int64(st->st, i);
}

/* A value that is there but could not be loaded must not pass for an empty one. */
static void
unread(struct jc_stmt *st)
{
	st->bind_rc = SQLITE_NOMEM;
	if (st->db->depth > 0)
		st->db->lost = JC_ENOMEM;
}

const char *
jc_col_text(struct jc_stmt *st, int i, size_t *n)
{
	int type = sqlite3_column_type(st->st, i);
	const char *s = (const char *)sqlite3_column_text(st->st, i);

	if (s == NULL && type != SQLITE_NULL)
		unread(st);
	if (n != NULL)
		*n = s != NULL ? (size_t)sqlite3_column_bytes(st->st, i) : 0;
	return s;
}

const void *
jc_col_blob(struct jc_stmt *st, int i, size_t *n)
{
	const void *p = sqlite3_column_blob(st->st, i);

	*n = (size_t)sqlite3_column_bytes(st->st, i);
	if (p == NULL && *n != 0)
		unread(st);
	return p;
}

int
jc_col_null(struct jc_stmt *st, int i)
{
	return sqlite3_column_type(st->st, i) == SQLITE_NULL;
}

int
jc_col_count(struct jc_stmt *st)
{
	return sqlite3_column_count(st->st);
}

const char *
jc_col_name(struct jc_stmt *st, int i)
{
	return sqlite3_column_name(st->st, i);
}
