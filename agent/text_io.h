/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Text files as people save them: UTF-8 with or without a mark, UTF-16 with one, GB18030. The only file
 * with iconv. What comes out is valid UTF-8 without a mark.
 */
#ifndef JC_AGENT_TEXT_IO_H
#define JC_AGENT_TEXT_IO_H

#include "../schema/schema_buf.h"

#define JC_TEXT_IO_MAX ((size_t)256 << 20)

/*
 * Reads a whole text file; *out is freed with jc_buf_free. *encoding (may be NULL) names what it was in.
 * JC_ENOTFOUND; JC_EFORMAT: a spreadsheet or other binary file, or neither UTF-8 nor GB18030 (the message
 * names the line); JC_ELIMIT; JC_EIO.
 */
int jc_text_io_read(struct jc_buf *out, const char **encoding, const char *path, struct jc_err *err);

/* A whole file as it is; *bytes is free()d by the caller. JC_ENOTFOUND, JC_ELIMIT, JC_EIO. */
int jc_text_io_bytes(char **bytes, size_t *n, const char *path, struct jc_err *err);

/* As jc_text_io_read, for bytes in memory. */
int jc_text_io_decode(struct jc_buf *out, const char **encoding, const char *p, size_t n, struct jc_err *err);

#endif
