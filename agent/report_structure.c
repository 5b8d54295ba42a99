/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Structures: how many of all have each value of an attribute (R03 of organizations, R06 of members). One
 * row of the report per attribute and value; who has no value is counted as 未填, so that every attribute
 * adds up and the blanks show. Attributes of which one can have several add up to more than all.
 */
#include "report_defs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANK "-"
#define CHOICES_MAX 80

struct item {
	const char *key, *zh, *en;
	const char *kind, *field;         /* whose choices; NULL: these */
	const struct jc_choice *choices;
};

struct structure {
	struct jc_report_run *run;
	const struct item *items;
	size_t nitems;
	const struct jc_field *field[24];     /* of each item, looked up once */
	const struct jc_choice *choice[24];
	struct r_row *cache[24][CHOICES_MAX]; /* rows by item and place of the choice; without a split only */
	size_t cols[4];
	struct jc_err *err;
};

static const struct jc_field *
item_field(const struct item *it)
{
	const struct jc_kind *k = it->kind != NULL ? jc_catalogue_kind(it->kind,
	    strlen(it->kind)) : NULL;

	return k != NULL ? jc_catalogue_field(k, it->field, strlen(it->field)) : NULL;
}

static void
items_find(struct structure *s)
{
	for (size_t i = 0; i < s->nitems; i++) {
		s->field[i] = item_field(&s->items[i]);
		s->choice[i] = s->items[i].choices != NULL ? s->items[i].choices
		    : s->field[i] != NULL ? s->field[i]->choices : NULL;
	}
}

/* The row of an attribute's value; NULL when the organization is filtered out. */
static int
value_row(struct r_row **row, struct structure *s, size_t item, const char *code, size_t n,
    const char *id, const char *org)
{
	const struct item *it = &s->items[item];
	const struct jc_choice *list = s->choice[item], *c = list;
	char key[64], bool_label[2][16] = {"否", "是"};
	struct r_fact f = {.id = id, .org = org};
	size_t place = 0;
	int rc;

	snprintf(key, sizeof(key), "%.*s", (int)(n < sizeof(key) - 1 ? n : sizeof(key) - 1), code);
	while (c != NULL && c->code != NULL && strcmp(c->code, key) != 0)
		c++;
	if (strcmp(key, BLANK) != 0)
		place = c != NULL && c->code != NULL ? (size_t)(c - list) + 1 : CHOICES_MAX - 1;
	if (place < CHOICES_MAX - 1 && s->run->split == NULL &&
	    (*row = s->cache[item][place]) != NULL)
		return 0;
	f.group[0] = it->key;
	f.label[0] = JC_T(it->zh, it->en);
	f.order[0] = (int64_t)item + 1;
	f.group[1] = key;
	f.order[1] = strcmp(key, BLANK) == 0 ? INT64_MAX : (int64_t)place;
	if (strcmp(key, BLANK) == 0)
		f.label[1] = JC_T("未填", "not given");
	else if (c != NULL && c->code != NULL)
		f.label[1] = jc_choice_label(c);
	else
		f.label[1] = key[0] == '?' ? key + 1 : strcmp(key, "1") == 0 ? JC_T(bool_label[1],
		    "yes") : strcmp(key, "0") == 0 ? JC_T(bool_label[0], "no") : key;
	if ((rc = r_row_of(row, s->run, &f, s->err)) == 0 && place < CHOICES_MAX - 1 &&
	    s->run->split == NULL)
		s->cache[item][place] = *row;
	return rc;
}

/* Adds one record's measures to the rows of an attribute's stored value (a set has several). */
static int
value_add(struct structure *s, size_t item, const char *stored, const char *id, const char *org,
    const int64_t *v, size_t nv)
{
	const struct jc_field *f = s->field[item];
	json_t *set = NULL, *e;
	struct r_row *row;
	size_t i;
	int rc = 0;

	if (stored != NULL && f != NULL && f->set && s->items[item].choices == NULL)
		set = json_loads(stored, 0, NULL);
	if (json_array_size(set) == 0) {
		const char *one = stored != NULL && stored[0] != '\0' && set == NULL ? stored : BLANK;

		json_decref(set);
		if ((rc = value_row(&row, s, item, one, strlen(one), id, org)) < 0 || row == NULL)
			return rc;
		for (size_t k = 0; rc == 0 && k < nv; k++)
			rc = r_add(s->run, row, s->cols[k], v[k], id, s->err);
		return rc;
	}
	json_array_foreach(set, i, e) {
		if (rc == 0 &&
		    (rc = value_row(&row, s, item, json_string_value(e), json_string_length(e), id,
		    org)) == 0 && row != NULL)
			for (size_t k = 0; rc == 0 && k < nv; k++)
				rc = r_add(s->run, row, s->cols[k], v[k], id, s->err);
	}
	json_decref(set);
	return rc;
}

/* ---- R06 ---- */

static const struct jc_choice ages[] = {
	{"u16", "不满16岁", "under 16", NULL}, {"16", "16–24岁", "16-24", NULL},
	    {"25", "25–34岁", "25-34", NULL}, {"35", "35–44岁", "35-44", NULL},
	{"45", "45–54岁", "45-54", NULL}, {"55", "55–59岁", "55-59", NULL},
	    {"60", "60岁及以上", "60 and over", NULL}, {NULL, NULL, NULL, NULL}};
static const struct jc_choice nations[] = {{"han", "汉族", "Han", NULL},
    {"min", "少数民族", "other ethnic groups", NULL}, {NULL, NULL, NULL, NULL}};
static const struct jc_choice everyone[] = {{"all", "全部", "all", NULL}, {NULL, NULL, NULL, NULL}};
static const struct jc_choice yes_no[] = {{"1", "是", "yes", NULL}, {"0", "否", "no", NULL},
    {NULL, NULL, NULL, NULL}};

/* In the order of the columns that r_structure asks for. */
static const struct item member_items[] = {
	{"all", "合计", "all", NULL, NULL, everyone},
	{"gender", "性别", "sex", "member", "gender", NULL},
	{"age", "年龄段", "age", NULL, NULL, ages},
	{"education", "学历", "education", "member", "education", NULL},
	{"political", "政治面貌", "affiliation", "member", "political", NULL},
	{"nation", "民族", "ethnic group", NULL, NULL, nations},
	{"migrant", "农民工", "migrant worker", NULL, NULL, yes_no},
	{"employment", "就业状况", "employment", "member", "employment_status", NULL},
	{"skill", "技能等级", "skill level", "member", "skill_level", NULL},
	{"occupation", "职业群体", "worker group", "member", "occupation_group", NULL},
	{"so_staff", "社会组织人员", "staff of social organizations", NULL, NULL, yes_no},
	{"join", "入会方式", "how joined", "member", "join_method", NULL},
};
#define NMEMBER (sizeof(member_items) / sizeof(member_items[0]))

/* Whole years on a day; partial birth dates count from what is known. */
static const char *
age_code(const char *birth, const char *on)
{
	int by = 0, bm = 1, bd = 1, y = 0, m = 0, d = 0, age;

	if (birth == NULL || sscanf(birth, "%4d-%2d-%2d", &by, &bm, &bd) < 1 ||
	    sscanf(on, "%4d-%2d-%2d", &y, &m, &d) != 3)
		return NULL;
	age = y - by - (m < bm || (m == bm && d < bd));
	if (age < 16)
		return "u16";
	return age < 25 ? "16" : age < 35 ? "25" : age < 45 ? "35" : age < 55 ? "45" : age < 60 ? "55" : "60";
}

/* Is the employer a social organization? What was typed goes before what follows from it. */
static const char *
so_staff(const struct structure *s, const char *typed, const char *employer)
{
	const struct r_org *o = typed == NULL ? r_org(s->run, employer) : NULL;

	if (typed != NULL || o == NULL || o->kind == NULL)
		return typed;
	return strcmp(o->kind, "social") == 0 ? "1" : "0";
}

static int
structure_of(void *arg, const struct r_member *m, const char *const *x)
{
	struct structure *s = arg;
	const char *value[NMEMBER];
	int64_t v[2] = {m->table == R_REG, m->table == R_RET};
	int rc = 0;

	if (m->table == R_NONE || !r_org_in(s->run, r_org(s->run, m->union_id)))
		return 0;
	value[0] = "all";
	value[1] = x[0];
	value[2] = age_code(x[1], s->run->r->period.to);
	value[3] = x[2];
	value[4] = x[3];
	value[5] = x[4] == NULL ? NULL : strcmp(x[4], "01") == 0 ? "han" : "min";
	for (size_t i = 6; i < 10; i++)
		value[i] = x[i - 1];
	value[10] = so_staff(s, x[9], x[11]);
	value[11] = x[10];
	for (size_t i = 0; rc == 0 && i < NMEMBER; i++)
		rc = value_add(s, i, value[i], m->id, m->union_id, v, 2);
	return rc;
}

int
r_structure(struct jc_report_run *run, struct jc_err *err)
{
	struct structure *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return jc_err_code(err, JC_ENOMEM, "report_structure");
	*s = (struct structure){.run = run, .items = member_items, .nitems = NMEMBER, .err = err};
	items_find(s);
	s->cols[0] = r_column(run->table, "active");
	s->cols[1] = r_column(run->table, "kept");
	rc = r_members_each(run,
	    R_MEMBER_SQL(", m.gender, m.birth_date, m.education, m.political, m.ethnicity, m.is_migrant_worker, m.employment_status,"
	                 " m.skill_level, m.occupation_group, m.is_social_org_staff, m.join_method, m.employer_id"),
	    structure_of, s, 12, err);
	free(s);
	return rc;
}

/* ---- R03 ---- */

static const struct jc_choice visits[] = {{"new", "180天内走访过", "visited within 180 days", NULL},
	{"old", "超过180天未走访", "not for over 180 days", NULL}, {NULL, NULL, NULL, NULL}};
static const struct jc_choice surveys[] = {{"new", "一年内摸底", "surveyed within a year", NULL},
    {"old", "摸底超过一年（待更新）", "survey over a year old", NULL},
	{NULL, NULL, NULL, NULL}};
static const struct jc_choice gaps[] = {{"0", "齐全", "complete", NULL},
    {"1", "缺1–3项", "1-3 missing", NULL}, {"4", "缺4–7项", "4-7 missing", NULL},
	{"8", "缺8项及以上", "8 or more missing", NULL}, {NULL, NULL, NULL, NULL}};

static const struct item social_items[] = {
	{"all", "数量", "number", NULL, NULL, everyone},
	{"scale", "规模分布", "size", "org", "scale_class", NULL},
	{"field", "行业分布", "field of activity", "org", "activity_field", NULL},
	{"section", "国民经济行业", "section of industry", "org", "industry_section", NULL},
	{"fund", "资金来源", "sources of funds", "org", "fund_sources", NULL},
	{"content", "活动内容", "what they do", "org", "activity_contents", NULL},
	{"mode", "工作方式", "how they work", "org", "work_modes", NULL},
	{"reg", "登记状况", "registration", "org", "reg_status", NULL},
	{"grade", "评估等级", "assessment", "org", "eval_grade", NULL},
	{"visit", "最近走访", "last visit", NULL, NULL, visits},
	{"survey", "摸底日期", "survey", NULL, NULL, surveys},
	{"gap", "缺项", "missing facts", NULL, NULL, gaps},
};
#define NSOCIAL (sizeof(social_items) / sizeof(social_items[0]))

static const char social_sql[] =
    "WITH v AS MATERIALIZED (SELECT c.org_id AS org_id, max(c.contact_date) AS day"
    "       FROM k_contact_log c CROSS JOIN record r ON r.rec = c.rec WHERE r.void = 0 AND c.org_id IS NOT NULL GROUP BY c.org_id), "
    ONE_SOCIAL
    " SELECT r.id, 'all',"
    "       CASE WHEN k.staff_full IS NULL AND k.staff_part IS NULL THEN NULL"
    "            WHEN COALESCE(k.staff_full, 0) + COALESCE(k.staff_part, 0) < 10 THEN 'xs'"
    "            WHEN COALESCE(k.staff_full, 0) + COALESCE(k.staff_part, 0) < 25 THEN 's'"
    "            WHEN COALESCE(k.staff_full, 0) + COALESCE(k.staff_part, 0) < 50 THEN 'm'"
    "            WHEN COALESCE(k.staff_full, 0) + COALESCE(k.staff_part, 0) < 100 THEN 'l' ELSE 'xl' END,"
    "       k.activity_field, k.industry_section, k.fund_sources, k.activity_contents, k.work_modes, k.reg_status, k.eval_grade,"
    "       CASE WHEN v.day IS NULL THEN NULL WHEN julianday(:today) - julianday(v.day) <= 180 THEN 'new' ELSE 'old' END,"
    "       CASE WHEN k.survey_on IS NULL THEN NULL WHEN julianday(:today) - julianday(k.survey_on) <= 365 THEN 'new' ELSE 'old' END,"
    R_SOCIAL_MISSING
    "  FROM k_org k CROSS JOIN record r ON r.rec = k.rec LEFT JOIN v ON v.org_id = r.id"
    " WHERE r.void = 0 AND k.org_kind = 'social' AND r.id IN (SELECT id FROM one)";

static int
social_add(struct structure *s, struct jc_stmt *st)
{
	const char *id = jc_col_text(st, 0, NULL);
	int64_t one = 1, missing = jc_col_int(st, (int)NSOCIAL);
	int rc = 0;

	if (!r_org_in(s->run, r_org(s->run, id)))
		return 0;
	for (size_t i = 0; rc == 0 && i + 1 < NSOCIAL; i++)
		rc = value_add(s, i, jc_col_text(st, (int)i + 1, NULL), id, id, &one, 1);
	return rc < 0 ? rc : value_add(s, NSOCIAL - 1,
	    missing == 0 ? "0" : missing < 4 ? "1" : missing < 8 ? "4" : "8", id, id, &one, 1);
}

/* The share of an attribute's value is of all organizations, not of those that named one. */
static void
social_all(struct jc_report_run *run, const struct structure *s)
{
	size_t all = r_column(run->table, "all_orgs");

	for (struct r_sheet *sheet = run->r->sheets; sheet != NULL; sheet = sheet->next) {
		int64_t n = 0;

		if (sheet->table != run->table)
			continue;
		for (size_t i = 0; i < sheet->nrows; i++)
			if (strcmp(sheet->row[i]->part[0], "all") == 0)
				n = sheet->row[i]->cell[s->cols[0]].v;
		for (size_t i = 0; i < sheet->nrows; i++)
			sheet->row[i]->cell[all] = (struct r_cell){.v = n, .has = 1};
	}
}

int
r_social_summary(struct jc_report_run *run, struct jc_err *err)
{
	struct structure *s = calloc(1, sizeof(*s));
	struct jc_stmt *st;
	int rc;

	if (s == NULL)
		return jc_err_code(err, JC_ENOMEM, "report_structure");
	*s = (struct structure){.run = run, .items = social_items, .nitems = NSOCIAL, .err = err};
	items_find(s);
	s->cols[0] = r_column(run->table, "orgs");
	if ((rc = jc_db_prep(&st, run->node->db, social_sql, err)) == 0) {
		r_bind(run, st, social_sql);
		while ((rc = jc_stmt_step(st, err)) == 1)
			if ((rc = social_add(s, st)) < 0)
				break;
		jc_stmt_reset(st);
	}
	if (rc == 0)
		social_all(run, s);
	free(s);
	return rc;
}
