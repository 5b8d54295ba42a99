/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Who was at an activity (DOMAIN 2.5). The names of people who are no members never leave the branch, so
 * the whole list does not; what goes higher are the counts in the activity. Counselling and legal aid
 * keep no list at all, and who was helped by the four deliveries stands in assist.
 */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice role[] = {
	{ "attendee", "参加", "attendee", A("参加人", "参会") },
	{ "beneficiary", "受益", "beneficiary", A("受益人") },
	{ "volunteer", "志愿者", "volunteer", A("志愿服务") },
	{ "speaker", "主讲", "speaker", A("授课") },
	{ "judge", "裁判", "judge", A("评委") },
	{ "competitor", "参赛", "competitor", A("选手", "参赛选手") },
	{ "organizer", "组织", "organizer", A("组织者", "工作人员") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "activity_id", .zh = "活动", .en = "activity", .type = JC_REF,
	  .ref = "activity", .need = JC_MUST, .fix = JC_FIX_SYSTEM, .aliases = A("活动名称") },
	{ .id = 2, .name = "member_id", .zh = "会员", .en = "member", .type = JC_REF,
	  .ref = "member", .need = JC_CONDITIONAL, .pi = JC_PI_P, .aliases = A("会员姓名") },
	{ .id = 3, .name = "name", .zh = "姓名(非会员)", .en = "name", .type = JC_TEXT, .max = 30,
	  .form = JC_FORM_NAME, .need = JC_CONDITIONAL, .pi = JC_PI_P,
	  .aliases = A("姓名", "名字") },
	{ .id = 4, .name = "phone", .zh = "电话", .en = "phone", .type = JC_PHONE,
	  .pi = JC_PI_P, .aliases = A("联系电话") },
	{ .id = 5, .name = "unit_text", .zh = "单位(小组)", .en = "unit", .type = JC_TEXT,
	  .max = 40, .pi = JC_PI_P, .aliases = A("单位", "小组", "工作单位") },
	{ .id = 6, .name = "role", .zh = "角色", .en = "role", .type = JC_ENUM, .choices = role,
	  .need = JC_REQUIRED, .pi = JC_PI_P, .aliases = A("身份") },
	{ .id = 7, .name = "signed", .zh = "已签到", .en = "signed in", .type = JC_BOOL3,
	  .pi = JC_PI_P, .aliases = A("签到", "签名") },
	{ .id = 8, .name = "hours", .zh = "服务时长", .en = "hours", .type = JC_DECIMAL,
	  .scale = 1, .low = 0, .high = 240, .pi = JC_PI_P, .aliases = A("时长", "小时") },
	{ .id = 9, .name = "team", .zh = "队名", .en = "team", .type = JC_TEXT, .max = 30,
	  .aliases = A("队伍", "代表队") },
	{ .id = 10, .name = "score", .zh = "成绩", .en = "score", .type = JC_DECIMAL,
	  .scale = 2, .low = 0, .high = 1000000000, .pi = JC_PI_P, .aliases = A("得分") },
	{ .id = 11, .name = "result_rank", .zh = "名次", .en = "rank", .type = JC_INT,
	  .low = 1, .high = 100000, .pi = JC_PI_P, .aliases = A("排名") },
	{ .id = 12, .name = "award", .zh = "奖项", .en = "award", .type = JC_TEXT, .max = 30,
	  .pi = JC_PI_P, .aliases = A("获奖情况") },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_participant_kind = {
	.id = 10,
	.name = "participant",
	.zh = "参加人员",
	.en = "participant",
	.aliases = A("签到表", "参加人", "参与人员"),
	.version = 1,
	.ceiling = JC_TIER_BRANCH,
	.title = "name",
	.fields = fields,
};
