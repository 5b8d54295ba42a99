/* SPDX-License-Identifier: MulanPSL-2.0 */
/* One payment of a service project (DOMAIN 2.12). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice node[] = {
	{ "first", "首款", "first", A("预付款") },
	{ "progress", "进度款", "progress", NULL },
	{ "final", "尾款", "final", NULL },
	{ "refund", "退款", "refund", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "project_id", .zh = "项目", .en = "project", .type = JC_REF,
	  .ref = "project", .need = JC_MUST, .fix = JC_FIX_SYSTEM, .aliases = A("项目名称") },
	{ .id = 2, .name = "node", .zh = "节点", .en = "node", .type = JC_ENUM, .choices = node,
	  .need = JC_MUST, .aliases = A("付款节点", "款项") },
	{ .id = 3, .name = "amount_fen", .zh = "金额", .en = "amount", .type = JC_MONEY,
	  .low = 1, .high = INT64_C(10000000000000), .need = JC_MUST, .aliases = A("付款金额") },
	{ .id = 4, .name = "due_on", .zh = "应付日期", .en = "due", .type = JC_DATE,
	  .need = JC_REQUIRED },
	{ .id = 5, .name = "paid_on", .zh = "实付日期", .en = "paid on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_REQUIRED, .aliases = A("付款日期") },
	{ .id = 6, .name = "voucher_no", .zh = "凭证号", .en = "voucher", .type = JC_TEXT,
	  .max = 30, .aliases = A("发票号") },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_payment_kind = {
	.id = 16,
	.name = "payment",
	.zh = "付款节点",
	.en = "payment",
	.aliases = A("付款"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "node",
	.fields = fields,
};
