/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A piece of research and what became of its advice (DOMAIN 2.16, states of W9). */
#include "kinds.h"

/* clang-format off: one field, one entry */
static const struct jc_choice topic[] = {
	{ "safety", "安全劳保", "safety", A("安全生产", "劳动保护") },
	{ "wages", "工资权益", "wages", A("工资") },
	{ "skills", "技能", "skills", NULL },
	{ "new_forms", "新就业形态", "new employment forms", NULL },
	{ "rural", "乡村职工", "rural workers", NULL },
	{ "cohesion", "凝聚力", "cohesion", NULL },
	{ "policy", "政策落实", "policy", NULL },
	{ "other", "其他", "other", A("其它") },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice methods[] = {
	{ "interview", "座谈", "interview", A("访谈") },
	{ "questionnaire", "问卷", "questionnaire", A("问卷调查") },
	{ "visit", "走访", "visit", NULL },
	{ "data", "数据分析", "data analysis", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice adoption[] = {
	{ "none", "未反馈", "no reply", A("无") },
	{ "noted", "批示", "noted", A("获批示") },
	{ "adopted", "采纳", "adopted", A("已采纳") },
	{ "policy", "形成文件", "became policy", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_choice research_state[] = {
	{ "topic", "选题", "topic chosen", NULL },
	{ "fieldwork", "调研中", "fieldwork", NULL },
	{ "drafted", "成稿", "drafted", NULL },
	{ "submitted", "已报送", "submitted", NULL },
	{ "adopted", "采纳", "adopted", NULL },
	{ "noted", "批示", "noted", NULL },
	{ "no_reply", "无反馈", "no reply", NULL },
	{ "archived", "归档", "archived", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct jc_field fields[] = {
	{ .id = 1, .name = "title", .zh = "调研课题", .en = "title", .type = JC_TEXT, .max = 80,
	  .need = JC_MUST, .aliases = A("课题名称", "课题", "名称") },
	{ .id = 2, .name = "year", .zh = "年度", .en = "year", .type = JC_INT,
	  .low = 2000, .high = 2100, .need = JC_MUST },
	{ .id = 3, .name = "lead_org_id", .zh = "牵头单位", .en = "lead", .type = JC_REF,
	  .ref = "org", .need = JC_REQUIRED, .aliases = A("承担单位") },
	{ .id = 4, .name = "provider_org_id", .zh = "受托社会组织", .en = "entrusted organization",
	  .type = JC_REF, .ref = "org" },
	{ .id = 5, .name = "topic", .zh = "主题", .en = "topic", .type = JC_ENUM,
	  .choices = topic, .need = JC_REQUIRED, .fix = JC_FIX_COUNTY, .aliases = A("方向") },
	{ .id = 6, .name = "methods", .zh = "调研方式", .en = "methods", .type = JC_ENUM,
	  .set = 1, .choices = methods },
	{ .id = 7, .name = "sample_n", .zh = "样本数", .en = "sample", .type = JC_INT,
	  .low = 0, .high = 1000000000 },
	{ .id = 8, .name = "places", .zh = "调研地点", .en = "places", .type = JC_REGION,
	  .set = 1, .aliases = A("地点") },
	{ .id = 9, .name = "finding", .zh = "主要发现", .en = "findings", .type = JC_LONG,
	  .need = JC_REQUIRED, .aliases = A("主要问题") },
	{ .id = 10, .name = "advice", .zh = "意见建议", .en = "advice", .type = JC_LONG,
	  .need = JC_REQUIRED, .aliases = A("建议") },
	{ .id = 11, .name = "submitted_to", .zh = "报送对象", .en = "submitted to",
	  .type = JC_TEXT, .set = 1, .max = 60, .need = JC_CONDITIONAL },
	{ .id = 12, .name = "submitted_on", .zh = "报送日期", .en = "submitted on",
	  .type = JC_DATE, .form = JC_FORM_PAST, .need = JC_CONDITIONAL,
	  .aliases = A("报送时间") },
	{ .id = 13, .name = "adoption", .zh = "采纳情况", .en = "adoption", .type = JC_ENUM,
	  .choices = adoption, .fix = JC_FIX_COUNTY, .aliases = A("批示情况") },
	{ .id = 14, .name = "adopted_by", .zh = "采纳单位", .en = "adopted by", .type = JC_TEXT,
	  .max = 60, .fix = JC_FIX_COUNTY },
	{ .id = 15, .name = "adopted_on", .zh = "采纳日期", .en = "adopted on", .type = JC_DATE,
	  .form = JC_FORM_PAST, .fix = JC_FIX_COUNTY },
	{ .id = 16, .name = "state", .zh = "状态", .en = "state", .type = JC_ENUM,
	  .choices = research_state, .derived = 1, .fix = JC_FIX_SYSTEM },
	{ .id = 17, .name = "state_on", .zh = "状态日期", .en = "state since", .type = JC_DATE,
	  .derived = 1, .fix = JC_FIX_SYSTEM },
	JC_KINDS_COMMON(JC_PI_P, JC_FIX_BRANCH),
	{ .id = 0 },
};
/* clang-format on */

const struct jc_kind jc_research_kind = {
	.id = 23,
	.name = "research",
	.zh = "专项调研",
	.en = "research",
	.aliases = A("调研", "调查研究"),
	.version = 1,
	.ceiling = JC_TIER_CITY,
	.title = "title",
	.fields = fields,
};
