/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * libgit2 over the database: opens a git_repository whose objects and refs are those of one scope
 * (LIBGIT2.md section 1). Every write joins the caller's transaction. A missing object, a damaged
 * one and a busy database are three different codes. One repository per connection and thread;
 * store.c, odb_sqlite.c and refdb_sqlite.c are the only files that call libgit2 for storage.
 */
#ifndef JC_SYNC_STORE_H
#define JC_SYNC_STORE_H

#include "sync_log.h"

struct git_repository;

/* Once per process: git_libgit2_init and options (object cache off, search paths empty, limits). */
int jc_store_init(struct jc_err *err);
void jc_store_shutdown(void);

/* Borrowed handle inside *out; freed by jc_store_close, before the database is closed. */
struct jc_store;
int jc_store_open(struct jc_store **out, struct jc_log *log, int64_t scope, struct jc_err *err);
void jc_store_close(struct jc_store *st);
struct git_repository *jc_store_repo(struct jc_store *st);

/*
 * Writes a stock bare repository `dir` (must not exist, JC_EEXISTS) with all objects and refs of the
 * scope, HEAD on refs/heads/main. Appends to `allowed` what an allowed-signers file must hold for
 * `git verify-commit`; the caller writes it to a file (gpg.ssh.allowedSignersFile), because sync/ opens
 * none. Progress counts objects and may be NULL; its non-zero answer cancels (JC_ECANCELLED), and what
 * was written of `dir` stays for the caller to remove.
 */
int jc_store_export(struct jc_log *log, int64_t scope, const char *dir, struct jc_buf *allowed,
    int (*progress)(void *arg, int64_t done, int64_t total), void *arg, struct jc_err *err);

/* Three-way merge of long texts by git_merge_file; 1 clean, 0 with conflict marks, or an error. */
int jc_store_merge_text(struct jc_buf *out, struct jc_slice base, struct jc_slice a, struct jc_slice b,
    struct jc_err *err);

#endif
