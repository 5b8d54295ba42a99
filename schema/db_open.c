/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Opening a database: whose file it is, how SQLite must behave, what has to be made or brought up to
 * date. Nothing is changed before the file is known to be ours and not of a newer program; every
 * setting is read back, because SQLite accepts a pragma it cannot fulfil without a word.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_private.h"
#include "log_sql.h"
#include "schema_mem.h"
#include "schema_pinyin.h"

#define BUSY_MS 5000
/* A runaway statement ends with "no memory" instead of taking the machine with it. */
#define HEAP_MAX ((sqlite3_int64)1 << 30)
/* Above this a database is not looked through before use after a crash; `verify` does. */
#define QUICK_CHECK_MAX ((int64_t)64 << 20)

struct setting {
	const char *set;   /* NULL: only looked at */
	const char *get;
	const char *want;
	int writer;        /* 1: not for a reader's connection */
	int optional;      /* 1: no answer is fine, the library or VFS does not have it */
};

static const struct setting settings[] = {
	{"PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal", 1, 0},
	{NULL, "PRAGMA journal_mode", "wal", 0, 0},
	{"PRAGMA synchronous = FULL", "PRAGMA synchronous", "2", 0, 0},
	{"PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", "1", 0, 0},
	{"PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0", 0, 0},
	{"PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1", 0, 0},
	{"PRAGMA mmap_size = 0", "PRAGMA mmap_size", "0", 0, 1},
	{"PRAGMA secure_delete = ON", "PRAGMA secure_delete", "1", 0, 0},
	{"PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2", 0, 0},
	{"PRAGMA cache_size = -65536", "PRAGMA cache_size", "-65536", 0, 0}, /* grows only with use */
	{"PRAGMA wal_autocheckpoint = 4000", "PRAGMA wal_autocheckpoint", "4000", 0, 0},
	{"PRAGMA journal_size_limit = 4194304", "PRAGMA journal_size_limit", "4194304", 0, 0},
};

struct option {
	int op;
	int want;
};

static const struct option options[] = {
	{SQLITE_DBCONFIG_DEFENSIVE, 1},
	{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	{SQLITE_DBCONFIG_DQS_DML, 0},
	{SQLITE_DBCONFIG_DQS_DDL, 0},
	{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	{SQLITE_DBCONFIG_ENABLE_FKEY, 1},
};

/* Lower than SQLite's own. The length is a row's: a record with a long history is one row; the depth
 * is that of a filter made of every field of a kind. */
static const struct option limits[] = {
	{SQLITE_LIMIT_LENGTH, 16 << 20},
	{SQLITE_LIMIT_SQL_LENGTH, 100000},
	{SQLITE_LIMIT_COLUMN, 500},
	{SQLITE_LIMIT_EXPR_DEPTH, 200},
	{SQLITE_LIMIT_COMPOUND_SELECT, 8},
	{SQLITE_LIMIT_FUNCTION_ARG, 16},
	{SQLITE_LIMIT_ATTACHED, 0},
	{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200},
	{SQLITE_LIMIT_VARIABLE_NUMBER, 600},
	{SQLITE_LIMIT_TRIGGER_DEPTH, 10},
	{SQLITE_LIMIT_WORKER_THREADS, 0},
};

static int
refused(const char *what, const char *got, struct jc_err *err)
{
	jc_err_set(err, JC_EINTERNAL, "jc_db_open",
	    JC_T("这台电脑上的SQLite不能安全使用，请换用发行版自带的版本",
	        "SQLite on this machine cannot be used safely; use the distribution's version"));
	jc_err_cause(err, "%s gave %s", what, got);
	return JC_EINTERNAL;
}

static int
options_set(struct jc_db *db, struct jc_err *err)
{
	char got[16];

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		int is = -1;

		if (sqlite3_db_config(db->h, options[i].op, options[i].want, &is) != SQLITE_OK || is != options[i].want) {
			(void)snprintf(got, sizeof(got), "%d", options[i].op);
			return refused("sqlite3_db_config", got, err);
		}
	}
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		(void)sqlite3_limit(db->h, limits[i].op, limits[i].want);
		if (sqlite3_limit(db->h, limits[i].op, -1) > limits[i].want) {
			(void)snprintf(got, sizeof(got), "%d", limits[i].op);
			return refused("sqlite3_limit", got, err);
		}
	}
	return 0;
}

static int
setting_apply(struct jc_db *db, const struct setting *s, struct jc_err *err)
{
	char got[32];
	int rc = 0;

	if (s->set != NULL)
		rc = jc_db_own(db, NULL, 0, s->set, err);
	if (rc == 0)
		rc = jc_db_own(db, got, sizeof(got), s->get, err);
	if (rc < 0 || strcmp(got, s->want) == 0 || (s->optional && got[0] == '\0'))
		return rc;
	return refused(s->get, got, err);
}

static int
settings_apply(struct jc_db *db, struct jc_err *err)
{
	int reader = (db->flags & JC_DB_READONLY) != 0, rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(settings) / sizeof(settings[0]); i++)
		if (!(reader && settings[i].writer))
			rc = setting_apply(db, &settings[i], err);
	if (rc == 0 && reader)
		rc = setting_apply(db, &(struct setting){"PRAGMA query_only = ON", "PRAGMA query_only", "1", 0, 0}, err);
	return rc;
}

int
jc_db_long_wal(struct jc_db *db, struct jc_err *err)
{
	static const struct setting longer[] = {
		{"PRAGMA wal_autocheckpoint = 16000", "PRAGMA wal_autocheckpoint", "16000", 0, 0},
		{"PRAGMA journal_size_limit = 67108864", "PRAGMA journal_size_limit", "67108864", 0, 0}};
	int rc = setting_apply(db, &longer[0], err);

	return rc < 0 ? rc : setting_apply(db, &longer[1], err);
}

static int
own_int(struct jc_db *db, int64_t *out, const char *sql, struct jc_err *err)
{
	char got[32];
	int rc = jc_db_own(db, got, sizeof(got), sql, err);

	if (rc == 0)
		*out = strtoll(got, NULL, 10);
	return rc;
}

static int
not_there(struct jc_err *err)
{
	return jc_err_set(err, JC_ENOTFOUND, "jc_db_open",
	    JC_T("这个文件夹里还没有数据，请先运行 jiceng branch init 或 jiceng hub init",
	        "There is no data in this folder yet; run jiceng branch init or jiceng hub init first"));
}

/* Whose file is it? *fresh: an empty one, as a new file is, or one whose making a power cut ended. */
static int
identify(struct jc_db *db, int *fresh, struct jc_err *err)
{
	int64_t application, version, tables;
	int rc;

	if ((rc = own_int(db, &application, "PRAGMA application_id", err)) < 0 ||
	    (rc = own_int(db, &version, "PRAGMA user_version", err)) < 0 ||
	    (rc = own_int(db, &tables, "SELECT count(*) FROM sqlite_schema", err)) < 0)
		return rc;
	*fresh = application == 0 && version == 0 && tables == 0;
	if (*fresh)
		return (db->flags & JC_DB_CREATE) != 0 ? 0 : not_there(err);
	if (application != JC_DB_APPLICATION)
		return jc_err_set(err, JC_EFORMAT, "jc_db_open",
		    JC_T("这不是基层的数据文件，请检查文件夹", "This is not a data file of jiceng; check the folder"));
	if (version > JC_DB_VERSION) {
		jc_err_set(err, JC_ENEWER, "jc_db_open",
		    JC_T("数据是用更新版本的程序保存的，请升级后再打开；数据没有改动",
		        "The data was written by a newer program; upgrade and open it again. Nothing was changed"));
		jc_err_cause(err, "layout %lld, this program knows %d", (long long)version, JC_DB_VERSION);
		return JC_ENEWER;
	}
	return 0;
}

/* A write-ahead log that is still there tells that the last owner did not close. */
static int
unclean(struct jc_db *db, sqlite3_vfs *vfs)
{
	char *wal = sqlite3_mprintf("%s-wal", db->path);
	int there = 0;

	if (wal != NULL)
		(void)vfs->xAccess(vfs, wal, SQLITE_ACCESS_EXISTS, &there);
	sqlite3_free(wal);
	return there;
}

static int
quick_check(struct jc_db *db, struct jc_err *err)
{
	char found[256];
	int64_t pages, size;
	int rc;

	if ((rc = own_int(db, &pages, "PRAGMA page_count", err)) < 0 ||
	    (rc = own_int(db, &size, "PRAGMA page_size", err)) < 0)
		return rc;
	if (pages * size > QUICK_CHECK_MAX) {
		if (db->env->trace != NULL)
			db->env->trace(db->env->ctx, JC_TRACE_INFO, "db_check_due", "reason=unclean");
		return 0;
	}
	if ((rc = jc_db_own(db, found, sizeof(found), "PRAGMA quick_check(1)", err)) < 0 || strcmp(found, "ok") == 0)
		return rc;
	jc_err_code(err, JC_ECORRUPT, "jc_db_open");
	jc_err_cause(err, "quick_check: %s", found);
	return JC_ECORRUPT;
}

/* The log's tables and the name of the program, in the caller's transaction. */
static int
make_log(struct jc_db *db, struct jc_err *err)
{
	char sql[64];
	int rc;

	jc_db_log_window(db, 1);
	rc = jc_db_exec(db, jc_log_sql, err);
	jc_db_log_window(db, -1);
	(void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d", JC_DB_APPLICATION);
	if (rc == 0)
		rc = jc_db_own(db, NULL, 0, sql, err);
	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", JC_DB_VERSION);
	return rc < 0 ? rc : jc_db_own(db, NULL, 0, sql, err);
}

/* Either of two that open a new file at once makes the tables; the other finds them. */
static int
make(struct jc_db *db, struct jc_err *err)
{
	int64_t tables;
	int rc, end;

	if ((rc = jc_db_begin(db, err)) < 0)
		return rc;
	if ((rc = own_int(db, &tables, "SELECT count(*) FROM sqlite_schema", err)) == 0 && tables == 0)
		rc = make_log(db, err);
	end = jc_db_end(db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
handle_open(struct jc_db *db, sqlite3_vfs *vfs, struct jc_err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX, there = 0, rc;

	flags |= (db->flags & JC_DB_READONLY) != 0 ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if ((db->flags & JC_DB_CREATE) != 0)
		flags |= SQLITE_OPEN_CREATE;
	else if (vfs->xAccess(vfs, db->path, SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK && !there)
		return not_there(err);
	rc = sqlite3_open_v2(db->path, &db->h, flags, db->env->vfs);
	if (rc != SQLITE_OK) {
		jc_err_set(err, jc_db_code(rc), "jc_db_open",
		    JC_T("数据文件打不开，请检查文件夹的权限和磁盘", "The data file cannot be opened; check the folder and the disk"));
		jc_err_cause(err, "sqlite %d: %s", rc, db->h != NULL ? sqlite3_errmsg(db->h) : "no memory");
		return jc_db_code(rc);
	}
	(void)sqlite3_extended_result_codes(db->h, 1);
	(void)sqlite3_busy_timeout(db->h, BUSY_MS);
	(void)sqlite3_hard_heap_limit64(HEAP_MAX);
	(void)sqlite3_set_authorizer(db->h, jc_db_guard, db);
	return options_set(db, err);
}

/* jc_order(TEXT): what texts are put in order by (schema_pinyin.h). */
static void
order_of(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	const char *text = (const char *)sqlite3_value_text(v[0]);
	struct jc_buf b;

	(void)n;
	if (text == NULL)
		return;
	jc_buf_init(&b, 1u << 20);
	jc_pinyin_order(&b, text, (size_t)sqlite3_value_bytes(v[0]));
	if (b.failed)
		sqlite3_result_error_nomem(ctx);
	else
		sqlite3_result_text(ctx, b.data != NULL ? b.data : "", (int)b.len, SQLITE_TRANSIENT);
	jc_buf_free(&b);
}

static int
functions_add(struct jc_db *db, struct jc_err *err)
{
	int rc = sqlite3_create_function_v2(db->h, "jc_order", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
	    order_of, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : jc_err_code(err, jc_db_code(rc), "functions_add");
}

static int
open_all(struct jc_db *db, int *rebuild, struct jc_err *err)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(db->env->vfs);
	int reader = (db->flags & JC_DB_READONLY) != 0, fresh, crashed, rc;

	if (vfs == NULL)
		return jc_err_code(err, JC_EIO, "jc_db_open");
	crashed = !reader && (db->flags & JC_DB_AGAIN) == 0 && unclean(db, vfs);
	if ((rc = handle_open(db, vfs, err)) < 0 || (rc = identify(db, &fresh, err)) < 0 ||
	    (rc = settings_apply(db, err)) < 0 || (rc = functions_add(db, err)) < 0 ||
	    (rc = jc_db_prepare_control(db, err)) < 0)
		return rc;
	if (fresh)
		rc = make(db, err);
	else if (crashed)
		rc = quick_check(db, err);
	if (rc == 0 && !reader)
		rc = jc_migrate(db, err);
	return rc < 0 ? rc : jc_ddl_open(db, rebuild, err);
}

int
jc_db_open(struct jc_db **out, const struct jc_env *env, const char *path, unsigned flags, int *rebuild,
    struct jc_err *err)
{
	struct jc_db *db = jc_calloc(1, sizeof(*db));
	int rc, unused;

	*out = NULL;
	if (rebuild == NULL)
		rebuild = &unused;
	*rebuild = 0;
	if (db == NULL)
		return JC_NOMEM(err, "jc_db_open");
	db->env = env;
	db->flags = flags;
	if ((flags & JC_DB_READONLY) != 0)
		db->flags &= ~(unsigned)JC_DB_CREATE;
	db->path = jc_strdup(path);
	rc = db->path == NULL ? JC_NOMEM(err, "jc_db_open") : open_all(db, rebuild, err);
	if (rc < 0)
		jc_db_close(db);
	else
		*out = db;
	return rc;
}
