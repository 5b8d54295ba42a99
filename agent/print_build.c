/* SPDX-License-Identifier: MulanPSL-2.0 */
/* The three papers of a union being built, filled in from its case: request, report of the election, approval. */
#include <stdio.h>
#include <string.h>

#include "print_private.h"

/* What the steps said: the newest possible event into a state has the word. */
struct step {
	const char *day, *doc, *attend_due, *attend, *votes, *committee, *group, *result;
};

struct letters {
	struct jc_print *p;
	const struct jc_record *c;
	const char *unit, *target;
	struct step prepare, approved, congress, filing, built;
};

static int
step_read(struct step *s, struct letters *l, const char *state, struct jc_err *err)
{
	struct jc_print *p = l->p;
	struct jc_stmt *st;
	int rc;

	*s = (struct step){"", "", "", "", "", "", "", ""};
	if ((rc = jc_db_prep(&st, p->node->db,
	         "SELECT f.day, e.doc_no, e.attend_due, e.attend, e.votes, e.committee, e.group_members, e.result"
	         "  FROM flow_step f JOIN k_build_event e ON e.rec = f.event"
	         " WHERE f.subject = :rec AND f.ok = 1 AND f.to_state = :state ORDER BY f.n DESC LIMIT 1", err)) < 0)
		return rc;
	jc_bind_int(st, ":rec", l->c->key.rec);
	jc_bind_str(st, ":state", state);
	if ((rc = jc_stmt_step(st, err)) == 1) {
		s->day = print_date(p, jc_col_text(st, 0, NULL));
		s->doc = print_col(p, st, 1, "build_event", "doc_no");
		s->attend_due = print_col(p, st, 2, "build_event", "attend_due");
		s->attend = print_col(p, st, 3, "build_event", "attend");
		s->votes = print_col(p, st, 4, "build_event", "votes");
		s->committee = print_col(p, st, 5, "build_event", "committee");
		s->group = print_col(p, st, 6, "build_event", "group_members");
		s->result = print_col(p, st, 7, "build_event", "result");
		rc = 0;
	}
	jc_stmt_reset(st);
	return rc;
}

/* A fact or the room to write it by hand. */
static const char *
room(const char *s)
{
	return s[0] != '\0' ? s : "________";
}

/* One paragraph for each line, so that each begins with its indent. */
static void
paragraph(struct jc_print *p, const char *class_, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		jc_html_open(&p->h, "p", class_);
		jc_html_text(&p->h, text, n);
		jc_html_close(&p->h);
		text += n + (text[n] == '\n');
	}
}

static void
letter_end(struct letters *l, const char *who, const char *day)
{
	jc_html_open(&l->p->h, "p", "seal");
	jc_html_str(&l->p->h, who);
	jc_html_str(&l->p->h, JC_T("（盖章）", " (seal)"));
	jc_html_void(&l->p->h, "br", NULL);
	jc_html_str(&l->p->h, day[0] != '\0' ? day : JC_T("　　年　　月　　日", "Date:"));
	jc_html_close(&l->p->h);
}

static void
request_letter(struct letters *l)
{
	struct jc_print *p = l->p;

	print_sheet(p, "letter");
	jc_html_open(&p->h, "h1", NULL);
	jc_html_textf(&p->h, JC_T("关于成立%s工会委员会的请示", "Request to found a union at %s"),
	    l->unit);
	jc_html_close(&p->h);
	jc_html_open(&p->h, "p", NULL);
	jc_html_textf(&p->h, JC_T("%s：", "To %s:"), room(l->target));
	jc_html_close(&p->h);
	jc_html_open(&p->h, "p", "lead");
	jc_html_textf(&p->h,
	    JC_T("根据《中华人民共和国工会法》和《中国工会章程》，我单位现有职工%s人，其中%s人自愿加入工会，具备成立工会组织的条件。拟采取“%s”的建会形式成立工会。",
	                  "Under the Trade Union Law and the union constitution: we have %s workers, %s of them wish to join. We ask to found a union (%s)."),
	    room(print_get(p, l->c, "staff_count")), room(print_get(p, l->c, "intend_count")),
	    room(print_get(p, l->c, "form")));
	jc_html_close(&p->h);
	if (l->prepare.group[0] != '\0') {
		jc_html_open(&p->h, "p", "lead");
		jc_html_textf(&p->h,
		    JC_T("已于%s成立筹备组，成员：%s。",
		    "The preparatory group was formed on %s: %s."), room(l->prepare.day),
		    l->prepare.group);
		jc_html_close(&p->h);
	}
	paragraph(p, "lead", JC_T("妥否，请批示。", "We ask for your decision."));
	letter_end(l, l->unit, "");
}

static void
election_letter(struct letters *l)
{
	struct jc_print *p = l->p;

	print_sheet(p, "letter");
	jc_html_open(&p->h, "h1", NULL);
	jc_html_textf(&p->h, JC_T("%s工会委员会选举结果的报告", "Report of the election at %s"),
	    l->unit);
	jc_html_close(&p->h);
	jc_html_open(&p->h, "p", NULL);
	jc_html_textf(&p->h, JC_T("%s：", "To %s:"), room(l->target));
	jc_html_close(&p->h);
	jc_html_open(&p->h, "p", "lead");
	jc_html_textf(&p->h,
	    JC_T("经%s批复同意（%s），我单位于%s召开会员（代表）大会，应到%s人，实到%s人，选举产生了工会委员会。",
	                  "With the approval of %s (%s) the meeting was held on %s; due %s, present %s. It elected the committee."),
	    room(l->target), room(l->approved.doc), room(l->congress.day),
	    room(l->congress.attend_due), room(l->congress.attend));
	jc_html_close(&p->h);
	jc_html_leaf(&p->h, "h2", NULL, JC_T("当选名单", "Elected"));
	paragraph(p, "lead", room(l->congress.committee));
	jc_html_leaf(&p->h, "h2", NULL, JC_T("得票情况", "Votes"));
	paragraph(p, "lead", room(l->congress.votes));
	paragraph(p, "lead",
	    JC_T("现将选举结果报上，请审批。", "We submit the result for approval."));
	letter_end(l, l->unit, l->filing.day);
}

static void
approval_card(struct letters *l)
{
	struct jc_print *p = l->p;
	const char *staff = print_get(p, l->c, "staff_count"), *willing = print_get(p, l->c, "intend_count");
	char numbers[64];

	snprintf(numbers, sizeof(numbers), "%.20s%s%.20s", staff, staff[0] != '\0' || willing[0] != '\0' ? "／" : "", willing);

	print_sheet(p, NULL);
	print_title(p, JC_T("工会组织批复登记卡", "Card of approval"));
	jc_html_open(&p->h, "table", "form");
	jc_html_open(&p->h, "tbody", NULL);
	print_pairs(p, JC_T("单位名称", "Unit"), l->unit, JC_T("建会形式", "Form"),
	    print_get(p, l->c, "form"), NULL);
	print_pairs(p, JC_T("上级工会", "Union above"), l->target, JC_T("指导员", "Guide"),
	    print_get(p, l->c, "guide"), NULL);
	print_pairs(p, JC_T("应建依据", "Why"), print_get(p, l->c, "reason"),
	    JC_T("职工／意向人数", "Workers, willing"), numbers, NULL);
	print_pairs(p, JC_T("批复文号", "Approval no."), l->approved.doc,
	    JC_T("批复日期", "Approved on"), l->approved.day, NULL);
	print_pairs(p, JC_T("大会日期", "Meeting"), l->congress.day,
	    JC_T("结果批复文号", "No. of the result"), l->built.doc, NULL);
	print_pairs(p, JC_T("成立的工会", "Union founded"), print_get(p, l->c, "union_org_id"),
	    JC_T("登记日期", "Registered on"),
	    l->built.day, NULL);
	print_wide(p, JC_T("委员会名单", "Committee"), "h4", l->congress.committee);
	print_wide(p, JC_T("备注", "Remarks"), "h3", l->built.result);
	print_table_end(p);
	print_signs(p, JC_T("经办人", "Officer"), JC_T("审批人（签字）", "Approved (signature)"),
	    JC_T("上级工会（盖章）", "Union above (seal)"), NULL);
}

int
print_letters(struct jc_print *p, struct jc_err *err)
{
	struct letters l = {.p = p, .c = &p->rec[0]};
	int rc;

	l.unit = print_get(p, l.c, "org_id");
	l.target = print_get(p, l.c, "target_union_id");
	if ((rc = step_read(&l.prepare, &l, "prepare", err)) < 0 ||
	    (rc = step_read(&l.approved, &l, "approved", err)) < 0 ||
	    (rc = step_read(&l.congress, &l, "congress", err)) < 0 ||
	    (rc = step_read(&l.filing, &l, "filing", err)) < 0 ||
	    (rc = step_read(&l.built, &l, "built", err)) < 0)
		return rc;
	request_letter(&l);
	election_letter(&l);
	approval_card(&l);
	return 0;
}
