/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A real hub over real TLS on loopback, two PCs of one branch and one of another: joining, syncing,
 * conflicts, and what happens when the hub, the code or the pin is not what it should be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <gnutls/gnutls.h>
#include <sqlite3.h>

#include "schema_db.h"
#include "sync_receipt.h"
#include "test_env.h"
#include "test_hub.h"
#include "uplink.h"

struct world {
	struct test_node hub, a, b, c;
	struct test_hub server;
};

static struct jc_uplink
uplink(struct test_node *t)
{
	return (struct jc_uplink){.node = t->node, .env = t->env, .connect_ms = 3000, .slow_seconds = 5, .total_seconds = 20};
}

static void
invite(struct world *w, const char *branch, char code[JC_CODE_TEXT])
{
	struct jc_err err = {0};

	test_ok(jc_enrol_invite(code, w->hub.node, branch, &err), &err);
}

static void
join(struct world *w, struct test_node *t, const char *branch)
{
	struct jc_uplink u = uplink(t);
	char code[JC_CODE_TEXT];
	struct jc_err err = {0};

	invite(w, branch, code);
	test_ok(jc_uplink_join(&u, w->server.url, code, &t->key, &err), &err);
}

static struct jc_session_report
sync_node(struct test_node *t)
{
	struct jc_uplink u = uplink(t);
	struct jc_session_report report;
	struct jc_err err = {0};

	test_ok(jc_uplink_sync(&u, &report, &err), &err);
	return report;
}

static void
digest_of(struct test_node *t, const char *scope, char hex[65])
{
	struct jc_err err = {0};
	uint8_t d[JC_HASH_LEN];
	struct jc_scope s;

	test_ok(jc_scope_find(&s, t->node->log, scope, &err), &err);
	test_ok(jc_digest(t->node->project, s.no, d, NULL, &err), &err);
	for (int i = 0; i < JC_HASH_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", d[i]);
}

static void
same_digest(struct test_node *x, struct test_node *y)
{
	char dx[65], dy[65];
	struct jc_err err = {0};
	struct jc_scope s;

	test_ok(jc_node_scope(x->node, &s, &err), &err);
	digest_of(x, s.id, dx);
	digest_of(y, s.id, dy);
	assert_string_equal(dx, dy);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct jc_err err = {0};

	test_node_new(&w->hub, 1);
	test_node_new(&w->a, 2);
	test_node_new(&w->b, 3);
	test_node_new(&w->c, 4);
	test_ok(jc_node_init_hub(w->hub.node, "清水县总工会", &err), &err);
	test_ok(jc_node_init_branch(w->a.node, "青石镇工会", &err), &err);
	test_hub_start(&w->server, &w->hub, 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	test_hub_stop(&w->server);
	test_node_free(&w->c);
	test_node_free(&w->b);
	test_node_free(&w->a);
	test_node_free(&w->hub);
	free(w);
	return 0;
}

static void
what_a_branch_recorded_before_joining_reaches_the_hub_and_its_second_pc(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	jc_id id = "";

	test_set(&w->a, "member", id, 0, "name=王小青", "mobile=13000000001", NULL);
	join(w, &w->a, "青石镇工会");
	r = sync_node(&w->a);
	assert_int_equal(r.waiting, 0);
	assert_true(r.ops_up >= 1);
	join(w, &w->b, "青石镇工会");
	sync_node(&w->b);
	assert_string_equal(test_get(&w->b, id, "name"), "王小青");
	same_digest(&w->a, &w->hub);
	same_digest(&w->b, &w->hub);
}

static void
two_pcs_that_change_one_field_both_see_the_conflict_and_one_settles_it(void **state)
{
	struct world *w = *state;
	int64_t ops[8];
	jc_id id = "";

	test_set(&w->a, "member", id, 0, "name=王小青", "mobile=13000000001", NULL);
	join(w, &w->a, "青石镇工会");
	sync_node(&w->a);
	join(w, &w->b, "青石镇工会");
	sync_node(&w->b);
	test_set(&w->a, "member", id, 0, "mobile=13000000002", NULL);
	test_set(&w->b, "member", id, 0, "mobile=13000000003", NULL);
	sync_node(&w->a);
	sync_node(&w->b);
	sync_node(&w->a);
	assert_int_equal(test_siblings(&w->a, id, "mobile", ops), 2);
	assert_int_equal(test_siblings(&w->b, id, "mobile", ops), 2);
	assert_string_equal(test_get(&w->a, id, "mobile"), test_get(&w->b, id, "mobile"));
	test_resolve(&w->b, id, "mobile", ops[1], NULL);
	sync_node(&w->b);
	sync_node(&w->a);
	assert_int_equal(test_siblings(&w->a, id, "mobile", ops), 0);
	same_digest(&w->a, &w->hub);
	same_digest(&w->b, &w->hub);
}

static void
a_daily_increment_is_one_request(void **state)
{
	struct world *w = *state;
	struct jc_session_report r;
	struct jc_receipt at;
	struct jc_record_key key;
	struct jc_err err = {0};
	jc_id id = "";

	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	join(w, &w->a, "青石镇工会");
	sync_node(&w->a);
	test_set(&w->a, "member", id, 0, "mobile=13000000002", "title=主席", "job=会计", NULL);
	test_ok(jc_record_find(w->a.node, 0, id, &key, &err), &err);
	test_ok(jc_receipt_get(w->a.node, key.rec, &at, &err), &err);
	assert_int_equal(at.level, 0);
	r = sync_node(&w->a);
	assert_int_equal(r.requests, 1);
	assert_int_equal(r.waiting, 0);
	test_ok(jc_receipt_get(w->a.node, key.rec, &at, &err), &err);
	assert_int_equal(at.level, 1);
	print_message("increment: %lld B up, %lld B down\n", (long long)r.bytes_up, (long long)r.bytes_down);
}

static void
branches_do_not_see_each_other(void **state)
{
	struct world *w = *state;
	jc_id id = "";
	struct jc_record_key key;
	struct jc_err err = {0};

	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	join(w, &w->a, "青石镇工会");
	sync_node(&w->a);
	join(w, &w->c, "白水乡工会");
	sync_node(&w->c);
	assert_int_equal(jc_record_find(w->c.node, 0, id, &key, &err), JC_ENOTFOUND);
}

static void
a_code_serves_one_device_and_a_wrong_one_is_refused_with_a_sentence(void **state)
{
	struct world *w = *state;
	struct jc_uplink ua = uplink(&w->a), ub = uplink(&w->b);
	char code[JC_CODE_TEXT], wrong[JC_CODE_TEXT];
	struct jc_err err = {0};

	invite(w, "青石镇工会", code);
	memcpy(wrong, code, sizeof(wrong));
	wrong[2] = wrong[2] == '7' ? '8' : '7';
	assert_int_equal(jc_uplink_join(&ua, w->server.url, wrong, &w->a.key, &err), JC_EINVAL);
	test_ok(jc_uplink_join(&ua, w->server.url, code, &w->a.key, &err), &err);
	assert_int_equal(jc_uplink_join(&ub, w->server.url, code, &w->b.key, &err), JC_EDENIED);
	assert_non_null(strstr(err.msg, "加入码"));
}

static void
another_hub_at_the_address_gets_nothing(void **state)
{
	struct world *w = *state;
	struct jc_uplink u = uplink(&w->a);
	struct jc_session_report r;
	struct jc_err err = {0};
	struct jc_peer peer;

	join(w, &w->a, "青石镇工会");
	test_ok(jc_peer_get(&peer, w->a.node, &err), &err);
	peer.pin[10] = peer.pin[10] == 'A' ? 'B' : 'A';
	test_ok(jc_peer_put(&peer, w->a.node, &err), &err);
	jc_db_log_window(w->a.node->db, 1); /* with its own key it could say that it has another TLS key now (test_moves.c) */
	test_ok(jc_db_exec(w->a.node->db, "UPDATE device SET key = randomblob(32) WHERE id = (SELECT hub FROM peer)", &err), &err);
	jc_db_log_window(w->a.node->db, -1);
	assert_int_equal(jc_uplink_sync(&u, &r, &err), JC_ESIGNATURE);
}

static void
without_a_line_everything_is_kept_and_the_next_try_works(void **state)
{
	struct world *w = *state;
	struct jc_uplink u = uplink(&w->a);
	struct jc_session_report r;
	struct jc_err err = {0};
	jc_id id = "";

	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	join(w, &w->a, "青石镇工会");
	test_hub_stop(&w->server);
	assert_int_equal(jc_uplink_sync(&u, &r, &err), JC_ENETWORK);
	test_node_reopen(&w->a);
	test_hub_start(&w->server, &w->hub, 0);
	{
		struct jc_peer peer;

		test_ok(jc_peer_get(&peer, w->a.node, &err), &err);
		snprintf(peer.url, sizeof(peer.url), "%s", w->server.url);
		test_ok(jc_peer_put(&peer, w->a.node, &err), &err);
	}
	sync_node(&w->a);
	same_digest(&w->a, &w->hub);
}

/* ---- greetings that stand still ---- */

static int
caller(const struct world *w)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(strrchr(w->server.url, ':') + 1))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	return fd;
}

static ssize_t
deaf(gnutls_transport_ptr_t fd, void *data, size_t n)
{
	(void)fd;
	(void)data;
	(void)n;
	errno = EAGAIN;
	return -1;
}

/* Greets as a whole and does not go on when the hub has answered. */
static gnutls_session_t
greeted(int fd, gnutls_certificate_credentials_t trust)
{
	gnutls_session_t s;

	assert_int_equal(gnutls_init(&s, GNUTLS_CLIENT | GNUTLS_NONBLOCK), 0);
	assert_int_equal(gnutls_set_default_priority(s), 0);
	assert_int_equal(gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE, trust), 0);
	gnutls_transport_set_int(s, fd);
	gnutls_transport_set_pull_function(s, deaf);
	assert_int_equal(gnutls_handshake(s), GNUTLS_E_AGAIN);
	return s;
}

static double
processor_seconds(const struct test_hub *h)
{
	struct timespec t;
	clockid_t clock;

	assert_int_equal(pthread_getcpuclockid(h->thread, &clock), 0);
	assert_int_equal(clock_gettime(clock, &t), 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
greetings_that_stand_still_cost_no_processor_and_hold_nobody_up(void **state)
{
	static const char half[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" "a part of what is random";
	static const size_t sent[] = {0, 1, 5, sizeof(half) - 1};
	struct world *w = *state;
	gnutls_certificate_credentials_t trust;
	gnutls_session_t whole[4];
	struct jc_session_report r;
	int fd[20];
	double cpu;

	test_set(&w->a, "member", (jc_id){0}, 0, "name=王小青", NULL);
	join(w, &w->a, "青石镇工会");
	assert_int_equal(gnutls_certificate_allocate_credentials(&trust), 0);
	for (size_t i = 0; i < 20; i++) {
		fd[i] = caller(w);
		if (i < 16)
			assert_int_equal(send(fd[i], half, sent[i % 4], MSG_NOSIGNAL), (ssize_t)sent[i % 4]);
		else
			whole[i - 16] = greeted(fd[i], trust);
	}
	nanosleep(&(struct timespec){0, 500000000}, NULL);
	cpu = processor_seconds(&w->server);
	nanosleep(&(struct timespec){1, 0}, NULL);
	cpu = processor_seconds(&w->server) - cpu;
	r = sync_node(&w->a);
	assert_int_equal(r.waiting, 0);
	print_message("20 greetings stand still: %.3f s of a processor in a second\n", cpu);
	assert_true(cpu < 0.2);
	for (size_t i = 0; i < 20; i++) {
		if (i >= 16)
			gnutls_deinit(whole[i - 16]);
		close(fd[i]);
	}
	gnutls_certificate_free_credentials(trust);
}

static int
wal_frames(struct test_node *t)
{
	sqlite3 *h = jc_db_handle(t->node->db);
	sqlite3_stmt *st = NULL;
	int n;

	assert_int_equal(sqlite3_set_authorizer(h, NULL, NULL), SQLITE_OK); /* pragmas are the database files' own */
	assert_int_equal(sqlite3_prepare_v2(h, "PRAGMA wal_autocheckpoint", -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	test_node_reopen(t);
	return n;
}

/* The first look is at a node that was made a moment ago, the second at one that was opened. */
static void
what_a_hub_writes_gathers_longer_than_what_a_desk_writes(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(wal_frames(&w->hub), 16000);
		assert_int_equal(wal_frames(&w->a), 4000);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_a_branch_recorded_before_joining_reaches_the_hub_and_its_second_pc),
		T(two_pcs_that_change_one_field_both_see_the_conflict_and_one_settles_it),
		T(a_daily_increment_is_one_request),
		T(branches_do_not_see_each_other),
		T(a_code_serves_one_device_and_a_wrong_one_is_refused_with_a_sentence),
		T(another_hub_at_the_address_gets_nothing),
		T(without_a_line_everything_is_kept_and_the_next_try_works),
		T(greetings_that_stand_still_cost_no_processor_and_hold_nobody_up),
		T(what_a_hub_writes_gathers_longer_than_what_a_desk_writes),
	};

	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests_name("hub", tests, NULL, NULL);
}
