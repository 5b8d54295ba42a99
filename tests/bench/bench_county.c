/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * W3, a county morning: every branch sends an increment of 5 records x 3 fields, 16 at a time, each on
 * a connection of its own, to one real hub: signature, log, projection, durable, receipt. The floor is
 * the same number of bodies inserted durably with the same pragmas, one by one.
 *
 *   bench_county [BRANCHES] [--tls]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "client.h"
#include "county.h"
#include "test_hub.h"

#define THREADS 16

struct push {
	char login[16], secret[64], pin[80];
	char *body;
	size_t n;
	double ms;
};

struct load {
	struct push *push;
	int n;
	int next;
	uv_mutex_t lock;
	const char *url;
	double cpu;
	int failed;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
cpu(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void
record_save(struct test_node *t, jc_id id, int i, int round)
{
	char name[64], phone[64], title[64];

	snprintf(name, sizeof(name), "name=王小青%d", i);
	snprintf(phone, sizeof(phone), "mobile=130000%05d", (i * 31 + round * 7) % 100000);
	snprintf(title, sizeof(title), "title=第%d组%d", i, round);
	if (round == 0)
		test_set(t, "member", id, 0, name, phone, "gender=女", title, NULL);
	else
		test_set(t, "member", id, 0, phone, title, round % 2 ? "gender=男" : "gender=女", NULL);
}

/* A branch with five records that the hub knows, and the request that carries three new fields of each. */
static void
push_make(struct push *p, struct county *c, int i)
{
	struct jc_session *session;
	struct test_node pc;
	struct jc_err err = {0};
	struct jc_peer peer;
	struct jc_slice body;
	jc_id id[5] = {"", "", "", "", ""};
	char name[64];

	test_node_new(&pc, 1000 + (uint64_t)i);
	snprintf(name, sizeof(name), "第%d工会", i);
	test_ok(jc_node_init_branch(pc.node, name, &err), &err);
	for (int k = 0; k < 5; k++)
		record_save(&pc, id[k], k, 0);
	county_join(c, &pc, name);
	for (int k = 0; k < 5; k++) { /* ids were settled: read them anew */
		struct jc_record_key key;

		test_ok(jc_record_find(pc.node, 1, id[k], &key, &err), &err);
		memcpy(id[k], key.id, sizeof(id[k]));
	}
	county_synced(c, &pc);
	for (int k = 0; k < 5; k++)
		record_save(&pc, id[k], k, 1);
	test_ok(jc_session_open(&session, pc.node, 0, &err), &err);
	test_ok(jc_session_request(session, &body, &err), &err);
	p->body = malloc(body.n);
	p->n = body.n;
	memcpy(p->body, body.p, body.n);
	test_ok(jc_peer_get(&peer, pc.node, &err), &err);
	snprintf(p->login, sizeof(p->login), "%s", peer.login);
	snprintf(p->secret, sizeof(p->secret), "%s", peer.secret);
	jc_session_close(session);
	test_node_free(&pc);
}

static void
sender(void *arg)
{
	struct load *l = arg;

	for (;;) {
		struct jc_client_options o = {.url = l->url, .total_seconds = 60};
		struct jc_client *client;
		struct jc_buf answer;
		struct jc_err err = {0};
		struct push *p;
		int at, status = 0;
		double t;

		uv_mutex_lock(&l->lock);
		at = l->next++;
		uv_mutex_unlock(&l->lock);
		if (at >= l->n)
			break;
		p = &l->push[at];
		o.login = p->login;
		o.secret = p->secret;
		jc_buf_init(&answer, 1 << 20);
		t = now();
		if (jc_client_open(&client, &o, &err) < 0 ||
		    jc_client_send(client, "/jx", "application/x-jiceng", &(struct jc_slice){p->body, p->n}, &answer, &status, &err) < 0 ||
		    status != 200) {
			uv_mutex_lock(&l->lock);
			if (l->failed++ == 0)
				fprintf(stderr, "HTTP %d: %s %s\n", status, err.msg, err.cause);
			uv_mutex_unlock(&l->lock);
		}
		p->ms = (now() - t) * 1e3;
		jc_client_close(client);
		jc_buf_free(&answer);
	}
	uv_mutex_lock(&l->lock);
	l->cpu += cpu(RUSAGE_THREAD);
	uv_mutex_unlock(&l->lock);
}

static int
ms_cmp(const void *a, const void *b)
{
	double x = ((const struct push *)a)->ms, y = ((const struct push *)b)->ms;

	return x < y ? -1 : x > y;
}

static double
floor_inserts(const char *dir, const struct push *p, int n)
{
	char path[400];
	sqlite3_stmt *st;
	sqlite3 *db;
	double t;

	snprintf(path, sizeof(path), "%s/floor.db", dir);
	sqlite3_open(path, &db);
	sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(no INTEGER PRIMARY KEY, b BLOB)", NULL,
	    NULL, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO t(b) VALUES(?1)", -1, &st, NULL);
	t = now();
	for (int i = 0; i < n; i++) {
		sqlite3_bind_blob(st, 1, p[i].body, (int)p[i].n, SQLITE_STATIC);
		sqlite3_step(st);
		sqlite3_reset(st);
	}
	t = now() - t;
	sqlite3_finalize(st);
	sqlite3_close(db);
	return t;
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 500, tls = argc > 2 && strcmp(argv[2], "--tls") == 0;
	struct load l = {.n = n};
	struct test_hub server;
	uv_thread_t thread[THREADS];
	struct county c;
	double wall, used, base;
	size_t bytes = 0;

	if (n <= 0)
		return 64;
	county_new(&c, 1);
	l.push = calloc((size_t)n, sizeof(*l.push));
	for (int i = 0; i < n; i++) {
		push_make(&l.push[i], &c, i);
		bytes += l.push[i].n;
	}
	uv_mutex_init(&l.lock);
	test_hub_start(&server, &c.hub, !tls);
	l.url = server.url;
	used = cpu(RUSAGE_SELF);
	wall = now();
	for (int i = 0; i < THREADS; i++)
		uv_thread_create(&thread[i], sender, &l);
	for (int i = 0; i < THREADS; i++)
		uv_thread_join(&thread[i]);
	wall = now() - wall;
	used = cpu(RUSAGE_SELF) - used - l.cpu;
	test_hub_stop(&server);
	base = floor_inserts(c.hub.dir, l.push, n);
	qsort(l.push, (size_t)n, sizeof(*l.push), ms_cmp);
	printf("%d branches, %s, %zu B a request: %.0f pushes/s, hub CPU %.3f ms a push, p50 %.1f ms, p99 %.1f ms, %d failed\n", n,
	    tls ? "TLS" : "plain", bytes / (size_t)n, n / wall, used * 1e3 / n, l.push[n / 2].ms, l.push[n * 99 / 100].ms, l.failed);
	printf("floor: %.0f durable inserts/s one by one; pushes are %.2f of it\n", n / base, base / wall);
	for (int i = 0; i < n; i++)
		free(l.push[i].body);
	free(l.push);
	county_free(&c);
	return l.failed != 0;
}
