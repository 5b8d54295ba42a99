/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Canonical JSON: what may be read, what may not, and that a writer's bytes are always read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema_canon.h"
#include "test_env.h"

static const char *const GOOD[] = {
    "{}", "[]", "\"\"", "0", "-1", "true", "false", "null", "9007199254740991", "-9007199254740991", "{\"a\":1,\"b\":[1,2]}",
    "\"\\u0001\\b\\t\\n\\f\\r\\\"\\\\\"", "\"王小青\xf0\xa0\xae\xb7\"", "[[[[[[[[1]]]]]]]]", "{\"\":0,\"A\":0,\"a\":0,\"é\":0}",
    "{\"\\u001f\":1,\" \":2}", "\"\x7f\"", "\"/\""};

static const char *const BAD[] = {
    "", " {}", "{} ", "{\"a\": 1}", "{\"b\":1,\"a\":2}", "{\"a\":1,\"a\":2}", "{\"a\":1,}", "[1,]", "[,1]", "01", "-0", "1.0", "1e3", "+1",
    "9007199254740992", "-9007199254740992", "99999999999999999999999", "nul", "True", "\"\\u0041\"", "\"\\u001F\"", "\"\\u0008\"",
    "\"\\/\"", "\"\\u0000\"", "\"\x01\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"abc", "[[[[[[[[[1]]]]]]]]]", "{\"a\"}", "{1:2}",
    "{\"a\":1 ,\"b\":2}", "\"\\\"", "[1 2]", "1 1", "{\"a\":1}{", "\"\\x\"", "-", "{\" \":2,\"\\u001f\":1}", "\xef\xbb\xbf{}"};

static void
canonical_bytes_are_read(void **state)
{
	struct jc_err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
		if (jc_canon_check(GOOD[i], strlen(GOOD[i]), &err) != 0)
			fail_msg("refused: %s (%s)", GOOD[i], err.cause);
}

static void
anything_else_is_refused(void **state)
{
	struct jc_err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
		memset(&err, 0, sizeof(err));
		if (jc_canon_check(BAD[i], strlen(BAD[i]), &err) != JC_EFORMAT)
			fail_msg("taken: %s", BAD[i]);
		assert_true(err.cause[0] != '\0');
	}
	assert_int_equal(jc_canon_check("\"a\0b\"", 5, &err), JC_EFORMAT);
}

static void
every_prefix_of_a_value_is_refused(void **state)
{
	static const char TEXT[] = "{\"a\":[\"x\\n\",12,null],\"b\":{\"c\":true}}";

	(void)state;
	for (size_t n = 0; n < sizeof(TEXT) - 1; n++)
		assert_int_equal(jc_canon_check(TEXT, n, NULL), JC_EFORMAT);
	assert_int_equal(jc_canon_check(TEXT, sizeof(TEXT) - 1, NULL), 0);
}

static void
what_is_written_is_read_back_byte_for_byte(void **state)
{
	static const char *const PIECES[] = {"a", "\"", "\\", "\n", "\x01", "王", "\xf0\xa0\xae\xb7", "\x1f", " ", "/"};
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct jc_buf text, line, scratch;
		struct jc_slice back;
		struct jc_canon c;

		jc_buf_init(&text, 4096);
		jc_buf_init(&line, 8192);
		jc_buf_init(&scratch, 8192);
		for (uint64_t k = test_rand(&seed) % 12; k > 0; k--)
			jc_buf_puts(&text, PIECES[test_rand(&seed) % 10]);
		jc_canon_str(&line, text.data != NULL ? text.data : "", text.len);
		assert_int_equal(jc_canon_check(line.data, line.len, NULL), 0);
		jc_canon_init(&c, line.data, line.len);
		assert_int_equal(jc_canon_next(&c), JC_TOK_STR);
		assert_int_equal(jc_canon_text(&back, c.raw, &scratch), 0);
		assert_int_equal(back.n, text.len);
		if (back.n != 0)
			assert_memory_equal(back.p, text.data, back.n);
		jc_buf_free(&text);
		jc_buf_free(&line);
		jc_buf_free(&scratch);
	}
}

static void
text_that_is_no_utf8_cannot_be_written(void **state)
{
	struct jc_buf b;

	(void)state;
	jc_buf_init(&b, 100);
	jc_canon_str(&b, "\xff", 1);
	assert_int_not_equal(b.failed, 0);
	jc_buf_free(&b);
	jc_buf_init(&b, 100);
	jc_canon_str(&b, "a\0b", 3);
	assert_int_not_equal(b.failed, 0);
	jc_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_bytes_are_read),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(every_prefix_of_a_value_is_refused),
		cmocka_unit_test(what_is_written_is_read_back_byte_for_byte),
		cmocka_unit_test(text_that_is_no_utf8_cannot_be_written),
	};

	return cmocka_run_group_tests_name("canon", tests, NULL, NULL);
}
