/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * JSON API v1 (api.json describes it): on loopback only, for the page and for programs of the same
 * person. Three locks: the Host header must name this machine (against DNS rebinding), an Origin must
 * be this very address and Sec-Fetch-Site, where a browser says it, this very page (against other
 * pages), and a token from the data folder must come along. Runs
 * on the loop with a connection of its own; every call is one short transaction.
 */
#ifndef JC_AGENT_API_H
#define JC_AGENT_API_H

#include <uv.h>

#include "../sync/sync_node.h"
#include "autosync.h"

#define JC_API_TOKEN_LEN 43
#define JC_API_BODY_MAX (1u << 20)
#define JC_API_FILE_MAX (44u << 20) /* a request with an attachment in it */
#define JC_API_PAGE_MAX ((size_t)64 << 20) /* of a print view */

struct jc_api;
struct jc_setup;

struct jc_api_options {
	const struct jc_env *env;
	const char *db;
	const struct jc_key *key;     /* copied; NULL: records, but cannot send */
	int port;                     /* 0: a free one */
	/* Asks for a session with the hub now; NULL: this node cannot. */
	int (*sync_now)(void *arg, struct jc_err *err);
	/* How automatic sync stands; 0: there is none. May be NULL. */
	int (*sync_state)(void *arg, struct jc_autosync_state *out);
	struct jc_setup *setup;       /* NULL: cannot join from here */
	void (*ready)(void *arg);     /* an empty folder became a branch; may be NULL */
	void (*replaced)(void *arg);  /* another data file took the place of this one; may be NULL */
	void *arg;
};

int jc_api_open(struct jc_api **out, uv_loop_t *loop, const struct jc_api_options *o, struct jc_err *err);
int jc_api_port(const struct jc_api *api);
/* The token of this run, base64url. Borrowed. */
const char *jc_api_token(const struct jc_api *api);
void jc_api_close(struct jc_api *api);

/* "METHOD /path" of every route, NULL-terminated: what api.json must list. */
const char *const *jc_api_routes(void);
/* The description itself. */
const char *jc_api_json(void);

#endif
