/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Photographs made small enough for a bad line: at most 1,600 pixels a side and 300 KB. The only file
 * with libjpeg-turbo. It decodes only what a person at this computer attaches, never what came over the
 * line, and only after the walk of filetype.c.
 */
#ifndef JC_AGENT_PICTURE_H
#define JC_AGENT_PICTURE_H

#include "../schema/schema_buf.h"

#define JC_PICTURE_SIDE 1600u
#define JC_PICTURE_BYTES (300u << 10)

/* Makes a JPEG that is too large smaller; out is reset first. `turn` is kept as it was. JC_EINVAL: it cannot be
 * decoded. JC_ENOMEM. */
int jc_picture_reduce(struct jc_buf *out, const void *p, size_t n, unsigned turn, struct jc_err *err);

#endif
