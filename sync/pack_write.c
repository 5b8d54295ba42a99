/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Packs on their way out (gitformat-pack(5)): whole objects only, their streams as they are stored. */
#include "sync_codec.h"

/* What was appended since `from` belongs to the checksum. */
static int
count(struct jc_pack_writer *w, struct jc_buf *out, size_t from, struct jc_err *err)
{
	int rc = jc_buf_check(out, "jc_pack_write", err);

	if (rc < 0)
		return rc;
	jc_sha1_add(&w->sum, out->data + from, out->len - from);
	w->bytes += out->len - from;
	return 0;
}

static int
wrong_count(struct jc_err *err)
{
	return jc_err_set(err, JC_ESTATE, "jc_pack_write", "%s",
	    JC_T("数据包里的对象个数与开头写的不符", "The pack does not have as many objects as its head says"));
}

int
jc_pack_write_begin(struct jc_pack_writer *w, struct jc_buf *out, uint32_t objects, struct jc_err *err)
{
	const uint8_t head[12] = {'P', 'A', 'C', 'K', 0, 0, 0, 2, (uint8_t)(objects >> 24), (uint8_t)(objects >> 16),
	    (uint8_t)(objects >> 8), (uint8_t)objects};
	size_t from = out->len;

	jc_sha1_init(&w->sum);
	w->left = objects;
	w->bytes = 0;
	jc_buf_put(out, head, sizeof(head));
	return count(w, out, from, err);
}

/* Type and size: four bits of the size, then seven at a time, low ones first. */
static void
entry_head(struct jc_buf *out, enum jc_objtype type, size_t size)
{
	unsigned c = (unsigned)type << 4 | (unsigned)(size & 15);

	for (size >>= 4; size != 0; size >>= 7) {
		jc_buf_putc(out, (char)(c | 0x80));
		c = (unsigned)(size & 127);
	}
	jc_buf_putc(out, (char)c);
}

int
jc_pack_write_entry(struct jc_pack_writer *w, struct jc_buf *out, enum jc_objtype type, size_t size, const void *z,
    size_t n, struct jc_err *err)
{
	size_t from = out->len;

	if (w->left == 0)
		return wrong_count(err);
	entry_head(out, type, size);
	jc_buf_put(out, z, n);
	w->left--;
	return count(w, out, from, err);
}

int
jc_pack_write_body(struct jc_pack_writer *w, struct jc_buf *out, enum jc_objtype type, const void *body, size_t n,
    struct jc_err *err)
{
	size_t from = out->len;
	int rc;

	if (w->left == 0)
		return wrong_count(err);
	entry_head(out, type, n);
	if ((rc = jc_zlib_pack(out, body, n, 6, err)) < 0)
		return rc;
	w->left--;
	return count(w, out, from, err);
}

int
jc_pack_write_end(struct jc_pack_writer *w, struct jc_buf *out, struct jc_err *err)
{
	uint8_t sum[JC_OID_LEN];

	if (w->left != 0)
		return wrong_count(err);
	jc_sha1_end(&w->sum, sum);
	w->bytes += sizeof(sum);
	jc_buf_put(out, sum, sizeof(sum));
	return jc_buf_check(out, "jc_pack_write_end", err);
}
