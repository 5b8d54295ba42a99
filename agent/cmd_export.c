/* SPDX-License-Identifier: MulanPSL-2.0 */
/* export: the records of a kind as a file, or in the columns that a system above prescribes. */
#include <stdio.h>
#include <string.h>

#include "export.h"

static int
layout_find(const struct jc_export_layout **out, const char *name, const struct jc_kind *kind, struct jc_err *err)
{
	if ((*out = jc_export_layout(name)) == NULL)
		return jc_err_set(err, JC_EUSAGE, "export", JC_T("没有“%s”这种格式，有：%s", "There is no layout \"%s\"; there are: %s"), name,
		    jc_export_layout_names());
	if (strcmp((*out)->kind, kind->name) != 0)
		return jc_err_set(err, JC_EUSAGE, "export", JC_T("%s 这种格式是给 %s 用的", "The layout %s is for %s"), name, (*out)->kind);
	return 0;
}

static int
export(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *name = jc_cmd_opt(run, "layout");
	const struct jc_export_layout *layout = NULL;
	const struct jc_kind *kind;
	int64_t count;
	int rc;

	if ((rc = jc_cmd_kind(&kind, run->args[0], err)) < 0 || (name != NULL && (rc = layout_find(&layout, name, kind, err)) < 0))
		return rc;
	if (layout != NULL)
		rc = jc_export_layout_file(&count, run, layout, run->args[1], err);
	else
		rc = jc_export_file(&count, run, kind, run->args[1], err);
	if (rc < 0)
		return rc;
	printf(JC_T("已导出%lld条%s到 %s（内有完整号码，请妥善保管）\n", "%lld records (%s) are in %s; it holds full numbers, keep it safe\n"),
	    (long long)count, jc_kind_label(kind), run->args[1]);
	return 0;
}

static const struct jc_cmd_opt opts[] = {
	{"layout", "格式", "LAYOUT", "上级系统的格式：national（会员20列）、union（工会名册）",
	    "as a system above wants it: national (20 columns of members), union (roster of unions)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_export = {
	.name = "export",
	.args_zh = "种类 文件", .args_en = "KIND FILE",
	.least = 2, .most = 2,
	.zh = "把一种记录导出成 .xlsx、.csv 或 .jsonl\n导出的文件再导入，什么都不会变。号码都存成文本；CSV 里像公式的内容前面会加一个单引号，导入时自动去掉。",
	.en = "write the records of a kind to an .xlsx, .csv or .jsonl file\n"
	      "Importing it again changes nothing. Numbers of people are texts; in CSV what looks like a formula gets an apostrophe, which import takes away.",
	.opts = opts,
	.flags = JC_CMD_OPEN,
	.run = export
};
