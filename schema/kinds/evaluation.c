/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What members say of their union, in numbers (DOMAIN 2.20); no names. */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice eval_kind[] = {
	{ "member_home", "会员评家", "evaluation by members", A("评家") },
	{ "satisfaction", "满意度", "satisfaction", A("满意度测评") },
	{ "self", "自评", "self-evaluation", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "org_id", .zh = "单位", .en = "organization", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .aliases = A("单位名称") },
	{ .id = 2, .name = "held_on", .zh = "测评日期", .en = "date", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_MUST, .aliases = A("测评时间") },
	{ .id = 3, .name = "eval_kind", .zh = "测评类别", .en = "kind", .type = JC_ENUM,
	  .choices = eval_kind, .need = JC_REQUIRED, .aliases = A("类别") },
	{ .id = 4, .name = "invited", .zh = "应参加人数", .en = "invited", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_REQUIRED, .aliases = A("应到", "发出") },
	{ .id = 5, .name = "answered", .zh = "实参加人数", .en = "answered", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_REQUIRED, .aliases = A("实到", "收回") },
	{ .id = 6, .name = "satisfied", .zh = "满意", .en = "satisfied", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_REQUIRED },
	{ .id = 7, .name = "basic", .zh = "基本满意", .en = "basically satisfied", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_REQUIRED },
	{ .id = 8, .name = "unsatisfied", .zh = "不满意", .en = "unsatisfied", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_REQUIRED },
	{ .id = 9, .name = "suggestions", .zh = "意见建议", .en = "suggestions",
	  .type = JC_LONG },
	JC_KINDS_COMMON(JC_PI_N, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_evaluation_kind = {
	.id = 30,
	.name = "evaluation",
	.zh = "评家结果",
	.en = "evaluation result",
	.aliases = A("评家", "满意度测评", "会员评家"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "eval_kind",
	.fields = fields,
};
