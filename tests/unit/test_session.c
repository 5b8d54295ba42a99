/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Sessions between branch PCs and their hub in one process, with everything that goes wrong on lines and disks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "test_env.h"

struct world {
	struct county c;
	struct test_node a, b; /* two PCs of one branch */
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_new(&w->c, 1);
	test_node_new(&w->a, 2);
	test_node_new(&w->b, 3);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	county_branch_free(&w->c, &w->a, &w->b);
	free(w);
	return 0;
}

static void
both_join(struct world *w)
{
	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "青石镇工会");
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
}

static void
members(struct test_node *pc, int from, int n)
{
	char name[40], mobile[40];

	for (int i = from; i < from + n; i++) {
		jc_id id = "";

		snprintf(name, sizeof(name), "name=张%d", i);
		snprintf(mobile, sizeof(mobile), "mobile=130000%05d", i % 100);
		test_set(pc, "member", id, 0, name, mobile, NULL);
	}
}

static void
what_was_saved_before_joining_reaches_the_hub_in_one_session(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	struct jc_err err = {0};

	test_ok(jc_node_init_branch(w->a.node, "青石镇工会", &err), &err);
	members(&w->a, 0, 20);
	county_join(&w->c, &w->a, "青石镇工会");
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_int_equal(r.waiting, 0);
	assert_true(r.ops_up >= 20);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 20);
}

static void
a_quiet_day_is_one_round_trip(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	struct wire wire = {0};
	jc_id id = "";

	both_join(w);
	test_set(&w->a, "member", id, 0, "name=王小青", "mobile=13000000001", NULL);
	assert_int_equal(county_sync(&w->c, &w->a, &wire, &r), JC_WANT_DONE);
	test_set(&w->a, "member", id, 0, "name=王小清", "mobile=13000000002", "education=20", NULL);
	assert_int_equal(county_sync(&w->c, &w->a, &wire, &r), JC_WANT_DONE);
	assert_int_equal(wire.requests, 1);
	assert_int_equal(r.commits_up, 1);
	assert_int_equal(r.commits_down, 0);
	assert_int_equal(r.waiting, 0);
	print_message("daily increment: %lld bytes up, %lld down\n", (long long)r.bytes_up, (long long)r.bytes_down);
	assert_true(r.bytes_up + r.bytes_down < 800);
	assert_int_equal(county_sync(&w->c, &w->a, &wire, &r), JC_WANT_DONE);
	assert_int_equal(wire.requests, 1);
	assert_true(r.bytes_up + r.bytes_down < 150);
}

static void
two_computers_of_a_branch_and_the_hub_come_to_one_digest(void **state)
{
	struct world *w = *state;

	both_join(w);
	members(&w->a, 0, 30);
	members(&w->b, 30, 30);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	county_synced(&w->c, &w->a);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 60);
}

static void
one_field_changed_on_both_is_a_conflict_on_both_and_one_settlement_ends_it(void **state)
{
	struct world *w = *state;
	int64_t ops[8];
	jc_id id = "";

	both_join(w);
	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	test_set(&w->a, "member", id, 0, "name=王晓青", NULL);
	test_set(&w->b, "member", id, 0, "name=王小清", NULL);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	county_synced(&w->c, &w->a);
	assert_int_equal(test_siblings(&w->a, id, "name", ops), 2);
	assert_int_equal(test_siblings(&w->b, id, "name", ops), 2);
	county_agree(&w->c, &w->a, &w->b, NULL);
	test_resolve(&w->b, id, "name", 0, "王小清");
	county_synced(&w->c, &w->b);
	county_synced(&w->c, &w->a);
	assert_int_equal(test_siblings(&w->a, id, "name", ops), 0);
	assert_string_equal(test_get(&w->a, id, "name"), "王小清");
	county_agree(&w->c, &w->a, &w->b, NULL);
}

static void
a_request_or_answer_lost_at_any_step_loses_nothing_and_doubles_nothing(void **state)
{
	struct world *w = *state;
	int64_t commits;

	both_join(w);
	for (int i = 1; i <= 6; i++) {
		struct wire wire = {0};
		struct jc_session_report r;

		members(&w->a, 10 * i, 8);
		members(&w->b, 10 * i + 500, 8);
		wire.lose_answer = i / 2 + 1;
		wire.lose_request = i % 2 ? 0 : 1;
		assert_int_equal(county_sync(&w->c, &w->a, &wire, &r), JC_WANT_DONE);
		assert_int_equal(r.waiting, 0);
		wire.lose_answer = i;
		assert_int_equal(county_sync(&w->c, &w->b, &wire, &r), JC_WANT_DONE);
		county_synced(&w->c, &w->a);
	}
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 96);
	commits = county_commits(&w->c.hub, &w->a);
	assert_int_equal(county_commits(&w->a, &w->a), commits);
	assert_int_equal(county_commits(&w->b, &w->b), commits);
}

static void
a_line_that_breaks_every_few_kilobytes_still_carries_everything(void **state)
{
	struct world *w = *state;
	struct wire wire = {.cut = 6000};
	struct jc_session_report r;

	both_join(w);
	members(&w->a, 0, 400);
	assert_int_equal(county_sync(&w->c, &w->a, &wire, &r), JC_WANT_DONE);
	assert_int_equal(r.waiting, 0);
	print_message("400 members over 6 kB pieces: %d requests, %lld bytes up, %zu of them twice\n", wire.requests,
	    (long long)r.bytes_up, wire.sent_twice);
	assert_true(wire.up < 2 * r.bytes_up); /* what the hub kept was not sent again */
	assert_int_equal(county_sync(&w->c, &w->b, &wire, &r), JC_WANT_DONE);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 400);
	wire = (struct wire){.cut = 9000, .deaf = 1}; /* an older hub: pieces shrink to one commit */
	members(&w->b, 400, 400);
	assert_int_equal(county_sync(&w->c, &w->b, &wire, &r), JC_WANT_DONE);
	assert_int_equal(county_agree(&w->c, &w->b, NULL), 800);
}

static void
an_answer_cut_anywhere_changes_nothing_and_the_next_try_completes(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;

	both_join(w);
	members(&w->b, 0, 3);
	county_synced(&w->c, &w->b);
	for (size_t at = 0; at < 400; at += 7) {
		struct wire wire = {.garble_answer = 1, .garble_at = at};

		members(&w->a, (int)at, 1);
		if (county_sync(&w->c, &w->a, &wire, &r) == JC_WANT_FAILED)
			assert_int_equal(r.err.code, JC_ENETWORK); /* not even the first bytes: some portal's page */
		county_synced(&w->c, &w->a);
	}
	county_synced(&w->c, &w->b);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 3 + 58);
}

static void
a_restored_disk_image_goes_on_the_fork_is_named_and_nothing_is_lost(void **state)
{
	struct world *w = *state;
	struct test_node image;
	struct jc_session_report r;

	both_join(w);
	members(&w->a, 0, 5);
	county_synced(&w->c, &w->a);
	test_node_new(&image, 9);
	test_node_restore(&image, &w->a);
	members(&w->a, 5, 5);
	county_synced(&w->c, &w->a);
	members(&w->a, 10, 5); /* saved, not sent: in the image's future */
	members(&image, 15, 5);
	assert_int_equal(county_sync(&w->c, &image, NULL, &r), JC_WANT_DONE);
	assert_int_equal(r.waiting, 0);
	assert_true(r.forked);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &image);
	county_synced(&w->c, &w->b);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, &image, NULL), 20);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	test_node_free(&image);
}

static void
an_image_with_uncut_drafts_gives_each_record_once(void **state)
{
	struct world *w = *state;
	struct test_node image;

	both_join(w);
	members(&w->a, 0, 6);
	test_node_new(&image, 11);
	test_node_restore(&image, &w->a);
	county_synced(&w->c, &w->a);
	members(&image, 6, 2);
	county_synced(&w->c, &image);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, &image, NULL), 8);
	assert_int_equal(test_count(&w->b, "member"), 8);
	test_node_free(&image);
}

/* The hub's database as of an earlier moment; `told`: the restore command drew a new epoch. */
static void
hub_back(struct world *w, struct test_node *backup, int told)
{
	struct jc_err err = {0};
	int64_t last;

	test_node_restore(&w->c.hub, backup);
	if (!told)
		return;
	test_ok(jc_db_int(w->c.hub.node->db, &last, "SELECT coalesce(max(no), 0) FROM log_commit", &err), &err);
	test_ok(jc_db_begin(w->c.hub.node->db, &err), &err);
	test_ok(jc_note_epoch_renew(w->c.hub.node->log, last, &err), &err);
	test_ok(jc_db_end(w->c.hub.node->db, 1, &err), &err);
}

static void
hub_goes_back(struct world *w, int told)
{
	struct test_node backup;
	struct jc_session_report r;
	jc_id id = "";

	both_join(w);
	members(&w->a, 0, 5);
	members(&w->b, 5, 5);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	test_node_new(&backup, 21);
	test_node_restore(&backup, &w->c.hub);
	members(&w->a, 10, 5);
	county_synced(&w->c, &w->a);
	members(&w->b, 15, 5);
	county_synced(&w->c, &w->b);
	hub_back(w, &backup, told);
	/* Only one PC comes back: it must bring what the other one had sent, too. */
	test_set(&w->b, "member", id, 0, "name=后来", NULL);
	assert_int_equal(county_sync(&w->c, &w->b, NULL, &r), JC_WANT_DONE);
	assert_true(r.hub_restored);
	assert_int_equal(r.waiting, 0);
	assert_int_equal(county_agree(&w->c, &w->b, NULL), 21);
	members(&w->a, 20, 1);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_true(r.hub_restored);
	county_synced(&w->c, &w->b);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 22);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_false(r.hub_restored);
	test_node_free(&backup);
}

static void
a_hub_restored_from_a_backup_gets_back_what_it_lost(void **state)
{
	hub_goes_back(*state, 1);
}

static void
a_hub_whose_disk_was_put_back_unawares_is_shown_its_own_note(void **state)
{
	hub_goes_back(*state, 0);
}

/* The image is of before anything came: the hub has no note left that could be older than ours. */
static void
a_hub_put_back_to_before_all_notes_is_found_out_by_a_quiet_pc(void **state)
{
	struct world *w = *state;
	struct test_node backup;
	struct jc_session_report r;

	both_join(w);
	test_node_new(&backup, 22);
	test_node_restore(&backup, &w->c.hub);
	members(&w->a, 0, 5);
	county_synced(&w->c, &w->a);
	hub_back(w, &backup, 0);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_true(r.hub_restored);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 5);
	test_node_free(&backup);
}

/* While a was away, b's commit got the place at the hub where a's own had been. */
static void
places_given_out_anew_by_a_hub_put_back_hide_nothing(void **state)
{
	struct world *w = *state;
	struct test_node backup;

	both_join(w);
	test_node_new(&backup, 23);
	test_node_restore(&backup, &w->c.hub);
	members(&w->a, 0, 1);
	county_synced(&w->c, &w->a);
	hub_back(w, &backup, 0);
	for (int i = 0; i < 3; i++) {
		members(&w->b, 10 + i, 1);
		county_synced(&w->c, &w->b);
	}
	county_synced(&w->c, &w->a);
	members(&w->a, 1, 1);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 5);
	test_node_free(&backup);
}

static void
clocks_of_2009_and_2099_change_neither_order_nor_exchange(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	jc_id id = "";

	test_env_wall(w->a.env, INT64_C(1230768000000)); /* 2009-01-01 */
	test_env_wall(w->b.env, INT64_C(4102358400000)); /* 2099-12-31 */
	both_join(w);
	test_set(&w->b, "member", id, 0, "name=第一", NULL);
	county_synced(&w->c, &w->b);
	county_synced(&w->c, &w->a);
	test_set(&w->a, "member", id, 0, "name=第二", NULL);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_true(r.skew > 10 * 365 * 86400);
	assert_int_equal(county_sync(&w->c, &w->b, NULL, &r), JC_WANT_DONE);
	assert_true(r.skew < -10 * 365 * 86400);
	assert_string_equal(test_get(&w->b, id, "name"), "第二");
	assert_string_equal(test_get(&w->a, id, "name"), "第二");
	county_agree(&w->c, &w->a, &w->b, NULL);
}

static void
nothing_of_the_branch_tier_reaches_the_hub(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	int64_t n;

	both_join(w);
	members(&w->a, 0, 3);
	county_synced(&w->c, &w->a);
	test_ok(jc_db_int(w->c.hub.node->db, &n, "SELECT count(*) FROM log_commit WHERE tier = 0", &err), &err);
	assert_int_equal(n, 0);
}

static void
merge_commits_travel_and_leave_the_digest_alone(void **state)
{
	struct world *w = *state;
	struct jc_err err = {0};
	struct jc_scope s;
	char before[65], after[65];
	int made;

	both_join(w);
	members(&w->a, 0, 3);
	members(&w->b, 3, 3);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	county_scope(&w->c.hub, &w->a, &s);
	county_digest(&w->c.hub, &w->a, before);
	test_ok(jc_exchange_merge(w->c.hub.node, &s, 1, &made, &err), &err);
	assert_true(made > 0);
	test_ok(jc_exchange_merge(w->c.hub.node, &s, 1, &made, &err), &err);
	assert_int_equal(made, 0);
	county_digest(&w->c.hub, &w->a, after);
	assert_string_equal(before, after);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	members(&w->a, 6, 1);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	assert_int_equal(county_agree(&w->c, &w->a, &w->b, NULL), 7);
	test_ok(jc_exchange_merge(w->c.hub.node, &s, 0, &made, &err), &err);
	assert_int_equal(made, 0); /* the last one is not an hour old */
	test_env_pass(w->c.hub.env, 3601000);
	test_ok(jc_exchange_merge(w->c.hub.node, &s, 0, &made, &err), &err);
	assert_true(made > 0);
}

static void
a_revoked_or_unknown_computer_is_told_so_and_keeps_its_data(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	struct jc_err err = {0};

	both_join(w);
	members(&w->a, 0, 2);
	jc_db_log_window(w->c.hub.node->db, 1);
	test_ok(jc_db_exec(w->c.hub.node->db, "DELETE FROM credential", &err), &err);
	jc_db_log_window(w->c.hub.node->db, -1);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_FAILED);
	assert_int_equal(r.err.code, JC_EDENIED);
	assert_true(r.waiting > 0);
	assert_int_equal(test_count(&w->a, "member"), 2);
}

static void
a_line_known_to_be_good_takes_commits_of_full_size(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	struct jc_err err = {0};

	both_join(w);
	test_ok(jc_db_begin(w->a.node->db, &err), &err);
	test_ok(jc_meta_set_int(w->a.node->db, "link_unit", 32768, &err), &err);
	test_ok(jc_db_end(w->a.node->db, 1, &err), &err);
	members(&w->a, 0, 700);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_int_equal(r.err.code, 0);
	assert_int_equal(r.waiting, 0);
	assert_in_range(r.commits_up, 1, 2);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 700);
}

static void
over_its_daily_share_a_computer_is_asked_to_come_later(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	struct jc_err err = {0};

	both_join(w);
	test_ok(jc_db_begin(w->c.hub.node->db, &err), &err);
	test_ok(jc_meta_set_int(w->c.hub.node->db, "quota_day_bytes", 100, &err), &err);
	test_ok(jc_db_end(w->c.hub.node->db, 1, &err), &err);
	members(&w->a, 0, 5);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_FAILED);
	assert_int_equal(r.err.code, JC_EBUSY);
	test_ok(jc_db_begin(w->c.hub.node->db, &err), &err);
	test_ok(jc_meta_set_int(w->c.hub.node->db, "quota_day_bytes", 100000, &err), &err);
	test_ok(jc_db_end(w->c.hub.node->db, 1, &err), &err);
	county_synced(&w->c, &w->a);
	assert_int_equal(county_agree(&w->c, &w->a, NULL), 5);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_was_saved_before_joining_reaches_the_hub_in_one_session),
		T(a_quiet_day_is_one_round_trip),
		T(two_computers_of_a_branch_and_the_hub_come_to_one_digest),
		T(one_field_changed_on_both_is_a_conflict_on_both_and_one_settlement_ends_it),
		T(a_request_or_answer_lost_at_any_step_loses_nothing_and_doubles_nothing),
		T(a_line_that_breaks_every_few_kilobytes_still_carries_everything),
		T(an_answer_cut_anywhere_changes_nothing_and_the_next_try_completes),
		T(a_restored_disk_image_goes_on_the_fork_is_named_and_nothing_is_lost),
		T(an_image_with_uncut_drafts_gives_each_record_once),
		T(a_hub_restored_from_a_backup_gets_back_what_it_lost),
		T(a_hub_whose_disk_was_put_back_unawares_is_shown_its_own_note),
		T(a_hub_put_back_to_before_all_notes_is_found_out_by_a_quiet_pc),
		T(places_given_out_anew_by_a_hub_put_back_hide_nothing),
		T(clocks_of_2009_and_2099_change_neither_order_nor_exchange),
		T(nothing_of_the_branch_tier_reaches_the_hub),
		T(merge_commits_travel_and_leave_the_digest_alone),
		T(a_revoked_or_unknown_computer_is_told_so_and_keeps_its_data),
		T(a_line_known_to_be_good_takes_commits_of_full_size),
		T(over_its_daily_share_a_computer_is_asked_to_come_later),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
