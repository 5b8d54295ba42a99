/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Not for typing: what a county's hub tells the city of records that stay in the county (DOMAIN 2.0, 2.21). `extract`:
 * one row of a report, numbers only. `masked`: a member without name, number, day of birth or address, and the key by
 * which two counties find that they have one person (6.1). How they are made: agent/extract.h.
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_field extract[] = {
	{ .id = 1, .name = "report", .zh = "报表", .en = "report", .type = JC_TEXT, .max = 8,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 2, .name = "table_id", .zh = "分表", .en = "table", .type = JC_TEXT, .max = 12,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 3, .name = "period", .zh = "时段", .en = "period", .type = JC_TEXT, .max = 10,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 4, .name = "row_key", .zh = "行", .en = "row", .type = JC_TEXT, .max = 120,
	  .fix = JC_FIX_SYSTEM },
	{ .id = 5, .name = "label", .zh = "行名", .en = "label", .type = JC_TEXT, .max = 200,
	  .fix = JC_FIX_SYSTEM },
	{ .id = 6, .name = "level", .zh = "层次", .en = "level", .type = JC_INT, .high = 2,
	  .fix = JC_FIX_SYSTEM },
	{ .id = 7, .name = "figures", .zh = "数字", .en = "figures", .type = JC_LONG, .max = 4000,
	  .fix = JC_FIX_SYSTEM },
	{ .id = 8, .name = "as_of", .zh = "数据截至", .en = "as of", .type = JC_DATE,
	  .fix = JC_FIX_SYSTEM },
	{ .id = 0 },
};

#define CLEAR .clear = 1, .pi = JC_PI_P, .fix = JC_FIX_SYSTEM
static const struct jc_field masked[] = {
	{ .id = 1, .name = "member_id", .zh = "会员", .en = "member", .type = JC_REF,
	  .ref = "member", .need = JC_MUST, CLEAR },
	{ .id = 2, .name = "gender", .zh = "性别", .en = "sex", .type = JC_ENUM,
	  .choices = jc_list_gender, CLEAR },
	{ .id = 3, .name = "birth_year", .zh = "出生年份", .en = "year of birth", .type = JC_TEXT,
	  .max = 4, CLEAR },
	{ .id = 4, .name = "union_id", .zh = "所属工会", .en = "union", .type = JC_REF, .ref = "org",
	  CLEAR },
	{ .id = 5, .name = "membership", .zh = "会籍状态", .en = "membership state", .type = JC_TEXT,
	  .max = 12, CLEAR },
	{ .id = 6, .name = "joined_year", .zh = "入会年份", .en = "year of joining",
	  .type = JC_TEXT, .max = 4, CLEAR },
	{ .id = 7, .name = "employment_status", .zh = "就业状况", .en = "employment status",
	  .type = JC_TEXT, .max = 2, CLEAR },
	{ .id = 8, .name = "is_migrant_worker", .zh = "是否农民工", .en = "rural migrant worker",
	  .type = JC_BOOL3, CLEAR },
	{ .id = 9, .name = "match_key", .zh = "匹配码", .en = "match key", .type = JC_TEXT,
	  .max = 12, CLEAR },
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_extract_kind = {
	.id = 64,
	.name = "extract",
	.zh = "上报数字",
	.en = "extract",
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "label",
	.fields = extract,
};

const struct jc_kind jc_masked_kind = {
	.id = 65,
	.name = "masked",
	.zh = "脱敏会员",
	.en = "masked member",
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "match_key",
	.fields = masked,
};
