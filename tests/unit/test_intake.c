/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Commits written by a hostile hand, with a valid key: what the hub's door lets in and what it says. */
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

#define BATCH "0123456789ab"
#define NAME_LINE(rec, name) \
	"{\"b\":{\"a\":0,\"f\":{\"name\":\"" name "\"}},\"k\":\"member\",\"n\":1,\"r\":\"" rec "\",\"t\":[\"" BATCH \
	"\",0,1772409600],\"v\":\"set\"}\n"
#define REC "zzzzzzzzzzz0"

struct world {
	struct county c;
	struct test_node a, b;
	jc_id known;               /* a member that A has sent */
	struct jc_scope s;         /* A's scope at the hub */
	struct jc_commit next;     /* what A's next commit should look like */
	struct jc_commit_row tip;
};

static int
tip_newest(void *arg, const struct jc_tip *tip)
{
	int64_t *no = arg;

	if (tip->commit_no > *no)
		*no = tip->commit_no;
	return 0;
}

/* The next commit of A's county chain as the hub sees it. */
static void
next_make(struct world *w)
{
	struct jc_commit *c = &w->next;
	uint8_t pk[JC_PK_LEN];
	struct jc_err err = {0};
	int64_t device, no = 0;

	county_scope(&w->c.hub, &w->a, &w->s);
	test_ok(jc_device_find(w->c.hub.node->log, w->a.key.id, &device, pk, &err), &err);
	test_ok(jc_log_tips(w->c.hub.node->log, w->s.no, JC_TIER_COUNTY, device, tip_newest, &no, &err), &err);
	test_ok(jc_log_commit(w->c.hub.node->log, no, &w->tip, &err), &err);
	memset(c, 0, sizeof(*c));
	memcpy(c->network, w->s.network, sizeof(c->network));
	memcpy(c->scope, w->s.id, sizeof(c->scope));
	memcpy(c->device, w->a.key.id, sizeof(c->device));
	memcpy(c->run, "00000000000z", sizeof(c->run));
	c->tier = JC_TIER_COUNTY;
	c->seq = w->tip.seq + 1;
	c->lamport = w->tip.lamport + 1;
	c->schema = JC_SCHEMA_VERSION;
	c->time = 1772409600;
	c->label = JC_SLICE("jiceng");
	c->summary = JC_SLICE("修改会员1");
	c->nparents = 1;
	c->parent[0] = w->tip.oid;
	memcpy(c->parent_hash[0], w->tip.hash, JC_HASH_LEN);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_new(&w->c, 5);
	test_node_new(&w->a, 6);
	test_node_new(&w->b, 7);
	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "白水镇工会");
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	test_set(&w->a, "member", w->known, 0, "name=王小青", "mobile=13000000001", NULL);
	county_synced(&w->c, &w->a);
	next_make(w);
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

/* Builds, checks and admits in a transaction that is rolled back unless `keep`. */
static int
offer_as(struct world *w, const char *payload, const char *caller, const struct jc_key *key, int keep, struct jc_err *err)
{
	struct jc_intake_item it;
	int64_t no = 0;
	int rc, fresh = 0;

	memset(err, 0, sizeof(*err));
	memset(&it, 0, sizeof(it));
	jc_buf_init(&it.object, 1u << 20);
	jc_buf_init(&it.payload, JC_PAYLOAD_MAX);
	jc_buf_puts(&it.payload, payload);
	test_ok(jc_commit_build(&it.object, &w->next, it.payload.data != NULL ? it.payload.data : "", it.payload.len, key, err), err);
	rc = jc_intake_check(&it, err);
	if (rc == 0) {
		struct jc_err end = {0};

		test_ok(jc_db_begin(w->c.hub.node->db, &end), &end);
		rc = jc_intake_admit(w->c.hub.node, &w->s, &it, caller, &no, &fresh, err);
		test_ok(jc_db_end(w->c.hub.node->db, keep && rc == 0, &end), &end);
	}
	jc_intake_item_free(&it);
	return rc == 0 ? fresh : rc;
}

static int
offer(struct world *w, const char *payload, struct jc_err *err)
{
	return offer_as(w, payload, w->a.key.id, &w->a.key, 0, err);
}

/* Refused with that code and a sentence, and nothing changed at the hub. */
static void
refused(struct world *w, const char *payload, int code)
{
	int64_t before = county_commits(&w->c.hub, &w->a);
	struct jc_err err;
	int rc = offer_as(w, payload, w->a.key.id, &w->a.key, 1, &err);

	if (rc != code)
		fail_msg("%d instead of %d: %s (%s)", rc, code, err.msg, payload);
	assert_true(strlen(err.msg) > 0);
	assert_int_equal(county_commits(&w->c.hub, &w->a), before);
}

static void
an_honest_commit_is_taken_once(void **state)
{
	struct world *w = *state;
	struct jc_err err;

	assert_int_equal(offer_as(w, NAME_LINE(REC, "李四"), w->a.key.id, &w->a.key, 1, &err), 1);
	assert_int_equal(offer_as(w, NAME_LINE(REC, "李四"), w->a.key.id, &w->a.key, 1, &err), 0);
}

static void
an_honest_commit_of_another_device_of_the_scope_may_be_given_back(void **state)
{
	struct world *w = *state;
	struct jc_err err;

	assert_int_equal(offer_as(w, NAME_LINE(REC, "李四"), w->b.key.id, &w->a.key, 0, &err), 1);
}

static void
a_commit_for_another_scope_or_network_is_refused(void **state)
{
	struct world *w = *state;

	memcpy(w->next.network, "000000000000", sizeof(jc_id));
	refused(w, NAME_LINE(REC, "李四"), JC_EDENIED);
	next_make(w);
	memcpy(w->next.scope, "000000000000", sizeof(jc_id));
	refused(w, NAME_LINE(REC, "李四"), JC_EDENIED);
}

static void
a_device_that_is_not_enrolled_in_the_scope_is_refused(void **state)
{
	struct world *w = *state;
	struct jc_err err;

	memcpy(w->next.device, w->b.key.id, sizeof(jc_id));
	assert_int_equal(offer_as(w, NAME_LINE(REC, "李四"), w->b.key.id, &w->b.key, 0, &err), JC_EDENIED);
}

static void
a_signature_by_another_key_is_refused(void **state)
{
	struct world *w = *state;
	struct jc_err err;

	assert_int_equal(offer_as(w, NAME_LINE(REC, "李四"), w->a.key.id, &w->b.key, 0, &err), JC_ESIGNATURE);
}

static void
a_lamport_number_that_is_not_the_next_is_refused(void **state)
{
	struct world *w = *state;

	w->next.lamport += 1000000;
	refused(w, NAME_LINE(REC, "李四"), JC_EFORMAT);
	next_make(w);
	w->next.lamport--;
	refused(w, NAME_LINE(REC, "李四"), JC_EFORMAT);
}

static void
a_gap_in_the_chain_is_refused(void **state)
{
	struct world *w = *state;

	w->next.seq++;
	refused(w, NAME_LINE(REC, "李四"), JC_EFORMAT);
	next_make(w);
	w->next.parent_hash[0][0] ^= 1;
	refused(w, NAME_LINE(REC, "李四"), JC_ESTALE);
	next_make(w);
	w->next.parent[0].b[0] ^= 1;
	refused(w, NAME_LINE(REC, "李四"), JC_EFORMAT);
}

static void
a_chain_without_its_enrolment_among_the_ancestors_is_refused(void **state)
{
	struct world *w = *state;

	w->next.seq = 1;
	w->next.lamport = 1;
	w->next.nparents = 0;
	w->next.has_founding = 1;
	memcpy(w->next.founding, w->s.founding, JC_HASH_LEN);
	refused(w, NAME_LINE(REC, "李四"), JC_EFORMAT);
	w->next.founding[0] ^= 1;
	refused(w, NAME_LINE(REC, "李四"), JC_EDENIED);
}

static void
the_branch_tier_does_not_leave_the_branch(void **state)
{
	struct world *w = *state;

	w->next.tier = JC_TIER_BRANCH;
	refused(w, NAME_LINE(REC, "李四"), JC_EDENIED);
}

static void
a_record_may_not_go_further_up_than_its_kind(void **state)
{
	struct world *w = *state;
	const struct jc_kind *member = jc_catalogue_kind("member", 6);

	w->next.tier = JC_TIER_CITY;
	if (member->ceiling < JC_TIER_CITY)
		refused(w, NAME_LINE(REC, "李四"), JC_EFORMAT);
}

static void
kinds_and_fields_that_nobody_knows_are_for_newer_programs_only(void **state)
{
	static const char *const field = "{\"f\":{\"shoe_size\":\"42\"},\"k\":\"member\",\"n\":1,\"r\":\"" REC "\",\"t\":[\"" BATCH
	                                 "\",0,1772409600],\"v\":\"set\"}\n";
	static const char *const kind = "{\"f\":{\"name\":\"x\"},\"k\":\"boat\",\"n\":1,\"r\":\"" REC "\",\"t\":[\"" BATCH
	                                "\",0,1772409600],\"v\":\"set\"}\n";
	struct world *w = *state;
	struct jc_err err;

	refused(w, field, JC_EFORMAT);
	refused(w, kind, JC_EFORMAT);
	w->next.schema = JC_SCHEMA_VERSION + 1;
	assert_int_equal(offer(w, field, &err), 1);
	assert_int_equal(offer(w, kind, &err), 1);
}

static void
naming_what_is_not_there_is_refused(void **state)
{
	struct world *w = *state;
	char line[512], h[40] = "";
	struct jc_err err;
	struct jc_buf b;

	jc_buf_init(&b, 64);
	jc_buf_b64(&b, w->tip.hash, JC_H16);
	snprintf(h, sizeof(h), "%s", b.data);
	jc_buf_free(&b);
#define NAMING(rec, field, ref) \
	snprintf(line, sizeof(line), "{\"f\":{\"" field "\":\"13000000002\"},\"k\":\"member\",\"n\":1,\"p\":{\"" field \
	    "\":[\"%s.%d\"]},\"r\":\"%s\",\"t\":[\"" BATCH "\",0,1772409600],\"v\":\"set\"}\n", h, ref, rec)
	NAMING(w->known, "mobile", 0);
	assert_int_equal(offer(w, line, &err), 1);
	NAMING(REC, "mobile", 0); /* another record */
	refused(w, line, JC_EFORMAT);
	NAMING(w->known, "email", 0); /* a field it did not write */
	refused(w, line, JC_EFORMAT);
	NAMING(w->known, "mobile", 7); /* an operation that is not in that commit */
	refused(w, line, JC_EFORMAT);
	memset(h, 'A', 22);
	NAMING(w->known, "mobile", 0); /* a commit that is not there */
	refused(w, line, JC_EFORMAT);
	snprintf(h, sizeof(h), "%s", "");
	NAMING(w->known, "mobile", 0); /* itself */
	refused(w, line, JC_EFORMAT);
}

static void
a_write_that_names_inside_its_commit_must_name_its_own_field(void **state)
{
	struct world *w = *state;
	struct jc_err err;
	char two[1024];

#define TWO(field) \
	snprintf(two, sizeof(two), "{\"f\":{\"mobile\":\"13000000002\"},\"k\":\"member\",\"r\":\"" REC "\",\"t\":[\"" BATCH \
	    "\",0,1772409600],\"v\":\"set\"}\n{\"f\":{\"" field "\":\"13000000003\"},\"k\":\"member\",\"n\":2,\"p\":{\"" field \
	    "\":[\".0\"]},\"r\":\"" REC "\",\"v\":\"set\"}\n")
	TWO("mobile");
	assert_int_equal(offer(w, two, &err), 1);
	TWO("email");
	refused(w, two, JC_EFORMAT);
}

/* Two fresh members, an edge or none, and a third line; all in one commit. */
#define PAIR \
	"{\"f\":{\"gender\":\"1\"},\"k\":\"member\",\"r\":\"0000000000a0\",\"t\":[\"" BATCH "\",0,1772409600],\"v\":\"set\"}\n" \
	"{\"f\":{\"gender\":\"2\"},\"k\":\"member\",\"r\":\"0000000000b0\",\"v\":\"set\"}\n"
#define EDGE(kind, a, b) "{\"f\":{\"*\":{\"+\":[\"" b "\"]}},\"k\":\"" kind "\",\"r\":\"" a "\",\"v\":\"alias\"}\n"
#define LAST(names) \
	"{\"f\":{\"gender\":\"1\"},\"k\":\"member\",\"n\":4,\"p\":{" names "},\"r\":\"0000000000a0\",\"v\":\"set\"}\n"

static void
names_of_another_record_need_witnesses(void **state)
{
	struct world *w = *state;
	struct jc_err err;
	char text[1024];

	refused(w, PAIR EDGE("member", "0000000000a0", "0000000000b0") LAST("\"gender\":[\".0\",\".1\"]"), JC_EFORMAT);
	refused(w, PAIR EDGE("member", "0000000000a0", "0000000000c0") LAST("\"*\":[\".2\"],\"gender\":[\".0\",\".1\"]"), JC_EFORMAT);
	refused(w, PAIR EDGE("member", "0000000000a0", "!0000000000b0") LAST("\"*\":[\".2\"],\"gender\":[\".0\",\".1\"]"), JC_EFORMAT);
	refused(w, PAIR EDGE("org", "0000000000a0", "0000000000b0") LAST("\"*\":[\".2\"],\"gender\":[\".0\",\".1\"]"), JC_EFORMAT);
	refused(w, PAIR EDGE("member", "0000000000a0", "0000000000b0") LAST("\"*\":[\".0\"],\"gender\":[\".0\",\".1\"]"), JC_EFORMAT);
	refused(w, PAIR EDGE("member", "0000000000a0", "0000000000a0") LAST("\"gender\":[\".0\"]"), JC_EFORMAT);
	refused(w, PAIR EDGE("member", "0000000000a0", "not an id") LAST("\"gender\":[\".0\"]"), JC_EFORMAT);
	/* A member that the hub has, joined to nothing. */
	snprintf(text, sizeof(text), "{\"b\":{\"a\":0,\"f\":{\"name\":\"王\"}},\"k\":\"member\",\"n\":1,\"p\":{\"name\":[\"%s\"]},"
	    "\"r\":\"0000000000a0\",\"t\":[\"" BATCH "\",0,1772409600],\"v\":\"set\"}\n", "AAAAAAAAAAAAAAAAAAAAAA.0");
	refused(w, text, JC_EFORMAT);
	snprintf(text, sizeof(text), "%s", PAIR EDGE("member", "0000000000b0", "0000000000a0")
	    LAST("\"*\":[\".2\"],\"gender\":[\".0\",\".1\"]"));
	assert_int_equal(offer(w, text, &err), 1);
}

static void
only_the_authority_enrols_and_founds(void **state)
{
	struct world *w = *state;
	struct jc_buf b;

	jc_buf_init(&b, 4096);
	jc_buf_puts(&b, "{\"f\":{\"key\":\"");
	jc_buf_b64(&b, w->b.key.pk, JC_PK_LEN);
	jc_buf_putf(&b, "\",\"state\":\"enrolled\"},\"n\":1,\"r\":\"%s\",\"t\":[\"" BATCH "\",0,1772409600],\"v\":\"device\"}\n",
	    w->b.key.id);
	refused(w, b.data, JC_EFORMAT); /* the wrong tier already */
	w->next.tier = JC_TIER_CITY;
	w->next.seq = 1;
	w->next.has_founding = 1;
	memcpy(w->next.founding, w->s.founding, JC_HASH_LEN);
	w->next.parent[0] = w->tip.oid;
	refused(w, b.data, JC_EFORMAT); /* it would descend from a lower tier */
	jc_buf_free(&b);
}

static void
an_empty_commit_that_joins_nothing_is_refused(void **state)
{
	struct world *w = *state;

	refused(w, "", JC_EFORMAT);
}

static void
a_voiding_without_names_and_a_set_without_fields_are_refused(void **state)
{
	struct world *w = *state;

	refused(w, "{\"f\":{\"reason\":\"x\"},\"k\":\"member\",\"n\":1,\"r\":\"" REC "\",\"t\":[\"" BATCH
	           "\",0,1772409600],\"v\":\"void\"}\n", JC_EFORMAT);
	refused(w, "{\"k\":\"member\",\"n\":1,\"r\":\"" REC "\",\"t\":[\"" BATCH "\",0,1772409600],\"v\":\"set\"}\n", JC_EFORMAT);
}

static void
every_changed_byte_of_a_commit_is_noticed(void **state)
{
	struct world *w = *state;
	struct jc_buf object;
	struct jc_err err = {0};
	const char *payload = NAME_LINE(REC, "李四");

	jc_buf_init(&object, 65536);
	test_ok(jc_commit_build(&object, &w->next, payload, strlen(payload), &w->a.key, &err), &err);
	for (size_t i = 0; i < object.len + strlen(payload); i++) {
		struct jc_intake_item it;

		memset(&it, 0, sizeof(it));
		jc_buf_init(&it.object, 65536);
		jc_buf_init(&it.payload, 65536);
		jc_buf_put(&it.object, object.data, object.len);
		jc_buf_puts(&it.payload, payload);
		if (i < object.len)
			it.object.data[i] ^= 1;
		else
			it.payload.data[i - object.len] ^= 1;
		assert_true(jc_intake_check(&it, &err) < 0);
		jc_intake_item_free(&it);
	}
	jc_buf_free(&object);
}

/* Two operations with notes that hardly deflate: 60,000 bytes become more than the 32,768 of FORMAT 6. */
static char *
long_payload(const char *second)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *out = malloc(70000), *p = out;
	uint32_t x = 1;

	for (int i = 0; i < 2; i++) {
		p += sprintf(p, "{\"b\":{\"a\":0,\"f\":{\"note\":\"");
		for (int k = 0; k < 30000; k++) {
			x = x * 1664525u + 1013904223u;
			*p++ = letters[x >> 26];
		}
		p += i == 0 ? sprintf(p, "\"}},\"k\":\"member\",\"r\":\"" REC "\",\"t\":[\"" BATCH "\",0,1772409600],\"v\":\"set\"}\n")
		            : sprintf(p, "\"}},\"k\":\"member\",\"n\":2,\"r\":\"%s\",\"v\":\"set\"}\n", second);
	}
	return out;
}

static void
a_commit_past_the_bound_is_refused_unless_it_is_one_save(void **state)
{
	struct world *w = *state;
	char *one = long_payload(REC), *two = long_payload("zzzzzzzzzzz1");
	struct jc_err err;

	refused(w, two, JC_ELIMIT);
	if (offer_as(w, one, w->a.key.id, &w->a.key, 1, &err) != 1)
		fail_msg("%s", err.msg);
	free(one);
	free(two);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(an_honest_commit_is_taken_once),
		T(an_honest_commit_of_another_device_of_the_scope_may_be_given_back),
		T(a_commit_for_another_scope_or_network_is_refused),
		T(a_device_that_is_not_enrolled_in_the_scope_is_refused),
		T(a_signature_by_another_key_is_refused),
		T(a_lamport_number_that_is_not_the_next_is_refused),
		T(a_gap_in_the_chain_is_refused),
		T(a_chain_without_its_enrolment_among_the_ancestors_is_refused),
		T(the_branch_tier_does_not_leave_the_branch),
		T(a_record_may_not_go_further_up_than_its_kind),
		T(kinds_and_fields_that_nobody_knows_are_for_newer_programs_only),
		T(naming_what_is_not_there_is_refused),
		T(a_write_that_names_inside_its_commit_must_name_its_own_field),
		T(names_of_another_record_need_witnesses),
		T(only_the_authority_enrols_and_founds),
		T(an_empty_commit_that_joins_nothing_is_refused),
		T(a_voiding_without_names_and_a_set_without_fields_are_refused),
		T(a_commit_past_the_bound_is_refused_unless_it_is_one_save),
		T(every_changed_byte_of_a_commit_is_noticed),
	};

	return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
