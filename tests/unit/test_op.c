/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Operations as lines: what is taken, what is refused and why, that writing and reading agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sync_op.h"
#include "test_env.h"
#include "test_node.h"

#define T "\"t\":[\"bbbbbbbbbbbb\",0,1772409600]"
#define H "AAAAAAAAAAAAAAAAAAAAAA"
#define KR "\"k\":\"member\""
#define R "\"r\":\"0123456789ab\""

static const char *const GOOD[] = {
    "{\"f\":{\"gender\":\"1\"}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"b\":{\"a\":0,\"f\":{\"name\":\"王\"}}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"a\":\"op1\",\"d\":\"2026-03-01\",\"f\":{\"gender\":null},\"h\":\"主席\"," KR ",\"n\":1,\"o\":\"" H ".0\",\"p\":{\"gender\":[\"" H
    ".7\"]}," R "," T ",\"v\":\"set\",\"w\":\"文1号\"}",
    "{\"f\":{\"skills\":{\"+\":[\"a\",\"b\"],\"-\":[\"c\"]}}," KR ",\"p\":{\"skills\":[\".0\"]}," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"joined_on\":{\"?\":\"前年\"}}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"reason\":\"录错\"}," KR ",\"p\":{\"name\":[\"" H ".0\"],\"~\":[\"" H ".1\"]}," R "," T ",\"v\":\"void\"}",
    "{" KR "," R "," T ",\"v\":\"unvoid\"}",
    "{\"f\":{\"network\":\"nnnnnnnnnnnn\"}," T ",\"v\":\"found\"}",
    "{\"f\":{\"key\":\"x\",\"state\":\"enrolled\"}," R "," T ",\"v\":\"device\"}",
    "{\"f\":{\"anything\":\"x\"},\"k\":\"newer_kind\"," R "," T ",\"v\":\"event\"}"};

static const char *const BAD[] = {
    "{}", "[]", "{\"f\":{}," KR "," R "," T ",\"v\":\"set\"}", /* empty fields */
    "{\"f\":{\"gender\":\"1\"}," KR "," R ",\"v\":\"set\"}", /* no t on the first line */
    "{\"f\":{\"gender\":\"1\"}," KR "," R "," T ",\"v\":\"put\"}", "{\"f\":{\"gender\":\"1\"}," KR "," R "," T "}",
    "{\"f\":{\"gender\":\"1\"}," R "," T ",\"v\":\"set\"}", "{\"f\":{\"gender\":\"1\"}," KR "," T ",\"v\":\"set\"}",
    "{\"f\":{\"gender\":\"1\"}," KR ",\"r\":\"0123456789aB\"," T ",\"v\":\"set\"}",
    "{\"f\":{\"gender\":\"1\"}," KR ",\"r\":\"0123456789a\"," T ",\"v\":\"set\"}",
    "{\"f\":{\"gender\":1}," KR "," R "," T ",\"v\":\"set\"}", "{\"f\":{\"gender\":{}}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"gender\":{\"+\":[]}}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"s\":{\"+\":[\"b\",\"a\"]}}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"s\":{\"+\":[\"a\",\"a\"]}}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"s\":{\"+\":[\"\"]}}," KR "," R "," T ",\"v\":\"set\"}", "{\"f\":{\"s\":{\"x\":[\"a\"]}}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"Gender\":\"1\"}," KR "," R "," T ",\"v\":\"set\"}", "{\"f\":{\"~\":\"1\"}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"b\":{\"a\":0,\"f\":{\"x\":\"1\"}},\"f\":{\"x\":\"1\"}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"b\":{\"a\":1,\"f\":{\"x\":\"1\"}}," KR "," R "," T ",\"v\":\"set\"}", "{\"b\":{\"f\":{\"x\":\"1\"}}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"x\":\"1\"}," KR ",\"p\":{}," R "," T ",\"v\":\"set\"}", "{\"f\":{\"x\":\"1\"}," KR ",\"p\":{\"x\":[]}," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"x\":\"1\"}," KR ",\"p\":{\"x\":[\".1\",\".0\"]}," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"x\":\"1\"}," KR ",\"p\":{\"x\":[\".01\"]}," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"x\":\"1\"}," KR ",\"p\":{\"x\":[\".4096\"]}," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"x\":\"1\"}," KR ",\"p\":{\"x\":[\"#1\"]}," R "," T ",\"v\":\"set\"}", /* a local number must not travel */
    "{\"f\":{\"x\":\"1\"}," KR ",\"p\":{\"x\":[\"AAAAAAAAAAAAAAAAAAAAAB.1\"]}," R "," T ",\"v\":\"set\"}", /* loose b64 */
    "{\"f\":{\"x\":\"1\"}," KR ",\"n\":0," R "," T ",\"v\":\"set\"}", "{\"d\":\"2026-3-1\",\"f\":{\"x\":\"1\"}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"x\":\"1\"}," KR "," R ",\"t\":[\"bbbbbbbbbbbb\",-1,0],\"v\":\"set\"}",
    "{\"f\":{\"x\":\"1\"}," KR "," R ",\"t\":[\"bbbbbbbbbbbb\",0],\"v\":\"set\"}",
    "{\"f\":{\"x\":\"1\"}," KR "," R "," T ",\"v\":\"set\",\"x\":1}", "{\"c\":1,\"f\":{\"x\":\"1\"}," KR "," R "," T ",\"v\":\"set\"}",
    "{\"f\":{\"reason\":\"录错\"}," KR "," R "," T ",\"v\":\"void\"}", "{" KR ",\"p\":{\"name\":[\".0\"]}," R "," T ",\"v\":\"unvoid\"}",
    "{" KR ",\"p\":{\"name\":[\".0\"]}," R "," T ",\"v\":\"void\"}"};

static struct jc_ops_reader *
reader(int drafts)
{
	struct jc_ops_reader *r;
	struct jc_err err = {0};

	test_ok(jc_ops_reader_new(&r, drafts, &err), &err);
	return r;
}

static int
first(struct jc_ops_reader *r, const char *line, struct jc_op *op, struct jc_err *err)
{
	static char text[4096];

	snprintf(text, sizeof(text), "%s\n", line);
	jc_ops_begin(r, text, strlen(text));
	return jc_ops_next(r, op, err);
}

static void
good_lines_are_read_and_written_back_byte_for_byte(void **state)
{
	struct jc_ops_reader *r = reader(0);
	struct jc_err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
		struct jc_opctx ctx = {0};
		struct jc_buf b;
		struct jc_op op;

		jc_buf_init(&b, 8192);
		if (first(r, GOOD[i], &op, &err) != 1)
			fail_msg("refused %s: %s", GOOD[i], err.msg);
		test_ok(jc_op_write(&b, &op, &ctx, &err), &err);
		b.data[b.len - 1] = '\0';
		assert_string_equal(b.data, GOOD[i]);
		jc_buf_free(&b);
	}
	jc_ops_reader_free(r);
}

static void
bad_lines_are_refused_with_a_sentence(void **state)
{
	struct jc_ops_reader *r = reader(0);
	struct jc_op op;

	(void)state;
	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
		struct jc_err err = {0};

		if (first(r, BAD[i], &op, &err) != JC_EFORMAT)
			fail_msg("taken: %s", BAD[i]);
		assert_non_null(strstr(err.msg, "1"));
	}
	jc_ops_reader_free(r);
}

static void
batch_and_seconds_are_left_out_exactly_when_known(void **state)
{
	static const char TWO[] = "{\"f\":{\"x\":\"1\"}," KR "," R "," T ",\"v\":\"set\"}\n"
	                          "{\"f\":{\"x\":\"2\"}," KR ",\"p\":{\"x\":[\".0\"]}," R ",\"v\":\"set\"}\n";
	static const char SAID[] = "{\"f\":{\"x\":\"1\"}," KR "," R "," T ",\"v\":\"set\"}\n"
	                           "{\"f\":{\"x\":\"2\"}," KR "," R ",\"t\":[\"bbbbbbbbbbbb\",1,1772409600],\"v\":\"set\"}\n";
	struct jc_ops_reader *r = reader(0);
	struct jc_err err = {0};
	struct jc_op op;

	(void)state;
	jc_ops_begin(r, TWO, sizeof(TWO) - 1);
	assert_int_equal(jc_ops_next(r, &op, &err), 1);
	assert_int_equal(jc_ops_next(r, &op, &err), 1);
	assert_string_equal(op.batch, "bbbbbbbbbbbb");
	assert_int_equal(op.place, 1);
	assert_int_equal(jc_ops_next(r, &op, &err), 0);
	jc_ops_begin(r, SAID, sizeof(SAID) - 1);
	assert_int_equal(jc_ops_next(r, &op, &err), 1);
	assert_int_equal(jc_ops_next(r, &op, &err), JC_EFORMAT);
	jc_ops_reader_free(r);
}

static void
only_drafts_may_use_local_numbers(void **state)
{
	static const char LINE[] = "{\"f\":{\"x\":\"1\"}," KR ",\"p\":{\"x\":[\"#12\"]}," R "," T ",\"v\":\"set\"}";
	struct jc_ops_reader *r = reader(1);
	struct jc_err err = {0};
	struct jc_op op;

	(void)state;
	jc_ops_begin(r, LINE, sizeof(LINE) - 1); /* kept without its line end */
	assert_int_equal(jc_ops_next(r, &op, &err), 1);
	assert_int_equal(op.names[0].refs[0].kind, JC_REF_LOCAL);
	assert_int_equal(op.names[0].refs[0].n, 12);
	jc_ops_reader_free(r);
}

static void
content_of_a_copy_ignores_only_batch_count_and_names(void **state)
{
	struct jc_ops_reader *r = reader(0);
	struct jc_err err = {0};
	uint8_t a[JC_HASH_LEN], b[JC_HASH_LEN], c[JC_HASH_LEN];
	struct jc_op op;

	(void)state;
	assert_int_equal(first(r, "{\"f\":{\"x\":\"1\"}," KR ",\"p\":{\"x\":[\".0\"]}," R "," T ",\"v\":\"set\"}", &op, &err), 1);
	jc_op_content(a, &op);
	assert_int_equal(first(r, "{\"f\":{\"x\":\"1\"}," KR ",\"n\":1," R ",\"t\":[\"cccccccccccc\",4,9],\"v\":\"set\"}", &op, &err), 1);
	jc_op_content(b, &op);
	assert_int_equal(first(r, "{\"f\":{\"x\":\"2\"}," KR "," R "," T ",\"v\":\"set\"}", &op, &err), 1);
	jc_op_content(c, &op);
	assert_memory_equal(a, b, JC_HASH_LEN);
	assert_memory_not_equal(a, c, JC_HASH_LEN);
	jc_ops_reader_free(r);
}

static void
a_summary_counts_and_names_nobody(void **state)
{
	static const char PAYLOAD[] =
	    "{\"b\":{\"a\":0,\"f\":{\"name\":\"王小青\"}}," KR "," R "," T ",\"v\":\"set\"}\n"
	    "{\"b\":{\"a\":0,\"f\":{\"name\":\"王晓青\"}}," KR ",\"p\":{\"name\":[\".0\"]}," R ",\"v\":\"set\"}\n"
	    "{\"f\":{\"gender\":\"1\"}," KR ",\"r\":\"0123456789ac\",\"v\":\"set\"}\n"
	    "{\"f\":{\"reason\":\"x\"},\"k\":\"org\",\"p\":{\"name\":[\"" H ".0\"]},\"r\":\"0123456789ad\",\"v\":\"void\"}\n";
	struct jc_err err = {0};
	struct jc_buf b;

	(void)state;
	jc_buf_init(&b, 400);
	test_ok(jc_ops_summary(&b, PAYLOAD, sizeof(PAYLOAD) - 1, &err), &err);
	assert_string_equal(b.data, "新增工会会员1 修改工会会员1 作废组织1");
	jc_buf_reset(&b);
	test_ok(jc_ops_summary(&b, "", 0, &err), &err);
	assert_string_equal(b.data, "合并");
	jc_buf_free(&b);
}

static void
a_line_is_read_in_about_a_microsecond(void **state)
{
	struct jc_ops_reader *r = reader(0);
	struct jc_buf b;
	struct jc_err err = {0};
	struct timespec from, to;
	struct jc_op op;
	double us;
	int n = 0;

	(void)state;
	jc_buf_init(&b, 1 << 20);
	for (int i = 0; i < 4000; i++)
		jc_buf_putf(&b, "{\"b\":{\"a\":0,\"f\":{\"mobile\":\"13000000001\",\"name\":\"王小青\"}},\"f\":{\"gender\":\"2\"}," KR ","
		                "\"p\":{\"gender\":[\"" H ".3\"],\"mobile\":[\"" H ".7\"]}," R ",%s\"v\":\"set\"}\n", i == 0 ? T "," : "");
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int round = 0; round < 10; round++) {
		jc_ops_begin(r, b.data, b.len);
		while (test_ok(jc_ops_next(r, &op, &err), &err) == 1)
			n++;
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	us = ((double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3) / n;
	print_message("%.2f us a line\n", us);
	assert_int_equal(n, 40000);
	assert_true(us < 50); /* a guard against something quadratic; the figure is for people */
	jc_buf_free(&b);
	jc_ops_reader_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lines_are_read_and_written_back_byte_for_byte),
		cmocka_unit_test(bad_lines_are_refused_with_a_sentence),
		cmocka_unit_test(batch_and_seconds_are_left_out_exactly_when_known),
		cmocka_unit_test(only_drafts_may_use_local_numbers),
		cmocka_unit_test(content_of_a_copy_ignores_only_batch_count_and_names),
		cmocka_unit_test(a_summary_counts_and_names_nobody),
		cmocka_unit_test(a_line_is_read_in_about_a_microsecond),
	};

	return cmocka_run_group_tests_name("op", tests, NULL, NULL);
}
