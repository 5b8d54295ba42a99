/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The cut table: a session of about 200 KB whose line breaks once, at one byte, in one direction. For
 * every byte it must come to the same end, with at most one unit sent again and nothing taken twice.
 *
 * All disks lie in memory, so that a moment of a session can be had as often as one likes: the test plays
 * the session once, and at each request and each answer forks one child for every byte of it. The child breaks the
 * line there and tells a fingerprint of all that goes on from it: what was written to both databases, byte by byte,
 * and the session's next request. A fingerprint never seen before is played to its end by a second child and judged; where it has
 * been seen, the rest is that one again (clock and randomness of a test are part of the memory that was forked).
 *
 * The default run takes bytes some distance apart; JC_CUT_STRIDE=1 takes all of them, JC_CUT_STRIDE=n with
 * JC_CUT_FIRST=1..n one n-th of them, so that the whole table can be spread over processors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "county.h"
#include "crash_vfs.h"
#include "test_env.h"

#define RECORDS 340
#define NOISE 700           /* bytes of text that does not deflate, per record */
#define UNIT 32768
#define SLACK 2048          /* questions after the break, heads of requests */
#define STRIDE 1999         /* of the default run: a prime, so that no boundary is always missed */
#define STATES 4096

/* What a session came to. */
struct end {
	int ok;
	int64_t bytes;          /* both ways, from where it was looked at */
	int64_t commits;
	char digest[65];
};

struct known {
	uint64_t print;
	struct end end;
};

struct table {
	struct county c;
	struct test_node a, b;
	struct test_node *pc;   /* the one that syncs */
	struct end clean;
	struct known known[STATES];
	int nknown;
	int64_t place;          /* bytes looked at, both ways, to take every n-th */
	int64_t up, down, cuts, worst;
	int in_child;
};

/* A moment of a session: what a child starts from. */
struct moment {
	struct table *t;
	struct jc_session *s;
	struct jc_slice req;
	const struct jc_buf *answer;   /* NULL: the request is on its way */
	int status;
	size_t cross;                  /* bytes that cross before the line breaks */
};

static int64_t
number_of(const char *name, int64_t otherwise)
{
	const char *s = getenv(name);

	return s != NULL && atoll(s) > 0 ? atoll(s) : otherwise;
}

static void
fill(struct test_node *pc)
{
	static const char ALPHABET[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
	uint64_t seed = 5;

	for (int i = 0; i < RECORDS; i++) {
		char name[40], note[NOISE + 16] = "goods=";
		jc_id id = "";

		snprintf(name, sizeof(name), "title=活动%d", i);
		for (size_t k = 6; k < 6 + NOISE; k++)
			note[k] = ALPHABET[test_rand(&seed) >> 58];
		note[6 + NOISE] = '\0';
		test_set(pc, "activity", id, 0, name, note, NULL);
	}
}

static int
setup(void **state)
{
	struct table *t = calloc(1, sizeof(*t));

	assert_int_equal(crash_vfs_start(), 0);
	crash_vfs_everywhere();
	county_branch(&t->c, &t->a, &t->b, 1);
	fill(&t->a);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	struct table *t = *state;

	county_branch_free(&t->c, &t->a, &t->b);
	crash_vfs_clear();
	free(t);
	return 0;
}

/* ---- what a child does ---- */

static void
line_breaks(const struct moment *m)
{
	struct jc_err err = {0};

	(void)jc_err_code(&err, JC_ENETWORK, "line");
	if (m->answer == NULL) {
		county_serve_cut(&m->t->c, m->t->pc->key.id, m->req, m->cross);
		jc_session_failed(m->s, &err, 1);
	} else {
		jc_session_cut(m->s, m->cross != 0 ? m->status : 0, m->answer->data, m->cross, &err, 1);
	}
}

/* Of all that a session goes on from. A request that was cut tells the session the same at whatever byte. */
static void
print_of(const struct moment *m, void *out)
{
	struct jc_slice req;
	struct jc_err err = {0};
	uint64_t h;

	line_breaks(m);
	h = (uint64_t)jc_session_want(m->s);
	if (m->answer != NULL && jc_session_want(m->s) == JC_WANT_SEND) {
		test_ok(jc_session_request(m->s, &req, &err), &err);
		for (size_t i = 0; i < req.n; i++)
			h = (h ^ (unsigned char)req.p[i]) * 0x100000001b3u;
	}
	*(uint64_t *)out = h ^ crash_vfs_print();
}

/* To the end of the session, and all that must hold there. */
static void
end_of(const struct moment *m, void *out)
{
	struct table *t = m->t;
	struct end *end = out;
	struct wire w = {0};

	if (m->answer != NULL || m->req.p != NULL)
		line_breaks(m);
	if (county_go_on(&t->c, t->pc, &w, m->s) != JC_WANT_DONE)
		fail_msg("%s (%s)", jc_session_report(m->s)->err.msg, jc_session_report(m->s)->err.cause);
	assert_int_equal(jc_session_report(m->s)->waiting, 0);
	assert_true(county_agree(&t->c, t->pc, NULL) >= RECORDS);
	test_typed_digest(t->pc, end->digest); /* ids of operations differ from run to run, what they say does not */
	end->commits = county_commits(&t->c.hub, &t->a);
	assert_int_equal(county_commits(t->pc, &t->a), end->commits);
	end->bytes = w.up + w.down;
	end->ok = 1;
}

/* Lets a child do it, and reads what it tells; fails where the child did. */
static void
in_child(const struct moment *m, void (*what)(const struct moment *m, void *out), void *out, size_t n)
{
	int fd[2], status;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		m->t->in_child = 1;
		what(m, out);
		_exit(write(fd[1], out, n) != (ssize_t)n);
	}
	close(fd[1]);
	got = read(fd[0], out, n);
	close(fd[0]);
	waitpid(pid, &status, 0);
	if (got != (ssize_t)n || status != 0)
		fail_msg("cut after %zu bytes of %s %d of the session", m->cross, m->answer == NULL ? "a request, at byte" : "an answer, at byte",
		    (int)(m->answer == NULL ? m->t->up : m->t->down));
}

/* ---- the table ---- */

static const struct end *
known(struct table *t, uint64_t print)
{
	for (int i = t->nknown - 1; i >= 0; i--)
		if (t->known[i].print == print)
			return &t->known[i].end;
	return NULL;
}

static void
cut_here(const struct moment *m)
{
	struct table *t = m->t;
	const struct end *end;
	uint64_t print = 0;
	int64_t again;

	in_child(m, print_of, &print, sizeof(print));
	if ((end = known(t, print)) == NULL) {
		struct known *k = &t->known[t->nknown++];

		assert_true(t->nknown < STATES);
		k->print = print;
		in_child(m, end_of, &k->end, sizeof(k->end));
		assert_int_equal(k->end.ok, 1);
		assert_string_equal(k->end.digest, t->clean.digest);
		assert_int_equal(k->end.commits, t->clean.commits);
		end = &k->end;
	}
	again = t->up + t->down + (int64_t)m->cross + end->bytes - t->clean.bytes;
	if (again > UNIT + SLACK)
		fail_msg("cut after %zu bytes of one %s at %lld up, %lld down: %lld bytes again", m->cross,
		    m->answer == NULL ? "request" : "answer", (long long)t->up, (long long)t->down, (long long)again);
	t->worst = again > t->worst ? again : t->worst;
	t->cuts++;
}

/* Every n-th byte of what crosses at this moment. */
static void
cut_everywhere(struct moment *m, size_t n)
{
	int64_t stride = number_of("JC_CUT_STRIDE", STRIDE), first = number_of("JC_CUT_FIRST", 1);

	for (m->cross = 0; m->cross < n; m->cross++)
		if (++m->t->place % stride == first % stride)
			cut_here(m);
}

/* One session of pc, and every cut of it. */
static void
cut_table(struct table *t, struct test_node *pc)
{
	struct moment m = {.t = t};
	struct jc_err err = {0};
	struct jc_buf answer;

	t->pc = pc;
	t->nknown = 0;
	t->place = t->up = t->down = t->cuts = t->worst = 0;
	jc_buf_init(&answer, 8u << 20);
	test_ok(jc_session_open(&m.s, pc->node, 0, &err), &err);
	in_child(&m, end_of, &t->clean, sizeof(t->clean));
	while (jc_session_want(m.s) == JC_WANT_SEND) {
		m.answer = NULL;
		test_ok(jc_session_request(m.s, &m.req, &err), &err);
		cut_everywhere(&m, m.req.n);
		t->up += (int64_t)m.req.n;
		jc_buf_reset(&answer);
		m.status = county_serve(&t->c, pc->key.id, m.req, &answer);
		m.answer = &answer;
		cut_everywhere(&m, answer.len);
		t->down += (int64_t)answer.len;
		jc_session_answer(m.s, m.status, answer.data, answer.len);
	}
	assert_int_equal(jc_session_want(m.s), JC_WANT_DONE);
	assert_int_equal(t->up + t->down, t->clean.bytes);
	jc_session_close(m.s);
	jc_buf_free(&answer);
	print_message("%lld bytes up, %lld down, cut at %lld places to %d states: at most %lld sent again\n", (long long)t->up,
	    (long long)t->down, (long long)t->cuts, t->nknown, (long long)t->worst);
}

static void
a_cut_at_any_byte_on_the_way_up_costs_at_most_one_unit(void **state)
{
	struct table *t = *state;

	cut_table(t, &t->a);
	assert_true(t->up > 100000);
}

static void
a_cut_at_any_byte_on_the_way_down_costs_at_most_one_unit(void **state)
{
	struct table *t = *state;

	county_synced(&t->c, &t->a);
	cut_table(t, &t->b);
	assert_true(t->down > 100000);
}

static void
a_session_dropped_with_commits_under_way_is_followed_by_a_question(void **state)
{
	struct table *t = *state;
	struct jc_err err = {0}, line = {0};
	struct moment m = {.t = t};
	struct end clean = {0};
	struct jc_slice req;
	struct jc_buf answer;
	struct wire w = {0};

	fill(&t->a);
	t->pc = &t->a;
	jc_buf_init(&answer, 8u << 20);
	test_ok(jc_session_open(&m.s, t->a.node, 0, &err), &err);
	in_child(&m, end_of, &clean, sizeof(clean));
	test_ok(jc_session_request(m.s, &req, &err), &err);
	assert_int_equal(county_serve(&t->c, t->a.key.id, req, &answer), 200);
	(void)jc_err_code(&line, JC_ENETWORK, "line");
	jc_session_failed(m.s, &line, 0); /* and the program ends */
	assert_int_equal(jc_session_want(m.s), JC_WANT_FAILED);
	clean.bytes -= (int64_t)req.n;
	jc_session_close(m.s);
	jc_buf_free(&answer);
	assert_int_equal(county_sync(&t->c, &t->a, &w, NULL), JC_WANT_DONE);
	assert_true(w.up + w.down < clean.bytes + SLACK); /* nothing of the first request went again, up or down */
	county_agree(&t->c, &t->a, NULL);
}

/* A check failed in a child: its words are out, the rest is the parent's. */
static int
leave_child(void **state)
{
	const struct table *t = *state;

	if (t->in_child)
		_exit(1);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_cut_at_any_byte_on_the_way_up_costs_at_most_one_unit, leave_child),
		cmocka_unit_test_teardown(a_cut_at_any_byte_on_the_way_down_costs_at_most_one_unit, leave_child),
		cmocka_unit_test_teardown(a_session_dropped_with_commits_under_way_is_followed_by_a_question, leave_child),
	};

	return cmocka_run_group_tests_name("line", tests, setup, teardown);
}
