/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A mailbox on a stock git server: smart HTTP over the one client, the certificate judged by the system's authorities. */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_settings.h"
#include "client.h"
#include "mailbox.h"

#define WHERE "mailbox"
#define FETCH "git-upload-pack"
#define PUSH "git-receive-pack"

static int
client_open(struct jc_mailway *w, struct jc_err *err)
{
	struct jc_client_options o = {.url = w->where, .connect_ms = w->u->connect_ms, .slow_seconds = w->u->slow_seconds,
	    .total_seconds = w->u->total_seconds, .cancelled = w->u->cancelled, .arg = w->u->arg, .judged = 1};
	char proxy[JC_SETTING_ROOM];
	int64_t kbps;
	int rc;

	if (w->client != NULL)
		return 0;
	if ((rc = jc_setting_int(&kbps, "sync.kbps", w->u->node->db, err)) < 0 ||
	    (rc = jc_setting_get(proxy, jc_setting_find("sync.proxy", 10), w->u->node->db, err)) < 0)
		return rc;
	o.kbps = (long)kbps;
	o.proxy = proxy;
	return jc_client_open(&w->client, &o, err);
}

static int
send(struct jc_mailway *w, const char *path, const char *type, const struct jc_slice *body, struct jc_buf *answer, int *status,
    struct jc_err *err)
{
	int64_t up, down;
	int rc = jc_client_send(w->client, path, type, body, answer, status, err);

	jc_client_bytes(w->client, &up, &down);
	w->up += up;
	w->down += down;
	return rc;
}

static int
refused(int status, struct jc_err *err)
{
	if (status == 401 || status == 403)
		jc_err_set(err, JC_EDENIED, WHERE, "%s",
		    JC_T("信箱的服务器不让这台电脑读写，请向管理员要用户名和密码，写成 https://用户名:密码@地址",
		        "The mailbox's server does not let this PC in; ask its keeper for a user and password, written as https://user:password@host"));
	else
		jc_err_set(err, status >= 500 ? JC_EBUSY : JC_ENETWORK, WHERE, "%s",
		    JC_T("信箱的服务器没有办成，请过一会再试，或请管理员看看", "The mailbox's server could not do it; try again later or ask its keeper"));
	return jc_err_cause(err, "HTTP %d", status);
}

static int
http_refs(struct jc_mailway *w, struct jc_mail *m, int make, struct jc_err *err)
{
	struct jc_buf answer;
	char path[80];
	int rc, status;

	(void)make; /* a stock server makes none by itself */
	memcpy(w->scope, m->s.id, sizeof(w->scope));
	if ((rc = client_open(w, err)) < 0)
		return rc;
	jc_buf_init(&answer, 4u << 20);
	snprintf(path, sizeof(path), "/%s.git/info/refs?service=" FETCH, m->s.id);
	if ((rc = send(w, path, NULL, NULL, &answer, &status, err)) >= 0) {
		if (status == 404)
			rc = 0;
		else if (status != 200)
			rc = refused(status, err);
		else if ((rc = jc_mail_git_refs(m, answer.data != NULL ? answer.data : "", answer.len, err)) >= 0)
			rc = 1;
	}
	jc_buf_free(&answer);
	return rc;
}

static int
service(struct jc_mailway *w, const char *name, const struct jc_buf *body, struct jc_buf *answer, struct jc_err *err)
{
	char path[64], type[64];
	int rc, status;

	snprintf(path, sizeof(path), "/%s.git/%s", w->scope, name);
	snprintf(type, sizeof(type), "application/x-%s-request", name);
	rc = send(w, path, type, &(struct jc_slice){body->data, body->len}, answer, &status, err);
	return rc < 0 ? rc : status == 200 ? 0 : refused(status, err);
}

static int
http_fetch(struct jc_mailway *w, const struct jc_mail_list *want, const struct jc_mail_list *have, struct jc_buf *pack,
    struct jc_err *err)
{
	struct jc_buf body, answer;
	struct jc_slice p;
	int rc;

	jc_buf_init(&body, 4u << 20);
	jc_buf_init(&answer, JC_MAIL_PACK);
	jc_mail_git_request(&body, want, have);
	if ((rc = jc_buf_check(&body, WHERE, err)) >= 0 && (rc = service(w, FETCH, &body, &answer, err)) >= 0 &&
	    (rc = jc_mail_git_pack(&p, answer.data != NULL ? answer.data : "", answer.len, err)) >= 0) {
		jc_buf_reset(pack);
		jc_buf_slice(pack, p);
		rc = jc_buf_check(pack, WHERE, err);
	}
	jc_buf_free(&body);
	jc_buf_free(&answer);
	return rc;
}

static int
http_push(struct jc_mailway *w, struct jc_mail *m, struct jc_err *err)
{
	struct jc_buf body, answer;
	int rc;

	jc_buf_init(&body, JC_MAIL_PACK + (1u << 20));
	jc_buf_init(&answer, 1u << 20);
	if ((rc = jc_mail_git_push(&body, m, err)) >= 0 && (rc = service(w, PUSH, &body, &answer, err)) >= 0)
		rc = jc_mail_git_report(answer.data != NULL ? answer.data : "", answer.len, err);
	jc_buf_free(&body);
	jc_buf_free(&answer);
	return rc;
}

static void
http_close(struct jc_mailway *w)
{
	jc_client_close(w->client);
	w->client = NULL;
}

const struct jc_mailway_ops jc_mailway_http = {http_refs, http_fetch, http_push, http_close};
