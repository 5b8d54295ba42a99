/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Attachments over the local API: a list, an upload as one JSON text, a download that no browser opens as a page. */
#include <stdlib.h>
#include <string.h>

#include "api_private.h"
#include "attach.h"

#define WHERE "api_attach"

static int
row_add(void *arg, const struct jc_attach_row *r)
{
	if (r->is_void)
		return 0;
	return json_array_append_new(arg, json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:b}", "id", r->id, "file_name", r->file_name, "mime",
	           r->mime, "purpose", r->purpose, "taken_on", r->taken_on, "size", (json_int_t)r->size, "have", (json_int_t)r->have,
	           "at_hub", r->at_hub)) == 0 ? 0 : JC_ENOMEM;
}

int
api_attachments(struct api_call *c, struct jc_err *err)
{
	json_t *list = json_array();
	struct jc_record_key key;
	int rc;

	if (list == NULL)
		return JC_NOMEM(err, WHERE);
	if ((rc = jc_record_find(c->node, 0, c->arg, &key, err)) < 0 || (rc = jc_attach_each(c->node, &key, row_add, list, err)) < 0) {
		json_decref(list);
		return rc;
	}
	c->out = json_pack("{s:o}", "attachments", list);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static const char *
text_of(const struct api_call *c, const char *name)
{
	return json_string_value(json_object_get(c->in, name));
}

/* base64url without padding, as everywhere here. */
static int
bytes_take(const struct api_call *c, char **bytes, size_t *n, struct jc_err *err)
{
	const json_t *data = json_object_get(c->in, "data");
	size_t room = json_string_length(data) / 4 * 3 + 3;
	int got;

	if (!json_is_string(data) || (*bytes = malloc(room)) == NULL)
		return json_is_string(data) ? JC_NOMEM(err, WHERE) : jc_err_code(err, JC_EINVAL, WHERE);
	got = jc_b64_decode(*bytes, room, json_string_value(data), json_string_length(data));
	if (got < 0)
		return jc_err_set(err, JC_EINVAL, WHERE, "%s", JC_T("data 应是 base64url", "data must be base64url without padding"));
	*n = (size_t)got;
	return 0;
}

int
api_attach(struct api_call *c, struct jc_err *err)
{
	static const char *const names[] = {"file_name", "purpose", "person", "data", NULL};
	struct jc_attach_wish wish = {0};
	struct jc_attached done;
	struct jc_record_key key;
	char *bytes = NULL;
	size_t n = 0;
	int rc;

	if ((rc = api_members_known(c, names, err)) < 0 || (rc = jc_record_find(c->node, 0, c->arg, &key, err)) < 0)
		return rc;
	wish.file_name = text_of(c, "file_name");
	wish.purpose = text_of(c, "purpose");
	wish.has_person = text_of(c, "person");
	if (wish.file_name == NULL || wish.file_name[0] == '\0') {
		api_blame(c, "file_name");
		return jc_err_code(err, JC_EINVAL, WHERE);
	}
	if ((rc = bytes_take(c, &bytes, &n, err)) < 0)
		api_blame(c, "data");
	wish.bytes = (struct jc_slice){bytes, n};
	if (rc == 0 && (rc = jc_attach_add(&done, c->node, &key, &wish, err)) == 0) {
		c->out = json_pack("{s:s,s:s,s:s,s:I,s:I,s:s}", "id", done.id, "file_name", done.file_name, "mime", done.mime, "size",
		    (json_int_t)done.size, "was", (json_int_t)done.was, "taken_on", done.taken_on);
		rc = c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
	}
	free(bytes);
	return rc;
}

/* Bytes that are not here are wanted from now on, and asked for at once. */
static int
want(struct api_call *c, const struct jc_attach_row *row, struct jc_err *err)
{
	struct jc_blob b;
	int rc, end;

	if ((rc = jc_db_begin(c->node->db, err)) < 0)
		return rc;
	if ((rc = jc_blob_open(&b, c->node, row->scope, row->hash, row->size, err)) == 0)
		rc = jc_blob_want(&b, c->node, 1, err);
	end = jc_db_end(c->node->db, rc == 0, rc == 0 ? err : NULL);
	if (rc < 0 || (rc = end) < 0)
		return rc;
	if (api_can_sync(c->api))
		(void)api_sync_now(c->api, NULL);
	return jc_err_set(err, JC_ENOTFOUND, WHERE, "%s",
	    JC_T("内容不在本机，正在向县里取，过一会再看", "Its bytes are not on this PC; they are being fetched, look again later"));
}

int
api_attachment(struct api_call *c, struct jc_err *err)
{
	struct jc_attach_row row;
	int rc;

	if ((rc = jc_attach_find(&row, c->node, c->arg, err)) < 0)
		return rc;
	if ((rc = jc_attach_bytes(&c->page, c->node, &row, err)) == JC_ENOTFOUND)
		return want(c, &row, err);
	c->page_type = "application/octet-stream";
	c->page_saved = 1;
	return rc;
}
