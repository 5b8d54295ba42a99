/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What must hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crash_vfs.h"
#include "schema_mem.h"
#include "sim.h"
#include "sync_note.h"
#include "sync_verify.h"

#define FNV(h, p, n) h = fnv(h, p, n)

static uint64_t
fnv(uint64_t h, const void *p, size_t n)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* ---- what was stored stays ---- */

/* The names of all operations after number `after`, drafts too. */
static void
scan(struct sim *w, struct sim_node *t, int64_t after, struct sim_set *out, int64_t *last)
{
	struct jc_opread r;
	struct jc_err err = {0};
	int64_t seen;

	sim_ok(w, jc_node_seen(t->n, &seen, &err), &err, "seen");
	jc_opread_init(&r);
	for (int64_t no = after + 1; no <= seen; no++) {
		int rc = jc_log_op_read(t->n->log, no, &r, &err);
		uint64_t h = UINT64_C(0xcbf29ce484222325);

		if (rc == JC_ENOTFOUND)
			continue;
		sim_ok(w, rc, &err, "reading back");
		FNV(h, r.op.batch, strlen(r.op.batch));
		FNV(h, &r.op.place, sizeof(r.op.place));
		sim_set_add(out, h);
		if (after != 0 || last != NULL)
			sim_shared->ops++;
	}
	jc_opread_free(&r);
	if (last != NULL)
		*last = seen;
}

/* Keys that a computer knows of the hub, once known, stay. */
static void
keys_learn(struct sim *w, struct sim_node *t)
{
	struct jc_keys keys;

	if (!t->joined || jc_keyring_get(&keys, t->n->log, w->node[0].key.id, NULL) < 0)
		return;
	if (t->keys != 0 && keys.n > t->keys)
		sim_mark(FOLLOWED);
	if (keys.n < t->keys)
		sim_fail(w, "%d forgot a key of the hub", t->no);
	t->keys = (unsigned)keys.n;
}

void
sim_learn(struct sim *w, struct sim_node *t)
{
	if (t->no != 0)
		keys_learn(w, t);
	scan(w, t, t->scanned, &t->acked, &t->scanned);
}

void
sim_kept(struct sim *w, struct sim_node *t)
{
	struct sim_set now = {0};
	size_t lost = 0;

	scan(w, t, 0, &now, &t->scanned);
	for (size_t i = 0; i < t->acked.n; i++)
		lost += !sim_set_has(&now, t->acked.v[i]);
	if (lost != 0)
		sim_fail(w, "%zu saved operations are gone at %d", lost, t->no);
	sim_set_copy(&t->acked, &now);
	sim_set_free(&now);
	sim_shared->checks++;
}

/* ---- the same commits, the same digest ---- */

struct seen {
	jc_id scope;
	uint64_t set, common, digest, typed;
	int used, node;
	uint32_t at;              /* nodes that were compared with it */
};
#define SEEN 16384
static struct seen table[SEEN];

struct sum {
	uint64_t all, up;         /* of the commits; of those that a hub may have */
	int64_t n;
	enum jc_tier low;
};

static int
sum_one(void *arg, const struct jc_commit_row *row)
{
	struct sum *s = arg;
	uint64_t h;

	memcpy(&h, row->hash, sizeof(h));
	s->all += h;
	s->n++;
	if (row->tier > JC_TIER_BRANCH)
		s->up += h;
	else
		s->low++;
	return 0;
}

static struct sum
sum_of(struct sim *w, struct sim_node *t, int64_t scope)
{
	struct sum s = {0};
	struct jc_err err = {0};

	sim_ok(w, jc_log_walk(t->n->log, scope, 0, sum_one, &s, &err), &err, "walk");
	return s;
}

struct round {
	struct sim *w;
	struct sim_node *t;
	uint64_t common;
	int again;                /* also what was compared before */
};

static int
common_one(void *arg, const struct jc_scope *s)
{
	struct round *r = arg;

	if (strcmp(s->role, "common") == 0)
		r->common += sum_of(r->w, r->t, s->no).all;
	return 0;
}

static uint64_t
half(const uint8_t d[JC_HASH_LEN])
{
	uint64_t x;

	memcpy(&x, d, sizeof(x));
	return x;
}

static void
same_or_new(struct sim *w, struct sim_node *t, const struct seen *now)
{
	struct seen *e = &table[(now->set ^ now->common) % SEEN];

	for (; e->used; e = e + 1 < table + SEEN ? e + 1 : table) {
		if (strcmp(e->scope, now->scope) != 0 || e->set != now->set)
			continue;
		if (e->digest != now->digest)
			sim_fail(w, "nodes %d and %d have the same commits and another digest", e->node, t->no);
		if (e->common == now->common && e->typed != now->typed)
			sim_fail(w, "nodes %d and %d have the same commits and other tables", e->node, t->no);
		if (e->node != t->no)
			sim_mark(SAME_SET);
		if (e->common == now->common) {
			e->at |= UINT32_C(1) << t->no;
			return;
		}
	}
	*e = *now;
	e->used = 1;
	e->node = t->no;
	e->at = UINT32_C(1) << t->no;
}

/* Was this node compared with these very commits before? */
static int
compared(struct sim_node *t, const struct seen *now)
{
	for (struct seen *e = &table[(now->set ^ now->common) % SEEN]; e->used; e = e + 1 < table + SEEN ? e + 1 : table)
		if (strcmp(e->scope, now->scope) == 0 && e->set == now->set && e->common == now->common)
			return e->at >> t->no & 1;
	return 0;
}

static int
look_one(void *arg, const struct jc_scope *s)
{
	struct round *r = arg;
	struct sum sum = sum_of(r->w, r->t, s->no);
	uint8_t digest[JC_HASH_LEN], typed[JC_HASH_LEN];
	struct seen now = {.set = sum.all, .common = r->common};
	struct jc_err err = {0};
	int64_t drafts, records;

	memcpy(now.scope, s->id, sizeof(now.scope));
	if (sum.n == 0 || (!r->again && compared(r->t, &now)) ||
	    sim_ok(r->w, jc_log_drafts(r->t->n->log, s->no, &drafts, &err), &err, "drafts") < 0 || drafts != 0)
		return 0;
	sim_ok(r->w, jc_digest(r->t->n->project, s->no, digest, &records, &err), &err, "digest");
	sim_ok(r->w, jc_digest_typed(r->t->n->project, s->no, typed, &err), &err, "digest of the tables");
	now.digest = half(digest);
	now.typed = half(typed);
	same_or_new(r->w, r->t, &now);
	sim_shared->checks++;
	return 0;
}

/* Every scope of a node against all that was ever seen; `again`: even if it was looked at with these commits. */
static void
look(struct sim *w, struct sim_node *t, int again)
{
	struct round r = {.w = w, .t = t, .again = again};
	struct jc_err err = {0};

	sim_ok(w, jc_node_use(t->n, &err), &err, "use");
	sim_ok(w, jc_scope_each(t->n->log, common_one, &r, &err), &err, "scopes");
	sim_ok(w, jc_scope_each(t->n->log, look_one, &r, &err), &err, "scopes");
}

void
sim_meet(struct sim *w, struct sim_node *a, struct sim_node *b)
{
	look(w, a, 0);
	look(w, b, 0);
}

void
sim_rebuild(struct sim *w, struct sim_node *t)
{
	struct jc_err err = {0};

	look(w, t, 1);
	sim_ok(w, jc_project_rebuild(t->n->project, NULL, NULL, &err), &err, "rebuild");
	look(w, t, 1);
}

static void
found(void *arg, const struct jc_finding *f)
{
	struct { struct sim *w; struct sim_node *t; } *p = arg;

	sim_fail(p->w, "verify at %d: %d %s: %s", p->t->no, f->number, f->title, f->what);
}

void
sim_verify(struct sim *w, struct sim_node *t)
{
	struct { struct sim *w; struct sim_node *t; } p = {w, t};
	struct jc_verify_options o = {.found = found, .arg = &p};
	struct jc_verify_report report;
	struct jc_err err = {0};

	sim_ok(w, jc_verify(t->n->log, &o, &report, &err), &err, "verify");
	sim_shared->checks++;
}

/* ---- never green without a receipt ---- */

struct receipts {
	struct sim *w;
	struct sim_node *t, *hub;
	struct jc_scope own, at;
	int64_t green, grey;
};

static int
receipt_one(void *arg, const struct jc_commit_row *row)
{
	struct receipts *r = arg;
	struct jc_commit_row there;
	struct jc_err err = {0};
	int covered;

	if (row->tier == JC_TIER_BRANCH)
		return 0;
	covered = jc_note_covers(r->t->n->log, r->own.no, row->tier, r->hub->key.id, row->no, &err);
	if (covered == JC_ENOTFOUND)
		covered = 0;
	sim_ok(r->w, covered, &err, "receipts");
	r->green += covered;
	r->grey += !covered;
	if (covered && jc_log_commit_h16(r->hub->n->log, r->at.no, row->hash, &there, &err) < 0)
		sim_fail(r->w, "node %d shows a commit as arrived that the hub has not", r->t->no);
	return 0;
}

/* Receipts of one epoch only go forward, whatever comes late. Looked at whenever some may have come: a hub that was put back
 * twice to one image returns to that image's epoch, and there they begin anew. */
void
sim_notes(struct sim *w, struct sim_node *t)
{
	struct jc_note *n = jc_calloc(1, sizeof(*n));
	struct jc_err err = {0};
	struct jc_scope own;

	if (n == NULL || t->no == 0 || !t->joined || sim_ok(w, jc_node_scope(t->n, &own, &err), &err, "scope") < 0)
		goto out;
	for (enum jc_tier tier = JC_TIER_COUNTY; tier <= JC_TIER_CITY; tier++) {
		int rc = jc_note_get(n, t->n->log, own.no, tier, w->node[0].key.id, &err);

		if (rc == JC_ENOTFOUND)
			continue;
		sim_ok(w, rc, &err, "note");
		if (strcmp(n->epoch, t->note[tier].epoch) == 0 && n->counter < t->note[tier].counter)
			sim_fail(w, "node %d: receipt %lld after %lld of one epoch", t->no, (long long)n->counter,
			    (long long)t->note[tier].counter);
		memcpy(t->note[tier].epoch, n->epoch, sizeof(n->epoch));
		t->note[tier].counter = n->counter;
	}
out:
	jc_free(n);
}

/* What this node shows as arrived lies at the hub; `all`: and everything does. Not while the hub was put back and the
 * node has not heard of it. */
void
sim_receipts(struct sim *w, struct sim_node *t, int all)
{
	struct receipts r = {.w = w, .t = t, .hub = &w->node[0]};
	struct jc_err err = {0};

	if (!t->joined || t->deceived || sim_ok(w, jc_node_scope(t->n, &r.own, &err), &err, "scope") < 0 ||
	    jc_scope_find(&r.at, r.hub->n->log, r.own.id, &err) < 0)
		return;
	sim_ok(w, jc_log_walk(t->n->log, r.own.no, 0, receipt_one, &r, &err), &err, "receipts");
	if (all && r.grey != 0)
		sim_fail(w, "%d commits at %d have no receipt though all is at the hub", (int)r.grey, t->no);
	if (r.green != 0)
		sim_mark(GREEN);
	sim_shared->checks++;
}

/* ---- the end: lines are good again ---- */

/* 1 when a PC and the hub have the same commits of the PC's scope, and nothing waits. */
static int
agree(struct sim *w, struct sim_node *t)
{
	struct jc_scope own, at;
	struct jc_err err = {0};
	int64_t drafts;

	sim_ok(w, jc_node_scope(t->n, &own, &err), &err, "scope");
	sim_ok(w, jc_log_drafts(t->n->log, own.no, &drafts, &err), &err, "drafts");
	sim_ok(w, jc_scope_find(&at, w->node[0].n->log, own.id, &err), &err, "scope at the hub");
	return drafts == 0 && sum_of(w, t, own.no).up == sum_of(w, &w->node[0], at.no).up;
}

/* Everybody meets the hub until all have the same. */
static void
converge(struct sim *w, void (*meet)(struct sim *, struct sim_node *), int most)
{
	int rounds, apart = 1;

	for (rounds = 0; rounds < most && apart; rounds++) {
		for (int i = 1; i < w->nodes; i++)
			if (w->node[i].up && !w->node[i].revoked)
				meet(w, &w->node[i]);
		apart = 0;
		for (int i = 1; i < w->nodes; i++)
			apart += w->node[i].up && !w->node[i].revoked && !agree(w, &w->node[i]);
	}
	if (apart != 0)
		sim_fail(w, "%d computers did not come to the hub's state in %d rounds", apart, rounds);
}

static void
by_line(struct sim *w, struct sim_node *t)
{
	sim_sync(w, t, SIM_F_NONE, 1);
}

void
sim_end(struct sim *w)
{
	for (int i = 1; i < w->nodes; i++)
		if (w->node[i].up && !w->node[i].joined)
			sim_join(w, &w->node[i]);
	for (int i = 1; w->mix.sticks && i < w->nodes; i++)
		if (w->node[i].up && !w->node[i].met && !w->node[i].revoked)
			by_line(w, &w->node[i]);
	converge(w, w->mix.sticks ? sim_stick_round : by_line, w->mix.sticks ? 6 : 4);
	if (w->mix.sticks)
		sim_mark(STICKS_ALONE);
	for (int i = 1; i < w->nodes; i++)
		if (w->node[i].up && !w->node[i].revoked) {
			w->node[i].deceived = 0;
			sim_receipts(w, &w->node[i], 1);
		}
	for (int i = 1; i < w->nodes; i++)
		if (w->node[i].up && w->node[i].joined && !w->node[i].revoked && w->node[i].keys != w->node[0].key.n)
			sim_fail(w, "%d knows %u keys of the hub's %u", i, w->node[i].keys, w->node[0].key.n);
	sim_mark(CONVERGED);
	for (int i = 0; i < w->nodes; i++)
		if (w->node[i].up)
			sim_kept(w, &w->node[i]);
	for (int i = 0; i < 2; i++) { /* the hub and one more */
		struct sim_node *t = &w->node[i == 0 ? 0 : 1 + w->seed % (uint64_t)(w->nodes - 1)];

		if (!t->up)
			continue;
		sim_rebuild(w, t);
		sim_verify(w, t);
	}
}
