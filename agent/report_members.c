/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Membership over a period. What a member was on a day is what the last possible event until that day made
 * of it (DOMAIN 5: "as of D1 uses events with date <= D1"); events that arrive late with an earlier date
 * change the past, and the report says so. The replay itself is done where records are projected
 * (flow_step); here its steps are read back in order and cut at two days.
 *
 * A person on the way to another union stays on the register of the source until the target has taken over.
 * A record that has been in several unions was, before each moving in, in the union that it came from.
 */
#include "report_private.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define EXTRA_MAX 24
#define STEPS_ALL 512

/* All steps of one member, before they are cut to the period. */
struct raw {
	char day[11], move[4];
	enum r_cat before, after;
	const char *from_union, *to_union, *at;
};

struct walk {
	struct jc_report_run *run;
	struct r_texts texts;          /* of one member */
	struct r_member m;
	struct raw raw[STEPS_ALL];
	size_t nraw;
	const char *extra[EXTRA_MAX];
	size_t nextra;
	const char *joined, *status;
	int64_t rec, scope;
	const char *scope_union;       /* of the scope that came last; NULL: it has none, or several */
	int (*each)(void *arg, const struct r_member *m, const char *const *extra);
	void *arg;
};

static enum r_cat
cat_of(const char *state, enum r_cat now)
{
	if (state == NULL || state[0] == '\0')
		return R_NONE;
	if (strcmp(state, "active") == 0)
		return R_REG;
	if (strcmp(state, "retained") == 0)
		return R_RET;
	return strcmp(state, "moving") == 0 ? now : R_NONE;
}

/* "2016" and "2016-03" begin with their first day. */
static void
first_day(char out[11], const char *pdate)
{
	size_t n = strlen(pdate);

	snprintf(out, 11, "%.10s", n == 4 ? "" : pdate);
	if (n == 4)
		snprintf(out, 11, "%.4s-01-01", pdate);
	else if (n == 7)
		snprintf(out, 11, "%.7s-01", pdate);
}

static const char *
col(struct walk *w, struct jc_stmt *st, int i)
{
	size_t n;
	const char *s = jc_col_text(st, i, &n);

	return s != NULL ? r_keep(&w->texts, s, n) : NULL;
}

static void
step_read(struct walk *w, struct jc_stmt *st)
{
	struct raw *s = &w->raw[w->nraw];
	enum r_cat now = w->nraw > 0 ? w->raw[w->nraw - 1].after : cat_of(jc_col_text(st, 7, NULL),
	    R_REG);

	if (jc_col_null(st, 5) || jc_col_int(st, 9) == 0 || w->nraw == STEPS_ALL)
		return;
	snprintf(s->day, sizeof(s->day), "%.10s", jc_col_text(st, 5, NULL));
	snprintf(s->move, sizeof(s->move), "%.3s", jc_col_text(st, 6, NULL));
	s->before = now;
	s->after = cat_of(jc_col_text(st, 8, NULL), now);
	s->from_union = col(w, st, 10);
	s->to_union = col(w, st, 11);
	w->nraw++;
}

/* Which union each step is about: the last stay is where the record says, earlier ones where it came from. */
static void
unions_find(struct walk *w)
{
	const char *at = w->m.union_id;

	for (size_t i = w->nraw; i-- > 0;) {
		struct raw *s = &w->raw[i];

		s->at = at;
		if (strcmp(s->move, "2") == 0 && s->before == R_NONE && s->from_union != NULL)
			at = s->from_union;
		if (s->after == R_NONE && s->before != R_NONE && s->from_union != NULL)
			at = s->at = s->from_union;
	}
	w->m.union_before = at;
}

/* A start that no event tells about: on the register since the joining date, or always. */
static void
start_put(struct walk *w)
{
	enum r_cat first = w->nraw > 0 ? w->raw[0].before : cat_of(w->status, R_REG);
	char day[11] = "";

	if (w->joined != NULL && w->joined[0] != '?')
		first_day(day, w->joined);
	if (first != R_REG || day[0] == '\0' || (w->nraw > 0 && strcmp(day, w->raw[0].day) > 0)) {
		w->m.before = first;
		return;
	}
	w->m.before = R_NONE;
	if (w->nraw == STEPS_ALL)
		return;
	memmove(w->raw + 1, w->raw, w->nraw * sizeof(*w->raw));
	w->raw[0] = (struct raw){.move = "1", .before = R_NONE, .after = R_REG,
	    .at = w->m.union_before};
	memcpy(w->raw[0].day, day, sizeof(day));
	w->nraw++;
}

static int
member_end(struct walk *w)
{
	const struct jc_period *p = &w->run->r->period;
	struct r_member *m = &w->m;
	const char *at;
	int later = 0;

	unions_find(w);
	start_put(w);
	m->nsteps = 0;
	m->after = m->before;
	at = m->union_before;
	for (size_t i = 0; i < w->nraw; i++) {
		const struct raw *s = &w->raw[i];

		if (strcmp(s->day, p->to) > 0) {
			later = 1;
			break;
		}
		m->after = s->after;
		at = s->at;
		if (strcmp(s->day, p->from) < 0) {
			m->before = s->after;
			m->union_before = s->at;
		} else if (s->before != s->after && m->nsteps < R_STEPS_MAX) {
			struct r_step *out = &m->step[m->nsteps++];

			*out = (struct r_step){.before = s->before, .after = s->after, .from_union = s->from_union,
			    .to_union = s->to_union, .at = s->at};
			memcpy(out->day, s->day, sizeof(out->day));
			memcpy(out->move, s->move, sizeof(out->move));
		}
	}
	m->table = later ? m->after : cat_of(w->status, m->after);
	m->union_id = later ? at : m->union_id;
	return w->each(w->arg, m, w->extra);
}

/* The union that members of a scope belong to when nobody says which: the only one there. */
static void
scope_find(struct walk *w, int64_t scope)
{
	int n = 0;

	if (scope == w->scope)
		return;
	w->scope = scope;
	w->scope_union = NULL;
	for (size_t i = 0; i < w->run->nbuckets; i++)
		for (const struct r_org *o = w->run->orgs[i]; o != NULL; o = o->next)
			if (o->scope == scope && o->kind != NULL && strcmp(o->kind, "union") == 0) {
				w->scope_union = o->id;
				n++;
			}
	if (n != 1)
		w->scope_union = NULL;
}

static void
member_begin(struct walk *w, struct jc_stmt *st)
{
	r_texts_reset(&w->texts);
	w->rec = jc_col_int(st, 0);
	w->m.id = col(w, st, 1);
	if ((w->m.union_id = col(w, st, 2)) == NULL) {
		scope_find(w, jc_col_int(st, 12));
		w->m.union_id = w->scope_union;
	}
	w->joined = col(w, st, 3);
	w->status = col(w, st, 4);
	w->nraw = 0;
	for (size_t i = 0; i < w->nextra; i++)
		w->extra[i] = col(w, st, R_MEMBER_COLUMNS + (int)i);
}

int
r_members_each(struct jc_report_run *run, const char *sql,
    int (*each)(void *arg, const struct r_member *m, const char *const *extra), void *arg,
    size_t nextra, struct jc_err *err)
{
	static _Thread_local struct walk walk;
	struct walk *w = &walk;
	struct jc_stmt *st;
	int rc, ended = 0;

	memset(w, 0, offsetof(struct walk, raw));
	w->run = run;
	w->nraw = 0;
	w->nextra = nextra < EXTRA_MAX ? nextra : EXTRA_MAX;
	w->each = each;
	w->arg = arg;
	w->rec = -1;
	if ((rc = jc_db_prep(&st, run->node->db, sql, err)) < 0)
		return rc;
	while ((rc = jc_stmt_step(st, err)) == 1) {
		if (jc_col_int(st, 0) != w->rec) {
			if (w->rec >= 0 && (ended = member_end(w)) < 0)
				break;
			member_begin(w, st);
		}
		step_read(w, st);
	}
	jc_stmt_reset(st);
	if (rc == 0 && w->rec >= 0)
		ended = member_end(w);
	if (w->texts.failed)
		ended = jc_err_code(err, JC_ENOMEM, "report_members");
	r_texts_free(&w->texts);
	return rc < 0 ? rc : ended;
}

/* ---- R05 ---- */

enum {
	OPEN_REG, OPEN_RET, JOINED, MOVED_IN, LOCAL_IN, RESTORED, MOVED_OUT, LOCAL_OUT, LEFT,
	    REMOVED, DIED, RETAINED, RET_EXIT,
	COUNT_REG, COUNT_RET, FEMALE, MIGRANT, NKEYS
};
static const char *const keys[NKEYS] = {"opening_reg", "opening_ret", "joined", "moved_in",
    "local_in", "restored", "moved_out",
    "local_out", "left", "removed", "died", "retained", "ret_exit", "counted_reg", "counted_ret", "female", "migrant"};

struct movement {
	struct jc_report_run *run;
	size_t col[NKEYS];
	struct jc_err *err;
	const char *last_org;  /* members of one union stand together: its row is found once */
	struct r_row *last_row;
	char last_id[32];
};

static int
add(struct movement *m, const char *union_id, int key, const char *id)
{
	struct r_fact f = {.id = id, .org = union_id};
	int rc;

	if (m->last_org == NULL || union_id == NULL || strcmp(m->last_id, union_id) != 0) {
		if ((rc = r_row_of(&m->last_row, m->run, &f, m->err)) < 0)
			return rc;
		snprintf(m->last_id, sizeof(m->last_id), "%s", union_id != NULL ? union_id : "");
		m->last_org = union_id != NULL ? m->last_id : NULL;
	}
	return m->last_row != NULL ? r_add(m->run, m->last_row, m->col[key], 1, id, m->err) : 0;
}

/* Both ends of a move inside what this report is about? Only a hub sees both. */
static int
is_local(const struct movement *m, const char *other)
{
	const struct r_org *o = r_org(m->run, other);

	return m->run->r->hub && o != NULL && r_org_in(m->run, o);
}

static int
step_key(const struct movement *m, const struct r_step *s)
{
	if (s->before == R_REG && s->after == R_RET)
		return RETAINED;
	if (s->before == R_RET)
		return s->after == R_REG ? RESTORED : RET_EXIT;
	if (s->before == R_NONE)
		return strcmp(s->move, "2") != 0 ? JOINED : is_local(m,
		    s->from_union) ? LOCAL_IN : MOVED_IN;
	if (strcmp(s->move, "4") == 0)
		return is_local(m, s->to_union) ? LOCAL_OUT : MOVED_OUT;
	return strcmp(s->move, "5") == 0 ? REMOVED : strcmp(s->move, "8") == 0 ? DIED : LEFT;
}

static int
movement_of(void *arg, const struct r_member *p, const char *const *extra)
{
	struct movement *m = arg;
	int rc = 0;

	if (p->before != R_NONE)
		rc = add(m, p->union_before, p->before == R_REG ? OPEN_REG : OPEN_RET, p->id);
	for (size_t i = 0; rc == 0 && i < p->nsteps; i++)
		rc = add(m, p->step[i].at, step_key(m, &p->step[i]), p->id);
	if (rc == 0 && p->table != R_NONE) {
		rc = add(m, p->union_id, p->table == R_REG ? COUNT_REG : COUNT_RET, p->id);
		if (rc == 0 && extra[0] != NULL && strcmp(extra[0], "2") == 0)
			rc = add(m, p->union_id, FEMALE, p->id);
		if (rc == 0 && extra[1] != NULL && strcmp(extra[1], "1") == 0)
			rc = add(m, p->union_id, MIGRANT, p->id);
	}
	return rc;
}

int
r_movement(struct jc_report_run *run, struct jc_err *err)
{
	struct movement m = {.run = run, .err = err};

	for (int i = 0; i < NKEYS; i++)
		m.col[i] = r_column(run->table, keys[i]);
	return r_members_each(run, R_MEMBER_SQL(", m.gender, m.is_migrant_worker"), movement_of, &m,
	    2, err);
}
