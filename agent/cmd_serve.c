/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * serve: the program that stays open. A hub answers branches; every node serves the API to this PC and
 * syncs with the hub above it by itself. One per data folder.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "api.h"
#include "autosync.h"
#include "cmd.h"
#include "files.h"
#include "hub.h"
#include "listen.h"
#include "lock.h"
#include "passage.h"
#include "paths.h"
#include "setup.h"
#include "../schema/schema_mem.h"
#include "../sync/sync_succession.h"

#define WHERE "serve"
#define TOKEN_FILE "api.token"
#define PORT_FILE "api.port" /* the port of the last run: a page that is still open finds its program again */
#define URL_MAX 128

struct serve {
	struct jc_cmd_run *run;
	uv_loop_t loop;
	uv_signal_t on_int, on_term;
	struct jc_hub *hub;
	struct jc_api *api;
	struct jc_autosync *autosync;
	struct jc_setup *setup;
	uv_process_t browser;
};

static const struct jc_cmd_opt OPTS[] = {
    {"port", "端口", "PORT", "本机接口的端口（默认自动选）", "port of the API on this PC (default: a free one)", 0},
    {"listen", "地址:端口", "A:P", "县服务器的监听地址，这一次有效", "address a hub listens on, this time", 0},
    {"open", NULL, NULL, "用浏览器打开页面", "open the page in the browser", 0},
    {"no-tls", NULL, NULL, "不加密，只能用在 127.0.0.1（测试用）", "without TLS, on 127.0.0.1 only (for tests)", 0},
    {NULL, NULL, NULL, NULL, NULL, 0}};

static void
stop(uv_signal_t *sig, int number)
{
	struct serve *s = sig->data;

	(void)number;
	uv_close((uv_handle_t *)&s->on_int, NULL);
	uv_close((uv_handle_t *)&s->on_term, NULL);
	jc_autosync_close(s->autosync);
	jc_setup_close(s->setup);
	jc_api_close(s->api);
	jc_hub_close(s->hub);
}

static int
sync_now(void *arg, struct jc_err *err)
{
	struct serve *s = arg;

	if (s->autosync == NULL)
		return jc_err_code(err, JC_ESTATE, WHERE);
	jc_autosync_now(s->autosync);
	return 0;
}

static int
sync_state(void *arg, struct jc_autosync_state *out)
{
	struct serve *s = arg;

	if (s->autosync == NULL)
		return 0;
	jc_autosync_state(s->autosync, out);
	return 1;
}

static void
synced(void *arg, int rc, const struct jc_session_report *r, const struct jc_err *err)
{
	const struct jc_env *env = ((struct serve *)arg)->run->env;
	char fields[128];

	if (env->trace == NULL)
		return;
	snprintf(fields, sizeof(fields), "result=%s ops_up=%lld ops_down=%lld waiting=%lld", jc_err_word(rc < 0 ? err->code : 0),
	    (long long)r->ops_up, (long long)r->ops_down, (long long)r->waiting);
	env->trace(env->ctx, JC_TRACE_INFO, "sync.ended", fields);
}

/* A replacement of the hub's key that broke off goes on; with a former key file it serves, but is believed by nobody
 * who knows the newer one. */
static int
keys_settle(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_err why = {0};
	int rc;

	if (!run->has_key)
		return 0;
	if ((rc = jc_cmd_key_again(run, err)) < 0) /* `hub rekey` may have been at work until we had the folder for ourselves */
		return rc;
	if (jc_keyring_behind(run->node->log)) {
		(void)jc_keyring_behind_err(&why);
		fprintf(stderr, "%s\n", why.msg);
	}
	if (!jc_keyring_ahead(run->node->log))
		return 0;
	if ((rc = jc_keyring_advance(run->node->log, err)) == 0)
		run->key = *jc_log_key(run->node->log);
	return rc;
}

static int
hub_start(struct serve *s, const char *db, struct jc_err *err)
{
	struct jc_cmd_run *run = s->run;
	struct jc_hub_options o = {.env = run->env, .dir = run->data, .db = db, .key = &run->key,
	    .plain = jc_cmd_opt(run, "no-tls") != NULL};
	const char *typed = jc_cmd_opt(run, "listen");
	char *stored = NULL, *url = NULL;
	int rc = 0;

	if (typed == NULL && (rc = jc_meta_get(run->node->db, JC_LISTEN_META, &stored, err)) < 0 && rc != JC_ENOTFOUND)
		return rc;
	o.listen = typed != NULL ? typed : stored != NULL ? stored : JC_LISTEN_DEFAULT;
	rc = jc_meta_get(run->node->db, JC_HUB_URL_META, &url, err);
	o.url = url;
	if (rc == 0 || rc == JC_ENOTFOUND)
		rc = keys_settle(run, err);
	(void)jc_passage_run(run->node, NULL, NULL); /* what waited while nobody served */
	if (rc == 0 && (rc = jc_hub_open(&s->hub, &s->loop, &o, err)) == 0)
		printf(JC_T("县服务器已开始接收，端口 %d\n", "The hub is answering on port %d\n"), jc_hub_port(s->hub));
	jc_free(stored);
	jc_free(url);
	return rc;
}

static int
autosync_start(struct serve *s, struct jc_err *err)
{
	struct jc_autosync_options a = {.env = s->run->env, .db = jc_db_path(s->run->node->db), .key = &s->run->key,
	    .ended = synced, .arg = s};

	return jc_autosync_open(&s->autosync, &s->loop, &a, err);
}

/* The folder has become a branch, or the branch has joined: what it wrote is sent from now on. */
static void
ready(void *arg)
{
	struct serve *s = arg;
	struct jc_err err = {0};

	if (s->autosync != NULL)
		jc_autosync_now(s->autosync);
	else if (autosync_start(s, &err) < 0)
		fprintf(stderr, "jiceng%s%s\n", JC_T("：", ": "), err.msg);
}

/* Another data file took the place of the one that automatic sync reads. */
static void
replaced(void *arg)
{
	struct serve *s = arg;

	jc_autosync_close(s->autosync);
	s->autosync = NULL;
}

/* The port to ask for: the typed one, else that of the last run, else 0. */
static int
port_last(const char *dir)
{
	char path[JC_PATH_MAX], *text = NULL;
	struct jc_err err;
	long port = 0;
	size_t n;

	if (jc_paths_join(path, dir, PORT_FILE, &err) == 0 && jc_files_read(&text, &n, path, 16, &err) == 0)
		port = strtol(text, NULL, 10);
	free(text);
	return port > 0 && port < 65536 ? (int)port : 0;
}

/* Opens the API where the last run had it; where that port is taken, anywhere. */
static int
api_open(struct serve *s, struct jc_api_options *o, int typed, struct jc_err *err)
{
	int rc;

	o->port = typed != 0 ? typed : port_last(s->run->data);
	rc = jc_api_open(&s->api, &s->loop, o, err);
	if (rc != JC_EIO || typed != 0 || o->port == 0)
		return rc;
	o->port = 0;
	return jc_api_open(&s->api, &s->loop, o, err);
}

/* What only this person's programs may know: the token and the port, in files of the data folder. */
static int
whereabouts_write(const struct serve *s, char token_path[JC_PATH_MAX], struct jc_err *err)
{
	const char *token = jc_api_token(s->api);
	char path[JC_PATH_MAX], port[16];
	int rc;

	snprintf(port, sizeof(port), "%d", jc_api_port(s->api));
	if ((rc = jc_paths_join(token_path, s->run->data, TOKEN_FILE, err)) < 0 ||
	    (rc = jc_files_write(token_path, token, strlen(token), 0600, err)) < 0 ||
	    (rc = jc_paths_join(path, s->run->data, PORT_FILE, err)) < 0)
		return rc;
	return jc_files_write(path, port, strlen(port), 0600, err);
}

static void
browser_gone(uv_process_t *p, int64_t status, int signal)
{
	(void)status;
	(void)signal;
	uv_close((uv_handle_t *)p, NULL);
}

/* The desktop's own opener. When there is none the printed address remains. */
#if defined(_WIN32)
static char opener[] = "rundll32", opener_arg[] = "url.dll,FileProtocolHandler";
#elif defined(__APPLE__)
static char opener[] = "open", opener_arg[] = "-u";
#else
static char opener[] = "xdg-open", opener_arg[] = "";
#endif

static void
browser_open(struct serve *s, char *url)
{
	char *with[] = {opener, opener_arg, url, NULL}, *plain[] = {opener, url, NULL};
	char **args = opener_arg[0] != '\0' ? with : plain;
	uv_process_options_t o = {.file = args[0], .args = args, .exit_cb = browser_gone, .flags = UV_PROCESS_DETACHED};

	if (uv_spawn(&s->loop, &s->browser, &o) != 0) {
		uv_close((uv_handle_t *)&s->browser, NULL);
		printf("%s", JC_T("没有找到浏览器，请把上面的地址复制到浏览器里\n", "No browser was found; copy the address above into one\n"));
		return;
	}
	uv_unref((uv_handle_t *)&s->browser);
}

static int
api_start(struct serve *s, const char *db, int64_t port, struct jc_err *err)
{
	struct jc_api_options o = {.env = s->run->env, .db = db, .key = &s->run->key,
	    .sync_now = s->autosync != NULL || s->hub == NULL ? sync_now : NULL, .sync_state = sync_state, .setup = s->setup,
	    .ready = ready, .replaced = replaced, .arg = s};
	char path[JC_PATH_MAX], url[URL_MAX];
	int rc;

	if ((rc = api_open(s, &o, (int)port, err)) < 0 || (rc = whereabouts_write(s, path, err)) < 0)
		return rc;
	printf(JC_T("本机接口 http://127.0.0.1:%d/api/v1 ，口令在 %s\n", "API at http://127.0.0.1:%d/api/v1, token in %s\n"),
	    jc_api_port(s->api), path);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/#t=%s", jc_api_port(s->api), jc_api_token(s->api));
	printf(JC_T("打开页面 %s\n", "The page: %s\n"), url);
	if (jc_cmd_opt(s->run, "open") != NULL)
		browser_open(s, url);
	return 0;
}

static int
parts_start(struct serve *s, int64_t port, struct jc_err *err)
{
	struct jc_cmd_run *run = s->run;
	const char *db = jc_db_path(run->node->db);
	struct jc_scope own;
	int rc = jc_node_scope(run->node, &own, err), empty = rc == JC_ENOTFOUND;

	if (rc < 0 && !empty)
		return rc;
	if (!empty && strcmp(own.role, "office") == 0)
		rc = (rc = hub_start(s, db, err)) < 0 ? rc : autosync_start(s, err); /* upward, when there is a hub above */
	else if ((rc = jc_setup_open(&s->setup, &s->loop, run->env, db, &run->key, ready, s, err)) == 0 && !empty)
		rc = autosync_start(s, err);
	if (rc == 0 && empty)
		printf("%s", JC_T("这个文件夹还是空的，请在页面上开始使用\n", "This folder is empty; begin on the page\n"));
	return rc < 0 ? rc : api_start(s, db, port, err);
}

static int
run(struct jc_cmd_run *run, struct jc_err *err)
{
	struct serve s = {.run = run};
	const char *port = jc_cmd_opt(run, "port");
	struct jc_lock lock;
	int64_t number = 0;
	int rc;

	if (port != NULL && (rc = jc_cmd_number(&number, "port", port, err)) < 0)
		return rc;
	if ((rc = jc_lock_take(&lock, run->data, err)) < 0)
		return rc;
	uv_loop_init(&s.loop);
	uv_signal_init(&s.loop, &s.on_int);
	uv_signal_init(&s.loop, &s.on_term);
	s.on_int.data = s.on_term.data = &s;
	uv_signal_start(&s.on_int, stop, SIGINT);
	uv_signal_start(&s.on_term, stop, SIGTERM);
	if ((rc = parts_start(&s, number, err)) < 0)
		stop(&s.on_int, 0);
	fflush(stdout);
	uv_run(&s.loop, UV_RUN_DEFAULT);
	uv_loop_close(&s.loop);
	jc_lock_release(&lock);
	return rc;
}

const struct jc_cmd jc_cmd_serve = {
    .name = "serve",
    .args_zh = "",
    .args_en = "",
    .zh = "一直开着：县服务器接收各支部，支部自动上报；提供本机页面\n空的数据文件夹可以在页面上开始使用。按 Ctrl-C 结束。一个数据文件夹只能开一个。",
    .en = "Stay open: a hub answers its branches, a branch syncs by itself; both serve the page on this PC\n"
          "An empty folder can be begun with on the page. Ctrl-C ends it. One per data folder.",
    .opts = OPTS,
    .flags = JC_CMD_OPEN | JC_CMD_MAKE | JC_CMD_GIT,
    .run = run,
};
