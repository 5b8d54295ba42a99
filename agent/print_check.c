/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Papers about checks: the notice to rectify, in three copies, and the form of the re-inspection. */
#include <stdio.h>
#include <string.h>

#include "../schema/schema_starter.h"
#include "print_private.h"

#define ITEMS_MAX 200

struct item {
	const char *finding, *severity, *severity_text, *require, *person, *due, *did, *did_on, *reviewer, *reviewed_on, *opinion,
	    *state, *evidence;
};

struct items {
	struct jc_print *p;
	const struct jc_record *check;
	struct item v[ITEMS_MAX];
	size_t n;
	int danger; /* a finding of severity 3 */
	char number[40];
};

/* Findings of a check, the serious ones first. Closed ones belong on the re-inspection form only. */
static const char items_sql[] =
    "SELECT i.finding, i.severity, i.rectify_req, i.resp_person, i.resp_org_id, i.due_on, i.rectify_desc,"
    "       i.rectified_on, i.reviewer, i.reviewed_on, i.review_opinion, i.state, i.evidence_after"
    "  FROM k_check_item i CROSS JOIN record r ON r.rec = i.rec"
    " WHERE r.void = 0 AND i.check_id = :check_id AND i.result = 'found'"
    " ORDER BY i.severity DESC, i.due_on, i.rec";

static const char *
text_col(struct jc_print *p, struct jc_stmt *st, int i)
{
	size_t n;
	const char *s = jc_col_text(st, i, &n);

	return print_keep(p, s, n);
}

static void
item_read(struct items *t, struct jc_stmt *st)
{
	struct item *i = &t->v[t->n++];
	const char *org = print_col(t->p, st, 4, "check_item", "resp_org_id");

	i->finding = text_col(t->p, st, 0);
	i->severity = text_col(t->p, st, 1);
	i->severity_text = print_col(t->p, st, 1, "check_item", "severity");
	i->require = text_col(t->p, st, 2);
	i->person = text_col(t->p, st, 3);
	if (i->person[0] == '\0')
		i->person = org;
	i->due = print_date(t->p, jc_col_text(st, 5, NULL));
	i->did = text_col(t->p, st, 6);
	i->did_on = print_date(t->p, jc_col_text(st, 7, NULL));
	i->reviewer = text_col(t->p, st, 8);
	i->reviewed_on = print_date(t->p, jc_col_text(st, 9, NULL));
	i->opinion = text_col(t->p, st, 10);
	i->state = print_col(t->p, st, 11, "check_item", "state");
	i->evidence = print_col(t->p, st, 12, "check_item", "evidence_after");
	t->danger |= strcmp(i->severity, "3") == 0;
}

/* 〔2026〕AB3D-9K2M: the year of the check and its record, so that the paper finds the record again. */
static void
number_make(struct items *t)
{
	const char *on = print_raw(t->check, "checked_on");
	const char *id = t->check->key.id;

	snprintf(t->number, sizeof(t->number), "〔%.4s〕%.4s-%.4s-%.4s",
	    on != NULL ? on : t->p->today, id, id + 4, id + 8);
	for (char *c = t->number; *c != '\0'; c++)
		*c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
}

static int
items_read(struct items *t, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	number_make(t);
	if ((rc = jc_db_prep(&st, t->p->node->db, items_sql, err)) < 0)
		return rc;
	jc_bind_str(st, ":check_id", t->check->key.id);
	while ((rc = jc_stmt_step(st, err)) == 1 && t->n < ITEMS_MAX)
		item_read(t, st);
	jc_stmt_reset(st);
	return rc < 0 ? rc : 0;
}

static const char *
inspectors(struct jc_print *p, const struct jc_record *check)
{
	const char *org = print_get(p, check, "inspector_org_id");

	return org[0] != '\0' ? org : p->own.name;
}

/* ---- checklist ---- */

static const char checklist_sql[] =
    "WITH t AS MATERIALIZED (SELECT r.id, k.item_no, k.category, k.text_zh, k.how, k.evidence"
    "       FROM k_tmpl_item k CROSS JOIN record r ON r.rec = k.rec AND r.void = 0)"
    "SELECT COALESCE(i.item_no, t.item_no), COALESCE(i.category, t.category), COALESCE(i.item_text, t.text_zh), t.how, t.evidence,"
    "       COALESCE(i.result, CASE WHEN i.state IN ('pass', 'na') THEN i.state WHEN i.state <> 'pending' THEN 'found' END), i.finding"
    "  FROM k_check_item i CROSS JOIN record r ON r.rec = i.rec AND r.void = 0"
    "  LEFT JOIN t ON t.id = i.tmpl_item_ref"
    " WHERE i.check_id = :check_id ORDER BY COALESCE(i.item_no, t.item_no), i.rec";

/* An answer that was given is ticked; else there are boxes to tick on the spot. */
static const char *
answer(const char *result)
{
	if (result == NULL || strcmp(result, "pending") == 0)
		return JC_T("□合格 □不适用\n□有问题", "[ ] pass [ ] n/a\n[ ] finding");
	if (strcmp(result, "pass") == 0)
		return JC_T("☑合格", "pass");
	return strcmp(result, "na") == 0 ? JC_T("☑不适用", "n/a") : JC_T("☑有问题", "finding");
}

/* How an item is looked at and what proves it: the template's word, or the starter's. */
static void
checklist_row(struct jc_print *p, struct jc_stmt *st, const struct jc_starter *s)
{
	const struct jc_kind *k = jc_catalogue_kind("tmpl_item", 9);
	const char *no = text_col(p, st, 0), *how = print_col(p, st, 3, "tmpl_item", "how"), *evidence = text_col(p, st, 4);

	for (const struct jc_starter_item *i = s != NULL ? s->item : NULL; i != NULL && i->no != NULL; i++)
		if (strcmp(i->no, no) == 0) {
			how = print_show(p, jc_catalogue_field(k, "how", 3), i->how, strlen(i->how));
			evidence = i->evidence;
		}
	jc_html_open(&p->h, "tr", NULL);
	print_cell(p, "c", no);
	print_cell(p, NULL, print_col(p, st, 1, "check_item", "category"));
	print_cell(p, NULL, text_col(p, st, 2));
	print_cell(p, "c", how);
	print_cell(p, NULL, evidence);
	print_cell(p, "tick", answer(jc_col_text(st, 5, NULL)));
	print_cell(p, "l", text_col(p, st, 6));
	jc_html_close(&p->h);
}

static int
checklist_rows(struct jc_print *p, const struct jc_record *check, const struct jc_starter *s, struct jc_err *err)
{
	struct jc_stmt *st;
	int rc;

	if ((rc = jc_db_prep(&st, p->node->db, checklist_sql, err)) < 0)
		return rc;
	jc_bind_str(st, ":check_id", check->key.id);
	while ((rc = jc_stmt_step(st, err)) == 1)
		checklist_row(p, st, s);
	return rc;
}

/* "?SO-SELF 1": a starter that no hub has issued. */
static const struct jc_starter *
starter_typed(const char *ref)
{
	size_t n = ref != NULL && ref[0] == '?' ? strcspn(ref + 1, " ") : 0;

	for (const struct jc_starter *s = jc_starters(); n > 0 && s->code != NULL; s++)
		if (strlen(s->code) == n && strncmp(s->code, ref + 1, n) == 0)
			return s;
	return NULL;
}

int
print_checklist(struct jc_print *p, struct jc_err *err)
{
	const struct jc_record *c = &p->rec[0];
	const char *ref = print_raw(c, "tmpl_ref"), *title = print_get(p, c, "tmpl_ref"), *purpose = "";
	const char *joint = print_raw(c, "joint_party");
	const struct jc_starter *s = starter_typed(ref);
	struct jc_record tmpl;
	int rc;

	if (s != NULL) {
		title = JC_T(s->zh, s->en);
		purpose = JC_T(s->purpose_zh, s->purpose_en);
	} else if (print_follow(p, ref, &tmpl)) {
		purpose = print_get(p, &tmpl, "note");
		jc_record_free(&tmpl);
	}
	print_sheet(p, NULL);
	print_title(p, title[0] != '\0' ? title : JC_T("检查表", "Checklist"));
	if (purpose[0] != '\0')
		jc_html_leaf(&p->h, "p", "note", purpose);
	print_facts(p, JC_T("受检单位", "Unit"), print_get(p, c, "target_org_id"), JC_T("检查单位", "Inspecting body"), inspectors(p, c),
	    JC_T("检查日期", "Checked on"), print_get(p, c, "checked_on"), JC_T("检查方式", "How"), print_get(p, c, "check_mode"), NULL);
	if (joint != NULL && strcmp(joint, "1") == 0)
		jc_html_leaf(&p->h, "p", "note", JC_T("党建工建联查：与党建部门一同检查。", "A joint check with the Party office."));
	print_table(p, "list check", JC_T("编号", "No"), JC_T("类别", "Category"), JC_T("检查内容", "What"), JC_T("方法", "How"),
	    JC_T("佐证", "Evidence"), JC_T("结果", "Result"), JC_T("问题", "Finding"), NULL);
	if ((rc = checklist_rows(p, c, s, err)) < 0)
		return rc;
	print_table_end(p);
	print_signs(p, JC_T("检查人（签字）", "Inspectors"), JC_T("被检查单位负责人（签字）", "Unit, in charge"), JC_T("日期", "Date"), NULL);
	return 0;
}

/* ---- notice ---- */

static void
notice_items(struct items *t)
{
	struct jc_print *p = t->p;
	char no[24];

	print_table(p, "list", JC_T("序号", "No"), JC_T("发现的问题", "Finding"),
	    JC_T("等级", "Severity"), JC_T("整改要求", "What to do"),
	    JC_T("整改期限", "Due"), JC_T("责任人", "Responsible"), NULL);
	for (size_t i = 0; i < t->n; i++) {
		snprintf(no, sizeof(no), "%zu", i + 1);
		jc_html_open(&p->h, "tr", NULL);
		print_cell(p, "c", no);
		print_cell(p, NULL, t->v[i].finding);
		print_cell(p, "c", t->v[i].severity_text);
		print_cell(p, NULL, t->v[i].require);
		print_cell(p, "c", t->v[i].due);
		print_cell(p, "c", t->v[i].person);
		jc_html_close(&p->h);
	}
	print_table_end(p);
}

static void
notice_copy(struct items *t, const char *copy)
{
	struct jc_print *p = t->p;
	const char *target = print_get(p, t->check, "target_org_id");

	print_sheet(p, NULL);
	jc_html_leaf(&p->h, "p", "copy", copy);
	print_title(p, JC_T("整改通知单", "Rectification notice"));
	print_facts(p, JC_T("编号", "Number"), t->number, JC_T("检查日期", "Checked on"),
	    print_get(p, t->check, "checked_on"),
	    JC_T("检查人", "By"), print_get(p, t->check, "inspectors"), NULL);
	jc_html_open(&p->h, "p", NULL);
	jc_html_textf(&p->h, JC_T("%s：", "To %s:"), target);
	jc_html_close(&p->h);
	jc_html_open(&p->h, "p", "lead");
	jc_html_textf(&p->h,
	    JC_T("经检查，你单位有下列%zu个问题，请在期限内整改，完成后报告复查：",
	    "%zu findings are to be rectified by the dates below, then reported:"), t->n);
	jc_html_close(&p->h);
	notice_items(t);
	if (t->danger)
		jc_html_leaf(&p->h, "p", "danger",
		    JC_T("等级为“重大”的问题所在的场地、设施，立即停止使用，整改并复查合格后方可恢复。",
		    "Stop using the place or equipment of every severe finding at once, until it was re-inspected."));
	jc_html_open(&p->h, "p", NULL);
	jc_html_textf(&p->h, JC_T("检查单位：%s", "Inspecting body: %s"), inspectors(p, t->check));
	jc_html_close(&p->h);
	print_signs(p, JC_T("检查单位（盖章）", "Inspecting body (seal)"),
	    JC_T("检查人（签字）", "Inspector"), JC_T("日期", "Date"), NULL);
	print_signs(p, JC_T("签收人（签字）", "Received by"), JC_T("签收日期", "On"), NULL);
	jc_html_leaf(&p->h, "p", "note",
	    JC_T("逾期未整改将提请上级协调。", "What is overdue goes to the level above."));
}

int
print_notice(struct jc_print *p, struct jc_err *err)
{
	static const char *const ZH[] = {"第一联　存根", "第二联　受检单位", "第三联　归档"};
	static const char *const EN[] = {"copy 1: stub", "copy 2: for the inspected unit",
	    "copy 3: file"};
	struct items t = {.p = p, .check = &p->rec[0]};
	int copies = p->ask->copies > 0 && p->ask->copies < 3 ? p->ask->copies : 3, rc;

	if ((rc = items_read(&t, err)) < 0)
		return rc;
	if (t.n == 0)
		return jc_err_set(err, JC_ESTATE, "print_notice",
		    JC_T("这次检查没有记录“发现问题”的检查项，没有要通知的",
		    "This check has no findings; there is nothing to notify"));
	for (int i = 0; i < copies; i++)
		notice_copy(&t, JC_T(ZH[i], EN[i]));
	return 0;
}

/* ---- re-inspection ---- */

static void
recheck_items(struct items *t)
{
	struct jc_print *p = t->p;
	char no[24];

	print_table(p, "list recheck", JC_T("序号", "No"), JC_T("问题", "Finding"),
	    JC_T("整改情况", "What was done"), JC_T("佐证", "Evidence"),
	    JC_T("复查意见", "Opinion"), JC_T("复查人", "By"), JC_T("日期", "On"), NULL);
	for (size_t i = 0; i < t->n; i++) {
		const struct item *v = &t->v[i];

		snprintf(no, sizeof(no), "%zu", i + 1);
		jc_html_open(&p->h, "tr", NULL);
		print_cell(p, "c", no);
		print_cell(p, NULL, v->finding);
		jc_html_open(&p->h, "td", NULL);
		jc_html_lines(&p->h, v->did);
		if (v->did_on[0] != '\0')
			jc_html_textf(&p->h, JC_T("（%s）", " (%s)"), v->did_on);
		jc_html_close(&p->h);
		print_cell(p, NULL, v->evidence);
		print_cell(p, NULL,
		    v->opinion[0] != '\0' ? v->opinion : JC_T("□通过\n□退回", "[ ] pass\n[ ] return"));
		print_cell(p, "c", v->reviewer);
		print_cell(p, "c", v->reviewed_on);
		jc_html_close(&p->h);
	}
	print_table_end(p);
}

int
print_recheck(struct jc_print *p, struct jc_err *err)
{
	struct items t = {.p = p, .check = &p->rec[0]};
	int rc;

	if ((rc = items_read(&t, err)) < 0)
		return rc;
	if (t.n == 0)
		return jc_err_set(err, JC_ESTATE, "print_recheck",
		    JC_T("这次检查没有“发现问题”的检查项，不用复查",
		    "This check has no findings; nothing to re-inspect"));
	print_sheet(p, NULL);
	print_title(p, JC_T("整改复查（销号）单", "Re-inspection"));
	print_facts(p, JC_T("整改通知单编号", "Number of the notice"), t.number,
	    JC_T("受检单位", "Unit"),
	    print_get(p, t.check, "target_org_id"), JC_T("检查日期", "Checked on"),
	    print_get(p, t.check, "checked_on"), NULL);
	recheck_items(&t);
	print_signs(p, JC_T("复查单位（盖章）", "Body (seal)"), JC_T("复查人（签字）", "Signed"),
	    JC_T("受检单位负责人（签字）", "Unit (signed)"), NULL);
	return 0;
}
