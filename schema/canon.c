/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A pull parser in which "canonical" is not a second look but the only thing it can read: every byte
 * that a canonical writer would not have written turns it bad on the spot.
 */
#include "schema_canon.h"

#include <string.h>

enum { ST_VALUE, ST_FIRST_KEY, ST_COLON_VALUE, ST_FIRST_ELEM, ST_NEXT, ST_DONE, ST_BAD };

void
jc_canon_init(struct jc_canon *c, const char *p, size_t n)
{
	memset(c, 0, sizeof(*c));
	c->p = p;
	c->end = p + n;
	c->state = ST_VALUE;
}

static enum jc_tok
bad(struct jc_canon *c, const char *why)
{
	c->state = ST_BAD;
	c->why = why;
	return JC_TOK_BAD;
}

/* What follows a finished value. */
static void
value_done(struct jc_canon *c)
{
	c->state = c->depth == 0 ? ST_DONE : ST_NEXT;
}

static int
hex_low(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Length of a canonical escape at p, 0 when it is none; *out is the character. */
static size_t
escape_len(const char *p, const char *end, char *out)
{
	static const char FROM[] = "\"\\btnfr", TO[] = "\"\\\b\t\n\f\r";
	const char *at;
	int hi, lo;

	if (end - p < 2)
		return 0;
	if (p[1] != '\0' && (at = strchr(FROM, p[1])) != NULL) {
		*out = TO[at - FROM];
		return 2;
	}
	if (p[1] != 'u' || end - p < 6 || p[2] != '0' || p[3] != '0')
		return 0;
	hi = hex_low(p[4]);
	lo = hex_low(p[5]);
	if (hi < 0 || hi > 1 || lo < 0)
		return 0;
	*out = (char)(hi << 4 | lo);
	return *out == '\0' || strchr("\b\t\n\f\r", *out) != NULL ? 0 : 6;
}

/* Reads a string after its opening quote into c->raw. */
static int
string_read(struct jc_canon *c)
{
	const char *p = c->p, *start = p;
	int ascii = 1;
	char ch;

	for (; p < c->end && *p != '"';) {
		unsigned char u = (unsigned char)*p;

		if (u < 0x20)
			return -1;
		ascii &= u < 0x80;
		if (u != '\\') {
			p++;
			continue;
		}
		size_t n = escape_len(p, c->end, &ch);

		if (n == 0)
			return -1;
		p += n;
	}
	if (p == c->end || (!ascii && !jc_utf8_ok(start, (size_t)(p - start))))
		return -1;
	c->raw = (struct jc_slice){start, (size_t)(p - start)};
	c->p = p + 1;
	return 0;
}

#define INT_LIMIT ((int64_t)1 << 53)

static enum jc_tok
number_read(struct jc_canon *c)
{
	const char *p = c->p;
	int neg = *p == '-';
	int64_t v = 0;

	p += neg;
	if (p == c->end || *p < '0' || *p > '9' || (*p == '0' && (neg || (p + 1 < c->end && p[1] >= '0' && p[1] <= '9'))))
		return bad(c, "number");
	for (; p < c->end && *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (*p - '0');
		if (v >= INT_LIMIT)
			return bad(c, "number too large");
	}
	c->num = neg ? -v : v;
	c->p = p;
	value_done(c);
	return JC_TOK_INT;
}

static enum jc_tok
word_read(struct jc_canon *c, const char *word, enum jc_tok tok)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
		return bad(c, "value");
	c->p += n;
	value_done(c);
	return tok;
}

static enum jc_tok
open_read(struct jc_canon *c, char which)
{
	if (c->depth == JC_CANON_DEPTH)
		return bad(c, "too deep");
	c->p++;
	c->stack[++c->depth] = which;
	c->last_key[c->depth] = (struct jc_slice){NULL, 0};
	c->state = which == '{' ? ST_FIRST_KEY : ST_FIRST_ELEM;
	return which == '{' ? JC_TOK_OBJ : JC_TOK_ARR;
}

static enum jc_tok
close_read(struct jc_canon *c)
{
	char which = c->stack[c->depth--];

	c->p++;
	value_done(c);
	return which == '{' ? JC_TOK_OBJ_END : JC_TOK_ARR_END;
}

static enum jc_tok
value_read(struct jc_canon *c)
{
	if (c->p == c->end)
		return bad(c, "ends early");
	switch (*c->p) {
	case '{':
	case '[':
		return open_read(c, *c->p);
	case '"':
		c->p++;
		if (string_read(c) < 0)
			return bad(c, "string");
		value_done(c);
		return JC_TOK_STR;
	case 't':
		return word_read(c, "true", JC_TOK_TRUE);
	case 'f':
		return word_read(c, "false", JC_TOK_FALSE);
	case 'n':
		return word_read(c, "null", JC_TOK_NULL);
	default:
		if (*c->p == '-' || (*c->p >= '0' && *c->p <= '9'))
			return number_read(c);
		return bad(c, "value");
	}
}

/* Next unescaped character of a raw string; -1 at its end. */
static int
next_char(const char **p, const char *end)
{
	size_t n = 1;
	char ch;

	if (*p == end)
		return -1;
	ch = **p;
	if (ch == '\\')
		n = escape_len(*p, end, &ch);
	*p += n;
	return (unsigned char)ch;
}

static int
keys_ascend(struct jc_slice a, struct jc_slice b)
{
	const char *p = a.p, *q = b.p;

	if (memchr(a.p, '\\', a.n) == NULL && memchr(b.p, '\\', b.n) == NULL)
		return jc_slice_cmp(a, b) < 0;
	for (;;) {
		int x = next_char(&p, a.p + a.n), y = next_char(&q, b.p + b.n);

		if (x != y)
			return x < y;
		if (x < 0)
			return 0;
	}
}

static enum jc_tok
key_read(struct jc_canon *c)
{
	struct jc_slice *last = &c->last_key[c->depth];

	if (c->p == c->end || *c->p != '"')
		return bad(c, "member name");
	c->p++;
	if (string_read(c) < 0)
		return bad(c, "member name");
	if (c->p == c->end || *c->p != ':')
		return bad(c, "colon");
	if (last->p != NULL && !keys_ascend(*last, c->raw))
		return bad(c, "members out of order or twice");
	*last = c->raw;
	c->p++;
	c->state = ST_COLON_VALUE;
	return JC_TOK_KEY;
}

enum jc_tok
jc_canon_next(struct jc_canon *c)
{
	char top = c->stack[c->depth];

	switch (c->state) {
	case ST_BAD:
		return JC_TOK_BAD;
	case ST_DONE:
		return c->p == c->end ? JC_TOK_END : bad(c, "something follows");
	case ST_FIRST_KEY:
		return c->p < c->end && *c->p == '}' ? close_read(c) : key_read(c);
	case ST_FIRST_ELEM:
		return c->p < c->end && *c->p == ']' ? close_read(c) : value_read(c);
	case ST_NEXT:
		if (c->p == c->end)
			return bad(c, "ends early");
		if (*c->p == (top == '{' ? '}' : ']'))
			return close_read(c);
		if (*c->p != ',')
			return bad(c, "comma");
		c->p++;
		return top == '{' ? key_read(c) : value_read(c);
	default:
		return value_read(c);
	}
}

int
jc_canon_skip(struct jc_canon *c)
{
	int depth = c->depth;

	do {
		enum jc_tok t = jc_canon_next(c);

		if (t == JC_TOK_BAD || t == JC_TOK_END)
			return JC_EFORMAT;
	} while (c->depth > depth);
	return 0;
}

int
jc_canon_text(struct jc_slice *out, struct jc_slice raw, struct jc_buf *scratch)
{
	const char *p = raw.p, *end = raw.p + raw.n;
	size_t at = scratch->len;
	int ch;

	if (memchr(raw.p, '\\', raw.n) == NULL) {
		*out = raw;
		return 0;
	}
	while ((ch = next_char(&p, end)) >= 0)
		jc_buf_putc(scratch, (char)ch);
	if (scratch->failed)
		return scratch->failed;
	*out = (struct jc_slice){scratch->data + at, scratch->len - at};
	return 0;
}

int
jc_canon_check(const char *p, size_t n, struct jc_err *err)
{
	struct jc_canon c;
	enum jc_tok t;

	jc_canon_init(&c, p, n);
	while ((t = jc_canon_next(&c)) > JC_TOK_END)
		continue;
	if (t == JC_TOK_END)
		return 0;
	jc_err_set(err, JC_EFORMAT, "jc_canon_check", JC_T("内容不是规范的 JSON", "The bytes are not canonical JSON"));
	return jc_err_cause(err, "%s at %zu", c.why, (size_t)(c.p - p));
}

void
jc_canon_str(struct jc_buf *b, const char *s, size_t n)
{
	static const char HEX[] = "0123456789abcdef", NAMED[] = "btn?fr";
	size_t from = 0;

	if (!jc_utf8_ok(s, n))
		b->failed = b->failed ? b->failed : JC_EINVAL;
	jc_buf_putc(b, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char u = (unsigned char)s[i];

		if (u >= 0x20 && u != '"' && u != '\\')
			continue;
		jc_buf_put(b, s + from, i - from);
		from = i + 1;
		jc_buf_putc(b, '\\');
		if (u >= 0x20)
			jc_buf_putc(b, (char)u);
		else if (u >= 8 && u <= 13 && u != 11)
			jc_buf_putc(b, NAMED[u - 8]);
		else {
			jc_buf_puts(b, "u00");
			jc_buf_putc(b, HEX[u >> 4]);
			jc_buf_putc(b, HEX[u & 15]);
		}
	}
	jc_buf_put(b, s + from, n - from);
	jc_buf_putc(b, '"');
}

void
jc_canon_int(struct jc_buf *b, int64_t v)
{
	jc_buf_putf(b, "%lld", (long long)v);
}
