/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#define WHERE "client"
#define CONNECT_MS 15000L
#define SLOW_BYTES 20L
#define SLOW_SECONDS 20L
#define TOTAL_SECONDS 120L
#define AGAIN_MOST 2048 /* bytes that may be sent again over a new connection without asking */
#define RECORD 1360u    /* most bytes of a body in one TLS record: with its head it fits into one packet */
#define RECORD_LEAST 340u /* after breaks: of a record that breaks off nothing counts, each costs 22 bytes more */
#define WITH_HEAD 1024u  /* a body up to this size goes in the packet and TLS record of its head */
#define SLOWEST 500      /* bytes a second that the total limit allows for */

struct jc_client {
	CURL *curl;
	char url[512];
	char made_for[1200];     /* what its connections depend on, one after the other */
	struct jc_client_options o;
	int64_t up, down;
	char hello[20];          /* header Jc-Hello of the answer */
	struct jc_buf *answer;   /* of the request under way */
	struct jc_slice body;    /* what is sent of it */
	size_t read;             /* bytes of it that libcurl has taken */
	size_t record;           /* bytes of it in one TLS record: RECORD, less while the line breaks */
	char why[CURL_ERROR_SIZE]; /* libcurl's words for the last failure */
};

static int
url_ok(const char *url)
{
	size_t n = strlen(url);

	if (n >= 400 || strpbrk(url, " \t\r\n\"<>") != NULL)
		return 0;
	return strncmp(url, "https://", 8) == 0 ? n > 8 : strncmp(url, "http://127.", 11) == 0;
}

static size_t
take(char *p, size_t size, size_t n, void *arg)
{
	struct jc_client *c = arg;

	jc_buf_put(c->answer, p, size * n);
	return c->answer->failed ? 0 : size * n;
}

static size_t
head(char *p, size_t size, size_t n, void *arg)
{
	static const char NAME[] = "jc-hello: ";
	struct jc_client *c = arg;
	size_t k = sizeof(NAME) - 1, at = 0;

	n *= size;
	while (at < k && at < n && (p[at] | 0x20) == (NAME[at] | 0x20))
		at++;
	for (size_t i = 0; at == k && i + 1 < sizeof(c->hello) && k + i < n && p[k + i] > ' '; i++) {
		c->hello[i] = p[k + i];
		c->hello[i + 1] = '\0';
	}
	return n;
}

static size_t
give(char *p, size_t size, size_t n, void *arg)
{
	struct jc_client *c = arg;
	size_t left = c->body.n - c->read;

	/* Each call becomes a TLS record, and of a record that breaks off the other side sees nothing. */
	n = size * n < c->record ? size * n : c->record;
	n = n < left ? n : left;
	if (n != 0)
		memcpy(p, c->body.p + c->read, n);
	c->read += n;
	return n;
}

/* libcurl starts again by itself when a kept connection turns out to be dead. Much is not sent twice that
 * way: whoever called can go on where it was. */
static int
again(void *arg, curl_off_t offset, int origin)
{
	struct jc_client *c = arg;

	if (origin != SEEK_SET || offset != 0 || c->read > AGAIN_MOST)
		return CURL_SEEKFUNC_FAIL;
	c->read = 0;
	return CURL_SEEKFUNC_OK;
}

/* The other way in which it starts again: a fresh connection for a request that is half sent. */
static curl_socket_t
socket_open(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	const struct jc_client *c = arg;

	(void)purpose;
	return c->read > AGAIN_MOST ? CURL_SOCKET_BAD : socket(a->family, a->socktype, a->protocol);
}

static int
progress(void *arg, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal, curl_off_t ulnow)
{
	struct jc_client *c = arg;

	(void)dltotal;
	(void)dlnow;
	(void)ultotal;
	(void)ulnow;
	return c->o.cancelled != NULL && c->o.cancelled(c->o.arg);
}

/* The greeting of TLS, as short as it may be: a hub whose key we know speaks TLS 1.3 with the usual ciphers, and over 8 kB/s
 * 300 bytes of what else we could do are 40 ms. What the library below cannot leave out stays in. */
static void
greet_briefly(CURL *h)
{
	const char *below = curl_version_info(CURLVERSION_NOW)->ssl_version;

	if (below == NULL || strstr(below, "Schannel") != NULL) /* on older Windows it has no TLS 1.3 */
		return;
	(void)curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	(void)curl_easy_setopt(h, CURLOPT_TLS13_CIPHERS, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256");
	(void)curl_easy_setopt(h, CURLOPT_SSL_EC_CURVES, "X25519:P-256");
	(void)curl_easy_setopt(h, CURLOPT_SSL_ENABLE_ALPN, 0L);
}

static int
options_set(struct jc_client *c)
{
	CURL *h = c->curl;
	int ok = curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;

	ok &= curl_easy_setopt(h, CURLOPT_ERRORBUFFER, c->why) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK; /* a portal's redirect is an answer */
	ok &= curl_easy_setopt(h, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, c->o.connect_ms > 0 ? c->o.connect_ms : CONNECT_MS) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_LOW_SPEED_TIME, c->o.slow_seconds > 0 ? c->o.slow_seconds : SLOW_SECONDS) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_WRITEDATA, c) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, head) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_HEADERDATA, c) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_READFUNCTION, give) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_READDATA, c) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_SEEKFUNCTION, again) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_SEEKDATA, c) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, socket_open) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, c) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, progress) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_XFERINFODATA, c) == CURLE_OK;
	/* The pinned key is the whole trust: names and dates of certificates decide nothing. */
	ok &= curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, c->o.judged ? 1L : 0L) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, c->o.judged ? 2L : 0L) == CURLE_OK;
	if (c->o.pin != NULL && strncmp(c->url, "https:", 6) == 0) {
		ok &= curl_easy_setopt(h, CURLOPT_PINNEDPUBLICKEY, c->o.pin) == CURLE_OK;
		greet_briefly(h);
	}
	ok &= curl_easy_setopt(h, CURLOPT_PROXY, c->o.proxy != NULL ? c->o.proxy : "") == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_MAX_SEND_SPEED_LARGE, (curl_off_t)c->o.kbps * 125) == CURLE_OK;
	ok &= curl_easy_setopt(h, CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)c->o.kbps * 125) == CURLE_OK;
	if (c->o.login != NULL) {
		ok &= curl_easy_setopt(h, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK;
		ok &= curl_easy_setopt(h, CURLOPT_USERNAME, c->o.login) == CURLE_OK;
		ok &= curl_easy_setopt(h, CURLOPT_PASSWORD, c->o.secret) == CURLE_OK;
	}
	return ok ? 0 : JC_ENOMEM;
}

static void
made_for(char *out, size_t room, const struct jc_client_options *o)
{
	snprintf(out, room, "%s\n%s\n%s\n%s\n%s\n%ld", o->url, o->pin != NULL ? o->pin : "", o->login != NULL ? o->login : "",
	    o->secret != NULL ? o->secret : "", o->proxy != NULL ? o->proxy : "", o->kbps);
}

int
jc_client_is(const struct jc_client *c, const struct jc_client_options *o)
{
	char now[sizeof(c->made_for)];

	made_for(now, sizeof(now), o);
	return strcmp(now, c->made_for) == 0 && c->o.cancelled == o->cancelled && c->o.arg == o->arg;
}

int
jc_client_open(struct jc_client **out, const struct jc_client_options *o, struct jc_err *err)
{
	struct jc_client *c;
	size_t n = strlen(o->url);

	*out = NULL;
	while (n > 0 && o->url[n - 1] == '/')
		n--;
	if (!url_ok(o->url))
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("网址“%.200s”不对，应像 https://xian.example:8443", "\"%.200s\" is no hub address; write it like https://hub.example:8443"),
		    o->url);
	if ((c = calloc(1, sizeof(*c))) == NULL)
		return JC_NOMEM(err, WHERE);
	c->o = *o;
	snprintf(c->url, sizeof(c->url), "%.*s", (int)n, o->url);
	made_for(c->made_for, sizeof(c->made_for), o);
	c->record = RECORD;
	if ((c->curl = curl_easy_init()) == NULL || options_set(c) < 0) {
		jc_client_close(c);
		return JC_NOMEM(err, WHERE);
	}
	c->o.url = c->o.pin = c->o.login = c->o.secret = c->o.proxy = NULL; /* the caller's; libcurl has copies */
	*out = c;
	return 0;
}

void
jc_client_close(struct jc_client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->curl);
	free(c);
}

/* Headers of a request: none that says nothing, the type of a body, and where a broken one goes on ("": nowhere). */
static struct curl_slist *
headers_make(const char *type, int post, const char *on)
{
	struct curl_slist *list = NULL, *more = NULL;
	char line[3][128];
	size_t n = 0;

	snprintf(line[n++], sizeof(line[0]), "Accept:");
	if (post)
		snprintf(line[n++], sizeof(line[0]), "Content-Type: %s", type != NULL ? type : "application/octet-stream");
	if (on[0] != '\0')
		snprintf(line[n++], sizeof(line[0]), "%s", on);
	if (post && (list = curl_slist_append(NULL, "Expect:")) == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++, list = more)
		if ((more = curl_slist_append(list, line[i])) == NULL) {
			curl_slist_free_all(list);
			return NULL;
		}
	return list;
}

/* A greeting that failed: did the line end in the middle of it, or does something there not speak TLS? libcurl has one code
 * for both; only the words of the library below tell. */
static int
greeting_broke(const char *why)
{
	static const char *const marks[] = {"Recv failure", "Send failure", "SSL_connect:", "SSL_ERROR_SYSCALL", "unexpected eof", "indicated an EOF", "was reset",
		"non-properly terminated", "pull function", "push function", "failed to receive handshake", "failed to send"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strstr(why, marks[i]) != NULL)
			return 1;
	return 0;
}

static int
translate(CURLcode rc, const struct jc_client *c, struct jc_err *err)
{
	int code = JC_ENETWORK;

	if (rc == CURLE_SSL_CONNECT_ERROR && greeting_broke(c->why))
		rc = CURLE_RECV_ERROR;
	switch (rc) {
	case CURLE_OPERATION_TIMEDOUT:
		code = jc_err_set(err, JC_ETIMEOUT, WHERE,
		    JC_T("县里的服务器太久没有回应，内容都已存在本机，请过一会再试",
		        "The hub took too long; everything is kept on this PC, try again later"));
		break;
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
	case CURLE_SSL_CONNECT_ERROR: /* something that does not even speak TLS */
		code = jc_err_set(err, JC_ESIGNATURE, WHERE,
		    JC_T("这不是县里的服务器，可能需要先在浏览器里登录网络；已经能上网的话，请问县里是否换了服务器",
		        "This is not the county's server; you may have to log in to the network in a browser first. If you are online, ask"
		        " the county whether its server changed"));
		break;
	case CURLE_COULDNT_RESOLVE_PROXY:
		code = jc_err_set(err, JC_ENETWORK, WHERE,
		    JC_T("找不到代理服务器，请核对设置 sync.proxy", "The proxy cannot be found; check the setting sync.proxy"));
		break;
	case CURLE_ABORTED_BY_CALLBACK:
		code = jc_err_code(err, JC_ECANCELLED, WHERE);
		break;
	case CURLE_WRITE_ERROR:
		code = jc_err_set(err, c->answer->failed ? c->answer->failed : JC_ENETWORK, WHERE,
		    JC_T("服务器的回答太长", "The hub's answer is too long"));
		break;
	case CURLE_OUT_OF_MEMORY:
		code = JC_NOMEM(err, WHERE);
		break;
	default:
		code = jc_err_code(err, JC_ENETWORK, WHERE);
	}
	jc_err_cause(err, "%s", c->why[0] != '\0' ? c->why : curl_easy_strerror(rc));
	return code;
}

static void
count_bytes(struct jc_client *c)
{
	long request = 0, header = 0;
	curl_off_t body = 0;

	curl_easy_getinfo(c->curl, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(c->curl, CURLINFO_HEADER_SIZE, &header);
	curl_easy_getinfo(c->curl, CURLINFO_SIZE_UPLOAD_T, &body);
	c->up = request + (int64_t)body;
	c->down = header + (int64_t)c->answer->len;
}

static int
request(struct jc_client *c, const char *path, const char *type, const struct jc_slice *body, size_t from, const char *on,
    struct jc_buf *answer, int *status, struct jc_err *err)
{
	struct curl_slist *headers = headers_make(type, body != NULL, on);
	char url[600];
	size_t n = body != NULL ? body->n - from : 0;
	long total = c->o.total_seconds > 0 ? c->o.total_seconds : TOTAL_SECONDS + (long)((n + answer->max / 8) / SLOWEST);
	CURLcode rc = CURLE_OUT_OF_MEMORY;
	long code = 0;

	*status = 0;
	jc_buf_reset(answer);
	c->answer = answer;
	c->read = 0;
	c->hello[0] = c->why[0] = '\0';
	snprintf(url, sizeof(url), "%s%s", c->url, path);
	if (headers != NULL && (rc = curl_easy_setopt(c->curl, CURLOPT_URL, url)) == CURLE_OK &&
	    (rc = curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers)) == CURLE_OK &&
	    (rc = curl_easy_setopt(c->curl, CURLOPT_TIMEOUT, total)) == CURLE_OK) {
		if (body != NULL) {
			c->body = (struct jc_slice){body->p + from, n};
			curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
			curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, n <= WITH_HEAD ? c->body.p : NULL);
			rc = curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
		} else {
			rc = curl_easy_setopt(c->curl, CURLOPT_HTTPGET, 1L);
		}
	}
	if (rc == CURLE_OK)
		rc = curl_easy_perform(c->curl);
	if (rc != CURLE_OK)
		c->record = c->record / 2 > RECORD_LEAST ? c->record / 2 : RECORD_LEAST;
	else if (n > WITH_HEAD)
		c->record = RECORD;
	count_bytes(c);
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &code);
	*status = (int)code;
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	return rc == CURLE_OK ? 0 : translate(rc, c, err);
}

int
jc_client_connected(const struct jc_client *c)
{
	curl_off_t us = 0;

	return curl_easy_getinfo(c->curl, CURLINFO_CONNECT_TIME_T, &us) == CURLE_OK && us > 0;
}

int
jc_client_continue(struct jc_client *c, const char *path, const char *type, const struct jc_slice *body, size_t from,
    struct jc_buf *answer, int *status, struct jc_err *err)
{
	char on[40] = "";

	if (from != 0)
		snprintf(on, sizeof(on), "Jc-From: %zu", from);
	return request(c, path, type, body, from, on, answer, status, err);
}

int
jc_client_rest(struct jc_client *c, const char *path, size_t from, const char *mark, struct jc_buf *answer, int *status,
    struct jc_err *err)
{
	char on[80];

	snprintf(on, sizeof(on), "Jc-Answer: %zu %s", from, mark);
	return request(c, path, NULL, NULL, 0, on, answer, status, err);
}

int
jc_client_send(struct jc_client *c, const char *path, const char *type, const struct jc_slice *body,
    struct jc_buf *answer, int *status, struct jc_err *err)
{
	return jc_client_continue(c, path, type, body, 0, answer, status, err);
}

const char *
jc_client_hello(const struct jc_client *c)
{
	return c->hello;
}

void
jc_client_limit(struct jc_client *c, long seconds)
{
	c->o.total_seconds = seconds;
}

void
jc_client_bytes(const struct jc_client *c, int64_t *up, int64_t *down)
{
	*up = c->up;
	*down = c->down;
}
