/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Verdicts. The authority says of writes, each one field of one operation, that they are returned, or
 * accepted after all. A statement names the earlier statements that its author knew of; the ones that
 * nobody has named stand side by side, and where one of them says "returned" the write is returned: two
 * officers who disagree without knowing of each other have not agreed to accept. A later statement that
 * names both decides.
 *
 * A returned write counts no more than one that never was: neither its value nor what it replaced. So the
 * record is folded anew without it, and what it had replaced is shown again.
 */
#include "verdict.h"

#include <string.h>

#include "../schema/schema_mem.h"

struct said {
	struct jc_project *p;
	const struct jc_apply_at *at;
	int64_t by;
	const struct jc_op *op;
	struct jc_slice state, reason;
	int64_t rec;
	struct jc_err *err;
};

static struct jc_slice
text_of(const struct jc_op *op, const char *name)
{
	for (size_t i = 0; i < op->nfields; i++)
		if (jc_slice_is(op->fields[i].name, name) && op->fields[i].kind == JC_VAL_TEXT)
			return op->fields[i].text;
	return (struct jc_slice){"", 0};
}

/* ---- what stands of one write ---- */

/* The statement that decides: an unnamed one that returns, else the unnamed one of the highest number. */
static int
decide(struct said *s, int64_t op, struct jc_slice field)
{
	struct jc_stmt *st, *put;
	int rc;

	if ((rc = jc_db_prep(&st, s->p->db,
	         "SELECT by_op, state, reason FROM verdict_said WHERE op = :op AND field = :field AND NOT replaced"
	         " ORDER BY state = 'returned' DESC, by_op DESC LIMIT 1", s->err)) < 0 ||
	    (rc = jc_db_prep(&put, s->p->db,
	         "INSERT INTO verdict(op, field, state, reason, by_op) VALUES(:op, :field, :state, :reason, :by)"
	         " ON CONFLICT(op, field) DO UPDATE SET state = excluded.state, reason = excluded.reason,"
	         " by_op = excluded.by_op", s->err)) < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	jc_bind_text(st, ":field", field.p, field.n);
	if ((rc = jc_stmt_step(st, s->err)) == 1) {
		size_t nstate, nreason;
		const char *state = jc_col_text(st, 1, &nstate), *reason = jc_col_text(st, 2, &nreason);

		jc_bind_int(put, ":op", op);
		jc_bind_text(put, ":field", field.p, field.n);
		jc_bind_text(put, ":state", state, nstate);
		jc_bind_text(put, ":reason", reason, nreason);
		jc_bind_int(put, ":by", jc_col_int(st, 0));
		rc = jc_stmt_run(put, s->err);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

/* 1 if the number is a statement of its own on that field: then it is what this one replaces. */
static int
earlier_replace(struct said *s, int64_t no, struct jc_slice field)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, s->p->db,
	    "UPDATE verdict_said SET replaced = 1 WHERE by_op = :by AND field = :field", s->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":by", no);
	jc_bind_text(st, ":field", field.p, field.n);
	if ((rc = jc_stmt_run(st, s->err)) < 0)
		return rc;
	return jc_db_changes(s->p->db) > 0;
}

static int
state_put(struct said *s, int64_t op, struct jc_slice field)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, s->p->db,
	    "INSERT INTO verdict_said(op, field, by_op, rec, state, reason, replaced)"
	    " VALUES(:op, :field, :by, :rec, :state, :reason, 0) ON CONFLICT DO NOTHING", s->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	jc_bind_text(st, ":field", field.p, field.n);
	jc_bind_int(st, ":by", s->by);
	jc_bind_int(st, ":rec", s->rec);
	jc_bind_text(st, ":state", s->state.p, s->state.n);
	jc_bind_text(st, ":reason", s->reason.p, s->reason.n);
	return jc_stmt_run(st, s->err);
}

static int
field_say(struct said *s, const struct jc_opnames *names)
{
	int rc = 0;

	for (size_t k = 0; rc >= 0 && k < names->nrefs; k++) {
		int64_t no;

		if ((rc = jc_project_ref(s->p, s->at, &names->refs[k], &no, s->err)) < 0 ||
		    (rc = earlier_replace(s, no, names->field)) != 0)
			continue;
		rc = state_put(s, no, names->field);
	}
	for (size_t k = 0; rc >= 0 && k < names->nrefs; k++) {
		int64_t no;

		if ((rc = jc_project_ref(s->p, s->at, &names->refs[k], &no, s->err)) >= 0)
			rc = decide(s, no, names->field);
	}
	return rc;
}

int
jc_verdict_op(struct jc_project *p, const struct jc_apply_at *at, int64_t no, const struct jc_op *op, struct jc_err *err)
{
	struct said s = {.p = p, .at = at, .op = op, .state = text_of(op, "state"), .reason = text_of(op, "reason"), .err = err};
	struct jc_kindmap *k;
	struct jc_rec *r;
	int rc;

	if ((!jc_slice_is(s.state, "returned") && !jc_slice_is(s.state, "accepted")) || op->kind.n == 0 || op->rec[0] == '\0')
		return 0; /* of a later program */
	if ((rc = jc_log_op_same(p->log, no, &s.by, err)) < 0 || (rc = jc_kindmap_get(&k, p, op->kind, err)) < 0 ||
	    (rc = jc_rec_get(&r, p, at->scope, k, op->rec, 0, err)) < 0 || r == NULL)
		return rc;
	s.rec = r->rec;
	for (size_t i = 0; rc >= 0 && i < op->nnames; i++)
		rc = field_say(&s, &op->names[i]);
	p->verdicts = 1;
	return rc < 0 ? rc : jc_project_refold_rec(p, r, err);
}

/* ---- what is left of an operation ---- */

void
jc_verdict_kept_free(struct jc_verdict_kept *k)
{
	jc_free(k->field);
	jc_free(k->name);
	memset(k, 0, sizeof(*k));
}

static int
kept_begin(struct jc_verdict_kept *k, const struct jc_op *op, struct jc_err *err)
{
	k->op = *op;
	k->field = jc_calloc(op->nfields + 1, sizeof(*k->field));
	k->name = jc_calloc(op->nnames + 1, sizeof(*k->name));
	if (k->field == NULL || k->name == NULL)
		return JC_NOMEM(err, "jc_verdict_keep");
	if (op->nfields != 0)
		memcpy(k->field, op->fields, op->nfields * sizeof(*k->field));
	if (op->nnames != 0)
		memcpy(k->name, op->names, op->nnames * sizeof(*k->name));
	k->op.fields = k->field;
	k->op.names = k->name;
	return 0;
}

static void
kept_without(struct jc_verdict_kept *k, const char *field)
{
	size_t nfields = 0, nnames = 0;

	for (size_t i = 0; i < k->op.nfields; i++)
		if (k->op.verb == JC_V_VOID || !jc_slice_is(k->field[i].name, field))
			k->field[nfields++] = k->field[i];
	for (size_t i = 0; i < k->op.nnames; i++)
		if (!jc_slice_is(k->name[i].field, field))
			k->name[nnames++] = k->name[i];
	k->op.nfields = nfields;
	k->op.nnames = nnames;
	if (k->op.verb == JC_V_UNVOID && strcmp(field, "~") == 0)
		k->op.verb = JC_V_VOID; /* with nothing named: no effect */
}

int
jc_verdict_keep(struct jc_verdict_kept *k, struct jc_project *p, int64_t no, const struct jc_op *op, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc, any = 0;

	memset(k, 0, sizeof(*k));
	if (!p->verdicts)
		return 0;
	if ((rc = jc_db_prep(&st, p->db, "SELECT field FROM verdict WHERE op = :op AND state = 'returned'", err)) < 0)
		return rc;
	jc_bind_int(st, ":op", no);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n;
		const char *field = jc_col_text(st, 0, &n);

		if (!any++ && (rc = kept_begin(k, op, err)) < 0) {
			jc_stmt_reset(st);
			return rc;
		}
		kept_without(k, field);
	}
	return rc < 0 ? rc : any != 0;
}
