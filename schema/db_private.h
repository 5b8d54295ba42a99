/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to the database files (db.c, db_open.c, db_guard.c, stmt.c, ddl.c, migrate.c). */
#ifndef JC_DB_PRIVATE_H
#define JC_DB_PRIVATE_H

#include <sqlite3.h>

#include "schema_db.h"

#define JC_DB_DEPTH_MAX 16
#define JC_DB_HOOKS_MAX 4

/* "jcng": says whose file this is to file(1) and to a newer or older program. */
#define JC_DB_APPLICATION 0x6a636e67

struct jc_stmt {
	sqlite3_stmt *st;
	struct jc_db *db;
	const char *key;          /* address of the literal; NULL for statements made at run time */
	struct jc_stmt *next;     /* in its bucket of the cache */
	struct jc_stmt *all_next; /* every statement of the connection */
	struct jc_stmt *all_prev;
	uint64_t tx;              /* the transaction it was first stepped in, 0: none */
	uint8_t in_use;           /* handed out and not reset since */
	uint8_t readonly;
	uint8_t writes_log;       /* found by the authorizer */
	uint8_t edits_log;        /* changes or deletes rows of an append-only table */
	uint8_t bad_name;         /* a bind named a parameter that is not there */
	int bind_rc;              /* first failure of a bind, an SQLite code */
};

struct jc_db_frame {
	const char *file;
	int line;
};

struct jc_db_verify {
	int (*fn)(void *arg, struct jc_db *db, struct jc_err *err);
	void *arg;
};

struct jc_db_ended {
	void (*fn)(void *arg, int committed);
	void *arg;
};

struct jc_db {
	sqlite3 *h;
	const struct jc_env *env;
	char *path;
	unsigned flags;
	int depth;
	int writing;              /* the outermost begin was a writing one */
	int lost;                 /* SQLite rolled the transaction back by itself, or a value could not be read */
	uint64_t tx;              /* serial number of the transaction, grows */
	struct jc_db_frame frame[JC_DB_DEPTH_MAX];
	struct jc_db_verify verify[JC_DB_HOOKS_MAX];
	struct jc_db_ended ended[JC_DB_HOOKS_MAX];
	int window;               /* > 0: log tables may be written */
	int own;                  /* > 0: db files themselves run a pragma */
	struct jc_stmt *current;  /* being prepared or stepped: what the authorizer marks */
	struct jc_stmt **bucket;
	size_t nbuckets, ncached;
	struct jc_stmt *all;
};

/* The one translator of SQLite's codes: sets err (with the SQL text as cause) and returns JC_E*. */
int jc_db_fail(struct jc_db *db, int code, const char *where, const char *sql, struct jc_err *err);
/* The same without a message. */
int jc_db_code(int code);

/* Runs one statement of the db files' own: pragmas are allowed. `out` (may be NULL) takes the first
 * column of the first row as text, "" when there is none. */
int jc_db_own(struct jc_db *db, char *out, size_t room, const char *sql, struct jc_err *err);

/* Compiles the statements that begin and end transactions. */
int jc_db_prepare_control(struct jc_db *db, struct jc_err *err);

/* The authorizer of db_guard.c; arg is the struct jc_db. */
int jc_db_guard(void *arg, int op, const char *a, const char *b, const char *base, const char *trigger);

/* Migrations: forward only, each in the order of `to`; the list ends with to 0. */
struct jc_migration {
	int to;          /* user_version after it */
	const char *sql;
};

/* Brings the database from its version to the last of `list`, in one transaction, after a copy of the
 * file was written beside it. */
int jc_migrate_run(struct jc_db *db, const struct jc_migration *list, struct jc_err *err);
/* The program's own list. */
int jc_migrate(struct jc_db *db, struct jc_err *err);

/* Makes the projection when there is none or when it is of another catalogue; *rebuild as in jc_db_open. */
int jc_ddl_open(struct jc_db *db, int *rebuild, struct jc_err *err);

#endif
