/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Encodings of text files. Rare characters must come through every one of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <iconv.h>

#include "../../agent/text_io.h"

#define RARE "姓名,单位\n𠮷䶮,㙦镇𫖮村\n"

static size_t
encode(char *out, size_t room, const char *to, const char *utf8)
{
	iconv_t cd = iconv_open(to, "UTF-8");
	char *in = (char *)(size_t)utf8, *p = out;
	size_t left = strlen(utf8), n = room;

	assert_true(cd != (iconv_t)-1);
	assert_int_equal(iconv(cd, &in, &left, &p, &n), 0);
	iconv_close(cd);
	return room - n;
}

static void
decodes_to(const char *bytes, size_t n, const char *want, const char *want_encoding)
{
	const char *encoding = NULL;
	struct jc_err err = {0};
	struct jc_buf out;

	jc_buf_init(&out, 1 << 20);
	assert_int_equal(jc_text_io_decode(&out, &encoding, bytes, n, &err), 0);
	assert_string_equal(out.data, want);
	assert_string_equal(encoding, want_encoding);
	jc_buf_free(&out);
}

static void
rare_characters_survive_every_encoding(void **state)
{
	char bytes[400];
	size_t n;

	(void)state;
	decodes_to(RARE, strlen(RARE), RARE, "UTF-8");
	decodes_to("\357\273\277" RARE, strlen(RARE) + 3, RARE, "UTF-8");
	n = encode(bytes, sizeof(bytes), "GB18030", RARE);
	decodes_to(bytes, n, RARE, "GB18030");
	memcpy(bytes, "\377\376", 2);
	n = encode(bytes + 2, sizeof(bytes) - 2, "UTF-16LE", RARE);
	decodes_to(bytes, n + 2, RARE, "UTF-16LE");
}

static void
a_long_gb18030_file_is_converted_whole(void **state)
{
	static char bytes[400000];
	struct jc_buf want, out;
	size_t n = 0;

	(void)state;
	jc_buf_init(&want, 1 << 20);
	for (int i = 0; i < 20000; i++)
		jc_buf_puts(&want, i % 7 == 0 ? "𠮷\n" : "工会");
	n = encode(bytes, sizeof(bytes), "GB18030", want.data);
	jc_buf_init(&out, 1 << 20);
	assert_int_equal(jc_text_io_decode(&out, NULL, bytes, n, NULL), 0);
	assert_int_equal(out.len, want.len);
	assert_memory_equal(out.data, want.data, want.len);
	jc_buf_free(&out);
	jc_buf_free(&want);
}

static void
refused_with(const char *bytes, size_t n, const char *word)
{
	struct jc_err err = {0};
	struct jc_buf out;

	jc_buf_init(&out, 1 << 20);
	assert_int_equal(jc_text_io_decode(&out, NULL, bytes, n, &err), JC_EFORMAT);
	if (strstr(err.msg, word) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.msg, word);
	jc_buf_free(&out);
}

static void
what_is_no_text_is_refused_with_a_sentence(void **state)
{
	(void)state;
	refused_with("PK\003\004\024\000\006\000", 8, "另存为 CSV");
	refused_with("\320\317\021\340\241\261\032\341", 8, "另存为 CSV");
	refused_with("\000\001\002", 3, "不是表格文件");
	refused_with("ok\nok\n\xff\xff\xff\n", 10, "第3行");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rare_characters_survive_every_encoding),
		cmocka_unit_test(a_long_gb18030_file_is_converted_whole),
		cmocka_unit_test(what_is_no_text_is_refused_with_a_sentence),
	};

	return cmocka_run_group_tests_name("text_io", tests, NULL, NULL);
}
