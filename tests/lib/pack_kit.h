/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Makes packs by hand, honest and dishonest ones: every number may lie. Aborts when out of memory. */
#ifndef JC_TESTS_LIB_PACK_KIT_H
#define JC_TESTS_LIB_PACK_KIT_H

#include "sync_codec.h"

struct pack_kit {
	struct jc_buf b;
	uint32_t n;       /* entries so far */
	size_t last;      /* where the last one begins */
};

void pack_kit_begin(struct pack_kit *k);
/* Sets count and checksum. pack_kit_end_as lies about the count. */
void pack_kit_end(struct pack_kit *k);
void pack_kit_end_as(struct pack_kit *k, uint32_t count);
void pack_kit_free(struct pack_kit *k);

/* An entry of any type that says `size` and holds the stream z as it is. */
void pack_kit_raw(struct pack_kit *k, int type, uint64_t size, const void *z, size_t n);
/* A whole object; level 0..9. */
void pack_kit_object(struct pack_kit *k, int type, const void *body, size_t n, int level);
/* Deltas: against the entry that begins at `base`, or against an id. */
void pack_kit_ofs(struct pack_kit *k, size_t base, const struct jc_buf *delta);
void pack_kit_ref(struct pack_kit *k, const struct jc_oid *base, const struct jc_buf *delta);

/* The bytes of a delta: sizes, copies, inserts (1..127 bytes). */
void pack_kit_delta(struct jc_buf *d, uint64_t base, uint64_t result);
void pack_kit_copy(struct jc_buf *d, size_t from, size_t n);
void pack_kit_insert(struct jc_buf *d, const void *p, size_t n);
/* A delta from a to b: common head and tail copied, the middle inserted. */
void pack_kit_diff(struct jc_buf *d, const void *a, size_t an, const void *b, size_t bn);

#endif
