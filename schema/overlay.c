/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Snapshots of the catalogue. Definitions come from records that others wrote, so each is checked
 * here as foreign input is: one that cannot be used is refused with a sentence and the rest goes on.
 * Everything of a snapshot lies in its own blocks; a snapshot that equals one made before is freed
 * and the older one given out, so that definitions which do not change cost nothing, however often
 * they are read.
 */
#include "schema_overlay.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/kinds.h"
#include "schema_canon.h"
#include "schema_mem.h"
#include "schema_rule.h"
#include "schema_value.h"

#define CHOICES_MAX 200
#define ALIASES_MAX 20
#define HIDDEN_MAX 8 /* built-in kinds that are not for people */

struct block {
	struct block *next;
	char data[];
};

/* One kind of the snapshot under construction. */
struct draft {
	struct jc_kind kind;
	struct jc_field *field; /* defined ones in order, shown and hidden */
	int64_t *place;
	uint8_t *hidden;
	size_t n;
};

struct snapshot {
	struct snapshot *next;
	struct block *blocks;
	uint64_t print;
	const struct jc_kind **kinds;
};

struct jc_overlay_maker {
	struct snapshot *snap;
	struct draft *draft;
	size_t n, base;
	int any;
};

static _Atomic(struct snapshot *) made; /* all of them; only grows */

/* ---- memory of a snapshot ---- */

static void
snapshot_free(struct snapshot *s)
{
	for (struct block *b = s != NULL ? s->blocks : NULL, *next; b != NULL; b = next) {
		next = b->next;
		jc_free(b);
	}
	jc_free(s);
}

static void *
block_new(struct snapshot *s, size_t n)
{
	struct block *b = jc_calloc(1, sizeof(*b) + n);

	if (b == NULL)
		return NULL;
	b->next = s->blocks;
	s->blocks = b;
	return b->data;
}

/* A terminated copy; NULL for no text (and *failed set) or without memory. */
static const char *
text_copy(struct snapshot *s, struct jc_slice t, int *failed)
{
	char *p;

	if (t.n == 0)
		return NULL;
	if ((p = block_new(s, t.n + 1)) == NULL)
		*failed = 1;
	else
		memcpy(p, t.p, t.n);
	return p;
}

/* ---- reading a definition ---- */

int
jc_overlay_name(const char *name, size_t n)
{
	return n > 2 && name[0] == 'x' && name[1] == '_';
}

static int
refuse(struct jc_err *err, const char *what)
{
	return jc_err_set(err, JC_EINVAL, "jc_overlay", "%s", what);
}

static int
key_check(struct jc_slice key, size_t max, struct jc_err *err)
{
	int ok = jc_overlay_name(key.p, key.n) && key.n <= max;

	for (size_t i = 2; ok && i < key.n; i++)
		ok = (key.p[i] >= 'a' && key.p[i] <= 'z') || (key.p[i] >= '0' && key.p[i] <= '9') || key.p[i] == '_';
	if (ok)
		return 0;
	return refuse(err, JC_T("代码要以 x_ 开头，只用小写字母、数字和下划线，不超过规定长度",
	    "The key begins with x_, has lower-case letters, digits and _, and is not too long"));
}

static int64_t
number(struct jc_slice s, int64_t absent)
{
	char text[24];

	if (s.n == 0 || s.n >= sizeof(text) || s.p[0] == '?')
		return absent;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return strtoll(text, NULL, 10);
}

static int
yes(struct jc_slice s)
{
	return jc_slice_is(s, "1");
}

/* Place of a code among the choices of a field of the defining kind; -1. */
static int
code_place(const struct jc_kind *kind, unsigned id, struct jc_slice code)
{
	const struct jc_choice *c = jc_catalogue_field_id(kind, id)->choices;

	for (int i = 0; c[i].code != NULL; i++)
		if (jc_slice_is(code, c[i].code))
			return i;
	return -1;
}

static struct jc_slice
trimmed(const char *p, size_t n)
{
	while (n > 0 && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return (struct jc_slice){p, n};
}

/* The next entry of "code=label=English; ..." from *at on; 0 at the end. */
static int
entry_next(struct jc_slice all, size_t *at, struct jc_slice part[3])
{
	static const char wide[] = "；";
	size_t end;

	for (;;) {
		while (*at < all.n && (all.p[*at] == '\n' || all.p[*at] == ';' || all.p[*at] == ' '))
			(*at)++;
		if (*at + 3 <= all.n && memcmp(all.p + *at, wide, 3) == 0)
			*at += 3;
		else
			break;
	}
	if (*at >= all.n)
		return 0;
	for (end = *at; end < all.n && all.p[end] != '\n' && all.p[end] != ';' &&
	     !(end + 3 <= all.n && memcmp(all.p + end, wide, 3) == 0); end++)
		continue;
	for (int i = 0; i < 3; i++) {
		const char *p = all.p + *at, *eq = i < 2 ? memchr(p, '=', end - *at) : NULL;
		size_t n = eq != NULL ? (size_t)(eq - p) : end - *at;

		part[i] = trimmed(p, n);
		*at += n + (eq != NULL);
	}
	return 1;
}

static int
code_ok(struct jc_slice code)
{
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
			return 0;
	}
	return code.n >= 1 && code.n <= 40;
}

static int
choices_read(const struct jc_choice **out, struct snapshot *s, struct jc_slice all, struct jc_err *err)
{
	struct jc_choice *c = block_new(s, (CHOICES_MAX + 1) * sizeof(*c));
	struct jc_slice part[3];
	size_t at = 0, n = 0;
	int failed = 0;

	if (c == NULL)
		return JC_NOMEM(err, "choices_read");
	while (entry_next(all, &at, part)) {
		if (n == CHOICES_MAX || !code_ok(part[0]) || part[1].n == 0)
			return refuse(err, JC_T("选项要写成“代码=名称”，用分号或换行分开；代码只用字母、数字、下划线，最多200个",
			    "Choices are written code=label, divided by semicolons or lines; at most 200"));
		for (size_t i = 0; i < n; i++)
			if (jc_slice_is(part[0], c[i].code))
				return refuse(err, JC_T("有两个选项的代码相同", "Two choices have one code"));
		c[n].code = text_copy(s, part[0], &failed);
		c[n].zh = text_copy(s, part[1], &failed);
		c[n++].en = text_copy(s, part[2], &failed);
		if (failed)
			return JC_NOMEM(err, "choices_read");
	}
	if (n == 0)
		return refuse(err, JC_T("选项类的项目要写出选项", "A choice field needs its choices"));
	*out = c;
	return 0;
}

/* Every label must lead back to its own choice when it is typed. */
static int
choices_check(const struct jc_field *f, struct jc_err *err)
{
	for (const struct jc_choice *c = f->choices, *found; c->code != NULL; c++) {
		if (jc_catalogue_choice_typed(&found, f, c->zh, strlen(c->zh)) < 0)
			return JC_NOMEM(err, "choices_check");
		if (found != c)
			return refuse(err, JC_T("有两个选项读起来一样", "Two choices read the same"));
	}
	return 0;
}

static int
aliases_read(const char *const **out, struct snapshot *s, struct jc_slice array, struct jc_err *err)
{
	struct jc_canon c;
	const char **v;
	size_t n = 0;
	int failed = 0;

	if (array.n == 0)
		return 0;
	if ((v = block_new(s, (ALIASES_MAX + 1) * sizeof(*v))) == NULL)
		return JC_NOMEM(err, "aliases_read");
	jc_canon_init(&c, array.p, array.n);
	if (jc_canon_next(&c) == JC_TOK_ARR)
		while (jc_canon_next(&c) == JC_TOK_STR && n < ALIASES_MAX)
			if (memchr(c.raw.p, '\\', c.raw.n) == NULL && c.raw.n != 0)
				v[n++] = text_copy(s, c.raw, &failed);
	*out = v;
	return failed ? JC_NOMEM(err, "aliases_read") : 0;
}

static struct draft *
draft_of(struct jc_overlay_maker *m, struct jc_slice kind)
{
	for (size_t i = 0; i < m->n; i++)
		if (jc_slice_is(kind, m->draft[i].kind.name))
			return &m->draft[i];
	return NULL;
}

/* ---- a snapshot under construction ---- */

void
jc_overlay_drop(struct jc_overlay_maker *m)
{
	if (m == NULL)
		return;
	snapshot_free(m->snap);
	jc_free(m->draft);
	jc_free(m);
}

int
jc_overlay_begin(struct jc_overlay_maker **out, struct jc_err *err)
{
	const struct jc_kind *const *base = jc_catalogue_base();
	struct jc_overlay_maker *m = jc_calloc(1, sizeof(*m));

	*out = NULL;
	if (m == NULL)
		return JC_NOMEM(err, "jc_overlay_begin");
	while (base[m->base] != NULL)
		m->base++;
	m->snap = jc_calloc(1, sizeof(*m->snap));
	m->draft = jc_calloc(m->base + JC_OVERLAY_FORMS, sizeof(*m->draft));
	if (m->snap == NULL || m->draft == NULL) {
		jc_overlay_drop(m);
		return JC_NOMEM(err, "jc_overlay_begin");
	}
	for (; m->n < m->base; m->n++)
		m->draft[m->n].kind = *base[m->n];
	*out = m;
	return 0;
}

int
jc_overlay_form(struct jc_overlay_maker *m, const struct jc_slice v[JC_XM_IDS], unsigned no, struct jc_err *err)
{
	int ceiling = code_place(&jc_xform_kind, JC_XM_CEILING, v[JC_XM_CEILING]), failed = 0, rc;
	struct jc_kind *k = &m->draft[m->n].kind;
	const char *zh, *en;

	if ((rc = key_check(v[JC_XM_KEY], 32, err)) < 0)
		return rc;
	if (v[JC_XM_ZH].n == 0 || ceiling < 0 || v[JC_XM_TITLE].n == 0)
		return refuse(err, JC_T("表格要有名称、报到哪一级和标题项", "A form needs a label, its ceiling and a title field"));
	if (draft_of(m, v[JC_XM_KEY]) != NULL)
		return jc_err_set(err, JC_EEXISTS, "jc_overlay_form", "%s",
		    JC_T("上级已有这个代码的表格", "There is a form of this key already"));
	if (m->n == m->base + JC_OVERLAY_FORMS || no < 1000 || no > UINT16_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_overlay_form", JC_T("表格太多，最多%d个", "Too many forms: at most %d"),
		    JC_OVERLAY_FORMS);
	zh = text_copy(m->snap, v[JC_XM_ZH], &failed);
	en = text_copy(m->snap, v[JC_XM_EN], &failed);
	*k = (struct jc_kind){.id = (uint16_t)no, .name = text_copy(m->snap, v[JC_XM_KEY], &failed), .zh = zh,
	    .en = en != NULL ? en : zh, .version = (uint16_t)number(v[JC_XM_VERSION], 1), .ceiling = (enum jc_tier)ceiling,
	    .title = text_copy(m->snap, v[JC_XM_TITLE], &failed), .defined = yes(v[JC_XM_HIDDEN]) ? 2 : 1};
	if (failed || (rc = aliases_read(&k->aliases, m->snap, v[JC_XM_ALIASES], err)) < 0)
		return JC_NOMEM(err, "jc_overlay_form");
	m->n++;
	m->any = 1;
	return 0;
}

static int
known_kind(struct jc_overlay_maker *m, struct jc_slice name)
{
	return jc_slice_is(name, "*") || draft_of(m, name) != NULL;
}

static int
numbers_read(struct jc_field *f, const struct jc_slice v[JC_XF_IDS], struct jc_err *err)
{
	int text = f->type == JC_TEXT || f->type == JC_LONG, num = f->type == JC_INT || f->type == JC_MONEY || f->type == JC_DECIMAL;
	int64_t max = number(v[JC_XF_MAX], f->set && text ? 100 : 0), scale = number(v[JC_XF_SCALE], 0);

	if ((f->type == JC_DECIMAL) != (scale >= 1 && scale <= 6) || (f->type != JC_DECIMAL && scale != 0))
		return refuse(err, JC_T("小数要写小数位数（1到6），别的类型不写", "Decimals, and only they, have 1 to 6 digits after the point"));
	if (max < 0 || max > 8000 || (max != 0 && !text) || (f->set && text && max > 100))
		return refuse(err, JC_T("最多字数只用于文字，不超过8000（可填多个的不超过100）",
		    "Only text has a most of characters: 8000, among several values 100"));
	if (f->set && f->type == JC_LONG)
		return refuse(err, JC_T("长文字不能填多个", "Long text cannot have several values"));
	f->scale = (uint8_t)scale;
	f->max = (uint16_t)max;
	if (v[JC_XF_LOW].n == 0 && v[JC_XF_HIGH].n == 0)
		return 0;
	f->low = number(v[JC_XF_LOW], INT64_MIN / 2);
	f->high = number(v[JC_XF_HIGH], INT64_MAX / 2);
	return num && f->low < f->high ? 0
	    : refuse(err, JC_T("最小、最大只用于数字，最小要比最大小", "Only numbers have a least and a most, the least being less"));
}

static int
shape_read(struct jc_overlay_maker *m, struct jc_field *f, const struct jc_slice v[JC_XF_IDS], struct jc_err *err)
{
	int type = code_place(&jc_xfield_kind, JC_XF_TYPE, v[JC_XF_TYPE]), need, pi, failed = 0, rc;

	need = v[JC_XF_NEED].n == 0 ? 0 : code_place(&jc_xfield_kind, JC_XF_NEED, v[JC_XF_NEED]);
	pi = v[JC_XF_PI].n == 0 ? JC_PI_P : code_place(&jc_xfield_kind, JC_XF_PI, v[JC_XF_PI]);
	if (type < 0 || need < 0 || pi < 0)
		return refuse(err, JC_T("类型、是否必填或个人信息类别不对", "Type, need or privacy class is not one of the choices"));
	f->type = (enum jc_type)type;
	f->set = (uint8_t)yes(v[JC_XF_MANY]);
	f->need = need == 0 ? JC_OPTIONAL : need == 1 ? JC_REQUIRED : JC_MUST;
	f->pi = (enum jc_class)pi;
	f->fix = jc_slice_is(v[JC_XF_FIX], "county") ? JC_FIX_COUNTY : JC_FIX_BRANCH;
	if ((rc = numbers_read(f, v, err)) < 0)
		return rc;
	if ((f->type == JC_ENUM) != (v[JC_XF_CHOICES].n != 0))
		return refuse(err, JC_T("选项内容只用于选项类，选项类必须有", "Choices belong to choice fields, which need them"));
	if (f->type == JC_ENUM &&
	    ((rc = choices_read(&f->choices, m->snap, v[JC_XF_CHOICES], err)) < 0 || (rc = choices_check(f, err)) < 0))
		return rc;
	if ((f->type == JC_REF) != (v[JC_XF_REF].n != 0) || (f->type == JC_REF && !known_kind(m, v[JC_XF_REF])))
		return refuse(err, JC_T("“另一条记录”要写指向哪种记录，写种类的代码（如 org）",
		    "A field that refers to a record needs that record's kind (such as org)"));
	f->ref = text_copy(m->snap, v[JC_XF_REF], &failed);
	return failed ? JC_NOMEM(err, "shape_read") : 0;
}

/* A rule that does not parse is no part of the definition that others can use: the whole is refused. */
static int
rule_read(const char **out, struct snapshot *s, struct jc_slice text, struct jc_err *err)
{
	struct jc_rule rule;
	int failed = 0, rc = text.n != 0 ? jc_rule_parse(&rule, text.p, text.n, err) : 0;

	if (rc < 0)
		return rc;
	*out = text_copy(s, text, &failed);
	return failed ? JC_NOMEM(err, "rule_read") : 0;
}

static int
field_read(struct jc_overlay_maker *m, struct jc_field *f, const struct jc_slice v[JC_XF_IDS], unsigned no,
    struct jc_err *err)
{
	struct snapshot *s = m->snap;
	int failed = 0, rc;

	if ((rc = key_check(v[JC_XF_KEY], 40, err)) < 0)
		return rc;
	if (v[JC_XF_ZH].n == 0)
		return refuse(err, JC_T("项目要有中文名称", "A field needs a Chinese label"));
	*f = (struct jc_field){.id = (uint16_t)no, .defined = 1};
	if ((rc = shape_read(m, f, v, err)) < 0 || (rc = aliases_read(&f->aliases, s, v[JC_XF_ALIASES], err)) < 0 ||
	    (rc = rule_read(&f->show_when, s, v[JC_XF_SHOW], err)) < 0 ||
	    (rc = rule_read(&f->check, s, v[JC_XF_CHECK], err)) < 0)
		return rc;
	f->name = text_copy(s, v[JC_XF_KEY], &failed);
	f->zh = text_copy(s, v[JC_XF_ZH], &failed);
	f->en = text_copy(s, v[JC_XF_EN].n != 0 ? v[JC_XF_EN] : v[JC_XF_ZH], &failed);
	f->help_zh = f->help_en = text_copy(s, v[JC_XF_HELP], &failed);
	f->check_zh = text_copy(s, v[JC_XF_CHECK_ZH], &failed);
	return failed ? JC_NOMEM(err, "field_read") : 0;
}

/* Room for all fields that a kind may get, on first use. */
static int
draft_room(struct jc_overlay_maker *m, struct draft *d, struct jc_err *err)
{
	if (d->field != NULL)
		return 0;
	d->field = block_new(m->snap, JC_OVERLAY_FIELDS * sizeof(*d->field));
	d->place = block_new(m->snap, JC_OVERLAY_FIELDS * sizeof(*d->place));
	d->hidden = block_new(m->snap, JC_OVERLAY_FIELDS);
	return d->field != NULL && d->place != NULL && d->hidden != NULL ? 0 : JC_NOMEM(err, "draft_room");
}

int
jc_overlay_field(struct jc_overlay_maker *m, const struct jc_slice v[JC_XF_IDS], unsigned no, struct jc_err *err)
{
	struct draft *d = draft_of(m, v[JC_XF_KIND]);
	struct jc_field f;
	int64_t place = number(v[JC_XF_PLACE], 0);
	size_t at;
	int rc;

	if (d == NULL || (d->kind.down && !d->kind.defined))
		return refuse(err, JC_T("没有这种记录，或者这种记录不能加项目；种类要写代码（如 member）",
		    "There is no such kind, or it takes no fields; write the kind's key (such as member)"));
	if ((rc = draft_room(m, d, err)) < 0 || (rc = field_read(m, &f, v, no, err)) < 0)
		return rc;
	for (at = 0; at < d->n; at++)
		if (strcmp(d->field[at].name, f.name) == 0)
			return jc_err_set(err, JC_EEXISTS, "jc_overlay_field", "%s",
			    JC_T("上级已有这个代码的项目", "There is a field of this key already"));
	if (d->n == JC_OVERLAY_FIELDS || no < 1000 || no > UINT16_MAX)
		return jc_err_set(err, JC_ELIMIT, "jc_overlay_field", JC_T("一种记录最多加%d项", "A kind takes at most %d fields"),
		    JC_OVERLAY_FIELDS);
	if (d->kind.defined && f.type == JC_IDNO)
		d->kind.person = 1; /* a form that asks for the number lists people */
	/* By place, then key: two nodes with the same definitions show them in the same order. */
	for (at = d->n; at > 0 && (d->place[at - 1] > place ||
	     (d->place[at - 1] == place && strcmp(d->field[at - 1].name, f.name) > 0)); at--) {
		d->field[at] = d->field[at - 1];
		d->place[at] = d->place[at - 1];
		d->hidden[at] = d->hidden[at - 1];
	}
	d->field[at] = f;
	d->place[at] = place;
	d->hidden[at] = (uint8_t)yes(v[JC_XF_HIDDEN]);
	d->n++;
	m->any = 1;
	return 0;
}

/* ---- the finished snapshot ---- */

static uint64_t
mix(uint64_t h, const void *p, size_t n)
{
	const uint8_t *s = p;

	for (size_t i = 0; i < n; i++)
		h = (h ^ s[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
mix_text(uint64_t h, const char *s)
{
	return s != NULL ? mix(h, s, strlen(s) + 1) : mix(h, "\1", 1);
}

static uint64_t
print_field(uint64_t h, const struct jc_field *f)
{
	int64_t v[] = {f->id, f->type, f->set, f->scale, f->max, f->low, f->high, f->need, f->pi, f->fix};
	const char *t[] = {f->name, f->zh, f->en, f->ref, f->help_zh, f->show_when, f->check, f->check_zh};

	h = mix(h, v, sizeof(v));
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		h = mix_text(h, t[i]);
	for (const char *const *a = f->aliases; a != NULL && *a != NULL; a++)
		h = mix_text(h, *a);
	for (const struct jc_choice *c = f->choices; c != NULL && c->code != NULL; c++)
		h = mix_text(mix_text(mix_text(h, c->code), c->zh), c->en);
	return mix(h, ";", 1);
}

static uint64_t
print_kind(uint64_t h, const struct jc_kind *k)
{
	int64_t v[] = {k->id, k->ceiling, k->version, k->defined};

	h = mix(mix_text(mix_text(mix_text(mix_text(h, k->name), k->zh), k->en), k->title), v, sizeof(v));
	for (const char *const *a = k->aliases; a != NULL && *a != NULL; a++)
		h = mix_text(h, *a);
	for (const struct jc_field *f = k->fields; f->id != 0; f++)
		if (f->defined)
			h = print_field(h, f);
	h = mix(h, "hidden", 6);
	for (const struct jc_field *f = k->hidden; f != NULL && f->id != 0; f++)
		h = print_field(h, f);
	return h;
}

/* The kind's fields: built-in ones, then the shown ones; and the hidden ones apart. */
static int
kind_finish(struct snapshot *s, struct draft *d, struct jc_err *err)
{
	size_t nbase = 0, nshown = 0, nhidden = 0;
	struct jc_field *shown, *hidden;

	while (d->kind.fields != NULL && d->kind.fields[nbase].id != 0)
		nbase++;
	shown = block_new(s, (nbase + d->n + 1) * sizeof(*shown));
	hidden = block_new(s, (d->n + 1) * sizeof(*hidden));
	if (shown == NULL || hidden == NULL)
		return JC_NOMEM(err, "kind_finish");
	if (nbase != 0)
		memcpy(shown, d->kind.fields, nbase * sizeof(*shown));
	for (size_t i = 0; i < d->n; i++)
		if (d->hidden[i])
			hidden[nhidden++] = d->field[i];
		else
			shown[nbase + nshown++] = d->field[i];
	d->kind.fields = shown;
	d->kind.hidden = hidden;
	return 0;
}

/* A form is offered while it is not hidden and its title is a field that it shows, of one value. */
static int
form_ok(const struct jc_kind *k)
{
	const struct jc_field *t = jc_catalogue_field(k, k->title, strlen(k->title));

	return k->defined == 1 && t != NULL && !t->set;
}

/* The equal snapshot made before, or this one, which joins the list. */
static const struct snapshot *
keep(struct snapshot *s)
{
	struct snapshot *first = atomic_load(&made);

	for (;;) {
		for (const struct snapshot *o = first; o != NULL; o = o->next)
			if (o->print == s->print) {
				snapshot_free(s);
				return o;
			}
		s->next = first;
		if (atomic_compare_exchange_strong(&made, &first, s))
			return s;
	}
}

int
jc_overlay_end(const struct jc_kind *const **out, struct jc_overlay_maker *m, struct jc_err *err)
{
	struct snapshot *s = m->snap;
	struct jc_kind *copy;
	size_t n = 0, copies = 0;
	int rc = 0;

	*out = jc_catalogue_base();
	s->print = UINT64_C(0xcbf29ce484222325);
	s->kinds = block_new(s, (m->n + HIDDEN_MAX + 2) * sizeof(struct jc_kind *));
	copy = block_new(s, (m->n + 1) * sizeof(*copy));
	if (s->kinds == NULL || copy == NULL)
		rc = JC_NOMEM(err, "jc_overlay_end");
	for (size_t i = 0; rc == 0 && i < m->n; i++)
		if (m->draft[i].n != 0 || i >= m->base)
			rc = kind_finish(s, &m->draft[i], err);
	for (int hidden = 0; rc == 0 && hidden < 2; hidden++, n++) {
		for (const struct jc_kind *const *b = jc_catalogue_base() + m->base + 1; hidden && *b != NULL; b++)
			s->kinds[n++] = *b;
		for (size_t i = 0; i < m->n; i++) {
			struct draft *d = &m->draft[i];

			if (i >= m->base ? form_ok(&d->kind) == hidden : hidden)
				continue;
			if (d->n == 0 && i < m->base) {
				s->kinds[n++] = jc_catalogue_base()[i];
				continue;
			}
			copy[copies] = d->kind;
			s->print = print_kind(mix(s->print, hidden ? "-" : "+", 1), &copy[copies]);
			s->kinds[n++] = &copy[copies++];
		}
	}
	if (rc == 0 && m->any) {
		m->snap = NULL;
		*out = keep(s)->kinds;
	}
	jc_overlay_drop(m);
	return rc;
}

/* ---- versions ---- */

static int
same(const struct jc_slice *was, const struct jc_slice *now, int id, struct jc_slice absent)
{
	return jc_slice_eq(was[id].n != 0 ? was[id] : absent, now[id].n != 0 ? now[id] : absent);
}

/* Every code of the older list must be in the newer one. */
static int
choices_follow(struct jc_slice was, struct jc_slice now)
{
	struct jc_slice a[3], b[3];
	size_t i = 0, k;

	while (entry_next(was, &i, a)) {
		int found = 0;

		for (k = 0; !found && entry_next(now, &k, b);)
			found = jc_slice_eq(a[0], b[0]);
		if (!found)
			return 0;
	}
	return 1;
}

int
jc_overlay_field_follows(const struct jc_slice was[JC_XF_IDS], const struct jc_slice now[JC_XF_IDS], struct jc_err *err)
{
	static const int fixed[] = {JC_XF_KEY, JC_XF_KIND, JC_XF_TYPE, JC_XF_SCALE, JC_XF_REF};
	int pi_was = was[JC_XF_PI].n != 0 ? code_place(&jc_xfield_kind, JC_XF_PI, was[JC_XF_PI]) : JC_PI_P;
	int pi_now = now[JC_XF_PI].n != 0 ? code_place(&jc_xfield_kind, JC_XF_PI, now[JC_XF_PI]) : JC_PI_P;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (!same(was, now, fixed[i], JC_SLICE("")))
			return jc_err_set(err, JC_EINVAL, "jc_overlay_field_follows",
			    JC_T("“%s”定下后不能改，已经填的会读不出来；请停用它，另加一项", "\"%s\" cannot change once values exist; hide it and add another"),
			    jc_field_label(jc_catalogue_field_id(&jc_xfield_kind, (unsigned)fixed[i])));
	if (!same(was, now, JC_XF_MANY, JC_SLICE("0")))
		return refuse(err, JC_T("“可填多个”定下后不能改；请停用它，另加一项", "One or several values cannot change; hide it and add another"));
	if (!choices_follow(was[JC_XF_CHOICES], now[JC_XF_CHOICES]))
		return refuse(err, JC_T("选项只能增加和改名称，不能去掉已有的代码", "Choices may be added and relabelled, never taken away"));
	if (pi_now < pi_was)
		return refuse(err, JC_T("个人信息类别只能往严改", "The privacy class may only rise"));
	if (number(now[JC_XF_LOW], INT64_MIN) > number(was[JC_XF_LOW], INT64_MIN) ||
	    number(now[JC_XF_HIGH], INT64_MAX) < number(was[JC_XF_HIGH], INT64_MAX) ||
	    number(now[JC_XF_MAX], INT64_MAX) < number(was[JC_XF_MAX], INT64_MAX))
		return refuse(err, JC_T("最小、最大和字数只能放宽", "Limits may only widen"));
	return 0;
}

int
jc_overlay_form_follows(const struct jc_slice was[JC_XM_IDS], const struct jc_slice now[JC_XM_IDS], struct jc_err *err)
{
	if (!same(was, now, JC_XM_KEY, JC_SLICE("")) || !same(was, now, JC_XM_CEILING, JC_SLICE("")))
		return refuse(err, JC_T("表格的代码和报到哪一级定下后不能改；请停用它，另做一张",
		    "A form's key and how far it goes cannot change; hide it and make another"));
	return 0;
}

/* ---- rules of a record ---- */

int
jc_overlay_shown(const struct jc_kind *kind, const struct jc_field *field,
    struct jc_slice (*get)(void *arg, const struct jc_field *field), void *arg)
{
	struct jc_rule rule;

	return field->show_when == NULL || jc_rule_parse(&rule, field->show_when, strlen(field->show_when), NULL) < 0 ||
	    jc_rule_holds(&rule, kind, get, arg);
}

int
jc_overlay_checks(const struct jc_kind *kind, struct jc_slice (*get)(void *arg, const struct jc_field *field), void *get_arg,
    int (*each)(void *arg, const struct jc_field *field), void *arg)
{
	int rc = 0;

	for (const struct jc_field *f = kind->fields; rc == 0 && f->id != 0; f++) {
		struct jc_rule rule;

		if (f->check == NULL || get(get_arg, f).n == 0 || !jc_overlay_shown(kind, f, get, get_arg))
			continue;
		if (jc_rule_parse(&rule, f->check, strlen(f->check), NULL) == 0 && !jc_rule_holds(&rule, kind, get, get_arg))
			rc = each(arg, f);
	}
	return rc;
}
