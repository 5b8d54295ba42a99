/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One line of a template (DOMAIN 2.6): one fact that is answered by yes or no. */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice how[] = {
	{ "look", "看现场", "look", A("现场") },
	{ "doc", "查资料", "documents", A("资料", "查阅资料") },
	{ "ask", "问会员", "ask", A("询问", "访谈") },
	{ "count", "点数", "count", A("清点") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "tmpl_id", .zh = "模板", .en = "template", .type = JC_REF,
	  .ref = "tmpl", .need = JC_MUST, .fix = JC_FIX_HUB },
	{ .id = 2, .name = "item_no", .zh = "序号", .en = "number", .type = JC_TEXT, .max = 10,
	  .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("编号") },
	{ .id = 3, .name = "category", .zh = "类别", .en = "category", .type = JC_ENUM,
	  .choices = jc_list_item_category, .need = JC_MUST, .fix = JC_FIX_HUB,
	  .aliases = A("项目", "考核项目") },
	{ .id = 4, .name = "text_zh", .zh = "检查内容", .en = "item", .type = JC_TEXT, .max = 120,
	  .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("考核内容", "检查项目") },
	{ .id = 5, .name = "text_en", .zh = "英文检查内容", .en = "English item", .type = JC_TEXT,
	  .max = 200, .fix = JC_FIX_HUB },
	{ .id = 6, .name = "how", .zh = "检查方法", .en = "method", .type = JC_ENUM,
	  .choices = how, .need = JC_REQUIRED, .fix = JC_FIX_HUB,
	  .aliases = A("检查方式", "考核方法") },
	{ .id = 7, .name = "evidence", .zh = "佐证要求", .en = "evidence", .type = JC_TEXT,
	  .max = 60, .need = JC_REQUIRED, .fix = JC_FIX_HUB, .aliases = A("佐证材料") },
	{ .id = 8, .name = "severity", .zh = "默认等级", .en = "default severity", .type = JC_ENUM,
	  .choices = jc_list_severity, .need = JC_REQUIRED, .fix = JC_FIX_HUB,
	  .aliases = A("等级") },
	{ .id = 9, .name = "due_days", .zh = "默认整改天数", .en = "default days", .type = JC_INT,
	  .low = 0, .high = 3650, .need = JC_REQUIRED, .fix = JC_FIX_HUB,
	  .aliases = A("整改期限") },
	{ .id = 10, .name = "weight", .zh = "分值", .en = "weight", .type = JC_INT,
	  .low = 0, .high = 1000, .fix = JC_FIX_HUB, .aliases = A("标准分") },
	JC_KINDS_COMMON(JC_PI_N, JC_FIX_HUB),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_tmpl_item_kind = {
	.id = 5,
	.name = "tmpl_item",
	.zh = "检查模板项",
	.en = "checklist template item",
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.down = 1,
	.title = "text_zh",
	.fields = fields,
};
