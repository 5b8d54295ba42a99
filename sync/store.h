/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to store.c, odb_sqlite.c and refdb_sqlite.c: the two backends of one scope. */
#ifndef JC_STORE_H
#define JC_STORE_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/refdb_backend.h>

#include "sync_log.h"

/* Made by these, freed by libgit2 once it has taken them over. GIT_ERROR-style results. */
int jc_odb_sqlite_new(git_odb_backend **out, struct jc_log *log, int64_t scope);
int jc_refdb_sqlite_new(git_refdb_backend **out, struct jc_log *log, int64_t scope);

/* Our error as a code of libgit2, with its sentence as the thread's git error. A busy database, a damaged
 * object and a missing one stay three different codes. */
int jc_store_to_git(const struct jc_err *err);

#endif
