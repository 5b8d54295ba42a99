/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a person wants to go first. The wish lies in the file (meta `sync_first`: `scope:record`, newest in
 * front), so that it does not matter which program or session sends next: a session under way takes it up
 * with its next request. It is forgotten in the transaction that cuts: from then on the order is in the chain.
 */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"

#define META "sync_first"
#define WISHES 16

struct wish {
	int64_t scope;
	jc_id rec;
};

static size_t
wishes_get(struct wish w[WISHES], struct jc_node *node)
{
	char *text = NULL;
	size_t n = 0;

	if (jc_meta_get(node->db, META, &text, NULL) == 0)
		for (char *at = text, *end; n < WISHES && *at != '\0'; at = *end == ' ' ? end + 1 : end) {
			w[n].scope = strtoll(at, &end, 10);
			if (*end != ':' || strlen(end + 1) < JC_ID_LEN || !jc_id_ok(end + 1, JC_ID_LEN))
				break;
			memcpy(w[n].rec, end + 1, JC_ID_LEN);
			w[n++].rec[JC_ID_LEN] = '\0';
			end += 1 + JC_ID_LEN;
		}
	jc_free(text);
	return n;
}

static int
wishes_put(const struct wish *w, size_t n, struct jc_node *node, struct jc_err *err)
{
	char text[WISHES * (JC_ID_LEN + 22)] = "";
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%lld:%s", i != 0 ? " " : "", (long long)w[i].scope, w[i].rec);
	return jc_meta_set(node->db, META, n != 0 ? text : NULL, err);
}

/* Has the record drafts, or is it one with others that may have some? A line says its record as "r":"<id>", and
 * texts have their quotes escaped. */
static int
has_drafts(struct jc_node *node, int64_t scope, const char *rec, int *yes, struct jc_err *err)
{
	char part[JC_ID_LEN + 8];
	struct jc_stmt *st;
	uint64_t id;
	int rc;

	if (jc_id_to_u64(&id, rec, strlen(rec)) < 0)
		return jc_err_code(err, JC_EINVAL, "jc_session_first");
	snprintf(part, sizeof(part), "\"r\":\"%s\"", rec);
	if ((rc = jc_db_prep(&st, node->db,
	         "SELECT 1 FROM draft WHERE scope = :scope AND instr(line, :part) > 0"
	         " UNION ALL SELECT 1 FROM edge WHERE scope = :scope AND (a = :id OR b = :id) AND same = 1 LIMIT 1", err)) < 0)
		return rc;
	jc_bind_int(st, ":id", (int64_t)id);
	jc_bind_int(st, ":scope", scope);
	jc_bind_blob(st, ":part", part, strlen(part));
	if ((rc = jc_stmt_step(st, err)) == 1)
		jc_stmt_reset(st);
	*yes = rc == 1;
	return rc < 0 ? rc : 0;
}

int
jc_session_first(struct jc_node *node, int64_t scope, const char *rec, int *waits, struct jc_err *err)
{
	struct wish w[WISHES + 1], old[WISHES];
	size_t n = 1, nold;
	int rc, end;

	*waits = 0;
	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	if ((rc = has_drafts(node, scope, rec, waits, err)) >= 0 && *waits) {
		w[0].scope = scope;
		snprintf(w[0].rec, sizeof(w[0].rec), "%s", rec);
		nold = wishes_get(old, node);
		for (size_t i = 0; i < nold && n < WISHES; i++)
			if (old[i].scope != scope || strcmp(old[i].rec, rec) != 0)
				w[n++] = old[i];
		rc = wishes_put(w, n, node, err);
	}
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_session_first_cut(struct jc_session *s, const struct jc_s_scope *sc, size_t unit, int64_t *made, struct jc_err *err)
{
	struct wish w[WISHES], rest[WISHES];
	size_t n = wishes_get(w, s->node), kept = 0;
	int64_t one;
	int rc = 0;

	*made = 0;
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		if (w[i].scope != sc->s.no) {
			rest[kept++] = w[i];
			continue;
		}
		if ((rc = jc_cut_first(s->node->log, sc->s.no, w[i].rec, unit, &one, err)) >= 0)
			*made += one;
	}
	return rc >= 0 && kept != n ? wishes_put(rest, kept, s->node, err) : rc;
}
