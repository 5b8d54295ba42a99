/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "typed.h"

#include <string.h>

#include <jansson.h>

#include "../schema/schema_mem.h"
#include "cmd.h"

void
jc_typed_init(struct jc_typed *t, struct jc_match *match, enum jc_typed_refs refs, const char *today)
{
	memset(t, 0, sizeof(*t));
	t->match = match;
	t->refs = refs;
	memcpy(t->today, today, sizeof(t->today));
	jc_buf_init(&t->text, 8u << 20);
}

void
jc_typed_free(struct jc_typed *t)
{
	jc_buf_free(&t->text);
	jc_free(t->part);
	jc_free(t->change);
	jc_free(t->elem);
	memset(t, 0, sizeof(*t));
}

void
jc_typed_begin(struct jc_typed *t, const struct jc_kind *kind)
{
	t->kind = kind;
	t->nparts = t->nchanges = 0;
	jc_buf_reset(&t->text);
}

static struct jc_typed_part *
part_add(struct jc_typed *t, const struct jc_field *f, enum jc_typed_how how, struct jc_err *err)
{
	if (t->nparts == t->cap) {
		size_t cap = t->cap != 0 ? t->cap * 2 : 64;
		struct jc_typed_part *v = jc_realloc(t->part, cap * sizeof(*v));

		if (v == NULL) {
			JC_NOMEM(err, "typed");
			return NULL;
		}
		t->part = v;
		t->cap = cap;
	}
	t->part[t->nparts] = (struct jc_typed_part){.field = f, .how = how, .at = t->text.len};
	return &t->part[t->nparts++];
}

/* ---- one value ---- */

static void
remark_give(struct jc_typed *t, const struct jc_field *f, const struct jc_remarks *remarks)
{
	for (size_t i = 0; i < remarks->n && t->remark != NULL; i++)
		t->remark(t->arg, f, &remarks->item[i]);
}

static int
ref_missing(struct jc_typed *t, const struct jc_field *f, const struct jc_kind *kind, struct jc_slice s, int several,
    struct jc_err *err)
{
	struct jc_remarks remarks = {0};
	int n = (int)(s.n < 60 ? s.n : 60), rc;

	if (t->refs == JC_TYPED_STRICT && several)
		return jc_err_set(err, JC_EINVAL, "typed",
		    JC_T("叫“%.*s”的%s不止一个，请改用编号（jiceng list %s 可以查到）",
		        "More than one record is called \"%.*s\" (%s); use the id from jiceng list %s"), n, s.p,
		    jc_kind_label(kind), kind->name);
	if (t->refs == JC_TYPED_STRICT)
		return jc_err_set(err, JC_ENOTFOUND, "typed",
		    JC_T("没有叫“%.*s”的%s，请先新增，或用 jiceng list %s 查编号",
		        "No record is called \"%.*s\" (%s); add it first, or look for the id with jiceng list %s"), n, s.p,
		    jc_kind_label(kind), kind->name);
	jc_buf_putc(&t->text, '?');
	if ((rc = jc_text_normalise(&t->text, s.p, s.n, 0, err)) < 0)
		return rc;
	if (t->refs == JC_TYPED_KEEP) {
		if (several)
			jc_remark_add(&remarks, "W:ref", JC_T("叫“%.*s”的%s不止一个，先照原样存下", "several are called \"%.*s\" (%s); kept as typed"),
			    n, s.p, jc_kind_label(kind));
		else
			jc_remark_add(&remarks, "W:ref", JC_T("没有叫“%.*s”的%s，先照原样存下", "none is called \"%.*s\" (%s); kept as typed"), n,
			    s.p, jc_kind_label(kind));
		remark_give(t, f, &remarks);
	}
	return 0;
}

static struct jc_slice
trimmed(const char *s, size_t n)
{
	while (n > 0 && (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n')) {
		s++;
		n--;
	}
	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r' || s[n - 1] == '\n'))
		n--;
	return (struct jc_slice){s, n};
}

static int
ref_put(struct jc_typed *t, const struct jc_field *f, const char *p, size_t n, struct jc_err *err)
{
	const struct jc_kind *kind = jc_catalogue_kind(f->ref, strlen(f->ref));
	struct jc_slice s = trimmed(p, n);
	jc_id id;
	int rc = 0;

	if (s.n == 0)
		return 0;
	if (t->refs == JC_TYPED_ID || strcmp(f->ref, "*") == 0) {
		uint64_t v;

		if (jc_id_to_u64(&v, s.p, s.n) == 0) {
			jc_buf_slice(&t->text, s);
			return jc_buf_check(&t->text, "typed", err);
		}
		if (t->refs == JC_TYPED_STRICT)
			return jc_err_set(err, JC_ENOTFOUND, "typed", JC_T("“%.*s”不是记录的编号，请写编号",
			    "\"%.*s\" is no record's id; give the id"), (int)(s.n < 60 ? s.n : 60), s.p);
	}
	if (kind == NULL) { /* of a kind that comes later: kept as typed */
		jc_buf_putc(&t->text, '?');
		jc_buf_slice(&t->text, s);
		return jc_buf_check(&t->text, "typed", err);
	}
	if (t->refs != JC_TYPED_RAW && (rc = jc_match_ref(t->match, kind, s, id, err)) < 0)
		return rc;
	if (rc == 1) {
		jc_buf_put(&t->text, id, JC_ID_LEN);
		return 0;
	}
	return ref_missing(t, f, kind, s, rc == 2, err);
}

/* Appends the stored text of one value; nothing when there is none. */
static int
value_put(struct jc_typed *t, const struct jc_field *f, const char *s, size_t n, struct jc_err *err)
{
	struct jc_remarks remarks = {0};
	int rc;

	if (f->type == JC_REF)
		rc = ref_put(t, f, s, n, err);
	else if ((rc = jc_value_parse(&t->text, f, s, n, t->today, &remarks, err)) == 0)
		remark_give(t, f, &remarks);
	if (rc == 0)
		rc = jc_buf_check(&t->text, "typed", err);
	if (rc < 0 && rc != JC_ENOMEM)
		jc_err_prefix(err, JC_T("%s：", "%s: "), jc_field_label(f));
	return rc;
}

/* ---- one field ---- */

static int
field_check(const struct jc_typed *t, const struct jc_field *f, enum jc_typed_how how, struct jc_err *err)
{
	if (f->derived)
		return jc_err_set(err, JC_EINVAL, "typed",
		    JC_T("“%s”由程序推算，不用填写", "\"%s\" is worked out by the program and not typed"), jc_field_label(f));
	if (how != JC_TYPED_SET && !f->set)
		return jc_err_set(err, JC_EUSAGE, "typed",
		    JC_T("“%s”只有一个值，请写 %s=值", "\"%s\" has one value; write %s=VALUE"), jc_field_label(f), f->name);
	if (how != JC_TYPED_SET)
		return 0;
	for (size_t i = 0; i < t->nparts; i++)
		if (t->part[i].field == f)
			return jc_err_set(err, JC_EINVAL, "typed",
			    JC_T("“%s”写了两次，请只留一个", "\"%s\" is given twice; keep one"), jc_field_label(f));
	return 0;
}

int
jc_typed_whole(struct jc_typed *t, const struct jc_field *f, struct jc_err *err)
{
	struct jc_typed_part *part;
	int rc;

	if ((rc = field_check(t, f, JC_TYPED_SET, err)) < 0)
		return rc;
	if ((part = part_add(t, f, JC_TYPED_SET, err)) == NULL)
		return JC_ENOMEM;
	part->whole = 1;
	return 0;
}

static int
element_put(struct jc_typed *t, const struct jc_field *f, enum jc_typed_how how, const char *s, size_t n, struct jc_err *err)
{
	struct jc_typed_part *part = part_add(t, f, how, err);
	int rc;

	if (part == NULL)
		return JC_ENOMEM;
	if ((rc = value_put(t, f, s, n, err)) < 0)
		return rc;
	t->part[t->nparts - 1].len = t->text.len - t->part[t->nparts - 1].at;
	if (t->part[t->nparts - 1].len == 0 && f->set)
		t->nparts--; /* an element without a value is none */
	return 0;
}

int
jc_typed_element(struct jc_typed *t, const struct jc_field *f, const char *s, size_t n, struct jc_err *err)
{
	return element_put(t, f, JC_TYPED_SET, s, n, err);
}

struct split {
	struct jc_typed *t;
	const struct jc_field *f;
	enum jc_typed_how how;
	struct jc_err *err;
};

static int
split_each(void *arg, const char *p, size_t n)
{
	struct split *s = arg;

	return element_put(s->t, s->f, s->how, p, n, s->err);
}

/* ["a","b"]: how an export writes a set whose elements hold separators. 1 when it was that. */
static int
array_put(struct jc_typed *t, const struct jc_field *f, enum jc_typed_how how, const char *s, size_t n, struct jc_err *err)
{
	json_t *a, *e;
	size_t i;
	int rc = 0;

	if (n < 2 || s[0] != '[' || s[n - 1] != ']' || (a = json_loadb(s, n, JSON_REJECT_DUPLICATES, NULL)) == NULL)
		return 0;
	json_array_foreach(a, i, e)
		if (rc == 0 && json_is_string(e))
			rc = element_put(t, f, how, json_string_value(e), json_string_length(e), err);
	json_decref(a);
	return rc < 0 ? rc : 1;
}

int
jc_typed_put(struct jc_typed *t, const struct jc_field *f, enum jc_typed_how how, const char *s, size_t n,
    struct jc_err *err)
{
	struct split split = {t, f, how, err};
	int rc;

	if (!f->set) {
		if ((rc = field_check(t, f, how, err)) < 0)
			return rc;
		return element_put(t, f, how, s, n, err);
	}
	if (how == JC_TYPED_SET)
		rc = jc_typed_whole(t, f, err);
	else
		rc = field_check(t, f, how, err);
	if (rc < 0 || (rc = array_put(t, f, how, s, n, err)) != 0)
		return rc < 0 ? rc : 0;
	return jc_value_split(s, n, split_each, &split);
}

int
jc_typed_pair(struct jc_typed *t, const char *pair, struct jc_err *err)
{
	const char *equals = strchr(pair, '='), *value;
	enum jc_typed_how how = JC_TYPED_SET;
	const struct jc_field *f;
	size_t n;
	int rc;

	if (equals == NULL || equals == pair)
		return jc_err_set(err, JC_EUSAGE, "typed",
		    JC_T("“%.60s”要写成 项目=内容，例如 name=张三", "\"%.60s\" must be FIELD=VALUE, as in name=..."), pair);
	n = (size_t)(equals - pair);
	value = equals + 1;
	if (pair[n - 1] == '+' || pair[n - 1] == '-') {
		how = pair[n - 1] == '+' ? JC_TYPED_ADD : JC_TYPED_DEL;
		n--;
	}
	if ((rc = jc_cmd_field(&f, t->kind, pair, n, err)) < 0)
		return rc;
	return jc_typed_put(t, f, how, value, strlen(value), err);
}

/* ---- changes ---- */

int
jc_typed_needs_record(const struct jc_typed *t)
{
	for (size_t i = 0; i < t->nparts; i++)
		if (t->part[i].whole)
			return 1;
	return 0;
}

static struct jc_slice
part_text(const struct jc_typed *t, const struct jc_typed_part *p)
{
	return (struct jc_slice){p->len != 0 ? t->text.data + p->at : "", p->len};
}

static int
is_wanted(const struct jc_typed *t, const struct jc_field *f, const char *s, size_t n)
{
	for (size_t i = 0; i < t->nparts; i++)
		if (t->part[i].field == f && t->part[i].how != JC_TYPED_DEL && !t->part[i].whole &&
		    jc_slice_eq(part_text(t, &t->part[i]), (struct jc_slice){s, n}))
			return 1;
	return 0;
}

/* What the set held and is not wanted any more goes. */
static int
set_difference(struct jc_typed *t, const struct jc_field *f, const struct jc_record *now, struct jc_err *err)
{
	const char *stored = NULL;
	json_t *a, *e;
	size_t i;
	int rc = 0;

	for (i = 0; now != NULL && i < now->nfields; i++)
		if (now->field[i].field == f)
			stored = now->field[i].text;
	if (stored == NULL || (a = json_loads(stored, JSON_REJECT_DUPLICATES, NULL)) == NULL)
		return 0;
	json_array_foreach(a, i, e) {
		const char *s = json_string_value(e);
		size_t n = json_string_length(e);

		if (rc != 0 || s == NULL || is_wanted(t, f, s, n))
			continue;
		if (part_add(t, f, JC_TYPED_DEL, err) == NULL) {
			rc = JC_ENOMEM;
			continue;
		}
		jc_buf_put(&t->text, s, n);
		t->part[t->nparts - 1].len = n;
	}
	json_decref(a);
	return rc < 0 ? rc : jc_buf_check(&t->text, "typed", err);
}

static int
room(struct jc_typed *t, struct jc_err *err)
{
	if (t->nparts > t->change_cap) {
		struct jc_change *c = jc_realloc(t->change, t->nparts * sizeof(*c));

		if (c == NULL)
			return JC_NOMEM(err, "typed");
		t->change = c;
		t->change_cap = t->nparts;
	}
	if (t->nparts > t->elem_cap) {
		struct jc_slice *e = jc_realloc(t->elem, t->nparts * sizeof(*e));

		if (e == NULL)
			return JC_NOMEM(err, "typed");
		t->elem = e;
		t->elem_cap = t->nparts;
	}
	return 0;
}

/* All elements of a field that go one way, in a row in t->elem from *at on. */
static size_t
elements_of(struct jc_typed *t, const struct jc_field *f, int del, size_t *at)
{
	size_t from = *at;

	for (size_t i = 0; i < t->nparts; i++)
		if (t->part[i].field == f && !t->part[i].whole && (t->part[i].how == JC_TYPED_DEL) == del)
			t->elem[(*at)++] = part_text(t, &t->part[i]);
	return *at - from;
}

static int
change_known(const struct jc_typed *t, const struct jc_field *f)
{
	for (size_t i = 0; i < t->nchanges; i++)
		if (t->change[i].field == f)
			return 1;
	return 0;
}

int
jc_typed_finish(struct jc_typed *t, const struct jc_record *now, struct jc_err *err)
{
	size_t typed = t->nparts, at = 0;
	int rc;

	for (size_t i = 0; i < typed; i++)
		if (t->part[i].whole && (rc = set_difference(t, t->part[i].field, now, err)) < 0)
			return rc;
	if ((rc = room(t, err)) < 0)
		return rc;
	t->nchanges = 0;
	for (size_t i = 0; i < t->nparts; i++) {
		const struct jc_field *f = t->part[i].field;
		struct jc_change *c = &t->change[t->nchanges];

		if (change_known(t, f))
			continue;
		t->nchanges++;
		*c = (struct jc_change){.field = f};
		if (!f->set) {
			c->text = part_text(t, &t->part[i]);
			continue;
		}
		c->add = t->elem + at;
		c->nadd = elements_of(t, f, 0, &at);
		c->del = t->elem + at;
		c->ndel = elements_of(t, f, 1, &at);
	}
	return 0;
}

void
jc_typed_who(const struct jc_typed *t, struct jc_match_who *who)
{
	memset(who, 0, sizeof(*who));
	for (size_t i = 0; i < t->nparts; i++)
		jc_match_who_add(who, t->kind, t->part[i].field, part_text(t, &t->part[i]));
	jc_match_who_check(who, t->today);
}
