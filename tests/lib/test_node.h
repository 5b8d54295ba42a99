/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A node in a folder of its own under the system's temporary folder, and short ways to do what a
 * person does: values are typed texts, everything that fails fails the test with its sentence.
 */
#ifndef JC_TESTS_LIB_TEST_NODE_H
#define JC_TESTS_LIB_TEST_NODE_H

#include "schema_env.h"
#include "sync_node.h"

struct test_node {
	struct jc_env *env;
	struct jc_key key;
	char dir[256], path[300];
	struct jc_node *node;
	int64_t scope; /* what test_set writes to; 0: the node's own scope */
};

/* A fresh folder and environment; opened as nothing yet. Freed by test_node_free, which removes it. */
void test_node_new(struct test_node *t, uint64_t seed);
void test_node_free(struct test_node *t);
/* Closes and opens again, as a program does at its next start. */
void test_node_reopen(struct test_node *t);
/* Copies the database of `from` (closed or not) over this node's, keeping folder and environment. */
void test_node_restore(struct test_node *t, const struct test_node *from);

/* Fixtures for cmocka whose state is one node: of a branch that has not joined, or of a county's hub. */
int test_branch_setup(void **state);
int test_office_setup(void **state);
int test_node_teardown(void **state);

/* Fails the test with the error's sentence when rc is negative; gives rc back. */
int test_ok(int rc, const struct jc_err *err);

/* Saves "field=value" pairs (NULL-terminated list) as one batch; id "" draws one. Sets: "field+=x",
 * "field-=x". Returns the number of fields written. */
int test_set(struct test_node *t, const char *kind, jc_id id, int64_t seen, ...) __attribute__((sentinel));
void test_void(struct test_node *t, const char *id, const char *reason);
void test_unvoid(struct test_node *t, const char *id);
void test_resolve(struct test_node *t, const char *id, const char *field, int64_t pick, const char *text);

/* The shown stored text of a field; "" when none. Borrowed until the next call. */
const char *test_get(struct test_node *t, const char *id, const char *field);
/* Number of values beside each other (0: no conflict); ops[] gets up to 8 of their numbers. */
int test_siblings(struct test_node *t, const char *id, const char *field, int64_t ops[8]);
int64_t test_count(struct test_node *t, const char *kind);
int64_t test_seen(struct test_node *t);
void test_typed_digest(struct test_node *t, char hex[65]);

#endif
