/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Readings, matching and searching. People are made up, numbers computed from made-up dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "schema_pinyin.h"
#include "sync_search.h"
#include "test_env.h"
#include "test_node.h"

static int
sounds(const char *name, const char *query)
{
	struct jc_buf b;
	int fits;

	jc_buf_init(&b, 4096);
	jc_pinyin_sound(&b, name, strlen(name));
	assert_int_equal(b.failed, 0);
	fits = jc_pinyin_match(b.data != NULL ? b.data : "", b.len, query, strlen(query));
	jc_buf_free(&b);
	return fits;
}

static void
names_stand_in_the_order_of_a_dictionary(void **state)
{
	/* each is before the next; what has no sound comes last */
	static const char *const name[] = {"", "阿依古丽", "A股", "李安", "李大山", "连生", "王小青", "曾国华", "张伟", "章为", "ㄅ"};
	char before[200] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		struct jc_buf b;

		jc_buf_init(&b, 200);
		jc_pinyin_order(&b, name[i], strlen(name[i]));
		jc_buf_putc(&b, '\0');
		assert_false(b.failed);
		assert_true(strcmp(before, b.data) <= 0);
		assert_true(i == 0 || strcmp(before, b.data) < 0 || strcmp(name[i], "章为") == 0);
		snprintf(before, sizeof(before), "%s", b.data);
		jc_buf_free(&b);
	}
}

static void
pinyin_initials_and_mixtures_fit(void **state)
{
	(void)state;
	assert_true(sounds("王小青", "wangxiaoqing"));
	assert_true(sounds("王小青", "wxq"));
	assert_true(sounds("王小青", "xq"));
	assert_true(sounds("王小青", "xiaoq"));
	assert_true(sounds("王小青", "wangxq"));
	assert_true(sounds("王小青", "wangx"));
	assert_false(sounds("王小青", "wq"));
	assert_false(sounds("王小青", "ang"));
	assert_false(sounds("王小青", "wxqa"));
	assert_false(sounds("王小青", ""));
	assert_true(sounds("曾乐", "zengyue"));  /* surnames are read in their own way ... */
	assert_true(sounds("曾乐", "cengle"));   /* ... and as everybody else reads them */
	assert_true(sounds("单雄", "shanx"));
	assert_true(sounds("区小红", "oxh"));
	assert_true(sounds("吕布", "lvbu"));
	assert_true(sounds("吕布", "lubu"));
	assert_true(sounds("張偉", "zhangwei"));
	assert_true(sounds("柳湾村第3组", "lwcd3z"));
	assert_true(sounds("王𠮷", "w"));        /* a character without a reading is passed over */
}

struct found {
	int n;
	char title[40][100];
	enum jc_fit fit[40];
};

static int
hit_take(void *arg, const struct jc_hit *h)
{
	struct found *f = arg;

	snprintf(f->title[f->n], sizeof(f->title[0]), "%s", h->title);
	f->fit[f->n] = h->fit;
	return ++f->n >= 40;
}

static struct found *
look(struct test_node *t, const char *text, const char *kind)
{
	static struct found f;
	struct jc_search s = {.text = text, .kind = kind != NULL ? jc_catalogue_kind(kind, strlen(kind)) : NULL, .limit = 40};
	struct jc_err err = {0};

	memset(&f, 0, sizeof(f));
	test_ok(jc_search(t->node, &s, hit_take, &f, &err), &err);
	return &f;
}

static void
one(struct test_node *t, const char *text, const char *title)
{
	struct found *f = look(t, text, NULL);

	assert_int_equal(f->n, 1);
	assert_string_equal(f->title[0], title);
}

static void
what_people_remember_finds_the_record(void **state)
{
	struct test_node *t = *state;
	struct jc_err err = {0};
	jc_id a = "", b = "", c = "", d = "";

	test_set(t, "member", a, 0, "name=王小青", "former_name=王二丫", "mobile=13000000011", "id_no=399999197503080064",
	    "member_no=GH00123", NULL);
	test_set(t, "member", b, 0, "name=李小青", "mobile=13000000022", NULL);
	test_set(t, "org", c, 0, "name=柳湾村养蜂专业合作社", "short_name=柳湾蜂社", "former_names+=东岭养蜂场", NULL);
	test_set(t, "member", d, 0, "name=欧阳𠮷", NULL);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(look(t, "小青", NULL)->n, 2);
		assert_int_equal(look(t, "青", NULL)->n, 2);
		one(t, "王", "王小青");
		one(t, "二丫", "王小青");
		one(t, "wxq", "王小青");
		one(t, "li xiaoqing", "李小青");
		one(t, "0064", "王小青");
		one(t, "64", "王小青");
		one(t, "13000000022", "李小青");
		one(t, "gh00123", "王小青");
		one(t, "蜂社", "柳湾村养蜂专业合作社");
		one(t, "东岭", "柳湾村养蜂专业合作社");
		one(t, "小青 022", "李小青");
		one(t, "𠮷", "欧阳𠮷");
		assert_int_equal(look(t, "00000001", NULL)->n, 1);
		assert_int_equal(look(t, "xq", "org")->n, 0);
		assert_int_equal(look(t, "没有", NULL)->n, 0);
		test_ok(jc_project_rebuild(t->node->project, NULL, NULL, &err), &err);
	}
	assert_int_equal(look(t, "李小青", NULL)->fit[0], JC_FIT_WHOLE);
	assert_int_equal(look(t, "小青", NULL)->fit[0], JC_FIT_PART);

	test_set(t, "member", a, 0, "name=王晓青", NULL); /* a change is found at once, the old value no longer */
	one(t, "晓青", "王晓青");
	assert_int_equal(look(t, "小青", NULL)->n, 1);
	test_void(t, b, "录错了");
	assert_int_equal(look(t, "小青", NULL)->n, 0);
	test_unvoid(t, b);
	assert_int_equal(look(t, "小青", NULL)->n, 1);
}

static void
a_merged_record_is_found_once_by_what_either_says(void **state)
{
	struct test_node *t = *state;
	struct jc_err err = {0};
	struct jc_save *sv;
	jc_id a = "", b = "";

	test_set(t, "member", a, 0, "name=王小青", NULL);
	test_set(t, "member", b, 0, "name=王小清", "mobile=13000000044", NULL);
	test_ok(jc_save_begin(&sv, t->node, 1, "merge", &err), &err);
	test_ok(jc_save_merge(sv, a, b, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	assert_int_equal(look(t, "王小", NULL)->n, 1);
	assert_int_equal(look(t, "小清", NULL)->n, 1);
	assert_int_equal(look(t, "0044", NULL)->n, 1);
	assert_int_equal(look(t, "小青", NULL)->n, 1);
}

static void
nothing_to_look_for_is_said(void **state)
{
	struct test_node *t = *state;
	struct jc_search s = {.text = "  \t"};
	struct jc_err err = {0};
	struct found f = {0};

	assert_int_equal(jc_search(t->node, &s, hit_take, &f, &err), JC_EINVAL);
	assert_true(err.msg[0] != '\0');
	s.text = "\xff\xfe";
	assert_int_equal(jc_search(t->node, &s, hit_take, &f, &err), JC_EINVAL);
}

/* ---- speed ---- */

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The floor: LIKE over one text column of as many rows in memory. */
static double
like_floor(int n)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	double t;

	assert_int_equal(sqlite3_open(":memory:", &db), 0);
	sqlite3_exec(db, "CREATE TABLE t(rec INTEGER PRIMARY KEY, name TEXT, mobile TEXT)", NULL, NULL, NULL);
	sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO t VALUES(?1, ?2, ?3)", -1, &st, NULL);
	for (int i = 0; i < n; i++) {
		char name[40], mobile[16];

		snprintf(name, sizeof(name), "张%d青", i);
		snprintf(mobile, sizeof(mobile), "1300%07d", i % 100);
		sqlite3_bind_int(st, 1, i);
		sqlite3_bind_text(st, 2, name, -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(st, 3, mobile, -1, SQLITE_TRANSIENT);
		sqlite3_step(st);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_prepare_v2(db, "SELECT rec FROM t WHERE name LIKE '%小青%' OR mobile LIKE '%小青%'", -1, &st, NULL);
	t = seconds();
	while (sqlite3_step(st) == SQLITE_ROW)
		continue;
	t = seconds() - t;
	sqlite3_finalize(st);
	sqlite3_close(db);
	return t;
}

static void
many_members_are_searched_quickly(void **state)
{
	static const char *const sur[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"};
	static const char *const giv[] = {"小青", "建国", "秀英", "晓明", "志强", "桂兰", "玉梅", "海燕"};
	static const char *const ask[] = {"小青", "wangxq", "jg", "0047", "王建国"};
	struct test_node *t = *state;
	const char *env = getenv("SEARCH_MEMBERS");
	int n = env != NULL ? atoi(env) : 4000;
	const struct jc_kind *kind = jc_catalogue_kind("member", 6);
	struct jc_err err = {0};
	struct jc_save *sv;
	double floor = like_floor(n);

	test_ok(jc_save_begin(&sv, t->node, 1, "import", &err), &err);
	for (int i = 0; i < n; i++) {
		char name[40], mobile[16];
		struct jc_change ch[2] = {{.field = jc_catalogue_field(kind, "name", 4)}, {.field = jc_catalogue_field(kind, "mobile", 6)}};
		jc_id id = "";

		snprintf(name, sizeof(name), "%s%s", sur[i % 10], giv[i / 10 % 8]);
		snprintf(mobile, sizeof(mobile), "1300000%04d", i % 100);
		ch[0].text = (struct jc_slice){name, strlen(name)};
		ch[1].text = (struct jc_slice){mobile, strlen(mobile)};
		test_ok(jc_save_set(sv, kind, id, ch, 2, 0, NULL, &err), &err);
	}
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	for (size_t i = 0; i < sizeof(ask) / sizeof(ask[0]); i++) {
		double best = 9, s;

		for (int k = 0; k < 5; k++) {
			s = seconds();
			assert_true(look(t, ask[i], NULL)->n > 0);
			s = seconds() - s;
			best = s < best ? s : best;
		}
		print_message("%-8s %d members %7.2f ms, LIKE over two plain columns %7.2f ms, ratio %.2f\n", ask[i], n, best * 1e3,
		    floor * 1e3, best / floor);
		assert_true(best < 0.5);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stand_in_the_order_of_a_dictionary),
		cmocka_unit_test(pinyin_initials_and_mixtures_fit),
		cmocka_unit_test_setup_teardown(what_people_remember_finds_the_record, test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(a_merged_record_is_found_once_by_what_either_says, test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(nothing_to_look_for_is_said, test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(many_members_are_searched_quickly, test_branch_setup, test_node_teardown),
	};

	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
