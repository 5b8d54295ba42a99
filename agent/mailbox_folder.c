/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A mailbox in a folder: bare repositories read and written by libgit2, so that no git has to be installed. What is
 * put there is on the disk before the refs say so. Hooks and configuration of the folder are never run; who owns it
 * does not matter, as on a stick or a share it is mostly nobody of this PC.
 */
#include <stdio.h>
#include <string.h>

#include <git2.h>
#include <git2/sys/repository.h>

#include "../sync/sync_store.h"
#include "mailbox.h"
#include "stick.h"

#define WHERE "mailbox"

static int
from_git(int rc, struct jc_err *err)
{
	const git_error *e = git_error_last();
	int code = JC_EIO;

	switch (rc) {
	case GIT_EEXISTS:
	case GIT_EMODIFIED:
	case GIT_ENONFASTFORWARD: code = JC_ESTALE; break;
	case GIT_ELOCKED: code = JC_EBUSY; break;
	default: break;
	}
	jc_err_set(err, code, WHERE, "%s",
	    code == JC_EIO ? JC_T("信箱的文件夹读写不了，请看看共享或U盘是否还在、有没有空间",
	                         "The mailbox's folder cannot be read or written; check that the share or stick is there and has room")
	                   : JC_T("别的电脑正在用这个信箱，请再试一次", "Another PC is using this mailbox; try once more"));
	if (e != NULL && e->message != NULL)
		jc_err_cause(err, "libgit2: %s", e->message);
	return code;
}

static void
to_git(git_oid *out, const struct jc_oid *oid)
{
	(void)git_oid_fromraw(out, oid->b);
}

static int
repo_make(struct jc_mailway *w, const char *path, const char *name, struct jc_err *err)
{
	git_repository_init_options o = {.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION};
	int rc;

	o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKDIR;
	o.initial_head = "main";
	o.description = name;
	rc = git_repository_init_ext(&w->repo, path, &o);
	return rc < 0 ? from_git(rc, err) : 1;
}

static int
repo_open(struct jc_mailway *w, const struct jc_scope *s, int make, struct jc_err *err)
{
	char path[4200];
	int rc;

	if (!w->began && (rc = jc_store_init(err)) < 0)
		return rc;
	w->began = 1;
	git_repository_free(w->repo);
	w->repo = NULL;
	if (!jc_stick_is_dir(w->where))
		return jc_err_set(err, JC_ENOTFOUND, WHERE,
		    JC_T("没有“%.300s”这个文件夹，请看看共享或U盘是否还在", "There is no folder \"%.300s\"; check that the share or stick is there"),
		    w->where);
	if (snprintf(path, sizeof(path), "%s/%s.git", w->where, s->id) >= (int)sizeof(path))
		return jc_err_code(err, JC_EINVAL, WHERE);
	if (git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) < 0 || git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) < 0)
		return jc_err_code(err, JC_EINTERNAL, WHERE);
	rc = git_repository_open_ext(&w->repo, path, GIT_REPOSITORY_OPEN_BARE | GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (rc == GIT_ENOTFOUND)
		return make ? repo_make(w, path, s->name, err) : 0;
	return rc < 0 ? from_git(rc, err) : 1;
}

static int
folder_refs(struct jc_mailway *w, struct jc_mail *m, int make, struct jc_err *err)
{
	git_reference_iterator *it = NULL;
	git_reference *ref = NULL;
	int rc = repo_open(w, &m->s, make, err);

	if (rc != 1)
		return rc;
	if ((rc = git_reference_iterator_new(&it, w->repo)) < 0)
		return from_git(rc, err);
	while ((rc = git_reference_next(&ref, it)) == 0) {
		const git_oid *id = git_reference_target(ref);
		const char *name = git_reference_name(ref);
		struct jc_oid oid;

		if (id != NULL) {
			memcpy(oid.b, id->id, JC_OID_LEN);
			rc = jc_mail_there(m, (struct jc_slice){name, strlen(name)}, &oid, err);
		}
		git_reference_free(ref);
		if (rc < 0)
			break;
	}
	git_reference_iterator_free(it);
	return rc == GIT_ITEROVER ? 1 : rc == JC_ELIMIT || rc == JC_ENOMEM ? rc : from_git(rc, err);
}

/* Commits are walked down to what is here already; anything else is taken as it is. */
static int
wants_insert(git_packbuilder *pb, git_repository *repo, const struct jc_mail_list *want, const struct jc_mail_list *have)
{
	git_revwalk *walk = NULL;
	git_odb *odb = NULL;
	int rc, commits = 0;

	if ((rc = git_revwalk_new(&walk, repo)) < 0 || (rc = git_repository_odb(&odb, repo)) < 0)
		goto out;
	for (size_t i = 0; rc >= 0 && i < want->n; i++) {
		git_object_t type;
		size_t size;
		git_oid id;

		to_git(&id, &want->v[i].oid);
		if ((rc = git_odb_read_header(&size, &type, odb, &id)) < 0)
			break;
		if (type != GIT_OBJECT_COMMIT)
			rc = git_packbuilder_insert(pb, &id, NULL);
		else if ((rc = git_revwalk_push(walk, &id)) >= 0)
			commits++;
	}
	for (size_t i = 0; rc >= 0 && commits != 0 && i < have->n; i++) {
		git_oid id;

		to_git(&id, &have->v[i].oid);
		if (git_odb_exists(odb, &id))
			rc = git_revwalk_hide(walk, &id);
	}
	if (rc >= 0 && commits != 0)
		rc = git_packbuilder_insert_walk(pb, walk);
out:
	git_odb_free(odb);
	git_revwalk_free(walk);
	return rc;
}

static int
folder_fetch(struct jc_mailway *w, const struct jc_mail_list *want, const struct jc_mail_list *have, struct jc_buf *pack,
    struct jc_err *err)
{
	git_packbuilder *pb = NULL;
	git_buf bytes = {NULL, 0, 0};
	int rc;

	if ((rc = git_packbuilder_new(&pb, w->repo)) < 0 || (rc = wants_insert(pb, w->repo, want, have)) < 0 ||
	    (rc = git_packbuilder_write_buf(&bytes, pb)) < 0) {
		rc = from_git(rc, err);
	} else {
		jc_buf_reset(pack);
		jc_buf_put(pack, bytes.ptr, bytes.size);
		w->down += (int64_t)bytes.size;
		rc = jc_buf_check(pack, WHERE, err);
	}
	git_buf_dispose(&bytes);
	git_packbuilder_free(pb);
	return rc < 0 ? rc : 0;
}

static int
pack_put(struct jc_mailway *w, const struct jc_buf *pack)
{
	git_indexer_progress stats;
	git_odb_writepack *wp = NULL;
	git_odb *odb = NULL;
	int rc;

	memset(&stats, 0, sizeof(stats));
	if ((rc = git_repository_odb(&odb, w->repo)) < 0)
		return rc;
	if ((rc = git_odb_write_pack(&wp, odb, NULL, NULL)) >= 0) {
		if ((rc = wp->append(wp, pack->data, pack->len, &stats)) >= 0)
			rc = wp->commit(wp, &stats);
		wp->free(wp);
	}
	git_odb_free(odb);
	return rc;
}

static int
ref_put(struct jc_mailway *w, const struct jc_mail_ref *r)
{
	git_reference *ref = NULL;
	git_oid id, old;
	int rc, first = jc_oid_is_null(&r->old);

	to_git(&id, &r->oid);
	to_git(&old, &r->old);
	rc = first ? git_reference_create(&ref, w->repo, r->name, &id, 0, NULL)
	           : git_reference_create_matching(&ref, w->repo, r->name, &id, 1, &old, NULL);
	git_reference_free(ref);
	return rc;
}

static int
folder_push(struct jc_mailway *w, struct jc_mail *m, struct jc_err *err)
{
	int rc = pack_put(w, &m->pack);

	for (size_t i = 0; rc >= 0 && i < m->give.n; i++)
		rc = ref_put(w, &m->give.v[i]);
	w->up += (int64_t)m->pack.len;
	return rc < 0 ? from_git(rc, err) : 0;
}

static void
folder_close(struct jc_mailway *w)
{
	git_repository_free(w->repo);
	w->repo = NULL;
	if (w->began)
		jc_store_shutdown();
	w->began = 0;
}

const struct jc_mailway_ops jc_mailway_folder = {folder_refs, folder_fetch, folder_push, folder_close};
