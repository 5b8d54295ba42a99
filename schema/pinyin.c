/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * ICU knows one reading per character; the table below adds those that names need: surnames that are
 * read in their own way (单 is Shan, 区 is Ou), and given names with two usual readings. Whoever searches
 * may type either.
 */
#include "schema_pinyin.h"

#include <string.h>

#include "pinyin_table.h"

#define FIRST 0x3400u
#define LAST 0x9fffu
#define STEPS_MAX 2000 /* of one match; a name needs some dozens */

/* Sorted by code point; the reading of a surname first. */
static const struct more {
	uint16_t cp;
	const char *reading[3];
} more[] = {
	{0x4e07, {"wan", "mo", NULL}}, /* 万 */
	{0x4e50, {"yue", "le", NULL}}, /* 乐 */
	{0x4ec7, {"qiu", "chou", NULL}}, /* 仇 */
	{0x4ed4, {"zai", "zi", NULL}}, /* 仔 */
	{0x4efb, {"ren", NULL}}, /* 任 */
	{0x4f1a, {"hui", "kuai", NULL}}, /* 会 */
	{0x4f20, {"chuan", "zhuan", NULL}}, /* 传 */
	{0x516d, {"liu", "lu", NULL}}, /* 六 */
	{0x51bc, {"xian", NULL}}, /* 冼 */
	{0x533a, {"ou", "qu", NULL}}, /* 区 */
	{0x5355, {"shan", "dan", "chan"}}, /* 单 */
	{0x53ec, {"shao", "zhao", NULL}}, /* 召 */
	{0x5458, {"yun", "yuan", NULL}}, /* 员 */
	{0x57d4, {"pu", "bu", NULL}}, /* 埔 */
	{0x5821, {"bao", "bu", "pu"}}, /* 堡 */
	{0x5927, {"da", "dai", NULL}}, /* 大 */
	{0x5947, {"qi", "ji", NULL}}, /* 奇 */
	{0x5a1c, {"na", "nuo", NULL}}, /* 娜 */
	{0x5c09, {"wei", "yu", NULL}}, /* 尉 */
	{0x5f04, {"nong", "long", NULL}}, /* 弄 */
	{0x6298, {"she", "zhe", NULL}}, /* 折 */
	{0x665f, {"sheng", "cheng", NULL}}, /* 晟 */
	{0x66fe, {"zeng", "ceng", NULL}}, /* 曾 */
	{0x671d, {"chao", "zhao", NULL}}, /* 朝 */
	{0x6734, {"piao", "pu", "po"}}, /* 朴 */
	{0x67cf, {"bai", "bo", NULL}}, /* 柏 */
	{0x67e5, {"zha", "cha", NULL}}, /* 查 */
	{0x6821, {"xiao", "jiao", NULL}}, /* 校 */
	{0x6c88, {"shen", "chen", NULL}}, /* 沈 */
	{0x6d8c, {"yong", "chong", NULL}}, /* 涌 */
	{0x6fb9, {"tan", "dan", NULL}}, /* 澹 */
	{0x76d6, {"ge", "gai", NULL}}, /* 盖 */
	{0x76db, {"sheng", "cheng", NULL}}, /* 盛 */
	{0x7701, {"sheng", "xing", NULL}}, /* 省 */
	{0x79cd, {"chong", "zhong", NULL}}, /* 种 */
	{0x79d8, {"bi", "mi", NULL}}, /* 秘 */
	{0x7e41, {"po", "fan", NULL}}, /* 繁 */
	{0x7f2a, {"miao", "mou", NULL}}, /* 缪 */
	{0x7fdf, {"zhai", "di", NULL}}, /* 翟 */
	{0x831c, {"qian", "xi", NULL}}, /* 茜 */
	{0x845b, {"ge", NULL}}, /* 葛 */
	{0x851a, {"wei", "yu", NULL}}, /* 蔚 */
	{0x85cf, {"zang", "cang", NULL}}, /* 藏 */
	{0x884c, {"xing", "hang", NULL}}, /* 行 */
	{0x8983, {"qin", "tan", NULL}}, /* 覃 */
	{0x89e3, {"xie", "jie", NULL}}, /* 解 */
	{0x8c03, {"diao", "tiao", NULL}}, /* 调 */
	{0x8d3e, {"jia", "gu", NULL}}, /* 贾 */
	{0x8f66, {"che", "ju", NULL}}, /* 车 */
	{0x90fd, {"du", "dou", NULL}}, /* 都 */
	{0x91cd, {"zhong", "chong", NULL}}, /* 重 */
	{0x957f, {"chang", "zhang", NULL}}, /* 长 */
	{0x9646, {"lu", "liu", NULL}}, /* 陆 */
	{0x964d, {"jiang", "xiang", NULL}}, /* 降 */
	{0x9697, {"wei", "kui", NULL}}, /* 隗 */
	{0x9ed1, {"he", "hei", NULL}}, /* 黑 */
};
#define NMORE (sizeof(more) / sizeof(more[0]))
#define NSIMPLE (sizeof(simple) / sizeof(simple[0]))

uint32_t
jc_point_next(const char *s, size_t n, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t c;
	int more_bytes;

	if (*at >= n)
		return 0;
	c = p[(*at)++];
	if (c < 0x80)
		return c != 0 ? c : 0xfffd;
	more_bytes = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
	c &= c >= 0xf0 ? 7u : c >= 0xe0 ? 15u : 31u;
	for (; more_bytes > 0 && *at < n && (p[*at] & 0xc0) == 0x80; more_bytes--)
		c = c << 6 | (p[(*at)++] & 0x3fu);
	return c;
}

int
jc_point_han(uint32_t cp)
{
	return (cp >= FIRST && cp <= LAST) || (cp >= 0xf900 && cp <= 0xfaff) || (cp >= 0x20000 && cp <= 0x3ffff) || cp == 0x3007;
}

static const struct more *
more_of(uint32_t cp)
{
	size_t lo = 0, hi = NMORE;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (more[mid].cp == cp)
			return &more[mid];
		if (more[mid].cp < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

size_t
jc_pinyin_of(const char *out[3], uint32_t cp)
{
	const struct more *m;
	size_t n = 0;

	cp = jc_point_simple(cp);
	if (cp < FIRST || cp > LAST)
		return 0;
	if ((m = more_of(cp)) != NULL) {
		while (n < 3 && m->reading[n] != NULL) {
			out[n] = m->reading[n];
			n++;
		}
		return n;
	}
	out[0] = syllables[readings[cp - FIRST]];
	return out[0][0] != '\0';
}

uint32_t
jc_point_simple(uint32_t cp)
{
	size_t lo = 0, hi = NSIMPLE;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (simple[mid][0] == cp)
			return simple[mid][1];
		if (simple[mid][0] < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	return cp;
}

/* A letter or digit in lower case, 0 for anything else. */
static char
plain(uint32_t cp)
{
	if (cp >= 'A' && cp <= 'Z')
		return (char)(cp + 32);
	return (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9') ? (char)cp : '\0';
}

void
jc_pinyin_sound(struct jc_buf *out, const char *s, size_t n)
{
	int word = 0;

	for (size_t at = 0; at < n;) {
		uint32_t cp = jc_point_next(s, n, &at);
		const char *r[3];
		size_t k = jc_pinyin_of(r, cp);
		char c = plain(cp);

		if (k == 0 && c == '\0') {
			word = 0;
			continue;
		}
		if (!word || k != 0)
			jc_buf_putc(out, ' ');
		for (size_t i = 0; i < k; i++) {
			if (i > 0)
				jc_buf_putc(out, '/');
			jc_buf_puts(out, r[i]);
		}
		if (k == 0)
			jc_buf_putc(out, c);
		word = k == 0;
	}
}

void
jc_pinyin_key(struct jc_buf *out, const char *s, size_t n)
{
	for (size_t at = 0; at < n;) {
		uint32_t cp = jc_point_next(s, n, &at);
		const char *r[3];
		char c = plain(cp);

		if (jc_pinyin_of(r, cp) != 0) {
			jc_buf_puts(out, r[0]);
		} else if (c != '\0') {
			jc_buf_putc(out, c);
		} else if (jc_point_han(cp)) { /* without a reading it stands for itself */
			jc_buf_putf(out, "%X", (unsigned)cp);
		}
	}
}

void
jc_pinyin_order(struct jc_buf *out, const char *s, size_t n)
{
	for (size_t at = 0; at < n;) {
		uint32_t cp = jc_point_next(s, n, &at);
		const char *r[3];
		char c = plain(cp);

		if (jc_pinyin_of(r, cp) != 0)
			jc_buf_putf(out, "%s ", r[0]);
		else if (c != '\0')
			jc_buf_putc(out, c);
		else /* what has no sound comes after all that has, by its number */
			jc_buf_putf(out, "~%06X", (unsigned)cp);
	}
}

struct match {
	const char *end, *qend;
	int steps;
};

static int
same_letter(char typed, char sound)
{
	return typed == sound || (typed == 'u' && sound == 'v');
}

/* From the start of a syllable's first reading. */
static int
match_from(struct match *m, const char *p, const char *q)
{
	const char *next = p;

	if (q == m->qend)
		return 1;
	if (p >= m->end || m->steps++ > STEPS_MAX)
		return 0;
	while (next < m->end && *next != ' ')
		next++;
	while (p < next) {
		size_t k = 0;

		while (p + k < next && p[k] != '/' && q + k < m->qend && same_letter(q[k], p[k]))
			k++;
		for (; k > 0; k--)
			if (match_from(m, next < m->end ? next + 1 : next, q + k))
				return 1;
		while (p < next && *p != '/')
			p++;
		p += p < next;
	}
	return 0;
}

int
jc_pinyin_match(const char *sound, size_t n, const char *query, size_t qn)
{
	struct match m = {sound + n, query + qn, 0};
	const char *syllable = NULL;

	if (qn == 0)
		return 0;
	/* Most syllables do not even begin with the letter: only one of which a reading does is looked at. */
	for (size_t i = 0; i + 1 < n; i++) {
		if (sound[i] == ' ')
			syllable = sound + i + 1;
		else if (sound[i] != '/')
			continue;
		if (syllable == NULL || !same_letter(query[0], sound[i + 1]))
			continue;
		if (match_from(&m, syllable, query))
			return 1;
		syllable = NULL;
	}
	return 0;
}
