/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A file that is whole or not there: written under another name, synced, renamed. What stood under the
 * name is replaced only at the end.
 */
#ifndef JC_AGENT_OUTFILE_H
#define JC_AGENT_OUTFILE_H

#include "../schema/schema_buf.h"

struct jc_outfile {
	char path[4096], part[4104];
	struct jc_buf buf; /* write into it; jc_outfile_flush empties it */
	int fd;
};

/* JC_EIO: it cannot be made. Ended with jc_outfile_end in any case but an error here. */
int jc_outfile_open(struct jc_outfile *f, const char *path, int mode, struct jc_err *err);
/* Writes the buffer out when it is large, or in any case with `all`. JC_EIO, JC_EFULL. */
int jc_outfile_flush(struct jc_outfile *f, int all, struct jc_err *err);
/* ok: flushes, syncs and renames; else takes the part away. */
int jc_outfile_end(struct jc_outfile *f, int ok, struct jc_err *err);

/* For a file that a library wrote: syncs `part` and gives it the name `path`. JC_EIO. */
int jc_outfile_place(const char *part, const char *path, struct jc_err *err);

#endif
