/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Commits: build, parse, sign, verify (FORMAT 6), and the compact form in which our own programs
 * send them (FORMAT 11). Parsing is strict: the fields are read, the bytes are made again and
 * compared. Pure, bounded by the input; any thread.
 */
#ifndef JC_SYNC_COMMIT_H
#define JC_SYNC_COMMIT_H

#include "../schema/schema_buf.h"
#include "../schema/schema_catalogue.h"
#include "sync_codec.h" /* struct jc_oid, deflate */
#include "sync_sign.h"

#define JC_PARENTS_MAX 64
#define JC_LABEL_MAX 60
#define JC_SUMMARY_MAX 200

struct jc_commit {
	jc_id network, scope, device, run;
	enum jc_tier tier;
	int64_t seq, lamport, schema, time;
	struct jc_slice label, summary;               /* borrowed */
	struct jc_oid tree;
	size_t nparents;
	struct jc_oid parent[JC_PARENTS_MAX];
	uint8_t parent_hash[JC_PARENTS_MAX][JC_HASH_LEN];
	uint8_t payload_hash[JC_HASH_LEN];
	int has_founding;
	uint8_t founding[JC_HASH_LEN];
	uint8_t pk[JC_PK_LEN], sig[JC_SIG_LEN];
	/* Filled by build and parse: */
	uint8_t hash[JC_HASH_LEN];                    /* header hash */
	struct jc_oid oid, blob;                      /* blob: filled by build and jc_commit_attach */
};

/*
 * Makes the payload's blob and tree ids, the header, its hash, the signature and the object bytes
 * (appended to `object`). In: every field above "Filled" but tree, payload_hash, pk, sig.
 */
int jc_commit_build(struct jc_buf *object, struct jc_commit *c, const void *payload, size_t n,
    const struct jc_key *key, struct jc_err *err);

/* The same with key and signature as they stand in `c`: what a receiver rebuilds. Does not verify. */
int jc_commit_assemble(struct jc_buf *object, struct jc_commit *c, const void *payload, size_t n, struct jc_err *err);

/* Reads object bytes (borrowed by label and summary). JC_EFORMAT says which line. Does not verify. */
int jc_commit_parse(struct jc_commit *out, const void *object, size_t n, struct jc_err *err);

/* Checks the signature by pk. JC_ESIGNATURE. `object` as parsed. Whether pk is one of the device's is another question:
 * jc_commit_by_first knows it of the key that the device's id is made of, the keyring of those that followed. */
int jc_commit_verify(const struct jc_commit *c, const void *object, size_t n, struct jc_err *err);

/* 1 if pk is the key that the device's id is made of. */
int jc_commit_by_first(const struct jc_commit *c);

/* Checks payload against payload_hash and tree, fills blob. JC_EFORMAT. */
int jc_commit_attach(struct jc_commit *c, const void *payload, size_t n, struct jc_err *err);

/* Appends the raw tree object body for a payload blob. */
void jc_commit_tree(struct jc_buf *b, const struct jc_oid *blob);

/* A label made of a name: without control characters and angle brackets, cut at a character's border so
 * that `suffix` (may be "") fits. Never empty: "jiceng" when nothing is left. */
void jc_label_make(char out[JC_LABEL_MAX + 1], const char *name, const char *suffix);

/* What compact encoding needs of the predecessor. */
struct jc_compact_base {
	struct jc_commit c;
	struct jc_slice object;                       /* its commit object bytes, borrowed */
	struct jc_slice payload;                      /* its payload, borrowed */
};

/* A slot: one chain within one section, in both directions. Zeroed, then kept by the codec. */
struct jc_compact_slot {
	int used;
	enum jc_tier tier;
	jc_id device;
};

/* Appends commit `c` (object and payload given) in compact form. base NULL: first of its chain.
 * FRESH: the slot has not been defined in this section yet. PLAIN: its text is not deflated, because all of
 * the section will be squeezed. */
enum { JC_COMPACT_FRESH = 1, JC_COMPACT_PLAIN = 2 };
int jc_compact_write(struct jc_buf *b, const struct jc_commit *c, struct jc_slice payload,
    const struct jc_compact_base *base, unsigned slotno, unsigned how, struct jc_err *err);

/* Head of a compact commit, read before the base is known. */
struct jc_compact_head {
	unsigned flags, slot;
	enum jc_tier tier;                            /* if new slot */
	jc_id device;
	int has_base;
	uint8_t base[JC_H16];                         /* predecessor, if new slot and not first */
};
int jc_compact_read_head(struct jc_compact_head *out, struct jc_rd *r, struct jc_err *err);

/* How the body's reader learns of other parents: fills oid, full hash, lamport of the commit whose
 * header hash begins with h16. 0, JC_ENOTFOUND, or an error. */
typedef int (*jc_parent_fn)(void *arg, const uint8_t h16[JC_H16], struct jc_oid *oid,
    uint8_t hash[JC_HASH_LEN], int64_t *lamport, struct jc_err *err);

/*
 * Reads the body after the head, rebuilds the commit object into `object` and the payload into
 * `payload` (both reset first), parses and verifies it. `pk` is a key of the device (its first commit
 * needs it too: keys come with device operations or the caller's own knowledge).
 * JC_EFORMAT, JC_ESIGNATURE, JC_ENOTFOUND (an unknown other parent), JC_ELIMIT.
 */
int jc_compact_read_body(struct jc_commit *out, struct jc_buf *object, struct jc_buf *payload,
    struct jc_rd *r, const struct jc_compact_head *head, const struct jc_compact_base *base,
    const jc_id network, const jc_id scope, const uint8_t founding[JC_HASH_LEN],
    const uint8_t pk[JC_PK_LEN], jc_parent_fn parent, void *arg, struct jc_err *err);

#endif
