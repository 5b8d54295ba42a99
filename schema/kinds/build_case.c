/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The building of a union in one unit, from the first survey on (DOMAIN 2.10, states of W1). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice reason[] = {
	{ "party", "有党组织", "has a Party organization", NULL },
	{ "law25", "会员(职工)25人以上", "25 members or workers", A("25人以上") },
	{ "key", "重点对象", "key target", NULL },
	{ "self", "主动申请", "own application", A("主动") },
	{ "class", "四类重点", "one of the four classes", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice form[] = {
	{ "single", "单独", "single", A("单独建会") },
	{ "joint", "联合", "joint", A("联合建会") },
	{ "industry", "行业联合会覆盖", "covered by an industry federation", A("行业") },
	{ "region", "区域覆盖", "covered by a regional federation", A("区域") },
	{ "federation", "联合会直管", "directly under the federation", A("联合会") },
	{ "commissioner", "选举组织员", "elected organizer", A("组织员") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice block_reason[] = {
	{ "no_will", "不愿意", "unwilling", NULL },
	{ "few_staff", "人员少且流动", "few people who come and go", A("人员少") },
	{ "no_venue", "无场地", "no venue", NULL },
	{ "no_money", "经费顾虑", "worry about money", NULL },
	{ "employer", "负责人不支持", "the head does not support it", NULL },
	{ "unstable", "即将注销", "about to be dissolved", NULL },
	{ "other", "其他", "other", A("其它") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "org_id", .zh = "拟建会单位", .en = "unit", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("单位名称") },
	{ .id = 2, .name = "reason", .zh = "应建依据", .en = "why it should", .type = JC_ENUM,
	  .set = 1, .choices = reason, .need = JC_REQUIRED, .fix = JC_FIX_COUNTY,
	  .aliases = A("依据", "应建理由") },
	{ .id = 3, .name = "form", .zh = "建会形式", .en = "form", .type = JC_ENUM,
	  .choices = form, .need = JC_REQUIRED, .fix = JC_FIX_COUNTY },
	{ .id = 4, .name = "guide", .zh = "指导员", .en = "guide", .type = JC_TEXT, .max = 30,
	  .form = JC_FORM_NAME, .pi = JC_PI_P, .aliases = A("建会指导员", "党建指导员", "联系人") },
	{ .id = 5, .name = "guide_org", .zh = "指导单位", .en = "guiding organization",
	  .type = JC_REF, .ref = "org", .pi = JC_PI_P },
	{ .id = 6, .name = "target_union_id", .zh = "拟隶属上级工会", .en = "future parent union",
	  .type = JC_REF, .ref = "org", .need = JC_REQUIRED, .fix = JC_FIX_COUNTY,
	  .aliases = A("上级工会") },
	{ .id = 7, .name = "staff_count", .zh = "职工数", .en = "workers", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_REQUIRED, .aliases = A("职工人数") },
	{ .id = 8, .name = "intend_count", .zh = "意向入会数", .en = "willing to join",
	  .type = JC_INT, .low = 0, .high = 1000000000, .need = JC_REQUIRED,
	  .aliases = A("意向人数") },
	{ .id = 9, .name = "block_reason", .zh = "未推进原因", .en = "why stuck", .type = JC_ENUM,
	  .set = 1, .choices = block_reason, .need = JC_CONDITIONAL,
	  .aliases = A("未建原因", "困难") },
	{ .id = 10, .name = "plan_done_on", .zh = "计划完成日期", .en = "target date",
	  .type = JC_DATE, .fix = JC_FIX_COUNTY, .aliases = A("计划完成时间") },
	{ .id = 11, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = jc_list_build_state, .derived = 1, .fix = JC_FIX_SYSTEM,
	  .aliases = A("进度", "建会进度") },
	{ .id = 12, .name = "union_org_id", .zh = "建成的工会", .en = "resulting union",
	  .type = JC_REF, .ref = "org", .need = JC_CONDITIONAL, .fix = JC_FIX_COUNTY },
	{ .id = 13, .name = "state_on", .zh = "状态日期", .en = "state since", .type = JC_DATE,
	  .derived = 1, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_build_case_kind = {
	.id = 12,
	.name = "build_case",
	.zh = "建会任务",
	.en = "union-building case",
	.aliases = A("建会", "建会台账"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "org_id",
	.fields = fields,
};
