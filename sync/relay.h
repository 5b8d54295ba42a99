/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to session.c and exchange*.c: hubs between a branch and the top (FORMAT 19). */
#ifndef JC_RELAY_H
#define JC_RELAY_H

#include "sync_session.h"

/* How a session uses a scope: peer_scope.push. */
enum { JC_PUSH_NONE, JC_PUSH_OWN, JC_PUSH_FORWARD };

/*
 * Before a session: a hub says above which scopes it will bring, and below which scopes come down from
 * above; every node follows what its hub said so. Nothing is written when nothing is new. Write
 * transactions of its own.
 */
int jc_relay_update(struct jc_node *node, const struct jc_peer *peer, struct jc_err *err);

/* Hub: may the device that is enrolled in hub scope `own` bring this scope? 1, *out (no 0: not here yet) and its
 * authority's key; 0. */
int jc_relay_may(struct jc_scope *out, uint8_t pk[JC_PK_LEN], struct jc_node *node, int64_t own, const char *id,
    struct jc_err *err);

/* Hub: makes the row of a scope that jc_relay_may allowed, if it is not here yet, and keeps that it came through
 * hub scope `own`. Fills no. */
int jc_relay_take(struct jc_scope *s, struct jc_node *node, int64_t own, struct jc_err *err);

/*
 * Notes stored for a scope that come from farther up than the hub `serving` (neither its, nor the home hub's, nor
 * our own): the hubs' ids, at most JC_RELAY_UPPER, and a mark by which two nodes see that they have the same (0: none).
 */
#define JC_RELAY_UPPER 4
int jc_relay_upper(jc_id hubs[JC_RELAY_UPPER], size_t *n, uint64_t *mark, struct jc_node *node, const struct jc_scope *s,
    const char *serving, struct jc_err *err);

#endif
