/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A checklist template (DOMAIN 2.6), issued by a hub; a version that was used is never edited. */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice scene[] = {
	{ "union_norm", "工会规范化", "union norms", A("规范化建设", "工会规范化建设") },
	{ "social_self", "社会组织自我管理", "self-management of social organizations",
	  A("自我管理") },
	{ "venue_safety", "场所与活动安全", "venue and activity safety",
	  A("场所安全", "活动安全") },
	{ "safety", "安全生产", "work safety", NULL },
	{ "labor_protection", "劳动保护", "labour protection", NULL },
	{ "party_union", "党建工建联查", "joint Party and union check", A("联查") },
	{ "other", "其他", "other", A("其它") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice applies_to[] = {
	{ "union", "工会组织", "union", A("工会") },
	{ "social", "社会组织", "social organization", NULL },
	{ "employer", "用人单位", "employer", A("企业", "单位") },
	{ "venue", "活动场地", "venue", A("场地", "场所", "活动场所") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "code", .zh = "模板编号", .en = "code", .type = JC_TEXT, .max = 20,
	  .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("编号") },
	{ .id = 2, .name = "version", .zh = "版本", .en = "version", .type = JC_INT,
	  .low = 1, .high = 9999, .need = JC_MUST, .fix = JC_FIX_HUB,
	  .aliases = A("模板版本", "版本号") },
	{ .id = 3, .name = "title_zh", .zh = "模板名称", .en = "title", .type = JC_TEXT, .max = 60,
	  .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("检查表名称", "考核表") },
	{ .id = 4, .name = "title_en", .zh = "模板英文名称", .en = "English title",
	  .type = JC_TEXT, .max = 60, .fix = JC_FIX_HUB },
	{ .id = 5, .name = "scene", .zh = "适用场景", .en = "scene", .type = JC_ENUM,
	  .choices = scene, .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("场景") },
	{ .id = 6, .name = "applies_to", .zh = "适用对象", .en = "applies to", .type = JC_ENUM,
	  .set = 1, .choices = applies_to, .need = JC_REQUIRED, .fix = JC_FIX_HUB,
	  .aliases = A("对象") },
	{ .id = 7, .name = "issued_by", .zh = "制发单位", .en = "issuer", .type = JC_REF,
	  .ref = "org", .need = JC_REQUIRED, .fix = JC_FIX_HUB, .aliases = A("制表单位") },
	{ .id = 8, .name = "valid_from", .zh = "启用日期", .en = "valid from", .type = JC_DATE,
	  .need = JC_REQUIRED, .fix = JC_FIX_HUB, .aliases = A("启用时间") },
	{ .id = 9, .name = "scored", .zh = "是否计分", .en = "scored", .type = JC_BOOL3,
	  .fix = JC_FIX_HUB, .aliases = A("是否评分") },
	JC_KINDS_COMMON(JC_PI_N, JC_FIX_HUB),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_tmpl_kind = {
	.id = 4,
	.name = "tmpl",
	.zh = "检查模板",
	.en = "checklist template",
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.down = 1,
	.title = "title_zh",
	.fields = fields,
};
