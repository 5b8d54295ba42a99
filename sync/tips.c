/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Tips, heads, forks. A *tip* is what a chain ref points at; a *head* is a tip that nothing of its tier
 * or above descends from. Heads are the parents of the next commit: every commit that could be named
 * is then among its ancestors, and no parent is wasted. A tip that has been joined was mostly joined
 * soon after it was made, so looking for its first child reads few rows.
 */
#include "log.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

struct tips {
	struct jc_tip *v;
	size_t n, cap;
};

static int
tips_add(struct tips *t, struct jc_stmt *st, struct jc_err *err)
{
	size_t nname, nhash;
	const char *name = jc_col_text(st, 0, &nname);
	const void *hash = jc_col_blob(st, 6, &nhash);
	struct jc_tip *tip;

	if (t->n == t->cap) {
		size_t cap = t->cap != 0 ? t->cap * 2 : 16;
		struct jc_tip *v = jc_realloc(t->v, cap * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(err, "jc_log_tips");
		t->v = v;
		t->cap = cap;
	}
	tip = &t->v[t->n];
	if (name == NULL || nname >= sizeof(tip->name) || hash == NULL || nhash != JC_HASH_LEN)
		return jc_err_code(err, JC_ECORRUPT, "jc_log_tips");
	memcpy(tip->name, name, nname + 1);
	tip->tier = (enum jc_tier)jc_col_int(st, 1);
	tip->device = jc_col_int(st, 2);
	tip->commit_no = jc_col_int(st, 3);
	tip->seq = jc_col_int(st, 4);
	tip->lamport = jc_col_int(st, 5);
	memcpy(tip->hash, hash, JC_HASH_LEN);
	t->n++;
	return 0;
}

/* ---- tips that the hub refused ---- */

int
jc_log_refused(struct jc_log *log, int64_t commit_no, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT 1 FROM refused WHERE commit_no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", commit_no);
	if ((rc = jc_stmt_step(st, err)) == 1)
		jc_stmt_reset(st);
	return rc;
}

/* Steps down to the last commit of the chain that was not refused. 1: it moved; commit_no 0: there is none. */
static int
tip_settle(struct jc_tip *tip, struct jc_log *log, struct jc_err *err)
{
	struct jc_commit_row row;
	int moved = 0, rc;

	while ((rc = jc_log_refused(log, tip->commit_no, err)) == 1) {
		moved = 1;
		if ((rc = jc_log_commit(log, tip->commit_no, &row, err)) < 0)
			return rc;
		tip->commit_no = row.seq > 1 ? row.parent[0] : 0;
		if (tip->commit_no == 0)
			return 1;
		if ((rc = jc_log_commit(log, tip->commit_no, &row, err)) < 0)
			return rc;
		tip->seq = row.seq;
		tip->lamport = row.lamport;
		memcpy(tip->hash, row.hash, sizeof(tip->hash));
	}
	return rc < 0 ? rc : moved;
}

/* Does another chain of the device go on from there? Of equal ones the first stays. */
static int
tip_continued(struct jc_log *log, const struct tips *t, size_t i, struct jc_err *err)
{
	for (size_t k = 0; k < t->n; k++) {
		const struct jc_tip *o = &t->v[k];
		int rc;

		if (k == i || o->commit_no == 0 || o->tier != t->v[i].tier || o->device != t->v[i].device ||
		    (o->commit_no == t->v[i].commit_no && k > i))
			continue;
		if ((rc = jc_log_reaches(log, o->commit_no, t->v[i].commit_no, err)) != 0)
			return rc;
	}
	return 0;
}

/* Nobody builds upon what was refused: such a tip stands for the last commit below it that was not, unless
 * another chain goes on from there. */
static int
tips_settle(struct tips *t, struct jc_log *log, struct jc_err *err)
{
	int64_t any;
	size_t kept = 0;
	char *moved;
	int rc;

	if ((rc = jc_db_int(log->db, &any, "SELECT EXISTS(SELECT 1 FROM refused)", err)) < 0 || !any)
		return rc;
	if ((moved = jc_calloc(t->n + 1, 1)) == NULL)
		return JC_NOMEM(err, "jc_log_tips");
	for (size_t i = 0; rc >= 0 && i < t->n; i++)
		moved[i] = (char)((rc = tip_settle(&t->v[i], log, err)) == 1);
	for (size_t i = 0; rc >= 0 && i < t->n; i++)
		if (moved[i] && t->v[i].commit_no != 0 && (rc = tip_continued(log, t, i, err)) == 1)
			t->v[i].commit_no = 0;
	for (size_t i = 0; rc >= 0 && i < t->n; i++)
		if (t->v[i].commit_no != 0)
			t->v[kept++] = t->v[i];
	if (rc >= 0)
		t->n = kept;
	jc_free(moved);
	return rc < 0 ? rc : 0;
}

/* Chain refs in order of tier, device and arrival. */
static int
tips_read(struct tips *t, struct jc_log *log, int64_t scope, int tier, int64_t device, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "SELECT r.name, r.tier, r.device, r.tip, c.seq, c.lamport, c.hash FROM ref r JOIN log_commit c ON c.no = r.tip"
	    " WHERE r.scope = :scope AND r.name > 'refs/chains/' AND r.name < 'refs/chains0'"
	    " AND (:tier < 0 OR r.tier = :tier) AND (:device = 0 OR r.device = :device)"
	    " ORDER BY r.tier, r.device, r.tip", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":tier", tier);
	jc_bind_int(st, ":device", device);
	while ((rc = jc_stmt_step(st, err)) == 1)
		if ((rc = tips_add(t, st, err)) < 0) {
			jc_stmt_reset(st);
			break;
		}
	return rc < 0 ? rc : tips_settle(t, log, err);
}

int
jc_log_tips(struct jc_log *log, int64_t scope, int tier, int64_t device,
    int (*each)(void *arg, const struct jc_tip *tip), void *arg, struct jc_err *err)
{
	struct tips t = {0};
	int rc = tips_read(&t, log, scope, tier, device, err);

	for (size_t i = 0; rc == 0 && i < t.n; i++)
		rc = each(arg, &t.v[i]);
	jc_free(t.v);
	return rc;
}

/* 1 if some stored commit of `tier` or above has commit `no` as a parent. */
static int
has_child(struct jc_log *log, int64_t scope, enum jc_tier tier, int64_t no, struct jc_err *err)
{
	int64_t parent[JC_PARENTS_MAX];
	struct jc_stmt *st;
	size_t n, len;
	int rc = jc_db_prep(&st, log->db,
	    "SELECT tier, parents FROM log_commit WHERE scope = :scope AND no > :no"
	    " AND no NOT IN (SELECT commit_no FROM refused) ORDER BY no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":no", no);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		const void *p = jc_col_blob(st, 1, &len);
		int found = 0;

		rc = jc_log_parents(parent, &n, p, len, err);
		for (size_t i = 0; rc == 0 && i < n; i++)
			found |= parent[i] == no;
		if (rc < 0 || (found && jc_col_int(st, 0) >= (int64_t)tier)) {
			jc_stmt_reset(st);
			return rc < 0 ? rc : 1;
		}
	}
	return rc;
}

static int
tip_cmp(const void *a, const void *b)
{
	int64_t x = ((const struct jc_tip *)a)->commit_no, y = ((const struct jc_tip *)b)->commit_no;

	return x < y ? -1 : x > y;
}

int
jc_log_heads(struct jc_log *log, int64_t scope, enum jc_tier tier, struct jc_tip **out, size_t *n,
    struct jc_err *err)
{
	struct tips t = {0};
	size_t kept = 0;
	int rc = tips_read(&t, log, scope, -1, 0, err);

	*out = NULL;
	*n = 0;
	for (size_t i = 0; rc == 0 && i < t.n; i++) {
		if (t.v[i].tier < tier)
			continue;
		if ((rc = has_child(log, scope, tier, t.v[i].commit_no, err)) == 0)
			t.v[kept++] = t.v[i];
		rc = rc < 0 ? rc : 0;
	}
	if (rc < 0) {
		jc_free(t.v);
		return rc;
	}
	if (kept > 1)
		qsort(t.v, kept, sizeof(*t.v), tip_cmp);
	*out = t.v;
	*n = kept;
	return 0;
}

/* Was the commit cut in this file, rather than taken in? */
static int
cut_here(struct jc_log *log, int64_t no, struct jc_err *err)
{
	const struct jc_cinfo *c;
	int rc = jc_log_info(&c, log, no, err);

	return rc < 0 ? rc : c->first_op == 0;
}

/*
 * After a fork a device goes on from where it was itself: two folders that were copied from one must
 * not both continue the same tip again and again.
 */
int
jc_log_own_tip(struct jc_log *log, int64_t scope, enum jc_tier tier, struct jc_tip *out, struct jc_err *err)
{
	struct tips t = {0};
	int64_t device;
	int best_here = -1, here, rc;

	memset(out, 0, sizeof(*out));
	if (log->key == NULL)
		return 0;
	if ((rc = jc_device_find(log, log->key->id, &device, NULL, err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	rc = tips_read(&t, log, scope, (int)tier, device, err);
	for (size_t i = 0; rc == 0 && i < t.n; i++) {
		if ((here = cut_here(log, t.v[i].commit_no, err)) < 0)
			rc = here;
		else if (here > best_here || (here == best_here && t.v[i].lamport > out->lamport)) {
			best_here = here;
			*out = t.v[i];
		}
	}
	jc_free(t.v);
	return rc;
}

/* ---- forks ---- */

/* 1 if one of the tips descends from all others. */
static int
tips_joined(struct jc_log *log, const struct jc_tip *v, size_t n, struct jc_err *err)
{
	size_t top = 0;

	for (size_t i = 1; i < n; i++)
		if (v[i].commit_no > v[top].commit_no)
			top = i;
	for (size_t i = 0; i < n; i++) {
		int rc = jc_log_reaches(log, v[top].commit_no, v[i].commit_no, err);

		if (rc != 1)
			return rc;
	}
	return 1;
}

static int
forks_of(struct jc_log *log, int64_t scope, int64_t device,
    int (*each)(void *arg, int64_t scope, const struct jc_fork *fork), void *arg, struct jc_err *err)
{
	struct tips t = {0};
	size_t from = 0;
	int rc = tips_read(&t, log, scope, -1, device, err);

	for (size_t i = 1; rc == 0 && i <= t.n; i++) {
		struct jc_fork fork = {0};
		char label[JC_LABEL_MAX + 1];

		if (i < t.n && t.v[i].tier == t.v[from].tier && t.v[i].device == t.v[from].device)
			continue;
		fork.tier = t.v[from].tier;
		fork.device = t.v[from].device;
		fork.tips = (int)(i - from);
		if (fork.tips > 1 && (rc = jc_device_label(log, fork.device, fork.device_id, label, err)) == 0 &&
		    (rc = fork.joined = tips_joined(log, &t.v[from], i - from, err)) >= 0)
			rc = each(arg, scope, &fork);
		from = i;
	}
	jc_free(t.v);
	return rc;
}

struct forks {
	struct jc_log *log;
	int64_t device;
	int (*each)(void *arg, int64_t scope, const struct jc_fork *fork);
	void *arg;
	struct jc_err *err;
};

static int
forks_scope(void *arg, const struct jc_scope *s)
{
	struct forks *f = arg;

	return forks_of(f->log, s->no, f->device, f->each, f->arg, f->err);
}

int
jc_log_forks(struct jc_log *log, int64_t scope, int64_t device,
    int (*each)(void *arg, int64_t scope, const struct jc_fork *fork), void *arg, struct jc_err *err)
{
	struct forks f = {log, device, each, arg, err};

	if (scope != 0)
		return forks_of(log, scope, device, each, arg, err);
	return jc_scope_each(log, forks_scope, &f, err);
}
