/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The one seam to everything outside: clocks, randomness, storage, trace. The program fills it from
 * the operating system (agent/env_os.c); tests fill it from a seed. schema/ and sync/ reach nothing
 * outside by any other way. The struct is read-only once in use and may be shared by threads when
 * its functions may.
 */
#ifndef JC_SCHEMA_ENV_H
#define JC_SCHEMA_ENV_H

#include <stddef.h>
#include <stdint.h>

enum jc_level { JC_TRACE_DEBUG, JC_TRACE_INFO, JC_TRACE_WARN, JC_TRACE_ERROR };

struct jc_env {
	void *ctx;                                        /* first argument of every function below */
	int64_t (*wall_ms)(void *ctx);                    /* Unix time in ms; shown, never decides */
	int64_t (*mono_ms)(void *ctx);                    /* monotonic ms, for limits and timers */
	int (*random)(void *ctx, void *out, size_t n);    /* n random bytes; 0, or -1 on failure */
	/* Sets the wall clock; 0, or an errno (EPERM: needs an administrator). NULL: cannot. */
	int (*wall_set)(void *ctx, int64_t ms);
	const char *vfs;                                  /* SQLite VFS by name, NULL = the default */
	/* One line of trace: a stable event word and `key=value` text without personal data. NULL = off. */
	void (*trace)(void *ctx, enum jc_level level, const char *event, const char *fields);
};

#endif
