/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "import_work.h"

#include <stdio.h>
#include <string.h>

#include <uv.h>

#include "../schema/schema_mem.h"
#include "import.h"

enum state { EMPTY, WAITING, RUNNING, READY, DONE, FAILED, CANCELLED };

struct jc_import_work {
	const struct jc_env *env;
	char db[4096];
	struct jc_key key;
	int has_key;
	/* the file and the order; the thread reads them while state is RUNNING, nobody writes */
	char token[JC_IMPORT_WORK_TOKEN + 1], name[256];
	char *bytes;
	size_t n;
	const struct jc_kind *kind;
	json_t *columns, *set;
	jc_id activity;
	int dry_run;
	enum jc_lang lang;
	uv_thread_t thread;
	int joined;             /* 0: the thread is to be joined */
	uv_mutex_t lock;        /* over what follows */
	enum state state;
	int cancel;
	char word[32];
	int64_t done, total;
	json_t *report;
	struct jc_err err;
};

int
jc_import_work_open(struct jc_import_work **out, const struct jc_env *env, const char *db,
    const struct jc_key *key, struct jc_err *err)
{
	struct jc_import_work *w = jc_calloc(1, sizeof(*w));

	*out = w;
	if (w == NULL)
		return JC_NOMEM(err, "import_work");
	w->env = env;
	w->joined = 1;
	snprintf(w->db, sizeof(w->db), "%s", db);
	if (key != NULL) {
		w->key = *key;
		w->has_key = 1;
	}
	if (uv_mutex_init(&w->lock) != 0) {
		jc_free(w);
		*out = NULL;
		return JC_NOMEM(err, "import_work");
	}
	return 0;
}

static void
thread_end(struct jc_import_work *w)
{
	if (!w->joined)
		uv_thread_join(&w->thread);
	w->joined = 1;
}

static void
file_drop(struct jc_import_work *w)
{
	jc_free(w->bytes);
	w->bytes = NULL;
	json_decref(w->columns);
	json_decref(w->set);
	json_decref(w->report);
	w->columns = w->set = w->report = NULL;
	w->token[0] = '\0';
	w->state = EMPTY;
}

void
jc_import_work_close(struct jc_import_work *w)
{
	if (w == NULL)
		return;
	uv_mutex_lock(&w->lock);
	w->cancel = 1;
	uv_mutex_unlock(&w->lock);
	thread_end(w);
	file_drop(w);
	uv_mutex_destroy(&w->lock);
	memset(&w->key, 0, sizeof(w->key));
	jc_free(w);
}

/* ---- the thread ---- */

static int
progress(void *arg, const char *word, int64_t done, int64_t total)
{
	struct jc_import_work *w = arg;
	int cancel;

	uv_mutex_lock(&w->lock);
	if (done >= 0) {
		snprintf(w->word, sizeof(w->word), "%s", word);
		w->done = done;
		w->total = total;
	}
	cancel = w->cancel;
	uv_mutex_unlock(&w->lock);
	return cancel;
}

static int
import_now(struct jc_import_work *w, struct jc_node *node, json_t **report, struct jc_err *err)
{
	struct jc_cmd_run run = {.node = node, .env = w->env};
	struct jc_import_options o = {.run = &run,
	    .kind = w->kind,
	    .name = w->name,
	    .dry_run = w->dry_run,
	    .columns = w->columns,
	    .set = w->set,
	    .activity = w->activity[0] != '\0' ? w->activity : NULL,
	    .progress = progress,
	    .arg = w};
	struct jc_import_report r;
	int rc;

	if ((rc = jc_import_bytes(&r, &o, w->bytes, w->n, err)) == 0)
		*report = jc_import_report_json(&r, w->dry_run);
	jc_import_report_free(&r);
	return rc;
}

static void
work(void *arg)
{
	struct jc_import_work *w = arg;
	struct jc_node *node = NULL;
	struct jc_err err = {0};
	json_t *report = NULL;
	int rc;

	jc_lang_set(w->lang, 0);
	if ((rc = jc_node_open(&node, w->env, w->db, JC_DB_AGAIN, w->has_key ? &w->key : NULL, &err)) == 0)
		rc = import_now(w, node, &report, &err);
	jc_node_close(node);
	uv_mutex_lock(&w->lock);
	w->report = report;
	w->err = err;
	w->state = rc == JC_ECANCELLED ? CANCELLED : rc < 0 ? FAILED : w->dry_run ? READY : DONE;
	uv_mutex_unlock(&w->lock);
}

/* ---- asked by the page ---- */

static enum state
state_of(struct jc_import_work *w)
{
	enum state s;

	uv_mutex_lock(&w->lock);
	s = w->state;
	uv_mutex_unlock(&w->lock);
	return s;
}

static int
busy(struct jc_err *err)
{
	return jc_err_set(err, JC_ESTATE, "import_work", "%s",
	    JC_T("上一个导入还没有完，请等它结束或先取消",
		"An import is under way; wait for it or cancel it"));
}

static int
none(struct jc_err *err)
{
	return jc_err_set(err, JC_ENOTFOUND, "import_work", "%s",
	    JC_T("这个文件已经不在了，请再选一次",
		"This file is not here any more; choose it again"));
}

int
jc_import_work_file(struct jc_import_work *w, char token[JC_IMPORT_WORK_TOKEN + 1],
    const char *name, const char *p, size_t n, struct jc_err *err)
{
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint8_t raw[JC_IMPORT_WORK_TOKEN];

	if (state_of(w) == RUNNING)
		return busy(err);
	thread_end(w);
	file_drop(w);
	if (w->env->random(w->env->ctx, raw, sizeof(raw)) != 0)
		return jc_err_code(err, JC_EIO, "import_work");
	if ((w->bytes = jc_memdup(p, n)) == NULL)
		return JC_NOMEM(err, "import_work");
	w->n = n;
	for (size_t i = 0; i < JC_IMPORT_WORK_TOKEN; i++)
		w->token[i] = letters[raw[i] & 31];
	snprintf(w->name, sizeof(w->name), "%s", name);
	w->state = WAITING;
	memcpy(token, w->token, sizeof(w->token));
	return 0;
}

int
jc_import_work_start(struct jc_import_work *w, const char *token,
    const struct jc_import_order *order, struct jc_err *err)
{
	enum state now = state_of(w);

	if (w->token[0] == '\0' || strcmp(token, w->token) != 0)
		return none(err);
	if (now == RUNNING)
		return busy(err);
	if (now == DONE)
		return jc_err_set(err, JC_ESTATE, "import_work", "%s",
		    JC_T("这个文件已经导入了", "This file has been imported"));
	thread_end(w);
	json_decref(w->columns);
	json_decref(w->set);
	json_decref(w->report);
	w->report = NULL;
	w->kind = order->kind;
	w->columns = json_deep_copy(order->columns);
	w->set = json_deep_copy(order->set);
	snprintf(w->activity, sizeof(w->activity), "%.12s",
	    order->activity != NULL ? order->activity : "");
	w->dry_run = order->dry_run;
	w->lang = jc_lang_get();
	w->cancel = 0;
	w->done = w->total = 0;
	w->word[0] = '\0';
	w->state = RUNNING;
	if (uv_thread_create(&w->thread, work, w) != 0) {
		w->state = WAITING;
		return JC_NOMEM(err, "import_work");
	}
	w->joined = 0;
	return 0;
}

int
jc_import_work_state(struct jc_import_work *w, json_t **out, const char *token, struct jc_err *err)
{
	static const char *const words[] = {
	    "", "waiting", "running", "ready", "done", "failed", "cancelled"};
	json_t *error = NULL;

	if (w->token[0] == '\0' || strcmp(token, w->token) != 0)
		return none(err);
	uv_mutex_lock(&w->lock);
	if (w->state == FAILED || w->state == CANCELLED)
		error =
		    json_pack("{s:s,s:s}", "code", jc_err_word(w->err.code), "message", w->err.msg);
	*out = json_pack("{s:s,s:s,s:s,s:s,s:I,s:I,s:O?,s:o?}", "token", w->token, "name", w->name,
	    "state", words[w->state], "word", w->word, "done", (json_int_t)w->done, "total",
	    (json_int_t)w->total, "report", w->report, "error", error);
	uv_mutex_unlock(&w->lock);
	return *out != NULL ? 0 : JC_NOMEM(err, "import_work");
}

int
jc_import_work_cancel(struct jc_import_work *w, const char *token, struct jc_err *err)
{
	if (w->token[0] == '\0' || strcmp(token, w->token) != 0)
		return none(err);
	uv_mutex_lock(&w->lock);
	w->cancel = 1;
	uv_mutex_unlock(&w->lock);
	return 0;
}
