/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The JSON API on a real loopback port: its locks, every call, and that api.json lists what there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <jansson.h>

#include "api.h"
#include "test_env.h"
#include "test_node.h"

struct world {
	struct test_node node;
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t stop;
	struct jc_api *api;
	char host[64], token[64];
	int synced;
};

static void
stop_cb(uv_async_t *a)
{
	struct world *w = a->data;

	jc_api_close(w->api);
	uv_close((uv_handle_t *)&w->stop, NULL);
}

static void
thread(void *arg)
{
	struct world *w = arg;

	uv_run(&w->loop, UV_RUN_DEFAULT);
	uv_loop_close(&w->loop);
}

static int
sync_now(void *arg, struct jc_err *err)
{
	(void)err;
	((struct world *)arg)->synced++;
	return 0;
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct jc_api_options o = {0};
	struct jc_err err = {0};

	test_node_new(&w->node, 7);
	test_ok(jc_node_init_branch(w->node.node, "青石镇工会", &err), &err);
	o.env = w->node.env;
	o.db = w->node.path;
	o.key = &w->node.key;
	o.sync_now = sync_now;
	o.arg = w;
	uv_loop_init(&w->loop);
	uv_async_init(&w->loop, &w->stop, stop_cb);
	w->stop.data = w;
	test_ok(jc_api_open(&w->api, &w->loop, &o, &err), &err);
	snprintf(w->host, sizeof(w->host), "127.0.0.1:%d", jc_api_port(w->api));
	snprintf(w->token, sizeof(w->token), "%s", jc_api_token(w->api));
	uv_thread_create(&w->thread, thread, w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	uv_async_send(&w->stop);
	uv_thread_join(&w->thread);
	test_node_free(&w->node);
	free(w);
	return 0;
}

struct reply {
	long status;
	char *text;
	size_t n;
	json_t *json;
};

static size_t
take(char *p, size_t size, size_t n, void *arg)
{
	struct reply *r = arg;

	r->text = realloc(r->text, r->n + size * n + 1);
	memcpy(r->text + r->n, p, size * n);
	r->n += size * n;
	r->text[r->n] = '\0';
	return size * n;
}

/* body NULL: GET. `more` are further header lines, NULL-terminated; without any the token is sent. */
static struct reply
call_with(struct world *w, const char *path, const char *body, const char *const *more)
{
	struct curl_slist *h = curl_slist_append(NULL, "Content-Type: application/json");
	struct reply r = {0};
	CURL *c = curl_easy_init();
	char url[512], auth[128];

	snprintf(url, sizeof(url), "http://%s%s", w->host, path);
	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	if (more == NULL)
		h = curl_slist_append(h, auth);
	for (; more != NULL && *more != NULL; more++)
		h = curl_slist_append(h, strcmp(*more, "TOKEN") == 0 ? auth : *more);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, h);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, &r);
	if (body != NULL)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
	assert_int_equal(curl_easy_perform(c), CURLE_OK);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
	curl_easy_cleanup(c);
	curl_slist_free_all(h);
	r.json = json_loads(r.text != NULL ? r.text : "", 0, NULL);
	assert_non_null(r.json);
	return r;
}

static void
reply_free(struct reply *r)
{
	json_decref(r->json);
	free(r->text);
	memset(r, 0, sizeof(*r));
}

static struct reply
ok(struct world *w, const char *path, const char *body)
{
	struct reply r = call_with(w, path, body, NULL);

	if (r.status != 200)
		fail_msg("%s: %ld %s", path, r.status, r.text);
	return r;
}

static void
refused(struct world *w, const char *path, const char *body, long status, const char *word)
{
	struct reply r = call_with(w, path, body, NULL);
	const char *message = json_string_value(json_object_get(json_object_get(r.json, "error"), "message"));

	if (r.status != status)
		fail_msg("%s: %ld, not %ld: %s", path, r.status, status, r.text);
	assert_non_null(message);
	if (word != NULL && strstr(message, word) == NULL)
		fail_msg("does not say %s: %s", word, message);
	reply_free(&r);
}

static void
add(struct world *w, const char *set, char id[16], int64_t *seen)
{
	char body[2048];
	struct reply r;

	snprintf(body, sizeof(body), "{\"set\":%s}", set);
	r = ok(w, "/api/v1/records/member", body);
	snprintf(id, 16, "%s", json_string_value(json_object_get(r.json, "id")));
	*seen = json_integer_value(json_object_get(r.json, "seen"));
	reply_free(&r);
}

/* ---- tests ---- */

static void
only_this_machine_this_page_and_this_token_get_in(void **state)
{
	struct world *w = *state;
	static const char *const CASES[][4] = {{"X: y", NULL}, {"Authorization: Bearer wrong", NULL},
	    {"TOKEN", "Host: evil.example:80", NULL}, {"TOKEN", "Origin: http://evil.example", NULL},
	    {"TOKEN", "Origin: null", NULL}};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct reply r = call_with(w, "/api/v1/status", NULL, CASES[i]);

		assert_int_equal(r.status, 403);
		reply_free(&r);
	}
	{
		char origin[96];
		const char *good[] = {"TOKEN", origin, NULL};
		struct reply r;

		snprintf(origin, sizeof(origin), "Origin: http://%s", w->host);
		r = call_with(w, "/api/v1/status", NULL, good);
		assert_int_equal(r.status, 200);
		reply_free(&r);
	}
}

static void
the_description_lists_exactly_the_routes(void **state)
{
	struct world *w = *state;
	struct reply r = ok(w, "/api/v1", NULL);
	json_t *routes = json_object_get(r.json, "routes"), *one;
	const char *const *have = jc_api_routes();
	size_t i, n = 0;

	while (have[n] != NULL)
		n++;
	assert_int_equal(json_array_size(routes), n);
	json_array_foreach(routes, i, one) {
		char line[128];
		size_t k = 0;

		snprintf(line, sizeof(line), "%s %s", json_string_value(json_object_get(one, "method")),
		    json_string_value(json_object_get(one, "path")));
		while (k < n && strcmp(have[k], line) != 0)
			k++;
		if (k == n)
			fail_msg("api.json has %s, the program does not", line);
		assert_true(json_is_string(json_object_get(one, "zh")) && json_is_string(json_object_get(one, "en")));
	}
	reply_free(&r);
}

static void
a_record_is_added_read_listed_changed_and_has_a_history(void **state)
{
	struct world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct reply r;
	json_t *f;

	add(w, "{\"name\":\"王<b>小青\",\"gender\":\"女\",\"mobile\":\"13000000001\",\"talents\":[\"唱歌\",\"书法\"]}", id, &seen);
	snprintf(path, sizeof(path), "/api/v1/record/%s", id);
	r = ok(w, path, NULL);
	f = json_object_get(r.json, "fields");
	assert_string_equal(json_string_value(json_object_get(json_object_get(f, "name"), "value")), "王<b>小青");
	assert_string_equal(json_string_value(json_object_get(json_object_get(f, "gender"), "value")), "2");
	assert_int_equal(json_array_size(json_object_get(json_object_get(f, "talents"), "value")), 2);
	assert_int_equal(json_integer_value(json_object_get(r.json, "level")), 0);
	reply_free(&r);
	r = ok(w, path, "{\"set\":{\"mobile\":null,\"talents\":{\"add\":[\"下棋\"],\"remove\":[\"书法\"]}}}");
	assert_int_equal(json_integer_value(json_object_get(r.json, "written")), 2);
	reply_free(&r);
	r = ok(w, "/api/v1/records/member?gender=2&limit=10", NULL);
	assert_int_equal(json_integer_value(json_object_get(r.json, "total")), 1);
	assert_true(json_is_null(json_object_get(r.json, "next")));
	reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/record/%s/history", id);
	r = ok(w, path, NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "operations")), 2);
	reply_free(&r);
}

static void
windows_of_a_list_follow_each_other_and_numbers_are_masked(void **state)
{
	struct world *w = *state;
	char id[16], path[128];
	int64_t seen, next;
	struct reply r;
	json_t *one;

	for (int i = 0; i < 5; i++)
		add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &seen);
	r = ok(w, "/api/v1/records/member?limit=3", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "records")), 3);
	one = json_array_get(json_object_get(r.json, "records"), 0);
	assert_string_equal(json_string_value(json_object_get(json_object_get(one, "fields"), "mobile")), "130****0001");
	next = json_integer_value(json_object_get(r.json, "next"));
	reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/records/member?limit=3&after=%lld", (long long)next);
	r = ok(w, path, NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "records")), 2);
	assert_true(json_is_null(json_object_get(r.json, "next")));
	reply_free(&r);
}

static void
a_form_opened_before_another_save_keeps_both_values_until_one_is_picked(void **state)
{
	struct world *w = *state;
	char id[16], path[128], body[256];
	int64_t seen, op;
	struct reply r;
	json_t *sib;

	add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &seen);
	snprintf(path, sizeof(path), "/api/v1/record/%s", id);
	r = ok(w, path, "{\"set\":{\"mobile\":\"13000000002\"}}");
	reply_free(&r);
	snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"mobile\":\"13000000003\"}}", (long long)seen);
	r = ok(w, path, body);
	reply_free(&r);
	r = ok(w, "/api/v1/conflicts", NULL);
	sib = json_object_get(json_object_get(json_array_get(json_object_get(r.json, "records"), 0), "fields"), "mobile");
	assert_int_equal(json_array_size(sib), 2);
	op = json_integer_value(json_object_get(json_array_get(sib, 1), "op"));
	reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/record/%s/resolve", id);
	refused(w, path, "{\"field\":\"mobile\",\"pick\":99999}", 404, "99999");
	refused(w, path, "{\"field\":\"mobile\"}", 400, NULL);
	snprintf(body, sizeof(body), "{\"field\":\"mobile\",\"pick\":%lld}", (long long)op);
	r = ok(w, path, body);
	reply_free(&r);
	refused(w, path, body, 409, NULL);
	r = ok(w, "/api/v1/conflicts", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "records")), 0);
	reply_free(&r);
	assert_string_equal(test_get(&w->node, id, "mobile"), "13000000002");
}

static void
voiding_unvoiding_undo_and_sync(void **state)
{
	struct world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct reply r;

	add(w, "{\"name\":\"王小青\"}", id, &seen);
	snprintf(path, sizeof(path), "/api/v1/record/%s/void", id);
	refused(w, path, "{}", 400, NULL);
	r = ok(w, path, "{\"reason\":\"录错了\"}");
	reply_free(&r);
	refused(w, path, "{\"reason\":\"录错了\"}", 409, NULL);
	r = ok(w, "/api/v1/records/member?void=1", NULL);
	assert_int_equal(json_integer_value(json_object_get(r.json, "total")), 1);
	reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/record/%s/unvoid", id);
	r = ok(w, path, "{}");
	reply_free(&r);
	r = ok(w, "/api/v1/undo", "{}");
	assert_int_equal(json_integer_value(json_object_get(r.json, "restored")), 1);
	reply_free(&r);
	r = ok(w, "/api/v1/sync", "{}");
	reply_free(&r);
	assert_int_equal(w->synced, 1);
	r = ok(w, "/api/v1/status", NULL);
	assert_string_equal(json_string_value(json_object_get(r.json, "name")), "青石镇工会");
	reply_free(&r);
}

static void
what_is_wrong_is_named_and_nothing_is_saved(void **state)
{
	struct world *w = *state;
	char *longbody = malloc(3u << 20);
	int64_t seen = test_seen(&w->node);

	refused(w, "/api/v1/records/nothing", "{\"set\":{}}", 404, "nothing");
	refused(w, "/api/v1/records/member", "{\"set\":{\"nme\":\"x\"}}", 400, "nme");
	refused(w, "/api/v1/records/member", "{\"set\":{\"name\":5}}", 400, "name");
	refused(w, "/api/v1/records/member", "{\"set\":{\"name\":\"x\"},\"sen\":1}", 400, "sen");
	refused(w, "/api/v1/records/member", "{\"set\":{\"name\":\"x\",\"name\":\"y\"}}", 400, NULL);
	refused(w, "/api/v1/records/member", "{\"set\":", 400, NULL);
	refused(w, "/api/v1/records/member", "[]", 400, NULL);
	refused(w, "/api/v1/records/member", "{\"set\":{}}", 400, NULL);
	refused(w, "/api/v1/records/member?nofield=1", NULL, 400, "nofield");
	refused(w, "/api/v1/record/zzzzzzzzzzzz", NULL, 404, "zzzzzzzzzzzz");
	refused(w, "/api/v1/record/u!", NULL, 400, NULL);
	refused(w, "/api/v1/undo", "{}", 404, NULL);
	refused(w, "/api/v2", NULL, 404, NULL);
	refused(w, "/api/v1/undo", NULL, 405, NULL);
	memset(longbody, 'a', (3u << 20) - 1);
	longbody[(3u << 20) - 1] = '\0';
	refused(w, "/api/v1/records/member", longbody, 413, NULL);
	free(longbody);
	assert_int_equal(test_seen(&w->node), seen);
}

static void
the_catalogue_has_what_a_form_needs(void **state)
{
	struct world *w = *state;
	struct reply r = ok(w, "/api/v1/catalogue", NULL);
	json_t *kinds = json_object_get(r.json, "kinds"), *k, *f;
	size_t i, n, fields = 0;

	json_array_foreach(kinds, i, k)
		json_array_foreach(json_object_get(k, "fields"), n, f) {
			fields++;
			assert_true(json_is_string(json_object_get(f, "zh")) && json_is_string(json_object_get(f, "en")));
			if (strcmp(json_string_value(json_object_get(f, "type")), "enum") == 0)
				assert_true(json_array_size(json_object_get(f, "choices")) > 0);
		}
	assert_true(json_array_size(kinds) >= 7 && fields > 100);
	reply_free(&r);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(only_this_machine_this_page_and_this_token_get_in),
		T(the_description_lists_exactly_the_routes),
		T(a_record_is_added_read_listed_changed_and_has_a_history),
		T(windows_of_a_list_follow_each_other_and_numbers_are_masked),
		T(a_form_opened_before_another_save_keeps_both_values_until_one_is_picked),
		T(voiding_unvoiding_undo_and_sync),
		T(what_is_wrong_is_named_and_nothing_is_saved),
		T(the_catalogue_has_what_a_form_needs),
	};

	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
