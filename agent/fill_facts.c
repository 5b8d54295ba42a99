/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What forms ask for: numbers that are counted, facts of the own unit, records as rows. */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_value.h"
#include "fill_private.h"

enum test { ALL, EQUALS, OTHER_THAN, IN_PERIOD, UNDER_35, COVERED, RESCUE_COVERED };

struct measure {
	const char *words[10];   /* folded; NULL-terminated */
	const char *kind;
	const char *field;       /* that the test looks at */
	enum test test;
	const char *value;
	const char *sum;         /* field that is added up; NULL: records are counted */
};

static const struct measure measures[] = {
    {{"会员总数", "会员人数", "会员数", "在册会员", "在册会员数", "工会会员数", "工会会员总数",
	 "会员总人数", "现有会员", NULL},
	"member", "name", ALL, "", NULL},
    {{"女会员", "女会员数", "其中女会员", "女会员人数", "其中女", "女", NULL}, "member", "gender",
	EQUALS, "2", NULL},
    {{"男会员", "男会员数", "男会员人数", "其中男", "男", NULL}, "member", "gender", EQUALS, "1",
	NULL},
    {{"农民工会员", "农民工会员数", "农民工会员人数", "其中农民工会员", "其中农民工", "农民工",
	 "农民工人数", NULL},
	"member", "is_migrant_worker", EQUALS, "1", NULL},
    {{"党员", "党员数", "党员会员", "中共党员", "其中党员", NULL}, "member", "political", EQUALS,
	"01", NULL},
    {{"少数民族", "少数民族会员", "其中少数民族", NULL}, "member", "ethnicity", OTHER_THAN, "01",
	NULL},
    {{"八大群体", "八大群体会员", "新就业形态劳动者", "新就业形态会员", NULL}, "member",
	"occupation_group", OTHER_THAN, "none", NULL},
    {{"35岁以下", "35岁以下会员", "青年会员", NULL}, "member", "birth_date", UNDER_35, "", NULL},
    {{"新入会", "新入会员", "新入会人数", "新发展会员", "新发展会员数", "新增会员", "新增会员数",
	 "本期新入会", NULL},
	"member", "joined_on", IN_PERIOD, "", NULL},
    {{"活动场次", "活动次数", "活动场次数", "开展活动", "开展活动次数", "开展活动场次", NULL},
	"activity", "start_at", IN_PERIOD, "", NULL},
    {{"参加活动人次", "参加人次", "活动人次", "参与人次", NULL}, "activity", "start_at", IN_PERIOD,
	"", "attend_count"},
    {{"受益人次", NULL}, "activity", "start_at", IN_PERIOD, "", "benefit_count"},
    {{"社会组织数", "社会组织总数", "社会组织个数", NULL}, "org", "org_kind", EQUALS, "social",
	NULL},
    {{"基层工会数", "工会数", "工会组织数", "基层工会个数", NULL}, "org", "org_kind", EQUALS,
	"union", NULL},
    {{"参保人数", "互助保障参保人数", "在保人数", "互助保障人数", NULL}, "aid_cover", "from",
	COVERED, "", NULL},
    {{"救援队参保人数", "救援类组织参保人数", "救援救护类参保人数", "救援队参保", NULL},
	"aid_cover", "from", RESCUE_COVERED, "", NULL},
};

static void
fold(struct jc_buf *b, struct jc_slice s)
{
	jc_buf_reset(b);
	jc_text_fold(b, s.p, s.n, 1);
}

static const struct measure *
measure_of(struct jc_slice header)
{
	const struct measure *found = NULL;
	struct jc_buf b;

	if (header.n == 0 || header.n > 120)
		return NULL;
	jc_buf_init(&b, 4096);
	fold(&b, header);
	for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]) && found == NULL; i++)
		for (const char *const *w = measures[i].words; *w != NULL; w++)
			if (b.data != NULL && jc_slice_is((struct jc_slice){b.data, b.len}, *w))
				found = &measures[i];
	jc_buf_free(&b);
	return found;
}

int
jc_fill_facts_is_count(const struct jc_fill *f, struct jc_slice header)
{
	(void)f;
	return measure_of(header) != NULL;
}

/* ---- counting ---- */

struct counting {
	struct jc_fill *f;
	const struct measure *m;
	const struct jc_kind *kind;
	size_t field, sum, status, until, org; /* numbers of fields in the kind; SIZE_MAX: none */
	json_t *rescue;                        /* ids of rescue organizations */
	int64_t value, blank;
};

static size_t
field_no(const struct jc_kind *kind, const char *name)
{
	for (size_t i = 0; kind->fields[i].id != 0; i++)
		if (name != NULL && strcmp(kind->fields[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

static struct jc_slice
value_of(const struct jc_slice *text, size_t n, size_t field)
{
	return field < n && text[field].p != NULL ? text[field] : (struct jc_slice){"", 0};
}

/* In the register: active, on the way to another union, retained, or never stated. */
static int
is_member_now(struct jc_slice status)
{
	return status.n == 0 || jc_slice_is(status, "active") || jc_slice_is(status, "moving") ||
	    jc_slice_is(status, "retained");
}

/* A date of at least the month lies between two days. */
static int
is_between(struct jc_slice date, const char *from, const char *to)
{
	if (date.n < 7 || date.p[0] == '?')
		return 0;
	if (date.n == 7)
		return strncmp(date.p, from, 7) >= 0 && strncmp(date.p, to, 7) <= 0;
	return strncmp(date.p, from, 10) >= 0 && strncmp(date.p, to, 10) <= 0;
}

static int
is_under_35(struct jc_slice birth, const char *day)
{
	char edge[24];

	snprintf(edge, sizeof(edge), "%04d%.6s",
	    (day[0] - '0') * 1000 + (day[1] - '0') * 100 + (day[2] - '0') * 10 + (day[3] - '0') -
		35,
	    day + 4);
	return strncmp(birth.p, edge, birth.n < 10 ? birth.n : 10) > 0;
}

static int
holds(const struct counting *c, const struct jc_slice *text, size_t n)
{
	const struct jc_fill_report *r = c->f->report;
	struct jc_slice v = value_of(text, n, c->field), until = value_of(text, n, c->until);
	char org[JC_ID_LEN + 1] = "";

	switch (c->m->test) {
	case ALL:
		return 1;
	case EQUALS:
		return jc_slice_is(v, c->m->value);
	case OTHER_THAN:
		return v.n != 0 && v.p[0] != '?' && !jc_slice_is(v, c->m->value);
	case IN_PERIOD:
		return is_between(v, r->from, r->to);
	case UNDER_35:
		return v.n >= 4 && v.p[0] != '?' && is_under_35(v, r->to);
	case RESCUE_COVERED:
		v = value_of(text, n, c->org);
		if (v.n == JC_ID_LEN)
			memcpy(org, v.p, JC_ID_LEN);
		if (json_object_get(c->rescue, org) == NULL)
			return 0;
		v = value_of(text, n, c->field);
		/* fall through */
	case COVERED:
		return (v.n < 10 || strncmp(v.p, r->to, 10) <= 0) &&
		    (until.n < 10 || strncmp(until.p, r->to, 10) >= 0);
	}
	return 0;
}

static int
count_each(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct counting *c = arg;
	int64_t one = 1;

	(void)key;
	if (c->m->test != IN_PERIOD && !is_member_now(value_of(text, n, c->status)))
		return 0;
	if (value_of(text, n, c->field).n == 0)
		c->blank++;
	if (!holds(c, text, n))
		return 0;
	if (c->sum != SIZE_MAX) {
		struct jc_slice v = value_of(text, n, c->sum);

		one = 0;
		for (size_t i = 0; i < v.n && v.p[i] >= '0' && v.p[i] <= '9' && one < 100000000;
		     i++)
			one = one * 10 + (v.p[i] - '0');
		c->blank += v.n == 0;
	}
	c->value += one;
	return 0;
}

static int
rescue_each(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct jc_slice v = value_of(text, n, field_no(key->kind, "is_rescue"));

	if (jc_slice_is(v, "1"))
		json_object_set_new(arg, key->id, json_true());
	return 0;
}

int
jc_fill_facts_count(struct jc_fill *f, struct jc_slice header, int64_t *value, int64_t *blank)
{
	const struct measure *m = measure_of(header);
	struct counting c = {.f = f, .m = m};
	struct jc_query q = {0};
	int rc = 0;

	*value = *blank = 0;
	if (m == NULL || (c.kind = jc_catalogue_kind(m->kind, strlen(m->kind))) == NULL)
		return 0;
	c.field = field_no(c.kind, m->field);
	c.sum = m->sum != NULL ? field_no(c.kind, m->sum) : SIZE_MAX;
	c.status =
	    strcmp(m->kind, "member") == 0 ? field_no(c.kind, "membership_status") : SIZE_MAX;
	c.until =
	    m->test == COVERED || m->test == RESCUE_COVERED ? field_no(c.kind, "to") : SIZE_MAX;
	c.org = field_no(c.kind, "org_id");
	c.rescue = json_object();
	q.kind = jc_catalogue_kind("org", 3);
	if (m->test == RESCUE_COVERED)
		rc = jc_records_each(f->o->run->node, &q, rescue_each, c.rescue, f->err);
	q.kind = c.kind;
	if (rc == 0)
		rc = jc_records_each(f->o->run->node, &q, count_each, &c, f->err);
	json_decref(c.rescue);
	*value = c.value;
	*blank = m->test == ALL ? 0 : c.blank;
	return rc < 0 ? rc : 1;
}

/* ---- the own unit ---- */

struct owning {
	struct jc_fill *f;
	int unions, found;
};

static int
own_take(struct jc_fill *f, const struct jc_kind *kind, const struct jc_slice *text, size_t n)
{
	int rc;

	json_object_clear(f->own);
	for (size_t i = 0; i < n; i++) {
		if (text[i].p == NULL || text[i].n == 0)
			continue;
		if ((rc = jc_export_cell(&f->x, &kind->fields[i], text[i])) < 0)
			return rc;
		json_object_set_new(f->own, kind->fields[i].name,
		    json_stringn(f->x.cell.data != NULL ? f->x.cell.data : "", f->x.cell.len));
	}
	return 0;
}

static int
own_each(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct owning *o = arg;
	int named;

	if (!jc_slice_is(value_of(text, n, field_no(key->kind, "org_kind")), "union"))
		return 0;
	named = jc_slice_is(value_of(text, n, field_no(key->kind, "name")), o->f->unit);
	o->unions++;
	if (!named && (o->found || o->unions > 1)) {
		if (!o->found)
			json_object_clear(
			    o->f->own); /* several unions, none of our name: nobody knows which is ours */
		return 0;
	}
	o->found |= named;
	return own_take(o->f, key->kind, text, n);
}

int
jc_fill_facts_open(struct jc_fill *f)
{
	struct owning o = {f, 0, 0};
	struct jc_query q = {.kind = jc_catalogue_kind("org", 3)};
	struct jc_scope scope;
	int rc;

	f->own = json_object();
	if ((rc = jc_node_scope(f->o->run->node, &scope, f->err)) < 0)
		return rc;
	snprintf(f->unit, sizeof(f->unit), "%s", scope.name);
	q.scope = scope.no;
	return jc_records_each(f->o->run->node, &q, own_each, &o, f->err);
}

static int
is_word(const struct jc_buf *b, const char *const *words)
{
	for (; *words != NULL; words++)
		if (b->data != NULL && strcmp(b->data, *words) == 0)
			return 1;
	return 0;
}

int
jc_fill_facts_label(
    struct jc_fill *f, struct jc_slice label, struct jc_buf *out, const char **reason)
{
	static const char *const unit[] = {"填报单位", "填表单位", "单位", "单位名称", "上报单位",
	    "报送单位", "工会名称", "工会全称", "基层工会名称", NULL};
	static const char *const day[] = {
	    "填报日期", "填表日期", "填报时间", "填表时间", "上报日期", "报送日期", NULL};
	static const char *const until[] = {
	    "统计日期", "截止日期", "截至日期", "统计截止日期", NULL};
	static const char *const hand[] = {"填报人", "填表人", "制表人", "审核人", "经办人签字",
	    "负责人签字", "单位盖章", "盖章", NULL};
	const struct jc_field *field;
	const char *text;
	struct jc_buf b;
	int known = 1;

	*reason = NULL;
	jc_buf_init(&b, 4096);
	fold(&b, label);
	if (is_word(&b, unit))
		jc_buf_puts(out, f->unit);
	else if (is_word(&b, day))
		jc_buf_puts(out, f->today);
	else if (is_word(&b, until))
		jc_buf_puts(out, f->report->to);
	else if (is_word(&b, hand))
		*reason = JC_T("要本人签字或盖章", "to be signed or sealed by hand");
	else if (jc_words_exact(&f->words, jc_catalogue_kind("org", 3), label, &field, 1) > 0) {
		text = json_string_value(json_object_get(f->own, field->name));
		jc_buf_puts(out, text != NULL ? text : "");
		if (text == NULL)
			*reason = json_object_size(f->own) == 0
			    ? JC_T("本单位的工会资料还没有录入",
				  "the record of the own union is not there yet")
			    : JC_T("本单位的工会资料里这一项没有填",
				  "the record of the own union says nothing about it");
	} else {
		known = 0;
	}
	jc_buf_free(&b);
	return known;
}

/* ---- lists ---- */

struct listing {
	struct jc_fill *f;
	const struct jc_layout *l;
	json_t *rows;
	size_t status, number, org_kind, title;
};

static json_t *
short_text(const struct jc_field *f, struct jc_slice stored, const struct jc_buf *shown)
{
	if (f->type == JC_ENUM && strcmp(f->name, "gender") == 0 && stored.n == 1 &&
	    (*stored.p == '1' || *stored.p == '2'))
		return json_string(*stored.p == '1' ? "男" : "女");
	return json_stringn(shown->data != NULL ? shown->data : "", shown->len);
}

static int
list_each(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct listing *g = arg;
	struct jc_slice title = value_of(text, n, g->title), number = value_of(text, n, g->number);
	json_t *row;
	int rc;

	if (g->status != SIZE_MAX && !is_member_now(value_of(text, n, g->status)))
		return 0;
	if (g->l->org_kind != NULL && value_of(text, n, g->org_kind).n != 0 &&
	    !jc_slice_is(value_of(text, n, g->org_kind), g->l->org_kind))
		return 0;
	row = json_pack(
	    "[s,o,o]", key->id, json_stringn(title.p, title.n), json_stringn(number.p, number.n));
	for (size_t i = 0; i < g->l->ncols; i++) {
		const struct jc_field *f =
		    g->l->col[i].what == JC_LAYOUT_FIELD ? g->l->col[i].field : NULL;
		size_t no = f != NULL ? field_no(key->kind, f->name) : SIZE_MAX;
		struct jc_slice v = value_of(text, n, no);

		jc_buf_reset(&g->f->x.cell);
		if (f != NULL && v.n != 0 && (rc = jc_export_cell(&g->f->x, f, v)) < 0) {
			json_decref(row);
			return rc;
		}
		json_array_append_new(
		    row, f != NULL ? short_text(f, v, &g->f->x.cell) : json_string(""));
	}
	return json_array_append_new(g->rows, row) < 0 ? JC_NOMEM(g->f->err, "fill") : 0;
}

int
jc_fill_facts_records(struct jc_fill *f, json_t **out, const struct jc_layout *l)
{
	struct listing g = {.f = f, .l = l, .rows = json_array(), .number = SIZE_MAX};
	struct jc_query q = {.kind = l->kind};
	int rc;

	g.status = strcmp(l->kind->name, "member") == 0 ? field_no(l->kind, "membership_status")
							: SIZE_MAX;
	g.org_kind = field_no(l->kind, "org_kind");
	g.title = field_no(l->kind, l->kind->title);
	for (size_t i = 0; l->kind->fields[i].id != 0; i++)
		if (l->kind->fields[i].type == JC_IDNO || l->kind->fields[i].type == JC_USCC)
			g.number = g.number == SIZE_MAX ? i : g.number;
	*out = g.rows;
	for (const struct jc_field *x = l->kind->fields; x->id != 0;
	     x++) { /* names are read before the list begins */
		const struct jc_kind *to =
		    x->type == JC_REF ? jc_catalogue_kind(x->ref, strlen(x->ref)) : NULL;

		if (to != NULL && (rc = jc_match_state(f->x.match, to, "000000000000", f->err)) < 0)
			return rc;
	}
	rc = jc_records_each(f->o->run->node, &q, list_each, &g, f->err);
	return rc;
}
