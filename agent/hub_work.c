/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What the hub does with a request once its bytes are here, in two parts: the one that only reads may
 * run on any worker, the one that writes runs on the writer, inside a transaction shared with others.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_enrol.h"
#include "hub_private.h"

/* ---- the exchange ---- */

static void
jx_decode(struct hub_req *q, struct jc_node *reader)
{
	const char *p = q->body.data != NULL ? q->body.data : "";
	struct jc_err err = {0};
	int rc;

	jc_hash(q->mark, p, q->body.len);
	rc = q->cut ? jc_exchange_decode_cut(&q->x, reader, q->login, p, q->body.len, &err)
	            : jc_exchange_decode(&q->x, reader, q->login, p, q->body.len, &err);
	if (rc < 0)
		hub_answer_err(q, &err);
	else
		q->needs_writer = 1;
}

static int
jx_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err)
{
	int rc;

	if ((rc = jc_exchange_apply(q->x, writer, err)) < 0 ||
	    (!q->cut && (rc = jc_exchange_answer(&q->out, q->x, writer, err)) < 0))
		return rc;
	q->type = "application/x-jiceng";
	q->status = 200;
	return 0;
}

static int
enrol_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err)
{
	int rc = jc_enrol_take(&q->out, writer, q->body.data != NULL ? q->body.data : "", q->body.len, err);

	if (rc == 0) {
		q->type = "application/json";
		q->status = 200;
	} else if (rc == JC_EDENIED || rc == JC_EFORMAT) {
		hub_answer_err(q, err); /* an answer, not a failure: a wrong try must be stored as counted */
		rc = 0;
	}
	return rc;
}

/*
 * A device knows newer keys of ours than we do: the key file was put back to a former one. The line proves itself, so
 * nobody is asked who he is: with another TLS key, too, the device would not say.
 */
static int
key_read(struct jc_keys *keys, struct hub_req *q, const struct jc_node *node)
{
	const struct jc_key *own = jc_log_key(node->log);
	struct jc_err err = {0};

	if (own != NULL && jc_succession_read(keys, q->body.data != NULL ? q->body.data : "", q->body.len) == 0 &&
	    strcmp(keys->id, own->id) == 0)
		return 0;
	(void)jc_err_code(&err, JC_EFORMAT, "hub_work");
	hub_answer_err(q, &err);
	return JC_EFORMAT;
}

static int
key_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err)
{
	struct jc_keys keys;
	int rc;

	if (key_read(&keys, q, writer) < 0)
		return 0;
	if ((rc = jc_keyring_follow(writer->log, &keys, err)) < 0)
		return rc;
	q->status = 200;
	return 0;
}

static void
work(struct hub_req *q, struct jc_node *reader)
{
	int64_t device, scope;
	struct jc_err err = {0};
	int rc;

	if ((rc = jc_enrol_check(reader, q->login, q->secret, &device, &scope, &err)) < 0) {
		hub_answer_err(q, &err);
		if (rc == JC_EDENIED)
			q->status = 401;
		return;
	}
	if (q->route == HUB_PART)
		q->status = q->out.len != 0 ? 200 : 204; /* said on the loop; here the device was checked */
	else if (q->route == HUB_JX)
		jx_decode(q, reader);
	else if (q->route == HUB_BLOB_PUT || q->route == HUB_BLOB_GET)
		hub_attach_work(q, reader);
	else
		hub_git_work(q, reader);
}

void
hub_work(struct hub_req *q, struct jc_node *reader)
{
	struct jc_err err = {0};
	struct jc_keys keys;

	if (q->route == HUB_ENROL || q->route == HUB_KEY) {
		q->needs_writer = q->route == HUB_ENROL || key_read(&keys, q, reader) == 0;
		return;
	}
	if (jc_db_begin_read(reader->db, &err) < 0) { /* one for all that is read: each alone would lock and unlock */
		hub_answer_err(q, &err);
		return;
	}
	work(q, reader);
	(void)jc_db_end(reader->db, 1, NULL);
}

int
hub_write(struct hub_req *q, struct jc_node *writer, struct jc_err *err)
{
	jc_buf_reset(&q->out);
	q->status = 0;
	if (q->route == HUB_ENROL)
		return enrol_write(q, writer, err);
	if (q->route == HUB_KEY)
		return key_write(q, writer, err);
	if (q->route == HUB_JX)
		return jx_write(q, writer, err);
	if (q->route == HUB_BLOB_PUT)
		return hub_attach_write(q, writer, err);
	return hub_git_write(q, writer, err);
}

void
hub_work_undo(struct hub_req *q)
{
	jc_exchange_free(q->x);
	q->x = NULL;
	hub_git_undo(q);
	q->needs_writer = 0;
	q->status = 0;
	jc_buf_reset(&q->out);
}
