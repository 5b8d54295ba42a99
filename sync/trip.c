/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "sync_trip.h"

#include <string.h>

static int
row_put(struct jc_node *node, const struct jc_trip *t, const struct jc_err *how, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "INSERT INTO exchange(time, way, outcome, said, peer, ms, up, down, ops_up, ops_down)"
	    " VALUES(:time, :way, :outcome, :said, :peer, :ms, :up, :down, :ops_up, :ops_down)", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":time", t->time);
	jc_bind_str(st, ":way", t->way);
	jc_bind_str(st, ":outcome", how != NULL && how->code < 0 ? jc_err_word(how->code) : "ok");
	jc_bind_str(st, ":said", how != NULL && how->code < 0 ? how->msg : "");
	jc_bind_str(st, ":peer", t->peer);
	jc_bind_int(st, ":ms", t->ms);
	jc_bind_int(st, ":up", t->up);
	jc_bind_int(st, ":down", t->down);
	jc_bind_int(st, ":ops_up", t->ops_up);
	jc_bind_int(st, ":ops_down", t->ops_down);
	return jc_stmt_run(st, err);
}

static int
old_drop(struct jc_node *node, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db, "DELETE FROM exchange WHERE no <= :last - :kept", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":last", jc_db_last_rowid(node->db));
	jc_bind_int(st, ":kept", JC_TRIPS_KEPT);
	return jc_stmt_run(st, err);
}

int
jc_trip_add(struct jc_node *node, const struct jc_trip *trip, const struct jc_err *how, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	jc_db_log_window(node->db, 1);
	if ((rc = row_put(node, trip, how, err)) == 0)
		rc = old_drop(node, err);
	jc_db_log_window(node->db, -1);
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static void
text_take(char *out, size_t room, struct jc_stmt *st, int col)
{
	size_t n;
	const char *s = jc_col_text(st, col, &n);

	n = s == NULL ? 0 : n < room ? n : room - 1;
	while (n > 0 && s[n] != '\0' && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--; /* not in the middle of a character */
	if (n != 0)
		memcpy(out, s, n);
	out[n] = '\0';
}

int
jc_trips_each(struct jc_node *node, int64_t before, int64_t limit, int (*each)(void *arg, const struct jc_trip *trip),
    void *arg, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT no, time, way, outcome, said, peer, ms, up, down, ops_up, ops_down FROM exchange"
	    " WHERE :before = 0 OR no < :before ORDER BY no DESC LIMIT :limit", err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":before", before);
	jc_bind_int(st, ":limit", limit);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		struct jc_trip t = {.no = jc_col_int(st, 0), .time = jc_col_int(st, 1), .ms = jc_col_int(st, 6),
		    .up = jc_col_int(st, 7), .down = jc_col_int(st, 8), .ops_up = jc_col_int(st, 9), .ops_down = jc_col_int(st, 10)};

		text_take(t.way, sizeof(t.way), st, 2);
		text_take(t.outcome, sizeof(t.outcome), st, 3);
		text_take(t.said, sizeof(t.said), st, 4);
		text_take(t.peer, sizeof(t.peer), st, 5);
		if ((rc = each(arg, &t)) != 0) {
			jc_stmt_reset(st);
			break;
		}
	}
	return rc;
}
