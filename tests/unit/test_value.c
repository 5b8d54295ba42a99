/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Values from what people type to the stored text and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "schema_mem.h"
#include "schema_value.h"

#define TODAY "2026-03-02"

static const struct jc_field *
field(const char *kind, const char *name)
{
	const struct jc_kind *k = jc_catalogue_kind(kind, strlen(kind));
	const struct jc_field *f;

	assert_non_null(k);
	f = jc_catalogue_field(k, name, strlen(name));
	assert_non_null(f);
	return f;
}

/* The codes of the remarks of the last parse, joined by spaces. */
static char said[200];

static void
parse(struct jc_buf *b, const struct jc_field *f, const char *in)
{
	struct jc_remarks r = { 0 };
	struct jc_err err = { 0 };

	jc_buf_init(b, 1 << 17);
	assert_int_equal(jc_value_parse(b, f, in, strlen(in), TODAY, &r, &err), 0);
	said[0] = '\0';
	for (size_t i = 0; i < r.n; i++) {
		if (i != 0)
			strcat(said, " ");
		strcat(said, r.item[i].code);
	}
}

/* `in` is stored as `want` with `remarks`; what is stored is well-formed and is read back as it was shown. */
static void
stores(const struct jc_field *f, const char *in, const char *want, const char *remarks)
{
	struct jc_buf b, shown, again;

	parse(&b, f, in);
	if (strcmp(b.len != 0 ? b.data : "", want) != 0 || strcmp(said, remarks) != 0)
		print_error("%s <- %s\n", f->name, in);
	assert_string_equal(b.len != 0 ? b.data : "", want);
	assert_string_equal(said, remarks);
	if (b.len != 0) {
		assert_int_equal(jc_value_stored_ok(f, b.data, b.len), 1);
		jc_buf_init(&shown, 1 << 17);
		jc_value_show(&shown, f, b.data, b.len);
		parse(&again, f, shown.data);
		assert_string_equal(again.data, want);
		jc_buf_free(&shown);
		jc_buf_free(&again);
	}
	jc_buf_free(&b);
}

struct one {
	const char *in, *want, *remarks;
};

static void
all(const struct jc_field *f, const struct one *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		stores(f, v[i].in, v[i].want, v[i].remarks);
}

#define ALL(f, v) all((f), (v), sizeof(v) / sizeof(*(v)))

static void
dates_are_read_in_every_way_that_people_write_them(void **state)
{
	static const struct one v[] = {
		{ "2026-03-05", "2026-03-05", "" }, { "2026年3月5日", "2026-03-05", "" }, { "2026.3.5", "2026-03-05", "" },
		{ "2026/03/05", "2026-03-05", "" }, { "20260305", "2026-03-05", "" }, { "２０２６．３．５", "2026-03-05", "" },
		{ "2026 年 3 月 5 日", "2026-03-05", "" }, { "2026年3月5号", "2026-03-05", "" }, { "16.3.5", "2016-03-05", "" },
		{ "98.3.5", "1998-03-05", "" }, { "26.12.1", "2026-12-01", "" }, { "28-1-1", "1928-01-01", "" },
		{ "二〇二六年三月五日", "2026-03-05", "" }, { "二○一六年十二月二十五日", "2016-12-25", "" },
		{ "一九九八年十月廿五日", "1998-10-25", "" }, { "2026-03-05 00:00:00", "2026-03-05", "" },
		{ "2026-03-05T00:00:00", "2026-03-05", "" }, { "2026-03-05 08:30", "2026-03-05", "W:date_time" },
		{ "2026年3月5日 星期四", "2026-03-05", "" }, { "2026年3月5日(周四)", "2026-03-05", "" },
		{ "42434", "2016-03-05", "W:date_serial" }, { "20000", "1954-10-03", "W:date_serial" },
		{ "60000", "2064-04-08", "W:date_serial" }, { "2024-02-29", "2024-02-29", "" },
		{ "'2026-03-05", "2026-03-05", "" }, { "-", "", "" }, { "/", "", "" }, { "  ", "", "" },
	};

	(void)state;
	ALL(field("check_item", "due_on"), v);
}

static void
what_is_no_date_is_kept_as_typed(void **state)
{
	static const char *const wrong[] = { "2026-02-30", "2023-02-29", "2026-13-01", "2026-00-05", "2026-03-00", "3/5/2026",
		"5.3", "2026年", "2026-03", "三月五日", "19999", "60001", "99999", "2026030", "月底前", "2026-03-05之前", "20261301",
		"1799-01-01", "2201-01-01", "2026-03-05 25:00", "2026-03-05T00:00:00Z", "2026--03-05", "12345678901234567890" };
	char raw[100];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		(void)snprintf(raw, sizeof(raw), "?%s", wrong[i]);
		stores(field("check_item", "due_on"), wrong[i], raw, "E:date");
	}
}

static void
partial_dates_keep_exactly_what_is_known(void **state)
{
	static const struct one v[] = {
		{ "2016", "2016", "" }, { "2016年", "2016", "" }, { "2016-03", "2016-03", "" }, { "2016年3月", "2016-03", "" },
		{ "2016.3", "2016-03", "" }, { "2016年3月份", "2016-03", "" }, { "201603", "2016-03", "" }, { "16年3月", "2016-03", "" },
		{ "二〇一六年三月", "2016-03", "" }, { "2016-03-05", "2016-03-05", "" }, { "20160305", "2016-03-05", "" },
		{ "16.3", "?16.3", "E:date" }, { "16", "?16", "E:date" }, { "201613", "?201613", "E:date" }, { "不详", "?不详", "E:date" },
		{ "2026-04", "2026-04", "W:date_future" }, { "2026-03", "2026-03", "" }, { "2027", "2027", "W:date_future" },
		{ "2026", "2026", "" }, { "2026-03-03", "2026-03-03", "W:date_future" },
	};

	(void)state;
	ALL(field("member", "joined_on"), v);
}

static void
moments_have_a_time_when_one_was_given(void **state)
{
	static const struct one v[] = {
		{ "2026-03-05", "2026-03-05", "" }, { "2026-03-05 08:30", "2026-03-05 08:30", "" },
		{ "2026-03-05T08:30:59", "2026-03-05 08:30", "" }, { "2026年3月5日 8点30分", "2026-03-05 08:30", "" },
		{ "2026年3月5日上午8时", "2026-03-05 08:00", "" }, { "2026.3.5 下午3:05", "2026-03-05 15:05", "" },
		{ "2026-03-05 晚上7点半", "2026-03-05 19:30", "" }, { "2026-03-05 3:05 PM", "2026-03-05 15:05", "" },
		{ "2026-03-05 中午12点", "2026-03-05 12:00", "" }, { "20260305083000", "2026-03-05 08:30", "" },
		{ "2026-03-05 00:00", "2026-03-05", "" }, { "46086.5", "2026-03-05 12:00", "W:date_serial" },
		{ "2026-03-05 8:60", "?2026-03-05 8:60", "E:date" }, { "2026-03", "?2026-03", "E:date" },
		{ "2026-03-05 8:00-10:00", "?2026-03-05 8:00-10:00", "E:date" },
	};

	(void)state;
	ALL(field("activity", "start_at"), v);
}

static void
money_is_kept_in_fen(void **state)
{
	static const struct one v[] = {
		{ "1,234.50元", "123450", "" }, { "1234.5", "123450", "" }, { "1200元", "120000", "" }, { "１，２００", "120000", "" },
		{ "¥1,200.00", "120000", "" }, { "￥ 3", "?¥ 3", "E:money" }, { "￥3", "300", "" }, { "1.2万元", "1200000", "" },
		{ "0.35万", "350000", "" }, { "12元整", "1200", "" }, { "0", "0", "" }, { "0.01", "1", "" }, { "-5", "-500", "E:range" },
		{ "1234.5599999999999", "123456", "W:rounded" }, { "0.30000000000000004", "30", "" }, { "0.299999999999999", "30", "W:rounded" },
		{ "12.300", "1230", "" }, { "12.345", "?12.345", "E:money" }, { "1,23", "?1,23", "E:money" },
		{ "1,2345", "?1,2345", "E:money" }, { "约100", "?约100", "E:money" }, { "100元左右", "?100元左右", "E:money" },
		{ "99999999999999999999", "?99999999999999999999", "E:money" }, { "9223372036854775807", "?9223372036854775807", "E:money" },
		{ "1e3", "?1e3", "E:money" }, { ".5", "?.5", "E:money" }, { "5.", "?5.", "E:money" }, { "——", "", "" },
	};

	(void)state;
	ALL(field("activity", "cost_fen"), v);
}

static void
counts_take_units_commas_and_chinese_numerals(void **state)
{
	static const struct one v[] = {
		{ "120", "120", "" }, { "120人", "120", "" }, { "1,200 人次", "1200", "" }, { "120.0", "120", "" }, { "1.2万人", "12000", "" },
		{ "三十五", "35", "" }, { "０", "0", "" }, { "007", "7", "" }, { "-3", "-3", "E:range" }, { "12.5", "?12.5", "E:number" },
		{ "约120人", "?约120人", "E:number" }, { "一百二十", "120", "" }, { "若干", "?若干", "E:number" },
	};
	static const struct one terms[] = { { "第三届", "3", "" }, { "3届", "3", "" }, { "第12届", "12", "" }, { "三", "3", "" },
		{ "十一", "11", "" }, { "第三", "3", "" }, { "第0届", "0", "E:range" }, { "第届", "?第届", "E:number" } };

	(void)state;
	ALL(field("activity", "attend_count"), v);
	ALL(field("org", "term_no"), terms);
}

static void
decimals_are_scaled_integers(void **state)
{
	static const struct one v[] = { { "2.5", "25", "" }, { "2.5小时", "25", "" }, { "3", "30", "" }, { "0.1", "1", "" },
		{ "2.55", "?2.55", "E:number" }, { "95%", "950", "" } };

	(void)state;
	ALL(field("activity", "volunteer_hours"), v);
	stores(field("activity", "satisfaction"), "95.5%", "955", "");
	stores(field("activity", "satisfaction"), "101", "1010", "E:range");
}

static void
yes_and_no_have_many_faces_and_unknown_is_no_value(void **state)
{
	static const char *const yes[] = { "是", "√", "✓", "Y", "有", "1", "yes", "ＹＥＳ", "TRUE" };
	static const char *const no[] = { "否", "×", "N", "无", "0", "没有", "x", "不是" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		stores(field("member", "is_migrant_worker"), yes[i], "1", "");
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		stores(field("member", "is_migrant_worker"), no[i], "0", "");
	stores(field("member", "is_migrant_worker"), "不清楚", "", "");
	stores(field("member", "is_migrant_worker"), "—", "", "");
	stores(field("member", "is_migrant_worker"), "也许", "?也许", "E:bool");
}

static void
codes_come_from_labels_and_unknown_words_stay_raw(void **state)
{
	(void)state;
	stores(field("member", "gender"), "男", "1", "");
	stores(field("member", "ethnicity"), " 汉 族 ", "01", "");
	stores(field("member", "political"), "无", "13", "");
	stores(field("member", "education"), "研究生", "14", "");
	stores(field("member", "education"), "党校本科", "?党校本科", "W:code");
	stores(field("member", "gender"), "/", "", "");
	stores(field("org", "industry_section"), "Ｃ", "C", "");
	stores(field("check_item", "result"), "需整改", "found", "");
}

static void
names_and_document_numbers_take_their_form(void **state)
{
	(void)state;
	stores(field("member", "name"), " 张　三 ", "张三", "");
	stores(field("member", "name"), "阿不都•热合曼", "阿不都·热合曼", "");
	stores(field("member", "name"), "王𠮷", "王𠮷", "");
	stores(field("member", "name"), "张yan", "张yan", "W:name_pinyin");
	stores(field("member", "name"), "张□明", "张□明", "W:name_gap");
	stores(field("member", "name"), "张?明", "张?明", "W:name_gap");
	stores(field("org", "approval_no"), "某总工字［2024］12号", "某总工字〔2024〕12号", "");
	stores(field("org", "approval_no"), "某总工字[2024]12号", "某总工字〔2024〕12号", "");
	stores(field("org", "postcode"), "７３００００", "730000", "");
	stores(field("org", "postcode"), "73000", "73000", "W:postcode");
	stores(field("member", "phone2"), "短号 6123", "短号 6123", "W:phone");
	stores(field("member", "phone2"), "61 23", "6123", "");
	stores(field("org", "name"), "-", "-", "");
}

static void
phones_regions_and_numbers_are_stored_normalised(void **state)
{
	(void)state;
	stores(field("member", "mobile"), "+86 130-0000-0001", "13000000001", "");
	stores(field("member", "mobile"), "1300000000", "?1300000000", "W:phone");
	stores(field("member", "mobile"), "13000000001/13000000002", "?13000000001/13000000002", "W:phone_many");
	stores(field("member", "mobile"), "1234567", "1234567", "W:phone_area");
	stores(field("org", "region_code"), "990121 100", "990121100", "W:region");
	stores(field("org", "region_code"), "石桥镇", "?石桥镇", "W:region");
	stores(field("org", "uscc"), "８1999999-mj0000018-y", "81999999MJ0000018Y", "W:uscc_region");
	stores(field("org", "uscc"), "81999999MJ0000018X", "81999999MJ0000018X", "E:uscc_check");
	stores(field("org", "uscc"), "正在办理", "?正在办理", "E:uscc_len");
	stores(field("member", "id_no"), "'399999 19750308 0064", "399999197503080064", "W:id_region");
	stores(field("member", "id_no"), "399999197503080065", "399999197503080065", "E:id_check");
	stores(field("member", "id_no"), "E12345678", "E12345678", "W:id_other");
	stores(field("member", "id_no"), "3.9999919690715E+17", "3.9999919690715E+17", "E:id_precision E:id_len");
	stores(field("member", "id_no"), "身份证丢失", "?身份证丢失", "W:id_other");
}

static void
an_old_15_digit_number_is_extended_once(void **state)
{
	struct jc_buf b;

	(void)state;
	parse(&b, field("member", "id_no"), "399999640229001");
	assert_string_equal(b.data, "399999196402290017");
	assert_string_equal(said, "W:id_15 W:id_region");
	jc_buf_free(&b);
	stores(field("member", "id_no"), "399999196402290017", "399999196402290017", "W:id_region");
}

static void
references_are_ids_or_left_for_the_importer(void **state)
{
	struct jc_buf b;

	(void)state;
	stores(field("member", "union_id"), "0123 4567-89AB", "0123456789ab", "");
	parse(&b, field("member", "union_id"), "石桥镇工会");
	assert_string_equal(b.data, "石桥镇工会");
	assert_int_equal(jc_value_stored_ok(field("member", "union_id"), b.data, b.len), 0);
	jc_buf_free(&b);
	assert_int_equal(jc_value_stored_ok(field("member", "union_id"), "?石桥镇工会", strlen("?石桥镇工会")), 1);
}

static void
prose_keeps_lines_and_rare_characters(void **state)
{
	(void)state;
	stores(field("activity", "summary"), "第一行，好。\r\n第二行 𠮷\xee\xa0\x90 ", "第一行，好。\n第二行 𠮷\xee\xa0\x90", "");
	stores(field("member", "note"), "家庭困难，列入帮扶名单", "家庭困难，列入帮扶名单", "");
}

static void
text_over_its_limit_is_refused_with_a_sentence_that_counts(void **state)
{
	struct jc_err err = { 0 };
	struct jc_buf in, out;

	(void)state;
	jc_buf_init(&in, 1 << 20);
	jc_buf_init(&out, 1 << 20);
	jc_buf_puts(&out, "before");
	for (int i = 0; i < 50; i++)
		jc_buf_puts(&in, "𠮷");
	assert_int_equal(jc_value_parse(&out, field("member", "name"), in.data, in.len, TODAY, NULL, &err), 0);
	jc_buf_puts(&in, "王");
	out.len = 6;
	assert_int_equal(jc_value_parse(&out, field("member", "name"), in.data, in.len, TODAY, NULL, &err), JC_EINVAL);
	assert_non_null(strstr(err.msg, "50"));
	assert_non_null(strstr(err.msg, "51"));
	assert_non_null(strstr(err.msg, "姓名"));
	assert_int_equal(out.len, 6); /* nothing half-written stays behind */
	for (int i = 0; i < 200; i++)
		jc_buf_puts(&in, "月");
	assert_int_equal(jc_value_parse(&out, field("check_item", "due_on"), in.data, in.len, TODAY, NULL, &err), JC_EINVAL);
	assert_int_equal(out.len, 6);
	jc_buf_reset(&in);
	for (int i = 0; i < 8000; i++)
		jc_buf_puts(&in, "𠮷");
	jc_buf_reset(&out);
	assert_int_equal(jc_value_parse(&out, field("member", "note"), in.data, in.len, TODAY, NULL, &err), 0);
	assert_int_equal(jc_value_stored_ok(field("member", "note"), out.data, out.len), 1);
	jc_buf_puts(&in, "王");
	assert_int_equal(jc_value_parse(&out, field("member", "note"), in.data, in.len, TODAY, NULL, &err), JC_EINVAL);
	jc_buf_free(&in);
	jc_buf_free(&out);
}

static int
collect(void *to, const char *p, size_t n)
{
	char *text = to;

	strncat(text, p, n);
	strcat(text, "|");
	return strcmp(text, "stop|") == 0 ? 7 : 0;
}

static void
sets_are_taken_apart_at_every_separator_but_not_inside_brackets(void **state)
{
	static const char cell[] = " 捐赠、会费 ， 其他,a;b；c|d\n\n　民主管理(职代会、会务公开、评家)　、村（社区、组）;e(f,g";
	char got[300] = "";

	(void)state;
	assert_int_equal(jc_value_split(cell, sizeof(cell) - 1, collect, got), 0);
	assert_string_equal(got, "捐赠|会费|其他|a|b|c|d|民主管理(职代会、会务公开、评家)|村（社区、组）|e(f|g|");
	got[0] = '\0';
	assert_int_equal(jc_value_split("stop,more", 9, collect, got), 7);
	assert_string_equal(got, "stop|");
	got[0] = '\0';
	assert_int_equal(jc_value_split("", 0, collect, got), 0);
	assert_int_equal(jc_value_split(" 、　;", strlen(" 、　;"), collect, got), 0);
	assert_string_equal(got, "");
}

static void
shows(const struct jc_field *f, const char *stored, const char *want, int masked)
{
	struct jc_buf b;

	jc_buf_init(&b, 1000);
	if (masked)
		jc_value_show_masked(&b, f, stored, strlen(stored));
	else
		jc_value_show(&b, f, stored, strlen(stored));
	assert_string_equal(b.data, want);
	jc_buf_free(&b);
}

static void
stored_text_is_shown_as_people_read_it(void **state)
{
	(void)state;
	shows(field("activity", "cost_fen"), "123450", "1234.50", 0);
	shows(field("activity", "cost_fen"), "5", "0.05", 0);
	shows(field("activity", "cost_fen"), "-5", "-0.05", 0);
	shows(field("activity", "volunteer_hours"), "25", "2.5", 0);
	shows(field("member", "gender"), "1", "男性", 0);
	shows(field("member", "gender"), "7", "7", 0); /* a newer program's code */
	shows(field("member", "is_migrant_worker"), "1", "是", 0);
	shows(field("member", "birth_date"), "?不详", "不详", 0);
	shows(field("member", "name"), "?三", "?三", 0);
	jc_lang_set(JC_LANG_EN, 0);
	shows(field("member", "gender"), "1", "male", 0);
	shows(field("member", "is_migrant_worker"), "0", "no", 0);
	jc_lang_set(JC_LANG_ZH, 0);
}

static void
personal_numbers_are_masked(void **state)
{
	(void)state;
	shows(field("member", "id_no"), "399999197503080064", "3999**********0064", 1);
	shows(field("member", "id_no"), "E12345678", "E*****678", 1);
	shows(field("member", "id_no"), "1234567", "*******", 1);
	shows(field("member", "id_no"), "?身份证丢失", "*****", 1);
	shows(field("member", "mobile"), "13000000001", "130****0001", 1);
	shows(field("member", "mobile"), "?13000000001/13000000002", "130****************0002", 1);
	shows(field("member", "mobile"), "1234567", "*****67", 1);
	shows(field("member", "phone2"), "6123", "****", 1);
	shows(field("member", "name"), "张三", "张三", 1);
	shows(field("member", "gender"), "1", "男性", 1);
}

static void
only_well_formed_stored_text_passes_intake(void **state)
{
	static const struct {
		const char *kind, *field, *text;
		int ok;
	} v[] = {
		{ "activity", "cost_fen", "0", 1 }, { "activity", "cost_fen", "-1", 1 }, { "activity", "cost_fen", "9223372036854775807", 1 },
		{ "activity", "cost_fen", "9223372036854775808", 0 }, { "activity", "cost_fen", "01", 0 }, { "activity", "cost_fen", "-0", 0 },
		{ "activity", "cost_fen", "-", 0 }, { "activity", "cost_fen", "1.0", 0 }, { "activity", "cost_fen", "?many", 1 },
		{ "activity", "cost_fen", "?", 0 }, { "activity", "cost_fen", "", 0 }, { "activity", "cost_fen", "? a", 0 },
		{ "check_item", "due_on", "2024-02-29", 1 }, { "check_item", "due_on", "2023-02-29", 0 }, { "check_item", "due_on", "2024-02", 0 },
		{ "check_item", "due_on", "2024-2-29", 0 }, { "member", "joined_on", "2024-02", 1 }, { "member", "joined_on", "2024-13", 0 },
		{ "member", "joined_on", "2024", 1 }, { "member", "joined_on", "0000", 0 }, { "activity", "start_at", "2024-02-29 23:59", 1 },
		{ "activity", "start_at", "2024-02-29 24:00", 0 }, { "activity", "start_at", "2024-02-29 23:60", 0 },
		{ "activity", "start_at", "2024-02-29T23:59", 0 }, { "member", "is_migrant_worker", "1", 1 },
		{ "member", "is_migrant_worker", "2", 0 }, { "member", "gender", "1", 1 }, { "member", "gender", "code_of_a_newer_program", 1 },
		{ "member", "gender", "男", 0 }, { "member", "union_id", "0123456789ab", 1 }, { "member", "union_id", "0123456789AB", 0 },
		{ "org", "region_code", "990121", 1 }, { "org", "region_code", "9901211", 0 }, { "org", "uscc", "81999999MJ0000018X", 1 },
		{ "org", "uscc", "81999999mj0000018x", 0 }, { "member", "mobile", "13000000001", 1 }, { "member", "mobile", "130 0000 0001", 0 },
		{ "member", "mobile", "12345", 0 }, { "member", "name", "张三", 1 }, { "member", "name", " 张三", 0 }, { "member", "name", "张\n三", 0 },
		{ "member", "name", "张\t三", 0 }, { "member", "name", "\xff", 0 }, { "member", "note", "a\nb", 1 }, { "member", "note", "a\n", 0 },
		{ "member", "note", "a\rb", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		int ok = jc_value_stored_ok(field(v[i].kind, v[i].field), v[i].text, strlen(v[i].text));

		if (ok != v[i].ok)
			print_error("%s %s\n", v[i].field, v[i].text);
		assert_int_equal(ok, v[i].ok);
	}
	assert_int_equal(jc_value_stored_ok(field("member", "gender"), "1\0", 2), 0);
}

/* What the generated branch of the benches writes, field by field. */
static void
generated_rows_are_understood_without_errors(void **state)
{
	static const char *const rows[][4] = {
		{ "org", "name", "城关镇恒达纺织有限公司工会", "城关镇恒达纺织有限公司工会" }, { "org", "org_kind", "工会组织", "union" },
		{ "org", "industry_section", "C", "C" }, { "org", "founded_on", "2003-04-05", "2003-04-05" }, { "org", "contact_phone", "13800000001", "13800000001" },
		{ "member", "gender", "女", "2" }, { "member", "ethnicity", "苗族", "06" }, { "member", "education", "中专", "41" },
		{ "member", "political", "无党派民主人士", "12" }, { "member", "political", "中共党员", "01" }, { "member", "dues_paid_to", "2026-07", "2026-07" },
		{ "member", "phone2", "13800000001", "13800000001" }, { "member", "household_region", "劳务派遣", "劳务派遣" },
		{ "activity", "start_at", "2026-01-15", "2026-01-15" }, { "activity", "attend_count", "57", "57" }, { "activity", "cost_fen", "4321.05", "432105" },
		{ "activity", "summary", "组织送清凉，参加职工57人，现场发放资料80份，照片已存档。", "组织送清凉，参加职工57人，现场发放资料80份，照片已存档。" },
		{ "tmpl", "version", "1", "1" }, { "tmpl", "scene", "工会规范化", "union_norm" }, { "tmpl_item", "category", "组织健全", "ORG" },
		{ "check", "recipient", "m-0000-0012", "m-0000-0012" }, { "check_item", "result", "待查", "pending" }, { "check_item", "result", "发现问题", "found" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		stores(field(rows[i][0], rows[i][1]), rows[i][2], rows[i][3], "");
}

static int
fail_at(void *arg, size_t n)
{
	(void)n;
	return --*(int *)arg == 0;
}

static void
no_memory_is_an_error_and_never_a_wrong_value(void **state)
{
	static const char *const in[][3] = { { "member", "gender", "Ｍ ale" }, { "member", "name", "阿不都•热合曼é" }, { "org", "uscc", "８1999999MJ0000018Y" } };
	struct jc_buf want, got;

	(void)state;
	for (size_t i = 0; i < sizeof(in) / sizeof(*in); i++) {
		const struct jc_field *f = field(in[i][0], in[i][1]);
		int rc = JC_ENOMEM;

		parse(&want, f, in[i][2]);
		for (int at = 1; rc == JC_ENOMEM; at++) {
			int left = at;

			assert_true(at < 2000);
			jc_buf_init(&got, 1000);
			jc_mem_hook(fail_at, &left);
			rc = jc_value_parse(&got, f, in[i][2], strlen(in[i][2]), TODAY, NULL, NULL);
			jc_mem_hook(NULL, NULL);
			assert_true(rc == 0 || rc == JC_ENOMEM);
			if (rc == 0)
				assert_string_equal(got.data, want.data);
			jc_buf_free(&got);
		}
		jc_buf_free(&want);
	}
}

static void
remarks_are_bounded_and_never_cut_inside_a_character(void **state)
{
	struct jc_remarks r = { 0 };
	char big[700] = "";

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(big, "很长");
	for (int i = 0; i < 10; i++)
		jc_remark_add(&r, "E:a_code_that_is_much_too_long_to_fit", "x%s", big);
	assert_int_equal(r.n, JC_REMARKS_MAX);
	for (size_t i = 0; i < r.n; i++)
		assert_int_equal(jc_utf8_ok(r.item[i].text, strlen(r.item[i].text)), 1);
	jc_remark_add(NULL, "E:x", "nobody listens");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_read_in_every_way_that_people_write_them),
		cmocka_unit_test(what_is_no_date_is_kept_as_typed),
		cmocka_unit_test(partial_dates_keep_exactly_what_is_known),
		cmocka_unit_test(moments_have_a_time_when_one_was_given),
		cmocka_unit_test(money_is_kept_in_fen),
		cmocka_unit_test(counts_take_units_commas_and_chinese_numerals),
		cmocka_unit_test(decimals_are_scaled_integers),
		cmocka_unit_test(yes_and_no_have_many_faces_and_unknown_is_no_value),
		cmocka_unit_test(codes_come_from_labels_and_unknown_words_stay_raw),
		cmocka_unit_test(names_and_document_numbers_take_their_form),
		cmocka_unit_test(phones_regions_and_numbers_are_stored_normalised),
		cmocka_unit_test(an_old_15_digit_number_is_extended_once),
		cmocka_unit_test(references_are_ids_or_left_for_the_importer),
		cmocka_unit_test(prose_keeps_lines_and_rare_characters),
		cmocka_unit_test(text_over_its_limit_is_refused_with_a_sentence_that_counts),
		cmocka_unit_test(sets_are_taken_apart_at_every_separator_but_not_inside_brackets),
		cmocka_unit_test(stored_text_is_shown_as_people_read_it),
		cmocka_unit_test(personal_numbers_are_masked),
		cmocka_unit_test(only_well_formed_stored_text_passes_intake),
		cmocka_unit_test(generated_rows_are_understood_without_errors),
		cmocka_unit_test(no_memory_is_an_error_and_never_a_wrong_value),
		cmocka_unit_test(remarks_are_bounded_and_never_cut_inside_a_character),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
