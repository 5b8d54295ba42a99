/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Object ids, SHA-1 and zlib, beside libgit2 and zlib themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <git2.h>
#include <zlib.h>

#include "schema_mem.h"
#include "test_env.h"
#include "zlibx.h"

static void
fill(char *p, size_t n, uint64_t *seed, unsigned kinds)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(test_rand(seed) % kinds);
}

static void
sha1_of(char hex[41], const void *p, size_t n, size_t step)
{
	struct jc_sha1 s;
	struct jc_oid out;

	jc_sha1_init(&s);
	for (size_t i = 0; i < n; i += step)
		jc_sha1_add(&s, (const char *)p + i, n - i < step ? n - i : step);
	jc_sha1_end(&s, out.b);
	jc_oid_hex(hex, &out);
}

static void
sha1_gives_the_values_of_its_standard(void **state)
{
	char *million = malloc(1000000), hex[41];

	(void)state;
	sha1_of(hex, "abc", 3, 3);
	assert_string_equal(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
	sha1_of(hex, "", 0, 1);
	assert_string_equal(hex, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	sha1_of(hex, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 7);
	assert_string_equal(hex, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
	assert_non_null(million);
	memset(million, 'a', 1000000);
	sha1_of(hex, million, 1000000, 997);
	assert_string_equal(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
	free(million);
}

static void
sha1_in_any_pieces_is_the_id_that_libgit2_gives(void **state)
{
	uint64_t seed = 11;
	char body[700], whole[800], hex[41];

	(void)state;
	for (size_t n = 0; n < 700; n += 1 + n / 90) {
		int head = snprintf(whole, sizeof(whole), "blob %zu", n) + 1;
		struct jc_oid oid;
		git_oid id;
		char want[41];

		fill(body, n, &seed, 256);
		memcpy(whole + head, body, n);
		assert_int_equal(git_odb_hash(&id, body, n, GIT_OBJECT_BLOB), 0);
		git_oid_tostr(want, sizeof(want), &id);
		sha1_of(hex, whole, (size_t)head + n, 1 + test_rand(&seed) % 130);
		assert_string_equal(hex, want);
		assert_int_equal(jc_oid_of(&oid, JC_OBJ_BLOB, body, n), 0);
		jc_oid_hex(hex, &oid);
		assert_string_equal(hex, want);
	}
}

static void
ids_of_well_known_objects_are_right(void **state)
{
	struct jc_oid oid, again;
	char hex[41];

	(void)state;
	assert_int_equal(jc_oid_of(&oid, JC_OBJ_BLOB, "", 0), 0);
	jc_oid_hex(hex, &oid);
	assert_string_equal(hex, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
	assert_int_equal(jc_oid_of(&oid, JC_OBJ_TREE, "", 0), 0);
	jc_oid_hex(hex, &oid);
	assert_string_equal(hex, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	assert_int_equal(jc_oid_parse(&again, hex, 40), 0);
	assert_int_equal(jc_oid_cmp(&oid, &again), 0);
	assert_false(jc_oid_is_null(&oid));
	assert_int_equal(jc_oid_parse(&again, "0000000000000000000000000000000000000000", 40), 0);
	assert_true(jc_oid_is_null(&again));
	assert_string_equal(jc_objtype_word(JC_OBJ_COMMIT), "commit");
	assert_null(jc_objtype_word(0));
	assert_null(jc_objtype_word(5));
}

/* Nobody starts libgit2 in this program: a refusal must work all the same. */
static void
a_refusal_of_the_hash_is_a_code_and_not_the_end(void **state)
{
	struct jc_oid oid;

	(void)state;
	assert_int_equal(jc_oid_of(&oid, (enum jc_objtype)99, "x", 1), JC_EFORMAT);
}

static void
only_forty_lower_case_digits_are_an_id(void **state)
{
	struct jc_oid oid;
	char s[] = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

	(void)state;
	assert_int_equal(jc_oid_parse(&oid, s, 39), JC_EFORMAT);
	for (size_t i = 0; i < 40; i++) {
		char was = s[i];

		for (int c = 0; c < 256; c++) {
			int good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');

			s[i] = (char)c;
			assert_int_equal(jc_oid_parse(&oid, s, 40), good ? 0 : JC_EFORMAT);
		}
		s[i] = was;
	}
}

static void
what_is_packed_comes_back_and_zlib_agrees(void **state)
{
	static char body[70000], back[70000];
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < 300; i++) {
		size_t n = (size_t)test_rand(&seed) % (i % 10 == 0 ? sizeof(body) : 600);
		int level = 1 + (int)(test_rand(&seed) % 9);
		struct jc_buf z, out;
		uLongf len = sizeof(back);
		size_t used;

		fill(body, n, &seed, 1 + (unsigned)test_rand(&seed) % 256);
		jc_buf_init(&z, 1 << 20);
		jc_buf_init(&out, 1 << 20);
		assert_int_equal(jc_zlib_pack(&z, body, n, level, NULL), 0);
		assert_int_equal(uncompress((Bytef *)back, &len, (Bytef *)z.data, z.len), Z_OK);
		assert_int_equal(len, n);
		assert_memory_equal(back, body, n);
		assert_int_equal(z.data[z.len], 0);
		assert_int_equal(jc_zlib_unpack(&out, z.data, z.len, n, NULL), 0);
		assert_int_equal(out.len, n);
		assert_int_equal(out.data[n], 0);
		assert_memory_equal(n != 0 ? out.data : "", body, n);
		jc_buf_reset(&out);
		jc_buf_puts(&z, "what follows");
		assert_int_equal(jc_zlib_unpack_some(&out, z.data, z.len, n, &used, NULL), 0);
		assert_int_equal(used + 12, z.len);
		if (n != 0) {
			jc_buf_reset(&out);
			assert_int_equal(jc_zlib_unpack_some(&out, z.data, z.len, n - 1, &used, NULL), JC_ELIMIT);
		}
		jc_buf_free(&z);
		jc_buf_free(&out);
	}
}

static void
a_stream_that_is_cut_changed_or_of_another_size_is_refused(void **state)
{
	char body[500];
	struct jc_buf z, out;
	uint64_t seed = 7;
	unsigned refused = 0;

	(void)state;
	fill(body, sizeof(body), &seed, 6);
	jc_buf_init(&z, 4096);
	jc_buf_init(&out, 4096);
	assert_int_equal(jc_zlib_pack(&z, body, sizeof(body), 6, NULL), 0);
	assert_int_equal(jc_zlib_unpack(&out, z.data, z.len, sizeof(body) - 1, NULL), JC_EFORMAT);
	assert_int_equal(jc_zlib_unpack(&out, z.data, z.len, sizeof(body) + 1, NULL), JC_EFORMAT);
	for (size_t n = 0; n < z.len; n++) {
		jc_buf_reset(&out);
		assert_int_equal(jc_zlib_unpack(&out, z.data, n, sizeof(body), NULL), JC_EFORMAT);
	}
	for (size_t i = 0; i < z.len * 8; i++) {
		jc_buf_reset(&out);
		z.data[i / 8] ^= (char)(1 << i % 8);
		if (jc_zlib_unpack(&out, z.data, z.len, sizeof(body), NULL) != 0)
			refused++;
		else
			assert_memory_equal(out.data, body, sizeof(body)); /* a bit that zlib does not read */
		z.data[i / 8] ^= (char)(1 << i % 8);
	}
	assert_true(refused > z.len * 8 - 16);
	jc_buf_free(&z);
	jc_buf_free(&out);
}

/* Records as they travel, with what differs from one to the next. */
static void
lines_make(struct jc_buf *b, int n)
{
	for (int i = 0; i < n; i++)
		jc_buf_putf(b, "{\"b\":{\"a\":0,\"f\":{\"mobile\":\"1%010d\",\"name\":\"王小%d\"}},\"k\":\"member\",\"v\":\"set\"}\n",
		    (i * 7919) % 1000003, i);
}

static void
a_piece_squeezed_is_smaller_than_deflated_and_comes_back(void **state)
{
	struct jc_buf text, z, deflated, out;

	(void)state;
	jc_buf_init(&text, 1u << 20);
	jc_buf_init(&z, 1u << 20);
	jc_buf_init(&deflated, 1u << 20);
	jc_buf_init(&out, 1u << 20);
	lines_make(&text, 400);
	assert_int_equal(jc_squeeze(&z, text.data, text.len, NULL), 0);
	assert_int_equal(jc_deflate_dict(&deflated, text.data, text.len, 9, NULL, 0, NULL), 0);
	assert_true(z.len < deflated.len);
	assert_int_equal(jc_unsqueeze(&out, z.data, z.len, text.len, NULL), 0);
	assert_int_equal(out.len, text.len);
	assert_memory_equal(out.data, text.data, text.len);
	jc_buf_reset(&out);
	assert_int_equal(jc_unsqueeze(&out, z.data, z.len, text.len - 1, NULL), JC_EFORMAT);
	jc_buf_reset(&out);
	assert_int_equal(jc_unsqueeze(&out, z.data, z.len / 2, text.len, NULL), JC_EFORMAT);
	assert_true(out.len > text.len / 4 && out.len < text.len); /* a beginning */
	assert_memory_equal(out.data, text.data, out.len);
	jc_buf_free(&text);
	jc_buf_free(&z);
	jc_buf_free(&deflated);
	jc_buf_free(&out);
}

static void
a_dictionary_makes_a_later_commit_small(void **state)
{
	static const char before[] = "{\"f\":{\"name\":\"王小青\",\"mobile\":\"13000000001\"},\"k\":\"member\",\"v\":\"set\"}";
	static const char after[] = "{\"f\":{\"name\":\"王小白\",\"mobile\":\"13000000002\"},\"k\":\"member\",\"v\":\"set\"}";
	struct jc_buf alone, with, out;

	(void)state;
	jc_buf_init(&alone, 4096);
	jc_buf_init(&with, 4096);
	jc_buf_init(&out, 4096);
	assert_int_equal(jc_deflate_dict(&alone, after, sizeof(after), 9, NULL, 0, NULL), 0);
	assert_int_equal(jc_deflate_dict(&with, after, sizeof(after), 9, before, sizeof(before), NULL), 0);
	assert_true(with.len * 2 < alone.len);
	assert_int_equal(jc_inflate_dict(&out, with.data, with.len, sizeof(after), before, sizeof(before), NULL), 0);
	assert_int_equal(out.len, sizeof(after));
	assert_memory_equal(out.data, after, sizeof(after));
	jc_buf_reset(&out);
	assert_int_equal(jc_inflate_dict(&out, with.data, with.len, sizeof(after) - 1, before, sizeof(before), NULL),
	    JC_ELIMIT);
	jc_buf_reset(&out);
	assert_int_equal(jc_inflate_dict(&out, with.data, with.len, sizeof(after), NULL, 0, NULL), JC_EFORMAT);
	jc_buf_reset(&out);
	jc_buf_putc(&with, 'x');
	assert_int_equal(jc_inflate_dict(&out, with.data, with.len, sizeof(after), before, sizeof(before), NULL),
	    JC_EFORMAT);
	jc_buf_free(&alone);
	jc_buf_free(&with);
	jc_buf_free(&out);
}

/* Every level, strategy and memory setting of zlib makes streams that the exact reader accepts. */
static void
one_inflater_reads_whatever_zlib_can_write(void **state)
{
	static char body[3000], back[3000];
	static Bytef z[8000];
	struct jc_zlibx_in *in = jc_zlibx_in_open();
	uint64_t seed = 3;
	size_t used;

	(void)state;
	assert_non_null(in);
	for (int i = 0; i < 4000; i++) {
		size_t n = (size_t)test_rand(&seed) % (i % 4 == 0 ? sizeof(body) : 40), len;
		z_stream s = {0};

		fill(body, n, &seed, i % 3 == 0 ? 256 : 3);
		assert_int_equal(deflateInit2(&s, i % 10, Z_DEFLATED, 9 + i % 7, 1 + i % 9, i % 5), Z_OK);
		s.next_in = (Bytef *)body;
		s.avail_in = (uInt)n;
		s.next_out = z;
		s.avail_out = sizeof(z);
		assert_int_equal(deflate(&s, Z_FINISH), Z_STREAM_END);
		len = sizeof(z) - s.avail_out;
		deflateEnd(&s);
		assert_int_equal(jc_zlibx_in_exact(in, back, n, z, sizeof(z), &used), 0);
		assert_int_equal(used, len);
		assert_memory_equal(back, body, n);
		assert_int_equal(jc_zlibx_in_exact(in, back, n, z, len - 1, &used), JC_EFORMAT);
		if (n != 0)
			assert_int_equal(jc_zlibx_in_exact(in, back, n - 1, z, len, &used), JC_EFORMAT);
		if (n + 1 < sizeof(back))
			assert_int_equal(jc_zlibx_in_exact(in, back, n + 1, z, len, &used), JC_EFORMAT);
	}
	jc_zlibx_in_close(in);
}

static int
nth(void *arg, size_t n)
{
	(void)n;
	return --*(int *)arg == 0;
}

static void
when_memory_runs_out_nothing_leaks_and_the_code_says_so(void **state)
{
	(void)state;
	for (int i = 1; i < 100; i++) {
		int left = i, rc;
		struct jc_buf z, out;

		jc_buf_init(&z, 4096);
		jc_buf_init(&out, 4096);
		jc_mem_hook(nth, &left);
		rc = jc_zlib_pack(&z, "abcabcabc", 9, 6, NULL);
		if (rc == 0)
			rc = jc_zlib_unpack(&out, z.data, z.len, 9, NULL);
		jc_mem_hook(NULL, NULL);
		jc_buf_free(&z);
		jc_buf_free(&out);
		if (left > 0) {
			assert_int_equal(rc, 0);
			assert_true(i > 5);
			return;
		}
		assert_int_equal(rc, JC_ENOMEM);
	}
	fail_msg("packing a few bytes takes more than 100 allocations");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha1_gives_the_values_of_its_standard),
		cmocka_unit_test(sha1_in_any_pieces_is_the_id_that_libgit2_gives),
		cmocka_unit_test(ids_of_well_known_objects_are_right),
		cmocka_unit_test(a_refusal_of_the_hash_is_a_code_and_not_the_end),
		cmocka_unit_test(only_forty_lower_case_digits_are_an_id),
		cmocka_unit_test(what_is_packed_comes_back_and_zlib_agrees),
		cmocka_unit_test(a_stream_that_is_cut_changed_or_of_another_size_is_refused),
		cmocka_unit_test(a_piece_squeezed_is_smaller_than_deflated_and_comes_back),
		cmocka_unit_test(a_dictionary_makes_a_later_commit_small),
		cmocka_unit_test(one_inflater_reads_whatever_zlib_can_write),
		cmocka_unit_test(when_memory_runs_out_nothing_leaks_and_the_code_says_so),
	};

	return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
