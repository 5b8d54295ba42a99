/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Attachments go in small pieces, one request each, so that a record saved meanwhile waits for one piece
 * at most and a line that breaks costs one piece at most. The hub's answer says how much it has; where
 * our number differs, the hub's counts.
 */
#include "uplink_attach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHERE "uplink"
#define PIECE_FIRST 16384u
#define PIECE_LEAST 2048u
#define TRIES 4
#define MOMENT_MS 3000
#define LONG_MS 6000

static void
url_make(char url[256], const struct jc_scope *s, const struct jc_blob *b, const char *name, int64_t number, int64_t at)
{
	char hex[2 * JC_HASH_LEN + 1];

	jc_blob_hash_text(hex, b->hash);
	snprintf(url, 256, "/a/%s/%s?%s=%lld&at=%lld", s->id, hex, name, (long long)number, (long long)at);
}

/* A lost piece: smaller ones, a few times. */
static int
line_broke(struct jc_uplink_blobs *b, int rc)
{
	if ((rc != JC_ENETWORK && rc != JC_ETIMEOUT) || ++b->failures >= TRIES)
		return rc;
	b->piece = b->piece / 2 > PIECE_LEAST ? b->piece / 2 : PIECE_LEAST;
	return 1;
}

/* Larger pieces while one takes a moment, smaller ones when a record would have to wait for long. */
static void
went_well(struct jc_uplink_blobs *b)
{
	b->failures = 0;
	if (b->ms < MOMENT_MS)
		b->piece = b->piece * 2 < JC_BLOB_PIECE ? b->piece * 2 : JC_BLOB_PIECE;
	else if (b->ms > LONG_MS)
		b->piece = b->piece / 2 > PIECE_LEAST ? b->piece / 2 : PIECE_LEAST;
}

static int64_t
mono(const struct jc_uplink *u)
{
	return u->env->mono_ms(u->env->ctx);
}

static int
refused(int status, struct jc_err *err)
{
	if (status == 401)
		return jc_err_set(err, JC_EDENIED, WHERE, "%s", JC_T("县里不认识这台电脑", "The hub does not know this PC"));
	return jc_err_set(err, JC_EBUSY, WHERE, "%s", JC_T("县里现在收不了附件，以后会再送", "The hub takes no attachments now; they are sent later"));
}

/* What the hub said about one piece: it has so many bytes; or it does not take this one. */
static int
answer_take(const struct jc_uplink *u, struct jc_blob *blob, struct jc_uplink_blobs *b, int status, const struct jc_buf *answer,
    struct jc_err *err)
{
	int64_t have = answer->len != 0 ? strtoll(answer->data, NULL, 10) : 0;
	int rc;

	if (status == 503 || status == 507 || status == 401 || status == 429)
		return refused(status, err);
	if (status != 200 && status != 409) { /* no record there declares it, or it is another's: not in this run */
		b->up = blob->no;
		return 1;
	}
	if (status == 409 && have == blob->there) /* we agree and it was refused all the same */
		b->up = blob->no;
	if ((rc = jc_blob_there(blob, u->node, have, err)) < 0)
		return rc;
	if (blob->there == blob->size)
		b->up = blob->no;
	went_well(b);
	return 1;
}

static int
piece_up(const struct jc_uplink *u, struct jc_client *client, struct jc_uplink_blobs *b, struct jc_blob *blob, struct jc_err *err)
{
	struct jc_buf piece, answer;
	struct jc_slice body;
	struct jc_scope s;
	char url[256];
	int rc, status;

	jc_buf_init(&piece, JC_BLOB_PIECE);
	jc_buf_init(&answer, 4096);
	if ((rc = jc_scope_get(&s, u->node->log, blob->scope, err)) == 0 &&
	    (rc = jc_blob_read(&piece, u->node, blob, blob->there, b->piece, err)) == 0) {
		body = (struct jc_slice){piece.data, piece.len};
		url_make(url, &s, blob, "size", blob->size, blob->there);
		b->ms = -mono(u);
		rc = jc_client_send(client, url, "application/octet-stream", &body, &answer, &status, err);
		b->ms += mono(u);
		if (rc == 0) {
			b->sent += (int64_t)piece.len;
			rc = answer_take(u, blob, b, status, &answer, err);
		} else {
			rc = line_broke(b, rc);
		}
	}
	jc_buf_free(&piece);
	jc_buf_free(&answer);
	return rc;
}

static int
piece_down(const struct jc_uplink *u, struct jc_client *client, struct jc_uplink_blobs *b, struct jc_blob *blob, struct jc_err *err)
{
	struct jc_buf answer;
	struct jc_scope s;
	char url[256];
	int rc, status;

	jc_buf_init(&answer, JC_BLOB_PIECE);
	if ((rc = jc_scope_get(&s, u->node->log, blob->scope, err)) < 0)
		return rc;
	url_make(url, &s, blob, "n", (int64_t)b->piece, blob->have);
	b->ms = -mono(u);
	rc = jc_client_send(client, url, NULL, NULL, &answer, &status, err);
	b->ms += mono(u);
	if (rc < 0)
		rc = line_broke(b, rc);
	else if (status != 200 || answer.len == 0) {
		b->down = blob->no; /* not there yet */
		rc = 1;
	} else {
		rc = jc_blob_append(blob, u->node, blob->have, answer.data, answer.len, err);
		if (rc == JC_EFORMAT)
			b->down = blob->no;
		rc = rc == JC_EFORMAT || rc == JC_ELIMIT ? 1 : rc < 0 ? rc : 1;
		b->fetched += (int64_t)answer.len;
		went_well(b);
	}
	jc_buf_free(&answer);
	return rc;
}

int
jc_uplink_blob_step(const struct jc_uplink *u, struct jc_client *client, struct jc_uplink_blobs *b, struct jc_err *err)
{
	struct jc_blob blob;
	int rc;

	if (b->piece == 0)
		b->piece = PIECE_FIRST;
	if ((rc = jc_blob_next_up(&blob, u->node, b->up, err)) == 1)
		return piece_up(u, client, b, &blob, err);
	if (rc == 0 && (rc = jc_blob_next_down(&blob, u->node, b->down, err)) == 1)
		return piece_down(u, client, b, &blob, err);
	return rc;
}
