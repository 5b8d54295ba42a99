/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The rules of DOMAIN 6.1 and 6.2 over what two records say. A rule's sentence, verdict and points are
 * tables; the code below only answers the questions that they ask. Rules are asked in order and the
 * first that applies decides: two valid and different numbers are two people, whatever else agrees.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_pinyin.h"
#include "sync_dup.h"
#include "sync_sign.h"

/* Points of what agrees (DOMAIN 6.1). */
enum { P_NUMBER = 100, P_NEAR = 60, P_NAME = 20, P_BIRTH = 25, P_MONTH = 12, P_MOBILE = 25, P_EMPLOYER = 12, P_VILLAGE = 12,
	P_GENDER = -40 };
/* ... and of organizations. */
enum { P_CODE = 100, P_CORE = 60, P_ALIKE = 40, P_FORMER = 55, P_COUNTY = 20, P_TOWNSHIP = 25, P_PERSON = 12 };

static const struct {
	enum jc_dup_rule rule;
	enum jc_dup_verdict verdict;
	const char *word, *zh, *en;
} rules[] = {
	{JC_DUP_D1, JC_DUP_CERTAIN, "D1", "证件号码有效且相同", "both numbers are valid and equal"},
	{JC_DUP_D2, JC_DUP_NEVER, "D2", "证件号码都有效但不同，是两个人", "both numbers are valid and different: two people"},
	{JC_DUP_D3, JC_DUP_SUGGEST, "D3", "姓名相同，证件号码只差一点", "same name, numbers that differ by a slip"},
	{JC_DUP_D4, JC_DUP_SUGGEST, "D4", "姓名、出生日期、手机相同", "same name, birth date and mobile"},
	{JC_DUP_D5, JC_DUP_SUGGEST, "D5", "姓名、出生日期相同，同单位或同村", "same name and birth date, same employer or village"},
	{JC_DUP_D6, JC_DUP_WEEKLY, "D6", "姓名和手机相同", "same name and mobile"},
	{JC_DUP_D7, JC_DUP_WEEKLY, "D7", "姓名写法不同（生僻字、繁简、间隔号），出生日期和性别相同",
	    "names written differently, same birth date and sex"},
	{JC_DUP_D8, JC_DUP_BADGE, "D8", "同名", "same name"},
	{JC_DUP_O1, JC_DUP_CERTAIN, "O1", "信用代码有效且相同", "both codes are valid and equal"},
	{JC_DUP_O2, JC_DUP_NEVER, "O2", "信用代码不同；名称相同的，同名不同码", "codes differ; if names agree: one name, two codes"},
	{JC_DUP_O3, JC_DUP_SUGGEST, "O3", "名称（去掉地名和后缀）相同，同县，一方没有信用代码",
	    "same core name and county, one has no code"},
	{JC_DUP_O4, JC_DUP_SUGGEST, "O4", "名称很接近，同乡镇，负责人、电话或地址相同",
	    "nearly the same name and township, and the person, phone or address"},
	{JC_DUP_O5, JC_DUP_SUGGEST, "O5", "一方的曾用名是另一方的名称", "one's former name is the other's name"},
	{JC_DUP_O6, JC_DUP_LINK, "O6", "一个单位和它的工会，不是重复；可以关联所属工会",
	    "a unit and its union, no duplicate; they can be linked"},
};
#define NRULES (sizeof(rules) / sizeof(rules[0]))

const char *
jc_dup_rule_word(enum jc_dup_rule r)
{
	for (size_t i = 0; i < NRULES; i++)
		if (rules[i].rule == r)
			return rules[i].word;
	return "";
}

const char *
jc_dup_rule_text(enum jc_dup_rule r)
{
	for (size_t i = 0; i < NRULES; i++)
		if (rules[i].rule == r)
			return JC_T(rules[i].zh, rules[i].en);
	return "";
}

static void
say(struct jc_dup *out, enum jc_dup_rule r, int score)
{
	out->rule = r;
	out->score = score < 0 ? 0 : score;
	for (size_t i = 0; i < NRULES; i++)
		if (rules[i].rule == r)
			out->verdict = rules[i].verdict;
	/* A suggestion whose points are too few (a contradiction, a month only) waits for the weekly list. */
	if (out->verdict == JC_DUP_SUGGEST && out->score < 55)
		out->verdict = out->score >= 40 ? JC_DUP_WEEKLY : JC_DUP_BADGE;
}

static int
same(struct jc_slice a, struct jc_slice b)
{
	return a.n != 0 && jc_slice_eq(a, b);
}

/* ---- names ---- */

static int
skipped(uint32_t cp)
{
	return cp == ' ' || cp == 0x3000 || cp == 0xb7 || cp == 0x2022 || cp == 0x30fb || cp == 0xff0e || cp == '.' || cp == 0x2027;
}

static uint32_t
next_kept(struct jc_slice s, size_t *at)
{
	uint32_t cp;

	do
		cp = jc_point_next(s.p, s.n, at);
	while (cp != 0 && skipped(cp));
	return jc_point_simple(cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
}

/* The letters at *at are a reading of cp: steps over them. */
static int
reading_at(struct jc_slice s, size_t *at, uint32_t cp)
{
	const char *r[3];
	size_t n = jc_pinyin_of(r, cp);

	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(r[i]), k = 0;

		while (k < len && *at + k < s.n && ((s.p[*at + k] | 32) == r[i][k] || ((s.p[*at + k] | 32) == 'u' && r[i][k] == 'v')))
			k++;
		if (k == len) {
			*at += len;
			return 1;
		}
	}
	return 0;
}

static int
is_latin(uint32_t cp)
{
	return cp >= 'a' && cp <= 'z';
}

int
jc_dup_name_alike(struct jc_slice a, struct jc_slice b)
{
	size_t i = 0, k = 0;

	if (a.n == 0 || b.n == 0)
		return 0;
	for (;;) {
		size_t ai = i, bk = k;
		uint32_t x = next_kept(a, &ai), y = next_kept(b, &bk);

		if (x == 0 || y == 0)
			return x == y;
		if (x != y) {
			size_t li = ai - 1, lk = bk - 1; /* where the letter of a pinyin begins */

			if (is_latin(x) && jc_point_han(y) && reading_at(a, &li, y))
				ai = li;
			else if (is_latin(y) && jc_point_han(x) && reading_at(b, &lk, x))
				bk = lk;
			else
				return 0;
		}
		i = ai;
		k = bk;
	}
}

/* ---- numbers ---- */

/* 18 digits of a 15-digit number, without the check character: 17. */
static size_t
long_form(char out[24], struct jc_slice s)
{
	if (s.n != 15) {
		size_t n = s.n < 23 ? s.n : 23;

		memcpy(out, s.p, n);
		return n;
	}
	memcpy(out, s.p, 6);
	memcpy(out + 6, "19", 2);
	memcpy(out + 8, s.p + 6, 9);
	return 17;
}

static int
one_slip(const char *a, const char *b, size_t n)
{
	size_t i = 0;

	while (i < n && a[i] == b[i])
		i++;
	if (i == n)
		return 1;
	if (memcmp(a + i + 1, b + i + 1, n - i - 1) == 0)
		return 1;
	return i + 1 < n && a[i] == b[i + 1] && a[i + 1] == b[i] && memcmp(a + i + 2, b + i + 2, n - i - 2) == 0;
}

int
jc_dup_number_near(struct jc_slice a, struct jc_slice b)
{
	char x[24], y[24];
	size_t nx, ny;

	if (a.n < 14 || b.n < 14 || a.n > 20 || b.n > 20)
		return 0;
	if (a.n == b.n)
		return one_slip(a.p, b.p, a.n) || (a.n == 18 && memcmp(a.p, b.p, 15) == 0 &&
		        (memcmp(a.p + 15, "000", 3) == 0 || memcmp(b.p + 15, "000", 3) == 0));
	if (a.n > b.n) {
		struct jc_slice t = a;

		a = b;
		b = t;
	}
	if (b.n == 18 && a.n == 15 && memcmp(a.p, b.p, 15) == 0)
		return 1; /* the last three were lost */
	nx = long_form(x, a);
	ny = long_form(y, b);
	if (a.n == 15 && ny == 18)
		return nx == 17 && memcmp(x, y, 17) == 0;
	for (size_t i = 0; ny == nx + 1 && i < ny; i++) /* one character was left out */
		if (memcmp(x, y, i) == 0 && memcmp(x + i, y + i + 1, nx - i) == 0)
			return 1;
	return 0;
}

void
jc_match_key(uint8_t out[JC_MATCH_LEN], const uint8_t secret[32], struct jc_slice number)
{
	static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	struct jc_slice part[2] = {JC_SLICE("jiceng-match"), {NULL, 0}};
	uint8_t h[JC_HASH_LEN];
	char full[24];
	size_t n = long_form(full, number);

	if (number.n == 15) {
		int sum = 0;

		for (int i = 0; i < 17; i++)
			sum += (full[i] - '0') * weight[i];
		full[n++] = "10X98765432"[((sum % 11) + 11) % 11];
	}
	part[1] = (struct jc_slice){full, n};
	jc_hmac(h, secret, 32, part, 2);
	memcpy(out, h, JC_MATCH_LEN);
}

/* ---- people ---- */

static int
birth_points(struct jc_slice a, struct jc_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	if (n >= 10 && memcmp(a.p, b.p, 10) == 0)
		return P_BIRTH;
	return n == 7 && memcmp(a.p, b.p, 7) == 0 ? P_MONTH : 0;
}

static int
contradicts(struct jc_slice a, struct jc_slice b)
{
	return a.n != 0 && b.n != 0 && !jc_slice_eq(a, b);
}

static int
same_employer(const struct jc_dup_person *a, const struct jc_dup_person *b)
{
	return same(a->employer, b->employer) || same(a->employer_text, b->employer_text);
}

static int
person_points(const struct jc_dup_person *a, const struct jc_dup_person *b)
{
	int n = birth_points(a->birth, b->birth);

	n += jc_dup_name_alike(a->name, b->name) ? P_NAME : 0;
	n += same(a->mobile, b->mobile) ? P_MOBILE : 0;
	n += same_employer(a, b) ? P_EMPLOYER : 0;
	n += same(a->village, b->village) ? P_VILLAGE : 0;
	n += contradicts(a->gender, b->gender) ? P_GENDER : 0;
	return n;
}

static void
person_by_name(struct jc_dup *out, const struct jc_dup_person *a, const struct jc_dup_person *b, int points)
{
	int birth = birth_points(a->birth, b->birth), other = contradicts(a->gender, b->gender);

	if (birth != 0 && !other && same(a->mobile, b->mobile))
		say(out, JC_DUP_D4, points);
	else if (birth != 0 && !other && (same_employer(a, b) || same(a->village, b->village)))
		say(out, JC_DUP_D5, points);
	else if (same(a->mobile, b->mobile) && (a->birth.n == 0 || b->birth.n == 0))
		say(out, JC_DUP_D6, points);
	else if (a->scope == b->scope)
		say(out, JC_DUP_D8, P_NAME);
}

void
jc_dup_person(struct jc_dup *out, const struct jc_dup_person *a, const struct jc_dup_person *b)
{
	int points = person_points(a, b);

	memset(out, 0, sizeof(*out));
	if (a->valid && b->valid) {
		if (same(a->number, b->number))
			say(out, JC_DUP_D1, points + P_NUMBER);
		else
			say(out, JC_DUP_D2, 0);
		return;
	}
	if (same(a->name, b->name)) {
		if (a->number.n != 0 && b->number.n != 0 && jc_dup_number_near(a->number, b->number))
			say(out, JC_DUP_D3, points + P_NEAR);
		else
			person_by_name(out, a, b, points);
	} else if (jc_dup_name_alike(a->name, b->name) && birth_points(a->birth, b->birth) == P_BIRTH && same(a->gender, b->gender)) {
		say(out, JC_DUP_D7, points);
	}
}

/* ---- organizations ---- */

static const char *const SUFFIXES[] = {"股份有限公司", "有限责任公司", "有限公司", "股份公司", "公司", "专业合作社联合社", "合作社联合社",
    "联合社", "专业合作社", "合作社", "委员会", NULL};
static const char *const UNION_SUFFIXES[] = {"工会委员会", "工会联合会", "工会小组", "联合会", "总工会", "工会", NULL};

static int
ends_with(struct jc_slice s, const char *end)
{
	size_t n = strlen(end);

	return s.n > n && memcmp(s.p + s.n - n, end, n) == 0;
}

/* Bytes of leading words that end in 省 市 县 (自治区 州 too); the last two characters always stay. */
static size_t
region_words(struct jc_slice s)
{
	static const uint32_t ends[] = {0x7701, 0x5e02, 0x53bf, 0x5dde, 0};
	size_t at = 0, cut = 0, since = 0;

	while (at < s.n) {
		uint32_t cp = jc_point_next(s.p, s.n, &at);

		since++;
		for (size_t i = 0; ends[i] != 0; i++)
			if (cp == ends[i] && since >= 2 && since <= 6 && s.n - at >= 6) {
				cut = at;
				since = 0;
			}
		if (since > 6)
			break;
	}
	return cut;
}

/* A Chinese numeral as a digit, 0 for others. 十 becomes "10": enough to tell 第十组 from 第一组. */
static const char *
numeral(uint32_t cp)
{
	static const struct {
		uint32_t cp;
		const char *digit;
	} map[] = {{0x3007, "0"}, {0x96f6, "0"}, {0x4e00, "1"}, {0x4e8c, "2"}, {0x4e09, "3"}, {0x56db, "4"}, {0x4e94, "5"},
	    {0x516d, "6"}, {0x4e03, "7"}, {0x516b, "8"}, {0x4e5d, "9"}, {0x5341, "10"}, {0x4e24, "2"}};

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].cp == cp)
			return map[i].digit;
	return NULL;
}

static void
point_put(struct jc_buf *out, uint32_t cp)
{
	if (cp < 0x80) {
		jc_buf_putc(out, (char)cp);
	} else if (cp < 0x800) {
		jc_buf_putc(out, (char)(0xc0 | cp >> 6));
		jc_buf_putc(out, (char)(0x80 | (cp & 63)));
	} else if (cp < 0x10000) {
		jc_buf_putc(out, (char)(0xe0 | cp >> 12));
		jc_buf_putc(out, (char)(0x80 | (cp >> 6 & 63)));
		jc_buf_putc(out, (char)(0x80 | (cp & 63)));
	} else {
		jc_buf_putc(out, (char)(0xf0 | cp >> 18));
		jc_buf_putc(out, (char)(0x80 | (cp >> 12 & 63)));
		jc_buf_putc(out, (char)(0x80 | (cp >> 6 & 63)));
		jc_buf_putc(out, (char)(0x80 | (cp & 63)));
	}
}

static int
bracket(uint32_t cp)
{
	static const uint32_t v[] = {'(', ')', '[', ']', 0xff08, 0xff09, 0x3014, 0x3015, 0x3010, 0x3011, 0x300a, 0x300b, 0};

	for (size_t i = 0; v[i] != 0; i++)
		if (v[i] == cp)
			return 1;
	return 0;
}

void
jc_dup_core(struct jc_buf *out, struct jc_slice name)
{
	size_t at = region_words(name), cut = 0;

	for (size_t i = 0; SUFFIXES[i] != NULL && cut == 0; i++)
		if (ends_with(name, SUFFIXES[i]) && name.n - strlen(SUFFIXES[i]) >= at + 6)
			cut = strlen(SUFFIXES[i]);
	name.n -= cut;
	while (at < name.n) {
		uint32_t cp = jc_point_simple(jc_point_next(name.p, name.n, &at));
		const char *digit = numeral(cp);

		if (digit != NULL)
			jc_buf_puts(out, digit);
		else if (!bracket(cp) && !skipped(cp))
			point_put(out, cp >= 'A' && cp <= 'Z' ? cp + 32 : cp);
	}
}

/* A = B and a union's ending, or the other way round. */
static int
unit_and_union(struct jc_slice a, struct jc_slice b)
{
	struct jc_slice longer = a.n > b.n ? a : b, shorter = a.n > b.n ? b : a;

	if (shorter.n == 0 || longer.n == shorter.n || memcmp(longer.p, shorter.p, shorter.n) != 0)
		return 0;
	longer.p += shorter.n;
	longer.n -= shorter.n;
	for (size_t i = 0; UNION_SUFFIXES[i] != NULL; i++)
		if (jc_slice_is(longer, UNION_SUFFIXES[i]))
			return 1;
	return 0;
}

static int
digits_differ(struct jc_slice a, struct jc_slice b)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < a.n && (a.p[i] < '0' || a.p[i] > '9'))
			i++;
		while (k < b.n && (b.p[k] < '0' || b.p[k] > '9'))
			k++;
		if (i == a.n || k == b.n)
			return (i == a.n) != (k == b.n);
		if (a.p[i++] != b.p[k++])
			return 1;
	}
}

#define POINTS_MAX 64

static size_t
points_of(uint32_t out[POINTS_MAX], struct jc_slice s)
{
	size_t at = 0, n = 0;

	while (n < POINTS_MAX && at < s.n)
		out[n++] = jc_point_next(s.p, s.n, &at);
	return n;
}

/* Insertions, deletions and replacements between two short texts. */
static size_t
edits(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
	size_t row[POINTS_MAX + 1];

	for (size_t k = 0; k <= nb; k++)
		row[k] = k;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= nb; k++) {
			size_t up = row[k], best = diagonal + (a[i - 1] != b[k - 1]);

			best = up + 1 < best ? up + 1 : best;
			best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
			diagonal = up;
			row[k] = best;
		}
	}
	return row[nb];
}

/* At least nine tenths alike, four characters or more, all numerals equal. */
static int
core_alike(struct jc_slice a, struct jc_slice b)
{
	uint32_t x[POINTS_MAX], y[POINTS_MAX];
	size_t nx = points_of(x, a), ny = points_of(y, b), most = nx > ny ? nx : ny;

	return nx >= 4 && ny >= 4 && !digits_differ(a, b) && edits(x, nx, y, ny) * 10 <= most;
}

static int
same_region(struct jc_slice a, struct jc_slice b, size_t digits)
{
	return a.n >= digits && b.n >= digits && memcmp(a.p, b.p, digits) == 0;
}

static int
former_is(const struct jc_dup_org *a, struct jc_slice name)
{
	for (size_t i = 0; i < a->nformer; i++)
		if (same(a->former[i], name))
			return 1;
	return 0;
}

/* The same core; a village's name alone says nothing beyond its township. */
static void
org_by_name(struct jc_dup *out, const struct jc_dup_org *a, const struct jc_dup_org *b)
{
	int county = same_region(a->region, b->region, 6) || (a->region.n == 0 && b->region.n == 0 && a->scope == b->scope);
	int town = same_region(a->region, b->region, 9);
	int person = same(a->legal_rep, b->legal_rep) || same(a->phone, b->phone) || same(a->address, b->address);
	int village = ends_with(a->core, "村") || ends_with(a->core, "社区");

	if (same(a->core, b->core) && (a->uscc.n == 0 || b->uscc.n == 0) && (village ? town : county))
		say(out, JC_DUP_O3, P_CORE + P_COUNTY + (person ? P_PERSON : 0));
	else if (town && person && core_alike(a->core, b->core))
		say(out, JC_DUP_O4, P_ALIKE + P_TOWNSHIP + P_PERSON);
	else if (former_is(a, b->name) || former_is(b, a->name))
		say(out, JC_DUP_O5, P_FORMER + (county ? P_COUNTY : 0));
}

void
jc_dup_org(struct jc_dup *out, const struct jc_dup_org *a, const struct jc_dup_org *b)
{
	memset(out, 0, sizeof(*out));
	if (unit_and_union(a->name, b->name)) { /* whatever code was copied */
		say(out, JC_DUP_O6, P_NAME);
		return;
	}
	if (a->valid && b->valid) {
		if (!same(a->uscc, b->uscc)) {
			say(out, JC_DUP_O2, same(a->name, b->name) ? P_NAME : 0);
			out->verdict = same(a->name, b->name) ? JC_DUP_BADGE : JC_DUP_NEVER;
		} else if (same(a->org_kind, b->org_kind)) {
			say(out, JC_DUP_O1, P_CODE);
		}
		return;
	}
	if (!contradicts(a->org_kind, b->org_kind))
		org_by_name(out, a, b);
}
