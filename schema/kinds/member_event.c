/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What changed a membership (DOMAIN 2.3). Facts are appended: the present state of a member is replayed
 * from these (W2), and report R05 counts them. Who, which unions, what, when and why stay in clear, so
 * that the county's balance survives the erasure of a person; who approved does not.
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_field fields[] = {
	{ .id = 1, .name = "member_id", .zh = "会员", .en = "member", .type = JC_REF,
	  .ref = "member", .need = JC_MUST, .clear = 1, .pi = JC_PI_P, .fix = JC_FIX_SYSTEM,
	  .aliases = A("会员姓名") },
	{ .id = 2, .name = "change_type", .zh = "会籍变化类型", .en = "change type",
	  .type = JC_ENUM, .choices = jc_list_change_type, .need = JC_MUST, .clear = 1,
	  .pi = JC_PI_P, .fix = JC_FIX_COUNTY, .aliases = A("变动类型") },
	{ .id = 3, .name = "change_date", .zh = "会籍变化日期", .en = "change date",
	  .type = JC_DATE, .form = JC_FORM_PAST, .need = JC_MUST, .clear = 1, .pi = JC_PI_P,
	  .fix = JC_FIX_COUNTY, .aliases = A("变动日期") },
	{ .id = 4, .name = "change_reason", .zh = "会籍变化原因", .en = "change reason",
	  .type = JC_ENUM, .choices = jc_list_change_reason, .need = JC_REQUIRED, .clear = 1,
	  .pi = JC_PI_P, .fix = JC_FIX_COUNTY, .aliases = A("变动原因") },
	{ .id = 5, .name = "from_union", .zh = "转出工会", .en = "from union", .type = JC_REF,
	  .ref = "org", .need = JC_CONDITIONAL, .clear = 1, .pi = JC_PI_P,
	  .fix = JC_FIX_COUNTY, .aliases = A("转出单位") },
	{ .id = 6, .name = "to_union", .zh = "转入工会", .en = "to union", .type = JC_REF,
	  .ref = "org", .need = JC_CONDITIONAL, .clear = 1, .pi = JC_PI_P,
	  .fix = JC_FIX_COUNTY, .aliases = A("转入单位") },
	{ .id = 7, .name = "basis_doc", .zh = "依据", .en = "basis", .type = JC_TEXT, .max = 60,
	  .form = JC_FORM_DOCNO, .aliases = A("文号", "依据文号") },
	{ .id = 8, .name = "approved_by", .zh = "审核人", .en = "approved by", .type = JC_TEXT,
	  .max = 30, .need = JC_REQUIRED, .pi = JC_PI_P, .aliases = A("审批人") },
	{ .id = 9, .name = "replaces", .zh = "被更正的变动", .en = "corrected event",
	  .type = JC_REF, .ref = "member_event", .need = JC_CONDITIONAL,
	  .fix = JC_FIX_COUNTY },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_member_event_kind = {
	.id = 8,
	.name = "member_event",
	.zh = "会籍变动",
	.en = "membership event",
	.aliases = A("会籍变化", "会籍变动记录", "会员变动"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "change_type",
	.fields = fields,
};
