/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The tables of moves: every row of DOMAIN 7, nothing that is not there, and what each row asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "schema_flow.h"

static const struct jc_flow *
flow(const char *code)
{
	for (const struct jc_flow *const *f = jc_flows(); *f != NULL; f++)
		if (strcmp((*f)->code, code) == 0)
			return *f;
	fail_msg("no table %s", code);
	return NULL;
}

/* Every transition once more, written down apart from the program: table, from, move, to ("" none). */
static const char *const rows[][4] = {
	{"W1", "", "survey", "survey"}, {"W1", "survey", "mobilise", "mobilise"}, {"W1",
	  "mobilise", "prepare", "prepare"},
	{"W1", "mobilise", "approved", "approved"}, {"W1", "prepare", "approved", "approved"},
	  {"W1", "approved", "prepare", "prepare"},
	{"W1", "approved", "congress", "congress"}, {"W1", "congress", "filing", "filing"}, {"W1",
	  "filing", "built", "built"},
	{"W1", "filing", "congress", "congress"}, {"W1", "prepare", "mobilise", "mobilise"}, {"W1",
	  "approved", "mobilise", "mobilise"},
	{"W1", "survey", "paused", "paused"}, {"W1", "mobilise", "paused", "paused"}, {"W1",
	  "prepare", "paused", "paused"},
	{"W1", "approved", "paused", "paused"}, {"W1", "survey", "not_fit", "not_fit"}, {"W1",
	  "mobilise", "not_fit", "not_fit"},
	{"W1", "paused", "not_fit", "not_fit"}, {"W1", "not_fit", "survey", "survey"}, {"W1",
	  "survey", "cancelled", "cancelled"},
	{"W1", "mobilise", "cancelled", "cancelled"}, {"W1", "prepare", "cancelled", "cancelled"},
	{"W1", "approved", "cancelled", "cancelled"}, {"W1", "paused", "cancelled", "cancelled"},
	  {"W1", "built", "dissolved", "dissolved"},
	{"W1", "survey", "built", "built"}, {"W1", "mobilise", "built", "built"},
	{"W2", "", "11", "applied"}, {"W2", "applied", "12", "reviewing"}, {"W2", "reviewing", "1",
	  "active"},
	{"W2", "reviewing", "13", "rejected"}, {"W2", "rejected", "11", "applied"}, {"W2", "", "1",
	  "active"}, {"W2", "", "2", "active"},
	{"W2", "moved", "2", "active"}, {"W2", "active", "14", "moving"}, {"W2", "retained", "14",
	  "moving"}, {"W2", "moving", "4", "moved"},
	{"W2", "active", "4", "moved"}, {"W2", "retained", "4", "moved"}, {"W2", "active", "3",
	  "retained"}, {"W2", "retained", "7", "active"},
	{"W2", "active", "6", "left"}, {"W2", "retained", "6", "left"}, {"W2", "active", "5",
	  "removed"}, {"W2", "retained", "5", "removed"},
	{"W2", "left", "11", "applied"}, {"W2", "removed", "11", "applied"}, {"W2", "active", "8",
	  "deceased"},
	{"W2", "retained", "8", "deceased"}, {"W2", "moving", "8", "deceased"},
	{"W2b", "draft", "send", "sent"}, {"W2b", "draft", "ask", "asking"}, {"W2b", "sent",
	  "accept", "accepted"},
	{"W2b", "asking", "accept", "accepted"}, {"W2b", "sent", "reject", "rejected"}, {"W2b",
	  "asking", "reject", "rejected"},
	{"W2b", "sent", "withdraw", "withdrawn"}, {"W2b", "asking", "withdraw", "withdrawn"},
	  {"W2b", "sent", "decide", "decided"},
	{"W2b", "asking", "decide", "decided"}, {"W2b", "draft", "paper", "paper"}, {"W2b",
	  "rejected", "redraft", "draft"},
	{"W2b", "draft", "accept", "accepted"}, {"W2b", "rejected", "accept", "accepted"}, {"W2b",
	  "withdrawn", "accept", "accepted"},
	{"W2b", "accepted", "accept", "accepted"}, {"W2b", "decided", "accept", "decided"},
	{"W2b", "accepted", "send", "accepted"}, {"W2b", "decided", "send", "decided"},
	{"W2b", "accepted", "redraft", "accepted"}, {"W2b", "decided", "redraft", "decided"},
	{"W2b", "accepted", "reject", "accepted"}, {"W2b", "decided", "reject", "decided"}, {"W2b",
	  "withdrawn", "reject", "withdrawn"},
	{"W2b", "rejected", "withdraw", "withdrawn"}, {"W2b", "accepted", "withdraw", "accepted"},
	{"W2b", "decided", "withdraw", "decided"}, {"W2b", "accepted", "decide", "decided"},
	{"W2b", "rejected", "decide", "decided"}, {"W2b", "withdrawn", "decide", "decided"},
	{"W3", "", "plan", "planned"}, {"W3", "", "record", "done"}, {"W3", "planned", "begin",
	  "running"}, {"W3", "running", "finish", "done"},
	{"W3", "planned", "finish", "done"}, {"W3", "done", "archive", "archived"}, {"W3",
	  "planned", "cancel", "cancelled"},
	{"W3", "running", "cancel", "cancelled"}, {"W3", "planned", "postpone", "planned"}, {"W3",
	  "archived", "reopen", "done"},
	{"W3", "cancelled", "replan", "planned"},
	{"W4", "pending", "pass", "pass"}, {"W4", "pending", "na", "na"}, {"W4", "pending", "find",
	  "found"}, {"W4", "pass", "rejudge", "found"},
	{"W4", "na", "rejudge", "found"}, {"W4", "found", "receive", "rectifying"}, {"W4", "found",
	  "submit", "recheck"},
	{"W4", "rectifying", "submit", "recheck"}, {"W4", "recheck", "close", "closed"}, {"W4",
	  "recheck", "return", "returned"},
	{"W4", "returned", "submit", "recheck"}, {"W4", "found", "extend", "found"}, {"W4",
	  "rectifying", "extend", "rectifying"},
	{"W4", "returned", "extend", "returned"}, {"W4", "found", "escalate", "found"}, {"W4",
	  "rectifying", "escalate", "rectifying"},
	{"W4", "closed", "recur", "closed"},
	{"W4c", "draft", "issue", "issued"}, {"W4c", "issued", "submit", "submitted"}, {"W4c",
	  "draft", "submit", "submitted"},
	{"W4c", "draft", "revoke", "void"}, {"W4c", "issued", "revoke", "void"}, {"W4c",
	  "submitted", "revoke", "void"},
	{"W4c", "closed", "revoke", "void"}, {"W4c", "void", "revoke", "void"},
	{"W5", "proposed", "approve", "approved"}, {"W5", "proposed", "stop", "stopped"}, {"W5",
	  "approved", "select", "selecting"},
	{"W5", "approved", "contract", "contracted"}, {"W5", "selecting", "contract",
	  "contracted"}, {"W5", "selecting", "reselect", "approved"},
	{"W5", "contracted", "begin", "running"}, {"W5", "running", "deliver", "accepting"}, {"W5",
	  "accepting", "accept", "accepted"},
	{"W5", "accepting", "demand_fix", "fixing"}, {"W5", "fixing", "deliver", "accepting"},
	  {"W5", "accepted", "evaluate", "evaluated"},
	{"W5", "evaluated", "archive", "archived"}, {"W5", "contracted", "stop", "stopped"}, {"W5",
	  "running", "stop", "stopped"},
	{"W5", "fixing", "stop", "stopped"},
	{"W6", "applied", "approve", "approved"}, {"W6", "applied", "reject", "rejected"}, {"W6",
	  "approved", "deliver", "delivered"},
	{"W6", "delivered", "follow", "following"}, {"W6", "delivered", "close", "closed"}, {"W6",
	  "following", "close", "closed"},
	{"W6", "delivered", "recall", "recalled"},
	{"W7", "planned", "enrol", "enrolled"}, {"W7", "enrolled", "activate", "active"}, {"W7",
	  "active", "expire", "expired"},
	{"W7", "planned", "cancel", "cancelled"}, {"W7", "enrolled", "cancel", "cancelled"}, {"W7",
	  "active", "cancel", "cancelled"},
	{"W7c", "reported", "submit", "submitted"}, {"W7c", "submitted", "pay", "paid"}, {"W7c",
	  "submitted", "reject", "rejected"},
	{"W7c", "paid", "close", "closed"}, {"W7c", "rejected", "close", "closed"},
	{"W8", "proposed", "agree", "agreed"}, {"W8", "agreed", "begin", "active"}, {"W8",
	  "active", "end", "ended"},
	{"W8", "active", "recall", "recalled"},
	{"W9", "topic", "fieldwork", "fieldwork"}, {"W9", "fieldwork", "draft", "drafted"}, {"W9",
	  "drafted", "submit", "submitted"},
	{"W9", "submitted", "adopt", "adopted"}, {"W9", "submitted", "note", "noted"}, {"W9",
	  "submitted", "no_reply", "no_reply"},
	{"W9", "adopted", "archive", "archived"}, {"W9", "noted", "archive", "archived"}, {"W9",
	  "no_reply", "archive", "archived"},
	{"W10", "draft", "publish", "open"}, {"W10", "open", "match", "matched"}, {"W10", "open",
	  "reply", "replied"},
	{"W10", "replied", "reply", "replied"}, {"W10", "open", "close", "closed"}, {"W10",
	  "matched", "close", "closed"},
	{"W10", "replied", "close", "closed"}, {"W10", "open", "expire", "expired"},
};
#define NROWS (sizeof(rows) / sizeof(*rows))

static void
the_tables_keep_to_the_catalogue(void **state)
{
	struct jc_err err = {0};
	int rc = jc_flow_tables_check(&err);

	(void)state;
	if (rc != 0)
		print_error("%s\n", err.msg);
	assert_int_equal(rc, 0);
}

static struct jc_flow_run
at(const struct jc_flow *f, const char *state, const char *left)
{
	return (struct jc_flow_run){.flow = f, .state = state, .left = left};
}

static void
every_row_leads_where_it_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < NROWS; i++) {
		struct jc_flow_run run = at(flow(rows[i][0]), rows[i][1], "");

		if (jc_flow_feed(&run, rows[i][2]) == NULL || strcmp(run.state, rows[i][3]) != 0)
			fail_msg("%s %s -%s-> %s, not %s", rows[i][0], rows[i][1], rows[i][2],
			    run.state, rows[i][3]);
	}
}

static int
listed(const char *code, const char *from, const char *move)
{
	for (size_t i = 0; i < NROWS; i++)
		if (strcmp(rows[i][0], code) == 0 && strcmp(rows[i][1], from) == 0 &&
		    strcmp(rows[i][2], move) == 0)
			return 1;
	return 0;
}

/* Corrections start from anywhere and lead nowhere; taking up a pause depends on where it began. */
static int
apart(const struct jc_flow *f, const char *from, const char *move)
{
	return (strcmp(f->code, "W2") == 0 && strcmp(move, "9") == 0) || (strcmp(f->code,
	    "W1") == 0 && strcmp(from, "paused") == 0) ||
	    (strcmp(f->code, "W2") == 0 && strcmp(move, "15") == 0);
}

static void
nothing_else_is_possible(void **state)
{
	size_t possible = 0;

	(void)state;
	for (const struct jc_flow *const *f = jc_flows(); *f != NULL; f++) {
		const struct jc_kind *k = jc_catalogue_kind((*f)->kind, strlen((*f)->kind));
		const struct jc_kind *e = jc_catalogue_kind((*f)->event, strlen((*f)->event));
		const struct jc_choice *moves = jc_catalogue_field(e, (*f)->move,
		    strlen((*f)->move))->choices;
		const struct jc_choice *states = jc_catalogue_field(k, (*f)->state,
		    strlen((*f)->state))->choices;

		for (const struct jc_choice *m = moves; m->code != NULL; m++)
			for (const struct jc_choice *s = states;; s++) {
				const char *from = s->code != NULL ? s->code : "";
				int can = jc_flow_find(*f, from, "", m->code) != NULL;

				if (!apart(*f, from, m->code) && can != listed((*f)->code, from,
				    m->code))
					fail_msg("%s: %s -%s-> is %spossible", (*f)->code, from,
					    m->code, can ? "" : "not ");
				possible += (size_t)can;
				if (s->code == NULL)
					break;
			}
	}
	assert_true(possible >= NROWS);
}

static void
a_pause_ends_where_it_began(void **state)
{
	static const char *const before[] = {"survey", "mobilise", "prepare", "approved"};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 4; k++) {
			struct jc_flow_run run = at(flow("W1"), before[i], "");

			assert_non_null(jc_flow_feed(&run, "paused"));
			assert_int_equal(jc_flow_feed(&run, before[k]) != NULL, i == k);
			assert_string_equal(run.state, i == k ? before[i] : "paused");
		}
}

static void
a_move_that_was_withdrawn_leads_back_to_where_it_began(void **state)
{
	struct jc_flow_run run = at(flow("W2"), "retained", "active");

	(void)state;
	assert_non_null(jc_flow_feed(&run, "14"));
	assert_non_null(jc_flow_feed(&run, "15"));
	assert_string_equal(run.state, "retained");
}

/* A record and its event as lists of name, value. `where.name` */
struct values {
	const char *const *v; /* pairs, NULL-terminated */
	const char *without;  /* this one is missing */
};

static const char *
ask(void *arg, char where, const char *field, size_t n)
{
	const struct values *v = arg;

	for (size_t i = 0; v->v[i] != NULL; i += 2) {
		const char *name = v->v[i];

		if (name[0] == where && strlen(name + 2) == n && memcmp(name + 2, field, n) == 0 &&
		    (v->without == NULL || strcmp(v->without, name) != 0))
			return v->v[i + 1];
	}
	return NULL;
}

static void
where_a_record_begins(void **state)
{
	static const char *const none[] = {NULL}, *const joined[] = {"s.joined_on", "2016", NULL},
	    *const card[] = {"s.member_no", "1", NULL};
	static const char *const held[] = {"s.start_at", "2026-01-01", "s.attend_count", "20",
	    "s.place", "礼堂", NULL};
	static const char *const bad[] = {"s.result", "found", NULL};
	static const struct {
		const char *code;
		const char *const *v;
		const char *first, *state;
	} cases[] = {
		{"W2", none, NULL, ""}, {"W2", joined, NULL, "active"}, {"W2", card, NULL,
		  "active"}, {"W2", joined, "1", ""},
		{"W2", joined, "11", ""}, {"W2", none, "3", "active"}, {"W2", none, "12", ""},
		  {"W2", none, "6", "active"},
		{"W3", none, NULL, "planned"}, {"W3", held, NULL, "done"}, {"W3", held, "finish",
		  "planned"}, {"W3", held, "archive", "done"},
		{"W3", none, "archive", "planned"}, {"W3", none, "record", ""}, {"W4", bad, NULL,
		  "found"}, {"W4", bad, "find", "pending"},
		{"W4", bad, "submit", "found"}, {"W4", none, "submit", "pending"}, {"W1", none,
		  NULL, "survey"}, {"W1", none, "survey", ""},
		{"W1", none, "mobilise", "survey"}, {"W10", none, NULL, "draft"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct values v = {cases[i].v, NULL};
		struct jc_flow_run run;

		jc_flow_begin(&run, flow(cases[i].code), cases[i].first, ask, &v);
		if (strcmp(run.state, cases[i].state) != 0)
			fail_msg("case %zu begins %s, not %s", i, run.state, cases[i].state);
	}
}

static int
enter(struct jc_err *err, const char *code, const char *from, const char *move, unsigned hats,
    int behalf, struct values *v)
{
	const struct jc_move *row;

	memset(err, 0, sizeof(*err));
	return jc_flow_pick(&row, NULL, NULL, flow(code), from, "", move, hats, behalf, ask, v,
	    err);
}

/* What one row asks for, all of it: it passes, and it fails without any single one, naming it. */
static void
needs(const char *code, const char *from, const char *move, unsigned hats, const char *const *all)
{
	struct values v = {all, NULL};
	struct jc_err err;

	if (enter(&err, code, from, move, hats, 0, &v) != 0)
		fail_msg("%s %s %s: %s", code, from, move, err.msg);
	for (size_t i = 0; all[i] != NULL; i += 2) {
		const char *field = all[i] + 2;
		const struct jc_kind *k = jc_catalogue_kind(all[i][0] == 's'
		    ? flow(code)->kind : flow(code)->event,
		    strlen(all[i][0] == 's' ? flow(code)->kind : flow(code)->event));
		const struct jc_field *f = jc_catalogue_field(k, field, strlen(field));

		v.without = all[i];
		assert_int_equal(enter(&err, code, from, move, hats, 0, &v), JC_EINVAL);
		if (f != NULL && strstr(err.msg, jc_field_label(f)) == NULL)
			fail_msg("%s without %s: %s", move, all[i], err.msg);
	}
}

#define V(...) ((const char *const[]){__VA_ARGS__, NULL})

static void
what_rows_need(void **state)
{
	const unsigned sec = JC_HAT_SEC, cnt = JC_HAT_CNT, cntl = JC_HAT_CNTL, chair = JC_HAT_CHAIR;

	(void)state;
	needs("W1", "survey", "mobilise", sec, V("s.staff_count", "40", "s.guide", "李四"));
	needs("W1", "mobilise", "prepare", sec, V("e.group_members", "甲、乙、丙"));
	needs("W1", "prepare", "approved", cntl, V("e.doc_no", "×总工〔2026〕1号"));
	needs("W1", "approved", "congress", sec, V("h.group_members", "甲", "e.attend_due", "30",
	    "e.attend", "28", "e.votes", "甲 28", "e.committee", "主席：甲"));
	needs("W1", "filing", "built", cnt, V("e.doc_no", "2号", "e.union_org_id", "0123456789ab"));
	needs("W1", "survey", "paused", sec, V("s.block_reason", "[\"no_will\"]", "e.next_on",
	    "2026-06-01"));
	needs("W1", "built", "dissolved", cntl, V("e.doc_no", "3号", "e.members_to", "转镇工会"));
	needs("W2", "", "11", sec, V("s.join_method", "individual", "s.consent_at", "2026-01-01"));
	needs("W2", "applied", "12", sec, V("s.required", "1"));
	needs("W2", "reviewing", "1", chair, V("e.approved_by", "委员会", "s.joined_on",
	    "2026-01-01"));
	needs("W2", "active", "3", sec, V("e.change_reason", "7", "e.approved_by", "委员会"));
	needs("W2", "active", "6", sec, V("e.change_reason", "5"));
	needs("W2", "active", "5", chair, V("e.basis_doc", "纪要", "e.approved_by", "委员会"));
	needs("W2b", "draft", "send", sec, V("s.direction", "out", "s.reason", "1", "s.to_name",
	    "石桥厂工会"));
	needs("W2b", "draft", "ask", sec, V("s.direction", "in", "s.name", "王小青", "s.member_no",
	    "8"));
	needs("W2b", "sent", "decide", cnt, V("e.reason", "逾期未答复", "@.age", "15"));
	needs("W3", "planned", "finish", sec, V("s.attend_count", "20", "s.benefit_count", "20",
	    "s.place", "礼堂"));
	needs("W3", "done", "archive", sec, V("s.summary", "办得好", "s.no_evidence", "相机坏了"));
	needs("W3", "archived", "reopen", sec, V("e.reason", "人数写错", "@.age", "29"));
	needs("W4", "pending", "na", sec, V("e.reason", "没有场所"));
	needs("W4", "pending", "find", sec, V("s.finding", "灭火器过期", "s.severity", "3",
	    "s.resp_person", "王五", "s.due_on", "2026-03-05"));
	needs("W4", "rectifying", "submit", sec, V("s.rectify_desc", "已换新", "s.rectified_on",
	    "2026-03-04", "s.evidence_after", "[\"a\"]"));
	needs("W4", "recheck", "return", cnt, V("e.reason", "照片不清", "e.new_date",
	    "2026-03-10"));
	needs("W4", "found", "escalate", sec, V("s.escalated_to", "0123456789ab", "e.reason",
	    "没有经费"));
	needs("W5", "selecting", "contract", sec, V("s.provider_org_id", "0123456789ab",
	    "s.contract_no", "1", "s.contract_fen", "100", "s.from", "2026-01-01", "s.to",
	    "2026-12-31"));
	needs("W5", "accepting", "accept", sec, V("s.accept_result", "pass", "s.accept_team",
	    "[\"甲\",\"乙\"]"));
	needs("W5", "accepted", "evaluate", sec, V("s.eval_grade", "A", "s.satisfaction", "950",
	    "s.survey_n", "20", "s.eval_text", "好"));
	needs("W6", "approved", "deliver", sec, V("s.receipt", "1"));
	needs("W7", "enrolled", "activate", sec, V("s.from", "2026-01-01", "s.to", "2026-12-31"));
	needs("W9", "fieldwork", "draft", sec, V("s.finding", "一", "s.advice", "二"));
}

static void
numbers_sets_and_days_are_compared(void **state)
{
	struct values v = {0};
	struct jc_err err;

	(void)state;
	v.v = V("s.accept_result", "pass", "s.accept_team", "[\"甲\"]");
	assert_int_equal(enter(&err, "W5", "accepting", "accept", JC_HAT_SEC, 0, &v), JC_EINVAL);
	v.v = V("s.accept_result", "fail", "s.accept_team", "[\"甲\",\"乙\"]");
	assert_int_equal(enter(&err, "W5", "accepting", "accept", JC_HAT_SEC, 0, &v), JC_EINVAL);
	v.v = V("e.reason", "忘了", "@.age", "31");
	assert_int_equal(enter(&err, "W3", "archived", "reopen", JC_HAT_SEC, 0, &v), JC_EINVAL);
	assert_non_null(strstr(err.msg, "30天内"));
	v.v = V("e.new_date", "2026-04-01", "e.reason", "缺配件", "s.extended", "1");
	assert_int_equal(enter(&err, "W4", "found", "extend", JC_HAT_CNT, 0, &v), 0);
	v.v = V("e.new_date", "2026-04-01", "e.reason", "缺配件", "s.extended", "2");
	assert_int_equal(enter(&err, "W4", "found", "extend", JC_HAT_CNT, 0, &v), JC_EINVAL);
	v.v = V("e.new_date", "2026-04-01", "e.reason", "缺配件", "s.extended", "2",
	    "s.escalated_to", "0123456789ab");
	assert_int_equal(enter(&err, "W4", "found", "extend", JC_HAT_CNT, 0, &v), 0);
}

static void
who_reviews_is_not_who_repaired_but_in_a_light_self_check(void **state)
{
	struct values v = {0};
	struct jc_err err;

	(void)state;
	v.v = V("s.review_opinion", "通过", "s.reviewer", "王五", "s.resp_person", "王五",
	    "s.attachments", "[\"a\"]", "s.severity", "1", "p.check_mode", "self");
	assert_int_equal(enter(&err, "W4", "recheck", "close", JC_HAT_CHAIR, 0, &v), 0);
	assert_int_equal(enter(&err, "W4", "recheck", "close", JC_HAT_SEC, 0, &v), JC_EDENIED);
	v.v = V("s.review_opinion", "通过", "s.reviewer", "王五", "s.resp_person", "王五",
	    "s.attachments", "[\"a\"]", "s.severity", "2", "p.check_mode", "self");
	assert_int_equal(enter(&err, "W4", "recheck", "close", JC_HAT_CHAIR, 0, &v), JC_EINVAL);
	v.v = V("s.review_opinion", "通过", "s.reviewer", "赵六", "s.resp_person", "王五",
	    "s.attachments", "[\"a\"]", "s.severity", "3", "p.check_mode", "upper");
	assert_int_equal(enter(&err, "W4", "recheck", "close", JC_HAT_CNT, 0, &v), JC_EINVAL);
	assert_non_null(strstr(err.msg, "第二复查人"));
}

static void
who_may_do_it_and_on_whose_behalf(void **state)
{
	struct values v = {V("e.doc_no", "1号"), NULL};
	struct jc_err err;

	(void)state;
	assert_int_equal(enter(&err, "W1", "prepare", "approved",
	    JC_HATS_BRANCH & ~(unsigned)JC_HAT_TOWN, 0, &v), JC_EDENIED);
	assert_non_null(strstr(err.msg, "县总工会审批人"));
	assert_int_equal(enter(&err, "W1", "prepare", "approved", JC_HATS_BRANCH, 1, &v), 0);
	v.v = V("e.result", "人多了");
	assert_int_equal(enter(&err, "W1", "not_fit", "survey", JC_HAT_REV, 1, &v),
	    JC_EDENIED); /* nobody does that on behalf */
	assert_int_equal(jc_hat_parse("cntl"), JC_HAT_CNTL);
	assert_int_equal(jc_hat_parse("boss"), 0);
	assert_string_equal(jc_hat_word(JC_HAT_FED), "FED");
}

static void
what_cannot_follow_is_refused_with_what_can(void **state)
{
	struct values v = {V("e.reason", "x"), NULL};
	struct jc_err err;

	(void)state;
	assert_int_equal(enter(&err, "W8", "agreed", "end", JC_HAT_SEC, 0, &v), JC_ESTATE);
	assert_non_null(strstr(err.msg, "到任"));
	assert_int_equal(enter(&err, "W8", "ended", "end", JC_HAT_SEC, 0, &v), JC_ESTATE);
}

static void
needs_are_said_in_words(void **state)
{
	struct jc_buf b;

	(void)state;
	jc_buf_init(&b, 4096);
	jc_flow_needs_put(&b, flow("W1"), jc_flow_find(flow("W1"), "filing", "", "built"));
	jc_buf_putc(&b, '\0');
	assert_string_equal(b.data, "文号、建成(覆盖)的工会或建成的工会");
	jc_buf_reset(&b);
	jc_flow_needs_put(&b, flow("W2"), jc_flow_find(flow("W2"), "active", "", "6"));
	jc_buf_putc(&b, '\0');
	assert_string_equal(b.data, "会籍变化原因、会籍变化原因(自动退会)时还要依据");
	jc_buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tables_keep_to_the_catalogue),
		cmocka_unit_test(every_row_leads_where_it_says),
		cmocka_unit_test(nothing_else_is_possible),
		cmocka_unit_test(a_pause_ends_where_it_began),
		cmocka_unit_test(a_move_that_was_withdrawn_leads_back_to_where_it_began),
		cmocka_unit_test(where_a_record_begins),
		cmocka_unit_test(what_rows_need),
		cmocka_unit_test(numbers_sets_and_days_are_compared),
		cmocka_unit_test(who_reviews_is_not_who_repaired_but_in_a_light_self_check),
		cmocka_unit_test(who_may_do_it_and_on_whose_behalf),
		cmocka_unit_test(what_cannot_follow_is_refused_with_what_can),
		cmocka_unit_test(needs_are_said_in_words),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
