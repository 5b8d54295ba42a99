/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The bytes of git: object ids, zlib, pkt-line, smart-HTTP messages, packs. Pure functions of
 * bytes, bounded by budgets the caller gives, no I/O, no libgit2; any thread. What comes from
 * outside is read by these before anything else sees it. Sources: gitformat-pack(5),
 * gitprotocol-common(5), gitprotocol-pack(5), gitprotocol-http(5), RFC 1950, RFC 1951.
 */
#ifndef JC_SYNC_CODEC_H
#define JC_SYNC_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "../schema/schema_buf.h"

#define JC_OID_LEN 20
#define JC_OID_HEX 40

/* A SHA-1 object id: an address, never a proof. */
struct jc_oid {
	uint8_t b[JC_OID_LEN];
};

enum jc_objtype { JC_OBJ_COMMIT = 1, JC_OBJ_TREE = 2, JC_OBJ_BLOB = 3, JC_OBJ_TAG = 4 };

/* The id of an object of this type and body. JC_EINTERNAL when the hash library fails. */
int jc_oid_of(struct jc_oid *out, enum jc_objtype type, const void *body, size_t n);
void jc_oid_hex(char out[JC_OID_HEX + 1], const struct jc_oid *oid);
/* 40 lower-case hex digits exactly; JC_EFORMAT. */
int jc_oid_parse(struct jc_oid *out, const char *s, size_t n);
int jc_oid_cmp(const struct jc_oid *a, const struct jc_oid *b);
/* "commit", "tree", "blob", "tag"; NULL for anything else. */
const char *jc_objtype_word(int type);

/* Appends a zlib stream (RFC 1950) of p. level 1..9. */
int jc_zlib_pack(struct jc_buf *out, const void *p, size_t n, int level, struct jc_err *err);
/* Appends the inflated bytes; the stream must fill `n` bytes exactly and yield exactly `size` bytes.
 * JC_EFORMAT. */
int jc_zlib_unpack(struct jc_buf *out, const void *p, size_t n, size_t size, struct jc_err *err);
/* Like unpack, but the stream may be followed by other bytes: *used is its length. At most `max`
 * bytes are produced (JC_ELIMIT). */
int jc_zlib_unpack_some(struct jc_buf *out, const void *p, size_t n, size_t max, size_t *used, struct jc_err *err);
/* Raw deflate (RFC 1951) with a preset dictionary of at most 32 KiB (NULL, 0: none). */
int jc_deflate_dict(struct jc_buf *out, const void *p, size_t n, int level, const void *dict, size_t dn,
    struct jc_err *err);
/* The reverse; the stream must end exactly at n; at most `max` bytes (JC_ELIMIT), JC_EFORMAT. */
int jc_inflate_dict(struct jc_buf *out, const void *p, size_t n, size_t max, const void *dict, size_t dn,
    struct jc_err *err);

/* ---- the rest (pkt-line, protocol messages, pack reading and writing) grows below ---- */

#endif
