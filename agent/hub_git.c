/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Stock git at the hub: the three requests of smart HTTP, version 0. The protocol itself is in sync/
 * (sync_git.h); here are only authentication's second half, compressed bodies and HTTP's words.
 */
#include <string.h>

#include <zlib.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_git.h"
#include "hub_private.h"

#define GZIP_BITS (MAX_WBITS + 16)

/* Stock git compresses long requests. Bounded: a bomb ends at JC_GIT_BODY_MAX. */
static int
gunzip(struct jc_buf *out, const struct jc_buf *in, struct jc_err *err)
{
	z_stream z = {0};
	int rc = Z_OK;

	if (inflateInit2(&z, GZIP_BITS) != Z_OK)
		return JC_NOMEM(err, "gunzip");
	z.next_in = (Bytef *)in->data;
	z.avail_in = (uInt)in->len;
	while (rc == Z_OK) {
		char *p = jc_buf_room(out, 16384);

		if (p == NULL)
			break;
		z.next_out = (Bytef *)p;
		z.avail_out = 16384;
		rc = inflate(&z, Z_NO_FLUSH);
		out->len -= z.avail_out;
	}
	inflateEnd(&z);
	if (out->failed)
		return jc_buf_check(out, "gunzip", err);
	if (rc == Z_STREAM_END && z.avail_in == 0)
		return 0;
	return jc_err_set(err, JC_EFORMAT, "gunzip", JC_T("压缩的请求有损坏", "The compressed request is damaged"));
}

static int
body_plain(struct hub_req *q, struct jc_err *err)
{
	struct jc_buf plain;
	int rc;

	if (!q->gzip)
		return 0;
	jc_buf_init(&plain, JC_GIT_BODY_MAX);
	if ((rc = gunzip(&plain, &q->body, err)) == 0) {
		q->gzip = 0;
		jc_buf_reset(&q->body);
		q->body.max = JC_GIT_BODY_MAX;
		jc_buf_put(&q->body, plain.data != NULL ? plain.data : "", plain.len);
		rc = jc_buf_check(&q->body, "body_plain", err);
	}
	jc_buf_free(&plain);
	return rc;
}

/* The scope, when this device may have it. */
static int
scope_open(struct hub_req *q, struct jc_node *node, struct jc_scope *s, int write, struct jc_err *err)
{
	int rc, may_write = 0;

	if ((rc = jc_scope_find(s, node->log, q->scope, err)) == 0)
		rc = jc_exchange_may(node, q->login, s, &may_write, err);
	if (rc == 1 && (!write || may_write))
		return 0;
	if (rc < 0 && rc != JC_ENOTFOUND && rc != JC_EDENIED)
		return rc;
	return jc_err_set(err, rc == 1 ? JC_EDENIED : JC_ENOTFOUND, "scope_open",
	    rc == 1 ? JC_T("这台设备不能往这里写", "This device may not write here")
	            : JC_T("没有这个账本，或者不归这台设备", "There is no such repository for this device"));
}

static const char *
const_text(struct jc_buf *b)
{
	return b->data != NULL ? b->data : "";
}

static int
upload(struct hub_req *q, struct jc_node *reader, struct jc_err *err)
{
	struct jc_scope s;
	int rc;

	if ((rc = body_plain(q, err)) < 0 || (rc = scope_open(q, reader, &s, 0, err)) < 0)
		return rc;
	rc = jc_upload_pack(&q->out, reader, &s, const_text(&q->body), q->body.len, NULL, err);
	if (rc < 0 && rc != JC_EFORMAT && rc != JC_EDENIED)
		return rc;
	q->type = "application/x-git-upload-pack-result";
	q->status = 200;
	return 0;
}

static int
receive(struct hub_req *q, struct jc_node *reader, struct jc_err *err)
{
	struct jc_scope s;
	int rc;

	if ((rc = body_plain(q, err)) < 0 || (rc = scope_open(q, reader, &s, 1, err)) < 0 ||
	    (rc = jc_receive_decode(&q->push, reader, q->login, &s, const_text(&q->body), q->body.len, err)) < 0)
		return rc;
	q->needs_writer = 1;
	return 0;
}

void
hub_git_work(struct hub_req *q, struct jc_node *reader)
{
	struct jc_err err = {0};
	struct jc_scope s;
	int rc, is_receive = strcmp(q->service, "git-receive-pack") == 0;

	if (q->route == HUB_GIT_UPLOAD)
		rc = upload(q, reader, &err);
	else if (q->route == HUB_GIT_RECEIVE)
		rc = receive(q, reader, &err);
	else if (!is_receive && strcmp(q->service, "git-upload-pack") != 0)
		rc = jc_err_set(&err, JC_EINVAL, "hub_git_work",
		    JC_T("请用 git 2.39 或更新的版本，不支持旧式 HTTP", "Use git over smart HTTP; the old form is not served"));
	else if ((rc = scope_open(q, reader, &s, is_receive, &err)) == 0)
		q->needs_writer = 1; /* a merge commit may have to be made before a fetch */
	if (rc < 0)
		hub_answer_err(q, &err);
}

static int
refs_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err)
{
	int rc, made, is_receive = strcmp(q->service, "git-receive-pack") == 0;
	struct jc_scope s;

	if ((rc = jc_scope_find(&s, writer->log, q->scope, err)) < 0 ||
	    (!is_receive && (rc = jc_exchange_merge(writer, &s, 1, &made, err)) < 0) ||
	    (rc = jc_upload_refs(&q->out, writer, &s, is_receive, err)) < 0)
		return rc;
	q->type = is_receive ? "application/x-git-receive-pack-advertisement" : "application/x-git-upload-pack-advertisement";
	q->status = 200;
	return 0;
}

int
hub_git_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err)
{
	int rc;

	if (q->route == HUB_GIT_REFS)
		return refs_write(q, writer, err);
	if ((rc = jc_receive_apply(q->push, writer, err)) < 0 || (rc = jc_receive_report(&q->out, q->push, err)) < 0)
		return rc;
	q->type = "application/x-git-receive-pack-result";
	q->status = 200;
	return 0;
}

void
hub_git_undo(struct hub_req *q)
{
	jc_receive_free(q->push);
	q->push = NULL;
}
