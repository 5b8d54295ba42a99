/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Bytes of attachments (FORMAT 18): outside the chains, per scope, addressed by their SHA-256, kept in
 * pieces so that a transfer that was cut goes on where it stood. A record of kind `attachment` says that
 * they exist; without it a hub takes none. Bytes may be dropped and fetched again; the record stays.
 */
#ifndef JC_SYNC_BLOB_H
#define JC_SYNC_BLOB_H

#include "sync_node.h"

#define JC_BLOB_MAX (8u << 20)
#define JC_BLOB_PIECE 65536u   /* most bytes of one piece on the way */

struct jc_blob {
	int64_t no, scope;
	uint8_t hash[JC_HASH_LEN];
	int64_t size;
	int64_t have;              /* bytes from the beginning that are here */
	int64_t there;             /* bytes from the beginning that the hub above has */
	int want;                  /* it is to be fetched */
	int64_t time;              /* wall seconds when the last piece came */
};

/* JC_ENOTFOUND: nothing is known of it here. */
int jc_blob_find(struct jc_blob *out, struct jc_node *node, int64_t scope, const uint8_t hash[JC_HASH_LEN],
    struct jc_err *err);
/* The same; makes an empty one of that size when there is none. JC_ELIMIT: too large. JC_ESTATE: it is known
 * with another size. Joins the caller's transaction. */
int jc_blob_open(struct jc_blob *out, struct jc_node *node, int64_t scope, const uint8_t hash[JC_HASH_LEN],
    int64_t size, struct jc_err *err);
/* Stores whole bytes at once; there already is fine. Joins the caller's transaction. */
int jc_blob_put(struct jc_blob *out, struct jc_node *node, int64_t scope, const void *p, size_t n, struct jc_err *err);
/* Appends a piece at `at`, which must be what is here already, else JC_ESTALE (b->have says). With the last
 * byte the hash is checked; other bytes are forgotten as a whole: JC_EFORMAT. A transaction of its own or the
 * caller's, which stays good after JC_EFORMAT. */
int jc_blob_append(struct jc_blob *b, struct jc_node *node, int64_t at, const void *p, size_t n, struct jc_err *err);
/* Appends at most `max` bytes from `at` on to `out`. */
int jc_blob_read(struct jc_buf *out, struct jc_node *node, const struct jc_blob *b, int64_t at, size_t max,
    struct jc_err *err);
/* What is known of the hub above: it has so many bytes. */
int jc_blob_there(struct jc_blob *b, struct jc_node *node, int64_t there, struct jc_err *err);
/* The hub above was put back: what is known of it is nothing any more. Joins the caller's transaction. */
int jc_blob_forget(struct jc_node *node, struct jc_err *err);
/* From now on it is (1) or is not (0) to be fetched. */
int jc_blob_want(struct jc_blob *b, struct jc_node *node, int want, struct jc_err *err);
/* Forgets the bytes, keeps the row. */
int jc_blob_drop(struct jc_blob *b, struct jc_node *node, struct jc_err *err);

/* The size that a living record of kind `attachment` in the scope says of these bytes; JC_ENOTFOUND. */
int jc_blob_declared(struct jc_node *node, int64_t scope, const uint8_t hash[JC_HASH_LEN], int64_t *size, struct jc_err *err);
/* The next whole one with a number above `after` that the hub above does not have whole; 0 when there is none.
 * In scopes that this node sends to its hub. */
int jc_blob_next_up(struct jc_blob *out, struct jc_node *node, int64_t after, struct jc_err *err);
/* The next one that is wanted and not whole; 0: none. */
int jc_blob_next_down(struct jc_blob *out, struct jc_node *node, int64_t after, struct jc_err *err);
/* Bytes kept of a scope. */
int jc_blob_total(struct jc_node *node, int64_t scope, int64_t *bytes, struct jc_err *err);
/*
 * Retention: drops bytes that lie at the hub above as a whole and came before `before` (wall seconds), and bytes
 * that no living record names any more. *dropped counts them. Transaction of its own.
 */
int jc_blob_clean(struct jc_node *node, int64_t before, int64_t *dropped, int64_t *bytes, struct jc_err *err);

/* ---- the hub's routes: bytes in, bytes out ---- */

/*
 * Takes a piece of `device` (authenticated) for a scope: size and place as the caller said. *have is what is here
 * afterwards; also with JC_ESTALE. JC_EDENIED: not its scope; JC_ENOTFOUND: no record declares these bytes;
 * JC_EINVAL: of another size; JC_EBUSY: more than the scope's share. n 0 only asks. Joins the caller's transaction.
 */
int jc_blob_take(struct jc_node *hub, const char *device, const char *scope, const uint8_t hash[JC_HASH_LEN],
    int64_t size, int64_t at, const void *p, size_t n, int64_t *have, struct jc_err *err);
/* Gives bytes to a device that may read the scope. JC_ENOTFOUND: not (or not yet) here. */
int jc_blob_give(struct jc_buf *out, struct jc_node *hub, const char *device, const char *scope,
    const uint8_t hash[JC_HASH_LEN], int64_t at, size_t max, struct jc_err *err);

/* 64 lower-case digits to bytes and back. */
int jc_blob_hash_parse(uint8_t hash[JC_HASH_LEN], const char *hex, size_t n);
void jc_blob_hash_text(char hex[2 * JC_HASH_LEN + 1], const uint8_t hash[JC_HASH_LEN]);

#endif
