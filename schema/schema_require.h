/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * 待补: what a record should still be given (the R of DOMAIN 0.3). Saving never asks for it; lists, tasks and
 * some moves do. Most required fields are required always; a few only of some records (a union has no target
 * class, an activity that was not held has no attendance), or one of two will do. Pure; any thread.
 */
#ifndef JC_SCHEMA_REQUIRE_H
#define JC_SCHEMA_REQUIRE_H

#include "schema_buf.h"
#include "schema_catalogue.h"

/* Stored text of a field of the record, borrowed until the next call; NULL: none. */
typedef const char *(*jc_require_value_fn)(void *arg, const struct jc_field *field);

/* Calls `each` with every required field that has no value and applies; returns how many. `each` may be NULL. */
size_t jc_require_missing(const struct jc_kind *kind, jc_require_value_fn value, void *arg,
    void (*each)(void *to, const struct jc_field *field), void *to);

/* Appends the same as an SQL condition over the columns of k_<kind> under the alias `k` ("0" when nothing is
 * ever required). */
void jc_require_sql(struct jc_buf *b, const struct jc_kind *kind);

/* Checks the exceptions against the catalogue. JC_EINTERNAL names the first fault. */
int jc_require_check(struct jc_err *err);

#endif
