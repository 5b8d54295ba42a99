/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * libmicrohttpd on a libuv loop: its epoll descriptor is polled, its timeouts are a timer. One per
 * server; everything on the loop's thread.
 */
#ifndef JC_AGENT_WEB_H
#define JC_AGENT_WEB_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <microhttpd.h>
#include <uv.h>

#include "../schema/schema_err.h"
#include "web_tls.h"

struct jc_web;

/* Flags that every daemon on a loop needs. */
#define JC_WEB_FLAGS (MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK)

/* Takes the daemon over, also when it fails. JC_EIO. `moves`: of a daemon with TLS, as given to jc_web_tls_connection; else NULL. */
int jc_web_open(struct jc_web **out, uv_loop_t *loop, struct MHD_Daemon *mhd, const struct jc_web_moves *moves, struct jc_err *err);
/* Lets the daemon work; to be called after every MHD_resume_connection. */
void jc_web_run(struct jc_web *w);
int jc_web_port(const struct jc_web *w);
/* Stops the daemon at once; `closed` (may be NULL) is called from the loop when the memory is gone. */
void jc_web_close(struct jc_web *w, void (*closed)(void *arg), void *arg);

/* 1 if only this machine can reach it. */
int jc_web_loopback(const struct sockaddr_storage *a);

#endif
