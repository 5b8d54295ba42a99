/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Classes of merged records in the tables (FORMAT 9). The merge rule keeps every record by itself; this
 * file finds out which records stand together, lets merge.c put their cells together, and sees to it
 * that the rows tell it: the shown member's row has the values of the class, the others are marked as
 * shown elsewhere, and references lead to the shown one. Everybody who reads tables, lists and reports
 * alike, therefore sees one person without knowing that there were two.
 *
 * It happens at the flush, once per transaction, for the classes of what changed. A node on which
 * nothing was ever merged pays one look at two empty tables per transaction.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "project.h"
#include "witness.h"

enum { NOT_LISTED, LISTED, SETTLED };

struct settle {
	struct jc_project *p;
	struct jc_rec **v; /* records to settle; grows on the way */
	size_t n, cap;
	struct jc_err *err;
};

int
jc_alias_none(struct jc_project *p, struct jc_err *err)
{
	int64_t some;
	int rc;

	if (p->aliases < 0) {
		if ((rc = jc_db_int(p->db, &some, "SELECT EXISTS(SELECT 1 FROM edge) OR EXISTS(SELECT 1 FROM cross_name)",
		         err)) < 0)
			return rc;
		p->aliases = some != 0;
	}
	return !p->aliases;
}

/* ---- who stands together ---- */

static int
has_id(const struct jc_merged *c, uint64_t id)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->id[i] == id)
			return 1;
	return 0;
}

/* Adds what edges connect to an id; n becomes JC_MERGED_MAX + 1 when it is too much. */
static int
neighbours(struct jc_merged *c, struct jc_project *p, int64_t scope, uint32_t kind, uint64_t id, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db,
	    "SELECT b FROM edge WHERE scope = :scope AND kind = :kind AND a = :id AND same = 1"
	    " UNION ALL SELECT a FROM edge WHERE scope = :scope AND kind = :kind AND b = :id AND same = 1", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":kind", kind);
	jc_bind_int(st, ":id", (int64_t)id);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		uint64_t other = (uint64_t)jc_col_int(st, 0);

		if (has_id(c, other))
			continue;
		if (c->n == JC_MERGED_MAX) {
			c->n++;
			jc_stmt_reset(st);
			return 0;
		}
		c->id[c->n++] = other;
	}
	return rc;
}

/* The ids of a class; one alone when there is no edge, or when there are too many. */
static int
class_ids(struct jc_merged *c, struct jc_project *p, int64_t scope, uint32_t kind, uint64_t id, struct jc_err *err)
{
	int rc = 0;

	memset(c, 0, sizeof(*c));
	c->id[c->n++] = id;
	for (size_t i = 0; rc == 0 && i < c->n && c->n <= JC_MERGED_MAX; i++)
		rc = neighbours(c, p, scope, kind, c->id[i], err);
	if (c->n > JC_MERGED_MAX) {
		c->n = 1;
		c->id[0] = id;
	}
	return rc;
}

static int
is_named(struct jc_project *p, const struct jc_rec *r, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db,
	    "SELECT 1 FROM edge WHERE scope = :scope AND kind = :kind AND b = :id AND same = 1 LIMIT 1", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", r->scope);
	jc_bind_int(st, ":kind", r->k->no);
	jc_bind_int(st, ":id", (int64_t)r->id);
	if ((rc = jc_stmt_step(st, err)) == 1)
		jc_stmt_reset(st);
	return rc;
}

/* The member under whose id the class is shown: of those with a value the smallest that no edge names,
 * else the smallest. NULL when no member has a value. */
static int
shown_choose(struct jc_rec **out, struct jc_project *p, const struct jc_merged *c, struct jc_err *err)
{
	struct jc_rec *root = NULL, *any = NULL;

	for (size_t i = 0; i < c->nrecs; i++) {
		struct jc_rec *r = c->rec[i];
		int named;

		if (!jc_cells_any(&r->cells))
			continue;
		if (any == NULL || r->id < any->id)
			any = r;
		if ((named = is_named(p, r, err)) < 0)
			return named;
		if (!named && (root == NULL || r->id < root->id))
			root = r;
	}
	*out = root != NULL ? root : any;
	return 0;
}

static int
members_load(struct jc_merged *c, struct jc_project *p, int64_t scope, struct jc_kindmap *k, struct jc_err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		struct jc_rec *r;
		jc_id id;
		int rc;

		jc_id_from_u64(id, c->id[i]);
		if ((rc = jc_rec_get(&r, p, scope, k, id, 0, err)) < 0)
			return rc;
		if (r != NULL && r->hist_len != 0)
			c->rec[c->nrecs++] = r;
	}
	return 0;
}

int
jc_merged_get(struct jc_merged *out, struct jc_project *p, struct jc_rec *r, struct jc_err *err)
{
	int rc = jc_alias_none(p, err);

	if (rc < 0)
		return rc;
	memset(out, 0, sizeof(*out));
	out->id[0] = r->id;
	if (rc == 1)
		out->n = 1;
	else if ((rc = class_ids(out, p, r->scope, r->k->no, r->id, err)) < 0)
		return rc;
	if (out->n > 1 && ((rc = members_load(out, p, r->scope, r->k, err)) < 0 ||
	        (rc = shown_choose(&out->shown, p, out, err)) < 0))
		return rc;
	if (out->nrecs == 0)
		out->rec[out->nrecs++] = r;
	if (out->shown == NULL)
		out->shown = r;
	return 0;
}

int
jc_merged_void(const struct jc_merged *c)
{
	for (size_t i = 0; i < c->nrecs; i++)
		if (jc_cells_any(&c->rec[i]->cells) && !jc_cells_void(&c->rec[i]->cells))
			return 0;
	return 1;
}

/* ---- what a class shows ---- */

static int
members_join(struct jc_cells *out, struct jc_cells *gone, struct jc_project *p, const struct jc_member *m, size_t n,
    struct jc_err *err)
{
	if (jc_merge_class(out, gone, m, n, jc_project_rank, p) == 0)
		return 0;
	jc_cells_free(out);
	if (gone != NULL)
		jc_cells_free(gone);
	return JC_NOMEM(err, "members_join");
}

static int
cells_join(struct jc_cells *out, struct jc_cells *gone, struct jc_project *p, const struct jc_merged *c, struct jc_err *err)
{
	struct jc_member m[JC_MERGED_MAX];

	for (size_t i = 0; i < c->nrecs; i++)
		m[i] = (struct jc_member){&c->rec[i]->cells, &c->rec[i]->cross};
	return members_join(out, gone, p, m, c->nrecs, err);
}

/* Members as they were at an earlier position. */
struct past {
	uint64_t id[JC_MERGED_MAX];
	struct jc_cells cells[JC_MERGED_MAX], cross[JC_MERGED_MAX];
	uint8_t in[JC_MERGED_MAX]; /* stood with the record then */
	size_t n;
};

static int
past_edge(const struct past *t, size_t from, size_t to)
{
	size_t n = 0;
	const struct jc_cell *c = jc_cells_field(&t->cells[from], JC_FIELD_ALIAS, 1, &n);
	uint64_t other;
	int same;

	for (size_t i = 0; i < n; i++)
		if (jc_alias_element(&other, &same, (struct jc_slice){c[i].val, c[i].len}) == 0 && same && other == t->id[to])
			return 1;
	return 0;
}

/* Marks who stood with the record `at`. */
static void
past_class(struct past *t, size_t at)
{
	int more = 1;

	t->in[at] = 1;
	while (more) {
		more = 0;
		for (size_t i = 0; i < t->n; i++)
			for (size_t k = 0; k < t->n && !t->in[i]; k++)
				if (t->in[k] && (past_edge(t, i, k) || past_edge(t, k, i)))
					t->in[i] = 1, more = 1;
	}
}

static int
past_join(struct jc_cells *out, struct jc_cells *gone, struct jc_project *p, struct past *t, struct jc_err *err)
{
	struct jc_member m[JC_MERGED_MAX];
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->in[i])
			m[n++] = (struct jc_member){&t->cells[i], &t->cross[i]};
	return members_join(out, gone, p, m, n, err);
}

static int
past_read(struct past *t, struct jc_project *p, const struct jc_merged *c, const struct jc_rec *r, int64_t seen,
    struct jc_err *err)
{
	size_t at = 0;
	int rc = 0;

	for (; rc == 0 && t->n < c->nrecs; t->n++) {
		t->id[t->n] = c->rec[t->n]->id;
		if (c->rec[t->n] == r)
			at = t->n;
		rc = jc_project_fold(p, c->rec[t->n], seen, &t->cells[t->n], &t->cross[t->n], err);
	}
	if (rc == 0)
		past_class(t, at);
	return rc;
}

int
jc_merged_cells(struct jc_cells *out, struct jc_cells *gone, struct jc_project *p, const struct jc_merged *c,
    const struct jc_rec *r, int64_t seen, struct jc_err *err)
{
	struct past *t;
	int64_t last = 0;
	int rc;

	for (size_t i = 0; i < c->nrecs; i++)
		if (c->rec[i]->last_op > last)
			last = c->rec[i]->last_op;
	if (seen == 0 || last <= seen)
		return cells_join(out, gone, p, c, err);
	if ((t = jc_calloc(1, sizeof(*t))) == NULL)
		return JC_NOMEM(err, "jc_merged_cells");
	if ((rc = past_read(t, p, c, r, seen, err)) == 0)
		rc = past_join(out, gone, p, t, err);
	for (size_t i = 0; i < t->n; i++) {
		jc_cells_free(&t->cells[i]);
		jc_cells_free(&t->cross[i]);
	}
	jc_free(t);
	return rc;
}

/* ---- the table of ids shown elsewhere ---- */

int
jc_alias_shown(jc_id out, int *found, struct jc_project *p, int64_t scope, uint32_t kind, struct jc_slice id,
    struct jc_err *err)
{
	struct jc_stmt *st;
	const char *s;
	size_t n;
	int rc;

	*found = 0;
	if ((rc = jc_alias_none(p, err)) != 0)
		return rc < 0 ? rc : 0;
	if ((rc = jc_db_prep(&st, p->db,
	         "SELECT shown FROM alias WHERE scope = :scope AND kind = :kind AND id = :id", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":kind", kind);
	jc_bind_text(st, ":id", id.p, id.n);
	if ((rc = jc_stmt_step(st, err)) <= 0)
		return rc;
	if ((s = jc_col_text(st, 0, &n)) != NULL && n == JC_ID_LEN) {
		memcpy(out, s, JC_ID_LEN);
		out[JC_ID_LEN] = '\0';
		*found = 1;
	}
	jc_stmt_reset(st);
	return 0;
}

static int
list_add(struct settle *s, struct jc_rec *r)
{
	if (r->settled != NOT_LISTED)
		return 0;
	if (s->n == s->cap) {
		size_t cap = s->cap != 0 ? s->cap * 2 : 64;
		struct jc_rec **v = jc_realloc(s->v, cap * sizeof(struct jc_rec *));

		if (v == NULL)
			return JC_NOMEM(s->err, "list_add");
		s->v = v;
		s->cap = cap;
	}
	r->settled = LISTED;
	s->v[s->n++] = r;
	return 0;
}

/* Local numbers of the records whose column shows one of three ids. Freed by the caller. */
static int
refs_find(int64_t **out, size_t *n, struct settle *s, int64_t scope, const struct jc_kind *k, const struct jc_field *f,
    const char *const id[3])
{
	struct jc_stmt *st = NULL;
	struct jc_buf sql, found;
	int rc;

	jc_buf_init(&found, 1u << 30);
	jc_buf_init(&sql, 1024);
	jc_buf_putf(&sql, "SELECT t.rec FROM \"k_%s\" t JOIN record r ON r.rec = t.rec WHERE r.scope = ?1"
	    " AND t.\"%s\" IN (?2, ?3, ?4)", k->name, f->name);
	if ((rc = jc_buf_check(&sql, "refs_find", s->err)) == 0)
		rc = jc_db_prep_text(&st, s->p->db, sql.data, s->err);
	jc_buf_free(&sql);
	if (rc == 0) {
		jc_bind_int_at(st, 1, scope);
		for (int i = 0; i < 3; i++)
			jc_bind_text_at(st, 2 + i, id[i], strlen(id[i]));
		while ((rc = jc_stmt_step(st, s->err)) == 1) {
			int64_t rec = jc_col_int(st, 0);

			jc_buf_put(&found, &rec, sizeof(rec));
		}
	}
	jc_stmt_free(st);
	if (rc == 0)
		rc = jc_buf_check(&found, "refs_find", s->err);
	*n = found.len / sizeof(int64_t);
	*out = rc == 0 && *n != 0 ? (int64_t *)(void *)jc_buf_take(&found, &(size_t){0}) : NULL;
	jc_buf_free(&found);
	return rc;
}

static int
refs_touch_field(struct settle *s, int64_t scope, const struct jc_kind *k, const struct jc_field *f,
    const char *const id[3])
{
	int64_t *rec;
	size_t n;
	int rc = refs_find(&rec, &n, s, scope, k, f, id);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct jc_rec *r;

		if ((rc = jc_rec_load(&r, s->p, rec[i], s->err)) < 0)
			break;
		jc_rec_dirty(s->p, r);
		r->dirty_keyed = r->dirty_input = 1;
		rc = list_add(s, r);
	}
	jc_free(rec);
	return rc;
}

/* The rows that refer to a record whose shown id changed are written again. */
static int
refs_touch(struct settle *s, int64_t scope, const struct jc_kind *target, const char *const id[3])
{
	const struct jc_kind *const *k = jc_catalogue_kinds();
	int rc = 0;

	for (; target != NULL && rc == 0 && *k != NULL; k++)
		for (const struct jc_field *f = (*k)->fields; rc == 0 && f->id != 0; f++)
			if (f->type == JC_REF && !f->set && f->ref != NULL && strcmp(f->ref, target->name) == 0)
				rc = refs_touch_field(s, scope, *k, f, id);
	return rc;
}

static int
alias_store(struct settle *s, int64_t scope, uint32_t kind, const char *id, const char *shown)
{
	struct jc_stmt *st;
	int rc;

	if (strcmp(id, shown) == 0)
		rc = jc_db_prep(&st, s->p->db, "DELETE FROM alias WHERE scope = :scope AND kind = :kind AND id = :id", s->err);
	else
		rc = jc_db_prep(&st, s->p->db,
		    "INSERT INTO alias(scope, kind, id, shown) VALUES(:scope, :kind, :id, :shown)"
		    " ON CONFLICT(scope, kind, id) DO UPDATE SET shown = excluded.shown", s->err);
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":kind", kind);
	jc_bind_str(st, ":id", id);
	if (strcmp(id, shown) != 0)
		jc_bind_str(st, ":shown", shown);
	return jc_stmt_run(st, s->err);
}

/* Notes under which id a record is shown from now on (its own: alone). */
static int
alias_note(struct settle *s, int64_t scope, const struct jc_kindmap *k, uint64_t from, uint64_t to)
{
	jc_id id, was, now;
	int found, rc;

	jc_id_from_u64(id, from);
	jc_id_from_u64(now, to);
	if ((rc = jc_alias_shown(was, &found, s->p, scope, k->no, (struct jc_slice){id, JC_ID_LEN}, s->err)) < 0)
		return rc;
	if (!found)
		memcpy(was, id, sizeof(was));
	if (strcmp(was, now) == 0)
		return 0;
	if ((rc = alias_store(s, scope, k->no, id, now)) < 0)
		return rc;
	return refs_touch(s, scope, k->kind, (const char *const[]){id, was, now});
}

/* ---- edges ---- */

/* Everyone of a class will be written and settled again. */
static int
class_touch(struct settle *s, int64_t scope, struct jc_kindmap *k, uint64_t id)
{
	struct jc_merged c;
	int rc = class_ids(&c, s->p, scope, k->no, id, s->err);

	if (rc == 0)
		rc = members_load(&c, s->p, scope, k, s->err);
	for (size_t i = 0; rc == 0 && i < c.nrecs; i++) {
		jc_rec_touch(s->p, c.rec[i]);
		rc = list_add(s, c.rec[i]);
	}
	for (size_t i = 0; rc == 0 && i < c.n && c.nrecs < c.n; i++) /* ids without a record */
		rc = alias_note(s, scope, k, c.id[i], c.id[i]);
	return rc;
}

static int
edge_store(struct settle *s, const struct jc_rec *r, uint64_t b, int same, int add)
{
	struct jc_stmt *st;
	int rc;

	if (add)
		rc = jc_db_prep(&st, s->p->db,
		    "INSERT INTO edge(scope, kind, a, b, same) VALUES(:scope, :kind, :a, :b, :same) ON CONFLICT DO NOTHING",
		    s->err);
	else
		rc = jc_db_prep(&st, s->p->db,
		    "DELETE FROM edge WHERE scope = :scope AND kind = :kind AND a = :a AND b = :b AND same = :same", s->err);
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", r->scope);
	jc_bind_int(st, ":kind", r->k->no);
	jc_bind_int(st, ":a", (int64_t)r->id);
	jc_bind_int(st, ":b", (int64_t)b);
	jc_bind_int(st, ":same", same);
	return jc_stmt_run(st, s->err);
}

/* One edge comes or goes: whoever stood or now stands with its ends is touched. */
static int
edge_change(struct settle *s, struct jc_rec *r, uint64_t b, int same, int add)
{
	int rc = 0;

	if (same && !s->p->bulk && (rc = class_touch(s, r->scope, r->k, r->id)) == 0)
		rc = class_touch(s, r->scope, r->k, b);
	if (rc == 0)
		rc = edge_store(s, r, b, same, add);
	if (rc == 0 && same && !s->p->bulk && (rc = class_touch(s, r->scope, r->k, r->id)) == 0)
		rc = class_touch(s, r->scope, r->k, b);
	return rc;
}

struct half {
	uint64_t b;
	int same;
};

static int
half_in(const struct half *v, size_t n, struct half h)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].b == h.b && v[i].same == h.same)
			return 1;
	return 0;
}

/* Living elements of the record's set `*`. Freed by the caller. */
static int
edges_now(struct half **out, size_t *n, const struct jc_rec *r, struct jc_err *err)
{
	size_t cells = 0;
	const struct jc_cell *c = jc_cells_field(&r->cells, JC_FIELD_ALIAS, 1, &cells);

	*n = 0;
	if ((*out = jc_alloc((cells + 1) * sizeof(**out))) == NULL)
		return JC_NOMEM(err, "edges_now");
	for (size_t i = 0; i < cells; i++) {
		struct half *h = &(*out)[*n];

		if (i > 0 && jc_cell_same_value(&c[i - 1], &c[i]))
			continue;
		if (jc_alias_element(&h->b, &h->same, (struct jc_slice){c[i].val, c[i].len}) == 0)
			(*n)++;
	}
	return 0;
}

static int
edges_before(struct half **out, size_t *n, struct settle *s, const struct jc_rec *r)
{
	struct jc_stmt *st;
	struct jc_buf b;
	int rc = jc_db_prep(&st, s->p->db, "SELECT b, same FROM edge WHERE scope = :scope AND kind = :kind AND a = :a", s->err);

	*out = NULL;
	*n = 0;
	if (rc < 0)
		return rc;
	jc_buf_init(&b, 1u << 24);
	jc_bind_int(st, ":scope", r->scope);
	jc_bind_int(st, ":kind", r->k->no);
	jc_bind_int(st, ":a", (int64_t)r->id);
	while ((rc = jc_stmt_step(st, s->err)) == 1) {
		struct half h = {(uint64_t)jc_col_int(st, 0), (int)jc_col_int(st, 1)};

		jc_buf_put(&b, &h, sizeof(h));
	}
	if (rc == 0 && (rc = jc_buf_check(&b, "edges_before", s->err)) == 0 && b.len != 0) {
		*n = b.len / sizeof(**out);
		*out = (struct half *)(void *)jc_buf_take(&b, &(size_t){0});
	}
	jc_buf_free(&b);
	return rc;
}

static int
edges_update(struct settle *s, struct jc_rec *r)
{
	struct half *was = NULL, *now = NULL;
	size_t nwas, nnow = 0;
	int rc = edges_before(&was, &nwas, s, r);

	if (rc == 0)
		rc = edges_now(&now, &nnow, r, s->err);
	for (size_t i = 0; rc == 0 && i < nwas; i++)
		if (!half_in(now, nnow, was[i]))
			rc = edge_change(s, r, was[i].b, was[i].same, 0);
	for (size_t i = 0; rc == 0 && i < nnow; i++)
		if (!half_in(was, nwas, now[i]))
			rc = edge_change(s, r, now[i].b, now[i].same, 1);
	r->dirty_edges = 0;
	jc_free(was);
	jc_free(now);
	return rc;
}

/* ---- settling ---- */

static int
member_settle(struct settle *s, const struct jc_merged *c, struct jc_rec *r)
{
	int was = r->was_void == 2;

	r->settled = SETTLED;
	r->part = c->shown == NULL ? JC_ALONE : c->shown == r ? JC_SHOWN : JC_HIDDEN;
	if (!r->is_new && was != (r->part == JC_HIDDEN))
		jc_rec_touch(s->p, r);
	if (r->part != JC_SHOWN)
		return 0;
	jc_cells_free(&r->view);
	r->class_void = (uint8_t)jc_merged_void(c);
	jc_rec_touch(s->p, r);
	return cells_join(&r->view, NULL, s->p, c, s->err);
}

static int
rec_settle(struct settle *s, struct jc_rec *r)
{
	struct jc_merged c;
	int rc;

	if (r->settled == SETTLED)
		return 0;
	if ((rc = class_ids(&c, s->p, r->scope, r->k->no, r->id, s->err)) < 0)
		return rc;
	if (c.n == 1) {
		r->settled = SETTLED;
		r->part = JC_ALONE;
		return alias_note(s, r->scope, r->k, r->id, r->id);
	}
	if ((rc = members_load(&c, s->p, r->scope, r->k, s->err)) < 0 ||
	    (rc = shown_choose(&c.shown, s->p, &c, s->err)) < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < c.n; i++)
		rc = alias_note(s, r->scope, r->k, c.id[i], c.shown != NULL ? c.shown->id : c.id[i]);
	for (size_t i = 0; rc == 0 && i < c.nrecs; i++)
		rc = member_settle(s, &c, c.rec[i]);
	return rc;
}

static int
dirty_list(struct settle *s)
{
	struct jc_project *p = s->p;

	for (struct jc_rec *r = p->dirty; r != NULL; r = r->next_dirty)
		if (r->dirty && r->hist_len != 0 && list_add(s, r) < 0)
			return JC_ENOMEM;
	return 0;
}

int
jc_alias_settle(struct jc_project *p, struct jc_err *err)
{
	struct settle s = {.p = p, .err = err};
	size_t dirty;
	int rc = jc_alias_none(p, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = dirty_list(&s);
	dirty = s.n;
	for (size_t i = 0; rc == 0 && i < dirty; i++)
		if (s.v[i]->dirty_edges)
			rc = edges_update(&s, s.v[i]);
	for (size_t i = 0; rc == 0 && !p->bulk && i < s.n; i++)
		rc = rec_settle(&s, s.v[i]);
	for (size_t i = 0; i < s.n; i++)
		s.v[i]->settled = NOT_LISTED;
	jc_free(s.v);
	return rc;
}

/* Touches the classes of all edges. */
static int
all_touch(struct settle *s)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, s->p->db, "SELECT DISTINCT scope, kind, a FROM edge WHERE same = 1", s->err);

	while (rc >= 0 && (rc = jc_stmt_step(st, s->err)) == 1) {
		struct jc_kindmap *k;

		if ((rc = jc_kindmap_no(&k, s->p, (uint32_t)jc_col_int(st, 1), s->err)) < 0 ||
		    (rc = class_touch(s, jc_col_int(st, 0), k, (uint64_t)jc_col_int(st, 2))) < 0)
			jc_stmt_reset(st);
	}
	return rc;
}

int
jc_alias_rebuild(struct jc_project *p, struct jc_err *err)
{
	struct settle s = {.p = p, .err = err};
	int rc = jc_alias_none(p, err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	rc = all_touch(&s);
	for (size_t i = 0; i < s.n; i++)
		s.v[i]->settled = NOT_LISTED;
	jc_free(s.v);
	if (rc == 0 && (rc = jc_rec_flush(p, err)) == 0)
		jc_rec_drop_all(p);
	return rc;
}
