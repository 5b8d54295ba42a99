/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stock git against a scope: the two smart-HTTP services as functions on buffers. No socket, no
 * libgit2; reading parts run on any thread with its own node, only jc_receive_apply writes. The
 * caller has authenticated the device and asked jc_exchange_may() (receive needs *write).
 *
 * Routes of a hub, below /s/<scope>.git: GET info/refs?service=git-upload-pack or git-receive-pack
 * (application/x-<service>-advertisement), POST git-upload-pack, POST git-receive-pack
 * (application/x-<service>-result). Protocol version 0; other versions are answered with version 0.
 */
#ifndef JC_SYNC_GIT_H
#define JC_SYNC_GIT_H

#include "sync_exchange.h"

#define JC_GIT_BODY_MAX (16u << 20)   /* a pushed pack with its commands */
#define JC_GIT_PACK_MAX (1u << 30)    /* a pack that we make */

/*
 * Appends the advertisement of refs: HEAD and refs/heads/main (where a merge commit is), chains of
 * county and city. receive != 0: of git-receive-pack. Before a fetch the hub makes merge commits
 * (jc_exchange_merge). JC_EIO, JC_ECORRUPT of the database only.
 */
int jc_upload_refs(struct jc_buf *out, struct jc_node *node, const struct jc_scope *s, int receive, struct jc_err *err);

/*
 * Answers a git-upload-pack request: wants are commits of this scope; haves only make the pack smaller.
 * The pack holds whole objects of this scope, as they are stored. *objects (may be NULL) counts them.
 * JC_EFORMAT / JC_EDENIED: an ERR line with the sentence has been appended, to be sent with status 200.
 */
int jc_upload_pack(struct jc_buf *out, struct jc_node *node, const struct jc_scope *s, const void *body, size_t n,
    int64_t *objects, struct jc_err *err);

struct jc_git_push; /* one push on its way */

/* Reads commands and pack, checks every commit; never writes. What is wrong with the push is kept for
 * the report; an error is of this machine only. Free with jc_receive_free. */
int jc_receive_decode(struct jc_git_push **out, struct jc_node *reader, const char *device, const struct jc_scope *s,
    const void *body, size_t n, struct jc_err *err);
/* Admits the commits inside the caller's transaction or its own; those before a refused one stay, and a
 * ref is "ok" when it ends where the push says. Only a failing database is an error; after one the caller
 * rolls back and may call again. */
int jc_receive_apply(struct jc_git_push *p, struct jc_node *writer, struct jc_err *err);
/* Appends report-status: ok, or per ref the sentence why not. */
int jc_receive_report(struct jc_buf *out, const struct jc_git_push *p, struct jc_err *err);
void jc_receive_free(struct jc_git_push *p);

#endif
