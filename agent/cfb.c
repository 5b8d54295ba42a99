/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "cfb.h"

#include <string.h>

#include "../schema/schema_mem.h"

#define HEADER 512u
#define ENTRY 128u
#define MINI 64u
#define LAST 0xFFFFFFFAu  /* sector numbers from here on have a meaning of their own */
#define FREE_SECTOR 0xFFFFFFFFu
#define IN_HEADER 109u

struct cfb {
	const uint8_t *p;
	size_t n;
	unsigned shift;
	uint32_t sectors;
	uint32_t *fat;        /* one entry a sector */
	struct jc_buf directory, mini, minifat;
};

static uint32_t
u16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t
u32(const uint8_t *p)
{
	return u16(p) | u16(p + 2) << 16;
}

static int
damaged(struct jc_err *err)
{
	return jc_err_code(err, JC_EFORMAT, "cfb");
}

/* A whole sector, NULL behind the end; the file's last one may be short and is then not given. */
static const uint8_t *
sector(const struct cfb *c, uint32_t no)
{
	size_t at = ((size_t)no + 1) << c->shift, size = (size_t)1 << c->shift;

	return no < LAST && at < c->n && c->n - at >= size ? c->p + at : NULL;
}

/* Appends a chain of sectors, at most `max` bytes of it. */
static int
chain(struct jc_buf *out, const struct cfb *c, uint32_t first, size_t max)
{
	size_t size = (size_t)1 << c->shift;
	uint32_t steps = 0;

	for (uint32_t no = first; no < LAST && out->len < max; no = c->fat[no]) {
		const uint8_t *s = sector(c, no);

		if (s == NULL || no >= c->sectors || ++steps > c->sectors)
			return JC_EFORMAT;
		jc_buf_put(out, s, max - out->len < size ? max - out->len : size);
	}
	return out->failed;
}

static int
fat_take(struct cfb *c, uint32_t no, uint32_t *at)
{
	const uint8_t *s = sector(c, no);
	uint32_t per = (uint32_t)1 << (c->shift - 2);

	if (s == NULL)
		return JC_EFORMAT;
	for (uint32_t i = 0; i < per && *at < c->sectors; i++)
		c->fat[(*at)++] = u32(s + 4 * i);
	return 0;
}

static int
fat_read(struct cfb *c)
{
	uint32_t at = 0, per = (uint32_t)1 << (c->shift - 2), count = u32(c->p + 44),
		 no = u32(c->p + 68), steps = 0, left;
	int rc = 0;

	if ((c->fat = jc_alloc(((size_t)c->sectors + 1) * sizeof(*c->fat))) == NULL)
		return JC_ENOMEM;
	for (uint32_t i = 0; i < c->sectors; i++)
		c->fat[i] = FREE_SECTOR;
	for (uint32_t i = 0; rc == 0 && i < count && i < IN_HEADER; i++)
		rc = fat_take(c, u32(c->p + 76 + 4 * i), &at);
	left = count > IN_HEADER ? count - IN_HEADER : 0;
	while (rc == 0 && left > 0 && no < LAST) {
		const uint8_t *s = sector(c, no);

		if (s == NULL || ++steps > c->sectors)
			return JC_EFORMAT;
		for (uint32_t i = 0; rc == 0 && i + 1 < per && left > 0; i++, left--)
			rc = fat_take(c, u32(s + 4 * i), &at);
		no = u32(s + 4 * (per - 1));
	}
	return rc;
}

static int
open_it(struct cfb *c, const char *p, size_t n)
{
	uint32_t version;

	c->p = (const uint8_t *)p;
	c->n = n;
	if (n < HEADER + 512 || memcmp(p, "\320\317\021\340\241\261\032\341", 8) != 0)
		return JC_EFORMAT;
	version = u16(c->p + 26);
	c->shift = u16(c->p + 30);
	if (u16(c->p + 28) != 0xFFFE || (version != 3 && version != 4) ||
	    c->shift != (version == 3 ? 9u : 12u) || u16(c->p + 32) != 6)
		return JC_EFORMAT;
	if (n >> c->shift == 0 || n >> c->shift > LAST)
		return JC_EFORMAT;
	c->sectors = (uint32_t)(((n + ((size_t)1 << c->shift) - 1) >> c->shift) - 1);
	return fat_read(c);
}

/* ---- streams ---- */

static int
is_named(const uint8_t *entry, const char *const *names)
{
	for (; *names != NULL; names++) {
		size_t k = strlen(*names), i = 0;

		while (i < k && entry[2 * i] == (uint8_t)(*names)[i] && entry[2 * i + 1] == 0)
			i++;
		if (i == k && u16(entry + 64) == 2 * k + 2)
			return 1;
	}
	return 0;
}

/* A stream of the mini stream: its root's chain, in pieces of 64 bytes. */
static int
mini_read(struct jc_buf *out, struct cfb *c, const uint8_t *root, uint32_t first, size_t size)
{
	uint32_t steps = 0;
	int rc;

	if ((rc = chain(&c->mini, c, u32(root + 116), JC_CFB_STREAM_MAX)) < 0 ||
	    (rc = chain(&c->minifat, c, u32(c->p + 60), JC_CFB_STREAM_MAX)) < 0)
		return rc;
	for (uint32_t no = first; out->len < size;) {
		size_t want = size - out->len < MINI ? size - out->len : MINI;

		if (no >= LAST || (size_t)no * MINI + want > c->mini.len ||
		    ((size_t)no + 1) * 4 > c->minifat.len || ++steps > size / MINI + 1)
			return JC_EFORMAT;
		jc_buf_put(out, c->mini.data + (size_t)no * MINI, want);
		no = u32((const uint8_t *)c->minifat.data + 4 * (size_t)no);
	}
	return out->failed;
}

static int
stream_find(struct jc_buf *out, struct cfb *c, const char *const *names)
{
	const uint8_t *dir;
	int rc;

	if ((rc = chain(&c->directory, c, u32(c->p + 48), (size_t)1 << 22)) < 0)
		return rc;
	dir = (const uint8_t *)c->directory.data;
	for (size_t at = 0; at + ENTRY <= c->directory.len; at += ENTRY) {
		size_t size = u32(dir + at + 120);

		if (dir[at + 66] != 2 || !is_named(dir + at, names))
			continue;
		if (size > JC_CFB_STREAM_MAX)
			return JC_ELIMIT;
		if (size < u32(c->p + 56))
			return mini_read(out, c, dir, u32(dir + at + 116), size);
		if ((rc = chain(out, c, u32(dir + at + 116), size)) == 0 && out->len < size)
			rc = JC_EFORMAT;
		return rc;
	}
	return JC_ENOTFOUND;
}

int
jc_cfb_stream(
    struct jc_buf *out, const char *p, size_t n, const char *const *names, struct jc_err *err)
{
	struct cfb c = {0};
	int rc;

	jc_buf_init(&c.directory, (size_t)1 << 23);
	jc_buf_init(&c.mini, 2 * JC_CFB_STREAM_MAX);
	jc_buf_init(&c.minifat, 2 * JC_CFB_STREAM_MAX);
	if ((rc = open_it(&c, p, n)) == 0)
		rc = stream_find(out, &c, names);
	jc_free(c.fat);
	jc_buf_free(&c.directory);
	jc_buf_free(&c.mini);
	jc_buf_free(&c.minifat);
	return rc == JC_EFORMAT ? damaged(err) : rc < 0 ? jc_err_code(err, rc, "cfb") : 0;
}
