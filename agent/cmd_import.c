/* SPDX-License-Identifier: MulanPSL-2.0 */
/* import: a file of records; prints what came of it, and a reason for each row that was left out. */
#include <stdio.h>
#include <string.h>

#include "import.h"
#include "out.h"

#define REMARKS_SHOWN 20

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

static void
bad_print(const json_t *list)
{
	json_t *b;
	size_t i;

	json_array_foreach(list, i, b)
		printf(JC_T("第%lld行没有导入%s%s：%s\n", "Line %lld was left out%s%s: %s\n"),
		    (long long)json_integer_value(json_object_get(b, "line")), text_of(b, "field")[0] != '\0' ? JC_T("，", ", ") : "",
		    text_of(b, "field"), text_of(b, "reason"));
}

static void
remarks_print(const json_t *list, int all)
{
	json_t *r;
	size_t i;

	json_array_foreach(list, i, r) {
		if (!all && i == REMARKS_SHOWN) {
			printf(JC_T("还有%zu条提示，加 -v 全部列出\n", "%zu more remarks; -v lists them all\n"), json_array_size(list) - i);
			break;
		}
		printf(JC_T("第%lld行%s，%s：%s\n", "Line %lld, %s, %s: %s\n"), (long long)json_integer_value(json_object_get(r, "line")),
		    text_of(r, "code")[0] == 'E' ? JC_T("请核对", "please check") : JC_T("提示", "note"), text_of(r, "field"),
		    text_of(r, "text"));
	}
}

static void
ignored_print(const json_t *list)
{
	json_t *name;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	printf("%s", JC_T("没有导入的列：", "Columns not imported: "));
	json_array_foreach(list, i, name)
		printf("%s%s", i > 0 ? JC_T("、", ", ") : "", json_string_value(name));
	printf("\n");
}

static void
report_print(const struct jc_import_report *r, int dry_run, int all)
{
	bad_print(r->bad);
	remarks_print(r->remarks, all);
	ignored_print(r->ignored);
	printf(dry_run ? JC_T("试一下：%lld行，会新增%lld，修改%lld，相同%lld", "Dry run: %lld rows; %lld new, %lld changed, %lld same")
	               : JC_T("已导入：%lld行，新增%lld，修改%lld，相同%lld", "Imported: %lld rows; %lld new, %lld changed, %lld same"),
	    (long long)r->rows, (long long)r->added, (long long)r->changed, (long long)r->same);
	if (r->restored > 0)
		printf(JC_T("，恢复作废%lld", ", %lld brought back"), (long long)r->restored);
	if (json_array_size(r->bad) > 0)
		printf(JC_T("，没有导入%zu", ", %zu left out"), json_array_size(r->bad));
	printf("%s\n", dry_run ? JC_T("（什么都没有写）", " (nothing was written)") : "");
}

static json_t *
report_json(const struct jc_import_report *r, int dry_run)
{
	return json_pack("{s:b,s:s,s:I,s:I,s:I,s:I,s:I,s:O,s:O,s:O?}", "dry_run", dry_run, "encoding", r->encoding, "rows",
	    (json_int_t)r->rows, "new", (json_int_t)r->added, "changed", (json_int_t)r->changed, "same", (json_int_t)r->same,
	    "restored", (json_int_t)r->restored, "bad", r->bad, "remarks", r->remarks, "ignored", r->ignored);
}

static int
import_tell(struct jc_cmd_run *run, const struct jc_import_report *r, int dry_run, struct jc_err *err)
{
	size_t bad = json_array_size(r->bad);
	int rc;

	if (!run->json)
		report_print(r, dry_run, run->verbose);
	else if ((rc = jc_out_json(report_json(r, dry_run), err)) < 0)
		return rc;
	if (bad == 0)
		return 0;
	if (bad == (size_t)r->rows)
		return jc_err_set(err, JC_EINVAL, "jc_cmd_import",
		    JC_T("没有一行可以导入，原因见上；改好后再导入", "No row could be imported, the reasons are above; mend them and import again"));
	return jc_err_set(err, JC_EPARTIAL, "jc_cmd_import",
	    JC_T("有%zu行没有导入，原因见上；改好后可以把整个文件再导入一次", "%zu rows were left out, the reasons are above; mend them and import the whole file again"), bad);
}

static int
import(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *kind = jc_cmd_opt(run, "kind");
	int dry_run = jc_cmd_opt(run, "dry-run") != NULL, rc;
	const struct jc_kind *k = NULL;
	struct jc_import_report report;

	if (kind != NULL && (rc = jc_cmd_kind(&k, kind, err)) < 0)
		return rc;
	if ((rc = jc_import_file(&report, run, run->args[0], k, dry_run, err)) == 0)
		rc = import_tell(run, &report, dry_run, err);
	else if (rc == JC_ECANCELLED)
		jc_err_set(err, rc, "jc_cmd_import", JC_T("已取消，什么都没有写", "Cancelled; nothing was written"));
	jc_import_report_free(&report);
	return rc;
}

static const struct jc_cmd_opt opts[] = {
	{"kind", "种类", "KIND", "是哪种记录（默认看表头）", "which kind of records (default: by the header)", 0},
	{"dry-run", NULL, NULL, "只看会怎样，不写", "say what would happen, write nothing", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_import = {
	.name = "import",
	.args_zh = "文件", .args_en = "FILE",
	.least = 1, .most = 1,
	.zh = "导入一个文件（.csv 或 .jsonl）\n"
	      "好的行都导入，其余每一行都说明原因；整个导入可以一次撤销（undo）。再导入一次不会重复：按外部编号、证件号码或内容认出是同一条。\n"
	      "CSV：UTF-8 或 GB18030，表头写项目名称，顺序不限，空格子不改动已有内容。\n"
	      "JSON Lines：一行一条 {\"kind\":\"member\",\"key\":\"外部编号\",\"set\":{\"name\":\"…\"}}，\"\" 表示没有值。",
	.en = "import a file (.csv or .jsonl)\n"
	      "Good rows are imported, every other one gets a reason; one undo takes the whole import back. Importing again adds nothing twice.\n"
	      "CSV: UTF-8 or GB18030, a header with field names in any order; an empty cell leaves what is there.\n"
	      "JSON Lines: {\"kind\":\"member\",\"key\":\"external key\",\"set\":{\"name\":\"...\"}}, \"\" is no value.",
	.opts = opts,
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = import
};
