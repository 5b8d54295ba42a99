/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The first byte chooses: 0..3 the rest is a compressed stream from a stranger, read in each of the
 * ways; above, the rest is packed at a level and must come back. All ways of reading must agree.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "zlibx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what) do { if (!(what)) abort(); } while (0)
#define MAX 65536u

/* What one reader takes, the others take, and no more and no less. */
static void
stream(const uint8_t *p, size_t n)
{
	struct jc_zlibx_in *in = jc_zlibx_in_open();
	struct jc_buf some, whole;
	char *exact = malloc(MAX);
	size_t used, used2;

	REQUIRE(in != NULL && exact != NULL);
	jc_buf_init(&some, 2 * MAX);
	jc_buf_init(&whole, 2 * MAX);
	if (jc_zlib_unpack_some(&some, p, n, MAX, &used, NULL) == 0) {
		REQUIRE(used <= n && some.len <= MAX);
		REQUIRE(jc_zlib_unpack(&whole, p, used, some.len, NULL) == 0);
		REQUIRE(whole.len == some.len && memcmp(whole.data, some.data, some.len) == 0);
		if (jc_zlibx_in_exact(in, exact, some.len, p, n, &used2) == 0)
			REQUIRE(used2 == used && memcmp(exact, some.data, some.len) == 0);
		else
			REQUIRE(used > some.len + some.len / 4 + 64); /* only for its length */
		REQUIRE(jc_zlibx_in_exact(in, exact, some.len + (some.len < MAX), p, n, &used2) != 0 || some.len == MAX);
	} else {
		REQUIRE(some.len <= 2 * MAX);
		REQUIRE(jc_zlibx_in_exact(in, exact, n % 512, p, n, &used2) != 0);
	}
	jc_zlibx_in_close(in);
	jc_buf_free(&some);
	jc_buf_free(&whole);
	free(exact);
}

static void
with_dictionary(const uint8_t *p, size_t n, const void *dict, size_t dn)
{
	struct jc_buf out;

	jc_buf_init(&out, 2 * MAX);
	if (jc_inflate_dict(&out, p, n, MAX, dict, dn, NULL) == 0)
		REQUIRE(out.len <= MAX);
	jc_buf_free(&out);
}

static void
round_trip(const uint8_t *p, size_t n, int level, size_t dn)
{
	struct jc_buf z, out;

	jc_buf_init(&z, 2 * MAX);
	jc_buf_init(&out, 2 * MAX);
	REQUIRE(jc_zlib_pack(&z, p, n, level, NULL) == 0);
	REQUIRE(z.len <= n + n / 4 + 64); /* the bound of the exact reader */
	REQUIRE(jc_zlib_unpack(&out, z.data, z.len, n, NULL) == 0);
	REQUIRE(out.len == n && (n == 0 || memcmp(out.data, p, n) == 0));
	jc_buf_reset(&z);
	jc_buf_reset(&out);
	REQUIRE(jc_deflate_dict(&z, p + dn, n - dn, level, p, dn, NULL) == 0);
	REQUIRE(jc_inflate_dict(&out, z.data, z.len, n - dn, p, dn, NULL) == 0);
	REQUIRE(out.len == n - dn && (n == dn || memcmp(out.data, p + dn, n - dn) == 0));
	jc_buf_free(&z);
	jc_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0 || size > 32768)
		return 0;
	if (data[0] < 3)
		stream(data + 1, size - 1);
	else if (data[0] == 3)
		with_dictionary(data + 1, size - 1, "{\"k\":\"member\",\"v\":\"set\"}", 24);
	else
		round_trip(data + 1, size - 1, 1 + data[0] % 9, (size - 1) * (data[0] / 9) / 40);
	return 0;
}
