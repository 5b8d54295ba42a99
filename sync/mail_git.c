/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The client's half of git's smart HTTP, protocol version 0, as far as a mailbox needs it: stateless, no side band. */
#include <string.h>

#include "gitwire.h"
#include "sync_mailbox.h"

#define WHERE "jc_mail_git"
#define SERVICE "# service=git-upload-pack"

static int
no_git(struct jc_err *err)
{
	return jc_err_set(err, JC_EFORMAT, WHERE, "%s",
	    JC_T("这个网址上没有 git 仓库，请核对信箱的网址", "There is no git repository at this address; check the mailbox's address"));
}

static void
trim(struct jc_slice *line)
{
	while (line->n != 0 && line->p[line->n - 1] == '\n')
		line->n--;
}

static int
begins(struct jc_slice s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && memcmp(s.p, word, n) == 0;
}

/* The server's own sentence, when it is one. */
static int
server_says(struct jc_slice said, int code, struct jc_err *err)
{
	trim(&said);
	if (said.n == 0 || said.n > 300 || !jc_utf8_ok(said.p, said.n))
		return jc_err_code(err, code, WHERE);
	jc_err_set(err, code, WHERE, "%s", JC_T("信箱的服务器没有接受", "The mailbox's server did not accept it"));
	return jc_err_cause(err, "%.*s", (int)said.n, said.p);
}

/* `<oid> <name>`, with the server's abilities behind a NUL on the first one. */
static int
ref_read(struct jc_mail *m, struct jc_slice line, struct jc_err *err)
{
	const char *nul = line.n != 0 ? memchr(line.p, '\0', line.n) : NULL;
	struct jc_oid oid;

	if (nul != NULL)
		line.n = (size_t)(nul - line.p);
	trim(&line);
	if (line.n < JC_OID_HEX + 2 || line.p[JC_OID_HEX] != ' ' || jc_oid_parse(&oid, line.p, JC_OID_HEX) < 0)
		return no_git(err);
	line.p += JC_OID_HEX + 1;
	line.n -= JC_OID_HEX + 1;
	return jc_oid_is_null(&oid) ? 0 : jc_mail_there(m, line, &oid, err);
}

int
jc_mail_git_refs(struct jc_mail *m, const void *body, size_t n, struct jc_err *err)
{
	struct jc_slice line;
	struct jc_rd r;
	int rc, type;

	jc_rd_init(&r, body, n);
	if (jc_gitwire_next(&line, &r) != JC_PKT_LINE || !begins(line, SERVICE) || jc_gitwire_next(&line, &r) != JC_PKT_FLUSH)
		return no_git(err);
	while ((type = jc_gitwire_next(&line, &r)) == JC_PKT_LINE) {
		if (begins(line, "ERR "))
			return server_says((struct jc_slice){line.p + 4, line.n - 4}, JC_EDENIED, err);
		if ((rc = ref_read(m, line, err)) < 0)
			return rc;
	}
	return type == JC_PKT_FLUSH ? 0 : no_git(err);
}

static void
oid_line(struct jc_buf *out, const char *word, const struct jc_oid *oid)
{
	char hex[JC_OID_HEX + 1], line[JC_OID_HEX + 16];
	size_t n = strlen(word);

	jc_oid_hex(hex, oid);
	memcpy(line, word, n);
	memcpy(line + n, hex, JC_OID_HEX);
	line[n + JC_OID_HEX] = '\n';
	jc_pkt_put(out, line, n + JC_OID_HEX + 1);
}

void
jc_mail_git_request(struct jc_buf *out, const struct jc_mail_list *want, const struct jc_mail_list *have)
{
	for (size_t i = 0; i < want->n; i++)
		oid_line(out, "want ", &want->v[i].oid);
	jc_pkt_flush(out);
	for (size_t i = 0; i < have->n; i++)
		oid_line(out, "have ", &have->v[i].oid);
	jc_pkt_puts(out, "done\n");
}

int
jc_mail_git_pack(struct jc_slice *pack, const void *body, size_t n, struct jc_err *err)
{
	struct jc_slice line;
	struct jc_rd r;

	jc_rd_init(&r, body, n);
	while (jc_rd_left(&r) >= 4 && memcmp(r.p, "PACK", 4) != 0) {
		if (jc_gitwire_next(&line, &r) != JC_PKT_LINE)
			return no_git(err);
		if (begins(line, "ERR "))
			return server_says((struct jc_slice){line.p + 4, line.n - 4}, JC_EFORMAT, err);
		if (!begins(line, "NAK") && !begins(line, "ACK "))
			return no_git(err);
	}
	if (jc_rd_left(&r) < 4)
		return no_git(err);
	*pack = (struct jc_slice){(const char *)r.p, jc_rd_left(&r)};
	return 0;
}

int
jc_mail_git_push(struct jc_buf *out, const struct jc_mail *m, struct jc_err *err)
{
	struct jc_buf line;
	int rc;

	jc_buf_init(&line, 1024);
	for (size_t i = 0; i < m->give.n; i++) {
		char hex[JC_OID_HEX + 1];

		jc_buf_reset(&line);
		jc_oid_hex(hex, &m->give.v[i].old);
		jc_buf_putf(&line, "%s ", hex);
		jc_oid_hex(hex, &m->give.v[i].oid);
		jc_buf_putf(&line, "%s %s", hex, m->give.v[i].name);
		if (i == 0) {
			jc_buf_putc(&line, '\0');
			jc_buf_puts(&line, "report-status");
		}
		jc_pkt_put(out, line.data, line.len);
	}
	jc_pkt_flush(out);
	jc_buf_put(out, m->pack.data, m->pack.len);
	rc = jc_buf_check(&line, WHERE, err);
	jc_buf_free(&line);
	return rc < 0 ? rc : jc_buf_check(out, WHERE, err);
}

int
jc_mail_git_report(const void *body, size_t n, struct jc_err *err)
{
	struct jc_slice line;
	struct jc_rd r;
	int type;

	jc_rd_init(&r, body, n);
	if (jc_gitwire_next(&line, &r) != JC_PKT_LINE || !begins(line, "unpack "))
		return no_git(err);
	trim(&line);
	if (line.n != sizeof("unpack ok") - 1 || !begins(line, "unpack ok"))
		return server_says((struct jc_slice){line.p + 7, line.n - 7}, JC_EDENIED, err);
	while ((type = jc_gitwire_next(&line, &r)) == JC_PKT_LINE)
		if (!begins(line, "ok "))
			return server_says((struct jc_slice){line.p + 3, line.n - 3}, JC_ESTALE, err);
	return type == JC_PKT_FLUSH ? 0 : no_git(err);
}
