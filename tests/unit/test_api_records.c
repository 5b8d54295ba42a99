/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The JSON API on a real loopback port: the catalogue, records, lists, forms, conflicts, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api_kit.h"
#include "test_env.h"

static void
the_catalogue_has_what_a_form_needs(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r = apikit_ok(w, "/api/v1/catalogue", NULL);
	json_t *kinds = json_object_get(r.json, "kinds"), *k, *f;
	size_t i, n, fields = 0;

	json_array_foreach(kinds, i, k)
		json_array_foreach(json_object_get(k, "fields"), n, f) {
			const char *type = json_string_value(json_object_get(f, "type"));

			fields++;
			assert_true(json_is_string(json_object_get(f, "zh")) && json_is_string(json_object_get(f, "en")));
			assert_true(json_is_string(json_object_get(f, "need")) && json_is_string(json_object_get(f, "class")));
			assert_true(json_is_boolean(json_object_get(f, "set")) && json_is_integer(json_object_get(f, "max")));
			if (strcmp(type, "enum") == 0)
				assert_true(json_array_size(json_object_get(f, "choices")) > 0);
			assert_int_equal(json_is_string(json_object_get(f, "ref")), strcmp(type, "ref") == 0);
		}
	assert_true(json_array_size(kinds) >= 7 && fields > 100);
	apikit_reply_free(&r);
}

/* ---- records ---- */

static void
a_record_is_added_read_listed_changed_and_has_a_history(void **state)
{
	struct apikit_world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct apikit_reply r;
	json_t *f;

	apikit_add(w, "{\"name\":\"王小青\",\"gender\":\"女\",\"mobile\":\"13000000001\",\"talents\":[\"唱歌\",\"书法\"]}", id, &seen);
	assert_string_equal(test_get(&w->node, id, "mobile"), "13000000001"); /* another connection sees it */
	apikit_path_of(path, id, "");
	r = apikit_ok(w, path, NULL);
	assert_string_equal(apikit_field_text(&r, "name", "value"), "王小青");
	assert_string_equal(apikit_field_text(&r, "gender", "value"), "2");
	assert_string_equal(apikit_field_text(&r, "gender", "shown"), "女性");
	assert_string_equal(apikit_field_text(&r, "mobile", "value"), "13000000001");
	f = json_object_get(json_object_get(r.json, "fields"), "talents");
	assert_int_equal(json_array_size(json_object_get(f, "value")), 2);
	assert_null(json_object_get(f, "siblings"));
	assert_int_equal(apikit_number(&r, "level"), 0);
	assert_int_equal(apikit_number(&r, "seen"), seen);
	apikit_reply_free(&r);
	r = apikit_ok(w, path, "{\"set\":{\"mobile\":null,\"talents\":{\"add\":[\"下棋\"],\"remove\":[\"书法\"]}}}");
	assert_int_equal(apikit_number(&r, "written"), 2);
	apikit_reply_free(&r);
	r = apikit_ok(w, path, "{\"set\":{\"name\":\"王小青\",\"talents\":\"唱歌、下棋\"}}");
	assert_int_equal(apikit_number(&r, "written"), 0);
	apikit_reply_free(&r);
	apikit_path_of(path, id, "/history");
	r = apikit_ok(w, path, NULL);
	f = json_object_get(r.json, "operations");
	assert_int_equal(json_array_size(f), 2);
	f = json_object_get(json_array_get(f, 1), "fields");
	assert_true(json_is_null(json_object_get(f, "mobile")));
	assert_string_equal(json_string_value(json_array_get(json_object_get(json_object_get(f, "talents"), "remove"), 0)), "书法");
	apikit_reply_free(&r);
}

static void
markup_is_text_and_rare_characters_come_back_as_they_went_in(void **state)
{
	static const char NAME[] = "<img src=x onerror=alert(1)>";
	struct apikit_world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct apikit_reply r;

	apikit_add(w, "{\"name\":\"\\ud842\\udfb7小青\",\"residence\":\"<img src=x onerror=alert(1)>\",\"native_place\":\"\\\"'&;\"}", id, &seen);
	apikit_path_of(path, id, "");
	r = apikit_ok(w, path, NULL);
	assert_string_equal(apikit_field_text(&r, "residence", "value"), NAME);
	assert_string_equal(apikit_field_text(&r, "residence", "shown"), NAME);
	assert_string_equal(apikit_field_text(&r, "native_place", "value"), "\"'&;");
	assert_string_equal(apikit_field_text(&r, "name", "value"), "𠮷小青");
	apikit_reply_free(&r);
}

/* The ids in a list's answer, joined. */
static void
listed(struct apikit_world *w, const char *query, const char *want)
{
	char path[256], got[256] = "";
	struct apikit_reply r;
	json_t *one;
	size_t i;

	snprintf(path, sizeof(path), "/api/v1/records/member?%s", query);
	r = apikit_ok(w, path, NULL);
	json_array_foreach(json_object_get(r.json, "records"), i, one) {
		size_t n = strlen(got);

		snprintf(got + n, sizeof(got) - n, "%s ", json_string_value(json_object_get(json_object_get(one, "fields"), "name")));
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s, not %s", query, got, want);
	apikit_reply_free(&r);
}

static void
a_list_is_ordered_searched_and_cut_into_windows_anywhere(void **state)
{
	struct apikit_world *w = *state;
	int64_t seen;
	char id[16];

	apikit_add(w, "{\"name\":\"c1\",\"mobile\":\"13000000003\",\"joined_on\":\"2020-01-02\"}", id, &seen);
	apikit_add(w, "{\"name\":\"a1\",\"mobile\":\"13000000001\"}", id, &seen);
	apikit_add(w, "{\"name\":\"b2\",\"joined_on\":\"2019-01-02\"}", id, &seen);
	listed(w, "", "c1 a1 b2 ");
	listed(w, "order=name", "a1 b2 c1 ");
	listed(w, "order=-name", "c1 b2 a1 ");
	listed(w, "order=joined_on", "b2 c1 a1 ");
	listed(w, "order=-joined_on", "c1 b2 a1 ");
	listed(w, "order=name&offset=1&limit=1", "b2 ");
	listed(w, "offset=5", "");
	listed(w, "search=1", "c1 a1 ");
	listed(w, "search=0003", "c1 ");
	listed(w, "search=003", "c1 "); /* as everywhere in the program: two last digits are enough */
	listed(w, "search=7", "");
	listed(w, "search=%25", "");
}

static void
a_form_under_way_is_read_field_by_field_and_saves_nothing(void **state)
{
	struct apikit_world *w = *state;
	int64_t before = test_seen(&w->node);
	struct apikit_reply r = apikit_ok(w, "/api/v1/check/member",
	    "{\"set\":{\"joined_on\":\"2021年5月\",\"gender\":\"女\",\"mobile\":\"12\",\"employer_id\":\"没有这家\"}}");
	json_t *f = json_object_get(r.json, "fields"), *one = json_object_get(f, "gender");

	assert_string_equal(json_string_value(json_object_get(one, "value")), "2");
	one = json_object_get(f, "joined_on");
	assert_non_null(json_object_get(one, "value"));
	one = json_object_get(f, "mobile");
	assert_true(json_array_size(json_object_get(one, "remarks")) > 0);
	one = json_object_get(f, "employer_id");
	assert_non_null(json_object_get(one, "error"));
	assert_int_equal(test_seen(&w->node), before);
	apikit_reply_free(&r);
}

static void
a_draft_is_kept_listed_and_dropped(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r;

	apikit_done(w, "/api/v1/draft/new.member", "{\"form\":{\"name\":\"王\"}}");
	r = apikit_ok(w, "/api/v1/draft/new.member", NULL);
	assert_string_equal(json_string_value(json_object_get(json_object_get(r.json, "form"), "name")), "王");
	apikit_reply_free(&r);
	r = apikit_ok(w, "/api/v1/drafts", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "drafts")), 1);
	apikit_reply_free(&r);
	apikit_done(w, "/api/v1/draft/new.member", "{\"form\":null}");
	r = apikit_ok(w, "/api/v1/drafts", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "drafts")), 0);
	apikit_reply_free(&r);
}

static void
many_records_are_changed_in_one_save_and_one_undo(void **state)
{
	struct apikit_world *w = *state;
	char a[16], b[16], body[256];
	int64_t seen;
	struct apikit_reply r;

	apikit_add(w, "{\"name\":\"王小青\"}", a, &seen);
	apikit_add(w, "{\"name\":\"李大山\"}", b, &seen);
	snprintf(body, sizeof(body), "{\"ids\":[\"%s\",\"%s\"],\"seen\":%lld,\"set\":{\"residence\":\"青石镇\"}}", a, b, (long long)seen);
	r = apikit_ok(w, "/api/v1/records/member/batch", body);
	assert_int_equal(apikit_number(&r, "written"), 2);
	apikit_reply_free(&r);
	assert_string_equal(test_get(&w->node, b, "residence"), "青石镇");
	apikit_done(w, "/api/v1/undo", "{}");
	assert_string_equal(test_get(&w->node, a, "residence"), "");
	snprintf(body, sizeof(body), "{\"ids\":[\"%s\",\"zzzzzzzzzzzz\"],\"set\":{\"residence\":\"青石镇\"}}", a);
	apikit_refused(w, "/api/v1/records/member/batch", body, 404, NULL);
	assert_string_equal(test_get(&w->node, a, "residence"), "");
}

static void
many_new_records_are_one_save_or_none(void **state)
{
	struct apikit_world *w = *state;

	apikit_done(w, "/api/v1/records/member/many", "{\"sets\":[{\"name\":\"王小青\"},{\"name\":\"李大山\"}]}");
	assert_int_equal(test_count(&w->node, "member"), 2);
	apikit_refused(w, "/api/v1/records/member/many", "{\"sets\":[{\"name\":\"赵玉梅\"},{\"nothing\":\"x\"}]}", 400, "nothing");
	apikit_refused(w, "/api/v1/records/member/many", "{\"sets\":[]}", 400, "sets");
	assert_int_equal(test_count(&w->node, "member"), 2);
	apikit_done(w, "/api/v1/undo", "{}");
	assert_int_equal(test_count(&w->node, "member"), 0);
}

static void
windows_of_a_list_follow_each_other_and_end(void **state)
{
	struct apikit_world *w = *state;
	char id[16], path[128], last[16] = "";
	int64_t seen, next = 0;
	struct apikit_reply r;
	size_t got = 0;
	int windows = 0;

	for (int i = 0; i < 6; i++)
		apikit_add(w, "{\"name\":\"王小青\"}", id, &seen);
	do {
		snprintf(path, sizeof(path), "/api/v1/records/member?limit=3&after=%lld", (long long)next);
		r = apikit_ok(w, path, NULL);
		got += json_array_size(json_object_get(r.json, "records"));
		assert_int_equal(apikit_number(&r, "total"), 6);
		snprintf(last, sizeof(last), "%s", json_string_value(json_object_get(
		    json_array_get(json_object_get(r.json, "records"), 2), "id")));
		next = json_integer_value(json_object_get(r.json, "next"));
		windows++;
		apikit_reply_free(&r);
	} while (next != 0 && windows < 9);
	assert_int_equal(windows, 2); /* six records are two whole windows, and no empty third */
	assert_int_equal(got, 6);
	assert_string_equal(last, id);
	apikit_refused(w, "/api/v1/records/member?limit=0", NULL, 400, "limit");
	apikit_refused(w, "/api/v1/records/member?limit=1001", NULL, 400, "limit");
	apikit_refused(w, "/api/v1/records/member?after=x", NULL, 400, "after");
	apikit_refused(w, "/api/v1/records/member?void=yes", NULL, 400, "void");
}

static void
numbers_of_people_are_masked_in_lists_and_whole_in_the_record(void **state)
{
	struct apikit_world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct apikit_reply r;
	json_t *f;

	apikit_add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\",\"phone2\":\"13000000002\",\"id_no\":\"399999199001010014\"}", id, &seen);
	r = apikit_ok(w, "/api/v1/records/member", NULL);
	f = json_object_get(json_array_get(json_object_get(r.json, "records"), 0), "fields");
	assert_string_equal(json_string_value(json_object_get(f, "mobile")), "130****0001");
	assert_string_equal(json_string_value(json_object_get(f, "id_no")), "3999**********0014");
	assert_null(strstr(r.text, "13000000002"));
	apikit_reply_free(&r);
	apikit_path_of(path, id, "");
	r = apikit_ok(w, path, NULL);
	assert_string_equal(apikit_field_text(&r, "mobile", "shown"), "13000000001");
	assert_string_equal(apikit_field_text(&r, "id_no", "value"), "399999199001010014");
	apikit_reply_free(&r);
}

static void
expect_total(struct apikit_world *w, const char *query, int64_t total)
{
	char path[256];
	struct apikit_reply r;

	snprintf(path, sizeof(path), "/api/v1/records/member?%s", query);
	r = apikit_ok(w, path, NULL);
	if (apikit_number(&r, "total") != total)
		fail_msg("%s: %s", query, r.text);
	apikit_reply_free(&r);
}

static void
conditions_of_a_list_are_typed_like_values(void **state)
{
	struct apikit_world *w = *state;
	char id[16];
	int64_t seen;

	apikit_add(w, "{\"name\":\"王小青\",\"gender\":\"女\",\"talents\":[\"唱歌\",\"书法\"],\"birth_date\":\"1990-01-01\"}", id, &seen);
	apikit_add(w, "{\"name\":\"李大山\",\"gender\":\"男\",\"talents\":[\"唱歌\"]}", id, &seen);
	expect_total(w, "gender=2", 1);
	expect_total(w, "gender=%E5%A5%B3", 1);                                  /* 女 */
	expect_total(w, "talents=%E5%94%B1%E6%AD%8C", 2);                        /* 唱歌 */
	expect_total(w, "talents=%E5%94%B1%E6%AD%8C&talents=%E4%B9%A6%E6%B3%95", 1); /* 唱歌, 书法 */
	expect_total(w, "birth_date=1990.1.1", 1);
	expect_total(w, "birth_date=", 1);
	expect_total(w, "gender=1&birth_date=1990-01-01", 0);
	apikit_refused_at(w, "/api/v1/records/member?nofield=1", NULL, 400, "nofield", "nofield");
	apikit_refused_at(w, "/api/v1/records/member?gender=1&gender=2", NULL, 400, NULL, "gender");
	apikit_refused_at(w, "/api/v1/records/member?employer_id=nobody", NULL, 400, "nobody", "employer_id");
}

static void
a_reference_is_given_by_name_and_shown_by_name(void **state)
{
	struct apikit_world *w = *state;
	char id[16], org[16], path[128];
	int64_t seen;
	struct apikit_reply r;

	apikit_refused_at(w, "/api/v1/records/member", "{\"set\":{\"name\":\"王小青\",\"employer_id\":\"青石厂\"}}", 400, "青石厂", "employer_id");
	assert_int_equal(test_count(&w->node, "member"), 0);
	apikit_add_kind(w, "org", "{\"name\":\"青石厂\"}", org, &seen);
	apikit_add(w, "{\"name\":\"王小青\",\"employer_id\":\"青石厂\"}", id, &seen);
	apikit_path_of(path, id, "");
	r = apikit_ok(w, path, NULL);
	assert_string_equal(apikit_field_text(&r, "employer_id", "value"), org);
	assert_string_equal(apikit_field_text(&r, "employer_id", "shown"), "青石厂");
	apikit_reply_free(&r);
}

static void
what_a_form_gives_back_unchanged_changes_nothing(void **state)
{
	struct apikit_world *w = *state;
	char id[16], path[128], body[512];
	int64_t seen;
	struct apikit_reply r;

	apikit_add_kind(w, "activity", "{\"title\":\"象棋赛\",\"budget_fen\":\"1234.5\",\"hours\":\"1.5\",\"goods\":\"棋\\n盘\"}", id, &seen);
	apikit_path_of(path, id, "");
	r = apikit_ok(w, path, NULL);
	assert_string_equal(apikit_field_text(&r, "budget_fen", "value"), "123450");
	snprintf(body, sizeof(body), "{\"set\":{\"budget_fen\":\"%s\",\"hours\":\"%s\",\"goods\":\"棋\\n盘\",\"title\":\"%s\"}}",
	    apikit_field_text(&r, "budget_fen", "shown"), apikit_field_text(&r, "hours", "shown"), apikit_field_text(&r, "title", "value"));
	apikit_reply_free(&r);
	r = apikit_ok(w, path, body);
	assert_int_equal(apikit_number(&r, "written"), 0);
	apikit_reply_free(&r);
}

static void
one_person_by_number_and_one_key_are_one_record(void **state)
{
	static const char PERSON[] = "{\"set\":{\"name\":\"王小青\",\"id_no\":\"399999199001010014\"}}";
	static const char KEYED[] = "{\"key\":\"hr-7\",\"set\":{\"name\":\"李大山\"}}";
	struct apikit_world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct apikit_reply r;

	apikit_add(w, "{\"name\":\"王小青\",\"id_no\":\"399999199001010014\"}", id, &seen);
	r = apikit_call(w, "/api/v1/records/member", PERSON);
	assert_int_equal(r.status, 409);
	assert_string_equal(json_string_value(json_object_get(json_object_get(r.json, "error"), "id")), id);
	assert_string_equal(json_string_value(json_object_get(json_object_get(r.json, "error"), "code")), "exists");
	apikit_reply_free(&r);
	apikit_done(w, "/api/v1/records/member", KEYED);
	apikit_refused(w, "/api/v1/records/member", KEYED, 409, NULL);
	apikit_refused(w, "/api/v1/records/member", "{\"key\":\"\",\"set\":{\"name\":\"x\"}}", 400, "key");
	assert_int_equal(test_count(&w->node, "member"), 2);
	apikit_path_of(path, id, "/void");
	apikit_done(w, path, "{\"reason\":\"录错了\"}");
	apikit_refused(w, "/api/v1/records/member", PERSON, 409, id); /* void, but there */
}

static void
a_doubtful_value_is_saved_with_a_remark(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r = apikit_ok(w, "/api/v1/records/member", "{\"set\":{\"name\":\"王小青\",\"id_no\":\"399999199001010015\",\"birth_date\":\"去年\"}}");
	json_t *remarks = json_object_get(r.json, "remarks"), *one;
	int number_told = 0, date_told = 0;
	char path[128];
	size_t i;

	json_array_foreach(remarks, i, one) {
		const char *field = json_string_value(json_object_get(one, "field"));

		assert_true(json_string_length(json_object_get(one, "text")) > 0);
		number_told |= strcmp(field, "id_no") == 0 && json_string_value(json_object_get(one, "code"))[0] == 'E';
		date_told |= strcmp(field, "birth_date") == 0;
	}
	assert_true(number_told && date_told);
	apikit_path_of(path, json_string_value(json_object_get(r.json, "id")), "");
	apikit_reply_free(&r);
	r = apikit_ok(w, path, NULL);
	assert_string_equal(apikit_field_text(&r, "birth_date", "value"), "?去年");
	assert_string_equal(apikit_field_text(&r, "birth_date", "shown"), "去年");
	apikit_reply_free(&r);
}

/* ---- what was on the author's screen ---- */

/* A form opened before another save and saved after it. Leaves two values in `mobile`. */
static void
form_late(struct apikit_world *w, char id[16])
{
	char path[128], body[256];
	struct apikit_reply r;
	int64_t seen;

	apikit_add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &seen);
	apikit_path_of(path, id, "");
	r = apikit_ok(w, path, NULL);
	seen = apikit_number(&r, "seen");
	apikit_reply_free(&r);
	test_set(&w->node, "member", id, 0, "mobile=13000000002", NULL); /* somebody else, on a connection of its own */
	snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"mobile\":\"13000000003\"}}", (long long)seen);
	r = apikit_ok(w, path, body);
	assert_int_equal(apikit_number(&r, "written"), 1);
	assert_int_equal(apikit_number(&r, "conflicts"), 1);
	apikit_reply_free(&r);
}

static void
a_form_opened_before_another_save_keeps_both_values_until_one_is_picked(void **state)
{
	struct apikit_world *w = *state;
	char id[16], path[128], body[256];
	struct apikit_reply r;
	json_t *one, *sib, *other = NULL, *s;
	size_t i;

	form_late(w, id);
	r = apikit_ok(w, "/api/v1/conflicts", NULL);
	one = json_array_get(json_object_get(r.json, "records"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "title")), "工会会员 王小青");
	sib = json_object_get(json_object_get(one, "fields"), "mobile");
	assert_int_equal(json_array_size(sib), 2);
	json_array_foreach(sib, i, s) {
		assert_string_equal(json_string_value(json_object_get(s, "text")), json_string_value(json_object_get(s, "value")));
		if (strcmp(json_string_value(json_object_get(s, "value")), "13000000002") == 0)
			other = s;
	}
	assert_non_null(other);
	snprintf(body, sizeof(body), "{\"field\":\"mobile\",\"pick\":%lld}",
	    (long long)json_integer_value(json_object_get(other, "op")));
	apikit_reply_free(&r);
	apikit_path_of(path, id, "");
	r = apikit_ok(w, path, NULL);
	assert_int_equal(apikit_number(&r, "conflicts"), 1);
	assert_int_equal(json_array_size(json_object_get(json_object_get(json_object_get(r.json, "fields"), "mobile"), "siblings")), 2);
	apikit_reply_free(&r);
	apikit_path_of(path, id, "/resolve");
	apikit_refused(w, path, "{\"field\":\"mobile\",\"pick\":99999}", 404, "99999");
	apikit_refused(w, path, "{\"field\":\"mobile\",\"pick\":0}", 400, NULL);
	apikit_refused(w, path, "{\"field\":\"mobile\"}", 400, NULL);
	apikit_refused(w, path, "{\"field\":\"mobile\",\"pick\":1,\"value\":\"13000000009\"}", 400, NULL);
	apikit_refused(w, path, "{\"field\":\"nofield\",\"value\":\"x\"}", 400, "field");
	apikit_refused(w, path, "{\"field\":\"name\",\"value\":\"x\"}", 409, NULL);
	apikit_refused(w, path, "{\"field\":\"talents\",\"value\":\"x\"}", 409, NULL);
	assert_int_equal(apikit_conflicts(w), 1);
	r = apikit_ok(w, path, body);
	assert_int_equal(apikit_number(&r, "conflicts"), 0);
	apikit_reply_free(&r);
	apikit_refused(w, path, body, 409, NULL);
	assert_int_equal(apikit_conflicts(w), 0);
	assert_string_equal(test_get(&w->node, id, "mobile"), "13000000002");
}

static void
a_conflict_is_settled_by_another_value_and_settling_can_be_undone(void **state)
{
	struct apikit_world *w = *state;
	char id[16], path[128];

	form_late(w, id);
	apikit_path_of(path, id, "/resolve");
	apikit_done(w, path, "{\"field\":\"mobile\",\"value\":\"+86 130 0000 0009\"}");
	assert_string_equal(test_get(&w->node, id, "mobile"), "13000000009");
	assert_int_equal(apikit_conflicts(w), 0);
	apikit_done(w, "/api/v1/undo", "{}");
	assert_string_not_equal(test_get(&w->node, id, "mobile"), "13000000009");
	form_late(w, id);
	apikit_path_of(path, id, "/resolve");
	apikit_done(w, path, "{\"field\":\"mobile\",\"value\":null}");
	assert_string_equal(test_get(&w->node, id, "mobile"), "");
}

static void
settling_leaves_a_value_that_nobody_has_looked_at(void **state)
{
	struct apikit_world *w = *state;
	char id[16], path[128], body[256];
	int64_t opened, looked;
	struct apikit_reply r;

	apikit_add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &opened);
	apikit_path_of(path, id, "");
	for (int i = 2; i <= 3; i++) {
		snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"mobile\":\"1300000000%d\"}}", (long long)opened, i);
		apikit_done(w, path, body);
	}
	r = apikit_ok(w, "/api/v1/conflicts", NULL);
	looked = json_integer_value(json_object_get(json_array_get(json_object_get(r.json, "records"), 0), "seen"));
	apikit_reply_free(&r);
	snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"mobile\":\"13000000004\"}}", (long long)opened);
	apikit_done(w, path, body);
	apikit_path_of(path, id, "/resolve");
	snprintf(body, sizeof(body), "{\"field\":\"mobile\",\"value\":\"13000000009\",\"seen\":%lld}", (long long)looked);
	r = apikit_ok(w, path, body);
	assert_int_equal(apikit_number(&r, "conflicts"), 1);
	apikit_reply_free(&r);
	apikit_path_of(path, id, "");
	r = apikit_ok(w, path, NULL);
	assert_int_equal(json_array_size(json_object_get(json_object_get(json_object_get(r.json, "fields"), "mobile"), "siblings")), 2);
	apikit_reply_free(&r);
	apikit_path_of(path, id, "/resolve");
	apikit_done(w, path, "{\"field\":\"mobile\",\"value\":\"13000000009\"}");
	assert_int_equal(apikit_conflicts(w), 0);
}

static void
a_list_of_elements_drops_only_what_its_author_saw(void **state)
{
	struct apikit_world *w = *state;
	char id[16], path[128], body[256];
	int64_t seen;
	struct apikit_reply r;

	apikit_add(w, "{\"name\":\"王小青\",\"talents\":[\"唱歌\",\"书法\"]}", id, &seen);
	test_set(&w->node, "member", id, 0, "talents+=下棋", NULL);
	apikit_path_of(path, id, "");
	snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"talents\":[\"唱歌\",\"摄影\"]}}", (long long)seen);
	apikit_done(w, path, body);
	r = apikit_ok(w, path, NULL);
	assert_int_equal(apikit_number(&r, "conflicts"), 0);
	assert_null(strstr(r.text, "书法"));
	assert_non_null(strstr(r.text, "唱歌"));
	assert_non_null(strstr(r.text, "摄影"));
	assert_non_null(strstr(r.text, "下棋"));
	apikit_reply_free(&r);
	apikit_refused(w, path, "{\"seen\":99999999,\"set\":{\"talents\":[]}}", 409, NULL);
	apikit_refused(w, path, "{\"seen\":-1,\"set\":{\"talents\":[]}}", 400, "seen");
}

/* ---- the rest ---- */

static void
voiding_unvoiding_undo_and_sync(void **state)
{
	struct apikit_world *w = *state;
	char id[16], path[128], record[128];
	int64_t seen;
	struct apikit_reply r;

	apikit_refused(w, "/api/v1/undo", "{}", 404, NULL);
	apikit_add(w, "{\"name\":\"王小青\"}", id, &seen);
	apikit_path_of(record, id, "");
	apikit_path_of(path, id, "/void");
	apikit_refused(w, path, "{}", 400, "reason");
	apikit_refused(w, path, "{\"reason\":\"  \"}", 400, "reason");
	apikit_refused(w, path, "{\"reason\":5}", 400, "reason");
	apikit_done(w, path, "{\"reason\":\"录错了\"}");
	apikit_refused(w, path, "{\"reason\":\"录错了\"}", 409, NULL);
	apikit_refused(w, record, "{\"set\":{\"name\":\"王大青\"}}", 409, NULL);
	r = apikit_ok(w, record, NULL);
	assert_true(json_is_true(json_object_get(r.json, "void")));
	apikit_reply_free(&r);
	expect_total(w, "void=1", 1);
	expect_total(w, "void=0", 0);
	apikit_path_of(path, id, "/unvoid");
	apikit_done(w, path, "{}");
	apikit_refused(w, path, "{}", 409, NULL);
	expect_total(w, "", 1);
	r = apikit_ok(w, "/api/v1/undo", "{}");
	assert_int_equal(apikit_number(&r, "restored"), 1);
	assert_string_equal(json_string_value(json_object_get(r.json, "what")), "unvoid");
	apikit_reply_free(&r);
	expect_total(w, "void=1", 1);
	apikit_done(w, "/api/v1/sync", "{}");
	assert_int_equal(w->synced, 1);
}

static void
the_status_counts_what_waits_and_what_is_to_be_settled(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r = apikit_ok(w, "/api/v1/status", NULL);
	char id[16];

	assert_string_equal(json_string_value(json_object_get(r.json, "name")), "青石镇工会");
	assert_string_equal(json_string_value(json_object_get(r.json, "role")), "branch");
	assert_int_equal(apikit_number(&r, "waiting"), 0);
	assert_true(json_is_null(json_object_get(r.json, "hub")));
	assert_true(json_is_true(json_object_get(r.json, "can_sync")));
	apikit_reply_free(&r);
	form_late(w, id);
	r = apikit_ok(w, "/api/v1/status", NULL);
	assert_int_equal(apikit_number(&r, "waiting"), 3);
	assert_int_equal(apikit_number(&r, "drafts"), 3);
	assert_int_equal(apikit_number(&r, "conflicts"), 1);
	assert_int_equal(apikit_number(&r, "forks"), 0);
	assert_int_equal(apikit_number(&r, "seen"), test_seen(&w->node));
	apikit_reply_free(&r);
}

static void
without_a_device_key_it_records_and_without_a_hub_it_does_not_sync(void **state)
{
	struct apikit_world *w = *state;
	char id[16];
	int64_t seen;

	apikit_add(w, "{\"name\":\"王小青\"}", id, &seen);
	assert_string_equal(test_get(&w->node, id, "name"), "王小青");
	apikit_refused(w, "/api/v1/sync", "{}", 409, NULL);
}

static void
what_is_wrong_in_a_field_names_it_and_saves_nothing_of_the_rest(void **state)
{
	static const struct {
		const char *set, *field;
	} BAD[] = {{"{\"mobile\":\"13000000009\",\"nme\":\"x\"}", "nme"}, {"{\"mobile\":\"13000000009\",\"name\":5}", "name"},
	    {"{\"mobile\":\"13000000009\",\"name\":[\"x\"]}", "name"}, {"{\"mobile\":\"13000000009\",\"name\":{}}", "name"},
	    {"{\"mobile\":\"13000000009\",\"name\":true}", "name"}, {"{\"mobile\":\"13000000009\",\"talents\":{}}", "talents"},
	    {"{\"mobile\":\"13000000009\",\"talents\":{\"add\":\"x\"}}", "talents"},
	    {"{\"mobile\":\"13000000009\",\"talents\":{\"add\":[],\"del\":[]}}", "talents"},
	    {"{\"mobile\":\"13000000009\",\"talents\":[1]}", "talents"},
	    {"{\"mobile\":\"13000000009\",\"employer_id\":\"nobody\"}", "employer_id"}};
	struct apikit_world *w = *state;
	char id[16], path[128], body[2048];
	int64_t seen;
	size_t n;

	apikit_add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &seen);
	apikit_path_of(path, id, "");
	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
		snprintf(body, sizeof(body), "{\"set\":%s}", BAD[i].set);
		apikit_refused_at(w, path, body, 400, NULL, BAD[i].field);
		apikit_refused_at(w, "/api/v1/records/member", body, 400, NULL, BAD[i].field);
	}
	n = (size_t)snprintf(body, sizeof(body), "{\"set\":{\"mobile\":\"13000000009\",\"name\":\"");
	memset(body + n, 'a', 300);
	snprintf(body + n + 300, sizeof(body) - n - 300, "\"}}");
	apikit_refused_at(w, path, body, 400, "姓名", "name");
	assert_int_equal(test_seen(&w->node), seen);
	assert_string_equal(test_get(&w->node, id, "mobile"), "13000000001");
	assert_int_equal(test_count(&w->node, "member"), 1);
}

static void
a_malformed_request_is_refused_with_a_sentence_and_saves_nothing(void **state)
{
	static const struct {
		const char *path, *body;
		long status;
		const char *word;
	} BAD[] = {{"/api/v1/records/nothing", "{\"set\":{}}", 404, "nothing"}, {"/api/v1/records/member", "{\"set\":", 400, NULL},
	    {"/api/v1/records/member", "{\"set\":{\"name\":\"x\",\"name\":\"y\"}}", 400, NULL},
	    {"/api/v1/records/member", "{\"set\":{},\"set\":{}}", 400, NULL}, {"/api/v1/records/member", "[]", 400, NULL},
	    {"/api/v1/records/member", "\"x\"", 400, NULL}, {"/api/v1/records/member", "{} {}", 400, NULL},
	    {"/api/v1/records/member", "{\"set\":{\"name\":\"\xff\"}}", 400, NULL},
	    {"/api/v1/records/member", "{\"set\":{\"name\":\"a\\u0000b\"}}", 400, NULL},
	    {"/api/v1/records/member", "{\"set\":{\"name\":\"\\ud800\"}}", 400, NULL},
	    {"/api/v1/records/member", "{\"set\":{}}", 400, NULL}, {"/api/v1/records/member", "{}", 400, "set"},
	    {"/api/v1/records/member", "{\"set\":[]}", 400, "set"},
	    {"/api/v1/records/member", "{\"set\":{\"name\":\"x\"},\"sen\":1}", 400, "sen"},
	    {"/api/v1/records/%ff", NULL, 404, NULL}, {"/api/v1/records/member?%ff=1", NULL, 400, NULL},
	    {"/api/v1/records/member?name=%ff", NULL, 400, NULL}, {"/api/v1/record/%ff%ff%ff%ff", NULL, 400, NULL},
	    {"/api/v1/record/zzzzzzzzzzzz", NULL, 404, "zzzzzzzzzzzz"}, {"/api/v1/record/u!", NULL, 400, NULL},
	    {"/api/v1/record/zzzzzzzzzzzz/history", NULL, 404, NULL},
	    {"/api/v1/record/zzzzzzzzzzzz", "{\"set\":{\"name\":\"x\"}}", 404, NULL},
	    {"/api/v1/record/zzzzzzzzzzzz/void", "{\"reason\":\"x\"}", 404, NULL},
	    {"/api/v1/record/zzzzzzzzzzzz/unvoid", "{}", 404, NULL},
	    {"/api/v1/record/zzzzzzzzzzzz/resolve", "{\"field\":\"name\",\"pick\":1}", 404, NULL},
	    {"/api/v1/undo", "{\"x\":1}", 400, "x"}, {"/api/v1/sync", "{\"x\":1}", 400, "x"}, {"/api/v1/sync", "{\"first\":7}", 400, "first"},
	    {"/api/v1/sync", "{\"first\":\"0000zzzz\"}", 404, NULL}, {"/api/v2", NULL, 404, NULL},
	    {"/api/v1/record/", NULL, 404, NULL}, {"/assets/nothing.js", NULL, 404, NULL},
	    {"/api/v1/check/nothing", "{}", 404, "nothing"}, {"/api/v1/draft/a-b", NULL, 400, NULL},
	    {"/api/v1/records/member?order=nothing", NULL, 400, "nothing"}, {"/api/v1/records/member?offset=-1", NULL, 400, "offset"},
	    {"/api/v1/records/member/batch", "{\"ids\":[],\"set\":{}}", 400, "ids"},
	    {"/api/v1/records/member/batch", "{\"ids\":[\"zzzzzzzzzzzz\"],\"set\":{}}", 404, NULL}, {"/api/v1/record/a/b", NULL, 404, NULL}};
	struct apikit_world *w = *state;
	int64_t seen = test_seen(&w->node);

	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
		apikit_refused(w, BAD[i].path, BAD[i].body, BAD[i].status, BAD[i].word);
	assert_int_equal(test_seen(&w->node), seen);
	assert_int_equal(w->synced, 0);
}

static void
another_method_is_told_which_ones_there_are(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r = apikit_call(w, "/api/v1/undo", NULL);

	assert_int_equal(r.status, 405);
	assert_non_null(strstr(r.head, "Allow: POST\r\n"));
	apikit_reply_free(&r);
	r = apikit_call(w, "/api/v1/status", "{}");
	assert_int_equal(r.status, 405);
	assert_non_null(strstr(r.head, "Allow: GET\r\n"));
	apikit_reply_free(&r);
}

static void
a_body_over_the_limit_is_refused_and_the_next_call_works(void **state)
{
	struct apikit_world *w = *state;
	size_t n = 3u << 20;
	char *body = malloc(n + 1);

	memset(body, 'a', n);
	body[n] = '\0';
	apikit_refused(w, "/api/v1/records/member", body, 413, NULL);
	memset(body, ' ', JC_API_BODY_MAX);
	memcpy(body, "{\"set\":{\"name\":\"", 16);
	memcpy(body + 16, "x\"}}", 4);
	body[JC_API_BODY_MAX - 1] = '\0';
	apikit_done(w, "/api/v1/records/member", body); /* as long as may be */
	free(body);
	assert_int_equal(test_count(&w->node, "member"), 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, apikit_setup, apikit_teardown)
	const struct CMUnitTest tests[] = {
		T(the_catalogue_has_what_a_form_needs),
		T(a_record_is_added_read_listed_changed_and_has_a_history),
		T(markup_is_text_and_rare_characters_come_back_as_they_went_in),
		T(windows_of_a_list_follow_each_other_and_end),
		T(numbers_of_people_are_masked_in_lists_and_whole_in_the_record),
		T(conditions_of_a_list_are_typed_like_values),
		T(a_reference_is_given_by_name_and_shown_by_name),
		T(what_a_form_gives_back_unchanged_changes_nothing),
		T(one_person_by_number_and_one_key_are_one_record),
		T(a_doubtful_value_is_saved_with_a_remark),
		T(a_form_opened_before_another_save_keeps_both_values_until_one_is_picked),
		T(a_conflict_is_settled_by_another_value_and_settling_can_be_undone),
		T(settling_leaves_a_value_that_nobody_has_looked_at),
		T(a_list_is_ordered_searched_and_cut_into_windows_anywhere),
		T(a_form_under_way_is_read_field_by_field_and_saves_nothing),
		T(a_draft_is_kept_listed_and_dropped),
		T(many_records_are_changed_in_one_save_and_one_undo),
		T(many_new_records_are_one_save_or_none),
		T(a_list_of_elements_drops_only_what_its_author_saw),
		T(voiding_unvoiding_undo_and_sync),
		T(the_status_counts_what_waits_and_what_is_to_be_settled),
		cmocka_unit_test_setup_teardown(without_a_device_key_it_records_and_without_a_hub_it_does_not_sync,
		    apikit_setup_bare, apikit_teardown),
		T(what_is_wrong_in_a_field_names_it_and_saves_nothing_of_the_rest),
		T(a_malformed_request_is_refused_with_a_sentence_and_saves_nothing),
		T(another_method_is_told_which_ones_there_are),
		T(a_body_over_the_limit_is_refused_and_the_next_call_works),
	};

	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests_name("api records", tests, NULL, NULL);
}
