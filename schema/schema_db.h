/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The database. Owns the SQLite connection and everything that makes it safe: pragmas that are read
 * back (RELIABILITY 8.2), transactions that know where they began, cached statements, the
 * authorizer that guards log tables, verify-before-commit, backup. One connection per thread, never
 * shared. db.c is the only file that calls sqlite3_prepare and sqlite3_exec and the only one that
 * translates SQLite's codes: a busy database is JC_EBUSY, a damaged one JC_ECORRUPT, a full disk
 * JC_EFULL, never "not found".
 */
#ifndef JC_SCHEMA_DB_H
#define JC_SCHEMA_DB_H

#include "schema_buf.h"
#include "schema_env.h"
#include "schema_err.h"

struct jc_db;
struct jc_stmt;

/* Newest layout of the log tables this program knows; a higher one in the file is JC_ENEWER. */
#define JC_DB_VERSION 8

enum jc_db_flags {
	JC_DB_CREATE = 1,   /* make the file and its tables if it is not there */
	JC_DB_READONLY = 2, /* for readers on worker threads; no migration */
	JC_DB_AGAIN = 4     /* this program, or its server, has it open: a log that is there is no sign of a crash */
};

/*
 * Opens the database file, checks every pragma, migrates (unless read-only) and makes the
 * projection tables of the catalogue; *rebuild (may be NULL) is set to 1 when the projection was
 * dropped because the catalogue changed, or was not refilled since; the caller must refill it. Frees with jc_db_close().
 * JC_ENOTFOUND: no file and no JC_DB_CREATE. JC_ENEWER: written by a newer program. JC_EFORMAT:
 * a file of another program. JC_ECORRUPT. JC_ESTATE: a reader came before the refill. `env` must live longer.
 */
int jc_db_open(struct jc_db **out, const struct jc_env *env, const char *path, unsigned flags,
    int *rebuild, struct jc_err *err);
void jc_db_close(struct jc_db *db);
/* A hub's: commits of hundreds of pages follow each other, so the write-ahead log may grow to 64 MB before its pages go
 * into the file; those that many commits changed go there once. A desk's saves must not wait for so much. */
int jc_db_long_wal(struct jc_db *db, struct jc_err *err);
const struct jc_env *jc_db_env(const struct jc_db *db);
const char *jc_db_path(const struct jc_db *db);

/* The handle itself, for the two libgit2 backends' sake only; never prepare on it outside db.c. */
struct sqlite3 *jc_db_handle(struct jc_db *db);

/*
 * Transactions. The outermost begin is BEGIN IMMEDIATE (or BEGIN for reading); inner ones are
 * savepoints. Every begin is paired with one jc_db_end: ok != 0 commits (the outermost one first
 * calls the verifiers), ok == 0 rolls back. A failed commit rolls back. Macro keeps file and line.
 */
#define jc_db_begin(db, err) jc_db_begin_at((db), 1, __FILE__, __LINE__, (err))
#define jc_db_begin_read(db, err) jc_db_begin_at((db), 0, __FILE__, __LINE__, (err))
int jc_db_begin_at(struct jc_db *db, int write, const char *file, int line, struct jc_err *err);
int jc_db_end(struct jc_db *db, int ok, struct jc_err *err);
int jc_db_depth(const struct jc_db *db);

/*
 * Verify-before-commit: called in the order they were given before the outermost COMMIT of a writing
 * transaction, at most 4; a negative answer rolls back and is the answer of jc_db_end(). They may
 * write. NULL takes away what was given with that arg.
 */
int jc_db_on_commit(struct jc_db *db, int (*verify)(void *arg, struct jc_db *db, struct jc_err *err), void *arg);
/* Called after the outermost transaction ended; committed is 0 after a rollback. At most 4. NULL as above. */
int jc_db_on_end(struct jc_db *db, void (*ended)(void *arg, int committed), void *arg);

/*
 * Opens (+1) or closes (-1) the window in which log tables may be written; it must be open while the
 * statement is stepped. Nests. Every table but the projection's is a log table (meta opens its own).
 * Even inside it no prepared statement may UPDATE or DELETE rows of object, log_commit, oprange, op_same,
 * op_origin and refused: these are only appended. Scripts (jc_db_exec: migrations, tests that damage a log) may.
 */
void jc_db_log_window(struct jc_db *db, int delta);

/*
 * Statements. `sql` must be a string literal: its address is the key of the cache. The statement is
 * borrowed, reset and without bindings; jc_stmt_reset() when a read is done early. Texts and blobs
 * bound are not copied: they must live until the step. The same literal prepared again while the
 * first is being read gives a second statement. What is still open when the transaction it was
 * stepped in ends is reset. Run to its end, or reset, a statement has no bindings any more.
 */
int jc_db_prep(struct jc_stmt **out, struct jc_db *db, const char *sql, struct jc_err *err);
/* The same for SQL made at run time: not cached, freed by jc_stmt_free() before the database closes. */
int jc_db_prep_text(struct jc_stmt **out, struct jc_db *db, const char *sql, struct jc_err *err);
void jc_stmt_free(struct jc_stmt *st);

/* Binds by name (":name"); an unknown name is a programming error: asserts, and fails the step. */
void jc_bind_int(struct jc_stmt *st, const char *name, int64_t v);
void jc_bind_text(struct jc_stmt *st, const char *name, const char *s, size_t n);
void jc_bind_str(struct jc_stmt *st, const char *name, const char *s);     /* NULL binds NULL */
void jc_bind_blob(struct jc_stmt *st, const char *name, const void *p, size_t n);
void jc_bind_null(struct jc_stmt *st, const char *name);
/* By position (from 1), for statements made from the catalogue. */
void jc_bind_int_at(struct jc_stmt *st, int at, int64_t v);
void jc_bind_text_at(struct jc_stmt *st, int at, const char *s, size_t n);
void jc_bind_blob_at(struct jc_stmt *st, int at, const void *p, size_t n);
void jc_bind_null_at(struct jc_stmt *st, int at);

/* 1 a row, 0 done (and reset), negative an error (and reset). */
int jc_stmt_step(struct jc_stmt *st, struct jc_err *err);
/* Runs to the end and resets. 0 or an error. */
int jc_stmt_run(struct jc_stmt *st, struct jc_err *err);
void jc_stmt_reset(struct jc_stmt *st);

/* Columns of the current row, from 0; borrowed until the next step or reset. */
int64_t jc_col_int(struct jc_stmt *st, int i);
const char *jc_col_text(struct jc_stmt *st, int i, size_t *n);             /* NULL for NULL */
const void *jc_col_blob(struct jc_stmt *st, int i, size_t *n);             /* "" of length 0 may be NULL */
int jc_col_null(struct jc_stmt *st, int i);
int jc_col_count(struct jc_stmt *st);
const char *jc_col_name(struct jc_stmt *st, int i);

/* Whole scripts and one-number queries; the query is a literal, as in jc_db_prep(). A pragma is refused. */
int jc_db_exec(struct jc_db *db, const char *sql, struct jc_err *err);
int jc_db_int(struct jc_db *db, int64_t *out, const char *sql, struct jc_err *err); /* JC_ENOTFOUND: no row */
int64_t jc_db_last_rowid(struct jc_db *db);
int64_t jc_db_changes(struct jc_db *db);

/* Small settings of the node (table meta). get: JC_ENOTFOUND when absent; *out is freed by caller. */
int jc_meta_get(struct jc_db *db, const char *key, char **out, struct jc_err *err);
int jc_meta_int(struct jc_db *db, const char *key, int64_t *out, int64_t absent, struct jc_err *err);
int jc_meta_set(struct jc_db *db, const char *key, const char *value, struct jc_err *err); /* NULL deletes */
int jc_meta_set_int(struct jc_db *db, const char *key, int64_t value, struct jc_err *err);

/* One consistent file through the backup API; writes `to` anew (must not exist). */
int jc_db_backup(struct jc_db *db, const char *to, int (*progress)(void *arg, int left, int total),
    void *arg, struct jc_err *err);

/* The other way: all that is in the file `from` takes the place of all that is here, in one transaction; other connections
 * see it like any commit. No statement of db may be running, and what was read from db before is to be read again. */
int jc_db_replace(struct jc_db *db, const char *from, struct jc_err *err);

/* PRAGMA integrity_check: JC_ECORRUPT with the first finding. */
int jc_db_check(struct jc_db *db, struct jc_err *err);

/*
 * The projection: record, sibling, unknown_name, verdict, flow_step and a k_<kind> table per kind of the
 * catalogue (rec, then its fields in the table's order). _tables drops and makes it empty and takes
 * away the mark that says "filled for this catalogue"; _indexes makes the indexes that a refill does
 * better without and puts the mark back, so both belong into the refill's transaction. Without a name
 * behind it: both, for an empty log.
 */
int jc_ddl_projection_tables(struct jc_db *db, struct jc_err *err);
int jc_ddl_projection_indexes(struct jc_db *db, struct jc_err *err);
int jc_ddl_projection(struct jc_db *db, struct jc_err *err);

/* Adds to them, in the caller's transaction: an empty table for a defined kind, a column for a defined
 * field of any kind. Filling them is the caller's work. They go with the others. */
struct jc_kind;
struct jc_field;
int jc_ddl_kind(struct jc_db *db, const struct jc_kind *kind, struct jc_err *err);
int jc_ddl_field(struct jc_db *db, const struct jc_kind *kind, const struct jc_field *field, struct jc_err *err);

/* *stale 1: the tables are of another catalogue, or a refill did not end; a rebuild is due. */
int jc_ddl_projection_stale(struct jc_db *db, int *stale, struct jc_err *err);

#endif
