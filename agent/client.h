/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * HTTP requests to the hub above, with limits on everything that can hang: connecting, too slow a
 * line, and the whole. Blocking; runs on a worker thread or in a command, never on the loop. One
 * client per thread; the connection is kept between requests. The only file with libcurl.
 */
#ifndef JC_AGENT_CLIENT_H
#define JC_AGENT_CLIENT_H

#include "../schema/schema_buf.h"

struct jc_client;

struct jc_client_options {
	const char *url;      /* base, https://host:port; http:// only for a loopback hub in benches */
	const char *pin;      /* TLS key "sha256//..."; NULL takes any certificate (only for GET /hello) */
	const char *login;    /* Basic authentication, both or none */
	const char *secret;
	long connect_ms;      /* 0: 15,000 */
	long slow_seconds;    /* give up after so long below 20 B/s; 0: 20 */
	long total_seconds;   /* 0: 120 plus the time the bytes need at 500 B/s */
	const char *proxy;    /* http://..., socks5://...; NULL or "": none, whatever the environment says */
	long kbps;            /* most kbit/s in each direction, 0: no limit */
	int judged;           /* no pin: the system's authorities judge the certificate (a stock server) */
	int (*cancelled)(void *arg); /* asked about once a second; may be NULL */
	void *arg;
};

/* Strings are copied. JC_EINVAL: the address cannot be one. */
int jc_client_open(struct jc_client **out, const struct jc_client_options *o, struct jc_err *err);
void jc_client_close(struct jc_client *c);
/* 1 when it was opened with these very options (limits of time aside): its connection may be used again. */
int jc_client_is(const struct jc_client *c, const struct jc_client_options *o);

/* A request that begins now may take so many seconds at most (what total_seconds was). */
void jc_client_limit(struct jc_client *c, long seconds);

/* GET when body is NULL, else POST. `answer` is reset and filled up to its own maximum; *status is the HTTP
 * status. JC_ENETWORK: no line or cut; JC_ETIMEOUT: a limit; JC_ESIGNATURE: another TLS key than the
 * pinned one; JC_ELIMIT: the answer is larger than its buffer; JC_ECANCELLED. */
int jc_client_send(struct jc_client *c, const char *path, const char *type, const struct jc_slice *body,
    struct jc_buf *answer, int *status, struct jc_err *err);

/* POST that continues a broken one: the hub holds the first `from` bytes of the body, the rest is sent. */
int jc_client_continue(struct jc_client *c, const char *path, const char *type, const struct jc_slice *body, size_t from,
    struct jc_buf *answer, int *status, struct jc_err *err);

/* GET of the rest of an answer that broke off after `from` bytes; `mark`: 16 hexadecimal digits (FORMAT 10). */
int jc_client_rest(struct jc_client *c, const char *path, size_t from, const char *mark, struct jc_buf *answer, int *status,
    struct jc_err *err);

/* The header Jc-Hello of the last answer, "" when there was none: a mark of what the hub says of itself. Borrowed. */
const char *jc_client_hello(const struct jc_client *c);

/* 1 when the last request reached the other side's port, whatever became of it. */
int jc_client_connected(const struct jc_client *c);

/* Bytes on the wire of the last request, headers included, TLS not. */
void jc_client_bytes(const struct jc_client *c, int64_t *up, int64_t *down);

#endif
