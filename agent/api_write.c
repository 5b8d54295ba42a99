/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Calls that write. Values are typed texts, as a person writes them; each call is one save and one undo. */
#include <string.h>

#include "api_private.h"
#include "out.h"
#include "typed.h"

#define WHERE "api_write"

struct write {
	struct api_call *c;
	struct jc_scope scope;
	struct jc_match *match;
	struct jc_typed typed;
	json_t *remarks;
	char today[11];
};

static void
remark(void *arg, const struct jc_field *f, const struct jc_remark *r)
{
	struct write *w = arg;

	json_array_append_new(w->remarks, json_pack("{s:s,s:s,s:s}", "field", f->name, "code", r->code, "text", r->text));
}

static int
write_open(struct write *w, struct api_call *c, int64_t scope, struct jc_err *err)
{
	int rc;

	memset(w, 0, sizeof(*w));
	w->c = c;
	w->remarks = json_array();
	jc_out_today(w->today, c->env);
	jc_typed_init(&w->typed, NULL, JC_TYPED_STRICT, w->today);
	w->typed.remark = remark;
	w->typed.arg = w;
	if ((rc = jc_scope_get(&w->scope, c->node->log, scope, err)) == 0 &&
	    (rc = jc_match_open(&w->match, c->node, &w->scope, w->today, err)) == 0)
		w->typed.match = w->match;
	return rc;
}

static void
write_close(struct write *w)
{
	jc_typed_free(&w->typed);
	if (w->match != NULL)
		jc_match_close(w->match);
	json_decref(w->remarks);
}

/* ---- "set" ---- */

static int
not_a_value(const char *name, struct jc_err *err)
{
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("“%.60s”的内容应是文字、列表或空", "\"%.60s\" takes a text, a list or null"), name);
}

static int
elements(struct write *w, const struct jc_field *f, enum jc_typed_how how, const json_t *list, struct jc_err *err)
{
	size_t i;
	json_t *e;
	int rc = 0;

	if (!json_is_array(list))
		return not_a_value(f->name, err);
	json_array_foreach((json_t *)(size_t)list, i, e) {
		if (!json_is_string(e))
			return not_a_value(f->name, err);
		rc = how == JC_TYPED_SET ? jc_typed_element(&w->typed, f, json_string_value(e), json_string_length(e), err)
		                         : jc_typed_put(&w->typed, f, how, json_string_value(e), json_string_length(e), err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int
differences(struct write *w, const struct jc_field *f, const json_t *o, struct jc_err *err)
{
	const json_t *add = json_object_get(o, "add"), *del = json_object_get(o, "remove");
	int rc = 0;

	if ((add == NULL) + (del == NULL) + (int)json_object_size(o) != 2)
		return not_a_value(f->name, err);
	if (add != NULL)
		rc = elements(w, f, JC_TYPED_ADD, add, err);
	if (rc == 0 && del != NULL)
		rc = elements(w, f, JC_TYPED_DEL, del, err);
	return rc;
}

static int
value_take(struct write *w, const struct jc_field *f, const json_t *v, struct jc_err *err)
{
	int rc;

	if (json_is_string(v))
		return jc_typed_put(&w->typed, f, JC_TYPED_SET, json_string_value(v), json_string_length(v), err);
	if (json_is_null(v))
		return jc_typed_put(&w->typed, f, JC_TYPED_SET, "", 0, err);
	if (f->set && json_is_array(v))
		return (rc = jc_typed_whole(&w->typed, f, err)) < 0 ? rc : elements(w, f, JC_TYPED_SET, v, err);
	if (f->set && json_is_object(v))
		return differences(w, f, v, err);
	return not_a_value(f->name, err);
}

static int
set_take(struct write *w, const struct jc_kind *kind, struct jc_err *err)
{
	json_t *set = json_object_get(w->c->in, "set"), *v;
	const char *name;
	int rc = 0;

	if (!json_is_object(set))
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请求里缺少 set", "The request has no \"set\""));
	jc_typed_begin(&w->typed, kind);
	json_object_foreach(set, name, v) {
		const struct jc_field *f = jc_catalogue_field(kind, name, strlen(name));

		if (f == NULL)
			return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s没有“%.60s”这一项", "%s has no field \"%.60s\""),
			    jc_kind_label(kind), name);
		if ((rc = value_take(w, f, v, err)) < 0)
			return rc;
	}
	return rc;
}

/* A whole number of the body; *given 0 when it is not there. */
static int
number(int64_t *out, const struct api_call *c, const char *name, int *given, struct jc_err *err)
{
	json_t *v = json_object_get(c->in, name);

	*out = 0;
	*given = v != NULL && !json_is_null(v);
	if (!*given)
		return 0;
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s 应是一个整数", "\"%s\" must be a whole number"), name);
	*out = json_integer_value(v);
	return 0;
}

static int
members_known(const struct api_call *c, const char *const *names, struct jc_err *err)
{
	const char *name;
	json_t *v;

	json_object_foreach(c->in, name, v) {
		size_t i = 0;

		while (names[i] != NULL && strcmp(names[i], name) != 0)
			i++;
		if (names[i] == NULL)
			return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请求里的“%.60s”没有用处，见 /api/v1", "\"%.60s\" means nothing here; see /api/v1"),
			    name);
	}
	return 0;
}

static int
saved(struct write *w, const jc_id id, int written, struct jc_err *err)
{
	int64_t seen;
	int rc = jc_node_seen(w->c->node, &seen, err);

	if (rc < 0)
		return rc;
	w->c->out = json_pack("{s:s,s:i,s:I,s:O}", "id", id, "written", written, "seen", (json_int_t)seen, "remarks", w->remarks);
	return w->c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* Saves what was typed; `now` is the record as read, NULL for a new one. */
static int
record_save(struct write *w, const struct jc_kind *kind, jc_id id, const struct jc_record *now, int64_t seen, struct jc_err *err)
{
	struct jc_save *sv;
	int rc, end, written = 0;

	if ((rc = jc_typed_finish(&w->typed, now, err)) < 0 ||
	    (rc = jc_save_begin(&sv, w->c->node, w->scope.no, now == NULL ? "add" : "set", err)) < 0)
		return rc;
	rc = jc_save_set(sv, kind, id, w->typed.change, w->typed.nchanges, seen, &written, err);
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	return saved(w, id, written, err);
}

int
api_add(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"set", NULL};
	const struct jc_kind *kind = jc_catalogue_kind(c->arg, strlen(c->arg));
	struct jc_scope own;
	struct write w;
	jc_id id = "";
	int rc;

	if (kind == NULL)
		return jc_err_set(err, JC_ENOTFOUND, WHERE, JC_T("没有“%s”这种记录", "There is no kind \"%s\""), c->arg);
	if ((rc = members_known(c, KNOWN, err)) < 0 || (rc = jc_node_scope(c->node, &own, err)) < 0)
		return rc;
	if ((rc = write_open(&w, c, own.no, err)) == 0 && (rc = set_take(&w, kind, err)) == 0)
		rc = record_save(&w, kind, id, NULL, 0, err);
	write_close(&w);
	return rc;
}

static int
record_of(struct jc_record_key *key, const struct api_call *c, struct jc_err *err)
{
	int rc = jc_record_find(c->node, 0, c->arg, key, err);

	if (rc == 0 && key->kind == NULL)
		return jc_err_set(err, JC_ENEWER, WHERE,
		    JC_T("这条记录来自更新的程序，请先升级", "This record is of a newer program; please upgrade first"));
	return rc;
}

int
api_set(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"set", "seen", NULL};
	struct jc_record_key key;
	struct jc_record now = {0};
	struct write w;
	int64_t seen;
	int rc, given;

	if ((rc = members_known(c, KNOWN, err)) < 0 || (rc = record_of(&key, c, err)) < 0 ||
	    (rc = number(&seen, c, "seen", &given, err)) < 0)
		return rc;
	if ((rc = write_open(&w, c, key.scope, err)) == 0 && (rc = set_take(&w, key.kind, err)) == 0 &&
	    (rc = jc_record_read(c->node, key.rec, &now, err)) == 0)
		rc = record_save(&w, key.kind, key.id, &now, seen, err);
	jc_record_free(&now);
	write_close(&w);
	return rc;
}

/* ---- voiding, settling, undo ---- */

static int
after(struct api_call *c, const jc_id id, struct jc_save *sv, int rc, struct jc_err *err)
{
	int end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	int64_t seen;

	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	if ((rc = jc_node_seen(c->node, &seen, err)) < 0)
		return rc;
	c->out = json_pack("{s:s,s:I}", "id", id, "seen", (json_int_t)seen);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_void(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"reason", "seen", NULL};
	const char *reason = json_string_value(json_object_get(c->in, "reason"));
	struct jc_record_key key;
	struct jc_save *sv;
	int64_t seen;
	int rc, given;

	if ((rc = members_known(c, KNOWN, err)) < 0 || (rc = record_of(&key, c, err)) < 0 ||
	    (rc = number(&seen, c, "seen", &given, err)) < 0)
		return rc;
	if (reason == NULL || reason[0] == '\0' || strlen(reason) > 1000)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请写明作废的原因（reason）", "Say why it is voided (\"reason\")"));
	if ((rc = jc_save_begin(&sv, c->node, key.scope, "void", err)) < 0)
		return rc;
	return after(c, key.id, sv, jc_save_void(sv, key.id, reason, seen, err), err);
}

int
api_unvoid(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {NULL};
	struct jc_record_key key;
	struct jc_save *sv;
	int rc;

	if ((rc = members_known(c, KNOWN, err)) < 0 || (rc = record_of(&key, c, err)) < 0 ||
	    (rc = jc_save_begin(&sv, c->node, key.scope, "unvoid", err)) < 0)
		return rc;
	return after(c, key.id, sv, jc_save_unvoid(sv, key.id, err), err);
}

int
api_resolve(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"field", "pick", "value", NULL};
	const char *name = json_string_value(json_object_get(c->in, "field"));
	json_t *value = json_object_get(c->in, "value");
	struct jc_remarks remarks = {0};
	const struct jc_field *f;
	struct jc_record_key key;
	struct jc_save *sv;
	struct jc_buf text;
	char today[11];
	int64_t pick;
	int rc, given;

	if ((rc = members_known(c, KNOWN, err)) < 0 || (rc = record_of(&key, c, err)) < 0 ||
	    (rc = number(&pick, c, "pick", &given, err)) < 0)
		return rc;
	f = name != NULL ? jc_catalogue_field(key.kind, name, strlen(name)) : NULL;
	if (f == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请写明是哪一项（field）", "Say which field (\"field\")"));
	if (given == (value != NULL) || (value != NULL && !json_is_string(value) && !json_is_null(value)))
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("请选一个（pick），或写一个新的（value）", "Give either \"pick\" or \"value\""));
	jc_buf_init(&text, 1 << 17);
	jc_out_today(today, c->env);
	if (json_is_string(value))
		rc = jc_value_parse(&text, f, json_string_value(value), json_string_length(value), today, &remarks, err);
	if (rc == 0 && (rc = jc_save_begin(&sv, c->node, key.scope, "resolve", err)) == 0)
		rc = after(c, key.id, sv,
		    jc_save_resolve(sv, key.id, f, pick, (struct jc_slice){text.data != NULL ? text.data : "", text.len}, err), err);
	jc_buf_free(&text);
	return rc;
}

int
api_undo(struct api_call *c, struct jc_err *err)
{
	struct jc_undone u;
	int rc = jc_undo(c->node, &u, err);

	if (rc < 0)
		return rc;
	c->out = json_pack("{s:s,s:I,s:I}", "what", u.what, "restored", (json_int_t)u.restored, "skipped", (json_int_t)u.skipped);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_sync(struct api_call *c, struct jc_err *err)
{
	int rc;

	if (!api_can_sync(c->api))
		return jc_err_set(err, JC_ESTATE, WHERE, JC_T("这台机器没有上级可报", "This node has no hub above it"));
	if ((rc = api_sync_now(c->api, err)) < 0)
		return rc;
	c->out = json_pack("{s:b}", "started", 1);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}
