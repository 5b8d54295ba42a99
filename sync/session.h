/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to session.c (the machine, what it asks) and session_take.c (what an answer means). */
#ifndef JC_SESSION_H
#define JC_SESSION_H

#include "exchange.h"
#include "pending.h"
#include "relay.h"
#include "sync_session.h"

#define JC_S_STATE_MAP(XX) \
	XX(HELLO) XX(AGAIN) XX(RESEND) XX(PROVE) XX(GIVEBACK) XX(ASK) XX(AWAIT) XX(DONE) XX(FAILED)
#define JC_S_EVENT_MAP(XX) \
	XX(SENT) XX(QUIET) XX(MORE) XX(STALE) XX(BEHIND) XX(LOST) XX(CUT) XX(DOUBT) XX(BROKEN)

enum jc_s_state {
#define XX(n) JC_S_##n,
	JC_S_STATE_MAP(XX)
#undef XX
	JC_S_STATES
};
enum jc_s_event {
#define XX(n) JC_E_##n,
	JC_S_EVENT_MAP(XX)
#undef XX
	JC_E_EVENTS
};

/* One scope of the session. */
struct jc_s_scope {
	struct jc_scope s;
	int push;                  /* JC_PUSH_OWN: our own commits go there; JC_PUSH_FORWARD: its city tier does */
	int ready;                 /* our enrolment is in our log: we may cut */
	int64_t cursor;
	int more;                  /* there is more news */
	int asked;                 /* is part of the request that is out */
	int asked_news;            /* ... and wants news */
	int asked_upper;           /* ... and for notes of hubs farther up */
	int asked_notes;           /* ... and for its notes even if they have not changed */
	int asked_mark;            /* ... and for all of them if they are others than we hold */
	int greeted;               /* its news was answered in this session */
	struct jc_pending p;
	size_t nsent;              /* the first of p.no that are in the request */
	size_t lost;               /* of a request that broke off, those of which nothing was heard */
	int have;                  /* some of ours may be among its news: say what the hub is known to have */
	int stale;                 /* answers without a step forward, one after the other */
	int trayed;                /* operations refused for good since it took something */
	int later, denied;         /* the hub wants nothing of it now; or at all */
	int prove;                 /* the hub was put back: show it our note of `prove_tier` */
	enum jc_tier prove_tier;
	int all;                   /* send commits of every device: the hub has lost some */
	int again;                 /* all its news was asked for once more */
	int told;                  /* notes of this session (or unchanged ones) name all the hub has */
};

struct jc_session {
	struct jc_node *node;
	struct jc_peer peer;
	int64_t device;            /* our own, 0: not in the log yet */
	enum jc_s_state state, asked;
	struct jc_s_scope *scope;
	size_t nscopes;
	size_t piece, piece_max, piece_given; /* bytes of commits in a request: now, at most now, as the caller said */
	size_t room, room_max, unit;          /* bytes of news in an answer, and of one commit */
	int64_t asked_ms;                     /* monotonic: when the request under way was made */
	size_t used;               /* bytes of commits in the request that is out */
	int failures;              /* requests lost one after the other, without any step forward */
	int any_failure;
	int heard;                 /* an answer came: the report's skew is measured */
	int streak;                /* requests answered one after the other */
	int idle;                  /* answers that brought nothing, one after the other */
	int proved;
	void (*step)(void *arg, const struct jc_session_step *); /* NULL: nobody watches */
	void *step_arg;
	struct jc_buf req;
	struct jc_session_report report;
};

/* Reads an answer and stores what it brought. The event, and 1 when it was a step forward; or a negative code. */
int jc_session_take(struct jc_session *s, const void *body, size_t n, enum jc_s_event *event, struct jc_err *err);
/* The same with an answer that broke off: what is whole of it counts. No event. */
int jc_session_take_part(struct jc_session *s, const void *body, size_t n, struct jc_err *err);
/* Tells the list of what the hub has from our stored notes. *all (may be NULL): 1 they name all there is
 * and we have it, 0 they name what we have not, -1 they may not name all. */
int jc_session_notes_known(struct jc_session *s, struct jc_s_scope *sc, int *all, struct jc_err *err);

/* Cuts what a person wants to go first in this scope, ahead of all other drafts (session_first.c). *made counts commits.
 * Within the caller's transaction; afterwards the wish is fulfilled and forgotten. */
int jc_session_first_cut(struct jc_session *s, const struct jc_s_scope *sc, size_t unit, int64_t *made, struct jc_err *err);

#endif
