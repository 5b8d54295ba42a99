/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * git-receive-pack for stock clients. A push is a pack of whole commits and a few commands that say
 * where chains should end. The log decides what a commit is worth, as with every other way in; the
 * commands only have to agree with it: the ref is the chain's own, it moves forward, nothing is
 * deleted. A refusal is one sentence in report-status, and it refuses one ref: commits admitted before
 * stay, other refs do not notice.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "gitwire.h"
#include "sync_git.h"

#define COMMANDS_MAX 64u
#define REF_MAX 63u

struct command {
	struct jc_oid old, new;
	char ref[REF_MAX + 1];
	int found;                /* its commit is in the pack */
	struct jc_err why;        /* code 0: taken */
};

struct jc_git_push {
	jc_id device;
	struct jc_scope s;
	struct command cmd[COMMANDS_MAX];
	size_t ncmds;
	struct jc_intake_item *item;
	size_t nitems;
	struct jc_err *item_err;  /* per item: why it was refused */
	struct jc_err unpack;     /* code 0: the pack could be read */
	int spoilt;               /* the item to leave out of the next try + 1 */
};

void
jc_receive_free(struct jc_git_push *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->nitems; i++)
		jc_intake_item_free(&p->item[i]);
	jc_free(p->item);
	jc_free(p->item_err);
	jc_free(p);
}

/* ---- reading ---- */

static int
wrong(struct jc_err *err, const char *sentence)
{
	return jc_err_set(err, JC_EFORMAT, "jc_receive", "%s", sentence);
}

static int
is_null(const struct jc_oid *oid)
{
	static const struct jc_oid none;

	return jc_oid_cmp(oid, &none) == 0;
}

/* refs/chains/<tier>/<device>/<chain>, tier county or city, and nothing else. */
static int
ref_ok(const char *ref)
{
	static const char prefix[] = "refs/chains/";
	const char *p = ref + sizeof(prefix) - 1, *slash;
	enum jc_tier tier;

	if (strncmp(ref, prefix, sizeof(prefix) - 1) != 0 || (slash = strchr(p, '/')) == NULL ||
	    jc_tier_parse(&tier, p, (size_t)(slash - p)) < 0 || tier == JC_TIER_BRANCH)
		return 0;
	p = slash + 1;
	return strlen(p) == 2 * JC_ID_LEN + 1 && p[JC_ID_LEN] == '/' && jc_id_ok(p, JC_ID_LEN) &&
	    jc_id_ok(p + JC_ID_LEN + 1, JC_ID_LEN);
}

static int
command_read(struct jc_git_push *p, struct jc_slice line, struct jc_err *err)
{
	struct command *c = &p->cmd[p->ncmds];
	const char *nul = line.n != 0 ? memchr(line.p, '\0', line.n) : NULL;
	size_t n;

	if (nul != NULL)
		line.n = (size_t)(nul - line.p);
	while (line.n != 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (p->ncmds == COMMANDS_MAX)
		return wrong(err, JC_T("一次推送的引用太多", "Too many refs in one push"));
	if (line.n < 2 * JC_OID_HEX + 3 || line.p[JC_OID_HEX] != ' ' || line.p[2 * JC_OID_HEX + 1] != ' ' ||
	    jc_oid_parse(&c->old, line.p, JC_OID_HEX) < 0 ||
	    jc_oid_parse(&c->new, line.p + JC_OID_HEX + 1, JC_OID_HEX) < 0)
		return wrong(err, JC_T("请求格式不对", "The request is malformed"));
	n = line.n - 2 * JC_OID_HEX - 2;
	p->ncmds++;
	if (n > REF_MAX) {
		memcpy(c->ref, "refs/?", 7);
		(void)wrong(&c->why, JC_T("引用的名字太长", "The ref's name is too long"));
		return 0;
	}
	memcpy(c->ref, line.p + 2 * JC_OID_HEX + 2, n);
	c->ref[n] = '\0';
	if (!jc_utf8_ok(c->ref, n) || strlen(c->ref) != n)
		return wrong(err, JC_T("请求格式不对", "The request is malformed"));
	if (is_null(&c->new))
		(void)jc_err_set(&c->why, JC_EDENIED, "jc_receive", "%s", JC_T("不能删除引用，什么都不会丢", "Refs are never deleted"));
	else if (!ref_ok(c->ref))
		(void)jc_err_set(&c->why, JC_EDENIED, "jc_receive", "%s",
		    JC_T("只能推送设备自己的 refs/chains/ 引用", "Only chain refs (refs/chains/...) can be pushed"));
	return 0;
}

static int
push_read(struct jc_git_push *p, const void *body, size_t n, struct jc_err *err)
{
	struct jc_slice line;
	struct jc_rd r;
	int type, rc = 0, packed = 0;

	jc_rd_init(&r, body, n);
	while ((type = jc_gitwire_next(&line, &r)) == JC_PKT_LINE)
		if ((rc = command_read(p, line, err)) < 0)
			return rc;
	if (type != JC_PKT_FLUSH)
		return wrong(err, JC_T("请求不完整", "The request is incomplete"));
	for (size_t i = 0; i < p->ncmds; i++)
		packed |= !is_null(&p->cmd[i].new);
	if (!packed || jc_rd_left(&r) == 0)
		return packed ? wrong(err, JC_T("没有附带内容", "The pack is missing")) : 0;
	return jc_intake_pack(&p->item, &p->nitems, r.p, jc_rd_left(&r), err);
}

int
jc_receive_decode(struct jc_git_push **out, struct jc_node *reader, const char *device, const struct jc_scope *s,
    const void *body, size_t n, struct jc_err *err)
{
	struct jc_git_push *p = jc_calloc(1, sizeof(*p));
	int rc;

	(void)reader;
	*out = NULL;
	if (p == NULL)
		return JC_NOMEM(err, "jc_receive_decode");
	memcpy(p->device, device, strlen(device) < JC_ID_LEN ? strlen(device) : JC_ID_LEN);
	p->s = *s;
	rc = push_read(p, body, n, &p->unpack);
	if (rc < 0 && !jc_intake_refused(rc)) {
		if (err != NULL)
			*err = p->unpack;
		jc_receive_free(p);
		return rc;
	}
	if ((p->item_err = jc_calloc(p->nitems + 1, sizeof(*p->item_err))) == NULL) {
		jc_receive_free(p);
		return JC_NOMEM(err, "jc_receive_decode");
	}
	*out = p;
	return 0;
}

/* ---- taking in ---- */

/* Present value of a ref; all zero when there is none. */
static int
ref_value(struct jc_node *node, int64_t scope, const char *ref, struct jc_oid *oid, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, "SELECT oid FROM ref WHERE scope = :scope AND name = :name", err);

	memset(oid, 0, sizeof(*oid));
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_str(st, ":name", ref);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n;
		const void *p = jc_col_blob(st, 0, &n);

		if (n == JC_OID_LEN)
			memcpy(oid->b, p, n);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

static int
items_admit(struct jc_git_push *p, struct jc_node *writer, struct jc_err *err)
{
	for (size_t i = 0; i < p->nitems; i++) {
		struct jc_err *why = &p->item_err[i];
		int64_t no;
		int rc, fresh;

		memset(why, 0, sizeof(*why));
		if (p->spoilt == (int)i + 1) {
			(void)wrong(why, JC_T("上级的程序读不懂这次提交", "The hub's program cannot read this commit"));
			continue;
		}
		rc = jc_intake_admit(writer, &p->s, &p->item[i], p->device, &no, &fresh, why);
		if (rc < 0 && !jc_intake_refused(rc)) {
			if (rc == JC_ECORRUPT)
				p->spoilt = (int)i + 1;
			if (err != NULL)
				*err = *why;
			return rc;
		}
	}
	return 0;
}

static size_t
item_find(const struct jc_git_push *p, const struct jc_oid *oid)
{
	size_t i = 0;

	while (i < p->nitems && jc_oid_cmp(&p->item[i].c.oid, oid) != 0)
		i++;
	return i;
}

/* Why the chain below `oid` was not taken: the reason of the lowest item that was refused. */
static const struct jc_err *
chain_reason(const struct jc_git_push *p, const struct jc_oid *oid)
{
	const struct jc_err *why = NULL;

	for (size_t i = item_find(p, oid); i < p->nitems; i = item_find(p, &p->item[i].c.parent[0])) {
		if (p->item_err[i].code != 0)
			why = &p->item_err[i];
		if (p->item[i].c.nparents == 0)
			break;
	}
	return why;
}

static int
command_judge(struct jc_git_push *p, struct command *c, struct jc_node *writer, struct jc_err *err)
{
	const struct jc_err *why;
	struct jc_oid now;
	int rc;

	if (c->why.code != 0)
		return 0;
	if ((rc = ref_value(writer, p->s.no, c->ref, &now, err)) < 0)
		return rc;
	if (jc_oid_cmp(&now, &c->new) == 0)
		return 0;
	if ((why = chain_reason(p, &c->new)) != NULL)
		c->why = *why;
	else if (item_find(p, &c->new) == p->nitems)
		(void)wrong(&c->why, JC_T("推送里没有这个提交", "The commit is not in the pack"));
	else
		(void)jc_err_set(&c->why, JC_EDENIED, "jc_receive", "%s",
		    JC_T("提交已收下，但不在这个引用上，请先 git fetch", "The commit is stored, but belongs to another ref; fetch first"));
	return 0;
}

int
jc_receive_apply(struct jc_git_push *p, struct jc_node *writer, struct jc_err *err)
{
	int rc, end;

	if (p->unpack.code != 0)
		return 0;
	if ((rc = jc_db_begin(writer->db, err)) < 0)
		return rc;
	for (size_t i = 0; rc >= 0 && i < p->ncmds; i++) {
		struct command *c = &p->cmd[i];
		struct jc_oid now;

		if ((rc = ref_value(writer, p->s.no, c->ref, &now, err)) >= 0 && c->why.code == 0 &&
		    jc_oid_cmp(&now, &c->old) != 0 && jc_oid_cmp(&now, &c->new) != 0)
			(void)jc_err_set(&c->why, JC_ESTALE, "jc_receive", "%s",
			    JC_T("上级的这个引用已经前进，请先 git fetch", "The ref has moved on; fetch first"));
	}
	if (rc >= 0)
		rc = items_admit(p, writer, err);
	for (size_t i = 0; rc >= 0 && i < p->ncmds; i++)
		rc = command_judge(p, &p->cmd[i], writer, err);
	end = jc_db_end(writer->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- report ---- */

static void
sentence_put(struct jc_buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		jc_buf_putc(b, *s == '\n' ? ' ' : *s);
	jc_buf_putc(b, '\n');
}

int
jc_receive_report(struct jc_buf *out, const struct jc_git_push *p, struct jc_err *err)
{
	struct jc_buf line;
	int rc;

	jc_buf_init(&line, 4096);
	jc_buf_puts(&line, "unpack ");
	sentence_put(&line, p->unpack.code == 0 ? "ok" : p->unpack.msg);
	jc_pkt_put(out, line.data, line.len);
	for (size_t i = 0; i < p->ncmds; i++) {
		const struct command *c = &p->cmd[i];
		const struct jc_err *why = p->unpack.code != 0 ? &p->unpack : &c->why;

		jc_buf_reset(&line);
		jc_buf_puts(&line, why->code == 0 ? "ok " : "ng ");
		jc_buf_puts(&line, c->ref);
		if (why->code != 0)
			jc_buf_putc(&line, ' ');
		sentence_put(&line, why->code != 0 ? why->msg : "");
		jc_pkt_put(out, line.data, line.len);
	}
	jc_pkt_flush(out);
	rc = jc_buf_check(&line, "jc_receive_report", err);
	jc_buf_free(&line);
	return rc < 0 ? rc : jc_buf_check(out, "jc_receive_report", err);
}
