/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The machine behind all reports: organizations and filters, facts into rows, what follows from them when
 * all are in. A report itself is a table in report_defs*.c; this file knows none of them.
 *
 * Place and authority are questions about a fact's organization, so they are answered here, once, from a
 * table of organizations in memory, and no SQL of a report has to repeat them.
 */
#include "report_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "out.h"

#define WHERE "report"
#define BLOCK 65536u

const struct jc_report *const jc_reports[] = {
	&r_report_01, &r_report_02, &r_report_03, &r_report_04, &r_report_05,
	&r_report_06, &r_report_07, &r_report_08, &r_report_09, &r_report_10,
	&r_report_11, &r_report_12, &r_report_13, &r_report_14, &r_report_15,
	&r_report_members, &r_report_todo, &r_report_year, &r_report_problems, &r_report_fields, NULL
};

static int
same_id(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++)
		if ((*a | 0x20) != (*b | 0x20))
			return 0;
	return *a == *b;
}

const struct jc_report *
jc_report_find(const char *typed)
{
	for (const struct jc_report *const *r = jc_reports; *r != NULL; r++)
		if (same_id((*r)->id, typed) || strcmp((*r)->zh, typed) == 0 ||
		    strcmp((*r)->en, typed) == 0)
			return *r;
	return NULL;
}

/* ---- memory ---- */

struct r_block {
	struct r_block *next;
	size_t used, cap;
	_Alignas(8) char bytes[];
};

void *
r_room(struct r_texts *t, size_t n)
{
	struct r_block *b = t->block;
	size_t want = (n + 7) & ~(size_t)7;
	void *p;

	if (b == NULL || b->cap - b->used < want) {
		size_t cap = want > BLOCK ? want : BLOCK;

		if ((b = jc_alloc(sizeof(*b) + cap)) == NULL) {
			t->failed = 1;
			return NULL;
		}
		b->next = t->block;
		b->used = 0;
		b->cap = cap;
		t->block = b;
	}
	p = b->bytes + b->used;
	b->used += want;
	memset(p, 0, want);
	return p;
}

const char *
r_keep(struct r_texts *t, const char *s, size_t n)
{
	char *p = s != NULL ? r_room(t, n + 1) : NULL;

	if (p != NULL)
		memcpy(p, s, n);
	return p != NULL ? p : "";
}

const char *
r_keep_str(struct r_texts *t, const char *s)
{
	return s != NULL ? r_keep(t, s, strlen(s)) : NULL;
}

void
r_texts_free(struct r_texts *t)
{
	struct r_block *next;

	for (; t->block != NULL; t->block = next) {
		next = t->block->next;
		jc_free(t->block);
	}
}

void
r_texts_reset(struct r_texts *t)
{
	struct r_block *first = t->block;

	if (first == NULL)
		return;
	t->block = first->next;
	r_texts_free(t);
	first->next = NULL;
	first->used = 0;
	t->block = first;
}

static uint64_t
hash_text(uint64_t h, const char *s)
{
	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return h ^ h >> 29;
}

/* ---- organizations ---- */

/* DOMAIN 3.3: 12 digits ending 000 -> 9; 9 ending 000 -> 6; 6 ending 0000 -> 2, ending 00 -> 4. */
static void
region_trim(char out[13], const char *code)
{
	size_t n = strlen(code);

	snprintf(out, 13, "%.12s", code);
	if (n == 12 && strcmp(out + 9, "000") == 0)
		out[n = 9] = '\0';
	if (n == 9 && strcmp(out + 6, "000") == 0)
		out[n = 6] = '\0';
	if (n == 6 && strcmp(out + 2, "0000") == 0)
		out[2] = '\0';
	else if (n == 6 && strcmp(out + 4, "00") == 0)
		out[4] = '\0';
}

static const char *
col_keep(struct jc_report_run *run, struct jc_stmt *st, int i)
{
	size_t n;
	const char *s = jc_col_text(st, i, &n);

	return s != NULL ? r_keep(&run->r->texts, s, n) : NULL;
}

static int
org_add(struct jc_report_run *run, struct jc_stmt *st)
{
	struct r_org *o = r_room(&run->r->texts, sizeof(*o));
	size_t at;

	if (o == NULL)
		return JC_ENOMEM;
	o->id = col_keep(run, st, 0);
	o->name = col_keep(run, st, 1);
	o->region = col_keep(run, st, 2);
	o->authority = col_keep(run, st, 3);
	o->federation = col_keep(run, st, 4);
	o->status = col_keep(run, st, 5);
	o->kind = col_keep(run, st, 6);
	o->type = col_keep(run, st, 7);
	o->cls = col_keep(run, st, 8);
	o->union_id = col_keep(run, st, 9);
	o->parent = col_keep(run, st, 10);
	o->scope = jc_col_int(st, 11);
	at = hash_text(0, o->id) % run->nbuckets;
	o->next = run->orgs[at];
	run->orgs[at] = o;
	run->norgs++;
	return run->r->texts.failed ? JC_ENOMEM : 0;
}

static int
orgs_read(struct jc_report_run *run, struct jc_err *err)
{
	struct jc_stmt *st;
	int64_t n;
	int rc;

	if ((rc = jc_db_int(run->node->db, &n, "SELECT count(*) FROM k_org", err)) < 0)
		return rc;
	run->nbuckets = (size_t)n * 2 + 16;
	if ((run->orgs = jc_calloc(run->nbuckets, sizeof(*run->orgs))) == NULL)
		return JC_NOMEM(err, WHERE);
	if ((rc = jc_db_prep(&st, run->node->db,
	         "SELECT r.id, k.name, k.region_code, k.industry_authority_id, k.federation_id, k.org_status, k.org_kind,"
	         "       k.union_type, k.function_class, k.union_id, k.parent_union_id, r.scope"
	         "  FROM k_org k CROSS JOIN record r ON r.rec = k.rec WHERE r.void = 0", err)) < 0)
		return rc;
	while ((rc = jc_stmt_step(st, err)) == 1)
		if ((rc = org_add(run, st)) < 0)
			break;
	jc_stmt_reset(st);
	return rc == JC_ENOMEM ? JC_NOMEM(err, WHERE) : rc;
}

const struct r_org *
r_org(const struct jc_report_run *run, const char *id)
{
	const struct r_org *o = NULL;

	if (id != NULL)
		for (o = run->orgs[hash_text(0, id) % run->nbuckets]; o != NULL &&
		    strcmp(o->id, id) != 0;)
			o = o->next;
	return o;
}

static int
is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

int
r_org_in(const struct jc_report_run *run, const struct r_org *o)
{
	const struct jc_report_ask *a = run->ask;

	if (o == NULL)
		return run->place[0] == '\0' && a->authority == NULL && a->federation == NULL;
	if (is(o->status, "deregistered") || is(o->status, "merged"))
		return 0;
	if (run->place[0] != '\0' &&
	    (o->region == NULL || strncmp(o->region, run->place, strlen(run->place)) != 0))
		return 0;
	if (a->authority != NULL && !is(o->authority, a->authority))
		return 0;
	return a->federation == NULL || o->line;
}

/* ---- columns and dims ---- */

size_t
r_column(const struct jc_report_table *t, const char *key)
{
	size_t i = 0;

	while (t->columns[i].key != NULL && strcmp(t->columns[i].key, key) != 0)
		i++;
	assert(t->columns[i].key != NULL);
	return i;
}

const struct jc_report_dim r_org_dims[] = {
	{"org", "单位", "organization", NULL, NULL, 0},
	{"town", "乡镇（街道）", "township", NULL, NULL, 0},
	{"authority", "主管部门", "authority", NULL, NULL, 0},
	{"federation", "联合会", "federation", NULL, NULL, 0},
	{"class", "类别", "class", "org", "function_class", 1},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_report_dim *
r_dim_among(const struct jc_report_dim *list, const char *key, size_t n)
{
	for (; list != NULL && list->key != NULL; list++)
		if (strlen(list->key) == n && strncmp(list->key, key, n) == 0)
			return list;
	return NULL;
}

static const struct jc_report_dim *
dim_find(const struct jc_report_table *t, const char *key, size_t n)
{
	const struct jc_report_dim *d = r_dim_among(t->dims, key, n);

	return d != NULL ? d : r_dim_among(r_org_dims, key, n);
}

static void
dims_default(struct jc_report_run *run)
{
	for (run->ndims = 0; run->ndims < run->table->ndefault; run->ndims++) {
		const struct jc_report_dim *d = &run->table->dims[run->ndims];

		run->dim[run->ndims] = d->zh != NULL ? d : r_dim_among(r_org_dims, d->key,
		    strlen(d->key));
	}
}

/* A grouping that only the report's first table knows leaves the other tables as they are. */
static int
dims_choose(struct jc_report_run *run, struct jc_err *err)
{
	const struct jc_report_table *t = run->table;

	run->ndims = 0;
	for (const char *by = run->ask->by; !t->list && by != NULL && *by != '\0';) {
		size_t n = strcspn(by, ",");

		if (run->ndims == R_DIMS_MAX)
			return jc_err_set(err, JC_EINVAL, WHERE,
			    JC_T("最多按两项分组", "Group by at most two things"));
		if ((run->dim[run->ndims++] = dim_find(t, by, n)) == NULL &&
		    t == run->ask->report->tables)
			return jc_err_set(err, JC_EINVAL, WHERE,
			    JC_T("%s不能按“%.*s”分组", "%s cannot be grouped by \"%.*s\""),
			    JC_T(t->zh, t->en), (int)n, by);
		if (run->dim[run->ndims - 1] == NULL) {
			run->ndims = 0;
			break;
		}
		by += n + (by[n] == ',');
	}
	if (!t->list && run->ndims == 0)
		dims_default(run);
	return 0;
}

/* The key that an organization gives to one of the built-in dims; NULL: it is another dim. */
static int
builtin_key(const char **key, const struct jc_report_dim *d, const struct r_org *o, char town[10])
{
	*key = NULL;
	if (strcmp(d->key, "org") == 0) {
		*key = o != NULL ? o->id : NULL;
	} else if (strcmp(d->key, "authority") == 0) {
		*key = o != NULL ? o->authority : NULL;
	} else if (strcmp(d->key, "federation") == 0) {
		*key = o != NULL ? o->federation : NULL;
	} else if (strcmp(d->key, "class") == 0) {
		*key = o != NULL && o->cls != NULL ? o->cls : "9";
	} else if (strcmp(d->key, "town") == 0) {
		snprintf(town, 10, "%.9s", o != NULL && o->region != NULL ? o->region : "");
		*key = strlen(town) == 9 ? town : NULL;
	} else {
		return 0;
	}
	return 1;
}

/* A township is called after its union; without one by its code. */
static const char *
town_label(const struct jc_report_run *run, const char *town)
{
	for (size_t i = 0; i < run->nbuckets; i++)
		for (const struct r_org *o = run->orgs[i]; o != NULL; o = o->next)
			if (is(o->type, "township") && o->region != NULL &&
			    strncmp(o->region, town, 9) == 0 &&
			    (strlen(o->region) == 9 || strcmp(o->region + 9, "000") == 0))
				return o->name;
	return town;
}

static const char *
choice_label(const struct jc_report_dim *d, const char *key, int64_t *order)
{
	const struct jc_kind *k = d->kind != NULL ? jc_catalogue_kind(d->kind,
	    strlen(d->kind)) : NULL;
	const struct jc_field *f = k != NULL ? jc_catalogue_field(k, d->field,
	    strlen(d->field)) : NULL;
	const struct jc_choice *c = f != NULL && f->choices != NULL ? jc_catalogue_choice(f, key,
	    strlen(key)) : NULL;

	*order = c != NULL ? c - f->choices + 1 : 0;
	return c != NULL ? jc_choice_label(c) : NULL;
}

static const char *
dim_label(const struct jc_report_run *run, const struct jc_report_dim *d, const char *key,
    int64_t *order)
{
	const struct r_org *o;
	const char *label;

	*order = 0;
	if (key[0] == '\0') {
		*order = INT64_MAX;
		return JC_T("未填", "not given");
	}
	if (strcmp(d->key, "town") == 0)
		return town_label(run, key);
	if ((o = r_org(run, key)) != NULL)
		return o->name != NULL ? o->name : key;
	if ((label = choice_label(d, key, order)) != NULL)
		return label;
	return key[0] == '?' ? key + 1 : key;
}

/* ---- rows ---- */

struct r_row *
r_row_new(struct jc_report_run *run, struct r_sheet *s, const char *key)
{
	struct r_row *row = r_room(&run->r->texts, sizeof(*row));

	if (row == NULL ||
	    (row->cell = r_room(&run->r->texts, s->ncolumns * sizeof(*row->cell))) == NULL)
		return NULL;
	row->sheet = s;
	row->key = r_keep_str(&run->r->texts, key);
	return run->r->texts.failed ? NULL : row;
}

int
r_row_append(struct r_sheet *s, struct r_row *row)
{
	if (s->nrows == s->cap) {
		size_t cap = s->cap == 0 ? 64 : s->cap * 2;
		struct r_row **more = jc_realloc(s->row, cap * sizeof(*more));

		if (more == NULL)
			return JC_ENOMEM;
		s->row = more;
		s->cap = cap;
	}
	s->row[s->nrows++] = row;
	return 0;
}

/* Doubles the buckets when rows crowd in them. */
static int
rehash(struct r_sheet *s)
{
	size_t n = s->nbuckets == 0 ? 256 : s->nbuckets * 4;
	struct r_row **b;

	if (s->nrows < s->nbuckets)
		return 0;
	if ((b = jc_calloc(n, sizeof(*b))) == NULL)
		return JC_ENOMEM;
	for (size_t i = 0; i < s->nrows; i++) {
		size_t at = hash_text(0, s->row[i]->key) % n;

		s->row[i]->next = b[at];
		b[at] = s->row[i];
	}
	jc_free(s->bucket);
	s->bucket = b;
	s->nbuckets = n;
	return 0;
}

static struct r_sheet *
sheet_new(struct jc_report_run *run, const char *split)
{
	struct r_sheet *s = r_room(&run->r->texts, sizeof(*s)), **end = &run->r->sheets;
	int64_t order;

	if (s == NULL)
		return NULL;
	s->table = run->table;
	while (s->table->columns[s->ncolumns].key != NULL)
		s->ncolumns++;
	assert(s->ncolumns <= R_COLUMNS_MAX);
	s->ndims = run->ndims;
	memcpy(s->dim, run->dim, sizeof(s->dim));
	if (split != NULL) {
		s->split = r_keep_str(&run->r->texts, split);
		s->split_label = r_keep_str(&run->r->texts,
		    dim_label(run, run->split, split, &order));
	}
	s->total = r_row_new(run, s, R_TOTAL);
	s->common = r_row_new(run, s, R_TOTAL);
	while (*end != NULL)
		end = &(*end)->next;
	*end = s;
	return s->total != NULL && s->common != NULL ? s : NULL;
}

/* The sheet of this table that a split's value has. */
struct r_sheet *
r_sheet_of(struct jc_report_run *run, const char *split)
{
	for (struct r_sheet *s = run->r->sheets; s != NULL; s = s->next)
		if (s->table == run->table && (split == NULL || strcmp(s->split, split) == 0))
			return s;
	return sheet_new(run, split);
}

int
r_row_find(struct r_row **out, struct jc_report_run *run, struct r_sheet *s, const struct r_fact *f,
    const char *const *part,
    const char *key)
{
	struct r_row *row;
	int rc;

	if ((rc = rehash(s)) < 0)
		return rc;
	for (row = s->bucket[hash_text(0, key) % s->nbuckets]; row != NULL; row = row->next)
		if (strcmp(row->key, key) == 0)
			break;
	*out = row;
	if (row != NULL)
		return 0;
	if ((row = r_row_new(run, s, key)) == NULL)
		return JC_ENOMEM;
	for (size_t i = 0; i < s->ndims; i++) {
		const char *label = dim_label(run, s->dim[i], part[i], &row->order[i]);

		row->part[i] = r_keep_str(&run->r->texts, part[i]);
		row->label[i] = r_keep_str(&run->r->texts,
		    f->label[i] != NULL ? f->label[i] : label);
		row->order[i] = f->order[i] != 0 ? f->order[i] : row->order[i];
	}
	row->next = s->bucket[hash_text(0, key) % s->nbuckets];
	s->bucket[hash_text(0, key) % s->nbuckets] = row;
	*out = row;
	return r_row_append(s, row);
}

static int
key_join(char *key, size_t room, const char *const *part, size_t n)
{
	size_t at = 0;

	key[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		int len = snprintf(key + at, room - at, "%s%s", i > 0 ? "|" : "", part[i]);

		if (len < 0 || (size_t)len >= room - at)
			return JC_ELIMIT;
		at += (size_t)len;
	}
	return 0;
}

int
r_row_of(struct r_row **out, struct jc_report_run *run, const struct r_fact *f, struct jc_err *err)
{
	const struct r_org *o = r_org(run, f->org);
	const char *part[R_DIMS_MAX] = {0}, *split = NULL;
	char town[R_DIMS_MAX + 1][10], key[1024];
	struct r_sheet *s;
	int rc;

	*out = NULL;
	if (!r_org_in(run, o))
		return 0;
	if (run->split != NULL) {
		builtin_key(&split, run->split, o, town[R_DIMS_MAX]);
		split = split != NULL ? split : "";
	}
	if ((s = r_sheet_of(run, split)) == NULL)
		return JC_NOMEM(err, WHERE);
	for (size_t i = 0; i < run->ndims; i++) {
		if (!builtin_key(&part[i], run->dim[i], o, town[i]))
			part[i] = f->group[i];
		part[i] = part[i] != NULL ? part[i] : "";
	}
	if (run->ndims > 0 && strcmp(part[0], R_TOTAL) == 0) {
		*out = s->common;
		return 0;
	}
	if ((rc = key_join(key, sizeof(key), part, run->ndims)) == 0)
		rc = r_row_find(out, run, s, f, part, key);
	return rc < 0 ? jc_err_code(err, rc, WHERE) : 0;
}

int
r_list_row(struct r_row **out, struct jc_report_run *run, const struct r_fact *f,
    struct jc_err *err)
{
	const struct r_org *o = r_org(run, f->org);
	const char *split = NULL;
	struct r_sheet *s;
	char town[10];
	int rc;

	*out = NULL;
	if (!r_org_in(run, o))
		return 0;
	if (run->split != NULL) {
		builtin_key(&split, run->split, o, town);
		split = split != NULL ? split : "";
	}
	if ((s = r_sheet_of(run, split)) == NULL ||
	    (*out = r_row_new(run, s, f->id != NULL ? f->id : "")) == NULL)
		return JC_NOMEM(err, WHERE);
	rc = r_row_append(s, *out);
	return rc < 0 ? JC_NOMEM(err, WHERE) : 0;
}

/* ---- numbers ---- */

static int
id_note(struct jc_report_run *run, const char *id, struct jc_err *err)
{
	struct jc_report_result *r = run->r;

	if (id == NULL || (r->nids > 0 && strcmp(r->ids[r->nids - 1], id) == 0))
		return 0;
	if (r->nids == r->ids_cap) {
		size_t cap = r->ids_cap == 0 ? 256 : r->ids_cap * 2;
		const char **more = jc_realloc(r->ids, cap * sizeof(*more));

		if (more == NULL)
			return JC_NOMEM(err, WHERE);
		r->ids = more;
		r->ids_cap = cap;
	}
	r->ids[r->nids++] = r_keep_str(&r->texts, id);
	return r->texts.failed ? JC_NOMEM(err, WHERE) : 0;
}

/* Is `key` among the keys of a formula ("a+b")? */
int
r_among(const char *keys, const char *key)
{
	size_t n = strlen(key);

	for (; keys != NULL && *keys != '\0'; keys += strcspn(keys, "+"), keys += *keys == '+')
		if (strcspn(keys, "+") == n && strncmp(keys, key, n) == 0)
			return 1;
	return 0;
}

/* Was this number asked about? A formula is explained by the facts of what it is made of. */
static int
asked(const struct jc_report_run *run, const struct r_row *row, size_t col)
{
	const struct jc_report_column *c;
	const char *key = run->table->columns[col].key;

	if (run->cell_table == NULL || strcmp(run->cell_table, run->table->id) != 0 ||
	    (run->cell_split != NULL && !is(row->sheet->split, run->cell_split)) ||
	    (strcmp(run->cell_row, R_TOTAL) != 0 && strcmp(run->cell_row, row->key) != 0 &&
	        !(row->part[1] != NULL && strcmp(run->cell_row, row->part[0]) == 0)))
		return 0;
	if (strcmp(run->cell_column, key) == 0)
		return 1;
	for (c = run->table->columns; c->key != NULL; c++)
		if (strcmp(c->key, run->cell_column) == 0)
			return r_among(c->ids != NULL ? c->ids : c->of, key);
	return 0;
}

int
r_add(struct jc_report_run *run, struct r_row *row, size_t col, int64_t v, const char *id,
    struct jc_err *err)
{
	row->cell[col].v += v;
	row->cell[col].has = 1;
	if (v != 0 && run->cell_table != NULL && asked(run, row, col))
		return id_note(run, id, err);
	return 0;
}

int
r_list_asked(struct jc_report_run *run, const struct r_row *row, struct jc_err *err)
{
	size_t col = 0;

	while (run->cell_table != NULL && run->table->columns[col].key != NULL &&
	    strcmp(run->table->columns[col].key, run->cell_column) != 0)
		col++;
	if (run->cell_table == NULL || run->table->columns[col].key == NULL ||
	    !asked(run, row, col))
		return 0;
	if (strcmp(run->cell_row, R_TOTAL) == 0 && row->cell[col].v == 0 &&
	    (row->cell[col].text == NULL || row->cell[col].text[0] == '\0'))
		return 0;
	return id_note(run, row->key, err);
}

static int
seen_grow(struct jc_report_run *run)
{
	size_t cap = run->seen_cap == 0 ? 1024 : run->seen_cap * 2;
	struct r_seen *more;

	if (run->nseen * 2 < run->seen_cap)
		return 0;
	if ((more = jc_calloc(cap, sizeof(*more))) == NULL)
		return JC_ENOMEM;
	for (size_t i = 0; i < run->seen_cap; i++) {
		size_t at = run->seen[i].hash & (cap - 1);

		if (run->seen[i].text == NULL)
			continue;
		while (more[at].text != NULL)
			at = (at + 1) & (cap - 1);
		more[at] = run->seen[i];
	}
	jc_free(run->seen);
	run->seen = more;
	run->seen_cap = cap;
	return 0;
}

/* 1 if it is new for that row and column. */
static int
seen_add(struct jc_report_run *run, const void *row, size_t col, const char *text)
{
	uint64_t h = hash_text((uint64_t)(uintptr_t)row * 31 + col, text);
	size_t at;

	if (seen_grow(run) < 0)
		return JC_ENOMEM;
	for (at = h & (run->seen_cap - 1); run->seen[at].text != NULL; at = (at + 1) & (run->seen_cap - 1))
		if (run->seen[at].hash == h && run->seen[at].row == row &&
		    run->seen[at].col == col &&
		    strcmp(run->seen[at].text, text) == 0)
			return 0;
	run->seen[at] = (struct r_seen){row, col, r_keep_str(&run->r->texts, text), h};
	run->nseen++;
	return run->r->texts.failed ? JC_ENOMEM : 1;
}

int
r_add_text(struct jc_report_run *run, struct r_row *row, size_t col, const char *text,
    const char *id, struct jc_err *err)
{
	struct r_row *total = row->sheet->total;
	int fresh;

	if ((fresh = seen_add(run, row, col, text)) < 0)
		return JC_NOMEM(err, WHERE);
	row->cell[col].v += fresh;
	row->cell[col].has = 1;
	if (row != row->sheet->common) { /* the total counts each one once, whatever rows it stands in */
		if ((fresh = seen_add(run, total, col, text)) < 0)
			return JC_NOMEM(err, WHERE);
		total->cell[col].v += fresh;
		total->cell[col].has = 1;
	}
	return run->cell_table != NULL && asked(run, row, col) ? id_note(run, id, err) : 0;
}

/* ---- one report ---- */

static int
table_run(struct jc_report_run *run, struct jc_err *err)
{
	const struct jc_report_table *t = run->table;
	int rc;

	if ((rc = dims_choose(run, err)) < 0 || (rc = r_own_columns(run, err)) < 0)
		return rc;
	for (size_t i = 0; i < sizeof(t->sql) / sizeof(t->sql[0]) && t->sql[i] != NULL; i++)
		if ((rc = r_sql_run(run, t->sql[i], err)) < 0)
			return rc;
	if (t->calc != NULL && (rc = t->calc(run, err)) < 0)
		return rc;
	if ((rc = r_own_values(run, err)) < 0)
		return rc;
	return r_finish(run, err);
}

static int
cell_parse(struct jc_report_run *run, struct jc_err *err)
{
	char *a, *b;

	if (run->ask->cell == NULL)
		return 0;
	snprintf(run->cell, sizeof(run->cell), "%s", run->ask->cell);
	if ((a = strchr(run->cell, '/')) == NULL || (b = strrchr(run->cell, '/')) == a)
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("格子写成“表/行/列”，如 R05/*/joined",
		    "A cell is TABLE/ROW/COLUMN, as R05/*/joined"));
	*a = *b = '\0';
	run->cell_table = run->cell;
	if ((run->cell_split = strchr(run->cell, ':')) != NULL)
		*run->cell_split++ = '\0';
	run->cell_row = a + 1;
	run->cell_column = b + 1;
	return 0;
}

static int
org_named(const struct jc_report_run *run, const char *id, const char *what, struct jc_err *err)
{
	if (id == NULL || r_org(run, id) != NULL)
		return 0;
	return jc_err_set(err, JC_ENOTFOUND, WHERE,
	    JC_T("没有找到%s“%.40s”，请写它的编号", "The %s \"%.40s\" was not found; give its id"),
	    what, id);
}

static int
question_check(struct jc_report_run *run, struct jc_err *err)
{
	const struct jc_report_ask *a = run->ask;
	size_t n = a->place != NULL ? strlen(a->place) : 0;
	int rc;

	if (n > 0) {
		if ((n != 6 && n != 9 && n != 12) || strspn(a->place, "0123456789") != n)
			return jc_err_set(err, JC_EINVAL, WHERE,
			    JC_T("地区写 6、9 或 12 位区划代码",
			    "A place is a region code of 6, 9 or 12 digits"));
		region_trim(run->place, a->place);
	}
	if (a->split != NULL &&
	    (run->split = r_dim_among(r_org_dims, a->split, strlen(a->split))) == NULL)
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("不能按“%.40s”分表；可以按 org、town、authority、federation、class",
		    "It cannot be split by \"%.40s\"; use org, town, authority, federation or class"), a->split);
	if (a->special != NULL && !a->report->special)
		return jc_err_set(err, JC_EINVAL, WHERE,
		    JC_T("%s不分专项工作；分专项工作的是 R07、R08、R11", "%s knows no special work; R07, R08 and R11 do"),
		    JC_T(a->report->zh, a->report->en));
	if ((rc = org_named(run, a->authority, JC_T("主管部门", "authority"), err)) < 0)
		return rc;
	return org_named(run, a->federation, JC_T("联合会", "federation"), err);
}

/* Who makes it, from when the data is, and what was left out. */
static int
header_make(struct jc_report_run *run, struct jc_err *err)
{
	struct jc_report_result *r = run->r;
	const struct jc_report_ask *a = run->ask;
	const struct r_org *authority = r_org(run, a->authority), *fed = r_org(run, a->federation);
	struct jc_asof asof;
	int rc;

	if ((rc = jc_asof_read(&asof, run->node, err)) < 0)
		return rc;
	jc_asof_text(r->asof, sizeof(r->asof), &asof);
	r->hub = asof.hub;
	snprintf(r->organization, sizeof(r->organization), "%s", run->own.name);
	snprintf(r->filter, sizeof(r->filter),
	    "place=%s;authority=%s;federation=%s;special=%s;by=%s;split=%s;basis=%s;outward=%d",
	    a->place != NULL ? a->place : "", authority != NULL ? authority->id : "",
	    fed != NULL ? fed->id : "", a->special != NULL ? a->special : "",
	    a->by != NULL ? a->by : "", a->split != NULL ? a->split : "",
	    a->basis != NULL ? a->basis : "", a->outward);
	r_about_make(run);
	return 0;
}

/* The newest version of the same question that was handed in. */
static int
before_read(struct jc_report_run *run, struct jc_err *err)
{
	struct jc_report_result *r = run->r;
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, run->node->db,
	         "SELECT time, body FROM report_sent WHERE report = :report AND filter = :filter AND first = :first AND last = :last"
	         " ORDER BY no DESC LIMIT 1", err)) < 0)
		return rc;
	jc_bind_str(st, ":report", r->report->id);
	jc_bind_str(st, ":filter", r->filter);
	jc_bind_str(st, ":first", r->period.from);
	jc_bind_str(st, ":last", r->period.to);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		size_t n;
		const char *body = jc_col_text(st, 1, &n);

		r->before_time = jc_col_int(st, 0);
		r->before = json_loadb(body, n, 0, NULL);
		rc = 0;
	}
	jc_stmt_reset(st);
	return rc;
}

static int
report_run(struct jc_report_run *run, struct jc_err *err)
{
	int rc;

	if ((rc = jc_node_scope(run->node, &run->own, err)) < 0 || (rc = orgs_read(run, err)) < 0 ||
	    (rc = question_check(run, err)) < 0 || (rc = cell_parse(run, err)) < 0 ||
	    (rc = r_line_mark(run, err)) < 0 || (rc = header_make(run, err)) < 0)
		return rc;
	for (const struct jc_report_table *t = run->ask->report->tables; t->id != NULL; t++) {
		run->table = t;
		if (t->inside && run->ask->outward)
			continue;
		if ((rc = table_run(run, err)) < 0)
			return rc;
	}
	return before_read(run, err);
}

static int
in_snapshot(struct jc_report_run *run, struct jc_err *err)
{
	int rc, end;

	if ((rc = jc_db_begin_read(run->node->db, err)) < 0)
		return rc;
	rc = report_run(run, err);
	end = jc_db_end(run->node->db, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

int
jc_report_make(struct jc_report_result **out, struct jc_node *node, const struct jc_report_ask *ask,
    struct jc_err *err)
{
	struct jc_report_run run = {.node = node, .ask = ask, .err = err};
	struct jc_report_result *r = jc_calloc(1, sizeof(*r));
	const struct jc_env *env = jc_db_env(node->db);
	int rc;

	*out = NULL;
	if (r == NULL)
		return JC_NOMEM(err, WHERE);
	r->report = ask->report;
	r->period = ask->period;
	r->outward = ask->outward;
	r->full = ask->full;
	r->asked = ask->cell != NULL;
	jc_out_today(r->today, env);
	run.r = r;
	rc = in_snapshot(&run, err);
	jc_free(run.orgs);
	jc_free(run.seen);
	if (rc < 0)
		jc_report_free(r);
	else
		*out = r;
	return rc;
}

void
jc_report_free(struct jc_report_result *r)
{
	if (r == NULL)
		return;
	for (struct r_sheet *s = r->sheets; s != NULL; s = s->next) {
		jc_free(s->row);
		jc_free(s->bucket);
	}
	jc_free(r->ids);
	json_decref(r->before);
	r_texts_free(&r->texts);
	jc_free(r);
}

int64_t
jc_report_people(const struct jc_report_result *r)
{
	return r->people;
}

size_t
jc_report_ids(const struct jc_report_result *r, const char *const **ids)
{
	*ids = r->ids;
	return r->nids;
}
