/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Import and export on a real database. People are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../agent/export.h"
#include "../../agent/import.h"
#include "test_env.h"
#include "test_node.h"

struct fix {
	struct test_node t;
	struct jc_cmd_run run;
	char path[400];
	struct jc_import_report r;
};

static int
setup(void **state)
{
	struct fix *f = calloc(1, sizeof(*f));
	struct jc_err err = {0};

	test_node_new(&f->t, 11);
	test_ok(jc_node_init_branch(f->t.node, "青石镇工会", &err), &err);
	f->run.node = f->t.node;
	f->run.env = f->t.env;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fix *f = *state;

	jc_import_report_free(&f->r);
	remove(f->path);
	test_node_free(&f->t);
	free(f);
	return 0;
}

static void
write_file(struct fix *f, const char *name, const char *text)
{
	FILE *fp;

	snprintf(f->path, sizeof(f->path), "%s/%s", f->t.dir, name);
	fp = fopen(f->path, "wb");
	assert_non_null(fp);
	assert_int_equal(fwrite(text, 1, strlen(text), fp), strlen(text));
	fclose(fp);
}

/* Imports a text; the report stays in f->r. */
static int
import_as(struct fix *f, const char *name, const char *text, int dry_run, struct jc_err *err)
{
	write_file(f, name, text);
	jc_import_report_free(&f->r);
	return jc_import_file(&f->r, &f->run, f->path, NULL, dry_run, err);
}

static void
import_ok(struct fix *f, const char *name, const char *text)
{
	struct jc_err err = {0};

	test_ok(import_as(f, name, text, 0, &err), &err);
}

static void
counts_are(const struct fix *f, int added, int changed, int same, int bad)
{
	if (f->r.added != added || f->r.changed != changed || f->r.same != same || (int)json_array_size(f->r.bad) != bad)
		fail_msg("new %d changed %d same %d bad %zu, not %d %d %d %d: %s", (int)f->r.added, (int)f->r.changed, (int)f->r.same,
		    json_array_size(f->r.bad), added, changed, same, bad, json_dumps(f->r.bad, 0));
}

static void
bad_is(const struct fix *f, size_t i, int line, const char *word)
{
	json_t *b = json_array_get(f->r.bad, i);

	assert_int_equal(json_integer_value(json_object_get(b, "line")), line);
	if (strstr(json_string_value(json_object_get(b, "reason")), word) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", json_string_value(json_object_get(b, "reason")), word);
}

struct first {
	jc_id id;
};

static int
first_row(void *arg, const struct jc_record_key *key, const struct jc_slice *text, size_t n)
{
	(void)text;
	(void)n;
	memcpy(((struct first *)arg)->id, key->id, sizeof(key->id));
	return 1;
}

/* The id of the one member of that name. */
static const char *
id_of(struct fix *f, const char *kind_name, const char *title)
{
	static struct first found;
	const struct jc_kind *kind = jc_catalogue_kind_typed(kind_name);
	struct jc_filter filter = {jc_catalogue_field(kind, kind->title, strlen(kind->title)), {title, strlen(title)}};
	struct jc_query q = {.kind = kind, .filter = &filter, .nfilters = 1};
	struct jc_err err = {0};

	found.id[0] = '\0';
	test_ok(jc_records_each(f->t.node, &q, first_row, &found, &err), &err);
	if (found.id[0] == '\0')
		fail_msg("nobody is called %s", title);
	return found.id;
}

#define ROSTER                                                                                     \
	"青石镇工会会员名册,,,,\r\n"                                                                       \
	"序号,姓名（必填）,性别,手机号,血型\r\n"                                                                   \
	"1,王小青,女,13000000001,A\r\n"                                                                   \
	"2,张 三,男,13000000002,B\r\n"                                                                    \
	"\r\n"                                                                                       \
	"合计,2,,,\r\n"                                                                                \
	"填表人：赵某,,,,\r\n"

static void
a_roster_with_title_lines_totals_and_unknown_columns_is_read(void **state)
{
	struct fix *f = *state;

	import_ok(f, "a.csv", ROSTER);
	counts_are(f, 2, 0, 0, 0);
	assert_int_equal(json_array_size(f->r.ignored), 1);
	assert_string_equal(json_string_value(json_array_get(f->r.ignored, 0)), "血型");
	assert_string_equal(test_get(&f->t, id_of(f, "member", "王小青"), "gender"), "2");
	assert_string_equal(test_get(&f->t, id_of(f, "member", "张三"), "mobile"), "13000000002");
}

static void
the_same_file_again_changes_nothing(void **state)
{
	struct fix *f = *state;

	import_ok(f, "a.csv", ROSTER);
	import_ok(f, "a.csv", ROSTER);
	counts_are(f, 0, 0, 2, 0);
	assert_int_equal(test_count(&f->t, "member"), 2);
}

static void
one_undo_takes_a_whole_import_back_and_importing_again_brings_it_back(void **state)
{
	struct fix *f = *state;
	struct jc_err err = {0};
	struct jc_undone u;

	import_ok(f, "a.csv", ROSTER);
	test_ok(jc_undo(f->t.node, &u, &err), &err);
	assert_int_equal(test_count(&f->t, "member"), 0);
	import_ok(f, "a.csv", ROSTER);
	assert_int_equal(f->r.restored, 2);
	assert_int_equal(test_count(&f->t, "member"), 2);
}

static void
a_dry_run_says_what_would_happen_and_writes_nothing(void **state)
{
	struct fix *f = *state;
	struct jc_err err = {0};
	int64_t seen = test_seen(&f->t);

	test_ok(import_as(f, "a.csv", ROSTER, 1, &err), &err);
	counts_are(f, 2, 0, 0, 0);
	assert_int_equal(test_count(&f->t, "member"), 0);
	assert_int_equal(test_seen(&f->t), seen);
	import_ok(f, "a.csv", ROSTER);
	counts_are(f, 2, 0, 0, 0);
}

static void
good_rows_are_imported_and_every_other_one_gets_a_reason(void **state)
{
	struct fix *f = *state;

	import_ok(f, "a.jsonl",
	    "{\"kind\":\"member\",\"key\":\"m-1\",\"set\":{\"name\":\"王小青\",\"mobile\":\"13000000001\"}}\n"
	    "{\"kind\":\"member\",\"key\":\"m-2\"\n"
	    "{\"kind\":\"nothing\",\"key\":\"m-3\",\"set\":{}}\n"
	    "\n"
	    "{\"kind\":\"member\",\"key\":\"m-4\",\"set\":{\"no_such\":\"1\"}}\n"
	    "{\"kind\":\"member\",\"key\":\"m-5\",\"set\":{\"name\":\"甲\",\"name\":\"乙\"}}\n"
	    "{\"kind\":\"member\",\"key\":\"m-6\",\"set\":{\"name\":\"李小白\",\"membership_status\":\"1\"}}\n"
	    "{\"kind\":\"member\",\"key\":\"m-7\",\"set\":{\"name\":\"赵小兰\"}}\n");
	counts_are(f, 2, 0, 0, 5);
	bad_is(f, 0, 2, "JSON");
	bad_is(f, 1, 3, "nothing");
	bad_is(f, 2, 5, "no_such");
	bad_is(f, 3, 6, "JSON");
	bad_is(f, 4, 7, "推算");
	assert_int_equal(test_count(&f->t, "member"), 2);
}

static void
an_external_key_seen_again_updates_and_an_empty_text_clears(void **state)
{
	struct fix *f = *state;
	char id[JC_ID_LEN + 1];

	import_ok(f, "a.jsonl", "{\"kind\":\"member\",\"key\":\"m-1\",\"set\":{\"name\":\"王小青\",\"mobile\":\"13000000001\"}}\n");
	snprintf(id, sizeof(id), "%s", id_of(f, "member", "王小青"));
	import_ok(f, "a.jsonl", "{\"kind\":\"member\",\"key\":\"m-1\",\"set\":{\"name\":\"王晓青\",\"mobile\":\"\"}}\n");
	counts_are(f, 0, 1, 0, 0);
	assert_string_equal(id_of(f, "member", "王晓青"), id);
	assert_string_equal(test_get(&f->t, id, "mobile"), "");
}

static void
an_empty_cell_of_a_table_leaves_what_is_there(void **state)
{
	struct fix *f = *state;

	import_ok(f, "a.csv", "外部编号,姓名,手机号,工种\nm-1,王小青,13000000001,电工\n");
	import_ok(f, "a.csv", "外部编号,姓名,手机号,工种\nm-1,王小青,,焊工\n");
	counts_are(f, 0, 1, 0, 0);
	assert_string_equal(test_get(&f->t, id_of(f, "member", "王小青"), "mobile"), "13000000001");
	assert_string_equal(test_get(&f->t, id_of(f, "member", "王小青"), "job"), "焊工");
}

static void
rows_name_each_other_by_key_or_name_whatever_their_order(void **state)
{
	struct fix *f = *state;
	char org[JC_ID_LEN + 1];

	import_ok(f, "a.jsonl",
	    "{\"kind\":\"member\",\"key\":\"m-1\",\"set\":{\"name\":\"王小青\",\"union_id\":\"o-1\"}}\n"
	    "{\"kind\":\"member\",\"key\":\"m-2\",\"set\":{\"name\":\"张三\",\"union_id\":\"青石镇工会\"}}\n"
	    "{\"kind\":\"member\",\"key\":\"m-3\",\"set\":{\"name\":\"李四\",\"union_id\":\"没有的工会\"}}\n"
	    "{\"kind\":\"org\",\"key\":\"o-1\",\"set\":{\"name\":\"青石镇工会\",\"org_kind\":\"工会组织\"}}\n");
	counts_are(f, 4, 0, 0, 0);
	snprintf(org, sizeof(org), "%s", id_of(f, "org", "青石镇工会"));
	assert_string_equal(test_get(&f->t, id_of(f, "member", "王小青"), "union_id"), org);
	assert_string_equal(test_get(&f->t, id_of(f, "member", "张三"), "union_id"), org);
	assert_string_equal(test_get(&f->t, id_of(f, "member", "李四"), "union_id"), "?没有的工会");
	assert_int_equal(json_array_size(f->r.remarks), 1);
}

static void
a_person_with_a_number_is_one_person_whatever_the_file(void **state)
{
	struct fix *f = *state;

	import_ok(f, "a.csv", "姓名,身份证号,手机号\n王小青,399999199003070061,13000000001\n");
	import_ok(f, "b.csv", "手机号,姓名,公民身份号码,工种\n13000000009,王小青,399999199003070061,电工\n");
	counts_are(f, 0, 1, 0, 0);
	assert_int_equal(test_count(&f->t, "member"), 1);
}

static void
identical_rows_are_one_record(void **state)
{
	struct fix *f = *state;

	import_ok(f, "a.csv", "姓名,性别,手机号\n王小青,女,13000000001\n王小青,女,13000000001\n王小青,男,13000000002\n");
	counts_are(f, 2, 0, 0, 0);
	assert_int_equal(f->r.duplicate, 1);
}

static void
a_file_without_header_or_rows_is_refused_with_a_sentence(void **state)
{
	struct fix *f = *state;
	struct jc_err err = {0};

	assert_int_equal(import_as(f, "a.csv", "1,2,3\n4,5,6\n", 0, &err), JC_EINVAL);
	assert_non_null(strstr(err.msg, "表头"));
	assert_int_equal(import_as(f, "a.csv", "", 0, &err), JC_EINVAL);
	assert_non_null(strstr(err.msg, "空的"));
	assert_int_equal(import_as(f, "a.csv", "姓名,性别,手机号\n", 0, &err), JC_EINVAL);
	assert_int_equal(import_as(f, "a.csv", "姓名,性别,手机号\n\n合计,,\n", 0, &err), JC_EINVAL);
	assert_non_null(strstr(err.msg, "没有可以导入的行"));
}

/* Exports, imports the export, and looks at what that changed. */
static void
round_trip(struct fix *f, const char *kind, const char *name)
{
	char before[65], after[65];
	struct jc_err err = {0};
	int64_t count, seen;

	test_typed_digest(&f->t, before);
	seen = test_seen(&f->t);
	snprintf(f->path, sizeof(f->path), "%s/%s", f->t.dir, name);
	test_ok(jc_export_file(&count, &f->run, jc_catalogue_kind_typed(kind), f->path, &err), &err);
	assert_int_equal(count, test_count(&f->t, kind));
	jc_import_report_free(&f->r);
	test_ok(jc_import_file(&f->r, &f->run, f->path, NULL, 0, &err), &err);
	counts_are(f, 0, 0, (int)count, 0);
	test_typed_digest(&f->t, after);
	assert_string_equal(before, after);
	assert_int_equal(test_seen(&f->t), seen);
}

static void
importing_an_export_changes_nothing(void **state)
{
	struct fix *f = *state;

	import_ok(f, "a.jsonl",
	    "{\"kind\":\"org\",\"key\":\"o-1\",\"set\":{\"name\":\"=青石,\\\"镇\\\"工会\",\"org_kind\":\"工会组织\"}}\n"
	    "{\"kind\":\"org\",\"key\":\"o-2\",\"set\":{\"name\":\"同名工会\",\"org_kind\":\"工会组织\"}}\n"
	    "{\"kind\":\"org\",\"key\":\"o-3\",\"set\":{\"name\":\"同名工会\",\"org_kind\":\"工会组织\"}}\n"
	    "{\"kind\":\"member\",\"key\":\"m-1\",\"set\":{\"name\":\"王小青\",\"mobile\":\"13000000001\",\"gender\":\"女\","
	    "\"union_id\":\"o-1\",\"talents\":[\"书法、国画\",\"+唱歌\"],\"posts\":[\"主席\",\"委员\"],\"note\":\"第一行\\n=第二行\"}}\n"
	    "{\"kind\":\"member\",\"key\":\"m-2\",\"set\":{\"name\":\"𠮷小山\",\"mobile\":\"不知道\",\"union_id\":\"o-2\",\"joined_on\":\"2016年3月\"}}\n"
	    "{\"kind\":\"member\",\"key\":\"m-3\",\"set\":{\"name\":\"@李\",\"gender\":\"怪\",\"union_id\":\"哪一个\"}}\n"
	    "{\"kind\":\"activity\",\"key\":\"a-1\",\"set\":{\"title\":\"-1送清凉\",\"start_at\":\"2026-07-01\",\"cost_fen\":\"1,234.50\",\"host_org_id\":\"o-1\"}}\n");
	counts_are(f, 7, 0, 0, 0);
	for (size_t i = 0; i < 3; i++) {
		static const char *const kind[] = {"org", "member", "activity"};

		round_trip(f, kind[i], "x.csv");
		round_trip(f, kind[i], "x.jsonl");
	}
}

/* Every choice of every field: what people read leads back to the code. */
static void
every_label_that_is_exported_leads_back_to_its_code(void **state)
{
	struct jc_export x = {.today = "2026-03-02"};
	struct jc_buf out, back;

	(void)state;
	jc_buf_init(&x.cell, 1000);
	jc_buf_init(&x.back, 1000);
	jc_buf_init(&out, 1000);
	jc_buf_init(&back, 1000);
	for (const struct jc_kind *const *k = jc_catalogue_kinds(); *k != NULL; k++)
		for (const struct jc_field *f = (*k)->fields; f->id != 0; f++)
			for (const struct jc_choice *c = f->choices; c != NULL && c->code != NULL; c++) {
				struct jc_remarks remarks = {0};
				struct jc_err err = {0};

				jc_buf_reset(&out);
				jc_buf_reset(&back);
				test_ok(jc_export_value(&out, &x, f, (struct jc_slice){c->code, strlen(c->code)}, 1), &err);
				test_ok(jc_value_parse(&back, f, out.data, out.len, x.today, &remarks, &err), &err);
				assert_string_equal(back.data, c->code);
			}
	jc_buf_free(&x.cell);
	jc_buf_free(&x.back);
	jc_buf_free(&out);
	jc_buf_free(&back);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_roster_with_title_lines_totals_and_unknown_columns_is_read),
		T(the_same_file_again_changes_nothing),
		T(one_undo_takes_a_whole_import_back_and_importing_again_brings_it_back),
		T(a_dry_run_says_what_would_happen_and_writes_nothing),
		T(good_rows_are_imported_and_every_other_one_gets_a_reason),
		T(an_external_key_seen_again_updates_and_an_empty_text_clears),
		T(an_empty_cell_of_a_table_leaves_what_is_there),
		T(rows_name_each_other_by_key_or_name_whatever_their_order),
		T(a_person_with_a_number_is_one_person_whatever_the_file),
		T(identical_rows_are_one_record),
		T(a_file_without_header_or_rows_is_refused_with_a_sentence),
		T(importing_an_export_changes_nothing),
		cmocka_unit_test(every_label_that_is_exported_leads_back_to_its_code),
	};

	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
