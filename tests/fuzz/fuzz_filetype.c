/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Attached files as a stranger would make them: told apart and stripped. Stripping twice is stripping once. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filetype.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
strip(int (*how)(struct jc_buf *, struct jc_picture *, const void *, size_t, struct jc_err *), const char *p, size_t n)
{
	struct jc_picture a, b;
	struct jc_buf once, twice;

	jc_buf_init(&once, 1 << 20);
	jc_buf_init(&twice, 1 << 20);
	if (how(&once, &a, p, n, NULL) == 0) {
		if (once.len > n + 36 || how(&twice, &b, once.data, once.len, NULL) != 0 || twice.len != once.len ||
		    memcmp(once.data, twice.data, once.len) != 0 || a.width != b.width || a.turn != b.turn || b.taken[0] != '\0')
			abort();
	}
	jc_buf_free(&once);
	jc_buf_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"a.jpg", "b.PNG", "c.pdf", "d.docx", "e.xlsx", "f.wps", "g.et", "h.exe"};
	const struct jc_filetype *type;
	char *exact = malloc(size + 1); /* a read past its end is seen by the sanitizer */

	if (exact == NULL || size > 1 << 18) {
		free(exact);
		return 0;
	}
	memcpy(exact, data, size);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (jc_filetype_find(&type, names[i], exact, size, NULL) == 0 && i == 7)
			abort();
	strip(jc_picture_strip_jpeg, exact, size);
	strip(jc_picture_strip_png, exact, size);
	free(exact);
	return 0;
}
