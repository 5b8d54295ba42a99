/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The only file that calls liblzma: what travels in larger pieces is squeezed as one raw LZMA1 stream
 * (FORMAT 11). LZMA models a text such as ours by its context and comes out a fifth smaller than deflate
 * does; over a line of 8 kB/s that is worth far more than the milliseconds. Larger pieces go over lines
 * that can carry them, so there the fast mode is used, which is still smaller than deflate.
 */
#include <lzma.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "sync_codec.h"

#define DICT_LEAST 4096u
#define DICT_MOST (1u << 20)
#define THOROUGH_MOST (256u << 10) /* input up to which time does not matter */

static void *
alloc(void *arg, size_t count, size_t size)
{
	(void)arg;
	return count != 0 && size > SIZE_MAX / count ? NULL : jc_alloc(count * size);
}

static void
release(void *arg, void *p)
{
	(void)arg;
	jc_free(p);
}

static const lzma_allocator allocator = {alloc, release, NULL};

/* Decoding needs to know of the dictionary only that it is large enough: that of the text's own size is. */
static void
options(lzma_options_lzma *o, size_t n)
{
	memset(o, 0, sizeof(*o));
	o->dict_size = n < DICT_LEAST ? DICT_LEAST : n > DICT_MOST ? DICT_MOST : (uint32_t)n;
	o->lc = 3; /* UTF-8 and JSON: the byte before decides, the position never does */
	o->lp = 0;
	o->pb = 0;
	o->mode = n <= THOROUGH_MOST ? LZMA_MODE_NORMAL : LZMA_MODE_FAST;
	o->mf = n <= THOROUGH_MOST ? LZMA_MF_BT4 : LZMA_MF_HC4;
	o->nice_len = 64;
	o->depth = n <= THOROUGH_MOST ? 0 : 8; /* a quarter less time for a twentieth more bytes */
}

static int
damaged(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "lzma", JC_T("压缩的内容有损坏", "The compressed bytes are damaged"));
}

int
jc_squeeze(struct jc_buf *out, const void *p, size_t n, struct jc_err *err)
{
	lzma_options_lzma o;
	lzma_filter filter[] = {{LZMA_FILTER_LZMA1, &o}, {LZMA_VLI_UNKNOWN, NULL}};
	size_t room = n + n / 8 + 256, used = 0;
	char *dst;
	lzma_ret rc;

	options(&o, n);
	if ((dst = jc_buf_room(out, room)) == NULL)
		return jc_buf_check(out, "jc_squeeze", err);
	rc = lzma_raw_buffer_encode(filter, &allocator, p, n, (uint8_t *)dst, &used, room);
	out->len -= room - used;
	out->data[out->len] = '\0';
	if (rc == LZMA_MEM_ERROR)
		return JC_NOMEM(err, "jc_squeeze");
	return rc == LZMA_OK ? 0 : jc_err_code(err, JC_EINTERNAL, "jc_squeeze");
}

/* lzma_raw_buffer_decode() forgets what it had made when it meets damage; this does not. */
static lzma_ret
decode(lzma_filter *filter, const uint8_t *p, size_t *in, size_t n, uint8_t *dst, size_t *used, size_t size)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret rc;

	s.allocator = &allocator;
	if ((rc = lzma_raw_decoder(&s, filter)) != LZMA_OK)
		return rc;
	s.next_in = p;
	s.avail_in = n;
	s.next_out = dst;
	s.avail_out = size;
	do
		rc = lzma_code(&s, LZMA_FINISH);
	while (rc == LZMA_OK && (s.avail_out != 0 || s.avail_in != 0));
	*in = n - s.avail_in;
	*used = size - s.avail_out;
	lzma_end(&s);
	return rc == LZMA_STREAM_END ? LZMA_OK : rc == LZMA_OK ? LZMA_DATA_ERROR : rc;
}

int
jc_unsqueeze(struct jc_buf *out, const void *p, size_t n, size_t size, struct jc_err *err)
{
	lzma_options_lzma o;
	lzma_filter filter[] = {{LZMA_FILTER_LZMA1, &o}, {LZMA_VLI_UNKNOWN, NULL}};
	size_t in = 0, used = 0;
	char *dst;
	lzma_ret rc;

	options(&o, size);
	if ((dst = jc_buf_room(out, size)) == NULL)
		return jc_buf_check(out, "jc_unsqueeze", err);
	rc = decode(filter, p, &in, n, (uint8_t *)dst, &used, size);
	out->len -= size - used;
	out->data[out->len] = '\0';
	if (rc == LZMA_MEM_ERROR)
		return JC_NOMEM(err, "jc_unsqueeze");
	return rc == LZMA_OK && in == n && used == size ? 0 : damaged(err);
}
