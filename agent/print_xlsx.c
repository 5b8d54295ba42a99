/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * A printed form as a spreadsheet: the page that the form made is read back, element by element, so that both shapes
 * say the same whatever a form looks like. Only pages of our own come here: well-formed, few elements, no script.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "xlsx.h"

#define WHERE "print_xlsx"
#define CELLS_MAX 24
#define LABEL_WIDTH 14  /* of a form's columns, in half-width characters */
#define FIELD_WIDTH 30
#define LINE_WIDTH 76   /* of a line over the whole sheet; across: half as much again */

struct reader {
	const char *p, *end;
	char tag[16];             /* of the element that begins or ends here */
	int closing, span, facts; /* span: how many columns it covers; facts: one under the other */
	struct jc_slice text;     /* between two tags */
};

struct sheet {
	struct jc_xlsx *x;
	const char *form;
	int landscape, begun, headed, in_head, in_cell, in_para, in_facts, first_title;
	size_t ncolumns;
	struct jc_xlsx_column column[CELLS_MAX];
	char label[CELLS_MAX][80];
	struct jc_buf cell[CELLS_MAX], para;
	uint8_t bold[CELLS_MAX];
	size_t n;
	struct jc_err *err;
};

/* ---- reading ---- */

/* 1: a tag (or its end), 2: text, 0: the end. */
static int
next(struct reader *r)
{
	const char *lt;
	size_t n = 0;

	if (r->p >= r->end)
		return 0;
	if (*r->p != '<') {
		lt = memchr(r->p, '<', (size_t)(r->end - r->p));
		lt = lt != NULL ? lt : r->end;
		r->text = (struct jc_slice){r->p, (size_t)(lt - r->p)};
		r->p = lt;
		return 2;
	}
	r->closing = r->end - r->p > 1 && r->p[1] == '/';
	r->p += r->closing ? 2 : 1;
	for (; r->p < r->end && *r->p != '>' && *r->p != ' '; r->p++)
		if (n < sizeof(r->tag) - 1)
			r->tag[n++] = *r->p;
	r->tag[n] = '\0';
	r->span = 1;
	r->facts = 0;
	for (; r->p < r->end && *r->p != '>'; r->p++) {
		r->facts |= r->end - r->p > 13 && strncmp(r->p, "class=\"facts\"", 13) == 0;
		if (r->end - r->p > 9 && strncmp(r->p, "colspan=\"", 9) == 0)
			r->span = (int)strtol(r->p + 9, NULL, 10);
	}
	r->p += r->p < r->end;
	return 1;
}

static int
is(const struct reader *r, const char *tag)
{
	return strcmp(r->tag, tag) == 0;
}

/* Text as it was before it was escaped. */
static void
put_text(struct jc_buf *b, struct jc_slice s)
{
	static const char *const entity[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&#39;"};
	static const char plain[] = "<>&\"'";

	for (size_t i = 0; i < s.n; i++) {
		size_t k = 0;

		while (k < 5 && (s.n - i < strlen(entity[k]) || memcmp(s.p + i, entity[k], strlen(entity[k])) != 0))
			k++;
		jc_buf_putc(b, k < 5 ? plain[k] : s.p[i]);
		i += k < 5 ? strlen(entity[k]) - 1 : 0;
	}
}

/* ---- one sheet ---- */

/* The headings of the section's first list, and how many columns anything in it has. */
static void
columns_find(struct sheet *s, struct reader r)
{
	int rows = 0, in_head = 0, kind;
	size_t n = 0;

	s->ncolumns = 1;
	while ((kind = next(&r)) != 0) {
		if (kind == 2 && in_head && rows == 0 && n > 0 && n <= CELLS_MAX)
			snprintf(s->label[n - 1], sizeof(s->label[0]), "%.*s", (int)(r.text.n < 79 ? r.text.n : 79), r.text.p);
		if (kind != 1 || (is(&r, "section") && !r.closing))
			if (kind == 1)
				break;
		if (kind != 1)
			continue;
		if (is(&r, "thead"))
			in_head = !r.closing;
		else if (is(&r, "tr") && !r.closing)
			n = 0;
		else if (is(&r, "tr") && in_head)
			rows++;
		else if ((is(&r, "th") || is(&r, "td")) && !r.closing)
			n += (size_t)(r.span > 0 ? r.span : 1);
		s->ncolumns = n > s->ncolumns ? n : s->ncolumns;
	}
	s->ncolumns = s->ncolumns < CELLS_MAX ? s->ncolumns : CELLS_MAX;
}

static int
sheet_begin(struct sheet *s, const struct reader *r)
{
	memset(s->label, 0, sizeof(s->label));
	columns_find(s, *r);
	for (size_t i = 0; i < s->ncolumns; i++)
		s->column[i] = (struct jc_xlsx_column){.label = s->label[i],
		    .width = s->label[i][0] != '\0' ? 0 : i % 2 == 0 ? LABEL_WIDTH : FIELD_WIDTH};
	s->headed = 0;
	s->first_title = 1;
	s->begun = 1;
	return jc_xlsx_sheet(s->x, s->form, s->column, s->ncolumns, s->landscape ? JC_XLSX_LANDSCAPE : JC_XLSX_PORTRAIT, s->err);
}

/* The next piece of a text that fits into `width`, up to a line break; taken off. */
static struct jc_slice
piece(struct jc_slice *t, size_t width)
{
	size_t n = 0, used = 0;
	struct jc_slice out;

	while (n < t->n && t->p[n] != '\n') {
		unsigned char c = (unsigned char)t->p[n];
		size_t bytes = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4, wide = c < 0x80 ? 1 : 2;

		if (used + wide > width || n + bytes > t->n)
			break;
		used += wide;
		n += bytes;
	}
	out = (struct jc_slice){t->p, n};
	n += n < t->n && (t->p[n] == '\n' || n == 0);
	*t = (struct jc_slice){t->p + n, t->n - n};
	return out;
}

/* A row of a list is one row; a field of a form that is long goes on in rows below, for no program makes room for it. */
static int
row_end(struct sheet *s)
{
	struct jc_slice rest[CELLS_MAX];
	struct jc_xlsx_cell cells[CELLS_MAX];
	int more = 1, rc = 0;

	if (s->in_head && !s->headed) {
		s->headed = 1;
		return jc_xlsx_head(s->x, s->err);
	}
	for (size_t i = 0; i < s->n; i++)
		rest[i] = (struct jc_slice){s->cell[i].data != NULL ? s->cell[i].data : "", s->cell[i].len};
	while (rc == 0 && more) {
		more = 0;
		for (size_t i = 0; i < s->n; i++) {
			struct jc_slice now = s->headed ? rest[i] : piece(&rest[i], i % 2 == 0 ? LABEL_WIDTH : FIELD_WIDTH);

			cells[i] = jc_xlsx_text(now.p, now.n);
			cells[i].bold = s->bold[i];
			more |= !s->headed && rest[i].n > 0;
		}
		rc = jc_xlsx_row(s->x, cells, s->n, s->err);
	}
	return rc;
}

static int
para_end(struct sheet *s, int title)
{
	struct jc_slice rest = {s->para.data, s->para.len};
	char line[LINE_WIDTH * 8];
	int rc;

	jc_buf_putc(&s->para, '\0');
	if ((rc = jc_buf_check(&s->para, WHERE, s->err)) < 0 || s->para.len == 1)
		return rc;
	if (title && s->first_title) {
		s->first_title = 0;
		return jc_xlsx_title(s->x, s->para.data, s->err);
	}
	for (rest.p = s->para.data; rc == 0 && rest.n > 0;) { /* a line over all columns does not grow */
		struct jc_slice now = piece(&rest, s->landscape ? LINE_WIDTH + LINE_WIDTH / 2 : LINE_WIDTH);

		while (now.n > 0 && now.p[0] == ' ')
			now = (struct jc_slice){now.p + 1, now.n - 1};
		snprintf(line, sizeof(line), "%.*s", (int)now.n, now.p);
		if (now.n > 0)
			rc = jc_xlsx_line(s->x, line, s->err);
	}
	return rc;
}

static void
cell_begin(struct sheet *s, const struct reader *r)
{
	for (int i = 0; i < (r->span > 0 ? r->span : 1) && s->n < s->ncolumns; i++) {
		jc_buf_reset(&s->cell[s->n]);
		s->bold[s->n++] = (uint8_t)is(r, "th");
	}
	s->in_cell = 1 + (r->span > 1 ? r->span - 1 : 0);
}

/* Where text goes now: the first of the cells that the element covers, or the paragraph. */
static struct jc_buf *
text_place(struct sheet *s)
{
	if (s->in_cell > 0 && s->n >= (size_t)s->in_cell)
		return &s->cell[s->n - (size_t)s->in_cell];
	return s->in_para ? &s->para : NULL;
}

static int
is_para(const struct reader *r)
{
	return is(r, "p") || is(r, "h1") || is(r, "h2");
}

static int
tag_take(struct sheet *s, const struct reader *r)
{
	struct jc_buf *b = text_place(s);

	if (is(r, "section"))
		return r->closing ? 0 : sheet_begin(s, r);
	if (!s->begun)
		return 0;
	if (is(r, "thead"))
		s->in_head = !r->closing;
	else if (is(r, "tr") && !r->closing)
		s->n = 0;
	else if (is(r, "tr"))
		return row_end(s);
	else if ((is(r, "td") || is(r, "th")) && !r->closing)
		cell_begin(s, r);
	else if (is(r, "td") || is(r, "th"))
		s->in_cell = 0;
	else if (b != NULL && (is(r, "br") || (s->in_cell && is(r, "p") && !r->closing)))
		jc_buf_putc(b, '\n');
	else if (b != NULL && is(r, "span") && r->closing)
		jc_buf_puts(b, s->in_facts ? "\n" : "　　");
	else if (!s->in_cell && is_para(r)) {
		s->in_para = !r->closing;
		s->in_facts = r->facts;
		if (r->closing)
			return para_end(s, is(r, "h1"));
		jc_buf_reset(&s->para);
	}
	return 0;
}

int
jc_print_xlsx(const char *path, struct jc_buf *bytes, const struct jc_print_form *form, struct jc_slice html, struct jc_err *err)
{
	struct reader r = {.p = html.p, .end = html.p + html.n};
	struct sheet *s = calloc(1, sizeof(*s));
	int kind, rc, end;

	if (s == NULL)
		return JC_NOMEM(err, WHERE);
	s->form = JC_T(form->zh, form->en);
	s->landscape = form->landscape;
	s->err = err;
	for (size_t i = 0; i < CELLS_MAX; i++)
		jc_buf_init(&s->cell[i], 1 << 16);
	jc_buf_init(&s->para, 1 << 16);
	if ((rc = jc_xlsx_open(&s->x, path, 0, err)) < 0)
		goto out;
	while (rc == 0 && (kind = next(&r)) != 0) {
		struct jc_buf *b = kind == 2 ? text_place(s) : NULL;

		if (kind == 1)
			rc = tag_take(s, &r);
		else if (b != NULL)
			put_text(b, r.text);
	}
	end = jc_xlsx_end(s->x, rc == 0, bytes, rc == 0 ? err : NULL);
	rc = rc < 0 ? rc : end;
out:
	for (size_t i = 0; i < CELLS_MAX; i++)
		jc_buf_free(&s->cell[i]);
	jc_buf_free(&s->para);
	free(s);
	return rc;
}
