/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A copy of a zip with some parts replaced; all others byte for byte as they were, not even unpacked. */
#ifndef JC_AGENT_ZIP_WRITE_H
#define JC_AGENT_ZIP_WRITE_H

#include "../schema/schema_buf.h"

struct jc_zip_part {
	const char *name;      /* exactly as in the zip */
	struct jc_slice bytes;
};

/* Appends the copy. JC_EFORMAT: no zip, or a damaged one; JC_ELIMIT; JC_ENOMEM. */
int jc_zip_write_copy(struct jc_buf *out, const char *p, size_t n, const struct jc_zip_part *parts, size_t nparts,
    struct jc_err *err);

#endif
