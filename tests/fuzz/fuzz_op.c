/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A payload that is read is written again to the same bytes; its summary and content hashes work. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sync_op.h"
#include "sync_sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
once(const char *p, size_t n, int drafts)
{
	struct jc_ops_reader *r;
	struct jc_opctx ctx = {0};
	uint8_t content[JC_HASH_LEN];
	struct jc_buf out;
	struct jc_op op;
	int rc;

	if (jc_ops_reader_new(&r, drafts, NULL) < 0)
		return;
	jc_buf_init(&out, 1 << 20);
	jc_ops_begin(r, p, n);
	while ((rc = jc_ops_next(r, &op, NULL)) == 1) {
		jc_op_content(content, &op);
		if (jc_op_write(&out, &op, &ctx, NULL) < 0)
			abort();
	}
	if (rc == 0 && !drafts && (out.failed || out.len != n || (n != 0 && memcmp(out.data, p, n) != 0)))
		abort();
	if (rc == 0 && !drafts) {
		jc_buf_reset(&out);
		if (jc_ops_summary(&out, p, n, NULL) < 0 || out.len == 0 || out.len > 200)
			abort();
	}
	jc_buf_free(&out);
	jc_ops_reader_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready;

	if (!ready && jc_sign_init(NULL) < 0)
		return 0;
	ready = 1;
	if (size > 32768)
		return 0;
	once((const char *)data, size, 0);
	once((const char *)data, size, 1);
	return 0;
}
