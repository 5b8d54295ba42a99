/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Computers on a disk in memory: started, joined, their power cut, their clocks wrong. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crash_vfs.h"
#include "sim.h"
#include "sync_enrol.h"
#include "test_env.h"

#define PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define EMPTY "empty.db"

static const char *const BRANCH[SIM_BRANCHES] = {"青石镇工会", "白水镇工会", "松林厂工会", "河湾村工会", "石桥街工会"};

struct sim_shared *sim_shared;

/* ---- telling ---- */

void
sim_say(struct sim *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (w->trace_n + 1024 > w->trace_cap)
		w->trace = realloc(w->trace, w->trace_cap = w->trace_cap * 2 + 65536);
	n = snprintf(w->trace + w->trace_n, 64, "%4d ", w->step);
	w->trace_n += (size_t)n;
	va_start(ap, fmt);
	n = vsnprintf(w->trace + w->trace_n, 900, fmt, ap);
	va_end(ap);
	w->trace_n += n < 900 ? (size_t)n : 899;
	w->trace[w->trace_n++] = '\n';
}

void
sim_fail(struct sim *w, const char *fmt, ...)
{
	const size_t room = sizeof(sim_shared->report) - 1;
	size_t from = w->trace_n > room ? w->trace_n - room : 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sim_shared->what, sizeof(sim_shared->what), fmt, ap);
	va_end(ap);
	sim_shared->failed_step = w->step;
	memcpy(sim_shared->report, w->trace + from, w->trace_n - from);
	sim_shared->report[w->trace_n - from] = '\0';
	_exit(1);
}

int
sim_ok(struct sim *w, int rc, const struct jc_err *err, const char *what)
{
	if (rc < 0 && !crash_vfs_dead())
		sim_fail(w, "%s: %d %s: %s (%s)", what, rc, err->where != NULL ? err->where : "", err->msg, err->cause);
	return rc;
}

/* ---- sets ---- */

void
sim_set_add(struct sim_set *s, uint64_t x)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->v[mid] < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < s->n && s->v[lo] == x)
		return;
	if (s->n == s->cap)
		s->v = realloc(s->v, (s->cap = s->cap * 2 + 64) * sizeof(*s->v));
	memmove(s->v + lo + 1, s->v + lo, (s->n - lo) * sizeof(*s->v));
	s->v[lo] = x;
	s->n++;
}

int
sim_set_has(const struct sim_set *s, uint64_t x)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->v[mid] == x)
			return 1;
		if (s->v[mid] < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 0;
}

void
sim_set_copy(struct sim_set *to, const struct sim_set *from)
{
	free(to->v);
	*to = *from;
	to->v = from->cap != 0 ? malloc(from->cap * sizeof(*from->v)) : NULL;
	if (from->n != 0)
		memcpy(to->v, from->v, from->n * sizeof(*from->v));
}

void
sim_set_free(struct sim_set *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

/* ---- computers ---- */

void
sim_template(void)
{
	struct jc_env *env = test_env_new(1);
	struct jc_node *n;
	struct jc_err err = {0};

	if (crash_vfs_start() != 0 || jc_sign_init(&err) < 0)
		abort();
	env->vfs = CRASH_VFS;
	if (jc_node_open(&n, env, EMPTY, JC_DB_CREATE, NULL, &err) < 0)
		abort();
	jc_node_close(n);
	test_env_free(env);
}

void
sim_open(struct sim *w, struct sim_node *t)
{
	struct jc_err err = {0};

	if (sim_ok(w, jc_node_open(&t->n, t->env, t->file, JC_DB_CREATE, &t->key, &err), &err, "opening") < 0 ||
	    !jc_keyring_ahead(t->n->log))
		return;
	sim_mark(KEY_AHEAD); /* as serve does when it starts */
	sim_ok(w, jc_keyring_advance(t->n->log, &err), &err, "taking a key into use");
}

void
sim_reopen(struct sim *w, struct sim_node *t)
{
	jc_node_close(t->n);
	t->n = NULL;
	sim_open(w, t);
}

struct sim_node *
sim_node_new(struct sim *w, int branch)
{
	struct sim_node *t = &w->node[w->nodes];
	struct jc_err err = {0};

	memset(t, 0, sizeof(*t));
	t->no = w->nodes++;
	t->branch = branch;
	t->up = 1;
	snprintf(t->file, sizeof(t->file), "n%02d.db", t->no);
	crash_vfs_copy(EMPTY, t->file);
	t->env = test_env_new(w->seed * 64 + (uint64_t)t->no);
	t->env->vfs = CRASH_VFS;
	sim_ok(w, jc_key_make(&t->key, t->env, &err), &err, "key");
	sim_open(w, t);
	return t;
}

void
sim_clock(struct sim *w)
{
	for (int i = 0; i < w->nodes; i++)
		test_env_wall(w->node[i].env, w->now + w->node[i].clock);
}

static int
join(struct sim *w, struct sim_node *t, struct jc_buf *hello, struct jc_buf *req, struct jc_buf *answer)
{
	char typed[JC_CODE_TEXT], pin[JC_PIN_MAX];
	uint8_t nonce[16];
	struct jc_join_code code;
	struct jc_keys keys;
	struct sim_node *hub = &w->node[0];
	struct jc_err err = {0};
	int rc;

	if ((rc = jc_enrol_invite(typed, hub->n, BRANCH[t->branch], &err)) < 0 || (rc = jc_code_parse(&code, typed, &err)) < 0 ||
	    (rc = jc_enrol_hello(hello, jc_log_key(hub->n->log), PIN, "", &err)) < 0 ||
	    (rc = jc_enrol_hello_read(&keys, pin, &code, hello->data, hello->len, &err)) < 0 ||
	    (rc = jc_enrol_request(req, nonce, &code, t->env, &t->key, keys.key[0], &err)) < 0 ||
	    (rc = jc_enrol_take(answer, hub->n, req->data, req->len, &err)) < 0)
		return sim_ok(w, rc, &err, "joining");
	rc = jc_enrol_accept(t->n, &code, &t->key, &keys, nonce, "https://hub.example", pin, answer->data, answer->len, &err);
	return sim_ok(w, rc, &err, "joining");
}

void
sim_join(struct sim *w, struct sim_node *t)
{
	struct jc_buf hello, req, answer;

	jc_buf_init(&hello, JC_ENROL_MAX);
	jc_buf_init(&req, JC_ENROL_MAX);
	jc_buf_init(&answer, JC_ENROL_MAX);
	t->joined = join(w, t, &hello, &req, &answer) == 0;
	jc_buf_free(&hello);
	jc_buf_free(&req);
	jc_buf_free(&answer);
}

void
sim_world_new(struct sim *w)
{
	uint64_t s = w->seed ^ UINT64_C(0xc10cc10c);
	struct jc_err err = {0};

	w->now = TEST_ENV_WALL;
	sim_node_new(w, -1);
	sim_ok(w, jc_node_init_hub(w->node[0].n, "青石县总工会", &err), &err, "hub");
	for (int i = 1; i <= w->mix.pcs; i++) {
		struct sim_node *t = sim_node_new(w, w->mix.branch[i]);

		sim_ok(w, jc_node_init_branch(t->n, BRANCH[t->branch], &err), &err, "branch");
		if (w->mix.clocks)
			t->clock = ((int64_t)sim_below(&s, 20) - 10) * 300 * 86400 * 1000;
	}
	sim_clock(w);
}

/* ---- power ---- */

void
sim_power_arm(struct sim_node *t, int64_t n)
{
	crash_vfs_machine(t->file);
	crash_vfs_cut_at(n);
}

int
sim_power_end(struct sim *w, struct sim_node *t, uint64_t r)
{
	int dead = crash_vfs_dead();

	if (dead) {
		jc_node_close(t->n);
		t->n = NULL;
		crash_vfs_power_on(r);
	}
	crash_vfs_cut_at(0);
	if (!dead)
		return 0;
	sim_open(w, t);
	sim_kept(w, t);
	return 1;
}
