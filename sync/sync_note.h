/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Receipts (FORMAT 12): a hub signs which heads it has per scope and tier; the newest note replaces
 * older ones. "The county has it" is a fact about a note, never about a connection.
 */
#ifndef JC_SYNC_NOTE_H
#define JC_SYNC_NOTE_H

#include "sync_log.h"

#define JC_NOTE_HEADS 256
struct jc_note {
	jc_id network, scope, hub, epoch;
	enum jc_tier tier;
	int64_t counter;
	size_t nheads;
	uint8_t head[JC_NOTE_HEADS][JC_H16]; /* sorted */
	uint8_t sig[JC_SIG_LEN];
};

/* Appends the signed text. */
void jc_note_text(struct jc_buf *b, const struct jc_note *n);
/* Reads such a text, byte for byte the one form; the signature is not touched. JC_EFORMAT. */
int jc_note_read(struct jc_note *n, struct jc_slice text);
int jc_note_ok(const struct jc_note *n, const uint8_t pk[JC_PK_LEN]);

/* Which of the keys that are known of its hub signed it; *newest: the one that counts now. 1, 0 none of them. */
int jc_note_signer(uint8_t pk[JC_PK_LEN], int *newest, struct jc_log *log, const struct jc_note *n, struct jc_err *err);

/* Hub: the note of the scope's present heads in a tier; the stored one when nothing changed and the present key signed it, else a
 * new one with the next counter, signed with the log's key and stored. JC_ENOTFOUND: no commits. */
int jc_note_issue(struct jc_note *out, struct jc_log *log, const struct jc_scope *s, enum jc_tier tier, struct jc_err *err);

/* Stores a note of a hub if it is newer (epoch change or higher counter); checks signature with pk.
 * 1 stored, 0 older or equal, JC_ESIGNATURE. */
int jc_note_take(struct jc_log *log, const struct jc_scope *s, const struct jc_note *n, const uint8_t pk[JC_PK_LEN],
    struct jc_err *err);

/* A hub was put back and draws a new epoch: what it said before says nothing any more. */
int jc_note_forget(struct jc_log *log, const char *hub, const char *epoch, struct jc_err *err);

/* The newest stored note. JC_ENOTFOUND. */
int jc_note_get(struct jc_note *out, struct jc_log *log, int64_t scope, enum jc_tier tier, const char *hub,
    struct jc_err *err);

/* FNV-1a, 32 bits, by which marks of notes are made (FORMAT 10, 19): begun with JC_NOTE_FNV. */
#define JC_NOTE_FNV UINT32_C(2166136261)
uint32_t jc_note_fnv(uint32_t h, const void *p, size_t n);

/* What the stored notes of that hub and epoch for a scope are known by (FORMAT 10); 0 when there are none. */
int jc_note_mark(uint64_t *mark, struct jc_log *log, int64_t scope, const char *hub, const char *epoch, struct jc_err *err);

/* 1 when commit `no` is in or before a head of the newest note of that hub. */
int jc_note_covers(struct jc_log *log, int64_t scope, enum jc_tier tier, const char *hub, int64_t commit_no,
    struct jc_err *err);

/* The hub's epoch (meta "epoch"), drawn when there is none yet (then inside a write transaction). */
int jc_note_epoch(struct jc_log *log, jc_id out, struct jc_err *err);

/*
 * A new epoch: after every restore of a hub, before it serves. Callers still share with it what stands
 * at positions (log_commit.no) up to `shared`: the largest number in a restored backup, 0 when it is
 * not known how far it went back. Write transaction.
 */
int jc_note_epoch_renew(struct jc_log *log, int64_t shared, struct jc_err *err);

/* How far a cursor counts that was given in that epoch: INT64_MAX in the present one, 0 in an unknown. */
int jc_note_epoch_shared(struct jc_log *log, const char *epoch, int64_t *shared, struct jc_err *err);

#endif
