/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The three starter checklists (DOMAIN 8). A hub issues them as records (`template issue`); a branch that has
 * received none yet can start a check from them as they stand here. Words of a version that was released
 * never change: what is edited is a new version.
 */
#include "../schema_starter.h"
#include "kinds.h"

/* clang-format off: one item, one entry: number, category, words, method, evidence, severity */
static const struct jc_starter_item union_norm[] = {
	{ "A-01", "ORG", "工会委员会依法选举产生，届期未满",
	  "Committee elected by the rules, term not expired", "doc", "选举结果批复", "2" },
	{ "A-02", "ORG", "经费审查委员会(委员)已设立",
	  "Audit committee or auditor in place", "doc", "名单或批复", "2" },
	{ "A-03", "ORG", "女职工委员会(委员)已设立",
	  "Women workers' committee or commissioner in place", "doc", "名单", "1" },
	{ "A-04", "ORG", "工会小组已划分，小组长明确",
	  "Groups formed, leaders named", "doc", "小组名单", "1" },
	{ "A-05", "ORG", "有牌子、有公章；已办法人证的在有效期内",
	  "Sign and seal exist; certificate, if any, valid", "look", "照片", "1" },
	{ "A-06", "RULE", "会籍、会议、经费、活动、经审五项制度已通过并上墙",
	  "Five rules adopted and on the wall", "look", "照片、通过记录", "2" },
	{ "A-07", "RULE", "主席、委员分工和联系电话公示",
	  "Duties and phone numbers posted", "look", "照片", "1" },
	{ "A-08", "FILE", "会员名册与实有会员一致(抽10人)",
	  "Roster matches real members (10 sampled)", "count", "抽查记录", "2" },
	{ "A-09", "FILE", "入会申请书(登记表)齐全(抽10份)",
	  "Application forms on file (10 sampled)", "doc", "抽查记录", "1" },
	{ "A-10", "FILE", "转入转出、保留、退会均有登记",
	  "Transfers, retained and leaving recorded", "doc", "会籍变动表", "1" },
	{ "A-11", "FUND", "经费单独记账，收支有凭证有审批",
	  "Separate books, vouchers and approvals", "doc", "账页照片", "2" },
	{ "A-12", "FUND", "年度收支经审查并向会员公开",
	  "Yearly accounts audited and shown to members", "doc", "公开照片", "2" },
	{ "A-13", "ACT", "有年度工作(活动)计划并经委员会通过",
	  "Yearly plan adopted by the committee", "doc", "计划、会议记录", "1" },
	{ "A-14", "ACT", "活动有签到、有照片、有小结",
	  "Activities have sign-in, photo, summary", "doc", "台账", "1" },
	{ "A-15", "VENUE", "有固定或共享活动场所，开放时间公示",
	  "Own or shared venue, opening hours posted", "look", "照片", "2" },
	{ "A-16", "DEMO", "每年至少召开一次会员(代表)大会",
	  "Members' meeting at least once a year", "doc", "会议记录、签到", "2" },
	{ "A-17", "DEMO", "每年开展一次会员评家，结果公开",
	  "Yearly member evaluation, result published", "doc", "评家统计表", "1" },
	{ "A-18", "SAFE", "活动场所安全自查有记录，隐患已整改",
	  "Venue self-check recorded, hazards fixed", "doc", "T-C 检查表", "3" },
	{ "A-19", "COH", "困难职工走访和四送有记录有签收",
	  "Visits and four deliveries recorded and signed for", "doc", "签收单", "1" },
	{ "A-20", "COH", "会员诉求有登记有答复(问3人)",
	  "Members' requests recorded and answered (ask 3)", "ask", "登记本", "1" },
	{ NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};

static const struct jc_starter_item so_self[] = {
	{ "B-01", "ORG", "章程有效，理事会或负责人在届",
	  "Charter valid, council or leader in term", "doc", "章程、名单", "2" },
	{ "B-02", "ORG", "党组织或党建联系人明确",
	  "Party organization or contact named", "doc", "批复或联系卡", "1" },
	{ "B-03", "ORG", "已建工会或已纳入联合会覆盖",
	  "Has a union or is covered by the federation", "doc", "批复或覆盖证明", "2" },
	{ "B-04", "ORG", "固定人员岗位职责成文",
	  "Duties of regular staff in writing", "doc", "岗位表", "1" },
	{ "B-05", "RULE", "会议、财务、活动、志愿者制度成文",
	  "Rules for meetings, money, activities, volunteers", "doc", "制度汇编", "2" },
	{ "B-06", "RULE", "主要制度上墙或成册，成员可见",
	  "Main rules on the wall or in a booklet", "look", "照片", "1" },
	{ "B-07", "FILE", "人员和志愿者名册完整",
	  "Staff and volunteer roster complete", "doc", "名册", "1" },
	{ "B-08", "FILE", "登记(备案)证和年检(年报)材料有效",
	  "Registration and yearly report valid", "doc", "证照照片", "2" },
	{ "B-09", "FUND", "收支有凭证有审批，管钱管账分人",
	  "Vouchers and approvals; cash and books by two people", "doc", "账页", "2" },
	{ "B-10", "FUND", "捐赠、物资接收发放有登记有签收",
	  "Donations and goods recorded and signed for", "doc", "签收单", "2" },
	{ "B-11", "ACT", "有年度活动计划，按月安排",
	  "Yearly activity plan by month", "doc", "计划表", "1" },
	{ "B-12", "ACT", "活动有方案、有签到、有小结",
	  "Activities have plan, sign-in, summary", "doc", "台账", "1" },
	{ "B-13", "ACT", "计划外活动不超过总数三成",
	  "Unplanned activities at most 30 per cent", "count", "R07", "1" },
	{ "B-14", "VENUE", "有固定场所或共享场地协议",
	  "Own venue or sharing agreement", "look", "协议、照片", "2" },
	{ "B-15", "DEMO", "重大事项集体决定并有记录",
	  "Major matters decided together and minuted", "doc", "会议记录", "1" },
	{ "B-16", "DEMO", "财务和活动每年向成员公开一次",
	  "Money and activities shown to members yearly", "doc", "公开照片", "1" },
	{ "B-17", "SAFE", "大型、户外、救援活动有安全预案和保障",
	  "Safety plan and cover for large, outdoor, rescue work", "doc", "预案、保障名单", "3" },
	{ "B-18", "COH", "近半年至少参加一次活动的成员过半",
	  "More than half took part in six months", "count", "参加名单", "1" },
	{ "B-19", "COH", "每年做一次服务对象满意度调查",
	  "Yearly satisfaction survey of people served", "doc", "统计表", "1" },
	{ NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};

static const struct jc_starter_item venue_safe[] = {
	{ "C-01", "SAFE", "安全责任人明确，姓名电话上墙",
	  "Responsible person named and posted", "look", "照片", "2" },
	{ "C-02", "SAFE", "灭火器在位、压力正常、未过期",
	  "Fire extinguishers present, charged, in date", "look", "照片", "3" },
	{ "C-03", "SAFE", "安全出口、疏散通道畅通，未锁闭未堆物",
	  "Exits and passages open and clear", "look", "照片", "3" },
	{ "C-04", "SAFE", "疏散指示、应急照明完好",
	  "Exit signs and emergency lights work", "look", "照片", "3" },
	{ "C-05", "SAFE", "电气线路无私拉乱接、无裸露、未超负荷",
	  "No improvised, bare or overloaded wiring", "look", "照片", "3" },
	{ "C-06", "SAFE", "用火用气规范，无违规明火",
	  "Fire and gas used properly", "look", "照片", "3" },
	{ "C-07", "SAFE", "室内、楼道无电动车停放充电",
	  "No e-bike parking or charging inside", "look", "照片", "3" },
	{ "C-08", "SAFE", "门窗无影响逃生的栅栏或留有逃生口",
	  "No bars blocking escape, or an escape opening", "look", "照片", "3" },
	{ "C-09", "SAFE", "场所内无违规住人",
	  "Nobody lives in the venue", "look", "照片", "3" },
	{ "C-10", "VENUE", "屋顶、地面、楼梯、护栏完好",
	  "Roof, floor, stairs, rails sound", "look", "照片", "2" },
	{ "C-11", "VENUE", "额定人数明示，活动不超员",
	  "Capacity posted and respected", "look", "照片、签到", "2" },
	{ "C-12", "RULE", "消防安全制度和报警电话上墙",
	  "Fire rules and emergency number posted", "look", "照片", "1" },
	{ "C-13", "FILE", "每月防火检查有记录",
	  "Monthly fire check recorded", "doc", "检查记录", "2" },
	{ "C-14", "ACT", "大型活动有应急预案和现场安全员",
	  "Large events have a plan and a safety person", "doc", "预案", "3" },
	{ "C-15", "SAFE", "急救箱在位，药品未过期",
	  "First-aid box present, in date", "look", "照片", "1" },
	{ "C-16", "ACT", "高温、雷雨、大风天气有停办规定",
	  "Rule for stopping in heat, storms, wind", "doc", "通知或制度", "2" },
	{ "C-17", "COH", "抽问3人：会报警、会用灭火器、会疏散",
	  "Ask 3: can call, use extinguisher, evacuate", "ask", "记录", "2" },
	{ "C-18", "DEMO", "隐患举报电话公示，举报有回音",
	  "Hazard hotline posted, reports answered", "look", "照片", "1" },
	{ "C-19", "FUND", "设备、物资台账与实物相符",
	  "Equipment list matches reality", "count", "台账", "1" },
	{ NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};

static const struct jc_starter table[] = {
	{ "UNION-NORM", 1, "基层工会规范化建设自查表", "standardised union branch", "union_norm", A("union"),
	  "对照“六有”看组织、制度、档案、经费、活动和阵地，缺什么补什么。", "Where a branch stands against the rules of a well-run union.", union_norm },
	{ "SO-SELF", 1, "社会组织自我管理提升清单", "self-management of a social organization", "social_self", A("social"),
	  "帮社会组织把制度、活动、场所和财务一件件管起来。", "What a social organization puts in order by itself.", so_self },
	{ "VENUE-SAFE", 1, "活动场所与活动安全检查表", "venue and activity safety", "venue_safety", A("venue", "union", "social", "employer"),
	  "办活动之前看一遍，场所和活动都不出事。", "Looked through before people come together.", venue_safe },
	{ NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};
/* clang-format on */

const struct jc_starter *
jc_starters(void)
{
	return table;
}

int
jc_starter_days(const char *severity)
{
	return severity == NULL ? 15 : severity[0] == '1' ? 30 : severity[0] == '3' ? 3 : 15;
}
