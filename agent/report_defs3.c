/* SPDX-License-Identifier: MulanPSL-2.0 */
/* R09 to R12: checks, projects, support and exchange. */
#include "report_defs.h"

/* clang-format off: one column, one line */

/* ---- R09 ---- */
#define OPEN_ITEM "COALESCE(i.state, i.result, '') IN ('found', 'rectifying', 'returned')"
#define FOUND_ITEM "(COALESCE(i.result, '') = 'found' OR COALESCE(i.state, '') IN ('found', 'rectifying', 'recheck', 'closed', 'returned'))"
#define FIRST_DUE "COALESCE(i.first_due_on, i.due_on)"
#define CATEGORY "COALESCE(i.category, ti.category, '')"
#define IN_CATEGORY(c) FOUND_ITEM " AND " CATEGORY " = '" c "' AS c_" c
/* A check from a starter that no hub has issued says its code instead of a template's id. */
#define SCENE "COALESCE(t.scene, CASE WHEN c.tmpl_ref LIKE '?UNION-NORM %' THEN 'union_norm' WHEN c.tmpl_ref LIKE '?SO-SELF %' THEN 'social_self'" \
	" WHEN c.tmpl_ref LIKE '?VENUE-SAFE %' THEN 'venue_safety' END, '')"
static const char r09_sql[] =
    "WITH t AS MATERIALIZED (SELECT r.id, k.scene" LIVE("tmpl", "k") "),"
    " ti AS MATERIALIZED (SELECT r.id, k.category" LIVE("tmpl_item", "k") ")"
    "SELECT r.id AS id, c.target_org_id AS org, " SCENE " AS g_scene,"
    " " CATEGORY " AS g_category, i.severity AS g_severity,"
    "       rc.id AS checks, 1 AS items, COALESCE(i.result, '') = 'pass'"
    " AND NOT " FOUND_ITEM " AS pass, COALESCE(i.result, '') = 'na' AS na,"
    "       " FOUND_ITEM " AS found, COALESCE(i.state, '') = 'closed' AS closed,"
    " " OPEN_ITEM " AS doing, COALESCE(i.state, '') = 'recheck' AS recheck,"
    "       " OPEN_ITEM " AND COALESCE(i.due_on < :today, 0) AS late,"
    "       " FOUND_ITEM " AND COALESCE(" FIRST_DUE " <= :asof, 0) AS due_all,"
    "       COALESCE(i.state, '') = 'closed' AND COALESCE(" FIRST_DUE " <= :asof, 0)"
    " AND COALESCE(i.rectified_on <= " FIRST_DUE ", 0) AS due_met,"
    "       CASE WHEN i.state = 'closed'"
    " AND i.rectified_on IS NOT NULL THEN CAST(julianday(i.rectified_on) - julianday(c.checked_on) AS INTEGER) END AS took,"
    "       CASE WHEN i.state = 'closed' AND i.rectified_on IS NOT NULL THEN 1 END AS took_n,"
    "       COALESCE(i.result, '') <> 'na' AS counted,"
    "       " IN_CATEGORY("ORG") ", " IN_CATEGORY("RULE") ", " IN_CATEGORY("FILE") ","
    " " IN_CATEGORY("FUND") ", " IN_CATEGORY("ACT") ", "
    IN_CATEGORY("VENUE") ", " IN_CATEGORY("DEMO") ", " IN_CATEGORY("SAFE") ", " IN_CATEGORY("COH")
    LIVE("check_item", "i")
    "  JOIN record rc ON rc.scope = r.scope AND rc.id = i.check_id AND rc.void = 0"
    " JOIN k_check c ON c.rec = rc.rec"
    "  LEFT JOIN t ON t.id = c.tmpl_ref LEFT JOIN ti ON ti.id = i.tmpl_item_ref"
    " WHERE c.checked_on BETWEEN :from AND :to";
#define C_IN(k, z, e) SUM_IN(k, z, e, "各类别问题数", "findings by category")
static const struct jc_report_column r09_columns[] = {
	DIFFERENT("checks", "检查次数", "checks"),
	SUM("items", "检查项数", "items"),
	SUM("pass", "合格数", "passed"),
	SUM("na", "不适用", "not applicable"),
	SUM("found", "发现问题", "findings"),
	SUM("closed", "已销号", "closed"),
	SUM("doing", "整改中", "open"),
	SUM("recheck", "待复查", "to re-inspect"),
	SUM("late", "超期", "overdue"),
	RATE("rate", "整改率", "rectified", "closed", "found"),
	HIDDEN("due_all"),
	HIDDEN("due_met"),
	RATE("on_time", "按期整改率", "on time", "due_met", "due_all"),
	HIDDEN("counted"),
	RATE("pass_rate", "合格率", "passed", "pass", "counted"),
	HIDDEN("took"),
	HIDDEN("took_n"),
	{COL("days", "平均整改天数", "days on average", JC_R_DECIMAL, JC_R_RATIO), .of = "took", .per = "took_n"},
	C_IN("c_ORG", "组织", "organization"), C_IN("c_RULE", "制度", "rules"),
	C_IN("c_FILE", "档案", "files"), C_IN("c_FUND", "经费", "funds"),
	C_IN("c_ACT", "活动", "activities"), C_IN("c_VENUE", "阵地", "venue"),
	C_IN("c_DEMO", "民主", "democracy"), C_IN("c_SAFE", "安全", "safety"),
	C_IN("c_COH", "凝聚", "cohesion"),
	END_COLUMNS
};
static const struct jc_report_dim r09_dims[] = {
	DIM("scene", "场景", "scene", "tmpl", "scene", 0),
	DIM("category", "类别", "category", "check_item", "category", 0),
	DIM("severity", "等级", "severity", "check_item", "severity", 0), END_DIMS
};
/* Before and after: the two newest member evaluations or surveys of an organization until the last day. */
static const char r09b_sql[] =
    "WITH e AS MATERIALIZED (SELECT r.id, k.org_id, k.held_on, k.answered, k.satisfied,"
    " (COALESCE(k.satisfied, 0) + COALESCE(k.basic, 0)) * 10000 / k.answered AS rate,"
    "       COALESCE(k.satisfied, 0) * 10000 / k.answered AS very,"
    " row_number() OVER (PARTITION BY k.org_id ORDER BY k.held_on DESC, k.rec DESC) AS n"
    LIVE("evaluation", "k") "WHERE k.answered > 0 AND k.held_on <= :to AND k.eval_kind IN ('member_home', 'satisfaction'))"
    "SELECT a.id AS id, a.org_id AS org, a.held_on AS day, a.answered AS answered,"
    " a.rate AS rate, a.very AS very, b.held_on AS day_before, b.rate AS rate_before,"
    "       a.rate - b.rate AS change FROM e a LEFT JOIN e b ON b.org_id = a.org_id"
    " AND b.n = 2 WHERE a.n = 1 ORDER BY change, a.rate";
#define PERCENT(k, z, e) {COL(k, z, e, JC_R_PERCENT, JC_R_SHOW)}
static const struct jc_report_column r09b_columns[] = {
	WORDS("org_name", "单位", "organization"), DAY("day", "本次日期", "this time"),
	NUM("answered", "参评人数", "answers"), PERCENT("very", "满意率", "satisfied"),
	PERCENT("rate", "满意率(含基本满意)", "satisfied or basically"),
	DAY("day_before", "上次日期", "last time"),
	PERCENT("rate_before", "上次满意率", "rate then"),
	PERCENT("change", "变化", "change"), END_COLUMNS
};
static const struct jc_report_table r09_tables[] = {
	{.id = "R09", .zh = "检查问题整改率统计表", .en = "rectification", .columns = r09_columns, .dims = r09_dims, .ndefault = 1, .sql = {r09_sql}, .landscape = 1, .wide = 1,
	 .note_zh = "整改率=已销号/发现问题。按期整改率=在最初期限前改好并销号的/最初期限已到的；没改完的算没按期，复查慢不算单位的。合格率=合格/(检查项数−不适用)。",
	 .note_en = "On time = put right by the first due date and closed, of all whose first due date has come; a slow reviewer does not make the unit late."},
	{.id = "R09b", .zh = "评家满意率（本次/上次）", .en = "satisfaction, now and before", .list = 1, .columns = r09b_columns, .sql = {r09b_sql}},
	END_TABLES
};
const struct jc_report r_report_09 = {"R09", "检查问题整改率统计表", "rectification", "branch county city", r09_tables, 0};

/* ---- R10 ---- */
#define R10_COLUMNS "c.checked_on AS checked, i.finding AS finding, i.severity AS severity, i.resp_org_id AS resp_org, i.resp_person AS person," \
	" i.due_on AS due, COALESCE(i.extended, 0) AS extended, i.escalated_to AS escalated," \
	" (SELECT f.move FROM flow_step f WHERE f.subject = i.rec AND f.ok = 1 ORDER BY f.n DESC LIMIT 1) AS last_move"
static const char r10_sql[] =
    "SELECT * FROM ("
    "SELECT r.id AS id, c.target_org_id AS org, CASE WHEN i.escalated_to IS NOT NULL THEN 2"
    " ELSE 1 END AS what_no,"
    "       CASE WHEN i.escalated_to IS NOT NULL THEN CASE :lang"
    " WHEN 'en' THEN 'with the level above' ELSE '已提请上级' END"
    "            ELSE CASE :lang WHEN 'en' THEN 'overdue' ELSE '超期未整改' END END AS what,"
    "       CAST(julianday(:today) - julianday(i.due_on) AS INTEGER) AS days, " R10_COLUMNS
    LIVE("check_item", "i") "JOIN record rc ON rc.scope = r.scope AND rc.id = i.check_id AND rc.void = 0 JOIN k_check c ON c.rec = rc.rec"
    " WHERE " OPEN_ITEM " AND i.due_on < :today"
    " UNION ALL "
    "SELECT r.id, COALESCE(c.inspector_org_id, c.target_org_id), 3, CASE :lang"
    " WHEN 'en' THEN 'waiting for re-inspection' ELSE '待复查超7天' END,"
    "       CAST(julianday(:today) - julianday(i.state_on) AS INTEGER), " R10_COLUMNS
    LIVE("check_item", "i") "JOIN record rc ON rc.scope = r.scope AND rc.id = i.check_id AND rc.void = 0 JOIN k_check c ON c.rec = rc.rec"
    " WHERE i.state = 'recheck' AND julianday(:today) - julianday(i.state_on) > 7"
    ") ORDER BY what_no, severity DESC, days DESC";
static const struct jc_report_column r10_columns[] = {
	WORDS("what", "情况", "what"), WORDS("org_name", "单位", "organization"),
	DAY("checked", "检查日期", "checked on"), WORDS("finding", "问题", "finding"),
	SHOW("severity", "等级", "severity", "check_item", "severity"),
	SHOW("resp_org", "责任单位", "responsible", "check_item", "resp_org_id"),
	NAME("person", "责任人", "person"),
	DAY("due", "整改期限", "due"), NUM("days", "超期天数", "days"),
	NUM("extended", "延期次数", "extended"),
	SHOW("escalated", "提请上级", "with", "check_item", "escalated_to"),
	SHOW("last_move", "最近动作", "last move", "event", "move"), END_COLUMNS
};
static const struct jc_report_table r10_tables[] = {
	{.id = "R10", .zh = "整改超期清单", .en = "overdue findings", .list = 1, .record = "check_item",
	 .columns = r10_columns, .sql = {r10_sql}, .landscape = 1, .wide = 1,
	 .note_zh = "提交复查超过7天的列在检查单位名下，不算受检单位的。", .note_en = "What waits for re-inspection over 7 days is the inspecting body's, not the unit's."},
	END_TABLES
};
const struct jc_report r_report_10 = {"R10", "整改超期清单", "overdue findings", "branch county city", r10_tables, 0};

/* ---- R11 ---- */
#define PROJECTS "WITH act AS MATERIALIZED (SELECT a.project_id AS project_id, sum(COALESCE(a.sessions, 1)) AS sessions," \
	" sum(COALESCE(a.benefit_count, a.attend_count)) AS benefit" LIVE("activity", "a") "WHERE a.project_id IS NOT NULL AND COALESCE(a.state, 'done') <> 'cancelled' GROUP BY a.project_id)," \
	" pay AS MATERIALIZED (SELECT k.project_id AS project_id, sum(CASE k.node WHEN 'refund' THEN -k.amount_fen ELSE k.amount_fen END) AS fen" \
	LIVE("payment", "k") "WHERE k.paid_on IS NOT NULL GROUP BY k.project_id)," \
	" p AS MATERIALIZED (SELECT r.id, k.*, COALESCE(act.sessions, k.done_sessions) AS sessions_now, COALESCE(act.benefit, k.done_count) AS people_now," \
	" COALESCE(pay.fen, k.paid_fen) AS paid_now" LIVE("project", "k") "LEFT JOIN act ON act.project_id = r.id LEFT JOIN pay ON pay.project_id = r.id" \
	" WHERE COALESCE(k.signed_on, k.\"from\", :from) <= :to AND COALESCE(k.\"to\", k.accepted_on, :to) >= :from" \
	" AND (:special IS NULL OR k.special_work = :special))"
static const char r11_sql[] =
    PROJECTS "SELECT p.id AS id, p.buyer_org_id AS org, p.code AS code, p.name AS name, p.service_category AS category, p.entrust_type AS entrust,"
    "       p.provider_org_id AS provider, p.select_method AS method,"
    " p.special_work AS special, p.contract_fen AS contract, p.paid_now AS paid,"
    "       p.target_sessions AS target_sessions, p.sessions_now AS sessions,"
    " p.target_count AS target, p.people_now AS people,"
    "       CASE WHEN p.target_count > 0 THEN p.people_now * 10000 / p.target_count END AS done,"
    "       CASE WHEN p.people_now > 0 THEN (p.contract_fen + p.people_now / 2) / p.people_now END AS each_fen,"
    "       p.satisfaction AS satisfaction, p.survey_n AS answers, p.accept_result AS accepted,"
    " p.eval_grade AS grade, p.state AS state"
    "  FROM p ORDER BY p.code";
#define RMB(k, z, e) {COL(k, z, e, JC_R_MONEY, JC_R_SHOW)}
static const struct jc_report_column r11_columns[] = {
	WORDS("code", "编号", "code"), WORDS("name", "项目", "project"),
	SHOW("category", "类别", "category", "project", "service_category"),
	SHOW("entrust", "委托方式", "how", "project", "entrust_type"),
	SHOW("provider", "承接方", "provider", "project", "provider_org_id"),
	SHOW("method", "遴选方式", "selection", "project", "select_method"),
	WORDS("special", "专项工作", "special work"), MONEY("contract", "合同金额(元)", "contract"),
	MONEY("paid", "已付(元)", "paid"),
	SUM_IN("target_sessions", "计划", "planned", "场次", "sessions"),
	SUM_IN("sessions", "实际", "actual", "场次", "sessions"),
	SUM_IN("target", "计划", "planned", "受益人次", "beneficiaries"),
	SUM_IN("people", "实际", "actual", "受益人次", "beneficiaries"),
	PERCENT("done", "完成率", "done"), RMB("each_fen", "人均成本(元)", "cost each"),
	SHOW("satisfaction", "满意度", "satisfaction", "project", "satisfaction"),
	NUM("answers", "样本", "answers"),
	SHOW("accepted", "验收结论", "acceptance", "project", "accept_result"),
	SHOW("grade", "评价等次", "grade", "project", "eval_grade"),
	SHOW("state", "状态", "state", "project", "state"), END_COLUMNS
};
static const char r11b_sql[] =
    "SELECT r.id AS id, k.from_org_id AS org, k.notice_type AS type, k.title AS title,"
    " k.valid_to AS valid, k.state AS state,"
    "       COALESCE((SELECT p.name FROM k_project p"
    " JOIN record x ON x.rec = p.rec WHERE x.scope = r.scope AND x.id = k.matched_to),"
    "                (SELECT a.title FROM k_activity a"
    " JOIN record x ON x.rec = a.rec WHERE x.scope = r.scope AND x.id = k.matched_to),"
    "                CASE WHEN k.matched_to IS NOT NULL THEN CASE :lang"
    " WHEN 'en' THEN 'matched' ELSE '已对接' END END) AS matched"
    LIVE("notice", "k") "WHERE k.notice_type IN ('supply', 'demand') ORDER BY k.notice_type, k.rec";
static const struct jc_report_column r11b_columns[] = {
	SHOW("type", "供需", "supply or demand", "notice", "notice_type"),
	WORDS("title", "内容", "title"), WORDS("org_name", "发布单位", "from"),
	DAY("valid", "有效期至", "valid to"),
	WORDS("matched", "对接结果", "matched with"),
	SHOW("state", "状态", "state", "notice", "state"), END_COLUMNS
};
static const char r11c_sql[] =
    PROJECTS "SELECT min(p.id) AS id, p.provider_org_id AS org, p.provider_org_id AS provider, count(*) AS projects, sum(p.contract_fen) AS contract,"
    "       sum(p.people_now) AS people,"
    "       CASE WHEN sum(p.people_now) > 0 THEN (sum(p.contract_fen) + sum(p.people_now) / 2) / sum(p.people_now) END AS each_fen,"
    "       CASE WHEN sum(CASE WHEN p.satisfaction IS NOT NULL THEN COALESCE(p.survey_n,"
    " 1) END) > 0 THEN"
    "         sum(p.satisfaction * COALESCE(p.survey_n, 1)) * 10 / sum(CASE"
    " WHEN p.satisfaction IS NOT NULL THEN COALESCE(p.survey_n, 1) END) END AS sat"
    "  FROM p WHERE p.provider_org_id IS NOT NULL GROUP BY p.provider_org_id ORDER BY each_fen IS NULL, each_fen, sat DESC";
static const struct jc_report_column r11c_columns[] = {
	SHOW("provider", "承接方", "provider", "project", "provider_org_id"),
	SUM("projects", "项目数", "projects"), MONEY("contract", "合同金额(元)", "contracts"),
	SUM("people", "受益人次", "beneficiaries"), RMB("each_fen", "人均成本(元)", "cost each"),
	PERCENT("sat", "满意度", "satisfaction"), END_COLUMNS
};
/* The catalogue of providers: designated partners, and who was recommended to all (notices), as long as it holds. */
static const char r11d_sql[] =
    "SELECT * FROM (SELECT r.id AS id, k.provider_org_id AS org, k.provider_org_id AS provider,"
    " k.service_category AS category, k.designated_to AS valid, k.name AS name,"
    " CASE :lang WHEN 'en' THEN 'designated' ELSE '定点' END AS how" LIVE("project", "k")
    "WHERE k.is_designated = '1' AND COALESCE(k.designated_to, :today) >= :today"
    " UNION ALL SELECT r.id, k.from_org_id, NULL, NULL, k.valid_to, k.title, CASE :lang WHEN 'en' THEN 'recommended' ELSE '推介' END"
    LIVE("notice", "k") "WHERE k.notice_type = 'provider' AND COALESCE(k.valid_to, :today) >= :today"
    " AND COALESCE(k.state, 'open') NOT IN ('draft', 'closed', 'expired'))"
    " ORDER BY category IS NULL, category, id";
static const struct jc_report_column r11d_columns[] = {
	WORDS("how", "来源", "from"), SHOW("provider", "服务单位", "provider", "project", "provider_org_id"),
	SHOW("category", "服务类别", "category", "project", "service_category"),
	WORDS("name", "项目（内容）", "project or what"), DAY("valid", "有效期至", "valid to"), END_COLUMNS
};
static const struct jc_report_table r11_tables[] = {
	{.id = "R11", .zh = "购买服务台账与履约评价", .en = "service projects", .list = 1, .record = "project",
	 .columns = r11_columns, .sql = {r11_sql}, .landscape = 1, .wide = 1,
	 .note_zh = "实际场次、人次从关联的活动数出来；没有关联活动的用填报数。人均成本=合同金额/实际受益人次。", .note_en = "Actual figures come from linked activities, else as reported. Cost each = contract / beneficiaries."},
	{.id = "R11b", .zh = "供需对接", .en = "supply and demand", .list = 1, .columns = r11b_columns, .sql = {r11b_sql}},
	{.id = "R11c", .zh = "承接方比较", .en = "providers compared", .list = 1, .columns = r11c_columns, .sql = {r11c_sql},
	 .note_zh = "按人均成本从低到高，相同的按满意度从高到低。", .note_en = "By cost each, lowest first; then by satisfaction."},
	{.id = "R11d", .zh = "服务单位目录（定点、推介）", .en = "catalogue of providers", .list = 1, .columns = r11d_columns, .sql = {r11d_sql}},
	END_TABLES
};
const struct jc_report r_report_11 = {"R11", "购买服务台账与履约评价", "service projects", "county city branch", r11_tables, 1};

/* ---- R12 ---- */
#define GRANT_IN "k.granted_on BETWEEN :from AND :to"
static const char r12_sql[] =
    "SELECT r.id AS id, k.receiver_org_id AS org, k.grant_type AS type,"
    " k.giver_org_id AS giver, k.amount_fen AS money, k.person_days AS person_days,"
    "       k.venue_hours AS hours, k.goods AS goods, k.granted_on AS day,"
    " k.receipt AS receipt, k.follow_up AS follow, k.state AS state"
    LIVE("grant", "k") "WHERE " GRANT_IN " ORDER BY k.grant_type, k.granted_on, k.rec";
static const struct jc_report_column r12_columns[] = {
	SHOW("type", "类型", "type", "grant", "grant_type"),
	SHOW("giver", "扶持方", "giver", "grant", "giver_org_id"),
	WORDS("org_name", "受扶持方", "receiver"), DAY("day", "日期", "date"),
	MONEY("money", "金额(元)", "money"), SUM("person_days", "人天", "person-days"),
	HOURS("hours", "场地小时", "venue hours"), WORDS("goods", "物资", "goods"),
	SHOW("receipt", "签收", "receipt", "grant", "receipt"), WORDS("follow", "成效", "outcome"),
	SHOW("state", "状态", "state", "grant", "state"), END_COLUMNS
};
static const char r12b_sql[] =
    "SELECT r.id AS id, k.receiver_org_id AS org, COALESCE(k.grant_type, '') AS g_type,"
    " 1 AS grants, k.amount_fen AS money, k.person_days AS person_days, k.venue_hours AS hours,"
    "       COALESCE(k.receipt, '0') = '1' AS receipts,"
    " k.follow_up IS NOT NULL AS follows" LIVE("grant", "k") "WHERE " GRANT_IN;
static const struct jc_report_column r12b_columns[] = {
	SUM("grants", "次数", "grants"), MONEY("money", "金额(元)", "money"),
	SUM("person_days", "人天", "person-days"), HOURS("hours", "场地小时", "venue hours"),
	SUM("receipts", "已签收", "with receipt"), SUM("follows", "有成效记录", "with outcome"),
	END_COLUMNS
};
static const struct jc_report_dim r12b_dims[] = {OWN_DIM("org"), DIM("type", "类型", "type", "grant", "grant_type", 0), END_DIMS};
static const char r12c_sql[] =
    "SELECT r.id AS id, k.to_org_id AS org, k.direction AS direction, COALESCE(m.name,"
    " k.person_text) AS person, k.from_org_id AS from_org, k.to_org_id AS to_org,"
    "       k.post AS post, k.kind AS kind, k.\"from\" AS begins, k.\"to\" AS ends,"
    " k.state AS state"
    LIVE("exchange", "k") "LEFT JOIN record rm ON rm.scope = r.scope AND rm.id = k.person_member_id LEFT JOIN k_member m ON m.rec = rm.rec"
    " WHERE COALESCE(k.\"from\", :from) <= :to AND COALESCE(k.\"to\","
    " :to) >= :from ORDER BY k.direction, k.\"from\", k.rec";
static const struct jc_report_column r12c_columns[] = {
	SHOW("direction", "方向", "direction", "exchange", "direction"),
	NAME("person", "人员", "person"),
	SHOW("from_org", "派出单位", "from", "exchange", "from_org_id"),
	SHOW("to_org", "接收单位", "to", "exchange", "to_org_id"), WORDS("post", "职务", "post"),
	SHOW("kind", "形式", "kind", "exchange", "kind"),
	DAY("begins", "起", "from"), DAY("ends", "止", "to"),
	SHOW("state", "状态", "state", "exchange", "state"), END_COLUMNS
};
static const char r12d_sql[] =
    "SELECT r.id AS id, k.to_org_id AS org, COALESCE(k.direction, '') AS g_direction, 1 AS people,"
    "       COALESCE(k.\"from\" <= :asof, 0) AND COALESCE(k.\"to\", :asof) >= :asof"
    "         AND (k.state = 'active' OR k.state IN ('ended', 'recalled')"
    " AND k.state_on > :asof) AS serving"
    LIVE("exchange", "k") "WHERE COALESCE(k.\"from\", :from) <= :to AND COALESCE(k.state, '') NOT IN ('proposed', 'agreed')";
static const struct jc_report_column r12d_columns[] = {SUM("people", "累计人次", "people in all"), SUM("serving", "正在任职", "serving now"), END_COLUMNS};
static const struct jc_report_dim r12d_dims[] = {DIM("direction", "方向", "direction", "exchange", "direction", 1), END_DIMS};
static const char r12e_sql[] =
    "SELECT r.id AS id, k.partner_org_id AS org, k.union_org_id AS union_org,"
    " k.content AS content, k.signed_on AS signed, k.valid_to AS valid,"
    "       CAST(julianday(k.valid_to) - julianday(:today) AS INTEGER) AS days" LIVE("coop", "k") "ORDER BY k.valid_to IS NULL, k.valid_to";
static const struct jc_report_column r12e_columns[] = {
	SHOW("union_org", "工会", "union", "coop", "union_org_id"),
	WORDS("org_name", "合作单位", "partner"), WORDS("content", "协议内容", "content"),
	DAY("signed", "签订", "signed"),
	DAY("valid", "有效期至", "valid to"), NUM("days", "剩余天数", "days left"), END_COLUMNS
};
static const struct jc_report_table r12_tables[] = {
	{.id = "R12", .zh = "孵化扶持台账", .en = "support", .list = 1, .record = "grant",
	 .columns = r12_columns, .sql = {r12_sql}, .landscape = 1},
	{.id = "R12b", .zh = "扶持汇总（按受扶持方）", .en = "support by receiver", .columns = r12b_columns, .dims = r12b_dims, .ndefault = 1, .sql = {r12b_sql}},
	{.id = "R12c", .zh = "人员互通台账", .en = "exchange of people", .list = 1, .record = "exchange",
	 .columns = r12c_columns, .sql = {r12c_sql}, .landscape = 1},
	{.id = "R12d", .zh = "人员互通汇总", .en = "exchange by direction", .columns = r12d_columns, .dims = r12d_dims, .ndefault = 1, .sql = {r12d_sql}},
	{.id = "R12e", .zh = "合作协议", .en = "agreements", .list = 1, .record = "coop", .columns = r12e_columns, .sql = {r12e_sql}},
	END_TABLES
};
const struct jc_report r_report_12 = {"R12", "孵化扶持与人员互通台账", "support and exchange", "county city", r12_tables, 0};
/* clang-format on */
