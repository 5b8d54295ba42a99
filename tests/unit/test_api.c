/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The JSON API on a real loopback port: its locks, the page, that api.json tells what there is, files and papers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api_kit.h"
#include "test_env.h"
#include "zip_kit.h"

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
one_cell(struct apikit_world *w, const struct cell *const part[], size_t n, const char *method, int64_t *opened)
{
	const char *lines[8];
	size_t at = 0;
	struct apikit_reply r;

	for (size_t i = 0; i < n; i++)
		if (part[i]->line[0] != '\0')
			lines[at++] = part[i]->line;
	lines[at] = NULL;
	r = apikit_request(w, method, "/api/v1/status", strcmp(method, "POST") == 0 ? "{}" : NULL, lines);
	if (wrong_at(part, n) ? r.status != 403 : r.status != (strcmp(method, "GET") == 0 ? 200 : 405))
		fail_msg("%s %s %s %s %s: %ld", method, part[0]->line, part[1]->line, part[2]->line, part[3]->line, r.status);
	*opened += r.status == 200;
	apikit_reply_free(&r);
}

/* RELIABILITY: host x origin x site x token x method; 8 x 7 x 6 x 5 x 3 = 5,040 requests. */
static void
of_all_requests_only_the_honest_ones_get_in(void **state)
{
	static const char *const METHODS[] = {"GET", "POST", "PUT"};
	struct apikit_world *w = *state;
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
	struct apikit_world *w = *state;
	char auth[128], origin[96];
	const char *const lines[] = {auth, origin, "Sec-Fetch-Site: same-origin", NULL};
	struct apikit_reply r;

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	snprintf(origin, sizeof(origin), "Origin: http://%s", w->host);
	r = apikit_request(w, "GET", "/api/v1/status", NULL, lines);
	assert_int_equal(r.status, 200);
	for (size_t i = 0; i < sizeof(WANT) / sizeof(WANT[0]); i++)
		if (strstr(r.head, WANT[i]) == NULL)
			fail_msg("no %s in %s", WANT[i], r.head);
	assert_null(strstr(r.head, "Access-Control"));
	apikit_reply_free(&r);
}

/* ---- the page ---- */

static struct apikit_reply
page(struct apikit_world *w, const char *method, const char *path, const char *host, const char *more)
{
	char line[128];
	const char *const lines[] = {line, more, NULL};

	snprintf(line, sizeof(line), "Host: %s", host);
	return apikit_request(w, method, path, NULL, lines);
}

static void
the_page_is_served_without_a_token_and_trusts_nobody_else(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r = page(w, "GET", "/", w->host, NULL);
	char path[128], etag[64], line[96];

	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.text, "<div id=\"page\">"));
	assert_non_null(strstr(r.head, "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"));
	assert_non_null(strstr(r.head, "frame-ancestors 'none'"));
	assert_non_null(strstr(r.head, "Cache-Control: no-store"));
	assert_null(strstr(r.text, w->token));
	assert_int_equal(sscanf(strstr(r.text, "<script type=\"module\" src=\""), "<script type=\"module\" src=\"%100[^\"]", path), 1);
	apikit_reply_free(&r);
	r = page(w, "GET", path, w->host, "Accept-Encoding: gzip");
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.head, "Content-Encoding: gzip"));
	assert_non_null(strstr(r.head, "immutable"));
	assert_memory_equal(r.text, "\x1f\x8b", 2);
	assert_int_equal(sscanf(strstr(r.head, "ETag: "), "ETag: %60s", etag), 1);
	apikit_reply_free(&r);
	snprintf(line, sizeof(line), "If-None-Match: %s", etag);
	r = page(w, "GET", path, w->host, line);
	assert_int_equal(r.status, 304);
	assert_int_equal(r.n, 0);
	apikit_reply_free(&r);
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
	struct apikit_world *w = *state;

	for (size_t i = 0; i < sizeof(ASKED) / sizeof(ASKED[0]); i++) {
		struct apikit_reply r = page(w, ASKED[i].method, ASKED[i].path, ASKED[i].host != NULL ? ASKED[i].host : w->host, NULL);

		if (r.status != ASKED[i].status)
			fail_msg("%s %s: %ld", ASKED[i].method, ASKED[i].path, r.status);
		apikit_reply_free(&r);
	}
}

static void
an_answer_speaks_the_language_that_is_asked_for(void **state)
{
	char auth[128];
	const char *const en[] = {auth, "Accept-Language: en", NULL}, *const zh[] = {auth, "Accept-Language: zh-CN", NULL};
	struct apikit_world *w = *state;
	struct apikit_reply r;

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	r = apikit_request(w, "GET", "/api/v1/nothing", NULL, en);
	assert_non_null(strstr(r.text, "There is no such call"));
	apikit_reply_free(&r);
	r = apikit_request(w, "GET", "/api/v1/nothing", NULL, zh);
	assert_non_null(strstr(r.text, "没有这个接口"));
	apikit_reply_free(&r);
}

/* ---- the description ---- */

static void
the_description_lists_exactly_the_routes(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r = apikit_ok(w, "/api/v1", NULL);
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
	apikit_reply_free(&r);
}

static void
every_route_of_the_description_is_whole(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r = apikit_ok(w, "/api/v1", NULL);
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
	apikit_reply_free(&r);
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
answer_as_told(struct apikit_world *w, json_t *description, const char *route, const char *path, const char *body)
{
	struct apikit_reply r = apikit_ok(w, path, body);
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
	apikit_reply_free(&r);
}

static void
a_hub_stops_a_computer_and_takes_what_came_after(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply d = apikit_ok(w, "/api/v1", NULL);
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
	apikit_refused(w, "/api/v1/hub/devices/abc/revoke", "{}", 400, "设备号");
	snprintf(path, sizeof(path), "/api/v1/hub/devices/%s/accept", key.id);
	apikit_refused(w, path, "{}", 409, "没有停用过");
	snprintf(path, sizeof(path), "/api/v1/hub/devices/%s/revoke", key.id);
	answer_as_told(w, d.json, "POST /api/v1/hub/devices/{id}/revoke", path, "{}");
	apikit_refused(w, path, "{}", 409, "不用停用");
	snprintf(path, sizeof(path), "/api/v1/hub/devices/%s/accept", key.id);
	answer_as_told(w, d.json, "POST /api/v1/hub/devices/{id}/accept", path, "{}");
	apikit_reply_free(&d);
}

static void
a_branch_has_no_computers_to_stop(void **state)
{
	apikit_refused(*state, "/api/v1/hub/devices", NULL, 403, "县里");
}

static void
a_move_names_what_is_missing_and_who_does_it(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r;
	char org[16], id[16], path[128], body[200];
	int64_t seen;

	apikit_add_kind(w, "org", "{\"name\":\"青石志愿者协会\",\"org_kind\":\"social\"}", org, &seen);
	snprintf(body, sizeof(body), "{\"org_id\":\"%s\",\"reason\":\"有党组织\"}", org);
	apikit_add_kind(w, "build_case", body, id, &seen);
	apikit_path_of(path, id, "/step");
	apikit_refused(w, path, "{\"move\":\"mobilise\",\"set\":{\"staff_count\":\"30\"}}", 400, "指导员");
	apikit_refused(w, path, "{\"move\":\"cancelled\",\"set\":{\"reason\":\"x\"}}", 403, "县总工会审批人");
	apikit_refused(w, path, "{\"move\":\"congress\"}", 409, "开始动员");
	apikit_refused(w, path, "{\"move\":\"mobilise\",\"set\":{\"nothing\":\"30\"}}", 400, "nothing");
	apikit_refused(w, path, "{\"move\":\"mobilise\",\"date\":\"2099-01-01\",\"set\":{\"staff_count\":\"30\",\"guide\":\"李四\"}}", 400, "日期");
	apikit_refused(w, path, "{\"set\":{}}", 400, "move");
	apikit_refused(w, path, "{\"move\":\"mobilise\",\"hat\":\"CNTL\"}", 400, "CNTL");
	r = apikit_ok(w, path, "{\"move\":\"cancelled\",\"behalf\":\"×总工〔2026〕9号\",\"set\":{\"reason\":\"单位注销\"}}");
	assert_string_equal(json_string_value(json_object_get(r.json, "state")), "cancelled");
	apikit_reply_free(&r);
	apikit_path_of(path, org, "/flow");
	apikit_refused(w, path, NULL, 400, "没有办理流程");
}

static void
duplicates_are_merged_with_choices_and_taken_apart(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r;
	char a[16], b[16], org[16], path[128], body[200];
	int64_t seen;

	apikit_add(w, "{\"name\":\"王小青\",\"job\":\"瓦工\",\"mobile\":\"13000000001\"}", a, &seen);
	apikit_add(w, "{\"name\":\"王小青\",\"job\":\"木工\",\"mobile\":\"13000000001\",\"education\":\"20\"}", b, &seen);
	apikit_add_kind(w, "org", "{\"name\":\"青石厂\"}", org, &seen);
	r = apikit_ok(w, "/api/v1/duplicates?all=1", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "pairs")), 1);
	assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(r.json, "pairs"), 0), "rule")), "D6");
	apikit_reply_free(&r);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\"}", a, org);
	apikit_refused(w, "/api/v1/merge", body, 400, "同一类");
	apikit_refused(w, "/api/v1/merge", "{\"a\":\"zzzzzzzzzzzz\",\"b\":\"zzzzzzzzzzzz\"}", 404, "没有");
	snprintf(body, sizeof(body), "{\"a\":\"%s\"}", a);
	apikit_refused(w, "/api/v1/merge", body, 400, "两个编号");
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\",\"keep\":{\"job\":\"either\"}}", a, b);
	apikit_refused(w, "/api/v1/merge", body, 400, "选法");
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\",\"keep\":{\"job\":\"B\"}}", a, b);
	r = apikit_ok(w, "/api/v1/merge", body);
	assert_string_equal(json_string_value(json_object_get(r.json, "id")), a);
	assert_int_equal(json_integer_value(json_object_get(r.json, "settled")), 1);
	assert_int_equal(json_integer_value(json_object_get(r.json, "open")), 0);
	apikit_reply_free(&r);
	apikit_path_of(path, b, "");
	r = apikit_ok(w, path, NULL); /* the old id leads to the shown record */
	assert_string_equal(json_string_value(json_object_get(r.json, "id")), a);
	apikit_reply_free(&r);
	r = apikit_ok(w, "/api/v1/duplicates?all=1", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "pairs")), 0);
	apikit_reply_free(&r);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\"}", a, b);
	apikit_refused(w, "/api/v1/merge", body, 409, "已经合并");
	apikit_done(w, "/api/v1/unmerge", body);
	apikit_refused(w, "/api/v1/unmerge", body, 409, "没有合并");
	apikit_done(w, "/api/v1/distinct", body);
	r = apikit_ok(w, "/api/v1/duplicates?all=1", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "pairs")), 0);
	apikit_reply_free(&r);
	apikit_refused(w, "/api/v1/search?q=", NULL, 400, "请写");
	r = apikit_ok(w, "/api/v1/search?q=xq", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "hits")), 2);
	apikit_reply_free(&r);
}

static void
every_answer_has_the_members_that_the_description_tells(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply d = apikit_ok(w, "/api/v1", NULL);
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

	apikit_add(w, "{\"name\":\"王小青\",\"mobile\":\"13000000001\"}", id, &seen);
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
	apikit_path_of(path, id, "");
	answer_as_told(w, d.json, "GET /api/v1/record/{id}", path, NULL);
	answer_as_told(w, d.json, "POST /api/v1/record/{id}", path, "{\"set\":{\"mobile\":\"13000000002\"}}");
	snprintf(body, sizeof(body), "{\"seen\":%lld,\"set\":{\"mobile\":\"13000000003\"}}", (long long)seen);
	apikit_done(w, path, body);
	apikit_path_of(path, id, "/resolve");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/resolve", path, "{\"field\":\"mobile\",\"value\":\"13000000004\"}");
	apikit_path_of(path, id, "/history");
	answer_as_told(w, d.json, "GET /api/v1/record/{id}/history", path, NULL);
	apikit_path_of(path, id, "/step");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/step", path, "{\"move\":\"1\",\"date\":\"2020-03-01\"}");
	answer_as_told(w, d.json, "GET /api/v1/tasks", "/api/v1/tasks", NULL);
	answer_as_told(w, d.json, "GET /api/v1/overdue/{kind}", "/api/v1/overdue/check_item?field=state", NULL);
	answer_as_told(w, d.json, "GET /api/v1/templates", "/api/v1/templates", NULL);
	apikit_add_kind(w, "activity", "{\"title\":\"集中入会\"}", other, &seen);
	apikit_path_of(path, other, "/collective");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/collective", path, "{\"list\":\"李小兰 13000000009\"}");
	answer_as_told(w, d.json, "POST /api/v1/checks", "/api/v1/checks", "{\"template\":\"UNION-NORM\",\"org\":\"青石厂\"}");
	apikit_path_of(path, id, "/flow");
	answer_as_told(w, d.json, "GET /api/v1/record/{id}/flow", path, NULL);
	apikit_path_of(path, id, "/void");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/void", path, "{\"reason\":\"录错了\"}");
	apikit_path_of(path, id, "/unvoid");
	answer_as_told(w, d.json, "POST /api/v1/record/{id}/unvoid", path, "{}");
	answer_as_told(w, d.json, "GET /api/v1/print", "/api/v1/print", NULL);
	answer_as_told(w, d.json, "GET /api/v1/reports", "/api/v1/reports", NULL);
	answer_as_told(w, d.json, "GET /api/v1/report/{id}", "/api/v1/report/R05?period=2026", NULL);
	answer_as_told(w, d.json, "POST /api/v1/report/{id}", "/api/v1/report/R05?period=2026", "{}");
	answer_as_told(w, d.json, "GET /api/v1/audit", "/api/v1/audit", NULL);
	answer_as_told(w, d.json, "GET /api/v1/search", "/api/v1/search?q=wxq&kind=member", NULL);
	answer_as_told(w, d.json, "GET /api/v1/duplicates", "/api/v1/duplicates?all=1", NULL);
	apikit_add(w, "{\"name\":\"王小清\",\"job\":\"瓦工\"}", other, &seen);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\"}", id, other);
	answer_as_told(w, d.json, "POST /api/v1/distinct", "/api/v1/distinct", body);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\",\"keep\":{\"all\":\"A\"}}", id, other);
	answer_as_told(w, d.json, "POST /api/v1/merge", "/api/v1/merge", body);
	snprintf(body, sizeof(body), "{\"a\":\"%s\",\"b\":\"%s\"}", id, other);
	answer_as_told(w, d.json, "POST /api/v1/unmerge", "/api/v1/unmerge", body);
	apikit_path_of(path, id, "/attachments");
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
	apikit_reply_free(&d);
}

/* A file as the body. */
static struct apikit_reply
upload(struct apikit_world *w, const char *path, const char *p, size_t n)
{
	char auth[128];
	const char *const lines[] = {"Content-Type: application/octet-stream", auth, NULL};
	struct apikit_reply r;

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	apikit_upload_size = (long)n;
	r = apikit_request(w, "POST", path, p, lines);
	apikit_upload_size = -1;
	r.json = json_loads(r.text != NULL ? r.text : "", 0, NULL);
	if (r.json == NULL)
		fail_msg("%s: no JSON: %s", path, r.text != NULL ? r.text : "");
	return r;
}

/* A file as the answer. */
static struct apikit_reply
taken(struct apikit_world *w, const char *path)
{
	char auth[128];
	const char *const lines[] = {auth, NULL};

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	return apikit_request(w, "GET", path, NULL, lines);
}

/* Asks until an import is at rest; its state is compared with what api.json tells. */
static struct apikit_reply
import_wait(struct apikit_world *w, json_t *description, const char *token)
{
	char path[64];
	struct apikit_reply r;

	snprintf(path, sizeof(path), "/api/v1/import/%s", token);
	for (int i = 0; i < 1000; i++) {
		r = apikit_ok(w, path, NULL);
		if (strcmp(json_string_value(json_object_get(r.json, "state")), "running") != 0) {
			answer_as_told(w, description, "GET /api/v1/import/{token}", path, NULL);
			return r;
		}
		apikit_reply_free(&r);
		usleep(10000);
	}
	fail_msg("an import does not end");
	return r;
}

static json_int_t
counted(const struct apikit_reply *r, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(r->json, "report"), name));
}

static void
a_file_is_previewed_imported_and_its_bad_row_mended(void **state)
{
	static const char csv[] =
	    "姓名,性别,手机号\n王小青,女,13000000001\n,男,13000000002\n赵某,男,13000000003\n";
	struct apikit_world *w = *state;
	struct apikit_reply d = apikit_ok(w, "/api/v1", NULL), r, s;
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
	apikit_reply_free(&r);
	apikit_reply_free(&s);
	snprintf(body, sizeof(body), "{\"token\":\"%s\",\"set\":{\"join_method\":\"集中入会\"}}", token);
	answer_as_told(w, d.json, "POST /api/v1/import", "/api/v1/import", body);
	s = import_wait(w, d.json, token);
	assert_string_equal(json_string_value(json_object_get(s.json, "state")), "done");
	assert_int_equal(counted(&s, "new"), 2);
	assert_int_equal(test_count(&w->node, "member"), 2);
	apikit_reply_free(&s);
	r = apikit_call(w, "/api/v1/import", body); /* twice */
	assert_int_equal(r.status, 409);
	apikit_reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/import/%s/cancel", token);
	answer_as_told(w, d.json, "POST /api/v1/import/{token}/cancel", path, "{}");
	answer_as_told(w, d.json, "GET /api/v1/pending", "/api/v1/pending", NULL);
	r = apikit_ok(w, "/api/v1/pending", NULL);
	assert_int_equal(json_integer_value(json_object_get(r.json, "count")), 1);
	no = json_integer_value(json_object_get(json_array_get(json_object_get(r.json, "rows"), 0), "no"));
	apikit_reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/pending/%lld", (long long)no);
	answer_as_told(w, d.json, "POST /api/v1/pending/{no}", path, "{\"set\":{\"name\":\"孙八\"}}");
	assert_int_equal(test_count(&w->node, "member"), 3);
	r = apikit_call(w, path, "{\"set\":{\"name\":\"孙八\"}}");
	assert_int_equal(r.status, 404);
	apikit_reply_free(&r);
	apikit_reply_free(&d);
}

static void
a_waiting_row_is_discarded_and_a_form_filled(void **state)
{
	static const char csv[] = "姓名,性别,手机号\n,男,13000000002\n";
	static const char form[] =
	    "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>会员总数</t></is></c></row></sheetData>";
	struct apikit_world *w = *state;
	struct apikit_reply d = apikit_ok(w, "/api/v1", NULL), r;
	struct zip_kit kit;
	char token[32], path[64];

	r = upload(w, "/api/v1/import/preview?name=a.csv", csv, strlen(csv));
	snprintf(token, sizeof(token), "%s", json_string_value(json_object_get(r.json, "token")));
	apikit_reply_free(&r);
	r = import_wait(w, d.json, token);
	apikit_reply_free(&r);
	snprintf(path, sizeof(path), "{\"token\":\"%s\"}", token);
	apikit_done(w, "/api/v1/import", path);
	r = import_wait(w, d.json, token);
	apikit_reply_free(&r);
	r = apikit_ok(w, "/api/v1/pending", NULL);
	snprintf(path, sizeof(path), "/api/v1/pending/%lld/discard", (long long)json_integer_value(
	    json_object_get(json_array_get(json_object_get(r.json, "rows"), 0), "no")));
	apikit_reply_free(&r);
	answer_as_told(w, d.json, "POST /api/v1/pending/{no}/discard", path, "{}");

	r = page(w, "GET", "/api/v1/export/member?format=csv&layout=national", w->host, NULL);
	assert_int_equal(r.status, 403); /* not without the token */
	apikit_reply_free(&r);
	r = taken(w, "/api/v1/export/member?format=csv&layout=national");
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.text, "序号,姓名,性别,出生日期"));
	assert_non_null(strstr(r.head, "attachment"));
	apikit_reply_free(&r);
	r = taken(w, "/api/v1/export/member");
	assert_memory_equal(r.text, "PK", 2);
	apikit_reply_free(&r);
	r = taken(w, "/api/v1/backup");
	assert_true(r.n > 4096);
	assert_memory_equal(r.text, "SQLite format 3", 16);
	apikit_reply_free(&r);
	apikit_refused_at(w, "/api/v1/export/member?format=doc", NULL, 400, NULL, "format");
	apikit_refused_at(w, "/api/v1/export/org?layout=national", NULL, 400, NULL, "layout");
	zip_kit_new(&kit);
	zip_kit_book(&kit, form, NULL, NULL, 0);
	r = upload(w, "/api/v1/fill?name=a.xlsx&period=2026-Q1", kit.out.data, kit.out.len);
	assert_int_equal(r.status, 200);
	assert_int_equal(json_integer_value(json_object_get(r.json, "cells")), 1);
	assert_string_equal(json_string_value(json_object_get(r.json, "to")), "2026-03-31");
	assert_int_equal(strncmp(json_string_value(json_object_get(r.json, "file")), "UEsDB", 5), 0);
	apikit_reply_free(&r);
	r = upload(w, "/api/v1/fill?name=a.xlsx", "no form", 7);
	assert_int_equal(r.status, 400);
	apikit_reply_free(&r);
	zip_kit_free(&kit);
	apikit_reply_free(&d);
}

static void
a_hub_defines_fields_and_forms(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply d = apikit_ok(w, "/api/v1", NULL), r;
	json_t *kind, *field, *found = NULL;
	char id[16], path[128];
	int64_t seen;
	size_t i;

	answer_as_told(w, d.json, "POST /api/v1/fields", "/api/v1/fields",
	    "{\"kind\":\"会员\",\"key\":\"boots\",\"zh\":\"雨靴\",\"type\":\"enum\",\"choices\":[\"有\",\"无\"],\"check_rule\":\"x_boots = 1\"}");
	answer_as_told(w, d.json, "POST /api/v1/forms", "/api/v1/forms",
	    "{\"key\":\"flood\",\"zh\":\"防汛表\",\"fields\":[{\"key\":\"day\",\"zh\":\"日期\",\"type\":\"date\"}]}");
	r = apikit_ok(w, "/api/v1/catalogue", NULL);
	json_array_foreach(json_object_get(r.json, "kinds"), i, kind)
		if (strcmp(json_string_value(json_object_get(kind, "name")), "x_flood") == 0)
			found = kind;
	field = json_array_get(json_object_get(found, "fields"), 0);
	assert_string_equal(json_string_value(json_object_get(field, "name")), "x_day");
	assert_true(json_is_true(json_object_get(field, "defined")));
	apikit_reply_free(&r);
	apikit_add(w, "{\"name\":\"王小青\",\"x_boots\":\"无\"}", id, &seen);
	apikit_path_of(path, id, "");
	r = apikit_ok(w, path, NULL);
	field = json_array_get(json_object_get(r.json, "hints"), 0);
	assert_string_equal(json_string_value(json_object_get(field, "field")), "x_boots");
	apikit_reply_free(&r);
	r = apikit_ok(w, "/api/v1/records/member?x_boots=%E6%97%A0", NULL); /* 无: a filter like any other */
	assert_int_equal(json_integer_value(json_object_get(r.json, "total")), 1);
	apikit_reply_free(&r);
	r = apikit_call(w, "/api/v1/fields", "{\"kind\":\"member\",\"key\":\"boots\",\"type\":\"text\"}");
	assert_int_equal(r.status, 400);
	apikit_reply_free(&r);
	apikit_reply_free(&d);
}

static void
a_branch_defines_nothing(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r = apikit_call(w, "/api/v1/fields", "{\"kind\":\"member\",\"key\":\"boots\",\"zh\":\"雨靴\",\"type\":\"int\"}");

	assert_int_equal(r.status, 403);
	apikit_reply_free(&r);
}

/* One request with the token or without it; the answer need not be JSON. */
static struct apikit_reply
page_get(struct apikit_world *w, const char *path, int with_token)
{
	char auth[128];
	const char *const lines[] = {auth, NULL};

	snprintf(auth, sizeof(auth), with_token ? "Authorization: Bearer %s" : "X-None: %.0s", w->token);
	return apikit_request(w, "GET", path, NULL, lines);
}

static void
a_print_view_is_a_page_without_script_and_its_style_sheet_needs_no_token(void **state)
{
	struct apikit_world *w = *state;
	struct apikit_reply r;
	char id[16], path[128];
	int64_t seen;

	apikit_add(w, "{\"name\":\"王<b>小青\",\"mobile\":\"13000000001\"}", id, &seen);
	r = page_get(w, "/api/v1/print/roster", 1);
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.head, "text/html; charset=utf-8"));
	assert_non_null(strstr(r.head, "default-src 'none'; style-src 'self'"));
	assert_non_null(strstr(r.text, "王&lt;b&gt;小青"));
	assert_non_null(strstr(r.text, "130****0001"));
	assert_non_null(strstr(r.text, "href=\"/api/v1/print.css?foot=%"));
	assert_null(strstr(r.text, "<style"));
	apikit_reply_free(&r);
	r = page_get(w, "/api/v1/print/roster", 0);
	assert_int_equal(r.status, 403);
	apikit_reply_free(&r);
	r = page_get(w, "/api/v1/print.css?foot=a%22%3B%7D%3C%2Fstyle%3E%5C", 0);
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.head, "text/css; charset=utf-8"));
	assert_non_null(strstr(r.text, "content: \"a\\22 ;}\\3c /style\\3e \\5c \""));
	apikit_reply_free(&r);
	snprintf(path, sizeof(path), "/api/v1/print/application?id=%s&full=1", id);
	r = page_get(w, path, 1);
	assert_non_null(strstr(r.text, "13000000001"));
	apikit_reply_free(&r);
	r = apikit_ok(w, "/api/v1/audit", NULL);
	assert_int_equal(json_array_size(json_object_get(r.json, "entries")), 1);
	apikit_reply_free(&r);
	r = apikit_call(w, "/api/v1/print/nothing", NULL);
	assert_int_equal(r.status, 404);
	apikit_reply_free(&r);
	r = apikit_call(w, "/api/v1/print/notice", NULL);
	assert_int_equal(r.status, 400);
	apikit_reply_free(&r);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, apikit_setup, apikit_teardown)
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
		cmocka_unit_test_setup_teardown(a_hub_defines_fields_and_forms, apikit_setup_hub, apikit_teardown),
		cmocka_unit_test_setup_teardown(a_hub_stops_a_computer_and_takes_what_came_after, apikit_setup_hub, apikit_teardown),
		cmocka_unit_test_setup_teardown(a_branch_has_no_computers_to_stop, apikit_setup, apikit_teardown),
		T(a_branch_defines_nothing),
		T(a_print_view_is_a_page_without_script_and_its_style_sheet_needs_no_token),
		T(the_page_is_served_without_a_token_and_trusts_nobody_else),
		T(the_page_is_no_way_around_the_locks),
		T(an_answer_speaks_the_language_that_is_asked_for),
	};

	curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests_name("api", tests, NULL, NULL);
}
