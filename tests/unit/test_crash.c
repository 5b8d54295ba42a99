/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Saved means durable (RELIABILITY 2.1). A branch saves, edits, voids, undoes; the power goes at every
 * single write and sync, with many ways in which the pending writes reach the platter. What jc_save_end
 * acknowledged is there whole; what it did not is there whole or not at all; the file is sound.
 * CRASH_CASES gives another number of cases (default 20,000).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash_vfs.h"
#include "schema_mem.h"
#include "sync_node.h"
#include "test_env.h"

#define STEPS 5

struct world {
	struct jc_env *env;
	struct jc_key key;
	struct jc_node *node;
	jc_id old;                 /* a record from before */
	jc_id fresh[STEPS];        /* records of this run */
	int acked[STEPS];
};

static int
node_open(struct world *w, struct jc_err *err)
{
	return jc_node_open(&w->node, w->env, "node.db", JC_DB_CREATE, &w->key, err);
}

static const struct jc_field *
field(const char *name)
{
	return jc_catalogue_field(jc_catalogue_kind("member", 6), name, strlen(name));
}

/* One save of two fields; 0 when it was acknowledged. */
static int
save(struct world *w, jc_id id, const char *name, const char *mobile)
{
	struct jc_change c[2] = {{.field = field("name"), .text = {name, strlen(name)}},
	    {.field = field("mobile"), .text = {mobile, strlen(mobile)}}};
	struct jc_err err = {0};
	struct jc_save *sv;
	int rc;

	if ((rc = jc_save_begin(&sv, w->node, 1, "set", &err)) < 0)
		return rc;
	rc = jc_save_set(sv, jc_catalogue_kind("member", 6), id, c, 2, 0, NULL, &err);
	return jc_save_end(sv, rc == 0, NULL, &err) < 0 || rc < 0 ? -1 : 0;
}

static int
void_one(struct world *w, const jc_id id)
{
	struct jc_err err = {0};
	struct jc_save *sv;
	int rc;

	if ((rc = jc_save_begin(&sv, w->node, 1, "void", &err)) < 0)
		return rc;
	rc = jc_save_void(sv, id, "录错了", 0, &err);
	return jc_save_end(sv, rc == 0, NULL, &err) < 0 || rc < 0 ? -1 : 0;
}

/* The day's work; stops when the power is gone. */
static void
work(struct world *w)
{
	struct jc_undone u;
	struct jc_err err = {0};

	w->acked[0] = save(w, w->fresh[0], "王小青", "13000000001") == 0;
	w->acked[1] = save(w, w->old, "李大山", "13000000002") == 0;
	w->acked[2] = save(w, w->fresh[2], "赵玉梅", "13000000003") == 0;
	w->acked[3] = void_one(w, w->fresh[2]) == 0;
	w->acked[4] = jc_undo(w->node, &u, &err) == 0;
}

/* Shown name and mobile of a record as "name|mobile|void"; "" when it is not there. */
static void
look(struct world *w, const jc_id id, char out[128])
{
	struct jc_record_key key;
	struct jc_record r;
	struct jc_err err = {0};
	const char *name = "", *mobile = "";

	out[0] = '\0';
	if (id[0] == '\0' || jc_record_find(w->node, 1, id, &key, &err) < 0)
		return;
	if (jc_record_read(w->node, key.rec, &r, &err) < 0)
		fail_msg("read: %s %s", err.msg, err.cause);
	for (size_t i = 0; i < r.nfields; i++) {
		if (r.field[i].field == field("name"))
			name = r.field[i].text;
		if (r.field[i].field == field("mobile"))
			mobile = r.field[i].text;
	}
	snprintf(out, 128, "%s|%s|%d", name, mobile, r.key.is_void);
	jc_record_free(&r);
}

static int
one_of(const char *got, const char *a, const char *b, const char *c)
{
	return strcmp(got, a) == 0 || strcmp(got, b) == 0 || strcmp(got, c) == 0;
}

/* How many things are lost or half there. */
static int
wrong(struct world *w)
{
	static const char NEW0[] = "王小青|13000000001|0", OLD1[] = "陈一|13000000000|0", NEW1[] = "李大山|13000000002|0";
	static const char NEW2[] = "赵玉梅|13000000003|0", VOID2[] = "赵玉梅|13000000003|1";
	char got[128];
	int n = 0;

	look(w, w->fresh[0], got);
	n += !one_of(got, NEW0, w->acked[0] ? NEW0 : "", NEW0);
	look(w, w->old, got);
	n += !one_of(got, NEW1, w->acked[1] ? NEW1 : OLD1, NEW1);
	look(w, w->fresh[2], got);
	if (w->acked[4])
		n += strcmp(got, NEW2) != 0;
	else if (w->acked[3])
		n += !one_of(got, VOID2, NEW2, VOID2);
	else
		n += !one_of(got, NEW2, VOID2, w->acked[2] ? NEW2 : "");
	return n;
}

static void
digest(struct world *w, uint8_t out[JC_HASH_LEN])
{
	struct jc_err err = {0};

	assert_int_equal(jc_digest_typed(w->node->project, 1, out, &err), 0);
}

/* Runs the work to a cut at operation n, powers on with the seed. Negative: the file is damaged. */
static int
one_case(struct world *w, int64_t n, uint64_t seed, int thorough)
{
	uint8_t before[JC_HASH_LEN], after[JC_HASH_LEN];
	struct jc_err err = {0};
	int bad;

	crash_vfs_restore();
	memset(w->fresh, 0, sizeof(w->fresh));
	memset(w->acked, 0, sizeof(w->acked));
	if (node_open(w, &err) < 0)
		fail_msg("open: %s %s", err.msg, err.cause);
	crash_vfs_cut_at(n);
	work(w);
	jc_node_close(w->node);
	crash_vfs_power_on(seed);
	if (node_open(w, &err) < 0)
		return -1;
	if (thorough && jc_db_check(w->node->db, &err) < 0)
		bad = -1;
	else
		bad = wrong(w);
	if (bad == 0 && thorough) { /* tables and log tell the same */
		digest(w, before);
		assert_int_equal(jc_project_rebuild(w->node->project, NULL, NULL, &err), 0);
		digest(w, after);
		bad = memcmp(before, after, JC_HASH_LEN) != 0;
	}
	jc_node_close(w->node);
	return bad;
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct jc_err err = {0};

	assert_int_equal(crash_vfs_start(), 0);
	assert_int_equal(jc_sign_init(&err), 0);
	crash_vfs_clear();
	w->env = test_env_new(3);
	w->env->vfs = CRASH_VFS;
	jc_key_make(&w->key, w->env, &err);
	if (node_open(w, &err) < 0)
		fail_msg("open: %s %s", err.msg, err.cause);
	assert_int_equal(jc_node_init_branch(w->node, "青石镇工会", &err), 0);
	assert_int_equal(save(w, w->old, "陈一", "13000000000"), 0);
	jc_node_close(w->node);
	crash_vfs_save();
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	crash_vfs_no_sync(0);
	crash_vfs_clear();
	test_env_free(w->env);
	free(w);
	return 0;
}

static int64_t
length(struct world *w)
{
	int64_t n;
	struct jc_err err = {0};

	crash_vfs_restore();
	memset(w->fresh, 0, sizeof(w->fresh));
	assert_int_equal(node_open(w, &err), 0);
	crash_vfs_cut_at(0);
	work(w);
	n = crash_vfs_count();
	for (int i = 0; i < STEPS; i++)
		assert_int_equal(w->acked[i], 1);
	assert_int_equal(wrong(w), 0);
	jc_node_close(w->node);
	return n;
}

static void
nothing_acknowledged_is_lost_wherever_the_power_goes(void **state)
{
	struct world *w = *state;
	const char *env = getenv("CRASH_CASES");
	long cases = env != NULL ? strtol(env, NULL, 10) : 20000, lost = 0, damaged = 0;
	int64_t n = length(w);

	for (long i = 0; i < cases; i++) {
		int bad = one_case(w, 1 + i % n, (uint64_t)(i / n) * 7919 + 13, i % 16 == 0);

		damaged += bad < 0;
		lost += bad > 0;
	}
	print_message("%ld cases over %lld operations: %ld lost, %ld damaged\n", cases, (long long)n, lost, damaged);
	assert_int_equal(lost, 0);
	assert_int_equal(damaged, 0);
}

static void
the_harness_sees_a_disk_that_lies_about_syncs(void **state)
{
	struct world *w = *state;
	long bad = 0;
	int64_t n = length(w);

	crash_vfs_no_sync(1);
	for (long i = 0; i < 200; i++)
		bad += one_case(w, 1 + i % n, (uint64_t)i * 31 + 7, 1) != 0;
	crash_vfs_no_sync(0);
	print_message("%ld of 200 cases show it\n", bad);
	assert_true(bad > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_acknowledged_is_lost_wherever_the_power_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(the_harness_sees_a_disk_that_lies_about_syncs, setup, teardown),
	};

	return cmocka_run_group_tests_name("crash", tests, NULL, NULL);
}
