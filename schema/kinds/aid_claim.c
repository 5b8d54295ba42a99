/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A payment asked for under a plan (DOMAIN 2.14); never a diagnosis. */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice claim_type[] = {
	{ "accident", "意外", "accident", A("意外伤害") },
	{ "hospital", "住院", "hospital", A("住院医疗") },
	{ "illness", "重病", "illness", A("重大疾病") },
	{ "death", "身故", "death", A("去世") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice claim_state[] = {
	{ "reported", "已报案", "reported", NULL },
	{ "submitted", "已提交", "submitted", NULL },
	{ "paid", "已给付", "paid", NULL },
	{ "rejected", "未获给付", "rejected", NULL },
	{ "closed", "办结", "closed", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "cover_id", .zh = "参保记录", .en = "cover", .type = JC_REF,
	  .ref = "aid_cover", .need = JC_MUST, .pi = JC_PI_P, .fix = JC_FIX_SYSTEM },
	{ .id = 2, .name = "claim_type", .zh = "申请类别", .en = "type", .type = JC_ENUM,
	  .choices = claim_type, .need = JC_MUST, .pi = JC_PI_S, .aliases = A("类别") },
	{ .id = 3, .name = "event_date", .zh = "出险日期", .en = "event date", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_REQUIRED, .pi = JC_PI_S },
	{ .id = 4, .name = "asked_on", .zh = "申请日期", .en = "asked on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_REQUIRED, .pi = JC_PI_S },
	{ .id = 5, .name = "asked_fen", .zh = "申请金额", .en = "asked", .type = JC_MONEY,
	  .low = 0, .high = INT64_C(10000000000000), .pi = JC_PI_S },
	{ .id = 6, .name = "paid_fen", .zh = "给付金额", .en = "paid", .type = JC_MONEY,
	  .low = 0, .high = INT64_C(10000000000000), .pi = JC_PI_S, .fix = JC_FIX_COUNTY,
	  .aliases = A("理赔金额") },
	{ .id = 7, .name = "paid_on", .zh = "给付日期", .en = "paid on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .pi = JC_PI_S, .fix = JC_FIX_COUNTY },
	{ .id = 8, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = claim_state, .derived = 1, .pi = JC_PI_S, .fix = JC_FIX_SYSTEM },
	{ .id = 9, .name = "state_on", .zh = "状态日期", .en = "state since", .type = JC_DATE,
	  .derived = 1, .pi = JC_PI_S, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_aid_claim_kind = {
	.id = 20,
	.name = "aid_claim",
	.zh = "互助给付",
	.en = "mutual-aid claim",
	.aliases = A("给付申请", "给付", "理赔"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "cover_id",
	.fields = fields,
};
