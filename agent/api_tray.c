/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The tray over the local API: what was returned, sending it again, letting it go. */
#include <stdlib.h>
#include <string.h>

#include "../sync/sync_tray.h"
#include "api_private.h"
#include "out.h"

#define WHERE "api_tray"

struct listing {
	json_t *items;
	struct jc_node *node;
};

static json_t *
text_json(const struct jc_buf *b)
{
	return b->failed ? NULL : json_stringn(b->data != NULL ? b->data : "", b->len);
}

/* What the record is called now. */
static json_t *
title_json(struct jc_node *node, const struct jc_record_key *key)
{
	struct jc_record r;
	struct jc_buf b;
	json_t *v;

	jc_buf_init(&b, 1 << 20);
	if (jc_record_read(node, key->rec, &r, NULL) == 0) {
		jc_out_record(&b, &r);
		jc_record_free(&r);
	}
	v = text_json(&b);
	jc_buf_free(&b);
	return v;
}

/* What was written, as stored and as people read it. */
static int
written_add(json_t *fields, json_t *shown, const struct jc_field *f, const char *text)
{
	size_t n = text != NULL ? strlen(text) : 0;
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, 1 << 20);
	jc_out_value(&b, f, text, n, 1);
	rc = json_object_set_new(fields, f->name, jc_out_json_value(f, text, n));
	rc |= json_object_set_new(shown, f->name, text_json(&b));
	jc_buf_free(&b);
	return rc;
}

static int
item_add(void *arg, const struct jc_tray_item *item)
{
	json_t *fields = json_object(), *shown = json_object();
	struct listing *l = arg;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < item->nfields; i++)
		rc = written_add(fields, shown, item->field[i].field, item->field[i].text);
	rc |= json_array_append_new(l->items, json_pack("{s:I,s:s,s:b,s:s,s:o,s:s,s:I,s:o,s:o}", "no", (json_int_t)item->no, "id",
	    item->key.id, "refused", item->refused, "kind", item->key.kind != NULL ? item->key.kind->name : "", "title", title_json(l->node, &item->key),
	    "reason", item->reason, "time", (json_int_t)item->time, "fields", fields, "shown", shown));
	return rc == 0 ? 0 : JC_ENOMEM;
}

int
api_tray(struct api_call *c, struct jc_err *err)
{
	struct listing l = {json_array(), c->node};
	int rc = l.items != NULL ? jc_tray_each(c->node, item_add, &l, err) : JC_ENOMEM;

	if (rc < 0) {
		json_decref(l.items);
		return rc == JC_ENOMEM ? JC_NOMEM(err, WHERE) : rc;
	}
	c->out = json_pack("{s:o}", "items", l.items);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
number(const struct api_call *c, int64_t *no, struct jc_err *err)
{
	char *end;

	*no = strtoll(c->arg, &end, 10);
	return *no > 0 && *end == '\0' ? 0 : jc_err_code(err, JC_ENOTFOUND, WHERE);
}

static int
resend(struct api_call *c, int64_t no, const struct jc_tray_item *item, struct jc_err *err)
{
	struct jc_record now = {0};
	struct api_typed t;
	struct jc_scope scope;
	int rc;

	if (json_object_get(c->in, "set") == NULL)
		return jc_tray_resend(c->node, no, NULL, 0, err);
	if ((rc = jc_scope_get(&scope, c->node->log, item->key.scope, err)) < 0)
		return rc;
	if ((rc = api_typed_open(&t, c, &scope, err)) == 0 && (rc = api_set_take(&t, c, item->key.kind, err)) == 0 &&
	    (rc = jc_record_read(c->node, item->key.rec, &now, err)) == 0 && (rc = jc_typed_finish(&t.typed, &now, err)) == 0)
		rc = jc_tray_resend(c->node, no, t.typed.change, t.typed.nchanges, err);
	jc_record_free(&now);
	api_typed_close(&t);
	return rc;
}

static int
closed(struct api_call *c, struct jc_err *err)
{
	int64_t left;
	int rc = jc_tray_count(c->node, &left, err);

	if (rc < 0)
		return rc;
	c->out = json_pack("{s:I}", "left", (json_int_t)left);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
item_do(struct api_call *c, int send, struct jc_err *err)
{
	static const char *const names[] = {"set", NULL};
	struct jc_tray_item *item = calloc(1, sizeof(*item));
	int64_t no;
	int rc;

	if (item == NULL)
		return JC_NOMEM(err, WHERE);
	if ((rc = api_members_known(c, send ? names : names + 1, err)) == 0 && (rc = number(c, &no, err)) == 0 &&
	    (rc = jc_tray_get(item, c->node, no, err)) == 0) {
		rc = send ? resend(c, no, item, err) : jc_tray_close(c->node, no, "withdrawn", err);
		jc_tray_free(item);
	}
	free(item);
	return rc < 0 ? rc : closed(c, err);
}

int
api_tray_resend(struct api_call *c, struct jc_err *err)
{
	return item_do(c, 1, err);
}

int
api_tray_withdraw(struct api_call *c, struct jc_err *err)
{
	return item_do(c, 0, err);
}

/* A hub returns, or accepts after all. */
int
api_return(struct api_call *c, struct jc_err *err)
{
	static const char *const names[] = {"field", "reason", "accept", NULL};
	const char *name = json_string_value(json_object_get(c->in, "field")), *reason = json_string_value(json_object_get(c->in, "reason"));
	int accept = json_is_true(json_object_get(c->in, "accept")), n = 0, rc;
	const struct jc_field *field = NULL;
	struct jc_record_key key;

	if ((rc = api_members_known(c, names, err)) < 0 || (rc = jc_record_find(c->node, 0, c->arg, &key, err)) < 0)
		return rc;
	if (name != NULL && (key.kind == NULL || (field = jc_catalogue_field(key.kind, name, strlen(name))) == NULL)) {
		api_blame(c, "field");
		return jc_err_code(err, JC_EINVAL, WHERE);
	}
	if (!accept && (reason == NULL || reason[0] == '\0'))
		api_blame(c, "reason");
	rc = accept ? jc_tray_accept(c->node, &key, field, &n, err)
	            : jc_tray_return(c->node, &key, field, reason != NULL ? reason : "", &n, err);
	if (rc < 0)
		return rc;
	c->out = json_pack("{s:s,s:i}", "id", key.id, "fields", n);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}
