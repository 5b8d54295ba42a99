/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "schema_buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "schema_mem.h"

static const char b64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
jc_buf_init(struct jc_buf *b, size_t max)
{
	memset(b, 0, sizeof(*b));
	b->max = max;
}

void
jc_buf_free(struct jc_buf *b)
{
	jc_free(b->data);
	jc_buf_init(b, b->max);
}

void
jc_buf_reset(struct jc_buf *b)
{
	b->len = 0;
	b->failed = 0;
	if (b->data != NULL)
		b->data[0] = '\0';
}

static int
grow(struct jc_buf *b, size_t n)
{
	size_t want, cap = b->cap != 0 ? b->cap : 64;
	char *p;

	if (b->failed)
		return -1;
	if (n > b->max || b->len > b->max - n) {
		b->failed = JC_ELIMIT;
		return -1;
	}
	want = b->len + n + 1;
	if (want <= b->cap)
		return 0;
	while (cap < want)
		cap += cap / 2 + 64;
	p = jc_realloc(b->data, cap);
	if (p == NULL) {
		b->failed = JC_ENOMEM;
		return -1;
	}
	b->data = p;
	b->cap = cap;
	return 0;
}

char *
jc_buf_room(struct jc_buf *b, size_t n)
{
	char *p;

	if (grow(b, n) < 0)
		return NULL;
	p = b->data + b->len;
	b->len += n;
	b->data[b->len] = '\0';
	return p;
}

void
jc_buf_put(struct jc_buf *b, const void *p, size_t n)
{
	char *to = jc_buf_room(b, n);

	if (to != NULL && n != 0)
		memcpy(to, p, n);
}

void
jc_buf_puts(struct jc_buf *b, const char *s)
{
	jc_buf_put(b, s, strlen(s));
}

void
jc_buf_putc(struct jc_buf *b, char c)
{
	jc_buf_put(b, &c, 1);
}

void
jc_buf_slice(struct jc_buf *b, struct jc_slice s)
{
	jc_buf_put(b, s.p, s.n);
}

void
jc_buf_putf(struct jc_buf *b, const char *fmt, ...)
{
	va_list ap;
	char *to;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (to = jc_buf_room(b, (size_t)n)) == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(to, (size_t)n + 1, fmt, ap);
	va_end(ap);
}

void
jc_buf_varint(struct jc_buf *b, uint64_t v)
{
	char tmp[10];
	size_t n = 0;

	while (v >= 0x80) {
		tmp[n++] = (char)(v | 0x80);
		v >>= 7;
	}
	tmp[n++] = (char)v;
	jc_buf_put(b, tmp, n);
}

void
jc_buf_zigzag(struct jc_buf *b, int64_t v)
{
	jc_buf_varint(b, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

void
jc_buf_b64(struct jc_buf *b, const void *p, size_t n)
{
	const uint8_t *s = p;
	size_t out = n / 3 * 4 + (n % 3 != 0 ? n % 3 + 1 : 0);
	char *to = jc_buf_room(b, out);
	uint32_t v = 0;
	unsigned bits = 0;

	if (to == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		v = v << 8 | s[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*to++ = b64_digits[v >> (bits - 6) & 63];
	}
	if (bits != 0)
		*to = b64_digits[v << (6 - bits) & 63];
}

void
jc_buf_hex(struct jc_buf *b, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *s = p;
	char *to = jc_buf_room(b, n * 2);

	if (to == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		*to++ = digits[s[i] >> 4];
		*to++ = digits[s[i] & 15];
	}
}

int
jc_buf_check(const struct jc_buf *b, const char *where, struct jc_err *err)
{
	return b->failed ? jc_err_code(err, b->failed, where) : 0;
}

char *
jc_buf_take(struct jc_buf *b, size_t *len)
{
	char *p = b->data;

	if (b->failed)
		return NULL;
	if (len != NULL)
		*len = b->len;
	b->data = NULL;
	jc_buf_free(b);
	return p;
}

void
jc_rd_init(struct jc_rd *r, const void *p, size_t n)
{
	r->p = p;
	r->end = n != 0 ? r->p + n : r->p; /* an empty range may have no address */
	r->bad = 0;
}

size_t
jc_rd_left(const struct jc_rd *r)
{
	return r->bad ? 0 : (size_t)(r->end - r->p);
}

const uint8_t *
jc_rd_bytes(struct jc_rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || (size_t)(r->end - r->p) < n) {
		r->bad = 1;
		return NULL;
	}
	r->p += n;
	return p;
}

uint8_t
jc_rd_u8(struct jc_rd *r)
{
	const uint8_t *p = jc_rd_bytes(r, 1);

	return p != NULL ? *p : 0;
}

uint64_t
jc_rd_varint(struct jc_rd *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t c = jc_rd_u8(r);

		if (r->bad || (shift == 63 && c > 1) || (shift != 0 && c == 0))
			break;
		v |= (uint64_t)(c & 0x7f) << shift;
		if ((c & 0x80) == 0)
			return v;
	}
	r->bad = 1;
	return 0;
}

int64_t
jc_rd_zigzag(struct jc_rd *r)
{
	uint64_t v = jc_rd_varint(r);

	return (int64_t)(v >> 1 ^ (~(v & 1) + 1));
}

static int
b64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

int
jc_b64_decode(void *out, size_t room, const char *s, size_t n)
{
	uint8_t *to = out;
	uint32_t v = 0;
	unsigned bits = 0;
	size_t len = 0;

	if (n % 4 == 1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int d = b64_value(s[i]);

		if (d < 0)
			return -1;
		v = v << 6 | (uint32_t)d;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			if (len == room)
				return -1;
			to[len++] = (uint8_t)(v >> bits);
		}
	}
	return (v & ((1u << bits) - 1)) == 0 ? (int)len : -1; /* leftover bits must be zero */
}

int
jc_slice_eq(struct jc_slice a, struct jc_slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int
jc_slice_is(struct jc_slice a, const char *s)
{
	return jc_slice_eq(a, (struct jc_slice){s, strlen(s)});
}

int
jc_slice_cmp(struct jc_slice a, struct jc_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n != 0 ? memcmp(a.p, b.p, n) : 0;

	return c != 0 ? c : a.n < b.n ? -1 : a.n > b.n;
}

static size_t
utf8_len(const unsigned char *s, size_t left)
{
	unsigned char c = s[0];

	if (c == 0)
		return 0;
	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	if (left < 2 || (s[1] & 0xc0) != 0x80)
		return 0;
	if (c < 0xe0)
		return 2;
	if (left < 3 || (s[2] & 0xc0) != 0x80 || (c == 0xe0 && s[1] < 0xa0) || (c == 0xed && s[1] > 0x9f))
		return 0;
	if (c < 0xf0)
		return 3;
	if (left < 4 || (s[3] & 0xc0) != 0x80 || (c == 0xf0 && s[1] < 0x90) || (c == 0xf4 && s[1] > 0x8f))
		return 0;
	return 4;
}

int
jc_utf8_ok(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t k = utf8_len((const unsigned char *)s + i, n - i);

		if (k == 0)
			return 0;
		i += k;
	}
	return 1;
}
