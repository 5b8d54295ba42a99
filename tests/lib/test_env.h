/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A deterministic struct jc_env: the same seed gives the same clock readings and random bytes. One
 * environment per thread of a test; nothing outside the process is touched.
 */
#ifndef JC_TESTS_LIB_TEST_ENV_H
#define JC_TESTS_LIB_TEST_ENV_H

#include <stdint.h>

#include "schema_env.h"

/* Wall clock of a new environment: 2026-03-02 08:00:00 in Beijing. */
#define TEST_ENV_WALL INT64_C(1772409600000)

/* A fresh environment; `vfs` is NULL and may be set by the caller. Freed by test_env_free(). */
struct jc_env *test_env_new(uint64_t seed);
void test_env_free(struct jc_env *env);

/* Sets the wall clock, in Unix ms. It stands still between calls. */
void test_env_wall(struct jc_env *env, int64_t ms);

/* Lets both clocks run on by `ms`. The monotonic one also advances 1 ms with every reading. */
void test_env_pass(struct jc_env *env, int64_t ms);

/* From now on randomness fails (on != 0) or works again. */
void test_env_random_fails(struct jc_env *env, int on);

/* Trace lines swallowed so far, and the last one as "level event fields"; "" before the first. */
unsigned test_env_traces(const struct jc_env *env);
const char *test_env_last_trace(const struct jc_env *env);

/* The generator itself, for tests that need a seeded sequence of their own; *state must not be 0. */
uint64_t test_rand(uint64_t *state);

#endif
