/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A real hub, a real client, and a line that fails in every way between them: each try ends with a clean
 * error within its limit, the next one over a good line succeeds, and nothing is there twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <dirent.h>

#include "county.h"
#include "env_os.h"
#include "link.h"
#include "test_env.h"
#include "test_hub.h"
#include "uplink.h"

#define SLOW 1            /* seconds below 20 B/s after which a request ends */
#define TOTAL 1           /* of the whole try */

struct world {
	struct county c;
	struct test_node pc;
	struct test_hub hub;
	struct link link;
	int members;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_new(&w->c, 1);
	test_node_new(&w->pc, 2);
	county_join(&w->c, &w->pc, "青石镇工会");
	county_synced(&w->c, &w->pc);
	test_hub_start(&w->hub, &w->c.hub, 1);
	link_start(&w->link, atoi(strrchr(w->hub.url, ':') + 1));
	link_lead(&w->link, &w->pc, 1);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	link_end(&w->link);
	test_hub_stop(&w->hub);
	county_free(&w->c);
	test_node_free(&w->pc);
	free(w);
	return 0;
}

static void
members(struct world *w, int n)
{
	for (int i = 0; i < n; i++) {
		jc_id id = "";
		char name[40];

		snprintf(name, sizeof(name), "name=张%d", w->members++);
		test_set(&w->pc, "member", id, 0, name, NULL);
	}
}

/* One try; its code, and how long it took. */
static int
try(struct world *w, double *seconds, struct jc_session_report *r, struct jc_err *err)
{
	struct jc_uplink u = {.node = w->pc.node, .env = jc_env_os(0), .connect_ms = 2000, .slow_seconds = SLOW, .total_seconds = TOTAL};
	struct timespec a, b;
	int rc;

	memset(err, 0, sizeof(*err));
	clock_gettime(CLOCK_MONOTONIC, &a);
	rc = jc_uplink_sync(&u, r, err);
	clock_gettime(CLOCK_MONOTONIC, &b);
	*seconds = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	return rc;
}

/* Over a good line everything arrives, once. */
static void
good(struct world *w)
{
	struct jc_session_report r;
	struct jc_err err;
	double seconds;

	link_set(&w->link, LINK_FINE, 0);
	test_ok(try(w, &seconds, &r, &err), &err);
	assert_int_equal(r.waiting, 0);
	test_node_reopen(&w->c.hub);
	assert_int_equal(county_agree(&w->c, &w->pc, NULL), w->members);
	assert_int_equal(test_count(&w->pc, "member"), w->members);
	assert_int_equal(county_commits(&w->c.hub, &w->pc), county_commits(&w->pc, &w->pc));
}

static int
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void
a_server_that_hangs_in_any_phase_costs_one_limit_and_nothing_else(void **state)
{
	static const struct {
		const char *what;
		enum link_fault fault;
		int64_t at;
	} table[] = {
		{"accepts and says nothing", LINK_SILENT, 0}, {"reads all and never answers", LINK_MUTE, 0},
		{"stops reading in the head", LINK_STUCK, 100}, {"stops reading in the body", LINK_STUCK, 1500},
		{"half a byte a second from the start", LINK_TRICKLE, 0}, {"half a byte a second in the answer", LINK_TRICKLE, 150},
		{"stands still in the head of the answer", LINK_HALF, 60}, {"stands still after the note", LINK_HALF, 250},
	};
	struct world *w = *state;
	int before = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct jc_session_report r;
		struct jc_err err;
		double seconds;
		int rc;

		members(w, 60);
		link_set(&w->link, table[i].fault, table[i].at);
		rc = try(w, &seconds, &r, &err);
		if (rc != JC_ETIMEOUT && rc != JC_ENETWORK)
			fail_msg("%s: %d %s", table[i].what, rc, err.msg);
		assert_true(err.msg[0] != '\0');
		if (seconds > TOTAL + 3)
			fail_msg("%s: %.1f s", table[i].what, seconds);
		print_message("%-40s %.1f s, %s\n", table[i].what, seconds, jc_err_word(rc));
		good(w);
		before = i == 0 ? descriptors() : before;
	}
	for (int i = 0; i < 50 && descriptors() > before; i++)
		nanosleep(&(struct timespec){0, 100000000}, NULL); /* the hub's side of what was cut a moment ago */
	assert_true(descriptors() <= before);
}

static void
a_line_cut_after_the_note_leaves_the_receipt_and_the_rest_follows(void **state)
{
	struct world *w = *state;

	for (int64_t at = 1; at < 700; at += 97) {
		struct jc_session_report r;
		struct jc_err err;
		double seconds;

		members(w, 20);
		link_set(&w->link, LINK_CUT_DOWN, at);
		(void)try(w, &seconds, &r, &err); /* it may get through between two cuts */
		good(w);
	}
}

static void
an_upload_over_a_line_that_breaks_every_three_kilobytes_sends_nearly_nothing_twice(void **state)
{
	struct world *w = *state;
	struct jc_uplink u = {.node = w->pc.node, .env = w->pc.env};
	struct jc_session_report r;
	struct jc_err err = {0};
	int64_t once;

	members(w, 900);
	link_set(&w->link, LINK_CUT, 3000);
	w->link.up = w->link.down = w->link.cuts = 0;
	test_ok(jc_uplink_sync(&u, &r, &err), &err);
	assert_int_equal(r.waiting, 0);
	once = r.bytes_up;
	print_message("%lld bytes of requests over %lld cuts: %lld up, %lld down\n", (long long)once, (long long)w->link.cuts,
	    (long long)w->link.up, (long long)w->link.down);
	assert_true(w->link.cuts >= 3 && w->link.cuts >= once / 6000); /* it did break; what was in flight may have got through */
	assert_true(w->link.up + w->link.down < once + 900 * (w->link.cuts + 1)); /* heads and questions, no body */
	good(w);
}

static void
a_download_over_a_line_that_breaks_every_three_kilobytes_fetches_nearly_nothing_twice(void **state)
{
	struct world *w = *state;
	struct jc_uplink u = {.env = w->pc.env};
	struct jc_session_report r;
	struct jc_err err = {0};
	struct test_node second;

	members(w, 900);
	good(w);
	test_node_new(&second, 3);
	county_join(&w->c, &second, "青石镇工会");
	link_lead(&w->link, &second, 1);
	link_set(&w->link, LINK_CUT, 3000);
	w->link.up = w->link.down = w->link.cuts = 0;
	u.node = second.node;
	test_ok(jc_uplink_sync(&u, &r, &err), &err);
	print_message("%lld bytes of answers over %lld cuts: %lld up, %lld down\n", (long long)r.bytes_down, (long long)w->link.cuts,
	    (long long)w->link.up, (long long)w->link.down);
	assert_int_equal(test_count(&second, "member"), 900);
	assert_true(r.bytes_down > 15000 && w->link.cuts >= 5);
	assert_true(w->link.up + w->link.down < r.bytes_down + r.bytes_up + 900 * (w->link.cuts + r.requests)); /* heads, no body */
	test_node_reopen(&w->c.hub);
	county_agree(&w->c, &w->pc, &second, NULL);
	test_node_free(&second);
}

static void
a_login_page_is_told_from_the_hub_and_nothing_of_it_is_believed(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	struct jc_err err;
	double seconds;

	members(w, 3);
	link_set(&w->link, LINK_PORTAL, 0);
	assert_int_equal(try(w, &seconds, &r, &err), JC_ENETWORK);
	assert_non_null(strstr(err.msg, "这不是县里的服务器，可能需要先在浏览器里登录网络"));
	assert_true(r.waiting > 0);
	good(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_server_that_hangs_in_any_phase_costs_one_limit_and_nothing_else, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line_cut_after_the_note_leaves_the_receipt_and_the_rest_follows, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    an_upload_over_a_line_that_breaks_every_three_kilobytes_sends_nearly_nothing_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_download_over_a_line_that_breaks_every_three_kilobytes_fetches_nearly_nothing_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(a_login_page_is_told_from_the_hub_and_nothing_of_it_is_believed, setup, teardown),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
