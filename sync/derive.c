/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * States are not written by anybody: they follow from events (DESIGN 4). When records reached the tables,
 * everything that depends on them is replayed from what the tables then say, so that a save, a commit
 * taken in, a verdict and a rebuild end with the same columns, whatever arrived first.
 *
 * A replay takes the living events of a record in its own scope, in the order (business date, rank of the
 * shown write of the move), feeds them to the declared table, and keeps each step in flow_step: what was
 * possible, and what was not (a task). Only events of the same scope count: a branch can move nobody
 * else's records. A correction (W2, 9) takes out the event that it names.
 *
 * A record that has no events costs one look into an index, and nothing during a rebuild.
 */
#include "derive.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

/* A record whose derived columns are due. */
struct due {
	const struct jc_kind *kind;
	int64_t scope;
	jc_id id;
};

struct jc_derive {
	struct due *due;
	size_t n, cap;
	char cell[400]; /* the value that a question about a record in memory was answered with */
};

/* One event of a record. */
struct event {
	int64_t rec, op;
	jc_id id, replaces;
	char day[12], move[28], reason[8], old_day[12];
	int dropped;
};

struct events {
	struct event *v;
	size_t n, cap;
};

/* ---- what a kind derives ---- */

static void
input_add(struct jc_derives *d, const struct jc_kind *kind, const char *name, size_t n)
{
	const struct jc_field *f = jc_catalogue_field(kind, name, n);

	if (f != NULL)
		d->input[f->id] = 1;
}

/* Fields named in the terms of the beginnings: s.one|s.two s.three */
static void
start_inputs(struct jc_derives *d, const struct jc_kind *kind)
{
	for (const struct jc_flow_start *s = d->flow->starts; s != NULL && (s->state != NULL || s->field != NULL); s++) {
		if (s->field != NULL)
			input_add(d, kind, s->field, strlen(s->field));
		for (const char *p = s->needs; p != NULL && *p != '\0';) {
			size_t n = strcspn(p, " |");

			if (n > 2)
				input_add(d, kind, p + 2, n - 2);
			p += n + (p[n] != '\0');
		}
	}
}

static void
inputs(struct jc_derives *d, const struct jc_kind *kind)
{
	static const char *const more[][2] = {{"org", "staff_full"}, {"org", "staff_part"}, {"org", "union_id"},
		{"org", "union_type"}, {"org", "org_status"}, {"org", "org_kind"}, {"check", "venue_id"}, {"check", "checked_on"},
		{"check_item", "check_id"}, {"check_item", "severity"}, {"check_item", "due_on"}, {"build_case", "org_id"},
		{"build_case", "form"}, {NULL, NULL}};

	if (d->flow != NULL)
		start_inputs(d, kind);
	for (size_t i = 0; more[i][0] != NULL; i++)
		if (strcmp(more[i][0], kind->name) == 0)
			input_add(d, kind, more[i][1], strlen(more[i][1]));
	for (const struct jc_field *f = kind->fields; d->subject != NULL && f->id != 0; f++)
		d->input[f->id] = 1;
}

/* Which kind's events these are. */
static void
event_of(struct jc_derives *d, const struct jc_kind *kind)
{
	for (const struct jc_flow *const *f = jc_flows(); *f != NULL && d->subject == NULL; f++) {
		if (strcmp((*f)->event, kind->name) != 0)
			continue;
		d->subject = jc_catalogue_field(kind, (*f)->subject, strlen((*f)->subject));
		d->of = jc_catalogue_kind((*f)->kind, strlen((*f)->kind));
		if (kind->tier_by != NULL)
			d->about = jc_catalogue_field(kind, kind->tier_by, strlen(kind->tier_by));
	}
}

int
jc_derives_make(struct jc_kindmap *k)
{
	const struct jc_kind *kind = k->kind;
	struct jc_derives *d = jc_calloc(1, sizeof(*d));

	if (d == NULL)
		return JC_ENOMEM;
	d->kind = kind;
	d->flow = jc_flow_of(kind);
	d->cross = strcmp(kind->name, "org") == 0 || strcmp(kind->name, "venue") == 0 || strcmp(kind->name, "check") == 0;
	d->passage = strcmp(kind->name, "transfer") == 0 ? JC_CHANGED_TRANSFER : strcmp(kind->name, "org") == 0 ? JC_CHANGED_ORG : 0;
	for (const struct jc_field *f = kind->fields; f->id != 0; f++)
		if (f->derived && d->n < JC_DERIVED_MAX)
			d->field[d->n++] = f;
	event_of(d, kind);
	if (d->n == 0 && d->subject == NULL) {
		jc_free(d);
		return 0;
	}
	d->max_id = k->max_id;
	if ((d->input = jc_calloc((size_t)k->max_id + 1, 1)) == NULL) {
		jc_free(d);
		return JC_ENOMEM;
	}
	inputs(d, kind);
	k->derives = d;
	return 0;
}

void
jc_derives_free(struct jc_derives *d)
{
	if (d == NULL)
		return;
	jc_stmt_free(d->sel);
	jc_stmt_free(d->upd);
	jc_stmt_free(d->events);
	jc_free(d->input);
	jc_free(d);
}

int
jc_project_transfers(struct jc_project *p)
{
	int yes = p->transfers;

	p->transfers = 0;
	return yes;
}

int
jc_derive_input(const struct jc_kindmap *k, const struct jc_field *f)
{
	return k->derives != NULL && f->id <= k->derives->max_id && k->derives->input[f->id];
}

/* ---- the list ---- */

int
jc_derive_new(struct jc_project *p)
{
	p->derive = jc_calloc(1, sizeof(*p->derive));
	return p->derive != NULL ? 0 : JC_ENOMEM;
}

void
jc_derive_free(struct jc_project *p)
{
	if (p->derive == NULL)
		return;
	jc_free(p->derive->due);
	jc_free(p->derive);
	p->derive = NULL;
}

void
jc_derive_forget(struct jc_project *p)
{
	struct jc_derive *d = p->derive;

	d->n = 0;
	if (d->cap > 4096) { /* a save must not keep what the last rebuild needed */
		jc_free(d->due);
		d->due = NULL;
		d->cap = 0;
	}
}

int
jc_derive_due(struct jc_project *p, int64_t scope, const struct jc_kind *kind, const char *id, struct jc_err *err)
{
	struct jc_derive *d = p->derive;
	struct due *due;

	if (kind == NULL || id == NULL || strlen(id) != JC_ID_LEN)
		return 0; /* a reference that is no id leads nowhere */
	if (d->n == d->cap) {
		size_t cap = d->cap != 0 ? d->cap * 2 : 64;

		if ((due = jc_realloc(d->due, cap * sizeof(*due))) == NULL)
			return JC_NOMEM(err, "jc_derive_due");
		d->due = due;
		d->cap = cap;
	}
	due = &d->due[d->n++];
	due->kind = kind;
	due->scope = scope;
	memcpy(due->id, id, JC_ID_LEN + 1);
	return 0;
}

/* Text of a register's shown value in memory, "" when there is none or it is too long for a code or an id. */
static void
cell_text(char *out, size_t room, const struct jc_rec *r, const struct jc_field *f)
{
	const struct jc_cell *c = jc_cells_field(&r->cells, f->id, 0, NULL);

	out[0] = '\0';
	if (c != NULL && c->val != NULL && c->len < room) {
		memcpy(out, c->val, c->len);
		out[c->len] = '\0';
	}
}

/* The subject that the tables still name, when an edit makes an event speak of another one. */
static int
old_subject(struct jc_project *p, const struct jc_rec *r, struct jc_err *err)
{
	const struct jc_derives *d = r->k->derives;
	const struct jc_kind *of = d->of;
	struct jc_stmt *st = NULL;
	struct jc_buf sql;
	int rc;

	jc_buf_init(&sql, 512);
	jc_buf_putf(&sql, "SELECT \"%s\", \"%s\" FROM \"k_%s\" WHERE rec = ?1", d->subject->name,
	    d->about != NULL ? d->about->name : d->subject->name, d->kind->name);
	if ((rc = jc_buf_check(&sql, "old_subject", err)) == 0 && (rc = jc_db_prep_text(&st, p->db, sql.data, err)) == 0) {
		jc_bind_int_at(st, 1, r->rec);
		if ((rc = jc_stmt_step(st, err)) == 1) {
			size_t n;
			const char *about = jc_col_text(st, 1, &n);

			if (d->about != NULL)
				of = about != NULL ? jc_catalogue_kind(about, n) : NULL;
			rc = jc_derive_due(p, r->scope, of, jc_col_text(st, 0, NULL), err);
		}
	}
	jc_stmt_free(st);
	jc_buf_free(&sql);
	return rc;
}

/* The columns name a merged record by the id under which it is shown: so does the list. */
static int
subject_due(struct jc_project *p, int64_t scope, const struct jc_kind *of, const char *id, struct jc_err *err)
{
	int found = 0, rc = 0;
	jc_id shown;

	if (of != NULL && strlen(id) == JC_ID_LEN)
		rc = jc_alias_shown(shown, &found, p, scope, of->id, (struct jc_slice){id, JC_ID_LEN}, err);
	return rc < 0 ? rc : jc_derive_due(p, scope, of, found ? shown : id, err);
}

static int
event_note(struct jc_project *p, const struct jc_rec *r, struct jc_err *err)
{
	const struct jc_derives *d = r->k->derives;
	const struct jc_kind *of = d->of;
	char id[16], about[36];

	if (!r->is_new && r->dirty_keyed) {
		int rc = old_subject(p, r, err);

		if (rc < 0)
			return rc;
	}
	if (d->about != NULL) {
		cell_text(about, sizeof(about), r, d->about);
		of = jc_catalogue_kind(about, strlen(about));
	}
	cell_text(id, sizeof(id), r, d->subject);
	return subject_due(p, r->scope, of, id, err);
}

int
jc_derive_note(struct jc_project *p, const struct jc_rec *r, struct jc_err *err)
{
	const struct jc_derives *d = r->k->derives;
	int rc = 0;
	jc_id id;

	if (d == NULL || (p->bulk && r->is_new)) /* a rebuild ends with jc_derive_all */
		return 0;
	p->transfers |= d->passage;
	if (!r->is_new && !r->dirty_input && r->was_void == jc_cells_void(&r->cells))
		return 0;
	if (d->subject != NULL)
		rc = event_note(p, r, err);
	jc_id_from_u64(id, r->id);
	if (rc == 0 && d->n != 0)
		rc = jc_derive_due(p, r->scope, d->kind, id, err);
	if (rc == 0 && (!r->is_new || strcmp(d->kind->name, "org") == 0)) /* what followed from it before */
		rc = jc_derive_spread(p, d->kind, r->rec, r->scope, id, 0, err);
	return rc;
}

/* ---- new records ---- */

struct in_memory {
	struct jc_project *p;
	const struct jc_rec *r;
};

static const char *
memory_value(void *arg, char where, const char *field, size_t n)
{
	struct in_memory *m = arg;
	const struct jc_field *f = jc_catalogue_field(m->r->k->kind, field, n);
	char *out = m->p->derive->cell;

	if (where != 's' || f == NULL)
		return NULL;
	if (f->set)
		return jc_cells_field(&m->r->cells, f->id, 1, NULL) != NULL ? "+" : NULL;
	cell_text(out, sizeof(m->p->derive->cell), m->r, f);
	if (out[0] == '\0') { /* there, but long: any text says that */
		const struct jc_cell *c = jc_cells_field(&m->r->cells, f->id, 0, NULL);

		return c != NULL && c->val != NULL ? "+" : NULL;
	}
	return out;
}

static int64_t
memory_int(const struct jc_rec *r, const char *name, int *known)
{
	const struct jc_field *f = jc_catalogue_field(r->k->kind, name, strlen(name));
	char text[24];

	cell_text(text, sizeof(text), r, f);
	*known |= text[0] >= '0' && text[0] <= '9';
	return text[0] >= '0' && text[0] <= '9' ? strtoll(text, NULL, 10) : 0;
}

/* An org's size, and that a unit has no union until one is named. */
static void
org_bind(struct jc_stmt *ins, const struct jc_rec *r)
{
	int known = 0;
	int64_t full = memory_int(r, "staff_full", &known), part = memory_int(r, "staff_part", &known);
	const char *scale = jc_derive_scale(full, part, known);
	char kind[16];

	cell_text(kind, sizeof(kind), r, jc_catalogue_field(r->k->kind, "org_kind", 8));
	for (size_t i = 0; i < r->k->derives->n; i++) {
		const struct jc_field *f = r->k->derives->field[i];
		int at = r->k->by_id[f->id] + 1;

		if (strcmp(f->name, "scale_class") == 0 && scale != NULL)
			jc_bind_text_at(ins, at, scale, strlen(scale));
		else if (strcmp(f->name, "union_state") == 0 && (strcmp(kind, "social") == 0 || strcmp(kind, "employer") == 0))
			jc_bind_text_at(ins, at, "none", 4);
	}
}

/* An item's term, before anybody extended it. */
static void
item_bind(struct jc_stmt *ins, const struct jc_rec *r)
{
	const struct jc_field *due = jc_catalogue_field(r->k->kind, "due_on", 6);
	const struct jc_field *first = jc_catalogue_field(r->k->kind, "first_due_on", 12);
	const struct jc_cell *c = jc_cells_field(&r->cells, due->id, 0, NULL);

	if (c != NULL && c->val != NULL)
		jc_bind_text_at(ins, r->k->by_id[first->id] + 1, c->val, c->len < 47 ? c->len : 47);
}

void
jc_derive_bind(struct jc_project *p, struct jc_stmt *ins, const struct jc_rec *r)
{
	struct in_memory m = {p, r};
	const struct jc_derives *d = r->k->derives;
	struct jc_flow_run run;
	const struct jc_field *f;

	if (d == NULL)
		return;
	if (strcmp(d->kind->name, "org") == 0)
		org_bind(ins, r);
	else if (strcmp(d->kind->name, "check_item") == 0)
		item_bind(ins, r);
	if (d->flow == NULL)
		return;
	jc_flow_begin(&run, d->flow, NULL, memory_value, &m);
	f = jc_catalogue_field(d->kind, d->flow->state, strlen(d->flow->state));
	if (run.state == run.own) { /* it must outlive this call: the code of the choice does */
		const struct jc_choice *c = jc_catalogue_choice(f, run.own, strlen(run.own));

		run.state = c != NULL ? c->code : "";
	}
	if (run.state[0] != '\0')
		jc_bind_text_at(ins, r->k->by_id[f->id] + 1, run.state, strlen(run.state));
}

/* ---- replay ---- */

static int
events_prepare(struct jc_project *p, struct jc_derives *d, struct jc_err *err)
{
	const struct jc_flow *f = d->flow;
	const struct jc_kind *e = jc_catalogue_kind(f->event, strlen(f->event));
	struct jc_buf sql;
	int rc;

	if (d->events != NULL)
		return 0;
	jc_buf_init(&sql, 2048);
	jc_buf_putf(&sql, "SELECT e.rec, r.id, e.\"%s\", e.\"%s\", r.ver, %s, %s, %s FROM \"k_%s\" e JOIN record r USING(rec)"
	    " WHERE e.\"%s\" = ?1 AND r.scope = ?2 AND r.void = 0", f->move, f->date,
	    strcmp(f->event, "member_event") == 0 ? "e.replaces" : "NULL",
	    strcmp(f->event, "member_event") == 0 ? "e.change_reason" : "NULL", strcmp(f->event, "event") == 0 ? "e.old_date" : "NULL",
	    f->event, f->subject);
	if (e->tier_by != NULL)
		jc_buf_putf(&sql, " AND e.\"%s\" = '%s'", e->tier_by, f->kind);
	if ((rc = jc_buf_check(&sql, "events_prepare", err)) == 0)
		rc = jc_db_prep_text(&d->events, p->db, sql.data, err);
	jc_buf_free(&sql);
	return rc;
}

static void
column_copy(char *out, size_t room, struct jc_stmt *st, int i)
{
	size_t n;
	const char *s = jc_col_text(st, i, &n);

	out[0] = '\0';
	if (s != NULL && n < room) {
		memcpy(out, s, n);
		out[n] = '\0';
	}
}

/* The operation whose move is shown: it ranks the event among those of one day. */
static int
event_op(struct event *e, const struct jc_field *move, struct jc_stmt *st, int i, struct jc_err *err)
{
	struct jc_cells cells = {0};
	const struct jc_cell *c;
	size_t n;
	const void *ver = jc_col_blob(st, i, &n);
	int rc = jc_rec_cells(&cells, ver, n, err);

	c = jc_cells_field(&cells, move->id, 0, NULL);
	e->op = c != NULL ? c->op : 0;
	jc_cells_free(&cells);
	return rc;
}

static int
event_take(struct events *ev, const struct jc_field *move, struct jc_stmt *st, struct jc_err *err)
{
	struct event *e;

	if (ev->n == ev->cap) {
		size_t cap = ev->cap != 0 ? ev->cap * 2 : 8;

		if ((e = jc_realloc(ev->v, cap * sizeof(*e))) == NULL)
			return JC_NOMEM(err, "event_take");
		ev->v = e;
		ev->cap = cap;
	}
	e = &ev->v[ev->n];
	memset(e, 0, sizeof(*e));
	e->rec = jc_col_int(st, 0);
	column_copy(e->id, sizeof(e->id), st, 1);
	column_copy(e->move, sizeof(e->move), st, 2);
	column_copy(e->day, sizeof(e->day), st, 3);
	column_copy(e->replaces, sizeof(e->replaces), st, 5);
	column_copy(e->reason, sizeof(e->reason), st, 6);
	column_copy(e->old_day, sizeof(e->old_day), st, 7);
	if (e->move[0] == '\0')
		return 0; /* an event that says no move moves nothing */
	ev->n++;
	return event_op(e, move, st, 4, err);
}

static int
event_before(struct jc_project *p, const struct event *a, const struct event *b)
{
	int c = strcmp(a->day, b->day);

	return c != 0 ? c < 0 : a->op == b->op ? a->rec < b->rec : jc_project_rank(p, a->op, b->op) < 0;
}

/* A stable merge of two sorted halves, from short runs to the whole. */
static int
events_sort(struct jc_project *p, struct events *ev, struct jc_err *err)
{
	struct event *from = ev->v, *to;
	struct event *spare = jc_alloc((ev->n + 1) * sizeof(*spare));

	if (spare == NULL)
		return JC_NOMEM(err, "events_sort");
	to = spare;
	for (size_t width = 1; width < ev->n; width *= 2) {
		struct event *t;

		for (size_t lo = 0; lo < ev->n; lo += 2 * width) {
			size_t mid = lo + width < ev->n ? lo + width : ev->n, hi = lo + 2 * width < ev->n ? lo + 2 * width : ev->n;
			size_t a = lo, b = mid;

			for (size_t i = lo; i < hi; i++)
				to[i] = a < mid && (b >= hi || !event_before(p, &from[b], &from[a])) ? from[a++] : from[b++];
		}
		t = from;
		from = to;
		to = t;
	}
	if (from != ev->v)
		memcpy(ev->v, from, ev->n * sizeof(*from));
	jc_free(spare);
	return p->poisoned ? jc_err_code(err, JC_ECORRUPT, "events_sort") : 0;
}

/* A correction takes out what it names, unless a later correction took it out itself. */
static void
corrections(struct events *ev)
{
	for (size_t i = ev->n; i-- > 0;)
		for (size_t k = 0; ev->v[i].replaces[0] != '\0' && !ev->v[i].dropped && k < ev->n; k++)
			if (k != i && strcmp(ev->v[k].id, ev->v[i].replaces) == 0)
				ev->v[k].dropped = 1;
}

static int
events_read(struct events *ev, struct jc_derived *v)
{
	struct jc_derives *d = v->d;
	const struct jc_kind *e = jc_catalogue_kind(d->flow->event, strlen(d->flow->event));
	const struct jc_field *move = jc_catalogue_field(e, d->flow->move, strlen(d->flow->move));
	int rc = events_prepare(v->p, d, v->err);

	if (rc < 0)
		return rc;
	jc_bind_text_at(d->events, 1, v->id, JC_ID_LEN);
	jc_bind_int_at(d->events, 2, v->scope);
	while ((rc = jc_stmt_step(d->events, v->err)) == 1)
		if ((rc = event_take(ev, move, d->events, v->err)) < 0) {
			jc_stmt_reset(d->events);
			return rc;
		}
	if (rc == 0 && ev->n > 1)
		rc = events_sort(v->p, ev, v->err);
	if (rc == 0)
		corrections(ev);
	return rc;
}

/* The record's own columns, while its row is read. */
struct row {
	struct jc_kindmap *k;
	int there;
};

static const char *
row_value(void *arg, char where, const char *field, size_t n)
{
	struct row *row = arg;
	const struct jc_field *f = jc_catalogue_field(row->k->kind, field, n);

	return where == 's' && row->there && f != NULL ? jc_col_text(row->k->sel, row->k->by_id[f->id], NULL) : NULL;
}

static int
step_put(struct jc_derived *v, int64_t n, const struct event *e, const char *from, const char *to, int ok)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->p->db,
	    "INSERT INTO flow_step(subject, n, event, day, move, from_state, to_state, ok)"
	    " VALUES(:subject, :n, :event, :day, :move, :from, :to, :ok)", v->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":subject", v->rec);
	jc_bind_int(st, ":n", n);
	jc_bind_int(st, ":event", e->rec);
	jc_bind_str(st, ":day", e->day);
	jc_bind_str(st, ":move", e->move);
	jc_bind_str(st, ":from", from);
	jc_bind_str(st, ":to", to);
	jc_bind_int(st, ":ok", ok);
	return jc_stmt_run(st, v->err);
}

static int
steps_clear(struct jc_derived *v)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->p->db, "DELETE FROM flow_step WHERE subject = :subject", v->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":subject", v->rec);
	return jc_stmt_run(st, v->err);
}

/* What some kinds keep of a step that was taken. */
static void
step_keep(struct jc_derived *v, const struct event *e, int *extended)
{
	if (v->d->flow->state_on != NULL)
		jc_derived_set(v, v->d->flow->state_on, e->day);
	if (strcmp(v->d->kind->name, "member") == 0 && e->move[1] == '\0' && e->move[0] <= '8') {
		jc_derived_set(v, "last_change_type", e->move);
		jc_derived_set(v, "last_change_date", e->day);
		jc_derived_set(v, "last_change_reason", e->reason);
	}
	if (strcmp(v->d->kind->name, "check_item") == 0 && strcmp(e->move, "extend") == 0)
		(*extended)++;
	if (strcmp(v->d->kind->name, "check_item") == 0 && e->old_day[0] != '\0' && jc_derived_get(v, "first_due_on") == NULL)
		jc_derived_set(v, "first_due_on", e->old_day);
}

/* The first term of an item is the one before the first change of it, or the present one. */
static void
item_end(struct jc_derived *v, struct row *row, int extended)
{
	char text[16];
	const char *due = row_value(row, 's', "due_on", 6);

	if (strcmp(v->d->kind->name, "check_item") != 0)
		return;
	if (jc_derived_get(v, "first_due_on") == NULL)
		jc_derived_set(v, "first_due_on", due);
	text[0] = (char)('0' + extended % 10);
	text[1] = '\0';
	if (extended > 9)
		memcpy(text, "9", 2); /* past the second one it is no longer counted but escalated */
	jc_derived_set(v, "extended", extended != 0 ? text : NULL);
}

static int
steps_walk(struct jc_derived *v, const struct events *ev, struct row *row)
{
	const char *first = NULL;
	struct jc_flow_run run;
	int64_t n = 0;
	int rc = 0, extended = 0;

	for (size_t i = 0; i < ev->n && first == NULL; i++)
		first = ev->v[i].dropped || ev->v[i].replaces[0] != '\0' ? NULL : ev->v[i].move;
	jc_flow_begin(&run, v->d->flow, first, row_value, row);
	for (size_t i = 0; rc == 0 && i < ev->n; i++) {
		const struct event *e = &ev->v[i];
		const char *from = run.state;
		int ok;

		if (e->dropped || e->replaces[0] != '\0')
			continue;
		ok = jc_flow_feed(&run, e->move) != NULL;
		rc = step_put(v, n++, e, from, run.state, ok);
		if (ok)
			step_keep(v, e, &extended);
	}
	jc_derived_set(v, v->d->flow->state, run.state[0] != '\0' ? run.state : NULL);
	item_end(v, row, extended);
	return rc;
}

static int
replay(struct jc_derived *v, struct jc_kindmap *k)
{
	struct events ev = {0};
	struct row row = {k, 0};
	int rc = events_read(&ev, v);

	if (rc == 0 && (rc = steps_clear(v)) == 0 && (rc = jc_rec_columns(v->p, k, v->rec, &row.there, v->err)) == 0)
		rc = steps_walk(v, &ev, &row);
	if (k->sel != NULL)
		jc_stmt_reset(k->sel);
	jc_free(ev.v);
	return rc;
}

/* ---- one record ---- */

static int
derived_at(const struct jc_derived *v, const char *field)
{
	for (size_t i = 0; i < v->d->n; i++)
		if (strcmp(v->d->field[i]->name, field) == 0)
			return (int)i;
	return -1;
}

void
jc_derived_set(struct jc_derived *v, const char *field, const char *text)
{
	int at = derived_at(v, field);
	size_t n;

	if (at < 0)
		return;
	v->value[at] = NULL;
	if (text == NULL || text[0] == '\0')
		return;
	n = strlen(text);
	if (n >= sizeof(v->text[at]))
		n = sizeof(v->text[at]) - 1;
	memmove(v->text[at], text, n);
	v->text[at][n] = '\0';
	v->value[at] = v->text[at];
}

const char *
jc_derived_get(const struct jc_derived *v, const char *field)
{
	int at = derived_at(v, field);

	return at < 0 ? NULL : v->value[at];
}

static int
columns_make(struct jc_project *p, struct jc_derives *d, struct jc_err *err)
{
	struct jc_buf sel, upd;
	int rc;

	if (d->sel != NULL)
		return 0;
	jc_buf_init(&sel, 2048);
	jc_buf_init(&upd, 2048);
	for (size_t i = 0; i < d->n; i++) {
		jc_buf_putf(&sel, "%s\"%s\"", i != 0 ? ", " : "SELECT ", d->field[i]->name);
		jc_buf_putf(&upd, "%s\"%s\" = ?%zu", i != 0 ? ", " : "", d->field[i]->name, i + 2);
	}
	jc_buf_putf(&sel, " FROM \"k_%s\" WHERE rec = ?1", d->kind->name);
	if ((rc = jc_buf_check(&sel, "columns_make", err)) == 0 && (rc = jc_db_prep_text(&d->sel, p->db, sel.data, err)) == 0) {
		jc_buf_reset(&sel);
		jc_buf_putf(&sel, "UPDATE \"k_%s\" SET %.*s WHERE rec = ?1", d->kind->name, (int)upd.len, upd.data);
		if ((rc = jc_buf_check(&sel, "columns_make", err)) == 0)
			rc = jc_db_prep_text(&d->upd, p->db, sel.data, err);
	}
	jc_buf_free(&sel);
	jc_buf_free(&upd);
	return rc;
}

static int
same_value(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
value_bind(struct jc_stmt *st, int at, const struct jc_field *f, const char *text)
{
	if (text == NULL)
		jc_bind_null_at(st, at);
	else if (f->type == JC_INT)
		jc_bind_int_at(st, at, strtoll(text, NULL, 10));
	else
		jc_bind_text_at(st, at, text, strlen(text));
}

/* Writes the derived columns where they differ. */
static int
columns_put(struct jc_derived *v)
{
	struct jc_derives *d = v->d;
	int rc = columns_make(v->p, d, v->err), changed = 0;

	if (rc < 0)
		return rc;
	jc_bind_int_at(d->sel, 1, v->rec);
	if ((rc = jc_stmt_step(d->sel, v->err)) != 1)
		return rc;
	for (size_t i = 0; i < d->n && !changed; i++)
		changed = !same_value(v->value[i], jc_col_text(d->sel, (int)i, NULL));
	jc_stmt_reset(d->sel);
	if (!changed)
		return 0;
	jc_bind_int_at(d->upd, 1, v->rec);
	for (size_t i = 0; i < d->n; i++)
		value_bind(d->upd, (int)i + 2, d->field[i], v->value[i]);
	return jc_stmt_run(d->upd, v->err);
}

static int
find_rec(struct jc_project *p, const struct due *due, int64_t *rec, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db, "SELECT rec FROM record WHERE scope = :scope AND id = :id AND kind = :kind", err);

	*rec = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", due->scope);
	jc_bind_text(st, ":id", due->id, JC_ID_LEN);
	jc_bind_int(st, ":kind", due->kind->id);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		*rec = jc_col_int(st, 0);
		jc_stmt_reset(st);
		rc = 0;
	}
	return rc;
}

static int
derive_one(struct jc_project *p, const struct due *due, struct jc_err *err)
{
	struct jc_derived v = {.p = p, .scope = due->scope, .err = err};
	struct jc_kindmap *k;
	int rc;

	if ((rc = find_rec(p, due, &v.rec, err)) < 0 || v.rec == 0 || (rc = jc_kindmap_no(&k, p, due->kind->id, err)) < 0)
		return rc; /* an event may come before what it is about */
	if ((v.d = k->derives) == NULL || v.d->n == 0)
		return 0;
	p->transfers |= v.d->passage;
	memcpy(v.id, due->id, sizeof(v.id));
	if (v.d->flow != NULL && (rc = replay(&v, k)) < 0)
		return rc;
	if (v.d->cross && (rc = jc_derive_cross(&v)) < 0)
		return rc;
	if ((rc = columns_put(&v)) < 0)
		return rc;
	return jc_derive_spread(p, due->kind, v.rec, v.scope, v.id, 1, err);
}

static int
due_cmp(const void *a, const void *b)
{
	const struct due *x = a, *y = b;

	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	if (x->kind->id != y->kind->id)
		return x->kind->id < y->kind->id ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* One round: what is on the list, each record once. What becomes due by it waits for the next. */
static int
round_run(struct jc_project *p, struct jc_err *err)
{
	struct jc_derive *d = p->derive;
	struct due *due = d->due;
	size_t n = d->n;
	int rc = 0;

	d->due = NULL;
	d->n = d->cap = 0;
	qsort(due, n, sizeof(*due), due_cmp);
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (i == 0 || due_cmp(&due[i - 1], &due[i]) != 0)
			rc = derive_one(p, &due[i], err);
	jc_free(due);
	return rc;
}

int
jc_derive_run(struct jc_project *p, struct jc_err *err)
{
	int rc = 0;

	/* an item's check, its venue; a case's unit: nothing follows further */
	for (int rounds = 0; rc == 0 && p->derive->n != 0 && rounds < 6; rounds++)
		rc = round_run(p, err);
	return rc;
}

/* ---- after a refill ---- */

/* Every record that an event of this kind speaks of. */
static int
subjects_due(struct jc_project *p, const struct jc_derives *d, struct jc_err *err)
{
	struct jc_stmt *st = NULL;
	struct jc_buf sql;
	int rc;

	jc_buf_init(&sql, 512);
	jc_buf_putf(&sql, "SELECT DISTINCT r.scope, e.\"%s\", %s%s%s FROM \"k_%s\" e JOIN record r USING(rec) WHERE e.\"%s\" IS NOT NULL",
	    d->subject->name, d->about != NULL ? "e.\"" : "", d->about != NULL ? d->about->name : "NULL", d->about != NULL ? "\"" : "",
	    d->kind->name, d->subject->name);
	if ((rc = jc_buf_check(&sql, "subjects_due", err)) == 0 && (rc = jc_db_prep_text(&st, p->db, sql.data, err)) == 0)
		while ((rc = jc_stmt_step(st, err)) == 1) {
			size_t n = 0;
			const char *about = jc_col_text(st, 2, &n);
			const struct jc_kind *of = d->about == NULL ? d->of : about != NULL ? jc_catalogue_kind(about, n) : NULL;

			if ((rc = jc_derive_due(p, jc_col_int(st, 0), of, jc_col_text(st, 1, NULL), err)) < 0)
				break;
		}
	jc_stmt_free(st);
	jc_buf_free(&sql);
	return rc;
}

int
jc_derive_all(struct jc_project *p, struct jc_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && jc_catalogue_kinds()[i] != NULL; i++) {
		struct jc_kindmap *k;

		if ((rc = jc_kindmap_no(&k, p, jc_catalogue_kinds()[i]->id, err)) == 0 && k->derives != NULL && k->derives->subject != NULL)
			rc = subjects_due(p, k->derives, err);
	}
	if (rc == 0)
		rc = jc_derive_cross_all(p, err);
	return rc < 0 ? rc : jc_derive_run(p, err);
}
