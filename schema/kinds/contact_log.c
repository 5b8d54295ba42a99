/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A visit, a call, a list handed over (DOMAIN 2.17). No personal hardship. */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice contact_kind[] = {
	{ "visit", "走访", "visit", A("上门") },
	{ "phone", "电话", "phone", A("通话") },
	{ "meeting", "会商", "meeting", A("会议") },
	{ "data", "数据交换", "data exchange", A("数据") },
	{ "party", "党建联系", "Party liaison", A("党建") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "org_id", .zh = "走访单位", .en = "organization visited",
	  .type = JC_REF, .ref = "org", .need = JC_CONDITIONAL, .aliases = A("单位") },
	{ .id = 2, .name = "dept_text", .zh = "联系部门", .en = "department", .type = JC_TEXT,
	  .max = 60, .need = JC_CONDITIONAL, .aliases = A("部门") },
	{ .id = 3, .name = "contact_date", .zh = "走访日期", .en = "date", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_MUST, .aliases = A("联系时间", "日期") },
	{ .id = 4, .name = "kind", .zh = "联系方式", .en = "kind of contact", .type = JC_ENUM,
	  .choices = contact_kind, .need = JC_REQUIRED, .aliases = A("方式") },
	{ .id = 5, .name = "by_person", .zh = "走访人", .en = "by", .type = JC_TEXT, .max = 60,
	  .need = JC_REQUIRED, .pi = JC_PI_P, .aliases = A("联系人") },
	{ .id = 6, .name = "content", .zh = "走访内容", .en = "content", .type = JC_LONG,
	  .aliases = A("内容") },
	{ .id = 7, .name = "issue", .zh = "反映问题", .en = "issue", .type = JC_LONG,
	  .aliases = A("问题") },
	{ .id = 8, .name = "solved", .zh = "解决情况", .en = "solved", .type = JC_LONG },
	{ .id = 9, .name = "data_handed", .zh = "交换数据", .en = "data handed over",
	  .type = JC_TEXT, .max = 80, .need = JC_CONDITIONAL, .aliases = A("数据名称", "条数") },
	{ .id = 10, .name = "next_on", .zh = "下次联系", .en = "next contact", .type = JC_DATE,
	  .aliases = A("下次时间") },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_contact_log_kind = {
	.id = 25,
	.name = "contact_log",
	.zh = "联系走访记录",
	.en = "liaison log",
	.aliases = A("走访记录", "走访", "联系记录"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "contact_date",
	.fields = fields,
};
