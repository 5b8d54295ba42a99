/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Sticks in one process: files are buffers, a folder of them is a list. */
#ifndef JC_TESTS_LIB_STICKS_H
#define JC_TESTS_LIB_STICKS_H

#include "county.h"
#include "sync_bundle.h"

struct stick {
	struct jc_buf *file;
	struct jc_slip *slip;
	size_t n;
};

/* Writes all parts; device NULL: a branch's request. The former files are gone. */
void stick_write(struct stick *s, struct test_node *from, const char *device);
/* Reads all files in order; the slip of the last. Fails the test on an error. */
void stick_read(struct test_node *at, const struct stick *s, struct jc_slip *slip);
void stick_free(struct stick *s);

/* A fresh PC joins the branch by files alone. */
void stick_join(struct county *c, struct test_node *pc, const char *branch);
/* There and back once: the PC's request to the hub, the answer to the PC. */
void stick_round(struct county *c, struct test_node *pc);

#endif
