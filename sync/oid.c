/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Object ids. The hash is libgit2's, which refuses bytes that were made to collide. */
#include "sync_codec.h"

#include <stdatomic.h>
#include <string.h>

#include <git2.h>

/*
 * libgit2 hashes without being started, but to say that it will not, it needs its thread state: a
 * hostile object would end the process. Starting it is counted, so twice does no harm.
 */
void
jc_git_ready(void)
{
	static atomic_int started;

	if (atomic_load_explicit(&started, memory_order_acquire) == 0) {
		git_libgit2_init();
		atomic_store_explicit(&started, 1, memory_order_release);
	}
}

int
jc_oid_of(struct jc_oid *out, enum jc_objtype type, const void *body, size_t n)
{
	git_oid id;

	jc_git_ready();
	if (git_odb_hash(&id, body, n, (git_object_t)type) != 0)
		return JC_EFORMAT; /* git_odb_hash() fails for nothing else */
	memcpy(out->b, id.id, JC_OID_LEN);
	return 0;
}

void
jc_oid_hex(char out[JC_OID_HEX + 1], const struct jc_oid *oid)
{
	static const char HEX[] = "0123456789abcdef";

	for (int i = 0; i < JC_OID_LEN; i++) {
		out[2 * i] = HEX[oid->b[i] >> 4];
		out[2 * i + 1] = HEX[oid->b[i] & 15];
	}
	out[JC_OID_HEX] = '\0';
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
jc_oid_parse(struct jc_oid *out, const char *s, size_t n)
{
	if (n != JC_OID_HEX)
		return JC_EFORMAT;
	for (int i = 0; i < JC_OID_LEN; i++) {
		int hi = nibble(s[2 * i]), lo = nibble(s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return JC_EFORMAT;
		out->b[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}

int
jc_oid_cmp(const struct jc_oid *a, const struct jc_oid *b)
{
	return memcmp(a->b, b->b, JC_OID_LEN);
}

int
jc_oid_is_null(const struct jc_oid *oid)
{
	static const struct jc_oid none;

	return jc_oid_cmp(oid, &none) == 0;
}

const char *
jc_objtype_word(int type)
{
	static const char *const WORDS[] = {NULL, "commit", "tree", "blob", "tag"};

	return type >= 1 && type <= 4 ? WORDS[type] : NULL;
}
