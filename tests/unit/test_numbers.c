/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Every vector of DOMAIN 3, and what the vectors leave open. All numbers are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "schema_value.h"

#define TODAY "2026-03-02"

/* The remarks' codes, joined by a space in the order in which they came. */
static const char *
codes(const struct jc_remarks *r)
{
	static char all[200];

	all[0] = '\0';
	for (size_t i = 0; i < r->n; i++) {
		if (i != 0)
			strcat(all, " ");
		strcat(all, r->item[i].code);
		assert_true(r->item[i].text[0] != '\0');
	}
	return all;
}

struct uscc_case {
	const char *input, *normal, *remarks;
	int ok;
};

static const struct uscc_case uscc_cases[] = {
	{ "81999999MJ0000018Y", "81999999MJ0000018Y", "W:uscc_region", 1 },
	{ "89999999MJ00000261", "89999999MJ00000261", "W:uscc_region", 1 },
	{ "51999999500000015X", "51999999500000015X", "W:uscc_region", 1 },
	{ "52999999MJ0A0B0C7G", "52999999MJ0A0B0C7G", "W:uscc_region", 1 },
	{ "5399999953DP000473", "5399999953DP000473", "W:uscc_region", 1 },
	{ "93999999MA000D010C", "93999999MA000D010C", "W:uscc_region", 1 },
	{ "92999999MA7K00016G", "92999999MA7K00016G", "W:uscc_region", 1 },
	{ "91999999799999993X", "91999999799999993X", "W:uscc_region", 1 },
	{ "129999994000001221", "129999994000001221", "W:uscc_region", 1 },
	{ "31999999MD0000315H", "31999999MD0000315H", "W:uscc_region", 1 },
	{ "N2999999NF0000029N", "N2999999NF0000029N", "W:uscc_region", 1 },
	{ "Y19999990000001744", "Y19999990000001744", "W:uscc_region", 1 },
	{ "n2999999nf0000029n", "N2999999NF0000029N", "W:uscc_region", 1 },
	{ "81999999-MJ0000018-Y", "81999999MJ0000018Y", "W:uscc_region", 1 },
	{ "８１９９９９９９ＭＪ０００００１８Ｙ", "81999999MJ0000018Y", "W:uscc_region", 1 },
	{ "51999999500000019A", "51999999500000019A", "W:uscc_region W:uscc_inner", 1 },
	{ " 8199 9999 MJ00 0001 8Y ", "81999999MJ0000018Y", "W:uscc_region", 1 },
	{ "81999999MJ0000018X", "81999999MJ0000018X", "E:uscc_check", 0 },
	{ "81999999MJ0000081Y", "81999999MJ0000081Y", "E:uscc_check", 0 },
	{ "18999999MJ0000018Y", "18999999MJ0000018Y", "E:uscc_check", 0 },
	{ "81999999MJ000001BY", "81999999MJ000001BY", "E:uscc_check", 0 },
	{ "81999999MJO000018Y", "81999999MJO000018Y", "E:uscc_charset", 0 },
	{ "5I999999500000015X", "5I999999500000015X", "E:uscc_charset", 0 },
	{ "N2999999NF000002SN", "N2999999NF000002SN", "E:uscc_charset", 0 },
	{ "81A99999MJ0000018Y", "81A99999MJ0000018Y", "E:uscc_region_fmt", 0 },
	{ "81999999MJ000018Y", "81999999MJ000018Y", "E:uscc_len", 0 },
	{ "81999999MJ00000018Y", "81999999MJ00000018Y", "E:uscc_len", 0 },
	{ "399999000000018", "399999000000018", "E:uscc_regno15", 0 },
	{ "50000001-5", "500000015", "E:uscc_orgcode9", 0 },
};

static void
every_credit_code_vector_gives_its_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(uscc_cases) / sizeof(*uscc_cases); i++) {
		const struct uscc_case *c = &uscc_cases[i];
		struct jc_remarks r = { 0 };
		char out[40];

		assert_int_equal(jc_uscc_check(out, c->input, strlen(c->input), &r), c->ok);
		assert_string_equal(out, c->normal);
		assert_string_equal(codes(&r), c->remarks);
	}
}

static void
a_letter_that_looks_like_a_digit_is_named_only_when_the_code_is_then_right(void **state)
{
	struct jc_remarks r = { 0 };
	char out[40];

	(void)state;
	assert_int_equal(jc_uscc_check(out, "81999999MJO000018Y", 18, &r), 0);
	assert_non_null(strstr(r.item[0].text, "81999999MJ0000018Y"));
	r.n = 0;
	assert_int_equal(jc_uscc_check(out, "81999999MJO000018X", 18, &r), 0);
	assert_null(strstr(r.item[0].text, "81999999MJ0000018X"));
	r.n = 0;
	assert_int_equal(jc_uscc_check(out, "81999999MJV000018Y", 18, &r), 0);
	assert_string_equal(codes(&r), "E:uscc_charset");
}

static void
changing_any_one_character_of_a_credit_code_is_noticed(void **state)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	char code[19] = "93999999MA000D010C", out[40];
	int tried = 0;

	(void)state;
	for (int i = 0; i < 18; i++) {
		char was = code[i];

		for (const char *p = alphabet; *p != '\0'; p++) {
			struct jc_remarks r = { 0 };

			if (*p == was)
				continue;
			code[i] = *p;
			assert_int_equal(jc_uscc_check(out, code, 18, &r), 0);
			tried++;
		}
		code[i] = was;
	}
	assert_int_equal(tried, 18 * 30);
}

static void
long_and_foreign_input_is_refused_without_overrun(void **state)
{
	struct jc_remarks r = { 0 };
	char out[40], big[600];

	(void)state;
	memset(big, '8', sizeof(big));
	assert_int_equal(jc_uscc_check(out, big, 100, &r), 0);
	assert_int_equal(strlen(out), 39);
	assert_int_equal(jc_uscc_check(out, big, sizeof(big), &r), 0);
	assert_int_equal(jc_idno_check(out, NULL, NULL, big, sizeof(big), TODAY, &r), 0);
	r.n = 0;
	assert_int_equal(jc_uscc_check(out, "统一社会信用代码正在办理请稍后再来填", strlen("统一社会信用代码正在办理请稍后再来填"), &r), 0);
	assert_string_equal(codes(&r), "E:uscc_charset");
	r.n = 0;
	assert_int_equal(jc_idno_check(out, NULL, NULL, "\xff\xfe", 2, TODAY, &r), 0);
	assert_string_equal(codes(&r), "E:id_len");
}

static void
a_union_that_carries_its_units_code_is_told(void **state)
{
	struct jc_remarks r = { 0 };

	(void)state;
	jc_uscc_check_owner("51999999500000015X", "union", "basic_single", &r);
	assert_string_equal(codes(&r), "W:uscc_not_union");
	r.n = 0;
	jc_uscc_check_owner("129999994000001221", "union", "general", &r);
	jc_uscc_check_owner("81999999MJ0000018Y", "union", "basic_single", &r);
	jc_uscc_check_owner("51999999500000015X", "social", NULL, &r);
	jc_uscc_check_owner("51999999500000015X", "union", NULL, &r);
	jc_uscc_check_owner("", "union", "basic_single", &r);
	assert_int_equal(r.n, 0);
	jc_uscc_check_owner("81999999MJ0000018Y", "social", NULL, &r);
	assert_string_equal(codes(&r), "W:uscc_is_union");
}

struct id_case {
	const char *input, *normal, *birth, *sex, *remarks;
};

static const struct id_case id_good[] = {
	{ "399999194901010180", "399999194901010180", "1949-01-01", "2", "W:id_region" },
	{ "399999195812310071", "399999195812310071", "1958-12-31", "1", "W:id_region" },
	{ "399999196402290092", "399999196402290092", "1964-02-29", "1", "W:id_region" },
	{ "399999196907150263", "399999196907150263", "1969-07-15", "2", "W:id_region" },
	{ "399999197503080064", "399999197503080064", "1975-03-08", "2", "W:id_region" },
	{ "399999198001310055", "399999198001310055", "1980-01-31", "1", "W:id_region" },
	{ "399999198606300036", "399999198606300036", "1986-06-30", "1", "W:id_region" },
	{ "399999199205010147", "399999199205010147", "1992-05-01", "2", "W:id_region" },
	{ "399999200002290228", "399999200002290228", "2000-02-29", "2", "W:id_region" },
	{ "399999200109110119", "399999200109110119", "2001-09-11", "1", "W:id_region" },
	{ "39999920040229034X", "39999920040229034X", "2004-02-29", "2", "W:id_region" },
	{ "39999920040229034x", "39999920040229034X", "2004-02-29", "2", "W:id_region" },
	{ "３９９９９９２００００２２９０２２８", "399999200002290228", "2000-02-29", "2", "W:id_region" },
	{ "'399999 19750308 0064", "399999197503080064", "1975-03-08", "2", "W:id_region" },
	{ "399999640229001", "399999196402290017", "1964-02-29", "1", "W:id_15 W:id_region" },
	{ "999999197804010010", "999999197804010010", "1978-04-01", "1", "W:id_prefix9" },
	{ "399999198505207000", "399999198505207000", "1985-05-20", "2", "W:id_precision W:id_region" },
	/* the examples printed in the standard */
	{ "11010519491231002X", "11010519491231002X", "1949-12-31", "2", "" },
	{ "440524188001010014", "440524188001010014", "1880-01-01", "1", "W:id_age" },
};

static void
every_valid_id_vector_passes_with_birth_sex_and_hints(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(id_good) / sizeof(*id_good); i++) {
		const struct id_case *c = &id_good[i];
		struct jc_remarks r = { 0 };
		char out[40], birth[11], sex[2];

		assert_int_equal(jc_idno_check(out, birth, sex, c->input, strlen(c->input), TODAY, &r), 1);
		assert_string_equal(out, c->normal);
		assert_string_equal(birth, c->birth);
		assert_string_equal(sex, c->sex);
		assert_string_equal(codes(&r), c->remarks);
	}
}

static void
every_invalid_id_vector_names_the_rule_that_failed(void **state)
{
	static const char *const bad[][2] = {
		{ "399999197503080065", "E:id_check" },
		{ "399999197503080046", "E:id_check" },
		{ "399999196907150236", "E:id_check" },
		{ "39999919750308006", "E:id_len" },
		{ "3999991975030800644", "E:id_len" },
		{ "39999964022900", "E:id_len" },
		{ "3.99999E+17", "E:id_len" },
		{ "3999991975O3080064", "E:id_charset" },
		{ "39999919750308X064", "E:id_charset" },
		{ "399999199902290017", "E:id_date" },
		{ "399999199913010017", "E:id_date" },
		{ "399999990229001", "E:id_date" },
		{ "399999209901010016", "E:id_future" },
		{ "399999196907150000", "E:id_precision" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct jc_remarks r = { 0 };
		char out[40], birth[11] = "untouched", sex[2] = "u";

		assert_int_equal(jc_idno_check(out, birth, sex, bad[i][0], strlen(bad[i][0]), TODAY, &r), 0);
		assert_string_equal(codes(&r), bad[i][1]);
		assert_string_equal(birth, "untouched");
		assert_string_equal(sex, "u");
	}
}

static void
changing_any_one_digit_of_an_id_number_is_noticed(void **state)
{
	char id[19] = "399999197503080064", out[40];

	(void)state;
	for (int i = 0; i < 18; i++) {
		char was = id[i];

		for (char c = '0'; c <= '9'; c++) {
			struct jc_remarks r = { 0 };

			if (c == was)
				continue;
			id[i] = c;
			assert_int_equal(jc_idno_check(out, NULL, NULL, id, 18, TODAY, &r), 0);
		}
		id[i] = was;
	}
}

static void
a_child_under_14_is_asked_about_to_the_day(void **state)
{
	/* born 2004-02-29 */
	struct jc_remarks r = { 0 };
	char out[40];

	(void)state;
	assert_int_equal(jc_idno_check(out, NULL, NULL, "39999920040229034X", 18, "2018-02-28", &r), 1);
	assert_string_equal(codes(&r), "W:id_region W:id_under_14");
	r.n = 0;
	assert_int_equal(jc_idno_check(out, NULL, NULL, "39999920040229034X", 18, "2018-03-01", &r), 1);
	assert_string_equal(codes(&r), "W:id_region");
	r.n = 0;
	assert_int_equal(jc_idno_check(out, NULL, NULL, "399999209901010016", 18, NULL, &r), 1); /* no clock, no rule */
}

static void
phones_are_recognised_in_every_form_of_the_dictionary(void **state)
{
	static const char *const good[][3] = {
		{ "13000000001", "13000000001", "" },
		{ "130 0000 0001", "13000000001", "" },
		{ "130-0000-0001", "13000000001", "" },
		{ "+86 13000000001", "13000000001", "" },
		{ "008613000000001", "13000000001", "" },
		{ "8613000000001", "13000000001", "" },
		{ "１３０００００００１２", "13000000012", "" },
		{ "19000000001", "19000000001", "" },
		{ "(0931)1234567", "09311234567", "" },
		{ "010-12345678", "01012345678", "" },
		{ "0931-1234567转801", "09311234567转801", "" },
		{ "0931-1234567-801", "09311234567801", "" },
		{ "1234567", "1234567", "W:phone_area" },
		{ "12345678", "12345678", "W:phone_area" },
		{ "400-000-0001", "4000000001", "" },
		{ "8000000001", "8000000001", "" },
	};
	static const char *const wrong[] = { "12000000001", "1300000000", "130000000011", "123", "无", "转801", "0931转1", "1e5" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct jc_remarks r = { 0 };
		char out[40];

		assert_int_equal(jc_phone_check(out, good[i][0], strlen(good[i][0]), 0, &r), 1);
		assert_string_equal(out, good[i][1]);
		assert_string_equal(codes(&r), good[i][2]);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct jc_remarks r = { 0 };
		char out[40];

		assert_int_equal(jc_phone_check(out, wrong[i], strlen(wrong[i]), 0, &r), 0);
		assert_string_equal(codes(&r), "W:phone");
	}
}

static void
short_numbers_pass_only_where_they_are_allowed(void **state)
{
	struct jc_remarks r = { 0 };
	char out[40];

	(void)state;
	assert_int_equal(jc_phone_check(out, "6123", 4, 1, &r), 1);
	assert_int_equal(jc_phone_check(out, "61", 2, 1, &r), 0);
	assert_int_equal(jc_phone_check(out, "6123", 4, 0, &r), 0);
}

static int
collect(void *arg, const char *p, size_t n)
{
	char *all = arg;

	strncat(all, p, n);
	strcat(all, "|");
	return 0;
}

static void
a_cell_with_several_phones_is_taken_apart(void **state)
{
	static const char cell[] = "13000000001/13000000002、 13000000003;13000000004或13000000005，(0931)1234567";
	char all[200] = "";

	(void)state;
	assert_int_equal(jc_phone_split(cell, sizeof(cell) - 1, collect, all), 0);
	assert_string_equal(all, "13000000001|13000000002|13000000003|13000000004|13000000005|(0931)1234567|");
}

static void
region_codes_have_6_9_or_12_digits_and_an_unknown_province_is_a_hint(void **state)
{
	static const char *const good[][2] = {
		{ "990121", "W:region" }, { "990121100", "W:region" }, { "990121 100 201", "W:region" },
		{ "620102", "" }, { "６２０１０２", "" },
	};
	struct jc_remarks r = { 0 };
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		r.n = 0;
		assert_int_equal(jc_region_check(out, good[i][0], strlen(good[i][0]), &r), 1);
		assert_string_equal(codes(&r), good[i][1]);
	}
	assert_string_equal(out, "620102");
	assert_int_equal(jc_region_check(out, "62010", 5, &r), 0);
	assert_int_equal(jc_region_check(out, "石桥镇", 9, &r), 0);
}

static void
numbers_that_a_spreadsheet_rounded_are_recognised(void **state)
{
	(void)state;
	assert_int_equal(jc_number_rounded("3.9999919690715E+17", 19, 0), 1);
	assert_int_equal(jc_number_rounded("3.99999e17", 10, 0), 1);
	assert_int_equal(jc_number_rounded("3.99E+05", 8, 0), 0);
	assert_int_equal(jc_number_rounded("399999196907150016", 18, 1), 1);
	assert_int_equal(jc_number_rounded("399999196907150016", 18, 0), 0);
	assert_int_equal(jc_number_rounded("399999196907150", 15, 1), 0);
	assert_int_equal(jc_number_rounded("0000000000000001", 16, 1), 0);
	assert_int_equal(jc_number_rounded("E17", 3, 1), 0);
	assert_int_equal(jc_number_rounded("1E17x", 5, 1), 0);
	assert_int_equal(jc_number_rounded("", 0, 1), 0);
}

static void
remarks_speak_the_readers_language(void **state)
{
	struct jc_remarks zh = { 0 }, en = { 0 };
	char out[40];

	(void)state;
	(void)jc_idno_check(out, NULL, NULL, "399999197503080065", 18, TODAY, &zh);
	jc_lang_set(JC_LANG_EN, 0);
	(void)jc_idno_check(out, NULL, NULL, "399999197503080065", 18, TODAY, &en);
	jc_lang_set(JC_LANG_ZH, 0);
	assert_string_equal(zh.item[0].code, en.item[0].code);
	assert_non_null(strstr(zh.item[0].text, "身份证号"));
	assert_non_null(strstr(en.item[0].text, "ID number"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_credit_code_vector_gives_its_answer),
		cmocka_unit_test(a_letter_that_looks_like_a_digit_is_named_only_when_the_code_is_then_right),
		cmocka_unit_test(changing_any_one_character_of_a_credit_code_is_noticed),
		cmocka_unit_test(long_and_foreign_input_is_refused_without_overrun),
		cmocka_unit_test(a_union_that_carries_its_units_code_is_told),
		cmocka_unit_test(every_valid_id_vector_passes_with_birth_sex_and_hints),
		cmocka_unit_test(every_invalid_id_vector_names_the_rule_that_failed),
		cmocka_unit_test(changing_any_one_digit_of_an_id_number_is_noticed),
		cmocka_unit_test(a_child_under_14_is_asked_about_to_the_day),
		cmocka_unit_test(phones_are_recognised_in_every_form_of_the_dictionary),
		cmocka_unit_test(short_numbers_pass_only_where_they_are_allowed),
		cmocka_unit_test(a_cell_with_several_phones_is_taken_apart),
		cmocka_unit_test(region_codes_have_6_9_or_12_digits_and_an_unknown_province_is_a_hint),
		cmocka_unit_test(numbers_that_a_spreadsheet_rounded_are_recognised),
		cmocka_unit_test(remarks_speak_the_readers_language),
	};

	return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
