/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The rules. Each is one statement that gives record id, title, due date (or NULL), cause and one more text,
 * and the sentence that is made of them: {t} title, {d} date, {x} the text. :today and :scope are bound where
 * they are named. What is required of records is counted by the catalogue, kind by kind.
 */
#include "tasks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_flow.h"
#include "../schema/schema_mem.h"
#include "../schema/schema_require.h"
#include "../sync/sync_dup.h"
#include "out.h"

#define WHERE "tasks"
#define COUNT_MOST 1000
#define TASKS_MOST 2000

#define LIVING(kind) " FROM k_" kind " k CROSS JOIN record r USING(rec) WHERE r.void = 0 AND (:scope = 0 OR r.scope = :scope)"
#define DAY(n) "date(:today, '" n " days')"
#define ORG_NAME(field) "(SELECT o.name FROM record ro JOIN k_org o ON o.rec = ro.rec WHERE ro.scope = r.scope AND ro.id = k." field " AND ro.kind = 1)"
#define ITEM "coalesce(k.finding, k.item_text, k.item_no, '')"
#define ACTIVE "coalesce(k.org_status, 'active') NOT IN ('deregistered', 'merged')"

static const struct rule {
	const char *word, *kind;
	const char *zh, *en;       /* of the group */
	const char *one_zh, *one_en;
	const char *sql;
} rules[] = {
	{"item_overdue", "check_item", "整改超期", "corrections overdue",
	  "“{t}”整改已超期，期限是{d}，责任人{x}",
	    "\"{t}\" should have been put right by {d}; responsible: {x}",
	    "SELECT r.id, " ITEM ", k.due_on, '', coalesce(k.resp_person, '')" LIVING("check_item")
	    " AND k.state IN ('found', 'rectifying', 'returned') AND k.due_on < :today ORDER BY k.due_on"},
	{"item_due", "check_item", "整改快到期", "corrections due soon",
	  "“{t}”要在{d}前整改好，责任人{x}",
	    "\"{t}\" is to be put right by {d}; responsible: {x}",
	    "SELECT r.id, " ITEM ", k.due_on, '', coalesce(k.resp_person, '')" LIVING("check_item")
	    " AND k.state IN ('found', 'rectifying', 'returned') AND k.due_on BETWEEN :today AND " DAY("+3") " ORDER BY k.due_on"},
	{"recheck_waiting", "check_item", "待复查超过7天", "reviews waiting over 7 days",
	  "“{t}”{x}提交复查，已经等了7天以上",
	    "\"{t}\" was submitted for review on {x} and has waited more than 7 days",
	    "SELECT r.id, " ITEM ", NULL, k.state_on, k.state_on" LIVING("check_item") " AND k.state = 'recheck' AND k.state_on < " DAY("-7")
	    " ORDER BY k.state_on"},
	{"impossible", "", "流程对不上", "moves that do not fit",
	  "“{t}”有一步“{x}”（{d}）和前面的对不上，请更正",
	    "A move of \"{t}\", {x} ({d}), does not follow what was before; please correct it",
	    "SELECT r.id, '', f.day, e.id, f.move, r.kind FROM flow_step f JOIN record r ON r.rec = f.subject JOIN record e ON e.rec = f.event"
	    " WHERE f.ok = 0 AND r.void = 0 AND (:scope = 0 OR r.scope = :scope) ORDER BY f.day"},
	{"conflict", "", "两个人填得不一样", "values that differ",
	  "“{t}”有{x}项两边填得不一样，请选定",
	  "{x} fields of \"{t}\" have two values; please settle them",
	    "SELECT r.id, '', NULL, '', r.conflicts, r.kind FROM record r WHERE r.conflicts > 0 AND r.void = 0"
	    " AND (:scope = 0 OR r.scope = :scope) ORDER BY r.rec"},
	{"member_double", "member", "同一个人可能登记了两次", "people who may be entered twice",
	  "{t}的证件号码在册两次以上，请核对",
	    "The ID number of {t} is on the register more than once; please look",
	    "SELECT r.id, k.name, NULL, d.id_no, '' FROM (SELECT m.id_no FROM k_member m WHERE m.id_no IS NOT NULL"
	    "   GROUP BY m.id_no HAVING count(*) > 1) d JOIN k_member k ON k.rec = (SELECT min(m.rec) FROM k_member m WHERE m.id_no = d.id_no)"
	    "   JOIN record r ON r.rec = k.rec"
	    " WHERE (:scope = 0 OR r.scope = :scope) AND 1 < (SELECT count(*) FROM k_member m JOIN record mr USING(rec)"
	    "   WHERE m.id_no = d.id_no AND mr.void = 0 AND coalesce(m.membership_status, '') IN ('active', 'retained', 'moving'))"},
	{"two_memberships", "member", "双重会籍", "two memberships",
	  "{t}在两个单位都有会籍（证件号码相同），请县里核定",
	  "{t} is a member in two branches (one ID number); the county decides",
	    "SELECT r.id, k.name, NULL, d.id_no, '' FROM (SELECT m.id_no, min(m.rec) AS rec FROM k_member m JOIN record mr USING(rec)"
	    "   WHERE m.id_no IS NOT NULL AND length(m.id_no) = 18 AND mr.void = 0"
	    "     AND coalesce(m.membership_status, '') IN ('active', 'retained', 'moving')"
	    "   GROUP BY m.id_no HAVING count(DISTINCT mr.scope) > 1) d JOIN k_member k ON k.rec = d.rec JOIN record r ON r.rec = d.rec"
	    " WHERE (:scope = 0 OR r.scope = :scope)"},
	{"two_counties", "masked", "两个县都有的会员", "members of two counties",
	  "有一个人在{x}都有会籍（证件号码的匹配码相同），请市里协调核定",
	    "One person is a member in {x} (the match keys of the numbers are equal); the city settles it",
	    "SELECT r.id, k.match_key, NULL, k.match_key, group_concat(DISTINCT s.name) FROM k_masked k JOIN record r USING(rec)"
	    " JOIN scope s ON s.no = r.scope WHERE :scope = 0 AND r.void = 0 AND s.role = 'office' AND s.mine = 0 AND k.match_key IS NOT NULL"
	    " AND k.membership IN ('active', 'retained', 'moving') GROUP BY k.match_key HAVING count(DISTINCT r.scope) > 1"},
	{"reply_due", "notice", "要回复的通知", "notices to reply to", "“{t}”要在{d}前回复",
	  "\"{t}\" is to be replied to by {d}",
	    "SELECT r.id, k.title, k.reply_by, '', '' FROM k_notice k JOIN record r USING(rec) WHERE r.void = 0 AND k.needs_reply = '1'"
	    " AND k.state IN ('open', 'replied') AND NOT EXISTS(SELECT 1 FROM k_event e JOIN record er USING(rec)"
	    "   WHERE e.subject_id = r.id AND e.move = 'reply' AND er.void = 0 AND (:scope = 0 OR er.scope = :scope))"
	    " ORDER BY k.reply_by"},
	{"transfer_in", "transfer", "等本单位答复的接转", "transfers to be answered here",
	  "{t}的会籍接转等您答复（{x}提出），请接收或退回",
	    "The transfer of {t}, asked for by {x}, waits for your answer: accept it or send it back",
	    "SELECT r.id, coalesce(k.name, ''), NULL, k.state_on, coalesce(CASE k.direction WHEN 'in' THEN k.to_name ELSE k.from_name END, '')"
	    " FROM k_transfer k CROSS JOIN record r USING(rec) WHERE r.void = 0 AND r.scope = :scope AND k.origin_id IS NOT NULL"
	    " AND k.state IN ('sent', 'asking') ORDER BY k.state_on"},
	{"transfer_back", "transfer", "被退回的接转", "transfers sent back",
	  "{t}的接转被退回：{x}", "The transfer of {t} was sent back: {x}",
	    "SELECT r.id, coalesce(k.name, ''), NULL, er.id, coalesce(e.reason, '-')"
	    "  FROM k_transfer k JOIN record r USING(rec) JOIN flow_step f ON f.subject = k.rec AND f.move = 'reject' AND f.ok = 1"
	    "  JOIN k_event e ON e.rec = f.event JOIN record er ON er.rec = f.event"
	    " WHERE r.void = 0 AND r.scope = :scope AND k.state = 'rejected' AND k.origin_id IS NULL AND f.day = k.state_on"
	    " AND k.state_on >= " DAY("-30") " ORDER BY k.state_on"},
	{"transfer_lost", "transfer", "找不到对方的接转", "transfers without another side",
	  "{t}的接转（{x}）在县里找不到对方，请核对工会或证件号码，或者改走纸质",
	    "The transfer of {t} ({x}) leads to no branch of the county, or to several; correct the union or the number, or go on paper",
	    "SELECT r.id, coalesce(k.name, ''), NULL, k.state_on,"
	    " coalesce(CASE k.direction WHEN 'in' THEN k.from_name ELSE coalesce(k.to_name, ltrim(k.to_union, '?')) END, '-')"
	    "  FROM k_transfer k JOIN record r USING(rec) JOIN scope s ON s.no = r.scope WHERE r.void = 0 AND :scope = 0 AND s.role = 'branch'"
	    " AND s.mine AND k.origin_id IS NULL AND k.state IN ('sent', 'asking')"
	    " AND NOT EXISTS(SELECT 1 FROM k_transfer c WHERE c.origin_id = r.id) ORDER BY k.state_on"},
	{"transfer_waiting", "transfer", "接转等了15天", "transfers waiting 15 days",
	  "{t}的接转（{x}申请）15天没有答复，可以请县里裁定",
	    "The transfer of {t}, asked for on {x}, has had no answer for 15 days; the county may decide",
	    "SELECT r.id, coalesce(k.name, ''), NULL, k.state_on, k.state_on" LIVING("transfer") " AND k.state IN ('sent', 'asking')"
	    " AND k.origin_id IS NULL AND k.state_on <= " DAY("-15") " ORDER BY k.state_on"},
	{"term_end", "org", "换届提醒", "terms ending", "“{t}”{d}届满，请准备换届",
	  "The term of \"{t}\" ends on {d}; prepare the election",
	    "SELECT r.id, k.name, k.term_end, '', ''" LIVING("org") " AND k.org_kind = 'union' AND " ACTIVE
	    " AND k.term_end <= " DAY("+180") " ORDER BY k.term_end"},
	{"cert_to", "org", "法人证到期", "certificates expiring",
	  "“{t}”的法人资格证{d}到期，请提前换证",
	  "The certificate of \"{t}\" expires on {d}; renew it",
	    "SELECT r.id, k.name, k.cert_to, '', ''" LIVING("org") " AND k.org_kind = 'union' AND " ACTIVE
	    " AND k.legal_person_status = 'valid' AND k.cert_to <= " DAY("+60") " ORDER BY k.cert_to"},
	{"coop_to", "coop", "合作协议到期", "agreements expiring", "与“{t}”的合作协议{d}到期",
	  "The agreement with \"{t}\" expires on {d}",
	    "SELECT r.id, coalesce(" ORG_NAME("partner_org_id") ", ''), k.valid_to, '', ''" LIVING("coop") " AND k.valid_to <= " DAY("+60")
	    " ORDER BY k.valid_to"},
	{"designated_to", "project", "定点单位到期", "designations expiring",
	  "“{t}”的定点资格{d}到期", "The designation in \"{t}\" expires on {d}",
	    "SELECT r.id, k.name, k.designated_to, '', ''" LIVING("project") " AND k.is_designated = '1' AND k.designated_to <= " DAY("+60")
	    " AND k.state NOT IN ('archived', 'stopped') ORDER BY k.designated_to"},
	{"cover_to", "aid_cover", "互助保障到期", "mutual-aid cover expiring",
	  "{t}的互助保障{d}到期，可以续保", "The cover of {t} expires on {d}; it can be renewed",
	    "SELECT r.id, coalesce(k.name, (SELECT m.name FROM record mr JOIN k_member m ON m.rec = mr.rec WHERE mr.scope = r.scope"
	    " AND mr.id = k.member_id AND mr.kind = 2), ''), k.\"to\", '', ''" LIVING("aid_cover") " AND k.state = 'active' AND k.\"to\" <= "
	    DAY("+30") " ORDER BY k.\"to\""},
	{"venue_check", "venue", "场地一年没查", "venues not checked for a year",
	  "“{t}”上次安全检查是{x}，该查了", "\"{t}\" was last checked on {x}; check it again",
	    "SELECT r.id, k.name, NULL, k.safety_check_on, k.safety_check_on" LIVING("venue") " AND k.safety_check_on < " DAY("-365")
	    " ORDER BY k.safety_check_on"},
	{"case_late", "build_case", "建会超过计划日期", "union building behind its date",
	  "“{t}”原计划{d}建会", "\"{t}\" was to have a union by {d}",
	    "SELECT r.id, coalesce(" ORG_NAME("org_id") ", ''), k.plan_done_on, '', ''" LIVING("build_case") " AND k.plan_done_on < :today"
	    " AND k.state NOT IN ('built', 'cancelled', 'not_fit', 'dissolved') ORDER BY k.plan_done_on"},
	{"case_again", "build_case", "暂缓的该再联系了", "paused cases to look at again",
	  "“{t}”暂缓建会，约定{d}再联系", "\"{t}\" is paused; look again on {d}",
	    "SELECT r.id, coalesce(" ORG_NAME("org_id") ", ''), e.next_on, er.id, ''"
	    "  FROM k_build_case k JOIN record r USING(rec) JOIN flow_step f ON f.subject = k.rec AND f.move = 'paused' AND f.ok = 1"
	    "  JOIN k_build_event e ON e.rec = f.event JOIN record er ON er.rec = f.event"
	    " WHERE r.void = 0 AND (:scope = 0 OR r.scope = :scope) AND k.state = 'paused' AND f.day = k.state_on AND e.next_on <= " DAY("+7")
	    " ORDER BY e.next_on"},
	{"should_build", "org", "应建会还没建", "should have a union",
	  "“{t}”应建工会（{x}），还没有开始",
	  "\"{t}\" should have a union ({x}); nothing has begun",
	    "SELECT r.id, k.name, NULL, '', CASE WHEN k.party_org_status IN ('own', 'joint', 'functional', 'dual') THEN 'party'"
	    " WHEN k.key_target = '1' THEN 'key' ELSE 'law25' END" LIVING("org") " AND k.org_kind = 'social' AND " ACTIVE
	    " AND k.union_state IN ('none', 'dissolved') AND (k.party_org_status IN ('own', 'joint', 'functional', 'dual')"
	    "   OR coalesce(k.staff_full, 0) + coalesce(k.staff_part, 0) >= 25 OR k.key_target = '1')"
	    " AND NOT EXISTS(SELECT 1 FROM k_build_case c JOIN record cr USING(rec) WHERE c.org_id = r.id AND cr.scope = r.scope"
	    "   AND cr.void = 0) ORDER BY k.name"},
	{"visit", "org", "半年没走访", "not visited for half a year",
	  "“{t}”半年没有走访了（上次{x}）",
	  "\"{t}\" has not been visited for half a year (last: {x})",
	    "SELECT r.id, k.name, NULL, '', coalesce((SELECT max(c.contact_date) FROM k_contact_log c JOIN record cr USING(rec)"
	    "   WHERE c.org_id = r.id AND cr.void = 0), '-') AS last" LIVING("org") " AND k.org_kind = 'social' AND " ACTIVE
	    " AND last < " DAY("-180") " ORDER BY last"},
	{"contact_next", "contact_log", "约好再联系", "contacts agreed",
	  "约定{d}再次联系（{x}走访）", "Contact was agreed for {d} (visit of {x})",
	    "SELECT r.id, '', k.next_on, '', k.contact_date" LIVING("contact_log") " AND k.next_on BETWEEN " DAY("-30") " AND " DAY("+7")
	    " ORDER BY k.next_on"},
	{"activity_past", "activity", "活动过了没记结果", "activities without a result",
	  "“{t}”（{d}）已过，请补记人数或改期",
	  "\"{t}\" ({d}) is past; record who came, or postpone it",
	    "SELECT r.id, k.title, substr(k.start_at, 1, 10), '', ''" LIVING("activity") " AND k.state IN ('planned', 'running')"
	    " AND k.start_at < :today ORDER BY k.start_at"},
	{"survey_old", "org", "摸底资料一年没更新", "surveys a year old",
	  "“{t}”的摸底资料是{x}的，请更新", "\"{t}\" was surveyed on {x}; look again",
	    "SELECT r.id, k.name, NULL, k.survey_on, k.survey_on" LIVING("org") " AND k.org_kind = 'social' AND " ACTIVE
	    " AND k.survey_on < " DAY("-365") " ORDER BY k.survey_on"},
};
#define NRULES (sizeof(rules) / sizeof(*rules))

static const char missing_word[] = "required";

/* One task kept until all are known and can be ordered. */
struct kept {
	const struct rule *rule;
	const struct jc_kind *kind;
	jc_id id;
	char record[16], due[12];
	char *title, *sentence;
	int rank; /* 0 overdue, 1 has a date, 2 none */
};

struct asking {
	struct jc_node *node;
	const struct jc_tasks_ask *ask;
	struct kept *v;
	size_t n, cap;
	int (*group)(void *arg, const struct jc_task_group *g);
	int (*task)(void *arg, const struct jc_task *t);
	void *arg;
	struct jc_err *err;
};

/* ---- one task ---- */

static void
task_id(jc_id out, const char *rule, const char *record, const char *cause)
{
	uint8_t hash[JC_HASH_LEN];
	struct jc_hasher h;

	jc_hasher_init(&h);
	jc_hasher_add(&h, rule, strlen(rule) + 1);
	jc_hasher_add(&h, record, strlen(record) + 1);
	jc_hasher_add(&h, cause, strlen(cause));
	jc_hasher_end(&h, hash);
	jc_id_from_hash(out, hash);
}

static void
sentence_put(struct jc_buf *b, const char *form, const char *title, const char *due,
    const char *more)
{
	for (const char *p = form; *p != '\0'; p++) {
		if (p[0] != '{' || p[1] == '\0' || p[2] != '}') {
			jc_buf_putc(b, *p);
			continue;
		}
		jc_buf_puts(b, p[1] == 't' ? title : p[1] == 'd' ? due : more);
		p += 2;
	}
	jc_buf_putc(b, '\0');
}

/* What a record is called, where the statement could not say. */
static int
title_of(struct jc_buf *b, struct asking *a, const char *id)
{
	struct jc_record_key key;
	struct jc_record r;
	int rc = jc_record_find(a->node, 0, id, &key, a->err);

	if (rc < 0 || (rc = jc_record_read(a->node, key.rec, &r, a->err)) < 0)
		return rc;
	jc_out_record(b, &r);
	jc_record_free(&r);
	return 0;
}

/* Codes in the last column are shown as people call them. */
static const char *
more_text(const struct rule *rule, const struct jc_kind *kind, const char *more)
{
	const struct jc_flow *flow = strcmp(rule->word, "impossible") == 0
	    ? jc_flow_of(kind) : NULL;
	const struct jc_kind *event = flow != NULL ? jc_catalogue_kind(flow->event,
	    strlen(flow->event)) : NULL;
	const struct jc_field *f = event != NULL ? jc_catalogue_field(event, flow->move,
	    strlen(flow->move)) : NULL;
	const struct jc_choice *c = f != NULL ? jc_catalogue_choice(f, more, strlen(more)) : NULL;

	if (c != NULL)
		return jc_choice_label(c);
	if (strcmp(more, "party") == 0)
		return JC_T("有党组织", "it has a Party organization");
	if (strcmp(more, "key") == 0)
		return JC_T("重点对象", "a key target");
	if (strcmp(more, "law25") == 0)
		return JC_T("25人以上", "25 people or more");
	return strcmp(more, "-") == 0 ? JC_T("没有记录", "none") : more;
}

static struct kept *
kept_new(struct asking *a)
{
	if (a->n == a->cap) {
		size_t cap = a->cap != 0 ? a->cap * 2 : 64;
		struct kept *v = jc_realloc(a->v, cap * sizeof(*v));

		if (v == NULL)
			return NULL;
		a->v = v;
		a->cap = cap;
	}
	memset(&a->v[a->n], 0, sizeof(a->v[a->n]));
	return &a->v[a->n];
}

static const char *
column(struct jc_stmt *st, int i)
{
	const char *s = jc_col_text(st, i, NULL);

	return s != NULL ? s : "";
}

static int
row_keep(struct asking *a, const struct rule *rule, struct jc_stmt *st)
{
	struct kept *k = kept_new(a);
	const char *more;
	struct jc_buf title, text;
	int rc = 0;

	if (k == NULL)
		return JC_NOMEM(a->err, WHERE);
	jc_buf_init(&title, 1 << 16);
	jc_buf_init(&text, 1 << 16);
	k->rule = rule;
	k->kind = rule->kind[0] != '\0' ? jc_catalogue_kind(rule->kind, strlen(rule->kind))
	                                : jc_catalogue_kind_id((unsigned)jc_col_int(st, 5));
	snprintf(k->record, sizeof(k->record), "%s", column(st, 0));
	snprintf(k->due, sizeof(k->due), "%s", column(st, 2));
	k->rank = k->due[0] == '\0' ? 2 : strcmp(k->due, a->ask->today) < 0 ? 0 : 1;
	task_id(k->id, rule->word, k->record, column(st, 3));
	jc_buf_puts(&title, column(st, 1));
	if (title.len == 0 && k->kind != NULL)
		rc = title_of(&title, a, k->record);
	jc_buf_putc(&title, '\0');
	more = more_text(rule, k->kind, column(st, 4));
	if (rc == 0 && (rc = jc_buf_check(&title, WHERE, a->err)) == 0) {
		sentence_put(&text, JC_T(rule->one_zh, rule->one_en), title.data, k->due, more);
		rc = jc_buf_check(&text, WHERE, a->err);
	}
	if (rc == 0) {
		k->title = jc_buf_take(&title, &(size_t){0});
		k->sentence = jc_buf_take(&text, &(size_t){0});
		a->n++;
	}
	jc_buf_free(&title);
	jc_buf_free(&text);
	return rc;
}

/* ---- rules ---- */

#define SAME_NUMBER 16 /* records of one number that are looked at */

/* Is there a pair of this number that nobody has decided about? Who was noted to be two needs no looking at. */
static int
still_doubled(struct asking *a, const char *number)
{
	struct {
		int64_t scope;
		jc_id id;
	} v[SAME_NUMBER];
	const struct jc_kind *member = jc_catalogue_kind("member", 6);
	struct jc_stmt *st;
	size_t n = 0;
	int rc, apart = 1;

	if ((rc = jc_db_prep(&st, a->node->db,
	         "SELECT r.scope, r.id FROM k_member m CROSS JOIN record r ON r.rec = m.rec WHERE m.id_no = :number AND r.void = 0"
	         " AND coalesce(m.membership_status, '') IN ('active', 'retained', 'moving')", a->err)) < 0)
		return rc;
	jc_bind_str(st, ":number", number);
	while (n < SAME_NUMBER && (rc = jc_stmt_step(st, a->err)) == 1) {
		v[n].scope = jc_col_int(st, 0);
		snprintf(v[n++].id, sizeof(v[0].id), "%s", column(st, 1));
	}
	jc_stmt_reset(st);
	for (size_t i = 0; rc >= 0 && apart == 1 && i < n; i++)
		for (size_t k = i + 1; apart == 1 && k < n; k++)
			apart = v[i].scope != v[k].scope ? 0 : jc_dup_told_apart(a->node, v[i].scope, member, v[i].id, v[k].id, a->err);
	return rc < 0 ? rc : apart < 0 ? apart : !apart;
}

static int
rule_bind(struct jc_stmt **st, struct asking *a, const struct rule *rule)
{
	int rc = jc_db_prep_text(st, a->node->db, rule->sql, a->err);

	if (rc < 0)
		return rc;
	if (strstr(rule->sql, ":today") != NULL)
		jc_bind_str(*st, ":today", a->ask->today);
	if (strstr(rule->sql, ":scope") != NULL)
		jc_bind_int(*st, ":scope", a->ask->scope);
	return 0;
}

static int
group_tell(struct asking *a, const char *word, const char *label, int64_t count, int capped)
{
	struct jc_task_group g = {word, label, count, capped};

	return count != 0 && a->group != NULL ? a->group(a->arg, &g) : 0;
}

static int
rule_ask(struct asking *a, const struct rule *rule)
{
	int64_t limit = a->ask->limit > 0 ? a->ask->limit : 50, count = 0;
	struct jc_stmt *st = NULL;
	int doubled = strcmp(rule->word, "member_double") == 0, rc = rule_bind(&st, a, rule);

	while (rc >= 0 && count <= COUNT_MOST && (rc = jc_stmt_step(st, a->err)) == 1) {
		if (doubled && (rc = still_doubled(a, column(st, 3))) <= 0)
			continue;
		if (count++ < limit && a->n < TASKS_MOST)
			rc = row_keep(a, rule, st);
	}
	jc_stmt_free(st);
	if (rc < 0)
		return rc;
	return group_tell(a, rule->word, JC_T(rule->zh, rule->en), count > COUNT_MOST
	    ? COUNT_MOST : count, count > COUNT_MOST);
}

/* Records of one kind that lack something: one task for all of them. */
static int
missing_keep(struct asking *a, const struct jc_kind *kind, int64_t count)
{
	struct kept *k = kept_new(a);
	struct jc_buf text;
	int rc;

	if (k == NULL)
		return JC_NOMEM(a->err, WHERE);
	jc_buf_init(&text, 1024);
	k->kind = kind;
	k->rank = 3;
	task_id(k->id, missing_word, kind->name, "");
	jc_buf_putf(&text, JC_T("%s有%lld%s条待补", "%s: %lld%s records to complete"),
	    jc_kind_label(kind),
	    (long long)(count > COUNT_MOST ? COUNT_MOST : count), count > COUNT_MOST ? JC_T("多",
	    "+") : "");
	jc_buf_putc(&text, '\0');
	if ((rc = jc_buf_check(&text, WHERE, a->err)) == 0) {
		k->title = jc_strndup(jc_kind_label(kind), strlen(jc_kind_label(kind)));
		k->sentence = jc_buf_take(&text, &(size_t){0});
		a->n++;
	}
	jc_buf_free(&text);
	return rc;
}

static int
missing_count(struct asking *a, const struct jc_kind *kind, int64_t *count)
{
	struct jc_stmt *st = NULL;
	struct jc_buf sql;
	int rc;

	*count = 0;
	jc_buf_init(&sql, 1 << 16);
	jc_buf_putf(&sql, "SELECT count(*) FROM (SELECT 1 FROM \"k_%s\" k WHERE ", kind->name);
	jc_require_sql(&sql, kind);
	jc_buf_putf(&sql,
	    " AND EXISTS(SELECT 1 FROM record r WHERE r.rec = k.rec AND r.void = 0 AND (?1 = 0 OR r.scope = ?1)) LIMIT %d)",
	    COUNT_MOST + 1);
	if ((rc = jc_buf_check(&sql, WHERE, a->err)) == 0 && (rc = jc_db_prep_text(&st,
	    a->node->db, sql.data, a->err)) == 0) {
		jc_bind_int_at(st, 1, a->ask->scope);
		if ((rc = jc_stmt_step(st, a->err)) == 1) {
			*count = jc_col_int(st, 0);
			rc = 0;
		}
	}
	jc_stmt_free(st);
	jc_buf_free(&sql);
	return rc;
}

static int
missing_ask(struct asking *a)
{
	int64_t all = 0, count;
	int rc = 0;

	for (size_t i = 0; rc == 0 && jc_catalogue_kinds()[i] != NULL; i++) {
		if ((rc = missing_count(a, jc_catalogue_kinds()[i], &count)) == 0 && count != 0) {
			all += count;
			rc = missing_keep(a, jc_catalogue_kinds()[i], count);
		}
	}
	return rc < 0 ? rc : group_tell(a, missing_word, JC_T("待补", "to complete"), all, 0);
}

static int
kept_cmp(const void *x, const void *y)
{
	const struct kept *a = x, *b = y;
	int c;

	if (a->rank != b->rank)
		return a->rank - b->rank;
	if ((c = strcmp(a->due, b->due)) != 0)
		return c;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	return strcmp(a->id, b->id); /* the same on every machine */
}

static int
tasks_tell(struct asking *a)
{
	int rc = 0;

	if (a->n > 1)
		qsort(a->v, a->n, sizeof(*a->v), kept_cmp);
	for (size_t i = 0; rc == 0 && a->task != NULL && i < a->n; i++) {
		const struct kept *k = &a->v[i];
		struct jc_task t = {.rule = k->rule != NULL ? k->rule->word : missing_word,
			.label = k->rule != NULL ? JC_T(k->rule->zh, k->rule->en) : JC_T("待补",
			    "to complete"),
			.kind = k->kind != NULL ? k->kind->name : "", .record = k->record,
			    .title = k->title, .due = k->due,
			.overdue = k->rank == 0, .sentence = k->sentence};

		memcpy(t.id, k->id, sizeof(t.id));
		rc = a->task(a->arg, &t);
	}
	return rc;
}

int
jc_tasks(struct jc_node *node, const struct jc_tasks_ask *ask, int (*group)(void *arg,
    const struct jc_task_group *g),
    int (*task)(void *arg, const struct jc_task *t), void *arg, struct jc_err *err)
{
	struct asking a = {.node = node, .ask = ask, .group = group, .task = task, .arg = arg,
	    .err = err};
	int rc = jc_db_begin_read(node->db, err), end;

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < NRULES; i++)
		if (ask->rule == NULL || strcmp(ask->rule, rules[i].word) == 0)
			rc = rule_ask(&a, &rules[i]);
	if (rc == 0 && (ask->rule == NULL || strcmp(ask->rule, missing_word) == 0))
		rc = missing_ask(&a);
	if (rc == 0)
		rc = tasks_tell(&a);
	for (size_t i = 0; i < a.n; i++) {
		jc_free(a.v[i].title);
		jc_free(a.v[i].sentence);
	}
	jc_free(a.v);
	end = jc_db_end(node->db, rc >= 0, rc >= 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- everything overdue of one kind ---- */

static int
overdue_sql(struct jc_buf *sql, const struct jc_kind *kind, const struct jc_field *field, struct jc_err *err)
{
	const char *join = "";

	jc_buf_init(sql, 1 << 18);
	jc_buf_puts(sql, "WITH late(id, title, due, cause, more) AS (");
	for (size_t i = 0; i < NRULES; i++)
		if (strcmp(rules[i].kind, kind->name) == 0) {
			jc_buf_putf(sql, "%s SELECT * FROM (%s)", join, rules[i].sql);
			join = " UNION ALL";
		}
	if (*join == '\0')
		return 0;
	/* from the kind's own table: an id alone finds no record without looking at all of them */
	jc_buf_putf(sql,
	    ") SELECT r.id, coalesce(k.\"%s\", '') FROM \"k_%s\" k CROSS JOIN record r ON r.rec = k.rec"
	    " WHERE r.void = 0 AND (:scope = 0 OR r.scope = :scope) AND r.id IN (SELECT id FROM late WHERE due < :today)",
	    field->name, kind->name);
	return jc_buf_check(sql, WHERE, err) < 0 ? JC_ENOMEM : 1;
}

int
jc_tasks_overdue(struct jc_node *node, const struct jc_tasks_ask *ask, const struct jc_kind *kind, const struct jc_field *field,
    int (*tell)(void *arg, const char *record, const char *value), void *arg, struct jc_err *err)
{
	struct jc_stmt *st = NULL;
	struct jc_buf sql;
	int rc = overdue_sql(&sql, kind, field, err);

	if (rc == 1 && (rc = jc_db_prep_text(&st, node->db, sql.data, err)) == 0) {
		jc_bind_str(st, ":today", ask->today);
		jc_bind_int(st, ":scope", ask->scope);
		while ((rc = jc_stmt_step(st, err)) == 1)
			if ((rc = tell(arg, column(st, 0), column(st, 1))) != 0)
				break;
	}
	jc_stmt_free(st);
	jc_buf_free(&sql);
	return rc;
}

/* ---- JSON ---- */

struct lists {
	json_t *groups, *tasks;
};

static int
group_json(void *arg, const struct jc_task_group *g)
{
	struct lists *l = arg;

	return json_array_append_new(l->groups, json_pack("{s:s,s:s,s:I,s:b}", "rule", g->rule,
	    "label", g->label, "count",
	    (json_int_t)g->count, "capped", g->capped)) == 0 ? 0 : JC_ENOMEM;
}

static int
task_json(void *arg, const struct jc_task *t)
{
	struct lists *l = arg;

	return json_array_append_new(l->tasks, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:b,s:s}",
	    "id", t->id, "rule", t->rule, "label",
	    t->label, "kind", t->kind, "record", t->record, "title", t->title, "due",
	    t->due[0] != '\0' ? json_string(t->due) : json_null(),
	    "overdue", t->overdue, "sentence", t->sentence)) == 0 ? 0 : JC_ENOMEM;
}

int
jc_tasks_json(json_t **out, struct jc_node *node, const struct jc_tasks_ask *ask,
    struct jc_err *err)
{
	struct lists l = {json_array(), json_array()};
	int rc = jc_tasks(node, ask, group_json, task_json, &l, err);

	*out = NULL;
	if (rc == 0)
		*out = json_pack("{s:s,s:O,s:O}", "today", ask->today, "groups", l.groups, "tasks", l.tasks);
	json_decref(l.groups);
	json_decref(l.tasks);
	return rc < 0 ? rc : *out != NULL ? 0 : JC_NOMEM(err, WHERE);
}

int
jc_tasks_scope(int64_t *scope, struct jc_node *node, struct jc_err *err)
{
	struct jc_scope own;
	int rc = jc_node_scope(node, &own, err);

	*scope = rc == 0 && strcmp(own.role, "branch") == 0 ? own.no : 0;
	return rc;
}
