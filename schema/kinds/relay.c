/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Not for people: a hub says that it passes a scope on (FORMAT 19). In its own scope at the hub above:
 * "this is a scope of mine, I shall bring its city tier". In its `common`: "this flows down from above".
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_field fields[] = {
	{ .id = 1, .name = "scope", .zh = "内容编号", .en = "scope", .type = JC_TEXT, .max = 12,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 2, .name = "network", .zh = "网络编号", .en = "network", .type = JC_TEXT, .max = 12,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 3, .name = "role", .zh = "用途", .en = "role", .type = JC_TEXT, .max = 7,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 4, .name = "name", .zh = "名称", .en = "name", .type = JC_TEXT, .max = 120,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 5, .name = "authority", .zh = "主管设备", .en = "authority", .type = JC_TEXT, .max = 12,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 6, .name = "founding", .zh = "创立记录", .en = "founding", .type = JC_TEXT, .max = 43,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 7, .name = "key", .zh = "主管设备公钥", .en = "authority's key", .type = JC_TEXT,
	  .max = 43, .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_relay_kind = {
	.id = 62,
	.name = "relay",
	.zh = "上下级转送",
	.en = "relay",
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.down = 1,
	.title = "scope",
	.fields = fields,
};
