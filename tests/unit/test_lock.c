/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Who has a data folder, and what a second connection beside the first one leaves out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lock.h"
#include "test_env.h"
#include "test_node.h"

static void
a_folder_is_held_by_one_and_looking_takes_nothing(void **state)
{
	struct jc_lock lock, second;
	struct jc_err err = {0};
	struct test_node t;

	(void)state;
	test_node_new(&t, 1);
	assert_int_equal(jc_lock_held(t.dir), 0);
	test_ok(jc_lock_take(&lock, t.dir, &err), &err);
	assert_int_equal(jc_lock_held(t.dir), 1);
	assert_int_equal(jc_lock_take(&second, t.dir, &err), JC_ELOCKED);
	jc_lock_release(&lock);
	assert_int_equal(jc_lock_held(t.dir), 0);
	test_ok(jc_lock_take(&lock, t.dir, &err), &err);
	jc_lock_release(&lock);
	test_node_free(&t);
}

/* The page of a table that nobody reads who only opens the file. */
static void
damage(struct test_node *t)
{
	unsigned char head[18];
	struct jc_err err = {0};
	int64_t root;
	FILE *f;
	long size;

	test_ok(jc_db_int(t->node->db, &root, "SELECT rootpage FROM sqlite_schema WHERE name = 'blob_piece'", &err), &err);
	assert_non_null(f = fopen(t->path, "r+b"));
	assert_int_equal(fread(head, 1, sizeof(head), f), sizeof(head));
	size = head[16] * 256 + head[17];
	assert_int_equal(fseek(f, (long)(root - 1) * size, SEEK_SET), 0);
	for (long i = 0; i < size; i++)
		fputc(0xff, f);
	fclose(f);
}

static void
a_file_is_looked_through_after_a_crash_and_not_by_who_comes_beside(void **state)
{
	struct jc_node *node = NULL;
	struct jc_err err = {0};
	struct test_node t;
	jc_id id = "";

	(void)state;
	test_node_new(&t, 1);
	test_ok(jc_node_init_branch(t.node, "青石镇工会", &err), &err);
	test_node_reopen(&t); /* what was in the write-ahead log is in the file */
	test_set(&t, "member", id, 0, "name=王小青", NULL); /* and there is another log */
	damage(&t);
	assert_int_equal(jc_node_open(&node, t.env, t.path, 0, &t.key, &err), JC_ECORRUPT);
	assert_null(node);
	test_ok(jc_node_open(&node, t.env, t.path, JC_DB_AGAIN, &t.key, &err), &err);
	jc_node_close(node);
	test_node_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_folder_is_held_by_one_and_looking_takes_nothing),
	    cmocka_unit_test(a_file_is_looked_through_after_a_crash_and_not_by_who_comes_beside),
	};

	return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}
