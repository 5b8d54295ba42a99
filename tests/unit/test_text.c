/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Normalising text (DOMAIN 2.9): what changes, what must never change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "schema_mem.h"
#include "schema_value.h"

static void
becomes(const char *in, const char *want, int lines)
{
	struct jc_err err = { 0 };
	struct jc_buf b;

	jc_buf_init(&b, 1 << 20);
	assert_int_equal(jc_text_normalise(&b, in, strlen(in), lines, &err), 0);
	assert_string_equal(b.len != 0 ? b.data : "", want);
	jc_buf_free(&b);
}

static void
one_line_becomes_nfkc_with_single_spaces(void **state)
{
	(void)state;
	becomes("ＡＢＣ　１２３", "ABC 123", 0);
	becomes("  石桥镇 \t 工会  ", "石桥镇 工会", 0);
	becomes("a\xc2\xa0\xe2\x80\x83\x62", "a b", 0);              /* no-break space, em space */
	becomes("石\xe2\x80\x8b桥\xef\xbb\xbf镇", "石桥镇", 0);      /* zero width space, byte order mark */
	becomes("（甲）：乙，丙", "(甲):乙,丙", 0);
	becomes("第一行\r\n第二行", "第一行 第二行", 0);
	becomes("e\xcc\x81", "\xc3\xa9", 0);                         /* combining accent */
	becomes("e\xe2\x80\x8b\xcc\x81", "\xc3\xa9", 0);             /* the same with something invisible between */
	becomes("ｱ", "ア", 0);
}

static void
spreadsheet_apostrophes_go_and_others_stay(void **state)
{
	(void)state;
	becomes("'0931", "0931", 0);
	becomes(" ' '0931", "0931", 0);
	becomes("it's", "it's", 0);
	becomes("'首行", "'首行", 1);
}

static void
nothing_but_space_is_nothing(void **state)
{
	(void)state;
	becomes("", "", 0);
	becomes("　\t \xe2\x80\x8b", "", 0);
	becomes("\n \n", "", 1);
	becomes("'", "", 0);
}

static void
prose_keeps_its_lines_its_punctuation_and_its_circled_numbers(void **state)
{
	(void)state;
	becomes("  第一，好；第二：问？！（完）…… \r\n\r\n ①查看 ②整改\t\n", "第一，好；第二：问？！（完）……\n\n①查看 ②整改", 1);
	becomes("ＡＢＣ１２３，㎡", "ABC123，m2", 1);
	becomes("a\xe2\x80\xa8" "b\x0b" "c", "a\nb\nc", 1);
}

static void
rare_characters_survive_untouched(void **state)
{
	static const char *const rare[] = {
		"𠮷",             /* extension B */
		"𫍰",             /* extension C */
		"𫠆",             /* extension D */
		"𬎆",             /* extension E */
		"𰻝",             /* extension G */
		"\xee\xa0\x90",   /* U+E810, private use: where GB 18030 fonts keep names */
		"\xf3\xb0\x80\x80", /* plane 15 */
		"葛\xf3\xa0\x84\x80", /* ideographic variation sequence */
		"㐂", "䶮", "〇", "〾",
	};
	char name[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rare) / sizeof(*rare); i++) {
		strcpy(name, "王");
		strcat(name, rare[i]);
		becomes(name, name, 0);
		becomes(name, name, 1);
	}
}

static void
broken_utf8_is_refused_with_a_sentence(void **state)
{
	static const char *const broken[] = { "\xff", "abc\xe4\xb8", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80" };
	struct jc_err err;
	struct jc_buf b;

	(void)state;
	jc_buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(jc_text_normalise(&b, broken[i], strlen(broken[i]), 0, &err), JC_EINVAL);
		assert_int_equal(err.code, JC_EINVAL);
		assert_true(err.msg[0] != '\0');
	}
	assert_int_equal(jc_text_normalise(&b, "a\0b", 3, 0, &err), JC_EINVAL);
	assert_int_equal(b.len, 0);
	jc_buf_free(&b);
}

static void
a_megabyte_is_the_end(void **state)
{
	size_t n = ((size_t)1 << 20) + 1;
	char *big = jc_alloc(n);
	struct jc_buf b;

	(void)state;
	memset(big, 'a', n);
	jc_buf_init(&b, 4 << 20);
	assert_int_equal(jc_text_normalise(&b, big, n, 0, NULL), JC_EINVAL);
	assert_int_equal(jc_text_normalise(&b, big, n - 1, 0, NULL), 0);
	assert_int_equal(b.len, n - 1);
	jc_buf_free(&b);
	jc_free(big);
}

static int
fail_at(void *arg, size_t n)
{
	(void)n;
	return --*(int *)arg == 0;
}

static void
no_memory_is_an_error_at_every_allocation(void **state)
{
	static const char text[] = "ＡＢＣ，①石桥镇é\n工会";
	int rc = JC_ENOMEM, tries = 0;

	(void)state;
	for (int at = 1; rc == JC_ENOMEM; at++) {
		struct jc_err err = { 0 };
		struct jc_buf b;
		int left = at;

		jc_buf_init(&b, 1000);
		jc_mem_hook(fail_at, &left);
		rc = jc_text_normalise(&b, text, strlen(text), 1, &err);
		jc_mem_hook(NULL, NULL);
		assert_true(rc == 0 || rc == JC_ENOMEM);
		jc_buf_free(&b);
		tries++;
	}
	assert_int_equal(rc, 0);
	assert_true(tries > 3);
}

static void
named(const char *in, const char *want, int gap)
{
	struct jc_buf b;

	jc_buf_init(&b, 1000);
	assert_int_equal(jc_text_name(&b, in, strlen(in)), gap);
	assert_string_equal(b.data, want);
	jc_buf_free(&b);
}

static void
names_lose_inner_spaces_and_have_one_dot(void **state)
{
	(void)state;
	named("张 三", "张三", 0);
	named("欧 阳 𠮷", "欧阳𠮷", 0);
	named("阿不都•热合曼", "阿不都·热合曼", 0);
	named("阿不都 ・ 热合曼", "阿不都·热合曼", 0);
	named("阿不都.热合曼", "阿不都·热合曼", 0);
	named("阿不都‧热合曼", "阿不都·热合曼", 0);
	named("阿不都·热合曼", "阿不都·热合曼", 0);
	named("John Smith", "John Smith", 0);
	named("J. Smith", "J. Smith", 0);
	named("葛\xf3\xa0\x84\x80 三", "葛\xf3\xa0\x84\x80三", 0);
}

static void
a_name_with_letters_for_a_character_is_marked(void **state)
{
	(void)state;
	named("张yan明", "张yan明", 1);
	named("张 yán 明", "张 yán 明", 1);
}

static void
folded(const char *in, const char *want, int notes)
{
	struct jc_buf b;

	jc_buf_init(&b, 1000);
	jc_text_fold(&b, in, strlen(in), notes);
	assert_string_equal(b.len != 0 ? b.data : "", want);
	jc_buf_free(&b);
}

static void
headers_fold_to_their_bare_words(void **state)
{
	(void)state;
	folded(" 姓 名 *", "姓名", 0);
	folded("姓名（必填）：", "姓名", 1);
	folded("姓名（必填）：", "姓名(必填)", 0);
	folded("联系\n电话【手机】", "联系电话", 1);
	folded("ＩＤ Number", "idnumber", 0);
	folded("a(b(c)d)e", "ae", 1);
	folded("a)b", "a)b", 1);
	folded("a(b", "a", 1);
	folded("\xff", "", 0);
}

/* The generator of the tests in this file; any sequence will do, the same every time. */
static uint64_t
next(uint64_t *s)
{
	*s = *s * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *s >> 33;
}

static void
normalising_twice_is_normalising_once(void **state)
{
	static const uint32_t pool[] = { ' ', '\n', '\r', '\t', '\'', 'a', 0x301, 0x200b, 0x200d, 0x3000, 0xff0c, 0xff21, 0x2460,
		0xfdfa, 0x1100, 0x1161, 0x11a8, 0xac00, 0x4e2d, 0x20bb7, 0xa8, 0xb4, 0x345, 0x3099, 0x304b, 0xff9e, 0xff76, 0x2026,
		0xfb1d, 0x5b0, 0x85, 0x2028, 0xad, 0xf900, 0x2f800, 0x1d15e, 0xe000, 0x323, 0x307, 0x1e9b, 0x212b, 0x3220 };
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct jc_buf in, once, twice;
		int lines = round & 1;

		jc_buf_init(&in, 1000);
		jc_buf_init(&once, 10000);
		jc_buf_init(&twice, 10000);
		for (uint64_t n = next(&seed) % 12 + 1; n != 0; n--) {
			uint32_t cp = pool[next(&seed) % (sizeof(pool) / sizeof(*pool))];
			char u[4];
			size_t len = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

			for (size_t i = len; i-- > 1; cp >>= 6)
				u[i] = (char)(0x80 | (cp & 0x3f));
			u[0] = (char)(len == 1 ? cp : (0xf00 >> len & 0xff) | cp);
			jc_buf_put(&in, u, len);
		}
		assert_int_equal(jc_text_normalise(&once, in.data, in.len, lines, NULL), 0);
		assert_int_equal(jc_text_normalise(&twice, once.data != NULL ? once.data : "", once.len, lines, NULL), 0);
		assert_int_equal(once.len, twice.len);
		if (once.len != 0)
			assert_memory_equal(once.data, twice.data, once.len);
		jc_buf_free(&in);
		jc_buf_free(&once);
		jc_buf_free(&twice);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_becomes_nfkc_with_single_spaces),
		cmocka_unit_test(spreadsheet_apostrophes_go_and_others_stay),
		cmocka_unit_test(nothing_but_space_is_nothing),
		cmocka_unit_test(prose_keeps_its_lines_its_punctuation_and_its_circled_numbers),
		cmocka_unit_test(rare_characters_survive_untouched),
		cmocka_unit_test(broken_utf8_is_refused_with_a_sentence),
		cmocka_unit_test(a_megabyte_is_the_end),
		cmocka_unit_test(no_memory_is_an_error_at_every_allocation),
		cmocka_unit_test(names_lose_inner_spaces_and_have_one_dot),
		cmocka_unit_test(a_name_with_letters_for_a_character_is_marked),
		cmocka_unit_test(headers_fold_to_their_bare_words),
		cmocka_unit_test(normalising_twice_is_normalising_once),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
