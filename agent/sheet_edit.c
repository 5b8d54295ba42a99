/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The sheet is read once; whatever lies between edits is copied as bytes. `copied` is how far that has
 * come. Edits wait in order of row and column and go out as soon as a row or cell behind them begins.
 */
#include "sheet_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xml.h"

#define STYLES 512

struct edit {
	struct jc_buf *out;
	const char *p;
	size_t n, copied;
	struct jc_xml *xml;
	struct jc_err *err;
	struct jc_sheet_edit *list;
	size_t count, next;      /* next: first edit that has not gone out */
	int64_t line, style_line;
	size_t column;           /* of the newest cell, one more than its number */
	int in_data;
	struct jc_sheet_edit *at; /* edit that the open cell is replaced by */
	size_t cell_from;
	char style[16], prefix[16];
	int formula;
	size_t value_from;       /* the old result of a formula begins here; 0: none is open */
	int row_closed;          /* the row at work was an empty element */
	char look[STYLES][8];    /* cell styles of style_line */
	char height[64];
};

static void
copy_to(struct edit *e, size_t to)
{
	if (to > e->copied && to <= e->n)
		jc_buf_put(e->out, e->p + e->copied, to - e->copied);
	if (to > e->copied)
		e->copied = to;
}

/* ---- what is written ---- */

static void
escape(struct jc_buf *b, struct jc_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '&')
			jc_buf_puts(b, "&amp;");
		else if (c == '<')
			jc_buf_puts(b, "&lt;");
		else if (c == '>')
			jc_buf_puts(b, "&gt;");
		else if (c >= 0x20 || c == '\n' || c == '\t')
			jc_buf_putc(b, (char)c);
	}
}

static void
reference(struct jc_buf *b, int64_t line, size_t column)
{
	char letters[8];
	size_t n = 0;

	for (size_t c = column + 1; c > 0; c = (c - 1) / 26)
		letters[n++] = (char)('A' + (c - 1) % 26);
	while (n > 0)
		jc_buf_putc(b, letters[--n]);
	jc_buf_putf(b, "%lld", (long long)line);
}

static void
cell_write(struct edit *e, const struct jc_sheet_edit *c, const char *style)
{
	struct jc_buf *b = e->out;

	jc_buf_putf(b, "<%sc r=\"", e->prefix);
	reference(b, c->line, c->column);
	jc_buf_putc(b, '"');
	if (style[0] != '\0')
		jc_buf_putf(b, " s=\"%s\"", style);
	if (c->number) {
		jc_buf_putf(b, "><%sv>", e->prefix);
		escape(b, c->text);
		jc_buf_putf(b, "</%sv></%sc>", e->prefix, e->prefix);
	} else {
		jc_buf_putf(
		    b, " t=\"inlineStr\"><%sis><%st xml:space=\"preserve\">", e->prefix, e->prefix);
		escape(b, c->text);
		jc_buf_putf(b, "</%st></%sis></%sc>", e->prefix, e->prefix, e->prefix);
	}
}

static const char *
look_of(const struct edit *e, size_t column)
{
	return column < STYLES ? e->look[column] : "";
}

/* The edits of this line that lie before a column. */
static void
cells_before(struct edit *e, int64_t line, size_t column)
{
	while (e->next < e->count && e->list[e->next].line == line &&
	    e->list[e->next].column < column) {
		cell_write(e, &e->list[e->next], look_of(e, e->list[e->next].column));
		e->next++;
	}
}

static int
pending(const struct edit *e, int64_t line, size_t before)
{
	return e->next < e->count && e->list[e->next].line == line &&
	    e->list[e->next].column < before;
}

/* Whole rows before a line that the sheet does not have. */
static void
rows_before(struct edit *e, int64_t line)
{
	while (e->next < e->count && e->list[e->next].line < line) {
		int64_t mine = e->list[e->next].line;

		jc_buf_putf(e->out, "<%srow r=\"%lld\"%s>", e->prefix, (long long)mine, e->height);
		cells_before(e, mine, SIZE_MAX);
		jc_buf_putf(e->out, "</%srow>", e->prefix);
	}
}

/* ---- what is read ---- */

static int64_t
number_of(const char *s)
{
	int64_t v = 0;

	for (; s != NULL && *s >= '0' && *s <= '9' && v < 100000000; s++)
		v = v * 10 + (*s - '0');
	return v;
}

/* 1 if the tag that was just read is an empty element. */
static int
is_closed(const struct edit *e)
{
	int64_t behind = jc_xml_behind(e->xml);

	return behind >= 2 && (size_t)behind <= e->n && e->p[behind - 2] == '/';
}

static void
prefix_take(struct edit *e)
{
	size_t at = (size_t)jc_xml_at(e->xml) + 1, n = 0;

	while (at + n < e->n && n + 2 < sizeof(e->prefix) && e->p[at + n] != ':' &&
	    strchr(" />\t\r\n", e->p[at + n]) == NULL)
		n++;
	if (at + n < e->n && e->p[at + n] == ':')
		snprintf(e->prefix, sizeof(e->prefix), "%.*s:", (int)n, e->p + at);
}

static void
row_begin(struct edit *e, const char **atts)
{
	int64_t r = number_of(jc_xml_att(atts, "r"));
	const char *ht = jc_xml_att(atts, "ht");

	e->line = r > 0 ? r : e->line + 1;
	e->column = 0;
	e->row_closed = is_closed(e);
	if (e->next < e->count && e->list[e->next].line < e->line) {
		copy_to(e, (size_t)jc_xml_at(e->xml));
		rows_before(e, e->line);
	}
	if (e->line == e->style_line && ht != NULL && strlen(ht) < 20 &&
	    strspn(ht, "0123456789.") == strlen(ht))
		snprintf(e->height, sizeof(e->height), " ht=\"%s\" customHeight=\"1\"", ht);
	if (e->row_closed && pending(e, e->line, SIZE_MAX)) {
		copy_to(e, (size_t)jc_xml_behind(e->xml) - 2);
		jc_buf_putc(e->out, '>');
		cells_before(e, e->line, SIZE_MAX);
		jc_buf_putf(e->out, "</%srow>", e->prefix);
		e->copied = (size_t)jc_xml_behind(e->xml);
	}
}

static size_t
column_of(const struct edit *e, const char *ref)
{
	size_t c = 0;

	for (; ref != NULL && *ref >= 'A' && *ref <= 'Z' && c < 100000; ref++)
		c = c * 26 + (size_t)(*ref - 'A' + 1);
	return c != 0 ? c : e->column + 1;
}

static void
cell_begin(struct edit *e, const char **atts)
{
	const char *style = jc_xml_att(atts, "s");

	e->column = column_of(e, jc_xml_att(atts, "r"));
	e->formula = 0;
	e->style[0] = '\0';
	if (style != NULL && strlen(style) < 8 && strspn(style, "0123456789") == strlen(style))
		snprintf(e->style, sizeof(e->style), "%s", style);
	if (e->line == e->style_line && e->column <= STYLES)
		memcpy(e->look[e->column - 1], e->style, sizeof(e->look[0]));
	if (pending(e, e->line, e->column - 1)) {
		copy_to(e, (size_t)jc_xml_at(e->xml));
		cells_before(e, e->line, e->column - 1);
	}
	if (!pending(e, e->line, e->column))
		return;
	e->at = &e->list[e->next++];
	e->cell_from = (size_t)jc_xml_at(e->xml);
	if (is_closed(e)) {
		copy_to(e, e->cell_from);
		cell_write(e, e->at, e->style);
		e->copied = (size_t)jc_xml_behind(e->xml);
		e->at = NULL;
	}
}

static int
on_start(void *arg, const char *name, const char **atts)
{
	struct edit *e = arg;

	if (strcmp(name, "sheetData") == 0) {
		prefix_take(e);
		e->in_data = 1;
		if (is_closed(e)) {
			copy_to(e, (size_t)jc_xml_behind(e->xml) - 2);
			jc_buf_putc(e->out, '>');
			rows_before(e, INT64_MAX);
			jc_buf_putf(e->out, "</%ssheetData>", e->prefix);
			e->copied = (size_t)jc_xml_behind(e->xml);
		}
	} else if (e->in_data && strcmp(name, "row") == 0) {
		row_begin(e, atts);
	} else if (e->in_data && strcmp(name, "c") == 0) {
		cell_begin(e, atts);
	} else if (e->in_data && strcmp(name, "f") == 0) {
		e->formula = 1;
	} else if (e->in_data && e->formula && strcmp(name, "v") == 0 && !is_closed(e)) {
		e->value_from = (size_t)jc_xml_at(e->xml);
	}
	return e->out->failed;
}

static void
cell_end(struct edit *e)
{
	if (e->formula) {
		e->at->refused = 1;
	} else {
		copy_to(e, e->cell_from);
		cell_write(e, e->at, e->style);
		e->copied = (size_t)jc_xml_behind(e->xml);
	}
	e->at = NULL;
}

static int
on_end(void *arg, const char *name)
{
	struct edit *e = arg;

	if (!e->in_data)
		return 0;
	if (strcmp(name, "v") == 0 && e->value_from != 0) {
		copy_to(e, e->value_from); /* computed anew by whoever opens the file */
		e->copied = (size_t)jc_xml_behind(e->xml);
		e->value_from = 0;
	} else if (strcmp(name, "c") == 0 && e->at != NULL) {
		cell_end(e);
	} else if (strcmp(name, "row") == 0 && !e->row_closed && pending(e, e->line, SIZE_MAX)) {
		copy_to(e, (size_t)jc_xml_at(e->xml));
		cells_before(e, e->line, SIZE_MAX);
	} else if (strcmp(name, "sheetData") == 0) {
		if (e->next < e->count) {
			copy_to(e, (size_t)jc_xml_at(e->xml));
			rows_before(e, INT64_MAX);
		}
		e->in_data = 0;
	}
	return e->out->failed;
}

static int
by_place(const void *a, const void *b)
{
	const struct jc_sheet_edit *x = a, *y = b;

	return x->line < y->line    ? -1
	    : x->line > y->line	    ? 1
	    : x->column < y->column ? -1
				    : x->column > y->column;
}

int
jc_sheet_edit(struct jc_buf *out, const char *xml, size_t n, struct jc_sheet_edit *edits,
    size_t nedits, int64_t style_line, struct jc_err *err)
{
	static const struct jc_xml_on on = {.start = on_start, .end = on_end};
	struct edit *e = calloc(1, sizeof(*e));
	int rc;

	if (e == NULL)
		return JC_NOMEM(err, "sheet_edit");
	if (nedits > 1)
		qsort(edits, nedits, sizeof(*edits), by_place);
	*e = (struct edit){.out = out, .p = xml, .n = n, .err = err, .list = edits, .count = nedits, .style_line = style_line};
	if ((rc = jc_xml_open(&e->xml, &on, e, err)) == 0)
		rc = jc_xml_feed(e->xml, xml, n, 1, err);
	jc_xml_close(e->xml);
	copy_to(e, n);
	if (rc == 0 && e->next < e->count)
		rc = jc_err_code(err, JC_EFORMAT, "sheet_edit"); /* no sheetData */
	free(e);
	return out->failed ? jc_buf_check(out, "sheet_edit", err) : rc;
}

/* ---- computing when opened ---- */

struct recalc {
	struct jc_xml *xml;
	const char *p;
	size_t n, insert;        /* where a new element belongs */
	size_t from, behind;     /* the element that is there */
	int depth;
};

static int
recalc_start(void *arg, const char *name, const char **atts)
{
	struct recalc *r = arg;

	(void)atts;
	if (++r->depth == 2 && strcmp(name, "calcPr") == 0) {
		r->from = (size_t)jc_xml_at(r->xml);
		r->behind = (size_t)jc_xml_behind(r->xml);
	}
	return 0;
}

static int
recalc_end(void *arg, const char *name)
{
	static const char *const before[] = {
	    "sheets", "functionGroups", "externalReferences", "definedNames", NULL};
	struct recalc *r = arg;

	if (r->depth-- != 2)
		return 0;
	for (const char *const *b = before; *b != NULL; b++)
		if (strcmp(name, *b) == 0) {
			size_t at = (size_t)jc_xml_at(r->xml);

			r->insert =
			    at < r->n && r->p[at] == '<' ? (size_t)jc_xml_behind(r->xml) : at;
		}
	return 0;
}

int
jc_sheet_edit_recalc(struct jc_buf *out, const char *xml, size_t n, struct jc_err *err)
{
	static const struct jc_xml_on on = {.start = recalc_start, .end = recalc_end};
	struct recalc r = {.p = xml, .n = n};
	int rc;

	if ((rc = jc_xml_open(&r.xml, &on, &r, err)) == 0)
		rc = jc_xml_feed(r.xml, xml, n, 1, err);
	jc_xml_close(r.xml);
	if (rc < 0)
		return rc;
	if (r.behind != 0) { /* the name, the word, the rest */
		size_t name = r.from + 1;

		while (name < r.behind && strchr(" />\t\r\n", xml[name]) == NULL)
			name++;
		jc_buf_put(out, xml, name);
		if (memmem(xml + r.from, r.behind - r.from, "fullCalcOnLoad", 14) == NULL)
			jc_buf_puts(out, " fullCalcOnLoad=\"1\"");
		jc_buf_put(out, xml + name, n - name);
	} else if (r.insert != 0 && memmem(xml, n, "<workbook", 9) != NULL) {
		jc_buf_put(out, xml, r.insert);
		jc_buf_puts(out, "<calcPr fullCalcOnLoad=\"1\"/>");
		jc_buf_put(out, xml + r.insert, n - r.insert);
	} else {
		jc_buf_put(out, xml, n);
	}
	return jc_buf_check(out, "sheet_edit", err);
}
