/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Help to one person or household (DOMAIN 2.11, 四送). For school aid the parent stands here, never the
 * child; no illness, no reasons.
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice sends[] = {
	{ "job", "就业咨询推介", "job", A("送岗位", "春送岗位") },
	{ "cool", "送清凉", "cool", A("夏送清凉") },
	{ "study", "助学", "study", A("金秋助学") },
	{ "visit", "上门服务", "visit", A("送温暖", "冬送温暖", "走访慰问") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice stage[] = {
	{ "high", "高中", "senior secondary", NULL },
	{ "vocational", "中职", "vocational", A("中专", "职高") },
	{ "college", "大专本科", "college", A("大专", "本科", "大学") },
	{ "grad", "研究生", "postgraduate", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice assist_form[] = {
	{ "cash", "现金", "cash", A("慰问金") },
	{ "goods", "物资", "goods", A("慰问品") },
	{ "service", "服务", "service", NULL },
	{ "referral", "就业推介", "job referral", A("推介") },
	{ "visit", "走访", "visit", A("慰问") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "activity_id", .zh = "所属活动", .en = "activity", .type = JC_REF,
	  .ref = "activity", .aliases = A("活动名称") },
	{ .id = 2, .name = "sends", .zh = "四送类别", .en = "delivery", .type = JC_ENUM,
	  .choices = sends, .need = JC_MUST, .aliases = A("类别") },
	{ .id = 3, .name = "person_member_id", .zh = "受助会员", .en = "member helped",
	  .type = JC_REF, .ref = "member", .need = JC_CONDITIONAL, .pi = JC_PI_S,
	  .aliases = A("会员") },
	{ .id = 4, .name = "person_text", .zh = "受助人(非会员)", .en = "person helped",
	  .type = JC_TEXT, .max = 30, .form = JC_FORM_NAME, .need = JC_CONDITIONAL,
	  .pi = JC_PI_S, .aliases = A("姓名", "受助人", "家长姓名") },
	{ .id = 5, .name = "stage", .zh = "就学阶段", .en = "school stage", .type = JC_ENUM,
	  .choices = stage, .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("学段") },
	{ .id = 6, .name = "assist_date", .zh = "帮扶日期", .en = "date", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_MUST, .aliases = A("日期") },
	{ .id = 7, .name = "form", .zh = "帮扶形式", .en = "form", .type = JC_ENUM,
	  .choices = assist_form, .need = JC_MUST, .aliases = A("方式", "形式") },
	{ .id = 8, .name = "amount_fen", .zh = "金额", .en = "money", .type = JC_MONEY,
	  .low = 0, .high = INT64_C(10000000000000), .need = JC_REQUIRED,
	  .aliases = A("慰问金") },
	{ .id = 9, .name = "goods", .zh = "物资", .en = "goods", .type = JC_TEXT, .max = 100,
	  .need = JC_REQUIRED, .aliases = A("物品") },
	{ .id = 10, .name = "receipt", .zh = "签收", .en = "signed", .type = JC_BOOL3,
	  .need = JC_REQUIRED, .aliases = A("签字") },
	{ .id = 11, .name = "result", .zh = "帮扶结果", .en = "result", .type = JC_TEXT,
	  .max = 60, .pi = JC_PI_P, .aliases = A("结果", "落实情况") },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_assist_kind = {
	.id = 22,
	.name = "assist",
	.zh = "帮扶记录",
	.en = "assistance record",
	.aliases = A("帮扶", "慰问记录", "四送记录"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "sends",
	.fields = fields,
};
