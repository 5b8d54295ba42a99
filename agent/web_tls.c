/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * libmicrohttpd takes a TLS greeting that waits for its next bytes for work to be done, and asks to be run again at once for
 * as long as it waits: one half-open greeting, or an ordinary one over a slow line, costs a whole processor. Only the socket
 * knows that nothing came, so the session reads and writes it through here (web.c draws the conclusion).
 */
#include "web_tls.h"

#ifdef _WIN32
/* A county's hub runs on Linux; what serves a page on a branch's PC has no TLS. */
void
jc_web_tls_connection(void *arg, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what)
{
	(void)arg;
	(void)c;
	(void)context;
	(void)what;
}
#else

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <gnutls/gnutls.h>

struct pipe {
	struct jc_web_moves *moves;
	int fd;
};

static ssize_t
pull(gnutls_transport_ptr_t arg, void *data, size_t n)
{
	struct pipe *p = arg;
	ssize_t got = recv(p->fd, data, n, 0);

	p->moves->n += got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR); /* an end is news too */
	return got;
}

static ssize_t
push(gnutls_transport_ptr_t arg, const giovec_t *v, int n)
{
	struct pipe *p = arg;
	struct msghdr m = {.msg_iov = (struct iovec *)(uintptr_t)v, .msg_iovlen = (size_t)n}; /* giovec_t is struct iovec */
	ssize_t sent = sendmsg(p->fd, &m, MSG_NOSIGNAL);

	p->moves->n += sent > 0;
	return sent;
}

static int
pull_wait(gnutls_transport_ptr_t arg, unsigned ms)
{
	const struct pipe *p = arg;
	struct pollfd f = {.fd = p->fd, .events = POLLIN};

	return poll(&f, 1, ms == GNUTLS_INDEFINITE_TIMEOUT ? -1 : (int)ms);
}

void
jc_web_tls_connection(void *arg, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo *tls, *fd;
	struct pipe *p;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		free(*context);
		*context = NULL;
		return;
	}
	tls = MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (tls == NULL || tls->tls_session == NULL || fd == NULL || (p = malloc(sizeof(*p))) == NULL)
		return; /* then it reads its socket itself and is run as often as it asks */
	*p = (struct pipe){arg, fd->connect_fd};
	*context = p;
	gnutls_transport_set_ptr(tls->tls_session, p);
	gnutls_transport_set_pull_function(tls->tls_session, pull);
	gnutls_transport_set_vec_push_function(tls->tls_session, push);
	gnutls_transport_set_pull_timeout_function(tls->tls_session, pull_wait);
}

#endif
