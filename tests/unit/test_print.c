/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Printed forms as pages: what must be on them, what must never be, and the audit list. People are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit.h"
#include "html.h"
#include "print.h"
#include "sheet.h"
#include "test_env.h"
#include "test_node.h"

#define NUMBER "399999198001010010"

/* The page of a form; ids may be NULL. The caller frees. */
static char *
page(struct test_node *t, const char *form, const char *id, int full)
{
	struct jc_print_ask ask = {.form = jc_print_form(form), .ids = &id, .nids = id != NULL,
	    .full = full, .linked = 1};
	struct jc_err err = {0};
	struct jc_buf b;
	char *text;

	assert_non_null(ask.form);
	jc_buf_init(&b, 64u << 20);
	test_ok(jc_print_make(&b, t->node, &ask, &err), &err);
	text = strdup(b.data);
	jc_buf_free(&b);
	return text;
}

static void
has(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("\"%s\" is not on the page: %.3000s", what, text);
}

static void
has_not(const char *text, const char *what)
{
	if (strstr(text, what) != NULL)
		fail_msg("\"%s\" is on the page", what);
}

static int
times(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static int
audit_count(void *arg, const struct jc_audit *a)
{
	*(int64_t *)arg += a->count;
	assert_string_equal(a->act, "print");
	return 0;
}

static int64_t
audited(struct test_node *t)
{
	struct jc_err err = {0};
	int64_t n = 0;

	test_ok(jc_audit_each(t->node->db, 0, audit_count, &n, &err), &err);
	return n;
}

static void
what_is_written_is_escaped(void **state)
{
	struct jc_html h;

	(void)state;
	jc_html_init(&h, 1 << 16);
	jc_html_open(&h, "p", "a\"b");
	jc_html_attr(&h, "title", "<'&>");
	jc_html_str(&h, "<script>alert(\"1\")</script>\001");
	jc_html_void(&h, "br", NULL);
	jc_html_textf(&h, "%s", "</p>");
	jc_html_close_to(&h, 0);
	assert_string_equal(h.b.data,
	    "<p class=\"a&quot;b\" title=\"&lt;&#39;&amp;&gt;\">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"
	                              "\357\277\275<br>&lt;/p&gt;</p>");
	jc_html_free(&h);
}

static void
a_name_cannot_break_out_of_a_page(void **state)
{
	struct test_node *t = *state;
	jc_id id = "";
	char *text;

	test_set(t, "member", id, 0, "name=<b onclick=x>王", "job=\"><script>", NULL);
	text = page(t, "roster", NULL, 0);
	has_not(text, "<script");
	has_not(text, "<b on");
	has_not(text, "style=");
	has(text, "&lt;script&gt;");
	free(text);
}

static void
the_roster_masks_numbers_and_a_full_one_is_logged(void **state)
{
	struct test_node *t = *state;
	jc_id a = "", b = "", c = "";
	char *text;

	test_set(t, "member", a, 0, "name=王小青", "gender=女", "mobile=13000000001",
	    "id_no=" NUMBER, "birth_date=1980-01-01", NULL);
	test_set(t, "member", b, 0, "name=李建国", "gender=男", "ethnicity=03", NULL);
	test_set(t, "member", c, 0, "name=赵作废", NULL);
	test_void(t, c, "录错了");
	text = page(t, "roster", NULL, 0);
	has(text, "青石镇工会");
	has(text, "2人，其中男1人、女1人");
	has(text, "130****0001");
	has(text, "1980-01");
	has(text, "数据截至 2026-03-02 08:00");
	has_not(text, "13000000001");
	has_not(text, "赵作废");
	has_not(text, "回族"); /* ethnicity is off by default */
	free(text);
	assert_int_equal(audited(t), 0);
	text = page(t, "roster", NULL, 1);
	has(text, "13000000001");
	free(text);
	assert_int_equal(audited(t), 1); /* one person's number was on it */
}

static void
a_sign_in_sheet_has_whole_pages_of_25_rows(void **state)
{
	struct test_node *t = *state;
	jc_id id = "";
	char *text;

	test_set(t, "activity", id, 0, "title=消防培训", "start_at=2026-03-01 09:00",
	    "place=石桥镇礼堂", "planned_count=60", NULL);
	text = page(t, "signin", id, 0);
	has(text, "消防培训");
	has(text, "2026年3月1日 09:00");
	assert_int_equal(times(text, "<section"), 3);
	assert_int_equal(times(text, "<tr>"), 3 + 75);
	has(text, ">75<");
	free(text);
	text = page(t, "signin", NULL, 0); /* blank */
	assert_int_equal(times(text, "<section"), 1);
	free(text);
}

static void
a_notice_has_three_copies_and_stops_what_is_dangerous(void **state)
{
	struct test_node *t = *state;
	jc_id org = "", check = "", item = "", fine = "";
	char field[64], *text;
	struct jc_err err = {0};

	test_set(t, "org", org, 0, "name=柳湾村文化礼堂", "org_kind=social", NULL);
	snprintf(field, sizeof(field), "target_org_id=%s", org);
	test_set(t, "check", check, 0, field, "checked_on=2026-02-20", "inspectors+=王大山", NULL);
	{
		struct jc_print_ask ask = {.form = jc_print_form("notice"),
		    .ids = (const char *const[]){check}, .nids = 1};
		struct jc_buf b;

		jc_buf_init(&b, 1 << 20);
		assert_int_equal(jc_print_make(&b, t->node, &ask, &err), JC_ESTATE); /* nothing to notify */
		jc_buf_free(&b);
	}
	snprintf(field, sizeof(field), "check_id=%s", check);
	test_set(t, "check_item", item, 0, field, "result=found", "finding=灭火器压力不足",
	    "severity=3", "due_on=2026-02-20",
	    "resp_person=刘建国", "rectify_req=立即更换", NULL);
	test_set(t, "check_item", fine, 0, field, "result=pass", "finding=无关", NULL);
	text = page(t, "notice", check, 0);
	assert_int_equal(times(text, "<section"), 3);
	assert_int_equal(times(text, "灭火器压力不足"), 3);
	has(text, "存根");
	has(text, "受检单位");
	has(text, "归档");
	has(text, "立即停止使用");
	has(text, "逾期未整改将提请上级协调");
	has(text, "柳湾村文化礼堂");
	has(text, "2026年2月20日");
	has_not(text, "无关");
	free(text);
	text = page(t, "recheck", check, 0);
	has(text, "灭火器压力不足");
	has(text, "〔2026〕");
	free(text);
}

static void
ids_of_another_kind_and_missing_ids_are_refused_in_words(void **state)
{
	struct test_node *t = *state;
	struct jc_print_ask ask = {.form = jc_print_form("notice")};
	struct jc_err err = {0};
	const char *id;
	struct jc_buf b;
	jc_id m = "";

	test_set(t, "member", m, 0, "name=王小青", NULL);
	id = m;
	jc_buf_init(&b, 1 << 20);
	assert_int_equal(jc_print_make(&b, t->node, &ask, &err), JC_EUSAGE);
	has(err.msg, "检查的编号");
	ask.ids = &id;
	ask.nids = 1;
	assert_int_equal(jc_print_make(&b, t->node, &ask, &err), JC_EINVAL);
	has(err.msg, "整改通知单");
	assert_int_equal(b.len, 0);
	jc_buf_free(&b);
}

static void
a_full_application_is_logged_and_a_blank_one_is_not(void **state)
{
	struct test_node *t = *state;
	jc_id m = "";
	char *text;

	test_set(t, "member", m, 0, "name=王小青", "id_no=" NUMBER, NULL);
	text = page(t, "application", m, 0);
	has(text, "3999**********0010");
	has_not(text, NUMBER);
	has(text, "个人信息告知");
	free(text);
	text = page(t, "application", NULL, 1);
	free(text);
	assert_int_equal(audited(t), 0);
	text = page(t, "application", m, 1);
	has(text, NUMBER);
	free(text);
	assert_int_equal(audited(t), 1);
}

/* The spreadsheet of a form, read back. */
static void
book(struct jc_book *out, struct test_node *t, const char *form, const char *id)
{
	char *html = page(t, form, id, 0);
	struct jc_err err = {0};
	struct jc_buf b;

	jc_buf_init(&b, 16u << 20);
	test_ok(jc_print_xlsx(NULL, &b, jc_print_form(form), (struct jc_slice){html, strlen(html)}, &err), &err);
	test_ok(jc_book_open(out, b.data, b.len, &err), &err);
	jc_buf_free(&b);
	free(html);
}

static int
in_sheet(const struct jc_book *b, size_t sheet, const char *text)
{
	for (size_t i = 0; i < b->sheet[sheet].nrows; i++)
		for (size_t k = 0; k < b->sheet[sheet].row[i].ncells; k++)
			if (jc_slice_is(jc_book_cell(b, &b->sheet[sheet].row[i], k), text))
				return 1;
	return 0;
}

/* The same document as a spreadsheet: titles, headings, every cell, one sheet for each printed one. */
static void
a_form_is_a_spreadsheet_as_well(void **state)
{
	struct test_node *t = *state;
	jc_id m = "", a = "", p = "", k = "";
	struct jc_book b;

	test_set(t, "member", m, 0, "name=王<小>青", "mobile=13000000001", "job=钳工", NULL);
	book(&b, t, "roster", NULL);
	assert_int_equal(b.nsheets, 1);
	assert_true(in_sheet(&b, 0, "会员花名册"));
	assert_true(in_sheet(&b, 0, "联系电话"));
	assert_true(in_sheet(&b, 0, "王<小>青"));
	assert_true(in_sheet(&b, 0, "130****0001"));
	jc_book_free(&b);
	test_set(t, "activity", a, 0, "title=消防培训", "start_at=2026-03-01", "planned_count=60", NULL);
	test_set(t, "participant", p, 0, "name=李建国", "role=attendee", NULL);
	book(&b, t, "signin", a);
	assert_int_equal(b.nsheets, 3);
	assert_true(in_sheet(&b, 2, "75"));
	assert_true(in_sheet(&b, 2, "签名"));
	jc_book_free(&b);
	test_set(t, "project", k, 0, "code=1", "name=法律服务", "contract_no=HT-1", "target_count=9", NULL);
	book(&b, t, "acceptance", k);
	assert_true(in_sheet(&b, 0, "合同号"));
	assert_true(in_sheet(&b, 0, "HT-1"));
	assert_true(in_sheet(&b, 0, "— 场、受益 — 人次。")); /* a long field goes on in the row below */
	jc_book_free(&b);
	book(&b, t, "transfer", NULL); /* blank: two halves one below the other */
	assert_true(in_sheet(&b, 0, "会籍接转单（转出）"));
	assert_true(in_sheet(&b, 0, "会籍接转单（转入）"));
	jc_book_free(&b);
}

/* Every form without records, or the words why not: no form fails for lack of data. */
static void
every_form_is_declared_in_both_languages(void **state)
{
	(void)state;
	for (const struct jc_print_form *f = jc_print_forms; f->id != NULL; f++) {
		assert_true(f->zh[0] != '\0' && f->en[0] != '\0' && f->help_zh[0] != '\0' &&
		    f->help_en[0] != '\0');
		assert_ptr_equal(jc_print_form(f->id), f);
		assert_ptr_equal(jc_print_form(f->zh), f);
		if (f->kind != NULL)
			assert_non_null(jc_catalogue_kind(f->kind, strlen(f->kind)));
		assert_true(f->least <= f->most && (f->most == 0 || f->kind != NULL));
	}
	assert_null(jc_print_form("nothing"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_escaped),
		cmocka_unit_test_setup_teardown(a_name_cannot_break_out_of_a_page,
		    test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(the_roster_masks_numbers_and_a_full_one_is_logged,
		    test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(a_sign_in_sheet_has_whole_pages_of_25_rows,
		    test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(a_notice_has_three_copies_and_stops_what_is_dangerous,
		    test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(ids_of_another_kind_and_missing_ids_are_refused_in_words,
		    test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(a_full_application_is_logged_and_a_blank_one_is_not,
		    test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(a_form_is_a_spreadsheet_as_well, test_branch_setup, test_node_teardown),
		cmocka_unit_test(every_form_is_declared_in_both_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
