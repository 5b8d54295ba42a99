/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The information platform of DOMAIN 1, row M02: what branches and county tell each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "test_env.h"

/* A branch publishes a demand offline; the county answers; the branch sees it after its next exchange. */
static void
m02_a_demand_published_offline_is_answered_and_seen(void **state)
{
	jc_id demand = "", answer = "", policy = "";
	struct jc_record_key key;
	struct test_node pc, other;
	struct jc_scope s;
	struct county c;

	(void)state;
	county_new(&c, 31);
	test_node_new(&pc, 32);
	test_node_new(&other, 33);
	county_join(&c, &pc, "青石镇工会");
	county_join(&c, &other, "白水镇工会");
	county_synced(&c, &pc);
	county_synced(&c, &other);
	test_set(&pc, "notice", demand, 0, "notice_type=demand", "title=需要一名法律讲师", "valid_to=2026-12-31", NULL); /* no line */
	assert_int_not_equal(jc_record_find(c.hub.node, 0, demand, &key, NULL), 0);
	county_synced(&c, &pc);
	assert_string_equal(test_get(&c.hub, demand, "title"), "需要一名法律讲师");
	/* The answer is for this branch; a policy is for all. */
	county_scope(&c.hub, &pc, &s);
	c.hub.scope = s.no;
	test_set(&c.hub, "notice", answer, 0, "notice_type=supply", "title=律师事务所可以派讲师，请与县里联系", NULL);
	for (int64_t no = 1; strcmp(s.role, "common") != 0; no++) {
		struct jc_err err = {0};

		test_ok(jc_scope_get(&s, c.hub.node->log, no, &err), &err);
	}
	c.hub.scope = s.no;
	test_set(&c.hub, "notice", policy, 0, "notice_type=policy", "title=关于送清凉的通知", NULL);
	county_synced(&c, &pc);
	county_synced(&c, &other);
	assert_string_equal(test_get(&pc, answer, "notice_type"), "supply");
	assert_string_equal(test_get(&pc, policy, "title"), "关于送清凉的通知");
	assert_string_equal(test_get(&other, policy, "title"), "关于送清凉的通知");
	assert_int_not_equal(jc_record_find(other.node, 0, answer, &key, NULL), 0);
	assert_int_not_equal(jc_record_find(other.node, 0, demand, &key, NULL), 0);
	county_agree(&c, &pc, NULL);
	test_node_free(&other);
	test_node_free(&pc);
	county_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(m02_a_demand_published_offline_is_answered_and_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
