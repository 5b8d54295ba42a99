/* SPDX-License-Identifier: MulanPSL-2.0 */
/* fill: a form that somebody above sent, filled in place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fill.h"
#include "out.h"
#include "outfile.h"
#include "text_io.h"

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

static void
report_print(const struct jc_fill_report *r, const char *path)
{
	json_t *o;
	size_t i;

	json_array_foreach(r->filled, i, o) printf(JC_T("已填 %s %s：%s\n", "filled %s %s: %s\n"),
	    text_of(o, "cell"), text_of(o, "label"), text_of(o, "value"));
	json_array_foreach(r->unfilled, i, o)
	    printf(JC_T("没填 %s %s：%s\n", "not filled %s %s: %s\n"), text_of(o, "cell"),
		text_of(o, "label"), text_of(o, "reason"));
	json_array_foreach(r->hints, i, o)
		printf("%s\n", json_string_value(o));
	printf(
	    JC_T(
		"填了%lld格（名单%lld行），有%zu项没有填全；期间 %s 至 %s；存为 %s（内有完整号码，请妥善保管）\n",
		"%lld cells were filled (%lld rows), %zu things were not or not wholly; period %s to %s; the file is %s (it may hold full numbers)\n"),
	    (long long)r->cells, (long long)r->rows, json_array_size(r->unfilled), r->from, r->to,
	    path);
}

/* The form's name with a word behind it. */
static void
out_name(char out[4096], const char *path)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	size_t n =
	    dot != NULL && (slash == NULL || dot > slash) ? (size_t)(dot - path) : strlen(path);

	snprintf(out, 4096, "%.*s%s.xlsx", (int)(n < 3900 ? n : 3900), path,
	    JC_T("（已填）", "-filled"));
}

static int
bytes_write(
    const char *path, const struct jc_buf *bytes, struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_outfile file;
	int rc, end;

	if ((rc = jc_outfile_open(&file, path, 0600, err)) < 0) {
		run->exit = rc == JC_EIO ? JC_EXIT_CREATE : 0;
		return rc;
	}
	file.buf.max = bytes->len + 1;
	jc_buf_put(&file.buf, bytes->data, bytes->len);
	rc = jc_buf_check(&file.buf, "fill", err);
	end = jc_outfile_end(&file, rc == 0, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

static int
fill(struct jc_cmd_run *run, struct jc_err *err)
{
	const char *path = jc_cmd_opt(run, "out"), *slash = strrchr(run->args[0], '/');
	struct jc_fill_options o = {.run = run, .period = jc_cmd_opt(run, "period")};
	struct jc_fill_report report = {0};
	struct jc_buf out;
	char name[4096], *bytes;
	size_t n;
	int rc;

	o.name = slash != NULL ? slash + 1 : run->args[0];
	if (path == NULL) {
		out_name(name, run->args[0]);
		path = name;
	}
	if ((rc = jc_text_io_bytes(&bytes, &n, run->args[0], err)) < 0)
		return rc;
	jc_buf_init(&out, (size_t)512 << 20);
	if ((rc = jc_fill_bytes(&out, &report, &o, bytes, n, err)) == 0 &&
	    (rc = bytes_write(path, &out, run, err)) == 0) {
		if (!run->json) {
			report_print(&report, path);
		} else {
			json_t *doc = jc_fill_report_json(&report);

			json_object_set_new(doc, "file", json_string(path));
			rc = jc_out_json(doc, err);
		}
	}
	jc_fill_report_free(&report);
	jc_buf_free(&out);
	free(bytes);
	return rc;
}

static const struct jc_cmd_opt opts[] = {
    {"out", "文件", "FILE", "填好的表存到哪里（默认在原名后面加“（已填）”）",
	"where to (default: the form's name with -filled)", 0},
    {"period", "期间", "PERIOD",
	"2026、2026-03、2026-Q1、2026-H1 或 2026-01-01..2026-03-31（默认今年到今天）",
	"2026, 2026-03, 2026-Q1, 2026-H1 or 2026-01-01..2026-03-31 (default: this year up to today)",
	0},
    {NULL, NULL, NULL, NULL, NULL, 0}};

const struct jc_cmd jc_cmd_fill = {.name = "fill",
    .args_zh = "表格.xlsx",
    .args_en = "FORM.xlsx",
    .least = 1,
    .most = 1,
    .zh =
	"填上级发来的表\n"
	"认出表头和项目，在原来的格子里填好：名单一人一行（已写了名字的只补空格），会员总数、女会员等按期间统计，单位资料填到旁边的空格。\n"
	"格式、合并、列宽和公式都不动；填不了的逐项说明原因。",
    .en =
	"fill a form that somebody above sent\n"
	"Headers and labels are recognised and their cells filled: a row for every person (or what is blank where names stand already), numbers such as members and women counted for the period, facts of the own unit beside their labels.\n"
	"Formats, merged cells, widths and formulas stay; what could not be filled is listed with the reason.",
    .opts = opts,
    .flags = JC_CMD_OPEN | JC_CMD_JSON,
    .run = fill};
