/* SPDX-License-Identifier: MulanPSL-2.0 */
/* 我有异议: a branch does not agree with what the county corrected (DOMAIN 6.4). It goes as far as its record. */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice answer[] = {
	{ "kept", "维持更正", "correction kept", A("维持") },
	{ "restored", "改回原值", "put back", A("改回") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "subject_kind", .zh = "记录种类", .en = "kind of record", .type = JC_TEXT,
	  .max = 32, .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 2, .name = "subject_id", .zh = "哪条记录", .en = "record", .type = JC_REF,
	  .ref = "*", .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 3, .name = "field", .zh = "哪一项", .en = "field", .type = JC_TEXT, .max = 40,
	  .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 4, .name = "reason", .zh = "异议理由", .en = "objection", .type = JC_LONG,
	  .max = 500, .need = JC_MUST, .pi = JC_PI_P, .aliases = A("理由") },
	{ .id = 5, .name = "said_on", .zh = "提出日期", .en = "said on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_REQUIRED },
	{ .id = 6, .name = "answer", .zh = "县里答复", .en = "answer", .type = JC_ENUM,
	  .choices = answer, .fix = JC_FIX_COUNTY, .aliases = A("答复") },
	{ .id = 7, .name = "answer_text", .zh = "答复说明", .en = "answer in words", .type = JC_LONG,
	  .max = 500, .pi = JC_PI_P, .fix = JC_FIX_COUNTY },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_objection_kind = {
	.id = 63,
	.name = "objection",
	.zh = "对更正的异议",
	.en = "objection",
	.aliases = A("异议"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.tier_by = "subject_kind",
	.title = "field",
	.fields = fields,
};
