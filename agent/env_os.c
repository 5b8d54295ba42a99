/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "env_os.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include <uv.h>

static int64_t
wall_ms(void *ctx)
{
	uv_timeval64_t tv;

	(void)ctx;
	if (uv_gettimeofday(&tv) != 0)
		return 0;
	return (int64_t)tv.tv_sec * 1000 + tv.tv_usec / 1000;
}

static int64_t
mono_ms(void *ctx)
{
	(void)ctx;
	return (int64_t)(uv_hrtime() / 1000000);
}

static int
random_fill(void *ctx, void *out, size_t n)
{
	(void)ctx;
	return uv_random(NULL, NULL, out, n, 0, NULL) == 0 ? 0 : -1;
}

static void
trace_line(void *ctx, enum jc_level level, const char *event, const char *fields)
{
	static const char *const word[] = {"debug", "info", "warn", "error"};
	const int *from = ctx;

	if ((int)level + 1 >= *from)
		fprintf(stderr, "[%s] %s %s\n", word[level], event, fields != NULL ? fields : "");
}

static int
wall_set(void *ctx, int64_t ms)
{
	(void)ctx;
#ifdef _WIN32
	(void)ms;
	return ENOSYS;
#else
	struct timespec ts = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

	return ms < 0 ? EINVAL : clock_settime(CLOCK_REALTIME, &ts) == 0 ? 0 : errno;
#endif
}

const struct jc_env *
jc_env_os(int trace)
{
	static int from;
	static struct jc_env env = {.wall_ms = wall_ms, .mono_ms = mono_ms, .random = random_fill, .wall_set = wall_set};

	from = trace;
	env.ctx = &from;
	env.trace = trace != 0 ? trace_line : NULL;
	return &env;
}
