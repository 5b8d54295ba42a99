/* SPDX-License-Identifier: MulanPSL-2.0 */
/* R01 to R04: organizations and union building. */
#include "report_defs.h"

/* clang-format off: one column, one line */

/* ---- R01 ---- */
/* Should have a union: an active social organization that no active union covers, with a Party organization (A),
 * 25 people and more (B), or a key target (C). */
static const char r01_sql[] =
    "WITH o AS MATERIALIZED (SELECT r.id, k.name, k.uscc, k.function_class, k.legal_form,"
    " k.party_org_status, k.party_org_name,"
    "       k.party_founded_on, k.union_id, k.org_kind, k.org_status, k.contact_name,"
    " k.contact_phone, k.region_code, k.survey_on,"
    "       COALESCE(k.staff_full, 0) + COALESCE(k.staff_part, 0) AS staff,"
    " " HAS_PARTY("k") " AS party,"
    "       COALESCE(k.key_target,"
    " '0') = '1' AS key_target" LIVE("org", "k") "WHERE " OPEN_ORG("k") "), " ONE_SOCIAL ","
    " c AS MATERIALIZED (SELECT b.org_id, max(b.rec) AS rec, r.id AS id, b.state, b.block_reason,"
    "       (SELECT max(f.day) FROM flow_step f WHERE f.subject = b.rec AND f.ok = 1) AS day"
    LIVE("build_case", "b") "GROUP BY b.org_id)"
    "SELECT o.id AS id, o.id AS org, o.name AS name, o.uscc AS uscc, o.function_class AS class,"
    " o.legal_form AS form,"
    "       o.party_org_status AS party, o.party_org_name AS party_name,"
    " o.party_founded_on AS party_on, o.staff AS staff,"
    "       '[' || rtrim(CASE WHEN o.party THEN '\"party\",' ELSE '' END || CASE"
    " WHEN o.staff >= 25 THEN '\"law25\",' ELSE '' END ||"
    "       CASE WHEN o.key_target THEN '\"key\",' ELSE '' END, ',') || ']' AS basis,"
    " c.state AS state,"
    "       CAST(julianday(:today) - julianday(COALESCE(c.day,"
    " o.survey_on)) AS INTEGER) AS days, c.block_reason AS why,"
    "       o.contact_name AS contact, o.contact_phone AS phone, c.id AS case_id"
    "  FROM o JOIN one ON one.id = o.id LEFT JOIN o u ON u.id = o.union_id AND u.org_kind = 'union'"
    " AND COALESCE(u.org_status, 'active') = 'active'"
    "  LEFT JOIN c ON c.org_id = o.id"
    " WHERE o.org_kind = 'social' AND COALESCE(o.org_status, 'active') = 'active' AND u.id IS NULL"
    "   AND (o.party AND instr(:basis, 'party') > 0 OR o.staff >= 25 AND instr(:basis, 'law25') > 0"
    "        OR o.key_target AND instr(:basis, 'key') > 0)"
    " ORDER BY o.region_code IS NULL, o.region_code, o.name";
static const struct jc_report_column r01_columns[] = {
	SHOW("name", "名称", "name", NULL, NULL),
	SHOW("uscc", "信用代码", "credit code", "org", "uscc"),
	SHOW("class", "四类", "class", "org", "function_class"),
	SHOW("form", "法定类别", "legal form", "org", "legal_form"),
	WORDS("town_name", "乡镇", "township"),
	WORDS("authority_name", "主管部门", "authority"),
	SHOW("party", "党组织情况", "Party organization", "org", "party_org_status"),
	WORDS("party_name", "党组织名称", "its name"),
	DAY("party_on", "党组织成立日期", "since"),
	SUM("staff", "职工数", "staff"),
	SHOW("basis", "应建依据", "why it should", "build_case", "reason"),
	SHOW("state", "建会状态", "state", "build_case", "state"),
	NUM("days", "停留天数", "days in it"),
	SHOW("why", "未建原因", "why not yet", "build_case", "block_reason"),
	NAME("contact", "联系人", "contact"),
	PHONE("phone", "电话", "phone", "org", "contact_phone"),
	{COL("case_id", "建会任务", "case", JC_R_TEXT, JC_R_SHOW), .flags = JC_R_HIDDEN | JC_R_LINK},
	END_COLUMNS
};
static const struct jc_report_table r01_tables[] = {
	{.id = "R01", .zh = "应建未建名单", .en = "should have a union, has none", .list = 1, .record = "org",
	 .columns = r01_columns, .sql = {r01_sql},
	 .landscape = 1, .wide = 1, .begin_kind = "build_case", .begin_field = "org_id", .begin_link = "case_id",
	 .note_zh = "应建依据：有党组织；职工25人以上（会员人数要等入会后才知道，先按职工数算）；重点对象。不具备条件的是已核实过的。",
	 .note_en = "Why: it has a Party organization; 25 staff and more (a proxy for members before anybody has joined); it is a key target."},
	END_TABLES
};
const struct jc_report r_report_01 = {"R01", "应建未建名单", "should have a union, has none", "county fed", r01_tables, 0};

/* ---- R02 ---- */
static const char r02_sql[] =
    "WITH o AS MATERIALIZED (SELECT r.id, k.org_kind, k.org_status, k.union_id, k.union_type,"
    " " HAS_PARTY("k") " AS party,"
    "       COALESCE(k.key_target,"
    " '0') = '1' AS key_target" LIVE("org", "k") "WHERE " OPEN_ORG("k") "), " ONE_SOCIAL
    " SELECT o.id AS id, o.id AS org, 1 AS orgs, o.party AS party, o.key_target AS key_orgs,"
    "       u.id IS NOT NULL AND COALESCE(u.union_type, '') NOT IN ('basic_joint',"
    " 'fed_social', 'fed_region', 'fed_industry') AS own,"
    "       u.id IS NOT NULL AND COALESCE(u.union_type, '') = 'basic_joint' AS joint,"
    "       u.id IS NOT NULL AND COALESCE(u.union_type, '') IN ('fed_social', 'fed_region',"
    " 'fed_industry') AS fed,"
    "       u.id IS NOT NULL AS covered, u.id IS NOT NULL AND o.party AS party_covered,"
    "       u.id IS NOT NULL AND o.key_target AS key_covered"
    "  FROM o JOIN one ON one.id = o.id LEFT JOIN o u ON u.id = o.union_id AND u.org_kind = 'union'"
    " AND COALESCE(u.org_status, 'active') = 'active'"
    " WHERE o.org_kind = 'social'";
static const struct jc_report_column r02_columns[] = {
	SUM("orgs", "社会组织数", "organizations"),
	SUM("party", "有党组织数", "with a Party organization"),
	SUM_IN("own", "单独建会", "own union", "已覆盖", "covered"),
	SUM_IN("joint", "联合建会", "joint union", "已覆盖", "covered"),
	SUM_IN("fed", "联合会覆盖", "by a federation", "已覆盖", "covered"),
	SUM_IN("covered", "覆盖合计", "in all", "已覆盖", "covered"),
	RATE("rate", "覆盖率", "coverage", "covered", "orgs"),
	HIDDEN("party_covered"),
	RATE("party_rate", "有党组织覆盖率", "coverage of those with a Party organization", "party_covered", "party"),
	SUM("key_orgs", "重点对象数", "key targets"),
	HIDDEN("key_covered"),
	RATE("key_rate", "重点对象覆盖率", "coverage of key targets", "key_covered", "key_orgs"),
	END_COLUMNS
};
static const struct jc_report_dim r02_dims[] = {DIM("class", "类别", "class", "org", "function_class", 1), END_DIMS};
static const struct jc_report_table r02_tables[] = {
	{.id = "R02", .zh = "四类社会组织工会覆盖率", .en = "union coverage by class", .columns = r02_columns, .dims = r02_dims, .ndefault = 1,
	 .sql = {r02_sql}, .landscape = 1, .note_zh = "没有对象的格子空着，不写 0% 或 100%。", .note_en = "Where there is nothing to cover the rate is blank."},
	END_TABLES
};
const struct jc_report r_report_02 = {"R02", "四类社会组织工会覆盖率", "union coverage by class", "county city", r02_tables, 0};

/* ---- R03 ---- */
static const struct jc_report_column r03_columns[] = {
	SUM("orgs", "社会组织数", "organizations"),
	HIDDEN("all_orgs"),
	RATE("share", "占比", "share", "orgs", "all_orgs"),
	END_COLUMNS
};
static const struct jc_report_dim r03_dims[] = {DIM("item", "项目", "fact", NULL, NULL, 0), DIM("value", "分类", "value", NULL, NULL, 0), END_DIMS};
#define VISIT_CTE "WITH v AS MATERIALIZED (SELECT c.org_id AS org_id, max(c.contact_date) AS day" LIVE("contact_log", "c") \
	"WHERE c.org_id IS NOT NULL GROUP BY c.org_id)"
#define SOCIAL_DETAIL VISIT_CTE ", " ONE_SOCIAL \
    " SELECT r.id AS id, r.id AS org, k.name AS name, k.function_class AS class, k.liaison_member_id AS liaison, v.day AS visited," \
    "       CAST(julianday(:today) - julianday(v.day) AS INTEGER) AS days, k.survey_on AS surveyed, " R_SOCIAL_MISSING " AS missing," \
    "       (16 - (" R_SOCIAL_MISSING ")) * 10000 / 16 AS whole" LIVE("org", "k") "LEFT JOIN v ON v.org_id = r.id" \
    " WHERE k.org_kind = 'social' AND r.id IN (SELECT id FROM one)"
static const char r03b_sql[] = SOCIAL_DETAIL " ORDER BY k.region_code, k.name";
static const char r03c_sql[] = SOCIAL_DETAIL " AND (v.day IS NULL OR julianday(:today) - julianday(v.day) > 180) ORDER BY v.day, k.name";
static const struct jc_report_column r03b_columns[] = {
	WORDS("name", "名称", "name"),
	SHOW("class", "四类", "class", "org", "function_class"),
	WORDS("town_name", "乡镇", "township"),
	WORDS("authority_name", "主管部门", "authority"),
	DAY("visited", "最近走访", "last visit"),
	NUM("days", "距今天数", "days ago"),
	DAY("surveyed", "摸底日期", "surveyed on"),
	SUM("missing", "缺项数", "missing facts"),
	{COL("whole", "完整率", "complete", JC_R_PERCENT, JC_R_SHOW)},
	END_COLUMNS
};
static const struct jc_report_table r03_tables[] = {
	{.id = "R03", .zh = "社会组织数据库汇总表", .en = "database of social organizations", .columns = r03_columns, .dims = r03_dims, .ndefault = 2,
	 .calc = r_social_summary, .plain = 1,
	 .note_zh = "资金来源、活动内容、工作方式可以选多项，各类相加可能超过总数；占比都按社会组织总数算。",
	 .note_en = "Sources, contents and ways can be several: they may add up to more than all. Shares are of all organizations."},
	{.id = "R03b", .zh = "社会组织明细", .en = "organizations one by one", .list = 1, .record = "org",
	 .columns = r03b_columns, .sql = {r03b_sql}, .landscape = 1},
	{.id = "R03c", .zh = "超过180天没有走访的", .en = "not visited for over 180 days", .list = 1, .record = "org",
	 .columns = r03b_columns, .sql = {r03c_sql}, .landscape = 1},
	END_TABLES
};
const struct jc_report r_report_03 = {"R03", "社会组织数据库汇总表", "database of social organizations", "county city", r03_tables, 0};

/* ---- R04 ---- */
#define STEP_DAY(s) "(SELECT max(f.day) FROM flow_step f WHERE f.subject = b.rec AND f.ok = 1 AND f.to_state = '" s "')"
static const char r04_sql[] =
    "SELECT r.id AS id, b.org_id AS org, o.function_class AS class, b.form AS form,"
    " b.state AS state,"
    "       COALESCE(" STEP_DAY("survey") ","
    " o.survey_on) AS survey," STEP_DAY("mobilise") " AS mobilise,"
    " " STEP_DAY("prepare") " AS prepare,"
    "       " STEP_DAY("approved") " AS approved, " STEP_DAY("congress") " AS congress,"
    " " STEP_DAY("filing") " AS filing,"
    "       " STEP_DAY("built") " AS built,"
    "       (SELECT e.doc_no FROM flow_step f"
    " JOIN k_build_event e ON e.rec = f.event WHERE f.subject = b.rec AND f.ok = 1"
    "         AND f.to_state = 'approved'"
    " AND e.doc_no IS NOT NULL ORDER BY f.n DESC LIMIT 1) AS doc,"
    "       (SELECT count(*) FROM k_member m WHERE m.union_id = b.union_org_id"
    "         AND m.membership_status IN ('active', 'moving', 'retained')) AS members,"
    " b.guide AS guide,"
    "       CAST(julianday((SELECT max(f.day) FROM flow_step f WHERE f.subject = b.rec"
    " AND f.ok = 1)) -"
    "            julianday(COALESCE((SELECT min(f.day) FROM flow_step f WHERE f.subject = b.rec"
    " AND f.ok = 1 AND f.to_state = 'survey'), o.survey_on,"
    "                               (SELECT min(f.day) FROM flow_step f WHERE f.subject = b.rec AND f.ok = 1))) AS INTEGER) AS days,"
    "       CASE WHEN b.plan_done_on < :today AND COALESCE(b.state, '') NOT IN ('built',"
    " 'not_fit', 'cancelled', 'dissolved')"
    "            THEN CASE :lang WHEN 'en' THEN 'overdue' ELSE '超期' END END AS late"
    LIVE("build_case", "b")
    "  LEFT JOIN record ro ON ro.scope = r.scope AND ro.id = b.org_id LEFT"
    " JOIN k_org o ON o.rec = ro.rec"
    " ORDER BY CASE b.state WHEN 'survey' THEN 1 WHEN 'mobilise' THEN 2 WHEN 'prepare' THEN 3"
    " WHEN 'approved' THEN 4 WHEN 'congress' THEN 5"
    "          WHEN 'filing' THEN 6 WHEN 'built' THEN 7 ELSE 8 END, b.rec";
static const struct jc_report_column r04_columns[] = {
	WORDS("org_name", "单位", "unit"),
	SHOW("class", "四类", "class", "org", "function_class"),
	SHOW("form", "形式", "form", "build_case", "form"),
	SHOW("state", "当前步骤", "step", "build_case", "state"),
	{COL("survey", "摸底", "survey", JC_R_DATE, JC_R_SHOW), .group_zh = "各步日期", .group_en = "date of each step"},
	{COL("mobilise", "动员", "mobilise", JC_R_DATE, JC_R_SHOW), .group_zh = "各步日期", .group_en = "date of each step"},
	{COL("prepare", "筹备", "prepare", JC_R_DATE, JC_R_SHOW), .group_zh = "各步日期", .group_en = "date of each step"},
	{COL("approved", "批复", "approved", JC_R_DATE, JC_R_SHOW), .group_zh = "各步日期", .group_en = "date of each step"},
	{COL("congress", "大会", "congress", JC_R_DATE, JC_R_SHOW), .group_zh = "各步日期", .group_en = "date of each step"},
	{COL("filing", "报备", "filing", JC_R_DATE, JC_R_SHOW), .group_zh = "各步日期", .group_en = "date of each step"},
	{COL("built", "建成", "built", JC_R_DATE, JC_R_SHOW), .group_zh = "各步日期", .group_en = "date of each step"},
	WORDS("doc", "批复文号", "approval no."),
	SUM("members", "会员数", "members"),
	NAME("guide", "指导员", "guide"),
	NUM("days", "用时(天)", "days"),
	WORDS("late", "是否超期", "overdue"),
	END_COLUMNS
};
static const char r04b_sql[] =
    "SELECT r.id AS id, b.org_id AS org, COALESCE(b.state, '') AS g_step, 1 AS cases,"
    "       COALESCE(b.plan_done_on < :today AND COALESCE(b.state, '') NOT IN ('built',"
    " 'not_fit', 'cancelled', 'dissolved'), 0) AS late"
    LIVE("build_case", "b");
static const struct jc_report_column r04b_columns[] = {SUM("cases", "建会任务数", "cases"), SUM("late", "超期", "overdue"), END_COLUMNS};
static const struct jc_report_dim r04b_dims[] = {DIM("step", "当前步骤", "step", "build_case", "state", 1), END_DIMS};
static const struct jc_report_table r04_tables[] = {
	{.id = "R04", .zh = "建会进度台账", .en = "union building", .list = 1, .record = "build_case",
	 .columns = r04_columns, .sql = {r04_sql}, .landscape = 1, .wide = 1},
	{.id = "R04b", .zh = "各步骤数量", .en = "cases by step", .columns = r04b_columns, .dims = r04b_dims, .ndefault = 1, .sql = {r04b_sql}},
	END_TABLES
};
const struct jc_report r_report_04 = {"R04", "建会进度台账", "union building", "county fed city", r04_tables, 0};
/* clang-format on */
