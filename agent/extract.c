/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "extract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "../sync/sync_session.h"
#include "../sync/sync_sign.h"
#include "out.h"
#include "report.h"

#define WHERE "extract"
#define DAY_META "extract_day" /* meta: when it was last done */
#define SYS "extract"

/* ---- one row ---- */

struct make {
	struct jc_node *node;
	struct jc_scope office;
	uint8_t secret[32];
	char today[11];
	json_t *kept; /* ids that still hold, of one report and period */
	int64_t wrote;
	struct jc_err *err;
};

static void
put(struct jc_change *c, size_t *n, const struct jc_kind *kind, const char *field, const char *text)
{
	const struct jc_field *f = jc_catalogue_field(kind, field, strlen(field));

	c[(*n)++] = (struct jc_change){.field = f, .text = {text, text != NULL ? strlen(text) : 0}};
}

/* Tables whose rows name unions, classes and items; in the others a row may name a person. */
static int
rows_travel(const char *table)
{
	static const char *const harmless[] = {
	    "R02", "R03", "R05", "R06", "R07", "R08", "R09", "R13"};

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (strcmp(harmless[i], table) == 0)
			return 1;
	return 0;
}

static void
figures_put(struct jc_buf *b, const json_t *columns, const json_t *cells)
{
	const json_t *c;
	size_t i;

	json_array_foreach(columns, i, c) {
		const char *key = json_string_value(json_object_get(c, "key"));
		const json_t *v = json_object_get(cells, key);

		if (json_is_integer(v) && json_integer_value(v) != 0)
			jc_buf_putf(b, "%s%s=%lld", b->len != 0 ? " " : "", key,
			    (long long)json_integer_value(v));
	}
}

static void
label_put(struct jc_buf *b, const json_t *row)
{
	const json_t *part, *parts = json_object_get(row, "label");
	size_t i;

	json_array_foreach(parts, i, part)
	    jc_buf_putf(b, "%s%.60s", i != 0 ? " / " : "", json_string_value(part));
	jc_buf_putc(b, '\0');
}

static int
row_save(struct make *m, struct jc_save *sv, const char *report, const char *period,
    const json_t *table, const json_t *row)
{
	const struct jc_kind *kind = jc_catalogue_kind_any("extract", 7);
	const char *id_of = json_string_value(json_object_get(table, "id")),
		   *level = json_string_value(json_object_get(row, "level"));
	const char *row_key = json_string_value(json_object_get(row, "key"));
	int total = strcmp(level, "total") == 0, written = 0, rc;
	struct jc_buf figures, label, key;
	struct jc_change c[8];
	size_t n = 0;
	jc_id id;

	jc_buf_init(&figures, 8192);
	jc_buf_init(&label, 4096);
	jc_buf_init(&key, 512);
	figures_put(&figures, json_object_get(table, "columns"), json_object_get(row, "cells"));
	jc_buf_putc(&figures, '\0');
	label_put(&label, row);
	jc_buf_putf(&key, "%s %s %s", id_of, period, row_key);
	if ((rc = jc_buf_check(&figures, WHERE, m->err)) == 0 &&
	    (rc = jc_buf_check(&label, WHERE, m->err)) == 0 &&
	    (rc = jc_buf_check(&key, WHERE, m->err)) == 0 &&
	    (rc = jc_save_id_key(sv, id, kind, (struct jc_slice){key.data, key.len}, m->err)) ==
		0) {
		put(c, &n, kind, "report", report);
		put(c, &n, kind, "table_id", id_of);
		put(c, &n, kind, "period", period);
		put(c, &n, kind, "row_key", row_key);
		put(c, &n, kind, "label", total ? "" : label.data);
		put(c, &n, kind, "level", total ? "2" : strcmp(level, "subtotal") == 0 ? "1" : "0");
		put(c, &n, kind, "figures", figures.data);
		put(c, &n, kind, "as_of", total ? m->today : "");
		rc = jc_save_set(sv, kind, id, c, n, 0, &written, m->err);
		json_object_set_new(m->kept, id, json_true());
	}
	m->wrote += written != 0;
	jc_buf_free(&figures);
	jc_buf_free(&label);
	jc_buf_free(&key);
	return rc;
}

static int
table_save(
    struct make *m, struct jc_save *sv, const char *report, const char *period, const json_t *table)
{
	int list = json_is_true(json_object_get(table, "list"));
	const char *id = json_string_value(json_object_get(table, "id"));
	const json_t *row, *rows = json_object_get(table, "rows");
	size_t i;
	int rc = 0;

	json_array_foreach(rows, i, row) {
		int total = strcmp(json_string_value(json_object_get(row, "level")), "total") == 0;

		if (rc == 0 && (total || (!list && rows_travel(id))))
			rc = row_save(m, sv, report, period, table, row);
	}
	return rc;
}

/* Rows of that report and period that are no longer there. */
static int
gone_void(struct make *m, struct jc_save *sv, const char *report, const char *period)
{
	json_t *gone = json_array();
	const json_t *v;
	struct jc_stmt *st;
	size_t i;
	int rc = jc_db_prep(&st, m->node->db,
	    "SELECT r.id, r.void FROM k_extract k JOIN record r USING(rec) WHERE r.scope = :scope AND k.report = :report"
	    " AND k.period = :period",
	    m->err);

	if (rc == 0) {
		jc_bind_int(st, ":scope", m->office.no);
		jc_bind_str(st, ":report", report);
		jc_bind_str(st, ":period", period);
		while ((rc = jc_stmt_step(st, m->err)) == 1) {
			int there = json_object_get(m->kept, jc_col_text(st, 0, NULL)) != NULL;

			if (there == (jc_col_int(st, 1) != 0))
				json_array_append_new(gone, json_string(jc_col_text(st, 0, NULL)));
		}
	}
	json_array_foreach(gone, i, v) {
		const char *id = json_string_value(v);

		if (rc == 0 && json_object_get(m->kept, id) != NULL)
			rc = jc_save_unvoid(sv, id, m->err);
		else if (rc == 0)
			rc = jc_save_void(sv, id, "", 0, m->err);
		m->wrote++;
	}
	json_decref(gone);
	return rc;
}

/* ---- reports ---- */

static int
doc_save(struct make *m, const char *report, const char *period, const json_t *doc)
{
	const json_t *table;
	struct jc_save *sv;
	size_t i;
	int rc, end;

	if ((rc = jc_save_begin(&sv, m->node, m->office.no, SYS, m->err)) < 0)
		return rc;
	m->kept = json_object();
	rc = jc_save_carry(sv, m->today, m->err);
	json_array_foreach(json_object_get(doc, "tables"), i, table) if (rc == 0) rc =
	    table_save(m, sv, report, period, table);
	if (rc == 0)
		rc = gone_void(m, sv, report, period);
	json_decref(m->kept);
	m->kept = NULL;
	end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? m->err : NULL);
	return rc < 0 ? rc : end;
}

static int
report_save(struct make *m, const struct jc_report *report, const char *period)
{
	struct jc_report_ask ask = {.report = report, .outward = 1};
	struct jc_report_result *r;
	json_t *doc;
	int rc;

	if ((rc = jc_period_parse(&ask.period, period, m->today, m->err)) < 0 ||
	    (rc = jc_report_make(&r, m->node, &ask, m->err)) < 0)
		return rc;
	doc = jc_report_json(r);
	jc_report_free(r);
	rc = doc != NULL ? doc_save(m, report->id, period, doc) : JC_NOMEM(m->err, WHERE);
	json_decref(doc);
	return rc;
}

static int
reports_save(struct make *m)
{
	char period[2][24];
	int year = (int)strtol(m->today, NULL, 10), month = (int)strtol(m->today + 5, NULL, 10), rc = 0;

	snprintf(period[0], sizeof(period[0]), "%04d", year);
	snprintf(period[1], sizeof(period[1]), "%04d-%02d", month == 1 ? year - 1 : year,
	    month == 1 ? 12 : month - 1);
	for (size_t i = 0; jc_reports[i] != NULL; i++)
		for (size_t k = 0; rc == 0 && k < 2; k++)
			if (jc_reports[i]->id[0] == 'R' &&
			    strstr(jc_reports[i]->who, "city") != NULL)
				rc = report_save(m, jc_reports[i], period[k]);
	return rc;
}

/* ---- masked members ---- */

#define MASKED_BATCH 2000

/* Columns of a member as the city may have them, and as it has them. */
static const char masked_sql[] =
    "SELECT k.rec, r.id, r.void OR k.membership_status IS NULL, k.id_no,"
    "  k.gender, substr(k.birth_date, 1, 4), k.union_id, k.membership_status, substr(k.joined_on, 1, 4), k.employment_status,"
    "  k.is_migrant_worker, x.gender, x.birth_year, x.union_id, x.membership, x.joined_year, x.employment_status, x.is_migrant_worker,"
    "  x.match_key, xr.rec IS NOT NULL AND xr.void = 0"
    " FROM k_member k JOIN record r USING(rec) JOIN scope s ON s.no = r.scope"
    " LEFT JOIN k_masked x ON x.member_id = r.id AND EXISTS(SELECT 1 FROM record o WHERE o.rec = x.rec AND o.scope = :office)"
    " LEFT JOIN record xr ON xr.rec = x.rec"
    " WHERE s.role = 'branch' AND s.mine AND k.rec > :after ORDER BY k.rec LIMIT 2000";
enum { NMASKED = 7, HAVE = 4, THERE = HAVE + NMASKED };
static const char *const masked_field[NMASKED + 1] = {"gender", "birth_year", "union_id",
    "membership", "joined_year", "employment_status", "is_migrant_worker", "match_key"};

struct person {
	jc_id id;
	int is_void, there;
	char value[NMASKED + 1][16];
};

/* A code, a year, an id: anything else is what somebody typed, and stays here. */
static void
plain(char out[16], const char *s)
{
	out[0] = '\0';
	if (s != NULL && s[0] != '?' && strlen(s) < 16)
		memcpy(out, s, strlen(s) + 1);
}

static void
match_key(char out[16], const struct make *m, const char *number)
{
	char norm[40], birth[11], sex[2];
	struct jc_remarks remarks = {0};
	uint8_t hash[JC_HASH_LEN];
	jc_id id;

	out[0] = '\0';
	if (number == NULL || number[0] == '?' ||
	    jc_idno_check(norm, birth, sex, number, strlen(number), m->today, &remarks) != 1)
		return;
	const struct jc_slice parts[] = {{"match", 6}, {norm, strlen(norm)}};

	jc_hmac(hash, m->secret, sizeof(m->secret), parts, 2);
	jc_id_from_hash(id, hash);
	memcpy(out, id, sizeof(id));
}

/* 1: the city's row differs. */
static int
person_read(struct person *p, const struct make *m, struct jc_stmt *st)
{
	int differs;

	snprintf(p->id, sizeof(p->id), "%s", jc_col_text(st, 1, NULL));
	p->is_void = (int)jc_col_int(st, 2);
	p->there = (int)jc_col_int(st, THERE + NMASKED + 1);
	for (int i = 0; i < NMASKED; i++)
		plain(p->value[i], jc_col_text(st, HAVE + i, NULL));
	match_key(p->value[NMASKED], m, jc_col_text(st, 3, NULL));
	differs = p->is_void ? p->there : !p->there;
	for (int i = 0; !p->is_void && i <= NMASKED; i++) {
		const char *have = jc_col_text(st, THERE + i, NULL);

		differs |= strcmp(have != NULL ? have : "", p->value[i]) != 0;
	}
	return differs;
}

static int
person_save(struct make *m, struct jc_save *sv, const struct person *p)
{
	const struct jc_kind *kind = jc_catalogue_kind_any("masked", 6);
	struct jc_change c[NMASKED + 2];
	struct jc_record_key key;
	size_t n = 0;
	jc_id id;
	int rc;

	if ((rc = jc_save_id_key(sv, id, kind, (struct jc_slice){p->id, JC_ID_LEN}, m->err)) < 0)
		return rc;
	m->wrote++;
	if (p->is_void)
		return jc_save_void(sv, id, "", 0, m->err);
	put(c, &n, kind, "member_id", p->id);
	for (size_t i = 0; i <= NMASKED; i++)
		put(c, &n, kind, masked_field[i], p->value[i]);
	if ((rc = jc_save_set(sv, kind, id, c, n, 0, NULL, m->err)) == 0 &&
	    jc_record_find(m->node, m->office.no, id, &key, NULL) == 0 && key.is_void)
		rc = jc_save_unvoid(sv, id, m->err);
	return rc;
}

/* A piece of the members, so that the hub's other writers get their turn. 1: there may be more. */
static int
masked_piece(struct make *m, int64_t *after)
{
	struct person *v = jc_calloc(MASKED_BATCH, sizeof(*v));
	struct jc_save *sv = NULL;
	struct jc_stmt *st;
	size_t n = 0, seen = 0;
	int rc, end;

	if (v == NULL)
		return JC_NOMEM(m->err, WHERE);
	if ((rc = jc_db_prep(&st, m->node->db, masked_sql, m->err)) == 0) {
		jc_bind_int(st, ":office", m->office.no);
		jc_bind_int(st, ":after", *after);
		while ((rc = jc_stmt_step(st, m->err)) == 1 && seen < MASKED_BATCH) {
			*after = jc_col_int(st, 0);
			seen++;
			n += person_read(&v[n], m, st) != 0;
		}
		jc_stmt_reset(st);
	}
	if (rc >= 0 && n != 0 &&
	    (rc = jc_save_begin(&sv, m->node, m->office.no, SYS, m->err)) == 0) {
		rc = jc_save_carry(sv, m->today, m->err);
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = person_save(m, sv, &v[i]);
		end = jc_save_end(sv, rc == 0, NULL, rc == 0 ? m->err : NULL);
		rc = rc < 0 ? rc : end;
	}
	jc_free(v);
	return rc < 0 ? rc : seen == MASKED_BATCH;
}

/* ---- when ---- */

struct hub_find {
	struct make *m;
	int found;
};

static int
hub_scope(void *arg, const struct jc_scope *s)
{
	struct hub_find *f = arg;

	if (!s->mine || !s->joined || strcmp(s->role, "hub") != 0)
		return 0;
	memcpy(f->m->secret, s->idkey, sizeof(f->m->secret));
	f->found = 1;
	return 1;
}

int
jc_extract_make(struct jc_node *node, int64_t *wrote, struct jc_err *err)
{
	struct make m = {.node = node, .err = err};
	struct hub_find f = {&m, 0};
	struct jc_peer peer;
	int64_t after = 0;
	int rc;

	if (wrote != NULL)
		*wrote = 0;
	if ((rc = jc_node_scope(node, &m.office, err)) < 0 || strcmp(m.office.role, "office") != 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	if ((rc = jc_peer_get(&peer, node, err)) < 0)
		return rc == JC_ENOTFOUND ? 0 : rc;
	if ((rc = jc_scope_each(node->log, hub_scope, &f, err)) < 0 || !f.found)
		return rc < 0 ? rc : 0;
	jc_out_today(m.today, jc_db_env(node->db));
	if ((rc = reports_save(&m)) == 0)
		while ((rc = masked_piece(&m, &after)) == 1)
			;
	if (wrote != NULL)
		*wrote = m.wrote;
	return rc;
}

int
jc_extract_due(struct jc_node *node, struct jc_err *err)
{
	char today[11], *was = NULL;
	struct jc_scope own;
	int rc, done;

	if (jc_node_scope(node, &own, NULL) < 0 || strcmp(own.role, "office") != 0)
		return 0;
	jc_out_today(today, jc_db_env(node->db));
	rc = jc_meta_get(node->db, DAY_META, &was, NULL);
	done = rc == 0 && strcmp(was, today) == 0;
	jc_free(was);
	if (done)
		return 0;
	if ((rc = jc_extract_make(node, NULL, err)) < 0)
		return rc;
	if ((rc = jc_db_begin(node->db, err)) < 0)
		return rc;
	rc = jc_meta_set(node->db, DAY_META, today, err);
	return jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL) < 0 || rc < 0
	    ? (rc < 0 ? rc : err->code)
	    : 0;
}

/* ---- at the hub above ---- */

static json_t *
cells_json(const char *figures)
{
	json_t *o = json_object();

	while (figures != NULL && *figures != '\0') {
		size_t n = strcspn(figures, "= ");
		char key[64], *end;

		if (figures[n] != '=' || n >= sizeof(key))
			break;
		memcpy(key, figures, n);
		key[n] = '\0';
		json_object_set_new(o, key, json_integer(strtoll(figures + n + 1, &end, 10)));
		figures = end + (*end == ' ');
	}
	return o;
}

static const struct jc_report_column *
columns_of(const char *table)
{
	for (size_t i = 0; jc_reports[i] != NULL; i++)
		for (const struct jc_report_table *t = jc_reports[i]->tables; t->id != NULL; t++)
			if (strcmp(t->id, table) == 0)
				return t->columns;
	return NULL;
}

/* What can be added up over counties. */
static int
adds(const struct jc_report_column *c)
{
	return (c->how == JC_R_SUM || c->how == JC_R_MINUS) &&
	    (c->type == JC_R_INT || c->type == JC_R_MONEY) && (c->flags & JC_R_HIDDEN) == 0;
}

static void
total_add(json_t *total, const json_t *cells, const struct jc_report_column *columns)
{
	for (const struct jc_report_column *c = columns; c != NULL && c->key != NULL; c++)
		if (adds(c))
			json_object_set_new(total, c->key,
			    json_integer(json_integer_value(json_object_get(total, c->key)) +
				json_integer_value(json_object_get(cells, c->key))));
}

static json_t *
columns_json(const struct jc_report_column *columns)
{
	json_t *a = json_array();

	for (const struct jc_report_column *c = columns; c != NULL && c->key != NULL; c++)
		if ((c->flags & JC_R_HIDDEN) == 0 && c->type != JC_R_TEXT && c->type != JC_R_DATE)
			json_array_append_new(a,
			    json_pack("{s:s,s:s,s:s?,s:b}", "key", c->key, "label",
				JC_T(c->zh, c->en), "group", JC_T(c->group_zh, c->group_en), "adds",
				adds(c)));
	return a;
}

/* Every living extract of hubs below: its scope is an office that is not this node's. */
#define FROM_BELOW \
	" FROM k_extract k JOIN record r USING(rec) JOIN scope s ON s.no = r.scope WHERE r.void = 0 AND s.role = 'office' AND s.mine = 0"

static int
list_json(json_t **out, struct jc_node *node, struct jc_err *err)
{
	json_t *a = json_array();
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT k.report, k.table_id, k.period, count(DISTINCT r.scope), min(k.as_of)" FROM_BELOW
	    " AND k.level = 2"
	    " GROUP BY 1, 2, 3 ORDER BY 2, 3",
	    err);

	while (rc >= 0 && (rc = jc_stmt_step(st, err)) == 1)
		json_array_append_new(a,
		    json_pack("{s:s,s:s,s:s,s:I,s:s?}", "report", jc_col_text(st, 0, NULL), "table",
			jc_col_text(st, 1, NULL), "period", jc_col_text(st, 2, NULL), "counties",
			(json_int_t)jc_col_int(st, 3), "as_of", jc_col_text(st, 4, NULL)));
	*out = json_pack("{s:o}", "extracts", a);
	return rc < 0 ? rc : *out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
rows_read(json_t *rows, json_t *total, struct jc_node *node, const char *table, const char *period,
    int all, struct jc_err *err)
{
	const struct jc_report_column *columns = columns_of(table);
	struct jc_stmt *st;
	int rc = jc_db_prep(&st, node->db,
	    "SELECT s.name, k.row_key, k.label, k.level, k.figures, k.as_of" FROM_BELOW
	    " AND k.table_id = :table AND k.period = :period"
	    " AND (:all OR k.level = 2) ORDER BY s.name, k.level, k.rec",
	    err);

	if (rc < 0)
		return rc;
	jc_bind_str(st, ":table", table);
	jc_bind_str(st, ":period", period);
	jc_bind_int(st, ":all", all);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		json_t *cells = cells_json(jc_col_text(st, 4, NULL));

		if (jc_col_int(st, 3) == 2)
			total_add(total, cells, columns);
		json_array_append_new(rows,
		    json_pack("{s:s,s:s?,s:s?,s:I,s:s?,s:o}", "county", jc_col_text(st, 0, NULL),
			"key", jc_col_text(st, 1, NULL), "label", jc_col_text(st, 2, NULL), "level",
			(json_int_t)jc_col_int(st, 3), "as_of", jc_col_text(st, 5, NULL), "cells",
			cells));
	}
	return rc;
}

int
jc_extract_json(json_t **out, struct jc_node *node, const char *report, const char *period,
    int rows, struct jc_err *err)
{
	json_t *list, *total;
	char year[5], today[11];
	int rc;

	*out = NULL;
	if (report == NULL)
		return list_json(out, node, err);
	jc_out_today(today, jc_db_env(node->db));
	snprintf(year, sizeof(year), "%.4s", today);
	list = json_array();
	total = json_object();
	period = period != NULL ? period : year;
	rc = rows_read(list, total, node, report, period, rows, err);
	if (rc == 0)
		*out = json_pack("{s:s,s:s,s:o,s:O,s:O}", "report", report, "period", period,
		    "columns", columns_json(columns_of(report)), "rows", list, "total", total);
	json_decref(list);
	json_decref(total);
	return rc < 0 ? rc : *out != NULL ? 0 : JC_NOMEM(err, WHERE);
}
