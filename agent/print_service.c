/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Papers that go with a hand that gives and a hand that takes: assistance, support, acceptance of a service,
 * the transfer of a membership, a stick.
 */
#include <stdio.h>
#include <string.h>

#include "out.h"
#include "print_private.h"

#define DELIVERED_MOST 8 /* activities that are listed one by one */

/* The day of a time. */
static const char *
print_day(struct jc_print *p, const char *stored)
{
	return stored != NULL ? print_date(p, print_keep(p, stored, strlen(stored) < 10 ? strlen(stored) : 10)) : "";
}

/* ---- transfer: two halves and a line to cut ---- */

/* A union of another branch is known by its name alone. */
static const char *
print_union(struct jc_print *p, const struct jc_record *t, const char *name, const char *id)
{
	return t != NULL && print_raw(t, name) != NULL ? print_get(p, t, name) : print_get(p, t, id);
}

static void
transfer_half(struct jc_print *p, const struct jc_record *t, const struct jc_record *m, int in)
{
	jc_html_open(&p->h, "p", "copy");
	jc_html_str(&p->h,
	    in ? JC_T("转入工会留存", "for the union moved to") : JC_T("转出工会留存",
	    "for the union left"));
	jc_html_close(&p->h);
	print_title(p, in ? JC_T("会籍接转单（转入）", "Transfer of membership (in)")
	                  : JC_T("会籍接转单（转出）", "Transfer of membership (out)"));
	jc_html_open(&p->h, "table", "form half");
	jc_html_open(&p->h, "tbody", NULL);
	print_pairs(p, JC_T("接转单号", "Number"), print_get(p, t, "paper_no"),
	    JC_T("申请日期", "Requested on"),
	    print_get(p, t, "requested_on"), NULL);
	print_pairs(p, JC_T("姓名", "Name"), print_get(p, m, "name"), JC_T("会员证号", "Card no."),
	    print_get(p, m, "member_no"), NULL);
	print_pairs(p, JC_T("性别", "Sex"), print_gender(print_raw(m, "gender")), JC_T("出生年月", "Born"), print_get(p, m, "birth_date"), NULL);
	print_pairs(p, JC_T("证件号码", "ID number"), print_get(p, m, "id_no"), JC_T("联系电话", "Phone"), print_get(p, m, "mobile"), NULL);
	print_pairs(p, JC_T("入会日期", "Joined"), print_get(p, m, "joined_on"), JC_T("会费缴至", "Dues paid to"),
	    print_get(p, m, "dues_paid_to"), NULL);
	print_pairs(p, JC_T("转出工会", "From"), print_union(p, t, "from_name", "from_union"),
	    JC_T("转入工会", "To"), print_union(p, t, "to_name", "to_union"), NULL);
	print_pairs(p, JC_T("接转原因", "Reason"), print_get(p, t, "reason"),
	    JC_T("生效日期", "Effective on"),
	    print_get(p, t, "effective_on"), NULL);
	print_table_end(p);
	print_signs(p,
	    in ? JC_T("转入工会（盖章）", "Union moved to (seal)") : JC_T("转出工会（盖章）",
	    "Union left (seal)"),
	    JC_T("经办人", "Officer"), JC_T("日期", "Date"), NULL);
}

int
print_transfer(struct jc_print *p, struct jc_err *err)
{
	(void)err;
	for (size_t i = 0; i < p->nrecs || i == 0; i++) {
		const struct jc_record *t = i < p->nrecs ? &p->rec[i] : NULL;
		struct jc_record m;
		int here = t != NULL && print_follow(p, print_raw(t, "member_id"), &m);

		p->people += t != NULL && (print_raw(here ? &m : t, "id_no") != NULL || print_raw(here ? &m : t, "mobile") != NULL);
		print_sheet(p, NULL);
		transfer_half(p, t, here ? &m : t, 0); /* who is still on the way stands in the transfer */
		jc_html_open(&p->h, "p", "cut");
		jc_html_leaf(&p->h, "span", NULL, JC_T("沿此线剪开", "cut here"));
		jc_html_close(&p->h);
		transfer_half(p, t, here ? &m : t, 1);
		if (here)
			jc_record_free(&m);
	}
	return 0;
}

/* ---- receipts of assistance ---- */

/* Who received what: no reasons, no illness, nothing but name, thing, signature. */
static const char receipt_sql[] =
    "SELECT COALESCE(m.name, s.person_text), s.amount_fen, s.goods, s.assist_date"
    "  FROM k_assist s CROSS JOIN record r ON r.rec = s.rec AND r.void = 0"
    "  LEFT JOIN record rm ON rm.scope = r.scope AND rm.id = s.person_member_id"
    "  LEFT JOIN k_member m ON m.rec = rm.rec"
    " WHERE s.activity_id = :activity ORDER BY s.rec";

static void
receipt_row(struct jc_print *p, int no, const char *name, const char *goods, const char *money,
    const char *day)
{
	char text[24];

	snprintf(text, sizeof(text), "%d", no);
	jc_html_open(&p->h, "tr", NULL);
	print_cell(p, "c", text);
	print_cell(p, "c", name);
	print_cell(p, NULL, goods);
	print_cell(p, "n", money);
	print_cell(p, NULL, "");
	print_cell(p, "c", day);
	jc_html_close(&p->h);
}

int
print_receipt(struct jc_print *p, struct jc_err *err)
{
	const struct jc_record *a = p->nrecs > 0 ? &p->rec[0] : NULL;
	struct jc_stmt *st;
	int rc, n = 0;

	print_sheet(p, NULL);
	print_title(p, JC_T("慰问（帮扶）签收表", "Receipts of assistance"));
	print_facts(p, JC_T("单位", "Organization"), p->own.name, JC_T("活动", "Activity"),
	    print_get(p, a, "title"),
	    JC_T("日期", "Date"), print_day(p, print_raw(a, "start_at")), NULL);
	print_table(p, "list receipt", JC_T("序号", "No"), JC_T("姓名", "Name"), JC_T("物资", "Goods"),
	    JC_T("金额（元）", "Money"),
	    JC_T("签名", "Signature"), JC_T("日期", "Date"), NULL);
	if ((rc = jc_db_prep(&st, p->node->db, receipt_sql, err)) < 0)
		return rc;
	jc_bind_str(st, ":activity", a != NULL ? a->key.id : "");
	while ((rc = jc_stmt_step(st, err)) == 1)
		receipt_row(p, ++n,
		    print_keep(p, jc_col_text(st, 0, NULL),
		    jc_col_text(st, 0, NULL) != NULL ? strlen(jc_col_text(st, 0, NULL)) : 0),
		    print_col(p, st, 2, "assist", "goods"),
		    print_col(p, st, 1, "assist", "amount_fen"),
		    print_col(p, st, 3, "assist", "assist_date"));
	if (rc < 0)
		return rc;
	while (n < 15 || n % 15 != 0) /* a page can be filled by hand */
		receipt_row(p, ++n, "", "", "", "");
	print_table_end(p);
	print_signs(p, JC_T("发放人", "Handed out by"), JC_T("证明人", "Witness"),
	    JC_T("负责人（签字）", "In charge (signature)"), NULL);
	return 0;
}

/* ---- acceptance of a service ---- */

static const char *
either(const char *a, const char *b)
{
	return a[0] != '\0' ? a : b;
}

/* "a between b", or the one that is there. */
static const char *
both(struct jc_print *p, const char *a, const char *between, const char *b)
{
	struct jc_buf t;
	const char *s;

	if (a[0] == '\0' || b[0] == '\0')
		return either(a, b);
	jc_buf_init(&t, 1 << 20);
	jc_buf_putf(&t, "%s%s%s", a, between, b);
	s = print_keep(p, t.data, t.len);
	jc_buf_free(&t);
	return s;
}

/* "96.5%（答卷40份）". */
static const char *
satisfied(struct jc_print *p, const struct jc_record *k)
{
	const char *rate = print_get(p, k, "satisfaction"), *n = print_get(p, k, "survey_n");
	char text[96];

	if (rate[0] == '\0')
		return "";
	snprintf(text, sizeof(text), n[0] != '\0' ? JC_T("%.20s%%（答卷%.20s份）", "%.20s%% (%.20s answers)") : "%.20s%%", rate, n);
	return print_keep(p, text, strlen(text));
}

/* What was done: counted from the activities of the project, else as it was typed. */
struct delivered {
	const char *sessions, *people;
	struct jc_html list; /* rows of the activities */
	int n;
};

static void
delivered_row(struct jc_print *p, struct delivered *d, struct jc_stmt *st)
{
	char line[400];
	const char *day = print_keep(p, jc_col_text(st, 1, NULL), jc_col_text(st, 1, NULL) != NULL ? 10 : 0);
	const char *title = jc_col_text(st, 2, NULL);

	snprintf(line, sizeof(line), JC_T("%s　%.240s　%lld人次", "%s  %.240s  %lld"), day, title != NULL ? title : "",
	    (long long)jc_col_int(st, 3));
	jc_html_leaf(&d->list, "p", NULL, line);
	d->n++;
}

static int
delivered_read(struct jc_print *p, struct delivered *d, const struct jc_record *k, struct jc_err *err)
{
	long long sessions = 0, people = 0;
	struct jc_stmt *st;
	char text[32];
	int rc;

	if ((rc = jc_db_prep(&st, p->node->db,
	         "SELECT COALESCE(a.sessions, 1), a.start_at, a.title, COALESCE(a.benefit_count, a.attend_count, 0)"
	         "  FROM k_activity a CROSS JOIN record r ON r.rec = a.rec AND r.void = 0"
	         " WHERE a.project_id = :id AND COALESCE(a.state, 'done') <> 'cancelled' ORDER BY a.start_at, a.rec", err)) < 0)
		return rc;
	jc_bind_str(st, ":id", k->key.id);
	while ((rc = jc_stmt_step(st, err)) == 1) {
		sessions += jc_col_int(st, 0);
		people += jc_col_int(st, 3);
		if (d->n < DELIVERED_MOST)
			delivered_row(p, d, st);
		else
			d->n++;
	}
	d->sessions = either(print_get(p, k, "done_sessions"), "—");
	d->people = either(print_get(p, k, "done_count"), "—");
	if (d->n > 0) {
		snprintf(text, sizeof(text), "%lld", sessions);
		d->sessions = print_keep(p, text, strlen(text));
		snprintf(text, sizeof(text), "%lld", people);
		d->people = print_keep(p, text, strlen(text));
	}
	return rc;
}

static void
delivered_put(struct jc_print *p, const struct delivered *d, const struct jc_record *k)
{
	jc_html_open(&p->h, "tr", NULL);
	jc_html_leaf(&p->h, "th", NULL, JC_T("完成情况", "What was done"));
	jc_html_open(&p->h, "td", "h3");
	jc_html_attr_int(&p->h, "colspan", 3);
	jc_html_textf(&p->h, JC_T("计划 %s 场、受益 %s 人次；实际 %s 场、受益 %s 人次。", "Planned %s sessions, %s beneficiaries; actual %s, %s."),
	    either(print_get(p, k, "target_sessions"), "—"), either(print_get(p, k, "target_count"), "—"), d->sessions, d->people);
	if (d->list.b.len > 0)
		print_made(p, &d->list);
	if (d->n > DELIVERED_MOST)
		jc_html_textf(&p->h, JC_T("等共%d次活动", "and more, %d activities in all"), d->n);
	jc_html_close(&p->h);
	jc_html_close(&p->h);
}

static int
acceptance_page(struct jc_print *p, const struct jc_record *k, struct jc_err *err)
{
	struct delivered d = {0};
	int rc;

	jc_html_init(&d.list, p->h.b.max);
	if ((rc = delivered_read(p, &d, k, err)) < 0)
		goto out;
	print_sheet(p, NULL);
	print_title(p, JC_T("购买服务验收单", "Acceptance of a service"));
	jc_html_open(&p->h, "table", "form");
	jc_html_open(&p->h, "tbody", NULL);
	print_pairs(p, JC_T("项目名称", "Project"), print_get(p, k, "name"),
	    JC_T("项目编号", "Code"), print_get(p, k, "code"), NULL);
	print_pairs(p, JC_T("购买方", "Buyer"), print_get(p, k, "buyer_org_id"),
	    JC_T("承接方", "Provider"),
	    print_get(p, k, "provider_org_id"), NULL);
	print_pairs(p, JC_T("合同号", "Contract"), print_get(p, k, "contract_no"),
	    JC_T("合同金额（元）", "Amount"),
	    print_get(p, k, "contract_fen"), NULL);
	print_pairs(p, JC_T("服务期限", "From"), print_get(p, k, "from"), JC_T("至", "To"),
	    print_get(p, k, "to"), NULL);
	delivered_put(p, &d, k);
	print_wide(p, JC_T("验收意见", "Opinion"), "h4", both(p, print_get(p, k, "accept_result"), "\n", print_get(p, k, "eval_text")));
	print_pairs(p, JC_T("验收人员", "Accepted by"), print_get(p, k, "accept_team"), JC_T("验收日期", "On"),
	    print_get(p, k, "accepted_on"), NULL);
	print_pairs(p, JC_T("满意度", "Satisfaction"), satisfied(p, k), JC_T("评价等次", "Grade"), print_get(p, k, "eval_grade"), NULL);
	print_table_end(p);
	print_signs(p, JC_T("验收人（签字）", "Signed"), JC_T("验收人（签字）", "Signed"),
	    JC_T("承接方（盖章）", "Provider (seal)"),
	    JC_T("购买方（盖章）", "Buyer (seal)"), NULL);
out:
	jc_html_free(&d.list);
	return rc;
}

int
print_acceptance(struct jc_print *p, struct jc_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->nrecs; i++)
		rc = acceptance_page(p, &p->rec[i], err);
	return rc;
}

/* ---- support ---- */

/* "3人、12人天" */
static const char *
people_text(struct jc_print *p, const struct jc_record *g)
{
	const char *people = print_get(p, g, "people"), *days = print_get(p, g, "person_days");

	if (people[0] != '\0')
		people = both(p, people, "", JC_T("人", " people"));
	if (days[0] != '\0')
		days = both(p, days, "", JC_T("人天", " person-days"));
	return both(p, people, JC_T("、", ", "), days);
}

/* What was given: only what belongs to its type, or is there. */
static void
grant_given(struct jc_print *p, const struct jc_record *g)
{
	const char *type = print_raw(g, "grant_type"), *money = print_get(p, g, "amount_fen"), *people = people_text(p, g);

	type = type != NULL ? type : "";
	if (strcmp(type, "money") == 0 || money[0] != '\0')
		print_wide(p, JC_T("金额（元）", "Money"), NULL, money);
	if (strcmp(type, "people") == 0 || people[0] != '\0')
		print_wide(p, JC_T("人员、天数", "People, days"), NULL, people);
	if (strcmp(type, "venue") == 0 || print_raw(g, "venue_id") != NULL)
		print_pairs(p, JC_T("场地", "Venue"), print_get(p, g, "venue_id"), JC_T("使用小时", "Hours"), print_get(p, g, "venue_hours"), NULL);
	print_wide(p, strcmp(type, "goods") == 0 ? JC_T("清单、数量", "List, amounts") : JC_T("内容", "Contents"),
	    strcmp(type, "goods") == 0 ? "h5" : "h3", print_get(p, g, "goods"));
}

static void
grant_page(struct jc_print *p, const struct jc_record *g)
{
	print_sheet(p, NULL);
	print_title(p, JC_T("扶持物资（场地）签收单", "Receipt of support"));
	jc_html_open(&p->h, "table", "form");
	jc_html_open(&p->h, "tbody", NULL);
	print_pairs(p, JC_T("扶持方", "Giver"), print_get(p, g, "giver_org_id"), JC_T("受扶持方", "Receiver"),
	    print_get(p, g, "receiver_org_id"), NULL);
	print_pairs(p, JC_T("扶持类型", "Type"), print_get(p, g, "grant_type"), JC_T("日期", "Date"),
	    both(p, print_get(p, g, "granted_on"), JC_T(" 至 ", " to "), print_get(p, g, "period_to")), NULL);
	grant_given(p, g);
	print_wide(p, JC_T("使用与成效", "Use and outcome"), "h3", print_get(p, g, "follow_up"));
	print_table_end(p);
	print_signs(p, JC_T("扶持方（盖章）", "Giver (seal)"), JC_T("受扶持方（盖章）", "Receiver (seal)"),
	    JC_T("签收人（签字）", "Received by"), JC_T("日期", "Date"), NULL);
}

int
print_grant(struct jc_print *p, struct jc_err *err)
{
	(void)err;
	for (size_t i = 0; i < p->nrecs; i++)
		grant_page(p, &p->rec[i]);
	return 0;
}

/* ---- a stick ---- */

static const char *
json_text(struct jc_print *p, json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s != NULL ? print_keep(p, s, strlen(s)) : "";
}

/* "会员 12" and "活动 3" in two lines, of {"member": 12, "activity": 3}. */
static const char *
counts_text(struct jc_print *p, json_t *records)
{
	struct jc_buf b;
	const char *name, *s;
	json_t *n;

	jc_buf_init(&b, 1 << 16);
	json_object_foreach(records, name, n) {
		const struct jc_kind *k = jc_catalogue_kind(name, strlen(name));

		jc_buf_putf(&b, "%s%s %lld", b.len > 0 ? "\n" : "", k != NULL ? jc_kind_label(k) : name, (long long)json_integer_value(n));
	}
	s = print_keep(p, b.data, b.len);
	jc_buf_free(&b);
	return s;
}

static void
handed_row(struct jc_print *p, json_t *file, size_t no)
{
	const char *path = json_text(p, file, "file"), *slash = strrchr(path, '/');
	int64_t time = json_integer_value(json_object_get(file, "time")), bytes = json_integer_value(json_object_get(file, "bytes"));
	char text[64], when[JC_TIME_ROOM] = "";

	if (time > 0)
		jc_out_time(when, time, 0);
	jc_html_open(&p->h, "tr", NULL);
	snprintf(text, sizeof(text), "%zu", no);
	print_cell(p, "c", text);
	print_cell(p, NULL, both(p, slash != NULL ? slash + 1 : path, "\n", json_text(p, file, "message")));
	print_cell(p, NULL, json_text(p, file, "from"));
	print_cell(p, NULL, counts_text(p, json_object_get(file, "records")));
	snprintf(text, sizeof(text), "%lld KB", (long long)((bytes + 1023) / 1024));
	print_cell(p, "n", text);
	print_cell(p, "c", json_text(p, file, "mark"));
	print_cell(p, NULL, when);
	jc_html_close(&p->h);
}

int
print_handover(struct jc_print *p, struct jc_err *err)
{
	json_t *files = json_object_get(p->ask->data, "files"), *file;
	size_t i;

	if (!json_is_array(files))
		return jc_err_set(err, JC_EUSAGE, "print_handover",
		    JC_T("上报单要 --data-file：先运行 jiceng bundle write 文件夹 --json，把输出存成文件",
		        "The slip needs --data-file: run jiceng bundle write FOLDER --json first and keep its output"));
	print_sheet(p, NULL);
	print_title(p, JC_T("上报单（U盘交接单）", "Handing over a stick"));
	print_facts(p, JC_T("单位", "Organization"), p->own.name, JC_T("日期", "Date"),
	    print_date(p, p->today), NULL);
	print_table(p, "list handed", JC_T("序号", "No"), JC_T("文件名", "File"), JC_T("来自", "From"), JC_T("记录数", "Records"),
	    JC_T("大小", "Size"), JC_T("校验", "Mark"), JC_T("制作时间", "Made"), NULL);
	json_array_foreach(files, i, file)
		handed_row(p, file, i + 1);
	print_table_end(p);
	print_signs(p, JC_T("移交人（签字）", "Handed over by"), JC_T("时间", "Time"),
	    JC_T("接收人（签字）", "Received by"),
	    JC_T("时间", "Time"), NULL);
	return 0;
}
