/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Measures of the clock, told by operation numbers: they grow with every save and no clock is needed to
 * compare them. A row spans the numbers between measures that said the same; an operation within it was saved
 * under that clock. Between two rows the clock changed at a moment that nobody saw, and the worse is told.
 */
#include "sync_skew.h"

#define SAME 60 /* seconds: measures so close say the same */

static int
off(int64_t skew)
{
	return skew > JC_SKEW_TOLD || skew < -JC_SKEW_TOLD;
}

static int
says_same(int64_t a, int64_t b)
{
	return off(a) == off(b) && (!off(a) || (a - b <= SAME && b - a <= SAME));
}

/* The last row; 0: none. */
static int
last_get(struct jc_node *node, int64_t *no, int64_t *skew, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, "SELECT no, skew FROM clock_skew ORDER BY no DESC LIMIT 1", err);

	*no = *skew = 0;
	if (rc < 0)
		return rc;
	if ((rc = jc_stmt_step(st, err)) == 1) {
		*no = jc_col_int(st, 0);
		*skew = jc_col_int(st, 1);
		jc_stmt_reset(st);
	}
	return rc < 0 ? rc : 0;
}

int
jc_skew_note(struct jc_node *node, int64_t skew, struct jc_err *err)
{
	int64_t next, no, last;
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_log_reserve(node->log, 0, &next, err)) < 0 || (rc = last_get(node, &no, &last, err)) < 0)
		return rc;
	if (no != 0 && says_same(last, skew))
		rc = jc_db_prep(&st, node->db, "UPDATE clock_skew SET to_op = :next, skew = :skew WHERE no = :no", err);
	else
		rc = jc_db_prep(&st, node->db,
		    "INSERT INTO clock_skew(no, from_op, to_op, skew) VALUES(:no + 1, :next, :next, :skew)", err);
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":no", no);
	jc_bind_int(st, ":next", next);
	jc_bind_int(st, ":skew", off(skew) ? skew : 0);
	jc_db_log_window(node->db, 1);
	rc = jc_stmt_run(st, err);
	jc_db_log_window(node->db, -1);
	return rc;
}

/* 1 if it was saved here: a draft, or an operation of a commit that was cut here. */
static int
saved_here(struct jc_node *node, int64_t op, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT 1 FROM draft WHERE op = :op UNION ALL"
	    " SELECT c.first_op = 0 FROM (SELECT * FROM oprange WHERE first <= :op ORDER BY first DESC LIMIT 1) AS o"
	    " JOIN log_commit AS c ON c.no = o.commit_no WHERE :op < o.first + o.n LIMIT 1", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		rc = jc_col_int(st, 0) != 0;
		jc_stmt_reset(st);
	}
	return rc;
}

int
jc_skew_at(struct jc_node *node, int64_t op, int64_t *skew, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t worst = 0, here;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT skew FROM (SELECT skew FROM clock_skew WHERE from_op <= :op ORDER BY no DESC LIMIT 1)"
	    " UNION ALL SELECT skew FROM (SELECT skew FROM clock_skew WHERE from_op > :op AND NOT EXISTS"
	    " (SELECT 1 FROM clock_skew WHERE from_op <= :op AND to_op > :op) ORDER BY no LIMIT 1)", err);

	*skew = 0;
	if (rc < 0)
		return rc;
	jc_bind_int(st, ":op", op);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		int64_t s = jc_col_int(st, 0);

		if ((s < 0 ? -s : s) > (worst < 0 ? -worst : worst))
			worst = s;
	}
	if (rc < 0 || worst == 0)
		return rc;
	here = saved_here(node, op, err);
	if (here == 1)
		*skew = worst;
	return here < 0 ? (int)here : 0;
}
