/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "web.h"

#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#define WHERE "web"
#define QUIET 16u        /* runs in a row that may move nothing before one waits */
#define QUIET_MS 100u    /* the longest wait; bytes that come end it */

struct jc_web {
	struct MHD_Daemon *mhd;
	uv_poll_t poll;
	uv_timer_t timer;
	int port, handles;
	const struct jc_web_moves *moves; /* NULL: without TLS, where what it asks for is work */
	uint64_t seen;
	unsigned quiet;          /* runs in a row that asked for another one at once and moved nothing */
	void (*closed)(void *arg);
	void *arg;
};

static void
timer_cb(uv_timer_t *t)
{
	jc_web_run(t->data);
}

static void
poll_cb(uv_poll_t *p, int status, int events)
{
	(void)status;
	(void)events;
	jc_web_run(p->data);
}

/* How long to wait when it asks for no wait at all: see web_tls.c. */
static MHD_UNSIGNED_LONG_LONG
calm(struct jc_web *w)
{
	unsigned over;

	if (w->moves == NULL || w->moves->n != w->seen) {
		w->quiet = 0;
		return 0;
	}
	over = ++w->quiet > QUIET ? w->quiet - QUIET : 0;
	return over == 0 ? 0 : over < 7 ? 1u << over : QUIET_MS;
}

void
jc_web_run(struct jc_web *w)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (w->mhd == NULL)
		return;
	w->seen = w->moves != NULL ? w->moves->n : 0;
	MHD_run(w->mhd);
	if (MHD_get_timeout(w->mhd, &ms) == MHD_YES)
		uv_timer_start(&w->timer, timer_cb, ms == 0 ? calm(w) : ms, 0);
	else
		uv_timer_stop(&w->timer);
}

int
jc_web_port(const struct jc_web *w)
{
	return w->port;
}

int
jc_web_open(struct jc_web **out, uv_loop_t *loop, struct MHD_Daemon *mhd, const struct jc_web_moves *moves, struct jc_err *err)
{
	const union MHD_DaemonInfo *fd = MHD_get_daemon_info(mhd, MHD_DAEMON_INFO_EPOLL_FD), *port;
	struct jc_web *w = calloc(1, sizeof(*w));

	*out = NULL;
	if (w == NULL || fd == NULL || uv_poll_init(loop, &w->poll, fd->epoll_fd) != 0) {
		free(w);
		MHD_stop_daemon(mhd);
		return jc_err_code(err, JC_EIO, WHERE);
	}
	w->mhd = mhd;
	w->moves = moves;
	w->handles = 2;
	w->poll.data = w->timer.data = w;
	uv_timer_init(loop, &w->timer);
	uv_poll_start(&w->poll, UV_READABLE, poll_cb);
	port = MHD_get_daemon_info(mhd, MHD_DAEMON_INFO_BIND_PORT);
	w->port = port != NULL ? port->port : 0;
	jc_web_run(w);
	*out = w;
	return 0;
}

static void
handle_closed(uv_handle_t *h)
{
	struct jc_web *w = h->data;

	if (--w->handles > 0)
		return;
	if (w->closed != NULL)
		w->closed(w->arg);
	free(w);
}

void
jc_web_close(struct jc_web *w, void (*closed)(void *arg), void *arg)
{
	struct MHD_Daemon *mhd = w->mhd;

	w->closed = closed;
	w->arg = arg;
	uv_poll_stop(&w->poll);
	MHD_run(mhd); /* connections resumed a moment ago must be seen before they are closed */
	w->mhd = NULL;
	MHD_stop_daemon(mhd);
	uv_close((uv_handle_t *)&w->poll, handle_closed);
	uv_close((uv_handle_t *)&w->timer, handle_closed);
}

int
jc_web_loopback(const struct sockaddr_storage *a)
{
	if (a->ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)a)->sin6_addr);
	return ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr) >> 24 == 127;
}
