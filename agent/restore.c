/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "outfile.h"
#include "paths.h"

#define WHERE "restore"

struct jc_restore {
	const struct jc_env *env;
	struct jc_outfile file;
	char path[JC_PATH_MAX];
	int64_t n;
	int open, rc; /* rc: the first failure of the upload, told in err */
	struct jc_err err;
};

/* A database with what lies beside it. */
static void
drop(const char *path)
{
	static const char *const beside[] = {"", "-wal", "-shm"};

	for (size_t i = 0; i < 3; i++) {
		char one[JC_PATH_MAX + 8];
		uv_fs_t req;

		snprintf(one, sizeof(one), "%s%s", path, beside[i]);
		uv_fs_unlink(NULL, &req, one, NULL);
		uv_fs_req_cleanup(&req);
	}
}

static int
beside(char out[JC_PATH_MAX], const char *db, struct jc_err *err)
{
	if (snprintf(out, JC_PATH_MAX, "%s.restoring", db) >= JC_PATH_MAX)
		return jc_err_set(err, JC_ELIMIT, WHERE, JC_T("文件名太长", "The file's name is too long"));
	drop(out); /* of one that a power cut ended */
	return 0;
}

int
jc_restore_open(struct jc_restore **out, const struct jc_env *env, const char *db, struct jc_err *err)
{
	struct jc_restore *r = calloc(1, sizeof(*r));
	int rc;

	*out = r;
	if (r == NULL)
		return JC_NOMEM(err, WHERE);
	r->env = env;
	if ((rc = beside(r->path, db, err)) == 0 && (rc = jc_outfile_open(&r->file, r->path, 0600, err)) == 0)
		r->open = 1;
	if (rc < 0) {
		jc_restore_close(r);
		*out = NULL;
	}
	return rc;
}

void
jc_restore_put(struct jc_restore *r, const void *p, size_t n)
{
	if (r->rc < 0)
		return;
	r->n += (int64_t)n;
	if (r->n > JC_RESTORE_MAX) {
		r->rc = jc_err_code(&r->err, JC_ELIMIT, WHERE);
		return;
	}
	jc_buf_put(&r->file.buf, p, n);
	r->rc = jc_outfile_flush(&r->file, 0, &r->err);
}

/* Opens it as a node would: a damaged or newer file is found out before it replaces anything. */
static int
look_through(struct jc_restore *r, char name[128], struct jc_err *err)
{
	struct jc_node *node;
	struct jc_scope s;
	int rc;

	if ((rc = jc_node_open(&node, r->env, r->path, 0, NULL, err)) < 0)
		return rc;
	if ((rc = jc_db_check(node->db, err)) == 0 && (rc = jc_node_scope(node, &s, err)) == 0)
		snprintf(name, 128, "%s", s.name);
	if (rc == 0 && strcmp(s.role, "branch") != 0)
		rc = jc_err_set(err, JC_ESTATE, WHERE, JC_T("这是县（市）级服务器的备份，请用命令 jiceng restore 恢复",
		    "This is the backup of a hub; restore it with jiceng restore"));
	jc_node_close(node);
	return rc;
}

/* What is wrong with a backup is said of the backup, not of the data here. */
static int
unfit(int rc, struct jc_err *err)
{
	struct jc_err why = *err;

	if (rc != JC_ECORRUPT && rc != JC_EFORMAT && rc != JC_ENOTFOUND)
		return rc;
	jc_err_set(err, JC_EFORMAT, WHERE, JC_T("这个文件不是完好的备份，没有放进来。请换一份备份",
	    "This file is no sound backup and was not put in place. Please choose another one"));
	return jc_err_cause(err, "%s", why.cause[0] != '\0' ? why.cause : why.msg);
}

int
jc_restore_place(struct jc_restore *r, struct jc_node *node, char name[128], struct jc_err *err)
{
	int rc = r->rc;

	name[0] = '\0';
	if (rc < 0) {
		*err = r->err;
		return rc;
	}
	r->open = 0;
	if ((rc = jc_outfile_end(&r->file, 1, err)) < 0 || (rc = unfit(look_through(r, name, err), err)) < 0)
		return rc;
	return jc_db_replace(node->db, r->path, err);
}

void
jc_restore_close(struct jc_restore *r)
{
	if (r == NULL)
		return;
	if (r->open)
		jc_outfile_end(&r->file, 0, &r->err);
	if (r->path[0] != '\0')
		drop(r->path);
	free(r);
}

int
jc_restore_empty(struct jc_node *node, const struct jc_env *env, struct jc_err *err)
{
	char path[JC_PATH_MAX];
	struct jc_node *fresh;
	int rc;

	if ((rc = beside(path, jc_db_path(node->db), err)) < 0 ||
	    (rc = jc_node_open(&fresh, env, path, JC_DB_CREATE, NULL, err)) < 0)
		return rc;
	jc_node_close(fresh);
	rc = jc_db_replace(node->db, path, err);
	drop(path);
	return rc;
}
