/* SPDX-License-Identifier: MulanPSL-2.0 */
/* R05 to R08: members and activities. */
#include "report_defs.h"

/* clang-format off: one column, one line */

/* ---- R05 ---- */
#define REG_UP "opening_reg+joined+moved_in+local_in+restored"
#define REG_DOWN "moved_out+local_out+left+removed+died+retained"
static const struct jc_report_column r05_columns[] = {
	PEOPLE_IN("opening_reg", "在册", "register", "期初", "opening"),
	PEOPLE_IN("opening_ret", "保留", "retained", "期初", "opening"),
	SUM_IN("joined", "新入会", "joined", "增加", "up"),
	SUM_IN("moved_in", "转入", "moved in", "增加", "up"),
	SUM_IN("local_in", "县内转入", "from inside the county", "增加", "up"),
	SUM_IN("restored", "恢复", "restored", "增加", "up"),
	SUM_IN("moved_out", "转出", "moved out", "减少", "down"),
	SUM_IN("local_out", "县内转出", "to inside the county", "减少", "down"),
	SUM_IN("left", "退会", "left", "减少", "down"),
	SUM_IN("removed", "除名", "removed", "减少", "down"),
	SUM_IN("died", "去世", "died", "减少", "down"),
	SUM_IN("retained", "转保留", "to retained", "减少", "down"),
	SUM("ret_exit", "保留会员减少", "exits from retained"),
	{COL("closing_reg", "在册", "register", JC_R_INT, JC_R_MINUS), .of = REG_UP, .per = REG_DOWN, .ids = "counted_reg", .group_zh = "期末", .group_en = "closing"},
	{COL("closing_ret", "保留", "retained", JC_R_INT, JC_R_MINUS), .of = "opening_ret+retained", .per = "restored+ret_exit", .ids = "counted_ret", .group_zh = "期末", .group_en = "closing"},
	{COL("closing", "合计", "in all", JC_R_INT, JC_R_MINUS), .of = "closing_reg+closing_ret", .ids = "counted_reg+counted_ret", .group_zh = "期末", .group_en = "closing"},
	SUM_IN("female", "女", "women", "其中", "of these"),
	SUM_IN("migrant", "农民工", "migrant workers", "其中", "of these"),
	HIDDEN_PEOPLE("counted_reg"),
	HIDDEN_PEOPLE("counted_ret"),
	MINUS("balance", "勾稽差", "difference", "counted_reg+counted_ret", "closing", "counted_reg+counted_ret"),
	END_COLUMNS
};
static const struct jc_report_dim r05_dims[] = {OWN_DIM("org"), END_DIMS};
static const struct jc_report_table r05_tables[] = {
	{.id = "R05", .zh = "会员增减变动表", .en = "membership movement", .columns = r05_columns, .dims = r05_dims, .ndefault = 1, .calc = r_movement,
	 .landscape = 1, .wide = 1,
	 .note_zh = "期末在册=期初在册+新入会+转入+县内转入+恢复−转出−县内转出−退会−除名−去世−转保留；期末保留=期初保留+转保留−恢复−保留会员减少。"
	            "转出在途的人在对方接收前算在转出方；县内互转不改变全县合计。勾稽差是名册上数出来的人数与期末合计的差，应为0。",
	 .note_en = "Closing register = opening + up - down. Who is on the way is counted at the source until accepted; moves inside the county do not "
	            "change its total. The difference between the roster as counted and the closing total must be 0."},
	END_TABLES
};
const struct jc_report r_report_05 = {"R05", "会员增减变动表", "membership movement", "branch county city", r05_tables, 0};

/* ---- R06 ---- */
static const struct jc_report_column r06_columns[] = {
	PEOPLE("active", "在册会员", "on the register"),
	PEOPLE("kept", "保留会籍", "retained"),
	{COL("all", "合计", "in all", JC_R_INT, JC_R_MINUS), .of = "active+kept"},
	END_COLUMNS
};
static const struct jc_report_dim r06_dims[] = {DIM("item", "项目", "attribute", NULL, NULL, 0), DIM("value", "分类", "value", NULL, NULL, 0), END_DIMS};
static const struct jc_report_table r06_tables[] = {
	{.id = "R06", .zh = "会员结构统计表", .en = "member structure", .columns = r06_columns, .dims = r06_dims, .ndefault = 2, .calc = r_structure, .plain = 1},
	END_TABLES
};
const struct jc_report r_report_06 = {"R06", "会员结构统计表", "member structure", "branch county city", r06_tables, 0};

/* ---- R07 ---- */
#define A_DAY "substr(a.start_at, 1, 10)"
#define A_IN A_DAY " BETWEEN :from AND :to AND COALESCE(a.state, 'done') IN ('running', 'done', 'archived') AND (:special IS NULL OR a.special_work = :special)"
#define A_DIMS "COALESCE(a.activity_type, '') AS g_type, a.host_org_id AS org, substr(a.start_at, 1, 7) AS g_month, a.special_work AS g_special," \
	" substr(a.start_at, 1, 4) || 'Q' || ((CAST(substr(a.start_at, 6, 2) AS INTEGER) + 2) / 3) AS g_quarter, a.four_sends AS g_sends"
/* Volunteers who were listed, for what nobody wrote a number. */
#define LISTED "WITH vol AS MATERIALIZED (SELECT p.activity_id AS id, count(*) AS n, sum(p.hours) AS hours" \
	LIVE("participant", "p") "WHERE p.role = 'volunteer' GROUP BY p.activity_id)"
static const char r07_sql[] =
    LISTED " SELECT r.id AS id, " A_DIMS ", COALESCE(a.sessions, 1) AS sessions,"
    " a.attend_count AS attend, a.member_count AS members,"
    "       a.benefit_count AS benefit, a.household_count AS households,"
    " COALESCE(a.volunteer_count, vol.n) AS volunteers, COALESCE(a.volunteer_hours, vol.hours) AS hours,"
    "       a.cost_fen AS cost, a.provider_org_id IS NOT NULL AS by_social,"
    " a.plan_item_id IS NOT NULL AS planned,"
    "       a.plan_item_id IS NULL AS unplanned, a.satisfaction * COALESCE(a.survey_n,"
    " 1) AS sat_sum,"
    "       CASE WHEN a.satisfaction IS NOT NULL THEN COALESCE(a.survey_n,"
    " 1) * 1000 END AS sat_n, a.certs AS certs"
    LIVE("activity", "a") "LEFT JOIN vol ON vol.id = r.id WHERE " A_IN;
/* Villages count once a year, members once: by name, wherever they stand. */
static const char r07_villages_sql[] =
    "SELECT r.id AS id, " A_DIMS ", substr(a.start_at, 1, 4) || v.value AS villages"
    LIVE("activity", "a") ", json_each(a.villages) v WHERE a.villages IS NOT NULL AND " A_IN;
static const char r07_people_sql[] =
    "SELECT rp.id AS id, " A_DIMS ", p.member_id AS people"
    "  FROM k_participant p CROSS JOIN record rp ON rp.rec = p.rec AND rp.void = 0"
    "  JOIN record r ON r.scope = rp.scope AND r.id = p.activity_id AND r.void = 0"
    " JOIN k_activity a ON a.rec = r.rec"
    " WHERE p.member_id IS NOT NULL AND " A_IN;
static const struct jc_report_column r07_columns[] = {
	SUM("sessions", "场次", "sessions"),
	SUM("attend", "参加人次", "person-times"),
	SUM("members", "会员人次", "members"),
	DIFFERENT("people", "会员人数（有名单的）", "different members (where listed)"),
	SUM("benefit", "受益人次", "beneficiaries"),
	SUM("households", "户数", "households"),
	SUM("volunteers", "志愿者人次", "volunteers"),
	HOURS("hours", "志愿小时", "volunteer hours"),
	MONEY("cost", "支出(元)", "cost"),
	SUM("by_social", "其中社会组织承接", "by social organizations"),
	SUM_IN("planned", "计划内", "planned", "计划", "plan"),
	SUM_IN("unplanned", "计划外", "unplanned", "计划", "plan"),
	DIFFERENT("villages", "覆盖村数", "villages reached"),
	SUM("certs", "发证数", "certificates"),
	HIDDEN("sat_sum"),
	HIDDEN("sat_n"),
	{COL("sat", "满意度", "satisfaction", JC_R_PERCENT, JC_R_RATIO), .of = "sat_sum", .per = "sat_n"},
	END_COLUMNS
};
static const struct jc_report_dim r07_dims[] = {
	DIM("type", "类型", "type", "activity", "activity_type", 0),
	DIM("month", "月份", "month", NULL, NULL, 0),
	DIM("quarter", "季度", "quarter", NULL, NULL, 0),
	DIM("special", "专项工作", "special work", NULL, NULL, 0),
	DIM("sends", "四送类别", "delivery", "activity", "four_sends", 0), END_DIMS
};
#define CONTEST "a.activity_type IN ('labor_contest', 'skill_contest')"
static const char r07b_sql[] =
    "SELECT r.id AS id, a.host_org_id AS org, a.title AS title, a.trade AS trade,"
    " a.level AS level, " A_DAY " AS day,"
    "       max(COALESCE(a.attend_count, 0), (SELECT count(*) FROM k_participant p"
    " CROSS JOIN record rp ON rp.rec = p.rec AND rp.void = 0"
    "             WHERE p.activity_id = r.id AND p.role = 'competitor')) AS people,"
    "       (SELECT count(*) FROM k_participant p CROSS JOIN record rp ON rp.rec = p.rec AND rp.void = 0"
    "         WHERE p.activity_id = r.id"
    " AND (p.result_rank IS NOT NULL OR p.award IS NOT NULL)) AS winners"
    LIVE("activity", "a") "WHERE " CONTEST " AND " A_IN " ORDER BY a.start_at, a.rec";
static const struct jc_report_column r07b_columns[] = {
	WORDS("title", "赛项", "contest"), WORDS("trade", "工种", "trade"),
	SHOW("level", "级别", "level", "activity", "level"), DAY("day", "日期", "date"),
	WORDS("org_name", "主办单位", "host"), SUM("people", "参赛人数", "competitors"),
	SUM("winners", "获奖人数", "winners"), END_COLUMNS
};
static const char r07w_sql[] =
    "SELECT rp.id AS id, a.host_org_id AS org, a.title AS title, a.trade AS trade,"
    " p.result_rank AS rank,"
    "       COALESCE(m.name, p.name) AS name, COALESCE(p.unit_text, p.team,"
    " m.group_name) AS unit, p.award AS award, p.score AS score"
    "  FROM k_participant p CROSS JOIN record rp ON rp.rec = p.rec AND rp.void = 0"
    "  JOIN record r ON r.scope = rp.scope AND r.id = p.activity_id AND r.void = 0"
    " JOIN k_activity a ON a.rec = r.rec"
    "  LEFT JOIN record rm ON rm.scope = rp.scope AND rm.id = p.member_id LEFT"
    " JOIN k_member m ON m.rec = rm.rec"
    " WHERE " CONTEST " AND " A_IN " AND (p.result_rank IS NOT NULL OR p.award IS NOT NULL)"
    " ORDER BY a.start_at, a.rec, p.result_rank IS NULL, p.result_rank, p.rec";
static const struct jc_report_column r07w_columns[] = {
	WORDS("title", "赛项", "contest"), WORDS("trade", "工种", "trade"),
	NUM("rank", "名次", "rank"), NAME("name", "姓名", "name"),
	WORDS("unit", "单位（队）", "unit (team)"),
	SHOW("score", "成绩", "score", "participant", "score"), WORDS("award", "奖项", "award"),
	END_COLUMNS
};
#define TRAINING "a.activity_type IN ('vocational_training', 'safety_training', 'fire_training', 'law_training')"
static const char r07c_sql[] =
    "SELECT r.id AS id, COALESCE(a.trade, a.title) AS g_subject, a.host_org_id AS org,"
    " COALESCE(a.activity_type, '') AS g_type,"
    "       COALESCE(a.sessions, 1) AS sessions, a.hours AS hours, a.attend_count AS attend,"
    " a.certs AS certs"
    LIVE("activity", "a") "WHERE " TRAINING " AND " A_IN;
static const char r07c_jobs_sql[] =
    "SELECT rs.id AS id, COALESCE(a.trade, a.title) AS g_subject, a.host_org_id AS org,"
    " COALESCE(a.activity_type, '') AS g_type, 1 AS employed"
    "  FROM k_assist s CROSS JOIN record rs ON rs.rec = s.rec AND rs.void = 0"
    "  JOIN record r ON r.scope = rs.scope AND r.id = s.activity_id AND r.void = 0"
    " JOIN k_activity a ON a.rec = r.rec"
    " WHERE s.result LIKE '%就业%' AND s.result NOT LIKE '%未就业%' AND " TRAINING " AND " A_IN;
static const struct jc_report_column r07c_columns[] = {
	SUM("sessions", "场次", "sessions"), HOURS("hours", "学时", "hours"),
	SUM("attend", "参加人次", "person-times"), SUM("certs", "发证数", "certificates"),
	SUM("employed", "培训后就业", "employed afterwards"), END_COLUMNS
};
static const struct jc_report_dim r07c_dims[] = {DIM("subject", "科目", "subject", NULL, NULL, 0), DIM("type", "类型", "type", "activity", "activity_type", 0), END_DIMS};
static const char r07d_sql[] =
    "SELECT r.id AS id, k.lead_org_id AS org, k.title AS title, k.year AS year,"
    " k.topic AS topic, k.state AS state, k.submitted_to AS sent_to,"
    "       k.submitted_on AS sent_on, k.adoption AS adoption, k.adopted_by AS adopted_by,"
    " k.adopted_on AS adopted_on"
    LIVE("research", "k") "WHERE k.year BETWEEN CAST(substr(:from, 1, 4) AS INTEGER) AND CAST(substr(:to, 1, 4) AS INTEGER)"
    " AND :special IS NULL ORDER BY k.year, k.rec";
static const struct jc_report_column r07d_columns[] = {
	WORDS("title", "课题", "title"), NUM("year", "年度", "year"),
	WORDS("org_name", "牵头单位", "lead"), SHOW("topic", "主题", "topic", "research", "topic"),
	SHOW("state", "状态", "state", "research", "state"),
	SHOW("sent_to", "报送对象", "submitted to", "research", "submitted_to"),
	DAY("sent_on", "报送日期", "on"),
	SHOW("adoption", "采纳情况", "adoption", "research", "adoption"),
	WORDS("adopted_by", "采纳单位", "adopted by"), DAY("adopted_on", "采纳日期", "on"),
	END_COLUMNS
};
/* What is done for one special work: projects beside activities. */
static const char r07e_sql[] =
    "SELECT r.id AS id, a.host_org_id AS org, a.special_work AS g_special, COALESCE(a.sessions,"
    " 1) AS activities, a.benefit_count AS benefit,"
    "       a.cost_fen AS cost" LIVE("activity", "a") "WHERE a.special_work IS NOT NULL AND " A_IN;
#define P_IN "COALESCE(p.signed_on, p.\"from\", :to) BETWEEN :from AND :to AND (:special IS NULL OR p.special_work = :special)"
static const char r07e_projects_sql[] =
    "SELECT r.id AS id, p.buyer_org_id AS org, p.special_work AS g_special, 1 AS projects,"
    " p.contract_fen AS contract"
    LIVE("project", "p") "WHERE p.special_work IS NOT NULL AND " P_IN;
static const struct jc_report_column r07e_columns[] = {
	SUM("activities", "活动场次", "sessions"), SUM("benefit", "受益人次", "beneficiaries"),
	MONEY("cost", "活动支出(元)", "cost"), SUM("projects", "服务项目数", "projects"),
	MONEY("contract", "项目合同金额(元)", "contracts"), END_COLUMNS
};
static const char r07f_sql[] =
    "SELECT * FROM (SELECT r.id AS id, a.host_org_id AS org, a.special_work AS special, " A_DAY " AS day, a.title AS title,"
    " CASE :lang WHEN 'en' THEN 'activity' ELSE '活动' END AS what, a.provider_org_id AS provider,"
    " COALESCE(a.benefit_count, a.attend_count) AS people, a.cost_fen AS money" LIVE("activity", "a") "WHERE a.special_work IS NOT NULL AND " A_IN
    " UNION ALL SELECT r.id, p.buyer_org_id, p.special_work, COALESCE(p.signed_on, p.\"from\"), p.name,"
    " CASE :lang WHEN 'en' THEN 'project' ELSE '服务项目' END, p.provider_org_id, NULL, p.contract_fen"
    LIVE("project", "p") "WHERE p.special_work IS NOT NULL AND " P_IN ") ORDER BY special, day, id";
static const struct jc_report_column r07f_columns[] = {
	WORDS("special", "专项工作", "special work"), DAY("day", "日期", "date"), WORDS("what", "形式", "what"),
	WORDS("title", "名称", "name"), WORDS("org_name", "单位", "organization"),
	SHOW("provider", "承接方", "provider", "project", "provider_org_id"),
	SUM("people", "受益人次", "beneficiaries"), MONEY("money", "金额(元)", "money"), END_COLUMNS
};
static const struct jc_report_dim r07e_dims[] = {DIM("special", "专项工作", "special work", NULL, NULL, 0), END_DIMS};
static const struct jc_report_table r07_tables[] = {
	{.id = "R07", .zh = "活动开展与受益人次统计表", .en = "activities", .columns = r07_columns, .dims = r07_dims, .ndefault = 1,
	 .sql = {r07_sql, r07_villages_sql, r07_people_sql}, .landscape = 1, .wide = 1,
	 .note_zh = "人次是各场相加；会员人数只数有名单的活动，一个人只数一次；一个村一年只数一次。满意度按答卷份数加权。",
	 .note_en = "Person-times are added over sessions; different members only where lists exist; a village counts once a year; satisfaction is weighted by answers."},
	{.id = "R07b", .zh = "竞赛比武统计表", .en = "contests", .list = 1, .record = "activity",
	 .columns = r07b_columns, .sql = {r07b_sql}},
	{.id = "R07w", .zh = "获奖名单", .en = "winners", .list = 1, .record = "participant", .columns = r07w_columns, .sql = {r07w_sql}},
	{.id = "R07c", .zh = "培训统计表", .en = "training", .columns = r07c_columns, .dims = r07c_dims, .ndefault = 1, .sql = {r07c_sql, r07c_jobs_sql}},
	{.id = "R07d", .zh = "专项调研统计表", .en = "research", .list = 1, .record = "research",
	 .columns = r07d_columns, .sql = {r07d_sql}, .landscape = 1},
	{.id = "R07e", .zh = "专项工作", .en = "special work", .columns = r07e_columns, .dims = r07e_dims, .ndefault = 1, .sql = {r07e_sql, r07e_projects_sql}},
	{.id = "R07f", .zh = "专项工作明细", .en = "special work one by one", .list = 1, .columns = r07f_columns, .sql = {r07f_sql}},
	END_TABLES
};
const struct jc_report r_report_07 = {"R07", "活动开展与受益人次统计表", "activities", "branch county city", r07_tables, 1};

/* ---- R08 ---- */
/* Households: by name where the assistance was listed, else as the activity says. Money is counted once: what an
 * activity paid for is not added again from its list. */
static const char r08_sql[] =
    LISTED ", l AS MATERIALIZED (SELECT DISTINCT s.activity_id AS id" LIVE("assist", "s") "WHERE s.activity_id IS NOT NULL)"
    "SELECT r.id AS id, " A_DIMS ", COALESCE(a.sessions, 1) AS sessions,"
    " COALESCE(a.benefit_count, a.attend_count) AS people,"
    "       CASE WHEN l.id IS NULL THEN a.household_count END AS unlisted, CASE"
    " WHEN l.id IS NULL THEN a.household_count END AS times,"
    "       a.cost_fen AS goods, a.cost_fen AS money, COALESCE(a.volunteer_count, vol.n) AS volunteers,"
    " COALESCE(a.volunteer_hours, vol.hours) AS hours,"
    "       a.provider_org_id IS NOT NULL AS by_social"
    LIVE("activity", "a") "LEFT JOIN l ON l.id = r.id LEFT JOIN vol ON vol.id = r.id WHERE a.four_sends IS NOT NULL AND " A_IN;
static const char r08_assist_sql[] =
    "SELECT r.id AS id, s.sends AS g_sends, COALESCE(a.host_org_id, m.union_id,"
    " (SELECT o.id FROM record o JOIN k_org k ON k.rec = o.rec"
    "         WHERE o.scope = r.scope AND k.org_kind = 'union' AND o.void = 0 LIMIT 1)) AS org,"
    "       substr(s.assist_date, 1, 4) || 'Q' || ((CAST(substr(s.assist_date, 6,"
    " 2) AS INTEGER) + 2) / 3) AS g_quarter,"
    "       substr(s.assist_date, 1, 7) AS g_month, COALESCE(s.person_member_id,"
    " s.person_text) AS listed,"
    "       CASE WHEN s.sends <> 'job' THEN 1 END AS times, s.amount_fen AS given,"
    "       CASE WHEN a.cost_fen IS NULL THEN s.amount_fen END AS money,"
    "       s.sends = 'job' AND COALESCE(s.result, '') LIKE '%就业%' AND COALESCE(s.result,"
    " '') NOT LIKE '%未就业%' AS employed"
    LIVE("assist", "s")
    "  LEFT JOIN record ra ON ra.scope = r.scope AND ra.id = s.activity_id LEFT"
    " JOIN k_activity a ON a.rec = ra.rec"
    "  LEFT JOIN record rm ON rm.scope = r.scope AND rm.id = s.person_member_id LEFT"
    " JOIN k_member m ON m.rec = rm.rec"
    " WHERE s.assist_date BETWEEN :from AND :to AND (:special IS NULL OR a.special_work = :special)";
static const struct jc_report_column r08_columns[] = {
	SUM("sessions", "场次", "sessions"),
	SUM("people", "人次", "person-times"),
	{COL("listed", "listed", "listed", JC_R_INT, JC_R_DISTINCT), .flags = JC_R_HIDDEN},
	HIDDEN("unlisted"),
	{COL("households", "户数(人数)", "households", JC_R_INT, JC_R_MINUS), .of = "listed+unlisted"},
	SUM("times", "户次", "household-times"),
	SUM("employed", "达成就业", "employed"),
	MONEY("goods", "活动支出(元)", "cost of activities"),
	MONEY("given", "帮扶金额(元)", "given to households"),
	SUM("volunteers", "志愿者人次", "volunteers"),
	HOURS("hours", "志愿小时", "volunteer hours"),
	SUM("by_social", "社会组织参与数", "by social organizations"),
	MONEY("money", "资金合计(元)", "money in all"),
	END_COLUMNS
};
static const struct jc_report_dim r08_dims[] = {
	DIM("sends", "四送", "delivery", "assist", "sends", 1),
	DIM("quarter", "季度", "quarter", NULL, NULL, 0),
	DIM("month", "月份", "month", NULL, NULL, 0), END_DIMS
};
static const char r08v_sql[] =
    "SELECT rp.id AS id, a.host_org_id AS org, COALESCE(p.member_id, p.name, '') AS g_person,"
    " COALESCE(m.name, p.name) AS l_person,"
    "       1 AS times, p.hours AS hours"
    "  FROM k_participant p CROSS JOIN record rp ON rp.rec = p.rec AND rp.void = 0"
    "  JOIN record r ON r.scope = rp.scope AND r.id = p.activity_id AND r.void = 0"
    " JOIN k_activity a ON a.rec = r.rec"
    "  LEFT JOIN record rm ON rm.scope = rp.scope AND rm.id = p.member_id LEFT"
    " JOIN k_member m ON m.rec = rm.rec"
    " WHERE p.role = 'volunteer' AND " A_IN;
/* By organization also what was only counted. */
static const char r08o_sql[] =
    LISTED " SELECT r.id AS id, a.host_org_id AS org, a.volunteer_count AS times, a.volunteer_hours AS hours"
    LIVE("activity", "a") "LEFT JOIN vol ON vol.id = r.id WHERE vol.id IS NULL"
    " AND (a.volunteer_count IS NOT NULL OR a.volunteer_hours IS NOT NULL) AND " A_IN;
static const struct jc_report_column r08v_columns[] = {SUM("times", "参加次数", "times"), HOURS("hours", "服务小时", "hours"), END_COLUMNS};
static const struct jc_report_dim r08v_dims[] = {DIM("person", "志愿者", "volunteer", NULL, NULL, 0), END_DIMS};
static const struct jc_report_dim r08o_dims[] = {OWN_DIM("org"), END_DIMS};
static const struct jc_report_table r08_tables[] = {
	{.id = "R08", .zh = "四送服务统计表", .en = "four deliveries", .columns = r08_columns, .dims = r08_dims, .ndefault = 1, .sql = {r08_sql, r08_assist_sql}, .landscape = 1,
	 .wide = 1, .note_zh = "同一户去两次是2户次、1户。活动已列支的，名单里的金额不再加进资金合计。",
	 .note_en = "A household visited twice is two household-times and one household. What an activity paid for is not added again from its list."},
	{.id = "R08v", .inside = 1, .zh = "志愿者服务时长（按人）", .en = "volunteers", .columns = r08v_columns, .dims = r08v_dims, .ndefault = 1, .sql = {r08v_sql}},
	{.id = "R08o", .zh = "志愿者服务时长（按单位）", .en = "volunteers by organization", .columns = r08v_columns, .dims = r08o_dims, .ndefault = 1, .sql = {r08v_sql, r08o_sql}},
	END_TABLES
};
const struct jc_report r_report_08 = {"R08", "四送服务统计表", "four deliveries", "branch county city", r08_tables, 1};
/* clang-format on */
