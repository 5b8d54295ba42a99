/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "glance.h"

#include <string.h>

#include "../schema/schema_settings.h"
#include "../sync/sync_note.h"

struct look {
	struct jc_glance *g;
	struct jc_node *node;
	struct jc_err *err;
	struct jc_scope scope; /* whose tips are walked */
	int64_t device;        /* our own number, 0: not in the log yet */
};

/* Counts operations of own commits from a tip down to the first that a note covers. */
static int
unsent_of_tip(void *arg, const struct jc_tip *tip)
{
	struct look *l = arg;
	struct jc_log *log = l->node->log;
	struct jc_commit_row row;
	int64_t no = tip->commit_no;
	int rc;

	if (tip->tier == JC_TIER_BRANCH) /* stays here: no hub will ever have it */
		return 0;
	while (no != 0) {
		rc = jc_note_covers(log, l->scope.no, tip->tier, l->scope.authority, no, l->err);
		if (rc != 0)
			return rc < 0 ? rc : 0;
		if ((rc = jc_log_commit(log, no, &row, l->err)) < 0)
			return rc;
		if (row.device != tip->device)
			return 0;
		l->g->unsent += row.nops;
		no = row.nparents > 0 ? row.parent[0] : 0;
	}
	return 0;
}

/* What stands in our own scopes and waits for the hub above; an authority's scopes wait for nobody. */
static int
scope_count(void *arg, const struct jc_scope *scope)
{
	struct look *l = arg;
	const struct jc_key *key = jc_log_key(l->node->log);
	int64_t drafts;
	int rc;

	if (!scope->mine)
		return 0;
	if ((rc = jc_log_drafts(l->node->log, scope->no, &drafts, l->err)) < 0)
		return rc;
	l->g->drafts += drafts;
	if (l->device == 0 || !scope->joined || strcmp(scope->authority, key->id) == 0)
		return 0;
	l->scope = *scope;
	return jc_log_tips(l->node->log, scope->no, -1, l->device, unsent_of_tip, l, l->err);
}

static int
fork_count(void *arg, int64_t scope, const struct jc_fork *fork)
{
	struct jc_glance *g = arg;

	(void)scope;
	g->forks++;
	g->forks_open += !fork->joined;
	return 0;
}

static int
conflict_count(void *arg, const struct jc_record_key *key)
{
	((struct jc_glance *)arg)->conflicts += key->conflicts;
	return 0;
}

static int
device_own(struct look *l)
{
	const struct jc_key *key = jc_log_key(l->node->log);
	uint8_t pk[JC_PK_LEN];
	int rc;

	if (key == NULL)
		return 0;
	rc = jc_device_find(l->node->log, key->id, &l->device, pk, l->err);
	return rc == JC_ENOTFOUND ? 0 : rc;
}

/* What is known of the hub's clock, and whether sync is paused. */
static int
line_look(struct look *l)
{
	struct jc_glance *g = l->g;
	int64_t paused;
	int rc;

	if ((rc = jc_meta_int(l->node->db, "link_skew", &g->skew, INT64_MIN, l->err)) < 0 ||
	    (rc = jc_setting_int(&paused, "sync.paused", l->node->db, l->err)) < 0)
		return rc;
	g->has_skew = g->skew != INT64_MIN;
	if (!g->has_skew)
		g->skew = 0;
	g->paused = paused != 0;
	return 0;
}

static int
look_in_txn(struct look *l)
{
	struct jc_glance *g = l->g;
	int rc;

	if ((rc = jc_node_scope(l->node, &g->own, l->err)) < 0 || (rc = device_own(l)) < 0 ||
	    (rc = jc_scope_each(l->node->log, scope_count, l, l->err)) < 0 ||
	    (l->device != 0 && (rc = jc_log_forks(l->node->log, 0, l->device, fork_count, g, l->err)) < 0) ||
	    (rc = jc_conflicts_each(l->node, 0, conflict_count, g, l->err)) < 0 ||
	    (rc = jc_receipt_count(l->node, &g->reach, l->err)) < 0 || (rc = jc_node_seen(l->node, &g->seen, l->err)) < 0)
		return rc;
	if ((rc = line_look(l)) < 0)
		return rc;
	rc = jc_peer_get(&g->peer, l->node, l->err);
	g->has_peer = rc == 0;
	return rc == JC_ENOTFOUND ? 0 : rc;
}

int
jc_glance(struct jc_glance *out, struct jc_node *node, struct jc_err *err)
{
	struct look l = {.g = out, .node = node, .err = err};
	int rc, end;

	memset(out, 0, sizeof(*out));
	if ((rc = jc_db_begin_read(node->db, err)) < 0)
		return rc;
	rc = look_in_txn(&l);
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}
