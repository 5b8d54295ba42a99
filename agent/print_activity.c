/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Papers about activities: the sign-in sheet and the record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print_private.h"

#define ROWS_A_PAGE 25

/* ---- sign-in sheet ---- */

struct signin {
	struct jc_print *p;
	const struct jc_record *a;
	int64_t rows, listed, pages;
};

static void
signin_page(struct signin *s, int64_t page)
{
	struct jc_print *p = s->p;
	char due[32] = "", of[48];

	if (s->listed > 0)
		snprintf(due, sizeof(due), "%lld", (long long)s->listed);
	snprintf(of, sizeof(of), JC_T("第%lld张，共%lld张", "sheet %lld of %lld"), (long long)page,
	    (long long)s->pages);
	print_sheet(p, NULL);
	print_title(p, JC_T("签到表", "Sign-in sheet"));
	print_facts(p, JC_T("活动名称", "Activity"), print_get(p, s->a, "title"),
	    JC_T("时间", "Time"), print_get(p, s->a, "start_at"),
	    JC_T("地点", "Place"), print_get(p, s->a, "place"), JC_T("应到", "Due"), due,
	    JC_T("实到", "Present"), "",
	    JC_T("张次", "Sheet"), of, NULL);
	print_table(p, "signin", JC_T("序号", "No"), JC_T("姓名", "Name"),
	    JC_T("单位（小组）", "Unit (group)"),
	    JC_T("电话后4位", "Phone, last 4"), JC_T("签到时间", "Time"), JC_T("签名", "Signature"),
	    NULL);
}

/* The last four digits of a phone: enough to tell people apart, too little to call. */
static const char *
last_four(struct jc_print *p, const char *phone)
{
	size_t n = phone != NULL ? strlen(phone) : 0;

	return n >= 7 ? print_keep(p, phone + n - 4, 4) : "";
}

static void
signin_row(struct signin *s, const char *name, const char *unit, const char *phone)
{
	char no[24];

	if (s->rows % ROWS_A_PAGE == 0) {
		if (s->rows > 0)
			print_table_end(s->p);
		signin_page(s, s->rows / ROWS_A_PAGE + 1);
	}
	snprintf(no, sizeof(no), "%lld", (long long)++s->rows);
	jc_html_open(&s->p->h, "tr", NULL);
	print_cell(s->p, "c", no);
	print_cell(s->p, "c", name);
	print_cell(s->p, NULL, unit);
	print_cell(s->p, "c", last_four(s->p, phone));
	print_cell(s->p, NULL, "");
	print_cell(s->p, NULL, "");
	jc_html_close(&s->p->h);
}

/* Who is expected: the activity's list, members by the names they have now. */
static const char listed_sql[] =
    "SELECT COALESCE(m.name, p.name), COALESCE(p.unit_text, m.group_name, m.employer_text), COALESCE(p.phone, m.mobile)"
    "  FROM k_participant p CROSS JOIN record r ON r.rec = p.rec AND r.void = 0"
    "  LEFT JOIN record rm ON rm.scope = r.scope AND rm.id = p.member_id LEFT JOIN k_member m ON m.rec = rm.rec"
    " WHERE p.activity_id = :activity AND COALESCE(p.role, 'attendee') NOT IN ('organizer', 'judge')"
    " ORDER BY p.rec";

static const char *
kept(struct jc_print *p, struct jc_stmt *st, int i)
{
	size_t n;
	const char *s = jc_col_text(st, i, &n);

	return print_keep(p, s, n);
}

static int
signin_listed(struct signin *s, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, s->p->node->db, listed_sql, err)) < 0)
		return rc;
	jc_bind_str(st, ":activity", s->a != NULL ? s->a->key.id : "");
	while ((rc = jc_stmt_step(st, err)) == 1)
		signin_row(s, kept(s->p, st, 0), kept(s->p, st, 1), kept(s->p, st, 2));
	return rc;
}

static int
listed_count(struct signin *s, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if (s->a == NULL)
		return 0;
	if ((rc = jc_db_prep(&st, s->p->node->db,
	         "SELECT count(*) FROM k_participant p CROSS JOIN record r ON r.rec = p.rec AND r.void = 0"
	         " WHERE p.activity_id = :activity AND COALESCE(p.role, 'attendee') NOT IN ('organizer', 'judge')", err)) < 0)
		return rc;
	jc_bind_str(st, ":activity", s->a->key.id);
	if ((rc = jc_stmt_step(st, err)) == 1)
		s->listed = jc_col_int(st, 0);
	jc_stmt_reset(st);
	return rc < 0 ? rc : 0;
}

/* Rows for those who are expected, and at least one page. */
static int64_t
rows_planned(const struct signin *s)
{
	const char *planned = print_raw(s->a, "planned_count");
	int64_t n = planned != NULL ? strtoll(planned, NULL, 10) : 0;

	if (n < s->listed)
		n = s->listed;
	if (n > 2000)
		n = 2000;
	return n > 0 ? (n + ROWS_A_PAGE - 1) / ROWS_A_PAGE * ROWS_A_PAGE : ROWS_A_PAGE;
}

int
print_signin(struct jc_print *p, struct jc_err *err)
{
	struct signin s = {.p = p, .a = p->nrecs > 0 ? &p->rec[0] : NULL};
	int64_t all;
	int rc;

	if ((rc = listed_count(&s, err)) < 0)
		return rc;
	all = rows_planned(&s);
	s.pages = all / ROWS_A_PAGE;
	if ((rc = signin_listed(&s, err)) < 0)
		return rc;
	while (s.rows < all)
		signin_row(&s, "", "", NULL);
	print_table_end(p);
	return 0;
}

/* ---- activity record ---- */

static const char *
count_text(struct jc_print *p, const struct jc_record *a)
{
	const char *all = print_raw(a, "attend_count"), *members = print_raw(a, "member_count");
	char text[96];

	if (all == NULL)
		return "";
	if (members != NULL && strtoll(members, NULL, 10) <= strtoll(all, NULL, 10))
		snprintf(text, sizeof(text),
		    JC_T("%s人次（会员%s，非会员%lld）", "%s (members %s, others %lld)"), all,
		    members,
		    strtoll(all, NULL, 10) - strtoll(members, NULL, 10));
	else
		snprintf(text, sizeof(text), JC_T("%s人次", "%s"), all);
	return print_keep(p, text, strlen(text));
}

static const char *
joined_text(struct jc_print *p, const char *a, const char *b, const char *between)
{
	char text[512];

	if (a[0] == '\0' || b[0] == '\0')
		return a[0] != '\0' ? a : b;
	snprintf(text, sizeof(text), "%.200s%s%.200s", a, between, b);
	return print_keep(p, text, strlen(text));
}

/* The end; without its day when that is the day of the start. */
static const char *
print_end(struct jc_print *p, const struct jc_record *a)
{
	const char *start = print_raw(a, "start_at"), *end = print_raw(a, "end_at");

	if (start != NULL && end != NULL && strlen(end) > 11 && strncmp(start, end, 10) == 0)
		return print_keep(p, end + 11, strlen(end + 11));
	return print_get(p, a, "end_at");
}

static void
record_page(struct jc_print *p, const struct jc_record *a)
{
	const char *end = print_end(p, a);
	const char *cost = print_get(p, a, "cost_fen");

	print_sheet(p, NULL);
	print_title(p, JC_T("工会活动记录表", "Activity record"));
	jc_html_open(&p->h, "table", "form");
	jc_html_open(&p->h, "tbody", NULL);
	print_pairs(p, JC_T("活动名称", "Activity"), print_get(p, a, "title"),
	    JC_T("活动类型", "Type"),
	    print_get(p, a, "activity_type"), NULL);
	print_pairs(p, JC_T("时间", "Time"),
	    joined_text(p, print_get(p, a, "start_at"), end, JC_T(" 至 ", " to ")),
	    JC_T("地点", "Place"),
	    print_get(p, a, "place"), NULL);
	print_pairs(p, JC_T("主办单位", "Host"), print_get(p, a, "host_org_id"),
	    JC_T("协办单位", "With"), print_get(p, a, "co_orgs"), NULL);
	print_pairs(p, JC_T("参加人数", "Present"), count_text(p, a),
	    JC_T("受益人次", "Beneficiaries"), print_get(p, a, "benefit_count"),
	    NULL);
	print_wide(p, JC_T("活动内容", "What was done"), "h5",
	    joined_text(p, print_get(p, a, "summary"), print_get(p, a, "result"), "\n"));
	print_wide(p, JC_T("物资与经费", "Goods and money"), "h2",
	    joined_text(p, print_get(p, a, "goods"),
	        joined_text(p, cost[0] != '\0' ? joined_text(p, cost, JC_T("元", " yuan"), "") : "",
	    print_get(p, a, "fund_source"), " "), "\n"));
	print_table_end(p);
	jc_html_open(&p->h, "div", "photos");
	jc_html_leaf(&p->h, "div", "photo", JC_T("照片粘贴处", "Photo"));
	jc_html_leaf(&p->h, "div", "photo", JC_T("照片粘贴处", "Photo"));
	jc_html_close(&p->h);
	print_signs(p, JC_T("记录人", "Recorded by"), JC_T("审核人", "Checked by"),
	    JC_T("日期", "Date"), NULL);
}

int
print_activity(struct jc_print *p, struct jc_err *err)
{
	(void)err;
	for (size_t i = 0; i < p->nrecs; i++)
		record_page(p, &p->rec[i]);
	return 0;
}

/* ---- winners ---- */

static const char winners_sql[] =
    "SELECT p.result_rank, COALESCE(m.name, p.name), COALESCE(p.unit_text, p.team, m.group_name, m.employer_text), p.score, p.award"
    "  FROM k_participant p CROSS JOIN record r ON r.rec = p.rec AND r.void = 0"
    "  LEFT JOIN record rm ON rm.scope = r.scope AND rm.id = p.member_id LEFT JOIN k_member m ON m.rec = rm.rec"
    " WHERE p.activity_id = :activity AND (p.result_rank IS NOT NULL OR p.award IS NOT NULL)"
    " ORDER BY p.result_rank IS NULL, p.result_rank, p.rec";

static int
winners_rows(struct jc_print *p, const struct jc_record *a, int *n, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, p->node->db, winners_sql, err)) < 0)
		return rc;
	jc_bind_str(st, ":activity", a->key.id);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		char no[24];

		snprintf(no, sizeof(no), "%d", ++*n);
		jc_html_open(&p->h, "tr", NULL);
		print_cell(p, "c", no);
		print_cell(p, "c", print_col(p, st, 0, "participant", "result_rank"));
		print_cell(p, "c", kept(p, st, 1));
		print_cell(p, NULL, kept(p, st, 2));
		print_cell(p, "n", print_col(p, st, 3, "participant", "score"));
		print_cell(p, "c", kept(p, st, 4));
		jc_html_close(&p->h);
	}
	return rc;
}

int
print_winners(struct jc_print *p, struct jc_err *err)
{
	for (size_t i = 0; i < p->nrecs; i++) {
		const struct jc_record *a = &p->rec[i];
		int n = 0, rc;

		print_sheet(p, NULL);
		print_title(p, JC_T("获奖名单", "Winners"));
		print_facts(p, JC_T("赛项", "Contest"), print_get(p, a, "title"), JC_T("工种", "Trade"), print_get(p, a, "trade"),
		    JC_T("级别", "Level"), print_get(p, a, "level"), JC_T("日期", "Date"), print_get(p, a, "start_at"),
		    JC_T("地点", "Place"), print_get(p, a, "place"), NULL);
		print_table(p, "list", JC_T("序号", "No"), JC_T("名次", "Rank"), JC_T("姓名", "Name"), JC_T("单位（队）", "Unit (team)"),
		    JC_T("成绩", "Score"), JC_T("奖项", "Award"), NULL);
		if ((rc = winners_rows(p, a, &n, err)) < 0)
			return rc;
		if (n == 0)
			return jc_err_set(err, JC_ESTATE, "print_winners",
			    JC_T("“%s”的参加人员里还没有名次或奖项", "\"%s\" has nobody with a rank or an award"), print_get(p, a, "title"));
		print_table_end(p);
		print_signs(p, JC_T("裁判长（签字）", "Chief judge"), JC_T("主办单位（盖章）", "Host (seal)"), JC_T("日期", "Date"), NULL);
	}
	return 0;
}
