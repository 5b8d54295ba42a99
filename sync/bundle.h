/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to bundle*.c: the container and the counting that writer and reader share. */
#ifndef JC_BUNDLE_H
#define JC_BUNDLE_H

#include "exchange.h"
#include "pending.h"
#include "sync_bundle.h"
#include "sync_session.h"

/* Compressed and inflated bytes of commits in one file: well below what an intake lets one request make. */
#define JC_BUNDLE_PIECE (1u << 20)
#define JC_BUNDLE_INFLATED (6 << 20)

/* Attachments that an answer says the hub has, by the first half of their hash. */
#define JC_BUNDLE_ACKS 256u

/* Outside of a file. */
struct jc_bundle_head {
	jc_id network, sender, receiver;
	struct jc_keys keys;          /* the sender's line; n 0: it has replaced none */
	const uint8_t *sealed, *sig;  /* borrowed */
	size_t nsealed, nsigned;      /* nsigned: bytes that the signature is over */
};
int jc_bundle_head_read(struct jc_bundle_head *h, const void *file, size_t n, struct jc_err *err);
/* Is the signature the sender's, whose key is pk? */
int jc_bundle_signed_by(const struct jc_bundle_head *h, const void *file, const uint8_t pk[JC_PK_LEN]);

/* Inside: seals and signs `content` (the slip's head is put in front of it). Fills slip's bytes and mark. */
int jc_bundle_pack(struct jc_buf *file, struct jc_node *node, const char *network, const uint8_t to[JC_PK_LEN],
    struct jc_slip *slip, struct jc_slice content, struct jc_err *err);
/* Opens; r is set on the body, which stays in `plain`. Fills the slip's head. */
int jc_bundle_unpack(struct jc_rd *r, struct jc_buf *plain, struct jc_node *node, const struct jc_bundle_head *h,
    struct jc_slip *slip, struct jc_err *err);
/* The mark of a file and its size. */
void jc_bundle_mark(struct jc_slip *slip, const void *file, size_t n);

/* Counting records by kind over any number of payloads. Zeroed; freed by jc_tally_end. */
struct jc_tally {
	struct jc_ops_reader *reader;
	struct jc_tally_rec {
		unsigned kind;
		uint64_t id;
	} *rec;
	size_t n, cap;
	int64_t ops[JC_SLIP_KINDS];
};
int jc_tally_add(struct jc_tally *t, struct jc_slice payload, struct jc_err *err);
/* Fills the slip's kinds and frees. */
void jc_tally_end(struct jc_tally *t, struct jc_slip *slip);

/* One section of an answer; readers stand on what they name. */
struct jc_bundle_section {
	jc_id scope;
	uint64_t status;
	struct jc_slice said;
	struct jc_rd notes, news;
	uint64_t nnotes, nnews;
	int64_t cursor;
	int more;
};
struct jc_bundle_answer {
	jc_id epoch;
	int64_t clock;
	struct jc_bundle_section *section;
	size_t n;
};
/* Reads an answer of section 10 whole before anything is believed. Freed with jc_free(a->section). */
int jc_bundle_answer_read(struct jc_bundle_answer *a, struct jc_rd *r, struct jc_err *err);

/* A request without commits, from its parts: what a hub keeps of a device that asked. */
struct jc_bundle_ask {
	jc_id scope;
	int64_t cursor;
};
void jc_bundle_ask_put(struct jc_buf *b, const char *epoch, const struct jc_bundle_ask *ask, size_t n);
int jc_bundle_ask_store(struct jc_node *hub, int64_t device, int64_t counter, struct jc_slice ask,
    const struct jc_buf *enrol, struct jc_err *err);

/* Hub: a file that asks to join. */
int jc_bundle_join_take(struct jc_node *hub, const void *file, size_t n, struct jc_slip *slip, struct jc_err *err);
/* Device: the first half of an `enrolled` file; r moves on behind it. 1 when it joined now, 0 when it had
 * before. */
int jc_bundle_join_done(struct jc_node *node, struct jc_rd *r, const struct jc_bundle_head *h, const void *file,
    struct jc_err *err);

#define JC_BUNDLE_JOIN_MAGIC "JCE"

#endif
