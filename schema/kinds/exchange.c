/* SPDX-License-Identifier: MulanPSL-2.0 */
/* People who serve on the other side, and posts held (DOMAIN 2.15, states of W8). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice direction[] = {
	{ "union_to_so", "工会→社会组织", "union to social organization", A("工会到社会组织") },
	{ "so_to_union", "社会组织→工会", "social organization to union", A("社会组织到工会") },
	{ "within", "工会系统内任职", "post within the unions", A("系统内任职") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice exchange_kind[] = {
	{ "secondment", "挂职", "secondment", NULL },
	{ "parttime", "兼职", "part-time", NULL },
	{ "guide", "指导员", "guide", NULL },
	{ "hire", "聘用(社会化工会工作者)", "hired", A("聘用") },
	{ "elected", "选任", "elected", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice exchange_state[] = {
	{ "proposed", "拟定", "proposed", NULL },
	{ "agreed", "双方同意", "agreed", NULL },
	{ "active", "任职中", "serving", NULL },
	{ "ended", "期满", "ended", NULL },
	{ "recalled", "召回", "recalled", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "person_member_id", .zh = "人员(会员)", .en = "person", .type = JC_REF,
	  .ref = "member", .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("会员") },
	{ .id = 2, .name = "person_text", .zh = "人员(非会员)", .en = "person's name",
	  .type = JC_TEXT, .max = 30, .form = JC_FORM_NAME, .need = JC_CONDITIONAL,
	  .pi = JC_PI_P, .aliases = A("姓名", "人员") },
	{ .id = 3, .name = "direction", .zh = "交流方向", .en = "direction", .type = JC_ENUM,
	  .choices = direction, .need = JC_MUST, .fix = JC_FIX_COUNTY, .aliases = A("方向") },
	{ .id = 4, .name = "from_org_id", .zh = "派出单位", .en = "from organization",
	  .type = JC_REF, .ref = "org", .need = JC_REQUIRED, .fix = JC_FIX_COUNTY,
	  .aliases = A("原单位") },
	{ .id = 5, .name = "to_org_id", .zh = "接收单位", .en = "to organization", .type = JC_REF,
	  .ref = "org", .need = JC_REQUIRED, .fix = JC_FIX_COUNTY, .aliases = A("任职单位") },
	{ .id = 6, .name = "post", .zh = "职务", .en = "post", .type = JC_TEXT, .max = 40,
	  .need = JC_REQUIRED, .pi = JC_PI_P },
	{ .id = 7, .name = "kind", .zh = "任职形式", .en = "form of service", .type = JC_ENUM,
	  .choices = exchange_kind, .need = JC_REQUIRED, .pi = JC_PI_P, .aliases = A("形式") },
	{ .id = 8, .name = "doc_no", .zh = "文号", .en = "document", .type = JC_TEXT, .max = 60,
	  .form = JC_FORM_DOCNO, .need = JC_REQUIRED, .aliases = A("任职文号") },
	{ .id = 9, .name = "from", .zh = "任职起", .en = "from", .type = JC_DATE,
	  .need = JC_REQUIRED, .aliases = A("任职时间", "开始日期") },
	{ .id = 10, .name = "to", .zh = "任职止", .en = "to", .type = JC_DATE,
	  .need = JC_REQUIRED, .aliases = A("交流期限", "结束日期") },
	{ .id = 11, .name = "outcome", .zh = "工作成效", .en = "outcome", .type = JC_LONG,
	  .aliases = A("成效") },
	{ .id = 12, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = exchange_state, .derived = 1, .fix = JC_FIX_SYSTEM },
	{ .id = 13, .name = "state_on", .zh = "状态日期", .en = "state since", .type = JC_DATE,
	  .derived = 1, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_exchange_kind = {
	.id = 21,
	.name = "exchange",
	.zh = "人员互通",
	.en = "personnel exchange",
	.aliases = A("人员交流", "任职", "人员互通与任职"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "post",
	.fields = fields,
};
