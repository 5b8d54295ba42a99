/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "autosync.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/schema_settings.h"
#include "client.h"
#include "schedule.h"
#include "uplink.h"

#define WHERE "autosync"
#define LOOK_MS 5000           /* how often the wish to sync is looked at */

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
	struct jc_sched sched;
	struct jc_sched_rules rules;
	int64_t commits;           /* a hub: newest commit that the last session could bring up */
	int busy;
	volatile int closing;      /* asked by the worker */
	/* of the session under way; the worker's until after() */
	struct jc_client *line;
	int rc;
	struct jc_session_report report;
	struct jc_err err;
};

static int64_t
mono(const struct jc_autosync *a)
{
	return a->env->mono_ms(a->env->ctx);
}

static uint32_t
chance(const struct jc_autosync *a)
{
	uint32_t r = 0;

	a->env->random(a->env->ctx, &r, sizeof(r));
	return r;
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
	struct jc_uplink u = {.env = a->env, .cancelled = cancelled, .arg = a, .kept = &a->line};

	memset(&a->err, 0, sizeof(a->err));
	memset(&a->report, 0, sizeof(a->report));
	if ((a->rc = jc_node_open(&u.node, a->env, a->db, JC_DB_AGAIN, &a->key, &a->err)) == 0)
		a->rc = jc_uplink_sync(&u, &a->report, &a->err);
	jc_node_close(u.node);
}

static void
gone(uv_handle_t *h)
{
	struct jc_autosync *a = h->data;

	jc_client_close(a->line);
	jc_node_close(a->node);
	jc_key_wipe(&a->key);
	free(a);
}

static void look(uv_timer_t *t);

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
	jc_sched_ended(&a->sched, &a->rules, mono(a), a->rc >= 0, chance(a));
	if (a->ended != NULL)
		a->ended(a->arg, a->rc, &a->report, &a->err);
	look(&a->timer);
}

/* What the interfaces that are up look like; 0: none but the machine's own. */
static uint64_t
line_hash(void)
{
	uv_interface_address_t *v;
	uint64_t h = 0;
	int n = 0;

	if (uv_interface_addresses(&v, &n) != 0)
		return 1; /* nobody knows: as if there were one that never changes */
	for (int i = 0; i < n; i++) {
		const unsigned char *p = (const unsigned char *)&v[i].address;
		uint64_t one = UINT64_C(14695981039346656037);
		size_t size = v[i].address.address4.sin_family == AF_INET ? sizeof(v[i].address.address4) : sizeof(v[i].address.address6);

		for (size_t k = 0; k < size && !v[i].is_internal; k++)
			one = (one ^ p[k]) * UINT64_C(1099511628211);
		h += v[i].is_internal ? 0 : one; /* in any order */
	}
	uv_free_interface_addresses(v, n);
	return h;
}

/* The minute of the day in China, whatever zone the machine believes to be in. */
static int
minute_now(const struct jc_autosync *a)
{
	int64_t minute = (a->env->wall_ms(a->env->ctx) / 60000 + 8 * 60) % 1440;

	return (int)(minute < 0 ? minute + 1440 : minute);
}

static int
rules_load(struct jc_autosync *a)
{
	struct jc_db *db = a->node->db;
	int64_t paused, settle, every;

	if (jc_setting_int(&paused, "sync.paused", db, NULL) < 0 || jc_setting_int(&settle, "sync.settle", db, NULL) < 0 ||
	    jc_setting_int(&every, "sync.every", db, NULL) < 0 ||
	    jc_setting_get(a->rules.hours, jc_setting_find("sync.hours", 10), db, NULL) < 0)
		return -1;
	a->rules.paused = paused != 0;
	a->rules.settle_ms = settle * 1000;
	a->rules.every_ms = every * 60000;
	return 0;
}

static void
look(uv_timer_t *t)
{
	struct jc_autosync *a = t->data;
	struct jc_sched_look l = {.now = mono(a), .minute = minute_now(a), .line = line_hash(), .random = chance(a)};
	int64_t commits = 0;
	struct jc_peer peer;

	if (a->busy || a->closing || rules_load(a) < 0 || jc_log_drafts(a->node->log, 0, &l.drafts, NULL) < 0 ||
	    jc_db_int(a->node->db, &commits, /* what came from below waits as drafts do */
	        "SELECT coalesce(max(no), 0) FROM log_commit WHERE EXISTS(SELECT 1 FROM peer_scope WHERE push = 2)", NULL) < 0)
		return;
	l.drafts += commits > a->commits;
	l.joined = jc_peer_get(&peer, a->node, NULL) == 0;
	if (jc_sched_look(&a->sched, &a->rules, &l) != 1)
		return;
	a->commits = commits;
	a->work.data = a;
	a->busy = uv_queue_work(a->loop, &a->work, session, after) == 0;
	if (!a->busy)
		jc_sched_ended(&a->sched, &a->rules, l.now, 0, l.random);
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
	if ((rc = jc_node_open(&a->node, a->env, a->db, JC_DB_AGAIN, &a->key, err)) < 0) {
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
	jc_sched_now(&a->sched);
	look(&a->timer);
}

void
jc_autosync_state(const struct jc_autosync *a, struct jc_autosync_state *out)
{
	int64_t left = (a->sched.due - mono(a) + 999) / 1000;
	enum jc_sched_state state = a->sched.state;

	out->word = jc_sched_word(state);
	out->seconds = state == JC_SCHED_quiet || state == JC_SCHED_settling || state == JC_SCHED_waiting ? left > 0 ? left : 0 : -1;
	if (state == JC_SCHED_hours)
		out->seconds = 60 * (int64_t)jc_setting_hours_wait(a->rules.hours, minute_now(a));
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
