/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Help for an organization that grows: people, money, rooms (DOMAIN 2.13, states of W6). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice grant_type[] = {
	{ "people", "人力", "people", A("人员") },
	{ "money", "财力", "money", A("资金") },
	{ "venue", "活动场地", "venue", A("场地") },
	{ "goods", "物资设备", "goods", A("物资", "设备") },
	{ "training", "培训", "training", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice grant_state[] = {
	{ "applied", "申请", "applied", NULL },
	{ "approved", "批准", "approved", NULL },
	{ "rejected", "未批准", "rejected", NULL },
	{ "delivered", "已交付", "delivered", NULL },
	{ "following", "跟踪", "being followed up", NULL },
	{ "closed", "办结", "closed", NULL },
	{ "recalled", "收回", "recalled", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "giver_org_id", .zh = "扶持方", .en = "giver", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("扶持单位") },
	{ .id = 2, .name = "receiver_org_id", .zh = "受扶持方", .en = "receiver", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("受助单位") },
	{ .id = 3, .name = "grant_type", .zh = "扶持类型", .en = "type", .type = JC_ENUM,
	  .choices = grant_type, .need = JC_MUST, .fix = JC_FIX_COUNTY,
	  .aliases = A("扶持方式", "类型") },
	{ .id = 4, .name = "amount_fen", .zh = "金额", .en = "amount", .type = JC_MONEY,
	  .low = 0, .high = INT64_C(10000000000000), .need = JC_CONDITIONAL,
	  .fix = JC_FIX_COUNTY },
	{ .id = 5, .name = "people", .zh = "人数", .en = "people", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_CONDITIONAL },
	{ .id = 6, .name = "person_days", .zh = "人天", .en = "person-days", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_CONDITIONAL, .aliases = A("天数") },
	{ .id = 7, .name = "venue_id", .zh = "场地", .en = "venue", .type = JC_REF,
	  .ref = "venue", .need = JC_CONDITIONAL },
	{ .id = 8, .name = "venue_hours", .zh = "场地小时", .en = "venue hours",
	  .type = JC_DECIMAL, .scale = 1, .low = 0, .high = 1000000000,
	  .need = JC_CONDITIONAL, .aliases = A("时长") },
	{ .id = 9, .name = "goods", .zh = "物资", .en = "goods", .type = JC_LONG,
	  .need = JC_CONDITIONAL, .aliases = A("物资名称", "数量") },
	{ .id = 10, .name = "granted_on", .zh = "扶持日期", .en = "granted on", .type = JC_DATE,
	  .need = JC_REQUIRED, .aliases = A("日期") },
	{ .id = 11, .name = "period_to", .zh = "扶持期止", .en = "until", .type = JC_DATE,
	  .need = JC_REQUIRED, .aliases = A("至") },
	{ .id = 12, .name = "receipt", .zh = "签收", .en = "receipt", .type = JC_BOOL3,
	  .need = JC_REQUIRED, .aliases = A("签收人") },
	{ .id = 13, .name = "follow_up", .zh = "跟踪成效", .en = "outcome", .type = JC_LONG,
	  .aliases = A("成效") },
	{ .id = 14, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = grant_state, .derived = 1, .fix = JC_FIX_SYSTEM },
	{ .id = 15, .name = "state_on", .zh = "状态日期", .en = "state since", .type = JC_DATE,
	  .derived = 1, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_grant_kind = {
	.id = 17,
	.name = "grant",
	.zh = "孵化扶持",
	.en = "support grant",
	.aliases = A("扶持", "孵化"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "grant_type",
	.fields = fields,
};
