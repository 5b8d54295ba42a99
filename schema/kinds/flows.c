/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The tables of moves, row by row as DOMAIN 7 lists them. A row that is given up is deleted, a new one is
 * added, and the version grows; codes of moves and states are permanent (they stand in events). What the
 * terms of `needs` and `sets` mean: schema_flow.h.
 */
#include "../schema_flow.h"
#include "kinds.h"

#define SEC JC_HAT_SEC
#define CHAIR JC_HAT_CHAIR
#define REV JC_HAT_REV
#define TOWN JC_HAT_TOWN
#define FED JC_HAT_FED
#define CNT JC_HAT_CNT
#define CNTL JC_HAT_CNTL
#define CITY JC_HAT_CITY
#define SYS JC_HAT_SYS
#define END { NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, NULL }

/* clang-format off: one row, one entry: from, move, to, words, who, on behalf, back, needs, sets */
/* W1: the machine fixes what must be recorded, not the order of paper: some counties approve first. */
static const struct jc_move w1[] = {
	{ "-", "survey", "survey", "建档摸底", "begin with a survey", SEC | TOWN | FED | CNT, 0, 0,
	  "s.org_id s.reason", NULL },
	{ "survey", "mobilise", "mobilise", "开始动员", "begin to mobilise",
	  SEC | TOWN | FED | CNT, 0, 0,
	  "s.staff_count s.guide", NULL },
	{ "mobilise", "prepare", "prepare", "成立筹备组", "form the preparatory group",
	  SEC | TOWN | FED, 1, 0,
	  "e.group_members", NULL },
	{ "mobilise", "approved", "approved", "先批后筹", "approval first", CNT | TOWN, 1, 0,
	  "e.doc_no", NULL },
	{ "prepare", "approved", "approved", "上级批复", "approval from above", CNTL | TOWN, 1, 0,
	  "e.doc_no ~e.attachments", NULL },
	{ "approved", "prepare", "prepare", "批后成立筹备组", "preparatory group after approval",
	  SEC | TOWN, 0, 0,
	  "e.group_members", NULL },
	{ "approved", "congress", "congress", "召开成立大会", "hold the founding meeting",
	  SEC | TOWN, 0, 0,
	  "h.group_members e.attend_due e.attend e.votes e.committee", NULL },
	{ "congress", "filing", "filing", "上报选举结果", "report the election", SEC, 0, 0,
	  "~e.doc_no", NULL },
	{ "filing", "built", "built", "批复选举结果并登记", "approve the election and register",
	  CNTL | CNT, 1, 0,
	  "e.doc_no e.union_org_id|s.union_org_id", "union_org_id=@union_org_id" },
	{ "filing", "congress", "congress", "退回补正", "send back for correction", CNT, 1, 0,
	  "e.reason", NULL },
	{ "prepare approved", "mobilise", "mobilise", "退回", "send back", CNT | TOWN, 1, 0,
	  "e.reason", NULL },
	{ "survey mobilise prepare approved", "paused", "paused", "暂缓", "pause",
	  SEC | TOWN | FED | CNT, 0, 0,
	  "s.block_reason e.next_on", NULL },
	{ "paused", "survey", "survey", "恢复", "take up again", SEC | TOWN | FED | CNT, 0, 1,
	  NULL, NULL },
	{ "paused", "mobilise", "mobilise", "恢复", "take up again", SEC | TOWN | FED | CNT, 0, 1,
	  NULL, NULL },
	{ "paused", "prepare", "prepare", "恢复", "take up again", SEC | TOWN | FED | CNT, 0, 1,
	  NULL, NULL },
	{ "paused", "approved", "approved", "恢复", "take up again", SEC | TOWN | FED | CNT, 0, 1,
	  NULL, NULL },
	{ "survey mobilise paused", "not_fit", "not_fit", "不具备条件", "not fit for a union",
	  CNT | FED, 1, 0, "e.reason", NULL },
	{ "not_fit", "survey", "survey", "重新摸底", "survey again", SEC | CNT, 0, 0, "e.result",
	  NULL },
	{ "survey mobilise prepare approved paused", "cancelled", "cancelled", "终止", "give up",
	  CNTL, 1, 0, "e.reason", NULL },
	{ "built", "dissolved", "dissolved", "撤销", "dissolve", CNTL, 1, 0,
	  "e.doc_no e.members_to", NULL },
	{ "survey mobilise", "built", "built", "已被覆盖", "covered by an existing union",
	  SEC | CNT, 0, 0,
	  "e.union_org_id|s.union_org_id", "union_org_id=@union_org_id" },
	END,
};

/* W2: a member without an event is active once a joining date or a card is known (row 6, rosters). */
static const struct jc_move w2[] = {
	{ "-", "11", "applied", "提交入会申请", "apply", SEC | TOWN, 0, 0,
	  "s.join_method|e.basis_doc s.consent_at", NULL },
	{ "applied", "12", "reviewing", "提交委员会", "put before the committee", SEC, 0, 0,
	  "s.required", NULL },
	{ "reviewing", "1", "active", "批准入会", "approve", CHAIR, 1, 0,
	  "e.approved_by s.joined_on", "joined_on=@date" },
	{ "reviewing", "13", "rejected", "不予批准", "do not approve", CHAIR, 1, 0,
	  "e.change_reason|e.note", NULL },
	{ "rejected", "11", "applied", "重新申请", "apply again", SEC, 0, 0, NULL, NULL },
	{ "-", "1", "active", "历史会员登记", "enter a member of old", SEC, 0, 0,
	  "s.joined_on|s.member_no", "joined_on=@date" },
	{ "- moved", "2", "active", "转入", "move in", SEC | CNT | SYS, 0, 0, "~e.from_union",
	  "joined_on=@date" },
	{ "active retained", "14", "moving", "申请转出", "ask to move", SEC | CNT, 0, 0,
	  "e.to_union", NULL },
	{ "moving", "4", "moved", "对方已接收", "the other side took over", SEC | CNT | SYS, 0, 0,
	  NULL, NULL },
	{ "active retained", "4", "moved", "转出", "move out", SEC | CNT, 0, 0, "e.to_union",
	  NULL },
	{ "moving", "15", "active", "退回或撤回", "sent back or withdrawn", SEC | CNT | SYS, 0, 1,
	  "e.change_reason|e.note", NULL },
	{ "moving", "15", "retained", "退回或撤回", "sent back or withdrawn", SEC | CNT | SYS, 0,
	  1, "e.change_reason|e.note", NULL },
	{ "active", "3", "retained", "保留会籍", "retain", SEC | CHAIR, 0, 0,
	  "e.change_reason e.approved_by", NULL },
	{ "retained", "7", "active", "恢复", "restore", SEC | CHAIR, 0, 0, "e.approved_by", NULL },
	{ "active retained", "6", "left", "退会", "leave", SEC | CHAIR, 0, 0,
	  "e.change_reason e.change_reason=8?e.basis_doc", NULL },
	{ "active retained", "5", "removed", "除名", "remove", CHAIR, 1, 0,
	  "e.basis_doc e.approved_by", NULL },
	{ "left removed", "11", "applied", "重新入会", "apply again", SEC, 0, 0, "s.consent_at",
	  NULL },
	{ "active retained moving", "8", "deceased", "登记去世", "enter a death", SEC, 0, 0, NULL,
	  NULL },
	{ "*", "9", "=", "更正", "correct an event", SEC | CNT, 0, 0, "e.replaces", NULL },
	END,
};
static const struct jc_flow_start w2_starts[] = {
	{ "active", NULL, "s.joined_on|s.member_no" },
	{ NULL, NULL, NULL },
};

/*
 * W2b is played by two branches, each in its own records, and the hub tells each what the other did
 * (agent/passage.h). So a move may come after one that its author could not know of: the rows of SYS say
 * what then holds, whichever came first: a decision of the county, else an acceptance, else a withdrawal.
 */
static const struct jc_move w2b[] = {
	{ "draft", "send", "sent", "送交转入方", "send to the target", SEC | CNT, 0, 0,
	  "s.direction=out s.reason s.to_union|s.to_name", "requested_on=@date" },
	{ "draft", "ask", "asking", "向转出方提出", "ask the source", SEC | CNT, 0, 0,
	  "s.direction=in s.name s.id_no|s.member_no", "requested_on=@date" },
	{ "sent asking", "accept", "accepted", "接收(同意)", "accept", SEC | TOWN | CNT, 1, 0,
	  NULL, "decided_on=@date effective_on=@new_date effective_on=@date" },
	{ "sent asking", "reject", "rejected", "退回", "send back", SEC | TOWN | CNT, 1, 0,
	  "e.reason", "decided_on=@date" },
	{ "sent asking", "withdraw", "withdrawn", "撤回", "withdraw", SEC | CNT, 0, 0, NULL, NULL },
	{ "sent asking", "decide", "decided", "县级裁定", "decide at the county", CNT, 1, 0,
	  "e.reason age>=15", "decided_on=@date effective_on=@new_date effective_on=@date" },
	{ "draft", "paper", "paper", "改走纸质", "go on paper", SEC | CNT, 0, 0,
	  "s.to_union|s.to_name", NULL },
	{ "rejected", "redraft", "draft", "重新起草", "draft again", SEC | CNT, 0, 0, NULL, NULL },
	{ "draft rejected withdrawn", "accept", "accepted", "对方已接收", "the other side had accepted",
	  SYS, 0, 0, NULL, NULL },
	{ "accepted decided", "send", "=", "送交晚了", "sent too late", SYS, 0, 0, NULL, NULL },
	{ "accepted decided", "redraft", "=", "起草晚了", "drafted too late", SYS, 0, 0, NULL, NULL },
	{ "accepted decided", "accept", "=", "对方已接收", "the other side had accepted", SYS, 0, 0,
	  NULL, NULL },
	{ "accepted decided withdrawn", "reject", "=", "退回晚了", "sent back too late", SYS, 0, 0,
	  NULL, NULL },
	{ "rejected", "withdraw", "withdrawn", "撤回", "withdraw", SYS, 0, 0, NULL, NULL },
	{ "accepted decided", "withdraw", "=", "撤回晚了", "withdrawn too late", SYS, 0, 0, NULL,
	  NULL },
	{ "accepted rejected withdrawn", "decide", "decided", "县级裁定", "decided at the county", SYS,
	  0, 0, NULL, NULL },
	END,
};

static const struct jc_move w3[] = {
	{ "-", "plan", "planned", "列入计划", "plan", SEC, 0, 0,
	  "s.title s.start_at|s.plan_item_id", NULL },
	{ "-", "record", "done", "补录", "record afterwards", SEC, 0, 0,
	  "s.start_at s.attend_count s.place", NULL },
	{ "planned", "begin", "running", "开始", "begin", SEC | SYS, 0, 0, "s.start_at", NULL },
	{ "planned running", "finish", "done", "完成", "finish", SEC, 0, 0,
	  "s.attend_count s.benefit_count s.place", NULL },
	{ "done", "archive", "archived", "归档", "archive", SEC, 0, 0,
	  "s.summary s.attachments|e.attachments|s.no_evidence", NULL },
	{ "planned running", "cancel", "cancelled", "取消", "cancel", SEC, 0, 0, "s.cancel_reason",
	  NULL },
	{ "planned", "postpone", "=", "改期", "postpone", SEC, 0, 0, "e.new_date",
	  "start_at=!new_date e.old_date=@start_at" },
	{ "archived", "reopen", "done", "退回更正", "send back to be corrected", CNT, 1, 0,
	  "e.reason", NULL },
	{ "archived", "reopen", "done", "重新打开(30天内)", "open again within 30 days", SEC, 0, 0,
	  "e.reason age<=30", NULL },
	{ "cancelled", "replan", "planned", "重新安排", "plan again", SEC, 0, 0, "e.new_date",
	  "start_at=!new_date" },
	END,
};
/* Row 2: a past activity that was entered with who came and where is done without a word about it. */
static const struct jc_flow_start w3_starts[] = {
	{ "done", NULL, "s.start_at s.attend_count s.place" },
	{ NULL, NULL, NULL },
};

#define FOUND "s.finding s.severity s.resp_org_id|s.resp_person s.due_on"
#define AFTER "s.evidence_after|e.attachments|s.attachments"
#define REVIEW "s.review_opinion s.reviewer " AFTER " s.severity=3?s.second_reviewer s.severity=2,3?s.reviewer!s.resp_person" \
	" p.check_mode=upper,joint,entrusted?s.reviewer!s.resp_person"
static const struct jc_move w4[] = {
	{ "pending", "pass", "pass", "判为合格", "pass",
	  SEC | CHAIR | REV | TOWN | FED | CNT | CITY, 0, 0, NULL, "result=pass" },
	{ "pending", "na", "na", "判为不适用", "not applicable",
	  SEC | CHAIR | REV | TOWN | FED | CNT | CITY, 0, 0,
	  "e.reason", "result=na" },
	{ "pending", "find", "found", "记录问题", "record a problem",
	  SEC | CHAIR | REV | TOWN | FED | CNT | CITY, 0, 0,
	  FOUND, "result=found" },
	{ "pass na", "rejudge", "found", "改判", "judge anew",
	  SEC | CHAIR | REV | TOWN | FED | CNT | CITY, 0, 0,
	  "e.reason p.state=draft " FOUND, "result=found" },
	{ "found", "receive", "rectifying", "签收整改通知", "sign for the notice", SEC | SYS | CNT,
	  0, 0, NULL, NULL },
	{ "found", "submit", "recheck", "立行立改", "put right at once", SEC | CHAIR, 0, 0,
	  "s.rectify_desc " AFTER, "rectified_on=!date" },
	{ "rectifying", "submit", "recheck", "提交复查", "submit for review", SEC | CHAIR, 0, 0,
	  "s.rectify_desc s.rectified_on " AFTER, "rectified_on=!date" },
	{ "recheck", "close", "closed", "销号", "close", TOWN | FED | CNT | CITY, 1, 0, REVIEW,
	  "reviewed_on=!date reviewer=!by_person review_opinion=!reason second_reviewer=!second_person" },
	{ "recheck", "close", "closed", "销号(自查)", "close a self-check", CHAIR | REV, 0, 0,
	  "p.check_mode=self " REVIEW,
	  "reviewed_on=!date reviewer=!by_person review_opinion=!reason second_reviewer=!second_person" },
	{ "recheck", "return", "returned", "退回", "send back", TOWN | FED | CNT | CITY, 1, 0,
	  "e.reason e.new_date",
	  "reviewed_on=!date reviewer=!by_person review_opinion=!reason due_on=!new_date e.old_date=@due_on" },
	{ "recheck", "return", "returned", "退回(自查)", "send back a self-check", CHAIR | REV, 0,
	  0,
	  "p.check_mode=self e.reason e.new_date",
	  "reviewed_on=!date reviewer=!by_person review_opinion=!reason due_on=!new_date e.old_date=@due_on" },
	{ "returned", "submit", "recheck", "再次提交", "submit again", SEC | CHAIR, 0, 0,
	  "s.rectify_desc s.rectified_on " AFTER, "rectified_on=!date" },
	{ "found rectifying returned", "extend", "=", "延期", "give more time", CNT | CITY | TOWN,
	  1, 0,
	  "e.new_date e.reason s.extended<2|s.escalated_to",
	  "due_on=!new_date e.old_date=@due_on" },
	{ "found rectifying returned", "extend", "=", "延期(自查)", "give more time, self-check",
	  CHAIR, 0, 0,
	  "p.check_mode=self e.new_date e.reason s.extended<2|s.escalated_to",
	  "due_on=!new_date e.old_date=@due_on" },
	{ "found rectifying", "escalate", "=", "提请上级协调", "put before the upper level",
	  SEC | CHAIR, 0, 0,
	  "s.escalated_to e.reason", "escalated_to=!to_org_id" },
	{ "closed", "recur", "=", "问题反弹", "the problem came back",
	  SEC | CHAIR | REV | TOWN | FED | CNT | CITY, 0, 0,
	  "e.link_id", NULL },
	END,
};
static const struct jc_flow_start w4_starts[] = {
	{ NULL, "result", NULL },
	{ NULL, NULL, NULL },
};

/* A check closes by itself when all that was found is closed (sync/derive.c). */
static const struct jc_move w4c[] = {
	{ "draft", "issue", "issued", "下达", "issue", SEC | CHAIR | REV | TOWN | FED | CNT | CITY,
	  0, 0, "s.checked_on", NULL },
	{ "draft issued", "submit", "submitted", "报送", "submit",
	  SEC | CHAIR | REV | TOWN | FED | CNT | CITY, 0, 0, "#answered", NULL },
	{ "*", "revoke", "void", "作废", "revoke", SEC | CHAIR | REV | TOWN | FED | CNT | CITY, 0,
	  0, "e.reason", NULL },
	END,
};

static const struct jc_move w5[] = {
	{ "proposed", "approve", "approved", "批准", "approve", CNTL | CHAIR, 1, 0,
	  "e.doc_no|e.reason", NULL },
	{ "proposed", "stop", "stopped", "不予立项", "refuse", CNTL, 1, 0, "e.reason", NULL },
	{ "approved", "select", "selecting", "开始遴选", "begin the selection", CNT | SEC, 0, 0,
	  "s.select_method", NULL },
	{ "approved", "contract", "contracted", "直接承接", "contract directly", CNT | SEC, 0, 0,
	  "s.is_designated=1|s.entrust_type=cooperation,entrust_free s.provider_org_id s.contract_no",
	  NULL },
	{ "selecting", "contract", "contracted", "签约承接", "contract", CNT | SEC, 0, 0,
	  "s.provider_org_id s.contract_no s.contract_fen s.from s.to", "signed_on=@date" },
	{ "selecting", "reselect", "approved", "流标", "selection failed", CNT, 1, 0, "e.reason",
	  NULL },
	{ "contracted", "begin", "running", "开始实施", "begin", SEC | CNT, 0, 0, "s.from|#linked",
	  NULL },
	{ "running", "deliver", "accepting", "提交验收", "hand over for acceptance", SEC | CNT, 0,
	  0,
	  "s.done_count|#linked ~e.attachments", NULL },
	{ "accepting", "accept", "accepted", "验收通过", "accept", CNT | SEC, 0, 0,
	  "s.accept_result=pass,fix s.accept_team>=2", "accepted_on=@date" },
	{ "accepting", "demand_fix", "fixing", "要求整改", "demand corrections", CNT | SEC, 0, 0,
	  "s.accept_result=fail e.reason", NULL },
	{ "fixing", "deliver", "accepting", "整改后再报验", "hand over again", SEC | CNT, 0, 0,
	  "e.reason", NULL },
	{ "accepted", "evaluate", "evaluated", "绩效评价", "evaluate", CNT | SEC, 0, 0,
	  "s.eval_grade s.satisfaction s.survey_n>=1 s.eval_text", NULL },
	{ "evaluated", "archive", "archived", "归档", "archive", CNT | SEC, 0, 0,
	  "#final_paid|e.reason", NULL },
	{ "contracted running fixing", "stop", "stopped", "终止", "stop", CNTL | CHAIR, 1, 0,
	  "e.reason", NULL },
	END,
};

static const struct jc_move w6[] = {
	{ "applied", "approve", "approved", "批准", "approve", CNT | CHAIR, 1, 0, NULL, NULL },
	{ "applied", "reject", "rejected", "不同意", "refuse", CNT | CHAIR, 1, 0, "e.reason",
	  NULL },
	{ "approved", "deliver", "delivered", "交付", "deliver", SEC | CNT, 0, 0, "s.receipt=1",
	  "granted_on=@date" },
	{ "delivered", "follow", "following", "跟踪", "follow up", SEC | CNT, 0, 0, "s.follow_up",
	  NULL },
	{ "delivered following", "close", "closed", "办结", "close", SEC | CNT, 0, 0, NULL, NULL },
	{ "delivered", "recall", "recalled", "收回", "take back", SEC | CNT, 0, 0, "e.reason",
	  NULL },
	END,
};

static const struct jc_move w7[] = {
	{ "planned", "enrol", "enrolled", "报送名单", "send the list", SEC | CNT, 0, 0,
	  "s.member_id|s.name s.units", NULL },
	{ "enrolled", "activate", "active", "生效", "in force", SEC | CNT | SYS, 0, 0,
	  "s.from s.to s.is_gift=1?s.payer_org_id", NULL },
	{ "active", "expire", "expired", "到期", "expire", SEC | CNT | SYS, 0, 0, NULL, NULL },
	{ "planned enrolled active", "cancel", "cancelled", "取消", "cancel", SEC | CNT, 0, 0,
	  "e.reason", NULL },
	END,
};
/* Lists of people who are covered already come with the number of their certificate. */
static const struct jc_flow_start w7_starts[] = {
	{ "active", NULL, "s.cert_no s.from s.to" },
	{ NULL, NULL, NULL },
};

static const struct jc_move w7c[] = {
	{ "reported", "submit", "submitted", "提交", "submit", SEC | CNT, 0, 0,
	  "s.event_date s.asked_on", NULL },
	{ "submitted", "pay", "paid", "给付", "pay", CNT | SEC, 0, 0, "s.paid_fen",
	  "paid_on=@date" },
	{ "submitted", "reject", "rejected", "不予给付", "refuse", CNT, 1, 0, "e.reason", NULL },
	{ "paid rejected", "close", "closed", "办结", "close", SEC | CNT, 0, 0, NULL, NULL },
	END,
};

static const struct jc_move w8[] = {
	{ "proposed", "agree", "agreed", "双方同意", "both agree", SEC | CHAIR | CNT, 0, 0,
	  "s.from_org_id s.to_org_id s.doc_no|e.doc_no", NULL },
	{ "agreed", "begin", "active", "到任", "take up the post", SEC | CNT, 0, 0, "s.from",
	  "from=@date" },
	{ "active", "end", "ended", "期满", "end", SEC | CNT, 0, 0, "s.to", "to=@date" },
	{ "active", "recall", "recalled", "召回", "recall", SEC | CNT, 0, 0, "e.reason", NULL },
	END,
};

static const struct jc_move w9[] = {
	{ "topic", "fieldwork", "fieldwork", "开展调研", "begin the fieldwork", SEC | CNT, 0, 0,
	  "s.lead_org_id", NULL },
	{ "fieldwork", "draft", "drafted", "成稿", "draft", SEC | CNT, 0, 0, "s.finding s.advice",
	  NULL },
	{ "drafted", "submit", "submitted", "报送", "submit", SEC | CNT, 0, 0,
	  "s.submitted_to s.submitted_on", "submitted_on=@date" },
	{ "submitted", "adopt", "adopted", "被采纳", "adopted", SEC | CNT | CITY, 0, 0,
	  "s.adopted_by",
	  "adoption=adopted adopted_on=@date" },
	{ "submitted", "note", "noted", "获批示", "noted", SEC | CNT | CITY, 0, 0, "s.adopted_by",
	  "adoption=noted adopted_on=@date" },
	{ "submitted", "no_reply", "no_reply", "无反馈", "no reply", SEC | CNT | CITY, 0, 0, NULL,
	  "adoption=none" },
	{ "adopted noted no_reply", "archive", "archived", "归档", "archive", SEC | CNT, 0, 0,
	  NULL, NULL },
	END,
};

/* Many branches reply to one notice, each for itself, so a reply may follow a reply. */
static const struct jc_move w10[] = {
	{ "draft", "publish", "open", "发布", "publish", SEC | CNT | CITY | FED | TOWN, 0, 0,
	  "s.title s.valid_to", NULL },
	{ "open", "match", "matched", "对接", "match", SEC | CNT | CITY | FED, 0, 0,
	  "s.matched_to", "matched_to=@link_id" },
	{ "open replied", "reply", "replied", "回复", "reply", SEC | CNT, 0, 0,
	  "e.reason|e.link_id|e.attachments", NULL },
	{ "open matched replied", "close", "closed", "办结", "close",
	  SEC | CNT | CITY | FED | TOWN, 0, 0, NULL, NULL },
	{ "open", "expire", "expired", "到期", "expire", SEC | CNT | SYS, 0, 0, NULL, NULL },
	END,
};
/* clang-format on */

#define BY_EVENT .event = "event", .subject = "subject_id", .move = "move", .date = "event_date"

static const struct jc_flow table[] = {
	{ .code = "W1", .version = 1, .kind = "build_case", .state = "state",
	  .state_on = "state_on", .event = "build_event",
	  .subject = "case_id", .move = "step", .date = "event_date", .begin = "survey",
	  .moves = w1 },
	{ .code = "W2", .version = 1, .kind = "member", .state = "membership_status",
	  .event = "member_event",
	  .subject = "member_id", .move = "change_type", .date = "change_date", .begin = "",
	  .assume = 1, .starts = w2_starts,
	  .moves = w2 },
	{ .code = "W2b", .version = 2, .kind = "transfer", .state = "state",
	  .state_on = "state_on", BY_EVENT, .begin = "draft",
	  .moves = w2b },
	{ .code = "W3", .version = 1, .kind = "activity", .state = "state", .state_on = "state_on",
	  BY_EVENT, .begin = "planned",
	  .starts = w3_starts, .moves = w3 },
	{ .code = "W4", .version = 1, .kind = "check_item", .state = "state",
	  .state_on = "state_on", .parent = "check_id",
	  BY_EVENT, .begin = "pending", .starts = w4_starts, .moves = w4 },
	{ .code = "W4c", .version = 1, .kind = "check", .state = "state", .state_on = "state_on",
	  BY_EVENT, .begin = "draft",
	  .moves = w4c },
	{ .code = "W5", .version = 1, .kind = "project", .state = "state", .state_on = "state_on",
	  BY_EVENT, .begin = "proposed",
	  .moves = w5 },
	{ .code = "W6", .version = 1, .kind = "grant", .state = "state", .state_on = "state_on",
	  BY_EVENT, .begin = "applied",
	  .moves = w6 },
	{ .code = "W7", .version = 1, .kind = "aid_cover", .state = "state",
	  .state_on = "state_on", BY_EVENT, .begin = "planned",
	  .starts = w7_starts, .moves = w7 },
	{ .code = "W7c", .version = 1, .kind = "aid_claim", .state = "state",
	  .state_on = "state_on", BY_EVENT,
	  .begin = "reported", .moves = w7c },
	{ .code = "W8", .version = 1, .kind = "exchange", .state = "state", .state_on = "state_on",
	  BY_EVENT,
	  .begin = "proposed", .moves = w8 },
	{ .code = "W9", .version = 1, .kind = "research", .state = "state", .state_on = "state_on",
	  BY_EVENT, .begin = "topic",
	  .moves = w9 },
	{ .code = "W10", .version = 1, .kind = "notice", .state = "state", .state_on = "state_on",
	  BY_EVENT, .begin = "draft",
	  .moves = w10 },
};

const struct jc_flow *const jc_flow_list[] = {
	&table[0], &table[1], &table[2], &table[3], &table[4], &table[5], &table[6], &table[7],
	    &table[8], &table[9],
	&table[10], &table[11], &table[12], NULL,
};
