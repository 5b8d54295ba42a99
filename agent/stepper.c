/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "stepper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_require.h"
#include "../schema/schema_starter.h"
#include "days.h"
#include "out.h"
#include "passage.h"

#define WHERE "stepper"

unsigned
jc_stepper_hats(const struct jc_stepper *s, int all)
{
	if (strcmp(s->own.role, "branch") != 0)
		return JC_HATS_HUB;
	return (all ? JC_HATS_BRANCH : JC_HAT_SEC | JC_HAT_CHAIR) | (s->hub ? JC_HATS_HUB : 0);
}

/* ---- where the record stands ---- */

static const char *
shown(const struct jc_record *r, const char *field, size_t n)
{
	for (size_t i = 0; i < r->nfields; i++)
		if (strlen(r->field[i].field->name) == n && memcmp(r->field[i].field->name, field,
		    n) == 0)
			return r->field[i].text;
	return NULL;
}

static void
copy(char *out, size_t room, const char *s)
{
	snprintf(out, room, "%s", s != NULL ? s : "");
}

static int
left_read(struct jc_stepper *s, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, s->node->db,
	    "SELECT from_state FROM flow_step WHERE subject = :rec AND ok = 1 AND from_state <> to_state"
	    " ORDER BY n DESC LIMIT 1", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":rec", s->key.rec);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		copy(s->left, sizeof(s->left), jc_col_text(st, 0, NULL));
		jc_stmt_reset(st);
		rc = 0;
	}
	return rc;
}

static int
parent_read(struct jc_stepper *s, struct jc_err *err)
{
	const char *id = s->flow->parent != NULL ? shown(&s->now, s->flow->parent,
	    strlen(s->flow->parent)) : NULL;
	struct jc_record_key key;
	struct jc_err none = {0};

	if (id == NULL || jc_record_find(s->node, 0, id, &key, &none) < 0)
		return 0; /* what does not lie here answers nothing */
	return jc_record_read(s->node, key.rec, &s->parent, err);
}

int
jc_stepper_open(struct jc_stepper *s, struct jc_node *node, const struct jc_env *env,
    const struct jc_record_key *key,
    struct jc_err *err)
{
	const struct jc_kind *event;
	int rc;

	memset(s, 0, sizeof(*s));
	s->node = node;
	s->env = env;
	s->key = *key;
	s->flow = jc_flow_of(key->kind);
	jc_buf_init(&s->hints, 4096);
	jc_buf_init(&s->scratch, 1 << 20);
	jc_out_today(s->today, env);
	jc_typed_init(&s->event, NULL, JC_TYPED_STRICT, s->today);
	jc_typed_init(&s->record, NULL, JC_TYPED_STRICT, s->today);
	if (s->flow == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s没有办理流程",
		    "%s has no workflow"), jc_kind_label(key->kind));
	event = jc_catalogue_kind(s->flow->event, strlen(s->flow->event));
	if ((rc = jc_scope_get(&s->scope, node->log, key->scope, err)) < 0 ||
	    (rc = jc_node_scope(node, &s->own, err)) < 0)
		return rc;
	s->hub = strcmp(s->own.role, "branch") != 0;
	if (s->scope.mine)
		s->own = s->scope;
	if ((rc = jc_match_open(&s->match, node, &s->own, s->today, err)) < 0 ||
	    (rc = jc_record_read(node, key->rec, &s->now, err)) < 0 || (rc = parent_read(s,
	    err)) < 0 || (rc = left_read(s, err)) < 0)
		return rc;
	s->event.match = s->record.match = s->match;
	jc_typed_begin(&s->event, event);
	jc_typed_begin(&s->record, key->kind);
	copy(s->state, sizeof(s->state), shown(&s->now, s->flow->state, strlen(s->flow->state)));
	if (s->flow->state_on != NULL)
		copy(s->since, sizeof(s->since), shown(&s->now, s->flow->state_on,
		    strlen(s->flow->state_on)));
	return 0;
}

void
jc_stepper_close(struct jc_stepper *s)
{
	jc_typed_free(&s->event);
	jc_typed_free(&s->record);
	jc_match_close(s->match);
	jc_record_free(&s->now);
	jc_record_free(&s->parent);
	jc_buf_free(&s->hints);
	jc_buf_free(&s->scratch);
	memset(s, 0, sizeof(*s));
}

void
jc_stepper_remarks(struct jc_stepper *s, void (*remark)(void *arg, const struct jc_field *f,
    const struct jc_remark *r), void *arg)
{
	s->event.remark = s->record.remark = remark;
	s->event.arg = s->record.arg = arg;
}

/* ---- what was typed ---- */

/* What the program fills in itself is not for typing. */
static int
own_field(const struct jc_stepper *s, const struct jc_field *f)
{
	return f->derived || strcmp(f->name, s->flow->subject) == 0 || strcmp(f->name,
	    s->flow->move) == 0 ||
	    strcmp(f->name, s->flow->date) == 0 || f->fix == JC_FIX_SYSTEM;
}

int
jc_stepper_field(const struct jc_field **out, struct jc_typed **to, struct jc_stepper *s,
    const char *name, size_t n,
    struct jc_err *err)
{
	char word[200];
	const struct jc_field *f;

	if (n == 0 || n >= sizeof(word))
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("项目的名称不对",
		    "That is no name of a field"));
	memcpy(word, name, n);
	word[n] = '\0';
	f = jc_catalogue_field_typed(s->event.kind, word);
	*to = &s->event;
	if (f == NULL || own_field(s, f)) {
		f = jc_catalogue_field_typed(s->record.kind, word);
		*to = &s->record;
	}
	if (f == NULL || f->derived)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s和%s都没有“%s”这一项",
		    "Neither %s nor %s has a field \"%s\""),
		    jc_kind_label(s->event.kind), jc_kind_label(s->record.kind), word);
	*out = f;
	return 0;
}

int
jc_stepper_pair(struct jc_stepper *s, const char *pair, struct jc_err *err)
{
	size_t n = strcspn(pair, "=");
	enum jc_typed_how how = JC_TYPED_SET;
	const struct jc_field *f;
	struct jc_typed *to;
	int rc;

	if (pair[n] != '=')
		return jc_err_set(err, JC_EUSAGE, WHERE, JC_T("“%s”要写成 项目=内容",
		    "\"%s\" must be FIELD=VALUE"), pair);
	if (n > 1 && (pair[n - 1] == '+' || pair[n - 1] == '-'))
		how = pair[n - 1] == '+' ? JC_TYPED_ADD : JC_TYPED_DEL;
	if ((rc = jc_stepper_field(&f, &to, s, pair, n - (how != JC_TYPED_SET), err)) < 0)
		return rc;
	return jc_typed_put(to, f, how, pair + n + 1, strlen(pair + n + 1), err);
}

static const struct jc_typed_part *
part_of(const struct jc_typed *t, const char *field, size_t n)
{
	const struct jc_typed_part *found = NULL;

	for (size_t i = 0; i < t->nparts; i++)
		if (strlen(t->part[i].field->name) == n && memcmp(t->part[i].field->name, field,
		    n) == 0)
			found = &t->part[i];
	return found;
}

static const char *
scratch(struct jc_stepper *s, const char *p, size_t n)
{
	jc_buf_reset(&s->scratch);
	jc_buf_put(&s->scratch, p, n);
	jc_buf_putc(&s->scratch, '\0');
	return s->scratch.failed ? NULL : s->scratch.data;
}

/* A set as it will be: what is there and what was typed, as far as counting goes. */
static const char *
set_value(struct jc_stepper *s, const struct jc_typed *t, const char *field, size_t n,
    const char *there)
{
	int any = 0;

	jc_buf_reset(&s->scratch);
	jc_buf_putc(&s->scratch, '[');
	for (size_t i = 0; i < t->nparts; i++) {
		const struct jc_typed_part *p = &t->part[i];

		if (strlen(p->field->name) != n || memcmp(p->field->name, field, n) != 0)
			continue;
		if (p->how == JC_TYPED_SET)
			there = NULL;
		if (p->how != JC_TYPED_DEL && p->len != 0)
			jc_buf_puts(&s->scratch, any++ ? ",\"x\"" : "\"x\"");
	}
	if (there != NULL && strlen(there) > 2)
		jc_buf_putf(&s->scratch, "%s%.*s", any ? "," : "", (int)strlen(there) - 2,
		    there + 1);
	jc_buf_puts(&s->scratch, "]");
	jc_buf_putc(&s->scratch, '\0');
	return s->scratch.failed ? NULL : s->scratch.data;
}

static const char *
typed_value(struct jc_stepper *s, const struct jc_typed *t, const struct jc_record *now,
    const char *field, size_t n)
{
	const struct jc_typed_part *p = part_of(t, field, n);
	const char *there = now != NULL ? shown(now, field, n) : NULL;

	if (p == NULL)
		return there;
	if (p->field->set)
		return set_value(s, t, field, n, there);
	return p->len != 0 ? scratch(s, t->text.data + p->at, p->len) : NULL;
}

/* ---- questions of the table ---- */

static const char *
require_value(void *arg, const struct jc_field *f)
{
	struct jc_stepper *s = arg;

	return typed_value(s, &s->record, &s->now, f->name, strlen(f->name));
}

static int64_t
one_int(struct jc_stepper *s, struct jc_stmt *st)
{
	struct jc_err none = {0};
	int64_t v = 0;

	jc_bind_text(st, ":id", s->key.id, JC_ID_LEN);
	if (jc_stmt_step(st, &none) == 1) {
		v = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return v;
}

static const char *
fact(struct jc_stepper *s, const char *word)
{
	struct jc_err none = {0};
	struct jc_stmt *st;
	int rc = JC_EINTERNAL;

	if (strcmp(word, "answered") == 0)
		rc = jc_db_prep(&st, s->node->db,
		    "SELECT count(*) > 0 AND count(*) = sum(coalesce(k.state, 'pending') <> 'pending')"
		    "  FROM k_check_item k JOIN record r USING(rec) WHERE k.check_id = :id AND r.void = 0",
		    &none);
	else if (strcmp(word, "linked") == 0)
		rc = jc_db_prep(&st, s->node->db,
		    "SELECT count(*) > 0 FROM k_activity k JOIN record r USING(rec) WHERE k.project_id = :id AND r.void = 0",
		    &none);
	else if (strcmp(word, "final_paid") == 0)
		rc = jc_db_prep(&st, s->node->db,
		    "SELECT count(*) > 0 FROM k_payment k JOIN record r USING(rec)"
		    " WHERE k.project_id = :id AND k.node = 'final' AND k.paid_on IS NOT NULL AND r.void = 0",
		    &none);
	return rc == 0 && one_int(s, st) != 0 ? "1" : NULL;
}

/* Has an earlier living event of the record that field? */
static const char *
history_value(struct jc_stepper *s, const char *field, size_t n)
{
	struct jc_stmt *st = NULL;
	struct jc_err none = {0};
	struct jc_buf sql;
	int has = 0;

	jc_buf_init(&sql, 1024);
	jc_buf_putf(&sql,
	    "SELECT 1 FROM \"k_%s\" e JOIN record r USING(rec) WHERE e.\"%s\" = ?1 AND r.void = 0 AND e.\"%.*s\" IS NOT NULL",
	    s->flow->event, s->flow->subject, (int)n, field);
	if (jc_buf_check(&sql, WHERE, &none) == 0 && jc_db_prep_text(&st, s->node->db, sql.data,
	    &none) == 0) {
		jc_bind_text_at(st, 1, s->key.id, JC_ID_LEN);
		has = jc_stmt_step(st, &none) == 1;
	}
	jc_stmt_free(st);
	jc_buf_free(&sql);
	return has ? "1" : NULL;
}

static const char *
value(void *arg, char where, const char *field, size_t n)
{
	struct jc_stepper *s = arg;
	char word[64];

	if (where == '#') {
		snprintf(word, sizeof(word), "%.*s", (int)n, field);
		return fact(s, word);
	}
	if (where == '@') {
		snprintf(word, sizeof(word), "%lld",
		    (long long)(jc_day_number(s->day) - jc_day_number(s->since)));
		return s->since[0] != '\0' ? scratch(s, word, strlen(word)) : NULL;
	}
	if (where == 'p')
		return shown(&s->parent, field, n);
	if (where == 'h') {
		const char *v = typed_value(s, &s->event, NULL, field, n);

		return v != NULL ? v : history_value(s, field, n);
	}
	if (where == 'e')
		return typed_value(s, &s->event, NULL, field, n);
	if (n == 8 && memcmp(field, "required", n) == 0)
		return jc_require_missing(s->key.kind, require_value, s, NULL, NULL) == 0
		    ? "1" : NULL;
	return typed_value(s, &s->record, &s->now, field, n);
}

/* ---- what the table fills in ---- */

struct fill {
	struct jc_stepper *s;
	struct jc_err *err;
	int rc;
};

/* Stored texts are taken as they are: no reference is looked up again. */
static int
put_stored(struct jc_typed *to, const struct jc_field *f, const char *text, struct jc_err *err)
{
	enum jc_typed_refs refs = to->refs;
	int rc;

	to->refs = JC_TYPED_ID;
	rc = jc_typed_put(to, f, JC_TYPED_SET, text, strlen(text), err);
	to->refs = refs;
	return rc;
}

static void
fill_one(void *arg, char target, const char *field, size_t n, char source, const char *what,
    size_t len)
{
	struct fill *fill = arg;
	struct jc_stepper *s = fill->s;
	struct jc_typed *to = target == 'e' ? &s->event : &s->record;
	const struct jc_field *f = jc_catalogue_field(to->kind, field, n);
	const char *v, *there = shown(&s->now, field, n);
	char text[512];

	if (fill->rc < 0 || f == NULL || part_of(to, field, n) != NULL)
		return;
	if (source == '@' && target == 's' && there != NULL && strcmp(there, "[]") != 0)
		return;
	if (source == 0) {
		snprintf(text, sizeof(text), "%.*s", (int)len, what);
		v = text;
	} else if (len == 4 && memcmp(what, "date", 4) == 0) {
		v = s->day;
	} else {
		v = target == 'e' ? shown(&s->now, what, len) : typed_value(s, &s->event, NULL,
		    what, len);
	}
	if (v != NULL && strlen(v) < sizeof(text)) {
		if (v != text)
			copy(text, sizeof(text), v);
		fill->rc = put_stored(to, f, text, fill->err);
	}
}

static int
fill_all(struct jc_stepper *s, const struct jc_move *row, struct jc_err *err)
{
	struct fill fill = {s, err, 0};

	jc_flow_sets_each(row, fill_one, &fill);
	return fill.rc;
}

static int
put_named(struct jc_typed *to, const char *field, const char *text, struct jc_err *err)
{
	const struct jc_field *f = jc_catalogue_field(to->kind, field, strlen(field));

	return f != NULL && part_of(to, field, strlen(field)) == NULL ? put_stored(to, f, text,
	    err) : 0;
}

/* Subject, move, date and version of the event. */
static int
event_fill(struct jc_stepper *s, const char *move, struct jc_err *err)
{
	char version[8];
	int rc;

	snprintf(version, sizeof(version), "%u", (unsigned)s->flow->version);
	if (s->event.kind->tier_by != NULL && (rc = put_named(&s->event, s->event.kind->tier_by,
	    s->flow->kind, err)) < 0)
		return rc;
	if ((rc = put_named(&s->event, s->flow->subject, s->key.id, err)) < 0 ||
	    (rc = put_named(&s->event, s->flow->move, move, err)) < 0 || (rc = put_named(&s->event,
	    s->flow->date, s->day, err)) < 0)
		return rc;
	return put_named(&s->event, "flow_version", version, err);
}

static int
day_take(struct jc_stepper *s, struct jc_err *err)
{
	static const struct jc_field date = {.id = 1, .name = "date", .zh = "日期", .en = "date",
	    .type = JC_DATE, .form = JC_FORM_PAST};
	struct jc_remarks remarks = {0};
	struct jc_buf text;
	int rc;

	copy(s->day, sizeof(s->day), s->today);
	if (s->date == NULL)
		return 0;
	jc_buf_init(&text, 256);
	rc = jc_value_parse(&text, &date, s->date, strlen(s->date), s->today, &remarks, err);
	if (rc == 0 && (text.len != 10 || text.data[0] == '?' || remarks.n != 0))
		rc = jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("办理日期“%.40s”不对，请写成 2026-03-05，不能晚于今天",
		    "The date \"%.40s\" is wrong; write it as 2026-03-05, not after today"),
		    s->date);
	if (rc == 0)
		snprintf(s->day, sizeof(s->day), "%.10s", text.data);
	jc_buf_free(&text);
	if (rc == 0 && s->since[0] != '\0' && strcmp(s->day, s->since) < 0)
		jc_buf_putf(&s->hints, JC_T("日期早于上一步（%s），会排到它前面；",
		    "The date is before the step before (%s) and will be put there; "), s->since);
	return rc;
}

/* ---- what follows from a move, in the same save ---- */

struct pairs {
	struct jc_change change[12];
	size_t n;
};

static void
pair_add(struct pairs *p, const struct jc_kind *kind, const char *field, const char *text)
{
	const struct jc_field *f = jc_catalogue_field(kind, field, strlen(field));

	if (f == NULL || text == NULL || text[0] == '\0' ||
	    p->n == sizeof(p->change) / sizeof(*p->change))
		return;
	p->change[p->n++] = (struct jc_change){.field = f, .text = {text, strlen(text)}};
}

static int
other_find(struct jc_stepper *s, const char *id, struct jc_record_key *key)
{
	struct jc_err none = {0};

	return id != NULL && jc_record_find(s->node, s->key.scope, id, key, &none) == 0 &&
	    key->kind != NULL;
}

static const char *
union_type_of(const char *form)
{
	if (form == NULL || strcmp(form, "single") == 0)
		return "basic_single";
	if (strcmp(form, "joint") == 0)
		return "basic_joint";
	return strcmp(form, "industry") == 0 ? "fed_industry" : strcmp(form, "region") == 0
	    ? "fed_region" : "basic_single";
}

/* The union that a case led to, when nobody named one that is there: a new org named after the unit. */
static int
union_make(struct jc_stepper *s, struct jc_save *sv, struct jc_err *err)
{
	const struct jc_kind *org = jc_catalogue_kind("org", 3);
	const struct jc_typed_part *doc = part_of(&s->event, "doc_no", 6);
	struct jc_record_key unit;
	struct jc_record u = {0};
	struct pairs p = {0};
	char name[400], doc_no[200] = "";
	jc_id id = "";
	int rc;

	if (!other_find(s, shown(&s->now, "org_id", 6), &unit))
		return 0;
	if ((rc = jc_record_read(s->node, unit.rec, &u, err)) < 0)
		return rc;
	snprintf(name, sizeof(name), "%s工会委员会", shown(&u, "name", 4) != NULL ? shown(&u,
	    "name", 4) : "");
	if (doc != NULL)
		snprintf(doc_no, sizeof(doc_no), "%.*s", (int)doc->len,
		    s->event.text.data + doc->at);
	pair_add(&p, org, "org_kind", "union");
	pair_add(&p, org, "name", name);
	pair_add(&p, org, "union_type", union_type_of(shown(&s->now, "form", 4)));
	pair_add(&p, org, "union_level", "7");
	pair_add(&p, org, "org_status", "active");
	pair_add(&p, org, "founded_on", s->day);
	pair_add(&p, org, "approval_no", doc_no);
	pair_add(&p, org, "parent_union_id", shown(&s->now, "target_union_id", 15));
	pair_add(&p, org, "region_code", shown(&u, "region_code", 11));
	rc = jc_save_set(sv, org, id, p.change, p.n, 0, NULL, err);
	if (rc == 0)
		rc = put_named(&s->event, "union_org_id", id, err);
	jc_record_free(&u);
	return rc;
}

/* W1 built: the unit is covered by the union. */
static int
unit_cover(struct jc_stepper *s, struct jc_save *sv, struct jc_err *err)
{
	const char *by = value(s, 'e', "union_org_id", 12);
	struct jc_record_key unit;
	struct pairs p = {0};
	char id[16];

	if (by == NULL)
		by = value(s, 's', "union_org_id", 12);
	copy(id, sizeof(id), by);
	if (id[0] == '\0' || !other_find(s, shown(&s->now, "org_id", 6), &unit))
		return 0;
	pair_add(&p, unit.kind, "union_id", id);
	return jc_save_set(sv, unit.kind, unit.id, p.change, p.n, 0, NULL, err);
}

/* W4 recur: the problem is a new item of the same check, tied to the old one. */
static int
item_again(struct jc_stepper *s, struct jc_save *sv, struct jc_err *err)
{
	static const char *const same[] = {"check_id", "tmpl_item_ref", "item_no", "item_text",
	    "category", "severity", "finding",
		"rectify_req", "resp_org_id", "resp_person", NULL};
	struct pairs p = {0};
	jc_id id = "";
	int rc;

	for (size_t i = 0; same[i] != NULL; i++)
		pair_add(&p, s->key.kind, same[i], shown(&s->now, same[i], strlen(same[i])));
	pair_add(&p, s->key.kind, "result", "found");
	pair_add(&p, s->key.kind, "origin_item", s->key.id);
	if ((rc = jc_save_set(sv, s->key.kind, id, p.change, p.n, 0, NULL, err)) < 0)
		return rc;
	return put_named(&s->event, "link_id", id, err);
}

/* W2b: what the move means for the membership. */
static int
transfer_member(struct jc_stepper *s, struct jc_save *sv, const char *move, struct jc_err *err)
{
	struct jc_record t = {0};
	int rc;

	if (s->own.no != s->scope.no || (s->hub && !jc_passage_inside(s->node, &s->now)))
		return 0; /* a hub lets all follow at once, on both sides */
	if ((rc = jc_record_read(s->node, s->key.rec, &t, err)) >= 0)
		rc = jc_passage_step(sv, s->node, &t, move, s->day, err);
	jc_record_free(&t);
	return rc;
}

/* A transfer is called by the person whom it moves. */
static int
transfer_name(struct jc_stepper *s, struct jc_err *err)
{
	struct jc_record_key key;
	struct jc_record m = {0};
	int rc;

	if (value(s, 's', "name", 4) != NULL || !other_find(s, shown(&s->now, "member_id", 9), &key))
		return 0;
	if ((rc = jc_record_read(s->node, key.rec, &m, err)) >= 0 && shown(&m, "name", 4) != NULL)
		rc = put_named(&s->record, "name", shown(&m, "name", 4), err);
	jc_record_free(&m);
	return rc;
}

/* Between branches each side answers what the other began; who began records the other's answer with its document. */
static int
answer_check(const struct jc_stepper *s, const char *move, struct jc_err *err)
{
	if (strcmp(s->flow->code, "W2b") != 0 || (strcmp(move, "accept") != 0 && strcmp(move, "reject") != 0) || s->behalf != NULL ||
	    s->hub || !s->own.joined || shown(&s->now, "origin_id", 9) != NULL || jc_passage_inside(s->node, &s->now))
		return 0;
	return jc_err_set(err, JC_EDENIED, WHERE, "%s",
	    JC_T("这张接转单要由对方答复；对方已用纸面答复的，请写上文号代为记录",
	        "The other side answers this transfer; if it did so on paper, record it with the document's number"));
}

static int
is_move(const struct jc_stepper *s, const char *flow, const char *move, const char *want)
{
	return strcmp(s->flow->code, flow) == 0 && strcmp(move, want) == 0;
}

/* A problem without a term gets the one of its severity. */
static int
due_fill(struct jc_stepper *s, struct jc_err *err)
{
	const char *severity = value(s, 's', "severity", 8);
	char due[11];

	if (severity == NULL || value(s, 's', "due_on", 6) != NULL)
		return 0;
	severity = value(s, 's', "severity", 8);
	jc_day_add(due, s->day, jc_starter_days(severity));
	return put_named(&s->record, "due_on", due, err);
}

/* Records that must be there before the event that names them. */
static int
before(struct jc_stepper *s, struct jc_save *sv, const char *move, struct jc_err *err)
{
	if (is_move(s, "W1", move, "built") && strcmp(s->state, "filing") == 0 && value(s, 'e',
	    "union_org_id", 12) == NULL &&
	    value(s, 's', "union_org_id", 12) == NULL)
		return union_make(s, sv, err);
	if (is_move(s, "W4", move, "recur") && strcmp(s->state, "closed") == 0 && value(s, 'e',
	    "link_id", 7) == NULL)
		return item_again(s, sv, err);
	if (is_move(s, "W2b", move, "send"))
		return transfer_name(s, err);
	if (is_move(s, "W4", move, "find") || is_move(s, "W4", move, "rejudge"))
		return due_fill(s, err);
	return 0;
}

static int
after(struct jc_stepper *s, struct jc_save *sv, const char *move, struct jc_err *err)
{
	if (is_move(s, "W1", move, "built"))
		return unit_cover(s, sv, err);
	return strcmp(s->flow->code, "W2b") == 0 ? transfer_member(s, sv, move, err) : 0;
}

/* ---- saving ---- */

static int
written(struct jc_stepper *s, struct jc_save *sv, struct jc_err *err)
{
	int rc;

	if (s->record.nparts != 0 && s->own.no == s->scope.no) {
		if ((rc = jc_typed_finish(&s->record, &s->now, err)) < 0 ||
		    (rc = jc_save_set(sv, s->key.kind, s->key.id, s->record.change,
		    s->record.nchanges, 0, NULL, err)) < 0)
			return rc;
	}
	if ((rc = jc_typed_finish(&s->event, NULL, err)) < 0)
		return rc;
	return jc_save_set(sv, s->event.kind, s->id, s->event.change, s->event.nchanges, 0, NULL,
	    err);
}

/* Fills in what every row of that move that starts here would; the check chooses among them. */
static int
rows_fill(struct jc_stepper *s, const char *move, struct jc_err *err)
{
	for (const struct jc_move *m = s->flow->moves; m->move != NULL; m++)
		if (strcmp(m->move, move) == 0 && jc_flow_fits(m, s->state, s->left)) {
			int rc = fill_all(s, m, err);

			if (rc < 0)
				return rc;
		}
	return 0;
}

static int
save_in(struct jc_stepper *s, struct jc_save *sv, const char *move, struct jc_err *err)
{
	unsigned hats = s->hats != 0 ? s->hats : jc_stepper_hats(s, 0);
	const struct jc_move *row;
	int rc;

	if ((rc = before(s, sv, move, err)) < 0 || (rc = rows_fill(s, move, err)) < 0 ||
	    (rc = event_fill(s, move, err)) < 0 ||
	    (rc = jc_flow_pick(&row, &s->hat, &s->hints, s->flow, s->state, s->left, move, hats,
	    s->behalf != NULL, value, s, err)) < 0 ||
	    (rc = jc_save_as(sv, jc_hat_word(s->hat), s->day, s->behalf, err)) < 0 ||
	    (rc = written(s, sv, err)) < 0)
		return rc;
	return after(s, sv, move, err);
}

int
jc_stepper_save(struct jc_stepper *s, const char *move, struct jc_err *err)
{
	struct jc_save *sv;
	int rc, end;

	if (s->now.key.is_void)
		return jc_err_set(err, JC_ESTATE, WHERE, JC_T("这条记录已作废，先恢复再办理",
		    "This record is void; bring it back first"));
	if ((rc = answer_check(s, move, err)) < 0 || (rc = day_take(s, err)) < 0 || (rc = jc_save_begin(&sv, s->node, s->own.no, "step",
	    err)) < 0)
		return rc;
	rc = save_in(s, sv, move, err);
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
