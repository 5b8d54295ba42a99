/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The private exchange (FORMAT 10): the hub's half. Request and answer are byte buffers; no socket,
 * no loop. Three steps so that a hub can run them on different threads: decode (a worker with a
 * read connection: rebuilds and verifies the commits), apply (the one writer, inside its group
 * transaction), answer (notes and news; after apply, same transaction or a later reader).
 */
#ifndef JC_SYNC_EXCHANGE_H
#define JC_SYNC_EXCHANGE_H

#include "sync_intake.h"
#include "sync_note.h"

#define JC_EXCHANGE_MAX (4u << 20)
#define JC_NEWS_DEFAULT 16384

struct jc_exchange; /* one request on its way through */

/* Decodes a request of `device` (authenticated id). Never writes. Scopes the device may not have get
 * status 4 later. JC_EFORMAT / JC_ELIMIT: the whole request is malformed. Free with jc_exchange_free. */
int jc_exchange_decode(struct jc_exchange **out, struct jc_node *reader, const char *device, const void *req, size_t n,
    struct jc_err *err);
/* The same for a request whose end never came: the commits that arrived whole. Apply it, then free it; there is
 * nobody to answer. JC_EFORMAT when not even its head is there. */
int jc_exchange_decode_cut(struct jc_exchange **out, struct jc_node *reader, const char *device, const void *req, size_t n,
    struct jc_err *err);
/* Takes in what was decoded; refusals are kept for the answer, only a failing database is an error. Joins
 * the caller's transaction. After an error the caller rolls back its outermost transaction and may call
 * again: a commit that could be admitted but not projected is then refused instead of jamming the rest. */
int jc_exchange_apply(struct jc_exchange *x, struct jc_node *writer, struct jc_err *err);
/* Appends the answer. The request's room bounds the news over all sections. Issues notes (writes when
 * heads moved). After apply; joins the caller's transaction or takes its own. */
int jc_exchange_answer(struct jc_buf *out, struct jc_exchange *x, struct jc_node *writer, struct jc_err *err);
void jc_exchange_free(struct jc_exchange *x);

/* May this device read (1) the scope, and *write its own commits to it? Own scope; reading also `common`.
 * Commits of others in a scope it reads it may give back (a restored hub has lost them). */
int jc_exchange_may(struct jc_node *node, const char *device, const struct jc_scope *s, int *write, struct jc_err *err);

/* Hub: cuts what it saved itself in a scope (definitions, corrections, its part of a transfer), so that who
 * asks for news gets it. Joins the caller's write transaction. */
int jc_exchange_cut(struct jc_node *node, const struct jc_scope *s, struct jc_err *err);

/* Hub: the merge commits of a scope (FORMAT 8), city first: where something is to be joined, and the last
 * one is an hour old or `now` is set (before a stock client fetches). *made counts them. Write
 * transaction of its own or the caller's. Nothing happens in scopes of another authority. */
int jc_exchange_merge(struct jc_node *node, const struct jc_scope *s, int now, int *made, struct jc_err *err);

#endif
