/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Sticks (FORMAT 14): the exchange of section 10 in files that are sealed to their receiver and signed
 * by their sender. Bytes in, bytes out; the files themselves are the shell's. Files may be lost, read
 * twice, in any order and after months: what a branch puts on a stick is all that no receipt covers, what
 * a hub answers begins where the branch said it is, and nothing is believed but commits and notes.
 */
#ifndef JC_SYNC_BUNDLE_H
#define JC_SYNC_BUNDLE_H

#include "sync_enrol.h"

#define JC_BUNDLE_MAX (8u << 20)
#define JC_BUNDLE_NAME 128
#define JC_SLIP_KINDS 48

/* What a file is. */
enum jc_bundle_kind {
	JC_BUNDLE_REQUEST = 1,   /* of a branch, to its hub */
	JC_BUNDLE_ANSWER = 2,    /* of a hub, to one device */
	JC_BUNDLE_ENROLLED = 3,  /* of a hub, to a device that asked to join, with its first answer */
	JC_BUNDLE_FILES = 4,     /* of a branch, to its hub: bytes of attachments, after the records */
	JC_BUNDLE_JOIN = 100     /* a request to join; not sealed */
};

/* The 交接单 of one file: what was in it, in counts, for people. */
struct jc_slip {
	enum jc_bundle_kind kind;
	jc_id sender, receiver;       /* device ids; receiver of a request to join: the hub's */
	char name[JC_BUNDLE_NAME + 1]; /* the sender's, for people */
	int64_t counter, part, time;  /* the sender's count of bundles and clock */
	int last;                     /* no further part follows */
	size_t bytes;
	char mark[JC_ID_LEN + 1];     /* of the whole file: the same on both ends, to be compared by eye */
	struct {
		const char *kind;     /* name in the catalogue; "" for kinds of a newer program */
		int64_t records, ops;
	} kinds[JC_SLIP_KINDS];
	size_t nkinds;
	int64_t commits, ops;         /* in the file */
	int64_t fresh;                /* operations that were new to the reader */
	int64_t files;                /* attachments of which it has bytes; reader: that are whole now */
	int64_t notes;                /* receipts that were newer than those known */
	int missing;                  /* reader: some of it rests on a file not read yet */
	int old;                      /* reader: its receipts are of before the hub was restored */
	struct jc_err refused;        /* reader: the first part that was not taken, code 0: none */
};

/*
 * Writing. device NULL: what this node has for the hub above it (drafts are cut first); JC_ESTATE when
 * not joined, or when its enrolment has not arrived yet. Else, at a hub: the answer to what that device
 * asked for on the last stick that was read; JC_ENOTFOUND when it never asked. Takes a number from the
 * node's count. Write transaction of its own. Ended with jc_bundle_end().
 */
struct jc_bundle;
int jc_bundle_begin(struct jc_bundle **out, struct jc_node *node, const char *device, struct jc_err *err);
/* The next file (file is reset first) and its slip; 1, or 0 when there is none. At least one comes. */
int jc_bundle_next(struct jc_bundle *b, struct jc_buf *file, struct jc_slip *slip, struct jc_err *err);
void jc_bundle_end(struct jc_bundle *b);

/*
 * Reads one file, whatever it is, and stores what it brings, in one transaction. The slip is filled as
 * far as the file could be read, also on errors. JC_EDENIED: not for this node, or of a stranger;
 * JC_ESIGNATURE and JC_EFORMAT: damaged (nothing of it is kept); JC_ENEWER. Parts of it that were not
 * taken are no error: see slip.
 */
int jc_bundle_read(struct jc_node *node, const void *file, size_t n, struct jc_slip *slip, struct jc_err *err);

/*
 * Joining without a line: makes the file that goes to the county, for a code that was read out over the
 * telephone. The code is remembered until the answer has been read (jc_bundle_read). JC_EEXISTS: joined
 * already. Write transaction of its own.
 */
int jc_bundle_join(struct jc_buf *file, struct jc_node *node, const char *typed, struct jc_slip *slip,
    struct jc_err *err);

/* Hub: devices that have asked on a stick, in order of their number; branch = name of the scope. The
 * callback's non-zero answer stops. */
int jc_bundle_askers(struct jc_node *hub, int (*each)(void *arg, const char *device, const char *branch, int64_t time),
    void *arg, struct jc_err *err);

#endif
