/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "schema_mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int (*hook_fail)(void *, size_t);
static void *hook_arg;

void
jc_mem_hook(int (*fail)(void *arg, size_t n), void *arg)
{
	hook_fail = fail;
	hook_arg = arg;
}

static int
refused(size_t n)
{
	return hook_fail != NULL && hook_fail(hook_arg, n);
}

void *
jc_alloc(size_t n)
{
	return refused(n) ? NULL : malloc(n != 0 ? n : 1);
}

void *
jc_calloc(size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	return refused(count * size) ? NULL : calloc(count != 0 ? count : 1, size != 0 ? size : 1);
}

void *
jc_realloc(void *p, size_t n)
{
	return refused(n) ? NULL : realloc(p, n != 0 ? n : 1);
}

void
jc_free(void *p)
{
	free(p);
}

void *
jc_memdup(const void *p, size_t n)
{
	void *q = jc_alloc(n);

	if (q != NULL && n != 0)
		memcpy(q, p, n);
	return q;
}

char *
jc_strndup(const char *s, size_t n)
{
	const char *end = memchr(s, 0, n);
	size_t len = end != NULL ? (size_t)(end - s) : n;
	char *q = jc_alloc(len + 1);

	if (q != NULL) {
		memcpy(q, s, len);
		q[len] = '\0';
	}
	return q;
}

char *
jc_strdup(const char *s)
{
	return s == NULL ? NULL : jc_strndup(s, strlen(s));
}
