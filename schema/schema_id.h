/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Ids. Every id that people or files see (network, scope, device, run, chain, batch, record) is 60
 * bits as 12 characters of Crockford's base32 in lower case: short, because ids are half of a first
 * upload, and readable over a telephone. Pure; any thread; nothing to free.
 */
#ifndef JC_SCHEMA_ID_H
#define JC_SCHEMA_ID_H

#include <stddef.h>
#include <stdint.h>

#include "schema_env.h"
#include "schema_err.h"

#define JC_ID_LEN 12
typedef char jc_id[JC_ID_LEN + 1]; /* NUL-terminated text form */

/* The text of the low 60 bits of `v`. */
void jc_id_from_u64(jc_id out, uint64_t v);

/* The 60-bit value; 0 on success, JC_EINVAL if the n bytes are not exactly one id. */
int jc_id_to_u64(uint64_t *out, const char *s, size_t n);

/* 1 if the n bytes are exactly one well-formed id. */
int jc_id_ok(const char *s, size_t n);

/* The first 60 bits of at least 8 hash bytes (big-endian). */
void jc_id_from_hash(jc_id out, const uint8_t *hash);

/* A fresh random id. JC_EIO when the environment has no randomness. */
int jc_id_random(jc_id out, const struct jc_env *env, struct jc_err *err);

/* Reads an id as people type it (upper case, O for 0, I and L for 1, spaces, hyphens). JC_EINVAL. */
int jc_id_parse(jc_id out, const char *s);

#endif
