/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Is this catalogue one that old records can live in? The last release's catalogue lies in the tree as a small
 * text (schema/released.txt, written by `jiceng debug catalogue`): one line per kind, field and choice. What
 * was released may be added to, and its words may change; nothing may be dropped, retyped or given to
 * something else, and nothing personal may come out of its box. Pure; any thread.
 */
#ifndef JC_SCHEMA_COMPAT_H
#define JC_SCHEMA_COMPAT_H

#include "schema_buf.h"
#include "schema_catalogue.h"

/* Appends the text of these kinds (NULL-terminated). */
void jc_compat_put(struct jc_buf *b, const struct jc_kind *const *kinds);

/* Compares them with such a text. JC_EINVAL names the first line that they break; JC_EFORMAT: it is no such text. */
int jc_compat_check(const struct jc_kind *const *kinds, const char *text, size_t n, struct jc_err *err);

#endif
