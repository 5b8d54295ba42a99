/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One client session with the hub above: a declared machine (states, moves and diagram in session.c)
 * over the node's store. Bytes and ticks in; bytes to send and a verdict out. It knows no socket and
 * no clock but the environment's; the shell may stop at any event, what was acknowledged stays.
 */
#ifndef JC_SYNC_SESSION_H
#define JC_SYNC_SESSION_H

#include "sync_exchange.h"

struct jc_peer {
	int64_t no;
	char url[256], pin[80], secret[64], epoch[JC_ID_LEN + 1];
	jc_id hub, login;
	uint8_t key[JC_PK_LEN];
	int64_t last_ok, last_try;
	char last_err[256];
};
/* The hub above, or JC_ENOTFOUND (not joined). put: inserts (no 0) or updates. */
int jc_peer_get(struct jc_peer *out, struct jc_node *node, struct jc_err *err);
int jc_peer_put(struct jc_peer *p, struct jc_node *node, struct jc_err *err);
/* From now on sessions ask for the news of this scope; push 1: and send our commits in it; 2: send its city
 * tier, whoever wrote it (a hub for what comes through it). */
int jc_peer_follow(const struct jc_peer *p, struct jc_node *node, int64_t scope, int push, struct jc_err *err);
/* The hub's position up to which we have its news of a scope (0: of all scopes). */
int jc_peer_cursor(const struct jc_peer *p, struct jc_node *node, int64_t scope, int64_t cursor, struct jc_err *err);

/* A hole in the news of a scope: something of it is beyond this program, of that version of the catalogue (0: there is none).
 * A newer program asks for all of it again. Setting is done in a write transaction. */
int jc_peer_hole(struct jc_node *node, const jc_id scope, int64_t *version, struct jc_err *err);
int jc_peer_hole_set(struct jc_node *node, const jc_id scope, int64_t version, struct jc_err *err);

struct jc_session;

enum jc_session_want {
	JC_WANT_SEND,    /* send the request that jc_session_request gives, then answer or fail */
	JC_WANT_DONE,    /* complete: everything sent and received, notes stored */
	JC_WANT_FAILED   /* see jc_session_report */
};

struct jc_session_report {
	int64_t commits_up, commits_down, ops_up, ops_down, requests, bytes_up, bytes_down;
	int64_t waiting;             /* drafts and commits not yet covered by a note */
	int64_t skew;                /* hub's clock minus ours, seconds */
	int hub_restored;            /* the hub's epoch changed */
	int older_key;               /* the hub signs with a key that it had replaced (FORMAT 23) */
	int forked;                  /* our own chain has more than one tip: a copied or restored folder */
	struct jc_err err;           /* of a failed session, or of a refused part */
};

/* One step of the machine as a trace tells it: words and sizes, nothing of what was carried. */
struct jc_session_step {
	const char *state, *event, *next;
	int64_t requests, up, down;  /* so far: requests, bytes of bodies in each direction */
};
/* From now on every step is told. */
void jc_session_watch(struct jc_session *s, void (*step)(void *arg, const struct jc_session_step *), void *arg);
/* Where the machine of this program goes from a state at an event, by their words; `asked` is the state that
 * made the request under way. NULL: that step is not allowed, or a word is none of ours. */
const char *jc_session_replay(const char *state, const char *event, const char *asked);

/* piece: most bytes of one request's commits (0: 48 KiB); halves after a failure, down to one commit. */
int jc_session_open(struct jc_session **out, struct jc_node *node, size_t piece, struct jc_err *err);
enum jc_session_want jc_session_want(const struct jc_session *s);
/* The next request's bytes, borrowed until the next call. Cuts drafts first. */
int jc_session_request(struct jc_session *s, struct jc_slice *body, struct jc_err *err);
/* The answer to it (HTTP status and body). Errors are kept in the report and move the machine. */
void jc_session_answer(struct jc_session *s, int status, const void *body, size_t n);
/* The request failed on the way (JC_ENETWORK, JC_ETIMEOUT); retry != 0: try again with smaller pieces. */
void jc_session_failed(struct jc_session *s, const struct jc_err *err, int retry);
/* The same when a beginning of the answer had come: what is whole of it is kept. */
void jc_session_cut(struct jc_session *s, int status, const void *body, size_t n, const struct jc_err *err, int retry);
/*
 * "This one first": the drafts of that record and what they name are cut and sent before all others, by the next
 * request of this or any later session. Kept in the file, at most 16 such wishes, the newest in front. *waits: 1 it has
 * drafts, 0 there is nothing to send ahead (and nothing is kept). Transaction of its own or the caller's.
 */
int jc_session_first(struct jc_node *node, int64_t scope, const char *rec, int *waits, struct jc_err *err);
const struct jc_session_report *jc_session_report(const struct jc_session *s);
void jc_session_close(struct jc_session *s);

#endif
