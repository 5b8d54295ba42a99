/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading a zip that lies in memory, as if it were out to fill the machine: a budget for all that is
 * inflated, one for how much a part may swell, one for how many parts there are. The only reader with
 * minizip. Not for several threads.
 */
#ifndef JC_AGENT_ZIP_READ_H
#define JC_AGENT_ZIP_READ_H

#include "../schema/schema_buf.h"

#define JC_ZIP_PARTS_MAX 5000
#define JC_ZIP_TOTAL_MAX ((uint64_t)512 << 20)
#define JC_ZIP_SWELL_FROM ((uint64_t)4 << 20) /* a part larger than this ... */
#define JC_ZIP_SWELL_MAX 300                  /* ... may be so many times its compressed size */

struct jc_zip_read;

/* Opens over borrowed bytes. JC_EFORMAT: no zip, or a damaged one; JC_ELIMIT: too many parts. */
int jc_zip_read_open(struct jc_zip_read **out, const char *p, size_t n, struct jc_err *err);
void jc_zip_read_close(struct jc_zip_read *z);

/* minizip's own handle, for zip_write.c. */
void *jc_zip_read_file(struct jc_zip_read *z);

/* 1 if it has this part; the case of letters does not matter. */
int jc_zip_read_has(struct jc_zip_read *z, const char *name);

/* Calls `each` with the name of every part; stops at and returns its non-zero result. */
int jc_zip_read_names(struct jc_zip_read *z, int (*each)(void *arg, const char *name), void *arg);

/* Inflates a part and gives it in pieces. JC_ENOTFOUND; JC_EFORMAT: damaged; JC_ELIMIT: over a budget. A
 * negative answer of `piece` stops and is returned; it has set err itself. */
int jc_zip_read_each(struct jc_zip_read *z, const char *name, int (*piece)(void *arg, const char *p, size_t n), void *arg,
    struct jc_err *err);

/* The whole part, appended. */
int jc_zip_read_all(struct jc_zip_read *z, struct jc_buf *out, const char *name, struct jc_err *err);

#endif
