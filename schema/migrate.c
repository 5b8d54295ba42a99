/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Migrations of the log tables: forward only. All steps from the file's version to the program's run
 * in one transaction, so a power cut leaves the old layout or the new one. Before the first step the
 * whole file is copied beside itself (<file>.before-v<N>): a migration that turns out to be wrong
 * must not be the end of what people typed.
 *
 * To add one: schema/migrations/NNNN-title.sql, a line here, JC_DB_VERSION one higher, the same
 * change in log.sql for new files, and a test that opens a file of the old version.
 */
#include <stdio.h>
#include <string.h>

#include "db_private.h"
#include "migration_0002.h"
#include "migration_0003.h"
#include "migration_0004.h"
#include "migration_0005.h"
#include "migration_0006.h"
#include "migration_0007.h"
#include "migration_0008.h"
#include "schema_mem.h"

#define COPIES_MAX 20

static const struct jc_migration migrations[] = {
	{2, jc_migration_0002}, /* layout 1 was the first */
	{3, jc_migration_0003},
	{4, jc_migration_0004},
	{5, jc_migration_0005},
	{6, jc_migration_0006},
	{7, jc_migration_0007},
	{8, jc_migration_0008},
	{0, NULL},
};

static int
version(struct jc_db *db, int *out, struct jc_err *err)
{
	char text[16];
	int rc = jc_db_own(db, text, sizeof(text), "PRAGMA user_version", err), v = 0;

	if (rc == 0 && sscanf(text, "%d", &v) != 1)
		rc = jc_err_code(err, JC_ECORRUPT, "jc_migrate");
	*out = v;
	return rc;
}

/* Writes the copy under the first free name; an older one may be all that is left of a failed try. */
static int
safety_copy(struct jc_db *db, int to, struct jc_err *err)
{
	const char *file = sqlite3_db_filename(db->h, "main");
	struct jc_buf name;
	int rc = JC_EEXISTS;

	if (file == NULL || file[0] == '\0')
		return 0; /* in memory only */
	jc_buf_init(&name, 8192);
	for (int i = 0; rc == JC_EEXISTS && i < COPIES_MAX; i++) {
		jc_buf_reset(&name);
		jc_buf_putf(&name, "%s.before-v%d", db->path, to);
		if (i > 0)
			jc_buf_putf(&name, ".%d", i);
		if ((rc = jc_buf_check(&name, "jc_migrate", err)) == 0)
			rc = jc_db_backup(db, name.data, NULL, NULL, err);
	}
	jc_buf_free(&name);
	if (rc < 0)
		jc_err_prefix(err, "%s", JC_T("升级数据前不能留下备份：", "No copy could be made before the upgrade of the data: "));
	return rc;
}

static int
steps_run(struct jc_db *db, const struct jc_migration *list, struct jc_err *err)
{
	char sql[48];
	int at, rc;

	if ((rc = version(db, &at, err)) < 0)
		return rc;
	for (; rc == 0 && list->to != 0; list++) {
		if (list->to <= at)
			continue;
		jc_db_log_window(db, 1);
		rc = jc_db_exec(db, list->sql, err);
		jc_db_log_window(db, -1);
		(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", list->to);
		if (rc == 0)
			rc = jc_db_own(db, NULL, 0, sql, err);
	}
	return rc;
}

int
jc_migrate_run(struct jc_db *db, const struct jc_migration *list, struct jc_err *err)
{
	int at, to = 0, rc, end;

	for (const struct jc_migration *m = list; m->to != 0; m++)
		to = m->to;
	if ((rc = version(db, &at, err)) < 0 || at >= to || (rc = safety_copy(db, to, err)) < 0 ||
	    (rc = jc_db_begin(db, err)) < 0)
		return rc;
	rc = steps_run(db, list, err);
	end = jc_db_end(db, rc == 0, rc == 0 ? err : NULL);
	if (rc == 0 && (rc = end) == 0)
		rc = jc_db_check(db, err);
	return rc;
}

int
jc_migrate(struct jc_db *db, struct jc_err *err)
{
	return jc_migrate_run(db, migrations, err);
}
