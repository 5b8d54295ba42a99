/* SPDX-License-Identifier: MulanPSL-2.0 */
/* What travels both ways as information: policies, notices, supply and demand (DOMAIN 2.19, W10). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice notice_type[] = {
	{ "policy", "政策", "policy", NULL },
	{ "notice", "通知", "notice", NULL },
	{ "supply", "供给(服务、场地、师资)", "supply", A("供给") },
	{ "demand", "需求", "demand", NULL },
	{ "provider", "服务单位推介", "provider", A("服务单位") },
	{ "job", "岗位", "job", A("招聘") },
	{ "experience", "典型经验", "experience", A("经验") },
	{ "form", "表格下发", "form to fill", A("表格") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice audience[] = {
	{ "all", "全部", "all", A("所有") },
	{ "unions", "工会", "unions", NULL },
	{ "social", "社会组织", "social organizations", NULL },
	{ "region", "指定区域", "listed regions", A("区域") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice notice_state[] = {
	{ "draft", "草稿", "draft", NULL },
	{ "open", "已发布", "open", NULL },
	{ "matched", "已对接", "matched", NULL },
	{ "replied", "已回复", "replied", NULL },
	{ "expired", "已过期", "expired", NULL },
	{ "closed", "办结", "closed", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "notice_type", .zh = "信息类别", .en = "type", .type = JC_ENUM,
	  .choices = notice_type, .need = JC_MUST, .aliases = A("类别") },
	{ .id = 2, .name = "title", .zh = "标题", .en = "title", .type = JC_TEXT, .max = 80,
	  .need = JC_MUST },
	{ .id = 3, .name = "body", .zh = "正文", .en = "body", .type = JC_LONG,
	  .aliases = A("内容") },
	{ .id = 4, .name = "from_org_id", .zh = "发布单位", .en = "from organization",
	  .type = JC_REF, .ref = "org", .need = JC_MUST, .fix = JC_FIX_SYSTEM },
	{ .id = 5, .name = "audience", .zh = "发送范围", .en = "audience", .type = JC_ENUM,
	  .set = 1, .choices = audience, .need = JC_REQUIRED, .aliases = A("范围") },
	{ .id = 6, .name = "regions", .zh = "指定区划", .en = "listed regions", .type = JC_REGION,
	  .set = 1 },
	{ .id = 7, .name = "valid_to", .zh = "有效期至", .en = "valid to", .type = JC_DATE,
	  .need = JC_REQUIRED, .aliases = A("有效期") },
	{ .id = 8, .name = "needs_reply", .zh = "需回复", .en = "needs reply",
	  .type = JC_BOOL3 },
	{ .id = 9, .name = "reply_by", .zh = "回复截止", .en = "reply by", .type = JC_DATE,
	  .aliases = A("截止", "截止时间") },
	{ .id = 10, .name = "matched_to", .zh = "对接结果", .en = "matched to", .type = JC_REF,
	  .ref = "*", .aliases = A("对接情况") },
	{ .id = 11, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = notice_state, .derived = 1, .fix = JC_FIX_SYSTEM },
	{ .id = 12, .name = "state_on", .zh = "状态日期", .en = "state since", .type = JC_DATE,
	  .derived = 1, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_notice_kind = {
	.id = 28,
	.name = "notice",
	.zh = "信息条目",
	.en = "information item",
	.aliases = A("信息", "通知", "信息服务条目"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.down = 1,
	.title = "title",
	.fields = fields,
};
