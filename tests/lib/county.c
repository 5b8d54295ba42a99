/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "county.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sync_enrol.h"
#include "test_env.h"

#define PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

void
county_new(struct county *c, uint64_t seed)
{
	struct jc_err err = {0};

	test_node_new(&c->hub, seed);
	test_ok(jc_node_init_hub(c->hub.node, "青石县总工会", &err), &err);
}

void
county_free(struct county *c)
{
	test_node_free(&c->hub);
}

static void
join(struct county *c, struct test_node *pc, const char *branch, int hub_below)
{
	char typed[JC_CODE_TEXT], pin[JC_PIN_MAX];
	uint8_t nonce[16];
	struct jc_join_code code;
	struct jc_keys keys;
	struct jc_buf hello, req, answer;
	struct jc_err err = {0};

	jc_buf_init(&hello, JC_ENROL_MAX);
	jc_buf_init(&req, JC_ENROL_MAX);
	jc_buf_init(&answer, JC_ENROL_MAX);
	test_ok(hub_below ? jc_enrol_invite_hub(typed, c->hub.node, branch, &err)
	                  : jc_enrol_invite(typed, c->hub.node, branch, &err), &err);
	test_ok(jc_code_parse(&code, typed, &err), &err);
	test_ok(jc_enrol_hello(&hello, jc_log_key(c->hub.node->log), PIN, "", &err), &err);
	test_ok(jc_enrol_hello_read(&keys, pin, &code, hello.data, hello.len, &err), &err);
	test_ok(jc_enrol_request(&req, nonce, &code, pc->env, &pc->key, keys.key[0], &err), &err);
	test_ok(jc_enrol_take(&answer, c->hub.node, req.data, req.len, &err), &err);
	test_ok(jc_enrol_accept(pc->node, &code, &pc->key, &keys, nonce, "https://hub.example", pin, answer.data,
	            answer.len, &err), &err);
	jc_buf_free(&hello);
	jc_buf_free(&req);
	jc_buf_free(&answer);
}

void
county_join(struct county *c, struct test_node *pc, const char *branch)
{
	join(c, pc, branch, 0);
}

void
county_joins_city(struct county *city, struct county *c, const char *name)
{
	join(city, &c->hub, name, 1);
}

int
county_serve(struct county *c, const char *device, struct jc_slice req, struct jc_buf *out)
{
	struct jc_node *hub = c->hub.node;
	struct jc_exchange *x;
	struct jc_err err = {0};
	int rc;

	if (jc_exchange_decode(&x, hub, device, req.p, req.n, &err) < 0)
		return 400;
	test_ok(jc_db_begin(hub->db, &err), &err);
	rc = jc_exchange_apply(x, hub, &err);
	if (rc >= 0)
		rc = jc_exchange_answer(out, x, hub, &err);
	test_ok(rc, &err);
	test_ok(jc_db_end(hub->db, 1, &err), &err);
	jc_exchange_free(x);
	return 200;
}

void
county_serve_cut(struct county *c, const char *device, struct jc_slice req, size_t n)
{
	struct jc_node *hub = c->hub.node;
	char *exact = malloc(n + 1); /* so that a sanitizer sees a read past the end */
	struct jc_exchange *x;
	struct jc_err err = {0};

	assert_non_null(exact);
	memcpy(exact, req.p, n);
	if (jc_exchange_decode_cut(&x, hub, device, exact, n, &err) == 0) {
		test_ok(jc_exchange_apply(x, hub, &err), &err);
		jc_exchange_free(x);
	}
	free(exact);
}

/* Bytes of n that cross before the line breaks (left, 0: it does not), and whether it does. */
static int
breaks(size_t *cross, size_t n, int64_t *done, size_t left)
{
	*cross = left != 0 && n >= left ? left - 1 : n;
	*done += (int64_t)*cross;
	return *cross < n;
}

/* One request over the wire. */
static void
exchange(struct county *c, struct test_node *pc, struct wire *w, struct jc_session *s, struct jc_slice req, struct jc_buf *answer)
{
	size_t cross, begun = req.n;
	struct jc_err err = {0};
	int status;

	(void)jc_err_code(&err, JC_ENETWORK, "wire");
	if (w->requests == w->lose_request || breaks(&cross, req.n, &w->up, w->cut)) {
		cross = w->requests == w->lose_request ? 0 : cross;
		w->sent_twice += req.n;
		if (!w->deaf)
			county_serve_cut(c, pc->key.id, req, cross);
		jc_session_failed(s, &err, 1);
		return;
	}
	jc_buf_reset(answer);
	status = county_serve(c, pc->key.id, req, answer);
	if (w->requests == w->lose_answer ||
	    breaks(&cross, answer->len, &w->down, w->cut != 0 ? w->cut - begun : 0)) {
		cross = w->requests == w->lose_answer ? 0 : cross;
		w->sent_twice += req.n;
		answer->len = cross;
		jc_session_cut(s, cross != 0 ? status : 0, answer->data, cross, &err, 1);
		return;
	}
	if (w->requests == w->garble_answer && answer->len > w->garble_at)
		answer->len = w->garble_at;
	jc_session_answer(s, status, answer->data, answer->len);
}

enum jc_session_want
county_go_on(struct county *c, struct test_node *pc, struct wire *w, struct jc_session *s)
{
	enum jc_session_want want;
	struct jc_err err = {0};
	struct jc_buf answer;

	jc_buf_init(&answer, 8u << 20);
	while ((want = jc_session_want(s)) == JC_WANT_SEND) {
		struct jc_slice req;

		assert_true(w->requests < 5000);
		if (jc_session_request(s, &req, &err) < 0) {
			jc_session_failed(s, &err, 0);
			continue;
		}
		w->requests++;
		w->largest = req.n > w->largest ? req.n : w->largest;
		exchange(c, pc, w, s, req, &answer);
	}
	jc_buf_free(&answer);
	return want;
}

enum jc_session_want
county_sync(struct county *c, struct test_node *pc, struct wire *w, struct jc_session_report *report)
{
	enum jc_session_want want;
	struct wire none = {0};
	struct jc_session *s;
	struct jc_err err = {0};

	w = w != NULL ? w : &none;
	w->requests = 0;
	test_ok(jc_session_open(&s, pc->node, 0, &err), &err);
	want = county_go_on(c, pc, w, s);
	if (report != NULL)
		*report = *jc_session_report(s);
	else if (want == JC_WANT_FAILED)
		print_message("session: %s (%s)\n", jc_session_report(s)->err.msg, jc_session_report(s)->err.cause);
	jc_session_close(s);
	return want;
}

void
county_synced(struct county *c, struct test_node *pc)
{
	assert_int_equal(county_sync(c, pc, NULL, NULL), JC_WANT_DONE);
}

void
county_branch(struct county *c, struct test_node *a, struct test_node *b, uint64_t seed)
{
	county_new(c, seed);
	test_node_new(a, seed + 1);
	test_node_new(b, seed + 2);
	county_join(c, a, "青石镇工会");
	county_join(c, b, "青石镇工会");
	county_synced(c, a);
	county_synced(c, b);
}

void
county_branch_free(struct county *c, struct test_node *a, struct test_node *b)
{
	county_free(c);
	test_node_free(a);
	test_node_free(b);
}

void
county_scope(struct test_node *at, struct test_node *pc, struct jc_scope *out)
{
	struct jc_err err = {0};
	struct jc_scope own;

	test_ok(jc_node_scope(pc->node, &own, &err), &err);
	test_ok(jc_scope_find(out, at->node->log, own.id, &err), &err);
}

static int64_t
digest_of(struct test_node *at, const char *scope, char hex[65])
{
	uint8_t d[JC_HASH_LEN];
	struct jc_err err = {0};
	struct jc_scope s;
	int64_t records;

	test_ok(jc_scope_find(&s, at->node->log, scope, &err), &err);
	test_ok(jc_digest(at->node->project, s.no, d, &records, &err), &err);
	for (size_t i = 0; i < sizeof(d); i++)
		snprintf(hex + 2 * i, 3, "%02x", d[i]);
	return records;
}

void
county_digest(struct test_node *at, const struct test_node *pc, char hex[65])
{
	struct jc_err err = {0};
	struct jc_scope own;

	test_ok(jc_node_scope(pc->node, &own, &err), &err);
	digest_of(at, own.id, hex);
}

int64_t
county_agree(struct county *c, struct test_node *first, ...)
{
	char want[65], have[65];
	struct jc_err err = {0};
	struct test_node *pc;
	struct jc_scope own;
	int64_t records;
	va_list ap;

	test_ok(jc_node_scope(first->node, &own, &err), &err);
	records = digest_of(first, own.id, want);
	digest_of(&c->hub, own.id, have);
	assert_string_equal(have, want);
	va_start(ap, first);
	while ((pc = va_arg(ap, struct test_node *)) != NULL) {
		digest_of(pc, own.id, have);
		assert_string_equal(have, want);
	}
	va_end(ap);
	return records;
}

static int
count_one(void *arg, const struct jc_commit_row *row)
{
	(void)row;
	(*(int64_t *)arg)++;
	return 0;
}

int64_t
county_commits(struct test_node *at, struct test_node *pc)
{
	struct jc_err err = {0};
	struct jc_scope s;
	int64_t n = 0;

	county_scope(at, pc, &s);
	test_ok(jc_log_walk(at->node->log, s.no, 0, count_one, &n, &err), &err);
	return n;
}
