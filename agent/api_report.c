/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Reports for the page: the same as `jiceng report`; cell= gives the records behind a number, view=page the paper. */
#include <string.h>

#include "api_private.h"
#include "audit.h"
#include "extract.h"
#include "out.h"
#include "report.h"

#define WHERE "api_report"

int
api_reports(struct api_call *c, struct jc_err *err)
{
	json_t *a = json_array(), *options;
	int rc;

	for (const struct jc_report *const *r = jc_reports; *r != NULL; r++)
		json_array_append_new(a,
		    json_pack("{s:s,s:s,s:s,s:s,s:b,s:o,s:o}", "id", (*r)->id, "zh", (*r)->zh, "en", (*r)->en, "who", (*r)->who, "list",
		    (*r)->tables->list, "by", jc_report_groupings(*r), "options", jc_report_takes(*r)));
	if ((rc = jc_report_options(&options, c->node, err)) < 0) {
		json_decref(a);
		return rc;
	}
	c->out = json_pack("{s:o,s:o}", "reports", a, "options", options);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

static int
is_on(const struct api_call *c, const char *name)
{
	const char *v = api_query(c, name);

	return v != NULL && strcmp(v, "1") == 0;
}

static int
shape_give(struct api_call *c, const struct jc_report_result *r, struct jc_err *err)
{
	const char *view = api_query(c, "view");

	if (view != NULL && strcmp(view, "page") == 0) {
		c->page_type = "text/html; charset=utf-8";
		return jc_report_page(&c->page, r, 1, err);
	}
	if (view != NULL && strcmp(view, "xlsx") == 0) {
		c->page_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
		return jc_report_xlsx(r, NULL, &c->page, err);
	}
	c->out = jc_report_json(r);
	return c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

/* A parameter; one that is there without a value is not there. */
static const char *
given(const struct api_call *c, const char *name)
{
	const char *v = api_query(c, name);

	return v != NULL && v[0] != '\0' ? v : NULL;
}

static int
ask_make(struct jc_report_ask *ask, const struct api_call *c, struct jc_err *err)
{
	const char *typed = given(c, "period");
	char today[11];

	if ((ask->report = jc_report_find(c->arg)) == NULL)
		return jc_err_set(err, JC_ENOTFOUND, WHERE,
		    JC_T("没有“%s”这张报表", "There is no report \"%s\""), c->arg);
	ask->place = given(c, "place");
	ask->authority = given(c, "authority");
	ask->federation = given(c, "federation");
	ask->special = given(c, "special");
	ask->by = given(c, "by");
	ask->split = given(c, "split");
	ask->basis = given(c, "basis");
	ask->cell = given(c, "cell");
	ask->outward = is_on(c, "outward");
	ask->full = is_on(c, "full");
	jc_out_today(today, c->env);
	if (typed != NULL)
		return jc_period_parse(&ask->period, typed, today, err);
	return jc_period_days(&ask->period, given(c, "from"), given(c, "to"), today, err);
}

int
api_report(struct api_call *c, struct jc_err *err)
{
	struct jc_report_ask ask = {0};
	struct jc_report_result *r;
	int rc;

	if ((rc = ask_make(&ask, c, err)) < 0 || (rc = jc_report_make(&r, c->node, &ask, err)) < 0)
		return rc;
	if (ask.full && jc_report_people(r) > 0)
		rc = jc_audit_add(c->node->db, "report", ask.report->id, jc_report_people(r), err);
	if (rc == 0)
		rc = shape_give(c, r, err);
	jc_report_free(r);
	return rc;
}

/* Keeps the version as it is now: handed in. */
int
api_report_hand_in(struct api_call *c, struct jc_err *err)
{
	struct jc_report_ask ask = {0};
	struct jc_report_result *r;
	int rc;

	if ((rc = ask_make(&ask, c, err)) < 0 || (rc = jc_report_make(&r, c->node, &ask, err)) < 0)
		return rc;
	if ((rc = jc_report_hand_in(c->node, r, err)) == 0) {
		c->out = json_pack("{s:s,s:s,s:s}", "id", ask.report->id, "from", ask.period.from,
		    "to", ask.period.to);
		rc = c->out != NULL ? 0 : JC_NOMEM(err, WHERE);
	}
	jc_report_free(r);
	return rc;
}

/* What hubs below tell of records that stay with them. */
int
api_figures(struct api_call *c, struct jc_err *err)
{
	const char *rows = api_query(c, "rows");

	return jc_extract_json(&c->out, c->node, c->arg[0] != '\0' ? c->arg : NULL, api_query(c, "period"), rows != NULL && rows[0] == '1', err);
}
