/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Facts and rows from SQL. The statement's columns find their place by name: `id` is the record, `org` its
 * organization, g_KEY and l_KEY the key and label of a dim, everything else a column of the report. What
 * the SQL does not give is left alone, so several statements may fill one table.
 */
#include "report_private.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "out.h"

#define WHERE "report_sql"

/* Where the columns of a statement go. */
struct plan {
	int id, org, group[R_DIMS_MAX], label[R_DIMS_MAX];
	int n;
	int8_t to[96];         /* statement's column -> report's column, -1: none */
};

/* Is the parameter in the statement, as a word of its own (:to is not in :today)? */
static int
has_parameter(const char *sql, const char *name)
{
	size_t n = strlen(name);

	for (; (sql = strstr(sql, name)) != NULL; sql += n)
		if (!((sql[n] >= 'a' && sql[n] <= 'z') || sql[n] == '_'))
			return 1;
	return 0;
}

void
r_bind(const struct jc_report_run *run, struct jc_stmt *st, const char *sql)
{
	const struct jc_report_ask *a = run->ask;
	const char *asof = strcmp(a->period.to, run->r->today) < 0 ? a->period.to : run->r->today;
	const struct {
		const char *name, *value;
	} v[] = {{":from", a->period.from}, {":to", a->period.to}, {":asof", asof}, {":today", run->r->today},
	    {":special", a->special}, {":basis", a->basis != NULL ? a->basis : "party,law25,key"}, {":lang", jc_lang_get() == JC_LANG_EN ? "en" : "zh"}};

	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		if (has_parameter(sql, v[i].name))
			jc_bind_str(st, v[i].name, v[i].value);
	if (has_parameter(sql, ":own"))
		jc_bind_int(st, ":own", run->own.no);
}

static int
dim_column(const struct jc_report_run *run, const char *name, char first)
{
	for (size_t i = 0; name[0] == first && name[1] == '_' && i < run->ndims; i++)
		if (strcmp(name + 2, run->dim[i]->key) == 0)
			return (int)i;
	return -1;
}

static int
report_column(const struct jc_report_table *t, const char *name)
{
	for (int i = 0; t->columns[i].key != NULL; i++)
		if (strcmp(t->columns[i].key, name) == 0)
			return i;
	return -1;
}

static void
plan_make(struct plan *p, const struct jc_report_run *run, struct jc_stmt *st)
{
	*p = (struct plan){.id = -1, .org = -1, .group = {-1, -1}, .label = {-1, -1}, .n = jc_col_count(st)};
	assert(p->n <= (int)sizeof(p->to));
	for (int i = 0; i < p->n; i++) {
		const char *name = jc_col_name(st, i);
		int d;

		p->to[i] = -1;
		if (strcmp(name, "id") == 0)
			p->id = i;
		else if (strcmp(name, "org") == 0)
			p->org = i;
		else if ((d = dim_column(run, name, 'g')) >= 0)
			p->group[d] = i;
		else if ((d = dim_column(run, name, 'l')) >= 0)
			p->label[d] = i;
		else
			p->to[i] = (int8_t)report_column(run->table, name);
	}
}

static const char *
text_at(struct jc_stmt *st, int i)
{
	return i >= 0 ? jc_col_text(st, i, NULL) : NULL;
}

/* ---- facts ---- */

static int
fact_add(struct jc_report_run *run, const struct plan *p, struct jc_stmt *st, struct jc_err *err)
{
	struct r_fact f = {.id = text_at(st, p->id), .org = text_at(st, p->org)};
	struct r_row *row;
	int rc;

	for (size_t i = 0; i < run->ndims; i++) {
		f.group[i] = text_at(st, p->group[i]);
		f.label[i] = text_at(st, p->label[i]);
	}
	if ((rc = r_row_of(&row, run, &f, err)) < 0 || row == NULL)
		return rc;
	for (int i = 0; rc == 0 && i < p->n; i++) {
		const struct jc_report_column *c = p->to[i] >= 0 ? &run->table->columns[p->to[i]] : NULL;

		if (c == NULL || jc_col_null(st, i))
			continue;
		if (c->how == JC_R_DISTINCT)
			rc = r_add_text(run, row, (size_t)p->to[i], jc_col_text(st, i, NULL), f.id, err);
		else
			rc = r_add(run, row, (size_t)p->to[i], jc_col_int(st, i), f.id, err);
	}
	return rc;
}

/* ---- lists ---- */

static const struct jc_field *
field_of(const struct jc_report_column *c)
{
	const struct jc_kind *k = c->kind != NULL ? jc_catalogue_kind(c->kind, strlen(c->kind)) : NULL;

	return k != NULL ? jc_catalogue_field(k, c->field, strlen(c->field)) : NULL;
}

/* 王某某: a name in what leaves the county. */
static const char *
begun(struct jc_report_run *run, const char *s, size_t n)
{
	size_t first = n > 0 ? 1 : 0;
	char text[16];

	while (first < n && ((unsigned char)s[first] & 0xc0) == 0x80)
		first++;
	snprintf(text, sizeof(text), "%.*s%s", (int)first, s, first > 0 ? JC_T("某某", ".") : "");
	return r_keep(&run->r->texts, text, strlen(text));
}

/* A stored value as people read it: organizations by name, codes by label, numbers masked. */
static const char *
shown(struct jc_report_run *run, const struct jc_report_column *c, const char *s, size_t n)
{
	const struct jc_field *f = field_of(c);
	const struct r_org *o;
	struct jc_buf b;
	const char *out;

	if (run->ask->outward && (c->flags & JC_R_PERSON) != 0)
		return begun(run, s, n);
	if (f == NULL)
		return r_keep(&run->r->texts, s, n);
	if (f->type == JC_REF && !f->set) {
		if ((o = r_org(run, s)) != NULL && o->name != NULL)
			return o->name;
		return s[0] == '?' ? r_keep(&run->r->texts, s + 1, n - 1) : "";
	}
	jc_buf_init(&b, 1 << 20);
	jc_out_value(&b, f, s, n, run->ask->full && !run->ask->outward);
	out = r_keep(&run->r->texts, b.data != NULL ? b.data : "", b.len);
	jc_buf_free(&b);
	return out[0] == '?' ? out + 1 : out;
}

/* Township and authority of the row's organization come from there. */
static const char *
from_org(const struct jc_report_run *run, const struct jc_report_column *c, const struct r_org *o)
{
	const struct r_org *a = o != NULL ? r_org(run, o->authority) : NULL;

	if (strcmp(c->key, "org_name") == 0)
		return o != NULL ? o->name : NULL;
	if (strcmp(c->key, "authority_name") == 0)
		return a != NULL ? a->name : NULL;
	if (strcmp(c->key, "town_name") == 0 && o != NULL && o->region != NULL && strlen(o->region) >= 9) {
		for (size_t i = 0; i < run->nbuckets; i++)
			for (const struct r_org *t = run->orgs[i]; t != NULL; t = t->next)
				if (t->type != NULL && strcmp(t->type, "township") == 0 && t->region != NULL &&
				    strlen(t->region) >= 9 && strncmp(t->region, o->region, 9) == 0)
					return t->name;
		return r_keep(&run->r->texts, o->region, 9);
	}
	return NULL;
}

void
r_cell_take(struct jc_report_run *run, struct r_row *row, int col, struct jc_stmt *st, int i)
{
	const struct jc_report_column *c = &run->table->columns[col];
	size_t n;
	const char *s = jc_col_text(st, i, &n);

	if (s == NULL)
		return;
	if (c->type == JC_R_TEXT || c->type == JC_R_DATE) {
		row->cell[col].text = shown(run, c, s, n);
		run->r->people += run->ask->full && !run->ask->outward && (c->flags & JC_R_NUMBER) != 0 && n > 0;
	} else {
		row->cell[col].v = jc_col_int(st, i);
		row->cell[col].has = 1;
	}
}

static int
list_add(struct jc_report_run *run, const struct plan *p, struct jc_stmt *st, struct jc_err *err)
{
	struct r_fact f = {.id = text_at(st, p->id), .org = text_at(st, p->org)};
	const struct r_org *o = r_org(run, f.org);
	struct r_row *row;
	int rc;

	if ((rc = r_list_row(&row, run, &f, err)) < 0 || row == NULL)
		return rc;
	for (int i = 0; run->table->columns[i].key != NULL; i++)
		row->cell[i].text = from_org(run, &run->table->columns[i], o);
	for (int i = 0; i < p->n; i++)
		if (p->to[i] >= 0)
			r_cell_take(run, row, p->to[i], st, i);
	return r_list_asked(run, row, err);
}

int
r_sql_run(struct jc_report_run *run, const char *sql, struct jc_err *err)
{
	struct jc_stmt *st;
	struct plan p;
	int rc;

	if ((rc = jc_db_prep(&st, run->node->db, sql, err)) < 0)
		return rc;
	r_bind(run, st, sql);
	plan_make(&p, run, st);
	while ((rc = jc_stmt_step(st, err)) == 1)
		if ((rc = run->table->list ? list_add(run, &p, st, err) : fact_add(run, &p, st, err)) < 0)
			break;
	jc_stmt_reset(st);
	return rc;
}
