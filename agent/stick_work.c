/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "stick_work.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handover.h"
#include "handover_out.h"

#define WHERE "stick_work"

struct jc_stick_work {
	uv_loop_t *loop;
	uv_work_t work;
	const struct jc_env *env;
	struct jc_key key;
	char db[4096], dir[JC_STICK_PATH];
	int write, busy;
	char error[512];
	json_t *result;
	atomic_int closing;              /* asked by the worker */
	atomic_llong done, total;        /* told by the worker */
	/* the worker's until after() */
	enum jc_lang lang;
	int rc;
	struct jc_err err;
	json_t *made;
};

int
jc_stick_work_open(struct jc_stick_work **out, uv_loop_t *loop, const struct jc_env *env, const char *db,
    const struct jc_key *key, struct jc_err *err)
{
	struct jc_stick_work *w = calloc(1, sizeof(*w));

	*out = NULL;
	if (w == NULL || strlen(db) >= sizeof(w->db)) {
		free(w);
		return JC_NOMEM(err, WHERE);
	}
	w->loop = loop;
	w->env = env;
	w->key = *key;
	memcpy(w->db, db, strlen(db) + 1);
	*out = w;
	return 0;
}

static int
progress(void *arg, int64_t done, int64_t total)
{
	struct jc_stick_work *w = arg;

	atomic_store(&w->done, done);
	atomic_store(&w->total, total);
	return atomic_load(&w->closing);
}

static int
is_hub(struct jc_node *node)
{
	struct jc_scope own;

	return jc_node_scope(node, &own, NULL) == 0 && strcmp(own.role, "office") == 0;
}

struct answers {
	struct jc_node *node;
	const struct jc_stick *s;
	struct jc_handover *h;
	struct jc_err *err;
};

static int
answer_one(void *arg, const char *device, const char *branch, int64_t time)
{
	struct answers *a = arg;
	jc_id id;

	(void)branch;
	(void)time;
	memcpy(id, device, sizeof(id));
	return jc_handover_write(a->h, a->node, a->s, id, a->err);
}

static int
stick_write(struct jc_handover *h, struct jc_node *node, const struct jc_stick *s, struct jc_err *err)
{
	struct answers a = {node, s, h, err};
	int rc;

	if (!is_hub(node))
		return jc_handover_write(h, node, s, NULL, err);
	if ((rc = jc_bundle_askers(node, answer_one, &a, err)) < 0)
		return rc;
	if (h->n == 0)
		return jc_err_set(err, JC_ENOTFOUND, WHERE, "%s",
		    JC_T("还没有支部用U盘交来过内容，不用写", "No branch has sent a stick yet; there is nothing to write"));
	return 0;
}

/* A hub answers at once onto the same stick. */
static int
stick_read(struct jc_handover *h, struct jc_node *node, const struct jc_stick *s, struct jc_err *err)
{
	int rc = jc_handover_read(h, node, s->dir, err);

	return rc == 0 && is_hub(node) ? jc_handover_answer(h, node, s, err) : rc;
}

static void
run(uv_work_t *work)
{
	struct jc_stick_work *w = work->data;
	struct jc_stick s = {.dir = w->dir, .progress = progress, .arg = w};
	struct jc_handover h = {0};
	struct jc_node *node = NULL;

	jc_lang_set(w->lang, 0);
	memset(&w->err, 0, sizeof(w->err));
	if ((w->rc = jc_node_open(&node, w->env, w->db, JC_DB_AGAIN, &w->key, &w->err)) == 0)
		w->rc = w->write ? stick_write(&h, node, &s, &w->err) : stick_read(&h, node, &s, &w->err);
	if (h.n > 0)
		w->made = jc_handover_json(&h);
	jc_handover_free(&h);
	jc_node_close(node);
}

static void
gone(struct jc_stick_work *w)
{
	json_decref(w->result);
	jc_key_wipe(&w->key);
	free(w);
}

static void
after(uv_work_t *work, int status)
{
	struct jc_stick_work *w = work->data;

	(void)status;
	w->busy = 0;
	json_decref(w->result);
	w->result = w->made;
	w->made = NULL;
	snprintf(w->error, sizeof(w->error), "%s", w->rc < 0 ? w->err.msg : "");
	if (atomic_load(&w->closing))
		gone(w);
}

int
jc_stick_work_start(struct jc_stick_work *w, int write, const char *dir, struct jc_err *err)
{
	if (w->busy)
		return jc_err_set(err, JC_EBUSY, WHERE, JC_T("U盘正在读写，请稍等", "A stick is being read or written; please wait"));
	if (strlen(dir) >= sizeof(w->dir))
		return jc_err_code(err, JC_ELIMIT, WHERE);
	snprintf(w->dir, sizeof(w->dir), "%s", dir);
	w->write = write;
	w->lang = jc_lang_get();
	w->error[0] = '\0';
	json_decref(w->result);
	w->result = NULL;
	atomic_store(&w->done, 0);
	atomic_store(&w->total, 0);
	w->work.data = w;
	if (uv_queue_work(w->loop, &w->work, run, after) != 0)
		return jc_err_code(err, JC_EIO, WHERE);
	w->busy = 1;
	return 0;
}

json_t *
jc_stick_work_json(const struct jc_stick_work *w)
{
	json_t *result = w->result != NULL ? w->result : json_null();

	return json_pack("{s:b,s:I,s:I,s:s,s:O}", "busy", w->busy, "done", (json_int_t)atomic_load(&w->done), "total",
	    (json_int_t)atomic_load(&w->total), "error", w->error, "result", result);
}

void
jc_stick_work_close(struct jc_stick_work *w)
{
	if (w == NULL || atomic_load(&w->closing))
		return;
	atomic_store(&w->closing, 1);
	if (!w->busy)
		gone(w);
}
