/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Squeezed sections. An even first byte: the rest is a stream from a stranger, said to become so many bytes as
 * the next two say; what is made of it never exceeds that. An odd one: the rest is squeezed and must come
 * back, and cut anywhere it must give a beginning of itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sync_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what) do { if (!(what)) abort(); } while (0)

static void
stream(const uint8_t *p, size_t n, size_t promised)
{
	struct jc_buf out;
	int rc;

	jc_buf_init(&out, 1u << 17);
	rc = jc_unsqueeze(&out, p, n, promised, NULL);
	REQUIRE(rc == JC_EFORMAT || (rc == 0 && out.len == promised));
	REQUIRE(out.len <= promised);
	jc_buf_free(&out);
}

static void
round_trip(const uint8_t *p, size_t n, size_t cut)
{
	struct jc_buf z, out;

	jc_buf_init(&z, 1u << 18);
	jc_buf_init(&out, 1u << 18);
	REQUIRE(jc_squeeze(&z, p, n, NULL) == 0);
	REQUIRE(jc_unsqueeze(&out, z.data, z.len, n, NULL) == 0);
	REQUIRE(out.len == n && (n == 0 || memcmp(out.data, p, n) == 0));
	jc_buf_reset(&out);
	REQUIRE(jc_unsqueeze(&out, z.data, cut % z.len, n, NULL) == JC_EFORMAT);
	REQUIRE(out.len <= n && (out.len == 0 || memcmp(out.data, p, out.len) == 0));
	jc_buf_reset(&out);
	REQUIRE(jc_unsqueeze(&out, z.data, z.len, n + 1, NULL) == JC_EFORMAT);
	jc_buf_free(&z);
	jc_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t two;

	if (size < 3 || size > 32768)
		return 0;
	two = (size_t)data[1] << 8 | data[2];
	if (data[0] & 1)
		round_trip(data + 3, size - 3, two);
	else
		stream(data + 3, size - 3, two);
	return 0;
}
