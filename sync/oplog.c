/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Operation numbers. A number is given out once, to a draft or to an operation that was taken in, and
 * means that operation for ever; `oprange` says in which commit it stands since it was cut. Copies of
 * one operation (FORMAT 4) each have a number, and op_same leads to the one that counts here, the first
 * seen. What the others know it by is the smallest of the copies' ids, which this file works out.
 */
#include "log.h"

#include <string.h>

#include "../schema/schema_mem.h"

/* Longest reference in a payload: 22 characters, a point, an index below 4,096. */
#define REF_MAX 27
/* What `"n":1000000,` may add to the last line of a batch. */
#define COUNT_MAX 12

/* ---- numbers and places ---- */

int
jc_log_reserve(struct jc_log *log, int64_t n, int64_t *first, struct jc_err *err)
{
	int rc = 0;

	if (log->next_op == 0)
		rc = jc_db_int(log->db, &log->next_op,
		    "SELECT max(coalesce((SELECT first + n FROM oprange ORDER BY first DESC LIMIT 1), 1),"
		    "           coalesce((SELECT max(op) + 1 FROM draft), 1))", err);
	if (rc < 0)
		return rc;
	*first = log->next_op;
	log->next_op += n;
	if (jc_db_depth(log->db) == 0)
		log->next_op = 0; /* only a look: nothing was reserved */
	return 0;
}

int
jc_log_place(struct jc_log *log, int64_t no, struct jc_place *out, struct jc_err *err)
{
	struct jc_place *slot = &log->place[(uint64_t)no & (JC_LOG_PLACES - 1)];
	struct jc_stmt *st;
	int rc;

	if (slot->op == no && no > 0) {
		*out = *slot;
		return 0;
	}
	if ((rc = jc_db_prep(&st, log->db,
	         "SELECT first, n, commit_no, idx FROM oprange WHERE first <= :no ORDER BY first DESC LIMIT 1", err)) < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		int64_t at = no - jc_col_int(st, 0);

		rc = at < jc_col_int(st, 1);
		*out = (struct jc_place){no, jc_col_int(st, 2), jc_col_int(st, 3) + at};
		jc_stmt_reset(st);
	}
	if (rc < 0)
		return rc;
	if (rc == 0)
		return JC_ENOTFOUND; /* a draft, mostly: not worth a sentence */
	*slot = *out;
	log->filled = 1;
	return 0;
}

int
jc_log_number(struct jc_log *log, const struct jc_cinfo *c, int64_t idx, int64_t *no, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if (idx < 0 || idx >= c->nops)
		return jc_log_missing(err, "jc_log_number");
	if (c->first_op != 0) {
		*no = c->first_op + idx;
		return 0;
	}
	if ((rc = jc_db_prep(&st, log->db,
	         "SELECT first, idx FROM oprange WHERE commit_no = :no AND idx <= :idx ORDER BY idx DESC LIMIT 1", err)) < 0)
		return rc;
	jc_bind_int(st, ":no", c->no);
	jc_bind_int(st, ":idx", idx);
	if ((rc = jc_stmt_step(st, err)) < 0)
		return rc;
	if (rc == 0)
		return jc_err_code(err, JC_ECORRUPT, "jc_log_number");
	*no = jc_col_int(st, 0) + idx - jc_col_int(st, 1);
	jc_stmt_reset(st);
	return 0;
}

int
jc_log_op_find(struct jc_log *log, int64_t scope, const uint8_t h16[JC_H16], int64_t idx, int64_t *no,
    struct jc_err *err)
{
	const struct jc_cinfo *c;
	int rc;

	if ((rc = jc_log_info_h16(&c, log, scope, h16, err)) < 0 || (rc = jc_log_number(log, c, idx, no, err)) < 0)
		return rc;
	return jc_log_op_same(log, *no, no, err);
}

int
jc_log_ref_resolve(struct jc_log *log, const struct jc_opread *at, const struct jc_opref *ref, int64_t *no,
    struct jc_err *err)
{
	const struct jc_cinfo *c;
	int rc;

	switch (ref->kind) {
	case JC_REF_LOCAL:
		if (at->commit_no != 0)
			return jc_err_code(err, JC_ECORRUPT, "jc_log_ref_resolve");
		*no = ref->n;
		return 0;
	case JC_REF_SAME:
		if (at->commit_no == 0 || ref->n >= at->idx)
			return jc_log_missing(err, "jc_log_ref_resolve");
		if ((rc = jc_log_info(&c, log, at->commit_no, err)) < 0)
			return rc;
		return jc_log_number(log, c, ref->n, no, err);
	case JC_REF_HASH:
		return jc_log_op_find(log, at->scope, ref->h, ref->n, no, err);
	}
	return jc_err_code(err, JC_EINTERNAL, "jc_log_ref_resolve");
}

/* ---- drafts ---- */

static int
run_insert(struct jc_log *log, const struct jc_run *run, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "INSERT INTO batch(scope, id, op, n, place) VALUES(:scope, :id, :op, :n, :place)", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", run->scope);
	jc_bind_text(st, ":id", run->id, JC_ID_LEN);
	jc_bind_int(st, ":op", run->op);
	jc_bind_int(st, ":n", run->n);
	jc_bind_int(st, ":place", run->place);
	return jc_stmt_run(st, err);
}

/* The newest run of a batch; out->n 0: none. */
static int
run_newest(struct jc_run *out, struct jc_log *log, int64_t scope, const jc_id id, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "SELECT op, n, place FROM batch WHERE scope = :scope AND id = :id ORDER BY op DESC LIMIT 1", err);

	out->n = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_text(st, ":id", id, JC_ID_LEN);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc;
	out->scope = scope;
	memcpy(out->id, id, sizeof(out->id));
	out->op = jc_col_int(st, 0);
	out->n = jc_col_int(st, 1);
	out->place = jc_col_int(st, 2);
	jc_stmt_reset(st);
	return 0;
}

/* A draft joins the run of its batch, or begins one. */
static int
draft_run(struct jc_log *log, int64_t scope, int64_t no, const struct jc_op *op, struct jc_err *err)
{
	struct jc_run *run = &log->last;
	struct jc_stmt *st;
	int rc;

	if ((run->n == 0 || run->scope != scope || strcmp(run->id, op->batch) != 0) &&
	    (rc = run_newest(run, log, scope, op->batch, err)) < 0)
		return rc;
	if (run->n != 0 && no >= run->op && no < run->op + run->n)
		return 0; /* stored again */
	if (run->n == 0 || no != run->op + run->n || op->place != run->place + run->n) {
		*run = (struct jc_run){.scope = scope, .op = no, .n = 1, .place = op->place};
		memcpy(run->id, op->batch, sizeof(run->id));
		return run_insert(log, run, err);
	}
	if ((rc = jc_db_prep(&st, log->db,
	         "UPDATE batch SET n = :n WHERE scope = :scope AND id = :id AND op = :op", err)) < 0)
		return rc;
	jc_bind_int(st, ":n", ++run->n);
	jc_bind_int(st, ":scope", scope);
	jc_bind_text(st, ":id", run->id, JC_ID_LEN);
	jc_bind_int(st, ":op", run->op);
	return jc_stmt_run(st, err);
}

/* Length of the line, with LF, when every reference has its longest form. */
static size_t
cut_length(const struct jc_op *op, size_t n)
{
	size_t refs = op->has_origin != 0;

	for (size_t i = 0; i < op->nnames; i++)
		refs += op->names[i].nrefs;
	return n + 1 + refs * (REF_MAX - 2) + (op->count == 0 ? COUNT_MAX : 0);
}

int
jc_log_draft(struct jc_log *log, int64_t scope, enum jc_tier tier, int64_t op, const char *line, size_t n,
    struct jc_err *err)
{
	struct jc_op parsed;
	struct jc_stmt *st;
	int rc;

	jc_ops_begin(log->draft_reader, line, n);
	if ((rc = jc_ops_next(log->draft_reader, &parsed, err)) != 1)
		return rc < 0 ? rc : jc_err_code(err, JC_EFORMAT, "jc_log_draft");
	if (cut_length(&parsed, n) > JC_LINE_MAX)
		return jc_err_code(err, JC_ELIMIT, "jc_log_draft");
	jc_db_log_window(log->db, 1);
	rc = jc_db_prep(&st, log->db,
	    "INSERT INTO draft(op, scope, tier, line) VALUES(:op, :scope, :tier, :line)"
	    " ON CONFLICT(op) DO UPDATE SET scope = excluded.scope, tier = excluded.tier, line = excluded.line", err);
	if (rc == 0) {
		jc_bind_int(st, ":op", op);
		jc_bind_int(st, ":scope", scope);
		jc_bind_int(st, ":tier", (int64_t)tier);
		jc_bind_blob(st, ":line", line, n);
		rc = jc_stmt_run(st, err);
	}
	if (rc == 0)
		rc = draft_run(log, scope, op, &parsed, err);
	jc_db_log_window(log->db, -1);
	return rc;
}

int
jc_log_drafts(struct jc_log *log, int64_t scope, int64_t *count, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "SELECT count(*) FROM draft WHERE :scope = 0 OR scope = :scope", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	if ((rc = jc_stmt_step(st, err)) < 0)
		return rc;
	*count = jc_col_int(st, 0);
	jc_stmt_reset(st);
	return 0;
}

/* ---- reading back ---- */

void
jc_opread_init(struct jc_opread *r)
{
	memset(r, 0, sizeof(*r));
	jc_buf_init(&r->bytes, JC_PAYLOAD_MAX);
}

void
jc_opread_free(struct jc_opread *r)
{
	jc_ops_reader_free(r->reader);
	jc_buf_free(&r->bytes);
	memset(r, 0, sizeof(*r));
}

static int
draft_read(struct jc_log *log, int64_t no, struct jc_opread *out, struct jc_err *err)
{
	struct jc_stmt *st;
	size_t n;
	const void *line;
	int rc = jc_db_prep(&st, log->db, "SELECT scope, tier, line FROM draft WHERE op = :op", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", no);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc < 0 ? rc : jc_log_missing(err, "jc_log_op_read");
	out->scope = jc_col_int(st, 0);
	out->tier = (enum jc_tier)jc_col_int(st, 1);
	line = jc_col_blob(st, 2, &n);
	jc_buf_reset(&out->bytes);
	jc_buf_put(&out->bytes, line, n);
	jc_buf_putc(&out->bytes, '\n');
	jc_stmt_reset(st);
	if ((rc = jc_buf_check(&out->bytes, "jc_log_op_read", err)) < 0)
		return rc;
	out->commit_no = out->bytes_commit = 0;
	out->idx = 0;
	jc_ops_begin(out->reader, out->bytes.data, out->bytes.len);
	rc = jc_ops_next(out->reader, &out->op, err);
	return rc == 1 ? 0 : jc_err_code(err, JC_ECORRUPT, "jc_log_op_read");
}

static int
payload_load(struct jc_log *log, int64_t commit_no, struct jc_opread *out, struct jc_err *err)
{
	struct jc_commit_row row;
	int rc;

	if (out->bytes_commit != commit_no) {
		out->bytes_commit = 0;
		jc_buf_reset(&out->bytes);
		if ((rc = jc_log_commit(log, commit_no, &row, err)) < 0 ||
		    (rc = jc_log_commit_bytes(log, &row, NULL, &out->bytes, err)) < 0)
			return rc;
		out->scope = row.scope;
		out->tier = row.tier;
		out->commit_no = out->bytes_commit = commit_no;
	}
	jc_ops_begin(out->reader, out->bytes.data, out->bytes.len);
	out->next = 0;
	return 0;
}

int
jc_log_op_read(struct jc_log *log, int64_t no, struct jc_opread *out, struct jc_err *err)
{
	struct jc_place place;
	int rc;

	if (out->reader == NULL && (rc = jc_ops_reader_new(&out->reader, 1, err)) < 0)
		return rc;
	out->no = no;
	if ((rc = jc_log_place(log, no, &place, err)) == JC_ENOTFOUND)
		return draft_read(log, no, out, err);
	if (rc < 0)
		return rc;
	if (out->bytes_commit == place.commit_no && out->next == place.idx + 1 && out->idx == place.idx)
		return 0; /* the one read last */
	if ((out->bytes_commit != place.commit_no || out->next > place.idx) &&
	    (rc = payload_load(log, place.commit_no, out, err)) < 0)
		return rc;
	while (out->next <= place.idx) {
		if ((rc = jc_ops_next(out->reader, &out->op, err)) != 1) {
			out->bytes_commit = 0;
			return jc_err_code(err, JC_ECORRUPT, "jc_log_op_read");
		}
		out->next++;
	}
	out->idx = place.idx;
	return 0;
}

/* ---- copies ---- */

static int
copies_any(struct jc_log *log, struct jc_err *err)
{
	int64_t any;
	int rc;

	if (log->copies >= 0 && jc_db_depth(log->db) > 0)
		return log->copies;
	if ((rc = jc_db_int(log->db, &any, "SELECT EXISTS(SELECT 1 FROM op_same)", err)) < 0)
		return rc;
	log->copies = any != 0;
	return log->copies;
}

int
jc_log_op_same(struct jc_log *log, int64_t no, int64_t *same, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = copies_any(log, err);

	*same = no;
	if (rc <= 0)
		return rc;
	if ((rc = jc_db_prep(&st, log->db, "SELECT same FROM op_same WHERE op = :op", err)) < 0)
		return rc;
	jc_bind_int(st, ":op", no);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		*same = jc_col_int(st, 0);
		jc_stmt_reset(st);
		rc = 0;
	}
	return rc;
}

static int
id_cmp(const struct jc_op_id *a, const struct jc_op_id *b)
{
	int c = memcmp(a->h, b->h, JC_H16);

	return c != 0 ? c : a->idx < b->idx ? -1 : a->idx > b->idx;
}

struct best {
	struct jc_op_id id;
	int64_t commit_no; /* 0: none of them is cut */
};

static int
best_consider(struct best *best, struct jc_log *log, int64_t no, struct jc_err *err)
{
	const struct jc_cinfo *c;
	struct jc_place place;
	struct jc_op_id id;
	int rc = jc_log_place(log, no, &place, err);

	if (rc == JC_ENOTFOUND)
		return 0;
	if (rc < 0 || (rc = jc_log_info(&c, log, place.commit_no, err)) < 0)
		return rc;
	memcpy(id.h, c->hash, JC_H16);
	id.idx = place.idx;
	if (best->commit_no == 0 || id_cmp(&id, &best->id) < 0) {
		best->id = id;
		best->commit_no = place.commit_no;
	}
	return 0;
}

/* The copy that names the operation everywhere: the smallest id of those that no other copy names as its origin. */
static int
best_find(struct best *best, struct jc_log *log, int64_t no, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t same;
	int rc;

	best->commit_no = 0;
	if ((rc = jc_log_op_same(log, no, &same, err)) < 0 || (rc = copies_any(log, err)) < 0)
		return rc;
	if (rc == 0)
		return best_consider(best, log, same, err);
	if ((rc = jc_db_prep(&st, log->db,
	         "SELECT op FROM (SELECT :same AS op UNION ALL SELECT op FROM op_same WHERE same = :same)"
	         " WHERE op NOT IN (SELECT op FROM op_origin)", err)) < 0)
		return rc;
	jc_bind_int(st, ":same", same);
	while ((rc = jc_stmt_step(st, err)) == 1)
		if ((rc = best_consider(best, log, jc_col_int(st, 0), err)) < 0) {
			jc_stmt_reset(st);
			break;
		}
	return rc;
}

int
jc_log_op_id(struct jc_log *log, int64_t no, struct jc_op_id *out, struct jc_err *err)
{
	struct best best;
	int rc = best_find(&best, log, no, err);

	if (rc < 0)
		return rc;
	if (best.commit_no == 0)
		return jc_err_set(err, JC_ESTATE, "jc_log_op_id",
		    JC_T("这处修改还没有归档，请先运行 jiceng sync", "This change is not yet in the log; run jiceng sync first"));
	*out = best.id;
	return 0;
}

int
jc_log_where(struct jc_log *log, int64_t no, struct jc_place *out, struct jc_err *err)
{
	struct best best;
	int rc = best_find(&best, log, no, err);

	if (rc < 0)
		return rc;
	*out = (struct jc_place){no, best.commit_no, best.id.idx};
	return best.commit_no != 0 ? 0 : JC_ENOTFOUND;
}

static int
draft_rank(struct jc_log *log, int64_t no, struct jc_rank *out, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "SELECT 1 FROM draft WHERE op = :op OR op IN (SELECT op FROM op_same WHERE same = :op)", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", no);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc < 0 ? rc : jc_log_missing(err, "jc_log_op_rank");
	jc_stmt_reset(st);
	memset(out, 0, sizeof(*out));
	out->lamport = INT64_MAX;
	out->idx = no;
	return 0;
}

int
jc_log_op_rank(struct jc_log *log, int64_t no, struct jc_rank *out, struct jc_err *err)
{
	const struct jc_cinfo *c;
	struct best best;
	int rc = best_find(&best, log, no, err);

	if (rc < 0)
		return rc;
	if (best.commit_no == 0)
		return draft_rank(log, no, out, err);
	if ((rc = jc_log_info(&c, log, best.commit_no, err)) < 0)
		return rc;
	out->lamport = c->lamport;
	out->device = c->device_id;
	out->run = c->run;
	out->idx = best.id.idx;
	out->id = best.id;
	return 0;
}

#define COMPARE(a, b) ((a) < (b) ? -1 : (a) > (b))

int
jc_rank_cmp(const struct jc_rank *a, const struct jc_rank *b)
{
	int c = COMPARE(a->lamport, b->lamport);

	c = c != 0 ? c : COMPARE(a->device, b->device);
	c = c != 0 ? c : COMPARE(a->run, b->run);
	c = c != 0 ? c : COMPARE(a->idx, b->idx);
	return c != 0 ? c : id_cmp(&a->id, &b->id);
}

/* 1 if two stored operations have equal content. */
static int
content_equal(struct jc_log *log, int64_t a, int64_t b, struct jc_err *err)
{
	uint8_t ha[JC_HASH_LEN], hb[JC_HASH_LEN];
	struct jc_opread read;
	int rc;

	jc_opread_init(&read);
	if ((rc = jc_log_op_read(log, a, &read, err)) == 0) {
		jc_op_content(ha, &read.op);
		if ((rc = jc_log_op_read(log, b, &read, err)) == 0) {
			jc_op_content(hb, &read.op);
			rc = memcmp(ha, hb, sizeof(ha)) == 0;
		}
	}
	jc_opread_free(&read);
	return rc;
}

static int
copy_insert(struct jc_log *log, int64_t op, int64_t old, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t same;
	int rc;

	if ((rc = jc_log_op_same(log, old, &same, err)) < 0 ||
	    (rc = jc_db_prep(&st, log->db, "INSERT INTO op_same(op, same) VALUES(:op, :same) ON CONFLICT(op) DO NOTHING",
	         err)) < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	jc_bind_int(st, ":same", same);
	log->copies = 1;
	return jc_stmt_run(st, err);
}

static int
origin_insert(struct jc_log *log, int64_t op, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "INSERT INTO op_origin(op) VALUES(:op) ON CONFLICT DO NOTHING", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	return jc_stmt_run(st, err);
}

int
jc_log_reissued(struct jc_log *log, int64_t op, int64_t old, struct jc_err *err)
{
	int rc = copy_insert(log, op, old, err);

	return rc < 0 ? rc : origin_insert(log, old, err);
}

int
jc_log_is_origin(struct jc_log *log, int64_t op, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = copies_any(log, err);

	if (rc <= 0 || (rc = jc_db_prep(&st, log->db, "SELECT 1 FROM op_origin WHERE op = :op", err)) < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	if ((rc = jc_stmt_step(st, err)) == 1)
		jc_stmt_reset(st);
	return rc;
}

/* The copy that operation `by` names as its origin, by its own number; 0: none that is here. */
static int
origin_of(struct jc_log *log, int64_t by, int64_t *no, struct jc_err *err)
{
	const struct jc_cinfo *c;
	struct jc_opread read;
	int rc;

	*no = 0;
	jc_opread_init(&read);
	if ((rc = jc_log_op_read(log, by, &read, err)) < 0 || !read.op.has_origin)
		goto out;
	if (read.op.origin.kind == JC_REF_LOCAL)
		*no = read.op.origin.n;
	else if (read.op.origin.kind == JC_REF_HASH &&
	    (rc = jc_log_info_h16(&c, log, read.scope, read.op.origin.h, NULL)) == 0)
		rc = jc_log_number(log, c, read.op.origin.n, no, NULL);
	rc = rc == JC_ENOTFOUND ? 0 : rc;
out:
	jc_opread_free(&read);
	return rc;
}

/* Two copies: does one of them name the other as its origin? */
static int
origin_mark(struct jc_log *log, int64_t a, int64_t b, struct jc_err *err)
{
	int64_t of;
	int rc;

	if ((rc = origin_of(log, a, &of, err)) == 0 && of == b)
		return origin_insert(log, b, err);
	if (rc == 0 && (rc = origin_of(log, b, &of, err)) == 0 && of == a)
		return origin_insert(log, a, err);
	return rc;
}

/* Places that both runs have: equal content makes them copies. */
static int
runs_match(struct jc_log *log, const struct jc_run *run, const struct jc_run *old, struct jc_err *err)
{
	int64_t from = run->place > old->place ? run->place : old->place;
	int64_t run_end = run->place + run->n, old_end = old->place + old->n;
	int64_t end = run_end < old_end ? run_end : old_end;
	int rc = 0;

	for (int64_t p = from; rc == 0 && p < end; p++) {
		int64_t op = run->op + (p - run->place), other = old->op + (p - old->place);

		if ((rc = content_equal(log, op, other, err)) == 1 && (rc = copy_insert(log, op, other, err)) == 0)
			rc = origin_mark(log, op, other, err);
	}
	return rc;
}

#define RUNS_LOOKED_AT 64

/* Looks for copies of a run among those known, then adds it. */
static int
run_add(struct jc_log *log, const struct jc_run *run, struct jc_err *err)
{
	struct jc_run old[RUNS_LOOKED_AT];
	struct jc_stmt *st;
	size_t n = 0;
	int rc;

	if (run->n == 0)
		return 0;
	if ((rc = jc_db_prep(&st, log->db,
	         "SELECT op, n, place FROM batch WHERE scope = :scope AND id = :id AND place < :end AND place + n > :place"
	         " ORDER BY op", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", run->scope);
	jc_bind_text(st, ":id", run->id, JC_ID_LEN);
	jc_bind_int(st, ":end", run->place + run->n);
	jc_bind_int(st, ":place", run->place);
	while (n < RUNS_LOOKED_AT && (rc = jc_stmt_step(st, err)) == 1)
		old[n++] = (struct jc_run){.op = jc_col_int(st, 0), .n = jc_col_int(st, 1), .place = jc_col_int(st, 2)};
	jc_stmt_reset(st);
	for (size_t i = 0; rc >= 0 && i < n; i++)
		rc = runs_match(log, run, &old[i], err);
	return rc < 0 ? rc : run_insert(log, run, err);
}

/* What people do to records counts; foundings, devices and statements of the hub do not. */
static void
day_count(struct jc_days *days, const struct jc_op *op)
{
	int64_t day = (op->time + 8 * 3600) / 86400;
	size_t i = 0;

	if (op->verb != JC_V_SET && op->verb != JC_V_VOID && op->verb != JC_V_UNVOID && op->verb != JC_V_ALIAS)
		return;
	while (i < days->n && days->v[i].day != day)
		i++;
	if (i == JC_DAYS_MAX)
		i--;
	else if (i == days->n)
		days->v[days->n++].day = day;
	days->v[i].ops++;
}

void
jc_log_days(struct jc_log *log, struct jc_slice payload, struct jc_days *days)
{
	struct jc_op op;

	memset(days, 0, sizeof(*days));
	jc_ops_begin(log->reader, payload.p, payload.n);
	while (jc_ops_next(log->reader, &op, NULL) == 1)
		day_count(days, &op);
}

int
jc_log_copies(struct jc_log *log, int64_t scope, const int64_t *ops, struct jc_slice payload, struct jc_days *days,
    struct jc_err *err)
{
	struct jc_run run = {.scope = scope};
	struct jc_op op;
	int64_t i = 0;
	int rc;

	jc_ops_begin(log->reader, payload.p, payload.n);
	while ((rc = jc_ops_next(log->reader, &op, err)) == 1) {
		int64_t no = ops[i++];

		day_count(days, &op);
		if (run.n != 0 && no == run.op + run.n && op.place == run.place + run.n && strcmp(op.batch, run.id) == 0) {
			run.n++;
			continue;
		}
		if ((rc = run_add(log, &run, err)) < 0)
			return rc;
		run.op = no;
		run.n = 1;
		run.place = op.place;
		memcpy(run.id, op.batch, sizeof(run.id));
	}
	return rc < 0 ? rc : run_add(log, &run, err);
}

int
jc_log_recounted(struct jc_log *log, const int64_t *ops, int64_t n, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t same;
	int rc = copies_any(log, err);

	if (rc <= 0 || log->recount == NULL)
		return rc < 0 ? rc : 0;
	for (int64_t i = 0; rc >= 0 && i < n; i++) {
		if ((rc = jc_db_prep(&st, log->db, "SELECT 1 FROM op_same WHERE op = :op OR same = :op", err)) < 0)
			break;
		jc_bind_int(st, ":op", ops[i]);
		if ((rc = jc_stmt_step(st, err)) != 1)
			continue;
		jc_stmt_reset(st);
		if ((rc = jc_log_op_same(log, ops[i], &same, err)) == 0)
			rc = log->recount(log->recount_arg, same, err);
	}
	return rc < 0 ? rc : 0;
}

/* ---- ranges ---- */

static int
range_insert(struct jc_log *log, int64_t first, int64_t n, int64_t commit_no, int64_t idx, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db,
	    "INSERT INTO oprange(first, n, commit_no, idx) VALUES(:first, :n, :commit, :idx)", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":first", first);
	jc_bind_int(st, ":n", n);
	jc_bind_int(st, ":commit", commit_no);
	jc_bind_int(st, ":idx", idx);
	return jc_stmt_run(st, err);
}

static int
drafts_delete(struct jc_log *log, int64_t first, int64_t n, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, log->db, "DELETE FROM draft WHERE op >= :first AND op < :end", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":first", first);
	jc_bind_int(st, ":end", first + n);
	if ((rc = jc_stmt_run(st, err)) == 0 && jc_db_changes(log->db) != n)
		rc = jc_err_code(err, JC_EINTERNAL, "jc_log_ranges");
	return rc;
}

int
jc_log_ranges(struct jc_log *log, int64_t commit_no, const int64_t *ops, int64_t n, int drafts, struct jc_err *err)
{
	int64_t from = 0;
	int rc = 0;

	for (int64_t i = 1; rc == 0 && i <= n; i++) {
		if (i < n && ops[i] == ops[i - 1] + 1)
			continue;
		rc = range_insert(log, ops[from], i - from, commit_no, from, err);
		if (rc == 0 && drafts)
			rc = drafts_delete(log, ops[from], i - from, err);
		from = i;
	}
	return rc;
}
