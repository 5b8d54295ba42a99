/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "layout_column.h"

#include <stdio.h>
#include <string.h>

#include "../schema/schema_value.h"

#define SAMPLES 40
#define FITS 60          /* percent of the values that must be understood */
#define ANY_DAY "9999-12-31"

static int
is_word(struct jc_slice s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (jc_slice_is(s, *words))
			return 1;
	return 0;
}

static int
holds(struct jc_slice s, const char *word)
{
	size_t k = strlen(word);

	for (size_t i = 0; i + k <= s.n; i++)
		if (memcmp(s.p + i, word, k) == 0)
			return 1;
	return 0;
}

static int
holds_any(struct jc_slice s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (holds(s, *words))
			return 1;
	return 0;
}

int
jc_layout_forbidden(struct jc_slice header)
{
	static const char *const words[] = {"宗教信仰", "血型", "健康状况", "身体状况", "病史",
	    "家庭成员", "家庭主要成员", "社会关系", "配偶", "父亲", "母亲", "子女", "银行卡",
	    "银行账", "开户行", "开户银行", "卡号(工资", "照片", "相片", "指纹", "人脸", "religion",
	    "blood type", "bank account", NULL};

	return holds_any(header, words) || jc_slice_is(header, "信仰");
}

/* Those who are not the one that the row is about: their names and numbers are not the row's. */
static int
is_other_person(struct jc_slice header)
{
	static const char *const words[] = {"紧急联系人", "紧急联络人", "介绍人", "推荐人",
	    "监护人", "家属", "亲属", "上级工会编码", "上级单位编码", NULL};

	return holds_any(header, words);
}

/* "会员记录编号", "member record id": the column that an export writes, which names the kind as well. */
static int
is_id_of(const struct jc_kind *kind, struct jc_slice s)
{
	char name[128];

	snprintf(name, sizeof(name), "%s记录编号", kind->zh);
	if (jc_slice_is(s, name))
		return 1;
	snprintf(name, sizeof(name), "%s record id", kind->en);
	return jc_slice_is(s, name);
}

static enum jc_layout_what
special(const struct jc_kind *kind, struct jc_slice s)
{
	static const char *const id_words[] = {"记录编号", "record id", NULL};
	static const char *const key_words[] = {"外部编号", "external key", "key", NULL};
	static const char *const serial_words[] = {"序号", "序", "No.", "NO", "No", NULL};

	if (is_id_of(kind, s) || is_word(s, id_words))
		return JC_LAYOUT_ID;
	if (is_word(s, key_words))
		return JC_LAYOUT_KEY;
	if (is_word(s, serial_words))
		return JC_LAYOUT_SERIAL;
	return jc_layout_forbidden(s) ? JC_LAYOUT_FORBIDDEN : JC_LAYOUT_IGNORED;
}

static struct jc_slice
sub_of(struct jc_layout_head h)
{
	return (struct jc_slice){h.text.p + h.sub, h.text.n - h.sub};
}

static size_t
exact(const struct jc_words *w, const struct jc_kind *kind, struct jc_layout_head h,
    const struct jc_field **out, size_t room)
{
	size_t n = jc_words_exact(w, kind, h.text, out, room);

	if (n == 0 && h.sub != 0)
		n = jc_words_exact(w, kind, sub_of(h), out, room);
	return n;
}

int
jc_layout_column_weight(
    const struct jc_words *w, const struct jc_kind *kind, struct jc_layout_head h)
{
	const struct jc_field *f;

	if (h.text.n == 0)
		return 0;
	if (is_id_of(kind, h.text))
		return 100;
	switch (special(kind, h.text)) {
	case JC_LAYOUT_ID:
	case JC_LAYOUT_KEY:
		return 2;
	case JC_LAYOUT_SERIAL:
		return 1;
	case JC_LAYOUT_FORBIDDEN:
		return 0;
	default:
		break;
	}
	if (is_other_person(h.text) || exact(w, kind, h, &f, 1) == 0)
		return 0;
	return f->derived ? 1 : 2;
}

/* ---- what the values say ---- */

struct sample {
	struct jc_slice text[SAMPLES];
	size_t n;
	int long_ones;       /* of more than 20 characters */
	int numbers;         /* plain numbers below 10,000 */
	int counting;        /* 1, 2, 3 ... */
};

static int
small_number(struct jc_slice s, long *out)
{
	long v = 0;

	if (s.n == 0 || s.n > 4)
		return 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = v;
	return 1;
}

static void
sample_take(struct sample *s, const struct jc_layout *l, size_t column)
{
	long last = 0, v;

	memset(s, 0, sizeof(*s));
	s->counting = 1;
	for (size_t i = l->first; i < l->sheet->nrows && s->n < SAMPLES; i++) {
		const struct jc_sheet_row *row = &l->sheet->row[i];
		struct jc_slice t = jc_book_cell(l->book, row, column);

		if (t.n == 0 || row->bad_n != 0 || jc_layout_row(l, row) != JC_LAYOUT_DATA)
			continue;
		s->text[s->n++] = t;
		s->long_ones += jc_text_points(t.p, t.n) > 20;
		if (small_number(t, &v)) {
			s->numbers++;
			s->counting &= s->n == 1 ? v <= 1 : v == last + 1;
			last = v;
		} else {
			s->counting = 0;
		}
	}
}

struct element {
	const struct jc_field *f;
	int good;
};

static int
element_good(void *arg, const char *p, size_t n)
{
	struct element *e = arg;
	struct jc_remarks remarks = {0};
	struct jc_buf out;

	jc_buf_init(&out, 1 << 20);
	if (jc_value_parse(&out, e->f, p, n, ANY_DAY, &remarks, NULL) < 0 ||
	    (out.len > 0 && out.data[0] == '?'))
		e->good = 0;
	for (size_t i = 0; i < remarks.n; i++)
		if (remarks.item[i].code[0] == 'E' &&
		    strncmp(remarks.item[i].code, "E:id_", 5) != 0)
			e->good = 0;
	jc_buf_free(&out);
	return 0;
}

/* Percent of the values that this field understands; texts understand everything, so they get a middle mark. */
static int
fit(const struct jc_field *f, const struct sample *s)
{
	int good = 0;

	if (s->n == 0)
		return 50;
	if (f->type == JC_LONG)
		return (size_t)s->long_ones * 2 > s->n ? 90 : 55;
	if (f->type == JC_TEXT || f->type == JC_REF)
		return 50;
	for (size_t i = 0; i < s->n; i++) {
		struct element e = {f, 1};

		if (f->set)
			jc_value_split(s->text[i].p, s->text[i].n, element_good, &e);
		else
			element_good(&e, s->text[i].p, s->text[i].n);
		good += e.good;
	}
	return good * 100 / (int)s->n;
}

/* ---- words that mean two things ---- */

/* By what the organizations of the file are. */
static const struct jc_field *
by_org_kind(const struct jc_layout *l, struct jc_slice h, int *ask)
{
	static const struct {
		const char *word, *in_union, *else_;
		int ask; /* outside unions */
	} table[] = {
	    {"负责人", "person_in_charge", "legal_rep", 0},
	    {"负责人电话", "contact_phone", "legal_rep_phone", 0},
	    {"会员数", "member_declared", "member_persons", 1},
	    {"会员人数", "member_declared", "member_persons", 1},
	    {"联系人", "contact_name", "contact_name", 0},
	    {"联系电话", "contact_phone", "contact_phone", 0},
	    {"联系方式", "contact_phone", "contact_phone", 0},
	    {"电话", "contact_phone", "contact_phone", 0},
	    {"工会法人", "legal_rep", "legal_rep", 0},
	    {"经济类型", "legal_form", "legal_form", 0},
	};
	int in_union = l->org_kind != NULL && strcmp(l->org_kind, "union") == 0;

	if (strcmp(l->kind->name, "org") != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (jc_slice_is(h, table[i].word)) {
			const char *name = in_union ? table[i].in_union : table[i].else_;

			*ask = !in_union && table[i].ask;
			return jc_catalogue_field(l->kind, name, strlen(name));
		}
	return NULL;
}

/* 时间, 日期: the main date of the kind. */
static const struct jc_field *
main_date(const struct jc_kind *kind, struct jc_slice h)
{
	static const char *const words[] = {"时间", "日期", NULL};
	static const char *const dates[] = {
	    "joined_on", "start_at", "checked_on", "event_date", "change_date", "date", NULL};

	if (!is_word(h, words))
		return NULL;
	for (const char *const *d = dates; *d != NULL; d++) {
		const struct jc_field *f = jc_catalogue_field(kind, *d, strlen(*d));

		if (f != NULL)
			return f;
	}
	return NULL;
}

static int
is_taken(const struct jc_layout *l, const struct jc_field *f)
{
	for (size_t i = 0; i < l->ncols; i++)
		if (l->col[i].what == JC_LAYOUT_FIELD && l->col[i].field == f)
			return 1;
	return 0;
}

/* Of several exact fields the one that the values fit best; the first one when nothing speaks against it. */
static void
choose(struct jc_layout *l, size_t i, const struct jc_field *const *f, size_t n,
    const struct sample *s)
{
	struct jc_layout_column *c = &l->col[i];
	int best = -1, marks = -1, mark;

	for (size_t k = 0; k < n; k++) {
		if (is_taken(l, f[k]) || (mark = fit(f[k], s)) <= marks)
			continue;
		best = (int)k;
		marks = mark;
	}
	if (best < 0)
		return;
	c->what = JC_LAYOUT_FIELD;
	c->field = f[best];
	c->how = n > 1 ? JC_LAYOUT_VALUES : JC_LAYOUT_EXACT;
	c->ask = n > 1 && s->n > 0 && marks < 80 && marks != 50;
	for (size_t k = 0; k < n; k++)
		if ((int)k != best && c->nothers < JC_LAYOUT_OTHERS)
			c->other[c->nothers++] = f[k];
}

/* A second column of one name: telephone twice is mobile and other phone. */
static const struct jc_field *
second(const struct jc_layout *l, const struct jc_field *f)
{
	const struct jc_field *other;

	if (strcmp(f->name, "mobile") != 0 ||
	    (other = jc_catalogue_field(l->kind, "phone2", 6)) == NULL || is_taken(l, other))
		return NULL;
	return other;
}

static void
exact_column(struct jc_layout *l, size_t i, const struct jc_field **f, size_t n, struct jc_slice h,
    const struct sample *s)
{
	struct jc_layout_column *c = &l->col[i];
	const struct jc_field *said;
	int ask = 0;

	if ((said = by_org_kind(l, h, &ask)) != NULL && !is_taken(l, said)) {
		c->what = JC_LAYOUT_FIELD;
		c->field = said;
		c->how = JC_LAYOUT_VALUES;
		c->ask = (uint8_t)ask;
		for (size_t k = 0; k < n && c->nothers < JC_LAYOUT_OTHERS; k++)
			if (f[k] != said)
				c->other[c->nothers++] = f[k];
		return;
	}
	choose(l, i, f, n, s);
	if (c->what == JC_LAYOUT_IGNORED && (said = second(l, f[0])) != NULL) {
		c->what = JC_LAYOUT_FIELD;
		c->field = said;
	}
}

/* A word in the header, taken when it is the main noun or when the values bear it out. */
static void
part_column(struct jc_layout *l, const struct jc_words *w, size_t i, struct jc_slice h,
    const struct sample *s)
{
	struct jc_layout_column *c = &l->col[i];
	const struct jc_field *f;
	int end, texts, fits;

	if ((f = jc_words_part(w, l->kind, h, &end)) == NULL || is_taken(l, f))
		return;
	texts = f->type == JC_TEXT || f->type == JC_LONG || f->type == JC_REF;
	fits = s->n > 0 && fit(f, s) >= FITS;
	if ((texts && end) || (!texts && fits)) {
		c->what = JC_LAYOUT_FIELD;
		c->field = f;
		c->how = JC_LAYOUT_PART;
	} else {
		c->other[c->nothers++] = f;
	}
	c->ask = 1;
}

/* Columns of an organization that several of may stand side by side: codes of several systems, places. */
static int
beside_column(struct jc_layout *l, size_t i, struct jc_slice h)
{
	static const struct {
		const char *word, *field, *system;
	} table[] = {
	    {"工会编码", "external_codes", ""},
	    {"全总工会编码", "external_codes", "acftu"},
	    {"省总工会编码", "external_codes", "province"},
	    {"区县编码", "region_code", NULL},
	    {"街道编码", "region_code", NULL},
	    {"社区编码", "region_code", NULL},
	};
	struct jc_layout_column *c = &l->col[i];

	if (strcmp(l->kind->name, "org") != 0)
		return 0;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		const struct jc_field *f =
		    jc_catalogue_field(l->kind, table[k].field, strlen(table[k].field));

		if (f == NULL || !jc_slice_is(h, table[k].word))
			continue;
		c->also = (uint8_t)is_taken(l, f);
		c->what = JC_LAYOUT_FIELD;
		c->field = f;
		c->system = table[k].system;
		return 1;
	}
	return 0;
}

/* 编号, 证号: serial numbers are not stored. */
static int
is_number_word(struct jc_slice h)
{
	static const char *const words[] = {"编号", "证号", "号码", "代码", NULL};

	return is_word(h, words);
}

static int
is_unit(const struct jc_layout_column *c, struct jc_slice h)
{
	static const char *const fields[] = {"employer_text", "employer_id", "union_id",
	    "parent_union_id", "region_code", "industry_authority_id", "federation_id", NULL};
	static const char *const words[] = {
	    "单位", "工会", "乡镇", "街道", "村", "社区", "部门", NULL};

	if (c->what != JC_LAYOUT_FIELD)
		return 0;
	for (const char *const *f = fields; *f != NULL; f++)
		if (strcmp(c->field->name, *f) == 0)
			return 1;
	return (c->field->type == JC_TEXT || c->field->type == JC_REF) && holds_any(h, words);
}

static void
column_decide(struct jc_layout *l, const struct jc_words *w, size_t i, struct jc_layout_head h)
{
	struct jc_layout_column *c = &l->col[i];
	const struct jc_field *f[JC_LAYOUT_OTHERS + 1];
	struct sample s;
	size_t n;
	int ask;

	if (h.text.n == 0 || (c->what = special(l->kind, h.text)) != JC_LAYOUT_IGNORED ||
	    is_other_person(h.text))
		return;
	if (beside_column(l, i, h.text))
		return;
	sample_take(&s, l, i);
	if (is_number_word(h.text) && s.n > 1 && s.counting) {
		c->what = JC_LAYOUT_SERIAL;
		return;
	}
	if ((n = exact(w, l->kind, h, f, JC_LAYOUT_OTHERS + 1)) == 0 &&
	    (f[0] = main_date(l->kind, h.text)) != NULL)
		n = 1;
	if (n == 0 && is_number_word(h.text) &&
	    (f[0] = jc_catalogue_field(l->kind, "member_no", 9)) != NULL)
		n = 1;
	if (n == 0 && by_org_kind(l, h.text, &ask) != NULL)
		f[n++] = by_org_kind(l, h.text, &ask);
	if (n > 0)
		exact_column(l, i, f, n, h.text, &s);
	else
		part_column(l, w, i, h.text, &s);
	c->fill_down = (uint8_t)is_unit(c, h.text);
}

int
jc_layout_column_decide(
    struct jc_layout *l, const struct jc_words *w, const size_t *sub, struct jc_err *err)
{
	(void)err;
	for (int part = 0; part < 2; part++) /* exact words first, whatever stands to their left */
		for (size_t i = 0; i < l->ncols; i++) {
			struct jc_slice text = {l->col[i].header, strlen(l->col[i].header)};
			const struct jc_field *f;

			if ((exact(w, l->kind, (struct jc_layout_head){text, sub[i]}, &f, 1) ==
				0) == (part == 1))
				column_decide(l, w, i, (struct jc_layout_head){text, sub[i]});
		}
	return 0;
}
