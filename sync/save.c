/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Saving. What a person typed becomes operations (drafts) and the projection's rows in one
 * transaction; when jc_save_end returns 0 it is on the disk.
 *
 * Every write names the writes whose value its author saw. "Saw" is a position: the number of the
 * last operation known when the form was opened. If others wrote since, the record is folded up to
 * that position first, and what the author did not see stays beside the new value.
 */
#include "save.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "sync_correction.h"
#include "witness.h"

static int
begin(struct jc_save **out, struct jc_node *node, int64_t scope, const char *what, int authority, struct jc_err *err)
{
	struct jc_save *sv = jc_calloc(1, sizeof(*sv));
	const struct jc_env *env = jc_db_env(node->db);
	const struct jc_key *key = jc_log_key(node->log);
	int rc;

	*out = NULL;
	if (sv == NULL)
		return JC_NOMEM(err, "jc_save_begin");
	sv->node = node;
	sv->time = env->wall_ms(env->ctx) / 1000;
	if (sv->time < 0)
		sv->time = 0; /* a clock before 1970 has no place in a commit */
	snprintf(sv->what, sizeof(sv->what), "%s", what);
	jc_buf_init(&sv->line, JC_LINE_MAX * 2);
	if ((rc = jc_id_random(sv->batch, env, err)) == 0 && (rc = jc_db_begin(node->db, err)) == 0)
		sv->began = 1;
	if (rc == 0)
		rc = jc_defs_ready(node->project, err);
	if (rc == 0)
		rc = jc_scope_get(&sv->scope, node->log, scope, err);
	if (rc == 0 && authority && (key == NULL || !sv->scope.joined || strcmp(sv->scope.authority, key->id) != 0))
		rc = jc_err_set(err, JC_EDENIED, "jc_save_begin", "%s", JC_T("只有上级可以这样做", "Only the hub of this scope can do that"));
	if (rc == 0 && !authority && !sv->scope.mine)
		rc = jc_err_set(err, JC_EDENIED, "jc_save_begin",
		    JC_T("“%s”由上级维护，这里只能查看", "\"%s\" is kept by the hub above; here it can only be read"),
		    sv->scope.name);
	if (rc < 0)
		jc_save_end(sv, 0, NULL, NULL);
	else
		*out = sv;
	return rc;
}

static struct jc_slice
slice_of(const char *s)
{
	return (struct jc_slice){s, strlen(s)};
}

static int
said(char *out, size_t room, const char *s)
{
	size_t n = s != NULL ? strlen(s) : 0;

	if (n >= room)
		return JC_EINVAL;
	memcpy(out, s != NULL ? s : "", n + 1);
	return 0;
}

int
jc_save_as(struct jc_save *sv, const char *hat, const char *date, const char *behalf, struct jc_err *err)
{
	if (said(sv->hat, 21, hat) < 0 || said(sv->date, sizeof(sv->date), date) < 0 || said(sv->behalf, 61, behalf) < 0)
		return jc_err_set(err, JC_EINVAL, "jc_save_as", JC_T("文号太长，最多20个汉字", "The document's number is too long"));
	return 0;
}

int
jc_save_begin(struct jc_save **out, struct jc_node *node, int64_t scope, const char *what, struct jc_err *err)
{
	return begin(out, node, scope, what, 0, err);
}

int
jc_save_carry(struct jc_save *sv, const char *date, struct jc_err *err)
{
	sv->carrying = 1;
	return jc_save_as(sv, "SYS", date, NULL, err);
}

int
jc_save_begin_authority(struct jc_save **out, struct jc_node *node, int64_t scope, const char *what, struct jc_err *err)
{
	return begin(out, node, scope, what, 1, err);
}

void
jc_save_origin(struct jc_save *sv, int64_t op)
{
	sv->origin = op;
}

/* ---- an operation under construction ---- */

int
jc_build_init(struct jc_build *b, size_t fields, size_t refs, size_t elems, struct jc_err *err)
{
	memset(b, 0, sizeof(*b));
	b->field = jc_calloc(fields + 1, sizeof(*b->field));
	b->name = jc_calloc(fields + 2, sizeof(*b->name)); /* one for witnesses */
	b->ref = jc_calloc(refs + JC_MERGED_MAX, sizeof(*b->ref));
	b->elem = jc_calloc(elems + 1, sizeof(*b->elem));
	if (b->field != NULL && b->name != NULL && b->ref != NULL && b->elem != NULL)
		return 0;
	jc_build_free(b);
	return JC_NOMEM(err, "jc_build_init");
}

void
jc_build_free(struct jc_build *b)
{
	for (size_t i = 0; i < b->ntext; i++)
		jc_buf_free(&b->text[i]);
	jc_free(b->text);
	jc_free(b->field);
	jc_free(b->name);
	jc_free(b->ref);
	jc_free(b->elem);
	memset(b, 0, sizeof(*b));
}

void
jc_build_name(struct jc_build *b, struct jc_slice field)
{
	b->name[b->op.nnames] = (struct jc_opnames){.field = field, .refs = &b->ref[b->nref]};
	b->op.nnames++;
}

void
jc_build_ref(struct jc_build *b, int64_t op)
{
	b->ref[b->nref++] = (struct jc_opref){.kind = JC_REF_LOCAL, .n = op};
	b->name[b->op.nnames - 1].nrefs++;
}

/* References are sorted as the text in which they stand. */
static int
ref_cmp(const void *a, const void *b)
{
	char x[24], y[24];

	snprintf(x, sizeof(x), "#%lld", (long long)((const struct jc_opref *)a)->n);
	snprintf(y, sizeof(y), "#%lld", (long long)((const struct jc_opref *)b)->n);
	return strcmp(x, y);
}

void
jc_build_name_end(struct jc_build *b)
{
	struct jc_opnames *name = &b->name[b->op.nnames - 1];
	struct jc_opref *ref = &b->ref[b->nref - name->nrefs];
	size_t n = 0;

	if (name->nrefs == 0) {
		b->op.nnames--;
		return;
	}
	qsort(ref, name->nrefs, sizeof(*ref), ref_cmp);
	for (size_t i = 0; i < name->nrefs; i++)
		if (n == 0 || ref[n - 1].n != ref[i].n)
			ref[n++] = ref[i];
	b->nref -= name->nrefs - n;
	name->nrefs = n;
}

static int
names_cmp(const void *a, const void *b)
{
	return jc_slice_cmp(((const struct jc_opnames *)a)->field, ((const struct jc_opnames *)b)->field);
}

static int
fields_cmp(const void *a, const void *b)
{
	return jc_slice_cmp(((const struct jc_opfield *)a)->name, ((const struct jc_opfield *)b)->name);
}

/* How far an operation travels: as its kind says, or as the record that it is about. */
static enum jc_tier
op_tier(const struct jc_op *op, const struct jc_rec *r)
{
	const struct jc_kind *kind = r->k->kind;
	const struct jc_cell *cell;
	const struct jc_field *f;
	size_t n;

	if (kind == NULL)
		return JC_TIER_BRANCH;
	if (kind->tier_by == NULL)
		return kind->ceiling;
	for (size_t i = 0; i < op->nfields; i++)
		if (jc_slice_is(op->fields[i].name, kind->tier_by) && op->fields[i].kind == JC_VAL_TEXT)
			return jc_kind_tier(kind, op->fields[i].text.p, op->fields[i].text.n);
	f = jc_catalogue_field(kind, kind->tier_by, strlen(kind->tier_by));
	cell = jc_cells_field(&r->cells, f->id, 0, &n);
	return cell != NULL && cell->val != NULL ? jc_kind_tier(kind, cell->val, cell->len) : kind->ceiling;
}

/* Stores and projects one operation whose line fits. */
static int
op_store(struct jc_save *sv, struct jc_op *op, const struct jc_rec *r, struct jc_err *err)
{
	struct jc_node *node = sv->node;
	struct jc_opctx ctx = {0};
	int64_t no;
	int rc;

	memcpy(op->batch, sv->batch, sizeof(op->batch));
	op->place = sv->place;
	op->time = sv->time;
	op->has_origin = sv->origin != 0;
	op->origin = (struct jc_opref){.kind = JC_REF_LOCAL, .n = sv->origin};
	op->hat = slice_of(sv->hat);
	op->date = slice_of(sv->date);
	op->behalf = slice_of(sv->behalf);
	jc_buf_reset(&sv->line);
	if ((rc = jc_op_write(&sv->line, op, &ctx, err)) < 0 || (rc = jc_buf_check(&sv->line, "op_store", err)) < 0)
		return rc;
	if (sv->line.len > JC_LINE_MAX)
		return jc_err_code(err, JC_ELIMIT, "op_store");
	sv->last_tier = op_tier(op, r);
	if ((rc = jc_log_reserve(node->log, 1, &no, err)) < 0 ||
	    (rc = jc_log_draft(node->log, sv->scope.no, sv->last_tier, no, sv->line.data, sv->line.len - 1, err)) < 0 ||
	    (rc = jc_project_draft(node->project, sv->scope.no, no, sv->line.data, sv->line.len, err)) < 0)
		return rc;
	if (sv->first == 0)
		sv->first = no;
	sv->last = no;
	sv->place++;
	return 0;
}

/* A part of a too long operation: fields [from, from + n) and what is named in them. */
static int
op_part(struct jc_save *sv, const struct jc_op *whole, size_t from, size_t n, const struct jc_rec *r, struct jc_err *err)
{
	struct jc_opnames *name = jc_calloc(whole->nnames + 1, sizeof(*name));
	struct jc_op op = *whole;
	int rc;

	if (name == NULL)
		return JC_NOMEM(err, "op_part");
	op.fields = whole->fields + from;
	op.nfields = n;
	op.names = name;
	op.nnames = 0;
	if (jc_witness_has(whole))
		name[op.nnames++] = whole->names[0];
	for (size_t i = 0; i < whole->nnames; i++)
		for (size_t k = from; k < from + n; k++)
			if (jc_slice_eq(whole->names[i].field, whole->fields[k].name))
				name[op.nnames++] = whole->names[i];
	rc = op_store(sv, &op, r, err);
	jc_free(name);
	if (rc != JC_ELIMIT || n <= 1)
		return rc;
	if ((rc = op_part(sv, whole, from, n / 2, r, err)) < 0)
		return rc;
	return op_part(sv, whole, from + n / 2, n - n / 2, r, err);
}

int
jc_build_save(struct jc_build *b, struct jc_save *sv, const struct jc_rec *r, enum jc_verb verb, struct jc_err *err)
{
	int rc;

	qsort(b->field, b->op.nfields, sizeof(*b->field), fields_cmp);
	qsort(b->name, b->op.nnames, sizeof(*b->name), names_cmp);
	b->op.verb = verb;
	b->op.kind = (struct jc_slice){r->k->name, strlen(r->k->name)};
	jc_id_from_u64(b->op.rec, r->id);
	b->op.fields = b->field;
	b->op.names = b->name;
	rc = verb == JC_V_SET ? op_part(sv, &b->op, 0, b->op.nfields, r, err) : op_store(sv, &b->op, r, err);
	if (rc == JC_ELIMIT)
		return jc_err_set(err, JC_ELIMIT, "jc_build_save",
		    JC_T("内容太长，存不下，请分成几段", "This is too long to save; please split it"));
	return rc;
}

/* ---- fields ---- */

int
jc_save_base(const struct jc_cells **cells, struct jc_cells *folded, struct jc_save *sv, const struct jc_rec *r,
    int64_t seen, struct jc_err *err)
{
	*cells = &r->cells;
	if (seen == 0 || r->last_op <= seen)
		return 0;
	*cells = folded;
	return jc_project_fold(sv->node->project, r, seen, folded, NULL, err);
}

int
jc_seen_get(struct jc_seen *v, struct jc_save *sv, struct jc_rec *r, int64_t seen, struct jc_err *err)
{
	struct jc_project *p = sv->node->project;
	int rc;

	memset(v, 0, sizeof(*v));
	v->rec = r;
	if ((rc = jc_merged_get(&v->m, p, r, err)) < 0)
		return rc;
	if (v->m.n == 1)
		return jc_save_base(&v->cells, &v->own, sv, r, seen, err);
	v->rec = v->m.shown;
	v->cells = &v->own;
	return jc_merged_cells(&v->own, &v->gone, p, &v->m, r, seen, err);
}

void
jc_seen_free(struct jc_seen *v)
{
	jc_cells_free(&v->own);
	jc_cells_free(&v->gone);
}

void
jc_build_gone(struct jc_build *b, const struct jc_seen *v, uint32_t field)
{
	size_t n = 0;
	const struct jc_cell *c = jc_cells_field(&v->gone, field, 0, &n);

	for (size_t i = 0; i < n; i++)
		jc_build_ref(b, c[i].op);
}

/* The other end of an edge, when exactly one of its ends is reached. Marks it. */
static int
edge_reaches(const struct jc_merged *m, uint8_t *in, const struct jc_rec *from, const struct jc_cell *c)
{
	size_t a = m->n, b = m->n;
	uint64_t other;
	int same;

	if (jc_alias_element(&other, &same, (struct jc_slice){c->val, c->len}) < 0 || !same)
		return 0;
	for (size_t i = 0; i < m->n; i++) {
		a = m->id[i] == from->id ? i : a;
		b = m->id[i] == other ? i : b;
	}
	if (a == m->n || b == m->n || in[a] == in[b])
		return 0;
	in[a] = in[b] = 1;
	return 1;
}

void
jc_build_witness(struct jc_build *b, const struct jc_seen *v, const struct jc_rec *r)
{
	uint8_t in[JC_MERGED_MAX] = {0};
	int more = v->m.n > 1 && b->nref != 0;

	if (!more)
		return;
	for (size_t i = 0; i < v->m.n; i++)
		in[i] = v->m.id[i] == r->id;
	jc_build_name(b, JC_SLICE("*"));
	while (more) {
		more = 0;
		for (size_t i = 0; i < v->m.nrecs; i++) {
			size_t n = 0;
			const struct jc_cell *c = jc_cells_field(&v->m.rec[i]->cells, JC_FIELD_ALIAS, 1, &n);

			for (size_t k = 0; k < n; k++)
				if (edge_reaches(&v->m, in, v->m.rec[i], &c[k])) {
					jc_build_ref(b, c[k].op);
					more = 1;
				}
		}
	}
	jc_build_name_end(b);
}

static int
slice_cmp(const void *a, const void *b)
{
	return jc_slice_cmp(*(const struct jc_slice *)a, *(const struct jc_slice *)b);
}

/* Does a cell hold what the change wants to write? */
static int
same_text(const struct jc_cell *c, struct jc_slice text)
{
	if (text.n == 0)
		return c->val == NULL;
	return c->val != NULL && jc_slice_eq((struct jc_slice){c->val, c->len}, text);
}

static void
field_value(struct jc_opfield *f, const struct jc_field *field, struct jc_slice text)
{
	*f = (struct jc_opfield){.name = slice_of(field->name), .boxed = jc_field_boxed(field)};
	if (text.n == 0) {
		f->kind = JC_VAL_NULL;
	} else if (text.p[0] == '?' && field->type != JC_TEXT && field->type != JC_LONG) {
		f->kind = JC_VAL_RAW;
		f->text = (struct jc_slice){text.p + 1, text.n - 1};
	} else {
		f->kind = JC_VAL_TEXT;
		f->text = text;
	}
}

/* Names every write that carries the value that was shown. */
static void
register_change(struct jc_build *b, const struct jc_seen *v, const struct jc_change *c)
{
	size_t n;
	const struct jc_cell *cell = jc_cells_field(v->cells, c->field->id, 0, &n);

	if (cell != NULL ? same_text(cell, c->text) : c->text.n == 0)
		return;
	field_value(&b->field[b->op.nfields++], c->field, c->text);
	jc_build_name(b, slice_of(c->field->name));
	for (size_t i = 0; i < n; i++)
		if (jc_cell_same_value(cell, &cell[i]))
			jc_build_ref(b, cell[i].op);
	jc_build_gone(b, v, c->field->id);
	jc_build_name_end(b);
}

static int
holds(const struct jc_slice *v, size_t n, struct jc_slice s)
{
	for (size_t i = 0; i < n; i++)
		if (jc_slice_eq(v[i], s))
			return 1;
	return 0;
}

/* Sorted elements of `want` that are (present == 1) or are not in the set, and not in `not` either. */
static size_t
elements(struct jc_build *b, const struct jc_cell *cell, size_t n, const struct jc_slice *want, size_t nwant,
    const struct jc_slice *not, size_t nnot, int present)
{
	struct jc_slice *out = &b->elem[b->nelem];
	size_t count = 0, unique = 0;

	for (size_t i = 0; i < nwant; i++) {
		int there = 0;

		for (size_t k = 0; k < n && !there; k++)
			there = same_text(&cell[k], want[i]);
		if (there == present && !holds(not, nnot, want[i]) && want[i].n != 0)
			out[count++] = want[i];
	}
	qsort(out, count, sizeof(*out), slice_cmp);
	for (size_t i = 0; i < count; i++)
		if (unique == 0 || !jc_slice_eq(out[unique - 1], out[i]))
			out[unique++] = out[i];
	b->nelem += unique;
	return unique;
}

static void
set_change(struct jc_build *b, const struct jc_cells *base, const struct jc_change *c)
{
	size_t n = 0;
	const struct jc_cell *cell = jc_cells_field(base, c->field->id, 1, &n);
	struct jc_opfield *f = &b->field[b->op.nfields];

	*f = (struct jc_opfield){.name = slice_of(c->field->name), .kind = JC_VAL_SET, .boxed = jc_field_boxed(c->field)};
	f->add = &b->elem[b->nelem];
	f->nadd = elements(b, cell, n, c->add, c->nadd, c->del, c->ndel, 0);
	f->del = &b->elem[b->nelem];
	f->ndel = elements(b, cell, n, c->del, c->ndel, c->add, c->nadd, 1);
	if (f->nadd + f->ndel == 0)
		return;
	b->op.nfields++;
	jc_build_name(b, f->name);
	for (size_t i = 0; i < n; i++)
		if (holds(f->del, f->ndel, (struct jc_slice){cell[i].val, cell[i].len}))
			jc_build_ref(b, cell[i].op);
	jc_build_name_end(b);
}

int
jc_save_field(const struct jc_field **own, struct jc_save *sv, struct jc_kindmap *k, const struct jc_field *f, struct jc_err *err)
{
	struct jc_slice name = slice_of(f->name);
	uint32_t no;
	int rc;

	*own = k->kind != NULL ? jc_catalogue_field_id(k->kind, f->id) : NULL;
	if (*own == f)
		return 0;
	if ((rc = jc_kindmap_field(&no, own, sv->node->project, k, name, err)) < 0)
		return rc;
	if (*own != NULL && (*own)->set == f->set)
		return 0;
	return jc_err_set(err, JC_EINVAL, "jc_save_field",
	    JC_T("%s没有“%s”这一项", "%s has no field \"%s\""), k->kind != NULL ? jc_kind_label(k->kind) : k->name, jc_field_label(f));
}

/* Each field once, and each of this file's own catalogue: a form may have been drawn from an older one. */
static int
changes_own(struct jc_save *sv, struct jc_kindmap *k, struct jc_change *changes, size_t n, struct jc_err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct jc_field *f;
		int twice = 0, rc = jc_save_field(&f, sv, k, changes[i].field, err);

		if (rc < 0)
			return rc;
		changes[i].field = f;

		for (size_t j = 0; j < i; j++)
			twice |= changes[j].field == f;
		if (twice)
			return jc_err_set(err, JC_EINVAL, "jc_save_set",
			    JC_T("“%s”写了两次，请只留一个", "\"%s\" is given twice; keep one"), jc_field_label(f));
	}
	return 0;
}

static int
set_build(struct jc_build *b, const struct jc_seen *v, const struct jc_change *changes, size_t n, struct jc_err *err)
{
	size_t elems = 0;
	int rc;

	for (size_t i = 0; i < n; i++)
		elems += changes[i].nadd + changes[i].ndel;
	if ((rc = jc_build_init(b, n, v->cells->n + v->gone.n, elems, err)) < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (changes[i].field->set)
			set_change(b, v->cells, &changes[i]);
		else
			register_change(b, v, &changes[i]);
	}
	jc_build_witness(b, v, v->rec);
	return 0;
}

/* What a hub writes in a record of a branch's that is there must be its to correct. */
static int
fixes_check(struct jc_save *sv, const struct jc_rec *r, const struct jc_change *changes, size_t n, struct jc_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n && !r->is_new && !sv->undoing && !sv->carrying; i++)
		rc = jc_correction_may(sv->node->log, &sv->scope, changes[i].field, err);
	return rc;
}

int
jc_save_set(struct jc_save *sv, const struct jc_kind *kind, jc_id id, const struct jc_change *changes, size_t n,
    int64_t seen, int *written, struct jc_err *err)
{
	struct jc_project *p = sv->node->project;
	struct jc_seen v = {0};
	struct jc_build b = {0};
	struct jc_change *own = jc_alloc((n + 1) * sizeof(*own));
	struct jc_kindmap *k;
	struct jc_rec *r;
	int rc;

	if (own == NULL)
		return JC_NOMEM(err, "jc_save_set");
	if (n != 0)
		memcpy(own, changes, n * sizeof(*own));
	if ((rc = jc_kindmap_get(&k, p, slice_of(kind->name), err)) < 0 || (rc = changes_own(sv, k, own, n, err)) < 0 ||
	    (id[0] == '\0' && (rc = jc_id_random(id, jc_db_env(sv->node->db), err)) < 0) ||
	    (rc = jc_rec_get(&r, p, sv->scope.no, k, id, 1, err)) < 0)
		goto out;
	if ((rc = jc_seen_get(&v, sv, r, seen, err)) == 0)
		n += sv->undoing ? 0 : jc_save_implied(&own[n], v.rec, v.cells, own, n);
	if (rc == 0 && (rc = jc_defs_check(p, v.rec, v.cells, own, n, err)) == 0 &&
	    (rc = fixes_check(sv, v.rec, own, n, err)) == 0 && (rc = jc_save_refuse(sv, v.rec, v.cells, own, n, err)) == 0 &&
	    (rc = set_build(&b, &v, own, n, err)) == 0) {
		jc_id_from_u64(id, v.rec->id);
		if (written != NULL)
			*written = (int)b.op.nfields;
		if (b.op.nfields != 0)
			rc = jc_build_save(&b, sv, v.rec, JC_V_SET, err);
		else if (r->hist_len == 0)
			rc = jc_err_set(err, JC_EINVAL, "jc_save_set",
			    JC_T("新的%s至少要填一项", "A new %s needs at least one field"), jc_kind_label(kind));
	}
	jc_build_free(&b);
	jc_seen_free(&v);
out:
	jc_free(own);
	return rc;
}

/* ---- ids made from what people know ---- */

static int
source_keep(struct jc_save *sv, const jc_id id, const struct jc_kind *kind, const char *how, struct jc_slice a,
    struct jc_slice b, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if (sv->scope.joined)
		return 0;
	if ((rc = jc_db_prep(&st, sv->node->db,
	         "INSERT INTO id_source(id, kind, how, a, b) VALUES(:id, :kind, :how, :a, :b)"
	         " ON CONFLICT(id) DO NOTHING", err)) < 0)
		return rc;
	jc_bind_text(st, ":id", id, JC_ID_LEN);
	jc_bind_str(st, ":kind", kind->name);
	jc_bind_str(st, ":how", how);
	jc_bind_text(st, ":a", a.p, a.n);
	jc_bind_text(st, ":b", b.n != 0 ? b.p : "", b.n);
	jc_db_log_window(sv->node->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(sv->node->db, -1);
	return rc;
}

int
jc_save_id_key(struct jc_save *sv, jc_id out, const struct jc_kind *kind, struct jc_slice key, struct jc_err *err)
{
	jc_record_id_key(out, sv->scope.idkey, kind->name, key.p, key.n);
	return source_keep(sv, out, kind, "key", key, (struct jc_slice){"", 0}, err);
}

int
jc_save_id_person(struct jc_save *sv, jc_id out, const struct jc_kind *kind, struct jc_slice number,
    struct jc_slice name, struct jc_err *err)
{
	jc_record_id_person(out, sv->scope.idkey, kind->name, number.p, number.n, name.p, name.n);
	return source_keep(sv, out, kind, "person", number, name, err);
}

/* ---- the end of a batch ---- */

/* The last operation says how many the batch has, so that a reader can tell a whole one from a torn one. */
static int
count_write(struct jc_save *sv, struct jc_err *err)
{
	struct jc_ops_reader *reader = NULL;
	struct jc_opctx ctx = {0};
	struct jc_buf line;
	struct jc_op op;
	int rc;

	jc_buf_init(&line, JC_LINE_MAX * 2);
	if ((rc = jc_ops_reader_new(&reader, 1, err)) == 0) {
		jc_ops_begin(reader, sv->line.data, sv->line.len);
		rc = jc_ops_next(reader, &op, err);
	}
	if (rc == 1) {
		op.count = sv->place;
		if ((rc = jc_op_write(&line, &op, &ctx, err)) == 0 && (rc = jc_buf_check(&line, "count_write", err)) == 0 &&
		    line.len <= JC_LINE_MAX)
			rc = jc_log_draft(sv->node->log, sv->scope.no, sv->last_tier, sv->last, line.data, line.len - 1, err);
	}
	jc_ops_reader_free(reader);
	jc_buf_free(&line);
	return rc < 0 ? rc : 0;
}

static int
saved_add(struct jc_save *sv, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, sv->node->db,
	         "INSERT INTO saved(batch, first, n, time, what, undone)"
	         " VALUES(:batch, :first, :n, :time, :what, :undone)", err)) < 0)
		return rc;
	jc_bind_text(st, ":batch", sv->batch, JC_ID_LEN);
	jc_bind_int(st, ":first", sv->first);
	jc_bind_int(st, ":n", sv->last - sv->first + 1);
	jc_bind_int(st, ":time", sv->time);
	jc_bind_str(st, ":what", sv->what);
	jc_bind_int(st, ":undone", strcmp(sv->what, "undo") == 0 || /* undoing again goes further back */
	        strcmp(sv->what, "return") == 0 || strcmp(sv->what, "accept") == 0 || sv->carrying);
	jc_db_log_window(sv->node->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(sv->node->db, -1);
	return rc;
}

int
jc_save_end(struct jc_save *sv, int ok, int64_t *ops, struct jc_err *err)
{
	int rc = 0;

	if (sv == NULL)
		return 0;
	if (ops != NULL)
		*ops = sv->place;
	if (ok && sv->place != 0 && (rc = count_write(sv, err)) == 0)
		rc = saved_add(sv, err);
	if (sv->began) {
		int end = jc_db_end(sv->node->db, ok && rc == 0, rc == 0 ? err : NULL);

		rc = rc < 0 ? rc : end;
	}
	jc_buf_free(&sv->line);
	jc_free(sv);
	return rc;
}
