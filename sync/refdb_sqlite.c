/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Git references over the rows of one scope. HEAD is always refs/heads/main. Chain refs and main only
 * move forward, to stored commits, and are never deleted (FORMAT 8); any other ref is free. There is no
 * reflog: the log itself is one.
 */
#include "store.h"

#include <stdio.h>
#include <string.h>

#include <git2/sys/refs.h>

#include "../schema/schema_mem.h"
#include "log.h"

#define MAIN "refs/heads/main"

struct refdb {
	git_refdb_backend parent; /* first: libgit2 hands it back to us */
	struct jc_log *log;
	int64_t scope;
};

struct refrow {
	int64_t no; /* 0: there is no such ref */
	git_oid oid;
	int64_t tip;
};

static int
guarded(const char *name)
{
	return strcmp(name, MAIN) == 0 || strncmp(name, "refs/chains/", 12) == 0;
}

static int
refuse(int code, const char *why)
{
	git_error_set_str(GIT_ERROR_REFERENCE, why);
	return code;
}

static int
row_find(struct refrow *out, struct refdb *r, const char *name, struct jc_err *err)
{
	struct jc_stmt *st;
	const void *oid;
	size_t n;
	int rc = jc_db_prep(&st, jc_log_db(r->log), "SELECT no, oid, tip FROM ref WHERE scope = :scope AND name = :name", err);

	memset(out, 0, sizeof(*out));
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", r->scope);
	jc_bind_str(st, ":name", name);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc;
	oid = jc_col_blob(st, 1, &n);
	if (oid != NULL && n == GIT_OID_RAWSZ) {
		out->no = jc_col_int(st, 0);
		out->tip = jc_col_int(st, 2);
		memcpy(out->oid.id, oid, GIT_OID_RAWSZ);
		rc = 0;
	} else {
		rc = jc_err_code(err, JC_ECORRUPT, "refdb");
	}
	jc_stmt_reset(st);
	return rc;
}

/* ---- reading ---- */

static int
refdb_exists(int *exists, git_refdb_backend *backend, const char *name)
{
	struct jc_err err = {0};
	struct refrow row;

	*exists = 0;
	if (strcmp(name, "HEAD") == 0) {
		*exists = 1;
		return 0;
	}
	if (row_find(&row, (struct refdb *)backend, name, &err) < 0)
		return jc_store_to_git(&err);
	*exists = row.no != 0;
	return 0;
}

static int
refdb_lookup(git_reference **out, git_refdb_backend *backend, const char *name)
{
	struct jc_err err = {0};
	struct refrow row;

	*out = NULL;
	if (strcmp(name, "HEAD") == 0) {
		*out = git_reference__alloc_symbolic("HEAD", MAIN);
		return *out != NULL ? 0 : -1;
	}
	if (row_find(&row, (struct refdb *)backend, name, &err) < 0)
		return jc_store_to_git(&err);
	if (row.no == 0)
		return refuse(GIT_ENOTFOUND, "no such reference");
	*out = git_reference__alloc(name, &row.oid, NULL);
	return *out != NULL ? 0 : -1;
}

/* `*` also crosses '/', `?` is any byte; nothing else is special. */
static int
glob_match(const char *glob, const char *s)
{
	const char *star = NULL, *back = NULL;

	while (*s != '\0') {
		if (*glob == '*') {
			star = glob++;
			back = s;
		} else if (*glob == '?' || *glob == *s) {
			glob++;
			s++;
		} else if (star != NULL) {
			glob = star + 1;
			s = ++back;
		} else {
			return 0;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

/* A snapshot: callers write refs while they iterate. */
struct iter {
	git_reference_iterator parent;
	char **name;
	git_oid *oid;
	size_t n, cap, at;
};

static int
iter_next(git_reference **out, git_reference_iterator *it)
{
	struct iter *i = (struct iter *)it;

	if (i->at == i->n)
		return GIT_ITEROVER;
	*out = git_reference__alloc(i->name[i->at], &i->oid[i->at], NULL);
	i->at++;
	return *out != NULL ? 0 : -1;
}

static int
iter_next_name(const char **out, git_reference_iterator *it)
{
	struct iter *i = (struct iter *)it;

	if (i->at == i->n)
		return GIT_ITEROVER;
	*out = i->name[i->at++];
	return 0;
}

static void
iter_free(git_reference_iterator *it)
{
	struct iter *i = (struct iter *)it;

	for (size_t k = 0; k < i->n; k++)
		jc_free(i->name[k]);
	jc_free(i->name);
	jc_free(i->oid);
	jc_free(i);
}

static int
iter_add(struct iter *i, const char *name, const void *oid)
{
	if (i->n == i->cap) {
		size_t cap = i->cap != 0 ? i->cap * 2 : 32;
		char **names = jc_realloc(i->name, cap * sizeof(*names));
		git_oid *oids;

		if (names == NULL)
			return JC_ENOMEM;
		i->name = names;
		if ((oids = jc_realloc(i->oid, cap * sizeof(*oids))) == NULL)
			return JC_ENOMEM;
		i->oid = oids;
		i->cap = cap;
	}
	if ((i->name[i->n] = jc_strdup(name)) == NULL)
		return JC_ENOMEM;
	memcpy(i->oid[i->n++].id, oid, GIT_OID_RAWSZ);
	return 0;
}

static int
iter_fill(struct iter *i, struct refdb *r, const char *glob, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, jc_log_db(r->log), "SELECT name, oid FROM ref WHERE scope = :scope ORDER BY name", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", r->scope);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n;
		const char *name = jc_col_text(st, 0, NULL);
		const void *oid = jc_col_blob(st, 1, &n);

		if (name == NULL || oid == NULL || n != GIT_OID_RAWSZ)
			rc = jc_err_code(err, JC_ECORRUPT, "refdb");
		else if ((glob == NULL || glob_match(glob, name)) && iter_add(i, name, oid) < 0)
			rc = JC_NOMEM(err, "refdb");
		if (rc < 0) {
			jc_stmt_reset(st);
			break;
		}
	}
	return rc;
}

static int
refdb_iterator(git_reference_iterator **out, git_refdb_backend *backend, const char *glob)
{
	struct iter *i = jc_calloc(1, sizeof(*i));
	struct jc_err err = {0};

	*out = NULL;
	if (i == NULL)
		return -1;
	i->parent.next = iter_next;
	i->parent.next_name = iter_next_name;
	i->parent.free = iter_free;
	if (iter_fill(i, (struct refdb *)backend, glob, &err) < 0) {
		iter_free(&i->parent);
		return jc_store_to_git(&err);
	}
	*out = &i->parent;
	return 0;
}

/* ---- writing ---- */

struct target {
	int64_t tip; /* 0: not a commit of the log */
	int64_t tier, device;
};

static int
target_find(struct target *t, struct refdb *r, const git_oid *oid, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, jc_log_db(r->log),
	    "SELECT no, tier, device FROM log_commit WHERE scope = :scope AND oid = :oid", err);

	memset(t, 0, sizeof(*t));
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", r->scope);
	jc_bind_blob(st, ":oid", oid->id, GIT_OID_RAWSZ);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc;
	*t = (struct target){jc_col_int(st, 0), jc_col_int(st, 1), jc_col_int(st, 2)};
	jc_stmt_reset(st);
	return 0;
}

/* Compare-and-swap rules of sys/refdb_backend.h. */
static int
old_check(const struct refrow *row, int force, const git_oid *old, const char *old_target)
{
	if (old_target != NULL)
		return refuse(GIT_EMODIFIED, "the reference is not symbolic");
	if (old != NULL && git_oid_is_zero(old))
		return row->no != 0 ? refuse(GIT_EMODIFIED, "the reference exists already") : 0;
	if (old != NULL && (row->no == 0 || !git_oid_equal(&row->oid, old)))
		return refuse(GIT_EMODIFIED, "the reference has moved");
	if (old == NULL && !force && row->no != 0)
		return refuse(GIT_EEXISTS, "the reference exists already");
	return 0;
}

static int
row_write(struct refdb *r, const struct refrow *row, const char *name, const git_oid *oid, const struct target *t,
    struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, jc_log_db(r->log),
	    "INSERT INTO ref(no, scope, name, oid, tier, device, tip) VALUES(:no, :scope, :name, :oid, :tier, :device, :tip)"
	    " ON CONFLICT(no) DO UPDATE SET oid = excluded.oid, tier = excluded.tier, device = excluded.device,"
	    " tip = excluded.tip", err);

	if (rc < 0)
		return rc;
	if (row->no != 0)
		jc_bind_int(st, ":no", row->no);
	else
		jc_bind_null(st, ":no");
	jc_bind_int(st, ":scope", r->scope);
	jc_bind_str(st, ":name", name);
	jc_bind_blob(st, ":oid", oid->id, GIT_OID_RAWSZ);
	if (guarded(name)) {
		jc_bind_int(st, ":tier", t->tier);
		jc_bind_int(st, ":device", t->device);
		jc_bind_int(st, ":tip", t->tip);
	} else {
		jc_bind_null(st, ":tier");
		jc_bind_null(st, ":device");
		jc_bind_null(st, ":tip");
	}
	return jc_stmt_run(st, err);
}

/* A chain ref must say what the commit says: its tier and device stand in the name. */
static int
name_fits(struct refdb *r, const char *name, const struct target *t, struct jc_err *err)
{
	char want[64], label[JC_LABEL_MAX + 1];
	jc_id id;
	int rc;

	if (strcmp(name, MAIN) == 0)
		return 1;
	if ((rc = jc_device_label(r->log, t->device, id, label, err)) < 0)
		return rc;
	snprintf(want, sizeof(want), "refs/chains/%s/%s/", jc_tier_word((enum jc_tier)t->tier), id);
	return strncmp(name, want, strlen(want)) == 0 && jc_id_ok(name + strlen(want), strlen(name) - strlen(want));
}

static int
forward_check(struct refdb *r, const struct refrow *row, const char *name, const struct target *t, struct jc_err *err)
{
	int rc;

	if (!guarded(name))
		return 0;
	if (t->tip == 0)
		return refuse(GIT_EINVALID, "chains and main point at commits of the log only");
	if ((rc = name_fits(r, name, t, err)) == 0)
		return refuse(GIT_EINVALID, "the name of the chain is not that of the commit");
	if (rc == 1 && row->no != 0 && (rc = jc_log_reaches(r->log, t->tip, row->tip, err)) == 0)
		return refuse(GIT_ENONFASTFORWARD, "chains and main only move forward");
	return rc < 0 ? jc_store_to_git(err) : 0;
}

/* Inside a transaction. */
static int
write_checked(struct refdb *r, const char *name, const git_oid *oid, int force, const git_oid *old,
    const char *old_target)
{
	struct jc_err err = {0};
	struct refrow row;
	struct target t;
	int rc;

	if (row_find(&row, r, name, &err) < 0 || target_find(&t, r, oid, &err) < 0)
		return jc_store_to_git(&err);
	if ((rc = old_check(&row, force, old, old_target)) < 0 || (rc = forward_check(r, &row, name, &t, &err)) < 0)
		return rc;
	jc_db_log_window(jc_log_db(r->log), 1);
	rc = row_write(r, &row, name, oid, &t, &err);
	jc_db_log_window(jc_log_db(r->log), -1);
	return rc < 0 ? jc_store_to_git(&err) : 0;
}

static int
transaction_end(struct refdb *r, int rc)
{
	struct jc_err err = {0};

	if (jc_db_end(jc_log_db(r->log), rc >= 0, rc >= 0 ? &err : NULL) < 0 && rc >= 0)
		return jc_store_to_git(&err);
	return rc;
}

static int
refdb_write(git_refdb_backend *backend, const git_reference *ref, int force, const git_signature *who,
    const char *message, const git_oid *old, const char *old_target)
{
	struct refdb *r = (struct refdb *)backend;
	const char *name = git_reference_name(ref);
	struct jc_err err = {0};

	(void)who;
	(void)message;
	if (git_reference_type(ref) == GIT_REFERENCE_SYMBOLIC) {
		if (strcmp(name, "HEAD") == 0 && strcmp(git_reference_symbolic_target(ref), MAIN) == 0)
			return 0;
		return refuse(GIT_EINVALID, "HEAD is " MAIN ", and there is no other symbolic reference");
	}
	if (strcmp(name, "HEAD") == 0)
		return refuse(GIT_EINVALID, "HEAD is " MAIN);
	if (jc_db_begin(jc_log_db(r->log), &err) < 0)
		return jc_store_to_git(&err);
	return transaction_end(r, write_checked(r, name, git_reference_target(ref), force, old, old_target));
}

static int
delete_checked(struct refdb *r, const char *name, const git_oid *old, const char *old_target)
{
	struct jc_err err = {0};
	struct jc_stmt *st;
	struct refrow row;
	int rc;

	if (guarded(name))
		return refuse(GIT_EINVALID, "chains and main are never deleted");
	if (row_find(&row, r, name, &err) < 0)
		return jc_store_to_git(&err);
	if (row.no == 0)
		return refuse(GIT_ENOTFOUND, "no such reference");
	if ((rc = old_check(&row, 1, old, old_target)) < 0)
		return rc;
	jc_db_log_window(jc_log_db(r->log), 1);
	if ((rc = jc_db_prep(&st, jc_log_db(r->log), "DELETE FROM ref WHERE no = :no", &err)) == 0) {
		jc_bind_int(st, ":no", row.no);
		rc = jc_stmt_run(st, &err);
	}
	jc_db_log_window(jc_log_db(r->log), -1);
	return rc < 0 ? jc_store_to_git(&err) : 0;
}

static int
refdb_del(git_refdb_backend *backend, const char *name, const git_oid *old, const char *old_target)
{
	struct refdb *r = (struct refdb *)backend;
	struct jc_err err = {0};

	if (jc_db_begin(jc_log_db(r->log), &err) < 0)
		return jc_store_to_git(&err);
	return transaction_end(r, delete_checked(r, name, old, old_target));
}

static int
rename_checked(struct refdb *r, const char *from, const char *to, int force)
{
	struct jc_err err = {0};
	struct refrow row;
	int rc;

	if (row_find(&row, r, from, &err) < 0)
		return jc_store_to_git(&err);
	if (row.no == 0)
		return refuse(GIT_ENOTFOUND, "no such reference");
	if ((rc = write_checked(r, to, &row.oid, force, NULL, NULL)) < 0)
		return rc;
	return delete_checked(r, from, NULL, NULL);
}

static int
refdb_rename(git_reference **out, git_refdb_backend *backend, const char *from, const char *to, int force,
    const git_signature *who, const char *message)
{
	struct refdb *r = (struct refdb *)backend;
	struct jc_err err = {0};
	int rc;

	(void)who;
	(void)message;
	*out = NULL;
	if (jc_db_begin(jc_log_db(r->log), &err) < 0)
		return jc_store_to_git(&err);
	rc = transaction_end(r, rename_checked(r, from, to, force));
	return rc < 0 ? rc : refdb_lookup(out, backend, to);
}

/* ---- locks: a transaction from lock to unlock ---- */

static int
refdb_lock(void **payload, git_refdb_backend *backend, const char *name)
{
	struct refdb *r = (struct refdb *)backend;
	struct jc_err err = {0};

	if ((*payload = jc_strdup(name)) == NULL)
		return -1;
	if (jc_db_begin(jc_log_db(r->log), &err) < 0) {
		jc_free(*payload);
		return jc_store_to_git(&err);
	}
	return 0;
}

static int
refdb_unlock(git_refdb_backend *backend, void *payload, int success, int update_reflog, const git_reference *ref,
    const git_signature *who, const char *message)
{
	struct refdb *r = (struct refdb *)backend;
	int rc = 0;

	(void)update_reflog;
	(void)who;
	(void)message;
	if (success == 1 && git_reference_type(ref) == GIT_REFERENCE_DIRECT)
		rc = write_checked(r, payload, git_reference_target(ref), 1, NULL, NULL);
	else if (success == 1)
		rc = refuse(GIT_EINVALID, "there are no symbolic references but HEAD");
	else if (success == 2)
		rc = delete_checked(r, payload, NULL, NULL);
	jc_free(payload);
	return transaction_end(r, rc);
}

/* ---- no reflog ---- */

static int
refdb_no_log(git_refdb_backend *backend, const char *name)
{
	(void)backend;
	(void)name;
	return 0;
}

static int
refdb_reflog_read(git_reflog **out, git_refdb_backend *backend, const char *name)
{
	(void)backend;
	(void)name;
	*out = NULL;
	return GIT_ENOTFOUND;
}

static int
refdb_reflog_write(git_refdb_backend *backend, git_reflog *reflog)
{
	(void)backend;
	(void)reflog;
	return 0;
}

static int
refdb_reflog_rename(git_refdb_backend *backend, const char *from, const char *to)
{
	(void)backend;
	(void)from;
	(void)to;
	return 0;
}

static void
refdb_free(git_refdb_backend *backend)
{
	jc_free(backend);
}

int
jc_refdb_sqlite_new(git_refdb_backend **out, struct jc_log *log, int64_t scope)
{
	struct refdb *r = jc_calloc(1, sizeof(*r));

	*out = NULL;
	if (r == NULL || git_refdb_init_backend(&r->parent, GIT_REFDB_BACKEND_VERSION) < 0) {
		jc_free(r);
		return -1;
	}
	r->log = log;
	r->scope = scope;
	r->parent.exists = refdb_exists;
	r->parent.lookup = refdb_lookup;
	r->parent.iterator = refdb_iterator;
	r->parent.write = refdb_write;
	r->parent.rename = refdb_rename;
	r->parent.del = refdb_del;
	r->parent.has_log = refdb_no_log;
	r->parent.ensure_log = refdb_no_log;
	r->parent.free = refdb_free;
	r->parent.reflog_read = refdb_reflog_read;
	r->parent.reflog_write = refdb_reflog_write;
	r->parent.reflog_rename = refdb_reflog_rename;
	r->parent.reflog_delete = refdb_no_log;
	r->parent.lock = refdb_lock;
	r->parent.unlock = refdb_unlock;
	*out = &r->parent;
	return 0;
}
