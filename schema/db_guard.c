/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The authorizer. SQLite asks it while a statement is compiled, so it does not decide about log
 * tables then: it marks the statement, and stepping looks at the window (jc_db_log_window). What
 * nobody here ever needs (attaching files, loading code, changing pragmas) it refuses at once.
 *
 * Projection tables are known by name; every other table is the log's. So a new log table is guarded
 * without a second list to keep. Rows of the append-only ones are never changed or deleted by a
 * prepared statement at all; only scripts (migrations, and tests that damage a log) can.
 */
#include <string.h>

#include "db_private.h"

static int
among(const char *name, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(name, *list) == 0)
			return 1;
	return 0;
}

static int
projected(const char *table)
{
	static const char *const names[] = {"record", "sibling", "edge", "cross_name", "alias", "search", "unknown_name",
	    "verdict", "verdict_said", "origin", "flow_step", NULL};

	return strncmp(table, "k_", 2) == 0 || strncmp(table, "sqlite_", 7) == 0 || among(table, names);
}

static int
append_only(const char *table)
{
	static const char *const names[] = {"object", "log_commit", "oprange", "op_same", "op_origin", "refused", NULL};

	return among(table, names);
}

static int
table_write(struct jc_db *db, int edit, const char *table)
{
	if (table == NULL || projected(table))
		return SQLITE_OK;
	if (db->current == NULL) /* compiled behind our back, on the bare handle */
		return db->window > 0 ? SQLITE_OK : SQLITE_DENY;
	db->current->writes_log = 1;
	if (edit && append_only(table))
		db->current->edits_log = 1;
	return SQLITE_OK;
}

int
jc_db_guard(void *arg, int op, const char *a, const char *b, const char *base, const char *trigger)
{
	struct jc_db *db = arg;

	(void)trigger;
	if (base != NULL && strcmp(base, "temp") == 0)
		return SQLITE_OK;
	switch (op) {
	case SQLITE_INSERT:
	case SQLITE_CREATE_TABLE:
	case SQLITE_DROP_TABLE:
		return table_write(db, 0, a);
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		return table_write(db, 1, a);
	case SQLITE_CREATE_INDEX:
	case SQLITE_DROP_INDEX:
	case SQLITE_ALTER_TABLE:
		return table_write(db, 0, b);
	case SQLITE_CREATE_TRIGGER:
	case SQLITE_CREATE_VIEW:
	case SQLITE_CREATE_VTABLE:
		return db->window > 0 ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_PRAGMA:
		return db->own > 0 ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_ATTACH:
	case SQLITE_DETACH:
		return SQLITE_DENY;
	case SQLITE_FUNCTION:
		return b != NULL && strcmp(b, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
	default:
		return SQLITE_OK;
	}
}
