/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * git-upload-pack for stock clients, one scope at a time. Wants and haves are looked up among the
 * commits of this scope alone and become row numbers there, so neither of git's two known ways to steal
 * objects works (RELIABILITY 3.3): who may read the scope may read every commit in it, and no other. Objects are never deltas and
 * go out as they lie in the table. Negotiation is the plain multi_ack_detailed without "ready": a
 * branch has a few chains, its client runs out of haves after a few lines.
 */
#include <string.h>

#include "../schema/schema_mem.h"
#include "gitwire.h"
#include "sync_codec.h"
#include "sync_git.h"

#define WANTS_MAX 1024u
#define HAVES_MAX 65536u

/* ---- refs ---- */

static void
oid_put(struct jc_buf *b, const struct jc_oid *oid)
{
	char hex[JC_OID_HEX + 1];

	jc_oid_hex(hex, oid);
	jc_buf_put(b, hex, JC_OID_HEX);
}

static void
line_put(struct jc_buf *out, struct jc_buf *line)
{
	jc_pkt_put(out, line->data, line->len);
	jc_buf_reset(line);
}

static int
refs_lines(struct jc_buf *out, struct jc_buf *line, struct jc_stmt *st, const char *caps, size_t *count,
    struct jc_err *err)
{
	int rc;

	while ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n, len;
		const char *name = jc_col_text(st, 0, &len);
		const void *oid = jc_col_blob(st, 1, &n);
		struct jc_oid id;

		if (n != JC_OID_LEN) {
			jc_stmt_reset(st);
			return jc_err_code(err, JC_ECORRUPT, "jc_upload_refs");
		}
		memcpy(id.b, oid, JC_OID_LEN);
		oid_put(line, &id);
		jc_buf_putc(line, ' ');
		jc_buf_put(line, name, len);
		if ((*count)++ == 0) {
			jc_buf_putc(line, '\0');
			jc_buf_puts(line, caps);
		}
		jc_buf_putc(line, '\n');
		line_put(out, line);
	}
	return rc;
}

int
jc_upload_refs(struct jc_buf *out, struct jc_node *node, const struct jc_scope *s, int receive, struct jc_err *err)
{
	static const char fetch_caps[] = "multi_ack_detailed side-band-64k symref=HEAD:refs/heads/main"
	                                 " object-format=sha1 agent=jiceng";
	static const char push_caps[] = "report-status no-thin object-format=sha1 agent=jiceng";
	struct jc_stmt *st;
	struct jc_buf line;
	size_t count = 0;
	int rc;

	jc_buf_init(&line, 4096);
	jc_buf_puts(&line, receive ? "# service=git-receive-pack\n" : "# service=git-upload-pack\n");
	line_put(out, &line);
	jc_pkt_flush(out);
	/* HEAD first, then by name; what belongs to the branch tier is not there for anybody. */
	if ((rc = jc_db_prep(&st, node->db,
	         "SELECT 'HEAD', oid, 0 AS part, '' AS key FROM ref"
	         " WHERE scope = :scope AND name = 'refs/heads/main' AND :fetch"
	         " UNION ALL SELECT name, oid, 1, name FROM ref"
	         " WHERE scope = :scope AND (tier IS NULL OR tier > 0) AND (:fetch OR name LIKE 'refs/chains/%')"
	         " ORDER BY part, key", err)) < 0)
		goto out;
	jc_bind_int(st, ":scope", s->no);
	jc_bind_int(st, ":fetch", !receive);
	if ((rc = refs_lines(out, &line, st, receive ? push_caps : fetch_caps, &count, err)) < 0)
		goto out;
	if (count == 0) {
		jc_buf_puts(&line, "0000000000000000000000000000000000000000 capabilities^{}");
		jc_buf_putc(&line, '\0');
		jc_buf_puts(&line, receive ? push_caps : fetch_caps);
		jc_buf_putc(&line, '\n');
		line_put(out, &line);
	}
	jc_pkt_flush(out);
	rc = jc_buf_check(out, "jc_upload_refs", err);
out:
	jc_buf_free(&line);
	return rc;
}

/* ---- the request ---- */

#define BAND_PACKET 65520u /* side-band-64k */

struct fetch {
	struct jc_node *node;
	const struct jc_scope *s;
	int64_t want[WANTS_MAX];
	size_t nwants;
	int64_t *have;
	size_t nhaves;
	struct jc_buf acks;
	struct jc_oid last_common;
	int common, done, detailed, band;
	uint8_t *seen;             /* bit per commit number: 1 the client has it */
	uint8_t *sent;
	int64_t top;
	int64_t *stack, *commit;
	size_t nstack, stack_cap, ncommits, commits_cap;
};

static int
room(int64_t **v, size_t *cap, size_t need, struct jc_err *err)
{
	int64_t *p;

	if (need <= *cap)
		return 0;
	if ((p = jc_realloc(*v, (need + 64) * 2 * sizeof(*p))) == NULL)
		return JC_NOMEM(err, "jc_upload_pack");
	*v = p;
	*cap = (need + 64) * 2;
	return 0;
}

static int
wrong(struct jc_err *err, int code, const char *sentence)
{
	return jc_err_set(err, code, "jc_upload_pack", "%s", sentence);
}

/* Number of a commit of this scope by its address; 0: there is none, or none that leaves the branch. */
static int
commit_find(struct fetch *f, const struct jc_oid *oid, int64_t *no, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, f->node->db,
	    "SELECT no FROM log_commit WHERE scope = :scope AND oid = :oid AND tier > 0", err);

	*no = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", f->s->no);
	jc_bind_blob(st, ":oid", oid->b, JC_OID_LEN);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		*no = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

static int
starts(struct jc_slice s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && memcmp(s.p, word, n) == 0;
}

static int
has_cap(struct jc_slice caps, const char *cap)
{
	size_t n = strlen(cap);

	for (size_t i = 0; i + n <= caps.n; i++)
		if (i != 0 && caps.p[i - 1] == ' ' && memcmp(caps.p + i, cap, n) == 0 &&
		    (i + n == caps.n || caps.p[i + n] == ' '))
			return 1;
	return 0;
}

static int
want_line(struct fetch *f, struct jc_slice line, struct jc_err *err)
{
	struct jc_oid oid;
	int64_t no;
	int rc;

	if (line.n < 5 + JC_OID_HEX || jc_oid_parse(&oid, line.p + 5, JC_OID_HEX) < 0)
		return wrong(err, JC_EFORMAT, JC_T("请求格式不对", "The request is malformed"));
	if (f->nwants == 0) {
		struct jc_slice caps = {line.p + 5 + JC_OID_HEX, line.n - 5 - JC_OID_HEX};

		f->detailed = has_cap(caps, "multi_ack_detailed");
		f->band = has_cap(caps, "side-band-64k");
	}
	if (f->nwants == WANTS_MAX)
		return wrong(err, JC_EFORMAT, JC_T("一次要的引用太多", "Too many wants"));
	if ((rc = commit_find(f, &oid, &no, err)) < 0)
		return rc;
	if (no == 0)
		return wrong(err, JC_EDENIED, JC_T("这里没有这个提交，不能取", "There is no such commit here; fetch again"));
	f->want[f->nwants++] = no;
	return 0;
}

static int
have_line(struct fetch *f, struct jc_slice line, struct jc_err *err)
{
	struct jc_oid oid;
	int64_t no;
	int rc;

	if (line.n != 5 + JC_OID_HEX || jc_oid_parse(&oid, line.p + 5, JC_OID_HEX) < 0 || f->nhaves == HAVES_MAX)
		return wrong(err, JC_EFORMAT, JC_T("请求格式不对", "The request is malformed"));
	if ((rc = commit_find(f, &oid, &no, err)) < 0 || no == 0)
		return rc;
	if (f->have == NULL && (f->have = jc_calloc(HAVES_MAX, sizeof(*f->have))) == NULL)
		return JC_NOMEM(err, "jc_upload_pack");
	f->have[f->nhaves++] = no;
	f->common = 1;
	f->last_common = oid;
	if (f->detailed) {
		struct jc_buf b;

		jc_buf_init(&b, 128);
		jc_buf_puts(&b, "ACK ");
		oid_put(&b, &oid);
		jc_buf_puts(&b, " common\n");
		jc_pkt_put(&f->acks, b.data, b.len);
		jc_buf_free(&b);
	}
	return 0;
}

static int
request_read(struct fetch *f, const void *body, size_t n, struct jc_err *err)
{
	struct jc_slice line;
	struct jc_rd r;
	int rc = 0, type, wants = 1;

	jc_rd_init(&r, body, n);
	while (rc == 0 && !f->done && (type = jc_gitwire_next(&line, &r)) != JC_PKT_END) {
		if (type == JC_PKT_BAD)
			return wrong(err, JC_EFORMAT, JC_T("请求格式不对", "The request is malformed"));
		if (type == JC_PKT_FLUSH) {
			wants = 0;
			continue;
		}
		while (line.n != 0 && line.p[line.n - 1] == '\n')
			line.n--;
		if (wants && starts(line, "want "))
			rc = want_line(f, line, err);
		else if (!wants && starts(line, "have "))
			rc = have_line(f, line, err);
		else if (!wants && jc_slice_is(line, "done"))
			f->done = 1;
		else
			rc = wrong(err, JC_EFORMAT, JC_T("不支持浅克隆和过滤，请完整克隆",
			    "Shallow and filtered clones are not offered; clone whole"));
	}
	if (rc == 0 && f->nwants == 0)
		rc = wrong(err, JC_EFORMAT, JC_T("请求格式不对", "The request is malformed"));
	return rc;
}

/* ---- which commits ---- */

static int
bit(const uint8_t *map, int64_t no)
{
	return (map[no >> 3] >> (no & 7)) & 1;
}

static void
bit_set(uint8_t *map, int64_t no)
{
	map[no >> 3] = (uint8_t)(map[no >> 3] | 1u << (no & 7));
}

/* Marks a commit and all before it; with `list` notes those that were not marked. */
static int
mark(struct fetch *f, int64_t from, uint8_t *map, int list, struct jc_err *err)
{
	int rc;

	if (bit(map, from) || (list && bit(f->seen, from)))
		return 0;
	if ((rc = room(&f->stack, &f->stack_cap, 1, err)) < 0)
		return rc;
	f->nstack = 0;
	f->stack[f->nstack++] = from;
	bit_set(map, from);
	while (f->nstack != 0) {
		int64_t no = f->stack[--f->nstack];
		struct jc_commit_row row;

		if ((rc = jc_log_commit(f->node->log, no, &row, err)) < 0 ||
		    (rc = room(&f->stack, &f->stack_cap, f->nstack + row.nparents, err)) < 0 ||
		    (rc = room(&f->commit, &f->commits_cap, f->ncommits + 1, err)) < 0)
			return rc == JC_ENOTFOUND ? jc_err_code(err, JC_ECORRUPT, "jc_upload_pack") : rc;
		if (list)
			f->commit[f->ncommits++] = no;
		for (size_t i = 0; i < row.nparents; i++)
			if (!bit(map, row.parent[i]) && !(list && bit(f->seen, row.parent[i]))) {
				bit_set(map, row.parent[i]);
				f->stack[f->nstack++] = row.parent[i];
			}
	}
	return 0;
}

static int
choose(struct fetch *f, struct jc_err *err)
{
	int rc = jc_db_int(f->node->db, &f->top, "SELECT coalesce(max(no), 0) FROM log_commit", err);

	if (rc < 0)
		return rc;
	f->seen = jc_calloc((size_t)f->top / 8 + 1, 1);
	f->sent = jc_calloc((size_t)f->top / 8 + 1, 1);
	if (f->seen == NULL || f->sent == NULL)
		return JC_NOMEM(err, "jc_upload_pack");
	for (size_t i = 0; rc >= 0 && i < f->nhaves; i++)
		rc = mark(f, f->have[i], f->seen, 0, err);
	for (size_t i = 0; rc >= 0 && i < f->nwants; i++)
		rc = mark(f, f->want[i], f->sent, 1, err);
	return rc;
}

/* ---- the pack ---- */

struct objects {
	int64_t *no;
	size_t n, cap;
	uint8_t *seen;
};

static int
object_add(struct fetch *f, struct objects *o, const struct jc_oid *oid, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t no = 0;
	int rc = jc_db_prep(&st, f->node->db, "SELECT no FROM object WHERE scope = :scope AND oid = :oid", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", f->s->no);
	jc_bind_blob(st, ":oid", oid->b, JC_OID_LEN);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		no = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	if (rc < 0 || no == 0)
		return rc < 0 ? rc : jc_err_code(err, JC_ECORRUPT, "jc_upload_pack");
	if (bit(o->seen, no))
		return 0;
	bit_set(o->seen, no);
	if ((rc = room(&o->no, &o->cap, o->n + 1, err)) == 0)
		o->no[o->n++] = no;
	return rc;
}

static int
blob_oid(struct fetch *f, int64_t object, struct jc_oid *oid, struct jc_err *err)
{
	struct jc_stmt *st;
	size_t n = 0;
	int rc = jc_db_prep(&st, f->node->db, "SELECT oid FROM object WHERE no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", object);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		const void *p = jc_col_blob(st, 0, &n);

		if (n == JC_OID_LEN)
			memcpy(oid->b, p, n);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : n == JC_OID_LEN ? 0 : jc_err_code(err, JC_ECORRUPT, "jc_upload_pack");
}

/* Commit, tree and operations of one commit. */
static int
commit_objects(struct fetch *f, struct objects *o, int64_t no, struct jc_err *err)
{
	struct jc_commit_row row;
	struct jc_oid blob, tree;
	struct jc_buf body;
	int rc;

	if ((rc = jc_log_commit(f->node->log, no, &row, err)) < 0 || (rc = object_add(f, o, &row.oid, err)) < 0 ||
	    (rc = blob_oid(f, row.ops, &blob, err)) < 0)
		return rc;
	jc_buf_init(&body, 64);
	jc_commit_tree(&body, &blob);
	if ((rc = jc_buf_check(&body, "jc_upload_pack", err)) == 0 &&
	    (rc = jc_oid_of(&tree, JC_OBJ_TREE, body.data, body.len)) == 0 && (rc = object_add(f, o, &tree, err)) == 0)
		rc = object_add(f, o, &blob, err);
	jc_buf_free(&body);
	return rc;
}

static int
pack_make(struct fetch *f, struct jc_buf *pack, int64_t *count, struct jc_err *err)
{
	struct objects o = {0};
	struct jc_pack_writer w;
	int64_t top;
	int rc;

	if ((rc = jc_db_int(f->node->db, &top, "SELECT coalesce(max(no), 0) FROM object", err)) < 0)
		return rc;
	if ((o.seen = jc_calloc((size_t)top / 8 + 1, 1)) == NULL)
		return JC_NOMEM(err, "jc_upload_pack");
	for (size_t i = 0; rc >= 0 && i < f->ncommits; i++)
		rc = commit_objects(f, &o, f->commit[i], err);
	if (rc < 0)
		goto out;
	if ((rc = jc_pack_write_begin(&w, pack, (uint32_t)o.n, err)) < 0)
		goto out;
	for (size_t i = 0; rc >= 0 && i < o.n; i++) {
		struct jc_stmt *st;
		size_t n;
		const void *z;

		if ((rc = jc_db_prep(&st, f->node->db, "SELECT type, size, z FROM object WHERE no = :no", err)) < 0)
			break;
		jc_bind_int(st, ":no", o.no[i]);
		if ((rc = jc_stmt_step(st, err)) != 1) {
			rc = rc < 0 ? rc : jc_err_code(err, JC_ECORRUPT, "jc_upload_pack");
			break;
		}
		z = jc_col_blob(st, 2, &n);
		rc = jc_pack_write_entry(&w, pack, (enum jc_objtype)jc_col_int(st, 0), (size_t)jc_col_int(st, 1), z, n, err);
		jc_stmt_reset(st);
	}
	if (rc >= 0)
		rc = jc_pack_write_end(&w, pack, err);
	*count = (int64_t)o.n;
out:
	jc_free(o.no);
	jc_free(o.seen);
	return rc < 0 ? rc : 0;
}

static int
answer(struct fetch *f, struct jc_buf *out, int64_t *objects, struct jc_err *err)
{
	struct jc_buf pack, b;
	int rc;

	if (!f->done) {
		jc_buf_put(out, f->acks.data, f->acks.len);
		jc_pkt_put(out, "NAK\n", 4);
		return jc_buf_check(out, "jc_upload_pack", err);
	}
	jc_buf_init(&pack, JC_GIT_PACK_MAX);
	if ((rc = choose(f, err)) < 0 || (rc = pack_make(f, &pack, objects, err)) < 0)
		goto out;
	if (f->detailed)
		jc_buf_put(out, f->acks.data, f->acks.len);
	if (f->common) {
		jc_buf_init(&b, 64);
		jc_buf_puts(&b, "ACK ");
		oid_put(&b, &f->last_common);
		jc_buf_putc(&b, '\n');
		jc_pkt_put(out, b.data, b.len);
		jc_buf_free(&b);
	} else {
		jc_pkt_put(out, "NAK\n", 4);
	}
	if (f->band)
		jc_pkt_band(out, 1, pack.data, pack.len, BAND_PACKET);
	else
		jc_buf_put(out, pack.data, pack.len);
	if (f->band)
		jc_pkt_flush(out);
	rc = jc_buf_check(out, "jc_upload_pack", err);
out:
	jc_buf_free(&pack);
	return rc;
}

int
jc_upload_pack(struct jc_buf *out, struct jc_node *node, const struct jc_scope *s, const void *body, size_t n,
    int64_t *objects, struct jc_err *err)
{
	struct fetch *f = jc_calloc(1, sizeof(*f));
	struct jc_err why = {0};
	int64_t count = 0;
	int rc;

	if (f == NULL)
		return JC_NOMEM(err, "jc_upload_pack");
	f->node = node;
	f->s = s;
	jc_buf_init(&f->acks, 8u << 20);
	rc = request_read(f, body, n, &why);
	if (rc >= 0)
		rc = answer(f, out, &count, &why);
	else if (rc == JC_EFORMAT || rc == JC_EDENIED)
		jc_pkt_err(out, why.msg);
	if (rc < 0 && err != NULL)
		*err = why;
	if (objects != NULL)
		*objects = count;
	jc_buf_free(&f->acks);
	jc_free(f->have);
	jc_free(f->seen);
	jc_free(f->sent);
	jc_free(f->stack);
	jc_free(f->commit);
	jc_free(f);
	return rc < 0 ? rc : 0;
}
