/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A place where people meet (DOMAIN 2.18). Whether it may be used follows from its latest safety check.
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice venue_type[] = {
	{ "office", "办公室", "office", NULL },
	{ "activity", "活动室", "activity room", A("职工活动室") },
	{ "library", "职工书屋", "library", A("书屋") },
	{ "station", "服务站(驿站)", "service station", A("驿站", "服务站") },
	{ "training", "培训场地", "training place", A("培训室") },
	{ "field", "运动场", "sports ground", A("球场") },
	{ "square", "文化广场", "square", A("广场") },
	{ "other", "其他", "other", A("其它") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice ownership[] = {
	{ "own", "自有", "own", NULL },
	{ "rent", "租用", "rented", A("租赁") },
	{ "shared", "共享借用", "shared", A("共享", "借用") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "org_id", .zh = "所属单位", .en = "owner", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .aliases = A("单位", "单位名称") },
	{ .id = 2, .name = "name", .zh = "场地名称", .en = "name", .type = JC_TEXT, .max = 60,
	  .need = JC_MUST, .aliases = A("阵地名称", "名称") },
	{ .id = 3, .name = "venue_type", .zh = "场地类型", .en = "type", .type = JC_ENUM,
	  .choices = venue_type, .need = JC_REQUIRED, .aliases = A("类型", "阵地类型") },
	{ .id = 4, .name = "address", .zh = "地址", .en = "address", .type = JC_TEXT,
	  .max = 200, .need = JC_REQUIRED },
	{ .id = 5, .name = "region_code", .zh = "行政区划", .en = "region", .type = JC_REGION,
	  .need = JC_REQUIRED, .aliases = A("所在村", "区划") },
	{ .id = 6, .name = "area_m2", .zh = "面积(㎡)", .en = "area", .type = JC_DECIMAL,
	  .scale = 1, .low = 1, .high = 100000000, .aliases = A("面积") },
	{ .id = 7, .name = "capacity", .zh = "可容纳人数", .en = "capacity", .type = JC_INT,
	  .low = 1, .high = 1000000 },
	{ .id = 8, .name = "ownership", .zh = "权属", .en = "ownership", .type = JC_ENUM,
	  .choices = ownership, .need = JC_REQUIRED, .aliases = A("性质") },
	{ .id = 9, .name = "open_hours", .zh = "开放时间", .en = "opening hours", .type = JC_TEXT,
	  .max = 60 },
	{ .id = 10, .name = "equip", .zh = "设施", .en = "equipment", .type = JC_LONG,
	  .aliases = A("设施设备") },
	{ .id = 11, .name = "usable", .zh = "可用", .en = "usable", .type = JC_BOOL3,
	  .derived = 1, .fix = JC_FIX_SYSTEM },
	{ .id = 12, .name = "safety_check_on", .zh = "最近安全检查", .en = "last safety check",
	  .type = JC_DATE, .derived = 1, .fix = JC_FIX_SYSTEM },
	{ .id = 13, .name = "shared_with", .zh = "共享单位", .en = "shared with", .type = JC_REF,
	  .set = 1, .ref = "org" },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_venue_kind = {
	.id = 27,
	.name = "venue",
	.zh = "活动场地",
	.en = "venue",
	.aliases = A("场地", "阵地", "场所"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "name",
	.fields = fields,
};
