/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A hub gets another TLS key, another address, both; a stranger stands where it was. Real hubs with TLS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "env_os.h"
#include "test_hub.h"
#include "tls.h"
#include "uplink.h"

struct world {
	struct county c, other;
	struct test_node pc;
	struct test_hub hub, second;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_new(&w->c, 1);
	county_new(&w->other, 5);
	test_node_new(&w->pc, 2);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	county_free(&w->c);
	county_free(&w->other);
	test_node_free(&w->pc);
	free(w);
	return 0;
}

static int
sync_once(struct world *w, struct jc_err *err)
{
	struct jc_uplink u = {.node = w->pc.node, .env = jc_env_os(0), .connect_ms = 3000, .slow_seconds = 3, .total_seconds = 10};
	struct jc_session_report r;

	memset(err, 0, sizeof(*err));
	return jc_uplink_sync(&u, &r, err);
}

static void
joined(struct world *w)
{
	struct jc_uplink u = {.node = w->pc.node, .env = jc_env_os(0)};
	char code[64];
	struct jc_err err = {0};

	test_ok(jc_enrol_invite(code, w->c.hub.node, "青石镇工会", &err), &err);
	test_ok(jc_uplink_join(&u, w->hub.url, code, &w->pc.key, &err), &err);
	test_ok(sync_once(w, &err), &err);
}

static void
saved(struct world *w, const char *name)
{
	jc_id id = "";

	test_set(&w->pc, "member", id, 0, name, NULL);
}

static void
peer(struct world *w, struct jc_peer *out)
{
	struct jc_err err = {0};

	test_ok(jc_peer_get(out, w->pc.node, &err), &err);
}

static void
another_tls_key_is_accepted_by_the_hubs_signature(void **state)
{
	struct world *w = *state;
	struct jc_peer before, after;
	struct jc_err err = {0};

	test_hub_start(&w->hub, &w->c.hub, 0);
	joined(w);
	peer(w, &before);
	test_hub_stop(&w->hub);
	test_ok(jc_tls_renew(w->c.hub.dir, &err), &err);
	test_hub_start(&w->hub, &w->c.hub, 0);
	snprintf(before.url, sizeof(before.url), "%s", w->hub.url); /* the port is a free one each time */
	test_ok(jc_peer_put(&before, w->pc.node, &err), &err);
	saved(w, "name=王小青");
	test_ok(sync_once(w, &err), &err);
	peer(w, &after);
	assert_string_not_equal(before.pin, after.pin);
	test_hub_stop(&w->hub);
	test_node_reopen(&w->c.hub);
	assert_int_equal(county_agree(&w->c, &w->pc, NULL), 1);
}

static void
a_stranger_at_the_address_gets_nothing(void **state)
{
	struct world *w = *state;
	struct jc_peer p, after;
	struct jc_err err = {0};

	test_hub_start(&w->hub, &w->c.hub, 0);
	joined(w);
	test_hub_start(&w->second, &w->other.hub, 0);
	peer(w, &p);
	snprintf(p.url, sizeof(p.url), "%s", w->second.url);
	test_ok(jc_peer_put(&p, w->pc.node, &err), &err);
	saved(w, "name=王小青");
	assert_int_equal(sync_once(w, &err), JC_ESIGNATURE);
	assert_non_null(strstr(err.msg, "这不是县里的服务器"));
	peer(w, &after);
	assert_string_equal(after.pin, p.pin);
	test_hub_stop(&w->second);
	test_hub_stop(&w->hub);
}

static void
an_announced_address_is_followed_when_the_hub_is_there_and_not_before(void **state)
{
	struct world *w = *state;
	struct jc_peer p;
	struct jc_err err = {0};

	test_hub_start(&w->hub, &w->c.hub, 0);
	joined(w);
	test_hub_stop(&w->hub);
	test_hub_start_at(&w->hub, &w->c.hub, 0, "https://127.0.0.1:9");
	peer(w, &p);
	snprintf(p.url, sizeof(p.url), "%s", w->hub.url);
	test_ok(jc_peer_put(&p, w->pc.node, &err), &err);
	test_ok(sync_once(w, &err), &err); /* hears of it */
	saved(w, "name=王小青");
	test_ok(sync_once(w, &err), &err); /* nobody is there yet: the old address serves */
	peer(w, &p);
	assert_string_equal(p.url, w->hub.url);
	test_hub_stop(&w->hub);
	test_hub_start(&w->second, &w->c.hub, 0);
	test_hub_start_at(&w->hub, &w->c.hub, 0, w->second.url);
	snprintf(p.url, sizeof(p.url), "%s", w->hub.url);
	test_ok(jc_peer_put(&p, w->pc.node, &err), &err);
	test_ok(sync_once(w, &err), &err);
	saved(w, "name=王小白");
	test_hub_stop(&w->hub); /* the old address is gone */
	test_ok(sync_once(w, &err), &err);
	peer(w, &p);
	assert_string_equal(p.url, w->second.url);
	test_hub_stop(&w->second);
	test_node_reopen(&w->c.hub);
	assert_int_equal(county_agree(&w->c, &w->pc, NULL), 2);
}

static void
an_announcement_of_another_hub_is_not_followed(void **state)
{
	struct world *w = *state;
	struct jc_peer p;
	struct jc_err err = {0};

	test_hub_start(&w->second, &w->other.hub, 0);
	test_hub_start_at(&w->hub, &w->c.hub, 0, w->second.url); /* where a stranger stands */
	joined(w);
	test_ok(sync_once(w, &err), &err);
	test_ok(sync_once(w, &err), &err);
	peer(w, &p);
	assert_string_equal(p.url, w->hub.url);
	test_hub_stop(&w->second);
	test_hub_stop(&w->hub);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(another_tls_key_is_accepted_by_the_hubs_signature),
		T(a_stranger_at_the_address_gets_nothing),
		T(an_announced_address_is_followed_when_the_hub_is_there_and_not_before),
		T(an_announcement_of_another_hub_is_not_followed),
	};

	return cmocka_run_group_tests_name("moves", tests, NULL, NULL);
}
