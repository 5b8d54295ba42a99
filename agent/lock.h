/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One `serve` per data folder. The system drops the lock when the process ends, however it ends, so a
 * crash never leaves a folder shut. Ordinary commands do not take it: SQLite keeps them apart.
 */
#ifndef JC_AGENT_LOCK_H
#define JC_AGENT_LOCK_H

#include "../schema/schema_err.h"

struct jc_lock {
	int fd; /* -1 when not held */
};

/* JC_ELOCKED: another process has it. The file stays behind after release; it means nothing by itself. */
int jc_lock_take(struct jc_lock *out, const char *dir, struct jc_err *err);
/* 1 when a process has it. */
int jc_lock_held(const char *dir);
void jc_lock_release(struct jc_lock *lock);

#endif
