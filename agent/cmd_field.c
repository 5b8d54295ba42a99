/* SPDX-License-Identifier: MulanPSL-2.0 */
/* field add, list, hide: fields that a hub adds to a kind of records without a new program. */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_overlay.h"
#include "cmd.h"
#include "define.h"
#include "out.h"

/* "name=text" pairs as an object; a kind as people call it. */
static json_t *
pairs_json(const struct jc_kind *kind, size_t n, char *const *pairs, struct jc_err *err)
{
	json_t *o = json_pack("{s:s}", "kind", kind->name);

	for (size_t i = 0; o != NULL && i < n; i++) {
		const char *eq = strchr(pairs[i], '=');
		char name[80];

		if (eq == NULL || eq == pairs[i] || (size_t)(eq - pairs[i]) >= sizeof(name)) {
			json_decref(o);
			(void)jc_cmd_usage(err, &jc_cmd_field_add, JC_T("“%.40s”要写成 项目=内容", "\"%.40s\" must be NAME=TEXT"), pairs[i]);
			return NULL;
		}
		memcpy(name, pairs[i], (size_t)(eq - pairs[i]));
		name[eq - pairs[i]] = '\0';
		if (json_object_set_new(o, name, json_string(eq + 1)) != 0) {
			json_decref(o);
			o = NULL;
			(void)jc_err_set(err, JC_EINVAL, "field add",
			    JC_T("内容不是 UTF-8 文字，请检查终端的编码", "The text is not UTF-8; check the terminal's encoding"));
			return NULL;
		}
	}
	if (o == NULL)
		(void)JC_NOMEM(err, "field add");
	return o;
}

static int
add(struct jc_cmd_run *run, struct jc_err *err)
{
	const struct jc_kind *kind;
	json_t *o;
	jc_id id;
	int rc, fresh = 0;

	if ((rc = jc_cmd_kind(&kind, run->args[0], err)) < 0)
		return rc;
	if ((o = pairs_json(kind, run->nargs - 1, run->args + 1, err)) == NULL)
		return err->code;
	rc = jc_define_field(id, &fresh, run->node, run->env, o, err);
	json_decref(o);
	if (rc < 0)
		return rc;
	printf(fresh ? JC_T("已给%s加上，各基层下次上报时收到\n", "Added to %s; branches get it with their next sync\n")
	             : JC_T("已改好（%s），各基层下次上报时收到\n", "Changed (%s); branches get it with their next sync\n"),
	    jc_kind_label(kind));
	return 0;
}

static const char *
text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? s : "";
}

static void
line_print(const json_t *o, const char *first)
{
	printf("  ");
	jc_out_pad(first, 14);
	printf(" ");
	jc_out_pad(text(o, "key"), 22);
	printf(" ");
	jc_out_pad(text(o, "zh"), 24);
	printf(" %s%s\n", json_is_true(json_object_get(o, "hidden")) ? JC_T("已停用", "hidden") : "",
	    json_object_get(o, "unused") != NULL ? text(o, "unused") : "");
}

static int
list(struct jc_cmd_run *run, struct jc_err *err)
{
	json_t *all = jc_define_list(run->node, err), *o;
	size_t i;

	if (all == NULL)
		return err->code;
	if (run->json)
		return jc_out_json(all, err);
	if (json_array_size(json_object_get(all, "fields")) + json_array_size(json_object_get(all, "forms")) == 0)
		printf("%s\n", JC_T("县里还没有加项目或表格", "No fields or forms have been defined"));
	json_array_foreach(json_object_get(all, "forms"), i, o)
		line_print(o, JC_T("表格", "form"));
	json_array_foreach(json_object_get(all, "fields"), i, o)
		line_print(o, text(o, "kind"));
	json_decref(all);
	return 0;
}

static int
hide(struct jc_cmd_run *run, struct jc_err *err)
{
	const struct jc_kind *kind = run->nargs == 2 ? jc_catalogue_kind_typed(run->args[0]) : NULL;
	int show = jc_cmd_opt(run, "show") != NULL, rc;

	rc = jc_define_hide(run->node, run->env, run->nargs == 2 ? (kind != NULL ? kind->name : run->args[0]) : NULL,
	    run->args[run->nargs - 1], !show, err);
	if (rc == 0)
		printf("%s\n", show ? JC_T("已恢复使用", "Shown again")
		                    : JC_T("已停用；填过的内容都还在，--show 可以恢复", "Hidden; what was filled in is kept, --show brings it back"));
	return rc;
}

static void
add_help(size_t nargs, char *const *args)
{
	const struct jc_kind *kind = jc_catalogue_kind_id(JC_XFIELD_KIND);

	(void)nargs;
	(void)args;
	printf("\n%s\n", JC_T("项目：", "Names:"));
	for (const struct jc_field *f = kind->fields; f->id != 0 && f->id < 200; f++) {
		if (f->id == JC_XF_KIND || f->id == JC_XF_VERSION)
			continue;
		printf("  ");
		jc_out_pad(f->name, 12);
		printf(" ");
		jc_out_pad(jc_field_label(f), 24);
		for (const struct jc_choice *c = f->choices; c != NULL && c->code != NULL; c++)
			printf(" %s", f->id == JC_XF_TYPE || jc_lang_get() == JC_LANG_EN ? c->code : jc_choice_label(c));
		printf("\n");
	}
	printf("\n%s\n",
	    JC_T("规则写成“项目 = 值”，可用 = != < <= > >= 含有，用 且、或 和括号连接，如：gender = 2 且 x_children > 0",
	        "Rules are written FIELD = VALUE with = != < <= > >= has, joined by and, or and brackets: gender = 2 and x_children > 0"));
}

static const struct jc_cmd_opt hide_opts[] = {
	{"show", NULL, NULL, "恢复使用", "bring it back", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_field_add = {
	.name = "field add",
	.args_zh = "种类 key=代码 zh=名称 type=类型 ...", .args_en = "KIND key=KEY zh=LABEL type=TYPE ...",
	.least = 2, .most = 40,
	.zh = "县里给一种记录加一项（不用升级程序）\n同一代码再写一次是改它：名称、说明、规则随便改，已经填过的要还能读，所以类型不能改，选项只能增加。\n"
	      "例：jiceng field add member key=boots zh=雨靴尺码 type=int low=30 high=50",
	.en = "a hub adds a field to a kind of records (without a new program)\nThe same key again changes it. What was filled in must stay readable: the type stays, choices are only added.",
	.flags = JC_CMD_OPEN,
	.run = add,
	.help = add_help
};

const struct jc_cmd jc_cmd_field_list = {
	.name = "field list",
	.args_zh = "", .args_en = "",
	.zh = "县里加的项目和表格",
	.en = "the fields and forms that hubs have defined",
	.flags = JC_CMD_OPEN | JC_CMD_JSON,
	.run = list
};

const struct jc_cmd jc_cmd_field_hide = {
	.name = "field hide",
	.args_zh = "种类 代码", .args_en = "KIND KEY",
	.least = 2, .most = 2,
	.zh = "停用县里加的一项（填过的都还在）",
	.en = "hide a defined field (what was filled in is kept)",
	.opts = hide_opts,
	.flags = JC_CMD_OPEN,
	.run = hide
};

const struct jc_cmd jc_cmd_form_hide = {
	.name = "form hide",
	.args_zh = "代码", .args_en = "KEY",
	.least = 1, .most = 1,
	.zh = "停用县里设计的一张表格（填过的都还在）",
	.en = "hide a defined form (what was filled in is kept)",
	.opts = hide_opts,
	.flags = JC_CMD_OPEN,
	.run = hide
};
