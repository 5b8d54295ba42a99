/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What people type, and the one stored text it becomes. Three outcomes: understood (stored in the
 * type's form), wrong but recognisable (stored, with an E: remark), not understood (stored raw, as
 * '?' and the text). A value is refused only when it is too long to keep, because a form on paper
 * with one odd cell must still be recordable.
 */
#include "schema_value.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "schema_id.h"
#include "schema_mem.h"
#include "value.h"

#define RAW_MAX 200     /* characters kept of what was not understood */
#define TEXT_DEFAULT 200
#define LONG_DEFAULT 8000
#define VALUE_BYTES 32768 /* FORMAT.md section 15 */
#define ELEMENT_BYTES 400

/* One value on its way in. */
struct typed {
	const struct jc_field *field;
	const char *s; /* normalised, not empty */
	size_t n;
	const char *today;
	struct jc_remarks *remarks;
	struct jc_err *err;
};

void
jc_remark_add(struct jc_remarks *r, const char *code, const char *fmt, ...)
{
	struct jc_remark *item;
	va_list ap;
	size_t n;

	if (r == NULL || r->n >= JC_REMARKS_MAX)
		return;
	item = &r->item[r->n++];
	(void)snprintf(item->code, sizeof(item->code), "%s", code);
	va_start(ap, fmt);
	(void)vsnprintf(item->text, sizeof(item->text), fmt, ap);
	va_end(ap);
	n = strlen(item->text);
	while (n > 0 && !jc_utf8_ok(item->text, n)) /* the end was cut inside a character */
		item->text[--n] = '\0';
}

static int
too_long(const struct typed *t, size_t max)
{
	return jc_err_set(t->err, JC_EINVAL, "jc_value_parse",
	    JC_T("“%s”最多%zu个字，现在有%zu个，请缩短", "\"%s\" holds at most %zu characters and has %zu now; shorten it"),
	    jc_field_label(t->field), max, jc_text_points(t->s, t->n));
}

/* Keeps what was not understood. */
static int
put_raw(struct jc_buf *out, const struct typed *t)
{
	if (jc_text_points(t->s, t->n) > RAW_MAX || (t->field->set && t->n + 1 > ELEMENT_BYTES))
		return too_long(t, t->field->set ? 100 : RAW_MAX);
	jc_buf_putc(out, '?');
	jc_buf_put(out, t->s, t->n);
	return 0;
}

static int
is_word(const struct typed *t, const char *word)
{
	return strlen(word) == t->n && memcmp(t->s, word, t->n) == 0;
}

static int
is_any(const struct typed *t, const char *const *words)
{
	for (; *words != NULL; words++)
		if (is_word(t, *words))
			return 1;
	return 0;
}

/* What paper forms write into a cell that does not apply. */
static int
means_nothing(const struct typed *t)
{
	static const char *const words[] = { "-", "--", "—", "——", "–", "/", "\\", "N/A", "n/a", NULL };

	return is_any(t, words);
}

static size_t
text_limit(const struct jc_field *f)
{
	return f->max != 0 ? f->max : f->type == JC_LONG ? LONG_DEFAULT : f->set ? 100 : TEXT_DEFAULT;
}

/* Document numbers: the brackets of the year have one form. */
static void
put_docno(struct jc_buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '[')
			jc_buf_puts(out, "〔");
		else if (s[i] == ']')
			jc_buf_puts(out, "〕");
		else
			jc_buf_putc(out, s[i]);
	}
}

static int
holds(const struct typed *t, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= t->n; i++)
		if (memcmp(t->s + i, word, n) == 0)
			return 1;
	return 0;
}

static void
put_name(struct jc_buf *out, const struct typed *t)
{
	if (jc_text_name(out, t->s, t->n))
		jc_remark_add(t->remarks, "W:name_pinyin", "%s",
		    JC_T("姓名里有拼音，待补字", "The name holds Latin letters for a character; complete it later"));
	if (holds(t, "?") || holds(t, "□") || holds(t, "■") || holds(t, "\xef\xbf\xbd") || holds(t, "*"))
		jc_remark_add(t->remarks, "W:name_gap", "%s",
		    JC_T("姓名里有缺字，待补字", "A character of the name is missing; complete it later"));
}

static int
put_short_phone(struct jc_buf *out, const struct typed *t)
{
	char number[40];
	int rc = jc_phone_check(number, t->s, t->n, 1, t->remarks);

	if (rc > 0)
		jc_buf_puts(out, number);
	else
		jc_buf_put(out, t->s, t->n);
	return rc < 0 ? JC_NOMEM(t->err, "jc_value_parse") : 0;
}

static int
parse_text(struct jc_buf *out, const struct typed *t)
{
	size_t at = out->len, max = text_limit(t->field);
	int rc = 0;

	switch (t->field->form) {
	case JC_FORM_NAME:
		put_name(out, t);
		break;
	case JC_FORM_DOCNO:
		put_docno(out, t->s, t->n);
		break;
	case JC_FORM_PHONE:
		rc = put_short_phone(out, t);
		break;
	default:
		jc_buf_put(out, t->s, t->n);
	}
	if (t->field->form == JC_FORM_POSTCODE && (t->n != 6 || strspn(t->s, "0123456789") < 6))
		jc_remark_add(t->remarks, "W:postcode", "%s", JC_T("邮政编码应为6位数字", "A postcode has six digits"));
	if (!out->failed && jc_text_points(out->data + at, out->len - at) > max) {
		out->len = at;
		return too_long(t, max);
	}
	return rc;
}

/* A number's digits while they are read: value = mantissa / 10^places. */
struct number {
	int64_t mantissa;
	int places;
	int negative;
	int overflow;
};

static void
add_digit(struct number *v, char c)
{
	if (v->mantissa > (INT64_MAX - 9) / 10)
		v->overflow = 1;
	else
		v->mantissa = v->mantissa * 10 + (c - '0');
}

static size_t
eat_word(const struct typed *t, size_t at, const char *const *words)
{
	for (; *words != NULL; words++) {
		size_t n = strlen(*words);

		if (n <= t->n - at && memcmp(t->s + at, *words, n) == 0)
			return n;
	}
	return 0;
}

/* Digits with thousands commas in their right places, then a fraction. Returns the bytes used, 0 for none. */
static size_t
read_digits(struct number *v, const char *s, size_t n)
{
	size_t i = 0, since = 0;
	int commas = 0;

	for (; i < n; i++) {
		if (s[i] == ',' && since > 0 && (commas ? since == 3 : since <= 3)) {
			commas = 1;
			since = 0;
		} else if (s[i] >= '0' && s[i] <= '9') {
			add_digit(v, s[i]);
			since++;
		} else {
			break;
		}
	}
	if (since == 0 || (commas && since != 3))
		return 0;
	if (i + 1 < n && s[i] == '.' && s[i + 1] >= '0' && s[i + 1] <= '9') {
		for (i++; i < n && s[i] >= '0' && s[i] <= '9'; i++) {
			if (v->places == 12)
				continue; /* a float's noise */
			add_digit(v, s[i]);
			v->places++;
		}
	}
	return i;
}

/* Brings the mantissa to `scale` digits after the point. 1 exact, 2 rounded, 0 not possible. */
static int
rescale(struct number *v, int scale)
{
	int noisy = v->places >= 6, exact = 1;

	for (; v->places < scale; v->places++) {
		if (v->mantissa > INT64_MAX / 10)
			return 0;
		v->mantissa *= 10;
	}
	for (; v->places > scale; v->places--) {
		int64_t last = v->mantissa % 10;

		if (last != 0)
			exact = 0;
		v->mantissa = v->mantissa / 10 + (v->places == scale + 1 && last >= 5 && noisy);
	}
	return exact ? 1 : noisy ? 2 : 0;
}

/* Text to a scaled integer. Returns as rescale() does; 0 also when it is not a number at all. */
static int
read_number(int64_t *out, const struct typed *t)
{
	static const char *const signs[] = { "¥", "RMB", "人民币", NULL };
	static const char *const units[] = { "元整", "元", "圆", "人次", "人", "名", "个", "户", "次", "场", "天", "日", "件",
		"家", "小时", "学时", "课时", "时", "分", "%", "年", NULL };
	int scale = t->field->type == JC_MONEY ? 2 : t->field->scale;
	struct number v = { 0 };
	size_t at = 0, used;
	int rc;

	at += eat_word(t, at, signs);
	if (at < t->n && (t->s[at] == '-' || t->s[at] == '+'))
		v.negative = t->s[at++] == '-';
	used = read_digits(&v, t->s + at, t->n - at);
	if (used == 0 || v.overflow)
		return 0;
	at += used;
	at += at < t->n && t->s[at] == ' ';
	if (t->n - at >= 3 && memcmp(t->s + at, "万", 3) == 0) {
		at += 3;
		scale += 4;
	}
	if (at < t->n)
		at += eat_word(t, at, units);
	if (at != t->n)
		return 0;
	rc = rescale(&v, scale);
	*out = v.negative ? -v.mantissa : v.mantissa;
	return rc;
}

/* 第三届, 3届, 三 */
static int
read_ordinal(int64_t *out, const struct typed *t)
{
	size_t at = t->n >= 3 && memcmp(t->s, "第", 3) == 0 ? 3 : 0, used = 0;
	int v = jc_dates_numeral(t->s + at, t->n - at, &used);

	if (v < 0) {
		v = 0;
		for (; at + used < t->n && used < 4 && t->s[at + used] >= '0' && t->s[at + used] <= '9'; used++)
			v = v * 10 + (t->s[at + used] - '0');
	}
	at += used;
	if (t->n - at == 3 && (memcmp(t->s + at, "届", 3) == 0 || memcmp(t->s + at, "期", 3) == 0))
		at += 3;
	*out = v;
	return used != 0 && at == t->n;
}

static int
parse_number(struct jc_buf *out, const struct typed *t)
{
	int64_t v = 0;
	int rc = read_number(&v, t);

	if (rc == 0 && t->field->type == JC_INT)
		rc = read_ordinal(&v, t);
	if (rc == 0) {
		jc_remark_add(t->remarks, t->field->type == JC_MONEY ? "E:money" : "E:number",
		    JC_T("“%s”应填数字", "\"%s\" wants a number"), jc_field_label(t->field));
		return put_raw(out, t);
	}
	if (rc == 2)
		jc_remark_add(t->remarks, "W:rounded", "%s", JC_T("小数位太多，已四舍五入", "Too many decimals; rounded"));
	if (t->field->low < t->field->high && (v < t->field->low || v > t->field->high))
		jc_remark_add(t->remarks, "E:range", JC_T("“%s”不在合理范围内", "\"%s\" is out of range"),
		    jc_field_label(t->field));
	jc_buf_putf(out, "%lld", (long long)v);
	return 0;
}

static int
parse_date(struct jc_buf *out, const struct typed *t)
{
	if (jc_dates_parse(out, t->field, t->s, t->n, t->today, t->remarks))
		return 0;
	if (t->field->type == JC_PDATE)
		jc_remark_add(t->remarks, "E:date", "%s",
		    JC_T("日期看不懂，请写成 2016、2016-03 或 2016-03-05", "Not a date; write 2016, 2016-03 or 2016-03-05"));
	else
		jc_remark_add(t->remarks, "E:date", "%s",
		    JC_T("日期看不懂，请写成 2016-03-05", "Not a full date; write 2016-03-05"));
	return put_raw(out, t);
}

static int
parse_bool(struct jc_buf *out, const struct typed *t)
{
	static const char *const yes[] = { "是", "有", "√", "✓", "✔", "☑", "对", "1", "Y", "y", "YES", "Yes", "yes", "TRUE",
		"True", "true", "T", "已", "v", "V", NULL };
	static const char *const no[] = { "否", "无", "没有", "不是", "×", "✗", "✘", "✕", "x", "X", "0", "N", "n", "NO", "No",
		"no", "FALSE", "False", "false", "F", "未", "不", "错", NULL };
	static const char *const unknown[] = { "未知", "不详", "不清楚", "不知道", "unknown", "Unknown", NULL };

	if (is_any(t, unknown))
		return 0;
	if (is_any(t, yes) || is_any(t, no)) {
		jc_buf_putc(out, is_any(t, yes) ? '1' : '0');
		return 0;
	}
	jc_remark_add(t->remarks, "E:bool", JC_T("“%s”应填 是 或 否", "\"%s\" wants yes or no"), jc_field_label(t->field));
	return put_raw(out, t);
}

static int
parse_enum(struct jc_buf *out, const struct typed *t)
{
	const struct jc_choice *c;

	if (jc_catalogue_choice_typed(&c, t->field, t->s, t->n) < 0)
		return JC_NOMEM(t->err, "jc_value_parse");
	if (c != NULL) {
		jc_buf_puts(out, c->code);
		return 0;
	}
	if (means_nothing(t))
		return 0;
	jc_remark_add(t->remarks, "W:code", JC_T("“%s”里没有这一项，已按原文保留", "\"%s\" has no such choice; kept as typed"),
	    jc_field_label(t->field));
	return put_raw(out, t);
}

static int
parse_ref(struct jc_buf *out, const struct typed *t)
{
	jc_id id;

	if (t->n <= 32 && jc_id_parse(id, t->s) == 0)
		jc_buf_put(out, id, JC_ID_LEN);
	else if (jc_text_points(t->s, t->n) > RAW_MAX)
		return too_long(t, RAW_MAX);
	else
		jc_buf_put(out, t->s, t->n);
	return 0;
}

/* Letters, digits (four at least) and what stands between them on documents: fit to be stored as a number. */
static int
is_number_text(const char *s)
{
	size_t n = strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ()-/.+"), figures = 0;

	for (size_t i = 0; i < n; i++)
		figures += (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'A' && s[i] <= 'Z');
	return figures >= 4 && s[n] == '\0' && n <= 30;
}

static int
put_number(struct jc_buf *out, const struct typed *t, const char *number)
{
	if (!is_number_text(number))
		return put_raw(out, t);
	jc_buf_puts(out, number);
	return 0;
}

static int
parse_uscc(struct jc_buf *out, const struct typed *t)
{
	char number[40];

	if (jc_uscc_check(number, t->s, t->n, t->remarks) < 0)
		return JC_NOMEM(t->err, "jc_value_parse");
	return jc_text_points(t->s, t->n) > 39 ? put_raw(out, t) : put_number(out, t, number);
}

/*
 * A number that begins with a letter, or is short and not all digits, is a passport's or a permit's:
 * which document it is, id_type says, and that is another field.
 */
static int
is_other_document(const char *number)
{
	size_t points = jc_text_points(number, strlen(number));

	return points > 0 && points < 15 && (number[0] < '0' || number[0] > '9');
}

static int
parse_idno(struct jc_buf *out, const struct typed *t)
{
	struct jc_remarks found = { 0 };
	char number[40];
	int ok = jc_idno_check(number, NULL, NULL, t->s, t->n, t->today, &found);

	if (ok < 0)
		return JC_NOMEM(t->err, "jc_value_parse");
	if (!ok && is_other_document(number)) {
		jc_remark_add(t->remarks, "W:id_other", "%s",
		    JC_T("不像身份证号，请核对证件类别", "This is no resident ID number; check the ID type"));
		return put_number(out, t, number);
	}
	if (!ok && jc_number_rounded(t->s, t->n, 0))
		jc_remark_add(t->remarks, "E:id_precision", "%s",
		    JC_T("身份证号后三位已丢失，请查原件", "The last three digits of the ID number were lost; look at the original"));
	for (size_t i = 0; i < found.n; i++)
		jc_remark_add(t->remarks, found.item[i].code, "%s", found.item[i].text);
	return jc_text_points(t->s, t->n) > 39 ? put_raw(out, t) : put_number(out, t, number);
}

static int
count_phone(void *arg, const char *p, size_t n)
{
	(void)p;
	(void)n;
	++*(size_t *)arg;
	return 0;
}

static int
parse_phone(struct jc_buf *out, const struct typed *t)
{
	char number[40];
	size_t many = 0;
	int rc;

	(void)jc_phone_split(t->s, t->n, count_phone, &many);
	if (many > 1) {
		jc_remark_add(t->remarks, "W:phone_many", "%s",
		    JC_T("一格里有几个电话，请分开填", "Several numbers in one place; enter them separately"));
		return put_raw(out, t);
	}
	rc = jc_phone_check(number, t->s, t->n, 0, t->remarks);
	if (rc < 0)
		return JC_NOMEM(t->err, "jc_value_parse");
	if (rc == 0)
		return put_raw(out, t);
	jc_buf_puts(out, number);
	return 0;
}

static int
parse_region(struct jc_buf *out, const struct typed *t)
{
	char code[16];
	int rc = jc_region_check(code, t->s, t->n, t->remarks);

	if (rc < 0)
		return JC_NOMEM(t->err, "jc_value_parse");
	if (rc == 0)
		return put_raw(out, t);
	jc_buf_puts(out, code);
	return 0;
}

static int
parse_one(struct jc_buf *out, const struct typed *t)
{
	enum jc_type type = t->field->type;

	if (type == JC_TEXT || type == JC_LONG)
		return parse_text(out, t);
	if (type == JC_ENUM)
		return parse_enum(out, t);
	if (means_nothing(t))
		return 0;
	switch (type) {
	case JC_INT:
	case JC_MONEY:
	case JC_DECIMAL:
		return parse_number(out, t);
	case JC_DATE:
	case JC_PDATE:
	case JC_DATETIME:
		return parse_date(out, t);
	case JC_BOOL3:
		return parse_bool(out, t);
	case JC_REF:
		return parse_ref(out, t);
	case JC_REGION:
		return parse_region(out, t);
	case JC_USCC:
		return parse_uscc(out, t);
	case JC_IDNO:
		return parse_idno(out, t);
	case JC_PHONE:
		return parse_phone(out, t);
	default:
		return jc_err_code(t->err, JC_EINTERNAL, "jc_value_parse");
	}
}

int
jc_value_parse(struct jc_buf *out, const struct jc_field *field, const char *s, size_t n, const char *today,
    struct jc_remarks *remarks, struct jc_err *err)
{
	struct typed t = { .field = field, .today = today, .remarks = remarks, .err = err };
	struct jc_buf clean;
	size_t at = out->len;
	int rc;

	jc_buf_init(&clean, (size_t)16 << 20);
	rc = jc_text_normalise(&clean, s, n, field->type == JC_LONG, err);
	if (rc == 0 && clean.len != 0) {
		t.s = clean.data;
		t.n = clean.len;
		rc = parse_one(out, &t);
		if (rc == 0)
			rc = jc_buf_check(out, "jc_value_parse", err);
	}
	if (rc < 0 && !out->failed)
		out->len = at;
	jc_buf_free(&clean);
	return rc;
}

/* Length of the separator at s: 、 ， , ； ; | or a line break; with `phones` also / and 或. */
static size_t
separator(const char *s, size_t n, int phones)
{
	static const char *const wide[] = { "、", "，", "；", NULL };

	if (*s == ',' || *s == ';' || *s == '|' || *s == '\n' || *s == '\r')
		return 1;
	if (phones && *s == '/')
		return 1;
	if (phones && n >= 3 && memcmp(s, "或", 3) == 0)
		return 3;
	for (int i = 0; wide[i] != NULL; i++)
		if (n >= 3 && memcmp(s, wide[i], 3) == 0)
			return 3;
	return 0;
}

static size_t
space(const char *s, size_t n)
{
	if (*s == ' ' || *s == '\t')
		return 1;
	if (n >= 2 && memcmp(s, "\xc2\xa0", 2) == 0)
		return 2;
	return n >= 3 && memcmp(s, "\xe3\x80\x80", 3) == 0 ? 3 : 0; /* U+3000 */
}

/* If a bracket opens at s and closes before the line ends: the bytes up to its close, else 0. */
static size_t
bracketed(const char *s, size_t n)
{
	const char *close = *s == '(' ? ")" : n >= 3 && memcmp(s, "（", 3) == 0 ? "）" : NULL;
	size_t len = close != NULL ? strlen(close) : 0;

	if (close == NULL)
		return 0;
	for (size_t i = len; i + len <= n && s[i] != '\n'; i++)
		if (memcmp(s + i, close, len) == 0)
			return i + len;
	return 0;
}

static int
give(const char *s, size_t from, size_t to, int (*each)(void *arg, const char *p, size_t len), void *arg)
{
	size_t skip;

	while (from < to && (skip = space(s + from, to - from)) != 0)
		from += skip;
	for (;;) {
		if (to > from && space(s + to - 1, 1) != 0)
			to -= 1;
		else if (to >= from + 2 && space(s + to - 2, 2) == 2)
			to -= 2;
		else if (to >= from + 3 && space(s + to - 3, 3) == 3)
			to -= 3;
		else
			break;
	}
	return from < to ? each(arg, s + from, to - from) : 0;
}

static int
split(const char *s, size_t n, int phones, int (*each)(void *arg, const char *p, size_t len), void *arg)
{
	size_t from = 0, i = 0;
	int rc;

	while (i < n) {
		size_t len = separator(s + i, n - i, phones);
		size_t skip = len == 0 && !phones ? bracketed(s + i, n - i) : 0;

		if (len == 0) {
			i += skip != 0 ? skip : 1;
			continue;
		}
		rc = give(s, from, i, each, arg);
		if (rc != 0)
			return rc;
		i += len;
		from = i;
	}
	return give(s, from, n, each, arg);
}

int
jc_value_split(const char *s, size_t n, int (*each)(void *arg, const char *p, size_t len), void *arg)
{
	return split(s, n, 0, each, arg);
}

int
jc_phone_split(const char *s, size_t n, int (*each)(void *arg, const char *p, size_t len), void *arg)
{
	return split(s, n, 1, each, arg);
}

/* Scaled digits with their point. */
static void
show_scaled(struct jc_buf *out, const char *s, size_t n, size_t scale)
{
	size_t sign = n > 0 && s[0] == '-', whole = n - sign;

	jc_buf_put(out, s, sign);
	if (whole > scale)
		jc_buf_put(out, s + sign, whole - scale);
	else
		jc_buf_putc(out, '0');
	jc_buf_putc(out, '.');
	for (size_t i = whole; i < scale; i++)
		jc_buf_putc(out, '0');
	jc_buf_put(out, s + sign + (whole > scale ? whole - scale : 0), whole > scale ? scale : whole);
}

static int
is_raw(const struct jc_field *field, const char *stored, size_t n)
{
	return field->type != JC_TEXT && field->type != JC_LONG && n > 0 && stored[0] == '?';
}

void
jc_value_show(struct jc_buf *out, const struct jc_field *field, const char *stored, size_t n)
{
	const struct jc_choice *c;

	if (is_raw(field, stored, n)) {
		jc_buf_put(out, stored + 1, n - 1);
		return;
	}
	switch (field->type) {
	case JC_MONEY:
		show_scaled(out, stored, n, 2);
		return;
	case JC_DECIMAL:
		show_scaled(out, stored, n, field->scale);
		return;
	case JC_BOOL3:
		jc_buf_puts(out, n == 1 && stored[0] == '1' ? JC_T("是", "yes") : JC_T("否", "no"));
		return;
	case JC_ENUM:
		c = jc_catalogue_choice(field, stored, n);
		if (c != NULL) {
			jc_buf_puts(out, jc_choice_label(c));
			return;
		}
		break;
	default:
		break;
	}
	jc_buf_put(out, stored, n);
}

/* Appends the text with stars instead of all characters but the first `head` and last `end`. */
static void
put_masked(struct jc_buf *out, const char *s, size_t n, size_t head, size_t end)
{
	size_t points = jc_text_points(s, n), at = 0;

	for (size_t i = 0; i < n;) {
		size_t step = 1;

		while (i + step < n && ((unsigned char)s[i + step] & 0xc0) == 0x80)
			step++;
		if (at < head || at + end >= points)
			jc_buf_put(out, s + i, step);
		else
			jc_buf_putc(out, '*');
		at++;
		i += step;
	}
}

void
jc_value_show_masked(struct jc_buf *out, const struct jc_field *field, const char *stored, size_t n)
{
	size_t raw = is_raw(field, stored, n) ? 1 : 0, points = jc_text_points(stored, n) - raw;

	if (field->type == JC_IDNO)
		put_masked(out, stored + raw, n - raw, points >= 15 ? 4 : points >= 8 ? 1 : 0,
		    points >= 15 ? 4 : points >= 8 ? 3 : 0);
	else if (field->type == JC_PHONE || field->form == JC_FORM_PHONE)
		put_masked(out, stored + raw, n - raw, points >= 10 ? 3 : 0, points >= 10 ? 4 : points >= 7 ? 2 : 0);
	else
		jc_value_show(out, field, stored, n);
}

/* Text that normalising could have produced: no control characters, no spaces at the ends. */
static int
clean_text(const char *s, size_t n, int lines)
{
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)s[i] < 0x20 && !(lines && s[i] == '\n')) || s[i] == 0x7f)
			return 0;
	return s[0] != ' ' && s[n - 1] != ' ' && s[0] != '\n' && s[n - 1] != '\n';
}

static int
clean_integer(const char *s, size_t n)
{
	size_t sign = s[0] == '-', i = sign;
	uint64_t v = 0;

	if (n == sign || n - sign > 19 || (s[sign] == '0' && n > 1))
		return 0;
	for (; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		v = v * 10 + (uint64_t)(s[i] - '0');
	}
	return v <= INT64_MAX;
}

/* `pattern`: 0 stands for a digit, everything else for itself. */
static int
fits(const char *s, size_t n, const char *pattern)
{
	if (n != strlen(pattern))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (pattern[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != pattern[i])
			return 0;
	return 1;
}

static int
clean_date(const char *s, size_t n, enum jc_type type)
{
	char full[] = "0000-01-01";
	int y, m, d;

	if (type == JC_PDATE && (fits(s, n, "0000") || fits(s, n, "0000-00")))
		memcpy(full, s, n);
	else if (fits(s, n, "0000-00-00") || (type == JC_DATETIME && fits(s, n, "0000-00-00 00:00")))
		memcpy(full, s, 10);
	else
		return 0;
	if (n == 16 && (memcmp(s + 11, "23", 2) > 0 || s[14] > '5'))
		return 0;
	return jc_numbers_date_read(&y, &m, &d, full, 10);
}

static int
only(const char *s, size_t n, const char *allowed, size_t max)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\0' || strchr(allowed, s[i]) == NULL)
			return 0;
	return n >= 1 && n <= max;
}

static int
clean_phone(const char *s, size_t n)
{
	char number[40];
	struct jc_remarks unused = { 0 };

	return jc_phone_check(number, s, n, 0, &unused) > 0 && strlen(number) == n && memcmp(number, s, n) == 0;
}

static int
stored_typed(const struct jc_field *field, const char *s, size_t n)
{
	switch (field->type) {
	case JC_INT:
	case JC_MONEY:
	case JC_DECIMAL:
		return clean_integer(s, n);
	case JC_DATE:
	case JC_PDATE:
	case JC_DATETIME:
		return clean_date(s, n, field->type);
	case JC_BOOL3:
		return n == 1 && (s[0] == '0' || s[0] == '1');
	case JC_ENUM: /* a newer program may know more codes */
		return only(s, n, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", 40);
	case JC_REF:
		return jc_id_ok(s, n);
	case JC_REGION:
		return (n == 6 || n == 9 || n == 12) && only(s, n, "0123456789", 12);
	case JC_USCC:
	case JC_IDNO:
		return only(s, n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ()-/.+", 30);
	case JC_PHONE:
		return clean_phone(s, n);
	default:
		return 0;
	}
}

int
jc_value_stored_ok(const struct jc_field *field, const char *stored, size_t n)
{
	if (n == 0 || n > (field->set ? ELEMENT_BYTES : VALUE_BYTES) || !jc_utf8_ok(stored, n))
		return 0;
	if (field->type == JC_TEXT || field->type == JC_LONG)
		return clean_text(stored, n, field->type == JC_LONG);
	if (stored[0] == '?')
		return n > 1 && jc_text_points(stored, n) <= RAW_MAX + 1 && clean_text(stored + 1, n - 1, 0);
	return stored_typed(field, stored, n);
}
