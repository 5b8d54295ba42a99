/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What a person types into the search box against what stands in records, and the rules about duplicates:
 * any bytes, any lengths. The first byte says where the query ends. */
#include <stdlib.h>
#include <string.h>

#include "../../sync/search.h"
#include "schema_pinyin.h"
#include "sync_dup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
compare(struct jc_slice a, struct jc_slice b)
{
	struct jc_dup_person p = {.name = a, .number = a, .birth = b, .gender = a, .mobile = b, .village = a};
	struct jc_dup_person q = {.name = b, .number = b, .birth = a, .gender = a, .mobile = b, .village = b};
	struct jc_dup one, other;
	uint8_t key[JC_MATCH_LEN], secret[32] = {0};

	jc_dup_person(&one, &p, &q);
	jc_dup_person(&other, &q, &p);
	if (one.rule != other.rule || one.score != other.score)
		abort();
	if (jc_dup_name_alike(a, b) != jc_dup_name_alike(b, a))
		abort();
	jc_match_key(key, secret, a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char query[256];
	struct jc_slice a, b;
	struct jc_words w;
	struct jc_buf words;
	size_t at;

	if (n < 2)
		return 0;
	at = 1 + data[0] % (n < 200 ? n : 200);
	a = (struct jc_slice){(const char *)data + 1, at - 1};
	b = (struct jc_slice){(const char *)data + at, n - at};
	memcpy(query, a.p, a.n);
	query[a.n] = '\0';
	jc_buf_init(&words, 1u << 24);
	jc_words_put(&words, JC_FOUND_NAME, b.p, b.n);
	jc_words_put(&words, JC_FOUND_CODE, b.p, b.n);
	if (!words.failed && jc_words_parse(&w, query) == 0)
		(void)jc_words_fit(&w, words.data, words.len);
	jc_buf_reset(&words);
	jc_dup_core(&words, b);
	jc_pinyin_key(&words, b.p, b.n);
	jc_buf_free(&words);
	compare(a, b);
	return 0;
}
