/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Columns that follow from other records of the same scope: a check closes when all that it found is closed,
 * a venue may be used until its latest check finds something serious, a unit has a union when the one it
 * names is alive. Only the same scope is looked at, so that a branch and its hub say the same.
 */
#include "derive.h"

#include <string.h>

/* States of an item in which something is still to be done. */
#define OPEN_STATES "('found', 'rectifying', 'recheck', 'returned')"

static int
is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

/* ---- check ---- */

static int
check_cross(struct jc_derived *v)
{
	struct jc_stmt *st;
	int rc;

	if (!is(jc_derived_get(v, "state"), "submitted"))
		return 0;
	if ((rc = jc_db_prep(&st, v->p->db,
	         "SELECT count(*), sum(coalesce(k.state, 'pending') IN ('pending', 'found', 'rectifying', 'recheck', 'returned')),"
	         " max(k.state_on)"
	         "  FROM k_check_item k JOIN record r USING(rec)"
	         " WHERE k.check_id = :id AND r.scope = :scope AND r.void = 0", v->err)) < 0)
		return rc;
	jc_bind_text(st, ":id", v->id, JC_ID_LEN);
	jc_bind_int(st, ":scope", v->scope);
	if ((rc = jc_stmt_step(st, v->err)) != 1)
		return rc;
	if (jc_col_int(st, 0) > 0 && jc_col_int(st, 1) == 0) {
		const char *last = jc_col_text(st, 2, NULL), *now = jc_derived_get(v, "state_on");

		jc_derived_set(v, "state", "closed");
		if (last != NULL && (now == NULL || strcmp(last, now) > 0))
			jc_derived_set(v, "state_on", last);
	}
	jc_stmt_reset(st);
	return 0;
}

/* ---- venue ---- */

static int
venue_cross(struct jc_derived *v)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->p->db,
	    "SELECT c.checked_on, EXISTS(SELECT 1 FROM k_check_item i JOIN record ir USING(rec)"
	    "   WHERE i.check_id = r.id AND ir.scope = r.scope AND ir.void = 0 AND i.severity = '3' AND i.state IN " OPEN_STATES ")"
	    "  FROM k_check c JOIN record r USING(rec)"
	    " WHERE c.venue_id = :id AND r.scope = :scope AND r.void = 0 AND coalesce(c.state, '') <> 'void'"
	    " ORDER BY c.checked_on DESC, r.id DESC LIMIT 1", v->err);

	if (rc < 0)
		return rc;
	jc_bind_text(st, ":id", v->id, JC_ID_LEN);
	jc_bind_int(st, ":scope", v->scope);
	if ((rc = jc_stmt_step(st, v->err)) != 1)
		return rc;
	jc_derived_set(v, "safety_check_on", jc_col_text(st, 0, NULL));
	jc_derived_set(v, "usable", jc_col_int(st, 1) ? "0" : "1");
	jc_stmt_reset(st);
	return 0;
}

/* ---- org ---- */

const char *
jc_derive_scale(int64_t full, int64_t part, int known)
{
	int64_t n = full + part;

	if (!known)
		return NULL;
	return n < 10 ? "xs" : n < 25 ? "s" : n < 50 ? "m" : n < 100 ? "l" : "xl";
}

/* How the union covers the unit: by its type, or, when the union is in another scope, by how the case was built. */
static const char *
covered(const char *union_type, const char *form)
{
	if (union_type != NULL)
		return strcmp(union_type, "basic_single") == 0 ? "covered_own" : strncmp(union_type, "fed_", 4) == 0 ? "covered_fed" : "covered_joint";
	if (is(form, "single"))
		return "covered_own";
	return is(form, "industry") || is(form, "region") || is(form, "federation") ? "covered_fed" : "covered_joint";
}

static const char *
not_covered(const char *state)
{
	static const char *const building[] = {"survey", "mobilise", "prepare", "approved", "congress", "filing", "paused", NULL};

	for (size_t i = 0; building[i] != NULL; i++)
		if (is(state, building[i]))
			return "building";
	return is(state, "dissolved") ? "dissolved" : "none";
}

/* Columns: org_kind, union_id, staff_full, staff_part, union known, union gone, union_type, case state, form. */
static void
org_columns(struct jc_derived *v, struct jc_stmt *st)
{
	const char *kind = jc_col_text(st, 0, NULL), *state = jc_col_text(st, 7, NULL), *form = jc_col_text(st, 8, NULL);
	const char *full = jc_col_text(st, 2, NULL), *part = jc_col_text(st, 3, NULL);
	int known = (full != NULL && full[0] >= '0' && full[0] <= '9') || (part != NULL && part[0] >= '0' && part[0] <= '9');

	jc_derived_set(v, "scale_class", jc_derive_scale(jc_col_int(st, 2), jc_col_int(st, 3), known));
	if (!is(kind, "social") && !is(kind, "employer"))
		return;
	if (!jc_col_null(st, 1) && !jc_col_int(st, 5))
		jc_derived_set(v, "union_state", covered(jc_col_text(st, 6, NULL), form));
	else if (is(state, "built") && jc_col_null(st, 1))
		jc_derived_set(v, "union_state", covered(NULL, form));
	else
		jc_derived_set(v, "union_state", not_covered(state));
}

static int
org_cross(struct jc_derived *v)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, v->p->db,
	    "SELECT k.org_kind, k.union_id, k.staff_full, k.staff_part, ur.rec IS NOT NULL,"
	    "       ur.rec IS NOT NULL AND (ur.void OR u.org_status IN ('deregistered', 'merged', 'suspended')), u.union_type,"
	    "       (SELECT c.state FROM k_build_case c JOIN record cr USING(rec) WHERE c.org_id = :id AND cr.scope = :scope"
	    "          AND cr.void = 0 ORDER BY c.state_on DESC, cr.id DESC LIMIT 1),"
	    "       (SELECT c.form FROM k_build_case c JOIN record cr USING(rec) WHERE c.org_id = :id AND cr.scope = :scope"
	    "          AND cr.void = 0 ORDER BY c.state_on DESC, cr.id DESC LIMIT 1)"
	    "  FROM k_org k"
	    "  LEFT JOIN record ur ON ur.scope = :scope AND ur.id = k.union_id AND ur.kind = 1"
	    "  LEFT JOIN k_org u ON u.rec = ur.rec"
	    " WHERE k.rec = :rec", v->err);

	if (rc < 0)
		return rc;
	jc_bind_text(st, ":id", v->id, JC_ID_LEN);
	jc_bind_int(st, ":scope", v->scope);
	jc_bind_int(st, ":rec", v->rec);
	if ((rc = jc_stmt_step(st, v->err)) != 1)
		return rc;
	org_columns(v, st);
	jc_stmt_reset(st);
	return 0;
}

int
jc_derive_cross(struct jc_derived *v)
{
	if (is(v->d->kind->name, "check"))
		return check_cross(v);
	return is(v->d->kind->name, "venue") ? venue_cross(v) : org_cross(v);
}

/* ---- what follows from what ---- */

/* The records whose ids the statement gives in its first column. */
static int
due_each(struct jc_project *p, struct jc_stmt *st, int64_t scope, const char *kind, struct jc_err *err)
{
	const struct jc_kind *k = jc_catalogue_kind(kind, strlen(kind));
	int rc;

	while ((rc = jc_stmt_step(st, err)) == 1)
		if ((rc = jc_derive_due(p, scope, k, jc_col_text(st, 0, NULL), err)) < 0) {
			jc_stmt_reset(st);
			break;
		}
	return rc;
}

static int
units_due(struct jc_project *p, int64_t scope, const char *id, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db,
	    "SELECT r.id FROM k_org k JOIN record r USING(rec) WHERE k.union_id = :id AND r.scope = :scope", err);

	if (rc < 0)
		return rc;
	jc_bind_text(st, ":id", id, JC_ID_LEN);
	jc_bind_int(st, ":scope", scope);
	return due_each(p, st, scope, "org", err);
}

int
jc_derive_spread(struct jc_project *p, const struct jc_kind *kind, int64_t rec, int64_t scope, const char *id, int state,
    struct jc_err *err)
{
	const char *to = NULL;
	struct jc_stmt *st;
	int rc = 0;

	if (is(kind->name, "org"))
		return state ? 0 : units_due(p, scope, id, err);
	if (is(kind->name, "check_item")) {
		to = "check";
		rc = jc_db_prep(&st, p->db, "SELECT check_id FROM k_check_item WHERE rec = :rec", err);
	} else if (is(kind->name, "check")) {
		to = "venue";
		rc = jc_db_prep(&st, p->db, "SELECT venue_id FROM k_check WHERE rec = :rec", err);
	} else if (is(kind->name, "build_case")) {
		to = "org";
		rc = jc_db_prep(&st, p->db, "SELECT org_id FROM k_build_case WHERE rec = :rec", err);
	}
	if (to == NULL || rc < 0)
		return rc;
	jc_bind_int(st, ":rec", rec);
	return due_each(p, st, scope, to, err);
}

int
jc_derive_cross_all(struct jc_project *p, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, p->db,
	    "SELECT r.scope, r.kind, r.id FROM k_check k JOIN record r USING(rec)"
	    " UNION ALL SELECT r.scope, r.kind, r.id FROM k_venue k JOIN record r USING(rec)"
	    " UNION ALL SELECT r.scope, r.kind, r.id FROM k_org k JOIN record r USING(rec) WHERE k.union_id IS NOT NULL"
	    " UNION ALL SELECT r.scope, 1, k.org_id FROM k_build_case k JOIN record r USING(rec)", err);

	while (rc >= 0 && (rc = jc_stmt_step(st, err)) == 1)
		if ((rc = jc_derive_due(p, jc_col_int(st, 0), jc_catalogue_kind_id((unsigned)jc_col_int(st, 1)),
		         jc_col_text(st, 2, NULL), err)) < 0)
			jc_stmt_reset(st);
	return rc;
}
