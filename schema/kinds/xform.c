/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A whole form that a hub defines without a program: its records are of a kind named by `key`, its
 * fields are the `xfield` records of that kind (overlay.c, FORMAT 17).
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice ceiling[] = {
	{ "branch", "只留在基层", "stays at the branch", A("基层") },
	{ "county", "报到县里", "goes to the county", A("县里") },
	{ "city", "报到市里", "goes to the city", A("市里") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = JC_XM_KEY, .name = "key", .zh = "表格代码", .en = "key", .type = JC_TEXT, .max = 32,
	  .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("代码"),
	  .help_zh = "以 x_ 开头，只用小写字母、数字和下划线；定下后不再改",
	  .help_en = "begins with x_, lower-case letters, digits and _; never changes" },
	{ .id = JC_XM_ZH, .name = "zh", .zh = "中文名称", .en = "Chinese label", .type = JC_TEXT,
	  .max = 40, .need = JC_MUST, .fix = JC_FIX_HUB, .aliases = A("名称") },
	{ .id = JC_XM_EN, .name = "en", .zh = "英文名称", .en = "English label", .type = JC_TEXT,
	  .max = 60, .fix = JC_FIX_HUB },
	{ .id = JC_XM_CEILING, .name = "ceiling", .zh = "报到哪一级", .en = "goes up to",
	  .type = JC_ENUM, .choices = ceiling, .need = JC_MUST, .fix = JC_FIX_HUB },
	{ .id = JC_XM_TITLE, .name = "title", .zh = "以哪一项为标题", .en = "title field",
	  .type = JC_TEXT, .max = 40, .need = JC_MUST, .fix = JC_FIX_HUB },
	{ .id = JC_XM_ALIASES, .name = "aliases", .zh = "别名", .en = "aliases", .type = JC_TEXT,
	  .set = 1, .max = 40, .fix = JC_FIX_HUB },
	{ .id = JC_XM_VERSION, .name = "version", .zh = "版本", .en = "version", .type = JC_INT,
	  .low = 1, .high = 9999, .fix = JC_FIX_HUB },
	{ .id = JC_XM_HIDDEN, .name = "hidden", .zh = "已停用", .en = "hidden", .type = JC_BOOL3,
	  .fix = JC_FIX_HUB, .aliases = A("停用", "隐藏") },
	JC_KINDS_COMMON(JC_PI_N, JC_FIX_HUB),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_xform_kind = {
	.id = JC_XFORM_KIND,
	.name = "xform",
	.zh = "县里设计的表格",
	.en = "county-defined form",
	.aliases = A("自定义表格"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.down = 1,
	.title = "zh",
	.fields = fields,
};
