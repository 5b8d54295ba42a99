/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Three texts of strangers put together: whatever they are, it ends, and what only one side changed is that side's. */
#include <stdlib.h>
#include <string.h>

#include "sync_suggest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct jc_slice all = {(const char *)data, n}, one = {(const char *)data, n / 3}, two = {(const char *)data + n / 3, n / 3};
	struct jc_buf out;
	int clean;

	for (size_t i = 0; i < n; i++)
		if (data[i] < 2)
			return 0;
	jc_buf_init(&out, 16u << 20);
	if (jc_merge_text(&out, &clean, one, two, all, NULL) < 0)
		abort();
	jc_buf_reset(&out);
	if (jc_merge_text(&out, &clean, one, one, all, NULL) < 0 || !clean || out.len != n || (n > 0 && memcmp(out.data, data, n) != 0))
		abort();
	jc_buf_free(&out);
	return 0;
}
