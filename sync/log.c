/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading the log, and what it keeps in memory. Everything a commit row says is fixed once stored, so
 * the caches never grow stale; they only have to be dropped when a transaction that filled them rolls
 * back, because the numbers are then given out again. What does change (which number is free, whether
 * there are copies) is read anew in every transaction.
 */
#include "log.h"
#include "sync_succession.h"

#include <string.h>

#include "../schema/schema_mem.h"

/* A miss that callers ask about; the message is for those who do not. */
int
jc_log_missing(struct jc_err *err, const char *where)
{
	return jc_err_set(err, JC_ENOTFOUND, where, "%s", JC_T("本机的记录里没有这一条", "It is not in this log"));
}

/* ---- open, close, transactions ---- */

void
jc_log_forget(struct jc_log *log)
{
	if (log->filled) {
		memset(log->info, 0, JC_LOG_COMMITS * sizeof(*log->info));
		memset(log->hash, 0, JC_LOG_COMMITS * sizeof(*log->hash));
		memset(log->place, 0, JC_LOG_PLACES * sizeof(*log->place));
		log->filled = 0;
	}
	log->next_op = 0;
	log->copies = -1;
	log->rekeyed = 0;
	log->last.n = 0;
}

/* Reads one commit back and compares it with its row: what is about to be durable is what was meant. */
static int
fresh_check(struct jc_log *log, int64_t no, struct jc_buf *object, struct jc_buf *payload, struct jc_err *err)
{
	struct jc_commit_row row;
	struct jc_commit c;
	struct jc_oid oid;
	int rc;

	jc_buf_reset(object);
	jc_buf_reset(payload);
	rc = jc_log_commit(log, no, &row, err);
	if (rc == JC_ENOTFOUND)
		return 0; /* taken back by an inner rollback */
	if (rc < 0 || (rc = jc_log_commit_bytes(log, &row, object, payload, err)) < 0 ||
	    (rc = jc_commit_parse(&c, object->data, object->len, err)) < 0 ||
	    (rc = jc_commit_attach(&c, payload->data != NULL ? payload->data : "", payload->len, err)) < 0 ||
	    (rc = jc_oid_of(&oid, JC_OBJ_COMMIT, object->data, object->len)) < 0)
		return rc;
	if (jc_oid_cmp(&oid, &row.oid) != 0 || memcmp(c.hash, row.hash, JC_HASH_LEN) != 0)
		return jc_err_code(err, JC_ECORRUPT, "jc_log_append");
	return 0;
}

static int
before_commit(void *arg, struct jc_db *db, struct jc_err *err)
{
	struct jc_log *log = arg;
	struct jc_buf object, payload;
	int rc = 0;

	(void)db;
	if (log->nfresh == 0)
		return 0;
	jc_buf_init(&object, JC_PAYLOAD_MAX);
	jc_buf_init(&payload, JC_PAYLOAD_MAX);
	for (size_t i = 0; rc == 0 && i < log->nfresh; i++)
		rc = fresh_check(log, log->fresh[i], &object, &payload, err);
	jc_buf_free(&object);
	jc_buf_free(&payload);
	return rc;
}

static void
ended(void *arg, int committed)
{
	struct jc_log *log = arg;

	log->nfresh = 0;
	if (!committed)
		jc_log_forget(log);
	log->next_op = 0;
	log->copies = -1;
	log->last.n = 0;
}

static int
label_read(struct jc_log *log, struct jc_err *err)
{
	char *label = NULL;
	int rc = jc_meta_get(log->db, "label", &label, err);

	if (rc < 0 && rc != JC_ENOTFOUND)
		return rc;
	if (rc == 0 && strlen(label) <= JC_LABEL_MAX)
		memcpy(log->label, label, strlen(label) + 1);
	else
		memcpy(log->label, "jiceng", sizeof("jiceng"));
	jc_free(label);
	return 0;
}

int
jc_log_open(struct jc_log **out, struct jc_db *db, const struct jc_key *key, struct jc_err *err)
{
	struct jc_log *log = jc_calloc(1, sizeof(*log));
	int rc = 0;

	*out = NULL;
	if (log == NULL)
		return JC_NOMEM(err, "jc_log_open");
	log->db = db;
	log->info = jc_calloc(JC_LOG_COMMITS, sizeof(*log->info));
	log->hash = jc_calloc(JC_LOG_COMMITS, sizeof(*log->hash));
	log->place = jc_calloc(JC_LOG_PLACES, sizeof(*log->place));
	if (key != NULL)
		log->key = jc_memdup(key, sizeof(*key));
	if (log->info == NULL || log->hash == NULL || log->place == NULL || (key != NULL && log->key == NULL))
		rc = JC_NOMEM(err, "jc_log_open");
	jc_log_forget(log);
	if (rc == 0 && (rc = jc_ops_reader_new(&log->reader, 0, err)) == 0 &&
	    (rc = jc_ops_reader_new(&log->draft_reader, 1, err)) == 0 &&
	    (rc = jc_id_random(log->run, jc_db_env(db), err)) == 0 && (rc = label_read(log, err)) == 0 &&
	    (rc = jc_keyring_choose(log, err)) == 0 &&
	    (rc = jc_db_on_commit(db, before_commit, log)) == 0)
		rc = jc_db_on_end(db, ended, log);
	log->put_back = log->ahead;
	if (rc < 0)
		jc_log_close(log);
	else
		*out = log;
	return rc;
}

void
jc_log_close(struct jc_log *log)
{
	if (log == NULL)
		return;
	if (log->key != NULL)
		jc_key_wipe(log->key);
	jc_free(log->key);
	jc_ops_reader_free(log->reader);
	jc_ops_reader_free(log->draft_reader);
	jc_free(log->info);
	jc_free(log->hash);
	jc_free(log->place);
	jc_free(log->fresh);
	jc_free(log);
}

struct jc_db *
jc_log_db(struct jc_log *log)
{
	return log->db;
}

const struct jc_key *
jc_log_key(const struct jc_log *log)
{
	return log->key;
}

void
jc_log_on_recount(struct jc_log *log, int (*recount)(void *arg, int64_t op, struct jc_err *err), void *arg)
{
	log->recount = recount;
	log->recount_arg = arg;
}

/* FORMAT 6: 1 to 60 bytes of UTF-8 without control characters, '<' and '>'. */
static int
label_ok(const char *s, size_t n)
{
	if (n == 0 || n > JC_LABEL_MAX || !jc_utf8_ok(s, n) || s[0] == ' ' || s[n - 1] == ' ')
		return 0;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f || s[i] == '<' || s[i] == '>')
			return 0;
	return 1;
}

int
jc_log_set_label(struct jc_log *log, const char *label, struct jc_err *err)
{
	size_t n = strlen(label);
	int rc;

	if (!label_ok(label, n))
		return jc_err_set(err, JC_EINVAL, "jc_log_set_label",
		    JC_T("电脑的名称最多%d个字节，不能有尖括号，首尾不能有空格",
		        "The label of a PC has at most %d bytes, no angle brackets and no spaces at its ends"), JC_LABEL_MAX);
	if ((rc = jc_meta_set(log->db, "label", label, err)) < 0)
		return rc;
	memcpy(log->label, label, n + 1);
	return 0;
}

/* ---- commits ---- */

int
jc_log_parents(int64_t parent[JC_PARENTS_MAX], size_t *n, const void *p, size_t len, struct jc_err *err)
{
	struct jc_rd rd;

	*n = 0;
	jc_rd_init(&rd, p, len);
	while (jc_rd_left(&rd) > 0 && !rd.bad && *n < JC_PARENTS_MAX)
		parent[(*n)++] = (int64_t)jc_rd_varint(&rd);
	if (rd.bad || jc_rd_left(&rd) > 0)
		return jc_err_code(err, JC_ECORRUPT, "jc_log_parents");
	return 0;
}

#define ROW_COLUMNS "no, scope, oid, hash, tier, device, run, seq, lamport, time, schema, first_op, nops, parents, ops"

/* Reads the columns above. */
static int
row_read(struct jc_commit_row *out, struct jc_stmt *st, struct jc_err *err)
{
	size_t noid, nhash, nrun, nparents;
	const void *oid = jc_col_blob(st, 2, &noid), *hash = jc_col_blob(st, 3, &nhash), *parents;
	const char *run = jc_col_text(st, 6, &nrun);

	if (oid == NULL || noid != JC_OID_LEN || hash == NULL || nhash != JC_HASH_LEN || run == NULL || nrun != JC_ID_LEN)
		return jc_err_code(err, JC_ECORRUPT, "jc_log_commit");
	out->no = jc_col_int(st, 0);
	out->scope = jc_col_int(st, 1);
	memcpy(out->oid.b, oid, JC_OID_LEN);
	memcpy(out->hash, hash, JC_HASH_LEN);
	out->tier = (enum jc_tier)jc_col_int(st, 4);
	out->device = jc_col_int(st, 5);
	memcpy(out->run, run, JC_ID_LEN + 1);
	out->seq = jc_col_int(st, 7);
	out->lamport = jc_col_int(st, 8);
	out->time = jc_col_int(st, 9);
	out->schema = jc_col_int(st, 10);
	out->first_op = jc_col_int(st, 11);
	out->nops = jc_col_int(st, 12);
	parents = jc_col_blob(st, 13, &nparents);
	out->ops = jc_col_int(st, 14);
	return jc_log_parents(out->parent, &out->nparents, parents, nparents, err);
}

int
jc_log_commit(struct jc_log *log, int64_t no, struct jc_commit_row *out, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT " ROW_COLUMNS " FROM log_commit WHERE no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		rc = row_read(out, st, err);
		jc_stmt_reset(st);
		return rc;
	}
	return rc < 0 ? rc : jc_log_missing(err, "jc_log_commit");
}

int
jc_log_commit_h16(struct jc_log *log, int64_t scope, const uint8_t h16[JC_H16], struct jc_commit_row *out,
    struct jc_err *err)
{
	const struct jc_cinfo *c;
	int rc = jc_log_info_h16(&c, log, scope, h16, err);

	return rc < 0 ? rc : jc_log_commit(log, c->no, out, err);
}

static struct jc_hslot *
hash_slot(struct jc_log *log, const uint8_t h16[JC_H16])
{
	uint32_t at = (uint32_t)h16[0] | (uint32_t)h16[1] << 8 | (uint32_t)h16[2] << 16;

	return &log->hash[at & (JC_LOG_COMMITS - 1)];
}

/* Columns: no, scope, device, seq, lamport, first_op, nops, tier, hash, run, device's id. */
#define INFO_COLUMNS                                                                               \
	"c.no, c.scope, c.device, c.seq, c.lamport, c.first_op, c.nops, c.tier, c.hash, c.run, d.id"   \
	" FROM log_commit c JOIN device d ON d.no = c.device"

static int
info_read(const struct jc_cinfo **out, struct jc_log *log, struct jc_stmt *st, struct jc_err *err)
{
	size_t nhash, nrun, nid;
	const void *hash = jc_col_blob(st, 8, &nhash);
	const char *run = jc_col_text(st, 9, &nrun), *id = jc_col_text(st, 10, &nid);
	struct jc_cinfo *c = &log->info[(uint64_t)jc_col_int(st, 0) & (JC_LOG_COMMITS - 1)];
	struct jc_hslot *slot;

	c->no = 0;
	if (hash == NULL || nhash != JC_HASH_LEN || run == NULL || id == NULL ||
	    jc_id_to_u64(&c->run, run, nrun) < 0 || jc_id_to_u64(&c->device_id, id, nid) < 0)
		return jc_err_code(err, JC_ECORRUPT, "jc_log_info");
	memcpy(c->hash, hash, JC_HASH_LEN);
	c->scope = jc_col_int(st, 1);
	c->device = jc_col_int(st, 2);
	c->seq = jc_col_int(st, 3);
	c->lamport = jc_col_int(st, 4);
	c->first_op = jc_col_int(st, 5);
	c->nops = jc_col_int(st, 6);
	c->tier = (enum jc_tier)jc_col_int(st, 7);
	c->no = jc_col_int(st, 0);
	slot = hash_slot(log, c->hash);
	slot->no = c->no;
	memcpy(slot->h, c->hash, JC_H16);
	log->filled = 1;
	*out = c;
	return 0;
}

int
jc_log_info(const struct jc_cinfo **out, struct jc_log *log, int64_t no, struct jc_err *err)
{
	struct jc_cinfo *c = &log->info[(uint64_t)no & (JC_LOG_COMMITS - 1)];
	struct jc_stmt *st;
	int rc;

	if (c->no == no && no > 0) {
		*out = c;
		return 0;
	}
	if ((rc = jc_db_prep(&st, log->db, "SELECT " INFO_COLUMNS " WHERE c.no = :no", err)) < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		rc = info_read(out, log, st, err);
		jc_stmt_reset(st);
		return rc;
	}
	return rc < 0 ? rc : jc_log_missing(err, "jc_log_info");
}

int
jc_log_info_h16(const struct jc_cinfo **out, struct jc_log *log, int64_t scope, const uint8_t h16[JC_H16],
    struct jc_err *err)
{
	const struct jc_hslot *slot = hash_slot(log, h16);
	uint8_t last[JC_HASH_LEN];
	struct jc_stmt *st;
	int rc;

	if (slot->no != 0 && memcmp(slot->h, h16, JC_H16) == 0) {
		if ((rc = jc_log_info(out, log, slot->no, err)) < 0)
			return rc;
		return (*out)->scope == scope ? 0 : jc_log_missing(err, "jc_log_info_h16");
	}
	/* A range of the unique index on the whole hash: the first 16 bytes and anything behind them. The `+`
	 * keeps SQLite from taking the index on the scope instead. */
	if ((rc = jc_db_prep(&st, log->db,
	         "SELECT " INFO_COLUMNS " WHERE c.hash >= :h AND c.hash <= :last AND +c.scope = :scope", err)) < 0)
		return rc;
	memcpy(last, h16, JC_H16);
	memset(last + JC_H16, 0xff, sizeof(last) - JC_H16);
	jc_bind_blob(st, ":h", h16, JC_H16);
	jc_bind_blob(st, ":last", last, sizeof(last));
	jc_bind_int(st, ":scope", scope);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		rc = info_read(out, log, st, err);
		jc_stmt_reset(st);
		return rc;
	}
	return rc < 0 ? rc : jc_log_missing(err, "jc_log_info_h16");
}

/* ---- walking ---- */

#define PAGE 32

/* Rows are read in pages, so that the callback may read, write and walk as it likes. */
static int
page_read(struct jc_log *log, int64_t scope, int64_t after, struct jc_commit_row *page, size_t *n, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "SELECT " ROW_COLUMNS " FROM log_commit WHERE scope = :scope AND no > :after ORDER BY no LIMIT :limit", err);

	*n = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":after", after);
	jc_bind_int(st, ":limit", PAGE);
	while (*n < PAGE && (rc = jc_stmt_step(st, err)) == 1)
		if ((rc = row_read(&page[(*n)++], st, err)) < 0)
			break;
	jc_stmt_reset(st);
	return rc < 0 ? rc : 0;
}

int
jc_log_walk(struct jc_log *log, int64_t scope, int64_t after,
    int (*each)(void *arg, const struct jc_commit_row *row), void *arg, struct jc_err *err)
{
	struct jc_commit_row *page = jc_calloc(PAGE, sizeof(*page));
	size_t n = PAGE;
	int rc = 0;

	if (page == NULL)
		return JC_NOMEM(err, "jc_log_walk");
	while (rc == 0 && n == PAGE) {
		if ((rc = page_read(log, scope, after, page, &n, err)) < 0)
			break;
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = each(arg, &page[i]);
		if (n != 0)
			after = page[n - 1].no;
	}
	jc_free(page);
	return rc;
}

/* ---- bytes ---- */

static int
body_read(struct jc_stmt *st, int *type, struct jc_buf *body, struct jc_err *err)
{
	int64_t size = jc_col_int(st, 1);
	size_t n;
	const void *z = jc_col_blob(st, 2, &n);

	if (type != NULL)
		*type = (int)jc_col_int(st, 0);
	if (size < 0 || z == NULL)
		return jc_err_code(err, JC_ECORRUPT, "jc_log_object");
	if (jc_zlib_unpack(body, z, n, (size_t)size, err) < 0)
		return jc_err_code(err, JC_ECORRUPT, "jc_log_object");
	return 0;
}

int
jc_log_object(struct jc_log *log, int64_t scope, const struct jc_oid *oid, int *type, struct jc_buf *body,
    struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT type, size, z FROM object WHERE scope = :scope AND oid = :oid", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_blob(st, ":oid", oid->b, JC_OID_LEN);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		rc = body_read(st, type, body, err);
		jc_stmt_reset(st);
		return rc;
	}
	return rc < 0 ? rc : jc_log_missing(err, "jc_log_object");
}

static int
payload_read(struct jc_log *log, int64_t object_no, struct jc_buf *payload, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT type, size, z FROM object WHERE no = :no", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", object_no);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		rc = body_read(st, NULL, payload, err);
		jc_stmt_reset(st);
		return rc;
	}
	return rc < 0 ? rc : jc_err_code(err, JC_ECORRUPT, "jc_log_commit_bytes");
}

int
jc_log_commit_bytes(struct jc_log *log, const struct jc_commit_row *row, struct jc_buf *object,
    struct jc_buf *payload, struct jc_err *err)
{
	int rc = 0;

	if (object != NULL && (rc = jc_log_object(log, row->scope, &row->oid, NULL, object, err)) == JC_ENOTFOUND)
		rc = jc_err_code(err, JC_ECORRUPT, "jc_log_commit_bytes");
	if (rc == 0 && payload != NULL)
		rc = payload_read(log, row->ops, payload, err);
	return rc;
}

int
jc_log_commit_stored(struct jc_log *log, const struct jc_commit_row *row, int64_t *n, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT length(z) FROM object WHERE no = :no", err);

	*n = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", row->ops);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc < 0 ? rc : jc_err_code(err, JC_ECORRUPT, "jc_log_commit_stored");
	*n = jc_col_int(st, 0);
	jc_stmt_reset(st);
	return 0;
}

/* ---- ancestry ---- */

static int
parents_of(struct jc_log *log, int64_t no, int64_t parent[JC_PARENTS_MAX], size_t *n, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT parents FROM log_commit WHERE no = :no", err);

	*n = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		size_t len;
		const void *p = jc_col_blob(st, 0, &len);

		rc = jc_log_parents(parent, n, p, len, err);
		jc_stmt_reset(st);
		return rc;
	}
	return rc < 0 ? rc : jc_err_code(err, JC_ECORRUPT, "jc_log_reaches");
}

/* Parents have smaller numbers than their children: one pass downward from b, never below a. */
int
jc_log_reaches(struct jc_log *log, int64_t b, int64_t a, struct jc_err *err)
{
	int64_t parent[JC_PARENTS_MAX];
	uint8_t *mark;
	size_t n;
	int rc = 0;

	if (a == b)
		return 1;
	if (a > b)
		return 0;
	if ((mark = jc_calloc((size_t)(b - a) / 8 + 1, 1)) == NULL)
		return JC_NOMEM(err, "jc_log_reaches");
	mark[(b - a) / 8] |= (uint8_t)(1u << ((b - a) % 8));
	for (int64_t i = b - a; rc == 0 && i > 0; i--) {
		if ((mark[i / 8] & (1u << (i % 8))) == 0)
			continue;
		rc = parents_of(log, a + i, parent, &n, err);
		for (size_t k = 0; rc == 0 && k < n; k++)
			if (parent[k] >= a && parent[k] < a + i)
				mark[(parent[k] - a) / 8] |= (uint8_t)(1u << ((parent[k] - a) % 8));
	}
	if (rc == 0)
		rc = mark[0] & 1;
	jc_free(mark);
	return rc;
}
