/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The line of a hub's keys (FORMAT 23): statements made, written, read and checked. Pure. */
#include "sync_succession.h"

#include <stdio.h>
#include <string.h>

#define NAMESPACE "jiceng-succession"
#define STEP (JC_PK_LEN + JC_SIG_LEN)

/* jiceng-succession 0 LF hub <id> LF no <n> LF old <b64> LF new <b64> LF */
static void
statement(struct jc_buf *b, const jc_id id, int64_t no, const uint8_t old[JC_PK_LEN], const uint8_t next[JC_PK_LEN])
{
	jc_buf_init(b, 512);
	jc_buf_putf(b, "jiceng-succession 0\nhub %s\nno %lld\nold ", id, (long long)no);
	jc_buf_b64(b, old, JC_PK_LEN);
	jc_buf_puts(b, "\nnew ");
	jc_buf_b64(b, next, JC_PK_LEN);
	jc_buf_putc(b, '\n');
}

void
jc_succession_sign(uint8_t sig[JC_SIG_LEN], const struct jc_key *old, int64_t no, const uint8_t next[JC_PK_LEN])
{
	struct jc_buf b;

	memset(sig, 0, JC_SIG_LEN);
	statement(&b, old->id, no, old->pk, next);
	if (!b.failed) /* else what stands there proves nothing */
		jc_sign(sig, old, NAMESPACE, b.data, b.len);
	jc_buf_free(&b);
}

int
jc_succession_ok(const jc_id id, int64_t no, const uint8_t old[JC_PK_LEN], const uint8_t next[JC_PK_LEN],
    const uint8_t sig[JC_SIG_LEN])
{
	struct jc_buf b;
	int ok;

	statement(&b, id, no, old, next);
	ok = !b.failed && jc_sign_ok(sig, old, NAMESPACE, b.data, b.len);
	jc_buf_free(&b);
	return ok;
}

void
jc_succession_of(struct jc_keys *out, const struct jc_key *key)
{
	struct jc_key old = *key;

	memset(out, 0, sizeof(*out));
	memcpy(out->id, key->id, sizeof(out->id));
	for (unsigned i = 0; i <= key->at && i < key->n; i++) {
		jc_key_public(out->key[i], key, i);
		if (i > 0) {
			jc_key_use(&old, i - 1);
			jc_succession_sign(out->sig[i], &old, i, out->key[i]);
		}
		out->n = i + 1;
	}
	jc_key_wipe(&old);
}

void
jc_succession_put(struct jc_buf *b, const struct jc_keys *keys)
{
	jc_buf_put(b, keys->key[0], JC_PK_LEN);
	for (size_t i = 1; i < keys->n; i++) {
		jc_buf_put(b, keys->key[i], JC_PK_LEN);
		jc_buf_put(b, keys->sig[i], JC_SIG_LEN);
	}
}

int
jc_succession_place(const struct jc_keys *keys, const uint8_t pk[JC_PK_LEN])
{
	for (size_t i = 0; i < keys->n; i++)
		if (memcmp(keys->key[i], pk, JC_PK_LEN) == 0)
			return (int)i;
	return -1;
}

int
jc_succession_read(struct jc_keys *out, const void *p, size_t n)
{
	const uint8_t *at = p;
	size_t count = n < JC_PK_LEN ? 0 : 1 + (n - JC_PK_LEN) / STEP;

	memset(out, 0, sizeof(*out));
	if (count == 0 || count > JC_KEYS_MAX || n != JC_PK_LEN + (count - 1) * STEP)
		return JC_EFORMAT;
	memcpy(out->key[0], at, JC_PK_LEN);
	jc_device_id(out->id, at);
	at += JC_PK_LEN;
	for (out->n = 1; out->n < count; out->n++, at += STEP) {
		if (jc_succession_place(out, at) >= 0)
			return JC_EFORMAT;
		memcpy(out->key[out->n], at, JC_PK_LEN);
		memcpy(out->sig[out->n], at + JC_PK_LEN, JC_SIG_LEN);
		if (!jc_succession_ok(out->id, (int64_t)out->n, out->key[out->n - 1], at, at + JC_PK_LEN))
			return JC_ESIGNATURE;
	}
	return 0;
}

int
jc_succession_said(int64_t *no, uint8_t pk[JC_PK_LEN], uint8_t sig[JC_SIG_LEN], const struct jc_op *op)
{
	struct jc_slice next = jc_op_text(op, "next"), proof = jc_op_text(op, "proof"), number = jc_op_text(op, "no");

	*no = 0;
	for (size_t i = 0; i < number.n && i < 3; i++)
		*no = number.p[i] >= '0' && number.p[i] <= '9' ? *no * 10 + number.p[i] - '0' : 1000;
	return op->verb == JC_V_DEVICE && number.n != 0 && number.n < 3 && *no < JC_KEYS_MAX &&
	    jc_b64_decode(pk, JC_PK_LEN, next.p, next.n) == JC_PK_LEN &&
	    jc_b64_decode(sig, JC_SIG_LEN, proof.p, proof.n) == JC_SIG_LEN;
}
