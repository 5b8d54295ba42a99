/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A rule of an organization and whether people can see it (DOMAIN 2.18). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice rule_type[] = {
	{ "charter", "章程", "charter", NULL },
	{ "member", "会员管理", "membership", NULL },
	{ "meeting", "会议议事", "meetings", A("会议") },
	{ "finance", "经费财务", "finance", A("财务", "经费") },
	{ "activity", "活动管理", "activities", A("活动") },
	{ "audit", "经费审查", "audit", A("经审") },
	{ "women", "女职工", "women", NULL },
	{ "safety", "安全", "safety", NULL },
	{ "archive", "档案", "files", NULL },
	{ "volunteer", "志愿者", "volunteers", NULL },
	{ "other", "其他", "other", A("其它") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice adopted_by[] = {
	{ "congress", "会员(代表)大会", "congress", A("会员大会", "会员代表大会") },
	{ "committee", "委员会", "committee", NULL },
	{ "council", "理事会", "council", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice rule_state[] = {
	{ "draft", "草案", "draft", A("草稿") },
	{ "adopted", "通过", "adopted", A("已通过") },
	{ "posted", "上墙", "posted", A("已上墙") },
	{ "abolished", "废止", "abolished", A("已废止") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "org_id", .zh = "单位", .en = "organization", .type = JC_REF,
	  .ref = "org", .need = JC_MUST, .aliases = A("单位名称") },
	{ .id = 2, .name = "title", .zh = "制度名称", .en = "title", .type = JC_TEXT, .max = 60,
	  .need = JC_MUST, .aliases = A("名称") },
	{ .id = 3, .name = "rule_type", .zh = "制度类别", .en = "type", .type = JC_ENUM,
	  .choices = rule_type, .need = JC_REQUIRED, .aliases = A("类别") },
	{ .id = 4, .name = "adopted_by", .zh = "审议机构", .en = "adopted by", .type = JC_ENUM,
	  .choices = adopted_by, .need = JC_REQUIRED, .aliases = A("通过机构") },
	{ .id = 5, .name = "adopted_on", .zh = "通过日期", .en = "adopted on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .need = JC_REQUIRED, .aliases = A("通过时间") },
	{ .id = 6, .name = "on_wall", .zh = "是否上墙", .en = "on the wall", .type = JC_BOOL3,
	  .need = JC_REQUIRED, .aliases = A("公示") },
	{ .id = 7, .name = "revised_on", .zh = "修订日期", .en = "revised", .type = JC_DATE,
	  .form = JC_FORM_PAST, .aliases = A("修订时间") },
	{ .id = 8, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = rule_state, .need = JC_REQUIRED },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_rule_doc_kind = {
	.id = 26,
	.name = "rule_doc",
	.zh = "规章制度",
	.en = "rule document",
	.aliases = A("制度"),
	.version = 1,
	.ceiling = JC_TIER_COUNTY,
	.title = "title",
	.fields = fields,
};
