/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A mutual-aid plan that people can be covered by (DOMAIN 2.14); hubs issue it. */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice aid_type[] = {
	{ "hospital", "住院医疗", "hospital", A("住院") },
	{ "illness", "重大疾病", "illness", A("重病", "大病") },
	{ "accident", "意外伤害", "accident", A("意外") },
	{ "women", "女职工特殊疾病", "women's illnesses", A("女职工") },
	{ "new_form", "新就业形态意外", "accident in new employment forms", A("新就业形态") },
	{ "other", "其他", "other", A("其它") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "name", .zh = "计划名称", .en = "plan", .type = JC_TEXT, .max = 60,
	  .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("险种", "名称") },
	{ .id = 2, .name = "body_org_id", .zh = "承办机构", .en = "managing body", .type = JC_REF,
	  .ref = "org", .need = JC_REQUIRED, .fix = JC_FIX_COUNTY,
	  .aliases = A("承办单位", "互助会") },
	{ .id = 3, .name = "aid_type", .zh = "保障类型", .en = "type", .type = JC_ENUM,
	  .choices = aid_type, .need = JC_REQUIRED, .fix = JC_FIX_COUNTY,
	  .aliases = A("类别") },
	{ .id = 4, .name = "period_from", .zh = "保障期起", .en = "period from", .type = JC_DATE,
	  .need = JC_REQUIRED, .fix = JC_FIX_COUNTY, .aliases = A("保障期", "起期") },
	{ .id = 5, .name = "period_to", .zh = "保障期止", .en = "period to", .type = JC_DATE,
	  .need = JC_REQUIRED, .fix = JC_FIX_COUNTY, .aliases = A("止期") },
	{ .id = 6, .name = "price_fen", .zh = "每份金额", .en = "price", .type = JC_MONEY,
	  .low = 0, .high = INT64_C(10000000000000), .need = JC_REQUIRED,
	  .fix = JC_FIX_COUNTY, .aliases = A("会费标准") },
	{ .id = 7, .name = "cover_fen", .zh = "保障金额", .en = "cover", .type = JC_MONEY,
	  .low = 0, .high = INT64_C(10000000000000), .need = JC_REQUIRED,
	  .fix = JC_FIX_COUNTY, .aliases = A("保障额") },
	JC_KINDS_COMMON(JC_PI_N, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_aid_plan_kind = {
	.id = 18,
	.name = "aid_plan",
	.zh = "互助保障计划",
	.en = "mutual-aid plan",
	.aliases = A("互助计划", "保障计划"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.down = 1,
	.title = "name",
	.fields = fields,
};
