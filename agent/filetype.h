/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What an attached file is: told by its bytes, never by its name alone, from a short list; and pictures
 * without what they should not carry: JPEG and PNG lose every block but those needed to show them, so no
 * place, no device, no thumbnail of what was cut away. Pure functions on buffers.
 */
#ifndef JC_AGENT_FILETYPE_H
#define JC_AGENT_FILETYPE_H

#include "../schema/schema_buf.h"

struct jc_filetype {
	const char *word;          /* jpg, png, pdf, docx, xlsx, wps, et */
	const char *mime;
	const char *const *ends;   /* endings that people give such files, NULL-terminated */
	int picture;
};

/* By name and bytes. JC_EINVAL says what is wrong: not of the list, damaged, or another thing than its name
 * says. The result is static. */
int jc_filetype_find(const struct jc_filetype **out, const char *name, const void *p, size_t n, struct jc_err *err);

/* What a picture said of itself before it was stripped. */
struct jc_picture {
	unsigned width, height;
	unsigned turn;             /* EXIF orientation, 1 to 8 */
	char taken[11];            /* YYYY-MM-DD, or "" */
};
/* Fills `out` (reset first) with the same picture, only what is needed to show it the right way up. Bytes
 * behind its end are left out. JC_EINVAL: it is damaged. */
int jc_picture_strip_jpeg(struct jc_buf *out, struct jc_picture *about, const void *p, size_t n, struct jc_err *err);
int jc_picture_strip_png(struct jc_buf *out, struct jc_picture *about, const void *p, size_t n, struct jc_err *err);

/* A JPEG without EXIF, with the orientation noted in it; out is reset first. JC_EINVAL. */
int jc_picture_turn(struct jc_buf *out, const void *p, size_t n, unsigned turn, struct jc_err *err);

#endif
