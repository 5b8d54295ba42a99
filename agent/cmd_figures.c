/* SPDX-License-Identifier: MulanPSL-2.0 */
/* figures: what the hubs below tell of records that stay with them; at a hub below: to write it now. */
#include <stdio.h>

#include "cmd.h"
#include "extract.h"
#include "out.h"

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

static void
cells_print(const json_t *columns, const json_t *cells)
{
	const json_t *c;
	size_t i;

	json_array_foreach(columns, i, c) {
		json_int_t v = json_integer_value(json_object_get(cells, text(c, "key")));

		if (v != 0)
			printf("  %s%s %lld", text(c, "group"), text(c, "label"), (long long)v);
	}
	printf("\n");
}

static void
list_print(const json_t *doc)
{
	const json_t *e, *a = json_object_get(doc, "extracts");
	size_t i;

	if (json_array_size(a) == 0)
		printf("%s\n", JC_T("下级还没有报来数字", "Nothing has come from below"));
	json_array_foreach(a, i, e) printf(
	    JC_T("%s  %s  %lld个单位报来，数据截至 %s\n", "%s  %s  of %lld hubs, as of %s\n"),
	    text(e, "table"), text(e, "period"),
	    (long long)json_integer_value(json_object_get(e, "counties")), text(e, "as_of"));
}

static void
rows_print(const json_t *doc)
{
	const json_t *r, *columns = json_object_get(doc, "columns");
	size_t i;

	if (json_array_size(json_object_get(doc, "rows")) == 0) {
		printf("%s\n", JC_T("下级还没有报来这张表", "Nothing of that report has come from below"));
		return;
	}
	json_array_foreach(json_object_get(doc, "rows"), i, r) {
		int total = json_integer_value(json_object_get(r, "level")) == 2;

		printf(
		    "%s%s%s", text(r, "county"), total ? "" : "  ", total ? "" : text(r, "label"));
		cells_print(columns, json_object_get(r, "cells"));
	}
	printf("%s", JC_T("合计", "Total"));
	cells_print(columns, json_object_get(doc, "total"));
}

static int
figures(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *doc;
	int64_t wrote;
	int rc;

	if (jc_cmd_opt(run, "make") != NULL) {
		if ((rc = jc_extract_make(run->node, &wrote, err)) == 0)
			printf(JC_T("已写下%lld行，下次上报时送出\n",
				   "%lld rows written; the next sync sends them\n"),
			    (long long)wrote);
		return rc;
	}
	if ((rc = jc_extract_json(&doc, run->node, run->nargs > 0 ? run->args[0] : NULL,
		 jc_cmd_opt(run, "period"), jc_cmd_opt(run, "rows") != NULL, err)) < 0)
		return rc;
	if (run->json)
		return jc_out_json(doc, err);
	if (run->nargs > 0)
		rows_print(doc);
	else
		list_print(doc);
	json_decref(doc);
	return 0;
}

static const struct jc_cmd_opt opts[] = {
    {"period", "时段", "PERIOD", "2026 或 2026-03（默认今年）", "2026 or 2026-03 (this year)", 0},
    {"rows", NULL, NULL, "不只合计，各行都列出", "all rows, not the totals alone", 0},
    {"make", NULL, NULL, "（县里）现在就写出要报给市里的数字；不写时每天上报前自动写一次",
	"(a county) write now what the city is told; otherwise once a day before a sync", 0},
    {NULL, NULL, NULL, NULL, NULL, 0}};

const struct jc_cmd jc_cmd_figures = {.name = "figures",
    .args_zh = "[报表]",
    .args_en = "[REPORT]",
    .most = 1,
    .zh =
	"（市里）各县报来的报表数字\n会员等记录留在县里，报到市里的只有数字和脱敏的行；不足5人的合并。",
    .en =
	"(a city) the figures of the counties' reports\nMembers stay in the county; the city gets numbers and masked rows, small numbers merged.",
    .opts = opts,
    .flags = JC_CMD_OPEN | JC_CMD_JSON,
    .run = figures};
