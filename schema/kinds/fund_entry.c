/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A simple ledger of the branch's money (DOMAIN 2.20): a notebook, not the accounts. */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice direction[] = {
	{ "in", "收", "income", A("收入") },
	{ "out", "支", "expense", A("支出") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice category[] = {
	{ "dues", "会费", "dues", A("会费收入") },
	{ "allocated", "拨缴经费", "allocated funds", A("拨缴经费收入") },
	{ "upper", "上级补助", "upper union", NULL },
	{ "admin_aid", "行政补助", "aid from the unit", A("行政补助收入") },
	{ "business", "事业收入", "business income", A("事业") },
	{ "activity", "职工活动", "workers' activities", A("职工活动支出") },
	{ "rights", "维权", "protection of rights", A("维权支出") },
	{ "admin", "业务", "office work", A("业务支出") },
	{ "capital", "资本性支出", "capital expense", A("资本性") },
	{ "other", "其他", "other", A("其它") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "date", .zh = "日期", .en = "date", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_MUST },
	{ .id = 2, .name = "direction", .zh = "收支", .en = "direction", .type = JC_ENUM,
	  .choices = direction, .need = JC_MUST },
	{ .id = 3, .name = "category", .zh = "科目", .en = "category", .type = JC_ENUM,
	  .choices = category, .need = JC_REQUIRED, .aliases = A("类别", "项目") },
	{ .id = 4, .name = "amount_fen", .zh = "金额", .en = "amount", .type = JC_MONEY,
	  .low = 1, .high = INT64_C(10000000000000), .need = JC_MUST,
	  .aliases = A("收入金额", "支出金额") },
	{ .id = 5, .name = "summary", .zh = "摘要", .en = "summary", .type = JC_TEXT, .max = 80,
	  .need = JC_REQUIRED, .aliases = A("用途") },
	{ .id = 6, .name = "voucher_no", .zh = "凭证号", .en = "voucher", .type = JC_TEXT,
	  .max = 30, .aliases = A("票据号") },
	{ .id = 7, .name = "activity_id", .zh = "对应活动", .en = "activity", .type = JC_REF,
	  .ref = "activity" },
	{ .id = 8, .name = "project_id", .zh = "对应项目", .en = "project", .type = JC_REF,
	  .ref = "project" },
	{ .id = 9, .name = "handler", .zh = "经办人", .en = "handler", .type = JC_TEXT,
	  .max = 30, .form = JC_FORM_NAME, .need = JC_REQUIRED, .pi = JC_PI_P },
	{ .id = 10, .name = "approver", .zh = "审批人", .en = "approver", .type = JC_TEXT,
	  .max = 30, .form = JC_FORM_NAME, .need = JC_REQUIRED, .pi = JC_PI_P },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_fund_entry_kind = {
	.id = 29,
	.name = "fund_entry",
	.zh = "经费收支简账",
	.en = "simple fund ledger",
	.aliases = A("经费台账", "收支", "经费收支"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "summary",
	.fields = fields,
};
