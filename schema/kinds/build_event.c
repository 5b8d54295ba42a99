/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * One step of a union's building (DOMAIN 2.10). The step names the state that it leads to (W1); what the
 * table asks for is recorded with it: document, attendance, votes, names, reason.
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_field fields[] = {
	{ .id = 1, .name = "case_id", .zh = "建会任务", .en = "case", .type = JC_REF,
	  .ref = "build_case", .need = JC_MUST, .fix = JC_FIX_SYSTEM, .aliases = A("单位名称") },
	{ .id = 2, .name = "step", .zh = "步骤", .en = "step", .type = JC_ENUM,
	  .choices = jc_list_build_state, .need = JC_MUST, .fix = JC_FIX_COUNTY,
	  .aliases = A("阶段", "进度") },
	{ .id = 3, .name = "event_date", .zh = "日期", .en = "date", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("时间") },
	{ .id = 4, .name = "doc_no", .zh = "文号", .en = "document number", .type = JC_TEXT,
	  .max = 60, .form = JC_FORM_DOCNO, .need = JC_CONDITIONAL, .fix = JC_FIX_COUNTY,
	  .aliases = A("批复文号", "报告文号") },
	{ .id = 5, .name = "attend_due", .zh = "应到人数", .en = "due to attend", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_CONDITIONAL, .aliases = A("应到") },
	{ .id = 6, .name = "attend", .zh = "实到人数", .en = "attended", .type = JC_INT,
	  .low = 0, .high = 1000000000, .need = JC_CONDITIONAL, .aliases = A("实到", "到会人数") },
	{ .id = 7, .name = "votes", .zh = "得票情况", .en = "votes", .type = JC_LONG,
	  .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("得票", "选举结果") },
	{ .id = 8, .name = "committee", .zh = "当选名单", .en = "elected", .type = JC_LONG,
	  .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("委员名单", "当选人员") },
	{ .id = 9, .name = "result", .zh = "结果说明", .en = "result", .type = JC_LONG,
	  .aliases = A("结果") },
	{ .id = 10, .name = "group_members", .zh = "筹备组成员", .en = "preparatory group",
	  .type = JC_LONG, .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("筹备组") },
	{ .id = 11, .name = "reason", .zh = "原因", .en = "reason", .type = JC_LONG,
	  .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("理由") },
	{ .id = 12, .name = "next_on", .zh = "下次联系日期", .en = "look again on", .type = JC_DATE,
	  .need = JC_CONDITIONAL, .aliases = A("回访日期") },
	{ .id = 13, .name = "union_org_id", .zh = "建成(覆盖)的工会", .en = "union", .type = JC_REF,
	  .ref = "org", .need = JC_CONDITIONAL, .aliases = A("覆盖工会") },
	{ .id = 14, .name = "members_to", .zh = "会员去向", .en = "where the members go",
	  .type = JC_TEXT, .max = 60, .need = JC_CONDITIONAL, .aliases = A("会员安置") },
	{ .id = 15, .name = "flow_version", .zh = "流程版本", .en = "flow version",
	  .type = JC_INT, .low = 1, .high = 9999, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_build_event_kind = {
	.id = 13,
	.name = "build_event",
	.zh = "建会进度",
	.en = "union-building step",
	.aliases = A("建会进度记录", "建会步骤"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "step",
	.fields = fields,
};
