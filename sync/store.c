/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * libgit2 over the database, and out of it: a scope written as a stock bare repository. libgit2's own
 * object cache is off (after a rollback it would still show objects that are gone), and no
 * configuration of the user or the system is read.
 */
#include "store.h"

#include <stdio.h>
#include <string.h>

#include <git2/sys/repository.h>

#include "../schema/schema_mem.h"
#include "log.h"
#include "sync_store.h"

struct jc_store {
	git_repository *repo;
};

/* The only translation of libgit2's codes into ours. */
static int
from_git(int rc, const char *where, struct jc_err *err)
{
	const git_error *e = git_error_last();
	int code = JC_EINTERNAL;

	switch (rc) {
	case GIT_ENOTFOUND: code = JC_ENOTFOUND; break;
	case GIT_EEXISTS: code = JC_EEXISTS; break;
	case GIT_ELOCKED: code = JC_EBUSY; break;
	case GIT_EMISMATCH: code = JC_ECORRUPT; break;
	case GIT_EMODIFIED:
	case GIT_ENONFASTFORWARD: code = JC_ESTALE; break;
	case GIT_EINVALID:
	case GIT_EINVALIDSPEC: code = JC_EINVAL; break;
	case GIT_EUSER: code = JC_ECANCELLED; break;
	default: code = e != NULL && e->klass == GIT_ERROR_OS ? JC_EIO : JC_EINTERNAL; break;
	}
	jc_err_code(err, code, where);
	if (e != NULL && e->message != NULL)
		jc_err_cause(err, "libgit2: %s", e->message);
	return code;
}

int
jc_store_to_git(const struct jc_err *err)
{
	git_error_set_str(GIT_ERROR_ODB, err->msg);
	switch (err->code) {
	case JC_ENOTFOUND: return GIT_ENOTFOUND;
	case JC_EEXISTS: return GIT_EEXISTS;
	case JC_EBUSY: return GIT_ELOCKED;
	case JC_ECORRUPT:
	case JC_EFORMAT: return GIT_EMISMATCH;
	default: return GIT_ERROR;
	}
}

int
jc_store_init(struct jc_err *err)
{
	static const int level[] = {
		GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA};
	int rc = git_libgit2_init();

	if (rc >= 0)
		rc = git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	for (size_t i = 0; rc >= 0 && i < sizeof(level) / sizeof(level[0]); i++)
		rc = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level[i], "");
	if (rc >= 0)
		rc = git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)10000000);
	return rc < 0 ? from_git(rc, "jc_store_init", err) : 0;
}

void
jc_store_shutdown(void)
{
	git_libgit2_shutdown();
}

/* ---- a repository over one scope ---- */

static int
odb_attach(git_repository *repo, struct jc_log *log, int64_t scope)
{
	git_odb_backend *backend = NULL;
	git_odb *odb = NULL;
	int rc;

	if ((rc = git_odb_new(&odb)) < 0 || (rc = jc_odb_sqlite_new(&backend, log, scope)) < 0)
		goto out;
	if ((rc = git_odb_add_backend(odb, backend, 1)) < 0)
		goto out;
	backend = NULL; /* the odb's from here on */
	rc = git_repository_set_odb(repo, odb);
out:
	if (backend != NULL)
		backend->free(backend);
	git_odb_free(odb);
	return rc;
}

static int
refdb_attach(git_repository *repo, struct jc_log *log, int64_t scope)
{
	git_refdb_backend *backend = NULL;
	git_refdb *refdb = NULL;
	int rc;

	if ((rc = git_refdb_new(&refdb, repo)) < 0 || (rc = jc_refdb_sqlite_new(&backend, log, scope)) < 0)
		goto out;
	if ((rc = git_refdb_set_backend(refdb, backend)) < 0)
		goto out;
	backend = NULL;
	rc = git_repository_set_refdb(repo, refdb);
out:
	if (backend != NULL)
		backend->free(backend);
	git_refdb_free(refdb);
	return rc;
}

int
jc_store_open(struct jc_store **out, struct jc_log *log, int64_t scope, struct jc_err *err)
{
	struct jc_store *st = jc_calloc(1, sizeof(*st));
	git_config *config = NULL;
	int rc;

	*out = NULL;
	if (st == NULL)
		return JC_NOMEM(err, "jc_store_open");
	/* The configuration first: without one libgit2 would look for the user's. */
	if ((rc = git_repository_new(&st->repo)) == 0 && (rc = git_config_new(&config)) == 0 &&
	    (rc = git_repository_set_config(st->repo, config)) == 0 && (rc = odb_attach(st->repo, log, scope)) == 0)
		rc = refdb_attach(st->repo, log, scope);
	git_config_free(config);
	if (rc < 0) {
		rc = from_git(rc, "jc_store_open", err);
		jc_store_close(st);
		return rc;
	}
	*out = st;
	return 0;
}

void
jc_store_close(struct jc_store *st)
{
	if (st == NULL)
		return;
	git_repository_free(st->repo);
	jc_free(st);
}

struct git_repository *
jc_store_repo(struct jc_store *st)
{
	return st->repo;
}

/* ---- export ---- */

struct export {
	struct jc_log *log;
	struct jc_scope scope;
	const char *dir;
	git_repository *to;
	git_packbuilder *pack;
	int64_t done, total;
	int cancelled;
	int (*progress)(void *arg, int64_t done, int64_t total);
	void *arg;
	struct jc_err *err;
};

static int
object_add(const git_oid *id, void *payload)
{
	struct export *x = payload;

	if (x->progress != NULL && x->done % 256 == 0 && x->progress(x->arg, x->done, x->total) != 0) {
		x->cancelled = 1;
		return GIT_EUSER;
	}
	x->done++;
	return git_packbuilder_insert(x->pack, id, NULL);
}

/* All objects of the scope as one pack beside its index. */
static int
objects_export(struct export *x, struct jc_store *from)
{
	git_odb *odb = NULL;
	char path[1024];
	int rc;

	if ((size_t)snprintf(path, sizeof(path), "%s/objects/pack", x->dir) >= sizeof(path))
		return jc_err_code(x->err, JC_ELIMIT, "jc_store_export");
	if ((rc = git_repository_odb(&odb, from->repo)) == 0 && (rc = git_packbuilder_new(&x->pack, from->repo)) == 0) {
		git_packbuilder_set_threads(x->pack, 1);
		rc = git_odb_foreach(odb, object_add, x);
	}
	if (rc == 0 && git_packbuilder_object_count(x->pack) != 0)
		rc = git_packbuilder_write(x->pack, path, 0, NULL, NULL);
	if (x->cancelled)
		rc = jc_err_code(x->err, JC_ECANCELLED, "jc_store_export");
	else if (rc != 0)
		rc = from_git(rc, "jc_store_export", x->err);
	git_packbuilder_free(x->pack);
	git_odb_free(odb);
	return rc;
}

static int
ref_export(struct export *x, const char *name, const git_oid *oid)
{
	git_reference *ref = NULL;
	int rc = git_reference_create(&ref, x->to, name, oid, 1, NULL);

	git_reference_free(ref);
	return rc < 0 ? from_git(rc, "jc_store_export", x->err) : 0;
}

/* Without a main (nothing of the authority is here yet) the newest tip stands in, so that a clone
 * shows something. */
static int
main_stand_in(struct export *x)
{
	struct jc_stmt *st;
	const void *oid;
	git_oid id;
	size_t n;
	int rc = jc_db_prep(&st, jc_log_db(x->log),
	    "SELECT oid FROM log_commit WHERE scope = :scope ORDER BY lamport DESC, no LIMIT 1", x->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", x->scope.no);
	if ((rc = jc_stmt_step(st, x->err)) != 1)
		return rc;
	oid = jc_col_blob(st, 0, &n);
	if (oid != NULL && n == GIT_OID_RAWSZ)
		memcpy(id.id, oid, GIT_OID_RAWSZ);
	else
		rc = jc_err_code(x->err, JC_ECORRUPT, "jc_store_export");
	jc_stmt_reset(st);
	return rc < 0 ? rc : ref_export(x, "refs/heads/main", &id);
}

static int
refs_export(struct export *x, struct jc_store *from)
{
	git_reference_iterator *it = NULL;
	git_reference *ref = NULL;
	int rc, has_main = 0;

	if ((rc = git_reference_iterator_new(&it, from->repo)) < 0)
		return from_git(rc, "jc_store_export", x->err);
	while ((rc = git_reference_next(&ref, it)) == 0) {
		has_main |= strcmp(git_reference_name(ref), "refs/heads/main") == 0;
		rc = ref_export(x, git_reference_name(ref), git_reference_target(ref));
		git_reference_free(ref);
		if (rc < 0)
			break;
	}
	git_reference_iterator_free(it);
	if (rc != GIT_ITEROVER)
		return x->err != NULL && x->err->code != 0 ? rc : from_git(rc, "jc_store_export", x->err);
	return has_main ? 0 : main_stand_in(x);
}

/* One line per key of a device that signed a commit of the scope. */
static int
signers_export(struct export *x, struct jc_buf *allowed)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, jc_log_db(x->log),
	    "SELECT d.id, k.key FROM device AS d JOIN (SELECT no, 0 AS n, key FROM device UNION ALL"
	    " SELECT device, no, key FROM succession) AS k ON k.no = d.no"
	    " WHERE d.no IN (SELECT device FROM log_commit WHERE scope = :scope) ORDER BY d.id, k.n", x->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", x->scope.no);
	while ((rc = jc_stmt_step(st, x->err)) == 1) {
		char principal[64];
		size_t n;
		const char *id = jc_col_text(st, 0, NULL);
		const void *key = jc_col_blob(st, 1, &n);

		if (id == NULL || key == NULL || n != JC_PK_LEN) {
			jc_stmt_reset(st);
			return jc_err_code(x->err, JC_ECORRUPT, "jc_store_export");
		}
		snprintf(principal, sizeof(principal), "%s@%s.jiceng", id, x->scope.id);
		jc_sign_allowed(allowed, principal, key);
	}
	return rc < 0 ? rc : jc_buf_check(allowed, "jc_store_export", x->err);
}

static int
target_make(struct export *x)
{
	git_repository_init_options opts = {.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION};
	int rc;

	opts.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKDIR |
	    GIT_REPOSITORY_INIT_MKPATH;
	opts.initial_head = "main";
	opts.description = x->scope.name;
	rc = git_repository_init_ext(&x->to, x->dir, &opts);
	if (rc == GIT_EEXISTS)
		return jc_err_set(x->err, JC_EEXISTS, "jc_store_export",
		    JC_T("“%s”已经存在，请换一个文件夹名", "\"%s\" exists already; choose another name"), x->dir);
	return rc < 0 ? from_git(rc, "jc_store_export", x->err) : 0;
}

int
jc_store_export(struct jc_log *log, int64_t scope, const char *dir, struct jc_buf *allowed,
    int (*progress)(void *arg, int64_t done, int64_t total), void *arg, struct jc_err *err)
{
	struct export x = {.log = log, .dir = dir, .progress = progress, .arg = arg, .err = err};
	struct jc_store *from = NULL;
	struct jc_stmt *st;
	int rc, end;

	if ((rc = jc_db_begin_read(jc_log_db(log), err)) < 0)
		return rc;
	if ((rc = jc_scope_get(&x.scope, log, scope, err)) < 0 ||
	    (rc = jc_db_prep(&st, jc_log_db(log), "SELECT count(*) FROM object WHERE scope = :scope", err)) < 0)
		goto out;
	jc_bind_int(st, ":scope", scope);
	if ((rc = jc_stmt_step(st, err)) < 0)
		goto out;
	x.total = jc_col_int(st, 0);
	jc_stmt_reset(st);
	if ((rc = jc_store_open(&from, log, scope, err)) < 0 || (rc = target_make(&x)) < 0 ||
	    (rc = objects_export(&x, from)) < 0 || (rc = refs_export(&x, from)) < 0)
		goto out;
	rc = signers_export(&x, allowed);
out:
	git_repository_free(x.to);
	jc_store_close(from);
	end = jc_db_end(jc_log_db(log), rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- long texts ---- */

static void
input(git_merge_file_input *in, struct jc_slice text)
{
	*in = (git_merge_file_input){.version = GIT_MERGE_FILE_INPUT_VERSION};
	in->ptr = text.n != 0 ? text.p : "";
	in->size = text.n;
}

int
jc_store_merge_text(struct jc_buf *out, struct jc_slice base, struct jc_slice a, struct jc_slice b,
    struct jc_err *err)
{
	git_merge_file_input from, ours, theirs;
	git_merge_file_result result = {0};
	int rc, clean;

	input(&from, base);
	input(&ours, a);
	input(&theirs, b);
	if ((rc = git_merge_file(&result, &from, &ours, &theirs, NULL)) < 0)
		return from_git(rc, "jc_store_merge_text", err);
	jc_buf_put(out, result.ptr, result.len);
	clean = result.automergeable != 0;
	git_merge_file_result_free(&result);
	rc = jc_buf_check(out, "jc_store_merge_text", err);
	return rc < 0 ? rc : clean;
}
