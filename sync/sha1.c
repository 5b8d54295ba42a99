/* SPDX-License-Identifier: MulanPSL-2.0 */
/* SHA-1 (FIPS 180-4) as a checksum over streams. Not for ids: see oid.c. */
#include <string.h>

#include "sync_codec.h"

static uint32_t
rol(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t
big32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* One step; the five words change names instead of places. */
#define STEP(a, b, c, d, e, f, k, w) ((e) += rol(a, 5) + (f) + (k) + (w), (b) = rol(b, 30))
/* The message schedule in sixteen words. */
#define NEXT(i) (w[(i) & 15] = rol(w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^ w[((i) + 2) & 15] ^ w[(i) & 15], 1))

#define CHOOSE(b, c, d) ((d) ^ ((b) & ((c) ^ (d))))
#define PARITY(b, c, d) ((b) ^ (c) ^ (d))
#define MAJORITY(b, c, d) (((b) & (c)) | ((d) & ((b) | (c))))

/* Five steps from i on, so that the names come home. */
#define FIVE(f, k, word, i)                                             \
	do {                                                            \
		STEP(a, b, c, d, e, f(b, c, d), k, word(i));            \
		STEP(e, a, b, c, d, f(a, b, c), k, word((i) + 1));      \
		STEP(d, e, a, b, c, f(e, a, b), k, word((i) + 2));      \
		STEP(c, d, e, a, b, f(d, e, a), k, word((i) + 3));      \
		STEP(b, c, d, e, a, f(c, d, e), k, word((i) + 4));      \
	} while (0)
#define FIRST(i) ((i) < 16 ? w[(i) & 15] : NEXT(i))

static void
block(uint32_t h[5], const uint8_t *p)
{
	uint32_t w[16], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (int i = 0; i < 16; i++)
		w[i] = big32(p + 4 * i);
	for (int i = 0; i < 20; i += 5)
		FIVE(CHOOSE, 0x5a827999u, FIRST, i);
	for (int i = 20; i < 40; i += 5)
		FIVE(PARITY, 0x6ed9eba1u, NEXT, i);
	for (int i = 40; i < 60; i += 5)
		FIVE(MAJORITY, 0x8f1bbcdcu, NEXT, i);
	for (int i = 60; i < 80; i += 5)
		FIVE(PARITY, 0xca62c1d6u, NEXT, i);
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void
jc_sha1_init(struct jc_sha1 *s)
{
	static const uint32_t START[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};

	memset(s, 0, sizeof(*s));
	memcpy(s->h, START, sizeof(START));
}

void
jc_sha1_add(struct jc_sha1 *s, const void *p, size_t n)
{
	const uint8_t *q = p;
	size_t have = (size_t)(s->n & 63);

	s->n += n;
	if (have != 0) {
		size_t part = n < 64 - have ? n : 64 - have;

		memcpy(s->block + have, q, part);
		q += part;
		n -= part;
		if (have + part < 64)
			return;
		block(s->h, s->block);
	}
	for (; n >= 64; q += 64, n -= 64)
		block(s->h, q);
	if (n != 0)
		memcpy(s->block, q, n);
}

void
jc_sha1_end(struct jc_sha1 *s, uint8_t out[JC_OID_LEN])
{
	static const uint8_t PAD[64] = {0x80};
	uint64_t bits = s->n * 8;
	size_t have = (size_t)(s->n & 63);
	uint8_t len[8];

	for (int i = 0; i < 8; i++)
		len[i] = (uint8_t)(bits >> (56 - 8 * i));
	jc_sha1_add(s, PAD, have < 56 ? 56 - have : 120 - have);
	jc_sha1_add(s, len, sizeof(len));
	for (int i = 0; i < JC_OID_LEN; i++)
		out[i] = (uint8_t)(s->h[i / 4] >> (24 - 8 * (i % 4)));
}
