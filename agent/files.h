/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Small whole files (keys, certificates), read and replaced durably. Blocking; not on the loop. */
#ifndef JC_AGENT_FILES_H
#define JC_AGENT_FILES_H

#include <stddef.h>

#include "../schema/schema_err.h"

/* *out is malloc'ed and NUL-terminated; the caller frees it. JC_ENOTFOUND: no such file. JC_ELIMIT: longer
 * than max. JC_EIO. */
int jc_files_read(char **out, size_t *n, const char *path, size_t max, struct jc_err *err);

/* Writes a file whole or not at all: temporary file beside it, fsync, rename, fsync of the folder. */
int jc_files_write(const char *path, const void *p, size_t n, int mode, struct jc_err *err);

/* Takes a file away; none there, or not to be taken away, is fine. */
void jc_files_drop(const char *path);

/* Makes a folder and those above it; there already is fine. */
int jc_files_mkdirs(const char *path, int mode, struct jc_err *err);

#endif
