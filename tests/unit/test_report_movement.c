/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * R05, the movement of members. First small lives counted by hand; then years of joins, moves, retirements,
 * returns and deaths over many branches, against a model that knows the lives and nothing of records: every
 * column of every branch, in periods that begin and end anywhere, with events written in any order, branches
 * that arrive late or not at all. The difference is 0 always. JC_REPORT_BRANCHES, JC_REPORT_LIVES: more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "report_kit.h"
#include "test_env.h"

static void
event(struct test_node *t, const char *member, const char *type, const char *day, const char *from,
    const char *to)
{
	char m[40], ty[24], d[32], f[40], o[40];
	jc_id id = "";

	snprintf(m, sizeof(m), "member_id=%s", member);
	snprintf(ty, sizeof(ty), "change_type=%s", type);
	snprintf(d, sizeof(d), "change_date=%s", day);
	snprintf(f, sizeof(f), "from_union=%s", from != NULL ? from : "");
	snprintf(o, sizeof(o), "to_union=%s", to != NULL ? to : "");
	test_set(t, "member_event", id, 0, m, ty, d, f, o, NULL);
}

static void
member(struct test_node *t, jc_id id, const char *name, const char *union_id, const char *joined)
{
	char n[64], u[40], j[40];

	snprintf(n, sizeof(n), "name=%s", name);
	snprintf(u, sizeof(u), "union_id=%s", union_id);
	snprintf(j, sizeof(j), "joined_on=%s", joined);
	test_set(t, "member", id, 0, n, u, j, "gender=2", "is_migrant_worker=1", NULL);
}

static void
lives_counted_by_hand(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", old = "", fresh = "", retired = "", back = "", left = "", removed = "",
	    dead = "", away = "", way = "", in = "",
	      kept = "", later = "";
	struct rep r;

	test_set(t, "org", u, 0, "name=青石镇工会", "org_kind=union", NULL);
	member(t, old, "王一", u, "2020");             /* always there */
	member(t, fresh, "王二", u, "2026-02-10");     /* joins in the quarter, by the register alone */
	member(t, retired, "王三", u, "2019-05-01");
	event(t, retired, "3", "2026-01-31", NULL, NULL);
	member(t, back, "王四", u, "2018");
	event(t, back, "3", "2025-06-01", NULL, NULL);
	event(t, back, "7", "2026-03-01", NULL, NULL);
	member(t, left, "王五", u, "2018");
	event(t, left, "6", "2026-03-31", NULL, NULL); /* the last day counts */
	member(t, removed, "王六", u, "2018");
	event(t, removed, "5", "2026-01-01", NULL, NULL); /* and the first */
	member(t, dead, "王七", u, "2018");
	event(t, dead, "8", "2026-02-02", NULL, NULL);
	member(t, away, "王八", u, "2018");
	event(t, away, "14", "2026-01-10", NULL, "?外县某工会");
	event(t, away, "4", "2026-01-20", NULL, "?外县某工会");
	member(t, way, "王九", u, "2018");
	event(t, way, "14", "2026-03-20", NULL, "?外县某工会"); /* in transit: still here */
	member(t, in, "李一", u, "");
	event(t, in, "2", "2026-02-20", "?外市某厂工会", NULL);
	member(t, kept, "李二", u, "2018");
	event(t, kept, "3", "2025-01-01", NULL, NULL);
	event(t, kept, "8", "2026-02-01", NULL, NULL); /* a retained one dies: an exit from retained */
	member(t, later, "李三", u, "2018");
	event(t, later, "6", "2026-04-01", NULL, NULL); /* after the quarter */

	rep_run(&r, t, "R05", "2026Q1", NULL);
	assert_int_equal(rep_n(&r, "R05", u, "opening_reg"), 8); /* 一 三 五 六 七 八 九, 李三 */
	assert_int_equal(rep_n(&r, "R05", u, "opening_ret"), 2); /* 四, 李二 */
	assert_int_equal(rep_n(&r, "R05", u, "joined"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "moved_in"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "restored"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "moved_out"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "left"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "removed"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "died"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "retained"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "ret_exit"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "closing_reg"), 6); /* 一 二 四 九, 李一, 李三 */
	assert_int_equal(rep_n(&r, "R05", u, "closing_ret"), 1); /* 三 */
	assert_int_equal(rep_n(&r, "R05", u, "closing"), 7);
	assert_int_equal(rep_n(&r, "R05", u, "female"), 7);
	assert_int_equal(rep_n(&r, "R05", u, "migrant"), 7);
	assert_int_equal(rep_n(&r, "R05", "*", "balance"), 0);
	rep_free(&r);
	assert_int_equal(rep_behind(t, "R05", "2026Q1", "R05/*/joined"), 1);
	assert_int_equal(rep_behind(t, "R05", "2026Q1", "R05/*/opening_reg"), 8);
	assert_int_equal(rep_behind(t, "R05", "2026Q1", "R05/*/closing"), 7);
}

static void
an_event_that_arrives_late_changes_the_period_and_the_report_says_so(void **state)
{
	struct test_node *t = *state;
	jc_id u = "", m = "", n = "";
	struct jc_err err = {0};
	struct rep r;
	json_t *doc;

	test_set(t, "org", u, 0, "name=青石镇工会", "org_kind=union", NULL);
	member(t, m, "王一", u, "2020");
	member(t, n, "王二", u, "2020");
	rep_run(&r, t, "R05", "2026Q1", NULL);
	doc = jc_report_json(r.r);
	assert_true(json_is_null(json_object_get(doc, "changes")));
	json_decref(doc);
	test_ok(jc_report_hand_in(t->node, r.r, &err), &err);
	rep_free(&r);
	rep_run(&r, t, "R05", "2026Q1", NULL);
	doc = jc_report_json(r.r);
	assert_non_null(strstr(json_string_value(json_object_get(doc, "changes")), "没有变化"));
	json_decref(doc);
	rep_free(&r);
	event(t, n, "6", "2026-02-01", NULL, NULL);
	rep_run(&r, t, "R05", "2026Q1", NULL);
	assert_int_equal(rep_n(&r, "R05", u, "left"), 1);
	assert_int_equal(rep_n(&r, "R05", u, "balance"), 0);
	doc = jc_report_json(r.r);
	assert_non_null(strstr(json_string_value(json_object_get(doc, "changes")), "退会 0→1"));
	json_decref(doc);
	rep_free(&r);
	rep_run(&r, t, "R05", "2026Q2", NULL); /* another period was not handed in */
	doc = jc_report_json(r.r);
	assert_true(json_is_null(json_object_get(doc, "changes")));
	json_decref(doc);
	rep_free(&r);
}

/* ---- the model ---- */

enum key {
	OPEN_REG, OPEN_RET, JOINED, MOVED_IN, LOCAL_IN, RESTORED, MOVED_OUT, LOCAL_OUT, LEFT,
	    REMOVED, DIED, RETAINED, RET_EXIT,
	CLOSE_REG, CLOSE_RET, NKEYS
};
static const char *const names[NKEYS] = {"opening_reg", "opening_ret", "joined", "moved_in",
    "local_in", "restored", "moved_out", "local_out", "left", "removed", "died",
	"retained", "ret_exit", "closing_reg", "closing_ret"};
#define DAYS (3 * 336) /* 2024 to 2026, 28 days a month: every day exists */
#define EVENTS 12

/* What a life is: on a day, at a branch, in a state. */
struct life_event {
	int day, branch, other; /* other: the branch at the other end, -1: outside */
	const char *type;
};
struct life {
	struct life_event e[EVENTS];
	int n;
};

static void
day_text(char out[11], int day)
{
	char text[40];

	snprintf(text, sizeof(text), "%04d-%02d-%02d", 2024 + day / 336, day % 336 / 28 + 1,
	    day % 28 + 1);
	memcpy(out, text, 10);
	out[10] = '\0';
}

/* A life that could have been: every event possible where it stands, never two on one day. */
static void
life_make(struct life *l, int branches, uint64_t *seed)
{
	int day = (int)(test_rand(seed) % 500), at = (int)(test_rand(seed) % (uint64_t)branches), ret = 0;

	l->n = 0;
	l->e[l->n++] = (struct life_event){day, at, -1, test_rand(seed) % 4 == 0 ? "2" : "1"};
	while (l->n < EVENTS - 1) {
		unsigned what = (unsigned)(test_rand(seed) % 10);

		day += 1 + (int)(test_rand(seed) % 200);
		if (day >= DAYS)
			return;
		if (what < 3) { /* to another branch, or out of the county */
			int to = what == 0 ? -1 : (int)(test_rand(seed) % (uint64_t)branches);

			if (to == at)
				continue;
			l->e[l->n++] = (struct life_event){day, at, to, "4"};
			if (to < 0)
				return;
			l->e[l->n++] = (struct life_event){day, to, at, "2"};
			at = to;
			ret = 0;
		} else if (what < 7) {
			l->e[l->n++] = (struct life_event){day, at, -1, ret ? "7" : "3"};
			ret = !ret;
		} else {
			l->e[l->n++] = (struct life_event){day, at, -1,
			    what == 7 ? "5" : what == 8 ? "6" : "8"};
			return;
		}
	}
}

/* What the life adds to the report of [from, to]. `there`: branches whose records are at the hub. */
static void
life_count(const struct life *l, int from, int to, const int *there, int (*count)[NKEYS])
{
	int cat = 0, at = -1; /* 0 none, 1 register, 2 retained */

	for (int i = 0; i <= l->n; i++) {
		int day = i < l->n ? l->e[i].day : DAYS + 1;
		int last = i == 0 ? -1 : l->e[i - 1].day;

		if (cat != 0 && last < from && day >= from && there[at])
			count[at][cat == 1 ? OPEN_REG : OPEN_RET]++;
		if (cat != 0 && last <= to && day > to && there[at])
			count[at][cat == 1 ? CLOSE_REG : CLOSE_RET]++;
		if (i == l->n)
			break;
		const struct life_event *e = &l->e[i];
		int inside = e->day >= from && e->day <= to, key = -1, local = e->other >= 0 && there[e->other];

		switch (e->type[0]) {
		case '1': key = JOINED; break;
		case '2': key = local ? LOCAL_IN : MOVED_IN; break;
		case '3': key = RETAINED; break;
		case '4': key = cat == 2 ? RET_EXIT : local ? LOCAL_OUT : MOVED_OUT; break;
		case '5': key = cat == 2 ? RET_EXIT : REMOVED; break;
		case '6': key = cat == 2 ? RET_EXIT : LEFT; break;
		case '7': key = RESTORED; break;
		case '8': key = cat == 2 ? RET_EXIT : DIED; break;
		default: break;
		}
		if (inside && there[e->branch])
			count[e->branch][key]++;
		at = e->branch;
		cat = strchr("127", e->type[0]) != NULL ? 1 : e->type[0] == '3' ? 2 : 0;
	}
}

struct world {
	struct county county;
	int branches, lives;
	struct test_node *pc;
	jc_id *unions;
	struct life *life;
	int *there;
	uint64_t seed;
};

/* The records of a life: one member per stay at a branch (a branch left and entered again is one record);
 * the events of each in any order. */
static void
life_write(struct world *w, const struct life *l, int no)
{
	jc_id ids[EVENTS];
	int order[EVENTS];
	char name[32];

	memset(ids, 0, sizeof(ids));
	for (int i = 0; i < l->n; i++)
		order[i] = i;
	for (int i = l->n - 1; i > 0; i--) {
		int k = (int)(test_rand(&w->seed) % (uint64_t)(i + 1)), x = order[i];

		order[i] = order[k];
		order[k] = x;
	}
	snprintf(name, sizeof(name), "王%d", no);
	for (int k = 0; k < l->n; k++) {
		const struct life_event *e = &l->e[order[k]];
		int first = 0;
		char day[11];

		while (l->e[first].branch != e->branch)
			first++;
		if (ids[first][0] == '\0')
			member(&w->pc[e->branch], ids[first], name, w->unions[e->branch], "");
		day_text(day, e->day);
		event(&w->pc[e->branch], ids[first], e->type, day,
		    e->type[0] == '2' ? (e->other >= 0 ? w->unions[e->other] : "?外县某工会") : e->type[0] == '4' ? w->unions[e->branch] : NULL,
		    e->type[0] == '4' ? (e->other >= 0 ? w->unions[e->other] : "?外县某工会") : e->type[0] == '2' ? w->unions[e->branch] : NULL);
	}
}

/* The report of a random period against the model; every branch, every column, and the difference. */
static void
compare(struct world *w)
{
	int from = (int)(test_rand(&w->seed) % DAYS), to = from + (int)(test_rand(&w->seed) % (uint64_t)(DAYS - from));
	int (*count)[NKEYS] = calloc((size_t)w->branches, sizeof(*count));
	struct jc_report_ask ask = {.report = jc_report_find("R05")};
	struct jc_err err = {0};
	char a[11], b[11];
	struct rep r;
	int64_t all_in = 0, all_out = 0;

	for (int i = 0; i < w->lives; i++)
		life_count(&w->life[i], from, to, w->there, count);
	day_text(a, from);
	day_text(b, to);
	test_ok(jc_period_days(&ask.period, a, b, "2026-12-31", &err), &err);
	test_ok(jc_report_make(&r.r, w->county.hub.node, &ask, &err), &err);
	for (int i = 0; i < w->branches; i++)
		for (int k = 0; w->there[i] && k < NKEYS; k++) {
			int64_t v = 0;
			int has;

			if (jc_report_value(r.r, "R05", w->unions[i], names[k], &v, &has) < 0)
				v = 0; /* nobody ever was there */
			if (v != count[i][k])
				fail_msg("%s to %s, branch %d, %s: %lld, the lives say %d", a, b, i,
				    names[k], (long long)v, count[i][k]);
			if (k == LOCAL_IN)
				all_in += v;
			if (jc_report_value(r.r, "R05", w->unions[i], "balance", &v, &has) == 0)
				assert_int_equal(v, 0);
		}
	for (int i = 0; i < w->branches; i++)
		all_out += w->there[i] ? count[i][LOCAL_OUT] : 0;
	if (jc_report_rows(r.r, "R05") > 0) {
		assert_int_equal(rep_n(&r, "R05", "*", "balance"), 0);
		assert_int_equal(rep_n(&r, "R05", "*", "local_in"), all_in);
		assert_int_equal(rep_n(&r, "R05", "*", "local_out"), all_out);
	}
	rep_free(&r);
	free(count);
}

static void
world_make(struct world *w, int branches, int lives)
{
	w->branches = branches;
	w->lives = lives;
	w->seed = 20261126;
	w->pc = calloc((size_t)branches, sizeof(*w->pc));
	w->unions = calloc((size_t)branches, sizeof(*w->unions));
	w->life = calloc((size_t)lives, sizeof(*w->life));
	w->there = calloc((size_t)branches, sizeof(*w->there));
	county_new(&w->county, 1);
	test_env_wall(w->county.hub.env, TEST_ENV_WALL + INT64_C(300) * 86400000); /* late in 2026 */
	for (int i = 0; i < branches; i++) {
		char name[64], field[80];

		snprintf(name, sizeof(name), "第%d工会", i);
		snprintf(field, sizeof(field), "name=%s", name);
		test_node_new(&w->pc[i], (uint64_t)i + 10);
		county_join(&w->county, &w->pc[i], name);
		test_set(&w->pc[i], "org", w->unions[i], 0, field, "org_kind=union", NULL);
	}
	for (int i = 0; i < lives; i++) {
		life_make(&w->life[i], branches, &w->seed);
		life_write(w, &w->life[i], i);
	}
}

static int
number(const char *name, int absent)
{
	const char *s = getenv(name);

	return s != NULL && atoi(s) > 0 ? atoi(s) : absent;
}

static void
years_over_fifty_branches_balance_whoever_arrives_when(void **state)
{
	struct world w = {0};

	(void)state;
	world_make(&w, number("JC_REPORT_BRANCHES", 50), number("JC_REPORT_LIVES", 120));
	for (int done = 0; done < w.branches;) {
		int i = (int)(test_rand(&w.seed) % (uint64_t)w.branches);

		while (w.there[i])
			i = (i + 1) % w.branches;
		county_synced(&w.county, &w.pc[i]);
		w.there[i] = 1;
		if (++done % 10 == 0 || done == w.branches)
			compare(&w);
	}
	for (int i = 0; i < 20; i++)
		compare(&w);
	for (int i = 0; i < w.branches; i++)
		test_node_free(&w.pc[i]);
	county_free(&w.county);
	free(w.pc);
	free(w.unions);
	free(w.life);
	free(w.there);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lives_counted_by_hand, test_branch_setup, test_node_teardown),
		cmocka_unit_test_setup_teardown(an_event_that_arrives_late_changes_the_period_and_the_report_says_so,
		    test_branch_setup, test_node_teardown),
		cmocka_unit_test(years_over_fifty_branches_balance_whoever_arrives_when),
	};

	return cmocka_run_group_tests_name("report_movement", tests, NULL, NULL);
}
