/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What a person does on one PC: save, edit, void, undo, settle, join. People are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test_env.h"
#include "test_node.h"

static void
what_was_saved_is_there_after_the_next_start(void **state)
{
	struct test_node *t = *state;
	jc_id id = "";

	assert_int_equal(test_set(t, "member", id, 0, "name=王小青", "mobile=13000000001", "gender=女", NULL), 3);
	test_node_reopen(t);
	assert_string_equal(test_get(t, id, "name"), "王小青");
	assert_string_equal(test_get(t, id, "mobile"), "13000000001");
	assert_int_equal(test_count(t, "member"), 1);
}

static void
a_save_that_changes_nothing_writes_nothing(void **state)
{
	struct test_node *t = *state;
	jc_id id = "";
	int64_t seen;

	test_set(t, "member", id, 0, "name=王小青", NULL);
	seen = test_seen(t);
	assert_int_equal(test_set(t, "member", id, 0, "name=王小青", "mobile=", NULL), 0);
	assert_int_equal(test_seen(t), seen);
	assert_int_equal(test_set(t, "member", id, 0, "name=", NULL), 1);
	assert_string_equal(test_get(t, id, "name"), "");
}

static void
a_form_opened_before_anothers_save_keeps_both_values(void **state)
{
	struct test_node *t = *state;
	jc_id id = "";
	int64_t seen, ops[8] = {0};
	char before[65], after[65];
	struct jc_err err = {0};

	test_set(t, "member", id, 0, "name=王小青", "mobile=13000000001", NULL);
	seen = test_seen(t);
	test_set(t, "member", id, 0, "mobile=13000000002", NULL);
	test_set(t, "member", id, seen, "mobile=13000000003", NULL);
	assert_int_equal(test_siblings(t, id, "mobile", ops), 2);
	assert_string_equal(test_get(t, id, "mobile"), "13000000003");
	test_typed_digest(t, before);
	test_ok(jc_project_rebuild(t->node->project, NULL, NULL, &err), &err);
	test_typed_digest(t, after);
	assert_string_equal(before, after);
	assert_int_equal(test_siblings(t, id, "mobile", ops), 2);
	test_resolve(t, id, "mobile", ops[1], NULL);
	assert_int_equal(test_siblings(t, id, "mobile", ops), 0);
	assert_string_equal(test_get(t, id, "mobile"), "13000000002");
}

static void
a_void_record_leaves_the_list_and_comes_back(void **state)
{
	struct test_node *t = *state;
	jc_id id = "";
	int64_t seen;

	test_set(t, "member", id, 0, "name=王小青", NULL);
	seen = test_seen(t);
	test_void(t, id, "录错了");
	assert_int_equal(test_count(t, "member"), 0);
	test_unvoid(t, id);
	assert_int_equal(test_count(t, "member"), 1);
	test_void(t, id, "录错了");
	assert_int_equal(test_count(t, "member"), 0);
	/* An edit that had not seen the voiding keeps the record alive. */
	test_set(t, "member", id, seen, "name=王晓青", NULL);
	assert_int_equal(test_count(t, "member"), 1);
}

static void
voiding_twice_says_so(void **state)
{
	struct test_node *t = *state;
	struct jc_err err = {0};
	struct jc_save *sv;
	jc_id id = "";

	test_set(t, "member", id, 0, "name=王小青", NULL);
	test_void(t, id, "录错了");
	test_ok(jc_save_begin(&sv, t->node, 1, "void", &err), &err);
	assert_int_equal(jc_save_void(sv, id, "又一次", 0, &err), JC_ESTATE);
	jc_save_end(sv, 0, NULL, NULL);
}

static void
undo_goes_back_step_by_step(void **state)
{
	struct test_node *t = *state;
	struct jc_undone u;
	struct jc_err err = {0};
	jc_id id = "";

	test_set(t, "member", id, 0, "name=王小青", NULL);
	test_set(t, "member", id, 0, "name=王晓青", "mobile=13000000001", NULL);
	test_void(t, id, "录错了");
	test_ok(jc_undo(t->node, &u, &err), &err);
	assert_int_equal(test_count(t, "member"), 1);
	test_ok(jc_undo(t->node, &u, &err), &err);
	assert_int_equal(u.restored, 2);
	assert_string_equal(test_get(t, id, "name"), "王小青");
	assert_string_equal(test_get(t, id, "mobile"), "");
	test_ok(jc_undo(t->node, &u, &err), &err);
	assert_int_equal(test_count(t, "member"), 0);
	assert_int_equal(jc_undo(t->node, &u, &err), JC_ENOTFOUND);
}

static void
bad_ids_and_prefixes_are_told_apart(void **state)
{
	struct test_node *t = *state;
	struct jc_record_key key;
	struct jc_err err = {0};
	char part[6];
	jc_id id = "";

	test_set(t, "member", id, 0, "name=王小青", NULL);
	memcpy(part, id, 5);
	part[5] = '\0';
	test_ok(jc_record_find(t->node, 0, part, &key, &err), &err);
	assert_string_equal(key.id, id);
	assert_int_equal(jc_record_find(t->node, 0, "u!", &key, &err), JC_EINVAL);
	assert_int_equal(jc_record_find(t->node, 0, "abc", &key, &err), JC_EINVAL);
	assert_int_equal(jc_record_find(t->node, 0, "zzzzzzzzzzzz", &key, &err), JC_ENOTFOUND);
}

static void
a_text_too_long_for_one_line_is_split_and_kept(void **state)
{
	struct test_node *t = *state;
	const struct jc_kind *kind = jc_catalogue_kind("activity", 8);
	struct jc_change c[3] = {{0}};
	struct jc_err err = {0};
	struct jc_save *sv;
	char *text = malloc(30000);
	int64_t ops = 0;
	int written = 0, n = 0;
	jc_id id = "";

	for (const struct jc_field *f = kind->fields; f->id != 0 && n < 3; f++)
		if ((f->type == JC_TEXT || f->type == JC_LONG) && !f->set && !f->derived)
			c[n++] = (struct jc_change){.field = f, .text = {text, 30000}};
	assert_int_equal(n, 3);
	memset(text, 'a', 30000);
	test_ok(jc_save_begin(&sv, t->node, 1, "set", &err), &err);
	test_ok(jc_save_set(sv, kind, id, c, 3, 0, &written, &err), &err);
	test_ok(jc_save_end(sv, 1, &ops, &err), &err);
	assert_int_equal(written, 3);
	assert_true(ops > 1);
	assert_int_equal(strlen(test_get(t, id, c[2].field->name)), 30000);
	free(text);
}

static void
joining_settles_ids_and_references(void **state)
{
	struct test_node *t = *state;
	const struct jc_kind *org = jc_catalogue_kind("org", 3);
	struct jc_change c = {.field = jc_catalogue_field(org, "name", 4), .text = JC_SLICE("青石镇工会")};
	struct jc_scope given = {.joined = 1, .mine = 1};
	struct jc_record_key key;
	struct jc_err err = {0};
	struct jc_save *sv;
	char ref[64];
	jc_id id = "", member = "", want;

	test_ok(jc_save_begin(&sv, t->node, 1, "import", &err), &err);
	test_ok(jc_save_id_key(sv, id, org, JC_SLICE("o-1"), &err), &err);
	test_ok(jc_save_set(sv, org, id, &c, 1, 0, NULL, &err), &err);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	snprintf(ref, sizeof(ref), "union_id=%s", id);
	test_set(t, "member", member, 0, "name=王小青", ref, NULL);
	memcpy(given.id, "0123456789ab", 13);
	memcpy(given.network, "ab0123456789", 13);
	memcpy(given.authority, "b0123456789a", 13);
	memcpy(given.name, "青石镇工会", sizeof("青石镇工会"));
	memset(given.idkey, 7, sizeof(given.idkey));
	memset(given.founding, 9, sizeof(given.founding));
	test_ok(jc_node_join(t->node, &given, &err), &err);
	jc_record_id_key(want, given.idkey, "org", "o-1", 3);
	test_ok(jc_record_find(t->node, 0, id, &key, &err), &err); /* the printed id stays usable */
	assert_string_equal(key.id, want);
	assert_string_equal(test_get(t, member, "union_id"), want);
	assert_int_equal(jc_node_join(t->node, &given, &err), JC_EEXISTS);
}

/* The hook: what a returned write had replaced is shown again, live and after a rebuild. */
static void
a_verdict_returns_a_write_and_shows_what_it_had_replaced(void **state)
{
	struct test_node *t = *state;
	struct jc_err err = {0};
	char line[320];
	int64_t no;
	jc_id id = "";

	test_set(t, "member", id, 0, "name=王小青", "title=主席", NULL);
	test_set(t, "member", id, 0, "title=委员", "job=会计", NULL);
	no = test_seen(t);
	snprintf(line, sizeof(line),
	    "{\"f\":{\"reason\":\"核实有误\",\"state\":\"returned\"},\"k\":\"member\",\"p\":{\"title\":[\"#%lld\"]},"
	    "\"r\":\"%s\",\"t\":[\"bbbbbbbbbbbb\",0,1772409600],\"v\":\"verdict\"}", (long long)no, id);
	test_ok(jc_db_begin(t->node->db, &err), &err);
	test_ok(jc_log_reserve(t->node->log, 1, &no, &err), &err);
	test_ok(jc_log_draft(t->node->log, 1, JC_TIER_COUNTY, no, line, strlen(line), &err), &err);
	test_ok(jc_project_draft(t->node->project, 1, no, line, strlen(line), &err), &err);
	test_ok(jc_db_end(t->node->db, 1, &err), &err);
	assert_string_equal(test_get(t, id, "title"), "主席");
	assert_string_equal(test_get(t, id, "job"), "会计"); /* the field beside it stands */
	test_ok(jc_project_rebuild(t->node->project, NULL, NULL, &err), &err);
	assert_string_equal(test_get(t, id, "title"), "主席");
	test_set(t, "member", id, 0, "title=组长", NULL); /* life goes on */
	assert_string_equal(test_get(t, id, "title"), "组长");
}

static void
a_search_that_finds_nothing_inside_a_save_takes_nothing_back(void **state)
{
	struct test_node *t = *state;
	const struct jc_kind *member = jc_catalogue_kind("member", 6);
	struct jc_change c = {.field = jc_catalogue_field(member, "title", 5), .text = JC_SLICE("组长")};
	struct jc_record_key key;
	struct jc_save *sv;
	struct jc_err err = {0};
	jc_id id = "";

	test_ok(jc_save_begin(&sv, t->node, 1, "set", &err), &err);
	test_ok(jc_save_set(sv, member, id, &c, 1, 0, NULL, &err), &err);
	assert_int_equal(jc_record_find(t->node, 0, "0000zzzz", &key, &err), JC_ENOTFOUND);
	test_ok(jc_save_end(sv, 1, NULL, &err), &err);
	test_node_reopen(t);
	assert_string_equal(test_get(t, id, "title"), "组长");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, test_branch_setup, test_node_teardown)
	const struct CMUnitTest tests[] = {
		T(what_was_saved_is_there_after_the_next_start),
		T(a_save_that_changes_nothing_writes_nothing),
		T(a_form_opened_before_anothers_save_keeps_both_values),
		T(a_void_record_leaves_the_list_and_comes_back),
		T(voiding_twice_says_so),
		T(undo_goes_back_step_by_step),
		T(bad_ids_and_prefixes_are_told_apart),
		T(a_text_too_long_for_one_line_is_split_and_kept),
		T(joining_settles_ids_and_references),
		T(a_verdict_returns_a_write_and_shows_what_it_had_replaced),
		T(a_search_that_finds_nothing_inside_a_save_takes_nothing_back),
	};

	return cmocka_run_group_tests_name("save", tests, NULL, NULL);
}
