/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The catalogue against what was released, and each change that must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema_compat.h"

static char *
released(size_t *n)
{
	FILE *f = fopen(JC_SOURCE "/schema/released.txt", "rb");
	char *text = calloc(1, 1 << 20);

	assert_non_null(f);
	assert_non_null(text);
	*n = fread(text, 1, (1 << 20) - 1, f);
	fclose(f);
	assert_true(*n > 10000);
	return text;
}

static void
what_was_released_is_still_there(void **state)
{
	struct jc_err err = {0};
	size_t n;
	char *text = released(&n);
	int rc = jc_compat_check(jc_catalogue_base(), text, n, &err);

	(void)state;
	if (rc != 0)
		print_error("%s\n", err.msg);
	assert_int_equal(rc, 0);
	free(text);
}

static void
the_catalogue_is_compatible_with_itself(void **state)
{
	struct jc_err err = {0};
	struct jc_buf b;

	(void)state;
	jc_buf_init(&b, 1 << 22);
	jc_compat_put(&b, jc_catalogue_base());
	assert_int_equal(jc_compat_check(jc_catalogue_base(), b.data, b.len, &err), 0);
	jc_buf_free(&b);
}

static const char *const other_words[] = {"老乙", NULL};
static const struct jc_choice two[] = {{"a", "甲", NULL, NULL}, {"b", "乙", NULL, NULL}, {NULL,
    NULL, NULL, NULL}};
static const struct jc_choice one[] = {{"a", "甲", NULL, NULL}, {NULL, NULL, NULL, NULL}};
static const struct jc_choice swapped[] = {{"a", "乙", NULL, NULL}, {"b", "甲", NULL, NULL}, {NULL,
    NULL, NULL, NULL}};
static const struct jc_choice reworded[] = {{"a", "甲等", NULL, NULL}, {"b", "乙等", NULL,
    other_words}, {"c", "丙", NULL, NULL}, {NULL, NULL, NULL, NULL}};

struct tables {
	struct jc_field f[5];
	struct jc_kind k[2];
	const struct jc_kind *list[3];
};

static void
sound(struct tables *t)
{
	memset(t, 0, sizeof(*t));
	t->f[0] = (struct jc_field){.id = 1, .name = "name", .zh = "名称", .en = "name",
	    .type = JC_TEXT, .max = 20, .pi = JC_PI_P};
	t->f[1] = (struct jc_field){.id = 2, .name = "sort", .zh = "种类", .en = "sort",
	    .type = JC_ENUM, .choices = two};
	t->f[2] = (struct jc_field){.id = 3, .name = "near", .zh = "邻居", .en = "neighbour",
	    .type = JC_REF, .ref = "hut"};
	t->f[3] = (struct jc_field){.id = 4, .name = "size", .zh = "大小", .en = "size",
	    .type = JC_DECIMAL, .scale = 1};
	t->k[0] = (struct jc_kind){.id = 1, .name = "hut", .zh = "小屋", .en = "hut", .version = 1,
	    .title = "name", .ceiling = JC_TIER_COUNTY, .fields = t->f};
	t->k[1] = (struct jc_kind){.id = 2, .name = "barn", .zh = "谷仓", .en = "barn",
	    .version = 1, .title = "name", .fields = t->f};
	t->list[0] = &t->k[0];
	t->list[1] = &t->k[1];
}

static void
compare(struct tables *t, const char *sentence)
{
	struct tables old;
	struct jc_err err = {0};
	struct jc_buf b;
	int rc;

	sound(&old);
	jc_buf_init(&b, 1 << 16);
	jc_compat_put(&b, old.list);
	rc = jc_compat_check(t->list, b.data, b.len, &err);
	jc_buf_free(&b);
	if (sentence == NULL) {
		if (rc != 0)
			print_error("%s\n", err.msg);
		assert_int_equal(rc, 0);
	} else {
		assert_int_equal(rc, JC_EINVAL);
		if (strstr(err.msg, sentence) == NULL)
			print_error("%s\n", err.msg);
		assert_non_null(strstr(err.msg, sentence));
	}
	sound(t);
}

static void
what_may_change(void **state)
{
	struct tables t;

	(void)state;
	sound(&t);
	t.f[0].zh = "名字";
	t.f[0].max = 40;
	compare(&t, NULL);
	t.f[1].choices = reworded;
	compare(&t, NULL);
	t.f[1].pi = JC_PI_P; /* into the box: old values stand in clear, new ones do not */
	compare(&t, NULL);
	t.f[2] = t.f[3];
	t.f[3] = (struct jc_field){.id = 3, .name = "near", .zh = "邻居", .en = "neighbour",
	    .type = JC_REF, .ref = "hut"};
	compare(&t, NULL); /* another order in the table */
}

static void
what_is_refused(void **state)
{
	struct tables t;

	(void)state;
	sound(&t);
	t.list[1] = NULL;
	compare(&t, "这个类别没有了");
	t.k[1].id = 3;
	compare(&t, "编号变了");
	t.k[1].name = "shed";
	compare(&t, "这个编号给了别的类别");
	t.k[0].ceiling = JC_TIER_CITY;
	compare(&t, "能到的层级变了");
	t.f[3].id = 0;
	compare(&t, "这一项没有了");
	t.f[3].name = "weight";
	compare(&t, "这个编号给了别的项目");
	t.f[3].id = 5;
	compare(&t, "编号变了");
	t.f[3].type = JC_INT;
	t.f[3].scale = 0;
	compare(&t, "类型变了");
	t.f[3].scale = 2;
	compare(&t, "小数位数变了");
	t.f[3].set = 1;
	compare(&t, "类型变了");
	t.f[2].ref = "barn";
	compare(&t, "指向的类别变了");
	t.f[0].pi = JC_PI_N;
	compare(&t, "个人信息不能改成明文");
	t.f[1].choices = one;
	compare(&t, "这个选项没有了");
	t.f[1].choices = swapped;
	compare(&t, "这个代码换了意思");
}

static void
a_text_that_is_no_list_is_refused(void **state)
{
	struct jc_err err = {0};

	(void)state;
	assert_int_equal(jc_compat_check(jc_catalogue_base(), "hello\n", 6, &err), JC_EFORMAT);
	assert_int_equal(jc_compat_check(jc_catalogue_base(), "field member 1\n", 15, &err),
	    JC_EFORMAT);
	assert_int_equal(jc_compat_check(jc_catalogue_base(), "", 0, &err), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_released_is_still_there),
		cmocka_unit_test(the_catalogue_is_compatible_with_itself),
		cmocka_unit_test(what_may_change),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(a_text_that_is_no_list_is_refused),
	};

	return cmocka_run_group_tests_name("compat", tests, NULL, NULL);
}
