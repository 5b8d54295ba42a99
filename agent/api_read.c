/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Calls that only read: status, catalogue, lists, one record, its history, conflicts. */
#include <stdlib.h>
#include <string.h>

#include "../sync/sync_session.h"
#include "api_private.h"
#include "out.h"

#define WHERE "api_read"
#define LIST_MOST 1000
#define FILTERS_MAX 16

int
api_describe(struct api_call *c, struct jc_err *err)
{
	c->out = json_loads(jc_api_json(), 0, NULL);
	return c->out != NULL ? 0 : jc_err_code(err, JC_EINTERNAL, WHERE);
}

/* ---- status ---- */

struct counts {
	json_t *out;
	struct jc_node *node;
	struct jc_err *err;
	int64_t conflicts;
};

static int
conflict_count(void *arg, const struct jc_record_key *key)
{
	(void)key;
	((struct counts *)arg)->conflicts++;
	return 0;
}

static json_t *
peer_json(struct jc_node *node, int *rc, struct jc_err *err)
{
	struct jc_peer p;

	if ((*rc = jc_peer_get(&p, node, err)) == JC_ENOTFOUND)
		*rc = 0;
	else if (*rc == 0)
		return json_pack("{s:s,s:I,s:I,s:s}", "url", p.url, "last_ok", (json_int_t)p.last_ok, "last_try",
		    (json_int_t)p.last_try, "last_error", p.last_err);
	return json_null();
}

int
api_status(struct api_call *c, struct jc_err *err)
{
	struct counts n = {.node = c->node, .err = err};
	struct jc_scope own;
	int64_t drafts, seen;
	json_t *peer;
	int rc;

	if ((rc = jc_node_scope(c->node, &own, err)) < 0 || (rc = jc_log_drafts(c->node->log, 0, &drafts, err)) < 0 ||
	    (rc = jc_node_seen(c->node, &seen, err)) < 0 ||
	    (rc = jc_conflicts_each(c->node, 0, conflict_count, &n, err)) < 0)
		return rc;
	peer = peer_json(c->node, &rc, err);
	c->out = json_pack("{s:s,s:s,s:b,s:I,s:I,s:I,s:o,s:b}", "role", own.role, "name", own.name, "joined", own.joined,
	    "drafts", (json_int_t)drafts, "conflicts", (json_int_t)n.conflicts, "seen", (json_int_t)seen, "hub", peer,
	    "can_sync", api_can_sync(c->api));
	return rc < 0 ? rc : c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* ---- catalogue ---- */

static const char *
type_word(enum jc_type t)
{
	static const char *const WORDS[] = {"text", "long", "int", "money", "decimal", "date", "pdate", "datetime", "bool3",
	    "enum", "ref", "region", "uscc", "idno", "phone"};

	return (size_t)t < sizeof(WORDS) / sizeof(WORDS[0]) ? WORDS[t] : "text";
}

static json_t *
choices_json(const struct jc_field *f)
{
	json_t *a = json_array();

	for (const struct jc_choice *ch = f->choices; ch != NULL && ch->code != NULL; ch++)
		json_array_append_new(a, json_pack("{s:s,s:s,s:s}", "code", ch->code, "zh", ch->zh, "en",
		    ch->en != NULL ? ch->en : ch->code));
	return a;
}

static json_t *
field_json(const struct jc_field *f)
{
	static const char *const NEED[] = {"optional", "conditional", "required", "must"};
	static const char *const PI[] = {"N", "P", "P+", "S"};
	json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:b,s:i,s:i,s:s,s:s,s:b}", "name", f->name, "zh", f->zh, "en",
	    f->en != NULL ? f->en : f->name, "type", type_word(f->type), "set", f->set, "max", (int)f->max, "scale",
	    (int)f->scale, "need", NEED[f->need], "class", PI[f->pi], "derived", f->derived);

	if (f->choices != NULL)
		json_object_set_new(o, "choices", choices_json(f));
	if (f->ref != NULL)
		json_object_set_new(o, "ref", json_string(f->ref));
	if (f->low < f->high)
		json_object_set_new(o, "range", json_pack("[I,I]", (json_int_t)f->low, (json_int_t)f->high));
	if (f->help_zh != NULL)
		json_object_set_new(o, "help_zh", json_string(f->help_zh));
	if (f->help_en != NULL)
		json_object_set_new(o, "help_en", json_string(f->help_en));
	return o;
}

int
api_catalogue(struct api_call *c, struct jc_err *err)
{
	const struct jc_kind *const *k = jc_catalogue_kinds();
	json_t *kinds = json_array();

	for (; *k != NULL; k++) {
		json_t *fields = json_array();

		for (const struct jc_field *f = (*k)->fields; f->id != 0; f++)
			json_array_append_new(fields, field_json(f));
		json_array_append_new(kinds, json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "name", (*k)->name, "zh", (*k)->zh, "en",
		    (*k)->en, "title", (*k)->title, "ceiling", jc_tier_word((*k)->ceiling), "fields", fields));
	}
	c->out = json_pack("{s:i,s:o}", "schema", JC_SCHEMA_VERSION, "kinds", kinds);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* ---- lists ---- */

struct listing {
	json_t *records;
	const struct jc_kind *kind;
	int64_t last;
};

/* Personal numbers are masked in lists: who needs one opens the record. */
static json_t *
listed(const struct jc_field *f, struct jc_slice s)
{
	struct jc_buf b;
	json_t *v;

	if ((f->type != JC_IDNO && f->type != JC_PHONE) || f->set)
		return jc_out_json_value(f, s.p, s.n);
	jc_buf_init(&b, 4096);
	jc_value_show_masked(&b, f, s.p, s.n);
	v = json_stringn(b.data != NULL ? b.data : "", b.len);
	jc_buf_free(&b);
	return v;
}

static int
row_add(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct listing *l = arg;
	json_t *fields = json_object();

	for (size_t i = 0; i < n; i++)
		if (text[i].p != NULL)
			json_object_set_new(fields, l->kind->fields[i].name, listed(&l->kind->fields[i], text[i]));
	json_array_append_new(l->records,
	    json_pack("{s:s,s:i,s:o}", "id", key->id, "conflicts", key->conflicts, "fields", fields));
	l->last = key->rec;
	return 0;
}

struct filters {
	const struct jc_kind *kind;
	struct jc_filter v[FILTERS_MAX];
	size_t n;
	const char *unknown;
};

static enum MHD_Result
filter_take(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	static const char *const OURS[] = {"after", "limit", "void"};
	struct filters *f = arg;
	const struct jc_field *field;

	(void)kind;
	for (size_t i = 0; i < 3; i++)
		if (strcmp(name, OURS[i]) == 0)
			return MHD_YES;
	if ((field = jc_catalogue_field(f->kind, name, strlen(name))) == NULL || f->n == FILTERS_MAX) {
		f->unknown = name;
		return MHD_NO;
	}
	f->v[f->n++] = (struct jc_filter){field, {value != NULL ? value : "", value != NULL ? strlen(value) : 0}};
	return MHD_YES;
}

static int64_t
number(const char *s, int64_t absent)
{
	char *end;
	int64_t v = s != NULL ? strtoll(s, &end, 10) : absent;

	return s != NULL && (*s == '\0' || *end != '\0' || v < 0) ? absent : v;
}

static int
kind_of(const struct jc_kind **kind, const struct api_call *c, struct jc_err *err)
{
	*kind = jc_catalogue_kind(c->arg, strlen(c->arg));
	return *kind != NULL ? 0
	                     : jc_err_set(err, JC_ENOTFOUND, WHERE, JC_T("没有“%s”这种记录", "There is no kind \"%s\""), c->arg);
}

int
api_list(struct api_call *c, struct jc_err *err)
{
	struct listing l = {.records = json_array()};
	struct filters f = {0};
	struct jc_query q = {0};
	int64_t total = 0;
	int rc;

	if ((rc = kind_of(&q.kind, c, err)) == 0) {
		l.kind = f.kind = q.kind;
		MHD_get_connection_values(c->conn, MHD_GET_ARGUMENT_KIND, filter_take, &f);
		if (f.unknown != NULL)
			rc = jc_err_set(err, JC_EINVAL, WHERE, JC_T("没有“%.60s”这一项", "There is no field \"%.60s\""), f.unknown);
	}
	q.filter = f.v;
	q.nfilters = f.n;
	q.voided = api_query(c, "void") != NULL && strcmp(api_query(c, "void"), "1") == 0;
	if (rc == 0 && (rc = jc_records_count(c->node, &q, &total, err)) == 0) {
		q.after = number(api_query(c, "after"), 0);
		q.limit = number(api_query(c, "limit"), 100);
		if (q.limit == 0 || q.limit > LIST_MOST)
			q.limit = LIST_MOST;
		rc = jc_records_each(c->node, &q, row_add, &l, err);
	}
	if (rc < 0) {
		json_decref(l.records);
		return rc;
	}
	c->out = json_pack("{s:I,s:o,s:o}", "total", (json_int_t)total, "next",
	    (int64_t)json_array_size(l.records) == q.limit ? json_integer(l.last) : json_null(), "records", l.records);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* ---- one record ---- */

static json_t *
shown_json(const struct jc_shown *s)
{
	size_t n = s->text != NULL ? strlen(s->text) : 0;
	struct jc_buf b;
	json_t *o;

	jc_buf_init(&b, 1 << 20);
	jc_out_value(&b, s->field, s->text, n, 1);
	o = json_pack("{s:o,s:o}", "value", jc_out_json_value(s->field, s->text, n), "shown",
	    json_stringn(b.data != NULL ? b.data : "", b.len));
	if (s->nsiblings > 0)
		json_object_set_new(o, "siblings", jc_out_json_siblings(s));
	jc_buf_free(&b);
	return o;
}

static json_t *
record_json(const struct jc_record *r, int level)
{
	json_t *fields = json_object();

	for (size_t i = 0; i < r->nfields; i++)
		json_object_set_new(fields, r->field[i].field->name, shown_json(&r->field[i]));
	return json_pack("{s:s,s:s,s:b,s:i,s:I,s:i,s:o,s:i}", "id", r->key.id, "kind",
	    r->key.kind != NULL ? r->key.kind->name : "", "void", r->key.is_void, "conflicts", r->key.conflicts, "seen",
	    (json_int_t)r->seen, "level", level, "fields", fields, "unknown", r->unknown);
}

int
api_read(struct api_call *c, struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_record r;
	int level, rc;

	if ((rc = jc_record_find(c->node, 0, c->arg, &key, err)) < 0 ||
	    (rc = jc_record_level(c->node, key.rec, &level, err)) < 0 || (rc = jc_record_read(c->node, key.rec, &r, err)) < 0)
		return rc;
	c->out = record_json(&r, level);
	jc_record_free(&r);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static json_t *
value_json(const struct jc_opfield *f)
{
	json_t *o;

	if (f->kind == JC_VAL_TEXT)
		return json_stringn(f->text.p, f->text.n);
	if (f->kind == JC_VAL_NULL)
		return json_null();
	o = json_object();
	if (f->kind == JC_VAL_RAW)
		json_object_set_new(o, "typed", json_stringn(f->text.p, f->text.n));
	for (int del = 0; f->kind == JC_VAL_SET && del < 2; del++) {
		json_t *a = json_array();

		for (size_t i = 0; i < (del ? f->ndel : f->nadd); i++)
			json_array_append_new(a, json_stringn((del ? f->del : f->add)[i].p, (del ? f->del : f->add)[i].n));
		json_object_set_new(o, del ? "remove" : "add", a);
	}
	return o;
}

static int
history_add(void *arg, const struct jc_history *h)
{
	json_t *fields = json_object();

	for (size_t i = 0; i < h->o->nfields; i++) {
		char name[64];
		size_t n = h->o->fields[i].name.n < sizeof(name) ? h->o->fields[i].name.n : sizeof(name) - 1;

		memcpy(name, h->o->fields[i].name.p, n);
		name[n] = '\0';
		json_object_set_new(fields, name, value_json(&h->o->fields[i]));
	}
	return json_array_append_new(arg, json_pack("{s:I,s:s,s:I,s:s,s:s,s:b,s:o}", "op", (json_int_t)h->op, "verb",
	                                      jc_verb_word(h->o->verb), "time", (json_int_t)h->time, "device", h->device,
	                                      "label", h->label, "draft", h->commit_no == 0, "fields", fields)) == 0
	    ? 0
	    : JC_ENOMEM;
}

int
api_history(struct api_call *c, struct jc_err *err)
{
	struct jc_record_key key;
	json_t *a = json_array();
	int rc;

	if ((rc = jc_record_find(c->node, 0, c->arg, &key, err)) < 0 ||
	    (rc = jc_history_each(c->node, key.rec, history_add, a, err)) < 0) {
		json_decref(a);
		return rc;
	}
	c->out = json_pack("{s:s,s:o}", "id", key.id, "operations", a);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* ---- conflicts ---- */

static int
conflict_add(void *arg, const struct jc_record_key *key)
{
	struct counts *n = arg;
	struct jc_record r;
	json_t *fields;
	int rc;

	if ((rc = jc_record_read(n->node, key->rec, &r, n->err)) < 0)
		return rc;
	fields = json_object();
	for (size_t i = 0; i < r.nfields; i++)
		if (r.field[i].nsiblings > 1)
			json_object_set_new(fields, r.field[i].field->name, jc_out_json_siblings(&r.field[i]));
	json_array_append_new(n->out, json_pack("{s:s,s:s,s:I,s:o}", "id", key->id, "kind",
	                                  key->kind != NULL ? key->kind->name : "", "seen", (json_int_t)r.seen, "fields", fields));
	jc_record_free(&r);
	return 0;
}

int
api_conflicts(struct api_call *c, struct jc_err *err)
{
	struct counts n = {.out = json_array(), .node = c->node, .err = err};
	int rc = jc_conflicts_each(c->node, 0, conflict_add, &n, err);

	if (rc < 0) {
		json_decref(n.out);
		return rc;
	}
	c->out = json_pack("{s:o}", "records", n.out);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}
