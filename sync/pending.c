/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What is still to be sent. The hub says which tips it has; a chain is a line, so everything below a
 * tip is there too, and walking our own tips down to the first commit the hub has finds what is
 * missing in as many steps as there are missing commits. Only at a fork (a copied folder, a restored
 * image) do the two lines meet below a tip of the hub's; then both are walked down side by side.
 */
#include "pending.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

void
jc_pending_free(struct jc_pending *p)
{
	jc_free(p->known);
	jc_free(p->no);
	jc_free(p->refused);
	memset(p, 0, sizeof(*p));
}

static int
room(void **v, size_t *cap, size_t need, size_t size, struct jc_err *err)
{
	void *q;

	if (need <= *cap)
		return 0;
	if ((q = jc_realloc(*v, (need + 8) * 2 * size)) == NULL)
		return JC_NOMEM(err, "jc_pending");
	*v = q;
	*cap = (need + 8) * 2;
	return 0;
}

int
jc_pending_know(struct jc_pending *p, const struct jc_commit_row *row, struct jc_err *err)
{
	struct jc_known k = {row->no, row->device, row->seq, row->seq > 1 ? row->parent[0] : 0, row->tier};
	int rc;

	for (size_t i = 0; i < p->nknown; i++) {
		if (p->known[i].no == k.no)
			return 0;
		if (k.parent != 0 && p->known[i].no == k.parent) {
			p->known[i] = k; /* the chain grew */
			return 0;
		}
	}
	if ((rc = room((void **)&p->known, &p->known_cap, p->nknown + 1, sizeof(*p->known), err)) < 0)
		return rc;
	p->known[p->nknown++] = k;
	p->fresh = 0;
	return 0;
}

int
jc_pending_know_h16(struct jc_pending *p, const uint8_t h16[JC_H16], struct jc_err *err)
{
	struct jc_commit_row row;
	int rc = jc_log_commit_h16(p->node->log, p->scope, h16, &row, err);

	if (rc == JC_ENOTFOUND)
		return 0;
	return rc < 0 || (rc = jc_pending_know(p, &row, err)) < 0 ? rc : 1;
}

void
jc_pending_forget(struct jc_pending *p)
{
	p->nknown = 0;
	p->n = 0;
	p->fresh = 0;
}

static int
is_refused(const struct jc_pending *p, int64_t no)
{
	for (size_t i = 0; i < p->nrefused; i++)
		if (p->refused[i] == no)
			return 1;
	return 0;
}

int
jc_pending_refuse(struct jc_pending *p, int64_t no, struct jc_err *err)
{
	int rc = room((void **)&p->refused, &p->refused_cap, p->nrefused + 1, sizeof(*p->refused), err);

	if (rc < 0)
		return rc;
	p->refused[p->nrefused++] = no;
	p->fresh = 0;
	return 0;
}

struct tips {
	enum jc_tier least;
	int64_t *no;
	size_t n, cap;
	struct jc_err *err;
};

static int
tip_add(void *arg, const struct jc_tip *tip)
{
	struct tips *t = arg;
	int rc;

	if (tip->tier == JC_TIER_BRANCH || tip->tier < t->least)
		return 0;
	if ((rc = room((void **)&t->no, &t->cap, t->n + 1, sizeof(*t->no), t->err)) < 0)
		return rc;
	t->no[t->n++] = tip->commit_no;
	return 0;
}

/* Does the hub have this commit? `at` are the hub's commits, walked down as far as earlier calls needed. */
static int
covered(struct jc_pending *p, struct jc_known *at, const struct jc_commit_row *c, struct jc_err *err)
{
	for (size_t i = 0; i < p->nknown; i++) {
		if (at[i].device != c->device || at[i].tier != c->tier)
			continue;
		while (at[i].seq > c->seq) {
			struct jc_commit_row row;
			int rc = jc_log_commit(p->node->log, at[i].parent, &row, err);

			if (rc < 0)
				return rc;
			at[i] = (struct jc_known){row.no, row.device, row.seq, row.seq > 1 ? row.parent[0] : 0, row.tier};
		}
		if (at[i].no == c->no)
			return 1;
	}
	return 0;
}

static int
walk_down(struct jc_pending *p, struct jc_known *at, int64_t no, struct jc_err *err)
{
	struct jc_commit_row row;
	int rc;

	if (p->nknown != 0)
		memcpy(at, p->known, p->nknown * sizeof(*at));
	while (no != 0) {
		if ((rc = jc_log_commit(p->node->log, no, &row, err)) < 0 || (rc = covered(p, at, &row, err)) != 0)
			return rc < 0 ? rc : 0;
		if ((rc = room((void **)&p->no, &p->cap, p->n + 1, sizeof(*p->no), err)) < 0)
			return rc;
		p->no[p->n++] = no;
		no = row.seq > 1 ? row.parent[0] : 0;
	}
	return 0;
}

static int
number_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Leaves out what was refused and what descends from it: parents have smaller numbers. */
static int
drop_refused(struct jc_pending *p, struct jc_err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct jc_commit_row row;
		int rc, out = is_refused(p, p->no[i]);

		if (!out) {
			if ((rc = jc_log_commit(p->node->log, p->no[i], &row, err)) < 0)
				return rc;
			for (size_t k = 0; !out && k < row.nparents; k++)
				out = is_refused(p, row.parent[k]);
			if (out && (rc = jc_pending_refuse(p, p->no[i], err)) < 0)
				return rc;
		}
		if (!out)
			p->no[kept++] = p->no[i];
	}
	p->n = kept;
	return 0;
}

int
jc_pending_make(struct jc_pending *p, int64_t device, struct jc_err *err)
{
	struct tips tips = {.err = err, .least = p->least};
	struct jc_known *at = NULL;
	size_t kept = 0;
	int rc;

	if (p->fresh)
		return 0;
	p->n = 0;
	if ((at = jc_alloc((p->nknown + 1) * sizeof(*at))) == NULL)
		return JC_NOMEM(err, "jc_pending_make");
	rc = jc_log_tips(p->node->log, p->scope, -1, device, tip_add, &tips, err);
	for (size_t i = 0; rc >= 0 && i < tips.n; i++)
		rc = walk_down(p, at, tips.no[i], err);
	if (rc < 0)
		goto out;
	if (p->n != 0)
		qsort(p->no, p->n, sizeof(*p->no), number_cmp);
	for (size_t i = 0; i < p->n; i++) /* forks share what lies below them */
		if (kept == 0 || p->no[kept - 1] != p->no[i])
			p->no[kept++] = p->no[i];
	p->n = kept;
	if (p->nrefused != 0)
		rc = drop_refused(p, err);
	p->fresh = rc >= 0;
out:
	jc_free(tips.no);
	jc_free(at);
	return rc < 0 ? rc : 0;
}

void
jc_pending_taken(struct jc_pending *p, size_t k)
{
	k = k < p->n ? k : p->n;
	if (k != 0)
		memmove(p->no, p->no + k, (p->n - k) * sizeof(*p->no));
	p->n -= k;
}
