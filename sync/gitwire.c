/* SPDX-License-Identifier: MulanPSL-2.0 */
/* pkt-lines, and packs on their way out. Packs on their way in are in gitpack.c. */
#include "gitwire.h"

#include <string.h>

/* ---- pkt-line ---- */

static int
hex(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
jc_gitwire_next(struct jc_slice *line, struct jc_rd *r)
{
	const uint8_t *p;
	unsigned n = 0;

	line->p = "";
	line->n = 0;
	if (jc_rd_left(r) == 0)
		return r->bad ? JC_PKT_BAD : JC_PKT_END;
	if ((p = jc_rd_bytes(r, 4)) == NULL)
		return JC_PKT_BAD;
	for (int i = 0; i < 4; i++) {
		int d = hex(p[i]);

		if (d < 0)
			return JC_PKT_BAD;
		n = n << 4 | (unsigned)d;
	}
	if (n == 0)
		return JC_PKT_FLUSH;
	if (n < 4 || n > JC_PKT_MAX + 4 || (p = jc_rd_bytes(r, n - 4)) == NULL)
		return JC_PKT_BAD;
	line->p = (const char *)p;
	line->n = n - 4;
	return JC_PKT_LINE;
}

void
jc_gitwire_put(struct jc_buf *b, const void *p, size_t n)
{
	if (n > JC_PKT_MAX) {
		b->failed = JC_ELIMIT;
		return;
	}
	jc_buf_putf(b, "%04x", (unsigned)n + 4);
	jc_buf_put(b, p, n);
}

void
jc_gitwire_flush(struct jc_buf *b)
{
	jc_buf_puts(b, "0000");
}

void
jc_gitwire_err(struct jc_buf *b, const char *sentence)
{
	size_t n = strlen(sentence);

	jc_buf_putf(b, "%04x", (unsigned)n + 9);
	jc_buf_puts(b, "ERR ");
	jc_buf_put(b, sentence, n);
	jc_buf_putc(b, '\n');
}

void
jc_gitwire_band(struct jc_buf *b, const void *p, size_t n)
{
	const char *s = p;

	while (n != 0) {
		size_t part = n < JC_PKT_MAX - 1 ? n : JC_PKT_MAX - 1;

		jc_buf_putf(b, "%04x", (unsigned)part + 5);
		jc_buf_putc(b, 1);
		jc_buf_put(b, s, part);
		s += part;
		n -= part;
	}
	jc_gitwire_flush(b);
}

/* ---- SHA-1 (FIPS 180-4) ---- */

static uint32_t
rol(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

static void
sha_block(uint32_t h[5], const uint8_t *p)
{
	uint32_t w[80], v[5];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
	for (int i = 16; i < 80; i++)
		w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	memcpy(v, h, sizeof(v));
	for (int i = 0; i < 80; i++) {
		uint32_t f, k, t;

		if (i < 20) {
			f = (v[1] & v[2]) | (~v[1] & v[3]);
			k = 0x5a827999u;
		} else if (i < 40) {
			f = v[1] ^ v[2] ^ v[3];
			k = 0x6ed9eba1u;
		} else if (i < 60) {
			f = (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]);
			k = 0x8f1bbcdcu;
		} else {
			f = v[1] ^ v[2] ^ v[3];
			k = 0xca62c1d6u;
		}
		t = rol(v[0], 5) + f + v[4] + k + w[i];
		v[4] = v[3];
		v[3] = v[2];
		v[2] = rol(v[1], 30);
		v[1] = v[0];
		v[0] = t;
	}
	for (int i = 0; i < 5; i++)
		h[i] += v[i];
}

void
jc_gitwire_sha_init(struct jc_gitwire_sha *s)
{
	static const uint32_t start[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};

	memcpy(s->h, start, sizeof(start));
	s->n = 0;
}

void
jc_gitwire_sha_add(struct jc_gitwire_sha *s, const void *p, size_t n)
{
	const uint8_t *q = p;

	while (n != 0) {
		size_t at = (size_t)(s->n & 63), part = 64 - at < n ? 64 - at : n;

		if (at == 0 && n >= 64) {
			sha_block(s->h, q);
			part = 64;
		} else {
			memcpy(s->block + at, q, part);
			if (at + part == 64)
				sha_block(s->h, s->block);
		}
		s->n += part;
		q += part;
		n -= part;
	}
}

void
jc_gitwire_sha_end(struct jc_gitwire_sha *s, uint8_t out[JC_OID_LEN])
{
	static const uint8_t pad[64] = {0x80};
	uint64_t bits = s->n * 8;
	size_t at = (size_t)(s->n & 63);
	uint8_t len[8];

	for (int i = 0; i < 8; i++)
		len[i] = (uint8_t)(bits >> (56 - 8 * i));
	jc_gitwire_sha_add(s, pad, at < 56 ? 56 - at : 120 - at);
	jc_gitwire_sha_add(s, len, sizeof(len));
	for (int i = 0; i < JC_OID_LEN; i++)
		out[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}

/* ---- packs out ---- */

void
jc_gitwire_pack_begin(struct jc_buf *b, uint32_t count)
{
	const uint8_t head[12] = {'P', 'A', 'C', 'K', 0, 0, 0, 2, (uint8_t)(count >> 24), (uint8_t)(count >> 16),
	    (uint8_t)(count >> 8), (uint8_t)count};

	jc_buf_put(b, head, sizeof(head));
}

void
jc_gitwire_pack_object(struct jc_buf *b, enum jc_objtype type, size_t size, const void *z, size_t n)
{
	unsigned c = (unsigned)type << 4 | (unsigned)(size & 15);

	for (size >>= 4; size != 0; size >>= 7) {
		jc_buf_putc(b, (char)(c | 0x80));
		c = (unsigned)(size & 127);
	}
	jc_buf_putc(b, (char)c);
	jc_buf_put(b, z, n);
}

void
jc_gitwire_pack_end(struct jc_buf *b, size_t start)
{
	uint8_t sum[JC_OID_LEN];
	struct jc_gitwire_sha s;

	if (b->failed)
		return;
	jc_gitwire_sha_init(&s);
	jc_gitwire_sha_add(&s, b->data + start, b->len - start);
	jc_gitwire_sha_end(&s, sum);
	jc_buf_put(b, sum, sizeof(sum));
}
