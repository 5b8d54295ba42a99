/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A record has arrived when the last of its operations has: its level is the least over all of them. An
 * operation is where its commit is, and a commit is where a note says so that names it or a descendant.
 * Commits are few and shared by many records, so the answer for a commit is kept for the length of a look:
 * a window of a list costs one question per commit that it touches.
 *
 * The scope's authority needs no note of its own: what is in its log is at the county.
 */
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "log.h"
#include "project.h"
#include "reissue.h"
#include "sync_note.h"
#include "sync_receipt.h"
#include "sync_skew.h"

#define SLOTS 4096u /* a power of two */

struct known {
	int64_t commit;            /* 0: empty */
	int level;
};

struct jc_receipts {
	struct jc_node *node;
	struct jc_scope scope;     /* of the last record */
	int home;                  /* this node is that scope's authority */
	int64_t clock;             /* this PC's clock was off at some time */
	struct known slot[SLOTS];
};

int
jc_receipts_open(struct jc_receipts **out, struct jc_node *node, struct jc_err *err)
{
	struct jc_receipts *r = jc_calloc(1, sizeof(*r));

	*out = r;
	if (r == NULL)
		return JC_NOMEM(err, "jc_receipts_open");
	r->node = node;
	return jc_db_int(node->db, &r->clock, "SELECT EXISTS(SELECT 1 FROM clock_skew WHERE skew <> 0)", err);
}

void
jc_receipts_close(struct jc_receipts *r)
{
	jc_free(r);
}

static int
scope_turn(struct jc_receipts *r, int64_t scope, struct jc_err *err)
{
	const struct jc_key *key = jc_log_key(r->node->log);
	int rc;

	if (r->scope.no == scope)
		return 0;
	if ((rc = jc_scope_get(&r->scope, r->node->log, scope, err)) < 0)
		return rc;
	r->home = key != NULL && r->scope.joined && strcmp(r->scope.authority, key->id) == 0;
	return 0;
}

/* 1 when a hub other than the home hub has a note that covers the commit. */
static int
covered_above(struct jc_receipts *r, enum jc_tier tier, int64_t commit, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc, covered = 0;

	if (tier < JC_TIER_CITY)
		return 0; /* never sent there */
	if ((rc = jc_db_prep(&st, r->node->db,
	         "SELECT hub FROM note WHERE scope = :scope AND tier = :tier AND hub <> :home", err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", r->scope.no);
	jc_bind_int(st, ":tier", tier);
	jc_bind_str(st, ":home", r->scope.authority);
	while (covered == 0 && (rc = jc_stmt_step(st, err)) == 1)
		covered = jc_note_covers(r->node->log, r->scope.no, tier, jc_col_text(st, 0, &(size_t){0}), commit, err);
	if (covered != 0)
		jc_stmt_reset(st);
	return covered != 0 ? covered : rc;
}

static int
commit_ask(struct jc_receipts *r, int64_t commit, int *level, struct jc_err *err)
{
	const struct jc_cinfo *c;
	enum jc_tier tier;
	int rc;

	*level = 0;
	if ((rc = jc_log_info(&c, r->node->log, commit, err)) < 0)
		return rc;
	tier = c->tier;
	rc = r->home ? 1 : jc_note_covers(r->node->log, r->scope.no, tier, r->scope.authority, commit, err);
	if (rc <= 0)
		return rc;
	if ((rc = covered_above(r, tier, commit, err)) >= 0)
		*level = 1 + rc;
	return rc < 0 ? rc : 0;
}

static int
commit_level(struct jc_receipts *r, int64_t commit, int *level, struct jc_err *err)
{
	struct known *k = &r->slot[(uint64_t)commit & (SLOTS - 1)];
	int rc;

	if (k->commit != commit) {
		if ((rc = commit_ask(r, commit, &k->level, err)) < 0)
			return rc;
		k->commit = commit;
	}
	*level = k->level;
	return 0;
}

/* How far an operation got and may go. A draft is here; at the authority it is where it belongs. */
static int
op_level(struct jc_receipts *r, int64_t op, int *level, int *tier, struct jc_err *err)
{
	const struct jc_cinfo *c;
	struct jc_place place;
	struct jc_stmt *st;
	int rc = jc_log_where(r->node->log, op, &place, err);

	if (rc == JC_ENOTFOUND) {
		*level = r->home;
		*tier = 0;
		if ((rc = jc_db_prep(&st, r->node->db,
		         "SELECT tier FROM draft WHERE op = :op OR op IN (SELECT op FROM op_same WHERE same = :op)", err)) < 0)
			return rc;
		jc_bind_int(st, ":op", op);
		if ((rc = jc_stmt_step(st, err)) == 1) {
			*tier = (int)jc_col_int(st, 0);
			jc_stmt_reset(st);
		}
		return rc;
	}
	if (rc < 0 || (rc = jc_log_info(&c, r->node->log, place.commit_no, err)) < 0)
		return rc;
	*tier = (int)c->tier;
	return commit_level(r, place.commit_no, level, err);
}

static int
returned_add(struct jc_receipts *r, int64_t op, int *count, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if (!r->node->project->verdicts)
		return 0;
	if ((rc = jc_db_prep(&st, r->node->db, "SELECT 1 FROM verdict WHERE op = :op AND state = 'returned' AND NOT EXISTS(SELECT 1 FROM tray WHERE tray.op = verdict.by_op)"
	         " AND NOT EXISTS(SELECT 1 FROM origin WHERE origin.op = :op AND origin.field = verdict.field)", err)) < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		(*count)++;
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

/* 1 when the operation was refused: it goes nowhere, and waits in the tray unless a person has dealt with it. */
static int
refused_add(struct jc_receipts *r, int64_t op, int *count, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_reissue_out(r->node->project, op, err);

	if (rc <= 0 || (rc = jc_db_prep(&st, r->node->db, "SELECT 1 FROM tray WHERE op = :op", err)) < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	if ((rc = jc_stmt_step(st, err)) < 0)
		return rc;
	*count += rc == 0;
	jc_stmt_reset(st);
	return 1;
}

/* The level is the least of the operations that may go further; the ceiling is the highest of all. */
static int
history_level(struct jc_receipts *r, const void *hist, size_t n, struct jc_receipt *out, struct jc_err *err)
{
	struct jc_rd rd;
	int least = JC_TIERS;

	jc_rd_init(&rd, hist, n);
	while (jc_rd_left(&rd) > 0) {
		int64_t op = (int64_t)jc_rd_varint(&rd), same, skew = 0;
		int level, tier, rc;

		if (rd.bad)
			return jc_err_code(err, JC_ECORRUPT, "jc_receipts_get");
		if ((rc = jc_log_op_same(r->node->log, op, &same, err)) < 0)
			return rc;
		if (same != op)
			continue; /* a further copy of one that counts */
		if ((rc = refused_add(r, op, &out->returned, err)) != 0) {
			if (rc < 0)
				return rc;
			continue;
		}
		if ((rc = op_level(r, op, &level, &tier, err)) < 0 || (rc = returned_add(r, op, &out->returned, err)) < 0)
			return rc;
		if (r->clock && ((rc = jc_skew_at(r->node, op, &skew, err)) < 0))
			return rc;
		out->clock += r->clock && skew != 0;
		if (tier > out->ceiling)
			out->ceiling = tier;
		if (level < tier && level < least)
			least = level;
	}
	out->level = least < out->ceiling ? least : out->ceiling;
	return 0;
}

int
jc_receipts_get(struct jc_receipts *r, int64_t rec, struct jc_receipt *out, struct jc_err *err)
{
	struct jc_stmt *st;
	const void *hist;
	size_t n;
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = jc_db_prep(&st, r->node->db, "SELECT scope, hist FROM record WHERE rec = :rec", err)) < 0)
		return rc;
	jc_bind_int(st, ":rec", rec);
	if ((rc = jc_stmt_step(st, err)) != 1)
		return rc < 0 ? rc : jc_err_code(err, JC_ENOTFOUND, "jc_receipts_get");
	if ((rc = scope_turn(r, jc_col_int(st, 0), err)) == 0) {
		hist = jc_col_blob(st, 1, &n);
		rc = history_level(r, hist, n, out, err);
	}
	jc_stmt_reset(st);
	return rc;
}

int
jc_receipt_get(struct jc_node *node, int64_t rec, struct jc_receipt *out, struct jc_err *err)
{
	struct jc_receipts *r = NULL;
	int rc;

	if ((rc = jc_read_begin(node, err)) < 0)
		return rc;
	if ((rc = jc_receipts_open(&r, node, err)) == 0)
		rc = jc_receipts_get(r, rec, out, err);
	jc_receipts_close(r);
	return jc_read_end(node, rc, err);
}

/* ---- counts ---- */

/* Records by what is still under way: only commits that have not arrived are looked into. */
struct way {
	struct way_rec {
		uint64_t id;
		int64_t scope;
		uint32_t kind;
		int level;
	} *rec;
	size_t n, cap;
};

struct counting {
	struct jc_receipts *r;
	struct way way;
	struct jc_ops_reader *reader;
	struct jc_buf payload;
	struct jc_err *err;
};

static int
way_add(struct counting *c, const struct jc_op *op, int level)
{
	struct way *w = &c->way;
	struct jc_kindmap *k;
	int rc;

	if (op->kind.n == 0 || op->rec[0] == '\0' || op->verb == JC_V_VERDICT)
		return 0;
	if (w->n == w->cap) {
		size_t want = w->cap != 0 ? w->cap * 2 : 256;
		void *p = jc_realloc(w->rec, want * sizeof(*w->rec));

		if (p == NULL)
			return JC_NOMEM(c->err, "jc_receipt_count");
		w->rec = p;
		w->cap = want;
	}
	if ((rc = jc_kindmap_get(&k, c->r->node->project, op->kind, c->err)) < 0)
		return rc;
	w->rec[w->n] = (struct way_rec){.scope = c->r->scope.no, .kind = k->no, .level = level};
	if (jc_id_to_u64(&w->rec[w->n].id, op->rec, strlen(op->rec)) == 0)
		w->n++;
	return 0;
}

static int
way_payload(struct counting *c, const char *p, size_t n, int level)
{
	struct jc_op op;
	int rc;

	jc_ops_begin(c->reader, p, n);
	while ((rc = jc_ops_next(c->reader, &op, c->err)) == 1)
		if ((rc = way_add(c, &op, level)) < 0)
			return rc;
	return rc;
}

/* From a tip down to the first commit that is as far as it may go: so is everything below. */
static int
way_tip(void *arg, const struct jc_tip *tip)
{
	struct counting *c = arg;
	struct jc_commit_row row;
	int64_t no = tip->commit_no;
	int level, rc;

	while (no != 0) {
		if ((rc = commit_level(c->r, no, &level, c->err)) < 0)
			return rc;
		if (level >= (int)tip->tier)
			return 0;
		jc_buf_reset(&c->payload);
		if ((rc = jc_log_commit(c->r->node->log, no, &row, c->err)) < 0 ||
		    (rc = jc_log_commit_bytes(c->r->node->log, &row, NULL, &c->payload, c->err)) < 0 ||
		    (c->payload.len != 0 && (rc = way_payload(c, c->payload.data, c->payload.len, level)) < 0))
			return rc;
		no = row.seq > 1 ? row.parent[0] : 0;
	}
	return 0;
}

static int
way_drafts(struct counting *c)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, c->r->node->db, "SELECT line, tier FROM draft WHERE scope = :scope", c->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", c->r->scope.no);
	while ((rc = jc_stmt_step(st, c->err)) == 1) {
		size_t n;
		const char *line = jc_col_blob(st, 0, &n);

		if (c->r->home >= jc_col_int(st, 1))
			continue;
		if ((rc = way_payload(c, line, n, c->r->home)) < 0) {
			jc_stmt_reset(st);
			break;
		}
	}
	return rc;
}

static int
way_scope(void *arg, const struct jc_scope *s)
{
	struct counting *c = arg;
	int rc;

	if (!s->mine)
		return 0;
	if ((rc = scope_turn(c->r, s->no, c->err)) < 0 || (rc = way_drafts(c)) < 0)
		return rc;
	return jc_log_tips(c->r->node->log, s->no, -1, 0, way_tip, c, c->err);
}

static int
rec_cmp(const void *a, const void *b)
{
	const struct way_rec *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	if (x->scope != y->scope)
		return x->scope < y->scope ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->level - y->level;
}

static int
counts_make(struct counting *c, struct jc_receipt_counts *out)
{
	struct way *w = &c->way;
	int rc;

	if ((rc = jc_db_int(c->r->node->db, &out->records,
	         "SELECT count(*) FROM record JOIN scope ON scope.no = record.scope WHERE scope.mine", c->err)) < 0 ||
	    (rc = jc_scope_each(c->r->node->log, way_scope, c, c->err)) < 0)
		return rc;
	if (w->n != 0)
		qsort(w->rec, w->n, sizeof(*w->rec), rec_cmp);
	for (size_t i = 0; i < w->n; i++) {
		if (i > 0 && w->rec[i].id == w->rec[i - 1].id && w->rec[i].scope == w->rec[i - 1].scope &&
		    w->rec[i].kind == w->rec[i - 1].kind)
			continue;
		out->here += w->rec[i].level == 0;
		out->county += w->rec[i].level == 1;
	}
	out->done = out->records - out->here - out->county;
	return jc_db_int(c->r->node->db, &out->returned,
	    "SELECT (SELECT count(DISTINCT by_op) FROM verdict AS v WHERE state = 'returned'"
	    " AND NOT EXISTS(SELECT 1 FROM tray WHERE tray.op = v.by_op) AND NOT EXISTS(SELECT 1 FROM origin WHERE origin.op = v.op AND origin.field = v.field))"
	    " + (SELECT count(*) FROM refused_op AS r WHERE NOT EXISTS(SELECT 1 FROM tray WHERE tray.op = r.op))",
	    c->err);
}

int
jc_receipt_count(struct jc_node *node, struct jc_receipt_counts *out, struct jc_err *err)
{
	struct counting c = {.err = err};
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = jc_read_begin(node, err)) < 0)
		return rc;
	jc_buf_init(&c.payload, JC_PAYLOAD_MAX);
	if ((rc = jc_receipts_open(&c.r, node, err)) == 0 && (rc = jc_ops_reader_new(&c.reader, 1, err)) == 0)
		rc = counts_make(&c, out);
	jc_ops_reader_free(c.reader);
	jc_receipts_close(c.r);
	jc_buf_free(&c.payload);
	jc_free(c.way.rec);
	return jc_read_end(node, rc, err);
}
