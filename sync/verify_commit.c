/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One commit against the rules of FORMAT 6: first what it is by itself (bytes, hash, signature), then its
 * place among others (chain, parents, Lamport number, founding), then what its operations say. A commit
 * that fails the first part is not asked further: the rest would only repeat it.
 */
#include "sync_succession.h"
#include "verify.h"
#include "witness.h"

#include <string.h>

/* The row and the object must tell the same. */
static int
row_agrees(struct jc_verify *v, const struct jc_commit_row *row, const struct jc_commit *c)
{
	char label[JC_LABEL_MAX + 1];
	struct jc_oid oid;
	jc_id id;
	int rc, known, at;

	if ((rc = jc_device_label(v->log, row->device, id, label, v->err)) == JC_ENOTFOUND)
		return 0;
	if (rc < 0 || (rc = known = jc_keyring_has(v->log, id, c->pk, &at, v->err)) < 0 ||
	    (rc = jc_oid_of(&oid, JC_OBJ_COMMIT, v->object.data, v->object.len)) < 0)
		return rc;
	return jc_oid_cmp(&oid, &row->oid) == 0 && memcmp(c->hash, row->hash, JC_HASH_LEN) == 0 &&
	    strcmp(c->device, id) == 0 && known && strcmp(c->run, row->run) == 0 &&
	    strcmp(c->scope, v->scope.id) == 0 && strcmp(c->network, v->scope.network) == 0 && c->tier == row->tier &&
	    c->seq == row->seq && c->lamport == row->lamport && c->time == row->time && c->schema == row->schema &&
	    c->nparents == row->nparents;
}

/* Rules 3, 4 and 6. 1: sound, 0: a finding was reported. */
static int
bytes_check(struct jc_verify *v, const struct jc_commit_row *row, struct jc_commit *c)
{
	int rc;

	jc_buf_reset(&v->object);
	jc_buf_reset(&v->payload);
	rc = jc_log_commit_bytes(v->log, row, &v->object, NULL, v->err);
	if (rc == 0)
		rc = jc_commit_parse(c, v->object.data, v->object.len, v->err);
	if (rc == 0)
		rc = row_agrees(v, row, c);
	if (rc == 0 || jc_verify_damage(rc)) {
		jc_verify_finding(v, JC_R_COMMIT, "%lld", (long long)row->no);
		return 0;
	}
	if (rc < 0)
		return rc;
	rc = jc_log_commit_bytes(v->log, row, NULL, &v->payload, v->err);
	if (rc == 0)
		rc = jc_commit_attach(c, v->payload.data != NULL ? v->payload.data : "", v->payload.len, v->err);
	if (jc_verify_damage(rc)) {
		jc_verify_finding(v, JC_R_PAYLOAD, "%lld", (long long)row->no);
		return 0;
	}
	if (rc < 0)
		return rc;
	rc = jc_commit_verify(c, v->object.data, v->object.len, v->err);
	if (rc == 0 && (rc = jc_keyring_may(v->log, row->scope, c, v->err)) >= 0)
		rc = rc == 1 ? 0 : JC_ESIGNATURE;
	if (jc_verify_damage(rc)) {
		jc_verify_finding(v, JC_R_SIGNATURE, "%lld", (long long)row->no);
		return 0;
	}
	return rc < 0 ? rc : 1;
}

/* Rules 7, 8 and 9. */
static int
place_check(struct jc_verify *v, const struct jc_commit_row *row, const struct jc_commit *c)
{
	int64_t lamport = 1;
	int chain = c->seq == 1 || row->nparents != 0, parents = 1;

	for (size_t i = 0; i < row->nparents; i++) {
		const struct jc_cinfo *p;
		int rc = row->parent[i] < row->no ? jc_log_info(&p, v->log, row->parent[i], v->err) : JC_ENOTFOUND;

		if (rc < 0 && !jc_verify_damage(rc))
			return rc;
		if (rc < 0 || p->scope != row->scope || p->tier < row->tier ||
		    memcmp(p->hash, c->parent_hash[i], JC_HASH_LEN) != 0) {
			parents = 0;
			continue;
		}
		if (p->lamport >= lamport)
			lamport = p->lamport + 1;
		if (i == 0 && c->seq > 1) {
			chain = p->device == row->device && p->tier == row->tier;
			if (chain)
				v->succeeded[p->no / 8] |= (uint8_t)(1u << (p->no % 8));
			chain = chain && p->seq == row->seq - 1;
		}
	}
	if (!chain)
		jc_verify_finding(v, JC_R_CHAIN, "%lld", (long long)row->no);
	if (!parents)
		jc_verify_finding(v, JC_R_PARENTS, "%lld", (long long)row->no);
	else if (lamport != c->lamport)
		jc_verify_finding(v, JC_R_LAMPORT, "%lld", (long long)row->no);
	return 0;
}

/* Rule 10. The scope's very first commit carries the founding operation itself. */
static void
founding_check(struct jc_verify *v, const struct jc_commit_row *row, const struct jc_commit *c)
{
	int ok = c->has_founding == (c->seq == 1);

	if (c->has_founding)
		ok = ok && memcmp(c->founding, v->scope.founding, JC_HASH_LEN) == 0;
	if (row->nparents == 0) {
		const char *lf = v->payload.len != 0 ? memchr(v->payload.data, '\n', v->payload.len) : NULL;
		uint8_t hash[JC_HASH_LEN];

		ok = ok && lf != NULL && strcmp(c->device, v->scope.authority) == 0;
		if (ok) {
			jc_hash(hash, v->payload.data, (size_t)(lf - v->payload.data));
			ok = memcmp(hash, v->scope.founding, JC_HASH_LEN) == 0;
		}
	}
	if (!ok)
		jc_verify_finding(v, JC_R_FOUNDING, "%lld", (long long)row->no);
}

/* Rule 12: one number for every operation, in the order of the commit. */
static int
numbers_check(struct jc_verify *v, const struct jc_commit_row *row)
{
	struct jc_stmt *st;
	int64_t next = 0;
	int ok = 1, rc = jc_db_prep(&st, v->log->db,
	    "SELECT first, n, idx FROM oprange WHERE commit_no = :no ORDER BY idx", v->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", row->no);
	while ((rc = jc_stmt_step(st, v->err)) == 1) {
		ok = ok && jc_col_int(st, 2) == next && jc_col_int(st, 1) > 0;
		if (row->first_op != 0)
			ok = ok && jc_col_int(st, 0) == row->first_op + next;
		next += jc_col_int(st, 1);
	}
	if (rc == 0 && (!ok || next != row->nops))
		jc_verify_finding(v, JC_R_NUMBERS, "%lld", (long long)row->no);
	return rc;
}

static int
writes(const struct jc_op *op, struct jc_slice field)
{
	if (op->verb == JC_V_UNVOID)
		return jc_slice_is(field, "~");
	for (size_t i = 0; i < op->nfields; i++)
		if (jc_slice_eq(op->fields[i].name, field))
			return 1;
	return 0;
}

/* Reads what a reference names; 0, or negative. */
static int
named_read(struct jc_verify *v, const struct jc_opread *at, const struct jc_opref *ref)
{
	int64_t no;
	int rc = jc_log_ref_resolve(v->log, at, ref, &no, v->err);

	return rc < 0 ? rc : jc_log_op_read(v->log, no, &v->named, v->err);
}

/* The records that the operation's witnesses join to its own. 1 sound, 0 not. */
static int
witnesses_check(struct jc_verify *v, const struct jc_opread *at, const struct jc_op *op, struct jc_witness *w)
{
	uint64_t rec;
	int rc = 0;

	w->n = w->njoined = 0;
	for (size_t k = 0; jc_witness_has(op) && rc == 0 && k < op->names[0].nrefs; k++)
		if ((rc = named_read(v, at, &op->names[0].refs[k])) == 0)
			rc = jc_slice_eq(v->named.op.kind, op->kind) ? jc_witness_add(w, &v->named.op) : JC_EFORMAT;
	if (rc < 0)
		return jc_verify_damage(rc) ? 0 : rc;
	if (jc_id_to_u64(&rec, op->rec, JC_ID_LEN) == 0)
		jc_witness_close(w, rec);
	return 1;
}

/* Rule 14 for one name: it exists, before, in the same field, in the same record or one that the
 * witnesses join to it. 1 sound, 0 not. */
static int
name_check(struct jc_verify *v, const struct jc_opread *at, const struct jc_op *op, const struct jc_opnames *names,
    size_t i, const struct jc_witness *w)
{
	int rc = named_read(v, at, &names->refs[i]);

	if (rc < 0)
		return jc_verify_damage(rc) ? 0 : rc;
	return v->named.scope == at->scope &&
	    (strcmp(v->named.op.rec, op->rec) == 0 || jc_witness_joins(w, v->named.op.rec)) &&
	    jc_slice_eq(v->named.op.kind, op->kind) && writes(&v->named.op, names->field);
}

static int
names_check(struct jc_verify *v, const struct jc_opread *at, const struct jc_op *op)
{
	struct jc_witness w;
	int rc;

	if (op->verb != JC_V_SET && op->verb != JC_V_VOID && op->verb != JC_V_UNVOID && op->verb != JC_V_ALIAS &&
	    op->verb != JC_V_DEVICE)
		return 0;
	rc = op->nnames != 0 ? witnesses_check(v, at, op, &w) : 1;
	for (size_t i = (size_t)jc_witness_has(op); i < op->nnames; i++)
		for (size_t k = 0; rc == 1 && k < op->names[i].nrefs; k++)
			rc = name_check(v, at, op, &op->names[i], k, &w);
	if (rc == 0)
		jc_verify_finding(v, JC_R_NAMES, "%lld.%lld", (long long)at->commit_no, (long long)at->idx);
	return rc < 0 ? rc : 0;
}

/* The operations' half of rule 16: whom the authority enrolled or revoked has a standing. */
static int
standing_check(struct jc_verify *v, const struct jc_commit *c, const struct jc_op *op)
{
	int64_t device;
	char state[12];
	int rc;

	if (op->verb != JC_V_DEVICE || strcmp(c->device, v->scope.authority) != 0)
		return 0;
	rc = jc_device_find(v->log, op->rec, &device, NULL, v->err);
	if (rc == 0)
		rc = jc_device_standing(v->log, v->scope.no, device, state, v->err);
	if (rc == JC_ENOTFOUND || (rc == 0 && state[0] == '\0')) {
		jc_verify_finding(v, JC_R_STANDING, "%s", op->rec);
		return 0;
	}
	return rc;
}

/* Rules 5, 14, 16. */
static int
ops_check(struct jc_verify *v, const struct jc_commit_row *row, const struct jc_commit *c)
{
	struct jc_opread at = {.scope = row->scope, .commit_no = row->no};
	struct jc_op op;
	int rc;

	jc_ops_begin(v->reader, v->payload.data, v->payload.len);
	while ((rc = jc_ops_next(v->reader, &op, v->err)) == 1) {
		if ((rc = names_check(v, &at, &op)) < 0 || (rc = standing_check(v, c, &op)) < 0)
			return rc;
		at.idx++;
		v->report->ops++;
	}
	if (rc < 0 && !jc_verify_damage(rc))
		return rc;
	if (rc < 0 || at.idx != row->nops)
		jc_verify_finding(v, JC_R_OPS, "%lld.%lld", (long long)row->no, (long long)at.idx);
	return 0;
}

/* Of a commit that the hub refused nothing is asked but that its operations were issued again, or lie in the tray. */
static int
refused_check(struct jc_verify *v, const struct jc_commit_row *row)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->log->db,
	    "SELECT count(*) FROM log_commit AS c JOIN oprange AS o ON o.commit_no = c.no"
	    " WHERE c.no = :no AND o.n > (SELECT count(*) FROM op_origin WHERE op >= o.first AND op < o.first + o.n)"
	    "     + (SELECT count(*) FROM refused_op WHERE copy >= o.first AND copy < o.first + o.n)", v->err);

	if (row->seq > 1 && row->nparents != 0)
		v->succeeded[row->parent[0] / 8] |= (uint8_t)(1u << (row->parent[0] % 8));
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", row->no);
	if ((rc = jc_stmt_step(st, v->err)) == 1) {
		if (jc_col_int(st, 0) != 0)
			jc_verify_finding(v, JC_R_COPIES, "%lld", (long long)row->no);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : numbers_check(v, row);
}

int
jc_verify_commit(void *verify, const struct jc_commit_row *row)
{
	struct jc_verify *v = verify;
	struct jc_commit c;
	int rc = jc_verify_tick(v);

	if (rc < 0)
		return rc;
	v->report->commits++;
	if ((rc = jc_log_refused(v->log, row->no, v->err)) != 0)
		return rc < 0 ? rc : refused_check(v, row);
	if ((rc = bytes_check(v, row, &c)) != 1)
		return rc;
	founding_check(v, row, &c);
	if ((rc = place_check(v, row, &c)) < 0 || (rc = numbers_check(v, row)) < 0)
		return rc;
	return ops_check(v, row, &c);
}
