/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The only file that calls zlib. */
#include <string.h>

#include <zlib.h>

#include "../schema/schema_mem.h"
#include "zlibx.h"

#define CHUNK 16384
#define MOST (1u << 30) /* zlib counts in 32 bits; nothing of ours comes near */

static voidpf
zalloc(voidpf arg, uInt items, uInt size)
{
	(void)arg; /* zlib clears what it needs; its products are small and cannot overflow */
	return jc_alloc((size_t)items * size);
}

static void
zfree(voidpf arg, voidpf p)
{
	(void)arg;
	jc_free(p);
}

static int
damaged(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "zlib", JC_T("压缩的内容有损坏", "The compressed bytes are damaged"));
}

/* Gives back room that was not needed; the byte after the end stays NUL. */
static void
shrink(struct jc_buf *b, size_t n)
{
	b->len -= n;
	b->data[b->len] = '\0';
}

static int
deflate_all(struct jc_buf *out, z_stream *z, struct jc_err *err)
{
	int rc;

	do {
		size_t room = z->avail_in / 2 + 256;
		char *p = jc_buf_room(out, room);

		if (p == NULL)
			return jc_buf_check(out, "deflate", err);
		z->next_out = (Bytef *)p;
		z->avail_out = (uInt)room;
		rc = deflate(z, Z_FINISH);
		shrink(out, z->avail_out);
	} while (rc == Z_OK || rc == Z_BUF_ERROR);
	return rc == Z_STREAM_END ? 0 : jc_err_code(err, JC_EINTERNAL, "deflate");
}

/* Smallest window that sees all of n bytes: setting up the full one costs more than most objects. */
static int
window_for(size_t n)
{
	int bits = 9;

	while (bits < MAX_WBITS && ((size_t)1 << bits) < n + 512)
		bits++;
	return bits;
}

static int
deflate_with(struct jc_buf *out, const void *p, size_t n, int level, int raw, const void *dict, size_t dn, struct jc_err *err)
{
	z_stream z = {.zalloc = zalloc, .zfree = zfree};
	int rc, bits = window_for(n + dn), mem = bits - 6 < 1 ? 1 : bits - 6 > 9 ? 9 : bits - 6;

	if (n > MOST || dn > MOST)
		return jc_err_code(err, JC_ELIMIT, "deflate");
	if (deflateInit2(&z, level, Z_DEFLATED, raw ? -bits : bits, mem, Z_DEFAULT_STRATEGY) != Z_OK)
		return JC_NOMEM(err, "deflate");
	if (dn > 0 && deflateSetDictionary(&z, dict, (uInt)dn) != Z_OK) {
		deflateEnd(&z);
		return jc_err_code(err, JC_EINTERNAL, "deflate");
	}
	z.next_in = (Bytef *)(size_t)p;
	z.avail_in = (uInt)n;
	rc = deflate_all(out, &z, err);
	deflateEnd(&z);
	return rc;
}

int
jc_zlib_pack(struct jc_buf *out, const void *p, size_t n, int level, struct jc_err *err)
{
	return deflate_with(out, p, n, level, 0, NULL, 0, err);
}

int
jc_deflate_dict(struct jc_buf *out, const void *p, size_t n, int level, const void *dict, size_t dn, struct jc_err *err)
{
	return deflate_with(out, p, n, level, 1, dict, dn, err);
}

static int
inflate_with(struct jc_buf *out, const void *p, size_t n, size_t max, size_t *used, int bits, const void *dict, size_t dn,
    struct jc_err *err)
{
	z_stream z = {.zalloc = zalloc, .zfree = zfree};
	size_t start = out->len;
	int rc = Z_OK;

	*used = 0;
	if (n > MOST || max > MOST || dn > MOST)
		return jc_err_code(err, JC_ELIMIT, "inflate");
	if (inflateInit2(&z, bits) != Z_OK)
		return JC_NOMEM(err, "inflate");
	if (dn > 0 && inflateSetDictionary(&z, dict, (uInt)dn) != Z_OK)
		rc = Z_DATA_ERROR;
	z.next_in = (Bytef *)(size_t)p;
	z.avail_in = (uInt)n;
	while (rc == Z_OK) {
		size_t have = out->len - start, room = max + 1 - have;
		char *q;

		if (room > CHUNK)
			room = CHUNK;
		if (have > max || (q = jc_buf_room(out, room)) == NULL)
			break;
		z.next_out = (Bytef *)q;
		z.avail_out = (uInt)room;
		rc = inflate(&z, Z_NO_FLUSH);
		shrink(out, z.avail_out);
		if (rc == Z_OK && z.avail_in == 0 && z.avail_out != 0)
			rc = Z_DATA_ERROR;
	}
	*used = n - z.avail_in;
	inflateEnd(&z);
	if (out->failed)
		return jc_buf_check(out, "inflate", err);
	if (out->len - start > max)
		return jc_err_code(err, JC_ELIMIT, "inflate");
	return rc == Z_STREAM_END ? 0 : damaged(err);
}

int
jc_zlib_unpack_some(struct jc_buf *out, const void *p, size_t n, size_t max, size_t *used, struct jc_err *err)
{
	return inflate_with(out, p, n, max, used, MAX_WBITS, NULL, 0, err);
}

int
jc_zlib_unpack(struct jc_buf *out, const void *p, size_t n, size_t size, struct jc_err *err)
{
	size_t used, start = out->len;
	int rc = inflate_with(out, p, n, size, &used, MAX_WBITS, NULL, 0, err);

	if (rc == JC_ELIMIT || (rc == 0 && (used != n || out->len - start != size)))
		return damaged(err);
	return rc;
}

int
jc_inflate_dict(struct jc_buf *out, const void *p, size_t n, size_t max, const void *dict, size_t dn, struct jc_err *err)
{
	size_t used;
	int rc = inflate_with(out, p, n, max, &used, -MAX_WBITS, dict, dn, err);

	return rc == 0 && used != n ? damaged(err) : rc;
}

/* ---- many streams, one state ---- */

struct jc_zlibx_in {
	z_stream z;
};

struct jc_zlibx_in *
jc_zlibx_in_open(void)
{
	struct jc_zlibx_in *in = jc_calloc(1, sizeof(*in));

	if (in == NULL)
		return NULL;
	in->z.zalloc = zalloc;
	in->z.zfree = zfree;
	if (inflateInit2(&in->z, MAX_WBITS) != Z_OK) {
		jc_free(in);
		return NULL;
	}
	return in;
}

void
jc_zlibx_in_close(struct jc_zlibx_in *in)
{
	if (in == NULL)
		return;
	inflateEnd(&in->z);
	jc_free(in);
}

int
jc_zlibx_in_exact(struct jc_zlibx_in *in, void *dst, size_t size, const void *p, size_t n, size_t *used)
{
	size_t longest = size + size / 4 + 64; /* deflateBound() of the worst settings is below this */
	Bytef none;

	*used = 0;
	if (size > MOST)
		return JC_EFORMAT;
	if (n > longest)
		n = longest;
	if (inflateReset(&in->z) != Z_OK)
		return JC_EFORMAT;
	in->z.next_in = (Bytef *)(size_t)p;
	in->z.avail_in = (uInt)n;
	in->z.next_out = size != 0 ? dst : &none;
	in->z.avail_out = (uInt)size;
	if (inflate(&in->z, Z_FINISH) != Z_STREAM_END || in->z.avail_out != 0)
		return JC_EFORMAT;
	*used = n - in->z.avail_in;
	return 0;
}
