/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "pack_kit.h"

#include <stdlib.h>
#include <string.h>

static void
must(int ok)
{
	if (!ok)
		abort();
}

void
pack_kit_begin(struct pack_kit *k)
{
	jc_buf_init(&k->b, 256u << 20);
	jc_buf_put(&k->b, "PACK\0\0\0\2\0\0\0\0", 12);
	k->n = 0;
	k->last = 0;
}

void
pack_kit_end_as(struct pack_kit *k, uint32_t count)
{
	uint8_t sum[JC_OID_LEN];
	struct jc_sha1 s;

	must(!k->b.failed);
	for (int i = 0; i < 4; i++)
		k->b.data[8 + i] = (char)(count >> (24 - 8 * i));
	jc_sha1_init(&s);
	jc_sha1_add(&s, k->b.data, k->b.len);
	jc_sha1_end(&s, sum);
	jc_buf_put(&k->b, sum, sizeof(sum));
	must(!k->b.failed);
}

void
pack_kit_end(struct pack_kit *k)
{
	pack_kit_end_as(k, k->n);
}

void
pack_kit_free(struct pack_kit *k)
{
	jc_buf_free(&k->b);
}

static void
head(struct pack_kit *k, int type, uint64_t size)
{
	unsigned c = (unsigned)type << 4 | (unsigned)(size & 15);

	k->last = k->b.len;
	k->n++;
	for (size >>= 4; size != 0; size >>= 7) {
		jc_buf_putc(&k->b, (char)(c | 0x80));
		c = (unsigned)(size & 127);
	}
	jc_buf_putc(&k->b, (char)c);
}

void
pack_kit_raw(struct pack_kit *k, int type, uint64_t size, const void *z, size_t n)
{
	head(k, type, size);
	jc_buf_put(&k->b, z, n);
}

void
pack_kit_object(struct pack_kit *k, int type, const void *body, size_t n, int level)
{
	head(k, type, n);
	must(jc_zlib_pack(&k->b, body, n, level, NULL) == 0);
}

void
pack_kit_ofs(struct pack_kit *k, size_t base, const struct jc_buf *delta)
{
	uint64_t back = k->b.len - base;
	uint8_t digit[10];
	int n = 0;

	head(k, 6, delta->len);
	digit[n++] = (uint8_t)(back & 127);
	while ((back >>= 7) != 0)
		digit[n++] = (uint8_t)(--back & 127) | 0x80;
	while (n != 0)
		jc_buf_putc(&k->b, (char)digit[--n]);
	must(jc_zlib_pack(&k->b, delta->data, delta->len, 9, NULL) == 0);
}

void
pack_kit_ref(struct pack_kit *k, const struct jc_oid *base, const struct jc_buf *delta)
{
	head(k, 7, delta->len);
	jc_buf_put(&k->b, base->b, JC_OID_LEN);
	must(jc_zlib_pack(&k->b, delta->data, delta->len, 9, NULL) == 0);
}

void
pack_kit_delta(struct jc_buf *d, uint64_t base, uint64_t result)
{
	jc_buf_init(d, 64u << 20);
	jc_buf_varint(d, base);
	jc_buf_varint(d, result);
}

static void
copy_part(struct jc_buf *d, size_t from, size_t n)
{
	uint8_t op = 0x80, arg[7];
	int k = 0;

	for (int i = 0; i < 4; i++)
		if ((from >> (8 * i) & 255) != 0) {
			op |= (uint8_t)(1 << i);
			arg[k++] = (uint8_t)(from >> (8 * i));
		}
	for (int i = 0; n != 0x10000 && i < 3; i++)
		if ((n >> (8 * i) & 255) != 0) {
			op |= (uint8_t)(16 << i);
			arg[k++] = (uint8_t)(n >> (8 * i));
		}
	jc_buf_putc(d, (char)op);
	jc_buf_put(d, arg, (size_t)k);
}

void
pack_kit_copy(struct jc_buf *d, size_t from, size_t n)
{
	while (n != 0) {
		size_t part = n < 0xffffff ? n : 0xffffff;

		copy_part(d, from, part);
		from += part;
		n -= part;
	}
}

void
pack_kit_insert(struct jc_buf *d, const void *p, size_t n)
{
	const char *q = p;

	while (n != 0) {
		size_t part = n < 127 ? n : 127;

		jc_buf_putc(d, (char)part);
		jc_buf_put(d, q, part);
		q += part;
		n -= part;
	}
}

void
pack_kit_diff(struct jc_buf *d, const void *a, size_t an, const void *b, size_t bn)
{
	const char *p = a, *q = b;
	size_t front = 0, back = 0;

	while (front < an && front < bn && p[front] == q[front])
		front++;
	while (back < an - front && back < bn - front && p[an - 1 - back] == q[bn - 1 - back])
		back++;
	pack_kit_delta(d, an, bn);
	pack_kit_copy(d, 0, front);
	pack_kit_insert(d, q + front, bn - front - back);
	pack_kit_copy(d, an - back, back);
	must(!d->failed);
}
