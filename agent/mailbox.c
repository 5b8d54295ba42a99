/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One visit of all mailboxes of a place: look, fetch what is not here, put there what lacks, scope by scope. Each step
 * is durable by itself. Somebody who puts something there at the same time only makes us look again.
 */
#include "mailbox.h"

#include <string.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_intake.h"
#include "../sync/sync_trip.h"
#include "glance.h"
#include "passage.h"

#define WHERE "mailbox"
#define LOOKS 4 /* at one scope, when others are quicker */

struct visit {
	struct jc_mailway w;
	const struct jc_mailway_ops *ops;
	struct jc_mailbox_report *report;
	struct jc_err *err;
	const struct jc_key *key;
	int64_t scope[1024];
	int give[1024];              /* our own commits are welcome there */
	size_t n;
};

static void
refusal_keep(struct visit *v, const struct jc_err *why)
{
	if (v->report->refused.code == 0)
		v->report->refused = *why;
}

/* One pack for all that is wanted; when that cannot be read one for each, so that one bad chain holds up no other. */
static int
chains_fetch(struct visit *v, struct jc_mail *m, struct jc_buf *pack)
{
	struct jc_err why = {0};
	int rc;

	if ((rc = v->ops->fetch(&v->w, &m->want, &m->have, pack, v->err)) < 0)
		return rc;
	rc = jc_mail_take(m, pack->data, pack->len, &why);
	if (rc < 0 && !jc_intake_refused(rc)) {
		*v->err = why;
		return rc;
	}
	for (size_t i = 0; rc < 0 && i < m->want.n; i++) {
		struct jc_mail_list one = {&m->want.v[i], 1, 1};
		int got = v->ops->fetch(&v->w, &one, &m->have, pack, v->err);

		if (got < 0)
			return got;
		memset(&why, 0, sizeof(why));
		if ((got = jc_mail_take(m, pack->data, pack->len, &why)) >= 0)
			continue;
		if (!jc_intake_refused(got)) {
			*v->err = why;
			return got;
		}
		refusal_keep(v, &why);
	}
	return 0;
}

/* A receipt that cannot be read says nothing, as if there were none. */
static int
notes_fetch(struct visit *v, struct jc_mail *m, struct jc_buf *pack)
{
	struct jc_err why = {0};
	int rc = v->ops->fetch(&v->w, &m->notes, &(struct jc_mail_list){NULL, 0, 0}, pack, v->err);

	if (rc >= 0 && (rc = jc_mail_take_notes(m, pack->data, pack->len, &why)) < 0 && jc_intake_refused(rc))
		rc = 0;
	else if (rc < 0 && why.code != 0)
		*v->err = why;
	return rc;
}

static int
put(struct visit *v, struct jc_mail *m, int (*fill)(struct jc_mail *m, struct jc_err *err))
{
	int rc = fill(m, v->err);

	if (rc < 0 || m->give.n == 0 || (rc = v->ops->push(&v->w, m, v->err)) < 0)
		return rc;
	v->report->commits_out += m->packed;
	return 0;
}

/* 1: there is a mailbox for this scope. */
static int
look(struct visit *v, struct jc_mail *m, struct jc_buf *pack, int make, int give)
{
	int rc;

	jc_mail_forget(m);
	if ((rc = v->ops->refs(&v->w, m, make, v->err)) != 1)
		return rc;
	if ((rc = jc_mail_look(m, v->err)) < 0 || (m->want.n != 0 && (rc = chains_fetch(v, m, pack)) < 0) ||
	    (m->notes.n != 0 && (rc = notes_fetch(v, m, pack)) < 0))
		return rc;
	if (give && ((rc = put(v, m, jc_mail_give)) < 0 || (rc = put(v, m, jc_mail_give_notes)) < 0))
		return rc;
	return 1;
}

/* 1: visited; 0: there is no mailbox for this scope. */
static int
scope_visit(struct visit *v, int64_t scope, int make, int give)
{
	struct jc_mail m = {0};
	struct jc_buf pack;
	int rc;

	jc_buf_init(&pack, JC_MAIL_PACK);
	if ((rc = jc_mail_begin(&m, v->w.u->node, scope, v->err)) >= 0)
		for (int i = 0; i < LOOKS; i++) {
			memset(v->err, 0, sizeof(*v->err));
			if ((rc = look(v, &m, &pack, make, give)) != JC_ESTALE)
				break;
		}
	v->report->commits_in += m.commits_in;
	v->report->ops_in += m.ops_in;
	v->report->notes_in += m.notes_in;
	v->report->scopes += rc == 1;
	if (m.refused.code != 0)
		refusal_keep(v, &m.refused);
	jc_mail_end(&m);
	jc_buf_free(&pack);
	return rc;
}

/* ---- who visits what ---- */

/* A branch: its own scope, and what flows down to it. */
static int
branch_visit(struct visit *v, const struct jc_peer *peer)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->w.u->node->db, "SELECT scope, push FROM peer_scope WHERE peer = :peer ORDER BY push DESC, scope",
	    v->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":peer", peer->no);
	while (v->n < sizeof(v->scope) / sizeof(v->scope[0]) && (rc = jc_stmt_step(st, v->err)) == 1) {
		v->scope[v->n] = jc_col_int(st, 0);
		v->give[v->n++] = jc_col_int(st, 1) == 1;
	}
	if (rc == 1)
		jc_stmt_reset(st);
	for (size_t i = 0; rc >= 0 && i < v->n; i++) {
		rc = scope_visit(v, v->scope[i], v->give[i], v->give[i]);
		if (rc == 0 && v->give[i]) {
			struct jc_scope s;

			if ((rc = jc_scope_get(&s, v->w.u->node->log, v->scope[i], v->err)) >= 0)
				rc = jc_err_set(v->err, JC_ENOTFOUND, WHERE,
				    JC_T("信箱里没有这个单位的仓库，请管理员在那里建一个空仓库 %s.git",
				        "The mailbox has no repository for this branch; ask its keeper to make an empty one, %s.git"), s.id);
		}
	}
	return rc;
}

static int
own_keep(void *arg, const struct jc_scope *s)
{
	struct visit *v = arg;

	if (strcmp(s->authority, v->key->id) == 0 && strcmp(s->role, "office") != 0 && v->n < sizeof(v->scope) / sizeof(v->scope[0])) {
		v->scope[v->n] = s->no;
		v->give[v->n++] = strcmp(s->role, "branch") == 0;
	}
	return 0;
}

/* A hub: the branches that have been there; for them what flows down. */
static int
hub_visit(struct visit *v)
{
	int rc = jc_scope_each(v->w.u->node->log, own_keep, v, v->err);

	for (int branches = 1; rc >= 0 && branches >= 0; branches--)
		for (size_t i = 0; rc >= 0 && i < v->n; i++)
			if (v->give[i] == branches && (branches || v->report->scopes != 0))
				rc = scope_visit(v, v->scope[i], !branches, 1);
	if (rc >= 0 && v->report->scopes == 0)
		rc = jc_err_set(v->err, JC_ENOTFOUND, WHERE, "%s",
		    JC_T("这个信箱里还没有下级单位来过", "No branch has been at this mailbox yet"));
	return rc;
}

static int
is_hub(struct visit *v, int *yes)
{
	int64_t n;
	int rc = jc_db_int(v->w.u->node->db, &n, "SELECT count(*) FROM scope WHERE role = 'common' AND mine = 1", v->err);

	*yes = rc >= 0 && n != 0;
	return rc;
}

static void
trip_note(const struct jc_uplink *u, const struct jc_mailbox_report *r, int64_t ms, const struct jc_err *how)
{
	struct jc_trip t = {.time = u->env->wall_ms(u->env->ctx) / 1000 - ms / 1000, .ms = ms, .up = r->bytes_up,
	    .down = r->bytes_down, .ops_down = r->ops_in};

	memcpy(t.way, "mailbox", sizeof("mailbox"));
	(void)jc_trip_add(u->node, &t, how, NULL);
}

static int
waiting(struct visit *v)
{
	struct jc_glance *g = jc_alloc(sizeof(*g));
	int rc = g != NULL ? jc_glance(g, v->w.u->node, v->err) : JC_NOMEM(v->err, WHERE);

	if (rc >= 0)
		v->report->waiting = g->drafts + g->unsent;
	jc_free(g);
	return rc;
}

int
jc_mailbox_sync(const struct jc_uplink *u, const char *where, struct jc_mailbox_report *report, struct jc_err *err)
{
	int64_t began = u->env->mono_ms(u->env->ctx);
	struct visit *v = jc_calloc(1, sizeof(*v));
	struct jc_peer peer;
	int rc, hub = 0;

	memset(report, 0, sizeof(*report));
	if (v == NULL)
		return JC_NOMEM(err, WHERE);
	v->report = report;
	v->err = err;
	v->key = jc_log_key(u->node->log);
	v->w.u = u;
	v->w.where = strncmp(where, "file://", 7) == 0 ? where + 7 : where;
	v->ops = strncmp(where, "https://", 8) == 0 || strncmp(where, "http://", 7) == 0 ? &jc_mailway_http : &jc_mailway_folder;
	if (v->key == NULL)
		rc = jc_err_set(err, JC_ESTATE, WHERE, "%s", JC_T("本机的密钥不在，不能上报", "This PC's key is missing, so nothing can be sent"));
	else if ((rc = is_hub(v, &hub)) >= 0 && hub)
		rc = hub_visit(v);
	else if (rc >= 0 && (rc = jc_peer_get(&peer, u->node, err)) == JC_ENOTFOUND)
		rc = jc_err_set(err, JC_ESTATE, WHERE, "%s",
		    JC_T("还没有加入县里，请先运行 jiceng join 网址 加入码", "Not joined to a hub yet; run jiceng join URL CODE first"));
	else if (rc >= 0)
		rc = branch_visit(v, &peer);
	jc_passage_after(u->node);
	if (rc >= 0 && !hub)
		rc = waiting(v);
	v->ops->close(&v->w);
	report->bytes_up = v->w.up;
	report->bytes_down = v->w.down;
	trip_note(u, report, u->env->mono_ms(u->env->ctx) - began, rc < 0 ? err : &report->refused);
	jc_free(v);
	return rc < 0 ? rc : 0;
}
