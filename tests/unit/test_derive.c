/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Columns that follow: states out of events, whatever came first; checks out of their items, venues out of
 * checks, units out of unions. The same after a rebuild, after undo and void, and on every machine of a
 * county. JC_PROPERTY=n: rounds of the random histories (default 12).
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
#include "schema_flow.h"
#include "tasks.h"
#include "test_env.h"

/* Everything that is derived, as text: states by record id, then the steps. Freed by the caller. */
static char *
derived(struct test_node *t)
{
	static const char *const sql =
	    "SELECT r.id || ' ' || r.kind || ' ' || x.v FROM record r JOIN ("
	    " SELECT rec, quote(membership_status) || '|' || quote(last_change_type) || '|' || quote(last_change_date) || '|' || quote(last_change_reason) AS v FROM k_member"
	    " UNION ALL SELECT rec, quote(state) || '|' || quote(state_on) FROM k_activity"
	    " UNION ALL SELECT rec, quote(state) || '|' || quote(state_on) FROM k_build_case"
	    " UNION ALL SELECT rec, quote(state) || '|' || quote(state_on) FROM k_check"
	    " UNION ALL SELECT rec, quote(state) || '|' || quote(state_on) || '|' || quote(first_due_on) || '|' || quote(extended) FROM k_check_item"
	    " UNION ALL SELECT rec, quote(usable) || '|' || quote(safety_check_on) FROM k_venue"
	    " UNION ALL SELECT rec, quote(scale_class) || '|' || quote(union_state) FROM k_org) x USING(rec)"
	    " UNION ALL SELECT s.id || ' step ' || f.n || ' ' || e.id || ' ' || f.day || ' ' || f.move || ' ' || f.from_state || ' '"
	    " || f.to_state || ' ' || f.ok FROM flow_step f JOIN record s ON s.rec = f.subject JOIN record e ON e.rec = f.event"
	    " ORDER BY 1";
	struct jc_err err = {0};
	struct jc_stmt *st;
	struct jc_buf b;
	int rc;

	jc_buf_init(&b, 8u << 20);
	test_ok(jc_db_prep(&st, t->node->db, sql, &err), &err);
	while ((rc = test_ok(jc_stmt_step(st, &err), &err)) == 1) {
		jc_buf_puts(&b, jc_col_text(st, 0, NULL));
		jc_buf_putc(&b, '\n');
	}
	jc_buf_putc(&b, '\0');
	assert_int_equal(b.failed, 0);
	return b.data;
}

static void
rebuild(struct test_node *t)
{
	struct jc_err err = {0};

	test_ok(jc_project_rebuild(t->node->project, NULL, NULL, &err), &err);
}

static int
task_line(void *arg, const struct jc_task *t)
{
	jc_buf_putf(arg, "%s %s %s %s %s\n", t->id, t->rule, t->record, t->due, t->sentence);
	return 0;
}

/* What is to be done, as text. Freed by the caller. */
static char *
task_list(struct test_node *t)
{
	struct jc_tasks_ask ask = {.today = "2025-01-20", .limit = 2000};
	struct jc_err err = {0};
	struct jc_buf b;

	jc_buf_init(&b, 8u << 20);
	test_ok(jc_tasks(t->node, &ask, NULL, task_line, &b, &err), &err);
	jc_buf_putc(&b, '\0');
	return b.data;
}

/* Fails with the first line that differs. */
static void
same(const char *a, const char *b, const char *what)
{
	while (*a != '\0' || *b != '\0') {
		size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");

		if (n != m || memcmp(a, b, n) != 0)
			fail_msg("%s: %.*s / %.*s", what, (int)n, a, (int)m, b);
		a += n + (a[n] != '\0');
		b += m + (b[m] != '\0');
	}
}

/* Rebuilt, nothing is different. */
static void
stands(struct test_node *t)
{
	char *before = derived(t), *after;

	rebuild(t);
	after = derived(t);
	same(before, after, "rebuilt");
	free(before);
	free(after);
}

static void
member_event(struct test_node *t, jc_id out, const char *member, const char *type, const char *date)
{
	char m[40], c[40], d[40];

	snprintf(m, sizeof(m), "member_id=%s", member);
	snprintf(c, sizeof(c), "change_type=%s", type);
	snprintf(d, sizeof(d), "change_date=%s", date);
	out[0] = '\0';
	test_set(t, "member_event", out, 0, m, c, d, NULL);
}

static void
event(struct test_node *t, jc_id out, const char *kind, const char *subject, const char *move,
    const char *date)
{
	char k[40], s[40], m[40], d[40];

	snprintf(k, sizeof(k), "subject_kind=%s", kind);
	snprintf(s, sizeof(s), "subject_id=%s", subject);
	snprintf(m, sizeof(m), "move=%s", move);
	snprintf(d, sizeof(d), "event_date=%s", date);
	out[0] = '\0';
	test_set(t, "event", out, 0, k, s, m, d, NULL);
}

static void
step(struct test_node *t, const char *build_case, const char *to, const char *date)
{
	char c[40], s[40], d[40];
	jc_id id = "";

	snprintf(c, sizeof(c), "case_id=%s", build_case);
	snprintf(s, sizeof(s), "step=%s", to);
	snprintf(d, sizeof(d), "event_date=%s", date);
	test_set(t, "build_event", id, 0, c, s, d, NULL);
}

static void
a_member_of_old_is_active_and_events_move_on_from_there(void **state)
{
	struct test_node *t = *state;
	jc_id old = "", named = "", e;

	test_set(t, "member", old, 0, "name=王小青", "joined_on=2016", NULL);
	test_set(t, "member", named, 0, "name=李小兰", NULL);
	assert_string_equal(test_get(t, old, "membership_status"), "active");
	assert_string_equal(test_get(t, named, "membership_status"), "");
	member_event(t, e, old, "3", "2025-03-01");
	test_set(t, "member_event", e, 0, "change_reason=7", NULL);
	assert_string_equal(test_get(t, old, "membership_status"), "retained");
	assert_string_equal(test_get(t, old, "last_change_type"), "3");
	assert_string_equal(test_get(t, old, "last_change_date"), "2025-03-01");
	assert_string_equal(test_get(t, old, "last_change_reason"), "7");
	test_set(t, "member", named, 0, "member_no=88", NULL);
	assert_string_equal(test_get(t, named, "membership_status"), "active");
	test_set(t, "member", named, 0, "member_no=", NULL);
	assert_string_equal(test_get(t, named, "membership_status"), "");
	stands(t);
}

static void
an_event_that_came_first_waits_for_its_member(void **state)
{
	struct test_node *t = *state;
	jc_id m = "", e;

	member_event(t, e, "0123456789ab", "6", "2025-03-01");
	memcpy(m, "0123456789ab", sizeof(m));
	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", NULL);
	assert_string_equal(test_get(t, m, "membership_status"), "left");
	stands(t);
}

static void
the_whole_way_of_an_applicant(void **state)
{
	static const char *const way[][3] = {{"11", "2025-01-01", "applied"}, {"12", "2025-01-02",
	    "reviewing"},
		{"13", "2025-01-03", "rejected"}, {"11", "2025-02-01", "applied"}, {"12",
		  "2025-02-02", "reviewing"},
		{"1", "2025-02-03", "active"}, {"14", "2025-03-01", "moving"}, {"15", "2025-03-02",
		  "active"}, {"3", "2025-04-01", "retained"},
		{"14", "2025-05-01", "moving"}, {"15", "2025-05-02", "retained"}, {"7",
		  "2025-06-01", "active"},
		{"14", "2025-07-01", "moving"}, {"4", "2025-07-05", "moved"}, {"2", "2026-01-01",
		  "active"}, {"8", "2026-02-01", "deceased"}};
	struct test_node *t = *state;
	jc_id m = "", e;

	test_set(t, "member", m, 0, "name=王小青", NULL);
	for (size_t i = 0; i < sizeof(way) / sizeof(*way); i++) {
		member_event(t, e, m, way[i][0], way[i][1]);
		assert_string_equal(test_get(t, m, "membership_status"), way[i][2]);
	}
	assert_string_equal(test_get(t, m, "last_change_type"), "8");
	stands(t);
}

static void
late_arrivals_are_put_where_their_date_says(void **state)
{
	struct test_node *t = *state;
	jc_id m = "", e;

	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", NULL);
	member_event(t, e, m, "7", "2025-06-01"); /* restored, but nobody says from what */
	assert_string_equal(test_get(t, m, "membership_status"), "active");
	member_event(t, e, m, "3", "2025-01-01");
	assert_string_equal(test_get(t, m, "membership_status"), "active");
	assert_string_equal(test_get(t, m, "last_change_type"), "7");
	stands(t);
}

static int64_t
impossible(struct test_node *t)
{
	struct jc_err err = {0};
	int64_t n;

	test_ok(jc_db_int(t->node->db, &n, "SELECT count(*) FROM flow_step WHERE ok = 0", &err),
	    &err);
	return n;
}

static void
an_impossible_move_keeps_the_state_and_is_remembered(void **state)
{
	struct test_node *t = *state;
	jc_id m = "", e;

	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", NULL);
	member_event(t, e, m, "8", "2025-01-01");
	member_event(t, e, m, "6", "2025-06-01");
	assert_string_equal(test_get(t, m, "membership_status"), "deceased");
	assert_string_equal(test_get(t, m, "last_change_type"), "8");
	assert_int_equal(impossible(t), 1);
	test_void(t, e, "录错了");
	assert_int_equal(impossible(t), 0);
	test_unvoid(t, e);
	assert_int_equal(impossible(t), 1);
	stands(t);
}

static void
a_correction_takes_the_wrong_event_out(void **state)
{
	struct test_node *t = *state;
	jc_id m = "", wrong, fix = "", back = "";
	char a[40], b[40];

	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", NULL);
	member_event(t, wrong, m, "8", "2025-01-01");
	snprintf(a, sizeof(a), "member_id=%s", m);
	snprintf(b, sizeof(b), "replaces=%s", wrong);
	test_set(t, "member_event", fix, 0, a, "change_type=9", "change_date=2025-01-05", b, NULL);
	assert_string_equal(test_get(t, m, "membership_status"), "active");
	assert_string_equal(test_get(t, m, "last_change_type"), "");
	snprintf(b, sizeof(b), "replaces=%s", fix);
	test_set(t, "member_event", back, 0, a, "change_type=9", "change_date=2025-01-06", b, NULL);
	assert_string_equal(test_get(t, m, "membership_status"), "deceased");
	stands(t);
}

static void
undo_and_another_subject_are_followed(void **state)
{
	struct test_node *t = *state;
	jc_id a = "", b = "", e;
	struct jc_undone undone;
	struct jc_err err = {0};
	char to[40];

	test_set(t, "member", a, 0, "name=王小青", "joined_on=2016", NULL);
	test_set(t, "member", b, 0, "name=李小兰", "joined_on=2017", NULL);
	member_event(t, e, a, "6", "2025-01-01");
	snprintf(to, sizeof(to), "member_id=%s", b);
	test_set(t, "member_event", e, 0, to, NULL);
	assert_string_equal(test_get(t, a, "membership_status"), "active");
	assert_string_equal(test_get(t, b, "membership_status"), "left");
	test_ok(jc_undo(t->node, &undone, &err), &err);
	assert_string_equal(test_get(t, a, "membership_status"), "left");
	test_ok(jc_undo(t->node, &undone, &err), &err);
	assert_string_equal(test_get(t, a, "membership_status"), "active");
	stands(t);
}

static void
a_case_goes_its_way_and_its_unit_shows_it(void **state)
{
	struct test_node *t = *state;
	jc_id org = "", c = "", u = "";
	char to[40];

	test_set(t, "org", org, 0, "name=青石志愿者协会", "org_kind=social", "staff_full=12",
	    "staff_part=3", NULL);
	assert_string_equal(test_get(t, org, "union_state"), "none");
	assert_string_equal(test_get(t, org, "scale_class"), "s");
	snprintf(to, sizeof(to), "org_id=%s", org);
	test_set(t, "build_case", c, 0, to, "reason+=party", NULL);
	assert_string_equal(test_get(t, c, "state"), "survey");
	assert_string_equal(test_get(t, org, "union_state"), "building");
	step(t, c, "mobilise", "2025-01-01");
	step(t, c, "prepare", "2025-02-01");
	step(t, c, "paused", "2025-03-01");
	assert_string_equal(test_get(t, c, "state"), "paused");
	step(t, c, "mobilise", "2025-04-01"); /* not what it left */
	assert_string_equal(test_get(t, c, "state"), "paused");
	step(t, c, "prepare", "2025-05-01");
	assert_string_equal(test_get(t, c, "state"), "prepare");
	assert_string_equal(test_get(t, c, "state_on"), "2025-05-01");
	test_set(t, "org", u, 0, "name=青石志愿者协会工会", "org_kind=union",
	    "union_type=basic_single", NULL);
	assert_string_equal(test_get(t, u, "union_state"), "");
	snprintf(to, sizeof(to), "union_id=%s", u);
	test_set(t, "org", org, 0, to, NULL);
	assert_string_equal(test_get(t, org, "union_state"), "covered_own");
	test_set(t, "org", u, 0, "union_type=fed_social", NULL);
	assert_string_equal(test_get(t, org, "union_state"), "covered_fed");
	test_set(t, "org", u, 0, "org_status=deregistered", NULL);
	assert_string_equal(test_get(t, org, "union_state"), "building");
	test_void(t, c, "录错了");
	assert_string_equal(test_get(t, org, "union_state"), "none");
	stands(t);
}

static void
activities_entered_afterwards_are_done(void **state)
{
	struct test_node *t = *state;
	jc_id past = "", plan = "", e;

	test_set(t, "activity", past, 0, "title=送清凉", "start_at=2025-07-01", "attend_count=30",
	    "place=工地", NULL);
	test_set(t, "activity", plan, 0, "title=登山", "start_at=2026-05-01", NULL);
	assert_string_equal(test_get(t, past, "state"), "done");
	assert_string_equal(test_get(t, plan, "state"), "planned");
	event(t, e, "activity", past, "archive", "2025-07-10");
	assert_string_equal(test_get(t, past, "state"), "archived");
	assert_string_equal(test_get(t, past, "state_on"), "2025-07-10");
	test_set(t, "activity", plan, 0, "attend_count=20", "place=青山", NULL);
	assert_string_equal(test_get(t, plan, "state"), "done");
	event(t, e, "activity", plan, "finish", "2026-05-01");
	assert_string_equal(test_get(t, plan, "state"), "done");
	event(t, e, "activity", plan, "archive", "2026-05-02");
	assert_string_equal(test_get(t, plan, "state"), "archived");
	assert_int_equal(impossible(t), 0);
	stands(t);
}

static void
item_new(struct test_node *t, jc_id out, const char *check, const char *no)
{
	char c[40], r[40];

	snprintf(c, sizeof(c), "check_id=%s", check);
	snprintf(r, sizeof(r), "item_no=%s", no);
	out[0] = '\0';
	test_set(t, "check_item", out, 0, c, r, "severity=3", "due_on=2026-01-10", NULL);
}

static void
a_check_closes_with_its_last_item_and_frees_the_venue(void **state)
{
	struct test_node *t = *state;
	jc_id venue = "", check = "", a, b, e;
	char v[40];

	test_set(t, "venue", venue, 0, "name=活动室", NULL);
	assert_string_equal(test_get(t, venue, "usable"), "");
	snprintf(v, sizeof(v), "venue_id=%s", venue);
	test_set(t, "check", check, 0, "checked_on=2026-01-01", v, NULL);
	assert_string_equal(test_get(t, venue, "safety_check_on"), "2026-01-01");
	assert_string_equal(test_get(t, venue, "usable"), "1");
	item_new(t, a, check, "C-01");
	item_new(t, b, check, "C-02");
	event(t, e, "check_item", a, "pass", "2026-01-01");
	event(t, e, "check_item", b, "find", "2026-01-01");
	assert_string_equal(test_get(t, venue, "usable"), "0");
	event(t, e, "check", check, "submit", "2026-01-02");
	assert_string_equal(test_get(t, check, "state"), "submitted");
	event(t, e, "check_item", b, "receive", "2026-01-02");
	event(t, e, "check_item", b, "extend", "2026-01-09");
	test_set(t, "event", e, 0, "old_date=2026-01-10", "new_date=2026-01-20", NULL);
	test_set(t, "check_item", b, 0, "due_on=2026-01-20", NULL);
	assert_string_equal(test_get(t, b, "first_due_on"), "2026-01-10");
	assert_string_equal(test_get(t, b, "extended"), "1");
	event(t, e, "check_item", b, "submit", "2026-01-12");
	event(t, e, "check_item", b, "close", "2026-01-13");
	assert_string_equal(test_get(t, check, "state"), "closed");
	assert_string_equal(test_get(t, check, "state_on"), "2026-01-13");
	assert_string_equal(test_get(t, venue, "usable"), "1");
	stands(t);
	test_void(t, e, "没有真的复查");
	assert_string_equal(test_get(t, check, "state"), "submitted");
	assert_string_equal(test_get(t, venue, "usable"), "0");
	stands(t);
}

static void
nobody_types_a_state(void **state)
{
	struct test_node *t = *state;
	jc_id m = "";

	/* an operation that a foreign program wrote: it merges, but nothing shows it */
	test_set(t, "member", m, 0, "name=王小青", "joined_on=2016", "membership_status=left",
	    NULL);
	assert_string_equal(test_get(t, m, "membership_status"), "active");
	test_node_reopen(t);
	test_set(t, "member", m, 0, "name=王小兰", NULL);
	assert_string_equal(test_get(t, m, "membership_status"), "active");
	stands(t);
}

/* ---- any set of events, in any order, on two machines ---- */

static uint64_t seed_now;

static unsigned
draw(unsigned n)
{
	seed_now = seed_now * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed_now >> 33) % n;
}

#define SUBJECTS 8
struct history {
	struct test_node *pc[2];
	struct county *c;
	jc_id subject[SUBJECTS], events[400];
	int kind[SUBJECTS];
	size_t nsubjects, nevents;
};

static const char *const kinds[] = {"member", "activity", "build_case", "check_item", "check"};

static const struct jc_choice *
moves_of(int kind)
{
	const struct jc_flow *f = jc_flow_of(jc_catalogue_kind(kinds[kind], strlen(kinds[kind])));
	const struct jc_kind *e = jc_catalogue_kind(f->event, strlen(f->event));

	return jc_catalogue_field(e, f->move, strlen(f->move))->choices;
}

/* A move of the kind's own table, so that histories get somewhere; now and then any move at all. */
static const char *
some_move(int kind)
{
	const struct jc_flow *f = jc_flow_of(jc_catalogue_kind(kinds[kind], strlen(kinds[kind])));
	size_t n = 0;

	if (draw(10) == 0) {
		const struct jc_choice *c = moves_of(kind);

		while (c[n].code != NULL)
			n++;
		return c[draw((unsigned)n)].code;
	}
	while (f->moves[n].move != NULL)
		n++;
	return f->moves[draw((unsigned)n)].move;
}

static void
subject_make(struct history *h)
{
	size_t i = h->nsubjects++;
	struct test_node *pc = h->pc[draw(2)];
	char check[40];

	h->kind[i] = (int)draw(5);
	h->subject[i][0] = '\0';
	snprintf(check, sizeof(check), "check_id=%s", "zzzzzzzzzzzz");
	for (size_t k = 0; k < i; k++)
		if (h->kind[k] == 4)
			snprintf(check, sizeof(check), "check_id=%s", h->subject[k]);
	if (h->kind[i] == 0)
		test_set(pc, "member", h->subject[i], 0, "name=王小青", draw(2)
		    ? "joined_on=2016" : "gender=女", NULL);
	else if (h->kind[i] == 1)
		test_set(pc, "activity", h->subject[i], 0, "title=登山", draw(2)
		    ? "place=青山" : "start_at=2025-01-02", NULL);
	else if (h->kind[i] == 2)
		test_set(pc, "build_case", h->subject[i], 0, "staff_count=30", NULL);
	else if (h->kind[i] == 3)
		test_set(pc, "check_item", h->subject[i], 0, check, draw(2)
		    ? "severity=3" : "result=found", "due_on=2025-01-05", NULL);
	else
		test_set(pc, "check", h->subject[i], 0, "checked_on=2025-01-01", NULL);
}

static void
event_make(struct history *h)
{
	size_t s = draw((unsigned)h->nsubjects);
	struct test_node *pc = h->pc[draw(2)];
	const char *move = some_move(h->kind[s]);
	char date[12], a[40], b[40], d[40];
	char *id = h->events[h->nevents++];

	snprintf(date, sizeof(date), "2025-01-%02u", 1 + draw(6));
	if (h->kind[s] == 0) {
		member_event(pc, id, h->subject[s], move, date);
		if (strcmp(move, "9") == 0 && h->nevents > 1) {
			snprintf(a, sizeof(a), "replaces=%s",
			    h->events[draw((unsigned)h->nevents - 1)]);
			test_set(pc, "member_event", id, 0, a, NULL);
		}
	} else if (h->kind[s] == 2) {
		snprintf(a, sizeof(a), "case_id=%s", h->subject[s]);
		snprintf(b, sizeof(b), "step=%s", move);
		snprintf(d, sizeof(d), "event_date=%s", date);
		id[0] = '\0';
		test_set(pc, "build_event", id, 0, a, b, d, NULL);
	} else {
		event(pc, id, kinds[h->kind[s]], h->subject[s], move, date);
	}
}

static int
known(struct test_node *t, const char *id)
{
	struct jc_record_key key;
	struct jc_err err = {0};

	return jc_record_find(t->node, 0, id, &key, &err) == 0 ? 1 + key.is_void : 0;
}

/* Voids an event, takes the voiding back, changes its date on two machines at once, or undoes. */
static void
disturb(struct history *h)
{
	struct test_node *pc = h->pc[draw(2)];
	const char *id = h->nevents != 0 ? h->events[draw((unsigned)h->nevents)] : "";
	struct jc_undone undone;
	struct jc_err err = {0};
	int is = h->nevents != 0 ? known(pc, id) : 0;

	if (draw(4) == 0)
		(void)jc_undo(pc->node, &undone, &err);
	else if (is == 1)
		test_void(pc, id, "录错了");
	else if (is == 2)
		test_unvoid(pc, id);
}

static void
history_run(struct history *h, int steps)
{
	for (int i = 0; i < 4; i++)
		subject_make(h);
	for (int i = 0; i < steps; i++) {
		unsigned what = draw(20);

		if (what == 0 && h->nsubjects < SUBJECTS)
			subject_make(h);
		else if (what <= 2)
			county_synced(h->c, h->pc[draw(2)]);
		else if (what <= 5)
			disturb(h);
		else
			event_make(h);
	}
}

static void
any_events_in_any_order_give_one_state(void **state)
{
	const char *env = getenv("JC_PROPERTY");
	int rounds = env != NULL ? (int)strtol(env, NULL, 10) : 12;

	(void)state;
	for (int round = 0; round < rounds; round++) {
		struct history h = {0};
		struct county c;
		struct test_node a, b;
		char *first, *second, *third;

		seed_now = (uint64_t)round * 7919 + 1;
		county_new(&c, (uint64_t)round + 100);
		test_node_new(&a, (uint64_t)round + 200);
		test_node_new(&b, (uint64_t)round + 300);
		county_join(&c, &a, "青石镇工会");
		county_join(&c, &b, "青石镇工会");
		h.c = &c;
		h.pc[0] = &a;
		h.pc[1] = &b;
		history_run(&h, 60);
		for (int i = 0; i < 2; i++) {
			county_synced(&c, &a);
			county_synced(&c, &b);
		}
		county_synced(&c, &a);
		first = derived(&a);
		second = derived(&b);
		third = derived(&c.hub);
		same(first, second, "two machines");
		same(first, third, "machine and hub");
		free(first);
		free(second);
		free(third);
		first = task_list(&a);
		second = task_list(&b);
		third = task_list(&c.hub);
		same(first, second, "tasks of two machines");
		same(first, third, "tasks of machine and hub");
		free(first);
		free(second);
		free(third);
		stands(&a);
		stands(&c.hub);
		test_node_free(&a);
		test_node_free(&b);
		county_free(&c);
	}
}

#define T(test) cmocka_unit_test_setup_teardown(test, test_branch_setup, test_node_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_member_of_old_is_active_and_events_move_on_from_there),
		T(an_event_that_came_first_waits_for_its_member),
		T(the_whole_way_of_an_applicant),
		T(late_arrivals_are_put_where_their_date_says),
		T(an_impossible_move_keeps_the_state_and_is_remembered),
		T(a_correction_takes_the_wrong_event_out),
		T(undo_and_another_subject_are_followed),
		T(a_case_goes_its_way_and_its_unit_shows_it),
		T(activities_entered_afterwards_are_done),
		T(a_check_closes_with_its_last_item_and_frees_the_venue),
		T(nobody_types_a_state),
		cmocka_unit_test(any_events_in_any_order_give_one_state),
	};

	return cmocka_run_group_tests_name("derive", tests, NULL, NULL);
}
