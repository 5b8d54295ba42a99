/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The hub's half of passage.h: it finds the other side, tells each what the other did, and lets the members follow. */
#include "passage_private.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_sign.h"
#include "out.h"

#define WHERE "passage_carry"
#define EVENTS_MAX 64
#define TAKEN_BACK "对方撤销了这一步"

/* ---- where to ---- */

/* One transfer on its way. */
struct way {
	struct jc_node *node;
	struct jc_record o, c; /* the original, and the copy when has_copy */
	struct jc_scope home, there; /* their scopes; there.no 0: not found */
	int has_copy;
	jc_id copy; /* its id */
	char union_id[16], union_name[400]; /* of the other side's union, "" not known */
	char home_union[16], home_name[400]; /* of the original's */
	int64_t member; /* rec of the member there, when the other side is the source; 0 none */
	int wrote;
	struct jc_err *err;
};

static void
copy(char *out, size_t room, const char *s)
{
	snprintf(out, room, "%s", s != NULL ? s : "");
}

/* Looks for the one scope in which the statement (scope, id, name; :id :name :home) has a row. */
static int
union_find(struct way *w, const char *sql, const char *id, const char *name)
{
	struct jc_stmt *st = NULL;
	int64_t found = 0;
	int rc = jc_db_prep_text(&st, w->node->db, sql, w->err), several = 0;

	if (rc < 0)
		return rc;
	if (id != NULL)
		jc_bind_str(st, ":id", id);
	if (name != NULL)
		jc_bind_str(st, ":name", name);
	jc_bind_int(st, ":home", w->home.no);
	while ((rc = jc_stmt_step(st, w->err)) == 1) {
		several |= found != 0 && found != jc_col_int(st, 0);
		if (found == 0) {
			copy(w->union_id, sizeof(w->union_id), jc_col_text(st, 1, NULL));
			copy(w->union_name, sizeof(w->union_name), jc_col_text(st, 2, NULL));
		}
		found = jc_col_int(st, 0);
	}
	jc_stmt_free(st);
	if (rc == 0 && found != 0 && !several)
		rc = jc_scope_get(&w->there, w->node->log, found, w->err);
	return rc;
}

#define UNIONS \
	"SELECT r.scope, r.id, k.name FROM k_org k JOIN record r USING(rec) JOIN scope s ON s.no = r.scope" \
	" WHERE s.role = 'branch' AND s.mine AND r.void = 0 AND r.scope <> :home AND "

/* The branch that a union's id, its name, or the branch's own name leads to. */
static int
branch_find(struct way *w, const char *id, const char *name)
{
	char text[420];
	int rc = 0;

	if (jc_passage_is_id(id))
		rc = union_find(w, UNIONS "r.id = :id", id, NULL);
	if (rc < 0 || w->there.no != 0)
		return rc;
	copy(text, sizeof(text), name != NULL ? name : id != NULL && id[0] == '?' ? id + 1 : "");
	if (text[0] == '\0')
		return 0;
	if ((rc = union_find(w,
		 UNIONS "k.org_kind = 'union' AND (k.name = :name OR k.short_name = :name)", NULL,
		 text)) < 0 ||
	    w->there.no != 0)
		return rc;
	return union_find(w,
	    "SELECT s.no, (SELECT r.id FROM k_org k JOIN record r USING(rec) WHERE r.scope = s.no AND r.void = 0"
	    "   AND k.org_kind = 'union' ORDER BY r.rec LIMIT 1), s.name FROM scope s"
	    " WHERE s.role = 'branch' AND s.mine AND s.no <> :home AND s.name = :name",
	    NULL, text);
}

/* The branch in which the person that the target named is a member. */
static int
member_find(struct way *w)
{
	const char *number = jc_passage_get(&w->o, "id_no"), *card = jc_passage_get(&w->o, "member_no"),
		   *name = jc_passage_get(&w->o, "name");
	struct jc_stmt *st;
	int64_t scope = 0;
	int n = 0,
	    rc = jc_db_prep(&st, w->node->db,
		"SELECT r.scope, r.rec, k.union_id FROM k_member k JOIN record r USING(rec) JOIN scope s ON s.no = r.scope"
		" WHERE s.role = 'branch' AND s.mine AND r.void = 0 AND r.scope <> :home"
		"   AND k.membership_status IN ('active', 'retained', 'moving')"
		"   AND (k.id_no = :number OR (:number IS NULL AND k.member_no = :card AND k.name = :name))",
		w->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":home", w->home.no);
	jc_bind_str(st, ":number", number);
	jc_bind_str(st, ":card", card);
	jc_bind_str(st, ":name", name);
	while ((rc = jc_stmt_step(st, w->err)) == 1) {
		scope = jc_col_int(st, 0);
		w->member = jc_col_int(st, 1);
		copy(w->union_id, sizeof(w->union_id), jc_col_text(st, 2, NULL));
		n++;
	}
	if (rc < 0 || n != 1) {
		w->member = 0;
		return rc;
	}
	return jc_scope_get(&w->there, w->node->log, scope, w->err);
}

/* The copy that is there already, wherever it is. */
static int
copy_find(struct way *w)
{
	struct jc_stmt *st;
	int64_t scope = 0;
	int rc = jc_db_prep(&st, w->node->db,
	    "SELECT r.scope FROM k_transfer k JOIN record r USING(rec) JOIN scope s ON s.no = r.scope"
	    " WHERE k.origin_id = :id AND s.role = 'branch' AND s.mine ORDER BY r.rec DESC LIMIT 1",
	    w->err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":id", w->o.key.id);
	if ((rc = jc_stmt_step(st, w->err)) == 1) {
		scope = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return rc < 0 || scope == 0 ? rc : jc_scope_get(&w->there, w->node->log, scope, w->err);
}

static int
name_of(char *out, size_t room, struct way *w, const struct jc_scope *s, const char *union_id)
{
	struct jc_record_key key;
	struct jc_record r;
	int rc;

	copy(out, room, s->name);
	if (!jc_passage_is_id(union_id) || jc_record_find(w->node, s->no, union_id, &key, NULL) < 0 ||
	    key.kind == NULL)
		return 0;
	if ((rc = jc_record_read(w->node, key.rec, &r, w->err)) < 0)
		return rc;
	if (jc_passage_get(&r, "name") != NULL)
		copy(out, room, jc_passage_get(&r, "name"));
	jc_record_free(&r);
	return 0;
}

/* The union in whose name the original is: as it says, as its member says, or the only one of the branch. */
static int
home_find(struct way *w, int in)
{
	const char *id = jc_passage_get(&w->o, in ? "to_union" : "from_union");
	struct jc_record m = {0};
	struct jc_stmt *st;
	int rc;

	copy(w->home_union, sizeof(w->home_union), jc_passage_is_id(id) ? id : NULL);
	if (w->home_union[0] == '\0' && !in &&
	    (rc = jc_passage_member(&m, w->node, &w->o, w->err)) != 0) {
		if (rc < 0)
			return rc;
		copy(w->home_union, sizeof(w->home_union),
		    jc_passage_is_id(jc_passage_get(&m, "union_id")) ? jc_passage_get(&m, "union_id") : NULL);
		jc_record_free(&m);
	}
	if (w->home_union[0] == '\0') {
		if ((rc = jc_db_prep(&st, w->node->db,
			 "SELECT max(r.id) FROM k_org k JOIN record r USING(rec) WHERE r.scope = :home"
			 " AND r.void = 0 AND k.org_kind = 'union' HAVING count(*) = 1",
			 w->err)) < 0)
			return rc;
		jc_bind_int(st, ":home", w->home.no);
		if ((rc = jc_stmt_step(st, w->err)) < 0)
			return rc;
		if (rc == 1)
			copy(w->home_union, sizeof(w->home_union), jc_col_text(st, 0, NULL));
		jc_stmt_reset(st);
	}
	return name_of(w->home_name, sizeof(w->home_name), w, &w->home, w->home_union);
}

static int
there_find(struct way *w)
{
	struct jc_record_key k;
	char text[40];
	int in = jc_passage_is(&w->o, "direction", "in"), rc, n;

	rc = in ? member_find(w) : branch_find(w, jc_passage_get(&w->o, "to_union"), jc_passage_get(&w->o, "to_name"));
	if (rc >= 0 && w->there.no == 0)
		rc = copy_find(w);
	if (rc < 0 || w->there.no == 0)
		return rc;
	if (w->union_name[0] == '\0' &&
	    (rc = name_of(w->union_name, sizeof(w->union_name), w, &w->there, w->union_id)) < 0)
		return rc;
	if ((rc = home_find(w, in)) < 0)
		return rc;
	n = snprintf(text, sizeof(text), "passage transfer %s", w->o.key.id);
	jc_record_id_key(w->copy, w->there.idkey, "transfer", text, (size_t)n);
	rc = jc_record_find(w->node, w->there.no, w->copy, &k, NULL);
	if (rc == JC_ENOTFOUND)
		return 0;
	if (rc < 0 || (rc = jc_record_read(w->node, k.rec, &w->c, w->err)) < 0)
		return rc;
	w->has_copy = 1;
	return 0;
}

/* ---- events ---- */

struct told {
	jc_id id, echo_of; /* echo_of: of which event of the other side it tells, "" of none */
	int is_void; /* it was taken back: so is what was told of it */
	char move[28], day[12], new_day[12], *reason;
};

struct tale {
	struct told v[EVENTS_MAX];
	size_t n;
};

static void
tale_free(struct tale *t)
{
	for (size_t i = 0; i < t->n; i++)
		jc_free(t->v[i].reason);
}

static int
tale_read(struct tale *t, struct way *w, const struct jc_record *of)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, w->node->db,
	    "SELECT r.id, k.move, k.event_date, k.new_date, k.reason, r.void <> 0, k.echo_of FROM k_event k JOIN record r USING(rec)"
	    " WHERE k.subject_id = :id AND k.subject_kind = 'transfer' AND r.scope = :scope"
	    "   AND k.move IS NOT NULL AND k.event_date IS NOT NULL ORDER BY r.rec",
	    w->err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":id", of->key.id);
	jc_bind_int(st, ":scope", of->key.scope);
	while (t->n < EVENTS_MAX && (rc = jc_stmt_step(st, w->err)) == 1) {
		struct told *e = &t->v[t->n++];
		const char *reason = jc_col_text(st, 4, NULL);

		copy(e->id, sizeof(e->id), jc_col_text(st, 0, NULL));
		copy(e->move, sizeof(e->move), jc_col_text(st, 1, NULL));
		copy(e->day, sizeof(e->day), jc_col_text(st, 2, NULL));
		copy(e->new_day, sizeof(e->new_day), jc_col_text(st, 3, NULL));
		e->is_void = (int)jc_col_int(st, 5);
		copy(e->echo_of, sizeof(e->echo_of), jc_col_text(st, 6, NULL));
		e->reason = reason != NULL ? jc_strndup(reason, strlen(reason)) : NULL;
	}
	jc_stmt_reset(st);
	return rc < 0 ? rc : 0;
}

static const struct told *
echo_in(const struct tale *in, const char *event)
{
	for (size_t i = 0; i < in->n; i++)
		if (strcmp(in->v[i].echo_of, event) == 0)
			return &in->v[i];
	return NULL;
}

static int
echo_put(struct jc_save *sv, const char *transfer, const struct told *e, struct jc_err *err)
{
	struct jc_passage_pairs p;
	jc_id id;
	int rc = jc_passage_key(id, sv, "event", "event", e->id, err);

	if (rc < 0 || (rc = jc_save_carry(sv, e->day, err)) < 0)
		return rc;
	jc_passage_begin(&p, "event");
	jc_passage_put(&p, "echo_of", e->id);
	jc_passage_put(&p, "subject_kind", "transfer");
	jc_passage_put(&p, "subject_id", transfer);
	jc_passage_put(&p, "move", e->move);
	jc_passage_put(&p, "event_date", e->day);
	jc_passage_put(&p, "new_date", e->new_day);
	jc_passage_put(&p, "reason", e->reason);
	return jc_passage_save(sv, id, &p, err);
}

static int
save_open(struct jc_save **sv, struct way *w, const struct jc_scope *s)
{
	char today[11];
	int rc;

	jc_out_today(today, jc_db_env(w->node->db));
	if ((rc = jc_save_begin(sv, w->node, s->no, WHERE, w->err)) < 0)
		return rc;
	if ((rc = jc_save_carry(*sv, today, w->err)) < 0)
		jc_save_end(*sv, 0, NULL, NULL);
	return rc;
}

static int
save_close(struct jc_save *sv, struct way *w, int rc)
{
	int64_t ops = 0;
	int end = jc_save_end(sv, rc >= 0, &ops, rc >= 0 ? w->err : NULL);

	w->wrote += ops != 0;
	return rc < 0 ? rc : end;
}

/* Tells `to` (a record of scope s) what it does not know of the other's own moves, and what was taken back of them. */
static int
echoes(struct way *w, const char *to, const struct jc_scope *s, const struct tale *known,
    const struct tale *other)
{
	struct jc_save *sv = NULL;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < other->n; i++) {
		const struct told *e = &other->v[i], *there = echo_in(known, e->id);

		if (e->echo_of[0] != '\0' ||
		    (there != NULL ? there->is_void == e->is_void : e->is_void))
			continue;
		if (sv == NULL && (rc = save_open(&sv, w, s)) < 0)
			return rc;
		if (there == NULL)
			rc = echo_put(sv, to, e, w->err);
		else
			rc = e->is_void ? jc_save_void(sv, there->id, TAKEN_BACK, 0, w->err)
					: jc_save_unvoid(sv, there->id, w->err);
	}
	return sv != NULL ? save_close(sv, w, rc) : rc;
}

/* ---- the copy ---- */

static int
copy_fill(struct jc_passage_pairs *p, struct way *w, struct jc_record *m)
{
	int in = jc_passage_is(&w->o, "direction", "in"), rc = 0;

	jc_passage_begin(p, "transfer");
	jc_passage_put(p, "origin_id", w->o.key.id);
	jc_passage_put(p, "direction", in ? "in" : "out");
	jc_passage_put(p, "reason", jc_passage_get(&w->o, "reason"));
	jc_passage_put(p, "requested_on", jc_passage_get(&w->o, "requested_on"));
	jc_passage_put(p, "paper_no", jc_passage_get(&w->o, "paper_no"));
	jc_passage_put(p, "from_union", in ? w->union_id : w->home_union);
	jc_passage_put(p, "from_name", in ? w->union_name : w->home_name);
	jc_passage_put(p, "to_union", in ? w->home_union : w->union_id);
	jc_passage_put(p, "to_name", in ? w->home_name : w->union_name);
	if (in) {
		if ((rc = jc_record_read(w->node, w->member, m, w->err)) >= 0) {
			jc_passage_put(p, "member_id", m->key.id);
			jc_passage_put(p, "name", jc_passage_get(m, "name"));
		}
	} else if ((rc = jc_passage_member(m, w->node, &w->o, w->err)) == 1) {
		jc_passage_person(p, m, NULL);
	} else if (rc == 0) {
		jc_passage_person(p, &w->o, NULL);
	}
	return rc;
}

static int
copy_make(struct way *w)
{
	struct jc_record m = {0};
	struct tale tale = {0};
	struct jc_save *sv;
	struct jc_passage_pairs p;
	int rc = copy_fill(&p, w, &m);

	if (rc >= 0 && (rc = tale_read(&tale, w, &w->o)) >= 0 &&
	    (rc = save_open(&sv, w, &w->there)) >= 0) {
		rc = jc_passage_save(sv, w->copy, &p, w->err);
		for (size_t i = 0; rc >= 0 && i < tale.n; i++)
			rc = tale.v[i].is_void ? 0 : echo_put(sv, w->copy, &tale.v[i], w->err);
		rc = save_close(sv, w, rc);
	}
	tale_free(&tale);
	jc_record_free(&m);
	return rc;
}

/* Copies that wait though the original does not lead there (`except`: the scope where it does, 0: none): withdrawn. */
static int
strays_withdraw(struct way *w, int64_t except)
{
	struct told e = {.move = "withdraw"};
	struct jc_scope s = {0};
	struct jc_save *sv;
	struct jc_stmt *st;
	jc_id id = "";
	int rc = jc_db_prep(&st, w->node->db,
	    "SELECT r.id, r.scope FROM k_transfer k JOIN record r USING(rec) JOIN scope s ON s.no = r.scope WHERE k.origin_id = :id"
	    " AND s.role = 'branch' AND s.mine AND r.scope <> :except AND k.state IN ('sent', 'asking') LIMIT 1",
	    w->err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":id", w->o.key.id);
	jc_bind_int(st, ":except", except);
	if ((rc = jc_stmt_step(st, w->err)) != 1)
		return rc;
	copy(id, sizeof(id), jc_col_text(st, 0, NULL));
	s.no = jc_col_int(st, 1);
	jc_stmt_reset(st);
	memcpy(e.id, w->o.key.id, sizeof(e.id));
	jc_out_today(e.day, jc_db_env(w->node->db));
	if ((rc = save_open(&sv, w, &s)) < 0)
		return rc;
	return save_close(sv, w, echo_put(sv, id, &e, w->err));
}

/* ---- what follows ---- */

/* What one side says and the other does not yet: who the unions are, when it was decided. */
static int
facts_put(struct way *w, struct jc_record *to, const struct jc_record *from, int unions)
{
	static const char *const days[] = {"decided_on", "effective_on", NULL};
	struct jc_save *sv;
	struct jc_passage_pairs p;
	jc_id id;
	int rc;

	jc_passage_begin(&p, "transfer");
	for (size_t i = 0; jc_passage_gone(to) && days[i] != NULL; i++)
		if (jc_passage_get(to, days[i]) == NULL)
			jc_passage_put(&p, days[i], jc_passage_get(from, days[i]));
	for (size_t i = 0; unions && i < 2; i++) {
		static const char *const field[] = {"from_union", "to_union"};

		if (!jc_passage_is_id(jc_passage_get(to, field[i])) && jc_passage_is_id(jc_passage_get(from, field[i])))
			jc_passage_put(&p, field[i], jc_passage_get(from, field[i]));
	}
	if (p.n == 0)
		return 0;
	if ((rc = save_open(&sv, w, &(struct jc_scope){.no = to->key.scope})) < 0)
		return rc;
	memcpy(id, to->key.id, sizeof(id));
	return save_close(sv, w, jc_passage_save(sv, id, &p, w->err));
}

/* *yes: 1, 0, or -1: it was taken back. */
static int
event_is_there(
    struct way *w, const struct jc_record *t, const struct jc_scope *s, const char *what, int *yes)
{
	char key[80];
	struct jc_record_key there;
	jc_id id;
	int n = snprintf(key, sizeof(key), "passage %s %s", what, jc_passage_origin(t)), rc;

	jc_record_id_key(id, s->idkey, "member_event", key, (size_t)n);
	rc = jc_record_find(w->node, s->no, id, &there, NULL);
	*yes = rc == 0 ? there.is_void ? -1 : 1 : 0;
	return rc == JC_ENOTFOUND ? 0 : rc;
}

static const char *
day_of(const struct jc_record *t)
{
	const char *day = jc_passage_get(t, "effective_on");

	return day != NULL ? day : jc_passage_get(t, "state_on");
}

/* The member at the target, unless its branch made it. Who it is, the source knows best. */
static int
target_follow(struct way *w, const struct jc_record *target, const struct jc_scope *s,
    const struct jc_record *source)
{
	struct jc_record m = {0};
	struct jc_save *sv;
	int yes, rc;

	if (!jc_passage_gone(target))
		return 0;
	if ((rc = event_is_there(w, target, s, "in", &yes)) < 0 || yes)
		return rc;
	if ((rc = jc_passage_member(&m, w->node, source, w->err)) >= 0) {
		const struct jc_record *from = rc == 1 ? &m : target;

		if (jc_passage_get(from, "name") != NULL && day_of(target) != NULL &&
		    (rc = save_open(&sv, w, s)) >= 0)
			rc = save_close(
			    sv, w, jc_passage_arrive(sv, w->node, target, from, day_of(target), w->err));
	}
	jc_record_free(&m);
	return rc < 0 ? rc : 0;
}

/* Numbers and addresses of one who has gone are at the new branch and no longer here. */
static int
person_clear(struct jc_save *sv, const struct jc_record *m, struct jc_err *err)
{
	const struct jc_kind *kind = m->key.kind;
	struct jc_passage_pairs p;
	jc_id id;

	jc_passage_begin(&p, "member");
	for (const struct jc_field *f = kind->fields; f->id != 0; f++)
		if (f->pi == JC_PI_S && jc_passage_get(m, f->name) != NULL)
			jc_passage_drop(&p, f, jc_passage_get(m, f->name));
	memcpy(id, m->key.id, sizeof(id));
	return jc_passage_save(sv, id, &p, err);
}

/* The member was taken back after the day on which the other side had accepted: a correction takes that out. */
static int
returns_correct(struct way *w, struct jc_save *sv, const struct jc_record *m, const char *day)
{
	struct jc_stmt *st;
	struct jc_passage_pairs p;
	jc_id back = "", id;
	int rc = jc_db_prep(&st, w->node->db,
	    "SELECT r.id FROM k_member_event k JOIN record r USING(rec) WHERE k.member_id = :member AND r.scope = :scope AND r.void = 0"
	    " AND k.change_type = '15' AND k.change_date >= :day ORDER BY k.change_date DESC, r.rec DESC LIMIT 1",
	    w->err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":member", m->key.id);
	jc_bind_int(st, ":scope", m->key.scope);
	jc_bind_str(st, ":day", day);
	if ((rc = jc_stmt_step(st, w->err)) != 1)
		return rc;
	copy(back, sizeof(back), jc_col_text(st, 0, NULL));
	jc_stmt_reset(st);
	jc_passage_begin(&p, "member_event");
	jc_passage_put(&p, "member_id", m->key.id);
	jc_passage_put(&p, "change_type", "9");
	jc_passage_put(&p, "change_date", day);
	jc_passage_put(&p, "replaces", back);
	rc = jc_passage_key(id, sv, "member_event", "late", back, w->err);
	return rc < 0 ? rc : jc_passage_save(sv, id, &p, w->err);
}

/*
 * What the transfer's form has no place for: the fields that hubs define, and what came to the person's sets while the
 * transfer was under way. Given once, when the source hears that the member has gone; what the new branch wrote itself, stays.
 */
static int
rest_follow(struct way *w, const struct jc_record *target, const struct jc_record *m)
{
	struct jc_record t = {0}, there = {0};
	struct jc_passage_pairs p;
	struct jc_save *sv;
	jc_id id;
	int rc;

	if ((rc = jc_record_read(w->node, target->key.rec, &t, w->err)) < 0 ||
	    (rc = jc_passage_member(&there, w->node, &t, w->err)) != 1) {
		jc_record_free(&t);
		return rc;
	}
	rc = 0;
	jc_passage_begin(&p, "member");
	for (size_t i = 0; i < m->nfields; i++) {
		const struct jc_field *f = m->field[i].field,
				      *carried = jc_catalogue_field(t.key.kind, f->name, strlen(f->name));

		if ((f->defined && (f->set || jc_passage_get(&there, f->name) == NULL)) ||
		    (f->set && carried != NULL && carried->id >= JC_PASSAGE_FIRST && carried->id <= JC_PASSAGE_LAST))
			jc_passage_put(&p, f->name, m->field[i].text);
	}
	memcpy(id, there.key.id, sizeof(id));
	if (p.n != 0 && (rc = save_open(&sv, w, &(struct jc_scope){.no = t.key.scope})) >= 0)
		rc = save_close(sv, w, jc_passage_save(sv, id, &p, w->err));
	jc_record_free(&there);
	jc_record_free(&t);
	return rc < 0 ? rc : 0;
}

static int
source_gone(struct way *w, const struct jc_record *source, const struct jc_scope *s,
    const struct jc_record *m)
{
	int is_copy = source == &w->c, yes, rc;
	struct jc_save *sv;

	if ((rc = event_is_there(w, source, s, "out", &yes)) < 0 || day_of(source) == NULL)
		return rc;
	if (jc_passage_is(m, "membership_status", "deceased") ||
	    (yes > 0 && (!jc_passage_is(m, "membership_status", "moved") || jc_passage_get(m, "id_no") == NULL)))
		return 0;
	if (yes <= 0 && (rc = rest_follow(w, is_copy ? &w->o : &w->c, m)) < 0)
		return rc;
	if ((rc = save_open(&sv, w, s)) < 0)
		return rc;
	if (yes <= 0)
		rc = jc_passage_event(
		    sv, w->node, source, m->key.id, "4", day_of(source), "out", w->err);
	if (rc >= 0 && yes <= 0)
		rc = returns_correct(w, sv, m, day_of(source));
	if (rc >= 0)
		rc = person_clear(sv, m, w->err);
	return save_close(sv, w, rc);
}

static int
source_back(struct way *w, const struct jc_record *source, const struct jc_scope *s,
    const struct jc_record *m)
{
	struct jc_save *sv;
	int rc;

	if (!jc_passage_is(m, "membership_status", "moving") || jc_passage_get(source, "state_on") == NULL)
		return 0;
	if ((rc = save_open(&sv, w, s)) < 0)
		return rc;
	return save_close(sv, w,
	    jc_passage_event(
		sv, w->node, source, m->key.id, "15", jc_passage_get(source, "state_on"), NULL, w->err));
}

/* The target took its acceptance back: the member is on its way again, with what was cleared. */
static int
source_undo(struct way *w, const struct jc_record *source, const struct jc_scope *s,
    const struct jc_record *m)
{
	struct jc_record_key event;
	struct jc_save *sv;
	struct jc_passage_pairs p;
	char key[80];
	jc_id id;
	int n = snprintf(key, sizeof(key), "passage out %s", jc_passage_origin(source)), rc;

	jc_record_id_key(id, s->idkey, "member_event", key, (size_t)n);
	if (jc_record_find(w->node, s->no, id, &event, NULL) < 0 || event.is_void ||
	    !jc_passage_is(m, "membership_status", "moved"))
		return 0;
	jc_passage_begin(&p, "member");
	jc_passage_person(&p, &w->c, NULL);
	if ((rc = save_open(&sv, w, s)) < 0)
		return rc;
	if ((rc = jc_save_void(sv, id, TAKEN_BACK, 0, w->err)) >= 0) {
		memcpy(id, m->key.id, sizeof(id));
		rc = jc_passage_save(sv, id, &p, w->err);
	}
	return save_close(sv, w, rc);
}

static int
source_follow(struct way *w, const struct jc_record *source, const struct jc_scope *s)
{
	struct jc_record m = {0};
	int rc = jc_passage_member(&m, w->node, source, w->err);

	if (rc == 1 && jc_passage_gone(source))
		rc = source_gone(w, source, s, &m);
	else if (rc == 1 && (jc_passage_is(source, "state", "rejected") || jc_passage_is(source, "state", "withdrawn")))
		rc = source_back(w, source, s, &m);
	else if (rc == 1 && jc_passage_is(source, "direction", "out"))
		rc = source_undo(w, source, s, &m);
	jc_record_free(&m);
	return rc < 0 ? rc : 0;
}

/* Reads both sides again: what was written moved them. */
static int
both_again(struct way *w)
{
	struct jc_record_key key;
	int64_t o = w->o.key.rec;
	int rc;

	jc_record_free(&w->o);
	jc_record_free(&w->c);
	if ((rc = jc_record_read(w->node, o, &w->o, w->err)) < 0 ||
	    (rc = jc_record_find(w->node, w->there.no, w->copy, &key, w->err)) < 0)
		return rc;
	return jc_record_read(w->node, key.rec, &w->c, w->err);
}

/* While the target may still answer, its copy says of the person what the source does; when it did not take the
 * person, nothing but the name is left there. */
static int
copy_follow(struct way *w)
{
	int open = jc_passage_is(&w->c, "state", "sent"), rc = 0;
	struct jc_record m = {0};
	struct jc_save *sv;
	struct jc_passage_pairs p;
	jc_id id;

	jc_passage_begin(&p, "transfer");
	if (!open && !jc_passage_is(&w->c, "state", "rejected") && !jc_passage_is(&w->c, "state", "withdrawn"))
		return 0;
	if (open && (rc = jc_passage_member(&m, w->node, &w->o, w->err)) != 1)
		return rc;
	for (const struct jc_field *f = p.kind->fields; f->id != 0; f++) {
		const char *is_there = jc_passage_get(&w->c, f->name), *now = open ? jc_passage_get(&m, f->name) : NULL;

		if (f->id <= JC_PASSAGE_FIRST || f->id > JC_PASSAGE_LAST)
			continue;
		if (!open && is_there != NULL)
			jc_passage_drop(&p, f, is_there);
		else if (now != NULL && (is_there == NULL || strcmp(now, is_there) != 0))
			jc_passage_put(&p, f->name, now);
	}
	memcpy(id, w->copy, sizeof(id));
	if (p.n != 0 && (rc = save_open(&sv, w, &w->there)) >= 0)
		rc = save_close(sv, w, jc_passage_save(sv, id, &p, w->err));
	jc_record_free(&m);
	return rc < 0 ? rc : 0;
}

static int
follow(struct way *w)
{
	int in = jc_passage_is(&w->o, "direction", "in"), rc;

	if (!in && (rc = copy_follow(w)) < 0)
		return rc;
	if ((rc = facts_put(w, &w->o, &w->c, 1)) < 0 || (rc = facts_put(w, &w->c, &w->o, 0)) < 0 ||
	    (rc = both_again(w)) < 0)
		return rc;
	if ((rc = target_follow(
		 w, in ? &w->o : &w->c, in ? &w->home : &w->there, in ? &w->c : &w->o)) < 0)
		return rc;
	return source_follow(w, in ? &w->c : &w->o, in ? &w->there : &w->home);
}

/* ---- one transfer, all transfers ---- */

static int
exchange(struct way *w)
{
	struct tale here = {0}, there = {0};
	int rc;

	if ((rc = tale_read(&here, w, &w->o)) >= 0 && (rc = tale_read(&there, w, &w->c)) >= 0 &&
	    (rc = echoes(w, w->c.key.id, &w->there, &there, &here)) >= 0)
		rc = echoes(w, w->o.key.id, &w->home, &here, &there);
	tale_free(&here);
	tale_free(&there);
	return rc;
}

/* An original that was taken out of the records: withdrawn at the other side, and the member is nowhere on its way. */
static int
void_follow(struct way *w)
{
	int in = jc_passage_is(&w->o, "direction", "in"), rc = strays_withdraw(w, 0);
	struct jc_record m = {0};

	if (rc < 0 || in || jc_passage_gone(&w->o) || (rc = jc_passage_member(&m, w->node, &w->o, w->err)) != 1)
		return rc;
	rc = source_back(w, &w->o, &w->home, &m);
	jc_record_free(&m);
	return rc;
}

static int
carry_in_txn(struct way *w, int64_t rec)
{
	int rc;

	if ((rc = jc_record_read(w->node, rec, &w->o, w->err)) < 0 ||
	    (rc = jc_scope_get(&w->home, w->node->log, w->o.key.scope, w->err)) < 0 ||
	    (rc = there_find(w)) < 0)
		return rc;
	if (w->o.key.is_void)
		return void_follow(w);
	if (w->there.no == 0)
		return 0;
	if ((rc = strays_withdraw(w, w->there.no)) < 0)
		return rc;
	if (!w->has_copy) {
		if (!jc_passage_is(&w->o, "state", "sent") && !jc_passage_is(&w->o, "state", "asking"))
			return 0;
		rc = copy_make(w);
	} else {
		rc = exchange(w);
	}
	if (rc < 0 || (rc = both_again(w)) < 0)
		return rc;
	return follow(w);
}

static int
carry(struct jc_node *node, int64_t rec, int *wrote, struct jc_err *err)
{
	struct way *w = jc_calloc(1, sizeof(*w));
	int rc, end;

	if (w == NULL)
		return JC_NOMEM(err, WHERE);
	w->node = node;
	w->err = err;
	if ((rc = jc_db_begin(node->db, err)) >= 0) {
		rc = carry_in_txn(w, rec);
		end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	*wrote += rc >= 0 && w->wrote != 0;
	jc_record_free(&w->o);
	jc_record_free(&w->c);
	jc_free(w);
	return rc;
}

/*
 * Originals of which one side may not know all: without a copy, in another state, turned elsewhere, with another number
 * of moves, a member that did not follow or that has changed. What was settled long ago costs a look at its row.
 */
#define MOVES(of) \
	"(SELECT count(*) FROM k_event e JOIN record x ON x.rec = e.rec WHERE e.subject_id = " of \
	" AND x.void = 0)"
static const char waiting_sql[] =
    "SELECT o.rec FROM k_transfer o JOIN record r ON r.rec = o.rec JOIN scope s ON s.no = r.scope"
    "  LEFT JOIN k_transfer c ON c.origin_id = r.id LEFT JOIN record cr ON cr.rec = c.rec"
    "  LEFT JOIN record mr ON o.direction = 'out' AND mr.scope = r.scope AND mr.id = o.member_id AND mr.kind = 2"
    "  LEFT JOIN k_member m ON m.rec = mr.rec"
    " WHERE s.role = 'branch' AND s.mine AND o.origin_id IS NULL AND o.rec > :after AND ("
    "   (c.rec IS NULL AND r.void = 0 AND o.state IN ('sent', 'asking'))"
    "   OR (c.rec IS NULL AND r.void <> 0 AND o.state NOT IN ('accepted', 'decided') AND m.membership_status = 'moving'"
    "     AND NOT EXISTS(SELECT 1 FROM k_transfer o2 JOIN record r2 USING(rec) WHERE r2.scope = r.scope AND r2.void = 0"
    "       AND o2.member_id = o.member_id AND o2.state IN ('sent', 'asking')))"
    "   OR (c.rec IS NOT NULL AND (o.state IS NOT c.state OR (r.void <> 0 AND c.state IN ('sent', 'asking'))"
    "     OR (o.state IN ('sent', 'asking') AND (o.to_union IS NOT c.to_union OR m.id_no IS NOT c.id_no"
    "       OR m.mobile IS NOT c.mobile))"
    "     OR (o.state IN ('rejected', 'withdrawn') AND (m.membership_status = 'moving' OR c.id_no IS NOT NULL"
    "       OR c.mobile IS NOT NULL OR c.joined_on IS NOT NULL OR c.talents IS NOT NULL))"
    "     OR (o.state_on >= date(:today, '-60 days') AND (" MOVES("r.id") " <> " MOVES("cr.id")
    "       OR (o.state IN ('accepted', 'decided') AND (o.member_id IS NULL OR c.member_id IS NULL"
    "         OR m.membership_status IN ('moving', 'active', 'retained'))))))))"
    " ORDER BY o.rec LIMIT 1";

static int
next_waiting(struct jc_node *node, int64_t *rec, struct jc_err *err)
{
	char today[11];
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, waiting_sql, err);

	if (rc < 0)
		return rc;
	jc_out_today(today, jc_db_env(node->db));
	jc_bind_int(st, ":after", *rec);
	jc_bind_str(st, ":today", today);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		*rec = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return rc;
}

int
jc_passage_run(struct jc_node *node, int *carried, struct jc_err *err)
{
	int64_t rec = 0;
	struct jc_err why = {0};
	struct jc_scope own;
	int rc, n = 0;

	if ((rc = jc_node_scope(node, &own, err)) < 0 || strcmp(own.role, "office") != 0 ||
	    jc_log_key(node->log) == NULL)
		return rc == JC_ENOTFOUND ? 0 : rc;
	while ((rc = next_waiting(node, &rec, err)) == 1)
		if (carry(node, rec, &n, &why) < 0 && err != NULL && err->code == 0)
			*err = why; /* one that cannot be carried holds up no other */
	if (rc >= 0 && why.code < 0)
		rc = why.code;
	(void)jc_project_transfers(node->project); /* what was carried itself waits for nothing */
	if (carried != NULL)
		*carried = n;
	return rc;
}

/* Is there a transfer that found no other side? It may be the organization that has come now. */
static int
any_lost(struct jc_node *node)
{
	int64_t n = 0;
	int rc = jc_db_int(node->db, &n,
	    "SELECT EXISTS(SELECT 1 FROM k_transfer o JOIN record r USING(rec) WHERE o.origin_id IS NULL AND r.void = 0"
	    " AND o.state IN ('sent', 'asking') AND NOT EXISTS(SELECT 1 FROM k_transfer c WHERE c.origin_id = r.id))",
	    NULL);

	return rc == 0 && n != 0;
}

void
jc_passage_after(struct jc_node *node)
{
	const struct jc_env *env = jc_db_env(node->db);
	int changed = jc_project_transfers(node->project);
	struct jc_err why = {0};

	if ((changed & JC_CHANGED_TRANSFER) == 0 && (changed == 0 || !any_lost(node)))
		return;
	if (jc_passage_run(node, NULL, &why) < 0 && env->trace != NULL)
		env->trace(env->ctx, JC_TRACE_ERROR, WHERE, why.msg);
}
