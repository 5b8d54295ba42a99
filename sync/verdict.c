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
#include "sync_beyond.h"
#include "verdict.h"

#include <string.h>

#include "../schema/schema_mem.h"
#include "log.h"
#include "reissue.h"

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

/* ---- devices that were revoked ---- */

static struct jc_slice
heads_of(const struct jc_op *op)
{
	for (size_t i = 0; i < op->nfields; i++)
		if (jc_slice_is(op->fields[i].name, "heads") && op->fields[i].kind == JC_VAL_TEXT)
			return op->fields[i].text;
	return (struct jc_slice){"", 0};
}

/* 1 when the commit is one of the accepted heads or before one. A head that is not here accepts nothing here. */
static int
accepted(struct jc_project *p, int64_t scope, int64_t commit, struct jc_slice heads, struct jc_err *err)
{
	while (heads.n != 0) {
		const char *space = memchr(heads.p, ' ', heads.n);
		size_t n = space != NULL ? (size_t)(space - heads.p) : heads.n, step = space != NULL ? n + 1 : n;
		const struct jc_cinfo *head;
		uint8_t h[JC_H16];
		int rc;

		if (jc_b64_decode(h, sizeof(h), heads.p, n) == JC_H16 &&
		    (rc = jc_log_info_h16(&head, p->log, scope, h, err)) != JC_ENOTFOUND) {
			if (rc < 0 || (rc = jc_log_reaches(p->log, head->no, commit, err)) != 0)
				return rc;
		}
		heads.p += step;
		heads.n -= step;
	}
	return 0;
}

/* The operation that revoked the device, 0: it is not revoked there. */
static int
revoked_by(struct jc_project *p, int64_t scope, int64_t device, int64_t *op, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db,
	    "SELECT op FROM standing WHERE scope = :scope AND device = :device AND state = 'revoked'", err);

	*op = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":device", device);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		*op = jc_col_int(st, 0);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

/* Nearly always nobody is: then nothing is looked for. */
static int
anybody(struct jc_project *p, struct jc_err *err)
{
	int64_t any;
	int rc;

	if (p->revoked < 0) {
		if ((rc = jc_db_int(p->db, &any, "SELECT EXISTS(SELECT 1 FROM standing WHERE state = 'revoked')", err)) < 0)
			return rc;
		p->revoked = any != 0;
	}
	return p->revoked;
}

/* 1 when the commit is of a revoked device and not among what was accepted of it. */
static int
beyond(struct jc_project *p, int64_t commit, struct jc_err *err)
{
	const struct jc_cinfo *c;
	struct jc_opread read;
	int64_t by, scope;
	int rc = jc_log_info(&c, p->log, commit, err);

	if (rc < 0 || c->tier == JC_TIER_BRANCH)
		return rc < 0 ? rc : 0;
	scope = c->scope;
	if ((rc = revoked_by(p, scope, c->device, &by, err)) < 0 || by == 0)
		return rc;
	jc_opread_init(&read);
	if ((rc = jc_log_op_read(p->log, by, &read, err)) == 0)
		rc = (rc = accepted(p, scope, commit, heads_of(&read.op), err)) < 0 ? rc : !rc;
	jc_opread_free(&read);
	return rc;
}

static int
commit_refold(struct jc_project *p, int64_t scope, int64_t no, struct jc_err *err)
{
	struct jc_ops_reader *reader = NULL;
	struct jc_commit_row row;
	struct jc_buf payload;
	struct jc_op op;
	int rc;

	jc_buf_init(&payload, JC_PAYLOAD_MAX);
	if ((rc = jc_log_commit(p->log, no, &row, err)) < 0 ||
	    (rc = jc_log_commit_bytes(p->log, &row, NULL, &payload, err)) < 0 || payload.len == 0 ||
	    (rc = jc_ops_reader_new(&reader, 0, err)) < 0)
		goto out;
	jc_ops_begin(reader, payload.data, payload.len);
	while ((rc = jc_ops_next(reader, &op, err)) == 1) {
		struct jc_kindmap *k;
		struct jc_rec *r;

		if (op.kind.n == 0 || op.rec[0] == '\0')
			continue;
		if ((rc = jc_kindmap_get(&k, p, op.kind, err)) < 0 || (rc = jc_rec_get(&r, p, scope, k, op.rec, 0, err)) < 0 ||
		    (r != NULL && (rc = jc_project_refold_rec(p, r, err)) < 0))
			break;
	}
out:
	jc_ops_reader_free(reader);
	jc_buf_free(&payload);
	return rc < 0 ? rc : 0;
}

/* The device's next commit after one; 0: none. */
static int
commit_next(struct jc_project *p, int64_t scope, int64_t device, int64_t *no, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db,
	    "SELECT min(no) FROM log_commit WHERE scope = :scope AND device = :device AND tier > 0 AND no > :after", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", scope);
	jc_bind_int(st, ":device", device);
	jc_bind_int(st, ":after", *no);
	if ((rc = jc_stmt_step(st, err)) < 0)
		return rc;
	*no = rc == 1 && !jc_col_null(st, 0) ? jc_col_int(st, 0) : 0;
	jc_stmt_reset(st);
	return 0;
}

/* 1 if the operation replaces a revocation: then it may give back what that one took. */
static int
after_revocation(struct jc_project *p, int64_t scope, const struct jc_op *op, struct jc_err *err)
{
	struct jc_opread read;
	int rc = 0, found = 0;

	jc_opread_init(&read);
	for (size_t i = 0; rc == 0 && i < op->nnames; i++)
		for (size_t k = 0; rc == 0 && jc_slice_is(op->names[i].field, "state") && k < op->names[i].nrefs; k++) {
			const struct jc_opref *ref = &op->names[i].refs[k];
			int64_t no = ref->n;

			if (ref->kind == JC_REF_SAME)
				found = 1; /* of its own commit: rare enough to look at everything */
			else if ((ref->kind == JC_REF_LOCAL || (rc = jc_log_op_find(p->log, scope, ref->h, ref->n, &no, err)) == 0) &&
			    (rc = jc_log_op_read(p->log, no, &read, err)) == 0)
				found |= jc_slice_is(text_of(&read.op, "state"), "revoked");
		}
	jc_opread_free(&read);
	return rc < 0 ? rc : found;
}

int
jc_verdict_standing(struct jc_project *p, int64_t scope, const struct jc_op *op, struct jc_err *err)
{
	int64_t device, by, no = 0;
	int rc = jc_device_find(p->log, op->rec, &device, NULL, err), all;

	if (rc < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	if ((rc = revoked_by(p, scope, device, &by, err)) < 0)
		return rc;
	if ((all = by == 0 ? 1 : after_revocation(p, scope, op, err)) < 0)
		return all;
	p->revoked = -1;
	while ((rc = commit_next(p, scope, device, &no, err)) == 0 && no != 0) /* one at a time: folding reads much */
		if ((rc = all ? 1 : beyond(p, no, err)) < 0 || (rc == 1 && (rc = commit_refold(p, scope, no, err)) < 0))
			return rc;
	return rc;
}

/* ---- what is beyond, for the officer ---- */

struct looking {
	struct jc_node *node;
	int64_t scope, device;
	jc_id id;
	int (*each)(void *arg, const struct jc_beyond *b);
	void *arg;
	struct jc_err *err;
};

static int
beyond_commit(struct looking *l, int64_t no)
{
	struct jc_beyond b = {.scope = l->scope};
	struct jc_ops_reader *reader = NULL;
	struct jc_commit_row row;
	struct jc_buf payload;
	struct jc_op op;
	int rc;

	memcpy(b.device, l->id, sizeof(b.device));
	jc_buf_init(&payload, JC_PAYLOAD_MAX);
	if ((rc = jc_log_commit(l->node->log, no, &row, l->err)) < 0 ||
	    (rc = jc_log_commit_bytes(l->node->log, &row, NULL, &payload, l->err)) < 0 || payload.len == 0 ||
	    (rc = jc_ops_reader_new(&reader, 0, l->err)) < 0)
		goto out;
	jc_ops_begin(reader, payload.data, payload.len);
	while ((rc = jc_ops_next(reader, &op, l->err)) == 1) {
		memcpy(b.rec, op.rec, sizeof(b.rec));
		b.kind = op.kind;
		b.time = op.time;
		b.nfields = op.nfields;
		if ((rc = l->each(l->arg, &b)) != 0)
			break;
	}
out:
	jc_ops_reader_free(reader);
	jc_buf_free(&payload);
	return rc;
}

static int
beyond_device(struct looking *l)
{
	int64_t no = 0;
	int rc;

	while ((rc = commit_next(l->node->project, l->scope, l->device, &no, l->err)) == 0 && no != 0)
		if ((rc = beyond(l->node->project, no, l->err)) < 0 || (rc == 1 && (rc = beyond_commit(l, no)) != 0))
			return rc;
	return rc;
}

/* The revoked device that follows one (scope, device). 1, 0: no more. */
static int
revoked_next(struct looking *l, const char *device)
{
	struct jc_stmt *st;
	size_t n;
	int rc = jc_db_prep(&st, l->node->db,
	    "SELECT s.scope, s.device, d.id FROM standing AS s JOIN device AS d ON d.no = s.device WHERE s.state = 'revoked'"
	    " AND (s.scope, s.device) > (:scope, :device) AND (:id = '' OR d.id = :id) ORDER BY s.scope, s.device LIMIT 1", l->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":scope", l->scope);
	jc_bind_int(st, ":device", l->device);
	jc_bind_str(st, ":id", device);
	if ((rc = jc_stmt_step(st, l->err)) != 1)
		return rc;
	l->scope = jc_col_int(st, 0);
	l->device = jc_col_int(st, 1);
	memcpy(l->id, jc_col_text(st, 2, &n), sizeof(l->id));
	jc_stmt_reset(st);
	return 1;
}

int
jc_beyond_each(struct jc_node *node, const char *device, int (*each)(void *arg, const struct jc_beyond *b), void *arg,
    struct jc_err *err)
{
	struct looking l = {.node = node, .each = each, .arg = arg, .err = err};
	int rc = jc_read_begin(node, err);

	if (rc < 0)
		return rc;
	while (rc == 0 && (rc = revoked_next(&l, device)) == 1)
		rc = beyond_device(&l);
	return jc_read_end(node, rc, err);
}

int
jc_beyond_accept(struct jc_node *node, const struct jc_scope *s, const jc_id device, struct jc_err *err)
{
	struct jc_project *p = node->project;
	int64_t no, commit = 0;
	int rc, end;

	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	if ((rc = jc_scope_accept(node->log, s, device, err)) == 0 && (rc = jc_device_find(node->log, device, &no, NULL, err)) == 0) {
		p->revoked = -1;
		while ((rc = commit_next(p, s->no, no, &commit, err)) == 0 && commit != 0)
			if ((rc = commit_refold(p, s->no, commit, err)) < 0)
				break;
	}
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
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

static int
kept_nothing(struct jc_verdict_kept *k)
{
	k->op.nfields = k->op.nnames = 0;
	k->op.verb = k->op.verb == JC_V_UNVOID ? JC_V_VOID : k->op.verb;
	return 1;
}

int
jc_verdict_keep(struct jc_verdict_kept *k, struct jc_project *p, int64_t no, const struct jc_op *op, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc, any = 0;

	memset(k, 0, sizeof(*k));
	if ((rc = jc_reissue_out(p, no, err)) == 1)
		return (rc = kept_begin(k, op, err)) < 0 ? rc : kept_nothing(k);
	if (rc < 0 || (rc = anybody(p, err)) < 0)
		return rc;
	if (rc == 1) {
		struct jc_place place;

		rc = jc_log_where(p->log, no, &place, err);
		if (rc == 0 && (rc = beyond(p, place.commit_no, err)) == 1)
			return (rc = kept_begin(k, op, err)) < 0 ? rc : kept_nothing(k);
		if (rc < 0 && rc != JC_ENOTFOUND)
			return rc;
	}
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
