/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One inspection with a template (DOMAIN 2.6). Its answers are check_item records. */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice check_mode[] = {
	{ "self", "自查", "self-check", NULL },
	{ "upper", "上级督查", "by a higher level", A("督查", "上级检查") },
	{ "joint", "联合检查", "joint check", A("联合") },
	{ "entrusted", "委托社会组织检查", "entrusted", A("委托", "委托检查") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice check_state[] = {
	{ "draft", "草稿", "draft", NULL },
	{ "issued", "已下达", "issued", NULL },
	{ "submitted", "已报送", "submitted", NULL },
	{ "closed", "办结", "closed", NULL },
	{ "void", "作废", "void", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "tmpl_ref", .zh = "模板及版本", .en = "template+version",
	  .type = JC_REF, .ref = "tmpl", .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 2, .name = "target_org_id", .zh = "被检查单位", .en = "target organization",
	  .type = JC_REF, .ref = "org", .need = JC_MUST, .fix = JC_FIX_COUNTY,
	  .aliases = A("受检单位") },
	{ .id = 3, .name = "venue_id", .zh = "被检查场地", .en = "target venue", .type = JC_REF,
	  .ref = "venue", .fix = JC_FIX_COUNTY, .aliases = A("场地") },
	{ .id = 4, .name = "inspector_org_id", .zh = "检查单位", .en = "inspecting organization",
	  .type = JC_REF, .ref = "org", .need = JC_MUST },
	{ .id = 5, .name = "inspectors", .zh = "检查人员", .en = "inspectors", .type = JC_TEXT,
	  .set = 1, .max = 60, .form = JC_FORM_NAME, .need = JC_REQUIRED, .pi = JC_PI_P,
	  .aliases = A("检查人", "检查组") },
	{ .id = 6, .name = "check_mode", .zh = "检查方式", .en = "mode", .type = JC_ENUM,
	  .choices = check_mode, .need = JC_REQUIRED, .aliases = A("检查形式") },
	{ .id = 7, .name = "provider_org_id", .zh = "受托社会组织", .en = "entrusted organization",
	  .type = JC_REF, .ref = "org", .need = JC_CONDITIONAL },
	{ .id = 8, .name = "joint_party", .zh = "党建工建联查", .en = "joint with Party office",
	  .type = JC_BOOL3 },
	{ .id = 9, .name = "checked_on", .zh = "检查日期", .en = "date", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_MUST, .aliases = A("检查时间") },
	{ .id = 10, .name = "recipient", .zh = "签收人", .en = "signed for by", .type = JC_TEXT,
	  .max = 30, .form = JC_FORM_NAME, .pi = JC_PI_P },
	{ .id = 11, .name = "received_on", .zh = "签收日期", .en = "signed for on",
	  .type = JC_DATE, .form = JC_FORM_PAST, .pi = JC_PI_P, .aliases = A("签收时间") },
	{ .id = 12, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = check_state, .derived = 1, .fix = JC_FIX_SYSTEM },
	{ .id = 13, .name = "state_on", .zh = "状态日期", .en = "state since", .type = JC_DATE,
	  .derived = 1, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_check_kind = {
	.id = 6,
	.name = "check",
	.zh = "检查表",
	.en = "checklist",
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "checked_on",
	.lead = "target_org_id",
	.fields = fields,
};
