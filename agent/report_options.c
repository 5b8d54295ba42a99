/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What a report can be asked about besides its period. What there is to choose from (places, authorities, special
 * works) is read from the data: an option with nothing to choose is left out, and a report names only what it takes.
 */
#include "report_private.h"

#include <string.h>

#define WHERE "report_options"
#define CHOICES_MAX 500 /* more is no list to choose from */

struct option {
	const char *name, *zh, *en, *none_zh, *none_en; /* none: what leaving it open means; NULL: it is yes or no */
	const char *help_zh, *help_en;
	const char *sql;                                /* key and label of each choice; NULL: `fixed` */
	const char *const (*fixed)[3];                  /* key, zh, en; ends with NULL */
	int (*takes)(const struct jc_report *r);        /* NULL: every report */
};

static int
takes_special(const struct jc_report *r)
{
	return r->special;
}

static int
takes_basis(const struct jc_report *r)
{
	for (const struct jc_report_table *t = r->tables; t->id != NULL; t++)
		for (size_t i = 0; i < sizeof(t->sql) / sizeof(t->sql[0]) && t->sql[i] != NULL; i++)
			if (strstr(t->sql[i], ":basis") != NULL)
				return 1;
	return 0;
}

static int
takes_full(const struct jc_report *r)
{
	for (const struct jc_report_table *t = r->tables; t->id != NULL; t++)
		for (const struct jc_report_column *c = t->columns; c->key != NULL; c++)
			if (c->flags & JC_R_NUMBER)
				return 1;
	return 0;
}

/* clang-format off: one option, a few lines */
#define LIVE_ORG " FROM k_org k CROSS JOIN record r ON r.rec = k.rec WHERE r.void = 0"
#define NAMED_BY(column) "SELECT r.id, COALESCE(k.name, r.id)" LIVE_ORG " AND r.id IN (SELECT " column " FROM k_org) ORDER BY 2, 1"

static const char *const bases[][3] = {
	{"party", "有党组织", "a Party organization"}, {"law25", "职工25人以上", "25 staff and more"}, {"key", "重点对象", "a key target"}, {NULL, NULL, NULL}
};

static const struct option options[] = {
	{"place", "地区", "place", "全部", "all", NULL, NULL,
	 /* a township is called after its union, as in reports */
	 "SELECT t.code, COALESCE((SELECT k.name" LIVE_ORG " AND k.union_type = 'township' AND k.region_code IN (t.code, t.code || '000') LIMIT 1), t.code)"
	 " FROM (SELECT DISTINCT substr(k.region_code, 1, 9) AS code" LIVE_ORG " AND length(k.region_code) >= 9 AND k.region_code NOT LIKE '?%') t ORDER BY 1",
	 NULL, NULL},
	{"authority", "主管部门", "authority", "全部", "all", NULL, NULL, NAMED_BY("industry_authority_id"), NULL, NULL},
	{"federation", "联合会", "federation", "全部", "all", NULL, NULL, NAMED_BY("federation_id"), NULL, NULL},
	{"special", "专项工作", "special work", "全部", "all", NULL, NULL,
	 "SELECT s, s FROM (SELECT special_work AS s FROM k_activity UNION SELECT special_work FROM k_project) WHERE s <> '' ORDER BY 1", NULL, takes_special},
	{"basis", "应建依据", "why it should", "全部", "all", NULL, NULL, NULL, bases, takes_basis},
	{"split", "分表", "one table per", "不分", "not split", NULL, NULL, NULL, NULL, NULL},
	{"outward", "报到县外", "leaves the county", NULL, NULL, "不足5人的合并，不写名字", "fewer than 5 people are merged, nobody is named", NULL, NULL, NULL},
	{"full", "电话显示全号", "phones in full", NULL, NULL, "会记下谁看过", "it is logged who saw them", NULL, NULL, takes_full},
};
/* clang-format on */
#define NOPTIONS (sizeof(options) / sizeof(options[0]))

static json_t *
choice(const char *key, const char *zh, const char *en)
{
	return json_pack("{s:s,s:s,s:s}", "key", key, "zh", zh, "en", en);
}

static int
choices_read(json_t *out, struct jc_node *node, const char *sql, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, node->db, sql, err)) < 0)
		return rc;
	while ((rc = jc_stmt_step(st, err)) == 1 && json_array_size(out) < CHOICES_MAX) {
		const char *label = jc_col_text(st, 1, NULL);

		json_array_append_new(out, choice(jc_col_text(st, 0, NULL), label, label));
	}
	jc_stmt_reset(st);
	return rc < 0 ? rc : 0;
}

static int
choices_of(json_t *out, struct jc_node *node, const struct option *o, struct jc_err *err)
{
	if (o->sql != NULL)
		return choices_read(out, node, o->sql, err);
	if (o->fixed != NULL)
		for (const char *const (*c)[3] = o->fixed; (*c)[0] != NULL; c++)
			json_array_append_new(out, choice((*c)[0], (*c)[1], (*c)[2]));
	else
		for (const struct jc_report_dim *d = r_org_dims; d->key != NULL; d++)
			json_array_append_new(out, choice(d->key, d->zh, d->en));
	return 0;
}

int
jc_report_options(json_t **out, struct jc_node *node, struct jc_err *err)
{
	json_t *all = json_array(), *choices;
	int rc = 0;

	for (size_t i = 0; i < NOPTIONS && rc == 0; i++) {
		const struct option *o = &options[i];

		choices = o->none_zh != NULL ? json_array() : json_null();
		if (o->none_zh != NULL)
			rc = choices_of(choices, node, o, err);
		if (rc == 0 && (o->none_zh == NULL || json_array_size(choices) > 0))
			json_array_append_new(all, json_pack("{s:s,s:s,s:s,s:s?,s:s?,s:s?,s:s?,s:O}", "name", o->name, "zh", o->zh, "en", o->en,
			    "none_zh", o->none_zh, "none_en", o->none_en, "help_zh", o->help_zh, "help_en", o->help_en, "choices", choices));
		json_decref(choices);
	}
	*out = rc == 0 ? all : NULL;
	if (rc < 0)
		json_decref(all);
	return rc == 0 && all == NULL ? JC_NOMEM(err, WHERE) : rc;
}

json_t *
jc_report_takes(const struct jc_report *r)
{
	json_t *names = json_array();

	for (size_t i = 0; i < NOPTIONS; i++)
		if (options[i].takes == NULL || options[i].takes(r))
			json_array_append_new(names, json_string(options[i].name));
	return names;
}

json_t *
jc_report_groupings(const struct jc_report *r)
{
	json_t *a = json_array();

	for (const struct jc_report_dim *d = r->tables->dims; d != NULL && d->key != NULL; d++)
		if (d->zh != NULL)
			json_array_append_new(a, choice(d->key, d->zh, d->en));
	for (const struct jc_report_dim *d = r_org_dims; !r->tables->list && d->key != NULL; d++)
		if (r_dim_among(r->tables->dims, d->key, strlen(d->key)) == NULL ||
		    r_dim_among(r->tables->dims, d->key, strlen(d->key))->zh == NULL)
			json_array_append_new(a, choice(d->key, d->zh, d->en));
	return a;
}
