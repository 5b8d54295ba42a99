/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to upload.c, receive.c and intake_pack.c: pkt-lines and packs, pure functions of bytes.
 * Sources: gitprotocol-common(5), gitformat-pack(5). */
#ifndef JC_GITWIRE_H
#define JC_GITWIRE_H

#include "sync_codec.h"

enum { JC_PKT_BAD = -1, JC_PKT_END, JC_PKT_LINE, JC_PKT_FLUSH };

#define JC_PKT_MAX 65516u /* bytes of one line */

/* One pkt-line. END: the input is used up. Delimiters of protocol version 2 are BAD. */
int jc_gitwire_next(struct jc_slice *line, struct jc_rd *r);
/* Appends one line (n <= JC_PKT_MAX, else the buffer fails), a flush, an ERR line with a sentence. */
void jc_gitwire_put(struct jc_buf *b, const void *p, size_t n);
void jc_gitwire_flush(struct jc_buf *b);
void jc_gitwire_err(struct jc_buf *b, const char *sentence);
/* Appends p as side-band packets of band 1, and the flush that ends them. */
void jc_gitwire_band(struct jc_buf *b, const void *p, size_t n);

/* SHA-1, as the pack's checksum only. */
struct jc_gitwire_sha {
	uint32_t h[5];
	uint64_t n;
	uint8_t block[64];
};
void jc_gitwire_sha_init(struct jc_gitwire_sha *s);
void jc_gitwire_sha_add(struct jc_gitwire_sha *s, const void *p, size_t n);
void jc_gitwire_sha_end(struct jc_gitwire_sha *s, uint8_t out[JC_OID_LEN]);

/* Writing a pack of whole objects: begin, object as often as said, end. z is a zlib stream. */
void jc_gitwire_pack_begin(struct jc_buf *b, uint32_t count);
void jc_gitwire_pack_object(struct jc_buf *b, enum jc_objtype type, size_t size, const void *z, size_t n);
/* Appends the checksum of everything from `start` on. */
void jc_gitwire_pack_end(struct jc_buf *b, size_t start);

/* An object of a pack that was read. */
struct jc_gitwire_obj {
	enum jc_objtype type;
	struct jc_oid oid;
	struct jc_buf body;
};
/*
 * Reads a whole pack: every object inflated, deltas resolved inside the pack, checksum and sizes checked.
 * *out is an array of *n; free with jc_gitwire_objs_free. What it may make us inflate is bounded by its own
 * length. Refused: other types than commit, tree, blob; the same object twice; bases that are not in the
 * pack; trailing bytes. JC_EFORMAT, JC_ELIMIT.
 */
int jc_gitwire_pack_read(struct jc_gitwire_obj **out, size_t *n, const void *pack, size_t len, struct jc_err *err);
void jc_gitwire_objs_free(struct jc_gitwire_obj *o, size_t n);

#endif
