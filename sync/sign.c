/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The only file that touches libsodium. Signatures have OpenSSH's SSHSIG form (PROTOCOL.sshsig of
 * OpenSSH): what is signed is "SSHSIG", namespace, empty reserved field, "sha512", SHA-512 of the
 * message, each but the first as a 32-bit length and bytes. Only ssh-ed25519 with sha512 exists here.
 */
#include "sync_sign.h"

#include <string.h>

#include <sodium.h>

#define KEYTYPE "ssh-ed25519"
#define ARMOR_WIDTH 70
#define BLOB_MAX 256

int
jc_sign_init(struct jc_err *err)
{
	return sodium_init() < 0 ? jc_err_code(err, JC_EINTERNAL, "jc_sign_init") : 0;
}

void
jc_device_id(jc_id out, const uint8_t pk[JC_PK_LEN])
{
	uint8_t hash[JC_HASH_LEN];

	jc_hash(hash, pk, JC_PK_LEN);
	jc_id_from_hash(out, hash);
}

void
jc_key_from_seed(struct jc_key *out, const uint8_t seed[32])
{
	memset(out, 0, sizeof(*out));
	memcpy(out->seed[0], seed, 32);
	out->n = 1;
	jc_key_use(out, 0);
	jc_device_id(out->id, out->pk);
}

int
jc_key_add(struct jc_key *key, const uint8_t seed[32])
{
	if (key->n == JC_KEYS_MAX)
		return JC_ELIMIT;
	memcpy(key->seed[key->n++], seed, 32);
	return 0;
}

void
jc_key_use(struct jc_key *key, unsigned at)
{
	key->at = at < key->n ? at : key->n - 1;
	crypto_sign_seed_keypair(key->pk, key->sk, key->seed[key->at]);
}

void
jc_key_public(uint8_t pk[JC_PK_LEN], const struct jc_key *key, unsigned at)
{
	uint8_t sk[64];

	crypto_sign_seed_keypair(pk, sk, key->seed[at < key->n ? at : key->n - 1]);
	sodium_memzero(sk, sizeof(sk));
}

int
jc_key_make(struct jc_key *out, const struct jc_env *env, struct jc_err *err)
{
	uint8_t seed[32];

	if (env->random(env->ctx, seed, sizeof(seed)) != 0)
		return jc_err_code(err, JC_EIO, "jc_key_make");
	jc_key_from_seed(out, seed);
	sodium_memzero(seed, sizeof(seed));
	return 0;
}

void
jc_key_wipe(struct jc_key *key)
{
	sodium_memzero(key, sizeof(*key));
}

/* ---- SSHSIG ---- */

static size_t
put_string(uint8_t *out, const void *p, size_t n)
{
	out[0] = (uint8_t)(n >> 24);
	out[1] = (uint8_t)(n >> 16);
	out[2] = (uint8_t)(n >> 8);
	out[3] = (uint8_t)n;
	memcpy(out + 4, p, n);
	return n + 4;
}

static size_t
signed_bytes(uint8_t out[BLOB_MAX], const char *ns, const void *msg, size_t n)
{
	uint8_t hash[crypto_hash_sha512_BYTES];
	size_t at = 6;

	crypto_hash_sha512(hash, msg, n);
	memcpy(out, "SSHSIG", 6);
	at += put_string(out + at, ns, strlen(ns));
	at += put_string(out + at, "", 0);
	at += put_string(out + at, "sha512", 6);
	at += put_string(out + at, hash, sizeof(hash));
	return at;
}

void
jc_sign(uint8_t sig[JC_SIG_LEN], const struct jc_key *key, const char *ns, const void *msg, size_t n)
{
	uint8_t bytes[BLOB_MAX];
	size_t len = signed_bytes(bytes, ns, msg, n);

	crypto_sign_detached(sig, NULL, bytes, len, key->sk);
}

int
jc_sign_ok(const uint8_t sig[JC_SIG_LEN], const uint8_t pk[JC_PK_LEN], const char *ns, const void *msg, size_t n)
{
	uint8_t bytes[BLOB_MAX];
	size_t len = signed_bytes(bytes, ns, msg, n);

	return crypto_sign_verify_detached(sig, bytes, len, pk) == 0;
}

static size_t
key_blob(uint8_t *out, const uint8_t pk[JC_PK_LEN])
{
	size_t at = put_string(out, KEYTYPE, sizeof(KEYTYPE) - 1);

	return at + put_string(out + at, pk, JC_PK_LEN);
}

static size_t
sig_blob(uint8_t out[BLOB_MAX], const uint8_t pk[JC_PK_LEN], const char *ns, const uint8_t sig[JC_SIG_LEN])
{
	uint8_t part[128];
	size_t at = 6, n;

	memcpy(out, "SSHSIG", 6);
	memcpy(out + at, "\0\0\0\1", 4);
	at += 4;
	n = key_blob(part, pk);
	at += put_string(out + at, part, n);
	at += put_string(out + at, ns, strlen(ns));
	at += put_string(out + at, "", 0);
	at += put_string(out + at, "sha512", 6);
	n = put_string(part, KEYTYPE, sizeof(KEYTYPE) - 1);
	n += put_string(part + n, sig, JC_SIG_LEN);
	return at + put_string(out + at, part, n);
}

#define BEGIN_LINE "-----BEGIN SSH SIGNATURE-----\n"
#define END_LINE "-----END SSH SIGNATURE-----\n"

void
jc_sign_armor(struct jc_buf *b, const uint8_t pk[JC_PK_LEN], const char *ns, const uint8_t sig[JC_SIG_LEN])
{
	uint8_t blob[BLOB_MAX];
	char text[2 * BLOB_MAX];
	size_t n = sig_blob(blob, pk, ns, sig), len;

	sodium_bin2base64(text, sizeof(text), blob, n, sodium_base64_VARIANT_ORIGINAL);
	len = strlen(text);
	jc_buf_puts(b, BEGIN_LINE);
	for (size_t at = 0; at < len; at += ARMOR_WIDTH) {
		jc_buf_put(b, text + at, len - at < ARMOR_WIDTH ? len - at : ARMOR_WIDTH);
		jc_buf_putc(b, '\n');
	}
	jc_buf_puts(b, END_LINE);
}

/* Where key and signature stand in the decoded blob of a namespace of length n. */
int
jc_sign_dearmor(uint8_t pk[JC_PK_LEN], uint8_t sig[JC_SIG_LEN], const char *ns, const char *p, size_t n, struct jc_err *err)
{
	uint8_t blob[BLOB_MAX];
	struct jc_buf again;
	size_t got = 0, begin = sizeof(BEGIN_LINE) - 1, end = sizeof(END_LINE) - 1, want;
	int same;

	memset(pk, 0, JC_PK_LEN);
	memset(sig, 0, JC_SIG_LEN);
	want = sig_blob(blob, pk, ns, sig);
	if (n > begin + end && n < 1024 &&
	    sodium_base642bin(blob, sizeof(blob), p + begin, n - begin - end, "\n", &got, NULL,
	        sodium_base64_VARIANT_ORIGINAL) == 0 && got == want) {
		memcpy(pk, blob + 6 + 4 + 4 + 4 + sizeof(KEYTYPE) - 1 + 4, JC_PK_LEN);
		memcpy(sig, blob + want - JC_SIG_LEN, JC_SIG_LEN);
		jc_buf_init(&again, 2048); /* one form only: what we would write ourselves */
		jc_sign_armor(&again, pk, ns, sig);
		same = again.failed == 0 && again.len == n && memcmp(again.data, p, n) == 0;
		jc_buf_free(&again);
		if (same)
			return 0;
	}
	return jc_err_set(err, JC_EFORMAT, "jc_sign_dearmor", JC_T("签名的格式不对", "The signature is malformed"));
}

void
jc_sign_allowed(struct jc_buf *b, const char *principal, const uint8_t pk[JC_PK_LEN])
{
	uint8_t blob[128];
	char text[256];
	size_t n = key_blob(blob, pk);

	sodium_bin2base64(text, sizeof(text), blob, n, sodium_base64_VARIANT_ORIGINAL);
	jc_buf_putf(b, "%s namespaces=\"git\" " KEYTYPE " %s\n", principal, text);
}

/* ---- hashes ---- */

void
jc_hash(uint8_t out[JC_HASH_LEN], const void *p, size_t n)
{
	crypto_hash_sha256(out, p, n);
}

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct jc_hasher), "room for the state");

void
jc_hasher_init(struct jc_hasher *h)
{
	crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)h);
}

void
jc_hasher_add(struct jc_hasher *h, const void *p, size_t n)
{
	crypto_hash_sha256_update((crypto_hash_sha256_state *)(void *)h, p, n);
}

void
jc_hasher_end(struct jc_hasher *h, uint8_t out[JC_HASH_LEN])
{
	crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)h, out);
}

void
jc_hmac(uint8_t out[JC_HASH_LEN], const uint8_t *key, size_t keylen, const struct jc_slice *parts, size_t count)
{
	crypto_auth_hmacsha256_state st;

	crypto_auth_hmacsha256_init(&st, key, keylen);
	for (size_t i = 0; i < count; i++)
		crypto_auth_hmacsha256_update(&st, (const uint8_t *)parts[i].p, parts[i].n);
	crypto_auth_hmacsha256_final(&st, out);
	sodium_memzero(&st, sizeof(st));
}

int
jc_hash_eq(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

/* ---- sealing ---- */

/* The nonce of a sealed box: both public keys, so that one secret never meets one nonce twice. */
static void
seal_nonce(uint8_t nonce[crypto_box_NONCEBYTES], const uint8_t from[32], const uint8_t to[32])
{
	crypto_generichash_state st;

	crypto_generichash_init(&st, NULL, 0, crypto_box_NONCEBYTES);
	crypto_generichash_update(&st, from, 32);
	crypto_generichash_update(&st, to, 32);
	crypto_generichash_final(&st, nonce, crypto_box_NONCEBYTES);
}

int
jc_seal(struct jc_buf *out, const uint8_t to[JC_PK_LEN], const uint8_t secret[32], const void *p, size_t n,
    struct jc_err *err)
{
	uint8_t their[32], mine[32], nonce[crypto_box_NONCEBYTES];
	char *room;
	int rc = 0;

	_Static_assert(JC_SEAL_EXTRA == 32 + crypto_box_MACBYTES, "key and authenticator");
	if (crypto_sign_ed25519_pk_to_curve25519(their, to) != 0 || crypto_scalarmult_base(mine, secret) != 0)
		return jc_err_code(err, JC_EINVAL, "jc_seal");
	if ((room = jc_buf_room(out, JC_SEAL_EXTRA + n)) == NULL)
		return jc_buf_check(out, "jc_seal", err);
	seal_nonce(nonce, mine, their);
	memcpy(room, mine, 32);
	if (crypto_box_easy((uint8_t *)room + 32, p, n, nonce, their, secret) != 0) {
		out->len -= JC_SEAL_EXTRA + n;
		rc = jc_err_code(err, JC_EINVAL, "jc_seal");
	}
	return rc;
}

static int
unseal(char *room, const uint8_t sk[64], const uint8_t *from, size_t n)
{
	uint8_t secret[32], mine[32], nonce[crypto_box_NONCEBYTES];
	int rc = JC_EFORMAT;

	if (crypto_sign_ed25519_sk_to_curve25519(secret, sk) == 0 && crypto_scalarmult_base(mine, secret) == 0) {
		seal_nonce(nonce, from, mine);
		rc = crypto_box_open_easy((uint8_t *)room, from + 32, n - 32, nonce, from, secret) != 0 ? JC_EFORMAT : 0;
	}
	sodium_memzero(secret, sizeof(secret));
	return rc;
}

int
jc_unseal(struct jc_buf *out, const struct jc_key *key, const void *p, size_t n, struct jc_err *err)
{
	uint8_t pk[JC_PK_LEN], sk[64];
	char *room;
	int rc;

	if (n < JC_SEAL_EXTRA)
		return jc_err_code(err, JC_EFORMAT, "jc_unseal");
	if ((room = jc_buf_room(out, n - JC_SEAL_EXTRA)) == NULL)
		return jc_buf_check(out, "jc_unseal", err);
	rc = unseal(room, key->sk, p, n);
	for (unsigned i = key->n; rc < 0 && i-- > 0;) /* to one that has been replaced since */
		if (i != key->at) {
			crypto_sign_seed_keypair(pk, sk, key->seed[i]);
			rc = unseal(room, sk, p, n);
			sodium_memzero(sk, sizeof(sk));
		}
	if (rc == 0)
		return 0;
	out->len -= n - JC_SEAL_EXTRA;
	return jc_err_code(err, JC_EFORMAT, "jc_unseal");
}

/* ---- record ids ---- */

void
jc_record_id_key(jc_id out, const uint8_t idkey[32], const char *kind, const char *key, size_t n)
{
	struct jc_slice parts[] = {{"key", 4}, {kind, strlen(kind) + 1}, {key, n}};
	uint8_t hash[JC_HASH_LEN];

	jc_hmac(hash, idkey, 32, parts, 3);
	jc_id_from_hash(out, hash);
}

void
jc_record_id_person(jc_id out, const uint8_t idkey[32], const char *kind, const char *number, size_t nn, const char *name,
    size_t namelen)
{
	struct jc_slice parts[] = {{"person", 7}, {kind, strlen(kind) + 1}, {number, nn}, {"", 1}, {name, namelen}};
	uint8_t hash[JC_HASH_LEN];

	jc_hmac(hash, idkey, 32, parts, 5);
	jc_id_from_hash(out, hash);
}
