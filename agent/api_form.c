/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a form needs besides saving: how the program reads what was typed so far, what was typed and not
 * saved (kept here and not in the browser, which nobody erases), and one change to many records.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "api_private.h"
#include "cmd.h"
#include "newid.h"

#define WHERE "api_form"
#define DRAFT_PREFIX "form."
#define DRAFT_MAX (64 * 1024)
#define DRAFTS_MAX 100
#define BATCH_MAX 1000

/* ---- how it is read ---- */

/* One field by itself, so that a slip in one does not hide the others: {value, shown, remarks, error}. */
static json_t *
field_read(struct api_typed *t, const struct jc_kind *kind, const struct jc_field *f, const json_t *v)
{
	struct jc_err err = {0};
	json_t *o = json_object();
	struct jc_buf b;

	json_array_clear(t->remarks);
	jc_typed_begin(&t->typed, kind);
	if (api_value_take(&t->typed, f, v, &err) < 0 || jc_typed_finish(&t->typed, NULL, &err) < 0) {
		json_object_set_new(o, "error", json_string(err.msg));
		return o;
	}
	if (!f->set && t->typed.nchanges == 1) {
		const struct jc_slice text = t->typed.change[0].text;

		jc_buf_init(&b, 1 << 20);
		jc_value_show(&b, f, text.p, text.n);
		json_object_set_new(o, "value", json_stringn(text.p, text.n));
		json_object_set_new(o, "shown", json_stringn(b.data != NULL ? b.data : "", b.len));
		jc_buf_free(&b);
	}
	json_object_set_new(o, "remarks", json_deep_copy(t->remarks));
	return o;
}

static int
fields_read(struct api_call *c, struct api_typed *t, const struct jc_kind *kind, struct jc_err *err)
{
	json_t *set = json_object_get(c->in, "set"), *fields = json_object(), *v;
	const char *name;

	json_object_foreach(set, name, v) {
		const struct jc_field *f = jc_catalogue_field(kind, name, strlen(name));

		if (f != NULL)
			json_object_set_new(fields, name, field_read(t, kind, f, v));
	}
	c->out = json_pack("{s:o}", "fields", fields);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
api_check(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"set", "id", NULL};
	const struct jc_kind *kind;
	struct jc_scope own;
	struct api_typed t;
	int rc;

	if ((rc = api_kind(&kind, c, err)) < 0 || (rc = api_members_known(c, KNOWN, err)) < 0 ||
	    (rc = jc_node_scope(c->node, &own, err)) < 0)
		return rc;
	if ((rc = api_typed_open(&t, c, &own, err)) == 0)
		rc = fields_read(c, &t, kind, err);
	api_typed_close(&t);
	return rc;
}

/* ---- forms under way ---- */

/* The name that a draft is kept under: new.KIND or edit.ID, as the page says it. */
static int
draft_key(char key[96], const struct api_call *c, struct jc_err *err)
{
	for (const char *s = c->arg; *s != '\0'; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || *s == '.' || *s == '_'))
			return jc_err_set(err, JC_EINVAL, WHERE, JC_T("表的名称只能用字母、数字、点和下划线", "A draft's name has letters, digits, dots and underscores only"));
	snprintf(key, 96, DRAFT_PREFIX "%s", c->arg);
	return 0;
}

int
api_draft_read(struct api_call *c, struct jc_err *err)
{
	json_t *kept = NULL, *form;
	char key[96], *text = NULL;
	int rc;

	if ((rc = draft_key(key, c, err)) < 0)
		return rc;
	rc = jc_meta_get(c->node->db, key, &text, err);
	if (rc < 0 && rc != JC_ENOTFOUND)
		return rc;
	if (text != NULL)
		kept = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	form = json_object_get(kept, "form");
	c->out = json_pack("{s:O}", "form", form != NULL ? form : json_null());
	json_decref(kept);
	jc_free(text);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
drafts_count(int64_t *n, struct jc_node *node, struct jc_err *err)
{
	return jc_db_int(node->db, n, "SELECT count(*) FROM meta WHERE key >= 'form.' AND key < 'form/'", err);
}

int
api_draft_write(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"form", NULL};
	json_t *form = json_object_get(c->in, "form"), *kept;
	char key[96], *text = NULL;
	int64_t n;
	int rc;

	if ((rc = draft_key(key, c, err)) < 0 || (rc = api_members_known(c, KNOWN, err)) < 0 ||
	    (rc = drafts_count(&n, c->node, err)) < 0)
		return rc;
	if (json_is_object(form) && n < DRAFTS_MAX) {
		kept = json_pack("{s:I,s:O}", "time", (json_int_t)(c->env->wall_ms(c->env->ctx) / 1000), "form", form);
		text = json_dumps(kept, JSON_COMPACT);
		json_decref(kept);
	}
	if (text != NULL && strlen(text) > DRAFT_MAX)
		rc = jc_err_code(err, JC_ELIMIT, WHERE);
	else
		rc = jc_meta_set(c->node->db, key, text, err);
	c->out = json_pack("{s:b}", "kept", text != NULL);
	free(text);
	return rc;
}

/* {key, kind, record, time} of one draft; nothing for one whose record is gone. */
static json_t *
draft_json(struct jc_node *node, const char *name, const char *text)
{
	json_t *kept = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *o = NULL;
	json_int_t time = json_integer_value(json_object_get(kept, "time"));
	struct jc_record_key key;

	if (strncmp(name, "new.", 4) == 0)
		o = json_pack("{s:s,s:s,s:n,s:I}", "key", name, "kind", name + 4, "record", "time", time);
	else if (strncmp(name, "edit.", 5) == 0 && jc_record_find(node, 0, name + 5, &key, NULL) == 0 && key.kind != NULL)
		o = json_pack("{s:s,s:s,s:s,s:I}", "key", name, "kind", key.kind->name, "record", key.id, "time", time);
	json_decref(kept);
	return o;
}

int
api_drafts(struct api_call *c, struct jc_err *err)
{
	json_t *list = json_array(), *one;
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, c->node->db,
	         "SELECT substr(key, 6), value FROM meta WHERE key >= 'form.' AND key < 'form/' ORDER BY key", err)) == 0)
		while ((rc = jc_stmt_step(st, err)) == 1)
			if ((one = draft_json(c->node, jc_col_text(st, 0, NULL), jc_col_text(st, 1, NULL))) != NULL)
				json_array_append_new(list, one);
	if (rc < 0) {
		json_decref(list);
		return rc;
	}
	c->out = json_pack("{s:o}", "drafts", list);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* ---- many records at once ---- */

struct batch {
	struct api_call *c;
	const struct jc_kind *kind;
	struct api_typed typed;
	struct jc_save *sv;
	int64_t seen, scope;
	int written; /* records */
};

static int
batch_find(struct jc_record_key *key, const struct batch *b, const json_t *id, struct jc_err *err)
{
	int rc;

	if (!json_is_string(id))
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("ids 应是编号的列表", "\"ids\" must be a list of ids"));
	if ((rc = jc_record_find(b->c->node, 0, json_string_value(id), key, err)) < 0)
		return rc;
	if (key->kind != b->kind || (b->scope != 0 && key->scope != b->scope))
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("一次只能改同一单位的同一种记录", "Records changed together must be of one kind and one branch"));
	return 0;
}

static int
batch_one(struct batch *b, const json_t *id, struct jc_err *err)
{
	struct jc_record now = {0};
	struct jc_record_key key;
	int rc, written = 0;

	if ((rc = batch_find(&key, b, id, err)) < 0 || (rc = jc_record_read(b->c->node, key.rec, &now, err)) < 0)
		return rc;
	if (now.key.is_void)
		rc = jc_err_set(err, JC_ESTATE, WHERE, JC_T("选中的记录里有一条已作废，先恢复再修改", "One of the records is void; bring it back first"));
	else if ((rc = api_set_take(&b->typed, b->c, b->kind, err)) == 0 && (rc = jc_typed_finish(&b->typed.typed, &now, err)) == 0)
		rc = jc_save_set(b->sv, b->kind, key.id, b->typed.typed.change, b->typed.typed.nchanges, b->seen, &written, err);
	b->written += written > 0;
	jc_record_free(&now);
	return rc;
}

static int
batch_save(struct batch *b, const json_t *ids, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_save_begin(&b->sv, b->c->node, b->scope, "set", err)) < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < json_array_size(ids); i++)
		rc = batch_one(b, json_array_get(ids, i), err);
	end = jc_save_end(b->sv, rc == 0 && b->written > 0, NULL, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
api_batch(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"ids", "set", "seen", NULL};
	const json_t *ids = json_object_get(c->in, "ids");
	struct batch b = {.c = c};
	struct jc_record_key first;
	struct jc_scope scope;
	int64_t seen;
	int rc;

	if ((rc = api_kind(&b.kind, c, err)) < 0 || (rc = api_members_known(c, KNOWN, err)) < 0 ||
	    (rc = api_seen_take(&b.seen, c, err)) < 0)
		return rc;
	if (json_array_size(ids) == 0 || json_array_size(ids) > BATCH_MAX)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("ids 应是 1 到 %d 个编号", "\"ids\" must be 1 to %d ids"), BATCH_MAX);
	if ((rc = batch_find(&first, &b, json_array_get(ids, 0), err)) < 0 ||
	    (rc = jc_scope_get(&scope, c->node->log, first.scope, err)) < 0)
		return rc;
	b.scope = first.scope;
	if ((rc = api_typed_open(&b.typed, c, &scope, err)) == 0 && (rc = batch_save(&b, ids, err)) == 0 &&
	    (rc = jc_node_seen(c->node, &seen, err)) == 0) {
		c->out = json_pack("{s:i,s:I,s:O}", "written", b.written, "seen", (json_int_t)seen, "remarks", b.typed.remarks);
		rc = c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
	}
	api_typed_close(&b.typed);
	return rc;
}

/* ---- many new records ---- */

/* One new record of the batch; its id goes to the list. */
static int
many_one(struct batch *b, json_t *ids, json_t *set, struct jc_err *err)
{
	jc_id id = "";
	int rc, written = 0;

	if (!json_is_object(set))
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("sets 应是一组 {项: 内容}", "\"sets\" must be a list of {field: typed}"));
	if ((rc = api_set_from(&b->typed, b->c, b->kind, set, err)) < 0 ||
	    (rc = jc_typed_finish(&b->typed.typed, NULL, err)) < 0 ||
	    (rc = jc_newid(id, b->sv, b->c->node, b->scope, &b->typed.typed, NULL, err)) < 0 ||
	    (rc = jc_save_set(b->sv, b->kind, id, b->typed.typed.change, b->typed.typed.nchanges, 0, &written, err)) < 0)
		return rc;
	b->written++;
	return json_array_append_new(ids, json_string(id)) == 0 ? 0 : JC_NOMEM(err, WHERE);
}

static int
many_save(struct batch *b, json_t *ids, json_t *sets, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_save_begin(&b->sv, b->c->node, b->scope, "add", err)) < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < json_array_size(sets); i++)
		rc = many_one(b, ids, json_array_get(sets, i), err);
	end = jc_save_end(b->sv, rc == 0, NULL, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
api_many(struct api_call *c, struct jc_err *err)
{
	static const char *const KNOWN[] = {"sets", NULL};
	struct jc_cmd_run run = {.node = c->node}; /* all that choosing the scope looks at */
	json_t *sets = json_object_get(c->in, "sets"), *ids;
	struct batch b = {.c = c};
	struct jc_scope scope;
	int rc;

	if ((rc = api_kind(&b.kind, c, err)) < 0 || (rc = api_members_known(c, KNOWN, err)) < 0)
		return rc;
	if (json_array_size(sets) == 0 || json_array_size(sets) > BATCH_MAX)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("sets 应有 1 到 %d 条", "\"sets\" must have 1 to %d records"), BATCH_MAX);
	if ((rc = jc_cmd_scope(&run, b.kind, &scope, err)) < 0)
		return rc;
	b.scope = scope.no;
	ids = json_array();
	if ((rc = api_typed_open(&b.typed, c, &scope, err)) == 0 && (rc = many_save(&b, ids, sets, err)) == 0)
		c->out = json_pack("{s:O,s:O}", "ids", ids, "remarks", b.typed.remarks);
	api_typed_close(&b.typed);
	json_decref(ids);
	return rc == 0 && c->out == NULL ? JC_NOMEM(err, WHERE) : rc;
}
