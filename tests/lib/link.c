/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "sync_session.h"

#define CONNS 32

struct conn {
	int fd[2];                 /* client, hub; -1: none */
	int64_t moved[2];
	time_t last;
};

static int
socket_make(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	assert_true(fd >= 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static struct sockaddr_in
loopback(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static void
conn_close(struct conn *c, int reset)
{
	struct linger now = {1, 0};

	for (int i = 0; i < 2; i++) {
		if (c->fd[i] < 0)
			continue;
		if (reset)
			setsockopt(c->fd[i], SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(c->fd[i]);
		c->fd[i] = -1;
	}
}

static void
conn_accept(struct link *l, struct conn *c)
{
	struct sockaddr_in a = loopback(l->to);
	int one = 1;

	c->fd[0] = accept(l->fd, NULL, NULL);
	c->moved[0] = c->moved[1] = 0;
	c->last = 0;
	l->connections++;
	if (c->fd[0] < 0)
		return;
	setsockopt(c->fd[0], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->fd[1] = l->fault == LINK_PORTAL ? -1 : socket_make();
	if (c->fd[1] >= 0 && connect(c->fd[1], (struct sockaddr *)&a, sizeof(a)) != 0)
		conn_close(c, 1);
}

/* Is this direction (0 up, 1 down) to be read now, and how many bytes at most? 0: no. */
static size_t
wants(struct link *l, struct conn *c, int d)
{
	int64_t left = l->at - c->moved[d];

	switch (l->fault) {
	case LINK_SILENT:
		return 0;
	case LINK_STUCK:
		return d == 0 ? (left > 0 ? (size_t)left : 0) : 65536;
	case LINK_TRICKLE:
		if (d == 1 && left <= 0)
			return time(NULL) - c->last >= 2;
		return d == 1 ? (size_t)left : 65536;
	case LINK_HALF:
	case LINK_CUT_DOWN:
		return d == 1 ? (left > 0 ? (size_t)left : 0) : 65536;
	case LINK_CUT:
		return l->at - l->since > 0 ? (size_t)(l->at - l->since) : 1;
	default:
		return 65536;
	}
}

static void
portal(struct conn *c)
{
	static const char page[] = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 26\r\n\r\n<html>Please log in</html>";

	(void)!write(c->fd[0], page, sizeof(page) - 1);
	conn_close(c, 0);
}

/* Moves what has come in one direction. */
static void
conn_move(struct link *l, struct conn *c, int d)
{
	static char buf[65536];
	size_t most = wants(l, c, d);
	ssize_t n = recv(c->fd[d], buf, most < sizeof(buf) ? most : sizeof(buf), 0);

	if (n <= 0) {
		conn_close(c, n < 0);
		return;
	}
	if (l->fault == LINK_PORTAL) {
		portal(c);
		return;
	}
	c->moved[d] += n;
	c->last = time(NULL);
	l->since += n;
	*(d == 0 ? &l->up : &l->down) += n;
	if (!(l->fault == LINK_MUTE && d == 1) && send(c->fd[1 - d], buf, (size_t)n, MSG_NOSIGNAL) != n)
		conn_close(c, 1);
	if ((l->fault == LINK_CUT && l->since >= l->at) || (l->fault == LINK_CUT_DOWN && d == 1 && c->moved[1] >= l->at)) {
		struct timespec ms = {0, 2000000};

		nanosleep(&ms, NULL); /* what was sent has been read: a reset throws away what has not */
		l->since = 0;
		l->cuts++;
		conn_close(c, 1);
	}
}

static void *
run(void *arg)
{
	struct link *l = arg;
	struct conn c[CONNS];

	for (int i = 0; i < CONNS; i++)
		c[i].fd[0] = c[i].fd[1] = -1;
	for (;;) {
		struct pollfd p[2 + 2 * CONNS] = {{.fd = l->wake[0], .events = POLLIN}, {.fd = l->fd, .events = POLLIN}};
		int free_at = -1;

		for (int i = 0; i < CONNS; i++) {
			free_at = c[i].fd[0] < 0 ? i : free_at;
			for (int d = 0; d < 2; d++) /* what is not wanted is not watched: a closed end would keep us busy */
				p[2 + 2 * i + d] = (struct pollfd){.fd = c[i].fd[0] >= 0 && wants(l, &c[i], d) != 0 ? c[i].fd[d] : -1,
				    .events = POLLIN};
		}
		if (poll(p, 2 + 2 * CONNS, 100) < 0)
			continue;
		if (p[0].revents != 0)
			break;
		for (int i = 0; i < 2 * CONNS; i++)
			if (p[2 + i].revents != 0 && c[i / 2].fd[i % 2] >= 0)
				conn_move(l, &c[i / 2], i % 2);
		if (p[1].revents != 0 && free_at >= 0 && c[free_at].fd[0] < 0)
			conn_accept(l, &c[free_at]);
	}
	for (int i = 0; i < CONNS; i++)
		conn_close(&c[i], 1);
	return NULL;
}

void
link_start(struct link *l, int to)
{
	struct sockaddr_in a = loopback(0);
	socklen_t n = sizeof(a);

	memset(l, 0, sizeof(*l));
	l->to = to;
	l->fd = socket_make();
	assert_int_equal(bind(l->fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(l->fd, 64), 0);
	assert_int_equal(getsockname(l->fd, (struct sockaddr *)&a, &n), 0);
	l->port = ntohs(a.sin_port);
	assert_int_equal(pipe(l->wake), 0);
	assert_int_equal(pthread_create(&l->thread, NULL, run, l), 0);
}

void
link_end(struct link *l)
{
	assert_int_equal(write(l->wake[1], "x", 1), 1);
	pthread_join(l->thread, NULL);
	close(l->wake[0]);
	close(l->wake[1]);
	close(l->fd);
}

void
link_set(struct link *l, enum link_fault fault, int64_t at)
{
	l->at = at;
	l->since = 0;
	l->fault = fault;
}

void
link_lead(struct link *l, struct test_node *t, int plain)
{
	struct jc_err err = {0};
	struct jc_peer peer;

	test_ok(jc_peer_get(&peer, t->node, &err), &err);
	snprintf(peer.url, sizeof(peer.url), "%s://127.0.0.1:%d", plain ? "http" : "https", l->port);
	test_ok(jc_peer_put(&peer, t->node, &err), &err);
}
