/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What the county does with a branch's records, and what the branch does about it. */
#include <string.h>

#include "crash_vfs.h"
#include "sim.h"
#include "sync_beyond.h"
#include "sync_tray.h"

static int
branch_take(void *arg, const struct jc_scope *s)
{
	struct { uint64_t skip; struct jc_scope s; } *p = arg;

	if (strcmp(s->role, "branch") != 0)
		return 0;
	p->s = *s;
	return p->skip-- == 0;
}

int
sim_branch(struct sim *w, uint64_t r, struct jc_scope *out)
{
	struct { uint64_t skip; struct jc_scope s; } p = {.skip = r % SIM_BRANCHES};
	struct jc_err err = {0};

	sim_ok(w, jc_scope_each(w->node[0].n->log, branch_take, &p, &err), &err, "scopes");
	*out = p.s;
	return p.s.no != 0;
}

static int
field_pick(const struct jc_kind *k, uint64_t *s, const struct jc_field **out)
{
	static const char *const NAMES[] = {"name", "mobile", "address", "remark", "place", "phone"};

	for (size_t i = 0, at = sim_below(s, 6); i < 6; i++, at = (at + 1) % 6)
		if ((*out = jc_catalogue_field(k, NAMES[at], strlen(NAMES[at]))) != NULL)
			return 1;
	return 0;
}

/* The hub returns a field, or all of a record; or takes a return back. */
static int
judge(struct sim *w, uint64_t s, int accept)
{
	struct sim_node *hub = &w->node[0];
	const struct jc_field *f = NULL;
	struct jc_record_key key;
	struct jc_scope scope;
	struct jc_err err = {0};
	int fields = 0, rc;

	if (!sim_branch(w, sim_rand(&s), &scope) || !sim_record(w, hub, scope.no, NULL, &s, &key))
		return 0;
	if (sim_below(&s, 3) != 0 && !field_pick(key.kind, &s, &f))
		return 0;
	rc = accept ? jc_tray_accept(hub->n, &key, f, &fields, &err) : jc_tray_return(hub->n, &key, f, "请核对", &fields, &err);
	if (rc == JC_ESTATE)
		return 0;
	if (sim_ok(w, rc, &err, accept ? "accepting" : "returning") < 0)
		return 0;
	if (!accept)
		sim_mark(RETURNED);
	return fields;
}

static int
item_take(void *arg, const struct jc_tray_item *item)
{
	struct { int64_t no; uint64_t skip; } *p = arg;

	p->no = item->no;
	return p->skip-- == 0;
}

/* Somebody looks into the tray: sends again as it was, or lets it go. */
static int
tray(struct sim *w, struct sim_node *t, uint64_t s)
{
	struct { int64_t no; uint64_t skip; } p = {0, sim_below(&s, 4)};
	struct jc_err err = {0};
	int rc;

	if (sim_ok(w, jc_tray_each(t->n, item_take, &p, &err), &err, "tray") < 0 || p.no == 0)
		return 0;
	if (sim_below(&s, 2))
		return sim_ok(w, jc_tray_close(t->n, p.no, "withdrawn", &err), &err, "letting go") == 0;
	rc = jc_tray_resend(t->n, p.no, NULL, 0, &err);
	if (rc == JC_ESTATE || rc == JC_EINVAL)
		return 0;
	if (sim_ok(w, rc, &err, "sending again") < 0)
		return 0;
	sim_mark(MENDED);
	return 1;
}

/* ---- the hub writes in a branch's record ---- */

struct correction {
	struct jc_record_key key;
	uint64_t s;
};

static int
put_correction(struct jc_save *sv, void *arg, struct jc_err *err)
{
	static const char *const CODES[] = {"399999101", "399999102", "399999103"};
	struct correction *c = arg;
	struct jc_change change = {.field = jc_catalogue_field(c->key.kind, "region_code", 11)};
	const char *code = CODES[sim_below(&c->s, 3)];

	if (change.field == NULL)
		return JC_EINVAL;
	change.text = (struct jc_slice){code, strlen(code)};
	return jc_save_set(sv, c->key.kind, c->key.id, &change, 1, 0, NULL, err);
}

static int
correct(struct sim *w, uint64_t s)
{
	struct correction c = {.s = s};
	struct jc_scope scope;

	if (!sim_branch(w, sim_rand(&c.s), &scope) || !sim_record(w, &w->node[0], scope.no, "org", &c.s, &c.key) ||
	    !sim_save(w, &w->node[0], scope.no, "correction", put_correction, &c))
		return 0;
	sim_mark(CORRECTED);
	return 1;
}

/* ---- a computer is stopped ---- */

static int
revoke_in(struct sim *w, const struct jc_scope *scope, struct sim_node *t)
{
	struct jc_node *hub = w->node[0].n;
	struct jc_err err = {0};
	int rc, end;

	if ((rc = jc_db_begin(hub->db, &err)) < 0)
		return sim_ok(w, rc, &err, "revoking");
	rc = t->revoked ? jc_beyond_accept(hub, scope, t->key.id, &err) : jc_scope_revoke(hub->log, scope, t->key.id, &err);
	sim_ok(w, rc, &err, t->revoked ? "accepting what was beyond" : "revoking");
	end = jc_db_end(hub->db, rc >= 0, &err);
	return rc < 0 ? rc : sim_ok(w, end, &err, "revoking");
}

/* Stopped: it, and the images of it, may never send again; or what came of it after is accepted. */
static int
revoke(struct sim *w, struct sim_node *t)
{
	struct jc_scope own, at;
	struct jc_err err = {0};
	int working = 0;

	for (int i = 1; i < w->nodes; i++)
		working += w->node[i].up && w->node[i].joined && !w->node[i].revoked && strcmp(w->node[i].key.id, t->key.id) != 0;
	if (!t->joined || (!t->revoked && working < 2) || sim_ok(w, jc_node_scope(t->n, &own, &err), &err, "scope") < 0 ||
	    jc_scope_find(&at, w->node[0].n->log, own.id, &err) < 0 || revoke_in(w, &at, t) < 0)
		return 0;
	if (t->revoked)
		sim_mark(BEYOND);
	for (int i = 1; i < w->nodes; i++)
		if (strcmp(w->node[i].key.id, t->key.id) == 0)
			w->node[i].revoked = 1;
	return 1;
}

/* ---- the hub's key ---- */

/* The file has the new key first; sometimes the power goes before anything else has. */
static int
rekey(struct sim *w, uint64_t s)
{
	struct sim_node *hub = &w->node[0];
	struct jc_err err = {0};
	uint8_t seed[32];

	if (hub->key.n >= 6)
		return 0;
	for (size_t i = 0; i < sizeof(seed); i++)
		seed[i] = (uint8_t)sim_rand(&s);
	jc_key_add(&hub->key, seed);
	if (sim_below(&s, 3) == 0)
		sim_reopen(w, hub);
	else if (sim_ok(w, jc_keyring_load(hub->n->log, &hub->key, &err), &err, "another key") == 0)
		sim_ok(w, jc_keyring_advance(hub->n->log, &err), &err, "another key");
	return (int)hub->key.n;
}

int
sim_county(struct sim *w, const struct sim_ev *ev)
{
	struct sim_node *t = &w->node[1 + ev->node % (uint32_t)(w->nodes - 1)];
	int done = 0;

	switch (ev->kind) {
	case SIM_RETURN:
	case SIM_ACCEPT:
		done = judge(w, ev->r, ev->kind == SIM_ACCEPT);
		break;
	case SIM_TRAY:
		done = t->up && tray(w, t, ev->r);
		break;
	case SIM_CORRECT:
		done = correct(w, ev->r);
		break;
	case SIM_REKEY:
		done = rekey(w, ev->r);
		break;
	default:
		done = t->up && revoke(w, t);
	}
	sim_learn(w, &w->node[0]);
	sim_learn(w, t);
	sim_say(w, "%d %s: %d", t->no, sim_ev_word(ev->kind), done);
	return done;
}
