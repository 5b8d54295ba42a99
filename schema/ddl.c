/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Tables of the projection, made from the catalogue. `record` has a row per record with what the
 * merge rule needs packed into two blobs; k_<kind> has the shown values as typed columns; `sibling`
 * has the values that are in no column. Nothing here is truth: a changed catalogue drops all of it.
 *
 * The mark `projection` in meta holds the fingerprint of the catalogue that the tables were filled
 * for. It goes with the tables and comes back only after the refill, in the refill's transaction: a
 * power cut in between leaves no mark, and the next start fills again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "db_private.h"
#include "schema_catalogue.h"
#include "schema_mem.h"

/* Grows when the tables below change shape for the same catalogue. */
#define LAYOUT 21
#define MARK "projection"

static const char tables_sql[] =
    /* A record of a scope. kind: catalogue id, or unknown_name.no. void: 0 living, 1 void or without a
     * value, 2 shown under the id of another one (merged duplicates; its row in k_<kind> has its own
     * values, that of the shown one has those of the class). conflicts: fields that show more than one
     * value. ver: cells of the merge rule; hist: local numbers of its operations (sync/rec.c). */
    "CREATE TABLE record("
    "  rec       INTEGER PRIMARY KEY,"
    "  scope     INTEGER NOT NULL,"
    "  id        TEXT NOT NULL,"
    "  kind      INTEGER NOT NULL,"
    "  void      INTEGER NOT NULL,"
    "  conflicts INTEGER NOT NULL,"
    "  ver       BLOB NOT NULL,"
    "  hist      BLOB NOT NULL,"
    "  UNIQUE(scope, id, kind)"
    ") STRICT;"
    /* Values of registers that no column shows: beside the shown one, or of unknown fields. */
    "CREATE TABLE sibling("
    "  rec   INTEGER NOT NULL,"
    "  field INTEGER NOT NULL,"
    "  op    INTEGER NOT NULL,"
    "  value TEXT,"
    "  PRIMARY KEY(rec, field, op)"
    ") STRICT, WITHOUT ROWID;"
    /* Living elements of the sets `*` (FORMAT 4, alias): a and b are ids as numbers. same 0: not one. */
    "CREATE TABLE edge("
    "  scope INTEGER NOT NULL,"
    "  kind  INTEGER NOT NULL,"
    "  a     INTEGER NOT NULL,"
    "  b     INTEGER NOT NULL,"
    "  same  INTEGER NOT NULL,"
    "  PRIMARY KEY(scope, kind, a, b, same)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX edge_back ON edge(scope, kind, b, a);"
    /* What a record's operations name in other records. */
    "CREATE TABLE cross_name("
    "  rec INTEGER PRIMARY KEY,"
    "  ver BLOB NOT NULL"
    ") STRICT;"
    /* The id under which a record is shown, where it is another. */
    "CREATE TABLE alias("
    "  scope INTEGER NOT NULL,"
    "  kind  INTEGER NOT NULL,"
    "  id    TEXT NOT NULL,"
    "  shown TEXT NOT NULL,"
    "  PRIMARY KEY(scope, kind, id)"
    ") STRICT, WITHOUT ROWID;"
    /* The words by which records are found, a few records a row (sync/search.c). */
    "CREATE TABLE search("
    "  row   INTEGER PRIMARY KEY,"
    "  words BLOB NOT NULL"
    ") STRICT;"
    /* Numbers of kinds (name '') and fields that a newer program wrote. */
    "CREATE TABLE unknown_name("
    "  no   INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL,"
    "  name TEXT NOT NULL,"
    "  UNIQUE(kind, name)"
    ") STRICT;"
    /* What stands of a write (a field of an operation) by the authority's statements, and all of these. */
    "CREATE TABLE verdict("
    "  op     INTEGER NOT NULL,"
    "  field  TEXT NOT NULL,"
    "  state  TEXT NOT NULL,"             /* returned, accepted */
    "  reason TEXT NOT NULL,"
    "  by_op  INTEGER NOT NULL,"          /* the statement that decides */
    "  PRIMARY KEY(op, field)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX verdict_by ON verdict(by_op);"
    "CREATE TABLE verdict_said("
    "  op     INTEGER NOT NULL,"
    "  field  TEXT NOT NULL,"
    "  by_op  INTEGER NOT NULL,"
    "  rec    INTEGER NOT NULL,"
    "  state  TEXT NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  replaced INTEGER NOT NULL,"        /* 1: a later statement names it */
    "  PRIMARY KEY(op, field, by_op)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX verdict_said_by ON verdict_said(by_op, field);"
    "CREATE INDEX verdict_said_rec ON verdict_said(rec);"
    /* Writes (a field of an operation) that another operation was sent again for (`o`). */
    "CREATE TABLE origin("
    "  op    INTEGER NOT NULL,"
    "  field TEXT NOT NULL,"
    "  by_op INTEGER NOT NULL,"
    "  PRIMARY KEY(op, field, by_op)"
    ") STRICT, WITHOUT ROWID;"
    /* The replay of a record that has states (sync/derive.c): its living events in order. subject, event: rec. ok 0:
     * the move was impossible from there, the state stayed. from_state '': none yet. */
    "CREATE TABLE flow_step("
    "  subject    INTEGER NOT NULL,"
    "  n          INTEGER NOT NULL,"
    "  event      INTEGER NOT NULL,"
    "  day        TEXT NOT NULL,"
    "  move       TEXT NOT NULL,"
    "  from_state TEXT NOT NULL,"
    "  to_state   TEXT NOT NULL,"
    "  ok         INTEGER NOT NULL,"
    "  PRIMARY KEY(subject, n)"
    ") STRICT, WITHOUT ROWID;";

static const char indexes_sql[] =
    "CREATE INDEX record_conflicts ON record(rec) WHERE conflicts > 0;"
    "CREATE INDEX flow_step_impossible ON flow_step(subject) WHERE ok = 0;";

static void
mark_now(char *mark, size_t n)
{
	(void)snprintf(mark, n, "%d-%016" PRIx64, LAYOUT, jc_catalogue_fingerprint());
}

/* STRICT leaves what it is given alone only in ANY: a number typed as 007 stays text. */
static const char *
column_type(const struct jc_field *f)
{
	if (!f->set && (f->type == JC_INT || f->type == JC_MONEY || f->type == JC_DECIMAL))
		return "ANY";
	return "TEXT";
}

static int
indexed(const struct jc_kind *k, const struct jc_field *f)
{
	if (f->set)
		return 0;
	return f->type == JC_REF || f->type == JC_IDNO || f->type == JC_USCC || (f->type == JC_TEXT && strcmp(f->name, k->title) == 0);
}

static void
kind_table(struct jc_buf *b, const struct jc_kind *k)
{
	jc_buf_putf(b, "CREATE TABLE \"k_%s\"(rec INTEGER PRIMARY KEY", k->name);
	for (const struct jc_field *f = k->fields; f->id != 0; f++)
		jc_buf_putf(b, ", \"%s\" %s", f->name, column_type(f));
	jc_buf_puts(b, ") STRICT;");
}

static void
index_put(struct jc_buf *b, const struct jc_kind *k, const struct jc_field *f)
{
	jc_buf_putf(b, "CREATE INDEX \"i_%s_%s\" ON \"k_%s\"(\"%s\") WHERE \"%s\" IS NOT NULL;", k->name, f->name, k->name, f->name,
	    f->name);
}

static void
kind_indexes(struct jc_buf *b, const struct jc_kind *k)
{
	for (const struct jc_field *f = k->fields; f->id != 0; f++)
		if (indexed(k, f))
			index_put(b, k, f);
}

/* Runs a fixed part and one part per kind. */
static int
run(struct jc_db *db, const char *fixed, void (*part)(struct jc_buf *b, const struct jc_kind *k), struct jc_err *err)
{
	const struct jc_kind *const *k = jc_catalogue_base(); /* defined ones are added by jc_ddl_kind() */
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, 1 << 20);
	jc_buf_puts(&b, fixed);
	for (int ends = 0; ends < 2; k++)
		if (*k == NULL)
			ends++;
		else
			part(&b, *k);
	if ((rc = jc_buf_check(&b, "jc_ddl_projection", err)) == 0)
		rc = jc_db_exec(db, b.data, err);
	jc_buf_free(&b);
	return rc;
}

/* Drops every table of a projection, also those of kinds that the catalogue no longer has. */
static int
drop_all(struct jc_db *db, struct jc_err *err)
{
	struct jc_stmt *st;
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, 1 << 20);
	if ((rc = jc_db_prep(&st, db,
	         "SELECT name FROM sqlite_schema WHERE type = 'table'"
	         " AND (name IN ('record', 'sibling', 'edge', 'cross_name', 'alias', 'search', 'unknown_name', 'verdict', 'verdict_said',"
	         "  'origin', 'flow_step') OR substr(name, 1, 2) = 'k_')", err)) == 0)
		while ((rc = jc_stmt_step(st, err)) == 1)
			jc_buf_putf(&b, "DROP TABLE \"%s\";", jc_col_text(st, 0, NULL));
	if (rc == 0 && b.len != 0 && (rc = jc_buf_check(&b, "jc_ddl_projection", err)) == 0)
		rc = jc_db_exec(db, b.data, err);
	jc_buf_free(&b);
	return rc;
}

static int
tables_make(struct jc_db *db, struct jc_err *err)
{
	int rc;

	if ((rc = jc_meta_set(db, MARK, NULL, err)) < 0 || (rc = drop_all(db, err)) < 0)
		return rc;
	return run(db, tables_sql, kind_table, err);
}

int
jc_ddl_projection_tables(struct jc_db *db, struct jc_err *err)
{
	int rc = jc_db_begin(db, err), end;

	if (rc < 0)
		return rc;
	rc = tables_make(db, err);
	end = jc_db_end(db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_ddl_projection_indexes(struct jc_db *db, struct jc_err *err)
{
	char mark[40];
	int rc = jc_db_begin(db, err), end;

	if (rc < 0)
		return rc;
	mark_now(mark, sizeof(mark));
	if ((rc = run(db, indexes_sql, kind_indexes, err)) == 0)
		rc = jc_meta_set(db, MARK, mark, err);
	end = jc_db_end(db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_ddl_projection(struct jc_db *db, struct jc_err *err)
{
	int rc = jc_db_begin(db, err), end;

	if (rc < 0)
		return rc;
	if ((rc = tables_make(db, err)) == 0)
		rc = jc_ddl_projection_indexes(db, err);
	end = jc_db_end(db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_ddl_projection_stale(struct jc_db *db, int *stale, struct jc_err *err)
{
	struct jc_err why = {0};
	char now[40], *was = NULL;
	int rc = jc_meta_get(db, MARK, &was, &why);

	if (rc < 0 && rc != JC_ENOTFOUND) {
		if (err != NULL)
			*err = why;
		return rc;
	}
	mark_now(now, sizeof(now));
	*stale = was == NULL || strcmp(was, now) != 0;
	jc_free(was);
	return 0;
}

/* Runs what was made for one kind, or one field of it; SQLite checks a STRICT table with a pragma of its own. */
static int
made_run(struct jc_db *db, struct jc_buf *b, struct jc_err *err)
{
	int rc = jc_buf_check(b, "jc_ddl_kind", err);

	if (rc == 0) {
		db->own++;
		rc = jc_db_exec(db, b->data, err);
		db->own--;
	}
	jc_buf_free(b);
	return rc;
}

int
jc_ddl_kind(struct jc_db *db, const struct jc_kind *kind, struct jc_err *err)
{
	struct jc_buf b;

	jc_buf_init(&b, 1 << 16);
	jc_buf_putf(&b, "CREATE TABLE \"k_%s\"(rec INTEGER PRIMARY KEY) STRICT;", kind->name);
	return made_run(db, &b, err);
}

int
jc_ddl_field(struct jc_db *db, const struct jc_kind *kind, const struct jc_field *field, struct jc_err *err)
{
	struct jc_buf b;

	jc_buf_init(&b, 1 << 16);
	jc_buf_putf(&b, "ALTER TABLE \"k_%s\" ADD COLUMN \"%s\" %s;", kind->name, field->name, column_type(field));
	if (indexed(kind, field))
		index_put(&b, kind, field);
	return made_run(db, &b, err);
}

static int
log_empty(struct jc_db *db, int *empty, struct jc_err *err)
{
	int64_t some;
	int rc = jc_db_int(db, &some, "SELECT EXISTS(SELECT 1 FROM log_commit) OR EXISTS(SELECT 1 FROM draft)", err);

	*empty = rc == 0 && !some;
	return rc;
}

static int
open_locked(struct jc_db *db, int *rebuild, struct jc_err *err)
{
	int stale, empty, rc;

	if ((rc = jc_ddl_projection_stale(db, &stale, err)) < 0 || !stale || (rc = log_empty(db, &empty, err)) < 0)
		return rc;
	if (empty)
		return jc_ddl_projection(db, err);
	*rebuild = 1;
	return jc_ddl_projection_tables(db, err);
}

int
jc_ddl_open(struct jc_db *db, int *rebuild, struct jc_err *err)
{
	int stale, rc, end;

	if ((rc = jc_ddl_projection_stale(db, &stale, err)) < 0 || !stale)
		return rc;
	if ((db->flags & JC_DB_READONLY) != 0)
		return jc_err_set(err, JC_ESTATE, "jc_db_open",
		    JC_T("数据还在整理，请稍后再试，或运行 jiceng rebuild", "The data is being prepared; try again soon, or run jiceng rebuild"));
	if ((rc = jc_db_begin(db, err)) < 0)
		return rc;
	rc = open_locked(db, rebuild, err);
	end = jc_db_end(db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
