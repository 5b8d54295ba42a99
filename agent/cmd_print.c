/* SPDX-License-Identifier: MulanPSL-2.0 */
/* print: a paper form as a page for the browser, or as PDF. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "out.h"
#include "cmd.h"
#include "print.h"

#define PAGE_MAX ((size_t)64 << 20)

static int
form_find(struct jc_print_ask *ask, struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_buf list;
	int rc;

	if ((ask->form = jc_print_form(run->args[0])) != NULL)
		return 0;
	jc_buf_init(&list, 4096);
	for (const struct jc_print_form *f = jc_print_forms; f->id != NULL; f++)
		jc_buf_putf(&list, "%s%s %s", list.len > 0 ? JC_T("，", ", ") : "", f->id,
		    JC_T(f->zh, f->en));
	rc = jc_err_set(err, JC_ENOTFOUND, "print",
	    JC_T("没有“%.40s”这种表；有：%.400s", "There is no form \"%.40s\"; there are: %.400s"),
	    run->args[0], list.data);
	jc_buf_free(&list);
	return rc;
}

static int
data_read(struct jc_print_ask *ask, const char *path, struct jc_err *err)
{
	json_error_t why;
	char *text;
	size_t n;
	int rc;

	if (path == NULL)
		return 0;
	if ((rc = jc_files_read(&text, &n, path, 1 << 20, err)) < 0)
		return rc;
	ask->data = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
	free(text);
	if (json_is_object(ask->data))
		return 0;
	return jc_err_set(err, JC_EFORMAT, "print",
	    JC_T("%s 里应是一个 JSON 对象", "%s must hold one JSON object"), path);
}

/* Without a file the page goes to standard output. */
static int
page_give(struct jc_cmd_run *run, const struct jc_print_form *form, const struct jc_buf *page, struct jc_err *err)
{
	const char *html = jc_cmd_opt(run, "html"), *pdf = jc_cmd_opt(run, "pdf"), *xlsx = jc_cmd_opt(run, "xlsx");
	int rc = 0;

	if (html != NULL && (rc = jc_files_write(html, page->data, page->len, 0600, err)) < 0) {
		run->exit = JC_EXIT_CREATE;
		return rc;
	}
	if (pdf != NULL)
		rc = jc_pdf_write(pdf, (struct jc_slice){page->data, page->len}, run->data, err);
	if (rc == 0 && xlsx != NULL)
		rc = jc_print_xlsx(xlsx, NULL, form, (struct jc_slice){page->data, page->len}, err);
	if (html == NULL && pdf == NULL && xlsx == NULL)
		fwrite(page->data, 1, page->len, stdout);
	return rc;
}

static int
print(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_print_ask ask = {.ids = (const char *const *)run->args + 1,
	    .nids = run->nargs - 1,
	    .full = jc_cmd_opt(run, "full-numbers") != NULL,
	    .ethnicity = jc_cmd_opt(run, "ethnicity") != NULL};
	struct jc_buf page;
	int rc;

	if ((rc = form_find(&ask, run, err)) < 0 ||
	    (rc = data_read(&ask, jc_cmd_opt(run, "data-file"), err)) < 0)
		return rc;
	jc_buf_init(&page, PAGE_MAX);
	if ((rc = jc_print_make(&page, run->node, &ask, err)) == 0)
		rc = page_give(run, ask.form, &page, err);
	jc_buf_free(&page);
	json_decref(ask.data);
	return rc;
}

static void
help(size_t nargs, char *const *args)
{
	(void)nargs;
	(void)args;
	printf("%s\n", JC_T("\n表：", "\nForms:"));
	for (const struct jc_print_form *f = jc_print_forms; f->id != NULL; f++) {
		printf("  ");
		jc_out_pad(f->id, 12);
		printf(" ");
		jc_out_pad(JC_T(f->zh, f->en), 26);
		printf(" %s\n", JC_T(f->help_zh, f->help_en));
	}
}

static const struct jc_cmd_opt opts[] = {
	{"html", "文件", "FILE", "写成网页文件，双击打开后按 Ctrl+P 打印",
	    "write a page to open and print with Ctrl+P", 0},
	{"pdf", "文件", "FILE", "做成 PDF（要有 Chromium、Edge、Chrome 或 LibreOffice）",
	    "make a PDF (needs Chromium, Edge, Chrome or LibreOffice)", 0},
	{"xlsx", "文件", "FILE", "写成 .xlsx，内容和纸上一样", "write .xlsx with the same contents", 0},
	{"full-numbers", NULL, NULL, "证件号、电话印全号；会记一笔（见 jiceng audit）",
	    "numbers of people in full; this is logged (see jiceng audit)", 0},
	{"ethnicity", NULL, NULL, "花名册、申请书带民族一栏", "with a column for the ethnic group",
	    0},
	{"data-file", "文件", "FILE", "不从记录来的表的内容（JSON）",
	    "contents of a form that is not made from records (JSON)", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

const struct jc_cmd jc_cmd_print = {
	.name = "print",
	.args_zh = "表 [编号...]", .args_en = "FORM [ID...]",
	.least = 1, .most = 21,
	.zh = "打印：花名册、签到表、整改通知单等，A4\n不写 --html、--pdf、--xlsx 时网页写到标准输出。号码默认遮盖。",
	.en = "print a form on A4: roster, sign-in sheet, notice ...\nWithout --html, --pdf or --xlsx the page goes to standard output. Numbers are masked.",
	.opts = opts,
	.flags = JC_CMD_OPEN,
	.run = print,
	.help = help
};
