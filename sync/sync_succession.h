/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Successions (FORMAT 23): a hub replaces its signing key. Its id stays that of the first key; a
 * statement of the key before says which one follows, and the statements form a line from the
 * first key to the newest. Two halves: the line itself, pure and bounded; and the keyring, what
 * this node knows of whose keys, in the tables. A place in a line is given once: whoever claims it
 * later with another key is not followed.
 */
#ifndef JC_SYNC_SUCCESSION_H
#define JC_SYNC_SUCCESSION_H

#include "sync_log.h"

/* All keys of one device in order, key[i] said by sig[i] of key[i - 1]. */
struct jc_keys {
	jc_id id;                        /* ID(SHA-256(key[0])) */
	size_t n;
	uint8_t key[JC_KEYS_MAX][JC_PK_LEN];
	uint8_t sig[JC_KEYS_MAX][JC_SIG_LEN]; /* sig[0] is not used */
};

/* ---- the line, pure ---- */

/* Statement number `no` (from 1) of device `id`: `old` signs that `next` follows. */
void jc_succession_sign(uint8_t sig[JC_SIG_LEN], const struct jc_key *old, int64_t no, const uint8_t next[JC_PK_LEN]);
int jc_succession_ok(const jc_id id, int64_t no, const uint8_t old[JC_PK_LEN], const uint8_t next[JC_PK_LEN],
    const uint8_t sig[JC_SIG_LEN]);
/* The line up to the key that signs, made of the secrets. */
void jc_succession_of(struct jc_keys *out, const struct jc_key *key);
/* Appends its bytes: the first key, then key and signature of each that followed. */
void jc_succession_put(struct jc_buf *b, const struct jc_keys *keys);
/* Reads such bytes and checks every statement. JC_EFORMAT (also a key twice), JC_ESIGNATURE. */
int jc_succession_read(struct jc_keys *out, const void *p, size_t n);
/* Place of a key in the line, -1: none. */
int jc_succession_place(const struct jc_keys *keys, const uint8_t pk[JC_PK_LEN]);

/* 1 if an operation carries a statement (whose, its record says): taken apart, not checked. */
int jc_succession_said(int64_t *no, uint8_t pk[JC_PK_LEN], uint8_t sig[JC_SIG_LEN], const struct jc_op *op);

/* ---- the keyring ---- */

/* What is known of a device's keys. JC_ENOTFOUND: the device is not. */
int jc_keyring_get(struct jc_keys *out, struct jc_log *log, const char *id, struct jc_err *err);
/* The newest of them: what a note, a hello and a stick of a hub must be signed with. */
int jc_keyring_newest(uint8_t pk[JC_PK_LEN], struct jc_log *log, const char *id, struct jc_err *err);
/* 1 if pk is one of them: what a commit may be signed with; *at its place. */
int jc_keyring_has(struct jc_log *log, const char *id, const uint8_t pk[JC_PK_LEN], int *at, struct jc_err *err);

/* 1 if the commit's key is one of its device's, and not one that was replaced in what the commit
 * rests on. */
int jc_keyring_may(struct jc_log *log, int64_t scope, const struct jc_commit *c, struct jc_err *err);
/* Whose key that is: 1, also for a device that is not known (ID of the key then); 0: one that was
 * replaced. */
int jc_keyring_owner(jc_id out, struct jc_log *log, const uint8_t pk[JC_PK_LEN], struct jc_err *err);

/*
 * Takes what a line says beyond what is known; write transaction. 1: something, 0: nothing. A line
 * that has another key at a place that is known is not followed; that it exists is remembered (0
 * is returned).
 */
int jc_keyring_follow(struct jc_log *log, const struct jc_keys *keys, struct jc_err *err);
/* A `device` operation with `next`, just stored under number opno by the device itself. */
int jc_keyring_fold(struct jc_log *log, int64_t scope, const struct jc_op *op, int64_t opno, struct jc_err *err);
/* Calls back for every device that two keys claim to follow in. Non-zero stops. */
int jc_keyring_rivals(struct jc_log *log, int (*each)(void *arg, const char *device), void *arg, struct jc_err *err);

/* ---- one's own ---- */

/* The key file has more keys now than the log was opened with: the same device's. */
int jc_keyring_load(struct jc_log *log, const struct jc_key *key, struct jc_err *err);
/* Chooses which of the log's keys signs: the newest that the tables know. Opening the log does it. */
int jc_keyring_choose(struct jc_log *log, struct jc_err *err);
/* 1: others know a newer key of this node than its key file has (the file was put back to an older
 * one). */
int jc_keyring_behind(const struct jc_log *log);
/* The sentence for it; JC_ESTATE. */
int jc_keyring_behind_err(struct jc_err *err);
/* 1: the key file has a key that is not in use yet: a replacement broke off, or the database was
 * put back. */
int jc_keyring_ahead(const struct jc_log *log);
/*
 * Takes every key of the log's that is not in use yet into use: statements, and an operation that
 * carries them in every scope that this node writes to as its hub, in one transaction; from then
 * on the newest signs. When there was such a key already as the log was opened, the database may
 * have been put back, and a new epoch is drawn. The caller has put the new key into the key file
 * before. JC_ESTATE when behind.
 */
int jc_keyring_advance(struct jc_log *log, struct jc_err *err);
/* Drafts what this node's line says and has not been said in a scope yet. */
int jc_keyring_say(struct jc_log *log, const struct jc_scope *s, struct jc_err *err);
/* The key by which the next commit in a scope is signed: the newest whose statement a commit of it
 * carries. */
int jc_keyring_signer(struct jc_key *out, struct jc_log *log, int64_t scope, struct jc_err *err);

#endif
