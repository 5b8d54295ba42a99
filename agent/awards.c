/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "awards.h"

#include <string.h>

#include "out.h"

#define WHERE "awards"

static json_t *
text_or_null(struct jc_stmt *st, int i)
{
	size_t n;
	const char *s = jc_col_text(st, i, &n);

	return s != NULL ? json_stringn(s, n) : json_null();
}

static json_t *
award_json(struct jc_stmt *st)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "activity", text_or_null(st, 0), "title", text_or_null(st, 1), "day",
	    text_or_null(st, 2), "trade", text_or_null(st, 3), "rank", jc_col_null(st, 4) ? json_null() : json_integer(jc_col_int(st, 4)),
	    "award", text_or_null(st, 5));
}

int
jc_awards_json(json_t **out, struct jc_node *node, const struct jc_record_key *key, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((*out = json_array()) == NULL)
		return JC_NOMEM(err, WHERE);
	if (key->kind == NULL || strcmp(key->kind->name, "member") != 0)
		return 0;
	if ((rc = jc_db_prep(&st, node->db,
	         "SELECT a.id, k.title, substr(k.start_at, 1, 10), k.trade, p.result_rank, p.award"
	         "  FROM k_participant p CROSS JOIN record r ON r.rec = p.rec AND r.void = 0"
	         "  JOIN record a ON a.scope = r.scope AND a.id = p.activity_id AND a.void = 0 JOIN k_activity k ON k.rec = a.rec"
	         " WHERE p.member_id = :id AND (p.result_rank IS NOT NULL OR p.award IS NOT NULL)"
	         " ORDER BY k.start_at DESC, p.rec", err)) < 0)
		goto out;
	jc_bind_str(st, ":id", key->id);
	while ((rc = jc_stmt_step(st, err)) == 1)
		if (json_array_append_new(*out, award_json(st)) < 0) {
			rc = JC_NOMEM(err, WHERE);
			break;
		}
	jc_stmt_reset(st);
out:
	if (rc < 0) {
		json_decref(*out);
		*out = NULL;
	}
	return rc;
}
