/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "corrections.h"

#include <stdio.h>
#include <string.h>

#include "../sync/sync_correction.h"
#include "out.h"
#include "typed.h"

#define WHERE "corrections"

/* ---- the list ---- */

struct list {
	struct jc_node *node;
	json_t *a;
	int full;
	struct jc_err *err;
};

static json_t *
value_text(const struct jc_field *f, const char *stored, int full)
{
	struct jc_buf b;
	json_t *v;

	jc_buf_init(&b, 1 << 20);
	if (stored != NULL)
		jc_out_value(&b, f, stored, strlen(stored), full);
	v = json_string(b.data != NULL ? b.data : "");
	jc_buf_free(&b);
	return v;
}

/* 1 if the branch has objected to a correction of this field of the record. */
static int
objection_row(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	(void)key;
	(void)text;
	(void)n;
	*(int *)arg = 1;
	return 1;
}

static int
objected(struct jc_node *node, const struct jc_correction *c, int *yes, struct jc_err *err)
{
	const struct jc_kind *kind = jc_catalogue_kind("objection", 9);
	const struct jc_filter filter[] = {
	    {jc_catalogue_field(kind, "subject_id", 10), {c->rec, JC_ID_LEN}},
	    {jc_catalogue_field(kind, "field", 5), {c->field->name, strlen(c->field->name)}}};
	const struct jc_query q = {.scope = c->scope, .kind = kind, .filter = filter, .nfilters = 2, .limit = 1};
	int rc;

	*yes = 0;
	rc = jc_records_each(node, &q, objection_row, yes, err);
	return rc < 0 ? rc : 0;
}

static int
row_add(void *arg, const struct jc_correction *c)
{
	struct list *l = arg;
	struct jc_record_key key;
	struct jc_record r;
	struct jc_buf title;
	int rc, yes;
	json_t *o;

	if ((rc = objected(l->node, c, &yes, l->err)) < 0 || (rc = jc_record_find(l->node, c->scope, c->rec, &key, l->err)) < 0 ||
	    (rc = jc_record_read(l->node, key.rec, &r, l->err)) < 0)
		return rc;
	jc_buf_init(&title, 4096);
	jc_out_record(&title, &r);
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:o,s:o,s:I,s:b}", "id", c->rec, "kind", c->kind->name, "title",
	    title.data != NULL ? title.data : "", "field", c->field->name, "label", jc_field_label(c->field), "before",
	    value_text(c->field, c->before, l->full), "after", value_text(c->field, c->after, l->full), "time",
	    (json_int_t)c->time, "objected", yes);
	jc_buf_free(&title);
	jc_record_free(&r);
	return json_array_append_new(l->a, o) == 0 ? 0 : JC_NOMEM(l->err, WHERE);
}

static int64_t
since_of(const struct jc_env *env, int all)
{
	return all ? 0 : env->wall_ms(env->ctx) / 1000 - JC_CORRECTION_DAYS * 86400;
}

json_t *
jc_corrections_list(struct jc_node *node, const struct jc_env *env, int all, int full, struct jc_err *err)
{
	struct list l = {.node = node, .a = json_array(), .full = full, .err = err};
	int rc = l.a == NULL ? JC_NOMEM(err, WHERE) : jc_corrections_each(node, 0, since_of(env, all), row_add, &l, err);

	if (rc >= 0)
		return l.a;
	json_decref(l.a);
	return NULL;
}

/* ---- an objection ---- */

struct find {
	const char *rec;
	const struct jc_field *field;
	int64_t scope;
};

static int
find_row(void *arg, const struct jc_correction *c)
{
	struct find *f = arg;

	if (strcmp(c->rec, f->rec) == 0 && strcmp(c->field->name, f->field->name) == 0)
		f->scope = c->scope;
	return 0;
}

static int
objection_save(jc_id id, struct jc_node *node, const struct jc_env *env, const struct jc_record_key *key,
    const struct find *f, const char *reason, struct jc_err *err)
{
	const struct jc_kind *kind = jc_catalogue_kind("objection", 9);
	const char *const text[][2] = {{"subject_kind", key->kind->name}, {"subject_id", key->id}, {"field", f->field->name},
	    {"reason", reason}, {"said_on", NULL}};
	struct jc_typed t;
	struct jc_save *sv;
	char today[11];
	int rc = 0, end;

	jc_out_today(today, env);
	jc_typed_init(&t, NULL, JC_TYPED_RAW, today);
	jc_typed_begin(&t, kind);
	for (size_t i = 0; rc == 0 && i < sizeof(text) / sizeof(text[0]); i++) {
		const char *s = text[i][1] != NULL ? text[i][1] : today;

		rc = jc_typed_put(&t, jc_catalogue_field(kind, text[i][0], strlen(text[i][0])), JC_TYPED_SET, s, strlen(s), err);
	}
	id[0] = '\0';
	if (rc == 0 && (rc = jc_typed_finish(&t, NULL, err)) == 0 && (rc = jc_save_begin(&sv, node, f->scope, "object", err)) == 0) {
		rc = jc_save_set(sv, kind, id, t.change, t.nchanges, 0, NULL, err);
		end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
		rc = rc < 0 ? rc : end;
	}
	jc_typed_free(&t);
	return rc;
}

int
jc_corrections_object(jc_id id, struct jc_node *node, const struct jc_env *env, const char *record, const char *field,
    const char *reason, struct jc_err *err)
{
	struct jc_record_key key;
	struct find f = {0};
	int rc;

	if (reason[strspn(reason, " \t")] == '\0')
		return jc_err_set(err, JC_EINVAL, WHERE, "%s", JC_T("请写明异议的理由", "Please say why"));
	if ((rc = jc_record_find(node, 0, record, &key, err)) < 0)
		return rc;
	if (key.kind != NULL)
		f.field = jc_catalogue_field(key.kind, field, strlen(field));
	if (key.kind != NULL && f.field == NULL)
		f.field = jc_catalogue_field_typed(key.kind, field);
	if (f.field == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("没有“%.40s”这一项", "There is no field \"%.40s\""), field);
	f.rec = key.id;
	if ((rc = jc_corrections_each(node, key.scope, since_of(env, 0), find_row, &f, err)) < 0)
		return rc;
	if (f.scope == 0)
		return jc_err_set(err, JC_ENOTFOUND, WHERE,
		    JC_T("县里最近%d天没有改过“%s”，见 jiceng corrections", "The county has not changed \"%2$s\" in the last %1$d days; see jiceng corrections"),
		    JC_CORRECTION_DAYS, jc_field_label(f.field));
	return objection_save(id, node, env, &key, &f, reason, err);
}
