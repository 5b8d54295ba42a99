/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Self-check: runs the numbered invariants in order and calls back per finding. Read-only. The same
 * numbers stand in the documentation (FORMAT names the rules, verify.c the numbers).
 */
#ifndef JC_SYNC_VERIFY_H
#define JC_SYNC_VERIFY_H

#include "sync_log.h"

struct jc_finding {
	int number;          /* of the invariant */
	const char *title;   /* what it says, in the thread's language */
	char what[160];      /* object, ref or record concerned */
	char advice[256];    /* what to do */
};

struct jc_verify_report {
	int64_t commits, ops, records, findings;
};

/* 0 when it ran to the end (look at report->findings), or the error that stopped it. Long work:
 * progress(arg, done, total) may be NULL, its non-zero answer cancels (JC_ECANCELLED). */
int jc_verify(struct jc_log *log, void (*found)(void *arg, const struct jc_finding *f), void *arg,
    int (*progress)(void *arg, int64_t done, int64_t total), struct jc_verify_report *report, struct jc_err *err);

#endif
