/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * serve: the program that stays open. A hub answers branches; every node serves the API to this PC and
 * syncs with the hub above it by itself. One per data folder.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <uv.h>

#include "api.h"
#include "autosync.h"
#include "cmd.h"
#include "files.h"
#include "hub.h"
#include "listen.h"
#include "lock.h"
#include "paths.h"
#include "../schema/schema_mem.h"

#define WHERE "serve"
#define TOKEN_FILE "api.token"

struct serve {
	struct jc_cmd_run *run;
	uv_loop_t loop;
	uv_signal_t on_int, on_term;
	struct jc_hub *hub;
	struct jc_api *api;
	struct jc_autosync *autosync;
};

static const struct jc_cmd_opt OPTS[] = {
    {"port", "端口", "PORT", "本机接口的端口（默认自动选）", "port of the API on this PC (default: a free one)", 0},
    {"listen", "地址:端口", "A:P", "县服务器的监听地址，这一次有效", "address a hub listens on, this time", 0},
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

static int
hub_start(struct serve *s, const char *db, struct jc_err *err)
{
	struct jc_cmd_run *run = s->run;
	struct jc_hub_options o = {.env = run->env, .dir = run->data, .db = db, .key = &run->key,
	    .plain = jc_cmd_opt(run, "no-tls") != NULL};
	const char *typed = jc_cmd_opt(run, "listen");
	char *stored = NULL;
	int rc = 0;

	if (typed == NULL && (rc = jc_meta_get(run->node->db, JC_LISTEN_META, &stored, err)) < 0 && rc != JC_ENOTFOUND)
		return rc;
	o.listen = typed != NULL ? typed : stored != NULL ? stored : JC_LISTEN_DEFAULT;
	if ((rc = jc_hub_open(&s->hub, &s->loop, &o, err)) == 0)
		printf(JC_T("县服务器已开始接收，端口 %d\n", "The hub is answering on port %d\n"), jc_hub_port(s->hub));
	jc_free(stored);
	return rc;
}

static int
api_start(struct serve *s, const char *db, int64_t port, struct jc_err *err)
{
	struct jc_api_options o = {.env = s->run->env, .db = db, .key = &s->run->key, .port = (int)port,
	    .sync_now = s->autosync != NULL ? sync_now : NULL, .arg = s};
	char path[JC_PATH_MAX];
	int rc;

	if ((rc = jc_paths_join(path, s->run->data, TOKEN_FILE, err)) < 0 ||
	    (rc = jc_api_open(&s->api, &s->loop, &o, err)) < 0 ||
	    (rc = jc_files_write(path, jc_api_token(s->api), strlen(jc_api_token(s->api)), 0600, err)) < 0)
		return rc;
	printf(JC_T("本机接口 http://127.0.0.1:%d/api/v1 ，口令在 %s\n", "API at http://127.0.0.1:%d/api/v1, token in %s\n"),
	    jc_api_port(s->api), path);
	return 0;
}

static int
parts_start(struct serve *s, int64_t port, struct jc_err *err)
{
	struct jc_cmd_run *run = s->run;
	struct jc_autosync_options a = {.env = run->env, .db = jc_db_path(run->node->db), .key = &run->key, .ended = synced,
	    .arg = s};
	struct jc_scope own;
	int rc;

	if ((rc = jc_node_scope(run->node, &own, err)) < 0)
		return rc;
	if (strcmp(own.role, "office") == 0)
		rc = hub_start(s, a.db, err);
	else
		rc = jc_autosync_open(&s->autosync, &s->loop, &a, err);
	return rc < 0 ? rc : api_start(s, a.db, port, err);
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
    .zh = "一直开着：县服务器接收各支部，支部自动上报；给本机页面提供接口\n按 Ctrl-C 结束。一个数据文件夹只能开一个。",
    .en = "Stay open: a hub answers its branches, a branch syncs by itself; both serve the API to this PC\n"
          "Ctrl-C ends it. One per data folder.",
    .opts = OPTS,
    .flags = JC_CMD_OPEN | JC_CMD_GIT,
    .run = run,
};
