/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "csv.h"

#include <string.h>

#include "../schema/schema_mem.h"

#define ROW_MAX ((size_t)1 << 20)

static char
sep_guess(const char *p, size_t n)
{
	size_t comma = 0, tab = 0, semicolon = 0, lines = 0;

	for (size_t i = 0; i < n && lines < 15; i++) {
		comma += p[i] == ',';
		tab += p[i] == '\t';
		semicolon += p[i] == ';';
		lines += p[i] == '\n';
	}
	if (tab > comma && tab >= semicolon)
		return '\t';
	return semicolon > comma ? ';' : ',';
}

void
jc_csv_init(struct jc_csv *c, const char *p, size_t n)
{
	memset(c, 0, sizeof(*c));
	c->p = p;
	c->n = n;
	c->next_line = 1;
	c->sep = sep_guess(p, n);
	jc_buf_init(&c->text, 2 * ROW_MAX);
}

void
jc_csv_free(struct jc_csv *c)
{
	jc_buf_free(&c->text);
	jc_free(c->end);
	memset(c, 0, sizeof(*c));
}

void
jc_csv_rewind(struct jc_csv *c)
{
	c->at = 0;
	c->next_line = 1;
}

static int
cell_end(struct jc_csv *c)
{
	if (c->cells == c->cap) {
		size_t cap = c->cap != 0 ? c->cap * 2 : 32;
		size_t *end = jc_realloc(c->end, cap * sizeof(*end));

		if (end == NULL)
			return JC_ENOMEM;
		c->end = end;
		c->cap = cap;
	}
	c->end[c->cells++] = c->text.len;
	return 0;
}

/* Behind the end of a line at `i`. */
static size_t
line_skip(const struct jc_csv *c, size_t i)
{
	if (i < c->n && c->p[i] == '\r')
		i++;
	return i < c->n && c->p[i] == '\n' ? i + 1 : i;
}

/* A quoted cell that begins at the quote `i`; the place behind it, or 0 when it is not closed in bounds. */
static size_t
quoted(struct jc_csv *c, size_t i, int64_t *lines)
{
	size_t from = ++i;

	for (; i < c->n && i - from < ROW_MAX; i++) {
		if (c->p[i] == '\n')
			++*lines;
		if (c->p[i] != '"')
			continue;
		jc_buf_put(&c->text, c->p + from, i - from);
		if (i + 1 >= c->n || c->p[i + 1] != '"')
			return i + 1;
		from = ++i; /* a doubled quote: the second one stays */
	}
	return 0;
}

/* Up to the separator or the end of the line. */
static size_t
plain(struct jc_csv *c, size_t i)
{
	size_t from = i;

	while (i < c->n && c->p[i] != c->sep && c->p[i] != '\n' && c->p[i] != '\r')
		i++;
	jc_buf_put(&c->text, c->p + from, i - from);
	return i;
}

/* One row from c->at; `quotes` 0 reads quotes as ordinary characters. 1, or 0 for an unclosed quote. */
static int
row_read(struct jc_csv *c, int quotes)
{
	int64_t lines = 0;
	size_t i = c->at, k;

	jc_buf_reset(&c->text);
	c->cells = 0;
	for (;;) {
		k = i;
		while (quotes && k < c->n && c->p[k] == ' ')
			k++;
		if (quotes && k < c->n && c->p[k] == '"') {
			if ((i = quoted(c, k, &lines)) == 0)
				return 0;
		}
		i = plain(c, i); /* also what stands behind a closing quote */
		if (cell_end(c) < 0)
			return JC_ENOMEM;
		if (i >= c->n || c->p[i] != c->sep)
			break;
		i++;
	}
	c->at = line_skip(c, i);
	c->next_line += lines + 1;
	return 1;
}

int
jc_csv_next(struct jc_csv *c, struct jc_err *err)
{
	int rc, bad = 0;

	if (c->at >= c->n)
		return 0;
	c->line = c->next_line;
	if ((rc = row_read(c, 1)) == 0) {
		bad = 1;
		rc = row_read(c, 0);
	}
	if (rc < 0 || c->text.failed == JC_ENOMEM)
		return JC_NOMEM(err, "jc_csv_next");
	if (c->text.failed)
		return jc_err_set(err, JC_EFORMAT, "jc_csv_next", JC_T("这一行太长", "This row is too long"));
	if (bad)
		return jc_err_set(err, JC_EFORMAT, "jc_csv_next",
		    JC_T("引号没有配对，请检查这一行的双引号", "A quote is never closed; check the double quotes of this row"));
	return 1;
}

static int
formula_start(char ch)
{
	return ch == '=' || ch == '+' || ch == '-' || ch == '@' || ch == '\t' || ch == '\r';
}

/* -12, +3.5: what no spreadsheet runs. */
static int
plain_number(const char *s, size_t n)
{
	size_t i = n > 0 && (s[0] == '-' || s[0] == '+'), digits = 0, points = 0;

	for (; i < n; i++) {
		if (s[i] == '.')
			points++;
		else if (s[i] >= '0' && s[i] <= '9')
			digits++;
		else
			return 0;
	}
	return digits > 0 && digits < 12 && points <= 1;
}

/* 1 if the cell, behind any apostrophes, begins like a formula. */
static int
needs_mark(const char *s, size_t n, size_t *apostrophes)
{
	size_t i = 0;

	while (i < n && s[i] == '\'')
		i++;
	*apostrophes = i;
	return i < n && formula_start(s[i]) && (i > 0 || !plain_number(s, n));
}

struct jc_slice
jc_csv_cell(const struct jc_csv *c, size_t i)
{
	struct jc_slice s = {"", 0};
	size_t from, apostrophes;

	if (i >= c->cells || c->text.data == NULL)
		return s;
	from = i > 0 ? c->end[i - 1] : 0;
	s = (struct jc_slice){c->text.data + from, c->end[i] - from};
	if (needs_mark(s.p, s.n, &apostrophes) && apostrophes > 0) {
		s.p++;
		s.n--;
	}
	return s;
}

void
jc_csv_put(struct jc_buf *b, const char *s, size_t n, int first)
{
	size_t apostrophes;
	int mark = needs_mark(s, n, &apostrophes), quote = mark || (n > 0 && (s[0] == ' ' || s[n - 1] == ' '));

	for (size_t i = 0; i < n && !quote; i++)
		quote = s[i] == ',' || s[i] == '"' || s[i] == '\n' || s[i] == '\r' || s[i] == ';' || s[i] == '\t';
	if (!first)
		jc_buf_putc(b, ',');
	if (quote)
		jc_buf_putc(b, '"');
	if (mark)
		jc_buf_putc(b, '\'');
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"')
			jc_buf_putc(b, '"');
		jc_buf_putc(b, s[i]);
	}
	if (quote)
		jc_buf_putc(b, '"');
}

void
jc_csv_end(struct jc_buf *b)
{
	jc_buf_puts(b, "\r\n");
}
