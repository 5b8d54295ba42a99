/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One person under one plan (DOMAIN 2.14, states of W7). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice cover_state[] = {
	{ "planned", "拟参保", "planned", NULL },
	{ "enrolled", "已报送", "enrolled", NULL },
	{ "active", "在保", "in force", NULL },
	{ "expired", "到期", "expired", NULL },
	{ "cancelled", "取消", "cancelled", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "plan_id", .zh = "计划", .en = "plan", .type = JC_REF,
	  .ref = "aid_plan", .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("计划名称") },
	{ .id = 2, .name = "member_id", .zh = "会员", .en = "member", .type = JC_REF,
	  .ref = "member", .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("会员姓名") },
	{ .id = 3, .name = "name", .zh = "姓名(非会员)", .en = "name", .type = JC_TEXT, .max = 30,
	  .form = JC_FORM_NAME, .need = JC_CONDITIONAL, .pi = JC_PI_S,
	  .aliases = A("姓名", "参保人") },
	{ .id = 4, .name = "id_no", .zh = "证件号(非会员)", .en = "ID number", .type = JC_IDNO,
	  .need = JC_CONDITIONAL, .pi = JC_PI_S, .aliases = A("身份证号", "证件号码") },
	{ .id = 5, .name = "org_id", .zh = "所在组织", .en = "organization", .type = JC_REF,
	  .ref = "org", .need = JC_REQUIRED, .aliases = A("单位", "所在单位") },
	{ .id = 6, .name = "units", .zh = "份数", .en = "units", .type = JC_INT,
	  .low = 1, .high = 1000, .need = JC_REQUIRED },
	{ .id = 7, .name = "is_gift", .zh = "是否赠送", .en = "gift", .type = JC_BOOL3,
	  .need = JC_REQUIRED, .fix = JC_FIX_COUNTY, .aliases = A("赠送") },
	{ .id = 8, .name = "payer_org_id", .zh = "出资单位", .en = "payer", .type = JC_REF,
	  .ref = "org", .need = JC_CONDITIONAL, .fix = JC_FIX_COUNTY },
	{ .id = 9, .name = "from", .zh = "保障起", .en = "from", .type = JC_DATE,
	  .need = JC_REQUIRED, .pi = JC_PI_P, .fix = JC_FIX_COUNTY, .aliases = A("保障起期") },
	{ .id = 10, .name = "to", .zh = "保障止", .en = "to", .type = JC_DATE,
	  .need = JC_REQUIRED, .pi = JC_PI_P, .fix = JC_FIX_COUNTY, .aliases = A("保障止期") },
	{ .id = 11, .name = "cert_no", .zh = "凭证号", .en = "certificate", .type = JC_TEXT,
	  .max = 40, .pi = JC_PI_P, .fix = JC_FIX_COUNTY, .aliases = A("保障卡号") },
	{ .id = 12, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = cover_state, .derived = 1, .fix = JC_FIX_SYSTEM },
	{ .id = 13, .name = "state_on", .zh = "状态日期", .en = "state since", .type = JC_DATE,
	  .derived = 1, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_aid_cover_kind = {
	.id = 19,
	.name = "aid_cover",
	.zh = "互助参保",
	.en = "mutual-aid cover",
	.aliases = A("参保", "参保记录", "受赠记录"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "member_id",
	.fields = fields,
};
