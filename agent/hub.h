/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The county hub's server: HTTPS on a libuv loop. Three kinds of threads: the loop (sockets only),
 * libuv's workers (authentication, decoding, signatures, reading, each with a connection of its own)
 * and one writer that takes whatever waits into one transaction. A request belongs to exactly one of
 * them at a time.
 */
#ifndef JC_AGENT_HUB_H
#define JC_AGENT_HUB_H

#include <uv.h>

#include "../schema/schema_env.h"
#include "../schema/schema_err.h"
#include "../sync/sync_sign.h"

#define JC_HUB_PORT 8443
#define JC_HUB_URL_META "hub_url" /* meta: the address that the hub announces */

struct jc_hub;

struct jc_hub_options {
	const struct jc_env *env;   /* of any thread */
	const char *dir;            /* data folder: TLS key and certificate */
	const char *db;             /* database file */
	const struct jc_key *key;   /* the hub's; copied */
	const char *listen;         /* "ADDRESS:PORT", "[V6]:PORT"; port 0 takes a free one */
	const char *url;            /* where devices are to reach it from now on; copied; NULL: where they do */
	int plain;                  /* 1: HTTP without TLS, only on a loopback address (benches) */
};

/* Starts to answer on `loop`. JC_EINVAL: the address; JC_EIO: it is in use. */
int jc_hub_open(struct jc_hub **out, uv_loop_t *loop, const struct jc_hub_options *o, struct jc_err *err);
int jc_hub_port(const struct jc_hub *hub);
/* TLS pin, or "" when plain. Borrowed. */
const char *jc_hub_pin(const struct jc_hub *hub);
/* Stops: no new requests, waits for the writer, closes everything; then run the loop until it is
 * empty, after which the memory is gone. */
void jc_hub_close(struct jc_hub *hub);

/* Figures since the start, for status and benches. */
struct jc_hub_figures {
	int64_t requests, refused, commits, transactions;
};
void jc_hub_figures(const struct jc_hub *hub, struct jc_hub_figures *out);

#endif
