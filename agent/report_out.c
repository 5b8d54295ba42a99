/* SPDX-License-Identifier: MulanPSL-2.0 */
/* A report's four shapes, and what was handed in before. All walk the same rows and the same columns. */
#include "report_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/schema_mem.h"
#include "html.h"
#include "out.h"
#include "print.h"
#include "xlsx.h"

#define WHERE "report_out"
#define WIDTH_MAX 26

static const char *
label_of(const struct jc_report_column *c)
{
	return JC_T(c->zh, c->en);
}

/* On the terminal there is one line of headings: labels that stand twice get the heading over them. */
static const char *
head_of(char *buf, size_t room, const struct r_sheet *s, size_t col)
{
	const struct jc_report_column *c = &s->table->columns[col];
	int twice = 0;

	for (size_t i = 0; i < s->ncolumns; i++)
		twice += i != col && strcmp(s->table->columns[i].zh, c->zh) == 0 &&
		    (s->table->columns[i].flags & JC_R_HIDDEN) == 0;
	if (!twice || c->group_zh == NULL)
		return label_of(c);
	snprintf(buf, room, "%s%s%s", JC_T(c->group_zh, c->group_en), JC_T("", " "), label_of(c));
	return buf;
}

static int
visible(const struct jc_report_column *c)
{
	return (c->flags & JC_R_HIDDEN) == 0;
}

static int
is_text(const struct jc_report_column *c)
{
	return c->type == JC_R_TEXT || c->type == JC_R_DATE;
}

const char *
r_cell_text(char *buf, size_t room, const struct jc_report_column *c, const struct r_cell *cell)
{
	int64_t v = cell->v, a = v < 0 ? -v : v;
	const char *sign = v < 0 ? "-" : "";

	if (is_text(c))
		return cell->text != NULL ? cell->text : "";
	buf[0] = '\0';
	if (!cell->has)
		return buf;
	if (c->type == JC_R_MONEY)
		snprintf(buf, room, "%s%lld.%02d", sign, (long long)(a / 100), (int)(a % 100));
	else if (c->type == JC_R_DECIMAL)
		snprintf(buf, room, "%s%lld.%d", sign, (long long)(a / 10), (int)(a % 10));
	else if (c->type == JC_R_PERCENT)
		snprintf(buf, room, "%s%lld.%02d%%", sign, (long long)(a / 100), (int)(a % 100));
	else
		snprintf(buf, room, "%lld", (long long)v);
	return buf;
}

/* Labels before the columns of a row: its number in a list, its groups among facts. */
static size_t
nlabels(const struct r_sheet *s)
{
	return s->table->list ? 1 : s->ndims;
}

static const char *
row_label(char *buf, size_t room, const struct r_sheet *s, const struct r_row *row, size_t at,
    size_t i)
{
	if (row->level == 2)
		return i == 0 ? JC_T("合计", "total") : "";
	if (!s->table->list)
		return row->label[i] != NULL ? row->label[i] : "";
	snprintf(buf, room, "%zu", at + 1);
	return buf;
}

static const char *
label_head(const struct r_sheet *s, size_t i)
{
	if (s->table->list)
		return JC_T("序号", "No");
	return JC_T(s->dim[i]->zh, s->dim[i]->en);
}

/* A list has a total only where something in it adds up. */
static int
has_total(const struct r_sheet *s)
{
	if (s->table->plain)
		return 0;
	for (size_t i = 0; i < s->ncolumns; i++)
		if (s->table->columns[i].how == JC_R_SUM && visible(&s->table->columns[i]))
			return s->nrows > 0 && (!s->table->list || s->nrows > 1);
	return !s->table->list && s->nrows > 0;
}

static const struct r_row *
row_at(const struct r_sheet *s, size_t at)
{
	return at < s->nrows ? s->row[at] : s->total;
}

static void
sheet_title(char *out, size_t room, const struct jc_report_result *r, const struct r_sheet *s)
{
	const char *name = JC_T(s->table->zh, s->table->en);

	if (s->split != NULL)
		snprintf(out, room, JC_T("%s（%s）", "%s (%s)"), name, s->split_label);
	else
		snprintf(out, room, "%s", name);
	(void)r;
}

/* ---- what was handed in before ---- */

static json_t *
sheet_before(const struct jc_report_result *r, const struct r_sheet *s)
{
	json_t *tables = json_object_get(r->before, "tables"), *t;
	size_t i;

	json_array_foreach(tables, i, t) {
		const char *id = json_string_value(json_object_get(t,
		    "id")), *split = json_string_value(json_object_get(t, "split"));

		if (id != NULL && strcmp(id, s->table->id) == 0 &&
		    (s->split == NULL ? split == NULL : split != NULL &&
		    strcmp(split, s->split) == 0))
			return t;
	}
	return NULL;
}

int
r_before(const struct jc_report_result *r, const struct r_sheet *s, const struct r_row *row,
    const struct jc_report_column *c,
    int64_t *v)
{
	json_t *t = sheet_before(r, s), *rows = json_object_get(t, "rows"), *one, *cell;
	const char *key;
	size_t i;

	json_array_foreach(rows, i, one) {
		if ((key = json_string_value(json_object_get(one, "key"))) == NULL ||
		    strcmp(key, row->key) != 0)
			continue;
		cell = json_object_get(json_object_get(one, "cells"), c->key);
		*v = json_integer_value(cell);
		return json_is_integer(cell);
	}
	return 0;
}

/* "入会 12→13，合计 40→41": the total's numbers that differ from the version handed in. Appends. */
static int
changes_put(struct jc_buf *b, const struct jc_report_result *r)
{
	char was[48], is[48];
	int n = 0;

	for (const struct r_sheet *s = r->sheets; s != NULL; s = s->next)
		for (size_t i = 0; i < s->ncolumns; i++) {
			const struct jc_report_column *c = &s->table->columns[i];
			struct r_cell old = {.has = 1};

			if (!visible(c) || is_text(c) || !r_before(r, s, s->total, c, &old.v) ||
			    old.v == s->total->cell[i].v)
				continue;
			jc_buf_putf(b, "%s%s %s→%s", n++ > 0 ? JC_T("，", ", ") : "", label_of(c),
			    r_cell_text(was, sizeof(was), c, &old),
			    r_cell_text(is, sizeof(is), c, &s->total->cell[i]));
		}
	return n;
}

static void
before_text(struct jc_buf *b, const struct jc_report_result *r)
{
	char time[JC_TIME_ROOM];

	if (r->before == NULL)
		return;
	jc_out_time(time, r->before_time, 0);
	jc_buf_putf(b, JC_T("较上次报送（%s）变化：", "Changes since it was handed in (%s): "),
	    time);
	if (changes_put(b, r) == 0)
		jc_buf_puts(b, JC_T("合计没有变化", "none in the totals"));
}

/* ---- JSON ---- */

static json_t *
columns_json(const struct r_sheet *s)
{
	static const char *const TYPES[] = {"text", "date", "int", "money", "decimal", "percent"};
	json_t *a = json_array();

	for (size_t i = 0; i < s->ncolumns; i++) {
		const struct jc_report_column *c = &s->table->columns[i];

		if (visible(c))
			json_array_append_new(a,
			    json_pack("{s:s,s:s,s:s,s:s,s:s?}", "key", c->key, "zh", c->zh, "en",
			    c->en, "type",
			                             TYPES[c->type], "group",
			    JC_T(c->group_zh, c->group_en)));
	}
	return a;
}

static json_t *
row_json(const struct r_sheet *s, const struct r_row *row, size_t at)
{
	json_t *cells = json_object(), *text = json_object(), *labels = json_array(), *links = json_object();
	char buf[64];

	for (size_t i = 0; i < nlabels(s); i++)
		json_array_append_new(labels,
		    json_string(row_label(buf, sizeof(buf), s, row, at, i)));
	for (size_t i = 0; i < s->ncolumns; i++) {
		const struct jc_report_column *c = &s->table->columns[i];
		const struct r_cell *cell = &row->cell[i];

		if ((c->flags & JC_R_LINK) != 0 && cell->text != NULL && cell->text[0] != '\0')
			json_object_set_new(links, c->key, json_string(cell->text));
		if (!visible(c))
			continue;
		if (is_text(c))
			json_object_set_new(cells, c->key,
			    cell->text != NULL &&
			    cell->text[0] != '\0' ? json_string(cell->text) : json_null());
		else
			json_object_set_new(cells, c->key,
			    cell->has ? json_integer(cell->v) : json_null());
		json_object_set_new(text, c->key,
		    json_string(r_cell_text(buf, sizeof(buf), c, cell)));
	}
	return json_pack("{s:s,s:s,s:o,s:o,s:o,s:o}", "key", row->key, "level",
	    row->level == 2 ? "total" : row->level == 1 ? "subtotal" : "row", "label", labels,
	    "cells", cells, "text", text, "links", links);
}

static json_t *
sheet_json(const struct jc_report_result *r, const struct r_sheet *s)
{
	json_t *rows = json_array(), *groups = json_array(), *t;
	char title[256];

	for (size_t i = 0; i < s->nrows + (size_t)has_total(s); i++)
		json_array_append_new(rows, row_json(s, row_at(s, i), i));
	for (size_t i = 0; i < nlabels(s); i++)
		json_array_append_new(groups,
		    json_pack("{s:s,s:s}", "key", s->table->list ? "no" : s->dim[i]->key, "label",
		    label_head(s, i)));
	sheet_title(title, sizeof(title), r, s);
	t = json_pack("{s:s,s:s,s:b,s:o,s:o,s:o,s:s?}", "id", s->table->id, "title", title, "list",
	    s->table->list, "groups", groups,
	    "columns", columns_json(s), "rows", rows, "note", JC_T(s->table->note_zh, s->table->note_en));
	if (t != NULL && s->split != NULL)
		json_object_set_new(t, "split", json_string(s->split));
	if (t != NULL && s->table->begin_kind != NULL)
		json_object_set_new(t, "begin", json_pack("{s:s,s:s,s:s}", "kind", s->table->begin_kind, "field", s->table->begin_field, "link",
		    s->table->begin_link));
	return t;
}

static json_t *
ids_json(const struct jc_report_result *r)
{
	json_t *ids = r->asked ? json_array() : json_null();

	for (size_t i = 0; i < r->nids; i++)
		json_array_append_new(ids, json_string(r->ids[i]));
	return ids;
}

json_t *
jc_report_json(const struct jc_report_result *r)
{
	json_t *tables = json_array(), *doc;
	struct jc_buf b;

	for (const struct r_sheet *s = r->sheets; s != NULL; s = s->next)
		json_array_append_new(tables, sheet_json(r, s));
	jc_buf_init(&b, 1 << 20);
	before_text(&b, r);
	doc = json_pack("{s:s,s:s,s:s,s:{s:s,s:s,s:s},s:s,s:s,s:b,s:s?,s:o}", "id", r->report->id,
	    "title",
	    JC_T(r->report->zh, r->report->en), "organization", r->organization, "period", "from",
	    r->period.from, "to", r->period.to,
	    "label", r->period.label, "as_of", r->asof, "filter", r->filter, "outward", r->outward, "changes",
	    b.len > 0 ? b.data : NULL, "tables", tables);
	if (doc != NULL) {
		json_object_set_new(doc, "ids", ids_json(r));
		json_object_set_new(doc, "about", json_string(r->about));
	}
	jc_buf_free(&b);
	return doc;
}

/* ---- terminal ---- */

static void
sheet_widths(size_t *width, const struct r_sheet *s)
{
	char buf[128];

	for (size_t k = 0; k < nlabels(s) + s->ncolumns; k++) {
		int col = (int)k - (int)nlabels(s);
		const char *head = col < 0 ? label_head(s, k) : head_of(buf, sizeof(buf), s,
		    (size_t)col);

		width[k] = jc_out_width(head, strlen(head));
		for (size_t i = 0; i < s->nrows + (size_t)has_total(s); i++) {
			const struct r_row *row = row_at(s, i);
			const char *text = col < 0 ? row_label(buf, sizeof(buf), s, row, i, k)
			                           : r_cell_text(buf, sizeof(buf),
			    &s->table->columns[col], &row->cell[col]);
			size_t w = jc_out_width(text, strlen(text));

			width[k] = w > width[k] ? w : width[k];
		}
		width[k] = width[k] > WIDTH_MAX ? WIDTH_MAX : width[k];
	}
}

/* Text at the left, numbers at the right; line breaks become spaces. */
static void
cell_print(const char *text, size_t width, int right)
{
	struct jc_buf b;

	jc_buf_init(&b, 1 << 20);
	jc_buf_puts(&b, text);
	for (size_t i = 0; i < b.len; i++)
		b.data[i] = b.data[i] == '\n' ? ' ' : b.data[i];
	if (right) {
		size_t w = jc_out_width(text, strlen(text));

		printf("%*s", (int)(w < width ? width - w : 0), "");
	}
	jc_out_pad(b.data != NULL ? b.data : "", right ? 0 : width);
	printf("  ");
	jc_buf_free(&b);
}

static void
sheet_print(const struct jc_report_result *r, const struct r_sheet *s)
{
	size_t width[R_COLUMNS_MAX + R_DIMS_MAX];
	char buf[256];

	sheet_title(buf, sizeof(buf), r, s);
	printf("\n%s\n", buf);
	if (s->nrows == 0) {
		printf("%s\n", JC_T("  （没有）", "  (none)"));
		return;
	}
	sheet_widths(width, s);
	for (size_t k = 0; k < nlabels(s); k++)
		cell_print(label_head(s, k), width[k], 0);
	for (size_t i = 0; i < s->ncolumns; i++)
		if (visible(&s->table->columns[i]))
			cell_print(head_of(buf, sizeof(buf), s, i), width[nlabels(s) + i],
			    !is_text(&s->table->columns[i]));
	printf("\n");
	for (size_t i = 0; i < s->nrows + (size_t)has_total(s); i++) {
		const struct r_row *row = row_at(s, i);

		for (size_t k = 0; k < nlabels(s); k++)
			cell_print(row_label(buf, sizeof(buf), s, row, i, k), width[k], 0);
		for (size_t k = 0; k < s->ncolumns; k++)
			if (visible(&s->table->columns[k]))
				cell_print(r_cell_text(buf, sizeof(buf), &s->table->columns[k],
				    &row->cell[k]), width[nlabels(s) + k],
				    !is_text(&s->table->columns[k]));
		printf("\n");
	}
	if (s->table->note_zh != NULL)
		printf("%s\n", JC_T(s->table->note_zh, s->table->note_en));
}

void
jc_report_print(const struct jc_report_result *r)
{
	struct jc_buf b;

	printf("%s  %s\n%s  %s  %s\n", r->report->id, JC_T(r->report->zh, r->report->en),
	    r->organization, r->period.label, r->asof);
	if (r->about[0] != '\0')
		printf("%s\n", r->about);
	jc_buf_init(&b, 1 << 20);
	before_text(&b, r);
	if (b.len > 0)
		printf("%s\n", b.data);
	jc_buf_free(&b);
	for (const struct r_sheet *s = r->sheets; s != NULL; s = s->next)
		sheet_print(r, s);
}

/* ---- spreadsheet ---- */

static struct jc_xlsx_cell
xlsx_cell(const struct jc_report_column *c, const struct r_cell *cell)
{
	static const enum jc_xlsx_type TYPES[] = {JC_XLSX_TEXT, JC_XLSX_TEXT, JC_XLSX_INT,
	    JC_XLSX_MONEY, JC_XLSX_DECIMAL, JC_XLSX_PERCENT};

	if (is_text(c))
		return jc_xlsx_text(cell->text != NULL ? cell->text : "",
		    cell->text != NULL ? strlen(cell->text) : 0);
	return (struct jc_xlsx_cell){.type = TYPES[c->type], .scale = 1, .blank = !cell->has,
	    .number = cell->v};
}

static int
xlsx_rows(struct jc_xlsx *x, const struct r_sheet *s, struct jc_err *err)
{
	struct jc_xlsx_cell cells[R_COLUMNS_MAX + R_DIMS_MAX];
	char buf[R_DIMS_MAX][64];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->nrows + (size_t)has_total(s); i++) {
		const struct r_row *row = row_at(s, i);
		size_t n = 0;

		for (size_t k = 0; k < nlabels(s); k++) {
			const char *label = row_label(buf[k], sizeof(buf[k]), s, row, i, k);

			cells[n++] = s->table->list &&
			    row->level == 0 ? jc_xlsx_int((int64_t)i + 1) : jc_xlsx_text(label,
			    strlen(label));
		}
		for (size_t k = 0; k < s->ncolumns; k++)
			if (visible(&s->table->columns[k]))
				cells[n++] = xlsx_cell(&s->table->columns[k], &row->cell[k]);
		for (size_t k = 0; k < n; k++)
			cells[k].bold = row->level > 0;
		rc = jc_xlsx_row(x, cells, n, err);
	}
	return rc;
}

static int
xlsx_head(struct jc_xlsx *x, const struct jc_report_result *r, const struct r_sheet *s,
    struct jc_err *err)
{
	char line[512], title[256];
	struct jc_buf b;
	int rc;

	sheet_title(title, sizeof(title), r, s);
	snprintf(line, sizeof(line),
	    JC_T("填报单位：%s　　时段：%s", "Organization: %s   Period: %s"), r->organization,
	    r->period.label);
	jc_buf_init(&b, 1 << 20);
	before_text(&b, r);
	rc = jc_xlsx_title(x, title, err);
	if (rc == 0 && (rc = jc_xlsx_line(x, line, err)) == 0 && r->about[0] != '\0')
		rc = jc_xlsx_line(x, r->about, err);
	if (rc == 0 && b.len > 0)
		rc = jc_xlsx_line(x, b.data, err);
	jc_buf_free(&b);
	return rc < 0 ? rc : jc_xlsx_head(x, err);
}

static int
xlsx_sheet(struct jc_xlsx *x, const struct jc_report_result *r, const struct r_sheet *s,
    struct jc_err *err)
{
	struct jc_xlsx_column columns[R_COLUMNS_MAX + R_DIMS_MAX] = {{0}};
	char title[256];
	size_t n = 0;
	int rc;

	for (size_t k = 0; k < nlabels(s); k++)
		columns[n++] = (struct jc_xlsx_column){.label = label_head(s, k),
		    .width = s->table->list ? 6 : 20};
	for (size_t k = 0; k < s->ncolumns; k++)
		if (visible(&s->table->columns[k]))
			columns[n++] = (struct jc_xlsx_column){.label = label_of(&s->table->columns[k]),
			    .group = JC_T(s->table->columns[k].group_zh,
			    s->table->columns[k].group_en)};
	sheet_title(title, sizeof(title), r, s);
	if ((rc = jc_xlsx_sheet(x,
	    s->split != NULL ? s->split_label : JC_T(s->table->zh, s->table->en), columns, n,
	         s->table->landscape || n > 8 ? JC_XLSX_LANDSCAPE : JC_XLSX_PORTRAIT, err)) < 0 ||
	    (rc = xlsx_head(x, r, s, err)) < 0 || (rc = xlsx_rows(x, s, err)) < 0)
		return rc;
	if (s->table->note_zh != NULL &&
	    (rc = jc_xlsx_line(x, JC_T(s->table->note_zh, s->table->note_en), err)) < 0)
		return rc;
	if ((rc = jc_xlsx_line(x, r->asof, err)) < 0)
		return rc;
	return jc_xlsx_line(x,
	    JC_T("填报人：　　　　　　审核人：　　　　　　负责人（签字）：　　　　　　（盖章）",
	                       "Filled in by:            Checked by:            In charge (signature):            (seal)"), err);
}

int
jc_report_xlsx(const struct jc_report_result *r, const char *path, struct jc_buf *bytes,
    struct jc_err *err)
{
	struct jc_xlsx *x;
	int rc, end;

	if ((rc = jc_xlsx_open(&x, path, 0, err)) < 0)
		return rc;
	for (const struct r_sheet *s = r->sheets; rc == 0 && s != NULL; s = s->next)
		rc = xlsx_sheet(x, r, s, err);
	end = jc_xlsx_end(x, rc == 0, bytes, rc == 0 ? err : NULL);
	return rc < 0 ? rc : end;
}

/* ---- paper ---- */

/* The headings: one row, or two where columns have a heading over them. */
static void
page_head(struct jc_html *h, const struct r_sheet *s)
{
	int groups = 0;

	for (size_t i = 0; i < s->ncolumns; i++)
		groups |= visible(&s->table->columns[i]) && s->table->columns[i].group_zh != NULL;
	jc_html_open(h, "thead", NULL);
	jc_html_open(h, "tr", NULL);
	for (size_t k = 0; k < nlabels(s); k++) {
		jc_html_open(h, "th", NULL);
		if (groups)
			jc_html_attr_int(h, "rowspan", 2);
		jc_html_str(h, label_head(s, k));
		jc_html_close(h);
	}
	for (size_t i = 0; i < s->ncolumns; i++) {
		const struct jc_report_column *c = &s->table->columns[i];
		int span = 0;

		if (!visible(c))
			continue;
		for (size_t k = i; c->group_zh != NULL && k < s->ncolumns &&
		    s->table->columns[k].group_zh == c->group_zh; k++)
			span += visible(&s->table->columns[k]);
		jc_html_open(h, "th", NULL);
		if (c->group_zh != NULL)
			jc_html_attr_int(h, "colspan", span);
		else if (groups)
			jc_html_attr_int(h, "rowspan", 2);
		jc_html_str(h, c->group_zh != NULL ? JC_T(c->group_zh, c->group_en) : label_of(c));
		jc_html_close(h);
		while (c->group_zh != NULL && i + 1 < s->ncolumns &&
		    s->table->columns[i + 1].group_zh == c->group_zh)
			i++;
	}
	jc_html_close(h);
	if (groups) {
		jc_html_open(h, "tr", NULL);
		for (size_t i = 0; i < s->ncolumns; i++)
			if (visible(&s->table->columns[i]) && s->table->columns[i].group_zh != NULL)
				jc_html_leaf(h, "th", NULL, label_of(&s->table->columns[i]));
		jc_html_close(h);
	}
	jc_html_close(h);
}

static void
page_rows(struct jc_html *h, const struct r_sheet *s)
{
	char buf[64];

	jc_html_open(h, "tbody", NULL);
	for (size_t i = 0; i < s->nrows + (size_t)has_total(s); i++) {
		const struct r_row *row = row_at(s, i);

		jc_html_open(h, "tr", row->level > 0 ? "total" : NULL);
		for (size_t k = 0; k < nlabels(s); k++)
			jc_html_leaf(h, "td", s->table->list ? "c" : NULL,
			    row_label(buf, sizeof(buf), s, row, i, k));
		for (size_t k = 0; k < s->ncolumns; k++) {
			const struct jc_report_column *c = &s->table->columns[k];

			if (!visible(c))
				continue;
			jc_html_open(h, "td",
			    !is_text(c) ? "n" : c->type == JC_R_DATE ? "c" : NULL);
			jc_html_lines(h, r_cell_text(buf, sizeof(buf), c, &row->cell[k]));
			jc_html_close(h);
		}
		jc_html_close(h);
	}
	jc_html_close(h);
}

static void
page_sheet(struct jc_html *h, const struct jc_report_result *r, const struct r_sheet *s)
{
	char title[256];
	struct jc_buf b;

	sheet_title(title, sizeof(title), r, s);
	jc_html_open(h, "section", NULL);
	jc_html_leaf(h, "h1", NULL, title);
	jc_html_open(h, "p", "facts");
	jc_html_open(h, "span", NULL);
	jc_html_textf(h, JC_T("填报单位：%s", "Organization: %s"), r->organization);
	jc_html_close(h);
	jc_html_open(h, "span", NULL);
	jc_html_textf(h, JC_T("时段：%s", "Period: %s"), r->period.label);
	jc_html_close(h);
	if (r->about[0] != '\0')
		jc_html_leaf(h, "span", NULL, r->about);
	jc_html_close(h);
	jc_buf_init(&b, 1 << 20);
	before_text(&b, r);
	if (b.len > 0)
		jc_html_leaf(h, "p", "note", b.data);
	jc_buf_free(&b);
	jc_html_open(h, "table", s->table->wide ? "report wide" : "report");
	page_head(h, s);
	page_rows(h, s);
	jc_html_close(h);
	if (s->table->note_zh != NULL)
		jc_html_leaf(h, "p", "note", JC_T(s->table->note_zh, s->table->note_en));
	jc_html_open(h, "p", "signs");
	jc_html_leaf(h, "span", NULL, JC_T("填报人：", "Filled in by:"));
	jc_html_leaf(h, "span", NULL, JC_T("审核人：", "Checked by:"));
	jc_html_leaf(h, "span", NULL, JC_T("负责人（签字）：", "In charge (signature):"));
	jc_html_leaf(h, "span", NULL, JC_T("（盖章）", "(seal)"));
	jc_html_close(h);
	jc_html_close(h);
}

static void
page_body(struct jc_html *h, void *arg)
{
	const struct jc_report_result *r = arg;

	for (const struct r_sheet *s = r->sheets; s != NULL; s = s->next)
		if (s->nrows > 0 || s == r->sheets)
			page_sheet(h, r, s);
}

int
jc_report_page(struct jc_buf *out, const struct jc_report_result *r, int linked, struct jc_err *err)
{
	int landscape = 0;

	for (const struct r_sheet *s = r->sheets; s != NULL; s = s->next)
		landscape |= s->table->landscape;
	return jc_print_page(out, JC_T(r->report->zh, r->report->en), landscape, linked, r->asof,
	    page_body,
	    (void *)(uintptr_t)r, err);
}

/* ---- looking up, handing in ---- */

static const struct r_cell *
cell_find(const struct jc_report_result *r, const char *table, const char *row, const char *column,
    const struct jc_report_column **c)
{
	for (const struct r_sheet *s = r->sheets; s != NULL; s = s->next)
		for (size_t i = 0; strcmp(s->table->id, table) == 0 && i <= s->nrows; i++)
			for (size_t k = 0; strcmp(row_at(s, i)->key, row) == 0 &&
			    k < s->ncolumns; k++)
				if (strcmp(s->table->columns[k].key, column) == 0) {
					*c = &s->table->columns[k];
					return &row_at(s, i)->cell[k];
				}
	return NULL;
}

int
jc_report_value(const struct jc_report_result *r, const char *table, const char *row,
    const char *column, int64_t *value,
    int *has)
{
	const struct jc_report_column *c;
	const struct r_cell *cell = cell_find(r, table, row, column, &c);

	if (cell == NULL)
		return JC_ENOTFOUND;
	*value = cell->v;
	*has = cell->has;
	return 0;
}

const char *
jc_report_text(const struct jc_report_result *r, const char *table, const char *row,
    const char *column)
{
	static _Thread_local char buf[64];
	const struct jc_report_column *c;
	const struct r_cell *cell = cell_find(r, table, row, column, &c);

	return cell != NULL ? r_cell_text(buf, sizeof(buf), c, cell) : NULL;
}

size_t
jc_report_rows(const struct jc_report_result *r, const char *table)
{
	size_t n = 0;

	for (const struct r_sheet *s = r->sheets; s != NULL; s = s->next)
		for (size_t i = 0; strcmp(s->table->id, table) == 0 && i < s->nrows; i++)
			n += s->row[i]->level == 0;
	return n;
}

int
jc_report_hand_in(struct jc_node *node, const struct jc_report_result *r, struct jc_err *err)
{
	const struct jc_env *env = jc_db_env(node->db);
	json_t *doc = jc_report_json(r);
	char *body = doc != NULL ? json_dumps(doc, JSON_COMPACT) : NULL;
	struct jc_stmt *st;
	int rc, end;

	json_decref(doc);
	if (body == NULL)
		return JC_NOMEM(err, WHERE);
	if ((rc = jc_db_begin(node->db, err)) < 0)
		goto out;
	if ((rc = jc_db_prep(&st, node->db,
	         "INSERT INTO report_sent(report, first, last, filter, time, body)"
	         " VALUES(:report, :first, :last, :filter, :time, :body)", err)) == 0) {
		jc_bind_str(st, ":report", r->report->id);
		jc_bind_str(st, ":first", r->period.from);
		jc_bind_str(st, ":last", r->period.to);
		jc_bind_str(st, ":filter", r->filter);
		jc_bind_int(st, ":time", env->wall_ms(env->ctx) / 1000);
		jc_bind_str(st, ":body", body);
		jc_db_log_window(node->db, 1);
		rc = jc_stmt_run(st, err);
		jc_db_log_window(node->db, -1);
	}
	end = jc_db_end(node->db, rc == 0, rc == 0 ? err : NULL);
	rc = rc < 0 ? rc : end;
out:
	free(body);
	return rc;
}
