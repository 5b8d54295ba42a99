/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Images of disks and copies of folders, which go on with the same key; and sticks, which are read late,
 * twice, in any order, or never.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crash_vfs.h"
#include "sim.h"
#include "test_env.h"

/* ---- images ---- */

static void
snap_name(char out[16], const struct sim_node *t)
{
	snprintf(out, 16, "s%02d.db", t->no);
}

static int
joined_bits(const struct sim *w)
{
	int bits = 0;

	for (int i = 1; i < w->nodes; i++)
		bits |= w->node[i].joined << i;
	return bits;
}

static void
down(struct sim_node *t)
{
	jc_node_close(t->n);
	t->n = NULL;
}

static void
snap(struct sim *w, struct sim_node *t)
{
	char name[16];

	snap_name(name, t);
	down(t);
	crash_vfs_copy(t->file, name);
	sim_open(w, t);
	t->snap.there = 1;
	t->snap.joined = t->joined;
	t->snap.met = t->met;
	t->snap.hub_backs = t->deceived ? -1 : w->hub_backs;
	sim_learn(w, t);
	sim_set_copy(&t->snap.acked, &t->acked);
	if (t->no == 0)
		w->hub_snap_nodes = joined_bits(w);
}

/* What was saved since the image is gone from this disk; what others have of it comes back. */
static int
put_back(struct sim *w, struct sim_node *t)
{
	char name[16];

	if (!t->up || !t->snap.there || (t->no == 0 && w->hub_snap_nodes != joined_bits(w)))
		return 0;
	if (t->no == 0) /* a stopped computer would be enrolled again: the officer stops it once more, not we */
		for (int i = 1; i < w->nodes; i++)
			if (w->node[i].revoked)
				return 0;
	w->hub_backs += t->no == 0;
	for (int i = 1; t->no == 0 && i < w->nodes; i++)
		w->node[i].deceived = 1;
	if (t->acked.n > t->snap.acked.n)
		sim_shared->marks[t->no == 0 ? SIM_M_HUB_LOST : SIM_M_FORK]++;
	snap_name(name, t);
	down(t);
	crash_vfs_copy(name, t->file);
	t->joined = t->snap.joined;
	t->met = t->snap.met;
	t->keys = 0;
	memset(t->note, 0, sizeof(t->note));
	t->deceived = t->no != 0 && t->snap.hub_backs != w->hub_backs;
	sim_set_copy(&t->acked, &t->snap.acked);
	t->scanned = 0;
	sim_open(w, t);
	sim_kept(w, t);
	return 1;
}

/* The folder is copied to another computer: both go on with one key. */
static int
copy(struct sim *w, struct sim_node *t)
{
	struct sim_node *c = &w->node[w->nodes];

	if (w->nodes == SIM_NODES || !t->up)
		return 0;
	down(t);
	memset(c, 0, sizeof(*c));
	c->no = w->nodes++;
	c->branch = t->branch;
	c->up = 1;
	c->joined = t->joined;
	c->met = t->met;
	c->deceived = t->deceived;
	c->revoked = t->revoked;
	c->clock = t->clock;
	c->key = t->key;
	snprintf(c->file, sizeof(c->file), "n%02d.db", c->no);
	crash_vfs_copy(t->file, c->file);
	c->env = test_env_new(w->seed * 64 + (uint64_t)c->no);
	c->env->vfs = CRASH_VFS;
	sim_open(w, t);
	sim_open(w, c);
	sim_clock(w);
	sim_set_copy(&c->acked, &t->acked);
	sim_kept(w, c);
	return 1;
}

/* It burns, with what was only on it; what others have of it must not go. One of its branch stays. */
static int
gone(struct sim *w, struct sim_node *t)
{
	int others = 0;

	for (int i = 1; i < w->nodes; i++)
		others += w->node[i].up && w->node[i].joined && !w->node[i].revoked && w->node[i].branch == t->branch && i != t->no;
	if (!t->up || others == 0)
		return 0;
	t->up = 0;
	return 1;
}

void
sim_image(struct sim *w, const struct sim_ev *ev)
{
	struct sim_node *t = &w->node[ev->node % (uint32_t)w->nodes], *pc = &w->node[1 + ev->node % (uint32_t)(w->nodes - 1)];
	int done = 1;

	switch (ev->kind) {
	case SIM_SNAP:
		snap(w, t);
		break;
	case SIM_RESTORE:
		done = put_back(w, t = pc);
		break;
	case SIM_CLONE:
		done = copy(w, t = pc);
		break;
	case SIM_GONE:
		done = gone(w, t = pc);
		break;
	default:
		done = put_back(w, t = &w->node[0]);
	}
	sim_say(w, "%d %s: %d", t->no, sim_ev_word(ev->kind), done);
}

/* ---- sticks ---- */

static void
stick_empty(struct sim_stick *s)
{
	for (int i = 0; i < s->parts; i++)
		free(s->part[i].p);
	memset(s, 0, sizeof(*s));
}

static int
stick_fill(struct sim *w, struct jc_bundle *b, struct sim_stick *s)
{
	struct jc_slip slip;
	struct jc_err err = {0};
	struct jc_buf file;
	int rc = 1;

	jc_buf_init(&file, JC_BUNDLE_MAX);
	while (s->parts < SIM_PARTS && (rc = jc_bundle_next(b, &file, &slip, &err)) == 1) {
		s->part[s->parts].p = malloc(file.len + 1);
		memcpy(s->part[s->parts].p, file.data, file.len);
		s->part[s->parts++].n = file.len;
	}
	jc_buf_free(&file);
	return sim_ok(w, rc < 0 ? rc : 0, &err, "writing a stick");
}

/* From a branch to the hub, or back; what was on the stick is written over. */
static int
stick_write(struct sim *w, struct sim_node *t, int back, struct sim_stick *k)
{
	struct sim_node *from = back ? &w->node[0] : t;
	struct jc_bundle *b = NULL;
	struct jc_err err = {0};
	int rc;

	if (!t->joined || !t->up)
		return 0;
	stick_empty(k);
	rc = jc_bundle_begin(&b, from->n, back ? t->key.id : NULL, &err);
	if (rc == JC_ENOTFOUND && back)
		return 0; /* it never asked, or its hub has forgotten */
	if ((t->revoked && rc == JC_EDENIED) || (!back && !t->met && rc == JC_ESTATE))
		return 0;
	if (sim_ok(w, rc, &err, "beginning a stick") < 0)
		return 0;
	stick_fill(w, b, k);
	jc_bundle_end(b);
	k->to = back ? t->no : 0;
	k->keys = w->node[0].key.n;
	return k->parts;
}

static void
part_read(struct sim *w, struct sim_node *t, struct sim_stick *k, int i)
{
	struct jc_slip slip;
	struct jc_err err = {0};
	int rc = jc_bundle_read(t->n, k->part[i].p, k->part[i].n, &slip, &err);

	if (rc == JC_ESIGNATURE && t->no != 0 && k->keys < w->node[0].key.n)
		return; /* it had followed to another key already */
	if (rc == JC_EDENIED && (t->no != 0 ? !t->joined : 1))
		return; /* put back to before it joined; of a computer that was stopped */
	if (sim_ok(w, rc, &err, "reading a stick") < 0)
		return;
	sim_notes(w, t);
	if (slip.fresh > 0)
		sim_mark(STICK_NEWS);
	if (k->reads > 0)
		sim_mark(STICK_OLD);
}

/* A stick may be the answer to another copy of the folder, and begin behind the enrolment; or have been refused. */
static int
enrolled(struct sim_node *t)
{
	char state[12];
	struct jc_scope own;
	int64_t no;

	return t->no == 0 || (jc_node_scope(t->n, &own, NULL) == 0 && jc_device_find(t->n->log, t->key.id, &no, NULL, NULL) == 0 &&
	    jc_device_standing(t->n->log, own.no, no, state, NULL) == 0 && state[0] != '\0');
}

/* Some of its files, in any order; it may be read again later. */
static int
stick_read(struct sim *w, uint64_t s)
{
	struct sim_stick *k = &w->stick[sim_below(&s, SIM_STICKS)];
	struct sim_node *t = &w->node[k->to];

	if (k->parts == 0 || !t->up)
		return 0;
	for (int n = 1 + (int)sim_below(&s, (uint64_t)k->parts + 1); n > 0; n--)
		part_read(w, t, k, (int)sim_below(&s, (uint64_t)k->parts));
	k->reads++;
	t->met |= enrolled(t);
	sim_learn(w, t);
	sim_meet(w, t, &w->node[0]);
	return k->reads;
}

void
sim_stick_round(struct sim *w, struct sim_node *t)
{
	struct sim_stick k = {0};

	for (int back = 0; back < 2; back++) {
		stick_write(w, t, back, &k);
		for (int i = 0; i < k.parts; i++)
			part_read(w, &w->node[k.to], &k, i);
	}
	stick_empty(&k);
	sim_learn(w, t);
	sim_learn(w, &w->node[0]);
	sim_say(w, "%d by stick", t->no);
	sim_meet(w, t, &w->node[0]);
}

void
sim_stick(struct sim *w, const struct sim_ev *ev)
{
	struct sim_node *t = &w->node[1 + ev->node % (uint32_t)(w->nodes - 1)];
	uint64_t s = ev->r;
	int done;

	if (ev->kind == SIM_STICK_READ)
		done = stick_read(w, s);
	else
		done = stick_write(w, t, ev->kind == SIM_STICK_BACK, &w->stick[sim_below(&s, SIM_STICKS)]);
	sim_learn(w, t);
	sim_say(w, "%d %s: %d", t->no, sim_ev_word(ev->kind), done);
}
