/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The connection: transactions, the cache of statements, whole scripts, backup. This is the only
 * file that compiles SQL and the only one that translates SQLite's codes.
 *
 * A transaction is one number of nested begins and one outcome. Three things that SQLite leaves to
 * its caller are settled here. It may roll a transaction back by itself (a full disk, a failed
 * read, no memory); what follows would then commit statement by statement, so from that moment
 * every step fails until the outermost end. A statement that was read half-way keeps its snapshot
 * after the commit; what was begun inside a transaction ends with it. A text that could not be
 * loaded for lack of memory looks like NULL; a transaction in which that happened cannot commit.
 */
#include "db_private.h"

#include <assert.h>
#include <string.h>

#include "schema_mem.h"

#define FIRST_BUCKETS 256u
#define BACKUP_PAGES 256
/* How many statements of one text may be handed out before one that was never stepped is taken back. */
#define TWINS_MAX 4

/* Compiled when the database is opened: ending a transaction must not need memory. */
static const char sql_begin[] = "BEGIN";
static const char sql_begin_write[] = "BEGIN IMMEDIATE";
static const char sql_commit[] = "COMMIT";
static const char sql_rollback[] = "ROLLBACK";
static const char sql_savepoint[] = "SAVEPOINT jc";
static const char sql_release[] = "RELEASE jc";
static const char sql_rollback_to[] = "ROLLBACK TO jc";

int
jc_db_code(int code)
{
	if (code == SQLITE_IOERR_NOMEM)
		return JC_ENOMEM;
	if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID)
		return JC_EEXISTS;
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return JC_ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return JC_EBUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return JC_ECORRUPT;
	case SQLITE_FULL:
		return JC_EFULL;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PROTOCOL:
		return JC_EIO;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_AUTH:
		return JC_EDENIED;
	case SQLITE_TOOBIG:
		return JC_ELIMIT;
	case SQLITE_INTERRUPT:
	case SQLITE_ABORT:
		return JC_ECANCELLED;
	default:
		return JC_EINTERNAL;
	}
}

int
jc_db_fail(struct jc_db *db, int code, const char *where, const char *sql, struct jc_err *err)
{
	int rc = jc_db_code(code);

	if (rc == 0)
		return 0;
	jc_err_code(err, rc, where);
	jc_err_cause(err, "sqlite %d: %s; SQL: %s", code, db != NULL && db->h != NULL ? sqlite3_errmsg(db->h) : "",
	    sql != NULL ? sql : "");
	return rc;
}

const struct jc_env *
jc_db_env(const struct jc_db *db)
{
	return db->env;
}

const char *
jc_db_path(const struct jc_db *db)
{
	return db->path;
}

struct sqlite3 *
jc_db_handle(struct jc_db *db)
{
	return db->h;
}

int64_t
jc_db_last_rowid(struct jc_db *db)
{
	return sqlite3_last_insert_rowid(db->h);
}

int64_t
jc_db_changes(struct jc_db *db)
{
	return sqlite3_changes(db->h);
}

void
jc_db_log_window(struct jc_db *db, int delta)
{
	db->window += delta;
	assert(db->window >= 0);
}

static void
note(struct jc_db *db, enum jc_level level, const char *event, const char *fields)
{
	if (db->env->trace != NULL)
		db->env->trace(db->env->ctx, level, event, fields);
}

/* ---- statements ---- */

static size_t
bucket_of(const struct jc_db *db, const char *key)
{
	uint64_t v = (uint64_t)(uintptr_t)key;

	return (size_t)((v * 0x9e3779b97f4a7c15u) >> 32) & (db->nbuckets - 1);
}

static int
cache_grow(struct jc_db *db)
{
	size_t old = db->nbuckets;
	struct jc_stmt **was = db->bucket, **now;

	if (db->ncached < old)
		return 0;
	if ((now = jc_calloc(old != 0 ? old * 2 : FIRST_BUCKETS, sizeof(struct jc_stmt *))) == NULL)
		return old != 0 ? 0 : JC_ENOMEM; /* a full table is only slower */
	db->bucket = now;
	db->nbuckets = old != 0 ? old * 2 : FIRST_BUCKETS;
	for (size_t i = 0; i < old; i++)
		for (struct jc_stmt *st = was[i], *next; st != NULL; st = next) {
			size_t b = bucket_of(db, st->key);

			next = st->next;
			st->next = now[b];
			now[b] = st;
		}
	jc_free(was);
	return 0;
}

/* Compiles one statement; *tail (may be NULL) is what follows it. An empty text gives *out NULL. */
static int
compile(struct jc_stmt **out, struct jc_db *db, const char *sql, unsigned how, const char **tail, struct jc_err *err)
{
	struct jc_stmt *st = jc_calloc(1, sizeof(*st)), *was = db->current;
	int rc;

	*out = NULL;
	if (st == NULL)
		return JC_NOMEM(err, "jc_db_prep");
	st->db = db;
	db->current = st;
	rc = sqlite3_prepare_v3(db->h, sql, -1, how, &st->st, tail);
	db->current = was;
	if (rc != SQLITE_OK || st->st == NULL) {
		jc_free(st);
		return jc_db_fail(db, rc, "jc_db_prep", sql, err);
	}
	st->readonly = sqlite3_stmt_readonly(st->st) != 0;
	st->all_next = db->all;
	if (db->all != NULL)
		db->all->all_prev = st;
	db->all = st;
	*out = st;
	return 0;
}

/* A statement of that literal which nobody reads at the moment; NULL when there is none. */
static struct jc_stmt *
cached(struct jc_db *db, const char *sql)
{
	struct jc_stmt *idle = NULL;
	int twins = 0;

	if (db->nbuckets == 0)
		return NULL;
	for (struct jc_stmt *st = db->bucket[bucket_of(db, sql)]; st != NULL; st = st->next) {
		if (st->key != sql)
			continue;
		assert(strcmp(sqlite3_sql(st->st), sql) == 0);
		if (!st->in_use)
			return st;
		twins++;
		if (!sqlite3_stmt_busy(st->st))
			idle = st; /* prepared by a caller who then gave up */
	}
	return twins >= TWINS_MAX ? idle : NULL;
}

/* Rows of the append-only tables are never changed by a prepared statement: no code path may have one. */
static int
edits_refused(const struct jc_stmt *st, const char *sql, struct jc_err *err)
{
	if (!st->edits_log)
		return 0;
	jc_err_code(err, JC_EINTERNAL, "jc_db_prep");
	jc_err_cause(err, "rows of the log are only appended; SQL: %s", sql);
	return JC_EINTERNAL;
}

int
jc_db_prep(struct jc_stmt **out, struct jc_db *db, const char *sql, struct jc_err *err)
{
	struct jc_stmt *st = cached(db, sql);
	size_t b;
	int rc;

	*out = NULL;
	if (st != NULL) {
		jc_stmt_reset(st);
	} else {
		if (cache_grow(db) < 0)
			return JC_NOMEM(err, "jc_db_prep");
		if ((rc = compile(&st, db, sql, SQLITE_PREPARE_PERSISTENT, NULL, err)) < 0)
			return rc;
		if (st == NULL)
			return jc_err_code(err, JC_EINTERNAL, "jc_db_prep");
		if ((rc = edits_refused(st, sql, err)) < 0) {
			jc_stmt_free(st);
			return rc;
		}
		b = bucket_of(db, sql);
		st->key = sql;
		st->next = db->bucket[b];
		db->bucket[b] = st;
		db->ncached++;
	}
	st->in_use = 1;
	*out = st;
	return 0;
}

int
jc_db_prep_text(struct jc_stmt **out, struct jc_db *db, const char *sql, struct jc_err *err)
{
	int rc = compile(out, db, sql, SQLITE_PREPARE_PERSISTENT, NULL, err);

	if (rc < 0)
		return rc;
	if (*out == NULL)
		return jc_err_code(err, JC_EINTERNAL, "jc_db_prep_text");
	if ((rc = edits_refused(*out, sql, err)) < 0) {
		jc_stmt_free(*out);
		*out = NULL;
	}
	return rc;
}

static void
cache_free(struct jc_db *db)
{
	for (struct jc_stmt *st = db->all, *next; st != NULL; st = next) {
		next = st->all_next;
		st->key = NULL;
		jc_stmt_free(st);
	}
	jc_free(db->bucket);
	db->bucket = NULL;
	db->nbuckets = db->ncached = 0;
}

int
jc_db_exec(struct jc_db *db, const char *sql, struct jc_err *err)
{
	while (*sql != '\0') {
		struct jc_stmt *st;
		const char *tail = sql;
		int rc = compile(&st, db, sql, 0, &tail, err);

		if (rc < 0)
			return rc;
		if (st != NULL) {
			while ((rc = jc_stmt_step(st, err)) == 1)
				continue;
			jc_stmt_free(st);
			if (rc < 0)
				return rc;
		}
		sql = tail;
	}
	return 0;
}

int
jc_db_int(struct jc_db *db, int64_t *out, const char *sql, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, db, sql, err)) < 0 || (rc = jc_stmt_step(st, err)) < 0)
		return rc;
	if (rc == 0)
		return jc_err_code(err, JC_ENOTFOUND, "jc_db_int");
	*out = jc_col_int(st, 0);
	jc_stmt_reset(st);
	return 0;
}

int
jc_db_own(struct jc_db *db, char *out, size_t room, const char *sql, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	db->own++;
	if (out != NULL)
		out[0] = '\0';
	if ((rc = compile(&st, db, sql, 0, NULL, err)) == 0 && st != NULL) {
		if ((rc = jc_stmt_step(st, err)) == 1 && out != NULL) {
			size_t n;
			const char *s = jc_col_text(st, 0, &n);

			n = s == NULL ? 0 : n < room ? n : room - 1;
			memcpy(out, s != NULL ? s : "", n);
			out[n] = '\0';
		}
		while (rc == 1)
			rc = jc_stmt_step(st, err);
		jc_stmt_free(st);
	}
	db->own--;
	return rc;
}

/* ---- transactions ---- */

static int
no_hook_left(struct jc_err *err)
{
	return jc_err_set(err, JC_EINTERNAL, "jc_db_on_commit", "%s", jc_err_sentence(JC_EINTERNAL));
}

int
jc_db_on_commit(struct jc_db *db, int (*verify)(void *arg, struct jc_db *db, struct jc_err *err), void *arg)
{
	for (int i = 0; i < JC_DB_HOOKS_MAX; i++) {
		struct jc_db_verify *v = &db->verify[i];

		if (verify == NULL && v->arg == arg)
			*v = (struct jc_db_verify){NULL, NULL};
		if (verify != NULL && v->fn == NULL) {
			*v = (struct jc_db_verify){verify, arg};
			return 0;
		}
	}
	return verify == NULL ? 0 : no_hook_left(NULL);
}

int
jc_db_on_end(struct jc_db *db, void (*ended)(void *arg, int committed), void *arg)
{
	for (int i = 0; i < JC_DB_HOOKS_MAX; i++) {
		struct jc_db_ended *e = &db->ended[i];

		if (ended == NULL && e->arg == arg)
			*e = (struct jc_db_ended){NULL, NULL};
		if (ended != NULL && e->fn == NULL) {
			*e = (struct jc_db_ended){ended, arg};
			return 0;
		}
	}
	return ended == NULL ? 0 : no_hook_left(NULL);
}

int
jc_db_depth(const struct jc_db *db)
{
	return db->depth;
}

/* The transaction statements themselves: cached, and allowed when nothing else is. */
static int
control(struct jc_db *db, const char *sql, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, db, sql, err);

	if (rc < 0)
		return rc;
	rc = sqlite3_step(st->st);
	if (rc != SQLITE_DONE)
		rc = jc_db_fail(db, rc == SQLITE_ROW ? SQLITE_INTERNAL : rc, "jc_db_begin", sql, err);
	else
		rc = 0;
	jc_stmt_reset(st);
	return rc;
}

int
jc_db_prepare_control(struct jc_db *db, struct jc_err *err)
{
	static const char *const all[] = {sql_begin, sql_begin_write, sql_commit, sql_rollback, sql_savepoint, sql_release,
	    sql_rollback_to};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(all) / sizeof(all[0]); i++) {
		struct jc_stmt *st;

		if ((rc = jc_db_prep(&st, db, all[i], err)) == 0)
			jc_stmt_reset(st);
	}
	return rc;
}

static int
begun_wrong(struct jc_db *db, const char *why, const char *file, int line, struct jc_err *err)
{
	int at = db->depth < JC_DB_DEPTH_MAX ? db->depth : JC_DB_DEPTH_MAX;

	jc_err_code(err, JC_EINTERNAL, "jc_db_begin");
	jc_err_cause(err, "%s at %s:%d; the transaction began at %s:%d", why, file, line, at > 0 ? db->frame[0].file : "-",
	    at > 0 ? db->frame[0].line : 0);
	return JC_EINTERNAL;
}

int
jc_db_begin_at(struct jc_db *db, int write, const char *file, int line, struct jc_err *err)
{
	int rc;

	if (db->depth == JC_DB_DEPTH_MAX)
		return begun_wrong(db, "too many nested transactions", file, line, err);
	if (db->depth > 0 && write && !db->writing)
		return begun_wrong(db, "a writing transaction inside a reading one", file, line, err);
	if (write && (db->flags & JC_DB_READONLY) != 0)
		return begun_wrong(db, "a writing transaction on a reader's connection", file, line, err);
	if (db->depth > 0 && db->lost)
		return jc_err_code(err, db->lost, "jc_db_begin");
	rc = control(db, db->depth > 0 ? sql_savepoint : write ? sql_begin_write : sql_begin, err);
	if (rc < 0)
		return rc;
	if (db->depth == 0) {
		db->writing = write;
		db->lost = 0;
		db->tx++;
	}
	db->frame[db->depth++] = (struct jc_db_frame){file, line};
	return 0;
}

/* What was begun inside the transaction and not read to its end would hold the old snapshot. */
static void
statements_end(struct jc_db *db)
{
	for (struct jc_stmt *st = db->all; st != NULL; st = st->all_next)
		if (st->tx == db->tx && sqlite3_stmt_busy(st->st)) {
			note(db, JC_TRACE_DEBUG, "stmt_left_open", sqlite3_sql(st->st));
			jc_stmt_reset(st);
		}
}

static int
inner_end(struct jc_db *db, int ok, struct jc_err *err)
{
	int rc = 0;

	if (db->lost)
		return ok ? jc_err_code(err, db->lost, "jc_db_end") : 0;
	if (!ok && (rc = control(db, sql_rollback_to, err)) < 0)
		db->lost = rc;
	if (rc == 0 && (rc = control(db, sql_release, err)) < 0)
		db->lost = rc;
	return rc;
}

static int
verify_all(struct jc_db *db, struct jc_err *err)
{
	int rc = 0;

	for (int i = 0; rc >= 0 && i < JC_DB_HOOKS_MAX; i++)
		if (db->verify[i].fn != NULL)
			rc = db->verify[i].fn(db->verify[i].arg, db, err);
	if (rc >= 0 && db->lost)
		rc = jc_err_code(err, db->lost, "jc_db_end");
	return rc < 0 ? rc : 0;
}

int
jc_db_end(struct jc_db *db, int ok, struct jc_err *err)
{
	int rc = 0, committed;

	assert(db->depth > 0);
	if (db->depth > 1) {
		db->depth--;
		return inner_end(db, ok, err);
	}
	if (ok && db->lost)
		rc = jc_err_code(err, db->lost, "jc_db_end");
	if (ok && rc == 0 && db->writing)
		rc = verify_all(db, err);
	statements_end(db);
	if (ok && rc == 0)
		rc = control(db, sql_commit, err);
	committed = ok && rc == 0;
	if (!committed && !sqlite3_get_autocommit(db->h)) {
		int undone = control(db, sql_rollback, rc == 0 ? err : NULL);

		rc = rc == 0 ? undone : rc;
	}
	db->depth = 0;
	db->writing = db->lost = 0;
	for (int i = 0; i < JC_DB_HOOKS_MAX; i++)
		if (db->ended[i].fn != NULL)
			db->ended[i].fn(db->ended[i].arg, committed);
	return rc;
}

void
jc_db_close(struct jc_db *db)
{
	if (db == NULL)
		return;
	if (db->depth > 0) { /* only after an error: nothing of it may stay */
		db->depth = 1;
		(void)jc_db_end(db, 0, NULL);
	}
	cache_free(db);
	(void)sqlite3_close(db->h);
	jc_free(db->path);
	jc_free(db);
}

/* ---- whole files ---- */

static int
copy_steps(sqlite3_backup *b, int (*progress)(void *arg, int left, int total), void *arg)
{
	int rc, busy = 0;

	for (;;) {
		rc = sqlite3_backup_step(b, BACKUP_PAGES);
		if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
			if (++busy > 100)
				return rc;
			sqlite3_sleep(50);
			continue;
		}
		if (rc != SQLITE_OK && rc != SQLITE_DONE)
			return rc;
		if (progress != NULL && progress(arg, sqlite3_backup_remaining(b), sqlite3_backup_pagecount(b)) != 0)
			return SQLITE_INTERRUPT;
		if (rc == SQLITE_DONE)
			return SQLITE_OK;
	}
}

static int
copy_to(struct jc_db *db, sqlite3 *to, int (*progress)(void *arg, int left, int total), void *arg, struct jc_err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", db->h, "main");
	int rc, end;

	if (b == NULL)
		rc = sqlite3_extended_errcode(to);
	else {
		rc = copy_steps(b, progress, arg);
		end = sqlite3_backup_finish(b);
		if (rc == SQLITE_OK)
			rc = end;
	}
	if (rc == SQLITE_OK)
		return 0;
	jc_err_code(err, jc_db_code(rc), "jc_db_backup");
	jc_err_cause(err, "sqlite %d: %s", rc, sqlite3_errmsg(to));
	return jc_db_code(rc);
}

int
jc_db_backup(struct jc_db *db, const char *to, int (*progress)(void *arg, int left, int total), void *arg,
    struct jc_err *err)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(db->env->vfs);
	sqlite3 *h = NULL;
	int rc, there = 0;

	if (vfs == NULL || vfs->xAccess(vfs, to, SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK)
		return jc_err_code(err, JC_EIO, "jc_db_backup");
	if (there)
		return jc_err_set(err, JC_EEXISTS, "jc_db_backup",
		    JC_T("备份文件已经存在，请换一个名字", "The backup file exists already; choose another name"));
	rc = sqlite3_open_v2(to, &h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, db->env->vfs);
	if (rc != SQLITE_OK) {
		rc = jc_err_set(err, jc_db_code(rc), "jc_db_backup",
		    JC_T("不能在那里写文件，请检查文件夹", "No file can be written there; check the folder"));
		jc_err_cause(err, "sqlite: %s", h != NULL ? sqlite3_errmsg(h) : "no memory");
	} else {
		(void)sqlite3_extended_result_codes(h, 1);
		rc = copy_to(db, h, progress, arg, err);
	}
	(void)sqlite3_close(h);
	if (rc < 0)
		(void)vfs->xDelete(vfs, to, 1);
	return rc;
}

int
jc_db_replace(struct jc_db *db, const char *from, struct jc_err *err)
{
	sqlite3 *h = NULL;
	sqlite3_backup *b;
	int rc = sqlite3_open_v2(from, &h, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, db->env->vfs);

	if (rc == SQLITE_OK && (b = sqlite3_backup_init(db->h, "main", h, "main")) != NULL) {
		do
			rc = sqlite3_backup_step(b, -1);
		while (rc == SQLITE_OK);
		(void)sqlite3_backup_finish(b);
		rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
	} else if (rc == SQLITE_OK) {
		rc = sqlite3_extended_errcode(db->h);
	}
	(void)sqlite3_close(h);
	if (rc == SQLITE_OK)
		return 0;
	jc_err_code(err, jc_db_code(rc), "jc_db_replace");
	jc_err_cause(err, "sqlite %d", rc);
	return jc_db_code(rc);
}

int
jc_db_check(struct jc_db *db, struct jc_err *err)
{
	char found[256];
	int rc = jc_db_own(db, found, sizeof(found), "PRAGMA integrity_check(1)", err);

	if (rc < 0 || strcmp(found, "ok") == 0)
		return rc;
	jc_err_code(err, JC_ECORRUPT, "jc_db_check");
	jc_err_cause(err, "integrity_check: %s", found);
	return JC_ECORRUPT;
}
