/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Members on their way between two branches, through the hub. What is carried and what is not; then random lives
 * of transfers in which both sides act without knowing of each other, in any order of exchange: in the end both say
 * the same, nobody is on two registers, and a hub that was put back in between changes nothing of that.
 * JC_PASSAGE_RUNS: more of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "passage.h"
#include "report_kit.h"
#include "stepper.h"
#include "sticks.h"
#include "test_env.h"

struct world {
	struct county county;
	struct test_node a, b;
	jc_id ua, ub;
};

static void
carried(struct world *w)
{
	struct jc_err err = {0};

	test_ok(jc_passage_run(w->county.hub.node, NULL, &err), &err);
}

static void
synced(struct world *w, struct test_node *t)
{
	county_synced(&w->county, t);
	carried(w);
}

static void
all_synced(struct world *w)
{
	for (int i = 0; i < 3; i++) {
		synced(w, &w->a);
		synced(w, &w->b);
	}
}

static void
world_new(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	county_new(&w->county, seed);
	test_node_new(&w->a, seed + 1);
	test_node_new(&w->b, seed + 2);
	county_join(&w->county, &w->a, "青石镇工会");
	county_join(&w->county, &w->b, "石桥镇工会");
	test_set(&w->a, "org", w->ua, 0, "name=青石厂工会", "org_kind=union", NULL);
	test_set(&w->b, "org", w->ub, 0, "name=石桥厂工会", "org_kind=union", NULL);
	all_synced(w);
}

static void
world_free(struct world *w)
{
	test_node_free(&w->a);
	test_node_free(&w->b);
	county_free(&w->county);
}

/* A move as a person makes it; 0 or what the stepper says. */
static int
step(struct test_node *t, const char *id, const char *move, const char *day, const char *pair)
{
	struct jc_record_key key;
	struct jc_err err = {0};
	struct jc_stepper s;
	int rc;

	test_ok(jc_record_find(t->node, 0, id, &key, &err), &err);
	test_ok(jc_stepper_open(&s, t->node, t->env, &key, &err), &err);
	s.date = day;
	rc = pair != NULL ? jc_stepper_pair(&s, pair, &err) : 0;
	if (rc == 0)
		rc = jc_stepper_save(&s, move, &err);
	jc_stepper_close(&s);
	return rc;
}

static void
stepped(struct test_node *t, const char *id, const char *move, const char *day, const char *pair)
{
	assert_int_equal(step(t, id, move, day, pair), 0);
}

static void
text(char *out, size_t room, struct test_node *t, const char *sql, const char *arg)
{
	struct jc_stmt *st;
	struct jc_err err = {0};

	test_ok(jc_db_prep_text(&st, t->node->db, sql, &err), &err);
	if (arg != NULL)
		jc_bind_text_at(st, 1, arg, strlen(arg));
	out[0] = '\0';
	if (test_ok(jc_stmt_step(st, &err), &err) == 1 && !jc_col_null(st, 0))
		snprintf(out, room, "%s", jc_col_text(st, 0, NULL));
	jc_stmt_free(st);
}

static int64_t
count(struct test_node *t, const char *sql)
{
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_db_int(t->node->db, &n, sql, &err), &err);
	return n;
}

/* The copy of a transfer at a node, "" when it is not there. */
static void
copy_of(jc_id out, struct test_node *t, const char *original)
{
	char id[40];

	text(id, sizeof(id), t,
	    "SELECT r.id FROM k_transfer k JOIN record r USING(rec) WHERE k.origin_id = ?1",
	    original);
	snprintf(out, sizeof(jc_id), "%.12s", id);
}

static const char *
ref(const char *field, const char *id)
{
	static char v[4][64];
	static int at;

	at = (at + 1) % 4;
	snprintf(v[at], sizeof(v[at]), "%s=%s", field, id);
	return v[at];
}

static void
transfer(struct world *w, jc_id id, const char *member)
{
	id[0] = '\0';
	test_set(&w->a, "transfer", id, 0, ref("member_id", member), "direction=out",
	    ref("from_union", w->ua), ref("to_union", w->ub), "reason=1", NULL);
}

static void
what_a_transfer_may_carry_arrives_and_nothing_else(void **state)
{
	struct world w;
	jc_id m = "", t, c;
	char p[40];

	(void)state;
	world_new(&w, 10);
	test_set(&w.a, "member", m, 0, "name=王小青", "former_name=王二丫",
	    "id_no=399999196402290092", "mobile=13000000001", "residence=柳湾村", "gender=2",
	    "education=60", "joined_on=2015-03-01", "member_no=0007", "job=瓦工",
	    "employer_text=青石厂", "posts+=chair", "group_name=一组", "hardship_flag=1",
	    "note=常来活动", ref("union_id", w.ua), NULL);
	transfer(&w, t, m);
	stepped(&w.a, t, "send", "2026-02-01", NULL);
	synced(&w, &w.a);
	assert_int_equal(test_count(&w.b, "transfer"), 0);
	synced(&w, &w.b);
	copy_of(c, &w.b, t);
	assert_string_equal(test_get(&w.b, c, "state"), "sent");
	assert_string_equal(test_get(&w.b, c, "from_name"), "青石厂工会");
	assert_int_equal(test_count(&w.b, "member"), 0);
	stepped(&w.b, c, "accept", "2026-02-03", NULL);
	text(p, sizeof(p), &w.b, "SELECT r.id FROM k_member k JOIN record r USING(rec)", NULL);
	assert_string_equal(test_get(&w.b, p, "membership_status"), "active");
	assert_string_equal(test_get(&w.b, p, "name"), "王小青");
	assert_string_equal(test_get(&w.b, p, "former_name"), "王二丫");
	assert_string_equal(test_get(&w.b, p, "id_no"), "399999196402290092");
	assert_string_equal(test_get(&w.b, p, "mobile"), "13000000001");
	assert_string_equal(test_get(&w.b, p, "residence"), "柳湾村");
	assert_string_equal(test_get(&w.b, p, "joined_on"), "2015-03-01");
	assert_string_equal(test_get(&w.b, p, "union_id"), w.ub);
	for (size_t i = 0; i < 6; i++) {
		static const char *const stays[] = {
		    "job", "employer_text", "posts", "group_name", "hardship_flag", "note"};

		assert_string_equal(test_get(&w.b, p, stays[i]), "");
	}
	assert_string_equal(test_get(&w.a, m, "membership_status"), "moving");
	all_synced(&w);
	assert_string_equal(test_get(&w.a, t, "state"), "accepted");
	assert_string_equal(test_get(&w.a, t, "effective_on"), "2026-02-03");
	assert_string_equal(test_get(&w.a, m, "membership_status"), "moved");
	assert_string_equal(test_get(&w.a, m, "name"), "王小青");
	assert_string_equal(test_get(&w.a, m, "member_no"), "0007");
	assert_string_equal(test_get(&w.a, m, "id_no"), "");
	assert_string_equal(test_get(&w.a, m, "mobile"), "");
	assert_string_equal(test_get(&w.a, m, "residence"), "");
	world_free(&w);
}

/* What the county asks of members, and what somebody is good at, stay with the person. */
static void
fields_that_the_county_defined_and_talents_come_along(void **state)
{
	struct world w;
	jc_id m = "", t, c, def = "", id = "";
	char p[40];

	(void)state;
	world_new(&w, 60);
	w.county.hub.scope = count(&w.county.hub, "SELECT no FROM scope WHERE role = 'common' AND mine");
	test_set(&w.county.hub, "xfield", def, 0, "key=x_height", "kind=member", "zh=身高", "en=height", "type=int",
	    "low=50", "high=250", "pi=S", NULL);
	test_set(&w.county.hub, "xfield", id, 0, "key=x_hobby", "kind=member", "zh=爱好类", "type=text", "many=1", NULL);
	all_synced(&w);
	test_set(&w.a, "member", m, 0, "name=王小青", "joined_on=2015-03-01", "talents+=刻\"石\"",
	    "x_height=165", "x_hobby+=读书", "posts+=chair", ref("union_id", w.ua), NULL);
	test_set(&w.a, "member", m, 0, "talents+=唱歌", NULL);
	transfer(&w, t, m);
	stepped(&w.a, t, "send", "2026-02-01", NULL);
	all_synced(&w);
	copy_of(c, &w.b, t);
	assert_non_null(strstr(test_get(&w.b, c, "talents"), "唱歌"));
	test_set(&w.a, "member", m, 0, "talents+=象棋", NULL); /* while it is under way */
	stepped(&w.b, c, "accept", "2026-02-03", NULL);
	text(p, sizeof(p), &w.b, "SELECT r.id FROM k_member k JOIN record r USING(rec)", NULL);
	assert_non_null(strstr(test_get(&w.b, p, "talents"), "唱歌"));
	test_set(&w.b, "member", p, 0, "x_height=166", NULL); /* measured anew */
	all_synced(&w);
	assert_string_equal(test_get(&w.b, p, "x_height"), "166");
	assert_string_equal(test_get(&w.b, p, "x_hobby"), "[\"读书\"]");
	assert_non_null(strstr(test_get(&w.b, p, "talents"), "唱歌"));
	assert_non_null(strstr(test_get(&w.b, p, "talents"), "象棋"));
	assert_non_null(strstr(test_get(&w.b, p, "talents"), "刻\\\"石\\\""));
	assert_string_equal(test_get(&w.b, p, "posts"), "");
	assert_string_equal(test_get(&w.a, m, "membership_status"), "moved");
	assert_string_equal(test_get(&w.a, m, "x_height"), ""); /* class S */
	test_set(&w.b, "member", p, 0, "x_hobby-=读书", NULL);
	all_synced(&w);
	assert_string_equal(test_get(&w.b, p, "x_hobby"), ""); /* given once */
	world_free(&w);
}

/* The name stays in what was sent back, nothing else. */
static void
talents_leave_with_who_was_sent_back(void **state)
{
	struct world w;
	jc_id m = "", t, c;

	(void)state;
	world_new(&w, 65);
	test_set(&w.a, "member", m, 0, "name=王小青", "talents+=唱歌", ref("union_id", w.ua), NULL);
	test_set(&w.a, "member", m, 0, "talents+=象棋", NULL);
	transfer(&w, t, m);
	stepped(&w.a, t, "send", "2026-02-01", NULL);
	all_synced(&w);
	copy_of(c, &w.b, t);
	stepped(&w.b, c, "reject", "2026-02-03", "reason=不在本单位");
	all_synced(&w);
	assert_string_equal(test_get(&w.b, c, "name"), "王小青");
	assert_string_equal(test_get(&w.b, c, "talents"), "");
	assert_string_equal(test_get(&w.a, m, "talents"), "[\"唱歌\",\"象棋\"]");
	world_free(&w);
}

/* Sent to a branch that nobody found, then taken out of the records: the member is where it was. */
static void
a_transfer_that_never_went_out_leaves_nobody_on_the_way(void **state)
{
	struct world w;
	jc_id m = "", t = "", again;

	(void)state;
	world_new(&w, 68);
	test_set(&w.a, "member", m, 0, "name=王小青", "joined_on=2015-03-01", ref("union_id", w.ua), NULL);
	test_set(&w.a, "transfer", t, 0, ref("member_id", m), "direction=out", ref("from_union", w.ua),
	    "to_name=没有这家工会", "reason=1", NULL);
	stepped(&w.a, t, "send", "2026-02-01", NULL);
	all_synced(&w);
	assert_string_equal(test_get(&w.a, m, "membership_status"), "moving");
	test_void(&w.a, t, "重复录入");
	all_synced(&w);
	assert_string_equal(test_get(&w.a, m, "membership_status"), "active");
	transfer(&w, again, m);
	stepped(&w.a, again, "send", "2026-02-10", NULL);
	all_synced(&w);
	all_synced(&w);
	assert_string_equal(test_get(&w.a, m, "membership_status"), "moving"); /* the first one has no say any more */
	world_free(&w);
}

/* Who comes back is the record that was: it moves in from moved. */
static void
one_who_comes_back_is_who_he_was(void **state)
{
	struct world w;
	jc_id m = "", t, c, back = "";
	char p[40];
	struct rep r;

	(void)state;
	world_new(&w, 20);
	test_set(&w.a, "member", m, 0, "name=李建国", "id_no=399999196402290092",
	    "joined_on=2015-03-01", ref("union_id", w.ua), NULL);
	transfer(&w, t, m);
	stepped(&w.a, t, "send", "2026-02-01", NULL);
	all_synced(&w);
	copy_of(c, &w.b, t);
	stepped(&w.b, c, "accept", "2026-02-02", NULL);
	all_synced(&w);
	text(p, sizeof(p), &w.b, "SELECT r.id FROM k_member k JOIN record r USING(rec)", NULL);
	test_set(&w.b, "transfer", back, 0, ref("member_id", p), "direction=out",
	    "to_name=青石镇工会", "reason=1", NULL);
	stepped(&w.b, back, "send", "2026-02-10", NULL);
	all_synced(&w);
	copy_of(c, &w.a, back);
	stepped(&w.a, c, "accept", "2026-02-12", NULL);
	all_synced(&w);
	assert_int_equal(count(&w.county.hub,
			     "SELECT count(*) FROM k_member WHERE membership_status = 'active'"),
	    1);
	assert_int_equal(count(&w.county.hub, "SELECT count(*) FROM flow_step WHERE ok = 0"), 0);
	assert_int_equal(
	    count(&w.a, "SELECT count(*) FROM k_member WHERE membership_status = 'active'"),
	    1); /* the scope's key makes one id of number and name; the hub's test records have a random one */
	rep_run(&r, &w.county.hub, "R05", "2026Q1", NULL);
	assert_int_equal(rep_n(&r, "R05", "*", "local_in"), 2);
	assert_int_equal(rep_n(&r, "R05", "*", "local_out"), 2);
	assert_int_equal(rep_n(&r, "R05", "*", "moved_in"), 0);
	assert_int_equal(rep_n(&r, "R05", "*", "closing"), 1);
	assert_int_equal(rep_n(&r, "R05", "*", "balance"), 0);
	rep_free(&r);
	world_free(&w);
}

/* A random life of one transfer: each side does what it may where it stands, days go on. */
static void
live(struct world *w, const char *t, uint64_t *seed, const struct test_node *image, int *restored)
{
	static const char *const at_a[] = {"send", "withdraw", "redraft", NULL},
				 *const at_b[] = {"accept", "reject", NULL};
	jc_id c;
	char day[12];

	for (int i = 0; i < 14; i++) {
		snprintf(day, sizeof(day), "2026-02-%02d", i / 2 + 1);
		switch (test_rand(seed) % 5) {
		case 0: (void)step(&w->a, t, at_a[test_rand(seed) % 3], day, NULL); break;
		case 1:
			copy_of(c, &w->b, t);
			if (c[0] != '\0') {
				const char *move = at_b[test_rand(seed) % 2];

				(void)step(&w->b, c, move, day,
				    move[0] == 'r' ? "reason=不在本单位" : NULL);
			}
			break;
		case 2: synced(w, &w->a); break;
		case 3: synced(w, &w->b); break;
		default:
			if (image != NULL && i > 6 && !*restored) {
				test_node_restore(&w->county.hub, image);
				*restored = 1;
			}
			break;
		}
	}
}

/* Both were told the same moves, each once. */
static void
told_alike(struct world *w, uint64_t run)
{
	static const char sql[] =
	    "SELECT group_concat(x, ' ') FROM (SELECT k.move || k.event_date AS x FROM k_event k JOIN record r USING(rec)"
	    " JOIN k_transfer t ON t.rec = (SELECT rec FROM record WHERE id = k.subject_id)"
	    " WHERE r.void = 0 AND (t.origin_id IS NULL) = (?1 = 'original') ORDER BY 1)";
	char here[2000], there[2000];

	text(here, sizeof(here), &w->county.hub, sql, "original");
	text(there, sizeof(there), &w->county.hub, sql, "copy");
	if (there[0] != '\0' && strcmp(here, there) != 0)
		fail_msg("run %llu: %s; %s", (unsigned long long)run, here, there);
}

static void
agreed(struct world *w, const char *t, uint64_t run)
{
	char a[24], b[24];
	jc_id c;
	int64_t n;

	copy_of(c, &w->b, t);
	snprintf(a, sizeof(a), "%s", test_get(&w->a, t, "state"));
	snprintf(b, sizeof(b), "%s", c[0] != '\0' ? test_get(&w->b, c, "state") : "");
	if (c[0] != '\0' && strcmp(a, b) != 0)
		fail_msg("run %llu: %s here, %s there", (unsigned long long)run, a, b);
	n = count(&w->county.hub,
	    "SELECT count(*) FROM k_member k JOIN record r USING(rec) WHERE r.void = 0"
	    " AND k.membership_status IN ('active', 'moving')");
	if (n != 1)
		fail_msg("run %llu: on %lld registers, the transfer is %s", (unsigned long long)run,
		    (long long)n, a);
	n = count(&w->b, "SELECT count(*) FROM k_member WHERE membership_status = 'active'");
	if (n != (strcmp(a, "accepted") == 0))
		fail_msg("run %llu: %s, and %lld members at B", (unsigned long long)run, a,
		    (long long)n);
	assert_true(count(&w->county.hub, "SELECT count(*) FROM k_transfer") <= 2);
	told_alike(w, run);
}

static void
whatever_both_do_in_any_order_they_end_agreed(void **state)
{
	int runs = getenv("JC_PASSAGE_RUNS") != NULL ? atoi(getenv("JC_PASSAGE_RUNS")) : 12;
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < runs; i++) {
		struct test_node image;
		int restored = 0;
		struct world w;
		struct rep r;
		jc_id m = "", t;

		world_new(&w, 100 + (uint64_t)i * 10);
		test_set(&w.a, "member", m, 0, "name=王小青", "joined_on=2015-03-01",
		    "mobile=13000000001", ref("union_id", w.ua), NULL);
		transfer(&w, t, m);
		stepped(&w.a, t, "send", "2026-02-01", NULL);
		synced(&w, &w.a);
		test_node_new(&image, 5000 + (uint64_t)i);
		test_node_restore(&image, &w.county.hub);
		live(&w, t, &seed, i % 3 == 2 ? &image : NULL, &restored);
		all_synced(&w);
		all_synced(&w);
		agreed(&w, t, (uint64_t)i);
		rep_run(&r, &w.county.hub, "R05", "2026Q1", NULL);
		assert_int_equal(rep_n(&r, "R05", "*", "closing"), 1);
		assert_int_equal(rep_n(&r, "R05", "*", "balance"), 0);
		rep_free(&r);
		test_node_free(&image);
		world_free(&w);
	}
}

static void
inside_one_branch_the_same_record_changes_its_union(void **state)
{
	struct world w;
	jc_id m = "", t = "", other = "";

	(void)state;
	world_new(&w, 40);
	test_set(&w.a, "org", other, 0, "name=青石矿工会", "org_kind=union", NULL);
	test_set(&w.a, "member", m, 0, "name=王小青", "joined_on=2015-03-01", ref("union_id", w.ua),
	    NULL);
	test_set(&w.a, "transfer", t, 0, ref("member_id", m), "direction=out",
	    ref("from_union", w.ua), ref("to_union", other), "reason=1", NULL);
	stepped(&w.a, t, "send", "2026-02-01", NULL);
	all_synced(&w);
	assert_int_equal(count(&w.county.hub, "SELECT count(*) FROM k_transfer"), 1);
	stepped(&w.a, t, "accept", "2026-02-02", NULL);
	assert_string_equal(test_get(&w.a, m, "membership_status"), "active");
	assert_string_equal(test_get(&w.a, m, "union_id"), other);
	assert_int_equal(count(&w.a, "SELECT count(*) FROM flow_step WHERE ok = 0"), 0);
	world_free(&w);
}

static void
a_transfer_that_was_voided_or_turned_elsewhere_is_withdrawn(void **state)
{
	struct test_node third;
	struct world w;
	jc_id m = "", t, c;

	(void)state;
	world_new(&w, 50);
	test_set(&w.a, "member", m, 0, "name=王小青", "joined_on=2015-03-01", ref("union_id", w.ua),
	    NULL);
	transfer(&w, t, m);
	stepped(&w.a, t, "send", "2026-02-01", NULL);
	all_synced(&w);
	copy_of(c, &w.b, t);
	assert_string_equal(test_get(&w.b, c, "state"), "sent");
	test_node_new(&third, 59);
	county_join(&w.county, &third, "柳湾村工会");
	test_set(&w.a, "transfer", t, 0, "to_union=", "to_name=柳湾村工会", NULL);
	all_synced(&w);
	assert_string_equal(test_get(&w.b, c, "state"), "withdrawn");
	synced(&w, &third);
	copy_of(c, &third, t);
	assert_string_equal(test_get(&third, c, "state"), "sent");
	test_void(&w.a, t, "填错了");
	all_synced(&w);
	synced(&w, &third);
	assert_string_equal(test_get(&third, c, "state"), "withdrawn");
	test_node_free(&third);
	assert_string_equal(test_get(&w.a, m, "membership_status"), "active");
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_a_transfer_may_carry_arrives_and_nothing_else),
	    cmocka_unit_test(fields_that_the_county_defined_and_talents_come_along),
	    cmocka_unit_test(talents_leave_with_who_was_sent_back),
	    cmocka_unit_test(a_transfer_that_never_went_out_leaves_nobody_on_the_way),
	    cmocka_unit_test(one_who_comes_back_is_who_he_was),
	    cmocka_unit_test(whatever_both_do_in_any_order_they_end_agreed),
	    cmocka_unit_test(inside_one_branch_the_same_record_changes_its_union),
	    cmocka_unit_test(a_transfer_that_was_voided_or_turned_elsewhere_is_withdrawn),
	};

	return cmocka_run_group_tests_name("passage", tests, NULL, NULL);
}
