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
/* Takes in what was decoded; refusals are kept for the answer, only a failing database is an error. */
int jc_exchange_apply(struct jc_exchange *x, struct jc_node *writer, struct jc_err *err);
/* Appends the answer. `room` bounds the news over all sections. Issues notes (writes when heads moved). */
int jc_exchange_answer(struct jc_buf *out, struct jc_exchange *x, struct jc_node *writer, struct jc_err *err);
void jc_exchange_free(struct jc_exchange *x);

/* May this device read (and, *write, push to) the scope? Own scope and `common`. */
int jc_exchange_may(struct jc_node *node, const char *device, const struct jc_scope *s, int *write, struct jc_err *err);

#endif
