/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Keys, hashes and signatures: the only file that touches libsodium. Ed25519 in OpenSSH's SSHSIG
 * form (FORMAT 7), SHA-256, HMAC. Deterministic: key material comes from the environment's
 * randomness, never from the library's. Pure otherwise; any thread.
 */
#ifndef JC_SYNC_SIGN_H
#define JC_SYNC_SIGN_H

#include "../schema/schema_buf.h"
#include "../schema/schema_env.h"
#include "../schema/schema_id.h"

#define JC_HASH_LEN 32
#define JC_H16 16
#define JC_PK_LEN 32
#define JC_SIG_LEN 64

/*
 * A device's key pair; wipe with jc_key_wipe(). A hub may have replaced its first one (FORMAT 23): the id stays that of
 * the first, all seeds are kept, and one of them signs.
 */
#define JC_KEYS_MAX 16
struct jc_key {
	uint8_t pk[JC_PK_LEN];        /* of the one that signs */
	uint8_t sk[64];
	jc_id id;                     /* ID(SHA-256(first public key)) */
	unsigned n, at;               /* how many there are, and which signs: 0 is the first */
	uint8_t seed[JC_KEYS_MAX][32];
};

/* Once per process, before threads; JC_EINTERNAL when the library cannot start. */
int jc_sign_init(struct jc_err *err);
int jc_key_make(struct jc_key *out, const struct jc_env *env, struct jc_err *err);
void jc_key_from_seed(struct jc_key *out, const uint8_t seed[32]);
/* One more seed behind those that are there; which one signs does not change. JC_ELIMIT. */
int jc_key_add(struct jc_key *key, const uint8_t seed[32]);
void jc_key_use(struct jc_key *key, unsigned at);                 /* from now on that one signs */
void jc_key_public(uint8_t pk[JC_PK_LEN], const struct jc_key *key, unsigned at);
void jc_key_wipe(struct jc_key *key);
void jc_device_id(jc_id out, const uint8_t pk[JC_PK_LEN]);

/* 64 signature bytes over the message in a namespace of FORMAT 7 (the SSHSIG wrapping is inside). */
void jc_sign(uint8_t sig[JC_SIG_LEN], const struct jc_key *key, const char *ns, const void *msg, size_t n);
/* 1 valid, 0 not. */
int jc_sign_ok(const uint8_t sig[JC_SIG_LEN], const uint8_t pk[JC_PK_LEN], const char *ns, const void *msg,
    size_t n);

/* Appends the armor exactly as ssh-keygen writes it, final LF included. */
void jc_sign_armor(struct jc_buf *b, const uint8_t pk[JC_PK_LEN], const char *ns, const uint8_t sig[JC_SIG_LEN]);
/* Reads an armor byte for byte; JC_EFORMAT for anything but the one form. */
int jc_sign_dearmor(uint8_t pk[JC_PK_LEN], uint8_t sig[JC_SIG_LEN], const char *ns, const char *p, size_t n,
    struct jc_err *err);
/* Appends `<principal> namespaces="git" ssh-ed25519 <base64>` LF: a line of an allowed-signers file. */
void jc_sign_allowed(struct jc_buf *b, const char *principal, const uint8_t pk[JC_PK_LEN]);

/*
 * Sealing to a device's key (FORMAT 14): the bytes of libsodium's sealed boxes, with the ephemeral secret
 * given, 32 random bytes of the environment. Appends n + JC_SEAL_EXTRA bytes. JC_EINVAL: no key can be
 * made of `to`. Opening appends what was sealed, to whichever of its keys. JC_EFORMAT: not sealed to this device, or damaged.
 */
#define JC_SEAL_EXTRA 48
int jc_seal(struct jc_buf *out, const uint8_t to[JC_PK_LEN], const uint8_t secret[32], const void *p, size_t n,
    struct jc_err *err);
int jc_unseal(struct jc_buf *out, const struct jc_key *key, const void *p, size_t n, struct jc_err *err);

/* SHA-256. */
void jc_hash(uint8_t out[JC_HASH_LEN], const void *p, size_t n);
/* Incremental SHA-256, for digests over many rows. */
struct jc_hasher {
	uint64_t opaque[16];
};
void jc_hasher_init(struct jc_hasher *h);
void jc_hasher_add(struct jc_hasher *h, const void *p, size_t n);
void jc_hasher_end(struct jc_hasher *h, uint8_t out[JC_HASH_LEN]);

/* HMAC-SHA-256 over the concatenation of `count` slices. */
void jc_hmac(uint8_t out[JC_HASH_LEN], const uint8_t *key, size_t keylen, const struct jc_slice *parts, size_t count);
/* 1 if equal, in constant time. */
int jc_hash_eq(const void *a, const void *b, size_t n);

/* Record ids made from keys and persons (FORMAT 1). */
void jc_record_id_key(jc_id out, const uint8_t idkey[32], const char *kind, const char *key, size_t n);
void jc_record_id_person(jc_id out, const uint8_t idkey[32], const char *kind, const char *number, size_t nn,
    const char *name, size_t namelen);

#endif
