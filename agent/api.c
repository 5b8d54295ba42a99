/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "api_json.h"
#include "api_private.h"
#include "import_work.h"
#include "listen.h"
#include "passage.h"
#include "restore.h"
#include "stick_work.h"
#include "web.h"
#include "web_page.h"

#define WHERE "api"

static const struct route {
	const char *method, *path; /* one {part} at most */
	int (*run)(struct api_call *c, struct jc_err *err);
	int open; /* needs no token: nothing of anybody's is in it, and a page's <link> cannot carry one */
} routes[] = {
	{"GET", "/api/v1", api_describe, 0},
	{"GET", "/api/v1/setup", api_setup, 0},
	{"POST", "/api/v1/setup/branch", api_setup_branch, 0},
	{"POST", "/api/v1/setup/code", api_setup_code, 0},
	{"POST", "/api/v1/setup/join", api_setup_join, 0},
	{"POST", "/api/v1/setup/restore", api_setup_restore, 0},
	{"POST", "/api/v1/setup/key", api_setup_key, 0},
	{"POST", "/api/v1/setup/practice", api_setup_practice, 0},
	{"POST", "/api/v1/setup/practice/end", api_setup_practice_end, 0},
	{"POST", "/api/v1/setup/label", api_setup_label, 0},
	{"GET", "/api/v1/status", api_status, 0},
	{"GET", "/api/v1/sessions", api_sessions, 0},
	{"GET", "/api/v1/catalogue", api_catalogue, 0},
	{"GET", "/api/v1/corrections", api_corrections, 0},
	{"GET", "/api/v1/figures", api_figures, 0},
	{"GET", "/api/v1/figures/{report}", api_figures, 0},
	{"POST", "/api/v1/record/{id}/object", api_object, 0},
	{"GET", "/api/v1/fields", api_fields, 0},
	{"POST", "/api/v1/fields", api_field_define, 0},
	{"POST", "/api/v1/forms", api_form_define, 0},
	{"GET", "/api/v1/conflicts", api_conflicts, 0},
	{"GET", "/api/v1/search", api_search, 0},
	{"GET", "/api/v1/duplicates", api_duplicates, 0},
	{"POST", "/api/v1/merge", api_merge, 0},
	{"POST", "/api/v1/unmerge", api_unmerge, 0},
	{"POST", "/api/v1/distinct", api_distinct, 0},
	{"GET", "/api/v1/records/{kind}", api_list, 0},
	{"POST", "/api/v1/records/{kind}", api_add, 0},
	{"POST", "/api/v1/records/{kind}/batch", api_batch, 0},
	{"POST", "/api/v1/records/{kind}/many", api_many, 0},
	{"POST", "/api/v1/check/{kind}", api_check, 0},
	{"GET", "/api/v1/drafts", api_drafts, 0},
	{"GET", "/api/v1/draft/{key}", api_draft_read, 0},
	{"POST", "/api/v1/draft/{key}", api_draft_write, 0},
	{"GET", "/api/v1/record/{id}", api_read, 0},
	{"POST", "/api/v1/record/{id}", api_set, 0},
	{"GET", "/api/v1/record/{id}/history", api_history, 0},
	{"POST", "/api/v1/record/{id}/void", api_void, 0},
	{"POST", "/api/v1/record/{id}/unvoid", api_unvoid, 0},
	{"POST", "/api/v1/record/{id}/resolve", api_resolve, 0},
	{"GET", "/api/v1/record/{id}/attachments", api_attachments, 0},
	{"POST", "/api/v1/record/{id}/attachments", api_attach, 0},
	{"GET", "/api/v1/attachment/{id}", api_attachment, 0},
	{"GET", "/api/v1/tasks", api_tasks, 0},
	{"GET", "/api/v1/overdue/{kind}", api_overdue, 0},
	{"POST", "/api/v1/record/{id}/collective", api_collective, 0},
	{"GET", "/api/v1/templates", api_templates, 0},
	{"POST", "/api/v1/checks", api_check_start, 0},
	{"POST", "/api/v1/record/{id}/return", api_return, 0},
	{"GET", "/api/v1/hub/devices", api_devices, 0},
	{"POST", "/api/v1/hub/devices/{id}/revoke", api_device_revoke, 0},
	{"POST", "/api/v1/hub/devices/{id}/accept", api_device_accept, 0},
	{"GET", "/api/v1/tray", api_tray, 0},
	{"POST", "/api/v1/tray/{no}/resend", api_tray_resend, 0},
	{"POST", "/api/v1/tray/{no}/withdraw", api_tray_withdraw, 0},
	{"GET", "/api/v1/record/{id}/flow", api_flow, 0},
	{"POST", "/api/v1/record/{id}/step", api_step, 0},
	{"POST", "/api/v1/import/preview", api_import_preview, 0},
	{"POST", "/api/v1/import", api_import, 0},
	{"GET", "/api/v1/import/{token}", api_import_state, 0},
	{"POST", "/api/v1/import/{token}/cancel", api_import_cancel, 0},
	{"GET", "/api/v1/pending", api_pending, 0},
	{"POST", "/api/v1/pending/{no}", api_pending_fix, 0},
	{"POST", "/api/v1/pending/{no}/discard", api_pending_discard, 0},
	{"GET", "/api/v1/export/{kind}", api_export, 0},
	{"GET", "/api/v1/backup", api_backup, 0},
	{"POST", "/api/v1/fill", api_fill, 0},
	{"GET", "/api/v1/print", api_print_forms, 0},
	{"GET", "/api/v1/print/{form}", api_print, 0},
	{"GET", "/api/v1/print.css", api_print_css, 1},
	{"GET", "/api/v1/reports", api_reports, 0},
	{"GET", "/api/v1/report/{id}", api_report, 0},
	{"POST", "/api/v1/report/{id}", api_report_hand_in, 0},
	{"GET", "/api/v1/audit", api_audit, 0},
	{"POST", "/api/v1/undo", api_undo, 0},
	{"POST", "/api/v1/sync", api_sync, 0},
	{"GET", "/api/v1/sticks", api_sticks, 0},
	{"GET", "/api/v1/stick", api_stick, 0},
	{"POST", "/api/v1/stick/write", api_stick_write, 0},
	{"POST", "/api/v1/stick/read", api_stick_read, 0},
	{"GET", "/api/v1/settings", api_settings, 0},
	{"POST", "/api/v1/settings", api_settings_set, 0},
};
#define NROUTES (sizeof(routes) / sizeof(routes[0]))

struct jc_api {
	const struct jc_env *env;
	struct jc_node *node;
	struct jc_web *web;
	char token[JC_API_TOKEN_LEN + 1];
	int port;
	int (*sync_now)(void *arg, struct jc_err *err);
	int (*sync_state)(void *arg, struct jc_autosync_state *out);
	struct jc_setup *setup;
	struct jc_stick_work *stick;
	struct jc_import_work *import;
	void (*ready)(void *arg), (*replaced)(void *arg);
	void *arg;
};

struct request {
	struct jc_buf body;
	struct jc_restore *upload; /* a body that is larger than memory: it goes into a file */
	int64_t upload_n;
	int refused;  /* the locks stayed shut: nothing of its body is kept */
	int no_token; /* all locks are open but the token's: good for routes that are open to it */
	const struct jc_page_file *page; /* a file of the page is asked for: no token needed */
};

const char *const *
jc_api_routes(void)
{
	static char text[NROUTES][64];
	static const char *list[NROUTES + 1];

	for (size_t i = 0; i < NROUTES; i++) {
		snprintf(text[i], sizeof(text[i]), "%s %s", routes[i].method, routes[i].path);
		list[i] = text[i];
	}
	return list;
}

const char *
jc_api_json(void)
{
	return jc_api_json_text;
}

int
jc_api_port(const struct jc_api *api)
{
	return api->port;
}

const char *
jc_api_token(const struct jc_api *api)
{
	return api->token;
}

const char *
api_query(const struct api_call *c, const char *name)
{
	return MHD_lookup_connection_value(c->conn, MHD_GET_ARGUMENT_KIND, name);
}

int
api_can_sync(const struct jc_api *api)
{
	return api->sync_now != NULL;
}

int
api_sync_state(const struct jc_api *api, struct jc_autosync_state *out)
{
	return api->sync_state != NULL && api->sync_state(api->arg, out) != 0;
}

int
api_sync_now(struct jc_api *api, struct jc_err *err)
{
	return api->sync_now(api->arg, err);
}

struct jc_setup *
api_setup_of(const struct jc_api *api)
{
	return api->setup;
}

struct jc_stick_work *
api_stick_work_of(const struct jc_api *api)
{
	return api->stick;
}

struct jc_import_work *
api_import_of(const struct jc_api *api)
{
	return api->import;
}

void
api_ready(struct jc_api *api)
{
	if (api->ready != NULL)
		api->ready(api->arg);
}

int
api_node_renew(struct api_call *c, struct jc_err *err)
{
	struct jc_node *old = c->node, *fresh;
	int rc;

	if (c->api->replaced != NULL)
		c->api->replaced(c->api->arg);
	if ((rc = jc_node_open(&fresh, c->env, jc_db_path(old->db), 0, jc_log_key(old->log), err)) < 0)
		return rc;
	c->api->node = c->node = fresh;
	jc_node_close(old);
	return 0;
}

/* ---- answers ---- */

/* Headers of every answer: for the one who asked, never kept. A print view is a page without script whose
 * only resource is its style sheet; everything else is JSON and no page at all. */
static void
headers_add(struct MHD_Response *r, const char *type)
{
	const char *const H[][2] = {{"Content-Type", type != NULL ? type : "application/json; charset=utf-8"},
	    {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"},
	    {"Content-Security-Policy", type != NULL ? "default-src 'none'; style-src 'self'; frame-ancestors 'self'"
	                                             : "default-src 'none'; frame-ancestors 'none'"},
	    {"Cross-Origin-Resource-Policy", "same-origin"}};

	for (size_t i = 0; i < sizeof(H) / sizeof(H[0]); i++)
		MHD_add_response_header(r, H[i][0], H[i][1]);
}

/* Takes doc over; NULL (no memory for it) is answered too. `allow` may be NULL. */
static enum MHD_Result
respond(struct MHD_Connection *conn, int status, json_t *doc, const char *allow)
{
	static char none[] = "{\"error\":{\"code\":\"nomem\",\"message\":\"Out of memory\"}}";
	char *text = doc != NULL ? json_dumps(doc, JSON_COMPACT) : NULL;
	struct MHD_Response *r;
	enum MHD_Result ok;

	json_decref(doc);
	if (text == NULL)
		status = 500;
	r = text != NULL ? MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE)
	                 : MHD_create_response_from_buffer(sizeof(none) - 1, none, MHD_RESPMEM_PERSISTENT);
	if (r == NULL) {
		free(text);
		return MHD_NO;
	}
	headers_add(r, NULL);
	if (allow != NULL)
		MHD_add_response_header(r, "Allow", allow);
	ok = MHD_queue_response(conn, (unsigned)status, r);
	MHD_destroy_response(r);
	return ok;
}

/* A page instead of JSON. */
static enum MHD_Result
respond_page(struct MHD_Connection *conn, const struct jc_buf *page, const char *type, int saved)
{
	struct MHD_Response *r;
	enum MHD_Result ok;

	r = MHD_create_response_from_buffer(page->len, page->data, MHD_RESPMEM_MUST_COPY);
	if (r == NULL)
		return MHD_NO;
	headers_add(r, type);
	if (saved) /* bytes of strangers: a file to be saved, whatever is in it */
		MHD_add_response_header(r, "Content-Disposition", "attachment");
	ok = MHD_queue_response(conn, 200, r);
	MHD_destroy_response(r);
	return ok;
}

/* {"error":{"code","message",...}}; members of `detail` (may be NULL) come along. A message that quotes
 * bytes of a caller which are no UTF-8 gives way to the code's own sentence. */
static json_t *
error_json(int code, const char *message, json_t *detail)
{
	const char *text = message[0] != '\0' && jc_utf8_ok(message, strlen(message)) ? message : jc_err_sentence(code);
	json_t *e = json_pack("{s:s,s:s}", "code", jc_err_word(code), "message", text);

	if (e != NULL && detail != NULL)
		json_object_update(e, detail);
	return json_pack("{s:o}", "error", e);
}

static enum MHD_Result
respond_err(struct MHD_Connection *conn, int status, int code, const char *message)
{
	return respond(conn, status, error_json(code, message, NULL), NULL);
}

static int
status_of(int code)
{
	switch (code) {
	case JC_EINVAL:
	case JC_EFORMAT:
	case JC_EUSAGE:
		return 400;
	case JC_EDENIED:
		return 403;
	case JC_ENOTFOUND:
		return 404;
	case JC_ESTATE:
	case JC_EEXISTS:
	case JC_ESTALE:
	case JC_ENEWER:
		return 409;
	case JC_ELIMIT:
		return 413;
	case JC_EBUSY:
	case JC_ENETWORK:
	case JC_ETIMEOUT:
		return 503;
	case JC_EFULL:
		return 507;
	default:
		return 500;
	}
}

/* ---- the locks ---- */

static const char *
header(struct MHD_Connection *conn, const char *name)
{
	return MHD_lookup_connection_value(conn, MHD_HEADER_KIND, name);
}

static int
host_ok(const struct jc_api *api, const char *host)
{
	static const char *const NAMES[] = {"127.0.0.1", "localhost"};
	char want[64];

	for (size_t i = 0; host != NULL && i < 2; i++) {
		snprintf(want, sizeof(want), "%s:%d", NAMES[i], api->port);
		if (strcmp(host, want) == 0)
			return 1;
	}
	return 0;
}

static int
token_ok(const struct jc_api *api, const char *auth)
{
	return auth != NULL && strncmp(auth, "Bearer ", 7) == 0 && strlen(auth + 7) == JC_API_TOKEN_LEN &&
	    jc_hash_eq(auth + 7, api->token, JC_API_TOKEN_LEN);
}

/* What a browser says about the page that asks; programs say nothing. */
static int
site_ok(const char *site)
{
	return site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

/* Asked by this machine's own page or program, with or without the token? */
static int
place_ok(const struct jc_api *api, struct MHD_Connection *conn)
{
	const char *host = header(conn, "Host"), *origin = header(conn, "Origin");

	if (!host_ok(api, host) || !site_ok(header(conn, "Sec-Fetch-Site")))
		return 0;
	return origin == NULL || (strncmp(origin, "http://", 7) == 0 && strcmp(origin + 7, host) == 0);
}

/* ---- routing ---- */

/* 1 when `url` fits `path`; what stands for its {part} is copied to arg. */
static int
path_fits(const char *path, const char *url, char *arg, size_t room)
{
	const char *open = strchr(path, '{'), *close, *end;
	size_t n;

	arg[0] = '\0';
	if (open == NULL)
		return strcmp(path, url) == 0;
	if (strncmp(path, url, (size_t)(open - path)) != 0)
		return 0;
	close = strchr(open, '}') + 1;
	url += open - path;
	end = strchr(url, '/');
	n = end != NULL ? (size_t)(end - url) : strlen(url);
	if (n == 0 || n >= room || strcmp(url + n, close) != 0)
		return 0;
	memcpy(arg, url, n);
	arg[n] = '\0';
	return 1;
}

/* NULL when there is none; *allow then says which methods the path has, "" when it is no path at all. */
static const struct route *
route_find(const char *method, const char *url, char *arg, size_t room, const char **allow)
{
	int get = 0, post = 0;

	for (size_t i = 0; i < NROUTES; i++) {
		if (!path_fits(routes[i].path, url, arg, room))
			continue;
		if (strcmp(routes[i].method, method) == 0)
			return &routes[i];
		get |= routes[i].method[0] == 'G';
		post |= routes[i].method[0] == 'P';
	}
	*allow = get && post ? "GET, POST" : get ? "GET" : post ? "POST" : "";
	return NULL;
}

static enum MHD_Result
no_route(struct MHD_Connection *conn, const char *allow)
{
	int code = allow[0] != '\0' ? JC_EUSAGE : JC_ENOTFOUND;

	return respond(conn, allow[0] != '\0' ? 405 : 404,
	    error_json(code, JC_T("没有这个接口，见 /api/v1", "There is no such call; see /api/v1"), NULL),
	    allow[0] != '\0' ? allow : NULL);
}

/* Its body is a file, no JSON, and may be larger. */
static int
is_raw(const struct route *r)
{
	return r->run == api_import_preview || r->run == api_fill || r->run == api_setup_restore;
}

static int
body_parse(struct api_call *c, const struct request *q, struct jc_err *err)
{
	json_error_t why;

	c->in = json_loadb(q->body.data != NULL ? q->body.data : "{}", q->body.data != NULL ? q->body.len : 2,
	    JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(c->in))
		return 0;
	jc_err_set(err, JC_EFORMAT, WHERE, JC_T("请求的内容应是一个 JSON 对象", "The body must be one JSON object"));
	return jc_err_cause(err, "%s", why.text);
}

/* A failure that is the program's or the machine's own leaves a line of trace; never what was asked for. */
static void
failure_trace(const struct jc_api *api, const struct route *r, int rc, const struct jc_err *err)
{
	char fields[160];

	if (api->env->trace == NULL || status_of(rc) < 500)
		return;
	snprintf(fields, sizeof(fields), "call=%s:%s code=%s where=%s", r->method, r->path, jc_err_word(rc),
	    err->where != NULL ? err->where : "");
	api->env->trace(api->env->ctx, JC_TRACE_WARN, "api.failed", fields);
}

/* Sentences of the answer are in the language that the caller reads, where it says so. */
static void
language_choose(struct MHD_Connection *conn)
{
	const char *asked = header(conn, "Accept-Language");

	if (asked != NULL && strncmp(asked, "en", 2) == 0)
		jc_lang_set(JC_LANG_EN, 0);
	else if (asked != NULL && strncmp(asked, "zh", 2) == 0)
		jc_lang_set(JC_LANG_ZH, 0);
}

static enum MHD_Result
call(struct jc_api *api, struct MHD_Connection *conn, const struct route *r, const char *arg, const struct request *q)
{
	struct api_call c = {.api = api, .node = api->node, .env = api->env, .conn = conn,
	    .upload = q->upload, .upload_n = q->upload_n};
	struct jc_err err = {0};
	enum MHD_Result done;
	int rc = 0;

	jc_buf_init(&c.page, JC_API_PAGE_MAX);
	snprintf(c.arg, sizeof(c.arg), "%s", arg);
	if (is_raw(r))
		c.body = (struct jc_slice){q->body.data, q->body.len};
	else if (strcmp(r->method, "POST") == 0)
		rc = body_parse(&c, q, &err);
	if (rc == 0 && (rc = jc_node_use(c.node, &err)) == 0)
		rc = r->run(&c, &err);
	jc_passage_after(c.node);
	json_decref(c.in);
	if (rc < 0) {
		json_t *e = error_json(rc, err.msg, c.detail);

		failure_trace(api, r, rc, &err);
		json_decref(c.out);
		json_decref(c.detail);
		jc_buf_free(&c.page);
		return respond(conn, status_of(rc), e, NULL);
	}
	json_decref(c.detail);
	done = c.page_type != NULL ? respond_page(conn, &c.page, c.page_type, c.page_saved) : respond(conn, 200, c.out, NULL);
	jc_buf_free(&c.page);
	return done;
}

/* A file of the page: the first that a browser asks for, before it can know a token. */
static const struct jc_page_file *
page_asked(const struct jc_api *api, struct MHD_Connection *conn, const char *url, const char *method)
{
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return NULL;
	return host_ok(api, header(conn, "Host")) ? jc_web_page_find(url) : NULL;
}

/* Attachments come as text in JSON, and are larger than what people type. */
static int
takes_file(const char *url, const char *method)
{
	size_t n = strlen(url), k = strlen("/attachments");

	return strcmp(method, "POST") == 0 && n > k && strcmp(url + n - k, "/attachments") == 0;
}

static enum MHD_Result
request_begin(void **state, const struct jc_api *api, struct MHD_Connection *conn, const char *url, const char *method)
{
	struct request *q = calloc(1, sizeof(*q));
	const struct route *r;
	const char *allow;
	char part[64];

	if (q == NULL)
		return MHD_NO;
	r = route_find(method, url, part, sizeof(part), &allow);
	jc_buf_init(&q->body, r != NULL && is_raw(r) ? JC_IMPORT_WORK_MAX
	    : takes_file(url, method) ? JC_API_FILE_MAX : JC_API_BODY_MAX);
	q->no_token = !token_ok(api, header(conn, "Authorization"));
	q->page = page_asked(api, conn, url, method);
	q->refused = q->page == NULL && (q->no_token || !place_ok(api, conn));
	if (r != NULL && r->run == api_setup_restore && !q->refused && api_empty_enough(api->node, NULL) == 0)
		(void)jc_restore_open(&q->upload, api->env, jc_db_path(api->node->db), NULL);
	*state = q;
	return MHD_YES;
}

/* The request has come in whole. */
static enum MHD_Result
request_answer(struct jc_api *api, struct MHD_Connection *conn, const struct request *q, const char *url, const char *method)
{
	const struct route *r;
	const char *allow;
	char part[64];

	if (q->page != NULL)
		return jc_web_page_answer(conn, q->page);
	if (q->no_token && place_ok(api, conn) && (r = route_find(method, url, part, sizeof(part), &allow)) != NULL && r->open)
		return call(api, conn, r, part, q);
	if (q->refused)
		return respond_err(conn, 403, JC_EDENIED, JC_T("请从本机的程序打开", "Open this from the program on this PC"));
	if ((r = route_find(method, url, part, sizeof(part), &allow)) == NULL)
		return no_route(conn, allow);
	if (q->body.failed)
		return respond_err(conn, 413, JC_ELIMIT, jc_err_sentence(JC_ELIMIT));
	return call(api, conn, r, part, q);
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *conn, const char *url, const char *method, const char *version,
    const char *data, size_t *n, void **state)
{
	enum jc_lang before = jc_lang_get();
	struct request *q = *state;
	struct jc_api *api = arg;
	enum MHD_Result ok;

	(void)version;
	if (q == NULL)
		return request_begin(state, api, conn, url, method);
	if (*n != 0) {
		if (q->upload != NULL) {
			jc_restore_put(q->upload, data, *n);
			q->upload_n += (int64_t)*n;
		} else if (!q->refused) {
			jc_buf_put(&q->body, data, *n);
		}
		*n = 0;
		return MHD_YES;
	}
	language_choose(conn);
	ok = request_answer(api, conn, q, url, method);
	jc_lang_set(before, 0);
	return ok;
}

static void
on_completed(void *arg, struct MHD_Connection *conn, void **state, enum MHD_RequestTerminationCode why)
{
	struct request *q = *state;

	(void)arg;
	(void)conn;
	(void)why;
	if (q != NULL) {
		jc_restore_close(q->upload);
		jc_buf_free(&q->body);
	}
	free(q);
	*state = NULL;
}

/* ---- start and end ---- */

static int
token_make(struct jc_api *api, struct jc_err *err)
{
	struct jc_buf text;
	uint8_t raw[32];

	if (api->env->random(api->env->ctx, raw, sizeof(raw)) != 0)
		return jc_err_code(err, JC_EIO, WHERE);
	jc_buf_init(&text, 64);
	jc_buf_b64(&text, raw, sizeof(raw));
	if (text.len == JC_API_TOKEN_LEN)
		memcpy(api->token, text.data, text.len);
	jc_buf_free(&text);
	return api->token[0] != '\0' ? 0 : JC_NOMEM(err, WHERE);
}

static int
listen_start(struct jc_api *api, uv_loop_t *loop, int port, struct jc_err *err)
{
	struct sockaddr_storage a;
	struct MHD_Daemon *mhd;
	char listen[32];
	int rc;

	snprintf(listen, sizeof(listen), "127.0.0.1:%d", port);
	if ((rc = jc_listen_parse(&a, listen, err)) < 0)
		return rc;
	mhd = MHD_start_daemon(JC_WEB_FLAGS, 0, NULL, NULL, on_request, api, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&a,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, api, MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_END);
	if (mhd == NULL)
		return jc_err_set(err, JC_EIO, WHERE,
		    JC_T("端口 %d 打不开，可能已被别的程序占用，请换一个", "Port %d cannot be opened; choose another one"), port);
	if ((rc = jc_web_open(&api->web, loop, mhd, NULL, err)) == 0)
		api->port = jc_web_port(api->web);
	return rc;
}

int
jc_api_open(struct jc_api **out, uv_loop_t *loop, const struct jc_api_options *o, struct jc_err *err)
{
	struct jc_api *api = calloc(1, sizeof(*api));
	int rc;

	*out = NULL;
	if (api == NULL)
		return JC_NOMEM(err, WHERE);
	api->env = o->env;
	api->sync_now = o->sync_now;
	api->sync_state = o->sync_state;
	api->setup = o->setup;
	api->ready = o->ready;
	api->replaced = o->replaced;
	api->arg = o->arg;
	if ((rc = token_make(api, err)) == 0 && (rc = jc_import_work_open(&api->import, o->env, o->db, o->key, err)) == 0 &&
	    (rc = jc_node_open(&api->node, o->env, o->db, JC_DB_AGAIN, o->key, err)) == 0 &&
	    (o->key == NULL || (rc = jc_stick_work_open(&api->stick, loop, o->env, o->db, o->key, err)) == 0))
		rc = listen_start(api, loop, o->port, err);
	if (rc < 0)
		jc_api_close(api);
	else
		*out = api;
	return rc;
}

static void
gone(void *arg)
{
	struct jc_api *api = arg;

	jc_node_close(api->node);
	free(api);
}

void
jc_api_close(struct jc_api *api)
{
	if (api == NULL)
		return;
	jc_stick_work_close(api->stick);
	jc_import_work_close(api->import);
	api->import = NULL;
	if (api->web != NULL)
		jc_web_close(api->web, gone, api);
	else
		gone(api);
}
