/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "test_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_env {
	struct jc_env env; /* first: test_env_*() get it back by a cast */
	uint64_t state;
	int64_t wall;
	int64_t mono;
	int random_fails;
	unsigned traces;
	char last[512];
};

uint64_t
test_rand(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

static int64_t
wall(void *ctx)
{
	return ((struct test_env *)ctx)->wall;
}

static int64_t
mono(void *ctx)
{
	return ++((struct test_env *)ctx)->mono;
}

static int
fill(void *ctx, void *out, size_t n)
{
	struct test_env *t = ctx;
	unsigned char *p = out;

	if (t->random_fails)
		return -1;
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(test_rand(&t->state) >> 56);
	return 0;
}

static void
swallow(void *ctx, enum jc_level level, const char *event, const char *fields)
{
	struct test_env *t = ctx;

	t->traces++;
	(void)snprintf(t->last, sizeof(t->last), "%d %s %s", (int)level, event, fields != NULL ? fields : "");
}

struct jc_env *
test_env_new(uint64_t seed)
{
	struct test_env *t = calloc(1, sizeof(*t));

	if (t == NULL)
		abort();
	/* xorshift never leaves 0, and small seeds start alike: spread them first. */
	t->state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	if (t->state == 0)
		t->state = 1;
	t->wall = TEST_ENV_WALL;
	t->env.ctx = t;
	t->env.wall_ms = wall;
	t->env.mono_ms = mono;
	t->env.random = fill;
	t->env.trace = swallow;
	return &t->env;
}

void
test_env_free(struct jc_env *env)
{
	if (env != NULL)
		free(env->ctx);
}

void
test_env_wall(struct jc_env *env, int64_t ms)
{
	((struct test_env *)env->ctx)->wall = ms;
}

void
test_env_pass(struct jc_env *env, int64_t ms)
{
	struct test_env *t = env->ctx;

	t->wall += ms;
	t->mono += ms;
}

void
test_env_random_fails(struct jc_env *env, int on)
{
	((struct test_env *)env->ctx)->random_fails = on;
}

unsigned
test_env_traces(const struct jc_env *env)
{
	return ((const struct test_env *)env->ctx)->traces;
}

const char *
test_env_last_trace(const struct jc_env *env)
{
	return ((const struct test_env *)env->ctx)->last;
}
