/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Settings, and when to sync by them: days of virtual time, no clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "schedule.h"
#include "schema_settings.h"
#include "test_env.h"
#include "test_node.h"

/* A PC with a schedule, a line that is there or not, and drafts; time goes in looks of 5 s. */
struct pc {
	struct jc_sched s;
	struct jc_sched_rules r;
	struct jc_sched_look l;
	int line;                 /* sessions go well */
	int sessions, failed;
	int64_t at[4096];         /* when sessions began */
	uint64_t seed;
};

static void
pc_new(struct pc *pc)
{
	memset(pc, 0, sizeof(*pc));
	pc->r = (struct jc_sched_rules){.settle_ms = 10000, .every_ms = 600000};
	pc->l = (struct jc_sched_look){.now = 1000, .minute = 600, .joined = 1, .line = 7};
	pc->line = 1;
	pc->seed = 3;
}

static void
pass(struct pc *pc, int64_t seconds)
{
	for (int64_t t = 0; t < seconds; t += 5) {
		pc->l.now += 5000;
		pc->l.minute = (int)((600 + pc->l.now / 60000) % 1440);
		pc->l.random = (uint32_t)test_rand(&pc->seed);
		if (jc_sched_look(&pc->s, &pc->r, &pc->l) != 1)
			continue;
		assert_int_equal(pc->s.state, JC_SCHED_busy);
		assert_int_equal(jc_sched_look(&pc->s, &pc->r, &pc->l), 0); /* never two at once */
		pc->at[pc->sessions++ % 4096] = pc->l.now;
		pc->failed += !pc->line;
		if (pc->line)
			pc->l.drafts = 0;
		pc->l.now += 1000;
		jc_sched_ended(&pc->s, &pc->r, pc->l.now, pc->line, (uint32_t)test_rand(&pc->seed));
	}
}

static void
what_was_saved_goes_after_it_has_settled_and_news_is_asked_for_now_and_then(void **state)
{
	struct pc pc;

	(void)state;
	pc_new(&pc);
	pass(&pc, 60);
	assert_int_equal(pc.sessions, 1); /* at the start */
	for (int i = 0; i < 20; i++) {    /* somebody types for a while */
		pc.l.drafts++;
		pass(&pc, 5);
	}
	assert_int_equal(pc.sessions, 1);
	assert_int_equal(pc.s.state, JC_SCHED_settling);
	pass(&pc, 20);
	assert_int_equal(pc.sessions, 2);
	pass(&pc, 24 * 3600);
	assert_in_range(pc.sessions, 2 + 24 * 60 / 13, 2 + 24 * 60 / 10); /* every ten minutes and up to a quarter more */
}

static void
without_a_line_it_waits_longer_and_longer_up_to_an_hour_and_drafts_do_not_hurry_it(void **state)
{
	struct pc pc;
	int64_t longest = 0;

	(void)state;
	pc_new(&pc);
	pc.line = 0;
	pc.l.drafts = 5;
	pass(&pc, 4 * 24 * 3600);
	assert_in_range(pc.sessions, 4 * 24 * 3 / 4, 4 * 24 + 10);
	for (int i = 1; i < pc.sessions; i++) {
		int64_t gap = pc.at[i] - pc.at[i - 1];

		longest = gap > longest ? gap : longest;
	}
	assert_in_range(longest, 3600000, 3600000 * 5 / 4 + 10000);
	assert_int_equal(pc.s.state, JC_SCHED_waiting);
	pc.line = 1;
	pc.l.line = 8; /* somebody plugs in the modem */
	pass(&pc, 15);
	assert_int_equal(pc.l.drafts, 0);
	assert_int_equal(pc.s.state, JC_SCHED_quiet);
}

static void
pcs_of_a_county_do_not_call_together_when_the_line_comes_back(void **state)
{
	int64_t first = INT64_MAX, last = 0;

	(void)state;
	for (uint64_t i = 0; i < 200; i++) {
		struct pc pc;

		pc_new(&pc);
		pc.seed = i + 1;
		pc.line = 0;
		pass(&pc, 12 * 3600);
		pc.line = 1;
		pass(&pc, 5000);
		assert_true(pc.sessions > 0 && pc.s.backoff == 0);
		for (int k = pc.sessions - 1; k >= 0 && pc.at[k] > 12 * 3600000; k--) {
			first = pc.at[k] < first ? pc.at[k] : first;
			last = pc.at[k] > last ? pc.at[k] : last;
		}
	}
	assert_true(last - first > 1200000); /* spread over more than twenty minutes */
}

static void
pause_and_hours_hold_back_all_but_a_person(void **state)
{
	struct pc pc;
	int before;

	(void)state;
	pc_new(&pc);
	pass(&pc, 60);
	pc.r.paused = 1;
	pc.l.drafts = 3;
	before = pc.sessions;
	pass(&pc, 3600);
	assert_int_equal(pc.sessions, before);
	assert_int_equal(pc.s.state, JC_SCHED_paused);
	jc_sched_now(&pc.s);
	pass(&pc, 5);
	assert_int_equal(pc.sessions, before + 1);
	pc.r.paused = 0;
	snprintf(pc.r.hours, sizeof(pc.r.hours), "22:00-06:00");
	pc.l.drafts = 3;
	pass(&pc, 1800);
	assert_int_equal(pc.sessions, before + 1);
	assert_int_equal(pc.s.state, JC_SCHED_hours);
	pass(&pc, 11 * 3600);
	assert_true(pc.sessions > before + 1);
	assert_int_equal(pc.l.drafts, 0);
}

static void
a_pc_that_has_not_joined_calls_nobody(void **state)
{
	struct pc pc;

	(void)state;
	pc_new(&pc);
	pc.l.joined = 0;
	pc.l.drafts = 3;
	jc_sched_now(&pc.s);
	pass(&pc, 3600);
	assert_int_equal(pc.sessions, 0);
	assert_string_equal(jc_sched_word(pc.s.state), "apart");
	pc.l.joined = 1;
	pass(&pc, 15);
	assert_int_equal(pc.sessions, 1);
}

static void
settings_are_read_as_people_write_them_and_refused_in_words(void **state)
{
	static const struct {
		const char *key, *typed, *stored; /* NULL: refused */
	} table[] = {
		{"sync.paused", "是", "1"}, {"sync.paused", "off", "0"}, {"sync.paused", "maybe", NULL}, {"sync.settle", "30", "30"},
		{"sync.settle", "3601", NULL}, {"sync.settle", "-1", NULL}, {"sync.settle", "1e3", NULL}, {"sync.every", "0", NULL},
		{"sync.hours", "8:00-12:00, 14:00-18:30", "08:00-12:00,14:00-18:30"}, {"sync.hours", "", ""},
		{"sync.hours", "8-12", NULL}, {"sync.hours", "08:00-25:00", NULL}, {"sync.hours", "08:00-12:00;", NULL},
		{"sync.kbps", "64", "64"}, {"sync.proxy", "http://10.0.0.1:8080", "http://10.0.0.1:8080"}, {"sync.proxy", "", ""},
		{"sync.proxy", "10.0.0.1:8080", NULL}, {"sync.proxy", "http://a b", NULL}, {"sync.proxy", "http://u:p@a:1", NULL},
	};
	struct test_node t;

	(void)state;
	test_node_new(&t, 4);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct jc_setting *s = jc_setting_find(table[i].key, strlen(table[i].key));
		char out[JC_SETTING_ROOM];
		struct jc_err err = {0};

		assert_non_null(s);
		if (table[i].stored == NULL) {
			assert_int_equal(jc_setting_parse(out, s, table[i].typed, &err), JC_EINVAL);
			assert_true(err.msg[0] != '\0');
			continue;
		}
		test_ok(jc_setting_put(s, table[i].typed, t.node->db, &err), &err);
		test_ok(jc_setting_get(out, s, t.node->db, &err), &err);
		assert_string_equal(out, table[i].stored);
	}
	for (const struct jc_setting *s = jc_settings(); s->key != NULL; s++) {
		char out[JC_SETTING_ROOM];

		assert_int_equal(jc_setting_parse(out, s, s->absent, NULL), 0);
		assert_string_equal(out, s->absent);
		assert_true(s->zh[0] != '\0' && s->en[0] != '\0' && s->zh_help[0] != '\0' && s->en_help[0] != '\0');
	}
	assert_int_equal(jc_setting_hours_wait("08:00-12:00", 7 * 60), 60);
	assert_int_equal(jc_setting_hours_wait("08:00-12:00", 13 * 60), 19 * 60);
	assert_int_equal(jc_setting_hours_wait("22:00-06:00", 1 * 60), 0);
	test_node_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_saved_goes_after_it_has_settled_and_news_is_asked_for_now_and_then),
		cmocka_unit_test(without_a_line_it_waits_longer_and_longer_up_to_an_hour_and_drafts_do_not_hurry_it),
		cmocka_unit_test(pcs_of_a_county_do_not_call_together_when_the_line_comes_back),
		cmocka_unit_test(pause_and_hours_hold_back_all_but_a_person),
		cmocka_unit_test(a_pc_that_has_not_joined_calls_nobody),
		cmocka_unit_test(settings_are_read_as_people_write_them_and_refused_in_words),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
