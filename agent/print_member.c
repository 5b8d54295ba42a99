/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Papers about members: the roster and the application for membership. */
#include <stdio.h>
#include <string.h>

#include "print_private.h"

/* ---- roster ---- */

struct roster {
	struct jc_print *p;
	int64_t n, men, women;
	int shows_numbers;
};

/* Members of one union, or all of this node's own scope; who left is not on a roster. */
static const char roster_sql[] =
    "SELECT m.name, m.gender, m.birth_date, m.ethnicity, m.group_name, m.job, m.joined_on, m.member_no,"
    "       m.mobile, m.note, m.membership_status"
    "  FROM k_member m CROSS JOIN record r ON r.rec = m.rec"
    " WHERE r.void = 0 AND COALESCE(m.membership_status, 'active') IN ('active', 'moving', 'retained')"
    "   AND CASE WHEN :union_id IS NULL THEN r.scope = :scope ELSE m.union_id = :union_id END"
    " ORDER BY m.group_name IS NULL, m.group_name, m.rec";

static void
roster_row(struct roster *r, struct jc_stmt *st)
{
	static const char *const FIELDS[] = {"name", "gender", "birth_date", "ethnicity",
	    "group_name", "job", "joined_on",
	    "member_no", "mobile", "note"};
	static const char *const CLASS[] = {"c", "c", "c", "c", "", "", "c", "c", "c", ""};
	const char *gender = jc_col_text(st, 1, NULL), *status = jc_col_text(st, 10, NULL);
	char no[24];

	r->n++;
	r->men += gender != NULL && strcmp(gender, "1") == 0;
	r->women += gender != NULL && strcmp(gender, "2") == 0;
	r->p->people += jc_col_text(st, 8, NULL) != NULL;
	snprintf(no, sizeof(no), "%lld", (long long)r->n);
	jc_html_open(&r->p->h, "tr", NULL);
	print_cell(r->p, "c", no);
	for (int i = 0; i < 10; i++) {
		const char *text = print_col(r->p, st, i, "member", FIELDS[i]);

		if (i == 3 && !r->p->ask->ethnicity)
			continue;
		if (i == 2 || i == 6) { /* 出生年月, 入会日期: as they are written in tables */
			const char *d = jc_col_text(st, i, NULL);

			text = d != NULL ? print_keep(r->p, d, i == 2 &&
			    strlen(d) > 7 ? 7 : strlen(d)) : "";
		}
		if (i == 1)
			text = print_gender(gender);
		if (i == 9 && status != NULL && strcmp(status, "retained") == 0 && text[0] == '\0')
			text = JC_T("保留会籍", "retained");
		print_cell(r->p, CLASS[i], text);
	}
	jc_html_close(&r->p->h);
}

static int
roster_rows(struct roster *r, const char *union_id, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, r->p->node->db, roster_sql, err)) < 0)
		return rc;
	jc_bind_str(st, ":union_id", union_id);
	jc_bind_int(st, ":scope", r->p->own.no);
	while ((rc = jc_stmt_step(st, err)) == 1)
		roster_row(r, st);
	return rc;
}

/* The rows are made first, because the numbers above them are counted from them. */
static int
roster_body(struct roster *r, struct jc_html *rows, const char *union_id, struct jc_err *err)
{
	struct jc_html page = r->p->h;
	int rc;

	r->p->h = *rows;
	rc = roster_rows(r, union_id, err);
	*rows = r->p->h;
	r->p->h = page;
	return rc;
}

int
print_roster(struct jc_print *p, struct jc_err *err)
{
	struct roster r = {.p = p};
	const struct jc_record *u = p->nrecs > 0 ? &p->rec[0] : NULL;
	const char *name = u != NULL ? print_get(p, u, "name") : p->own.name;
	char count[96];
	struct jc_html rows;
	int rc;

	jc_html_init(&rows, p->h.b.max);
	if ((rc = roster_body(&r, &rows, u != NULL ? u->key.id : NULL, err)) == 0) {
		snprintf(count, sizeof(count),
		    JC_T("%lld人，其中男%lld人、女%lld人", "%lld, men %lld, women %lld"),
		    (long long)r.n,
		    (long long)r.men, (long long)r.women);
		print_sheet(p, NULL);
		print_title(p, JC_T("会员花名册", "Member roster"));
		print_facts(p, JC_T("工会名称", "Union"), name, JC_T("截至", "As of"),
		    print_date(p, p->today), JC_T("合计", "Total"),
		    count, NULL);
		if (p->ask->ethnicity)
			print_table(p, "list", JC_T("序号", "No"), JC_T("姓名", "Name"),
			    JC_T("性别", "Sex"), JC_T("出生年月", "Born"),
			    JC_T("民族", "Ethnic group"), JC_T("工会小组", "Group"),
			    JC_T("工种", "Job"), JC_T("入会日期", "Joined"),
			    JC_T("会员证号", "Card no."), JC_T("联系电话", "Phone"),
			    JC_T("备注", "Note"), NULL);
		else
			print_table(p, "list", JC_T("序号", "No"), JC_T("姓名", "Name"),
			    JC_T("性别", "Sex"), JC_T("出生年月", "Born"),
			    JC_T("工会小组", "Group"), JC_T("工种", "Job"),
			    JC_T("入会日期", "Joined"), JC_T("会员证号", "Card no."),
			    JC_T("联系电话", "Phone"), JC_T("备注", "Note"), NULL);
		if (rows.b.len > 0)
			print_made(p, &rows);
		print_table_end(p);
		print_signs(p, JC_T("填表人", "Filled in by"),
		    JC_T("负责人（签字）", "In charge (signature)"), JC_T("单位（盖章）", "Seal"),
		    NULL);
	}
	if (rows.b.failed)
		p->h.b.failed = rows.b.failed;
	jc_html_free(&rows);
	return rc;
}

/* ---- application ---- */

static void
application_facts(struct jc_print *p, const struct jc_record *m)
{
	const char *employer = print_get(p, m, "employer_id");

	jc_html_open(&p->h, "table", "form");
	jc_html_open(&p->h, "tbody", NULL);
	print_pairs(p, JC_T("姓名", "Name"), print_get(p, m, "name"), JC_T("性别", "Sex"),
	    print_gender(print_raw(m, "gender")), NULL);
	print_pairs(p, JC_T("出生年月", "Born"), print_get(p, m, "birth_date"),
	    JC_T("学历", "Education"),
	    print_get(p, m, "education"), NULL);
	print_pairs(p, JC_T("证件号码", "ID number"), print_get(p, m, "id_no"),
	    JC_T("联系电话", "Phone"), print_get(p, m, "mobile"),
	    NULL);
	if (p->ask->ethnicity)
		print_pairs(p, JC_T("民族", "Ethnic group"), print_get(p, m, "ethnicity"),
		    JC_T("政治面貌", "Affiliation"),
		    print_get(p, m, "political"), NULL);
	print_pairs(p, JC_T("工作单位", "Employer"),
	    employer[0] != '\0' ? employer : print_get(p, m, "employer_text"),
	    JC_T("工种（岗位）", "Job"), print_get(p, m, "job"), NULL);
	print_pairs(p, JC_T("是否农民工", "Migrant worker"), print_get(p, m, "is_migrant_worker"),
	    JC_T("入会方式", "How joined"),
	    print_get(p, m, "join_method"), NULL);
	print_wide(p, JC_T("申请人", "Application"), "h4",
	    JC_T("我自愿申请加入中国工会，遵守工会章程，执行工会决议，积极参加工会活动，按期交纳会费。\n\n申请人（签字）：\n　　　　　　　　　　　　　　　　年　　月　　日",
	        "I apply to join the trade union, to keep its constitution, carry out its decisions, take part in its activities and pay "
	        "dues on time.\n\nSigned:\nDate:"));
	print_wide(p, JC_T("基层工会\n意见", "Branch union"), "h4",
	    JC_T("\n\n负责人（签字）：　　　　　　　　　（盖章）\n　　　　　　　　　　　　　　　　年　　月　　日", "\n\nSigned:          (seal)\nDate:"));
	print_pairs(p, JC_T("批准日期", "Approved on"), print_get(p, m, "joined_on"),
	    JC_T("会员证号", "Card no."),
	    print_get(p, m, "member_no"), NULL);
	print_table_end(p);
}

static void
application_privacy(struct jc_print *p)
{
	jc_html_leaf(&p->h, "h2", NULL, JC_T("个人信息告知", "About your data"));
	jc_html_leaf(&p->h, "p", "note lead",
	    JC_T("以上信息只用于会员管理、服务和统计，由本工会保存并报县总工会，不作其他用途。证件号码、电话、住址属于需要单独同意的信息，"
	         "在下面签字表示同意；您可以随时查询、更正自己的信息，或要求说明用在了哪里。",
	        "What you give above is used for membership, services and statistics only, kept by this union and reported to the county "
	        "union. Your ID number, phone and address need your separate consent: sign below. You may see and correct your data at any "
	        "time."));
	print_signs(p, JC_T("本人同意（签字）", "I agree (signature)"), JC_T("日期", "Date"), NULL);
}

int
print_application(struct jc_print *p, struct jc_err *err)
{
	(void)err;
	for (size_t i = 0; i < p->nrecs || i == 0; i++) {
		const struct jc_record *m = i < p->nrecs ? &p->rec[i] : NULL;
		const char *name = m != NULL ? print_get(p, m, "union_id") : p->own.name;

		p->people += print_raw(m, "id_no") != NULL || print_raw(m, "mobile") != NULL;
		print_sheet(p, NULL);
		print_title(p, JC_T("中国工会会员入会申请书", "Application for union membership"));
		print_facts(p, JC_T("基层工会", "Branch union"),
		    name[0] != '\0' ? name : p->own.name, NULL);
		application_facts(p, m);
		application_privacy(p);
	}
	return 0;
}
