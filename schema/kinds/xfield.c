/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A field that a hub defines without a program: a record of `common`, which flows down and becomes
 * part of the catalogue of every node that has it (overlay.c, FORMAT 17). Its values are ordinary
 * writes to a field of that key. Ids are those of enum jc_xfield_id.
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice type[] = { /* codes are jc_overlay_type_word() */
	{ "text", "一行文字", "one line of text", A("文字", "文本") },
	{ "long", "长文字", "several lines of text", A("多行文字") },
	{ "int", "整数", "whole number", A("数字", "数量") },
	{ "money", "金额", "money", A("元") },
	{ "decimal", "小数", "decimal number", NULL },
	{ "date", "日期", "date", NULL },
	{ "pdate", "日期或年月", "date or month", A("年月") },
	{ "datetime", "日期时间", "date and time", A("时间") },
	{ "bool3", "是或否", "yes or no", A("是否") },
	{ "enum", "选项", "choice", A("单选", "多选") },
	{ "ref", "另一条记录", "another record", A("记录") },
	{ "region", "区划", "region", NULL },
	{ "uscc", "信用代码", "credit code", A("统一社会信用代码") },
	{ "idno", "证件号码", "identity number", A("身份证号") },
	{ "phone", "电话", "telephone", A("手机号") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice need[] = {
	{ "optional", "可不填", "may stay empty", A("选填") },
	{ "required", "上报前要填", "needed before reporting", A("应填") },
	{ "must", "不填不能保存", "needed to save", A("必填") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice pi[] = {
	{ "N", "不涉及个人", "not personal", A("否") },
	{ "P", "个人信息", "personal", A("是") },
	{ "PP", "个人信息，限制查看", "personal, restricted", NULL },
	{ "S", "敏感个人信息", "sensitive", A("敏感") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice fix[] = {
	{ "branch", "只有基层", "the branch only", A("基层") },
	{ "county", "县里也可以改", "the county as well", A("县里") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = JC_XF_KEY, .name = "key", .zh = "项目代码", .en = "key", .type = JC_TEXT, .max = 40,
	  .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("代码"),
	  .help_zh = "以 x_ 开头，只用小写字母、数字和下划线；定下后不再改",
	  .help_en = "begins with x_, lower-case letters, digits and _; never changes" },
	{ .id = JC_XF_KIND, .name = "kind", .zh = "加在哪种记录上", .en = "kind", .type = JC_TEXT,
	  .max = 32, .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("种类") },
	{ .id = JC_XF_ZH, .name = "zh", .zh = "中文名称", .en = "Chinese label", .type = JC_TEXT,
	  .max = 40, .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("名称") },
	{ .id = JC_XF_EN, .name = "en", .zh = "英文名称", .en = "English label", .type = JC_TEXT,
	  .max = 60, .fix = JC_FIX_HUB },
	{ .id = JC_XF_TYPE, .name = "type", .zh = "类型", .en = "type", .type = JC_ENUM,
	  .choices = type, .need = JC_MUST, .fix = JC_FIX_HUB },
	{ .id = JC_XF_MANY, .name = "many", .zh = "可填多个", .en = "several values",
	  .type = JC_BOOL3, .fix = JC_FIX_HUB, .aliases = A("多个") },
	{ .id = JC_XF_CHOICES, .name = "choices", .zh = "选项内容", .en = "choices", .type = JC_LONG,
	  .max = 8000, .fix = JC_FIX_HUB, .help_zh = "每行一个：代码=名称",
	  .help_en = "one a line: code=label, or code=label=English label" },
	{ .id = JC_XF_LOW, .name = "low", .zh = "最小", .en = "least", .type = JC_INT, .fix = JC_FIX_HUB },
	{ .id = JC_XF_HIGH, .name = "high", .zh = "最大", .en = "most", .type = JC_INT, .fix = JC_FIX_HUB },
	{ .id = JC_XF_MAX, .name = "max", .zh = "最多字数", .en = "most characters", .type = JC_INT,
	  .low = 1, .high = 8000, .fix = JC_FIX_HUB },
	{ .id = JC_XF_SCALE, .name = "scale", .zh = "小数位数", .en = "digits after the point",
	  .type = JC_INT, .low = 1, .high = 6, .fix = JC_FIX_HUB },
	{ .id = JC_XF_REF, .name = "ref", .zh = "指向哪种记录", .en = "refers to kind",
	  .type = JC_TEXT, .max = 32, .fix = JC_FIX_HUB },
	{ .id = JC_XF_NEED, .name = "need", .zh = "是否必填", .en = "needed", .type = JC_ENUM,
	  .choices = need, .fix = JC_FIX_HUB },
	{ .id = JC_XF_PI, .name = "pi", .zh = "个人信息类别", .en = "privacy class", .type = JC_ENUM,
	  .choices = pi, .fix = JC_FIX_HUB, .aliases = A("个人信息") },
	{ .id = JC_XF_FIX, .name = "fix", .zh = "谁可以更正", .en = "who may correct",
	  .type = JC_ENUM, .choices = fix, .fix = JC_FIX_HUB },
	{ .id = JC_XF_ALIASES, .name = "aliases", .zh = "表头别名", .en = "header aliases",
	  .type = JC_TEXT, .set = 1, .max = 40, .fix = JC_FIX_HUB, .aliases = A("别名") },
	{ .id = JC_XF_SHOW, .name = "show_when", .zh = "何时显示", .en = "shown when",
	  .type = JC_TEXT, .max = 400, .fix = JC_FIX_HUB },
	{ .id = JC_XF_CHECK, .name = "check_rule", .zh = "核对规则", .en = "check rule",
	  .type = JC_TEXT, .max = 400, .fix = JC_FIX_HUB, .aliases = A("校验规则") },
	{ .id = JC_XF_CHECK_ZH, .name = "check_zh", .zh = "核对不过时的提示", .en = "hint when the check fails",
	  .type = JC_LONG, .max = 100, .fix = JC_FIX_HUB },
	{ .id = JC_XF_HELP, .name = "help_zh", .zh = "填写说明", .en = "hint", .type = JC_LONG,
	  .max = 200, .fix = JC_FIX_HUB },
	{ .id = JC_XF_PLACE, .name = "place", .zh = "顺序", .en = "order", .type = JC_INT,
	  .low = 0, .high = 9999, .fix = JC_FIX_HUB },
	{ .id = JC_XF_VERSION, .name = "version", .zh = "版本", .en = "version", .type = JC_INT,
	  .low = 1, .high = 9999, .fix = JC_FIX_HUB },
	{ .id = JC_XF_HIDDEN, .name = "hidden", .zh = "已停用", .en = "hidden", .type = JC_BOOL3,
	  .fix = JC_FIX_HUB, .aliases = A("停用", "隐藏") },
	JC_KINDS_COMMON(JC_PI_N, JC_FIX_HUB),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_xfield_kind = {
	.id = JC_XFIELD_KIND,
	.name = "xfield",
	.zh = "县里加的项目",
	.en = "county-defined field",
	.aliases = A("自定义项目"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.down = 1,
	.title = "zh",
	.fields = fields,
};
