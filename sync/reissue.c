/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A chain that the hub refuses is issued again.
 *
 *      A --- C --- D --- E        C is refused, and with it D and E, which descend from it
 *       \
 *        C1 --- C2 --- DE         the same operations in new commits: a fork below C
 *
 * Nothing is taken back: C, D and E stay in the file, but no commit is built on them and none is sent. Their
 * operations become drafts, each naming as its origin the copy it replaces; equal batch, place and content make
 * them one operation with it (FORMAT 4), so its local number, what it wrote and who names it stay as they are.
 *
 * What was wrong with C we may be unable to see: the hub's program may be another one. So C's operations go in
 * eight smaller commits, while what is behind them waits for the next request (cut.c). The hub takes the good
 * ones; the bad one is divided again, down to the one operation that is at fault. That goes to the tray and counts
 * no more than one that never was; what named it names what it had named instead, so that nothing is lost behind it.
 */
#include "reissue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "log.h"

#define PARTS 8

struct reissue {
	struct jc_node *node;
	int64_t scope, device, first;
	struct jc_slice said;
	int64_t now;
	int64_t *refused;          /* numbers of commits, ascending */
	size_t nrefused, cap;
	int trayed;
	struct jc_opread read;
	struct jc_opnames *name;
	struct jc_opref *ref;
	size_t nref, ref_cap;
	struct jc_buf line;
	struct jc_err *err;
};

/* ---- which commits ---- */

static int
number_cmp(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int
among_refused(const struct reissue *r, int64_t no)
{
	return r->nrefused != 0 && bsearch(&no, r->refused, r->nrefused, sizeof(no), number_cmp) != NULL;
}

static int
commit_look(void *arg, const struct jc_commit_row *row)
{
	struct reissue *r = arg;
	int out = row->no == r->first;

	if (row->device != r->device || row->tier == JC_TIER_BRANCH)
		return 0;
	for (size_t i = 0; !out && i < row->nparents; i++)
		out = among_refused(r, row->parent[i]);
	if (!out)
		return 0;
	if (r->nrefused == r->cap) {
		size_t cap = r->cap != 0 ? r->cap * 2 : 64;
		int64_t *v = jc_realloc(r->refused, cap * sizeof(*v));

		if (v == NULL)
			return JC_NOMEM(r->err, "jc_reissue");
		r->refused = v;
		r->cap = cap;
	}
	r->refused[r->nrefused++] = row->no;
	return 0;
}

static int
refused_insert(struct reissue *r, int64_t no)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, r->node->db,
	    "INSERT INTO refused(commit_no, reason, time) VALUES(:no, :reason, :time) ON CONFLICT DO NOTHING", r->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	jc_bind_text(st, ":reason", r->said.n != 0 ? r->said.p : "", r->said.n);
	jc_bind_int(st, ":time", r->now);
	if ((rc = jc_stmt_run(st, r->err)) < 0 ||
	    (rc = jc_db_prep(&st, r->node->db, "DELETE FROM arrival WHERE commit_no = :no", r->err)) < 0)
		return rc;
	jc_bind_int(st, ":no", no); /* it never arrives; what is issued again for it does */
	return jc_stmt_run(st, r->err);
}

/* ---- one operation as a draft ---- */

static int
ref_cmp(const void *a, const void *b)
{
	char x[24], y[24];

	(void)snprintf(x, sizeof(x), "#%lld", (long long)((const struct jc_opref *)a)->n);
	(void)snprintf(y, sizeof(y), "#%lld", (long long)((const struct jc_opref *)b)->n);
	return strcmp(x, y);
}

static int
ref_add(struct reissue *r, int64_t no)
{
	if (r->nref == r->ref_cap) /* counted beforehand */
		return jc_err_code(r->err, JC_EINTERNAL, "jc_reissue");
	r->ref[r->nref++] = (struct jc_opref){.kind = JC_REF_LOCAL, .n = no};
	return 0;
}

static void
name_end(struct reissue *r, struct jc_op *op, struct jc_slice field, size_t from)
{
	size_t n = from;

	if (r->nref == from)
		return;
	qsort(&r->ref[from], r->nref - from, sizeof(*r->ref), ref_cmp);
	for (size_t i = from; i < r->nref; i++)
		if (n == from || r->ref[n - 1].n != r->ref[i].n)
			r->ref[n++] = r->ref[i];
	r->nref = n;
	r->name[op->nnames++] = (struct jc_opnames){.field = field, .refs = &r->ref[from], .nrefs = n - from};
}

/* Room for the names of an operation and, instead of one that it names, for those of another. */
static int
names_room(struct reissue *r, const struct jc_op *op, const struct jc_op *instead)
{
	size_t refs = 1;

	for (size_t i = 0; i < op->nnames; i++)
		refs += op->names[i].nrefs;
	for (size_t i = 0; instead != NULL && i < instead->nnames; i++)
		refs += instead->names[i].nrefs;
	jc_free(r->name);
	jc_free(r->ref);
	r->name = jc_calloc(op->nnames + 1, sizeof(*r->name));
	r->ref = jc_calloc(refs, sizeof(*r->ref));
	r->ref_cap = refs;
	r->nref = 0;
	return r->name != NULL && r->ref != NULL ? 0 : JC_NOMEM(r->err, "jc_reissue");
}

/* Names by local number, as a draft has them. */
static int
names_local(struct reissue *r, struct jc_op *op)
{
	const struct jc_opnames *names = op->names;
	size_t n = op->nnames;
	int rc = names_room(r, op, NULL);

	op->nnames = 0;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		size_t from = r->nref;

		for (size_t k = 0; rc == 0 && k < names[i].nrefs; k++) {
			int64_t no;

			if ((rc = jc_log_ref_resolve(r->node->log, &r->read, &names[i].refs[k], &no, r->err)) == 0 &&
			    (rc = jc_log_op_same(r->node->log, no, &no, r->err)) == 0)
				rc = ref_add(r, no);
		}
		name_end(r, op, names[i].field, from);
	}
	op->names = r->name;
	return rc;
}

static int
draft_line(struct reissue *r, const struct jc_op *op)
{
	struct jc_opctx ctx = {0};
	int rc;

	jc_buf_reset(&r->line);
	if ((rc = jc_op_write(&r->line, op, &ctx, r->err)) < 0)
		return rc;
	return jc_buf_check(&r->line, "jc_reissue", r->err);
}

static int
again_insert(struct reissue *r, int64_t no, int64_t at, int64_t most)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, r->node->db, "INSERT INTO reissue(op, at, most) VALUES(:op, :at, :most)", r->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", no);
	jc_bind_int(st, ":at", at);
	jc_bind_int(st, ":most", most);
	return jc_stmt_run(st, r->err);
}

/* The draft that issues copy `old` of operation `same` again. JC_ELIMIT: its line would be too long with an origin. */
static int
op_again(struct reissue *r, enum jc_tier tier, int64_t old, int64_t same, int64_t most)
{
	struct jc_log *log = r->node->log;
	struct jc_op op = r->read.op;
	int64_t no;
	int rc = names_local(r, &op);

	op.has_origin = 1;
	op.origin = (struct jc_opref){.kind = JC_REF_LOCAL, .n = old};
	if (rc < 0 || (rc = draft_line(r, &op)) < 0)
		return rc;
	if ((rc = jc_log_reserve(log, 1, &no, r->err)) < 0 ||
	    (rc = jc_log_draft(log, r->scope, tier, no, r->line.data, r->line.len - 1, r->err)) < 0 ||
	    (rc = jc_log_reissued(log, no, old, r->err)) < 0 || (rc = again_insert(r, no, same, most)) < 0)
		return rc;
	return jc_project_draft(r->node->project, r->scope, no, r->line.data, r->line.len, r->err);
}

/* ---- one operation to the tray ---- */

static int
out_insert(struct reissue *r, int64_t copy, int64_t same)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, r->node->db,
	    "INSERT INTO refused_op(op, copy, reason, time) VALUES(:op, :copy, :reason, :time) ON CONFLICT DO NOTHING", r->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", same);
	jc_bind_int(st, ":copy", copy);
	jc_bind_text(st, ":reason", r->said.n != 0 ? r->said.p : "", r->said.n);
	jc_bind_int(st, ":time", r->now);
	r->trayed++;
	r->node->project->refused = 1;
	return jc_stmt_run(st, r->err);
}

static int
names_it(const struct jc_op *op, int64_t no)
{
	for (size_t i = 0; i < op->nnames; i++)
		for (size_t k = 0; k < op->names[i].nrefs; k++)
			if (op->names[i].refs[k].kind == JC_REF_LOCAL && op->names[i].refs[k].n == no)
				return 1;
	return 0;
}

/* What the refused operation named in that field, by local number. */
static int
named_instead(struct reissue *r, const struct jc_opread *out, struct jc_slice field)
{
	int rc = 0;

	for (size_t i = 0; i < out->op.nnames; i++)
		for (size_t k = 0; rc == 0 && jc_slice_eq(out->op.names[i].field, field) && k < out->op.names[i].nrefs; k++) {
			int64_t no;

			if ((rc = jc_log_ref_resolve(r->node->log, out, &out->op.names[i].refs[k], &no, r->err)) == 0 &&
			    (rc = jc_log_op_same(r->node->log, no, &no, r->err)) == 0)
				rc = ref_add(r, no);
		}
	return rc;
}

/* A draft that names the refused operation names what that one had named; nothing, if its line had no room. */
static int
draft_mend(struct reissue *r, const struct jc_opread *out, int64_t same, int instead)
{
	struct jc_op op = r->read.op;
	int rc = names_room(r, &op, &out->op);

	op.nnames = 0;
	for (size_t i = 0; rc == 0 && i < r->read.op.nnames; i++) {
		const struct jc_opnames *m = &r->read.op.names[i];
		size_t from = r->nref;

		for (size_t k = 0; rc == 0 && k < m->nrefs; k++)
			if (m->refs[k].n != same)
				rc = ref_add(r, m->refs[k].n);
			else if (instead)
				rc = named_instead(r, out, m->field);
		name_end(r, &op, m->field, from);
	}
	op.names = r->name;
	if (rc < 0 || (rc = draft_line(r, &op)) < 0)
		return rc;
	return jc_log_draft(r->node->log, r->scope, r->read.tier, r->read.no, r->line.data, r->line.len - 1, r->err);
}

static int
draft_next(struct reissue *r, int64_t after, int64_t *no)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, r->node->db, "SELECT min(op) FROM draft WHERE scope = :scope AND op > :after", r->err);

	*no = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", r->scope);
	jc_bind_int(st, ":after", after);
	if ((rc = jc_stmt_step(st, r->err)) == 1) {
		*no = jc_col_null(st, 0) ? 0 : jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

static int
refold(struct reissue *r, const struct jc_op *op)
{
	struct jc_kindmap *k;
	struct jc_rec *rec;
	int rc;

	if (op->kind.n == 0 || op->rec[0] == '\0')
		return 0;
	if ((rc = jc_kindmap_get(&k, r->node->project, op->kind, r->err)) < 0 ||
	    (rc = jc_rec_get(&rec, r->node->project, r->scope, k, op->rec, 0, r->err)) < 0 || rec == NULL)
		return rc;
	return jc_project_refold_rec(r->node->project, rec, r->err);
}

static int
drafts_mend(struct reissue *r, const struct jc_opread *out, int64_t same)
{
	int64_t no = 0;
	int rc;

	while ((rc = draft_next(r, no, &no)) == 0 && no != 0) {
		if ((rc = jc_log_op_read(r->node->log, no, &r->read, r->err)) < 0)
			return rc;
		if (!names_it(&r->read.op, same))
			continue;
		if ((rc = draft_mend(r, out, same, 1)) == JC_ELIMIT)
			rc = draft_mend(r, out, same, 0);
		if (rc < 0 || (rc = refold(r, &r->read.op)) < 0)
			return rc;
	}
	return rc;
}

static int
op_out(struct reissue *r, int64_t copy, int64_t same)
{
	struct jc_opread out;
	int rc = out_insert(r, copy, same);

	jc_opread_init(&out);
	if (rc == 0 && (rc = jc_log_op_read(r->node->log, copy, &out, r->err)) == 0 &&
	    (rc = drafts_mend(r, &out, same)) == 0)
		rc = refold(r, &out.op);
	jc_opread_free(&out);
	return rc;
}

/* ---- all of it ---- */

/* Operation idx of a refused commit. `most` < 0: it was refused alone, and not for the first time. */
static int
op_settle(struct reissue *r, const struct jc_commit_row *row, int64_t idx, int64_t most)
{
	struct jc_log *log = r->node->log;
	const struct jc_cinfo *c;
	int64_t no, same;
	int rc;

	if ((rc = jc_log_info(&c, log, row->no, r->err)) < 0 || (rc = jc_log_number(log, c, idx, &no, r->err)) < 0 ||
	    (rc = jc_log_is_origin(log, no, r->err)) != 0)
		return rc < 0 ? rc : 0; /* issued again already */
	if ((rc = jc_log_op_same(log, no, &same, r->err)) < 0 || (rc = jc_reissue_out(r->node->project, same, r->err)) != 0)
		return rc < 0 ? rc : 0;
	if ((rc = jc_log_op_read(log, no, &r->read, r->err)) < 0)
		return rc;
	if (most >= 0 && (rc = op_again(r, row->tier, no, same, most)) != JC_ELIMIT)
		return rc;
	return op_out(r, no, same);
}

/* How small the commits must be that issue this one's operations again; -1: there is no smaller one. */
static int
parts_of(struct reissue *r, const struct jc_commit_row *row, int64_t *most)
{
	const struct jc_cinfo *c;
	int64_t no, same;
	int rc;

	*most = row->no == r->first ? (row->nops + PARTS - 1) / PARTS : 0;
	if (row->no != r->first || row->nops != 1)
		return 0;
	if ((rc = jc_log_info(&c, r->node->log, row->no, r->err)) < 0 ||
	    (rc = jc_log_number(r->node->log, c, 0, &no, r->err)) < 0 ||
	    (rc = jc_log_op_same(r->node->log, no, &same, r->err)) < 0)
		return rc;
	if (same != no)
		*most = -1;
	return 0;
}

static int
commit_settle(struct reissue *r, int64_t no)
{
	struct jc_commit_row row;
	int64_t most;
	int rc;

	if ((rc = jc_log_commit(r->node->log, no, &row, r->err)) < 0 || (rc = refused_insert(r, no)) < 0 ||
	    (rc = parts_of(r, &row, &most)) < 0)
		return rc;
	for (int64_t i = 0; rc == 0 && i < row.nops; i++)
		rc = op_settle(r, &row, i, most);
	return rc;
}

/* What is behind comes first: the drafts that are mended when an operation goes to the tray must be there. */
static int
commits_settle(struct reissue *r)
{
	int rc = 0;

	for (size_t i = 1; rc == 0 && i < r->nrefused; i++)
		rc = commit_settle(r, r->refused[i]);
	return rc == 0 && r->nrefused != 0 ? commit_settle(r, r->refused[0]) : rc;
}

int
jc_reissue(struct jc_node *node, int64_t scope, int64_t commit_no, struct jc_slice said, int *trayed, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	struct reissue r = {.node = node, .scope = scope, .first = commit_no, .said = said, .err = err};
	struct jc_commit_row row;
	int rc;

	*trayed = 0;
	r.now = env->wall_ms(env->ctx) / 1000;
	jc_opread_init(&r.read);
	jc_buf_init(&r.line, JC_LINE_MAX * 2);
	if ((rc = jc_log_commit(node->log, commit_no, &row, err)) < 0)
		goto out;
	r.device = row.device;
	jc_db_log_window(node->db, 1);
	if ((rc = jc_log_walk(node->log, scope, commit_no - 1, commit_look, &r, err)) == 0)
		rc = commits_settle(&r);
	jc_db_log_window(node->db, -1);
	*trayed = r.trayed;
out:
	jc_opread_free(&r.read);
	jc_buf_free(&r.line);
	jc_free(r.refused);
	jc_free(r.name);
	jc_free(r.ref);
	return rc < 0 ? rc : 0;
}

int
jc_reissue_out(struct jc_project *p, int64_t op, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t any;
	int rc;

	if (p->refused < 0) {
		if ((rc = jc_db_int(p->db, &any, "SELECT EXISTS(SELECT 1 FROM refused_op)", err)) < 0)
			return rc;
		p->refused = any != 0;
	}
	if (p->refused == 0 || (rc = jc_db_prep(&st, p->db, "SELECT 1 FROM refused_op WHERE op = :op", err)) < 0)
		return p->refused == 0 ? 0 : rc;
	jc_bind_int(st, ":op", op);
	if ((rc = jc_stmt_step(st, err)) == 1)
		jc_stmt_reset(st);
	return rc;
}
