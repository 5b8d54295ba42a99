/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 *   loop (sockets)          workers                      writer
 *   ------------------      ----------------------      ---------------------------
 *   read body, suspend ->   check, decode, verify   ->   one transaction for all that wait:
 *                           (reading ones answer here)   take in, note, answer
 *   resume, send       <-   ------------------------------------------------------
 *
 * libmicrohttpd runs on its epoll descriptor in our loop. A connection is suspended while a request is
 * away, so nothing of the library is touched by other threads (MHD_resume_connection must be called on
 * the loop, followed by MHD_run). When a joint transaction fails, each of its requests is done again
 * alone: one bad request never costs another its answer.
 *
 * An exchange whose line breaks in the middle goes the same way without a connection: the commits that
 * arrived whole are stored, and the bytes are held for a while, so that the device goes on where it was
 * (GET /jx says where, POST /jx with Jc-From continues). What was answered is held likewise: that all of it was
 * given to the socket does not mean that it arrived (GET /jx with Jc-Answer gives the rest).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "../schema/schema_mem.h"
#include "../sync/sync_enrol.h"
#include "hub_parts.h"
#include "hub_private.h"
#include "listen.h"
#include "passage.h"
#include "tls.h"
#include "web.h"

#define WHERE "hub"
#define CUT_LEAST 64               /* bytes of a body that broke off which may hold a commit */
#define ANSWER_LEAST 1024u         /* shorter answers are asked for again */
#define PIECE 1360u                /* bytes of an answer in one TLS record */
#define PIECE_BROKEN 340u          /* the same of the rest of one that broke off: the line may break again soon */
#define GROUP_MAX 64               /* requests in one transaction */
#define TRIES_MAX 64               /* tries of one request, each leaving one part out */
#define BODIES_MAX (256u << 20)    /* bytes of request bodies held at once */
#define IDLE_SECONDS 60u
#define CONNECTIONS 2048u

struct jc_hub {
	const struct jc_env *env;
	uv_loop_t *loop;
	struct jc_web *web;
	struct jc_web_moves moves;
	struct jc_tls tls;
	struct jc_key key;
	char db[4096];
	char url[JC_URL_MAX], hello[20]; /* announced address, "" none; a mark of it */
	int port, plain, async_open;
	uv_async_t async;
	uv_thread_t writer;
	uv_mutex_t lock;            /* of everything below */
	uv_cond_t wake;
	int stop, writer_runs, closing;
	struct hub_req *wait_first, *wait_last; /* for the writer */
	struct hub_req *done;                   /* from the writer */
	struct jc_node **reader;                /* idle connections of workers */
	size_t nreaders;
	size_t bodies;
	struct hub_parts parts;                 /* of broken exchanges; the loop's */
	struct hub_parts answers;               /* of exchanges, the newest of each device; the loop's */
	struct hub_req *up;                     /* exchanges whose body is still arriving; the loop's */
	int away;                               /* requests with workers or writer */
	struct jc_hub_figures figures;
};

int
jc_hub_port(const struct jc_hub *hub)
{
	return hub->port;
}

const char *
jc_hub_pin(const struct jc_hub *hub)
{
	return hub->tls.pin;
}

void
jc_hub_figures(const struct jc_hub *hub, struct jc_hub_figures *out)
{
	*out = hub->figures;
}

/* ---- requests on the loop ---- */

static void up_remove(struct hub_req *q);

static void
req_free(struct hub_req *q)
{
	up_remove(q);
	hub_work_undo(q);
	q->hub->bodies -= q->body.cap;
	jc_buf_free(&q->body);
	jc_buf_free(&q->out);
	free(q);
}

static const char *
header(struct MHD_Connection *c, const char *name)
{
	const char *v = MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);

	return v != NULL ? v : "";
}

/* `/s/<scope>.git/<rest>`; fills the scope. */
static const char *
git_path(struct hub_req *q, const char *url)
{
	if (strncmp(url, "/s/", 3) != 0 || strlen(url) < 3 + JC_ID_LEN + 5 || !jc_id_ok(url + 3, JC_ID_LEN) ||
	    strncmp(url + 3 + JC_ID_LEN, ".git/", 5) != 0)
		return NULL;
	memcpy(q->scope, url + 3, JC_ID_LEN);
	return url + 3 + JC_ID_LEN + 5;
}

static void
route(struct hub_req *q, const char *method, const char *url)
{
	const char *rest;
	int get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;

	q->max = 0;
	if (get && strcmp(url, "/hello") == 0) {
		q->route = HUB_HELLO;
	} else if (post && strcmp(url, "/enrol") == 0) {
		q->route = HUB_ENROL;
		q->max = JC_ENROL_MAX;
	} else if (post && strcmp(url, "/key") == 0) {
		q->route = HUB_KEY;
		q->max = JC_KEYS_MAX * (JC_PK_LEN + JC_SIG_LEN);
	} else if (post && strcmp(url, "/jx") == 0) {
		q->route = HUB_JX;
		q->max = JC_EXCHANGE_MAX;
	} else if (get && strcmp(url, "/jx") == 0) {
		q->route = HUB_PART;
	} else if (hub_attach_route(q, get, post, url)) {
		/* all is said */
	} else if ((rest = git_path(q, url)) != NULL) {
		q->max = JC_EXCHANGE_MAX;
		if (get && strcmp(rest, "info/refs") == 0)
			q->route = HUB_GIT_REFS;
		else if (post && strcmp(rest, "git-upload-pack") == 0)
			q->route = HUB_GIT_UPLOAD;
		else if (post && strcmp(rest, "git-receive-pack") == 0)
			q->route = HUB_GIT_RECEIVE;
	}
}

static void
credentials(struct hub_req *q)
{
	char *pass = NULL, *user = MHD_basic_auth_get_username_password(q->conn, &pass);

	if (user != NULL && pass != NULL && strlen(user) < sizeof(q->login) && strlen(pass) < sizeof(q->secret)) {
		memcpy(q->login, user, strlen(user) + 1);
		memcpy(q->secret, pass, strlen(pass) + 1);
	}
	MHD_free(user);
	MHD_free(pass);
}

/* ---- exchanges that broke off ---- */

static void
up_remove(struct hub_req *q)
{
	struct hub_req **at = &q->hub->up;

	while (*at != NULL && *at != q)
		at = &(*at)->up_next;
	if (*at != NULL)
		*at = q->up_next;
}

static int64_t
mono(const struct jc_hub *hub)
{
	return hub->env->mono_ms(hub->env->ctx);
}

static void
part_keep(struct hub_req *q)
{
	if (q->login[0] != '\0' && q->body.len > q->from && !q->kept)
		hub_parts_put(&q->hub->parts, q->login, NULL, (struct jc_slice){q->body.data, q->body.len}, mono(q->hub));
}

/* The newest exchange of a device that is still arriving has most likely broken without our noticing. */
static void
part_of_silent_line(struct jc_hub *hub, const char *login)
{
	for (struct hub_req *q = hub->up; q != NULL; q = q->up_next)
		if (strcmp(q->login, login) == 0) {
			part_keep(q);
			q->kept = 1;
			return;
		}
}

/* What GET /jx answers: how many bytes are held, and the beginning of their hash. */
static void
part_say(struct hub_req *q)
{
	const struct hub_part *part;
	uint8_t hash[JC_HASH_LEN];

	part_of_silent_line(q->hub, q->login);
	if ((part = hub_parts_get(&q->hub->parts, q->login, mono(q->hub))) == NULL)
		return;
	jc_hash(hash, part->bytes.data, part->bytes.len);
	jc_buf_putf(&q->out, "%zu ", part->bytes.len);
	jc_buf_hex(&q->out, hash, 8);
}

/* What GET /jx with `Jc-Answer: n h` answers: the rest of the newest answer, if h says that the device has its first n
 * bytes, as the answer to the request that it is for. */
static void
answer_say(struct hub_req *q, const char *have)
{
	const struct hub_part *part = hub_parts_get(&q->hub->answers, q->login, mono(q->hub));
	struct jc_buf hex;
	char *end;
	size_t n = (size_t)strtoull(have, &end, 10);
	uint8_t hash[JC_HASH_LEN];

	if (part == NULL || n == 0 || n >= part->bytes.len || *end != ' ')
		return;
	jc_buf_init(&hex, 32);
	if (hub_answer_mark(hash, part->mark, part->bytes.data, n) == 0) {
		jc_buf_hex(&hex, hash, 8);
		if (!hex.failed && strcmp(end + 1, hex.data) == 0)
			jc_buf_put(&q->out, part->bytes.data + n, part->bytes.len - n);
	}
	jc_buf_free(&hex);
}

static void say(struct hub_req *q, int status, const char *text);

/* The head of an exchange is here. One that continues begins with what is held of its device. */
static void
exchange_begins(struct hub_req *q)
{
	const char *from = header(q->conn, "Jc-From");
	size_t n = (size_t)strtoull(from, NULL, 10), cap = q->body.cap;
	const struct hub_part *part;

	credentials(q);
	if (from[0] != '\0') {
		part_of_silent_line(q->hub, q->login);
		part = hub_parts_get(&q->hub->parts, q->login, mono(q->hub));
		if (part == NULL || n == 0 || n > part->bytes.len) {
			say(q, 409, JC_T("前面的部分已经不在了，请从头再送", "The part before is gone; send it again from the start"));
			return;
		}
		jc_buf_put(&q->body, part->bytes.data, n);
		q->hub->bodies += q->body.cap - cap;
		q->from = n;
	}
	q->up_next = q->hub->up;
	q->hub->up = q;
}

static struct hub_req *
req_new(struct jc_hub *hub, struct MHD_Connection *c, const char *method, const char *url)
{
	struct hub_req *q = calloc(1, sizeof(*q));
	const char *service;

	if (q == NULL)
		return NULL;
	q->hub = hub;
	q->conn = c;
	route(q, method, url);
	jc_buf_init(&q->body, q->max);
	jc_buf_init(&q->out, 512u << 20);
	service = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "service");
	snprintf(q->service, sizeof(q->service), "%s", service != NULL ? service : "");
	q->gzip = strcmp(header(c, "Content-Encoding"), "gzip") == 0;
	hub->figures.requests++;
	if (q->route == HUB_JX)
		exchange_begins(q);
	return q;
}

static void
say(struct hub_req *q, int status, const char *text)
{
	q->status = status;
	q->type = NULL;
	jc_buf_reset(&q->out);
	jc_buf_puts(&q->out, text);
	jc_buf_putc(&q->out, '\n');
}

void
hub_answer_err(struct hub_req *q, const struct jc_err *err)
{
	static const struct {
		int code, status;
	} map[] = {{JC_EDENIED, 403}, {JC_ENOTFOUND, 404}, {JC_EFORMAT, 400}, {JC_EINVAL, 400}, {JC_ELIMIT, 413},
	    {JC_ESIGNATURE, 400}, {JC_EBUSY, 503}, {JC_ENOMEM, 503}, {JC_EFULL, 507}};
	int status = 500;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].code == err->code)
			status = map[i].status;
	say(q, status, err->msg[0] != '\0' ? err->msg : jc_err_sentence(err->code));
	q->hub->figures.refused++;
	if (status == 500 && q->hub->env->trace != NULL)
		q->hub->env->trace(q->hub->env->ctx, JC_TRACE_ERROR, "hub.request", err->where != NULL ? err->where : "");
}

/* An answer on its way out, given in pieces that each become one TLS record: of a record that breaks off the
 * device sees nothing, of an answer that breaks off it keeps what is whole. */
struct piecemeal {
	char *p;
	size_t n;
};

static ssize_t
piece_give(void *arg, uint64_t at, char *buf, size_t max)
{
	const struct piecemeal *a = arg;
	size_t n = at < a->n ? a->n - (size_t)at : 0;

	n = n < max ? n : max;
	if (n == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	memcpy(buf, a->p + at, n);
	return (ssize_t)n;
}

static void
piece_free(void *arg)
{
	struct piecemeal *a = arg;

	jc_free(a->p);
	free(a);
}

static struct MHD_Response *
response_make(struct hub_req *q)
{
	size_t n = 0, piece = q->route == HUB_PART ? PIECE_BROKEN : PIECE;
	struct piecemeal *a;
	struct MHD_Response *r;
	char *p = jc_buf_take(&q->out, &n);

	if (p == NULL)
		return MHD_create_response_from_buffer(0, (void *)(size_t)"", MHD_RESPMEM_PERSISTENT);
	if (q->hub->plain || (q->route != HUB_JX && q->route != HUB_PART) || n <= piece) {
		if ((r = MHD_create_response_from_buffer_with_free_callback(n, p, jc_free)) == NULL)
			jc_free(p);
		return r;
	}
	if ((a = malloc(sizeof(*a))) == NULL) {
		jc_free(p);
		return NULL;
	}
	*a = (struct piecemeal){p, n};
	if ((r = MHD_create_response_from_callback(n, piece, piece_give, a, piece_free)) == NULL)
		piece_free(a);
	return r;
}

static enum MHD_Result
respond(struct hub_req *q)
{
	struct MHD_Response *r = response_make(q);
	enum MHD_Result ok;

	if (r == NULL)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", q->type != NULL ? q->type : "text/plain; charset=utf-8");
	if (q->route == HUB_GIT_REFS)
		MHD_add_response_header(r, "Cache-Control", "no-cache");
	if (q->route == HUB_JX && q->hub->hello[0] != '\0')
		MHD_add_response_header(r, "Jc-Hello", q->hub->hello);
	if (q->status == 401)
		MHD_add_response_header(r, "WWW-Authenticate", "Basic realm=\"jiceng\"");
	if (q->status == 503)
		MHD_add_response_header(r, "Retry-After", "5");
	ok = MHD_queue_response(q->conn, (unsigned)q->status, r);
	MHD_destroy_response(r);
	return ok;
}

static void stop_if_idle(struct jc_hub *hub);
static void worker_cb(uv_work_t *work);
static void worker_done(uv_work_t *work, int status);

/* To a worker. 0, or -1 when there is none. */
static int
send_away(struct hub_req *q)
{
	struct jc_hub *hub = q->hub;

	q->work.data = q;
	uv_mutex_lock(&hub->lock);
	hub->away++;
	uv_mutex_unlock(&hub->lock);
	if (uv_queue_work(hub->loop, &q->work, worker_cb, worker_done) == 0)
		return 0;
	uv_mutex_lock(&hub->lock);
	hub->away--;
	uv_mutex_unlock(&hub->lock);
	return -1;
}

/* The body is complete: answered here, or sent away. */
static void
dispatch(struct hub_req *q)
{
	struct jc_hub *hub = q->hub;
	struct jc_err err = {0};

	if (q->route == HUB_NONE) {
		say(q, 404, JC_T("没有这个网址", "There is nothing at this address"));
		return;
	}
	if (q->route == HUB_HELLO) {
		q->type = "application/json";
		q->status = 200;
		if (jc_enrol_hello(&q->out, &hub->key, hub->plain ? "sha256//plain" : hub->tls.pin, hub->url, &err) < 0)
			hub_answer_err(q, &err);
		return;
	}
	if (q->route != HUB_ENROL && q->route != HUB_KEY) {
		credentials(q);
		if (q->route == HUB_PART && header(q->conn, "Jc-Answer")[0] != '\0')
			answer_say(q, header(q->conn, "Jc-Answer"));
		else if (q->route == HUB_PART)
			part_say(q);
		if (q->login[0] == '\0') {
			say(q, 401, JC_T("请用本设备的编号和密码登录", "Log in with this device's id and credential"));
			return;
		}
	}
	MHD_suspend_connection(q->conn);
	up_remove(q);
	q->sent = 1;
	if (send_away(q) < 0) {
		say(q, 503, jc_err_sentence(JC_EBUSY));
		MHD_resume_connection(q->conn);
	}
}

static enum MHD_Result
body_more(struct hub_req *q, const char *data, size_t *n)
{
	size_t cap = q->body.cap;

	if (q->status == 0 && (q->body.len + *n > q->max || q->hub->bodies > BODIES_MAX))
		say(q, q->hub->bodies > BODIES_MAX ? 503 : 413, JC_T("一次送来的内容太多", "That is too much at once"));
	if (q->status == 0) {
		jc_buf_put(&q->body, data, *n);
		q->hub->bodies += q->body.cap - cap;
		if (q->body.failed)
			say(q, 503, jc_err_sentence(JC_ENOMEM));
	}
	*n = 0; /* what is refused is still read to its end, so that the client sees the answer */
	return MHD_YES;
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method, const char *version,
    const char *data, size_t *n, void **state)
{
	struct hub_req *q = *state;

	(void)version;
	if (q == NULL) {
		*state = q = req_new(arg, c, method, url);
		return q != NULL ? MHD_YES : MHD_NO;
	}
	if (*n != 0)
		return body_more(q, data, n);
	if (q->status == 0 && q->hub->closing)
		say(q, 503, jc_err_sentence(JC_EBUSY));
	if (q->status == 0)
		dispatch(q);
	return q->status != 0 ? respond(q) : MHD_YES;
}

static void
on_completed(void *arg, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
	struct hub_req *q = *state;

	(void)arg;
	(void)c;
	*state = NULL;
	if (q == NULL)
		return;
	if (why == MHD_REQUEST_TERMINATED_COMPLETED_OK || q->route != HUB_JX || q->status != 0 || q->sent ||
	    q->body.len < CUT_LEAST || q->hub->closing) {
		req_free(q);
		return;
	}
	part_keep(q);
	up_remove(q);
	q->cut = 1;
	q->conn = NULL;
	if (q->login[0] == '\0' || send_away(q) < 0)
		req_free(q);
}

/* One answer is held per device; a short one only ends what was held. */
static void
answer_keep(struct hub_req *q)
{
	struct hub_parts *answers = &q->hub->answers;

	if (q->out.len >= ANSWER_LEAST)
		hub_parts_put(answers, q->login, q->mark, (struct jc_slice){q->out.data, q->out.len}, mono(q->hub));
	else
		hub_parts_drop(answers, q->login);
}

static void
finish(struct hub_req *q)
{
	uv_mutex_lock(&q->hub->lock);
	q->hub->away--;
	uv_mutex_unlock(&q->hub->lock);
	if (q->conn == NULL) { /* nobody waits for an answer */
		req_free(q);
		return;
	}
	if (q->route == HUB_JX && q->status == 200) {
		hub_parts_drop(&q->hub->parts, q->login);
		answer_keep(q);
	}
	if (q->status == 0)
		say(q, 500, jc_err_sentence(JC_EINTERNAL));
	MHD_resume_connection(q->conn);
}

/* ---- workers ---- */

static struct jc_node *
reader_take(struct jc_hub *hub, struct jc_err *err)
{
	struct jc_node *node = NULL;

	uv_mutex_lock(&hub->lock);
	if (hub->nreaders > 0)
		node = hub->reader[--hub->nreaders];
	uv_mutex_unlock(&hub->lock);
	if (node == NULL && jc_node_open(&node, hub->env, hub->db, JC_DB_READONLY, &hub->key, err) < 0)
		return NULL;
	return node;
}

static void
reader_give(struct jc_hub *hub, struct jc_node *node)
{
	struct jc_node **v;

	uv_mutex_lock(&hub->lock);
	v = realloc(hub->reader, (hub->nreaders + 1) * sizeof(*v));
	if (v != NULL) {
		hub->reader = v;
		v[hub->nreaders++] = node;
		node = NULL;
	}
	uv_mutex_unlock(&hub->lock);
	jc_node_close(node);
}

static void
worker_cb(uv_work_t *work)
{
	struct hub_req *q = work->data;
	struct jc_err err = {0};
	struct jc_node *node = reader_take(q->hub, &err);

	if (node == NULL) {
		hub_answer_err(q, &err);
		return;
	}
	hub_work(q, node);
	reader_give(q->hub, node);
}

static void
worker_done(uv_work_t *work, int status)
{
	struct hub_req *q = work->data;
	struct jc_hub *hub = q->hub;

	(void)status;
	if (q->status != 0 || !q->needs_writer) {
		finish(q);
		jc_web_run(hub->web);
		stop_if_idle(hub);
		return;
	}
	uv_mutex_lock(&hub->lock);
	q->next = NULL;
	if (hub->wait_last != NULL)
		hub->wait_last->next = q;
	else
		hub->wait_first = q;
	hub->wait_last = q;
	uv_cond_signal(&hub->wake);
	uv_mutex_unlock(&hub->lock);
}

/* ---- the writer ---- */

static int
write_group(struct jc_hub *hub, struct jc_node *node, struct hub_req *first, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	for (struct hub_req *q = first; rc == 0 && q != NULL; q = q->next)
		rc = hub_write(q, node, err);
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	hub->figures.transactions++;
	return rc < 0 ? rc : end;
}

/*
 * One request on its own. An operation that the projection cannot take spoils the transaction; the next
 * try leaves it out, so a damaged part never holds up the rest.
 */
static void
write_alone(struct jc_hub *hub, struct jc_node *node, struct hub_req *q)
{
	struct hub_req *next = q->next;
	struct jc_err err = {0};
	int rc = JC_ECORRUPT;

	q->next = NULL;
	for (int i = 0; rc == JC_ECORRUPT && i < TRIES_MAX; i++)
		rc = write_group(hub, node, q, &err);
	if (rc < 0)
		hub_answer_err(q, &err);
	q->next = next;
}

static struct hub_req *
group_take(struct jc_hub *hub)
{
	struct hub_req *first, *q;

	uv_mutex_lock(&hub->lock);
	while (hub->wait_first == NULL && !hub->stop)
		uv_cond_wait(&hub->wake, &hub->lock);
	first = q = hub->wait_first;
	for (int i = 1; q != NULL && i < GROUP_MAX && q->next != NULL; i++)
		q = q->next;
	if (q != NULL) {
		hub->wait_first = q->next;
		if (q->next == NULL)
			hub->wait_last = NULL;
		q->next = NULL;
	}
	uv_mutex_unlock(&hub->lock);
	return first;
}

static void
group_give(struct jc_hub *hub, struct hub_req *first)
{
	struct hub_req *last = first;

	while (last->next != NULL)
		last = last->next;
	uv_mutex_lock(&hub->lock);
	last->next = hub->done;
	hub->done = first;
	uv_mutex_unlock(&hub->lock);
	uv_async_send(&hub->async);
}

static void
writer_thread(void *arg)
{
	struct jc_hub *hub = arg;
	struct jc_node *node = NULL;
	struct hub_req *first;

	while ((first = group_take(hub)) != NULL) {
		struct jc_err err = {0};
		int rc = node != NULL ? 0 : jc_node_open(&node, hub->env, hub->db, JC_DB_AGAIN, &hub->key, &err);

		if (rc == 0 && write_group(hub, node, first, &err) < 0)
			for (struct hub_req *q = first; q != NULL; q = q->next)
				write_alone(hub, node, q);
		if (rc == 0)
			jc_passage_after(node);
		for (struct hub_req *q = first; rc < 0 && q != NULL; q = q->next)
			hub_answer_err(q, &err);
		group_give(hub, first);
	}
	jc_node_close(node);
}

static void
async_cb(uv_async_t *a)
{
	struct jc_hub *hub = a->data;
	struct hub_req *q, *next;

	uv_mutex_lock(&hub->lock);
	q = hub->done;
	hub->done = NULL;
	uv_mutex_unlock(&hub->lock);
	for (; q != NULL; q = next) {
		next = q->next;
		finish(q);
	}
	jc_web_run(hub->web);
	stop_if_idle(hub);
}

/* ---- start and end ---- */

static int
mhd_start(struct jc_hub *hub, const struct sockaddr_storage *a, struct jc_err *err)
{
	unsigned flags = JC_WEB_FLAGS | (a->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0) | (hub->plain ? 0 : MHD_USE_TLS);
	struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_KEY, 0, hub->tls.key},
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, hub->tls.cert}, {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)jc_web_tls_connection, &hub->moves},
	    {MHD_OPTION_END, 0, NULL}};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
	struct MHD_Daemon *mhd = MHD_start_daemon(flags, 0, NULL, NULL, on_request, hub, MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)a,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, hub, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
	    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, MHD_OPTION_ARRAY, hub->plain ? none : tls, MHD_OPTION_END);
	int rc;

	if (mhd == NULL)
		return jc_err_set(err, JC_EIO, WHERE,
		    JC_T("打不开监听端口，可能已被别的程序占用，请换一个端口",
		        "The port cannot be opened; another program may have it, choose another one"));
	if ((rc = jc_web_open(&hub->web, hub->loop, mhd, hub->plain || !JC_WEB_TLS_COUNTS ? NULL : &hub->moves, err)) == 0)
		hub->port = jc_web_port(hub->web);
	return rc;
}

/* What a request used is used by the next one. As it comes, each thread gives its memory back to the system after every
 * request and asks for it again, which costs a hub a tenth of its time. */
static void
memory_keep(void)
{
#if defined(__GLIBC__)
	(void)mallopt(M_TOP_PAD, 1 << 20);
	(void)mallopt(M_TRIM_THRESHOLD, 4 << 20);
	(void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

static int
threads_start(struct jc_hub *hub, struct jc_err *err)
{
	memory_keep();
	if (uv_async_init(hub->loop, &hub->async, async_cb) != 0)
		return jc_err_code(err, JC_ENOMEM, WHERE);
	hub->async.data = hub;
	hub->async_open = 1;
	if (uv_thread_create(&hub->writer, writer_thread, hub) != 0)
		return jc_err_code(err, JC_ENOMEM, WHERE);
	hub->writer_runs = 1;
	return 0;
}

/* The announced address, and a short mark by which devices see whether they know it already. */
static void
url_keep(struct jc_hub *hub, const char *url)
{
	uint8_t hash[JC_HASH_LEN];

	if (url == NULL || url[0] == '\0' || strlen(url) >= sizeof(hub->url))
		return;
	snprintf(hub->url, sizeof(hub->url), "%s", url);
	jc_hash(hash, url, strlen(url));
	snprintf(hub->hello, sizeof(hub->hello), "%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3]);
}

int
jc_hub_open(struct jc_hub **out, uv_loop_t *loop, const struct jc_hub_options *o, struct jc_err *err)
{
	struct sockaddr_storage a;
	struct jc_hub *hub;
	int rc;

	*out = NULL;
	if ((rc = jc_listen_parse(&a, o->listen, err)) < 0)
		return rc;
	if (o->plain && !jc_web_loopback(&a))
		return jc_err_set(err, JC_EDENIED, WHERE,
		    JC_T("不加密只能用在本机地址上", "Without TLS only a loopback address may be used"));
	if ((hub = calloc(1, sizeof(*hub))) == NULL)
		return JC_NOMEM(err, WHERE);
	hub->env = o->env;
	hub->loop = loop;
	hub->key = *o->key;
	hub->plain = o->plain;
	url_keep(hub, o->url);
	snprintf(hub->db, sizeof(hub->db), "%s", o->db);
	if (uv_mutex_init(&hub->lock) != 0 || uv_cond_init(&hub->wake) != 0) {
		free(hub);
		return JC_NOMEM(err, WHERE);
	}
	if ((rc = hub->plain ? 0 : jc_tls_load(&hub->tls, o->dir, err)) == 0 && (rc = threads_start(hub, err)) == 0)
		rc = mhd_start(hub, &a, err);
	if (rc < 0)
		jc_hub_close(hub);
	else
		*out = hub;
	return rc;
}

static void
hub_gone(struct jc_hub *hub)
{
	for (size_t i = 0; i < hub->nreaders; i++)
		jc_node_close(hub->reader[i]);
	free(hub->reader);
	hub_parts_free(&hub->parts);
	hub_parts_free(&hub->answers);
	jc_tls_free(&hub->tls);
	jc_key_wipe(&hub->key);
	uv_mutex_destroy(&hub->lock);
	uv_cond_destroy(&hub->wake);
	free(hub);
}

static void
async_closed(uv_handle_t *h)
{
	hub_gone(h->data);
}

/* The daemon is gone; nothing sends to the loop any more. */
static void
web_closed(void *arg)
{
	struct jc_hub *hub = arg;

	if (hub->async_open)
		uv_close((uv_handle_t *)&hub->async, async_closed);
	else
		hub_gone(hub);
}

/* No request is away any more. */
static void
hub_stop(struct jc_hub *hub)
{
	uv_mutex_lock(&hub->lock);
	hub->stop = 1;
	uv_cond_signal(&hub->wake);
	uv_mutex_unlock(&hub->lock);
	if (hub->writer_runs)
		uv_thread_join(&hub->writer);
	if (hub->web != NULL)
		jc_web_close(hub->web, web_closed, hub);
	else
		web_closed(hub);
}

static void
stop_if_idle(struct jc_hub *hub)
{
	int away;

	uv_mutex_lock(&hub->lock);
	away = hub->away;
	uv_mutex_unlock(&hub->lock);
	if (hub->closing && away == 0 && !hub->stop)
		hub_stop(hub);
}

void
jc_hub_close(struct jc_hub *hub)
{
	if (hub == NULL)
		return;
	hub->closing = 1; /* what is with workers or writer comes back through the loop first */
	stop_if_idle(hub);
}
