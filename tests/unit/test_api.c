/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The JSON API on a real loopback port: its locks, every call, and that api.json tells what there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <jansson.h>

#include "api.h"
#include "test_env.h"
#include "test_node.h"
#include "zip_kit.h"

struct world {
	struct test_node node;
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t stop;
	struct jc_api *api;
	CURL *curl;
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
world_open(void **state, int whole)
{
	struct world *w = calloc(1, sizeof(*w));
	struct jc_api_options o = {0};
	struct jc_err err = {0};

	test_node_new(&w->node, 7);
	test_ok(whole == 2 ? jc_node_init_hub(w->node.node, "青石县总工会", &err)
	                   : jc_node_init_branch(w->node.node, "青石镇工会", &err), &err);
	o.env = w->node.env;
	o.db = w->node.path;
	o.key = whole ? &w->node.key : NULL;
	o.sync_now = whole ? sync_now : NULL;
	o.arg = w;
	uv_loop_init(&w->loop);
	uv_async_init(&w->loop, &w->stop, stop_cb);
	w->stop.data = w;
	test_ok(jc_api_open(&w->api, &w->loop, &o, &err), &err);
	snprintf(w->host, sizeof(w->host), "127.0.0.1:%d", jc_api_port(w->api));
	snprintf(w->token, sizeof(w->token), "%s", jc_api_token(w->api));
	w->curl = curl_easy_init();
	uv_thread_create(&w->thread, thread, w);
	*state = w;
	return 0;
}

static int
setup(void **state)
{
	return world_open(state, 1);
}

/* A node without its device key and without a hub above. */
static int
setup_bare(void **state)
{
	return world_open(state, 0);
}

/* A hub: it defines fields and forms. */
static int
setup_hub(void **state)
{
	return world_open(state, 2);
}

static int
teardown(void **state)
{
	struct world *w = *state;

	curl_easy_cleanup(w->curl);
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
	char head[4096]; /* header lines */
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

static size_t
take_head(char *p, size_t size, size_t n, void *arg)
{
	struct reply *r = arg;
	size_t have = strlen(r->head), len = size * n;

	if (have + len < sizeof(r->head)) {
		memcpy(r->head + have, p, len);
		r->head[have + len] = '\0';
	}
	return len;
}

static long upload_size = -1; /* of a body that is no text */

/* One request with exactly these header lines (NULL-terminated). body NULL: none is sent. */
static struct reply
request(struct world *w, const char *method, const char *path, const char *body, const char *const *lines)
{
	struct curl_slist *h = NULL;
	struct reply r = {0};
	char url[1024];

	curl_easy_reset(w->curl);
	snprintf(url, sizeof(url), "http://%s%s", w->host, path);
	for (; *lines != NULL; lines++)
		h = curl_slist_append(h, *lines);
	curl_easy_setopt(w->curl, CURLOPT_URL, url);
	curl_easy_setopt(w->curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, h);
	curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(w->curl, CURLOPT_WRITEDATA, &r);
	curl_easy_setopt(w->curl, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(w->curl, CURLOPT_HEADERDATA, &r);
	if (body != NULL)
		curl_easy_setopt(w->curl, CURLOPT_POSTFIELDS, body);
	if (body != NULL && upload_size >= 0)
		curl_easy_setopt(w->curl, CURLOPT_POSTFIELDSIZE, upload_size);
	curl_easy_setopt(w->curl, CURLOPT_CUSTOMREQUEST, method);
	assert_int_equal(curl_easy_perform(w->curl), CURLE_OK);
	curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &r.status);
	curl_slist_free_all(h);
	return r;
}

static void
reply_free(struct reply *r)
{
	json_decref(r->json);
	free(r->text);
	memset(r, 0, sizeof(*r));
}

/* An honest request; body NULL: GET. Every answer is JSON. */
static struct reply
call(struct world *w, const char *path, const char *body)
{
	char auth[128];
	const char *const lines[] = {"Content-Type: application/json", auth, NULL};
	struct reply r;

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	r = request(w, body != NULL ? "POST" : "GET", path, body, lines);
	r.json = json_loads(r.text != NULL ? r.text : "", 0, NULL);
	if (r.json == NULL)
		fail_msg("%s: no JSON: %s", path, r.text != NULL ? r.text : "");
	return r;
}

static struct reply
ok(struct world *w, const char *path, const char *body)
{
	struct reply r = call(w, path, body);

	if (r.status != 200)
		fail_msg("%s: %ld %s", path, r.status, r.text);
	return r;
}

static void
done(struct world *w, const char *path, const char *body)
{
	struct reply r = ok(w, path, body);

	reply_free(&r);
}

/* `word` must stand in the message, `field` be the error's field; NULL: not looked at. */
static void
refused_at(struct world *w, const char *path, const char *body, long status, const char *word, const char *field)
{
	struct reply r = call(w, path, body);
	json_t *e = json_object_get(r.json, "error");
	const char *message = json_string_value(json_object_get(e, "message"));
	const char *at = json_string_value(json_object_get(e, "field"));

	if (r.status != status)
		fail_msg("%s %s: %ld, not %ld: %s", path, body != NULL ? body : "", r.status, status, r.text);
	assert_non_null(json_string_value(json_object_get(e, "code")));
	assert_non_null(message);
	if (word != NULL && strstr(message, word) == NULL)
		fail_msg("does not say %s: %s", word, message);
	if (field != NULL && (at == NULL || strcmp(at, field) != 0))
		fail_msg("does not blame %s: %s", field, r.text);
	reply_free(&r);
}

static void
refused(struct world *w, const char *path, const char *body, long status, const char *word)
{
	refused_at(w, path, body, status, word, NULL);
}

static void
add_kind(struct world *w, const char *kind, const char *set, char id[16], int64_t *seen)
{
	char body[2048], path[64];
	struct reply r;

	snprintf(path, sizeof(path), "/api/v1/records/%s", kind);
	snprintf(body, sizeof(body), "{\"set\":%s}", set);
	r = ok(w, path, body);
	snprintf(id, 16, "%s", json_string_value(json_object_get(r.json, "id")));
	*seen = json_integer_value(json_object_get(r.json, "seen"));
	reply_free(&r);
}

static void
add(struct world *w, const char *set, char id[16], int64_t *seen)
{
	add_kind(w, "member", set, id, seen);
}

static void
path_of(char path[128], const char *id, const char *more)
{
	snprintf(path, 128, "/api/v1/record/%s%s", id, more);
}

/* Member `part` of a field of a record as read. */
static const char *
field_text(const struct reply *r, const char *field, const char *part)
{
	const char *s =
	    json_string_value(json_object_get(json_object_get(json_object_get(r->json, "fields"), field), part));

	return s != NULL ? s : "(none)";
}

static int64_t
number(const struct reply *r, const char *name)
{
	json_t *v = json_object_get(r->json, name);

	if (!json_is_integer(v))
		fail_msg("no number %s: %s", name, r->text);
	return json_integer_value(v);
}

static int64_t
conflicts(struct world *w)
{
	struct reply r = ok(w, "/api/v1/conflicts", NULL);
	int64_t n = (int64_t)json_array_size(json_object_get(r.json, "records"));

	reply_free(&r);
	return n;
}

/* ---- the locks ---- */

struct cell {
	const char *line; /* header line, "" = curl's own or none */
	int honest;
};

static int
wrong_at(const struct cell *const part[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!part[i]->honest)
			return 1;
	return 0;
}

static void
one_cell(struct world *w, const struct cell *const part[], size_t n, const char *method, int64_t *opened)
{
	const char *lines[8];
	size_t at = 0;
	struct reply r;

	for (size_t i = 0; i < n; i++)
		if (part[i]->line[0] != '\0')
			lines[at++] = part[i]->line;
	lines[at] = NULL;
	r = request(w, method, "/api/v1/status", strcmp(method, "POST") == 0 ? "{}" : NULL, lines);
	if (wrong_at(part, n) ? r.status != 403 : r.status != (strcmp(method, "GET") == 0 ? 200 : 405))
		fail_msg("%s %s %s %s %s: %ld", method, part[0]->line, part[1]->line, part[2]->line, part[3]->line, r.status);
	*opened += r.status == 200;
	reply_free(&r);
}

/* RELIABILITY: host x origin x site x token x method; 8 x 7 x 6 x 5 x 3 = 5,040 requests. */
static void
of_all_requests_only_the_honest_ones_get_in(void **state)
{
	static const char *const METHODS[] = {"GET", "POST", "PUT"};
	struct world *w = *state;
	int port = jc_api_port(w->api);
	char h[3][64], o[3][96], t[4][128];
	const struct cell host[] = {{"", 1}, {h[0], 1}, {h[1], 0}, {h[2], 0}, {"Host: 127.0.0.1", 0},
	    {"Host: evil.example:80", 0}, {"Host: localhost:1", 0}, {"Host: 127.0.0.1.evil.example", 0}};
	const struct cell origin[] = {{"", 1}, {o[0], 0}, {o[1], 0}, {o[2], 0}, {"Origin: null", 0},
	    {"Origin: http://evil.example", 0}, {"Origin: http://127.0.0.1", 0}};
	const struct cell site[] = {{"", 1}, {"Sec-Fetch-Site: same-origin", 1}, {"Sec-Fetch-Site: none", 1},
	    {"Sec-Fetch-Site: same-site", 0}, {"Sec-Fetch-Site: cross-site", 0}, {"Sec-Fetch-Site: odd", 0}};
	const struct cell token[] = {{t[0], 1}, {"", 0}, {t[1], 0}, {t[2], 0}, {t[3], 0}};
	int64_t opened = 0;

	snprintf(h[0], sizeof(h[0]), "Host: localhost:%d", port);
	snprintf(h[1], sizeof(h[1]), "Host: evil.example:%d", port);
	snprintf(h[2], sizeof(h[2]), "Host: 127.0.0.1:%d.evil.example", port);
	snprintf(o[0], sizeof(o[0]), "Origin: https://127.0.0.1:%d", port);
	snprintf(o[1], sizeof(o[1]), "Origin: http://evil.example:%d", port);
	snprintf(o[2], sizeof(o[2]), "Origin: http://127.0.0.1:%d", port + 1);
	snprintf(t[0], sizeof(t[0]), "Authorization: Bearer %s", w->token);
	snprintf(t[1], sizeof(t[1]), "Authorization: Bearer %.42s", w->token);
	snprintf(t[2], sizeof(t[2]), "Authorization: Basic %s", w->token);
	snprintf(t[3], sizeof(t[3]), "Authorization: Bearer %.42s%c", w->token, w->token[42] == 'A' ? 'E' : 'A');
	for (size_t i = 0; i < 8 * 7 * 6 * 5; i++) {
		const struct cell *part[] = {&host[i % 8], &origin[i / 8 % 7], &site[i / 56 % 6], &token[i / 336]};

		for (size_t m = 0; m < 3; m++)
			one_cell(w, part, 4, METHODS[m], &opened);
	}
	assert_int_equal(opened, 2 * 1 * 3 * 1);
}

static void
a_page_of_this_very_address_gets_in_and_its_answer_is_no_page(void **state)
{
	static const char *const WANT[] = {"application/json; charset=utf-8", "no-store", "nosniff",
	    "default-src 'none'", "Cross-Origin-Resource-Policy: same-origin"};
	struct world *w = *state;
	char auth[128], origin[96];
	const char *const lines[] = {auth, origin, "Sec-Fetch-Site: same-origin", NULL};
	struct reply r;

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	snprintf(origin, sizeof(origin), "Origin: http://%s", w->host);
	r = request(w, "GET", "/api/v1/status", NULL, lines);
	assert_int_equal(r.status, 200);
	for (size_t i = 0; i < sizeof(WANT) / sizeof(WANT[0]); i++)
		if (strstr(r.head, WANT[i]) == NULL)
			fail_msg("no %s in %s", WANT[i], r.head);
	assert_null(strstr(r.head, "Access-Control"));
	reply_free(&r);
}

/* ---- the page ---- */

static struct reply
page(struct world *w, const char *method, const char *path, const char *host, const char *more)
{
	char line[128];
	const char *const lines[] = {line, more, NULL};

	snprintf(line, sizeof(line), "Host: %s", host);
	return request(w, method, path, NULL, lines);
}

static void
the_page_is_served_without_a_token_and_trusts_nobody_else(void **state)
{
	struct world *w = *state;
	struct reply r = page(w, "GET", "/", w->host, NULL);
	char path[128], etag[64], line[96];

	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.text, "<div id=\"page\">"));
	assert_non_null(strstr(r.head, "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"));
	assert_non_null(strstr(r.head, "frame-ancestors 'none'"));
	assert_non_null(strstr(r.head, "Cache-Control: no-store"));
	assert_null(strstr(r.text, w->token));
	assert_int_equal(sscanf(strstr(r.text, "<script type=\"module\" src=\""), "<script type=\"module\" src=\"%100[^\"]", path), 1);
	reply_free(&r);
	r = page(w, "GET", path, w->host, "Accept-Encoding: gzip");
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.head, "Content-Encoding: gzip"));
	assert_non_null(strstr(r.head, "immutable"));
	assert_memory_equal(r.text, "\x1f\x8b", 2);
	assert_int_equal(sscanf(strstr(r.head, "ETag: "), "ETag: %60s", etag), 1);
	reply_free(&r);
	snprintf(line, sizeof(line), "If-None-Match: %s", etag);
	r = page(w, "GET", path, w->host, line);
	assert_int_equal(r.status, 304);
	assert_int_equal(r.n, 0);
	reply_free(&r);
}

static void
the_page_is_no_way_around_the_locks(void **state)
{
	static const struct {
		const char *method, *path, *host;
		long status;
	} ASKED[] = {{"GET", "/", "evil.example", 403}, {"GET", "/", "127.0.0.1", 403}, {"POST", "/", NULL, 403},
	    {"GET", "/index.html", NULL, 403}, {"GET", "/../api.token", NULL, 403}, {"GET", "//", NULL, 403},
	    {"GET", "/assets/", NULL, 403}, {"GET", "/licences.txt", NULL, 200},
	    {"GET", "/api/v1/status", NULL, 403}};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(ASKED) / sizeof(ASKED[0]); i++) {
		struct reply r = page(w, ASKED[i].method, ASKED[i].path, ASKED[i].host != NULL ? ASKED[i].host : w->host, NULL);

		if (r.status != ASKED[i].status)
			fail_msg("%s %s: %ld", ASKED[i].method, ASKED[i].path, r.status);
		reply_free(&r);
	}
}

static void
an_answer_speaks_the_language_that_is_asked_for(void **state)
{
	char auth[128];
	const char *const en[] = {auth, "Accept-Language: en", NULL}, *const zh[] = {auth, "Accept-Language: zh-CN", NULL};
	struct world *w = *state;
	struct reply r;

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	r = request(w, "GET", "/api/v1/nothing", NULL, en);
	assert_non_null(strstr(r.text, "There is no such call"));
	reply_free(&r);
	r = request(w, "GET", "/api/v1/nothing", NULL, zh);
	assert_non_null(strstr(r.text, "没有这个接口"));
	reply_free(&r);
}

/* ---- the description ---- */

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
	for (size_t k = 0; k < n; k++) {
		int times = 0;

		json_array_foreach(routes, i, one) {
			char line[128];

			snprintf(line, sizeof(line), "%s %s", json_string_value(json_object_get(one, "method")),
			    json_string_value(json_object_get(one, "path")));
			times += strcmp(have[k], line) == 0;
		}
		if (times != 1)
			fail_msg("api.json has %s %d times", have[k], times);
	}
	reply_free(&r);
}

static void
every_route_of_the_description_is_whole(void **state)
{
	struct world *w = *state;
	struct reply r = ok(w, "/api/v1", NULL);
	json_t *one, *known = json_object_get(json_object_get(r.json, "errors"), "status"), *why;
	const char *status;
	size_t i;

	json_array_foreach(json_object_get(r.json, "routes"), i, one) {
		int post = strcmp(json_string_value(json_object_get(one, "method")), "POST") == 0;

		assert_true(json_is_string(json_object_get(one, "zh")) && json_is_string(json_object_get(one, "en")));
		assert_true(json_is_object(json_object_get(one, "query")) && json_is_object(json_object_get(one, "answer")));
		assert_int_equal(json_is_object(json_object_get(one, "body")), post);
		assert_true(json_is_object(json_object_get(one, "errors")));
		json_object_foreach(json_object_get(one, "errors"), status, why)
			assert_non_null(json_object_get(known, status));
	}
	reply_free(&r);
}

/* 1 if both objects have the same members. */
static int
same_members(json_t *a, json_t *b)
{
	const char *name;
	json_t *v;

	json_object_foreach(a, name, v)
		if (json_object_get(b, name) == NULL)
			return 0;
	return json_object_size(a) == json_object_size(b);
}

static size_t answered; /* routes that were called by the next function */

/* Calls one route with a body that works and compares its answer with what api.json says. */
static void
answer_as_told(struct world *w, json_t *description, const char *route, const char *path, const char *body)
{
	struct reply r = ok(w, path, body);
	json_t *one, *told = NULL;
	size_t i;

	json_array_foreach(json_object_get(description, "routes"), i, one) {
		char line[128];

		snprintf(line, sizeof(line), "%s %s", json_string_value(json_object_get(one, "method")),
		    json_string_value(json_object_get(one, "path")));
		if (strcmp(line, route) == 0)
			told = json_object_get(one, "answer");
	}
	assert_non_null(told);
	answered++;
	if (!same_members(told, r.json))
		fail_msg("%s is not answered as told: %s", route, r.text);
	reply_free(&r);
}

static void
a_hub_stops_a_computer_and_takes_what_came_after(void **state)
{
	struct world *w = *state;
	struct reply d = ok(w, "/api/v1", NULL);
	struct jc_log *log = w->node.node->log;
	struct jc_err err = {0};
	struct jc_scope office, s;
	struct jc_key key;
	char path[128];

	test_ok(jc_node_scope(w->node.node, &office, &err), &err);
	test_ok(jc_key_make(&key, w->node.env, &err), &err);
	test_ok(jc_scope_found(&s, log, "branch", "青石镇工会", office.network, &err), &err);
	test_ok(jc_scope_enrol(log, &s, key.pk, "青石镇1号机", "branch", &err), &err);
	answer_as_told(w, d.json, "GET /api/v1/hub/devices", "/api/v1/hub/devices", NULL);
	refused(w, "/api/v1/hub/devices/abc/revoke", "{}", 400, "设备号");
	snprintf(path, sizeof(path), "/api/v1/hub/devices/%s/accept", key.id);
	refused(w, path, "{}", 409, "没有停用过");
	snprintf(path, sizeof(path), "/api/v1/hub/devices/%s/revoke", key.id);
	answer_as_told(w, d.json, "POST /api/v1/hub/devices/{id}/revoke", path, "{}");
	refused(w, path, "{}", 409, "不用停用");
	snprintf(path, sizeof(path), "/api/v1/hub/devices/%s/accept", key.id);
	answer_as_told(w, d.json, "POST /api/v1/hub/devices/{id}/accept", path, "{}");
	reply_free(&d);
}

static void
a_branch_has_no_computers_to_stop(void **state)
{
	refused(*state, "/api/v1/hub/devices", NULL, 403, "县里");
}

static void
a_move_names_what_is_missing_and_who_does_it(void **state)
{
	struct world *w = *state;
	struct reply r;
	char org[16], id[16], path[128], body[200];
	int64_t seen;

	add_kind(w, "org", "{\"name\":\"青石志愿者协会\",\"org_kind\":\"social\"}", org, &seen);
	snprintf(body, sizeof(body), "{\"org_id\":\"%s\",\"reason\":\"有党组织\"}", org);
	add_kind(w, "build_case", body, id, &seen);
	path_of(path, id, "/step");
	refused(w, path, "{\"move\":\"mobilise\",\"set\":{\"staff_count\":\"30\"}}", 400, "指导员");
	refused(w, path, "{\"move\":\"cancelled\",\"set\":{\"reason\":\"x\"}}", 403, "县总工会审批人");
	refused(w, path, "{\"move\":\"congress\"}", 409, "开始动员");
	refused(w, path, "{\"move\":\"mobilise\",\"set\":{\"nothing\":\"30\"}}", 400, "nothing");
	refused(w, path, "{\"move\":\"mobilise\",\"date\":\"2099-01-01\",\"set\":{\"staff_count\":\"30\",\"guide\":\"李四\"}}", 400, "日期");
	refused(w, path, "{\"set\":{}}", 400, "move");
	refused(w, path, "{\"move\":\"mobilise\",\"hat\":\"CNTL\"}", 400, "CNTL");
	r = ok(w, path, "{\"move\":\"cancelled\",\"behalf\":\"×总工〔2026〕9号\",\"set\":{\"reason\":\"单位注销\"}}");
	assert_string_equal(json_string_value(json_object_get(r.json, "state")), "cancelled");
	reply_free(&r);
	path_of(path, org, "/flow");
	refused(w, path, NULL, 400, "没有办理流程");
}

static void
duplicates_are_merged_with_choices_and_taken_apart(void **state)
{
	struct world *w = *state;
	struct reply r;
	char a[16], b[16], org[16], path[128], body[200];
	int64_t seen;

	add(w, "{\"name\":\"王小青\",\"job\":\"瓦工\",\"mobile\":\"13000000001\"}", a, &seen);
	add(w, "{\"name\":\"王小青\",\"job\":\"木工\",\"mobile\":\"13000000001\",\"education\":\"20\"}", b, &seen);
	add_kind(w, "org", "{\"name\":\"青石厂\"}", org, &seen);
	r = ok(w, "/api/v1/duplicates?all=1", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "pairs")), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(r.json, "pairs"), 0), "rule")), "D6");
	reply_free(&r);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\"}", a, org);
	refused(w, "/api/v1/merge", body, 400, "同一类");
	refused(w, "/api/v1/merge", "{\"a\":\"zzzzzzzzzzzz\",\"b\":\"zzzzzzzzzzzz\"}", 404, "没有");
	snprintf(body, sizeof(body), "{\"a\":\"%s\"}", a);
	refused(w, "/api/v1/merge", body, 400, "两个编号");
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\",\"keep\":{\"job\":\"either\"}}", a, b);
	refused(w, "/api/v1/merge", body, 400, "选法");
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\",\"keep\":{\"job\":\"B\"}}", a, b);
	r = ok(w, "/api/v1/merge", body);
	assert_string_equal(json_string_value(json_object_get(r.json, "id")), a);
	assert_int_equal(json_integer_value(json_object_get(r.json, "settled")), 1);
	assert_int_equal(json_integer_value(json_object_get(r.json, "open")), 0);
	reply_free(&r);
	path_of(path, b, "");
	r = ok(w, path, NULL); /* the old id leads to the shown record */
	assert_string_equal(json_string_value(json_object_get(r.json, "id")), a);
	reply_free(&r);
	r = ok(w, "/api/v1/duplicates?all=1", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "pairs")), 0);
	reply_free(&r);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\"}", a, b);
	refused(w, "/api/v1/merge", body, 409, "已经合并");
	done(w, "/api/v1/unmerge", body);
	refused(w, "/api/v1/unmerge", body, 409, "没有合并");
	done(w, "/api/v1/distinct", body);
	r = ok(w, "/api/v1/duplicates?all=1", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "pairs")), 0);
	reply_free(&r);
	refused(w, "/api/v1/search?q=", NULL, 400, "请写");
	r = ok(w, "/api/v1/search?q=xq", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "hits")), 2);
	reply_free(&r);
}

static void
every_answer_has_the_members_that_the_description_tells(void **state)
{
	struct world *w = *state;
	struct reply d = ok(w, "/api/v1", NULL);
	char id[16], other[16], path[128], body[128];
	const char *const *all = jc_api_routes();
	static const char *const elsewhere[] = {"GET /api/v1/print.css", "GET /api/v1/print/{form}", "POST /api/v1/setup/branch",
	    "POST /api/v1/setup/join", "POST /api/v1/setup/restore", "POST /api/v1/setup/key",
	    "POST /api/v1/setup/practice", "POST /api/v1/setup/practice/end", "POST /api/v1/fields", "POST /api/v1/record/{id}/object", "POST /api/v1/forms", "POST /api/v1/stick/write",
	    "GET /api/v1/attachment/{id}", "POST /api/v1/record/{id}/return", "POST /api/v1/tray/{no}/resend",
	    "POST /api/v1/tray/{no}/withdraw", "GET /api/v1/hub/devices", "POST /api/v1/hub/devices/{id}/revoke",
	    "POST /api/v1/hub/devices/{id}/accept",
	    "GET /api/v1/backup", "GET /api/v1/export/{kind}", "POST /api/v1/import/preview", "POST /api/v1/import", "GET /api/v1/import/{token}",
	    "POST /api/v1/import/{token}/cancel", "GET /api/v1/pending", "POST /api/v1/pending/{no}",
	    "POST /api/v1/pending/{no}/discard", "POST /api/v1/fill"}; /* in tests of their own */
	size_t n = 0;
	size_t before = answered;
	int64_t seen;

	add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &seen);
	answer_as_told(w, d.json, "GET /api/v1", "/api/v1", NULL);
	answer_as_told(w, d.json, "GET /api/v1/status", "/api/v1/status", NULL);
	answer_as_told(w, d.json, "GET /api/v1/sessions", "/api/v1/sessions", NULL);
	answer_as_told(w, d.json, "GET /api/v1/setup", "/api/v1/setup", NULL);
	answer_as_told(w, d.json, "GET /api/v1/sticks", "/api/v1/sticks", NULL);
	answer_as_told(w, d.json, "POST /api/v1/stick/read", "/api/v1/stick/read", "{\"dir\":\"/nothing\"}");
	answer_as_told(w, d.json, "GET /api/v1/stick", "/api/v1/stick", NULL);
	answer_as_told(w, d.json, "POST /api/v1/setup/code", "/api/v1/setup/code", "{\"code\":\"abc\"}");
	answer_as_told(w, d.json, "POST /api/v1/setup/label", "/api/v1/setup/label", "{\"label\":\"王小青\"}");
	answer_as_told(w, d.json, "GET /api/v1/catalogue", "/api/v1/catalogue", NULL);
	answer_as_told(w, d.json, "GET /api/v1/fields", "/api/v1/fields", NULL);
	answer_as_told(w, d.json, "GET /api/v1/corrections", "/api/v1/corrections", NULL);
	answer_as_told(w, d.json, "GET /api/v1/figures", "/api/v1/figures", NULL);
	answer_as_told(w, d.json, "GET /api/v1/figures/{report}", "/api/v1/figures/R05?rows=1", NULL);
	answer_as_told(w, d.json, "GET /api/v1/conflicts", "/api/v1/conflicts", NULL);
	answer_as_told(w, d.json, "GET /api/v1/records/{kind}", "/api/v1/records/member", NULL);
	answer_as_told(w, d.json, "POST /api/v1/records/{kind}", "/api/v1/records/org", "{\"set\":{\"name\":\"青石厂\"}}");
	snprintf(body, sizeof(body), "{\"ids\":[\"%s\"],\"set\":{\"residence\":\"青石镇\"}}", id);
	answer_as_told(w, d.json, "POST /api/v1/records/{kind}/batch", "/api/v1/records/member/batch", body);
	answer_as_told(w, d.json, "POST /api/v1/records/{kind}/many", "/api/v1/records/venue/many", "{\"sets\":[{\"name\":\"礼堂\"}]}");
	answer_as_told(w, d.json, "POST /api/v1/check/{kind}", "/api/v1/check/member", "{\"set\":{\"name\":\"王\"}}");
	answer_as_told(w, d.json, "POST /api/v1/draft/{key}", "/api/v1/draft/new.member", "{\"form\":{\"name\":\"王\"}}");
	answer_as_told(w, d.json, "GET /api/v1/draft/{key}", "/api/v1/draft/new.member", NULL);
	answer_as_told(w, d.json, "GET /api/v1/drafts", "/api/v1/drafts", NULL);
	path_of(path, id, "");
	answer_as_told(w, d.json, "GET /api/v1/record/{id}", path, NULL);
	answer_as_told(w, d.json, "POST /api/v1/record/{id}", path, "{\"set\":{\"mobile\":\"13000000002\"}}");
	snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"mobile\":\"13000000003\"}}", (long long)seen);
	done(w, path, body);
	path_of(path, id, "/resolve");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/resolve", path, "{\"field\":\"mobile\",\"value\":\"13000000004\"}");
	path_of(path, id, "/history");
	answer_as_told(w, d.json, "GET /api/v1/record/{id}/history", path, NULL);
	path_of(path, id, "/step");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/step", path, "{\"move\":\"1\",\"date\":\"2020-03-01\"}");
	answer_as_told(w, d.json, "GET /api/v1/tasks", "/api/v1/tasks", NULL);
	answer_as_told(w, d.json, "GET /api/v1/overdue/{kind}", "/api/v1/overdue/check_item?field=state", NULL);
	answer_as_told(w, d.json, "GET /api/v1/templates", "/api/v1/templates", NULL);
	add_kind(w, "activity", "{\"title\":\"集中入会\"}", other, &seen);
	path_of(path, other, "/collective");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/collective", path, "{\"list\":\"李小兰 13000000009\"}");
	answer_as_told(w, d.json, "POST /api/v1/checks", "/api/v1/checks", "{\"template\":\"UNION-NORM\",\"org\":\"青石厂\"}");
	path_of(path, id, "/flow");
	answer_as_told(w, d.json, "GET /api/v1/record/{id}/flow", path, NULL);
	path_of(path, id, "/void");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/void", path, "{\"reason\":\"录错了\"}");
	path_of(path, id, "/unvoid");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/unvoid", path, "{}");
	answer_as_told(w, d.json, "GET /api/v1/print", "/api/v1/print", NULL);
	answer_as_told(w, d.json, "GET /api/v1/reports", "/api/v1/reports", NULL);
	answer_as_told(w, d.json, "GET /api/v1/report/{id}", "/api/v1/report/R05?period=2026", NULL);
	answer_as_told(w, d.json, "POST /api/v1/report/{id}", "/api/v1/report/R05?period=2026", "{}");
	answer_as_told(w, d.json, "GET /api/v1/audit", "/api/v1/audit", NULL);
	answer_as_told(w, d.json, "GET /api/v1/search", "/api/v1/search?q=wxq&kind=member", NULL);
	answer_as_told(w, d.json, "GET /api/v1/duplicates", "/api/v1/duplicates?all=1", NULL);
	add(w, "{\"name\":\"王小清\",\"job\":\"瓦工\"}", other, &seen);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\"}", id, other);
	answer_as_told(w, d.json, "POST /api/v1/distinct", "/api/v1/distinct", body);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\",\"keep\":{\"all\":\"A\"}}", id, other);
	answer_as_told(w, d.json, "POST /api/v1/merge", "/api/v1/merge", body);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\"}", id, other);
	answer_as_told(w, d.json, "POST /api/v1/unmerge", "/api/v1/unmerge", body);
	path_of(path, id, "/attachments");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/attachments", path,
	    "{\"file_name\":\"a.pdf\",\"data\":\"JVBERi0xLjQKJSVFT0YKJSVFT0YK\"}");
	answer_as_told(w, d.json, "GET /api/v1/record/{id}/attachments", path, NULL);
	answer_as_told(w, d.json, "GET /api/v1/tray", "/api/v1/tray", NULL);
	answer_as_told(w, d.json, "POST /api/v1/undo", "/api/v1/undo", "{}");
	snprintf(body, sizeof(body), "{\"first\":\"%s\"}", id);
	answer_as_told(w, d.json, "POST /api/v1/sync", "/api/v1/sync", body);
	answer_as_told(w, d.json, "GET /api/v1/settings", "/api/v1/settings", NULL);
	answer_as_told(w, d.json, "POST /api/v1/settings", "/api/v1/settings", "{\"sync.kbps\":\"64\",\"sync.hours\":\"\"}");
	while (all[n] != NULL)
		n++;
	assert_int_equal(n, answered - before + sizeof(elsewhere) / sizeof(elsewhere[0])); /* a new route belongs here too */
	reply_free(&d);
}

/* A file as the body. */
static struct reply
upload(struct world *w, const char *path, const char *p, size_t n)
{
	char auth[128];
	const char *const lines[] = {"Content-Type: application/octet-stream", auth, NULL};
	struct reply r;

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	upload_size = (long)n;
	r = request(w, "POST", path, p, lines);
	upload_size = -1;
	r.json = json_loads(r.text != NULL ? r.text : "", 0, NULL);
	if (r.json == NULL)
		fail_msg("%s: no JSON: %s", path, r.text != NULL ? r.text : "");
	return r;
}

/* A file as the answer. */
static struct reply
taken(struct world *w, const char *path)
{
	char auth[128];
	const char *const lines[] = {auth, NULL};

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	return request(w, "GET", path, NULL, lines);
}

/* Asks until an import is at rest; its state is compared with what api.json tells. */
static struct reply
import_wait(struct world *w, json_t *description, const char *token)
{
	char path[64];
	struct reply r;

	snprintf(path, sizeof(path), "/api/v1/import/%s", token);
	for (int i = 0; i < 1000; i++) {
		r = ok(w, path, NULL);
		if (strcmp(json_string_value(json_object_get(r.json, "state")), "running") != 0) {
			answer_as_told(w, description, "GET /api/v1/import/{token}", path, NULL);
			return r;
		}
		reply_free(&r);
		usleep(10000);
	}
	fail_msg("an import does not end");
	return r;
}

static json_int_t
counted(const struct reply *r, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(r->json, "report"), name));
}

static void
a_file_is_previewed_imported_and_its_bad_row_mended(void **state)
{
	static const char csv[] =
	    "姓名,性别,手机号\n王小青,女,13000000001\n,男,13000000002\n赵某,男,13000000003\n";
	struct world *w = *state;
	struct reply d = ok(w, "/api/v1", NULL), r, s;
	char token[32], body[128], path[64];
	json_int_t no;

	r = upload(w, "/api/v1/import/preview?name=a.csv", csv, strlen(csv));
	assert_int_equal(r.status, 200);
	snprintf(token, sizeof(token), "%s", json_string_value(json_object_get(r.json, "token")));
	s = import_wait(w, d.json, token);
	assert_true(same_members(r.json, s.json));
	assert_string_equal(json_string_value(json_object_get(s.json, "state")), "ready");
	assert_int_equal(counted(&s, "new"), 2);
	assert_int_equal(test_count(&w->node, "member"), 0);
	reply_free(&r);
	reply_free(&s);
	snprintf(body, sizeof(body), "{\"token\":\"%s\",\"set\":{\"join_method\":\"集中入会\"}}", token);
	answer_as_told(w, d.json, "POST /api/v1/import", "/api/v1/import", body);
	s = import_wait(w, d.json, token);
	assert_string_equal(json_string_value(json_object_get(s.json, "state")), "done");
	assert_int_equal(counted(&s, "new"), 2);
	assert_int_equal(test_count(&w->node, "member"), 2);
	reply_free(&s);
	r = call(w, "/api/v1/import", body); /* twice */
	assert_int_equal(r.status, 409);
	reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/import/%s/cancel", token);
	answer_as_told(w, d.json, "POST /api/v1/import/{token}/cancel", path, "{}");
	answer_as_told(w, d.json, "GET /api/v1/pending", "/api/v1/pending", NULL);
	r = ok(w, "/api/v1/pending", NULL);
	assert_int_equal(json_integer_value(json_object_get(r.json, "count")), 1);
	no = json_integer_value(json_object_get(json_array_get(json_object_get(r.json, "rows"), 0), "no"));
	reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/pending/%lld", (long long)no);
	answer_as_told(w, d.json, "POST /api/v1/pending/{no}", path, "{\"set\":{\"name\":\"孙八\"}}");
	assert_int_equal(test_count(&w->node, "member"), 3);
	r = call(w, path, "{\"set\":{\"name\":\"孙八\"}}");
	assert_int_equal(r.status, 404);
	reply_free(&r);
	reply_free(&d);
}

static void
a_waiting_row_is_discarded_and_a_form_filled(void **state)
{
	static const char csv[] = "姓名,性别,手机号\n,男,13000000002\n";
	static const char form[] =
	    "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>会员总数</t></is></c></row></sheetData>";
	struct world *w = *state;
	struct reply d = ok(w, "/api/v1", NULL), r;
	struct zip_kit kit;
	char token[32], path[64];

	r = upload(w, "/api/v1/import/preview?name=a.csv", csv, strlen(csv));
	snprintf(token, sizeof(token), "%s", json_string_value(json_object_get(r.json, "token")));
	reply_free(&r);
	r = import_wait(w, d.json, token);
	reply_free(&r);
	snprintf(path, sizeof(path), "{\"token\":\"%s\"}", token);
	done(w, "/api/v1/import", path);
	r = import_wait(w, d.json, token);
	reply_free(&r);
	r = ok(w, "/api/v1/pending", NULL);
	snprintf(path, sizeof(path), "/api/v1/pending/%lld/discard", (long long)json_integer_value(
	    json_object_get(json_array_get(json_object_get(r.json, "rows"), 0), "no")));
	reply_free(&r);
	answer_as_told(w, d.json, "POST /api/v1/pending/{no}/discard", path, "{}");

	r = page(w, "GET", "/api/v1/export/member?format=csv&layout=national", w->host, NULL);
	assert_int_equal(r.status, 403); /* not without the token */
	reply_free(&r);
	r = taken(w, "/api/v1/export/member?format=csv&layout=national");
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.text, "序号,姓名,性别,出生日期"));
	assert_non_null(strstr(r.head, "attachment"));
	reply_free(&r);
	r = taken(w, "/api/v1/export/member");
	assert_memory_equal(r.text, "PK", 2);
	reply_free(&r);
	r = taken(w, "/api/v1/backup");
	assert_true(r.n > 4096);
	assert_memory_equal(r.text, "SQLite format 3", 16);
	reply_free(&r);
	refused_at(w, "/api/v1/export/member?format=doc", NULL, 400, NULL, "format");
	refused_at(w, "/api/v1/export/org?layout=national", NULL, 400, NULL, "layout");
	zip_kit_new(&kit);
	zip_kit_book(&kit, form, NULL, NULL, 0);
	r = upload(w, "/api/v1/fill?name=a.xlsx&period=2026-Q1", kit.out.data, kit.out.len);
	assert_int_equal(r.status, 200);
	assert_int_equal(json_integer_value(json_object_get(r.json, "cells")), 1);
	assert_string_equal(json_string_value(json_object_get(r.json, "to")), "2026-03-31");
	assert_int_equal(strncmp(json_string_value(json_object_get(r.json, "file")), "UEsDB", 5), 0);
	reply_free(&r);
	r = upload(w, "/api/v1/fill?name=a.xlsx", "no form", 7);
	assert_int_equal(r.status, 400);
	reply_free(&r);
	zip_kit_free(&kit);
	reply_free(&d);
}

static void
a_hub_defines_fields_and_forms(void **state)
{
	struct world *w = *state;
	struct reply d = ok(w, "/api/v1", NULL), r;
	json_t *kind, *field, *found = NULL;
	char id[16], path[128];
	int64_t seen;
	size_t i;

	answer_as_told(w, d.json, "POST /api/v1/fields", "/api/v1/fields",
	    "{\"kind\":\"会员\",\"key\":\"boots\",\"zh\":\"雨靴\",\"type\":\"enum\",\"choices\":[\"有\",\"无\"],\"check_rule\":\"x_boots = 1\"}");
	answer_as_told(w, d.json, "POST /api/v1/forms", "/api/v1/forms",
	    "{\"key\":\"flood\",\"zh\":\"防汛表\",\"fields\":[{\"key\":\"day\",\"zh\":\"日期\",\"type\":\"date\"}]}");
	r = ok(w, "/api/v1/catalogue", NULL);
	json_array_foreach(json_object_get(r.json, "kinds"), i, kind)
		if (strcmp(json_string_value(json_object_get(kind, "name")), "x_flood") == 0)
			found = kind;
	field = json_array_get(json_object_get(found, "fields"), 0);
	assert_string_equal(json_string_value(json_object_get(field, "name")), "x_day");
	assert_true(json_is_true(json_object_get(field, "defined")));
	reply_free(&r);
	add(w, "{\"name\":\"王小青\",\"x_boots\":\"无\"}", id, &seen);
	path_of(path, id, "");
	r = ok(w, path, NULL);
	field = json_array_get(json_object_get(r.json, "hints"), 0);
	assert_string_equal(json_string_value(json_object_get(field, "field")), "x_boots");
	reply_free(&r);
	r = ok(w, "/api/v1/records/member?x_boots=%E6%97%A0", NULL); /* 无: a filter like any other */
	assert_int_equal(json_integer_value(json_object_get(r.json, "total")), 1);
	reply_free(&r);
	r = call(w, "/api/v1/fields", "{\"kind\":\"member\",\"key\":\"boots\",\"type\":\"text\"}");
	assert_int_equal(r.status, 400);
	reply_free(&r);
	reply_free(&d);
}

static void
a_branch_defines_nothing(void **state)
{
	struct world *w = *state;
	struct reply r = call(w, "/api/v1/fields", "{\"kind\":\"member\",\"key\":\"boots\",\"zh\":\"雨靴\",\"type\":\"int\"}");

	assert_int_equal(r.status, 403);
	reply_free(&r);
}

/* One request with the token or without it; the answer need not be JSON. */
static struct reply
page_get(struct world *w, const char *path, int with_token)
{
	char auth[128];
	const char *const lines[] = {auth, NULL};

	snprintf(auth, sizeof(auth), with_token ? "Authorization: Bearer %s" : "X-None: %.0s", w->token);
	return request(w, "GET", path, NULL, lines);
}

static void
a_print_view_is_a_page_without_script_and_its_style_sheet_needs_no_token(void **state)
{
	struct world *w = *state;
	struct reply r;
	char id[16], path[128];
	int64_t seen;

	add(w, "{\"name\":\"王<b>小青\",\"mobile\":\"13000000001\"}", id, &seen);
	r = page_get(w, "/api/v1/print/roster", 1);
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.head, "text/html; charset=utf-8"));
	assert_non_null(strstr(r.head, "default-src 'none'; style-src 'self'"));
	assert_non_null(strstr(r.text, "王&lt;b&gt;小青"));
	assert_non_null(strstr(r.text, "130****0001"));
	assert_non_null(strstr(r.text, "href=\"/api/v1/print.css?foot=%"));
	assert_null(strstr(r.text, "<style"));
	reply_free(&r);
	r = page_get(w, "/api/v1/print/roster", 0);
	assert_int_equal(r.status, 403);
	reply_free(&r);
	r = page_get(w, "/api/v1/print.css?foot=a%22%3B%7D%3C%2Fstyle%3E%5C", 0);
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.head, "text/css; charset=utf-8"));
	assert_non_null(strstr(r.text, "content: \"a\\22 ;}\\3c /style\\3e \\5c \""));
	reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/print/application?id=%s&full=1", id);
	r = page_get(w, path, 1);
	assert_non_null(strstr(r.text, "13000000001"));
	reply_free(&r);
	r = ok(w, "/api/v1/audit", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "entries")), 1);
	reply_free(&r);
	r = call(w, "/api/v1/print/nothing", NULL);
	assert_int_equal(r.status, 404);
	reply_free(&r);
	r = call(w, "/api/v1/print/notice", NULL);
	assert_int_equal(r.status, 400);
	reply_free(&r);
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
	reply_free(&r);
}

/* ---- records ---- */

static void
a_record_is_added_read_listed_changed_and_has_a_history(void **state)
{
	struct world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct reply r;
	json_t *f;

	add(w, "{\"name\":\"王小青\",\"gender\":\"女\",\"mobile\":\"13000000001\",\"talents\":[\"唱歌\",\"书法\"]}", id, &seen);
	assert_string_equal(test_get(&w->node, id, "mobile"), "13000000001"); /* another connection sees it */
	path_of(path, id, "");
	r = ok(w, path, NULL);
	assert_string_equal(field_text(&r, "name", "value"), "王小青");
	assert_string_equal(field_text(&r, "gender", "value"), "2");
	assert_string_equal(field_text(&r, "gender", "shown"), "女性");
	assert_string_equal(field_text(&r, "mobile", "value"), "13000000001");
	f = json_object_get(json_object_get(r.json, "fields"), "talents");
	assert_int_equal(json_array_size(json_object_get(f, "value")), 2);
	assert_null(json_object_get(f, "siblings"));
	assert_int_equal(number(&r, "level"), 0);
	assert_int_equal(number(&r, "seen"), seen);
	reply_free(&r);
	r = ok(w, path, "{\"set\":{\"mobile\":null,\"talents\":{\"add\":[\"下棋\"],\"remove\":[\"书法\"]}}}");
	assert_int_equal(number(&r, "written"), 2);
	reply_free(&r);
	r = ok(w, path, "{\"set\":{\"name\":\"王小青\",\"talents\":\"唱歌、下棋\"}}");
	assert_int_equal(number(&r, "written"), 0);
	reply_free(&r);
	path_of(path, id, "/history");
	r = ok(w, path, NULL);
	f = json_object_get(r.json, "operations");
	assert_int_equal(json_array_size(f), 2);
	f = json_object_get(json_array_get(f, 1), "fields");
	assert_true(json_is_null(json_object_get(f, "mobile")));
	assert_string_equal(json_string_value(json_array_get(json_object_get(json_object_get(f, "talents"), "remove"), 0)), "书法");
	reply_free(&r);
}

static void
markup_is_text_and_rare_characters_come_back_as_they_went_in(void **state)
{
	static const char NAME[] = "<img src=x onerror=alert(1)>";
	struct world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct reply r;

	add(w, "{\"name\":\"\\ud842\\udfb7小青\",\"residence\":\"<img src=x onerror=alert(1)>\",\"native_place\":\"\\\"'&;\"}", id, &seen);
	path_of(path, id, "");
	r = ok(w, path, NULL);
	assert_string_equal(field_text(&r, "residence", "value"), NAME);
	assert_string_equal(field_text(&r, "residence", "shown"), NAME);
	assert_string_equal(field_text(&r, "native_place", "value"), "\"'&;");
	assert_string_equal(field_text(&r, "name", "value"), "𠮷小青");
	reply_free(&r);
}

/* The ids in a list's answer, joined. */
static void
listed(struct world *w, const char *query, const char *want)
{
	char path[256], got[256] = "";
	struct reply r;
	json_t *one;
	size_t i;

	snprintf(path, sizeof(path), "/api/v1/records/member?%s", query);
	r = ok(w, path, NULL);
	json_array_foreach(json_object_get(r.json, "records"), i, one) {
		size_t n = strlen(got);

		snprintf(got + n, sizeof(got) - n, "%s ", json_string_value(json_object_get(json_object_get(one, "fields"), "name")));
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s, not %s", query, got, want);
	reply_free(&r);
}

static void
a_list_is_ordered_searched_and_cut_into_windows_anywhere(void **state)
{
	struct world *w = *state;
	int64_t seen;
	char id[16];

	add(w, "{\"name\":\"c1\",\"mobile\":\"13000000003\",\"joined_on\":\"2020-01-02\"}", id, &seen);
	add(w, "{\"name\":\"a1\",\"mobile\":\"13000000001\"}", id, &seen);
	add(w, "{\"name\":\"b2\",\"joined_on\":\"2019-01-02\"}", id, &seen);
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
	struct world *w = *state;
	int64_t before = test_seen(&w->node);
	struct reply r = ok(w, "/api/v1/check/member",
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
	reply_free(&r);
}

static void
a_draft_is_kept_listed_and_dropped(void **state)
{
	struct world *w = *state;
	struct reply r;

	done(w, "/api/v1/draft/new.member", "{\"form\":{\"name\":\"王\"}}");
	r = ok(w, "/api/v1/draft/new.member", NULL);
	assert_string_equal(json_string_value(json_object_get(json_object_get(r.json, "form"), "name")), "王");
	reply_free(&r);
	r = ok(w, "/api/v1/drafts", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "drafts")), 1);
	reply_free(&r);
	done(w, "/api/v1/draft/new.member", "{\"form\":null}");
	r = ok(w, "/api/v1/drafts", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "drafts")), 0);
	reply_free(&r);
}

static void
many_records_are_changed_in_one_save_and_one_undo(void **state)
{
	struct world *w = *state;
	char a[16], b[16], body[256];
	int64_t seen;
	struct reply r;

	add(w, "{\"name\":\"王小青\"}", a, &seen);
	add(w, "{\"name\":\"李大山\"}", b, &seen);
	snprintf(body, sizeof(body), "{\"ids\":[\"%s\",\"%s\"],\"seen\":%lld,\"set\":{\"residence\":\"青石镇\"}}", a, b, (long long)seen);
	r = ok(w, "/api/v1/records/member/batch", body);
	assert_int_equal(number(&r, "written"), 2);
	reply_free(&r);
	assert_string_equal(test_get(&w->node, b, "residence"), "青石镇");
	done(w, "/api/v1/undo", "{}");
	assert_string_equal(test_get(&w->node, a, "residence"), "");
	snprintf(body, sizeof(body), "{\"ids\":[\"%s\",\"zzzzzzzzzzzz\"],\"set\":{\"residence\":\"青石镇\"}}", a);
	refused(w, "/api/v1/records/member/batch", body, 404, NULL);
	assert_string_equal(test_get(&w->node, a, "residence"), "");
}

static void
many_new_records_are_one_save_or_none(void **state)
{
	struct world *w = *state;

	done(w, "/api/v1/records/member/many", "{\"sets\":[{\"name\":\"王小青\"},{\"name\":\"李大山\"}]}");
	assert_int_equal(test_count(&w->node, "member"), 2);
	refused(w, "/api/v1/records/member/many", "{\"sets\":[{\"name\":\"赵玉梅\"},{\"nothing\":\"x\"}]}", 400, "nothing");
	refused(w, "/api/v1/records/member/many", "{\"sets\":[]}", 400, "sets");
	assert_int_equal(test_count(&w->node, "member"), 2);
	done(w, "/api/v1/undo", "{}");
	assert_int_equal(test_count(&w->node, "member"), 0);
}

static void
windows_of_a_list_follow_each_other_and_end(void **state)
{
	struct world *w = *state;
	char id[16], path[128], last[16] = "";
	int64_t seen, next = 0;
	struct reply r;
	size_t got = 0;
	int windows = 0;

	for (int i = 0; i < 6; i++)
		add(w, "{\"name\":\"王小青\"}", id, &seen);
	do {
		snprintf(path, sizeof(path), "/api/v1/records/member?limit=3&after=%lld", (long long)next);
		r = ok(w, path, NULL);
		got += json_array_size(json_object_get(r.json, "records"));
		assert_int_equal(number(&r, "total"), 6);
		snprintf(last, sizeof(last), "%s", json_string_value(json_object_get(
		    json_array_get(json_object_get(r.json, "records"), 2), "id")));
		next = json_integer_value(json_object_get(r.json, "next"));
		windows++;
		reply_free(&r);
	} while (next != 0 && windows < 9);
	assert_int_equal(windows, 2); /* six records are two whole windows, and no empty third */
	assert_int_equal(got, 6);
	assert_string_equal(last, id);
	refused(w, "/api/v1/records/member?limit=0", NULL, 400, "limit");
	refused(w, "/api/v1/records/member?limit=1001", NULL, 400, "limit");
	refused(w, "/api/v1/records/member?after=x", NULL, 400, "after");
	refused(w, "/api/v1/records/member?void=yes", NULL, 400, "void");
}

static void
numbers_of_people_are_masked_in_lists_and_whole_in_the_record(void **state)
{
	struct world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct reply r;
	json_t *f;

	add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\",\"phone2\":\"13000000002\",\"id_no\":\"399999199001010014\"}", id, &seen);
	r = ok(w, "/api/v1/records/member", NULL);
	f = json_object_get(json_array_get(json_object_get(r.json, "records"), 0), "fields");
	assert_string_equal(json_string_value(json_object_get(f, "mobile")), "130****0001");
	assert_string_equal(json_string_value(json_object_get(f, "id_no")), "3999**********0014");
	assert_null(strstr(r.text, "13000000002"));
	reply_free(&r);
	path_of(path, id, "");
	r = ok(w, path, NULL);
	assert_string_equal(field_text(&r, "mobile", "shown"), "13000000001");
	assert_string_equal(field_text(&r, "id_no", "value"), "399999199001010014");
	reply_free(&r);
}

static void
expect_total(struct world *w, const char *query, int64_t total)
{
	char path[256];
	struct reply r;

	snprintf(path, sizeof(path), "/api/v1/records/member?%s", query);
	r = ok(w, path, NULL);
	if (number(&r, "total") != total)
		fail_msg("%s: %s", query, r.text);
	reply_free(&r);
}

static void
conditions_of_a_list_are_typed_like_values(void **state)
{
	struct world *w = *state;
	char id[16];
	int64_t seen;

	add(w, "{\"name\":\"王小青\",\"gender\":\"女\",\"talents\":[\"唱歌\",\"书法\"],\"birth_date\":\"1990-01-01\"}", id, &seen);
	add(w, "{\"name\":\"李大山\",\"gender\":\"男\",\"talents\":[\"唱歌\"]}", id, &seen);
	expect_total(w, "gender=2", 1);
	expect_total(w, "gender=%E5%A5%B3", 1);                                  /* 女 */
	expect_total(w, "talents=%E5%94%B1%E6%AD%8C", 2);                        /* 唱歌 */
	expect_total(w, "talents=%E5%94%B1%E6%AD%8C&talents=%E4%B9%A6%E6%B3%95", 1); /* 唱歌, 书法 */
	expect_total(w, "birth_date=1990.1.1", 1);
	expect_total(w, "birth_date=", 1);
	expect_total(w, "gender=1&birth_date=1990-01-01", 0);
	refused_at(w, "/api/v1/records/member?nofield=1", NULL, 400, "nofield", "nofield");
	refused_at(w, "/api/v1/records/member?gender=1&gender=2", NULL, 400, NULL, "gender");
	refused_at(w, "/api/v1/records/member?employer_id=nobody", NULL, 400, "nobody", "employer_id");
}

static void
a_reference_is_given_by_name_and_shown_by_name(void **state)
{
	struct world *w = *state;
	char id[16], org[16], path[128];
	int64_t seen;
	struct reply r;

	refused_at(w, "/api/v1/records/member", "{\"set\":{\"name\":\"王小青\",\"employer_id\":\"青石厂\"}}", 400, "青石厂", "employer_id");
	assert_int_equal(test_count(&w->node, "member"), 0);
	add_kind(w, "org", "{\"name\":\"青石厂\"}", org, &seen);
	add(w, "{\"name\":\"王小青\",\"employer_id\":\"青石厂\"}", id, &seen);
	path_of(path, id, "");
	r = ok(w, path, NULL);
	assert_string_equal(field_text(&r, "employer_id", "value"), org);
	assert_string_equal(field_text(&r, "employer_id", "shown"), "青石厂");
	reply_free(&r);
}

static void
what_a_form_gives_back_unchanged_changes_nothing(void **state)
{
	struct world *w = *state;
	char id[16], path[128], body[512];
	int64_t seen;
	struct reply r;

	add_kind(w, "activity", "{\"title\":\"象棋赛\",\"budget_fen\":\"1234.5\",\"hours\":\"1.5\",\"goods\":\"棋\\n盘\"}", id, &seen);
	path_of(path, id, "");
	r = ok(w, path, NULL);
	assert_string_equal(field_text(&r, "budget_fen", "value"), "123450");
	snprintf(body, sizeof(body), "{\"set\":{\"budget_fen\":\"%s\",\"hours\":\"%s\",\"goods\":\"棋\\n盘\",\"title\":\"%s\"}}",
	    field_text(&r, "budget_fen", "shown"), field_text(&r, "hours", "shown"), field_text(&r, "title", "value"));
	reply_free(&r);
	r = ok(w, path, body);
	assert_int_equal(number(&r, "written"), 0);
	reply_free(&r);
}

static void
one_person_by_number_and_one_key_are_one_record(void **state)
{
	static const char PERSON[] = "{\"set\":{\"name\":\"王小青\",\"id_no\":\"399999199001010014\"}}";
	static const char KEYED[] = "{\"key\":\"hr-7\",\"set\":{\"name\":\"李大山\"}}";
	struct world *w = *state;
	char id[16], path[128];
	int64_t seen;
	struct reply r;

	add(w, "{\"name\":\"王小青\",\"id_no\":\"399999199001010014\"}", id, &seen);
	r = call(w, "/api/v1/records/member", PERSON);
	assert_int_equal(r.status, 409);
	assert_string_equal(json_string_value(json_object_get(json_object_get(r.json, "error"), "id")), id);
	assert_string_equal(json_string_value(json_object_get(json_object_get(r.json, "error"), "code")), "exists");
	reply_free(&r);
	done(w, "/api/v1/records/member", KEYED);
	refused(w, "/api/v1/records/member", KEYED, 409, NULL);
	refused(w, "/api/v1/records/member", "{\"key\":\"\",\"set\":{\"name\":\"x\"}}", 400, "key");
	assert_int_equal(test_count(&w->node, "member"), 2);
	path_of(path, id, "/void");
	done(w, path, "{\"reason\":\"录错了\"}");
	refused(w, "/api/v1/records/member", PERSON, 409, id); /* void, but there */
}

static void
a_doubtful_value_is_saved_with_a_remark(void **state)
{
	struct world *w = *state;
	struct reply r = ok(w, "/api/v1/records/member", "{\"set\":{\"name\":\"王小青\",\"id_no\":\"399999199001010015\",\"birth_date\":\"去年\"}}");
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
	path_of(path, json_string_value(json_object_get(r.json, "id")), "");
	reply_free(&r);
	r = ok(w, path, NULL);
	assert_string_equal(field_text(&r, "birth_date", "value"), "?去年");
	assert_string_equal(field_text(&r, "birth_date", "shown"), "去年");
	reply_free(&r);
}

/* ---- what was on the author's screen ---- */

/* A form opened before another save and saved after it. Leaves two values in `mobile`. */
static void
form_late(struct world *w, char id[16])
{
	char path[128], body[256];
	struct reply r;
	int64_t seen;

	add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &seen);
	path_of(path, id, "");
	r = ok(w, path, NULL);
	seen = number(&r, "seen");
	reply_free(&r);
	test_set(&w->node, "member", id, 0, "mobile=13000000002", NULL); /* somebody else, on a connection of its own */
	snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"mobile\":\"13000000003\"}}", (long long)seen);
	r = ok(w, path, body);
	assert_int_equal(number(&r, "written"), 1);
	assert_int_equal(number(&r, "conflicts"), 1);
	reply_free(&r);
}

static void
a_form_opened_before_another_save_keeps_both_values_until_one_is_picked(void **state)
{
	struct world *w = *state;
	char id[16], path[128], body[256];
	struct reply r;
	json_t *one, *sib, *other = NULL, *s;
	size_t i;

	form_late(w, id);
	r = ok(w, "/api/v1/conflicts", NULL);
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
	reply_free(&r);
	path_of(path, id, "");
	r = ok(w, path, NULL);
	assert_int_equal(number(&r, "conflicts"), 1);
	assert_int_equal(json_array_size(json_object_get(json_object_get(json_object_get(r.json, "fields"), "mobile"), "siblings")), 2);
	reply_free(&r);
	path_of(path, id, "/resolve");
	refused(w, path, "{\"field\":\"mobile\",\"pick\":99999}", 404, "99999");
	refused(w, path, "{\"field\":\"mobile\",\"pick\":0}", 400, NULL);
	refused(w, path, "{\"field\":\"mobile\"}", 400, NULL);
	refused(w, path, "{\"field\":\"mobile\",\"pick\":1,\"value\":\"13000000009\"}", 400, NULL);
	refused(w, path, "{\"field\":\"nofield\",\"value\":\"x\"}", 400, "field");
	refused(w, path, "{\"field\":\"name\",\"value\":\"x\"}", 409, NULL);
	refused(w, path, "{\"field\":\"talents\",\"value\":\"x\"}", 409, NULL);
	assert_int_equal(conflicts(w), 1);
	r = ok(w, path, body);
	assert_int_equal(number(&r, "conflicts"), 0);
	reply_free(&r);
	refused(w, path, body, 409, NULL);
	assert_int_equal(conflicts(w), 0);
	assert_string_equal(test_get(&w->node, id, "mobile"), "13000000002");
}

static void
a_conflict_is_settled_by_another_value_and_settling_can_be_undone(void **state)
{
	struct world *w = *state;
	char id[16], path[128];

	form_late(w, id);
	path_of(path, id, "/resolve");
	done(w, path, "{\"field\":\"mobile\",\"value\":\"+86 130 0000 0009\"}");
	assert_string_equal(test_get(&w->node, id, "mobile"), "13000000009");
	assert_int_equal(conflicts(w), 0);
	done(w, "/api/v1/undo", "{}");
	assert_string_not_equal(test_get(&w->node, id, "mobile"), "13000000009");
	form_late(w, id);
	path_of(path, id, "/resolve");
	done(w, path, "{\"field\":\"mobile\",\"value\":null}");
	assert_string_equal(test_get(&w->node, id, "mobile"), "");
}

static void
settling_leaves_a_value_that_nobody_has_looked_at(void **state)
{
	struct world *w = *state;
	char id[16], path[128], body[256];
	int64_t opened, looked;
	struct reply r;

	add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &opened);
	path_of(path, id, "");
	for (int i = 2; i <= 3; i++) {
		snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"mobile\":\"1300000000%d\"}}", (long long)opened, i);
		done(w, path, body);
	}
	r = ok(w, "/api/v1/conflicts", NULL);
	looked = json_integer_value(json_object_get(json_array_get(json_object_get(r.json, "records"), 0), "seen"));
	reply_free(&r);
	snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"mobile\":\"13000000004\"}}", (long long)opened);
	done(w, path, body);
	path_of(path, id, "/resolve");
	snprintf(body, sizeof(body), "{\"field\":\"mobile\",\"value\":\"13000000009\",\"seen\":%lld}", (long long)looked);
	r = ok(w, path, body);
	assert_int_equal(number(&r, "conflicts"), 1);
	reply_free(&r);
	path_of(path, id, "");
	r = ok(w, path, NULL);
	assert_int_equal(json_array_size(json_object_get(json_object_get(json_object_get(r.json, "fields"), "mobile"), "siblings")), 2);
	reply_free(&r);
	path_of(path, id, "/resolve");
	done(w, path, "{\"field\":\"mobile\",\"value\":\"13000000009\"}");
	assert_int_equal(conflicts(w), 0);
}

static void
a_list_of_elements_drops_only_what_its_author_saw(void **state)
{
	struct world *w = *state;
	char id[16], path[128], body[256];
	int64_t seen;
	struct reply r;

	add(w, "{\"name\":\"王小青\",\"talents\":[\"唱歌\",\"书法\"]}", id, &seen);
	test_set(&w->node, "member", id, 0, "talents+=下棋", NULL);
	path_of(path, id, "");
	snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"talents\":[\"唱歌\",\"摄影\"]}}", (long long)seen);
	done(w, path, body);
	r = ok(w, path, NULL);
	assert_int_equal(number(&r, "conflicts"), 0);
	assert_null(strstr(r.text, "书法"));
	assert_non_null(strstr(r.text, "唱歌"));
	assert_non_null(strstr(r.text, "摄影"));
	assert_non_null(strstr(r.text, "下棋"));
	reply_free(&r);
	refused(w, path, "{\"seen\":99999999,\"set\":{\"talents\":[]}}", 409, NULL);
	refused(w, path, "{\"seen\":-1,\"set\":{\"talents\":[]}}", 400, "seen");
}

/* ---- the rest ---- */

static void
voiding_unvoiding_undo_and_sync(void **state)
{
	struct world *w = *state;
	char id[16], path[128], record[128];
	int64_t seen;
	struct reply r;

	refused(w, "/api/v1/undo", "{}", 404, NULL);
	add(w, "{\"name\":\"王小青\"}", id, &seen);
	path_of(record, id, "");
	path_of(path, id, "/void");
	refused(w, path, "{}", 400, "reason");
	refused(w, path, "{\"reason\":\"  \"}", 400, "reason");
	refused(w, path, "{\"reason\":5}", 400, "reason");
	done(w, path, "{\"reason\":\"录错了\"}");
	refused(w, path, "{\"reason\":\"录错了\"}", 409, NULL);
	refused(w, record, "{\"set\":{\"name\":\"王大青\"}}", 409, NULL);
	r = ok(w, record, NULL);
	assert_true(json_is_true(json_object_get(r.json, "void")));
	reply_free(&r);
	expect_total(w, "void=1", 1);
	expect_total(w, "void=0", 0);
	path_of(path, id, "/unvoid");
	done(w, path, "{}");
	refused(w, path, "{}", 409, NULL);
	expect_total(w, "", 1);
	r = ok(w, "/api/v1/undo", "{}");
	assert_int_equal(number(&r, "restored"), 1);
	assert_string_equal(json_string_value(json_object_get(r.json, "what")), "unvoid");
	reply_free(&r);
	expect_total(w, "void=1", 1);
	done(w, "/api/v1/sync", "{}");
	assert_int_equal(w->synced, 1);
}

static void
the_status_counts_what_waits_and_what_is_to_be_settled(void **state)
{
	struct world *w = *state;
	struct reply r = ok(w, "/api/v1/status", NULL);
	char id[16];

	assert_string_equal(json_string_value(json_object_get(r.json, "name")), "青石镇工会");
	assert_string_equal(json_string_value(json_object_get(r.json, "role")), "branch");
	assert_int_equal(number(&r, "waiting"), 0);
	assert_true(json_is_null(json_object_get(r.json, "hub")));
	assert_true(json_is_true(json_object_get(r.json, "can_sync")));
	reply_free(&r);
	form_late(w, id);
	r = ok(w, "/api/v1/status", NULL);
	assert_int_equal(number(&r, "waiting"), 3);
	assert_int_equal(number(&r, "drafts"), 3);
	assert_int_equal(number(&r, "conflicts"), 1);
	assert_int_equal(number(&r, "forks"), 0);
	assert_int_equal(number(&r, "seen"), test_seen(&w->node));
	reply_free(&r);
}

static void
without_a_device_key_it_records_and_without_a_hub_it_does_not_sync(void **state)
{
	struct world *w = *state;
	char id[16];
	int64_t seen;

	add(w, "{\"name\":\"王小青\"}", id, &seen);
	assert_string_equal(test_get(&w->node, id, "name"), "王小青");
	refused(w, "/api/v1/sync", "{}", 409, NULL);
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
	struct world *w = *state;
	char id[16], path[128], body[2048];
	int64_t seen;
	size_t n;

	add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &seen);
	path_of(path, id, "");
	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
		snprintf(body, sizeof(body), "{\"set\":%s}", BAD[i].set);
		refused_at(w, path, body, 400, NULL, BAD[i].field);
		refused_at(w, "/api/v1/records/member", body, 400, NULL, BAD[i].field);
	}
	n = (size_t)snprintf(body, sizeof(body), "{\"set\":{\"mobile\":\"13000000009\",\"name\":\"");
	memset(body + n, 'a', 300);
	snprintf(body + n + 300, sizeof(body) - n - 300, "\"}}");
	refused_at(w, path, body, 400, "姓名", "name");
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
	struct world *w = *state;
	int64_t seen = test_seen(&w->node);

	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
		refused(w, BAD[i].path, BAD[i].body, BAD[i].status, BAD[i].word);
	assert_int_equal(test_seen(&w->node), seen);
	assert_int_equal(w->synced, 0);
}

static void
another_method_is_told_which_ones_there_are(void **state)
{
	struct world *w = *state;
	struct reply r = call(w, "/api/v1/undo", NULL);

	assert_int_equal(r.status, 405);
	assert_non_null(strstr(r.head, "Allow: POST\r\n"));
	reply_free(&r);
	r = call(w, "/api/v1/status", "{}");
	assert_int_equal(r.status, 405);
	assert_non_null(strstr(r.head, "Allow: GET\r\n"));
	reply_free(&r);
}

static void
a_body_over_the_limit_is_refused_and_the_next_call_works(void **state)
{
	struct world *w = *state;
	size_t n = 3u << 20;
	char *body = malloc(n + 1);

	memset(body, 'a', n);
	body[n] = '\0';
	refused(w, "/api/v1/records/member", body, 413, NULL);
	memset(body, ' ', JC_API_BODY_MAX);
	memcpy(body, "{\"set\":{\"name\":\"", 16);
	memcpy(body + 16, "x\"}}", 4);
	body[JC_API_BODY_MAX - 1] = '\0';
	done(w, "/api/v1/records/member", body); /* as long as may be */
	free(body);
	assert_int_equal(test_count(&w->node, "member"), 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(of_all_requests_only_the_honest_ones_get_in),
		T(a_page_of_this_very_address_gets_in_and_its_answer_is_no_page),
		T(a_file_is_previewed_imported_and_its_bad_row_mended),
		T(a_waiting_row_is_discarded_and_a_form_filled),
		T(the_description_lists_exactly_the_routes),
		T(every_route_of_the_description_is_whole),
		T(a_move_names_what_is_missing_and_who_does_it),
		T(duplicates_are_merged_with_choices_and_taken_apart),
		T(every_answer_has_the_members_that_the_description_tells),
		cmocka_unit_test_setup_teardown(a_hub_defines_fields_and_forms, setup_hub, teardown),
		cmocka_unit_test_setup_teardown(a_hub_stops_a_computer_and_takes_what_came_after, setup_hub, teardown),
		cmocka_unit_test_setup_teardown(a_branch_has_no_computers_to_stop, setup, teardown),
		T(a_branch_defines_nothing),
		T(a_print_view_is_a_page_without_script_and_its_style_sheet_needs_no_token),
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
		T(the_page_is_served_without_a_token_and_trusts_nobody_else),
		T(the_page_is_no_way_around_the_locks),
		T(an_answer_speaks_the_language_that_is_asked_for),
		T(a_list_is_ordered_searched_and_cut_into_windows_anywhere),
		T(a_form_under_way_is_read_field_by_field_and_saves_nothing),
		T(a_draft_is_kept_listed_and_dropped),
		T(many_records_are_changed_in_one_save_and_one_undo),
		T(many_new_records_are_one_save_or_none),
		T(a_list_of_elements_drops_only_what_its_author_saw),
		T(voiding_unvoiding_undo_and_sync),
		T(the_status_counts_what_waits_and_what_is_to_be_settled),
		cmocka_unit_test_setup_teardown(without_a_device_key_it_records_and_without_a_hub_it_does_not_sync, setup_bare, teardown),
		T(what_is_wrong_in_a_field_names_it_and_saves_nothing_of_the_rest),
		T(a_malformed_request_is_refused_with_a_sentence_and_saves_nothing),
		T(another_method_is_told_which_ones_there_are),
		T(a_body_over_the_limit_is_refused_and_the_next_call_works),
	};

	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
