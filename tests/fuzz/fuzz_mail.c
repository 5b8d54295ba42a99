/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What a git server answers and what lies in a mailbox: any bytes. The first byte says which message it is. What is read
 * as refs or as a receipt must be of the one form. */
#include <stdlib.h>
#include <string.h>

#include "sync_mailbox.h"
#include "sync_note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
refs(const void *p, size_t n)
{
	struct jc_mail m = {0};

	if (jc_mail_git_refs(&m, p, n, NULL) == 0)
		for (size_t i = 0; i < m.there.n; i++) {
			const char *name = m.there.v[i].name;

			if ((strncmp(name, "refs/chains/", 12) != 0 && strncmp(name, "refs/jiceng/notes/", 18) != 0) ||
			    strstr(name, "branch") != NULL || strlen(name) >= JC_MAIL_NAME || jc_oid_is_null(&m.there.v[i].oid))
				abort();
		}
	jc_mail_end(&m);
}

static void
pack(const void *p, size_t n)
{
	struct jc_slice got;

	if (jc_mail_git_pack(&got, p, n, NULL) == 0 && (got.n < 4 || memcmp(got.p, "PACK", 4) != 0))
		abort();
}

static void
note(const void *p, size_t n)
{
	struct jc_note *one = calloc(1, sizeof(*one));
	struct jc_buf text;

	jc_buf_init(&text, 1u << 20);
	if (one != NULL && jc_note_read(one, (struct jc_slice){p, n}) == 0) {
		jc_note_text(&text, one);
		if (text.len != n || memcmp(text.data, p, n) != 0)
			abort();
	}
	jc_buf_free(&text);
	free(one);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	switch (data[0] % 4) {
	case 0: refs(data + 1, n - 1); break;
	case 1: pack(data + 1, n - 1); break;
	case 2: (void)jc_mail_git_report(data + 1, n - 1, NULL); break;
	default: note(data + 1, n - 1);
	}
	return 0;
}
