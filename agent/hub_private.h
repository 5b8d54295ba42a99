/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to hub*.c: one request on its way through loop, worker and writer. */
#ifndef JC_AGENT_HUB_PRIVATE_H
#define JC_AGENT_HUB_PRIVATE_H

#include <microhttpd.h>

#include "../schema/schema_buf.h"
#include "../sync/sync_blob.h"
#include "../sync/sync_exchange.h"
#include "hub.h"

enum hub_route {
	HUB_NONE, HUB_HELLO, HUB_ENROL, HUB_KEY, HUB_JX, HUB_PART, HUB_GIT_REFS, HUB_GIT_UPLOAD, HUB_GIT_RECEIVE,
	HUB_BLOB_PUT, HUB_BLOB_GET
};

struct hub_req {
	struct jc_hub *hub;
	struct MHD_Connection *conn; /* NULL: gone */
	struct hub_req *next;
	enum hub_route route;
	jc_id scope;                /* of a git route */
	uint8_t blob_hash[JC_HASH_LEN]; /* of an attachment's route, and the numbers that came with it */
	int64_t blob_at, blob_size;
	char service[24];           /* git-upload-pack, git-receive-pack */
	int gzip;                   /* the body came compressed */
	char login[JC_ID_LEN + 1], secret[64];
	size_t max;                 /* most bytes of the body */
	struct jc_buf body, out;
	const char *type;           /* of the answer; NULL is plain text */
	int status;                 /* HTTP status, 0 while at work */
	int needs_writer;
	int sent;                   /* it has gone to a worker */
	size_t from;                /* bytes of the body that an earlier, broken request brought */
	uint8_t mark[JC_HASH_LEN];  /* hash of the body of an exchange: which request the answer is for */
	int kept;                   /* what of it had come was kept when the device called again */
	struct hub_req *up_next;    /* of the exchanges whose body is still arriving */
	int cut;                    /* the line broke before its end; what is whole of an exchange is taken in */
	struct jc_exchange *x;
	struct jc_git_push *push;
	uv_work_t work;
};

/* The worker's part: authenticates, reads, decodes. Sets status, or needs_writer. */
void hub_work(struct hub_req *q, struct jc_node *reader);
/* The writer's part, inside its transaction. JC_E*: the transaction must not be committed. */
int hub_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err);
/* Forgets what hub_work and hub_write made, so that both can be done again. */
void hub_work_undo(struct hub_req *q);
/* The same for stock git (hub_git.c). */
void hub_git_work(struct hub_req *q, struct jc_node *reader);
int hub_git_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err);
void hub_git_undo(struct hub_req *q);
/* Attachment bytes (hub_attach.c). The first: is it one of its addresses? Then q is filled. */
int hub_attach_route(struct hub_req *q, int get, int post, const char *url);
void hub_attach_work(struct hub_req *q, struct jc_node *reader);
int hub_attach_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err);
/* An error as the answer. */
void hub_answer_err(struct hub_req *q, const struct jc_err *err);

#endif
