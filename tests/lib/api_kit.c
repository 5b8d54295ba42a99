/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "api_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
stop_cb(uv_async_t *a)
{
	struct apikit_world *w = a->data;

	jc_api_close(w->api);
	uv_close((uv_handle_t *)&w->stop, NULL);
}

static void
thread(void *arg)
{
	struct apikit_world *w = arg;

	uv_run(&w->loop, UV_RUN_DEFAULT);
	uv_loop_close(&w->loop);
}

static int
sync_now(void *arg, struct jc_err *err)
{
	(void)err;
	((struct apikit_world *)arg)->synced++;
	return 0;
}

static int
world_open(void **state, int whole)
{
	struct apikit_world *w = calloc(1, sizeof(*w));
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

int
apikit_setup(void **state)
{
	return world_open(state, 1);
}

int
apikit_setup_bare(void **state)
{
	return world_open(state, 0);
}

int
apikit_setup_hub(void **state)
{
	return world_open(state, 2);
}

int
apikit_teardown(void **state)
{
	struct apikit_world *w = *state;

	curl_easy_cleanup(w->curl);
	uv_async_send(&w->stop);
	uv_thread_join(&w->thread);
	test_node_free(&w->node);
	free(w);
	return 0;
}

static size_t
take(char *p, size_t size, size_t n, void *arg)
{
	struct apikit_reply *r = arg;

	r->text = realloc(r->text, r->n + size * n + 1);
	memcpy(r->text + r->n, p, size * n);
	r->n += size * n;
	r->text[r->n] = '\0';
	return size * n;
}

static size_t
take_head(char *p, size_t size, size_t n, void *arg)
{
	struct apikit_reply *r = arg;
	size_t have = strlen(r->head), len = size * n;

	if (have + len < sizeof(r->head)) {
		memcpy(r->head + have, p, len);
		r->head[have + len] = '\0';
	}
	return len;
}

long apikit_upload_size = -1; /* of a body that is no text */

struct apikit_reply
apikit_request(struct apikit_world *w, const char *method, const char *path, const char *body, const char *const *lines)
{
	struct curl_slist *h = NULL;
	struct apikit_reply r = {0};
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
	if (body != NULL && apikit_upload_size >= 0)
		curl_easy_setopt(w->curl, CURLOPT_POSTFIELDSIZE, apikit_upload_size);
	curl_easy_setopt(w->curl, CURLOPT_CUSTOMREQUEST, method);
	assert_int_equal(curl_easy_perform(w->curl), CURLE_OK);
	curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &r.status);
	curl_slist_free_all(h);
	return r;
}

void
apikit_reply_free(struct apikit_reply *r)
{
	json_decref(r->json);
	free(r->text);
	memset(r, 0, sizeof(*r));
}

struct apikit_reply
apikit_call(struct apikit_world *w, const char *path, const char *body)
{
	char auth[128];
	const char *const lines[] = {"Content-Type: application/json", auth, NULL};
	struct apikit_reply r;

	snprintf(auth, sizeof(auth), "Authorization: Bearer %s", w->token);
	r = apikit_request(w, body != NULL ? "POST" : "GET", path, body, lines);
	r.json = json_loads(r.text != NULL ? r.text : "", 0, NULL);
	if (r.json == NULL)
		fail_msg("%s: no JSON: %s", path, r.text != NULL ? r.text : "");
	return r;
}

struct apikit_reply
apikit_ok(struct apikit_world *w, const char *path, const char *body)
{
	struct apikit_reply r = apikit_call(w, path, body);

	if (r.status != 200)
		fail_msg("%s: %ld %s", path, r.status, r.text);
	return r;
}

void
apikit_done(struct apikit_world *w, const char *path, const char *body)
{
	struct apikit_reply r = apikit_ok(w, path, body);

	apikit_reply_free(&r);
}

void
apikit_refused_at(struct apikit_world *w, const char *path, const char *body, long status, const char *word, const char *field)
{
	struct apikit_reply r = apikit_call(w, path, body);
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
	apikit_reply_free(&r);
}

void
apikit_refused(struct apikit_world *w, const char *path, const char *body, long status, const char *word)
{
	apikit_refused_at(w, path, body, status, word, NULL);
}

void
apikit_add_kind(struct apikit_world *w, const char *kind, const char *set, char id[16], int64_t *seen)
{
	char body[2048], path[64];
	struct apikit_reply r;

	snprintf(path, sizeof(path), "/api/v1/records/%s", kind);
	snprintf(body, sizeof(body), "{\"set\":%s}", set);
	r = apikit_ok(w, path, body);
	snprintf(id, 16, "%s", json_string_value(json_object_get(r.json, "id")));
	*seen = json_integer_value(json_object_get(r.json, "seen"));
	apikit_reply_free(&r);
}

void
apikit_add(struct apikit_world *w, const char *set, char id[16], int64_t *seen)
{
	apikit_add_kind(w, "member", set, id, seen);
}

void
apikit_path_of(char path[128], const char *id, const char *more)
{
	snprintf(path, 128, "/api/v1/record/%s%s", id, more);
}

const char *
apikit_field_text(const struct apikit_reply *r, const char *field, const char *part)
{
	const char *s =
	    json_string_value(json_object_get(json_object_get(json_object_get(r->json, "fields"), field), part));

	return s != NULL ? s : "(none)";
}

int64_t
apikit_number(const struct apikit_reply *r, const char *name)
{
	json_t *v = json_object_get(r->json, name);

	if (!json_is_integer(v))
		fail_msg("no number %s: %s", name, r->text);
	return json_integer_value(v);
}

int64_t
apikit_conflicts(struct apikit_world *w)
{
	struct apikit_reply r = apikit_ok(w, "/api/v1/conflicts", NULL);
	int64_t n = (int64_t)json_array_size(json_object_get(r.json, "records"));

	apikit_reply_free(&r);
	return n;
}
