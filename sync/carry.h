/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to exchange.c and session.c: compact commits of one section, read and written (FORMAT 11). */
#ifndef JC_CARRY_H
#define JC_CARRY_H

#include "sync_intake.h"

#define JC_CARRY_COMMITS 4096u
#define JC_CARRY_SECTIONS 1024u

/* A key of a device: known to the caller, learnt from a `device` operation that came before in the same section, or
 * of the keyring. A device may have several, in order. */
struct jc_carry_key {
	jc_id id;
	uint8_t pk[JC_PK_LEN];
	int looked;               /* the keyring has been asked for the device's */
};

struct jc_carry_item {
	struct jc_intake_item it;
	int skip;                 /* it failed here: leave it out and go on */
};

/* Decoder of one section. Zeroed, then the first five filled; freed with jc_carry_in_free. */
struct jc_carry_in {
	struct jc_node *node;
	const struct jc_scope *s;
	int64_t *budget;          /* inflated bytes that may still be made; shared by all sections */
	int go_on;                /* after a bad commit read on with the other chains (news) */
	int steps;                /* each commit stands behind its step (news) */

	struct jc_carry_item *item;
	size_t n, cap;
	struct jc_carry_slot *slot;
	size_t nslots, slots_cap;
	struct jc_carry_key *key;
	size_t nkeys;
	uint16_t *index;          /* open hash of header hashes -> item + 1 */
	size_t dropped;           /* commits that could not be read */
	int stop;                 /* code of the first that could not, 0: none */
	struct jc_err why;
};

/*
 * Reads the `count` compact commits of a section from r, squeezed or not. JC_EFORMAT when it cannot be told
 * where they end; a commit that cannot be rebuilt or is not signed is no error, nor is damage within a
 * squeezed section: see stop, why and dropped. JC_ESTALE there: its predecessor or a parent is not known.
 * Other codes: this machine failed.
 */
int jc_carry_read(struct jc_carry_in *in, struct jc_rd *r, uint64_t count, struct jc_err *err);
/* Steps over the `count` compact commits of a section. */
int jc_carry_skip(struct jc_rd *r, uint64_t count, int steps, struct jc_err *err);

/* What is whole of a section that breaks off at the end of r. Zeroed; `bytes` freed by the caller. */
struct jc_carry_whole {
	struct jc_buf bytes;      /* the commits, as jc_carry_read_whole reads them */
	uint64_t count;
	int64_t position;         /* with steps: the hub's position after the last of them */
};
/* 0, also when nothing is whole. At most `room` bytes are made. */
int jc_carry_whole(struct jc_carry_whole *w, struct jc_rd *r, uint64_t count, int steps, int64_t room, struct jc_err *err);
/* jc_carry_read of what jc_carry_whole found. */
int jc_carry_read_whole(struct jc_carry_in *in, const struct jc_carry_whole *w, struct jc_err *err);
/* Makes a key known before reading. */
int jc_carry_know(struct jc_carry_in *in, const char *id, const uint8_t pk[JC_PK_LEN], struct jc_err *err);
void jc_carry_in_free(struct jc_carry_in *in);

/* Encoder of one section. Zeroed, then node, scope and b filled; freed with jc_carry_out_free. */
struct jc_carry_out {
	struct jc_node *node;
	int64_t scope;
	struct jc_buf *b;         /* holds nothing but this section's commits */
	uint64_t count;
	int bulk;                 /* much will come: plain at once, and only squeezed in the end */
	unsigned how;             /* private: JC_COMPACT_PLAIN or 0; of every commit */
	size_t deflated;          /* private: about what the commits in b will take, bulk only */
	int steps;                /* write each commit's step before it (news) */
	int64_t last;             /* with steps: number of the commit before */
	struct jc_carry_slot *slot;
	size_t nslots, slots_cap;
	int64_t *no;              /* numbers of the commits written */
	size_t no_cap;
};
#define JC_CARRY_BULK (64u << 10)      /* room from which on it is worth to set `bulk` */
#define JC_CARRY_PLAIN_MAX (8u << 20)  /* of a squeezed section: the size that b must be able to take */
/* Appends one stored commit. */
int jc_carry_write(struct jc_carry_out *out, const struct jc_commit_row *row, struct jc_err *err);
/* At most this many bytes the section will take; SIZE_MAX: nothing more fits into one. */
size_t jc_carry_size(const struct jc_carry_out *out);
/* As jc_carry_write, and taken back (0) when the size would exceed `room`: then this section is done. 1: it is in. */
int jc_carry_fit(struct jc_carry_out *out, const struct jc_commit_row *row, size_t room, struct jc_err *err);
/* Appends the finished list to dst: count and commits, as they stand in b or squeezed where that is shorter. */
int jc_carry_end(struct jc_carry_out *out, struct jc_buf *dst, struct jc_err *err);
void jc_carry_out_free(struct jc_carry_out *out);

/* id8 of FORMAT 10; get: JC_EFORMAT when the upper bits are set. */
void jc_carry_put_id(struct jc_buf *b, const char *id);
int jc_carry_get_id(jc_id out, struct jc_rd *r);

/* A note on the wire (tier, counter, heads, signature). get leaves network, scope, hub, epoch. */
struct jc_note;
void jc_carry_put_note(struct jc_buf *b, const struct jc_note *n);
int jc_carry_get_note(struct jc_note *n, struct jc_rd *r);

#endif
