/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uplink.h"

#define WHERE "setup"
#define URL_MAX 512

struct jc_setup {
	uv_loop_t *loop;
	uv_work_t work;
	const struct jc_env *env;
	struct jc_key key;
	char db[4096], url[URL_MAX], code[128];
	void (*joined)(void *arg);
	void *arg;
	struct jc_setup_state state;
	volatile int closing; /* asked by the worker */
	/* the worker's until after() */
	enum jc_lang lang;
	int rc;
	struct jc_err err;
};

int
jc_setup_open(struct jc_setup **out, uv_loop_t *loop, const struct jc_env *env, const char *db, const struct jc_key *key,
    void (*joined)(void *arg), void *arg, struct jc_err *err)
{
	struct jc_setup *s = calloc(1, sizeof(*s));

	*out = s;
	if (s == NULL || strlen(db) >= sizeof(s->db)) {
		free(s);
		*out = NULL;
		return JC_NOMEM(err, WHERE);
	}
	s->loop = loop;
	s->env = env;
	s->key = *key;
	s->joined = joined;
	s->arg = arg;
	memcpy(s->db, db, strlen(db) + 1);
	return 0;
}

static int
cancelled(void *arg)
{
	return ((struct jc_setup *)arg)->closing;
}

static void
join(uv_work_t *w)
{
	struct jc_setup *s = w->data;
	struct jc_uplink u = {.env = s->env, .cancelled = cancelled, .arg = s};

	jc_lang_set(s->lang, 0);
	memset(&s->err, 0, sizeof(s->err));
	if ((s->rc = jc_node_open(&u.node, s->env, s->db, JC_DB_AGAIN, &s->key, &s->err)) == 0)
		s->rc = jc_uplink_join(&u, s->url, s->code, &s->key, &s->err);
	jc_node_close(u.node);
}

static void
gone(struct jc_setup *s)
{
	jc_key_wipe(&s->key);
	memset(s->code, 0, sizeof(s->code));
	free(s);
}

static void
after(uv_work_t *w, int status)
{
	struct jc_setup *s = w->data;

	(void)status;
	s->state.busy = 0;
	memset(s->code, 0, sizeof(s->code));
	if (s->closing) {
		gone(s);
		return;
	}
	s->state.joined = s->rc == 0;
	snprintf(s->state.error, sizeof(s->state.error), "%s", s->rc < 0 ? s->err.msg : "");
	if (s->rc == 0 && s->joined != NULL)
		s->joined(s->arg);
}

int
jc_setup_join(struct jc_setup *s, const char *url, const char *code, struct jc_err *err)
{
	struct jc_join_code parsed;
	int rc;

	if (s->state.busy)
		return jc_err_set(err, JC_EBUSY, WHERE, JC_T("正在加入，请稍等", "Joining is under way; please wait"));
	if ((rc = jc_code_parse(&parsed, code, err)) < 0)
		return rc;
	if (strlen(url) >= sizeof(s->url) || strlen(code) >= sizeof(s->code))
		return jc_err_code(err, JC_ELIMIT, WHERE);
	snprintf(s->url, sizeof(s->url), "%s", url);
	snprintf(s->code, sizeof(s->code), "%s", code);
	memset(&s->state, 0, sizeof(s->state));
	s->lang = jc_lang_get();
	s->work.data = s;
	if (uv_queue_work(s->loop, &s->work, join, after) != 0)
		return jc_err_code(err, JC_EIO, WHERE);
	s->state.busy = 1;
	return 0;
}

void
jc_setup_look(const struct jc_setup *s, struct jc_setup_state *out)
{
	*out = s->state;
}

void
jc_setup_close(struct jc_setup *s)
{
	if (s == NULL || s->closing)
		return;
	s->closing = 1;
	if (!s->state.busy)
		gone(s);
}
