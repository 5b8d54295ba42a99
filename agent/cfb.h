/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Compound files, in which .xls and old documents lie: takes a stream out. Pure. */
#ifndef JC_AGENT_CFB_H
#define JC_AGENT_CFB_H

#include "../schema/schema_buf.h"

#define JC_CFB_STREAM_MAX ((size_t)128 << 20)

/* Appends the stream of one of these names (NULL-terminated list). JC_EFORMAT: no compound file, or a
 * damaged one; JC_ENOTFOUND: no such stream; JC_ELIMIT, JC_ENOMEM. */
int jc_cfb_stream(struct jc_buf *out, const char *p, size_t n, const char *const *names, struct jc_err *err);

#endif
