/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A person's way from one branch to another (DOMAIN 2.4, states of W2b). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice direction[] = {
	{ "out", "转出方发起", "started by the source", A("转出") },
	{ "in", "转入方发起", "started by the target", A("转入") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice transfer_state[] = {
	{ "draft", "草稿", "draft", NULL },
	{ "sent", "待转入方", "waiting for the target", NULL },
	{ "asking", "待转出方", "waiting for the source", NULL },
	{ "accepted", "已接收", "accepted", NULL },
	{ "rejected", "已退回", "sent back", NULL },
	{ "withdrawn", "已撤回", "withdrawn", NULL },
	{ "decided", "县级裁定", "decided by the county", NULL },
	{ "paper", "仅纸质", "on paper only", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "member_id", .zh = "会员", .en = "member", .type = JC_REF,
	  .ref = "member", .need = JC_MUST, .clear = 1, .pi = JC_PI_P, .fix = JC_FIX_SYSTEM,
	  .aliases = A("会员姓名") },
	{ .id = 2, .name = "direction", .zh = "发起方", .en = "started by", .type = JC_ENUM,
	  .choices = direction, .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 3, .name = "from_union", .zh = "转出工会", .en = "from union", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("转出单位") },
	{ .id = 4, .name = "to_union", .zh = "转入工会", .en = "to union", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("转入单位") },
	{ .id = 5, .name = "reason", .zh = "接转原因", .en = "transfer reason", .type = JC_ENUM,
	  .choices = jc_list_change_reason, .need = JC_REQUIRED, .pi = JC_PI_P,
	  .aliases = A("原因") },
	{ .id = 6, .name = "requested_on", .zh = "申请日期", .en = "requested on",
	  .type = JC_DATE, .form = JC_FORM_PAST, .need = JC_REQUIRED, .aliases = A("日期") },
	{ .id = 7, .name = "decided_on", .zh = "决定日期", .en = "decided on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_REQUIRED },
	{ .id = 8, .name = "effective_on", .zh = "生效日期", .en = "effective on",
	  .type = JC_DATE, .need = JC_REQUIRED },
	{ .id = 9, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = transfer_state, .derived = 1, .fix = JC_FIX_SYSTEM },
	{ .id = 10, .name = "paper_no", .zh = "纸质接转单号", .en = "paper form no.",
	  .type = JC_TEXT, .max = 40, .aliases = A("介绍信号", "接转单号") },
	{ .id = 11, .name = "state_on", .zh = "状态日期", .en = "state since", .type = JC_DATE,
	  .derived = 1, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_transfer_kind = {
	.id = 9,
	.name = "transfer",
	.zh = "会籍接转单",
	.en = "transfer",
	.aliases = A("接转单", "会籍接转", "转会"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "direction",
	.fields = fields,
};
