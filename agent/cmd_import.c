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
		(long long)json_integer_value(json_object_get(b, "line")),
		text_of(b, "field")[0] != '\0' ? JC_T("，", ", ") : "", text_of(b, "field"),
		text_of(b, "reason"));
}

static void
remarks_print(const json_t *list, int all)
{
	json_t *r;
	size_t i;

	json_array_foreach(list, i, r) {
		if (!all && i == REMARKS_SHOWN) {
			printf(JC_T("还有%zu条提示，加 -v 全部列出\n",
				   "%zu more remarks; -v lists them all\n"),
			    json_array_size(list) - i);
			break;
		}
		printf(JC_T("第%lld行%s，%s：%s\n", "Line %lld, %s, %s: %s\n"),
		    (long long)json_integer_value(json_object_get(r, "line")),
		    text_of(r, "code")[0] == 'E' ? JC_T("请核对", "please check")
						 : JC_T("提示", "note"),
		    text_of(r, "field"), text_of(r, "text"));
	}
}

static void
sheets_print(const json_t *list)
{
	const json_t *sheet, *c;
	size_t i, k;

	json_array_foreach((json_t *)(size_t)list, i, sheet)
		json_array_foreach(json_object_get(sheet, "columns"), k, c) {
			if (!json_is_true(json_object_get(c, "ask")))
				continue;
			if (text_of(c, "label")[0] != '\0')
				printf(
				    JC_T(
					"请看一下：“%s”一列当作“%s”导入（不对的话用 --columns \"%s=项目\" 说明）\n",
					"Please look: the column \"%s\" is taken as \"%s\" (else say so with --columns \"%s=FIELD\")\n"),
				    text_of(c, "header"), text_of(c, "label"),
				    text_of(c, "header"));
			else
				printf(
				    JC_T(
					"请看一下：“%s”一列拿不准是什么，没有导入（用 --columns \"%s=项目\" 说明）\n",
					"Please look: what is the column \"%s\"? It was left out (say with --columns \"%s=FIELD\")\n"),
				    text_of(c, "header"), text_of(c, "header"));
		}
}

static void
names_print(const json_t *list, const char *before)
{
	json_t *name;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	printf("%s", before);
	json_array_foreach((json_t *)(size_t)list, i, name)
		printf("%s%s", i > 0 ? JC_T("、", ", ") : "", json_string_value(name));
	printf("\n");
}

static void
hints_print(const struct jc_import_report *r)
{
	json_t *h;
	size_t i;

	json_array_foreach(r->hints, i, h)
		printf("%s\n", json_string_value(h));
	names_print(r->ignored, JC_T("没有导入的列：", "Columns not imported: "));
	names_print(r->forbidden,
	    JC_T("其中不应保存的个人信息（已丢弃）：",
		"Among them what nobody should keep (dropped): "));
	if (json_array_size(r->skipped) > 0)
		printf(JC_T("跳过合计、说明等%zu行\n",
			   "%zu rows with totals and notes were skipped\n"),
		    json_array_size(r->skipped));
}

/* The first ten of each sort of rows: what a dry run is asked for. */
static void
first_print(const struct jc_import_report *r)
{
	static const char *const sort[] = {"new", "changed", "duplicate", "doubtful", NULL};
	const char *label[] = {JC_T("新增", "new"), JC_T("修改", "changed"), JC_T("重复", "twice"),
	    JC_T("拿不准", "doubtful")};
	json_t *o, *c;
	size_t i, k;

	for (size_t s = 0; sort[s] != NULL; s++)
		json_array_foreach(json_object_get(r->first, sort[s]), i, o) {
			printf(JC_T("%s  第%lld行 %s", "%s  line %lld %s"), label[s],
			    (long long)json_integer_value(json_object_get(o, "line")),
			    text_of(o, "title"));
			json_array_foreach(json_object_get(o, "changes"), k, c)
			    printf(JC_T("；%s：%s → %s", "; %s: %s -> %s"), text_of(c, "field"),
				text_of(c, "old"), text_of(c, "new"));
			printf("\n");
		}
}

static void
report_print(const struct jc_import_report *r, int dry_run, int all)
{
	if (dry_run)
		first_print(r);
	bad_print(r->bad);
	remarks_print(r->remarks, all);
	sheets_print(r->sheets);
	hints_print(r);
	printf(dry_run ? JC_T("试一下：%lld行，会新增%lld，修改%lld，相同%lld",
			     "Dry run: %lld rows; %lld new, %lld changed, %lld same")
		       : JC_T("已导入：%lld行，新增%lld，修改%lld，相同%lld",
			     "Imported: %lld rows; %lld new, %lld changed, %lld same"),
	    (long long)r->rows, (long long)r->added, (long long)r->changed, (long long)r->same);
	if (r->restored > 0)
		printf(JC_T("，恢复作废%lld", ", %lld brought back"), (long long)r->restored);
	if (r->duplicate > 0)
		printf(JC_T("，重复%lld", ", %lld twice in the file"), (long long)r->duplicate);
	if (r->doubtful > 0)
		printf(JC_T("，拿不准%lld", ", %lld doubtful"), (long long)r->doubtful);
	if (json_array_size(r->bad) > 0)
		printf(JC_T("，没有导入%zu", ", %zu left out"), json_array_size(r->bad));
	printf("%s\n", dry_run ? JC_T("（什么都没有写）", " (nothing was written)") : "");
}

int
jc_import_tell(
    struct jc_cmd_run *run, const struct jc_import_report *r, int dry_run, struct jc_err *err)
{
	size_t bad = json_array_size(r->bad);
	int rc;

	if (!run->json)
		report_print(r, dry_run, run->verbose);
	else if ((rc = jc_out_json(jc_import_report_json(r, dry_run), err)) < 0)
		return rc;
	if (bad == 0)
		return 0;
	if (bad == (size_t)r->rows)
		return jc_err_set(err, JC_EINVAL, "jc_cmd_import",
		    JC_T("没有一行可以导入，原因见上；改好后再导入",
			"No row could be imported, the reasons are above; mend them and import again"));
	return jc_err_set(err, JC_EPARTIAL, "jc_cmd_import",
	    JC_T(
		"有%zu行没有导入，原因见上；改好后可以把整个文件再导入一次，或用 jiceng pending 逐行处理",
		"%zu rows were left out, the reasons are above; mend them and import the whole file again, or see jiceng pending"),
	    bad);
}

/* "a=b,c=d" as an object. */
static int
pairs_parse(json_t **out, const char *text, struct jc_err *err)
{
	*out = json_object();
	while (text != NULL && *text != '\0') {
		size_t n = strcspn(text, ",，");
		const char *equals = memchr(text, '=', n);
		char name[200];

		if (equals == NULL || equals == text || (size_t)(equals - text) >= sizeof(name))
			return jc_err_set(err, JC_EUSAGE, "jc_cmd_import",
			    JC_T("要写成 名称=内容，几个之间用逗号隔开",
				"Write NAME=TEXT, with commas between several"));
		memcpy(name, text, (size_t)(equals - text));
		name[equals - text] = '\0';
		json_object_set_new(
		    *out, name, json_stringn(equals + 1, n - (size_t)(equals + 1 - text)));
		text += n;
		text += *text == ',';
	}
	return 0;
}

static int
activity_find(struct jc_cmd_run *run, char id[JC_ID_LEN + 1], const char *typed, struct jc_err *err)
{
	struct jc_record_key key;
	int rc;

	if ((rc = jc_record_find(run->node, 0, typed, &key, err)) < 0)
		return rc;
	if (key.kind == NULL || strcmp(key.kind->name, "activity") != 0)
		return jc_err_set(err, JC_EINVAL, "jc_cmd_import",
		    JC_T("%s 不是活动", "%s is no activity"), typed);
	memcpy(id, key.id, JC_ID_LEN + 1);
	return 0;
}

static int
import(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *kind = jc_cmd_opt(run, "kind"), *activity = jc_cmd_opt(run, "activity"),
		   *slash = strrchr(run->args[0], '/');
	struct jc_import_options o = {.run = run, .dry_run = jc_cmd_opt(run, "dry-run") != NULL};
	json_t *columns = NULL, *set = NULL;
	struct jc_import_report report;
	jc_id id;
	int rc;

	o.name = slash != NULL ? slash + 1 : run->args[0];
	if ((kind != NULL && (rc = jc_cmd_kind(&o.kind, kind, err)) < 0) ||
	    (activity != NULL && (rc = activity_find(run, id, activity, err)) < 0))
		return rc;
	o.activity = activity != NULL ? id : NULL;
	jc_import_report_init(&report);
	if ((rc = pairs_parse(&columns, jc_cmd_opt(run, "columns"), err)) == 0 &&
	    (rc = pairs_parse(&set, jc_cmd_opt(run, "set"), err)) == 0) {
		o.columns = columns;
		o.set = set;
		jc_import_report_free(&report);
		rc = jc_import_path(&report, &o, run->args[0], err);
	}
	if (rc == 0)
		rc = jc_import_tell(run, &report, o.dry_run, err);
	else if (rc == JC_ECANCELLED)
		jc_err_set(err, rc, "jc_cmd_import",
		    JC_T("已取消，什么都没有写", "Cancelled; nothing was written"));
	jc_import_report_free(&report);
	json_decref(columns);
	json_decref(set);
	return rc;
}

static const struct jc_cmd_opt opts[] = {{"kind", "种类", "KIND", "是哪种记录（默认看表头）",
					     "which kind of records (default: by the header)", 0},
    {"dry-run", NULL, NULL, "只看会怎样，不写", "say what would happen, write nothing", 0},
    {"columns", "列=项目,…", "COLUMN=FIELD,...",
	"说明某一列是什么（- 表示不要），以后同样的表头不再问",
	"what a column is (- leaves it out); remembered for this header", 0},
    {"set", "项目=内容,…", "FIELD=VALUE,...", "每一行都这样填（表里没有写的话）",
	"a value for every row that has none", 0},
    {"activity", "活动", "ACTIVITY", "这些会员都参加了这次活动（集中入会等）",
	"these members took part in an activity (joining together ...)", 0},
    {NULL, NULL, NULL, NULL, NULL, 0}};

const struct jc_cmd jc_cmd_import = {.name = "import",
    .args_zh = "文件",
    .args_en = "FILE",
    .least = 1,
    .most = 1,
    .zh =
	"导入一个文件（.xlsx、.xls、.csv、从表格复制的内容，或 .jsonl）\n"
	"好的行都导入，其余每一行都留在“待处理”里并说明原因；整个导入可以一次撤销（undo）。再导入一次不会重复：按编号、证件号码或姓名、生日、电话认出是同一条。\n"
	"表格：前15行里找表头，列的顺序不限，空格子不改动已有内容；合计、说明等行自动跳过；宗教信仰、家庭成员等不应保存的列自动丢弃。\n"
	"JSON Lines：一行一条 {\"kind\":\"member\",\"key\":\"外部编号\",\"set\":{\"name\":\"…\"}}，\"\" 表示没有值。",
    .en =
	"import a file (.xlsx, .xls, .csv, a block copied from a spreadsheet, or .jsonl)\n"
	"Good rows are imported, every other one waits with its reason (jiceng pending); one undo takes the whole import back. Importing again adds nothing twice.\n"
	"Tables: the header is looked for in the top 15 rows, columns in any order; an empty cell leaves what is there; totals and notes are skipped; columns that nobody should keep are dropped.\n"
	"JSON Lines: {\"kind\":\"member\",\"key\":\"external key\",\"set\":{\"name\":\"...\"}}, \"\" is no value.",
    .opts = opts,
    .flags = JC_CMD_OPEN | JC_CMD_JSON | JC_CMD_ENTRY,
    .run = import};
