/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What people do at a computer. Values come from a small number of records and fields, so that they collide. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crash_vfs.h"
#include "save.h"
#include "sim.h"

#define CHANGES 6

struct act {
	struct sim *w;
	struct sim_node *t;
	uint64_t s;                  /* the event's own chance */
	struct jc_scope own;
	struct jc_change change[CHANGES];
	struct jc_slice elem[CHANGES];
	char text[CHANGES][64];
	size_t n;
	const struct jc_kind *kind;
};

/* Register fields and one set of each kind that is written. */
static const struct {
	const char *kind, *title, *field[3], *set;
} KINDS[] = {
    {"member", "name", {"mobile", "address", "remark"}, "talents"},
    {"org", "name", {"address", "remark", "phone"}, "former_names"},
    {"activity", "title", {"place", "remark", "summary"}, NULL},
    {"participant", "name", {"remark", NULL, NULL}, NULL},
};
#define NKINDS 3 /* the last stays in the branch */

static const char *const TALENTS[] = {"书法", "唱歌", "下棋", "摄影"};

static void
change(struct act *a, const char *field, const char *text, int how)
{
	struct jc_change *c = &a->change[a->n];
	const struct jc_field *f = jc_catalogue_field(a->kind, field, strlen(field));

	if (f == NULL || a->n == CHANGES)
		return;
	memset(c, 0, sizeof(*c));
	c->field = f;
	snprintf(a->text[a->n], sizeof(a->text[0]), "%s", text);
	a->elem[a->n] = (struct jc_slice){a->text[a->n], strlen(a->text[a->n])};
	if (how > 0) {
		c->add = &a->elem[a->n];
		c->nadd = 1;
	} else if (how < 0) {
		c->del = &a->elem[a->n];
		c->ndel = 1;
	} else {
		c->text = a->elem[a->n];
	}
	a->n++;
}

/* A value that nobody wrote before, or one of three that many write; rarely none. */
static void
change_some(struct act *a, const char *field)
{
	uint64_t how = sim_below(&a->s, 10);
	char text[64] = "";

	if (field == NULL)
		return;
	if (strcmp(field, "phone") == 0 || strcmp(field, "mobile") == 0)
		snprintf(text, sizeof(text), "1300000%04d", (int)sim_below(&a->s, how < 4 ? 3 : 9999));
	else if (how < 3)
		snprintf(text, sizeof(text), "甲%d", (int)sim_below(&a->s, 3));
	else if (how > 0)
		snprintf(text, sizeof(text), "值%d", ++a->w->values);
	change(a, field, how == 9 ? "" : text, 0);
}

/* The event's actor, its catalogue and its own scope; 0 when it has none. */
static int
begin(struct act *a, struct sim *w, struct sim_node *t, uint64_t r)
{
	struct jc_err err = {0};

	memset(a, 0, sizeof(*a));
	a->w = w;
	a->t = t;
	a->s = r;
	return sim_ok(w, jc_node_use(t->n, &err), &err, "use") == 0 &&
	       sim_ok(w, jc_node_scope(t->n, &a->own, &err), &err, "scope") == 0;
}

static int
key_take(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	(void)text;
	(void)n;
	*(struct jc_record_key *)arg = *key;
	return 0;
}

static int
pick(struct sim *w, struct sim_node *t, struct jc_query *q, uint64_t *s, struct jc_record_key *key)
{
	struct jc_err err = {0};
	int64_t count;

	if (sim_ok(w, jc_records_count(t->n, q, &count, &err), &err, "count") < 0 || count == 0)
		return 0;
	q->offset = (int64_t)sim_below(s, (uint64_t)count);
	q->limit = 1;
	return sim_ok(w, jc_records_each(t->n, q, key_take, key, &err), &err, "list") == 0;
}

int
sim_record(struct sim *w, struct sim_node *t, int64_t scope, const char *kind, uint64_t *s, struct jc_record_key *key)
{
	size_t first = sim_below(s, NKINDS);

	for (size_t i = 0; i < NKINDS; i++) {
		const char *name = kind != NULL ? kind : KINDS[(first + i) % NKINDS].kind;
		struct jc_query q = {.scope = scope, .kind = jc_catalogue_kind(name, strlen(name))};

		if (pick(w, t, &q, s, key))
			return 1;
	}
	return 0;
}

/* Some record of the own scope, or one in its bin; 0 when there is none. */
static int
record_pick(struct act *a, struct jc_record_key *key, int voided)
{
	size_t first = sim_below(&a->s, NKINDS);

	for (size_t i = 0; i < NKINDS; i++) {
		const char *name = KINDS[(first + i) % NKINDS].kind;
		struct jc_query q = {.scope = a->own.no, .kind = jc_catalogue_kind(name, strlen(name)), .voided = voided};

		a->kind = q.kind;
		if (pick(a->w, a->t, &q, &a->s, key))
			return 1;
	}
	return 0;
}

static size_t
kind_no(const struct act *a)
{
	for (size_t i = 0; i <= NKINDS; i++)
		if (strcmp(KINDS[i].kind, a->kind->name) == 0)
			return i;
	return 0;
}

int
sim_save(struct sim *w, struct sim_node *t, int64_t scope, const char *what, sim_put put, void *arg)
{
	struct jc_save *sv;
	struct jc_err err = {0};
	int rc = jc_save_begin(&sv, t->n, scope, what, &err), end;

	if (rc < 0)
		return sim_ok(w, rc, &err, "save begin") == 0;
	rc = put(sv, arg, &err);
	if (rc < 0 && rc != JC_ESTATE && rc != JC_EINVAL && rc != JC_EDENIED)
		sim_ok(w, rc, &err, what);
	end = jc_save_end(sv, rc >= 0, NULL, &err);
	if (rc >= 0)
		sim_ok(w, end, &err, "save end");
	return rc >= 0 && end >= 0;
}

struct put {
	struct act *a;
	struct jc_record_key *key, *other;
	const struct jc_record *r;
	char *id;
	int64_t seen;
	int rows;
};

static int
save(struct act *a, const char *what, sim_put put, struct put *arg)
{
	arg->a = a;
	return sim_save(a->w, a->t, a->own.no, what, put, arg);
}

static int
put_changes(struct jc_save *sv, void *arg, struct jc_err *err)
{
	const struct put *p = arg;

	return jc_save_set(sv, p->a->kind, p->id, p->a->change, p->a->n, p->seen, NULL, err);
}

static int
set(struct act *a, jc_id id, int64_t seen)
{
	return a->n != 0 && save(a, "set", put_changes, &(struct put){.id = id, .seen = seen});
}

static void
fill_new(struct act *a, size_t k)
{
	char name[64];

	a->n = 0;
	a->kind = jc_catalogue_kind(KINDS[k].kind, strlen(KINDS[k].kind));
	snprintf(name, sizeof(name), "王小%d", ++a->w->values);
	change(a, KINDS[k].title, name, 0);
	if (sim_below(&a->s, 2))
		change_some(a, KINDS[k].field[0]);
	if (KINDS[k].set != NULL && sim_below(&a->s, 2))
		change(a, KINDS[k].set, TALENTS[sim_below(&a->s, 4)], 1);
}

static int
do_edit(struct act *a, int stale)
{
	struct jc_record_key key;
	struct jc_err err = {0};
	int64_t seen = 0;
	size_t k;

	if (!record_pick(a, &key, 0))
		return 0;
	k = kind_no(a);
	if (stale) { /* the screen was loaded a while ago */
		if (sim_ok(a->w, jc_node_seen(a->t->n, &seen, &err), &err, "seen") < 0)
			return 0;
		seen -= (int64_t)sim_below(&a->s, 12);
		seen = seen < 1 ? 1 : seen;
	}
	if (sim_below(&a->s, 5) == 0)
		change_some(a, KINDS[k].title);
	change_some(a, KINDS[k].field[sim_below(&a->s, 2)]);
	return set(a, key.id, seen);
}

static int
do_new(struct act *a)
{
	struct jc_query q = {.scope = a->own.no};
	size_t k = sim_below(&a->s, NKINDS + (uint64_t)a->w->mix.low_tier);
	struct jc_err err = {0};
	int64_t count;
	jc_id id = "";

	q.kind = jc_catalogue_kind(KINDS[k].kind, strlen(KINDS[k].kind));
	if (sim_ok(a->w, jc_records_count(a->t->n, &q, &count, &err), &err, "count") < 0)
		return 0;
	if (count >= a->w->mix.small)
		return do_edit(a, 0);
	fill_new(a, k);
	if (!a->t->joined)
		sim_mark(DRAFT_BEFORE_JOIN);
	return set(a, id, 0);
}

static int
do_elem(struct act *a)
{
	struct jc_record_key key;
	size_t k;

	if (!record_pick(a, &key, 0) || KINDS[k = kind_no(a)].set == NULL)
		return 0;
	change(a, KINDS[k].set, TALENTS[sim_below(&a->s, 4)], sim_below(&a->s, 3) == 0 ? -1 : 1);
	return set(a, key.id, 0);
}

static int
put_void(struct jc_save *sv, void *arg, struct jc_err *err)
{
	return jc_save_void(sv, ((struct put *)arg)->key->id, "录错了", 0, err);
}

static int
put_unvoid(struct jc_save *sv, void *arg, struct jc_err *err)
{
	return jc_save_unvoid(sv, ((struct put *)arg)->key->id, err);
}

static int
do_void(struct act *a, int back)
{
	struct jc_record_key key;

	return record_pick(a, &key, back) &&
	       save(a, back ? "unvoid" : "void", back ? put_unvoid : put_void, &(struct put){.key = &key});
}

/* ---- two records that are one ---- */

static int
put_merge(struct jc_save *sv, void *arg, struct jc_err *err)
{
	const struct put *p = arg;

	return jc_save_merge(sv, p->key->id, p->other->id, err);
}

static int
put_unmerge(struct jc_save *sv, void *arg, struct jc_err *err)
{
	const struct put *p = arg;

	return jc_save_unmerge(sv, p->key->id, p->other->id, err);
}

static int
do_merge(struct act *a)
{
	struct jc_record_key key, other;

	if (!record_pick(a, &key, 0) || !sim_record(a->w, a->t, a->own.no, a->kind->name, &a->s, &other) || key.rec == other.rec ||
	    !save(a, "merge", put_merge, &(struct put){.key = &key, .other = &other}))
		return 0;
	sim_mark(MERGED);
	memcpy(a->w->merged[0], key.id, sizeof(jc_id));
	memcpy(a->w->merged[1], other.id, sizeof(jc_id));
	return 1;
}

static int
do_unmerge(struct act *a)
{
	struct jc_record_key key = {0}, other = {0};
	struct jc_err err = {0};

	memcpy(key.id, a->w->merged[0], sizeof(jc_id));
	memcpy(other.id, a->w->merged[1], sizeof(jc_id));
	if (key.id[0] == '\0' || jc_record_find(a->t->n, a->own.no, key.id, &key, &err) < 0)
		return 0; /* another branch's, or not here yet */
	memcpy(key.id, a->w->merged[0], sizeof(jc_id));
	return jc_record_find(a->t->n, a->own.no, other.id, &(struct jc_record_key){0}, &err) == 0 &&
	       save(a, "unmerge", put_unmerge, &(struct put){.key = &key, .other = &other});
}

/* ---- conflicts, undo, imports ---- */

static int
first_conflict(void *arg, const struct jc_record_key *key)
{
	*(struct jc_record_key *)arg = *key;
	return 1;
}

static int
put_resolve(struct jc_save *sv, void *arg, struct jc_err *err)
{
	const struct jc_record *r = ((struct put *)arg)->r;
	struct act *a = ((struct put *)arg)->a;

	for (size_t i = 0; i < r->nfields; i++) {
		const struct jc_shown *f = &r->field[i];
		size_t pick = f->nsiblings != 0 ? sim_below(&a->s, f->nsiblings + 1) : 0;

		if (f->nsiblings < 2)
			continue;
		if (pick == f->nsiblings)
			return jc_save_resolve(sv, r->key.id, f->field, 0, (struct jc_slice){"定", 3}, 0, err);
		return jc_save_resolve(sv, r->key.id, f->field, f->sibling[pick].op, (struct jc_slice){NULL, 0}, 0, err);
	}
	return JC_ESTATE;
}

static int
do_resolve(struct act *a)
{
	struct jc_record_key key = {0};
	struct jc_record r;
	struct jc_err err = {0};
	int done;

	if (sim_ok(a->w, jc_conflicts_each(a->t->n, a->own.no, first_conflict, &key, &err), &err, "conflicts") < 0 || key.rec == 0 ||
	    sim_ok(a->w, jc_record_read(a->t->n, key.rec, &r, &err), &err, "read") < 0)
		return 0;
	sim_mark(CONFLICT);
	done = save(a, "resolve", put_resolve, &(struct put){.r = &r});
	jc_record_free(&r);
	return done;
}

static int
do_undo(struct act *a)
{
	struct jc_undone u;
	struct jc_err err = {0};
	int rc = jc_undo(a->t->n, &u, &err);

	if (rc == JC_ENOTFOUND)
		return 0;
	if (sim_ok(a->w, rc, &err, "undo") < 0)
		return 0;
	if (u.skipped > 0)
		sim_mark(UNDO_SKIPPED);
	return 1;
}

static int
put_import(struct jc_save *sv, void *arg, struct jc_err *err)
{
	struct act *a = ((struct put *)arg)->a;
	int rows = ((struct put *)arg)->rows, rc = 0;

	for (int i = 0; i < rows && rc >= 0; i++) {
		struct jc_slice key;
		jc_id id = "";

		fill_new(a, 0);
		key = (struct jc_slice){a->text[0], strlen(a->text[0])};
		if (sim_below(&a->s, 2)) /* a row with a key: two computers make one record of it */
			snprintf(a->text[0], sizeof(a->text[0]), "赵玉%d", (int)sim_below(&a->s, 20));
		a->elem[0] = a->change[0].text = key = (struct jc_slice){a->text[0], strlen(a->text[0])};
		if ((rc = jc_save_id_key(sv, id, a->kind, key, err)) >= 0)
			rc = jc_save_set(sv, a->kind, id, a->change, a->n, 0, NULL, err);
	}
	return rc;
}

static int
do_import(struct act *a)
{
	return save(a, "import", put_import, &(struct put){.rows = 2 + (int)sim_below(&a->s, 12)});
}

static int
do_work(struct act *a, int kind)
{
	switch (kind) {
	case SIM_NEW:
		return do_new(a);
	case SIM_EDIT:
	case SIM_STALE:
		return do_edit(a, kind == SIM_STALE);
	case SIM_ELEM:
		return do_elem(a);
	case SIM_VOID:
	case SIM_UNVOID:
		return do_void(a, kind == SIM_UNVOID);
	case SIM_RESOLVE:
		return do_resolve(a);
	case SIM_UNDO:
		return do_undo(a);
	case SIM_IMPORT:
		return do_import(a);
	case SIM_MERGE:
		return do_merge(a);
	case SIM_UNMERGE:
		return do_unmerge(a);
	default:
		return 0;
	}
}

int
sim_work(struct sim *w, const struct sim_ev *ev)
{
	struct sim_node *t = &w->node[1 + ev->node % (uint32_t)(w->nodes - 1)];
	uint64_t s = ev->r ^ 77;
	struct act a;
	int done;

	if (!t->up)
		return 0;
	if (ev->fault == SIM_F_POWER)
		sim_power_arm(t, 1 + (int64_t)sim_below(&s, 24));
	done = begin(&a, w, t, ev->r) && do_work(&a, ev->kind);
	if (ev->fault == SIM_F_POWER && sim_power_end(w, t, sim_rand(&s))) {
		sim_mark(POWER_SAVE);
		sim_shared->faults[SIM_F_POWER]++;
	}
	sim_learn(w, t);
	sim_say(w, "%d %s %s: %d", t->no, sim_ev_word(ev->kind), ev->fault == SIM_F_POWER ? "power" : "", done);
	return done;
}
