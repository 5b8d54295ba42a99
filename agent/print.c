/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * What all printed forms share: finding the records, showing values as paper wants them, sheets, tables
 * and signature lines. The forms themselves are in print_*.c, one function each, as a reader would fill
 * the paper: from top to bottom.
 */
#include "print_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "asof.h"
#include "audit.h"
#include "out.h"
#include "print_css.h"

#define WHERE "print"
#define PAGE_MAX ((size_t)64 << 20)

struct print_note {
	struct print_note *next;
	char text[];
};

const struct jc_print_form jc_print_forms[] = {
	{"roster", "会员花名册", "member roster", "org", 0, 1, 1, print_roster,
	    "不写编号是本单位全部会员；写工会的编号只印那个工会的", "without an id: all members here; with a union's id: its members"},
	{"application", "入会申请书", "application for membership", "member", 0, 20, 0,
	    print_application,
	    "会员的编号；不写是空白表", "members' ids; without: a blank form"},
	{"signin", "签到表", "sign-in sheet", "activity", 0, 1, 0, print_signin,
	    "活动的编号；不写是空白表", "an activity's id; without: a blank sheet"},
	{"activity", "活动记录表", "activity record", "activity", 1, 20, 0, print_activity,
	    "活动的编号", "activities' ids"},
	{"winners", "获奖名单", "winners", "activity", 1, 20, 0, print_winners,
	    "竞赛、比武活动的编号", "ids of contests"},
	{"checklist", "检查表", "checklist", "check", 1, 1, 0, print_checklist,
	    "检查的编号；没填的空着，可以拿到现场填", "a check's id; what has no answer yet is left to be filled in on the spot"},
	{"notice", "整改通知单", "rectification notice", "check", 1, 1, 0, print_notice,
	    "检查的编号；一式三份（存根、受检单位、归档）", "a check's id; in three copies"},
	{"recheck", "整改复查单", "re-inspection form", "check", 1, 1, 0, print_recheck,
	    "检查的编号", "a check's id"},
	{"transfer", "会籍接转单", "transfer of membership", "transfer", 0, 20, 0, print_transfer,
	    "接转单的编号；不写是空白表", "transfers' ids; without: a blank form"},
	{"receipt", "慰问签收表", "receipts of assistance", "activity", 0, 1, 1, print_receipt,
	    "活动的编号；不写是空白表；不印原因和病情", "an activity's id; without: a blank sheet; no reasons, no illness"},
	{"acceptance", "购买服务验收单", "acceptance of a service", "project", 1, 20, 0, print_acceptance, "项目的编号", "projects' ids"},
	{"grant", "扶持签收单", "receipt of support", "grant", 1, 20, 0, print_grant, "扶持记录的编号", "grants' ids"},
	{"letters", "建会三件", "letters of a founding", "build_case", 1, 1, 0, print_letters,
	    "建会任务的编号；请示、选举结果报告、批复登记卡", "a case's id; request, election, approval"},
	{"handover", "上报单", "handing over a stick", NULL, 0, 0, 0, print_handover,
	    "--data-file 是 jiceng bundle write 文件夹 --json 的输出", "--data-file: what bundle write FOLDER --json printed"},
	{NULL, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, NULL}
};

const struct jc_print_form *
jc_print_form(const char *typed)
{
	for (const struct jc_print_form *f = jc_print_forms; f->id != NULL; f++)
		if (strcmp(f->id, typed) == 0 || strcmp(f->zh, typed) == 0 ||
		    strcmp(f->en, typed) == 0)
			return f;
	return NULL;
}

/* A CSS string: what could end it or mean something in it is written as its number. */
static void
css_string(struct jc_buf *out, const char *s)
{
	jc_buf_putc(out, '"');
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || strchr("\"\\<>&'", *s) != NULL)
			jc_buf_putf(out, "\\%x ", (unsigned)(unsigned char)*s);
		else
			jc_buf_putc(out, *s);
	}
	jc_buf_putc(out, '"');
}

void
jc_print_css(struct jc_buf *out, const char *foot)
{
	jc_buf_puts(out, jc_print_css_text);
	for (int i = 0; foot != NULL && foot[0] != '\0' && i < 2; i++) {
		jc_buf_putf(out, "@page %s { @bottom-left { content: ", i == 0 ? "" : "landscape");
		css_string(out, foot);
		jc_buf_puts(out,
		    "; font: 9pt \"SimSun\", \"Noto Serif CJK SC\", serif; vertical-align: top; padding-top: .35cm; width: 75%; } }\n");
	}
}

/* The style sheet's address; what the foot of every page says goes along, percent-encoded. */
static void
css_link(struct jc_print *p)
{
	struct jc_buf href;

	jc_buf_init(&href, 4096);
	jc_buf_puts(&href, "/api/v1/print.css?foot=");
	for (const char *s = p->asof; *s != '\0'; s++)
		jc_buf_putf(&href, "%%%02X", (unsigned)(unsigned char)*s);
	jc_html_void(&p->h, "link", NULL);
	jc_html_attr(&p->h, "rel", "stylesheet");
	jc_html_attr(&p->h, "href", href.data != NULL ? href.data : "");
	jc_buf_free(&href);
}

/* The style sheet inside the page: a file has to be complete in itself. */
static void
css_inside(struct jc_print *p)
{
	struct jc_buf css;

	jc_buf_init(&css, 1 << 16);
	jc_print_css(&css, p->asof);
	jc_html_void(&p->h, "meta", NULL);
	jc_html_attr(&p->h, "http-equiv", "Content-Security-Policy");
	jc_html_attr(&p->h, "content", "default-src 'none'; style-src 'unsafe-inline'");
	jc_html_unescaped(&p->h, "<style>");
	jc_buf_put(&p->h.b, css.data, css.len);
	jc_html_unescaped(&p->h, "</style>");
	jc_buf_free(&css);
}

/* ---- values ---- */

const char *
print_keep(struct jc_print *p, const char *s, size_t n)
{
	struct print_note *note;

	if (s == NULL || n == 0)
		return "";
	if ((note = jc_alloc(sizeof(*note) + n + 1)) == NULL) {
		p->h.b.failed = JC_ENOMEM;
		return "";
	}
	memcpy(note->text, s, n);
	note->text[n] = '\0';
	note->next = p->notes;
	p->notes = note;
	return note->text;
}

const char *
print_raw(const struct jc_record *r, const char *field)
{
	for (size_t i = 0; r != NULL && i < r->nfields; i++)
		if (strcmp(r->field[i].field->name, field) == 0)
			return r->field[i].text;
	return NULL;
}

int
print_follow(struct jc_print *p, const char *id, struct jc_record *out)
{
	struct jc_record_key key;

	if (id == NULL || !jc_id_ok(id, strlen(id)) ||
	    jc_record_find(p->node, 0, id, &key, NULL) < 0 || key.kind == NULL)
		return 0;
	return jc_record_read(p->node, key.rec, out, NULL) == 0;
}

const char *
print_name(struct jc_print *p, const char *id)
{
	struct jc_record r;
	const char *title, *s = "";

	if (id != NULL && id[0] == '?') /* a name that leads to no record here */
		return print_keep(p, id + 1, strlen(id + 1));
	if (!print_follow(p, id, &r))
		return "";
	if ((title = print_raw(&r, r.key.kind->title)) != NULL)
		s = print_keep(p, title, strlen(title));
	jc_record_free(&r);
	return s;
}

const char *
print_date(struct jc_print *p, const char *stored)
{
	int y, m = 0, d = 0, n;
	char text[48];

	if (stored == NULL)
		return "";
	if (jc_lang_get() == JC_LANG_EN || stored[0] == '?' ||
	    (n = sscanf(stored, "%4d-%2d-%2d", &y, &m, &d)) < 1)
		return print_keep(p, stored, strlen(stored));
	if (n == 1)
		snprintf(text, sizeof(text), "%d年", y);
	else if (n == 2)
		snprintf(text, sizeof(text), "%d年%d月", y, m);
	else
		snprintf(text, sizeof(text), "%d年%d月%d日%.12s", y, m, d,
		    strlen(stored) > 10 ? stored + 10 : "");
	return print_keep(p, text, strlen(text));
}

/* Elements of a set of references by name. */
static void
names_put(struct jc_print *p, struct jc_buf *b, const char *stored, size_t n)
{
	json_t *set = json_loadb(stored, n, 0, NULL), *e;
	size_t i;

	json_array_foreach(set, i, e) {
		if (i > 0)
			jc_buf_puts(b, JC_T("、", ", "));
		jc_buf_puts(b, print_name(p, json_string_value(e)));
	}
	json_decref(set);
}

const char *
print_show(struct jc_print *p, const struct jc_field *f, const char *stored, size_t n)
{
	struct jc_buf b;
	const char *s;

	if (f == NULL || stored == NULL || n == 0)
		return "";
	if (f->type == JC_REF && !f->set)
		return print_name(p, stored);
	if ((f->type == JC_DATE || f->type == JC_PDATE || f->type == JC_DATETIME) && !f->set)
		return print_date(p, stored);
	jc_buf_init(&b, 1 << 20);
	if (f->type == JC_REF)
		names_put(p, &b, stored, n);
	else
		jc_out_value(&b, f, stored, n, p->ask->full);
	if (b.failed)
		p->h.b.failed = b.failed;
	s = print_keep(p, b.data, b.len);
	jc_buf_free(&b);
	return s[0] == '?' ? s + 1 : s; /* kept as typed: paper shows what was typed */
}

const char *
print_get(struct jc_print *p, const struct jc_record *r, const char *field)
{
	for (size_t i = 0; r != NULL && i < r->nfields; i++)
		if (strcmp(r->field[i].field->name, field) == 0 && r->field[i].text != NULL)
			return print_show(p, r->field[i].field, r->field[i].text,
			    strlen(r->field[i].text));
	return "";
}

const char *
print_col(struct jc_print *p, struct jc_stmt *st, int i, const char *kind, const char *field)
{
	const struct jc_kind *k = jc_catalogue_kind(kind, strlen(kind));
	const struct jc_field *f = k != NULL ? jc_catalogue_field(k, field, strlen(field)) : NULL;
	const char *s;
	size_t n;

	s = jc_col_text(st, i, &n);
	return print_show(p, f, s, n);
}

const char *
print_gender(const char *code)
{
	if (code == NULL)
		return "";
	return strcmp(code, "1") == 0 ? JC_T("男", "M") : strcmp(code, "2") == 0 ? JC_T("女",
	    "F") : "";
}

/* ---- parts of a page ---- */

void
print_sheet(struct jc_print *p, const char *class_)
{
	jc_html_close_to(&p->h, 2); /* html, body */
	jc_html_open(&p->h, "section", class_);
}

void
print_title(struct jc_print *p, const char *title)
{
	jc_html_leaf(&p->h, "h1", NULL, title);
}

void
print_facts(struct jc_print *p, ...)
{
	const char *label;
	va_list ap;

	jc_html_open(&p->h, "p", "facts");
	va_start(ap, p);
	while ((label = va_arg(ap, const char *)) != NULL) {
		const char *text = va_arg(ap, const char *);

		jc_html_open(&p->h, "span", NULL);
		jc_html_str(&p->h, label);
		jc_html_str(&p->h, JC_T("：", ": "));
		jc_html_leaf(&p->h, "b", text[0] == '\0' ? "gap" : NULL, text);
		jc_html_close(&p->h);
		jc_html_str(&p->h, " ");
	}
	va_end(ap);
	jc_html_close(&p->h);
}

void
print_table(struct jc_print *p, const char *class_, ...)
{
	const char *label;
	va_list ap;

	jc_html_open(&p->h, "table", class_);
	jc_html_open(&p->h, "thead", NULL);
	jc_html_open(&p->h, "tr", NULL);
	va_start(ap, class_);
	while ((label = va_arg(ap, const char *)) != NULL)
		jc_html_leaf(&p->h, "th", NULL, label);
	va_end(ap);
	jc_html_close(&p->h);
	jc_html_close(&p->h);
	jc_html_open(&p->h, "tbody", NULL);
}

void
print_table_end(struct jc_print *p)
{
	jc_html_close(&p->h);
	jc_html_close(&p->h);
}

void
print_made(struct jc_print *p, const struct jc_html *made)
{
	jc_html_str(&p->h, "");
	jc_buf_put(&p->h.b, made->b.data, made->b.len);
}

void
print_cell(struct jc_print *p, const char *class_, const char *text)
{
	jc_html_open(&p->h, "td", class_);
	jc_html_lines(&p->h, text);
	jc_html_close(&p->h);
}

void
print_pairs(struct jc_print *p, ...)
{
	const char *label, *v[4][2];
	size_t n = 0;
	va_list ap;

	va_start(ap, p);
	while ((label = va_arg(ap, const char *)) != NULL && n < 4) {
		v[n][0] = label;
		v[n++][1] = va_arg(ap, const char *);
	}
	va_end(ap);
	jc_html_open(&p->h, "tr", NULL);
	for (size_t i = 0; i < n; i++) {
		jc_html_leaf(&p->h, "th", NULL, v[i][0]);
		jc_html_open(&p->h, "td", NULL);
		if (n == 1)
			jc_html_attr_int(&p->h, "colspan", 3);
		jc_html_lines(&p->h, v[i][1]);
		jc_html_close(&p->h);
	}
	jc_html_close(&p->h);
}

void
print_wide(struct jc_print *p, const char *label, const char *class_, const char *text)
{
	jc_html_open(&p->h, "tr", NULL);
	jc_html_leaf(&p->h, "th", NULL, label);
	jc_html_open(&p->h, "td", class_);
	jc_html_attr_int(&p->h, "colspan", 3);
	jc_html_lines(&p->h, text);
	jc_html_close(&p->h);
	jc_html_close(&p->h);
}

void
print_signs(struct jc_print *p, ...)
{
	const char *label;
	va_list ap;

	jc_html_open(&p->h, "p", "signs");
	va_start(ap, p);
	while ((label = va_arg(ap, const char *)) != NULL) {
		jc_html_open(&p->h, "span", NULL);
		jc_html_str(&p->h, label);
		jc_html_str(&p->h, JC_T("：", ": "));
		jc_html_close(&p->h);
	}
	va_end(ap);
	jc_html_close(&p->h);
}

/* ---- the whole page ---- */

static void
head_put(struct jc_print *p, const char *title, int landscape)
{
	jc_html_unescaped(&p->h, "<!doctype html>");
	jc_html_open(&p->h, "html", NULL);
	jc_html_attr(&p->h, "lang", JC_T("zh-Hans", "en"));
	jc_html_open(&p->h, "head", NULL);
	jc_html_void(&p->h, "meta", NULL);
	jc_html_attr(&p->h, "charset", "utf-8");
	jc_html_leaf(&p->h, "title", NULL, title);
	if (p->ask->linked)
		css_link(p);
	else
		css_inside(p);
	jc_html_close(&p->h);
	jc_html_open(&p->h, "body", landscape ? "landscape" : "portrait");
}

int
jc_print_page(struct jc_buf *out, const char *title, int landscape, int linked, const char *asof,
    void (*body)(struct jc_html *h, void *arg), void *arg, struct jc_err *err)
{
	struct jc_print_ask ask = {.linked = linked};
	struct jc_print p = {.ask = &ask};
	int rc;

	jc_html_init(&p.h, PAGE_MAX);
	snprintf(p.asof, sizeof(p.asof), "%s", asof);
	head_put(&p, title, landscape);
	body(&p.h, arg);
	jc_html_leaf(&p.h, "p", "asof", p.asof);
	jc_html_close_to(&p.h, 0);
	if ((rc = jc_buf_check(&p.h.b, WHERE, err)) == 0)
		jc_buf_put(out, p.h.b.data, p.h.b.len);
	jc_html_free(&p.h);
	return rc < 0 ? rc : jc_buf_check(out, WHERE, err);
}

static int
records_find(struct jc_print *p, struct jc_err *err)
{
	const struct jc_print_ask *a = p->ask;
	struct jc_record_key key;
	int rc;

	for (size_t i = 0; i < a->nids; i++) {
		if ((rc = jc_record_find(p->node, 0, a->ids[i], &key, err)) < 0)
			return rc;
		if (key.kind == NULL || strcmp(key.kind->name, a->form->kind) != 0)
			return jc_err_set(err, JC_EINVAL, WHERE,
			    JC_T("%s 是%s，%s要的是%s的编号",
			    "%s is a %s; %s wants the id of a %s"), key.id,
			    key.kind != NULL ? jc_kind_label(key.kind) : JC_T("新版本的记录",
			    "record of a newer program"),
			    JC_T(a->form->zh, a->form->en),
			    jc_kind_label(jc_catalogue_kind(a->form->kind, strlen(a->form->kind))));
		if ((rc = jc_record_read(p->node, key.rec, &p->rec[p->nrecs], err)) < 0)
			return rc;
		p->nrecs++;
	}
	return 0;
}

static int
page_make(struct jc_print *p, struct jc_err *err)
{
	const struct jc_print_form *f = p->ask->form;
	struct jc_asof asof;
	int rc;

	if ((rc = jc_node_scope(p->node, &p->own, err)) < 0 ||
	    (rc = jc_asof_read(&asof, p->node, err)) < 0 ||
	    (rc = records_find(p, err)) < 0)
		return rc;
	jc_asof_text(p->asof, sizeof(p->asof), &asof);
	head_put(p, JC_T(f->zh, f->en), f->landscape);
	if ((rc = f->make(p, err)) < 0)
		return rc;
	jc_html_close_to(&p->h, 2);
	jc_html_leaf(&p->h, "p", "asof", p->asof);
	jc_html_close_to(&p->h, 0);
	return jc_buf_check(&p->h.b, WHERE, err);
}

static void
print_free(struct jc_print *p)
{
	struct print_note *next;

	for (size_t i = 0; i < p->nrecs; i++)
		jc_record_free(&p->rec[i]);
	for (; p->notes != NULL; p->notes = next) {
		next = p->notes->next;
		jc_free(p->notes);
	}
	jc_html_free(&p->h);
}

static int
ask_check(const struct jc_print_ask *ask, struct jc_err *err)
{
	const struct jc_print_form *f = ask->form;
	size_t most = f->most < PRINT_IDS_MAX ? f->most : PRINT_IDS_MAX;

	if (ask->nids >= f->least && ask->nids <= most)
		return 0;
	if (ask->nids < f->least)
		return jc_err_set(err, JC_EUSAGE, WHERE,
		    JC_T("%s要写编号：%s", "%s needs an id: %s"), JC_T(f->zh, f->en),
		    JC_T(f->help_zh, f->help_en));
	return jc_err_set(err, JC_EUSAGE, WHERE,
	    JC_T("%s一次最多写%zu个编号", "%s takes at most %zu ids at a time"), JC_T(f->zh, f->en),
	    most);
}

int
jc_print_make(struct jc_buf *out, struct jc_node *node, const struct jc_print_ask *ask,
    struct jc_err *err)
{
	struct jc_print p = {.node = node, .ask = ask, .err = err};
	int rc, end;

	if ((rc = ask_check(ask, err)) < 0 || (rc = jc_db_begin_read(node->db, err)) < 0)
		return rc;
	jc_html_init(&p.h, PAGE_MAX);
	jc_out_today(p.today, jc_db_env(node->db));
	rc = page_make(&p, err);
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	if (rc == 0)
		rc = end;
	if (rc == 0 && ask->full && p.people > 0)
		rc = jc_audit_add(node->db, "print", ask->form->id, p.people, err);
	if (rc == 0)
		jc_buf_put(out, p.h.b.data, p.h.b.len);
	print_free(&p);
	return rc < 0 ? rc : jc_buf_check(out, WHERE, err);
}
