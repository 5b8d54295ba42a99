/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Reading XML as it comes in pieces. The only user of Expat. Names are given without their prefix. What a
 * spreadsheet has no need of is refused: document types and entities, nesting over 64, a tag or text run
 * that does not end within 4 MiB. Not for several threads.
 */
#ifndef JC_AGENT_XML_H
#define JC_AGENT_XML_H

#include "../schema/schema_buf.h"

#define JC_XML_DEPTH_MAX 64
#define JC_XML_TOKEN_MAX (4u << 20)

/* A negative answer stops the reading and is what jc_xml_feed returns; the handler has set the error. Any
 * of them may be NULL. `atts` are name, value, ..., NULL; names with their prefixes. */
struct jc_xml_on {
	int (*start)(void *arg, const char *name, const char **atts);
	int (*end)(void *arg, const char *name);
	int (*text)(void *arg, const char *p, size_t n);
};

struct jc_xml;

int jc_xml_open(struct jc_xml **out, const struct jc_xml_on *on, void *arg, struct jc_err *err);
void jc_xml_close(struct jc_xml *x);

/* The next piece; with `last` the end (n may be 0). JC_EFORMAT: no well-formed XML; JC_ELIMIT. */
int jc_xml_feed(struct jc_xml *x, const char *p, size_t n, int last, struct jc_err *err);

/* Bytes before the tag that the handler at work was called for, and behind it: where a piece of the text
 * can be cut out or replaced. */
int64_t jc_xml_at(const struct jc_xml *x);
int64_t jc_xml_behind(const struct jc_xml *x);

/* The value of an attribute, whatever its prefix; NULL when there is none. */
const char *jc_xml_att(const char **atts, const char *name);

#endif
