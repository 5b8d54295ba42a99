/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Exchanging through a mailbox (FORMAT 20): a folder (on a share, on a stick) or an address of a stock git server that has
 * one bare repository `<scope>.git` for each scope. A branch brings its own scope and reads what flows down; a hub
 * serves every scope of its own that it finds there. Blocking.
 */
#ifndef JC_AGENT_MAILBOX_H
#define JC_AGENT_MAILBOX_H

#include "../sync/sync_mailbox.h"
#include "uplink.h"

struct jc_mailbox_report {
	int64_t scopes, commits_in, ops_in, notes_in, commits_out;
	int64_t waiting;             /* as in a session's report; 0 at a hub */
	int64_t bytes_up, bytes_down;
	struct jc_err refused;       /* the first part that was not taken; code 0: none */
};
/* `u` gives node, environment, limits and ways to look on. JC_ESTATE: not joined. JC_ENOTFOUND: no mailbox there.
 * JC_ENETWORK, JC_ETIMEOUT, JC_EDENIED, JC_EIO of the way. What was taken before an error stays. */
int jc_mailbox_sync(const struct jc_uplink *u, const char *where, struct jc_mailbox_report *report, struct jc_err *err);

/* ---- the two ways; private to mailbox*.c ---- */

struct jc_mailway {
	const struct jc_uplink *u;
	const char *where;
	struct jc_client *client;    /* of an address */
	struct git_repository *repo; /* of a folder: the scope's that is visited */
	int began;                   /* libgit2 is in use */
	jc_id scope;
	int64_t up, down;
};
struct jc_mailway_ops {
	/* Lists what lies there of m->s into m. 1; 0: no repository for this scope, and `make` is 0 or it cannot be made. */
	int (*refs)(struct jc_mailway *w, struct jc_mail *m, int make, struct jc_err *err);
	/* A pack with these. */
	int (*fetch)(struct jc_mailway *w, const struct jc_mail_list *want, const struct jc_mail_list *have, struct jc_buf *pack,
	    struct jc_err *err);
	/* Puts there what m gives. JC_ESTALE: somebody else was quicker. */
	int (*push)(struct jc_mailway *w, struct jc_mail *m, struct jc_err *err);
	void (*close)(struct jc_mailway *w);
};
extern const struct jc_mailway_ops jc_mailway_folder, jc_mailway_http;

#endif
