/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The messages of smart HTTP, server side, as structs: no I/O, no database (gitprotocol-pack(5),
 * gitprotocol-http(5)). Versions 0 and 1 of the protocol only: a client may ask for version 2, and every
 * one since git 2.0 takes version 0 for an answer. What a client asks for and we do not offer (shallow
 * or partial clones, push certificates) is refused with a sentence, not ignored.
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "sync_codec.h"

#define REF_MAX 255u
#define BAND_LARGE (JC_LINE_BYTES_MAX + 4)
#define BAND_SMALL 1000u

static int
wrong(struct jc_err *err, const char *where)
{
	return jc_err_set(err, JC_EFORMAT, where, "%s",
	    JC_T("看不懂 git 的请求，请升级 git 后再试", "The git request is malformed; update git and try again"));
}

static int
starts(struct jc_slice s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && memcmp(s.p, word, n) == 0;
}

static struct jc_slice
chomp(struct jc_slice s)
{
	if (s.n != 0 && s.p[s.n - 1] == '\n')
		s.n--;
	return s;
}

/* 1 when the space-separated list has exactly this word. */
static int
listed(struct jc_slice caps, const char *word)
{
	while (caps.n != 0) {
		const char *end = memchr(caps.p, ' ', caps.n);
		size_t n = end != NULL ? (size_t)(end - caps.p) : caps.n;

		if (jc_slice_is((struct jc_slice){caps.p, n}, word))
			return 1;
		n += end != NULL;
		caps.p += n;
		caps.n -= n;
	}
	return 0;
}

static size_t
band_of(struct jc_slice caps)
{
	if (listed(caps, "side-band-64k"))
		return BAND_LARGE;
	return listed(caps, "side-band") ? BAND_SMALL : 0;
}

static void
oid_put(struct jc_buf *b, const struct jc_oid *oid)
{
	char hex[JC_OID_HEX + 1];

	jc_oid_hex(hex, oid);
	jc_buf_put(b, hex, JC_OID_HEX);
}

/* ---- services and names ---- */

static const char *const SERVICES[] = {NULL, "git-upload-pack", "git-receive-pack"};

int
jc_gitproto_service(const char *s, size_t n)
{
	for (int i = JC_GIT_FETCH; i <= JC_GIT_PUSH; i++)
		if (jc_slice_is((struct jc_slice){s, n}, SERVICES[i]))
			return i;
	return JC_EFORMAT;
}

/* A part between slashes. */
static int
part_ok(const char *s, size_t n)
{
	if (n == 0 || s[0] == '.' || s[n - 1] == '.')
		return 0;
	return n < 5 || memcmp(s + n - 5, ".lock", 5) != 0;
}

int
jc_gitproto_ref_ok(const char *s, size_t n)
{
	size_t part = 5;

	if (n < 6 || n > REF_MAX || memcmp(s, "refs/", 5) != 0 || !jc_utf8_ok(s, n))
		return 0;
	for (size_t i = 5; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c <= ' ' || c == 0x7f || strchr("~^:?*[\\", c) != NULL)
			return 0;
		if ((c == '.' && s[i - 1] == '.') || (c == '{' && s[i - 1] == '@'))
			return 0;
		if (c == '/') {
			if (!part_ok(s + part, i - part))
				return 0;
			part = i + 1;
		}
	}
	return part_ok(s + part, n - part);
}

/* ---- advertisement ---- */

static void
caps_put(struct jc_gitproto_advert *a)
{
	struct jc_buf *b = a->out;

	jc_buf_putc(b, '\0');
	if (a->service == JC_GIT_PUSH) {
		jc_buf_puts(b, "report-status side-band-64k ofs-delta no-thin");
	} else {
		jc_buf_puts(b, "multi_ack multi_ack_detailed side-band side-band-64k");
		if (a->head != NULL)
			jc_buf_putf(b, " symref=HEAD:%s", a->head);
	}
	jc_buf_puts(b, " object-format=sha1 agent=jiceng");
}

void
jc_gitproto_advert_begin(struct jc_gitproto_advert *a, struct jc_buf *out, enum jc_git_service service, const char *head)
{
	size_t at;

	a->out = out;
	a->service = service;
	a->head = head;
	a->count = 0;
	jc_pkt_open(out, &at);
	jc_buf_putf(out, "# service=%s\n", SERVICES[service]);
	jc_pkt_close(out, at);
	jc_pkt_flush(out);
}

void
jc_gitproto_advert_ref(struct jc_gitproto_advert *a, struct jc_slice name, const struct jc_oid *oid)
{
	size_t at;

	jc_pkt_open(a->out, &at);
	oid_put(a->out, oid);
	jc_buf_putc(a->out, ' ');
	jc_buf_slice(a->out, name);
	if (a->count++ == 0)
		caps_put(a);
	jc_buf_putc(a->out, '\n');
	jc_pkt_close(a->out, at);
}

void
jc_gitproto_advert_end(struct jc_gitproto_advert *a)
{
	static const struct jc_oid none;

	if (a->count == 0) {
		a->head = NULL;
		jc_gitproto_advert_ref(a, JC_SLICE("capabilities^{}"), &none);
	}
	jc_pkt_flush(a->out);
}

/* ---- lines of a request ---- */

struct lines {
	const char *p;
	size_t n;
};

/* The next line of a body that is all there: its kind, or JC_EFORMAT when there is none. */
static int
next(struct lines *l, struct jc_slice *line)
{
	size_t used;
	int kind = jc_pkt_next(line, &used, l->p, l->n);

	l->p += used;
	l->n -= used;
	return kind <= 0 || kind > JC_LINE_FLUSH ? JC_EFORMAT : kind;
}

struct oids {
	struct jc_oid *v;
	size_t n, cap, max;
};

static int
oids_add(struct oids *o, const struct jc_oid *oid, struct jc_err *err)
{
	if (o->n == o->max)
		return jc_err_set(err, JC_ELIMIT, "jc_gitproto_fetch_read", "%s",
		    JC_T("git 的请求太长，请分几次取", "The git request is too long; fetch less at once"));
	if (o->n == o->cap) {
		size_t cap = o->cap * 2 + 16;
		struct jc_oid *v = jc_realloc(o->v, cap * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(err, "jc_gitproto_fetch_read");
		o->v = v;
		o->cap = cap;
	}
	o->v[o->n++] = *oid;
	return 0;
}

static int
oid_cmp(const void *a, const void *b)
{
	return jc_oid_cmp(a, b);
}

/* ---- git-upload-pack ---- */

static int
not_offered(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, "jc_gitproto_fetch_read", "%s",
	    JC_T("只能整个克隆，请去掉 --depth、--shallow、--filter 再试",
	        "Only whole clones are offered; leave out --depth, --shallow and --filter"));
}

static int
want_read(struct jc_git_fetch *f, struct oids *want, struct jc_slice line, struct jc_err *err)
{
	struct jc_slice rest;
	struct jc_oid oid;

	if (starts(line, "shallow ") || starts(line, "deepen") || starts(line, "filter "))
		return not_offered(err);
	if (!starts(line, "want ") || line.n < 5 + JC_OID_HEX || jc_oid_parse(&oid, line.p + 5, JC_OID_HEX) < 0)
		return wrong(err, "jc_gitproto_fetch_read");
	rest.p = line.p + 5 + JC_OID_HEX;
	rest.n = line.n - 5 - JC_OID_HEX;
	if (rest.n != 0 && (want->n != 0 || rest.p[0] != ' '))
		return wrong(err, "jc_gitproto_fetch_read");
	if (rest.n != 0) {
		rest.p++;
		rest.n--;
		f->acks = listed(rest, "multi_ack_detailed") ? 2 : listed(rest, "multi_ack");
		f->band = band_of(rest);
	}
	return oids_add(want, &oid, err);
}

static void
wants_unique(struct oids *want)
{
	size_t n = 0;

	if (want->n == 0)
		return;
	qsort(want->v, want->n, sizeof(*want->v), oid_cmp);
	for (size_t i = 0; i < want->n; i++)
		if (n == 0 || jc_oid_cmp(&want->v[n - 1], &want->v[i]) != 0)
			want->v[n++] = want->v[i];
	want->n = n;
}

static int
wants_read(struct jc_git_fetch *f, struct lines *l, struct oids *want, struct jc_err *err)
{
	struct jc_slice line;
	int kind, rc;

	while ((kind = next(l, &line)) == JC_LINE_DATA)
		if ((rc = want_read(f, want, chomp(line), err)) < 0)
			return rc;
	if (kind != JC_LINE_FLUSH)
		return wrong(err, "jc_gitproto_fetch_read");
	wants_unique(want);
	return 0;
}

/* Haves up to "done", or up to the flush that asks for an answer. */
static int
haves_read(struct jc_git_fetch *f, struct lines *l, struct oids *have, struct jc_err *err)
{
	struct jc_slice line;
	struct jc_oid oid;
	int kind, rc;

	while (l->n != 0) {
		if ((kind = next(l, &line)) < 0)
			return wrong(err, "jc_gitproto_fetch_read");
		if (kind == JC_LINE_FLUSH)
			continue;
		line = chomp(line);
		if (jc_slice_is(line, "done")) {
			f->done = 1;
			return l->n == 0 ? 0 : wrong(err, "jc_gitproto_fetch_read");
		}
		if (line.n != 5 + JC_OID_HEX || !starts(line, "have ") || jc_oid_parse(&oid, line.p + 5, JC_OID_HEX) < 0)
			return wrong(err, "jc_gitproto_fetch_read");
		if ((rc = oids_add(have, &oid, err)) < 0)
			return rc;
	}
	return 0;
}

void
jc_gitproto_fetch_free(struct jc_git_fetch *f)
{
	jc_free(f->want);
	jc_free(f->have);
	memset(f, 0, sizeof(*f));
}

int
jc_gitproto_fetch_read(struct jc_git_fetch *out, const void *p, size_t n, size_t wants_max, size_t haves_max,
    struct jc_err *err)
{
	struct oids want = {.max = wants_max}, have = {.max = haves_max};
	struct lines l = {p, n};
	int rc;

	memset(out, 0, sizeof(*out));
	rc = wants_read(out, &l, &want, err);
	if (rc == 0)
		rc = haves_read(out, &l, &have, err);
	out->want = want.v;
	out->nwants = want.n;
	out->have = have.v;
	out->nhaves = have.n;
	if (rc < 0)
		jc_gitproto_fetch_free(out);
	return rc;
}

static void
ack(struct jc_buf *out, const struct jc_oid *oid, const char *word)
{
	size_t at;

	jc_pkt_open(out, &at);
	jc_buf_puts(out, "ACK ");
	oid_put(out, oid);
	jc_buf_puts(out, word);
	jc_buf_putc(out, '\n');
	jc_pkt_close(out, at);
}

void
jc_gitproto_fetch_acks(struct jc_buf *out, const struct jc_git_fetch *f, const uint8_t *common, int ready)
{
	static const char *const WORDS[] = {"", " continue", " common"};
	const struct jc_oid *last = NULL;

	for (size_t i = 0; i < f->nhaves; i++) {
		if (!common[i])
			continue;
		if (f->acks != 0 || last == NULL)
			ack(out, &f->have[i], WORDS[f->acks]);
		last = &f->have[i];
	}
	if (last != NULL && f->acks != 0 && ready && !f->done)
		ack(out, last, f->acks == 2 ? " ready" : " continue");
	if (!f->done && (f->acks != 0 || last == NULL))
		jc_pkt_puts(out, "NAK\n");
	else if (f->done && last == NULL)
		jc_pkt_puts(out, "NAK\n");
	else if (f->done && f->acks != 0)
		ack(out, last, "");
}

/* ---- git-receive-pack ---- */

static int
command_line(struct jc_git_command *c, struct jc_slice line, struct jc_err *err)
{
	if (starts(line, "shallow ") || starts(line, "push-cert"))
		return jc_err_set(err, JC_EFORMAT, "jc_gitproto_push_read", "%s",
		    JC_T("不收浅克隆或带签名证书的推送，请用完整的克隆推送",
		        "Pushes from shallow clones or with certificates are not taken; push from a whole clone"));
	if (line.n < 2 * JC_OID_HEX + 3 || line.p[JC_OID_HEX] != ' ' || line.p[2 * JC_OID_HEX + 1] != ' ' ||
	    jc_oid_parse(&c->old, line.p, JC_OID_HEX) < 0 ||
	    jc_oid_parse(&c->new, line.p + JC_OID_HEX + 1, JC_OID_HEX) < 0)
		return wrong(err, "jc_gitproto_push_read");
	c->ref.p = line.p + 2 * JC_OID_HEX + 2;
	c->ref.n = line.n - 2 * JC_OID_HEX - 2;
	if (!jc_gitproto_ref_ok(c->ref.p, c->ref.n))
		return jc_err_set(err, JC_EFORMAT, "jc_gitproto_push_read", "%s",
		    JC_T("推送的引用名字不合规定", "The push names a ref whose name is not well-formed"));
	return 0;
}

static int
command_read(struct jc_git_commands *out, struct jc_slice line, size_t max, struct jc_err *err)
{
	const char *nul = line.n != 0 ? memchr(line.p, '\0', line.n) : NULL;
	int rc;

	if (out->n == max)
		return jc_err_set(err, JC_ELIMIT, "jc_gitproto_push_read", "%s",
		    JC_T("一次推送的引用太多，请分几次推", "Too many refs in one push; push fewer at once"));
	if (nul != NULL) {
		struct jc_slice caps = {nul + 1, line.n - (size_t)(nul - line.p) - 1};

		if (out->n != 0)
			return wrong(err, "jc_gitproto_push_read");
		caps = chomp(caps);
		out->report = listed(caps, "report-status");
		out->band = band_of(caps);
		line.n = (size_t)(nul - line.p);
	}
	if ((rc = command_line(&out->cmd[out->n], chomp(line), err)) < 0)
		return rc;
	for (size_t i = 0; i < out->n; i++)
		if (jc_slice_eq(out->cmd[i].ref, out->cmd[out->n].ref))
			return wrong(err, "jc_gitproto_push_read");
	out->n++;
	return 0;
}

void
jc_gitproto_push_free(struct jc_git_commands *c)
{
	jc_free(c->cmd);
	memset(c, 0, sizeof(*c));
}

int
jc_gitproto_push_read(struct jc_git_commands *out, const void *p, size_t n, size_t commands_max, struct jc_err *err)
{
	struct lines l = {p, n};
	struct jc_slice line;
	int kind, rc = 0;

	memset(out, 0, sizeof(*out));
	if ((out->cmd = jc_calloc(commands_max + 1, sizeof(*out->cmd))) == NULL)
		return JC_NOMEM(err, "jc_gitproto_push_read");
	while ((kind = next(&l, &line)) == JC_LINE_DATA)
		if ((rc = command_read(out, line, commands_max, err)) < 0)
			break;
	if (rc == 0 && kind != JC_LINE_FLUSH)
		rc = wrong(err, "jc_gitproto_push_read");
	out->pack.p = l.p;
	out->pack.n = l.n;
	if (rc < 0)
		jc_gitproto_push_free(out);
	return rc;
}

/* A sentence as the rest of a line. */
static void
sentence(struct jc_buf *b, const char *s)
{
	jc_buf_put(b, s, strcspn(s, "\r\n"));
	jc_buf_putc(b, '\n');
}

static void
status_put(struct jc_buf *b, const struct jc_git_command *c, const char *unpack)
{
	const char *why = c->said != NULL ? c->said : unpack;
	size_t at;

	jc_pkt_open(b, &at);
	jc_buf_puts(b, why == NULL ? "ok " : "ng ");
	jc_buf_slice(b, c->ref);
	if (why != NULL)
		jc_buf_putc(b, ' ');
	sentence(b, why != NULL ? why : "");
	jc_pkt_close(b, at);
}

int
jc_gitproto_push_report(struct jc_buf *out, const struct jc_git_commands *c, const char *unpack, struct jc_err *err)
{
	struct jc_buf b;
	size_t at;
	int rc;

	if (!c->report)
		return 0;
	jc_buf_init(&b, 1u << 20);
	jc_pkt_open(&b, &at);
	jc_buf_puts(&b, "unpack ");
	sentence(&b, unpack != NULL ? unpack : "ok");
	jc_pkt_close(&b, at);
	for (size_t i = 0; i < c->n; i++)
		status_put(&b, &c->cmd[i], unpack);
	jc_pkt_flush(&b);
	if (c->band != 0) {
		jc_pkt_band(out, 1, b.data, b.len, c->band);
		jc_pkt_flush(out);
	} else {
		jc_buf_put(out, b.data, b.len);
	}
	rc = jc_buf_check(&b, "jc_gitproto_push_report", err);
	jc_buf_free(&b);
	return rc < 0 ? rc : jc_buf_check(out, "jc_gitproto_push_report", err);
}
