/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Memory. The only way schema/ and sync/ allocate, so that a test can make the n-th allocation
 * fail. Never aborts: a NULL return is an ordinary error. Any thread; the hook is set once, before
 * threads start. What these return is freed with jc_free().
 */
#ifndef JC_SCHEMA_MEM_H
#define JC_SCHEMA_MEM_H

#include <stddef.h>

void *jc_alloc(size_t n);                            /* uninitialised; n == 0 gives a valid pointer */
void *jc_calloc(size_t count, size_t size);          /* zeroed; checks the product for overflow */
void *jc_realloc(void *p, size_t n);                 /* like realloc; on NULL `p` stays valid */
void jc_free(void *p);                               /* NULL is fine */
char *jc_strdup(const char *s);                      /* NULL in, NULL out */
char *jc_strndup(const char *s, size_t n);           /* copies at most n bytes and terminates */
void *jc_memdup(const void *p, size_t n);            /* a copy of n bytes */

/* Test hook, called before every allocation; non-zero makes it fail. NULL removes it. */
void jc_mem_hook(int (*fail)(void *arg, size_t n), void *arg);

#endif
