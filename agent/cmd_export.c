/* SPDX-License-Identifier: MulanPSL-2.0 */
/* export: the records of a kind as a file. */
#include <stdio.h>

#include "export.h"

static int
export(struct jc_cmd_run *run, struct jc_err *err)
{
	const struct jc_kind *kind;
	int64_t count;
	int rc;

	if ((rc = jc_cmd_kind(&kind, run->args[0], err)) < 0 || (rc = jc_export_file(&count, run, kind, run->args[1], err)) < 0)
		return rc;
	printf(JC_T("已导出%lld条%s到 %s（内有完整号码，请妥善保管）\n", "%lld records (%s) are in %s; it holds full numbers, keep it safe\n"),
	    (long long)count, jc_kind_label(kind), run->args[1]);
	return 0;
}

const struct jc_cmd jc_cmd_export = {
	.name = "export",
	.args_zh = "种类 文件", .args_en = "KIND FILE",
	.least = 2, .most = 2,
	.zh = "把一种记录导出成 .csv 或 .jsonl\n导出的文件再导入，什么都不会变。CSV 里像公式的内容前面会加一个单引号，导入时自动去掉。",
	.en = "write the records of a kind to a .csv or .jsonl file\nImporting it again changes nothing. Cells that look like formulas get an apostrophe, which import takes away.",
	.flags = JC_CMD_OPEN,
	.run = export
};
