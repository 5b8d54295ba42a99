/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "define.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_overlay.h"
#include "out.h"
#include "typed.h"

#define WHERE "define"

struct define {
	struct jc_node *node;
	struct jc_scope scope; /* common */
	struct jc_typed typed;
	struct jc_save *sv;
	char today[11];
};

/* ---- begin and end ---- */

static int
common_is(void *arg, const struct jc_scope *s)
{
	if (!s->mine || strcmp(s->role, "common") != 0)
		return 0;
	*(struct jc_scope *)arg = *s;
	return 1;
}

static int
begin(struct define *d, struct jc_node *node, const struct jc_env *env, struct jc_err *err)
{
	int rc;

	memset(d, 0, sizeof(*d));
	d->node = node;
	jc_out_today(d->today, env);
	jc_typed_init(&d->typed, NULL, JC_TYPED_RAW, d->today);
	if ((rc = jc_scope_each(node->log, common_is, &d->scope, err)) < 0)
		return rc;
	if (rc == 0)
		return jc_err_set(err, JC_EDENIED, WHERE, "%s",
		    JC_T("项目和表格由县（市）里设计，请向县里提出", "Fields and forms are defined at a hub; please ask the county"));
	return jc_save_begin(&d->sv, node, d->scope.no, "define", err);
}

static int
end(struct define *d, int rc, struct jc_err *err)
{
	int done = jc_save_end(d->sv, rc == 0, NULL, rc == 0 ? err : NULL);

	jc_typed_free(&d->typed);
	return rc < 0 ? rc : done;
}

/* ---- members to texts ---- */

/* x_ before what a person called it. */
static int
key_of(char out[41], const json_t *o, struct jc_err *err)
{
	const char *key = json_string_value(json_object_get(o, "key"));
	int n = key == NULL ? -1 : snprintf(out, 41, "%s%s", jc_overlay_name(key, strlen(key)) ? "" : "x_", key);

	if (n > 2 && n <= 40)
		return 0;
	return jc_err_set(err, JC_EINVAL, WHERE, "%s",
	    JC_T("要写代码 key=，小写字母、数字和下划线，不超过38个", "Give key=: lower-case letters, digits and _, at most 38"));
}

struct choices {
	struct jc_buf *out;
	const char *was; /* the choices so far, "" for none */
	int n;
};

/* The code that a label had, or the next number that is free. */
static void
code_put(struct choices *c, const char *label, size_t n)
{
	char number[24];
	const char *at;
	size_t len = 0;

	for (at = c->was; *at != '\0'; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n')) {
		const char *eq = strchr(at, '=');

		len = eq != NULL ? strcspn(eq + 1, "=\n") : 0;
		if (eq != NULL && len == n && memcmp(eq + 1, label, n) == 0) {
			jc_buf_put(c->out, at, (size_t)(eq - at));
			return;
		}
	}
	for (int taken = 1; taken;) {
		snprintf(number, sizeof(number), "%d=", ++c->n);
		taken = 0;
		for (at = c->was; *at != '\0' && !taken; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n'))
			taken = strncmp(at, number, strlen(number)) == 0;
	}
	jc_buf_put(c->out, number, strlen(number) - 1);
}

static int
choice_put(void *arg, const char *p, size_t n)
{
	struct choices *c = arg;

	if (c->out->len != 0)
		jc_buf_putc(c->out, '\n');
	if (memchr(p, '=', n) == NULL) {
		code_put(c, p, n);
		jc_buf_putc(c->out, '=');
	}
	jc_buf_put(c->out, p, n);
	return 0;
}

static int
choices_text(struct jc_buf *out, const json_t *v, const struct jc_record *now, struct jc_err *err)
{
	struct choices c = {.out = out, .was = ""};
	const json_t *e;
	size_t i;
	int rc = 0;

	for (size_t k = 0; now != NULL && k < now->nfields; k++)
		if (now->field[k].field->id == JC_XF_CHOICES && now->field[k].text != NULL)
			c.was = now->field[k].text;
	if (json_is_string(v))
		rc = jc_value_split(json_string_value(v), json_string_length(v), choice_put, &c);
	json_array_foreach((json_t *)v, i, e)
		if (rc == 0 && json_is_string(e))
			rc = choice_put(&c, json_string_value(e), json_string_length(e));
	return rc < 0 ? rc : jc_buf_check(out, WHERE, err);
}

/* One member's text; numbers and yes/no as a person would type them. */
static const char *
plain(const json_t *v, char room[32])
{
	if (json_is_integer(v))
		snprintf(room, 32, "%lld", (long long)json_integer_value(v));
	else if (json_is_boolean(v))
		snprintf(room, 32, "%d", json_is_true(v));
	else
		return json_string_value(v);
	return room;
}

static int
member_take(struct define *d, const struct jc_kind *kind, const char *name, const json_t *v, const struct jc_record *now,
    struct jc_err *err)
{
	const struct jc_field *f = jc_catalogue_field(kind, name, strlen(name));
	const char *text;
	struct jc_buf b;
	char room[32];
	int rc;

	if (f == NULL)
		f = jc_catalogue_field_typed(kind, name);
	if (f == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("%s没有“%.60s”这一项，见 jiceng field add --help", "%s has no \"%.60s\"; see jiceng field add --help"),
		    jc_kind_label(kind), name);
	if (f->set && json_is_array(v)) {
		const json_t *e;
		size_t i;

		rc = jc_typed_whole(&d->typed, f, err);
		json_array_foreach((json_t *)v, i, e)
			if (rc == 0 && json_is_string(e))
				rc = jc_typed_element(&d->typed, f, json_string_value(e), json_string_length(e), err);
		return rc;
	}
	jc_buf_init(&b, 1 << 16);
	if (strcmp(kind->name, "xfield") == 0 && f->id == JC_XF_CHOICES) {
		if ((rc = choices_text(&b, v, now, err)) == 0)
			rc = jc_typed_put(&d->typed, f, JC_TYPED_SET, b.data != NULL ? b.data : "", b.len, err);
	} else if ((text = plain(v, room)) != NULL) {
		rc = jc_typed_put(&d->typed, f, JC_TYPED_SET, text, strlen(text), err);
	} else {
		rc = jc_err_set(err, JC_EINVAL, WHERE, JC_T("“%.60s”要写成文字", "\"%.60s\" must be a text"), name);
	}
	jc_buf_free(&b);
	return rc;
}

/* ---- one definition ---- */

static int64_t
version_of(const struct jc_record *now)
{
	for (size_t i = 0; now != NULL && i < now->nfields; i++)
		if (strcmp(now->field[i].field->name, "version") == 0 && now->field[i].text != NULL)
			return strtoll(now->field[i].text, NULL, 10);
	return 0;
}

/* Takes all members but those that are handled apart, and saves what differs as the next version. */
static int
members_save(struct define *d, const struct jc_kind *kind, jc_id id, const json_t *o, const char *key,
    const struct jc_record *now, struct jc_err *err)
{
	const struct jc_field *version = jc_catalogue_field(kind, "version", 7);
	int rc = 0, written = 0;
	struct jc_change next;
	const char *name;
	char number[24];
	json_t *v;

	jc_typed_begin(&d->typed, kind);
	json_object_foreach((json_t *)o, name, v)
		if (rc == 0 && strcmp(name, "key") != 0 && strcmp(name, "fields") != 0 && strcmp(name, "version") != 0)
			rc = member_take(d, kind, name, v, now, err);
	if (rc == 0)
		rc = jc_typed_put(&d->typed, jc_catalogue_field(kind, "key", 3), JC_TYPED_SET, key, strlen(key), err);
	if (rc < 0 || (rc = jc_typed_finish(&d->typed, now, err)) < 0 ||
	    (rc = jc_save_set(d->sv, kind, id, d->typed.change, d->typed.nchanges, 0, &written, err)) < 0 || written == 0)
		return rc;
	snprintf(number, sizeof(number), "%lld", (long long)version_of(now) + 1);
	next = (struct jc_change){.field = version, .text = {number, strlen(number)}};
	return jc_save_set(d->sv, kind, id, &next, 1, 0, NULL, err);
}

/* `kind_key` names the record in this scope for ever: "member x_height", or the form's key. */
static int
def_save(struct define *d, const struct jc_kind *kind, jc_id id, int *fresh, const char *kind_key, const json_t *o,
    const char *key, struct jc_err *err)
{
	struct jc_record_key there;
	struct jc_record now = {0};
	int rc;

	if ((rc = jc_save_id_key(d->sv, id, kind, (struct jc_slice){kind_key, strlen(kind_key)}, err)) < 0)
		return rc;
	rc = jc_record_find(d->node, d->scope.no, id, &there, NULL);
	*fresh = rc == JC_ENOTFOUND;
	if (rc < 0 && rc != JC_ENOTFOUND)
		return jc_record_find(d->node, d->scope.no, id, &there, err);
	if (*fresh && json_object_get(o, "zh") == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE, "%s", JC_T("新的要写中文名称 zh=", "A new one needs its Chinese label: zh="));
	if (!*fresh && (rc = jc_record_read(d->node, there.rec, &now, err)) < 0)
		return rc;
	rc = members_save(d, kind, id, o, key, *fresh ? NULL : &now, err);
	jc_record_free(&now);
	return rc;
}

static int
field_save(struct define *d, jc_id id, int *fresh, const json_t *o, struct jc_err *err)
{
	const struct jc_kind *xfield = jc_catalogue_kind_id(JC_XFIELD_KIND), *on;
	const char *kind = json_string_value(json_object_get(o, "kind"));
	char key[41], kind_key[80];
	json_t *copy;
	int rc;

	if ((rc = key_of(key, o, err)) < 0)
		return rc;
	on = kind != NULL ? jc_catalogue_kind_typed(kind) : NULL;
	if (on != NULL)
		kind = on->name;
	if (kind == NULL || strlen(kind) > 32)
		return jc_err_set(err, JC_EINVAL, WHERE, "%s", JC_T("要写加在哪种记录上", "Say which kind of records it belongs to"));
	snprintf(kind_key, sizeof(kind_key), "%s %s", kind, key);
	if ((copy = json_copy((json_t *)o)) == NULL || json_object_set_new(copy, "kind", json_string(kind)) != 0)
		rc = JC_NOMEM(err, WHERE);
	else
		rc = def_save(d, xfield, id, fresh, kind_key, copy, key, err);
	json_decref(copy);
	return rc < 0 ? jc_err_prefix(err, "%s: ", key) : 0;
}

int
jc_define_field(jc_id id, int *fresh, struct jc_node *node, const struct jc_env *env, const json_t *field,
    struct jc_err *err)
{
	struct define d;
	int rc = begin(&d, node, env, err);

	if (rc == 0)
		rc = field_save(&d, id, fresh, field, err);
	return end(&d, rc, err);
}

/* ---- a form ---- */

/* The form's members, with what may be left out filled in. New reference. */
static json_t *
form_members(const json_t *form, const char *key)
{
	const json_t *first = json_array_get(json_object_get(form, "fields"), 0);
	json_t *o = json_copy((json_t *)form);
	char title[41];

	if (o == NULL || json_object_set_new(o, "key", json_string(key)) != 0)
		goto fail;
	if (json_object_get(o, "title") == NULL && first != NULL && key_of(title, first, NULL) == 0 &&
	    json_object_set_new(o, "title", json_string(title)) != 0)
		goto fail;
	if (json_object_get(o, "ceiling") == NULL && json_object_set_new(o, "ceiling", json_string("county")) != 0)
		goto fail;
	return o;
fail:
	json_decref(o);
	return NULL;
}

static int
form_fields(struct define *d, const json_t *form, const char *key, struct jc_err *err)
{
	const json_t *fields = json_object_get(form, "fields"), *f;
	size_t i;
	int rc = 0, fresh;
	jc_id id;

	json_array_foreach((json_t *)fields, i, f) {
		json_t *o = json_copy((json_t *)f);

		if (!json_is_object(f) || o == NULL || json_object_set_new(o, "kind", json_string(key)) != 0 ||
		    (json_object_get(o, "place") == NULL && json_object_set_new(o, "place", json_integer((json_int_t)i + 1)) != 0))
			rc = jc_err_set(err, JC_EINVAL, WHERE, JC_T("第%zu个项目写得不对", "Field %zu is not an object"), i + 1);
		else
			rc = field_save(d, id, &fresh, o, err);
		json_decref(o);
		if (rc < 0)
			break;
	}
	return rc;
}

int
jc_define_form(jc_id id, int *fresh, struct jc_node *node, const struct jc_env *env, const json_t *form,
    struct jc_err *err)
{
	json_t *members = NULL;
	struct define d;
	char key[41];
	int rc = begin(&d, node, env, err);

	if (rc == 0 && (rc = key_of(key, form, err)) == 0) {
		if ((members = form_members(form, key)) == NULL)
			rc = JC_NOMEM(err, WHERE);
		else if ((rc = def_save(&d, jc_catalogue_kind_id(JC_XFORM_KIND), id, fresh, key, members, key, err)) == 0)
			rc = form_fields(&d, form, key, err);
	}
	if (rc == 0 && *fresh && json_array_size(json_object_get(form, "fields")) == 0)
		rc = jc_err_set(err, JC_EINVAL, WHERE, "%s", JC_T("表格里至少要有一个项目", "A form needs at least one field"));
	json_decref(members);
	return end(&d, rc, err);
}

int
jc_define_hide(struct jc_node *node, const struct jc_env *env, const char *kind, const char *key, int hidden,
    struct jc_err *err)
{
	json_t *o = json_pack("{s:s,s:s}", "key", key, "hidden", hidden ? "1" : "0");
	int rc, fresh = 0;
	struct define d;
	char whole[41];
	jc_id id;

	if (o == NULL || (kind != NULL && json_object_set_new(o, "kind", json_string(kind)) != 0)) {
		json_decref(o);
		return JC_NOMEM(err, WHERE);
	}
	if ((rc = begin(&d, node, env, err)) == 0 && (rc = key_of(whole, o, err)) == 0)
		rc = kind != NULL ? field_save(&d, id, &fresh, o, err)
		                  : def_save(&d, jc_catalogue_kind_id(JC_XFORM_KIND), id, &fresh, whole, o, whole, err);
	if (fresh)
		rc = jc_err_set(err, JC_ENOTFOUND, WHERE, JC_T("没有代码为 %.40s 的，见 jiceng field list", "There is no %.40s; see jiceng field list"), key);
	json_decref(o);
	return end(&d, rc, err);
}

/* ---- the list ---- */

struct lists {
	json_t *fields, *forms;
};

static int
def_list(void *arg, const struct jc_slice *v, int form, int hidden, const struct jc_err *why)
{
	const struct jc_kind *kind = jc_catalogue_kind_any_id(form ? JC_XFORM_KIND : JC_XFIELD_KIND);
	struct lists *l = arg;
	json_t *o = json_object();
	int rc = o != NULL ? 0 : -1;

	for (const struct jc_field *f = kind->fields; rc == 0 && f->id != 0 && f->id < 200; f++)
		if (v[f->id].n != 0 && strcmp(f->name, "hidden") != 0)
			rc = json_object_set_new(o, f->name, jc_out_json_value(f, v[f->id].p, v[f->id].n));
	if (rc == 0)
		rc = json_object_set_new(o, "hidden", json_boolean(hidden));
	if (rc == 0 && why != NULL)
		rc = json_object_set_new(o, "unused", json_string(why->msg));
	if (rc == 0)
		rc = json_array_append(form ? l->forms : l->fields, o);
	json_decref(o);
	return rc == 0 ? 0 : JC_ENOMEM;
}

json_t *
jc_define_list(struct jc_node *node, struct jc_err *err)
{
	struct lists l = {json_array(), json_array()};
	int rc = l.fields == NULL || l.forms == NULL ? JC_NOMEM(err, WHERE) : jc_defs_each(node, def_list, &l, err);

	if (rc == 0)
		return json_pack("{s:o,s:o}", "fields", l.fields, "forms", l.forms);
	json_decref(l.fields);
	json_decref(l.forms);
	return NULL;
}
