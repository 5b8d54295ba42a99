/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Bytes that the canonical reader accepts are written again to the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schema_canon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
comma(struct jc_buf *b)
{
	char last = b->len != 0 ? b->data[b->len - 1] : '{';

	if (last != '{' && last != '[' && last != ':')
		jc_buf_putc(b, ',');
}

static int
write_again(struct jc_buf *out, const char *p, size_t n)
{
	struct jc_buf scratch;
	struct jc_slice s;
	struct jc_canon c;
	enum jc_tok t;

	jc_buf_init(&scratch, 1 << 20);
	jc_canon_init(&c, p, n);
	while ((t = jc_canon_next(&c)) > JC_TOK_END) {
		if (t != JC_TOK_OBJ_END && t != JC_TOK_ARR_END)
			comma(out);
		jc_buf_reset(&scratch);
		if ((t == JC_TOK_KEY || t == JC_TOK_STR) && jc_canon_text(&s, c.raw, &scratch) < 0)
			abort();
		if (t == JC_TOK_KEY || t == JC_TOK_STR)
			jc_canon_str(out, s.p, s.n);
		if (t == JC_TOK_KEY)
			jc_buf_putc(out, ':');
		if (t == JC_TOK_INT)
			jc_canon_int(out, c.num);
		if (t == JC_TOK_TRUE || t == JC_TOK_FALSE || t == JC_TOK_NULL)
			jc_buf_puts(out, t == JC_TOK_TRUE ? "true" : t == JC_TOK_FALSE ? "false" : "null");
		if (t == JC_TOK_OBJ || t == JC_TOK_ARR)
			jc_buf_putc(out, t == JC_TOK_OBJ ? '{' : '[');
		if (t == JC_TOK_OBJ_END || t == JC_TOK_ARR_END)
			jc_buf_putc(out, t == JC_TOK_OBJ_END ? '}' : ']');
	}
	jc_buf_free(&scratch);
	return t;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct jc_buf out;

	if (size > 16384)
		return 0;
	jc_buf_init(&out, 1 << 20);
	if (write_again(&out, (const char *)data, size) == JC_TOK_END &&
	    (out.failed || out.len != size || memcmp(out.data, data, size) != 0))
		abort();
	jc_buf_free(&out);
	return 0;
}
