/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * R15: what arrived from each branch and how whole it is. A branch is a scope; its organization is the union
 * of the branch's own name in that scope, else the first union there. Counts are made in one pass over the
 * members: the check digit of an identity number is a question for C, not for SQL.
 */
#include "report_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_settings.h"
#include "../schema/schema_value.h"
#include "../sync/sync_dup.h"
#include "out.h"

#define WHERE "report_quality"
#define NEEDED 11 /* facts a member must have before it is reported, DOMAIN 2.2 */

struct branch {
	int64_t scope, members, missing, bad_ids, unconfirmed, twice, declared, counted, changes, timely, arrived, lag;
	int has_declared;
	const char *name, *union_id;
};

struct quality {
	struct jc_report_run *run;
	struct branch *v;
	size_t n, cap;
	struct jc_err *err;
};

static struct branch *
branch_of(struct quality *q, int64_t scope)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->v[i].scope == scope)
			return &q->v[i];
	return NULL;
}

static void
unions_find(struct quality *q)
{
	for (size_t i = 0; i < q->run->nbuckets; i++)
		for (const struct r_org *o = q->run->orgs[i]; o != NULL; o = o->next) {
			struct branch *b = o->kind != NULL && strcmp(o->kind,
			    "union") == 0 ? branch_of(q, o->scope) : NULL;

			if (b != NULL &&
			    (b->union_id == NULL ||
			    (o->name != NULL && strcmp(o->name, b->name) == 0)))
				b->union_id = o->id;
		}
}

static int
branches_read(struct quality *q)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, q->run->node->db,
	    "SELECT no, name FROM scope WHERE role = 'branch' ORDER BY no", q->err)) < 0)
		return rc;
	while ((rc = jc_stmt_step(st, q->err)) == 1) {
		if (q->n == q->cap) {
			size_t cap = q->cap == 0 ? 64 : q->cap * 2;
			struct branch *more = realloc(q->v, cap * sizeof(*more));

			if (more == NULL) {
				rc = JC_NOMEM(q->err, WHERE);
				break;
			}
			q->v = more;
			q->cap = cap;
		}
		q->v[q->n++] = (struct branch){.scope = jc_col_int(st, 0),
		    .name = r_keep_str(&q->run->r->texts, jc_col_text(st, 1, NULL))};
	}
	jc_stmt_reset(st);
	if (rc == 0)
		unions_find(q);
	return rc;
}

/* Rows come in order of scope, so the branch is looked up once for each. */
static int
members_read(struct quality *q)
{
	struct jc_remarks remarks;
	struct branch *b = NULL;
	struct jc_stmt *st;
	char number[40];
	int rc;

	if ((rc = jc_db_prep(&st, q->run->node->db,
	         "SELECT r.scope, m.id_no, m.id_type, m.membership_status,"
	         "       (m.id_type IS NULL) + (m.id_no IS NULL) + (m.gender IS NULL) + (m.birth_date IS NULL) + (m.mobile IS NULL) +"
	         "       (m.employment_status IS NULL) + (m.employer_id IS NULL AND m.employer_text IS NULL) +"
	         "       (m.is_migrant_worker IS NULL) + (m.joined_on IS NULL) + (m.join_method IS NULL) + (m.consent_at IS NULL)"
	         "  FROM k_member m CROSS JOIN record r ON r.rec = m.rec WHERE r.void = 0", q->err)) < 0)
		return rc;
	while ((rc = jc_stmt_step(st, q->err)) == 1) {
		const char *id_no, *type, *status;
		size_t n;

		if (b == NULL || b->scope != jc_col_int(st, 0))
			b = branch_of(q, jc_col_int(st, 0));
		if (b == NULL)
			continue;
		id_no = jc_col_text(st, 1, &n);
		type = jc_col_text(st, 2, NULL);
		status = jc_col_text(st, 3, NULL);
		memset(&remarks, 0, sizeof(remarks));
		if (id_no != NULL && (type == NULL || strcmp(type, "rid") == 0))
			b->bad_ids += jc_idno_check(number, NULL, NULL, id_no, n, q->run->r->today,
			    &remarks) == 0;
		b->members++;
		b->unconfirmed += status == NULL;
		b->counted += status != NULL &&
		    (strcmp(status, "active") == 0 || strcmp(status, "moving") == 0 ||
		    strcmp(status, "retained") == 0);
		b->missing += jc_col_int(st, 4);
	}
	return rc;
}

#define SAME_NUMBER 32

struct same {
	int64_t scope;
	jc_id id;
};

/* Members of one number: those who stand beside one that nobody has told apart from them. */
static int
same_count(struct quality *q, const struct same *v, size_t n)
{
	const struct jc_kind *member = jc_catalogue_kind("member", 6);
	struct branch *b;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++) {
			int apart = i == k ? 1 : v[i].scope != v[k].scope ? 0
			    : jc_dup_told_apart(q->run->node, v[i].scope, member, v[i].id, v[k].id, q->err);

			if (apart < 0)
				return apart;
			if (apart)
				continue;
			if ((b = branch_of(q, v[i].scope)) != NULL)
				b->twice++;
			break;
		}
	return 0;
}

static int
twice_read(struct quality *q)
{
	struct same v[SAME_NUMBER];
	char number[64] = "";
	struct jc_stmt *st;
	size_t n = 0;
	int rc, bad = 0;

	if ((rc = jc_db_prep(&st, q->run->node->db,
	         "SELECT m.id_no, r.scope, r.id FROM k_member m CROSS JOIN record r ON r.rec = m.rec WHERE r.void = 0 AND m.id_no IN"
	         " (SELECT n.id_no FROM k_member n CROSS JOIN record s ON s.rec = n.rec WHERE s.void = 0 AND n.id_no IS NOT NULL"
	         "   GROUP BY n.id_no HAVING count(*) > 1) ORDER BY m.id_no, r.rec", q->err)) < 0)
		return rc;
	while (bad == 0 && (rc = jc_stmt_step(st, q->err)) == 1) {
		const char *now = jc_col_text(st, 0, NULL);

		if (strncmp(number, now, sizeof(number) - 1) != 0) {
			bad = same_count(q, v, n);
			n = 0;
			snprintf(number, sizeof(number), "%s", now);
		}
		if (n == SAME_NUMBER)
			continue;
		v[n].scope = jc_col_int(st, 1);
		snprintf(v[n++].id, sizeof(v[0].id), "%s", jc_col_text(st, 2, NULL));
	}
	jc_stmt_reset(st);
	if (bad == 0 && rc == 0)
		bad = same_count(q, v, n);
	return rc < 0 ? rc : bad;
}

/* Two numbers per branch: the sum of `sql`'s second column by its first. */
static int
numbers_read(struct quality *q, const char *sql, void (*take)(struct branch *b, int64_t v))
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, q->run->node->db, sql, q->err)) < 0)
		return rc;
	while ((rc = jc_stmt_step(st, q->err)) == 1) {
		struct branch *b = branch_of(q, jc_col_int(st, 0));

		if (b != NULL)
			take(b, jc_col_int(st, 1));
	}
	return rc;
}

static void
take_declared(struct branch *b, int64_t v)
{
	b->declared += v;
	b->has_declared = 1;
}

/* ---- when and how it came ---- */

/*
 * By day of the change. `lag`: whole days until it came here, for what this PC wrote until the first receipt over it;
 * what has not come is late once its days are over, and not yet anything before that.
 */
#define ARRIVED(who)                                                                                                 \
	"SELECT scope, sum(n), sum(CASE WHEN time IS NOT NULL AND lag <= :most THEN n ELSE 0 END),"                  \
	"       sum(CASE WHEN time IS NOT NULL THEN n ELSE 0 END), sum(CASE WHEN time IS NOT NULL THEN n * lag ELSE 0 END)"  \
	"  FROM (SELECT a.scope, a.n, a.time, max(0, (coalesce(a.time, :now) + 28800) / 86400 - a.day) AS lag FROM " who     \
	"         WHERE a.day BETWEEN CAST(julianday(:from) - 2440587.5 AS INTEGER) AND CAST(julianday(:to) - 2440587.5 AS INTEGER))" \
	" WHERE time IS NOT NULL OR lag > :most GROUP BY scope"

static const char hub_sql[] = ARRIVED("arrival a");
static const char pc_sql[] = ARRIVED("(SELECT v.scope, v.day, v.n, v.time FROM arrival v JOIN log_commit c ON c.no = v.commit_no"
    " JOIN device d ON d.no = c.device WHERE d.id = :me UNION ALL"
    " SELECT d.scope, (s.time + 28800) / 86400, count(*), NULL FROM saved s JOIN draft d ON d.op >= s.first AND d.op < s.first + s.n"
    " GROUP BY s.no, d.scope) a");

static int
arrivals_bind(struct quality *q, struct jc_stmt *st)
{
	const struct jc_report_ask *a = q->run->ask;
	const struct jc_env *env = jc_db_env(q->run->node->db);
	const struct jc_key *key = jc_log_key(q->run->node->log);
	int64_t most;
	int rc = jc_setting_int(&most, "report.timely", q->run->node->db, q->err);

	if (rc < 0)
		return rc;
	jc_bind_int(st, ":most", most);
	jc_bind_int(st, ":now", env->wall_ms(env->ctx) / 1000);
	jc_bind_str(st, ":from", a->period.from);
	jc_bind_str(st, ":to", a->period.to);
	if (!q->run->r->hub)
		jc_bind_str(st, ":me", key != NULL ? key->id : "");
	return 0;
}

static int
arrivals_read(struct quality *q)
{
	struct jc_stmt *st;
	int rc = q->run->r->hub ? jc_db_prep(&st, q->run->node->db, hub_sql, q->err)
	                        : jc_db_prep(&st, q->run->node->db, pc_sql, q->err);

	if (rc < 0 || (rc = arrivals_bind(q, st)) < 0)
		return rc;
	while ((rc = jc_stmt_step(st, q->err)) == 1) {
		struct branch *b = branch_of(q, jc_col_int(st, 0));

		if (b == NULL)
			continue;
		b->changes = jc_col_int(st, 1);
		b->timely = jc_col_int(st, 2);
		b->arrived = jc_col_int(st, 3);
		b->lag = jc_col_int(st, 4);
	}
	return rc;
}

static void
text_set(struct quality *q, struct r_row *row, const char *key, const char *text)
{
	row->cell[r_column(q->run->table, key)].text = r_keep_str(&q->run->r->texts, text);
}

static void
number_set(struct quality *q, struct r_row *row, const char *key, int64_t v)
{
	row->cell[r_column(q->run->table, key)] = (struct r_cell){.v = v, .has = 1};
}

static int
delivery_set(struct quality *q, struct r_row *row, const struct branch *b)
{
	struct jc_stmt *st;
	char time[JC_TIME_ROOM];
	int64_t line, stick;
	int rc;

	if ((rc = jc_db_prep(&st, q->run->node->db,
	         "SELECT CASE WHEN :hub THEN COALESCE((SELECT max(c.seen) FROM credential c WHERE c.scope = :scope), 0)"
	         "            ELSE COALESCE((SELECT max(last_ok) FROM peer), 0) END,"
	         "       CASE WHEN :hub THEN COALESCE((SELECT max(k.time) FROM stick k JOIN credential c ON c.device = k.device"
	         "              WHERE c.scope = :scope), 0)"
	         "            ELSE COALESCE((SELECT max(time) FROM exchange WHERE way = 'stick-in' AND outcome = 'ok'), 0) END,"
	         "       (SELECT count(*) FROM draft WHERE scope = :scope)", q->err)) < 0)
		return rc;
	jc_bind_int(st, ":scope", b->scope);
	jc_bind_int(st, ":hub", q->run->r->hub);
	if ((rc = jc_stmt_step(st, q->err)) == 1) {
		line = jc_col_int(st, 0);
		stick = jc_col_int(st, 1);
		if (line > 0 || stick > 0) {
			jc_out_time(time, line > stick ? line : stick, 0);
			text_set(q, row, "last", time);
			text_set(q, row, "way",
			    line >= stick ? JC_T("网络", "line") : JC_T("U盘", "stick"));
		}
		if (!q->run->r->hub) /* what a hub has not got it cannot count */
			number_set(q, row, "waiting", jc_col_int(st, 2));
		rc = 0;
	}
	jc_stmt_reset(st);
	return rc;
}

static int
branch_row(struct quality *q, const struct branch *b)
{
	struct r_fact f = {.id = b->union_id, .org = b->union_id};
	struct r_row *row;
	int rc;

	if ((rc = r_list_row(&row, q->run, &f, q->err)) < 0 || row == NULL)
		return rc;
	text_set(q, row, "branch", b->name);
	number_set(q, row, "members", b->members);
	number_set(q, row, "needed", b->members * NEEDED);
	number_set(q, row, "missing", b->missing);
	number_set(q, row, "bad_ids", b->bad_ids);
	number_set(q, row, "twice", b->twice);
	number_set(q, row, "unconfirmed", b->unconfirmed);
	number_set(q, row, "changes", b->changes);
	number_set(q, row, "timely", b->timely);
	number_set(q, row, "arrived", b->arrived);
	number_set(q, row, "lag", b->lag);
	if (b->has_declared)
		number_set(q, row, "difference", b->declared - b->counted);
	if ((rc = delivery_set(q, row, b)) < 0)
		return rc;
	return r_list_asked(q->run, row, q->err);
}

int
r_quality(struct jc_report_run *run, struct jc_err *err)
{
	struct quality q = {.run = run, .err = err};
	int rc;

	if ((rc = branches_read(&q)) == 0 && (rc = members_read(&q)) == 0 && (rc = arrivals_read(&q)) == 0 &&
	    (rc = twice_read(&q)) == 0)
		rc = numbers_read(&q,
		    "SELECT r.scope, sum(k.member_declared) FROM k_org k CROSS JOIN record r ON r.rec = k.rec WHERE r.void = 0"
		                      " AND k.org_kind = 'union' AND k.member_declared IS NOT NULL GROUP BY r.scope", take_declared);
	for (size_t i = 0; rc == 0 && i < q.n; i++)
		rc = branch_row(&q, &q.v[i]);
	free(q.v);
	return rc;
}
