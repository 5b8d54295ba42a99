/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One answer of an inspection and what became of it (DOMAIN 2.6, states of W4). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice result[] = {
	{ "pending", "待查", "pending", A("未查", "未检查") },
	{ "pass", "合格", "pass", A("通过", "是", "√", "符合", "达标") },
	{ "na", "不适用", "not applicable", A("不涉及") },
	{ "found", "发现问题", "problem found",
	  A("不合格", "有问题", "需整改", "否", "×", "不符合", "不达标") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice item_state[] = {
	{ "pending", "待查", "pending", NULL },
	{ "pass", "合格", "pass", NULL },
	{ "na", "不适用", "not applicable", NULL },
	{ "found", "发现问题", "problem found", NULL },
	{ "rectifying", "整改中", "rectifying", NULL },
	{ "recheck", "待复查", "recheck", NULL },
	{ "closed", "销号", "closed", NULL },
	{ "returned", "退回", "returned", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "check_id", .zh = "检查表", .en = "checklist", .type = JC_REF,
	  .ref = "check", .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 2, .name = "tmpl_item_ref", .zh = "模板项", .en = "template item", .type = JC_REF,
	  .ref = "tmpl_item", .need = JC_MUST, .fix = JC_FIX_SYSTEM, .aliases = A("序号") },
	{ .id = 3, .name = "result", .zh = "结果", .en = "result", .type = JC_ENUM,
	  .choices = result, .need = JC_REQUIRED, .aliases = A("检查结果", "是否合格") },
	{ .id = 4, .name = "finding", .zh = "问题描述", .en = "finding", .type = JC_LONG,
	  .need = JC_CONDITIONAL, .aliases = A("存在问题", "隐患内容", "问题") },
	{ .id = 5, .name = "severity", .zh = "等级", .en = "severity", .type = JC_ENUM,
	  .choices = jc_list_severity, .need = JC_CONDITIONAL, .fix = JC_FIX_COUNTY,
	  .aliases = A("隐患等级", "问题等级") },
	{ .id = 6, .name = "rectify_req", .zh = "整改要求", .en = "required action",
	  .type = JC_LONG, .need = JC_REQUIRED, .aliases = A("整改意见", "整改措施要求") },
	{ .id = 7, .name = "resp_org_id", .zh = "责任单位", .en = "responsible organization",
	  .type = JC_REF, .ref = "org", .need = JC_REQUIRED },
	{ .id = 8, .name = "resp_person", .zh = "责任人", .en = "responsible person",
	  .type = JC_TEXT, .max = 30, .form = JC_FORM_NAME, .need = JC_REQUIRED, .pi = JC_PI_P,
	  .aliases = A("整改责任人") },
	{ .id = 9, .name = "resp_phone", .zh = "责任人电话", .en = "responsible person phone",
	  .type = JC_PHONE, .pi = JC_PI_P, .aliases = A("责任电话") },
	{ .id = 10, .name = "due_on", .zh = "整改期限", .en = "due", .type = JC_DATE,
	  .need = JC_REQUIRED, .fix = JC_FIX_COUNTY, .aliases = A("完成时限", "期限") },
	{ .id = 11, .name = "rectify_desc", .zh = "整改情况", .en = "what was done",
	  .type = JC_LONG, .need = JC_CONDITIONAL, .aliases = A("整改措施") },
	{ .id = 12, .name = "rectified_on", .zh = "整改完成日期", .en = "done on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_CONDITIONAL, .aliases = A("完成日期", "完成时间") },
	{ .id = 13, .name = "evidence_before", .zh = "整改前佐证", .en = "evidence before",
	  .type = JC_REF, .set = 1, .ref = "attachment" },
	{ .id = 14, .name = "evidence_after", .zh = "整改后佐证", .en = "evidence after",
	  .type = JC_REF, .set = 1, .ref = "attachment", .need = JC_REQUIRED,
	  .aliases = A("照片", "佐证") },
	{ .id = 15, .name = "reviewer", .zh = "复查人", .en = "reviewer", .type = JC_TEXT,
	  .max = 30, .form = JC_FORM_NAME, .need = JC_CONDITIONAL, .pi = JC_PI_P,
	  .fix = JC_FIX_COUNTY },
	{ .id = 16, .name = "reviewed_on", .zh = "复查日期", .en = "reviewed on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_CONDITIONAL, .pi = JC_PI_P, .fix = JC_FIX_COUNTY,
	  .aliases = A("复查时间") },
	{ .id = 17, .name = "review_opinion", .zh = "复查意见", .en = "review opinion",
	  .type = JC_LONG, .need = JC_CONDITIONAL, .pi = JC_PI_P, .fix = JC_FIX_COUNTY,
	  .aliases = A("验收意见") },
	{ .id = 18, .name = "extensions", .zh = "延期记录", .en = "extensions", .type = JC_TEXT,
	  .set = 1, .max = 60, .fix = JC_FIX_COUNTY, .aliases = A("延期") },
	{ .id = 19, .name = "escalated_to", .zh = "提请上级协调", .en = "escalated",
	  .type = JC_REF, .ref = "org", .aliases = A("需上级协调") },
	{ .id = 20, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = item_state, .derived = 1, .fix = JC_FIX_SYSTEM, .aliases = A("整改状态") },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_check_item_kind = {
	.id = 7,
	.name = "check_item",
	.zh = "检查项",
	.en = "checklist item",
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "finding",
	.fields = fields,
};
