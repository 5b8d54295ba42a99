/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to exchange.c, exchange_answer.c and session.c: one request on its way through a hub. */
#ifndef JC_EXCHANGE_H
#define JC_EXCHANGE_H

#include "carry.h"
#include "sync_exchange.h"

#define JC_X_ROOM_MAX (1u << 20)

enum { JC_X_TAKEN, JC_X_STALE, JC_X_REFUSED, JC_X_LATER, JC_X_NOT_YOURS }; /* status of a section */
enum { JC_X_NEWS = 1, JC_X_NOTES = 2, JC_X_PROOF = 4, JC_X_HAVE = 8, JC_X_UPPER = 16, JC_X_MARK = 32 }; /* flags of a section */
#define JC_X_HAVE_MAX 64

struct jc_x_section {
	jc_id id;
	struct jc_scope s;
	int write;                 /* its own commits are welcome here */
	int brought;               /* a scope of a hub below: its city tier, and nothing else */
	uint64_t upper;            /* mark of the notes from farther up that the caller has */
	uint64_t mark;             /* and of our own */
	int status;
	int64_t cursor;
	unsigned flags;
	struct jc_note *proof;     /* a note of ours that the caller holds, NULL */
	uint8_t (*have)[JC_H16];   /* commits here that the caller has, with their chain below them */
	size_t nhave;
	struct jc_carry_in in;
	size_t accepted;
	int64_t *taken;            /* numbers of the accepted commits */
	struct jc_err why;         /* of status refused or later */
};

struct jc_exchange {
	jc_id device, epoch;
	size_t room;
	int64_t budget;
	uint64_t commits;
	struct jc_x_section *section;
	size_t nsections;
	int cut;                   /* the line broke in the middle of it: what is whole counts */
	int ended;                 /* ... and its last whole commit has been read */
	size_t spoilt_section;     /* SIZE_MAX: none. The item whose projection failed: left out of the next try */
	size_t spoilt_item;
};

#endif
