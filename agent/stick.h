/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Files on sticks, which lie: they fill up, are pulled out, take minutes, and some claim a capacity that
 * they do not have. A file is written under another name, synced, dropped from the cache, read back and
 * compared; only then it gets its name. What fails leaves nothing behind. Blocking; not on the loop.
 */
#ifndef JC_AGENT_STICK_H
#define JC_AGENT_STICK_H

#include <stddef.h>
#include <stdint.h>

#include "../schema/schema_err.h"

#define JC_STICK_PATH 4096

/* The calls that a stick is reached by; codes are libuv's. NULL members: the system's. For tests. */
struct jc_stick_io {
	void *ctx;
	int (*write)(void *ctx, int fd, const void *p, size_t n);
	int (*sync)(void *ctx, int fd);
	int (*read)(void *ctx, int fd, void *p, size_t n);
};

struct jc_stick {
	const char *dir;
	const struct jc_stick_io *io;          /* NULL: the system's */
	/* Asked between steps with bytes done and in all (writing and reading back); non-zero cancels. May be NULL. */
	int (*progress)(void *arg, int64_t done, int64_t total);
	void *arg;
};

/* Is `dir` a folder with room for `need` bytes? JC_ENOTFOUND, JC_EFULL (says how much is missing). */
int jc_stick_check(const struct jc_stick *s, int64_t need, struct jc_err *err);

/* Writes and verifies; path (JC_STICK_PATH, may be NULL) gets the whole name. A file of that name is not
 * replaced: JC_EEXISTS. JC_EFULL, JC_EIO (pulled, broken, fake capacity), JC_EDENIED (write protected),
 * JC_ECANCELLED; each says what to do. */
int jc_stick_write(char *path, const struct jc_stick *s, const char *name, const void *p, size_t n, struct jc_err *err);

/* Takes a file away that was written a moment ago. */
void jc_stick_drop(const char *path);

/* Names in a folder that end in one of the NULL-terminated `ends`, sorted; freed with jc_stick_names_free. */
int jc_stick_names(char ***names, size_t *n, const char *dir, const char *const *ends, struct jc_err *err);
void jc_stick_names_free(char **names, size_t n);

/* 1 if it is a folder. */
int jc_stick_is_dir(const char *path);

/* A name as any file system of a stick takes it: `out` (128 bytes) from a text for people. */
void jc_stick_name(char out[128], const char *text);

#endif
