/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Calls that write. Values are typed texts, as a person writes them; each call is one save and one undo.
 * A form gives back the `seen` that came with what it showed: what others wrote since stays beside the
 * new value. Nothing is saved unless everything in the request is understood.
 */
#include <string.h>

#include "api_private.h"
#include "cmd.h"
#include "newid.h"
#include "out.h"

#define WHERE "api_write"
#define KEY_MAX 200
#define REASON_MAX 1000

/* ---- typed texts ---- */

static void
remark(void *arg, const struct jc_field *f, const struct jc_remark *r)
{
	struct api_typed *t = arg;

	json_array_append_new(t->remarks, json_pack("{s:s,s:s,s:s}", "field", f->name, "code", r->code, "text", r->text));
}

int
api_typed_open(struct api_typed *t, const struct api_call *c, const struct jc_scope *scope, struct jc_err *err)
{
	char today[11];

	memset(t, 0, sizeof(*t));
	t->scope = *scope;
	t->remarks = json_array();
	jc_out_today(today, c->env);
	jc_typed_init(&t->typed, NULL, JC_TYPED_STRICT, today);
	t->typed.remark = remark;
	t->typed.arg = t;
	if (jc_match_open(&t->match, c->node, scope, today, err) < 0 || t->remarks == NULL)
		return JC_NOMEM(err, WHERE);
	t->typed.match = t->match;
	return 0;
}

void
api_typed_close(struct api_typed *t)
{
	jc_typed_free(&t->typed);
	jc_match_close(t->match);
	json_decref(t->remarks);
	memset(t, 0, sizeof(*t));
}

/* What a request has wrong in a field is the caller's to mend, also a name that nobody has. */
static int
blamed(struct api_call *c, const char *field, int rc, struct jc_err *err)
{
	if (rc < 0 && rc != JC_ENOMEM)
		api_blame(c, field);
	if (rc != JC_ENOTFOUND && rc != JC_EUSAGE)
		return rc;
	err->code = JC_EINVAL;
	return JC_EINVAL;
}

int
api_typed_put(struct api_typed *t, struct api_call *c, const struct jc_field *f, enum jc_typed_how how,
    struct jc_slice text, struct jc_err *err)
{
	int rc;

	if (jc_utf8_ok(text.p, text.n))
		rc = jc_typed_put(&t->typed, f, how, text.p, text.n, err);
	else
		rc = jc_err_set(err, JC_EINVAL, WHERE, JC_T("“%s”的内容不是 UTF-8 文字", "\"%s\" is not UTF-8 text"), jc_field_label(f));
	return blamed(c, f->name, rc, err);
}

/* ---- "set" ---- */

static int
not_a_value(const struct jc_field *f, struct jc_err *err)
{
	if (f->set)
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("“%s”的内容应是文字、文字的列表、{\"add\",\"remove\"} 或 null",
		        "\"%s\" takes a text, a list of texts, {\"add\",\"remove\"} or null"), jc_field_label(f));
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("“%s”的内容应是文字或 null", "\"%s\" takes a text or null"), jc_field_label(f));
}

/* Elements are given one by one: separators inside them are theirs. */
static int
elements(struct jc_typed *t, const struct jc_field *f, enum jc_typed_how how, const json_t *list, struct jc_err *err)
{
	int rc = json_is_array(list) ? 0 : not_a_value(f, err);

	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++) {
		const json_t *e = json_array_get(list, i);

		if (!json_is_string(e))
			return not_a_value(f, err);
		if (how == JC_TYPED_SET)
			rc = jc_typed_element(t, f, json_string_value(e), json_string_length(e), err);
		else
			rc = jc_typed_put(t, f, how, json_string_value(e), json_string_length(e), err);
	}
	return rc;
}

static int
differences(struct jc_typed *t, const struct jc_field *f, const json_t *o, struct jc_err *err)
{
	const json_t *add = json_object_get(o, "add"), *del = json_object_get(o, "remove");
	int rc = 0;

	if (json_object_size(o) == 0 || json_object_size(o) != (size_t)(add != NULL) + (size_t)(del != NULL))
		return not_a_value(f, err);
	if (add != NULL)
		rc = elements(t, f, JC_TYPED_ADD, add, err);
	if (rc == 0 && del != NULL)
		rc = elements(t, f, JC_TYPED_DEL, del, err);
	return rc;
}

int
api_value_take(struct jc_typed *t, const struct jc_field *f, const json_t *v, struct jc_err *err)
{
	int rc;

	if (json_is_string(v))
		return jc_typed_put(t, f, JC_TYPED_SET, json_string_value(v), json_string_length(v), err);
	if (json_is_null(v))
		return jc_typed_put(t, f, JC_TYPED_SET, "", 0, err);
	if (f->set && json_is_array(v))
		return (rc = jc_typed_whole(t, f, err)) < 0 ? rc : elements(t, f, JC_TYPED_SET, v, err);
	if (f->set && json_is_object(v))
		return differences(t, f, v, err);
	return not_a_value(f, err);
}

int
api_set_take(struct api_typed *t, struct api_call *c, const struct jc_kind *kind, struct jc_err *err)
{
	return api_set_from(t, c, kind, json_object_get(c->in, "set"), err);
}

int
api_set_from(struct api_typed *t, struct api_call *c, const struct jc_kind *kind, json_t *set, struct jc_err *err)
{
	const char *name;
	json_t *v;
	int rc;

	if (!json_is_object(set))
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请求里缺少 set", "The request has no \"set\""));
	jc_typed_begin(&t->typed, kind);
	json_object_foreach(set, name, v) {
		const struct jc_field *f = jc_catalogue_field(kind, name, strlen(name));

		if (f == NULL) {
			api_blame(c, name);
			return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s没有“%.60s”这一项", "%s has no field \"%.60s\""),
			    jc_kind_label(kind), name);
		}
		if ((rc = blamed(c, f->name, api_value_take(&t->typed, f, v, err), err)) < 0)
			return rc;
	}
	return 0;
}

/* ---- members of a body ---- */

/* A body with a member that means nothing is refused: it is a slip, and half of it would be saved. */
int
api_members_known(const struct api_call *c, const char *const *names, struct jc_err *err)
{
	const char *name;
	json_t *v;

	json_object_foreach(c->in, name, v) {
		size_t i = 0;

		while (names[i] != NULL && strcmp(names[i], name) != 0)
			i++;
		if (names[i] == NULL)
			return jc_err_set(err, JC_EINVAL, WHERE,
			    JC_T("请求里的“%.60s”没有用处，见 /api/v1", "\"%.60s\" means nothing here; see /api/v1"), name);
	}
	return 0;
}

/* A whole number from 0 up; *given 0 when it is not there. */
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

/* A text, NULL when it is not there. */
static int
text(const char **out, const struct api_call *c, const char *name, size_t most, struct jc_err *err)
{
	json_t *v = json_object_get(c->in, name);

	*out = json_string_value(v);
	if (v == NULL || json_is_null(v))
		return 0;
	if (*out == NULL || json_string_length(v) == 0 || json_string_length(v) > most)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s 应是文字，最多 %zu 字节", "\"%s\" must be a text of at most %zu bytes"),
		    name, most);
	return 0;
}

/* What was on the author's screen; 0: what is there now. A position that was never reached is of another
 * database (a restored one): nobody can say what was seen. */
int
api_seen_take(int64_t *seen, const struct api_call *c, struct jc_err *err)
{
	int64_t now;
	int rc, given;

	if ((rc = number(seen, c, "seen", &given, err)) < 0 || (rc = jc_node_seen(c->node, &now, err)) < 0)
		return rc;
	return *seen <= now ? 0 : jc_err_code(err, JC_ESTALE, WHERE);
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

/* ---- saving ---- */

static int
save_end(struct jc_save *sv, int rc, int keep, struct jc_err *err)
{
	int end = jc_save_end(sv, rc == 0 && keep, NULL, rc == 0 ? err : NULL);

	return rc < 0 ? rc : end;
}

/* The answer to a save: how the record stands now. written < 0 and remarks NULL: not told. */
static int
saved(struct api_call *c, const jc_id id, int written, json_t *remarks, struct jc_err *err)
{
	struct jc_record_key key;
	int64_t seen;
	int rc;

	if ((rc = jc_record_find(c->node, 0, id, &key, err)) < 0 || (rc = jc_node_seen(c->node, &seen, err)) < 0)
		return rc;
	c->out = json_pack("{s:s,s:I,s:i}", "id", id, "seen", (json_int_t)seen, "conflicts", key.conflicts);
	if (c->out == NULL || (written >= 0 && json_object_set_new(c->out, "written", json_integer(written)) != 0) ||
	    (remarks != NULL && json_object_set(c->out, "remarks", remarks) != 0))
		return JC_NOMEM(err, WHERE);
	return 0;
}

/* The new record; in the save's transaction, so that nobody adds the same person in between. */
static int
add_save(struct api_typed *t, struct api_call *c, const struct jc_kind *kind, const char *key, jc_id id, int *written,
    struct jc_err *err)
{
	struct jc_save *sv;
	int rc;

	if ((rc = jc_typed_finish(&t->typed, NULL, err)) < 0 ||
	    (rc = jc_save_begin(&sv, c->node, t->scope.no, "add", err)) < 0)
		return rc;
	rc = jc_newid(id, sv, c->node, t->scope.no, &t->typed, key, err);
	if (rc == JC_EEXISTS && c->detail == NULL)
		c->detail = json_pack("{s:s}", "id", id);
	if (rc == 0)
		rc = jc_save_set(sv, kind, id, t->typed.change, t->typed.nchanges, 0, written, err);
	return save_end(sv, rc, 1, err);
}

int
api_add(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"set", "key", NULL};
	struct jc_cmd_run run = {.node = c->node}; /* all that choosing the scope looks at */
	const struct jc_kind *kind;
	struct jc_scope scope;
	struct api_typed t;
	const char *key;
	int rc, written = 0;
	jc_id id = "";

	if ((rc = api_kind(&kind, c, err)) < 0 || (rc = api_members_known(c, KNOWN, err)) < 0 ||
	    (rc = text(&key, c, "key", KEY_MAX, err)) < 0 || (rc = jc_cmd_scope(&run, kind, &scope, err)) < 0)
		return rc;
	if ((rc = api_typed_open(&t, c, &scope, err)) == 0 && (rc = api_set_take(&t, c, kind, err)) == 0 &&
	    (rc = add_save(&t, c, kind, key, id, &written, err)) == 0)
		rc = saved(c, id, written, t.remarks, err);
	api_typed_close(&t);
	return rc;
}

/* A set given whole is compared with the record as it is inside the save's transaction. */
static int
set_save(struct api_typed *t, struct api_call *c, struct jc_record_key *key, int64_t seen, int *written, struct jc_err *err)
{
	struct jc_record now = {0};
	struct jc_save *sv;
	int rc;

	if ((rc = jc_save_begin(&sv, c->node, t->scope.no, "set", err)) < 0)
		return rc;
	if ((rc = jc_record_read(c->node, key->rec, &now, err)) == 0 && now.key.is_void && seen == 0)
		rc = jc_err_set(err, JC_ESTATE, WHERE,
		    JC_T("这条记录已作废，先恢复再修改", "This record is void; bring it back first"));
	if (rc == 0 && (rc = jc_typed_finish(&t->typed, &now, err)) == 0)
		rc = jc_save_set(sv, key->kind, key->id, t->typed.change, t->typed.nchanges, seen, written, err);
	rc = save_end(sv, rc, *written > 0, err);
	jc_record_free(&now);
	return rc;
}

int
api_set(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"set", "seen", NULL};
	struct jc_record_key key;
	struct jc_scope scope;
	struct api_typed t;
	int64_t seen;
	int rc, written = 0;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 || (rc = record_of(&key, c, err)) < 0 ||
	    (rc = api_seen_take(&seen, c, err)) < 0 || (rc = jc_scope_get(&scope, c->node->log, key.scope, err)) < 0)
		return rc;
	if ((rc = api_typed_open(&t, c, &scope, err)) == 0 && (rc = api_set_take(&t, c, key.kind, err)) == 0 &&
	    (rc = set_save(&t, c, &key, seen, &written, err)) == 0)
		rc = saved(c, key.id, written, t.remarks, err);
	api_typed_close(&t);
	return rc;
}

/* ---- voiding ---- */

static int
reason_take(struct jc_buf *out, struct api_call *c, struct jc_err *err)
{
	const char *reason;
	int rc;

	if ((rc = text(&reason, c, "reason", REASON_MAX, err)) < 0)
		return rc;
	if (reason != NULL && ((rc = jc_text_normalise(out, reason, strlen(reason), 0, err)) < 0 ||
	    (rc = jc_buf_check(out, WHERE, err)) < 0))
		return rc;
	if (out->len != 0)
		return 0;
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请写明作废的原因（reason）", "Say why it is voided (\"reason\")"));
}

int
api_void(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"reason", "seen", NULL};
	struct jc_record_key key;
	struct jc_save *sv;
	struct jc_buf reason;
	int64_t seen;
	int rc;

	jc_buf_init(&reason, 1 << 16);
	if ((rc = api_members_known(c, KNOWN, err)) == 0 && (rc = record_of(&key, c, err)) == 0 &&
	    (rc = api_seen_take(&seen, c, err)) == 0 && (rc = reason_take(&reason, c, err)) == 0 &&
	    (rc = jc_save_begin(&sv, c->node, key.scope, "void", err)) == 0)
		rc = save_end(sv, jc_save_void(sv, key.id, reason.data, seen, err), 1, err);
	jc_buf_free(&reason);
	return rc < 0 ? rc : saved(c, key.id, -1, NULL, err);
}

int
api_unvoid(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {NULL};
	struct jc_record_key key;
	struct jc_save *sv;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 || (rc = record_of(&key, c, err)) < 0 ||
	    (rc = jc_save_begin(&sv, c->node, key.scope, "unvoid", err)) < 0)
		return rc;
	rc = save_end(sv, jc_save_unvoid(sv, key.id, err), 1, err);
	return rc < 0 ? rc : saved(c, key.id, -1, NULL, err);
}

/* ---- settling ---- */

struct settle {
	struct jc_record_key key;
	const struct jc_field *field;
	int64_t pick, seen;
	const json_t *value; /* NULL: pick */
};

static int
settle_take(struct settle *s, struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"field", "pick", "value", "seen", NULL};
	const char *name = json_string_value(json_object_get(c->in, "field"));
	int rc, given, known;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 || (rc = record_of(&s->key, c, err)) < 0 ||
	    (rc = number(&s->seen, c, "seen", &known, err)) < 0 || (rc = number(&s->pick, c, "pick", &given, err)) < 0)
		return rc;
	s->value = json_object_get(c->in, "value");
	s->field = name != NULL ? jc_catalogue_field(s->key.kind, name, strlen(name)) : NULL;
	if (s->field == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("请写明是哪一项（field）", "Say which field (\"field\")"));
	if (given == (s->value != NULL) || (given && s->pick == 0) ||
	    (s->value != NULL && !json_is_string(s->value) && !json_is_null(s->value)))
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("请选一个（pick），或写一个新的（value）", "Give either \"pick\" or \"value\""));
	return 0;
}

/* The text that settles, in t; a set has nothing to settle, which the save says. */
static int
settle_text(struct jc_slice *out, struct api_typed *t, struct api_call *c, const struct settle *s, struct jc_err *err)
{
	int rc;

	*out = (struct jc_slice){"", 0};
	if (s->value == NULL || s->field->set)
		return 0;
	jc_typed_begin(&t->typed, s->key.kind);
	if ((rc = blamed(c, s->field->name, api_value_take(&t->typed, s->field, s->value, err), err)) < 0 ||
	    (rc = jc_typed_finish(&t->typed, NULL, err)) < 0)
		return rc;
	*out = t->typed.change[0].text;
	return 0;
}

int
api_resolve(struct api_call *c, struct jc_err *err)
{
	struct jc_slice text;
	struct jc_scope scope;
	struct jc_save *sv;
	struct api_typed t;
	struct settle s;
	int rc;

	if ((rc = settle_take(&s, c, err)) < 0 || (rc = jc_scope_get(&scope, c->node->log, s.key.scope, err)) < 0)
		return rc;
	if ((rc = api_typed_open(&t, c, &scope, err)) == 0 && (rc = settle_text(&text, &t, c, &s, err)) == 0 &&
	    (rc = jc_save_begin(&sv, c->node, s.key.scope, "resolve", err)) == 0 &&
	    (rc = save_end(sv, jc_save_resolve(sv, s.key.id, s.field, s.pick, text, s.seen, err), 1, err)) == 0)
		rc = saved(c, s.key.id, -1, t.remarks, err);
	api_typed_close(&t);
	return rc;
}

/* ---- undo, sync ---- */

int
api_undo(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {NULL};
	struct jc_undone u;
	int rc;

	if ((rc = api_members_known(c, KNOWN, err)) < 0 || (rc = jc_undo(c->node, &u, err)) < 0)
		return rc;
	c->out = json_pack("{s:s,s:I,s:I}", "what", u.what, "restored", (json_int_t)u.restored, "skipped", (json_int_t)u.skipped);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_sync(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"first", NULL};
	const json_t *first = json_object_get(c->in, "first");
	struct jc_record_key key;
	int rc, waits = 0;

	if ((rc = api_members_known(c, KNOWN, err)) < 0)
		return rc;
	if (first != NULL && !json_is_string(first)) {
		api_blame(c, "first");
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("first 应是记录编号", "first must be a record id"));
	}
	if (!api_can_sync(c->api))
		return jc_err_set(err, JC_ESTATE, WHERE, JC_T("这台机器没有上级可报", "This node has no hub above it"));
	if (first != NULL && ((rc = jc_record_find(c->node, 0, json_string_value(first), &key, err)) < 0 ||
	        (rc = jc_session_first(c->node, key.scope, key.id, &waits, err)) < 0))
		return rc;
	if ((rc = api_sync_now(c->api, err)) < 0)
		return rc;
	c->out = json_pack("{s:b,s:b}", "started", 1, "first", waits);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}
