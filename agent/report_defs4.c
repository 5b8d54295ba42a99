/* SPDX-License-Identifier: MulanPSL-2.0 */
/* R13 to R15, and the lists a branch keeps for itself. */
#include "report_defs.h"

/* clang-format off: one column, one line */

/* ---- R13 ---- */
#define COVER_PLANS "WITH pl AS MATERIALIZED (SELECT r.id, k.name" LIVE("aid_plan", "k") ")," \
	" rescue AS MATERIALIZED (SELECT r.id" LIVE("org", "k") "WHERE k.is_rescue = '1')"
#define COVER_WHO "COALESCE(k.member_id, COALESCE(k.org_id, '') || '/' || COALESCE(k.id_no, k.name, r.id))"
#define COVER_ORG "COALESCE(k.org_id, m.union_id)"
#define COVER_FROM LIVE("aid_cover", "k") "LEFT JOIN pl ON pl.id = k.plan_id LEFT JOIN rescue ON rescue.id = k.org_id" \
	"  LEFT JOIN record rm ON rm.scope = r.scope AND rm.id = k.member_id LEFT JOIN k_member m ON m.rec = rm.rec"
/* Members on the register, in every plan's row: whoever could be covered. */
static const char r13_due_sql[] =
    "SELECT r.id AS id, m.union_id AS org, '*' AS g_plan,"
    " 1 AS due" LIVE("member", "m") "WHERE m.membership_status IN ('active', 'moving')";
static const char r13_volunteers_sql[] =
    COVER_PLANS "SELECT min(r.id) AS id, k.org_id AS org, '*' AS g_plan, 1 AS due" LIVE("aid_cover", "k") "JOIN rescue ON rescue.id = k.org_id"
    " WHERE k.member_id IS NULL GROUP BY k.org_id, COALESCE(k.id_no, k.name)";
static const char r13_sql[] =
    COVER_PLANS "SELECT r.id AS id, " COVER_ORG " AS org, COALESCE(k.plan_id, '') AS g_plan, pl.name AS l_plan, " COVER_WHO " AS covered,"
    "       CASE WHEN k.is_gift = '1' THEN " COVER_WHO " END AS gift, CASE"
    " WHEN rescue.id IS NOT NULL THEN " COVER_WHO " END AS rescued,"
    "       CASE WHEN k.\"to\" BETWEEN :today AND date(:today, '+30 days') THEN 1 END AS expiring"
    COVER_FROM " WHERE COALESCE(k.state, 'active') NOT IN ('cancelled', 'planned') AND COALESCE(k.\"from\", :asof) <= :asof AND COALESCE(k.\"to\", :asof) >= :asof";
static const char r13_claims_sql[] =
    COVER_PLANS "SELECT rc.id AS id, " COVER_ORG " AS org, COALESCE(k.plan_id, '') AS g_plan, pl.name AS l_plan, 1 AS asked,"
    "       CASE WHEN c.paid_on IS NOT NULL OR c.state = 'paid' THEN 1 END AS paid_n,"
    " c.paid_fen AS paid"
    COVER_FROM " JOIN k_aid_claim c ON c.cover_id = r.id CROSS JOIN record rc ON rc.rec = c.rec AND rc.void = 0"
    " WHERE COALESCE(c.asked_on, c.event_date) BETWEEN :from AND :to";
static const struct jc_report_column r13_columns[] = {
	PEOPLE("due", "应保人数", "could be covered"), DIFFERENT("covered", "在保人数", "covered"),
	RATE("rate", "覆盖率", "coverage", "covered", "due"),
	DIFFERENT("gift", "赠送人数", "as a gift"),
	DIFFERENT("rescued", "救援类组织人数", "of rescue organizations"),
	SUM("expiring", "30日内到期", "expiring within 30 days"),
	FEW("asked", "申请件", "claims"), FEW("paid_n", "给付件", "paid"),
	{COL("paid", "给付金额(元)", "paid in all", JC_R_MONEY, JC_R_SUM), .flags = JC_R_FEW, .of = "paid_n"}, END_COLUMNS
};
static const struct jc_report_dim r13_dims[] = {DIM("plan", "计划", "plan", NULL, NULL, 0), END_DIMS};
/* Names stand in the branch's own list only. */
static const char r13b_sql[] =
    COVER_PLANS "SELECT r.id AS id, " COVER_ORG " AS org, pl.name AS plan, COALESCE(m.name, k.name) AS person, k.is_gift AS gift, k.\"from\" AS begins, k.\"to\" AS ends,"
    "       CAST(julianday(k.\"to\") - julianday(:today) AS INTEGER) AS days, k.state AS state"
    COVER_FROM " WHERE r.scope = :own AND COALESCE(k.\"to\", :today) >= :today AND COALESCE(k.state, 'active') <> 'cancelled' ORDER BY k.\"to\", r.rec";
static const struct jc_report_column r13b_columns[] = {
	WORDS("plan", "计划", "plan"), WORDS("person", "姓名", "name"),
	WORDS("org_name", "单位", "organization"),
	SHOW("gift", "是否赠送", "gift", "aid_cover", "is_gift"),
	DAY("begins", "起", "from"), DAY("ends", "止", "to"), NUM("days", "剩余天数", "days left"),
	SHOW("state", "状态", "state", "aid_cover", "state"), END_COLUMNS
};
static const struct jc_report_table r13_tables[] = {
	{.id = "R13", .zh = "互助保障覆盖表", .en = "mutual aid", .columns = r13_columns, .dims = r13_dims, .ndefault = 1, .sql = {r13_due_sql, r13_volunteers_sql, r13_sql, r13_claims_sql},
	 .landscape = 1, .note_zh = "覆盖率=在保人数/(在册会员+救援类组织列名的志愿者)。合计里一个人只数一次。",
	 .note_en = "Coverage = covered / (members on the register + listed volunteers of rescue organizations). The total counts each person once."},
	{.id = "R13b", .inside = 1, .zh = "本单位参保名单", .en = "covered people here", .list = 1, .record = "aid_cover",
	 .columns = r13b_columns, .sql = {r13b_sql}},
	END_TABLES
};
const struct jc_report r_report_13 = {"R13", "互助保障覆盖表", "mutual aid", "county city branch", r13_tables, 0};

/* ---- R14 ---- */
#define WORD(z, e) "CASE :lang WHEN 'en' THEN '" e "' ELSE '" z "' END"
#define LAST_DAY(x) "CASE length(" x ") WHEN 4 THEN " x " || '-12-31' WHEN 7 THEN date(" x " || '-01', '+1 month', '-1 day') ELSE " x " END"
static const char r14_sql[] =
    "SELECT *, CAST(julianday(day) - julianday(:today) AS INTEGER) AS days,"
    "       CASE WHEN day < :today THEN " WORD("已过期", "expired") ""
    " ELSE " WORD("快到期", "expiring") " END AS status FROM ("
    "SELECT r.id AS id, r.id AS org, " WORD("换届", "term of office") " AS what,"
    " " LAST_DAY("k.term_end") " AS day" LIVE("org", "k")
    " WHERE k.org_kind = 'union' AND " OPEN_ORG("k") " AND k.term_end IS NOT NULL"
    " AND k.term_end NOT LIKE '?%'"
    " AND julianday(" LAST_DAY("k.term_end") ") - julianday(:today) <= 180"
    " UNION ALL SELECT r.id, r.id, " WORD("法人资格证书换证", "legal-person certificate") ","
    " k.cert_to" LIVE("org", "k")
    " WHERE k.org_kind = 'union' AND " OPEN_ORG("k") " AND COALESCE(k.legal_person_status,"
    " 'valid') <> 'cancelled' AND julianday(k.cert_to) - julianday(:today) <= 60"
    " UNION ALL SELECT r.id, k.provider_org_id, " WORD("定点服务单位", "designated partner") ","
    " k.designated_to" LIVE("project", "k")
    " WHERE k.is_designated = '1' AND julianday(k.designated_to) - julianday(:today) <= 60"
    " UNION ALL SELECT r.id, k.partner_org_id, " WORD("合作协议", "agreement") ","
    " k.valid_to" LIVE("coop", "k")
    " WHERE julianday(k.valid_to) - julianday(:today) BETWEEN -180 AND 60"
    " UNION ALL SELECT r.id, k.org_id,"
    " " WORD("场地安全检查超一年", "safety check of a venue") " || ' ' || k.name,"
    " date(k.safety_check_on, '+1 year')" LIVE("venue", "k")
    " WHERE julianday(:today) - julianday(k.safety_check_on) > 365"
    ") ORDER BY day";
static const struct jc_report_column r14_columns[] = {
	WORDS("org_name", "单位", "organization"), WORDS("what", "事项", "what"),
	DAY("day", "到期日期", "until"), NUM("days", "剩余天数", "days left"),
	WORDS("status", "状态", "status"), END_COLUMNS
};
static const struct jc_report_table r14_tables[] = {
	{.id = "R14", .zh = "到期预警表", .en = "expiries", .list = 1, .columns = r14_columns, .sql = {r14_sql},
	 .note_zh = "届期180天内、法人证60天内（应在到期前30天内换证）、定点单位和合作协议60天内、场地安全检查超过一年的。", .note_en = "Terms within 180 days, certificates, partners and agreements within 60, venues not checked for a year."},
	END_TABLES
};
const struct jc_report r_report_14 = {"R14", "到期预警表", "expiries", "branch county", r14_tables, 0};

/* ---- R15 ---- */
static const struct jc_report_column r15_columns[] = {
	WORDS("branch", "单位", "branch"), WORDS("last", "最近送达", "last delivery"),
	NUM("waiting", "未送达条数", "not delivered"), WORDS("way", "方式", "way"),
	SUM("changes", "变动条数", "changes"), HIDDEN("timely"), HIDDEN("arrived"), HIDDEN("lag"),
	RATE("timeliness", "及时率", "timely", "timely", "changes"),
	{COL("delay", "平均滞后天数", "mean delay in days", JC_R_DECIMAL, JC_R_RATIO), .of = "lag", .per = "arrived"},
	SUM("members", "会员数", "members"), HIDDEN("needed"), HIDDEN("missing"),
	{COL("gaps", "必填缺项率", "required facts missing", JC_R_PERCENT, JC_R_RATIO), .of = "missing", .per = "needed"},
	SUM("bad_ids", "证件号无效数", "invalid ID numbers"),
	NUM("difference", "填报数与名册数差", "declared minus roster"),
	SUM("twice", "疑似重复数", "perhaps twice"),
	SUM("unconfirmed", "待确认会籍数", "membership to confirm"), END_COLUMNS
};
static const struct jc_report_table r15_tables[] = {
	{.id = "R15", .zh = "同步与数据质量表", .en = "deliveries and quality of data", .list = 1, .columns = r15_columns, .calc = r_quality, .landscape = 1,
	 .note_zh = "用于查漏补缺，不用于排名。及时率：改动后在规定天数内送到的占比，还没到期的不算；一个支部的电脑上只算本机写的。",
	 .note_en = "For finding gaps, never for ranking people. Timely: delivered within the days set; what may still be is left out. A branch's PC counts what was written on it."},
	END_TABLES
};
const struct jc_report r_report_15 = {"R15", "同步与数据质量表", "deliveries and quality of data", "county city branch", r15_tables, 0};

/* ---- a branch's own lists ---- */
static const char members_sql[] =
    "SELECT r.id AS id, m.union_id AS org, m.name AS name, m.gender AS gender,"
    " substr(m.birth_date, 1, 7) AS born, m.group_name AS grp, m.job AS job,"
    "       m.joined_on AS joined, m.member_no AS card, m.mobile AS phone,"
    " m.membership_status AS status" LIVE("member", "m")
    " WHERE COALESCE(m.membership_status, 'active') IN ('active', 'moving',"
    " 'retained') ORDER BY m.group_name IS NULL, m.group_name, m.rec";
static const struct jc_report_column members_columns[] = {
	WORDS("name", "姓名", "name"), SHOW("gender", "性别", "sex", "member", "gender"),
	WORDS("born", "出生年月", "born"), WORDS("grp", "工会小组", "group"),
	WORDS("job", "工种", "job"),
	DAY("joined", "入会日期", "joined"), WORDS("card", "会员证号", "card no."),
	PHONE("phone", "联系电话", "phone", "member", "mobile"),
	SHOW("status", "会籍状态", "state", "member", "membership_status"), END_COLUMNS
};
static const struct jc_report_table members_tables[] = {
	{.id = "members", .inside = 1, .zh = "本单位会员名册", .en = "members", .list = 1, .record = "member",
	 .columns = members_columns, .sql = {members_sql}, .landscape = 1},
	END_TABLES
};
const struct jc_report r_report_members = {"members", "本单位会员名册", "members", "branch", members_tables, 0};

static const char year_sql[] =
    "SELECT r.id AS id, a.host_org_id AS org, substr(a.start_at, 1, 10) AS day,"
    " a.title AS title, a.activity_type AS type, a.place AS place, a.attend_count AS attend,"
    "       a.benefit_count AS benefit, a.cost_fen AS cost, a.state AS state" LIVE("activity", "a")
    " WHERE substr(a.start_at, 1, 10) BETWEEN :from AND :to ORDER BY a.start_at, a.rec";
static const struct jc_report_column year_columns[] = {
	DAY("day", "日期", "date"), WORDS("title", "活动名称", "activity"),
	SHOW("type", "类型", "type", "activity", "activity_type"), WORDS("place", "地点", "place"),
	SUM("attend", "参加人次", "person-times"), SUM("benefit", "受益人次", "beneficiaries"),
	MONEY("cost", "支出(元)", "cost"), SHOW("state", "状态", "state", "activity", "state"),
	END_COLUMNS
};
static const struct jc_report_table year_tables[] = {
	{.id = "year", .zh = "本年活动一览", .en = "activities of the year", .list = 1, .record = "activity",
	 .columns = year_columns, .sql = {year_sql}, .landscape = 1},
	END_TABLES
};
const struct jc_report r_report_year = {"year", "本年活动一览", "activities of the year", "branch", year_tables, 0};

static const char problems_sql[] =
    "SELECT r.id AS id, c.target_org_id AS org, c.checked_on AS checked, i.finding AS finding,"
    " i.severity AS severity, i.resp_person AS person, i.due_on AS due,"
    "       COALESCE(i.state, i.result) AS state, CASE WHEN COALESCE(i.state,"
    " i.result) <> 'closed' AND i.due_on < :today THEN"
    "       CAST(julianday(:today) - julianday(i.due_on) AS INTEGER) END AS late"
    LIVE("check_item", "i") "JOIN record rc ON rc.scope = r.scope AND rc.id = i.check_id AND rc.void = 0 JOIN k_check c ON c.rec = rc.rec"
    " WHERE COALESCE(i.result, '') = 'found' AND c.checked_on <= :to ORDER BY COALESCE(i.state,"
    " '') = 'closed', i.severity DESC, i.due_on";
static const struct jc_report_column problems_columns[] = {
	WORDS("org_name", "单位", "organization"), DAY("checked", "检查日期", "checked on"),
	WORDS("finding", "问题", "finding"),
	SHOW("severity", "等级", "severity", "check_item", "severity"),
	NAME("person", "责任人", "person"), DAY("due", "整改期限", "due"),
	SHOW("state", "状态", "state", "check_item", "state"), NUM("late", "超期天数", "days late"),
	END_COLUMNS
};
static const struct jc_report_table problems_tables[] = {
	{.id = "problems", .zh = "问题清单", .en = "findings", .list = 1, .record = "check_item",
	 .columns = problems_columns, .sql = {problems_sql}, .landscape = 1},
	END_TABLES
};
const struct jc_report r_report_problems = {"problems", "问题清单", "findings", "branch", problems_tables, 0};
/* clang-format on */
