/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Sessions over a line that loses, cuts, doubles and delays, between computers whose power goes. */
#include <stdlib.h>
#include <string.h>

#include "crash_vfs.h"
#include "sim.h"

#define REQUESTS_MAX 300

struct line {
	struct sim *w;
	struct sim_node *t, *hub;
	int fault, at, requests;   /* the fault strikes the at-th request */
	uint64_t s;
	int struck;
};

/* The hub's part of a request; 0 when its power went (it is up again). */
static int
serve(struct line *l, const char *device, const char *p, size_t n, int whole, struct jc_buf *out)
{
	struct jc_node *hub = l->hub->n;
	struct jc_exchange *x;
	struct jc_err err = {0};
	int rc = whole ? jc_exchange_decode(&x, hub, device, p, n, &err) : jc_exchange_decode_cut(&x, hub, device, p, n, &err), end;

	if (rc < 0) {
		if (whole && !crash_vfs_dead())
			sim_fail(l->w, "the hub could not read a request: %s (%s)", err.msg, err.cause);
		return !crash_vfs_dead();
	}
	if ((rc = jc_db_begin(hub->db, &err)) == 0) {
		rc = jc_exchange_apply(x, hub, &err);
		if (rc >= 0 && whole)
			rc = jc_exchange_answer(out, x, hub, &err);
		sim_ok(l->w, rc, &err, "the hub");
		end = jc_db_end(hub->db, rc >= 0, &err);
		rc = rc < 0 ? rc : end;
	}
	sim_ok(l->w, rc, &err, "the hub's commit");
	jc_exchange_free(x);
	return rc >= 0;
}

/* What is on the way when the line goes: kept, to arrive some day. */
static void
keep_late(struct line *l, const char *p, size_t n)
{
	struct sim_late *k = &l->w->late[sim_below(&l->s, SIM_LATE)];

	free(k->p);
	k->p = malloc(n + 1);
	memcpy(k->p, p, n);
	k->n = n;
	k->node = l->t->no;
}

void
sim_late_all(struct sim *w)
{
	for (int i = 0; i < SIM_LATE; i++) {
		struct sim_late *k = &w->late[i];
		struct line l = {.w = w, .hub = &w->node[0]};
		struct jc_buf out;

		if (k->p == NULL)
			continue;
		jc_buf_init(&out, 8u << 20);
		serve(&l, w->node[k->node].key.id, k->p, k->n, 1, &out);
		sim_say(w, "late request of %d", k->node);
		jc_buf_free(&out);
		free(k->p);
		k->p = NULL;
		sim_learn(w, &w->node[0]);
	}
}

static void
failed(struct line *l, struct jc_session *s, int retry)
{
	struct jc_err err = {0};

	l->struck = 1;
	(void)jc_err_code(&err, JC_ENETWORK, "line");
	jc_session_failed(s, &err, retry && sim_below(&l->s, 2));
}

/* The request reaches the hub only in part, or not now. 1 when that was its fate. */
static int
lost_up(struct line *l, struct jc_session *s, struct jc_slice req)
{
	size_t n = sim_below(&l->s, req.n);

	if (l->requests != l->at)
		return 0;
	switch (l->fault) {
	case SIM_F_LOSE_UP:
		break;
	case SIM_F_CUT_UP:
		serve(l, l->t->key.id, req.p, n, 0, NULL);
		sim_mark(CUT_KEPT);
		break;
	case SIM_F_LATE:
		keep_late(l, req.p, req.n);
		break;
	default:
		return 0;
	}
	failed(l, s, 1);
	return 1;
}

static void
exchange(struct line *l, struct jc_session *s, struct jc_slice req, struct jc_buf *out)
{
	struct jc_err err = {0};
	int here = ++l->requests == l->at, ok;

	sim_shared->bytes += req.n;
	if (req.n > JC_EXCHANGE_MAX)
		sim_fail(l->w, "a request of %zu bytes", req.n);
	if (lost_up(l, s, req))
		return;
	if (here && l->fault == SIM_F_TWICE) {
		l->struck = 1;
		jc_buf_reset(out);
		serve(l, l->t->key.id, req.p, req.n, 1, out);
	}
	if (here && l->fault == SIM_F_POWER_HUB)
		sim_power_arm(l->hub, 1 + (int64_t)sim_below(&l->s, 40));
	jc_buf_reset(out);
	ok = serve(l, l->t->key.id, req.p, req.n, 1, out);
	if (here && l->fault == SIM_F_POWER_HUB && sim_power_end(l->w, l->hub, sim_rand(&l->s)))
		ok = 0;
	sim_shared->bytes += out->len;
	if (!ok || (here && l->fault == SIM_F_LOSE_DOWN)) {
		failed(l, s, 1);
		return;
	}
	sim_learn(l->w, l->hub);
	if (here && l->fault == SIM_F_CUT_DOWN) {
		l->struck = 1;
		sim_mark(CUT_NEWS);
		(void)jc_err_code(&err, JC_ENETWORK, "line");
		jc_session_cut(s, 200, out->data, sim_below(&l->s, out->len), &err, (int)sim_below(&l->s, 2));
		return;
	}
	jc_session_answer(s, 200, out->data, out->len);
}

static int
run(struct line *l, struct jc_session_report *report)
{
	enum jc_session_want want;
	struct jc_session *s;
	struct jc_err err = {0};
	struct jc_slice req;
	struct jc_buf out;

	if (sim_ok(l->w, jc_session_open(&s, l->t->n, 0, &err), &err, "session") < 0)
		return JC_WANT_FAILED;
	jc_buf_init(&out, 8u << 20);
	while ((want = jc_session_want(s)) == JC_WANT_SEND && !(crash_vfs_dead() && l->fault == SIM_F_POWER)) {
		if (l->requests > REQUESTS_MAX)
			sim_fail(l->w, "a session of %d requests", l->requests);
		if (jc_session_request(s, &req, &err) < 0)
			jc_session_failed(s, &err, 0);
		else
			exchange(l, s, req, &out);
	}
	*report = *jc_session_report(s);
	jc_session_close(s);
	jc_buf_free(&out);
	return (int)want;
}

void
sim_sync(struct sim *w, struct sim_node *t, int fault, uint64_t r)
{
	struct line l = {.w = w, .t = t, .hub = &w->node[0], .fault = fault, .s = r};
	struct jc_session_report report;
	int want, died = 0;

	l.at = 1 + (int)(sim_below(&l.s, 3) == 0);
	if (fault == SIM_F_POWER)
		sim_power_arm(t, 1 + (int64_t)sim_below(&l.s, 60));
	want = run(&l, &report);
	if (fault == SIM_F_POWER)
		died = sim_power_end(w, t, sim_rand(&l.s));
	if (died)
		sim_mark(POWER_SYNC);
	if (l.struck || died)
		sim_shared->faults[fault]++;
	sim_shared->sessions++;
	sim_notes(w, t);
	sim_learn(w, t);
	if (want == JC_WANT_FAILED && !l.struck && !died && !t->revoked)
		sim_fail(w, "a session failed on a good line: %s (%s)", report.err.msg, report.err.cause);
	if (want == JC_WANT_FAILED)
		sim_mark(SESSION_FAILED);
	if (want == JC_WANT_DONE) {
		t->met = 1;
		t->deceived = 0;
	}
	if (want == JC_WANT_FAILED || r % 5 == 0) /* what a line that broke left behind was not received */
		sim_receipts(w, t, 0);
	if (want == JC_WANT_DONE && l.requests > 1)
		sim_mark(SESSION_MORE);
	sim_say(w, "%d sync %s: %s, %d requests, up %lld down %lld", t->no, l.struck || died ? sim_fault_word(fault) : "",
	    want == JC_WANT_DONE ? "done" : "failed", l.requests, (long long)report.commits_up, (long long)report.commits_down);
	sim_meet(w, t, &w->node[0]);
}

void
sim_hub_merge(struct sim *w, uint64_t r)
{
	struct jc_scope scope;
	struct jc_err err = {0};
	int made = 0;

	if (!sim_branch(w, r, &scope))
		return;
	sim_ok(w, jc_exchange_merge(w->node[0].n, &scope, 1, &made, &err), &err, "merging");
	if (made > 0)
		sim_mark(MERGE_COMMIT);
	sim_learn(w, &w->node[0]);
	sim_say(w, "hub merges: %d", made);
}
