/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The list of who saw full numbers of people: every print, export or display of them leaves one line on
 * this PC: when, who, what, of how many; never a number or a name. Nothing deletes from it.
 */
#ifndef JC_AGENT_AUDIT_H
#define JC_AGENT_AUDIT_H

#include <jansson.h>

#include "../schema/schema_db.h"

struct jc_audit {
	int64_t no, time; /* wall seconds */
	const char *who;  /* login name of the operating system; borrowed */
	const char *act;  /* "print", "export", "show", "report" */
	const char *what; /* form, kind or report */
	int64_t count;
};

/* Adds a line, in a transaction of its own or in the caller's. Fails before anything was shown. */
int jc_audit_add(struct jc_db *db, const char *act, const char *what, int64_t count, struct jc_err *err);

/* The newest first, at most `limit` (0: all); the callback's non-zero answer stops and is given back. */
int jc_audit_each(struct jc_db *db, int64_t limit, int (*each)(void *arg, const struct jc_audit *a), void *arg,
    struct jc_err *err);

#endif
