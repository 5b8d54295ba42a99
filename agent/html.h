/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Writes HTML. Everything that is written as text or as an attribute is escaped; what is not says
 * `unescaped` at the call site and takes literals only. Elements are closed by the writer, so a page is
 * always well-formed. Out of memory or over its limit the buffer is failed, looked at once at the end.
 */
#ifndef JC_AGENT_HTML_H
#define JC_AGENT_HTML_H

#include "../schema/schema_buf.h"

#define JC_HTML_DEPTH 32

struct jc_html {
	struct jc_buf b;
	const char *open[JC_HTML_DEPTH]; /* names of open elements, literals */
	size_t depth;
	int in_tag;                      /* the last start tag is not ended yet: attributes may follow */
};

void jc_html_init(struct jc_html *h, size_t max);
void jc_html_free(struct jc_html *h);

/* Begins an element; `tag` and `class_` (NULL: none) are literals. Attributes may follow. */
void jc_html_open(struct jc_html *h, const char *tag, const char *class_);
/* An attribute of the element just begun; the name is a literal. Never style and never an event. */
void jc_html_attr(struct jc_html *h, const char *name, const char *value);
void jc_html_attr_int(struct jc_html *h, const char *name, int64_t value);
/* Ends the innermost open element; void elements (br, img, hr, col, meta, link) have jc_html_void. */
void jc_html_close(struct jc_html *h);
/* Ends elements until `depth` of them are open. */
void jc_html_close_to(struct jc_html *h, size_t depth);
/* A void element without content; attributes may follow until the next call. */
void jc_html_void(struct jc_html *h, const char *tag, const char *class_);

/* Text. The last form keeps line breaks as <br>. */
void jc_html_text(struct jc_html *h, const char *s, size_t n);
void jc_html_str(struct jc_html *h, const char *s);
void jc_html_textf(struct jc_html *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void jc_html_lines(struct jc_html *h, const char *s);

/* An element with one text in it. */
void jc_html_leaf(struct jc_html *h, const char *tag, const char *class_, const char *s);

/* Bytes as they are: only for literals of this program. */
void jc_html_unescaped(struct jc_html *h, const char *literal);

#endif
