/* SPDX-License-Identifier: MulanPSL-2.0 */
/* report: the reports of a branch, a county, a city, in four shapes. */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "cmd.h"
#include "files.h"
#include "out.h"
#include "print.h"
#include "report.h"

#define PAGE_MAX ((size_t)64 << 20)

static void
list_print(void)
{
	for (const struct jc_report *const *r = jc_reports; *r != NULL; r++) {
		printf("  ");
		jc_out_pad((*r)->id, 10);
		printf(" %s\n", JC_T((*r)->zh, (*r)->en));
	}
}

static json_t *
list_json(void)
{
	json_t *a = json_array();

	for (const struct jc_report *const *r = jc_reports; *r != NULL; r++)
		json_array_append_new(a,
		    json_pack("{s:s,s:s,s:s,s:s}", "id", (*r)->id, "zh", (*r)->zh, "en", (*r)->en,
		    "who", (*r)->who));
	return json_pack("{s:o}", "reports", a);
}

/* --list CELL: ids, one a line. */
static int
ids_give(struct jc_cmd_run *run, const struct jc_report_result *r, struct jc_err *err)
{
	const char *const *ids;
	size_t n = jc_report_ids(r, &ids);

	if (run->json)
		return jc_out_json(jc_report_json(r), err);
	for (size_t i = 0; i < n; i++)
		printf("%s\n", ids[i]);
	return 0;
}

static int
page_give(struct jc_cmd_run *run, const struct jc_report_result *r, struct jc_err *err)
{
	const char *html = jc_cmd_opt(run, "html"), *pdf = jc_cmd_opt(run, "pdf");
	struct jc_buf page;
	int rc;

	jc_buf_init(&page, PAGE_MAX);
	rc = jc_report_page(&page, r, 0, err);
	if (rc == 0 && html != NULL &&
	    (rc = jc_files_write(html, page.data, page.len, 0600, err)) < 0)
		run->exit = JC_EXIT_CREATE;
	if (rc == 0 && pdf != NULL)
		rc = jc_pdf_write(pdf, (struct jc_slice){page.data, page.len}, run->data, err);
	jc_buf_free(&page);
	return rc;
}

static int
result_give(struct jc_cmd_run *run, const struct jc_report_ask *ask,
    const struct jc_report_result *r, struct jc_err *err)
{
	const char *xlsx = jc_cmd_opt(run, "xlsx");
	int paper = jc_cmd_opt(run, "html") != NULL || jc_cmd_opt(run, "pdf") != NULL, rc;

	if (ask->cell != NULL)
		return ids_give(run, r, err);
	if (ask->full && jc_report_people(r) > 0 &&
	    (rc = jc_audit_add(run->node->db, "report", ask->report->id, jc_report_people(r),
	    err)) < 0)
		return rc;
	if (xlsx != NULL && (rc = jc_report_xlsx(r, xlsx, NULL, err)) < 0)
		return rc;
	if (paper && (rc = page_give(run, r, err)) < 0)
		return rc;
	if (jc_cmd_opt(run, "hand-in") != NULL && (rc = jc_report_hand_in(run->node, r, err)) < 0)
		return rc;
	if (run->json)
		return jc_out_json(jc_report_json(r), err);
	if (xlsx == NULL && !paper)
		jc_report_print(r);
	return 0;
}

static int
period_of(struct jc_period *p, struct jc_cmd_run *run, struct jc_err *err)
{
	const char *typed = jc_cmd_opt(run, "period"), *from = jc_cmd_opt(run,
	    "from"), *to = jc_cmd_opt(run, "to");
	char today[11];

	jc_out_today(today, run->env);
	if (typed != NULL && (from != NULL || to != NULL))
		return jc_cmd_usage(err, run->cmd, "%s",
		    JC_T("时段写 --period，或者写 --from、--to，不要都写",
		    "Give --period, or --from and --to, not both"));
	return typed != NULL ? jc_period_parse(p, typed, today, err) : jc_period_days(p, from, to,
	    today, err);
}

static int
report(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_report_ask ask = {.place = jc_cmd_opt(run, "place"),
	    .authority = jc_cmd_opt(run, "authority"),
	    .federation = jc_cmd_opt(run, "federation"), .special = jc_cmd_opt(run, "special"), .by = jc_cmd_opt(run, "by"),
	    .split = jc_cmd_opt(run, "split"),
	    .basis = jc_cmd_opt(run, "basis"), .cell = jc_cmd_opt(run, "list"),
	    .outward = jc_cmd_opt(run, "outward") != NULL,
	    .full = jc_cmd_opt(run, "full-numbers") != NULL};
	struct jc_report_result *r;
	int rc;

	if (run->nargs == 0) {
		if (run->json)
			return jc_out_json(list_json(), err);
		list_print();
		return 0;
	}
	if ((ask.report = jc_report_find(run->args[0])) == NULL)
		return jc_err_set(err, JC_ENOTFOUND, "report",
		    JC_T("没有“%.40s”这张报表，jiceng report 列出全部",
		    "There is no report \"%.40s\"; jiceng report lists them"),
		    run->args[0]);
	if ((rc = period_of(&ask.period, run, err)) < 0 ||
	    (rc = jc_report_make(&r, run->node, &ask, err)) < 0)
		return rc;
	rc = result_give(run, &ask, r, err);
	jc_report_free(r);
	return rc;
}

static void
help(size_t nargs, char *const *args)
{
	(void)nargs;
	(void)args;
	printf("%s\n", JC_T("\n报表：", "\nReports:"));
	list_print();
}

static const struct jc_cmd_opt opts[] = {
	{"period", "时段", "PERIOD", "2026、2026-03、2026Q1、2026H1；不写是今年到今天",
	    "2026, 2026-03, 2026Q1, 2026H1; default this year until today", 0},
	{"from", "日期", "DAY", "从这天起", "from this day", 0},
	{"to", "日期", "DAY", "到这天止", "until this day", 0},
	{"place", "区划代码", "REGION", "只算这个地区（6、9、12位）",
	    "only this place (6, 9 or 12 digits)", 0},
	{"authority", "编号", "ID", "只算这个主管部门的", "only this authority's", 0},
	{"federation", "编号", "ID", "只算这个联合会一条线的", "only this federation's line", 0},
	{"special", "专项工作", "NAME", "只算为这项专项工作做的（R07、R08、R11）", "only what is done for this special work (R07, R08, R11)", 0},
	{"by", "分组", "GROUPING", "按什么分行，如 org、town、month；两项用逗号",
	    "rows by org, town, month ...; two with a comma", 0},
	{"split", "分表", "SPLIT", "按什么分成几张表，如 authority、town",
	    "one table per authority, town ...", 0},
	{"basis", "依据", "BASIS", "R01 的依据：party、law25、key", "R01: party, law25, key", 0},
	{"list", "格子", "CELL", "列出一个数背后的记录编号：表/行/列，如 R05/*/joined",
	    "ids behind a number: TABLE/ROW/COLUMN, as R05/*/joined", 0},
	{"outward", NULL, NULL, "报到县外：不足5人的合并",
	    "leaves the county: fewer than 5 people are merged", 0},
	{"full-numbers", NULL, NULL, "电话显示全号；会记一笔", "phones in full; logged", 0},
	{"hand-in", NULL, NULL, "留下这一版，下次说明变化",
	    "keep this version; the next one says what changed", 0},
	{"xlsx", "文件", "FILE", "写成 .xlsx", "write .xlsx", 0},
	{"html", "文件", "FILE", "写成网页文件，可打印", "write a page to print", 0},
	{"pdf", "文件", "FILE", "做成 PDF", "make a PDF", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_report = {
	.name = "report",
	.args_zh = "[报表]", .args_en = "[REPORT]",
	.least = 0, .most = 1,
	.zh = "报表：R01–R15 和本单位的几张表\n不写名称列出全部。--json 的每一行有 key、每一列有 key，用在 --list 里。",
	.en = "reports R01 to R15 and a branch's own lists\nWithout a name: lists them. With --json every row and column has a key for --list.",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = report,
	.help = help
};
