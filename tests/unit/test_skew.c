/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What was saved under a clock that was off says so, from the measures of the sessions; and the clock can be set. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "county.h"
#include "sync_receipt.h"
#include "sync_skew.h"
#include "test_env.h"

#define DAY INT64_C(86400)

struct world {
	struct county c;
	struct test_node a;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_new(&w->c, 271);
	test_node_new(&w->a, 272);
	county_join(&w->c, &w->a, "青石镇工会");
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	county_free(&w->c);
	test_node_free(&w->a);
	free(w);
	return 0;
}

static int
newest(void *arg, const struct jc_history *h)
{
	*(int64_t *)arg = h->skew;
	return 0;
}

/* By how much the clock was off at the newest operation of a record, as its history says. */
static int64_t
told(struct test_node *t, const char *id)
{
	struct jc_record_key key;
	struct jc_err err = {0};
	int64_t skew = -1;

	test_ok(jc_record_find(t->node, 0, id, &key, &err), &err);
	test_ok(jc_history_each(t->node, key.rec, newest, &skew, &err), &err);
	return skew;
}

static int
counted(struct test_node *t, const char *id)
{
	struct jc_record_key key;
	struct jc_receipt at;
	struct jc_err err = {0};

	test_ok(jc_record_find(t->node, 0, id, &key, &err), &err);
	test_ok(jc_receipt_get(t->node, key.rec, &at, &err), &err);
	return at.clock;
}

static void
add(struct test_node *t, jc_id id)
{
	id[0] = '\0';
	test_set(t, "member", id, 0, "name=王小青", NULL);
}

static void
saves_under_a_clock_that_was_off_say_so(void **state)
{
	struct world *w = *state;
	jc_id early, between, wrong, later, right;

	county_synced(&w->c, &w->a);
	add(&w->a, early);
	county_synced(&w->c, &w->a);
	assert_int_equal(told(&w->a, early), 0);
	test_env_wall(w->a.env, TEST_ENV_WALL - 3000 * DAY * 1000); /* the battery is empty */
	add(&w->a, between);
	assert_int_equal(told(&w->a, between), 0); /* nobody has measured yet */
	county_synced(&w->c, &w->a);
	assert_true(told(&w->a, between) > 2990 * DAY);
	add(&w->a, wrong);
	assert_true(told(&w->a, wrong) > 2990 * DAY);
	county_synced(&w->c, &w->a);
	add(&w->a, later);
	test_env_wall(w->a.env, TEST_ENV_WALL);
	county_synced(&w->c, &w->a);
	add(&w->a, right);
	county_synced(&w->c, &w->a);
	assert_int_equal(told(&w->a, early), 0);
	assert_true(told(&w->a, between) != 0 && told(&w->a, wrong) != 0 && told(&w->a, later) != 0);
	assert_int_equal(told(&w->a, right), 0);
	assert_int_equal(counted(&w->a, wrong), 1);
	assert_int_equal(counted(&w->a, right), 0);
	/* At the county nobody measured its clock: nothing is said there that is not known. */
	assert_int_equal(told(&w->c.hub, wrong), 0);
	/* An edit under a good clock does not hide the one before. */
	test_set(&w->a, "member", wrong, 0, "title=主席", NULL);
	assert_int_equal(told(&w->a, wrong), 0);
	assert_int_equal(counted(&w->a, wrong), 1);
}

/* ---- taking the county's time ---- */

static struct {
	int64_t ms;
	int answer;
} set;

static int
wall_set(void *ctx, int64_t ms)
{
	(void)ctx;
	set.ms = ms;
	return set.answer;
}

static void
the_clock_takes_the_countys_time(void **state)
{
	struct world *w = *state;
	const struct jc_env *env = jc_db_env(w->a.node->db);
	struct jc_env with = *env;
	struct jc_err err = {0};
	jc_id before, after;
	int64_t skew;

	test_env_wall(w->a.env, TEST_ENV_WALL - 5 * DAY * 1000);
	county_synced(&w->c, &w->a);
	add(&w->a, before);
	county_synced(&w->c, &w->a);
	test_ok(jc_meta_int(w->a.node->db, "link_skew", &skew, 0, &err), &err);
	assert_int_equal(skew, 5 * DAY);
	with.wall_set = NULL;
	assert_int_equal(jc_clock_take(w->a.node, &with, skew, &err), JC_EIO);
	with.wall_set = wall_set;
	set.answer = EPERM;
	assert_int_equal(jc_clock_take(w->a.node, &with, skew, &err), JC_EDENIED);
	test_ok(jc_meta_int(w->a.node->db, "link_skew", &skew, 0, &err), &err);
	assert_int_equal(skew, 5 * DAY);
	set.answer = 0;
	test_ok(jc_clock_take(w->a.node, &with, skew, &err), &err);
	assert_int_equal(set.ms, TEST_ENV_WALL);
	test_ok(jc_meta_int(w->a.node->db, "link_skew", &skew, -1, &err), &err);
	assert_int_equal(skew, 0);
	test_env_wall(w->a.env, set.ms);
	add(&w->a, after);
	county_synced(&w->c, &w->a);
	assert_int_equal(told(&w->a, before), 5 * DAY);
	assert_int_equal(told(&w->a, after), 0);
}

static void
the_words_say_which_way_and_how_far(void **state)
{
	char text[JC_CLOCK_ROOM];

	(void)state;
	jc_clock_mark(text, sizeof(text), 0);
	assert_string_equal(text, "");
	jc_clock_mark(text, sizeof(text), 2 * DAY + 3600);
	assert_string_equal(text, " (this PC's clock was 2 days 1 hours behind)");
	jc_clock_mark(text, sizeof(text), -600);
	assert_string_equal(text, " (this PC's clock was 10 minutes ahead)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(saves_under_a_clock_that_was_off_say_so, setup, teardown),
		cmocka_unit_test_setup_teardown(the_clock_takes_the_countys_time, setup, teardown),
		cmocka_unit_test(the_words_say_which_way_and_how_far),
	};

	jc_lang_set(JC_LANG_EN, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
