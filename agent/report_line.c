/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Whose report it is: the line of a federation, which runs across townships (DOMAIN 1, M06), and what was asked
 * for as one line of words on the paper.
 */
#include "report_private.h"

#include <stdio.h>
#include <string.h>

static int
is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

static struct r_org *
org_of(const struct jc_report_run *run, const char *id)
{
	return (struct r_org *)(uintptr_t)r_org(run, id);
}

/* A unit that is to get its union from the federation belongs to the line before it has one. */
static int
cases_mark(struct jc_report_run *run, struct jc_err *err)
{
	struct jc_stmt *st;
	struct r_org *o;
	int rc;

	if ((rc = jc_db_prep(&st, run->node->db,
	         "SELECT b.org_id FROM k_build_case b CROSS JOIN record r ON r.rec = b.rec"
	         " WHERE r.void = 0 AND b.target_union_id = :fed", err)) < 0)
		return rc;
	jc_bind_str(st, ":fed", run->ask->federation);
	while ((rc = jc_stmt_step(st, err)) == 1)
		if ((o = org_of(run, jc_col_text(st, 0, NULL))) != NULL && o->federation == NULL)
			o->line = 1;
	jc_stmt_reset(st);
	return rc;
}

/* A union all of whose units are in the line is in it; one that covers others as well is not: their members are
 * nobody's business here. */
static void
unions_mark(struct jc_report_run *run)
{
	struct r_org *o, *u;

	for (size_t i = 0; i < run->nbuckets; i++)
		for (o = run->orgs[i]; o != NULL; o = o->next)
			if ((u = org_of(run, o->union_id)) != NULL && u->line == 0 && o->line)
				u->line = 2;
	for (size_t i = 0; i < run->nbuckets; i++)
		for (o = run->orgs[i]; o != NULL; o = o->next)
			if ((u = org_of(run, o->union_id)) != NULL && u->line == 2 && !o->line)
				u->line = 3;
	for (size_t i = 0; i < run->nbuckets; i++)
		for (o = run->orgs[i]; o != NULL; o = o->next)
			o->line = o->line == 1 || o->line == 2;
}

int
r_line_mark(struct jc_report_run *run, struct jc_err *err)
{
	const char *fed = run->ask->federation;
	struct r_org *o, *u;
	int rc;

	if (fed == NULL)
		return 0;
	for (size_t i = 0; i < run->nbuckets; i++)
		for (o = run->orgs[i]; o != NULL; o = o->next)
			o->line = is(o->federation, fed) || is(o->id, fed) || is(o->parent, fed);
	if ((rc = cases_mark(run, err)) < 0)
		return rc;
	for (size_t i = 0; i < run->nbuckets; i++)
		for (o = run->orgs[i]; o != NULL; o = o->next)
			if ((u = org_of(run, o->union_id)) != NULL && u->line)
				o->line = 1; /* a unit is in the line of the union that covers it */
	unions_mark(run);
	return 0;
}

static void
put(char *out, size_t room, const char *what, const char *value)
{
	size_t at = strlen(out);

	if (value != NULL && value[0] != '\0')
		snprintf(out + at, room - at, "%s%s%s%s", at > 0 ? JC_T("，", ", ") : "", what, JC_T("：", ": "), value);
}

static const char *
name_of(const struct jc_report_run *run, const char *id)
{
	const struct r_org *o = r_org(run, id);

	return o != NULL && o->name != NULL ? o->name : id;
}

void
r_about_make(struct jc_report_run *run)
{
	const struct jc_report_ask *a = run->ask;
	struct jc_report_result *r = run->r;

	put(r->about, sizeof(r->about), JC_T("联合会", "federation"), name_of(run, a->federation));
	put(r->about, sizeof(r->about), JC_T("主管部门", "authority"), name_of(run, a->authority));
	put(r->about, sizeof(r->about), JC_T("地区", "place"), a->place);
	put(r->about, sizeof(r->about), JC_T("专项工作", "special work"), a->special);
}
