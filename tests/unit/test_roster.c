/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Rosters as people keep them: where the header is, what its words mean, which rows are none, whose row it
 * is, and what waits with which reason. People are made up; numbers are computed from made-up dates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../agent/import.h"
#include "../../agent/layout.h"
#include "../../agent/waiting.h"
#include "test_env.h"
#include "test_node.h"
#include "zip_kit.h"

struct fix {
	struct test_node t;
	struct jc_cmd_run run;
	struct jc_import_options o;
	struct jc_import_report r;
	json_t *columns, *set;
};

static int
setup(void **state)
{
	struct fix *f = calloc(1, sizeof(*f));
	struct jc_err err = {0};

	test_node_new(&f->t, 5);
	test_ok(jc_node_init_branch(f->t.node, "青石镇工会", &err), &err);
	f->run.node = f->t.node;
	f->run.env = f->t.env;
	f->o.run = &f->run;
	f->o.name = "a.csv";
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fix *f = *state;

	jc_import_report_free(&f->r);
	json_decref(f->columns);
	json_decref(f->set);
	test_node_free(&f->t);
	free(f);
	return 0;
}

static int
try_bytes(struct fix *f, const char *p, size_t n, struct jc_err *err)
{
	jc_import_report_free(&f->r);
	return jc_import_bytes(&f->r, &f->o, p, n, err);
}

static void
import_text(struct fix *f, const char *text)
{
	struct jc_err err = {0};

	test_ok(try_bytes(f, text, strlen(text), &err), &err);
}

/* A sheet of .xlsx: `rows` is what stands in sheetData and behind it. */
static void
import_sheet(struct fix *f, const char *rows)
{
	struct zip_kit kit;
	struct jc_err err = {0};

	zip_kit_new(&kit);
	zip_kit_book(&kit, rows, NULL, NULL, 0);
	test_ok(try_bytes(f, kit.out.data, kit.out.len, &err), &err);
	zip_kit_free(&kit);
}

static void
counts_are(
    const struct fix *f, int added, int changed, int same, int duplicate, int doubtful, int bad)
{
	const struct jc_import_report *r = &f->r;

	if (r->added != added || r->changed != changed || r->same != same ||
	    r->duplicate != duplicate || r->doubtful != doubtful ||
	    (int)json_array_size(r->bad) != bad)
		fail_msg("new %d changed %d same %d twice %d doubtful %d bad %zu: %s",
		    (int)r->added, (int)r->changed, (int)r->same, (int)r->duplicate,
		    (int)r->doubtful, json_array_size(r->bad), json_dumps(r->bad, 0));
}

static void
reason_is(const struct fix *f, size_t i, const char *word)
{
	const char *s = json_string_value(json_object_get(json_array_get(f->r.bad, i), "reason"));

	if (s == NULL || strstr(s, word) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", s != NULL ? s : "", word);
}

static int
id_each(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	(void)text;
	(void)n;
	memcpy(arg, key->id, JC_ID_LEN + 1);
	return 1;
}

/* A field of the one record of that name. */
static const char *
value(struct fix *f, const char *kind_name, const char *title, const char *field)
{
	const struct jc_kind *kind = jc_catalogue_kind_typed(kind_name);
	struct jc_filter filter = {
	    jc_catalogue_field(kind, kind->title, strlen(kind->title)), {title, strlen(title)}};
	struct jc_query q = {.kind = kind, .filter = &filter, .nfilters = 1};
	struct jc_err err = {0};
	jc_id id = "";

	test_ok(jc_records_each(f->t.node, &q, id_each, id, &err), &err);
	if (id[0] == '\0')
		fail_msg("nothing is called %s", title);
	return test_get(&f->t, id, field);
}

static int64_t
waiting(struct fix *f)
{
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_waiting_count(f->t.node->db, &n, &err), &err);
	return n;
}

/* A made-up number with a right check character. */
static const char *
idno(const char *birth, int seq)
{
	static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	static char out[4][19];
	static int next;
	char *s = out[next++ & 3];
	int sum = 0;

	snprintf(s, 19, "399999%s%03d", birth, seq % 1000);
	for (int i = 0; i < 17; i++)
		sum += (s[i] - '0') * weight[i];
	s[17] = "10X98765432"[sum % 11];
	s[18] = '\0';
	return s;
}

#define T(c, s) "<c r=\"" c "\" t=\"inlineStr\"><is><t>" s "</t></is></c>"
#define N(c, s) "<c r=\"" c "\"><v>" s "</v></c>"

/* ---- headers ---- */

static void
two_header_rows_are_joined_and_units_filled_down(void **state)
{
	struct fix *f = *state;

	import_sheet(f,
	    "<sheetData><row r=\"1\">" T("A1", "会员花名册") "</row><row r=\"2\">" T(
		"A2", "序号") T("B2", "姓名") T("C2", "单位名称") T("D2",
		"入会") "</row><row r=\"3\">" T("D3", "日期") T("E3",
		"方式") "</row><row r=\"4\">" N("A4", "1") T("B4", "王小青") T("C4",
		"柳湾合作社") T("D4", "2016.3") T("E4", "集中入会") "</row><row r=\"5\">" N("A5",
		"2") T("B5", "张三") T("E5", "个人") "</row><row r=\"6\">" N("A6", "3") T("B6",
		"李四") T("C6",
		"上坪合作社") "</row></sheetData><mergeCells>"
			      "<mergeCell ref=\"A1:E1\"/><mergeCell ref=\"A2:A3\"/><mergeCell ref=\"B2:B3\"/>"
			      "<mergeCell ref=\"C2:C3\"/><mergeCell ref=\"D2:E2\"/><mergeCell ref=\"C4:C5\"/></mergeCells>");
	counts_are(f, 3, 0, 0, 0, 0, 0);
	assert_string_equal(value(f, "member", "王小青", "joined_on"), "2016-03");
	assert_string_equal(value(f, "member", "王小青", "join_method"), "collective");
	assert_string_equal(value(f, "member", "张三", "employer_text"), "柳湾合作社");
	assert_string_equal(value(f, "member", "张三", "joined_on"), "");
	assert_string_equal(value(f, "member", "李四", "employer_text"), "上坪合作社");
}

static void
words_that_mean_two_things_are_decided_by_the_values(void **state)
{
	struct fix *f = *state;

	import_text(f, "姓名,手机号,职务\n王小青,13000000001,主席\n张三,13000000002,委员\n");
	assert_string_equal(value(f, "member", "王小青", "posts"), "[\"chair\"]");
	import_text(f, "姓名,手机,职务\n李四,13000000003,电工\n赵六,13000000004,焊工\n");
	assert_string_equal(value(f, "member", "李四", "job"), "电工");
	import_text(f,
	    "社会组织名称,负责人,会员数,所属行业\n柳湾秧歌队,钱七,35,文化\n上坪老年协会,孙八,20,体育\n");
	assert_string_equal(value(f, "org", "柳湾秧歌队", "legal_rep"), "钱七");
	assert_string_equal(value(f, "org", "柳湾秧歌队", "member_persons"), "35");
	assert_string_equal(value(f, "org", "柳湾秧歌队", "activity_field"), "07");
	assert_string_equal(value(f, "org", "柳湾秧歌队", "org_kind"), "social");
	import_text(f, "工会名称,负责人,会员数,行业\n柳湾村工会,周九,12,农、林、牧、渔业\n");
	assert_string_equal(value(f, "org", "柳湾村工会", "person_in_charge"), "周九");
	assert_string_equal(value(f, "org", "柳湾村工会", "member_declared"), "12");
	assert_string_equal(value(f, "org", "柳湾村工会", "industry_section"), "A");
	assert_string_equal(value(f, "org", "柳湾村工会", "org_kind"), "union");
}

static void
what_nobody_should_keep_is_dropped_by_name(void **state)
{
	struct fix *f = *state;

	import_text(f,
	    "姓名,手机号,民族,宗教信仰,血型,配偶姓名,父亲电话,银行卡号,紧急联系人电话\n"
	    "王小青,13000000001,汉,无,A,某某,13000000009,62220000,13000000008\n");
	counts_are(f, 1, 0, 0, 0, 0, 0);
	assert_int_equal(json_array_size(f->r.forbidden), 5);
	assert_int_equal(json_array_size(f->r.ignored), 6);
	assert_string_equal(value(f, "member", "王小青", "mobile"), "13000000001");
	assert_string_equal(value(f, "member", "王小青", "phone2"), "");
	assert_string_equal(value(f, "member", "王小青", "ethnicity"), "01");
}

static void
a_column_that_was_explained_once_is_known_the_next_time(void **state)
{
	struct fix *f = *state;
	struct jc_err err = {0};
	static const char text[] = "姓名,手机号,工种,小名,体重\n王小青,13000000001,电工,青青,60\n";

	import_text(f, text);
	assert_string_equal(value(f, "member", "王小青", "former_name"), "");
	f->columns = json_pack("{s:s}", "小名", "曾用名");
	f->o.columns = f->columns;
	import_text(f, text);
	counts_are(f, 0, 1, 0, 0, 0, 0);
	assert_string_equal(value(f, "member", "王小青", "former_name"), "青青");
	f->o.columns = NULL;
	import_text(f, "姓名,手机号,工种,小名,体重\n张三,13000000002,焊工,三三,70\n");
	assert_string_equal(value(f, "member", "张三", "former_name"), "三三");
	json_object_set_new(f->columns, "没有的列", json_string("曾用名"));
	f->o.columns = f->columns;
	assert_int_equal(try_bytes(f, text, strlen(text), &err), JC_EINVAL);
	assert_non_null(strstr(err.msg, "没有的列"));
}

static void
a_pasted_block_is_read_and_two_numbers_in_a_cell_are_two(void **state)
{
	struct fix *f = *state;

	import_text(f,
	    "姓名\t手机号\t工种\n王小青\t13000000001\t电工\n张三\t13000000002/0990-1234567\t焊工\n");
	counts_are(f, 2, 0, 0, 0, 0, 0);
	assert_string_equal(value(f, "member", "张三", "mobile"), "13000000002");
	assert_string_equal(value(f, "member", "张三", "phone2"), "09901234567");
}

static void
what_is_hidden_is_read_and_said(void **state)
{
	struct fix *f = *state;

	import_sheet(f,
	    "<cols><col min=\"3\" max=\"3\" hidden=\"1\"/></cols><sheetData><row r=\"1\">" T("A1", "姓名")
	    T("B1", "手机号") T("C1", "工种") "</row><row r=\"2\" hidden=\"1\">" T("A2", "王小青")
	    N("B2", "13000000001") T("C2", "电工") "</row><row r=\"3\">" T("A3", "张三")
	    N("B3", "13000000002") "</row></sheetData>");
	counts_are(f, 2, 0, 0, 0, 0, 0);
	assert_string_equal(value(f, "member", "王小青", "job"), "电工");
	assert_int_equal(json_array_size(f->r.hints), 2);
}

static void
totals_notes_titles_and_headers_in_between_are_no_rows(void **state)
{
	struct fix *f = *state;

	import_text(f,
	    "青石镇工会会员名册\n单位：青石镇工会,,,\n序号,姓名,性别,手机号\n1,王小青,女,13000000001\n"
	    "小计,1,,\n序号,姓名,性别,手机号\n2,张三,男,13000000002\n3,,,\n合计：2人,,,\n备注：以上属实,,,\n填表人：某,,审核人：某,\n");
	counts_are(f, 2, 0, 0, 0, 0, 0);
	assert_int_equal(json_array_size(f->r.skipped), 4);
}

/* ---- values ---- */

static void
cells_that_lost_something_are_named_and_left_out(void **state)
{
	struct fix *f = *state;

	import_sheet(f,
	    "<sheetData><row r=\"1\">" T("A1", "姓名") T("B1", "手机号") T("C1", "入会日期") T(
		"D1", "会员证号") T("E1", "工种") "</row><row r=\"2\">" T("A2", "王小青") N("B2",
		"13000000001") N("C2", "2016.1") N("D2",
		"12345678901234567890") "<c r=\"E2\" t=\"e\"><v>#N/A</v></c></row><row r=\"3\">" T("A3",
		"张三") N("B3", "13000000002") N("C3", "42434")
		N("D3", "77") "<c r=\"E3\"><f>A1</f></c></row></sheetData>");
	counts_are(f, 2, 0, 0, 0, 0, 0);
	assert_string_equal(value(f, "member", "王小青", "mobile"), "13000000001");
	assert_string_equal(value(f, "member", "王小青", "joined_on"), "");
	assert_string_equal(value(f, "member", "王小青", "member_no"), "");
	assert_string_equal(value(f, "member", "王小青", "job"), "");
	assert_string_equal(value(f, "member", "张三", "joined_on"), "2016-03-05");
	assert_string_equal(value(f, "member", "张三", "member_no"), "77");
	assert_true(json_array_size(f->r.remarks) >= 5);
}

static void
a_number_fills_sex_and_birth_of_a_new_person(void **state)
{
	struct fix *f = *state;
	char text[300];

	snprintf(text, sizeof(text),
	    "姓名,证件号码,性别,手机号\n王小青,%s,,13000000001\n张三,%s,女,13000000002\n",
	    idno("19900307", 6), idno("19850612", 13));
	import_text(f, text);
	assert_string_equal(value(f, "member", "王小青", "gender"), "2");
	assert_string_equal(value(f, "member", "王小青", "birth_date"), "1990-03-07");
	assert_string_equal(
	    value(f, "member", "张三", "gender"), "2"); /* as typed, with a remark */
}

/* ---- whose row ---- */

static void
a_corrected_file_updates_and_takes_its_rows_out_of_what_waits(void **state)
{
	struct fix *f = *state;

	import_text(f,
	    "姓名,性别,出生日期,手机号\n王小青,女,1990-03-07,13000000001\n,男,1985-06-12,13000000002\n");
	counts_are(f, 1, 0, 0, 0, 0, 1);
	reason_is(f, 0, "没有姓名");
	assert_int_equal(waiting(f), 1);
	import_text(f,
	    "姓名,性别,出生日期,手机号\n王小青,男,1990-03-07,13000000001\n,男,1985-06-12,13000000002\n");
	counts_are(f, 0, 1, 0, 0, 0, 1);
	assert_int_equal(waiting(f), 1);
	assert_int_equal(test_count(&f->t, "member"), 1);
}

static void
a_row_that_is_like_somebody_waits_for_a_person(void **state)
{
	struct fix *f = *state;
	const char *good = idno("19900307", 6);
	char near[19], text[300];
	struct jc_err err = {0};
	json_t *rows, *fix;
	int64_t no;

	snprintf(text, sizeof(text), "姓名,证件号码,手机号\n王小青,%s,13000000001\n", good);
	import_text(f, text);
	snprintf(near, sizeof(near), "%s", good);
	near[9] = near[9] == '9' ? '8' : '9'; /* one figure wrong: its check fails */
	snprintf(text, sizeof(text), "姓名,证件号码,工种\n王小青,%s,电工\n", near);
	import_text(f, text);
	counts_are(f, 0, 0, 0, 0, 1, 1);
	reason_is(f, 0, "差一点");
	reason_is(f, 0, "“工会会员 王小青”（");
	test_ok(jc_waiting_list(&rows, f->t.node->db, 0, 0, &err), &err);
	no = json_integer_value(json_object_get(json_array_get(rows, 0), "no"));
	json_decref(rows);
	fix = json_pack("{s:s}", "证件号码", good);
	test_ok(jc_waiting_fix(f->t.node->db, no, fix, &err), &err);
	json_decref(fix);
	jc_import_report_free(&f->r);
	{
		struct jc_import_source *src;

		test_ok(jc_waiting_open(&src, f->t.node->db, no, &err), &err);
		jc_import_report_init(&f->r);
		test_ok(jc_import_source(&f->r, &f->o, src, &err), &err);
	}
	counts_are(f, 0, 1, 0, 0, 0, 0);
	assert_string_equal(value(f, "member", "王小青", "job"), "电工");
	assert_int_equal(waiting(f), 0);
}

static void
two_people_with_good_numbers_are_two_people(void **state)
{
	struct fix *f = *state;
	char text[300];

	snprintf(text, sizeof(text),
	    "姓名,证件号码,手机号\n王小青,%s,13000000001\n王小青,%s,13000000001\n",
	    idno("19900307", 6), idno("19900307", 8));
	import_text(f, text);
	counts_are(f, 2, 0, 0, 0, 0, 0);
}

static void
one_record_twice_in_a_file_with_other_content_waits(void **state)
{
	struct fix *f = *state;
	char text[400];
	const char *no = idno("19900307", 6);

	snprintf(text, sizeof(text),
	    "姓名,证件号码,工种\n王小青,%s,电工\n王小青,%s,电工\n王小青,%s,焊工\n", no, no, no);
	import_text(f, text);
	counts_are(f, 1, 0, 0, 1, 1, 1);
	reason_is(f, 0, "第2行");
	assert_string_equal(value(f, "member", "王小青", "job"), "电工");
}

static void
the_three_columns_of_a_change_make_one_event_however_often(void **state)
{
	static const char text[] =
	    "姓名,出生日期,手机号,会籍变化类型,会籍变化日期,会籍变化原因\n"
	    "王小青,1990-03-07,13000000001,入会,2016-03-05,\n张三,1985-06-12,13000000002,保留,,退休\n";
	struct fix *f = *state;

	for (int i = 0; i < 2; i++) {
		import_text(f, text);
		assert_int_equal(test_count(&f->t, "member_event"), 1);
		assert_string_equal(value(f, "member", "王小青", "membership_status"), "active");
	}
	counts_are(f, 0, 0, 2, 0, 0, 0);
}

static int
stop(void *arg, const char *word, int64_t done, int64_t total)
{
	int *left = arg;

	(void)word;
	(void)done;
	(void)total;
	return --*left < 0;
}

static void
an_import_that_is_cancelled_leaves_nothing(void **state)
{
	struct fix *f = *state;
	struct jc_err err = {0};
	static const char text[] =
	    "姓名,性别,手机号\n王小青,女,13000000001\n,男,1\n张三,男,13000000002\n";
	static int left;

	f->o.progress = stop;
	f->o.arg = &left;
	for (int n = 0; n < 6; n++) {
		left = n;
		assert_int_equal(try_bytes(f, text, strlen(text), &err), JC_ECANCELLED);
		assert_int_equal(test_count(&f->t, "member"), 0);
		assert_int_equal(waiting(f), 0);
	}
}

/* ---- whatever comes ---- */

static void
cell_random(struct jc_buf *b, uint64_t *r)
{
	static const char *const odd[] = {"", "", "王小青", "张 三", "13000000001", "男", "不知道", "2016.3.5",
	    "3.99999196907150E+17", "\"半个", "a,b", "合计", "42434", "399999199003070061", "1/2/3", "　", "=1+1",
	    "𠮷野", "是", "主席、委员"};
	const char *s = odd[test_rand(r) % (sizeof(odd) / sizeof(odd[0]))];

	if (test_rand(r) % 5 == 0)
		jc_buf_putf(b, "人%u", (unsigned)(test_rand(r) % 40));
	else
		jc_buf_puts(b, s);
}

/* Every row ends as a record, as another's double, or waits with a reason. */
static void
no_row_is_lost_whatever_stands_in_it(void **state)
{
	struct fix *f = *state;
	uint64_t r = 77;

	for (int round = 0; round < 12; round++) {
		struct jc_buf b;
		json_t *row;
		size_t i;

		jc_buf_init(&b, 1 << 20);
		jc_buf_puts(&b, "姓名,证件号码,性别,出生日期,手机号,入会日期,工会职务,会籍变化类型,会籍变化日期,备注\n");
		for (int n = 0; n < 60; n++)
			for (int c = 0; c < 10; c++) {
				cell_random(&b, &r);
				jc_buf_putc(&b, c == 9 ? '\n' : ',');
			}
		import_text(f, b.data);
		assert_int_equal(f->r.rows, f->r.added + f->r.changed + f->r.same + f->r.restored +
		        f->r.duplicate + (int64_t)json_array_size(f->r.bad));
		json_array_foreach(f->r.bad, i, row)
			assert_true(json_string_length(json_object_get(row, "reason")) > 0);
		if (json_array_size(f->r.bad) > 0)
			assert_true(waiting(f) > 0);
		jc_buf_free(&b);
	}
}

/* ---- systems of the dictionary ---- */

static void
m05_a_list_of_civil_affairs_is_matched_and_the_rest_are_drafts(void **state)
{
	struct fix *f = *state;
	jc_id id = "";

	test_set(&f->t, "org", id, 0, "name=柳湾秧歌队", "org_kind=social", NULL);
	import_text(f,
	    "试验县社会组织名册,,,\n序号,社会组织名称,登记管理机关,业务主管单位,法定代表人,成立时间\n"
	    "1,柳湾秧歌队,试验县民政局,试验县文旅局,钱七,2015.6\n2,上坪老年协会,试验县民政局,,孙八,2017年3月\n");
	counts_are(f, 1, 1, 0, 0, 0, 0);
	assert_int_equal(test_count(&f->t, "org"), 2);
	assert_string_equal(test_get(&f->t, id, "legal_rep"), "钱七");
	assert_string_equal(test_get(&f->t, id, "note"), "");
	assert_string_equal(value(f, "org", "上坪老年协会", "org_kind"), "social");
	assert_string_equal(value(f, "org", "上坪老年协会", "established_on"), "2017-03");
	assert_string_equal(value(f, "org", "上坪老年协会", "note"), "待核");
}

static void
m08_one_event_brings_sixty_applications_from_a_pasted_list(void **state)
{
	struct fix *f = *state;
	struct jc_buf b;
	jc_id id = "";

	test_set(&f->t, "activity", id, 0, "title=集中入会", "activity_type=集中入会",
	    "start_at=2026-03-01", NULL);
	jc_buf_init(&b, 1 << 16);
	jc_buf_puts(&b, "姓名\t性别\t手机号\n");
	for (int i = 0; i < 60; i++)
		jc_buf_putf(&b, "会员%02d号\t男\t130000000%02d\n", i, i);
	f->set = json_pack("{s:s}", "入会方式", "集中入会");
	f->o.set = f->set;
	f->o.activity = id;
	for (int i = 0; i < 2; i++) { /* twice is once */
		import_text(f, b.data);
		assert_int_equal(test_count(&f->t, "member"), 60);
		assert_int_equal(test_count(&f->t, "participant"), 60);
		assert_int_equal(test_count(&f->t, "member_event"), 60);
	}
	assert_string_equal(value(f, "member", "会员07号", "join_method"), "collective");
	assert_string_equal(value(f, "member", "会员07号", "membership_status"), "applied");
	jc_buf_free(&b);
}

#define UT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    UT(two_header_rows_are_joined_and_units_filled_down),
	    UT(words_that_mean_two_things_are_decided_by_the_values),
	    UT(what_nobody_should_keep_is_dropped_by_name),
	    UT(a_column_that_was_explained_once_is_known_the_next_time),
	    UT(a_pasted_block_is_read_and_two_numbers_in_a_cell_are_two),
	    UT(what_is_hidden_is_read_and_said),
	    UT(totals_notes_titles_and_headers_in_between_are_no_rows),
	    UT(cells_that_lost_something_are_named_and_left_out),
	    UT(a_number_fills_sex_and_birth_of_a_new_person),
	    UT(a_corrected_file_updates_and_takes_its_rows_out_of_what_waits),
	    UT(a_row_that_is_like_somebody_waits_for_a_person),
	    UT(two_people_with_good_numbers_are_two_people),
	    UT(one_record_twice_in_a_file_with_other_content_waits),
	    UT(the_three_columns_of_a_change_make_one_event_however_often),
	    UT(an_import_that_is_cancelled_leaves_nothing),
	    UT(no_row_is_lost_whatever_stands_in_it),
	    UT(m05_a_list_of_civil_affairs_is_matched_and_the_rest_are_drafts),
	    UT(m08_one_event_brings_sixty_applications_from_a_pasted_list),
	};

	return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
