/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "schema_id.h"

#include <string.h>

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

void
jc_id_from_u64(jc_id out, uint64_t v)
{
	for (int i = JC_ID_LEN - 1; i >= 0; i--) {
		out[i] = digits[v & 31];
		v >>= 5;
	}
	out[JC_ID_LEN] = '\0';
}

static int
digit(char c)
{
	const char *p = c != '\0' ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) : -1;
}

int
jc_id_to_u64(uint64_t *out, const char *s, size_t n)
{
	uint64_t v = 0;

	if (n != JC_ID_LEN)
		return JC_EINVAL;
	for (size_t i = 0; i < n; i++) {
		int d = digit(s[i]);

		if (d < 0)
			return JC_EINVAL;
		v = v << 5 | (uint64_t)d;
	}
	*out = v;
	return 0;
}

int
jc_id_ok(const char *s, size_t n)
{
	uint64_t v;

	return jc_id_to_u64(&v, s, n) == 0;
}

void
jc_id_from_hash(jc_id out, const uint8_t *hash)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | hash[i];
	jc_id_from_u64(out, v >> 4);
}

int
jc_id_random(jc_id out, const struct jc_env *env, struct jc_err *err)
{
	uint8_t raw[8];

	if (env->random(env->ctx, raw, sizeof(raw)) != 0)
		return jc_err_set(err, JC_EIO, "jc_id_random",
		    JC_T("系统取不到随机数，请重启电脑再试", "The system gives no random numbers; restart the PC and try again"));
	jc_id_from_hash(out, raw);
	return 0;
}

int
jc_id_parse(jc_id out, const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		char c = *s;

		if (c == ' ' || c == '-')
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == 'o')
			c = '0';
		if (c == 'i' || c == 'l')
			c = '1';
		if (n == JC_ID_LEN || digit(c) < 0)
			return JC_EINVAL;
		out[n++] = c;
	}
	out[n] = '\0';
	return n == JC_ID_LEN ? 0 : JC_EINVAL;
}
