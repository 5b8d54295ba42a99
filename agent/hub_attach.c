/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Attachment bytes at the hub (FORMAT 18):
 *
 *   POST /a/<scope>/<sha256>?size=S&at=A   a piece, or none to ask   200 or 409 and how many bytes are here
 *   GET  /a/<scope>/<sha256>?at=A&n=N      bytes from A on           200, 404 not here
 */
#include <stdlib.h>
#include <string.h>

#include "hub_private.h"

static int64_t
argument(struct hub_req *q, const char *name)
{
	const char *s = MHD_lookup_connection_value(q->conn, MHD_GET_ARGUMENT_KIND, name);
	char *end;
	long long v;

	if (s == NULL || s[0] < '0' || s[0] > '9' || strlen(s) > 12)
		return -1;
	v = strtoll(s, &end, 10);
	return *end == '\0' ? v : -1;
}

int
hub_attach_route(struct hub_req *q, int get, int post, const char *url)
{
	const char *hex = url + 3 + JC_ID_LEN + 1;

	if (strncmp(url, "/a/", 3) != 0 || strlen(url) != 3 + JC_ID_LEN + 1 + 2 * JC_HASH_LEN || !jc_id_ok(url + 3, JC_ID_LEN) ||
	    url[3 + JC_ID_LEN] != '/' || jc_blob_hash_parse(q->blob_hash, hex, 2 * JC_HASH_LEN) < 0)
		return 0;
	memcpy(q->scope, url + 3, JC_ID_LEN);
	q->blob_at = argument(q, "at");
	q->blob_size = argument(q, post ? "size" : "n");
	q->max = JC_BLOB_PIECE;
	q->route = post ? HUB_BLOB_PUT : get ? HUB_BLOB_GET : HUB_NONE;
	return 1;
}

static void
have_say(struct hub_req *q, int status, int64_t have)
{
	jc_buf_reset(&q->out);
	jc_buf_putf(&q->out, "%lld\n", (long long)have);
	q->status = status;
}

static int
take(struct hub_req *q, struct jc_node *node, struct jc_err *err)
{
	int64_t have;
	int rc = jc_blob_take(node, q->login, q->scope, q->blob_hash, q->blob_size, q->blob_at,
	    q->body.data != NULL ? q->body.data : "", q->body.len, &have, err);

	if (rc == 0 || rc == JC_ESTALE)
		have_say(q, rc == 0 ? 200 : 409, have);
	return rc == JC_ESTALE ? 0 : rc;
}

void
hub_attach_work(struct hub_req *q, struct jc_node *reader)
{
	struct jc_err err = {0};
	int rc;

	if (q->blob_at < 0 || q->blob_size < 0) {
		jc_err_code(&err, JC_EINVAL, "hub_attach");
		hub_answer_err(q, &err);
		return;
	}
	if (q->route == HUB_BLOB_PUT) {
		if (q->body.len != 0)
			q->needs_writer = 1;
		else if ((rc = take(q, reader, &err)) < 0)
			hub_answer_err(q, &err);
		return;
	}
	rc = jc_blob_give(&q->out, reader, q->login, q->scope, q->blob_hash, q->blob_at, (size_t)q->blob_size, &err);
	if (rc < 0) {
		jc_buf_reset(&q->out);
		hub_answer_err(q, &err);
		return;
	}
	q->type = "application/octet-stream";
	q->status = 200;
}

/* What refuses the piece is an answer and leaves the transaction good; what fails is the machine's. */
int
hub_attach_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err)
{
	int rc = take(q, writer, err);

	switch (rc) {
	case JC_EDENIED:
	case JC_ENOTFOUND:
	case JC_EINVAL:
	case JC_ELIMIT:
	case JC_ESTATE:
	case JC_EFORMAT:
		hub_answer_err(q, err);
		return 0;
	case JC_EBUSY:
		if (err->where != NULL && strcmp(err->where, "jc_blob_take") == 0) { /* the scope's share, not the database */
			hub_answer_err(q, err);
			return 0;
		}
		return rc;
	default:
		return rc;
	}
}
