/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One line of a branch's yearly plan (DOMAIN 2.5). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice plan_state[] = {
	{ "planned", "未开展", "not yet held", A("计划") },
	{ "done", "已开展", "held", A("完成") },
	{ "moved", "调整", "moved", A("改期") },
	{ "dropped", "取消", "dropped", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "year", .zh = "年度", .en = "year", .type = JC_INT,
	  .low = 2000, .high = 2100, .need = JC_MUST, .aliases = A("年") },
	{ .id = 2, .name = "month", .zh = "月份(季度)", .en = "month or quarter", .type = JC_INT,
	  .low = 1, .high = 24, .need = JC_MUST, .aliases = A("月", "月份", "季度", "时间") },
	{ .id = 3, .name = "title", .zh = "计划内容", .en = "planned item", .type = JC_TEXT,
	  .max = 80, .need = JC_MUST, .aliases = A("活动内容", "工作内容", "项目") },
	{ .id = 4, .name = "activity_type", .zh = "活动类型", .en = "type", .type = JC_ENUM,
	  .choices = jc_list_activity_type, .need = JC_REQUIRED, .aliases = A("类型") },
	{ .id = 5, .name = "owner_person", .zh = "责任人", .en = "owner", .type = JC_TEXT,
	  .max = 30, .form = JC_FORM_NAME, .pi = JC_PI_P, .aliases = A("负责人") },
	{ .id = 6, .name = "planned_count", .zh = "计划人数", .en = "planned people",
	  .type = JC_INT, .low = 0, .high = 1000000000, .aliases = A("参加人数") },
	{ .id = 7, .name = "budget_fen", .zh = "预算", .en = "budget", .type = JC_MONEY,
	  .low = 0, .high = INT64_C(10000000000000), .aliases = A("经费预算") },
	{ .id = 8, .name = "plan_state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = plan_state, .need = JC_REQUIRED, .aliases = A("完成情况") },
	{ .id = 9, .name = "activity_id", .zh = "对应活动", .en = "activity", .type = JC_REF,
	  .ref = "activity", .need = JC_CONDITIONAL },
	{ .id = 10, .name = "drop_reason", .zh = "取消原因", .en = "why dropped", .type = JC_TEXT,
	  .max = 100, .need = JC_CONDITIONAL },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_plan_item_kind = {
	.id = 14,
	.name = "plan_item",
	.zh = "年度计划项",
	.en = "annual plan item",
	.aliases = A("年度计划", "工作计划", "计划"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "title",
	.fields = fields,
};
