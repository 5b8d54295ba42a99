/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Fields and forms that a county defines: the rule language, what a definition may say, and that values
 * merge, stay and come back whichever of definition and value a PC sees first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "county.h"
#include "schema_overlay.h"
#include "schema_rule.h"
#include "test_env.h"

/* ---- rules ---- */

struct texts {
	const char *field[8], *text[8];
};

static struct jc_slice
text_of(void *arg, const struct jc_field *f)
{
	const struct texts *t = arg;

	for (size_t i = 0; i < 8 && t->field[i] != NULL; i++)
		if (strcmp(t->field[i], f->name) == 0)
			return (struct jc_slice){t->text[i], strlen(t->text[i])};
	return (struct jc_slice){"", 0};
}

static int
holds(const char *rule, const struct texts *t)
{
	struct jc_err err = {0};
	struct jc_rule r;

	test_ok(jc_rule_parse(&r, rule, strlen(rule), &err), &err);
	return jc_rule_holds(&r, jc_catalogue_kind("member", 6), text_of, (void *)t);
}

static void
rules_mean_what_they_say(void **state)
{
	const struct texts t = {{"gender", "birth_date", "talents", "job"}, {"2", "1990-05", "[\"书法\",\"唱歌\"]", "钳工"}};

	(void)state;
	assert_true(holds("gender = 2", &t));
	assert_false(holds("gender != 2", &t));
	assert_true(holds("birth_date < 1990-06-01 and birth_date >= 1990", &t));
	assert_false(holds("birth_date > 1991", &t));
	assert_true(holds("talents has 书法", &t));
	assert_true(holds("talents 含有 \"唱歌\" 且 job = 钳工", &t));
	assert_false(holds("talents has 唱", &t));
	assert_true(holds("mobile = \"\"", &t));
	assert_false(holds("mobile != \"\"", &t));
	assert_true(holds("mobile != 13000000000", &t)); /* no value is another one */
	assert_false(holds("mobile > 5", &t));
	assert_true(holds("gender=1 or gender=2 and job=钳工", &t)); /* and binds closer */
	assert_false(holds("(gender = 1 or gender = 2) and job = 电工", &t));
	assert_true(holds("gender=1 或(job=钳工)", &t));
	assert_true(holds("x_gone != 1", &t));
}

static void
a_rule_that_cannot_be_read_says_where(void **state)
{
	static const char *const bad[] = {"", "gender", "gender =", "gender == 2", "= 2", "gender = 2 and", "gender = 2 job = 1",
	    "(gender = 2", "gender = 2)", "gender = \"2", "Gender = 2", "((((((((( gender = 2", "gender ~ 2"};
	char many[JC_RULE_MAX + 40] = "a=1";
	struct jc_err err;
	struct jc_rule r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(jc_rule_parse(&r, bad[i], strlen(bad[i]), &err), JC_EINVAL);
		assert_true(strlen(err.msg) > 10);
	}
	for (int i = 0; i < 32; i++)
		strcat(many, " or a=1");
	assert_int_equal(jc_rule_parse(&r, many, strlen(many), &err), JC_EINVAL);
	memset(many, ' ', sizeof(many) - 1);
	assert_int_equal(jc_rule_parse(&r, many, sizeof(many) - 1, &err), JC_EINVAL);
}

static void
a_rule_is_checked_against_its_kind(void **state)
{
	static const char *const bad[] = {"nothing = 1", "gender > 1", "gender has 1", "talents = 书法", "gender = 7", "name < 5"};
	struct jc_err err;
	struct jc_rule r;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		test_ok(jc_rule_parse(&r, bad[i], strlen(bad[i]), &err), &err);
		assert_int_equal(jc_rule_check(&r, jc_catalogue_kind("member", 6), &err), JC_EINVAL);
	}
}

/* ---- a county with definitions ---- */

struct world {
	struct county c;
	struct test_node a, b;
};

static void
common_of(struct test_node *t, struct jc_scope *out)
{
	struct jc_err err = {0};

	for (int64_t no = 1;; no++) {
		test_ok(jc_scope_get(out, t->node->log, no, &err), &err);
		if (strcmp(out->role, "common") == 0)
			return;
	}
}

static void
world_new(struct world *w)
{
	struct jc_scope common;

	county_new(&w->c, 1);
	common_of(&w->c.hub, &common);
	w->c.hub.scope = common.no;
	test_node_new(&w->a, 2);
	test_node_new(&w->b, 3);
	county_join(&w->c, &w->a, "青石镇工会");
	county_join(&w->c, &w->b, "青石镇工会");
	county_synced(&w->c, &w->a);
	county_synced(&w->c, &w->b);
}

static void
world_free(struct world *w)
{
	test_node_free(&w->a);
	test_node_free(&w->b);
	county_free(&w->c);
}

/* From now on the PC hears nothing of what flows down, or hears it again. */
static void
deaf(struct test_node *pc, int on)
{
	struct jc_scope common;
	struct jc_peer peer;
	struct jc_err err = {0};

	common_of(pc, &common);
	test_ok(jc_peer_get(&peer, pc->node, &err), &err);
	if (on) {
		jc_db_log_window(pc->node->db, 1);
		test_ok(jc_db_exec(pc->node->db, "DELETE FROM peer_scope WHERE scope IN (SELECT no FROM scope WHERE role = 'common')",
		            &err), &err);
		jc_db_log_window(pc->node->db, -1);
	} else
		test_ok(jc_peer_follow(&peer, pc->node, common.no, 0, &err), &err);
}

static const struct jc_field *
field_at(struct test_node *t, const char *kind, const char *name)
{
	struct jc_err err = {0};
	const struct jc_kind *k;

	test_ok(jc_node_use(t->node, &err), &err);
	k = jc_catalogue_kind(kind, strlen(kind));
	return k != NULL ? jc_catalogue_field(k, name, strlen(name)) : NULL;
}

static void
define_height(struct world *w, jc_id id)
{
	test_set(&w->c.hub, "xfield", id, 0, "key=x_height", "kind=member", "zh=身高", "en=height", "type=int", "low=50", "high=250",
	    "pi=P", NULL);
}

/* Saves nothing; gives the sentence. */
static int
refused(struct test_node *t, const char *kind, const char *f1, const char *f2, const char *f3, const char *f4, const char *f5,
    struct jc_err *err)
{
	const char *pair[] = {f1, f2, f3, f4, f5};
	struct jc_change change[5] = {{0}};
	struct jc_save *sv;
	size_t n = 0;
	jc_id id = "";
	int rc;

	test_ok(jc_node_use(t->node, err), err);
	for (size_t i = 0; i < 5 && pair[i] != NULL; i++) {
		const struct jc_kind *k = jc_catalogue_kind(kind, strlen(kind));
		const char *eq = strchr(pair[i], '=');

		change[n].field = jc_catalogue_field(k, pair[i], (size_t)(eq - pair[i]));
		assert_non_null(change[n].field);
		change[n++].text = (struct jc_slice){eq + 1, strlen(eq + 1)};
	}
	test_ok(jc_save_begin(&sv, t->node, t->scope, "set", err), err);
	rc = jc_save_set(sv, jc_catalogue_kind(kind, strlen(kind)), id, change, n, 0, NULL, err);
	jc_save_end(sv, 0, NULL, NULL);
	return rc;
}

static void
a_defined_field_flows_down_and_behaves_like_a_built_in_one(void **state)
{
	jc_id def = "", m = "";
	struct world w;
	char x[65], y[65];

	(void)state;
	world_new(&w);
	define_height(&w, def);
	assert_non_null(field_at(&w.c.hub, "member", "x_height"));
	assert_null(field_at(&w.a, "member", "x_height"));
	county_synced(&w.c, &w.a);
	assert_non_null(field_at(&w.a, "member", "x_height"));
	test_set(&w.a, "member", m, 0, "name=王小青", "x_height=170", NULL);
	assert_string_equal(test_get(&w.a, m, "x_height"), "170");
	county_synced(&w.c, &w.a);
	county_synced(&w.c, &w.b);
	assert_string_equal(test_get(&w.b, m, "x_height"), "170");
	assert_string_equal(test_get(&w.c.hub, m, "x_height"), "170");
	county_agree(&w.c, &w.a, &w.b, NULL);
	test_typed_digest(&w.a, x);
	test_typed_digest(&w.b, y);
	assert_string_equal(x, y);
	world_free(&w);
}

static void
values_before_the_definition_are_kept_and_two_pcs_merge(void **state)
{
	jc_id def = "", hobby = "", m = "", other = "";
	struct jc_record_key key;
	struct jc_record r;
	struct jc_err err = {0};
	struct world w;
	char x[65], y[65];
	int64_t ops[8];

	(void)state;
	world_new(&w);
	test_set(&w.a, "member", m, 0, "name=王小青", NULL);
	county_synced(&w.c, &w.a);
	county_synced(&w.c, &w.b);
	deaf(&w.b, 1);
	define_height(&w, def);
	test_set(&w.c.hub, "xfield", hobby, 0, "key=x_hobby", "kind=member", "zh=爱好类", "type=text", "many=1", NULL);
	county_synced(&w.c, &w.a);
	test_set(&w.a, "member", m, 0, "x_height=170", "x_hobby+=下棋", NULL);
	test_set(&w.a, "member", m, 0, "x_hobby+=钓鱼", NULL);
	county_synced(&w.c, &w.a);
	/* b sees a value without its definition, and edits the record beside it. */
	county_synced(&w.c, &w.b);
	test_ok(jc_record_find(w.b.node, 0, m, &key, &err), &err);
	test_ok(jc_record_read(w.b.node, key.rec, &r, &err), &err);
	assert_int_equal(r.unknown, 2);
	jc_record_free(&r);
	test_set(&w.b, "member", m, 0, "job=钳工", NULL);
	test_set(&w.b, "member", other, 0, "name=李大山", NULL);
	test_set(&w.a, "member", m, 0, "x_height=171", NULL);
	county_synced(&w.c, &w.a);
	county_synced(&w.c, &w.b);
	/* The definition arrives: nothing is lost, and both can write. */
	deaf(&w.b, 0);
	county_synced(&w.c, &w.b);
	assert_string_equal(test_get(&w.b, m, "x_height"), "171");
	assert_string_equal(test_get(&w.b, m, "x_hobby"), "[\"下棋\",\"钓鱼\"]");
	test_set(&w.b, "member", m, 0, "x_height=169", "x_hobby-=钓鱼", NULL);
	test_set(&w.a, "member", m, 0, "x_height=172", "x_hobby+=跑步", NULL);
	county_synced(&w.c, &w.a);
	county_synced(&w.c, &w.b);
	county_synced(&w.c, &w.a);
	county_agree(&w.c, &w.a, &w.b, NULL);
	assert_int_equal(test_siblings(&w.a, m, "x_height", ops), 2);
	assert_string_equal(test_get(&w.a, m, "x_hobby"), "[\"下棋\",\"跑步\"]");
	test_resolve(&w.a, m, "x_height", 0, "172");
	county_synced(&w.c, &w.a);
	county_synced(&w.c, &w.b);
	assert_string_equal(test_get(&w.b, m, "x_height"), "172");
	test_typed_digest(&w.a, x);
	test_typed_digest(&w.b, y);
	assert_string_equal(x, y);
	/* A rebuild gives the same, whatever numbers it hands out. */
	test_ok(jc_project_rebuild(w.b.node->project, NULL, NULL, &err), &err);
	test_typed_digest(&w.b, y);
	assert_string_equal(x, y);
	assert_string_equal(test_get(&w.b, m, "x_height"), "172");
	county_agree(&w.c, &w.a, &w.b, NULL);
	test_node_reopen(&w.b);
	assert_string_equal(test_get(&w.b, m, "x_hobby"), "[\"下棋\",\"跑步\"]");
	world_free(&w);
}

static void
hiding_a_field_hides_it_and_loses_nothing(void **state)
{
	jc_id def = "", m = "";
	struct jc_record_key key;
	struct jc_record r;
	struct jc_err err = {0};
	struct world w;

	(void)state;
	world_new(&w);
	define_height(&w, def);
	county_synced(&w.c, &w.a);
	test_set(&w.a, "member", m, 0, "name=王小青", "x_height=170", NULL);
	test_set(&w.c.hub, "xfield", def, 0, "hidden=1", NULL);
	county_synced(&w.c, &w.a);
	assert_null(field_at(&w.a, "member", "x_height"));
	test_ok(jc_record_find(w.a.node, 0, m, &key, &err), &err);
	test_ok(jc_record_read(w.a.node, key.rec, &r, &err), &err);
	assert_int_equal(r.unknown, 0); /* no newer program is needed: it was given up */
	assert_int_equal(r.nfields, 1);
	jc_record_free(&r);
	test_set(&w.a, "member", m, 0, "job=钳工", NULL);
	test_void(&w.c.hub, def, "重复");
	county_synced(&w.c, &w.a);
	assert_null(field_at(&w.a, "member", "x_height"));
	test_unvoid(&w.c.hub, def);
	test_set(&w.c.hub, "xfield", def, 0, "hidden=0", NULL);
	county_synced(&w.c, &w.a);
	assert_string_equal(test_get(&w.a, m, "x_height"), "170");
	county_agree(&w.c, &w.a, NULL);
	world_free(&w);
}

static void
a_form_is_a_kind_of_its_own(void **state)
{
	jc_id form = "", f1 = "", f2 = "", rec = "", early = "";
	struct world w;
	char x[65], y[65];

	(void)state;
	world_new(&w);
	deaf(&w.b, 1);
	test_set(&w.c.hub, "xform", form, 0, "key=x_flood", "zh=防汛值班表", "ceiling=county", "title=x_day", NULL);
	assert_null(field_at(&w.c.hub, "x_flood", "x_day")); /* not before it has its title */
	test_set(&w.c.hub, "xfield", f1, 0, "key=x_day", "kind=x_flood", "zh=值班日期", "type=date", "need=must", "pi=N", NULL);
	test_set(&w.c.hub, "xfield", f2, 0, "key=x_level", "kind=x_flood", "zh=水位", "type=decimal", "scale=2", "pi=N", NULL);
	county_synced(&w.c, &w.a);
	test_set(&w.a, "x_flood", rec, 0, "x_day=2026-07-01", "x_level=3.25", NULL);
	assert_int_equal(test_count(&w.a, "x_flood"), 1);
	county_synced(&w.c, &w.a);
	county_synced(&w.c, &w.b); /* the record without its kind */
	deaf(&w.b, 0);
	county_synced(&w.c, &w.b);
	assert_string_equal(test_get(&w.b, rec, "x_level"), "325");
	assert_int_equal(test_count(&w.b, "x_flood"), 1);
	test_set(&w.b, "x_flood", rec, 0, "x_level=3.30", NULL);
	test_set(&w.b, "x_flood", early, 0, "x_day=2026-07-02", NULL);
	county_synced(&w.c, &w.b);
	county_synced(&w.c, &w.a);
	assert_string_equal(test_get(&w.a, rec, "x_level"), "330");
	assert_int_equal(test_count(&w.c.hub, "x_flood"), 2);
	county_agree(&w.c, &w.a, &w.b, NULL);
	test_typed_digest(&w.a, x);
	test_typed_digest(&w.b, y);
	assert_string_equal(x, y);
	/* Hidden, it is not offered; its records stay readable by number, and come back. */
	test_set(&w.c.hub, "xform", form, 0, "hidden=1", NULL);
	county_synced(&w.c, &w.a);
	assert_null(field_at(&w.a, "x_flood", "x_day"));
	county_agree(&w.c, &w.a, NULL);
	test_set(&w.c.hub, "xform", form, 0, "hidden=0", NULL);
	county_synced(&w.c, &w.a);
	assert_string_equal(test_get(&w.a, rec, "x_level"), "330");
	world_free(&w);
}

static void
a_definition_that_cannot_be_used_is_refused_with_a_sentence(void **state)
{
	static const char *const bad[][5] = {
	    {"key=height", "kind=member", "zh=身高", "type=int", NULL},
	    {"key=x_Height", "kind=member", "zh=身高", "type=int", NULL},
	    {"key=x_h", "kind=nothing", "zh=身高", "type=int", NULL},
	    {"key=x_h", "kind=tmpl", "zh=身高", "type=int", NULL},
	    {"key=x_h", "kind=member", "zh=姓名", "type=int", NULL},
	    {"key=x_h", "kind=member", "zh=身高", "type=enum", NULL},
	    {"key=x_h", "kind=member", "zh=身高", "type=enum", "choices=1=有;1=无"},
	    {"key=x_h", "kind=member", "zh=身高", "type=enum", "choices=有;无"},
	    {"key=x_h", "kind=member", "zh=身高", "type=decimal", NULL},
	    {"key=x_h", "kind=member", "zh=身高", "type=ref", NULL},
	    {"key=x_h", "kind=member", "zh=身高", "type=int", "show_when=nothing = 1"},
	    {"key=x_h", "kind=member", "zh=身高", "type=int", "check_rule=x_h >"},
	    {"key=x_h", "kind=member", "zh=身高", "type=text", "max=9000"},
	};
	struct jc_err err = {0};
	struct world w;
	jc_id def = "";

	(void)state;
	world_new(&w);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int rc = refused(&w.c.hub, "xfield", bad[i][0], bad[i][1], bad[i][2], bad[i][3], bad[i][4], &err);

		assert_true(rc == JC_EINVAL || rc == JC_EEXISTS);
		assert_true(strlen(err.msg) > 10);
	}
	define_height(&w, def);
	assert_int_equal(refused(&w.c.hub, "xfield", "key=x_height", "kind=member", "zh=高", "type=int", NULL, &err), JC_EEXISTS);
	assert_int_equal(refused(&w.c.hub, "xfield", "key=x_tall", "kind=member", "zh=身高", "type=int", NULL, &err), JC_EEXISTS);
	world_free(&w);
}

static void
only_what_keeps_old_values_readable_may_change(void **state)
{
	static const char *const never[] = {"type=text", "many=1", "low=60", "high=200", "pi=N", "key=x_other", "kind=org"};
	jc_id def = "", pick = "";
	struct jc_err err = {0};
	struct world w;

	(void)state;
	world_new(&w);
	define_height(&w, def);
	test_set(&w.c.hub, "xfield", pick, 0, "key=x_boots", "kind=member", "zh=雨靴", "type=enum", "choices=a=有;b=无", NULL);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		const struct jc_kind *k = jc_catalogue_kind("xfield", 6);
		const char *eq = strchr(never[i], '=');
		struct jc_change c = {.field = jc_catalogue_field(k, never[i], (size_t)(eq - never[i])), .text = {eq + 1, strlen(eq + 1)}};
		struct jc_save *sv;

		test_ok(jc_save_begin(&sv, w.c.hub.node, w.c.hub.scope, "set", &err), &err);
		assert_true(jc_save_set(sv, k, def, &c, 1, 0, NULL, &err) < 0);
		jc_save_end(sv, 0, NULL, NULL);
	}
	test_set(&w.c.hub, "xfield", def, 0, "low=40", "high=260", "zh=身高厘米", "need=required", "pi=S", NULL);
	test_set(&w.c.hub, "xfield", pick, 0, "choices=b=没有;a=有;c=不知道", NULL);
	assert_int_equal(field_at(&w.c.hub, "member", "x_height")->high, 260);
	world_free(&w);
}

static int
seven(void *arg, const struct jc_field *field)
{
	(void)arg;
	return strcmp(field->name, "x_height") == 0 ? 7 : 1;
}

static void
check_rules_and_show_rules_are_answered(void **state)
{
	const struct texts minor = {{"x_height", "gender"}, {"300", "1"}}, fine = {{"x_height", "gender"}, {"170", "2"}};
	const struct jc_field *f;
	const struct jc_kind *k;
	struct jc_err err = {0};
	struct world w;
	jc_id def = "";

	(void)state;
	world_new(&w);
	test_set(&w.c.hub, "xfield", def, 0, "key=x_height", "kind=member", "zh=身高", "type=int", "show_when=gender = 2 or x_height != \"\"",
	    "check_rule=x_height < 250", NULL);
	f = field_at(&w.c.hub, "member", "x_height");
	test_ok(jc_node_use(w.c.hub.node, &err), &err);
	k = jc_catalogue_kind("member", 6);
	assert_true(jc_overlay_shown(k, f, text_of, (void *)&fine));
	assert_false(jc_overlay_shown(k, f, text_of, (void *)&(struct texts){{"gender"}, {"1"}}));
	assert_int_equal(jc_overlay_checks(k, text_of, (void *)&minor, seven, NULL), 7);
	assert_int_equal(jc_overlay_checks(k, text_of, (void *)&fine, seven, NULL), 0);
	world_free(&w);
}

static void
a_second_connection_follows(void **state)
{
	struct jc_node *reader;
	struct jc_err err = {0};
	jc_id def = "", m = "";
	struct world w;
	const struct jc_kind *before, *k;

	(void)state;
	world_new(&w);
	test_ok(jc_node_open(&reader, w.a.env, w.a.path, JC_DB_READONLY, NULL, &err), &err);
	before = jc_catalogue_kind("member", 6);
	define_height(&w, def);
	county_synced(&w.c, &w.a);
	test_set(&w.a, "member", m, 0, "name=王小青", "x_height=170", NULL);
	test_ok(jc_node_use(reader, &err), &err);
	k = jc_catalogue_kind("member", 6);
	assert_ptr_not_equal(k, before);
	assert_ptr_equal(k, (test_ok(jc_node_use(w.a.node, &err), &err), jc_catalogue_kind("member", 6))); /* equal ones are one */
	assert_non_null(jc_catalogue_field(k, "x_height", 8));
	assert_null(jc_catalogue_field(before, "x_height", 8)); /* who holds the older one may go on with it */
	jc_node_close(reader);
	world_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rules_mean_what_they_say),
	    cmocka_unit_test(a_rule_that_cannot_be_read_says_where),
	    cmocka_unit_test(a_rule_is_checked_against_its_kind),
	    cmocka_unit_test(a_defined_field_flows_down_and_behaves_like_a_built_in_one),
	    cmocka_unit_test(values_before_the_definition_are_kept_and_two_pcs_merge),
	    cmocka_unit_test(hiding_a_field_hides_it_and_loses_nothing),
	    cmocka_unit_test(a_form_is_a_kind_of_its_own),
	    cmocka_unit_test(a_definition_that_cannot_be_used_is_refused_with_a_sentence),
	    cmocka_unit_test(only_what_keeps_old_values_readable_may_change),
	    cmocka_unit_test(check_rules_and_show_rules_are_answered),
	    cmocka_unit_test(a_second_connection_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
