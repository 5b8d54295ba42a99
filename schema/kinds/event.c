/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A move of a record that has states but no event kind of its own (DOMAIN 7): which record, which move,
 * when, and what the table of moves asked for. It travels no further than the record that it moves.
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_field fields[] = {
	{ .id = 1, .name = "subject_kind", .zh = "对象类别", .en = "subject kind",
	  .type = JC_TEXT, .max = 32, .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 2, .name = "subject_id", .zh = "办理对象", .en = "subject", .type = JC_REF,
	  .ref = "*", .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 3, .name = "move", .zh = "办理动作", .en = "move", .type = JC_ENUM,
	  .choices = jc_list_move, .need = JC_MUST, .fix = JC_FIX_COUNTY,
	  .aliases = A("动作") },
	{ .id = 4, .name = "event_date", .zh = "办理日期", .en = "date", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("日期") },
	{ .id = 5, .name = "doc_no", .zh = "文号", .en = "document number", .type = JC_TEXT,
	  .max = 60, .form = JC_FORM_DOCNO, .need = JC_CONDITIONAL, .fix = JC_FIX_COUNTY },
	{ .id = 6, .name = "reason", .zh = "理由", .en = "reason", .type = JC_LONG,
	  .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("原因", "办理意见") },
	{ .id = 7, .name = "by_person", .zh = "办理人", .en = "by", .type = JC_TEXT, .max = 60,
	  .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("经办人", "复查人") },
	{ .id = 8, .name = "second_person", .zh = "第二复查人", .en = "second reviewer",
	  .type = JC_TEXT, .max = 60, .form = JC_FORM_NAME, .need = JC_CONDITIONAL,
	  .pi = JC_PI_P },
	{ .id = 9, .name = "old_date", .zh = "原日期", .en = "old date", .type = JC_DATE },
	{ .id = 10, .name = "new_date", .zh = "新日期", .en = "new date", .type = JC_DATE,
	  .need = JC_CONDITIONAL, .aliases = A("新期限") },
	{ .id = 11, .name = "to_org_id", .zh = "提请单位", .en = "organization asked",
	  .type = JC_REF, .ref = "org", .need = JC_CONDITIONAL },
	{ .id = 12, .name = "link_id", .zh = "相关记录", .en = "linked record", .type = JC_REF,
	  .ref = "*", .need = JC_CONDITIONAL },
	{ .id = 13, .name = "flow_version", .zh = "流程版本", .en = "flow version",
	  .type = JC_INT, .low = 1, .high = 9999, .fix = JC_FIX_SYSTEM },
	{ .id = 14, .name = "echo_of", .zh = "对方的流程记录", .en = "event at the other side",
	  .type = JC_TEXT, .max = 12, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_event_kind = {
	.id = 31,
	.name = "event",
	.zh = "流程记录",
	.en = "workflow event",
	.aliases = A("办理记录"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.tier_by = "subject_kind",
	.title = "move",
	.fields = fields,
};
