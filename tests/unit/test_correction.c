/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What a county may change in a branch's records, that the branch sees it, and that it can object. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "corrections.h"
#include "county.h"
#include "sync_correction.h"
#include "test_env.h"

struct world {
	struct county c;
	struct test_node pc;
	jc_id member;
};

static void
world_new(struct world *w)
{
	struct jc_scope s;

	county_new(&w->c, 21);
	test_node_new(&w->pc, 22);
	county_join(&w->c, &w->pc, "青石镇工会");
	w->member[0] = '\0';
	test_set(&w->pc, "member", w->member, 0, "name=王小青", "mobile=13000000001", "joined_on=2019-05", NULL);
	county_synced(&w->c, &w->pc);
	county_scope(&w->c.hub, &w->pc, &s);
	w->c.hub.scope = s.no;
}

static void
world_free(struct world *w)
{
	test_node_free(&w->pc);
	county_free(&w->c);
}

/* The hub tries to write one field of the branch's record. */
static int
hub_writes(struct world *w, const char *field, const char *text, struct jc_err *err)
{
	const struct jc_kind *k = jc_catalogue_kind("member", 6);
	struct jc_change c = {.field = jc_catalogue_field(k, field, strlen(field)), .text = {text, strlen(text)}};
	struct jc_save *sv;
	jc_id id;
	int rc;

	memcpy(id, w->member, sizeof(id));
	test_ok(jc_save_begin(&sv, w->c.hub.node, w->c.hub.scope, "set", err), err);
	rc = jc_save_set(sv, k, id, &c, 1, 0, NULL, err);
	jc_save_end(sv, rc == 0, NULL, NULL);
	return rc;
}

static json_t *
list(struct test_node *t, size_t n)
{
	struct jc_err err = {0};
	json_t *a = jc_corrections_list(t->node, t->env, 1, 1, &err);

	test_ok(a != NULL ? 0 : err.code, &err);
	assert_int_equal(json_array_size(a), n);
	return a;
}

static const char *
word(json_t *a, size_t i, const char *name)
{
	return json_string_value(json_object_get(json_array_get(a, i), name));
}

static void
a_county_writes_only_what_is_its_to_correct(void **state)
{
	struct jc_err err = {0};
	struct world w;

	(void)state;
	world_new(&w);
	assert_int_equal(hub_writes(&w, "mobile", "13000000002", &err), JC_EDENIED);
	assert_non_null(strstr(err.msg, "退回更正"));
	assert_int_equal(hub_writes(&w, "membership_status", "left", &err), JC_EDENIED);
	assert_int_equal(hub_writes(&w, "name", "王晓青", &err), 0);
	county_synced(&w.c, &w.pc);
	assert_string_equal(test_get(&w.pc, w.member, "name"), "王晓青");
	assert_string_equal(test_get(&w.pc, w.member, "mobile"), "13000000001");
	county_agree(&w.c, &w.pc, NULL);
	world_free(&w);
}

static void
the_branch_sees_before_and_after_and_objects(void **state)
{
	struct jc_undone undone;
	struct jc_err err = {0};
	struct world w;
	json_t *a;
	jc_id id;

	(void)state;
	world_new(&w);
	json_decref(list(&w.pc, 0));
	test_set(&w.pc, "member", w.member, 0, "name=王小清", NULL); /* the branch's own is no correction */
	county_synced(&w.c, &w.pc);
	assert_int_equal(hub_writes(&w, "name", "王晓青", &err), 0);
	assert_int_equal(hub_writes(&w, "joined_on", "2019-06", &err), 0);
	json_decref(list(&w.c.hub, 2)); /* before they are even sent */
	county_synced(&w.c, &w.pc);
	a = list(&w.pc, 2);
	assert_string_equal(word(a, 0, "field"), "name");
	assert_string_equal(word(a, 0, "before"), "王小清");
	assert_string_equal(word(a, 0, "after"), "王晓青");
	assert_string_equal(word(a, 1, "before"), "2019-05");
	json_decref(a);
	assert_int_equal(jc_corrections_object(id, w.pc.node, w.pc.env, w.member, "mobile", "没有换", &err), JC_ENOTFOUND);
	assert_int_equal(jc_corrections_object(id, w.pc.node, w.pc.env, w.member, "name", "  ", &err), JC_EINVAL);
	test_ok(jc_corrections_object(id, w.pc.node, w.pc.env, w.member, "姓名", "身份证上是小清", &err), &err);
	county_synced(&w.c, &w.pc);
	a = list(&w.c.hub, 2); /* the county sees it */
	assert_true(json_is_true(json_object_get(json_array_get(a, 0), "objected")));
	assert_false(json_is_true(json_object_get(json_array_get(a, 1), "objected")));
	json_decref(a);
	assert_string_equal(test_get(&w.c.hub, id, "reason"), "身份证上是小清");
	/* The county answers, and takes its last correction back. */
	test_set(&w.c.hub, "objection", id, 0, "answer=restored", NULL);
	test_ok(jc_undo(w.c.hub.node, &undone, &err), &err);
	test_ok(jc_undo(w.c.hub.node, &undone, &err), &err);
	county_synced(&w.c, &w.pc);
	assert_string_equal(test_get(&w.pc, w.member, "joined_on"), "2019-05");
	county_agree(&w.c, &w.pc, NULL);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_county_writes_only_what_is_its_to_correct),
	    cmocka_unit_test(the_branch_sees_before_and_after_and_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
