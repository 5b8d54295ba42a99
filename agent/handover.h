/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Handing over by stick: the files of sync_bundle.h written to a folder and read from one, with their
 * 交接单. One thread; blocking.
 */
#ifndef JC_AGENT_HANDOVER_H
#define JC_AGENT_HANDOVER_H

#include "../sync/sync_bundle.h"
#include "stick.h"

/* One file that was written or read. */
struct jc_handed {
	char path[JC_STICK_PATH];
	struct jc_slip slip;
	struct jc_err err;         /* of reading: why it was not taken, code 0: it was */
	int written;               /* 1 written, 0 read */
};

/* A list of them; freed with jc_handover_free. */
struct jc_handover {
	struct jc_handed *file;
	size_t n;
	size_t others;             /* files of the folder that are for other computers */
};
void jc_handover_free(struct jc_handover *h);

/*
 * Writes what there is for the hub above (device NULL) or for a device of this hub: all parts, or none.
 * Appends to h. Errors of jc_bundle_begin and jc_stick_write.
 */
int jc_handover_write(struct jc_handover *h, struct jc_node *node, const struct jc_stick *s, const char *device,
    struct jc_err *err);
/* Writes the file that asks to join with a code. */
int jc_handover_join(struct jc_handover *h, struct jc_node *node, const struct jc_stick *s, const char *code,
    struct jc_err *err);

/*
 * Reads one file, or all of a folder in the order of their names (those that rest on another one a second
 * time). Appends to h what was read. JC_ENOTFOUND: nothing there for this computer. The error of the one
 * file, when one was named; of a folder the errors stand in the list.
 */
int jc_handover_read(struct jc_handover *h, struct jc_node *node, const char *path, struct jc_err *err);

/* Hub: answers everybody of whom a file in h was read, into the folder. Failing leaves what was read. */
int jc_handover_answer(struct jc_handover *h, struct jc_node *hub, const struct jc_stick *s, struct jc_err *err);

#endif
