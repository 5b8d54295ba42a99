/* SPDX-License-Identifier: MulanPSL-2.0 */
/* An agreement between a union and a partner (DOMAIN 2.17). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice resources[] = {
	{ "venue", "场地", "venue", NULL },
	{ "people", "人员", "people", NULL },
	{ "money", "资金", "money", NULL },
	{ "teachers", "师资", "teachers", NULL },
	{ "channel", "渠道", "channels", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "union_org_id", .zh = "工会", .en = "union", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .aliases = A("甲方") },
	{ .id = 2, .name = "partner_org_id", .zh = "合作单位", .en = "partner", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .aliases = A("乙方") },
	{ .id = 3, .name = "content", .zh = "协议内容", .en = "content", .type = JC_LONG,
	  .need = JC_REQUIRED, .aliases = A("合作内容") },
	{ .id = 4, .name = "resources", .zh = "共享资源", .en = "shared resources",
	  .type = JC_ENUM, .set = 1, .choices = resources },
	{ .id = 5, .name = "signed_on", .zh = "签订日期", .en = "signed on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_REQUIRED, .aliases = A("签订时间") },
	{ .id = 6, .name = "valid_to", .zh = "有效期至", .en = "valid to", .type = JC_DATE,
	  .need = JC_REQUIRED, .aliases = A("有效期") },
	{ .id = 7, .name = "contact", .zh = "联系人", .en = "contact", .type = JC_TEXT,
	  .max = 30, .form = JC_FORM_NAME, .pi = JC_PI_P },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_coop_kind = {
	.id = 24,
	.name = "coop",
	.zh = "合作协议",
	.en = "cooperation agreement",
	.aliases = A("协议", "合作"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "partner_org_id",
	.fields = fields,
};
