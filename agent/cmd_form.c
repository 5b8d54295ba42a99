/* SPDX-License-Identifier: MulanPSL-2.0 */
/* form add, list: whole forms that a hub designs, from a file. */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "define.h"
#include "out.h"


static json_t *
file_read(const char *path, struct jc_err *err)
{
	FILE *f = fopen(path, "rb");
	json_error_t why;
	json_t *o;

	if (f == NULL) {
		(void)jc_err_set(err, JC_ENOTFOUND, "form add", JC_T("打不开文件 %s", "Cannot open %s"), path);
		return NULL;
	}
	o = json_loadf(f, JSON_REJECT_DUPLICATES, &why);
	fclose(f);
	if (o == NULL || !json_is_object(o)) {
		(void)jc_err_set(err, JC_EFORMAT, "form add",
		    JC_T("%s 不是一张表格：第%d行不合 JSON 的写法", "%s is no form: line %d is not JSON"), path, o == NULL ? why.line : 1);
		json_decref(o);
		return NULL;
	}
	return o;
}

static int
add(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *o = file_read(run->args[0], err);
	int rc, fresh = 0;
	jc_id id;

	if (o == NULL)
		return err->code;
	rc = jc_define_form(id, &fresh, run->node, run->env, o, err);
	if (rc == 0)
		printf(JC_T("表格“%s”%s，各基层下次上报时收到\n", "Form \"%s\" %s; branches get it with their next sync\n"),
		    json_string_value(json_object_get(o, "zh")), fresh ? JC_T("已做好", "is made") : JC_T("已改好", "is changed"));
	json_decref(o);
	return rc;
}

static int
list(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *all = jc_define_list(run->node, err), *o, *forms;
	size_t i;

	if (all == NULL)
		return err->code;
	forms = json_incref(json_object_get(all, "forms"));
	json_decref(all);
	if (run->json)
		return jc_out_json(forms, err);
	if (json_array_size(forms) == 0)
		printf("%s\n", JC_T("县里还没有设计表格", "No forms have been defined"));
	json_array_foreach(forms, i, o)
		printf("%s  %s%s\n", json_string_value(json_object_get(o, "key")), json_string_value(json_object_get(o, "zh")),
		    json_is_true(json_object_get(o, "hidden")) ? JC_T("  已停用", "  hidden") : "");
	json_decref(forms);
	return 0;
}

const struct jc_cmd jc_cmd_form_add = {
	.name = "form add",
	.args_zh = "文件.json", .args_en = "FILE.json",
	.least = 1, .most = 1,
	.zh = "县里设计一张表格，发给各基层填\n"
	      "文件写成 {\"key\":\"x_flood\",\"zh\":\"防汛值班表\",\"fields\":[{\"key\":\"day\",\"zh\":\"值班日期\",\"type\":\"date\"},...]}；\n"
	      "fields 里每一项的写法同 jiceng field add。ceiling 写报到哪一级（branch county city，默认 county）。同一代码再来一次是改它。",
	.en = "a hub designs a form for its branches\n"
	      "The file: {\"key\":\"x_flood\",\"zh\":\"...\",\"fields\":[{\"key\":\"day\",\"zh\":\"...\",\"type\":\"date\"},...]}; fields as in\n"
	      "jiceng field add. ceiling: branch, county (default) or city. The same key again changes it.",
	.flags = JC_CMD_OPEN,
	.run = add
};

const struct jc_cmd jc_cmd_form_list = {
	.name = "form list",
	.args_zh = "", .args_en = "",
	.zh = "县里设计的表格",
	.en = "the forms that hubs have designed",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = list
};
