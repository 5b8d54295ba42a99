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

struct jc_verify_options {
	/* Called per finding; NULL: only counted. */
	void (*found)(void *arg, const struct jc_finding *f);
	/* Long work: may be NULL, a non-zero answer cancels (JC_ECANCELLED). */
	int (*progress)(void *arg, int64_t done, int64_t total);
	/* Invariant 17: folds a record anew and says whether the tables agree. NULL: not checked, for verify
	 * knows the log and not the projection. */
	int (*record)(void *arg, int64_t rec, int *same, struct jc_err *err);
	int64_t every;       /* check every n-th record; 0 or 1: all */
	void *arg;           /* of all three */
};

/* Number of invariants, and what each says in the thread's language (from 1); NULL past the end. */
#define JC_VERIFY_RULES 18
const char *jc_verify_title(int number);

/* 0 when it ran to the end (look at report->findings), or the error that stopped it. */
int jc_verify(struct jc_log *log, const struct jc_verify_options *o, struct jc_verify_report *report,
    struct jc_err *err);

#endif
