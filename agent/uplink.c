/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "../sync/sync_enrol.h"
#include "uplink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../schema/schema_settings.h"
#include "../sync/sync_trip.h"
#include "client.h"
#include "extract.h"
#include "hub_parts.h"
#include "uplink_attach.h"

#define WHERE "uplink"
/* Failures in a row before a session ends: a line that carries something before it breaks is worth many
 * tries, each with smaller pieces; one that does not even connect is not. */
#define TRIES_BROKEN 14
#define TRIES_HUNG 3 /* it takes what is sent and says nothing */
#define TRIES_GREETING 6 /* it is reached and the line ends before a request could begin */
#define TRIES_NO_LINE 2
#define NEXT_META "hub_next"  /* meta: the address that the hub announced and that has not been reached yet */
#define SEEN_META "hub_hello" /* meta: mark of the last hello that was taken in */
#define RESUME_LEAST 2048 /* shorter requests are simply sent again */

static void
step(const struct jc_uplink *u, const char *what)
{
	if (u->step != NULL)
		u->step(u->arg, what);
}

static void
options(struct jc_client_options *o, const struct jc_uplink *u, const char *url)
{
	memset(o, 0, sizeof(*o));
	o->url = url;
	o->connect_ms = u->connect_ms;
	o->slow_seconds = u->slow_seconds;
	o->total_seconds = u->total_seconds;
	o->cancelled = u->cancelled;
	o->arg = u->arg;
}

/* What the settings say of the line. */
static int
line_settings(struct jc_client_options *o, char proxy[JC_SETTING_ROOM], const struct jc_uplink *u, struct jc_err *err)
{
	int64_t kbps;
	int rc;

	if ((rc = jc_setting_int(&kbps, "sync.kbps", u->node->db, err)) < 0 ||
	    (rc = jc_setting_get(proxy, jc_setting_find("sync.proxy", 10), u->node->db, err)) < 0)
		return rc;
	o->kbps = (long)kbps;
	o->proxy = proxy;
	return 0;
}

/* The hub's sentence, when it gave one. */
static int
refused(int status, const struct jc_buf *answer, struct jc_err *err)
{
	int n = (int)answer->len;

	while (n > 0 && answer->data[n - 1] == '\n')
		n--;
	if ((status == 403 || status == 401 || status == 400) && n > 0 && n < 400 && jc_utf8_ok(answer->data, (size_t)n))
		return jc_err_set(err, status == 400 ? JC_EFORMAT : JC_EDENIED, WHERE, "%.*s", n, answer->data);
	if (status == 503 || status == 507)
		return jc_err_set(err, JC_EBUSY, WHERE, JC_T("县里的服务器正忙，请过一会再试", "The hub is busy; try again later"));
	jc_err_set(err, JC_ENETWORK, WHERE,
	    JC_T("这不是县里的服务器，可能需要先在浏览器里登录网络；请核对网址",
	        "This is not the county's server; you may have to log in to the network in a browser first. Check the address"));
	return jc_err_cause(err, "HTTP %d", status);
}

static int
hello(const struct jc_uplink *u, const char *url, const struct jc_join_code *code, struct jc_keys *keys,
    char pin[JC_PIN_MAX], struct jc_err *err)
{
	struct jc_client_options o;
	char proxy[JC_SETTING_ROOM];
	struct jc_client *c;
	struct jc_buf answer;
	int rc, status;

	options(&o, u, url);
	if ((rc = line_settings(&o, proxy, u, err)) < 0 || (rc = jc_client_open(&c, &o, err)) < 0)
		return rc;
	jc_buf_init(&answer, JC_ENROL_MAX);
	if ((rc = jc_client_send(c, "/hello", NULL, NULL, &answer, &status, err)) == 0)
		rc = status == 200 ? jc_enrol_hello_read(keys, pin, code, answer.data, answer.len, err)
		                   : refused(status, &answer, err);
	jc_buf_free(&answer);
	jc_client_close(c);
	return rc;
}

static int
enrol(const struct jc_uplink *u, const char *url, const struct jc_join_code *code, const struct jc_key *device,
    const struct jc_keys *keys, const char *pin, struct jc_err *err)
{
	struct jc_client_options o;
	char proxy[JC_SETTING_ROOM];
	struct jc_buf body, answer;
	struct jc_client *c;
	uint8_t nonce[16];
	int rc, status;

	options(&o, u, url);
	o.pin = pin;
	if ((rc = line_settings(&o, proxy, u, err)) < 0 || (rc = jc_client_open(&c, &o, err)) < 0)
		return rc;
	jc_buf_init(&body, JC_ENROL_MAX);
	jc_buf_init(&answer, JC_ENROL_MAX);
	if ((rc = jc_enrol_request(&body, nonce, code, u->env, device, keys->key[0], err)) == 0 &&
	    (rc = jc_client_send(c, "/enrol", "application/json", &(struct jc_slice){body.data, body.len}, &answer, &status,
	         err)) == 0)
		rc = status == 200 ? jc_enrol_accept(u->node, code, device, keys, nonce, url, pin, answer.data, answer.len, err)
		                   : refused(status, &answer, err);
	jc_buf_free(&body);
	jc_buf_free(&answer);
	jc_client_close(c);
	return rc;
}

int
jc_uplink_join(const struct jc_uplink *u, const char *url, const char *typed, const struct jc_key *device,
    struct jc_err *err)
{
	struct jc_join_code code;
	struct jc_keys keys;
	char pin[JC_PIN_MAX];
	struct jc_peer peer;
	int rc;

	if ((rc = jc_code_parse(&code, typed, err)) < 0)
		return rc;
	if ((rc = jc_enrol_practice(u->node, err)) < 0)
		return rc;
	/* Before the hub is asked: it would give out a new password and forget the one that is kept here. */
	if (jc_peer_get(&peer, u->node, NULL) == 0)
		return jc_err_set(err, JC_EEXISTS, "jc_uplink_join", "%s",
		    JC_T("这里已经加入过了，不用再加入", "This node has joined a hub already"));
	step(u, JC_T("正在联系县里的服务器", "Asking the hub"));
	if ((rc = hello(u, url, &code, &keys, pin, err)) < 0)
		return rc;
	step(u, JC_T("正在登记这台电脑", "Enrolling this PC"));
	return enrol(u, url, &code, device, &keys, pin, err);
}

/* ---- a session ---- */

struct drive {
	const struct jc_uplink *u;
	struct jc_client *client;
	struct jc_session *session;
	struct jc_buf answer;
	int failures;
	int64_t deadline;       /* monotonic ms, 0: none */
};

/* Is the deadline over? What is begun from here on ends by it. */
static int
late(const struct drive *d)
{
	int64_t left = d->deadline != 0 ? d->deadline - d->u->env->mono_ms(d->u->env->ctx) : 1;

	if (d->deadline != 0)
		jc_client_limit(d->client, left > 1000 ? (long)(left / 1000) : 1);
	return left <= 0;
}

/* May it be tried again? A line that carries something before it breaks is worth many tries. */
static int
worth_it(struct drive *d, int rc)
{
	int64_t up = 0, down;
	int most;

	jc_client_bytes(d->client, &up, &down);
	if (up == 0)
		most = rc == JC_ENETWORK && jc_client_connected(d->client) ? TRIES_GREETING : TRIES_NO_LINE;
	else
		most = rc == JC_ETIMEOUT ? TRIES_HUNG : TRIES_BROKEN;
	d->failures++;
	return !late(d) && (rc == JC_ETIMEOUT || rc == JC_ENETWORK) && d->failures < most;
}

/* How many bytes of a request that broke off the hub holds; 0: none of this one. */
static int
part_ask(struct drive *d, const struct jc_slice *body, size_t *from, struct jc_err *err)
{
	uint8_t hash[JC_HASH_LEN];
	char want[32], *end;
	struct jc_buf hex;
	int rc, status;
	size_t n;

	*from = 0;
	do
		rc = jc_client_send(d->client, "/jx", NULL, NULL, &d->answer, &status, err);
	while (rc < 0 && worth_it(d, rc));
	if (rc < 0 || status != 200 || d->answer.len == 0)
		return rc;
	n = (size_t)strtoull(d->answer.data, &end, 10);
	if (n == 0 || n > body->n)
		return 0;
	jc_hash(hash, body->p, n);
	jc_buf_init(&hex, sizeof(want));
	jc_buf_hex(&hex, hash, 8);
	if (!hex.failed && end[0] == ' ' && strcmp(end + 1, hex.data) == 0)
		*from = n;
	jc_buf_free(&hex);
	return 0;
}

/* One request and its answer, over as many connections as the line asks for. */
static int
carry(struct drive *d, const struct jc_slice *body, int *status, struct jc_err *err)
{
	size_t from = 0, held;

	for (;;) {
		int rc = jc_client_continue(d->client, "/jx", "application/x-jiceng", body, from, &d->answer, status, err);

		if (rc == 0 || d->answer.len != 0 || body->n < RESUME_LEAST || !worth_it(d, rc))
			return rc;
		if (part_ask(d, body, &held, err) < 0 || held <= from) {
			jc_buf_reset(&d->answer);
			return rc;
		}
		d->failures = 0;
		from = held;
	}
}

/* The proof that we have what came of the answer to `body`. */
static int
rest_mark(struct drive *d, const struct jc_slice *body, char mark[20], struct jc_err *err)
{
	uint8_t request[JC_HASH_LEN], hash[JC_HASH_LEN];

	jc_hash(request, body->p, body->n);
	if (hub_answer_mark(hash, request, d->answer.data, d->answer.len) < 0)
		return JC_NOMEM(err, WHERE);
	for (size_t i = 0; i < 8; i++)
		snprintf(mark + 2 * i, 3, "%02x", hash[i]);
	return 0;
}

/* An answer broke off: the rest of it, from the byte where it ended, over as many connections as the line asks for.
 * 0: it is whole. Else rc as it was, and what came besides is behind what was there. */
static int
answer_rest(struct drive *d, const struct jc_slice *body, int rc, struct jc_err *err)
{
	struct jc_buf more;

	jc_buf_init(&more, d->answer.max);
	while (worth_it(d, rc)) {
		struct jc_err why = {0};
		char mark[20];
		int status, got;

		if (rest_mark(d, body, mark, &why) < 0)
			break;
		got = jc_client_rest(d->client, "/jx", d->answer.len, mark, &more, &status, &why);
		if (got == 0 && status != 200) /* no longer held */
			break;
		if (status == 200 && more.len != 0) {
			jc_buf_put(&d->answer, more.data, more.len);
			d->failures = 0;
		}
		if (got == 0 || d->answer.failed) {
			rc = d->answer.failed ? jc_buf_check(&d->answer, WHERE, err) : 0;
			break;
		}
		rc = got;
		*err = why;
	}
	jc_buf_free(&more);
	return rc;
}

static void
one_request(struct drive *d)
{
	struct jc_err err = {0};
	struct jc_slice body;
	int status = 0, rc;

	jc_buf_reset(&d->answer);
	if ((rc = jc_session_request(d->session, &body, &err)) == 0)
		rc = carry(d, &body, &status, &err);
	if (rc < 0 && status == 200 && d->answer.len != 0)
		rc = answer_rest(d, &body, rc, &err);
	if (rc == 0 && status == 409) /* what the hub held of it is gone */
		rc = jc_err_code(&err, JC_ENETWORK, WHERE);
	if (rc == 0) {
		d->failures = 0;
		jc_session_answer(d->session, status, d->answer.data != NULL ? d->answer.data : "", d->answer.len);
		return;
	}
	jc_session_cut(d->session, status, d->answer.data != NULL ? d->answer.data : "", d->answer.len, &err, worth_it(d, rc));
}

static int
drive_session(const struct jc_uplink *u, struct jc_client *client, struct jc_session_report *report, struct jc_err *err)
{
	struct drive d = {.u = u, .client = client};
	int rc;

	if ((rc = jc_session_open(&d.session, u->node, 0, err)) < 0)
		return rc;
	jc_session_watch(d.session, u->watch, u->watch_arg);
	jc_buf_init(&d.answer, JC_EXCHANGE_MAX + (1u << 20));
	if (u->total_seconds > 0)
		d.deadline = u->env->mono_ms(u->env->ctx) + 1000 * (int64_t)u->total_seconds;
	while (jc_session_want(d.session) == JC_WANT_SEND) {
		step(u, JC_T("正在与县里交换", "Exchanging with the hub"));
		one_request(&d);
	}
	*report = *jc_session_report(d.session);
	if (jc_session_want(d.session) == JC_WANT_FAILED) {
		*err = report->err;
		rc = err->code < 0 ? err->code : jc_err_code(err, JC_EINTERNAL, WHERE);
	}
	jc_session_close(d.session);
	jc_buf_free(&d.answer);
	return rc;
}

static void
report_add(struct jc_session_report *to, const struct jc_session_report *more)
{
	struct jc_session_report sum = *more;

	sum.commits_up += to->commits_up;
	sum.commits_down += to->commits_down;
	sum.ops_up += to->ops_up;
	sum.ops_down += to->ops_down;
	sum.requests += to->requests;
	sum.bytes_up += to->bytes_up;
	sum.bytes_down += to->bytes_down;
	if (sum.err.code == 0)
		sum.err = to->err;
	*to = sum;
}

/* Has the time of the whole run come? What is begun from here on ends by it. */
static int
time_up(const struct jc_uplink *u, struct jc_client *client, int64_t deadline, struct jc_err *err)
{
	int64_t left = deadline - u->env->mono_ms(u->env->ctx);

	if (deadline == 0)
		return 0;
	jc_client_limit(client, left > 1000 ? (long)(left / 1000) : 1);
	return left > 0 ? 0 : jc_err_set(err, JC_ETIMEOUT, WHERE, "%s", JC_T("时间到了，下次接着传", "the time is over, the next run goes on"));
}

/* Attachments, a piece at a time; a record that was saved meanwhile goes before the next piece. */
static int
attachments(const struct jc_uplink *u, struct jc_client *client, int64_t deadline, struct jc_session_report *report,
    struct jc_err *err)
{
	struct jc_uplink_blobs b = {0};
	int64_t drafts;
	int rc;

	(void)time_up(u, client, deadline, NULL);
	while ((rc = jc_uplink_blob_step(u, client, &b, err)) == 1) {
		step(u, JC_T("正在传附件", "Sending attachments"));
		if ((rc = time_up(u, client, deadline, err)) < 0 || (rc = jc_log_drafts(u->node->log, 0, &drafts, err)) < 0)
			break;
		if (drafts > 0) {
			struct jc_session_report more;

			rc = drive_session(u, client, &more, err);
			report_add(report, &more);
			if (rc < 0)
				break;
		}
	}
	report->bytes_up += b.sent;
	report->bytes_down += b.fetched;
	if (rc == JC_EBUSY || rc == JC_EDENIED) { /* of the records all is well */
		if (report->err.code == 0)
			report->err = *err;
		return 0;
	}
	if (rc == JC_ENETWORK || rc == JC_ETIMEOUT)
		jc_err_prefix(err, "%s", JC_T("记录都已送到，附件还没有传完：", "All records are there, attachments are not yet: "));
	return rc < 0 ? rc : 0;
}

/* One line of the history; that it cannot be noted is no reason to fail. */
static void
trip_note(const struct jc_uplink *u, const struct jc_peer *peer, const struct jc_session_report *r, int64_t ms,
    const struct jc_err *how)
{
	struct jc_trip t = {.time = u->env->wall_ms(u->env->ctx) / 1000 - ms / 1000, .ms = ms, .up = r->bytes_up,
	    .down = r->bytes_down, .ops_up = r->ops_up, .ops_down = r->ops_down};

	memcpy(t.way, "line", sizeof("line"));
	memcpy(t.peer, peer->hub, sizeof(t.peer));
	(void)jc_trip_add(u->node, &t, how, NULL);
}

/* ---- a hub that moves ---- */

/* The hub was put back with a former key file: it is told which keys it has had since, and says what to do. */
static void
keys_tell(const struct jc_uplink *u, struct jc_client *client, const struct jc_peer *peer)
{
	struct jc_buf body, answer;
	struct jc_keys keys;
	int status;

	if (jc_keyring_get(&keys, u->node->log, peer->hub, NULL) < 0)
		return;
	jc_buf_init(&body, sizeof(keys));
	jc_buf_init(&answer, 1024);
	jc_succession_put(&body, &keys);
	if (!body.failed)
		(void)jc_client_send(client, "/key", "application/octet-stream", &(struct jc_slice){body.data, body.len}, &answer,
		    &status, NULL);
	jc_buf_free(&body);
	jc_buf_free(&answer);
}

/* What the hub that we know says of itself over this line; a key by which it goes on is known from then on. 1: one was. */
static int
hello_again(const struct jc_uplink *u, struct jc_client *c, const struct jc_peer *peer, char pin[JC_PIN_MAX],
    char url[JC_URL_MAX], struct jc_err *err)
{
	struct jc_keys known, now;
	struct jc_buf answer;
	int rc, status, end;

	if ((rc = jc_keyring_get(&known, u->node->log, peer->hub, err)) < 0)
		return rc;
	jc_buf_init(&answer, JC_ENROL_MAX);
	if ((rc = jc_client_send(c, "/hello", NULL, NULL, &answer, &status, err)) == 0)
		rc = status == 200 ? jc_enrol_hello_again(&now, pin, url, &known, answer.data != NULL ? answer.data : "", answer.len, err)
		                   : refused(status, &answer, err);
	jc_buf_free(&answer);
	if (rc == JC_ESTATE)
		keys_tell(u, c, peer);
	if (rc < 0 || now.n <= known.n)
		return rc;
	if ((rc = jc_db_begin(u->node->db, err)) < 0)
		return rc;
	rc = jc_keyring_follow(u->node->log, &now, err);
	end = jc_db_end(u->node->db, rc >= 0, rc >= 0 ? err : NULL);
	return end < 0 ? end : rc;
}

static int
peer_store(const struct jc_uplink *u, struct jc_peer *peer, const char *next, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_db_begin(u->node->db, err)) < 0)
		return rc;
	if ((rc = jc_peer_put(peer, u->node, err)) >= 0)
		rc = jc_meta_set(u->node->db, NEXT_META, next, err);
	end = jc_db_end(u->node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* Another TLS key than ours answers at `url`, or another key signs: if our hub speaks there, by its own key or one that this
 * leads to, that address and those keys hold from now on. 1: they do. */
static int
move_to(const struct jc_uplink *u, struct jc_peer *peer, const char *url, struct jc_err *err)
{
	char pin[JC_PIN_MAX], announced[JC_URL_MAX], proxy[JC_SETTING_ROOM];
	struct jc_client_options o;
	struct jc_client *c;
	int rc;

	options(&o, u, url);
	if ((rc = line_settings(&o, proxy, u, err)) < 0 || (rc = jc_client_open(&c, &o, err)) < 0)
		return rc;
	rc = hello_again(u, c, peer, pin, announced, err);
	jc_client_close(c);
	if (rc < 0 || (strcmp(pin, peer->pin) == 0 && strcmp(url, peer->url) == 0))
		return rc;
	snprintf(peer->pin, sizeof(peer->pin), "%s", pin);
	if (url != peer->url)
		snprintf(peer->url, sizeof(peer->url), "%s", url);
	return (rc = peer_store(u, peer, NULL, err)) < 0 ? rc : 1;
}

/* The hub announced another address: is it there by now? If not, the old one serves. */
static void
move_follow(const struct jc_uplink *u, struct jc_peer *peer)
{
	char *next = NULL;

	if (jc_meta_get(u->node->db, NEXT_META, &next, NULL) == 0 && strlen(next) < sizeof(peer->url))
		(void)move_to(u, peer, next, NULL);
	jc_free(next);
}

/* After a session: does the hub announce something that we have not seen? */
static void
move_learn(const struct jc_uplink *u, struct jc_client *client, struct jc_peer *peer)
{
	char mark[20], pin[JC_PIN_MAX], url[JC_URL_MAX], *seen = NULL;
	int known;

	snprintf(mark, sizeof(mark), "%s", jc_client_hello(client));
	known = jc_meta_get(u->node->db, SEEN_META, &seen, NULL) == 0 && strcmp(seen, mark) == 0;
	jc_free(seen);
	if (mark[0] == '\0' || known || hello_again(u, client, peer, pin, url, NULL) < 0)
		return;
	if (jc_db_begin(u->node->db, NULL) < 0)
		return;
	(void)jc_db_end(u->node->db, jc_meta_set(u->node->db, SEEN_META, mark, NULL) >= 0 &&
	    (url[0] == '\0' || strcmp(url, peer->url) == 0 || jc_meta_set(u->node->db, NEXT_META, url, NULL) >= 0), NULL);
}

/* ---- the line ---- */

/* The line to the peer: the kept one, or a fresh one. */
static int
line_open(struct jc_client **out, const struct jc_uplink *u, const struct jc_peer *peer, struct jc_err *err)
{
	struct jc_client_options o;
	char proxy[JC_SETTING_ROOM];
	int rc;

	options(&o, u, peer->url);
	if ((rc = line_settings(&o, proxy, u, err)) < 0)
		return rc;
	o.pin = peer->pin;
	o.login = peer->login;
	o.secret = peer->secret;
	*out = u->kept != NULL ? *u->kept : NULL;
	if (*out != NULL && !jc_client_is(*out, &o)) {
		jc_client_close(*out);
		*out = *u->kept = NULL;
	}
	return *out != NULL ? 0 : jc_client_open(out, &o, err);
}

static void
line_close(struct jc_client *client, const struct jc_uplink *u, int keep)
{
	if (u->kept != NULL)
		*u->kept = keep ? client : NULL;
	if (u->kept == NULL || !keep)
		jc_client_close(client);
}

int
jc_uplink_sync(const struct jc_uplink *u, struct jc_session_report *report, struct jc_err *err)
{
	int64_t began = u->env->mono_ms(u->env->ctx);
	struct jc_client *client;
	struct jc_err why = {0};
	struct jc_peer peer;
	int rc, moved = 0;

	memset(report, 0, sizeof(*report));
	if ((rc = jc_peer_get(&peer, u->node, err)) == JC_ENOTFOUND)
		return jc_err_set(err, JC_ESTATE, WHERE,
		    JC_T("还没有加入县里，请先运行 jiceng join 网址 加入码", "Not joined to a hub yet; run jiceng join URL CODE first"));
	if (rc < 0)
		return rc;
	move_follow(u, &peer);
	(void)jc_extract_due(u->node, NULL); /* figures that could not be made hold up no record */
	if ((rc = line_open(&client, u, &peer, err)) < 0)
		return rc;
	rc = drive_session(u, client, report, err);
	if (rc == JC_ESIGNATURE && (moved = move_to(u, &peer, peer.url, &why)) == JC_ESTATE) { /* a replaced key of its own */
		*err = why;
		rc = JC_ESTATE;
	}
	if (moved == 1) { /* it has another key now */
		line_close(client, u, 0);
		memset(err, 0, sizeof(*err));
		if ((rc = line_open(&client, u, &peer, err)) < 0)
			return rc;
		rc = drive_session(u, client, report, err);
	}
	if (rc >= 0 && report->older_key)
		keys_tell(u, client, &peer);
	if (rc >= 0) {
		move_learn(u, client, &peer);
		rc = attachments(u, client, u->total_seconds > 0 ? began + 1000 * (int64_t)u->total_seconds : 0, report, err);
	}
	trip_note(u, &peer, report, u->env->mono_ms(u->env->ctx) - began, rc < 0 ? err : &report->err);
	line_close(client, u, rc >= 0);
	return rc;
}
