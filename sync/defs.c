/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Fields and forms that hubs define (FORMAT 17), made part of this file's catalogue. A definition is an
 * ordinary record of a `common` scope, so it may come before the values, after them, or change while
 * they are there. A field keeps one local number from the first value or definition that this node
 * sees, so nothing that is stored has to be renumbered: when a definition arrives, a column is added and
 * the values that stood aside (`sibling`) move into it; a hidden field keeps its column and is only no
 * longer offered. What cannot be done in place (a definition that vanished or no longer fits) refills
 * the tables.
 *
 * Another connection to the file learns of it by the count in meta `defs`, at its next transaction.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_rule.h"
#include "project.h"
#include "sync_node.h"

#define FILL_AT_ONCE 5000u

/* ---- definitions as records ---- */

struct load {
	struct jc_project *p;
	struct jc_overlay_maker *m;
	struct jc_err *err;
	int make;   /* numbers may be given out */
	const struct jc_slice *but; /* all but the definition of this key; or NULL */
	int (*say)(void *arg, const struct jc_slice *v, int form, int hidden, const struct jc_err *why);
	void *arg;
};

static int
defs_select(struct jc_stmt **st, struct jc_project *p, const struct jc_kind *kind, struct jc_err *err)
{
	struct jc_buf sql;
	int rc;

	jc_buf_init(&sql, 1 << 16);
	jc_buf_puts(&sql, "SELECT r.void");
	for (const struct jc_field *f = kind->fields; f->id != 0 && f->id < 200; f++)
		jc_buf_putf(&sql, ", k.\"%s\"", f->name);
	jc_buf_putf(&sql,
	    " FROM \"k_%s\" k JOIN record r ON r.rec = k.rec JOIN scope s ON s.no = r.scope"
	    " WHERE s.role = 'common' ORDER BY s.mine DESC, r.scope, r.id", kind->name);
	if ((rc = jc_buf_check(&sql, "defs_select", err)) == 0)
		rc = jc_db_prep_text(st, p->db, sql.data, err);
	jc_buf_free(&sql);
	return rc;
}

/* What refuses a definition is said to who asked for it and is no error: the others are used. */
static int
def_take(struct load *l, const struct jc_slice *v, int form)
{
	struct jc_slice kind = form ? v[JC_XM_KEY] : v[JC_XF_KIND], name = form ? (struct jc_slice){"", 0} : v[JC_XF_KEY];
	struct jc_err why = {0};
	uint32_t no = 0;
	int rc = 0;

	if (l->but != NULL && jc_slice_eq(v[JC_XF_KEY], l->but[JC_XF_KEY]) && (form || jc_slice_eq(kind, l->but[JC_XF_KIND])))
		return 0;
	if (jc_overlay_name(form ? kind.p : name.p, form ? kind.n : name.n) && kind.n <= 32 && name.n <= 40 &&
	    ((rc = jc_kindmap_number(&no, l->p, kind, name, l->make, l->err)) < 0 ||
	        (no == 0 && l->but == NULL && l->say == NULL)))
		return rc; /* in no table yet */
	if (no == 0)
		no = 1000;
	rc = form ? jc_overlay_form(l->m, v, no, &why) : jc_overlay_field(l->m, v, no, &why);
	if (rc == JC_ENOMEM)
		return JC_NOMEM(l->err, "def_take");
	return l->say != NULL ? l->say(l->arg, v, form, jc_slice_is(v[form ? JC_XM_HIDDEN : JC_XF_HIDDEN], "1"), rc < 0 ? &why : NULL) : 0;
}

static int
defs_each(struct load *l, const struct jc_kind *kind, int form)
{
	int hidden = form ? JC_XM_HIDDEN : JC_XF_HIDDEN;
	struct jc_stmt *st = NULL;
	int rc;

	if ((rc = defs_select(&st, l->p, kind, l->err)) < 0)
		return rc;
	while ((rc = jc_stmt_step(st, l->err)) == 1) {
		struct jc_slice v[JC_XF_IDS] = {{"", 0}};
		int voided = jc_col_int(st, 0) != 0, at = 1;

		for (const struct jc_field *f = kind->fields; f->id != 0 && f->id < 200; f++, at++) {
			v[f->id].p = jc_col_text(st, at, &v[f->id].n);
			if (v[f->id].p == NULL)
				v[f->id] = (struct jc_slice){"", 0};
		}
		if (voided)
			v[hidden] = JC_SLICE("1");
		if ((rc = def_take(l, v, form)) != 0)
			break;
	}
	jc_stmt_free(st);
	return rc;
}

static int
defs_read(const struct jc_kind *const **out, struct load *l)
{
	const struct jc_kind *form = jc_catalogue_kind_any_id(JC_XFORM_KIND), *field = jc_catalogue_kind_any_id(JC_XFIELD_KIND);
	int rc = jc_overlay_begin(&l->m, l->err);

	if (rc == 0 && (rc = defs_each(l, form, 1)) == 0)
		rc = defs_each(l, field, 0);
	if (rc == 0)
		return jc_overlay_end(out, l->m, l->err);
	jc_overlay_drop(l->m);
	return rc;
}

int
jc_defs_ready(struct jc_project *p, struct jc_err *err)
{
	struct load l = {.p = p, .err = err};
	int64_t rev;
	int rc = 0;

	if (!p->ready && (rc = jc_meta_int(p->db, JC_DEFS_META, &rev, 0, err)) == 0 && rev != p->defs_rev) {
		jc_rec_drop_all(p);
		jc_kindmap_forget(p);
		if ((rc = defs_read(&p->kinds, &l)) == 0)
			p->defs_rev = rev;
		else
			p->kinds = jc_catalogue_base();
	}
	if (rc == 0)
		p->ready = 1;
	jc_catalogue_use(p->kinds);
	return rc;
}

int
jc_defs_each(struct jc_node *node, int (*each)(void *arg, const struct jc_slice *v, int form, int hidden, const struct jc_err *why),
    void *arg, struct jc_err *err)
{
	struct load l = {.p = node->project, .err = err, .say = each, .arg = arg};
	const struct jc_kind *const *list;
	int rc = jc_read_begin(node, err);

	return rc < 0 ? rc : jc_read_end(node, defs_read(&list, &l), err);
}

/* ---- from one catalogue of the file to the next ---- */

static const struct jc_kind *
kind_in(const struct jc_kind *const *list, const char *name)
{
	for (int ends = 0; ends < 2; list++)
		if (*list == NULL)
			ends++;
		else if (strcmp((*list)->name, name) == 0)
			return *list;
	return NULL;
}

static const struct jc_field *
field_in(const struct jc_kind *k, const char *name)
{
	const struct jc_field *f = k != NULL ? jc_catalogue_field(k, name, strlen(name)) : NULL;

	for (const struct jc_field *h = k != NULL ? k->hidden : NULL; f == NULL && h != NULL && h->id != 0; h++)
		if (strcmp(h->name, name) == 0)
			f = h;
	return f;
}

/* 1 if all that the older list defines is in the newer one, stored in the same way. */
static int
kept(const struct jc_kind *const *was, const struct jc_kind *const *now)
{
	for (int ends = 0; ends < 2; was++) {
		const struct jc_kind *k = *was, *n = k != NULL ? kind_in(now, k->name) : NULL;

		if (k == NULL) {
			ends++;
			continue;
		}
		if (n == NULL || strcmp(n->title, k->title) != 0)
			return 0;
		for (int part = 0; part < 2; part++)
			for (const struct jc_field *f = part ? k->hidden : k->fields; f != NULL && f->id != 0; f++) {
				const struct jc_field *g = f->defined ? field_in(n, f->name) : f;

				if (g == NULL || g->set != f->set || (g->type == JC_REF) != (f->type == JC_REF))
					return 0;
			}
	}
	return 1;
}

struct fill {
	struct jc_project *p;
	struct jc_err *err;
	const struct jc_kind *k;
	size_t n;
};

/* Writes one record again with the columns that it has now. */
static int
fill_one(struct fill *f, int64_t rec)
{
	struct jc_rec *r;
	int rc = jc_rec_load(&r, f->p, rec, f->err);

	if (rc < 0)
		return rc;
	jc_rec_dirty(f->p, r);
	r->dirty_plain = r->dirty_keyed = 1;
	if (++f->n < FILL_AT_ONCE)
		return 0;
	f->n = 0;
	if ((rc = jc_rec_flush(f->p, f->err)) == 0)
		jc_rec_drop_all(f->p);
	return rc;
}

/* Every record of the kind in order (field 0), or those that have a value of the field standing aside. */
static int
fill_records(struct fill *f, unsigned field)
{
	struct jc_stmt *st;
	int64_t rec = 0;
	int rc;

	do {
		rc = field == 0 ? jc_db_prep(&st, f->p->db, "SELECT min(rec) FROM record WHERE kind = :no AND rec > :rec", f->err)
		                : jc_db_prep(&st, f->p->db, "SELECT min(rec) FROM sibling WHERE field = :no AND rec > :rec", f->err);
		if (rc < 0)
			return rc;
		jc_bind_int(st, ":no", field == 0 ? f->k->id : field);
		jc_bind_int(st, ":rec", rec);
		if ((rc = jc_stmt_step(st, f->err)) == 1) {
			rec = jc_col_null(st, 0) ? 0 : jc_col_int(st, 0);
			jc_stmt_reset(st);
			rc = rec != 0 ? fill_one(f, rec) : 0;
		}
	} while (rc == 0 && rec != 0);
	return rc;
}

static int
rows_add(struct fill *f)
{
	struct jc_stmt *st = NULL;
	struct jc_buf sql;
	int rc;

	jc_buf_init(&sql, 1 << 12);
	jc_buf_putf(&sql, "INSERT INTO \"k_%s\"(rec) SELECT rec FROM record WHERE kind = %u", f->k->name, (unsigned)f->k->id);
	if ((rc = jc_buf_check(&sql, "rows_add", f->err)) == 0 && (rc = jc_db_prep_text(&st, f->p->db, sql.data, f->err)) == 0)
		rc = jc_stmt_run(st, f->err);
	jc_stmt_free(st);
	jc_buf_free(&sql);
	return rc;
}

/* Adds what the newer kind has more than the older one (NULL: all of it); numbers below `first` had values. */
static int
kind_grow(struct fill *f, const struct jc_kind *was, uint32_t first)
{
	int rc = was == NULL ? jc_ddl_kind(f->p->db, f->k, f->err) : 0, all = was == NULL && f->k->id < first;

	for (int part = 0; part < 2; part++)
		for (const struct jc_field *g = part ? f->k->hidden : f->k->fields; rc == 0 && g != NULL && g->id != 0; g++)
			if (g->defined && field_in(was, g->name) == NULL) {
				rc = jc_ddl_field(f->p->db, f->k, g, f->err);
				all |= g->set && g->id < first; /* sets lie within the record: no list of who has one */
			}
	if (rc == 0 && was == NULL)
		rc = rows_add(f);
	return rc == 0 && all ? fill_records(f, 0) : rc;
}

/* The values of new columns that had come before their definition. */
static int
kind_fill(struct fill *f, const struct jc_kind *was, uint32_t first)
{
	int rc = 0;

	for (int part = 0; part < 2; part++)
		for (const struct jc_field *g = part ? f->k->hidden : f->k->fields; rc == 0 && g != NULL && g->id != 0; g++)
			if (g->defined && !g->set && g->id < first && field_in(was, g->name) == NULL)
				rc = fill_records(f, g->id);
	return rc;
}

static int
grow(struct jc_project *p, const struct jc_kind *const *was, int64_t first, struct jc_err *err)
{
	struct fill f = {.p = p, .err = err};
	int rc = 0, ends = 0;

	for (const struct jc_kind *const *k = p->kinds; rc == 0 && ends < 2; k++) {
		if (*k == NULL) {
			ends++;
			continue;
		}
		f.k = *k;
		if ((rc = kind_grow(&f, kind_in(was, (*k)->name), (uint32_t)first)) == 0)
			rc = kind_fill(&f, kind_in(was, (*k)->name), (uint32_t)first);
	}
	if (rc == 0 && (rc = jc_rec_flush(p, err)) == 0)
		jc_rec_drop_all(p);
	return rc;
}

int
jc_defs_refresh(struct jc_project *p, struct jc_err *err)
{
	const struct jc_kind *const *was = p->kinds, *const *now;
	struct load l = {.p = p, .err = err, .make = 1};
	int64_t first, rev;
	int rc;

	if ((rc = jc_db_int(p->db, &first, "SELECT coalesce(max(no), 999) + 1 FROM unknown_name", err)) < 0 ||
	    (rc = defs_read(&now, &l)) < 0 || (rc = jc_meta_int(p->db, JC_DEFS_META, &rev, 0, err)) < 0)
		return rc;
	p->defs_rev = rev;
	if (now == was)
		return 0;
	jc_rec_drop_all(p);
	jc_kindmap_forget(p);
	if (!kept(was, now))
		return jc_project_rebuild_in(p, err);
	p->kinds = now;
	jc_catalogue_use(now);
	if ((rc = grow(p, was, first, err)) == 0 && (rc = jc_meta_set_int(p->db, JC_DEFS_META, rev + 1, err)) == 0)
		p->defs_rev = rev + 1;
	return rc;
}

/* ---- before a definition is saved ---- */

/* The shown texts of a definition, and with changes the texts that it will have. Sets are left out: only
 * aliases are one, and any will do. */
static void
texts_of(struct jc_slice *v, const struct jc_kind *kind, const struct jc_cells *cells, const struct jc_change *changes, size_t n)
{
	for (const struct jc_field *f = kind->fields; f->id != 0 && f->id < 200; f++) {
		size_t count;
		const struct jc_cell *c = f->set ? NULL : jc_cells_field(cells, f->id, 0, &count);

		v[f->id] = c != NULL && c->val != NULL ? (struct jc_slice){c->val, c->len} : (struct jc_slice){"", 0};
	}
	for (size_t i = 0; i < n; i++)
		if (!changes[i].field->set && changes[i].field->id < 200)
			v[changes[i].field->id] = changes[i].text;
}

/* Its label and rules beside the other fields of the finished kind. */
static int
field_fits(const struct jc_kind *k, const struct jc_slice *v, struct jc_err *err)
{
	const struct jc_field *f, *g;
	char key[41];
	int rc = 0;

	memcpy(key, v[JC_XF_KEY].p, v[JC_XF_KEY].n);
	key[v[JC_XF_KEY].n] = '\0';
	if ((f = field_in(k, key)) == NULL || jc_slice_is(v[JC_XF_HIDDEN], "1"))
		return 0;
	for (int i = 0; i < 2; i++)
		if ((g = jc_catalogue_field_typed(k, i ? f->en : f->zh)) != NULL && strcmp(g->name, f->name) != 0)
			return jc_err_set(err, JC_EEXISTS, "jc_defs_check",
			    JC_T("%s已有叫“%s”的项目，请换个名称", "%s has a field called \"%s\" already; use another label"), jc_kind_label(k),
			    jc_field_label(g));
	for (int i = 0; rc == 0 && i < 2; i++) {
		const char *text = i ? f->check : f->show_when;
		struct jc_rule rule;

		if (text != NULL && (rc = jc_rule_parse(&rule, text, strlen(text), err)) == 0)
			rc = jc_rule_check(&rule, k, err);
	}
	return rc;
}

/* The definition tried among the forms and, for a field, in its kind. */
static int
def_try(struct jc_project *p, const struct jc_slice *v, int form, struct jc_err *err)
{
	struct load l = {.p = p, .err = err};
	const struct jc_kind *const *list;
	int rc;

	if ((rc = jc_rec_flush(p, err)) < 0 || (rc = jc_overlay_begin(&l.m, err)) < 0)
		return rc;
	l.but = v;
	rc = form ? jc_overlay_form(l.m, v, 1000, err) : defs_each(&l, jc_catalogue_kind_any_id(JC_XFORM_KIND), 1);
	if (rc == 0 && !form && (rc = defs_each(&l, jc_catalogue_kind_any_id(JC_XFIELD_KIND), 0)) == 0)
		rc = jc_overlay_field(l.m, v, 1000, err);
	if (rc < 0) {
		jc_overlay_drop(l.m);
		return rc;
	}
	if ((rc = jc_overlay_end(&list, l.m, err)) < 0 || form)
		return rc;
	for (int ends = 0; ends < 2; list++)
		if (*list == NULL)
			ends++;
		else if (jc_slice_is(v[JC_XF_KIND], (*list)->name))
			return field_fits(*list, v, err);
	return 0;
}

int
jc_defs_check(struct jc_project *p, const struct jc_rec *r, const struct jc_cells *base, const struct jc_change *changes,
    size_t n, struct jc_err *err)
{
	int form = r->k->no == JC_XFORM_KIND, is_new = base->n == 0, rc = 0;
	struct jc_slice was[JC_XF_IDS] = {{"", 0}}, now[JC_XF_IDS] = {{"", 0}};
	char key[41] = "";

	if (!form && r->k->no != JC_XFIELD_KIND)
		return 0;
	texts_of(was, r->k->kind, base, NULL, 0);
	texts_of(now, r->k->kind, base, changes, n);
	if ((rc = def_try(p, now, form, err)) < 0)
		return rc;
	if (!is_new)
		return form ? jc_overlay_form_follows(was, now, err) : jc_overlay_field_follows(was, now, err);
	memcpy(key, now[form ? JC_XM_KEY : JC_XF_KEY].p, now[form ? JC_XM_KEY : JC_XF_KEY].n); /* def_try has looked at its length */
	for (const struct jc_kind *const *k = p->kinds; *k != NULL; k++)
		if (form ? strcmp((*k)->name, key) == 0 : jc_slice_is(now[JC_XF_KIND], (*k)->name) && field_in(*k, key) != NULL)
			return jc_err_set(err, JC_EEXISTS, "jc_defs_check",
			    JC_T("已经有代码为 %s 的，要改请用 jiceng field add 再写一次", "There is one of the key %s; write it again with jiceng field add to change it"), key);
	return rc;
}
