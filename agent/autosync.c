/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "autosync.h"

#include <stdlib.h>
#include <string.h>

#include "uplink.h"

#define WHERE "autosync"
#define LOOK_MS 5000           /* how often the wish to sync is looked at */
#define SETTLE_MS 10000        /* quiet time after the last save before it is sent */
#define IDLE_MS 600000         /* without changes: ask for news */
#define BACKOFF_FIRST 30000
#define BACKOFF_MAX 3600000

struct jc_autosync {
	uv_loop_t *loop;
	uv_timer_t timer;
	uv_work_t work;
	const struct jc_env *env;
	struct jc_node *node;      /* of the loop: looks for drafts */
	struct jc_key key;
	char db[4096];
	void (*ended)(void *arg, int rc, const struct jc_session_report *report, const struct jc_err *err);
	void *arg;
	int64_t next;              /* monotonic ms of the next session of its own accord */
	int64_t backoff;           /* 0: the last one went well */
	int64_t commits;           /* a hub: newest commit that the last session could bring up */
	int64_t drafts, changed;   /* number of drafts last seen, and when it last changed */
	int busy, again;
	volatile int closing;      /* asked by the worker */
	/* of the session under way; the worker's until after() */
	int rc;
	struct jc_session_report report;
	struct jc_err err;
};

static int64_t
mono(const struct jc_autosync *a)
{
	return a->env->mono_ms(a->env->ctx);
}

/* `ms` and up to a quarter more, so that all PCs of a county do not call at once. */
static int64_t
jittered(const struct jc_autosync *a, int64_t ms)
{
	uint32_t r = 0;

	a->env->random(a->env->ctx, &r, sizeof(r));
	return ms + (int64_t)(r % (uint32_t)(ms / 4 + 1));
}

static int
cancelled(void *arg)
{
	return ((struct jc_autosync *)arg)->closing;
}

static void
session(uv_work_t *w)
{
	struct jc_autosync *a = w->data;
	struct jc_uplink u = {.env = a->env, .cancelled = cancelled, .arg = a};

	memset(&a->err, 0, sizeof(a->err));
	memset(&a->report, 0, sizeof(a->report));
	if ((a->rc = jc_node_open(&u.node, a->env, a->db, 0, &a->key, &a->err)) == 0)
		a->rc = jc_uplink_sync(&u, &a->report, &a->err);
	jc_node_close(u.node);
}

static void
gone(uv_handle_t *h)
{
	struct jc_autosync *a = h->data;

	jc_node_close(a->node);
	jc_key_wipe(&a->key);
	free(a);
}

static void start(struct jc_autosync *a);

static void
after(uv_work_t *w, int status)
{
	struct jc_autosync *a = w->data;

	(void)status;
	a->busy = 0;
	if (a->closing) {
		uv_close((uv_handle_t *)&a->timer, gone);
		return;
	}
	if (a->rc < 0) {
		a->backoff = a->backoff == 0 ? BACKOFF_FIRST : a->backoff * 2 < BACKOFF_MAX ? a->backoff * 2 : BACKOFF_MAX;
		a->next = mono(a) + jittered(a, a->backoff);
	} else {
		a->backoff = 0;
		a->next = mono(a) + jittered(a, IDLE_MS);
	}
	if (a->ended != NULL)
		a->ended(a->arg, a->rc, &a->report, &a->err);
	if (a->again)
		start(a);
}

static void
start(struct jc_autosync *a)
{
	a->again = a->busy;
	if (a->busy)
		return;
	a->work.data = a;
	a->busy = uv_queue_work(a->loop, &a->work, session, after) == 0;
}

static void
look(uv_timer_t *t)
{
	struct jc_autosync *a = t->data;
	int64_t drafts = 0, commits = 0, now = mono(a);
	struct jc_peer peer;

	if (a->busy || jc_peer_get(&peer, a->node, NULL) < 0 || jc_log_drafts(a->node->log, 0, &drafts, NULL) < 0 ||
	    jc_db_int(a->node->db, &commits, /* what came from below waits as drafts do */
	        "SELECT coalesce(max(no), 0) FROM log_commit WHERE EXISTS(SELECT 1 FROM peer_scope WHERE push = 2)", NULL) < 0)
		return;
	drafts += commits > a->commits;
	if (drafts != a->drafts) {
		a->drafts = drafts;
		a->changed = now;
	}
	if (now >= a->next || (a->backoff == 0 && drafts > 0 && now - a->changed >= SETTLE_MS))
		start(a);
	if (a->busy)
		a->commits = commits;
}

int
jc_autosync_open(struct jc_autosync **out, uv_loop_t *loop, const struct jc_autosync_options *o, struct jc_err *err)
{
	struct jc_autosync *a = calloc(1, sizeof(*a));
	int rc;

	*out = NULL;
	if (a == NULL || strlen(o->db) >= sizeof(a->db)) {
		free(a);
		return JC_NOMEM(err, WHERE);
	}
	a->loop = loop;
	a->env = o->env;
	a->key = *o->key;
	a->ended = o->ended;
	a->arg = o->arg;
	memcpy(a->db, o->db, strlen(o->db) + 1);
	if ((rc = jc_node_open(&a->node, a->env, a->db, 0, &a->key, err)) < 0) {
		free(a);
		return rc;
	}
	uv_timer_init(loop, &a->timer);
	a->timer.data = a;
	uv_timer_start(&a->timer, look, 0, LOOK_MS);
	*out = a;
	return 0;
}

void
jc_autosync_now(struct jc_autosync *a)
{
	start(a);
}

void
jc_autosync_close(struct jc_autosync *a)
{
	if (a == NULL || a->closing)
		return;
	a->closing = 1;
	uv_timer_stop(&a->timer);
	if (!a->busy)
		uv_close((uv_handle_t *)&a->timer, gone);
}
