/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Two versions of a long text: what both changed is put together from what both had before them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync_suggest.h"

static void
merged(const char *base, const char *a, const char *b, const char *want, int want_clean)
{
	struct jc_err err = {0};
	struct jc_buf out;
	int clean;

	jc_buf_init(&out, 1 << 20);
	assert_int_equal(jc_merge_text(&out, &clean, (struct jc_slice){base, strlen(base)}, (struct jc_slice){a, strlen(a)},
	    (struct jc_slice){b, strlen(b)}, &err), 0);
	jc_buf_putc(&out, '\0');
	assert_string_equal(out.data, want);
	assert_int_equal(clean, want_clean);
	jc_buf_free(&out);
}

static void
changes_in_different_clauses_come_together(void **state)
{
	(void)state;
	merged("三月走访五户，发了慰问品。四月开了会。", "三月走访六户，发了慰问品。四月开了会。", "三月走访五户，发了慰问品。四月开了两次会。",
	    "三月走访六户，发了慰问品。四月开了两次会。", 1);
	merged("第一段。\n第二段。", "第一段。\n新的一段。\n第二段。", "第一段。\n第二段。\n末段。", "第一段。\n新的一段。\n第二段。\n末段。", 1);
	merged("甲。", "甲。", "甲，乙。", "甲，乙。", 1);
	merged("甲。乙。丙。", "甲。丙。", "甲。乙。丙。丁。", "甲。丙。丁。", 1);
}

static void
changes_of_one_clause_stand_one_after_the_other(void **state)
{
	(void)state;
	merged("来了五人。", "来了六人。", "来了七人。", "来了六人。来了七人。", 0);
	merged("", "甲写的。", "乙写的。", "甲写的。乙写的。", 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_in_different_clauses_come_together),
		cmocka_unit_test(changes_of_one_clause_stand_one_after_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
