/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Private to web.c and the servers with TLS: the bytes of their connections are counted where they cross the socket. */
#ifndef JC_AGENT_WEB_TLS_H
#define JC_AGENT_WEB_TLS_H

#include <stdint.h>

#include <microhttpd.h>

/* How often bytes crossed, either way, since the daemon began; the loop's alone. */
struct jc_web_moves {
	uint64_t n;
};

/* 0 where nothing is counted: then what the daemon asks for is taken for work. */
#ifdef _WIN32
#define JC_WEB_TLS_COUNTS 0
#else
#define JC_WEB_TLS_COUNTS 1
#endif

/* For MHD_OPTION_NOTIFY_CONNECTION, whose argument is a struct jc_web_moves that outlives the daemon. */
void jc_web_tls_connection(void *arg, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what);

#endif
