/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
jc_html_init(struct jc_html *h, size_t max)
{
	memset(h, 0, sizeof(*h));
	jc_buf_init(&h->b, max);
}

void
jc_html_free(struct jc_html *h)
{
	jc_buf_free(&h->b);
}

static void
tag_end(struct jc_html *h)
{
	if (h->in_tag)
		jc_buf_putc(&h->b, '>');
	h->in_tag = 0;
}

static void
escaped(struct jc_html *h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '&': jc_buf_puts(&h->b, "&amp;"); break;
		case '<': jc_buf_puts(&h->b, "&lt;"); break;
		case '>': jc_buf_puts(&h->b, "&gt;"); break;
		case '"': jc_buf_puts(&h->b, "&quot;"); break;
		case '\'': jc_buf_puts(&h->b, "&#39;"); break;
		default:
			/* Control characters have no place in HTML, and U+FFFD says that something stood here. */
			if ((unsigned char)s[i] < 0x20 && s[i] != '\n' && s[i] != '\t')
				jc_buf_puts(&h->b, "\357\277\275");
			else
				jc_buf_putc(&h->b, s[i]);
		}
	}
}

static void
begin(struct jc_html *h, const char *tag, const char *class_)
{
	tag_end(h);
	jc_buf_putc(&h->b, '<');
	jc_buf_puts(&h->b, tag);
	h->in_tag = 1;
	if (class_ != NULL)
		jc_html_attr(h, "class", class_);
}

void
jc_html_open(struct jc_html *h, const char *tag, const char *class_)
{
	begin(h, tag, class_);
	assert(h->depth < JC_HTML_DEPTH);
	if (h->depth < JC_HTML_DEPTH)
		h->open[h->depth++] = tag;
}

void
jc_html_void(struct jc_html *h, const char *tag, const char *class_)
{
	begin(h, tag, class_);
}

void
jc_html_attr(struct jc_html *h, const char *name, const char *value)
{
	assert(h->in_tag && strcmp(name, "style") != 0 && strncmp(name, "on", 2) != 0);
	jc_buf_putc(&h->b, ' ');
	jc_buf_puts(&h->b, name);
	jc_buf_puts(&h->b, "=\"");
	escaped(h, value, strlen(value));
	jc_buf_putc(&h->b, '"');
}

void
jc_html_attr_int(struct jc_html *h, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	jc_html_attr(h, name, text);
}

void
jc_html_close(struct jc_html *h)
{
	assert(h->depth > 0);
	if (h->depth == 0)
		return;
	tag_end(h);
	h->depth--;
	jc_buf_puts(&h->b, "</");
	jc_buf_puts(&h->b, h->open[h->depth]);
	jc_buf_putc(&h->b, '>');
}

void
jc_html_close_to(struct jc_html *h, size_t depth)
{
	while (h->depth > depth)
		jc_html_close(h);
}

void
jc_html_text(struct jc_html *h, const char *s, size_t n)
{
	tag_end(h);
	escaped(h, s, n);
}

void
jc_html_str(struct jc_html *h, const char *s)
{
	jc_html_text(h, s, strlen(s));
}

void
jc_html_textf(struct jc_html *h, const char *fmt, ...)
{
	struct jc_buf text;
	va_list ap;
	char *room;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	jc_buf_init(&text, h->b.max);
	if (n >= 0 && (room = jc_buf_room(&text, (size_t)n + 1)) != NULL) {
		va_start(ap, fmt);
		vsnprintf(room, (size_t)n + 1, fmt, ap);
		va_end(ap);
		jc_html_text(h, room, (size_t)n);
	} else {
		h->b.failed = JC_ENOMEM;
	}
	jc_buf_free(&text);
}

void
jc_html_lines(struct jc_html *h, const char *s)
{
	const char *lf;

	for (; (lf = strchr(s, '\n')) != NULL; s = lf + 1) {
		jc_html_text(h, s, (size_t)(lf - s));
		jc_html_void(h, "br", NULL);
	}
	jc_html_str(h, s);
}

void
jc_html_leaf(struct jc_html *h, const char *tag, const char *class_, const char *s)
{
	jc_html_open(h, tag, class_);
	jc_html_str(h, s);
	jc_html_close(h);
}

void
jc_html_unescaped(struct jc_html *h, const char *literal)
{
	tag_end(h);
	jc_buf_puts(&h->b, literal);
}
