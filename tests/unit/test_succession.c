/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A hub replaces its signing key (FORMAT 23): the line of keys, and everybody who follows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sticks.h"
#include "sync_exchange.h"
#include "sync_receipt.h"
#include "sync_succession.h"
#include "sync_verify.h"
#include "test_env.h"

struct world {
	struct county c;
	struct test_node a, b; /* PCs of two branches */
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	county_new(&w->c, 71);
	test_node_new(&w->a, 72);
	test_node_new(&w->b, 73);
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

/* ---- the line ---- */

static void
key_with(struct jc_key *key, unsigned n)
{
	uint8_t seed[32];

	for (unsigned i = 0; i < n; i++) {
		memset(seed, (int)i + 1, sizeof(seed));
		if (i == 0)
			jc_key_from_seed(key, seed);
		else
			assert_int_equal(jc_key_add(key, seed), 0);
	}
	jc_key_use(key, n - 1);
}

static void
a_line_of_keys_is_read_as_it_was_written(void **state)
{
	struct jc_keys keys, again;
	struct jc_key key;
	struct jc_buf b;

	(void)state;
	for (unsigned n = 1; n <= JC_KEYS_MAX; n++) {
		key_with(&key, n);
		jc_succession_of(&keys, &key);
		assert_int_equal(keys.n, n);
		assert_memory_equal(keys.key[n - 1], key.pk, JC_PK_LEN);
		jc_buf_init(&b, 4096);
		jc_succession_put(&b, &keys);
		assert_int_equal(jc_succession_read(&again, b.data, b.len), 0);
		assert_memory_equal(&again, &keys, sizeof(keys));
		jc_device_id(again.id, keys.key[0]);
		assert_string_equal(again.id, key.id);
		jc_buf_free(&b);
	}
	assert_int_equal(jc_key_add(&key, keys.key[0]), JC_ELIMIT);
}

static void
a_line_with_any_bit_changed_is_none(void **state)
{
	struct jc_keys keys, again;
	struct jc_key key;
	struct jc_buf b;

	(void)state;
	key_with(&key, 3);
	jc_succession_of(&keys, &key);
	jc_buf_init(&b, 4096);
	jc_succession_put(&b, &keys);
	for (size_t i = 0; i < b.len * 8; i++) {
		b.data[i / 8] ^= (char)(1 << (i % 8));
		assert_true(jc_succession_read(&again, b.data, b.len) < 0);
		b.data[i / 8] ^= (char)(1 << (i % 8));
	}
	for (size_t n = 0; n < b.len; n++) /* a part of it is the line of that time, or none */
		assert_int_equal(jc_succession_read(&again, b.data, n) == 0,
		    n >= JC_PK_LEN && (n - JC_PK_LEN) % (JC_PK_LEN + JC_SIG_LEN) == 0);
	jc_buf_free(&b);
}

static void
statements_of_other_places_and_hubs_prove_nothing(void **state)
{
	struct jc_keys keys, other;
	struct jc_key key, stranger;
	struct jc_buf b;

	(void)state;
	key_with(&key, 3);
	jc_succession_of(&keys, &key);
	jc_key_from_seed(&stranger, (const uint8_t *)"abcdefghijklmnopqrstuvwxyz012345");
	assert_true(jc_succession_ok(keys.id, 2, keys.key[1], keys.key[2], keys.sig[2]));
	assert_false(jc_succession_ok(keys.id, 1, keys.key[1], keys.key[2], keys.sig[2]));
	assert_false(jc_succession_ok(stranger.id, 2, keys.key[1], keys.key[2], keys.sig[2]));
	assert_false(jc_succession_ok(keys.id, 2, keys.key[0], keys.key[2], keys.sig[2]));
	/* Back to a key that it had: a ring is no line. */
	memcpy(keys.key[2], keys.key[0], JC_PK_LEN);
	jc_key_use(&key, 1);
	jc_succession_sign(keys.sig[2], &key, 2, keys.key[0]);
	jc_buf_init(&b, 4096);
	jc_succession_put(&b, &keys);
	assert_int_equal(jc_succession_read(&other, b.data, b.len), JC_EFORMAT);
	jc_buf_free(&b);
}

static void
random_bytes_are_no_line(void **state)
{
	uint8_t bytes[JC_KEYS_MAX * (JC_PK_LEN + JC_SIG_LEN)];
	struct jc_env *env = test_env_new(5);
	struct jc_keys keys;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		size_t n;

		env->random(env->ctx, bytes, sizeof(bytes));
		n = JC_PK_LEN + (JC_PK_LEN + JC_SIG_LEN) * (size_t)(1 + bytes[0] % 14) + (size_t)(bytes[1] % 2);
		assert_true(jc_succession_read(&keys, bytes, n) < 0);
	}
	test_env_free(env);
}

static void
what_was_sealed_to_a_former_key_opens(void **state)
{
	uint8_t secret[32] = {9}, first[JC_PK_LEN];
	struct jc_buf sealed, plain;
	struct jc_key key;

	(void)state;
	key_with(&key, 4);
	jc_buf_init(&sealed, 4096);
	jc_buf_init(&plain, 4096);
	for (unsigned i = 0; i < 4; i++) {
		jc_buf_reset(&sealed);
		jc_buf_reset(&plain);
		jc_key_public(first, &key, i);
		assert_int_equal(jc_seal(&sealed, first, secret, "青石镇", 9, NULL), 0);
		assert_int_equal(jc_unseal(&plain, &key, sealed.data, sealed.len, NULL), 0);
		assert_int_equal(plain.len, 9);
	}
	jc_buf_free(&sealed);
	jc_buf_free(&plain);
}

/* ---- following ---- */

/* As `hub rekey` does, the file aside. */
static void
rekey(struct test_node *hub, uint8_t with)
{
	uint8_t seed[32];
	struct jc_err err = {0};

	memset(seed, with, sizeof(seed));
	assert_int_equal(jc_key_add(&hub->key, seed), 0);
	test_ok(jc_keyring_load(hub->node->log, &hub->key, &err), &err);
	assert_true(jc_keyring_ahead(hub->node->log));
	test_ok(jc_keyring_advance(hub->node->log, &err), &err);
	assert_int_equal(jc_log_key(hub->node->log)->at, hub->key.n - 1);
}

static size_t
keys_known(struct test_node *at, const struct test_node *hub)
{
	struct jc_keys keys;
	struct jc_err err = {0};

	test_ok(jc_keyring_get(&keys, at->node->log, hub->key.id, &err), &err);
	return keys.n;
}

/* As far as its kind may go, by the receipts. */
static int
arrived(struct test_node *pc, const char *id)
{
	struct jc_record_key key;
	struct jc_receipt at;
	struct jc_err err = {0};

	test_ok(jc_record_find(pc->node, 0, id, &key, &err), &err);
	test_ok(jc_receipt_get(pc->node, key.rec, &at, &err), &err);
	return at.level == at.ceiling;
}

static void
found(void *arg, const struct jc_finding *f)
{
	(void)arg;
	print_message("finding %d: %s: %s\n", f->number, f->title, f->what);
}

static void
sound(struct test_node *t)
{
	struct jc_verify_options o = {.found = found};
	struct jc_verify_report r;
	struct jc_err err = {0};

	test_ok(jc_verify(t->node->log, &o, &r, &err), &err);
	assert_int_equal(r.findings, 0);
}

static void
merge_all(struct county *c, struct test_node *pc)
{
	struct jc_scope s;
	struct jc_err err = {0};
	int made;

	county_scope(&c->hub, pc, &s);
	test_ok(jc_exchange_merge(c->hub.node, &s, 1, &made, &err), &err);
}

struct by {
	struct test_node *at;
	const uint8_t *pk;
	int64_t n;
};

static int
by_one(void *arg, const struct jc_commit_row *row)
{
	struct by *by = arg;
	struct jc_commit c;
	struct jc_buf b;
	struct jc_err err = {0};

	jc_buf_init(&b, 1u << 20);
	test_ok(jc_log_commit_bytes(by->at->node->log, row, &b, NULL, &err), &err);
	test_ok(jc_commit_parse(&c, b.data, b.len, &err), &err);
	by->n += memcmp(c.pk, by->pk, JC_PK_LEN) == 0;
	jc_buf_free(&b);
	return 0;
}

/* Commits of the PC's scope at a node that a key signed. */
static int64_t
commits_by(struct test_node *at, struct test_node *pc, const uint8_t pk[JC_PK_LEN])
{
	struct by by = {at, pk, 0};
	struct jc_scope s;
	struct jc_err err = {0};

	county_scope(at, pc, &s);
	test_ok(jc_log_walk(at->node->log, s.no, 0, by_one, &by, &err), &err);
	return by.n;
}

static void
a_pc_on_the_line_follows_in_one_session_and_its_receipts_go_on(void **state)
{
	struct world *w = *state;
	uint8_t newest[JC_PK_LEN];
	struct jc_session_report r;
	jc_id one = "", two = "";

	county_join(&w->c, &w->a, "青石镇工会");
	test_set(&w->a, "member", one, 0, "name=王小青", NULL);
	county_synced(&w->c, &w->a);
	rekey(&w->c.hub, 101);
	jc_key_public(newest, &w->c.hub.key, 1);
	test_set(&w->a, "member", two, 0, "name=李四", NULL);
	assert_int_equal(county_sync(&w->c, &w->a, NULL, &r), JC_WANT_DONE);
	assert_int_equal(r.err.code, 0);
	assert_true(r.requests <= 2);
	assert_int_equal(keys_known(&w->a, &w->c.hub), 2);
	assert_true(arrived(&w->a, one));
	assert_true(arrived(&w->a, two));
	merge_all(&w->c, &w->a);
	county_synced(&w->c, &w->a);
	assert_true(commits_by(&w->a, &w->a, newest) > 0);
	county_agree(&w->c, &w->a, NULL);
	sound(&w->a);
	sound(&w->c.hub);
}

static void
a_question_without_news_takes_no_offence_at_the_new_key(void **state)
{
	struct world *w = *state;
	struct wire broken = {.lose_answer = 1, .cut = 1};
	jc_id id = "";

	county_join(&w->c, &w->a, "青石镇工会");
	county_synced(&w->c, &w->a);
	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	(void)county_sync(&w->c, &w->a, &broken, NULL);
	rekey(&w->c.hub, 101);
	county_synced(&w->c, &w->a); /* first it asks what had arrived */
	assert_true(arrived(&w->a, id));
	assert_int_equal(keys_known(&w->a, &w->c.hub), 2);
}

static void
who_was_away_for_several_keys_follows_all_of_them(void **state)
{
	struct world *w = *state;
	jc_id one = "", two = "";

	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "白水镇工会");
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	for (uint8_t i = 0; i < 4; i++) {
		rekey(&w->c.hub, (uint8_t)(110 + i));
		test_set(&w->a, "member", one, 0, i % 2 ? "name=王小青" : "name=王小清", NULL);
		county_synced(&w->c, &w->a);
		merge_all(&w->c, &w->a);
	}
	test_set(&w->b, "member", two, 0, "name=李四", NULL);
	county_synced(&w->c, &w->b);
	assert_int_equal(keys_known(&w->b, &w->c.hub), 5);
	assert_true(arrived(&w->b, two));
	test_node_reopen(&w->c.hub);
	assert_int_equal(jc_log_key(w->c.hub.node->log)->at, 4);
	county_synced(&w->c, &w->a);
	sound(&w->a);
	sound(&w->b);
	sound(&w->c.hub);
}

static void
who_joins_afterwards_gets_all_that_was_signed_before(void **state)
{
	struct world *w = *state;
	struct test_node late, other;
	jc_id id = "", mine = "";

	test_node_new(&late, 74);
	test_node_new(&other, 75);
	county_join(&w->c, &w->a, "青石镇工会");
	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	county_synced(&w->c, &w->a);
	merge_all(&w->c, &w->a);
	rekey(&w->c.hub, 101);
	test_set(&w->a, "member", id, 0, "mobile=13000000001", NULL);
	county_synced(&w->c, &w->a);
	merge_all(&w->c, &w->a);
	rekey(&w->c.hub, 102);
	county_join(&w->c, &late, "青石镇工会");   /* a second PC of a scope from before */
	county_join(&w->c, &other, "黑石镇工会");  /* a scope that is founded now */
	county_synced(&w->c, &late);
	county_synced(&w->c, &other);
	assert_string_equal(test_get(&late, id, "name"), "王小青");
	assert_int_equal(keys_known(&late, &w->c.hub), 3);
	test_set(&other, "member", mine, 0, "name=李四", NULL);
	county_synced(&w->c, &other);
	merge_all(&w->c, &other);
	county_synced(&w->c, &other);
	assert_true(arrived(&other, mine));
	county_agree(&w->c, &w->a, &late, NULL);
	sound(&late);
	sound(&other);
	sound(&w->c.hub);
	test_node_free(&late);
	test_node_free(&other);
}

static void
a_branch_on_sticks_follows_and_its_files_of_before_are_opened(void **state)
{
	struct world *w = *state;
	struct stick before = {0}, answer = {0};
	jc_id one = "", two = "";

	stick_join(&w->c, &w->a, "青石镇工会");
	test_set(&w->a, "member", one, 0, "name=王小青", NULL);
	stick_write(&before, &w->a, NULL); /* sealed to the first key */
	rekey(&w->c.hub, 101);
	stick_read(&w->c.hub, &before, NULL);
	stick_write(&answer, &w->c.hub, w->a.key.id);
	stick_read(&w->a, &answer, NULL);
	assert_int_equal(keys_known(&w->a, &w->c.hub), 2);
	assert_true(arrived(&w->a, one));
	test_set(&w->a, "member", two, 0, "name=李四", NULL);
	rekey(&w->c.hub, 102);
	rekey(&w->c.hub, 103);
	stick_round(&w->c, &w->a);
	assert_int_equal(keys_known(&w->a, &w->c.hub), 4);
	assert_true(arrived(&w->a, two));
	stick_join(&w->c, &w->b, "白水镇工会");
	assert_int_equal(keys_known(&w->b, &w->c.hub), 4);
	sound(&w->a);
	sound(&w->b);
	stick_free(&before);
	stick_free(&answer);
}

static void
a_file_of_before_is_not_believed_by_who_has_followed(void **state)
{
	struct world *w = *state;
	struct stick old = {0};
	struct jc_slip slip;
	struct jc_err err = {0};

	stick_join(&w->c, &w->a, "青石镇工会");
	stick_round(&w->c, &w->a);
	stick_write(&old, &w->c.hub, w->a.key.id);
	rekey(&w->c.hub, 101);
	stick_round(&w->c, &w->a);
	assert_int_equal(jc_bundle_read(w->a.node, old.file[0].data, old.file[0].len, &slip, &err), JC_ESIGNATURE);
	assert_non_null(strstr(err.msg, "旧密钥"));
	stick_free(&old);
}

static void
an_answer_with_a_bit_changed_in_the_line_is_damaged(void **state)
{
	struct world *w = *state;
	struct stick s = {0};
	struct jc_slip slip;

	stick_join(&w->c, &w->a, "青石镇工会");
	rekey(&w->c.hub, 101);
	stick_write(&s, &w->a, NULL);
	stick_read(&w->c.hub, &s, NULL);
	stick_write(&s, &w->c.hub, w->a.key.id);
	assert_int_equal(s.file[0].data[3], 1);
	for (size_t i = 3; i < 170; i++) {
		s.file[0].data[i] ^= 2;
		assert_true(jc_bundle_read(w->a.node, s.file[0].data, s.file[0].len, &slip, NULL) < 0);
		s.file[0].data[i] ^= 2;
	}
	assert_int_equal(keys_known(&w->a, &w->c.hub), 1);
	stick_read(&w->a, &s, NULL);
	assert_int_equal(keys_known(&w->a, &w->c.hub), 2);
	stick_free(&s);
}

/* ---- hubs above ---- */

/* What the branch says up to the city, and what the city says down again. */
static void
all_the_way(struct world *w, struct county *city)
{
	for (int i = 0; i < 3; i++) {
		county_synced(&w->c, &w->a);
		county_synced(city, &w->c.hub);
	}
}

static void
county_and_city_follow_each_other(void **state)
{
	struct world *w = *state;
	struct county city;
	jc_id org = "";

	county_new(&city, 81);
	county_joins_city(&city, &w->c, "青石县总工会");
	county_join(&w->c, &w->a, "青石镇工会");
	test_set(&w->a, "org", org, 0, "name=青石厂工会", "org_kind=union", NULL);
	all_the_way(w, &city);
	county_synced(&w->c, &w->a);
	assert_true(arrived(&w->a, org));
	rekey(&w->c.hub, 101);
	test_set(&w->a, "org", org, 0, "name=青石厂工会委员会", NULL);
	all_the_way(w, &city);
	assert_int_equal(keys_known(&city.hub, &w->c.hub), 2);
	assert_string_equal(test_get(&city.hub, org, "name"), "青石厂工会委员会");
	rekey(&city.hub, 102);
	test_set(&w->a, "org", org, 0, "name=青石县青石厂工会", NULL);
	all_the_way(w, &city);
	county_synced(&w->c, &w->a);
	assert_int_equal(keys_known(&w->c.hub, &city.hub), 2);
	assert_int_equal(keys_known(&w->a, &city.hub), 2);
	assert_true(arrived(&w->a, org));
	sound(&w->a);
	sound(&w->c.hub);
	sound(&city.hub);
	county_free(&city);
}

static void
a_hub_that_joins_after_it_replaced_its_key_is_known_by_the_first(void **state)
{
	struct world *w = *state;
	struct county city;
	jc_id org = "";

	county_new(&city, 82);
	county_join(&w->c, &w->a, "青石镇工会");
	county_synced(&w->c, &w->a);
	rekey(&w->c.hub, 101);
	rekey(&city.hub, 102);
	county_joins_city(&city, &w->c, "青石县总工会");
	test_set(&w->a, "org", org, 0, "name=青石厂工会", "org_kind=union", NULL);
	for (int i = 0; i < 4; i++) {
		county_synced(&w->c, &w->a);
		county_synced(&city, &w->c.hub);
	}
	county_synced(&w->c, &w->a);
	assert_int_equal(keys_known(&city.hub, &w->c.hub), 2);
	assert_int_equal(keys_known(&w->c.hub, &city.hub), 2);
	assert_string_equal(test_get(&city.hub, org, "name"), "青石厂工会");
	assert_true(arrived(&w->a, org));
	sound(&w->a);
	sound(&w->c.hub);
	sound(&city.hub);
	county_free(&city);
}

/* ---- what goes wrong ---- */

static void
a_replacement_that_breaks_off_works_with_the_old_key_and_goes_on(void **state)
{
	struct world *w = *state;
	uint8_t seed[32];
	struct jc_err err = {0};
	jc_id id = "";

	county_join(&w->c, &w->a, "青石镇工会");
	memset(seed, 101, sizeof(seed));
	assert_int_equal(jc_key_add(&w->c.hub.key, seed), 0); /* the file has it, nothing else does */
	test_node_reopen(&w->c.hub);
	assert_true(jc_keyring_ahead(w->c.hub.node->log));
	assert_int_equal(jc_log_key(w->c.hub.node->log)->at, 0);
	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	county_synced(&w->c, &w->a);
	assert_true(arrived(&w->a, id));
	assert_int_equal(keys_known(&w->a, &w->c.hub), 1);
	test_ok(jc_keyring_advance(w->c.hub.node->log, &err), &err);
	test_ok(jc_keyring_advance(w->c.hub.node->log, &err), &err); /* and again changes nothing */
	county_synced(&w->c, &w->a);
	assert_int_equal(keys_known(&w->a, &w->c.hub), 2);
	sound(&w->c.hub);
}

static int
rival_seen(void *arg, const char *device)
{
	memcpy(arg, device, sizeof(jc_id));
	return 0;
}

/* A copy of the hub from before with the key of before: a thief's, or a restored image. */
static void
image_take(struct test_node *image, const struct test_node *hub, uint64_t seed)
{
	test_node_new(image, seed);
	image->key = hub->key;
	test_node_restore(image, hub);
}

static void
who_has_followed_stays_and_says_that_there_is_another(void **state)
{
	struct world *w = *state;
	struct county thief;
	struct jc_keys keys, true_keys;
	char name[40], code[JC_CODE_TEXT];
	struct jc_err err = {0};
	jc_id rival = "";

	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "青石镇工会");
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	image_take(&thief.hub, &w->c.hub, 76);
	rekey(&w->c.hub, 101);
	for (int i = 0; i < 8; i++) { /* so that what it says stands behind what the PC knows of the hub's news */
		snprintf(name, sizeof(name), "%d号工会", i);
		test_ok(jc_enrol_invite(code, thief.hub.node, name, &err), &err);
	}
	rekey(&thief.hub, 102);
	county_synced(&w->c, &w->a);
	(void)county_sync(&thief, &w->a, NULL, NULL); /* it does not believe this one */
	assert_int_equal(keys_known(&w->a, &w->c.hub), 2);
	test_ok(jc_keyring_get(&keys, w->a.node->log, w->c.hub.key.id, &err), &err);
	assert_memory_equal(keys.key[1], jc_log_key(w->c.hub.node->log)->pk, JC_PK_LEN);
	test_ok(jc_keyring_rivals(w->a.node->log, rival_seen, rival, &err), &err); /* it stood in the thief's commits */
	assert_string_equal(rival, w->c.hub.key.id);
	rival[0] = '\0';
	test_ok(jc_keyring_rivals(w->b.node->log, rival_seen, rival, &err), &err);
	assert_string_equal(rival, "");
	jc_succession_of(&keys, jc_log_key(thief.hub.node->log)); /* the same by any other way */
	test_ok(jc_db_begin(w->b.node->db, &err), &err);
	jc_succession_of(&true_keys, jc_log_key(w->c.hub.node->log));
	assert_int_equal(jc_keyring_follow(w->b.node->log, &true_keys, &err), 1);
	assert_int_equal(jc_keyring_follow(w->b.node->log, &keys, &err), 0);
	test_ok(jc_db_end(w->b.node->db, 1, &err), &err);
	test_ok(jc_keyring_rivals(w->b.node->log, rival_seen, rival, &err), &err);
	assert_string_equal(rival, w->c.hub.key.id);
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
	sound(&w->a);
	sound(&w->b);
	county_free(&thief);
}

static void
a_hub_put_back_to_its_former_key_file_is_told_and_goes_on_with_the_newer_one(void **state)
{
	struct world *w = *state;
	struct jc_key newer;
	struct jc_session_report r;
	struct county old;
	struct jc_keys keys;
	struct jc_err err = {0};
	jc_id one = "", two = "";
	char code[JC_CODE_TEXT];

	county_join(&w->c, &w->a, "青石镇工会");
	test_set(&w->a, "member", one, 0, "name=王小青", NULL);
	county_synced(&w->c, &w->a);
	image_take(&old.hub, &w->c.hub, 77);
	rekey(&w->c.hub, 101);
	newer = w->c.hub.key;
	county_synced(&w->c, &w->a);

	test_set(&w->a, "member", two, 0, "name=李四", NULL);
	assert_int_equal(county_sync(&old, &w->a, NULL, &r), JC_WANT_FAILED);
	assert_true(r.older_key);
	assert_non_null(strstr(r.err.msg, "device.key"));
	assert_false(arrived(&w->a, two)); /* it may have it; nobody says so */
	/* What agent/uplink.c does with it: */
	test_ok(jc_keyring_get(&keys, w->a.node->log, w->c.hub.key.id, &err), &err);
	test_ok(jc_db_begin(old.hub.node->db, &err), &err);
	test_ok(jc_keyring_follow(old.hub.node->log, &keys, &err), &err);
	test_ok(jc_db_end(old.hub.node->db, 1, &err), &err);
	assert_true(jc_keyring_behind(old.hub.node->log));
	test_node_reopen(&old.hub);
	assert_true(jc_keyring_behind(old.hub.node->log));
	assert_int_equal(jc_keyring_advance(old.hub.node->log, &err), JC_ESTATE);
	assert_non_null(strstr(err.msg, "device.key"));
	assert_int_equal(jc_enrol_invite(code, old.hub.node, "黑石镇工会", &err), JC_ESTATE); /* it would have to sign */

	old.hub.key = newer; /* the key file is put back */
	test_node_reopen(&old.hub);
	assert_false(jc_keyring_behind(old.hub.node->log));
	county_synced(&old, &w->a);
	assert_true(arrived(&w->a, two));
	merge_all(&old, &w->a);
	county_synced(&old, &w->a);
	sound(&old.hub);
	sound(&w->a);
	county_free(&old);
}

static void
a_database_of_before_with_the_newer_key_file_says_the_same_again(void **state)
{
	struct world *w = *state;
	struct county old;
	struct jc_err err = {0};
	jc_id id = "";

	county_join(&w->c, &w->a, "青石镇工会");
	county_synced(&w->c, &w->a);
	image_take(&old.hub, &w->c.hub, 78);
	rekey(&w->c.hub, 101);
	county_synced(&w->c, &w->a);
	old.hub.key = w->c.hub.key;
	test_node_reopen(&old.hub);
	assert_true(jc_keyring_ahead(old.hub.node->log));
	test_ok(jc_keyring_advance(old.hub.node->log, &err), &err);
	test_set(&w->a, "member", id, 0, "name=王小青", NULL);
	county_synced(&old, &w->a);
	assert_int_equal(keys_known(&w->a, &old.hub), 2);
	assert_true(arrived(&w->a, id));
	sound(&w->a);
	sound(&old.hub);
	county_free(&old);
}

static void
a_replaced_key_appends_nothing_behind_the_new_one(void **state)
{
	struct world *w = *state;
	struct jc_verify_options o = {0};
	struct jc_verify_report v;
	struct jc_session_report r;
	struct county thief;
	struct jc_scope s;
	struct jc_err err = {0};
	uint8_t stolen[JC_PK_LEN];
	int64_t before;

	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "青石镇工会");
	county_synced(&w->c, &w->a);
	rekey(&w->c.hub, 101);
	merge_all(&w->c, &w->a);
	county_synced(&w->c, &w->a);
	/* All of the hub, but it signs with the former key whatever its log says. */
	image_take(&thief.hub, &w->c.hub, 79);
	county_scope(&thief.hub, &w->a, &s);
	jc_db_log_window(thief.hub.node->db, 1);
	test_ok(jc_db_exec(thief.hub.node->db, "UPDATE succession_op SET scope = scope + 1000", &err), &err);
	test_ok(jc_scope_revoke(thief.hub.node->log, &s, w->b.key.id, &err), &err);
	test_ok(jc_db_exec(thief.hub.node->db, "UPDATE succession_op SET scope = scope - 1000", &err), &err);
	jc_db_log_window(thief.hub.node->db, -1);
	test_ok(jc_verify(thief.hub.node->log, &o, &v, &err), &err);
	assert_true(v.findings > 0);
	jc_key_public(stolen, &w->c.hub.key, 0);
	before = commits_by(&w->a, &w->a, stolen);
	assert_true(commits_by(&thief.hub, &w->a, stolen) > before);
	(void)county_sync(&thief, &w->a, NULL, &r);
	assert_non_null(strstr(r.err.msg, "密钥"));
	assert_int_equal(commits_by(&w->a, &w->a, stolen), before);
	county_free(&thief);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_line_of_keys_is_read_as_it_was_written),
	    cmocka_unit_test(a_line_with_any_bit_changed_is_none),
	    cmocka_unit_test(statements_of_other_places_and_hubs_prove_nothing),
	    cmocka_unit_test(random_bytes_are_no_line),
	    cmocka_unit_test(what_was_sealed_to_a_former_key_opens),
#define HERE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    HERE(a_pc_on_the_line_follows_in_one_session_and_its_receipts_go_on),
	    HERE(a_question_without_news_takes_no_offence_at_the_new_key),
	    HERE(who_was_away_for_several_keys_follows_all_of_them),
	    HERE(who_joins_afterwards_gets_all_that_was_signed_before),
	    HERE(a_branch_on_sticks_follows_and_its_files_of_before_are_opened),
	    HERE(a_file_of_before_is_not_believed_by_who_has_followed),
	    HERE(an_answer_with_a_bit_changed_in_the_line_is_damaged),
	    HERE(county_and_city_follow_each_other),
	    HERE(a_hub_that_joins_after_it_replaced_its_key_is_known_by_the_first),
	    HERE(a_replacement_that_breaks_off_works_with_the_old_key_and_goes_on),
	    HERE(who_has_followed_stays_and_says_that_there_is_another),
	    HERE(a_hub_put_back_to_its_former_key_file_is_told_and_goes_on_with_the_newer_one),
	    HERE(a_database_of_before_with_the_newer_key_file_says_the_same_again),
	    HERE(a_replaced_key_appends_nothing_behind_the_new_one),
	};

	if (jc_sign_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
