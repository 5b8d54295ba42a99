/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Calls that only read: status, catalogue, lists, one record, its history, conflicts. Each is one read
 * transaction, so that what an answer says belongs together, `seen` above all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_overlay.h"
#include "../sync/sync_search.h"
#include "../sync/sync_suggest.h"
#include "api_private.h"
#include "awards.h"
#include "glance.h"
#include "out.h"
#include "practice.h"

#define WHERE "api_read"
#define LIST_DEFAULT 100
#define LIST_MOST 1000
#define FILTERS_MAX 32

/* ---- shared ---- */

/* Both drop v when it cannot be kept; JC_ENOMEM. */
static int
array_add(json_t *a, json_t *v)
{
	return json_array_append_new(a, v) == 0 ? 0 : JC_ENOMEM;
}

static int
object_set(json_t *o, const char *name, json_t *v)
{
	return json_object_set_new(o, name, v) == 0 ? 0 : JC_ENOMEM;
}

static json_t *
text_json(const struct jc_buf *b)
{
	return b->failed ? NULL : json_stringn(b->data != NULL ? b->data : "", b->len);
}

/* A stored value; a set that is no list of texts (a damaged row) is shown as none and holds nobody up. */
static json_t *
stored_json(const struct jc_field *f, const char *stored, size_t n)
{
	json_t *v = jc_out_json_value(f, stored, n);

	return v != NULL ? v : json_null();
}

/* Runs a call in one read transaction. */
static int
in_snapshot(struct api_call *c, int (*run)(struct api_call *c, struct jc_err *err), struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_db_begin_read(c->node->db, err)) < 0)
		return rc;
	rc = run(c, err);
	end = jc_db_end(c->node->db, rc >= 0, rc >= 0 ? err : NULL);
	if (rc == JC_ENOMEM)
		return JC_NOMEM(err, WHERE);
	return rc < 0 ? rc : end;
}

int
api_kind(const struct jc_kind **kind, const struct api_call *c, struct jc_err *err)
{
	*kind = jc_catalogue_kind(c->arg, strlen(c->arg));
	if (*kind != NULL)
		return 0;
	return jc_err_set(err, JC_ENOTFOUND, WHERE, JC_T("没有“%s”这种记录", "There is no kind \"%s\""), c->arg);
}

void
api_blame(struct api_call *c, const char *field)
{
	if (c->detail == NULL)
		c->detail = json_object();
	json_object_set_new(c->detail, "field", json_string(field));
}

int
api_describe(struct api_call *c, struct jc_err *err)
{
	c->out = json_loads(jc_api_json(), JSON_REJECT_DUPLICATES, NULL);
	return c->out != NULL ? 0 : jc_err_code(err, JC_EINTERNAL, WHERE);
}

/* ---- status ---- */

int
api_status(struct api_call *c, struct jc_err *err)
{
	struct jc_glance g;
	struct jc_autosync_state auto_state;
	json_t *hub = json_null(), *state = json_null(), *reach;
	int rc;

	if ((rc = jc_glance(&g, c->node, err)) < 0)
		return rc;
	if (g.has_peer)
		hub = json_pack("{s:s,s:I,s:I,s:s,s:o}", "url", g.peer.url, "last_ok", (json_int_t)g.peer.last_ok, "last_try",
		    (json_int_t)g.peer.last_try, "last_error", g.peer.last_err, "skew",
		    g.has_skew ? json_integer((json_int_t)g.skew) : json_null());
	if (api_sync_state(c->api, &auto_state))
		state = json_pack("{s:s,s:o}", "state", auto_state.word, "seconds",
		    auto_state.seconds >= 0 ? json_integer((json_int_t)auto_state.seconds) : json_null());
	reach = json_pack("{s:I,s:I,s:I,s:I,s:I}", "records", (json_int_t)g.reach.records, "here", (json_int_t)g.reach.here,
	    "county", (json_int_t)g.reach.county, "done", (json_int_t)g.reach.done, "returned", (json_int_t)g.reach.returned);
	c->out = json_pack("{s:s,s:s,s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:b,s:o,s:b,s:b}", "role", g.own.role, "name", g.own.name,
	    "joined", g.own.joined, "waiting", (json_int_t)(g.drafts + g.unsent), "drafts", (json_int_t)g.drafts, "conflicts",
	    (json_int_t)g.conflicts, "forks", (json_int_t)g.forks, "forks_open", (json_int_t)g.forks_open, "seen",
	    (json_int_t)g.seen, "reach", reach, "hub", hub, "can_sync", api_can_sync(c->api), "auto", state, "paused", g.paused,
	    "practice", jc_practice_is(c->node));
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* ---- catalogue ---- */

static const char *
type_word(enum jc_type t)
{
	static const char *const WORDS[] = {[JC_TEXT] = "text", [JC_LONG] = "long", [JC_INT] = "int", [JC_MONEY] = "money",
	    [JC_DECIMAL] = "decimal", [JC_DATE] = "date", [JC_PDATE] = "pdate", [JC_DATETIME] = "datetime",
	    [JC_BOOL3] = "bool3", [JC_ENUM] = "enum", [JC_REF] = "ref", [JC_REGION] = "region", [JC_USCC] = "uscc",
	    [JC_IDNO] = "idno", [JC_PHONE] = "phone"};

	return WORDS[t];
}

static json_t *
choices_json(const struct jc_field *f)
{
	json_t *a = json_array();
	int rc = 0;

	for (const struct jc_choice *ch = f->choices; rc == 0 && ch->code != NULL; ch++)
		rc = array_add(a, json_pack("{s:s,s:s,s:s}", "code", ch->code, "zh", ch->zh, "en",
		    ch->en != NULL ? ch->en : ch->code));
	if (rc == 0)
		return a;
	json_decref(a);
	return NULL;
}

static json_t *
field_json(const struct jc_field *f)
{
	static const char *const NEED[] = {[JC_OPTIONAL] = "optional", [JC_CONDITIONAL] = "conditional",
	    [JC_REQUIRED] = "required", [JC_MUST] = "must"};
	static const char *const PI[] = {[JC_PI_N] = "N", [JC_PI_P] = "P", [JC_PI_PP] = "P+", [JC_PI_S] = "S"};
	json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:b,s:i,s:i,s:s,s:s,s:b}", "name", f->name, "zh", f->zh, "en",
	    f->en != NULL ? f->en : f->name, "type", type_word(f->type), "set", f->set, "max", (int)f->max, "scale",
	    (int)f->scale, "need", NEED[f->need], "class", PI[f->pi], "derived", f->derived);
	int rc = o != NULL ? 0 : JC_ENOMEM;

	if (rc == 0 && f->choices != NULL)
		rc = object_set(o, "choices", choices_json(f));
	if (rc == 0 && f->ref != NULL)
		rc = object_set(o, "ref", json_string(f->ref));
	if (rc == 0 && f->low < f->high)
		rc = object_set(o, "range", json_pack("[I,I]", (json_int_t)f->low, (json_int_t)f->high));
	if (rc == 0 && f->defined)
		rc = object_set(o, "defined", json_true());
	if (rc == 0 && f->show_when != NULL)
		rc = object_set(o, "show_when", json_string(f->show_when));
	if (rc == 0 && f->check != NULL)
		rc = object_set(o, "check", json_string(f->check));
	if (rc == 0 && f->help_zh != NULL)
		rc = object_set(o, "help_zh", json_string(f->help_zh));
	if (rc == 0 && f->help_en != NULL)
		rc = object_set(o, "help_en", json_string(f->help_en));
	if (rc == 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *
kind_json(const struct jc_kind *k)
{
	json_t *fields = json_array();
	int rc = 0;

	for (const struct jc_field *f = k->fields; rc == 0 && f->id != 0; f++)
		rc = array_add(fields, field_json(f));
	if (rc == 0)
		return json_pack("{s:s,s:s,s:s,s:s,s:s*,s:s,s:b,s:o}", "name", k->name, "zh", k->zh, "en", k->en, "title", k->title,
		    "lead", k->lead, "ceiling", jc_tier_word(k->ceiling), "down", k->down, "fields", fields);
	json_decref(fields);
	return NULL;
}

int
api_catalogue(struct api_call *c, struct jc_err *err)
{
	json_t *kinds = json_array();
	int rc = 0;

	for (const struct jc_kind *const *k = jc_catalogue_kinds(); rc == 0 && *k != NULL; k++)
		rc = array_add(kinds, kind_json(*k));
	c->out = json_pack("{s:i,s:o}", "schema", JC_SCHEMA_VERSION, "kinds", kinds);
	return rc == 0 && c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* ---- lists ---- */

/* The name of the record that a stored reference leads to; the reference itself when it is not here. */
static void
ref_put(struct jc_buf *b, struct jc_node *node, const struct jc_field *f, const char *stored, size_t n)
{
	struct jc_record_key key;
	struct jc_record r;
	size_t before = b->len;

	if (jc_record_find(node, 0, stored, &key, NULL) == 0 && key.kind != NULL && jc_record_read(node, key.rec, &r, NULL) == 0) {
		for (size_t i = 0; i < r.nfields; i++)
			if (strcmp(r.field[i].field->name, key.kind->title) == 0 && r.field[i].text != NULL)
				jc_buf_puts(b, r.field[i].text);
		jc_record_free(&r);
	}
	if (b->len == before)
		jc_value_show(b, f, stored, n);
}

struct listing {
	json_t *records;
	struct jc_receipts *receipts;
	const struct jc_kind *kind;
	size_t most;
	int64_t last; /* row number of the last record in the window */
	int more;     /* at least one stands behind it */
};

static json_t *
masked_json(const struct jc_field *f, const char *stored, size_t n)
{
	struct jc_buf b;
	json_t *v;

	jc_buf_init(&b, 1 << 16);
	jc_value_show_masked(&b, f, stored, n);
	v = text_json(&b);
	jc_buf_free(&b);
	return v;
}

/* Personal numbers are masked in lists: who needs one opens the record. */
static json_t *
listed_json(const struct jc_field *f, struct jc_slice s)
{
	json_t *set, *e, *masked;
	size_t i;
	int rc = 0;

	if (f->type != JC_IDNO && f->type != JC_PHONE && f->form != JC_FORM_PHONE)
		return stored_json(f, s.p, s.n);
	if (!f->set)
		return masked_json(f, s.p, s.n);
	set = stored_json(f, s.p, s.n);
	masked = json_array();
	json_array_foreach(set, i, e)
		if (rc == 0)
			rc = array_add(masked, masked_json(f, json_string_value(e), json_string_length(e)));
	json_decref(set);
	return masked;
}

static int
row_add(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct listing *l = arg;
	struct jc_receipt at;
	json_t *fields;
	int rc;

	if (json_array_size(l->records) == l->most) {
		l->more = 1;
		return 1;
	}
	if ((rc = jc_receipts_get(l->receipts, key->rec, &at, NULL)) < 0)
		return rc;
	fields = json_object();
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (text[i].p != NULL)
			rc = object_set(fields, l->kind->fields[i].name, listed_json(&l->kind->fields[i], text[i]));
	l->last = key->rec;
	if (rc == 0)
		return array_add(l->records,
		    json_pack("{s:s,s:i,s:i,s:i,s:i,s:o}", "id", key->id, "conflicts", key->conflicts, "level", at.level,
		        "ceiling", at.ceiling, "returned", at.returned, "fields", fields));
	json_decref(fields);
	return rc;
}

int
api_query_number(int64_t *out, const struct api_call *c, const char *name, int64_t absent, int64_t low, int64_t high,
    struct jc_err *err)
{
	const char *s = api_query(c, name);
	char *end = NULL;

	*out = absent;
	if (s == NULL)
		return 0;
	errno = 0;
	*out = strtoll(s, &end, 10);
	if (s[0] >= '0' && s[0] <= '9' && *end == '\0' && errno == 0 && *out >= low && *out <= high)
		return 0;
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s 应是 %lld 到 %lld 的整数", "\"%s\" must be a whole number from %lld to %lld"),
	    name, (long long)low, (long long)high);
}

/* The conditions of a list: typed like values; without text: no value. */
struct filters {
	struct api_call *c;
	const struct jc_kind *kind;
	struct api_typed typed;
	struct jc_filter v[FILTERS_MAX];
	size_t n;
	int rc;
	struct jc_err *err;
};

static int
filter_take(struct filters *f, const char *name, struct jc_slice text)
{
	const struct jc_field *field = jc_catalogue_field(f->kind, name, strlen(name));

	if (field == NULL) {
		api_blame(f->c, name);
		return jc_err_set(f->err, JC_EINVAL, WHERE, JC_T("%s没有“%.60s”这一项", "%s has no field \"%.60s\""),
		    jc_kind_label(f->kind), name);
	}
	if (text.n != 0 && !field->derived) /* nobody types a derived value: there the code itself is given */
		return api_typed_put(&f->typed, f->c, field, field->set ? JC_TYPED_ADD : JC_TYPED_SET, text, f->err);
	if (f->n == FILTERS_MAX)
		return jc_err_set(f->err, JC_EINVAL, WHERE, JC_T("条件太多", "Too many conditions"));
	f->v[f->n++] = (struct jc_filter){field, text};
	return 0;
}

static enum MHD_Result
parameter(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	static const char *const OURS[] = {"after", "limit", "void", "offset", "order", "search"};
	struct filters *f = arg;

	(void)kind;
	for (size_t i = 0; i < sizeof(OURS) / sizeof(OURS[0]); i++)
		if (strcmp(name, OURS[i]) == 0)
			return MHD_YES;
	f->rc = filter_take(f, name, (struct jc_slice){value != NULL ? value : "", value != NULL ? strlen(value) : 0});
	return f->rc == 0 ? MHD_YES : MHD_NO;
}

static int
filters_make(struct filters *f)
{
	const struct jc_typed *t = &f->typed.typed;

	jc_typed_begin(&f->typed.typed, f->kind);
	MHD_get_connection_values(f->c->conn, MHD_GET_ARGUMENT_KIND, parameter, f);
	if (f->rc < 0 || (f->rc = jc_typed_finish(&f->typed.typed, NULL, f->err)) < 0)
		return f->rc;
	for (size_t i = 0; i < t->nchanges; i++) {
		const struct jc_change *ch = &t->change[i];

		for (size_t k = 0; k < (ch->field->set ? ch->nadd : 1); k++) {
			if (f->n == FILTERS_MAX)
				return jc_err_set(f->err, JC_EINVAL, WHERE, JC_T("条件太多", "Too many conditions"));
			f->v[f->n++] = (struct jc_filter){ch->field, ch->field->set ? ch->add[k] : ch->text};
		}
	}
	return 0;
}

/* "FIELD" or "-FIELD"; "pinyin" is the title as a dictionary orders it. */
static int
order_take(struct jc_query *q, struct api_call *c, struct jc_err *err)
{
	const char *name = api_query(c, "order");

	if (name == NULL || name[0] == '\0')
		return 0;
	q->descending = name[0] == '-';
	q->by_sound = strcmp(name + q->descending, "pinyin") == 0;
	name = q->by_sound ? q->kind->title : name + q->descending;
	q->order = jc_catalogue_field(q->kind, name, strlen(name));
	if (q->order != NULL)
		return 0;
	return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s没有“%.60s”这一项，不能按它排", "%s has no field \"%.60s\" to sort by"),
	    jc_kind_label(q->kind), name);
}

/* The search text in the form in which texts are stored, and what is found by pinyin, former names and numbers; `into` and
 * `found` keep them. */
static int
search_take(struct jc_query *q, struct jc_buf *into, struct jc_buf *found, const struct api_call *c, struct jc_err *err)
{
	const struct jc_search also = {.kind = q->kind, .text = api_query(c, "search")};
	const char *text = also.text;
	int rc;

	if (text == NULL || text[0] == '\0')
		return 0;
	if ((rc = jc_text_normalise(into, text, strlen(text), 0, err)) < 0 || (rc = jc_buf_check(into, WHERE, err)) < 0)
		return rc;
	q->search = (struct jc_slice){into->data, into->len};
	if ((rc = jc_search_recs(found, c->node, &also, err)) < 0)
		return rc;
	q->found = (struct jc_slice){found->data, found->len};
	return 0;
}

/* The window that the query's own parameters ask for. */
static int
window_make(struct jc_query *q, struct listing *l, struct api_call *c, struct jc_err *err)
{
	int64_t limit, voided;
	int rc;

	if ((rc = api_query_number(&q->after, c, "after", 0, 0, INT64_MAX, err)) < 0 ||
	    (rc = api_query_number(&limit, c, "limit", LIST_DEFAULT, 1, LIST_MOST, err)) < 0 ||
	    (rc = api_query_number(&q->offset, c, "offset", 0, 0, INT64_MAX, err)) < 0 || (rc = order_take(q, c, err)) < 0 ||
	    (rc = api_query_number(&voided, c, "void", 0, 0, 1, err)) < 0)
		return rc;
	q->voided = voided != 0;
	q->limit = limit + 1; /* one more tells whether there is a next window */
	l->most = (size_t)limit;
	return 0;
}

/* Names of the records that references lead to, each once: {"refs": {id: title}}. */
static int
ref_name(json_t *refs, struct jc_node *node, const struct jc_field *f, const char *id)
{
	struct jc_buf b;
	int rc;

	if (id == NULL || id[0] == '?' || json_object_get(refs, id) != NULL)
		return 0;
	jc_buf_init(&b, 1 << 16);
	ref_put(&b, node, f, id, strlen(id));
	rc = object_set(refs, id, text_json(&b));
	jc_buf_free(&b);
	return rc;
}

static int
refs_of_record(json_t *refs, struct jc_node *node, const struct jc_kind *kind, const json_t *fields)
{
	int rc = 0;

	for (const struct jc_field *f = kind->fields; rc == 0 && f->id != 0; f++) {
		const json_t *v = f->type == JC_REF ? json_object_get(fields, f->name) : NULL;

		if (json_is_string(v))
			rc = ref_name(refs, node, f, json_string_value(v));
		for (size_t i = 0; rc == 0 && i < json_array_size(v); i++)
			rc = ref_name(refs, node, f, json_string_value(json_array_get(v, i)));
	}
	return rc;
}

static json_t *
refs_json(struct jc_node *node, const struct listing *l)
{
	json_t *refs = json_object();
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < json_array_size(l->records); i++)
		rc = refs_of_record(refs, node, l->kind, json_object_get(json_array_get(l->records, i), "fields"));
	if (rc == 0)
		return refs;
	json_decref(refs);
	return NULL;
}

static int
list_window(struct api_call *c, struct jc_query *q, struct listing *l, struct jc_err *err)
{
	struct jc_query all = *q;
	int64_t total, seen;
	int rc;

	all.after = 0;
	if ((rc = jc_records_count(c->node, &all, &total, err)) < 0 || (rc = jc_node_seen(c->node, &seen, err)) < 0)
		return rc;
	if ((rc = jc_receipts_open(&l->receipts, c->node, err)) < 0)
		return rc;
	l->records = json_array();
	rc = jc_records_each(c->node, q, row_add, l, err);
	jc_receipts_close(l->receipts);
	if (rc < 0) {
		json_decref(l->records);
		return rc;
	}
	c->out = json_pack("{s:I,s:o,s:I,s:o,s:o}", "total", (json_int_t)total, "next",
	    l->more ? json_integer(l->last) : json_null(), "seen", (json_int_t)seen, "refs", refs_json(c->node, l), "records",
	    l->records);
	return c->out != NULL ? 0 : JC_ENOMEM;
}

static int
list_filtered(struct api_call *c, struct filters *f, struct jc_err *err)
{
	struct jc_query q = {.kind = f->kind, .filter = f->v};
	struct listing l = {.kind = f->kind};
	struct jc_buf search, found;
	int rc;

	jc_buf_init(&search, 1 << 12);
	jc_buf_init(&found, 1 << 20);
	if ((rc = filters_make(f)) == 0 && (rc = window_make(&q, &l, c, err)) == 0 &&
	    (rc = search_take(&q, &search, &found, c, err)) == 0) {
		q.nfilters = f->n;
		rc = list_window(c, &q, &l, err);
	}
	jc_buf_free(&search);
	jc_buf_free(&found);
	return rc;
}

static int
list_in_txn(struct api_call *c, struct jc_err *err)
{
	struct filters f = {.c = c, .err = err};
	struct jc_scope own;
	int rc;

	if ((rc = api_kind(&f.kind, c, err)) < 0 || (rc = jc_node_scope(c->node, &own, err)) < 0)
		return rc;
	if ((rc = api_typed_open(&f.typed, c, &own, err)) == 0)
		rc = list_filtered(c, &f, err);
	api_typed_close(&f.typed);
	return rc;
}

int
api_list(struct api_call *c, struct jc_err *err)
{
	return in_snapshot(c, list_in_txn, err);
}

/* ---- one record ---- */

/* A stored value as people read it, whole: records are opened to see it. */
static json_t *
shown_json(struct jc_node *node, const struct jc_field *f, const char *stored)
{
	json_t *set = NULL, *e, *v;
	struct jc_buf b;
	size_t i;

	jc_buf_init(&b, 1 << 20);
	if (f->type != JC_REF && stored != NULL) {
		jc_out_value(&b, f, stored, strlen(stored), 1);
	} else if (stored != NULL && !f->set) {
		ref_put(&b, node, f, stored, strlen(stored));
	} else if (stored != NULL) {
		set = stored_json(f, stored, strlen(stored));
		json_array_foreach(set, i, e) {
			jc_buf_puts(&b, i > 0 ? JC_T("、", ", ") : "");
			ref_put(&b, node, f, json_string_value(e), json_string_length(e));
		}
	}
	v = text_json(&b);
	json_decref(set);
	jc_buf_free(&b);
	return v;
}

/* Values that stand beside each other, each with a text for people. */
static json_t *
siblings_json(struct jc_node *node, const struct jc_shown *s)
{
	json_t *a = jc_out_json_siblings(s), *one;
	size_t i;
	int rc = 0;

	json_array_foreach(a, i, one)
		if (rc == 0)
			rc = object_set(one, "text", shown_json(node, s->field, s->sibling[i].text));
	if (rc == 0 && json_array_size(a) == s->nsiblings)
		return a;
	json_decref(a);
	return NULL;
}

static json_t *
field_now_json(struct jc_node *node, const struct jc_shown *s)
{
	size_t n = s->text != NULL ? strlen(s->text) : 0;
	json_t *o = json_pack("{s:o,s:o}", "value", stored_json(s->field, s->text, n), "shown",
	    shown_json(node, s->field, s->text));

	if (o != NULL && s->nsiblings > 0 && object_set(o, "siblings", siblings_json(node, s)) == 0)
		return o;
	if (s->nsiblings == 0)
		return o;
	json_decref(o);
	return NULL;
}

static int
hint_add(void *arg, const struct jc_field *f)
{
	return array_add(arg, json_pack("{s:s,s:s,s:s}", "field", f->name, "code", "W:check", "text", jc_out_check(f)));
}

static json_t *
record_json(struct jc_node *node, const struct jc_record *r, const struct jc_receipt *at)
{
	json_t *fields = json_object(), *hints = json_array();
	int rc = 0;

	if (r->key.kind != NULL)
		rc = jc_overlay_checks(r->key.kind, jc_out_text_of, (void *)r, hint_add, hints);
	for (size_t i = 0; rc == 0 && i < r->nfields; i++)
		rc = object_set(fields, r->field[i].field->name, field_now_json(node, &r->field[i]));
	if (rc == 0)
		return json_pack("{s:s,s:s,s:b,s:i,s:I,s:i,s:i,s:i,s:i,s:o,s:i,s:o}", "id", r->key.id, "kind",
		    r->key.kind != NULL ? r->key.kind->name : "", "void", r->key.is_void, "conflicts", r->key.conflicts, "seen",
		    (json_int_t)r->seen, "level", at->level, "ceiling", at->ceiling, "returned", at->returned, "clock_off", at->clock, "fields", fields,
		    "unknown", r->unknown, "hints", hints);
	json_decref(fields);
	json_decref(hints);
	return NULL;
}

static int
read_in_txn(struct api_call *c, struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_record r;
	struct jc_receipt at;
	json_t *awards;
	int rc;

	if ((rc = jc_record_find(c->node, 0, c->arg, &key, err)) < 0 ||
	    (rc = jc_receipt_get(c->node, key.rec, &at, err)) < 0 || (rc = jc_record_read(c->node, key.rec, &r, err)) < 0)
		return rc;
	c->out = record_json(c->node, &r, &at);
	jc_record_free(&r);
	if (c->out == NULL)
		return JC_ENOMEM;
	if ((rc = jc_awards_json(&awards, c->node, &key, err)) < 0)
		return rc;
	return object_set(c->out, "awards", awards);
}

int
api_read(struct api_call *c, struct jc_err *err)
{
	return in_snapshot(c, read_in_txn, err);
}

/* ---- history ---- */

static json_t *
elements_json(const struct jc_slice *v, size_t n)
{
	json_t *a = json_array();

	for (size_t i = 0; i < n; i++)
		if (array_add(a, json_stringn(v[i].p, v[i].n)) < 0) {
			json_decref(a);
			return NULL;
		}
	return a;
}

/* What an operation wrote: text, null, {"typed"} of what was not understood, {"add","remove"} of a set. */
static json_t *
written_json(const struct jc_opfield *f)
{
	switch (f->kind) {
	case JC_VAL_TEXT:
		return json_stringn(f->text.p, f->text.n);
	case JC_VAL_RAW:
		return json_pack("{s:o}", "typed", json_stringn(f->text.p, f->text.n));
	case JC_VAL_SET:
		return json_pack("{s:o,s:o}", "add", elements_json(f->add, f->nadd), "remove", elements_json(f->del, f->ndel));
	case JC_VAL_NULL:
	default:
		return json_null();
	}
}

static int
history_add(void *arg, const struct jc_history *h)
{
	json_t *fields = json_object();

	for (size_t i = 0; i < h->o->nfields; i++) {
		const struct jc_opfield *f = &h->o->fields[i];

		if (json_object_setn_new(fields, f->name.p, f->name.n, written_json(f)) != 0) {
			json_decref(fields);
			return JC_ENOMEM;
		}
	}
	return array_add(arg, json_pack("{s:I,s:s,s:I,s:I,s:s,s:s,s:b,s:o}", "op", (json_int_t)h->op, "verb",
	    jc_verb_word(h->o->verb), "time", (json_int_t)h->time, "clock_off", (json_int_t)h->skew, "device", h->device, "label", h->label, "draft",
	    h->commit_no == 0, "fields", fields));
}

static int
history_in_txn(struct api_call *c, struct jc_err *err)
{
	struct jc_record_key key;
	json_t *a;
	int rc;

	if ((rc = jc_record_find(c->node, 0, c->arg, &key, err)) < 0)
		return rc;
	a = json_array();
	if ((rc = jc_history_each(c->node, key.rec, history_add, a, err)) < 0) {
		json_decref(a);
		return rc;
	}
	c->out = json_pack("{s:s,s:o}", "id", key.id, "operations", a);
	return c->out != NULL ? 0 : JC_ENOMEM;
}

int
api_history(struct api_call *c, struct jc_err *err)
{
	return in_snapshot(c, history_in_txn, err);
}

/* ---- conflicts ---- */

struct conflicts {
	json_t *records;
	struct jc_node *node;
	struct jc_err *err;
};

/* What the two versions of a long text say together. */
static int
suggestion_add(json_t *to, struct jc_node *node, const struct jc_shown *s)
{
	struct jc_suggestion g;
	int rc = jc_suggest(&g, node, s, NULL);

	if (rc == 1)
		rc = object_set(to, s->field->name, json_pack("{s:o,s:b}", "text", text_json(&g.text), "clean", g.clean));
	jc_buf_free(&g.text);
	return rc;
}

static json_t *
conflict_json(struct jc_node *node, const struct jc_record *r)
{
	json_t *fields = json_object(), *suggest = json_object(), *title;
	struct jc_buf b;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->nfields; i++)
		if (r->field[i].nsiblings > 1 &&
		    (rc = object_set(fields, r->field[i].field->name, siblings_json(node, &r->field[i]))) == 0)
			rc = suggestion_add(suggest, node, &r->field[i]);
	if (rc < 0) {
		json_decref(fields);
		json_decref(suggest);
		return NULL;
	}
	jc_buf_init(&b, 1 << 16);
	jc_out_record(&b, r);
	title = text_json(&b);
	jc_buf_free(&b);
	return json_pack("{s:s,s:s,s:o,s:b,s:I,s:o,s:o}", "id", r->key.id, "kind", r->key.kind != NULL ? r->key.kind->name : "",
	    "title", title, "void", r->key.is_void, "seen", (json_int_t)r->seen, "fields", fields,
	    "suggest", suggest);
}

static int
conflict_add(void *arg, const struct jc_record_key *key)
{
	struct conflicts *n = arg;
	struct jc_record r;
	int rc;

	if ((rc = jc_record_read(n->node, key->rec, &r, n->err)) < 0)
		return rc;
	rc = array_add(n->records, conflict_json(n->node, &r));
	jc_record_free(&r);
	return rc;
}

static int
conflicts_in_txn(struct api_call *c, struct jc_err *err)
{
	struct conflicts n = {.records = json_array(), .node = c->node, .err = err};
	int rc = jc_conflicts_each(c->node, 0, conflict_add, &n, err);

	if (rc < 0) {
		json_decref(n.records);
		return rc;
	}
	c->out = json_pack("{s:o}", "records", n.records);
	return c->out != NULL ? 0 : JC_ENOMEM;
}

int
api_conflicts(struct api_call *c, struct jc_err *err)
{
	return in_snapshot(c, conflicts_in_txn, err);
}
