/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "attach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filetype.h"
#include "out.h"
#include "picture.h"

#define WHERE "attach"
#define DOCUMENT_MAX JC_BLOB_MAX
#define PNG_MAX (1u << 20)

/* ---- the file ---- */

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *back = strrchr(path, '\\');

	if (back != NULL && (slash == NULL || back > slash))
		slash = back;
	return slash != NULL ? slash + 1 : path;
}

/* A photograph without what it should not carry, and small enough; *bytes is moved to where it stands. */
static int
jpeg_prepare(struct jc_buf *a, struct jc_buf *b, struct jc_slice *bytes, struct jc_attached *out, struct jc_err *err)
{
	struct jc_picture about;
	int rc = jc_picture_strip_jpeg(a, &about, bytes->p, bytes->n, err);

	if (rc < 0)
		return rc;
	memcpy(out->taken_on, about.taken, sizeof(out->taken_on));
	*bytes = (struct jc_slice){a->data, a->len};
	if (a->len <= JC_PICTURE_BYTES && about.width <= JC_PICTURE_SIDE && about.height <= JC_PICTURE_SIDE)
		return 0;
	if ((rc = jc_picture_reduce(b, a->data, a->len, about.turn, err)) == 0)
		*bytes = (struct jc_slice){b->data, b->len};
	return rc;
}

static int
png_prepare(struct jc_buf *a, struct jc_slice *bytes, struct jc_err *err)
{
	struct jc_picture about;
	int rc = jc_picture_strip_png(a, &about, bytes->p, bytes->n, err);

	if (rc < 0)
		return rc;
	if (a->len > PNG_MAX)
		return jc_err_set(err, JC_ELIMIT, WHERE, "%s",
		    JC_T("这张 png 图片超过1 MB；请另存为 jpg 再附", "This png is over 1 MB; save it as jpg and attach that"));
	*bytes = (struct jc_slice){a->data, a->len};
	return 0;
}

static int
file_prepare(struct jc_buf *a, struct jc_buf *b, struct jc_slice *bytes, const struct jc_filetype **type, struct jc_attached *out,
    struct jc_err *err)
{
	int rc;

	if (bytes->n == 0)
		return jc_err_set(err, JC_EINVAL, WHERE, "%s", JC_T("这个文件是空的", "The file is empty"));
	if (bytes->n > 4 * JC_BLOB_MAX)
		return jc_err_set(err, JC_ELIMIT, WHERE, JC_T("文件太大，最大%u MB", "The file is too large; at most %u MB"), 4 * JC_BLOB_MAX >> 20);
	if ((rc = jc_filetype_find(type, out->file_name, bytes->p, bytes->n, err)) < 0)
		return rc;
	if (strcmp((*type)->word, "jpg") == 0)
		rc = jpeg_prepare(a, b, bytes, out, err);
	else if (strcmp((*type)->word, "png") == 0)
		rc = png_prepare(a, bytes, err);
	if (rc == 0 && bytes->n > DOCUMENT_MAX)
		rc = jc_err_set(err, JC_ELIMIT, WHERE, JC_T("文件太大，最大%u MB", "The file is too large; at most %u MB"), DOCUMENT_MAX >> 20);
	return rc;
}

/* ---- the record ---- */

#define FIELDS 8

struct values {
	const struct jc_kind *kind;
	char today[11];
	struct jc_change change[FIELDS];
	struct jc_buf text[FIELDS];
	size_t n;
};

/* A typed text into the next change; its stored form stays in v. */
static int
value_put(struct values *v, const char *field, const char *typed, struct jc_err *err)
{
	const struct jc_field *f = jc_catalogue_field(v->kind, field, strlen(field));
	struct jc_buf *b = &v->text[v->n];
	struct jc_remarks remarks = {0};
	int rc;

	if (f == NULL)
		return jc_err_code(err, JC_EINTERNAL, WHERE);
	jc_buf_init(b, 4096);
	if ((rc = jc_value_parse(b, f, typed, strlen(typed), v->today, &remarks, err)) < 0)
		return rc;
	if (b->len != 0 && b->data[0] == '?' && f->type != JC_TEXT)
		return jc_err_set(err, JC_EINVAL, WHERE, JC_T("%s没有“%s”这个选项", "%s: there is no \"%s\""), jc_field_label(f), typed);
	v->change[v->n++] = (struct jc_change){.field = f, .text = {b->data, b->len}};
	return 0;
}

static int
values_make(struct values *v, const struct jc_attached *out, const struct jc_filetype *type, const struct jc_attach_wish *wish,
    const uint8_t hash[JC_HASH_LEN], const char *to, struct jc_err *err)
{
	char size[24], hex[2 * JC_HASH_LEN + 1];
	int rc;

	snprintf(size, sizeof(size), "%lld", (long long)out->size);
	jc_blob_hash_text(hex, hash);
	if ((rc = value_put(v, "file_name", out->file_name, err)) < 0 || (rc = value_put(v, "mime", type->mime, err)) < 0 ||
	    (rc = value_put(v, "size", size, err)) < 0 || (rc = value_put(v, "sha256", hex, err)) < 0 ||
	    (rc = value_put(v, "purpose", wish->purpose != NULL ? wish->purpose : type->picture ? "photo" : "other", err)) < 0 ||
	    (rc = value_put(v, "page_of", to, err)) < 0)
		return rc;
	if (out->taken_on[0] != '\0' && (rc = value_put(v, "taken_on", out->taken_on, err)) < 0)
		return rc;
	return wish->has_person != NULL ? value_put(v, "has_person", wish->has_person, err) : 0;
}

static int
attached_same(void *arg, const struct jc_attach_row *row)
{
	return !row->is_void && memcmp(arg, row->hash, JC_HASH_LEN) == 0;
}

/* Record and bytes in one transaction: neither is there without the other. */
static int
save(struct jc_attached *out, struct jc_node *node, const struct jc_record_key *to, const struct values *v, struct jc_slice bytes,
    struct jc_err *err)
{
	struct jc_blob blob;
	struct jc_save *sv;
	int rc, end;

	if ((rc = jc_save_begin(&sv, node, to->scope, "attach", err)) < 0)
		return rc;
	out->id[0] = '\0';
	if ((rc = jc_save_set(sv, v->kind, out->id, v->change, v->n, 0, NULL, err)) == 0)
		rc = jc_blob_put(&blob, node, to->scope, bytes.p, bytes.n, err);
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_attach_add(struct jc_attached *out, struct jc_node *node, const struct jc_record_key *to, const struct jc_attach_wish *wish,
    struct jc_err *err)
{
	struct values v = {.kind = jc_catalogue_kind("attachment", 10)};
	struct jc_slice bytes = wish->bytes;
	const struct jc_filetype *type;
	uint8_t hash[JC_HASH_LEN];
	struct jc_buf a, b;
	int rc;

	memset(out, 0, sizeof(*out));
	jc_out_today(v.today, jc_db_env(node->db));
	snprintf(out->file_name, sizeof(out->file_name), "%s", base_name(wish->file_name));
	out->was = (int64_t)bytes.n;
	jc_buf_init(&a, 5 * JC_BLOB_MAX);
	jc_buf_init(&b, 5 * JC_BLOB_MAX);
	if (to->kind == v.kind)
		rc = jc_err_set(err, JC_EINVAL, WHERE, "%s", JC_T("附件不能再附附件", "Nothing can be attached to an attachment"));
	else
		rc = file_prepare(&a, &b, &bytes, &type, out, err);
	if (rc == 0) {
		out->size = (int64_t)bytes.n;
		out->mime = type->mime;
		jc_hash(hash, bytes.p, bytes.n);
		if ((rc = jc_attach_each(node, to, attached_same, hash, err)) == 1)
			rc = jc_err_set(err, JC_EEXISTS, WHERE, JC_T("“%s”已经附过了", "\"%s\" is attached already"), out->file_name);
	}
	if (rc == 0 && (rc = values_make(&v, out, type, wish, hash, to->id, err)) == 0)
		rc = save(out, node, to, &v, bytes, err);
	for (size_t i = 0; i < FIELDS; i++)
		jc_buf_free(&v.text[i]);
	jc_buf_free(&a);
	jc_buf_free(&b);
	return rc;
}

/* ---- reading ---- */

static void
text_copy(char *out, size_t room, struct jc_slice s)
{
	size_t n = s.n < room ? s.n : room - 1;

	if (n != 0)
		memcpy(out, s.p, n);
	out[n] = '\0';
}

struct reading {
	struct jc_node *node;
	const struct jc_kind *kind;
	int (*each)(void *arg, const struct jc_attach_row *row);
	void *arg;
	struct jc_err *err;
};

static struct jc_slice
cell(const struct reading *r, const struct jc_slice *text, size_t n, const char *field)
{
	const struct jc_field *f = jc_catalogue_field(r->kind, field, strlen(field));
	size_t at = f != NULL ? (size_t)(f - r->kind->fields) : n;

	return at < n && text[at].p != NULL ? text[at] : (struct jc_slice){"", 0};
}

static int
row_fill(struct jc_attach_row *row, const struct reading *r, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct jc_slice hash = cell(r, text, n, "sha256");
	char size[24];
	struct jc_blob b;
	int rc;

	memset(row, 0, sizeof(*row));
	memcpy(row->id, key->id, sizeof(row->id));
	row->scope = key->scope;
	row->is_void = key->is_void;
	text_copy(row->file_name, sizeof(row->file_name), cell(r, text, n, "file_name"));
	text_copy(row->mime, sizeof(row->mime), cell(r, text, n, "mime"));
	text_copy(row->purpose, sizeof(row->purpose), cell(r, text, n, "purpose"));
	text_copy(row->taken_on, sizeof(row->taken_on), cell(r, text, n, "taken_on"));
	text_copy(size, sizeof(size), cell(r, text, n, "size"));
	row->size = strtoll(size, NULL, 10);
	if (jc_blob_hash_parse(row->hash, hash.p, hash.n) < 0)
		return 0; /* of another program: shown, without bytes */
	rc = jc_blob_find(&b, r->node, key->scope, row->hash, NULL);
	if (rc == 0) {
		row->have = b.have;
		row->at_hub = b.there == b.size;
	}
	return rc == JC_ENOTFOUND ? 0 : rc;
}

static int
row_give(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	struct reading *r = arg;
	struct jc_attach_row row;
	int rc = row_fill(&row, r, key, text, n);

	return rc < 0 ? rc : r->each(r->arg, &row);
}

int
jc_attach_each(struct jc_node *node, const struct jc_record_key *of, int (*each)(void *arg, const struct jc_attach_row *row),
    void *arg, struct jc_err *err)
{
	struct reading r = {.node = node, .kind = jc_catalogue_kind("attachment", 10), .each = each, .arg = arg, .err = err};
	struct jc_filter filter = {.field = jc_catalogue_field(r.kind, "page_of", 7), .text = {of->id, JC_ID_LEN}};
	struct jc_query q = {.scope = of->scope, .kind = r.kind, .filter = &filter, .nfilters = 1};

	return jc_records_each(node, &q, row_give, &r, err);
}

int
jc_attach_find(struct jc_attach_row *out, struct jc_node *node, const char *typed, struct jc_err *err)
{
	struct reading r = {.node = node, .kind = jc_catalogue_kind("attachment", 10), .err = err};
	struct jc_slice text[64] = {{NULL, 0}};
	struct jc_record_key key;
	struct jc_record rec;
	int rc;

	if ((rc = jc_record_find(node, 0, typed, &key, err)) < 0)
		return rc;
	if (key.kind != r.kind)
		return jc_err_set(err, JC_EINVAL, WHERE, "%s",
		    JC_T("这条记录不是附件；附件的编号用 jiceng attach list 看", "This record is no attachment; jiceng attach list shows their ids"));
	if ((rc = jc_record_read(node, key.rec, &rec, err)) < 0)
		return rc;
	for (size_t i = 0; i < rec.nfields; i++) {
		size_t at = (size_t)(rec.field[i].field - r.kind->fields);

		if (at < 64 && rec.field[i].text != NULL)
			text[at] = (struct jc_slice){rec.field[i].text, strlen(rec.field[i].text)};
	}
	rc = row_fill(out, &r, &rec.key, text, 64);
	jc_record_free(&rec);
	return rc;
}

int
jc_attach_bytes(struct jc_buf *out, struct jc_node *node, const struct jc_attach_row *row, struct jc_err *err)
{
	struct jc_blob b;
	int rc;

	if ((rc = jc_blob_find(&b, node, row->scope, row->hash, err)) < 0)
		return rc;
	if (b.have < b.size)
		return jc_err_set(err, JC_ENOTFOUND, WHERE, "%s", JC_T("附件的内容还没有到齐", "The attachment's bytes are not all here yet"));
	return jc_blob_read(out, node, &b, 0, JC_BLOB_MAX, err);
}
