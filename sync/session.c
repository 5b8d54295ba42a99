/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One session with the hub above.
 *
 *                 request                          answer
 *    HELLO ----------------------------> AWAIT ----------------> DONE      nothing left either way
 *      everything we have, all scopes     |  ^
 *                                         |  |   each of these makes the next request
 *                    more either way      |  |
 *    AGAIN    <---------------------------+  |   only scopes that have something left
 *                    a base is not there  |  |
 *    RESEND   <---------------------------+  |   from the tips that the hub named
 *                    our note is newer    |  |
 *    PROVE    <---------------------------+  |   shows the hub its own signature
 *                    notes lack commits   |  |
 *    GIVEBACK <---------------------------+  |   commits of every device, not only ours
 *                    line broke, commits  |  |
 *    ASK      <---------------------------+  |   what have you? (notes only)
 *                    line broke           |  |
 *    (asked)  <---------------------------+--+   the same state again
 *
 *    any state, what cannot be mended ---> FAILED
 *
 * A quiet day is HELLO, AWAIT, DONE: one round trip. What is sent is decided when a request is made,
 * from the log and from what the hub is known to have, never from memory of an earlier request; so a
 * session may be dropped at any event, and the next one begins where the hub really is. An answer is
 * stored in the order receipt, news, cursor, each durable before the next.
 *
 * A line that breaks costs what was under way and no more. The hub keeps the whole commits of a request
 * that broke off, and we those of an answer; after the break we ask what the hub has (ASK, a few hundred
 * bytes) unless less than that was under way, and go on behind it. So one request may carry much even
 * where lines break often. Only when a lost request was no step forward are pieces halved, down to one
 * commit: the hub may be an older one, or something on the way may swallow what is not complete.
 * Where nothing breaks and an answer is there within a second, pieces grow to a megabyte both ways.
 * Drafts are cut a piece ahead of the line and no further: what is still a draft when a person says "this one
 * first" (session_first.c) can be overtaken, and is cut to the size that the line turned out to carry.
 * Commits are cut small while the line is not known to carry more (meta link_unit): one that has been
 * cut can no longer be divided.
 */
#include "session.h"
#include "sync_skew.h"

#include <string.h>

#include "../schema/schema_mem.h"

#define PIECE_DEFAULT 49152u
#define PIECE_MOST (1u << 20)
#define QUICK_MS 1000 /* an answer within this: the line carries more at once */
#define SLOW_MS 4000
#define UNIT_LEAST 2048u
#define UNIT_MOST 32768u
#define UNIT_UNKNOWN 4096u
#define UNIT_UNKNOWN_MANY 8192u
#define MANY_DRAFTS 2000
#define COMMITS_MAX 1000u
#define FAILURES_MAX 16
#define IDLE_MAX 4
#define ASK_LEAST 1024u /* bytes of commits under way that are worth a question */
#define COMMIT_COSTS 200u  /* of a commit on the wire, besides its payload */
#define AHEAD_BULK 3u      /* long pieces are squeezed: so many times their length is cut for one */
#define STREAK 4 /* answered requests after which a bad line is tried with more */
#define MALFORMED_MAX 3

static const struct move {
	enum jc_s_state from;
	enum jc_s_event event;
	enum jc_s_state to;
} moves[] = {
	{JC_S_HELLO, JC_E_SENT, JC_S_AWAIT},
	{JC_S_AGAIN, JC_E_SENT, JC_S_AWAIT},
	{JC_S_RESEND, JC_E_SENT, JC_S_AWAIT},
	{JC_S_PROVE, JC_E_SENT, JC_S_AWAIT},
	{JC_S_GIVEBACK, JC_E_SENT, JC_S_AWAIT},
	{JC_S_ASK, JC_E_SENT, JC_S_AWAIT},
	{JC_S_AWAIT, JC_E_QUIET, JC_S_DONE},
	{JC_S_AWAIT, JC_E_MORE, JC_S_AGAIN},
	{JC_S_AWAIT, JC_E_STALE, JC_S_RESEND},
	{JC_S_AWAIT, JC_E_BEHIND, JC_S_PROVE},
	{JC_S_AWAIT, JC_E_LOST, JC_S_GIVEBACK},
	{JC_S_AWAIT, JC_E_DOUBT, JC_S_ASK},
	{JC_S_AWAIT, JC_E_CUT, JC_S_AWAIT}, /* and from there back to the state that asked */
	{JC_S_HELLO, JC_E_BROKEN, JC_S_FAILED},
	{JC_S_AGAIN, JC_E_BROKEN, JC_S_FAILED},
	{JC_S_RESEND, JC_E_BROKEN, JC_S_FAILED},
	{JC_S_PROVE, JC_E_BROKEN, JC_S_FAILED},
	{JC_S_GIVEBACK, JC_E_BROKEN, JC_S_FAILED},
	{JC_S_ASK, JC_E_BROKEN, JC_S_FAILED},
	{JC_S_AWAIT, JC_E_BROKEN, JC_S_FAILED},
};

static const char *const state_name[] = {
#define XX(n) #n,
	JC_S_STATE_MAP(XX)
#undef XX
};
static const char *const event_name[] = {
#define XX(n) #n,
	JC_S_EVENT_MAP(XX)
#undef XX
};

static void
trace(const struct jc_session *s, enum jc_s_event event)
{
	const struct jc_env *env = jc_db_env(s->node->db);
	struct jc_buf b;

	if (env->trace == NULL)
		return;
	jc_buf_init(&b, 256);
	jc_buf_putf(&b, "state=%s event=%s requests=%lld", state_name[s->state], event_name[event],
	    (long long)s->report.requests);
	if (!b.failed)
		env->trace(env->ctx, JC_TRACE_DEBUG, "session", b.data);
	jc_buf_free(&b);
}

/* Where the table goes; JC_S_STATES: the step is not allowed. */
static enum jc_s_state
move_of(enum jc_s_state from, enum jc_s_event event, enum jc_s_state asked)
{
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		if (moves[i].from == from && moves[i].event == event)
			return event == JC_E_CUT ? asked : moves[i].to;
	return JC_S_STATES;
}

/* The machine's one step. An event that the table does not allow is a fault of this program. */
static void
tick(struct jc_session *s, enum jc_s_event event)
{
	enum jc_s_state from = s->state;

	trace(s, event);
	if (event == JC_E_SENT)
		s->asked = from;
	if ((s->state = move_of(from, event, s->asked)) == JC_S_STATES) {
		jc_err_code(&s->report.err, JC_EINTERNAL, "jc_session");
		s->state = JC_S_FAILED;
	}
	if (s->step != NULL)
		s->step(s->step_arg, &(struct jc_session_step){state_name[from], event_name[event], state_name[s->state],
		                         s->report.requests, s->report.bytes_up, s->report.bytes_down});
}

void
jc_session_watch(struct jc_session *s, void (*step)(void *arg, const struct jc_session_step *), void *arg)
{
	s->step = step;
	s->step_arg = arg;
}

static int
word_of(const char *const *list, int n, const char *word)
{
	int i = 0;

	while (i < n && strcmp(list[i], word) != 0)
		i++;
	return i;
}

const char *
jc_session_replay(const char *state, const char *event, const char *asked)
{
	int from = word_of(state_name, JC_S_STATES, state), e = word_of(event_name, JC_E_EVENTS, event);
	int by = word_of(state_name, JC_S_STATES, asked);
	enum jc_s_state to;

	if (from == JC_S_STATES || e == JC_E_EVENTS)
		return NULL;
	to = move_of((enum jc_s_state)from, (enum jc_s_event)e, (enum jc_s_state)by);
	return to != JC_S_STATES ? state_name[to] : NULL;
}

/* ---- end of a session ---- */

static int
fork_seen(void *arg, int64_t scope, const struct jc_fork *fork)
{
	(void)scope;
	(void)fork;
	*(int *)arg = 1;
	return 1;
}

/* Drafts, and own commits that no note covers. */
static int
waiting_count(struct jc_session *s, int64_t *waiting, struct jc_err *err)
{
	int64_t drafts;
	int rc = 0;

	*waiting = 0;
	for (size_t i = 0; rc >= 0 && i < s->nscopes; i++) {
		struct jc_s_scope *sc = &s->scope[i];

		if (!sc->push || (rc = jc_log_drafts(s->node->log, sc->s.no, &drafts, err)) < 0)
			continue;
		*waiting += drafts;
		if (s->device == 0)
			continue;
		jc_pending_forget(&sc->p);
		sc->p.nrefused = 0;
		if ((rc = jc_session_notes_known(s, sc, NULL, err)) >= 0 &&
		    (rc = jc_pending_make(&sc->p, sc->push == JC_PUSH_FORWARD ? 0 : s->device, err)) >= 0)
			*waiting += (int64_t)sc->p.n;
	}
	return rc;
}

static void
unit_learn(struct jc_session *s, int ok)
{
	size_t unit = s->unit != 0 ? s->unit : UNIT_UNKNOWN;

	if (ok && !s->any_failure && s->report.commits_up != 0)
		unit = unit * 4 < UNIT_MOST ? unit * 4 : UNIT_MOST;
	else if (s->any_failure)
		unit = unit / 2 > UNIT_LEAST ? unit / 2 : UNIT_LEAST;
	else
		return;
	if (unit != s->unit)
		(void)jc_meta_set_int(s->node->db, "link_unit", (int64_t)unit, NULL);
	s->unit = unit;
}

/* Were commits under way of which nothing was heard? */
static int
in_doubt(const struct jc_session *s)
{
	for (size_t i = 0; i < s->nscopes; i++)
		if (s->scope[i].lost != 0 || s->scope[i].nsent != 0)
			return 1;
	return 0;
}

static int
end_store(struct jc_session *s, int ok, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(s->node->db);
	int64_t now = env->wall_ms(env->ctx) / 1000;
	size_t n;
	int rc, end;

	s->peer.last_try = now;
	s->peer.last_err[0] = '\0';
	if (ok)
		s->peer.last_ok = now;
	if (s->report.err.code != 0) {
		n = strlen(s->report.err.msg);
		n = n < sizeof(s->peer.last_err) ? n : sizeof(s->peer.last_err) - 1;
		while (n > 0 && n < strlen(s->report.err.msg) && ((unsigned char)s->report.err.msg[n] & 0xc0) == 0x80)
			n--; /* not in the middle of a character */
		memcpy(s->peer.last_err, s->report.err.msg, n);
		s->peer.last_err[n] = '\0';
	}
	if ((rc = jc_db_begin(s->node->db, err)) < 0)
		return rc;
	unit_learn(s, ok);
	if (s->heard && ((rc = jc_meta_set_int(s->node->db, "link_skew", s->report.skew, err)) < 0 ||
	        (rc = jc_skew_note(s->node, s->report.skew, err)) < 0))
		goto out;
	if ((rc = jc_meta_set(s->node->db, "link_doubt", !ok && in_doubt(s) ? "1" : NULL, err)) >= 0)
		rc = jc_peer_put(&s->peer, s->node, err);
out:
	end = jc_db_end(s->node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* Once, when the machine has come to rest. */
static void
finish(struct jc_session *s)
{
	int ok = s->state == JC_S_DONE;
	struct jc_err err = {0};

	s->report.forked = 0;
	if (s->device != 0)
		(void)jc_log_forks(s->node->log, 0, s->device, fork_seen, &s->report.forked, NULL);
	if (waiting_count(s, &s->report.waiting, NULL) < 0)
		s->report.waiting = -1;
	if (end_store(s, ok, &err) < 0 && ok) {
		s->report.err = err;
		s->state = JC_S_FAILED;
	}
}

static void
broken(struct jc_session *s, const struct jc_err *err)
{
	s->report.err = *err;
	tick(s, JC_E_BROKEN);
	finish(s);
}

/* ---- open ---- */

/* News that an older program could not take in is asked for again, from the beginning, by a newer one. */
static int
hole_check(struct jc_session *s, struct jc_s_scope *sc, struct jc_err *err)
{
	int64_t version;
	int rc = jc_peer_hole(s->node, sc->s.id, &version, err), end;

	if (rc < 0 || version == 0 || version == JC_SCHEMA_VERSION)
		return rc < 0 ? rc : 0;
	sc->cursor = 0;
	if ((rc = jc_db_begin(s->node->db, err)) < 0)
		return rc;
	rc = jc_peer_hole_set(s->node, sc->s.id, 0, err);
	end = jc_db_end(s->node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
scopes_load(struct jc_session *s, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t count;
	size_t n = 0;
	int rc;

	if ((rc = jc_db_int(s->node->db, &count, "SELECT count(*) FROM peer_scope", err)) < 0)
		return rc;
	if ((s->scope = jc_calloc((size_t)count + 1, sizeof(*s->scope))) == NULL)
		return JC_NOMEM(err, "scopes_load");
	/* Where we write comes first: it is what the person at this PC waits for. */
	if ((rc = jc_db_prep(&st, s->node->db,
	         "SELECT scope, cursor, push FROM peer_scope WHERE peer = :peer ORDER BY push DESC, scope LIMIT 1024",
	         err)) < 0)
		return rc;
	jc_bind_int(st, ":peer", s->peer.no);
	while ((rc = jc_stmt_step(st, err)) == 1 && n < (size_t)count) {
		s->scope[n].s.no = jc_col_int(st, 0);
		s->scope[n].cursor = jc_col_int(st, 1);
		s->scope[n++].push = (int)jc_col_int(st, 2);
	}
	s->nscopes = n;
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		struct jc_s_scope *sc = &s->scope[i];

		sc->p.node = s->node;
		sc->p.scope = sc->s.no;
		sc->p.least = sc->push == JC_PUSH_FORWARD ? JC_TIER_CITY : JC_TIER_COUNTY;
		sc->all = sc->push == JC_PUSH_FORWARD;
		if ((rc = jc_scope_get(&sc->s, s->node->log, sc->p.scope, err)) >= 0 &&
		    (rc = hole_check(s, sc, err)) >= 0)
			rc = jc_session_notes_known(s, sc, NULL, err);
	}
	return rc;
}

/* The last session ended with commits under way: begin by asking what became of them. */
static int
doubt_load(struct jc_session *s, struct jc_err *err)
{
	int64_t doubt;
	int rc = jc_meta_int(s->node->db, "link_doubt", &doubt, 0, err);

	for (size_t i = 0; rc >= 0 && doubt != 0 && i < s->nscopes; i++)
		if (s->scope[i].push) {
			s->scope[i].lost = 1;
			s->scope[i].have = 1;
			s->state = JC_S_ASK;
		}
	return rc;
}

int
jc_session_open(struct jc_session **out, struct jc_node *node, size_t piece, struct jc_err *err)
{
	struct jc_session *s = jc_calloc(1, sizeof(*s));
	int64_t unit;
	int rc;

	*out = NULL;
	if (s == NULL)
		return JC_NOMEM(err, "jc_session_open");
	s->node = node;
	s->state = JC_S_HELLO;
	s->piece = piece != 0 ? piece : PIECE_DEFAULT;
	s->piece_max = s->piece_given = s->piece;
	s->room = s->room_max = JC_NEWS_DEFAULT;
	jc_buf_init(&s->req, JC_EXCHANGE_MAX);
	if (jc_log_key(node->log) == NULL)
		rc = jc_err_set(err, JC_ESTATE, "jc_session_open", "%s",
		    JC_T("本机的密钥不在，不能上报", "This PC's key is missing, so nothing can be sent"));
	else if ((rc = jc_peer_get(&s->peer, node, err)) >= 0 && (rc = jc_relay_update(node, &s->peer, err)) >= 0 &&
	    (rc = scopes_load(s, err)) >= 0 &&
	    (rc = doubt_load(s, err)) >= 0)
		rc = jc_meta_int(node->db, "link_unit", &unit, 0, err);
	if (rc < 0) {
		jc_session_close(s);
		return rc;
	}
	s->unit = unit >= (int64_t)UNIT_LEAST && unit <= (int64_t)UNIT_MOST ? (size_t)unit : 0;
	*out = s;
	return 0;
}

void
jc_session_close(struct jc_session *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->nscopes; i++)
		jc_pending_free(&s->scope[i].p);
	jc_free(s->scope);
	jc_buf_free(&s->req);
	jc_free(s);
}

enum jc_session_want
jc_session_want(const struct jc_session *s)
{
	return s->state == JC_S_DONE ? JC_WANT_DONE : s->state == JC_S_FAILED ? JC_WANT_FAILED : JC_WANT_SEND;
}

const struct jc_session_report *
jc_session_report(const struct jc_session *s)
{
	return &s->report;
}

/* ---- making a request ---- */

/* May we cut here? Only after our enrolment is in our log: a first commit must descend from it. */
static int
ready_check(struct jc_session *s, struct jc_s_scope *sc, struct jc_err *err)
{
	uint8_t pk[JC_PK_LEN];
	char state[12];
	int rc;

	if (sc->ready || !sc->s.joined)
		return 0;
	rc = jc_device_find(s->node->log, jc_log_key(s->node->log)->id, &s->device, pk, err);
	if (rc == JC_ENOTFOUND)
		return 0;
	if (rc < 0 || (rc = jc_device_standing(s->node->log, sc->s.no, s->device, state, err)) < 0)
		return rc;
	sc->ready = strcmp(state, "enrolled") == 0;
	return 0;
}

/* Bytes of commits that wait already, counted as far as `most`. */
static int
waiting_bytes(struct jc_session *s, struct jc_s_scope *sc, size_t most, size_t *bytes, struct jc_err *err)
{
	int rc;

	*bytes = 0;
	if ((rc = jc_pending_make(&sc->p, sc->all ? 0 : s->device, err)) < 0)
		return rc;
	for (size_t i = 0; rc >= 0 && i < sc->p.n && *bytes < most; i++) {
		struct jc_commit_row row;
		int64_t n = 0;

		if ((rc = jc_log_commit(s->node->log, sc->p.no[i], &row, err)) >= 0 &&
		    (rc = jc_log_commit_stored(s->node->log, &row, &n, err)) >= 0)
			*bytes += (size_t)n + COMMIT_COSTS;
	}
	return rc;
}

/* What the next request can carry, and no more. */
static int
cut(struct jc_session *s, struct jc_s_scope *sc, struct jc_err *err)
{
	size_t unit = s->unit, most = s->piece > JC_CARRY_BULK ? AHEAD_BULK * s->piece : s->piece, bytes;
	int64_t drafts, made = 0, first = 0;
	int rc = jc_log_drafts(s->node->log, sc->s.no, &drafts, err);

	if (rc < 0 || drafts == 0)
		return rc;
	if (unit == 0)
		unit = drafts > MANY_DRAFTS ? UNIT_UNKNOWN_MANY : UNIT_UNKNOWN;
	/* What was refused goes before everything: others may name it. */
	if ((rc = jc_cut_again(s->node->log, sc->s.no, 0, err)) < 0 ||
	    (rc == 0 && (rc = jc_session_first_cut(s, sc, unit, &first, err)) < 0))
		return rc;
	if (first > 0)
		sc->p.fresh = 0;
	if ((rc = waiting_bytes(s, sc, most, &bytes, err)) < 0 || bytes >= most)
		return rc;
	if ((rc = jc_cut_some(s->node->log, sc->s.no, unit, most - bytes, &made, err)) >= 0 && made > 0)
		sc->p.fresh = 0;
	return rc;
}

static int
prepare(struct jc_session *s, struct jc_s_scope *sc, struct jc_err *err)
{
	int rc;

	sc->asked = sc->asked_news = 0;
	sc->nsent = 0;
	if (sc->denied)
		return 0;
	if ((rc = ready_check(s, sc, err)) < 0)
		return rc;
	if (s->state == JC_S_ASK) {
		sc->asked = sc->lost != 0;
		return 0;
	}
	if (sc->push && sc->ready && !sc->later && s->state != JC_S_GIVEBACK && (rc = cut(s, sc, err)) < 0)
		return rc;
	if (!sc->later && (sc->all || (sc->push && sc->ready)) &&
	    (rc = jc_pending_make(&sc->p, sc->all ? 0 : s->device, err)) < 0)
		return rc;
	if (sc->later)
		sc->p.n = 0;
	sc->asked_news = 1;
	sc->lost = 0;
	sc->asked = !sc->greeted || sc->more || sc->p.n != 0 || sc->prove || sc->stale;
	return 0;
}

/* Commits of one scope, as many as still fit into the piece; the first of all always does. */
static int
put_commits(struct jc_session *s, struct jc_s_scope *sc, struct jc_buf *b, size_t *used, size_t *commits,
    struct jc_err *err)
{
	struct jc_carry_out out = {.node = s->node, .scope = sc->s.no};
	size_t room = s->piece > *used ? s->piece - *used : 0;
	struct jc_buf body;
	int rc = 0;

	jc_buf_init(&body, JC_CARRY_PLAIN_MAX);
	out.b = &body;
	out.bulk = room > JC_CARRY_BULK;
	while (sc->nsent < sc->p.n && *commits < COMMITS_MAX) {
		struct jc_commit_row row;

		if ((rc = jc_log_commit(s->node->log, sc->p.no[sc->nsent], &row, err)) < 0 ||
		    (rc = jc_carry_fit(&out, &row, *commits != 0 ? room : SIZE_MAX, err)) < 0)
			goto out;
		if (rc == 0)
			break;
		sc->nsent++;
		(*commits)++;
	}
	if (out.count != 0)
		*used += jc_carry_size(&out) < room ? jc_carry_size(&out) : room;
	s->used = *used;
	rc = jc_carry_end(&out, b, err);
out:
	jc_carry_out_free(&out);
	jc_buf_free(&body);
	return rc;
}

/* Our own commits that the hub is known to have: it need not send them back. */
static int
put_have(struct jc_session *s, struct jc_s_scope *sc, struct jc_buf *b, struct jc_err *err)
{
	struct jc_buf list;
	uint64_t n = 0;
	int rc = 0;

	jc_buf_init(&list, JC_X_HAVE_MAX * JC_H16);
	for (size_t i = 0; rc >= 0 && i < sc->p.nknown && n < JC_X_HAVE_MAX; i++) {
		struct jc_commit_row row;

		if (sc->p.known[i].device != s->device)
			continue;
		if ((rc = jc_log_commit(s->node->log, sc->p.known[i].no, &row, err)) < 0)
			break;
		jc_buf_put(&list, row.hash, JC_H16);
		n++;
	}
	jc_buf_varint(b, n);
	jc_buf_put(b, list.data, list.len);
	jc_buf_free(&list);
	return rc < 0 ? rc : 0;
}

static int
put_scope(struct jc_session *s, struct jc_s_scope *sc, struct jc_buf *b, size_t *used, size_t *commits,
    struct jc_err *err)
{
	struct jc_note *proof = NULL;
	unsigned flags = sc->asked_news ? JC_X_NEWS : 0;
	jc_id upper[JC_RELAY_UPPER];
	size_t nupper;
	uint64_t mark;
	int rc = 0;

	if (sc->prove && sc->asked_news) {
		if ((proof = jc_alloc(sizeof(*proof))) == NULL)
			return JC_NOMEM(err, "put_scope");
		if ((rc = jc_note_get(proof, s->node->log, sc->s.no, sc->prove_tier, s->peer.hub, err)) < 0)
			goto out;
		flags |= JC_X_PROOF;
	}
	/* With commits always ask for the note: it is the receipt for them. */
	sc->asked_notes = sc->p.n != 0 || sc->prove || sc->stale || !sc->asked_news;
	if (sc->asked_notes)
		flags |= JC_X_NOTES;
	if (sc->have && sc->asked_news)
		flags |= JC_X_HAVE;
	sc->asked_upper = sc->push != JC_PUSH_NONE && !sc->greeted;
	if (sc->asked_upper)
		flags |= JC_X_UPPER;
	sc->asked_mark = !sc->greeted;
	if (sc->asked_mark)
		flags |= JC_X_MARK;
	jc_carry_put_id(b, sc->s.id);
	jc_buf_varint(b, (uint64_t)sc->cursor);
	jc_buf_varint(b, flags);
	if (proof != NULL)
		jc_carry_put_note(b, proof);
	if ((flags & JC_X_HAVE) && (rc = put_have(s, sc, b, err)) < 0)
		goto out;
	if (sc->asked_upper) {
		if ((rc = jc_relay_upper(upper, &nupper, &mark, s->node, &sc->s, s->peer.hub, err)) < 0)
			goto out;
		jc_buf_varint(b, mark);
	}
	if (sc->asked_mark) {
		if ((rc = jc_note_mark(&mark, s->node->log, sc->s.no, s->peer.hub, s->peer.epoch, err)) < 0)
			goto out;
		jc_buf_varint(b, mark);
	}
	if (sc->asked_news)
		rc = put_commits(s, sc, b, used, commits, err);
	else
		jc_buf_varint(b, 0);
out:
	jc_free(proof);
	return rc;
}

static int
request_make(struct jc_session *s, struct jc_err *err)
{
	size_t used = 0, commits = 0, asked = 0;
	int rc = 0, end;

	/* A transaction of its own: what is cut must be durable before it is shown to anybody. */
	if ((rc = jc_db_begin(s->node->db, err)) < 0)
		return rc;
	for (size_t i = 0; rc >= 0 && i < s->nscopes; i++)
		if ((rc = prepare(s, &s->scope[i], err)) >= 0)
			asked += (size_t)s->scope[i].asked;
	end = jc_db_end(s->node->db, rc >= 0, rc >= 0 ? err : NULL);
	if (rc < 0 || (rc = end) < 0)
		return rc;
	jc_buf_reset(&s->req);
	jc_buf_put(&s->req, "JX\0", 3);
	jc_carry_put_id(&s->req, s->peer.epoch);
	jc_buf_varint(&s->req, s->room);
	jc_buf_varint(&s->req, asked);
	for (size_t i = 0; rc >= 0 && i < s->nscopes; i++)
		if (s->scope[i].asked)
			rc = put_scope(s, &s->scope[i], &s->req, &used, &commits, err);
	return rc < 0 ? rc : jc_buf_check(&s->req, "jc_session_request", err);
}

static int64_t
now_ms(const struct jc_session *s)
{
	const struct jc_env *env = jc_db_env(s->node->db);

	return env->mono_ms(env->ctx);
}

int
jc_session_request(struct jc_session *s, struct jc_slice *body, struct jc_err *err)
{
	struct jc_err why = {0};
	int rc;

	body->p = NULL;
	body->n = 0;
	if (jc_session_want(s) != JC_WANT_SEND)
		return jc_err_code(err, JC_ESTATE, "jc_session_request");
	if (s->state != JC_S_AWAIT) { /* asked for twice: the same request again */
		if ((rc = request_make(s, &why)) < 0) {
			if (err != NULL)
				*err = why;
			return rc;
		}
		tick(s, JC_E_SENT);
		s->asked_ms = now_ms(s);
		s->report.requests++;
		s->report.bytes_up += (int64_t)s->req.len;
	}
	body->p = s->req.data;
	body->n = s->req.len;
	return 0;
}

/* ---- what comes back ---- */

static void
halve(struct jc_session *s)
{
	s->streak = 0;
	s->piece = s->piece > 2 ? s->piece / 2 : 1;
	s->room = s->room > 2 ? s->room / 2 : 1;
}

void
jc_session_failed(struct jc_session *s, const struct jc_err *err, int retry)
{
	jc_session_cut(s, 0, NULL, 0, err, retry);
}

/* Marks the commits of which nothing was heard. 1 when it is worth asking what became of them. */
static int
doubt_mark(struct jc_session *s)
{
	int any = 0;

	for (size_t i = 0; i < s->nscopes; i++) {
		struct jc_s_scope *sc = &s->scope[i];

		if (!sc->asked || sc->nsent == 0)
			continue;
		sc->lost = sc->nsent;
		sc->have = any = 1;
		sc->nsent = 0;
	}
	return any && s->used >= ASK_LEAST;
}

void
jc_session_cut(struct jc_session *s, int status, const void *body, size_t n, const struct jc_err *err, int retry)
{
	struct jc_err why = {0};
	int took = 0;

	if (jc_session_want(s) != JC_WANT_SEND)
		return;
	/* No line at all says nothing about how much it carries. */
	s->any_failure |= s->report.bytes_down != 0 || n != 0 || err->code == JC_ETIMEOUT;
	s->failures++;
	if (s->state == JC_S_AWAIT && status == 200 && n != 0) {
		s->report.bytes_down += (int64_t)n;
		took = jc_session_take_part(s, body, n, &why);
		if (took < 0 && took != JC_EFORMAT && took != JC_ENETWORK) {
			broken(s, &why);
			return;
		}
	}
	if (took > 0)
		s->failures = 0;
	if (!retry || s->state != JC_S_AWAIT || s->failures > FAILURES_MAX) {
		(void)doubt_mark(s);
		broken(s, err);
	} else if (doubt_mark(s)) {
		tick(s, JC_E_DOUBT); /* whether it was a step forward the answer will say */
	} else {
		if (took <= 0)
			halve(s);
		tick(s, JC_E_CUT);
	}
}

/* Where nothing breaks and answers come quickly, the round trips are what a long exchange would wait for. */
static void
widen(struct jc_session *s)
{
	int64_t ms = now_ms(s) - s->asked_ms;

	if (s->any_failure || ms > SLOW_MS) {
		s->piece_max = s->piece_given;
		s->room_max = JC_NEWS_DEFAULT;
	} else if (ms <= QUICK_MS && s->piece_given >= PIECE_DEFAULT) {
		s->piece_max = s->piece_max * 4 < PIECE_MOST ? s->piece_max * 4 : PIECE_MOST;
		s->room_max = s->room_max * 4 < JC_X_ROOM_MAX ? s->room_max * 4 : JC_X_ROOM_MAX;
		s->piece = s->piece_max;
		s->room = s->room_max;
	}
	if (s->piece > s->piece_max)
		s->piece = s->piece_max;
	if (s->room > s->room_max)
		s->room = s->room_max;
}

/* A whole answer came; `took`: it was a step forward. */
static void
answered(struct jc_session *s, int took)
{
	size_t up = s->any_failure ? 2 : 1; /* by half or to the double */

	if (s->asked == JC_S_ASK) {
		if (took)
			s->failures = 0;
		else
			halve(s);
		return;
	}
	s->failures = 0;
	widen(s);
	if (++s->streak < STREAK && s->any_failure)
		return;
	s->streak = 0;
	s->piece = s->piece + s->piece / up + 1 < s->piece_max ? s->piece + s->piece / up + 1 : s->piece_max;
	s->room = s->room + s->room / up + 1 < s->room_max ? s->room + s->room / up + 1 : s->room_max;
}

/* What an HTTP status other than 200 means to people. */
static void
status_broken(struct jc_session *s, int status)
{
	struct jc_err err = {0};

	if (status == 401 || status == 403)
		(void)jc_err_set(&err, JC_EDENIED, "jc_session", "%s",
		    JC_T("上级不认这台电脑的登记，请向县里要新的加入码", "The hub does not accept this PC; ask for a new code"));
	else if (status == 429 || status >= 500)
		(void)jc_err_set(&err, JC_EBUSY, "jc_session", "%s",
		    JC_T("上级现在很忙，内容都已存在本机，稍后会再试", "The hub is busy; everything is kept here, try again later"));
	else
		(void)jc_err_set(&err, JC_ENETWORK, "jc_session", "%s",
		    JC_T("这不是县里的服务器，可能需要先在浏览器里登录网络",
		        "This is not the county's server; you may have to log in to the network in a browser first"));
	jc_err_cause(&err, "HTTP status %d", status);
	broken(s, &err);
}

void
jc_session_answer(struct jc_session *s, int status, const void *body, size_t n)
{
	enum jc_s_event event = JC_E_QUIET;
	struct jc_err err = {0};
	int rc;

	if (s->state != JC_S_AWAIT)
		return;
	s->report.bytes_down += (int64_t)n;
	if (status == 413 && s->failures++ < FAILURES_MAX) {
		halve(s);
		tick(s, JC_E_CUT);
		return;
	}
	if (status != 200) {
		status_broken(s, status);
		return;
	}
	rc = jc_session_take(s, body, n, &event, &err);
	if (rc == JC_EFORMAT && s->failures < MALFORMED_MAX) { /* cut on the way by something that hides it */
		s->report.bytes_down -= (int64_t)n;
		jc_session_cut(s, status, body, n, &err, 1);
		return;
	}
	if (rc < 0) {
		broken(s, &err);
		return;
	}
	answered(s, rc == 1);
	if (rc == 1)
		s->idle = 0;
	else if (s->asked != JC_S_ASK) /* a question brings nothing of itself; lost requests are counted elsewhere */
		s->idle++;
	if (event != JC_E_QUIET && s->idle > IDLE_MAX) {
		(void)jc_err_set(&err, JC_ESTALE, "jc_session", "%s",
		    JC_T("与上级对不上，内容都已存在本机，请稍后再试", "No agreement with the hub; everything is kept here, try again later"));
		broken(s, &err);
		return;
	}
	if (event == JC_E_BROKEN) {
		err = s->report.err;
		broken(s, &err);
		return;
	}
	tick(s, event);
	if (s->state == JC_S_DONE)
		finish(s);
}
